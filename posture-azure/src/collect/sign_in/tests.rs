//! Small policies, each bent in one place.

use posture_model::fact::Fact;
use posture_model::gap::{Gap, Reason};
use posture_model::resource::{Directory, FactId, Kind as ResourceKind, SignInRule};
use serde_json::{Value, json};

use super::super::recorded::{scopes, why};
use super::members::Unread;
use super::policy::Policy;
use super::question::{ADMINISTRATORS, Question};
use super::region::{Atom, GUESTS, Members};
use super::strength::Strengths;
use super::truth::Truth;
use super::{LOCATIONS, POLICIES, STRENGTHS, rules, trusted};
use crate::client::Items;
use crate::cloud::Cloud;
use crate::collect::body::same;

use Question::*;

const SOMEBODY: &str = "5ecf8b5f-0d08-4792-aa17-37e40f64b6bb";
const AZURE: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const OWN: &str = "aaaaaaaa-0000-4000-8000-000000000009";

/// MFA for all users and applications, in the format of the service.
fn mfa() -> Value {
    json!({
        "id": "1", "templateId": null, "displayName": "MFA", "createdDateTime": "2026-01-01T00:00:00Z",
        "modifiedDateTime": null, "deletedDateTime": null, "state": "enabled", "sessionControls": null,
        "conditions": {
            "userRiskLevels": [], "signInRiskLevels": [], "clientAppTypes": ["all"], "platforms": null,
            "locations": null, "devices": null, "clientApplications": null, "authenticationFlows": null,
            "servicePrincipalRiskLevels": [], "insiderRiskLevels": null,
            "applications": {
                "includeApplications": ["All"], "excludeApplications": [], "includeUserActions": [],
                "includeAuthenticationContextClassReferences": [], "applicationFilter": null,
            },
            "users": {
                "includeUsers": ["All"], "excludeUsers": [], "includeGroups": [], "excludeGroups": [],
                "includeRoles": [], "excludeRoles": [], "includeGuestsOrExternalUsers": null,
                "excludeGuestsOrExternalUsers": null,
            },
        },
        "grantControls": {
            "operator": "OR", "builtInControls": ["mfa"], "customAuthenticationFactors": [], "termsOfUse": [],
            "authenticationStrength@odata.context": "https://graph.microsoft.com/v1.0/$metadata#x",
            "authenticationStrength": null,
        },
    })
}

/// A value with another one at a path of names with dots between.
fn bent(mut value: Value, path: &str, new: Value) -> Value {
    let mut place = &mut value;
    for name in path.split('.') {
        place = &mut place[name];
    }
    *place = new;
    value
}

fn with(path: &str, new: Value) -> Value {
    bent(mfa(), path, new)
}

fn without(path: &str) -> Value {
    let mut value = mfa();
    let (folder, name) = path.rsplit_once('.').unwrap_or(("", path));
    let mut place = &mut value;
    for name in folder.split('.').filter(|name| !name.is_empty()) {
        place = &mut place[name];
    }
    place.as_object_mut().unwrap().remove(name).unwrap();
    value
}

fn block() -> Value {
    with("grantControls.builtInControls", json!(["block"]))
}

fn block_legacy() -> Value {
    let clients = json!(["exchangeActiveSync", "other"]);
    bent(bent(block(), "conditions.clientAppTypes", clients), "displayName", json!("legacy"))
}

fn strengths() -> Strengths {
    let strength =
        |id: &str, satisfied: Value| json!({ "id": id, "requirementsSatisfied": satisfied });
    let items = vec![
        strength("00000000-0000-0000-0000-000000000002", json!("mfa")),
        strength("weak", json!("none")),
        strength("odd", json!("unknownFutureValue")),
        strength("broken", json!(7)),
    ];
    Strengths::new(Items { items, refused: None })
}

fn rules_of(question: Question, policies: &[Value]) -> Result<Vec<SignInRule>, Gap> {
    rules_in(Cloud::Public, &strengths(), question, policies)
}

fn rules_in(
    cloud: Cloud,
    strengths: &Strengths,
    question: Question,
    policies: &[Value],
) -> Result<Vec<SignInRule>, Gap> {
    let policies: Vec<Policy<'_>> =
        policies.iter().map(|value| Policy { value, cloud, strengths }).collect();
    rules::rules(&policies, question, None, &Unread).map(|found| found.rules)
}

fn rule(name: &str, excluded: &[&str]) -> SignInRule {
    SignInRule {
        name: name.to_owned(),
        excluded: excluded.iter().map(|id| (*id).to_owned()).collect(),
        undecided: Vec::new(),
    }
}

#[track_caller]
fn yes(question: Question, policy: Value) {
    let found = rules_of(question, std::slice::from_ref(&policy));
    let found = found.unwrap_or_else(|why| panic!("{question:?} {why:?}: {policy:#}"));
    assert_eq!(found.len(), 1, "{question:?} {policy:#}");
    assert_eq!(found[0].excluded, [""; 0], "{policy:#}");
}

#[track_caller]
fn no(question: Question, policy: Value) {
    assert_eq!(
        rules_of(question, std::slice::from_ref(&policy)),
        Ok(vec![]),
        "{question:?} {policy:#}"
    );
}

#[track_caller]
fn unclear(question: Question, policy: Value, reason: Reason) {
    let why = rules_of(question, std::slice::from_ref(&policy)).expect_err(&format!("{policy:#}"));
    assert_eq!((why.action.as_str(), why.reason), (POLICIES, reason), "{why:?} {policy:#}");
    assert_eq!(why.target, "1");
    assert!(why.detail.is_some_and(|detail| !detail.is_empty()));
    // A policy that is not understood is not a reason to ignore the good ones.
    let good = bent(mfa(), "displayName", json!("good"));
    if ![DeviceCodes, DeviceRegistration].contains(&question) {
        assert_eq!(
            rules_of(question, &[policy.clone(), good]).unwrap().last(),
            Some(&rule("good", &[]))
        );
    }
    // And if it is not in effect, it does not matter.
    no(question, bent(policy, "state", json!("disabled")));
}

#[test]
fn a_policy_for_everybody_and_everything_answers_what_it_demands() {
    for question in [Everyone, Administrators, Management, LegacyProtocols] {
        yes(question, mfa());
    }
    no(RiskySignIns, mfa());
    no(DeviceCodes, mfa());
    for question in Question::COUNTED {
        yes(*question, block());
    }
    // Registering a device is not an application.
    no(DeviceRegistration, block());
}

#[test]
fn only_a_policy_that_is_on_counts() {
    for question in [Everyone, Administrators, Management, LegacyProtocols] {
        yes(question, with("state", json!("Enabled")));
        no(question, with("state", json!("disabled")));
        no(question, with("state", json!("enabledForReportingButNotEnforced")));
        unclear(question, with("state", json!("enabledForSome")), Reason::Undetermined);
        unclear(question, with("partialEnablementStrategy", json!("x")), Reason::Undetermined);
    }
    for odd in [json!(null), json!(7), json!(["enabled"])] {
        let policy = with("state", odd);
        let why = rules_of(Everyone, &[policy]).unwrap_err();
        assert_eq!(why.reason, Reason::Malformed);
    }
}

#[test]
fn whom_a_policy_is_about() {
    let users = |path: &str, new: Value| with(&format!("conditions.users.{path}"), new);
    yes(Everyone, users("includeUsers", json!(["all"])));
    for no_users in
        [json!([]), json!(["None"]), json!([SOMEBODY]), json!(["GuestsOrExternalUsers"])]
    {
        no(Everyone, users("includeUsers", no_users.clone()));
        no(Administrators, users("includeUsers", no_users));
    }
    no(Everyone, users("includeUsers", json!(["AllAgentIdUsers"])));
    // A group may contain all users today, and not tomorrow.
    let no_users = users("includeUsers", json!([]));
    no(Everyone, bent(no_users.clone(), "conditions.users.includeGroups", json!([SOMEBODY])));
    let guests =
        json!({ "guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": null });
    no(Everyone, bent(no_users.clone(), "conditions.users.includeGuestsOrExternalUsers", guests));
    // Workloads are not users.
    let workloads = json!({ "includeServicePrincipals": ["ServicePrincipalsInMyTenant"] });
    let workload = bent(no_users, "conditions.clientApplications", workloads.clone());
    no(Everyone, workload.clone());
    no(Everyone, bent(workload, "conditions.users", Value::Null));
    unclear(Everyone, with("conditions.clientApplications", workloads), Reason::Undetermined);

    unclear(Everyone, users("includeUsers", json!(["AllMembers"])), Reason::Undetermined);
    unclear(Everyone, users("includeUsers", json!("All")), Reason::Malformed);
    unclear(Everyone, users("includeUsers", json!([7])), Reason::Malformed);
    unclear(Everyone, users("excludeDepartments", json!(["x"])), Reason::Undetermined);
    let odd = users("includeUsers", json!([]));
    unclear(
        Everyone,
        bent(odd, "conditions.users.includeAllMembers", json!(true)),
        Reason::Undetermined,
    );
    unclear(Everyone, with("conditions.users", Value::Null), Reason::Malformed);
    unclear(Everyone, with("conditions.users", json!("All")), Reason::Malformed);
    unclear(Everyone, without("conditions"), Reason::Malformed);
    unclear(Everyone, with("conditions", json!([])), Reason::Malformed);
}

