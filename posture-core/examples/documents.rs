//! Prints the documents that follow from the code, as one JSON object from path to text. `cargo xtask generate` writes
//! them to their places.
#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use posture_core::control::Control;
use posture_core::frameworks::{self, Class, ResourceType};
use posture_core::provider::Provider;
use posture_core::report::State;
use posture_core::resource::Kind;
use posture_core::{controls, json, snapshot};

fn main() -> Result<(), serde_json::Error> {
    let mut documents: BTreeMap<&str, String> = BTreeMap::new();
    documents.insert("docs/snapshot.schema.json", schema::<snapshot::Snapshot>()?);
    documents.insert("docs/report.schema.json", schema::<json::Document<'_>>()?);
    documents.insert("docs/controls.md", controls_page());
    documents.insert("docs/facts.md", facts_page(&schemars::schema_for!(snapshot::Snapshot)));
    documents.insert(
        "posture-cli/data/fact-types.json",
        fact_types(&schemars::schema_for!(snapshot::Snapshot))?,
    );
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
    page.push_str("| Control | Severity | Title |\n| --- | --- | --- |\n");
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
        "\n## {}\n\n**{}** ({}, examines {}, {})\n\n{}\n",
        control.id,
        control.title,
        control.severity,
        control.test.check.kind().many(),
        control.life,
        control.rationale
    );
    for (provider, remedy) in control.remediation {
        let _ = writeln!(page, "- {provider}: {}", remedy.text);
        let _ = writeln!(page, "  - Console: {}", remedy.console);
        let _ = writeln!(page, "  - {}: `{}`", remedy.command.title(), remedy.command.line());
    }
    for param in control.test.params {
        let default = param.default().to_string();
        let default = if default.is_empty() { "none".to_owned() } else { default };
        let value = match param.example() {
            Some(example) => format!("no default; for example: {example}"),
            None => format!("default: {default}"),
        };
        let _ = writeln!(page, "- Parameter `{}` ({value}): {}", param.name(), param.doc());
    }
    let reads: Vec<String> = control.test.reads.iter().map(|fact| format!("`{fact}`")).collect();
    let _ = writeln!(page, "- Reads {}", reads.join(", "));
    let mapped = control.satisfies.iter().map(|mapping| {
        let requirement = mapping.requirement.get();
        let older: Vec<String> =
            requirement.elsewhere.iter().map(|(version, id)| format!("{version}: {id}")).collect();
        let older =
            if older.is_empty() { String::new() } else { format!("; {}", older.join(", ")) };
        let mut asked = String::new();
        for value in mapping.asked() {
            let _ = write!(asked, "; requires {} = {}", value.name(), value.value());
        }
        if mapping.check().is_some() {
            asked.push_str("; with its own check");
        }
        let list = |types: &[ResourceType]| {
            types.iter().map(|of| format!("`{of}`")).collect::<Vec<_>>().join(" or ")
        };
        if !mapping.types().is_empty() {
            let _ = write!(asked, "; findings of {} only", list(mapping.types()));
        }
        if !mapping.condition().is_empty() {
            let _ = write!(asked, "; where there is {}", list(mapping.condition()));
        }
        if let Some(any) = mapping.alternatives() {
            let _ = write!(asked, "; one of several controls suffices: {}", any.0);
        }
        if let Some(purpose) = mapping.tool() {
            let _ =
                write!(asked, "; supporting if another tool is declared for `{}`", purpose.id());
        }
        format!("{} ({}{older}{asked})", mapping.requirement, mapping.strength)
    });
    let _ = writeln!(page, "- Mapped to {}", mapped.collect::<Vec<_>>().join(", "));
    let mut shown: Vec<(&str, Vec<String>)> = Vec::new();
    for mapping in control.satisfies.iter().filter(|mapping| !mapping.is_literal()) {
        let Some(because) = mapping.because() else { continue };
        match shown.iter_mut().find(|(known, _)| *known == because) {
            Some((_, all)) => all.push(mapping.requirement.to_string()),
            None => shown.push((because, vec![mapping.requirement.to_string()])),
        }
    }
    for (because, requirements) in shown {
        let _ = writeln!(
            page,
            "- A failure shows that {} is not met: {because}",
            requirements.join(", ")
        );
    }
    for reference in control.references {
        let _ = writeln!(page, "- <{reference}>");
    }
}

