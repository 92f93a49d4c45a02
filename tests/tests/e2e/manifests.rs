//! `posture audit manifests`: which files are read, what is reported of them, and the exit code.

use posture_tests::{Program, Run};

const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/kubernetes");

const GOOD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      - name: main
        image: registry.example.com/web@sha256:0000000000000000000000000000000000000000000000000000000000000000
";

/// Limits to one control, so that a test depends on no other.
const ONE: [&str; 2] = ["--control", "workloads.privileged-containers"];

fn privileged() -> String {
    format!("{GOOD}        securityContext:\n          privileged: true\n")
}

struct Tree(tempfile::TempDir);

impl Tree {
    fn of(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn audit(&self, arguments: &[&str]) -> Run {
        let program = Program::new().env("COLUMNS", "80").current_dir(self.0.path());
        program.args(&["audit", "manifests"]).args(&ONE).args(arguments).run()
    }
}

#[test]
fn the_exit_code_says_what_became_of_the_files() {
    let wrong = privileged();
    let broken = wrong.replace("containers:", "containrs:");
    let files = [
        ("good.yaml", GOOD),
        ("wrong.yaml", wrong.as_str()),
        ("broken/broken.yaml", broken.as_str()),
        ("empty/notes.txt", "nothing"),
    ];
    let tree = Tree::of(&files);
    assert_eq!(tree.audit(&["good.yaml"]).code, 0);
    assert_eq!(tree.audit(&["wrong.yaml"]).code, 10);
    let empty = tree.audit(&["empty"]);
    assert_eq!(empty.code, 11, "{}", empty.out);
    assert!(empty.err.contains("no Kubernetes objects in empty"), "{}", empty.err);
    // An invalid file outranks a failure, and the good ones are judged all the same.
    let all = tree.audit(&["."]);
    assert_eq!(all.code, 12, "{}", all.out);
    assert!(all.out.contains("INVALID   broken/broken.yaml:"), "{}", all.out);
    assert!(all.out.contains("A container is privileged"), "{}", all.out);
    assert_eq!(tree.audit(&["missing.yaml"]).code, 12);
    assert_eq!(Program::new().args(&["audit", "manifests"]).run().code, 2);
}

#[test]
fn standard_input_is_a_file() {
    let run =
        Program::new().args(&["audit", "manifests", "-"]).args(&ONE).input(&privileged()).run();
    assert_eq!(run.code, 10, "{}", run.err);
    let run = Program::new().args(&["audit", "manifests", "-"]).args(&ONE).input("kind: [").run();
    assert_eq!(run.code, 12, "{}", run.err);
    assert!(run.out.contains("stdin:1:"), "{}", run.out);
}

#[test]
fn the_invalid_network_policy_gets_the_answers_that_its_author_needs() {
    let file = format!("{EXAMPLES}/invalid-network-policy.yaml");
    let run = Program::new()
        .env("COLUMNS", "80")
        .args(&["audit", "manifests", &file, "--name", "shop", "--all"])
        .run();
    assert_eq!(run.code, 12, "{}", run.out);
    let text = run.out.split_whitespace().collect::<Vec<_>>().join(" ");
    for answer in [
        "write `apiVersion: networking.k8s.io/v1`",
        "spec.ingress[0].from[0].host: unknown field",
        "spec.ingress[0].from[0].ports: unknown field: it belongs in `spec.ingress[0].ports`",
    ] {
        assert!(text.contains(answer), "{answer}\n{}", run.out);
    }
    let valid = format!("{EXAMPLES}/network-policy.yaml");
    let run = Program::new().args(&["audit", "manifests", &valid]).run();
    assert_ne!(run.code, 12, "{}", run.out);
}

#[test]
fn results_for_code_scanning_have_the_file_and_the_line() {
    let wrong = format!("# a comment\n{}", privileged());
    let tree = Tree::of(&[("k8s/web app.yaml", &wrong), ("k8s/bad.yaml", "kind: Pod\n")]);
    let sarif = tree.audit(&["k8s", "--format", "sarif"]).json();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    let places: Vec<String> = results
        .iter()
        .map(|result| {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            format!("{} {uri}:{}", result["ruleId"].as_str().unwrap(), place["region"]["startLine"])
        })
        .collect();
    assert!(places.contains(&"invalid-file k8s/bad.yaml:1".to_owned()), "{places:?}");
    let found = "workloads.privileged-containers k8s/web%20app.yaml:2".to_owned();
    assert!(places.contains(&found), "{places:?}");
}

#[test]
fn a_finding_keeps_its_id_wherever_the_files_are_checked_out() {
    let (one, other) = (privileged(), privileged());
    let ids = |text: &str, folder: &str| {
        let tree = Tree::of(&[(&format!("{folder}/k8s/web.yaml"), text)]);
        let program = Program::new().current_dir(tree.0.path().join(folder));
        let run = program.args(&["audit", "manifests", "k8s", "--format", "json"]).args(&ONE).run();
        run.json()["findings"][0]["id"].as_str().unwrap().to_owned()
    };
    assert_eq!(ids(&one, "a"), ids(&other, "b/c"));
}

#[test]
fn a_configuration_names_manifests_as_a_target() {
    let text = privileged();
    let config = "[[target]]\nname = \"shop\"\nprovider = \"kubernetes\"\nmanifests = [\"k8s\"]\nkubernetes-version = \"1.33\"\n";
    let tree = Tree::of(&[("k8s/web.yaml", &text), ("posture.toml", config)]);
    let program = Program::new().current_dir(tree.0.path());
    let run = program.args(&["audit", "targets", "--format", "json"]).args(&ONE).run();
    assert_eq!(run.code, 10, "{}", run.err);
    assert_eq!(run.json()["findings"][0]["scope"], "shop");
}
