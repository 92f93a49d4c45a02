//! The reader, against answers as Elastic Load Balancing writes them.

use std::collections::BTreeMap;

use posture_model::gap::Reason;
use posture_model::resource::NetworkInterface;
use posture_model::scope::Scope;

use super::super::tests::{REGIONS, answers as networks, body, interface, wanted};
use crate::fake::Fake;

pub(super) const BALANCER: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/1";
pub(super) const LISTENER: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener/app/shop/1/2";
pub(super) const WEB: &str =
    "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/web/3";

pub(super) type Answers = BTreeMap<&'static str, String>;

pub(super) fn result(operation: &str, members: &str) -> String {
    format!("<{operation}Result>{members}</{operation}Result>")
}

pub(super) fn balancer(arn: &str, kind: &str, scheme: &str) -> String {
    format!(
        "<member><LoadBalancerArn>{arn}</LoadBalancerArn><LoadBalancerName>shop</LoadBalancerName><Scheme>{scheme}</Scheme>\
         <VpcId>vpc-1</VpcId><Type>{kind}</Type><AvailabilityZones/><IpAddressType>ipv4</IpAddressType>\
         <SecurityGroups><member>sg-9</member></SecurityGroups></member>"
    )
}

pub(super) fn balancers(v2: &str, classic: &str) -> String {
    result(
        "DescribeLoadBalancers",
        &format!(
            "<LoadBalancers>{v2}</LoadBalancers><LoadBalancerDescriptions>{classic}</LoadBalancerDescriptions>"
        ),
    )
}

pub(super) fn forward(group: &str) -> String {
    format!("<member><Type>forward</Type><TargetGroupArn>{group}</TargetGroupArn></member>")
}

pub(super) fn listeners(protocol: &str, port: u16, actions: &str) -> String {
    let one = format!(
        "<member><ListenerArn>{LISTENER}</ListenerArn><Port>{port}</Port><Protocol>{protocol}</Protocol>\
         <DefaultActions>{actions}</DefaultActions></member>"
    );
    result("DescribeListeners", &format!("<Listeners>{one}</Listeners>"))
}

pub(super) fn rules(all: &[(&str, &str, &str)]) -> String {
    let one = |(priority, conditions, actions): &(&str, &str, &str)| {
        let default = *priority == "default";
        format!(
            "<member><RuleArn>r-{priority}</RuleArn><Priority>{priority}</Priority><Conditions>{conditions}</Conditions>\
             <Actions>{actions}</Actions><IsDefault>{default}</IsDefault></member>"
        )
    };
    let all: String = all.iter().map(one).collect();
    result("DescribeRules", &format!("<Rules>{all}</Rules>"))
}

pub(super) fn groups(kind: &str, protocol: &str) -> String {
    let one = format!(
        "<member><TargetGroupArn>{WEB}</TargetGroupArn><TargetGroupName>web</TargetGroupName><Protocol>{protocol}</Protocol>\
         <Port>80</Port><VpcId>vpc-1</VpcId><LoadBalancerArns><member>{BALANCER}</member></LoadBalancerArns>\
         <TargetType>{kind}</TargetType><IpAddressType>ipv4</IpAddressType></member>"
    );
    result("DescribeTargetGroups", &format!("<TargetGroups>{one}</TargetGroups>"))
}

pub(super) fn targets(id: &str, port: u16, state: &str, reason: &str) -> String {
    let one = format!(
        "<member><Target><Id>{id}</Id><Port>{port}</Port></Target>\
         <TargetHealth><State>{state}</State>{reason}</TargetHealth></member>"
    );
    result(
        "DescribeTargetHealth",
        &format!("<TargetHealthDescriptions>{one}</TargetHealthDescriptions>"),
    )
}

pub(super) fn attributes(keeps: &str) -> String {
    let one =
        format!("<member><Key>preserve_client_ip.enabled</Key><Value>{keeps}</Value></member>");
    result("DescribeTargetGroupAttributes", &format!("<Attributes>{one}</Attributes>"))
}

