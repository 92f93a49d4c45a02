//! A finding in full: the resource, what decided, what could not be read, and what to do about it.

use std::io::{self, Write};

use posture_core::catalogue::Catalogue;
use posture_core::record::FindingStatus;
use posture_core::resource::Kind;
use posture_report::style::{Canvas, severity_color};
use posture_report::text::{NAME, safe};
use serde::Serialize;

use super::Lines;
use super::accept;
use super::fill::fill;
use super::source::Found;
use crate::history::for_days;
use crate::listing::RemedyV1;

/// How much is shown of a text that is not a name: a fact, an answer.
const TEXT: usize = 2_000;

/// The finding in one line: what is wrong where it fails, and the objective otherwise.
fn headline(found: &Found, catalogue: &Catalogue) -> String {
    let fails = found.status.is_some_and(FindingStatus::fails);
    if let Some(known) = catalogue.headline(&found.control, fails) {
        return known.to_owned();
    }
    match &found.own {
        Some((_, Some(finding))) if fails => finding.clone(),
        Some((title, _)) => title.clone(),
        None => found.control.clone(),
    }
}

fn remedy(found: &Found, catalogue: &Catalogue) -> Option<RemedyV1<'static>> {
    // Nothing is known to be wrong with the rest.
    if !found.status.is_some_and(FindingStatus::fails) {
        return None;
    }
    let remedy = catalogue.find(&found.control)?.remedy(found.provider)?;
    Some(RemedyV1 {
        text: remedy.text,
        console: remedy.console,
        kind: remedy.command.label(),
        command: fill(remedy.command.line(), found),
    })
}

pub(super) fn show(
    found: &Found,
    catalogue: &Catalogue,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Lines::new(canvas, out);
    page.head(&safe(&headline(found, catalogue), TEXT))?;
    page.text("finding", &safe(&found.id, NAME))?;
    let severity = canvas.painted(found.severity.id(), severity_color(found.severity));
    page.whole("status", &format!("{}, {severity}", status(found)))?;
    page.text("resource", &resource(found))?;
    if let Some(id) = found.resource.as_ref().filter(|id| found.name.as_ref() != Some(id)) {
        page.whole("id", &safe(id, TEXT))?;
    }
    let read = format!("{}, from {}", found.read.minute(), found.origin.words);
    page.text("read", &read)?;
    if let Some(since) = found.failing_since {
        let text = format!("since {}, for {}", since.minute(), for_days(since, found.read));
        page.text("failing", &text)?;
    }
    let evidence = found.evidence.iter().map(|one| {
        let mut text = format!("{}: {}", safe(&one.fact, NAME), safe(&one.found, TEXT));
        if let Some(expected) = &one.expected {
            text.push_str(&format!("; expected {}", safe(expected, TEXT)));
        }
        text
    });
    page.texts("evidence", evidence)?;
    if let Some(reason) = &found.reason {
        page.text("because", &safe(reason, TEXT))?;
    }
    if let Some(unread) = &found.unread {
        let mut text = format!("{} {}", safe(&unread.action, NAME), safe(&unread.reason, NAME));
        if let Some(region) = &unread.region {
            text.push_str(&format!(" in {}", safe(region, NAME)));
        }
        if let Some(detail) = &unread.detail {
            text.push_str(&format!(": {}", safe(detail, TEXT)));
        }
        page.text("not read", text.trim())?;
        if found.status == Some(FindingStatus::Unknown) && unread.reason.starts_with("denied") {
            let text =
                format!("posture permissions {} prints what an audit needs", found.provider.id());
            page.text("permissions", &text)?;
        }
    }
    if let Some(exception) = &found.exception {
        let text = format!(
            "by {} until {}: {}",
            safe(&exception.owner, NAME),
            exception.expires.day(),
            safe(&exception.reason, TEXT)
        );
        page.text("accepted", &text)?;
    }
    let control = catalogue.find(&found.control);
    if let Some(control) = control {
        page.text("why", control.rationale)?;
    }
    page.blank()?;
    if let Some(remedy) = remedy(found, catalogue) {
        page.text("remedy", remedy.text)?;
        page.text(&found.provider.place_of_settings().to_lowercase(), remedy.console)?;
        // A command is there to be copied, and stays in one piece.
        page.whole(remedy.kind, &remedy.command)?;
    }
    for command in found.commands.iter().take(MOST) {
        page.whole("verify", &safe(command, TEXT))?;
    }
    if let Some(command) = accept::command(found) {
        page.whole("accept", &command)?;
    }
    match control {
        Some(control) => page.whole("control", &format!("posture explain {}", control.id)),
        None => page.text(
            "control",
            &format!(
                "{}, which is not loaded; --control-files loads controls from files",
                safe(&found.control, NAME)
            ),
        ),
    }
}

/// How many commands that show the facts are printed.
const MOST: usize = 3;

fn status(found: &Found) -> &'static str {
    match found.status {
        Some(FindingStatus::Excepted) => "excepted",
        Some(status) => status.words(),
        None => "gone",
    }
}

/// The resource and where it is, in words.
fn resource(found: &Found) -> String {
    let info = posture::provider_info(found.provider);
    let level = found.level.map_or(String::new(), |level| format!("{} ", info.level_word(level)));
    let mut scope = format!("{} {level}{}", info.provider, safe(&found.scope, NAME));
    if let Some(name) = &found.scope_name {
        scope.push_str(&format!(" ({})", safe(name, NAME)));
    }
    let kind = found.kind.map_or("", Kind::one);
    let mut text = match (&found.name, &found.resource) {
        _ if found.kind == Some(Kind::Account) => scope,
        (Some(name), _) if !name.is_empty() => format!("{kind} {} in {scope}", safe(name, NAME)),
        (_, Some(id)) => format!("{kind} {} in {scope}", safe(id, NAME)),
        (_, None) => {
            format!("the list of {} of {scope}", found.kind.map_or("resources", Kind::many))
        }
    };
    // A regional switch has no name but its region's.
    let named = found.name.as_deref().unwrap_or_default();
    if let Some(region) = found.region.as_ref().filter(|region| !named.contains(*region)) {
        text.push_str(&format!(", {}", safe(region, NAME)));
    }
    text.trim().to_owned()
}

/// The finding as JSON.
pub(super) fn json(found: &Found, catalogue: &Catalogue, out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct Document<'f> {
        format: &'static str,
        version: u32,
        summary: String,
        #[serde(flatten)]
        finding: &'f Found,
        rationale: Option<&'static str>,
        remedy: Option<RemedyV1<'static>>,
        /// The command that accepts the failure.
        accept: Option<String>,
    }
    let document = Document {
        format: "posture-explanation",
        version: 1,
        summary: headline(found, catalogue),
        finding: found,
        rationale: catalogue.find(&found.control).map(|control| control.rationale),
        remedy: remedy(found, catalogue),
        accept: accept::command(found),
    };
    posture_report::stream::pretty(&document, out)
}
