//! The index of controls, from the folder that holds them.

use std::fmt::Write as _;

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
