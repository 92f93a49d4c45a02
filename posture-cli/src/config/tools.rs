//! `[tools]` of `posture.toml`: the products of other vendors that do what a provider's tool is for.

use posture_core::tools::{Purpose, Tools};

use super::reader::{Reader, Table};

impl Reader<'_> {
    /// Reads the name of the tool for each purpose. It may be any text on one line, as it is shown beside requirements.
    pub(super) fn tools(&mut self, table: &Table<'_>, tools: &mut Tools) {
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            let Some(purpose) = Purpose::find(name) else {
                let known: Vec<&str> = Purpose::ALL.iter().map(|purpose| purpose.id()).collect();
                self.unknown(key.span().start, "purpose of a tool", name, &known);
                continue;
            };
            if let Some(text) = self.text(name, item)
                && let Err(error) = tools.declare(purpose, text)
            {
                self.mistake(item.span().start, format!("`{name}`: {error}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use posture_core::catalogue::Catalogue;

    use super::*;
    use crate::config::parse;

    #[test]
    fn a_tool_is_declared_for_a_purpose() {
        let text = "[tools]\nvulnerabilities = \"other product\"\nthreats = \"Falcon\"\n";
        let config = parse(text, Catalogue::default()).unwrap();
        assert_eq!(config.tools.of(Purpose::Vulnerabilities), Some("other product"));
        assert_eq!(config.tools.of(Purpose::Threats), Some("Falcon"));
        assert_eq!(config.tools.iter().count(), 2);
        assert!(parse("", Catalogue::default()).unwrap().tools.is_empty());
    }

    #[test]
    fn what_is_not_a_tool_is_an_error_with_its_line() {
        let long = format!("[tools]\nthreats = \"{}\"", "x".repeat(101));
        for (text, line, what) in [
            ("[tools]\nbackup = \"x\"", "2: ", "unknown purpose of a tool `backup`"),
            ("[tools]\nthreat = \"x\"", "2: ", "threats"),
            ("[tools]\nthreats = 3", "2: ", "must be"),
            ("[tools]\nthreats = \"\"", "2: ", "1 to 100 characters"),
            ("[tools]\nthreats = \"a\\nb\"", "2: ", "1 to 100 characters"),
            ("[tools]\nthreats = \"\\u001b[31m\"", "2: ", "1 to 100 characters"),
            (&long, "2: ", "1 to 100 characters"),
            ("tools = 3", "1: ", "`tools` must be a table"),
        ] {
            let errors = parse(text, Catalogue::default()).unwrap_err();
            assert!(errors[0].starts_with(line) && errors[0].contains(what), "{errors:?}");
        }
    }
}
