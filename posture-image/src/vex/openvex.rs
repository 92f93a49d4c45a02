//! OpenVEX, by its [specification](https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md) and schema of version 0.2.0.

use super::{Component, Document, Format, Statement, Status, Subject, vulnerability};
use crate::digest::Digest;
use crate::document::{At, shown};
use crate::limits::Limits;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

const JUSTIFICATIONS: [&str; 5] = [
    "component_not_present",
    "vulnerable_code_not_present",
    "vulnerable_code_not_in_execute_path",
    "vulnerable_code_cannot_be_controlled_by_adversary",
    "inline_mitigations_already_exist",
];

pub(super) fn read(
    root: &At<'_>,
    name: &str,
    digests: &[Digest],
    limits: &Limits,
) -> Result<Document, Gap> {
    let context = root.need("@context")?;
    // The first is the one that the specification requires before 1.0; tools write the second.
    if !matches!(context.text()?, "https://openvex.dev/ns" | "https://openvex.dev/ns/v0.2.0") {
        return Err(context.gap(
            Cause::Unsupported,
            format!("another version of OpenVEX: {}", shown(context.text()?)),
        ));
    }
    let version = root.need("version")?;
    let version =
        version.value.as_u64().ok_or_else(|| version.malformed("not a version of a document"))?;
    let issued =
        time(root, "timestamp")?.ok_or_else(|| root.malformed("`timestamp` is missing"))?;
    let mut statements = List::default();
    for entry in root.need("statements")?.entries(limits)? {
        match statement(&entry, issued, digests, limits) {
            Ok(statement) => statements.items.push(statement),
            Err(gap) => statements.lacks(gap),
        }
    }
    Ok(Document {
        name: name.to_owned(),
        format: Format::OpenVex,
        id: Some(shown(root.need_text("@id")?)),
        version,
        author: Some(shown(root.need_text("author")?)),
        statements,
    })
}

fn time(at: &At<'_>, name: &str) -> Result<Option<Instant>, Gap> {
    let Some(member) = at.get(name) else { return Ok(None) };
    let instant = Instant::parse(member.text()?);
    instant.map(Some).ok_or_else(|| member.malformed("not a time by RFC 3339"))
}

fn statement(
    at: &At<'_>,
    issued: Instant,
    digests: &[Digest],
    limits: &Limits,
) -> Result<Statement, Gap> {
    at.object()?;
    let named = at.need("vulnerability")?;
    named.object()?;
    let mut names = vec![vulnerability(&named, named.need_text("name")?)?];
    for alias in named.entries_of("aliases", limits)? {
        names.push(vulnerability(&alias, alias.text()?)?);
    }
    let status = at.need("status")?;
    let status = match status.text()? {
        "not_affected" => Status::NotAffected,
        "affected" => Status::Affected,
        "fixed" => Status::Fixed,
        "under_investigation" => Status::UnderInvestigation,
        other => return Err(status.malformed(format!("not a status: {}", shown(other)))),
    };
    let justification = at.text_of("justification")?;
    if let Some(other) = justification.filter(|word| !JUSTIFICATIONS.contains(word)) {
        return Err(at.malformed(format!("not a justification: {}", shown(other))));
    }
    let impact = at.shown("impact_statement")?;
    let void = (status == Status::NotAffected && justification.is_none() && impact.is_none())
        .then_some("states that the product is not affected, without a justification or an impact statement");
    let text = match impact.or(at.shown("action_statement")?) {
        Some(text) => Some(text),
        None => at.shown("status_notes")?,
    };
    let mut subjects = Vec::new();
    for product in at.entries_of("products", limits)? {
        let mut parts = Vec::new();
        for part in product.entries_of("subcomponents", limits)? {
            parts.push(component(&part)?);
        }
        subjects.push(Subject { product: component(&product)?, parts, versions: Vec::new() });
    }
    // Without products, a statement is about the subject of the document around it.
    if subjects.is_empty() && !digests.is_empty() {
        let product = Component { digests: digests.to_vec(), ..Component::default() };
        subjects.push(Subject { product, ..Subject::default() });
    }
    if subjects.is_empty() {
        return Err(at.malformed("a statement without a product"));
    }
    // The time since when it is known to be true; the last update may be one of wording.
    let time = time(at, "timestamp")?.unwrap_or(issued);
    Ok(Statement {
        place: at.path().to_owned(),
        vulnerability: names,
        status,
        justification: justification.map(str::to_owned),
        text,
        time: Some(time),
        subjects,
        void,
    })
}

fn component(at: &At<'_>) -> Result<Component, Gap> {
    at.object()?;
    let mut component = Component::default();
    if let Some(id) = at.text_of("@id")? {
        component.identifier(id).map_err(|error| at.malformed(error))?;
    }
    if let Some(identifiers) = at.get("identifiers") {
        identifiers.object()?;
        if let Some(purl) = identifiers.text_of("purl")? {
            component.purl(purl).map_err(|error| identifiers.malformed(error))?;
        }
    }
    if let Some(hashes) = at.get("hashes") {
        hashes.object()?;
        for (algorithm, name) in [("sha256", "sha-256"), ("sha512", "sha-512")] {
            if let Some(hex) = hashes.text_of(name)? {
                let digest = Digest::parse(&format!("{algorithm}:{}", hex.to_ascii_lowercase()));
                component
                    .digests
                    .push(digest.map_err(|error| hashes.malformed(error.to_string()))?);
            }
        }
    }
    Ok(component)
}
