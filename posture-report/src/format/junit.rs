//! Findings as JUnit XML, as [Jenkins](https://github.com/jenkinsci/xunit-plugin) and
//! [GitLab](https://docs.gitlab.com/ci/testing/unit_test_reports/) read it: a suite for each control, a case for each
//! resource.
//!
//! | Outcome | Element |
//! | --- | --- |
//! | pass | none |
//! | fail | `failure` of type `fail` |
//! | fail, excepted | `failure` of type `excepted` |
//! | unknown | `error` |
//! | not applicable | `skipped` |
//!
//! The format has no value for an accepted failure. `skipped` would mean that it was not checked, and hide it among what does
//! not apply; so it stays a failure, whose message begins with who accepted it until when.
//! What a pipeline makes of it is for the exit code to say, to which an exception does count: GitLab goes by that
//! anyway, and Jenkins with `junit skipMarkingBuildUnstable: true`. For the same reason an unknown is an error and no
//! skipped case: the check was made and came to nothing.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use posture_core::control::Control;
use posture_core::judge::{Finding, Outcome, Tally};
use posture_core::report::Report;
use posture_core::time::Time;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::filtered::filtered;
use crate::providers::Providers;
use crate::text::{NAME, safe};
use crate::words;

/// How much of an ID is in a name. Azure's IDs are long.
const ID: usize = 1_000;

