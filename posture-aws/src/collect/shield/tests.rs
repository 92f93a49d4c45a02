use posture_model::gap::Reason;
use posture_model::scope::Scope;
use posture_model::wanted::Wanted;

use super::*;
use crate::fake::Fake;

const STATE: &str = "GetSubscriptionState";
const LIST: &str = "ListProtections";

async fn protected(fake: &Fake) -> (Fact<Option<Vec<String>>>, Scope) {
    let scope = fake.collect(&Wanted::of(&[Account::FLOOD_PROTECTED], &[])).await;
    (scope.account.flood_protected.clone(), scope)
}

fn active() -> Fake {
    Fake::default().answer(STATE, 200, r#"{"SubscriptionState":"ACTIVE"}"#)
}

#[tokio::test]
async fn an_account_without_a_subscription_is_asked_no_further() {
    let fake = Fake::default().answer(STATE, 200, r#"{"SubscriptionState":"INACTIVE"}"#);
    assert_eq!(protected(&fake).await.0, Known(None));
    assert_eq!(fake.count(LIST), 0);
    let shield = fake.seen().into_iter().find(|request| request.action == STATE).unwrap();
    assert_eq!(shield.signed, "us-east-1/shield");
    assert!(fake.hosts().iter().any(|host| host == "shield.us-east-1.amazonaws.com"));
}

#[tokio::test]
async fn what_is_protected_is_listed_page_by_page() {
    let page = |arn: &str, next: &str| {
        format!(r#"{{"Protections":[{{"Id":"1","ResourceArn":"{arn}"}}]{next}}}"#)
    };
    let fake = active().answer(LIST, 200, page("arn:b", r#","NextToken":"t""#)).answer(
        LIST,
        200,
        page("arn:a", ""),
    );
    let all = vec!["arn:a".to_owned(), "arn:b".to_owned()];
    assert_eq!(protected(&fake).await.0, Known(Some(all)));
    let none = active().answer(LIST, 200, r#"{"Protections":[]}"#);
    assert_eq!(protected(&none).await.0, Known(Some(Vec::new())));
}

#[tokio::test]
async fn what_is_denied_or_makes_no_sense_is_unknown() {
    let denied = |action| active().json_error(action, 403, "AccessDeniedException", "no");
    for (fake, action, reason) in [
        (
            Fake::default().json_error(STATE, 403, "AccessDeniedException", "no"),
            SUBSCRIPTION.name,
            Reason::Denied,
        ),
        (Fake::default().answer(STATE, 200, "{}"), SUBSCRIPTION.name, Reason::Malformed),
        (
            Fake::default().answer(STATE, 200, r#"{"SubscriptionState":"PAUSED"}"#),
            SUBSCRIPTION.name,
            Reason::Unsupported,
        ),
        (denied(LIST), PROTECTIONS.name, Reason::Denied),
        (active().answer(LIST, 200, "{}"), PROTECTIONS.name, Reason::Malformed),
        (
            active().answer(LIST, 200, r#"{"Protections":[{"Id":"1"}]}"#),
            PROTECTIONS.name,
            Reason::Malformed,
        ),
        (
            active().json_error(LIST, 400, "ResourceNotFoundException", "no"),
            PROTECTIONS.name,
            Reason::Unsupported,
        ),
    ] {
        let (fact, scope) = protected(&fake).await;
        let gap = scope.gap(fact.gap().unwrap()).unwrap();
        assert_eq!((gap.action.as_str(), gap.reason), (action, reason));
    }
}