#[test]
fn users_that_a_policy_leaves_out_are_reported() {
    let mut policy = mfa();
    let guests = json!({
        "guestOrExternalUserTypes": "internalGuest,serviceProvider",
        "externalTenants": { "membershipKind": "all" },
    });
    for (path, left_out) in [
        ("conditions.users.excludeUsers", json!(["u"])),
        ("conditions.users.excludeGroups", json!(["g", "u"])),
        ("conditions.users.excludeRoles", json!(["d29b2b05-8046-44ba-8758-1e26182fcf32"])),
        ("conditions.users.excludeGuestsOrExternalUsers", guests),
        ("conditions.applications.excludeApplications", json!(["app", "Office365"])),
        (
            "conditions.locations",
            json!({ "includeLocations": ["All"], "excludeLocations": ["AllTrusted"] }),
        ),
    ] {
        policy = bent(policy, path, left_out);
    }
    let all = [
        "AllTrusted",
        "Office365",
        "app",
        "d29b2b05-8046-44ba-8758-1e26182fcf32",
        "g",
        "internalGuest",
        "serviceProvider",
        "u",
    ];
    for question in [Everyone, Administrators, LegacyProtocols] {
        assert_eq!(rules_of(question, std::slice::from_ref(&policy)), Ok(vec![rule("MFA", &all)]));
    }
    // No other application matters to managing Azure.
    let managing: Vec<&str> =
        all.into_iter().filter(|id| *id != "app" && *id != "Office365").collect();
    assert_eq!(rules_of(Management, &[policy]), Ok(vec![rule("MFA", &managing)]));

    for (path, odd) in [
        ("conditions.users.excludeUsers", json!("u")),
        ("conditions.users.excludeGroups", json!([7])),
        ("conditions.users.excludeRoles", json!({})),
        ("conditions.users.excludeGuestsOrExternalUsers", json!({ "externalTenants": { "x": 1 } })),
        ("conditions.users.excludeGuestsOrExternalUsers", json!("all")),
        ("conditions.applications.excludeApplications", json!(true)),
        ("conditions.locations", json!({ "includeLocations": ["All"], "excludeLocations": "x" })),
    ] {
        for question in [Everyone, Administrators, Management] {
            unclear(question, with(path, odd.clone()), Reason::Malformed);
        }
    }
}

#[test]
fn a_policy_for_administrators_names_every_role_that_matters() {
    let roles = |roles: &[&str]| {
        let policy = with("conditions.users.includeUsers", json!([]));
        bent(policy, "conditions.users.includeRoles", json!(roles))
    };
    let upper: Vec<String> = ADMINISTRATORS.iter().map(|role| role.to_uppercase()).collect();
    yes(Administrators, roles(&ADMINISTRATORS));
    yes(Administrators, roles(&upper.iter().map(String::as_str).collect::<Vec<_>>()));
    no(Everyone, roles(&ADMINISTRATORS));
    no(Administrators, roles(&ADMINISTRATORS[1..]));
    no(Administrators, roles(&ADMINISTRATORS[..1]));
    // Two together name all of them.
    let (some, others) = ADMINISTRATORS.split_at(5);
    assert_eq!(
        rules_of(
            Administrators,
            &[roles(some), bent(roles(others), "displayName", json!("others"))]
        ),
        Ok(vec![rule("MFA + others", &[])])
    );
    // A role that is left out is not covered by this one, but may be by another.
    let but_global = with("conditions.users.excludeRoles", json!([ADMINISTRATORS[0]]));
    no(Administrators, but_global.clone());
    let both = rules_of(Administrators, &[but_global, roles(&ADMINISTRATORS[..1])]);
    assert_eq!(both, Ok(vec![rule("MFA + MFA", &[])]));
    let odd = bent(roles(&ADMINISTRATORS), "conditions.users.includeRoles", json!(["x", 7]));
    unclear(Administrators, odd, Reason::Malformed);
}

#[test]
fn which_applications_a_policy_is_about() {
    let applications = |names: Value| with("conditions.applications.includeApplications", names);
    yes(Everyone, applications(json!(["all"])));
    for some in [
        json!([]),
        json!(["None"]),
        json!(["Office365"]),
        json!([AZURE]),
        json!(["MicrosoftAdminPortals"]),
    ] {
        no(Everyone, applications(some.clone()));
        no(Administrators, applications(some));
    }
    yes(Management, applications(json!([AZURE])));
    no(Management, applications(json!(["MicrosoftAdminPortals", "Office365", OWN])));
    let but_azure =
        with("conditions.applications.excludeApplications", json!([AZURE.to_uppercase()]));
    no(Management, but_azure);
    let but_portals =
        with("conditions.applications.excludeApplications", json!(["MicrosoftAdminPortals"]));
    assert_eq!(
        rules_of(Management, &[but_portals]),
        Ok(vec![rule("MFA", &["MicrosoftAdminPortals"])])
    );

    // Actions and contexts are something else.
    let path = "conditions.applications.includeUserActions";
    let action = bent(applications(json!([])), path, json!(["urn:user:registersecurityinfo"]));
    no(Everyone, action);
    unclear(Everyone, with(path, json!(["urn:user:registerdevice"])), Reason::Undetermined);
    let path = "conditions.applications.includeAuthenticationContextClassReferences";
    no(Everyone, bent(applications(json!([])), path, json!(["c1"])));
    unclear(Everyone, with(path, json!(["c1"])), Reason::Undetermined);

    // Which applications have an attribute cannot be seen here.
    let path = "conditions.applications.applicationFilter";
    let filter =
        |mode: &str| json!({ "mode": mode, "rule": "CustomSecurityAttribute.a -eq \"b\"" });
    unclear(Everyone, with(path, filter("exclude")), Reason::Undetermined);
    let by_filter = bent(applications(json!([])), path, filter("include"));
    no(Everyone, by_filter.clone());
    unclear(Management, by_filter, Reason::Undetermined);

    unclear(Everyone, applications(json!(["AllOfThem"])), Reason::Undetermined);
    unclear(Everyone, applications(json!("All")), Reason::Malformed);
    unclear(Everyone, with("conditions.applications", Value::Null), Reason::Malformed);
    unclear(
        Everyone,
        with("conditions.applications.excludeOther", json!(["x"])),
        Reason::Undetermined,
    );
}

#[test]
fn azure_is_managed_by_another_application_in_azure_government() {
    let government = "40a69793-8fe6-4db1-9591-dbc5c57b17d8";
    let policy = |id: &str| with("conditions.applications.includeApplications", json!([id]));
    for (cloud, id, expected) in [
        (Cloud::Public, AZURE, 1),
        (Cloud::China, AZURE, 1),
        (Cloud::UsGovernment, AZURE, 0),
        (Cloud::UsGovernment, government, 1),
        (Cloud::Public, government, 0),
    ] {
        let found = rules_in(cloud, &strengths(), Management, &[policy(id)]).unwrap();
        assert_eq!(found.len(), expected, "{cloud:?} {id}");
    }
}

#[test]
fn old_protocols_have_to_be_refused_where_mfa_is_for_new_programs_only() {
    let clients = |policy: Value, types: Value| bent(policy, "conditions.clientAppTypes", types);
    let modern = clients(mfa(), json!(["browser", "mobileAppsAndDesktopClients"]));
    for question in [Everyone, Administrators] {
        no(question, modern.clone());
        let both = rules_of(question, &[modern.clone(), block_legacy()]);
        assert_eq!(both, Ok(vec![rule("MFA + legacy", &[])]));
        let some = bent(block_legacy(), "conditions.users.excludeUsers", json!(["printer"]));
        assert_eq!(
            rules_of(question, &[modern.clone(), some]),
            Ok(vec![rule("MFA + legacy", &["printer"])])
        );
    }
    yes(Management, modern.clone());
    no(LegacyProtocols, modern);
    for one in ["browser", "mobileAppsAndDesktopClients"] {
        no(Management, clients(mfa(), json!([one])));
    }
    unclear(Everyone, clients(mfa(), json!([])), Reason::Undetermined);
    unclear(Everyone, clients(mfa(), json!(["browser", "holograms"])), Reason::Undetermined);
    unclear(Everyone, clients(mfa(), json!("all")), Reason::Malformed);
}

#[test]
fn old_protocols_are_refused_by_one_policy_or_by_two() {
    yes(LegacyProtocols, block_legacy());
    let only = |client: &str| bent(block(), "conditions.clientAppTypes", json!([client]));
    for partial in ["exchangeActiveSync", "other", "easSupported"] {
        no(LegacyProtocols, only(partial));
    }
    let two = rules_of(LegacyProtocols, &[only("exchangeActiveSync"), only("other")]);
    assert_eq!(two, Ok(vec![rule("MFA + MFA", &[])]));
    assert_eq!(rules_of(LegacyProtocols, &[only("easSupported"), only("other")]), Ok(vec![]));
    // ActiveSync is the protocol of Exchange.
    for exchange in [EXCHANGE, "Office365"] {
        let applications = json!([exchange]);
        let path = "conditions.applications.includeApplications";
        let sync = bent(only("exchangeActiveSync"), path, applications.clone());
        assert_eq!(rules_of(LegacyProtocols, &[sync, only("other")]).unwrap().len(), 1);
        let rest = bent(only("other"), path, applications);
        assert_eq!(rules_of(LegacyProtocols, &[only("exchangeActiveSync"), rest]), Ok(vec![]));
    }
    // Such programs can neither do MFA nor show a device.
    let either = with("grantControls.builtInControls", json!(["mfa", "compliantDevice"]));
    yes(LegacyProtocols, either.clone());
    no(Everyone, either);
    no(
        LegacyProtocols,
        with("grantControls.builtInControls", json!(["mfa", "approvedApplication"])),
    );
}

