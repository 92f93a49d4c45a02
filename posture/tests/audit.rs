//! Audits from within another program, against simulated clouds.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use futures::StreamExt;
use posture::aws::{Accounts, Simulator};
use posture::azure::{ClientSecret, Source, Tenant};
use posture::core::gap::Reason;
use posture::core::judge::Findings;
use posture::core::provider::Provider;
use posture::{Audit, Event, Limits, Stop};
use posture_sim::aws::{self, World};
use posture_sim::azure::{self, Scenario};

/// A simulated account of AWS with so many buckets.
async fn aws(buckets: usize, latency: u64) -> (aws::Server, Accounts) {
    let size = aws::Size { accounts: 1, users: 2, buckets, ..aws::Size::default() };
    let mut world: World = aws::generate(size);
    world.latency.ms = latency;
    let key = world.accounts[0].key();
    let server = aws::Server::start(world, None).await.unwrap();
    let simulator = Simulator { url: server.url(), key, secret: "simulated".to_owned() };
    (server, Accounts { simulator: Some(simulator), ..Accounts::default() })
}

async fn azure() -> (azure::Server, Tenant) {
    let mut scenario: Scenario = azure::generate(2, 3);
    scenario.impatient = true;
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
    (server, tenant)
}

fn described(findings: &Findings<'_>) -> Vec<String> {
    findings.iter().map(|finding| format!("{} {:?}", finding.id(), finding.outcome)).collect()
}

fn storage() -> Vec<&'static posture::core::control::Control> {
    let all = posture::core::controls::ALL.iter().copied();
    all.filter(|control| control.area() == "storage").collect()
}

