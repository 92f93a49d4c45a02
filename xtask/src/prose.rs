//! Checks the English of the texts: spelling by [typos](https://github.com/crate-ci/typos), with the words of `typos.toml`, and the
//! phrases that docs/style.md avoids.
//!
//! Of Rust files, comments and string literals are checked.

mod rust;

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::{root, venv};

/// Phrases to avoid, and what to write. A phrase is a list of words; `|` separates alternatives.
const AVOIDED: &[(&str, &str)] = &[
    ("told", "notified, shown, reported, distinguished"),
    ("lies", "is"),
    ("bear|bears|bearing on", "maps to, affects"),
    ("befall|befalls|befell|befallen", "happens to, affects"),
    ("take|takes|taken|taking|took on role|roles", "assume"),
    ("take|takes|taken|taking|took on a|an|the|its|their|another|each|that role|roles", "assume"),
    ("role|roles taken on", "assumed"),
    ("one's own", "your own, custom"),
    ("mend|mends|mended|mending", "fix"),
    ("give|gives|given|giving role|roles", "assign"),
    ("give|gives|given|giving a|an|the|its|their role|roles", "assign"),
    ("somebody", "a user, anyone, an attacker"),
    ("whoever", "a user who, anyone who, a caller that"),
    ("is|are no", "is not a, are not"),
];

/// With these, "is no" is right: "there is no bucket", "it is no longer used".
const BEFORE_NO: &[&str] = &["there", "here"];
const AFTER_NO: &[&str] = &["longer", "more", "less", "later", "earlier", "larger", "smaller"];

/// Files that hold the phrases on purpose, and what others publish.
const EXEMPT: &[&str] = &[
    "docs/style.md",
    "docs/glossary.md",
    "docs/api/",
    "xtask/src/prose.rs",
    // The history rejects a migration that differs from the one that was applied.
    "posture-history/migrations/0001_history.sql",
    "posture-history/migrations/0002_jobs.sql",
    "posture-history/migrations/0003_puts.sql",
    // Texts of publishers.
    "posture-core/src/frameworks/catalogue.rs",
    "posture-report/schemas/",
    "LICENSE",
    "Cargo.lock",
];

/// The endings of the files that are checked. JSON and snapshots hold data, and what other files say.
const CHECKED: &[&str] = &[
    ".rs",
    ".md",
    ".toml",
    ".py",
    ".txt",
    ".css",
    ".js",
    ".sql",
    ".yaml",
    ".service",
    ".timer",
    "run",
    "Containerfile",
];

pub(crate) fn run() -> Result<()> {
    let root = root()?;
    let found = phrases(&root)?;
    for line in &found {
        println!("{line}");
    }
    let typos = venv::tool(&root, "typos")?;
    let mut spelling = Command::new(&typos);
    spelling.args(["--config", "typos.toml", "--format", "brief", "--color", "never", "."]);
    let status = spelling.current_dir(&root).status();
    let right = status.with_context(|| typos.display().to_string())?.success();
    if !found.is_empty() || !right {
        bail!("docs/style.md says what to write; typos.toml lists words that are right here");
    }
    Ok(())
}

/// Every avoided phrase in a file of the repository, with its place.
fn phrases(root: &Path) -> Result<Vec<String>> {
    let list = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let list = String::from_utf8(list.context("cannot run `git`")?.stdout)?;
    let mut found = Vec::new();
    for path in list.split('\0') {
        let checked = CHECKED.iter().any(|ending| path.ends_with(ending))
            && !EXEMPT.iter().any(|exempt| path.starts_with(exempt));
        // A file that was deleted and not committed is still listed.
        let Some(text) = checked.then(|| std::fs::read_to_string(root.join(path)).ok()).flatten()
        else {
            continue;
        };
        let text = if path.ends_with(".rs") { rust::prose(&text) } else { text };
        for (line, phrase, instead) in search(&text) {
            found.push(format!("{path}:{line}: avoid \"{phrase}\"; write: {instead}"));
        }
    }
    Ok(found)
}

/// The words of a text in lower case with their lines. An empty word is a break, which no phrase spans: punctuation, or code.
fn words(text: &str) -> Vec<(usize, String)> {
    let mut words = Vec::new();
    for (line, text) in (1..).zip(text.lines()) {
        // Of a fence, only the code within the line is skipped.
        let text = text.replace("```", " ");
        // Comment markers continue a sentence on the next line.
        let text = text.trim_start().trim_start_matches(['#', '/', '-', '*', '!']);
        let mut word = String::new();
        let mut code = false;
        for c in text.chars().chain([' ']) {
            if !code && (c.is_alphanumeric() || matches!(c, '_' | '\'' | '’')) {
                word.push(if c == '’' { '\'' } else { c });
                continue;
            }
            if !word.is_empty() {
                words.push((line, std::mem::take(&mut word).to_lowercase()));
            }
            code ^= c == '`';
            if code || !c.is_whitespace() {
                words.push((line, String::new()));
            }
        }
    }
    words
}

fn search(text: &str) -> Vec<(usize, &'static str, &'static str)> {
    let words = words(text);
    let mut found = Vec::new();
    for at in 0..words.len() {
        for (phrase, instead) in AVOIDED {
            let mut parts = phrase.split(' ').enumerate();
            let is = parts.all(|(next, part)| {
                let word = words.get(at + next);
                word.is_some_and(|(_, word)| part.split('|').any(|one| one == word))
            });
            let word =
                |at: Option<usize>| at.and_then(|at| words.get(at)).map(|(_, word)| word.as_str());
            let right = *phrase == "is|are no"
                && (word(at.checked_sub(1)).is_some_and(|word| BEFORE_NO.contains(&word))
                    || word(Some(at + 2)).is_some_and(|word| AFTER_NO.contains(&word)));
            if is && !right {
                found.push((words[at].0, *phrase, *instead));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, &'static str)> {
        search(text).into_iter().map(|(line, phrase, _)| (line, phrase)).collect()
    }

    #[test]
    fn phrases_are_found_over_the_end_of_a_line() {
        assert_eq!(found("Controls of\none's own."), [(2, "one's own")]);
        assert_eq!(found("/// which bears\n/// on it"), [(1, "bear|bears|bearing on")]);
        assert_eq!(found("It is\nno list."), [(1, "is|are no")]);
        assert_eq!(found("Roles to take on: a role taken on."), [(1, "role|roles taken on")]);
    }

    #[test]
    fn correct_phrases_and_code_are_left_alone() {
        for text in [
            "There is no bucket, and it is no longer used.",
            "`is no` and `told`",
            "The key is: no.",
            "is_told(told_off)",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
