//! The analysis of vulnerabilities in a document of CycloneDX, by its
//! [schemas](https://github.com/CycloneDX/specification/tree/master/schema) 1.4 to 1.6.
//!
//! Where the document describes an image or another product, its statements are about the components in this product.

use std::collections::HashMap;

use super::{Component, Document, Format, Statement, Status, Subject, vulnerability};
use crate::digest::Digest;
use crate::document::{At, shown};
use crate::limits::Limits;
use crate::sbom::{Sbom, cyclonedx as bom};
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

const JUSTIFICATIONS: [&str; 9] = [
    "code_not_present",
    "code_not_reachable",
    "requires_configuration",
    "requires_dependency",
    "requires_environment",
    "protected_by_compiler",
    "protected_at_runtime",
    "protected_at_perimeter",
    "protected_by_mitigating_control",
];

/// What a document has beside its statements.
struct Bom<'a> {
    /// `urn:cdx:SERIAL/VERSION#`, by which the document refers to its own components.
    link: Option<String>,
    product: Option<(Option<&'a str>, Component)>,
    components: HashMap<&'a str, Component>,
    issued: Option<Instant>,
    /// Other documents, by the same form of a reference.
    sboms: Vec<(String, Linked<'a>)>,
}

/// Another document, with its components by their references.
struct Linked<'a> {
    sbom: &'a Sbom,
    components: HashMap<&'a str, &'a crate::sbom::Component>,
}

pub(super) fn read<'a>(
    root: &At<'a>,
    name: &str,
    digests: &[Digest],
    sboms: &'a [Sbom],
    limits: &Limits,
) -> Result<Document, Gap> {
    bom::version(root)?;
    let serial = root.shown("serialNumber")?;
    let version = bom::revision(root)?;
    let metadata = root.get("metadata");
    let link = |serial: &str, version: u64| {
        serial.strip_prefix("urn:uuid:").map(|id| format!("urn:cdx:{id}/{version}#"))
    };
    let other = |sbom: &'a Sbom| {
        let items = sbom.components.items.iter();
        let components = items.filter_map(|own| Some((own.reference.as_deref()?, own))).collect();
        Some((link(sbom.id.as_deref()?, sbom.revision)?, Linked { sbom, components }))
    };
    let mut found = Bom {
        link: serial.as_deref().and_then(|serial| link(serial, version)),
        product: None,
        components: HashMap::new(),
        issued: None,
        sboms: sboms.iter().filter_map(other).collect(),
    };
    let mut author = None;
    if let Some(metadata) = &metadata {
        found.issued = time(metadata, "timestamp")?;
        author = bom::author(metadata, limits)?;
        if let Some(product) = metadata.get("component") {
            found.product = Some((product.text_of("bom-ref")?, component(&product, limits)?));
        }
    }
    // What signs or wraps the document states what it is about.
    if !digests.is_empty() {
        let reference = found.product.as_ref().and_then(|(reference, _)| *reference);
        found.product =
            Some((reference, Component { digests: digests.to_vec(), ..Component::default() }));
    }
    for at in bom::components(root, limits)? {
        let Some(reference) = at.text_of("bom-ref")? else { continue };
        if found.components.insert(reference, component(&at, limits)?).is_some() {
            return Err(at.malformed("a `bom-ref` twice"));
        }
    }
    let mut statements = List::default();
    let mut without = 0_usize;
    for entry in root.entries_of("vulnerabilities", limits)? {
        match statement(&entry, &found, limits) {
            Ok(Some(statement)) => statements.items.push(statement),
            Ok(None) => without += 1,
            Err(gap) => statements.lacks(gap),
        }
    }
    if statements.items.is_empty() && statements.gaps.is_empty() {
        let detail = format!("{without} vulnerabilities, and none has an analysis with a state");
        return Err(root.gap(Cause::Missing, detail));
    }
    Ok(Document {
        name: name.to_owned(),
        format: Format::CycloneDx,
        id: serial,
        version,
        author,
        statements,
    })
}

fn time(at: &At<'_>, name: &str) -> Result<Option<Instant>, Gap> {
    let Some(member) = at.get(name) else { return Ok(None) };
    let instant = Instant::parse(member.text()?);
    instant.map(Some).ok_or_else(|| member.malformed("not a time by RFC 3339"))
}

