//! The [federated credentials of managed identities](https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-create-trust-user-assigned-managed-identity):
//! whose tokens act as an identity that users assign to resources. Those that Azure creates with a resource have none.

use futures::StreamExt;
use posture_model::fact::Known;
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{FederatedCredential, Kind};
use serde_json::Value;

use super::body::{Body, field, name_of, senseless, word};
use super::context::Subscription;
use super::credentials::federated;
use super::sweep::Rows;
use crate::client::{Items, Question, RateLimit};
use crate::entry::{Action, IDENTITY, ROW};

pub(crate) const READ: Action = Action {
    name: "Microsoft.ManagedIdentity/userAssignedIdentities/read",
    own: &[],
    per: ROW,
    lists: &[Kind::FederatedCredential],
    fills: &[],
    command: "az resource list --resource-type Microsoft.ManagedIdentity/userAssignedIdentities",
};

pub(crate) const FEDERATED: Action = Action {
    name: "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/read",
    own: &[],
    per: IDENTITY,
    lists: &[Kind::FederatedCredential],
    fills: federated::FACTS,
    command: "az resource show --ids {id}",
};

/// The type of the rows that are identities.
pub(crate) const TYPE: &str = "microsoft.managedidentity/userassignedidentities";

/// The [expression](https://learn.microsoft.com/en-us/dotnet/api/azure.resourcemanager.managedserviceidentities.federatedidentitycredentialdata.claimsmatchingexpression)
/// that may stand in place of a subject is in no earlier version, and in no stable one as of 2026-11-30.
const VERSION: &str = "2025-01-31-preview";

/// Identities that are read at once in one subscription.
const AT_ONCE: usize = 8;

/// Reads those of every managed identity.
pub(crate) async fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    if !audit.wanted.kind(Kind::FederatedCredential) {
        return Part::default();
    }
    let listing = match audit.rows(rows, TYPE, READ.name) {
        Ok(rows) => all(audit, &rows).await,
        Err(gap) => Listing::unread(audit.ask.gap(gap)),
    };
    Part { federated_credentials: listing, ..Part::default() }
}

async fn all(audit: &Subscription<'_>, rows: &[Value]) -> Listing<FederatedCredential> {
    // By their places: https://github.com/rust-lang/rust/issues/110338 keeps futures that closures make of references in
    // one thread.
    let each = (0..rows.len()).map(|place| of_identity(audit, &rows[place]));
    let each: Vec<Listing<FederatedCredential>> =
        futures::stream::iter(each).buffered(AT_ONCE).collect().await;
    let mut all = Listing::complete(Vec::new());
    for one in each {
        all.merge(one);
    }
    all.gaps.sort_unstable();
    all.gaps.dedup();
    all
}

async fn of_identity(audit: &Subscription<'_>, row: &Value) -> Listing<FederatedCredential> {
    let Some(id) = word(row, "id").filter(|id| !id.is_empty()) else {
        return Listing::unread(audit.ask.gap(senseless(READ.name, "")));
    };
    let path = format!("{id}/federatedIdentityCredentials?api-version={VERSION}");
    let lane = RateLimit::Subscription(audit.id.to_owned());
    let question = Question { action: FEDERATED.name, target: id, lane: &lane, path: &path };
    let Items { items, refused } = audit.ask.list(question).await;
    let found: Vec<_> = items.iter().map(|item| credential(audit, row, item)).collect();
    let nameless = found.iter().any(Option::is_none);
    let mut listing = audit.ask.listing(found.into_iter().flatten().collect(), refused);
    if nameless {
        listing.gaps.push(audit.ask.gap(senseless(FEDERATED.name, id)));
    }
    listing
}