pub(super) fn eni(id: &str, description: &str, group: &str, more: &str) -> String {
    format!(
        "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>\
         <description>{description}</description><ownerId>123456789012</ownerId><status>in-use</status>\
         <interfaceType>interface</interfaceType><groupSet><item><groupId>{group}</groupId></item></groupSet>\
         <ipv6AddressesSet/>{more}</item>"
    )
}

pub(super) fn address(own: &str, public: Option<&str>) -> String {
    let public = public.map(|ip| format!("<association><publicIp>{ip}</publicIp></association>"));
    format!(
        "<privateIpAddressesSet><item><privateIpAddress>{own}</privateIpAddress>{}</item></privateIpAddressesSet>",
        public.unwrap_or_default()
    )
}

pub(super) fn group(id: &str, port: u16, source: &str) -> String {
    let (ranges, groups) = match source.starts_with("sg-") {
        true => (String::new(), format!("<item><groupId>{source}</groupId></item>")),
        false => (format!("<item><cidrIp>{source}</cidrIp></item>"), String::new()),
    };
    format!(
        "<item><groupId>{id}</groupId><groupName>{id}</groupName><ownerId>123456789012</ownerId><ipPermissions><item>\
         <ipProtocol>tcp</ipProtocol><fromPort>{port}</fromPort><toPort>{port}</toPort><groups>{groups}</groups>\
         <ipRanges>{ranges}</ipRanges><ipv6Ranges/><prefixListIds/></item></ipPermissions><ipPermissionsEgress><item>\
         <ipProtocol>-1</ipProtocol><groups/><ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><ipv6Ranges/>\
         <prefixListIds/></item></ipPermissionsEgress></item>"
    )
}

pub(super) fn secured(all: &[String]) -> String {
    format!("<securityGroupInfo>{}</securityGroupInfo>", all.concat())
}

/// A balancer with a public address leads from port 443 to port 8080 of a machine without one, whose group names the balancer's.
pub(super) fn shop() -> Answers {
    let attached =
        "<attachment><instanceId>i-2</instanceId><deviceIndex>0</deviceIndex></attachment>";
    let interfaces = [
        eni("eni-2", "", "sg-2", &format!("{attached}{}", address("10.0.0.8", None))),
        eni("eni-9", "ELB app/shop/1", "sg-9", &address("10.0.0.9", Some("203.0.113.9"))),
    ];
    let mut all: Answers = networks().into_iter().collect();
    all.extend([
        (
            "DescribeNetworkInterfaces",
            format!("<networkInterfaceSet>{}</networkInterfaceSet>", interfaces.concat()),
        ),
        (
            "DescribeSecurityGroups",
            secured(&[group("sg-2", 8080, "sg-9"), group("sg-9", 443, "0.0.0.0/0")]),
        ),
        (
            "DescribeLoadBalancers",
            balancers(&balancer(BALANCER, "application", "internet-facing"), ""),
        ),
        ("DescribeListeners", listeners("HTTPS", 443, &forward(WEB))),
        ("DescribeRules", rules(&[("default", "", &forward(WEB))])),
        ("DescribeTargetGroups", groups("instance", "HTTP")),
        ("DescribeTargetHealth", targets("i-2", 8080, "healthy", "")),
    ]);
    all
}

/// The same behind a Network Load Balancer without groups, to a target whose group lets a source in.
pub(super) fn network(keeps: &str, source: &str) -> Answers {
    let mut all = shop();
    let arn = BALANCER.replace("app/shop", "net/shop");
    let change = |text: &String| text.replace("app/shop", "net/shop");
    for action in ["DescribeNetworkInterfaces", "DescribeListeners"] {
        let changed = change(&all[action]);
        all.insert(action, changed);
    }
    all.extend([
        ("DescribeLoadBalancers", balancers(&balancer(&arn, "network", "internet-facing"), "")),
        ("DescribeListeners", listeners("TCP", 443, &forward(WEB))),
        ("DescribeTargetGroups", change(&groups("instance", "TCP"))),
        ("DescribeTargetGroupAttributes", attributes(keeps)),
        (
            "DescribeSecurityGroups",
            secured(&[group("sg-2", 8080, source), group("sg-9", 443, "0.0.0.0/0")]),
        ),
    ]);
    all
}

