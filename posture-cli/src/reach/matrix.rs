//! `posture reach --matrix`: which groups of pods may connect to which.

use std::collections::HashMap;
use std::io::{self, Write};
use std::process::ExitCode;

use posture_kubernetes::network::{Passing, Ports};
use posture_kubernetes::reach::{Asked, Connections, GroupName, Party, Table};
use posture_report::Canvas;
use posture_report::frameworks::wrap;
use posture_report::stream::pretty;
use posture_report::text::safe;
use serde_json::{Value, json};

use super::pods::{PLUGIN, both, not_found};
use super::{LINE, MOST};
use crate::args::{DiffFormat, Reach, Screen};
use crate::error::{Failure, Result};
use crate::output::{counted, print, put};

/// How many pairs of groups a document holds at most.
const PAIRS: usize = 1_000_000;

/// How many workloads a line names at most.
const NAMED: usize = 4;

/// How many groups with the same answer are named at most.
const GROUPS: usize = 20;

pub(super) fn run(
    arguments: &Reach,
    clusters: &[Connections<'_>],
    screen: Screen,
) -> Result<ExitCode> {
    if clusters.is_empty() {
        return Err(Failure::usage("the snapshot holds neither a cluster nor manifests")
            .help("save one with `posture audit kubernetes --save FILE` or `posture audit manifests PATH --save FILE`"));
    }
    let asked = super::pods::asked(arguments.port.as_deref())?;
    let mut tables = Vec::new();
    let mut unknown = None;
    for cluster in clusters {
        let parties = |name: &Option<String>| match name {
            None => Ok(cluster.everything()),
            Some(name) => match cluster.find(name) {
                found if found.is_empty() => Err(name.clone()),
                found => Ok(found),
            },
        };
        match (parties(&arguments.from), parties(&arguments.to)) {
            (Ok(from), Ok(to)) => tables.push((cluster, table(cluster, &from, &to)?)),
            (Err(name), _) | (_, Err(name)) => unknown = Some(name),
        }
    }
    if let (true, Some(name)) = (tables.is_empty(), unknown) {
        return Err(not_found(clusters, &name));
    }
    let tables: Vec<Shown<'_>> =
        tables.iter().map(|(cluster, table)| Shown { cluster, table, asked: &asked }).collect();
    let sum: usize = tables.iter().map(|shown| shown.table.cells().count()).sum();
    if arguments.format == DiffFormat::Json && sum > PAIRS {
        return Err(Failure::usage(format!("there are {sum} pairs of groups"))
            .help("limit the senders or the receivers with FROM and TO, such as one namespace"));
    }
    print(screen, |canvas, out| match arguments.format {
        DiffFormat::Json => put(out, |out| {
            let scopes: Vec<Value> = tables.iter().map(Shown::value).collect();
            let value = json!({ "format": "posture-reach-matrix", "version": 1, "scopes": scopes });
            pretty(&value, out)
        }),
        DiffFormat::Table => put(out, |out| {
            tables.iter().try_for_each(|shown| shown.write(tables.len() > 1, canvas, out))
        }),
    })
}

fn table(cluster: &Connections<'_>, from: &[Party], to: &[Party]) -> Result<Table> {
    cluster.table(from, to).map_err(|error| {
        Failure::usage(error.to_string())
            .help("limit the senders and the receivers with FROM and TO, such as one namespace")
    })
}

/// The table of one scope, and what is asked of it.
struct Shown<'t> {
    cluster: &'t Connections<'t>,
    table: &'t Table,
    asked: &'t Asked,
}

/// What passes to a group from others.
struct Rows {
    /// Each answer with the senders, what is certain first. What certainly passes nothing is left out.
    rows: Vec<(Passing<Ports>, Vec<usize>)>,
    /// How many senders there are.
    senders: usize,
}

