use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::resource::Kind;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::*;
use crate::fake::Fake;

const ZONES_CALL: &str = "GET /2013-04-01/hostedzone?maxitems=100";
const RECORDS_CALL: &str = "GET /2013-04-01/hostedzone/Z1/rrset?maxitems=300";
const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>";

fn wanted() -> Wanted {
    Wanted::of(&[HostedZone::DEAD_TARGETS, HostedZone::TARGETS], &[Kind::HostedZone])
}

/// An account with one public zone.
fn zone(private: &str) -> Fake {
    Fake::default().answer(
        ZONES_CALL,
        200,
        format!(
            "<ListHostedZonesResponse><HostedZones><HostedZone><Id>/hostedzone/Z1</Id><Name>shop.example.</Name>{private}</HostedZone></HostedZones>\
             <IsTruncated>false</IsTruncated><MaxItems>100</MaxItems></ListHostedZonesResponse>"
        ),
    )
}

fn public() -> Fake {
    zone("<Config><PrivateZone>false</PrivateZone></Config>")
}

/// A page of records, after that of the zone itself.
fn page(records: &str, more: &str) -> String {
    let zone = record("shop.example.", "SOA", &["ns-1.awsdns-01.org. host.example. 1 2 3 4 5"]);
    listed(&format!("{zone}{records}"), more)
}

fn listed(records: &str, more: &str) -> String {
    let more = if more.is_empty() { "<IsTruncated>false</IsTruncated>" } else { more };
    format!(
        "<ListResourceRecordSetsResponse><ResourceRecordSets>{records}</ResourceRecordSets>{more}<MaxItems>300</MaxItems></ListResourceRecordSetsResponse>"
    )
}

fn record(name: &str, kind: &str, values: &[&str]) -> String {
    let value = |value: &&str| format!("<ResourceRecord><Value>{value}</Value></ResourceRecord>");
    let values: String = values.iter().map(value).collect();
    let list = if values.is_empty() {
        values
    } else {
        format!("<ResourceRecords>{values}</ResourceRecords>")
    };
    format!("<ResourceRecordSet><Name>{name}</Name><Type>{kind}</Type>{list}</ResourceRecordSet>")
}

fn alias(name: &str, to: &str) -> String {
    format!(
        "<ResourceRecordSet><Name>{name}</Name><Type>A</Type><AliasTarget><HostedZoneId>Z9</HostedZoneId><DNSName>{to}</DNSName>\
         <EvaluateTargetHealth>false</EvaluateTargetHealth></AliasTarget></ResourceRecordSet>"
    )
}

async fn read(fake: &Fake) -> (Fact<Entries>, Fact<Entries>, Scope) {
    let scope = fake.collect(&wanted()).await;
    let one = &scope.hosted_zones.items[0];
    (one.dead_targets.clone(), one.targets.clone(), scope)
}

fn with(records: &str) -> Fake {
    public().answer(RECORDS_CALL, 200, page(records, ""))
}

fn reason(scope: &Scope, gap: GapId) -> (Reason, &str) {
    let gap = scope.gap(gap).unwrap();
    (gap.reason, gap.action.as_str())
}

#[tokio::test]
async fn a_zone_without_its_own_record_was_not_listed_whole() {
    for records in [String::new(), record("a.", "A", &["52.0.0.1"])] {
        let fake = public().answer(RECORDS_CALL, 200, listed(&records, ""));
        let (dead, targets, scope) = read(&fake).await;
        assert_eq!(reason(&scope, dead.gap().unwrap()), (Reason::Malformed, RECORDS.name));
        let undecided = targets.gap().or_else(|| targets.known().ok()?.undecided());
        assert_eq!(reason(&scope, undecided.unwrap()), (Reason::Malformed, RECORDS.name));
    }
}

const SITE: &str = "s3-website.eu-central-1.amazonaws.com.";

