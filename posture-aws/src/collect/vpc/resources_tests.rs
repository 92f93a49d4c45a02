//! The resources of a region: which there are, and what each of their facts holds.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::network::PacketRule;
use posture_model::resource::{Kind, Machine};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::tests::{DENIED, REGIONS, answers, block, body, interface, machine};
use crate::fake::Fake;

const HOME: &str = "123456789012";
const STRANGER: &str = "999999999999";

fn everything() -> Wanted {
    let kinds = [
        Kind::NetworkInterface,
        Kind::Machine,
        Kind::SecurityGroup,
        Kind::Network,
        Kind::Subnet,
        Kind::NetworkAcl,
        Kind::InternetBlock,
        Kind::TransitGateway,
        Kind::VpnConnection,
    ];
    let facts: Vec<_> = kinds.iter().flat_map(|kind| kind.fact_ids()).collect();
    Wanted::of(&facts, &kinds)
}

/// A region that answers as usual, but for these operations.
fn fake(instead: &[(&'static str, u16, String)]) -> Fake {
    let mut all: BTreeMap<&str, (u16, String)> = BTreeMap::new();
    for (name, members) in answers() {
        all.insert(name, (200, body(name, &members)));
    }
    for (name, status, text) in instead {
        let text = if *status == 200 { body(name, text) } else { text.clone() };
        all.insert(name, (*status, text));
    }
    let fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
    all.into_iter().fold(fake, |fake, (name, (status, text))| fake.answer(name, status, text))
}

async fn read(instead: &[(&'static str, u16, String)]) -> Scope {
    fake(instead).collect(&everything()).await
}

async fn read_with(operation: &'static str, members: &str) -> Scope {
    read(&[(operation, 200, members.to_owned())]).await
}

fn members_of(operation: &str) -> String {
    answers().into_iter().find(|(name, _)| *name == operation).unwrap().1
}

/// The usual answer, with another text in the place of one of its own.
fn but(operation: &str, from: &str, to: &str) -> String {
    let members = members_of(operation);
    assert!(members.contains(from), "{operation} lacks {from}");
    members.replace(from, to)
}

fn why<T>(scope: &Scope, fact: &Fact<T>) -> Option<Reason> {
    fact.gap().and_then(|gap| scope.gap(gap)).map(|gap| gap.reason)
}

fn set(all: &[&str]) -> BTreeSet<String> {
    all.iter().map(ToString::to_string).collect()
}

fn texts(all: &[&str]) -> Vec<String> {
    all.iter().map(ToString::to_string).collect()
}

fn ids<'s>(all: impl Iterator<Item = &'s String>) -> Vec<&'s str> {
    all.map(|id| id.rsplit('/').next().unwrap()).collect()
}

#[tokio::test]
async fn only_kinds_that_are_wanted_are_listed_whatever_else_is_read() {
    let scope = fake(&[]).collect(&Wanted::of(&[Machine::OPEN_TO_ANYONE], &[])).await;
    assert!(scope.machines.is_complete() && scope.machines.items.len() == 1);
    assert!(!scope.network_interfaces.is_collected() && scope.network_interfaces.items.is_empty());
    assert!(!scope.subnets.is_collected() && scope.subnets.items.is_empty());
    assert!(!scope.network_acls.is_collected() && scope.network_acls.items.is_empty());
    assert!(!scope.security_groups.is_collected() && scope.security_groups.items.is_empty());
    assert!(!scope.internet_blocks.is_collected() && scope.internet_blocks.items.is_empty());
    assert!(!scope.networks.is_collected() && !scope.transit_gateways.is_collected());
    assert!(!scope.vpn_connections.is_collected());
    let scope = read(&[]).await;
    assert!(scope.network_interfaces.is_complete() && scope.network_interfaces.items.len() == 2);
    assert!(scope.subnets.is_complete() && scope.subnets.items.len() == 1);
    assert!(scope.network_acls.is_complete() && scope.network_acls.items.len() == 1);
    assert!(scope.security_groups.is_complete() && scope.security_groups.items.len() == 1);
    assert!(scope.internet_blocks.is_complete() && scope.internet_blocks.items.len() == 1);
    assert!(scope.networks.is_complete() && scope.networks.items.len() == 1);
    assert!(scope.transit_gateways.is_complete() && scope.transit_gateways.items.is_empty());
    assert!(scope.vpn_connections.is_complete() && scope.vpn_connections.items.is_empty());
}

fn gateway(id: &str, more: &str) -> String {
    format!(
        "<item><transitGatewayId>{id}</transitGatewayId><state>available</state>\
         <options><autoAcceptSharedAttachments>disable</autoAcceptSharedAttachments></options>{more}</item>"
    )
}

fn gateways(all: &[String]) -> String {
    format!("<transitGatewaySet>{}</transitGatewaySet>", all.concat())
}

fn tunnel(address: &str, status: &str) -> String {
    format!("<item><outsideIpAddress>{address}</outsideIpAddress><status>{status}</status></item>")
}

fn option(address: &str, logs: &str) -> String {
    let logs = match logs {
        "" => String::new(),
        logs => format!(
            "<logOptions><cloudWatchLogOptions><logEnabled>{logs}</logEnabled></cloudWatchLogOptions></logOptions>"
        ),
    };
    format!("<item><outsideIpAddress>{address}</outsideIpAddress>{logs}</item>")
}

fn vpn(id: &str, state: &str, telemetry: &str, options: &str, more: &str) -> String {
    format!(
        "<vpnConnectionSet><item><vpnConnectionId>{id}</vpnConnectionId><state>{state}</state><options><tunnelOptionSet>{options}\
         </tunnelOptionSet></options><vgwTelemetry>{telemetry}</vgwTelemetry>{more}</item></vpnConnectionSet>"
    )
}

fn client_vpn(id: &str, state: &str, enabled: &str, more: &str) -> String {
    format!(
        "<clientVpnEndpoint><item><clientVpnEndpointId>{id}</clientVpnEndpointId><status><code>{state}</code></status>\
         <connectionLogOptions><Enabled>{enabled}</Enabled></connectionLogOptions>{more}</item></clientVpnEndpoint>"
    )
}

#[tokio::test]
async fn a_resource_is_called_by_its_tag_else_by_its_id() {
    let up = tunnel("1.1.1.1", "UP") + &tunnel("1.1.1.2", "UP");
    for (name, is_name) in [("web", true), ("", false)] {
        let tags = format!(
            "<tagSet><item><key>Name</key><value>{name}</value></item><item><key>team</key><value/></item></tagSet>"
        );
        let tagged = |operation: &'static str, after: &str| {
            (operation, 200, but(operation, after, &format!("{tags}{after}")))
        };
        let scope = read(&[
            tagged("DescribeNetworkInterfaces", "<ipv6AddressesSet/>"),
            tagged("DescribeInstances", "<instanceState>"),
            tagged("DescribeVpcs", "<ownerId>"),
            tagged("DescribeSubnets", "<cidrBlock>"),
            tagged("DescribeNetworkAcls", "<default>"),
            tagged("DescribeSecurityGroups", "<ownerId>"),
            ("DescribeTransitGateways", 200, gateways(&[gateway("tgw-1", &tags)])),
            ("DescribeVpnConnections", 200, vpn("vpn-1", "available", &up, "", &tags)),
            ("DescribeClientVpnEndpoints", 200, client_vpn("cvpn-1", "available", "true", &tags)),
        ])
        .await;
        let expected = BTreeMap::from([
            ("Name".to_owned(), name.to_owned()),
            ("team".to_owned(), String::new()),
        ]);
        let called = |id: &str| if is_name { name.to_owned() } else { id.to_owned() };
        macro_rules! same {
            ($($listing:ident $id:literal)*) => {
                $(
                    let found = scope.$listing.items.iter().find(|one| one.id.ends_with(concat!("/", $id)));
                    let found = found.unwrap_or_else(|| panic!("{}: {:?}", $id, scope.gaps));
                    assert_eq!(found.tags.known(), Ok(&expected), $id);
                    assert_eq!(found.name, called($id), $id);
                )*
            };
        }
        same! {
            network_interfaces "eni-1"
            machines "i-1"
            networks "vpc-1"
            subnets "subnet-1"
            network_acls "acl-1"
            transit_gateways "tgw-1"
            vpn_connections "vpn-1"
            vpn_connections "cvpn-1"
        }
        // A group has a name of its own.
        let [group] = &scope.security_groups.items[..] else { panic!("{:?}", scope.gaps) };
        assert_eq!((group.tags.known(), group.name.as_str()), (Ok(&expected), "web"));
    }
    let scope = read(&[]).await;
    assert_eq!(scope.networks.items[0].name, "vpc-1");
    assert_eq!(scope.networks.items[0].tags.known(), Ok(&BTreeMap::new()));
}

#[tokio::test]
async fn what_another_account_shares_is_not_listed() {
    for (owner, own) in [
        (HOME, true),
        (STRANGER, false),
        // Not the number of an account: it may belong to this one.
        ("amazon-elb-x", true),
        ("99999999999", true),
        ("9999999999999", true),
        ("99999999999a", true),
        ("", true),
    ] {
        let owned = format!("<ownerId>{owner}</ownerId>");
        let usual = format!("<ownerId>{HOME}</ownerId>");
        let acls = but("DescribeNetworkAcls", "<default>", &format!("{owned}<default>"));
        let scope = read(&[
            ("DescribeVpcs", 200, but("DescribeVpcs", &usual, &owned)),
            (
                "DescribeSubnets",
                200,
                but("DescribeSubnets", "<cidrBlock>", &format!("{owned}<cidrBlock>")),
            ),
            ("DescribeNetworkAcls", 200, acls),
            ("DescribeSecurityGroups", 200, but("DescribeSecurityGroups", &usual, &owned)),
            ("DescribeTransitGateways", 200, gateways(&[gateway("tgw-1", &owned)])),
        ])
        .await;
        let counts = [
            scope.networks.items.len(),
            scope.subnets.items.len(),
            scope.network_acls.items.len(),
            scope.security_groups.items.len(),
            scope.transit_gateways.items.len(),
        ];
        assert_eq!(counts, [usize::from(own); 5], "{owner}");
        // It still decides what is reached.
        assert_eq!(interface(&scope, "eni-1").open_to_anyone.any().known(), Ok(&true), "{owner}");
    }
}

fn flow_log(resource: &str, status: &str, delivery: &str, traffic: &str) -> String {
    let delivery = match delivery {
        "" => String::new(),
        word => format!("<deliverLogsStatus>{word}</deliverLogsStatus>"),
    };
    format!(
        "<item><flowLogId>fl-1</flowLogId><resourceId>{resource}</resourceId><flowLogStatus>{status}</flowLogStatus>\
         {delivery}<trafficType>{traffic}</trafficType></item>"
    )
}

#[tokio::test]
async fn a_flow_log_counts_where_it_works_and_records_the_traffic() {
    let none: &[&str] = &[];
    let all = &["subnet-1"][..];
    let open = Some(Reason::Undetermined);
    // The subnets without records, and whether the network records at least what is rejected.
    for (logs, unrecorded, rejects) in [
        (flow_log("vpc-1", "ACTIVE", "SUCCESS", "ALL"), Ok(none), Ok(true)),
        (flow_log("vpc-1", "ACTIVE", "SUCCESS", "REJECT"), Ok(all), Ok(true)),
        (flow_log("vpc-1", "ACTIVE", "SUCCESS", "ACCEPT"), Ok(all), Ok(false)),
        (flow_log("subnet-1", "ACTIVE", "SUCCESS", "ALL"), Ok(none), Ok(false)),
        (flow_log("subnet-1", "ACTIVE", "SUCCESS", "REJECT"), Ok(all), Ok(false)),
        // It does not work.
        (flow_log("vpc-1", "ACTIVE", "FAILED", "ALL"), Ok(all), Ok(false)),
        (flow_log("vpc-1", "INACTIVE", "SUCCESS", "ALL"), Ok(all), Ok(false)),
        (flow_log("vpc-1", "INACTIVE", "", "ALL"), Ok(all), Ok(false)),
        (flow_log("vpc-1", "INACTIVE", "SUCCESS", "SOME"), Ok(all), Ok(false)),
        // It is not known whether it works, or what it records.
        (flow_log("vpc-1", "ACTIVE", "", "ALL"), Err(open), Err(open)),
        (flow_log("vpc-1", "ACTIVE", "SUCCESS", "SOME"), Err(open), Err(open)),
        (flow_log("vpc-1", "ACTIVE", "", "ACCEPT"), Ok(all), Ok(false)),
        (flow_log("vpc-1", "ACTIVE", "", "REJECT"), Ok(all), Err(open)),
        (flow_log("subnet-1", "ACTIVE", "", "ALL"), Err(open), Ok(false)),
        // That of something else.
        (flow_log("vpc-2", "ACTIVE", "SUCCESS", "ALL"), Ok(all), Ok(false)),
        (flow_log("eni-1", "ACTIVE", "SUCCESS", "ALL"), Ok(all), Ok(false)),
        // One of several is enough.
        (
            flow_log("vpc-1", "ACTIVE", "", "ALL") + &flow_log("vpc-1", "ACTIVE", "SUCCESS", "ALL"),
            Ok(none),
            Ok(true),
        ),
        (
            flow_log("vpc-1", "ACTIVE", "FAILED", "ALL")
                + &flow_log("subnet-1", "ACTIVE", "SUCCESS", "ALL"),
            Ok(none),
            Ok(false),
        ),
    ] {
        let list = format!("<flowLogSet>{logs}</flowLogSet>");
        let scope = read_with("DescribeFlowLogs", &list).await;
        let [network] = &scope.networks.items[..] else { panic!("{:?}", scope.gaps) };
        let found = network.unrecorded.known().cloned();
        let found = found.map_err(|_| why(&scope, &network.unrecorded));
        assert_eq!(found, unrecorded.map(texts), "{logs}");
        let found = network.rejects_recorded.known().copied();
        let found = found.map_err(|_| why(&scope, &network.rejects_recorded));
        assert_eq!(found, rejects, "{logs}");
    }
}

#[tokio::test]
async fn subnets_without_a_record_are_those_that_the_network_has() {
    let scope = read(&[("DescribeFlowLogs", 403, DENIED.to_owned())]).await;
    assert_eq!(why(&scope, &scope.networks.items[0].unrecorded), Some(Reason::Denied));
    assert_eq!(why(&scope, &scope.networks.items[0].rejects_recorded), Some(Reason::Denied));
    let scope = read(&[("DescribeSubnets", 403, DENIED.to_owned())]).await;
    assert_eq!(why(&scope, &scope.networks.items[0].unrecorded), Some(Reason::Denied));
    assert_eq!(scope.networks.items[0].rejects_recorded, Known(false));
    // A network without a subnet represents itself.
    let scope = read_with("DescribeSubnets", "<subnetSet/>").await;
    assert_eq!(scope.networks.items[0].unrecorded, Known(texts(&["vpc-1"])));
    // Not those of another network, and in the order of their names.
    let subnet = |id: &str, vpc: &str| {
        format!(
            "<item><subnetId>{id}</subnetId><vpcId>{vpc}</vpcId><mapPublicIpOnLaunch>false</mapPublicIpOnLaunch></item>"
        )
    };
    let list =
        [subnet("subnet-3", "vpc-1"), subnet("subnet-1", "vpc-1"), subnet("subnet-2", "vpc-2")];
    let first = format!("<subnetSet>{}</subnetSet>", list.concat());
    let scope = read_with("DescribeSubnets", &first).await;
    let expected = Known(texts(&["subnet-1", "subnet-3"]));
    assert_eq!(scope.networks.items[0].unrecorded, expected);
    // Those that are known lack a record, whatever else there is.
    let goes_on = body("DescribeSubnets", &format!("{first}<nextToken>more</nextToken>"));
    let mut usual = Fake::default().answer("POST /listRegions", 200, REGIONS);
    for (name, members) in answers() {
        usual = match name {
            "DescribeSubnets" => usual.answer(name, 200, goes_on.clone()).answer(name, 403, DENIED),
            name => usual.answer(name, 200, body(name, &members)),
        };
    }
    let scope = usual.collect(&everything()).await;
    assert_eq!(scope.networks.items[0].unrecorded, expected);
    assert!(!scope.subnets.is_complete() && scope.subnets.items.len() == 3);
}

fn peering(other: &str) -> String {
    format!(
        "<vpcPeeringConnectionSet><item><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><requesterVpcInfo><vpcId>vpc-7</vpcId>\
         <ownerId>222222222222</ownerId><region>eu-central-1</region>{other}</requesterVpcInfo><accepterVpcInfo><vpcId>vpc-1</vpcId>\
         <ownerId>{HOME}</ownerId><region>eu-central-1</region><cidrBlockSet><item><cidrBlock>10.0.0.0/16</cidrBlock></item>\
         </cidrBlockSet></accepterVpcInfo></item></vpcPeeringConnectionSet>"
    )
}

fn v4_blocks(all: &[&str]) -> String {
    let all: String =
        all.iter().map(|one| format!("<item><cidrBlock>{one}</cidrBlock></item>")).collect();
    format!("<cidrBlockSet>{all}</cidrBlockSet>")
}

#[tokio::test]
async fn a_route_to_a_peer_is_wide_where_it_holds_a_whole_block_of_the_peer() {
    let v6 = "<ipv6CidrBlockSet><item><ipv6CidrBlock>2600:1f00::/56</ipv6CidrBlock></item></ipv6CidrBlockSet>";
    let to = |cidr: &str| format!("<destinationCidrBlock>{cidr}</destinationCidrBlock>");
    let to6 = |cidr: &str| format!("<destinationIpv6CidrBlock>{cidr}</destinationIpv6CidrBlock>");
    let list = "<destinationPrefixListId>pl-1</destinationPrefixListId>".to_owned();
    let usual = || peering(&v4_blocks(&["10.1.0.0/16"]));
    for (destination, peerings, wide, open) in [
        (to("10.1.0.0/16"), usual(), Some("10.1.0.0/16"), None),
        (to("10.0.0.0/8"), usual(), Some("10.0.0.0/8"), None),
        (to("0.0.0.0/0"), usual(), Some("0.0.0.0/0"), None),
        (to("10.1.2.0/24"), usual(), None, None),
        (to("10.2.0.0/16"), usual(), None, None),
        // The own block is not that of the peer.
        (to("10.0.0.0/16"), usual(), None, None),
        // One of several blocks is enough.
        (
            to("10.3.0.0/16"),
            peering(&v4_blocks(&["10.1.0.0/16", "10.3.0.0/24"])),
            Some("10.3.0.0/16"),
            None,
        ),
        (to6("2600:1f00::/56"), peering(v6), Some("2600:1f00::/56"), None),
        (to6("2600:1f00::/64"), peering(v6), None, None),
        (list.clone(), usual(), Some("pl-1"), None),
        // Neither is known.
        (to("anywhere"), usual(), None, Some(Reason::Malformed)),
        (to("10.1.0.0/16"), peering(""), None, Some(Reason::Undetermined)),
        (to("10.1.0.0/16"), peering(&v4_blocks(&["here"])), None, Some(Reason::Undetermined)),
        (
            to("10.1.0.0/16"),
            "<vpcPeeringConnectionSet/>".to_owned(),
            None,
            Some(Reason::Undetermined),
        ),
        (to("10.1.0.0/16"), usual().replace("pcx-1", "pcx-2"), None, Some(Reason::Undetermined)),
    ] {
        let route = format!(
            "<item>{destination}<vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId><state>active</state></item></routeSet>"
        );
        let tables = but("DescribeRouteTables", "</routeSet>", &route);
        let scope = read(&[
            ("DescribeRouteTables", 200, tables.clone()),
            ("DescribeVpcPeeringConnections", 200, peerings),
        ])
        .await;
        let [network] = &scope.networks.items[..] else { panic!("{:?}", scope.gaps) };
        let found = network.wide_peer_routes.known().map(|found| found.certain().to_vec());
        let expected: Vec<String> =
            wide.map(|to| format!("{to} to pcx-1 in rtb-1")).into_iter().collect();
        assert_eq!(found.unwrap_or_default(), expected, "{destination}");
        let gap = match &network.wide_peer_routes {
            Known(entries) => entries.undecided(),
            other => other.gap(),
        };
        let reason = gap.and_then(|gap| scope.gap(gap)).map(|gap| gap.reason);
        assert_eq!(reason, open, "{destination}");
        // Those of another network are not its own.
        let scope = read(&[
            ("DescribeRouteTables", 200, tables.replace("<vpcId>vpc-1<", "<vpcId>vpc-2<")),
            ("DescribeVpcPeeringConnections", 200, usual()),
        ])
        .await;
        assert_eq!(scope.networks.items[0].wide_peer_routes, Known(Entries::none()));
    }
    // Without a peering there is no route to one, whatever it may be.
    let scope = read(&[]).await;
    assert_eq!(scope.networks.items[0].wide_peer_routes, Known(Entries::none()));
}

#[tokio::test]
async fn a_wide_route_by_a_list_that_is_not_known_is_open() {
    let route = "<item><destinationPrefixListId>pl-1</destinationPrefixListId><vpcPeeringConnectionId>pcx-1</vpcPeeringConnectionId>\
                 <state>active</state></item></routeSet>";
    let tables = but("DescribeRouteTables", "</routeSet>", route);
    let scope = read(&[
        ("DescribeRouteTables", 200, tables),
        ("DescribeVpcPeeringConnections", 200, peering(&v4_blocks(&["10.1.0.0/16"]))),
        ("GetManagedPrefixListEntries", 403, DENIED.to_owned()),
    ])
    .await;
    assert_eq!(why(&scope, &scope.networks.items[0].wide_peer_routes.any()), Some(Reason::Denied));
}

#[tokio::test]
async fn an_endpoint_counts_while_it_is_available_in_its_network() {
    let one = |vpc: &str, service: &str, state: &str| {
        format!(
            "<item><vpcEndpointId>vpce-1</vpcEndpointId><vpcId>{vpc}</vpcId><serviceName>{service}</serviceName>\
             <state>{state}</state></item>"
        )
    };
    for (items, expected) in [
        (String::new(), set(&[])),
        (one("vpc-1", "com.amazonaws.eu-central-1.s3", "available"), set(&["s3"])),
        (one("vpc-1", "com.amazonaws.eu-central-1.ecr.api", "Available"), set(&["ecr.api"])),
        (one("vpc-1", "com.amazonaws.eu-central-1.s3", "pending"), set(&[])),
        (one("vpc-1", "com.amazonaws.eu-central-1.s3", "deleted"), set(&[])),
        (one("vpc-2", "com.amazonaws.eu-central-1.s3", "available"), set(&[])),
        (one("vpc-1", "com.example.private", "available"), set(&["com.example.private"])),
        (
            one("vpc-1", "com.amazonaws.eu-central-1.s3", "available")
                + &one("vpc-1", "com.amazonaws.eu-central-1.ec2", "available")
                + &one("vpc-1", "com.amazonaws.eu-central-1.sqs", "failed"),
            set(&["ec2", "s3"]),
        ),
    ] {
        let list = format!("<vpcEndpointSet>{items}</vpcEndpointSet>");
        let scope = read_with("DescribeVpcEndpoints", &list).await;
        assert_eq!(scope.networks.items[0].endpoints, Known(expected), "{items}");
    }
    let scope = read(&[("DescribeVpcEndpoints", 403, DENIED.to_owned())]).await;
    assert_eq!(why(&scope, &scope.networks.items[0].endpoints), Some(Reason::Denied));
}

#[tokio::test]
async fn a_subnet_gives_addresses_as_its_setting_says() {
    for automatic in [true, false] {
        let list = but(
            "DescribeSubnets",
            "<mapPublicIpOnLaunch>false<",
            &format!("<mapPublicIpOnLaunch>{automatic}<"),
        );
        let scope = read_with("DescribeSubnets", &list).await;
        assert_eq!(scope.subnets.items[0].automatic_addresses, Known(automatic));
    }
    let list = but("DescribeSubnets", "<mapPublicIpOnLaunch>false</mapPublicIpOnLaunch>", "");
    let scope = read_with("DescribeSubnets", &list).await;
    assert!(!scope.subnets.is_complete());
}

#[tokio::test]
async fn a_network_acl_shows_its_rules_and_what_they_open() {
    let rule = |name: &str, outbound: bool, denies: bool, service: &str, end: &str| {
        let end = texts(&[end]);
        let (from, to) = if outbound { (vec![], end) } else { (end, vec![]) };
        let services = texts(&[service]);
        PacketRule {
            name: name.to_owned(),
            outbound,
            denies,
            services,
            from,
            to,
            ..PacketRule::default()
        }
    };
    let scope = read(&[]).await;
    let [acl] = &scope.network_acls.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(ids([&acl.id].into_iter()), ["acl-1"]);
    assert_eq!((&acl.is_default, &acl.attached), (&Known(true), &Known(true)));
    let all = [
        rule("rule 100", false, false, "all traffic", "0.0.0.0/0"),
        rule("rule 100", true, false, "all traffic", "0.0.0.0/0"),
        rule("rule 32767", false, true, "all traffic", "0.0.0.0/0"),
    ];
    assert_eq!(acl.filter.known().unwrap(), &all);
    let open = acl.open_to_anyone.known().unwrap();
    assert_eq!(open.certain().len(), 1);
    assert!(open.certain()[0].ends_with(" from 0.0.0.0/0: rule 100"), "{open:?}");
    // By protocol, ports and kinds of messages; one whose action is not known may do both.
    let entry = |number: i64, protocol: &str, action: &str, egress: bool, more: &str| {
        format!(
            "<item><ruleNumber>{number}</ruleNumber><protocol>{protocol}</protocol><ruleAction>{action}</ruleAction>\
             <egress>{egress}</egress>{more}</item>"
        )
    };
    let ports =
        "<portRange><from>22</from><to>23</to></portRange><cidrBlock>10.0.0.0/8</cidrBlock>";
    let icmp = "<icmpTypeCode><type>8</type><code>-1</code></icmpTypeCode><ipv6CidrBlock>::/0</ipv6CidrBlock>";
    let whole = "<cidrBlock>0.0.0.0/0</cidrBlock>";
    let entries = [
        entry(300, "6", "permit", false, whole),
        entry(200, "1", "deny", true, icmp),
        entry(100, "6", "allow", false, ports),
        entry(400, "ftp", "allow", false, whole),
        entry(500, "58", "allow", false, icmp),
    ];
    let list = format!(
        "<networkAclSet><item><networkAclId>acl-2</networkAclId><vpcId>vpc-1</vpcId><default>false</default><entrySet>{}</entrySet>\
         <associationSet/></item></networkAclSet>",
        entries.concat()
    );
    let scope = read_with("DescribeNetworkAcls", &list).await;
    let [acl] = &scope.network_acls.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!((&acl.is_default, &acl.attached), (&Known(false), &Known(false)));
    let found = acl.filter.known().unwrap();
    let names: Vec<(&str, bool, bool)> =
        found.iter().map(|one| (one.name.as_str(), one.outbound, one.denies)).collect();
    assert_eq!(
        names,
        [
            ("rule 100", false, false),
            ("rule 200", true, true),
            ("rule 300", false, false),
            ("rule 300", false, true),
            ("rule 400", false, false),
            ("rule 500", false, false),
        ]
    );
    assert_eq!(found[0], rule("rule 100", false, false, "tcp 22-23", "10.0.0.0/8"));
    assert_eq!(found[1].to, texts(&["::/0"]));
    assert!(
        found[1].services[0].starts_with("icmp") && found[1].services[0].contains('8'),
        "{found:?}"
    );
    assert!(found[5].services[0].contains('8'), "{found:?}");
    // It may allow anything of what it matches, and it may deny it.
    assert_eq!((&found[2].from, &found[3].from), (&texts(&["?"]), &texts(&["0.0.0.0/0"])));
    assert_eq!(found[4].services, texts(&["?"]));
    let scope = read(&[("DescribeNetworkAcls", 403, DENIED.to_owned())]).await;
    assert!(!scope.network_acls.is_complete() && scope.network_acls.items.is_empty());
}

fn security_group(id: &str, name: &str, inbound: &str, outbound: &str) -> String {
    format!(
        "<item><groupId>{id}</groupId><groupName>{name}</groupName><ownerId>{HOME}</ownerId><ipPermissions>{inbound}</ipPermissions>\
         <ipPermissionsEgress>{outbound}</ipPermissionsEgress></item>"
    )
}

fn permission(
    protocol: &str,
    ports: Option<(i64, i64)>,
    ranges: &str,
    ranges6: &str,
    lists: &str,
    groups: &str,
) -> String {
    let ports = ports.map(|(from, to)| format!("<fromPort>{from}</fromPort><toPort>{to}</toPort>"));
    format!(
        "<item><ipProtocol>{protocol}</ipProtocol>{}<groups>{groups}</groups><ipRanges>{ranges}</ipRanges>\
         <ipv6Ranges>{ranges6}</ipv6Ranges><prefixListIds>{lists}</prefixListIds></item>",
        ports.unwrap_or_default()
    )
}

#[tokio::test]
async fn a_list_that_only_an_outbound_rule_names_is_read() {
    let list = "<item><prefixListId>pl-7</prefixListId></item>";
    let outbound = permission("tcp", Some((443, 443)), "", "", list, "");
    let group = security_group("sg-1", "web", "", &outbound);
    let groups = format!("<securityGroupInfo>{group}</securityGroupInfo>");
    let fake = fake(&[("DescribeSecurityGroups", 200, groups)]);
    let scope = fake.collect(&everything()).await;
    let found = scope.security_groups.items[0].filter.known().unwrap();
    assert_eq!(found[0].to, texts(&["0.0.0.0/1", "128.0.0.0/1"]));
    let named = |request: &crate::fake::Request| request.body.contains("PrefixListId=pl-7");
    assert!(fake.seen().iter().any(named));
}

#[tokio::test]
async fn a_security_group_shows_its_rules_and_what_uses_it() {
    let range = |cidr: &str| format!("<item><cidrIp>{cidr}</cidrIp></item>");
    let range6 = |cidr: &str| format!("<item><cidrIpv6>{cidr}</cidrIpv6></item>");
    let (list, group) =
        ("<item><prefixListId>pl-1</prefixListId></item>", "<item><groupId>sg-9</groupId></item>");
    let inbound = [
        permission("tcp", Some((22, 22)), &range("10.0.0.0/8"), &range6("::/0"), list, group),
        permission("ftp", None, &range("10.0.0.0/8"), "", "", ""),
        permission("tcp", Some((80, 80)), "", "", "", ""),
    ];
    let outbound = permission("-1", None, &range("0.0.0.0/0"), "", "", "");
    let list = format!(
        "<securityGroupInfo>{}{}</securityGroupInfo>",
        security_group("sg-1", "web", &inbound.concat(), &outbound),
        security_group("sg-5", "default", "", "")
    );
    let scope = read_with("DescribeSecurityGroups", &list).await;
    let [web, unused] = &scope.security_groups.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!((&web.attached, &web.is_default), (&Known(true), &Known(false)));
    assert_eq!((&unused.attached, &unused.is_default), (&Known(false), &Known(true)));
    assert_eq!(unused.open_to_anyone, Known(Entries::none()));
    let rule = |outbound: bool, service: &str, from: &[&str], to: &[&str]| PacketRule {
        outbound,
        services: texts(&[service]),
        from: texts(from),
        to: texts(to),
        ..PacketRule::default()
    };
    let expected = [
        rule(
            false,
            "tcp 22",
            &["10.0.0.0/8", "::/0", "0.0.0.0/1", "128.0.0.0/1", "group sg-9"],
            &[],
        ),
        rule(false, "?", &["10.0.0.0/8"], &[]),
        rule(true, "all traffic", &[], &["0.0.0.0/0"]),
    ];
    assert_eq!(web.filter.known().unwrap(), &expected);
    let words = [
        "in: tcp 22 from 10.0.0.0/8",
        "in: tcp 22 from ::/0",
        "in: tcp 22 from pl-1",
        "in: tcp 22 from sg-9",
        "in: an unknown protocol from 10.0.0.0/8",
        "out: all traffic to 0.0.0.0/0",
    ];
    assert_eq!(web.rules, Known(texts(&words)));
    // A list that is not known is named.
    let scope = read(&[
        ("DescribeSecurityGroups", 200, list.clone()),
        ("GetManagedPrefixListEntries", 403, DENIED.to_owned()),
    ])
    .await;
    let found = scope.security_groups.items[0].filter.known().unwrap();
    assert_eq!(found[0].from, texts(&["10.0.0.0/8", "::/0", "pl-1", "group sg-9"]));
    // Where some interfaces are not known, one of them may use it.
    let scope = read(&[
        ("DescribeSecurityGroups", 200, list.clone()),
        ("DescribeNetworkInterfaces", 403, DENIED.to_owned()),
    ])
    .await;
    for group in &scope.security_groups.items {
        assert_eq!(why(&scope, &group.attached), Some(Reason::Denied), "{}", group.id);
    }
    let goes_on = members_of("DescribeNetworkInterfaces") + "<nextToken>more</nextToken>";
    let mut usual = Fake::default().answer("POST /listRegions", 200, REGIONS);
    for (name, members) in answers() {
        usual = match name {
            "DescribeSecurityGroups" => usual.answer(name, 200, body(name, &list)),
            "DescribeNetworkInterfaces" => {
                usual.answer(name, 200, body(name, &goes_on)).answer(name, 403, DENIED)
            }
            name => usual.answer(name, 200, body(name, &members)),
        };
    }
    let scope = usual.collect(&everything()).await;
    let [web, unused] = &scope.security_groups.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(web.attached, Known(true));
    assert_eq!(why(&scope, &unused.attached), Some(Reason::Denied));
}

fn exclusion(of: &str, mode: &str, state: &str) -> String {
    format!(
        "<vpcBlockPublicAccessExclusionSet><item><resourceArn>arn:aws:ec2:eu-central-1:{HOME}:{of}</resourceArn>\
         <internetGatewayExclusionMode>{mode}</internetGatewayExclusionMode><state>{state}</state></item>\
         </vpcBlockPublicAccessExclusionSet>"
    )
}

#[tokio::test]
async fn a_block_shows_its_mode_and_decides_what_is_open() {
    let undetermined = Err(Some(Reason::Undetermined));
    // Whether it blocks, and whether something is open behind it.
    for (options, blocks, open) in [
        (block("off"), Ok(false), Some(true)),
        (block("block-ingress"), Ok(true), Some(false)),
        (block("block-bidirectional"), Ok(true), Some(false)),
        (block("off").replace("update-complete", "default-state"), Ok(false), Some(true)),
        (block("block-ingress").replace("update-complete", "default-state"), Ok(true), Some(false)),
        (block("block-sometimes"), undetermined, None),
        (
            block("block-ingress").replace("update-complete", "update-in-progress"),
            undetermined,
            None,
        ),
        (block("block-ingress").replace("update-complete", "lost"), undetermined, None),
    ] {
        let scope = read_with("DescribeVpcBlockPublicAccessOptions", &options).await;
        let [found] = &scope.internet_blocks.items[..] else { panic!("{:?}", scope.gaps) };
        let mode = found.blocks_ingress.known().copied();
        assert_eq!(mode.map_err(|_| why(&scope, &found.blocks_ingress)), blocks, "{options}");
        assert_eq!(found.excluded, Known(BTreeSet::new()), "{options}");
        let any = interface(&scope, "eni-1").open_to_anyone.any();
        assert_eq!(any.known().ok().copied(), open, "{options}");
    }
    let scope = read(&[("DescribeVpcBlockPublicAccessOptions", 403, DENIED.to_owned())]).await;
    let [found] = &scope.internet_blocks.items[..] else { panic!("{:?}", scope.gaps) };
    assert_eq!(why(&scope, &found.blocks_ingress), Some(Reason::Denied));
}

#[tokio::test]
async fn an_exclusion_from_a_block_counts_by_its_mode_and_its_state() {
    let none: &[&str] = &[];
    let (network, subnet) = (&["vpc-1"][..], &["subnet-1"][..]);
    let (both, egress) = ("allow-bidirectional", "allow-egress");
    for (list, excluded, open) in [
        (exclusion("vpc/vpc-1", both, "create-complete"), network, Some(true)),
        (exclusion("vpc/vpc-1", both, "update-complete"), network, Some(true)),
        (exclusion("subnet/subnet-1", both, "create-complete"), subnet, Some(true)),
        (exclusion("vpc/vpc-1", egress, "create-complete"), network, Some(false)),
        (exclusion("vpc/vpc-2", both, "create-complete"), &["vpc-2"][..], Some(false)),
        (exclusion("vpc/vpc-1", both, "create-failed"), none, Some(false)),
        (exclusion("vpc/vpc-1", both, "delete-complete"), none, Some(false)),
        (exclusion("vpc/vpc-1", both, "disable-complete"), none, Some(false)),
        // Whether it holds is not known.
        (exclusion("vpc/vpc-1", both, "create-in-progress"), network, None),
        (exclusion("vpc/vpc-1", both, "update-in-progress"), network, None),
        (exclusion("vpc/vpc-1", egress, "update-failed"), network, None),
        (exclusion("vpc/vpc-1", both, "delete-in-progress"), network, None),
        (exclusion("vpc/vpc-1", both, "disable-in-progress"), network, None),
        (exclusion("vpc/vpc-1", both, "resting"), network, None),
        (exclusion("vpc/vpc-1", "allow-some", "create-complete"), network, None),
    ] {
        let scope = read(&[
            ("DescribeVpcBlockPublicAccessOptions", 200, block("block-ingress")),
            ("DescribeVpcBlockPublicAccessExclusions", 200, list.clone()),
        ])
        .await;
        let [found] = &scope.internet_blocks.items[..] else { panic!("{:?}", scope.gaps) };
        assert_eq!(found.excluded, Known(set(excluded)), "{list}");
        let any = interface(&scope, "eni-1").open_to_anyone.any();
        assert_eq!(any.known().ok().copied(), open, "{list}");
    }
    let scope = read(&[
        ("DescribeVpcBlockPublicAccessOptions", 200, block("block-ingress")),
        ("DescribeVpcBlockPublicAccessExclusions", 403, DENIED.to_owned()),
    ])
    .await;
    assert_eq!(why(&scope, &scope.internet_blocks.items[0].excluded), Some(Reason::Denied));
    assert_eq!(why(&scope, &interface(&scope, "eni-1").open_to_anyone.any()), Some(Reason::Denied));
}

#[tokio::test]
async fn a_transit_gateway_shows_whether_it_accepts_by_itself() {
    let disable = "<autoAcceptSharedAttachments>disable<";
    let with =
        |word: &str| gateway("tgw-1", "").replace(disable, &disable.replace("disable", word));
    for (one, expected) in [
        (with("enable"), Ok(true)),
        (with("disable"), Ok(false)),
        (with("sometimes"), Err(Some(Reason::Malformed))),
    ] {
        let scope = read_with("DescribeTransitGateways", &gateways(&[one])).await;
        let [found] = &scope.transit_gateways.items[..] else { panic!("{:?}", scope.gaps) };
        let accepts = found.accepts_automatically.known().copied();
        assert_eq!(accepts.map_err(|_| why(&scope, &found.accepts_automatically)), expected);
    }
    // Neither one that is gone nor one of another account.
    let list = gateways(&[
        gateway("tgw-1", ""),
        gateway("tgw-2", "").replace("available", "deleted"),
        gateway("tgw-3", &format!("<ownerId>{STRANGER}</ownerId>")),
        gateway("tgw-4", &format!("<ownerId>{HOME}</ownerId>")).replace("available", "deleted"),
        gateway("tgw-5", &format!("<ownerId>{HOME}</ownerId>")).replace("available", "modifying"),
        gateway("tgw-6", &format!("<ownerId>{STRANGER}</ownerId>")).replace("available", "deleted"),
    ]);
    let scope = read_with("DescribeTransitGateways", &list).await;
    let found = ids(scope.transit_gateways.items.iter().map(|one| &one.id));
    assert_eq!(found, ["tgw-1", "tgw-5"]);
    let scope = read(&[("DescribeTransitGateways", 403, DENIED.to_owned())]).await;
    assert!(!scope.transit_gateways.is_complete());
}

#[tokio::test]
async fn a_site_to_site_vpn_shows_the_tunnels_that_are_down_and_not_logged() {
    let (one, other) = ("1.1.1.1", "1.1.1.2");
    let undetermined = || Err(Some(Reason::Undetermined));
    let up = || tunnel(one, "UP") + &tunnel(other, "UP");
    let logged = || option(one, "true") + &option(other, "true");
    for (telemetry, options, down, unlogged) in [
        (up(), logged(), Ok(set(&[])), Ok(set(&[]))),
        (tunnel(one, "UP") + &tunnel(other, "DOWN"), logged(), Ok(set(&[other])), Ok(set(&[]))),
        (
            tunnel(one, "DOWN") + &tunnel(other, "DOWN"),
            logged(),
            Ok(set(&[one, other])),
            Ok(set(&[])),
        ),
        // One that is down is, whatever the other one is.
        (tunnel(one, "DOWN") + &tunnel(other, "RESTING"), logged(), Ok(set(&[one])), Ok(set(&[]))),
        (tunnel(one, "DOWN"), logged(), Ok(set(&[one])), Ok(set(&[]))),
        // There are two.
        (tunnel(one, "UP") + &tunnel(other, "RESTING"), logged(), undetermined(), Ok(set(&[]))),
        (tunnel(one, "UP"), logged(), undetermined(), Ok(set(&[]))),
        (String::new(), logged(), undetermined(), Ok(set(&[]))),
        (up(), option(one, "true") + &option(other, "false"), Ok(set(&[])), Ok(set(&[other]))),
        (up(), option(one, "true") + &option(other, ""), Ok(set(&[])), Ok(set(&[other]))),
        (up(), option(one, "false"), Ok(set(&[])), Ok(set(&[one]))),
        (up(), option(one, "true"), Ok(set(&[])), undetermined()),
        (up(), String::new(), Ok(set(&[])), undetermined()),
    ] {
        let list = vpn("vpn-1", "available", &telemetry, &options, "");
        let scope = read_with("DescribeVpnConnections", &list).await;
        let [found] = &scope.vpn_connections.items[..] else { panic!("{:?}", scope.gaps) };
        assert_eq!(found.for_clients, Known(false));
        let is =
            |fact: &Fact<BTreeSet<String>>| fact.known().cloned().map_err(|_| why(&scope, fact));
        assert_eq!(is(&found.tunnels_down), down, "{telemetry}");
        assert_eq!(is(&found.unlogged), unlogged, "{options}");
    }
}

#[tokio::test]
async fn a_vpn_is_listed_until_it_is_deleted() {
    for (state, listed) in [("available", 1), ("pending", 1), ("deleting", 1), ("deleted", 0)] {
        let list = vpn("vpn-1", state, "", "", "");
        let scope = read_with("DescribeVpnConnections", &list).await;
        assert_eq!(scope.vpn_connections.items.len(), listed, "{state}");
        assert!(scope.vpn_connections.is_complete(), "{state}");
        let list = client_vpn("cvpn-1", state, "true", "");
        let scope = read_with("DescribeClientVpnEndpoints", &list).await;
        assert_eq!(scope.vpn_connections.items.len(), listed, "{state}");
        assert!(scope.vpn_connections.is_complete(), "{state}");
    }
    for operation in ["DescribeVpnConnections", "DescribeClientVpnEndpoints"] {
        let scope = read(&[(operation, 403, DENIED.to_owned())]).await;
        assert!(!scope.vpn_connections.is_complete(), "{operation}");
    }
}

#[tokio::test]
async fn a_client_vpn_shows_whether_its_connections_are_logged() {
    for (enabled, unlogged) in [("true", set(&[])), ("false", set(&["cvpn-1"]))] {
        let list = client_vpn("cvpn-1", "available", enabled, "");
        let scope = read_with("DescribeClientVpnEndpoints", &list).await;
        let [found] = &scope.vpn_connections.items[..] else { panic!("{:?}", scope.gaps) };
        assert_eq!(found.for_clients, Known(true));
        assert_eq!(found.tunnels_down, Known(BTreeSet::new()));
        assert_eq!(found.unlogged, Known(unlogged));
    }
}

#[tokio::test]
async fn a_machine_is_as_open_as_its_interfaces_and_as_unknown_for_the_same_reason() {
    let scope = read(&[("DescribeRouteTables", 403, DENIED.to_owned())]).await;
    let one = machine(&scope);
    assert_eq!(why(&scope, &one.open_to_anyone.any()), Some(Reason::Denied));
    assert!(!one.open_to_anyone.is_not_collected());
    // What is not wanted of it was not collected.
    let scope = fake(&[]).collect(&Wanted::of(&[Machine::IDENTITIES], &[])).await;
    assert!(machine(&scope).open_to_anyone.is_not_collected());
    // What is certain of one interface is, whatever holds for the other.
    let two = but(
        "DescribeInstances",
        "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item>",
        "<networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId></item>\
         <item><networkInterfaceId>eni-8</networkInterfaceId></item>",
    );
    let scope = read_with("DescribeInstances", &two).await;
    let found = machine(&scope).open_to_anyone.known().unwrap();
    assert_eq!((found.certain().len(), found.undecided().is_some()), (1, true));
    assert_eq!(why(&scope, &machine(&scope).addresses), Some(Reason::Undetermined));
}
