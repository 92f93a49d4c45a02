//! What load balancers lead to: balancers, target groups, targets and interfaces as both services write them.

use posture_model::fact::Known;
use posture_model::gap::Reason;
use posture_model::scope::Scope;

use super::super::tests::{interface, wanted};
use super::tests::{
    Answers, BALANCER, CLASSIC, DENIED, WEB, address, balancer, balancers, eni, fake, forward,
    group, groups, listeners, network, open, read, result, secured, shop, targets,
};

const UNDETERMINED: Option<Reason> = Some(Reason::Undetermined);
const MALFORMED: Option<Reason> = Some(Reason::Malformed);
const INTERFACES: &str = "DescribeNetworkInterfaces";

/// What is certain of an interface, and whether anything is open.
fn open_of(scope: &Scope, id: &str) -> (usize, bool) {
    match &interface(scope, id).open_to_anyone {
        Known(entries) => (entries.certain().len(), entries.undecided().is_some()),
        other => (0, other.gap().is_some()),
    }
}

fn with(mut answers: Answers, action: &'static str, members: String) -> Answers {
    answers.insert(action, members);
    answers
}

/// The same with one more item at the end of a list.
fn and(answers: Answers, action: &'static str, list: &str, item: &str) -> Answers {
    let end = format!("</{list}>");
    let members = answers[action].replace(&end, &format!("{item}{end}"));
    with(answers, action, members)
}

fn changed(answers: Answers, action: &'static str, from: &str, to: &str) -> Answers {
    assert!(answers[action].contains(from), "{action} lacks {from}");
    let members = answers[action].replace(from, to);
    with(answers, action, members)
}

async fn counted(answers: &Answers) -> (usize, Option<Reason>) {
    let (certain, why) = open(&read(answers).await);
    (certain.len(), why)
}

const PRIMARY: &str =
    "<attachment><instanceId>i-2</instanceId><deviceIndex>0</deviceIndex></attachment>";

/// Another interface of the machine, with the group of the first one.
fn second(attachment: &str) -> String {
    eni("eni-3", "", "sg-2", &format!("{attachment}{}", address("10.0.0.80", None)))
}

#[tokio::test]
async fn an_instance_gets_traffic_at_its_primary_interface() {
    let attached = |index: &str| {
        let index = match index {
            "" => String::new(),
            index => format!("<deviceIndex>{index}</deviceIndex>"),
        };
        format!("<attachment><instanceId>i-2</instanceId>{index}</attachment>")
    };
    // The places of both interfaces, and what is certain and open of them.
    for (first, other, expected) in [
        ("0", Some("1"), [(1, false), (0, false)]),
        ("1", Some("0"), [(0, false), (1, false)]),
        ("0", Some(""), [(1, false), (0, false)]),
        // The only one is the primary one.
        ("1", None, [(1, false), (0, false)]),
        ("", None, [(1, false), (0, false)]),
        // Which one it is is not known.
        ("", Some(""), [(0, true), (0, true)]),
        ("1", Some("2"), [(0, true), (0, true)]),
        ("0", Some("0"), [(0, true), (0, true)]),
    ] {
        let mut answers = changed(shop(), INTERFACES, PRIMARY, &attached(first));
        if let Some(other) = other {
            answers = and(answers, INTERFACES, "networkInterfaceSet", &second(&attached(other)));
        }
        let scope = read(&answers).await;
        assert_eq!(open_of(&scope, "eni-2"), expected[0], "{first} {other:?}");
        if other.is_some() {
            assert_eq!(open_of(&scope, "eni-3"), expected[1], "{first} {other:?}");
        }
    }
}

#[tokio::test]
async fn an_instance_without_an_address_of_the_version_leaves_it_open() {
    for version in ["ipv4", "ipv6"] {
        let answers = changed(
            shop(),
            "DescribeTargetGroups",
            "<IpAddressType>ipv4<",
            &format!("<IpAddressType>{version}<"),
        );
        let expected = if version == "ipv4" { (1, None) } else { (0, UNDETERMINED) };
        assert_eq!(counted(&answers).await, expected, "{version}");
    }
}

