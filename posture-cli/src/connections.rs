//! Which connections of pods two audits differ in, for `posture diff`.

use std::io::{self, Write};

use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_kubernetes::network::Ports;
use posture_kubernetes::reach::{Changed, Connections, Delta, End, Presence};
use posture_report::Canvas;
use posture_report::diff::ConnectionChange;
use posture_report::text::{NAME, safe};
use serde_json::{Value, json};

use crate::comparison::Audit;
use crate::history::item;

/// How many changes are shown in a terminal, and how many ends of each.
const SHOWN: usize = 100;
const ENDS: usize = 5;

/// The changes of the clusters and manifests that both audits read.
#[derive(Debug, Default)]
pub(crate) struct Differences {
    scopes: Vec<OfScope>,
    /// What keeps them from being all.
    notes: Vec<String>,
}

#[derive(Debug)]
struct OfScope {
    id: String,
    name: String,
    changed: Vec<Changed>,
}

fn clusters(snapshot: &Snapshot) -> impl Iterator<Item = &Scope> {
    snapshot.scopes.iter().filter(|one| one.provider == Provider::Kubernetes)
}

impl Differences {
    pub(crate) fn between(before: &Audit, after: &Audit) -> Self {
        let mut all = Self::default();
        let (Some(old), Some(new)) = (&before.snapshot, &after.snapshot) else {
            let has = |audit: &Audit| {
                audit.record.scopes.iter().any(|(of, _)| *of == Provider::Kubernetes)
            };
            if has(before) && has(after) {
                all.notes
                    .push("connections of pods are compared between snapshots only".to_owned());
            }
            return all;
        };
        for scope in clusters(new) {
            let Some(earlier) = clusters(old).find(|one| one.id == scope.id) else { continue };
            let (earlier, later) = (Connections::of(earlier), Connections::of(scope));
            let name = scope.name.clone().unwrap_or_else(|| scope.id.clone());
            if let Some(why) = earlier.missing().or_else(|| later.missing()) {
                let why = safe(&why, NAME);
                all.notes.push(format!("not all pods of {} were read: {why}", safe(&name, NAME)));
            }
            match earlier.changes(&later) {
                Ok(changed) => all.scopes.push(OfScope { id: scope.id.clone(), name, changed }),
                Err(error) => all.notes.push(format!("connections are not compared: {error}")),
            }
        }
        all
    }

    pub(crate) fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How many changes there are, in words; nothing without any cluster.
    pub(crate) fn sentence(&self) -> Option<String> {
        if self.scopes.is_empty() {
            return None;
        }
        let all = || self.scopes.iter().flat_map(|scope| &scope.changed);
        let count =
            |of: fn(&Delta) -> &Ports| all().filter(|one| !of(&one.delta).is_empty()).count();
        let (opened, closed) = (count(|delta| &delta.opened), count(|delta| &delta.closed));
        let perhaps = all().count() - all().filter(|one| certain(&one.delta)).count();
        Some(match all().count() {
            0 => "No connection of pods changes.".to_owned(),
            _ => format!(
                "Connections of pods: {opened} opened, {closed} closed, {perhaps} undetermined."
            ),
        })
    }

    pub(crate) fn write(&self, canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
        for scope in self.scopes.iter().filter(|scope| !scope.changed.is_empty()) {
            let head = format!("Connections in {}", safe(&scope.name, NAME));
            writeln!(out, "\n{}", canvas.bold(&head))?;
            for one in scope.changed.iter().take(SHOWN) {
                let words = words(&one.delta).join("; ");
                item(
                    &format!(
                        "{} → {}: {words}",
                        ends(&one.from, one.more_from),
                        ends(&one.to, one.more_to)
                    ),
                    canvas,
                    out,
                )?;
            }
            if let Some(more @ 1..) = scope.changed.len().checked_sub(SHOWN) {
                writeln!(out, "  … and {more} more; --format json lists them all")?;
            }
        }
        Ok(())
    }

    /// The rows of a table.
    pub(crate) fn rows(&self) -> Vec<ConnectionChange> {
        let rows = self.scopes.iter().flat_map(|scope| {
            scope.changed.iter().map(|one| ConnectionChange {
                scope: scope.name.clone(),
                from: ends(&one.from, one.more_from),
                to: ends(&one.to, one.more_to),
                change: words(&one.delta).join("; "),
            })
        });
        rows.collect()
    }

    pub(crate) fn values(&self) -> Vec<Value> {
        let values = self.scopes.iter().flat_map(|scope| {
            scope.changed.iter().map(|one| {
                let Delta { opened, closed, may_open, may_close } = &one.delta;
                json!({
                    "scope": scope.id, "from": list(&one.from), "to": list(&one.to),
                    "more_from": one.more_from,
                    "more_to": one.more_to,
                    "opened": text(opened), "closed": text(closed),
                    "may_open": text(may_open), "may_close": text(may_close),
                })
            })
        });
        values.collect()
    }
}

/// Whether a part of a change is certain.
fn certain(delta: &Delta) -> bool {
    !delta.opened.is_empty() || !delta.closed.is_empty()
}

fn list(ends: &[End]) -> Value {
    let ends = ends.iter().map(|end| {
        let presence = match end.presence {
            Presence::Both => "both",
            Presence::Before => "before",
            Presence::After => "after",
        };
        json!({ "id": end.id, "in": presence })
    });
    ends.collect()
}

fn text(ports: &Ports) -> String {
    if ports.is_empty() { String::new() } else { ports.to_string() }
}

/// The parts of a change, in words.
fn words(delta: &Delta) -> Vec<String> {
    let Delta { opened, closed, may_open, may_close } = delta;
    let parts = [
        (opened, "opened"),
        (closed, "closed"),
        (may_open, "perhaps opened"),
        (may_close, "perhaps closed"),
    ];
    let parts = parts.into_iter().filter(|(ports, _)| !ports.is_empty());
    parts.map(|(ports, word)| format!("{ports} {word}")).collect()
}

fn ends(ends: &[End], more: usize) -> String {
    let named = ends.iter().take(ENDS).map(|end| {
        let mark = match end.presence {
            Presence::Both => "",
            Presence::Before => " (gone)",
            Presence::After => " (new)",
        };
        format!("{}{mark}", safe(&end.id, NAME))
    });
    let text = named.collect::<Vec<_>>().join(", ");
    match ends.len().saturating_sub(ENDS) + more {
        0 => text,
        more => format!("{text} and {more} more"),
    }
}
