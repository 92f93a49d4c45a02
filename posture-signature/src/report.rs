//! What is attached to an image, and what of it is verified.

use std::fmt;

use crate::digest::Digest;
use crate::key::{Algorithm, PublicKey};
use crate::policy::{Identity, Policy};
use crate::statement::{Kind, Statement};
use crate::text;

/// Who made a signature that is verified.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Signer {
    /// A key of the policy.
    Key {
        /// The name that the user gave it.
        name: String,
        /// [`PublicKey::fingerprint`].
        fingerprint: String,
        /// Its kind.
        algorithm: Algorithm,
    },
    /// An identity of the policy, by a certificate.
    Identity {
        /// The identity that the certificate names.
        identity: String,
        /// The issuer that the certificate names.
        issuer: String,
    },
}

impl Signer {
    pub(crate) fn key(key: &PublicKey) -> Self {
        Self::Key {
            name: key.name().to_owned(),
            fingerprint: key.fingerprint().to_owned(),
            algorithm: key.algorithm(),
        }
    }

    pub(crate) fn is_key(&self, key: &PublicKey) -> bool {
        matches!(self, Self::Key { fingerprint, .. } if fingerprint == key.fingerprint())
    }

    pub(crate) fn is_identity(&self, wanted: &Identity) -> bool {
        matches!(self, Self::Identity { identity, issuer } if wanted.matches(identity, issuer))
    }
}

impl fmt::Display for Signer {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key { name, algorithm, .. } => write!(to, "key {name} ({algorithm})"),
            Self::Identity { identity, issuer } => {
                write!(to, "{} of {}", text::name(identity), text::name(issuer))
            }
        }
    }
}

/// Why something that is there is not verified.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Why {
    /// The policy names neither keys nor identities.
    #[error("there is nothing to verify it against: no key and no identity was given")]
    NothingToVerifyAgainst,
    /// None of the keys made it.
    #[error("none of the keys made it")]
    OtherSigner,
    /// It is about another image.
    #[error("it is about another image, {signed}{}", signed_with(.by))]
    OtherImage {
        /// The digest that it names, escaped.
        signed: String,
        /// The keys of the policy that signed the other image. If there are any, a genuine signature was moved here.
        by: Vec<Signer>,
    },
    /// The policy demands that the payload names the image's repository, and it names another one.
    #[error("it is for another repository, {0}")]
    OtherRepository(String),
    /// The blob does not have the digest or the size that its manifest states.
    #[error("the content of {named} has another digest or another size")]
    OtherContent {
        /// The digest in the manifest.
        named: String,
    },
    /// It is damaged, or contradicts its format.
    #[error("it is malformed: {0}")]
    Malformed(String),
    /// It carries no signature at all.
    #[error("it carries no signature")]
    Unsigned,
    /// It was made with a certificate, and the policy names no identity.
    #[error("it was made with a certificate, and no identity was given")]
    NoIdentity,
    /// The certificate is valid and names another identity or issuer.
    #[error("it was made by {identity} of {issuer}, which was not named")]
    OtherIdentity {
        /// The identity in the certificate, escaped.
        identity: String,
        /// The issuer in the certificate, escaped.
        issuer: String,
    },
    /// Its certificate, its log entry, its time or its signature is not valid by the trusted root.
    #[error("{0}")]
    Certificate(String),
    /// It was made with a certificate, and this program is built without the feature `keyless`.
    #[error("it was made with a certificate; this program is built without their verification")]
    KeylessNotBuilt,
    /// A signature of [Notation](https://notaryproject.dev/), which is recognized and not verified.
    #[error(
        "it is a signature of Notation (Notary Project), which is not verified; `notation verify` does"
    )]
    Notation,
    /// A format, version or algorithm that is not verified here.
    #[error("{0} is not verified")]
    Unsupported(String),
}

fn signed_with(signers: &[Signer]) -> String {
    let names: Vec<_> = signers.iter().map(ToString::to_string).collect();
    if names.is_empty() { String::new() } else { format!(", signed with {}", names.join(", ")) }
}

impl Why {
    /// Whether a program with more features could come to "verified". All other reasons are final.
    pub fn is_undecided(&self) -> bool {
        matches!(
            self,
            Self::NothingToVerifyAgainst
                | Self::KeylessNotBuilt
                | Self::Notation
                | Self::Unsupported(_)
        )
    }
}

/// What is known of one signature or attestation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// This digest, by these signers of the policy.
    Verified(Vec<Signer>),
    /// Present, not verified.
    NotVerified(Why),
}

impl Status {
    /// Its signers, if it is verified.
    pub fn signers(&self) -> &[Signer] {
        match self {
            Self::Verified(signers) => signers,
            Self::NotVerified(_) => &[],
        }
    }
}

/// The format of a signature or attestation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// A payload of cosign with its signature in an annotation.
    SimpleSigning,
    /// A Sigstore bundle.
    Bundle,
    /// A DSSE envelope that is not in a bundle.
    Dsse,
    /// An in-toto statement without an envelope.
    Statement,
    /// A signature of Notation.
    Notation,
    /// Something else that is where signatures are.
    Other,
}

impl fmt::Display for Form {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(match self {
            Self::SimpleSigning => "signature of cosign",
            Self::Bundle => "Sigstore bundle",
            Self::Dsse => "DSSE envelope",
            Self::Statement => "in-toto statement",
            Self::Notation => "signature of Notation",
            Self::Other => "signature of an unknown format",
        })
    }
}

