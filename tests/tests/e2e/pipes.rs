//! What the program does when its output is not read.

use posture_tests::Program;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");

const FORMATS: [&str; 13] = [
    "table",
    "html",
    "markdown",
    "json",
    "ndjson",
    "csv",
    "csv-requirements",
    "junit",
    "sarif",
    "ocsf",
    "asff",
    "oscal",
    "oscal-poam",
];

/// Runs it with and without a reader: the exit code is the same, and nothing is reported.
fn assert_quiet(arguments: &[&str]) {
    let program = || {
        Program::new()
            .file("posture.toml", "")
            .file("patch.toml", "[[fact]]\nname = \"account.root_mfa\"\nvalue = false\n")
            .args(arguments)
    };
    let read = program().run();
    let unread = program().run_unread();
    assert_eq!(unread.code, read.code, "{arguments:?}: {}", unread.err);
    for word in ["error", "cause", "roken pipe"] {
        assert!(!unread.err.contains(word), "{arguments:?}: {}", unread.err);
    }
    // As with `2>&1 | head`: neither notes nor errors have a reader.
    assert_eq!(program().run_unseen(), read.code, "{arguments:?}");
}

#[test]
fn every_format_ends_quietly_when_its_reader_went_away() {
    for format in FORMATS {
        assert_quiet(&["check", EXAMPLE, "--control", "storage", "--format", format]);
    }
    let help = Program::new().args(&["check", "--help"]).run();
    let known =
        help.out.lines().filter_map(|line| line.trim().strip_prefix("- ")?.split(':').next());
    let known: Vec<&str> = known.collect();
    assert!(FORMATS.iter().all(|format| known.contains(format)), "{known:?}");
    assert!(known.iter().filter(|known| **known != "auto").count() >= FORMATS.len(), "{known:?}");
}

#[test]
fn every_command_ends_quietly_when_its_reader_went_away() {
    for arguments in [
        &["diff", EXAMPLE, EXAMPLE][..],
        &["diff", EXAMPLE, EXAMPLE, "--format", "json"],
        &["diff", EXAMPLE, EXAMPLE, "--format", "markdown"],
        &["check", EXAMPLE, "--what-if", "patch.toml"],
        &["controls"],
        &["controls", "show", "storage.versioning"],
        &["frameworks"],
        &["frameworks", "show", "csf"],
        &["permissions", "aws"],
        &["completions", "bash"],
        &["exceptions", "list"],
        &["exceptions", "check", EXAMPLE],
        &["check", "nothing.json"],
        &["--help"],
        &["--version"],
        &["--wrong"],
    ] {
        let program = || {
            Program::new()
                .file("posture.toml", "")
                .file("patch.toml", "[[fact]]\nname = \"account.root_mfa\"\nvalue = false\n")
                .args(arguments)
        };
        let code = program().run().code;
        assert_eq!(program().run_unread().code, code, "{arguments:?}");
        assert_eq!(program().run_unseen(), code, "{arguments:?}");
    }
}
