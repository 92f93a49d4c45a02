//! The reader, against answers as EC2 writes them.

use posture_model::gap::Reason;
use posture_model::resource::{Kind, Machine, Network, NetworkInterface, SecurityGroup};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use crate::fake::Fake;

pub(super) const REGIONS: &str =
    r#"{"Regions":[{"RegionName":"eu-central-1","RegionOptStatus":"ENABLED"}]}"#;

pub(super) fn body(operation: &str, members: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><{operation}Response xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId>{members}</{operation}Response>"#
    )
}

/// The answers of a region in which port 22 of a machine is open to everyone.
pub(super) fn answers() -> Vec<(&'static str, String)> {
    let interface = |id: &str, more: &str| {
        format!(
            "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>\
             <description/><ownerId>123456789012</ownerId><status>in-use</status><interfaceType>interface</interfaceType>\
             <groupSet><item><groupId>sg-1</groupId></item></groupSet><ipv6AddressesSet/>{more}</item>"
        )
    };
    let public = "<association><publicIp>203.0.113.7</publicIp></association>\
                  <attachment><instanceId>i-1</instanceId></attachment>\
                  <privateIpAddressesSet><item><privateIpAddress>10.0.0.7</privateIpAddress>\
                  <association><publicIp>203.0.113.7</publicIp></association></item></privateIpAddressesSet>";
    let private = "<privateIpAddressesSet><item><privateIpAddress>10.0.0.8</privateIpAddress></item></privateIpAddressesSet>";
    let entry = |number: u32, egress: bool, action: &str| {
        format!(
            "<item><ruleNumber>{number}</ruleNumber><protocol>-1</protocol><ruleAction>{action}</ruleAction>\
             <egress>{egress}</egress><cidrBlock>0.0.0.0/0</cidrBlock></item>"
        )
    };
    let entries =
        [entry(100, false, "allow"), entry(100, true, "allow"), entry(32767, false, "deny")]
            .concat();
    let route = |to: &str, gateway: &str| {
        format!(
            "<item><destinationCidrBlock>{to}</destinationCidrBlock><gatewayId>{gateway}</gatewayId><state>active</state></item>"
        )
    };
    let routes = [route("10.0.0.0/16", "local"), route("0.0.0.0/0", "igw-1")].concat();
    vec![
        (
            "DescribeNetworkInterfaces",
            format!("<networkInterfaceSet>{}{}</networkInterfaceSet>", interface("eni-1", public), interface("eni-2", private)),
        ),
        (
            "DescribeInstances",
            "<reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><name>running</name></instanceState>\
             <iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/p</arn></iamInstanceProfile>\
             <networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item></networkInterfaceSet></item>\
             <item><instanceId>i-0</instanceId><instanceState><name>terminated</name></instanceState><networkInterfaceSet/></item>\
             </instancesSet></item></reservationSet>"
                .to_owned(),
        ),
        ("DescribeVpcs", "<vpcSet><item><vpcId>vpc-1</vpcId><ownerId>123456789012</ownerId></item></vpcSet>".to_owned()),
        (
            "DescribeSubnets",
            "<subnetSet><item><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId><cidrBlock>10.0.0.0/24</cidrBlock>\
             <mapPublicIpOnLaunch>false</mapPublicIpOnLaunch></item></subnetSet>"
                .to_owned(),
        ),
        (
            "DescribeRouteTables",
            format!(
                "<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet>{routes}</routeSet>\
                 <associationSet><item><main>true</main><associationState><state>associated</state></associationState></item></associationSet>\
                 </item></routeTableSet>"
            ),
        ),
        (
            "DescribeNetworkAcls",
            format!(
                "<networkAclSet><item><networkAclId>acl-1</networkAclId><vpcId>vpc-1</vpcId><default>true</default>\
                 <entrySet>{entries}</entrySet><associationSet><item><subnetId>subnet-1</subnetId></item></associationSet></item></networkAclSet>"
            ),
        ),
        ("DescribeSecurityGroups", groups("<ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges><prefixListIds/>")),
        (
            "GetManagedPrefixListEntries",
            "<entrySet><item><cidr>0.0.0.0/1</cidr></item><item><cidr>128.0.0.0/1</cidr></item></entrySet>".to_owned(),
        ),
        ("DescribeVpcBlockPublicAccessOptions", block("off")),
        ("DescribeVpcBlockPublicAccessExclusions", "<vpcBlockPublicAccessExclusionSet/>".to_owned()),
        ("DescribeFlowLogs", "<flowLogSet/>".to_owned()),
        ("DescribeVpcEndpoints", "<vpcEndpointSet/>".to_owned()),
        ("DescribeTransitGateways", "<transitGatewaySet/>".to_owned()),
        ("DescribeVpnConnections", "<vpnConnectionSet/>".to_owned()),
        ("DescribeClientVpnEndpoints", "<clientVpnEndpoint/>".to_owned()),
        // Both interfaces of the service call it so.
        (
            "DescribeLoadBalancers",
            "<DescribeLoadBalancersResult><LoadBalancers/><LoadBalancerDescriptions/></DescribeLoadBalancersResult>".to_owned(),
        ),
    ]
}

