//! The settings of the directory from the answers of a tenant, good and bad.

use posture_model::fact::{Fact, Known};
use posture_model::gap::Reason;
use posture_model::resource::{FactId, Kind};
use posture_model::scope::Scope;
use serde_json::{Value, json};

use super::super::recorded::{scopes, why};
use super::*;

const FACTS: &[&str] = &[
    "security_defaults",
    "user_consent",
    "guest_invitations",
    "guest_access",
    "users_register_applications",
    "users_create_groups",
    "users_create_tenants",
    "device_registration_mfa",
    "lockout_threshold",
    "lockout_seconds",
    "banned_passwords",
    "subscription_moves_blocked",
];

/// The facts of a tenant with these responses of Microsoft Graph and these resources.
fn tenant(graph: &Value, resources: &Value, facts: &[&'static str]) -> Scope {
    let scenario = json!({
        "subscriptions": [{ "id": "s", "name": "s" }],
        "graph": graph,
        "tenant_resources": resources,
        "graph_permissions": ["Policy.Read.All", "Policy.Read.DeviceConfiguration", "GroupSettings.Read.All"],
    });
    let facts: Vec<FactId> = facts
        .iter()
        .map(|name| posture_model::resource::Kind::Directory.fact(name).unwrap())
        .collect();
    scopes(&scenario, &facts, &[Kind::Directory]).pop().unwrap()
}

fn directory(graph: &Value) -> (Scope, Directory) {
    let scope = tenant(graph, &json!([]), FACTS);
    let directory = scope.directories.items[0].clone();
    (scope, directory)
}

/// The policy in its tightest form, with another value at a path of names with dots between.
fn policy(path: &str, new: Value) -> Value {
    let mut policy = json!({
        "id": "authorizationPolicy",
        "allowInvitesFrom": "none",
        "guestUserRoleId": "2af84b1e-32c8-42b7-82bc-daa82404023b",
        "defaultUserRolePermissions": {
            "allowedToCreateApps": false,
            "allowedToCreateSecurityGroups": false,
            "allowedToCreateTenants": false,
            "permissionGrantPoliciesAssigned": [],
        },
    });
    let mut place = &mut policy;
    for name in path.split('.') {
        place = &mut place[name];
    }
    *place = new;
    json!({ AUTHORIZATION.name: policy })
}

/// The reason why a fact is unknown; none if it is known.
fn reason<T>(scope: &Scope, fact: &Fact<T>) -> Option<Reason> {
    why(scope, fact).map(|(_, reason)| reason)
}

#[test]
fn the_widest_consent_counts_and_one_that_may_change_is_undecided() {
    const OWN: &str = "ManagePermissionGrantsForSelf.own";
    const LOW: &str = "ManagePermissionGrantsForSelf.microsoft-user-default-low";
    const LEGACY: &str = "ManagePermissionGrantsForSelf.microsoft-user-default-legacy";
    const RECOMMENDED: &str = "ManagePermissionGrantsForSelf.microsoft-user-default-recommended";
    const OWNED: &str = "ManagePermissionGrantsForOwnedResource.own";
    for (policies, expected) in [
        (vec![], Ok(UserConsent::None)),
        (vec![OWNED], Ok(UserConsent::None)),
        (vec![LOW], Ok(UserConsent::VerifiedPublishers)),
        (vec![OWNED, LOW], Ok(UserConsent::VerifiedPublishers)),
        (vec![OWN], Err(Reason::Undetermined)),
        (vec![LOW, OWN], Err(Reason::Undetermined)),
        (vec![OWN, LOW], Err(Reason::Undetermined)),
        (vec![LEGACY], Ok(UserConsent::Any)),
        (vec![LEGACY, OWN], Ok(UserConsent::Any)),
        (vec![OWN, LEGACY], Ok(UserConsent::Any)),
        (vec![RECOMMENDED], Err(Reason::Undetermined)),
        (vec![RECOMMENDED, LOW], Err(Reason::Undetermined)),
        (vec!["something"], Err(Reason::Undetermined)),
        (vec!["something.own"], Err(Reason::Undetermined)),
        // Nothing is wider than this.
        (vec![RECOMMENDED, LEGACY], Ok(UserConsent::Any)),
    ] {
        let path = "defaultUserRolePermissions.permissionGrantPoliciesAssigned";
        let (scope, directory) = directory(&policy(path, json!(policies)));
        match expected {
            Ok(consent) => assert_eq!(directory.user_consent, Known(consent), "{policies:?}"),
            Err(why) => {
                assert_eq!(reason(&scope, &directory.user_consent), Some(why), "{policies:?}");
            }
        }
    }
}

#[test]
fn who_may_invite_and_what_guests_see_is_one_of_the_known_words_or_unknown() {
    for (who, expected) in [
        ("none", Known(GuestInvitations::Nobody)),
        ("adminsAndGuestInviters", Known(GuestInvitations::Administrators)),
        ("adminsGuestInvitersAndAllMembers", Known(GuestInvitations::Members)),
        ("EVERYONE", Known(GuestInvitations::Everyone)),
    ] {
        let (_, directory) = directory(&policy("allowInvitesFrom", json!(who)));
        assert_eq!(directory.guest_invitations, expected, "{who}");
    }
    for (role, expected) in [
        ("A0B1B346-4d3e-4e8b-98f8-753987be4970", Known(GuestAccess::AsMembers)),
        ("10dae51f-b6af-4016-8d66-8c2a99b929b3", Known(GuestAccess::Limited)),
        ("2af84b1e-32c8-42b7-82bc-daa82404023b", Known(GuestAccess::Restricted)),
    ] {
        let (_, directory) = directory(&policy("guestUserRoleId", json!(role)));
        assert_eq!(directory.guest_access, expected, "{role}");
    }
    for (odd, expected) in [
        (json!("some"), Reason::Undetermined),
        (Value::Null, Reason::Malformed),
        (json!(7), Reason::Malformed),
    ] {
        let (scope, first) = directory(&policy("allowInvitesFrom", odd.clone()));
        assert_eq!(reason(&scope, &first.guest_invitations), Some(expected), "{odd}");
        // One that does not fit costs nothing but itself.
        assert_eq!(first.guest_access, Known(GuestAccess::Restricted));
        let (scope, second) = directory(&policy("guestUserRoleId", odd.clone()));
        assert_eq!(reason(&scope, &second.guest_access), Some(expected), "{odd}");
    }
}

#[test]
fn each_switch_of_the_users_is_read_by_itself() {
    let switches =
        ["allowedToCreateApps", "allowedToCreateSecurityGroups", "allowedToCreateTenants"];
    for (place, switch) in switches.into_iter().enumerate() {
        let path = format!("defaultUserRolePermissions.{switch}");
        let (_, on) = directory(&policy(&path, json!(true)));
        let allowed =
            [on.users_register_applications, on.users_create_groups, on.users_create_tenants];
        assert_eq!(allowed, [0, 1, 2].map(|other| Known(other == place)), "{switch}");
    }
    // Without the policy nothing is known of any of them.
    let (scope, none) = directory(&json!({}));
    for fact in
        [&none.users_register_applications, &none.users_create_groups, &none.users_create_tenants]
    {
        assert!(why(&scope, fact).is_some_and(|(action, _)| action == AUTHORIZATION.name));
    }
    assert!(reason(&scope, &none.user_consent).is_some());
}

#[test]
fn the_defaults_and_the_registration_of_devices_are_on_only_where_it_is_written() {
    for on in [true, false] {
        let (_, directory) = directory(&json!({ DEFAULTS.name: { "isEnabled": on } }));
        assert_eq!(directory.security_defaults, Known(on));
    }
    let (scope, odd) = directory(&json!({ DEFAULTS.name: { "isEnabled": null } }));
    assert_eq!(reason(&scope, &odd.security_defaults), Some(Reason::Malformed));
    for (mfa, expected) in
        [(json!("required"), true), (json!("notRequired"), false), (Value::Null, false)]
    {
        let (_, directory) =
            directory(&json!({ DEVICES.name: { "multiFactorAuthConfiguration": mfa } }));
        assert_eq!(directory.device_registration_mfa, Known(expected), "{mfa}");
    }
    let (scope, odd) =
        directory(&json!({ DEVICES.name: { "multiFactorAuthConfiguration": "perhaps" } }));
    assert_eq!(reason(&scope, &odd.device_registration_mfa), Some(Reason::Undetermined));
}

fn rules(values: &[(&str, &str)]) -> Value {
    let mut all = [
        ("LockoutThreshold", "5"),
        ("LockoutDurationInSeconds", " 90 "),
        ("EnableBannedPasswordCheck", "True"),
        ("BannedPasswordList", "contoso\tcafe"),
    ];
    for (name, value) in values {
        for one in all.iter_mut().filter(|(own, _)| own == name) {
            one.1 = value;
        }
    }
    let values: Vec<Value> =
        all.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
    json!({ "id": "1", "templateId": PASSWORD_RULES.to_uppercase(), "values": values })
}

#[test]
fn the_rules_of_passwords_are_those_of_the_tenant_or_the_defaults() {
    let read = |settings: &[Value]| {
        let (scope, directory) = directory(&json!({ SETTINGS.name: settings }));
        let gap = reason(&scope, &directory.lockout_threshold);
        (gap, directory.lockout_threshold, directory.lockout_seconds, directory.banned_passwords)
    };
    let other =
        json!({ "id": "2", "templateId": "08d542b9-071f-4e16-94b0-74abb372e3d9", "values": [] });
    let defaults = (None, Known(10), Known(60), Known(false));
    assert_eq!(read(&[]), defaults);
    assert_eq!(read(std::slice::from_ref(&other)), defaults);
    let own = (None, Known(5), Known(90), Known(true));
    assert_eq!(read(&[other.clone(), rules(&[])]), own);
    for (switch, list, banned) in [
        ("true", "  \t", false),
        ("false", "contoso", false),
        ("False", "", false),
        ("true", "x", true),
    ] {
        let rules = rules(&[("EnableBannedPasswordCheck", switch), ("BannedPasswordList", list)]);
        assert_eq!(read(&[rules]).3, Known(banned), "{switch} {list}");
    }
    assert_eq!(read(&[rules(&[("LockoutThreshold", "1")])]).1, Known(1));
    for odd in ["0", "-1", "many", ""] {
        let (gap, _, seconds, banned) = read(&[rules(&[("LockoutThreshold", odd)])]);
        assert_eq!(
            (gap, seconds, banned),
            (Some(Reason::Malformed), Known(90), Known(true)),
            "{odd}"
        );
    }
    // Which of two applies is unknown, and one without a template may be another one of these.
    for unclear in [vec![rules(&[]), rules(&[])], vec![rules(&[]), json!({ "id": "3" })]] {
        assert_eq!(read(&unclear).0, Some(Reason::Malformed));
    }
    // A value that is there twice has none.
    let mut twice = rules(&[]);
    twice["values"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "name": "LockoutThreshold", "value": "5" }));
    assert_eq!(read(&[twice]).0, Some(Reason::Malformed));
}

