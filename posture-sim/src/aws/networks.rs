//! Networks of any size, for tests of scale: some of what is in them is reached from the internet.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::generate::Size;
use super::world::Item;
use crate::pace::Dice;

/// What an account lists of its networks, spread over its regions: each has one VPC, with a public and a private subnet.
pub(super) fn lists(
    size: Size,
    account: &str,
    regions: &[&str],
    dice: &Dice,
) -> BTreeMap<String, Vec<Item>> {
    let mut all: BTreeMap<String, Vec<Item>> = BTreeMap::new();
    if size.interfaces == 0 {
        return all;
    }
    let mut add = |action: &str, region: &str, body: Value| {
        let Value::Object(body) = body else { return };
        let item = Item { region: Some(region.to_owned()), body };
        let name = match action.contains(':') {
            true => action.to_owned(),
            false => format!("ec2:{action}"),
        };
        all.entry(name).or_default().push(item);
    };
    for region in regions {
        network(account, region, &mut add);
    }
    let of = |n: usize| regions[n % regions.len()];
    for n in 0..size.groups {
        let open = dice.roll() < 0.05;
        let cidr = if open { "0.0.0.0/0".to_owned() } else { format!("10.0.{}.0/24", n % 250) };
        add("DescribeSecurityGroups", of(n), group(account, of(n), n, 22 + n % 8_000, &cidr));
    }
    for n in 0..size.acls {
        add("DescribeNetworkAcls", of(n), acl(account, &format!("acl-{n}"), of(n), &[]));
    }
    for n in 0..size.interfaces {
        let instance = (n < size.instances).then(|| format!("i-{n:08x}"));
        let public = instance.is_some() && dice.roll() < 0.1;
        // Groups are in the region of what they protect.
        let groups: Vec<usize> = (0..3).map(|k| n + k * regions.len()).collect();
        add(
            "DescribeNetworkInterfaces",
            of(n),
            interface(account, of(n), n, instance.as_deref(), public, &groups, size.groups),
        );
        if let Some(instance) = instance {
            let one = json!({
                "instanceId": instance, "instanceState": { "code": 16, "name": "running" },
                "networkInterfaceSet": [{ "networkInterfaceId": format!("eni-{n:08x}") }],
            });
            let reservation = json!({ "reservationId": format!("r-{n:08x}"), "ownerId": account, "instancesSet": [one] });
            add("DescribeInstances", of(n), reservation);
        }
    }
    for n in 0..size.balancers {
        balancer(account, of(n), n, size, regions.len(), &mut add);
    }
    let used = &regions[..size.balancers.min(regions.len())];
    for region in used {
        let policy = json!({ "Name": POLICY, "SslProtocols": ["TLSv1.2", "TLSv1.3"] });
        add("elasticloadbalancing:DescribeSSLPolicies", region, policy);
    }
    all
}

/// The security policy of each generated listener.
const POLICY: &str = "ELBSecurityPolicy-TLS13-1-2-Res-2021-06";

/// An Application Load Balancer that leads from the internet to two machines of its region, with all that belongs to it.
fn balancer(
    account: &str,
    region: &str,
    number: usize,
    size: Size,
    regions: usize,
    add: &mut impl FnMut(&str, &str, Value),
) {
    let arn = |what: &str, more: &str| {
        format!("arn:aws:elasticloadbalancing:{region}:{account}:{what}/{number:016x}{more}")
    };
    let (balancer, listener) = (
        arn(&format!("loadbalancer/app/front-{number}"), ""),
        arn(&format!("listener/app/front-{number}"), "/1"),
    );
    let group = arn(&format!("targetgroup/web-{number}"), "");
    let mut own =
        |action: &str, body: Value| add(&format!("elasticloadbalancing:{action}"), region, body);
    own(
        "DescribeLoadBalancers",
        json!({
            "LoadBalancerArn": balancer, "LoadBalancerName": format!("front-{number}"), "Scheme": "internet-facing",
            "DNSName": format!("front-{number}-1.{region}.elb.amazonaws.com"),
            "VpcId": format!("vpc-{region}"), "Type": "application", "IpAddressType": "ipv4",
            "AvailabilityZones": [{ "ZoneName": format!("{region}a") }, { "ZoneName": format!("{region}b") }],
            "SecurityGroups": [format!("sg-{number}")],
        }),
    );
    let attributes = [
        ("access_logs.s3.enabled", "true"),
        ("deletion_protection.enabled", if number.is_multiple_of(5) { "false" } else { "true" }),
        ("routing.http.drop_invalid_header_fields.enabled", "true"),
        ("routing.http.desync_mitigation_mode", "defensive"),
    ];
    let attributes = attributes.map(|(key, value)| json!({ "Key": key, "Value": value }));
    own(
        "DescribeLoadBalancerAttributes",
        json!({ "LoadBalancerArn": balancer, "Attributes": attributes }),
    );
    let forward = json!([{ "Type": "forward", "TargetGroupArn": group }]);
    own(
        "DescribeListeners",
        json!({
            "LoadBalancerArn": balancer, "ListenerArn": listener, "Port": 443, "Protocol": "HTTPS", "SslPolicy": POLICY,
            "DefaultActions": forward,
        }),
    );
    own(
        "DescribeRules",
        json!({
            "ListenerArn": listener, "RuleArn": format!("{listener}/2"), "Priority": "default", "Conditions": [],
            "Actions": forward, "IsDefault": true,
        }),
    );
    own(
        "DescribeTargetGroups",
        json!({
            "TargetGroupArn": group, "TargetGroupName": format!("web-{number}"), "Protocol": "HTTP", "Port": 443,
            "VpcId": format!("vpc-{region}"), "HealthCheckProtocol": "HTTP", "LoadBalancerArns": [balancer],
            "TargetType": "instance", "IpAddressType": "ipv4",
        }),
    );
    // Machines are in the regions by turns.
    for place in [number, number + regions] {
        let id = format!("i-{:08x}", place % size.instances.max(1));
        own(
            "DescribeTargetHealth",
            json!({
                "TargetGroupArn": group, "Target": { "Id": id, "Port": 443 }, "TargetHealth": { "State": "healthy" },
            }),
        );
    }
    let address =
        json!({ "publicIp": format!("198.51.100.{}", number % 250), "ipOwnerId": "amazon-elb" });
    let node = json!({
        "networkInterfaceId": format!("eni-front-{number}"), "interfaceType": "interface",
        "description": format!("ELB app/front-{number}/{number:016x}"), "subnetId": format!("subnet-public-{region}"),
        "vpcId": format!("vpc-{region}"), "ownerId": account, "status": "in-use", "association": address,
        "privateIpAddressesSet": [{
            "privateIpAddress": format!("10.0.1.{}", number % 250), "primary": true, "association": address,
        }],
        "ipv6AddressesSet": [], "groupSet": [{ "groupId": format!("sg-{number}") }],
    });
    add("DescribeNetworkInterfaces", region, node);
}

