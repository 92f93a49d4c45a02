//! Values with a telling name: `password=…`, `API_KEY: …`.

use super::words::{is_name, is_reference, is_stand_in, is_value};
use super::{Confidence, Form, Hit};

/// A literal value with the name of a credential.
const NAMED: Form = Form {
    id: "named-credential",
    name: "value with the name of a credential",
    confidence: Confidence::Medium,
};

/// A name and its value.
pub(super) fn pair(name: &str, value: &str) -> Option<Hit> {
    let value = value.trim().trim_matches(['"', '\'']);
    (is_name(name) && is_value(value)).then(|| Hit {
        form: NAMED,
        at: 0,
        value: value.as_bytes().to_vec(),
    })
}

/// What may stand between quotes or up to the end of a word, and not more: hostile lines are long.
const VALUE: usize = 600;
/// The longest name.
const NAME: usize = 120;

fn head(text: &str, most: usize) -> &str {
    let end = (0..=most.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    text.get(..end.unwrap_or_default()).unwrap_or_default()
}

fn tail(text: &str, most: usize) -> &str {
    let start =
        (text.len().saturating_sub(most)..=text.len()).find(|at| text.is_char_boundary(*at));
    text.get(start.unwrap_or_default()..).unwrap_or_default()
}

/// The text of a value, up to its closing quote or the end of the word.
fn value_of(after: &str) -> &str {
    let value = head(after.trim_start(), VALUE);
    match value.chars().next() {
        Some(quote @ ('"' | '\'')) => {
            let inner = value.get(1..).unwrap_or_default();
            inner.split(quote).next().unwrap_or_default()
        }
        _ => value
            .split([' ', '\t', '\n', '\r', ',', ';', '&', '"', '\'', ')', '<'])
            .next()
            .unwrap_or_default(),
    }
}

/// The name in front of a sign.
fn name_of(before: &str) -> &str {
    let name = tail(before, NAME).trim_end().trim_end_matches(['"', '\'', ']']);
    let name_start = name
        .rfind(|character: char| !(character.is_ascii_alphanumeric() || "_-.".contains(character)));
    name.get(name_start.map_or(0, |at| at + 1)..).unwrap_or_default().trim_start_matches('-')
}

/// The credential of a header: `Bearer …`, `Basic …`.
fn authorization(after: &str) -> Option<Hit> {
    let after = head(after.trim_start().trim_start_matches(['"', '\'']), VALUE);
    let (scheme, rest) = after.split_once(' ')?;
    let value = rest
        .trim_start()
        .split([' ', '\t', '\r', '\n', '"', '\'', ',', ';'])
        .next()
        .unwrap_or_default();
    let real = match scheme.to_ascii_lowercase().as_str() {
        "bearer" | "token" | "apikey" => is_value(value),
        "basic" => {
            use base64::Engine as _;
            let decoded = base64::engine::general_purpose::STANDARD.decode(value).ok();
            decoded.and_then(|decoded| String::from_utf8(decoded).ok()).is_some_and(|decoded| {
                decoded.split_once(':').is_some_and(|(_, password)| {
                    !password.is_empty() && !is_reference(password) && !is_stand_in(password)
                })
            })
        }
        _ => false,
    };
    real.then(|| Hit { form: NAMED, at: 0, value: value.as_bytes().to_vec() })
}

/// `name=value`, `name: value`, `<name>value</name>` and `--name value` in a text.
pub(super) fn assignments(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = 0;
    // The name of `name: DB_PASSWORD`, whose value follows on the next line.
    let mut told: Option<(&str, usize)> = None;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let start = at;
        at += line.len();
        let content = line.trim();
        if content.starts_with(['#', ';']) || content.starts_with("//") {
            continue;
        }
        options(line, start, &mut hits);
        let mut from = 0;
        for (index, sign) in line.match_indices(['=', ':', '>']) {
            if index < from {
                continue;
            }
            let (before, after) = line.split_at(index);
            let after = after.get(1..).unwrap_or_default();
            if after.starts_with(['=', ':']) || before.ends_with(['=', ':', '!', '<', '>', '-']) {
                continue;
            }
            let name = name_of(before);
            let header = name.to_ascii_lowercase().ends_with("authorization");
            // What is behind a name without a meaning is not looked at: lines are long.
            if !header && !matches!(name, "name" | "key" | "value") && !is_name(name) {
                continue;
            }
            let hit = match sign {
                ">" => {
                    let element = before.strip_suffix(name).is_some_and(|rest| rest.ends_with('<'));
                    let value = head(after, VALUE).split('<').next().unwrap_or_default();
                    element.then(|| pair(name, value)).flatten()
                }
                _ if header => authorization(after),
                _ => {
                    // PHP and Ruby write `=>`.
                    let value = value_of(after.strip_prefix('>').unwrap_or(after));
                    let near = told.filter(|(_, line)| number - line <= 2);
                    let name = match (name, near) {
                        ("value", Some((name, _))) => name,
                        (other, _) => other,
                    };
                    if matches!(name, "name" | "key") {
                        told = Some((value, number));
                    }
                    // A call or an expression is not a literal.
                    if value.contains(['(', '[', '{']) { None } else { pair(name, value) }
                }
            };
            if let Some(hit) = hit {
                from = index + 1 + hit.value.len();
                hits.push(Hit { at: start + index, ..hit });
            }
        }
    }
    hits
}