/// One of them; none if it has no ID.
fn credential(
    audit: &Subscription<'_>,
    identity: &Value,
    item: &Value,
) -> Option<FederatedCredential> {
    let id = word(item, "id").filter(|id| !id.is_empty())?;
    let holder = name_of(identity);
    let called = format!("{holder}: {}", name_of(item));
    let credential = FederatedCredential::unread_on(Provider::Azure, id, called, None);
    let body = Body { ask: audit.ask, action: FEDERATED.name, id, value: item };
    Some(match field(item, "properties") {
        Some(properties) if properties.is_object() => {
            federated::trust(credential.holder(Known(holder.to_owned())), &body.within(properties))
        }
        _ => audit.all_unknown(credential, senseless(FEDERATED.name, id)),
    })
}

#[cfg(test)]
mod tests {
    use posture_model::gap::Reason;
    use posture_model::scope::Scope;
    use serde_json::json;

    use super::super::answers::{Answers, audited, id, value_of};
    use super::super::recorded::{scopes, why};
    use super::*;

    const ID: &str = "aaaaaaaa-0000-4000-8000-000000000001";
    const GITHUB: &str = "https://token.actions.githubusercontent.com";

    /// A subscription with an identity that has these federated credentials, read by a role without some actions.
    fn scope(credentials: &[Value], not_actions: &[&str]) -> Scope {
        let kind = |mut child: Value| {
            child["type"] = json!("federatedIdentityCredentials");
            child
        };
        let children: Vec<Value> = credentials.iter().cloned().map(kind).collect();
        let identity = json!({
            "type": "Microsoft.ManagedIdentity/userAssignedIdentities", "name": "deploy",
            "group": "main", "location": "westeurope",
            "properties": { "principalId": "p", "clientId": "c", "tenantId": "t" },
            "children": children,
        });
        let scenario = json!({ "page_size": 2, "subscriptions": [
            { "id": ID, "name": "s", "resources": [identity], "not_actions": not_actions }
        ] });
        scopes(&scenario, federated::FACTS, &[Kind::FederatedCredential]).remove(0)
    }

    fn named(name: &str, properties: Value) -> Value {
        json!({ "name": name, "properties": properties })
    }

    fn by_subject(subject: &str) -> Value {
        json!({ "issuer": GITHUB, "subject": subject, "audiences": ["api://AzureADTokenExchange"] })
    }

    #[test]
    fn those_of_an_identity_are_read_page_by_page() {
        let names = ["a", "b", "c"];
        let all: Vec<Value> =
            names.iter().map(|name| named(name, by_subject("repo:contoso/shop"))).collect();
        let scope = scope(&all, &[]);
        assert!(scope.federated_credentials.is_complete());
        let found = &scope.federated_credentials.items;
        assert_eq!(found.len(), 3);
        let id = format!(
            "/subscriptions/{ID}/resourceGroups/main/providers/Microsoft.ManagedIdentity/userAssignedIdentities/deploy/\
             federatedIdentityCredentials/a"
        );
        assert_eq!((&*found[0].id, &*found[0].name), (&*id, "deploy: a"));
        assert_eq!(value_of(&found[0], "holder"), json!("deploy"));
        assert_eq!(value_of(&found[0], "issuer"), json!(GITHUB));
        assert_eq!(value_of(&found[0], "subject"), json!("repo:contoso/shop"));
        assert_eq!(value_of(&found[0], "open_to_any_customer"), json!(false));
    }

    #[test]
    fn an_expression_in_place_of_a_subject_decides() {
        let by = |expression: Value| {
            let properties = json!({ "issuer": GITHUB, "audiences": ["api://AzureADTokenExchange"],
                "claimsMatchingExpression": expression });
            let scope = scope(&[named("any", properties)], &[]);
            value_of(&scope.federated_credentials.items[0], "open_to_any_customer")
        };
        let matches = |pattern: &str| json!({ "value": format!("claims['sub'] matches '{pattern}'"), "languageVersion": 1 });
        assert_eq!(by(matches("repo:*")), json!(true));
        assert_eq!(by(matches("repo:contoso/*")), json!(false));
        assert_eq!(by(Value::Null), json!("gap"));
    }

