//! Whether network policies allow connections of pods.

use std::io::{self, Write};

use posture_core::tri::Tri;
use posture_kubernetes::network::Direction;
use posture_kubernetes::reach::{
    Answer, Asked, Connections, Named, Outside, Party, Sender, SideInWords, StepInWords,
    TooManyPairs,
};
use posture_report::text::safe;
use serde_json::{Value, json};

use super::{CLOSED, LINE, MOST, OPEN, REACHED};
use crate::error::{Failure, Result};

/// What no answer of manifests shows.
pub(super) const PLUGIN: &str =
    "the cluster enforces network policies, which manifests do not show";

/// What no answer about the outside shows.
const WAY: &str =
    "a Service, an Ingress or a route leads there, which network policies do not show";

/// What no answer about an Ingress shows.
const SERVED: &str = "FROM is the ingress controller that serves the Ingress";

/// The answers for pods.
pub(super) struct Answers {
    all: Vec<Answer>,
    assumes: Vec<&'static str>,
}

/// The port of a question.
pub(super) fn asked(port: Option<&str>) -> Result<Asked> {
    let Some(text) = port else { return Ok(Asked::Any) };
    text.parse().map_err(|_| {
        Failure::usage(format!("invalid port `{}`", safe(text, LINE)))
            .help("pass a port such as 22 or udp/53, or the name of a port of a pod")
    })
}

