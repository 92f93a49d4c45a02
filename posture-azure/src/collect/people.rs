//! The users of the directory: whether they can sign in, when they last did, and whether they have registered for MFA.

use std::collections::BTreeMap;

use posture_model::fact::{Fact, Known, NotOffered};
use posture_model::gap::{Gap, GapId, Reason};
use posture_model::listing::Listing;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Kind, User};
use posture_model::time::Time;
use serde_json::Value;

use super::body::{Body, View, senseless, word};
use super::context::Tenant;
use super::directory::flag;
use crate::client::{CallError, Items, RateLimit};
use crate::entry::{Action, TENANT};

pub(crate) const USERS: Action = Action {
    name: "/users",
    own: &["AuditLog.Read.All", "User.Read.All"],
    per: TENANT,
    lists: &[Kind::User],
    fills: &[User::CREATED, User::CONSOLE_ACCESS, User::GUEST, User::LAST_SIGN_IN],
    command: "az rest --method get --url \"https://graph.microsoft.com/v1.0/users/{id}?\\$select=accountEnabled,userType,createdDateTime,signInActivity\"",
};

pub(crate) const REGISTRATIONS: Action = Action {
    name: "/reports/authenticationMethods/userRegistrationDetails",
    own: &["AuditLog.Read.All"],
    per: TENANT,
    lists: &[],
    fills: &[User::MFA],
    command: "az rest --method get --url https://graph.microsoft.com/v1.0/reports/authenticationMethods/userRegistrationDetails/{id}",
};

/// The property that shows when a user last signed in. It [requires](https://learn.microsoft.com/en-us/graph/api/user-list)
/// a separate permission and license, and makes pages of at most 500.
const SIGN_INS: &str = "signInActivity";

/// [Since then](https://learn.microsoft.com/en-us/graph/api/resources/signinactivity) the response shows which sign-ins succeeded:
/// 1 December 2023.
const SUCCESSES_SINCE: i64 = 1_701_388_800;

/// The users that were listed, and why no more is known of them.
struct Listed {
    items: Vec<Value>,
    refused: Option<CallError>,
    /// Why the last sign-in is unknown; none if it is known.
    without_sign_ins: Option<GapId>,
}

/// Who has registered for MFA, by the id of the user, and why others are not known.
#[derive(Default)]
struct Registrations {
    users: BTreeMap<String, Fact<bool>>,
    gap: Option<GapId>,
}

/// Reads the users.
pub(crate) async fn read(tenant: &Tenant<'_>) -> Part {
    users(tenant).await.into()
}

async fn users(tenant: &Tenant<'_>) -> Listing<User> {
    if !tenant.calls(&USERS) {
        return Listing::not_collected();
    }
    let registrations = async {
        match tenant.calls(&REGISTRATIONS) {
            true => Some(registrations(tenant).await),
            false => None,
        }
    };
    let (listed, registrations) = futures::join!(listed(tenant), registrations);
    let mut users = Vec::new();
    let mut gaps: Vec<GapId> = Vec::new();
    for item in &listed.items {
        let Some(id) = word(item, "id").filter(|id| !id.is_empty()) else {
            gaps.push(tenant.ask.gap(senseless(USERS.name, "")));
            continue;
        };
        let id = id.to_ascii_lowercase();
        let body = Body { ask: tenant.ask, action: USERS.name, id: &id, value: item };
        let mut user = user(&body);
        user.last_sign_in = match listed.without_sign_ins {
            Some(gap) => Fact::Gap(gap),
            None => last_sign_in(&body),
        };
        if let Some(registrations) = &registrations {
            user.mfa = mfa(tenant, &user, registrations);
        }
        users.push(user);
    }
    gaps.extend(listed.refused.map(|refused| tenant.ask.gap(refused.gap)));
    gaps.sort_unstable();
    gaps.dedup();
    Listing { items: users, gaps }
}

async fn listed(tenant: &Tenant<'_>) -> Listed {
    const COLUMNS: &str =
        "id,userPrincipalName,displayName,accountEnabled,userType,createdDateTime";
    let mut without_sign_ins = GapId::NOT_COLLECTED;
    if tenant.wanted.fact(User::LAST_SIGN_IN) {
        let query = format!("?$select={COLUMNS},{SIGN_INS}&$top=500");
        let Items { items, refused } =
            tenant.graph_list(USERS.name, &query, &RateLimit::Directory).await;
        match refused {
            // Perhaps only the sign-ins were refused; who there is may be known all the same.
            Some(refused) if items.is_empty() && is_refusal(refused.gap.reason) => {
                without_sign_ins = tenant.ask.gap(refused.gap);
            }
            refused => return Listed { items, refused, without_sign_ins: None },
        }
    }
    let query = format!("?$select={COLUMNS}&$top=999");
    let Items { items, refused } =
        tenant.graph_list(USERS.name, &query, &RateLimit::Directory).await;
    Listed { items, refused, without_sign_ins: Some(without_sign_ins) }
}

