//! `posture reach`: from the internet and between machines, from a saved audit.

use std::path::PathBuf;

use posture_sim::aws::{Server, World};
use posture_tests::{Program, Run};
use serde_json::{Value, json};

const WORLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds/same.toml");

/// An audit of an account with two machines, saved.
struct Saved {
    audit: Run,
}

impl Saved {
    fn of(change: impl FnOnce(&mut World)) -> Self {
        let mut world = World::parse(&std::fs::read_to_string(WORLD).unwrap()).unwrap();
        change(&mut world);
        let key = world.accounts[0].key();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let audit = runtime.block_on(async {
            let server = Server::start(world, None).await.unwrap();
            Program::new()
                .env("AWS_ENDPOINT_URL", &server.url())
                .env("AWS_ACCESS_KEY_ID", &key)
                .env("AWS_SECRET_ACCESS_KEY", "any")
                .env("AWS_REGION", "us-east-1")
                .args(&[
                    "audit",
                    "aws",
                    "--control",
                    "network",
                    "--control",
                    "compute",
                    "--save",
                    "saved.json",
                ])
                .run()
        });
        Self { audit }
    }

    fn path(&self) -> PathBuf {
        self.audit.path("saved.json")
    }

    fn reach(&self, arguments: &[&str]) -> Run {
        let path = self.path();
        Program::new().args(&["reach", "--snapshot", path.to_str().unwrap()]).args(arguments).run()
    }

    fn codes(&self, cases: &[(&[&str], i32)]) {
        for (arguments, code) in cases {
            let run = self.reach(arguments);
            assert_eq!(run.code, *code, "{arguments:?}: {}{}", run.out, run.err);
        }
    }
}

#[test]
fn a_machine_reaches_another_one_as_groups_acls_and_routes_allow() {
    let saved = Saved::of(|_| {});
    saved.codes(&[
        (&["internet", "web", "22"], 0),
        (&["internet", "web", "443"], 10),
        (&["198.51.100.9", "web", "443"], 0),
        (&["web", "data", "5432"], 0),
        (&["web", "data"], 0),
        (&["10.0.0.10", "10.0.1.10", "5433"], 0),
        (&["web", "subnet-back", "5432"], 0),
        (&["eni-web", "i-data", "5432"], 0),
        (&["web", "data", "22"], 10),
        (&["internet", "data"], 10),
        // By its private address it is not reached, by the public one it may be.
        (&["data", "web", "22"], 0),
        (&["data", "web", "443"], 11),
        (&["data", "web", "udp/53"], 10),
        (&["nobody", "web"], 2),
        (&["web", "nobody"], 2),
        (&["web", "web"], 2),
        (&["10.9.9.9", "web"], 2),
    ]);
    let run = saved.reach(&["web", "data", "5432"]);
    let steps = [
        "data (arn:aws:ec2:us-east-1:100000000080:instance/i-data): reachable",
        "  tcp 5432-5433 from 10.0.0.10/32",
        "    → interface eni-web (10.0.0.10)",
        "    → security group sg-web (all traffic to 0.0.0.0/0)",
        "    → network ACL acl-front (rule 100)",
        "    → route 10.0.0.0/16 within the network",
        "    → network ACL acl-main (rule 100)",
        "    → security group sg-data (tcp 5432-5433 from sg-web)",
        "    → interface eni-data (10.0.1.10)",
        "    → instance i-data",
    ];
    assert_eq!(run.out, steps.join("\n") + "\n");
}

#[test]
fn the_answer_is_a_document_too() {
    let saved = Saved::of(|_| {});
    let value = |arguments: &[&str]| -> Value {
        let run = saved.reach(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&run.out).unwrap()
    };
    let answer = value(&["web", "data", "5432"]);
    let head = json!({ "format": "posture-reach", "version": 1, "from": "web", "to": "data", "service": "tcp 5432", "more_targets": 0 });
    for (name, expected) in head.as_object().unwrap() {
        assert_eq!(&answer[name], expected, "{name}");
    }
    let target = &answer["targets"][0];
    assert_eq!((&target["answer"], &target["cause"]), (&json!("reachable"), &Value::Null));
    let way = &target["ways"][0];
    assert_eq!(
        (&way["service"], &way["sources"], &way["more_sources"]),
        (&json!("tcp 5432-5433"), &json!(["10.0.0.10/32"]), &json!(0))
    );
    assert_eq!(way["path"].as_array().unwrap().last(), Some(&json!("instance i-data")));
    let closed = value(&["web", "data", "22"]);
    assert_eq!(
        (&closed["targets"][0]["answer"], &closed["service"]),
        (&json!("not-reachable"), &json!("tcp 22"))
    );
    assert_eq!(value(&["web", "data"])["service"], Value::Null);
}

/// What was not read leaves open what depends on it, and names the action.
#[test]
fn what_was_denied_leaves_it_open() {
    for (action, code) in [
        ("ec2:DescribeSecurityGroups", 11),
        ("ec2:DescribeNetworkAcls", 11),
        ("ec2:DescribeRouteTables", 11),
        // The machine may have any interface.
        ("ec2:DescribeNetworkInterfaces", 11),
        ("ec2:DescribeTransitGateways", 0),
    ] {
        let saved = Saved::of(|world| world.accounts[0].caller.deny.push(action.to_owned()));
        let run = saved.reach(&["web", "data", "5432", "--format", "json"]);
        assert_eq!(run.code, code, "{action}: {}{}", run.out, run.err);
        if code == 11 {
            let answer: Value = serde_json::from_str(&run.out).unwrap();
            let cause = &answer["targets"][0]["cause"];
            assert_eq!(cause["action"], action, "{answer:#}");
            assert_eq!(cause["reason"], "denied-by-identity-policy", "{answer:#}");
        }
    }
}