pub(super) fn groups(sources: &str) -> String {
    format!(
        "<securityGroupInfo><item><groupId>sg-1</groupId><groupName>web</groupName><ownerId>123456789012</ownerId>\
         <ipPermissions><item><ipProtocol>tcp</ipProtocol><fromPort>22</fromPort><toPort>22</toPort><groups/>{sources}\
         <ipv6Ranges/></item></ipPermissions><ipPermissionsEgress/></item></securityGroupInfo>"
    )
}

pub(super) fn block(mode: &str) -> String {
    format!(
        "<vpcBlockPublicAccessOptions><state>update-complete</state><internetGatewayBlockMode>{mode}</internetGatewayBlockMode>\
         </vpcBlockPublicAccessOptions>"
    )
}

pub(super) fn wanted() -> Wanted {
    let kinds = [Kind::NetworkInterface, Kind::Machine, Kind::SecurityGroup, Kind::Network];
    let facts: Vec<_> = kinds.iter().flat_map(|kind| kind.fact_ids()).collect();
    Wanted::of(&facts, &kinds)
}

/// A region that answers so, but for one operation.
pub(super) fn fake_but(operation: &str, status: u16, instead: &str) -> Fake {
    let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    for (name, members) in answers() {
        fake = match name == operation {
            true => fake.answer(name, status, instead),
            false => fake.answer(name, 200, body(name, &members)),
        };
    }
    fake
}

pub(super) async fn read_but(operation: &str, members: &str) -> Scope {
    fake_but(operation, 200, &body(operation, members)).collect(&wanted()).await
}

pub(super) fn interface<'s>(scope: &'s Scope, id: &str) -> &'s NetworkInterface {
    let mut all = scope.network_interfaces.items.iter();
    all.find(|one| one.id.ends_with(id)).unwrap_or_else(|| panic!("{:?}", scope.gaps))
}

pub(super) fn machine(scope: &Scope) -> &Machine {
    let [machine] = &scope.machines.items[..] else { panic!("{:?}", scope.gaps) };
    machine
}

pub(super) const DENIED: &str = "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>no</Message></Error></Errors></Response>";

pub(super) const PATH: &str = "tcp 22 from 0.0.0.0/0: address 203.0.113.7 → route 0.0.0.0/0 of rtb-1 to igw-1 → network ACL acl-1 rule 100 → \
                    security group sg-1 (tcp 22 from 0.0.0.0/0) → interface eni-1 → instance i-1";

#[tokio::test]
async fn an_open_port_is_shown_with_its_path() {
    let scope = read_but("", "").await;
    let open = interface(&scope, "eni-1");
    assert_eq!(open.open_to_anyone.known().unwrap().certain(), [PATH]);
    assert_eq!(open.addresses.known().unwrap(), &["203.0.113.7"]);
    assert_eq!(open.machine.known().unwrap().as_deref(), Some("i-1"));
    let closed = interface(&scope, "eni-2");
    assert_eq!(closed.open_to_anyone.any().known(), Ok(&false));
    assert_eq!(closed.open_to_some.any().known(), Ok(&false));
    let machine = machine(&scope);
    assert_eq!(machine.open_to_anyone, open.open_to_anyone);
    assert_eq!(
        machine.identities.known().unwrap(),
        &["arn:aws:iam::123456789012:instance-profile/p"]
    );
    let [group] = &scope.security_groups.items[..] else { panic!() };
    assert_eq!(group.rules.known().unwrap(), &["in: tcp 22 from 0.0.0.0/0"]);
    assert_eq!(
        group.open_to_anyone.known().unwrap().certain(),
        ["tcp 22 from 0.0.0.0/0: tcp 22 from 0.0.0.0/0"]
    );
    let [network] = &scope.networks.items[..] else { panic!() };
    assert_eq!(network.unrecorded.known().unwrap(), &["subnet-1"]);
    assert_eq!(network.rejects_recorded.known(), Ok(&false));
}

