use posture_model::gap::Reason;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::*;
use crate::fake::Fake;

const ZONES_CALL: &str = "GET /2013-04-01/hostedzone?maxitems=100";
const LOGS_CALL: &str = "GET /2013-04-01/queryloggingconfig?maxresults=100";

fn everything() -> Wanted {
    Wanted::of(&[HostedZone::PRIVATE, HostedZone::RECORDS_QUERIES], &[Kind::HostedZone])
}

fn zone(id: &str, name: &str, config: &str) -> String {
    format!(
        "<HostedZone><Id>/hostedzone/{id}</Id><Name>{name}</Name><CallerReference>1</CallerReference>{config}</HostedZone>"
    )
}

fn public(id: &str) -> String {
    zone(id, "shop.example.", "<Config><PrivateZone>false</PrivateZone></Config>")
}

fn private_zone() -> String {
    zone("Z2", "internal.", "<Config><PrivateZone>true</PrivateZone></Config>")
}

fn zones_page(zones: &str, more: &str) -> String {
    let more = if more.is_empty() { "<IsTruncated>false</IsTruncated>" } else { more };
    format!(
        "<?xml version=\"1.0\"?><ListHostedZonesResponse><HostedZones>{zones}</HostedZones><Marker></Marker>{more}<MaxItems>100</MaxItems></ListHostedZonesResponse>"
    )
}

fn logs_page(zones: &[&str], more: &str) -> String {
    let one = |zone: &&str| {
        format!(
            "<QueryLoggingConfig><Id>1</Id><HostedZoneId>{zone}</HostedZoneId><CloudWatchLogsLogGroupArn>arn</CloudWatchLogsLogGroupArn></QueryLoggingConfig>"
        )
    };
    let all: String = zones.iter().map(one).collect();
    format!(
        "<?xml version=\"1.0\"?><ListQueryLoggingConfigsResponse><QueryLoggingConfigs>{all}</QueryLoggingConfigs>{more}</ListQueryLoggingConfigsResponse>"
    )
}

fn fake(zones: &str, logs: (u16, String)) -> Fake {
    Fake::default().answer(ZONES_CALL, 200, zones_page(zones, "")).answer(LOGS_CALL, logs.0, logs.1)
}

const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error><RequestId>1</RequestId></ErrorResponse>";

fn reason<T>(scope: &Scope, fact: &Fact<T>) -> (Reason, String) {
    let gap = scope.gap(fact.gap().unwrap()).unwrap();
    (gap.reason, gap.action.clone())
}

#[tokio::test]
async fn public_zones_record_queries_or_not() {
    let all = public("Z1") + &public("Z3") + &private_zone();
    let fake = fake(&all, (200, logs_page(&["Z1"], "")));
    let scope = fake.collect(&everything()).await;
    let [first, second, third] = &scope.hosted_zones.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(first.id, "arn:aws:route53:::hostedzone/Z1");
    assert_eq!((first.name.as_str(), first.region.as_deref()), ("shop.example", None));
    assert_eq!((&first.private, &first.records_queries), (&Known(false), &Known(true)));
    assert_eq!(third.records_queries, Known(false));
    assert_eq!((&second.private, &second.records_queries), (&Known(true), &Fact::NotOffered));
    assert!(scope.hosted_zones.is_complete());
    let seen = fake.seen();
    let own: Vec<_> = seen.iter().filter(|one| one.action.starts_with("GET /2013")).collect();
    assert_eq!(own.len(), 2);
    assert!(own.iter().all(|request| request.signed == "us-east-1/route53"));
    assert!(fake.hosts().iter().any(|host| host == "route53.amazonaws.com"), "{:?}", fake.hosts());
}

#[tokio::test]
async fn logs_are_asked_for_where_there_is_a_public_zone() {
    let quiet = fake(&private_zone(), (403, DENIED.to_owned()));
    let scope = quiet.collect(&everything()).await;
    assert_eq!((scope.hosted_zones.items.len(), quiet.count(LOGS_CALL)), (1, 0));
    let empty = fake("", (403, DENIED.to_owned()));
    let scope = empty.collect(&everything()).await;
    assert!(scope.hosted_zones.items.is_empty() && scope.hosted_zones.is_complete());
    assert_eq!(empty.count(LOGS_CALL), 0);
}

#[tokio::test]
async fn what_is_denied_or_missing_is_open() {
    let denied = (Reason::Denied, QUERY_LOGS.name.to_owned());
    let scope = fake(&public("Z1"), (403, DENIED.to_owned())).collect(&everything()).await;
    assert_eq!(reason(&scope, &scope.hosted_zones.items[0].records_queries), denied);
    // Of a list that was cut, what it shows is certain.
    let more = "<NextToken>2</NextToken>";
    let cut = fake(&(public("Z1") + &public("Z3")), (200, logs_page(&["Z1"], more)));
    let second = "GET /2013-04-01/queryloggingconfig?nexttoken=2&maxresults=100";
    let cut = cut.answer(second, 403, DENIED);
    let scope = cut.collect(&everything()).await;
    assert_eq!(scope.hosted_zones.items[0].records_queries, Known(true));
    assert_eq!(reason(&scope, &scope.hosted_zones.items[1].records_queries), denied);
    // Whether it is private is not shown.
    let scope = fake(&zone("Z1", "a.", ""), (200, logs_page(&[], ""))).collect(&everything()).await;
    let zone = &scope.hosted_zones.items[0];
    assert_eq!(reason(&scope, &zone.private).0, Reason::Malformed);
    assert_eq!(reason(&scope, &zone.records_queries).0, Reason::Malformed);
    let scope = Fake::default().answer(ZONES_CALL, 403, DENIED).collect(&everything()).await;
    let gap = scope.gap(scope.hosted_zones.gaps[0]).unwrap();
    assert_eq!((gap.reason, gap.action.as_str()), (Reason::Denied, ZONES.name));
    for body in ["<html>", "<Other></Other>", "{}", ""] {
        let scope = Fake::default().answer(ZONES_CALL, 200, body).collect(&everything()).await;
        assert_eq!(scope.gap(scope.hosted_zones.gaps[0]).unwrap().reason, Reason::Malformed);
    }
    let nameless = "<HostedZone><Id></Id><Name>a.</Name></HostedZone>";
    let scope = fake(nameless, (200, logs_page(&[], ""))).collect(&everything()).await;
    assert_eq!(scope.gap(scope.hosted_zones.gaps[0]).unwrap().reason, Reason::Malformed);
}

#[tokio::test]
async fn pages_are_followed() {
    let more = "<IsTruncated>true</IsTruncated><NextMarker>Z3</NextMarker>";
    let fake = Fake::default()
        .answer(ZONES_CALL, 200, zones_page(&public("Z1"), more))
        .answer(
            "GET /2013-04-01/hostedzone?marker=Z3&maxitems=100",
            200,
            zones_page(&public("Z3"), ""),
        )
        .answer(LOGS_CALL, 200, logs_page(&["Z1", "Z3"], ""));
    let scope = fake.collect(&everything()).await;
    assert_eq!(scope.hosted_zones.items.len(), 2, "{:?}", fake.seen());
    assert!(scope.hosted_zones.items.iter().all(|zone| zone.records_queries == Known(true)));
}
