//! No false pass: what is true of a world stays true, or becomes unknown with its cause, whatever goes wrong on the way.
//! Made from the tables of actions and controls, so that a new one is covered by existing.

mod answers;
mod aws;
mod azure;
mod body;
mod damage;
mod damage_aws;
mod damages;
mod kubernetes;
mod permissions;
mod random;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use posture_core::control::Control;
use posture_core::gap::Reason;
use posture_core::judge::{self, Outcome};
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::resource::{FactId, Kind};
use posture_core::scope::Scope;
use posture_core::snapshot::Snapshot;
use posture_sim::Fault;

use crate::cases::cases;

/// How long a call may take where none is meant to time out, on however busy a machine.
const PATIENT: Duration = Duration::from_secs(300);

/// How long a call may take at first where one is meant to time out. On a busy machine that may be too short for the others
/// as well: then the audit is made again with more.
const SHORT: Duration = Duration::from_millis(300);

/// How often it is made again, each time with twice as long.
const AGAIN: u32 = 8;

/// What is never answered. The client that waits for it gives up, which ends the wait on the other side as well.
const NEVER: u64 = 86_400_000;

/// How long a call may take in the audits with a fault, in the order in which they are tried.
fn patience(fault: &Fault) -> Vec<Duration> {
    match fault {
        Fault::SlowStart(_) | Fault::SlowBody(_) => {
            (0..AGAIN).map(|times| SHORT * 2_u32.pow(times)).collect()
        }
        _ => vec![PATIENT],
    }
}

/// Whether anything but what was meant to timed out, so that the machine was too busy for the audit to show anything.
fn disturbed(after: &Outcomes, causes: &[&str]) -> bool {
    after
        .values()
        .filter_map(|verdict| verdict.gap.as_ref())
        .any(|(action, reason)| *reason == Reason::TimedOut && !causes.contains(&action.as_str()))
}

/// A control on a resource of a scope; none for the listing as a whole.
type Of = (&'static str, String, Option<String>);

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Verdict {
    word: &'static str,
    /// The action that did not answer, and why.
    gap: Option<(String, Reason)>,
}

type Outcomes = BTreeMap<Of, Verdict>;

/// Judges what was read.
fn judged(scopes: Vec<Scope>, controls: &[&'static Control]) -> Outcomes {
    let times = scopes.first().map(|scope| (scope.started, scope.finished)).unwrap();
    let snapshot = Snapshot::new("test", times.0, times.1, scopes);
    // What has no default is not applicable without a value.
    let params = Params::examples(controls);
    let options = judge::Options { params, ..judge::Options::default() };
    let findings = judge::judge(&snapshot, controls, &options);
    // An ID names one finding, whatever went wrong.
    let mut ids = BTreeSet::new();
    for finding in findings.iter() {
        let about = (finding.control.id, finding.subject.map(|subject| subject.id), finding.gap());
        assert!(ids.insert(finding.id()), "two findings share an ID: {about:?}");
    }
    findings
        .iter()
        .map(|finding| {
            let subject = finding.subject.map(|subject| subject.id.to_owned());
            let word = match finding.outcome {
                Outcome::Pass => "pass",
                Outcome::Fail(_) => "fail",
                Outcome::NotApplicable(_) => "not applicable",
                Outcome::Unknown(_) => "unknown",
            };
            let gap = finding.gap().map(|gap| (gap.action.clone(), gap.reason));
            ((finding.control.id, finding.scope.id.clone(), subject), Verdict { word, gap })
        })
        .collect()
}

/// The controls that judge a provider.
fn judging(provider: Provider) -> Vec<&'static Control> {
    let all = posture_core::controls::ALL.iter().copied();
    all.filter(|control| control.judges(provider)).collect()
}

/// The controls that take an action: they read a fact that it fills, or judge what it lists.
fn takers(provider: Provider, fills: &[FactId], lists: &[Kind]) -> Vec<&'static Control> {
    let takes = |control: &&'static Control| {
        control.test.reads.iter().any(|fact| fills.contains(fact))
            || control.kinds().iter().any(|kind| lists.contains(kind))
    };
    judging(provider).into_iter().filter(takes).collect()
}

/// The reasons that a fault may be given as.
fn reasons(fault: &Fault) -> &'static [Reason] {
    match fault {
        Fault::Denied => &[Reason::Denied, Reason::DeniedByIdentityPolicy],
        Fault::DeniedByOrganization => &[Reason::DeniedByOrganizationPolicy],
        Fault::DeniedByResource => &[Reason::DeniedByResourcePolicy],
        Fault::Throttled(_) => &[Reason::Throttled],
        Fault::ServerError | Fault::Unavailable => &[Reason::ServerError],
        // A connection that ends before the answer does may be taken for either.
        Fault::Truncated | Fault::Reset => &[Reason::Unreachable, Reason::Malformed],
        Fault::Malformed | Fault::WrongType => &[Reason::Malformed],
        Fault::SlowStart(_) | Fault::SlowBody(_) => &[Reason::TimedOut],
        Fault::Expired | Fault::Skewed => &[Reason::Credentials],
        Fault::EndlessPages => &[Reason::Malformed, Reason::Incomplete],
        Fault::NextPage(_) => &[Reason::Malformed],
        Fault::Redirected(_) => &[Reason::Malformed, Reason::Unsupported],
        Fault::Cut(_) | Fault::Body(_) | Fault::NoContent => &[Reason::Malformed],
        Fault::Date(_) => &[Reason::Undetermined],
        // Which is not judged by its cause.
        Fault::Gone | Fault::Answer(_) => &[],
    }
}