/// Asks every cluster that knows both ends. Nothing if none does.
pub(super) fn ask(
    clusters: &[Connections<'_>],
    from: &str,
    to: &str,
    port: Option<&str>,
) -> Result<Option<Answers>> {
    let mut found = Vec::new();
    for cluster in clusters {
        if let (Some(from), Some(to)) = (cluster.named(from), cluster.named(to)) {
            found.push((cluster, from, to));
        }
    }
    found.retain(|(_, from, to)| [from, to].iter().any(|end| matches!(end, Named::Pods(_))));
    if found.is_empty() {
        return published(clusters, from, to, port);
    }
    let asked = asked(port)?;
    let (mut all, mut assumes) = (Vec::new(), Vec::new());
    for (cluster, from, to) in &found {
        if cluster.is_of_manifests() {
            assumes.push(PLUGIN);
        }
        let outside = |party: &Party, direction, other: &Outside| {
            cluster.outside(party, direction, *other, &asked)
        };
        match (from, to) {
            (Named::Pods(from), Named::Pods(to)) => {
                all.extend(cluster.between(from, to, &asked).map_err(too_many)?);
            }
            (Named::Outside(other), Named::Pods(own)) => {
                assumes.push(WAY);
                all.extend(own.iter().flat_map(|own| outside(own, Direction::Ingress, other)));
            }
            (Named::Pods(own), Named::Outside(other)) => {
                assumes.push(WAY);
                all.extend(own.iter().flat_map(|own| outside(own, Direction::Egress, other)));
            }
            (Named::Outside(_), Named::Outside(_)) => {}
        }
    }
    Answers::of(all, assumes, "pod", port).map(Some)
}

fn too_many(error: TooManyPairs) -> Failure {
    Failure::usage(error.to_string())
        .help("name a single workload for FROM or TO, or pass --matrix")
}

/// Asks every cluster that knows the sender and a Service or an Ingress. Nothing if none does.
fn published(
    clusters: &[Connections<'_>],
    from: &str,
    to: &str,
    port: Option<&str>,
) -> Result<Option<Answers>> {
    let asked = asked(port)?;
    let (mut all, mut assumes) = (Vec::new(), Vec::new());
    let mut any = false;
    for cluster in clusters {
        let Some(from) = cluster.named(from) else { continue };
        for to in cluster.published(to) {
            any = true;
            if to.is_ingress() && port.is_some() {
                return Err(Failure::usage("an Ingress leads to the ports that it names itself")
                    .help("leave PORT out, or name the Service for TO"));
            }
            if cluster.is_of_manifests() {
                assumes.push(PLUGIN);
            }
            let from = match &from {
                Named::Outside(other) => {
                    assumes.push(WAY);
                    Sender::Outside(*other)
                }
                Named::Pods(from) => {
                    assumes.extend(to.is_ingress().then_some(SERVED));
                    Sender::Pods(from)
                }
            };
            all.extend(cluster.to_published(from, to, &asked).map_err(too_many)?);
        }
    }
    if !any {
        return Ok(None);
    }
    Answers::of(all, assumes, "Service", port).map(Some)
}

/// Which of two names no cluster knows.
pub(super) fn unknown<'n>(
    clusters: &[Connections<'_>],
    from: &'n str,
    to: &'n str,
) -> Option<&'n str> {
    let is_end = |name: &str| clusters.iter().any(|cluster| cluster.named(name).is_some());
    let leads = |name: &str| clusters.iter().any(|cluster| !cluster.published(name).is_empty());
    if !is_end(from) {
        return Some(from);
    }
    (!is_end(to) && !leads(to)).then_some(to)
}

pub(super) fn not_found(clusters: &[Connections<'_>], name: &str) -> Failure {
    let published = clusters.iter().any(|cluster| !cluster.published(name).is_empty());
    let name = safe(name, LINE);
    if published {
        return Failure::usage(format!("`{name}` opens no connections itself"))
            .help("name a workload or a pod for FROM; a Service or an Ingress can be TO");
    }
    let failure = Failure::usage(format!(
        "no pod, workload, Service, Ingress or namespace `{name}` in the snapshot"
    ));
    match clusters.iter().find_map(Connections::missing) {
        Some(why) => failure.help(format!("not all of them were read: {}", safe(&why, LINE))),
        None => failure.help(
            "pass its name, as in `web`, `shop/web` or `Deployment/shop/web`, one of its addresses, or `internet`",
        ),
    }
}

fn word(answer: &Answer) -> &'static str {
    match answer.reaches {
        Tri::Yes => "reachable",
        Tri::No => "not reachable",
        Tri::Unknown(_) => "undetermined",
    }
}

impl Answers {
    /// The answers about a port that a `kind` may name.
    fn of(
        all: Vec<Answer>,
        mut assumes: Vec<&'static str>,
        kind: &str,
        port: Option<&str>,
    ) -> Result<Self> {
        if all.is_empty() {
            let name = safe(port.unwrap_or_default(), LINE);
            let message = match kind {
                "pod" => format!("no pod of TO has a port of the name `{name}`"),
                _ => format!("{kind} TO does not have a port of the name `{name}`"),
            };
            return Err(Failure::usage(message).help("pass its number, such as 8080 or udp/53"));
        }
        assumes.sort_unstable();
        assumes.dedup();
        Ok(Self { all, assumes })
    }

    pub(super) fn count(&self) -> usize {
        self.all.len()
    }

    /// What the answers take for granted.
    pub(super) fn assumes(&self) -> &[&'static str] {
        &self.assumes
    }

    /// The exit code of each answer.
    pub(super) fn codes(&self) -> impl Iterator<Item = u8> {
        self.all.iter().map(|answer| match answer.reaches {
            Tri::Yes => REACHED,
            Tri::No => CLOSED,
            Tri::Unknown(_) => OPEN,
        })
    }

    pub(super) fn write(&self, most: usize, out: &mut dyn Write) -> io::Result<()> {
        self.all.iter().take(most).try_for_each(|answer| write(answer, out))?;
        self.assumes.iter().try_for_each(|one| writeln!(out, "provided that {one}"))
    }

    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        self.all.iter().map(value)
    }
}

fn pods(id: &str, count: usize) -> String {
    match count {
        0 | 1 => safe(id, LINE).into_owned(),
        more => format!("{} ({more} pods)", safe(id, LINE)),
    }
}

