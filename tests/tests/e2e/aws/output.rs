//! What people and other programs get to see.

use std::collections::BTreeSet;

use console::measure_text_width;
use posture_tests::{Cloud, Fault, Program, Rule, Run};

use posture_tests::scenes::wrong;

const CANARIES: &[&str] = &[
    "canary-secret-key-0123456789",
    "canary-policy-0123456789",
    "canary-token-0123456789",
    "canary-external-id-0123456789",
];

/// Text in which nothing moves the cursor, colors the screen, turns the direction of reading or rings a bell.
fn assert_plain(text: &str) {
    let odd = text.chars().find(|c| {
        (c.is_control() && *c != '\n')
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
    });
    assert_eq!(odd, None, "{text}");
}

fn assert_no_canary(run: &Run, files: &[&str]) {
    for canary in CANARIES {
        assert!(!run.out.contains(canary), "{canary} is in the output");
        assert!(!run.err.contains(canary), "{canary} is in the notes");
        for file in files {
            let content = std::fs::read_to_string(run.path(file)).unwrap();
            assert!(!content.contains(canary), "{canary} is in {file}");
        }
    }
}

#[test]
fn the_tables_fit_a_terminal_of_80_columns() {
    let run = wrong("100000000060").audit(&["--details", "--framework", "csf"]);
    assert_eq!(run.code, 10, "{}", run.err);
    for line in run.out.lines() {
        // A command is there to be copied, and stays in one piece.
        if line.contains("  aws ") {
            continue;
        }
        assert!(measure_text_width(line) <= 80, "{} columns: {line}", measure_text_width(line));
        assert_eq!(line, line.trim_end(), "spaces at the end");
    }
    assert_plain(&run.out);
    for part in ["AWS: account 100000000060", "Govern", "PR.AA-05", "FAILED: "] {
        assert!(run.out.contains(part), "no {part} in {}", run.out);
    }
}

#[test]
fn hostile_names_and_texts_stay_text() {
    let cloud = Cloud::with("100000000061", "hostile");
    let mut deny = Rule::deny("s3:GetBucketVersioning");
    deny =
        deny.words("\u{1b}]0;owned\u{7}\u{1b}[2J\r\nno\u{202e}gpj.exe <script>alert(1)</script>");
    cloud.rule(deny);
    for arguments in [&["--details"][..], &["-v"], &["--details", "--framework", "ccm"]] {
        let run = cloud.audit(arguments);
        assert_plain(&run.out);
        assert_plain(&run.err);
        assert!(run.out.contains("=1+1"), "the user is not in the table");
        assert_no_canary(&run, &[]);
    }
    // With colors requested, only posture's escapes appear: none carries text of the cloud.
    let run = cloud.audit(&["--details", "--color", "always"]);
    assert!(!run.out.contains("\u{1b}]"), "{}", run.out);
    assert!(!run.out.contains("\u{1b}[2J"), "{}", run.out);
}

#[test]
fn no_cell_of_the_csv_starts_a_formula() {
    let cloud = Cloud::with("100000000062", "hostile");
    cloud.rule(Rule::deny("s3:GetBucketVersioning").words("=HYPERLINK(\"http://evil.example\")"));
    let run = cloud.audit(&["--format", "csv"]);
    let mut reader = csv::Reader::from_reader(run.out.as_bytes());
    let mut rows = 0;
    for row in reader.records() {
        for cell in &row.unwrap() {
            let first = cell.chars().next().unwrap_or(' ');
            assert!(!"=+-@\t\r".contains(first), "{cell}");
        }
        rows += 1;
    }
    assert!(rows > 100, "{rows} rows");
    assert!(run.out.contains("'=1+1"));
    assert_no_canary(&run, &[]);
}

