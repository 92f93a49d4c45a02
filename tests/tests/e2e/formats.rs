//! Every format for other tools, read by those who did not write it: schemas, an XML parser, a JSON parser.

use std::io::Write;
use std::path::PathBuf;
use std::process::Command;

use posture_tests::{Program, Run, python};
use serde_json::Value;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
const SCHEMAS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../posture-report/schemas/");

/// A name that ends tags, strings, lines, cells and code spans, and begins a formula.
const HOSTILE: &str =
    "=1+1|</script></failure>]]>\"'`<img src=x onerror=alert(1)>\u{1b}[2J\u{202e}\n| @all";

/// A control from a file with no more than it has to have, which has no answer for a bucket without the tag.
const BARE: &str = r#"
id = "contoso.bare"
title = "Buckets have an owner"
severity = "low"
rationale = "An owner has to be asked."
resource = "bucket"
pass = 'tags.owner != ""'
[remediation.aws]
text = "Tag it."
console = "S3"
command = "aws s3api put-bucket-tagging"
[remediation.azure]
text = "Tag it."
console = "Storage accounts"
command = "az tag update"
[[case]]
name = "with"
expect = "pass"
facts = { tags = { owner = "x" } }
[[case]]
name = "empty"
expect = "fail"
facts = { tags = { owner = "" } }
"#;

/// One run, which wrote the report in a format beside JSON.
struct Written {
    run: Run,
    file: PathBuf,
    report: Value,
}

impl Written {
    /// Of the example, in which names mean harm and a failure is accepted.
    fn new(name: &str) -> Self {
        let escaped = serde_json::to_string(HOSTILE).unwrap();
        let snapshot = std::fs::read_to_string(EXAMPLE).unwrap();
        assert!(snapshot.contains("website-123456789012"));
        let snapshot = snapshot.replace("website-123456789012", escaped.trim_matches('"'));
        let exception = "[[exception]]\ncontrol = \"storage.versioning\"\nresource = \"*invoices*\"\n\
             owner = \"web <b>team</b>\"\nreason = \"made anew\"\nticket = \"SEC-1\"\nexpires = 2099-12-31\n";
        let run = Program::new()
            .file("in.json", &snapshot)
            .file("posture.toml", exception)
            .file("own.toml", BARE)
            .args(&["check", "in.json", "--output", "whole.json", "--output", name])
            .args(&["--control-files", "own.toml"])
            .run();
        assert_eq!((run.code, run.out.as_str()), (10, ""), "{}", run.err);
        let file = run.path(name);
        let report = std::fs::read_to_string(run.path("whole.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        let own = |finding: &Value| {
            finding["control"] == "contoso.bare" && finding["gap"]["reason"] == "undetermined"
        };
        // What was read is known, and says nothing of an owner.
        assert!(count(report["findings"].as_array().unwrap(), own) > 2);
        Self { file, report, run }
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.file).unwrap()
    }

    fn findings(&self) -> &[Value] {
        self.report["findings"].as_array().unwrap()
    }

    /// How often each outcome is there: pass, fail, excepted, not applicable, unknown.
    fn counts(&self) -> [usize; 5] {
        let mut counts = [0; 5];
        for finding in self.findings() {
            let place = match finding["outcome"].as_str().unwrap() {
                "pass" => 0,
                "fail" if finding["exception"].is_null() => 1,
                "fail" => 2,
                "not-applicable" => 3,
                "unknown" => 4,
                other => panic!("{other}"),
            };
            counts[place] += 1;
        }
        assert!(counts.iter().all(|count| *count > 0), "{counts:?}");
        counts
    }

    /// Validates the file against a published schema.
    fn assert_valid(&self, schema: &str) {
        succeed(python("validate.py").arg(SCHEMAS.to_owned() + schema).arg(&self.file));
    }
}

fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn count<'v>(all: impl IntoIterator<Item = &'v Value>, is: impl Fn(&Value) -> bool) -> usize {
    all.into_iter().filter(|one| is(one)).count()
}

/// Whether a text holds anything that a terminal would act upon or not show.
fn is_plain(text: &str) -> bool {
    !text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}')
}

