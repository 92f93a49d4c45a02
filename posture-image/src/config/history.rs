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
    /// What its author added: free text.
    pub remarks: String,
    /// Whether BuildKit wrote it, which leaves some options out.
    pub buildkit: bool,
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
        let text = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default().trim();
        let step = Step {
            remarks: [text("author"), text("comment")].join("\n").trim().to_owned(),
            ..step(text("created_by"), own, index + 1)
        };
        let unstated = match text("created_by") {
            "" => Some("the history does not state what it did"),
            _ if hides_script(&step) => Some("the history does not keep the script that it ran"),
            _ => None,
        };
        if let Some(detail) = unstated {
            list.lacks(Gap::new(Cause::Missing, format!("step {}", index + 1), detail));
        }
        if unstated.is_none() || !step.text.is_empty() || !step.remarks.is_empty() {
            list.items.push(step);
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

/// Whether a step ran a script that is not part of its text: BuildKit mounts a here-document that begins with `#!`
/// ([source](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go)), and others keep the
/// instruction without its lines.
fn hides_script(step: &Step) -> bool {
    // The lines between the first one and the last, which repeats the mark.
    let lines = step.text.lines().count();
    let heredoc = step.text.starts_with("<<") && lines < 3;
    step.instruction == "RUN" && (heredoc || step.text.starts_with("/dev/pipes/"))
}

/// The forms of Docker's classic builder and of BuildKit.
fn step(created_by: &str, layer: Option<u32>, number: usize) -> Step {
    let (text, buildkit) = match created_by.strip_suffix("# buildkit") {
        Some(text) => (text.trim(), true),
        None => (created_by.trim(), false),
    };
    let make = |instruction: &str, text: &str, arguments| Step {
        instruction: instruction.to_ascii_uppercase(),
        text: text.trim().to_owned(),
        arguments,
        layer,
        number,
        remarks: String::new(),
        buildkit,
    };
    if text.is_empty() {
        return make("", "", Vec::new());
    }
    if let Some((_, rest)) = text.split_once("#(nop)") {
        let rest = rest.trim();
        let (instruction, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
        return make(instruction, rest, Vec::new());
    }
    let run = text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("RUN "));
    let rest = if run { text.get(4..).unwrap_or_default().trim_start() } else { text };
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
    // Instructions are written in any letter case; `env` is a program as well.
    let is_first = |known: &&&str| {
        **known == first || (!buildkit && first != "env" && known.eq_ignore_ascii_case(first))
    };
    if let Some(instruction) = known.iter().find(is_first).filter(|_| !run) {
        return make(instruction, after, Vec::new());
    }
    make("RUN", shell_command(rest), Vec::new())
}

/// Programs that run the commands of a text.
const SHELLS: [&str; 9] = ["sh", "bash", "ash", "dash", "zsh", "ksh", "mksh", "fish", "rbash"];

pub(super) fn is_shell(program: &str) -> bool {
    program.rsplit('/').next().is_some_and(|name| SHELLS.contains(&name))
}

/// A word of a text, and where the text goes on behind it.
fn word(text: &str) -> Option<(&str, &str)> {
    let text = text.trim_start();
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

/// The command of `sh -c`, with any options of the shell in front: `-eux`, `-o pipefail`, `-eo pipefail`.
fn after_shell(text: &str) -> Option<&str> {
    let (program, mut rest) = word(text)?;
    if !is_shell(program) {
        return None;
    }
    loop {
        let (option, after) = word(rest)?;
        let letters = option.strip_prefix(['-', '+'])?;
        rest = after;
        if letters.starts_with('-') {
            continue;
        }
        // Each `o` takes the name of an option from the words behind.
        for _ in letters.chars().filter(|letter| matches!(letter, 'o' | 'O')) {
            rest = word(rest)?.1;
        }
        if letters.contains('c') {
            // What is quoted is one word of an instruction as it was written.
            return Some(rest.trim()).filter(|rest| !rest.starts_with(['"', '\'']));
        }
    }
}

/// The text without the shell that runs it, and without a program that starts this shell, such as `conda run`.
fn shell_command(text: &str) -> &str {
    let mut rest = text;
    for _ in 0..8 {
        if let Some(command) = after_shell(rest) {
            return command;
        }
        let Some((first, after)) = word(rest) else { break };
        let starts = ["conda", "mamba", "micromamba", "env", "run", "scl", "tini", "busybox"];
        let name = first.rsplit('/').next().unwrap_or_default();
        let passes = rest.len() < text.len() && !first.contains(['"', '\'', ';', '|', '&', '$']);
        if !starts.contains(&name) && !passes {
            break;
        }
        rest = after;
    }
    text.trim()
}

/// `|2 A=b C=d e /bin/sh -c command`: the values may hold spaces, so that the shell ends them.
fn build_arguments(text: &str) -> Option<(Vec<(String, String)>, &str)> {
    let rest = text.strip_prefix('|')?;
    let (count, rest) = rest.split_once(' ')?;
    let count: usize = count.parse().ok()?;
    let mut at = 0;
    let shell = loop {
        let here = rest.get(at..)?;
        let blank = here.len() - here.trim_start().len();
        let (first, _) = word(here)?;
        if after_shell(here).is_some() {
            break at + blank;
        }
        at += blank + first.len();
    };
    let (values, command) = rest.split_at_checked(shell)?;
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
