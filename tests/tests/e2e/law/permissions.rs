//! The permissions that are printed are enough, and none of them too many.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use posture_aws::action::{ACTIONS, Per, wanted_actions};
use posture_aws::policy::{Caller, Context, Decision, Document, Layer, Layers, Request, authorize};
use posture_aws::session::Simulator;
use posture_core::control::Control;
use posture_core::plan::Bound;
use posture_core::provider::Provider;
use posture_core::resource::Account;
use posture_core::scope::Scope;
use posture_core::wanted;
use posture_sim::aws::{Asked, Authorizer, Server};
use posture_sim::azure::{self as tenants, Scenario};
use posture_tests::Program;
use serde_json::{Value, json};

use super::{Outcomes, aws, azure, judged, judging, runtime};

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
    // The simulator decides whom a role trusts.
    let trust = json!({ "Version": "2012-10-17", "Statement": [
        { "Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*" },
    ] });
    let trust = Document::parse(&trust.to_string()).unwrap();
    Arc::new(move |asked: &Asked<'_>| {
        let owner = asked.resource.split(':').nth(4).filter(|id| !id.is_empty());
        let request = Request {
            caller: Caller::User { arn: asked.arn },
            action: asked.action,
            resource: asked.resource,
            resource_account: owner.unwrap_or(asked.account),
            context: Context::complete(),
        };
        let resource = match asked.action {
            "sts:AssumeRole" => Layer::Policies(vec![&trust]),
            _ => Layer::Absent,
        };
        let identity = Layer::Policies(vec![&document]);
        let layers = Layers { identity, resource, ..Layers::default() };
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

/// The organization that ships with the program.
fn organization(
    policies: Option<(&Value, &Value)>,
) -> (posture_sim::aws::World, Option<Authorizer>) {
    let mut world = aws::worlds().remove(0);
    // A refusal by a server with another clock may be about the clock, so that the client tries again.
    world.clock_ahead = 0;
    let authorizer = policies.map(|(own, role)| -> Authorizer {
        let (own, role) = (only(own), only(role));
        Arc::new(move |asked: &Asked<'_>| match asked.arn.contains(":assumed-role/") {
            true => role(asked),
            false => own(asked),
        })
    });
    (world, authorizer)
}