    #[test]
    fn an_identity_without_any_and_none_at_all_have_an_empty_list() {
        let of_none = scope(&[], &[]).federated_credentials;
        assert!(of_none.is_complete() && of_none.items.is_empty());
        let scenario = json!({ "subscriptions": [{ "id": ID, "name": "s" }] });
        let kinds = [Kind::FederatedCredential];
        let none = scopes(&scenario, federated::FACTS, &kinds).remove(0).federated_credentials;
        assert!(none.is_complete() && none.items.is_empty());
    }

    #[test]
    fn what_may_not_be_read_leaves_the_list_open() {
        for action in [READ.name, FEDERATED.name] {
            let scope = scope(&[named("a", by_subject("repo:contoso/shop"))], &[action]);
            assert!(scope.federated_credentials.items.is_empty(), "{action}");
            let [gap] = scope.federated_credentials.gaps[..] else { panic!("{action}") };
            assert_eq!(scope.gap(gap).unwrap().action, action);
        }
    }

    #[test]
    fn what_does_not_fit_is_unknown() {
        let facts = |properties: Value| {
            let scope = scope(&[named("a", properties)], &[]);
            let one = scope.federated_credentials.items[0].clone();
            assert_eq!(scope.federated_credentials.items.len(), 1);
            [
                why(&scope, &one.issuer).map(|(_, reason)| reason),
                why(&scope, &one.subject).map(|(_, reason)| reason),
                why(&scope, &one.open_to_any_customer).map(|(_, reason)| reason),
            ]
        };
        let odd = Some(Reason::Malformed);
        assert_eq!(facts(json!({ "subject": "s" })), [odd, None, None]);
        assert_eq!(facts(json!({ "issuer": 3, "subject": "s" })), [odd, None, None]);
        assert_eq!(facts(json!({ "issuer": GITHUB, "subject": 3 })), [None, odd, odd]);
        assert_eq!(facts(json!({ "issuer": GITHUB })), [None, None, Some(Reason::Undetermined)]);
        for top in [json!({ "properties": 3 }), json!({ "properties": null })] {
            let mut child = named("a", json!({}));
            child["top"] = top.clone();
            let scope = scope(&[child], &[]);
            let one = &scope.federated_credentials.items[0];
            assert_eq!(why(&scope, &one.holder).map(|(_, reason)| reason), odd, "{top}");
        }
    }

    #[tokio::test]
    async fn what_has_no_id_and_what_answers_an_error_leave_the_list_open() {
        let identity = id("Microsoft.ManagedIdentity/userAssignedIdentities", "deploy");
        let path = format!("{identity}/federatedIdentityCredentials");
        let read = async |answers: Answers, row: Value| {
            let kinds = [Kind::FederatedCredential];
            audited(&answers, federated::FACTS, &kinds, async |audit| all(audit, &[row]).await)
                .await
        };
        let row = || json!({ "id": identity, "name": "deploy" });
        let of = |value: Value| Answers::new().with(&path, json!({ "value": value }));
        let good = json!({ "id": format!("{path}/a"), "name": "a", "properties": by_subject("s") });
        let list = read(of(json!([good])), row()).await;
        assert!(list.is_complete() && list.items.len() == 1);
        for nameless in [json!({}), json!({ "id": "" }), json!({ "id": 3 }), json!(3)] {
            let list = read(of(json!([good, nameless])), row()).await;
            assert_eq!((list.items.len(), list.gaps.len()), (1, 1), "{nameless}");
        }
        for (status, code) in [(403, "AuthorizationFailed"), (404, "NotFound"), (429, "Busy")] {
            let list = read(Answers::new().refused(&path, status, code), row()).await;
            assert!(list.items.is_empty() && list.gaps.len() == 1, "{status}");
        }
        for odd in [json!("none"), Value::Null] {
            assert!(!read(of(odd.clone()), row()).await.is_complete(), "{odd}");
        }
        assert!(!read(of(json!([])), json!({ "name": "nameless" })).await.is_complete());
    }
}
