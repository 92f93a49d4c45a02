//! Which types are there, from the answers of a subscription.

use posture_model::resource::Kind;
use serde_json::json;

use super::super::answers::value_of;
use super::super::recorded::scopes;
use super::*;

const ID: &str = "aaaaaaaa-0000-4000-8000-000000000001";

#[test]
fn each_type_is_read_by_the_action_of_its_name() {
    assert_eq!(OF_AZURE.len(), READ_BY.len());
    for (kind, action) in OF_AZURE.iter().zip(READ_BY) {
        assert_eq!(format!("{kind}/read"), action.name.to_ascii_lowercase());
        assert!(action.fills.contains(&Account::RESOURCE_TYPES), "{}", action.name);
    }
    assert!(OF_AZURE.is_sorted());
}

#[test]
fn without_any_one_of_the_actions_no_absence_is_known() {
    for action in READ_BY {
        let scenario = json!({
            "subscriptions": [{ "id": ID, "name": "s", "resources": [] }],
            "not_actions": [action.name],
        });
        let all = scopes(&scenario, &[Account::RESOURCE_TYPES], &[Kind::Account]);
        let scope = all.into_iter().find(|scope| scope.id == ID).unwrap();
        assert_eq!(value_of(&scope.account, "resource_types"), json!("gap"), "{}", action.name);
        let denied = |gap: &posture_model::gap::Gap| gap.action == action.name;
        assert!(scope.gaps.iter().any(denied), "{:?}", scope.gaps);
    }
}

#[test]
fn a_type_is_there_or_it_is_not() {
    let resources =
        json!([{ "type": "Microsoft.Web/sites", "name": "shop", "group": "g", "properties": {} }]);
    let scenario = json!({ "subscriptions": [{ "id": ID, "name": "s", "resources": resources }] });
    let read = |facts: &[_]| {
        let all = scopes(&scenario, facts, &[Kind::Account]);
        all.into_iter().find(|scope| scope.id == ID).unwrap()
    };
    let scope = read(&[Account::RESOURCE_TYPES]);
    let types = scope.account.resource_types.known().unwrap();
    assert_eq!(types.len(), OF_AZURE.len());
    for (kind, there) in types {
        assert_eq!(*there, kind == "microsoft.web/sites", "{kind}");
    }
    // What else those rows are good for is not collected with it.
    assert_eq!(value_of(&scope.account, "web_apps"), json!("gap"));
    assert_eq!(value_of(&read(&[Account::WEB_APPS]).account, "resource_types"), json!("gap"));
}
