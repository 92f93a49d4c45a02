//! Who can act as whom within an account, and where that leads.
//!
//! Users and roles are the nodes. An edge leads from one to another whose permissions it can use: by assuming a role that
//! trusts it, by passing a role to a service that it can drive, with the credentials of another user, by joining a
//! group. Each edge is certain, or it depends on something. A path to an administrator is certain if every edge of it is.
//!
//! Paths are searched backwards from the administrators, so that principals that lead nowhere are not examined: the work is in
//! proportion to the number of principals that may lead somewhere times the number of sets of policies that allow any
//! step at all.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::rc::Rc;

use super::rights::{Held, Question, Rights};
use crate::policy::{Answer, Document, Edges, Entity, Home, Identity, Leads, Names};

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    User,
    Role,
    /// A group: a member has its permissions. As the beginning of a path it represents its members.
    Group,
    /// A policy, which represents its holders. No path leads to it.
    Policy,
}

/// The policies of an identity, and its boundary.
type Policies = (Vec<Held>, Option<(String, Rc<Document>)>);

/// A user, a role, a group or a policy.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) is: Is,
    pub(super) arn: String,
    pub(super) name: String,
    /// Its policies and its boundary; none if some of that is unknown.
    pub(super) rights: Option<Policies>,
    /// The trust policy of a role; none if it is unknown.
    pub(super) trust: Option<Rc<Document>>,
    /// Whether a service owns the role, so that no principal can change its trust policy or pass it.
    pub(super) owned: bool,
    /// Whether instances can run under the role.
    pub(super) has_profile: bool,
    /// The ARNs of the groups of a user.
    pub(super) groups: Vec<String>,
}

/// What is reached: at most one path that is certain, or else why one may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Reached {
    pub(super) certain: Option<String>,
    pub(super) open: Option<String>,
}

/// Where a node leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome {
    /// To full administration.
    pub(super) admin: Reached,
    /// To another principal's escalation path.
    pub(super) escalation: Reached,
    /// Its own escalation paths.
    pub(super) own: Vec<String>,
    /// Those that may be.
    pub(super) own_open: Vec<String>,
    /// Whether it is a full administrator itself, who needs no path.
    pub(super) is_admin: bool,
}

/// One step from a node to another.
#[derive(Clone, Debug)]
struct Step {
    from: u32,
    /// The path in the set of the node from which it leads; none if the trust policy names it.
    by: Option<u16>,
    /// The service that the role is passed to.
    service: Option<&'static str>,
    /// Why it is not certain.
    why: Option<Rc<str>>,
}

/// Nodes with the same policies.
struct Set<'n> {
    edges: Vec<Edges<'n>>,
    members: Vec<u32>,
}

/// What is known of the end of a path.
#[derive(Clone, Debug)]
enum End {
    /// It is one, for this reason.
    Certain(String),
    /// It may be one.
    Open(String),
    No,
}

/// The account.
pub(super) struct Graph<'n> {
    home: Home<'n>,
    nodes: &'n [Node],
    by_arn: HashMap<&'n str, u32>,
    sets: Vec<Set<'n>>,
    /// The set of each node.
    set_of: Vec<Option<u32>>,
    /// Those that are administrators themselves.
    admins: Vec<End>,
    incoming: Vec<Option<Rc<[Step]>>>,
}

