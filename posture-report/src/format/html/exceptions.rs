//! Exceptions, and the failures that they cover.

use std::io::{self, Write};

use posture_core::exception::{Exception, Standing};
use posture_core::frameworks::Strength;
use posture_core::judge::uses;
use posture_core::text::counted;

use super::page::Page;
use super::shell::part;
use super::text::{Link, accepted, codes, long, name};
use crate::words::described;

impl Page<'_> {
    pub(super) fn exceptions(&self, out: &mut impl Write) -> io::Result<()> {
        part("exceptions", out)?;
        let uses = uses(&self.report.findings);
        if uses.is_empty() {
            return writeln!(out, "<p>No exception covers a failure.</p></section>");
        }
        writeln!(
            out,
            "<p>An exception covers a failure and does not fix it: the failure is shown with its control, and counts \
             neither as a pass nor toward a met requirement. Exceptions are as written in <code>posture.toml</code>; who \
             approved them and when is for their owners to show.</p><table class=\"stack exceptions\"><thead><tr>\
             <th>Accepted<th>Covers<th>By, until<th>Reason<th>Compensating control</thead><tbody>"
        )?;
        for used in uses {
            let Exception { controls, place, owner, reason, expires, ticket, compensating_control } =
                used.exception;
            let of: Vec<&str> = controls.iter().map(String::as_str).collect();
            let standing = match used.standing {
                Standing::Ended | Standing::Idle => "unmet",
                Standing::EndsSoon => "indet",
                Standing::InForce => "exc",
            };
            let ticket = ticket
                .as_deref()
                .map_or(String::new(), |ticket| format!("<small>{}</small>", Link(ticket, ticket)));
            writeln!(
                out,
                "<tr><td>{}<small>{}</small><td data-l=\"Covers:\">{}<small><span class=\"st k-{standing}\">{}</span>\
                 </small><td data-l=\"By:\">{}<small>until {}</small><td>{}{ticket}<td data-l=\"Compensating control:\">{}",
                codes(&of),
                long(&described(place)),
                counted(used.covers, "failure", "failures"),
                used.standing.words(),
                name(owner),
                expires.day(),
                long(reason),
                long(compensating_control.as_deref().unwrap_or("no compensating control given"))
            )?;
        }
        writeln!(out, "</tbody></table>")?;
        if self.rows.iter().all(|row| row.excepted.is_empty()) {
            return writeln!(out, "</section>");
        }
        writeln!(
            out,
            "<h3>Covered failures</h3><table class=\"stack excepted\"><thead><tr><th>Resource<th>Control\
             <th>Accepted<th>Requirements</thead><tbody>"
        )?;
        for row in &self.rows {
            let requirements = row.bearings.iter().filter_map(|(place, requirement, strength)| {
                let framework = self.report.frameworks.get(*place)?.framework;
                // What only supports a requirement decides nothing of it.
                (*strength != Strength::Supporting)
                    .then(|| format!("{} {}", name(framework.id), name(requirement.id)))
            });
            let requirements: Vec<String> = requirements.collect();
            for finding in &row.excepted {
                let Some(exception) = finding.exception else { continue };
                writeln!(
                    out,
                    "<tr><td><b>{}</b> <span class=id><a href=\"#{id}\">{id}</a></span><small>{}</small>\
                     <td data-l=\"Control:\">{}<td>{}<td data-l=\"Requirements:\">{}",
                    self.called(finding),
                    self.label(finding.scope),
                    self.reference(row),
                    accepted(exception),
                    requirements.join(", "),
                    id = finding.id()
                )?;
            }
        }
        writeln!(out, "</tbody></table></section>")
    }
}
