//! Azure: every action of the table, with everything that can go wrong with it, on tenants that hold good and bad.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use posture_azure::action::{ACTIONS, ALWAYS, Action, Each, Per};
use posture_azure::collect::{Observer, Options, collect};
use posture_azure::login::{ClientSecret, Login, Session, Source};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::resource::Account;
use posture_core::scope::Scope;
use posture_core::wanted;
use posture_sim::azure::{Scenario, Server};
use posture_sim::{Fault, Rule};
use tokio::sync::watch;

use super::{
    NEVER, Outcomes, PATIENT, broken, disturbed, file, judged, judging, not_shown, patience,
    pinned, runtime, takers,
};

/// Storage is always encrypted there.
const CANNOT_FAIL: &[&str] = &["storage.encryption"];

/// The tenant that ships with the program, and two in which for every control something passes and something fails.
pub(super) fn worlds() -> Vec<Scenario> {
    ["../examples/tenant.toml", "worlds/azure-good.toml", "worlds/azure-bad.toml"]
        .map(|name| {
            // Thousands of audits would take a second for each call of conditional access.
            Scenario { impatient: true, ..Scenario::parse(&pinned(&file(name))).unwrap() }
        })
        .into()
}

/// Reads a tenant in this process, and waits as long as it takes; nothing where not even the subscriptions could be listed,
/// which ends an audit.
pub(super) async fn read(
    server: &Server,
    scenario: &Scenario,
    controls: &[&'static Control],
    concurrency: usize,
) -> Option<Vec<Scope>> {
    read_within(PATIENT, server, scenario, controls, concurrency).await
}

/// The same, but waits no longer for any call.
async fn read_within(
    timeout: Duration,
    server: &Server,
    scenario: &Scenario,
    controls: &[&'static Control],
    concurrency: usize,
) -> Option<Vec<Scope>> {
    let login = Login {
        tenant: Some(scenario.tenant.clone()),
        source: Some(Source::Environment),
        client_id: Some(scenario.client.id.clone()),
        client_secret: Some(ClientSecret(scenario.client.secret.clone())),
        timeout: Some(timeout),
        attempts: Some((2, Duration::from_millis(1))),
        simulator: Some(server.url()),
        unpaced: true,
        concurrency,
        ..Login::default()
    };
    let session = Session::login(&login).await.ok()?;
    let wanted = wanted::by(controls, Provider::Azure);
    let observer: Observer = Arc::new(|_| ());
    let (_tell, stop) = watch::channel(false);
    let options =
        Options { subscriptions: vec![], management_groups: vec![], concurrency: 4, stop };
    let mut scopes = Vec::new();
    let read = collect(&session, &wanted, &options, &observer, |scope| scopes.push(scope)).await;
    read.is_ok().then_some(scopes)
}

/// Reads it and judges it.
pub(super) async fn audit(
    server: &Server,
    scenario: &Scenario,
    controls: &[&'static Control],
) -> Option<Outcomes> {
    Some(judged(read(server, scenario, controls, 0).await?, controls))
}

/// Something that is called: an action of the table, or what every audit takes.
#[derive(Clone)]
struct Called {
    name: &'static str,
    /// How often it is called; none for what every audit takes.
    per: Option<Per>,
    controls: Vec<&'static Control>,
}

/// What asks for the resources of many subscriptions at once.
const ROWS: &str = "Microsoft.ResourceGraph/resources/read";

impl Called {
    /// The action that reads it for many at once.
    fn carrier(&self) -> Option<&'static str> {
        self.per.and_then(Per::carrier)
    }
}

fn called() -> Vec<Called> {
    let of = |action: &'static Action| Called {
        name: action.name,
        per: Some(action.per),
        controls: takers(Provider::Azure, action.fills, action.lists),
    };
    let always = |name: &'static &'static str| Called {
        name,
        per: None,
        controls: judging(Provider::Azure),
    };
    // Whether there is a resource of a type decides what a requirement counts, and no finding.
    let of_findings = |action: &&Action| action.fills != [Account::RESOURCE_TYPES];
    ACTIONS.iter().filter(of_findings).map(of).chain(ALWAYS.iter().map(always)).collect()
}

/// Everything that can go wrong with a call. A request in a batch has no separate connection, and what Resource Graph
/// returns for many at once can only be denied directly.
fn faults(called: &Called) -> Vec<Fault> {
    let mut all = vec![Fault::Denied];
    if called.carrier() == Some(ROWS) {
        return all;
    }
    all.extend([
        Fault::DeniedByOrganization,
        Fault::DeniedByResource,
        Fault::Throttled(None),
        Fault::Throttled(Some(1)),
        Fault::ServerError,
        Fault::Unavailable,
        Fault::Expired,
        Fault::Skewed,
    ]);
    if called.carrier().is_some() {
        return all;
    }
    all.extend([
        Fault::Truncated,
        Fault::Malformed,
        Fault::WrongType,
        Fault::SlowStart(NEVER),
        Fault::SlowBody(NEVER),
        Fault::Reset,
        Fault::EndlessPages,
        Fault::NextPage("https://evil.example/next".to_owned()),
        Fault::Redirected("http://203.0.113.1/".to_owned()),
    ]);
    let listed_before = called.per.is_some_and(|per| matches!(per.each, Each::Resource(..)));
    all.extend(listed_before.then_some(Fault::Gone));
    all
}

/// A tenant in which a fault applies to a call.
fn bent(mut scenario: Scenario, called: &Called, fault: &Fault) -> Scenario {
    if called.carrier() == Some(ROWS) {
        scenario.not_actions.push(called.name.to_owned());
    } else {
        scenario.faults.push(Rule::new(called.name, fault.clone()));
    }
    scenario
}

#[test]
fn no_fault_turns_a_failure_into_a_pass_or_a_pass_into_a_failure() {
    runtime().block_on(async {
        let worlds = worlds();
        let mut before = BTreeMap::new();
        let mut runs = Vec::new();
        for (place, world) in worlds.iter().enumerate() {
            let clean = Server::start(world.clone(), None).await.unwrap();
            for called in called() {
                let outcomes = audit(&clean, world, &called.controls).await.unwrap();
                before.insert((place, called.name), outcomes);
                for fault in faults(&called) {
                    runs.push((place, called.clone(), fault));
                }
            }
        }
        let missing = not_shown(Provider::Azure, before.values(), CANNOT_FAIL);
        assert!(missing.is_empty(), "no world shows {missing:#?}");
        let (before, worlds) = (&before, &worlds);
        let found: Vec<(usize, Vec<String>)> = stream::iter(runs)
            .map(|(place, called, fault)| async move {
                let world = bent(worlds[place].clone(), &called, &fault);
                let server = Server::start(world.clone(), None).await.unwrap();
                let before = &before[&(place, called.name)];
                let mut found = Vec::new();
                for timeout in patience(&fault) {
                    let read = read_within(timeout, &server, &world, &called.controls, 0).await;
                    let Some(scopes) = read else {
                        // Without a list of what there is, an audit says so and nothing else.
                        if called.per.is_none() {
                            break;
                        }
                        continue;
                    };
                    let after = judged(scopes, &called.controls);
                    found = broken(before, &after, &fault, &[called.name]);
                    if found.is_empty() || !disturbed(&after, &[called.name]) {
                        break;
                    }
                }
                let broken = found
                    .into_iter()
                    .map(|what| format!("{} {fault:?} in world {place}: {what}", called.name))
                    .collect();
                (called.controls.len(), broken)
            })
            .buffer_unordered(16)
            .collect()
            .await;
        super::settle(Provider::Azure, called().len(), found);
    });
}
