//! What reaches interfaces: routes, subnets, ACLs and what is attached, as EC2 writes them.

use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::network::{Hop, PrivateRoute};
use posture_model::scope::Scope;

use super::tests::{DENIED, PATH, REGIONS, answers, body, interface, wanted};
use crate::fake::Fake;

/// The answers of a region, of which a test changes some.
struct Region(Vec<(&'static str, String)>);

impl Region {
    fn new() -> Self {
        Self(answers())
    }

    fn with(mut self, operation: &str, members: &str) -> Self {
        self.of(operation).clear();
        self.of(operation).push_str(members);
        self
    }

    /// With another text in the place of one of its own.
    fn but(mut self, operation: &str, from: &str, to: &str) -> Self {
        let members = self.of(operation);
        assert!(members.contains(from), "{operation} lacks {from}");
        *members = members.replace(from, to);
        self
    }

    /// With one more interface.
    fn and(self, interface: &str) -> Self {
        let end = "</networkInterfaceSet>";
        self.but("DescribeNetworkInterfaces", end, &format!("{interface}{end}"))
    }

    fn of(&mut self, operation: &str) -> &mut String {
        &mut self.0.iter_mut().find(|(name, _)| *name == operation).unwrap().1
    }

    async fn read(&self) -> Scope {
        self.read_without("").await
    }

    async fn read_without(&self, operation: &str) -> Scope {
        let mut fake = Fake::default().answer("POST /listRegions", 200, REGIONS);
        for (name, members) in &self.0 {
            fake = match *name == operation {
                true => fake.answer(name, 403, DENIED),
                false => fake.answer(name, 200, body(name, members)),
            };
        }
        fake.collect(&wanted()).await
    }
}

/// Whether an interface is open to anyone; nothing where that is not known.
fn open(scope: &Scope, id: &str) -> Option<bool> {
    interface(scope, id).open_to_anyone.any().known().ok().copied()
}

fn why<T>(scope: &Scope, fact: &Fact<T>) -> Option<Reason> {
    fact.gap().and_then(|gap| scope.gap(gap)).map(|gap| gap.reason)
}

fn path(scope: &Scope) -> String {
    interface(scope, "eni-1").open_to_anyone.known().unwrap().certain().concat()
}

fn eni(id: &str, kind: &str, description: &str, groups: &str, more: &str) -> String {
    format!(
        "<item><networkInterfaceId>{id}</networkInterfaceId><subnetId>subnet-1</subnetId><vpcId>vpc-1</vpcId>\
         <description>{description}</description><status>in-use</status><interfaceType>{kind}</interfaceType>\
         <groupSet>{groups}</groupSet><ipv6AddressesSet/>{more}</item>"
    )
}

fn address(own: &str, public: &str) -> String {
    let association = match public {
        "" => String::new(),
        public => format!("<association><publicIp>{public}</publicIp></association>"),
    };
    format!(
        "<privateIpAddressesSet><item><privateIpAddress>{own}</privateIpAddress>{association}</item></privateIpAddressesSet>"
    )
}

const GROUP: &str = "<item><groupId>sg-1</groupId></item>";
const DEFAULT: &str =
    "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>igw-1</gatewayId>";

#[tokio::test]
async fn only_a_route_by_an_internet_gateway_certainly_leads_to_the_internet() {
    let to = "<destinationCidrBlock>0.0.0.0/0</destinationCidrBlock>";
    let list = "<destinationPrefixListId>pl-1</destinationPrefixListId>";
    let gateway = |id: &str| format!("<gatewayId>{id}</gatewayId>");
    for (destination, target, state, expected) in [
        (to, gateway("igw-2"), "active", Some(true)),
        (list, gateway("igw-2"), "active", Some(true)),
        // To other places than the internet, or from within only.
        (to, gateway("vgw-1"), "active", Some(false)),
        (to, gateway("local"), "active", Some(false)),
        (to, "<natGatewayId>nat-1</natGatewayId>".to_owned(), "active", Some(false)),
        (to, "<transitGatewayId>tgw-1</transitGatewayId>".to_owned(), "active", Some(false)),
        (
            to,
            "<egressOnlyInternetGatewayId>eigw-1</egressOnlyInternetGatewayId>".to_owned(),
            "active",
            Some(false),
        ),
        // An endpoint of a service is reached by a list, that of an appliance by prefixes.
        (list, gateway("vpce-1"), "active", Some(false)),
        (to, gateway("vpce-1"), "active", None),
        // What may pass it on.
        (to, gateway("lgw-1"), "active", None),
        (list, gateway("lgw-1"), "active", None),
        (to, "<networkInterfaceId>eni-7</networkInterfaceId>".to_owned(), "active", None),
        (to, "<carrierGatewayId>cagw-1</carrierGatewayId>".to_owned(), "active", None),
        // A route that drops what it matches, and one of which it is not known.
        (to, gateway("igw-2"), "blackhole", Some(false)),
        (to, gateway("igw-2"), "filtered", None),
        (to, gateway("igw-2"), "resting", None),
    ] {
        let region = Region::new().but(
            "DescribeRouteTables",
            &format!("{DEFAULT}<state>active<"),
            &format!("{destination}{target}<state>{state}<"),
        );
        let scope = region.read().await;
        assert_eq!(open(&scope, "eni-1"), expected, "{destination} {target} {state}");
    }
    // A list of which nothing is known may hold every address.
    let region = Region::new().but(
        "DescribeRouteTables",
        DEFAULT,
        &format!("{list}<gatewayId>igw-1</gatewayId>"),
    );
    let scope = region.read_without("GetManagedPrefixListEntries").await;
    assert_eq!(open(&scope, "eni-1"), None);
    // A destination that is not a prefix may be any.
    let region = Region::new().but("DescribeRouteTables", "0.0.0.0/0", "everywhere");
    assert_eq!(open(&region.read().await, "eni-1"), None);
}

#[tokio::test]
async fn a_subnet_has_the_route_table_that_is_associated_with_it() {
    let other = |subnet: &str, state: &str, gateway: &str| {
        format!(
            "<item><routeTableId>rtb-2</routeTableId><vpcId>vpc-1</vpcId><routeSet><item>\
             <destinationCidrBlock>0.0.0.0/0</destinationCidrBlock><gatewayId>{gateway}</gatewayId><state>active</state></item></routeSet>\
             <associationSet><item><main>false</main><subnetId>{subnet}</subnetId><associationState><state>{state}</state>\
             </associationState></item></associationSet></item></routeTableSet>"
        )
    };
    // Where the main table leads, what the other one holds, and whether the interface is open.
    for (main, subnet, state, gateway, expected) in [
        ("vgw-1", "subnet-1", "associated", "igw-2", Some(true)),
        ("igw-1", "subnet-1", "associated", "vgw-2", Some(false)),
        ("vgw-1", "subnet-9", "associated", "igw-2", Some(false)),
        ("igw-1", "subnet-9", "associated", "vgw-2", Some(true)),
        // It holds until it is gone.
        ("vgw-1", "subnet-1", "associating", "igw-2", Some(true)),
        ("vgw-1", "subnet-1", "disassociating", "igw-2", Some(true)),
        ("vgw-1", "subnet-1", "disassociated", "igw-2", Some(false)),
        ("vgw-1", "subnet-1", "failed", "igw-2", Some(false)),
        ("igw-1", "subnet-1", "disassociated", "vgw-2", Some(true)),
    ] {
        let region = Region::new()
            .but("DescribeRouteTables", "<gatewayId>igw-1<", &format!("<gatewayId>{main}<"))
            .but("DescribeRouteTables", "</routeTableSet>", &other(subnet, state, gateway));
        let scope = region.read().await;
        assert_eq!(open(&scope, "eni-1"), expected, "{main} {subnet} {state} {gateway}");
    }
    // The main table of another network is not its own.
    let region = Region::new().but("DescribeRouteTables", "<vpcId>vpc-1<", "<vpcId>vpc-2<");
    assert_eq!(open(&region.read().await, "eni-1"), None);
    let region = Region::new().but("DescribeRouteTables", "<main>true<", "<main>false<");
    assert_eq!(open(&region.read().await, "eni-1"), None);
}

/// A region with an interface that has an address by IPv6, and everything open.
fn v6(own: &str, attribute: &str, denies: &str) -> Region {
    let attribute = match attribute {
        "" => String::new(),
        word => format!("<ipv6AddressAttribute>{word}</ipv6AddressAttribute>"),
    };
    let block = format!(
        "<ipv6CidrBlockAssociationSet><item><ipv6CidrBlock>2600:1f00::/64</ipv6CidrBlock>{attribute}</item>\
         <item><ipv6CidrBlock>2600:1f00:0:9::/64</ipv6CidrBlock><ipv6AddressAttribute>public</ipv6AddressAttribute></item>\
         </ipv6CidrBlockAssociationSet>"
    );
    let entry = |number: u32, egress: bool| {
        format!(
            "<item><ruleNumber>{number}</ruleNumber><protocol>-1</protocol><ruleAction>allow</ruleAction>\
             <egress>{egress}</egress><ipv6CidrBlock>::/0</ipv6CidrBlock></item>"
        )
    };
    let entries = format!("{}{}</entrySet>", entry(101, false), entry(101, true));
    let route = "<item><destinationIpv6CidrBlock>::/0</destinationIpv6CidrBlock><gatewayId>igw-1</gatewayId>\
                 <state>active</state></item></routeSet>";
    let one = eni("eni-6", "interface", "", GROUP, &format!("{}{denies}", address("10.0.0.6", "")));
    let addresses = format!(
        "<ipv6AddressesSet><item><ipv6Address>{own}</ipv6Address></item></ipv6AddressesSet>"
    );
    Region::new()
        .but("DescribeSubnets", "<cidrBlock>", &format!("{block}<cidrBlock>"))
        .but("DescribeNetworkAcls", "</entrySet>", &entries)
        .but("DescribeRouteTables", "</routeSet>", route)
        .but(
            "DescribeSecurityGroups",
            "<ipv6Ranges/>",
            "<ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>",
        )
        .and(&one.replace("<ipv6AddressesSet/>", &addresses))
}

#[tokio::test]
async fn an_address_by_ipv6_is_open_where_its_prefix_is_announced() {
    let own = "2600:1f00::6";
    for (address, attribute, denies, expected) in [
        (own, "public", "", Some(true)),
        (own, "", "", Some(true)),
        (own, "private", "", Some(false)),
        (own, "odd", "", Some(true)),
        // That of another block of the subnet.
        ("2600:1f00:0:9::6", "private", "", Some(true)),
        // It is closed to gateways.
        (own, "public", "<denyAllIgwTraffic>true</denyAllIgwTraffic>", Some(false)),
        (own, "public", "<denyAllIgwTraffic>false</denyAllIgwTraffic>", Some(true)),
        // Not of the internet.
        ("fd00::6", "public", "", Some(false)),
        ("six", "public", "", None),
    ] {
        let scope = v6(address, attribute, denies).read().await;
        assert_eq!(open(&scope, "eni-6"), expected, "{address} {attribute} {denies}");
    }
    let scope = v6(own, "public", "").read().await;
    let found = interface(&scope, "eni-6");
    assert_eq!(found.addresses, Known(vec![own.to_owned()]));
    let entries = found.open_to_anyone.known().unwrap();
    assert_eq!(entries.certain().len(), 1);
    assert!(
        entries.certain()[0].starts_with(
            "tcp 22 from ::/0: address 2600:1f00::6 → route ::/0 of rtb-1 to igw-1 → "
        ),
        "{entries:?}"
    );
}

#[tokio::test]
async fn an_interface_is_open_by_what_its_status_and_addresses_say() {
    let public = "<association><publicIp>203.0.113.7</publicIp></association>";
    let carrier = "<association><carrierIp>203.0.113.7</carrierIp></association>";
    for (from, to, expected) in [
        ("<status>in-use<", "<status>in-use<", Some(true)),
        ("<status>in-use<", "<status>attaching<", Some(true)),
        ("<status>in-use<", "<status>detaching<", Some(true)),
        ("<status>in-use<", "<status>associated<", Some(true)),
        ("<status>in-use<", "<status>available<", Some(false)),
        // What lets traffic in does so whatever the status is; nothing is closed by one that is not known.
        ("<status>in-use<", "<status>resting<", Some(true)),
        (public, "", Some(false)),
        (public, carrier, None),
        ("203.0.113.7", "here", None),
    ] {
        let scope = Region::new().but("DescribeNetworkInterfaces", from, to).read().await;
        assert_eq!(open(&scope, "eni-1"), expected, "{to}");
        let closed = (!to.contains("resting")).then_some(false);
        assert_eq!(open(&scope, "eni-2"), closed, "{to}");
    }
}

#[tokio::test]
async fn the_last_step_of_a_path_is_the_machine_else_the_description() {
    let attachment = "<attachment><instanceId>i-1</instanceId></attachment>";
    let named = |region: Region| {
        region.but(
            "DescribeNetworkInterfaces",
            "<description/>",
            "<description>Primary network interface</description>",
        )
    };
    let loose = || Region::new().but("DescribeNetworkInterfaces", attachment, "");
    let nameless = |region: Region| region.with("DescribeInstances", "<reservationSet/>");
    for (region, end) in [
        (Region::new(), " → interface eni-1 → instance i-1"),
        (named(Region::new()), " → interface eni-1 → instance i-1"),
        // The list of machines names it as well.
        (loose(), " → interface eni-1 → instance i-1"),
        (named(loose()), " → interface eni-1 → instance i-1"),
        (nameless(loose()), " → interface eni-1"),
        (named(nameless(loose())), " → interface eni-1 → Primary network interface"),
    ] {
        let scope = region.read().await;
        assert!(path(&scope).ends_with(end), "{}", path(&scope));
    }
}

#[tokio::test]
async fn a_nat_gateway_lets_nothing_in_and_leads_nothing_on() {
    let edge = eni("eni-7", "interface", "CloudFront managed ENI", GROUP, &address("10.0.0.7", ""));
    for (kind, groups, expected) in [
        ("natGateway", "", Some(false)),
        ("nat_gateway", "", Some(false)),
        ("natGateway", GROUP, Some(false)),
        // Without a group nothing is filtered.
        ("interface", "", Some(true)),
    ] {
        let one = eni("eni-9", kind, "", groups, &address("10.0.0.9", "203.0.113.9"));
        let scope = Region::new().and(&one).read().await;
        assert_eq!(open(&scope, "eni-9"), expected, "{kind}");
        // What a distribution leads into the network is not for it.
        let scope = Region::new().and(&one).and(&edge).read().await;
        assert_eq!(open(&scope, "eni-9"), expected, "{kind}");
        assert_eq!(open(&scope, "eni-2"), None, "{kind}");
        let filters = why(&scope, &interface(&scope, "eni-9").filters);
        let is_nat = kind != "interface";
        assert_eq!(filters, is_nat.then_some(Reason::Undetermined), "{kind}");
    }
}

#[tokio::test]
async fn what_an_accelerator_leads_to_is_open_in_its_subnet() {
    let accelerator = |subnet: &str| {
        let one = eni("eni-7", "global_accelerator_managed", "", "", &address("10.0.0.7", ""));
        one.replace("subnet-1", subnet)
    };
    let machine = "<reservationSet><item><instancesSet><item><instanceId>i-2</instanceId><instanceState><name>running</name>\
                   </instanceState><networkInterfaceSet><item><networkInterfaceId>eni-2</networkInterfaceId></item></networkInterfaceSet>\
                   </item></instancesSet></item></reservationSet>";
    let attached = |region: Region| {
        let own = "<privateIpAddressesSet><item><privateIpAddress>10.0.0.8<";
        region.but(
            "DescribeNetworkInterfaces",
            own,
            &format!("<attachment><instanceId>i-2</instanceId></attachment>{own}"),
        )
    };
    let with = |subnet: &str| Region::new().and(&accelerator(subnet));
    for (what, region, expected) in [
        ("no machine", with("subnet-1"), Some(false)),
        ("by the list of machines", with("subnet-1").with("DescribeInstances", machine), None),
        ("by its attachment", attached(with("subnet-1")), None),
        ("no accelerator", attached(Region::new()), Some(false)),
        ("another subnet", attached(with("subnet-9")), Some(false)),
        (
            "no group lets it in",
            attached(with("subnet-1")).but(
                "DescribeSecurityGroups",
                "<cidrIp>0.0.0.0/0<",
                "<cidrIp>10.0.0.0/8<",
            ),
            Some(false),
        ),
    ] {
        assert_eq!(open(&region.read().await, "eni-2"), expected, "{what}");
    }
}

#[tokio::test]
async fn a_balancer_that_no_list_holds_leaves_open_what_it_may_lead_to() {
    for (kind, description, expected) in [
        ("network_load_balancer", "", None),
        ("load_balancer", "", None),
        ("interface", "ELB app/shop/1", None),
        // What it passes on was led to it by routes.
        ("gateway_load_balancer", "", Some(false)),
        ("interface", "my ELB app/shop/1", Some(false)),
    ] {
        let one = eni("eni-9", kind, description, GROUP, &address("10.0.0.9", "203.0.113.9"));
        let scope = Region::new().and(&one).read().await;
        assert_eq!(open(&scope, "eni-2"), expected, "{kind} {description}");
        // Who answers at a balancer is not known, either.
        let own =
            if kind == "interface" && description.starts_with("my") { Some(true) } else { None };
        assert_eq!(open(&scope, "eni-9"), own, "{kind} {description}");
    }
}

fn private_routes(scope: &Scope) -> &Fact<Vec<PrivateRoute>> {
    &interface(scope, "eni-1").routes
}

#[tokio::test]
async fn as_many_routes_are_kept_as_a_table_has_up_to_a_limit() {
    let list = "<destinationPrefixListId>pl-1</destinationPrefixListId>";
    let gateway = "<gatewayId>igw-1</gatewayId><state>active</state>";
    // The table has two routes without these; the list holds two prefixes.
    for (more, with_list, kept) in [
        (0, false, Some(2)),
        (97, false, Some(99)),
        (98, false, Some(100)),
        (99, false, None),
        (96, true, Some(100)),
        (97, true, None),
        (150, false, None),
    ] {
        let route = |number: i32| {
            format!(
                "<item><destinationCidrBlock>10.1.{number}.0/24</destinationCidrBlock>{gateway}</item>"
            )
        };
        let mut routes: String = (0..more).map(route).collect();
        if with_list {
            routes += &format!("<item>{list}{gateway}</item>");
        }
        let region = Region::new().but(
            "DescribeRouteTables",
            "</routeSet>",
            &format!("{routes}</routeSet>"),
        );
        let scope = region.read().await;
        match kept {
            Some(kept) => assert_eq!(private_routes(&scope).known().unwrap().len(), kept, "{more}"),
            None => assert_eq!(
                why(&scope, private_routes(&scope)),
                Some(Reason::Undetermined),
                "{more}"
            ),
        }
    }
}

#[tokio::test]
async fn a_route_by_a_list_is_one_for_each_of_its_prefixes() {
    let route = |gateway: &str| {
        let one = format!(
            "<item><destinationPrefixListId>pl-1</destinationPrefixListId><gatewayId>{gateway}</gatewayId><state>active</state></item>\
             </routeSet>"
        );
        Region::new().but("DescribeRouteTables", "</routeSet>", &one)
    };
    let to = |to: &str, hop: Hop| PrivateRoute { to: to.to_owned(), hop };
    let usual = || vec![to("10.0.0.0/16", Hop::Local), to("0.0.0.0/0", Hop::Internet)];
    let with = |more: &[&str]| {
        let more = more.iter().map(|one| to(one, Hop::Internet));
        usual().into_iter().chain(more).collect::<Vec<_>>()
    };
    let scope = route("igw-1").read().await;
    assert_eq!(private_routes(&scope), &Known(with(&["0.0.0.0/1", "128.0.0.0/1"])));
    let scope = route("igw-1").read_without("GetManagedPrefixListEntries").await;
    assert_eq!(private_routes(&scope), &Known(with(&["pl-1"])));
    // An endpoint of a service is reached by the public addresses of the service.
    assert_eq!(private_routes(&route("vpce-1").read().await), &Known(usual()));
    // By a prefix it leads to an appliance.
    let region =
        Region::new().but("DescribeRouteTables", "<gatewayId>igw-1<", "<gatewayId>vpce-1<");
    let mut expected = usual();
    expected[1].hop = Hop::Other("vpce-1".to_owned());
    assert_eq!(private_routes(&region.read().await), &Known(expected));
}

#[tokio::test]
async fn a_route_leads_where_its_target_says() {
    for (target, state, expected) in [
        ("<gatewayId>igw-9</gatewayId>", "active", Hop::Internet),
        ("<gatewayId>local</gatewayId>", "active", Hop::Local),
        ("<gatewayId>vgw-9</gatewayId>", "active", Hop::Other("vgw-9".to_owned())),
        ("<natGatewayId>nat-9</natGatewayId>", "active", Hop::Other("nat-9".to_owned())),
        ("<gatewayId>igw-9</gatewayId>", "blackhole", Hop::Nowhere),
        ("<gatewayId>igw-9</gatewayId>", "filtered", Hop::Other("an unknown place".to_owned())),
        (
            "<carrierGatewayId>cagw-9</carrierGatewayId>",
            "active",
            Hop::Other("an unknown target".to_owned()),
        ),
    ] {
        let region = Region::new().but(
            "DescribeRouteTables",
            "<gatewayId>igw-1</gatewayId><state>active<",
            &format!("{target}<state>{state}<"),
        );
        let scope = region.read().await;
        let routes = private_routes(&scope).known().unwrap();
        assert_eq!(routes[1].hop, expected, "{target} {state}");
    }
}

#[tokio::test]
async fn private_addresses_are_those_of_what_is_attached() {
    let two =
        "<ipv6AddressesSet><item><ipv6Address>2600:1f00::7</ipv6Address></item></ipv6AddressesSet>";
    let texts = |all: &[&str]| Ok(all.iter().map(ToString::to_string).collect::<Vec<_>>());
    for (from, to, expected) in [
        ("<status>in-use<", "<status>in-use<", texts(&["10.0.0.7"])),
        ("<ipv6AddressesSet/>", two, texts(&["10.0.0.7", "2600:1f00::7"])),
        ("<status>in-use<", "<status>attaching<", texts(&["10.0.0.7"])),
        ("<status>in-use<", "<status>available<", texts(&[])),
        ("<status>in-use<", "<status>resting<", Err(Some(Reason::Undetermined))),
    ] {
        let scope = Region::new().but("DescribeNetworkInterfaces", from, to).read().await;
        let fact = &interface(&scope, "eni-1").private_addresses;
        assert_eq!(fact.known().cloned().map_err(|_| why(&scope, fact)), expected, "{to}");
    }
}

#[tokio::test]
async fn the_whole_path_does_not_change_with_what_is_beside_it() {
    let beside = eni("eni-5", "interface", "", GROUP, &address("10.0.0.5", ""));
    let scope = Region::new().and(&beside).read().await;
    assert_eq!(path(&scope), PATH);
    assert_eq!(open(&scope, "eni-5"), Some(false));
}
