//! CycloneDX 1.4 to 1.6, read by its [schemas](https://github.com/CycloneDX/specification/tree/master/schema).

use super::{Component, Format, Sbom, property};
use crate::digest::Digest;
use crate::document::{At, shown};
use crate::limits::Limits;
use crate::packages::purl::Purl;
use crate::time::Instant;
use crate::truth::{Cause, Gap, List};

/// The version of the format.
pub(crate) fn version(root: &At<'_>) -> Result<String, Gap> {
    let format = root.need("bomFormat")?;
    if format.text()? != "CycloneDX" {
        return Err(format.malformed("not CycloneDX"));
    }
    let version = root.need("specVersion")?;
    match version.text()? {
        known @ ("1.4" | "1.5" | "1.6") => Ok(known.to_owned()),
        other => Err(version
            .gap(Cause::Unsupported, format!("another version of CycloneDX: {}", shown(other)))),
    }
}

/// The version of the document itself.
pub(crate) fn revision(root: &At<'_>) -> Result<u64, Gap> {
    let Some(version) = root.get("version") else { return Ok(1) };
    version.value.as_u64().ok_or_else(|| version.malformed("not a version of a document"))
}

/// Who made a document: its authors, else its manufacturer or supplier.
pub(crate) fn author(metadata: &At<'_>, limits: &Limits) -> Result<Option<String>, Gap> {
    for author in metadata.entries_of("authors", limits)? {
        for field in ["name", "email"] {
            if let Some(name) = author.shown(field)? {
                return Ok(Some(name));
            }
        }
    }
    for role in ["manufacturer", "manufacture", "supplier"] {
        if let Some(entity) = metadata.get(role)
            && let Some(name) = entity.shown("name")?
        {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// All components, also those inside of others and of the product.
pub(crate) fn components<'a>(root: &At<'a>, limits: &Limits) -> Result<Vec<At<'a>>, Gap> {
    let mut found: Vec<At<'a>> = Vec::new();
    let product = root.get("metadata").and_then(|metadata| metadata.get("component"));
    let inside = product.map(|product| product.entries_of("components", limits)).transpose()?;
    let mut todo = inside.unwrap_or_default();
    todo.extend(root.entries_of("components", limits)?);
    todo.reverse();
    while let Some(component) = todo.pop() {
        component.object()?;
        let mut inner = component.entries_of("components", limits)?;
        inner.reverse();
        found.push(component);
        todo.extend(inner);
        if found.len() + todo.len() > limits.document_entries {
            return Err(root.gap(
                Cause::Incomplete,
                format!("more than {} components", limits.document_entries),
            ));
        }
    }
    Ok(found)
}

/// The digests of a component that is an image: its hashes, those that its version and its package URL are, and those in the
/// properties of Trivy.
pub(crate) fn digests(at: &At<'_>, limits: &Limits) -> Result<Vec<Digest>, Gap> {
    let mut digests = Vec::new();
    for hash in at.entries_of("hashes", limits)? {
        let algorithm = match hash.need_text("alg")? {
            "SHA-256" => "sha256",
            "SHA-512" => "sha512",
            _ => continue,
        };
        let digest = Digest::parse(&format!(
            "{algorithm}:{}",
            hash.need_text("content")?.to_ascii_lowercase()
        ));
        digests.push(digest.map_err(|error| hash.malformed(error.to_string()))?);
    }
    let purl = at.text_of("purl")?.and_then(|purl| Purl::parse(purl).ok());
    let mut stated: Vec<String> = Vec::new();
    stated.extend(at.text_of("version")?.map(str::to_owned));
    stated.extend(purl.and_then(|purl| purl.version));
    for property in at.entries_of("properties", limits)? {
        if matches!(property.text_of("name")?, Some(property::TRIVY_IMAGE | property::TRIVY_DIGEST))
        {
            let value = property.need_text("value")?;
            stated.push(value.rsplit_once('@').map_or(value, |(_, digest)| digest).to_owned());
        }
    }
    for digest in stated.iter().filter_map(|digest| Digest::parse(digest).ok()) {
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    Ok(digests)
}

pub(super) fn read(root: &At<'_>, name: &str, limits: &Limits) -> Result<Sbom, Gap> {
    let mut sbom = Sbom {
        name: name.to_owned(),
        format: Format::CycloneDx,
        version: version(root)?,
        id: root.shown("serialNumber")?,
        revision: revision(root)?,
        created: None,
        creators: Vec::new(),
        subject: None,
        reference: None,
        digests: Vec::new(),
        os: None,
        components: List::default(),
    };
    if let Some(metadata) = root.get("metadata") {
        if let Some(at) = metadata.get("timestamp") {
            let created = Instant::parse(at.text()?);
            sbom.created = Some(created.ok_or_else(|| at.malformed("not a time by RFC 3339"))?);
        }
        sbom.creators.extend(author(&metadata, limits)?);
        sbom.creators.extend(tools(&metadata, limits)?);
        if let Some(subject) = metadata.get("component") {
            sbom.subject = subject.shown("name")?;
            sbom.reference = subject.text_of("bom-ref")?.map(str::to_owned);
            sbom.digests = digests(&subject, limits)?;
        }
    }
    for at in components(root, limits)? {
        match at.need_text("type") {
            Ok("operating-system") => {
                if sbom.os.is_some() {
                    sbom.components.lacks(at.gap(Cause::Ambiguous, "a second operating system"));
                } else if let Some(name) = at.shown("name")? {
                    sbom.os = Some((name, at.shown("version")?));
                }
            }
            Ok(
                "library" | "framework" | "application" | "firmware" | "platform" | "device-driver",
            ) => {
                component(&at, limits, &mut sbom.components);
            }
            // Files, data, images, models and the like are not packages.
            Ok(_) => {}
            Err(gap) => sbom.components.lacks(gap),
        }
    }
    if root.get("components").is_none() && sbom.components.items.is_empty() {
        sbom.components.lacks(root.gap(Cause::Missing, "it has no list of components"));
    }
    incomplete(root, limits, &mut sbom.components)?;
    Ok(sbom)
}

/// Tools, in the forms of 1.4 and of 1.5.
fn tools(metadata: &At<'_>, limits: &Limits) -> Result<Vec<String>, Gap> {
    let Some(tools) = metadata.get("tools") else { return Ok(Vec::new()) };
    let list = if tools.value.is_array() {
        tools.entries(limits)?.collect()
    } else {
        tools.entries_of("components", limits)?
    };
    let mut names = Vec::new();
    for tool in list {
        if let Some(name) = tool.shown("name")? {
            let version =
                tool.shown("version")?.map(|version| format!(" {version}")).unwrap_or_default();
            names.push(format!("{name}{version}"));
        }
    }
    Ok(names)
}

/// What the document itself states to be incomplete.
fn incomplete(root: &At<'_>, limits: &Limits, list: &mut List<Component>) -> Result<(), Gap> {
    for composition in root.entries_of("compositions", limits)? {
        match composition.need_text("aggregate")? {
            "unknown" => {
                let detail = "the SBOM states that nobody knows whether it is complete";
                list.lacks(composition.gap(Cause::Incomplete, detail));
            }
            aggregate if aggregate.starts_with("incomplete") => {
                let detail = "the SBOM states that it is incomplete";
                list.lacks(composition.gap(Cause::Incomplete, detail));
            }
            _ => {}
        }
    }
    Ok(())
}

fn component(at: &At<'_>, limits: &Limits, list: &mut List<Component>) {
    match parse(at, limits) {
        Ok(Some(component)) => super::inventory::add(at, component, list),
        Ok(None) => {}
        Err(gap) => list.lacks(gap),
    }
}

fn parse(at: &At<'_>, limits: &Limits) -> Result<Option<Component>, Gap> {
    let properties = at.entries_of("properties", limits)?;
    let mut known: Vec<(&str, &str)> = Vec::new();
    for entry in &properties {
        if let (Some(name), Some(value)) = (entry.text_of("name")?, entry.get("value")) {
            known.push((name, value.text()?));
        }
    }
    let property = |name: &str| known.iter().find(|(own, _)| *own == name).map(|(_, value)| *value);
    let purl = match at.text_of("purl")? {
        Some(text) => Some(Purl::parse(text).map_err(|error| at.malformed(error))?),
        None => None,
    };
    // Trivy groups what it finds in a file under a component that is none.
    if purl.is_none()
        && at.text_of("type")? == Some("application")
        && property(property::TRIVY_TYPE).is_some()
    {
        return Ok(None);
    }
    let trivy = || {
        let name = property(property::TRIVY_SOURCE)?;
        let part = |before: &str, property: Option<&str>, after: &str| {
            property
                .filter(|value| !value.is_empty() && *value != "0")
                .map(|value| format!("{before}{value}{after}"))
                .unwrap_or_default()
        };
        let version = property(property::TRIVY_VERSION).map(|version| {
            let epoch = part("", property(property::TRIVY_EPOCH), ":");
            format!("{epoch}{version}{}", part("-", property(property::TRIVY_RELEASE), ""))
        });
        Some((shown(name), version.map(|version| shown(&version))))
    };
    let own = || {
        Some((shown(property(property::SOURCE)?), property(property::SOURCE_VERSION).map(shown)))
    };
    let mut licenses = Vec::new();
    for entry in at.entries_of("licenses", limits)? {
        let license = entry.get("license");
        let named = license
            .map(|license| Ok(license.shown("id")?.or(license.shown("name")?)))
            .transpose()?
            .flatten();
        licenses.extend(entry.shown("expression")?.or(named));
    }
    // Namespaces are a member of their own.
    let name = shown(at.need_text("name")?);
    Ok(Some(Component {
        place: at.path().to_owned(),
        reference: at.text_of("bom-ref")?.map(str::to_owned),
        name: at.shown("group")?.map_or_else(|| name.clone(), |group| format!("{group}/{name}")),
        version: at.shown("version")?,
        source: own().or_else(trivy).or_else(|| super::inventory::upstream(purl.as_ref())),
        owner: property(property::OWNER).map(shown),
        guessed: property(property::GUESSED) == Some("true"),
        purl,
        licenses,
    }))
}
