//! What the README shows is what its reader will see.

use std::path::Path;

use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_tests::Program;

/// The output after each command that audits a simulated cloud or a recorded one is what it prints on a terminal of 80 columns.
/// A line that is `…` replaces lines that are left out.
#[test]
fn the_output_is_that_of_the_commands() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.lines().count() <= 150, "the README is for the first minute");
    let mut written = readme.clone();
    let mut commands = 0;
    for block in readme.split("```sh\n").skip(1) {
        let Some((command, rest)) = block.split_once("\n```\n\n```text\n") else { continue };
        let shown = rest.split("```").next().unwrap();
        let words: Vec<String> = command
            .split_whitespace()
            .skip(1)
            .map(|word| match word.strip_prefix("examples/") {
                Some(file) => root.join("examples").join(file).to_str().unwrap().to_owned(),
                None => word.to_owned(),
            })
            .collect();
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let run = Program::new().env("COLUMNS", "80").args(&words).run();
        assert_eq!(run.code, 10, "{}", run.err);
        let seen = run.out.replace(root.to_str().unwrap(), "").replace("/examples", "examples");
        assert!(shown.lines().count() <= 15, "{shown}");
        if std::env::var_os("POSTURE_UPDATE").is_some() {
            written = written.replacen(shown, &cut(&undated(&seen), shown.lines().count()), 1);
        } else {
            let mut lines = seen.lines();
            for line in shown.lines().filter(|line| *line != "…") {
                let is_it = |seen: &str| undated(seen) == undated(line);
                assert!(lines.any(is_it), "{command} does not show {line:?} there:\n{seen}");
            }
        }
        commands += 1;
    }
    assert_eq!(commands, 2);
    if written != readme {
        std::fs::write(root.join("README.md"), written).unwrap();
    }
}

/// The numbers of controls, and of requirements with evidence and decided in part, are those of the program.
#[test]
fn the_numbers_are_those_of_the_program() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let all = posture_core::controls::ALL;
    let of = |providers: &[Provider]| {
        let judges = |control: &&&Control| providers.iter().all(|one| control.judges(*one));
        all.iter().filter(judges).count()
    };
    let (aws, azure) = (Provider::Aws, Provider::Azure);
    let (aws, azure, both) = (of(&[aws]), of(&[azure]), of(&[aws, azure]));
    let (kubernetes, docker) = (of(&[Provider::Kubernetes]), of(&[Provider::Docker]));
    let images = of(&[Provider::Image]);
    let counts = format!(
        "{} controls: {aws} for AWS, {azure} for Azure, {both} of them for both, {kubernetes} for Kubernetes, {docker} for Docker, {images} for images",
        all.len()
    );
    assert!(readme.contains(&counts), "{counts}");
    for name in ["csf", "ccm", "cis-aws", "cis-azure", "mcsb", "aws-fsbp", "nist-800-53-r5"] {
        let framework = posture_core::frameworks::find(name).unwrap();
        let of = posture_core::frameworks::coverage(framework, all, None);
        let is_row = |line: &&str| line.starts_with('|') && line.contains(&format!("(`{name}`)"));
        let row = readme.lines().find(is_row).unwrap();
        let numbers = format!("| {} | {} |", of.evidenced, of.decided);
        assert!(row.ends_with(&numbers), "{row}: {numbers}");
    }
}

/// The picture of the README is the first screen of the demo, as a terminal of 80 columns shows it.
#[test]
fn the_picture_is_that_of_the_demo() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    assert!(readme.contains("(docs/demo.svg)"));
    let run = Program::new().env("COLUMNS", "80").args(&["demo", "--color", "always"]).run();
    let screen = format!("$ posture demo\n{}", undated(&run.out));
    let terminal = anstyle_svg::Term::new().palette(anstyle_svg::WIN10_CONSOLE);
    let picture = terminal.min_width_px(720).render_svg(&screen) + "\n";
    assert!(picture.len() < 20_000, "{}", picture.len());
    let path = root.join("docs/demo.svg");
    if std::env::var_os("POSTURE_UPDATE").is_some() {
        std::fs::write(path, picture).unwrap();
    } else {
        let shown = std::fs::read_to_string(path).unwrap();
        assert_eq!(shown, picture, "POSTURE_UPDATE=1 writes it again");
    }
}

/// The time of an audit that is made now differs each time.
fn undated(text: &str) -> String {
    let Some((before, after)) = text.split_once(" · read 20") else { return text.to_owned() };
    let rest = after.split_once(" UTC").map_or(after, |(_, rest)| rest);
    format!("{before}{rest}")
}

/// As many lines as the README has room for: the first ones, and the last.
fn cut(text: &str, room: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let first = if lines.len() > room { room.saturating_sub(2) } else { room };
    let mut shown: Vec<&str> = lines.iter().copied().take(first).collect();
    if lines.len() > room {
        shown.push("…");
        shown.extend(lines.last());
    }
    shown.iter().map(|line| format!("{}\n", line.trim_end())).collect()
}

#[test]
fn the_example_of_the_library_is_the_one_that_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let page = std::fs::read_to_string(root.join("docs/library.md")).unwrap();
    let example = std::fs::read_to_string(root.join("posture/examples/print.rs")).unwrap();
    let (_, code) = example.split_once("\n\n").unwrap();
    assert!(page.contains(code), "{code}");
}

/// Every test that the threat model names exists.
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