#[test]
fn risk_narrows_a_policy_or_is_what_it_is_about() {
    let levels = |levels: Value| with("conditions.signInRiskLevels", levels);
    for some in [json!(["high", "medium"]), json!(["none"]), json!(["hidden"])] {
        no(Everyone, levels(some));
    }
    unclear(Everyone, levels(json!(["low", "medium", "high", "none"])), Reason::Undetermined);
    unclear(Everyone, levels(json!(["high", "unknownFutureValue"])), Reason::Undetermined);
    unclear(Everyone, levels(json!("high")), Reason::Malformed);
    for path in ["userRiskLevels", "servicePrincipalRiskLevels"] {
        no(Everyone, with(&format!("conditions.{path}"), json!(["high"])));
        unclear(
            Everyone,
            with(&format!("conditions.{path}"), json!(["dire"])),
            Reason::Undetermined,
        );
    }
    no(Everyone, with("conditions.insiderRiskLevels", json!("minor,elevated")));
    unclear(
        Everyone,
        with("conditions.insiderRiskLevels", json!("minor,dire")),
        Reason::Undetermined,
    );
    unclear(Everyone, with("conditions.insiderRiskLevels", json!(7)), Reason::Malformed);
}

#[test]
fn a_risky_sign_in_requires_mfa_again() {
    let frequency = |interval: Value| {
        json!({ "signInFrequency": {
            "isEnabled": true, "frequencyInterval": interval, "type": null, "value": null,
            "authenticationType": "primaryAndSecondaryAuthentication",
        } })
    };
    let every_time = |policy: Value| bent(policy, "sessionControls", frequency(json!("everyTime")));
    let levels = |levels: Value| with("conditions.signInRiskLevels", levels);
    let risky = || levels(json!(["medium", "High"]));
    yes(RiskySignIns, every_time(risky()));
    yes(RiskySignIns, every_time(levels(json!(["low", "medium", "high"]))));
    yes(RiskySignIns, every_time(mfa()));
    // A user who did MFA earlier in the session is not asked again.
    no(RiskySignIns, risky());
    no(RiskySignIns, bent(risky(), "sessionControls", frequency(json!("timeBased"))));
    no(RiskySignIns, bent(risky(), "sessionControls", frequency(Value::Null)));
    no(
        RiskySignIns,
        bent(every_time(risky()), "sessionControls.signInFrequency.isEnabled", json!(false)),
    );
    no(RiskySignIns, every_time(levels(json!(["high"]))));
    // Some are refused, others have to prove themselves.
    let refused = bent(levels(json!(["high"])), "grantControls.builtInControls", json!(["block"]));
    let two = rules_of(RiskySignIns, &[refused, every_time(levels(json!(["medium"])))]);
    assert_eq!(two, Ok(vec![rule("MFA + MFA", &[])]));
    // The risk of a user is another one.
    no(RiskySignIns, every_time(with("conditions.userRiskLevels", json!(["high"]))));

    unclear_risk(bent(risky(), "sessionControls", frequency(json!("often"))), Reason::Undetermined);
    unclear_risk(bent(risky(), "sessionControls", frequency(json!(7))), Reason::Malformed);
    unclear_risk(bent(risky(), "sessionControls", json!("everyTime")), Reason::Malformed);
    unclear_risk(every_time(levels(json!(["dire"]))), Reason::Undetermined);
}

#[track_caller]
fn unclear_risk(policy: Value, reason: Reason) {
    assert_eq!(rules_of(RiskySignIns, &[policy]).unwrap_err().reason, reason);
}

#[test]
fn places_platforms_and_devices_narrow_a_policy() {
    let places = |included: Value, excluded: Value| {
        with(
            "conditions.locations",
            json!({ "includeLocations": included, "excludeLocations": excluded }),
        )
    };
    yes(Everyone, places(json!(["all"]), json!([])));
    yes(Everyone, places(json!([]), json!([])));
    no(Everyone, places(json!(["AllTrusted"]), json!([])));
    no(Everyone, places(json!([OWN]), json!([])));
    unclear(Everyone, places(json!(["Abroad"]), json!([])), Reason::Undetermined);
    unclear(Everyone, places(json!([]), json!([OWN])), Reason::Malformed);
    unclear(Everyone, with("conditions.locations", json!("All")), Reason::Malformed);

    let platforms = |included: Value, excluded: Value| {
        with(
            "conditions.platforms",
            json!({ "includePlatforms": included, "excludePlatforms": excluded }),
        )
    };
    yes(Everyone, platforms(json!(["all"]), json!([])));
    no(Everyone, platforms(json!(["all"]), json!(["android"])));
    no(
        Everyone,
        platforms(
            json!(["android", "iOS", "windows", "macOS", "linux", "windowsPhone"]),
            json!([]),
        ),
    );
    unclear(Everyone, platforms(json!(["unknownFutureValue"]), json!([])), Reason::Undetermined);
    unclear(Everyone, platforms(json!("all"), json!([])), Reason::Malformed);
    unclear(
        Everyone,
        with("conditions.platforms", json!({ "architectures": ["x"] })),
        Reason::Undetermined,
    );

    let devices = |devices: Value| with("conditions.devices", devices);
    let filter = |mode: &str| json!({ "mode": mode, "rule": "device.isCompliant -eq True" });
    for mode in ["include", "exclude"] {
        no(Everyone, devices(json!({ "deviceFilter": filter(mode) })));
    }
    yes(
        Everyone,
        devices(json!({ "includeDevices": ["All"], "excludeDevices": [], "deviceFilter": null })),
    );
    no(Everyone, devices(json!({ "includeDevices": ["All"], "excludeDevices": ["Compliant"] })));
    unclear(Everyone, devices(json!({ "deviceFilter": filter("perhaps") })), Reason::Malformed);
    unclear(Everyone, devices(json!({ "deviceFilter": "device.x" })), Reason::Malformed);
    unclear(Everyone, devices(json!({ "hardware": "x" })), Reason::Undetermined);
    unclear(Everyone, devices(json!(["All"])), Reason::Malformed);
}

#[test]
fn a_condition_that_is_not_known_may_narrow_a_policy() {
    unclear(Everyone, with("conditions.moonPhases", json!(["full"])), Reason::Undetermined);
    unclear(
        Everyone,
        with("conditions.times", json!({ "includedRanges": [1] })),
        Reason::Undetermined,
    );
    // Nothing is set, or only annotations of the response.
    for nothing in [json!(null), json!([]), json!(""), json!({ "a": [], "b": null })] {
        yes(Everyone, with("conditions.moonPhases", nothing));
    }
    let mut noted = mfa();
    noted["conditions"]["users@odata.type"] = json!("#x");
    yes(Everyone, noted);
    yes(Everyone, with("description", json!("made by someone")));
    // A policy that applies to no user applies to none, whatever else it contains.
    let no_users = with("conditions.users.includeUsers", json!([SOMEBODY]));
    no(Everyone, bent(no_users, "conditions.moonPhases", json!(["full"])));
}

#[test]
fn device_codes_are_refused_by_a_policy_about_them() {
    let flows = |policy: Value, methods: Value| {
        bent(policy, "conditions.authenticationFlows", json!({ "transferMethods": methods }))
    };
    yes(DeviceCodes, flows(block(), json!("deviceCodeFlow")));
    yes(DeviceCodes, flows(block(), json!("authenticationTransfer, devicecodeflow")));
    no(DeviceCodes, flows(block(), json!("authenticationTransfer")));
    // To demand MFA of them is not to refuse them.
    no(DeviceCodes, flows(mfa(), json!("deviceCodeFlow")));
    no(Everyone, flows(mfa(), json!("deviceCodeFlow")));
    unclear(DeviceCodes, flows(block(), json!("carrierPigeon")), Reason::Undetermined);
    unclear(DeviceCodes, flows(block(), json!("none")), Reason::Undetermined);
    unclear(DeviceCodes, flows(block(), json!(["deviceCodeFlow"])), Reason::Malformed);
    unclear(
        DeviceCodes,
        bent(block(), "conditions.authenticationFlows", json!("x")),
        Reason::Malformed,
    );
    unclear(Everyone, flows(mfa(), json!("none")), Reason::Undetermined);
    let some = flows(block(), json!("deviceCodeFlow"));
    let some = bent(some, "conditions.clientAppTypes", json!(["mobileAppsAndDesktopClients"]));
    unclear(DeviceCodes, some, Reason::Undetermined);
}

