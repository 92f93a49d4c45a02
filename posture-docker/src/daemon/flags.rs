//! The flags of `dockerd`, as its unit or `ps` shows them.

use std::collections::BTreeMap;

use posture_model::suggest::{did_you_mean, nearest};
use posture_yaml::Place;
use serde_json::{Map, Value};

use super::keys::{KEYS, Key, Type, of_flag};
use crate::mistake::Mistake;

/// Flags without a mistake.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(super) values: BTreeMap<&'static str, Value>,
}

/// The words of a command line, each with the column where it begins.
fn words(line: &str) -> Option<Vec<(usize, String)>> {
    let mut all = Vec::new();
    let mut word: Option<(usize, String)> = None;
    let mut quote = None;
    for (place, one) in line.chars().enumerate() {
        let column = place + 1;
        match (quote, one) {
            (Some(open), one) if one == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(one);
                word.get_or_insert((column, String::new()));
            }
            (None, one) if one.is_whitespace() => all.extend(word.take()),
            (_, one) => word.get_or_insert((column, String::new())).1.push(one),
        }
    }
    all.extend(word);
    quote.is_none().then_some(all)
}

/// Reads the flags. A program before them is skipped, and `$` of a unit is not expanded: it is a mistake.
///
/// # Errors
/// What is wrong, with the column.
pub(crate) fn read(line: &str) -> Result<Flags, Vec<Mistake>> {
    let at = |column| Place { line: 1, column };
    let Some(words) = words(line) else {
        return Err(vec![Mistake::new(at(1), "", "a quote is not closed")]);
    };
    let mut flags = Flags::default();
    let mut mistakes = Vec::new();
    let mut rest = words.into_iter().peekable();
    rest.next_if(|(_, word)| !word.starts_with(['-', '$']));
    while let Some((column, word)) = rest.next() {
        // Only the name is shown: the value, or a word in the wrong place, may be a password.
        let shows =
            if word.starts_with('-') { word.split('=').next().unwrap_or_default() } else { "" };
        let wrong = |problem: &str| Mistake::new(at(column), shows, problem);
        if word.contains('$') {
            mistakes.push(wrong("a variable has no known value").fix("write its value"));
            continue;
        }
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        let short = name.strip_prefix("--").or_else(|| name.strip_prefix('-'));
        let Some(bare) = short.filter(|bare| !bare.is_empty()) else {
            mistakes.push(wrong("a flag is expected"));
            continue;
        };
        if bare == "config-file" || bare == "p" || bare == "pidfile" {
            if value.is_none() {
                rest.next();
            }
            continue;
        }
        let Some(key) = of_flag(bare) else {
            let known = KEYS.items().iter().map(|key| key.flag);
            let mistake = wrong("unknown flag");
            mistakes.push(match did_you_mean(&nearest(bare, known)) {
                Some(fix) => mistake.fix(fix),
                None => mistake,
            });
            continue;
        };
        let value = match (value, key.of) {
            (Some(value), _) => value,
            (None, Type::Boolean) => "true".to_owned(),
            (None, _) => match rest.next() {
                Some((_, next)) => next,
                None => {
                    mistakes.push(wrong("the value is missing"));
                    continue;
                }
            },
        };
        if let Err(problem) = set(&mut flags.values, key, value) {
            mistakes.push(wrong(&problem));
        }
    }
    if mistakes.is_empty() { Ok(flags) } else { Err(mistakes) }
}

fn set(
    values: &mut BTreeMap<&'static str, Value>,
    key: &'static Key,
    value: String,
) -> Result<(), String> {
    let value = match key.of {
        Type::Boolean => match value.as_str() {
            "true" | "1" | "t" | "T" | "TRUE" | "True" => Value::Bool(true),
            "false" | "0" | "f" | "F" | "FALSE" | "False" => Value::Bool(false),
            _ => return Err("the value is not a boolean".to_owned()),
        },
        Type::Integer => match value.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => return Err("the value is not an integer".to_owned()),
        },
        Type::Text | Type::Size => Value::String(value),
        Type::Texts | Type::Any => {
            let all = values.entry(key.name).or_insert_with(|| Value::Array(Vec::new()));
            if let Value::Array(all) = all {
                all.push(Value::String(value));
            }
            return Ok(());
        }
        Type::Object => {
            let all = values.entry(key.name).or_insert_with(|| Value::Object(Map::new()));
            if let Value::Object(all) = all {
                let (name, value) = value.split_once('=').unwrap_or((&value, ""));
                all.insert(name.to_owned(), Value::String(value.to_owned()));
            }
            return Ok(());
        }
    };
    values.insert(key.name, value);
    Ok(())
}
