//! Small policies, each bent in one place.

use posture_core::gap::{Gap, Reason};
use posture_core::resource::SignInRule;
use serde_json::{Value, json};

use super::policy::Policy;
use super::question::{ADMINISTRATORS, Question};
use super::strength::Strengths;
use super::truth::Truth;
use super::{POLICIES, STRENGTHS, rules, trusted};
use crate::client::Items;
use crate::cloud::Cloud;

use Question::*;

const SOMEBODY: &str = "5ecf8b5f-0d08-4792-aa17-37e40f64b6bb";
const AZURE: &str = "797f4846-ba00-4fd7-ba43-dac1f8f63013";
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";
const OWN: &str = "aaaaaaaa-0000-4000-8000-000000000009";

/// MFA for everybody and everything, in the form of the service.
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

fn told(question: Question, policies: &[Value]) -> Result<Vec<SignInRule>, Gap> {
    told_in(Cloud::Public, &strengths(), question, policies)
}

fn told_in(
    cloud: Cloud,
    strengths: &Strengths,
    question: Question,
    policies: &[Value],
) -> Result<Vec<SignInRule>, Gap> {
    let policies: Vec<Policy<'_>> =
        policies.iter().map(|value| Policy { value, cloud, strengths }).collect();
    rules::rules(&policies, question, None)
}

fn rule(name: &str, excluded: &[&str]) -> SignInRule {
    SignInRule {
        name: name.to_owned(),
        excluded: excluded.iter().map(|id| (*id).to_owned()).collect(),
    }
}

#[track_caller]
fn yes(question: Question, policy: Value) {
    let told = told(question, std::slice::from_ref(&policy));
    let told = told.unwrap_or_else(|why| panic!("{question:?} {why:?}: {policy:#}"));
    assert_eq!(told.len(), 1, "{question:?} {policy:#}");
    assert_eq!(told[0].excluded, [""; 0], "{policy:#}");
}

#[track_caller]
fn no(question: Question, policy: Value) {
    assert_eq!(
        told(question, std::slice::from_ref(&policy)),
        Ok(vec![]),
        "{question:?} {policy:#}"
    );
}

#[track_caller]
fn unclear(question: Question, policy: Value, reason: Reason) {
    let why = told(question, std::slice::from_ref(&policy)).expect_err(&format!("{policy:#}"));
    assert_eq!((why.action.as_str(), why.reason), (POLICIES, reason), "{why:?} {policy:#}");
    assert_eq!(why.target, "1");
    assert!(why.detail.is_some_and(|detail| !detail.is_empty()));
    // What is not understood is no reason to think that the good ones are not there.
    let good = bent(mfa(), "displayName", json!("good"));
    if question != DeviceCodes {
        assert_eq!(
            told(question, &[policy.clone(), good]).unwrap().last(),
            Some(&rule("good", &[]))
        );
    }
    // And where it is not in force, it is no matter.
    no(question, bent(policy, "state", json!("disabled")));
}

#[test]
fn a_policy_for_everybody_and_everything_answers_what_it_demands() {
    for question in [Everyone, Administrators, Management, LegacyProtocols] {
        yes(question, mfa());
    }
    no(RiskySignIns, mfa());
    no(DeviceCodes, mfa());
    for question in Question::ALL {
        yes(*question, block());
    }
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
        let why = told(Everyone, &[policy]).unwrap_err();
        assert_eq!(why.reason, Reason::Malformed);
    }
}

