//! `posture reach` for the pods of clusters and manifests.

use std::path::PathBuf;

use posture_sim::{Fault, Rule};
use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::kubernetes::Simulated;

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples");
const WORLDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/worlds");

fn example() -> PathBuf {
    PathBuf::from(EXAMPLES).join("cluster.yaml")
}

fn reach(snapshot: &std::path::Path, arguments: &[&str]) -> Run {
    let path = snapshot.to_str().unwrap();
    let program = Program::new().env("COLUMNS", "80").args(&["reach", "--snapshot", path]);
    program.args(arguments).run()
}

fn codes(snapshot: &std::path::Path, cases: &[(&[&str], i32)]) {
    for (arguments, code) in cases {
        let run = reach(snapshot, arguments);
        assert_eq!(run.code, *code, "{arguments:?}: {}{}", run.out, run.err);
    }
}

/// The example, audited as manifests and saved.
fn saved() -> Run {
    let path = example();
    let arguments = ["audit", "manifests", path.to_str().unwrap(), "--save", "saved.json"];
    Program::new().args(&arguments).run()
}

#[test]
fn a_service_and_an_ingress_lead_to_pods() {
    let audit = saved();
    let snapshot = audit.path("saved.json");
    codes(
        &snapshot,
        &[
            // Its policy leads it to the orders alone.
            (&["storefront", "Service/shop/storefront", "80"], 10),
            (&["notebook", "svc/shop/storefront", "http"], 0),
            // Port 8080 is one of the pods, not of the Service.
            (&["notebook", "Service/shop/storefront", "8080"], 10),
            (&["orders", "Service/shop/storefront", "80"], 10),
            (&["notebook", "Ingress/shop/storefront"], 0),
            (&["internet", "Ingress/shop/storefront"], 11),
            (&["internet", "Service/experiments/notebook"], 0),
            (&["notebook", "Ingress/shop/storefront", "443"], 2),
            (&["notebook", "Service/shop/storefront", "https"], 2),
            (&["Service/shop/storefront", "orders"], 2),
            (&["notebook", "Service/shop/nothing"], 2),
        ],
    );
    let run = reach(&snapshot, &["notebook", "Ingress/shop/storefront"]);
    assert!(run.out.contains("by Ingress/shop/storefront, Service/shop/storefront TCP 80"));
    assert!(run.out.contains("provided that FROM is the ingress controller"), "{}", run.out);
    let json = &["internet", "Service/experiments/notebook", "80", "--format", "json"];
    let value: Value = serde_json::from_str(&reach(&snapshot, json).out).unwrap();
    assert_eq!(value["targets"][0]["through"], "Service/experiments/notebook TCP 80");
    let run = reach(&snapshot, &["Service/shop/storefront", "orders"]);
    assert!(run.err.contains("opens no connections itself"), "{}", run.err);
}

#[test]
fn pods_reach_each_other_as_policies_allow() {
    let audit = saved();
    for snapshot in [audit.path("saved.json"), example()] {
        codes(
            &snapshot,
            &[
                (&["storefront", "orders", "5432"], 0),
                (&["storefront", "StatefulSet/shop/orders", "sql"], 0),
                (&["shop/storefront", "shop/orders", "tcp/sql"], 0),
                (&["deployment/shop/storefront", "orders"], 0),
                (&["storefront", "orders", "80"], 10),
                (&["storefront", "orders", "udp/5432"], 10),
                (&["orders", "storefront", "http"], 10),
                (&["shop", "orders", "sql"], 0),
                (&["internet", "storefront", "8080"], 0),
                (&["outside", "storefront", "http"], 0),
                (&["internet", "orders"], 10),
                (&["198.51.100.7", "orders", "5432"], 10),
                (&["orders", "internet", "443"], 10),
                (&["orders", "169.254.169.254", "80"], 10),
                (&["notebook", "internet", "443"], 0),
                // The storefront allows its port to everyone, and the notebook may send.
                (&["notebook", "storefront", "8080"], 0),
                (&["collector", "orders", "5432"], 10),
                // It uses the network of its node.
                (&["notebook", "orders", "5432"], 11),
                // An address that a node may have.
                (&["10.0.0.9", "orders", "5432"], 11),
                (&["nobody", "orders"], 2),
                (&["storefront", "nobody"], 2),
                (&["internet", "internet"], 2),
                (&["storefront", "orders", "smtp"], 2),
                (&["storefront", "orders", "70000"], 2),
                (&["storefront", "orders", "icmp/1"], 2),
                (&["storefront"], 2),
                (&[], 2),
            ],
        );
    }
    let run = reach(&example(), &["storefront", "orders", "5432"]);
    let lines = [
        "StatefulSet/shop/orders from Deployment/shop/storefront: reachable",
        "  TCP 5432",
        "  egress of Deployment shop/storefront: TCP 5432",
        "    shop/default-deny isolates it",
        "    shop/storefront isolates it",
        "    shop/storefront spec.egress[0].to[0] allows TCP 5432: the selectors match",
        "  ingress of StatefulSet shop/orders: TCP 5432",
        "    shop/default-deny isolates it",
        "    shop/orders isolates it",
        "    shop/orders spec.ingress[0].from[0] allows TCP 5432: the selectors match",
        "provided that the cluster enforces network policies, which manifests do not show",
    ];
    assert_eq!(run.out, lines.join("\n") + "\n");
}