fn write(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    let Answer { from, to, reaches, .. } = answer;
    let (from, to) = (pods(from, answer.pods.0), pods(to, answer.pods.1));
    writeln!(out, "{to} from {from}: {}", word(answer))?;
    match reaches {
        Tri::No => {}
        Tri::Yes => writeln!(out, "  {}", safe(&answer.allowed, LINE))?,
        Tri::Unknown(_) => writeln!(out, "  perhaps {}", safe(&answer.undecided, LINE))?,
    }
    let through = answer.through.iter().map(|through| format!("by {through}"));
    for line in through.chain(answer.because.clone()) {
        writeln!(out, "  {}", safe(&line, LINE))?;
    }
    answer.sides.iter().try_for_each(|one| side(one, out))?;
    if let Tri::Unknown(causes) = reaches {
        for cause in causes.iter().take(MOST) {
            writeln!(out, "  cause: {}", safe(cause, LINE))?;
        }
    }
    Ok(())
}

/// `TCP 80, perhaps TCP 443`.
pub(super) fn both(allowed: &str, undecided: &str) -> String {
    match (allowed, undecided) {
        ("", "") => "nothing".to_owned(),
        (allowed, "") => allowed.to_owned(),
        ("", undecided) => format!("perhaps {undecided}"),
        (allowed, undecided) => format!("{allowed}, perhaps {undecided}"),
    }
}

fn side(side: &SideInWords, out: &mut dyn Write) -> io::Result<()> {
    let passes = both(&side.allowed, &side.undecided);
    writeln!(out, "  {} of {}: {}", side.direction, safe(&side.pod, LINE), safe(&passes, LINE))?;
    if !side.steps.iter().any(|step| step.policy.is_some()) {
        writeln!(out, "    no network policy isolates it")?;
    }
    // Where everything passes, what allows nothing does not matter.
    let steps = side.steps.iter().filter(|step| step.matters || !side.is_open);
    let mut shown = steps.clone().take(MOST);
    shown.try_for_each(|one| writeln!(out, "    {}", safe(&step(one), LINE)))?;
    match steps.count().saturating_sub(MOST) {
        0 => Ok(()),
        more => writeln!(out, "    {more} more are not shown"),
    }
}

fn step(step: &StepInWords) -> String {
    let StepInWords { policy, place, allows, because, .. } = step;
    let mut text = String::new();
    for part in [policy, place].into_iter().flatten() {
        text.push_str(part);
        text.push(' ');
    }
    if let Some((allowed, undecided)) = allows {
        text.push_str(&format!("allows {}: ", both(allowed, undecided)));
    }
    text.push_str(because);
    text
}

fn value(answer: &Answer) -> Value {
    let sides = answer.sides.iter().map(|side| {
        let steps = side.steps.iter().take(MOST).map(|step| {
            let (allowed, undecided) = step.allows.clone().unzip();
            json!({
                "policy": step.policy, "place": step.place, "allowed": allowed,
                "undecided": undecided, "because": step.because,
            })
        });
        json!({
            "pod": side.pod, "direction": side.direction, "allowed": side.allowed,
            "undecided": side.undecided, "steps": steps.collect::<Value>(),
            "more_steps": side.steps.len().saturating_sub(MOST),
        })
    });
    let cause = match &answer.reaches {
        Tri::Yes | Tri::No => None,
        Tri::Unknown(causes) => Some(json!({
            "action": "", "target": answer.to, "reason": "undetermined",
            "detail": causes.join("; "),
        })),
    };
    let name = answer.to.rsplit('/').next();
    json!({
        "id": answer.to, "name": name, "from": answer.from, "answer": word(answer).replace(' ', "-"),
        "allowed": answer.allowed, "undecided": answer.undecided, "because": answer.because,
        "through": answer.through, "sides": sides.collect::<Value>(), "ways": [], "more_ways": 0, "cause": cause,
    })
}