#[test]
fn the_operator_decides_whether_something_weaker_is_enough() {
    let grants = |operator: Value, controls: Value| {
        bent(with("grantControls.operator", operator), "grantControls.builtInControls", controls)
    };
    yes(Everyone, grants(json!("AND"), json!(["mfa", "compliantDevice"])));
    yes(Everyone, grants(json!("and"), json!(["mfa", "compliantDevice", "somethingNew"])));
    no(Everyone, grants(json!("OR"), json!(["mfa", "compliantDevice"])));
    no(Everyone, grants(json!("OR"), json!(["compliantDevice", "domainJoinedDevice"])));
    no(Everyone, grants(json!("AND"), json!(["compliantDevice"])));
    no(Everyone, grants(json!("OR"), json!([])));
    // With one control it does not matter.
    yes(Everyone, grants(Value::Null, json!(["mfa"])));
    yes(Everyone, grants(json!("XOR"), json!(["MFA"])));
    unclear(Everyone, grants(json!("XOR"), json!(["mfa", "compliantDevice"])), Reason::Malformed);
    no(Everyone, grants(json!("XOR"), json!(["compliantApplication", "compliantDevice"])));
    unclear(Everyone, grants(json!("OR"), json!(["mfa", "somethingNew"])), Reason::Undetermined);
    unclear(Everyone, grants(json!("AND"), json!(["somethingNew"])), Reason::Undetermined);
    unclear(Everyone, grants(json!("OR"), json!("mfa")), Reason::Malformed);
    // Terms and the controls of others are weaker.
    no(Everyone, with("grantControls.termsOfUse", json!(["t"])));
    yes(
        Everyone,
        bent(
            with("grantControls.termsOfUse", json!(["t"])),
            "grantControls.operator",
            json!("AND"),
        ),
    );
    no(Everyone, with("grantControls.customAuthenticationFactors", json!(["Duo"])));
    unclear(Everyone, with("grantControls.termsOfUse", json!(7)), Reason::Malformed);
    unclear(Everyone, with("grantControls.verifiedIds", json!(["x"])), Reason::Undetermined);
    // A policy may only shape sessions.
    no(Everyone, with("grantControls", Value::Null));
    unclear(Everyone, without("grantControls"), Reason::Malformed);
    unclear(Everyone, with("grantControls", json!("mfa")), Reason::Malformed);
}

#[test]
fn a_strength_is_mfa_where_it_says_so() {
    let strength = |strength: Value| {
        bent(
            with("grantControls.builtInControls", json!([])),
            "grantControls.authenticationStrength",
            strength,
        )
    };
    yes(
        Everyone,
        strength(
            json!({ "id": "x", "requirementsSatisfied": "mfa", "allowedCombinations": ["fido2"] }),
        ),
    );
    no(Everyone, strength(json!({ "id": "x", "requirementsSatisfied": "none" })));
    unclear(
        Everyone,
        strength(json!({ "id": "x", "requirementsSatisfied": "unknownFutureValue" })),
        Reason::Undetermined,
    );
    unclear(Everyone, strength(json!({ "displayName": "x" })), Reason::Malformed);
    unclear(
        Everyone,
        strength(json!({ "id": "x", "requirementsSatisfied": 7 })),
        Reason::Malformed,
    );
    // With a risk to be cured besides.
    let cured = strength(json!({ "id": "x", "requirementsSatisfied": "mfa" }));
    let cured = bent(cured, "grantControls.builtInControls", json!(["riskRemediation"]));
    no(Everyone, cured.clone());
    yes(Everyone, bent(cured, "grantControls.operator", json!("AND")));

    // One that is only named is looked up.
    let named = |id: &str| strength(json!({ "id": id }));
    yes(Everyone, named("00000000-0000-0000-0000-000000000002"));
    no(Everyone, named("WEAK"));
    for (id, reason) in [
        ("odd", Reason::Undetermined),
        ("broken", Reason::Malformed),
        ("gone", Reason::Undetermined),
    ] {
        let why = rules_of(Everyone, &[named(id)]).unwrap_err();
        assert_eq!((why.action.as_str(), why.target.as_str(), why.reason), (STRENGTHS, id, reason));
    }
    let items = vec![json!({ "displayName": "without an id" })];
    let cut = Strengths::new(Items { items, refused: None });
    let why = rules_in(Cloud::Public, &cut, Everyone, &[named("gone")]).unwrap_err();
    assert_eq!((why.action.as_str(), why.reason), (STRENGTHS, Reason::Malformed));
}

#[test]
fn several_policies_are_one_rule_where_each_covers_a_part() {
    let clients = |client: &str, name: &str, excluded: Value| {
        let policy = with("conditions.clientAppTypes", json!([client]));
        bent(bent(policy, "displayName", json!(name)), "conditions.users.excludeUsers", excluded)
    };
    let browser = clients("browser", "b", json!(["u"]));
    let application = clients("mobileAppsAndDesktopClients", "a", json!([]));
    let other = clients("browser", "c", json!(["v", "w"]));
    let management_rules = |policies: &[Value]| rules_of(Management, policies);
    assert_eq!(
        management_rules(&[browser.clone(), application.clone()]),
        Ok(vec![rule("a + b", &["u"])])
    );
    // Whom one excludes another covers.
    assert_eq!(
        management_rules(&[other.clone(), browser.clone(), application.clone()]),
        Ok(vec![rule("a + b + c", &[])])
    );
    // Where one is enough alone, others that leave out more add nothing.
    assert_eq!(
        management_rules(&[mfa(), browser.clone(), application.clone()]),
        Ok(vec![rule("MFA", &[])])
    );
    // A part that no policy covers is enough for no, and one that a policy may cover is not.
    let odd = bent(application, "conditions.moonPhases", json!(["full"]));
    assert_eq!(management_rules(&[browser.clone(), other]), Ok(vec![]));
    assert_eq!(management_rules(std::slice::from_ref(&odd)), Ok(vec![]));
    assert_eq!(management_rules(&[odd, browser]).unwrap_err().reason, Reason::Undetermined);
    assert_eq!(management_rules(&[]), Ok(vec![]));
}

#[test]
fn a_list_that_was_cut_says_only_what_there_is() {
    let cut = Gap::new(POLICIES, "", Reason::Throttled);
    let strengths = strengths();
    let (good, off) = (mfa(), with("state", json!("disabled")));
    let of = |value| Policy { value, cloud: Cloud::Public, strengths: &strengths };
    assert_eq!(rules::rules(&[of(&good)], Everyone, Some(&cut), &Unread).unwrap().rules.len(), 1);
    assert_eq!(rules::rules(&[of(&off)], Everyone, Some(&cut), &Unread).unwrap_err(), cut);
    assert_eq!(rules::count(&[of(&good), of(&off)], None, &Unread), Ok(1));
    assert_eq!(rules::count(&[of(&good)], Some(&cut), &Unread), Err(cut));
    let odd = with("conditions.moonPhases", json!(["full"]));
    assert_eq!(
        rules::count(&[of(&good), of(&odd)], None, &Unread).unwrap_err().reason,
        Reason::Undetermined
    );
    let odd = with("state", json!("perhaps"));
    assert_eq!(rules::count(&[of(&odd)], None, &Unread).unwrap_err().reason, Reason::Undetermined);
    let odd = with("conditions.users.excludeUsers", json!("u"));
    assert_eq!(rules::count(&[of(&odd)], None, &Unread).unwrap_err().reason, Reason::Malformed);
}

#[test]
fn a_policy_of_no_form_at_all_is_unclear_and_breaks_nothing() {
    for odd in [json!(null), json!([]), json!("x"), json!({}), json!({ "state": "enabled" })] {
        let strengths = strengths();
        let policy = Policy { value: &odd, cloud: Cloud::Public, strengths: &strengths };
        for question in Question::ALL {
            assert!(
                rules::rules(&[policy], *question, None, &Unread).is_err(),
                "{odd} {question:?}"
            );
        }
        assert!(matches!(policy.is_on(), Truth::Unknown(_) | Truth::Yes));
    }
}

#[test]
fn a_network_is_trusted_where_it_is_one_and_marked() {
    let location = |kind: &str, marked: Value| json!({ "@odata.type": format!("#microsoft.graph.{kind}"), "isTrusted": marked });
    for (location, expected) in [
        (location("ipNamedLocation", json!(true)), Some(true)),
        (location("ipNamedLocation", json!(false)), Some(false)),
        (location("ipNamedLocation", Value::Null), None),
        (location("ipNamedLocation", json!("true")), None),
        (location("countryNamedLocation", Value::Null), Some(false)),
        (location("compliantNetworkNamedLocation", json!(false)), Some(false)),
        (location("compliantNetworkNamedLocation", json!(true)), None),
        (json!({ "isTrusted": true }), None),
        (json!(7), None),
    ] {
        assert_eq!(trusted(crate::collect::body::View(&location)).ok(), expected, "{location}");
    }
}

#[test]
fn an_administrative_role_that_is_left_out_shows_for_everybody() {
    let policy = with("conditions.users.excludeRoles", json!([ADMINISTRATORS[0]]));
    for question in [Everyone, Management, LegacyProtocols] {
        let found = rules_of(question, std::slice::from_ref(&policy));
        assert_eq!(found, Ok(vec![rule("MFA", &[ADMINISTRATORS[0]])]), "{question:?}");
    }
}