#[test]
fn subscriptions_stay_only_where_both_ways_are_blocked() {
    let moves = |properties: Value| {
        let policy = json!([{
            "id": "/providers/Microsoft.Subscription/policies/default", "name": "default",
            "type": "Microsoft.Subscription/policies", "properties": properties,
        }]);
        let scope = tenant(&json!({}), &policy, &["subscription_moves_blocked"]);
        let fact = scope.directories.items[0].subscription_moves_blocked.clone();
        (reason(&scope, &fact), fact)
    };
    let blocked = |leaving: bool, into: bool| {
        moves(json!({ "blockSubscriptionsLeavingTenant": leaving, "blockSubscriptionsIntoTenant": into })).1
    };
    assert_eq!(blocked(true, true), Known(true));
    assert_eq!(blocked(true, false), Known(false));
    assert_eq!(blocked(false, true), Known(false));
    assert_eq!(moves(json!({ "blockSubscriptionsLeavingTenant": true })).1, Known(false));
    assert_eq!(moves(json!("x")).0, Some(Reason::Malformed));
    // None was set.
    let scope = tenant(&json!({}), &json!([]), &["subscription_moves_blocked"]);
    assert_eq!(scope.directories.items[0].subscription_moves_blocked, Known(false));
    let denied = json!({
        "subscriptions": [{ "id": "s", "name": "s" }], "not_actions": ["Microsoft.Subscription/*"],
    });
    let facts = [Directory::SUBSCRIPTION_MOVES_BLOCKED];
    let scope = scopes(&denied, &facts, &[Kind::Directory]).pop().unwrap();
    let fact = &scope.directories.items[0].subscription_moves_blocked;
    assert_eq!(reason(&scope, fact), Some(Reason::Denied));
}

#[test]
fn only_what_is_wanted_is_asked() {
    let scope = tenant(
        &json!({ DEFAULTS.name: { "isEnabled": true } }),
        &json!([]),
        &["security_defaults"],
    );
    let directory = &scope.directories.items[0];
    assert_eq!(directory.security_defaults, Known(true));
    assert_eq!(directory.guest_access, Fact::not_collected());
    assert_eq!(directory.device_registration_mfa, Fact::not_collected());
    assert_eq!(directory.lockout_threshold, Fact::not_collected());
    assert_eq!(directory.subscription_moves_blocked, Fact::not_collected());
    for action in [AUTHORIZATION.name, DEVICES.name, SETTINGS.name, MOVES.name] {
        assert!(!scope.calls.contains_key(action), "{action}");
    }
    let scope = tenant(&json!({}), &json!([]), &["lockout_threshold"]);
    assert_eq!(scope.directories.items[0].security_defaults, Fact::not_collected());
    assert!(!scope.calls.contains_key(DEFAULTS.name));
}
