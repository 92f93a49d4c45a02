//! On what findings rest, and what the providers answer for.

use std::io::{self, Write};

use posture_core::frameworks::{Framework, Requirement};
use posture_core::judge::Outcome;
use posture_core::report::RequirementReport;
use sha2::{Digest, Sha256};

use super::look::color;
use super::page::Page;
use super::shell::part;
use super::text::{Anchor, Link, Prose, name, plural, titled};
use crate::text::hex;

impl Page<'_> {
    pub(super) fn evidence(&self, out: &mut impl Write) -> io::Result<()> {
        part("evidence", out)?;
        let mut hash = Sha256::new();
        for finding in self.report.findings.iter() {
            let outcome = match finding.outcome {
                Outcome::Pass => "pass",
                Outcome::Fail(_) => "fail",
                Outcome::NotApplicable(_) => "not-applicable",
                Outcome::Unknown(_) => "unknown",
            };
            hash.update(format!("{}\t{outcome}\n", finding.id()));
        }
        writeln!(
            out,
            "<ul class=list><li>A failure names the facts that decided, what was found and what was expected. An unknown \
             names the action and why it gave no answer. A pass rests on the facts that its control reads, each known. Not \
             applicable rests on a complete list without such a resource, or on the reason beside it.\
             <li>Under each control stand the facts that it reads, the actions that told them, and commands by which a \
             person can look again.\
             <li>Every item was read between the times of its account, under <a href=\"#scope\">Scope and time</a>.\
             <li>A finding has a number that stays the same from run to run: the beginning of the SHA-256 of its control, \
             provider, account, region and resource.\
             <li>Passwords, keys, stored data and the text of policies are not collected, and nothing of them is here. The \
             facts in full are in the snapshot, where one was saved with <code>--save</code>; from it <code>posture \
             check</code> makes this same page again, byte by byte.</ul><dl class=kv><dt>Digest of all findings<dd>\
             <code>sha256 {}</code><p class=soft>Of one line for each finding, its number, a tab and its outcome. The same \
             from the report as JSON: <code>jq -r '.findings[] | [.id, .outcome] | @tsv' report.json | sha256sum</code></p>\
             </dl></section>",
            hex(hash)
        )
    }

    pub(super) fn responsibility(&self, out: &mut impl Write) -> io::Result<()> {
        part("responsibility", out)?;
        writeln!(
            out,
            "<p>A provider answers for what it runs: buildings, hardware, networks, hypervisors, and the software of the \
             services that it manages. Nothing of that was examined here. Where a requirement is inherited from the \
             provider, in whole or in part, its own reports are the evidence: get them, and see that they cover the \
             services, the regions and the time in question, and which duties they leave to the customer.</p><dl class=kv>"
        )?;
        for provider in self.report.findings.providers() {
            write!(out, "<dt>{provider}<dd><ul>")?;
            for reports in (self.providers)(provider).assurance {
                let posture_core::provider_info::Link { title, url } = reports;
                write!(out, "<li>{title}: {}", Link(url, url))?;
            }
            writeln!(out, "</ul>")?;
        }
        let registry = "https://cloudsecurityalliance.org/star/registry";
        writeln!(
            out,
            "<dt>CSA STAR<dd>the entries of the providers in the registry: {}</dl>",
            Link(registry, registry)
        )?;
        for report in &self.report.frameworks {
            let inherited = report.requirements.iter();
            let inherited = inherited.filter(|row| is_inherited(report.framework, row.requirement));
            let inherited: Vec<&RequirementReport> = inherited.collect();
            if inherited.is_empty() {
                continue;
            }
            writeln!(
                out,
                "<details><summary>{}: {} inherited from the provider, in whole or in part</summary><div>\
                 <table class=\"stack asks\"><thead><tr><th>Requirement<th>What it asks<th>State<th>Why</thead><tbody>",
                titled(report.framework),
                plural(inherited.len(), "requirement is", "requirements are")
            )?;
            for row in inherited {
                let RequirementReport { requirement, state, .. } = row;
                writeln!(
                    out,
                    "<tr><td><a href=\"#{}\"><code>{}</code></a><td>{}<td><span class=\"st k-{}\">{state}</span><td>{}",
                    Anchor(report.framework, requirement),
                    name(requirement.id),
                    Prose(requirement.title),
                    color(*state),
                    Prose(if requirement.why.is_empty() {
                        "buildings and sites"
                    } else {
                        requirement.why
                    })
                )?;
            }
            writeln!(out, "</tbody></table></div></details>")?;
        }
        writeln!(out, "</section>")
    }
}

/// Whether the provider answers for a requirement, in whole or in part. The catalogues say so in their reasons; SP 800-53
/// has no reasons, and one family of it is about buildings.
pub(super) fn is_inherited(framework: &Framework, requirement: &Requirement) -> bool {
    requirement.why.contains("inherited")
        || (framework.id == "nist-800-53-r5" && requirement.group == "PE")
}