pub(super) fn fake(answers: &Answers) -> Fake {
    let fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    answers.iter().fold(fake, |fake, (name, members)| fake.answer(name, 200, body(name, members)))
}

pub(super) async fn read(answers: &Answers) -> Scope {
    fake(answers).collect(&wanted()).await
}

/// What a fact about the machine's interface holds: entries, and why it may hold more.
pub(super) fn open(scope: &Scope) -> (Vec<String>, Option<Reason>) {
    let NetworkInterface { open_to_anyone, .. } = interface(scope, "eni-2");
    let (certain, why) = match open_to_anyone.known() {
        Ok(entries) => (entries.certain().to_vec(), entries.undecided()),
        Err(_) => (Vec::new(), open_to_anyone.gap()),
    };
    (certain, why.and_then(|gap| scope.gap(gap)).map(|gap| gap.reason))
}

const WAY: &str = "tcp 8080 from 0.0.0.0/0: address 203.0.113.9 → route 0.0.0.0/0 of rtb-1 to igw-1 → network ACL acl-1 rule 100 → \
                   security group sg-9 (tcp 443 from 0.0.0.0/0) → interface eni-9 → ELB app/shop/1 → listener HTTPS 443 → \
                   target group web → security group sg-2 (tcp 8080 from sg-9) → interface eni-2 → instance i-2";

#[tokio::test]
async fn a_machine_behind_a_balancer_is_reached_by_the_whole_way() {
    let fake = fake(&shop());
    let scope = fake.collect(&wanted()).await;
    assert_eq!(open(&scope), (vec![WAY.to_owned()], None));
    // What answers at the balancer itself is its listener.
    let own = interface(&scope, "eni-9").open_to_anyone.known().unwrap();
    assert_eq!(own.certain().len(), 1);
    assert!(own.certain()[0].starts_with("tcp 443 from 0.0.0.0/0: "), "{own:?}");
    assert_eq!(own.any().known(), Ok(&true));
    for (action, calls) in [
        ("DescribeLoadBalancers", 2),
        ("DescribeTargetGroups", 1),
        ("DescribeListeners", 1),
        ("DescribeRules", 1),
        ("DescribeTargetHealth", 1),
        ("DescribeTargetGroupAttributes", 0),
    ] {
        assert_eq!(fake.count(action), calls, "{action}");
    }
}

#[tokio::test]
async fn targets_that_are_addresses_are_interfaces_of_the_network() {
    let mut answers = shop();
    answers.insert("DescribeTargetGroups", groups("ip", "HTTP"));
    answers.insert("DescribeTargetHealth", targets("10.0.0.8", 8080, "unhealthy", ""));
    assert_eq!(open(&read(&answers).await), (vec![WAY.to_owned()], None));
    // One that is in no subnet of the network may be in one that is peered.
    let elsewhere = answers["DescribeNetworkInterfaces"].replacen("vpc-1", "vpc-2", 1);
    answers.insert("DescribeNetworkInterfaces", elsewhere);
    answers.insert(
        "DescribeSubnets",
        networks()
            .into_iter()
            .find(|(name, _)| *name == "DescribeSubnets")
            .unwrap()
            .1
            .replace("10.0.0.0/24", "10.7.0.0/24"),
    );
    assert_eq!(open(&read(&answers).await), (vec![], Some(Reason::Undetermined)));
}

#[tokio::test]
async fn what_does_not_lead_to_a_machine_closes_it() {
    let closed = |action: &'static str, members: String| {
        let mut answers = shop();
        answers.insert(action, members);
        answers
    };
    let fixed = "<member><Type>fixed-response</Type></member>";
    for answers in [
        closed("DescribeListeners", result("DescribeListeners", "<Listeners/>")),
        closed("DescribeRules", rules(&[("default", "", fixed)]))
            .into_iter()
            .chain([("DescribeListeners", listeners("HTTPS", 443, fixed))])
            .collect(),
        closed("DescribeTargetHealth", targets("i-3", 8080, "unused", "")),
        closed("DescribeTargetHealth", targets("i-2", 8081, "healthy", "")),
        closed("DescribeTargetGroups", groups("lambda", "HTTP")),
        closed(
            "DescribeSecurityGroups",
            secured(&[group("sg-2", 8080, "sg-8"), group("sg-9", 443, "0.0.0.0/0")]),
        ),
        closed(
            "DescribeSecurityGroups",
            secured(&[group("sg-2", 8080, "sg-9"), group("sg-9", 80, "0.0.0.0/0")]),
        ),
    ] {
        assert_eq!(open(&read(&answers).await), (vec![], None), "{answers:?}");
    }
}

