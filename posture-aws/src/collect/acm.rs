//! AWS Certificate Manager: when certificates expire, and how strong their keys are.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Known};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Kind, TlsCertificate};
use posture_model::time::Time;

use super::context::Audit;
use super::regions;
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::ACM;
use crate::wire::{Constant, Operation, answers};

pub(crate) const CERTIFICATES: Action = Action {
    name: "acm:ListCertificates",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["CertificateSummaryList"]),
    lists: &[Kind::TlsCertificate],
    fills: &[TlsCertificate::EXPIRES, TlsCertificate::RSA_BITS],
    command: "aws acm list-certificates --includes \
              keyTypes=RSA_1024,RSA_2048,RSA_3072,RSA_4096,EC_prime256v1,EC_secp384r1,EC_secp521r1 --region {region}",
};

answers! {
    ListCertificates {
        certificates: "CertificateSummaryList" optional records(ListedCertificate),
    }

    ListedCertificate {
        arn: "CertificateArn" optional text,
        domain: "DomainName" optional text,
        key: "KeyAlgorithm" optional text,
        expires: "NotAfter" optional number,
    }
}

/// Those that were issued, also if they have expired since. Without types of keys it lists only
/// [some of RSA](https://docs.aws.amazon.com/acm/latest/APIReference/API_Filters.html).
const ISSUED: &[(&str, Constant)] = &[
    ("CertificateStatuses", Constant::List(&[Constant::Text("ISSUED"), Constant::Text("EXPIRED")])),
    (
        "Includes",
        Constant::Record(&[(
            "keyTypes",
            Constant::List(&[
                Constant::Text("RSA_1024"),
                Constant::Text("RSA_2048"),
                Constant::Text("RSA_3072"),
                Constant::Text("RSA_4096"),
                Constant::Text("EC_prime256v1"),
                Constant::Text("EC_secp384r1"),
                Constant::Text("EC_secp521r1"),
            ]),
        )]),
    ),
    ("MaxItems", Constant::Whole(1_000)),
];

pub(crate) static LIST_CERTIFICATES: Operation<0, ListCertificates<'_>> =
    Operation::new(&ACM, CERTIFICATES.name, "ListCertificates")
        .given(ISSUED)
        .pages("NextToken", "NextToken");

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    regions::listing(audit, &CERTIFICATES, "acm", |region| certificates(audit, region)).await.into()
}

async fn certificates(audit: &Audit<'_>, region: &str) -> Listing<TlsCertificate> {
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST_CERTIFICATES, region, []).await;
    let (mut listed, mut nameless) = (BTreeMap::new(), false);
    for one in pages.iter().flat_map(|page| page.read().certificates()) {
        match one.arn().filter(|arn| !arn.is_empty()) {
            Some(arn) => {
                listed.insert(arn, one);
            }
            None => nameless = true,
        }
    }
    let refused = CallError::or_nameless(refused, nameless, CERTIFICATES.name, region);
    let items = listed.into_iter().map(|(arn, one)| {
        let name = one.domain().unwrap_or(arn);
        TlsCertificate::unread_on(Provider::Aws, arn, name, Some(region))
            .expires(expires(audit, arn, one))
            .rsa_bits(rsa_bits(audit, arn, one))
    });
    audit.ask.listing(items.collect(), refused)
}

fn expires(audit: &Audit<'_>, arn: &str, one: ListedCertificate<'_>) -> Fact<Time> {
    match one.expires() {
        // A second more or less does not matter.
        #[allow(clippy::cast_possible_truncation, reason = "it saturates")]
        Some(seconds) => Known(Time::from_unix(seconds as i64)),
        None => audit.ask.malformed(CERTIFICATES.name, arn, "the response lacks `NotAfter`"),
    }
}

fn rsa_bits(audit: &Audit<'_>, arn: &str, one: ListedCertificate<'_>) -> Fact<Option<u32>> {
    let Some(key) = one.key() else {
        return audit.ask.malformed(CERTIFICATES.name, arn, "the response lacks `KeyAlgorithm`");
    };
    // As `RSA_2048` in lists and `RSA-2048` elsewhere.
    let bits = key.strip_prefix("RSA").map(|rest| rest.trim_start_matches(['_', '-']).parse());
    match bits {
        Some(Ok(bits)) => Known(Some(bits)),
        None if key.starts_with("EC_") || key.starts_with("EC-") => Known(None),
        Some(Err(_)) | None => audit.ask.unsupported(CERTIFICATES.name, arn, key),
    }
}

#[cfg(test)]
mod tests;
