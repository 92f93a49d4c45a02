//! The [federated credentials](https://learn.microsoft.com/en-us/graph/api/resources/federatedidentitycredential) of
//! applications: whose tokens sign in as an application. They come with the applications.

use posture_model::dated::Dated;
use posture_model::fact::{Fact, Known};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::provider::Provider;
use posture_model::resource::{FactId, FederatedCredential};
use serde_json::Value;

use super::super::body::{Body, View, senseless, word};
use super::super::context::Tenant;
use crate::client::Items;

/// The facts that they have.
pub(crate) const FACTS: &[FactId] = &[
    FederatedCredential::HOLDER,
    FederatedCredential::ISSUER,
    FederatedCredential::SUBJECT,
    FederatedCredential::OPEN_TO_ANY_CUSTOMER,
];

/// What asks for them with the applications. An application has
/// [twenty at most](https://learn.microsoft.com/en-us/entra/workload-id/workload-identity-federation-considerations), which is as
/// many as are returned of a [relation](https://learn.microsoft.com/en-us/graph/query-parameters#expand-parameter).
pub(super) const EXPANDED: &str = "&$expand=federatedIdentityCredentials";

/// The identity providers whose tokens [expressions](https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials)
/// can match. Their subjects begin with a word and the name of an organization: `repo:contoso/…`, `project_path:contoso/…`,
/// `organization:contoso:…`.
static SHARED: Dated<&str> = Dated::new(
    &[
        "https://learn.microsoft.com/en-us/entra/workload-id/workload-identities-flexible-federated-identity-credentials",
        "https://docs.github.com/en/actions/reference/security/oidc",
        "https://docs.gitlab.com/ci/secrets/id_token_authentication/",
        "https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials/workload-identity-tokens",
    ],
    "2026-11-30",
    &[
        "https://app.terraform.io",
        "https://gitlab.com",
        "https://token.actions.githubusercontent.com",
    ],
);

/// Those of all applications.
pub(super) fn all(
    tenant: &Tenant<'_>,
    action: &'static str,
    all: &Items,
) -> Listing<FederatedCredential> {
    let (mut found, mut gaps): (Vec<FederatedCredential>, Vec<GapId>) = (Vec::new(), Vec::new());
    for item in &all.items {
        let Some(id) = word(item, "id").filter(|id| !id.is_empty()) else {
            gaps.push(tenant.ask.gap(senseless(action, "")));
            continue;
        };
        let id = id.to_ascii_lowercase();
        let holder = Body { ask: tenant.ask, action, id: &id, value: item };
        // They are requested and so always returned.
        match View(item).need("federatedIdentityCredentials", View::array) {
            Ok(entries) => {
                for entry in entries {
                    match credential(&holder.within(entry), item) {
                        Some(credential) => found.push(credential),
                        None => gaps.push(tenant.ask.gap(senseless(action, &id))),
                    }
                }
            }
            Err(misfit) => {
                let mut gap = Gap::new(action, &id, Reason::Malformed);
                gap.detail = Some(format!("`{}` has an unexpected type", misfit.0));
                gaps.push(tenant.ask.gap(gap));
            }
        }
    }
    gaps.extend(all.refused.as_ref().map(|refused| tenant.ask.gap(refused.gap.clone())));
    gaps.sort_unstable();
    gaps.dedup();
    Listing { items: found, gaps }
}

/// One of them; none if it has no ID.
fn credential(entry: &Body<'_>, holder: &Value) -> Option<FederatedCredential> {
    let key = word(entry.value, "id").filter(|key| !key.is_empty())?.to_ascii_lowercase();
    let id = format!("{}/{key}", entry.id);
    let name = word(holder, "displayName").filter(|name| !name.is_empty());
    let body = Body { id: &id, ..*entry };
    let label = word(entry.value, "name").filter(|label| !label.is_empty());
    let called = format!("{}: {}", name.unwrap_or(entry.id), label.unwrap_or(&key));
    let holder = name.map_or_else(|| body.malformed("displayName"), |name| Known(name.to_owned()));
    let credential = FederatedCredential::unread_on(Provider::Azure, &id, called, None);
    Some(trust(credential.holder(holder), &body))
}

