//! The command that accepts a failure.

use posture_core::record::FindingStatus;

use super::source::Found;

/// The command that accepts a failure, with words in capitals for what only a person knows; none where there is nothing to
/// accept.
pub(super) fn command(found: &Found) -> Option<String> {
    if found.status != Some(FindingStatus::Fail) || found.resource.is_none() {
        return None;
    }
    let snapshot = found.origin.snapshot.as_deref().unwrap_or("SNAPSHOT");
    Some(format!(
        "posture exceptions add {} --snapshot {snapshot} --owner OWNER --reason REASON --expires YYYY-MM-DD",
        found.id
    ))
}