#[tokio::test]
async fn a_list_of_prefixes_is_resolved() {
    let listed = groups(
        "<ipRanges/><prefixListIds><item><prefixListId>pl-1</prefixListId></item></prefixListIds>",
    );
    let scope = read_but("DescribeSecurityGroups", &listed).await;
    let open = interface(&scope, "eni-1").open_to_anyone.known().unwrap().clone();
    assert!(open.evidence().contains("(tcp 22 from pl-1)"), "{}", open.evidence());
    // Where it cannot be read, its addresses may be anyone's.
    let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    for (name, members) in answers() {
        fake = match name {
            "DescribeSecurityGroups" => fake.answer(name, 200, body(name, &listed)),
            "GetManagedPrefixListEntries" => fake.answer(name, 403, DENIED),
            _ => fake.answer(name, 200, body(name, &members)),
        };
    }
    let scope = fake.collect(&wanted()).await;
    let gap = interface(&scope, "eni-1").open_to_anyone.any().gap().unwrap();
    assert_eq!(scope.gap(gap).unwrap().target, "pl-1");
    let left = scope.security_groups.items[0]
        .open_to_anyone
        .known()
        .unwrap()
        .without(|entry| entry.starts_with("tcp 22 "));
    assert_eq!(left.any().known(), Ok(&false));
}

#[tokio::test]
async fn a_block_closes_what_is_open_and_an_exclusion_opens_it() {
    let scope = read_but("DescribeVpcBlockPublicAccessOptions", &block("block-ingress")).await;
    assert_eq!(interface(&scope, "eni-1").open_to_anyone.any().known(), Ok(&false));
    let scope = read_but("DescribeVpcBlockPublicAccessOptions", &block("some-new-mode")).await;
    assert!(interface(&scope, "eni-1").open_to_anyone.any().gap().is_some());
    // Where nothing is blocked, what is excluded is not asked for.
    let fake = fake_but("", 200, "");
    fake.collect(&wanted()).await;
    assert_eq!(fake.count("DescribeVpcBlockPublicAccessExclusions"), 0);
}

#[tokio::test]
async fn each_answer_that_is_missing_leaves_open_what_it_decides() {
    for (operation, decides) in [
        ("DescribeRouteTables", true),
        ("DescribeNetworkAcls", true),
        ("DescribeSecurityGroups", true),
        ("DescribeVpcBlockPublicAccessOptions", true),
        ("DescribeFlowLogs", false),
        ("DescribeVpcs", false),
    ] {
        let broken = ["", "<html/>", "{}", "<DescribeX"];
        let cases = [(403, DENIED, Reason::Denied)];
        let cases = cases.into_iter().chain(broken.map(|body| (200, body, Reason::Malformed)));
        for (status, instead, reason) in cases {
            let scope = fake_but(operation, status, instead).collect(&wanted()).await;
            let open = &interface(&scope, "eni-1").open_to_anyone;
            if !decides {
                assert_eq!(open.known().unwrap().certain(), [PATH], "{operation}");
                continue;
            }
            let gap = open.any().gap().unwrap_or_else(|| panic!("{operation} {instead}: {open:?}"));
            let gap = scope.gap(gap).unwrap();
            assert_eq!(
                (gap.action.as_str(), gap.reason),
                (format!("ec2:{operation}").as_str(), reason)
            );
            // What has no address is closed whatever else is not known.
            assert_eq!(interface(&scope, "eni-2").open_to_anyone.any().known(), Ok(&false));
        }
    }
}

