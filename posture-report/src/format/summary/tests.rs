//! The summary on one report with every outcome, on a large estate, and with names that mean harm.

use posture_core::control::Control;
use posture_core::controls;
use posture_core::diff::{Cause, Change, ChangeKind, RequirementChange};
use posture_core::exception::{Exception, Pattern, Place};
use posture_core::frameworks;
use posture_core::judge::{self, Options};
use posture_core::params::Params;
use posture_core::report::{Report, roll_up};
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_core::time::Time;

use super::*;
use crate::Comparison;
use crate::tests::{providers, report};

const HOSTILE: &str = "a`b|<!channel> [x](javascript:alert(1)) **b**\n# c\u{202e}\u{1b}[2J";

fn change(control: &'static Control, name: &str, kind: ChangeKind) -> Change {
    let status = |fails: bool| if fails { FindingStatus::Fail } else { FindingStatus::Pass };
    let after = match kind {
        ChangeKind::Unknown => FindingStatus::Unknown,
        _ => status(kind.fails()),
    };
    Change {
        finding: "0123456789abcdef".to_owned(),
        control: control.id.to_owned(),
        severity: control.severity,
        provider: Provider::Aws,
        scope: "123456789012".to_owned(),
        resource: Some(name.to_owned()),
        name: Some(name.to_owned()),
        before: Some(status(!kind.fails())),
        after: Some(after),
        kind,
        cause: Cause::Time,
    }
}

fn compared(changes: Vec<Change>, requirements: Vec<RequirementChange>) -> Comparison {
    let finished: Time = "2026-01-24T09:30:00Z".parse().unwrap();
    Comparison { run: Some(41), finished, shared: 1, changes, requirements }
}

fn written(view: &View<'_>, dialect: Dialect) -> String {
    let mut out = Vec::new();
    Summary { view, dialect }.write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn text(report: &Report<'_>, comparison: Option<&Comparison>) -> String {
    let params = Params::default();
    let mut view = View::new(report, &params, providers);
    view.comparison = comparison;
    written(&view, Dialect::Markdown)
}

fn control(id: &str) -> &'static Control {
    controls::by_id(id).unwrap()
}

#[test]
fn one_page_says_who_what_and_what_changed() {
    let versioning = control("storage.versioning");
    let requirement =
        |id, before, after| RequirementChange { framework: "csf", id, title: "x", before, after };
    let comparison = compared(
        vec![
            change(versioning, "logs", ChangeKind::New),
            change(versioning, "website", ChangeKind::New),
            change(control("storage.public-access"), "website", ChangeKind::Reopened),
            change(versioning, "closed", ChangeKind::Fixed),
            change(control("keys.rotation"), "orders", ChangeKind::Unknown),
        ],
        vec![
            requirement("PR.DS-11", State::PartlyEvidenced, State::NotMet),
            requirement("PR.DS-01", State::NotMet, State::PartlyEvidenced),
            requirement("PR.DS-02", State::PartlyEvidenced, State::Indeterminate),
        ],
    );
    insta::assert_snapshot!(text(&report(&["csf", "ccm", "cis-aws"]), Some(&comparison)));
}

#[test]
fn without_an_earlier_audit_the_worst_failures_say_more() {
    insta::assert_snapshot!(text(&report(&["csf"]), None));
}

#[test]
fn audits_of_other_accounts_are_not_compared() {
    let changes = vec![change(control("storage.versioning"), "logs", ChangeKind::New)];
    let comparison = Comparison { shared: 0, ..compared(changes, Vec::new()) };
    let text = text(&report(&["csf"]), Some(&comparison));
    assert!(text.contains("read no account in common"), "{text}");
    assert!(!text.contains("new failure") && !text.contains("`logs`"), "{text}");
}

