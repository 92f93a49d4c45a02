//! The reader of load balancers themselves, against answers as Elastic Load Balancing writes them.

use std::collections::BTreeMap;

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::resource::{BalancerFamily, FactId, Kind, LoadBalancer};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::super::tests::{REGIONS, body};
use crate::fake::Fake;

type Answers = BTreeMap<&'static str, String>;

const ACCOUNT: &str = "arn:aws:elasticloadbalancing:eu-central-1:123456789012";

fn result(operation: &str, members: &str) -> String {
    format!("<{operation}Result>{members}</{operation}Result>")
}

fn arn(kind: &str) -> String {
    format!("{ACCOUNT}:loadbalancer/{kind}/shop/1")
}

fn balancer(kind: &str, word: &str, zones: &[&str]) -> String {
    let zones: String =
        zones.iter().map(|zone| format!("<member><ZoneName>{zone}</ZoneName></member>")).collect();
    format!(
        "<member><LoadBalancerArn>{}</LoadBalancerArn><LoadBalancerName>shop-{kind}</LoadBalancerName><Scheme>internal</Scheme>\
         <VpcId>vpc-1</VpcId><Type>{word}</Type><AvailabilityZones>{zones}</AvailabilityZones><IpAddressType>ipv4</IpAddressType></member>",
        arn(kind)
    )
}

fn balancers(v2: &str, classic: &str) -> String {
    let members = format!(
        "<LoadBalancers>{v2}</LoadBalancers><LoadBalancerDescriptions>{classic}</LoadBalancerDescriptions>"
    );
    result("DescribeLoadBalancers", &members)
}

/// A listener of a balancer, with its default actions.
fn listener(kind: &str, protocol: &str, port: u16, more: &str, action: &str) -> String {
    format!(
        "<member><ListenerArn>{ACCOUNT}:listener/{kind}/shop/1/{port}</ListenerArn><Port>{port}</Port>\
         <Protocol>{protocol}</Protocol>{more}<DefaultActions>{action}</DefaultActions></member>"
    )
}

fn listeners(all: &[String]) -> String {
    result("DescribeListeners", &format!("<Listeners>{}</Listeners>", all.concat()))
}

fn policy(name: &str) -> String {
    format!("<SslPolicy>{name}</SslPolicy>")
}

const FORWARD: &str = "<member><Type>forward</Type><TargetGroupArn>web</TargetGroupArn></member>";

fn redirect(protocol: &str) -> String {
    format!(
        "<member><Type>redirect</Type><RedirectConfig><Protocol>{protocol}</Protocol><StatusCode>HTTP_301</StatusCode>\
         </RedirectConfig></member>"
    )
}

fn rules(all: &[(&str, &str)]) -> String {
    let rule = |(priority, actions): &(&str, &str)| {
        let default = *priority == "default";
        format!(
            "<member><RuleArn>r-{priority}</RuleArn><Priority>{priority}</Priority><Conditions/><Actions>{actions}</Actions>\
             <IsDefault>{default}</IsDefault></member>"
        )
    };
    let all: String = all.iter().map(rule).collect();
    result("DescribeRules", &format!("<Rules>{all}</Rules>"))
}

fn group(name: &str, kind: &str, target: &str, protocol: &str, check: &str) -> String {
    format!(
        "<member><TargetGroupArn>{name}</TargetGroupArn><TargetGroupName>{name}</TargetGroupName>{protocol}{check}\
         <LoadBalancerArns><member>{}</member></LoadBalancerArns><TargetType>{target}</TargetType></member>",
        arn(kind)
    )
}

fn groups(all: &[String]) -> String {
    result("DescribeTargetGroups", &format!("<TargetGroups>{}</TargetGroups>", all.concat()))
}

fn attributes(all: &[(&str, &str)], classic: &str) -> String {
    let one = |(key, value): &(&str, &str)| {
        format!("<member><Key>{key}</Key><Value>{value}</Value></member>")
    };
    let all: String = all.iter().map(one).collect();
    let classic = match classic {
        "" => String::new(),
        all => format!("<LoadBalancerAttributes>{all}</LoadBalancerAttributes>"),
    };
    let members = format!("<Attributes>{all}</Attributes>{classic}");
    result("DescribeLoadBalancerAttributes", &members)
}

fn classic_attributes(cross: bool, log: bool, drains: bool, mode: &str) -> String {
    format!(
        "<CrossZoneLoadBalancing><Enabled>{cross}</Enabled></CrossZoneLoadBalancing><AccessLog><Enabled>{log}</Enabled></AccessLog>\
         <ConnectionDraining><Enabled>{drains}</Enabled></ConnectionDraining><AdditionalAttributes><member>\
         <Key>elb.http.desyncmitigationmode</Key><Value>{mode}</Value></member></AdditionalAttributes>"
    )
}