/// What a credential trusts, by its properties. Microsoft Graph and Resource Manager call them the same.
pub(crate) fn trust(credential: FederatedCredential, body: &Body<'_>) -> FederatedCredential {
    let subject = body.text("subject").map(|subject| subject.filter(|text| !text.is_empty()));
    let issuer = body.need("issuer", View::text);
    let open = subject.and_then(|subject| match subject {
        // A subject is compared as it is: it has no wildcards.
        Some(_) => Known(false),
        None => issuer.and_then(|issuer| by_expression(body, issuer)),
    });
    credential
        .issuer(issuer.map(|issuer| (*issuer).to_owned()))
        .subject(subject.map(|subject| subject.map(str::to_owned)))
        .open_to_any_customer(open)
}

/// Whether an expression leaves the organization open.
fn by_expression(body: &Body<'_>, issuer: &str) -> Fact<bool> {
    let unclear = |detail: &str| body.ask.unknown(Gap::undetermined(body.action, body.id, detail));
    body.text("claimsMatchingExpression.value").and_then(|expression| {
        let Some(expression) = expression else {
            // Version 1.0 of Microsoft Graph has no place for it.
            return unclear("an expression decides, which the response does not hold");
        };
        let issuer = issuer.trim_end_matches('/');
        if !SHARED.iter().any(|shared| shared.eq_ignore_ascii_case(issuer)) {
            return unclear("the subjects of this identity provider are not known here");
        }
        match organization(expression) {
            Some(fixed) => Known(!fixed),
            None => unclear("what the expression asks of other claims is not known here"),
        }
    })
}

/// Whether an expression fixes the organization; none if a claim decides of which that is not known.
fn organization(expression: &str) -> Option<bool> {
    let mut others = false;
    for Clause { claim, value, exact } in clauses(expression)? {
        match claim {
            "sub" if exact || names_organization(value) => return Some(true),
            "sub" => {}
            // A workflow that is public can be called from any organization.
            _ => others = true,
        }
    }
    (!others).then_some(false)
}

/// What an expression asks of a claim.
struct Clause<'e> {
    claim: &'e str,
    /// A text, or a pattern with wildcards.
    value: &'e str,
    exact: bool,
}

/// The clauses of an expression, all of which have to fit; none if it is not understood.
fn clauses(expression: &str) -> Option<Vec<Clause<'_>>> {
    let (mut rest, mut all) = (expression.trim(), Vec::new());
    loop {
        let (claim, after) = rest.strip_prefix("claims['")?.split_once("']")?;
        let after = after.trim_start();
        let (operator, after) = after.split_once(char::is_whitespace)?;
        if !["eq", "matches"].contains(&operator) {
            return None;
        }
        let (value, after) = after.trim_start().strip_prefix('\'')?.split_once('\'')?;
        all.push(Clause { claim, value, exact: operator == "eq" });
        rest = after.trim_start();
        if rest.is_empty() {
            return Some(all);
        }
        rest = rest.strip_prefix("and")?.trim_start();
    }
}

/// Whether a pattern has a word and a name before its first wildcard, each with its end: `repo:contoso/*`, but not `repo:*` or
/// `repo:contoso*`, which `contoso-two` matches as well.
fn names_organization(pattern: &str) -> bool {
    let fixed = pattern.split(['*', '?']).next().unwrap_or_default();
    let whole = fixed.len() == pattern.len();
    let mut words = fixed.split([':', '/']);
    let named = words.next().is_some_and(|word| !word.is_empty())
        && words.next().is_some_and(|word| !word.is_empty());
    named && (whole || words.next().is_some())
}

#[cfg(test)]
mod tests {
    use posture_model::resource::Kind;
    use serde_json::json;

    use super::super::super::answers::value_of;
    use super::super::super::recorded::{scopes, why};
    use super::*;

    const GITHUB: &str = "https://token.actions.githubusercontent.com";

    fn tenant(application: &Value) -> Listing<FederatedCredential> {
        scope(application).federated_credentials
    }

