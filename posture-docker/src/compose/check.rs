//! Compares a Compose file with the fields that it may have, and collects every mistake.

use posture_model::suggest::{did_you_mean, nearest};
use posture_yaml::{Data, Field, Node, below, shown, within};

use super::hints;
use super::merge::is_reset;
use super::schema::{Object, SCHEMA, Type};
use super::size::{boolean, bytes};
use super::variables::open;
use crate::mistake::Mistake;

/// How many mistakes of a file are listed.
const LISTED: usize = 100;

/// The mistakes of a document.
pub(super) fn document(root: &Node, mistakes: &mut Vec<Mistake>) {
    let mut checker = Checker { mistakes };
    checker.object(root, "File", "");
}

struct Checker<'m> {
    mistakes: &'m mut Vec<Mistake>,
}

impl Checker<'_> {
    fn add(&mut self, mistake: Mistake) {
        match self.mistakes.len() {
            count if count > LISTED => {}
            LISTED => self.mistakes.push(Mistake::new(
                mistake.place,
                "",
                "the file has more mistakes, which are not listed",
            )),
            _ => self.mistakes.push(mistake),
        }
    }

    fn value(&mut self, node: &Node, of: &Type, path: &str) {
        // `!reset` removes what another file sets, whatever it is.
        if open(node).is_some() || is_reset(node) {
            return;
        }
        match (of, &node.data) {
            (Type::Any, _)
            | (Type::Text, Data::Text(_))
            | (Type::OnlyBoolean | Type::Boolean, Data::Boolean(_))
            | (Type::Number | Type::Size, Data::Number(_))
            | (Type::Scalar, Data::Text(_) | Data::Number(_) | Data::Boolean(_) | Data::Null)
            | (Type::Null, Data::Null) => {}
            (Type::Boolean, Data::Text(text)) if boolean(text).is_some() => {}
            (Type::Integer, Data::Number(number)) if number.as_i64().is_some() => {}
            (Type::Integer, Data::Text(text)) if text.parse::<i64>().is_ok() => {}
            (Type::Number, Data::Text(text)) if text.parse::<f64>().is_ok() => {}
            (Type::Size, Data::Text(text)) if bytes(text).is_some() => {}
            (Type::OneOf(all), Data::Text(text)) if all.contains(&text.as_str()) => {}
            (Type::List(of, once), Data::List(items)) => self.list(items, of, *once, path),
            (Type::Map(of), Data::Fields(fields)) => {
                for field in fields {
                    self.name(field, path);
                    self.value(&field.value, of, &below(path, &field.name));
                }
            }
            (Type::Object(name), Data::Fields(_)) => self.object(node, name, path),
            (Type::Either(all), _) => match all.iter().find(|of| is_kind(of, node)) {
                Some(of) => self.value(node, of, path),
                None => self.wrong(node, of, path),
            },
            _ => self.wrong(node, of, path),
        }
    }

    fn wrong(&mut self, node: &Node, of: &Type, path: &str) {
        let problem = match (of, &node.data) {
            (Type::OneOf(_) | Type::Size | Type::Boolean, Data::Text(text)) => {
                format!("{} is expected, not `{}`", words(of), shown(text))
            }
            _ => format!("{} is expected, not {}", words(of), node.kind()),
        };
        let mistake = Mistake::new(node.place, path, problem);
        self.add(match hints::of_type(of, node, path) {
            Some(fix) => mistake.fix(fix),
            None => mistake,
        });
    }

    fn list(&mut self, items: &[Node], of: &Type, once: bool, path: &str) {
        for (number, item) in items.iter().enumerate() {
            let path = within(path, number);
            self.value(item, of, &path);
            let text = |node: &Node| match &node.data {
                Data::Text(text) => Some(text.clone()),
                Data::Number(number) => Some(number.to_string()),
                _ => None,
            };
            let before = items.get(..number).unwrap_or_default();
            // Bounded: long lists have texts of their own.
            let again = once
                && number < 1000
                && text(item).is_some()
                && before.iter().any(|one| text(one) == text(item));
            if again {
                let mistake = Mistake::new(item.place, &path, "the item is already in the list");
                self.add(mistake.fix("keep one of them"));
            }
        }
    }

    /// Names of services and the like.
    fn name(&mut self, field: &Field, path: &str) {
        let is_named =
            matches!(path, "services" | "networks" | "volumes" | "secrets" | "configs" | "models");
        let is_plain = |one: char| one.is_ascii_alphanumeric() || "._-".contains(one);
        if is_named && !field.name.starts_with("x-") && !field.name.chars().all(is_plain) {
            let problem = "a name may have letters, digits, `.`, `_` and `-` only";
            self.add(Mistake::new(field.place, &below(path, &field.name), problem));
        }
    }

    fn object(&mut self, node: &Node, name: &'static str, path: &str) {
        let Some(object) = SCHEMA.object(name) else { return };
        let Data::Fields(fields) = &node.data else {
            let problem = format!("an object is expected, not {}", node.kind());
            return self.add(Mistake::new(node.place, path, problem));
        };
        for field in fields {
            let path = below(path, &field.name);
            match object.fields.get(field.name.as_str()) {
                // Compose takes a field without a value as one that is not there, except where that has a meaning.
                Some(known) if field.value.data == Data::Null && !known.required => {
                    self.nothing(field, &known.of, &path);
                }
                Some(known) => self.value(&field.value, &known.of, &path),
                None if field.name.starts_with("x-") && !object.closed => {}
                None => self.unknown(field, name, object, &path),
            }
        }
        for (required, known) in &object.fields {
            let is_there = fields.iter().any(|field| field.name == *required);
            if known.required && !is_there {
                let problem = format!("`{required}` is missing");
                self.add(Mistake::new(node.place, path, problem));
            }
        }
    }

    /// A field without a value.
    fn nothing(&mut self, field: &Field, of: &Type, path: &str) {
        let may_be = match of {
            Type::Any | Type::Null | Type::Scalar => true,
            Type::Either(all) => all.contains(&Type::Null),
            _ => false,
        };
        let is_reset = field.value.tag.is_some();
        // The sections of a file may be empty.
        let is_section = !path.contains('.');
        if !may_be && !is_reset && !is_section {
            let problem = format!("{} is expected, not nothing", words(of));
            self.add(
                Mistake::new(field.place, path, problem).fix("write a value, or remove the field"),
            );
        }
    }

    fn unknown(&mut self, field: &Field, name: &str, object: &Object, path: &str) {
        let mistake = Mistake::new(field.place, path, "unknown field");
        let fix = hints::of_field(&field.name, name, object).or_else(|| {
            let near = nearest(&field.name, object.fields.keys().copied());
            did_you_mean(&near)
        });
        self.add(match fix {
            Some(fix) => mistake.fix(fix),
            None => mistake,
        });
    }
}