fn classic(listeners: &str) -> String {
    format!(
        "<member><LoadBalancerName>old</LoadBalancerName><Scheme>internal</Scheme><Instances/><AvailabilityZones>\
         <member>eu-central-1a</member><member>eu-central-1b</member></AvailabilityZones>\
         <ListenerDescriptions>{listeners}</ListenerDescriptions></member>"
    )
}

fn classic_listener(
    protocol: &str,
    port: u16,
    to: &str,
    certificate: &str,
    policy: &str,
) -> String {
    format!(
        "<member><Listener><Protocol>{protocol}</Protocol><LoadBalancerPort>{port}</LoadBalancerPort>{to}\
         <InstancePort>8080</InstancePort>{certificate}</Listener><PolicyNames>{policy}</PolicyNames></member>"
    )
}

/// The policies of a Classic Load Balancer: one of another type, and one that decides about TLS.
fn policies(all: &[(&str, &str)]) -> String {
    let attribute = |(name, value): &(&str, &str)| {
        format!(
            "<member><AttributeName>{name}</AttributeName><AttributeValue>{value}</AttributeValue></member>"
        )
    };
    let all: String = all.iter().map(attribute).collect();
    let members = format!(
        "<PolicyDescriptions><member><PolicyName>sticky</PolicyName><PolicyTypeName>LBCookieStickinessPolicyType</PolicyTypeName>\
         <PolicyAttributeDescriptions/></member><member><PolicyName>tls</PolicyName><PolicyTypeName>SSLNegotiationPolicyType</PolicyTypeName>\
         <PolicyAttributeDescriptions>{all}</PolicyAttributeDescriptions></member></PolicyDescriptions>"
    );
    result("DescribeLoadBalancerPolicies", &members)
}

const NEW: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";
const OLD: &str = "ELBSecurityPolicy-2016-08";

fn ssl_policies(all: &[(&str, &[&str])]) -> String {
    let one = |(name, versions): &(&str, &[&str])| {
        let versions: String =
            versions.iter().map(|own| format!("<member>{own}</member>")).collect();
        format!("<member><Name>{name}</Name><SslProtocols>{versions}</SslProtocols></member>")
    };
    let all: String = all.iter().map(one).collect();
    result("DescribeSSLPolicies", &format!("<SslPolicies>{all}</SslPolicies>"))
}

fn described(tags: &[(&str, &str)]) -> String {
    let one = |(key, value): &(&str, &str)| {
        format!("<member><Key>{key}</Key><Value>{value}</Value></member>")
    };
    let tags: String = tags.iter().map(one).collect();
    let all = format!("<TagDescriptions><member><Tags>{tags}</Tags></member></TagDescriptions>");
    result("DescribeTags", &all)
}

const ALB: &[(&str, &str)] = &[
    ("access_logs.s3.enabled", "true"),
    ("deletion_protection.enabled", "false"),
    ("routing.http.drop_invalid_header_fields.enabled", "true"),
    ("routing.http.desync_mitigation_mode", "defensive"),
];

/// An Application Load Balancer that redirects to HTTPS, and a Classic Load Balancer.
fn shop() -> Answers {
    let https = listener("app", "HTTPS", 443, &policy(NEW), FORWARD);
    let http = listener("app", "HTTP", 80, "", &redirect("HTTPS"));
    let acm =
        "<SSLCertificateId>arn:aws:acm:eu-central-1:123456789012:certificate/1</SSLCertificateId>";
    let to = "<InstanceProtocol>HTTPS</InstanceProtocol>";
    let names = "<member>sticky</member><member>tls</member>";
    Answers::from([
        (
            "DescribeLoadBalancers",
            balancers(
                &balancer("app", "application", &["eu-central-1a", "eu-central-1b"]),
                &classic(&classic_listener("HTTPS", 443, to, acm, names)),
            ),
        ),
        ("DescribeListeners", listeners(&[https, http])),
        ("DescribeRules", rules(&[("10", &redirect("HTTPS")), ("default", &redirect("HTTPS"))])),
        (
            "DescribeTargetGroups",
            groups(&[group(
                "web",
                "app",
                "instance",
                "<Protocol>HTTPS</Protocol>",
                "<HealthCheckProtocol>HTTPS</HealthCheckProtocol>",
            )]),
        ),
        (
            "DescribeLoadBalancerAttributes",
            attributes(ALB, &classic_attributes(true, true, true, "strictest")),
        ),
        (
            "DescribeLoadBalancerPolicies",
            policies(&[
                ("Reference-Security-Policy", "ELBSecurityPolicy-TLS-1-2-2017-01"),
                ("Protocol-TLSv1", "false"),
                ("Protocol-TLSv1.2", "true"),
                ("AES128-SHA", "true"),
            ]),
        ),
        ("DescribeTags", described(&[("owner", "shop")])),
        (
            "DescribeSSLPolicies",
            ssl_policies(&[
                (NEW, &["TLSv1.2", "TLSv1.3"]),
                (OLD, &["TLSv1", "TLSv1.1", "TLSv1.2"]),
                ("future", &["TLSv2"]),
                ("empty", &[]),
            ]),
        ),
    ])
}

