//! The fields of Compose files: data in `data/compose.txt`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEXT: &str = include_str!("../../data/compose.txt");

/// The fields of all objects, read once.
pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(TEXT));

/// What a value has to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    /// A boolean, or a text that is one.
    Boolean,
    /// A boolean and nothing else.
    OnlyBoolean,
    /// An integer, or a text that is one.
    Integer,
    /// A number, or a text that is one.
    Number,
    /// A number of bytes, or a text such as `512m`.
    Size,
    /// A text, a number, a boolean or nothing.
    Scalar,
    Null,
    Any,
    /// One of these texts.
    OneOf(Vec<&'static str>),
    /// A list of these; whether each may be there once.
    List(Box<Self>, bool),
    /// An object whose keys are the author's choice.
    Map(Box<Self>),
    /// An object, by its name.
    Object(&'static str),
    /// One of these.
    Either(Vec<Self>),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) of: Type,
    pub(super) required: bool,
}

#[derive(Debug, Default)]
pub(super) struct Object {
    pub(super) fields: BTreeMap<&'static str, Field>,
    /// Whether it has no extension fields.
    pub(super) closed: bool,
}

#[derive(Debug, Default)]
pub(super) struct Schema {
    objects: BTreeMap<&'static str, Object>,
}

impl Schema {
    fn read(text: &'static str) -> Self {
        let mut schema = Self::default();
        let mut current = "";
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let words: Vec<&'static str> = line.split(' ').collect();
            match words.as_slice() {
                [":", name, rest @ ..] => {
                    current = name;
                    let closed = rest == ["closed"];
                    schema.objects.insert(name, Object { closed, ..Object::default() });
                }
                [name, of] => {
                    let (name, required) = match name.strip_suffix('*') {
                        Some(name) => (name, true),
                        None => (*name, false),
                    };
                    if let Some(object) = schema.objects.get_mut(current) {
                        object.fields.insert(name, Field { of: type_of(of), required });
                    }
                }
                _ => {}
            }
        }
        schema
    }

    pub(super) fn object(&self, name: &str) -> Option<&Object> {
        self.objects.get(name)
    }
}

/// The parts of a text between `|` that are not within brackets.
fn parts(text: &'static str) -> Vec<&'static str> {
    let (mut depth, mut start, mut all) = (0_usize, 0, Vec::new());
    for (place, one) in text.char_indices() {
        match one {
            '[' | '{' | '(' => depth += 1,
            ']' | '}' | ')' => depth = depth.saturating_sub(1),
            '|' if depth == 0 => {
                all.extend(text.get(start..place));
                start = place + 1;
            }
            _ => {}
        }
    }
    all.extend(text.get(start..));
    all
}

fn type_of(text: &'static str) -> Type {
    let all = parts(text);
    if all.len() > 1 {
        return Type::Either(all.into_iter().map(type_of).collect());
    }
    let between = |text: &'static str, open, close| text.strip_prefix(open)?.strip_suffix(close);
    if let Some(of) = between(text, '[', ']') {
        return Type::List(Box::new(type_of(of)), false);
    }
    if let Some(of) = text.strip_suffix('!').and_then(|text| between(text, '[', ']')) {
        return Type::List(Box::new(type_of(of)), true);
    }
    if let Some(of) = between(text, '{', '}') {
        return Type::Map(Box::new(type_of(of)));
    }
    if let Some(all) = between(text, '(', ')') {
        return Type::OneOf(all.split(',').collect());
    }
    match text {
        "str" => Type::Text,
        "bool" => Type::Boolean,
        "boolean" => Type::OnlyBoolean,
        "int" => Type::Integer,
        "num" => Type::Number,
        "size" => Type::Size,
        "scalar" => Type::Scalar,
        "null" => Type::Null,
        "any" => Type::Any,
        name => Type::Object(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(of: &Type, all: &mut Vec<&'static str>) {
        match of {
            Type::Object(name) => all.push(name),
            Type::List(of, _) | Type::Map(of) => names(of, all),
            Type::Either(each) => each.iter().for_each(|of| names(of, all)),
            _ => {}
        }
    }

    #[test]
    fn the_data_is_complete() {
        let schema = &*SCHEMA;
        let mut used = vec!["File"];
        for object in schema.objects.values() {
            assert!(!object.fields.is_empty());
            object.fields.values().for_each(|field| names(&field.of, &mut used));
        }
        // A type that is misspelled would be an object that does not exist.
        for name in &used {
            assert!(schema.object(name).is_some(), "{name}");
        }
        for name in schema.objects.keys() {
            assert!(used.contains(name), "{name} is used nowhere");
        }
        let lines = TEXT.lines().filter(|line| !line.starts_with(['#', ':'])).count();
        let fields: usize = schema.objects.values().map(|object| object.fields.len()).sum();
        assert_eq!(fields, lines, "a field is there twice");
    }

    #[test]
    fn types_are_read_with_their_parts() {
        let field = |object: &str, name: &str| &SCHEMA.object(object).unwrap().fields[name];
        assert_eq!(field("Service", "privileged").of, Type::Boolean);
        assert_eq!(field("Service", "cap_add").of, Type::List(Box::new(Type::Text), true));
        let either = Type::Either(vec![Type::Text, Type::Object("Build")]);
        assert_eq!(field("Service", "build").of, either);
        assert!(field("Mount", "type").required && !field("Mount", "source").required);
        assert!(SCHEMA.object("Extends").unwrap().closed);
        assert_eq!(field("Service", "cgroup").of, Type::OneOf(vec!["host", "private"]));
    }
}
