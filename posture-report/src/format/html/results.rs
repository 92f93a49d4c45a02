//! Coverage and result of each framework.

use std::io::{self, Write};

use posture_core::report::FrameworkReport;

use super::look::{
    Bar, NOT_ASSESSED, STATES, all_states, color, coverage_bar, is_examined, square,
};
use super::page::Page;
use super::shell::part;
use super::text::{long, name, titled};
use crate::coverage::{coverage, never_met, result, short, short_result};

impl Page<'_> {
    pub(super) fn results(&self, out: &mut impl Write) -> io::Result<()> {
        part("results", out)?;
        if self.report.frameworks.is_empty() {
            return writeln!(out, "<p>No framework was selected.</p></section>");
        }
        write!(
            out,
            "<p>Coverage is two numbers: of how many requirements there is some evidence, and of how many at least a \
             part is decided, of those that cloud APIs can show. The result is the outcome of the assessed requirements, shown as a part of all. Neither makes a statement about what was not \
             assessed; <a href=\"#not-assessed\">all of it is listed</a>.</p><ul class=legend>\
             <li>{}decided in part<li>{}some evidence<li>{}assessable, nothing shown<li>{}organizational, or on nodes</ul><ul class=legend>",
            square("seen"),
            square("some"),
            square("none"),
            square("org")
        )?;
        for state in STATES.iter().filter(|state| is_examined(**state)) {
            write!(out, "<li>{}{state}", square(color(*state)))?;
        }
        write!(out, "<li>{}{}", square(NOT_ASSESSED.0), NOT_ASSESSED.1)?;
        writeln!(out, "</ul>")?;
        for report in &self.report.frameworks {
            framework(report, out)?;
        }
        writeln!(out, "</section>")
    }
}

/// A framework chapter by chapter.
pub(super) fn framework(report: &FrameworkReport, out: &mut impl Write) -> io::Result<()> {
    let framework = report.framework;
    let counts = report.counts();
    writeln!(
        out,
        "<h3 id=\"f-{}\">{}</h3><p><b>Coverage:</b> {} (of {}). \
         <b>Result:</b> {}.</p>",
        name(framework.id),
        titled(framework),
        coverage(counts),
        counts.total(),
        result(counts)
    )?;
    if let Some(note) = never_met(report) {
        writeln!(out, "<p>{}</p>", long(note))?;
    }
    if report.providers.len() > 1 {
        write!(out, "<ul class=list>")?;
        for (place, provider) in report.providers.iter().enumerate() {
            let counts = report.counts_on(place, |_| true);
            write!(out, "<li>{provider}: {}; {}", short(counts), short_result(counts))?;
        }
        writeln!(out, "</ul>")?;
    }
    writeln!(
        out,
        "<table class=\"chart stack\"><thead><tr><th>Chapter<th>Coverage<th>Result</thead><tbody>"
    )?;
    for group in framework.groups {
        let counts = report.counts_where(|requirement| framework.is_in(requirement, group));
        let nested = framework.groups.iter().any(|other| other.parent == Some(group.id));
        let class = match (group.parent, nested) {
            (None, true) => " class=top",
            (None, false) => "",
            (Some(_), _) => " class=sub",
        };
        let title = if group.id == group.title {
            name(group.id).to_string()
        } else {
            format!("{} {}", name(group.id), long(group.title))
        };
        write!(
            out,
            "<tr{class}><th scope=row>{title}</th><td>{}<small>{}, of {}</small><td>",
            coverage_bar(counts),
            short(counts),
            counts.total()
        )?;
        let states = all_states(counts);
        if counts.assessed() == 0 {
            writeln!(out, "<small>nothing assessed</small>")?;
        } else {
            let words = states.iter().filter(|(count, _, _)| *count > 0);
            let words: Vec<String> =
                words.map(|(count, _, words)| format!("{count} {words}")).collect();
            writeln!(out, "{}<small>{}</small>", Bar(&states), words.join(", "))?;
        }
    }
    writeln!(out, "</tbody></table>")
}