#[test]
fn sarif_is_as_its_schema_wants_it_and_keeps_failures_and_unknowns() {
    let written = Written::new("a.sarif");
    written.assert_valid("sarif-2.1.0.json");
    let log: Value = serde_json::from_str(&written.text()).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    let accepted = |result: &Value| !result["suppressions"].as_array().unwrap().is_empty();
    let of = |kind: &str, excepted: bool| {
        count(results, |result| result["kind"] == kind && accepted(result) == excepted)
    };
    let found = [
        of("pass", false),
        of("fail", false),
        of("fail", true),
        of("notApplicable", false),
        of("open", false),
    ];
    let [_, fail, excepted, _, unknown] = written.counts();
    assert_eq!(found, [0, fail, excepted, 0, unknown]);
    assert_eq!(results.len(), fail + excepted + unknown);
    assert!(is_plain(&written.text()));
    // A schema that takes everything would prove nothing.
    let broken = written.text().replace("\"kind\": \"open\"", "\"kind\": \"pass?\"");
    std::fs::write(&written.file, broken).unwrap();
    let mut validate = python("validate.py");
    let validate = validate.arg(SCHEMAS.to_owned() + "sarif-2.1.0.json").arg(&written.file);
    assert!(!validate.output().unwrap().status.success());
}

#[test]
fn a_filtered_report_is_as_the_schemas_want_it_and_says_so() {
    let folder = tempfile::TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let all = ["a.sarif", "a.ocsf.ndjson", "a.json"];
    for filter in [&["--status", "pass,n/a"][..], &["--resource", "none"], &["--service", "s3"]] {
        let mut arguments = vec!["check".to_owned(), EXAMPLE.to_owned()];
        arguments.extend(filter.iter().map(|word| (*word).to_owned()));
        arguments.extend(all.iter().flat_map(|name| ["--output".to_owned(), path(name)]));
        let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let run = Program::new().args(&words).run();
        assert_eq!(run.code, 10, "{}", run.err);
        // The one of them that has no place for it.
        assert!(run.err.contains("note: ocsf: Filtered by --"), "{}", run.err);
        assert!(!run.err.contains("note: sarif:"), "{}", run.err);
        let validate = |schema: &str, name: &str| {
            succeed(python("validate.py").arg(SCHEMAS.to_owned() + schema).arg(path(name)));
        };
        validate("sarif-2.1.0.json", "a.sarif");
        validate("ocsf-compliance-finding-1.8.0.json", "a.ocsf.ndjson");
        let report = std::fs::read_to_string(path("a.json")).unwrap();
        let report: Value = serde_json::from_str(&report).unwrap();
        assert_eq!(report["filter"]["shown"], report["findings"].as_array().unwrap().len());
        // What a filter left out must not be taken for what is gone.
        let run = Program::new().args(&["diff", &path("a.json"), EXAMPLE]).run();
        assert_eq!(run.code, 1, "{}", run.out);
        assert!(run.err.contains("the report is filtered"), "{}", run.err);
    }
}

#[test]
fn ocsf_is_as_its_schema_wants_it_and_keeps_every_outcome() {
    let written = Written::new("a.ocsf.ndjson");
    written.assert_valid("ocsf-compliance-finding-1.8.0.json");
    let text = written.text();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |status: u8, excepted: bool| {
        count(&events, |event| {
            event["compliance"]["status_id"] == status
                && (event["status"] == "Excepted") == excepted
        })
    };
    let found = [of(1, false), of(3, false), of(3, true), of(99, false), of(2, false)];
    assert_eq!(found, written.counts());
    assert_eq!(events.len(), written.findings().len());
    assert!(is_plain(&text));
}

#[test]
fn a_pipe_is_written_to_and_stays_a_pipe() {
    use std::os::unix::fs::FileTypeExt;
    let folder = tempfile::TempDir::new().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let reader = {
        let pipe = pipe.clone();
        std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap())
    };
    let path = pipe.to_str().unwrap();
    let run = Program::new().args(&["check", EXAMPLE, "--format", "csv", "--output", path]).run();
    assert_eq!(run.code, 10, "{}", run.err);
    assert!(reader.join().unwrap().contains("storage.versioning"));
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
    // A snapshot is renamed to its name and cannot be a pipe.
    let saved = Program::new().args(&["audit", "aws", "--save", path]).run();
    assert!(saved.code == 2 && saved.err.contains("not a file"), "{}", saved.err);
    assert!(pipe.metadata().unwrap().file_type().is_fifo());
}

