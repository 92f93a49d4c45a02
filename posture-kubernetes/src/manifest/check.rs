//! Compares a document with the fields of its kind, and collects every mistake.

use posture_model::suggest::{did_you_mean, nearest};

use super::hints;
use super::schema::{Object, SCHEMA, Type};
use super::{Mistake, shown};
use crate::read::{below, within};
use posture_yaml::{Data, Field, Node, Place};

/// The objects that lead to a value, the outermost first, each with its path.
pub(super) type Way = Vec<(usize, String)>;

/// How many mistakes of a document are listed.
const LISTED: usize = 100;

/// The mistakes of one document.
pub(super) struct Checker<'m> {
    /// The minor version of Kubernetes that is to accept it.
    pub(super) minor: u16,
    pub(super) mistakes: &'m mut Vec<Mistake>,
    /// For how many more mistakes of the file it is worked out what to write instead.
    pub(super) hints: &'m mut usize,
    way: Way,
}

impl<'m> Checker<'m> {
    pub(super) fn new(minor: u16, mistakes: &'m mut Vec<Mistake>, hints: &'m mut usize) -> Self {
        Self { minor, mistakes, hints, way: Vec::new() }
    }

    fn add(&mut self, place: Place, path: &str, problem: impl Into<String>, fix: Option<String>) {
        let (path, problem, fix) = match self.mistakes.len() {
            count if count > LISTED => return,
            LISTED => {
                (String::new(), "the document has more mistakes, which are not listed".into(), None)
            }
            _ => (shown(path), problem.into(), fix),
        };
        self.mistakes.push(Mistake { place, path, problem, fix });
    }

    /// Compares an object with the fields of its kind. At the top, `apiVersion` and `kind` belong to every object.
    pub(super) fn document(&mut self, root: &Node, object: usize, path: &str) {
        self.object(root, object, path, true);
    }

    fn value(&mut self, node: &Node, place: Place, of: Type, path: &str) {
        if node.data == Data::Null {
            // Null is absent.
            return;
        }
        match (of, &node.data) {
            (Type::Any, _)
            | (Type::Text | Type::Quantity | Type::Time | Type::IntOrText, Data::Text(_))
            | (Type::Boolean, Data::Boolean(_))
            | (Type::Number, Data::Number(_)) => self.form(node, place, of, path),
            (Type::Quantity, Data::Number(_)) => {}
            (Type::Int32 | Type::IntOrText, Data::Number(number)) => {
                let fits = number.as_i64().is_some_and(|number| i32::try_from(number).is_ok());
                if !fits {
                    self.add(place, path, format!("{number} is not an integer of 32 bits"), None);
                }
            }
            (Type::Int64, Data::Number(number)) => {
                if number.as_i64().is_none() {
                    self.add(place, path, format!("{number} is not an integer of 64 bits"), None);
                }
            }
            (Type::Bytes, Data::Text(text)) => {
                if !is_base64(text) {
                    let fix =
                        path.ends_with("]").then(|| "write plain text in `stringData`".to_owned());
                    self.add(place, path, "not base64", fix.filter(|_| path.starts_with("data")));
                }
            }
            (Type::List(of), Data::List(items)) => {
                for (number, item) in items.iter().enumerate() {
                    self.value(item, item.place, *of, &within(path, number));
                }
            }
            (Type::Map(of), Data::Fields(fields)) => {
                for field in fields {
                    let path = within(path, &field.name);
                    self.value(&field.value, field.value.place, *of, &path);
                }
            }
            (Type::Object(object), Data::Fields(_)) => self.object(node, object, path, false),
            _ => {
                let problem = format!("{} is expected, not {}", words(of), node.kind());
                self.add(place, path, problem, hints::of_type(of, node));
            }
        }
    }

    fn form(&mut self, node: &Node, place: Place, of: Type, path: &str) {
        if let (Type::Quantity, Data::Text(text)) = (of, &node.data)
            && !is_quantity(text)
        {
            let problem = format!("`{}` is not a quantity such as `500m` or `1Gi`", shown(text));
            self.add(place, path, problem, None);
        }
    }

    fn object(&mut self, node: &Node, place: usize, path: &str, top: bool) {
        let Some(object) = SCHEMA.object(place) else { return };
        let Data::Fields(fields) = &node.data else {
            let problem = format!("an object is expected, not {}", node.kind());
            self.add(node.place, path, problem, None);
            return;
        };
        self.way.push((place, path.to_owned()));
        for field in fields {
            let path = below(path, &field.name);
            if top && matches!(field.name.as_str(), "apiVersion" | "kind") {
                self.value(&field.value, field.value.place, Type::Text, &path);
                continue;
            }
            match object.fields.get(field.name.as_str()) {
                Some(known) => {
                    self.version(field, known.span.first, known.span.last, &path);
                    self.value(&field.value, field.value.place, known.of, &path);
                }
                None => self.unknown(field, object, &path),
            }
        }
        self.way.pop();
    }