/// The group of the balancer lets out to one of two addresses of the machine.
#[tokio::test]
async fn a_balancer_sends_to_the_primary_address_of_an_interface() {
    let two = "<privateIpAddressesSet><item><privateIpAddress>10.0.0.50</privateIpAddress><primary>false</primary></item>\
               <item><privateIpAddress>10.0.0.8</privateIpAddress><primary>true</primary></item></privateIpAddressesSet>";
    for (to, expected) in [("10.0.0.8/32", (1, None)), ("10.0.0.50/32", (0, None))] {
        let sender = group("sg-9", 443, "198.51.100.0/24").replace("0.0.0.0/0", to);
        let sender = sender.replace("198.51.100.0/24", "0.0.0.0/0");
        let answers = changed(shop(), INTERFACES, &address("10.0.0.8", None), two);
        let rules = secured(&[group("sg-2", 8080, "sg-9"), sender]);
        let answers = with(answers, "DescribeSecurityGroups", rules);
        assert_eq!(counted(&answers).await, expected, "{to}");
    }
}

#[tokio::test]
async fn an_address_is_looked_for_in_the_network_and_then_beside_it() {
    let by_address = |state: &str| {
        let answers = with(shop(), "DescribeTargetGroups", groups("ip", "HTTP"));
        with(answers, "DescribeTargetHealth", targets("10.0.0.8", 8080, state, ""))
    };
    let elsewhere = |answers: Answers| {
        let other = answers[INTERFACES].replacen("vpc-1", "vpc-2", 1);
        with(answers, INTERFACES, other)
    };
    for state in ["healthy", "unhealthy"] {
        assert_eq!(counted(&by_address(state)).await, (1, None), "{state}");
    }
    // A subnet of the network has the address, so that only something healthy can be in a peered one.
    assert_eq!(counted(&elsewhere(by_address("healthy"))).await, (0, UNDETERMINED));
    assert_eq!(counted(&elsewhere(by_address("unhealthy"))).await, (0, None));
    // No interface has it.
    let answers = with(
        by_address("healthy"),
        "DescribeTargetHealth",
        targets("10.0.0.99", 8080, "healthy", ""),
    );
    assert_eq!(counted(&answers).await, (0, None));
    // One of which no address is known may have it.
    let nameless =
        changed(answers, INTERFACES, &address("10.0.0.8", None), "<privateIpAddressesSet/>");
    assert_eq!(counted(&nameless).await, (0, UNDETERMINED));
    let junk = changed(
        by_address("healthy"),
        INTERFACES,
        "<privateIpAddress>10.0.0.8<",
        "<privateIpAddress>ten<",
    );
    assert_eq!(counted(&junk).await, (0, UNDETERMINED));
}

#[tokio::test]
async fn a_target_that_makes_no_sense_leaves_open_where_its_group_leads() {
    let instance = groups("instance", "HTTP");
    let one = |id: &str| targets(id, 8080, "healthy", "");
    for (groups, targets, expected) in [
        (instance.clone(), one("i-2"), (1, None)),
        (instance.clone(), one("i-2").replace("<Port>8080</Port>", ""), (0, MALFORMED)),
        (instance.clone(), one("i-2").replace("8080", "70000"), (0, MALFORMED)),
        (instance.clone(), one("i-2").replace("8080", "-1"), (0, MALFORMED)),
        (groups("ip", "HTTP"), one("i-2"), (0, MALFORMED)),
        (groups("moon", "HTTP"), one("i-2"), (0, UNDETERMINED)),
        // It is that of no balancer by the list, and so it was not asked about.
        (
            instance.replace(&format!("<member>{BALANCER}</member>"), ""),
            one("i-2"),
            (0, UNDETERMINED),
        ),
        // Nothing is registered.
        (
            instance.clone(),
            result("DescribeTargetHealth", "<TargetHealthDescriptions/>"),
            (0, None),
        ),
        // An instance that was terminated stays for a while.
        (instance.clone(), targets("i-7", 8080, "unused", ""), (0, None)),
        (instance.clone(), targets("i-7", 8080, "unhealthy", ""), (0, UNDETERMINED)),
        (groups("lambda", "HTTP"), one("i-2"), (0, None)),
    ] {
        let answers = with(shop(), "DescribeTargetGroups", groups.clone());
        let answers = with(answers, "DescribeTargetHealth", targets.clone());
        assert_eq!(counted(&answers).await, expected, "{groups} {targets}");
    }
}

