//! On what findings rest, and what the providers answer for.

use std::io::{self, Write};

use posture_core::frameworks::{Framework, Requirement};
use posture_core::judge::Outcome;
use posture_core::report::RequirementReport;
use posture_core::text::counted;
use sha2::{Digest, Sha256};

use super::look::color;
use super::page::Page;
use super::shell::part;
use super::text::{Anchor, Link, Prose, name, titled};
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
            "<ul class=list><li>A failure lists the facts that decided, what was found and what was expected. An unknown \
             finding names the action and why it returned no answer. A pass is based on the facts that its control reads, all known. Not \
             applicable is based on a complete list without such a resource, or on the reason given with it.\
             <li>Each control lists the facts that it reads, the actions that returned them, and commands with which a \
             person can verify them.\
             <li>Every item was read between the two times of its account, see <a href=\"#scope\">Scope and time</a>.\
             <li>A finding has an ID that stays the same from run to run: the beginning of the SHA-256 of its control, \
             provider, account, region and resource.\
             <li>Passwords, keys, stored data and the text of policies are not collected, and are not in this report. The \
             facts in full are in the snapshot, where one was saved with <code>--save</code>; from it <code>posture \
             check</code> renders this same page again, byte for byte.</ul><dl class=kv><dt>Digest of {} findings<dd>\
             <code>sha256 {}</code><p class=soft>Of one line per finding: its ID, a tab and its outcome. The same \
             from the report as JSON: <code>jq -r '.findings[] | [.id, .outcome] | @tsv' report.json | sha256sum</code></p>\
             </dl></section>",
            if self.report.findings.filtered().is_some() { "the listed" } else { "all" },
            hex(hash)
        )
    }

    pub(super) fn responsibility(&self, out: &mut impl Write) -> io::Result<()> {
        part("responsibility", out)?;
        writeln!(
            out,
            "<p>A provider is responsible for what it runs: buildings, hardware, networks, hypervisors, and the software of the \
             services that it manages. None of that was examined here. Where a requirement is inherited from the \
             provider, in whole or in part, the provider's own reports are the evidence: obtain them, and check that they cover the \
             services, the regions and the period in question, and which duties they leave to the customer.</p><dl class=kv>"
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
                 <table class=\"stack asks\"><thead><tr><th>Requirement<th>Text<th>State<th>Reason</thead><tbody>",
                titled(report.framework),
                counted(inherited.len(), "requirement is", "requirements are")
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
