//! The permissions that are printed are enough, and none of them too many.

use std::collections::BTreeMap;
use std::sync::Arc;

use posture_aws::action::{ACTIONS, Per};
use posture_aws::policy::{Caller, Context, Decision, Document, Layer, Layers, Request, authorize};
use posture_core::control::Control;
use posture_core::judge::Outcome;
use posture_core::provider::Provider;
use posture_sim::aws::{Account, Asked, Authorizer, Server};
use posture_tests::Program;
use serde_json::Value;

use super::law::{Outcomes, audit, word, world};

/// What `posture permissions aws` prints, for one control or for all.
fn printed(control: Option<&str>) -> Value {
    let selection: Vec<&str> = control.into_iter().flat_map(|id| ["--control", id]).collect();
    let run = Program::new().args(&["permissions", "aws"]).args(&selection).run();
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str(&run.out).unwrap()
}

/// Lets callers do what a policy says, by the evaluator that judges the policies of others.
fn only(policy: &Value) -> Authorizer {
    let document = Document::parse(&policy.to_string()).unwrap();
    Arc::new(move |asked: &Asked<'_>| {
        let request = Request {
            caller: Caller::User { arn: asked.arn },
            action: asked.action,
            resource: asked.resource,
            resource_account: asked.account,
            context: Context::complete(),
        };
        let layers = Layers { identity: Layer::Policies(vec![&document]), ..Layers::default() };
        authorize(&request, &layers) == Decision::Allowed
    })
}

/// Every account, read with no more than a policy allows.
async fn outcomes(
    policy: Option<&Value>,
    controls: &[&'static Control],
) -> BTreeMap<String, Outcomes> {
    let world = world();
    let keys: Vec<String> = world.accounts.iter().map(Account::key).collect();
    let server = Server::start_with(world, None, policy.map(only)).await.unwrap();
    let mut all = BTreeMap::new();
    for key in keys {
        let outcomes = audit(&server, &key, controls).await;
        all.insert(key, outcomes);
    }
    all
}

/// What is unknown in one and not in the other.
fn lost(whole: &BTreeMap<String, Outcomes>, less: &BTreeMap<String, Outcomes>) -> Vec<String> {
    let mut lost = Vec::new();
    for (key, outcomes) in less {
        for (of, outcome) in outcomes {
            let before = whole[key].get(of);
            let known = before.is_none_or(|before| !matches!(before, Outcome::Unknown(_)));
            if matches!(outcome, Outcome::Unknown(_)) && known {
                lost.push(format!("{key} {of:?}: {} before", before.map_or("nothing", word)));
            }
        }
    }
    lost
}

fn judging() -> Vec<&'static Control> {
    let all = posture_core::controls::ALL.iter().copied();
    all.filter(|control| control.judges(Provider::Aws)).collect()
}

#[test]
fn the_permissions_of_each_control_are_enough_for_it() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut missing = Vec::new();
        for control in judging() {
            let whole = outcomes(None, &[control]).await;
            let less = outcomes(Some(&printed(Some(control.id))), &[control]).await;
            missing.extend(lost(&whole, &less));
        }
        assert!(missing.is_empty(), "{missing:#?}");
    });
}

#[test]
fn without_any_one_of_the_permissions_something_is_unknown() {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let controls = judging();
        let policy = printed(None);
        let whole = outcomes(Some(&policy), &controls).await;
        let mut needless = Vec::new();
        for action in ACTIONS {
            // One only names the account for people, and the other is for services that do not tell where buckets are.
            let names = action.fills.is_empty() && action.lists.is_empty();
            if names || action.per == Per::BucketWithoutRegion {
                continue;
            }
            let mut less = policy.clone();
            let statement = &mut less["Statement"][0];
            let actions = statement["Action"].as_array_mut().unwrap();
            let before = actions.len();
            actions.retain(|name| name != action.name);
            assert_eq!(actions.len() + 1, before, "{} is not printed", action.name);
            let less = outcomes(Some(&less), &controls).await;
            if lost(&whole, &less).is_empty() {
                needless.push(action.name);
            }
        }
        assert!(needless.is_empty(), "nothing is unknown without {needless:?}");
    });
}