impl Shown<'_> {
    /// What passes to a group.
    fn rows(&self, to: usize) -> Rows {
        let mut places: HashMap<&Passing<Ports>, usize> = HashMap::new();
        let mut rows: Vec<(Passing<Ports>, Vec<usize>)> = Vec::new();
        let mut senders = 0;
        for (from, passes) in self.table.to(to) {
            senders += 1;
            let place = *places.entry(passes).or_insert_with(|| {
                rows.push((self.table.asked(to, self.asked, passes), Vec::new()));
                rows.len() - 1
            });
            if let Some((_, all)) = rows.get_mut(place) {
                all.push(from);
            }
        }
        rows.retain(|(passes, _)| !passes.is_nothing());
        rows.sort_by_key(|(passes, _)| passes.certain().is_empty());
        Rows { rows, senders }
    }

    fn write(&self, several: bool, canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
        if several {
            let scope = self.cluster.scope();
            let name = scope.name.as_deref().unwrap_or(&scope.id);
            writeln!(out, "{}", canvas.bold(&safe(name, LINE)))?;
        }
        let receivers = self.table.receivers().iter().enumerate();
        let receivers: Vec<(usize, &GroupName)> =
            receivers.filter_map(|(at, name)| Some((at, name.as_ref()?))).collect();
        for (at, name) in receivers.iter().take(MOST) {
            lines(&called(name), "", canvas, out)?;
            let Rows { rows, senders } = self.rows(*at);
            for (passes, from) in &rows {
                self.row(passes, from, senders, canvas, out)?;
            }
            if let Some(passes) = self.table.from_internet(*at) {
                let passes = self.table.asked(*at, self.asked, passes);
                lines(&format!("{} from the internet", words(&passes)), "  ", canvas, out)?;
            }
            let named: usize = rows.iter().map(|(_, from)| from.len()).sum();
            match senders.saturating_sub(named) {
                0 => {}
                rest => {
                    let groups = counted(rest, "group of pods", "groups of pods");
                    let other = if named == 0 { "" } else { "other " };
                    let groups = groups.replacen(' ', &format!(" {other}"), 1);
                    lines(&format!("nothing from {groups}"), "  ", canvas, out)?;
                }
            }
        }
        if let Some(more @ 1..) = receivers.len().checked_sub(MOST) {
            writeln!(out, "{more} more groups are not shown")?;
        }
        if let Some(why) = self.cluster.missing() {
            lines(&format!("not all pods were read: {why}"), "", canvas, out)?;
        }
        if self.cluster.is_of_manifests() {
            lines(&format!("provided that {PLUGIN}"), "", canvas, out)?;
        }
        Ok(())
    }

    /// What passes from some groups.
    fn row(
        &self,
        passes: &Passing<Ports>,
        from: &[usize],
        all: usize,
        canvas: Canvas,
        out: &mut dyn Write,
    ) -> io::Result<()> {
        let mut text = words(passes);
        if from.len() == all && all > 1 {
            text.push_str(&format!(" from all {all} groups of pods"));
            lines(&text, "  ", canvas, out)?;
        } else {
            text.push_str(" from");
            lines(&text, "  ", canvas, out)?;
            let named = from.iter().filter_map(|at| self.table.senders().get(*at)?.as_ref());
            for name in named.take(GROUPS) {
                lines(&called(name), "    ", canvas, out)?;
            }
            if let Some(more @ 1..) = from.len().checked_sub(GROUPS) {
                writeln!(out, "    … and {more} more groups")?;
            }
        }
        let causes = self.cluster.reasons(passes.why());
        for cause in causes.iter().take(NAMED) {
            lines(&format!("cause: {cause}"), "    ", canvas, out)?;
        }
        Ok(())
    }

    fn value(&self) -> Value {
        let scope = self.cluster.scope();
        let groups = self.table.senders().iter().zip(self.table.receivers()).enumerate();
        let groups = groups.map(|(at, (sender, receiver))| {
            let internet =
                |passes: Option<&Passing<Ports>>| passes.map(|passes| parts(self.cluster, passes));
            json!({
                "group": at,
                "sends": sender.as_ref().map(group),
                "receives": receiver.as_ref().map(group),
                "from_internet": internet(self.table.from_internet(at)),
                "to_internet": internet(self.table.to_internet(at)),
            })
        });
        let receivers = 0..self.table.receivers().len();
        let connections = receivers.flat_map(|to| {
            let rows = self.rows(to).rows.into_iter();
            rows.map(move |(passes, from)| {
                let mut value = parts(self.cluster, &passes);
                value["from"] = json!(from);
                value["to"] = json!(to);
                value
            })
        });
        let mut assumes = Vec::new();
        if self.cluster.is_of_manifests() {
            assumes.push(PLUGIN);
        }
        json!({
            "id": scope.id, "name": scope.name,
            "groups": groups.collect::<Value>(),
            "connections": connections.collect::<Value>(),
            "missing": self.cluster.missing(), "assumes": assumes,
        })
    }
}

fn group(name: &GroupName) -> Value {
    json!({ "namespace": name.namespace, "workloads": name.workloads, "pods": name.pods })
}

fn parts(cluster: &Connections<'_>, passes: &Passing<Ports>) -> Value {
    let (allowed, undecided) = passes.in_words();
    let mut causes = cluster.reasons(passes.why());
    causes.truncate(MOST);
    json!({ "allowed": allowed, "undecided": undecided, "causes": causes })
}

fn words(passes: &Passing<Ports>) -> String {
    let (allowed, undecided) = passes.in_words();
    both(&allowed, &undecided)
}

/// `shop: Deployment/web, StatefulSet/db and 2 more (7 pods)`.
fn called(name: &GroupName) -> String {
    let own = name.workloads.iter().take(NAMED).map(|id| {
        let mut parts = id.splitn(3, '/');
        match (parts.next(), parts.next(), parts.next()) {
            (Some(kind), Some(_), Some(own)) => format!("{kind}/{own}"),
            _ => id.clone(),
        }
    });
    let mut text = own.collect::<Vec<_>>().join(", ");
    if let Some(more @ 1..) = name.workloads.len().checked_sub(NAMED) {
        text.push_str(&format!(" and {more} more"));
    }
    if !name.namespace.is_empty() {
        text = format!("{}: {text}", name.namespace);
    }
    format!("{text} ({})", counted(name.pods, "pod", "pods"))
}

/// A text from a cloud in lines that fit.
fn lines(text: &str, indent: &str, canvas: Canvas, out: &mut dyn Write) -> io::Result<()> {
    let taken = u16::try_from(indent.len() + 2).unwrap_or(u16::MAX);
    let width = canvas.width.saturating_sub(taken).max(20);
    for (at, line) in wrap(&safe(text, LINE), width).into_iter().enumerate() {
        writeln!(out, "{indent}{}{line}", if at == 0 { "" } else { "  " })?;
    }
    Ok(())
}