#[tokio::test]
async fn a_machine_whose_interfaces_are_not_known_may_be_open() {
    let scope = fake_but("DescribeNetworkInterfaces", 403, DENIED).collect(&wanted()).await;
    assert!(machine(&scope).open_to_anyone.any().gap().is_some());
    assert!(!scope.network_interfaces.is_complete() && scope.network_interfaces.items.is_empty());
    let scope = read_but("DescribeNetworkInterfaces", "<networkInterfaceSet/>").await;
    assert!(machine(&scope).open_to_anyone.any().gap().is_some());
}

#[tokio::test]
async fn a_region_without_networks_has_none_of_them() {
    let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    for (name, members) in answers() {
        let list = members.split('>').next().unwrap_or_default().trim_start_matches('<');
        let members =
            if name.ends_with("Options") { members.clone() } else { format!("<{list}/>") };
        fake = fake.answer(name, 200, body(name, &members.replace("//", "/")));
    }
    let scope = fake.collect(&wanted()).await;
    assert!(
        scope.network_interfaces.items.is_empty() && scope.network_interfaces.is_complete(),
        "{:?}",
        scope.gaps
    );
    assert!(scope.machines.is_complete() && scope.networks.is_complete());
}

#[tokio::test]
async fn what_is_not_wanted_is_not_asked() {
    let fake = fake_but("", 200, "");
    let scope = fake.collect(&Wanted::of(&[], &[])).await;
    assert!(!scope.network_interfaces.is_collected() && !scope.machines.is_collected());
    assert_eq!(fake.count("DescribeVpcs"), 0);
    // The rules of groups take no other call.
    let fake = fake_but("", 200, "");
    let scope = fake.collect(&Wanted::of(&[SecurityGroup::RULES], &[])).await;
    assert!(scope.security_groups.is_complete() && !scope.networks.is_collected());
    assert_eq!(
        (fake.count("DescribeSecurityGroups"), fake.count("DescribeNetworkInterfaces")),
        (1, 0)
    );
    let fake = fake_but("", 200, "");
    fake.collect(&Wanted::of(&[Network::ENDPOINTS], &[])).await;
    assert_eq!((fake.count("DescribeVpcEndpoints"), fake.count("DescribeRouteTables")), (1, 0));
}

#[tokio::test]
async fn a_balancer_with_a_public_address_leaves_open_what_its_network_lets_in() {
    let interfaces = answers().remove(0).1;
    let close = "</networkInterfaceSet>";
    let with = |kind: &str, text: &str, vpc: &str, public: bool| {
        let association = match public {
            true => "<association><publicIp>203.0.113.9</publicIp></association>",
            false => "",
        };
        let more = format!(
            "<item><networkInterfaceId>eni-9</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>{vpc}</vpcId>\
             <description>{text}</description><ownerId>123456789012</ownerId><status>in-use</status><interfaceType>{kind}</interfaceType>\
             <groupSet><item><groupId>sg-9</groupId></item></groupSet><ipv6AddressesSet/><privateIpAddressesSet><item>\
             <privateIpAddress>10.0.0.9</privateIpAddress>{association}</item></privateIpAddressesSet></item>{close}"
        );
        interfaces.replace(close, &more)
    };
    for (kind, text, vpc, public, is_open) in [
        ("interface", "ELB app/shop/1", "vpc-1", true, true),
        ("network_load_balancer", "", "vpc-1", true, true),
        ("api_gateway_managed", "", "vpc-1", false, true),
        ("interface", "CloudFront managed ENI", "vpc-1", false, true),
        // None of these leads anything from the internet to it.
        ("interface", "ELB app/internal/1", "vpc-1", false, false),
        ("interface", "ELB app/shop/1", "vpc-2", true, false),
        ("natGateway", "", "vpc-1", true, false),
        ("interface", "", "vpc-1", true, false),
    ] {
        let scope = read_but("DescribeNetworkInterfaces", &with(kind, text, vpc, public)).await;
        let open = &interface(&scope, "eni-2").open_to_anyone;
        assert_ne!(open.any().known(), Ok(&true), "{kind} {text}");
        assert_eq!(open.any().gap().is_some(), is_open, "{kind} {text} {vpc}");
    }
}

