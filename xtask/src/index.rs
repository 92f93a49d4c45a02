//! What is listed from the files that hold it: the index of controls, and the table of actions.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use crate::generate::Generated;
use crate::root;

const FOLDER: &str = "posture-core/src/controls";

pub(crate) fn controls() -> Result<Generated> {
    let mut areas: Vec<(String, Vec<String>)> = Vec::new();
    for entry in std::fs::read_dir(root()?.join(FOLDER)).context(FOLDER)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            let area = entry.file_name().to_string_lossy().into_owned();
            let mut conditions: Vec<String> = std::fs::read_dir(entry.path())?
                .filter_map(|file| {
                    let name = file.ok()?.file_name().to_string_lossy().into_owned();
                    Some(name.strip_suffix(".rs")?.to_owned())
                })
                .collect();
            conditions.sort_unstable();
            areas.push((area, conditions));
        }
    }
    areas.sort_unstable();
    let mut text = String::from(
        "//! Every control, one file each. Written by `cargo xtask generate`; add a control by adding its file.\n\n\
         use crate::control::Control;\n\n",
    );
    let mut ids = Vec::new();
    for (area, conditions) in &areas {
        let _ = writeln!(text, "/// Controls of {area}.\npub mod {area} {{");
        for condition in conditions {
            let _ = writeln!(text, "    pub mod {condition};");
            ids.push((format!("{area}.{}", condition.replace('_', "-")), area, condition));
        }
        text.push_str("}\n\n");
    }
    ids.sort_unstable();
    text.push_str("/// Every control, ordered by id.\npub static ALL: &[&Control] = &[\n");
    for (_, area, condition) in &ids {
        let _ = writeln!(text, "    &{area}::{condition}::CONTROL,");
    }
    text.push_str("];\n");
    if ids.len() == 1 {
        text = text.replace("&[\n    ", "&[").replace(",\n];", "];");
    }
    Ok(Generated { path: "posture-core/src/controls/mod.rs".to_owned(), text })
}

/// The table of actions of each provider, from the entries that stand beside the code that reads what they answer.
pub(crate) fn actions() -> Result<Vec<Generated>> {
    ["posture-aws", "posture-azure"].into_iter().map(actions_of).collect()
}

fn actions_of(provider: &str) -> Result<Generated> {
    let folder = format!("{provider}/src/collect");
    let mut files = Vec::new();
    sources(&root()?.join(&folder), &mut Vec::new(), &mut files)?;
    let mut entries = Vec::new();
    for (module, text) in &files {
        for (name, path) in entries_of(text) {
            entries.push((name, format!("super::{module}::{path}")));
        }
    }
    entries.sort_unstable();
    let mut text = String::from(
        "//! Every action. Written by `cargo xtask generate`; add an action beside the code that reads what it answers.\n\n\
         use crate::entry::Action;\n\n\
         /// Every action, ordered by name.\npub static ACTIONS: &[Action] = &[\n",
    );
    for (_, path) in &entries {
        let _ = writeln!(text, "    {path},");
    }
    text.push_str("];\n");
    Ok(Generated { path: format!("{folder}/table.rs"), text })
}

/// The source files below a folder, each with the path of its module.
fn sources(folder: &Path, above: &mut Vec<String>, all: &mut Vec<(String, String)>) -> Result<()> {
    for file in std::fs::read_dir(folder)? {
        let file = file?;
        let name = file.file_name().to_string_lossy().into_owned();
        if file.file_type()?.is_dir() {
            above.push(name);
            sources(&file.path(), above, all)?;
            above.pop();
        } else if let Some(name) = name.strip_suffix(".rs") {
            let own = (name != "mod").then_some(name);
            let module: Vec<&str> = above.iter().map(String::as_str).chain(own).collect();
            all.push((module.join("::"), std::fs::read_to_string(file.path())?));
        }
    }
    Ok(())
}

/// The names of the actions that a file holds, each with the constant that holds it.
fn entries_of(text: &str) -> Vec<(String, String)> {
    let word = |line: &str, of: &str| {
        let rest = line.trim().split_once("const ")?.1;
        Some(rest.split_once(of)?.0.to_owned())
    };
    let literal = |text: &str| Some(text.split('"').nth(1)?.to_owned());
    let mut entries = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(constant) = word(line, ": Action = Action {") else { continue };
        let Some(name) = lines.next().and_then(|line| line.trim().strip_prefix("name: ")) else {
            continue;
        };
        let named = || {
            let constant = format!("const {}: &str =", name.trim_end_matches(','));
            literal(text.split_once(&constant)?.1)
        };
        let name = if name.starts_with('"') { literal(name) } else { named() };
        entries.extend(name.map(|name| (name, constant)));
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_found_by_its_own_name_or_by_a_constant() {
        let text = r#"
pub(crate) const LIST: &str = "/users";

pub(crate) const KEYS: Action = Action {
    name: "Microsoft.KeyVault/vaults/keys/read",
    own: &[],
};

pub(crate) const USERS: Action = Action {
    name: LIST,
};

fn other(action: &Action) {}
"#;
        let found = entries_of(text);
        let found: Vec<(&str, &str)> =
            found.iter().map(|(n, c)| (n.as_str(), c.as_str())).collect();
        assert_eq!(found, [("Microsoft.KeyVault/vaults/keys/read", "KEYS"), ("/users", "USERS")]);
    }
}