#[test]
fn whom_a_policy_is_about() {
    let users = |path: &str, new: Value| with(&format!("conditions.users.{path}"), new);
    yes(Everyone, users("includeUsers", json!(["all"])));
    for nobody in [json!([]), json!(["None"]), json!([SOMEBODY]), json!(["GuestsOrExternalUsers"])]
    {
        no(Everyone, users("includeUsers", nobody.clone()));
        no(Administrators, users("includeUsers", nobody));
    }
    no(Everyone, users("includeUsers", json!(["AllAgentIdUsers"])));
    // A group may hold everybody today, and not tomorrow.
    let nobody = users("includeUsers", json!([]));
    no(Everyone, bent(nobody.clone(), "conditions.users.includeGroups", json!([SOMEBODY])));
    let guests =
        json!({ "guestOrExternalUserTypes": "b2bCollaborationGuest", "externalTenants": null });
    no(Everyone, bent(nobody.clone(), "conditions.users.includeGuestsOrExternalUsers", guests));
    // Workloads are no users.
    let workloads = json!({ "includeServicePrincipals": ["ServicePrincipalsInMyTenant"] });
    let workload = bent(nobody, "conditions.clientApplications", workloads.clone());
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
fn whom_a_policy_leaves_out_is_told() {
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
        assert_eq!(told(question, &[policy.clone()]), Ok(vec![rule("MFA", &all)]));
    }
    // No other application matters to managing Azure.
    let managing: Vec<&str> =
        all.into_iter().filter(|id| *id != "app" && *id != "Office365").collect();
    assert_eq!(told(Management, &[policy]), Ok(vec![rule("MFA", &managing)]));

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
    yes(Administrators, roles(ADMINISTRATORS));
    yes(Administrators, roles(&upper.iter().map(String::as_str).collect::<Vec<_>>()));
    no(Everyone, roles(ADMINISTRATORS));
    no(Administrators, roles(&ADMINISTRATORS[1..]));
    no(Administrators, roles(&ADMINISTRATORS[..1]));
    // Two together name all of them.
    let (some, others) = ADMINISTRATORS.split_at(5);
    assert_eq!(
        told(Administrators, &[roles(some), bent(roles(others), "displayName", json!("others"))]),
        Ok(vec![rule("MFA + others", &[])])
    );
    // A role that is left out is not covered by this one, but may be by another.
    let but_global = with("conditions.users.excludeRoles", json!([ADMINISTRATORS[0]]));
    no(Administrators, but_global.clone());
    let both = told(Administrators, &[but_global, roles(&ADMINISTRATORS[..1])]);
    assert_eq!(both, Ok(vec![rule("MFA + MFA", &[])]));
    let odd = bent(roles(ADMINISTRATORS), "conditions.users.includeRoles", json!(["x", 7]));
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
    assert_eq!(told(Management, &[but_portals]), Ok(vec![rule("MFA", &["MicrosoftAdminPortals"])]));

    // Actions and contexts are something else.
    let path = "conditions.applications.includeUserActions";
    let action = bent(applications(json!([])), path, json!(["urn:user:registersecurityinfo"]));
    no(Everyone, action);
    unclear(Everyone, with(path, json!(["urn:user:registerdevice"])), Reason::Undetermined);
    let path = "conditions.applications.includeAuthenticationContextClassReferences";
    no(Everyone, bent(applications(json!([])), path, json!(["c1"])));
    unclear(Everyone, with(path, json!(["c1"])), Reason::Undetermined);

    // Which applications bear an attribute cannot be seen here.
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
        let told = told_in(cloud, &strengths(), Management, &[policy(id)]).unwrap();
        assert_eq!(told.len(), expected, "{cloud:?} {id}");
    }
}

