//! Every requirement: those that were assessed, and those that were not and why.

use std::io::{self, Write};

use posture_core::frameworks::{Class, Framework};
use posture_core::judge::Finding;
use posture_core::report::{FrameworkReport, RequirementReport, State};
use posture_core::text::counted;

use super::look::{Appearance, STATES, color, is_examined, meaning, tally_words, worst};
use super::page::{Page, SOME};
use super::shell::part;
use super::text::{Anchor, Prose, accepted, chapter, codes, name, titled};
use crate::shared::judged_by;

impl Page<'_> {
    pub(super) fn requirements(&self, out: &mut impl Write) -> io::Result<()> {
        part("requirements", out)?;
        if self.report.frameworks.is_empty() {
            return writeln!(out, "<p>No framework was selected.</p></section>");
        }
        writeln!(
            out,
            "<p>Each requirement with a mapped control in this run, in the order of its framework; the others \
             are listed under <a href=\"#not-assessed\">Not assessed</a>.</p>"
        )?;
        write!(
            out,
            "<form class=filter id=filter-requirements hidden autocomplete=off><fieldset><legend>State</legend>"
        )?;
        for state in STATES {
            write!(
                out,
                "<label><input type=checkbox name=k value={} checked> {state}</label>",
                color(state)
            )?;
        }
        write!(out, "</fieldset>")?;
        self.framework_choice(out)?;
        writeln!(
            out,
            "<label>Text<input type=search name=q placeholder=\"id, words, control\"></label><div class=do>\
             <button type=reset>Clear</button><output></output></div></form>\
             <p class=\"warn only\" id=filtered-requirements hidden></p>"
        )?;
        for (place, report) in self.report.frameworks.iter().enumerate() {
            writeln!(out, "<section data-f={place}><h3>{}</h3>", titled(report.framework))?;
            let mut last = None;
            for row in report.requirements.iter().filter(|row| is_examined(row.state)) {
                if last != Some(row.requirement.group) {
                    if last.is_some() {
                        write!(out, "</div>")?;
                    }
                    last = Some(row.requirement.group);
                    let chapter = chapter(report.framework, row.requirement.group);
                    writeln!(out, "<div data-chapter><h4>{chapter}</h4>")?;
                }
                self.requirement(report, row, out)?;
            }
            if last.is_some() {
                write!(out, "</div>")?;
            } else {
                writeln!(out, "<p>None.</p>")?;
            }
            writeln!(out, "</section>")?;
        }
        writeln!(out, "</section>")
    }

    pub(super) fn requirement(
        &self,
        report: &FrameworkReport,
        row: &RequirementReport,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let RequirementReport { requirement, state, on, controls, .. } = row;
        let (anchor, color) = (Anchor(report.framework, requirement), color(*state));
        writeln!(
            out,
            "<details class=r data-k={color} id=\"{anchor}\"><summary><code>{}</code><span class=name>{}</span>\
             <span class=\"st k-{color}\">{state}</span></summary><div><dl class=kv>",
            name(requirement.id),
            Prose(requirement.title)
        )?;
        writeln!(out, "<dt>State<dd>{}", meaning(*state))?;
        if let Some(class) = requirement.class {
            writeln!(out, "<dt>Class<dd>{class}: {}", Prose(requirement.why))?;
        }
        if !requirement.note.is_empty() {
            writeln!(out, "<dt>Note<dd>{}", Prose(requirement.note))?;
        }
        if !requirement.elsewhere.is_empty() {
            let ids = requirement.elsewhere.iter();
            let ids: Vec<String> =
                ids.map(|(version, id)| format!("{} in {}", name(id), name(version))).collect();
            writeln!(out, "<dt>Elsewhere<dd>{}", ids.join(", "))?;
        }
        if on.len() > 1 {
            let each = report.providers.iter().zip(on);
            let each: Vec<String> =
                each.map(|(provider, state)| format!("{provider}: {state}")).collect();
            writeln!(out, "<dt>By provider<dd>{}", each.join("; "))?;
        }
        writeln!(
            out,
            "</dl><table class=\"stack bearings\"><thead><tr><th>Control<th>Mapping<th>Findings<th>Failing resources\
             </thead><tbody>"
        )?;
        let mut excepted: Vec<&Finding<'_>> = Vec::new();
        for bearing in controls {
            let found = self.rows.iter().find(|row| row.control.id == bearing.control.id);
            let Some(found) = found else { continue };
            let mut names: Vec<String> = Vec::new();
            let mut count: usize = 0;
            for provider in &report.providers {
                if let Some((first, all)) = found.failing.get(provider) {
                    let spans = first.iter().map(|name| format!("<span class=name>{name}</span>"));
                    names.extend(spans);
                    count += *all;
                }
            }
            names.truncate(SOME);
            let more = count - names.len();
            let more = match (more, names.is_empty()) {
                (0, _) => String::new(),
                // A filter hides them all.
                (more, true) => format!("{more} not shown"),
                (more, false) => format!(" and {more} more"),
            };
            excepted.extend(
                found.excepted.iter().filter(|of| report.providers.contains(&of.scope.provider)),
            );
            writeln!(
                out,
                "<tr><td>{} <span class=id>{}</span><td data-l=\"Mapping:\">{}<td><span class=\"st k-{}\">{}</span>\
                 <td data-l=\"Failing:\">{}{more}",
                Prose(found.control.headline(bearing.tally.fail + bearing.tally.excepted > 0)),
                self.reference(found),
                match judged_by(bearing, |tool| name(tool).to_string()) {
                    Some(by) => format!("{}, {by}", bearing.strength),
                    None => bearing.strength.to_string(),
                },
                worst(bearing.tally).color(),
                tally_words(bearing.tally),
                names.join(", ")
            )?;
        }
        writeln!(out, "</tbody></table>")?;
        if !excepted.is_empty() {
            write!(out, "<h4>Exceptions</h4><ul class=list>")?;
            for finding in excepted.iter().take(SOME) {
                let Some(exception) = finding.exception else { continue };
                write!(
                    out,
                    "<li><a href=\"#{}\">{}</a>, {}",
                    finding.id(),
                    self.called(finding),
                    accepted(exception)
                )?;
            }
            if excepted.len() > SOME {
                let more = excepted.len() - SOME;
                write!(out, "<li>and {more} more: see <a href=\"#exceptions\">Exceptions</a>")?;
            }
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</div></details>")
    }

    pub(super) fn not_assessed(&self, out: &mut impl Write) -> io::Result<()> {
        part("not-assessed", out)?;
        if self.report.frameworks.is_empty() {
            return writeln!(out, "<p>No framework was selected.</p></section>");
        }
        writeln!(
            out,
            "<p>All requirements that were not assessed, each with the reason. None of these counts as met, and none is part of a result.</p>"
        )?;
        for (place, report) in self.report.frameworks.iter().enumerate() {
            let rows: Vec<&RequirementReport> =
                report.requirements.iter().filter(|row| !row.state.is_assessed()).collect();
            let counts = report.counts();
            let states = STATES.iter().filter(|state| !state.is_assessed());
            let states = states.map(|state| (counts.of(*state), state)).filter(|(n, _)| *n > 0);
            let states: Vec<String> = states.map(|(n, state)| format!("{n} {state}")).collect();
            write!(out, "<section data-f={place}><h3>{}</h3>", titled(report.framework))?;
            if rows.is_empty() {
                writeln!(out, "<p>Everything was assessed.</p></section>")?;
                continue;
            }
            writeln!(
                out,
                "<details><summary>{} of {}: {}</summary><div><table class=\"stack asks\"><thead><tr><th>Requirement\
                 <th>Text<th>State<th>Reason</thead><tbody>",
                rows.len(),
                counted(report.requirements.len(), "requirement", "requirements"),
                states.join(", ")
            )?;
            for row in rows {
                not_assessed(report.framework, row, out)?;
            }
            writeln!(out, "</tbody></table></div></details></section>")?;
        }
        writeln!(out, "</section>")
    }
}

