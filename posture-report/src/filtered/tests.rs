//! A report that is filtered, in every format.

use posture_core::exception::Pattern;
use posture_core::filter::Filter;
use posture_core::params::Params;
use posture_core::record::FindingStatus;
use posture_core::report::Report;
use serde_json::Value;

use crate::tests::{providers, report};
use crate::{Canvas, Depth, Format, View};

fn kept(filter: Filter) -> Report<'static> {
    let mut report = report(&["csf", "cis-aws"]);
    report.keep(filter);
    report
}

fn of_status(status: &[FindingStatus]) -> Filter {
    Filter { status: status.to_vec(), ..Filter::default() }
}

fn of_resource(text: &str) -> Filter {
    Filter { resources: vec![Pattern::new(text)], ..Filter::default() }
}

fn text(report: &Report<'_>, format: Format, depth: Depth) -> String {
    let params = Params::default();
    let mut view = View::new(report, &params, providers);
    view.canvas = Canvas { width: 80, color: false };
    view.again = Some("posture check prod.json --status pass".to_owned());
    view.depth = depth;
    let mut out = Vec::new();
    format.write(&view, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn screen(filter: Filter) -> String {
    text(&kept(filter), Format::Table, Depth::Screen)
}

fn whole() -> Report<'static> {
    report(&["csf", "cis-aws"])
}

#[test]
fn no_filtered_report_looks_like_one_that_is_not() {
    let filter = of_status(&[FindingStatus::Pass]);
    for format in Format::ALL.iter().copied().filter(|format| format.says_filter()) {
        let mark = match format {
            Format::Json | Format::Ndjson => "\"filter\"",
            _ => "Filtered by",
        };
        for depth in [Depth::Screen, Depth::Controls, Depth::Details] {
            assert!(!text(&whole(), format, depth).contains(mark), "{}", format.id());
            let text = text(&kept(filter.clone()), format, depth);
            assert!(text.contains(mark), "{} {depth:?}: {text}", format.id());
        }
    }
}

#[test]
fn every_format_lists_what_is_kept_and_nothing_else() {
    let report = kept(of_resource("website"));
    for format in Format::ALL.iter().copied().filter(|of| *of != Format::CsvRequirements) {
        // It is what fails, accepted or not, what is unknown and what passes.
        for depth in [Depth::Controls, Depth::Details] {
            let text = text(&report, format, depth);
            let all = self::text(&whole(), format, depth);
            for hidden in ["arn:aws:s3:::closed", "=cmd", "arn:aws:kms"] {
                assert!(!text.contains(hidden), "{} {hidden}", format.id());
            }
            assert!(text.contains("website"), "{}", format.id());
            assert!(text.len() < all.len(), "{}", format.id());
        }
    }
}

#[test]
fn what_was_audited_is_reported_of_all_of_it() {
    let filtered = kept(of_resource("nothing"));
    let json = |report: &Report<'_>| -> Value {
        serde_json::from_str(&text(report, Format::Json, Depth::Screen)).unwrap()
    };
    let (some, all) = (json(&filtered), json(&whole()));
    assert_eq!(some["findings"].as_array().unwrap().len(), 0);
    for member in ["scopes", "controls", "frameworks", "exceptions", "notes", "partial"] {
        assert_eq!(some[member], all[member], "{member}");
    }
    let count = all["findings"].as_array().unwrap().len() as u64;
    let hidden = some["filter"]["hidden"].as_object().unwrap();
    let hidden: u64 = hidden.values().map(|count| count.as_u64().unwrap()).sum();
    assert_eq!((hidden, &some["filter"]["shown"]), (count, &Value::from(0)));
    let requirements = |report: &Report<'_>| text(report, Format::CsvRequirements, Depth::Screen);
    assert_eq!(requirements(&filtered), requirements(&whole()));
    let verdict = |report: &Report<'_>| text(report, Format::Table, Depth::Verdict);
    assert_eq!(verdict(&filtered), verdict(&whole()));
    assert!(verdict(&filtered).starts_with("FAILED"));
}

#[test]
fn a_screen_has_no_zero_for_what_is_hidden() {
    let passes = screen(of_status(&[FindingStatus::Pass]));
    for word in ["failed", "unknown  ", "excepted  "] {
        assert!(!passes.lines().any(|line| line.starts_with(word)), "{passes}");
    }
    assert!(passes.contains("New objects are encrypted at rest"), "{passes}");
    let details = text(&kept(of_status(&[FindingStatus::Pass])), Format::Table, Depth::Details);
    assert!(details.contains("  pass     ") && !details.contains("  fail "), "{details}");
    let markdown = text(&kept(of_status(&[FindingStatus::Pass])), Format::Markdown, Depth::Screen);
    assert!(markdown.contains("| Severity | Pass |") && !markdown.contains("**0 fail**"));
    let tables = text(&kept(of_status(&[FindingStatus::Pass])), Format::Table, Depth::Controls);
    assert!(!tables.contains("0 fail"), "{tables}");
    assert!(passes.lines().last().unwrap().starts_with("FAILED"), "{passes}");
    for filter in [
        of_status(&[FindingStatus::Pass]),
        of_status(&[FindingStatus::Fail, FindingStatus::Unknown]),
        of_resource("*"),
        Filter { accounts: vec![Pattern::new("x".repeat(1_000))], ..of_resource("a b") },
    ] {
        let text = screen(filter);
        assert!(text.lines().count() <= 23, "{text}");
        for line in text.lines() {
            assert!(console::measure_text_width(line) <= 80, "{line}");
        }
    }
    insta::assert_snapshot!(screen(of_resource("website")));
}

#[test]
fn a_hostile_word_of_a_filter_reaches_no_screen() {
    let text = screen(of_resource("\u{1b}[31m\u{202e}x"));
    assert!(!text.chars().any(|c| c == '\u{1b}' || c == '\u{202e}'), "{text}");
    let html = self::text(&kept(of_resource("<script>")), Format::Html, Depth::Screen);
    assert!(html.contains("--resource &lt;script&gt;"));
}

#[test]
fn oscal_refers_to_what_it_holds() {
    let report = kept(of_status(&[FindingStatus::Fail]));
    let results: Value =
        serde_json::from_str(&text(&report, Format::Oscal, Depth::Screen)).unwrap();
    let result = &results["assessment-results"]["results"][0];
    let held: Vec<&Value> =
        result["observations"].as_array().unwrap().iter().map(|one| &one["uuid"]).collect();
    assert_eq!(held.len(), report.findings.iter().count());
    let mut referred = 0;
    for finding in result["findings"].as_array().unwrap() {
        for one in finding["related-observations"].as_array().into_iter().flatten() {
            assert!(held.contains(&&one["observation-uuid"]), "{one}");
            referred += 1;
        }
    }
    assert!(referred > 0);
    let id = |filter: Filter| {
        let text = text(&kept(filter), Format::Oscal, Depth::Screen);
        let document: Value = serde_json::from_str(&text).unwrap();
        document["assessment-results"]["uuid"].clone()
    };
    // Another filter makes another document, even where as much is left.
    assert_ne!(id(of_resource("none")), id(of_resource("nothing")));
    let plan = text(&kept(of_resource("nothing")), Format::OscalPoam, Depth::Screen);
    assert!(plan.contains("No failures shown") && !plan.contains("No failures found"), "{plan}");
}