#[test]
fn guests_are_left_out_with_and_without_tenants() {
    for tenants in [Value::Null, json!({}), json!({ "membershipKind": "all" })] {
        let guests = json!({
            "guestOrExternalUserTypes": "internalGuest, otherExternalUser", "externalTenants": tenants,
        });
        let policy = with("conditions.users.excludeGuestsOrExternalUsers", guests);
        let expected = Ok(vec![rule("MFA", &["internalGuest", "otherExternalUser"])]);
        assert_eq!(rules_of(Everyone, &[policy]), expected, "{tenants}");
    }
    let none = json!({ "guestOrExternalUserTypes": null, "externalTenants": null });
    yes(Everyone, with("conditions.users.excludeGuestsOrExternalUsers", none));
    let empty =
        json!({ "guestOrExternalUserTypes": "", "externalTenants": { "membershipKind": "all" } });
    unclear(
        Everyone,
        with("conditions.users.excludeGuestsOrExternalUsers", empty.clone()),
        Reason::Malformed,
    );
    let no_users = with("conditions.users.includeUsers", json!([]));
    let path = "conditions.users.includeGuestsOrExternalUsers";
    for (odd, reason) in [
        (empty, Reason::Malformed),
        (json!({ "guestOrExternalUserTypes": "martian" }), Reason::Undetermined),
        (
            json!({ "guestOrExternalUserTypes": "serviceProvider", "externalTenants": { "membershipKind": "some" } }),
            Reason::Malformed,
        ),
        (
            json!({ "guestOrExternalUserTypes": "serviceProvider", "externalTenants": { "membershipKind": "enumerated" } }),
            Reason::Malformed,
        ),
        (
            json!({ "guestOrExternalUserTypes": "internalGuest", "externalTenants": { "membershipKind": "enumerated", "members": ["t"] } }),
            Reason::Undetermined,
        ),
    ] {
        unclear(Everyone, bent(no_users.clone(), path, odd), reason);
    }
}

#[test]
fn what_was_deleted_may_be_gone() {
    let gone = with("deletedDateTime", json!("2026-01-01T00:00:00Z"));
    for question in [Everyone, Administrators, Management, LegacyProtocols] {
        unclear(question, gone.clone(), Reason::Undetermined);
    }
    yes(Everyone, with("deletedDateTime", Value::Null));
    yes(Everyone, without("deletedDateTime"));
}

#[test]
fn to_ask_again_for_something_weaker_is_not_mfa() {
    let every_time =
        json!({ "signInFrequency": { "isEnabled": true, "frequencyInterval": "everyTime" } });
    let risky = bent(
        with("conditions.signInRiskLevels", json!(["high", "medium"])),
        "sessionControls",
        every_time,
    );
    yes(RiskySignIns, risky.clone());
    for weak in [json!(["compliantDevice"]), json!(["passwordChange"]), json!([])] {
        no(RiskySignIns, bent(risky.clone(), "grantControls.builtInControls", weak));
    }
    no(
        RiskySignIns,
        bent(risky, "grantControls.builtInControls", json!(["mfa", "compliantDevice"])),
    );
}

#[test]
fn conditions_that_are_empty_are_none() {
    for (path, empty) in [
        ("conditions.clientApplications", json!({ "includeServicePrincipals": [] })),
        ("conditions.applications.applicationFilter", json!({ "mode": null, "rule": "" })),
        ("conditions.devices", json!({ "deviceFilter": { "rule": "", "mode": null } })),
        ("conditions.insiderRiskLevels", json!("")),
        ("conditions.authenticationFlows", json!({ "transferMethods": "" })),
        ("conditions.users.excludeUsers", json!(["None"])),
        ("conditions.users.excludeGroups", json!(["none"])),
        ("conditions.applications.excludeApplications", json!(["None"])),
        (
            "conditions.locations",
            json!({ "includeLocations": ["All"], "excludeLocations": ["None"] }),
        ),
        (
            "conditions.platforms",
            json!({ "includePlatforms": ["linux", "all"], "excludePlatforms": [] }),
        ),
        ("conditions.platforms", json!({ "includePlatforms": ["hologram", "all"] })),
        ("conditions.devices", json!({ "includeDevices": ["x", "All"] })),
    ] {
        yes(Everyone, with(path, empty));
    }
    for (path, narrow) in [
        ("conditions.devices", json!({ "includeDevices": ["Compliant"] })),
        ("conditions.platforms", json!({ "includePlatforms": ["linux"], "excludePlatforms": [] })),
        (
            "conditions.platforms",
            json!({ "includePlatforms": ["all"], "excludePlatforms": ["all"] }),
        ),
        (
            "conditions.locations",
            json!({ "includeLocations": ["All"], "excludeLocations": ["All"] }),
        ),
    ] {
        no(Everyone, with(path, narrow));
    }
    let codes = bent(
        block(),
        "conditions.authenticationFlows",
        json!({ "transferMethods": "deviceCodeFlow" }),
    );
    no(DeviceCodes, bent(codes, "conditions.clientAppTypes", json!(["other"])));
}

#[test]
fn what_every_policy_has_is_not_empty_where_it_is_missing() {
    for path in ["conditions.signInRiskLevels", "conditions.userRiskLevels"] {
        unclear(Everyone, without(path), Reason::Malformed);
        unclear(Everyone, with(path, Value::Null), Reason::Malformed);
        // Another condition rules it out all the same.
        no(Everyone, bent(without(path), "conditions.clientAppTypes", json!(["other"])));
    }
    for (path, list) in [
        ("conditions.platforms", "excludePlatforms"),
        ("conditions.locations", "excludeLocations"),
        ("conditions.authenticationFlows", "other"),
    ] {
        for cut in [json!({}), json!({ list: [] })] {
            unclear(Everyone, with(path, cut), Reason::Malformed);
        }
    }
}

#[test]
fn only_an_id_of_the_usual_form_is_one() {
    for odd in [
        "aaaaaaaa-0000-4000-8000-00000000000g",
        "aaaaaaa-0000-4000-8000-000000000001",
        "aaaaaaaa-0000-4000-8000-0000000000011",
        "aaaaaaaa-0000-4000-8000",
        "aaaaaaaa-0000-4000-8000-000000000001-1",
        "aaaaaaaa-0000-4000--000000000001",
        "zzzzzzzz-zzzz-zzzz-zzzz-zzzzzzzzzzzz",
    ] {
        let path = "conditions.users.includeUsers";
        unclear(Everyone, with(path, json!([odd])), Reason::Undetermined);
        let path = "conditions.applications.includeApplications";
        unclear(Everyone, with(path, json!([odd])), Reason::Undetermined);
    }
    no(Everyone, with("conditions.users.includeUsers", json!([ANNA.to_uppercase()])));
}

#[test]
fn a_policy_without_a_name_is_called_by_its_id() {
    for nameless in
        [with("displayName", json!("")), with("displayName", Value::Null), without("displayName")]
    {
        assert_eq!(rules_of(Everyone, &[nameless]), Ok(vec![rule("1", &[])]));
    }
}

#[test]
fn a_policy_for_some_counts_although_more_of_it_is_not_understood() {
    let strengths = strengths();
    let count = |value: &Value| {
        let policy = Policy { value, cloud: Cloud::Public, strengths: &strengths };
        rules::count(&[policy], None, &Unread)
    };
    let some = with("conditions.users.includeUsers", json!([SOMEBODY]));
    assert_eq!(count(&bent(some, "conditions.moonPhases", json!(["full"]))), Ok(1));
    let all = with("conditions.moonPhases", json!(["full"]));
    assert!(count(&bent(all, "conditions.users.excludeUsers", json!([SOMEBODY]))).is_err());
}