#[test]
fn no_secret_and_no_policy_text_is_kept_or_shown() {
    let cloud = Cloud::with("100000000063", "hostile");
    let run = cloud
        .program()
        .env("AWS_SESSION_TOKEN", CANARIES[2])
        .env("RUST_LOG", "trace")
        .args(&["audit", "aws", "-vvv", "--details", "--save", "kept.json", "--format", "json"])
        .args(&[
            "--role-arn",
            "arn:aws:iam::100000000063:role/auditor",
            "--external-id",
            CANARIES[3],
        ])
        .run();
    assert_eq!(run.code, 10, "{}", run.err);
    assert_no_canary(&run, &["kept.json"]);
    assert!(!run.out.contains(Cloud::KEY) && !run.err.contains(Cloud::KEY));
    let kept = std::fs::read_to_string(run.path("kept.json")).unwrap();
    assert!(!kept.contains(Cloud::KEY));
}

#[cfg(unix)]
#[test]
fn only_their_owner_can_read_what_is_written() {
    use std::os::unix::fs::PermissionsExt;
    let cloud = Cloud::empty("100000000064");
    let run = cloud.audit(&[
        "--control",
        "storage",
        "--save",
        "kept.json",
        "--format",
        "json",
        "--output",
        "report.json",
    ]);
    for file in ["kept.json", "report.json"] {
        let mode = std::fs::metadata(run.path(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_in_the_way_is_not_followed() {
    let cloud = Cloud::empty("100000000069");
    let arguments = ["--save", "kept.json", "--format", "json", "--output", "report.json"];
    let program = cloud
        .program()
        .file("victim", "precious")
        .args(&["audit", "aws", "--control", "storage"])
        .args(&arguments);
    for name in ["kept.json", "report.json"] {
        std::os::unix::fs::symlink("victim", program.folder().join(name)).unwrap();
    }
    let run = program.run();
    assert_eq!(std::fs::read_to_string(run.path("victim")).unwrap(), "precious");
    for name in ["kept.json", "report.json"] {
        assert!(!run.path(name).is_symlink(), "{name}");
    }
}

#[test]
fn a_signed_request_does_not_follow_to_another_place() {
    let elsewhere = Cloud::empty("100000000070");
    let cloud = Cloud::with("100000000071", "small");
    for action in ["s3:ListAllMyBuckets", "iam:GetAccountSummary", "kms:ListKeys"] {
        let to = format!("{}/", elsewhere.endpoint());
        cloud.rule(Rule::new(action, Fault::Redirect(to)));
    }
    let run = cloud.report(&[
        "--control",
        "storage.versioning",
        "--control",
        "identity.root-mfa",
        "--control",
        "keys.rotation",
    ]);
    assert!(elsewhere.calls().is_empty());
    for control in ["storage.versioning", "identity.root-mfa", "keys.rotation"] {
        assert!(run.findings(control).iter().all(|finding| finding.outcome == "unknown"));
    }
}

#[test]
fn nothing_but_reads_is_ever_asked() {
    let cloud = wrong("100000000065");
    cloud.calls();
    cloud.audit(&[]);
    cloud.audit(&["--plan"]);
    let asked: BTreeSet<String> = cloud.calls().into_iter().map(|call| call.action).collect();
    assert!(asked.len() > 40, "{asked:?}");
    for action in asked {
        let (_, operation) = action.split_once(':').unwrap();
        let reads = ["Get", "List", "Describe"].iter().any(|verb| operation.starts_with(verb));
        // The report is a reading of the account, made on request.
        assert!(reads || operation == "GenerateCredentialReport", "{action}");
    }
}

#[test]
fn requests_go_nowhere_but_where_they_should() {
    let run = Program::new()
        .env("AWS_ENDPOINT_URL", "https://aws.example.com")
        .env("AWS_ACCESS_KEY_ID", Cloud::KEY)
        .env("AWS_SECRET_ACCESS_KEY", CANARIES[0])
        .args(&["audit", "aws"])
        .run();
    assert_eq!(run.code, 1, "{}", run.err);
    assert!(run.err.contains("aws.example.com"), "{}", run.err);
    assert!(run.err.contains("--allow-endpoint"), "{}", run.err);
    assert_no_canary(&run, &[]);
    // Of one service only: that is a setting, too.
    let cloud = Cloud::empty("100000000066");
    for (setting, action, control) in [
        ("AWS_ENDPOINT_URL_IAM", "iam:GetAccountSummary", "identity.root-mfa"),
        // Services that are called without an SDK crate.
        (
            "AWS_ENDPOINT_URL_S3_CONTROL",
            "s3:GetAccountPublicAccessBlock",
            "storage.account-public-access-block",
        ),
        ("AWS_ENDPOINT_URL_ACCOUNT", "account:GetAlternateContact", "identity.security-contact"),
    ] {
        let run = cloud
            .program()
            .env(setting, "https://service.example.com")
            .args(&["audit", "aws", "--format", "json", "--control", control])
            .run();
        assert!(run.gaps().iter().any(|(gap, _)| gap == action), "{setting}: {:?}", run.gaps());
        assert_eq!(run.findings(control)[0].outcome, "unknown", "{setting}");
    }
}

#[test]
fn without_credentials_it_says_what_was_tried_and_what_to_do() {
    let run = Program::new().args(&["audit", "aws"]).run();
    assert_eq!(run.code, 1);
    assert_eq!(run.out, "");
    for part in ["no usable credentials", "AWS_ACCESS_KEY_ID", "aws sso login", "aws login"] {
        assert!(run.err.contains(part), "no {part} in {}", run.err);
    }
}

#[test]
fn a_reader_that_leaves_early_is_not_a_failure() {
    let script =
        format!("{} controls show identity.root-mfa | head -n 1", Program::path().display());
    let output = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(!output.stdout.is_empty());
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
}

#[test]
fn json_and_csv_say_the_same_as_the_table() {
    let cloud = Cloud::with("100000000068", "small");
    let run = cloud.audit(&["--all", "--save", "kept.json"]);
    let kept = run.path("kept.json");
    let check = |format: &str| {
        Program::new().args(&["check", kept.to_str().unwrap(), "--format", format]).run()
    };
    let json = check("json").json();
    assert_eq!((&json["format"], &json["version"]), (&"posture-report".into(), &1.into()));
    let findings = json["findings"].as_array().unwrap();
    let csv = check("csv").out;
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    assert_eq!(reader.records().count(), findings.len());
    let failed = findings.iter().filter(|finding| finding["outcome"] == "fail").count();
    assert!(run.out.contains(&format!("{failed} fail")), "{failed}: {}", run.out);
}

#[test]
fn no_disguise_of_an_endpoint_is_accepted() {
    for endpoint in [
        "http://169.254.169.254",
        "http://[::ffff:169.254.169.254]",
        "http://2130706433",
        "file:///etc/passwd",
        "http://iam.amazonaws.com",
        "https://iam.amazonaws.com@evil.example",
        "https://127.0.0.1.nip.io",
        "https://amazonaws.com.evil.example",
    ] {
        let refused = |program: Program| {
            let run = program
                .env("AWS_ACCESS_KEY_ID", Cloud::KEY)
                .env("AWS_SECRET_ACCESS_KEY", CANARIES[0])
                .args(&["audit", "aws"])
                .run();
            assert_eq!(run.code, 1, "{endpoint}: {}", run.err);
            assert!(run.err.contains("is not an AWS endpoint"), "{endpoint}: {}", run.err);
            assert_no_canary(&run, &[]);
        };
        refused(Program::new().env("AWS_ENDPOINT_URL", endpoint).env("AWS_REGION", "us-east-1"));
        let profile = format!("[default]\nendpoint_url = {endpoint}\nregion = us-east-1\n");
        refused(Program::new().file("config", &profile).env("AWS_CONFIG_FILE", "config"));
    }
}

#[cfg(unix)]
#[test]
fn a_generous_umask_gives_nothing_away() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "umask 000; exec {} check {} --format json --output report.json",
        Program::path().display(),
        concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json")
    );
    let mut shell = std::process::Command::new("sh");
    let output = shell.args(["-c", &script]).current_dir(folder.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(10), "{}", String::from_utf8_lossy(&output.stderr));
    let mode = std::fs::metadata(folder.path().join("report.json")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}
