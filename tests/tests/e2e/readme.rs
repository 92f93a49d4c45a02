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
