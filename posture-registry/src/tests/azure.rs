//! The lists of a registry in Azure.

use serde_json::{Value, json};

use super::sim::{Reply, Seen, ok, redirect, refuse, reply};
use super::*;
use crate::{Login, Secret, Why};

const ARM: &str = "canary-of-the-management";
const REFRESH: &str = "canary-refresh";

fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

fn manifest(of: char, tags: &[&str]) -> Value {
    json!({ "digest": digest(of), "lastUpdateTime": "2026-01-01T00:00:00Z", "tags": tags })
}

/// A registry with a repository `team/app`; `change` may answer in its place.
fn registry(change: impl Fn(&Seen) -> Option<Reply> + Send + Sync + 'static) -> Sim {
    Sim::serve(move |seen| {
        if let Some(reply) = change(seen) {
            return reply;
        }
        let field = |name: &str| {
            let mut fields = url::form_urlencoded::parse(seen.body.as_bytes());
            fields.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
        };
        let is = |name: &str, value: &str| field(name).as_deref() == Some(value);
        match seen.path.as_str() {
            "/oauth2/exchange" if is("access_token", ARM) && is("grant_type", "access_token") => {
                ok(json!({ "refresh_token": REFRESH }).to_string())
            }
            "/oauth2/token" if is("refresh_token", REFRESH) => {
                ok(json!({ "access_token": field("scope") }).to_string())
            }
            "/acr/v1/_catalog" if seen.authorization() == Some("Bearer registry:catalog:*") => {
                ok(json!({ "repositories": ["team/app"] }).to_string())
            }
            "/acr/v1/team%2Fapp/_manifests"
                if seen.authorization() == Some("Bearer repository:team/app:metadata_read") =>
            {
                assert_eq!(seen.parameter("orderby"), Some("timedesc"));
                let signature = format!("sha256-{}.sig", "e".repeat(64));
                let mut chart = manifest('d', &["1"]);
                chart["configMediaType"] = json!("application/vnd.cncf.helm.config.v1+json");
                let all = [
                    manifest('e', &[&signature]),
                    manifest('a', &["3"]),
                    manifest('f', &[]),
                    chart,
                    manifest('b', &["2"]),
                    manifest('c', &["1"]),
                ];
                ok(json!({ "imageName": "team/app", "manifests": all }).to_string())
            }
            _ => refuse(401, "UNAUTHORIZED", "authentication required"),
        }
    })
}

async fn held(sim: &Sim, newest: usize) -> crate::AzureHeld {
    let host = format!("127.0.0.1:{}", sim.port);
    client().azure_images(&host, &Secret::new(ARM), newest).await
}

#[tokio::test]
async fn the_newest_images_with_a_tag_are_found() {
    let sim = registry(|_| None);
    let held = held(&sim, 2).await;
    let expected = ['a', 'b'].map(|of| format!("127.0.0.1:{}/team/app@{}", sim.port, digest(of)));
    assert_eq!(held.images, expected, "{:?}", held.errors);
    assert!(held.errors.is_empty(), "{:?}", held.errors);
    assert_eq!(held.login, Some(Login::Identity(Secret::new(REFRESH))));
    assert!(!format!("{held:?}").contains("canary"));
}

#[tokio::test]
async fn what_is_refused_is_an_error_without_a_secret() {
    for (path, asked) in [
        ("/oauth2/exchange", "a token"),
        ("/oauth2/token", "its repositories"),
        ("/acr/v1/_catalog", "its repositories"),
        ("/acr/v1/team%2Fapp/_manifests", "the images of team/app"),
    ] {
        for status in [401, 403, 404] {
            let sim = registry(move |seen| {
                // What was sent comes back.
                (seen.path == path).then(|| reply(status, format!("{{\"a\":\"{}\"}}", seen.body)))
            });
            let held = held(&sim, 2).await;
            assert!(held.images.is_empty(), "{path}");
            let [error] = held.errors.as_slice() else { panic!("{path}: {:?}", held.errors) };
            assert_eq!(error.asked, asked);
            assert!(!format!("{error} {error:?}").contains("canary"), "{error}");
        }
    }
}

