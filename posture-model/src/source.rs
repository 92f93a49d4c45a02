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

impl Source {
    /// The place that the target of a gap names, as in `shop/web.yaml:12:5`: what is wrong in a file has its line and column there.
    pub fn of_target(target: &str) -> Option<Self> {
        let (rest, _column) = target.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        let line = line.parse().ok().filter(|line| *line > 0)?;
        Some(Self { file: file.to_owned(), line })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_of_a_gap_names_file_and_line() {
        let found = Source::of_target("C:/shop/web.yaml:12:5").map(|one| one.to_string());
        assert_eq!(found.as_deref(), Some("C:/shop/web.yaml:12"));
        for none in ["", "web.yaml", "web.yaml:0:1", "web.yaml:x:1"] {
            assert_eq!(Source::of_target(none), None, "{none}");
        }
    }
}