fn with(action: &'static str, members: String) -> Answers {
    let mut answers = shop();
    answers.insert(action, members);
    answers
}

fn fake(answers: &Answers) -> Fake {
    let fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    let fake = fake.answer("GetWebACLForResource", 200, r#"{"WebACL":{"ARN":"acl"}}"#);
    answers.iter().fold(fake, |fake, (name, members)| fake.answer(name, 200, body(name, members)))
}

fn wanted() -> Wanted {
    let facts: Vec<FactId> = Kind::LoadBalancer.fact_ids().collect();
    Wanted::of(&facts, &[Kind::LoadBalancer])
}

async fn read(answers: &Answers) -> Scope {
    fake(answers).collect(&wanted()).await
}

fn find<'a>(scope: &'a Scope, name: &str) -> &'a LoadBalancer {
    let mut all = scope.load_balancers.items.iter();
    all.find(|one| one.name == name).unwrap_or_else(|| panic!("{:?}", scope.load_balancers))
}

/// What a fact holds for certain, and why it may hold more.
fn entries(scope: &Scope, fact: &Fact<Entries>) -> (Vec<String>, Option<Reason>) {
    let (certain, why) = match fact.known() {
        Ok(entries) => (entries.certain().to_vec(), entries.undecided()),
        Err(_) => (Vec::new(), fact.gap()),
    };
    (certain, why.and_then(|gap| scope.gap(gap)).map(|gap| gap.reason))
}

fn none() -> (Vec<String>, Option<Reason>) {
    (Vec::new(), None)
}

fn certain(all: &[&str]) -> (Vec<String>, Option<Reason>) {
    (all.iter().map(|one| (*one).to_owned()).collect(), None)
}

const OPEN: (Vec<String>, Option<Reason>) = (Vec::new(), Some(Reason::Undetermined));

#[tokio::test]
async fn an_application_load_balancer_is_read_with_its_parts() {
    let fake = fake(&shop());
    let scope = fake.collect(&wanted()).await;
    let shop = find(&scope, "shop-app");
    assert_eq!(shop.id, arn("app"));
    assert_eq!(shop.region.as_deref(), Some("eu-central-1"));
    assert_eq!(shop.family, Known(BalancerFamily::Application));
    assert_eq!(shop.zones.known().unwrap().len(), 2);
    assert_eq!(entries(&scope, &shop.plain_listeners), certain(&["HTTP 80"]));
    assert_eq!(entries(&scope, &shop.unredirected), none());
    assert_eq!(entries(&scope, &shop.old_tls), none());
    let policy = format!("HTTPS 443: {NEW}");
    assert_eq!(entries(&scope, &shop.security_policies), certain(&[&policy]));
    assert_eq!(entries(&scope, &shop.unmanaged_certificates), none());
    assert_eq!(entries(&scope, &shop.plain_targets), none());
    assert_eq!(entries(&scope, &shop.plain_health_checks), none());
    assert_eq!(shop.inspected, Known(Some(true)));
    assert_eq!(shop.logs_access, Known(Some(true)));
    assert_eq!(shop.deletion_protected, Known(Some(false)));
    assert_eq!(shop.drops_invalid_headers, Known(Some(true)));
    assert_eq!(shop.desync_mode, Known(Some("defensive".to_owned())));
    assert_eq!(shop.drains_connections, Known(None));
    assert_eq!(shop.crosses_zones, Known(None));
    assert!(scope.load_balancers.gaps.is_empty());
    for (action, calls) in [
        ("DescribeLoadBalancers", 2),
        ("DescribeTargetGroups", 1),
        ("DescribeListeners", 1),
        ("DescribeRules", 1),
        ("DescribeLoadBalancerAttributes", 2),
        ("DescribeLoadBalancerPolicies", 1),
        ("DescribeSSLPolicies", 1),
        ("DescribeTargetHealth", 0),
        ("DescribeNetworkInterfaces", 0),
        ("GetWebACLForResource", 1),
    ] {
        assert_eq!(fake.count(action), calls, "{action}");
    }
}

