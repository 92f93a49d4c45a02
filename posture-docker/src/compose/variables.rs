//! Variables in Compose files: `$NAME`, `${NAME}`, `${NAME:-default}` and the others.
//!
//! Compose takes their values from the shell and from `.env`, which is where it runs and not where it is audited. So a variable has a
//! value only where the audit was given one. Without it, what it is part of is open, also where there is a default.

use std::collections::BTreeMap;

use posture_yaml::{Data, Field, Node};

use super::merge::is_reset;
use crate::mistake::Mistake;

/// The mark of a value that holds a variable whose value is not known.
const OPEN: &str = "$";

/// Values by their names; none where the value is that of the shell, which is not known.
pub(crate) type Values = BTreeMap<String, Option<String>>;

/// The values of variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Variables {
    /// None where no value was given: then no variable has a known one.
    pub(crate) values: Option<Values>,
}

/// The variable without a known value that a value holds.
pub(super) fn open(node: &Node) -> Option<&str> {
    node.tag.as_deref()?.strip_prefix(OPEN)
}

/// What a text becomes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Filled {
    Text(String),
    /// It holds this variable.
    Open(String),
}

/// What is wrong in a text. The text itself may be a password, and is not shown.
enum Wrong {
    /// The `$` at this character, counted from 1, begins nothing.
    At(usize),
    Other(String),
}

/// How deep defaults hold variables.
const DEPTH: usize = 16;

impl Variables {
    /// Fills in the variables of a document. Keys hold none.
    pub(super) fn fill(&self, node: Node, path: &str, mistakes: &mut Vec<Mistake>) -> Node {
        // What is removed has no value that counts.
        if is_reset(&node) {
            return Node { data: Data::Null, ..node };
        }
        let Node { place, data, tag } = node;
        let (data, tag) = match data {
            Data::Text(text) if text.contains('$') => match self.text(&text, 0) {
                Ok(Filled::Text(filled)) => (Data::Text(filled), tag),
                Ok(Filled::Open(name)) => {
                    (Data::Text(text), Some(format!("{OPEN}{name}").into_boxed_str()))
                }
                Err(problem) => {
                    mistakes.push(Mistake::new(place, path, problem));
                    (Data::Null, tag)
                }
            },
            Data::List(items) => {
                let items = items.into_iter().enumerate();
                let filled = items
                    .map(|(at, item)| self.fill(item, &posture_yaml::within(path, at), mistakes));
                (Data::List(filled.collect()), tag)
            }
            Data::Fields(fields) => {
                let filled = fields.into_iter().map(|field| {
                    let Field { name, place, value } = field;
                    let value = self.fill(value, &posture_yaml::below(path, &name), mistakes);
                    Field { name, place, value }
                });
                (Data::Fields(filled.collect()), tag)
            }
            other => (other, tag),
        };
        Node { place, data, tag }
    }

    pub(super) fn text(&self, text: &str, depth: usize) -> Result<Filled, String> {
        self.parts(text, depth).map_err(|wrong| match wrong {
            Wrong::At(place) => format!(
                "the `$` at character {place} of the value does not begin a variable such as `${{NAME}}`; write `$$` for a dollar \
                 sign"
            ),
            Wrong::Other(problem) => problem,
        })
    }