#[test]
fn old_protocols_have_to_be_refused_where_mfa_is_for_new_programs_only() {
    let clients = |policy: Value, types: Value| bent(policy, "conditions.clientAppTypes", types);
    let modern = clients(mfa(), json!(["browser", "mobileAppsAndDesktopClients"]));
    for question in [Everyone, Administrators] {
        no(question, modern.clone());
        let both = told(question, &[modern.clone(), block_legacy()]);
        assert_eq!(both, Ok(vec![rule("MFA + legacy", &[])]));
        let some = bent(block_legacy(), "conditions.users.excludeUsers", json!(["printer"]));
        assert_eq!(
            told(question, &[modern.clone(), some]),
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
    let two = told(LegacyProtocols, &[only("exchangeActiveSync"), only("other")]);
    assert_eq!(two, Ok(vec![rule("MFA + MFA", &[])]));
    assert_eq!(told(LegacyProtocols, &[only("easSupported"), only("other")]), Ok(vec![]));
    // ActiveSync is the protocol of Exchange.
    for exchange in [EXCHANGE, "Office365"] {
        let applications = json!([exchange]);
        let path = "conditions.applications.includeApplications";
        let sync = bent(only("exchangeActiveSync"), path, applications.clone());
        assert_eq!(told(LegacyProtocols, &[sync, only("other")]).unwrap().len(), 1);
        let rest = bent(only("other"), path, applications);
        assert_eq!(told(LegacyProtocols, &[only("exchangeActiveSync"), rest]), Ok(vec![]));
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
fn a_risky_sign_in_takes_mfa_anew() {
    let frequency = |interval: Value| {
        json!({ "signInFrequency": {
            "isEnabled": true, "frequencyInterval": interval, "type": null, "value": null,
            "authenticationType": "primaryAndSecondaryAuthentication",
        } })
    };
    let anew = |policy: Value| bent(policy, "sessionControls", frequency(json!("everyTime")));
    let levels = |levels: Value| with("conditions.signInRiskLevels", levels);
    let risky = || levels(json!(["medium", "High"]));
    yes(RiskySignIns, anew(risky()));
    yes(RiskySignIns, anew(levels(json!(["low", "medium", "high"]))));
    yes(RiskySignIns, anew(mfa()));
    // Whoever did MFA in the session before is let through.
    no(RiskySignIns, risky());
    no(RiskySignIns, bent(risky(), "sessionControls", frequency(json!("timeBased"))));
    no(RiskySignIns, bent(risky(), "sessionControls", frequency(Value::Null)));
    no(
        RiskySignIns,
        bent(anew(risky()), "sessionControls.signInFrequency.isEnabled", json!(false)),
    );
    no(RiskySignIns, anew(levels(json!(["high"]))));
    // Some are refused, others have to prove themselves.
    let refused = bent(levels(json!(["high"])), "grantControls.builtInControls", json!(["block"]));
    let two = told(RiskySignIns, &[refused, anew(levels(json!(["medium"])))]);
    assert_eq!(two, Ok(vec![rule("MFA + MFA", &[])]));
    // The risk of a user is another one.
    no(RiskySignIns, anew(with("conditions.userRiskLevels", json!(["high"]))));

    unclear_risk(bent(risky(), "sessionControls", frequency(json!("often"))), Reason::Undetermined);
    unclear_risk(bent(risky(), "sessionControls", frequency(json!(7))), Reason::Malformed);
    unclear_risk(bent(risky(), "sessionControls", json!("everyTime")), Reason::Malformed);
    unclear_risk(anew(levels(json!(["dire"]))), Reason::Undetermined);
}

#[track_caller]
fn unclear_risk(policy: Value, reason: Reason) {
    assert_eq!(told(RiskySignIns, &[policy]).unwrap_err().reason, reason);
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
fn a_condition_that_nobody_knows_may_narrow_a_policy() {
    unclear(Everyone, with("conditions.moonPhases", json!(["full"])), Reason::Undetermined);
    unclear(
        Everyone,
        with("conditions.times", json!({ "includedRanges": [1] })),
        Reason::Undetermined,
    );
    // Nothing is said, or it is said of the answer itself.
    for nothing in [json!(null), json!([]), json!(""), json!({ "a": [], "b": null })] {
        yes(Everyone, with("conditions.moonPhases", nothing));
    }
    let mut noted = mfa();
    noted["conditions"]["users@odata.type"] = json!("#x");
    yes(Everyone, noted);
    yes(Everyone, with("description", json!("made by somebody")));
    // What is about nobody is about nobody, whatever else it says.
    let nobody = with("conditions.users.includeUsers", json!([SOMEBODY]));
    no(Everyone, bent(nobody, "conditions.moonPhases", json!(["full"])));
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
    // Of one control it is no matter.
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
        let why = told(Everyone, &[named(id)]).unwrap_err();
        assert_eq!((why.action.as_str(), why.target.as_str(), why.reason), (STRENGTHS, id, reason));
    }
    let items = vec![json!({ "displayName": "without an id" })];
    let cut = Strengths::new(Items { items, refused: None });
    let why = told_in(Cloud::Public, &cut, Everyone, &[named("gone")]).unwrap_err();
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
    // That which leaves out fewer is taken.
    let told_of = |policies: &[Value]| told(Management, policies);
    assert_eq!(
        told_of(&[other.clone(), browser.clone(), application.clone()]),
        Ok(vec![rule("a + b", &["u"])])
    );
    // One that is enough alone is told as well.
    assert_eq!(
        told_of(&[mfa(), browser.clone(), application.clone()]),
        Ok(vec![rule("MFA", &[]), rule("a + b", &["u"])])
    );
    // A part that nobody covers is enough to say no, and one that somebody may cover is not.
    let odd = bent(application, "conditions.moonPhases", json!(["full"]));
    assert_eq!(told_of(&[browser.clone(), other]), Ok(vec![]));
    assert_eq!(told_of(std::slice::from_ref(&odd)), Ok(vec![]));
    assert_eq!(told_of(&[odd, browser]).unwrap_err().reason, Reason::Undetermined);
    assert_eq!(told_of(&[]), Ok(vec![]));
}

#[test]
fn a_list_that_was_cut_says_only_what_there_is() {
    let cut = Gap::new(POLICIES, "", Reason::Throttled);
    let strengths = strengths();
    let (good, off) = (mfa(), with("state", json!("disabled")));
    let of = |value| Policy { value, cloud: Cloud::Public, strengths: &strengths };
    assert_eq!(rules::rules(&[of(&good)], Everyone, Some(&cut)).unwrap().len(), 1);
    assert_eq!(rules::rules(&[of(&off)], Everyone, Some(&cut)), Err(cut.clone()));
    assert_eq!(rules::count(&[of(&good), of(&off)], None), Ok(1));
    assert_eq!(rules::count(&[of(&good)], Some(&cut)), Err(cut));
    let odd = with("conditions.moonPhases", json!(["full"]));
    assert_eq!(
        rules::count(&[of(&good), of(&odd)], None).unwrap_err().reason,
        Reason::Undetermined
    );
    let odd = with("state", json!("perhaps"));
    assert_eq!(rules::count(&[of(&odd)], None).unwrap_err().reason, Reason::Undetermined);
    let odd = with("conditions.users.excludeUsers", json!("u"));
    assert_eq!(rules::count(&[of(&odd)], None).unwrap_err().reason, Reason::Malformed);
}

#[test]
fn a_policy_of_no_form_at_all_is_unclear_and_breaks_nothing() {
    for odd in [json!(null), json!([]), json!("x"), json!({}), json!({ "state": "enabled" })] {
        let strengths = strengths();
        let policy = Policy { value: &odd, cloud: Cloud::Public, strengths: &strengths };
        for question in Question::ALL {
            assert!(rules::rules(&[policy], *question, None).is_err(), "{odd} {question:?}");
        }
        assert!(matches!(policy.is_on(), Truth::Unclear(_) | Truth::Yes));
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
        assert_eq!(trusted(&location), expected, "{location}");
    }
}
