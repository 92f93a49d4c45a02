//! What is known of an image from outside: who signed it, what is attached to it, and where it is from.
//!
//! [`Trust`] is filled by what reads registries and verifies signatures, and is part of an [`Input`](crate::Input). What did not
//! look states why: no signature that was found is not the same as none that was looked for.

use posture_model::fact::{Fact, Gap as FactGap};
use posture_model::gap::{Gap, Reason, Register};
use posture_model::resource::{ContainerImage, FactId};

use crate::info::SIGNATURES;

/// The facts that are filled here.
pub const FACTS: &[FactId] = &[
    ContainerImage::SIGNED,
    ContainerImage::SIGNATURE_VERIFIED,
    ContainerImage::PROVENANCE_VERIFIED,
    ContainerImage::BILL_OF_MATERIALS,
    ContainerImage::REPOSITORY,
];

/// An answer, or why there is none.
pub type Claim<T> = Result<T, Gap>;

/// What is known of an image from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trust {
    /// Whether it has a signature of a known kind, verified or not.
    pub signed: Claim<bool>,
    /// Whether a signature of a key or identity that the user named is valid for the digest of this image. Without a key or
    /// identity to verify against, that is unknown, whatever is attached.
    pub signature_verified: Claim<bool>,
    /// Whether a verified attestation states how it was built.
    pub provenance_verified: Claim<bool>,
    /// Whether a bill of materials is attached.
    pub bill_of_materials: Claim<bool>,
    /// The registry and repository that it was read from.
    pub repository: Claim<String>,
    /// What a reader should know of a verdict: of which digest the signature is, where there are two.
    pub note: Option<String>,
    /// Statements about vulnerabilities and bills of materials that are attached to it.
    pub documents: Vec<Attached>,
}

/// A document that is attached to an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    /// Where it is: the tag or the digest of its manifest, and its layer.
    pub at: String,
    /// The in-toto statement that holds it.
    pub statement: Vec<u8>,
    /// Whether a key or identity that the user named signed it for the digest of this image. Anyone who can write to the registry can
    /// attach another.
    pub verified: bool,
}

impl Trust {
    /// Nobody looked, for one reason.
    pub fn unread(why: &Gap) -> Self {
        Self {
            signed: Err(why.clone()),
            signature_verified: Err(why.clone()),
            provenance_verified: Err(why.clone()),
            bill_of_materials: Err(why.clone()),
            repository: Err(why.clone()),
            note: None,
            documents: Vec::new(),
        }
    }

    /// Whether everything that can be there is there, and verified.
    pub(crate) fn is_all_there(&self) -> bool {
        let claims = [&self.signed, &self.signature_verified, &self.provenance_verified];
        claims.into_iter().chain([&self.bill_of_materials]).all(|claim| *claim == Ok(true))
    }

    /// What is known where either of two digests of the image suffices: something is there if one of them has it, and it is absent only
    /// if neither has it.
    #[must_use]
    pub(crate) fn or(mut self, other: Self) -> Self {
        self.documents.extend(other.documents);
        Self {
            signed: either(self.signed, other.signed),
            signature_verified: either(self.signature_verified, other.signature_verified),
            provenance_verified: either(self.provenance_verified, other.provenance_verified),
            bill_of_materials: either(self.bill_of_materials, other.bill_of_materials),
            repository: self.repository.or(other.repository),
            note: self.note.or(other.note),
            documents: self.documents,
        }
    }

    /// Of an archive or layout: what is attached in a registry is not part of it, and its names are text of its author.
    pub fn of_archive() -> Self {
        let gap = Gap::new(SIGNATURES, "", Reason::Unsupported);
        let detail =
            "signatures, attestations and the registry are not read for archives and layouts";
        Self::unread(&Gap { detail: Some(detail.to_owned()), ..gap })
    }

    /// With the facts of an image.
    pub(crate) fn fill(&self, image: ContainerImage, gaps: &Register) -> ContainerImage {
        image
            .signed(fact(&self.signed, gaps))
            .signature_verified(fact(&self.signature_verified, gaps))
            .provenance_verified(fact(&self.provenance_verified, gaps))
            .bill_of_materials(fact(&self.bill_of_materials, gaps))
            .repository(fact(&self.repository, gaps))
    }
}

fn either(one: Claim<bool>, other: Claim<bool>) -> Claim<bool> {
    match (one, other) {
        (Ok(true), _) | (_, Ok(true)) => Ok(true),
        (Err(why), _) | (_, Err(why)) => Err(why),
        (Ok(false), Ok(false)) => Ok(false),
    }
}

fn fact<T: Clone>(claim: &Claim<T>, gaps: &Register) -> Fact<T> {
    match claim {
        Ok(value) => Fact::Known(value.clone()),
        Err(why) => FactGap(gaps.note(why.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_digests_suffices_and_both_have_to_lack_it() {
        let (yes, no) = (|| Ok(true), || Ok(false));
        let open = || Err(Gap::new(SIGNATURES, "", Reason::Denied));
        for (one, other, both) in [
            (yes(), no(), yes()),
            (no(), yes(), yes()),
            (yes(), open(), yes()),
            (open(), yes(), yes()),
            (open(), no(), open()),
            (no(), open(), open()),
            (no(), no(), no()),
        ] {
            assert_eq!(either(one, other), both);
        }
    }

    #[test]
    fn an_archive_shows_nothing_of_signatures() {
        let register = Register::default();
        let image = ContainerImage::unread("image", "image", None);
        let image = Trust::of_archive().fill(image, &register);
        for fact in [&image.signed, &image.signature_verified, &image.provenance_verified] {
            let gap = fact.gap().unwrap();
            assert_eq!(register.list()[gap.index()].reason, Reason::Unsupported);
        }
        let verified = Trust { signature_verified: Ok(true), ..Trust::of_archive() };
        let image = verified.fill(image, &register);
        assert_eq!(image.signature_verified, Fact::Known(true));
        assert!(image.repository.gap().is_some());
    }
}