/// Where each node leads, in the order of `nodes`.
pub(super) fn outcomes<'n>(
    home: Home<'n>,
    nodes: &'n [Node],
    rights: &mut Rights<'_>,
) -> Vec<Outcome> {
    let mut admins = Vec::with_capacity(nodes.len());
    let mut escalates = Vec::with_capacity(nodes.len());
    let mut outcomes = vec![Outcome::default(); nodes.len()];
    for (node, outcome) in nodes.iter().zip(&mut outcomes) {
        let Some((held, boundary)) = &node.rights else {
            let open = format!("the policies of {} are not known", node.called());
            admins.push(End::Open(open.clone()));
            escalates.push(End::Open(open));
            continue;
        };
        let entity = node.entity();
        let boundary = boundary.as_ref().map(|(_, document)| document);
        let admin = rights.ask(Question::FullAdmin, held, boundary, entity.as_ref());
        admins.push(match (admin.certain.first(), admin.undecided.first()) {
            (Some(statement), _) => End::Certain(statement.clone()),
            (None, Some(maybe)) => End::Open(maybe.to_string()),
            (None, None) => End::No,
        });
        outcome.is_admin = !admin.certain.is_empty();
        let paths = rights.ask(Question::Escalation, held, boundary, entity.as_ref());
        escalates.push(match (paths.certain.first(), paths.undecided.first()) {
            (Some(path), _) => End::Certain(path.clone()),
            (None, Some(maybe)) => End::Open(maybe.to_string()),
            (None, None) => End::No,
        });
        outcome.own.clone_from(&paths.certain);
        outcome.own_open = paths.undecided.iter().map(ToString::to_string).collect();
    }
    let mut graph = Graph::new(home, nodes, admins);
    let admins = graph.admins.clone();
    let reached = graph.search(&admins, "full administration");
    for (outcome, reached) in outcomes.iter_mut().zip(reached) {
        outcome.admin = reached;
    }
    // Administrators have been dealt with.
    for (end, admin) in escalates.iter_mut().zip(&admins) {
        if matches!(admin, End::Certain(_)) {
            *end = End::No;
        }
    }
    let reached = graph.search(&escalates, "escalation");
    for (outcome, reached) in outcomes.iter_mut().zip(reached) {
        outcome.escalation = reached;
    }
    outcomes
}

impl Node {
    /// As a path names it.
    fn called(&self) -> String {
        let kind = match self.is {
            Is::User => "user",
            Is::Role => "role",
            Is::Group => "group",
            Is::Policy => "policy",
        };
        format!("{kind} `{}`", self.name)
    }

    fn entity(&self) -> Option<Entity<'_>> {
        let boundary = self
            .rights
            .as_ref()
            .and_then(|(_, boundary)| boundary.as_ref())
            .map(|(arn, _)| arn.as_str());
        matches!(self.is, Is::User | Is::Role).then_some(Entity { arn: &self.arn, boundary })
    }
}

impl<'n> Graph<'n> {
    fn new(home: Home<'n>, nodes: &'n [Node], admins: Vec<End>) -> Self {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut graph = Self {
            home,
            nodes,
            by_arn: nodes.iter().enumerate().map(|(at, n)| (n.arn.as_str(), number(at))).collect(),
            sets: Vec::new(),
            set_of: vec![None; nodes.len()],
            admins,
            incoming: vec![None; nodes.len()],
        };
        let mut known: HashMap<Key<'n>, u32> = HashMap::new();
        for (at, node) in nodes.iter().enumerate() {
            // A principal with every permission needs no path to it.
            if matches!(graph.admins.get(at), Some(End::Certain(_))) {
                continue;
            }
            // What it can do is not known, and so it is an end that may be.
            let Some((held, boundary)) = &node.rights else { continue };
            let policies = held.iter().map(|(name, d)| (name.as_str(), d.as_ref())).collect();
            let limit = boundary.as_ref().map(|(_, document)| document.as_ref());
            let mut identity = Identity::new(home, policies, limit);
            let personal = boundary.is_some() || identity.is_personal();
            if let (true, Some(entity)) = (personal, node.entity()) {
                identity = identity.held_by(entity);
            }
            let mut documents: Vec<_> = held.iter().map(|(_, d)| Rc::as_ptr(d)).collect();
            documents.sort_unstable();
            documents.dedup();
            let key = Key { documents, holder: personal.then_some(node.arn.as_str()) };
            let set = *known.entry(key).or_insert_with(|| {
                graph.sets.push(Set { edges: identity.edges(), members: Vec::new() });
                number(graph.sets.len() - 1)
            });
            if let Some(set) = graph.sets.get_mut(set as usize) {
                set.members.push(number(at));
            }
            if let Some(place) = graph.set_of.get_mut(at) {
                *place = Some(set);
            }
        }
        graph
    }

