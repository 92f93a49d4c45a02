//! `--images`: the images that manifests and clusters name, audited in the same run, and joined by digest.

use posture_sim::kubernetes::World;
use posture_tests::{Program, Run};
use serde_json::{Value, json};

use crate::image_registry::{Registry, build};
use crate::image_support::Tar;
use crate::kubernetes::{Simulated, TOKEN};

const AUDITED: &str = "workloads.image-audited";
const USER: &str = "images.root-user";

/// A digest that no registry has.
fn nowhere(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

/// A Deployment with one container for each image.
fn deployment(name: &str, images: &[&str]) -> String {
    let containers: String = images
        .iter()
        .enumerate()
        .map(|(n, image)| format!("      - name: c{n}\n        image: {image}\n"))
        .collect();
    format!(
        "---\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: {name}\n  namespace: shop\nspec:\n  selector:\n    \
         matchLabels:\n      app: {name}\n  template:\n    metadata:\n      labels:\n        app: {name}\n    spec:\n      \
         containers:\n{containers}"
    )
}

fn node(architecture: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Node\nmetadata:\n  name: worker-1\nspec: {{}}\nstatus:\n  addresses: [{{type: InternalIP, address: \
         10.0.0.1}}]\n  nodeInfo: {{kubeletVersion: v1.35.2, operatingSystem: linux, architecture: {architecture}}}\n"
    )
}

const NAMESPACE: &str = "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: shop\n";

/// A registry with two images: one with another user than root, and one without.
fn registry() -> (String, [String; 2]) {
    let mut registry = Registry::default();
    let first = registry.image("team/app", "1.2", &build());
    let second = build().layer(Tar::new().file("a", "b"));
    let second = registry.image("team/side", "1", &second);
    (registry.serve(), [first, second])
}

fn cluster(architecture: &str, deployments: &[String]) -> Simulated {
    let text = format!("{NAMESPACE}{}{}", node(architecture), deployments.concat());
    Simulated::of(World::of_manifests("shop.yaml", &text).unwrap(), |_| {})
}

const BOTH: [&str; 6] = ["--images", "--plain-http", "--control", AUDITED, "--control", USER];

/// The outcome of the control about a workload, and what the finding shows.
fn outcome(report: &Value, name: &str) -> (String, Value) {
    let all = report["findings"].as_array().unwrap();
    let own = |one: &&Value| one["control"] == AUDITED && one["resource"]["name"] == name;
    let finding = all.iter().find(own).unwrap_or_else(|| panic!("{name}: {report}"));
    (finding["outcome"].as_str().unwrap().to_owned(), finding.clone())
}