/// A requirement that was not assessed, and why.
pub(super) fn not_assessed(
    framework: &Framework,
    row: &RequirementReport,
    out: &mut impl Write,
) -> io::Result<()> {
    let RequirementReport { requirement, state, controls, .. } = row;
    let (anchor, color) = (Anchor(framework, requirement), color(*state));
    // What was examined has its section elsewhere, and a link has one place to lead to.
    let id = if is_examined(*state) { String::new() } else { format!(" id=\"{anchor}\"") };
    let why = match state {
        State::NotAssessedOrganizational if requirement.why.is_empty() => {
            "cloud APIs cannot show it".to_owned()
        }
        State::NotAssessedOrganizational => Prose(requirement.why).to_string(),
        State::NotAssessedNoControl => match requirement.class {
            None => "no control of this run is mapped to it".to_owned(),
            Some(Class::Node) => format!("no control reaches it: {}", Prose(requirement.why)),
            Some(class) => format!(
                "no control of this run is mapped to it; class {class}: {}",
                Prose(requirement.why)
            ),
        },
        State::Indeterminate => {
            format!("could not be decided: see <a href=\"#{anchor}\">its controls</a>")
        }
        State::Met
        | State::NotMet
        | State::PartlyEvidenced
        | State::NotApplicable
        | State::Excepted => String::new(),
    };
    let beside: Vec<&str> = controls.iter().map(|bearing| bearing.control.id).collect();
    let beside = if beside.is_empty() || is_examined(*state) {
        String::new()
    } else {
        format!("<small>supported, but not decided, by {}</small>", codes(&beside))
    };
    writeln!(
        out,
        "<tr data-k={color}{id}><td><code>{}</code><td>{}<td><span class=\"st k-{color}\">{state}</span><td>{why}{beside}",
        name(requirement.id),
        Prose(requirement.title)
    )
}
