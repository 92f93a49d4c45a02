//! What a registry holds for an image: signatures, attestations, bills of materials.

mod platform;

use std::collections::BTreeMap;

use posture_image::digest::Digest;
use posture_image::manifest::{Descriptor, Document, Platform};
use posture_image::reference::Reference;
use posture_image::source::Root;
use posture_model::dated::Dated;
use posture_model::gap::{Gap, Reason};
use posture_registry::{Client, Error, Remote, Why};
use posture_signature::{
    Artifact, Attestation, Held, Image, Kind, Limits, Place, Policy, Referrer, Report, Verdict,
    attestation_tag, signature_tag, verify, wanted,
};

use crate::info::SIGNATURES;
use crate::trust::{Attached, Claim, Trust};

/// Reads what is attached to an image, and verifies it by a policy. Where the reference leads to an index, a signature of the index
/// covers the manifest for the platform, whose digest is part of it; and one of that manifest is of what runs there. Each suffices.
pub(crate) async fn read(
    client: &Client,
    reference: &Reference,
    remote: &Remote,
    policy: &Policy,
    platform: &Platform,
) -> Trust {
    let repository = format!("{}/{}", reference.registry, reference.repository);
    let subject = Subject { digest: remote.digest(), manifest: remote.manifest() };
    let has_others = holds_attestations(remote);
    let trust = of(client, reference, &subject, policy, &repository, has_others).await;
    let trust = match trust.is_all_there() {
        true => trust,
        false => match platform::manifest(client, reference, remote, platform).await {
            None => trust,
            Some(Err(why)) => trust.or(Trust::unread(&gap(Reason::Incomplete, why))),
            Some(Ok(found)) => {
                let digest = &found.descriptor.digest;
                let subject = Subject { digest, manifest: &found.bytes };
                let own = of(client, reference, &subject, policy, &repository, false).await;
                let decides = trust.signature_verified != Ok(true);
                let note = (decides && own.signature_verified == Ok(true)).then(|| {
                    format!("the signature of {reference} that counts is of its manifest for {platform}, {digest}, and not of its index")
                });
                Trust { note, ..trust.or(own) }
            }
        },
    };
    Trust { repository: Ok(repository), ..trust }
}

/// What signatures and attestations are about.
struct Subject<'s> {
    digest: &'s Digest,
    manifest: &'s [u8],
}

async fn of(
    client: &Client,
    reference: &Reference,
    subject: &Subject<'_>,
    policy: &Policy,
    repository: &str,
    has_others: bool,
) -> Trust {
    match found(client, reference, subject, policy, repository, has_others).await {
        Ok((report, listed)) => of_report(&report, policy, listed),
        Err(why) => Trust::unread(&gap(Reason::Malformed, why)),
    }
}

/// The verdicts, and whether the list of what refers to the image names a bill of materials. The attestations that BuildKit puts into an
/// index are not read, and one of them may be it:
/// [source](https://docs.docker.com/build/metadata/attestations/attestation-storage/).
async fn found(
    client: &Client,
    reference: &Reference,
    subject: &Subject<'_>,
    policy: &Policy,
    repository: &str,
    has_others: bool,
) -> Result<(Report, Claim<bool>), String> {
    let limits = Limits::default();
    let Subject { digest, manifest } = *subject;
    let own = posture_signature::Digest::parse(&digest.to_string());
    let own = own.map_err(|error| error.to_string())?;
    let (held, lists_materials) = held(client, reference, digest, &own, &limits).await;
    let image = Image::new(own.as_str(), manifest, Some(repository));
    let image = image.map_err(|error| error.to_string())?;
    let listed = match lists_materials {
        false if has_others => {
            Err(gap(Reason::Unsupported, "attestations in the index of the image are not read"))
        }
        named => Ok(named),
    };
    Ok((verify(&image, &held, policy, &limits), listed))
}

async fn held(
    client: &Client,
    reference: &Reference,
    digest: &Digest,
    own: &posture_signature::Digest,
    limits: &Limits,
) -> (Held, bool) {
    let tagged = |tag: String| Reference { tag: Some(tag), digest: None, ..reference.clone() };
    let signatures = tagged(signature_tag(own));
    let attestations = tagged(attestation_tag(own));
    let mut lists_materials = false;
    let referrers = match client.referrers(reference, digest).await {
        Err(error) => Place::Unread(error.to_string()),
        Ok(list) => {
            lists_materials = list.items.iter().any(is_materials);
            let mut all = Vec::new();
            for one in list.items.iter().take(limits.referrers) {
                let of = Reference { digest: Some(one.digest.clone()), ..reference.clone() };
                let artifact = artifact(client, &of, limits).await;
                all.push(Referrer { digest: one.digest.to_string(), artifact });
            }
            // What is missing from the list may be a signature.
            let missing = list.gaps.iter().map(|gap| Referrer {
                digest: "the list of referrers".to_owned(),
                artifact: Place::Unread(gap.to_string()),
            });
            all.extend(missing);
            Place::Read(all)
        }
    };
    let held = Held {
        signature_tag: artifact(client, &signatures, limits).await,
        attestation_tag: artifact(client, &attestations, limits).await,
        referrers,
    };
    (held, lists_materials)
}

