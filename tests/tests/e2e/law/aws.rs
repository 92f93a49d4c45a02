//! AWS: every action of the table, with everything that can go wrong with it, on accounts that hold good and bad.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use posture_aws::action::{ACTIONS, Action, Each};
use posture_aws::collect::{Observer, Options, collect};
use posture_aws::session::{Login, LoginError, Session, Simulator};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::resource::Kind;
use posture_core::scope::Scope;
use posture_core::wanted;
use posture_sim::aws::{Account, Server, World};
use posture_sim::{Fault, Rule};
use tokio::sync::watch;

use super::{
    NEVER, Outcomes, PATIENT, broken, disturbed, file, judged, not_shown, patience, pinned,
    runtime, takers,
};

/// The organization that ships with the program, and two accounts in which for every control something passes and something
/// fails.
pub(super) fn worlds() -> Vec<World> {
    ["../examples/organization.toml", "worlds/aws-good.toml", "worlds/aws-bad.toml"]
        .map(|name| World::parse(&pinned(&file(name))).unwrap())
        .into()
}

/// The keys of the accounts of a world.
pub(super) fn keys(world: &World) -> Vec<String> {
    world.accounts.iter().map(Account::key).collect()
}

/// Whether an action asks about things that were listed before, so that one may be deleted in between. Of what an
/// account has one of, "there is none" is an answer; so it is of the topic that an alarm notifies and of the key that a
/// bucket is encrypted with.
fn asks_about_listed_things(action: &Action) -> bool {
    match action.per.each {
        Each::Resource(kind, _) => kind != Kind::Detector,
        Each::Listing(kind) => kind == Kind::Bucket,
        _ => false,
    }
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
        Fault::SlowStart(NEVER),
        Fault::SlowBody(NEVER),
        Fault::Reset,
        Fault::Expired,
        Fault::Skewed,
        Fault::EndlessPages,
        Fault::Redirected("http://203.0.113.1/".to_owned()),
    ];
    all.extend(gone);
    all
}

/// Reads an account in this process, and waits as long as it takes.
pub(super) async fn read(
    server: &Server,
    key: &str,
    controls: &[&'static Control],
    options: &Options,
) -> Scope {
    let read = read_within(PATIENT, server, key, controls, options).await;
    read.unwrap_or_else(|error| panic!("the login failed: {error:#?}"))
}

/// The same, but waits no longer for any call; the error of the login where not even that was answered.
async fn read_within(
    timeout: Duration,
    server: &Server,
    key: &str,
    controls: &[&'static Control],
    options: &Options,
) -> Result<Scope, LoginError> {
    let login = Login {
        timeout: Some(timeout),
        attempts: Some((2, Duration::from_millis(1))),
        simulator: Some(Simulator {
            url: server.url(),
            key: key.to_owned(),
            secret: "simulated".to_owned(),
        }),
        ..Login::default()
    };
    let session = Session::login(&login).await?;
    let wanted = wanted::by(controls, Provider::Aws);
    let observer: Observer = Arc::new(|_| ());
    let (_tell, stop) = watch::channel(false);
    Ok(collect(&session, &wanted, options, &observer, stop).await.unwrap())
}

/// Reads it and judges it.
pub(super) async fn audit(server: &Server, key: &str, controls: &[&'static Control]) -> Outcomes {
    judged(vec![read(server, key, controls, &Options::default()).await], controls)
}

/// What an unknown may be laid to where an action fails.
fn causes(action: &'static str) -> Vec<&'static str> {
    let mut causes = vec![action];
    // The report is asked for with one and read with the other.
    if action == "iam:GenerateCredentialReport" {
        causes.push("iam:GetCredentialReport");
    }
    causes
}

#[test]
fn no_fault_turns_a_failure_into_a_pass_or_a_pass_into_a_failure() {
    runtime().block_on(async {
        let worlds = worlds();
        let mut before = BTreeMap::new();
        let mut runs = Vec::new();
        for (place, world) in worlds.iter().enumerate() {
            let clean = Server::start(world.clone(), None).await.unwrap();
            for key in keys(world) {
                for action in ACTIONS {
                    let controls = takers(Provider::Aws, action.fills, action.lists);
                    let outcomes = audit(&clean, &key, &controls).await;
                    before.insert((place, key.clone(), action.name), outcomes);
                    for fault in faults(action) {
                        runs.push((place, key.clone(), action, controls.clone(), fault));
                    }
                }
            }
        }
        let missing = not_shown(Provider::Aws, before.values(), &[]);
        assert!(missing.is_empty(), "no world shows {missing:#?}");
        let (before, worlds) = (&before, &worlds);
        let found: Vec<(usize, Vec<String>)> = stream::iter(runs)
            .map(|(place, key, action, controls, fault)| async move {
                let mut world = worlds[place].clone();
                world.faults.push(Rule::new(action.name, fault.clone()));
                let server = Server::start(world, None).await.unwrap();
                let before = &before[&(place, key.clone(), action.name)];
                let causes = causes(action.name);
                let mut found = vec!["no audit was long enough".to_owned()];
                for timeout in patience(&fault) {
                    let options = Options::default();
                    let read = read_within(timeout, &server, &key, &controls, &options).await;
                    let Ok(scope) = read else { continue };
                    let after = judged(vec![scope], &controls);
                    found = broken(before, &after, &fault, &causes);
                    if found.is_empty() || !disturbed(&after, &causes) {
                        break;
                    }
                }
                let broken = found
                    .into_iter()
                    .map(|what| format!("{} {fault:?} in {key}: {what}", action.name))
                    .collect();
                (controls.len(), broken)
            })
            .buffer_unordered(16)
            .collect()
            .await;
        super::settle(Provider::Aws, ACTIONS.len(), found);
    });
}