/// Whether a value is of the kind that a type asks for, whatever it holds.
fn is_kind(of: &Type, node: &Node) -> bool {
    matches!(
        (of, &node.data),
        (Type::Any, _)
            | (Type::Text | Type::OneOf(_), Data::Text(_))
            | (Type::Boolean | Type::OnlyBoolean | Type::Scalar, Data::Boolean(_))
            | (Type::Integer | Type::Number | Type::Size | Type::Scalar, Data::Number(_))
            | (Type::Scalar, Data::Text(_) | Data::Null)
            | (Type::Null, Data::Null)
            | (Type::List(..), Data::List(_))
            | (Type::Map(_) | Type::Object(_), Data::Fields(_))
    )
}

/// What a value has to be, in the words of YAML.
fn words(of: &Type) -> String {
    match of {
        Type::Text => "a string".to_owned(),
        Type::Boolean | Type::OnlyBoolean => "`true` or `false`".to_owned(),
        Type::Integer => "an integer".to_owned(),
        Type::Number => "a number".to_owned(),
        Type::Size => "a size such as `512m`".to_owned(),
        Type::Scalar => "a string or a number".to_owned(),
        Type::Null => "nothing".to_owned(),
        Type::Any => "anything".to_owned(),
        Type::OneOf(all) => format!("`{}`", all.join("`, `")),
        Type::List(..) => "a list".to_owned(),
        Type::Map(_) | Type::Object(_) => "an object".to_owned(),
        Type::Either(all) => {
            let mut each: Vec<String> =
                all.iter().filter(|of| **of != Type::Null).map(words).collect();
            each.dedup();
            each.join(" or ")
        }
    }
}
