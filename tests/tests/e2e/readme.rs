//! What the README shows is what its reader will see.

use std::path::Path;

use posture_tests::Program;

#[test]
fn the_output_is_that_of_the_recorded_clouds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let shown = readme.split("```text\n").nth(1).unwrap().split("```").next().unwrap();
    let example = root.join("examples/clouds.json");
    let run = Program::new().args(&["check", example.to_str().unwrap()]).run();
    assert_eq!(run.code, 10, "{}", run.err);
    // Only the place of the file differs.
    let seen = run.out.replace(root.to_str().unwrap(), "").replace("/examples", "examples");
    if std::env::var_os("POSTURE_UPDATE").is_some() {
        std::fs::write(root.join("README.md"), readme.replacen(shown, &seen, 1)).unwrap();
    } else {
        assert_eq!(seen, shown, "set POSTURE_UPDATE to write it anew");
    }
}

#[test]
fn the_example_of_the_library_is_the_one_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let example = std::fs::read_to_string(root.join("posture/examples/print.rs")).unwrap();
    let (_, code) = example.split_once("\n\n").unwrap();
    assert!(readme.contains(code), "{code}");
}

/// Every test that the page on what somebody hostile may try names is there.
#[test]
fn the_tests_of_the_threat_model_exist() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("docs");
    let page = std::fs::read_to_string(docs.join("threat-model.md")).unwrap();
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")).skip(2) {
        let mut file = String::new();
        for part in row.rsplit(" | ").next().unwrap().split_inclusive(['(', ')', '`']) {
            if let Some(link) = part.strip_suffix(')').filter(|link| link.starts_with("../")) {
                file = std::fs::read_to_string(docs.join(link)).unwrap();
            } else if let Some(name) = part.strip_suffix('`').filter(|name| name.contains('_')) {
                assert!(file.contains(&format!("fn {name}(")), "there is no test `{name}`");
                named += 1;
            }
        }
    }
    assert!(named > 60, "{named}");
}
