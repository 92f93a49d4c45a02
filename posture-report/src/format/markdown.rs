//! The report as [GitHub-flavored Markdown](https://github.github.com/gfm/), for pull requests and wikis: numbers first,
//! then what fails and what to do about it, what is unknown, and what was not assessed.
//!
//! Text from a cloud is in a code span within a table. There it has no meaning, neither as Markdown nor as what
//! GitHub and GitLab find in plain text: mentions, numbers of issues, addresses. A backslash stops the first of these
//! only. There is no HTML.

use std::io::{self, Write};

use posture_core::control::{Control, Severity, Subject};
use posture_core::judge::{Finding, Outcome, Tally};
use posture_core::notes::notes;
use posture_core::provider::Provider;
use posture_core::record::FindingStatus;
use posture_core::report::{Bearing, Counts, Report, State};
use posture_core::resource::Kind;
use posture_core::scope::Scope;
use posture_core::text::counted;
use posture_core::unread::Unread;

use crate::coverage::{coverage, never_met, result};
use crate::filtered::{WHOLE, filtered};
use crate::providers::Providers;
use crate::shared::standard;
use crate::text::{NAME, safe};
use crate::words;

/// The statuses that are counted, each with its column.
const COUNTED: [(FindingStatus, &str); 5] = [
    (FindingStatus::Fail, "Fail:"),
    (FindingStatus::Unknown, "Unknown:"),
    (FindingStatus::Excepted, "Excepted:"),
    (FindingStatus::Pass, "Pass:"),
    (FindingStatus::NotApplicable, "Not applicable:"),
];

/// How many rows a table has at most. A comment on GitHub holds 65 536 characters.
const ROWS: usize = 200;

/// How many names a list has at most.
const NAMED: usize = 50;

/// How much is shown of a text that is not a name.
const TEXT: usize = 400;

/// How many backticks in a row are left as they are: parsers give up at some number, and it is not the same for all.
const TICKS: usize = 3;

/// Writes the report.
pub(crate) fn write(
    report: &Report<'_>,
    providers: Providers,
    mut out: impl Write,
) -> io::Result<()> {
    let out = &mut out;
    let rows = rows(report);
    summary(report, &rows, out)?;
    standing(report, out)?;
    failures(report, &rows, providers, out)?;
    unknown(report, &rows, providers, out)?;
    unread(report, providers, out)?;
    undecided(report, out)?;
    exceptions(report, &rows, out)?;
    examined(report, providers, out)?;
    writeln!(
        out,
        "\nThis report shows configuration as the APIs of the providers returned it at the time of reading. It makes no statement about \
         any other time, and is not an opinion, attestation or certification."
    )
}

/// A control with what became of it.
struct Row {
    place: usize,
    control: &'static Control,
    tally: Tally,
}

/// The controls, the worst first.
fn rows(report: &Report<'_>) -> Vec<Row> {
    let controls = report.findings.controls().iter().enumerate();
    let mut rows: Vec<Row> = controls
        .map(|(place, &control)| Row { place, control, tally: report.findings.tally(place) })
        .collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.control.severity), row.control.id));
    rows
}

