//! What identifies a finding from run to run. Every other report, history and tool keeps these ids, so that they must not
//! change from version to version.

use sha2::{Digest, Sha256};

use crate::controls;
use crate::gap::Gap;
use crate::provider::Provider;
use crate::text::hex;

/// The id of a finding about a resource.
pub(crate) fn of_resource(
    control: &str,
    provider: Provider,
    scope: &str,
    region: Option<&str>,
    resource: &str,
) -> String {
    hash(&[control, provider.id(), scope, region.unwrap_or_default(), resource])
}

/// The id of a finding about a list as a whole: that it is empty, or that a part of it could not be read. A list may miss
/// several parts, each of a region, an action and a target. Why one is missing may change and is not part of its id.
pub(crate) fn of_list(control: &str, provider: Provider, scope: &str, gap: Option<&Gap>) -> String {
    let Some(gap) = gap else { return former(control, provider, scope) };
    let region = gap.region.as_deref().unwrap_or_default();
    hash(&[control, provider.id(), scope, region, "", &gap.action, &gap.target])
}

/// The id that every finding about an incomplete list of a scope had in earlier versions.
pub(crate) fn former(control: &str, provider: Provider, scope: &str) -> String {
    hash(&[control, provider.id(), scope, "", ""])
}

/// The first id of a control, which may have had others since.
pub(crate) fn first(control: &str) -> &str {
    controls::by_id(control).map_or(control, |known| known.first_id())
}

fn hash(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part.as_bytes());
    }
    hex(&hash.finalize()[..10])
}