#[tokio::test]
async fn a_network_balancer_hides_or_keeps_the_addresses_of_clients() {
    let certain = |found: &(Vec<String>, Option<Reason>)| found.0.len();
    for (keeps, source, expected) in [
        ("true", "0.0.0.0/0", (1, None)),
        ("false", "0.0.0.0/0", (1, None)),
        // The group lets in the balancer, and no client.
        ("true", "10.0.0.0/24", (0, None)),
        ("false", "10.0.0.0/24", (1, None)),
        ("true", "sg-9", (1, None)),
        ("perhaps", "10.0.0.0/24", (0, Some(Reason::Undetermined))),
        ("perhaps", "0.0.0.0/0", (1, None)),
    ] {
        let found = open(&read(&network(keeps, source)).await);
        assert_eq!((certain(&found), found.1), expected, "{keeps} {source}: {found:?}");
    }
}

/// A Classic Load Balancer that leads from port 443 to port 8080 of the machine.
pub(super) const CLASSIC: &str = "<member><LoadBalancerName>old</LoadBalancerName><Scheme>internet-facing</Scheme><VPCId>vpc-1</VPCId>\
                   <SecurityGroups><member>sg-9</member></SecurityGroups><ListenerDescriptions><member><Listener>\
                   <Protocol>HTTPS</Protocol><LoadBalancerPort>443</LoadBalancerPort><InstancePort>8080</InstancePort></Listener>\
                   <PolicyNames/></member></ListenerDescriptions><AvailabilityZones/><Instances><member><InstanceId>i-2</InstanceId></member></Instances></member>";

#[tokio::test]
async fn classic_balancers_lead_to_their_instances() {
    let mut answers = shop();
    let interfaces = answers["DescribeNetworkInterfaces"].replace("ELB app/shop/1", "ELB old");
    answers.insert("DescribeNetworkInterfaces", interfaces);
    answers.insert("DescribeLoadBalancers", balancers("", CLASSIC));
    let fake = fake(&answers);
    let (certain, why) = open(&fake.collect(&wanted()).await);
    assert_eq!((certain.len(), why), (1, None));
    assert!(
        certain[0]
            .contains("→ ELB old → listener HTTPS 443 → instance port 8080 → security group sg-2 "),
        "{certain:?}"
    );
    assert_eq!(fake.count("DescribeTargetGroups"), 0);
}

