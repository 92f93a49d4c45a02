//! Worlds of any size, for tests of scale: a mix of good and bad that a seed decides.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::world::{
    AccessKey, Account, Block, Bucket, Group, Item, Organization, Password, Policy, Role, User,
    World,
};
use crate::pace::Dice;

/// How large each account of a generated world is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Accounts. If there are several, they form an organization, and the first is its management account.
    pub accounts: usize,
    /// Users of each.
    pub users: usize,
    /// Roles of each.
    pub roles: usize,
    /// Policies of each, of the customer's own.
    pub policies: usize,
    /// Buckets of each.
    pub buckets: usize,
    /// Trails of each.
    pub trails: usize,
    /// Network interfaces of each; without any there are no networks.
    pub interfaces: usize,
    /// Machines of each: so many of the interfaces belong to one.
    pub instances: usize,
    /// Security groups of each, of which those that the interfaces name are in the same region where there are many.
    pub groups: usize,
    /// Network ACLs of each that filter nothing, besides one for each network.
    pub acls: usize,
    /// Load balancers of each that lead from the internet to two of its machines.
    pub balancers: usize,
    /// Regions of each.
    pub regions: usize,
    /// It decides what is good and what is bad.
    pub seed: u64,
}

impl Default for Size {
    fn default() -> Self {
        Self {
            accounts: 1,
            users: 20,
            roles: 10,
            policies: 5,
            buckets: 20,
            trails: 1,
            interfaces: 0,
            instances: 0,
            groups: 0,
            acls: 0,
            balancers: 0,
            regions: 1,
            seed: 1,
        }
    }
}

/// The regions that an account can use by default.
const REGIONS: &[&str] = &[
    "us-east-1",
    "eu-central-1",
    "eu-west-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "sa-east-1",
];

/// The role that the accounts of a generated organization are read with.
const ROLE: &str = "OrganizationAccountAccessRole";

/// A world of a size.
pub fn generate(size: Size) -> World {
    let dice = Dice::new(size.seed);
    let accounts: Vec<Account> =
        (0..size.accounts.max(1)).map(|number| account(size, number, &dice)).collect();
    let organization = (size.accounts > 1).then(|| Organization {
        id: "o-generated0".to_owned(),
        management_account: id(0),
        ..Organization::default()
    });
    World { accounts, organization, seed: size.seed, ..World::default() }
}

fn id(number: usize) -> String {
    format!("{:012}", 100_000_000_001_u64 + number as u64)
}