fn facts_page(snapshot: &schemars::Schema) -> String {
    let mut page = format!(
        "{HEAD}# Facts\n\nThe facts that a snapshot contains for each kind of resource. Every fact is known, not offered by the provider, \
         or a gap with its cause. The type is that of the snapshot and of \
         [custom controls](own-controls.md), where \"none\" is `null`.\n"
    );
    let snapshot = Schema { root: snapshot.as_value(), at: snapshot.as_value() };
    for kind in Kind::ALL {
        let called = kind.id();
        let _ = writeln!(page, "\n## {}\n", kind.one());
        if called != kind.one() {
            let _ = writeln!(page, "In files: `{called}`.\n");
        }
        page.push_str("| Fact | Type | Offered by | Meaning |\n| --- | --- | --- | --- |\n");
        for fact in kind.facts() {
            let form = snapshot.fact(*kind, fact.name).form();
            let offered: Vec<&str> = fact.providers.iter().map(|by| by.name()).collect();
            let (name, doc) = (fact.name, fact.doc.trim());
            let _ = writeln!(page, "| `{name}` | {form} | {} | {doc} |", offered.join(", "));
        }
    }
    page
}

/// The type of each fact in words, for the command.
fn fact_types(snapshot: &schemars::Schema) -> Result<String, serde_json::Error> {
    let snapshot = Schema { root: snapshot.as_value(), at: snapshot.as_value() };
    let facts =
        Kind::ALL.iter().flat_map(|kind| kind.facts().iter().map(move |fact| (*kind, fact)));
    let types: BTreeMap<String, String> = facts
        .map(|(kind, fact)| {
            (format!("{}.{}", kind.id(), fact.name), snapshot.fact(kind, fact.name).form())
        })
        .collect();
    Ok(serde_json::to_string_pretty(&types)? + "\n")
}

/// A place in a schema.
#[derive(Clone, Copy)]
struct Schema<'s> {
    root: &'s serde_json::Value,
    at: &'s serde_json::Value,
}

impl<'s> Schema<'s> {
    fn to(self, at: &'s serde_json::Value) -> Self {
        let Some(name) = at["$ref"].as_str() else { return Self { at, ..self } };
        let name = name.trim_start_matches("#/$defs/");
        if name == "Time" { Self { at, ..self } } else { self.to(&self.root["$defs"][name]) }
    }

    /// What is known of a fact.
    fn fact(self, kind: Kind, fact: &str) -> Self {
        let name: String = format!("{kind:?}");
        let of = self.to(&self.root["$defs"][name]["properties"][fact]);
        let known = of.at["oneOf"].as_array().into_iter().flatten();
        let mut known = known.map(|one| &one["properties"]["known"]).filter(|one| !one.is_null());
        self.to(known.next().unwrap_or(&serde_json::Value::Null))
    }

    /// The form in words.
    fn form(self) -> String {
        let all = |key: &str| self.at[key].as_array().into_iter().flatten();
        if self.at["$ref"].is_string() {
            return "time".to_owned();
        }
        if let Some(value) = self.at["const"].as_str() {
            return format!("`\"{value}\"`");
        }
        if let Some(values) = self.at["enum"].as_array() {
            return values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ");
        }
        let several: Vec<String> =
            all("oneOf").chain(all("anyOf")).map(|one| self.to(one).form()).collect();
        if !several.is_empty() {
            return several.join(" or ");
        }
        let kinds: Vec<&str> = match &self.at["type"] {
            serde_json::Value::String(one) => vec![one],
            many => many.as_array().into_iter().flatten().filter_map(|one| one.as_str()).collect(),
        };
        let one = |kind: &str| match kind {
            "boolean" => "boolean".to_owned(),
            "integer" | "number" => "number".to_owned(),
            "null" => "none".to_owned(),
            "array" => format!("list of {}", self.to(&self.at["items"]).form()),
            "object" => match self.at["properties"].as_object() {
                Some(fields) => {
                    let field = |(name, value)| format!("`{name}`: {}", self.to(value).form());
                    format!("({})", fields.iter().map(field).collect::<Vec<_>>().join(", "))
                }
                None => format!("by key {}", self.to(&self.at["additionalProperties"]).form()),
            },
            other => match other {
                "string" => "text".to_owned(),
                _ => other.to_owned(),
            },
        };
        if kinds.is_empty() {
            return "any value".to_owned();
        }
        kinds.into_iter().map(one).collect::<Vec<_>>().join(" or ")
    }
}

