//! What changed between two audits, for pull requests and chats.

use std::io::{self, Write};

use posture_core::catalogue::Catalogue;
use posture_core::diff::{Change, RequirementChange};
use posture_core::record::FindingStatus;
use posture_core::time::Time;

use crate::format::markdown::{code, prose, table};
use crate::text::NAME;

/// What changed between two audits, as far as it is shown.
#[derive(Clone, Copy, Debug)]
pub struct Changes<'c> {
    /// When the reading of the older audit ended.
    pub before: Time,
    /// The same of the newer one.
    pub after: Time,
    /// The findings with another status.
    pub findings: &'c [&'c Change],
    /// The requirements with another state.
    pub requirements: &'c [RequirementChange],
    /// The connections of pods that change.
    pub connections: &'c [ConnectionChange],
}

/// A change of connections between pods, in words. The names may be as hostile as any text of a cloud.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionChange {
    /// The cluster or the manifests.
    pub scope: String,
    /// The senders.
    pub from: String,
    /// The receivers.
    pub to: String,
    /// The ports that are opened or closed.
    pub change: String,
}

/// Writes changes as Markdown: a heading with the times of both audits, a sentence that sums them up, and a row for each
/// finding and each requirement, of which only the first hundred or so are shown.
///
/// # Errors
/// Those of the writer.
pub fn markdown(
    changes: &Changes<'_>,
    catalogue: &Catalogue,
    sum: &str,
    mut out: impl Write,
) -> io::Result<()> {
    let out = &mut out;
    let Changes { before, after, findings, requirements, connections } = *changes;
    writeln!(out, "# Changes from {} to {}\n\n{}", before.minute(), after.minute(), prose(sum))?;
    if !findings.is_empty() {
        let rows = findings.iter().map(|change| finding(change, catalogue));
        let columns = ["Finding", "Control", "Severity", "Resource", "Account", "Change", "Why"];
        table(out, &columns, findings.len(), rows)?;
    }
    if !connections.is_empty() {
        writeln!(out, "\n## Connections")?;
        let rows = connections.iter().map(|one| {
            let names = [&one.scope, &one.from, &one.to].map(|name| code(name, WHY));
            names.into_iter().chain([prose(&one.change)]).collect()
        });
        table(out, &["Cluster", "From", "To", "Ports"], connections.len(), rows)?;
    }
    if requirements.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## Requirements")?;
    let rows = requirements.iter().map(|change| {
        let change_of = format!("{} → {}", change.before, change.after);
        vec![change.framework.to_owned(), prose(change.id), prose(change.title), change_of]
    });
    table(out, &["Framework", "Requirement", "Text", "Change"], requirements.len(), rows)
}

fn finding(change: &Change, catalogue: &Catalogue) -> Vec<String> {
    let word = |status: Option<FindingStatus>| status.map_or("-", FindingStatus::words);
    let fails = change.after.is_some_and(FindingStatus::fails);
    let headline = catalogue.headline(&change.control, fails).unwrap_or_default();
    let remark = change.kind.remark().map_or(String::new(), |words| format!(" ({words})"));
    vec![
        prose(headline),
        code(&change.control, NAME),
        change.severity.id().to_owned(),
        code(change.name.as_deref().unwrap_or("the list itself"), NAME),
        code(&change.scope, NAME),
        format!("{} → {}{remark}", word(change.before), word(change.after)),
        code(&change.cause.words(), WHY),
    ]
}

/// How much is shown of a cause.
const WHY: usize = 400;

#[cfg(test)]
mod tests {
    use posture_core::control::Severity;
    use posture_core::diff::{Cause, ChangeKind};
    use posture_core::provider::Provider;
    use posture_core::report::State;

    use super::*;

    fn change(name: &str) -> Change {
        Change {
            finding: "0123456789abcdef".to_owned(),
            control: "storage.versioning".to_owned(),
            severity: Severity::Medium,
            provider: Provider::Aws,
            scope: "123456789012".to_owned(),
            resource: Some(name.to_owned()),
            name: Some(name.to_owned()),
            before: Some(FindingStatus::Pass),
            after: Some(FindingStatus::Fail),
            kind: ChangeKind::New,
            cause: Cause::Reading { action: name.to_owned(), reason: "denied".to_owned() },
        }
    }

    fn written(names: &[&str]) -> String {
        let changes: Vec<Change> = names.iter().map(|name| change(name)).collect();
        let changes: Vec<&Change> = changes.iter().collect();
        let (before, after) = (Time::from_unix(1_800_000_000), Time::from_unix(1_800_086_400));
        text(&Changes { before, after, findings: &changes, requirements: &[], connections: &[] })
    }

    fn text(changes: &Changes<'_>) -> String {
        let mut out = Vec::new();
        markdown(changes, &Catalogue::default(), "1 change: 1 new failure.", &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn requirements_have_a_table_of_their_own() {
        let time = Time::from_unix(1_800_000_000);
        let requirement = RequirementChange {
            framework: "csf",
            id: "PR.AA-05",
            title: "Access is managed",
            before: State::PartlyEvidenced,
            after: State::NotMet,
        };
        let reopened = Change { kind: ChangeKind::Reopened, ..change("logs") };
        let findings = [&reopened];
        let changes = Changes {
            before: time,
            after: time,
            findings: &findings,
            requirements: &[requirement],
            connections: &[],
        };
        let text = text(&changes);
        assert!(text.contains("| pass → fail (reopened) |"), "{text}");
        assert!(
            text.ends_with("| csf | PR.AA-05 | Access is managed | partly evidenced → not met |\n"),
            "{text}"
        );
    }

    #[test]
    fn each_change_has_a_row_with_its_cause() {
        assert_eq!(
            written(&["logs"]),
            "# Changes from 2027-01-15 08:00 UTC to 2027-01-16 08:00 UTC\n\n1 change: 1 new failure.\n\n\
             | Finding | Control | Severity | Resource | Account | Change | Why |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n\
             | Versioning is off or suspended | `storage.versioning` | medium | `logs` | `123456789012` | pass → fail | `logs denied` |\n"
        );
        assert!(!written(&[]).contains('|'));
    }

    #[test]
    fn connections_have_a_table_of_their_own() {
        let time = Time::from_unix(1_800_000_000);
        let one = ConnectionChange {
            scope: "prod".to_owned(),
            from: "Deployment/shop/a|b".to_owned(),
            to: "internet".to_owned(),
            change: "TCP 80 opened".to_owned(),
        };
        let changes = Changes {
            before: time,
            after: time,
            findings: &[],
            requirements: &[],
            connections: &[one],
        };
        let text = text(&changes);
        let row = text.lines().last().unwrap();
        assert!(text.contains("\n## Connections\n"), "{text}");
        assert_eq!(row.replace("\\|", "").matches('|').count(), 5, "{row}");
        assert!(row.ends_with("| TCP 80 opened |"), "{row}");
    }

    #[test]
    fn a_hostile_name_is_code_within_its_cell() {
        for name in ["a|b", "<img src=x>", "a`b", "x\n# y", "[a](https://evil.example)"] {
            let text = written(&[name]);
            assert_eq!(text.lines().count(), 7, "{text}");
            let row = text.lines().last().unwrap();
            assert_eq!(row.replace("\\|", "").matches('|').count(), 8, "{row}");
        }
    }

    #[test]
    fn a_long_list_is_cut() {
        let text = written(&["logs"; 500]);
        assert!(text.lines().count() < 500 && text.contains("more: `--format json`"), "{text}");
    }
}