fn summary(report: &Report<'_>, rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let header = report.findings.header();
    let of = |severity: Option<Severity>| {
        rows.iter()
            .filter(|row| severity.is_none_or(|severity| row.control.severity == severity))
            .fold(Tally::default(), |sum, row| sum.and(row.tally))
    };
    let all = of(None);
    let severities = || Severity::ALL.iter().rev();
    let failing: Vec<String> = severities()
        .map(|severity| (severity, of(Some(*severity)).fail))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| format!("{count} {severity}"))
        .collect();
    let failing =
        if failing.is_empty() { String::new() } else { format!(" ({})", failing.join(", ")) };
    writeln!(out, "# Cloud posture\n")?;
    if header.partial {
        writeln!(
            out,
            "**The audit was stopped before it finished: everything not read by then is unknown.**\n"
        )?;
    }
    if let Some(filtered) = filtered(&report.findings) {
        writeln!(out, "**{}** {WHOLE}\n", prose(&filtered))?;
    }
    // A status that is not shown has no count, and zero would be read as one.
    let filter = report.findings.filtered().map(|filtered| filtered.filter);
    let mut shown = COUNTED.to_vec();
    shown.retain(|(status, _)| filter.is_none_or(|filter| filter.shows(*status)));
    let counts = shown.iter().map(|(status, _)| match status {
        FindingStatus::Fail => format!("**{} fail**{failing}", all.fail),
        other => format!("{} {}", all.of(*other), other.words()),
    });
    writeln!(out, "{}.", counts.collect::<Vec<_>>().join(", "))?;
    let row = |name: String, tally: Tally| {
        let counts = shown.iter().map(|(status, _)| tally.of(*status).to_string());
        std::iter::once(name).chain(counts).collect::<Vec<_>>()
    };
    let by_severity = severities()
        .map(|severity| row(severity.to_string(), of(Some(*severity))))
        .chain([row("**all**".to_owned(), all)]);
    let columns = std::iter::once("Severity").chain(shown.iter().map(|(_, column)| *column));
    table(out, &columns.collect::<Vec<_>>(), 0, by_severity)
}

/// The tools that the user declared, with the requirements that they concern.
fn declared(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    if report.findings.tools().is_empty() {
        return Ok(());
    }
    writeln!(out, "\n### Declared tools\n")?;
    for (purpose, tool) in report.findings.tools().iter() {
        let mut rows: Vec<String> = Vec::new();
        for framework in &report.frameworks {
            for row in &framework.requirements {
                let of = |bearing: &Bearing| {
                    bearing.declared.as_ref().is_some_and(|declared| declared.purpose == purpose)
                };
                if row.controls.iter().any(of) {
                    rows.push(format!("{}:{}", framework.framework.id, row.requirement.id));
                }
            }
        }
        let rows = if rows.is_empty() { "none".to_owned() } else { rows.join(", ") };
        writeln!(
            out,
            "- {} for {}: the provider's own tool is supporting evidence only for {}",
            code(tool, NAME),
            purpose.words(),
            prose(&rows)
        )?;
    }
    Ok(())
}

/// Coverage of each framework, which is two numbers, its score, and how many requirements are in which state.
fn standing(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    if report.frameworks.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Frameworks")?;
    let row = |name: String, counts: Counts| {
        vec![name, format!("{} (of {})", coverage(counts), counts.total()), result(counts)]
    };
    let mut numbers = Vec::new();
    let mut states: Vec<Vec<String>> = Vec::new();
    for framework in &report.frameworks {
        let name = prose(&format!("{} {}", framework.framework.name, framework.framework.version));
        let counts = framework.counts();
        numbers.push(row(name.clone(), counts));
        if framework.providers.len() > 1 {
            for (place, provider) in framework.providers.iter().enumerate() {
                numbers.push(row(format!("… on {provider}"), framework.counts_on(place, |_| true)));
            }
        }
        let counts = State::ALL.iter().map(|state| counts.of(*state).to_string());
        states.push(std::iter::once(name).chain(counts).collect());
    }
    table(out, &["Framework", "Coverage", "Result"], numbers.len(), numbers.into_iter())?;
    for framework in &report.frameworks {
        if let Some(note) = never_met(framework) {
            writeln!(out, "\n{}: {note}", prose(&standard(framework)))?;
        }
    }
    declared(report, out)?;
    let words: Vec<String> = State::ALL.iter().map(|state| format!("{state}:")).collect();
    let mut columns = vec!["Framework"];
    columns.extend(words.iter().map(String::as_str));
    table(out, &columns, states.len(), states.into_iter())
}