#[test]
fn security_hub_takes_the_findings_of_aws() {
    let written = Written::new("a.asff.json");
    written.assert_valid("asff-2018-10-08.json");
    succeed(python("asff.py").arg(&written.file));
    let text = written.text();
    assert!(is_plain(&text));
    let file: Value = serde_json::from_str(&text).unwrap();
    let findings = file["Findings"].as_array().unwrap();
    let scopes = written.report["scopes"].as_array().unwrap();
    let aws = |finding: &Value| {
        let is = |scope: &&Value| scope["id"] == finding["scope"] && scope["provider"] == "aws";
        scopes.iter().any(|scope| is(&scope))
    };
    assert_eq!(findings.len(), count(written.findings(), aws));
    let status = |text: &str| count(findings, |one| one["Compliance"]["Status"] == text);
    let outcome = |text: &str| count(written.findings(), |one| aws(one) && one["outcome"] == text);
    assert_eq!(status("PASSED"), outcome("pass"));
    assert_eq!(status("FAILED"), outcome("fail"));
    assert_eq!(status("WARNING"), outcome("unknown"));
    assert_eq!(status("NOT_AVAILABLE"), outcome("not-applicable"));
}

#[test]
fn oscal_is_as_its_schemas_want_it_and_satisfies_only_what_is_met() {
    let written = Written::new("a.oscal.json");
    written.assert_valid("oscal-assessment-results-1.2.json");
    assert!(is_plain(&written.text()));
    let file: Value = serde_json::from_str(&written.text()).unwrap();
    let results = file["assessment-results"]["results"].as_array().unwrap();
    let findings = results.iter().flat_map(|result| result["findings"].as_array().unwrap());
    let satisfied = count(findings, |one| one["target"]["status"]["state"] == "satisfied");
    let frameworks = written.report["frameworks"].as_array().unwrap();
    let requirements =
        frameworks.iter().flat_map(|framework| framework["requirements"].as_array().unwrap());
    let met = count(requirements, |requirement| requirement["state"] == "met");
    assert_eq!(satisfied, met);
    assert!(met > 0);
}

#[test]
fn a_plan_of_action_holds_every_failure_and_who_accepted_it() {
    let written = Written::new("a.poam.json");
    written.assert_valid("oscal-poam-1.2.json");
    let text = written.text();
    assert!(is_plain(&text));
    let file: Value = serde_json::from_str(&text).unwrap();
    let items = file["plan-of-action-and-milestones"]["poam-items"].as_array().unwrap();
    let [_, fail, excepted, _, _] = written.counts();
    assert_eq!(items.len(), fail + excepted);
    assert_eq!(count(items, |item| item.to_string().contains("SEC-1")), excepted);
}

#[test]
fn junit_is_xml_and_keeps_every_outcome() {
    let written = Written::new("a.xml");
    assert!(is_plain(&written.text()));
    let cases: Value =
        serde_json::from_str(&succeed(python("junit.py").arg(&written.file))).unwrap();
    let cases = cases.as_array().unwrap();
    assert_eq!(cases.len(), written.findings().len());
    let of = |tag: &str, kind: &str| {
        count(cases, |case| case["became"][0][0] == tag && case["became"][0][1] == kind)
    };
    let found = [
        count(cases, |case| case["became"].as_array().unwrap().is_empty()),
        of("failure", "fail"),
        of("failure", "excepted"),
        of("skipped", "not-applicable"),
        of("error", "unknown"),
    ];
    assert_eq!(found, written.counts());
}

#[test]
fn lines_of_json_are_the_report() {
    let written = Written::new("a.ndjson");
    let text = written.text();
    assert!(is_plain(&text));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let findings = count(&lines, |line| line["type"] == "finding");
    assert_eq!(findings, written.findings().len());
    let last = lines.last().unwrap();
    assert_eq!((&last["type"], &last["findings"]), (&"end".into(), &findings.into()));
}

#[test]
fn markdown_says_the_numbers_and_every_failure() {
    let written = Written::new("a.md");
    let text = written.text();
    assert!(is_plain(&text));
    assert!(!text.contains("<b>") || text.contains("`web <b>team</b>`"), "{text}");
    let [pass, fail, excepted, not_applicable, unknown] = written.counts();
    let number = |text: &str| text.contains("**all**").then_some(text.to_owned());
    let all = text.lines().find_map(number).unwrap();
    let columns = [fail, unknown, excepted, pass, not_applicable].map(|n| n.to_string());
    assert_eq!(all, format!("| **all** | {} |", columns.join(" | ")));
    for finding in written.findings().iter().filter(|finding| finding["outcome"] == "fail") {
        assert!(text.contains(finding["control"].as_str().unwrap()));
    }
}

