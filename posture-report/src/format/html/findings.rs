//! Every finding, by control.

use std::collections::BTreeSet;
use std::io::{self, Write};

use posture_core::control::{Check, Control, Severity};
use posture_core::gap::Gap;
use posture_core::judge::{Finding, Outcome};
use posture_core::record::FindingStatus;
use posture_core::resource::FactId;
use posture_core::wanted;

use super::look::{Appearance, ORDER, tally_bar, tally_words, worst};
use super::page::{Page, Row, SOME};
use super::shell::part;
use super::text::{Anchor, Link, Prose, Text, accepted, codes, long, name};
use crate::words::{commands, run_by, twin};

impl Page<'_> {
    pub(super) fn findings(&self, out: &mut impl Write) -> io::Result<()> {
        part("findings", out)?;
        self.finding_filter(out)?;
        for mark in [
            FindingStatus::Fail,
            FindingStatus::Unknown,
            FindingStatus::Excepted,
            FindingStatus::Pass,
            FindingStatus::NotApplicable,
        ] {
            let is = |row: &Row<'_>| row.tally.total() > 0 && worst(row.tally) == mark;
            let count = self.rows.iter().filter(|row| is(row)).count();
            if count == 0 {
                continue;
            }
            writeln!(out, "<div data-group><h3>{} ({count})</h3>", mark.worst())?;
            for severity in Severity::ALL.iter().rev() {
                for (place, row) in self.rows.iter().enumerate() {
                    if row.control.severity == *severity && is(row) {
                        self.control(place, row, out)?;
                    }
                }
            }
            writeln!(out, "</div>")?;
        }
        writeln!(out, "</section>")
    }

    pub(super) fn finding_filter(&self, out: &mut impl Write) -> io::Result<()> {
        write!(
            out,
            "<form class=filter id=filter-findings hidden autocomplete=off><fieldset><legend>Outcome</legend>"
        )?;
        for mark in ORDER {
            let (value, words) = (mark.class(), mark.words());
            write!(
                out,
                "<label><input type=checkbox name=o value={value} checked> {words}</label>"
            )?;
        }
        write!(out, "</fieldset><fieldset><legend>Severity</legend>")?;
        for severity in Severity::ALL.iter().rev() {
            write!(
                out,
                "<label><input type=checkbox name=v value={severity} checked> {severity}</label>"
            )?;
        }
        write!(out, "</fieldset><label>Provider<select name=p><option value=\"\">any")?;
        for provider in self.report.findings.providers() {
            write!(out, "<option value={}>{provider}", provider.id())?;
        }
        write!(out, "</select></label><label>Account<select name=s><option value=\"\">any")?;
        for (place, (scope, label)) in self.scopes().enumerate() {
            write!(out, "<option value={place} data-p={}>{label}", scope.provider.id())?;
        }
        write!(out, "</select></label>")?;
        self.framework_choice(out)?;
        writeln!(
            out,
            "<label>Text<input type=search name=q placeholder=\"name, id, control, evidence\"></label><div class=do>\
             <button type=button data-do=open>Open all shown</button><button type=button data-do=close>Close all</button>\
             <button type=reset>Clear</button><output></output></div></form>\
             <p class=\"warn only\" id=filtered-findings hidden></p>"
        )
    }

    /// A control with all that became of it.
    pub(super) fn control(
        &self,
        place: usize,
        row: &Row<'_>,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let control = row.control;
        let of: BTreeSet<usize> = row.bearings.iter().map(|(framework, _, _)| *framework).collect();
        let of: Vec<String> = of.iter().map(usize::to_string).collect();
        let (id, severity) = (name(control.id), control.severity);
        writeln!(
            out,
            "<details class=c id=\"c-{id}\" data-v={severity} data-w=\"{}\"><summary><span class=\"sev {severity}\">\
             {severity}</span><span class=name>{} <span class=id>{id}</span></span><span class=tally>{}{}</span></summary>\
             <div><p>{}</p>",
            of.join(" "),
            Prose(control.headline(row.tally.fail + row.tally.excepted > 0)),
            tally_words(row.tally),
            tally_bar(row.tally),
            Prose(control.rationale)
        )?;
        writeln!(
            out,
            "<table class=\"rows stack\"><thead><tr><th>Resource<th>Account, region<th>Evidence or reason<th>Finding</thead>"
        )?;
        let findings: Vec<(FindingStatus, Finding<'_>)> = self
            .report
            .findings
            .of_control(place)
            .map(|finding| (FindingStatus::of(&finding), finding))
            .collect();
        for mark in ORDER {
            let count = row.tally.of(mark);
            if count == 0 {
                continue;
            }
            let (class, heading) = (mark.class(), mark.heading());
            writeln!(out, "<tbody class={class}><tr><th colspan=4>{heading}: {count}</th></tr>")?;
            for (_, finding) in findings.iter().filter(|(of, _)| *of == mark) {
                self.finding(finding, out)?;
            }
            write!(out, "</tbody>")?;
        }
        writeln!(out, "</table>")?;
        self.remedies(place, control, out)?;
        self.about(row, &findings, out)?;
        writeln!(out, "</div></details>")
    }

    pub(super) fn finding(&self, finding: &Finding<'_>, out: &mut impl Write) -> io::Result<()> {
        let id = finding.id();
        write!(out, "<tr")?;
        if let Some(place) = self.place(finding.scope) {
            write!(out, " data-s={place}")?;
        }
        // A list that misses several parts gives several findings of one id.
        if finding.subject.is_some() {
            write!(out, " id={id}")?;
        }
        write!(out, "><td>{}", self.called(finding))?;
        if let Some(subject) = finding.subject
            && subject.id != subject.name
            && !subject.name.is_empty()
        {
            write!(out, "<span class=id>{}</span>", long(subject.id))?;
        }
        write!(out, "<td>{}", self.label(finding.scope))?;
        if let Some(region) = finding.subject.and_then(|subject| subject.region) {
            write!(out, "<small>{}</small>", name(region))?;
        }
        if let Some(source) = finding.subject.and_then(|subject| subject.source) {
            write!(out, "<small>{}</small>", name(&source.to_string()))?;
        }
        for one in finding.twins {
            write!(out, "<small>same as {}</small>", long(&twin(one, self.providers)))?;
        }
        if let Some(all) = finding.run_by {
            write!(out, "<small>{}</small>", long(&run_by(all, self.providers)))?;
        }
        write!(out, "<td>")?;
        match finding.outcome {
            Outcome::Pass => {}
            Outcome::NotApplicable(why) => write!(out, "{}", Prose(why))?,
            Outcome::Fail(evidence) => {
                for evidence in evidence.iter() {
                    write!(
                        out,
                        "<div><i>{}:</i> {}<small>expected: {}</small></div>",
                        name(evidence.fact),
                        long(&evidence.found),
                        long(&evidence.expected)
                    )?;
                }
            }
            Outcome::Unknown(_) => {
                if let Some(gap) = finding.gap() {
                    short_gap(gap, out)?;
                }
            }
        }
        if let Some(exception) = finding.exception {
            write!(out, "<div>{}</div>", accepted(exception))?;
        }
        writeln!(out, "<td>{id}")
    }

    /// What to do, on each provider where there is something to be done.
    pub(super) fn remedies(
        &self,
        place: usize,
        control: &Control,
        out: &mut impl Write,
    ) -> io::Result<()> {
        let findings = &self.report.findings;
        for provider in findings.providers() {
            let tally = findings.tally_on(place, provider);
            let Some(remedy) = control.remedy(provider) else { continue };
            if tally.fail + tally.unknown + tally.excepted == 0 {
                continue;
            }
            writeln!(
                out,
                "<h4>Remedy on {provider}</h4><dl class=kv><dt>Remedy<dd>{}<dt>Console<dd>{}<dt>{}<dd><pre>{}\
                 </pre></dl>",
                Prose(remedy.text),
                Prose(remedy.console),
                remedy.command.title(),
                Text(remedy.command.line(), usize::MAX)
            )?;
        }
        Ok(())
    }

    /// What a control rests on: requirements, thresholds, facts, calls, references.
    pub(super) fn about(
        &self,
        row: &Row<'_>,
        findings: &[(FindingStatus, Finding<'_>)],
        out: &mut impl Write,
    ) -> io::Result<()> {
        let control = row.control;
        writeln!(
            out,
            "<h4>About this control</h4><dl class=kv><dt>Objective<dd>{}",
            Prose(control.title)
        )?;
        if !row.bearings.is_empty() {
            let bearings = row.bearings.iter().filter_map(|(place, requirement, strength)| {
                let framework = self.report.frameworks.get(*place)?.framework;
                let anchor = Anchor(framework, requirement);
                let (of, id) = (name(framework.id), name(requirement.id));
                Some(format!("<a href=\"#{anchor}\">{of} {id}</a> ({strength})"))
            });
            let bearings: Vec<String> = bearings.collect();
            writeln!(out, "<dt>Requirements<dd>{}", bearings.join(", "))?;
        }
        if let Check::Rule(rule) = control.test.check {
            writeln!(out, "<dt>Rule (custom control)<dd>{}", long(rule.source()))?;
        }
        for (threshold, value) in self.params.in_force(control) {
            let value = value.to_string();
            let value = if value.is_empty() { "none" } else { value.as_str() };
            writeln!(out, "<dt>Threshold<dd>{}: {}", name(threshold), long(value))?;
        }
        if !control.test.reads.is_empty() {
            write!(out, "<dt>Reads<dd><ul>")?;
            for fact in control.test.reads {
                write!(out, "<li><code>{fact}</code> {}", Prose(doc(*fact)))?;
            }
            writeln!(out, "</ul>")?;
        }
        for provider in self.report.findings.providers().filter(|of| control.judges(*of)) {
            let actions = ((self.providers)(provider).actions)(&wanted::by(&[control], provider));
            if !actions.is_empty() {
                writeln!(out, "<dt>Read on {provider} by<dd>{}", codes(&actions))?;
            }
        }
        let failing = findings.iter().filter(|(mark, _)| *mark == FindingStatus::Fail).take(SOME);
        let mut shown: Vec<String> = Vec::new();
        for (_, finding) in failing {
            for command in commands(finding, self.providers) {
                if shown.len() < SOME && !shown.contains(&command) {
                    shown.push(command);
                }
            }
        }
        if !shown.is_empty() {
            write!(out, "<dt>To verify<dd>")?;
            for command in &shown {
                write!(out, "<pre>{}</pre>", long(command))?;
            }
            writeln!(out)?;
        }
        if !control.references.is_empty() {
            write!(out, "<dt>References<dd><ul>")?;
            for reference in control.references {
                write!(out, "<li>{}", Link(reference, reference))?;
            }
            writeln!(out, "</ul>")?;
        }
        writeln!(out, "</dl>")
    }
}

/// What a fact means.
pub(super) fn doc(fact: FactId) -> &'static str {
    let known = fact.kind.facts().iter().find(|known| known.name == fact.name);
    known.map_or("", |known| known.doc.trim())
}

/// A gap as it is beside a finding.
pub(super) fn short_gap(gap: &Gap, out: &mut impl Write) -> io::Result<()> {
    if !gap.action.is_empty() {
        write!(out, "<i>{}</i> ", name(&gap.action))?;
    }
    write!(out, "{}", gap.reason)?;
    if let Some(region) = &gap.region {
        write!(out, " in {}", Text(region, 60))?;
    }
    if let Some(detail) = &gap.detail {
        write!(out, "<small>{}</small>", long(detail))?;
    }
    Ok(())
}
