//! What holds for every set of policies, held against each sign-in of a small world one by one.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::members::Unread;
use super::policy::Policy;
use super::question::{ADMINISTRATORS, Question};
use super::region::{Atom, Members};
use super::rules;
use super::strength::Strengths;
use super::truth::Truth;
use crate::cloud::Cloud;

const USERS: &[&str] =
    &["aaaaaaaa-0000-4000-8000-000000000001", "aaaaaaaa-0000-4000-8000-000000000002"];
const GROUPS: &[&str] =
    &["bbbbbbbb-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"];
const ROLES: &[&str] = &[ADMINISTRATORS.items()[0], "cccccccc-0000-4000-8000-000000000001"];
const TYPES: &[&str] = &["internalGuest", "b2bCollaborationGuest"];
const APPLICATIONS: &[&str] =
    &["dddddddd-0000-4000-8000-000000000001", "dddddddd-0000-4000-8000-000000000002"];
const PLATFORMS: &[&str] = &["linux", "iOS"];
const PLACES: &[&str] = &["AllTrusted"];
const SOMEWHERE: &str = "eeeeeeee-0000-4000-8000-000000000001";
/// Clients that cannot show that a device is compliant, so that a policy that requires one blocks them as a policy that requires
/// MFA does.
const LEGACY: &[&str] = &["exchangeActiveSync", "other"];
const CLIENTS: &[&str] = &["browser", "mobileAppsAndDesktopClients", "exchangeActiveSync", "other"];
const EXCHANGE: &str = "00000002-0000-0ff1-ce00-000000000000";

/// What a policy includes and excludes, as sets of words; everything, where the first is none.
#[derive(Clone, Debug, Default)]
struct Words {
    included: Option<BTreeSet<&'static str>>,
    excluded: BTreeSet<&'static str>,
}

#[derive(Clone, Debug)]
struct Small {
    /// Users, groups, roles and types of guests alike.
    people: Words,
    applications: Words,
    platforms: Words,
    places: Words,
    clients: Option<BTreeSet<&'static str>>,
    on: bool,
    strong: bool,
}

/// One sign-in: the sets that it is in, of each dimension.
#[derive(Clone, Debug)]
struct SignIn {
    people: BTreeSet<&'static str>,
    applications: BTreeSet<&'static str>,
    platforms: BTreeSet<&'static str>,
    places: BTreeSet<&'static str>,
    client: &'static str,
}

/// The sets that each of the users is in.
type World = Vec<BTreeSet<&'static str>>;

struct FromWorld<'w>(&'w World);

impl Members for FromWorld<'_> {
    fn has(&self, user: &str, set: &Atom<'_>) -> Truth {
        let place = USERS.iter().position(|id| *id == user).unwrap();
        self.0[place].contains(set.name).into()
    }
}

fn people() -> Vec<&'static str> {
    [USERS, GROUPS, ROLES, TYPES].concat()
}

fn some(of: Vec<&'static str>, most: usize) -> impl Strategy<Value = BTreeSet<&'static str>> {
    prop::collection::btree_set(prop::sample::select(of), 0..=most)
}

fn words(of: Vec<&'static str>, most: usize) -> impl Strategy<Value = Words> {
    let included = prop::option::weighted(0.4, some(of.clone(), most));
    (included, some(of, most)).prop_map(|(included, excluded)| Words { included, excluded })
}

fn small() -> impl Strategy<Value = Small> {
    let narrow = |of: &'static [&'static str]| prop_oneof![3 => Just(Words::default()), 1 => words(of.to_vec(), 2)];
    let clients = prop::option::weighted(0.3, some(CLIENTS.to_vec(), 3));
    let flags = (prop::bool::weighted(0.9), prop::bool::weighted(0.9));
    (words(people(), 3), narrow(APPLICATIONS), narrow(PLATFORMS), narrow(PLACES), clients, flags)
        .prop_map(|(people, applications, platforms, places, clients, (on, strong))| {
            // These two lists mean everything where they are empty, and a policy about no program is none.
            let full = |set: &Option<BTreeSet<_>>| set.as_ref().is_none_or(|set| !set.is_empty());
            let fix = |words: Words| if full(&words.included) { words } else { Words::default() };
            let clients = clients.filter(|clients| !clients.is_empty());
            let (platforms, places) = (fix(platforms), fix(places));
            Small { people, applications, platforms, places, clients, on, strong }
        })
}