/// The example with so many accounts, each with names that mean harm, every control and every framework, an exception for each
/// account, and changes of every kind for every control.
#[test]
fn it_is_one_page_however_large_the_estate_is() {
    let time: Time = "2026-01-31T09:30:00Z".parse().unwrap();
    let scopes = (0..300).map(|number| {
        let provider = Provider::ALL[number % Provider::ALL.len()];
        let mut scope = Scope::empty(provider, format!("{number:012}{HOSTILE}"));
        scope.name = Some(HOSTILE.repeat(1_000));
        scope.finished = time;
        let gap = posture_core::gap::Gap::new(
            format!("x:{number}{HOSTILE}"),
            "",
            posture_core::gap::Reason::Denied,
        );
        let gap = scope.add_gap(gap);
        scope.users = posture_core::listing::Listing::unread(gap);
        scope.buckets.items.extend((0..3).map(|bucket| {
            let name = format!("{number}-{bucket}-{HOSTILE}");
            posture_core::resource::Bucket::unread(name.clone(), name, None)
                .versioning(posture_core::fact::Known(false))
        }));
        scope
    });
    let mut snapshot = Snapshot::new("0.1.0", time, time, scopes.collect());
    snapshot.partial = true;
    let exceptions = (0..300).map(|number| Exception {
        controls: vec!["storage.versioning".to_owned(); 9],
        place: Place {
            resource: Some(Pattern::new(format!("{number}-0-*{HOSTILE}"))),
            ..Place::default()
        },
        owner: HOSTILE.repeat(100),
        reason: HOSTILE.to_owned(),
        expires: "2026-02-10T00:00:00Z".parse().unwrap(),
        ticket: None,
        compensating_control: None,
    });
    let options = Options { exceptions: exceptions.collect(), ..Options::default() };
    let findings = judge::judge(&snapshot, controls::ALL, &options);
    let mut report = roll_up(findings, frameworks::all());
    report.keep(posture_core::filter::Filter {
        status: vec![FindingStatus::Fail, FindingStatus::Unknown, FindingStatus::Excepted],
        ..Default::default()
    });
    let changes = controls::ALL.iter().flat_map(|control| {
        let of = move |kind| (0..9).map(move |_| change(control, HOSTILE, kind));
        ChangeKind::ALL.iter().copied().flat_map(of)
    });
    let requirements = frameworks::all().iter().flat_map(|framework| {
        framework.requirements.iter().map(|requirement| RequirementChange {
            framework: framework.id,
            id: requirement.id,
            title: requirement.title,
            before: State::Met,
            after: State::NotMet,
        })
    });
    let comparison = compared(changes.collect(), requirements.collect());
    let params = Params::default();
    let mut view = View::new(&report, &params, providers);
    view.comparison = Some(&comparison);
    for dialect in [Dialect::Markdown, Dialect::Slack] {
        let text = written(&view, dialect);
        assert!(text.lines().count() <= LINES, "{} lines: {text}", text.lines().count());
        // A message of Slack has 40,000 characters, and a comment on GitHub 65,536.
        assert!(text.len() < 20_000, "{} bytes", text.len());
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
        assert!(!text.contains('\u{202e}'));
        let longest = text.lines().map(|line| line.chars().count()).max().unwrap();
        assert!(longest < 900, "{longest}");
    }
    let slack = written(&view, Dialect::Slack);
    assert!(!slack.contains(['<', '>']), "{slack}");
    // A code span that ends too early would let the rest mean something.
    assert!(slack.lines().all(|line| line.matches('`').count().is_multiple_of(2)), "{slack}");
    let markdown = written(&view, Dialect::Markdown);
    for line in markdown.lines().filter(|line| line.contains("channel")) {
        assert!(line.contains("``a`b|<!channel>"), "{line}");
    }
}

#[test]
fn it_says_where_the_rest_is() {
    let rows = |count| more(count, 3, "control", "controls");
    assert_eq!((rows(0), rows(3)), (None, None));
    assert_eq!(rows(4).as_deref(), Some("- … and 1 more control"));
    assert_eq!(rows(9).as_deref(), Some("- … and 6 more controls"));
}

#[test]
fn slack_takes_it_as_it_is_written_there() {
    let text = {
        let params = Params::default();
        let report = report(&["csf"]);
        written(&View::new(&report, &params, providers), Dialect::Slack)
    };
    assert!(text.starts_with("*Cloud posture, 2026-01-31 09:30 UTC*\n"), "{text}");
    assert!(
        text.contains("\n*FAILED: ") && !text.contains("**") && !text.contains("\n#"),
        "{text}"
    );
    assert_eq!(slack_text("<!channel> & `x`"), "&lt;!channel&gt; &amp; 'x'");
}