    fn parts(&self, text: &str, depth: usize) -> Result<Filled, Wrong> {
        if depth > DEPTH {
            return Err(Wrong::Other("defaults of variables are nested too deep".to_owned()));
        }
        let mut out = String::new();
        let mut open = None;
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            let (before, behind) = rest.split_at(at);
            out.push_str(before);
            let start = text.len() - behind.len();
            let wrong = || {
                Wrong::At(text.get(..start).unwrap_or_default().chars().count().saturating_add(1))
            };
            let behind = behind.strip_prefix('$').unwrap_or(behind);
            if let Some(after) = behind.strip_prefix('$') {
                out.push('$');
                rest = after;
                continue;
            }
            let (filled, after) = match behind.strip_prefix('{') {
                Some(inner) => {
                    let end = closing(inner).ok_or_else(wrong)?;
                    let body = inner.get(..end).unwrap_or_default();
                    let filled = self.braced(body, depth).map_err(|problem| match problem {
                        Wrong::At(_) => wrong(),
                        other => other,
                    });
                    (filled?, inner.get(end + 1..).unwrap_or_default())
                }
                None => {
                    let end = name_end(behind);
                    if end == 0 {
                        return Err(wrong());
                    }
                    let (name, after) = behind.split_at(end);
                    (self.value(name), after)
                }
            };
            match filled {
                Filled::Text(filled) => out.push_str(&filled),
                Filled::Open(name) => open = open.or(Some(name)),
            }
            rest = after;
        }
        out.push_str(rest);
        Ok(match open {
            Some(name) => Filled::Open(name),
            None => Filled::Text(out),
        })
    }

    /// A variable that is not set is empty.
    fn value(&self, name: &str) -> Filled {
        match &self.values {
            None => Filled::Open(name.to_owned()),
            Some(values) => match values.get(name) {
                Some(None) => Filled::Open(name.to_owned()),
                Some(Some(value)) => Filled::Text(value.clone()),
                None => Filled::Text(String::new()),
            },
        }
    }

    /// What is within braces: a name, and what to do where it is not set (`-`, `?`, `+`) or empty as well (`:-`, `:?`, `:+`).
    fn braced(&self, body: &str, depth: usize) -> Result<Filled, Wrong> {
        let end = name_end(body);
        let (name, rest) = body.split_at(end);
        if name.is_empty() {
            return Err(Wrong::At(1));
        }
        let (also_empty, rest) = match rest.strip_prefix(':') {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let mut letters = rest.chars();
        let sign = letters.next();
        let word = letters.as_str();
        if !matches!((sign, also_empty), (None, false) | (Some('-' | '?' | '+'), _)) {
            return Err(Wrong::At(1));
        }
        let Some(values) = &self.values else { return Ok(Filled::Open(name.to_owned())) };
        let value = match values.get(name) {
            Some(None) => return Ok(Filled::Open(name.to_owned())),
            Some(Some(value)) => Some(value).filter(|value| !also_empty || !value.is_empty()),
            None => None,
        };
        match (sign, value) {
            (Some('-'), None) | (Some('+'), Some(_)) => self.parts(word, depth + 1),
            (Some('+'), None) => Ok(Filled::Text(String::new())),
            (Some('?'), None) => {
                let name = posture_yaml::shown(name);
                Err(Wrong::Other(format!("the variable `{name}` must have a value")))
            }
            (_, Some(value)) => Ok(Filled::Text(value.clone())),
            (_, None) => Ok(self.value(name)),
        }
    }
}

/// Where the name of a variable ends.
pub(super) fn name_end(text: &str) -> usize {
    let mut end = 0;
    for (place, byte) in text.bytes().enumerate() {
        let is_part =
            byte == b'_' || byte.is_ascii_alphabetic() || place > 0 && byte.is_ascii_digit();
        if !is_part {
            break;
        }
        end = place + 1;
    }
    end
}

/// The place of the brace that closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 1_usize;
    let mut before = ' ';
    for (place, one) in text.char_indices() {
        match one {
            '{' if before == '$' => depth += 1,
            '}' => {
                depth -= 1;
                if depth == 0 {
                    return Some(place);
                }
            }
            _ => {}
        }
        before = one;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, values: &[(&str, &str)]) -> Result<Filled, String> {
        let values =
            values.iter().map(|(name, value)| ((*name).to_owned(), Some((*value).to_owned())));
        Variables { values: Some(values.collect()) }.text(text, 0)
    }

    #[test]
    fn variables_have_the_forms_of_compose() {
        let set = [("A", "x"), ("E", "")];
        for (text, value) in [
            ("$A", "x"),
            ("${A}", "x"),
            ("a${A}b$A.c", "axbx.c"),
            ("$$A", "$A"),
            ("${N:-y}", "y"),
            ("${N-y}", "y"),
            ("${E:-y}", "y"),
            ("${E-y}", ""),
            ("${A:-y}", "x"),
            ("${A:+y}", "y"),
            ("${N:+y}", ""),
            ("${E+y}", "y"),
            ("${N:-${A}}", "x"),
            ("${N:-a-b:c}", "a-b:c"),
            ("$N", ""),
            ("${A:?must be set}", "x"),
        ] {
            assert_eq!(filled(text, &set), Ok(Filled::Text(value.to_owned())), "{text}");
        }
        for text in ["${A", "$", "${}", "${A:x}", "$1", "${N:?}", "${N?must be set}", "${1A}"] {
            assert!(filled(text, &set).is_err(), "{text}");
        }
    }

    #[test]
    fn without_given_values_every_variable_is_open() {
        let none = Variables::default();
        for text in ["$A", "${A:-x}", "a ${A-x} b", "${A:?}", "${A:+x}"] {
            assert_eq!(none.text(text, 0), Ok(Filled::Open("A".to_owned())), "{text}");
        }
        assert_eq!(none.text("$$5", 0), Ok(Filled::Text("$5".to_owned())));
        let deep = format!("{}x{}", "${A:-".repeat(40), "}".repeat(40));
        assert!(filled(&deep, &[]).is_err());
    }
}
