//! No false pass: every action of the table, with everything that can go wrong with it, on accounts that hold good and
//! bad. Whatever fails keeps failing or becomes unknown, whatever passes keeps passing or becomes unknown, nothing goes
//! missing. Made from the tables of actions and controls, so that a new one is covered by existing.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use posture_aws::action::{ACTIONS, Action, Per};
use posture_aws::collect::{Observer, Options, collect};
use posture_aws::session::{Login, Session, Simulator};
use posture_core::control::Control;
use posture_core::judge::{self, Outcome};
use posture_core::provider::Provider;
use posture_core::snapshot::Snapshot;
use posture_core::wanted::Wanted;
use posture_sim::aws::{Server, World};
use posture_sim::{Fault, Rule};
use tokio::sync::watch;

/// The accounts: the organisation that ships with the program.
pub(super) fn world() -> World {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/organization.toml");
    World::parse(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// Whether an action asks about things that were listed before, so that one may be deleted in between. Of what an
/// account has one of, "there is none" is an answer; so it is of the topic that an alarm tells and of the key that a
/// bucket is encrypted with.
fn asks_about_listed_things(action: &Action) -> bool {
    matches!(
        action.per,
        Per::Bucket
            | Per::BucketWithAcls
            | Per::BucketWithoutRegion
            | Per::AccessPoint
            | Per::Trail
            | Per::EventStore
            | Per::CustomerKey
            | Per::RotatableKey
    )
}

/// Everything that can go wrong with a call of an action.
fn faults(action: &Action) -> Vec<Fault> {
    let gone = asks_about_listed_things(action).then_some(Fault::Gone);
    let mut all = vec![
        Fault::Denied,
        Fault::DeniedByOrganization,
        Fault::DeniedByResource,
        Fault::Throttled(None),
        Fault::Throttled(Some(1)),
        Fault::ServerError,
        Fault::Unavailable,
        Fault::Truncated,
        Fault::Malformed,
        Fault::WrongType,
        Fault::SlowStart(900),
        Fault::SlowBody(900),
        Fault::Reset,
        Fault::Expired,
        Fault::Skewed,
        Fault::EndlessPages,
        Fault::Redirected("http://203.0.113.1/".to_owned()),
    ];
    all.extend(gone);
    all
}

/// What became of each control on each resource; none for the listing as a whole.
pub(super) type Outcomes = BTreeMap<(&'static str, Option<String>), Outcome>;

/// An audit in this process that does not wait long for anything.
pub(super) async fn audit(server: &Server, key: &str, controls: &[&'static Control]) -> Outcomes {
    let login = Login {
        timeout: Some(Duration::from_millis(600)),
        attempts: Some((2, Duration::from_millis(1))),
        simulator: Some(Simulator {
            url: server.url(),
            key: key.to_owned(),
            secret: "simulated".to_owned(),
        }),
        ..Login::default()
    };
    let session = Session::login(&login).await.unwrap();
    let wanted = Wanted::by(controls, Provider::Aws);
    let observer: Observer = Arc::new(|_| ());
    let (_tell, stop) = watch::channel(false);
    let scope = collect(&session, &wanted, &Options::default(), &observer, stop).await.unwrap();
    let snapshot = Snapshot::new("test", scope.started, scope.finished, vec![scope]);
    let findings = judge::judge(&snapshot, controls, &judge::Options::default());
    findings
        .iter()
        .map(|finding| {
            let subject = finding.subject.map(|subject| subject.id.to_owned());
            ((finding.control.id, subject), finding.outcome.clone())
        })
        .collect()
}

/// The controls that take an action: they read a fact that it fills, or judge what it lists.
fn takers(action: &Action) -> Vec<&'static Control> {
    let takes = |control: &&&Control| {
        control.judges(Provider::Aws)
            && (control.reads.iter().any(|fact| action.fills.contains(fact))
                || control.kinds().iter().any(|kind| action.lists.contains(kind)))
    };
    posture_core::controls::ALL.iter().filter(takes).copied().collect()
}

pub(super) fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail(_) => "fail",
        Outcome::NotApplicable(_) => "not applicable",
        Outcome::Unknown(_) => "unknown",
    }
}

/// What a fault must not do.
fn broken(before: &Outcomes, after: &Outcomes, fault: &Fault) -> Vec<String> {
    let mut broken = Vec::new();
    let listing_unknown =
        |control: &'static str| matches!(after.get(&(control, None)), Some(Outcome::Unknown(_)));
    for (key, was) in before {
        let allowed = match after.get(key) {
            Some(Outcome::Unknown(_)) => true,
            Some(now) => word(now) == word(was),
            // What was deleted since it was listed is gone; what is not listed is unknown with its list.
            None => *fault == Fault::Gone || listing_unknown(key.0) || key.1.is_none(),
        };
        if !allowed {
            let now = after.get(key).map_or("missing", word);
            broken.push(format!("{key:?} was {} and is {now}", word(was)));
        }
    }
    for (key, now) in after {
        let new = !before.contains_key(key);
        if new && matches!(now, Outcome::Pass | Outcome::Fail(_)) {
            broken.push(format!("{key:?} is new and is {}", word(now)));
        }
    }
    broken
}

#[test]
fn no_fault_turns_a_failure_into_a_pass_or_a_pass_into_a_failure() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let whole = world();
        let accounts: Vec<String> =
            whole.accounts.iter().map(posture_sim::aws::Account::key).collect();
        let mut runs = Vec::new();
        for action in ACTIONS {
            let controls = takers(action);
            for key in &accounts {
                for fault in faults(action) {
                    runs.push((action, controls.clone(), key.clone(), fault));
                }
            }
        }
        let clean = Server::start(whole.clone(), None).await.unwrap();
        let mut before = BTreeMap::new();
        for action in ACTIONS {
            for key in &accounts {
                let outcomes = audit(&clean, key, &takers(action)).await;
                before.insert((action.name, key.clone()), outcomes);
            }
        }
        let (before, whole) = (&before, &whole);
        let found: Vec<(usize, Vec<String>)> = stream::iter(runs)
            .map(|(action, controls, key, fault)| async move {
                let mut world = whole.clone();
                world.faults.push(Rule::new(action.name, fault.clone()));
                let server = Server::start(world, None).await.unwrap();
                let after = audit(&server, &key, &controls).await;
                let before = &before[&(action.name, key.clone())];
                let broken = broken(before, &after, &fault)
                    .into_iter()
                    .map(|what| format!("{} {fault:?} in {key}: {what}", action.name))
                    .collect();
                (controls.len(), broken)
            })
            .buffer_unordered(16)
            .collect()
            .await;
        let audits = found.len();
        let judged: usize = found.iter().map(|(controls, _)| controls).sum();
        let broken: BTreeSet<String> = found.into_iter().flat_map(|(_, broken)| broken).collect();
        let list: Vec<&String> = broken.iter().take(60).collect();
        assert!(broken.is_empty(), "{} broken: {list:#?}", broken.len());
        println!(
            "{} actions in {} accounts, {audits} audits with a fault: {judged} × a control, none reversed",
            ACTIONS.len(),
            accounts.len()
        );
    });
}