/// The IDs of the images of a report.
fn images(report: &Value) -> Vec<String> {
    let scopes = report["scopes"].as_array().unwrap().iter();
    let own = scopes.filter(|scope| scope["provider"] == "image");
    own.map(|scope| scope["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_a_cluster_runs_is_audited_once_and_by_its_digest() {
    let (host, [app, side]) = registry();
    let (app, side) = (format!("{host}/team/app:1.2@{app}"), format!("{host}/team/side@{side}"));
    let gone = format!("{host}/team/gone@{}", nowhere('a'));
    let cluster = cluster(
        "amd64",
        &[
            deployment("web", &[&app]),
            deployment("both", &[&app, &side]),
            deployment("gone", &[&gone]),
        ],
    );
    let run = cluster.audit(&BOTH);
    assert_eq!(run.code, 10, "{}", run.err);
    let report = run.json();
    let named = app.replace(":1.2@", "@");
    let mut expected = vec![named, side.clone(), gone.clone()];
    expected.sort();
    let mut found = images(&report);
    found.sort();
    assert_eq!(found, expected);
    assert_eq!(outcome(&report, "web").0, "pass");
    assert_eq!(outcome(&report, "both").0, "pass");
    // The finding of an image names the workloads that run it.
    let all = report["findings"].as_array().unwrap();
    let of_app = all.iter().find(|one| one["control"] == USER && one["scope"] == expected[0]);
    let run_by = &of_app.unwrap()["resource"]["run-by"];
    assert_eq!(run_by["count"], 2, "{run_by}");
    assert_eq!(run_by["workloads"][0]["id"], "Deployment/shop/both");
    // What cannot be read is unknown for its reason.
    let (word, finding) = outcome(&report, "gone");
    assert_eq!(word, "unknown", "{finding}");
    assert!(finding["gap"]["detail"].as_str().unwrap().contains("team/gone"), "{finding}");
    assert!(run.err.contains("team/gone"), "{}", run.err);
}

#[test]
fn an_image_that_was_not_audited_fails_and_names_what_was() {
    let (host, [app, side]) = registry();
    let (app, side) = (format!("{host}/team/app@{app}"), format!("{host}/team/side@{side}"));
    let cluster = cluster("amd64", &[deployment("both", &[&app, &side])]);
    let config = format!(
        "[[target]]\nprovider = \"kubernetes\"\nkubeconfig = \"config\"\n\n[[target]]\nprovider = \"image\"\nimages = [\"{app}\"]\n\
         plain-http = true\n"
    );
    let kubeconfig = json!({
        "current-context": "shop", "contexts": [
            { "name": "shop", "context": { "cluster": "c", "user": "auditor" } }
        ],
        "clusters": [{ "name": "c", "cluster": { "server": cluster.url() } }],
        "users": [{ "name": "auditor", "user": { "token": TOKEN } }],
    });
    let run = Program::new()
        .file("posture.toml", &config)
        .file("config", &kubeconfig.to_string())
        .args(&["audit", "targets", "--format", "json", "--control", AUDITED, "--control", USER])
        .run();
    let report = run.json();
    let (word, finding) = outcome(&report, "both");
    assert_eq!(word, "fail", "{finding}");
    let found = finding["evidence"][0]["found"].as_str().unwrap();
    assert!(
        found.contains(&format!("{side} (linux/amd64) was not audited in this run")),
        "{found}"
    );
    assert!(
        found.contains(&format!("{app} (linux/amd64) was audited, 1 control fails")),
        "{found}"
    );
}

#[test]
fn without_the_option_nothing_is_read_of_registries() {
    let gone = format!("127.0.0.1:1/team/gone@{}", nowhere('a'));
    let cluster = cluster("amd64", &[deployment("web", &[&gone])]);
    let run = cluster.audit(&["--control", AUDITED]);
    assert_eq!(run.code, 0, "{}", run.err);
    let report = run.json();
    assert_eq!(outcome(&report, "web").0, "not-applicable");
    assert_eq!(images(&report), Vec::<String>::new());
}

#[test]
fn an_image_is_read_for_the_platform_of_the_node() {
    let mut registry = Registry::default();
    let image = registry.image("team/app", "1", &build());
    let host = registry.serve();
    let app = format!("{host}/team/app@{image}");
    let cluster = cluster("arm64", &[deployment("web", &[&app])]);
    let run = cluster.audit(&BOTH);
    let report = run.json();
    assert_eq!(images(&report), [format!("{app} (linux/arm64)")]);
    // The image is one for amd64 alone: that is not what a node with another processor runs.
    let (word, finding) = outcome(&report, "web");
    assert_eq!(word, "fail", "{finding}");
    assert!(finding["evidence"][0]["found"].as_str().unwrap().contains("another platform"));
}

#[test]
fn more_images_than_the_most_are_unknown_and_counted() {
    let (host, [app, side]) = registry();
    let (app, side) = (format!("{host}/team/app@{app}"), format!("{host}/team/side@{side}"));
    let cluster = cluster("amd64", &[deployment("web", &[&app]), deployment("other", &[&side])]);
    let run = cluster.audit(&[BOTH.as_slice(), &["--max-images", "1"]].concat());
    let report = run.json();
    let all = images(&report);
    assert_eq!(all.len(), 2, "{all:?}");
    assert!(all.iter().any(|one| one == "images beyond the first 1"), "{all:?}");
    let words = [outcome(&report, "web").0, outcome(&report, "other").0];
    assert!(
        words.contains(&"pass".to_owned()) && words.contains(&"unknown".to_owned()),
        "{words:?}"
    );
    assert!(run.err.contains("1 image more than 1"), "{}", run.err);
}

fn manifests(text: &str, arguments: &[&str]) -> Run {
    let fixed = ["audit", "manifests", "all.yaml", "--format", "json"];
    Program::new().file("all.yaml", text).args(&[fixed.as_slice(), arguments].concat()).run()
}

#[test]
fn the_images_of_manifests_are_audited_and_run_nothing() {
    let (host, [app, _]) = registry();
    let (tagged, fixed) = (format!("{host}/team/app:1.2"), format!("{host}/team/app@{app}"));
    let gone = format!("{host}/team/gone:1");
    let text = [
        deployment("web", &[&tagged]),
        deployment("same", &[&fixed]),
        deployment("gone", &[&gone]),
        deployment("odd", &["${IMAGE}"]),
    ];
    let run = manifests(&text.concat(), &BOTH);
    assert_eq!(run.code, 10, "{}{}", run.out, run.err);
    let report = run.json();
    let mut all = images(&report);
    all.sort();
    // The tag leads to the digest that another manifest names.
    let mut expected = vec![fixed, gone, "${IMAGE}".to_owned()];
    expected.sort();
    assert_eq!(all, expected);
    for name in ["web", "same", "gone", "odd"] {
        assert_eq!(outcome(&report, name).0, "not-applicable");
    }
    // Nothing of the registry is asked for where no control is about images.
    let run = manifests(&text.concat(), &["--images", "--control", "workloads.host-network"]);
    assert!(run.err.contains("no image was audited"), "{}", run.err);
    assert_eq!(images(&run.json()), Vec::<String>::new());
}

#[test]
fn options_of_images_need_images() {
    let text = deployment("web", &["127.0.0.1:1/a:1"]);
    let run = manifests(&text, &["--key", "cosign.pub"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("--images"), "{}", run.err);
    // A key that cannot be used is an error before anything is read.
    let run = manifests(&text, &["--images", "--key", "none.pub"]);
    assert_eq!(run.code, 2, "{}", run.err);
    assert!(run.err.contains("none.pub"), "{}", run.err);
}

const ACCOUNT: &str = "111111111111";

/// An account in one region, whose registry lists these repositories.
fn account(repositories: &Value) -> crate::sim_aws::Simulated {
    crate::sim_aws::Simulated::serve(&json!({
        "accounts": [{
            "id": ACCOUNT, "regions": { "us-east-1": "ENABLED_BY_DEFAULT" },
            "lists": { "ecr:DescribeRepositories": repositories },
        }],
    }))
}

#[test]
fn the_repositories_of_an_account_are_listed_and_no_other_host_is_trusted() {
    let control = ["--control", USER, "--control", "keys"];
    let with = |repositories: &Value, arguments: &[&str]| {
        let cloud = account(repositories);
        let run = cloud.program(ACCOUNT, &[&control, arguments].concat()).run();
        let asked = cloud.requests().iter().any(|one| one.action.starts_with("ecr:"));
        (run, asked)
    };
    let (run, asked) = with(&json!([]), &[]);
    assert!(!asked && images(&run.json()).is_empty(), "{}", run.err);
    let (run, asked) = with(&json!([]), &["--images"]);
    assert!(asked && images(&run.json()).is_empty(), "{}", run.err);
    let other = json!([{ "repositoryName": "shop", "repositoryUri": "registry.example/shop" }]);
    let (run, _) = with(&other, &["--images"]);
    assert_eq!(run.code, 11, "{}{}", run.out, run.err);
    let expected = format!("images of {ACCOUNT} us-east-1 (ecr:DescribeRepositories)");
    assert_eq!(images(&run.json()), [expected]);
    assert!(run.err.contains("another address"), "{}", run.err);
}

#[test]
fn the_permissions_for_images_are_printed_on_request() {
    let printed = |arguments: &[&str]| {
        let fixed = ["permissions", "aws", "--control", "keys"];
        Program::new().args(&[&fixed, arguments].concat()).run().out
    };
    assert!(!printed(&[]).contains("ecr:"));
    let with = printed(&["--images"]);
    for action in [
        "ecr:BatchGetImage",
        "ecr:DescribeImages",
        "ecr:DescribeRepositories",
        "ecr:GetAuthorizationToken",
        "ecr:GetDownloadUrlForLayer",
    ] {
        assert!(with.contains(action), "{action}: {with}");
    }
    let azure = Program::new().args(&["permissions", "azure", "--control", "keys", "--images"]);
    let with = azure.run().out;
    for action in ["metadata/read", "pull/read", "read"] {
        let action = format!("\"Microsoft.ContainerRegistry/registries/{action}\"");
        assert!(with.contains(&action), "{action}: {with}");
    }
}
