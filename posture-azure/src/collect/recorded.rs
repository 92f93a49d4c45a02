//! Collectors, run against a simulated tenant with the responses of a test.

use std::sync::Arc;
use std::time::Duration;

use posture_model::fact::Fact;
use posture_model::gap::Reason;
use posture_model::resource::{FactId, Kind};
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;
use posture_sim::azure::{Scenario, Server};
use serde_json::Value;
use tokio::sync::watch;

use super::{Observer, Options, collect};
use crate::login::{ClientSecret, Login, Session, Source};

/// What is read of a tenant: its subscriptions, then the tenant itself.
pub(crate) fn scopes(scenario: &Value, facts: &[FactId], kinds: &[Kind]) -> Vec<Scope> {
    let scenario = Scenario::parse(&scenario.to_string()).unwrap();
    let scenario = Scenario { impatient: true, ..scenario };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::start(scenario.clone(), None).await.unwrap();
        let login = Login {
            tenant: Some(scenario.tenant.clone()),
            source: Some(Source::Environment),
            client_id: Some(scenario.client.id.clone()),
            client_secret: Some(ClientSecret(scenario.client.secret.clone())),
            attempts: Some((2, Duration::from_millis(1))),
            simulator: Some(server.url()),
            unpaced: true,
            ..Login::default()
        };
        let session = Session::login(&login).await.unwrap();
        let wanted = Wanted::of(facts, kinds);
        let observer: Observer = Arc::new(|_| ());
        let (_tell, stop) = watch::channel(false);
        let options =
            Options { subscriptions: vec![], management_groups: vec![], concurrency: 1, stop };
        let mut scopes = Vec::new();
        collect(&session, &wanted, &options, &observer, |scope| scopes.push(scope)).await.unwrap();
        scopes
    })
}

/// Why a fact of a scope is not known, by action and reason.
pub(crate) fn why<T>(scope: &Scope, fact: &Fact<T>) -> Option<(String, Reason)> {
    let gap = scope.gap(fact.gap()?)?;
    Some((gap.action.clone(), gap.reason))
}