#[tokio::test]
async fn records_lead_to_resources_and_addresses() {
    let all = [
        record("shop.example.", "NS", &["ns-1.awsdns-01.com."]),
        record("shop.example.", "MX", &["10 inbound-smtp.eu-west-1.amazonaws.com."]),
        record("host.shop.example.", "A", &["52.1.2.3", "10.0.0.1"]),
        record("six.shop.example.", "AAAA", &["2A05:D018:0::1"]),
        record("cdn.shop.example.", "CNAME", &["D1.CloudFront.net."]),
        record("vendor.shop.example.", "CNAME", &["shop.vendor.example."]),
        alias("www.shop.example.", "dualstack.App-1.eu-central-1.elb.amazonaws.com."),
        alias("\\052.shop.example.", "app-1.eu-central-1.elb.amazonaws.com."),
        alias("same.shop.example.", "host.shop.example."),
    ];
    let (dead, targets, scope) = read(&with(&all.concat())).await;
    assert_eq!(dead, Known(Entries::none()), "{:?}", scope.gaps);
    let expected = [
        "*.shop.example and 1 more to app-1.eu-central-1.elb.amazonaws.com",
        "cdn.shop.example to d1.cloudfront.net",
        "host.shop.example to 52.1.2.3",
        "six.shop.example to 2a05:d018::1",
    ];
    assert_eq!(targets, Known(Entries::from(expected)));
}

#[tokio::test]
async fn a_bucket_that_does_not_exist_is_a_dead_target() {
    let fake = with(&(alias("gone.shop.example.", SITE) + &alias("www.shop.example.", SITE)))
        .answer("GET /gone.shop.example/?location", 404, "<Error><Code>NoSuchBucket</Code></Error>")
        .answer(
            "GET /www.shop.example/?location",
            200,
            "<LocationConstraint>eu-central-1</LocationConstraint>",
        );
    let (dead, targets, _) = read(&fake).await;
    assert_eq!(dead, Known(Entries::from(["gone.shop.example to bucket gone.shop.example"])));
    assert_eq!(targets, Known(Entries::none()));
    let seen = fake.seen();
    let asked: Vec<_> = seen.iter().filter(|one| one.action.ends_with("?location")).collect();
    assert_eq!(asked.len(), 2);
    for one in asked {
        assert_eq!(one.signed, "eu-central-1/s3");
        // A bucket of another account must not answer.
        assert!(one.headers.iter().any(|name| name == "x-amz-expected-bucket-owner"), "{one:?}");
    }
}

#[tokio::test]
async fn a_bucket_that_refuses_to_answer_is_undecided_and_named() {
    let fake = with(&alias("www.shop.example.", SITE)).answer(
        "GET /www.shop.example/?location",
        403,
        "<Error><Code>AccessDenied</Code></Error>",
    );
    let (dead, targets, scope) = read(&fake).await;
    let Known(dead) = dead else { panic!() };
    assert_eq!(dead.named(), ["www.shop.example to bucket www.shop.example"]);
    assert_eq!(
        reason(&scope, dead.undecided().unwrap()),
        (Reason::Denied, super::super::super::s3::LOCATION.name)
    );
    assert_eq!(targets, Known(Entries::none()));
    // A region that is not read, another partition, a name that no bucket can have.
    let elsewhere = [
        alias("a.example.", "s3-website-us-west-2.amazonaws.com."),
        alias("b.example.", "s3-website.cn-north-1.amazonaws.com.cn."),
        alias("\\052.example.", SITE),
    ];
    let fake = with(&elsewhere.concat());
    let (dead, targets, _) = read(&fake).await;
    assert_eq!(dead, Known(Entries::none()));
    let Known(targets) = targets else { panic!() };
    assert_eq!(targets.certain().len(), 3);
    assert!(!fake.seen().iter().any(|one| one.action.ends_with("?location")));
}

/// A page has a name, a type and, of records with several sets, an identifier.
#[tokio::test]
async fn the_three_tokens_of_a_page_are_sent_together() {
    let next = |identifier: &str| {
        format!(
            "<IsTruncated>true</IsTruncated><NextRecordName>b c.</NextRecordName><NextRecordType>A</NextRecordType>{identifier}"
        )
    };
    let identified = "<NextRecordIdentifier>one&amp;two</NextRecordIdentifier>";
    let fake = public()
        .answer(RECORDS_CALL, 200, page(&record("a.", "A", &["52.0.0.1"]), &next(identified)))
        .answer(
            "GET /2013-04-01/hostedzone/Z1/rrset?name=b%20c.&type=A&identifier=one%26two&maxitems=300",
            200,
            page(&record("b.", "A", &["52.0.0.2"]), &next("")),
        )
        .answer(
            "GET /2013-04-01/hostedzone/Z1/rrset?name=b%20c.&type=A&maxitems=300",
            200,
            page(&record("c.", "A", &["52.0.0.3"]), ""),
        );
    let (_, targets, scope) = read(&fake).await;
    let expected = ["a to 52.0.0.1", "b to 52.0.0.2", "c to 52.0.0.3"];
    assert_eq!(targets, Known(Entries::from(expected)), "{:?}", scope.gaps);
    // More without a name of where it continues is malformed.
    for more in [
        "<IsTruncated>true</IsTruncated>",
        "<IsTruncated>true</IsTruncated><NextRecordType>A</NextRecordType>",
    ] {
        let fake = public().answer(RECORDS_CALL, 200, page("", more));
        let (dead, _, scope) = read(&fake).await;
        assert_eq!(reason(&scope, dead.gap().unwrap()), (Reason::Malformed, RECORDS.name));
    }
}