fn account(size: Size, number: usize, dice: &Dice) -> Account {
    let id = id(number);
    let one_in = |n: f64| dice.roll() < 1.0 / n;
    let regions = &REGIONS[..size.regions.clamp(1, REGIONS.len())];
    let group = Group {
        name: "readers".to_owned(),
        policies: policy_of(
            "read",
            json!(["s3:GetObject", "s3:ListBucket"]),
            "arn:aws:s3:::reports*",
        ),
        ..Group::default()
    };
    let user = |n: usize| User {
        name: format!("user-{n:04}"),
        created: Some("2024-03-01T08:00:00Z".to_owned()),
        groups: vec![group.name.clone()],
        password: one_in(2.0).then(|| Password {
            changed: None,
            used: one_in(2.0).then(|| "2025-06-01T08:00:00Z".to_owned()),
        }),
        mfa: one_in(1.5),
        keys: if one_in(3.0) { vec![AccessKey::default()] } else { Vec::new() },
        policies: match one_in(20.0) {
            true => policy_of("everything", json!("*"), "*"),
            false => BTreeMap::new(),
        },
        ..User::default()
    };
    let role = |n: usize| Role {
        name: format!("role-{n:04}"),
        created: Some("2024-03-01T08:00:00Z".to_owned()),
        used: one_in(2.0).then(|| "2025-11-01T08:00:00Z".to_owned()),
        trust: trust(json!({ "Service": "lambda.amazonaws.com" })),
        policies: policy_of("work", json!(["dynamodb:GetItem", "dynamodb:PutItem"]), "*"),
        ..Role::default()
    };
    let mut roles: Vec<Role> = (0..size.roles).map(role).collect();
    roles.push(Role {
        name: ROLE.to_owned(),
        trust: trust(json!({ "AWS": format!("arn:aws:iam::{}:root", self::id(0)) })),
        ..Role::default()
    });
    let policy = |n: usize| Policy {
        name: format!("policy-{n:04}"),
        document: allow(json!("s3:GetObject"), "arn:aws:s3:::reports/*"),
        ..Policy::default()
    };
    let bucket = |n: usize| {
        let name = format!("data-{id}-{n:05}");
        let arn = format!("arn:aws:s3:::{name}");
        let closed = !one_in(5.0);
        Bucket {
            region: Some(regions[n % regions.len()].to_owned()),
            created: Some("2024-03-01T08:00:00Z".to_owned()),
            policy: one_in(2.0).then(|| deny_plain(&arn)),
            ownership: Some("BucketOwnerEnforced".to_owned()).filter(|_| closed),
            public_access_block: closed.then_some(Block { all: true, ..Block::default() }),
            versioning: one_in(2.0).then(|| "Enabled".to_owned()),
            tags: BTreeMap::from([("owner".to_owned(), "team".to_owned())]),
            name,
            ..Bucket::default()
        }
    };
    let buckets: Vec<Bucket> = (0..size.buckets).map(bucket).collect();
    let log_bucket = buckets.first().map_or("logs", |bucket| bucket.name.as_str());
    let trails = (0..size.trails)
        .map(|n| item(json!({
            "Name": format!("trail-{n}"), "S3BucketName": log_bucket,
            "IsMultiRegionTrail": n == 0, "IncludeGlobalServiceEvents": true, "LogFileValidationEnabled": one_in(2.0),
            "HasCustomEventSelectors": false, "HasInsightSelectors": false,
            "Status": { "IsLogging": true, "LatestDeliveryTime": crate::time::now(0) },
        })))
        .collect();
    Account {
        alias: Some(format!("generated-{number}")),
        regions: regions
            .iter()
            .map(|name| ((*name).to_owned(), "ENABLED_BY_DEFAULT".to_owned()))
            .collect(),
        summary: BTreeMap::from([("AccountMFAEnabled".to_owned(), 1)]),
        users: (0..size.users).map(user).collect(),
        groups: vec![group.clone()],
        roles,
        policies: (0..size.policies).map(policy).collect(),
        public_access_block: one_in(2.0).then_some(Block { all: true, ..Block::default() }),
        trails,
        buckets,
        lists: super::networks::lists(size, &id, regions, dice),
        id,
        ..Account::default()
    }
}

fn item(body: Value) -> Item {
    let body = match body {
        Value::Object(body) => body,
        _ => Map::new(),
    };
    Item { region: None, body }
}

fn allow(action: Value, resource: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": action, "Resource": resource }] })
}

fn policy_of(name: &str, action: Value, resource: &str) -> BTreeMap<String, Value> {
    BTreeMap::from([(name.to_owned(), allow(action, resource))])
}

fn trust(principal: Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"
    }] })
}

/// A policy that denies all requests without TLS.
fn deny_plain(arn: &str) -> Value {
    json!({ "Version": "2012-10-17", "Statement": [{
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": [arn, format!("{arn}/*")],
        "Condition": { "Bool": { "aws:SecureTransport": "false" } }
    }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_seeds_give_equal_worlds() {
        let world = |seed| {
            let mut world = generate(Size { accounts: 2, seed, ..Size::default() });
            // When a trail last delivered is now.
            for account in &mut world.accounts {
                account.trails.clear();
            }
            serde_json::to_string(&world).unwrap()
        };
        assert_eq!(world(1), world(1));
        assert_ne!(world(1), world(2));
    }

    #[test]
    fn networks_are_as_many_as_asked() {
        let size = Size {
            interfaces: 20,
            instances: 10,
            groups: 9,
            acls: 3,
            balancers: 4,
            regions: 2,
            ..Size::default()
        };
        let world = generate(size);
        let count = |action: &str| world.accounts[0].lists[&format!("ec2:{action}")].len();
        assert_eq!((count("DescribeNetworkInterfaces"), count("DescribeInstances")), (20 + 4, 10));
        assert_eq!((count("DescribeSecurityGroups"), count("DescribeNetworkAcls")), (9, 3 + 2));
        let balancing =
            |action: &str| world.accounts[0].lists[&format!("elasticloadbalancing:{action}")].len();
        assert_eq!((balancing("DescribeLoadBalancers"), balancing("DescribeListeners")), (4, 4));
        assert_eq!((balancing("DescribeTargetHealth"), balancing("DescribeSSLPolicies")), (8, 2));
        assert!(generate(Size::default()).accounts[0].lists.is_empty());
    }

    #[test]
    fn a_generated_world_can_be_written_and_read() {
        let world = generate(Size::default());
        let text = serde_json::to_string(&world).unwrap();
        assert_eq!(World::parse(&text).unwrap().accounts.len(), 1);
    }
}
