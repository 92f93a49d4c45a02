//! What was looked at, and when.

use std::collections::{BTreeSet, HashSet};
use std::io::{self, Write};

use posture_core::control::Check;
use posture_core::controls;
use posture_core::resource::Kind;
use posture_core::scope::{Region, Scope};

use super::page::Page;
use super::shell::part;
use super::text::{Text, codes, long, name, second};
use crate::words::{level, one_cluster};

impl Page<'_> {
    pub(super) fn scope(&self, out: &mut impl Write) -> io::Result<()> {
        part("scope", out)?;
        writeln!(
            out,
            "<p>Only what is listed here was examined. About accounts, regions and services that are not listed \
             this report makes no statement.</p>\
             <div class=wide tabindex=0 role=region aria-label=Accounts><table class=\"stack accounts\"><thead><tr><th>Account<th>Name<th>Partition<th>Identity\
             <th>Read from<th>Read until</thead><tbody>"
        )?;
        for (scope, _) in self.scopes() {
            write!(
                out,
                "<tr><td><b>{} {}</b> <span class=id>{}</span><td>{}<td data-l=\"Partition:\">{}<td data-l=\"Identity:\">\
                 <code>{}</code><td data-l=\"Read from:\">{}<td data-l=\"Read until:\">{}",
                scope.provider,
                level(scope, self.providers),
                name(&scope.id),
                name(scope.name.as_deref().unwrap_or_default()),
                name(&scope.partition),
                name(scope.identity.as_deref().unwrap_or("not known")),
                second(scope.started),
                second(scope.finished)
            )?;
            if let Some(gap) = scope.time_unknown.and_then(|gap| scope.gap(gap)) {
                let why = gap.detail.as_deref().unwrap_or(gap.reason.words());
                write!(
                    out,
                    "<small>These times are those of the auditing machine, and ages are unknown: {}.</small>",
                    name(why)
                )?;
            }
            if let Some(ahead) = scope.clock_ahead_seconds {
                let side = if ahead > 0 { "ahead of" } else { "behind" };
                write!(
                    out,
                    "<small>The clock of the auditing machine was {} s {side} the provider's; these times are the \
                     provider's.</small>",
                    ahead.unsigned_abs()
                )?;
            }
            writeln!(out)?;
        }
        writeln!(
            out,
            "</tbody></table></div><p>Times are in UTC. Each account was read between its two times; no \
             statement is made about any other time.</p>"
        )?;
        for line in one_cluster(&self.report.findings, self.providers) {
            writeln!(out, "<p>{}.</p>", long(&line))?;
        }
        self.regions(out)?;
        self.examined(out)?;
        writeln!(out, "</section>")
    }

    pub(super) fn regions(&self, out: &mut impl Write) -> io::Result<()> {
        let names = |scope: &Scope, wanted: fn(&Region) -> bool| {
            let names = scope.regions.iter().filter(|region| wanted(region));
            let names: Vec<String> =
                names.map(|region| Text(&region.name, 60).to_string()).collect();
            if names.is_empty() { "none".to_owned() } else { names.join(", ") }
        };
        writeln!(
            out,
            "<h3>Regions</h3><div class=wide tabindex=0 role=region aria-label=Regions><table class=\"stack regions\"><thead><tr><th>Account<th>Read\
             <th>Skipped<th>Not enabled (nothing can be there)</thead><tbody>"
        )?;
        for (scope, label) in self.scopes() {
            write!(out, "<tr><td><b>{} {label}</b>", scope.provider)?;
            if scope.regions.is_empty() {
                writeln!(out, "<td data-l=\"Read:\">all: its APIs are not regional<td><td>")?;
                continue;
            }
            writeln!(
                out,
                "<td data-l=\"Read:\">{}<td data-l=\"Skipped:\">{}<td data-l=\"Not enabled:\">{}",
                names(scope, |region| region.enabled && !region.excluded),
                names(scope, |region| region.enabled && region.excluded),
                names(scope, |region| !region.enabled)
            )?;
        }
        writeln!(out, "</tbody></table></div>")
    }

    /// What kinds of resource were examined, and which controls were left out.
    pub(super) fn examined(&self, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "<h3>What was examined</h3><dl class=kv>")?;
        for provider in self.report.findings.providers() {
            let kinds: BTreeSet<Kind> = self
                .rows
                .iter()
                .filter(|row| row.control.judges(provider))
                .map(|row| row.control.test.check.kind())
                .collect();
            let kinds: Vec<&str> = kinds.iter().map(|kind| kind.many()).collect();
            writeln!(out, "<dt>On {provider}<dd>{}", kinds.join(", "))?;
        }
        let own =
            self.rows.iter().filter(|row| matches!(row.control.test.check, Check::Rule(_))).count();
        write!(
            out,
            "<dt>Controls<dd>{} of {} in this version were selected",
            self.rows.len() - own,
            controls::ALL.len()
        )?;
        match own {
            0 => writeln!(out)?,
            1 => writeln!(out, ", and one from a file")?,
            many => writeln!(out, ", and {many} from files")?,
        }
        let known = self.rows.iter().map(|row| row.control.id);
        let known: HashSet<&str> = known.collect();
        let left: Vec<&str> = controls::ALL
            .iter()
            .map(|control| control.id)
            .filter(|id| !known.contains(id))
            .collect();
        if !left.is_empty() {
            writeln!(out, "<dt>Skipped<dd>{}", codes(&left))?;
        }
        let elsewhere = self.rows.iter().filter(|row| row.whole.total() == 0);
        let elsewhere: Vec<&str> = elsewhere.map(|row| row.control.id).collect();
        if !elsewhere.is_empty() {
            writeln!(
                out,
                "<dt>Not for these accounts<dd>These controls concern something that none of the audited accounts can \
                 have: {}",
                codes(&elsewhere)
            )?;
        }
        writeln!(
            out,
            "</dl><p>Other services of the providers, and resources of other kinds, were not examined.</p>"
        )
    }
}
