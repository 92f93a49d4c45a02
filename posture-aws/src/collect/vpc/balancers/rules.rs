//! Where the rules of a listener lead, and which clients.
//!
//! A client chooses what it asks for, but not its address. So a rule leads everyone to its targets whose address it takes, if there is a
//! request that gets past the rules before it.

use std::collections::BTreeMap;

use posture_model::gap::Gap;
use posture_model::network::{Addresses, Service, Traffic};
use posture_model::tri::Tri;
use posture_model::wildcard::Wildcard;

use super::super::convert::malformed;
use super::actions::*;
use super::answers::*;
use crate::network::{Flow, Forward};

/// What a rule leads to: target groups, and why it is not known whether it does.
struct Leads {
    groups: Vec<String>,
    doubt: Option<Gap>,
}

/// Where a listener leads that was read: by its rules in their order, and by its default actions where none of them holds.
///
/// # Errors
/// Why it may lead anywhere: it does something that is not known here.
pub(super) fn forwards<'a>(
    listener: &str,
    rules: impl Iterator<Item = ListedRule<'a>>,
    default: impl Iterator<Item = ListedAction<'a>>,
) -> Result<Vec<Forward>, Gap> {
    let mut numbered: Vec<(u32, ListedRule<'a>)> = Vec::new();
    for rule in rules {
        let is_default = rule.priority() == Some("default");
        let priority = rule.priority().and_then(|text| text.parse().ok());
        match (is_default, rule.is_default(), priority) {
            (true, Some(true), _) => {}
            (false, Some(false), Some(priority)) if rule.conditions().len() > 0 => {
                numbered.push((priority, rule));
            }
            _ => {
                return Err(malformed(RULES.name, listener, "a rule has no priority or condition"));
            }
        }
    }
    let mut rules = numbered;
    rules.sort_by_key(|(priority, _)| *priority);
    let mut all = Vec::new();
    // Which clients no rule so far takes for certain, whatever they ask for.
    let mut left = Flow::everything();
    let mut before: Vec<Conditions> = Vec::new();
    let mut push = |leads: Leads, takes: &Flow| {
        let takes = match leads.doubt {
            Some(gap) => takes.clone().and(Flow::unknown(gap)),
            None => takes.clone(),
        };
        if !takes.possible().is_empty() {
            let forward = |group| Forward { takes: takes.clone(), group };
            all.extend(leads.groups.into_iter().map(forward));
        }
    };
    for (_, rule) in &rules {
        let conditions = Conditions::of(listener, *rule);
        let takes = left.clone().and(conditions.clients.clone());
        let takes = match conditions.gets_past(&before) {
            true => takes,
            false => takes.and(Flow::unknown(unclear(listener))),
        };
        push(leads(listener, rule.actions())?, &takes);
        if conditions.of_request.is_empty() && !conditions.open {
            left = less(&left, &conditions.clients, listener);
        } else {
            before.push(conditions);
        }
    }
    let takes = match Conditions::default().gets_past(&before) {
        true => left,
        false => left.and(Flow::unknown(unclear(listener))),
    };
    push(leads(listener, default)?, &takes);
    Ok(all)
}

fn unclear(listener: &str) -> Gap {
    let detail = "which requests the other rules of the listener leave to this one is not known";
    Gap::undetermined(RULES.name, listener, detail)
}

/// What is left of some clients where others are taken.
fn less(left: &Flow, taken: &Flow, listener: &str) -> Flow {
    let certain = left.certain().minus(taken.possible());
    let possible = left.possible().minus(taken.certain());
    let why = left.why().or(taken.why()).cloned().unwrap_or_else(|| unclear(listener));
    Flow::between(certain, possible, why)
}

/// What some actions lead to.
fn leads<'a>(
    listener: &str,
    actions: impl Iterator<Item = ListedAction<'a>>,
) -> Result<Leads, Gap> {
    let mut found = Leads { groups: Vec::new(), doubt: None };
    for action in actions {
        let allows = |sign_in: Option<SignIn<'_>>| {
            sign_in.and_then(SignIn::unauthenticated) == Some(Unauthenticated::Allow)
        };
        let doubt = match action.kind() {
            ActionKind::Forward => {
                found.groups.extend(forwarded(listener, action)?);
                None
            }
            ActionKind::Redirect | ActionKind::Fixed => None,
            ActionKind::Oidc if allows(action.oidc()) => None,
            ActionKind::Cognito if allows(action.cognito()) => None,
            ActionKind::Oidc | ActionKind::Cognito => {
                Some("who can sign in at its identity provider is not known")
            }
            ActionKind::Jwt => Some("who can get a token that it accepts is not known"),
            ActionKind::Other => {
                let detail = "an action of the listener is not known here";
                return Err(Gap::undetermined(LISTENERS.name, listener, detail));
            }
        };
        let doubt = doubt.map(|detail| Gap::undetermined(LISTENERS.name, listener, detail));
        found.doubt = found.doubt.or(doubt);
    }
    Ok(found)
}

