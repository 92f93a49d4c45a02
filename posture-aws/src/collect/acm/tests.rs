use posture_model::gap::Reason;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use serde_json::{Value, json};

use super::*;
use crate::fake::Fake;

const REGIONS: &str = r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#;
const ARN: &str = "arn:aws:acm:eu-central-1:123456789012:certificate/1";

fn everything() -> Wanted {
    Wanted::of(&Kind::TlsCertificate.fact_ids().collect::<Vec<_>>(), &[Kind::TlsCertificate])
}

fn certificate(key: &str) -> Value {
    json!({ "CertificateArn": ARN, "DomainName": "shop.example", "KeyAlgorithm": key, "NotAfter": 1_800_000_000.5 })
}

fn fake(certificates: &[Value]) -> Fake {
    let answer = json!({ "CertificateSummaryList": certificates }).to_string();
    Fake::default().answer("POST /listRegions", 200, REGIONS).answer(
        "ListCertificates",
        200,
        answer,
    )
}

async fn only(certificate: Value) -> (TlsCertificate, Scope) {
    let scope = fake(&[certificate]).collect(&everything()).await;
    (scope.tls_certificates.items[0].clone(), scope)
}

#[tokio::test]
async fn certificates_of_every_kind_of_key_are_listed() {
    let fake = fake(&[certificate("RSA_2048")]);
    let scope = fake.collect(&everything()).await;
    let [one] = &scope.tls_certificates.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!((one.id.as_str(), one.name.as_str()), (ARN, "shop.example"));
    assert_eq!(one.region.as_deref(), Some("eu-central-1"));
    assert_eq!(
        (&one.expires, &one.rsa_bits),
        (&Known(Time::from_unix(1_800_000_000)), &Known(Some(2048)))
    );
    let seen = fake.seen();
    let request = seen.iter().find(|one| one.action == "ListCertificates").unwrap();
    let body: Value = serde_json::from_str(&request.body).unwrap();
    assert_eq!(body["Includes"]["keyTypes"].as_array().unwrap().len(), 7);
    assert_eq!(body["CertificateStatuses"], json!(["ISSUED", "EXPIRED"]));
    for (key, bits) in [("RSA-1024", Some(1024)), ("RSA_4096", Some(4096)), ("EC_secp384r1", None)]
    {
        assert_eq!(only(certificate(key)).await.0.rsa_bits, Known(bits), "{key}");
    }
}

#[tokio::test]
async fn what_is_missing_or_not_known_here_is_open() {
    for key in ["ML_DSA_44", "RSA", "RSA_", "RSA_big", ""] {
        let (one, scope) = only(certificate(key)).await;
        let gap = scope.gap(one.rsa_bits.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.target.as_str()), (Reason::Unsupported, ARN), "{key}");
        assert!(one.expires.is_known());
    }
    let (one, scope) = only(json!({ "CertificateArn": ARN })).await;
    assert_eq!(one.name, ARN);
    for gap in [one.expires.gap(), one.rsa_bits.gap()] {
        assert_eq!(scope.gap(gap.unwrap()).unwrap().reason, Reason::Malformed);
    }
    let scope = fake(&[json!({ "DomainName": "a.example" })]).collect(&everything()).await;
    assert_eq!(scope.gap(scope.tls_certificates.gaps[0]).unwrap().reason, Reason::Malformed);
    let mut wrong = certificate("RSA_2048");
    wrong["NotAfter"] = json!("tomorrow");
    let scope = fake(&[wrong]).collect(&everything()).await;
    assert_eq!(scope.gap(scope.tls_certificates.gaps[0]).unwrap().reason, Reason::Malformed);
}

#[tokio::test]
async fn denied_empty_and_continued() {
    let regions = || Fake::default().answer("POST /listRegions", 200, REGIONS);
    let denied = regions().json_error("ListCertificates", 400, "AccessDeniedException", "no");
    let scope = denied.collect(&everything()).await;
    let gap = scope.gap(scope.tls_certificates.gaps[0]).unwrap();
    assert_eq!((gap.reason, gap.action.as_str()), (Reason::Denied, CERTIFICATES.name));
    let scope = fake(&[]).collect(&everything()).await;
    assert!(scope.tls_certificates.items.is_empty() && scope.tls_certificates.is_complete());
    let mut second = certificate("RSA_2048");
    second["CertificateArn"] = json!(ARN.replace("/1", "/2"));
    let first = json!({ "CertificateSummaryList": [certificate("RSA_2048")], "NextToken": "2" });
    let last = json!({ "CertificateSummaryList": [second] });
    let pages = regions().answer("ListCertificates", 200, first.to_string()).answer(
        "ListCertificates",
        200,
        last.to_string(),
    );
    assert_eq!(pages.collect(&everything()).await.tls_certificates.items.len(), 2);
}
