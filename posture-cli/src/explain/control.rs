//! A control in full: what is wrong when it fails, why that matters, how it is decided, and what to do.

use std::io::{self, Write};

use comfy_table::Cell;
use posture_core::control::{Check, Control};
use posture_core::frameworks::Mapping;
use posture_core::provider::Provider;
use posture_core::resource::FactId;
use posture_report::style::{Canvas, lines, severity_color};
use posture_report::text::safe;

use super::Lines;
use crate::listing::{calls, permissions};

pub(crate) fn show(
    control: &'static Control,
    canvas: Canvas,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut page = Lines::new(canvas, out);
    page.text("control", control.id)?;
    page.text("finding", control.finding)?;
    page.text("objective", control.title)?;
    let severity = control.severity;
    page.whole("severity", &canvas.painted(severity.id(), severity_color(severity)))?;
    page.text("why", control.rationale)?;
    page.blank()?;
    page.text("examines", control.test.check.kind().many())?;
    if let Check::Rule(rule) = control.test.check {
        page.text("rule", rule.source())?;
    }
    let mut reads: Vec<FactId> = control.test.reads.to_vec();
    reads.sort_by_key(ToString::to_string);
    page.texts("reads", reads.iter().map(|fact| format!("{fact}: {}", doc(*fact))))?;
    for param in control.test.params {
        let default = param.default().to_string();
        let default = if default.is_empty() { "none".to_owned() } else { default };
        let bracket = match param.example() {
            Some(example) => format!("no default; for example: {example}"),
            None => format!("default: {default}"),
        };
        let text = format!("{} [{bracket}]: {}", param.name(), param.doc());
        page.text("parameter", &text)?;
    }
    let providers = control.remediation.iter().map(|(provider, _)| *provider);
    for provider in providers {
        needs(control, provider, &mut page)?;
    }
    page.blank()?;
    if !control.keywords.is_empty() {
        page.text("keywords", &control.keywords.join(", "))?;
    }
    page.text("status", &control.life.to_string())?;
    for (place, reference) in control.references.iter().enumerate() {
        let label = if place == 0 { "references" } else { "" };
        page.whole(label, &safe(reference, usize::MAX))?;
    }
    let mappings = control.mappings();
    if !mappings.is_empty() {
        page.blank()?;
        rows(&mappings, canvas, page.out())?;
    }
    // The end is what a terminal shows of a long text.
    page.blank()?;
    for (provider, remedy) in control.remediation {
        page.text("remedy", &format!("{provider}: {}", remedy.text))?;
        page.text(&provider.place_of_settings().to_lowercase(), remedy.console)?;
        // A command is there to be copied, and stays in one piece.
        page.whole(remedy.command.label(), &safe(remedy.command.line(), usize::MAX))?;
    }
    Ok(())
}

/// What has to be called, and the permissions for it where these have other names.
fn needs(control: &'static Control, provider: Provider, page: &mut Lines<'_>) -> io::Result<()> {
    let (calls, permissions) = (calls(control, provider), permissions(control, provider));
    page.text("calls", &format!("{provider}: {}", calls.join(", ")))?;
    if calls == permissions {
        return Ok(());
    }
    page.text("permissions", &format!("{provider}: {}", permissions.join(", ")))
}

/// What a fact means.
pub(super) fn doc(fact: FactId) -> &'static str {
    let known = fact.kind.facts().iter().find(|known| known.name == fact.name);
    known.map_or("", |known| known.doc.trim())
}

/// The requirements that a control is mapped to, how much it decides of each, and by what.
fn rows(mappings: &[Mapping], canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    let mut table = canvas.table(&[
        ("Framework", false),
        ("Requirement", false),
        ("Strength", false),
        ("Requirement text", false),
    ]);
    for mapping in mappings {
        let (framework, requirement) = (mapping.requirement.framework(), mapping.requirement.get());
        let mut id = requirement.id.to_owned();
        for (version, other) in requirement.elsewhere {
            id.push_str(&format!("\n{other} in {version}"));
        }
        let mut text = requirement.title.to_owned();
        for reason in reasons(mapping) {
            text.push_str(&format!("\n{reason}"));
        }
        table.add_row(vec![
            Cell::new(framework.id),
            Cell::new(id),
            Cell::new(mapping.strength),
            Cell::new(text),
        ]);
    }
    Canvas::keep_whole(&mut table, 0);
    write!(out, "{}", lines(&table))
}

/// By what a requirement is decided, where that is not what the control is decided by.
fn reasons(mapping: &Mapping) -> Vec<String> {
    let asked = mapping.asked();
    let mut reasons: Vec<String> = asked
        .map(|asked| {
            format!("decided with {} = {}, as the requirement states", asked.name(), asked.value())
        })
        .collect();
    if mapping.check().is_some() {
        reasons.push("decided by the wording of the requirement".to_owned());
    }
    if let Some(because) = mapping.because().filter(|_| !mapping.is_literal()) {
        reasons.push(format!("a failure shows it: {because}"));
    }
    reasons
}