/// The target groups of an action. One whose weight is 0 gets no request as long as another one has a weight.
fn forwarded(listener: &str, action: ListedAction<'_>) -> Result<Vec<String>, Gap> {
    let lacks = || Gap::undetermined(LISTENERS.name, listener, "an action names no target group");
    let weighted: Vec<WeightedGroup<'_>> =
        action.forward().into_iter().flat_map(ForwardConfig::groups).collect();
    let weighs = weighted.iter().any(|group| group.weight().is_none_or(|weight| weight > 0));
    let used = weighted.iter().filter(|group| !weighs || group.weight() != Some(0));
    let groups: Option<Vec<String>> = used.map(|one| one.arn().map(str::to_owned)).collect();
    match groups.ok_or_else(lacks)? {
        groups if groups.is_empty() => Ok(vec![action.group().ok_or_else(lacks)?.to_owned()]),
        groups => Ok(groups),
    }
}

/// What a rule takes.
struct Conditions {
    clients: Flow,
    /// What a request must have.
    of_request: Vec<Condition>,
    /// Whether it must have something else, of which nothing is known here.
    open: bool,
}

impl Default for Conditions {
    fn default() -> Self {
        Self { clients: Flow::everything(), of_request: Vec::new(), open: false }
    }
}

/// A part of a request, and the patterns of which one must match it.
struct Condition {
    part: Part,
    patterns: Vec<String>,
}

/// A part of a request that a client chooses.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Host,
    Path,
    Method,
    Header(String),
    /// The value of a key of the query.
    Query(String),
}

/// A request: its parts, of which those that are not here are not in it.
type Request = BTreeMap<Part, String>;

impl Conditions {
    fn of(listener: &str, rule: ListedRule<'_>) -> Self {
        let mut all = Self::default();
        for condition in rule.conditions() {
            all.add(listener, condition);
        }
        all
    }