#[tokio::test]
async fn tags_are_those_of_each_load_balancer() {
    let fake = fake(&shop());
    let scope = fake.collect(&wanted()).await;
    let owned = Known(BTreeMap::from([("owner".to_owned(), "shop".to_owned())]));
    assert_eq!((&find(&scope, "shop-app").tags, &find(&scope, "old").tags), (&owned, &owned));
    let asked = |text: &str| fake.seen().iter().filter(|one| one.body.contains(text)).count();
    assert_eq!(asked("LoadBalancerNames.member.1=old"), 1);
    assert_eq!(asked("ResourceArns.member.1="), 1);
    let scope = read(&with("DescribeTags", described(&[]))).await;
    assert_eq!(find(&scope, "shop-app").tags, Known(BTreeMap::new()));
    let scope = read(&with("DescribeTags", result("DescribeTags", "<TagDescriptions/>"))).await;
    let gap = scope.gap(find(&scope, "shop-app").tags.gap().unwrap()).unwrap();
    assert_eq!(
        (gap.reason, gap.action.as_str()),
        (Reason::Malformed, "elasticloadbalancing:DescribeTags")
    );
    let only = Wanted::of(&[LoadBalancer::LOGS_ACCESS], &[Kind::LoadBalancer]);
    let quiet = self::fake(&shop());
    let scope = quiet.collect(&only).await;
    assert_eq!(quiet.count("DescribeTags"), 0);
    assert!(find(&scope, "shop-app").tags.is_not_collected());
}