#[tokio::test]
async fn what_was_cut_keeps_what_it_showed() {
    let more = "<IsTruncated>true</IsTruncated><NextRecordName>b.</NextRecordName><NextRecordType>A</NextRecordType>";
    let fake = public()
        .answer(RECORDS_CALL, 200, page(&alias("gone.shop.example.", SITE), more))
        .answer("GET /2013-04-01/hostedzone/Z1/rrset?name=b.&type=A&maxitems=300", 403, DENIED)
        .answer(
            "GET /gone.shop.example/?location",
            404,
            "<Error><Code>NoSuchBucket</Code></Error>",
        );
    let (dead, targets, scope) = read(&fake).await;
    let Known(dead) = dead else { panic!() };
    assert_eq!((dead.certain().len(), dead.named().len()), (1, 0));
    assert_eq!(reason(&scope, dead.undecided().unwrap()), (Reason::Denied, RECORDS.name));
    assert_eq!(reason(&scope, targets.gap().unwrap()).0, Reason::Denied);
}

#[tokio::test]
async fn what_is_denied_or_makes_no_sense_is_open() {
    let (dead, targets, scope) = read(&public().answer(RECORDS_CALL, 403, DENIED)).await;
    for fact in [dead, targets] {
        assert_eq!(reason(&scope, fact.gap().unwrap()), (Reason::Denied, RECORDS.name));
    }
    for body in [
        "<html>".to_owned(),
        "<Other></Other>".to_owned(),
        String::new(),
        page(&record("a.", "A", &[]), ""),
        page(&record("a.", "A", &["52.0.0"]), ""),
        page(&record("a.", "CNAME", &[]), ""),
        page(&record("a b.", "A", &["52.0.0.1"]), ""),
        page(&record(".", "A", &["52.0.0.1"]), ""),
        page(&record("a.", "CNAME", &["x y.cloudfront.net"]), ""),
        page(&alias("a.", ""), ""),
    ] {
        let (dead, targets, scope) = read(&public().answer(RECORDS_CALL, 200, body.clone())).await;
        for fact in [dead, targets] {
            let gap = fact.gap().unwrap_or_else(|| panic!("{body}: {fact:?}"));
            assert_eq!(reason(&scope, gap), (Reason::Malformed, RECORDS.name), "{body}");
        }
    }
}

#[tokio::test]
async fn private_zones_are_not_asked_about() {
    let fake = zone("<Config><PrivateZone>true</PrivateZone></Config>");
    let (dead, targets, _) = read(&fake).await;
    assert_eq!((dead, targets), (Fact::NotOffered, Fact::NotOffered));
    assert_eq!(fake.count(RECORDS_CALL), 0);
    let (dead, _, scope) = read(&zone("")).await;
    assert_eq!(reason(&scope, dead.gap().unwrap()).0, Reason::Malformed);
}

#[tokio::test]
async fn a_zone_keeps_so_many_targets() {
    let all: String = (0..=MOST_TARGETS)
        .map(|n| record(&format!("r{n}."), "A", &[&format!("52.1.{}.{}", n / 250, n % 250)]))
        .collect();
    let (_, targets, scope) = read(&with(&all)).await;
    let Known(targets) = targets else { panic!() };
    assert_eq!(targets.certain().len(), MOST_TARGETS);
    assert_eq!(reason(&scope, targets.undecided().unwrap()), (Reason::Incomplete, RECORDS.name));
}