fn failures(
    report: &Report<'_>,
    rows: &[Row],
    providers: Providers,
    out: &mut impl Write,
) -> io::Result<()> {
    let findings = &report.findings;
    let failing = || rows.iter().filter(|row| row.tally.fail + row.tally.excepted > 0);
    let total: usize = failing().map(|row| row.tally.fail + row.tally.excepted).sum();
    if total == 0 {
        return Ok(());
    }
    writeln!(out, "\n## Failures\n\nRemedies; `posture controls show` prints the commands:")?;
    let mut remedies = Vec::new();
    for row in failing() {
        for provider in findings.providers() {
            let tally = findings.tally_on(row.place, provider);
            if tally.fail + tally.excepted == 0 {
                continue;
            }
            let remedy = row.control.remedy(provider).map_or(String::new(), |remedy| {
                format!("{} ({})", prose(remedy.text), prose(remedy.console))
            });
            remedies.push(vec![
                row.control.severity.to_string(),
                titled(row.control),
                provider.to_string(),
                tally.fail.to_string(),
                tally.excepted.to_string(),
                remedy,
            ]);
        }
    }
    let columns = ["Severity", "Control", "Cloud", "Fail:", "Excepted:", "Remedy"];
    table(out, &columns, remedies.len(), remedies.into_iter())?;
    writeln!(out, "\nWhere:")?;
    let resources = failing().flat_map(|row| findings.of_control(row.place)).filter_map(
        |finding| match finding.outcome {
            Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Unknown(_) => None,
            Outcome::Fail(evidence) => {
                let facts: Vec<String> =
                    evidence.iter().map(|one| code(&words::evidence(one), TEXT)).collect();
                let until = finding.exception.map(|one| format!("until {}", one.expires.day()));
                let mut row = located(&finding, providers);
                row.extend([facts.join(" "), until.unwrap_or_default()]);
                Some(row)
            }
        },
    );
    let columns = ["Severity", "Control", "Resource", "In", "Region", "Found", "Excepted"];
    table(out, &columns, total, resources)
}

fn unknown(
    report: &Report<'_>,
    rows: &[Row],
    providers: Providers,
    out: &mut impl Write,
) -> io::Result<()> {
    let undecided = || rows.iter().filter(|row| row.tally.unknown > 0);
    let total: usize = undecided().map(|row| row.tally.unknown).sum();
    if total == 0 {
        return Ok(());
    }
    writeln!(out, "\n## Unknown\n\nNone of these is a pass: a deciding fact could not be read.")?;
    let resources =
        undecided().flat_map(|row| report.findings.of_control(row.place)).filter_map(|finding| {
            match finding.outcome {
                Outcome::Pass | Outcome::NotApplicable(_) | Outcome::Fail(_) => None,
                Outcome::Unknown(_) => {
                    let mut row = located(&finding, providers);
                    row.push(code(&words::unknown(&finding), TEXT));
                    Some(row)
                }
            }
        });
    table(out, &["Severity", "Control", "Resource", "In", "Region", "Why"], total, resources)
}

/// Where a finding is, in the first five columns of a table.
fn located(finding: &Finding<'_>, providers: Providers) -> Vec<String> {
    let resource = match finding.subject {
        None => format!("list of {}", finding.kind().many()),
        Some(subject) => {
            let name = if subject.name.is_empty() { subject.id } else { subject.name };
            format!("{} {}", finding.kind().one(), code(name, NAME))
        }
    };
    vec![
        finding.control.severity.to_string(),
        code(finding.control.id, NAME),
        resource,
        code(&words::place(finding.scope, providers), NAME),
        match finding.subject {
            Some(Subject { source: Some(source), .. }) => code(&source.to_string(), NAME),
            Some(Subject { region: Some(region), .. }) => code(region, NAME),
            Some(_) | None => String::new(),
        },
    ]
}

/// What could not be read, by cause.
fn unread(report: &Report<'_>, providers: Providers, out: &mut impl Write) -> io::Result<()> {
    let mut rows: Vec<(&Scope, Vec<Kind>, Unread)> = Vec::new();
    for examined in report.findings.scopes() {
        let found = words::by_cause(examined).into_iter();
        rows.extend(found.map(|(kinds, row)| (examined.scope(), kinds, row)));
    }
    if rows.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## What could not be read")?;
    let total = rows.len();
    let rows = rows.into_iter().map(|(scope, kinds, row)| {
        let what = words::missing(&kinds, &row, words::level(scope, providers), "list");
        let regions = match row.regions.as_slice() {
            many if many.len() > 3 => format!("{} regions", many.len()),
            few => few.iter().map(|region| code(region, NAME)).collect::<Vec<_>>().join(" "),
        };
        vec![
            code(&words::place(scope, providers), NAME),
            what,
            code(&row.action, NAME),
            row.reason.to_string(),
            regions,
            code(row.detail.as_deref().unwrap_or_default(), TEXT),
        ]
    });
    table(out, &["In", "What", "Action", "Why", "Region", "Answer"], total, rows)
}

