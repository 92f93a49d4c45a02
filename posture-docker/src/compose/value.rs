//! Reading a service: a value that holds a variable without a known value is open, with the reason.

use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_yaml::{Data, Node, shown};

use super::size::{boolean, bytes};
use super::variables::open;
use crate::info::COMPOSE;

/// A service, with where its gaps go.
#[derive(Clone, Copy)]
pub(super) struct View<'n> {
    pub(super) node: &'n Node,
    pub(super) gaps: &'n Register,
    /// The ID of the resource.
    pub(super) id: &'n str,
}

impl<'n> View<'n> {
    /// Why a value is open.
    pub(super) fn open(&self, what: &str, variable: &str) -> GapId {
        let detail = format!(
            "`{what}` holds the variable `{}`, whose value is not known: give a file of variables with `--env-file`",
            shown(variable)
        );
        self.gaps.note(Gap::undetermined(COMPOSE, self.id, &detail))
    }

    pub(super) fn undetermined(&self, detail: &str) -> GapId {
        self.gaps.note(Gap::undetermined(COMPOSE, self.id, detail))
    }

    /// A field; none where it is not there or empty.
    pub(super) fn get(&self, field: &str) -> Option<&'n Node> {
        self.node.get(field).map(|field| &field.value)
    }

    /// An object in it.
    pub(super) fn object(&self, field: &str) -> Option<Self> {
        self.get(field).map(|node| Self { node, ..*self })
    }

    /// A field, read by a function that gets none where it is not there. A file that was checked has no other types.
    fn read<T>(&self, field: &str, read: impl FnOnce(Option<&'n Node>) -> T) -> Fact<T> {
        let node = self.get(field);
        match node.and_then(open) {
            Some(variable) => Open(self.open(field, variable)),
            None => Known(read(node)),
        }
    }

    pub(super) fn boolean(&self, field: &str, default: bool) -> Fact<bool> {
        self.read(field, |node| match node.map(|node| &node.data) {
            Some(Data::Boolean(value)) => *value,
            Some(Data::Text(text)) => boolean(text).unwrap_or(default),
            _ => default,
        })
    }

    pub(super) fn text(&self, field: &str) -> Fact<Option<String>> {
        self.read(field, |node| match node.map(|node| &node.data) {
            Some(Data::Text(text)) => Some(text.clone()),
            Some(Data::Number(number)) => Some(number.to_string()),
            _ => None,
        })
    }

    /// Whether a number or a size is greater than zero; not where it is not there.
    pub(super) fn is_positive(&self, field: &str) -> Fact<bool> {
        self.number(field).map(|number| number.is_some_and(|number| number > 0.0))
    }

    pub(super) fn number(&self, field: &str) -> Fact<Option<f64>> {
        self.read(field, |node| match node.map(|node| &node.data) {
            Some(Data::Number(number)) => number.as_f64(),
            Some(Data::Text(text)) => bytes(text),
            _ => None,
        })
    }

    /// The items of a list.
    pub(super) fn list(&self, field: &str) -> &'n [Node] {
        match self.get(field).map(|node| &node.data) {
            Some(Data::List(items)) => items,
            _ => &[],
        }
    }

    /// The texts of a list, and why there may be others.
    pub(super) fn texts(&self, field: &str) -> (Vec<String>, Option<GapId>) {
        let mut all = Vec::new();
        let mut gap = None;
        for item in self.list(field) {
            match (open(item), &item.data) {
                (Some(variable), _) => gap = Some(self.open(field, variable)),
                (None, Data::Text(text)) => all.push(text.clone()),
                (None, Data::Number(number)) => all.push(number.to_string()),
                _ => {}
            }
        }
        // A list may be a variable as a whole.
        if let Some(variable) = self.get(field).and_then(open) {
            gap = Some(self.open(field, variable));
        }
        (all, gap)
    }

    /// Names with their values: an object, or a list of `NAME=value`. A value is none where it comes from the shell.
    pub(super) fn pairs(&self, field: &str) -> Vec<(String, Fact<Option<String>>)> {
        let value = |node: &Node| match (open(node), &node.data) {
            (Some(variable), _) => Open(self.open(field, variable)),
            (None, Data::Text(text)) => Known(Some(text.clone())),
            (None, Data::Number(number)) => Known(Some(number.to_string())),
            (None, Data::Boolean(value)) => Known(Some(value.to_string())),
            _ => Known(None),
        };
        let Some(node) = self.get(field) else { return Vec::new() };
        match &node.data {
            Data::Fields(fields) => {
                fields.iter().map(|field| (field.name.clone(), value(&field.value))).collect()
            }
            Data::List(items) => {
                let texts = items.iter().filter_map(|item| match &item.data {
                    Data::Text(text) => Some((item, text)),
                    _ => None,
                });
                let pairs = texts.map(|(item, text)| match text.split_once('=') {
                    Some((name, rest)) => {
                        let value = match open(item) {
                            Some(variable) => Open(self.open(field, variable)),
                            None => Known(Some(rest.to_owned())),
                        };
                        (name.to_owned(), value)
                    }
                    None => (text.clone(), Known(None)),
                });
                pairs.collect()
            }
            _ => Vec::new(),
        }
    }
}
