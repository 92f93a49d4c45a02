//! Tokens, passwords and what is sent where.

use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::sim::{Seen, Sim, Store, ok, redirect, refuse, reply};
use super::{at, client, options, outside, read, reference};
use crate::{Client, DockerConfig, Login, Options, Secret, Why};

const CANARY: &str = "canary-password";

fn with(sim: &Sim, login: Login) -> Options {
    let (mut options, _) = options();
    options.logins.insert(format!("127.0.0.1:{}", sim.port), login);
    options
}

fn password() -> Login {
    Login::Password { user: "user".to_owned(), password: Secret::new(CANARY) }
}

fn basic() -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("user:{CANARY}")))
}

/// A registry that wants a token of the service at `/token` of the same host.
fn with_tokens(
    store: Store,
    token: impl Fn(&Seen) -> super::sim::Reply + Send + Sync + 'static,
) -> Sim {
    Sim::serve(move |request| {
        if request.path == "/token" {
            return token(request);
        }
        if request.authorization() == Some("Bearer issued-token") {
            return store.reply(request);
        }
        let host = request.header("host").unwrap();
        let challenge = format!(
            r#"Bearer realm="http://{host}/token?a=b",service="s 1",scope="repository:team/app:pull,push""#
        );
        refuse(401, "UNAUTHORIZED", "authentication required").with("www-authenticate", challenge)
    })
}

fn store() -> Store {
    let mut store = Store::default();
    store.image("1", &[("app/main", b"x"), ("app/other", b"y")]);
    store
}

