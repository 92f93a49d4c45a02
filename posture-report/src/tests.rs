//! Every output on one report that holds every outcome, and names that mean harm.

use std::collections::BTreeMap;
use std::sync::LazyLock;

pub(crate) use posture::provider_info as providers;
use posture_core::control::Control;
use posture_core::entries::Entries;
use posture_core::exception::{Exception, Pattern, Place};
use posture_core::fact::{Fact, Known};
use posture_core::frameworks;
use posture_core::gap::{Gap, Reason};
use posture_core::judge::{self, Options};
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::report::{Report, roll_up};
use posture_core::resource::{Bucket, Encryption, Key, KeyOrigin, KeyState, PublicAccessBlock};
use posture_core::scope::{Calls, Region, Scope};
use posture_core::snapshot::Snapshot;

use crate::style::Canvas;
use crate::{Depth, Format, View};

mod images;
mod partial;

/// The most that a snapshot holds, so that a person can review a change of it.
const REVIEWABLE: usize = 22_000;

/// Compares an output with one snapshot for each of its parts. `part` sees the part of the line before and the output from
/// the beginning of a line on, and names the part that this line belongs to; none for the same.
pub(crate) fn assert_parts(name: &str, output: &str, part: impl Fn(&str, &str) -> Option<String>) {
    let mut parts: BTreeMap<String, String> = BTreeMap::new();
    let (mut rest, mut current) = (output, "frame".to_owned());
    while !rest.is_empty() {
        current = part(&current, rest).unwrap_or(current);
        let (line, behind) = rest.split_at(rest.find('\n').map_or(rest.len(), |end| end + 1));
        parts.entry(current.clone()).or_default().push_str(line);
        rest = behind;
    }
    for (part, text) in parts {
        assert!(text.len() < REVIEWABLE, "{name}, {part}: {} bytes", text.len());
        insta::assert_snapshot!(format!("{name}-{part}"), text);
    }
}

/// The name of a member that is a list or an object, if a line of indented JSON begins one at a depth; `frame` for what
/// is above it and for its other members.
pub(crate) fn member(rest: &str, depth: usize) -> Option<String> {
    let Some(rest) = rest.strip_prefix(&"  ".repeat(depth)) else {
        return Some("frame".to_owned());
    };
    let (name, value) = rest.strip_prefix('"')?.split_once("\": ")?;
    Some(if value.starts_with(['[', '{']) { name } else { "frame" }.to_owned())
}

/// Where a line of indented JSON begins an object at a depth: the string in it that follows some texts, each behind the one
/// before.
pub(crate) fn object_with(rest: &str, depth: usize, before: &[&str]) -> Option<String> {
    let indent = "  ".repeat(depth);
    let object = rest.strip_prefix(&indent).filter(|rest| rest.starts_with("{\n"))?;
    let (object, _) = object.split_once(&format!("\n{indent}}}"))?;
    let found = before.iter().try_fold(object, |rest, text| Some(rest.split_once(text)?.1))?;
    Some(found.split('"').next()?.to_lowercase())
}

/// A text in which the first lines of each kind represent all; `kind` returns the kind of a line, if any.
pub(crate) fn first_of_each<K: Ord>(text: &str, kind: impl Fn(&str) -> Option<K>) -> String {
    const SHOWN: usize = 4;
    let mut seen: BTreeMap<K, usize> = BTreeMap::new();
    let mut out = String::new();
    let mut hidden = 0;
    for line in text.lines() {
        if let Some(kind) = kind(line) {
            let count = seen.entry(kind).or_default();
            *count += 1;
            if *count > SHOWN {
                hidden += 1;
                continue;
            }
        }
        out.push_str(line);
        out.push('\n');
    }
    format!("{out}({hidden} more lines like these)\n")
}

static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(snapshot);

fn bucket(name: &str) -> Bucket {
    Bucket::unread(format!("arn:aws:s3:::{name}"), name, Some("eu-west-1"))
        .acls_disabled(Known(true))
        .acl_public_read(Known(Entries::none()))
        .policy_public_read(Known(Entries::none()))
        .public_access_block(Known(PublicAccessBlock::default()))
        .versioning(Known(true))
        .encryption(Known(Encryption::Provider))
}