/// Users, groups and other sets, each user with those that it is in; of all others nothing is known.
struct Known<'s>(&'s [(&'s str, &'s [&'s str])]);

impl Members for Known<'_> {
    fn has(&self, user: &str, set: &Atom<'_>) -> Truth {
        match self.0.iter().find(|(id, _)| *id == user) {
            Some((_, sets)) => sets.iter().any(|one| same(one, set.name)).into(),
            None => Unread.has(user, set),
        }
    }
}

const ANNA: &str = "aaaaaaaa-0000-4000-8000-000000000001";
const BERT: &str = "aaaaaaaa-0000-4000-8000-000000000002";
const STAFF: &str = "bbbbbbbb-0000-4000-8000-000000000001";
const OTHERS: &str = "bbbbbbbb-0000-4000-8000-000000000002";

/// Policies that demand MFA, each with values at paths below its conditions.
fn policies(all: &[&[(&str, Value)]]) -> Vec<Value> {
    let policy = |(number, paths): (usize, &&[(&str, Value)])| {
        let start = bent(mfa(), "displayName", json!(["A", "B", "C", "D"][number]));
        paths.iter().fold(start, |policy, (path, value)| {
            bent(policy, &format!("conditions.{path}"), value.clone())
        })
    };
    all.iter().enumerate().map(policy).collect()
}

#[track_caller]
fn together(members: &dyn Members, all: &[&[(&str, Value)]]) -> Result<SignInRule, Gap> {
    together_of(Everyone, members, &policies(all))
}

/// What the best rule of some policies is.
#[track_caller]
fn together_of(
    question: Question,
    members: &dyn Members,
    all: &[Value],
) -> Result<SignInRule, Gap> {
    let strengths = strengths();
    let of = |value| Policy { value, cloud: Cloud::Public, strengths: &strengths };
    let all: Vec<Policy<'_>> = all.iter().map(of).collect();
    let found = rules::rules(&all, question, None, members)?;
    let undecided = found.rules.iter().any(|rule| !rule.undecided.is_empty());
    assert_eq!(undecided, found.doubt.is_some(), "{found:?}");
    let best =
        found.rules.into_iter().min_by_key(|rule| (rule.excluded.len(), rule.undecided.is_empty()));
    let mut best = best.unwrap_or_else(|| rule("none", &[]));
    let mut names: Vec<&str> = best.name.split(" + ").collect();
    names.sort_unstable();
    best.name = names.join(" + ");
    Ok(best)
}

fn guests(types: &str, tenants: Value) -> Value {
    json!({ "guestOrExternalUserTypes": types, "externalTenants": tenants })
}

fn all_tenants() -> Value {
    json!({ "membershipKind": "all" })
}

fn some_tenants(tenants: &[&str]) -> Value {
    json!({ "membershipKind": "enumerated", "members": tenants })
}

const NOBODY: (&str, Value) = ("users.includeUsers", Value::Array(Vec::new()));
const GUESTS_IN: &str = "users.includeGuestsOrExternalUsers";
const GUESTS_OUT: &str = "users.excludeGuestsOrExternalUsers";

#[test]
fn what_one_policy_leaves_out_another_covers() {
    let both = Ok(rule("A + B", &[]));
    let none = Ok(rule("none", &[]));
    let types = "internalGuest,b2bCollaborationGuest,serviceProvider";
    // Guests.
    let out = (GUESTS_OUT, guests(types, all_tenants()));
    let of_guests = |types: &str, tenants: Value| {
        let guests = (GUESTS_IN, guests(types, tenants));
        together(&Unread, &[std::slice::from_ref(&out), &[NOBODY, guests]])
    };
    let reversed = "serviceProvider, internalGuest,b2bCollaborationGuest";
    assert_eq!(of_guests(reversed, all_tenants()), both);
    assert_eq!(of_guests(reversed, Value::Null), both);
    let missing = of_guests("internalGuest,b2bCollaborationGuest", all_tenants());
    assert_eq!(missing, Ok(rule("A + B", &["serviceProvider"])));
    let of_one = of_guests("b2bCollaborationGuest,serviceProvider", some_tenants(&["t"]));
    assert_eq!(of_one.map(|rule| rule.excluded.len()), Ok(3));
    let word = ("users.excludeUsers", json!(["GuestsOrExternalUsers"]));
    let include = ("users.includeUsers", json!(["GuestsOrExternalUsers"]));
    assert_eq!(together(&Unread, &[std::slice::from_ref(&word), &[include]]), both);
    let every = (GUESTS_IN, guests(&GUESTS.join(","), all_tenants()));
    assert_eq!(together(&Unread, &[std::slice::from_ref(&word), &[NOBODY, every]]), both);
    let some = (GUESTS_IN, guests(types, all_tenants()));
    assert_eq!(
        together(&Unread, &[&[word], &[NOBODY, some]]),
        Ok(rule("A", &["GuestsOrExternalUsers"]))
    );
    // Guests of some tenants.
    let t = |tenants: &[&str]| guests("b2bCollaborationGuest", some_tenants(tenants));
    let of_tenants = |out: Value, included: Value| {
        together(&Unread, &[&[(GUESTS_OUT, out)], &[NOBODY, (GUESTS_IN, included)]])
    };
    assert_eq!(of_tenants(t(&["t1"]), t(&["T1", "t2"])), both);
    assert_eq!(of_tenants(t(&["t1"]), guests("b2bCollaborationGuest", all_tenants())), both);
    let left = Ok(rule("A", &["b2bCollaborationGuest"]));
    assert_eq!(of_tenants(t(&["t1", "t2"]), t(&["t1"])), left);
    assert_eq!(of_tenants(guests("b2bCollaborationGuest", all_tenants()), t(&["t1"])), left);
    // Roles, groups, users, applications, trusted places.
    for (out, included, name) in [
        ("users.excludeRoles", "users.includeRoles", ADMINISTRATORS[0]),
        ("users.excludeGroups", "users.includeGroups", STAFF),
        ("users.excludeUsers", "users.includeUsers", ANNA),
    ] {
        let of = |included: &[(&str, Value)], more: &[(&str, Value)]| {
            let second = [&[NOBODY] as &[_], included, more].concat();
            together(&Unread, &[&[(out, json!([name]))], &second])
        };
        let included = [(included, json!([name.to_uppercase()]))];
        assert_eq!(of(&included, &[]), both, "{name}");
        assert_eq!(of(&[], &[]), Ok(rule("A", &[name])));
        // What the second leaves out in turn is left out.
        assert_eq!(of(&included, &[(out, json!([name]))]), Ok(rule("A", &[name])));
        let again = of(&included, &[("applications.excludeApplications", json!([OWN]))]);
        assert_eq!(again.map(|rule| rule.excluded.len()), Ok(1), "{name}");
        let linux = json!({ "includePlatforms": ["linux"], "excludePlatforms": [] });
        assert_eq!(of(&included, &[("platforms", linux)]), Ok(rule("A", &[name])));
        let browser = json!(["browser"]);
        assert_eq!(of(&included, &[("clientAppTypes", browser)]), Ok(rule("A", &[name])));
    }
    let (out, included) = ("applications.excludeApplications", "applications.includeApplications");
    for application in [OWN, "Office365"] {
        let of = |other: &str| {
            let out = [(out, json!([application]))];
            together(&Unread, &[&out, &[(included, json!([other]))]])
        };
        assert_eq!(of(application), both);
        assert_eq!(of(AZURE), Ok(rule("A", &[application])));
    }
    let of = |out: &str, included: &str| {
        let places = |included: &str, excluded: &[&str]| {
            let places = json!({ "includeLocations": [included], "excludeLocations": excluded });
            [("locations", places)]
        };
        together(&Unread, &[&places("All", &[out]), &places(included, &[])])
    };
    assert_eq!(of("AllTrusted", "AllTrusted"), both);
    assert_eq!(of(OWN, OWN), both);
    assert_eq!(of("AllTrusted", OWN), Ok(rule("A", &["AllTrusted"])));
    assert_eq!(of(OWN, "AllTrusted").unwrap().undecided, [OWN]);
    assert_eq!(of(OWN, ANNA), Ok(rule("A", &[OWN])));
    // Platforms and devices, which are not left out by name.
    let of = |out: &[&str], included: &[&str]| {
        let out = json!({ "includePlatforms": ["all"], "excludePlatforms": out });
        let included = json!({ "includePlatforms": included, "excludePlatforms": [] });
        together(&Unread, &[&[("platforms", out)], &[("platforms", included)]])
    };
    assert_eq!(of(&["linux"], &["Linux"]), both);
    assert_eq!(of(&["linux", "iOS"], &["iOS", "linux", "android"]), both);
    assert_eq!(of(&["linux", "iOS"], &["iOS"]), none);
    assert_eq!(of(&["linux"], &["iOS"]), none);
    assert_eq!(of(&["linux"], &[]), Ok(rule("B", &[])));
    let of = |one: &str, other: &str| {
        let filter = |mode: &str, rule: &str| {
            [("devices", json!({ "deviceFilter": { "mode": mode, "rule": rule } }))]
        };
        together(&Unread, &[&filter("exclude", one), &filter("include", other)])
    };
    assert_eq!(of("device.model -eq \"x\"", "device.model -eq \"x\""), both);
    assert_eq!(of("device.model -eq \"x\"", "device.model -eq \"y\""), none);
}

#[test]
fn a_weaker_policy_covers_no_user_and_one_that_is_off_neither() {
    let out = [("users.excludeGroups", json!([STAFF]))];
    let included = [NOBODY, ("users.includeGroups", json!([STAFF]))];
    let good = policies(&[&out, &included]);
    let bad = |path: &str, value: Value| {
        let mut policies = good.clone();
        policies[1] = bent(policies[1].clone(), path, value);
        together_of(Everyone, &Unread, &policies)
    };
    let left = Ok(rule("A", &[STAFF]));
    assert_eq!(bad("state", json!("enabledForReportingButNotEnforced")), left);
    assert_eq!(bad("state", json!("disabled")), left);
    assert_eq!(bad("grantControls.builtInControls", json!(["compliantDevice"])), left);
    assert_eq!(bad("grantControls.builtInControls", json!(["mfa", "compliantDevice"])), left);
    assert_eq!(bad("conditions.signInRiskLevels", json!(["high"])), left);
    let strength = json!({ "id": "weak", "requirementsSatisfied": "none" });
    let mut weak = bent(good[1].clone(), "grantControls.builtInControls", json!([]));
    weak = bent(weak, "grantControls.authenticationStrength", strength.clone());
    assert_eq!(together_of(Everyone, &Unread, &[good[0].clone(), weak.clone()]), left);
    let strong =
        bent(weak, "grantControls.authenticationStrength.requirementsSatisfied", json!("mfa"));
    let both = together_of(Everyone, &Unread, &[good[0].clone(), strong]);
    assert_eq!(both, Ok(rule("A + B", &[])));
    assert_eq!(bad("grantControls.builtInControls", json!(["block"])), Ok(rule("A + B", &[])));
    // What is not understood may cover them.
    let unclear = bad("conditions.moonPhases", json!(["full"])).unwrap();
    assert_eq!(
        (unclear.excluded, unclear.undecided),
        (vec![STAFF.to_owned()], vec![STAFF.to_owned()])
    );
}

#[test]
fn administrators_whom_one_policy_leaves_out_are_covered_by_a_stronger_one() {
    let strong = |roles: &[&str]| {
        let policy = with("conditions.users.includeUsers", json!([]));
        let policy = bent(policy, "conditions.users.includeRoles", json!(roles));
        let policy = bent(policy, "grantControls.builtInControls", json!([]));
        let strength = json!({ "id": "00000000-0000-0000-0000-000000000002" });
        bent(policy, "grantControls.authenticationStrength", strength)
    };
    let others = with("conditions.users.excludeRoles", json!(ADMINISTRATORS.items()));
    let all = [others.clone(), strong(&ADMINISTRATORS)];
    assert_eq!(together_of(Everyone, &Unread, &all), Ok(rule("MFA + MFA", &[])));
    assert_eq!(together_of(Administrators, &Unread, &all), Ok(rule("MFA", &[])));
    let some = together_of(Everyone, &Unread, &[others.clone(), strong(&ADMINISTRATORS[1..])]);
    assert_eq!(some, Ok(rule("MFA + MFA", &[ADMINISTRATORS[0]])));
    let some = rules_of(Administrators, &[others.clone(), strong(&ADMINISTRATORS[1..])]);
    assert_eq!(some, Ok(vec![]));
    assert_eq!(rules_of(Administrators, &[others]), Ok(vec![]));
    // A role that does not matter here can be accepted.
    let reader = with("conditions.users.excludeRoles", json!([OWN]));
    assert_eq!(rules_of(Administrators, &[reader]), Ok(vec![rule("MFA", &[OWN])]));
}

#[test]
fn whether_a_user_is_in_a_group_decides_and_may_not_be_known() {
    let out: &[(&str, Value)] = &[("users.excludeUsers", json!([ANNA]))];
    let included: &[(&str, Value)] = &[NOBODY, ("users.includeGroups", json!([STAFF]))];
    let but_staff: &[(&str, Value)] = &[("users.excludeGroups", json!([STAFF]))];
    let in_staff = Known(&[(ANNA, &[STAFF])]);
    let elsewhere = Known(&[(ANNA, &[])]);
    let left = Ok(rule("A", &[ANNA]));
    assert_eq!(together(&in_staff, &[out, included]), Ok(rule("A + B", &[])));
    assert_eq!(together(&elsewhere, &[out, included]), left);
    assert_eq!(together(&in_staff, &[out, but_staff]).unwrap().excluded.len(), 1);
    assert_eq!(together(&elsewhere, &[out, but_staff]), Ok(rule("A + B", &[])));
    for second in [included, but_staff] {
        let unknown = together_rules(&[out, second]);
        let open = |rule: &SignInRule| rule.excluded == [ANNA] && rule.undecided == [ANNA];
        assert!(unknown.iter().any(open), "{unknown:?}");
        // It does not matter for a user who is certainly excluded or covered.
        let third: &[(&str, Value)] = &[("users.includeUsers", json!([ANNA]))];
        assert_eq!(together(&Unread, &[out, second, third]), Ok(rule("A + C", &[])));
    }
    // A group is not what its members are today.
    let group: &[(&str, Value)] = &[("users.excludeGroups", json!([STAFF]))];
    let user: &[(&str, Value)] = &[("users.includeUsers", json!([ANNA]))];
    assert_eq!(together(&in_staff, &[group, user]), Ok(rule("A", &[STAFF])));
    let other: &[(&str, Value)] = &[NOBODY, ("users.includeGroups", json!([OTHERS]))];
    assert_eq!(together(&in_staff, &[group, other]), Ok(rule("A", &[STAFF])));
    // Two users are two.
    let bert: &[(&str, Value)] = &[("users.excludeUsers", json!([BERT]))];
    assert_eq!(together(&Unread, &[out, bert]), Ok(rule("A + B", &[])));
    let both: &[(&str, Value)] = &[("users.excludeUsers", json!([BERT, ANNA]))];
    assert_eq!(together(&Unread, &[out, both]), Ok(rule("A", &[ANNA])));
}

#[track_caller]
fn together_rules(all: &[&[(&str, Value)]]) -> Vec<SignInRule> {
    rules_of(Everyone, &policies(all)).unwrap()
}

#[test]
fn a_hole_of_two_names_is_closed_by_accepting_one() {
    let out: &[(&str, Value)] = &[("users.excludeGroups", json!([STAFF]))];
    let included: &[(&str, Value)] = &[
        NOBODY,
        ("users.includeGroups", json!([STAFF])),
        ("applications.excludeApplications", json!([OWN])),
    ];
    let rules = together_rules(&[out, included]);
    assert_eq!(rules, [rule("A", &[STAFF]), rule("A + B", &[OWN])]);
}

#[test]
fn registering_a_device_takes_mfa_by_a_policy_about_that() {
    let action = |policy: Value, actions: Value| {
        let policy = bent(policy, "conditions.applications.includeApplications", json!([]));
        bent(policy, "conditions.applications.includeUserActions", actions)
    };
    let register = json!(["urn:user:registerdevice"]);
    yes(DeviceRegistration, action(mfa(), register.clone()));
    yes(DeviceRegistration, action(block(), json!(["URN:user:RegisterDevice"])));
    no(DeviceRegistration, action(mfa(), json!(["urn:user:registersecurityinfo"])));
    no(DeviceRegistration, action(mfa(), json!([])));
    no(DeviceRegistration, mfa());
    for path in ["state", "conditions.signInRiskLevels", "grantControls.builtInControls"] {
        let weak = match path {
            "state" => json!("disabled"),
            "conditions.signInRiskLevels" => json!(["high"]),
            _ => json!(["compliantDevice"]),
        };
        no(DeviceRegistration, bent(action(mfa(), register.clone()), path, weak));
    }
    let without =
        bent(action(mfa(), register.clone()), "conditions.users.excludeGroups", json!([STAFF]));
    assert_eq!(rules_of(DeviceRegistration, &[without]), Ok(vec![rule("MFA", &[STAFF])]));
    let with_applications = with("conditions.applications.includeUserActions", register.clone());
    unclear(DeviceRegistration, with_applications, Reason::Undetermined);
    let path = "conditions.applications.includeAuthenticationContextClassReferences";
    let context = bent(action(mfa(), register.clone()), path, json!(["c1"]));
    unclear(DeviceRegistration, context, Reason::Undetermined);
    unclear(DeviceRegistration, action(mfa(), json!("urn:user:registerdevice")), Reason::Malformed);
    no(Everyone, action(mfa(), register));
}

#[test]
fn too_many_ways_to_overlap_are_undecided() {
    let groups = |policy: usize| -> Value {
        let id = |number: usize| format!("bbbbbbbb-0000-4000-{policy:04}-{number:012}");
        json!((0..40).map(id).collect::<Vec<_>>())
    };
    let all: Vec<Value> =
        (0..8).map(|number| with("conditions.users.excludeGroups", groups(number))).collect();
    let strengths = strengths();
    let of = |value| Policy { value, cloud: Cloud::Public, strengths: &strengths };
    let all: Vec<Policy<'_>> = all.iter().map(of).collect();
    let found = rules::rules(&all, Everyone, None, &Unread).unwrap();
    assert_eq!(found.doubt.unwrap().reason, Reason::Undetermined);
    assert!(found.rules.iter().all(|rule| rule.undecided == rule.excluded));
}

/// What is read of a tenant with these answers of Microsoft Graph.
fn read(graph: &Value, facts: &[FactId]) -> posture_model::scope::Scope {
    let scenario = json!({
        "subscriptions": [{ "id": "s", "name": "s" }], "graph": graph,
        "graph_permissions": ["Policy.Read.All", "GroupMember.Read.All", "User.Read.All", "RoleManagement.Read.Directory"],
    });
    scopes(&scenario, facts, &[ResourceKind::Directory]).pop().unwrap()
}

#[test]
fn rules_are_read_where_they_are_wanted_and_with_what_they_name() {
    let mut named = with("grantControls.builtInControls", json!([]));
    named = bent(named, "grantControls.authenticationStrength", json!({ "id": "own" }));
    let own = json!([{ "id": "own", "requirementsSatisfied": "mfa" }]);
    let graph = json!({ POLICIES: [named], STRENGTHS: own });
    let scope = read(&graph, &[Directory::MFA_FOR_EVERYONE, Directory::SIGN_IN_RULES]);
    let directory = &scope.directories.items[0];
    assert_eq!(directory.mfa_for_everyone, Fact::Known(vec![rule("MFA", &[])]));
    assert_eq!(directory.sign_in_rules, Fact::Known(1));
    assert_eq!(directory.mfa_for_management, Fact::not_collected());
    assert_eq!(directory.trusted_networks, Fact::not_collected());
    assert_eq!(scope.calls[STRENGTHS].operations, 1);
    // Device codes have nothing to do with strengths.
    let scope = read(&graph, &[Directory::DEVICE_CODES_BLOCKED]);
    assert_eq!(scope.directories.items[0].device_codes_blocked, Fact::Known(vec![]));
    assert!(!scope.calls.contains_key(STRENGTHS));
    // Nor is a policy that is off.
    let mut off = graph.clone();
    off[POLICIES][0]["state"] = json!("disabled");
    let scope = read(&off, &[Directory::MFA_FOR_EVERYONE]);
    assert_eq!(scope.directories.items[0].mfa_for_everyone, Fact::Known(vec![]));
    assert!(!scope.calls.contains_key(STRENGTHS));
    let scope = read(&graph, &[Directory::TRUSTED_NETWORKS]);
    assert!(!scope.calls.contains_key(POLICIES));
}

#[test]
fn a_policy_without_an_id_may_be_any() {
    let nameless = json!({ "displayName": "x" });
    let facts = [Directory::MFA_FOR_EVERYONE, Directory::SIGN_IN_RULES];
    let scope = read(&json!({ POLICIES: [nameless] }), &facts);
    let directory = &scope.directories.items[0];
    let malformed = Some((POLICIES.to_owned(), Reason::Malformed));
    assert_eq!(why(&scope, &directory.mfa_for_everyone), malformed);
    assert_eq!(why(&scope, &directory.sign_in_rules), malformed);
    let scope = read(&json!({ POLICIES: [nameless, mfa()] }), &facts);
    let directory = &scope.directories.items[0];
    assert_eq!(directory.mfa_for_everyone, Fact::Known(vec![rule("MFA", &[])]));
    assert_eq!(why(&scope, &directory.sign_in_rules), malformed);
}

#[test]
fn who_is_in_groups_and_roles_is_read_where_it_decides() {
    let facts = [Directory::MFA_FOR_EVERYONE, Directory::SIGN_IN_EXCLUSIONS_DECIDED];
    let members = format!("/groups/{STAFF}/transitiveMembers");
    let out: &[(&str, Value)] = &[("users.excludeUsers", json!([ANNA]))];
    let staff: &[(&str, Value)] = &[NOBODY, ("users.includeGroups", json!([STAFF]))];
    let holders: &[(&str, Value)] = &[NOBODY, ("users.includeRoles", json!([OWN]))];
    let numbered = |all: Vec<Value>| -> Value {
        let number =
            |(number, policy): (usize, Value)| bent(policy, "id", json!(number.to_string()));
        json!(all.into_iter().enumerate().map(number).collect::<Vec<_>>())
    };
    let user = json!({ "@odata.type": "#microsoft.graph.user", "id": ANNA, "userType": "Member" });
    let given = json!({
        "principalId": ANNA, "roleDefinitionId": OWN, "directoryScopeId": "/", "principal": user,
    });
    let mut graph = json!({
        POLICIES: numbered(policies(&[out, staff])),
        "/groups": [{ "id": STAFF }],
        members.as_str(): [user],
        "/roleManagement/directory/roleAssignments": [given],
        "/roleManagement/directory/roleAssignmentScheduleInstances": [],
        "/roleManagement/directory/roleEligibilityScheduleInstances": [],
    });
    let best = |graph: &Value| {
        let scope = read(graph, &facts);
        let directory = &scope.directories.items[0];
        let rules = directory.mfa_for_everyone.known().unwrap();
        let best = rules.iter().min_by_key(|rule| rule.excluded.len()).unwrap();
        let decided = directory.sign_in_exclusions_decided == Fact::Known(true);
        (best.excluded.len(), decided, scope.calls.keys().cloned().collect::<Vec<_>>())
    };
    let (left, decided, calls) = best(&graph);
    assert_eq!((left, decided), (0, true));
    assert!(calls.iter().any(|call| call == "/$batch"), "{calls:?}");
    assert!(!calls.iter().any(|call| call.starts_with("/roleManagement")), "{calls:?}");
    graph[&members] = json!([]);
    assert_eq!((best(&graph).0, best(&graph).1), (1, true));
    // A role.
    graph[POLICIES] = numbered(policies(&[out, holders]));
    let (left, decided, calls) = best(&graph);
    assert_eq!((left, decided), (0, true));
    assert!(calls.iter().any(|call| call.starts_with("/roleManagement")), "{calls:?}");
    graph["/roleManagement/directory/roleAssignments"] = json!([]);
    assert_eq!((best(&graph).0, best(&graph).1), (1, true));
    // If it decides nothing, it is not requested.
    let third: &[(&str, Value)] = &[("users.includeUsers", json!([ANNA]))];
    graph[POLICIES] = numbered(policies(&[out, staff, holders, third]));
    let (left, decided, calls) = best(&graph);
    assert_eq!((left, decided), (0, true));
    let needless = |call: &String| call == "/$batch" || call.starts_with("/roleManagement");
    assert!(!calls.iter().any(needless), "{calls:?}");
}

#[test]
fn networks_that_are_trusted_are_listed_or_unknown() {
    let network = |name: &str, trusted: Value| json!({ "@odata.type": "#microsoft.graph.ipNamedLocation", "id": name, "displayName": name, "isTrusted": trusted });
    let trusted_names = |locations: &[Value]| {
        let scope = read(&json!({ LOCATIONS: locations }), &[Directory::TRUSTED_NETWORKS]);
        let networks = scope.directories.items[0].trusted_networks.clone();
        match why(&scope, &networks) {
            Some((action, reason)) => Err((action, reason)),
            None => Ok(networks.known().unwrap().join(" ")),
        }
    };
    let zurich = || network("Zurich", json!(true));
    assert_eq!(
        trusted_names(&[zurich(), network("Basel", json!(true)), network("x", json!(false))]),
        Ok("Basel Zurich".to_owned())
    );
    assert_eq!(trusted_names(&[]), Ok(String::new()));
    let malformed = Err((LOCATIONS.to_owned(), Reason::Malformed));
    assert_eq!(trusted_names(&[network("x", json!("perhaps"))]), malformed);
    assert_eq!(trusted_names(&[network("x", json!("perhaps")), zurich()]), Ok("Zurich".to_owned()));
    let mut nameless = zurich();
    nameless["displayName"] = Value::Null;
    nameless["id"] = json!("n1");
    assert_eq!(trusted_names(&[nameless]), Ok("n1".to_owned()));
}

#[test]
fn a_country_is_never_a_trusted_network() {
    let country =
        json!({ "@odata.type": "#microsoft.graph.countryNamedLocation", "isTrusted": true });
    assert_eq!(trusted(crate::view::View(&country)), Ok(false));
}

#[test]
fn of_which_tenants_guests_are_left_out_may_not_be_understood() {
    let left_out = |tenants: Value| {
        let out = guests("serviceProvider", tenants);
        rules_of(Everyone, &[with("conditions.users.excludeGuestsOrExternalUsers", out)])
    };
    // It may be all of them.
    let all = Ok(vec![rule("MFA", &["serviceProvider"])]);
    assert_eq!(left_out(json!({ "membershipKind": "enumerated" })), all);
    assert_eq!(left_out(json!({ "membershipKind": "some", "members": ["t"] })), all);
    let malformed = left_out(json!({ "membershipKind": 7 })).map_err(|gap| gap.reason);
    assert_eq!(malformed, Err(Reason::Malformed));
    // The users to whom a policy applies have to be understood.
    let no_users = with("conditions.users.includeUsers", json!([]));
    let path = "conditions.users.includeGuestsOrExternalUsers";
    let some = guests("serviceProvider", json!({ "membershipKind": "some", "members": ["t"] }));
    unclear(Everyone, bent(no_users, path, some), Reason::Malformed);
}

#[test]
fn internal_guests_of_other_tenants_are_those_of_this_one() {
    let out = |tenant: &str| (GUESTS_OUT, guests("internalGuest", some_tenants(&[tenant])));
    let rule = together(&Unread, &[&[out("t1")], &[out("t2")]]);
    assert_eq!(rule.map(|rule| rule.excluded), Ok(vec!["internalGuest".to_owned()]));
}

#[test]
fn a_user_is_not_covered_by_a_policy_for_every_guest() {
    let user = ("users.excludeUsers", json!(["u"]));
    let every = (GUESTS_IN, guests(&GUESTS.join(","), all_tenants()));
    let rule = together(&Unread, &[&[user], &[NOBODY, every]]);
    assert_eq!(rule.map(|rule| rule.excluded), Ok(vec!["u".to_owned()]));
}

#[test]
fn a_filter_is_understood_by_its_mode() {
    let filtered = |mode: Value| {
        let applications = with("conditions.applications.includeApplications", json!([OWN]));
        let filter = json!({ "mode": mode, "rule": "CustomSecurityAttribute.a -eq \"b\"" });
        bent(applications, "conditions.applications.applicationFilter", filter)
    };
    no(Everyone, filtered(json!("include")));
    no(Everyone, filtered(json!("Exclude")));
    unclear(Everyone, filtered(json!("sometimes")), Reason::Undetermined);
    unclear(Everyone, filtered(Value::Null), Reason::Undetermined);
}

#[test]
fn a_place_beside_all_of_them_narrows_nothing() {
    let places = |included: Value| {
        with(
            "conditions.locations",
            json!({ "includeLocations": included, "excludeLocations": [] }),
        )
    };
    yes(Everyone, places(json!(["All", "Nowhere"])));
    unclear(Everyone, places(json!(["Nowhere"])), Reason::Undetermined);
}