/// A user is in groups and roles, and is a member or a guest of one type.
fn world() -> impl Strategy<Value = World> {
    let user = (some([GROUPS, ROLES].concat(), 4), prop::option::of(prop::sample::select(TYPES)));
    let user = user.prop_map(|(mut sets, guest)| {
        sets.extend(guest);
        sets
    });
    prop::collection::vec(user, USERS.len())
}

fn value(small: &Small, number: usize) -> Value {
    let list = |words: &BTreeSet<&'static str>, of: &[&'static str]| -> Vec<String> {
        words.iter().filter(|word| of.contains(word)).map(|word| (*word).to_owned()).collect()
    };
    let none = BTreeSet::new();
    let included = small.people.included.as_ref().unwrap_or(&none);
    let mut users = list(included, USERS);
    if small.people.included.is_none() {
        users.push("All".to_owned());
    }
    let guests = |words: &BTreeSet<&'static str>| match list(words, TYPES).join(",") {
        types if types.is_empty() => Value::Null,
        types => {
            json!({ "guestOrExternalUserTypes": types, "externalTenants": { "membershipKind": "all" } })
        }
    };
    let out = &small.people.excluded;
    let or = |words: &Words, all: &str| match &words.included {
        None => vec![all.to_owned()],
        Some(included) => included.iter().map(|word| (*word).to_owned()).collect(),
    };
    let clients = small.clients.clone().unwrap_or_else(|| ["all"].into());
    json!({
        "id": number.to_string(), "displayName": format!("p{number}"),
        "state": if small.on { "enabled" } else { "enabledForReportingButNotEnforced" },
        "conditions": {
            "clientAppTypes": clients, "signInRiskLevels": [], "userRiskLevels": [],
            "users": {
                "includeUsers": users, "includeGroups": list(included, GROUPS), "includeRoles": list(included, ROLES),
                "includeGuestsOrExternalUsers": guests(included),
                "excludeUsers": list(out, USERS), "excludeGroups": list(out, GROUPS), "excludeRoles": list(out, ROLES),
                "excludeGuestsOrExternalUsers": guests(out),
            },
            "applications": {
                "includeApplications": or(&small.applications, "All"),
                "excludeApplications": small.applications.excluded,
            },
            "platforms": {
                "includePlatforms": or(&small.platforms, "all"), "excludePlatforms": small.platforms.excluded,
            },
            "locations": {
                "includeLocations": or(&small.places, "All"), "excludeLocations": small.places.excluded,
            },
        },
        "grantControls": {
            "operator": "OR", "builtInControls": [if small.strong { "mfa" } else { "compliantDevice" }],
        },
    })
}