/// What would be overlooked among passes and failures.
fn undecided(report: &Report<'_>, out: &mut impl Write) -> io::Result<()> {
    let notes = notes(report);
    let mut lines = Vec::new();
    for provider in report.findings.providers() {
        let on = |of: &Provider| *of == provider;
        let idle = notes.idle_controls.iter().filter(|(of, _)| on(of));
        let idle: Vec<&str> = idle.map(|(_, control)| control.id).collect();
        if !idle.is_empty() {
            lines.push(format!("Controls with nothing to examine on {provider}: {}", some(&idle)));
        }
        let unread = notes.unread_facts.iter().filter(|(of, _)| on(of));
        let unread: Vec<String> = unread.map(|(_, fact)| fact.to_string()).collect();
        if !unread.is_empty() {
            lines
                .push(format!("Facts not known for any resource on {provider}: {}", some(&unread)));
        }
    }
    for framework in &report.frameworks {
        let idle = notes.idle_requirements.iter();
        let idle = idle.filter(|(of, _)| std::ptr::eq(*of, framework.framework));
        let idle: Vec<&str> = idle.map(|(_, requirement)| requirement.id).collect();
        if !idle.is_empty() {
            let name = prose(framework.framework.name);
            lines.push(format!("Requirements of {name} that no control decided: {}", some(&idle)));
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Not assessed\n")?;
    for line in lines {
        writeln!(out, "- {line}")?;
    }
    Ok(())
}

/// Some of many names of ours, and how many there are beside them.
fn some(names: &[impl AsRef<str>]) -> String {
    let shown = names.iter().take(NAMED).map(|name| code(name.as_ref(), NAME));
    let shown = shown.collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

/// The accepted failures, which stay among the failures, too.
fn exceptions(report: &Report<'_>, rows: &[Row], out: &mut impl Write) -> io::Result<()> {
    let excepted = || rows.iter().filter(|row| row.tally.excepted > 0);
    let total: usize = excepted().map(|row| row.tally.excepted).sum();
    if total == 0 {
        return Ok(());
    }
    writeln!(out, "\n## Exceptions\n\nAn exception accepts a failure and does not fix it.")?;
    let findings = excepted().flat_map(|row| report.findings.of_control(row.place));
    let rows = findings.filter_map(|finding| {
        let exception = finding.exception?;
        Some(vec![
            code(finding.control.id, NAME),
            code(finding.subject.map_or("", |subject| subject.id), NAME),
            code(&exception.owner, NAME),
            exception.expires.day(),
            code(&exception.reason, TEXT),
        ])
    });
    table(out, &["Control", "Resource", "Accepted by", "Until", "Why"], total, rows)
}

/// What was read, by which identity and when.
fn examined(report: &Report<'_>, providers: Providers, out: &mut impl Write) -> io::Result<()> {
    let scopes = report.findings.scopes();
    writeln!(
        out,
        "\n## Scope\n\nRead by posture {}, checked by {}.",
        code(&report.findings.header().tool, NAME),
        counted(report.findings.controls().len(), "control", "controls")
    )?;
    let rows = scopes.iter().map(|examined| {
        let scope = examined.scope();
        vec![
            code(&words::place(scope, providers), NAME),
            code(scope.name.as_deref().unwrap_or_default(), NAME),
            code(scope.identity.as_deref().unwrap_or_default(), NAME),
            scope.started.minute(),
            regions(scope),
        ]
    });
    table(out, &["What", "Name", "Read as", "Read at", "Regions"], scopes.len(), rows)?;
    let lines = words::one_cluster(&report.findings, providers);
    if !lines.is_empty() {
        writeln!(out, "\nRead from both sides:\n")?;
    }
    for line in lines.iter().take(ROWS) {
        writeln!(out, "- {}", span(line, TEXT))?;
    }
    Ok(())
}

/// How many regions were read, and how many were not.
fn regions(scope: &Scope) -> String {
    let count = |enabled: bool, excluded: bool| {
        let regions = scope.regions.iter();
        regions.filter(|one| one.enabled == enabled && one.excluded == excluded).count()
    };
    let (read, excluded) = (count(true, false), count(true, true));
    let disabled = scope.regions.len() - read - excluded;
    let mut text = format!("{read} read");
    if excluded > 0 {
        text.push_str(&format!(", {excluded} skipped"));
    }
    if disabled > 0 {
        text.push_str(&format!(", {disabled} not enabled"));
    }
    if scope.regions.is_empty() { String::new() } else { text }
}

/// A control's id, which leads to the source of its rule, and what is wrong.
fn titled(control: &Control) -> String {
    let id = code(control.id, NAME);
    let title = prose(control.finding);
    match control.references.first() {
        Some(url) if url.bytes().all(|byte| !b"()<>|\\ ".contains(&byte)) => {
            format!("[{id}]({url}) {title}")
        }
        Some(_) | None => format!("{id} {title}"),
    }
}

/// A table of at most [`ROWS`] rows out of `total`. A column whose name ends with a colon holds numbers.
pub(crate) fn table(
    out: &mut impl Write,
    columns: &[&str],
    total: usize,
    rows: impl Iterator<Item = Vec<String>>,
) -> io::Result<()> {
    let names: Vec<&str> = columns.iter().map(|name| name.trim_end_matches(':')).collect();
    let lines = columns.iter().map(|name| if name.ends_with(':') { "---:" } else { "---" });
    writeln!(out, "\n| {} |", names.join(" | "))?;
    writeln!(out, "| {} |", lines.collect::<Vec<_>>().join(" | "))?;
    for row in rows.take(ROWS) {
        writeln!(out, "| {} |", row.join(" | "))?;
    }
    if total > ROWS {
        writeln!(out, "\n… and {} more: `--format json` lists them all.", total - ROWS)?;
    }
    Ok(())
}

/// Text of any origin as a code span in a table, of at most `limit` characters.
///
/// Rows are cut into cells before anything else is parsed, so that a bar needs a backslash even here, where the
/// backslash does not show. Behind a backslash that is already there parsers disagree, and the bar is written as a
/// number.
pub(crate) fn code(text: &str, limit: usize) -> String {
    fenced(text, limit, |text| text.replace("\\|", "\\\\u{7c}").replace('|', "\\|"))
}

/// The same outside of a table, where a bar is a letter like any other.
pub(crate) fn span(text: &str, limit: usize) -> String {
    fenced(text, limit, str::to_owned)
}

fn fenced(text: &str, limit: usize, bars: impl FnOnce(&str) -> String) -> String {
    let mut text = safe(text, limit);
    if text.is_empty() {
        return String::new();
    }
    let longest = |text: &str| text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    if longest(&text) > TICKS {
        text = text.replace('`', "\\u{60}").into();
    }
    let fence = "`".repeat(longest(&text) + 1);
    // One space at each end belongs to the fence, where there are both.
    let edge = |c: char| c == '`' || c == ' ';
    let pad = if text.starts_with(edge) || text.ends_with(edge) { " " } else { "" };
    let text = bars(&text);
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// A sentence of posture, in which text between backticks is code and nothing else has a meaning.
pub(crate) fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let paired = parts.len() % 2 == 1;
    let mut out = String::new();
    for (place, part) in parts.iter().enumerate() {
        if paired && place % 2 == 1 {
            out.push_str(&code(part, TEXT));
            continue;
        }
        if place > 0 && !paired {
            out.push_str("\\`");
        }
        for c in part.chars() {
            if matches!(c, '\\' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '&') {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{providers, report};

    fn rendered(frameworks: &[&str]) -> String {
        let mut out = Vec::new();
        write(&report(frameworks), providers, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The cells of a row, as a parser cuts them that knows a backslash.
    fn cells(row: &str) -> usize {
        let mut cells = 0;
        let mut chars = row.chars();
        while let Some(c) = chars.next() {
            match c {
                '\\' => {
                    chars.next();
                }
                '|' => cells += 1,
                _ => {}
            }
        }
        cells - 1
    }

    /// The same for a parser in which a backslash only escapes a bar.
    fn cells_otherwise(row: &str) -> usize {
        row.replace("\\|", "").matches('|').count() - 1
    }

    #[test]
    fn numbers_come_first_and_nothing_is_left_out() {
        insta::assert_snapshot!(rendered(&["csf", "cis-aws"]));
    }

    #[test]
    fn every_row_has_the_cells_of_its_table() {
        let text = rendered(&["csf", "ccm", "cis-aws"]);
        let mut columns = 0;
        for line in text.lines() {
            match line.strip_prefix("| ") {
                None => columns = 0,
                Some(_) if columns == 0 => columns = cells(line),
                Some(_) => {
                    assert_eq!(cells(line), columns, "{line}");
                    assert_eq!(cells_otherwise(line), columns, "{line}");
                }
            }
        }
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
    }

    #[test]
    fn each_outcome_is_counted_and_only_a_failure_fails() {
        let (text, report) = (rendered(&[]), report(&[]));
        let sum = |of: fn(&Tally) -> usize| {
            let tallies = (0..report.findings.controls().len()).map(|c| report.findings.tally(c));
            tallies.map(|tally| of(&tally)).sum::<usize>()
        };
        let (fail, excepted, unknown) = (sum(|t| t.fail), sum(|t| t.excepted), sum(|t| t.unknown));
        assert!(fail > 0 && excepted > 0 && unknown > 0);
        assert!(text.contains(&format!("**{fail} fail**")), "{text}");
        let section = |title: &str| {
            let after = text.split(&format!("\n## {title}\n")).nth(1).unwrap();
            after.split("\n## ").next().unwrap()
        };
        let rows = |text: &str| text.lines().filter(|line| line.starts_with("| ")).count();
        let resources = section("Failures").split("\nWhere:\n").nth(1).unwrap();
        assert_eq!(rows(resources), 2 + fail + excepted);
        assert_eq!(rows(section("Unknown")), 2 + unknown);
        assert_eq!(rows(section("Exceptions")), 2 + excepted);
        assert!(section("Exceptions").contains("web team"));
        assert!(resources.contains("until 2027-01-31"));
        assert!(section("What could not be read").contains("kms:ListKeys"));
    }

    #[test]
    fn text_from_a_cloud_is_code_and_nothing_else() {
        for (hostile, shown) in [
            ("plain", "`plain`"),
            ("", ""),
            ("[x](javascript:alert(1))", "`[x](javascript:alert(1))`"),
            ("<img src=x onerror=alert(1)>", "`<img src=x onerror=alert(1)>`"),
            ("@everyone #1 https://evil.example", "`@everyone #1 https://evil.example`"),
            ("a|b", "`a\\|b`"),
            ("a\\|b", "`a\\\\u{7c}b`"),
            ("a\nb\r\n| c |", "`a\\nb\\r\\n\\| c \\|`"),
            ("`", "`` ` ``"),
            ("a`b``c", "```a`b``c```"),
            ("````", "`\\u{60}\\u{60}\\u{60}\\u{60}`"),
            (" a ", "`  a  `"),
            ("a\\", "`a\\`"),
            ("\u{202e}\u{1b}", "`\\u{202e}\\u{1b}`"),
        ] {
            assert_eq!(code(hostile, NAME), shown, "{hostile:?}");
        }
        assert_eq!(code(&"x".repeat(1_000_000), 3), "`xxx… (1000000 characters)`");
    }

    #[test]
    fn sentences_mean_what_they_say() {
        assert_eq!(prose("set `a|b` to *"), "set `a\\|b` to \\*");
        assert_eq!(prose("one ` only"), "one \\` only");
        assert_eq!(prose("<bucket>_[1]"), "\\<bucket\\>\\_\\[1\\]");
    }

    #[test]
    fn a_long_table_says_what_is_missing() {
        let mut out = Vec::new();
        let rows = (0..300).map(|row| vec![row.to_string()]);
        table(&mut out, &["Number:"], 300, rows).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text.lines().filter(|line| line.starts_with("| ")).count(), 2 + ROWS);
        assert!(text.ends_with("\n… and 100 more: `--format json` lists them all.\n"), "{text}");
    }
}
