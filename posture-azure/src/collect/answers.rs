//! Recorded responses, for the tests of collectors: the test contains what Azure returns, and sends nothing.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use azure_core::credentials::{AccessToken, TokenCredential, TokenRequestOptions};
use azure_core::http::headers::Headers;
use azure_core::http::{AsyncRawResponse, HttpClient, Request, StatusCode};
use azure_core::time::{Duration, OffsetDateTime};
use posture_model::resource::{FactId, Kind, Resource};
use posture_model::wanted::Wanted;
use serde_json::{Value, json};
use tokio::sync::watch;

use super::Observer;
use super::context::Subscription;
use super::sweep::Listed;
use crate::client::ApiClient;
use crate::login::{Login, Session};

/// The subscription that the answers are of.
pub(crate) const ID: &str = "aaaaaaaa-0000-4000-8000-000000000001";

/// The id of a resource of the subscription.
pub(crate) fn id(kind: &str, name: &str) -> String {
    format!("/subscriptions/{ID}/resourceGroups/main/providers/{kind}/{name}")
}

/// Answers by path, each with its status. What is not among them does not exist.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers {
    by_path: BTreeMap<String, (u16, Value)>,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Answers {
    /// What every audit requests of a subscription: an identity that may read everything, and no locks.
    pub(crate) fn new() -> Self {
        let authorization = format!("/subscriptions/{ID}/providers/Microsoft.Authorization");
        let reader = json!({ "actions": ["*/read"], "notActions": [], "dataActions": [], "notDataActions": [] });
        Self::default()
            .with(&format!("{authorization}/permissions"), json!({ "value": [reader] }))
            .with(&format!("{authorization}/locks"), json!({ "value": [] }))
    }

    pub(crate) fn with(self, path: &str, body: Value) -> Self {
        self.answered(path, 200, body)
    }

    pub(crate) fn answered(mut self, path: &str, status: u16, body: Value) -> Self {
        self.by_path.insert(path.to_ascii_lowercase(), (status, body));
        self
    }

    /// A denial.
    pub(crate) fn refused(self, path: &str, status: u16, code: &str) -> Self {
        self.answered(path, status, json!({ "error": { "code": code, "message": "No." } }))
    }

    /// The requested paths, in lowercase.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// How often a path with this ending was requested.
    pub(crate) fn count(&self, end: &str) -> usize {
        let end = end.to_ascii_lowercase();
        self.asked().iter().filter(|path| path.ends_with(&end)).count()
    }
}

#[async_trait]
impl HttpClient for Answers {
    async fn execute_request(&self, request: &Request) -> azure_core::Result<AsyncRawResponse> {
        let path = request.url().path().to_ascii_lowercase();
        self.asked.lock().unwrap().push(path.clone());
        let none = || (404, json!({ "error": { "code": "ResourceNotFound", "message": "No." } }));
        let (status, body) = self.by_path.get(&path).cloned().unwrap_or_else(none);
        let status = StatusCode::from(status);
        Ok(AsyncRawResponse::from_bytes(status, Headers::new(), body.to_string().into_bytes()))
    }
}

#[derive(Debug)]
struct Fixed;

#[async_trait]
impl TokenCredential for Fixed {
    async fn get_token(
        &self,
        _: &[&str],
        _: Option<TokenRequestOptions<'_>>,
    ) -> azure_core::Result<AccessToken> {
        // Which never ends as far as a test is concerned, whatever the day.
        let end = OffsetDateTime::UNIX_EPOCH + Duration::days(100_000);
        Ok(AccessToken::new("token", end))
    }
}

/// Every fact of a kind of resource.
pub(crate) fn every<R: Resource>() -> Vec<FactId> {
    R::FACTS.iter().map(|fact| FactId { kind: R::KIND, name: fact.name }).collect()
}

/// A session to which the answers are given.
pub(crate) async fn session(answers: &Answers) -> Session {
    session_over(Arc::new(answers.clone())).await
}

/// A session whose requests travel over something else.
pub(crate) async fn session_over(http: Arc<dyn HttpClient>) -> Session {
    let login = Login {
        tenant: Some("tenant".to_owned()),
        credential: Some(Arc::new(Fixed)),
        http: Some(http),
        // Which bounds nothing but the pace here, as all goes to the answers.
        simulator: Some("http://127.0.0.1:1".to_owned()),
        unpaced: true,
        attempts: Some((1, std::time::Duration::from_millis(1))),
        ..Login::default()
    };
    Session::login(&login).await.unwrap()
}

/// Runs a collector on a subscription that answers so.
pub(crate) async fn audited<T>(
    answers: &Answers,
    facts: &[FactId],
    kinds: &[Kind],
    work: impl AsyncFnOnce(&Subscription<'_>) -> T,
) -> T {
    let session = session(answers).await;
    let (_tell, stop) = watch::channel(false);
    let ask = ApiClient::new(&session.client, stop);
    let listed = Listed { id: ID.to_owned(), name: "main".to_owned(), value: Value::Null };
    let wanted = Wanted::of(facts, kinds);
    let observer: Observer = Arc::new(|_| ());
    let audit = Subscription::begin(&listed, &ask, &wanted, &observer).await;
    work(&audit).await
}

/// The state of a fact: its value, `"not-offered"`, or `"gap"`.
pub(crate) fn value_of(resource: &impl Resource, fact: &str) -> Value {
    let shown = resource.show(fact).unwrap_or_else(|| panic!("there is no fact {fact}"));
    match shown {
        Value::Object(map) if map.contains_key("gap") => json!("gap"),
        Value::Object(mut map) => map.remove("known").unwrap(),
        other => other,
    }
}

/// A value with another value at a path of names with dots between; none leaves out what is there.
pub(crate) fn but(mut value: Value, path: &str, new: Option<Value>) -> Value {
    let (above, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = &mut value;
    for step in above.split('.').filter(|step| !step.is_empty()) {
        place = match step.parse::<usize>() {
            Ok(item) => &mut place[item],
            Err(_) => &mut place[step],
        };
    }
    match new {
        Some(new) => place[name] = new,
        None => drop(place.as_object_mut().map(|map| map.remove(name))),
    }
    value
}
