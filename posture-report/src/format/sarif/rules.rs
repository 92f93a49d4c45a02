//! Controls as rules.

use std::cmp::Reverse;
use std::fmt::Write as _;

use posture_core::control::{Control, Severity};
use posture_core::frameworks::{Mapping, Strength};
use posture_core::params::Params;
use posture_core::report::Report;
use posture_core::tools::Tools;

use super::model::{Configuration, Requirement, Rule, RuleProperties, Text};
use crate::format::markdown::prose;

/// How many tags a rule may have; GitHub refuses a file in which one has
/// [more](https://docs.github.com/en/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit).
pub(super) const TAGS: usize = 20;

impl Rule {
    pub(super) fn new(control: &'static Control, report: &Report<'_>, params: &Params) -> Self {
        let mut mappings: Vec<Mapping> = control.mappings();
        mappings.retain(|mapping| {
            let framework = mapping.requirement.framework();
            report.frameworks.iter().any(|reported| std::ptr::eq(reported.framework, framework))
        });
        // Those that it decides come first: not all of them may have room among the tags.
        mappings.sort_by_key(|mapping| Reverse(mapping.strength));
        let tags = mappings.iter().map(|mapping| mapping.requirement.to_string());
        Self {
            id: control.id,
            name: pascal(control.id),
            short_description: control.title.into(),
            full_description: control.rationale.into(),
            help_uri: control.references.first().copied(),
            help: help(control),
            default_configuration: Configuration {
                level: level(control.severity),
                parameters: params.in_force(control),
            },
            properties: RuleProperties {
                tags: std::iter::once("security".to_owned()).chain(tags).take(TAGS).collect(),
                security_severity: security_severity(control.severity),
                requirements: mappings
                    .iter()
                    .map(|mapping| Requirement::new(mapping, report.findings.tools()))
                    .collect(),
            },
        }
    }
}

impl Requirement {
    pub(super) fn new(mapping: &Mapping, tools: &Tools) -> Self {
        let decides = mapping.strength != Strength::Supporting;
        let declared = mapping.tool().filter(|_| decides).and_then(|purpose| tools.of(purpose));
        Self {
            framework: mapping.requirement.framework().id,
            id: mapping.requirement.get().id,
            strength: if declared.is_some() { Strength::Supporting } else { mapping.strength },
            declared: declared.map(str::to_owned),
        }
    }
}

/// What to do about a failure. Braces stand for themselves here: a rule's help has no arguments, and a command in which
/// they were doubled could not be copied.
pub(super) fn help(control: &Control) -> Text {
    let (mut text, mut markdown) = (String::new(), String::new());
    for (provider, remedy) in control.remediation {
        let _ = write!(
            text,
            "{provider}: {}\nConsole: {}\n{}: {}\n",
            remedy.text,
            remedy.console,
            remedy.command.title(),
            remedy.command.line()
        );
        let _ = write!(
            markdown,
            "**{provider}**: {}\n\n{}\n\n```sh\n{}\n```\n\n",
            prose(remedy.text),
            prose(remedy.console),
            remedy.command.line()
        );
    }
    for reference in control.references {
        let _ = writeln!(text, "{reference}");
        let _ = writeln!(markdown, "- <{reference}>");
    }
    Text { text, markdown: Some(markdown) }
}

/// How bad a failure is, in the words of the format.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical | Severity::High => "error",
        Severity::Medium => "warning",
        Severity::Low => "note",
    }
}

/// A number within GitHub's
/// [bounds](https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning)
/// of the severity: above 9, from 7, from 4, below.
pub(super) fn security_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "9.5",
        Severity::High => "8.0",
        Severity::Medium => "5.0",
        Severity::Low => "2.0",
    }
}

/// `storage.public-access` as `StoragePublicAccess`, which is how the names of rules are written.
pub(super) fn pascal(id: &str) -> String {
    let words = id.split(['.', '-']);
    let word = |word: &str| {
        let mut letters = word.chars();
        let first = letters.next().map(|letter| letter.to_ascii_uppercase());
        first.into_iter().chain(letters).collect::<String>()
    };
    words.map(word).collect()
}