/// What an unknown may be due to where an action fails.
#[derive(Clone, Copy)]
struct Causes<'a> {
    /// The gap names one of these actions.
    actions: &'a [&'a str],
    /// Or it states what stays open: what several lists decide together names the resource, and gives the cause in its words.
    or_undetermined: bool,
}

impl Causes<'_> {
    fn hold(&self, gap: &(String, Reason), fault: &Fault) -> bool {
        let (action, reason) = gap;
        let expected = reasons(fault);
        let is_named = self.actions.contains(&action.as_str())
            && (expected.is_empty() || expected.contains(reason));
        is_named || (self.or_undetermined && *reason == Reason::Undetermined)
    }
}

/// What a fault of an action must not do.
fn broken(before: &Outcomes, after: &Outcomes, fault: &Fault, causes: &[&str]) -> Vec<String> {
    let causes = Causes { actions: causes, or_undetermined: false };
    broken_by(before, after, fault, causes)
}

/// The same with what an unknown may be due to.
fn broken_by(
    before: &Outcomes,
    after: &Outcomes,
    fault: &Fault,
    causes: Causes<'_>,
) -> Vec<String> {
    let mut broken = Vec::new();
    let listing_unknown = |of: &Of| {
        let listing = after.get(&(of.0, of.1.clone(), None));
        listing.is_some_and(|verdict| verdict.word == "unknown")
    };
    for (of, was) in before {
        let now = after.get(of);
        let allowed = match now {
            Some(now) => now.word == "unknown" || now.word == was.word,
            // What was deleted since it was listed is gone; what is not listed is unknown with its list.
            None => *fault == Fault::Gone || listing_unknown(of) || of.2.is_none(),
        };
        if !allowed {
            let now = now.map_or("missing", |now| now.word);
            broken.push(format!("{of:?} was {} and is {now}", was.word));
        }
    }
    for (of, now) in after {
        let before = before.get(of);
        if before.is_none() && matches!(now.word, "pass" | "fail") {
            broken.push(format!("{of:?} is new and is {}", now.word));
        }
        // Of what is gone, others can only say that it is not here.
        let is_settled =
            now.word != "unknown" || before.is_some_and(|before| before.word == "unknown");
        if is_settled || *fault == Fault::Gone {
            continue;
        }
        if !now.gap.as_ref().is_some_and(|gap| causes.hold(gap, fault)) {
            broken.push(format!("{of:?} is unknown for another cause: {:?}", now.gap));
        }
    }
    broken
}

/// The controls that no world shows to pass, or none to fail.
fn not_shown<'o>(
    provider: Provider,
    worlds: impl Iterator<Item = &'o Outcomes>,
    cannot_fail: &[&str],
) -> Vec<String> {
    let mut shown = BTreeSet::new();
    for outcomes in worlds {
        shown.extend(outcomes.iter().map(|(of, verdict)| (of.0, verdict.word)));
    }
    let mut missing = Vec::new();
    for control in judging(provider) {
        for word in ["pass", "fail"] {
            // An exemption that is not needed any more has to go.
            let exempt = word == "fail" && cannot_fail.contains(&control.id);
            if shown.contains(&(control.id, word)) == exempt {
                missing.push(format!("{} {word}", control.id));
            }
        }
    }
    missing
}

/// A file of the worlds that are there for the laws.
fn file(name: &str) -> String {
    let path = format!("{}/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The time of the worlds.
const TODAY: &str = "2026-12-01T00:00:00Z";

/// By how many seconds the clock of a world is ahead, so that no version reaches its end of support while the years pass.
fn clock_ahead() -> i64 {
    TODAY.parse::<Timestamp>().unwrap().as_second() - Timestamp::now().as_second()
}

/// The text of a world in TOML, with that clock.
fn pinned(world: &str) -> String {
    format!("clock_ahead = {}\n{world}", clock_ahead())
}

/// So many of all cases, spread over them; the same in every run.
fn some<T>(all: Vec<T>, most: usize) -> Vec<T> {
    // A number that has no factor in common with any count of cases visits each once.
    const STEP: usize = 1_000_003;
    let count = all.len();
    let mut all: Vec<Option<T>> = all.into_iter().map(Some).collect();
    (0..count.min(most)).filter_map(|n| all[n * STEP % count].take()).collect()
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// Fails with what was broken in any audit with a fault, or keeps what they prove. Each says how many controls it judged.
fn settle(provider: Provider, actions: usize, found: Vec<(usize, Vec<String>)>) {
    let audits = found.len();
    let judged: usize = found.iter().map(|(controls, _)| controls).sum();
    let broken: BTreeSet<String> = found.into_iter().flat_map(|(_, broken)| broken).collect();
    // One of each action and control: the text up to the resource.
    let kind = |text: &str| {
        let (action, control) = text.split_once(" in world ").unwrap_or((text, ""));
        let action = action.rsplit_once(' ').map_or(action, |(action, _)| action).to_owned();
        (action, control.split('"').nth(1).unwrap_or_default().to_owned())
    };
    let each: BTreeMap<_, _> = broken.iter().map(|text| (kind(text), text)).collect();
    let list: Vec<&String> = each.into_values().take(60).collect();
    assert!(broken.is_empty(), "{} broken: {list:#?}", broken.len());
    proved(&format!(
        "{provider}: {actions} actions, {audits} audits with a fault: {judged} × a control, none reversed"
    ));
}

/// Keeps what was proved for `cargo xtask test` to print, as tests that succeed print nothing.
fn proved(what: &str) {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/laws");
    std::fs::create_dir_all(&folder).unwrap();
    let name = what.split(':').next().unwrap();
    std::fs::write(folder.join(name), what).unwrap();
}
