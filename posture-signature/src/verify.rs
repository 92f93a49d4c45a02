//! Deciding about everything that is attached to an image.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::bundle::{Bundle, Content};
use crate::digest::Digest;
use crate::dsse::Envelope;
use crate::held::{Artifact, Held, Place};
use crate::image::Image;
use crate::keyless::{self, Evidence};
use crate::limits::Limits;
use crate::manifest::{Layer, LayerKind, Manifest};
use crate::policy::Policy;
use crate::report::{Attestation, Form, Gap, Report, Signature, Signer, Status, Why};
use crate::statement::{self, About, Statement};
use crate::{simple, text};

/// Decides what of everything that is attached to an image is verified by a policy. "Verified" means: this digest, signed by a key
/// or identity of the policy.
pub fn verify(image: &Image<'_>, held: &Held, policy: &Policy, limits: &Limits) -> Report {
    let report = Report {
        digest: image.digest.clone(),
        signatures: Vec::new(),
        attestations: Vec::new(),
        gaps: Vec::new(),
        trusted_root: keyless::used(policy),
        policy: policy.clone(),
    };
    let mut reader =
        Reader { image, policy, limits, report, left: limits.total, items: limits.items };
    let tags = [
        (&held.signature_tag, crate::held::signature_tag(&image.digest), true),
        (&held.attestation_tag, crate::held::attestation_tag(&image.digest), false),
    ];
    for (place, tag, signatures) in tags {
        match place {
            Place::Absent => {}
            Place::Unread(reason) => reader.gap(tag, reason, signatures),
            Place::Read(artifact) => reader.artifact(&tag, artifact, signatures),
        }
    }
    match &held.referrers {
        Place::Absent => {}
        Place::Unread(reason) => reader.gap("referrers".into(), reason, true),
        Place::Read(referrers) => {
            for referrer in referrers.iter().take(limits.referrers) {
                let at = text::name(&referrer.digest);
                match &referrer.artifact {
                    Place::Absent => reader.gap(at, "it is listed and not there", true),
                    Place::Unread(reason) => reader.gap(at, reason, true),
                    Place::Read(artifact) => match Digest::parse(&referrer.digest) {
                        Ok(digest) if digest.is_of(&artifact.manifest) => {
                            reader.referrer(&at, artifact)
                        }
                        Ok(_) => reader.gap(at, "the manifest has another digest", true),
                        Err(error) => reader.gap(at, &error.to_string(), true),
                    },
                }
            }
            if let Some(more) =
                referrers.len().checked_sub(limits.referrers).filter(|more| *more > 0)
            {
                reader.gap(
                    "referrers".into(),
                    &format!("{more} more than {} were not looked at", limits.referrers),
                    true,
                );
            }
        }
    }
    reader.report
}

struct Reader<'r> {
    image: &'r Image<'r>,
    policy: &'r Policy,
    limits: &'r Limits,
    report: Report,
    /// Bytes of blobs that are still looked at.
    left: usize,
    /// Layers that are still looked at.
    items: usize,
}