fn snapshot() -> Snapshot {
    let mut scope = Scope::empty(Provider::Aws, "123456789012");
    scope.name = Some("prod \u{1b}[31m".to_owned());
    scope.partition = "aws".to_owned();
    scope.identity = Some("arn:aws:sts::123456789012:assumed-role/audit/posture".to_owned());
    scope.started = "2026-01-31T09:30:00Z".parse().unwrap();
    scope.finished = "2026-01-31T09:30:02.5Z".parse().unwrap();
    for (name, enabled) in [("eu-west-1", true), ("us-east-1", true), ("me-south-1", false)] {
        scope.regions.push(Region { name: name.to_owned(), enabled, excluded: false });
    }
    scope.account.public_access_block = Known(PublicAccessBlock::default());
    let mut denied = Gap::new("s3:GetBucketPolicy", "arn:aws:s3:::sealed", Reason::Denied);
    denied.code = Some("AccessDenied".to_owned());
    denied.detail = Some("not authorized\u{7}".to_owned());
    let denied = Fact::Gap(scope.add_gap(denied));
    let everyone = Known(Entries::from(["statement `Everyone`"]));
    scope.buckets.items = vec![
        bucket("closed"),
        bucket("sealed").policy_public_read(denied),
        bucket("website").policy_public_read(everyone.clone()),
        bucket("=cmd|'/c calc'!A1\u{202e}").policy_public_read(everyone).versioning(Known(false)),
    ];
    let mut refused = Gap::new("kms:ListKeys", "", Reason::DeniedByOrganizationPolicy);
    refused.region = Some("us-east-1".to_owned());
    let refused = scope.add_gap(refused);
    scope.keys.items.push(
        Key::unread("arn:aws:kms:eu-west-1:123456789012:key/1", "orders", Some("eu-west-1"))
            .state(Known(KeyState::Enabled))
            .origin(Known(KeyOrigin::Imported))
            .symmetric(Known(true))
            .replica(Known(false))
            .rotates(Fact::NotOffered),
    );
    scope.keys.gaps.push(refused);
    let calls = Calls { operations: 4, attempts: 5, throttled: 1 };
    scope.calls.insert("s3:GetBucketPolicy".to_owned(), calls);
    let (started, finished) = (scope.started, scope.finished);
    Snapshot::new("0.1.0", started, finished, vec![scope])
}

fn options() -> Options {
    let exception = Exception {
        controls: vec!["storage.public-access".to_owned()],
        place: Place { resource: Some(Pattern::new("arn:aws:s3:::website")), ..Place::default() },
        owner: "web team".to_owned(),
        reason: "a public site\u{9b}2J".to_owned(),
        expires: "2027-01-31T23:59:59Z".parse().unwrap(),
        ticket: Some("SEC-7".to_owned()),
        compensating_control: None,
    };
    Options { exceptions: vec![exception], ..Options::default() }
}

pub(super) fn report(names: &[&str]) -> Report<'static> {
    let wanted = [
        "keys.rotation",
        "storage.access-point-network",
        "storage.public-access",
        "storage.versioning",
        "storage.encryption",
    ];
    let controls: Vec<&'static Control> = posture_core::controls::ALL
        .iter()
        .copied()
        .filter(|control| wanted.contains(&control.id))
        .collect();
    assert_eq!(controls.len(), wanted.len());
    let frameworks: Vec<_> = names.iter().map(|name| frameworks::find(name).unwrap()).collect();
    roll_up(judge::judge(&SNAPSHOT, &controls, &options()), &frameworks)
}

