//! Random worlds, and faults in combination: made from seeds, so that each can be reproduced.

use futures::{StreamExt, stream};
use posture_aws::action::ACTIONS as AWS;
use posture_aws::collect::Options;
use posture_azure::action::ACTIONS as AZURE;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::time::Time;
use posture_sim::aws::{self as accounts, World};
use posture_sim::azure::{self as tenants, Scenario};
use posture_sim::{Fault, Rule};
use serde_json::{Map, Value};

use super::{Outcomes, aws, azure, cases, judged, judging, runtime};

/// Worlds of each cloud, where no other number is set.
const WORLDS: usize = 24;

fn worlds() -> u64 {
    cases(WORLDS) as u64
}

/// Sets of faults in each world.
const TROUBLES: u64 = 4;

/// Numbers that look like chance and are the same in every run.
struct Dice(u64);

impl Dice {
    /// A number below another.
    fn below(&mut self, most: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most.max(1)
    }

    /// Whether something that happens so many times of a hundred does.
    fn once_in(&mut self, of: usize) -> bool {
        self.below(of) == 0
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place + 1));
        }
    }
}

/// Leaves out things from lists, turns switches over, takes settings away.
fn bend(value: &mut Value, dice: &mut Dice) {
    match value {
        Value::Bool(on) if dice.once_in(8) => *on = !*on,
        Value::Array(all) => {
            all.retain(|_| !dice.once_in(8));
            all.iter_mut().for_each(|value| bend(value, dice));
        }
        Value::Object(all) => {
            // Without its name an object is no longer one of the cloud's, and without its region there may be two where the cloud has one.
            let fixed = |key: &str| {
                matches!(
                    key.to_ascii_lowercase().as_str(),
                    "id" | "name"
                        | "type"
                        | "keyid"
                        | "arn"
                        | "caller"
                        | "subscriptions"
                        | "region"
                )
            };
            let gone: Vec<String> = all
                .iter()
                .filter(|(key, value)| !fixed(key) && !value.is_null() && dice.once_in(40))
                .map(|(key, _)| key.clone())
                .collect();
            for key in gone {
                all.remove(&key);
            }
            for (key, value) in all.iter_mut() {
                if !fixed(key) {
                    bend(value, dice);
                }
            }
        }
        _ => {}
    }
}

/// Puts the things of lists into another order, where order means nothing.
fn shuffle(lists: &mut Map<String, Value>, dice: &mut Dice) {
    for value in lists.values_mut() {
        if let Value::Array(all) = value
            && all.iter().all(Value::is_object)
        {
            dice.shuffle(all);
        }
    }
}

/// A fault of some action.
fn trouble(names: &[&str], dice: &mut Dice) -> Rule {
    // Azure's responses are checked against their schema elsewhere.
    let aws = names.iter().any(|name| name.contains(':'));
    let fault = match dice.below(if aws { 12 } else { 9 }) {
        0 => Fault::Denied,
        1 => Fault::DeniedByOrganization,
        2 => Fault::Throttled(None),
        3 => Fault::ServerError,
        4 => Fault::Truncated,
        5 => Fault::Malformed,
        6 => Fault::WrongType,
        7 => Fault::Expired,
        8 => Fault::EndlessPages,
        9 => Fault::Body(["", "{}", "null", "[]"][dice.below(4)].to_owned()),
        10 => Fault::NoContent,
        _ => Fault::Cut(1 + dice.below(30) as u64),
    };
    let after = if dice.once_in(2) { 0 } else { dice.below(4) as u64 };
    let times = if dice.once_in(2) { None } else { Some(1 + dice.below(3) as u64) };
    Rule { after, times, ..Rule::new(names[dice.below(names.len())], fault) }
}

/// What is certain in both is the same.
fn reversed(before: &Outcomes, after: &Outcomes) -> Vec<String> {
    let mut reversed = Vec::new();
    for (of, was) in before {
        let listing = after.get(&(of.0, of.1.clone(), None));
        let fine = match after.get(of) {
            Some(now) => now.word == "unknown" || now.word == was.word || was.word == "unknown",
            None => of.2.is_none() || listing.is_some_and(|verdict| verdict.word == "unknown"),
        };
        if !fine {
            let now = after.get(of).map_or("missing", |now| now.word);
            reversed.push(format!("{of:?} was {} and is {now}", was.word));
        }
    }
    reversed
}

/// The same but for when it was read.
fn timeless(mut scopes: Vec<Scope>) -> Vec<Scope> {
    for scope in &mut scopes {
        (scope.started, scope.finished) = (Time::from_unix(0), Time::from_unix(0));
        for gap in &mut scope.gaps {
            gap.request_id = None;
        }
        // How many questions share a batch depends on which of them wait at the same time.
        scope.calls.remove("/$batch");
        // Gaps that differ by the request alone are one.
        scope.canonicalise();
    }
    scopes
}

/// An account of some world, bent.
fn account(seed: u64) -> (World, String) {
    let dice = &mut Dice(seed);
    let worlds = aws::worlds();
    let world = &worlds[dice.below(worlds.len())];
    let keys = aws::keys(world);
    let key = keys[dice.below(keys.len())].clone();
    loop {
        let mut value = serde_json::to_value(world).unwrap();
        bend(&mut value["accounts"], dice);
        // What makes no world is none.
        if let Ok(bent) = serde_json::from_value::<World>(value)
            && aws::keys(&bent).contains(&key)
        {
            return (bent, key);
        }
    }
}