#[tokio::test]
async fn a_load_balancer_has_a_web_acl_or_none_or_that_is_open() {
    let read = async |status: u16, answer: &str| {
        let fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
        let fake = fake.answer("GetWebACLForResource", status, answer);
        let fake = shop()
            .iter()
            .fold(fake, |fake, (name, members)| fake.answer(name, 200, body(name, members)));
        fake.collect(&wanted()).await
    };
    let scope = read(200, "{}").await;
    assert_eq!(find(&scope, "shop-app").inspected, Known(Some(false)));
    assert_eq!(find(&scope, "old").inspected, Known(None));
    for (status, answer, reason) in [
        (400, r#"{"__type":"AccessDeniedException","message":"no"}"#, Reason::Denied),
        (200, r#"{"WebACL":{}}"#, Reason::Malformed),
        (200, "<html>", Reason::Malformed),
    ] {
        let scope = read(status, answer).await;
        let gap = scope.gap(find(&scope, "shop-app").inspected.gap().unwrap()).unwrap();
        assert_eq!((gap.reason, gap.action.as_str()), (reason, "wafv2:GetWebACLForResource"));
    }
}

#[tokio::test]
async fn a_classic_load_balancer_is_read_with_its_parts() {
    let scope = read(&shop()).await;
    let old = find(&scope, "old");
    assert_eq!(old.id, format!("{ACCOUNT}:loadbalancer/old"));
    assert_eq!(old.family, Known(BalancerFamily::Classic));
    assert_eq!(old.zones.known().unwrap().len(), 2);
    for fact in [&old.plain_listeners, &old.unredirected, &old.old_tls, &old.plain_targets] {
        assert_eq!(entries(&scope, fact), none(), "{:?}", scope.gaps);
    }
    let policy = "HTTPS 443: ELBSecurityPolicy-TLS-1-2-2017-01";
    assert_eq!(entries(&scope, &old.security_policies), certain(&[policy]));
    assert_eq!(entries(&scope, &old.unmanaged_certificates), none());
    assert_eq!(old.logs_access, Known(Some(true)));
    assert_eq!(old.deletion_protected, Known(None));
    assert_eq!(old.drops_invalid_headers, Known(None));
    assert_eq!(old.desync_mode, Known(Some("strictest".to_owned())));
    assert_eq!(old.drains_connections, Known(Some(true)));
    assert_eq!(old.crosses_zones, Known(Some(true)));
}

#[tokio::test]
async fn what_is_wrong_with_a_classic_load_balancer_shows() {
    let iam = "<SSLCertificateId>arn:aws:iam::123456789012:server-certificate/c</SSLCertificateId>";
    let plain = "<InstanceProtocol>HTTP</InstanceProtocol>";
    let listeners = [
        classic_listener("SSL", 443, plain, iam, "<member>tls</member>"),
        classic_listener("TCP", 25, "<InstanceProtocol>TCP</InstanceProtocol>", "", ""),
    ];
    let mut answers = shop();
    answers.extend([
        ("DescribeLoadBalancers", balancers("", &classic(&listeners.concat()))),
        (
            "DescribeLoadBalancerPolicies",
            policies(&[
                ("Protocol-SSLv3", "true"),
                ("Protocol-TLSv1", "true"),
                ("Protocol-TLSv1.2", "true"),
            ]),
        ),
        (
            "DescribeLoadBalancerAttributes",
            attributes(&[], &classic_attributes(false, false, false, "monitor")),
        ),
    ]);
    let scope = read(&answers).await;
    let old = find(&scope, "old");
    assert_eq!(entries(&scope, &old.plain_listeners), certain(&["TCP 25"]));
    assert_eq!(entries(&scope, &old.old_tls), certain(&["SSL 443: SSLv3, TLSv1 by tls"]));
    assert_eq!(entries(&scope, &old.security_policies), certain(&["SSL 443: tls"]));
    let certificate = "arn:aws:iam::123456789012:server-certificate/c";
    assert_eq!(entries(&scope, &old.unmanaged_certificates), certain(&[certificate]));
    assert_eq!(
        entries(&scope, &old.plain_targets),
        certain(&["port 8080: HTTP", "port 8080: TCP"])
    );
    assert_eq!(old.logs_access, Known(Some(false)));
    assert_eq!(old.desync_mode, Known(Some("monitor".to_owned())));
    assert_eq!(old.drains_connections, Known(Some(false)));
    assert_eq!(old.crosses_zones, Known(Some(false)));
}

#[tokio::test]
async fn what_is_not_known_of_a_classic_load_balancer_is_open() {
    let to = "<InstanceProtocol>HTTPS</InstanceProtocol>";
    let odd = "<SSLCertificateId>certificate</SSLCertificateId>";
    for (listener, tls) in [
        (
            classic_listener("HTTPS", 443, "", "", ""),
            shop()["DescribeLoadBalancerPolicies"].clone(),
        ),
        (classic_listener("HTTPS", 443, "", odd, "<member>tls</member>"), policies(&[])),
        (
            classic_listener(
                "HTTPS",
                443,
                "<InstanceProtocol>SPDY</InstanceProtocol>",
                "",
                "<member>tls</member>",
            ),
            policies(&[("Protocol-TLSv9", "true")]),
        ),
        (
            classic_listener("SPDY", 443, "<InstanceProtocol>SPDY</InstanceProtocol>", "", ""),
            policies(&[("Protocol-TLSv1", "perhaps")]),
        ),
    ] {
        let mut answers = with("DescribeLoadBalancerPolicies", tls);
        answers.insert("DescribeLoadBalancers", balancers("", &classic(&listener)));
        let scope = read(&answers).await;
        let old = find(&scope, "old");
        for fact in [&old.old_tls, &old.unmanaged_certificates, &old.plain_targets] {
            assert_eq!(entries(&scope, fact), OPEN, "{listener}: {old:?}");
        }
    }
    // Whose policy is one of another type decides nothing about TLS.
    let sticky = classic_listener("HTTPS", 443, to, "", "<member>sticky</member>");
    let scope = read(&with("DescribeLoadBalancers", balancers("", &classic(&sticky)))).await;
    assert_eq!(entries(&scope, &find(&scope, "old").security_policies), OPEN);
    let odd = attributes(&[], &classic_attributes(true, true, true, "lenient"));
    let scope = read(&with("DescribeLoadBalancerAttributes", odd)).await;
    let mode = find(&scope, "old").desync_mode.gap().and_then(|gap| scope.gap(gap)).unwrap();
    assert_eq!(mode.reason, Reason::Undetermined);
}

#[tokio::test]
async fn an_http_listener_redirects_every_request_or_some() {
    let http = |action: &str| listeners(&[listener("app", "HTTP", 80, "", action)]);
    let https = redirect("HTTPS");
    let fixed = "<member><Type>fixed-response</Type></member>";
    let silent = "<member><Type>redirect</Type><RedirectConfig><StatusCode>HTTP_301</StatusCode></RedirectConfig></member>";
    let new = "<member><Type>teleport</Type></member>";
    for (default, rule, expected) in [
        (https.as_str(), https.as_str(), none()),
        (&https, FORWARD, certain(&["HTTP 80: by rule 10"])),
        (&https, fixed, certain(&["HTTP 80: by rule 10"])),
        (&https, &redirect("#{protocol}"), certain(&["HTTP 80: by rule 10"])),
        (&https, silent, OPEN),
        (&https, new, OPEN),
        (FORWARD, &https, certain(&["HTTP 80: by default"])),
        (fixed, &https, certain(&["HTTP 80: by default"])),
        (&redirect("HTTP"), &https, certain(&["HTTP 80: by default"])),
        (&redirect("#{protocol}"), &https, certain(&["HTTP 80: by default"])),
        (&redirect("GOPHER"), &https, OPEN),
        (silent, &https, OPEN),
        (new, &https, OPEN),
        ("", &https, OPEN),
    ] {
        let mut answers = with("DescribeListeners", http(default));
        answers.insert("DescribeRules", rules(&[("10", rule), ("default", default)]));
        let scope = read(&answers).await;
        let found = entries(&scope, &find(&scope, "shop-app").unredirected);
        assert_eq!(found, expected, "{default} {rule}");
    }
}

#[tokio::test]
async fn a_network_load_balancer_has_listeners_and_targets() {
    let v2 = balancer("net", "network", &["eu-central-1a"]);
    let mut answers = with("DescribeLoadBalancers", balancers(&v2, ""));
    let all = [
        listener("net", "TLS", 443, &policy(OLD), FORWARD),
        listener("net", "TCP", 25, "", FORWARD),
        listener("net", "UDP", 53, "", FORWARD),
        listener("net", "QUIC", 8443, "", FORWARD),
        listener("net", "TCP_QUIC", 9443, "", FORWARD),
    ];
    let check = |protocol: &str| format!("<HealthCheckProtocol>{protocol}</HealthCheckProtocol>");
    let to = |protocol: &str| format!("<Protocol>{protocol}</Protocol>");
    let targets = [
        group("mail", "net", "instance", &to("TCP"), &check("TCP")),
        group("web", "net", "ip", &to("TLS"), &check("HTTPS")),
        group("front", "net", "alb", &to("TCP"), &check("HTTP")),
        group("function", "net", "lambda", "", &check("HTTP")),
        group("elsewhere", "app", "ip", &to("HTTP"), &check("HTTP")),
    ];
    answers.extend([
        ("DescribeListeners", listeners(&all)),
        ("DescribeTargetGroups", groups(&targets)),
        (
            "DescribeLoadBalancerAttributes",
            attributes(&[("deletion_protection.enabled", "true")], ""),
        ),
    ]);
    let scope = read(&answers).await;
    let net = find(&scope, "shop-net");
    assert_eq!(net.family, Known(BalancerFamily::Network));
    let plain = certain(&["TCP 25", "TCP_QUIC 9443", "UDP 53"]);
    assert_eq!(entries(&scope, &net.plain_listeners), plain);
    assert_eq!(entries(&scope, &net.unredirected), none());
    let old = format!("TLS 443: TLSv1, TLSv1.1 by {OLD}");
    assert_eq!(entries(&scope, &net.old_tls), certain(&[&old]), "{:?}", scope.gaps);
    assert_eq!(entries(&scope, &net.plain_targets), certain(&["mail: TCP"]));
    assert_eq!(entries(&scope, &net.plain_health_checks), certain(&["mail: TCP"]));
    assert_eq!(net.deletion_protected, Known(Some(true)));
    for none in [&net.logs_access, &net.drops_invalid_headers, &net.crosses_zones] {
        assert_eq!(*none, Known(None));
    }
    assert_eq!(net.desync_mode, Known(None));
}

#[tokio::test]
async fn a_gateway_load_balancer_has_nothing_but_its_protection() {
    let v2 = balancer("gwy", "gateway", &["eu-central-1a"]);
    let v2 = v2.replace("<Scheme>internal</Scheme>", "");
    let mut answers = with("DescribeLoadBalancers", balancers(&v2, ""));
    let protection = attributes(&[("deletion_protection.enabled", "false")], "");
    answers.insert("DescribeLoadBalancerAttributes", protection);
    let fake = fake(&answers);
    let scope = fake.collect(&wanted()).await;
    let gateway = find(&scope, "shop-gwy");
    assert_eq!(gateway.family, Known(BalancerFamily::Gateway));
    assert_eq!(gateway.deletion_protected, Known(Some(false)), "{:?}", scope.gaps);
    assert_eq!(gateway.logs_access, Known(None));
    let all = [&gateway.plain_listeners, &gateway.old_tls, &gateway.plain_targets];
    for fact in all {
        assert_eq!(entries(&scope, fact), none(), "{:?}", scope.gaps);
    }
    assert_eq!((fake.count("DescribeListeners"), fake.count("DescribeTargetGroups")), (0, 0));
}

#[tokio::test]
async fn what_is_not_known_here_is_open() {
    let v2 = balancer("app", "holographic", &["eu-central-1a"]);
    let scope = read(&with("DescribeLoadBalancers", balancers(&v2, ""))).await;
    let odd = find(&scope, "shop-app");
    for gap in [
        odd.family.gap(),
        odd.plain_listeners.gap(),
        odd.plain_targets.gap(),
        odd.logs_access.gap(),
        odd.deletion_protected.gap(),
        odd.crosses_zones.gap(),
        odd.desync_mode.gap(),
    ] {
        assert_eq!(scope.gap(gap.unwrap()).unwrap().reason, Reason::Undetermined);
    }
    for listener in [
        listener("app", "HTTPS", 443, "", FORWARD),
        listener("app", "HTTPS", 443, &policy("unlisted"), FORWARD),
        listener("app", "HTTPS", 443, &policy("future"), FORWARD),
        listener("app", "HTTPS", 443, &policy("empty"), FORWARD),
        listener("app", "GOPHER", 70, "", FORWARD),
    ] {
        let scope =
            read(&with("DescribeListeners", listeners(std::slice::from_ref(&listener)))).await;
        assert_eq!(entries(&scope, &find(&scope, "shop-app").old_tls), OPEN, "{listener}");
    }
    for group in [
        group("web", "app", "hologram", "<Protocol>HTTPS</Protocol>", ""),
        group("web", "app", "ip", "<Protocol>GOPHER</Protocol>", ""),
        group("web", "app", "ip", "", ""),
    ] {
        let scope = read(&with("DescribeTargetGroups", groups(std::slice::from_ref(&group)))).await;
        let shop = find(&scope, "shop-app");
        assert_eq!(entries(&scope, &shop.plain_targets), OPEN, "{group}");
        assert_eq!(entries(&scope, &shop.plain_health_checks), OPEN, "{group}");
    }
    for (place, reason) in [(0, Reason::Malformed), (3, Reason::Undetermined)] {
        let mut odd = ALB.to_vec();
        odd[place].1 = "perhaps";
        let scope = read(&with("DescribeLoadBalancerAttributes", attributes(&odd, ""))).await;
        let shop = find(&scope, "shop-app");
        let gap = shop.logs_access.gap().or(shop.desync_mode.gap()).unwrap();
        assert_eq!(scope.gap(gap).unwrap().reason, reason);
        odd.remove(place);
        let scope = read(&with("DescribeLoadBalancerAttributes", attributes(&odd, ""))).await;
        let shop = find(&scope, "shop-app");
        let gap = shop.logs_access.gap().or(shop.desync_mode.gap()).unwrap();
        assert_eq!(scope.gap(gap).unwrap().reason, Reason::Undetermined);
    }
}

const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";
const THROTTLED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>no</Message></Error></ErrorResponse>";

#[tokio::test]
async fn each_answer_that_is_missing_leaves_open_what_it_fills() {
    let open = |scope: &Scope, operation: &str| {
        let (shop, old) = (find(scope, "shop-app"), find(scope, "old"));
        match operation {
            "DescribeListeners" => shop.plain_listeners.gap().or(shop.old_tls.gap()),
            "DescribeRules" => shop.unredirected.gap(),
            "DescribeTargetGroups" => shop.plain_targets.gap(),
            "DescribeLoadBalancerAttributes" => {
                old.crosses_zones.gap().and(shop.deletion_protected.gap())
            }
            "DescribeLoadBalancerPolicies" => old.old_tls.gap().and(old.security_policies.gap()),
            _ => shop.old_tls.gap(),
        }
    };
    for operation in [
        "DescribeListeners",
        "DescribeRules",
        "DescribeTargetGroups",
        "DescribeLoadBalancerAttributes",
        "DescribeLoadBalancerPolicies",
        "DescribeSSLPolicies",
    ] {
        let whole = body(operation, &shop()[operation]);
        let short = whole[..whole.len() - 30].to_owned();
        let empty = body(operation, &result(operation, ""));
        let broken = ["", "<html/>", "{}", &short, &empty].map(str::to_owned);
        let broken = broken.into_iter().map(|body| (200, body, Reason::Malformed));
        let refused = [
            (403, DENIED.to_owned(), Reason::Denied),
            (400, THROTTLED.to_owned(), Reason::Throttled),
        ];
        for (status, instead, reason) in refused.into_iter().chain(broken) {
            let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
            for (name, members) in &shop() {
                fake = match *name == operation {
                    true => fake.answer(name, status, instead.clone()),
                    false => fake.answer(name, 200, body(name, members)),
                };
            }
            let scope = fake.collect(&wanted()).await;
            let gap = open(&scope, operation).unwrap_or_else(|| panic!("{operation} {instead}"));
            let gap = scope.gap(gap).unwrap();
            let action = format!("elasticloadbalancing:{operation}");
            assert_eq!((gap.action.as_str(), gap.reason), (action.as_str(), reason), "{gap:?}");
        }
    }
}

#[tokio::test]
async fn a_list_of_balancers_that_is_denied_is_not_complete() {
    let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    fake = fake.answer("DescribeLoadBalancers", 403, DENIED);
    let scope = fake.collect(&wanted()).await;
    assert!(scope.load_balancers.items.is_empty());
    assert!(!scope.load_balancers.gaps.is_empty());
    // One without a name is missing from the list.
    let nameless = balancer("app", "application", &[]).replace("shop-app", "");
    let scope = read(&with("DescribeLoadBalancers", balancers(&nameless, ""))).await;
    assert!(!scope.load_balancers.gaps.is_empty());
}

#[tokio::test]
async fn only_what_is_wanted_is_asked() {
    for (fact, asked) in [
        (LoadBalancer::ZONES, &[] as &[(&str, usize)]),
        (LoadBalancer::PLAIN_LISTENERS, &[("DescribeListeners", 1)]),
        (LoadBalancer::UNREDIRECTED, &[("DescribeListeners", 1), ("DescribeRules", 1)]),
        (LoadBalancer::DNS_NAME, &[]),
        (LoadBalancer::PLAIN_TARGETS, &[("DescribeTargetGroups", 1)]),
        (
            LoadBalancer::SECURITY_POLICIES,
            &[("DescribeListeners", 1), ("DescribeLoadBalancerPolicies", 1)],
        ),
        (LoadBalancer::DELETION_PROTECTED, &[("DescribeLoadBalancerAttributes", 1)]),
        (LoadBalancer::CROSSES_ZONES, &[("DescribeLoadBalancerAttributes", 1)]),
        (LoadBalancer::LOGS_ACCESS, &[("DescribeLoadBalancerAttributes", 2)]),
    ] {
        let fake = fake(&shop());
        fake.collect(&Wanted::of(&[fact], &[Kind::LoadBalancer])).await;
        for action in shop().keys().filter(|action| **action != "DescribeLoadBalancers") {
            let calls = asked.iter().find(|(own, _)| own == action).map_or(0, |(_, calls)| *calls);
            assert_eq!(fake.count(action), calls, "{fact}: {action}");
        }
    }
}

/// Rules may redirect only what the default of the listener does not decide already.
#[tokio::test]
async fn rules_are_asked_for_where_a_listener_redirects_by_default() {
    let wanted = Wanted::of(&[LoadBalancer::UNREDIRECTED], &[Kind::LoadBalancer]);
    for (action, calls) in [(redirect("HTTPS"), 1), (redirect("HTTP"), 0), (FORWARD.to_owned(), 0)]
    {
        let all = listeners(&[listener("app", "HTTP", 80, "", &action)]);
        let fake = fake(&with("DescribeListeners", all));
        fake.collect(&wanted).await;
        assert_eq!(fake.count("DescribeRules"), calls, "{action}");
    }
}

/// A load balancer is asked for its attributes where it has one that is wanted.
#[tokio::test]
async fn attributes_are_asked_of_those_that_have_them() {
    for (kind, word, fact, calls) in [
        ("app", "application", LoadBalancer::DESYNC_MODE, 1),
        ("net", "network", LoadBalancer::DESYNC_MODE, 0),
        ("gwy", "gateway", LoadBalancer::DESYNC_MODE, 0),
        ("net", "network", LoadBalancer::DELETION_PROTECTED, 1),
        ("gwy", "gateway", LoadBalancer::DELETION_PROTECTED, 1),
    ] {
        let all = balancers(&balancer(kind, word, &["eu-central-1a"]), "");
        let fake = fake(&with("DescribeLoadBalancers", all));
        fake.collect(&Wanted::of(&[fact], &[Kind::LoadBalancer])).await;
        assert_eq!(fake.count("DescribeLoadBalancerAttributes"), calls, "{kind} {fact}");
    }
}

#[tokio::test]
async fn a_load_balancer_has_a_domain_name_in_lower_case() {
    let named = |kind: &str, word: &str, name: &str| {
        let one = balancer(kind, word, &["eu-central-1a"]);
        one.replace("<Scheme>", &format!("<DNSName>{name}</DNSName><Scheme>"))
    };
    let app = named("app", "application", "Shop-1.EU-central-1.elb.amazonaws.com");
    let scope = read(&with("DescribeLoadBalancers", balancers(&app, ""))).await;
    let found = &scope.load_balancers.items[0].dns_name;
    assert_eq!(*found, Known("shop-1.eu-central-1.elb.amazonaws.com".to_owned()));
    for (kind, word, expected) in [
        ("app", "application", Some(Reason::Malformed)),
        ("net", "network", Some(Reason::Malformed)),
        // Its clients are endpoints.
        ("gwy", "gateway", None),
    ] {
        let all = balancers(&named(kind, word, ""), "");
        let scope = read(&with("DescribeLoadBalancers", all)).await;
        let found = &scope.load_balancers.items[0].dns_name;
        let why = found.gap().and_then(|gap| scope.gap(gap)).map(|gap| gap.reason);
        assert_eq!(why, expected, "{kind}");
        assert_eq!(*found == Fact::NotOffered, expected.is_none(), "{kind}");
    }
}