    /// For every node the shortest path to an end that is certain, or else one that may be.
    fn search(&mut self, ends: &[End], what: &str) -> Vec<Reached> {
        let certain = self.walk(ends, true);
        let open = self.walk(ends, false);
        (0..self.nodes.len())
            .map(|at| {
                if matches!(self.admins.get(at), Some(End::Certain(_))) {
                    return Reached::default();
                }
                let path = |next: &[Option<(u32, Step)>]| self.path(at, next, ends, what);
                let found = path(&certain).map(|(path, _)| path);
                let open = if found.is_some() {
                    None
                } else {
                    path(&open).map(|(path, why)| format!("{path} ({why})"))
                };
                Reached { certain: found, open }
            })
            .collect()
    }

    /// From each node the next on the way to an end, if there is a way.
    fn walk(&mut self, ends: &[End], certain: bool) -> Vec<Option<(u32, Step)>> {
        let mut next: Vec<Option<(u32, Step)>> = vec![None; self.nodes.len()];
        let mut seen = vec![false; self.nodes.len()];
        let mut queue = VecDeque::new();
        for (at, end) in ends.iter().enumerate() {
            let is_end = match end {
                End::Certain(_) => true,
                End::Open(_) => !certain,
                End::No => false,
            };
            // No principal can become a policy.
            if is_end && self.nodes.get(at).is_some_and(|node| node.is != Is::Policy) {
                if let Some(seen) = seen.get_mut(at) {
                    *seen = true;
                }
                queue.push_back(at);
            }
        }
        while let Some(to) = queue.pop_front() {
            for step in self.into(to).iter().filter(|step| !certain || step.why.is_none()) {
                let from = step.from as usize;
                let (Some(place), Some(is_seen)) = (next.get_mut(from), seen.get_mut(from)) else {
                    continue;
                };
                if place.is_some() {
                    continue;
                }
                *place = Some((u32::try_from(to).unwrap_or(u32::MAX), step.clone()));
                if !*is_seen {
                    *is_seen = true;
                    queue.push_back(from);
                }
            }
        }
        next
    }

    /// A path in words, and what it depends on.
    fn path(
        &self,
        at: usize,
        next: &[Option<(u32, Step)>],
        ends: &[End],
        what: &str,
    ) -> Option<(String, String)> {
        let mut words = Vec::new();
        let mut reasons = BTreeSet::new();
        let mut here = at;
        let mut visited = BTreeSet::new();
        loop {
            // An end that a walk reaches first has its own continuation; the path ends there.
            let is_end = here != at && !matches!(ends.get(here), Some(End::No) | None);
            let step = next.get(here).and_then(Option::as_ref).filter(|_| !is_end);
            let Some((to, step)) = step else { break };
            if !visited.insert(here) {
                break;
            }
            words.push(self.say(here, *to as usize, step));
            if let Some(why) = &step.why {
                reasons.insert(why.to_string());
            }
            here = *to as usize;
        }
        if words.is_empty() {
            return None;
        }
        match ends.get(here)? {
            End::Certain(by) => words.push(format!("{what} by {by}")),
            End::Open(why) => {
                words.push(what.to_owned());
                reasons.insert(why.clone());
            }
            End::No => return None,
        }
        Some((words.join(" → "), reasons.into_iter().collect::<Vec<_>>().join(", ")))
    }

    fn say(&self, from: usize, to: usize, step: &Step) -> String {
        let Some(target) = self.nodes.get(to) else { return String::new() };
        let target = target.called();
        let edges = self
            .set_of
            .get(from)
            .copied()
            .flatten()
            .and_then(|set| self.sets.get(set as usize)?.edges.get(usize::from(step.by?)));
        let Some(edges) = edges else {
            return if step.by.is_none() && self.set_of.get(from).copied().flatten().is_some() {
                format!("assume {target}, whose trust policy allows it (sts:AssumeRole)")
            } else {
                format!("reach {target}")
            };
        };
        let name = &edges.name;
        match edges.leads {
            Leads::Session => format!("assume {target} ({name})"),
            Leads::Credentials => format!("act as {target} ({name})"),
            Leads::Trust => format!("change the trust policy of {target} ({name})"),
            Leads::Membership => format!("join {target} ({name})"),
            Leads::Passed(_) => {
                format!("pass {target} to {} ({name})", step.service.unwrap_or("a service"))
            }
            Leads::Running(_) => format!("use a workload that runs as {target} ({name})"),
        }
    }