#[tokio::test]
async fn targets_see_the_balancer_or_the_client_by_the_protocol_of_their_group() {
    // The machine lets in the subnet of the balancer, and no client.
    let within = |protocol: &str, group_of: &str| {
        let mut answers = network("true", "10.0.0.0/24");
        answers.insert(
            "DescribeTargetGroups",
            groups("instance", protocol).replace("app/shop", "net/shop"),
        );
        let to = group_of.to_owned();
        let rules = answers["DescribeSecurityGroups"]
            .replace("<ipProtocol>tcp<", &format!("<ipProtocol>{to}<"));
        answers.insert("DescribeSecurityGroups", rules);
        answers.insert("DescribeListeners", listeners(&to.to_uppercase(), 443, &forward(WEB)));
        answers
    };
    for (protocol, by, expected, asked) in [
        ("HTTP", "tcp", (1, None), 0),
        ("HTTPS", "tcp", (1, None), 0),
        ("TCP", "tcp", (0, None), 1),
        ("TLS", "tcp", (0, None), 1),
        ("TCP_QUIC", "tcp", (0, None), 1),
        ("TCP_UDP", "tcp", (0, None), 0),
        ("UDP", "udp", (0, None), 0),
        ("QUIC", "udp", (0, None), 0),
    ] {
        let fake = fake(&within(protocol, by));
        let (certain, why) = open(&fake.collect(&wanted()).await);
        assert_eq!((certain.len(), why), expected, "{protocol}");
        assert_eq!(fake.count("DescribeTargetGroupAttributes"), asked, "{protocol}");
    }
    // Clients keep their addresses by UDP, whatever the attribute holds.
    let mut answers = within("UDP", "udp");
    let open_to_all = answers["DescribeSecurityGroups"].replace("10.0.0.0/24", "0.0.0.0/0");
    answers.insert("DescribeSecurityGroups", open_to_all);
    assert_eq!(counted(&answers).await, (1, None));
}

#[tokio::test]
async fn a_listener_takes_the_protocols_that_its_name_holds() {
    // What the groups let in, by the protocol of the listener.
    for (protocol, by, expected) in [
        ("TCP", "tcp", 1),
        ("TLS", "tcp", 1),
        ("TCP_UDP", "tcp", 1),
        ("TCP_QUIC", "tcp", 1),
        ("TCP_UDP", "udp", 1),
        ("TCP_QUIC", "udp", 1),
        ("UDP", "udp", 1),
        ("QUIC", "udp", 1),
        ("TCP", "udp", 0),
        ("TLS", "udp", 0),
        ("UDP", "tcp", 0),
        ("QUIC", "tcp", 0),
    ] {
        let mut answers = network("false", "0.0.0.0/0");
        answers.insert("DescribeListeners", listeners(protocol, 443, &forward(WEB)));
        let rules = answers["DescribeSecurityGroups"]
            .replace("<ipProtocol>tcp<", &format!("<ipProtocol>{by}<"));
        answers.insert("DescribeSecurityGroups", rules);
        let fake = fake(&answers);
        let (certain, why) = open(&fake.collect(&wanted()).await);
        assert_eq!((certain.len(), why), (expected, None), "{protocol} {by}");
        assert_eq!(fake.count("DescribeRules"), 0, "{protocol}");
    }
}