/// `--password VALUE`, and `-u USER:PASSWORD` of curl.
fn options(line: &str, start: usize, hits: &mut Vec<Hit>) {
    let mut words = line.split_whitespace().peekable();
    let mut curl = false;
    while let Some(word) = words.next() {
        curl |= word.ends_with("curl");
        let Some(next) = words.peek() else { break };
        let (Some(option), false) = (word.strip_prefix('-'), word.contains(['=', ':'])) else {
            continue;
        };
        let value = next.trim_matches(['"', '\'', ',', ';', ')']);
        let value = match option {
            "u" | "-user" if curl => value.split_once(':').map(|(_, password)| password),
            _ => Some(value).filter(|value| is_name(option) && !value.starts_with('-')),
        };
        if let Some(value) =
            value.filter(|value| is_value(value) && !value.contains(['(', '[', '{']))
        {
            let at = start + (next.as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
            hits.push(Hit { form: NAMED, at, value: value.as_bytes().to_vec() });
        }
    }
}

/// The values whose places in a document are looked for, each from its beginning.
const PLACES: usize = 1_000;

/// Values with telling names in JSON, on one line or on many; none if it is not JSON.
pub(super) fn in_json(text: &str) -> Option<Vec<Hit>> {
    let value = crate::json::parse_loose(text.as_bytes(), 64).ok()?;
    let mut hits = Vec::new();
    strings(&value, &mut |name, value| {
        // Of very many, the places are not looked for.
        let at = |value| if hits.len() < PLACES { place_in(text, value) } else { 0 };
        let hit = pair(name, value).map(|hit| Hit { at: at(value), ..hit });
        hits.extend(hit);
    });
    Some(hits)
}

/// Where a value is written. One with escapes is taken for the beginning.
pub(super) fn place_in(text: &str, value: &str) -> usize {
    text.find(value).unwrap_or_default()
}

/// Every text of a JSON document, with the name that tells what it is: its key, the key of the list or object that holds it, or
/// the name beside it in `{"name": …, "value": …}`.
pub(super) fn strings<'a>(value: &'a serde_json::Value, found: &mut impl FnMut(&'a str, &'a str)) {
    walk("", value, found);
}

fn walk<'a>(name: &'a str, value: &'a serde_json::Value, found: &mut impl FnMut(&'a str, &'a str)) {
    use serde_json::Value;
    match value {
        Value::String(text) => found(name, text),
        Value::Array(list) => list.iter().for_each(|value| walk(name, value, found)),
        Value::Object(map) => {
            let beside = ["name", "key", "Name", "Key"].iter().find_map(|key| map.get(*key));
            let beside = beside.and_then(Value::as_str).unwrap_or(name);
            for (key, value) in map {
                let key = if key.eq_ignore_ascii_case("value") { beside } else { key };
                walk(key, value, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Whether a file is one in which people configure programs. Source code has names and values that are none.
pub(super) fn is_configuration(path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let system = [
        "usr/share/",
        "usr/lib/",
        "usr/include/",
        "usr/src/",
        "var/lib/dpkg/",
        "lib/",
        "proc/",
        "sys/",
    ];
    let modules = [
        "/node_modules/",
        "/site-packages/",
        "/dist-packages/",
        "/vendor/",
        "/gems/",
        "/.git/",
        "/i18n/",
        "/locale/",
        "/locales/",
    ];
    let ends = [
        ".conf",
        ".cfg",
        ".ini",
        ".properties",
        ".yml",
        ".yaml",
        ".toml",
        ".env",
        ".json",
        ".xml",
        ".sh",
        ".php",
        ".tfvars",
    ];
    let locks = [
        "package-lock.json",
        "composer.lock",
        "yarn.lock",
        "pnpm-lock.yaml",
        "package.json",
        "tsconfig.json",
    ];
    let named = name.starts_with(".env")
        || name == "Dockerfile"
        || ends.iter().any(|end| name.ends_with(end));
    named
        && !locks.contains(&name)
        && !system.iter().any(|start| path.starts_with(start))
        && !modules.iter().any(|part| format!("/{path}").contains(part))
}
