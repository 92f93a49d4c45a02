//! What the steps of a build show: package lists updated alone, checks switched off, downloads that are run.

use super::history::{Step, is_name};
use crate::truth::List;

/// What is wrong with a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Habit {
    /// `ADD` of local files where `COPY` would do.
    Add,
    /// Package lists are updated in a step that installs nothing.
    UpdateAlone,
    /// A download is piped into a shell.
    PipeToShell,
    /// Packages or downloads without verification.
    Unverified,
    /// Uses sudo.
    Sudo,
    /// Opens files to everybody.
    OpenToEverybody,
}

/// A habit, and the step that shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Observed {
    /// What it is.
    pub habit: Habit,
    /// The step, from 1.
    pub step: usize,
    /// The words that show it. They hold no values.
    pub words: &'static str,
}

/// Options that switch verification off, and the programs that know them.
const UNVERIFIED: [(&str, &[&str]); 10] = [
    ("--allow-unauthenticated", &["apt-get", "apt"]),
    ("--allow-untrusted", &["apk"]),
    ("--force-yes", &["apt-get"]),
    ("--insecure", &["curl"]),
    ("-k", &["curl"]),
    ("--no-check-certificate", &["wget"]),
    ("--no-gpg-check", &["dnf", "zypper"]),
    ("--nogpgcheck", &["yum", "dnf", "microdnf"]),
    ("--trusted-host", &["pip", "pip3", "python", "python3"]),
    ("--no-gpg-checks", &["zypper"]),
];

/// The habits that the history shows. What it does not show may be there all the same where it has gaps.
pub fn habits(history: &List<Step>) -> List<Observed> {
    let mut list = List { items: Vec::new(), gaps: history.gaps.clone() };
    for step in &history.items {
        let mut found = Vec::new();
        match step.instruction.as_str() {
            "ADD" if adds_local_files(&step.text) => found.push((Habit::Add, "ADD")),
            "RUN" => run(&step.text, &mut found),
            _ => {}
        }
        found.sort_unstable();
        found.dedup();
        list.items.extend(found.into_iter().map(|(habit, words)| Observed {
            habit,
            step: step.number,
            words,
        }));
    }
    list
}

/// `ADD` has a purpose for archives, which it unpacks, and for addresses.
fn adds_local_files(text: &str) -> bool {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    // Of the classic builder: `file:SHA in DESTINATION`, `dir:SHA in`, `multi:SHA in`; the name of the source is not kept.
    if let [source, "in", target] = words.as_slice() {
        if source.starts_with("http") || source.contains("://") {
            return false;
        }
        // A base image is made by ADD of an archive to the root.
        return !(source.starts_with("file:") && target.trim_end_matches('/').is_empty());
    }
    let archives = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".txz", ".tar.bz2", ".tbz2", ".tar.zst"];
    let fine = |source: &&str| {
        source.contains("://")
            || source.starts_with("git@")
            || archives.iter().any(|end| source.ends_with(end))
    };
    let sources = words.split_last().map_or(&[][..], |(_, sources)| sources);
    !sources.is_empty() && !sources.iter().all(fine)
}