#[tokio::test]
async fn rules_are_asked_for_where_a_listener_can_have_some() {
    for (protocol, asked) in
        [("HTTP", 1), ("HTTPS", 1), ("SPDY", 1), ("TCP", 0), ("UDP", 0), ("TLS", 0)]
    {
        let fake =
            fake(&with(shop(), "DescribeListeners", listeners(protocol, 443, &forward(WEB))));
        fake.collect(&wanted()).await;
        assert_eq!(fake.count("DescribeRules"), asked, "{protocol}");
    }
}

/// Another interface of the balancer, which the internet does not reach.
#[tokio::test]
async fn only_an_application_balancer_leads_to_every_target_from_each_of_its_interfaces() {
    let more = |description: &str| eni("eni-10", description, "sg-9", &address("10.0.0.10", None));
    let application = and(shop(), INTERFACES, "networkInterfaceSet", &more("ELB app/shop/1"));
    assert_eq!(counted(&application).await, (1, None));
    let network = network("false", "10.0.0.0/24");
    assert_eq!(counted(&network).await, (1, None));
    let network = and(network, INTERFACES, "networkInterfaceSet", &more("ELB net/shop/1"));
    assert_eq!(counted(&network).await, (0, UNDETERMINED));
}

#[tokio::test]
async fn a_balancer_of_a_kind_that_is_not_known_may_lead_anywhere() {
    // The machine lets in the balancer by one more port.
    let wider = || changed(shop(), "DescribeSecurityGroups", "<toPort>8080<", "<toPort>8081<");
    for (kind, expected) in
        [("application", (1, None)), ("network", (1, None)), ("orbital", (1, UNDETERMINED))]
    {
        let list = balancers(&balancer(BALANCER, kind, "internet-facing"), "");
        let found = counted(&with(wider(), "DescribeLoadBalancers", list)).await;
        assert_eq!(found, expected, "{kind}");
    }
    // One for appliances leads nothing on that no route leads to it.
    let list = balancers(&balancer(BALANCER, "gateway", "internet-facing"), "");
    let fake = fake(&with(shop(), "DescribeLoadBalancers", list));
    let scope = fake.collect(&wanted()).await;
    assert_eq!(open(&scope).0.len(), 0);
    assert_eq!(fake.count("DescribeListeners"), 0);
}

/// A public balancer whose interfaces are not in the list leads to what lets in its groups.
#[tokio::test]
async fn a_public_balancer_without_interfaces_in_the_list_leaves_open_what_it_leads_to() {
    let classic = |scheme: &str| {
        let one = format!(
            "<member><LoadBalancerName>old</LoadBalancerName><Scheme>{scheme}</Scheme><VPCId>vpc-1</VPCId><SecurityGroups><member>sg-9\
             </member></SecurityGroups><ListenerDescriptions/><AvailabilityZones/><Instances/></member>"
        );
        balancers("", &one)
    };
    let v2 = |scheme: &str| balancers(&balancer(BALANCER, "application", scheme), "");
    for (list, expected) in [
        (v2("internet-facing"), (0, UNDETERMINED)),
        (v2("somewhere"), (0, UNDETERMINED)),
        (v2("internal"), (0, None)),
        (classic("internet-facing"), (0, UNDETERMINED)),
        (classic("somewhere"), (0, UNDETERMINED)),
        (classic("internal"), (0, None)),
    ] {
        let answers = with(shop(), "DescribeLoadBalancers", list.clone());
        let answers = changed(answers, INTERFACES, "ELB app/shop/1", "other");
        assert_eq!(counted(&answers).await, expected, "{list}");
    }
}

