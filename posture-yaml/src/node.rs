//! A document as a tree in which every value has its place.

use std::collections::HashMap;

use serde_json::{Map, Number, Value};

/// A place in a file. Both numbers start at 1; a column counts characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character in the line.
    pub column: usize,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it begins.
    pub place: Place,
    /// What it is.
    pub data: Data,
    /// A tag that is not one of YAML itself, such as `!reset`.
    pub tag: Option<Box<str>>,
}

/// What a value is.
#[derive(Clone, Debug, PartialEq)]
pub enum Data {
    /// Nothing.
    Null,
    /// A boolean.
    Boolean(bool),
    /// A number.
    Number(Number),
    /// A string.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// In the order of the file.
    Fields(Vec<Field>),
}

/// A field of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where its name is.
    pub place: Place,
    /// Its value.
    pub value: Node,
}

impl Node {
    /// A value without a tag.
    pub const fn new(place: Place, data: Data) -> Self {
        Self { place, data, tag: None }
    }

    /// What it is, in the words of YAML.
    pub const fn kind(&self) -> &'static str {
        match self.data {
            Data::Null => "nothing",
            Data::Boolean(_) => "a boolean",
            Data::Number(_) => "a number",
            Data::Text(_) => "a string",
            Data::List(_) => "a list",
            Data::Fields(_) => "an object",
        }
    }

    /// The field of a name, unless it is null.
    pub fn get(&self, name: &str) -> Option<&Field> {
        let Data::Fields(fields) = &self.data else { return None };
        fields.iter().find(|field| field.name == name && field.value.data != Data::Null)
    }

    /// The text of a field.
    pub fn text(&self, name: &str) -> Option<&str> {
        match &self.get(name)?.value.data {
            Data::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number of values in it, itself included.
    pub fn size(&self) -> usize {
        1 + match &self.data {
            Data::List(items) => items.iter().map(Self::size).sum::<usize>(),
            Data::Fields(fields) => fields.iter().map(|field| field.value.size()).sum(),
            _ => 0,
        }
    }

    /// The bytes of the text in it.
    pub fn bytes(&self) -> usize {
        match &self.data {
            Data::Text(text) => text.len(),
            Data::List(items) => items.iter().map(Self::bytes).sum(),
            Data::Fields(fields) => {
                fields.iter().map(|field| field.name.len() + field.value.bytes()).sum()
            }
            _ => 0,
        }
    }

    /// How many levels are in it, itself included.
    pub fn depth(&self) -> usize {
        1 + match &self.data {
            Data::List(items) => items.iter().map(Self::depth).max().unwrap_or(0),
            Data::Fields(fields) => {
                fields.iter().map(|field| field.value.depth()).max().unwrap_or(0)
            }
            _ => 0,
        }
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        match &self.data {
            Data::Null => Value::Null,
            Data::Boolean(value) => Value::Bool(*value),
            Data::Number(number) => Value::Number(number.clone()),
            Data::Text(text) => Value::String(text.clone()),
            Data::List(items) => Value::Array(items.iter().map(Self::json).collect()),
            Data::Fields(fields) => {
                let entries = fields.iter().map(|field| (field.name.clone(), field.value.json()));
                Value::Object(entries.collect::<Map<String, Value>>())
            }
        }
    }

    /// The place of a path such as `spec.ingress[0].from[1]`: of the field itself, or of what is nearest to it.
    pub fn place_of(&self, path: &str) -> Place {
        let (mut node, mut place, mut rest) = (self, self.place, path);
        while !rest.is_empty() {
            let next = if let Some(inner) = rest.strip_prefix('[') {
                let Some((key, after)) = inner.split_once(']') else { return place };
                rest = after;
                match (&node.data, key.parse::<usize>()) {
                    (Data::List(items), Ok(number)) => {
                        items.get(number).map(|item| (item.place, item))
                    }
                    _ => node.get(key).map(|field| (field.place, &field.value)),
                }
            } else {
                let inner = rest.strip_prefix('.').unwrap_or(rest);
                let end = inner.find(['.', '[']).unwrap_or(inner.len());
                let (name, after) = inner.split_at(end);
                rest = after;
                node.get(name).map(|field| (field.place, &field.value))
            };
            match next {
                Some((found, inner)) => (place, node) = (found, inner),
                None => return place,
            }
        }
        place
    }
}

/// Adds the fields of `<<`, of which those that are there already win.
pub(crate) fn merge(
    value: Node,
    fields: &mut Vec<Field>,
    places: &mut HashMap<String, Place>,
) -> Result<(), &'static str> {
    let each = match value.data {
        Data::List(items) => items,
        _ => vec![value],
    };
    for one in each {
        let Data::Fields(more) = one.data else { return Err("`<<` merges objects only") };
        for field in more {
            if !places.contains_key(&field.name) {
                places.insert(field.name.clone(), field.place);
                fields.push(field);
            }
        }
    }
    Ok(())
}