#[test]
fn the_answer_for_pods_is_a_document() {
    let run = reach(&example(), &["storefront", "orders", "sql", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(
        (&value["format"], &value["version"], &value["service"]),
        (&json!("posture-reach"), &json!(1), &json!("sql"))
    );
    let target = &value["targets"][0];
    let expected = json!({
        "id": "StatefulSet/shop/orders", "name": "orders", "from": "Deployment/shop/storefront",
        "answer": "reachable", "allowed": "TCP 5432", "undecided": "", "cause": null, "because": null, "through": null,
        "ways": [], "more_ways": 0,
    });
    for (name, expected) in expected.as_object().unwrap() {
        assert_eq!(&target[name], expected, "{name}");
    }
    let step = &target["sides"][1]["steps"][2];
    assert_eq!(
        step,
        &json!({
            "policy": "shop/orders", "place": "spec.ingress[0].from[0]", "allowed": "TCP 5432",
            "undecided": "", "because": "the selectors match",
        })
    );
    let run = reach(&example(), &["10.0.0.9", "orders", "5432", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    let target = &value["targets"][0];
    assert_eq!(target["answer"], "undetermined");
    let detail = target["cause"]["detail"].as_str().unwrap();
    assert!(detail.contains("a node may have the address"), "{detail}");
}

#[test]
fn the_pods_of_a_cluster_are_asked_in_a_snapshot() {
    let save = ["--save", "saved.json", "--allow-unknown", "100%"];
    let cluster = Simulated::serve(|_| {});
    let audit = cluster.audit(&save);
    // The plugin of the simulated cluster is not a known one: what policies deny is undetermined, what they allow is not.
    codes(
        &audit.path("saved.json"),
        &[
            (&["storefront", "orders", "5432"], 0),
            (&["storefront", "orders", "80"], 11),
            (&["nobody", "orders"], 2),
        ],
    );
    let run = reach(&audit.path("saved.json"), &["storefront", "orders", "80"]);
    assert!(
        run.out.contains("cause: whether the cluster enforces network policies"),
        "{}",
        run.out
    );
    for (list, from, to) in [
        ("list networkpolicies.*", "orders", "storefront"),
        ("list customresourcedefinitions.*", "storefront", "orders"),
    ] {
        let denied = Simulated::serve(|world| {
            world.faults.push(Rule::new(list, Fault::Denied));
        });
        let audit = denied.audit(&save);
        let run = reach(&audit.path("saved.json"), &[from, to, "80"]);
        assert_eq!(run.code, 11, "{list}: {}{}", run.out, run.err);
        let name = list.trim_end_matches(".*");
        let named = run.out.contains(name) && run.out.contains("denied");
        assert!(named, "{list}: {}", run.out);
    }
    // Without the workloads the name may be one of them.
    let denied = Simulated::serve(|world| {
        world.faults.push(Rule::new("list statefulsets.*", Fault::Denied));
        world.faults.push(Rule::new("list pods", Fault::Denied));
    });
    let audit = denied.audit(&save);
    let run = reach(&audit.path("saved.json"), &["storefront", "orders", "80"]);
    assert_eq!(run.code, 2, "{}", run.out);
    assert!(run.err.contains("not all of them were read"), "{}", run.err);
}

#[test]
fn the_matrix_fits_a_terminal_and_is_a_document() {
    let run = reach(&example(), &["--matrix"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let orders = "\
shop: StatefulSet/orders (1 pod)
  TCP 5432 from
    shop: Deployment/storefront (1 pod)
  perhaps every port from
    experiments: Deployment/notebook (1 pod)
    cause: Deployment experiments/notebook uses the network of its node, for
      which the network plugin decides what policies mean
  nothing from the internet
  nothing from 2 other groups of pods
";
    assert!(run.out.contains(orders), "{}", run.out);
    for world in ["kubernetes-good.yaml", "kubernetes-bad.yaml"] {
        let run = reach(&PathBuf::from(WORLDS).join(world), &["--matrix"]);
        assert_eq!(run.code, 0, "{}", run.err);
        let wide = run.out.lines().find(|line| line.chars().count() > 80);
        assert_eq!(wide, None, "{}", run.out);
    }
    let run = reach(&example(), &["--matrix", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    assert_eq!(value["format"], "posture-reach-matrix");
    let scope = &value["scopes"][0];
    let groups = scope["groups"].as_array().unwrap();
    let group = |id: &str| {
        let has = |group: &&Value| {
            group["receives"]["workloads"].as_array().unwrap().contains(&json!(id))
        };
        groups.iter().find(has).unwrap()["group"].clone()
    };
    let (web, db) = (group("Deployment/shop/storefront"), group("StatefulSet/shop/orders"));
    let connections = scope["connections"].as_array().unwrap();
    let of = |from: &Value, to: &Value| {
        let has = |one: &&Value| one["from"].as_array().unwrap().contains(from) && &one["to"] == to;
        connections.iter().find(has)
    };
    assert_eq!(of(&web, &db).unwrap()["allowed"], "TCP 5432");
    assert_eq!(of(&db, &web), None);
    let (first, second) =
        (group("Deployment/shop/storefront"), group("DaemonSet/metrics/collector"));
    assert_eq!(of(&first, &second), None);
    // Limited to some senders and receivers, and to a port.
    let run = reach(&example(), &["--matrix", "experiments", "shop", "8080"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.out.contains("TCP 8080 from"), "{}", run.out);
    assert!(!run.out.contains("collector"), "{}", run.out);
    assert_eq!(reach(&example(), &["--matrix", "nobody"]).code, 2);
}

/// Each pair of workloads has the same answer in the matrix and asked one by one.
#[test]
fn the_matrix_agrees_with_the_answers() {
    let path = PathBuf::from(WORLDS).join("kubernetes-good.yaml");
    let run = reach(&path, &["--matrix", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    let scope = &value["scopes"][0];
    let groups = scope["groups"].as_array().unwrap();
    let connections = scope["connections"].as_array().unwrap();
    let first = |group: &Value| group["sends"]["workloads"][0].as_str().unwrap().to_owned();
    let some = groups.iter().filter(|group| group["sends"]["namespace"] != "kube-system");
    let some: Vec<&Value> = some.take(4).collect();
    assert!(some.len() > 2);
    for from in &some {
        for to in some.iter().filter(|to| to["group"] != from["group"]) {
            let cell = connections.iter().find(|one| {
                one["from"].as_array().unwrap().contains(&from["group"]) && one["to"] == to["group"]
            });
            let run = reach(&path, &[&first(from), &first(to), "--format", "json"]);
            let answer: Value = serde_json::from_str(&run.out).unwrap();
            let answer = &answer["targets"][0];
            let allowed = cell.map_or("", |cell| cell["allowed"].as_str().unwrap());
            assert_eq!(answer["allowed"], allowed, "{answer:#}");
        }
    }
}

#[test]
fn hostile_names_are_escaped() {
    let hostile = "\\u001b[31mweb\\u202e";
    let text = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata: {{name: shop}}\n---\n\
         apiVersion: v1\nkind: Pod\nmetadata: {{name: \"{hostile}\", namespace: shop, labels: {{a: b}}}}\n\
         spec: {{containers: [{{name: c, image: i}}]}}\n---\n\
         apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: \"{hostile}\", namespace: shop}}\n\
         spec: {{podSelector: {{}}, ingress: [{{from: [{{podSelector: {{}}}}]}}]}}\n"
    );
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("hostile.yaml");
    std::fs::write(&path, text).unwrap();
    let name = "\u{1b}[31mweb\u{202e}";
    for arguments in [
        &["shop", "shop"][..],
        &["internet", name],
        &["internet", name, "--format", "json"],
        &["--matrix"],
        &["--matrix", "--format", "json"],
        &[name, "nobody\u{1b}[0m"],
        &["shop", "shop", "\u{1b}[0m"],
    ] {
        let run = reach(&path, arguments);
        for text in [&run.out, &run.err] {
            let escaped = !text.contains(['\u{1b}', '\u{202e}']);
            assert!(escaped, "{arguments:?}: {text:?}");
        }
        assert!(!run.out.is_empty() || !run.err.is_empty(), "{arguments:?}");
    }
}

/// Two folders of manifests. In the second, the storefront may send anything, and the database is reached by another port.
fn folders() -> tempfile::TempDir {
    let text = std::fs::read_to_string(example()).unwrap();
    let to = "  egress:\n  - to: [{podSelector: {matchLabels: {app: orders}}}]\n    ports: [{port: 5432}]";
    let open = text.replace(to, "  egress: [{}]").replace("[{port: sql}]", "[{port: 5433}]");
    assert!(text.contains(to) && open.contains("5433"));
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("before", &text), ("after", &open)] {
        std::fs::create_dir(folder.path().join(name)).unwrap();
        std::fs::write(folder.path().join(name).join("all.yaml"), text).unwrap();
    }
    folder
}

#[test]
fn a_comparison_lists_the_connections_that_change() {
    let folder = folders();
    let diff = |arguments: &[&str]| {
        let program = Program::new().env("COLUMNS", "80").current_dir(folder.path());
        program.args(&["diff"]).args(arguments).run()
    };
    let run = diff(&["before", "after", "--format", "json"]);
    let value: Value = serde_json::from_str(&run.out).unwrap();
    let changes = value["connections"].as_array().unwrap();
    let ends = |ends: &Value| -> Vec<String> {
        let ends = ends.as_array().unwrap().iter();
        ends.map(|end| end["id"].as_str().unwrap().to_owned()).collect()
    };
    let of = |from: &str, to: &str| {
        let has = |one: &&Value| {
            ends(&one["from"]).contains(&from.to_owned())
                && ends(&one["to"]).contains(&to.to_owned())
        };
        let one = changes.iter().find(has).unwrap_or_else(|| panic!("{from} {to}: {changes:#?}"));
        ["opened", "closed"].map(|name| one[name].as_str().unwrap().to_owned())
    };
    let (web, db) = ("Deployment/shop/storefront", "StatefulSet/shop/orders");
    assert_eq!(of(web, db), ["TCP 5433", "TCP 5432"]);
    assert_eq!(of(web, web), ["TCP 8080", ""]);
    assert_eq!(of(web, "internet"), ["every port", ""]);
    let same = diff(&["before", "before"]);
    let words = same.out.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("No connection of pods changes."), "{words}");
    assert_eq!(same.code, 0, "{}", same.err);
    let text = diff(&["before", "after"]);
    assert!(text.out.contains("Connections in manifests"), "{}", text.out);
    let markdown = diff(&["before", "after", "--format", "markdown"]);
    assert!(markdown.out.contains("## Connections"), "{}", markdown.out);
    // A snapshot of manifests, and a folder.
    let save = ["audit", "manifests", "before", "--save", "saved.json"];
    Program::new().current_dir(folder.path()).args(&save).run();
    let of_snapshot = diff(&["saved.json", "after", "--format", "json"]);
    let again: Value = serde_json::from_str(&of_snapshot.out).unwrap();
    assert_eq!(again["connections"].as_array().unwrap().len(), changes.len());
    let run = diff(&["after", "nowhere.json"]);
    assert_eq!(run.code, 1, "{}", run.err);
}