    fn scope(application: &Value) -> posture_model::scope::Scope {
        let scenario = json!({
            "subscriptions": [{ "id": "s", "name": "s" }],
            "graph": { "/applications": [application] },
            "graph_permissions": ["Application.Read.All"],
        });
        scopes(&scenario, FACTS, &[Kind::FederatedCredential]).pop().unwrap()
    }

    fn application(credentials: &Value) -> Value {
        json!({ "id": "A1", "displayName": "deploy", "federatedIdentityCredentials": credentials })
    }

    fn by_subject(subject: Value) -> Value {
        json!({ "id": "F1", "name": "main", "issuer": GITHUB, "subject": subject, "audiences": ["api://AzureADTokenExchange"] })
    }

    #[test]
    fn a_subject_is_one() {
        let found = tenant(&application(&json!([by_subject(json!("repo:contoso/*"))])));
        assert!(found.is_complete());
        let [one] = found.items.as_slice() else { panic!("{found:?}") };
        assert_eq!((one.id.as_str(), one.name.as_str()), ("a1/f1", "deploy: main"));
        assert_eq!(value_of(one, "holder"), json!("deploy"));
        assert_eq!(value_of(one, "issuer"), json!(GITHUB));
        assert_eq!(value_of(one, "subject"), json!("repo:contoso/*"));
        assert_eq!(value_of(one, "open_to_any_customer"), json!(false));
    }

    #[test]
    fn an_expression_that_names_no_organization_is_open() {
        let of = |issuer: &str, expression: Value| {
            let credential = json!({ "id": "f", "name": "f", "issuer": issuer, "subject": null,
                "claimsMatchingExpression": { "value": expression, "languageVersion": 1 } });
            let found = tenant(&application(&json!([credential])));
            value_of(&found.items[0], "open_to_any_customer")
        };
        for (expression, open) in [
            ("claims['sub'] matches 'repo:contoso/shop:ref:refs/heads/*'", json!(false)),
            ("claims['sub'] matches 'repo:contoso/*'", json!(false)),
            ("claims['sub'] eq 'repo:contoso/shop:ref:refs/heads/main'", json!(false)),
            ("claims['sub'] matches 'repo:contoso*'", json!(true)),
            ("claims['sub'] matches 'repo:*/shop:*'", json!(true)),
            ("claims['sub'] matches '*'", json!(true)),
            ("claims['sub'] matches 'repo:?ontoso/shop'", json!(true)),
            ("claims['sub'] matches '*' and claims['sub'] matches 'repo:contoso/*'", json!(false)),
            // Anyone may call a workflow that is public.
            ("claims['job_workflow_ref'] matches 'contoso/shop/.github/*'", json!("gap")),
            (
                "claims['sub'] matches '*' and claims['job_workflow_ref'] eq 'contoso/shop'",
                json!("gap"),
            ),
            ("claims['sub'] startsWith 'repo:contoso/'", json!("gap")),
            ("claims['sub'] matches repo", json!("gap")),
            ("", json!("gap")),
        ] {
            assert_eq!(of(GITHUB, json!(expression)), open, "{expression}");
        }
        assert_eq!(of(&format!("{GITHUB}/"), json!("claims['sub'] matches '*'")), json!(true));
        assert_eq!(of("https://id.example", json!("claims['sub'] matches '*'")), json!("gap"));
        assert_eq!(of(GITHUB, Value::Null), json!("gap"));
    }

    #[test]
    fn what_does_not_fit_leaves_the_list_or_the_fact_open() {
        let scope = scope(&application(&json!([by_subject(json!(3))])));
        let one = &scope.federated_credentials.items[0];
        assert_eq!(why(&scope, &one.open_to_any_customer).unwrap().1, Reason::Malformed);
        for odd in [json!([{}]), json!([3]), json!("none"), Value::Null] {
            let found = tenant(&application(&odd));
            assert!(!found.is_complete() && found.items.is_empty(), "{odd}");
        }
        assert!(tenant(&application(&json!([]))).is_complete());
        assert!(!tenant(&json!({ "displayName": "nameless" })).is_complete());
    }
}
