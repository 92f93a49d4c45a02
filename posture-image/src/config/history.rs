//! The steps of a build, as far as an image keeps them.

use serde_json::Value;

use crate::text;
use crate::truth::{Cause, Gap, List};

/// A step of the build.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The instruction, such as `RUN` or `ENV`.
    pub instruction: String,
    /// What follows it, without build arguments. It may hold credentials: never print it as it is.
    pub text: String,
    /// The build arguments of a `RUN`, with their values, which may be credentials.
    pub arguments: Vec<(String, String)>,
    /// The layer that it made, from 0; none if it made none, or if history and layers do not match.
    pub layer: Option<u32>,
    /// Its number, from 1.
    pub number: usize,
}

/// Reads the history. `layers` is the number of layers.
pub(super) fn read(history: Option<&Value>, layers: usize) -> List<Step> {
    let gap = |cause, detail: &str| List::unknown(Gap::new(cause, "history", detail));
    let entries = match history {
        None | Some(Value::Null) => return gap(Cause::Missing, "the image has no history"),
        Some(Value::Array(entries)) if entries.is_empty() => {
            return gap(Cause::Missing, "the image has no history");
        }
        Some(Value::Array(entries)) => entries,
        Some(_) => return gap(Cause::Malformed, "not a list"),
    };
    let empty = |entry: &Value| entry.get("empty_layer").and_then(Value::as_bool).unwrap_or(false);
    let matches = entries.iter().filter(|entry| !empty(entry)).count() == layers;
    let mut list = List::default();
    let mut layer = 0;
    for (index, entry) in entries.iter().enumerate() {
        let own = (matches && !empty(entry)).then_some(layer);
        layer += u32::from(!empty(entry));
        match entry
            .get("created_by")
            .and_then(Value::as_str)
            .map(str::trim)
            .filter(|text| !text.is_empty())
        {
            Some(text) => list.items.push(step(text, own, index + 1)),
            None => list.lacks(Gap::new(
                Cause::Missing,
                format!("step {}", index + 1),
                "the history does not state what it did",
            )),
        }
    }
    if !matches {
        list.lacks(Gap::new(
            Cause::Malformed,
            "history",
            "it has another number of layers than the image",
        ));
    }
    list
}

/// The forms of Docker's classic builder and of BuildKit.
fn step(created_by: &str, layer: Option<u32>, number: usize) -> Step {
    let text = created_by.strip_suffix("# buildkit").unwrap_or(created_by).trim();
    let make = |instruction: &str, text: &str, arguments| Step {
        instruction: instruction.to_ascii_uppercase(),
        text: text.trim().to_owned(),
        arguments,
        layer,
        number,
    };
    if let Some((_, rest)) = text.split_once("#(nop)") {
        let rest = rest.trim();
        let (instruction, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return make(instruction, rest, Vec::new());
    }
    let (run, rest) =
        text.strip_prefix("RUN ").map_or((false, text), |rest| (true, rest.trim_start()));
    if let Some((arguments, command)) = build_arguments(rest) {
        return make("RUN", command, arguments);
    }
    let (first, after) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let known = [
        "ADD",
        "ARG",
        "CMD",
        "COPY",
        "ENTRYPOINT",
        "ENV",
        "EXPOSE",
        "FROM",
        "HEALTHCHECK",
        "LABEL",
        "MAINTAINER",
        "ONBUILD",
        "SHELL",
        "STOPSIGNAL",
        "USER",
        "VOLUME",
        "WORKDIR",
    ];
    if !run && known.contains(&first) {
        return make(first, after, Vec::new());
    }
    make("RUN", shell_command(rest), Vec::new())
}

fn shell_command(text: &str) -> &str {
    [
        "/bin/sh -c ",
        "/bin/bash -c ",
        "sh -c ",
        "/bin/ash -eo pipefail -c ",
        "/bin/bash -o pipefail -c ",
    ]
    .iter()
    .find_map(|shell| text.strip_prefix(shell))
    .unwrap_or(text)
    .trim()
}

/// `|2 A=b C=d e /bin/sh -c command`: the values may hold spaces, so that the shell ends them.
fn build_arguments(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let rest = text.strip_prefix('|')?;
    let (count, rest) = rest.split_once(' ')?;
    let count: usize = count.parse().ok()?;
    let shell = ["/bin/sh -c", "/bin/bash -c", "/bin/bash -o", "/bin/ash -"]
        .iter()
        .filter_map(|shell| rest.find(shell))
        .min();
    let (values, command) = rest.split_at_checked(shell?)?;
    let mut arguments: Vec<(String, String)> = Vec::new();
    for word in values.split(' ') {
        match word.split_once('=') {
            Some((name, value)) if arguments.len() < count && is_name(name) => {
                arguments.push((name.to_owned(), value.to_owned()));
            }
            _ => {
                if let Some((_, value)) = arguments.last_mut() {
                    value.push(' ');
                    value.push_str(word);
                }
            }
        }
    }
    for (_, value) in &mut arguments {
        value.truncate(value.trim_end().len());
    }
    Some((arguments, shell_command(command)))
}

pub(super) fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// A step as a report may show it: its number and instruction, without values.
pub fn label(step: &Step) -> String {
    format!("step {} ({})", step.number, text::clip(step.instruction.as_bytes(), 20))
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