#[tokio::test]
async fn rules_lead_those_whom_they_take() {
    let fixed = "<member><Type>fixed-response</Type></member>";
    let path = |pattern: &str| {
        format!(
            "<member><Field>path-pattern</Field><Values><member>{pattern}</member></Values></member>"
        )
    };
    let source = |prefix: &str| {
        format!(
            "<member><Field>source-ip</Field><Values/><SourceIpConfig><Values><member>{prefix}</member></Values></SourceIpConfig></member>"
        )
    };
    let to = forward(WEB);
    let login = "<member><Type>authenticate-oidc</Type><AuthenticateOidcConfig/></member>";
    let guests = "<member><Type>authenticate-oidc</Type><AuthenticateOidcConfig><OnUnauthenticatedRequest>allow\
                  </OnUnauthenticatedRequest></AuthenticateOidcConfig></member>";
    let undetermined = Some(Reason::Undetermined);
    for (all, expected) in [
        (vec![("1", path("/admin/*"), to.clone())], (1, None)),
        // No request gets past the first rule.
        (vec![("1", path("/*"), fixed.to_owned()), ("2", path("/admin"), to.clone())], (0, None)),
        (
            vec![("1", source("0.0.0.0/0"), fixed.to_owned()), ("2", path("/admin"), to.clone())],
            (0, None),
        ),
        // Rules are asked by their numbers, not by their places.
        (vec![("2", path("/*"), fixed.to_owned()), ("1", path("/admin"), to.clone())], (1, None)),
        // Whether anything is left for the second one takes more than one try.
        (
            vec![("1", path("/a*"), fixed.to_owned()), ("2", path("/admin"), to.clone())],
            (0, undetermined),
        ),
        (vec![("1", path("/b*"), fixed.to_owned()), ("2", path("/admin"), to.clone())], (1, None)),
        (
            vec![
                ("1", source("198.51.100.0/24"), fixed.to_owned()),
                ("2", path("/admin"), to.clone()),
            ],
            (1, None),
        ),
        (vec![("1", path("/"), format!("{login}{to}"))], (0, undetermined)),
        (vec![("1", path("/"), format!("{guests}{to}"))], (1, None)),
        (
            vec![("1", "<member><Field>moon-phase</Field></member>".to_owned(), to.clone())],
            (0, undetermined),
        ),
        (
            vec![("1", path("/"), "<member><Type>teleport</Type></member>".to_owned())],
            (0, undetermined),
        ),
    ] {
        let mut answers = shop();
        let listed: Vec<(&str, &str, &str)> = all
            .iter()
            .map(|(priority, conditions, actions)| {
                (*priority, conditions.as_str(), actions.as_str())
            })
            .collect();
        answers.insert("DescribeRules", rules(&listed));
        answers.insert("DescribeListeners", listeners("HTTPS", 443, fixed));
        let (certain, why) = open(&read(&answers).await);
        assert_eq!((certain.len(), why), expected, "{all:?}");
    }
}

#[tokio::test]
async fn a_target_that_no_list_holds_may_be_anything() {
    let mut answers = shop();
    answers.insert("DescribeTargetHealth", targets("i-3", 8080, "healthy", ""));
    assert_eq!(open(&read(&answers).await), (vec![], Some(Reason::Undetermined)));
    // The list of machines names the interface as well.
    let interfaces =
        answers["DescribeNetworkInterfaces"].replace("<instanceId>i-2<", "<instanceId>x<");
    answers.insert("DescribeNetworkInterfaces", interfaces);
    answers.insert("DescribeTargetHealth", targets("i-2", 8080, "healthy", ""));
    let instance = "<item><instanceId>i-2</instanceId><instanceState><name>running</name></instanceState><networkInterfaceSet>\
                    <item><networkInterfaceId>eni-2</networkInterfaceId></item></networkInterfaceSet></item>";
    let instances = format!(
        "<reservationSet><item><instancesSet>{instance}</instancesSet></item></reservationSet>"
    );
    answers.insert("DescribeInstances", instances);
    assert_eq!(open(&read(&answers).await).0.len(), 1);
}

#[tokio::test]
async fn what_narrows_the_way_shows_in_the_entry() {
    let office = "<member><Field>source-ip</Field><SourceIpConfig><Values><member>198.51.100.0/24</member></Values>\
                  </SourceIpConfig></member>";
    let mut answers = shop();
    answers.insert("DescribeRules", rules(&[("1", office, &forward(WEB))]));
    answers.insert(
        "DescribeListeners",
        listeners("HTTPS", 443, "<member><Type>redirect</Type></member>"),
    );
    let scope = read(&answers).await;
    assert_eq!(open(&scope), (vec![], None));
    let some = interface(&scope, "eni-2").open_to_some.known().unwrap().certain();
    assert!(
        matches!(some, [one] if one.starts_with("tcp 8080 from 198.51.100.0/24: ")),
        "{some:?}"
    );
}

