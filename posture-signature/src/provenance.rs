//! How an image was built, as provenance states it: SLSA [v0.2](https://slsa.dev/spec/v0.2/provenance) and
//! [v1](https://slsa.dev/spec/v1.0/provenance), with what
//! [BuildKit](https://docs.docker.com/build/metadata/attestations/slsa-definitions/) and
//! [GitHub Actions](https://actions.github.io/buildtypes/workflow/v1) put into them.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

use crate::text;

/// How an image was built. Everything is the builder's claim, and escaped; what is missing or empty is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Provenance {
    /// Who built it: the builder's URI.
    pub builder: Option<String>,
    /// The kind of build, a URI.
    pub build_type: Option<String>,
    /// Where the source was.
    pub source: Option<String>,
    /// Which revision of the source.
    pub revision: Option<String>,
    /// Which run of the builder.
    pub invocation: Option<String>,
}

#[derive(Deserialize)]
struct Holder<P> {
    predicate: P,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Version02 {
    builder: Builder,
    build_type: String,
    invocation: Invocation,
    materials: Vec<Material>,
    metadata: Option<Metadata02>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Builder {
    id: String,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Invocation {
    config_source: Material,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Material {
    uri: String,
    digest: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata02 {
    #[serde(rename = "buildInvocationID")]
    invocation: String,
    /// The same with another capital letter, as some builders write it.
    build_invocation_id: String,
    #[serde(rename = "https://mobyproject.org/buildkit@v1#metadata")]
    buildkit: Option<BuildKit>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BuildKit {
    vcs: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Version1 {
    build_definition: BuildDefinition,
    run_details: RunDetails,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct BuildDefinition {
    build_type: String,
    external_parameters: Value,
    resolved_dependencies: Vec<Material>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct RunDetails {
    builder: Builder,
    metadata: Option<Metadata1>,
}

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Metadata1 {
    invocation_id: String,
    #[serde(rename = "buildkit_metadata")]
    buildkit: Option<BuildKit>,
}

/// Reads the provenance of a statement. Another version, or a predicate of another shape, is nothing.
pub(crate) fn read(predicate_type: &str, statement: &[u8]) -> Option<Provenance> {
    match predicate_type {
        "https://slsa.dev/provenance/v0.2" => {
            Some(version_02(serde_json::from_slice::<Holder<_>>(statement).ok()?.predicate))
        }
        "https://slsa.dev/provenance/v1" | "https://slsa.dev/spec/v1.0/provenance" => {
            Some(version_1(serde_json::from_slice::<Holder<_>>(statement).ok()?.predicate))
        }
        _ => None,
    }
}

fn version_02(predicate: Version02) -> Provenance {
    let metadata = predicate.metadata.unwrap_or_default();
    let vcs = metadata.buildkit.unwrap_or_default().vcs;
    let config = &predicate.invocation.config_source;
    let git = predicate.materials.iter().find(|material| material.is_git());
    Provenance {
        builder: some(&predicate.builder.id),
        build_type: some(&predicate.build_type),
        source: some(&config.uri)
            .or_else(|| vcs.get("source").and_then(|source| some(source)))
            .or_else(|| some(&git?.uri)),
        revision: config
            .revision()
            .or_else(|| vcs.get("revision").and_then(|revision| some(revision)))
            .or_else(|| git?.revision()),
        invocation: some(&metadata.invocation).or_else(|| some(&metadata.build_invocation_id)),
    }
}

fn version_1(predicate: Version1) -> Provenance {
    let definition = &predicate.build_definition;
    let metadata = predicate.run_details.metadata.unwrap_or_default();
    let vcs = metadata.buildkit.unwrap_or_default().vcs;
    let parameter = |path: &str| {
        definition.external_parameters.pointer(path).and_then(Value::as_str).and_then(some)
    };
    let git = definition.resolved_dependencies.iter().find(|material| material.is_git());
    let workflow =
        parameter("/workflow/repository").map(|repository| match parameter("/workflow/ref") {
            Some(reference) => text::name(&format!("{repository}@{reference}")),
            None => repository,
        });
    Provenance {
        builder: some(&predicate.run_details.builder.id),
        build_type: some(&definition.build_type),
        source: workflow
            .or_else(|| parameter("/source/uri"))
            .or_else(|| parameter("/source"))
            .or_else(|| parameter("/configSource/uri"))
            .or_else(|| vcs.get("source").and_then(|source| some(source)))
            .or_else(|| some(&git?.uri)),
        revision: git
            .and_then(Material::revision)
            .or_else(|| vcs.get("revision").and_then(|revision| some(revision))),
        invocation: some(&metadata.invocation_id),
    }
}

impl Material {
    fn is_git(&self) -> bool {
        self.uri.starts_with("git+") || self.revision().is_some()
    }

    /// The commit, as [digest sets](https://github.com/in-toto/attestation/blob/main/spec/v1/digest_set.md) name it. `sha1` is a
    /// commit of Git in v0.2.
    fn revision(&self) -> Option<String> {
        self.digest
            .get("gitCommit")
            .or_else(|| self.digest.get("sha1"))
            .and_then(|revision| some(revision))
    }
}

/// A text that is not empty, escaped.
fn some(text: &str) -> Option<String> {
    (!text.trim().is_empty()).then(|| text::name(text))
}