#[test]
fn every_format_gives_the_same_bytes_again() {
    for name in [
        "a.sarif",
        "a.ocsf.ndjson",
        "a.asff.json",
        "a.oscal.json",
        "a.poam.json",
        "a.xml",
        "a.ndjson",
        "a.md",
        "a.csv",
        "a.html",
    ] {
        let (one, other) = (Written::new(name), Written::new(name));
        assert!(one.text() == other.text(), "{name}");
        assert_eq!(one.run.err, other.run.err);
    }
}

/// Chromium, where `cargo xtask test` found or installed it.
fn browser() -> Option<String> {
    let named = std::env::var("POSTURE_TEST_BROWSER").ok();
    if named.is_none() {
        // Not `eprintln`, which the test harness keeps to itself.
        let _ = writeln!(std::io::stderr(), "SKIPPED: there is no Chromium for the HTML report");
    }
    named
}

#[test]
fn a_browser_shows_filters_and_prints_the_page_and_runs_nothing_of_a_cloud() {
    let Some(browser) = browser() else { return };
    let written = Written::new("a.html");
    assert!(is_plain(&written.text()));
    let (pdf, picture) = (written.run.path("a.pdf"), written.run.path("a.png"));
    let found = succeed(python("page.py").arg(browser).arg(&written.file).arg(&pdf).arg(&picture));
    let found: Value = serde_json::from_str(&found).unwrap();
    let all = written.findings().len();
    // What a name holds is text: no element came of it, no script ran, nothing was asked of any host.
    assert_eq!(found["images"], 0);
    assert_eq!(found["errors"], serde_json::json!([]));
    assert_eq!(found["requests"], serde_json::json!([]));
    assert!(found["title"].as_str().unwrap().starts_with("Cloud posture report: "), "{found}");
    // Every finding is there, and the filters show those that they name.
    assert_eq!((&found["at-first"], &found["all"]), (&all.into(), &all.into()));
    let of = |outcome: &str| found["outcomes"][outcome].as_u64().unwrap() as usize;
    assert_eq!([of("p"), of("f"), of("x"), of("n"), of("u")], written.counts());
    let about = |finding: &&Value| finding.to_string().contains("invoices-123456789012");
    assert_eq!(found["sought"], written.findings().iter().filter(about).count());
    assert_eq!((&found["none"], &found["revealed"]), (&0.into(), &1.into()));
    // On a telephone nothing sticks out, and on paper everything is there.
    assert_eq!(found["sticks-out"], false);
    assert!(found["pages"].as_u64().unwrap() > 10, "{found}");
    assert!(std::fs::read(&pdf).unwrap().starts_with(b"%PDF-"));
    assert!(std::fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
}

/// The places in which a text has one of something as if it were several.
fn wrong_plurals(text: &str) -> Vec<String> {
    const NOUNS: [&str; 20] = [
        "accounts",
        "subscriptions",
        "resources",
        "controls",
        "findings",
        "failures",
        "calls",
        "retries",
        "attempts",
        "regions",
        "days",
        "runs",
        "requirements",
        "exceptions",
        "changes",
        "errors",
        "characters",
        "seconds",
        "bytes",
        "read-only calls",
    ];
    let words = |noun: &str| {
        let phrase = format!("1 {noun}");
        let found = text.match_indices(&phrase).filter(|(at, _)| {
            let before = text[..*at].chars().next_back();
            let after = text[at + phrase.len()..].chars().next();
            !before.is_some_and(|c| c.is_alphanumeric() || ".,-".contains(c))
                && !after.is_some_and(char::is_alphanumeric)
        });
        let around = |at: usize| text[at..].chars().take(40).collect::<String>();
        found.map(|(at, _)| around(at)).collect::<Vec<_>>()
    };
    NOUNS.iter().flat_map(|noun| words(noun)).collect()
}

#[test]
fn one_of_something_is_not_several() {
    assert_eq!(wrong_plurals("21 days, v1.1 days, 1 daysx, 1 day"), [""; 0]);
    assert_eq!(wrong_plurals("of 1 days.").len(), 1);
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/clouds.json");
    let check = ["check", example, "--control", "storage.versioning"];
    for more in [
        &["--all", "-v"][..],
        &["--details"],
        &[],
        &["--format", "html"],
        &["--format", "markdown"],
        &["--format", "oscal-poam"],
        &["--framework", "cis-aws", "--details"],
    ] {
        let run = Program::new().args(&check).args(more).run();
        assert_eq!(wrong_plurals(&run.out), [""; 0], "{more:?}");
        assert_eq!(wrong_plurals(&run.err), [""; 0], "{more:?}");
    }
}