/// What became of every account of an organization, read by an identity with one policy through roles with another; none where
/// the accounts cannot be listed. Every call that the server answers is counted.
async fn organization_outcomes(
    policies: Option<(&Value, &Value)>,
    controls: &[&'static Control],
) -> Option<Outcomes> {
    let (world, authorizer) = organization(policies);
    let key = aws::keys(&world).remove(0);
    let server = Server::start_with(world, None, authorizer).await.unwrap();
    let target = posture::aws::Accounts {
        organization: Some("OrganizationAccountAccessRole".to_owned()),
        simulator: Some(Simulator { url: server.url(), key, secret: "simulated".to_owned() }),
        ..posture::aws::Accounts::default()
    };
    let audit = posture::Audit::of([target.into()]).controls(controls.iter().copied());
    let scopes = Mutex::new(Vec::new());
    let take = |scope| {
        scopes.lock().unwrap().push(scope);
        Ok::<(), std::convert::Infallible>(())
    };
    audit.read(take).await.ok()?;
    let scopes: Vec<Scope> = scopes.into_inner().unwrap();
    let mut counted: BTreeMap<String, u64> = BTreeMap::new();
    for (action, calls) in scopes.iter().flat_map(|scope| &scope.calls) {
        *counted.entry(action.clone()).or_default() += calls.operations;
    }
    let mut answered: BTreeMap<String, u64> = BTreeMap::new();
    for request in server.requests().iter().filter(|request| !request.action.is_empty()) {
        *answered.entry(request.action.clone()).or_default() += 1;
    }
    // A member whose role cannot be assumed has no session that could count.
    if scopes.iter().all(|scope| !scope.calls.is_empty()) {
        assert_eq!(counted, answered);
    }
    Some(judged(scopes, controls))
}

#[test]
fn the_permissions_for_an_organization_are_enough_and_none_is_too_many() {
    runtime().block_on(async {
        let controls = judging(Provider::Aws);
        let parse = |text: &str| -> Value { serde_json::from_str(text).unwrap() };
        let own = parse(&printed(&["aws", "--organization"], None));
        let role = policy(None);
        let named = |outcomes| BTreeMap::from([("organization".to_owned(), outcomes)]);
        let whole = named(organization_outcomes(None, &controls).await.unwrap());
        let less = named(organization_outcomes(Some((&own, &role)), &controls).await.unwrap());
        assert_eq!(lost(&whole, &less), [""; 0]);
        assert_eq!(whole, less);
        // What the role needs does not suffice for the identity that begins.
        assert!(organization_outcomes(Some((&role, &role)), &controls).await.is_none());
        let mut alone = own.clone();
        assert_eq!(alone["Statement"][1]["Action"], "sts:AssumeRole");
        alone["Statement"].as_array_mut().unwrap().pop();
        let refused = organization_outcomes(Some((&alone, &role)), &controls).await.unwrap();
        assert!(!lost(&whole, &named(refused)).is_empty());
        // No role but that which was named.
        let other = parse(&printed(&["aws", "--organization", "--role-name", "other"], None));
        let refused = organization_outcomes(Some((&other, &role)), &controls).await.unwrap();
        assert!(!lost(&whole, &named(refused)).is_empty());
    });
}

#[test]
fn a_plan_of_an_organization_is_close_to_what_is_called() {
    runtime().block_on(async {
        let (world, _) = organization(None);
        let key = aws::keys(&world).remove(0);
        let server = Server::start_with(world, None, None).await.unwrap();
        let target = posture::aws::Accounts {
            organization: Some("OrganizationAccountAccessRole".to_owned()),
            simulator: Some(Simulator { url: server.url(), key, secret: "simulated".to_owned() }),
            ..posture::aws::Accounts::default()
        };
        let audit = posture::Audit::of([target.into()]).controls(judging(Provider::Aws));
        let plans = audit.plan().await.unwrap();
        assert_eq!(plans.len(), 3);
        let before = server.requests().len();
        audit.read(|_| Ok::<(), std::convert::Infallible>(())).await.unwrap();
        let made = (server.requests().len() - before) as u64;
        let planned = || plans.iter().flat_map(|(_, plan)| &plan.calls);
        let sum = |is: fn(Bound) -> bool| -> u64 {
            planned().filter(|one| is(one.bound)).map(|one| one.calls).sum()
        };
        let (least, most) = (sum(|bound| bound != Bound::AtMost), sum(|_| true));
        assert!(least <= made, "{least} planned, {made} made");
        // A lower bound may be short by a few pages.
        assert!(most < made + made / 10 && made < most + made / 10, "{most} planned, {made} made");
        for action in ["organizations:ListAccounts", "sts:AssumeRole", "sts:GetCallerIdentity"] {
            assert!(planned().any(|one| one.action == action && one.calls > 0), "{action}");
        }
    });
}

/// The role of a role that is assumed needs nothing else.
#[test]
fn an_identity_that_only_assumes_a_role_may_do_nothing_else() {
    let role = "arn:aws:iam::222222222222:role/auditor";
    let policy: Value = serde_json::from_str(&printed(&["aws", "--role-arn", role], None)).unwrap();
    let statements = policy["Statement"].as_array().unwrap();
    assert_eq!(statements[0]["Action"], json!(["sts:GetCallerIdentity"]));
    assert_eq!(statements[1]["Action"], "sts:AssumeRole");
    assert_eq!(statements[1]["Resource"], json!([role]));
    for format in ["cloudformation", "terraform"] {
        let text = printed(&["aws", "--organization", "--format", format], None);
        assert!(text.contains(":iam::*:role/OrganizationAccountAccessRole"), "{text}");
        assert!(text.contains("organizations:ListAccounts"), "{text}");
    }
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