fn run(text: &str, found: &mut Vec<(Habit, &'static str)>) {
    let commands = commands(text);
    let mut updates = None;
    let mut installs = false;
    for command in &commands {
        let words: Vec<&str> = command.words.iter().map(String::as_str).collect();
        let words = skip_wrappers(&words, found);
        let Some((program, rest)) = words.split_first() else { continue };
        let program = program.rsplit('/').next().unwrap_or_default();
        let sub = rest.iter().find(|word| !word.starts_with('-')).copied().unwrap_or_default();
        match (program, sub) {
            ("apt-get" | "apt" | "aptitude", "update") => updates = Some("apt-get update"),
            ("apk", "update") => updates = Some("apk update"),
            ("yum" | "dnf" | "microdnf", "makecache") => updates = Some("yum makecache"),
            ("zypper", "refresh" | "ref") => updates = Some("zypper refresh"),
            ("apt-get" | "apt" | "aptitude", _) => {
                installs |= matches!(
                    sub,
                    "install"
                        | "upgrade"
                        | "dist-upgrade"
                        | "full-upgrade"
                        | "build-dep"
                        | "satisfy"
                );
            }
            ("apk", "add" | "upgrade" | "fix") | ("yum" | "dnf" | "microdnf" | "zypper", _) => {
                installs = true
            }
            ("sh" | "bash" | "ash" | "dash" | "python" | "python3" | "perl", _)
                if command.piped_from_download =>
            {
                found.push((Habit::PipeToShell, "a download that is piped into a shell"));
            }
            ("chmod", _) if rest.iter().any(|mode| opens(mode)) => {
                found.push((Habit::OpenToEverybody, "chmod 777"))
            }
            _ => {}
        }
        for (option, programs) in UNVERIFIED {
            let short = |word: &str| {
                option == "-k"
                    && word.len() > 1
                    && !word.starts_with("--")
                    && word.starts_with('-')
                    && word.contains('k')
                    && word.bytes().skip(1).all(|byte| byte.is_ascii_alphabetic())
            };
            let has = |word: &&&str| {
                **word == option
                    || word.strip_prefix(option).is_some_and(|rest| rest.starts_with('='))
                    || short(word)
            };
            if programs.contains(&program) && rest.iter().any(|word| has(&word)) {
                found.push((Habit::Unverified, option));
            }
        }
    }
    // A script may install what the step does not name.
    let scripts = commands.iter().any(|command| {
        let first = command.words.first().map(String::as_str).unwrap_or_default();
        first.ends_with(".sh") || matches!(first, "sh" | "bash" | "." | "source" | "make" | "eval")
    });
    if let Some(words) = updates.filter(|_| !installs && !scripts) {
        found.push((Habit::UpdateAlone, words));
    }
}

/// Passes over `sudo`, `env`, `set` and assignments in front of a program.
fn skip_wrappers<'a>(
    mut words: &'a [&'a str],
    found: &mut Vec<(Habit, &'static str)>,
) -> &'a [&'a str] {
    while let [first, rest @ ..] = words {
        match *first {
            "sudo" => found.push((Habit::Sudo, "sudo")),
            "env" | "exec" | "time" | "nice" | "then" | "do" | "else" | "if" | "while" | "!"
            | "(" | "{" => {}
            word if word.split_once('=').is_some_and(|(name, _)| is_name(name)) => {}
            word if word.starts_with("--mount=")
                || word.starts_with("--network=")
                || word.starts_with("--security=") => {}
            _ => break,
        }
        words = rest;
    }
    words
}

fn opens(mode: &str) -> bool {
    let octal =
        (3..=5).contains(&mode.len()) && mode.bytes().all(|byte| (b'0'..=b'7').contains(&byte));
    let others = mode.bytes().last().is_some_and(|last| octal && (last - b'0') & 2 != 0);
    // With the sticky bit, only owners may delete.
    let sticky = octal
        && mode.len() >= 4
        && mode
            .as_bytes()
            .get(mode.len() - 4)
            .copied()
            .is_some_and(|bit| (bit.wrapping_sub(b'0')) & 1 != 0);
    let symbolic = mode.split(',').any(|part| {
        let Some(at) = part.find(['+', '=']) else { return false };
        let (who, what) = part.split_at(at);
        (who.contains('a') || who.contains('o'))
            && what.contains('w')
            && who.bytes().all(|byte| b"augo".contains(&byte))
    });
    (others && !sticky) || symbolic
}

struct Command {
    words: Vec<String>,
    piped_from_download: bool,
}

/// The simple commands of a shell text: words, split at operators outside of quotes.
fn commands(text: &str) -> Vec<Command> {
    let mut commands = Vec::new();
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let (mut quote, mut escaped) = (None, false);
    let (mut piped, mut download) = (false, false);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            _ if escaped => {
                if character != '\n' {
                    word.push(character);
                }
                escaped = false;
            }
            (None | Some('"'), '\\') => escaped = true,
            (Some(open), _) if character == open => quote = None,
            (Some(_), _) => word.push(character),
            (None, '"' | '\'') => quote = Some(character),
            (None, ';' | '&' | '|' | '\n') => {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
                let double = characters.next_if_eq(&character).is_some();
                let pipe = character == '|' && !double;
                let fetches = words
                    .iter()
                    .any(|word| matches!(word.rsplit('/').next(), Some("curl" | "wget")));
                commands.push(Command {
                    words: std::mem::take(&mut words),
                    piped_from_download: piped && download,
                });
                download = pipe && (fetches || (piped && download));
                piped = pipe;
            }
            (None, character)
                if character.is_whitespace() || character == '(' || character == ')' =>
            {
                words.extend((!word.is_empty()).then(|| std::mem::take(&mut word)));
            }
            (None, character) => word.push(character),
        }
    }
    words.extend((!word.is_empty()).then_some(word));
    commands.push(Command { words, piped_from_download: piped && download });
    commands.retain(|command| !command.words.is_empty());
    commands
}

#[cfg(test)]
#[path = "habits_tests.rs"]
mod tests;