/// A program that embeds an audit may do so from any thread.
#[test]
fn audits_and_their_results_go_to_other_threads() {
    fn sent<T: Send>(_: &T) {}
    fn shared<T: Send + Sync>() {}
    shared::<Audit>();
    shared::<Stop>();
    shared::<Event>();
    shared::<Findings<'static>>();
    shared::<posture::Error>();
    sent(&Audit::aws().run());
    sent(&Audit::azure().stream());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_audits_at_once_say_what_each_says_alone() {
    let (_one, accounts) = aws(12, 1).await;
    let (_other, tenant) = azure().await;
    let of = |target: posture::Target| Audit::of([target]).controls(storage());
    let alone = (
        of(accounts.clone().into()).run().await.unwrap(),
        of(tenant.clone().into()).run().await.unwrap(),
    );
    let one = tokio::spawn(of(accounts.clone().into()).run());
    let other = tokio::spawn(of(tenant.clone().into()).run());
    let at_once = (one.await.unwrap().unwrap(), other.await.unwrap().unwrap());
    assert_eq!(described(&at_once.0), described(&alone.0));
    assert_eq!(described(&at_once.1), described(&alone.1));
    assert!(!described(&alone.0).is_empty() && !described(&alone.1).is_empty());
    // And together in one.
    let both = Audit::of([accounts.into(), tenant.into()]).controls(storage()).run().await.unwrap();
    assert_eq!(described(&both).len(), described(&alone.0).len() + described(&alone.1).len());
    assert_eq!(both.providers().collect::<Vec<_>>(), [Provider::Aws, Provider::Azure]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_told_as_it_happens() {
    let (_server, accounts) = aws(3, 0).await;
    let (_other, tenant) = azure().await;
    let audit = Audit::of([accounts.into(), tenant.into()]).controls(storage());
    let events: Vec<Event> = audit.stream().map(Result::unwrap).collect().await;
    let judged: usize = events
        .iter()
        .filter_map(|event| match event {
            Event::Judged { findings, .. } => Some(findings.len()),
            _ => None,
        })
        .sum();
    let Some(Event::Audited(all)) = events.last() else { panic!("{:?}", events.last()) };
    assert_eq!(all.iter().count(), judged);
    let count = |is: fn(&Event) -> bool| events.iter().filter(|event| is(event)).count();
    assert!(count(|event| matches!(event, Event::Started { .. })) > 3);
    let found = |provider: Provider, accounts: usize| {
        let is = |event: &&Event| matches!(event, Event::Found { provider: of, accounts: n } if (*of, *n) == (provider, accounts));
        events.iter().filter(is).count()
    };
    assert_eq!((found(Provider::Aws, 1), found(Provider::Azure, 2)), (1, 1));
    assert_eq!(count(|event| matches!(event, Event::Done { .. })), 3);
    // As many calls as the scopes count, those by which a session begins among them.
    let calls: u64 = all
        .scopes()
        .iter()
        .flat_map(|examined| &examined.scope().calls)
        .map(|(_, calls)| calls.operations)
        .sum();
    assert_eq!(count(|event| matches!(event, Event::Called { .. })) as u64, calls);
    assert_eq!(count(|event| matches!(event, Event::Audited(_))), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_audit_that_is_stopped_ends_soon_and_passes_nothing_that_it_did_not_read() {
    let (server, accounts) = aws(400, 100).await;
    let stop = Stop::default();
    let audit = Audit::of([accounts.into()]).controls(storage()).stopped_by(&stop);
    let mut running = tokio::spawn(audit.run());
    tokio::select! {
        () = server.arrived(20) => stop.stop(),
        _ = &mut running => panic!("it ended before it was stopped"),
    }
    let before = server.requests().len();
    let findings = running.await.unwrap().unwrap();
    assert!(findings.header().partial);
    let canceled = findings.iter().filter_map(|finding| finding.gap());
    assert!(canceled.filter(|gap| gap.reason == Reason::Canceled).count() > 0);
    // It did not go on asking: only what was on its way arrived.
    assert!(server.requests().len() < before + 200, "{}", server.requests().len() - before);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_does_not_listen_any_more_stops_nothing_but_his_own() {
    let (_server, accounts) = aws(3, 0).await;
    let count = Arc::new(AtomicUsize::new(0));
    let met = Arc::clone(&count);
    let audit = Audit::of([accounts.into()])
        .controls(storage())
        .limits(Limits { concurrency: 2, ..Limits::default() })
        .observe(move |_| {
            met.fetch_add(1, Ordering::Relaxed);
        });
    {
        let mut first = Box::pin(audit.clone().stream());
        assert!(first.next().await.unwrap().is_ok());
    }
    let before = count.load(Ordering::Relaxed);
    audit.run().await.unwrap();
    assert!(count.load(Ordering::Relaxed) > before);
}

#[tokio::test]
async fn what_cannot_be_is_an_error() {
    let error = Audit::aws().control("storage.publik").err().unwrap();
    assert_eq!(error.to_string(), "unknown control `storage.publik`");
    let nowhere = Tenant {
        simulator: Some("http://10.0.0.1:1".to_owned()),
        source: Some(Source::Environment),
        tenant: Some("t".to_owned()),
        client_id: Some("c".to_owned()),
        client_secret: Some(ClientSecret("canary".to_owned())),
        ..Tenant::default()
    };
    let error = Audit::of([nowhere.into()]).run().await.unwrap_err();
    assert!(matches!(error, posture::Error::Azure(_)), "{error:?}");
    assert!(!format!("{error:?}").contains("canary"));
    let elsewhere = Simulator {
        url: "http://10.0.0.1".to_owned(),
        key: "k".to_owned(),
        secret: "canary".to_owned(),
    };
    let accounts = Accounts { simulator: Some(elsewhere), ..Accounts::default() };
    let error = Audit::of([accounts.into()]).run().await.unwrap_err();
    assert!(!format!("{error:?}").contains("canary"), "{error:?}");
}

/// Keys that are asked for, and counted.
struct Counted(Arc<Mutex<usize>>, posture::aws::Keys);

impl posture::aws::Credentials for Counted {
    fn keys(
        &self,
    ) -> futures::future::BoxFuture<
        '_,
        Result<posture::aws::Keys, Box<dyn std::error::Error + Send + Sync>>,
    > {
        *self.0.lock().unwrap() += 1;
        Box::pin(std::future::ready(Ok(self.1.clone())))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn custom_keys_sign_what_is_asked() {
    let (_server, mut accounts) = aws(2, 0).await;
    let simulator = accounts.simulator.clone().unwrap();
    // A simulator has its own keys; here they come from elsewhere.
    let keys = posture::aws::Keys {
        access_key_id: simulator.key.clone(),
        secret_access_key: "canary".to_owned(),
        session_token: None,
        expires: None,
    };
    assert!(!format!("{keys:?}").contains("canary"));
    let asked = Arc::new(Mutex::new(0));
    let source = Counted(Arc::clone(&asked), keys);
    accounts.simulator = Some(Simulator { key: String::new(), ..simulator });
    let audit = Audit::of([accounts.clone().into()]).controls(storage());
    assert!(audit.run().await.is_err(), "without a key there is no account");
    accounts.credentials = Some(posture::aws::Source(Arc::new(source)));
    let findings = Audit::of([accounts.into()]).controls(storage()).run().await.unwrap();
    assert!(findings.iter().count() > 0);
    assert!(*asked.lock().unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn controls_from_files_are_judged_beside_the_built_in_ones() {
    let (_server, accounts) = aws(3, 0).await;
    let files = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/controls");
    let audit = || Audit::of([accounts.clone().into()]).control_files(files).unwrap();
    let only = audit().control("contoso").unwrap().run().await.unwrap();
    let ids: Vec<&str> = only.controls().iter().map(|control| control.id).collect();
    assert_eq!(ids, ["contoso.bucket-owner", "contoso.kept-long-enough"]);
    let buckets = only.iter().filter(|finding| finding.control.id == ids[0]).count();
    assert_eq!(buckets, 3);
    let all = audit().run().await.unwrap();
    assert_eq!(all.controls().len(), posture::core::controls::ALL.len() + 2);
    // Once more, or from nowhere: an error that names what is wrong.
    let again = audit().control_files(files).err().unwrap();
    let nowhere = audit().control_files("nowhere").err().unwrap();
    for (error, message) in [(again, "contoso.bucket-owner"), (nowhere, "nowhere")] {
        let cause = std::error::Error::source(&error).unwrap();
        assert!(format!("{cause:?}").contains(message), "{cause:?}");
    }
}

/// What is not an image is unknown and not an error, and so is what a stop left unread.
#[tokio::test]
async fn images_that_cannot_be_read_are_unknown() {
    let audit = || Audit::images("/nonexistent/a.tar").path("/nonexistent/b.tar");
    let notes = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&notes);
    let audit = audit().observe(move |event| {
        if let Event::Note { text } = event {
            kept.lock().unwrap().push(text);
        }
    });
    let findings = audit.control("images").unwrap().run().await.unwrap();
    let all: Vec<_> = findings.iter().collect();
    let scopes: std::collections::BTreeSet<&str> = all.iter().map(|one| &*one.scope.id).collect();
    assert_eq!(
        scopes.into_iter().collect::<Vec<_>>(),
        ["/nonexistent/a.tar", "/nonexistent/b.tar"]
    );
    for one in all.iter().filter(|one| one.control.id != "images.registry") {
        let reason = one.gap().map(|gap| gap.reason);
        assert_eq!(reason, Some(Reason::InvalidFile), "{}", one.control.id);
    }
    let notes = notes.lock().unwrap();
    assert!(notes.iter().any(|note| note.contains("vulnerabilities are unknown")), "{notes:?}");
}
