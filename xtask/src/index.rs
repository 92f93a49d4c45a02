//! What is listed from the files that hold it: the index of controls, and the tables of providers.

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
        let _ = writeln!(text, "pub(crate) mod {area} {{");
        for condition in conditions {
            let _ = writeln!(text, "    pub(crate) mod {condition};");
            let id = format!("{area}.{condition}").replace('_', "-");
            ids.push((id, area, condition));
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
    text.push_str(
        "\n/// The built-in control of this id, or of one that it had before.\n\
         pub fn by_id(id: &str) -> Option<&'static Control> {\n    \
         ALL.iter().copied().find(|control| control.ids().any(|own| own == id))\n}\n",
    );
    Ok(Generated { path: "posture-core/src/controls/mod.rs".to_owned(), text })
}

/// What each provider asks and who reads it, from the files that hold it: the actions with their entries, the operations, and
/// the readers. Of AWS, where a service is a file, also the list of these files as modules.
pub(crate) fn tables() -> Result<Vec<Generated>> {
    let mut providers = Vec::new();
    for entry in std::fs::read_dir(root()?)? {
        let entry = entry?;
        if entry.path().join(READERS).is_file() {
            providers.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    providers.sort_unstable();
    let tables = providers.iter().map(|provider| table(provider));
    tables.chain([modules("posture-aws")]).collect()
}

/// The file of a provider that declares the modules of its readers, with every one that has a file.
fn modules(provider: &str) -> Result<Generated> {
    let path = format!("{provider}/src/collect/mod.rs");
    let full = root()?.join(&path);
    let folder = full.parent().context("no folder")?;
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let name = file?.file_name().to_string_lossy().into_owned();
        names.extend(name.strip_suffix(".rs").filter(|name| *name != "mod").map(str::to_owned));
    }
    let text = std::fs::read_to_string(&full).context(path.clone())?;
    Ok(Generated { text: declaring(&text, names), path })
}

/// The text of a file whose first block of modules declares these as well. Those that it declares keep their visibility.
fn declaring(text: &str, names: Vec<String>) -> String {
    let module = |line: &str| {
        let name = line.strip_suffix(';')?.split_once("mod ")?.1;
        name.bytes()
            .all(|b| b.is_ascii_lowercase() || b == b'_' || b.is_ascii_digit())
            .then(|| name.to_owned())
    };
    let lines: Vec<&str> = text.lines().collect();
    let Some(first) = lines.iter().position(|line| module(line).is_some()) else {
        return text.to_owned();
    };
    let count = lines[first..].iter().take_while(|line| module(line).is_some()).count();
    let mut block: Vec<(String, String)> = lines[first..first + count]
        .iter()
        .filter_map(|line| Some((module(line)?, (*line).to_owned())))
        .collect();
    for name in names {
        if !block.iter().any(|(declared, _)| *declared == name) {
            let line = format!("mod {name};");
            block.push((name, line));
        }
    }
    block.sort_unstable();
    let block = block.iter().map(|(_, line)| line.as_str());
    let after = lines[first + count..].iter().copied();
    let whole: Vec<&str> = lines[..first].iter().copied().chain(block).chain(after).collect();
    whole.join("\n") + "\n"
}

/// What a crate has that reads a provider.
const READERS: &str = "src/collect/mod.rs";

fn table(provider: &str) -> Result<Generated> {
    let folder = format!("{provider}/src/collect");
    let mut files = Vec::new();
    sources(&root()?.join(&folder), &mut Vec::new(), &mut files)?;
    files.sort_unstable();
    let (mut entries, mut operations, mut readers) = (Vec::new(), Vec::new(), Vec::new());
    for (module, text) in &files {
        let here = |name: String| format!("super::{module}::{name}");
        entries.extend(entries_of(text).into_iter().map(|(name, constant)| (name, here(constant))));
        operations.extend(operations_of(text).map(here));
        readers.extend(text.contains(READER).then(|| here("collect".to_owned())));
    }
    entries.sort_unstable();
    let mut text = String::from(
        "//! Every action. Written by `cargo xtask generate`; add an action beside the code that reads what it answers.\n\n",
    );
    if !readers.is_empty() {
        text.push_str("use futures::future::BoxFuture;\nuse posture_model::part::Part;\n\nuse super::context::Audit;\n");
    }
    text.push_str("use crate::entry::Action;\n");
    if !operations.is_empty() {
        text.push_str("use crate::wire::spec::Spec;\n");
    }
    text.push_str("\n/// Every action, ordered by name.\npub static ACTIONS: &[Action] = &[\n");
    for (_, path) in &entries {
        let _ = writeln!(text, "    {path},");
    }
    text.push_str("];\n");
    if !operations.is_empty() {
        text.push_str("\n/// Every operation that is asked without a crate of its service.\n");
        text.push_str("pub(crate) static OPERATIONS: &[&Spec] = &[\n");
        for path in &operations {
            let _ = writeln!(text, "    &{path}.spec,");
        }
        text.push_str("];\n");
    }
    if !readers.is_empty() {
        text.push_str("\n/// Every reader, begun.\n");
        text.push_str("pub(super) fn readers<'a>(audit: &'a Audit<'_>) -> Vec<BoxFuture<'a, Part>> {\n    vec![\n");
        for path in &readers {
            let _ = writeln!(text, "        Box::pin({path}(audit)),");
        }
        text.push_str("    ]\n}\n");
    }
    Ok(Generated { path: format!("{folder}/table.rs"), text })
}

/// How the function begins that reads what a file is about.
const READER: &str = "\npub(super) async fn collect(audit: &Audit<'_>) -> Part {\n";

/// The operations that a file holds.
fn operations_of(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| {
        let (name, kind) = line.strip_prefix("pub(crate) static ")?.split_once(": ")?;
        kind.starts_with("Operation<").then(|| name.to_owned())
    })
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
    fn a_file_is_declared_as_a_module() {
        let text = "//! Text.\n\npub(crate) mod b;\nmod iam;\n\nuse b::c;\n\nmod tests;\n";
        let names = ["a", "b"].map(str::to_owned).into();
        let declared = declaring(text, names);
        let expected =
            "//! Text.\n\nmod a;\npub(crate) mod b;\nmod iam;\n\nuse b::c;\n\nmod tests;\n";
        assert_eq!(declared, expected);
        assert_eq!(declaring(&declared, vec!["a".to_owned()]), expected);
    }

    #[test]
    fn an_operation_is_found_by_its_type() {
        let text = r#"
pub(crate) static LIST: Operation<0, List<'_>> =
    Operation::new(&KMS, KEYS.name, "List");

pub(crate) static SERVICE: Service = Service::new();
"#;
        assert_eq!(operations_of(text).collect::<Vec<_>>(), ["LIST"]);
    }

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