#[tokio::test]
async fn a_token_is_requested_once_and_only_for_reading() {
    for login in [None, Some(password())] {
        let sim = with_tokens(store(), |_| ok(r#"{"token":"issued-token","expires_in":300}"#));
        let client = login.clone().map_or_else(client, |login| Client::new(with(&sim, login)));
        let (image, _) =
            read(client.image(&reference(&sim, ":1")).await.unwrap(), "linux/amd64").await;
        assert!(image.unwrap().is_complete());
        let tokens: Vec<Seen> =
            sim.seen().into_iter().filter(|seen| seen.path == "/token").collect();
        assert_eq!(tokens.len(), 1);
        assert_eq!(tokens[0].parameter("scope"), Some("repository:team/app:pull"));
        assert_eq!(
            (tokens[0].parameter("service"), tokens[0].parameter("a")),
            (Some("s 1"), Some("b"))
        );
        assert_eq!(tokens[0].authorization().map(str::to_owned), login.map(|_| basic()));
        let others = sim.seen().into_iter().filter(|seen| seen.path != "/token");
        let sent: Vec<Option<String>> =
            others.map(|seen| seen.authorization().map(str::to_owned)).collect();
        assert_eq!(sent[0], None);
        assert!(
            sent[1..].iter().all(|sent| sent.as_deref() == Some("Bearer issued-token")),
            "{sent:?}"
        );
    }
}

#[tokio::test]
async fn an_identity_token_is_exchanged_and_a_registry_token_is_sent_as_it_is() {
    let sim = with_tokens(store(), |_| ok(r#"{"access_token":"issued-token"}"#));
    let client = Client::new(with(&sim, Login::Identity(Secret::new(CANARY))));
    client.manifest(&reference(&sim, ":1")).await.unwrap();
    let post = sim.seen().into_iter().find(|seen| seen.method == "POST").unwrap();
    assert_eq!(
        (post.path.as_str(), post.authorization(), post.parameter("scope")),
        ("/token", None, None)
    );
    for part in [
        "grant_type=refresh_token",
        "refresh_token=canary-password",
        "scope=repository%3Ateam%2Fapp%3Apull",
    ] {
        assert!(post.body.contains(part), "{}", post.body);
    }
    let sim = with_tokens(store(), |_| panic!("it has a token"));
    let client = Client::new(with(&sim, Login::Token(Secret::new("issued-token"))));
    client.manifest(&reference(&sim, ":1")).await.unwrap();
    let client = Client::new(with(&sim, Login::Token(Secret::new("other-token"))));
    let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(matches!(error.why, Why::SignIn(_)), "{error}");
}

#[tokio::test]
async fn a_password_is_sent_where_it_is_asked_for() {
    let (store, expected) = (store(), basic());
    let sim = Sim::serve(move |request| match request.authorization() == Some(&expected) {
        true => store.reply(request),
        false => reply(401, "").with("www-authenticate", "Basic realm=\"x\""),
    });
    let client = Client::new(with(&sim, password()));
    client.manifest(&reference(&sim, ":1")).await.unwrap();
    client.manifest(&reference(&sim, ":1")).await.unwrap();
    assert_eq!(sim.seen().len(), 3, "it is only asked for once");
    let error = super::client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(error.why, Why::SignIn("it requires credentials, and there are none".to_owned()));
    let client = Client::new(with(&sim, Login::Identity(Secret::new(CANARY))));
    let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(matches!(error.why, Why::SignIn(_)) && !error.to_string().contains(CANARY), "{error}");
}

#[tokio::test]
async fn a_registry_that_is_never_content_is_asked_twice() {
    let sim = Sim::serve(|request| {
        let host = request.header("host").unwrap();
        match request.path.as_str() {
            "/token" => ok(r#"{"token":"issued-token"}"#),
            // It repeats what it got.
            _ => refuse(401, "UNAUTHORIZED", &format!("no {:?}", request.authorization()))
                .with("www-authenticate", format!("Bearer realm=\"http://{host}/token\"")),
        }
    });
    let error =
        Client::new(with(&sim, password())).manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(error.to_string().contains("it rejects the credentials (UNAUTHORIZED: no"), "{error}");
    assert!(!format!("{error}{error:?}").contains("issued-token"), "{error}");
    assert_eq!(sim.paths(), ["/v2/team/app/manifests/1", "/token", "/v2/team/app/manifests/1"]);
    let sim = Sim::serve(|request| {
        refuse(401, "X", request.authorization().unwrap_or_default())
            .with("www-authenticate", "Basic realm=x")
    });
    let error =
        Client::new(with(&sim, password())).manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert!(!format!("{error}{error:?}").contains(&basic()[6..]), "{error}");
    assert_eq!(sim.seen().len(), 2);
}

#[tokio::test]
async fn a_token_that_ended_is_replaced() {
    let (count, store) = (AtomicU32::new(0), store());
    let sim = Sim::serve(move |request| {
        let host = request.header("host").unwrap();
        let now = count.load(Ordering::SeqCst);
        match request.path.as_str() {
            "/token" => {
                ok(format!(r#"{{"token":"token-{}"}}"#, count.fetch_add(1, Ordering::SeqCst) + 1))
            }
            path if path.contains("/blobs/") && now < 2 => reply(401, "")
                .with("www-authenticate", format!("Bearer realm=\"http://{host}/token\"")),
            _ if request.authorization() == Some(&format!("Bearer token-{now}")) => {
                store.reply(request)
            }
            _ => reply(401, "")
                .with("www-authenticate", format!("Bearer realm=\"http://{host}/token\"")),
        }
    });
    let (image, _) = super::read_all(&sim, ":1").await;
    assert!(image.unwrap().is_complete());
}

#[tokio::test]
async fn what_a_token_service_answers_is_an_error_that_names_it() {
    type Answer = fn() -> super::sim::Reply;
    let cases: [(Answer, &str); 9] = [
        (
            || reply(401, r#"{"details":"incorrect username or password canary-password"}"#),
            "rejects the credentials (incorrect username or password ***)",
        ),
        (|| reply(403, ""), "rejects the credentials"),
        (|| reply(404, ""), "unexpected status 404, by its token service"),
        (|| reply(500, ""), "status 500, by its token service"),
        (
            || reply(429, "").with("retry-after", "1"),
            "too many requests; the registry asks to wait 1 seconds, by its token service",
        ),
        (|| ok("canary"), "sent what is not JSON"),
        (|| ok(r#"{"token":""}"#), "sent no token"),
        (|| ok("{\"token\":\"a\\nb\"}"), "a token with characters that no token has"),
        (|| redirect("http://127.0.0.1:1/token"), "it redirects"),
    ];
    for (answer, expected) in cases {
        let sim = with_tokens(store(), move |_| answer());
        let error =
            Client::new(with(&sim, password())).manifest(&reference(&sim, ":1")).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error}{error:?}").contains("canary"), "{error}");
    }
}

#[tokio::test]
async fn a_realm_without_tls_or_within_is_not_asked() {
    let victim = Sim::serve(|_| ok(r#"{"token":"issued-token"}"#));
    let port = victim.port;
    for realm in [
        format!("http://127.0.0.1:{port}/token"),
        format!("https://127.0.0.1:{port}/token"),
        format!("http://internal.example:{port}/token"),
        format!("http://this.example:{port}/token"),
        "http://elsewhere.example/token".to_owned(),
        format!("http://user:pw@token.example:{port}/token"),
        "https://169.254.169.254/token".to_owned(),
        "file:///etc/passwd".to_owned(),
        "token".to_owned(),
        String::new(),
    ] {
        let shown = realm.clone();
        let sim = Sim::serve(move |_| {
            reply(401, "").with("www-authenticate", format!("Bearer realm=\"{realm}\""))
        });
        let (mut options, _) = options();
        options.logins.insert(format!("hub.example:{}", sim.port), password());
        let error = outside(options).manifest(&at("hub.example", &sim, ":1")).await.unwrap_err();
        assert!(matches!(error.why, Why::Realm(_)), "{shown}: {error}");
        assert_eq!(sim.seen().len(), 1, "{shown}");
    }
    assert_eq!(victim.connections.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_token_service_elsewhere_gets_the_credentials_of_its_registry_only() {
    let service = Sim::serve(|_| ok(r#"{"token":"issued-token"}"#));
    let (store, port) = (store(), service.port);
    let sim = Sim::serve(move |request| match request.authorization() {
        Some("Bearer issued-token") => store.reply(request),
        _ => reply(401, "")
            .with("www-authenticate", format!("Bearer realm=\"http://token.example:{port}/t\"")),
    });
    let (mut options, _) = options();
    options.logins.insert(format!("hub.example:{}", sim.port), password());
    let client = outside(options);
    client.manifest(&at("hub.example", &sim, ":1")).await.unwrap();
    // The same server by another name is another registry.
    client.manifest(&at("storage.example", &sim, ":1")).await.unwrap();
    let sent: Vec<Option<String>> =
        service.seen().iter().map(|seen| seen.authorization().map(str::to_owned)).collect();
    assert_eq!(sent, [Some(basic()), None]);
}

#[tokio::test]
async fn ways_to_sign_in_that_are_not_supported_are_named() {
    for (challenge, expected) in
        [("Negotiate, Digest realm=x", "supported: negotiate, digest"), ("", "supported: none")]
    {
        let sim = Sim::serve(move |_| reply(401, "").with("www-authenticate", challenge));
        let error = client().manifest(&reference(&sim, ":1")).await.unwrap_err();
        assert!(error.to_string().ends_with(expected), "{error}");
    }
}

#[tokio::test]
async fn a_registry_that_hides_what_is_private_is_signed_in_to() {
    let (store, expected) = (store(), basic());
    let sim = Sim::serve(move |request| match (request.path.as_str(), request.authorization()) {
        ("/v2/", _) => reply(401, "").with("www-authenticate", "Basic realm=x"),
        (_, Some(sent)) if sent == expected => store.reply(request),
        _ => refuse(404, "NAME_UNKNOWN", "unknown"),
    });
    let client = Client::new(with(&sim, password()));
    for _ in 0..2 {
        client.manifest(&reference(&sim, ":1")).await.unwrap();
        client.manifest(&reference(&sim, ":absent")).await.unwrap_err();
    }
    assert_eq!(sim.paths().iter().filter(|path| *path == "/v2/").count(), 1);
    assert_eq!(sim.seen().len(), 6);
    // Without credentials there is nothing to try, and where the root needs none neither.
    super::client().manifest(&reference(&sim, ":1")).await.unwrap_err();
    assert_eq!(sim.seen().len(), 7);
    let sim = Sim::serve(|request| reply(if request.path == "/v2/" { 200 } else { 404 }, ""));
    let client = Client::new(with(&sim, password()));
    for _ in 0..2 {
        let error = client.manifest(&reference(&sim, ":1")).await.unwrap_err();
        assert!(matches!(error.why, Why::Absent(_)), "{error}");
    }
    assert_eq!(sim.seen().len(), 3);
    assert!(sim.seen().iter().all(|seen| seen.authorization().is_none()));
}

#[tokio::test]
async fn one_of_several_headers_and_a_scope_of_the_registry_are_used() {
    let sim = Sim::serve(|request| match (request.path.as_str(), request.authorization()) {
        ("/token", _) => ok(r#"{"token":"issued-token"}"#),
        (_, Some("Bearer issued-token")) => ok("{}"),
        _ => {
            let host = request.header("host").unwrap();
            let bearer =
                format!("Bearer realm=\"http://{host}/token\",scope=\"aws repository:other:push\"");
            reply(401, "").with("www-authenticate", "Negotiate").with("www-authenticate", bearer)
        }
    });
    client().manifest(&reference(&sim, ":1")).await.unwrap();
    let token = sim.seen().into_iter().find(|seen| seen.path == "/token").unwrap();
    let scopes: Vec<&str> = token.query.iter().map(|(_, value)| value.as_str()).collect();
    assert_eq!(scopes, ["repository:team/app:pull", "aws"]);
}

#[tokio::test]
async fn why_there_are_no_credentials_is_part_of_the_error() {
    let sim = Sim::serve(|request| match request.path.as_str() {
        "/v2/team/app/manifests/hidden" => refuse(404, "MANIFEST_UNKNOWN", "unknown"),
        _ => reply(401, "").with("www-authenticate", "Basic realm=x"),
    });
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.json");
    std::fs::write(&path, r#"{"credsStore": "of-nobody-at-all"}"#).unwrap();
    let config = Some(DockerConfig::read(&path).unwrap());
    for (no_exec, expected) in [
        (true, "the credential helper `of-nobody-at-all` was not run"),
        (false, "the credential helper `docker-credential-of-nobody-at-all` is not installed"),
    ] {
        let client = Client::new(Options { config: config.clone(), no_exec, ..options().0 });
        for tag in [":1", ":hidden"] {
            let error = client.manifest(&reference(&sim, tag)).await.unwrap_err();
            assert!(error.to_string().contains(expected), "{error}");
        }
    }
}

#[tokio::test]
async fn nothing_prints_a_secret() {
    let sim = with_tokens(store(), |_| ok(r#"{"token":"issued-token"}"#));
    let client = Client::new(with(&sim, password()));
    let remote = client.image(&reference(&sim, ":1")).await.unwrap();
    let shown = format!("{client:?} {remote:?} {:?}", client.options());
    assert!(!shown.contains("issued-token") && !shown.contains(CANARY), "{shown}");
}