/// The types of artifacts that are bills of materials.
static MATERIALS: Dated<&str> = Dated::new(
    &[
        "https://spdx.github.io/spdx-spec/v2.3/conformance/",
        "https://cyclonedx.org/specification/overview/",
    ],
    "2026-12-01",
    &[
        "application/spdx+json",
        "text/spdx",
        "application/vnd.cyclonedx+json",
        "application/vnd.cyclonedx+xml",
    ],
);

fn is_materials(of: &Descriptor) -> bool {
    of.artifact_type.as_deref().is_some_and(|own| MATERIALS.items().contains(&own))
}

/// A manifest with the blobs that a verification needs.
async fn artifact(client: &Client, reference: &Reference, limits: &Limits) -> Place<Artifact> {
    let fetched = match client.manifest(reference).await {
        Ok(fetched) => fetched,
        // The repository can be read, as the image was read from it.
        Err(Error { why: Why::Absent(_), .. }) => return Place::Absent,
        Err(error) => return Place::Unread(error.to_string()),
    };
    let mut blobs = BTreeMap::new();
    for one in wanted(&fetched.bytes, limits) {
        let content = match Digest::parse(&one.digest) {
            Ok(digest) => {
                let stated = Descriptor {
                    media_type: String::new(),
                    digest,
                    size: one.size,
                    platform: None,
                    annotations: BTreeMap::new(),
                    foreign: false,
                    artifact_type: None,
                };
                let read = client.blob(reference, &stated, one.size).await;
                read.map_err(|error| error.to_string())
            }
            Err(error) => Err(error.to_string()),
        };
        blobs.insert(one.digest, content);
    }
    Place::Read(Artifact { manifest: fetched.bytes, blobs })
}

/// Whether the image is an index with attestations of BuildKit beside its images.
fn holds_attestations(remote: &Remote) -> bool {
    let stated = match &remote.named.root {
        Root::Document(root) => root.media_type.as_str(),
        Root::Files { .. } => "",
    };
    let limits = posture_image::limits::Limits::default();
    match Document::read(remote.manifest(), stated, "", &limits) {
        Ok(Document::Index(entries)) => entries.iter().any(Descriptor::is_attestation),
        Ok(Document::Manifest(_)) | Err(_) => false,
    }
}

fn gap(reason: Reason, detail: impl Into<String>) -> Gap {
    Gap { detail: Some(detail.into()), ..Gap::new(SIGNATURES, "", reason) }
}

fn of_report(report: &Report, policy: &Policy, listed: Claim<bool>) -> Trust {
    let unread = |signatures: bool| {
        let mut gaps = report.gaps.iter();
        let first = gaps.find(|gap| gap.signatures || !signatures);
        first.map(|open| gap(Reason::Incomplete, open.to_string()))
    };
    let signed = match (report.signatures.is_empty(), unread(true)) {
        (false, _) => Ok(true),
        (true, Some(why)) => Err(why),
        (true, None) => Ok(false),
    };
    let materials = &Kind::BillOfMaterials;
    let has_materials = listed == Ok(true)
        || report.attestations.iter().any(|one| one.statement.kind == *materials);
    let may_have = report.attestations.iter().any(|one| one.statement.kind == Kind::Unreadable);
    let bill_of_materials = match (has_materials, unread(false)) {
        (true, _) => Ok(true),
        (false, Some(why)) => Err(why),
        (false, None) if may_have => {
            Err(gap(Reason::Malformed, "an attestation that cannot be read may be one"))
        }
        (false, None) => listed,
    };
    let named = |claim: Claim<bool>| match policy.is_empty() {
        true => Err(gap(
            Reason::Undetermined,
            "no key and no identity is named to verify signatures against: --key, --certificate-identity",
        )),
        false => claim,
    };
    Trust {
        signed,
        signature_verified: named(verified(report.verdict())),
        provenance_verified: named(verified(report.attested(&Kind::Provenance))),
        bill_of_materials,
        documents: documents(report, policy),
        ..Trust::unread(&Gap::not_collected())
    }
}

/// The documents that attestations hold. One is verified if its own signers are enough for the policy.
fn documents(report: &Report, policy: &Policy) -> Vec<Attached> {
    let document = |one: &Attestation| {
        let statement = one.statement.payload.clone()?;
        let verified = policy.is_met_by(one.status.signers());
        Some(Attached { at: one.at.clone(), statement, verified })
    };
    report.attestations.iter().filter_map(document).collect()
}

/// A verdict as an answer. What another program may verify is not certain to be invalid.
fn verified(verdict: Verdict) -> Claim<bool> {
    match verdict {
        Verdict::Verified(_) => Ok(true),
        Verdict::NotSigned => Ok(false),
        Verdict::NotVerified(whys) => match whys.iter().find(|why| why.is_undecided()) {
            Some(why) => Err(gap(Reason::Unsupported, why.to_string())),
            None => Ok(false),
        },
        Verdict::Unknown(whys) => Err(gap(Reason::Incomplete, whys.join("; "))),
    }
}