fn subsets(of: &[&'static str]) -> Vec<BTreeSet<&'static str>> {
    (0..1_u32 << of.len())
        .map(|bits| {
            let chosen = of.iter().enumerate().filter(|(place, _)| bits >> place & 1 == 1);
            chosen.map(|(_, word)| *word).collect()
        })
        .collect()
}

/// Every possible sign-in: those of the users, and of any other user in any groups and roles.
fn sign_ins(world: &World) -> Vec<SignIn> {
    let mut everybody: Vec<BTreeSet<&str>> = Vec::new();
    for sets in subsets(&[GROUPS, ROLES].concat()) {
        everybody.push(sets.clone());
        everybody.extend(TYPES.iter().map(|guest| sets.iter().copied().chain([*guest]).collect()));
    }
    for (user, sets) in USERS.iter().zip(world) {
        everybody.push(sets.iter().copied().chain([*user]).collect());
    }
    let mut all = Vec::new();
    for people in everybody {
        for client in CLIENTS {
            let exchange: BTreeSet<&str> = [EXCHANGE].into();
            let applications = match *client {
                "exchangeActiveSync" => vec![exchange],
                _ => vec![[].into(), [APPLICATIONS[0]].into(), [APPLICATIONS[1]].into()],
            };
            for applications in applications {
                for platform in [None, Some(PLATFORMS[0]), Some(PLATFORMS[1])] {
                    for places in subsets(PLACES) {
                        all.push(SignIn {
                            people: people.clone(),
                            applications: applications.clone(),
                            platforms: platform.into_iter().collect(),
                            places,
                            client,
                        });
                    }
                }
            }
        }
    }
    all
}

fn fits(words: &Words, sets: &BTreeSet<&str>) -> bool {
    words.included.as_ref().is_none_or(|included| !included.is_disjoint(sets))
        && words.excluded.is_disjoint(sets)
}

fn covers(small: &Small, sign_in: &SignIn) -> bool {
    small.on
        && (small.strong || LEGACY.contains(&sign_in.client))
        && small.clients.as_ref().is_none_or(|clients| clients.contains(sign_in.client))
        && fits(&small.people, &sign_in.people)
        && fits(&small.applications, &sign_in.applications)
        && fits(&small.platforms, &sign_in.platforms)
        && fits(&small.places, &sign_in.places)
}

fn is_in_question(question: Question, sign_in: &SignIn) -> bool {
    question == Question::Everyone || sign_in.people.contains(ADMINISTRATORS.items()[0])
}

/// The verdict of a control that accepts some exclusions: 2 passes, 1 is unknown, 0 fails.
fn verdict(
    policies: &[Value],
    question: Question,
    members: &dyn Members,
    accepted: &BTreeSet<&str>,
) -> u8 {
    let strengths = Strengths::default();
    let of = |value| Policy { value, cloud: Cloud::Public, strengths: &strengths };
    let policies: Vec<Policy<'_>> = policies.iter().map(of).collect();
    let Ok(answer) = rules::rules(&policies, question, None, members) else { return 1 };
    let is_accepted = |id: &String| accepted.contains(id.as_str());
    if answer.rules.iter().any(|rule| rule.excluded.iter().all(is_accepted)) {
        return 2;
    }
    let open = |rule: &posture_model::resource::SignInRule| {
        let left = |id: &&String| !is_accepted(id);
        rule.excluded.iter().filter(left).all(|id| rule.undecided.contains(id))
    };
    if answer.rules.iter().any(open) { 1 } else { 0 }
}

fn values(all: &[Small]) -> Vec<Value> {
    all.iter().enumerate().map(|(number, small)| value(small, number)).collect()
}

/// Whether every sign-in is covered by some policy, or is by an accepted user.
fn is_covered(all: &[Small], question: Question, world: &World, accepted: &BTreeSet<&str>) -> bool {
    let of = sign_ins(world);
    let mut of = of.iter().filter(|sign_in| is_in_question(question, sign_in));
    of.all(|sign_in| {
        let sets = [&sign_in.people, &sign_in.applications, &sign_in.places];
        all.iter().any(|small| covers(small, sign_in))
            || sets.iter().any(|set| !set.is_disjoint(accepted))
    })
}

/// The places of a value, with the names that lead to each.
fn places(value: &Value, path: &str) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut add = |pointer: String, name: &str, inner: &Value| {
        all.push((pointer.clone(), format!("{path}/{name}")));
        all.extend(
            places(inner, &format!("{path}/{name}"))
                .into_iter()
                .map(|(inner, names)| (format!("{pointer}{inner}"), names)),
        );
    };
    match value {
        Value::Object(map) => map.iter().for_each(|(name, inner)| {
            add(format!("/{}", name.replace('~', "~0").replace('/', "~1")), name, inner);
        }),
        Value::Array(items) => items.iter().enumerate().for_each(|(place, inner)| {
            add(format!("/{place}"), "[]", inner);
        }),
        _ => {}
    }
    all
}

/// What is done to a place.
const WAYS: [&str; 8] =
    ["removed", "null", "text", "number", "flag", "object", "list of null", "spelled"];

/// A value with one place damaged; none if the damage makes no difference of type.
fn damaged(value: &Value, place: &str, way: &str) -> Option<Value> {
    let mut value = value.clone();
    let there = value.pointer(place)?.clone();
    let new = match way {
        "removed" | "spelled" => {
            let (above, name) = place.rsplit_once('/')?;
            let map = value.pointer_mut(above)?.as_object_mut()?;
            let old = map.remove(name)?;
            if way == "spelled" {
                map.insert(name.to_ascii_uppercase(), old);
            }
            return Some(value);
        }
        "null" => (!there.is_null()).then_some(Value::Null),
        "text" => (!there.is_string()).then(|| json!("damaged")),
        "number" => (!there.is_number()).then(|| json!(7)),
        "flag" => (!there.is_boolean()).then_some(Value::Bool(true)),
        "object" => (!there.is_object()).then(|| json!({ "damaged": true })),
        _ => Some(json!([null])),
    }?;
    *value.pointer_mut(place)? = new;
    Some(value)
}

/// What a policy may leave out unharmed, and then is about more or demands less, and why: the references do not call it
/// required.
///
/// - conditions: <https://learn.microsoft.com/graph/api/resources/conditionalaccessconditionset>, which requires
///   `applications`, `clientAppTypes`, `signInRiskLevels`, `userRiskLevels` and one of `users` and `clientApplications`;
/// - users: <https://learn.microsoft.com/graph/api/resources/conditionalaccessusers>;
/// - applications: <https://learn.microsoft.com/graph/api/resources/conditionalaccessapplications>;
/// - devices: <https://learn.microsoft.com/graph/api/resources/conditionalaccessdevices>;
/// - controls: <https://learn.microsoft.com/graph/api/resources/conditionalaccessgrantcontrols>.
const MAY_BE_LEFT_OUT: &[(&str, &str)] = &[
    ("/conditions/platforms", "`null` in the answers of a policy about every platform"),
    ("/conditions/locations", "`null` in the answers of a policy about every place"),
    ("/conditions/devices", "`null` in the answers of a policy about every device"),
    ("/conditions/servicePrincipalRiskLevels", "about workloads alone, and not required"),
    ("/conditions/insiderRiskLevels", "`null` in the answers of a policy about every user"),
    ("/conditions/authenticationFlows", "`null` in the answers of a policy about every flow"),
    ("/conditions/clientApplications", "required only where there are no `users`"),
    (
        "/conditions/clientApplications/includeServicePrincipals",
        "a policy about agents names none, and one about nobody is about users",
    ),
    ("/conditions/users/excludeUsers", "a policy may exclude nobody"),
    ("/conditions/users/excludeGroups", "a policy may exclude nobody"),
    ("/conditions/users/excludeRoles", "a policy may exclude nobody"),
    ("/conditions/users/excludeGuestsOrExternalUsers", "optionally populated"),
    ("/conditions/applications/excludeApplications", "a policy may exclude nothing"),
    ("/conditions/applications/applicationFilter", "a policy may go without a filter"),
    ("/conditions/applications/includeUserActions", "a policy is about applications or actions"),
    (
        "/conditions/applications/includeAuthenticationContextClassReferences",
        "a policy is about applications or contexts",
    ),
    ("/conditions/platforms/excludePlatforms", "a policy may exclude nothing"),
    ("/conditions/locations/excludeLocations", "a policy may exclude nothing"),
    ("/conditions/devices/includeDevices", "not in the reference, which has the filter alone"),
    ("/conditions/devices/excludeDevices", "not in the reference, which has the filter alone"),
    ("/conditions/devices/deviceFilter", "among the optional properties of its reference"),
    // Of two controls that are joined by OR the other one is left.
    ("/grantControls/builtInControls", "among the optional properties of its reference"),
    ("/grantControls/customAuthenticationFactors", "among the optional properties"),
    ("/grantControls/termsOfUse", "among the optional properties of its reference"),
    ("/grantControls/authenticationStrength", "optional, by its reference"),
];

fn may_be_left_out(names: &str) -> bool {
    MAY_BE_LEFT_OUT.iter().any(|(path, _)| *path == names)
}

/// What is wrong with the outcomes for policies, one of which has one damaged field, of those that `takes` picks.
fn reversed(
    policies: &[Value],
    which: usize,
    members: &dyn Members,
    mut takes: impl FnMut() -> bool,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let no_users = BTreeSet::new();
    let of = |policies: &[Value]| {
        Question::ALL
            .iter()
            .map(|question| verdict(policies, *question, members, &no_users))
            .collect::<Vec<u8>>()
    };
    let before = of(policies);
    for (place, names) in places(&policies[which], "") {
        for way in WAYS {
            // To omit a field that may be omitted is not damage.
            if matches!(way, "removed" | "null") && may_be_left_out(&names) || !takes() {
                continue;
            }
            let Some(policy) = damaged(&policies[which], &place, way) else { continue };
            let mut after = policies.to_vec();
            after[which] = policy;
            for ((question, one), two) in Question::ALL.iter().zip(&before).zip(of(&after)) {
                // What says less than it did may fail.
                let less = matches!(way, "removed" | "null") && two == 0;
                if two != *one && two != 1 && !less {
                    wrong.push(format!("{place} {way} {question:?}: {one} {two}"));
                }
            }
        }
    }
    wrong
}

/// A policy with every possible setting, one part after the other.
fn eloquent() -> Vec<Value> {
    let mfa = json!({ "operator": "OR", "builtInControls": ["mfa"] });
    let strength = json!({
        "operator": "AND", "builtInControls": ["compliantDevice"], "customAuthenticationFactors": [],
        "termsOfUse": ["terms"],
        "authenticationStrength": { "id": "1", "requirementsSatisfied": "mfa" }
    });
    let either = json!({
        "operator": "OR", "builtInControls": ["mfa", "compliantDevice"],
        "authenticationStrength": { "id": "1", "requirementsSatisfied": "none" }
    });
    let block = json!({ "operator": "OR", "builtInControls": ["block"] });
    let frequency =
        json!({ "signInFrequency": { "isEnabled": true, "frequencyInterval": "everyTime" } });
    let narrow: Vec<(&str, Value)> = vec![
        ("platforms", json!({ "includePlatforms": ["linux"], "excludePlatforms": ["iOS"] })),
        ("platforms", json!({ "includePlatforms": ["linux"], "excludePlatforms": [] })),
        ("locations", json!({ "includeLocations": [SOMEWHERE], "excludeLocations": [] })),
        ("locations", json!({ "includeLocations": ["All"], "excludeLocations": ["AllTrusted"] })),
        ("devices", json!({ "deviceFilter": { "mode": "exclude", "rule": "device.x" } })),
        ("devices", json!({ "includeDevices": ["All"], "excludeDevices": ["Compliant"] })),
        ("signInRiskLevels", json!(["high", "medium"])),
        ("userRiskLevels", json!(["high"])),
        ("servicePrincipalRiskLevels", json!(["high"])),
        ("insiderRiskLevels", json!("minor,elevated")),
        ("authenticationFlows", json!({ "transferMethods": "deviceCodeFlow" })),
        ("clientApplications", json!({ "includeServicePrincipals": ["x"] })),
    ];
    let mut conditions: Vec<Value> = narrow
        .into_iter()
        .map(|(name, value)| {
            let mut all = json!({
                "clientAppTypes": ["all"], "users": { "includeUsers": ["All"] },
                "applications": { "includeApplications": ["All"] },
            });
            all[name] = value;
            all
        })
        .collect();
    conditions.push(json!({
        "clientAppTypes": ["exchangeActiveSync", "other"],
        "users": {
            "includeUsers": ["All", USERS[0]], "includeGroups": [GROUPS[0]], "includeRoles": [ROLES[0]],
            "includeGuestsOrExternalUsers": {
                "guestOrExternalUserTypes": "internalGuest,b2bCollaborationGuest",
                "externalTenants": { "membershipKind": "all" }
            },
            "excludeUsers": [USERS[1]], "excludeGroups": [GROUPS[1]], "excludeRoles": [ROLES[1]],
            "excludeGuestsOrExternalUsers": {
                "guestOrExternalUserTypes": "b2bCollaborationGuest",
                "externalTenants": { "membershipKind": "enumerated", "members": ["t"] }
            }
        },
        "applications": {
            "includeApplications": ["All"], "excludeApplications": [APPLICATIONS[0]],
            "applicationFilter": { "mode": "exclude", "rule": "x" }
        }
    }));
    conditions.push(json!({
        "clientAppTypes": ["all"], "users": { "includeRoles": ADMINISTRATORS.iter().collect::<Vec<_>>() },
        "applications": { "includeApplications": ["All"] },
    }));
    conditions.push(json!({
        "clientAppTypes": ["all"], "users": { "includeUsers": ["All"] },
        "applications": { "includeUserActions": ["urn:user:registerdevice"] },
    }));
    conditions.push(json!({
        "clientAppTypes": ["all"], "users": { "includeUsers": ["All"] },
        "applications": { "includeApplications": ["All"] },
    }));
    // What every answer holds.
    for condition in &mut conditions {
        for levels in ["signInRiskLevels", "userRiskLevels"] {
            if condition[levels].is_null() {
                condition[levels] = json!([]);
            }
        }
    }
    let mut all = Vec::new();
    for conditions in conditions {
        for grants in [&mfa, &strength, &either, &block] {
            for state in ["enabled", "disabled"] {
                if state == "disabled" && grants != &mfa {
                    continue;
                }
                all.push(json!({
                    "id": all.len().to_string(), "displayName": "p", "state": state,
                    "conditions": conditions, "grantControls": grants, "sessionControls": frequency,
                }));
            }
        }
    }
    all
}

#[test]
fn no_damaged_field_of_a_policy_reverses_a_verdict() {
    // All of the damages are tried where many cases are asked for.
    let every = if cases().cases > 1000 { 1 } else { 16 };
    let mut place = 0;
    for policy in eloquent() {
        let takes = || {
            place += 1;
            place % every == 0
        };
        let wrong = reversed(std::slice::from_ref(&policy), 0, &Unread, takes);
        assert!(wrong.is_empty(), "{policy:#}: {wrong:#?}");
    }
}

fn cases() -> ProptestConfig {
    let cases = ProptestConfig::with_cases(crate::cases::cases(48));
    ProptestConfig { failure_persistence: None, ..cases }
}

fn tenant() -> impl Strategy<Value = Vec<Small>> {
    prop::collection::vec(small(), 1..5)
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn policies_cover_everybody_exactly_where_each_sign_in_is_covered(all in tenant(), world in world()) {
        let values = values(&all);
        let no_users = BTreeSet::new();
        let answer = verdict(&values, Question::Everyone, &FromWorld(&world), &no_users);
        let covered = is_covered(&all, Question::Everyone, &world, &no_users);
        prop_assert_eq!(answer, if covered { 2 } else { 0 });
    }

    #[test]
    fn what_is_accepted_closes_the_holes_that_it_makes(all in tenant(), world in world(), accepted in some([people(), vec![APPLICATIONS[0], "AllTrusted"]].concat(), 4)) {
        let values = values(&all);
        let answer = verdict(&values, Question::Everyone, &FromWorld(&world), &accepted);
        prop_assert_ne!(answer, 1);
        let covered = is_covered(&all, Question::Everyone, &world, &accepted);
        prop_assert!(answer == 0 || covered);
        // The other way round, where an accepted entry is not a user by another name.
        let by_group = accepted.iter().any(|id| !USERS.contains(id) && !TYPES.contains(id));
        let guests = world.iter().any(|sets| sets.iter().any(|set| TYPES.contains(set)));
        if !by_group && !guests {
            prop_assert_eq!(answer == 2, covered);
        }
    }

    #[test]
    fn holders_of_roles_are_covered_only_where_each_of_them_is(all in tenant(), world in world()) {
        // Of the roles that matter this world has one; the others are covered like it.
        let mut all = all;
        for small in &mut all {
            small.people.included = small.people.included.take().filter(|set| !set.contains(ROLES[0]));
            small.people.excluded.remove(ROLES[0]);
        }
        let values = values(&all);
        let no_users = BTreeSet::new();
        let answer = verdict(&values, Question::Administrators, &FromWorld(&world), &no_users);
        let covered = is_covered(&all, Question::Administrators, &world, &no_users);
        prop_assert!(answer != 2 || covered);
    }

    #[test]
    fn what_is_not_known_is_not_a_certain_answer(all in tenant(), world in world()) {
        let values = values(&all);
        let no_users = BTreeSet::new();
        let unread = verdict(&values, Question::Everyone, &Unread, &no_users);
        let read = verdict(&values, Question::Everyone, &FromWorld(&world), &no_users);
        prop_assert!(unread == 1 || unread == read, "{} {}", unread, read);
    }

    #[test]
    fn one_more_policy_makes_no_verdict_worse(all in tenant(), more in small(), world in world(), accepted in some(people(), 3)) {
        let before = values(&all);
        let mut after = before.clone();
        after.push(value(&more, 9));
        let members: [&dyn Members; 2] = [&Unread, &FromWorld(&world)];
        for question in Question::ALL {
            for members in members {
                let one = verdict(&before, *question, members, &accepted);
                let two = verdict(&after, *question, members, &accepted);
                prop_assert!(two >= one, "{:?} {} {}", question, one, two);
            }
        }
    }

    #[test]
    fn excluding_more_makes_no_verdict_better(all in tenant(), more in prop::sample::select(people()), which in any::<prop::sample::Index>(), world in world(), accepted in some(people(), 3)) {
        let before = values(&all);
        let mut wider = all.clone();
        wider[which.index(all.len())].people.excluded.insert(more);
        let after = values(&wider);
        let members: [&dyn Members; 2] = [&Unread, &FromWorld(&world)];
        for question in Question::ALL {
            for members in members {
                let one = verdict(&before, *question, members, &accepted);
                let two = verdict(&after, *question, members, &accepted);
                prop_assert!(two <= one, "{:?} {} {}", question, one, two);
            }
        }
    }

    #[test]
    fn no_damaged_field_of_one_of_several_policies_reverses_a_verdict(all in tenant(), which in any::<prop::sample::Index>(), damage in 0_usize..400, world in world()) {
        let values = values(&all);
        // One of the damages that there are.
        let mut place = 0;
        let takes = || {
            place += 1;
            place == damage + 1
        };
        let wrong = reversed(&values, which.index(all.len()), &FromWorld(&world), takes);
        prop_assert!(wrong.is_empty(), "{:#?}", wrong);
    }

    #[test]
    fn the_order_of_policies_decides_nothing(all in tenant(), world in world(), accepted in some(people(), 3)) {
        let before = values(&all);
        let mut after = before.clone();
        after.reverse();
        for question in Question::ALL {
            let of = |values: &[Value]| verdict(values, *question, &FromWorld(&world), &accepted);
            prop_assert_eq!(of(&before), of(&after));
        }
    }
}
