//! Why an answer is what it is, rule by rule.

use std::fmt;

use posture_model::network::{Family, Service, SourceList, Traffic};
use posture_model::tri::Tri;

use super::decide::Note;
use super::passing::Passing;
use super::pod::Pod;
use super::ports::Ports;
use super::rules::{Families, families};
use super::{Cluster, Direction};
use crate::open::Why;

/// One thing that was weighed for an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step<S> {
    /// A policy isolates the pod, or may.
    Isolates {
        /// The policy, as `namespace/name`.
        policy: String,
        /// Why it may not; empty if it is certain.
        open: Why,
    },
    /// What a peer of a rule allows, which may be nothing.
    Rule {
        /// The policy, as `namespace/name`.
        policy: String,
        /// The place of the rule or its peer, such as `spec.ingress[0].from[1]`.
        place: String,
        /// What it allows.
        allows: Passing<S>,
        /// Why.
        because: &'static str,
    },
    /// Something that is not a rule and leaves the answer open.
    Leaves {
        /// What is not known.
        open: Why,
    },
}

/// What the policies at one pod decide, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side<S> {
    /// The pod.
    pub pod: String,
    /// The direction.
    pub direction: Direction,
    /// What was weighed, in the order of the policies.
    pub steps: Vec<Step<S>>,
    /// What passes.
    pub passes: Passing<S>,
}

/// Why connections from one pod to another pass or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What the policies of the two pods decide, the sender's first; for each version of the internet protocol if its rules
    /// compare addresses. Empty where policies do not decide.
    pub sides: Vec<Side<Ports>>,
    /// What decides instead of policies, if they do not.
    pub because: Option<&'static str>,
    /// What passes both.
    pub passes: Passing<Ports>,
}

fn step<S: Clone>(direction: Direction, note: &Note<'_, S>) -> Step<S> {
    match note {
        Note::Isolates(policy, selects) => {
            let open = match selects {
                Tri::Unknown(why) => why.clone(),
                Tri::Yes | Tri::No => Why::new(),
            };
            Step::Isolates { policy: policy.id(), open }
        }
        Note::Allows(policy, rule, peer, allowed) => {
            let peers = match direction {
                Direction::Ingress => "from",
                Direction::Egress => "to",
            };
            let mut place = format!("spec.{}[{rule}]", direction.name());
            if let Some(peer) = peer {
                place = format!("{place}.{peers}[{peer}]");
            }
            Step::Rule {
                policy: policy.id(),
                place,
                allows: allowed.passes.clone(),
                because: allowed.because,
            }
        }
        Note::Leaves(why) => Step::Leaves { open: (*why).clone() },
    }
}

impl Cluster {
    /// Why the connections from one pod to another pass or not. The answer is that of [`Self::between`].
    pub fn explain(&self, from: &Pod, to: &Pod) -> Explanation {
        let passes = self.between(from, to);
        let mut sides: Vec<Side<Ports>> = Vec::new();
        let all = match families(from, to) {
            _ if from.is(to) => Vec::new(),
            Families::These(all) if all.is_empty() => all,
            _ if !self.blocks => vec![Family::V4],
            Families::These(all) | Families::SomeOf(all) => all,
        };
        let because = match all.is_empty() {
            true if from.is(to) => Some("a policy cannot block a pod from itself"),
            true => {
                Some("the addresses of the two are of different versions of the internet protocol")
            }
            false => None,
        };
        for family in all {
            let ends = [(from, to, Direction::Egress), (to, from, Direction::Ingress)];
            for (pod, other, direction) in ends {
                let mut steps = Vec::new();
                let mut note = |note: Note<'_, Ports>| steps.push(step(direction, &note));
                let end = self.end(pod, direction);
                let passes = self.side_of_pair(&end, other, family, Some(&mut note));
                let side = Side { pod: pod.id(), direction, steps, passes };
                if !sides.contains(&side) {
                    sides.push(side);
                }
            }
        }
        Explanation { sides, because, passes }
    }

    /// Why connections of a pod with what is outside of the cluster pass or not. The answer is that of [`Self::from_outside`] or
    /// [`Self::to_outside`].
    pub fn explain_outside(&self, pod: &Pod, direction: Direction) -> Side<Traffic> {
        let mut steps = Vec::new();
        let mut note = |note: Note<'_, Traffic>| steps.push(step(direction, &note));
        let passes = self.outside(pod, direction, Some(&mut note));
        Side { pod: pod.id(), direction, steps, passes }
    }
}

/// Traffic in words: `TCP 80 with 10.0.0.0/8`.
struct Words<'t>(&'t Traffic);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("nothing");
        }
        for (place, (service, addresses)) in self.0.iter().enumerate() {
            let parts = service.parts().into_iter().map(|part: Service| {
                let text = part.to_string();
                text.replace("protocol 132", "sctp").to_uppercase()
            });
            let services: Vec<String> = parts.collect();
            f.write_str(if place == 0 { "" } else { ", " })?;
            write!(f, "{} with {}", services.join(" and "), SourceList::of(addresses))?;
        }
        Ok(())
    }
}

/// Traffic in words: `TCP 80 with 10.0.0.0/8`, or `nothing`.
pub(crate) fn traffic_in_words(traffic: &Traffic) -> String {
    Words(traffic).to_string()
}

fn reasons(why: &Why) -> String {
    why.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

impl fmt::Display for Passing<Traffic> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} allowed", Words(&self.certain))?;
        let open = self.possible.minus(&self.certain);
        if open.is_empty() {
            return Ok(());
        }
        write!(f, ", {} undecided ({})", Words(&open), reasons(&self.why))
    }
}

impl<S> fmt::Display for Side<S>
where
    Passing<S>: fmt::Display,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} of {}: {}", self.direction.name(), self.pod, self.passes)?;
        let isolates = |step: &Step<S>| matches!(step, Step::Isolates { .. });
        if !self.steps.iter().any(isolates) {
            writeln!(f, "  no network policy isolates it")?;
        }
        for step in &self.steps {
            match step {
                Step::Isolates { policy, open } if open.is_empty() => {
                    writeln!(f, "  {policy} isolates it")?;
                }
                Step::Isolates { policy, open } => {
                    writeln!(f, "  {policy} may isolate it: {}", reasons(open))?;
                }
                Step::Rule { policy, place, allows, because } => {
                    writeln!(f, "  {policy} {place}: {allows}: {because}")?;
                }
                Step::Leaves { open } => writeln!(f, "  {}", reasons(open))?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.passes)?;
        if let Some(because) = self.because {
            writeln!(f, "  {because}")?;
        }
        self.sides.iter().try_for_each(|side| write!(f, "{side}"))
    }
}