fn is_refusal(reason: Reason) -> bool {
    matches!(reason, Reason::Denied | Reason::LicenseMissing)
}

fn user(body: &Body<'_>) -> User {
    let name = ["userPrincipalName", "displayName"].iter().find_map(|name| word(body.value, name));
    let guest = match body.text("userType") {
        Known(Some(kind)) if kind.eq_ignore_ascii_case("guest") => Known(true),
        Known(Some(kind)) if kind.eq_ignore_ascii_case("member") => Known(false),
        Known(Some(kind)) => body.unsupported(kind),
        // Only users of tenants from before there were guests have none; those that we may not see have no name either.
        Known(None) if name.is_some() => Known(false),
        _ => body.malformed("userType"),
    };
    User::unread_on(Provider::Azure, body.id, name.unwrap_or(body.id), None)
        .console_access(flag(body, "accountEnabled"))
        .created(body.need("createdDateTime", View::time))
        .guest(guest)
}

/// When a user last [signed in](https://learn.microsoft.com/en-us/graph/api/resources/signinactivity), interactively or
/// not. It is missing for users who never did.
fn last_sign_in(body: &Body<'_>) -> Fact<Option<Time>> {
    let time = |name: &str| body.time(&format!("{SIGN_INS}.{name}"));
    let success = time("lastSuccessfulSignInDateTime");
    if success != Known(None) {
        return success;
    }
    // The others are attempts: an attacker who guesses passwords keeps them recent.
    let attempts = (time("lastSignInDateTime"), time("lastNonInteractiveSignInDateTime"));
    let newest = match attempts {
        (Known(one), Known(other)) => one.max(other),
        (Known(_), unknown) | (unknown, _) => return unknown,
    };
    match newest {
        Some(newest) if newest.unix() >= SUCCESSES_SINCE => {
            let mut gap = Gap::new(body.action, body.id, Reason::Undetermined);
            gap.detail =
                Some("there was a sign-in attempt, but its result is not reported".to_owned());
            body.ask.unknown(gap)
        }
        newest => Known(newest),
    }
}

/// Whether a user can pass MFA: has registered a method that the tenant
/// [also allows](https://learn.microsoft.com/en-us/graph/api/resources/userregistrationdetails).
const CAPABLE: &str = "isMfaCapable";

/// The [report](https://learn.microsoft.com/en-us/graph/api/authenticationmethodsroot-list-userregistrationdetails) of who
/// has registered what. It knows neither columns nor sizes of pages.
async fn registrations(tenant: &Tenant<'_>) -> Registrations {
    let Items { items, refused } =
        tenant.graph_list(REGISTRATIONS.name, "", &RateLimit::Reports).await;
    let mut all = Registrations {
        gap: refused.map(|refused| tenant.ask.gap(refused.gap)),
        ..Registrations::default()
    };
    for item in &items {
        let Some(id) = word(item, "id").filter(|id| !id.is_empty()) else {
            // It is about some user, for whom nothing is known then.
            all.gap.get_or_insert_with(|| tenant.ask.gap(senseless(REGISTRATIONS.name, "")));
            continue;
        };
        let id = id.to_ascii_lowercase();
        let body = Body { ask: tenant.ask, action: REGISTRATIONS.name, id: &id, value: item };
        let mut registered = flag(&body, CAPABLE);
        if all.users.get(&id).is_some_and(|before| *before != registered) {
            registered = body.malformed(CAPABLE);
        }
        all.users.insert(id, registered);
    }
    all
}

fn mfa(tenant: &Tenant<'_>, user: &User, registrations: &Registrations) -> Fact<bool> {
    match (registrations.users.get(&user.id), registrations.gap) {
        (Some(registered), _) => registered.clone(),
        (None, Some(gap)) => Fact::Gap(gap),
        // The report leaves out those who are switched off.
        (None, None) if user.console_access == Known(false) => NotOffered,
        // A user may be newer than the report.
        (None, None) => {
            let mut gap = Gap::new(REGISTRATIONS.name, &user.id, Reason::Incomplete);
            gap.detail = Some("the report does not contain this user".to_owned());
            tenant.ask.unknown(gap)
        }
    }
}

#[cfg(test)]
mod tests;
