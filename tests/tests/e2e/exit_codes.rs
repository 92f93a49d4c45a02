//! The exit codes, as the table of `docs/usage.md` has them.

use posture_tests::Program;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
const USAGE: &str = include_str!("../../../docs/usage.md");

const EXCEPTION: &str = "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"*\"\nscope = \"*1*\"\n\
    owner = \"a\"\nreason = \"b\"\nexpires = 2099-12-31\n";

fn code(configuration: &str, arguments: &[&str]) -> i32 {
    let snapshot = std::fs::read_to_string(EXAMPLE).unwrap();
    let known = r#""versioning":{"known":false}"#;
    let hidden = snapshot.replacen(known, r#""versioning":{"gap":0}"#, 1);
    let better = snapshot.replacen(known, r#""versioning":{"known":true}"#, 1);
    assert!(hidden != snapshot && better != snapshot);
    Program::new()
        .file("posture.toml", configuration)
        .file("hidden.json", &hidden)
        .file("better.json", &better)
        .file("empty.json", "{}")
        .file("mfa.toml", "[[fact]]\nname = \"account.root_mfa\"\nvalue = false\n")
        .file("same.toml", "")
        .args(arguments)
        .run()
        .code
}

/// The row of a command in the documentation.
fn documented(command: &str) -> Vec<&'static str> {
    let row = USAGE
        .lines()
        .find(|line| line.starts_with("| `") && line.contains(&format!("`{command}`")));
    let row = row.unwrap_or_else(|| panic!("{command} has no row"));
    row.split('|').map(str::trim).collect()
}

#[test]
fn each_code_of_the_table_is_the_one_that_the_command_gives() {
    let versioning = ["--control", "storage.versioning"];
    let with = |arguments: &[&'static str]| [arguments, &versioning].concat();
    let cases: Vec<(&str, i32, &str, Vec<&str>)> = vec![
        (
            "check",
            0,
            "",
            with(&["check", EXAMPLE, "--fail-on", "never", "--allow-unknown", "100%"]),
        ),
        ("check", 10, "", with(&["check", EXAMPLE])),
        ("check", 11, "", with(&["check", "hidden.json", "--fail-on", "never"])),
        ("", 0, "", with(&["report", EXAMPLE])),
        (
            "check",
            0,
            "",
            with(&["check", EXAMPLE, "--baseline", EXAMPLE, "--allow-unknown", "100%"]),
        ),
        ("check --what-if", 0, "", with(&["check", EXAMPLE, "--what-if", "same.toml"])),
        ("check --what-if", 10, "", vec!["check", EXAMPLE, "--what-if", "mfa.toml"]),
        ("diff", 0, "", with(&["diff", EXAMPLE, EXAMPLE])),
        ("diff", 0, "", with(&["diff", EXAMPLE, "better.json"])),
        ("diff", 10, "", with(&["diff", "better.json", EXAMPLE])),
        ("diff", 11, "", with(&["diff", EXAMPLE, "hidden.json"])),
        ("exceptions check", 0, EXCEPTION, vec!["exceptions", "check", EXAMPLE]),
        ("verify", 2, "", vec!["verify", "."]),
        ("", 1, "", vec!["check", "empty.json"]),
        ("", 1, "", vec!["check", "nothing.json"]),
        ("", 1, "", vec!["check", EXAMPLE, "--output", "no/folder/report.html"]),
        ("", 2, "", vec!["check", EXAMPLE, "--wrong"]),
        ("", 2, "", vec!["check", EXAMPLE, "--control", "storge"]),
        ("", 2, "[audit]\nseverity = 1\n", vec!["check", EXAMPLE]),
        ("", 2, "", vec!["schedule", "once"]),
        ("", 2, "", vec!["history", "list"]),
        ("", 0, "", vec!["controls"]),
        ("", 0, "", vec!["--help"]),
    ];
    for (command, expected, configuration, arguments) in cases {
        assert_eq!(code(configuration, &arguments), expected, "{arguments:?}");
        if !command.is_empty() && expected != 2 {
            let row = documented(command);
            let column = [0, 10, 11].iter().position(|code| *code == expected).unwrap() + 2;
            assert!(!["", "-"].contains(&row[column]), "{command} {expected}: {row:?}");
        }
    }
    // Expired, or of use to nothing.
    let expired = EXCEPTION.replace("2099-12-31", "2020-01-01");
    let idle = EXCEPTION.replace("*1*", "nobody");
    for configuration in [expired, idle] {
        assert_eq!(code(&configuration, &["exceptions", "check", EXAMPLE]), 10);
    }
    // The tests of bundles, of controls from files and of schedules hold these to their codes.
    for command in ["verify", "controls test", "schedule once", "audit", "demo"] {
        assert!(documented(command).len() > 4, "{command}");
    }
}