#[tokio::test]
async fn a_classic_balancer_that_is_not_read_whole_may_lead_elsewhere() {
    let classic = |ports: &str, instance: &str| {
        let listener = format!(
            "<member><Listener><Protocol>HTTPS</Protocol>{ports}</Listener><PolicyNames/></member>"
        );
        let one = format!(
            "<member><LoadBalancerName>old</LoadBalancerName><Scheme>internet-facing</Scheme><VPCId>vpc-1</VPCId>\
             <SecurityGroups><member>sg-9</member></SecurityGroups><ListenerDescriptions>{listener}</ListenerDescriptions>\
             <AvailabilityZones/><Instances><member><InstanceId>{instance}</InstanceId></member></Instances></member>"
        );
        balancers("", &one)
    };
    let ports = |port: &str, instance: &str| {
        format!(
            "<LoadBalancerPort>{port}</LoadBalancerPort><InstancePort>{instance}</InstancePort>"
        )
    };
    for (list, expected) in [
        (classic(&ports("443", "8080"), "i-2"), (1, None)),
        (classic(&ports("443", "8081"), "i-2"), (0, None)),
        (classic(&ports("444", "8080"), "i-2"), (0, None)),
        (classic(&ports("70000", "8080"), "i-2"), (0, MALFORMED)),
        (classic(&ports("443", "-1"), "i-2"), (0, MALFORMED)),
        // An instance without an interface in the list.
        (classic(&ports("443", "8080"), "i-7"), (0, UNDETERMINED)),
    ] {
        let answers = with(shop(), "DescribeLoadBalancers", list.clone());
        let answers = changed(answers, INTERFACES, "ELB app/shop/1", "ELB old");
        assert_eq!(counted(&answers).await, expected, "{list}");
    }
}

/// An internal balancer beside a public one, whose target groups have targets of a kind.
#[tokio::test]
async fn an_internal_balancer_is_read_where_another_one_may_lead_to_it() {
    let edge = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/edge/5";
    let beside = |kind: &str, vpc: &str, targets: &str| {
        let public = balancer(edge, kind, "internet-facing");
        let internal = balancer(BALANCER, "application", "internal").replace("vpc-1", vpc);
        let answers =
            with(shop(), "DescribeLoadBalancers", balancers(&format!("{public}{internal}"), ""));
        with(answers, "DescribeTargetGroups", groups(targets, "TCP"))
    };
    for (kind, vpc, targets, asked) in [
        ("network", "vpc-1", "alb", 2),
        ("network", "vpc-1", "moon", 2),
        ("orbital", "vpc-1", "alb", 2),
        // Nothing leads to another balancer.
        ("network", "vpc-1", "instance", 1),
        ("network", "vpc-1", "ip", 1),
        ("network", "vpc-1", "lambda", 1),
        ("application", "vpc-1", "alb", 1),
        // Not in another network.
        ("network", "vpc-2", "alb", 1),
    ] {
        let fake = fake(&beside(kind, vpc, targets));
        fake.collect(&wanted()).await;
        assert_eq!(fake.count("DescribeListeners"), asked, "{kind} {vpc} {targets}");
    }
    // What the target groups are is not known.
    let answers = beside("network", "vpc-1", "instance");
    let mut denied =
        crate::fake::Fake::default().answer("POST /listRegions", 200, super::super::tests::REGIONS);
    for (name, members) in &answers {
        denied = match *name {
            "DescribeTargetGroups" => denied.answer(name, 403, DENIED),
            name => denied.answer(name, 200, super::super::tests::body(name, members)),
        };
    }
    denied.collect(&wanted()).await;
    assert_eq!(denied.count("DescribeListeners"), 2);
}

