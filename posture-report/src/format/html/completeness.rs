//! What was read, and what was not.

use std::collections::HashMap;
use std::io::{self, Write};

use posture_core::gap::{Gap, GapId};
use posture_core::notes::notes;
use posture_core::resource::Kind;
use posture_core::scope::{Calls, Scope};
use posture_core::text::counted;
use posture_core::unread::Unread;

use super::look::tally_words;
use super::page::{Page, SOME};
use super::shell::part;
use super::text::{Anchor, Text, codes, long, name};
use crate::words::{by_cause, level, missing};

impl Page<'_> {
    pub(super) fn completeness(&self, out: &mut impl Write) -> io::Result<()> {
        part("completeness", out)?;
        writeln!(
            out,
            "<p>A list is complete if every page of it was read in every region that was reached. No conclusion is drawn \
             from an incomplete list, and no requirement that depends on something unread counts as met.</p>"
        )?;
        self.unread(out)?;
        self.undecided(out)?;
        self.population(out)?;
        writeln!(out, "</section>")
    }

    /// What could not be read: by cause, and then each gap in full.
    pub(super) fn unread(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "<h3>What could not be read</h3>")?;
        let mut rows: Vec<(&str, Vec<Kind>, Unread)> = Vec::new();
        for (examined, label) in &self.scopes {
            let found = by_cause(examined).into_iter();
            rows.extend(found.map(|(kinds, row)| (label.as_str(), kinds, row)));
        }
        let gaps: usize = self.scopes.iter().map(|(examined, _)| examined.gaps().count()).sum();
        if rows.is_empty() && gaps == 0 {
            return writeln!(out, "<p>Everything that was requested was read.</p>");
        }
        if !rows.is_empty() {
            writeln!(
                out,
                "<p>{} could not be read. Each may have several read errors, such as one for each resource; these follow in \
                 full.</p>",
                counted(rows.len(), "thing", "things")
            )?;
            writeln!(
                out,
                "<div class=wide tabindex=0 role=region aria-label=\"What could not be read\"><table class=\"stack unread\"><thead><tr><th>What<th>Account<th>Action<th>Why\
                 <th>For example</thead><tbody>"
            )?;
        }
        for (label, kinds, row) in &rows {
            let what = missing(kinds, row, "the account itself", "the list");
            let regions: Vec<String> =
                row.regions.iter().map(|region| Text(region, 60).to_string()).collect();
            let regions = if regions.is_empty() {
                String::new()
            } else {
                format!("<small>in {}</small>", regions.join(", "))
            };
            writeln!(
                out,
                "<tr><td><b>{what}</b><td>{label}<td data-l=\"Action:\">{}<td data-l=\"Why:\">{}{regions}<td>{}",
                name(&row.action),
                row.reason,
                long(row.detail.as_deref().unwrap_or_default())
            )?;
        }
        if !rows.is_empty() {
            writeln!(out, "</tbody></table></div>")?;
        }
        for (examined, label) in &self.scopes {
            let scope = examined.scope();
            let count = examined.gaps().count();
            if count == 0 {
                continue;
            }
            writeln!(
                out,
                "<details><summary>{} {label}: {}</summary><div><table class=\"stack gaps\"><thead>\
                 <tr><th>Action<th>Of what<th>Why<th>Response of the provider</thead><tbody>",
                scope.provider,
                counted(count, "read error, in full", "read errors, each in full")
            )?;
            for gap in examined.gaps() {
                full_gap(gap, out)?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        Ok(())
    }

    /// What would be overlooked among passes and failures.
    pub(super) fn undecided(&self, out: &mut impl Write) -> io::Result<()> {
        let notes = notes(self.report);
        writeln!(out, "<h3>Inconclusive</h3>")?;
        if notes.idle_controls.is_empty()
            && notes.unread_facts.is_empty()
            && notes.idle_requirements.is_empty()
        {
            return writeln!(
                out,
                "<p>Every control found something to examine, and every fact that they read is known for at least one resource.</p>"
            );
        }
        writeln!(out, "<dl class=kv>")?;
        for provider in self.report.findings.providers() {
            let idle = notes.idle_controls.iter().filter(|(of, _)| *of == provider);
            let idle: Vec<&str> = idle.map(|(_, control)| control.id).collect();
            if !idle.is_empty() {
                writeln!(
                    out,
                    "<dt>Nothing to examine on {provider}<dd>{}: {}",
                    counted(idle.len(), "control", "controls"),
                    codes(&idle)
                )?;
            }
            let unread = notes.unread_facts.iter().filter(|(of, _)| *of == provider);
            let unread: Vec<String> = unread.map(|(_, fact)| fact.to_string()).collect();
            if !unread.is_empty() {
                let unread: Vec<&str> = unread.iter().map(String::as_str).collect();
                writeln!(
                    out,
                    "<dt>Facts not known for any resource on {provider}<dd>{}: {}",
                    counted(unread.len(), "fact", "facts"),
                    codes(&unread)
                )?;
            }
        }
        for report in &self.report.frameworks {
            let idle = notes.idle_requirements.iter();
            let idle = idle.filter(|(of, _)| std::ptr::eq(*of, report.framework));
            let idle: Vec<String> = idle
                .map(|(of, requirement)| {
                    format!("<a href=\"#{}\">{}</a>", Anchor(of, requirement), name(requirement.id))
                })
                .collect();
            if !idle.is_empty() {
                writeln!(
                    out,
                    "<dt>{}<dd>{} with mapped controls, none of which decided anything: {}",
                    name(report.framework.id),
                    counted(idle.len(), "requirement", "requirements"),
                    idle.join(", ")
                )?;
            }
        }
        writeln!(out, "</dl>")
    }

    /// What was counted in each account, and what was called.
    pub(super) fn population(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "<h3>Population and calls</h3><p>For each account: how many resources were listed, whether the list is \
             complete, how many of them controls examined, and for how many something is unknown; then every action \
             that was called.</p>"
        )?;
        for ((examined, label), kinds) in self.scopes.iter().zip(&self.populations) {
            let scope = examined.scope();
            let held = || {
                Kind::ALL
                    .iter()
                    .copied()
                    .filter(move |kind| *kind != Kind::Account && scope.holds(*kind))
            };
            let asked = |kind: Kind| !unasked(scope, kind);
            let listed: usize = held().map(|kind| examined.population(kind)).sum();
            let sum = scope.calls.values().fold(Calls::default(), |sum, calls| Calls {
                operations: sum.operations + calls.operations,
                attempts: sum.attempts + calls.attempts,
                throttled: sum.throttled + calls.throttled,
            });
            writeln!(
                out,
                "<details><summary>{} {} {label}: {}, {} in {}</summary><div><table class=\"stack population\"><thead>\
                 <tr><th>Kind<th>List<th class=num>Listed<th class=num>Examined<th class=num>Not examined\
                 <th class=num>Something unknown<th>Findings</thead><tbody>",
                scope.provider,
                level(scope, self.providers),
                counted(listed, "resource", "resources"),
                counted(sum.operations, "call", "calls"),
                counted(sum.attempts, "attempt", "attempts")
            )?;
            for kind in held().filter(|kind| asked(*kind)) {
                let listed = examined.population(kind);
                let found = kinds.get(&kind);
                let tally = found.map(|found| found.tally).unwrap_or_default();
                let seen = if tally.total() > 0 { listed } else { 0 };
                writeln!(
                    out,
                    "<tr><td><b>{}</b><td>{}<td class=num data-l=\"Listed:\">{listed}<td class=num data-l=\"Examined:\">\
                     {seen}<td class=num data-l=\"Not examined:\">{}<td class=num data-l=\"Something unknown:\">{}\
                     <td data-l=\"Findings:\">{}",
                    kind.many(),
                    list_state(scope, kind),
                    listed - seen,
                    found.map_or(0, |found| found.unknown.len()),
                    tally_words(tally)
                )?;
            }
            writeln!(out, "</tbody></table>")?;
            let never: Vec<&str> =
                held().filter(|kind| !asked(*kind)).map(|kind| kind.many()).collect();
            if !never.is_empty() {
                writeln!(
                    out,
                    "<p>Not requested, because no selected control reads them there: {}.</p>",
                    never.join(", ")
                )?;
            }
            let mut refused: HashMap<&str, usize> = HashMap::new();
            for gap in scope.real_gaps() {
                *refused.entry(&gap.action).or_default() += 1;
            }
            writeln!(
                out,
                "<table class=\"stack calls\"><thead><tr><th>Action<th class=num>Calls<th class=num>Attempts\
                 <th class=num>Throttled<th class=num>Read errors</thead><tbody>"
            )?;
            for (action, calls) in &scope.calls {
                writeln!(
                    out,
                    "<tr><td><code>{}</code><td class=num data-l=\"Calls:\">{}<td class=num data-l=\"Attempts:\">{}\
                     <td class=num data-l=\"Throttled:\">{}<td class=num data-l=\"Read errors:\">{}",
                    name(action),
                    calls.operations,
                    calls.attempts,
                    calls.throttled,
                    refused.get(action.as_str()).copied().unwrap_or(0)
                )?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        Ok(())
    }
}

/// Whether the resources of a kind were not requested.
pub(super) fn unasked(scope: &Scope, kind: Kind) -> bool {
    let gaps = scope.listing_gaps(kind);
    !gaps.is_empty() && gaps.iter().all(|gap| *gap == GapId::NOT_COLLECTED)
}

/// Whether the list of a kind is complete, and if not, why.
pub(super) fn list_state(scope: &Scope, kind: Kind) -> String {
    let mut reasons: Vec<String> = Vec::new();
    for gap in scope.listing_gaps(kind).iter().filter_map(|gap| scope.gap(*gap)) {
        let reason = format!("{} {}", name(&gap.action), gap.reason);
        let reason = reason.trim().to_owned();
        if !reasons.contains(&reason) {
            reasons.push(reason);
        }
    }
    if reasons.is_empty() {
        return "complete".to_owned();
    }
    let more = reasons.len().saturating_sub(SOME);
    reasons.truncate(SOME);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("not complete: {}{more}", reasons.join(", "))
}

/// A gap with all that is known of it.
pub(super) fn full_gap(gap: &Gap, out: &mut impl Write) -> io::Result<()> {
    let action = if gap.action.is_empty() { "none" } else { gap.action.as_str() };
    write!(out, "<tr><td><code>{}</code><td>{}", name(action), long(&gap.target))?;
    if let Some(region) = &gap.region {
        write!(out, "<small>in {}</small>", name(region))?;
    }
    write!(out, "<td>{}<td>", gap.reason)?;
    if let Some(code) = &gap.code {
        write!(out, "<b>{}</b> ", name(code))?;
    }
    if let Some(detail) = &gap.detail {
        write!(out, "{}", long(detail))?;
    }
    if let Some(request) = &gap.request_id {
        write!(out, "<small>request {}</small>", name(request))?;
    }
    writeln!(out)
}