/// What the table of coverage means.
const COVERAGE: &str = "\n## Coverage\n\nTwo numbers of requirements: those of which the built-in controls can give some evidence, \
and those of which they can decide at least a part, as \"some evidence / decided in part\". The first includes the second. A \
requirement is decided in part where a failure shows that it is not met. It can be met only where a control is its whole \
procedure, in both directions: rows of benchmarks are so, as each is about a setting. No requirement of the CSF, the CCM, the \
Microsoft benchmark or the Kubernetes Hardening Guide is: each asks for more than settings show, so that its best state is \
\"partly evidenced\", also where its class is automated. A requirement of class node is in a file or a process of a machine: no \
control reaches it, and it counts neither as assessable nor here.\n\n";

fn frameworks_page() -> String {
    let mut page = format!("{HEAD}# Frameworks\n\nA requirement is in exactly one state:\n\n");
    for state in State::ALL {
        let _ = writeln!(page, "- {state}");
    }
    page.push_str(
        "\n| Framework | Version | As of | Requirements | Automated | Partial | Organizational | Node |\n",
    );
    page.push_str("| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for framework in frameworks::all() {
        let of = |class| {
            let count = framework.requirements.iter().filter(|r| r.class == Some(class)).count();
            if framework.is_classified() { count.to_string() } else { "-".to_owned() }
        };
        let _ = writeln!(
            page,
            "| {} (`{}`) | {} | {} | {} | {} | {} | {} | {} |",
            framework.name,
            framework.id,
            framework.version,
            framework.as_of,
            framework.requirements.len(),
            of(Class::Automated),
            of(Class::Partial),
            of(Class::Organizational),
            of(Class::Node)
        );
    }
    page.push_str(COVERAGE);
    let names: Vec<&str> = Provider::ALL.iter().map(|provider| provider.name()).collect();
    let _ = writeln!(page, "| Framework | {} | Any | Can be met |", names.join(" | "));
    let _ = writeln!(page, "| --- | {}--- | --- |", "--- | ".repeat(names.len()));
    for framework in frameworks::all() {
        let cell = |provider: Option<Provider>| {
            if provider.is_some_and(|one| !framework.concerns(one)) {
                return "-".to_owned();
            }
            let of = frameworks::coverage(framework, controls::ALL, provider);
            format!("{} / {}", of.evidenced, of.decided)
        };
        let any = frameworks::coverage(framework, controls::ALL, None);
        let cells: Vec<String> =
            Provider::ALL.iter().map(|one| Some(*one)).chain([None]).map(cell).collect();
        let _ = writeln!(page, "| `{}` | {} | {} |", framework.id, cells.join(" | "), any.met);
    }
    for framework in frameworks::all().iter().filter(|framework| framework.is_classified()) {
        let maps = |id: &str| {
            controls::ALL.iter().any(|control| {
                control.mappings().iter().any(|mapping| {
                    std::ptr::eq(mapping.requirement.framework(), *framework)
                        && mapping.requirement.get().id == id
                })
            })
        };
        let _ = writeln!(
            page,
            "\n## {} {}: assessable, without a control yet\n\n| Requirement | Class | Reason |\n| --- | --- | --- |",
            framework.name, framework.version
        );
        for requirement in framework.requirements {
            let Some(class) = requirement.class.filter(|class| class.is_assessable()) else {
                continue;
            };
            if !maps(requirement.id) {
                let _ = writeln!(page, "| {} | {class} | {} |", requirement.id, requirement.why);
            }
        }
    }
    page
}
