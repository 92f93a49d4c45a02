//! What controls on environments, such as production and test, have in common: which one a resource belongs to.

use std::collections::BTreeMap;

use crate::params::Given;
use crate::prelude::*;

/// The tags that name the environment of a resource. Only the user knows them.
pub(crate) static TAGS: Given = Given {
    name: "environment-tags",
    doc: "The names of the tags that name the environment of a resource, not case-sensitive; the first that it has counts. \
          Resources without one are not judged.",
    example: &["environment"],
    unset: "no tag names the environment: set `environment-tags` under `[control.\"*\"]` in posture.toml",
};

/// What serves all environments.
pub(crate) static SHARED: Names = Names {
    name: "shared-environments",
    doc: "The values of the tag of resources that serve all environments, not case-sensitive.",
    default: &["shared", "hub", "connectivity"],
};

/// The environment that the tags of a resource name; none if they name none.
pub(crate) fn of(
    tags: &Fact<BTreeMap<String, String>>,
    context: &Context<'_>,
) -> Fact<Option<String>> {
    let names = context.given(&TAGS);
    tags.map(|tags| {
        let value = |name: &&str| tags.iter().find(|(tag, _)| tag.eq_ignore_ascii_case(name));
        let value = names.iter().find_map(value).map(|(_, value)| value.trim().to_owned());
        value.filter(|value| !value.is_empty())
    })
}

/// Whether an environment is what all others use.
pub(crate) fn serves_all(value: &str, context: &Context<'_>) -> bool {
    context.names(&SHARED).iter().any(|name| name.eq_ignore_ascii_case(value))
}