    /// A field that the asked version of Kubernetes does not have drops what it sets.
    fn version(&mut self, field: &Field, first: Option<u16>, last: Option<u16>, path: &str) {
        if field.value.data == Data::Null {
            return;
        }
        if let Some(first) = first.filter(|first| self.minor < *first) {
            let problem = format!(
                "the field exists since Kubernetes 1.{first}, and this is 1.{}",
                self.minor
            );
            self.add(field.place, path, problem, None);
        }
        if let Some(last) = last.filter(|last| self.minor > *last) {
            let problem = format!("the field does not exist since Kubernetes 1.{}", last + 1);
            self.add(field.place, path, problem, None);
        }
    }

    fn unknown(&mut self, field: &Field, object: &Object, path: &str) {
        if *self.hints == 0 || self.mistakes.len() >= LISTED {
            self.add(field.place, path, "unknown field", None);
            return;
        }
        *self.hints -= 1;
        let fix = hints::of_field(field, object, path, &self.way).or_else(|| {
            let near = nearest(&field.name, object.fields.keys().copied());
            did_you_mean(&near)
        });
        let fix = fix.or_else(|| {
            let known: Vec<&str> = object.fields.keys().copied().collect();
            (known.len() <= 8).then(|| format!("known are `{}`", known.join("`, `")))
        });
        self.add(field.place, path, "unknown field", fix);
    }
}

/// What a value has to be, in the words of YAML.
fn words(of: Type) -> &'static str {
    match of {
        Type::Text => "a string",
        Type::Boolean => "a boolean",
        Type::Int32 | Type::Int64 => "an integer",
        Type::Number => "a number",
        Type::Bytes => "a base64 string",
        Type::IntOrText => "an integer or a string",
        Type::Quantity => "a quantity such as `500m` or `1Gi`",
        Type::Time => "a time such as `2026-11-30T12:00:00Z`",
        Type::Any => "anything",
        Type::List(_) => "a list",
        Type::Map(_) | Type::Object(_) => "an object",
    }
}

/// Whether a text is base64 as Go decodes it: with padding, and with line breaks anywhere.
fn is_base64(text: &str) -> bool {
    let plain: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')).collect();
    let body = plain.iter().rposition(|byte| *byte != b'=').map_or(0, |place| place + 1);
    let (digits, padding) = plain.split_at(body);
    plain.len().is_multiple_of(4)
        && padding.len() <= 2
        && digits.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
}

/// Whether a text is a
/// [quantity](https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/).
fn is_quantity(text: &str) -> bool {
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end =
        unsigned.find(|one: char| !one.is_ascii_digit() && one != '.').unwrap_or(unsigned.len());
    let (number, suffix) = unsigned.split_at(end);
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    let exponent = |text: &str| {
        let text = text.strip_prefix(['+', '-']).unwrap_or(text);
        !text.is_empty() && text.bytes().all(|one| one.is_ascii_digit())
    };
    digits > 0
        && digits + 1 >= number.len()
        && (matches!(
            suffix,
            "" | "n"
                | "u"
                | "m"
                | "k"
                | "M"
                | "G"
                | "T"
                | "P"
                | "E"
                | "Ki"
                | "Mi"
                | "Gi"
                | "Ti"
                | "Pi"
                | "Ei"
        ) || suffix.strip_prefix(['e', 'E']).is_some_and(exponent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantities_and_base64_are_those_of_the_server() {
        for (text, good) in [
            ("1", true),
            ("500m", true),
            ("1.5Gi", true),
            ("1e3", true),
            ("1E", true),
            (".5", true),
            ("-1", true),
            ("", false),
            (".", false),
            ("1GB", false),
            ("1 Gi", false),
            ("Gi", false),
            ("1.2.3", false),
            ("1e", false),
        ] {
            assert_eq!(is_quantity(text), good, "{text}");
        }
        for (text, good) in [
            ("", true),
            ("YQ==", true),
            ("YWJj", true),
            ("YW\nJj", true),
            ("YQ=", false),
            ("YQ", false),
            ("a-b_", false),
            ("====", false),
        ] {
            assert_eq!(is_base64(text), good, "{text}");
        }
    }
}