/// A statement; none for a vulnerability that is only listed.
fn statement(at: &At<'_>, bom: &Bom<'_>, limits: &Limits) -> Result<Option<Statement>, Gap> {
    at.object()?;
    let Some(analysis) = at.get("analysis") else { return Ok(None) };
    let Some(state) = analysis.text_of("state")? else { return Ok(None) };
    let status = match state {
        "not_affected" | "false_positive" => Status::NotAffected,
        "exploitable" => Status::Affected,
        "resolved" | "resolved_with_pedigree" => Status::Fixed,
        "in_triage" => Status::UnderInvestigation,
        other => return Err(analysis.malformed(format!("not a state: {}", shown(other)))),
    };
    let mut names = vec![vulnerability(at, at.need_text("id")?)?];
    for reference in at.entries_of("references", limits)? {
        names.push(vulnerability(&reference, reference.need_text("id")?)?);
    }
    let justification = analysis.text_of("justification")?;
    if let Some(other) = justification.filter(|word| !JUSTIFICATIONS.contains(word)) {
        return Err(analysis.malformed(format!("not a justification: {}", shown(other))));
    }
    let text = analysis.shown("detail")?;
    let void = (status == Status::NotAffected && justification.is_none() && text.is_none())
        .then_some("states that the product is not affected, without a justification or a detail");
    let mut subjects = Vec::new();
    for affected in at.entries_of("affects", limits)? {
        if let Some(subject) = subject(&affected, status, bom, limits)? {
            subjects.push(subject);
        }
    }
    if subjects.is_empty() {
        return Err(at.malformed("an analysis that affects nothing"));
    }
    let mut since = None;
    for (place, name) in
        [(&analysis, "lastUpdated"), (&analysis, "firstIssued"), (at, "updated"), (at, "published")]
    {
        since = match since {
            Some(since) => Some(since),
            None => time(place, name)?,
        };
    }
    Ok(Some(Statement {
        place: at.path().to_owned(),
        vulnerability: names,
        status,
        justification: justification
            .or((state == "false_positive").then_some(state))
            .map(str::to_owned),
        text,
        time: since.or(bom.issued),
        subjects,
        void,
    }))
}

/// What one reference is about; none if all its versions are of another status than the analysis.
fn subject(
    at: &At<'_>,
    status: Status,
    bom: &Bom<'_>,
    limits: &Limits,
) -> Result<Option<Subject>, Gap> {
    let reference = at.need_text("ref")?;
    let entries = at.entries_of("versions", limits)?;
    let mut versions = Vec::new();
    let mut ranges = false;
    for entry in &entries {
        let stated = entry.text_of("status")?.unwrap_or("affected");
        let agrees = match status {
            Status::NotAffected | Status::Fixed => matches!(stated, "affected" | "unaffected"),
            Status::Affected | Status::UnderInvestigation => {
                matches!(stated, "affected" | "unknown")
            }
        };
        match (entry.text_of("version")?, entry.get("range")) {
            (Some(version), None) if agrees => versions.push(version.to_owned()),
            // Ranges are not evaluated: what one would cover is not covered.
            (None, Some(_)) => ranges |= agrees,
            (Some(_), None) => {}
            _ => return Err(entry.malformed("neither one version nor one range")),
        }
    }
    if !entries.is_empty() && versions.is_empty() {
        return if ranges {
            Ok(Some(Subject {
                product: Component::not_compared("a range of versions"),
                ..Subject::default()
            }))
        } else {
            Ok(None)
        };
    }
    let own =
        bom.link.as_deref().and_then(|link| reference.strip_prefix(link)).unwrap_or(reference);
    let subject = match (&bom.product, bom.components.get(own)) {
        (Some((Some(product), component)), _) if *product == own => {
            Subject { product: component.clone(), parts: Vec::new(), versions }
        }
        (Some((_, product)), Some(part)) => {
            Subject { product: product.clone(), parts: vec![part.clone()], versions }
        }
        (None, Some(component)) => {
            Subject { product: component.clone(), parts: Vec::new(), versions }
        }
        (_, None) if own.starts_with("urn:cdx:") => match linked(own, bom) {
            Some((product, parts)) => Subject { product, parts, versions },
            None => Subject {
                product: Component::not_compared("a component of another document"),
                ..Subject::default()
            },
        },
        (_, None) => return Err(at.malformed("`ref` leads to no component")),
    };
    Ok(Some(subject))
}

/// What a reference into another document leads to: the image that the document is about, and the component in it. Of a document
/// that does not identify its image, a component is not in any.
fn linked(reference: &str, bom: &Bom<'_>) -> Option<(Component, Vec<Component>)> {
    let mut found = bom
        .sboms
        .iter()
        .filter_map(|(link, sbom)| Some((sbom, reference.strip_prefix(link.as_str())?)));
    let (other, reference) = found.next()?;
    if other.sbom.digests.is_empty() {
        return None;
    }
    let image = Component { digests: other.sbom.digests.clone(), ..Component::default() };
    if other.sbom.reference.as_deref() == Some(reference) {
        return Some((image, Vec::new()));
    }
    let component = other.components.get(reference)?;
    let part =
        Component { purls: component.purl.iter().cloned().collect(), ..Component::default() };
    Some((image, vec![part]))
}

/// What identifies a component.
fn component(at: &At<'_>, limits: &Limits) -> Result<Component, Gap> {
    let mut component = Component::default();
    if let Some(purl) = at.text_of("purl")? {
        component.purl(purl).map_err(|error| at.malformed(error))?;
    }
    // Hashes of other components are those of their files, which are not compared.
    if at.text_of("type")? == Some("container") {
        component.digests = bom::digests(at, limits)?;
    }
    Ok(component)
}