/// One signature that is attached to the image.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Signature {
    /// Its format.
    pub form: Form,
    /// Where it is: the tag or the digest of its manifest, and its layer.
    pub at: String,
    /// Whether it is verified.
    pub status: Status,
    /// The repository that its payload names, escaped, if it is not the image's. The signature may have been copied with the image.
    pub other_repository: Option<String>,
    /// Whether it carries an entry of a transparency log. That entry is verified for signatures by certificate only: a signature by
    /// key counts without one.
    pub log_entry: bool,
}

/// One attestation that is attached to the image. It states something about the image; it does not sign it: see [`Report::verdict`].
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attestation {
    /// Its format.
    pub form: Form,
    /// Where it is: the tag or the digest of its manifest, and its layer.
    pub at: String,
    /// Whether it is verified. What an attestation that is not verified states is a claim of anyone who can write to the registry.
    pub status: Status,
    /// What it states.
    pub statement: Statement,
    /// Whether it carries an entry of a transparency log.
    pub log_entry: bool,
}

/// Something that was not read, so that signatures or attestations may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Gap {
    /// What was not read.
    pub at: String,
    /// Why.
    pub reason: String,
    /// Whether a signature may be there, and not only attestations.
    pub signatures: bool,
}

impl fmt::Display for Gap {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(to, "{}: {}", self.at, self.reason)
    }
}

/// Which authorities and logs decided about certificates.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RootUsed {
    /// Where it is from: the name that the user gave it, or that it is compiled in.
    pub source: String,
    /// When a compiled one was published (`YYYY-MM-DD`). Authorities and logs that are newer are not in it, so that signatures with
    /// them are not verified. A root that the user gave has no date.
    pub published: Option<&'static str>,
    /// The day on which the newest authority or log of a root that the user gave began (`YYYY-MM-DD`). The file is not older than
    /// that, and knows none that began later.
    pub newest: Option<String>,
    /// The same in days since 1970-01-01.
    pub(crate) day: Option<u64>,
}

impl RootUsed {
    /// The root with its age in words, by a clock in seconds since 1970-01-01 UTC.
    pub fn aged(&self, now: u64) -> String {
        let days = self.days_old(now);
        let days =
            |word: &str| days.map_or_else(String::new, |days| format!(" ({days} days {word})"));
        match (self.published, &self.newest) {
            (Some(_), _) => format!("{self}{}", days("old")),
            (None, Some(newest)) => {
                format!("{self}, whose newest authority or log is of {newest}{}", days("ago"))
            }
            (None, None) => format!("{self}, which does not show how old it is"),
        }
    }

    /// How many days ago it was published, or the newest authority or log of one that the user gave began, by a clock in seconds
    /// since 1970-01-01 UTC. Nothing if that is not known, or in the future.
    pub fn days_old(&self, now: u64) -> Option<u64> {
        (now / 86_400).checked_sub(self.day?)
    }
}

impl fmt::Display for RootUsed {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.published {
            Some(date) => write!(to, "{} of {date}", self.source),
            None => to.write_str(&self.source),
        }
    }
}

/// The answer to "is it signed", or "is it attested".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Signed by as many keys and identities of the policy as it demands: these.
    Verified(Vec<Signer>),
    /// Everything was read, and there is nothing.
    NotSigned,
    /// Everything was read, something is there, and it does not suffice, for these reasons. With [`Threshold::All`] some may be
    /// verified: [`Report::signatures`] shows which.
    ///
    /// [`Threshold::All`]: crate::Threshold::All
    NotVerified(Vec<Why>),
    /// Not decided: something was not read, or there is nothing to verify against.
    Unknown(Vec<String>),
}

/// What is attached to an image.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Report {
    /// The image.
    pub digest: Digest,
    /// Signatures.
    pub signatures: Vec<Signature>,
    /// Attestations.
    pub attestations: Vec<Attestation>,
    /// What was not read.
    pub gaps: Vec<Gap>,
    /// The trusted root that decided about certificates, if the policy names identities.
    pub trusted_root: Option<RootUsed>,
    pub(crate) policy: Policy,
}

impl Report {
    /// Whether the image is signed as the policy demands.
    ///
    /// Attestations do not count: an attestation of a scan for vulnerabilities does not state that the image is approved.
    /// (`cosign verify` of cosign 3 accepts every attestation.)
    pub fn verdict(&self) -> Verdict {
        let gaps = self.gaps.iter().filter(|gap| gap.signatures);
        self.decide(self.signatures.iter().map(|signature| &signature.status), gaps)
    }

    /// Whether an attestation of this kind is there, signed as the policy demands.
    pub fn attested(&self, kind: &Kind) -> Verdict {
        let is = |of: &Kind| of == kind || *of == Kind::Unreadable;
        let about = self.attestations.iter().filter(|attestation| is(&attestation.statement.kind));
        self.decide(about.map(|attestation| &attestation.status), self.gaps.iter())
    }

    fn decide<'r>(
        &self,
        found: impl Iterator<Item = &'r Status>,
        gaps: impl Iterator<Item = &'r Gap>,
    ) -> Verdict {
        let mut signers = Vec::new();
        let mut whys = Vec::new();
        let mut any = false;
        for status in found {
            any = true;
            match status {
                Status::Verified(by) => signers.extend(by.iter().cloned()),
                Status::NotVerified(why) if !whys.contains(why) => whys.push(why.clone()),
                Status::NotVerified(_) => {}
            }
        }
        signers.sort();
        signers.dedup();
        if self.policy.is_met_by(&signers) {
            return Verdict::Verified(signers);
        }
        let gaps: Vec<_> = gaps.map(ToString::to_string).collect();
        if !gaps.is_empty() {
            Verdict::Unknown(gaps)
        } else if !any {
            Verdict::NotSigned
        } else if self.policy.is_empty() {
            Verdict::Unknown(vec![Why::NothingToVerifyAgainst.to_string()])
        } else {
            Verdict::NotVerified(whys)
        }
    }
}
