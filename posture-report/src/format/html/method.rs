//! How it was judged: controls, frameworks and thresholds.

use std::io::{self, Write};

use posture_core::control::Control;
use posture_core::frameworks::{Class, Framework, Requirement};
use posture_core::text::counted;
use sha2::{Digest, Sha256};

use super::page::Page;
use super::shell::part;
use super::text::{Prose, long, name, titled};
use crate::text::hex;

impl Page<'_> {
    pub(super) fn method(&self, out: &mut impl Write) -> io::Result<()> {
        part("method", out)?;
        writeln!(
            out,
            "<p>Configuration was read through the APIs of the providers, with read-only actions, and checked \
             by rules. In the terms of NIST SP 800-53A, this is <em>examine</em> and, for settings, <em>test</em>; no one \
             was interviewed. Each control examines every resource of its kind: there is no sampling.</p>\
             <p>The identity that read each account is listed under <a href=\"#scope\">Scope</a>. Its permissions were \
             seen in what it was refused: every action that was called, and every refusal, is listed under <a \
             href=\"#completeness\">Completeness</a>. <code>posture permissions</code> prints the least permissions that are needed.</p>\
             <dl class=kv>"
        )?;
        let header = self.report.findings.header();
        writeln!(
            out,
            "<dt>Collected by<dd>posture {}<dt>Judged by<dd>posture {}<dt>Controls<dd>{}, with their thresholds \
             <span class=id>sha256 {}</span>",
            name(&header.tool),
            env!("CARGO_PKG_VERSION"),
            self.rows.len(),
            self.digest_of_controls()
        )?;
        for report in &self.report.frameworks {
            let framework = report.framework;
            writeln!(
                out,
                "<dt>{}<dd>{}, {} ({}) <span class=id>sha256 {}</span>",
                name(framework.id),
                titled(framework),
                counted(framework.requirements.len(), "requirement", "requirements"),
                long(framework.source),
                digest_of_framework(framework)
            )?;
        }
        writeln!(
            out,
            "</dl><p>The digests are of the catalogs as they were applied: two reports with equal digests were checked \
             against the same lists.</p>"
        )?;
        self.thresholds(out)?;
        writeln!(out, "</section>")
    }

    pub(super) fn thresholds(&self, out: &mut impl Write) -> io::Result<()> {
        if self.rows.iter().all(|row| row.control.test.params.is_empty()) {
            return Ok(());
        }
        writeln!(
            out,
            "<h3>Thresholds</h3><table class=\"stack thresholds\"><thead><tr><th>Control<th>Threshold<th>As applied\
             </thead><tbody>"
        )?;
        for row in &self.rows {
            let applied = self.params.in_force(row.control);
            for param in row.control.test.params {
                let Some(value) = applied.get(param.name()) else { continue };
                let shown = |text: String| if text.is_empty() { "none".to_owned() } else { text };
                let changed = if *value == param.default() {
                    String::new()
                } else {
                    format!(
                        "<small>instead of {}</small>",
                        long(&shown(param.default().to_string()))
                    )
                };
                writeln!(
                    out,
                    "<tr><td>{}<td><b>{}</b> <small>{}</small><td>{}{changed}",
                    self.reference(row),
                    name(param.name()),
                    Prose(param.doc()),
                    long(&shown(value.to_string()))
                )?;
            }
        }
        writeln!(out, "</tbody></table>")
    }

    pub(super) fn digest_of_controls(&self) -> String {
        let mut hash = Sha256::new();
        for row in &self.rows {
            let Control { id, title, severity, .. } = row.control;
            hash.update(format!("{id}\t{title}\t{severity}"));
            for (name, value) in self.params.in_force(row.control) {
                hash.update(format!("\t{name}={value}"));
            }
            hash.update("\n");
        }
        hex(hash)
    }
}

pub(super) fn digest_of_framework(framework: &Framework) -> String {
    let mut hash = Sha256::new();
    for requirement in framework.requirements {
        let Requirement { id, title, group, class, .. } = requirement;
        let class = class.map_or("", Class::id);
        hash.update(format!("{id}\t{group}\t{title}\t{class}\n"));
    }
    hex(hash)
}
