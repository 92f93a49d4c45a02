//! The flags of `dockerd`, as its unit or `ps` shows them.

use std::collections::BTreeMap;

use posture_model::suggest::{did_you_mean, nearest};
use posture_yaml::{Place, shown};
use serde_json::{Map, Value};

use super::config::Config;
use super::keys::{KEYS, Key, Type, of_flag, of_letter};
use crate::mistake::Mistake;

/// Flags without a mistake.
#[derive(Clone, Debug, Default)]
pub(crate) struct Flags {
    pub(super) values: BTreeMap<&'static str, Value>,
    /// The column of each option.
    columns: BTreeMap<&'static str, usize>,
    /// The file that `--config-file` names, with its column.
    file: Option<(usize, String)>,
}

/// An option that file and flags may both set, as the daemon merges it
/// ([source](https://github.com/moby/moby/blob/v28.3.0/daemon/config/config.go)).
const MERGED: &str = "runtimes";

/// Where the daemon looks without `--config-file`.
const USUAL_FILE: &str = "/etc/docker/daemon.json";

impl Flags {
    /// Why the daemon does not start with these flags and this configuration, or reads another one.
    pub(crate) fn conflicts(&self, config: &Config) -> Vec<Mistake> {
        let mut all = Vec::new();
        let at = |column| Place { line: 1, column };
        if let Some((column, file)) = &self.file
            && !is_same(file, &config.file)
        {
            let problem = "the daemon reads this file, which is not the one that was given";
            all.push(Mistake::new(at(*column), file, problem).fix("give this file"));
        }
        for (key, column) in &self.columns {
            if *key != MERGED && config.values.contains_key(key) {
                let problem = format!(
                    "set in {} as well, with which the daemon does not start",
                    shown(&config.file)
                );
                all.push(Mistake::new(at(*column), key, problem).fix("keep one of them"));
            }
        }
        all
    }
}

/// Whether a file that was given may be the one that a flag names: itself, or a copy of it under its name.
fn is_same(named: &str, given: &str) -> bool {
    let name = |path: &str| path.rsplit('/').next().map(str::to_owned);
    named == given || named == USUAL_FILE || !given.starts_with('/') && name(named) == name(given)
}

/// A flag: its option, and the value behind it in the same word.
enum Found {
    /// `--config-file`.
    File(Option<String>),
    Option(&'static Key, Option<String>),
    Unknown(String),
}

/// Reads the flags in a word, as `pflag` does: `--host=x`, `-H=x`, `-Hx`, or several letters such as `-DH`.
fn found(word: &str) -> Option<Vec<Found>> {
    if let Some(long) = word.strip_prefix("--") {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        let one = match of_flag(name) {
            _ if name.is_empty() => return None,
            _ if name == "config-file" => Found::File(value),
            Some(key) => Found::Option(key, value),
            None => Found::Unknown(name.to_owned()),
        };
        return Some(vec![one]);
    }
    let mut rest = word.strip_prefix('-').filter(|rest| !rest.is_empty())?;
    let mut all = Vec::new();
    while let Some(letter) = rest.chars().next() {
        let Some(key) = of_letter(letter) else {
            // A flag of one dash, perhaps.
            let name = word.trim_start_matches('-').split('=').next().unwrap_or_default();
            all.push(Found::Unknown(name.to_owned()));
            break;
        };
        rest = rest.get(letter.len_utf8()..).unwrap_or_default();
        if let Some(value) = rest.strip_prefix('=') {
            all.push(Found::Option(key, Some(value.to_owned())));
            break;
        }
        if key.of != Type::Boolean {
            let value = (!rest.is_empty()).then(|| rest.to_owned());
            all.push(Found::Option(key, value));
            break;
        }
        all.push(Found::Option(key, None));
    }
    Some(all)
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
        let shows = match word.as_str() {
            long if long.starts_with("--") => long.split('=').next().unwrap_or_default(),
            // The value of a short flag may follow at once.
            short if short.starts_with('-') => short.get(..2).unwrap_or("-"),
            _ => "",
        };
        let wrong = |problem: &str| Mistake::new(at(column), shows, problem);
        if word.contains('$') {
            mistakes.push(wrong("a variable has no known value").fix("write its value"));
            continue;
        }
        let Some(found) = found(&word) else {
            mistakes.push(wrong("a flag is expected"));
            continue;
        };
        for one in found {
            let (key, value) = match one {
                Found::Unknown(name) => {
                    let known = KEYS.items().iter().map(|key| key.flag);
                    let mistake = wrong("unknown flag");
                    mistakes.push(match did_you_mean(&nearest(&name, known)) {
                        _ if !word.starts_with("--") && of_flag(&name).is_some() => {
                            mistake.fix(format!("write `--{}`", shown(&name)))
                        }
                        Some(fix) => mistake.fix(fix),
                        None => mistake,
                    });
                    continue;
                }
                Found::File(value) => (None, value),
                Found::Option(key, value) => (Some(key), value),
            };
            let is_boolean = key.is_some_and(|key| key.of == Type::Boolean);
            let next = || is_boolean.then(|| "true".to_owned());
            let Some(value) = value.or_else(next).or_else(|| rest.next().map(|(_, next)| next))
            else {
                mistakes.push(wrong("the value is missing"));
                continue;
            };
            let Some(key) = key else {
                flags.file = Some((column, value));
                continue;
            };
            flags.columns.entry(key.name).or_insert(column);
            if let Err(problem) = set(&mut flags.values, key, value) {
                mistakes.push(wrong(&problem));
            }
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
