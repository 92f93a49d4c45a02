//! Redirects: followed without credentials, and not into networks that are more internal.

use std::sync::atomic::Ordering;

use super::sim::{Sim, Store, ok, redirect, reply};
use super::{at, options, outside, read, reference};
use crate::{Client, Login, Secret, Why};

fn store() -> Store {
    let mut store = Store::default();
    store.image("1", &[("app/main", b"x")]);
    store
}

/// A registry that wants a password, and keeps blobs elsewhere.
fn registry(store: Store, blobs: impl Fn(&str) -> String + Send + Sync + 'static) -> Sim {
    Sim::serve(move |request| match (request.authorization(), request.path.contains("/blobs/")) {
        (None, _) => reply(401, "").with("www-authenticate", "Basic realm=x"),
        (Some(_), true) => redirect(&blobs(&request.path)),
        (Some(_), false) => store.reply(request),
    })
}

fn signed_in(host: &str, sim: &Sim) -> crate::Options {
    let (mut options, _) = options();
    let login =
        Login::Password { user: "user".to_owned(), password: Secret::new("canary-password") };
    options.logins.insert(format!("{host}:{}", sim.port), login);
    options
}

#[tokio::test]
async fn storage_elsewhere_gets_no_credentials() {
    let kept = store();
    let storage = Sim::serve(move |request| kept.reply(request));
    let port = storage.port;
    let sim = registry(store(), move |path| {
        format!("http://storage.example:{port}{path}?sig=canary-signature")
    });
    let client = outside(signed_in("hub.example", &sim));
    let (image, errors) =
        read(client.image(&at("hub.example", &sim, ":1")).await.unwrap(), "linux/amd64").await;
    assert!(image.unwrap().is_complete(), "{errors:?}");
    assert_eq!(storage.seen().len(), 2);
    for seen in storage.seen() {
        assert_eq!(seen.authorization(), None);
        assert!(seen.header("referer").is_none() && seen.header("cookie").is_none());
        assert_eq!(seen.parameter("sig"), Some("canary-signature"));
    }
}

#[tokio::test]
async fn what_storage_answers_is_not_what_the_registry_answers() {
    let storage = Sim::serve(|_| reply(403, "<Error>canary-signature</Error>"));
    let port = storage.port;
    let sim = registry(store(), move |path| {
        format!("http://storage.example:{port}{path}?sig=canary-signature")
    });
    let client = outside(signed_in("hub.example", &sim));
    let (image, errors) =
        read(client.image(&at("hub.example", &sim, ":1")).await.unwrap(), "linux/amd64").await;
    let gap = image.unwrap_err();
    assert_eq!(
        errors[0].why,
        Why::Denied(", by storage.example, to which it redirects".to_owned())
    );
    assert!(!format!("{gap}{errors:?}").contains("canary"), "{gap}");
}

#[tokio::test]
async fn a_host_that_redirects_back_has_no_credentials_to_use() {
    let sim_of_storage = Sim::serve(|request| {
        let back = request.parameter("back").unwrap().to_owned();
        redirect(&format!("http://hub.example:{back}/admin"))
    });
    let port = sim_of_storage.port;
    let sim = Sim::serve(move |request| match (request.path.as_str(), request.authorization()) {
        ("/admin", authorization) => ok(format!("{authorization:?}")),
        (_, None) => reply(401, "").with("www-authenticate", "Basic realm=x"),
        _ => {
            let own = request.header("host").unwrap().split(':').nth(1).unwrap();
            redirect(&format!("http://storage.example:{port}/x?back={own}"))
        }
    });
    let client = outside(signed_in("hub.example", &sim));
    let found = client.manifest(&at("hub.example", &sim, ":1")).await.unwrap();
    assert_eq!(found.bytes, b"None");
}

#[tokio::test]
async fn a_public_registry_does_not_lead_inside() {
    let victim = Sim::serve(|_| ok("secret"));
    let port = victim.port;
    for target in [
        format!("http://127.0.0.1:{port}/x"),
        format!("https://127.0.0.1:{port}/x"),
        format!("https://[::ffff:127.0.0.1]:{port}/x"),
        format!("https://localhost:{port}/x"),
        format!("http://internal.example:{port}/x"),
        format!("http://this.example:{port}/x"),
        format!("http://elsewhere.example:{port}/x"),
        format!("http://user:canary@storage.example:{port}/x"),
        "https://169.254.169.254/latest/meta-data/iam".to_owned(),
        "https://10.0.0.1/".to_owned(),
        "ftp://storage.example/x".to_owned(),
        "http://[".to_owned(),
    ] {
        let shown = target.clone();
        let sim = Sim::serve(move |_| redirect(&target));
        let error =
            outside(options().0).manifest(&at("hub.example", &sim, ":1")).await.unwrap_err();
        assert!(matches!(error.why, Why::Redirect(_)), "{shown}: {error}");
        assert!(!format!("{error}{error:?}").contains("canary"), "{error}");
        assert_eq!(sim.seen().len(), 1, "{shown}: it is not repeated");
    }
    assert_eq!(victim.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_private_registry_leads_to_its_own_network_and_outside() {
    let kept = store();
    let storage = Sim::serve(move |request| kept.reply(request));
    for (host, allowed) in [
        ("internal.example", true),
        ("storage.example", true),
        ("this.example", false),
        ("127.0.0.1", false),
    ] {
        let port = storage.port;
        let sim =
            Sim::serve(move |request| redirect(&format!("http://{host}:{port}{}", request.path)));
        let found = outside(options().0).manifest(&at("internal.example", &sim, ":1")).await;
        assert_eq!(found.is_ok(), allowed, "{host}: {found:?}");
    }
}

#[tokio::test]
async fn redirects_end() {
    let sim = Sim::serve(|request| redirect(&request.path));
    let client = Client::new(options().0);
    let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::Redirect("more than 5 in a row".to_owned()));
    assert_eq!(sim.seen().len(), 6);
    let sim = Sim::serve(|_| reply(302, ""));
    let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::Redirect("it names no address".to_owned()));
    let sim = Sim::serve(|_| reply(304, ""));
    let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(matches!(error.why, Why::Unexpected { status: 304, .. }), "{error}");
}
