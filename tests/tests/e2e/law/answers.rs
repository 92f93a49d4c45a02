//! AWS: answers that say less than they seem. Every action of the table with every empty answer, every answer cut behind every
//! tag, every date.
//!
//! A run takes some cases of each; `POSTURE_CASES` says how many, and with enough of them it takes all there are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use futures::{StreamExt, stream};
use posture_aws::action::ACTIONS;
use posture_aws::collect::{Observer, Options, collect};
use posture_aws::session::{Login, Session, Simulator};
use posture_core::control::Control;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::skew::RELEASED;
use posture_core::time::Time;
use posture_core::wanted;
use posture_sim::aws::{Server, World};
use posture_sim::{Fault, Rule};
use tokio::sync::watch;

use super::aws::{keys, worlds};
use super::{Outcomes, broken, cases, judged, judging, proved, runtime, some, takers};

/// An account of a world, an action with a fault, and the fault.
type Run = (usize, String, &'static str, Fault);

/// Reads an account, however long the machine takes for it: nothing here is about time.
async fn read(server: &Server, key: &str, controls: &[&'static Control]) -> Scope {
    let login = Login {
        timeout: Some(Duration::from_secs(600)),
        attempts: Some((2, Duration::from_millis(1))),
        simulator: Some(Simulator {
            url: server.url(),
            key: key.to_owned(),
            secret: "simulated".to_owned(),
        }),
        ..Login::default()
    };
    let session = Session::login(&login).await.unwrap();
    let wanted = wanted::by(controls, Provider::Aws);
    let observer: Observer = Arc::new(|_| ());
    let (_tell, stop) = watch::channel(false);
    collect(&session, &wanted, &Options::default(), &observer, stop).await.unwrap()
}

/// The controls that take an action; all of them where none is meant.
fn controls_of(action: &str) -> Vec<&'static Control> {
    ACTIONS.iter().find(|known| known.name == action).map_or_else(
        || judging(Provider::Aws),
        |action| takers(Provider::Aws, action.fills, action.lists),
    )
}

/// Every account and action, with what an account says where nothing is wrong.
fn everywhere(worlds: &[World]) -> Vec<(usize, String, &'static str)> {
    let accounts = worlds.iter().enumerate();
    accounts
        .flat_map(|(place, world)| keys(world).into_iter().map(move |key| (place, key)))
        .flat_map(|(place, key)| {
            ACTIONS.iter().map(move |action| (place, key.clone(), action.name))
        })
        .collect()
}

/// What is true where nothing is wrong, for the accounts and actions of these runs.
async fn healthy(
    worlds: &[World],
    runs: &[Run],
) -> BTreeMap<(usize, String, &'static str), Outcomes> {
    let wanted: BTreeSet<(usize, String, &'static str)> =
        runs.iter().map(|(place, key, action, _)| (*place, key.clone(), *action)).collect();
    let mut servers = Vec::new();
    for world in worlds {
        servers.push(Server::start(world.clone(), None).await.unwrap());
    }
    let servers = &servers;
    stream::iter(wanted)
        .map(|(place, key, action)| async move {
            let controls = controls_of(action);
            let scope = read(&servers[place], &key, &controls).await;
            ((place, key, action), judged(vec![scope], &controls))
        })
        .buffer_unordered(8)
        .collect()
        .await
}

/// Whether a scope of a run and what is broken in it; the server knows what was asked.
type Inspection = fn(&Run, &Scope, &Server) -> Vec<String>;

/// Reads and judges each run, and fails with what it broke.
async fn hold(worlds: &[World], runs: Vec<Run>, what: &str, look: Inspection) {
    let before = healthy(worlds, &runs).await;
    let (before, count) = (&before, runs.len());
    let found: Vec<Vec<String>> = stream::iter(runs)
        .map(|run| async move {
            let (place, key, action, fault) = &run;
            let mut world = worlds[*place].clone();
            world.faults.push(Rule::new(action, fault.clone()));
            let server = Server::start(world, None).await.unwrap();
            let controls = controls_of(action);
            let scope = read(&server, key, &controls).await;
            let mut wrong = look(&run, &scope, &server);
            let after = judged(vec![scope], &controls);
            let before = &before[&(*place, key.clone(), *action)];
            // If the time is unknown every age is unknown, whatever was requested.
            let dated = matches!(fault, Fault::Date(_));
            let cause = if dated { "" } else { *action };
            wrong.extend(broken(before, &after, fault, &[cause]));
            wrong.iter().map(|what| format!("{action} {fault:?} in {key}: {what}")).collect()
        })
        .buffer_unordered(8)
        .collect()
        .await;
    let broken: BTreeSet<String> = found.into_iter().flatten().collect();
    let list: Vec<&String> = broken.iter().take(60).collect();
    assert!(broken.is_empty(), "{} broken: {list:#?}", broken.len());
    proved(&format!("{what}: {count} audits, none reversed"));
}

fn nothing(_: &Run, _: &Scope, _: &Server) -> Vec<String> {
    Vec::new()
}

/// Actions of which an empty object is the answer that there is none: "If there is no associated resource, AWS WAF returns a null
/// web ACL": <https://docs.aws.amazon.com/waf/latest/APIReference/API_GetWebACLForResource.html>.
const NONE_IS_EMPTY: &[&str] = &["wafv2:GetWebACLForResource"];

#[test]
fn an_empty_answer_decides_nothing() {
    let worlds = worlds();
    let mut runs = Vec::new();
    for (place, key, action) in everywhere(&worlds) {
        runs.push((place, key.clone(), action, Fault::NoContent));
        for body in ["", "{}", "null", "[]", "<a/>", " "] {
            if body != "{}" || !NONE_IS_EMPTY.contains(&action) {
                runs.push((place, key.clone(), action, Fault::Body(body.to_owned())));
            }
        }
    }
    let runs = some(runs, cases(200));
    runtime().block_on(hold(&worlds, runs, "empty answers", nothing));
}

#[test]
fn an_answer_that_is_cut_decides_nothing() {
    let worlds = worlds();
    runtime().block_on(async {
        let mut runs = Vec::new();
        let controls = judging(Provider::Aws);
        for (place, world) in worlds.iter().enumerate() {
            for key in keys(world) {
                let server = Server::start(world.clone(), None).await.unwrap();
                read(&server, &key, &controls).await;
                let mut places: BTreeMap<String, u64> = BTreeMap::new();
                for request in server.requests() {
                    let most = places.entry(request.action).or_default();
                    *most = request.places.max(*most);
                }
                for action in ACTIONS {
                    let most = places.get(action.name).copied().unwrap_or(0);
                    // Behind its last tag an answer is whole.
                    runs.extend(
                        (1..most).map(|tags| (place, key.clone(), action.name, Fault::Cut(tags))),
                    );
                }
            }
        }
        hold(&worlds, some(runs, cases(200)), "cut answers", nothing).await;
    });
}

/// Dates that cannot be, or that no other service gives.
fn dates() -> Vec<String> {
    let mut dates: Vec<String> = [
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Mon, 01 Jan 10000 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Wed, 31 Dec 1969 23:59:59 GMT",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Thu, 01 Jan 2026 00:00:00 GMT",
        "Tue, 19 Jan 2038 03:14:08 GMT",
        "Sun Nov  6 08:49:37 1994",
        "yesterday",
        "0",
        "",
    ]
    .map(str::to_owned)
    .into();
    // The first plausible moment: no other service reports it any more.
    let first = jiff::Timestamp::from_second(RELEASED).unwrap();
    let printer = jiff::fmt::rfc2822::DateTimePrinter::new();
    dates.push(printer.timestamp_to_rfc9110_string(&first).unwrap());
    dates
}

/// What was dated wrongly leaves no age known.
fn undated((_, _, action, fault): &Run, scope: &Scope, server: &Server) -> Vec<String> {
    let Fault::Date(date) = fault else { return Vec::new() };
    let asked = server.requests().iter().any(|request| request.action == *action);
    let unknown = scope.time_unknown.and_then(|gap| scope.gap(gap)).is_some();
    if asked == unknown { Vec::new() } else { vec![format!("`{date}` is believed")] }
}

#[test]
fn a_date_that_cannot_be_decides_nothing() {
    let worlds = worlds();
    let mut runs = Vec::new();
    for (place, key, action) in everywhere(&worlds) {
        for date in dates() {
            runs.push((place, key.clone(), action, Fault::Date(date)));
        }
    }
    let runs = some(runs, cases(120));
    runtime().block_on(hold(&worlds, runs, "dates of one action", undated));
}

#[test]
fn the_time_is_that_of_the_services_if_it_can_be() {
    const DAY: i64 = 86_400;
    let worlds = worlds();
    let controls = judging(Provider::Aws);
    // By how many seconds the services are ahead, and whether they are believed.
    for (ahead, believed) in
        [(0, true), (3_600, true), (30 * DAY, true), (400 * DAY, false), (-3_000 * DAY, false)]
    {
        let mut world = worlds[2].clone();
        world.clock_ahead = ahead;
        let key = keys(&world).remove(0);
        runtime().block_on(async {
            let server = Server::start(world, None).await.unwrap();
            let scope = read(&server, &key, &controls).await;
            assert_eq!(scope.time_unknown.is_none(), believed, "{ahead}");
            let shown = scope.clock_ahead_seconds.map(|seconds| seconds.saturating_add(ahead));
            let moved = believed && ahead != 0;
            assert_eq!(shown.is_some(), moved, "{ahead}");
            assert!(shown.is_none_or(|off| off.abs() < 60), "{ahead}: {shown:?}");
            // If no service is believed, the times are not moved either.
            let apart = scope.finished.until(Time::from(jiff::Timestamp::now())).as_secs().abs();
            assert_eq!(apart > 1_800, moved, "{ahead}: {apart}");
        });
    }
}

#[test]
fn a_date_in_a_year_of_five_digits_does_not_end_the_process() {
    let worlds = worlds();
    for date in ["Fri, 31 Dec 9999 23:59:59 GMT", "Sat, 01 Jan 10000 00:00:00 GMT"] {
        let mut world = worlds[2].clone();
        world.faults.push(Rule::new("*", Fault::Date(date.to_owned())));
        let key = keys(&world).remove(0);
        runtime().block_on(async {
            let server = Server::start(world, None).await.unwrap();
            let scope = read(&server, &key, &judging(Provider::Aws)).await;
            assert!(scope.time_unknown.is_some());
        });
    }
}