/// What decides the traffic between machines is kept, and each gap is that of the list that lacks it.
#[tokio::test]
async fn what_filters_and_routes_an_interface_is_kept() {
    use posture_model::network::{Hop, PacketRule, PrivateRoute};
    let scope = read_but("", "").await;
    let one = interface(&scope, "eni-1");
    let texts = |all: &[&str]| all.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(one.private_addresses.known(), Ok(&texts(&["10.0.0.7"])));
    assert_eq!(one.network.known().unwrap(), "vpc-1");
    assert_eq!(one.subnet.known().unwrap(), "subnet-1");
    assert_eq!(one.groups.known(), Ok(&texts(&["sg-1"])));
    assert_eq!(one.filters.known(), Ok(&texts(&["acl-1", "sg-1"])));
    let route = |to: &str, hop| PrivateRoute { to: to.to_owned(), hop };
    let routes = [route("10.0.0.0/16", Hop::Local), route("0.0.0.0/0", Hop::Internet)];
    assert_eq!(one.routes.known().unwrap(), &routes);
    let rule = PacketRule {
        services: texts(&["tcp 22"]),
        from: texts(&["0.0.0.0/0"]),
        ..PacketRule::default()
    };
    assert_eq!(scope.security_groups.items[0].filter.known(), Ok(&vec![rule]));
    for (operation, facts) in [
        ("DescribeNetworkAcls", "filters"),
        ("DescribeRouteTables", "routes"),
        ("DescribeSubnets", ""),
        ("DescribeSecurityGroups", ""),
    ] {
        let scope = fake_but(operation, 403, DENIED).collect(&wanted()).await;
        let one = interface(&scope, "eni-1");
        for (fact, gap) in [("filters", one.filters.gap()), ("routes", one.routes.gap())] {
            let gap = gap.and_then(|gap| scope.gap(gap)).map(|gap| gap.action.clone());
            let expected = (fact == facts).then(|| format!("ec2:{operation}"));
            assert_eq!(gap, expected, "{operation} {fact}");
        }
    }
}