impl Reader<'_> {
    fn gap(&mut self, at: String, reason: &str, signatures: bool) {
        self.report.gaps.push(Gap { at, reason: text::name(reason), signatures });
    }

    fn signature(&mut self, form: Form, at: &str, status: Status, log_entry: bool) {
        self.report.signatures.push(Signature {
            form,
            at: at.to_owned(),
            status,
            other_repository: None,
            log_entry,
        });
    }

    /// Something that cannot be read. Only a bundle may be a signature.
    fn unreadable(&mut self, form: Form, at: &str, why: Why, log_entry: bool) {
        let status = Status::NotVerified(why);
        if matches!(form, Form::Bundle | Form::SimpleSigning) {
            self.signature(form, at, status, log_entry);
        } else {
            let statement = Statement::unreadable();
            self.report.attestations.push(Attestation {
                form,
                at: at.to_owned(),
                status,
                statement,
                log_entry,
            });
        }
    }

    /// A manifest that refers to the image, of which the layers need not be signatures.
    fn referrer(&mut self, at: &str, artifact: &Artifact) {
        match Manifest::read(&artifact.manifest, self.limits) {
            Ok(manifest) if manifest.is_notation() => {
                self.signature(Form::Notation, at, Status::NotVerified(Why::Notation), false);
            }
            Ok(manifest) => self.layers(at, &manifest, artifact, true, false),
            Err(reason) => self.gap(at.to_owned(), &reason, true),
        }
    }

    /// A manifest under a tag of cosign, of which each layer is a signature or an attestation.
    fn artifact(&mut self, at: &str, artifact: &Artifact, signatures: bool) {
        match Manifest::read(&artifact.manifest, self.limits) {
            Ok(manifest) => self.layers(at, &manifest, artifact, signatures, signatures),
            Err(reason) => self.gap(at.to_owned(), &reason, signatures),
        }
    }

    fn layers(
        &mut self,
        at: &str,
        manifest: &Manifest,
        artifact: &Artifact,
        signatures: bool,
        each: bool,
    ) {
        for (index, layer) in manifest.layers.iter().take(self.limits.layers).enumerate() {
            let at = format!("{at}, layer {}", index + 1);
            let Some(bound) = layer.kind().bound(self.limits) else {
                if each {
                    let why = Why::Unsupported(format!(
                        "a layer of type {}",
                        text::clean(&layer.media_type, 100)
                    ));
                    self.signature(Form::Other, &at, Status::NotVerified(why), false);
                }
                continue;
            };
            let Some(items) = self.items.checked_sub(1) else {
                let reason = format!(
                    "more than {} signatures and attestations are attached",
                    self.limits.items
                );
                return self.gap(at, &reason, signatures);
            };
            self.items = items;
            let bound = bound.min(self.left);
            let content = match artifact.blobs.get(&layer.digest) {
                Some(Ok(content)) if content.len() <= bound => content,
                Some(Ok(_)) => {
                    self.gap(at, "it is larger than is read", signatures);
                    continue;
                }
                Some(Err(reason)) => {
                    self.gap(at, reason, signatures);
                    continue;
                }
                None if layer.size > bound as u64 => {
                    self.gap(at, "it is larger than is read", signatures);
                    continue;
                }
                None => {
                    self.gap(at, "it was not read", signatures);
                    continue;
                }
            };
            self.left -= content.len();
            self.layer(&at, layer, content);
        }
        if let Some(more) =
            manifest.layers.len().checked_sub(self.limits.layers).filter(|more| *more > 0)
        {
            let reason =
                format!("{more} layers more than {} were not looked at", self.limits.layers);
            self.gap(at.to_owned(), &reason, signatures);
        }
    }

    fn layer(&mut self, at: &str, layer: &Layer, content: &[u8]) {
        let form = match layer.kind() {
            LayerKind::SimpleSigning => Form::SimpleSigning,
            LayerKind::Bundle => Form::Bundle,
            LayerKind::Dsse => Form::Dsse,
            LayerKind::Statement => Form::Statement,
            LayerKind::Other => return,
        };
        let right = Digest::parse(&layer.digest).is_ok_and(|digest| digest.is_of(content));
        if !right || content.len() as u64 != layer.size {
            let why = Why::OtherContent { named: text::name(&layer.digest) };
            return self.unreadable(form, at, why, false);
        }
        match form {
            Form::SimpleSigning => self.simple_signing(at, layer, content),
            Form::Bundle => self.bundle(at, content),
            Form::Dsse => match Envelope::read(content, self.limits) {
                Ok(envelope) => {
                    let evidence = keyless::annotations(layer);
                    self.envelope(
                        form,
                        at,
                        &envelope,
                        Evidence::Dsse(&envelope, evidence),
                        evidence.log.is_some(),
                    );
                }
                Err(reason) => self.unreadable(form, at, Why::Malformed(reason), false),
            },
            _ => match statement::read(content, &self.image.digest, self.limits) {
                Ok(about) => self.stated(form, at, about, Err(Why::Unsigned), false),
                Err(reason) => self.unreadable(form, at, Why::Malformed(reason), false),
            },
        }
    }

    /// A payload of cosign, with its signature in an annotation of the layer.
    fn simple_signing(&mut self, at: &str, layer: &Layer, payload: &[u8]) {
        let evidence = keyless::annotations(layer);
        let mut other_repository = None;
        let status = self.simple_signing_status(layer, payload, evidence, &mut other_repository);
        let status = status.map_or_else(Status::NotVerified, Status::Verified);
        self.report.signatures.push(Signature {
            form: Form::SimpleSigning,
            at: at.to_owned(),
            status,
            other_repository,
            log_entry: evidence.log.is_some(),
        });
    }

    fn simple_signing_status(
        &self,
        layer: &Layer,
        payload: &[u8],
        evidence: keyless::Annotations<'_>,
        other_repository: &mut Option<String>,
    ) -> Result<Vec<Signer>, Why> {
        let signature = layer.annotation("dev.cosignproject.cosign/signature").unwrap_or_default();
        if signature.is_empty() {
            return Err(Why::Unsigned);
        }
        let malformed = |_| Why::Malformed("the signature is not base64".into());
        let signature = STANDARD.decode(signature).map_err(malformed)?;
        let stated = simple::read(payload).map_err(Why::Malformed)?;
        if let Some(repository) = self.image.repository
            && !simple::same_repository(repository, &stated.reference)
        {
            *other_repository = Some(text::name(&stated.reference));
        }
        let by = self.policy.keys_of(payload, [signature.as_slice()]);
        if stated.digest != self.image.digest.as_str() {
            return Err(Why::OtherImage { signed: text::name(&stated.digest), by });
        }
        let signers = self.signers(
            by,
            evidence.certificate.is_some(),
            Evidence::Message(payload, &signature, evidence),
        )?;
        match other_repository {
            Some(other) if self.policy.same_repository => Err(Why::OtherRepository(other.clone())),
            _ => Ok(signers),
        }
    }

    fn bundle(&mut self, at: &str, json: &[u8]) {
        match Bundle::read(json, self.limits) {
            Ok(Bundle { certificate, log_entry, content: Content::Envelope(envelope) }) => {
                let evidence = if certificate { Evidence::Bundle(json) } else { Evidence::None };
                self.envelope(Form::Bundle, at, &envelope, evidence, log_entry);
            }
            Ok(Bundle {
                certificate,
                log_entry,
                content: Content::Message { signature, digest },
            }) => {
                let by = self.policy.keys_of(self.image.manifest, [signature.as_slice()]);
                let status = match digest {
                    Some(signed) if signed != self.image.digest.as_str() => {
                        Err(Why::OtherImage { signed, by: Vec::new() })
                    }
                    _ => self.signers(
                        by,
                        certificate,
                        if certificate { Evidence::Bundle(json) } else { Evidence::None },
                    ),
                };
                self.signature(
                    Form::Bundle,
                    at,
                    status.map_or_else(Status::NotVerified, Status::Verified),
                    log_entry,
                );
            }
            Err(why) => self.signature(Form::Bundle, at, Status::NotVerified(why), false),
        }
    }

    /// A statement in an envelope: an attestation, or a signature of cosign 3.
    fn envelope(
        &mut self,
        form: Form,
        at: &str,
        envelope: &Envelope,
        evidence: Evidence<'_>,
        log_entry: bool,
    ) {
        if envelope.payload_type != statement::PAYLOAD_TYPE {
            let why = Why::Unsupported(format!(
                "a payload of type {}",
                text::clean(&envelope.payload_type, 100)
            ));
            return self.unreadable(form, at, why, log_entry);
        }
        let about = match statement::read(&envelope.payload, &self.image.digest, self.limits) {
            Ok(about) => about,
            Err(reason) => return self.unreadable(form, at, Why::Malformed(reason), log_entry),
        };
        let by =
            self.policy.keys_of(&envelope.signed(), envelope.signatures.iter().map(Vec::as_slice));
        let signers = match &about.other {
            Some(signed) => Err(Why::OtherImage { signed: signed.clone(), by }),
            None if envelope.signatures.is_empty() => Err(Why::Unsigned),
            None => self.signers(by, evidence.has_certificate(), evidence),
        };
        self.stated(form, at, about, signers, log_entry);
    }

    fn stated(
        &mut self,
        form: Form,
        at: &str,
        about: About,
        signers: Result<Vec<Signer>, Why>,
        log_entry: bool,
    ) {
        let status = signers.map_or_else(Status::NotVerified, Status::Verified);
        if about.signature {
            self.signature(form, at, status, log_entry);
        } else {
            let statement = about.statement;
            self.report.attestations.push(Attestation {
                form,
                at: at.to_owned(),
                status,
                statement,
                log_entry,
            });
        }
    }

    /// The keys that made a signature, and the identity behind its certificate.
    fn signers(
        &self,
        mut signers: Vec<Signer>,
        certificate: bool,
        evidence: Evidence<'_>,
    ) -> Result<Vec<Signer>, Why> {
        if self.policy.is_empty() {
            return Err(Why::NothingToVerifyAgainst);
        }
        let why = match certificate {
            false => Why::OtherSigner,
            true if self.policy.identities.is_empty() => Why::NoIdentity,
            true => match keyless::signer(
                self.image.digest(),
                self.image.manifest,
                &evidence,
                self.policy,
            ) {
                Ok(signer) => {
                    signers.push(signer);
                    return Ok(signers);
                }
                Err(why) => why,
            },
        };
        if signers.is_empty() { Err(why) } else { Ok(signers) }
    }
}