    /// The steps that lead to a node.
    fn into(&mut self, to: usize) -> Rc<[Step]> {
        if let Some(Some(known)) = self.incoming.get(to) {
            return Rc::clone(known);
        }
        let steps: Rc<[Step]> = self.find(to).into();
        if let Some(place) = self.incoming.get_mut(to) {
            *place = Some(Rc::clone(&steps));
        }
        steps
    }

    fn find(&self, to: usize) -> Vec<Step> {
        let Some(target) = self.nodes.get(to) else { return Vec::new() };
        let mut steps = Vec::new();
        match target.is {
            Is::Policy => {}
            Is::Role => self.enter_role(target, &mut steps),
            Is::User => self.by_edges(target, Leads::Credentials, &mut steps, |_| true),
            // A role cannot be in a group, and who is in it has its rights already.
            Is::Group => self.by_edges(target, Leads::Membership, &mut steps, |from| {
                from.is != Is::Role && !from.groups.contains(&target.arn)
            }),
        }
        steps.retain(|step| step.from as usize != to);
        // Certain steps first, and the same order in every run.
        steps.sort_by(|a, b| {
            (a.from, a.why.is_some(), a.by, &a.why).cmp(&(b.from, b.why.is_some(), b.by, &b.why))
        });
        steps.dedup_by(|later, earlier| later.from == earlier.from);
        steps
    }

    /// Steps by what the policies of each set allow.
    fn by_edges(
        &self,
        target: &Node,
        leads: Leads,
        steps: &mut Vec<Step>,
        from: impl Fn(&Node) -> bool,
    ) {
        for set in &self.sets {
            for (by, edges) in set.edges.iter().enumerate().filter(|(_, e)| e.leads == leads) {
                let answer = edges.to(&target.arn);
                if answer.is_no() {
                    continue;
                }
                for member in &set.members {
                    if self.nodes.get(*member as usize).is_some_and(&from) {
                        push(steps, *member, Some(by), None, answer.clone());
                    }
                }
            }
        }
    }

