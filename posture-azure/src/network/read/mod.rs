//! Rows of Resource Graph, read into what decides what the internet reaches.

mod balancers;
mod groups;
mod interfaces;
mod networks;
#[cfg(test)]
mod published;
mod scale_sets;

use posture_model::gap::{Gap, Reason};
use posture_model::network::Family;
use serde_json::Value;

use super::Table;
use crate::view::{Misfit, Read, View, same, word};

pub(crate) use balancers::balancer;
pub(crate) use groups::{group, made};
pub(crate) use interfaces::interface;
pub(crate) use networks::{address, firewall, gateway, network, route_table};
pub(crate) use scale_sets::scale_set;

/// An id as it compares.
pub(crate) fn plain(id: &str) -> String {
    id.trim_matches('/').to_ascii_lowercase()
}

/// A row of an action, as it is read.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    pub(crate) view: View<'a>,
    pub(crate) action: &'static str,
    /// The id in small letters.
    pub(crate) id: &'a str,
    pub(crate) name: &'a str,
}

impl Row<'_> {
    /// The gap of an unknown word.
    pub(crate) fn unknown(&self, word: &str) -> Gap {
        let mut gap = Gap::new(self.action, self.id, Reason::Unsupported);
        gap.detail = Some(format!("unknown value `{}`", posture_model::fact::cut(word)));
        gap
    }
}

/// What was read of the rows of one type.
pub(crate) fn table<T>(
    action: &'static str,
    rows: &Result<Vec<Value>, Gap>,
    read: impl Fn(Row<'_>) -> Read<T>,
) -> Table<T> {
    let mut table = Table::new(action);
    let rows = match rows {
        Ok(rows) => rows,
        Err(gap) => {
            table.missing = Some(gap.clone());
            return table;
        }
    };
    for row in rows {
        let id = plain(word(row, "id").unwrap_or_default());
        let name = crate::view::name_of(row);
        let view = View(row);
        let found = view
            .need("properties", View::object)
            .and_then(|_| read(Row { view, action, id: &id, name }));
        let found = found.map_err(|Misfit(path)| misfit(action, &id, &path));
        table.items.insert(id, found);
    }
    table
}

/// The gap of a property that does not fit.
pub(crate) fn misfit(action: &str, id: &str, path: &str) -> Gap {
    let mut gap = Gap::new(action, id, Reason::Malformed);
    gap.detail = Some(format!("`{path}` has an unexpected type"));
    gap
}

fn odd<T>(path: &str) -> Read<T> {
    Err(Misfit(path.to_owned()))
}

/// The id that a property refers to, where there is one. An empty one refers to nothing.
fn reference(view: View<'_>, path: &str) -> Read<Option<String>> {
    let id = view.text(&format!("{path}.id"))?;
    if id.is_none() && view.object(path)?.is_some() {
        return odd(path);
    }
    Ok(id.filter(|id| !id.is_empty()).map(plain))
}

/// The ids that a list refers to.
fn references(view: View<'_>, path: &str) -> Read<Vec<String>> {
    view.items(path)?.into_iter().map(|item| Ok(plain(item.need("id", View::text)?))).collect()
}

/// The version of the internet protocol of a configuration of an interface. One that does not say is of version 4.
fn family(view: View<'_>) -> Read<Family> {
    const PATH: &str = "properties.privateIPAddressVersion";
    match view.text(PATH)? {
        None => Ok(Family::V4),
        Some(text) if same(text, "IPv4") => Ok(Family::V4),
        Some(text) if same(text, "IPv6") => Ok(Family::V6),
        Some(_) => odd(PATH),
    }
}

fn port(view: View<'_>, path: &str) -> Read<Option<u16>> {
    let number = view.number(path)?;
    number.map(u16::try_from).transpose().or_else(|_| odd(path))
}
