//! Tags and referrers, page by page.

use posture_image::Cause;
use posture_image::digest::{Algorithm, Digest};

use super::sim::{
    OCI_INDEX, OCI_MANIFEST, Reply, Seen, Sim, Store, digest, endless, ok, refuse, reply,
};
use super::{client, options, reference};
use crate::{Client, Why, fallback_tag};

fn tags(names: &[&str]) -> String {
    serde_json::json!({ "name": "team/app", "tags": names }).to_string()
}

/// A registry with the tags `a`, `b` and `c`, each on its own page.
fn paged(link: impl Fn(&Seen, &str) -> String + Send + Sync + 'static) -> Sim {
    Sim::serve(move |request| {
        assert_eq!(request.path, "/v2/team/app/tags/list");
        let (name, next) = match request.parameter("last") {
            None => ("c", "c"),
            Some("c") => ("b", "b"),
            Some("b") => ("a", ""),
            Some(_) => return reply(500, ""),
        };
        let page = ok(tags(&[name]));
        if next.is_empty() { page } else { page.with("link", link(request, next)) }
    })
}

fn next(_: &Seen, last: &str) -> String {
    format!("</v2/team/app/tags/list?n=1000&last={last}>; rel=\"next\"")
}

#[tokio::test]
async fn tags_are_read_page_by_page() {
    let sim = paged(next);
    let list = client().tags(&reference(&sim, "")).await.unwrap();
    assert!(list.is_complete());
    assert_eq!(list.items, ["a", "b", "c"]);
    assert_eq!(sim.seen()[0].parameter("n"), Some("1000"));
    let sim = Sim::serve(|_| ok(r#"{"name":"team/app","tags":null}"#));
    assert!(client().tags(&reference(&sim, "")).await.unwrap().is_certainly_empty());
}

#[tokio::test]
async fn a_list_that_does_not_end_where_it_should_has_a_gap() {
    type Link = fn(&Seen, &str) -> String;
    let cases: [(Link, usize, Cause, &str); 6] = [
        (
            |_, _| "<http://127.0.0.1:1/v2/team/app/tags/list?last=b>; rel=next".to_owned(),
            1,
            Cause::Malformed,
            "leads elsewhere",
        ),
        (
            |_, _| "</v2/other/tags/list>; rel=next".to_owned(),
            1,
            Cause::Malformed,
            "leads elsewhere",
        ),
        (|_, _| "what".to_owned(), 1, Cause::Malformed, "cannot be read"),
        (
            |_, _| "</v2/team/app/tags/list?n=1000>; rel=next".to_owned(),
            1,
            Cause::Malformed,
            "leads back",
        ),
        (
            |_, _| "</v2/team/app/tags/list?last=x>; rel=next".to_owned(),
            1,
            Cause::Unreadable,
            "status 500",
        ),
        (
            |_, _| "</v2/team/app/tags/list?last=c>; rel=next".to_owned(),
            2,
            Cause::Malformed,
            "leads back",
        ),
    ];
    for (link, items, cause, detail) in cases {
        let list = client().tags(&reference(&paged(link), "")).await.unwrap();
        assert_eq!(list.items.len(), items, "{detail}");
        let [gap] = &list.gaps[..] else { panic!("{:?}", list.gaps) };
        assert!(gap.cause == cause && gap.detail.contains(detail), "{gap}");
    }
}

#[tokio::test]
async fn pages_and_tags_are_bounded() {
    let sim = Sim::serve(|request| {
        let last: u32 = request.parameter("last").map_or(0, |last| last.parse().unwrap());
        let name = format!("t{last}");
        ok(tags(&[&name])).with("link", next(request, &(last + 1).to_string()))
    });
    let (mut limited, _) = options();
    limited.bounds.pages = 5;
    let list = Client::new(limited.clone()).tags(&reference(&sim, "")).await.unwrap();
    assert_eq!((list.items.len(), list.gaps[0].cause, sim.seen().len()), (5, Cause::Incomplete, 5));
    limited.bounds.tags = 3;
    let list = Client::new(limited).tags(&reference(&sim, "")).await.unwrap();
    assert_eq!((list.items.len(), list.gaps[0].cause), (3, Cause::Incomplete));
    let sim = Sim::serve(|_| endless(vec![b' '; 64 << 10]));
    let error = client().tags(&reference(&sim, "")).await.unwrap_err();
    assert!(matches!(error.why, Why::TooLarge(_)), "{error}");
}

#[tokio::test]
async fn a_list_of_which_nothing_was_read_is_an_error() {
    for body in ["", "{}", r#"{"tags":["a b"]}"#, r#"{"tags":["\u001b[31m"]}"#] {
        let sim = Sim::serve(move |_| ok(body));
        let error = client().tags(&reference(&sim, "")).await.unwrap_err();
        assert!(matches!(error.why, Why::Malformed(_)), "{error}");
        assert!(!error.to_string().contains('\u{1b}'));
    }
    let sim = Sim::serve(|_| refuse(403, "DENIED", "no"));
    let error = client().tags(&reference(&sim, "")).await.unwrap_err();
    assert!(
        error.to_string().contains("cannot read the tags of team/app from 127.0.0.1"),
        "{error}"
    );
}

fn index(of: &[&[u8]]) -> String {
    let entry = |bytes: &&[u8]| serde_json::json!({ "mediaType": OCI_MANIFEST, "digest": digest(bytes).to_string(), "size": bytes.len(), "artifactType": "application/x" });
    let entries: Vec<_> = of.iter().map(entry).collect();
    serde_json::json!({ "schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": entries })
        .to_string()
}

/// A registry whose referrers API answers so, and with what the store has.
fn referrers(store: Store, answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Sim {
    Sim::serve(move |request| match request.path.contains("/referrers/") {
        true => answer(request),
        false => store.reply(request),
    })
}

#[tokio::test]
async fn referrers_are_read_from_the_api() {
    let subject = digest(b"subject");
    let sim = referrers(Store::default(), |request| match request.parameter("page") {
        None => {
            ok(index(&[b"one"])).with("content-type", OCI_INDEX).with("link", "<?page=2>; rel=next")
        }
        Some(_) => ok(index(&[b"two"])).with("content-type", OCI_INDEX),
    });
    let list = client().referrers(&reference(&sim, ""), &subject).await.unwrap();
    assert!(list.is_complete());
    let found: Vec<&Digest> = list.items.iter().map(|entry| &entry.digest).collect();
    assert_eq!(found, [&digest(b"one"), &digest(b"two")]);
    assert_eq!(sim.paths()[0], format!("/v2/team/app/referrers/{subject}"));
    assert!(sim.seen()[0].query.is_empty(), "nothing is filtered");
    let sim = referrers(Store::default(), |_| ok(index(&[])));
    assert!(client().referrers(&reference(&sim, ""), &subject).await.unwrap().is_certainly_empty());
}

#[tokio::test]
async fn without_the_api_the_fallback_tag_is_read() {
    for subject in [digest(b"subject"), Digest::of(Algorithm::Sha512, b"subject")] {
        for status in [404, 400, 405, 406] {
            let mut store = Store::default();
            store.manifest(&fallback_tag(&subject), OCI_INDEX, index(&[b"one"]));
            let sim = referrers(store, move |_| reply(status, "404 page not found"));
            let list = client().referrers(&reference(&sim, ""), &subject).await.unwrap();
            assert_eq!((list.items.len(), list.is_complete()), (1, true));
        }
    }
    let sim = Sim::serve(|_| reply(404, ""));
    let subject = digest(b"subject");
    let error = client().referrers(&reference(&sim, ""), &subject).await.unwrap_err();
    assert!(
        matches!(error.why, Why::Absent(_)),
        "a repository that is hidden has not nothing: {error}"
    );
    assert_eq!(sim.paths()[2], format!("HEAD /v2/team/app/manifests/{subject}"));
}

#[tokio::test]
async fn nothing_refers_to_a_manifest_that_can_be_read_and_has_no_fallback_tag() {
    let mut store = Store::default();
    let subject = store.image("1", &[]);
    let sim = referrers(store, |_| reply(404, ""));
    let client = client();
    assert!(client.referrers(&reference(&sim, ""), &subject).await.unwrap().is_certainly_empty());
    assert_eq!(sim.seen().len(), 3);
    client.manifest(&reference(&sim, ":1")).await.unwrap();
    client.referrers(&reference(&sim, ""), &subject).await.unwrap();
    assert_eq!(sim.seen().len(), 6, "what was read already is not asked for again");
}

#[tokio::test]
async fn referrers_that_cannot_be_read_are_not_none() {
    let subject = digest(b"subject");
    type Answer = fn() -> Reply;
    let cases: [(Answer, &str); 7] = [
        (|| refuse(403, "DENIED", "no"), "access is denied"),
        (|| reply(401, ""), "requires credentials"),
        (|| reply(500, ""), "status 500"),
        (|| reply(429, "").with("retry-after", "600"), "wait 600 seconds"),
        (|| ok("<html>"), "malformed"),
        (|| ok(r#"{"schemaVersion":2,"manifests":[{"digest":"md5:0"}]}"#), "malformed"),
        (|| endless(vec![b' '; 64 << 10]), "more than"),
    ];
    for (answer, expected) in cases {
        let sim = referrers(Store::default(), move |_| answer());
        let error = client().referrers(&reference(&sim, ""), &subject).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    // An image under the name of the fallback tag.
    let mut store = Store::default();
    store.image(&fallback_tag(&subject), &[]);
    let sim = referrers(store, |_| reply(404, ""));
    let error = client().referrers(&reference(&sim, ""), &subject).await.unwrap_err();
    assert!(matches!(error.why, Why::Malformed(_)), "{error}");
    // More than are read.
    let (mut limited, _) = options();
    limited.bounds.referrers = 1;
    let sim = referrers(Store::default(), |_| ok(index(&[b"one", b"two"])));
    let list = Client::new(limited).referrers(&reference(&sim, ""), &subject).await.unwrap();
    assert_eq!((list.items.len(), list.gaps[0].cause), (1, Cause::Incomplete));
}
