//! `grype -o json` ([models](https://github.com/anchore/grype/tree/main/grype/presenter/models)).

use super::{Finding, Fix, Hidden, Report, Tool, digest, rating, time};
use crate::document::{At, shown};
use crate::image::Claimed;
use crate::limits::Limits;
use crate::truth::{Cause, Gap, List};

pub(super) fn read(root: &At<'_>, name: &str, limits: &Limits) -> Result<Report, Gap> {
    let descriptor = root.need("descriptor")?;
    if descriptor.need_text("name")? != "grype" {
        return Err(descriptor.gap(Cause::Unsupported, "not of Grype"));
    }
    let source = root.need("source")?;
    let kind = source.need_text("type")?;
    if kind != "image" {
        return Err(
            source.gap(Cause::Unsupported, format!("not about an image but {}", shown(kind)))
        );
    }
    let target = source.need("target")?;
    target.object()?;
    let mut digests = Claimed::default();
    for (field, list) in
        [("imageID", &mut digests.configs), ("manifestDigest", &mut digests.manifests)]
    {
        if target.text_of(field)?.is_some() {
            list.push(digest(&target.need(field)?)?);
        }
    }
    for reference in target.entries_of("repoDigests", limits)? {
        digests.manifests.push(digest(&reference)?);
    }
    // Newer versions have the state of the database in an object of its own.
    let database = descriptor.get("db");
    let status = database.as_ref().and_then(|database| database.get("status")).or(database);
    let data = status.map(|status| time(&status, "built")).transpose()?.flatten();
    let mut report = Report {
        name: name.to_owned(),
        tool: Tool::Grype,
        version: descriptor.shown("version")?,
        created: time(&descriptor, "timestamp")?,
        data,
        target: target.shown("userInput")?.unwrap_or_default(),
        digests,
        findings: List::default(),
        others: 0,
    };
    for entry in root.need("matches")?.entries(limits)? {
        super::trivy::add(finding(&entry, None, limits), &mut report.findings, limits, &entry);
    }
    for entry in root.entries_of("ignoredMatches", limits)? {
        let found = hidden(&entry, limits).and_then(|hidden| finding(&entry, Some(hidden), limits));
        super::trivy::add(found, &mut report.findings, limits, &entry);
    }
    Ok(report)
}

/// The rules that hide a match.
fn hidden(at: &At<'_>, limits: &Limits) -> Result<Hidden, Gap> {
    let mut hidden = Hidden { vex: None, reason: None, by: None };
    for rule in at.need("appliedIgnoreRules")?.entries(limits)? {
        rule.object()?;
        hidden.vex = hidden.vex.or(rule.shown("vex-status")?);
        hidden.reason =
            hidden.reason.or(rule.shown("reason")?).or(rule.shown("vex-justification")?);
        let state = rule.shown("fix-state")?.map(|state| format!("fix-state {state}"));
        hidden.by = hidden.by.or(rule.shown("vulnerability")?).or(state);
    }
    Ok(hidden)
}

fn finding(at: &At<'_>, hidden: Option<Hidden>, limits: &Limits) -> Result<Finding, Gap> {
    at.object()?;
    let (vulnerability, artifact) = (at.need("vulnerability")?, at.need("artifact")?);
    let mut names = Vec::new();
    for related in at.entries_of("relatedVulnerabilities", limits)? {
        names.push(shown(related.need_text("id")?));
    }
    let fix = vulnerability.get("fix");
    let state = fix.as_ref().map(|fix| fix.text_of("state")).transpose()?.flatten();
    let fixed =
        fix.as_ref().map(|fix| fix.texts_of("versions", limits)).transpose()?.unwrap_or_default();
    let fix = match state {
        Some("fixed") => Fix::Available,
        Some("not-fixed") => Fix::None,
        Some("wont-fix") => Fix::Never,
        Some("unknown") | None => Fix::Unknown,
        Some(other) => {
            return Err(vulnerability.malformed(format!("not a state of a fix: {}", shown(other))));
        }
    };
    let place = artifact.entries_of("locations", limits)?.into_iter().next();
    let field =
        |name: &str| place.as_ref().map(|place| place.shown(name)).transpose().map(Option::flatten);
    Ok(Finding {
        tool: Tool::Grype,
        place: at.path().to_owned(),
        id: shown(vulnerability.need_text("id")?),
        names,
        package: shown(artifact.need_text("name")?),
        version: artifact.shown("version")?.unwrap_or_default(),
        purl: artifact.shown("purl")?,
        path: field("path")?,
        layer: field("layerID")?,
        rating: rating(&vulnerability, "severity")?,
        rated_by: vulnerability.shown("namespace")?,
        fix,
        fixed,
        hidden,
    })
}