fn table(report: &Report<'_>, width: u16, change: impl FnOnce(&mut View<'_>)) -> String {
    let params = Params::default();
    let mut view = View::new(report, &params, providers);
    view.canvas = Canvas { width, color: false };
    view.again = Some("posture check prod.json".to_owned());
    change(&mut view);
    let mut out = Vec::new();
    Format::Table.write(&view, &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    for line in text.lines() {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    text
}

#[test]
fn the_default_report_fits_a_small_terminal() {
    let text = table(&report(&["csf", "ccm", "cis-aws"]), 80, |_| {});
    for line in text.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line}");
    }
    assert!(text.lines().count() <= 23, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn the_verdict_is_one_line_and_the_last() {
    let report = report(&["csf"]);
    let verdict = table(&report, 80, |view| view.depth = Depth::Verdict);
    assert_eq!(verdict.lines().count(), 1);
    assert!(table(&report, 80, |_| {}).ends_with(&verdict));
    insta::assert_snapshot!(verdict);
}

/// However many accounts there are, and whatever they are called.
#[test]
fn many_accounts_take_no_more_lines_than_one() {
    let mut snapshot = snapshot();
    let one = snapshot.scopes[0].clone();
    for number in 0..100 {
        let mut scope = one.clone();
        scope.id = format!("{number:012}");
        scope.name = Some(format!("team-{number}-{}", "x".repeat(60)));
        snapshot.scopes.push(scope);
    }
    let controls = posture_core::controls::ALL;
    let frameworks: Vec<_> = frameworks::all().to_vec();
    let report = roll_up(judge::judge(&snapshot, controls, &options()), &frameworks);
    let text = table(&report, 80, |_| {});
    assert!(text.lines().count() <= 23, "{text}");
    for line in text.lines() {
        assert!(console::measure_text_width(line) <= 80, "{line}");
    }
}

#[test]
fn every_failing_control_and_the_chapters_of_frameworks() {
    let text = table(&report(&["csf", "ccm"]), 80, |view| view.depth = Depth::Controls);
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
    insta::assert_snapshot!(text);
}

#[test]
fn a_wider_terminal_is_used() {
    insta::assert_snapshot!(table(&report(&[]), 120, |_| {}));
}

#[test]
fn details_show_evidence_remedy_and_what_to_look_at() {
    insta::assert_snapshot!(table(&report(&[]), 80, |view| view.depth = Depth::Details));
}

#[test]
fn verbose_shows_every_gap_and_the_calls() {
    insta::assert_snapshot!(table(&report(&[]), 80, |view| {
        view.depth = Depth::Controls;
        view.verbose = true;
    }));
}

#[test]
fn a_framework_in_full_lists_every_requirement() {
    let report = report(&["cis-aws"]);
    let text = table(&report, 100, |view| {
        view.depth = Depth::Controls;
        view.full = true;
    });
    for requirement in report.frameworks[0].framework.requirements {
        assert!(text.contains(&format!("{} ", requirement.id)), "{}", requirement.id);
    }
    insta::assert_snapshot!(text);
}

#[test]
fn color_changes_nothing_but_color() {
    let report = report(&["csf"]);
    let mut out = Vec::new();
    let params = Params::default();
    let mut view = View::new(&report, &params, providers);
    view.canvas = Canvas { width: 80, color: true };
    view.again = Some("posture check prod.json".to_owned());
    Format::Table.write(&view, &mut out).unwrap();
    let colored = String::from_utf8(out).unwrap();
    assert!(colored.contains('\u{1b}'));
    let plain = console::strip_ansi_codes(&colored);
    let trimmed = |text: &str| text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n");
    assert_eq!(trimmed(&plain), trimmed(&table(&report, 80, |_| {})));
}

#[test]
fn json_keeps_the_exact_names() {
    let mut out = Vec::new();
    let (report, params) = (report(&["cis-aws"]), Params::default());
    Format::Json.write(&View::new(&report, &params, providers), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let names =
        value["findings"].as_array().unwrap().iter().filter_map(|f| f["resource"]["name"].as_str());
    assert!(names.into_iter().any(|name| name == "=cmd|'/c calc'!A1\u{202e}"));
    assert_parts("json", &text, |_, rest| {
        let group = object_with(rest, 4, &["\"group\": \""]);
        let chapter = group.and_then(|group| group.split('.').next().map(str::to_owned));
        chapter.map(|chapter| format!("requirements-{chapter}")).or_else(|| member(rest, 1))
    });
}

#[test]
fn csv_is_safe_in_a_spreadsheet() {
    let mut out = Vec::new();
    let (report, params) = (report(&[]), Params::default());
    Format::Csv.write(&View::new(&report, &params, providers), &mut out).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

/// A title reads as the opposite beside a failure.
#[test]
fn every_format_states_what_is_wrong_with_a_failure_and_the_objective_of_a_pass() {
    let (report, params) = (report(&["csf"]), Params::default());
    let of = |id: &str| report.findings.controls().iter().find(|control| control.id == id).unwrap();
    let (failing, passing) = (of("storage.versioning"), of("storage.encryption"));
    for format in Format::ALL {
        let mut out = Vec::new();
        Format::write(*format, &View::new(&report, &params, providers), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let id = format.id();
        assert_eq!(text.contains(failing.finding), *format != Format::CsvRequirements, "{id}");
        // These say of each control what would be wrong, be it or not.
        let of_controls = [Format::Json, Format::Ndjson, Format::Junit, Format::Sarif];
        assert_eq!(text.contains(passing.finding), of_controls.contains(format), "{id}");
    }
}

#[test]
fn a_row_of_csv_has_its_finding_in_one_line() {
    let mut out = Vec::new();
    let (report, params) = (report(&[]), Params::default());
    Format::Csv.write(&View::new(&report, &params, providers), &mut out).unwrap();
    let mut rows = csv::Reader::from_reader(out.as_slice());
    let head = rows.headers().unwrap().clone();
    assert_eq!((head.len(), head.get(15)), (17, Some("summary")));
    for (row, finding) in rows.records().zip(report.findings.iter()) {
        let row = row.unwrap();
        let fails = row.get(4) == Some("fail");
        let (control, summary) = (finding.control, row.get(15).unwrap());
        assert_eq!(summary, if fails { control.finding } else { control.title });
    }
}

/// Text that harms a program that shows it as it is.
const EVIL: &str = "\u{1b}]8;;https://evil.example\u{7}\u{9b}2J\r\n\u{202e}gpj\u{200b}";

#[test]
fn nothing_of_a_foreign_snapshot_reaches_the_screen_as_it_is() {
    let mut snapshot = snapshot();
    let scope = &mut snapshot.scopes[0];
    scope.id.push_str(EVIL);
    scope.partition.push_str(EVIL);
    scope.name = Some(EVIL.repeat(50_000));
    scope.identity = Some(EVIL.to_owned());
    scope.regions[0].name.push_str(EVIL);
    scope.calls.insert(EVIL.to_owned(), Calls { operations: 1, attempts: 1, throttled: 0 });
    for gap in &mut scope.gaps[2..] {
        gap.action.push_str(EVIL);
        gap.region = Some(EVIL.to_owned());
        gap.detail = Some(EVIL.to_owned());
    }
    for bucket in &mut scope.buckets.items {
        bucket.id.push_str(EVIL);
        bucket.name = EVIL.repeat(50_000);
        bucket.region = Some(EVIL.to_owned());
    }
    // Where there are several, each resource is shown with its account.
    let mut other = scope.clone();
    other.id.insert(0, '9');
    snapshot.scopes.push(other);
    let wanted = ["keys.rotation", "storage.public-access", "storage.versioning"];
    let controls: Vec<&'static Control> = posture_core::controls::ALL
        .iter()
        .copied()
        .filter(|control| wanted.contains(&control.id))
        .collect();
    let report = roll_up(judge::judge(&snapshot, &controls, &options()), &[]);
    for (depth, verbose) in [
        (Depth::Verdict, false),
        (Depth::Screen, false),
        (Depth::Controls, false),
        (Depth::Controls, true),
        (Depth::Details, true),
    ] {
        let text = table(&report, 80, |view| {
            view.depth = depth;
            view.verbose = verbose;
        });
        let odd = text.chars().find(|c| {
            matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'..='\u{200f}')
        });
        assert_eq!(odd, None, "{text}");
        assert!(text.len() < 200_000, "{} bytes", text.len());
    }
}
