//! `trivy image -f json`, of schema version 2
//! ([types](https://github.com/aquasecurity/trivy/blob/main/pkg/types/report.go)).

use super::{Finding, Fix, Hidden, Report, Tool, digest, rating, time};
use crate::document::{At, shown};
use crate::image::Claimed;
use crate::limits::Limits;
use crate::truth::{Cause, Gap, List};

pub(super) fn read(root: &At<'_>, name: &str, limits: &Limits) -> Result<Report, Gap> {
    let schema = root.need("SchemaVersion")?;
    if schema.value.as_u64() != Some(2) {
        return Err(schema.gap(Cause::Unsupported, "another version of the schema than 2"));
    }
    let kind = root.need("ArtifactType")?;
    if kind.text()? != "container_image" {
        return Err(
            kind.gap(Cause::Unsupported, format!("not about an image but {}", shown(kind.text()?)))
        );
    }
    let mut digests = Claimed::default();
    if let Some(metadata) = root.get("Metadata") {
        if let Some(id) = metadata.get("ImageID") {
            digests.configs.push(digest(&id)?);
        }
        for reference in metadata.entries_of("RepoDigests", limits)? {
            digests.manifests.push(digest(&reference)?);
        }
    }
    let version = root.get("Trivy").map(|trivy| trivy.shown("Version")).transpose()?.flatten();
    let mut report = Report {
        name: name.to_owned(),
        tool: Tool::Trivy,
        version,
        created: time(root, "CreatedAt")?,
        data: None,
        target: shown(root.need_text("ArtifactName")?),
        digests,
        findings: List::default(),
        others: 0,
    };
    let mut searched = false;
    for result in root.entries_of("Results", limits)? {
        result.object()?;
        let class = result.text_of("Class")?;
        searched |= matches!(class, Some("os-pkgs" | "lang-pkgs"));
        for entry in result.entries_of("Vulnerabilities", limits)? {
            // Reports of old versions have no classes.
            searched = true;
            add(finding(&entry, None), &mut report.findings, limits, &entry);
        }
        for entry in result.entries_of("ExperimentalModifiedFindings", limits)? {
            match modified(&entry) {
                Ok(Some(finding)) => add(Ok(finding), &mut report.findings, limits, &entry),
                Ok(None) => report.others += 1,
                Err(gap) => report.findings.lacks(gap),
            }
        }
        for others in ["Misconfigurations", "Secrets", "Licenses", "CustomResources"] {
            report.others += result.entries_of(others, limits)?.len();
        }
    }
    if !searched {
        let detail = "it has no result about packages, so that it does not show that vulnerabilities were searched for";
        report.findings.lacks(root.gap(Cause::Missing, detail));
    }
    Ok(report)
}

pub(super) fn add(
    found: Result<Finding, Gap>,
    list: &mut List<Finding>,
    limits: &Limits,
    at: &At<'_>,
) {
    match found {
        Ok(_) if list.items.len() >= limits.document_entries => {
            list.lacks(
                at.gap(
                    Cause::Incomplete,
                    format!("more than {} findings", limits.document_entries),
                ),
            );
        }
        Ok(finding) => list.items.push(finding),
        Err(gap) => list.lacks(gap),
    }
}

/// A finding that a file of the user or a statement hides; none for one of another kind.
fn modified(at: &At<'_>) -> Result<Option<Finding>, Gap> {
    if at.need_text("Type")? != "vulnerability" {
        return Ok(None);
    }
    let status = at.need_text("Status")?;
    let hidden = Hidden {
        vex: (status != "ignored").then(|| shown(status)),
        reason: at.shown("Statement")?,
        by: at.shown("Source")?,
    };
    finding(&at.need("Finding")?, Some(hidden)).map(Some)
}

fn finding(at: &At<'_>, hidden: Option<Hidden>) -> Result<Finding, Gap> {
    at.object()?;
    let identifier = at.get("PkgIdentifier");
    let layer = at.get("Layer");
    let field = |of: &Option<At<'_>>, name: &str| {
        of.as_ref().map(|of| of.shown(name)).transpose().map(Option::flatten)
    };
    let fixed: Vec<String> = at
        .text_of("FixedVersion")?
        .unwrap_or_default()
        .split(',')
        .map(str::trim)
        .filter(|one| !one.is_empty())
        .map(shown)
        .collect();
    let fix = match at.text_of("Status")? {
        Some("fixed") => Fix::Available,
        Some("will_not_fix" | "end_of_life") => Fix::Never,
        Some("affected" | "fix_deferred" | "under_investigation" | "not_affected") => Fix::None,
        Some("unknown") | None if fixed.is_empty() => Fix::Unknown,
        Some("unknown") | None => Fix::Available,
        Some(other) => return Err(at.malformed(format!("not a status: {}", shown(other)))),
    };
    let mut names = Vec::new();
    for name in at
        .get("VendorIDs")
        .map(|list| list.value.as_array().into_iter().flatten())
        .into_iter()
        .flatten()
    {
        names.push(shown(
            name.as_str().ok_or_else(|| at.malformed("`VendorIDs` is not a list of texts"))?,
        ));
    }
    Ok(Finding {
        tool: Tool::Trivy,
        place: at.path().to_owned(),
        id: shown(at.need_text("VulnerabilityID")?),
        names,
        package: shown(at.need_text("PkgName")?),
        version: at.shown("InstalledVersion")?.unwrap_or_default(),
        purl: field(&identifier, "PURL")?,
        path: at.shown("PkgPath")?,
        layer: field(&layer, "DiffID")?.or(field(&layer, "Digest")?),
        rating: rating(at, "Severity")?,
        rated_by: at.shown("SeveritySource")?,
        fix,
        fixed,
        hidden,
    })
}
