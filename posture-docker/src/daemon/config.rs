//! `daemon.json`, strictly: a key that the daemon does not know keeps it from starting.

use std::collections::BTreeMap;

use posture_model::suggest::{did_you_mean, nearest};
use posture_yaml::{Data, Limits, Node, Place, Scalars, shown};
use serde_json::Value;

use super::keys::{KEYS, REMOVED, Type, of_flag, of_key};
use crate::mistake::Mistake;

/// A configuration without a mistake.
#[derive(Clone, Debug, Default)]
pub(crate) struct Config {
    pub(crate) file: String,
    pub(super) values: BTreeMap<&'static str, Value>,
}

/// Whether an object is a configuration of the daemon: at least one of its keys is one of it, or nearly so, and it is not of another
/// program.
pub(crate) fn is_config(value: &Value) -> bool {
    let Value::Object(fields) = value else { return false };
    let known = fields.keys().filter(|name| of_key(name).is_some() || is_removed(name)).count();
    known > 0 && known * 2 >= fields.len()
}

fn is_removed(name: &str) -> bool {
    REMOVED.items().iter().any(|(removed, _)| *removed == name)
}

/// Reads a configuration.
///
/// # Errors
/// The mistakes, in the order of the file.
pub(crate) fn read(bytes: &[u8], file: &str, limits: &Limits) -> Result<Config, Vec<Mistake>> {
    let text = posture_yaml::decode(bytes, limits).map_err(|trouble| vec![(*trouble).into()])?;
    if text.trim().is_empty() {
        // The daemon reads an empty file as one without options.
        return Ok(Config { file: file.to_owned(), ..Config::default() });
    }
    if let Err(error) = serde_json::from_str::<Value>(text) {
        let place = Place { line: error.line().max(1), column: error.column().max(1) };
        return Err(vec![Mistake::new(place, "", "not valid JSON").fix(reason(&error))]);
    }
    // JSON has no tab within a string, and YAML none before a value.
    let spaced = text.replace('\t', " ");
    let mut documents = posture_yaml::documents(&spaced, limits, Scalars::Yaml12).into_iter();
    let Some(document) = documents.next() else {
        return Ok(Config { file: file.to_owned(), ..Config::default() });
    };
    if !document.troubles.is_empty() {
        return Err(document.troubles.into_iter().map(Mistake::from).collect());
    }
    let Some(root) = document.root else {
        return Ok(Config { file: file.to_owned(), ..Config::default() });
    };
    let mut mistakes = Vec::new();
    let values = options(&root, &mut mistakes);
    if mistakes.is_empty() { Ok(Config { file: file.to_owned(), values }) } else { Err(mistakes) }
}

/// What is wrong with JSON, without the place, which the mistake has.
fn reason(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let text = text.split(" at line ").next().unwrap_or_default();
    shown(text)
}

fn options(root: &Node, mistakes: &mut Vec<Mistake>) -> BTreeMap<&'static str, Value> {
    let mut values = BTreeMap::new();
    let Data::Fields(fields) = &root.data else {
        let problem = format!("an object is expected, not {}", root.kind());
        mistakes.push(Mistake::new(root.place, "", problem));
        return values;
    };
    for field in fields {
        let name = field.name.as_str();
        let Some(key) = of_key(name) else {
            mistakes.push(unknown(name, field.place));
            continue;
        };
        let value = &field.value;
        if value.data == Data::Null {
            continue;
        }
        if let Err(mistake) = fits(value, key.of, name) {
            mistakes.push(mistake);
            continue;
        }
        values.insert(key.name, value.json());
    }
    values
}

fn unknown(name: &str, place: Place) -> Mistake {
    if let Some((_, instead)) = REMOVED.items().iter().find(|(removed, _)| *removed == name) {
        let problem = "current engines do not have this option, and do not start with it";
        return Mistake::new(place, name, problem).fix(*instead);
    }
    let mistake = Mistake::new(place, name, "unknown option, with which the daemon does not start");
    // The name of the flag instead of that of the key.
    if let Some(key) = of_flag(name.trim_start_matches('-')) {
        return mistake.fix(format!("write `{}`", key.name));
    }
    let plain = |text: &str| text.replace(['-', '_'], "").to_ascii_lowercase();
    if let Some(same) = KEYS.items().iter().find(|key| plain(key.name) == plain(name)) {
        return mistake.fix(format!("write `{}`", same.name));
    }
    match did_you_mean(&nearest(name, KEYS.items().iter().map(|key| key.name))) {
        Some(fix) => mistake.fix(fix),
        None => mistake,
    }
}

fn fits(value: &Node, of: Type, path: &str) -> Result<(), Mistake> {
    let expected = match (of, &value.data) {
        (Type::Boolean, Data::Boolean(_))
        | (Type::Text, Data::Text(_))
        | (Type::Size, Data::Text(_) | Data::Number(_))
        | (Type::Object, Data::Fields(_))
        | (Type::Any, _) => return Ok(()),
        (Type::Integer, Data::Number(number)) if number.as_i64().is_some() => return Ok(()),
        (Type::Texts, Data::List(items)) => {
            let wrong = items.iter().position(|item| !matches!(item.data, Data::Text(_)));
            let Some((place, item)) = wrong.and_then(|at| Some((at, items.get(at)?))) else {
                return Ok(());
            };
            let path = format!("{path}[{place}]");
            let problem = format!("a string is expected, not {}", item.kind());
            return Err(Mistake::new(item.place, &path, problem));
        }
        (Type::Boolean, _) => "a boolean",
        (Type::Text, _) => "a string",
        (Type::Size, _) => "a size",
        (Type::Object, _) => "an object",
        (Type::Integer, _) => "an integer",
        (Type::Texts, _) => "a list of strings",
    };
    let problem = format!("{expected} is expected, not {}", value.kind());
    let mistake = Mistake::new(value.place, path, problem);
    Err(match (of, &value.data) {
        (Type::Boolean, Data::Text(text)) if matches!(text.as_str(), "true" | "false") => {
            mistake.fix(format!("write `{text}` without quotes"))
        }
        (Type::Texts, Data::Text(text)) => mistake.fix(format!("write `[\"{}\"]`", shown(text))),
        _ => mistake,
    })
}