#[tokio::test]
async fn a_route_by_a_peering_names_the_other_network() {
    use posture_model::network::Hop;
    let routes = |state: &str, target: &str| {
        let tables = answers().remove(4).1;
        let more = format!(
            "<item><destinationCidrBlock>10.1.0.0/16</destinationCidrBlock>{target}<state>{state}</state></item></routeSet>"
        );
        tables.replace("</routeSet>", &more)
    };
    let peering = "<vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>";
    let side = |name: &str, vpc: &str| format!("<{name}><vpcId>{vpc}</vpcId></{name}>");
    let sides = |one: &str, other: &str| {
        format!(
            "<vpcPeeringConnectionSet><item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>{}{}</item></vpcPeeringConnectionSet>",
            side("requesterVpcInfo", one),
            side("accepterVpcInfo", other)
        )
    };
    let hop = async |state: &str, target: &str, peerings: &str| {
        let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
        let tables = routes(state, target);
        for (name, members) in answers() {
            let members = if name == "DescribeRouteTables" { tables.clone() } else { members };
            fake = fake.answer(name, 200, body(name, &members));
        }
        let name = "DescribeVpcPeeringConnections";
        let scope = fake.answer(name, 200, body(name, peerings)).collect(&wanted()).await;
        let routes = interface(&scope, "eni-1").routes.clone();
        routes.map(|routes| routes.last().unwrap().hop.clone())
    };
    let hop_of = async |state: &str, target: &str, peerings: &str| {
        hop(state, target, peerings).await.known().unwrap().clone()
    };
    // A route without a target is malformed.
    assert!(hop("active", "", &sides("vpc-1", "vpc-2")).await.gap().is_some());
    let hop = hop_of;
    let peer = || Hop::Peer("vpc-2".to_owned());
    assert_eq!(hop("active", peering, &sides("vpc-1", "vpc-2")).await, peer());
    assert_eq!(hop("active", peering, &sides("vpc-2", "vpc-1")).await, peer());
    assert_eq!(hop("blackhole", peering, &sides("vpc-1", "vpc-2")).await, Hop::Nowhere);
    for (target, peerings) in [
        (peering, sides("vpc-3", "vpc-2")),
        (peering, "<vpcPeeringConnectionSet/>".to_owned()),
        ("<transitGatewayId>tgw-1</transitGatewayId>", sides("vpc-1", "vpc-2")),
        ("<natGatewayId>nat-1</natGatewayId>", sides("vpc-1", "vpc-2")),
        ("<networkInterfaceId>eni-7</networkInterfaceId>", sides("vpc-1", "vpc-2")),
        ("<gatewayId>vgw-1</gatewayId>", sides("vpc-1", "vpc-2")),
    ] {
        let found = hop("active", target, &peerings).await;
        assert!(matches!(found, Hop::Other(_)), "{target}: {found:?}");
    }
}
#[tokio::test]
async fn a_network_is_joined_with_those_to_which_its_routes_lead() {
    let tables = |routes: &str| {
        format!(
            "<routeTableSet><item><routeTableId>rtb-1</routeTableId><vpcId>vpc-1</vpcId><routeSet>{routes}</routeSet>\
             <associationSet/></item><item><routeTableId>rtb-2</routeTableId><vpcId>vpc-2</vpcId><routeSet><item>\
             <destinationCidrBlock>10.9.0.0/16</destinationCidrBlock><vpcPeeringConnectionId>pcx-9</vpcPeeringConnectionId>\
             <state>active</state></item></routeSet><associationSet/></item></routeTableSet>"
        )
    };
    let route = |to: &str, state: &str| {
        format!(
            "<item><destinationCidrBlock>10.1.0.0/16</destinationCidrBlock>{to}<state>{state}</state></item>"
        )
    };
    let peered = "<vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>";
    let whole = "<vpcPeeringConnectionSet><item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>\
                 <requesterVpcInfo><vpcId>vpc-7</vpcId><ownerId>222222222222</ownerId><region>us-east-1</region></requesterVpcInfo>\
                 <accepterVpcInfo><vpcId>vpc-1</vpcId><ownerId>123456789012</ownerId><region>eu-central-1</region></accepterVpcInfo>\
                 </item></vpcPeeringConnectionSet>";
    let nameless = whole.replace("<ownerId>222222222222</ownerId>", "");
    let far = vec!["arn:aws:ec2:us-east-1:222222222222:vpc/vpc-7".to_owned()];
    let hub = "<transitGatewayId>tgw-1</transitGatewayId>";
    let core =
        "<coreNetworkArn>arn:aws:networkmanager::123456789012:core-network/c</coreNetworkArn>";
    for (routes, peerings, certain, open) in [
        (String::new(), whole, vec![], false),
        (route(peered, "active"), whole, far.clone(), false),
        (route(peered, "blackhole"), whole, vec![], false),
        (route(peered, "active"), nameless.as_str(), vec![], true),
        (route(peered, "active"), "<vpcPeeringConnectionSet/>", vec![], true),
        // What is behind it may be any network.
        (route(hub, "active"), whole, vec![], true),
        (route(core, "active"), whole, vec![], true),
        (route(peered, "active") + &route(hub, "active"), whole, far, true),
    ] {
        let fake =
            fake_but("DescribeRouteTables", 200, &body("DescribeRouteTables", &tables(&routes)))
                .answer(
                    "DescribeVpcPeeringConnections",
                    200,
                    body("DescribeVpcPeeringConnections", peerings),
                );
        let scope = fake.collect(&wanted()).await;
        let [network] = &scope.networks.items[..] else { panic!("{:?}", scope.gaps) };
        match &network.peers {
            posture_model::fact::Known(peers) => {
                assert_eq!(
                    (peers.certain(), peers.undecided().is_some()),
                    (&certain[..], open),
                    "{routes}"
                );
            }
            other => {
                assert!(other.gap().is_some() && certain.is_empty() && open, "{routes} {other:?}")
            }
        }
    }
}

#[tokio::test]
async fn machines_are_listed_for_the_sake_of_the_regions_of_data_alone() {
    let wanted = Wanted::of(&[posture_model::resource::Account::DATA_REGIONS], &[]);
    let scope = fake_but("", 200, "").collect(&wanted).await;
    assert!(scope.machines.is_collected() && scope.machines.items.len() == 1);
    let found = scope.account.data_regions.known().unwrap();
    assert!(found.certain().iter().any(|entry| entry.contains("1 virtual machine")), "{found:?}");
    // The fake knows nothing of buckets, log groups and event data stores.
    assert!(found.undecided().is_some());
}
