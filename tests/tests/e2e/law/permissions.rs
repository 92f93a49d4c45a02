//! The permissions that are printed are enough, and none of them too many.

use std::collections::BTreeMap;
use std::sync::Arc;

use posture_aws::action::{ACTIONS, Per, wanted_actions};
use posture_aws::policy::{Caller, Context, Decision, Document, Layer, Layers, Request, authorize};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::resource::Account;
use posture_core::wanted;
use posture_sim::aws::{Asked, Authorizer, Server};
use posture_sim::azure::{self as tenants, Scenario};
use posture_tests::Program;
use serde_json::Value;

use super::{Outcomes, aws, azure, judging, runtime};

/// What `posture permissions` prints of a provider, for one control or for all.
fn printed(arguments: &[&str], control: Option<&str>) -> String {
    let selection: Vec<&str> = control.into_iter().flat_map(|id| ["--control", id]).collect();
    let program = Program::new().file("posture.toml", &posture_tests::examples());
    let run = program.args(&["permissions"]).args(arguments).args(&selection).run();
    assert_eq!(run.code, 0, "{}", run.err);
    run.out
}

fn policy(control: Option<&str>) -> Value {
    serde_json::from_str(&printed(&["aws"], control)).unwrap()
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
    let mut all = BTreeMap::new();
    for world in aws::worlds() {
        let keys = aws::keys(&world);
        let server = Server::start_with(world, None, policy.map(only)).await.unwrap();
        for key in keys {
            let outcomes = aws::audit(&server, &key, controls).await;
            all.insert(key, outcomes);
        }
    }
    all
}

/// What is unknown in one and not in the other.
fn lost(whole: &BTreeMap<String, Outcomes>, less: &BTreeMap<String, Outcomes>) -> Vec<String> {
    let mut lost = Vec::new();
    for (key, outcomes) in less {
        for (of, outcome) in outcomes {
            let before = whole[key].get(of);
            let known = before.is_none_or(|before| before.word != "unknown");
            if outcome.word == "unknown" && known {
                let was = before.map_or("nothing", |before| before.word);
                lost.push(format!("{key} {of:?}: {was} before, now {:?}", outcome.gap));
            }
        }
    }
    lost
}

#[test]
fn the_permissions_of_each_control_are_enough_for_it() {
    runtime().block_on(async {
        let mut missing = Vec::new();
        for control in judging(Provider::Aws) {
            let whole = outcomes(None, &[control]).await;
            let less = outcomes(Some(&policy(Some(control.id))), &[control]).await;
            missing.extend(lost(&whole, &less));
        }
        assert!(missing.is_empty(), "{missing:#?}");
    });
}

#[test]
fn without_any_one_of_the_permissions_something_is_unknown() {
    runtime().block_on(async {
        let controls = judging(Provider::Aws);
        let policy = policy(None);
        let whole = outcomes(Some(&policy), &controls).await;
        let mut needless = Vec::new();
        let wanted = wanted_actions(&wanted::by(&controls, Provider::Aws));
        let wanted: Vec<&str> = wanted.iter().map(|action| action.name).collect();
        for action in ACTIONS {
            // It only names the account for people.
            if action.fills.is_empty() && action.lists.is_empty() && action.per == Per::ONCE {
                continue;
            }
            // Tags that only exceptions read, and no control.
            let reads_tags_only = action.fills.iter().all(|fact| fact.name == "tags");
            if action.lists.is_empty() && reads_tags_only && !wanted.contains(&action.name) {
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

/// The actions of a custom role and the permissions of Microsoft Graph that are printed.
fn role(control: Option<&str>) -> (Vec<String>, Vec<String>) {
    let role: Value = serde_json::from_str(&printed(&["azure"], control)).unwrap();
    let actions = role["Actions"].as_array().unwrap().iter();
    let actions = actions.map(|action| action.as_str().unwrap().to_owned()).collect();
    let graph = printed(&["azure", "--format", "graph"], control);
    let graph: Value = serde_json::from_str(&graph).unwrap();
    let graph = graph["permissions"].as_array().unwrap().iter();
    let graph = graph.map(|given| given["permission"].as_str().unwrap().to_owned()).collect();
    (actions, graph)
}

/// Every tenant, read with no more than is given.
async fn tenants(
    given: Option<&(Vec<String>, Vec<String>)>,
    controls: &[&'static Control],
) -> BTreeMap<String, Outcomes> {
    let mut all = BTreeMap::new();
    for (number, world) in azure::worlds().into_iter().enumerate() {
        let world = match given {
            None => world,
            Some((actions, graph)) => {
                Scenario { actions: actions.clone(), graph_permissions: graph.clone(), ..world }
            }
        };
        let server = tenants::Server::start(world.clone(), None).await.unwrap();
        // Who may list no subscription reads nothing.
        let outcomes = azure::audit(&server, &world, controls).await.unwrap_or_default();
        all.insert(format!("tenant {number}"), outcomes);
    }
    all
}

#[test]
fn the_role_of_each_control_is_enough_for_it() {
    runtime().block_on(async {
        let mut missing = Vec::new();
        for control in judging(Provider::Azure) {
            let whole = tenants(None, &[control]).await;
            let less = tenants(Some(&role(Some(control.id))), &[control]).await;
            assert!(less.values().all(|outcomes| !outcomes.is_empty()), "{}", control.id);
            missing.extend(lost(&whole, &less));
        }
        assert!(missing.is_empty(), "{missing:#?}");
    });
}

#[test]
fn without_any_one_action_or_permission_of_the_role_something_is_unknown() {
    runtime().block_on(async {
        let controls = judging(Provider::Azure);
        let (actions, graph) = role(None);
        let whole = tenants(Some(&(actions.clone(), graph.clone())), &controls).await;
        let mut needless = Vec::new();
        let without = |all: &[String], name: &String| {
            all.iter().filter(|other| *other != name).cloned().collect::<Vec<_>>()
        };
        for name in actions.iter().chain(&graph) {
            // Whether there is such a resource decides what a requirement counts, and no finding.
            let only_types = |action: &&posture_azure::action::Action| {
                action.name == name && action.fills == [Account::RESOURCE_TYPES]
            };
            if posture_azure::action::ACTIONS.iter().any(|action| only_types(&action)) {
                continue;
            }
            // It is for those who name a management group.
            if name == "Microsoft.Management/managementGroups/descendants/read" {
                continue;
            }
            let given = (without(&actions, name), without(&graph, name));
            let less = tenants(Some(&given), &controls).await;
            // Subscriptions that may not be listed are not there.
            let fewer = less.iter().any(|(of, outcomes)| outcomes.len() < whole[of].len());
            if !fewer && lost(&whole, &less).is_empty() {
                needless.push(name);
            }
        }
        assert!(needless.is_empty(), "nothing is unknown without {needless:?}");
    });
}