fn network(account: &str, region: &str, add: &mut impl FnMut(&str, &str, Value)) {
    let vpc = format!("vpc-{region}");
    add("DescribeVpcs", region, json!({ "vpcId": vpc, "ownerId": account }));
    for (name, cidr) in [("public", "10.0.0.0/17"), ("private", "10.0.128.0/17")] {
        let subnet = json!({
            "subnetId": format!("subnet-{name}-{region}"), "vpcId": vpc, "ownerId": account, "cidrBlock": cidr,
            "mapPublicIpOnLaunch": name == "public",
        });
        add("DescribeSubnets", region, subnet);
        let hop = if name == "public" { ("gatewayId", "igw-1") } else { ("natGatewayId", "nat-1") };
        let mut route = json!({ "destinationCidrBlock": "0.0.0.0/0", "state": "active" });
        route[hop.0] = json!(hop.1);
        let table = json!({
            "routeTableId": format!("rtb-{name}-{region}"), "vpcId": vpc, "ownerId": account,
            "associationSet": [{
                "main": false, "subnetId": format!("subnet-{name}-{region}"), "associationState": { "state": "associated" },
            }],
            "routeSet": [{ "destinationCidrBlock": "10.0.0.0/16", "gatewayId": "local", "state": "active" }, route],
        });
        add("DescribeRouteTables", region, table);
    }
    let subnets = [format!("subnet-public-{region}"), format!("subnet-private-{region}")];
    add("DescribeNetworkAcls", region, acl(account, &format!("acl-{region}"), region, &subnets));
}

fn acl(account: &str, id: &str, region: &str, subnets: &[String]) -> Value {
    let entry = |number: u32, action: &str, egress: bool| {
        json!({
            "ruleNumber": number, "protocol": "-1", "ruleAction": action, "egress": egress, "cidrBlock": "0.0.0.0/0",
        })
    };
    let association = |subnet: &String| json!({ "subnetId": subnet, "networkAclId": id });
    json!({
        "networkAclId": id, "vpcId": format!("vpc-{region}"), "ownerId": account, "default": !subnets.is_empty(),
        "associationSet": subnets.iter().map(association).collect::<Vec<_>>(),
        "entrySet": [
            entry(100, "allow", false), entry(100, "allow", true), entry(32_767, "deny", false), entry(32_767, "deny", true),
        ],
    })
}

fn permission(protocol: &str, port: Option<usize>, cidr: &str) -> Value {
    json!({
        "ipProtocol": protocol, "fromPort": port, "toPort": port, "ipRanges": [{ "cidrIp": cidr }], "ipv6Ranges": [],
        "prefixListIds": [], "groups": [],
    })
}

fn group(account: &str, region: &str, number: usize, port: usize, cidr: &str) -> Value {
    json!({
        "groupId": format!("sg-{number}"), "groupName": format!("group-{number}"), "ownerId": account,
        "vpcId": format!("vpc-{region}"),
        "ipPermissions": [permission("tcp", Some(443), "0.0.0.0/0"), permission("tcp", Some(port), cidr)],
        "ipPermissionsEgress": [permission("-1", None, "0.0.0.0/0")],
    })
}

fn interface(
    account: &str,
    region: &str,
    number: usize,
    instance: Option<&str>,
    public: bool,
    groups: &[usize],
    of: usize,
) -> Value {
    let address = public.then(
        || json!({ "publicIp": format!("203.0.{}.{}", 113 + number / 250 % 100, number % 250) }),
    );
    let groups = groups
        .iter()
        .filter(|_| of > 0)
        .map(|group| json!({ "groupId": format!("sg-{}", group % of) }));
    let subnet = if public { "public" } else { "private" };
    json!({
        "networkInterfaceId": format!("eni-{number:08x}"), "interfaceType": "interface", "description": "",
        "subnetId": format!("subnet-{subnet}-{region}"), "vpcId": format!("vpc-{region}"), "ownerId": account,
        "status": "in-use", "association": address,
        "attachment": instance.map(|id| json!({ "instanceId": id, "status": "attached" })),
        "privateIpAddressesSet": [{ "privateIpAddress": "10.0.0.10", "primary": true, "association": address }],
        "ipv6AddressesSet": [], "groupSet": groups.collect::<Vec<_>>(),
    })
}
