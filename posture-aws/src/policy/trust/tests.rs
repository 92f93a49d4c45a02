use super::*;
use crate::policy::Membership;

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };

fn trust(principal: &str, action: &str, condition: &str) -> Document {
    Document::parse(&format!(
        r#"{{"Version": "2012-10-17", "Statement": {{"Effect": "Allow", "Principal": {principal}, "Action": {action}, "Condition": {condition}}}}}"#
    ))
    .unwrap()
}

const ASSUME_ROLE: &str = r#"["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity"]"#;
const WEB: &str = r#""sts:AssumeRoleWithWebIdentity""#;
const VENDOR: &str = r#"{"AWS": "arn:aws:iam::222222222222:root"}"#;

#[test]
fn anyone_may_take_on_a_role_that_trusts_the_star() {
    for (condition, expected) in [
        ("{}", Answer::Yes),
        (r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, Answer::Yes),
        (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, Answer::Yes),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#, Answer::No),
    ] {
        let found = trust(r#"{"AWS": "*"}"#, ASSUME_ROLE, condition).trusts_anyone(&HOME);
        assert_eq!(found.answer(), expected, "{condition}");
    }
    assert_eq!(trust(VENDOR, ASSUME_ROLE, "{}").trusts_anyone(&HOME).answer(), Answer::No);
    // Tags alone are no way in.
    let tags = trust(r#""*""#, r#""sts:TagSession""#, "{}");
    assert_eq!(tags.trusts_anyone(&HOME).answer(), Answer::No);
}

#[test]
fn an_account_outside_has_to_prove_something() {
    for (condition, expected) in [
        ("{}", Some(true)),
        (r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, Some(false)),
        (r#"{"StringLike": {"sts:ExternalId": "*"}}"#, Some(true)),
        (r#"{"StringEqualsIfExists": {"sts:ExternalId": "x"}}"#, Some(true)),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#, Some(false)),
        (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Some(false)),
        (r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#, Some(true)),
        (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, Some(true)),
        (r#"{"StringEquals": {"new:Key": "x"}}"#, None),
    ] {
        let document = trust(VENDOR, ASSUME_ROLE, condition);
        let expected = match expected {
            Some(true) => Answer::Yes,
            Some(false) => Answer::No,
            None => {
                let answer = document.trusts_accounts_unconditionally(&HOME).answer();
                assert!(matches!(answer, Answer::Unknown(_)), "{condition}");
                continue;
            }
        };
        assert_eq!(
            document.trusts_accounts_unconditionally(&HOME).answer(),
            expected,
            "{condition}"
        );
        assert_eq!(document.trusts_accounts(&HOME).certain, ["222222222222"], "{condition}");
    }
    let own = trust(r#"{"AWS": "111111111111"}"#, ASSUME_ROLE, "{}");
    assert_eq!(own.trusts_accounts(&HOME).answer(), Answer::No);
}

#[test]
fn a_federation_without_subject_trusts_every_tenant() {
    let github = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    let cluster = "arn:aws:iam::111111111111:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    let hub = "token.actions.githubusercontent.com";
    let eks = "oidc.eks.eu-west-1.amazonaws.com/id/ABC";
    let like =
        |issuer: &str, sub: &str| format!(r#"{{"StringLike": {{"{issuer}:sub": "{sub}"}}}}"#);
    let mut rows: Vec<(&str, String, Option<bool>)> = vec![
        (github, "{}".to_owned(), Some(true)),
        (
            github,
            format!(r#"{{"StringEquals": {{"{hub}:aud": "sts.amazonaws.com"}}}}"#),
            Some(true),
        ),
        (
            github,
            format!(r#"{{"StringEquals": {{"{hub}:sub": "repo:o/r:ref:refs/heads/main"}}}}"#),
            Some(false),
        ),
        (
            github,
            format!(r#"{{"ForAllValues:StringLike": {{"{hub}:sub": "repo:o/*"}}}}"#),
            Some(true),
        ),
        (github, format!(r#"{{"StringNotLike": {{"{hub}:sub": "repo:o/*"}}}}"#), Some(true)),
        (
            github,
            format!(r#"{{"StringLike": {{"{hub}:sub": ["repo:o/*", "repo:*"]}}}}"#),
            Some(true),
        ),
        ("cognito-identity.amazonaws.com", "{}".to_owned(), Some(true)),
        (
            "cognito-identity.amazonaws.com",
            r#"{"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}}"#
                .to_owned(),
            Some(false),
        ),
        ("arn:aws:iam::111111111111:saml-provider/idp", "{}".to_owned(), Some(false)),
    ];
    for (sub, open) in [
        ("repo:o/*", Some(false)),
        ("repo:o/r:*", Some(false)),
        ("repo:o*", Some(true)),
        ("repo:*", Some(true)),
        ("repo:*/r:*", Some(true)),
        ("*", Some(true)),
        ("repo:/*", Some(true)),
    ] {
        rows.push((github, like(hub, sub), open));
    }
    for (sub, open) in [
        ("system:serviceaccount:ns:*", Some(false)),
        ("system:serviceaccount:*", None),
        ("*", Some(true)),
        ("abc*", None),
    ] {
        rows.push((cluster, like(eks, sub), open));
    }
    for (provider, condition, expected) in rows {
        let document = trust(&format!(r#"{{"Federated": "{provider}"}}"#), WEB, &condition);
        let answer = document.trusts_federation_without_subject(&HOME).answer();
        match expected {
            Some(expected) => assert_eq!(answer, Answer::from(expected), "{provider} {condition}"),
            None => {
                assert!(matches!(answer, Answer::Unknown(_)), "{provider} {condition} {answer:?}")
            }
        }
    }
}

#[test]
fn a_service_is_trusted_without_source() {
    let service = r#"{"Service": ["Lambda.amazonaws.com", "ec2.amazonaws.com"]}"#;
    let found = trust(service, ASSUME_ROLE, "{}").trusts_services_without_source(&HOME);
    assert_eq!(found.certain, ["ec2.amazonaws.com", "lambda.amazonaws.com"]);
    let bound =
        trust(service, ASSUME_ROLE, r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#);
    assert_eq!(bound.trusts_services_without_source(&HOME).answer(), Answer::No);
}