#[tokio::test]
async fn a_balancer_is_asked_about_where_the_internet_may_reach_it() {
    let list = |scheme: &str, addresses: &str| {
        let one = balancer(BALANCER, "application", scheme);
        let one = one.replace(">ipv4<", &format!(">{addresses}<"));
        fake(&with(shop(), "DescribeLoadBalancers", balancers(&one, "")))
    };
    for (scheme, addresses, asked) in [
        ("internet-facing", "ipv4", 1),
        ("internal", "ipv4", 0),
        // A gateway leads to it by IPv6.
        ("internal", "dualstack", 1),
        ("internal", "ipv7", 1),
        ("somewhere", "ipv4", 1),
    ] {
        let fake = list(scheme, addresses);
        fake.collect(&wanted()).await;
        for action in ["DescribeListeners", "DescribeTargetHealth"] {
            assert_eq!(fake.count(action), asked, "{action} {scheme} {addresses}");
        }
    }
    // Functions are not asked about, nor are the targets of other balancers.
    for (group, asked) in [
        (groups("instance", "HTTP"), 1),
        (groups("lambda", "HTTP"), 0),
        (groups("instance", "HTTP").replace("app/shop", "app/else"), 0),
    ] {
        let fake = fake(&with(shop(), "DescribeTargetGroups", group.clone()));
        fake.collect(&wanted()).await;
        assert_eq!(fake.count("DescribeTargetHealth"), asked, "{group}");
    }
}

/// What leads from outside into a network, and not to a known place: an edge location, an accelerator.
#[tokio::test]
async fn an_internal_balancer_behind_an_edge_is_not_its_end() {
    let private = "<association><publicIp>203.0.113.9</publicIp></association>";
    let answers = changed(shop(), INTERFACES, private, "");
    let list = balancers(&balancer(BALANCER, "application", "internal"), "");
    let answers = with(answers, "DescribeLoadBalancers", list);
    let edge = eni("eni-7", "CloudFront managed ENI", "sg-9", &address("10.0.0.7", None));
    let answers = and(answers, INTERFACES, "networkInterfaceSet", &edge);
    let scope = read(&answers).await;
    assert_eq!(open_of(&scope, "eni-9"), (0, false));
    assert_eq!(open_of(&scope, "eni-2"), (0, true));
}

/// The rules of the target that a path names are those that let in whom the target sees.
#[tokio::test]
async fn a_path_names_the_rules_that_let_in_the_sender() {
    // The group of the target lets in the balancer and some clients.
    let both = group("sg-2", 8080, "10.0.0.0/24</cidrIp></item><item><cidrIp>198.51.100.0/24");
    let rules = || secured(&[both.clone(), group("sg-9", 443, "0.0.0.0/0")]);
    let hidden = with(shop(), "DescribeSecurityGroups", rules());
    let (found, why) = open(&read(&hidden).await);
    assert_eq!((found.len(), why), (1, None));
    assert!(found[0].contains("sg-2 (tcp 8080 from 10.0.0.0/24) → interface eni-2"), "{found:?}");
    assert!(!found[0].contains("198.51.100.0/24"), "{found:?}");
    let kept = with(network("true", "0.0.0.0/0"), "DescribeSecurityGroups", {
        let everyone = group("sg-2", 8080, "0.0.0.0/0");
        secured(&[everyone, group("sg-9", 443, "0.0.0.0/0")])
    });
    let (found, _) = open(&read(&kept).await);
    assert!(found[0].contains("sg-2 (tcp 8080 from 0.0.0.0/0) → interface eni-2"), "{found:?}");
}

/// Of two ways for the same traffic, of which one is certain, the path is that one.
#[tokio::test]
async fn the_certain_way_is_named_first() {
    // The target of the first one is being removed. The address of the second one comes after it by its text.
    let v2 = balancer(BALANCER, "application", "internet-facing");
    let answers = with(shop(), "DescribeLoadBalancers", balancers(&v2, CLASSIC));
    let draining = targets("i-2", 8080, "draining", "");
    let answers = with(answers, "DescribeTargetHealth", draining);
    let other = eni("eni-8", "ELB old", "sg-9", &address("10.0.0.10", Some("203.0.113.99")));
    let answers = and(answers, INTERFACES, "networkInterfaceSet", &other);
    let (found, _) = open(&read(&answers).await);
    let first = found.first().map(String::as_str).unwrap_or_default();
    assert!(first.starts_with("tcp 8080 from 0.0.0.0/0: address 203.0.113.99 → "), "{found:?}");
    assert!(first.ends_with(" (and 1 more ways)"), "{found:?}");
}