    fn enter_role(&self, target: &Node, steps: &mut Vec<Step>) {
        let arn = target.arn.as_str();
        let unread = || Answer::needs(format!("the trust policy of {}", target.called()));
        let names = target.trust.as_ref().map(|trust| trust.trust_names(&self.home));
        let mut serves: HashMap<&'static str, Answer> = HashMap::new();
        let mut service = |name: &'static str| match &target.trust {
            None => unread(),
            Some(trust) => {
                serves.entry(name).or_insert_with(|| trust.admits_service(&self.home, name)).clone()
            }
        };
        // The principals that the account admits, if that is the same for all of it.
        let whole = match (&target.trust, &names) {
            (Some(trust), Some(names)) if !names.personal => {
                Some(trust.admits(&self.home, None).account)
            }
            (None, _) => Some(unread()),
            _ => None,
        };
        for set in &self.sets {
            for (by, edges) in set.edges.iter().enumerate() {
                let (answer, to) = match edges.leads {
                    Leads::Session => {
                        if names.as_ref().is_some_and(|names| !names.account) {
                            continue;
                        }
                        (edges.to(arn), None)
                    }
                    // For a role that a service owns, no other principal decides anything.
                    _ if target.owned => continue,
                    Leads::Trust => (edges.to(arn), None),
                    Leads::Passed(services) => {
                        let mut best = (Answer::No, None);
                        for (place, name) in services.iter().enumerate() {
                            let passes = edges.passes(arn, place);
                            if passes.is_no() {
                                continue;
                            }
                            let answer = passes.and(service(name));
                            if answer.is_yes() || best.0.is_no() {
                                best = (answer, Some(*name));
                            }
                            if best.0.is_yes() {
                                break;
                            }
                        }
                        best
                    }
                    Leads::Running(services) => {
                        let runs = Answer::any(services.iter().map(|name| {
                            // An instance gets a role only through an instance profile.
                            if name.starts_with("ec2.") && !target.has_profile {
                                Answer::No
                            } else {
                                service(name)
                            }
                        }));
                        let what = Answer::needs("a workload that runs as the role");
                        (runs.and(what).and(edges.rest()), None)
                    }
                    Leads::Credentials | Leads::Membership => continue,
                };
                if answer.is_no() {
                    continue;
                }
                for from in &set.members {
                    let Some(node) = self.nodes.get(*from as usize) else { continue };
                    let answer = match (edges.leads, &whole, &target.trust) {
                        (Leads::Session, Some(account), _) => answer.clone().and(account.clone()),
                        (Leads::Session, None, Some(trust)) => answer
                            .clone()
                            .and(trust.admits(&self.home, node.entity().as_ref()).account),
                        _ => answer.clone(),
                    };
                    push(steps, *from, Some(by), to, answer);
                }
            }
        }
        match (&target.trust, names) {
            (Some(trust), Some(names)) => self.by_name(target, trust, &names, steps),
            // It may name anyone.
            _ => {
                for from in self.everyone() {
                    push(steps, from, None, None, unread());
                }
            }
        }
    }

    /// Every user and role that has policies. If a trust policy admits these, it is not a group or a policy that grants
    /// them anything.
    fn everyone(&self) -> impl Iterator<Item = u32> {
        let members = self.sets.iter().flat_map(|set| &set.members).copied();
        members.filter(|at| {
            self.nodes.get(*at as usize).is_some_and(|node| matches!(node.is, Is::User | Is::Role))
        })
    }

    /// The principals that the trust policy names, which need no policy.
    fn by_name(&self, target: &Node, trust: &Document, names: &Names, steps: &mut Vec<Step>) {
        let mut sources: BTreeSet<u32> = BTreeSet::new();
        if names.everyone {
            sources.extend(self.everyone());
        } else {
            for name in &names.arns {
                sources.extend(self.by_arn.get(name.as_str()));
                if name.contains(":assumed-role/") {
                    let role = name.split('/').nth(1);
                    let same =
                        |node: &&Node| node.is == Is::Role && Some(node.name.as_str()) == role;
                    let found = self.nodes.iter().filter(same);
                    sources.extend(found.filter_map(|node| self.by_arn.get(node.arn.as_str())));
                }
            }
        }
        for from in sources {
            let Some(node) = self.nodes.get(from as usize) else { continue };
            let Some(set) = self.set_of.get(from as usize).copied().flatten() else { continue };
            let entity = node.entity();
            let named = trust.admits(&self.home, entity.as_ref()).named;
            if named.is_no() {
                continue;
            }
            let session = self
                .sets
                .get(set as usize)
                .and_then(|set| set.edges.iter().find(|edges| edges.leads == Leads::Session));
            let undenied = session
                .map_or(Answer::Yes, |edges| edges.undenied(&target.arn, node.is == Is::User));
            push(steps, from, None, None, named.and(undenied));
        }
    }
}

#[derive(PartialEq, Eq, Hash)]
struct Key<'n> {
    documents: Vec<*const Document>,
    holder: Option<&'n str>,
}

fn push(
    steps: &mut Vec<Step>,
    from: u32,
    by: Option<usize>,
    service: Option<&'static str>,
    answer: Answer,
) {
    let by = by.and_then(|by| u16::try_from(by).ok());
    let why = match answer {
        Answer::No => return,
        Answer::Yes => None,
        open @ Answer::Unknown(_) => Some(open.reason().into()),
    };
    steps.push(Step { from, by, service, why });
}

#[cfg(test)]
#[path = "graph/tests.rs"]
mod tests;