#[tokio::test]
async fn a_state_that_is_not_bad_health_leaves_it_open() {
    let reason = |text: &str| format!("<Reason>{text}</Reason>");
    for (state, reason, expected) in [
        ("unhealthy", String::new(), (1, None)),
        ("initial", String::new(), (1, None)),
        ("unavailable", String::new(), (1, None)),
        ("unused", reason("Target.InvalidState"), (1, None)),
        ("unused", reason("Target.NotInUse"), (0, Some(Reason::Undetermined))),
        ("draining", String::new(), (0, Some(Reason::Undetermined))),
        ("resting", String::new(), (0, Some(Reason::Undetermined))),
    ] {
        let mut answers = shop();
        answers.insert("DescribeTargetHealth", targets("i-2", 8080, state, &reason));
        let (certain, why) = open(&read(&answers).await);
        assert_eq!((certain.len(), why), expected, "{state} {reason}");
    }
}

pub(super) const DENIED: &str = "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>";

#[tokio::test]
async fn each_answer_that_is_missing_leaves_open_where_it_leads() {
    let behind = network("false", "10.0.0.0/24");
    let cases = [
        ("DescribeLoadBalancers", shop()),
        ("DescribeListeners", shop()),
        ("DescribeRules", shop()),
        ("DescribeTargetGroups", shop()),
        ("DescribeTargetHealth", shop()),
        ("DescribeTargetGroupAttributes", behind),
    ];
    for (operation, answers) in cases {
        let broken = ["", "<html/>", "{}", "<DescribeX"].map(|body| (200, body, Reason::Malformed));
        for (status, instead, reason) in [(403, DENIED, Reason::Denied)].into_iter().chain(broken) {
            let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
            for (name, members) in &answers {
                fake = match *name == operation {
                    true => fake.answer(name, status, instead),
                    false => fake.answer(name, 200, body(name, members)),
                };
            }
            let scope = fake.collect(&wanted()).await;
            let facts = interface(&scope, "eni-2").open_to_anyone.any();
            let gap = facts.gap().unwrap_or_else(|| panic!("{operation} {instead}"));
            let gap = scope.gap(gap).unwrap();
            let action = format!("elasticloadbalancing:{operation}");
            assert_eq!((gap.action.as_str(), gap.reason), (action.as_str(), reason), "{gap:?}");
        }
    }
}

#[tokio::test]
async fn a_list_that_goes_on_is_read_to_its_end() {
    let mut answers = shop();
    let end = "</DescribeLoadBalancersResult>";
    let first = |marker: &str| {
        balancers("", "").replace(end, &format!("<NextMarker>{marker}</NextMarker>{end}"))
    };
    let whole = answers.remove("DescribeLoadBalancers").unwrap();
    let mut fake = fake(&answers);
    // Both interfaces are asked at once: the first two answers go on.
    for members in [&first("m"), &first("n"), &whole] {
        fake = fake.answer("DescribeLoadBalancers", 200, body("DescribeLoadBalancers", members));
    }
    let scope = fake.collect(&wanted()).await;
    assert_eq!(open(&scope), (vec![WAY.to_owned()], None), "{:?}", scope.gaps);
    assert_eq!(fake.count("DescribeLoadBalancers"), 4);
}

#[tokio::test]
async fn an_internal_balancer_is_asked_about_where_something_leads_to_it() {
    let internal = |more: &str| {
        let mut answers = shop();
        let interfaces = answers["DescribeNetworkInterfaces"]
            .replace("<association><publicIp>203.0.113.9</publicIp></association>", "");
        let interfaces =
            interfaces.replace("</networkInterfaceSet>", &format!("{more}</networkInterfaceSet>"));
        answers.insert("DescribeNetworkInterfaces", interfaces);
        answers.insert(
            "DescribeLoadBalancers",
            balancers(&balancer(BALANCER, "application", "internal"), ""),
        );
        fake(&answers)
    };
    let fake = internal("");
    assert_eq!(open(&fake.collect(&wanted()).await), (vec![], None));
    assert_eq!(fake.count("DescribeListeners"), 0);
    // What a distribution sends to its origin arrives at the machine behind it.
    let origin = eni("eni-7", "CloudFront managed ENI", "sg-9", &address("10.0.0.7", None));
    let fake = internal(&origin);
    assert_eq!(open(&fake.collect(&wanted()).await), (vec![], Some(Reason::Undetermined)));
    assert_eq!(fake.count("DescribeListeners"), 1);
}
