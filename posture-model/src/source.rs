//! Where a file declares a resource.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The file and the line in which a manifest declares a resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// The path of the file, relative to what was given, with `/` between its parts. It is as hostile as any name.
    pub file: String,
    /// The line in which the resource begins, from 1.
    pub line: u32,
}

/// `shop/web.yaml:12`.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}