/// Writes every finding. A control that judged nothing has no suite.
pub(crate) fn write(
    report: &Report<'_>,
    providers: Providers,
    mut out: impl Write,
) -> io::Result<()> {
    let findings = &report.findings;
    let header = findings.header();
    let mut all = (0..findings.controls().len())
        .fold(Tally::default(), |sum, place| sum.and(findings.tally(place)));
    // What was not read by then has no cases: this one represents them.
    let stopped = Tally { unknown: usize::from(header.partial), ..Tally::default() };
    all = all.and(stopped);
    let filtered = filtered(findings);
    let filter = filtered.as_deref();
    let mut xml = Writer::new_with_indent(&mut out, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.write_event(Event::Start(counted("testsuites", "posture", all)))?;
    for (place, control) in findings.controls().iter().enumerate() {
        let tally = findings.tally(place);
        if tally.total() == 0 {
            continue;
        }
        xml.write_event(Event::Start(suite(control, tally, header.started)))?;
        xml.write_event(Event::Start(tag("properties", &[])))?;
        let about = [
            ("title", control.title),
            ("finding", control.finding),
            ("severity", control.severity.id()),
        ];
        for (name, value) in about.into_iter().chain(filter.map(|filter| ("filter", filter))) {
            let property = tag("property", &[("name", name), ("value", value)]);
            xml.write_event(Event::Empty(property))?;
        }
        xml.write_event(Event::End(BytesEnd::new("properties")))?;
        for finding in findings.of_control(place) {
            case(&mut xml, &finding, providers)?;
        }
        xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    if header.partial {
        xml.write_event(Event::Start(counted("testsuite", "audit", stopped)))?;
        let case = tag("testcase", &[("classname", "audit"), ("name", "the audit finished")]);
        let why =
            "the audit was stopped before it finished: everything not read by then is unknown";
        outcome(&mut xml, case, "error", "unknown", why, why)?;
        xml.write_event(Event::End(BytesEnd::new("testsuite")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    writeln!(out)
}

/// The beginning of a control's suite.
fn suite(control: &Control, tally: Tally, started: Time) -> BytesStart<'static> {
    let mut suite = counted("testsuite", control.id, tally);
    attribute(&mut suite, "skipped", &tally.not_applicable.to_string());
    // The format knows neither fractions nor zones; it is UTC.
    let started = started.to_string();
    attribute(&mut suite, "timestamp", started.split(['.', 'Z']).next().unwrap_or_default());
    suite
}

/// The beginning of something that counts: how many there are of each, but for those that are skipped, which only a suite
/// counts.
fn counted(element: &'static str, name: &str, tally: Tally) -> BytesStart<'static> {
    let Tally { pass: _, fail, excepted, not_applicable: _, unknown } = tally;
    let mut tag = tag(element, &[("name", name)]);
    attribute(&mut tag, "tests", &tally.total().to_string());
    attribute(&mut tag, "failures", &(fail + excepted).to_string());
    attribute(&mut tag, "errors", &unknown.to_string());
    tag
}

fn case(
    xml: &mut Writer<impl Write>,
    finding: &Finding<'_>,
    providers: Providers,
) -> io::Result<()> {
    let severity = finding.control.severity;
    let case = tag("testcase", &[("classname", &class(finding)), ("name", &name(finding))]);
    match finding.outcome {
        Outcome::Pass => xml.write_event(Event::Empty(case)),
        Outcome::NotApplicable(why) => {
            let text = format!("not applicable: {why}\n");
            outcome(xml, case, "skipped", "not-applicable", why, &text)
        }
        Outcome::Unknown(_) => {
            let why = words::unknown(finding);
            let mut text = format!("unknown, which is not a pass: {why}\n");
            about(&mut text, finding, providers);
            outcome(xml, case, "error", "unknown", &format!("{severity}: unknown: {why}"), &text)
        }
        Outcome::Fail(evidence) => {
            let facts: Vec<String> = evidence.iter().map(words::evidence).collect();
            let facts_shown = format!("{}: {}", finding.headline(), facts.join("; "));
            let (kind, message) = match finding.exception {
                None => ("fail", format!("{severity}: {facts_shown}")),
                Some(exception) => {
                    let accepted = words::accepted(exception);
                    ("excepted", format!("{accepted} ({severity}: {facts_shown})"))
                }
            };
            let mut text = String::new();
            if let Some(exception) = finding.exception {
                let _ = writeln!(text, "{}", words::accepted(exception));
            }
            for fact in facts {
                let _ = writeln!(text, "{fact}");
            }
            about(&mut text, finding, providers);
            remedy(&mut text, finding);
            outcome(xml, case, "failure", kind, &message, &text)
        }
    }
}

/// The name of a class: the account, then the control, so that the part before the last dot is a package of the
/// controls of one area.
fn class(finding: &Finding<'_>) -> String {
    let scope = finding.scope;
    format!("{}.{}.{}", scope.provider.id(), safe(&scope.id, NAME), finding.control.id)
}

/// The name of a case, which must be the only one in its class: GitLab takes the first of several and forgets the rest.
fn name(finding: &Finding<'_>) -> String {
    let Some(subject) = finding.subject else {
        let mut name = format!("list of {}", finding.kind().many());
        if let Some(gap) = finding.gap() {
            for part in [&gap.action, &gap.target].into_iter().chain(&gap.region) {
                if !part.is_empty() {
                    let _ = write!(name, " {}", safe(part, NAME));
                }
            }
            let _ = write!(name, " {}", gap.reason);
            if gap.action.chars().chain(gap.target.chars()).nth(NAME).is_some() {
                // What was cut off may be all that distinguishes it.
                let _ = write!(name, " {}", finding.id());
            }
        }
        return name;
    };
    let mut name = safe(subject.id, ID).into_owned();
    if let Some(region) = subject.region.filter(|region| !subject.id.contains(*region)) {
        let _ = write!(name, " in {}", safe(region, NAME));
    }
    if subject.id.chars().nth(ID).is_some() {
        // What was cut off may be all that distinguishes it.
        let _ = write!(name, " {}", finding.id());
    }
    name
}

/// What a finding is about.
fn about(out: &mut String, finding: &Finding<'_>, providers: Providers) {
    let _ = writeln!(out, "\n{}", finding.headline());
    let _ = writeln!(out, "{}", words::subject(finding, providers));
    if let Some(subject) = finding.subject {
        let _ = writeln!(out, "{}", safe(subject.id, ID));
    }
    let _ = writeln!(out, "finding {}", finding.id());
}

/// What to do about a failure.
fn remedy(out: &mut String, finding: &Finding<'_>) {
    let _ = writeln!(out, "\n{}", finding.control.rationale);
    if let Some(remedy) = finding.control.remedy(finding.scope.provider) {
        let _ = writeln!(out, "Remedy: {}", remedy.text);
        let place = finding.scope.provider.place_of_settings();
        let _ = writeln!(out, "{place}: {}", remedy.console);
        let _ = writeln!(out, "{}: {}", remedy.command.title(), remedy.command.line());
    }
    for reference in finding.control.references {
        let _ = writeln!(out, "{reference}");
    }
}

/// A case with what became of it. Jenkins shows the message, GitLab only the text.
fn outcome(
    xml: &mut Writer<impl Write>,
    case: BytesStart<'_>,
    element: &str,
    kind: &str,
    message: &str,
    text: &str,
) -> io::Result<()> {
    xml.write_event(Event::Start(case))?;
    xml.write_event(Event::Start(tag(element, &[("type", kind), ("message", message)])))?;
    xml.write_event(Event::Text(BytesText::new(&visible(text))))?;
    xml.write_event(Event::End(BytesEnd::new(element)))?;
    xml.write_event(Event::End(BytesEnd::new("testcase")))
}

/// The beginning of an element.
fn tag<'e>(element: &'e str, attributes: &[(&str, &str)]) -> BytesStart<'e> {
    let mut tag = BytesStart::new(element);
    for (name, value) in attributes {
        attribute(&mut tag, name, value);
    }
    tag
}

fn attribute(tag: &mut BytesStart<'_>, name: &str, value: &str) {
    tag.push_attribute((name, &*visible(value)));
}

/// Text for XML 1.0, which cannot hold every character, not even by its number: those are made visible.
/// See its [production of characters](https://www.w3.org/TR/xml/#charsets).
fn visible(text: &str) -> Cow<'_, str> {
    let holds =
        |c: char| matches!(c, '\n' | ' '..='\u{7e}' | '\u{a0}'..='\u{fffd}' | '\u{10000}'..);
    if text.chars().all(holds) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for c in text.chars() {
        if holds(c) {
            out.push(c);
        } else {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{providers, report};

    fn rendered() -> String {
        let mut out = Vec::new();
        write(&report(&[]), providers, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Its name, and its attributes as written.
    type Element = (String, Vec<(String, String)>);

    /// The elements in order, with their attributes as written: enough of a parser to see that the text is well formed.
    fn elements(xml: &str) -> Vec<Element> {
        let mut found = Vec::new();
        let mut open: Vec<String> = Vec::new();
        let mut rest = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").unwrap();
        while let Some((text, after)) = rest.split_once('<') {
            references(text);
            let (tag, after) = after.split_once('>').unwrap();
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                assert_eq!(open.pop().as_deref(), Some(name));
                continue;
            }
            let empty = tag.ends_with('/');
            let tag = tag.trim_end_matches('/');
            let (name, mut attributes) = tag.split_once(' ').unwrap_or((tag, ""));
            let mut all = Vec::new();
            while let Some((key, after)) = attributes.split_once("=\"") {
                let (value, after) = after.split_once('"').unwrap();
                references(value);
                all.push((key.trim().to_owned(), value.to_owned()));
                attributes = after;
            }
            assert_eq!(attributes, "");
            if !empty {
                open.push(name.to_owned());
            }
            found.push((name.to_owned(), all));
        }
        assert_eq!((open.as_slice(), rest), (&[][..], "\n"));
        found
    }

    /// Every ampersand begins one of the five names.
    fn references(text: &str) {
        for after in text.split('&').skip(1) {
            let name = after.split(';').next().unwrap();
            assert!(["amp", "lt", "gt", "quot", "apos"].contains(&name), "{text}");
        }
    }

    fn value<'e>(element: &'e Element, key: &str) -> &'e str {
        &element.1.iter().find(|(name, _)| name == key).unwrap().1
    }

    #[test]
    fn every_finding_is_a_case() {
        insta::assert_snapshot!(rendered());
    }

    #[test]
    fn each_outcome_has_its_element_and_is_counted_as_such() {
        let text = rendered();
        let elements = elements(&text);
        let report = report(&[]);
        let of = |name: &str, kind: &str| {
            let named = elements.iter().filter(|(found, _)| found == name);
            named.filter(|element| kind.is_empty() || value(element, "type") == kind).count()
        };
        let all = (0..report.findings.controls().len())
            .fold(Tally::default(), |sum, place| sum.and(report.findings.tally(place)));
        let Tally { pass, fail, excepted, not_applicable, unknown } = all;
        for count in [pass, fail, excepted, not_applicable, unknown] {
            assert!(count > 0, "{all:?}");
        }
        assert_eq!(of("testcase", ""), all.total());
        assert_eq!(of("failure", "fail"), fail);
        assert_eq!(of("failure", "excepted"), excepted);
        assert_eq!(of("failure", ""), fail + excepted);
        assert_eq!(of("error", "unknown"), unknown);
        assert_eq!(of("skipped", "not-applicable"), not_applicable);
        let root = &elements[0];
        assert_eq!(value(root, "tests"), all.total().to_string());
        assert_eq!(value(root, "failures"), (fail + excepted).to_string());
        assert_eq!(value(root, "errors"), unknown.to_string());
        let suites = elements.iter().filter(|(name, _)| name == "testsuite");
        let skipped: usize =
            suites.map(|suite| value(suite, "skipped").parse::<usize>().unwrap()).sum();
        assert_eq!(skipped, not_applicable);
    }

    #[test]
    fn an_exception_stays_a_failure_and_names_who_answers_for_it() {
        let text = rendered();
        let elements = elements(&text);
        let mut failures = elements.iter().filter(|(name, _)| name == "failure");
        let excepted = failures.find(|one| value(one, "type") == "excepted").unwrap();
        let message = value(excepted, "message");
        assert!(message.starts_with("accepted by web team until 2027-01-31: "), "{message}");
    }

    #[test]
    fn names_are_the_only_ones_of_their_kind() {
        let text = rendered();
        let elements = elements(&text);
        let cases = elements.iter().filter(|(name, _)| name == "testcase");
        let mut names: Vec<_> =
            cases.map(|case| (value(case, "classname"), value(case, "name"))).collect();
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn no_character_breaks_the_file() {
        let escaped = |text: &str| quick_xml::escape::escape(visible(text)).into_owned();
        assert_eq!(escaped("</failure>&\"'"), "&lt;/failure&gt;&amp;&quot;&apos;");
        assert_eq!(escaped("]]>"), "]]&gt;");
        assert_eq!(escaped("\0\u{1b}\u{8}\r\t"), "\\u{0}\\u{1b}\\u{8}\\u{d}\\u{9}");
        assert_eq!(escaped("\u{fffe}\u{ffff}\u{85}"), "\\u{fffe}\\u{ffff}\\u{85}");
        assert_eq!(escaped("Zürich 東京 🪣"), "Zürich 東京 🪣");
        let text = rendered();
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
    }
}