    fn add(&mut self, listener: &str, listed: ListedCondition<'_>) {
        let values: Vec<&str> = listed.values().collect();
        let or = |own: Vec<&str>| -> Vec<String> {
            let own = if own.is_empty() { values.clone() } else { own };
            own.into_iter().map(str::to_owned).collect()
        };
        let mut regex = listed.regex().len() > 0;
        let mut patterns = |found: Option<Patterns<'_>>| {
            regex |= found.is_some_and(|found| found.regex().len() > 0);
            or(found.into_iter().flat_map(Patterns::values).collect())
        };
        let of =
            |found: Option<Values<'_>>| or(found.into_iter().flat_map(Values::values).collect());
        let (part, patterns) = match listed.field() {
            Some("source-ip") => return self.limit(listener, &of(listed.source())),
            Some("host-header") => (Part::Host, patterns(listed.host())),
            Some("path-pattern") => (Part::Path, patterns(listed.path())),
            Some("http-request-method") => (Part::Method, of(listed.method())),
            Some("http-header") => {
                let header = listed.header();
                regex |= header.is_some_and(|header| header.regex().len() > 0);
                let name = header.and_then(HeaderPatterns::name).unwrap_or_default();
                let values = header.into_iter().flat_map(HeaderPatterns::values).collect();
                (Part::Header(name.to_ascii_lowercase()), or(values))
            }
            Some("query-string") => {
                let pairs: Vec<_> =
                    listed.query().into_iter().flat_map(QueryPatterns::values).collect();
                let key = pairs.first().and_then(|pair| pair.key()).unwrap_or_default();
                // Several keys, values of any key and escaped characters are not tried.
                let plain = |text: &str| !text.contains(['*', '?', '\\']);
                let same = pairs.iter().all(|pair| pair.key() == Some(key));
                let escaped =
                    |pair: &QueryPattern<'_>| pair.value().unwrap_or_default().contains('\\');
                self.open |= key.is_empty() || !plain(key) || !same || pairs.iter().any(escaped);
                let values = pairs.iter().filter_map(|pair| pair.value()).map(str::to_owned);
                (Part::Query(key.to_ascii_lowercase()), values.collect())
            }
            _ => {
                self.open = true;
                return;
            }
        };
        if regex || patterns.is_empty() {
            self.open = true;
            return;
        }
        // What every request has matches everything.
        let always = |pattern: &String| match part {
            Part::Path => matches!(pattern.as_str(), "*" | "/*"),
            Part::Host => pattern == "*",
            Part::Method | Part::Header(_) | Part::Query(_) => false,
        };
        if !patterns.iter().any(always) {
            self.of_request.push(Condition { part, patterns });
        }
    }

    /// Takes only clients of these prefixes.
    fn limit(&mut self, listener: &str, prefixes: &[String]) {
        let mut taken = Addresses::none();
        let mut wrong = prefixes.is_empty();
        for prefix in prefixes {
            match Addresses::parse(prefix) {
                Some(one) => taken.add(&one),
                None => wrong = true,
            }
        }
        let taken = Traffic::of(Service::ALL, &taken);
        let flow = match wrong {
            false => Flow::exactly(taken),
            true => {
                let detail = "a rule is about addresses that make no sense";
                let gap = Gap::undetermined(RULES.name, listener, detail);
                Flow::between(taken, Traffic::all(), gap)
            }
        };
        self.clients = std::mem::replace(&mut self.clients, Flow::nothing()).and(flow);
    }

    /// Whether there is a request that this takes and none of the others does, by any client; not if that is not known.
    fn gets_past(&self, others: &[Self]) -> bool {
        if self.open {
            return false;
        }
        let most = self.of_request.iter().map(|condition| condition.patterns.len()).max();
        let places = 0..most.unwrap_or(1).min(20);
        let requests =
            places.flat_map(|place| ["", "posture"].map(|fill| self.request(place, fill)));
        requests
            .flatten()
            .any(|request| others.iter().all(|other| other.takes(&request) == Tri::No))
    }

    /// A request that this takes.
    fn request(&self, place: usize, fill: &str) -> Option<Request> {
        let mut request = Request::from([
            (Part::Host, "posture.example".to_owned()),
            (Part::Path, "/posture".to_owned()),
            (Part::Method, "GET".to_owned()),
        ]);
        for Condition { part, patterns } in &self.of_request {
            let pattern = patterns.get(place).or_else(|| patterns.last())?;
            let mut text = pattern.replace('*', fill).replace('?', "q");
            if *part == Part::Path && pattern.starts_with('*') && !text.starts_with('/') {
                text.insert(0, '/');
            }
            // Two conditions about one part may exclude each other, which is not tried.
            let known = request.insert(part.clone(), text);
            let again = !matches!(part, Part::Host | Part::Path | Part::Method);
            if again && known.is_some() {
                return None;
            }
        }
        // A path begins so, whatever a rule is about.
        let sent = request.get(&Part::Path).is_some_and(|path| path.starts_with('/'));
        (sent && self.takes(&request) == Tri::Yes).then_some(request)
    }

    /// Whether this takes a request, by any client.
    fn takes(&self, request: &Request) -> Tri<()> {
        let held = self.of_request.iter().all(|condition| condition.holds(request));
        match (held, self.open) {
            (false, _) => Tri::No,
            (true, true) => Tri::Unknown(()),
            (true, false) => Tri::Yes,
        }
    }
}

impl Condition {
    fn holds(&self, request: &Request) -> bool {
        let Some(value) = request.get(&self.part) else { return false };
        let cased = |text: &str| -> String {
            match self.part {
                // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html: upper and lower
                // case differ in paths and methods.
                Part::Path | Part::Method => text.to_owned(),
                Part::Host | Part::Header(_) | Part::Query(_) => text.to_ascii_lowercase(),
            }
        };
        let value = cased(value);
        self.patterns.iter().any(|pattern| Wildcard::new(&cased(pattern)).matches(&value))
    }
}
