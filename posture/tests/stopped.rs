//! What an interrupted audit reports: a part of what the whole one does, and never another verdict.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use posture::aws::{Accounts, Simulator};
use posture::azure::{ClientSecret, Source, Tenant};
use posture::core::gap::Reason;
use posture::core::judge::{Findings, Outcome};
use posture::core::scope::Level;
use posture::{Audit, Event, Stop, Target};
use posture_sim::aws::{self, World};
use posture_sim::azure::{self, Scenario};
use posture_sim::{Fault, Rule};

const WORLD: &str = include_str!("../../examples/organization.toml");
const TENANT: &str = include_str!("../../examples/tenant.toml");

/// No call that meets this is answered while a test runs.
const NEVER: Fault = Fault::SlowStart(3_600_000);

async fn organization(change: impl FnOnce(&mut World)) -> (aws::Server, Target) {
    let mut world = World::parse(WORLD).unwrap();
    change(&mut world);
    let key = world.accounts[0].key();
    let server = aws::Server::start(world, None).await.unwrap();
    let simulator = Simulator { url: server.url(), key, secret: "simulated".to_owned() };
    let accounts = Accounts {
        simulator: Some(simulator),
        organization: Some("OrganizationAccountAccessRole".to_owned()),
        ..Accounts::default()
    };
    (server, accounts.into())
}

async fn tenant(change: impl FnOnce(&mut Scenario)) -> (azure::Server, Target) {
    let mut scenario = Scenario::parse(TENANT).unwrap();
    scenario.impatient = true;
    change(&mut scenario);
    let (tenant, client) = (scenario.tenant.clone(), scenario.client.clone());
    let server = azure::Server::start(scenario, None).await.unwrap();
    let tenant = Tenant {
        tenant: Some(tenant),
        source: Some(Source::Environment),
        client_id: Some(client.id),
        client_secret: Some(ClientSecret(client.secret)),
        simulator: Some(server.url()),
        unpaced: true,
        ..Tenant::default()
    };
    (server, tenant.into())
}

/// Runs an audit that is interrupted when so many calls were made.
async fn stopped_after(calls: usize, targets: &[Target]) -> Findings<'static> {
    let stop = Stop::default();
    let (tell, made) = (stop.clone(), AtomicUsize::new(0));
    if calls == 0 {
        stop.stop();
    }
    let audit = Audit::of(targets.iter().cloned()).stopped_by(&stop).observe(move |event| {
        if matches!(event, Event::Called { .. })
            && made.fetch_add(1, Ordering::Relaxed) + 1 == calls
        {
            tell.stop();
        }
    });
    audit.run().await.unwrap()
}

fn outcomes(findings: &Findings<'_>) -> BTreeMap<String, &'static str> {
    let of = |outcome: &Outcome| match outcome {
        Outcome::Pass => "pass",
        Outcome::Fail(_) => "fail",
        Outcome::NotApplicable(_) => "not applicable",
        Outcome::Unknown(_) => "unknown",
    };
    findings.iter().map(|finding| (finding.id(), of(finding.outcome))).collect()
}

/// Whenever the interrupt comes, what is decided is what the whole audit decides, and what is not is unknown.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_makes_nothing_pass_or_fail_that_would_not_otherwise() {
    let (_one, accounts) = organization(|_| ()).await;
    let (_other, tenant) = tenant(|_| ()).await;
    let targets = [accounts, tenant];
    let whole = Audit::of(targets.iter().cloned()).run().await.unwrap();
    assert!(!whole.header().partial);
    let all = outcomes(&whole);
    let mut interrupted = 0;
    for calls in [0, 1, 2, 4, 7, 12, 20, 30, 45, 60, 80, 110, 150, 200, 240] {
        let part = stopped_after(calls, &targets).await;
        assert!(part.header().partial, "after {calls} calls");
        for finding in part.iter() {
            let id = finding.id();
            let then = match finding.outcome {
                Outcome::Unknown(_) => {
                    let why = finding.gap().unwrap();
                    interrupted += usize::from(why.reason == Reason::Canceled);
                    continue;
                }
                Outcome::Pass => "pass",
                Outcome::Fail(_) => "fail",
                Outcome::NotApplicable(_) => "not applicable",
            };
            let subject = finding.subject.map(|subject| subject.id);
            assert_eq!(
                all.get(&id).copied(),
                Some(then),
                "{} of {subject:?} after {calls} calls",
                finding.control.id
            );
        }
    }
    assert!(interrupted > 1_000, "{interrupted}");
}

/// Whether something was read that decides it. What needs a parameter that is not set is not applicable, whatever is read.
fn is_decided(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::Fail(_))
}

/// An interrupt does not wait for what does not answer, whatever the audit is about to do.
#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_waits_for_no_answer() {
    for (action, requests) in [
        ("sts:GetCallerIdentity", 1),
        ("organizations:ListAccounts", 2),
        ("sts:AssumeRole", 6),
        ("iam:*", 12),
    ] {
        let fault = |world: &mut World| world.faults.push(Rule::new(action, NEVER));
        let (server, accounts) = organization(fault).await;
        let stop = Stop::default();
        let audit = Audit::of([accounts]).stopped_by(&stop);
        let running = tokio::spawn(audit.run());
        server.arrived(requests).await;
        stop.stop();
        let findings = running.await.unwrap().unwrap();
        assert!(findings.header().partial);
        if requests < 3 {
            assert!(!findings.iter().any(|finding| is_decided(finding.outcome)), "{action}");
        }
    }
    let fault =
        |scenario: &mut Scenario| scenario.faults.push(Rule::new("Microsoft.Resources/*", NEVER));
    let (_server, tenant) = tenant(fault).await;
    let findings = stopped_after(1, &[tenant]).await;
    assert!(findings.header().partial && findings.scopes().len() == 1);
    for examined in findings.scopes() {
        assert_eq!(examined.scope().level, Level::Tenant);
    }
    assert!(!findings.iter().any(|finding| is_decided(finding.outcome)));
}

/// What is left out is noted: a reader of the report has to know of it.
#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_that_was_not_signed_in_to_is_noted() {
    let (_one, accounts) = organization(|_| ()).await;
    let (_other, tenant) = tenant(|_| ()).await;
    let stop = Stop::default();
    stop.stop();
    let notes: Arc<std::sync::Mutex<Vec<String>>> = Arc::default();
    let seen = Arc::clone(&notes);
    let audit = Audit::of([accounts, tenant]).stopped_by(&stop).observe(move |event| {
        if let Event::Note { text } = event {
            seen.lock().unwrap().push(text);
        }
    });
    let findings = audit.run().await.unwrap();
    assert!(findings.scopes().is_empty() && findings.header().partial);
    let mut notes = notes.lock().unwrap().clone();
    notes.sort();
    assert_eq!(
        notes,
        [
            "AWS was not read: interrupted while signing in",
            "Azure was not read: interrupted while signing in"
        ]
    );
}
