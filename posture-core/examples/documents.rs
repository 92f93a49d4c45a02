//! Prints the documents that follow from the code, as one JSON object from path to text. `cargo xtask generate` writes
//! them to their places.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use posture_core::control::Control;
use posture_core::frameworks::{self, Class};
use posture_core::report::State;
use posture_core::resource::Kind;
use posture_core::{controls, json, snapshot};

fn main() -> Result<(), serde_json::Error> {
    let mut documents: BTreeMap<&str, String> = BTreeMap::new();
    documents.insert("docs/snapshot.schema.json", schema::<snapshot::Snapshot>()?);
    documents.insert("docs/report.schema.json", schema::<json::Document<'_>>()?);
    documents.insert("docs/controls.md", controls_page());
    documents.insert("docs/facts.md", facts_page());
    documents.insert("docs/frameworks.md", frameworks_page());
    println!("{}", serde_json::to_string(&documents)?);
    Ok(())
}

fn schema<T: schemars::JsonSchema>() -> Result<String, serde_json::Error> {
    let text = serde_json::to_string_pretty(&schemars::schema_for!(T))?;
    Ok(text + "\n")
}

const HEAD: &str = "<!-- Written by `cargo xtask generate`; not to be edited. -->\n\n";

fn controls_page() -> String {
    let mut page = format!("{HEAD}# Controls\n\n{} controls.\n\n", controls::ALL.len());
    page.push_str("| Control | Severity | Objective |\n| --- | --- | --- |\n");
    for control in controls::ALL {
        let anchor = control.id.replace('.', "");
        let _ = writeln!(
            page,
            "| [{}](#{anchor}) | {} | {} |",
            control.id, control.severity, control.title
        );
    }
    for control in controls::ALL {
        control_section(control, &mut page);
    }
    page
}

fn control_section(control: &Control, page: &mut String) {
    let _ = writeln!(
        page,
        "\n## {}\n\n**{}** ({}, examines {})\n\n{}\n",
        control.id,
        control.title,
        control.severity,
        control.check.kind().many(),
        control.rationale
    );
    for (provider, remedy) in control.remediation {
        let _ = writeln!(page, "- {provider}: {}", remedy.text);
        let _ = writeln!(page, "  - Console: {}", remedy.console);
        let _ = writeln!(page, "  - Command: `{}`", remedy.command);
    }
    for param in control.params {
        let default = param.default().to_string();
        let default = if default.is_empty() { "none".to_owned() } else { default };
        let _ =
            writeln!(page, "- Parameter `{}` (default: {default}): {}", param.name(), param.doc());
    }
    let reads: Vec<String> = control.reads.iter().map(|fact| format!("`{fact}`")).collect();
    let _ = writeln!(page, "- Reads {}", reads.join(", "));
    let bears = control.satisfies.iter().map(|mapping| {
        let requirement = mapping.requirement.get();
        let older: Vec<String> =
            requirement.elsewhere.iter().map(|(version, id)| format!("{version}: {id}")).collect();
        let older =
            if older.is_empty() { String::new() } else { format!("; {}", older.join(", ")) };
        format!("{} ({}{older})", mapping.requirement, mapping.strength)
    });
    let _ = writeln!(page, "- Bears on {}", bears.collect::<Vec<_>>().join(", "));
    for reference in control.references {
        let _ = writeln!(page, "- <{reference}>");
    }
}

fn facts_page() -> String {
    let mut page = format!(
        "{HEAD}# Facts\n\nWhat a snapshot holds of each kind of resource. Every fact is known, not offered by the provider, \
         or a gap with its cause.\n"
    );
    for kind in Kind::ALL {
        let _ = writeln!(page, "\n## {}\n\n| Fact | Meaning |\n| --- | --- |", kind.one());
        for fact in kind.facts() {
            let _ = writeln!(page, "| `{}` | {} |", fact.name, fact.doc.trim());
        }
    }
    page
}

fn frameworks_page() -> String {
    let mut page = format!("{HEAD}# Frameworks\n\nA requirement is in exactly one state:\n\n");
    for state in State::ALL {
        let _ = writeln!(page, "- {state}");
    }
    page.push_str("\n| Framework | Version | Requirements | Automated | Partial | Organisational | With a control |\n");
    page.push_str("| --- | --- | --- | --- | --- | --- | --- |\n");
    for framework in frameworks::all() {
        let of = |class| {
            let count = framework.requirements.iter().filter(|r| r.class == Some(class)).count();
            if framework.is_classified() { count.to_string() } else { "-".to_owned() }
        };
        let mut covered: Vec<_> = controls::ALL
            .iter()
            .flat_map(|control| control.mappings())
            .filter(|mapping| std::ptr::eq(mapping.requirement.framework(), *framework))
            .map(|mapping| mapping.requirement)
            .collect();
        covered.sort_unstable();
        covered.dedup();
        let _ = writeln!(
            page,
            "| {} (`{}`) | {} | {} | {} | {} | {} | {} |",
            framework.name,
            framework.id,
            framework.version,
            framework.requirements.len(),
            of(Class::Automated),
            of(Class::Partial),
            of(Class::Organisational),
            covered.len()
        );
    }
    for framework in frameworks::all().iter().filter(|framework| framework.is_classified()) {
        let bears = |id: &str| {
            controls::ALL.iter().any(|control| {
                control.mappings().iter().any(|mapping| {
                    std::ptr::eq(mapping.requirement.framework(), *framework)
                        && mapping.requirement.get().id == id
                })
            })
        };
        let _ = writeln!(
            page,
            "\n## {} {}: assessable, and no control yet\n\n| Requirement | Class | Why |\n| --- | --- | --- |",
            framework.name, framework.version
        );
        for requirement in framework.requirements {
            let Some(class) = requirement.class.filter(|class| *class != Class::Organisational)
            else {
                continue;
            };
            if !bears(requirement.id) {
                let _ = writeln!(page, "| {} | {class} | {} |", requirement.id, requirement.why);
            }
        }
    }
    page
}