/// Some tenant, bent.
fn tenant(seed: u64) -> Scenario {
    let dice = &mut Dice(seed);
    let worlds = azure::worlds();
    let world = &worlds[dice.below(worlds.len())];
    loop {
        let mut value = serde_json::to_value(world).unwrap();
        for part in ["subscriptions", "graph", "tenant_resources"] {
            bend(&mut value[part], dice);
        }
        if let Ok(bent) = serde_json::from_value::<Scenario>(value)
            && !bent.subscriptions.is_empty()
        {
            return bent;
        }
    }
}

async fn read_account(world: &World, key: &str, concurrency: usize) -> Scope {
    let server = accounts::Server::start(world.clone(), None).await.unwrap();
    let options = Options { concurrency, ..Options::default() };
    aws::read(&server, key, &judging(Provider::Aws), &options).await
}

async fn read_tenant(scenario: &Scenario, concurrency: usize) -> Option<Vec<Scope>> {
    let server = tenants::Server::start(scenario.clone(), None).await.unwrap();
    azure::read(&server, scenario, &judging(Provider::Azure), concurrency).await
}

#[test]
fn no_set_of_faults_reverses_anything_in_any_account() {
    let names: Vec<&str> = AWS.iter().map(|action| action.name).collect();
    let controls = judging(Provider::Aws);
    let (names, controls) = (&names, &controls);
    let one = |seed: u64| async move {
        let (world, key) = account(seed);
        let before = judged(vec![read_account(&world, &key, 32).await], controls);
        let mut found = Vec::new();
        for number in 0..TROUBLES {
            let dice = &mut Dice(seed * 1000 + number);
            let mut worse = world.clone();
            worse.faults = (0..=dice.below(4)).map(|_| trouble(names, dice)).collect();
            let after = judged(vec![read_account(&worse, &key, 32).await], controls);
            let faults = &worse.faults;
            let described = |what| format!("seed {seed}, {number}, {faults:?}: {what}");
            found.extend(reversed(&before, &after).into_iter().map(described));
        }
        found
    };
    let found: Vec<Vec<String>> =
        runtime().block_on(stream::iter(0..worlds()).map(one).buffer_unordered(8).collect());
    assert!(found.concat().is_empty(), "{:#?}", found.concat());
}

#[test]
fn no_set_of_faults_reverses_anything_in_any_tenant() {
    let names: Vec<&str> = AZURE.iter().map(|action| action.name).collect();
    let controls = judging(Provider::Azure);
    let (names, controls) = (&names, &controls);
    let one = |seed: u64| async move {
        let world = tenant(seed);
        let before = judged(read_tenant(&world, 32).await.unwrap(), controls);
        let mut found = Vec::new();
        for number in 0..TROUBLES {
            let dice = &mut Dice(seed * 1000 + number);
            let mut worse = world.clone();
            worse.faults = (0..=dice.below(4)).map(|_| trouble(names, dice)).collect();
            let Some(scopes) = read_tenant(&worse, 32).await else { continue };
            let after = judged(scopes, controls);
            let faults = &worse.faults;
            let described = |what| format!("seed {seed}, {number}, {faults:?}: {what}");
            found.extend(reversed(&before, &after).into_iter().map(described));
        }
        found
    };
    let found: Vec<Vec<String>> =
        runtime().block_on(stream::iter(0..worlds()).map(one).buffer_unordered(8).collect());
    assert!(found.concat().is_empty(), "{:#?}", found.concat());
}

#[test]
fn neither_order_nor_concurrency_changes_what_is_read_of_an_account() {
    runtime().block_on(async {
        for seed in 0..worlds() {
            let (world, key) = account(seed);
            let plain = timeless(vec![read_account(&world, &key, 32).await]);
            for concurrency in [1, 64] {
                let other = timeless(vec![read_account(&world, &key, concurrency).await]);
                assert_eq!(plain, other, "seed {seed}, {concurrency} at once");
            }
            let mut value = serde_json::to_value(&world).unwrap();
            for account in value["accounts"].as_array_mut().unwrap() {
                shuffle(account.as_object_mut().unwrap(), &mut Dice(seed));
            }
            let other: World = serde_json::from_value(value).unwrap();
            let other = timeless(vec![read_account(&other, &key, 32).await]);
            assert_eq!(plain, other, "seed {seed}, in another order");
        }
    });
}

#[test]
fn neither_order_nor_concurrency_changes_what_is_read_of_a_tenant() {
    runtime().block_on(async {
        for seed in 0..worlds() {
            let world = tenant(seed);
            let plain = timeless(read_tenant(&world, 32).await.unwrap());
            for concurrency in [1, 64] {
                let other = timeless(read_tenant(&world, concurrency).await.unwrap());
                assert_eq!(plain, other, "seed {seed}, {concurrency} at once");
            }
            let mut value = serde_json::to_value(&world).unwrap();
            let dice = &mut Dice(seed);
            shuffle(value["graph"].as_object_mut().unwrap(), dice);
            for subscription in value["subscriptions"].as_array_mut().unwrap() {
                shuffle(subscription.as_object_mut().unwrap(), dice);
            }
            let other: Scenario = serde_json::from_value(value).unwrap();
            let other = timeless(read_tenant(&other, 32).await.unwrap());
            assert_eq!(plain, other, "seed {seed}, in another order");
        }
    });
}