#[tokio::test]
async fn a_redirect_gets_no_token() {
    let elsewhere = Sim::serve(|_| ok("{}"));
    let port = elsewhere.port;
    for path in ["/oauth2/exchange", "/oauth2/token", "/acr/v1/_catalog"] {
        let to = format!("http://127.0.0.1:{port}/x");
        let sim = registry(move |seen| (seen.path == path).then(|| redirect(&to)));
        assert_eq!(held(&sim, 2).await.errors.len(), 1, "{path}");
    }
    assert!(elsewhere.seen().is_empty());
}

#[tokio::test]
async fn what_is_not_of_the_form_ends_the_list() {
    for (path, body) in [
        ("/oauth2/exchange", "{}"),
        ("/oauth2/exchange", "["),
        ("/oauth2/token", r#"{"access_token":""}"#),
        ("/acr/v1/_catalog", r#"{"repositories":{}}"#),
        ("/acr/v1/_catalog", r#"{"repositories":[1]}"#),
        ("/acr/v1/_catalog", r#"{"repositories":["../a"]}"#),
        ("/acr/v1/_catalog", r#"{"repositories":["a:b"]}"#),
        ("/acr/v1/team%2Fapp/_manifests", r#"{"manifests":1}"#),
        ("/acr/v1/team%2Fapp/_manifests", r#"{"manifests":[{"tags":["1"]}]}"#),
        ("/acr/v1/team%2Fapp/_manifests", r#"{"manifests":[{"tags":[1]}]}"#),
    ] {
        let sim = registry(move |seen| (seen.path == path).then(|| ok(body)));
        let held = held(&sim, 2).await;
        assert!(held.images.is_empty(), "{path} {body}");
        let malformed = matches!(held.errors[0].why, Why::Malformed(_));
        assert!(held.errors.len() == 1 && malformed, "{path} {body}: {:?}", held.errors);
    }
}

#[tokio::test]
async fn pages_are_followed_and_end() {
    let sim = registry(|seen| {
        let page = |names: &[&str]| ok(json!({ "repositories": names }).to_string());
        match (seen.path.as_str(), seen.parameter("last")) {
            ("/acr/v1/_catalog", None) => {
                let link = "</acr/v1/_catalog?last=team%2Fapp&n=1000>; rel=\"next\"";
                Some(page(&["team/app"]).with("link", link))
            }
            // It leads to itself.
            ("/acr/v1/_catalog", Some(_)) => {
                let link = "</acr/v1/_catalog?last=team%2Fapp&n=1000>; rel=\"next\"";
                Some(page(&[]).with("link", link))
            }
            _ => None,
        }
    });
    let held = held(&sim, 1).await;
    assert_eq!((held.images.len(), held.errors.len()), (1, 1), "{:?}", held.errors);
    let elsewhere = registry(|seen| {
        let link = "<https://evil.example/acr/v1/_catalog>; rel=\"next\"";
        let page = || ok(json!({ "repositories": [] }).to_string()).with("link", link);
        (seen.path == "/acr/v1/_catalog").then(page)
    });
    assert_eq!(super::azure::held(&elsewhere, 1).await.errors.len(), 1);
}

#[tokio::test]
async fn a_registry_that_asks_for_patience_is_waited_for() {
    let first = std::sync::atomic::AtomicBool::new(true);
    let sim = registry(move |seen| {
        let again = seen.path == "/acr/v1/_catalog"
            && first.swap(false, std::sync::atomic::Ordering::SeqCst);
        again.then(|| reply(429, "").with("retry-after", "1"))
    });
    let held = held(&sim, 1).await;
    assert_eq!((held.images.len(), held.errors.len()), (1, 0), "{:?}", held.errors);
}
