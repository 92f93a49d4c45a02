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
fn anyone_may_assume_a_role_that_trusts_the_star() {
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
    // Tags alone do not admit anyone.
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
fn a_federation_without_audience_trusts_tokens_for_other_applications() {
    let github = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    let idp = "arn:aws:iam::111111111111:saml-provider/idp";
    let hub = "token.actions.githubusercontent.com";
    let saml = r#""sts:AssumeRoleWithSAML""#;
    let of = |provider: &str, action: &str, condition: &str| {
        let document = trust(&format!(r#"{{"Federated": "{provider}"}}"#), action, condition);
        document.trusts_federation_without_audience(&HOME).answer()
    };
    let yes = |provider: &str, action: &str, condition: &str| {
        assert_eq!(of(provider, action, condition), Answer::Yes, "{provider} {condition}");
    };
    let no = |provider: &str, action: &str, condition: &str| {
        assert_eq!(of(provider, action, condition), Answer::No, "{provider} {condition}");
    };
    yes(github, WEB, "{}");
    yes(github, WEB, &format!(r#"{{"StringEquals": {{"{hub}:sub": "repo:o/r"}}}}"#));
    // The claim of another provider says nothing.
    yes(github, WEB, r#"{"StringEquals": {"gitlab.com:aud": "sts.amazonaws.com"}}"#);
    for (operator, value) in [
        ("StringLike", r#""*""#),
        ("StringLike", r#"["sts.amazonaws.com", "?*"]"#),
        ("StringNotEquals", r#""other""#),
        ("StringEqualsIfExists", r#""sts.amazonaws.com""#),
        ("ForAllValues:StringEquals", r#""sts.amazonaws.com""#),
        ("Null", r#""false""#),
    ] {
        yes(github, WEB, &format!(r#"{{"{operator}": {{"{hub}:aud": {value}}}}}"#));
    }
    for (operator, value) in [
        ("StringEquals", r#""sts.amazonaws.com""#),
        ("StringEquals", r#"["sts.amazonaws.com", "other"]"#),
        ("StringLike", r#""sts.*""#),
        // Under this operator a star is text.
        ("StringEquals", r#""*""#),
        ("ForAnyValue:StringEquals", r#""sts.amazonaws.com""#),
    ] {
        no(github, WEB, &format!(r#"{{"{operator}": {{"{hub}:aud": {value}}}}}"#));
    }
    no(github, WEB, &format!(r#"{{"StringEquals": {{"{hub}:AUD": "sts.amazonaws.com"}}}}"#));
    no("www.amazon.com", WEB, r#"{"StringEquals": {"www.amazon.com:app_id": "a"}}"#);
    no("graph.facebook.com", WEB, r#"{"StringEquals": {"graph.facebook.com:app_id": "a"}}"#);
    yes(idp, saml, "{}");
    yes(idp, saml, r#"{"StringEquals": {"SAML:iss": "https://idp.example"}}"#);
    no(idp, saml, r#"{"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}"#);
    // What the statement does not allow needs no condition.
    no(idp, WEB, "{}");
    no(github, saml, "{}");
    let open = format!(r#"{{"StringEquals": {{"{hub}:aud": "${{aws:PrincipalTag/app}}"}}}}"#);
    assert!(matches!(of(github, WEB, &open), Answer::Unknown(_)));
}

fn document(statements: &[&str]) -> Document {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    Document::parse(&text).unwrap()
}

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": {action}, "Condition": {condition}}}"#
    )
}

#[test]
fn a_service_is_trusted_without_source() {
    let service = r#"{"Service": ["Lambda.amazonaws.com", "sns.amazonaws.com"]}"#;
    let found = trust(service, ASSUME_ROLE, "{}").trusts_services_without_source(&HOME);
    assert_eq!(found.certain, ["lambda.amazonaws.com", "sns.amazonaws.com"]);
    let bound =
        trust(service, ASSUME_ROLE, r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#);
    assert_eq!(bound.trusts_services_without_source(&HOME).answer(), Answer::No);
}

#[test]
fn services_that_never_name_a_source_are_not_confused_deputies() {
    for service in &WITHOUT_SOURCE {
        let principal = format!(r#"{{"Service": "{service}"}}"#);
        for condition in ["{}", r#"{"StringEquals": {"new:Key": "x"}}"#] {
            let found =
                trust(&principal, ASSUME_ROLE, condition).trusts_services_without_source(&HOME);
            assert_eq!(found.answer(), Answer::No, "{service}");
        }
    }
    let mixed = r#"{"Service": ["ec2.amazonaws.com", "ssm.amazonaws.com"]}"#;
    let found = trust(mixed, ASSUME_ROLE, "{}").trusts_services_without_source(&HOME);
    assert_eq!(found.certain, ["ssm.amazonaws.com"]);
}

#[test]
fn a_role_of_tasks_of_ecs_may_name_the_account_that_ecs_sends() {
    let tasks = r#"{"Service": "ecs-tasks.amazonaws.com"}"#;
    for condition in [
        "{}",
        r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#,
        r#"{"ArnLike": {"aws:SourceArn": "arn:aws:ecs:us-west-2:111111111111:*"}}"#,
    ] {
        let found = trust(tasks, ASSUME_ROLE, condition).trusts_services_without_source(&HOME);
        assert_eq!(found.answer(), Answer::No, "{condition}");
    }
}

#[test]
fn the_guests_of_an_identity_pool_are_anyone() {
    let pool = r#"{"Federated": "cognito-identity.amazonaws.com"}"#;
    let id = "cognito-identity.amazonaws.com";
    let aud = format!(r#""StringEquals": {{"{id}:aud": "eu-west-1:pool"}}"#);
    for (rest, expected) in [
        (String::new(), true),
        (format!(r#", "ForAnyValue:StringLike": {{"{id}:amr": "unauthenticated"}}"#), true),
        (format!(r#", "ForAnyValue:StringLike": {{"{id}:amr": "*authenticated"}}"#), true),
        (format!(r#", "ForAnyValue:StringLike": {{"{id}:amr": "authenticated"}}"#), false),
        (format!(r#", "StringLike": {{"{id}:amr": "authenticated"}}"#), false),
        (format!(r#", "ForAllValues:StringNotEquals": {{"{id}:amr": "unauthenticated"}}"#), false),
        (format!(r#", "StringLike": {{"{id}:sub": "eu-west-1:someone"}}"#), false),
        (format!(r#", "StringLike": {{"{id}:sub": "eu-west-1:*"}}"#), true),
    ] {
        let found = trust(pool, WEB, &format!("{{{aud}{rest}}}")).trusts_anyone(&HOME);
        assert_eq!(found.answer(), Answer::from(expected), "{rest}");
    }
    assert_eq!(trust(pool, WEB, "{}").trusts_anyone(&HOME).answer(), Answer::Yes);
    assert_eq!(trust(pool, ASSUME_ROLE, "{}").trusts_anyone(&HOME).answer(), Answer::No);
    let allow = statement("Allow", &format!(r#""Principal": {pool}"#), WEB, "{}");
    let amr = format!(r#"{{"ForAnyValue:StringEquals": {{"{id}:amr": "unauthenticated"}}}}"#);
    for (principal, condition, expected) in [
        (r#""Principal": "*""#.to_owned(), amr.as_str(), Answer::No),
        (format!(r#""Principal": {pool}"#), "{}", Answer::No),
        (r#""NotPrincipal": {"AWS": "111111111111"}"#.to_owned(), "{}", Answer::No),
        (format!(r#""NotPrincipal": {pool}"#), "{}", Answer::Yes),
        (r#""Principal": {"Federated": "graph.facebook.com"}"#.to_owned(), "{}", Answer::Yes),
    ] {
        let deny = statement("Deny", &principal, WEB, condition);
        let found = document(&[&allow, &deny]).trusts_anyone(&HOME);
        assert_eq!(found.answer(), expected, "{deny}");
    }
}

#[test]
fn the_organization_of_the_role_is_the_own_one() {
    let anyone = r#""Principal": {"AWS": "*"}"#;
    for condition in [
        r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}"#,
        r#"{"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#,
        r#"{"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}"#,
    ] {
        let role = document(&[&statement("Allow", anyone, ASSUME_ROLE, condition)]);
        for membership in [Membership::Of("o-home"), Membership::None, Membership::Unknown] {
            let home = Home { organization: membership, ..HOME };
            assert_eq!(role.trusts_anyone(&home).answer(), Answer::No, "{condition}");
            assert_eq!(role.trusts_accounts(&home).answer(), Answer::No, "{condition}");
        }
        let allow = statement("Allow", anyone, ASSUME_ROLE, "{}");
        let deny =
            statement("Deny", anyone, ASSUME_ROLE, &condition.replace("Equals", "NotEquals"));
        let role = document(&[&allow, &deny]);
        assert_eq!(role.trusts_anyone(&HOME).answer(), Answer::No, "{condition}");
        assert_eq!(role.trusts_accounts(&HOME).answer(), Answer::No, "{condition}");
    }
    // Another variable means nothing, nor does a default that a principal may have.
    for condition in [
        r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:PrincipalTag/org}"}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID, 'o-x'}"}}"#,
        r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceAccount}"}}"#,
        r#"{"StringEqualsIfExists": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#,
        r#"{"StringEquals": {"aws:ResourceOrgID": ["${aws:PrincipalOrgID}", "o-home"]}}"#,
    ] {
        let role = document(&[&statement("Allow", anyone, ASSUME_ROLE, condition)]);
        assert_eq!(role.trusts_anyone(&HOME).answer(), Answer::Yes, "{condition}");
    }
}

#[test]
fn a_deny_unless_the_external_id_is_right_asks_for_proof() {
    let vendor = format!(r#""Principal": {VENDOR}"#);
    let allow = statement("Allow", &vendor, ASSUME_ROLE, "{}");
    for (condition, expected) in [
        (r#"{"StringNotEquals": {"sts:ExternalId": "x"}}"#, Answer::No),
        (r#"{"StringNotEqualsIfExists": {"sts:ExternalId": "x"}}"#, Answer::No),
        (r#"{"StringNotLike": {"sts:ExternalId": "*"}}"#, Answer::Yes),
        (r#"{"Null": {"sts:ExternalId": "true"}}"#, Answer::Yes),
        (r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, Answer::Yes),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-home"}}"#, Answer::No),
        (r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Answer::No),
        (r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#, Answer::Yes),
        (r#"{"StringNotEquals": {"aws:userid": "AROA:x"}}"#, Answer::Yes),
    ] {
        let deny = statement("Deny", r#""Principal": "*""#, r#""sts:*""#, condition);
        let role = document(&[&allow, &deny]);
        assert_eq!(role.trusts_accounts_unconditionally(&HOME).answer(), expected, "{condition}");
    }
    // A proof by negation is none.
    let not = trust(VENDOR, ASSUME_ROLE, r#"{"StringNotEquals": {"sts:ExternalId": "x"}}"#);
    assert_eq!(not.trusts_accounts_unconditionally(&HOME).answer(), Answer::Yes);
}

#[test]
fn a_token_from_the_past_is_nobodys() {
    let anyone = r#"{"AWS": "*"}"#;
    for (condition, expected) in [
        (r#"{"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}"#, Answer::No),
        (r#"{"DateLessThanEquals": {"aws:TokenIssueTime": "2020-01-01"}}"#, Answer::No),
        (r#"{"DateEquals": {"aws:TokenIssueTime": ["2020-01-01", "2021-01-01"]}}"#, Answer::No),
        (r#"{"DateLessThan": {"aws:TokenIssueTime": ["2020-01-01", "2199-01-01"]}}"#, Answer::Yes),
        (r#"{"DateLessThan": {"aws:TokenIssueTime": []}}"#, Answer::Yes),
        (r#"{"DateLessThan": {"aws:TokenIssueTime": "2199-01-01T00:00:00Z"}}"#, Answer::Yes),
        (r#"{"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}"#, Answer::Yes),
        (r#"{"DateNotEquals": {"aws:TokenIssueTime": "2020-01-01"}}"#, Answer::Yes),
        (r#"{"DateLessThanIfExists": {"aws:TokenIssueTime": "2020-01-01"}}"#, Answer::Yes),
        (r#"{"ForAllValues:DateLessThan": {"aws:TokenIssueTime": "2020-01-01"}}"#, Answer::Yes),
    ] {
        let role = trust(anyone, ASSUME_ROLE, condition);
        assert_eq!(role.trusts_anyone(&HOME).answer(), expected, "{condition}");
    }
    let allow = statement("Allow", r#""Principal": "*""#, ASSUME_ROLE, "{}");
    let revoked = statement(
        "Deny",
        r#""Principal": "*""#,
        r#""*""#,
        r#"{"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}"#,
    );
    assert_eq!(document(&[&allow, &revoked]).trusts_anyone(&HOME).answer(), Answer::Yes);
}

#[test]
fn calling_through_a_service_restricts_no_principal() {
    for condition in [
        r#"{"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}"#,
        r#"{"StringEquals": {"aws:CalledViaFirst": "athena.amazonaws.com"}}"#,
        r#"{"StringEquals": {"aws:CalledViaLast": "athena.amazonaws.com"}}"#,
        r#"{"Bool": {"aws:ViaAWSService": "true"}}"#,
        r#"{"Bool": {"aws:ViaAWSService": "false"}}"#,
    ] {
        let role = trust(r#"{"AWS": "*"}"#, ASSUME_ROLE, condition);
        assert_eq!(role.trusts_anyone(&HOME).answer(), Answer::Yes, "{condition}");
        let allow = statement("Allow", r#""Principal": "*""#, ASSUME_ROLE, "{}");
        let deny = statement("Deny", r#""Principal": "*""#, ASSUME_ROLE, condition);
        let role = document(&[&allow, &deny]);
        assert_eq!(role.trusts_anyone(&HOME).answer(), Answer::Yes, "{condition}");
    }
}

/// An example: everyone except two accounts is denied, so that the other of the two is admitted.
#[test]
fn whom_a_deny_spares_may_assume_the_role() {
    let allow = statement("Allow", r#""Principal": {"AWS": "*"}"#, ASSUME_ROLE, "{}");
    for deny in [
        statement(
            "Deny",
            r#""Principal": {"AWS": "*"}"#,
            ASSUME_ROLE,
            r#"{"StringNotEquals": {"aws:PrincipalAccount": ["111111111111", "999999999999"]}}"#,
        ),
        statement(
            "Deny",
            r#""NotPrincipal": {"AWS": ["111111111111", "arn:aws:iam::999999999999:root"]}"#,
            ASSUME_ROLE,
            "{}",
        ),
    ] {
        let role = document(&[&allow, &deny]);
        assert_eq!(role.trusts_anyone(&HOME).answer(), Answer::No, "{deny}");
        assert_eq!(role.trusts_accounts(&HOME).certain, ["999999999999"], "{deny}");
        let unproven = role.trusts_accounts_unconditionally(&HOME);
        assert_eq!(unproven.certain, ["999999999999"], "{deny}");
    }
    let open = document(&[&allow]);
    assert_eq!(open.trusts_accounts(&HOME).certain, ["everyone"]);
    assert_eq!(open.trusts_accounts_unconditionally(&HOME).certain, ["everyone"]);
}

/// A key of the provider that is not compared with a value, and a wildcard, name no one.
#[test]
fn only_a_condition_that_fixes_the_subject_or_the_pool_names_it() {
    let github = "arn:aws:iam::111111111111:oidc-provider/token.actions.githubusercontent.com";
    let hub = "token.actions.githubusercontent.com";
    let pool = "cognito-identity.amazonaws.com";
    for (provider, condition) in [
        (github, format!(r#"{{"Null": {{"{hub}:sub": "false"}}}}"#)),
        (github, format!(r#"{{"Bool": {{"{hub}:sub": "true"}}}}"#)),
        (github, format!(r#"{{"StringEqualsIfExists": {{"{hub}:sub": "repo:o/r"}}}}"#)),
        (github, format!(r#"{{"StringNotEquals": {{"{hub}:sub": "repo:o/r"}}}}"#)),
        (github, format!(r#"{{"ForAllValues:StringEquals": {{"{hub}:sub": "repo:o/r"}}}}"#)),
        (github, format!(r#"{{"StringEquals": {{"{hub}:sub": []}}}}"#)),
        (pool, format!(r#"{{"StringLike": {{"{pool}:aud": "*"}}}}"#)),
        (pool, format!(r#"{{"StringLike": {{"{pool}:aud": "eu-west-1:?"}}}}"#)),
        (pool, format!(r#"{{"StringLike": {{"{pool}:aud": ["eu-west-1:pool", "*"]}}}}"#)),
        (pool, format!(r#"{{"StringEquals": {{"{pool}:aud": "${{aws:username}}"}}}}"#)),
        (pool, format!(r#"{{"StringEqualsIfExists": {{"{pool}:aud": "eu-west-1:pool"}}}}"#)),
        (pool, format!(r#"{{"StringNotEquals": {{"{pool}:aud": "eu-west-1:pool"}}}}"#)),
        (pool, format!(r#"{{"ForAllValues:StringEquals": {{"{pool}:aud": "eu-west-1:pool"}}}}"#)),
        (pool, format!(r#"{{"StringEquals": {{"{pool}:amr": "authenticated"}}}}"#)),
        (pool, format!(r#"{{"Null": {{"{pool}:aud": "false"}}}}"#)),
    ] {
        let role = trust(&format!(r#"{{"Federated": "{provider}"}}"#), WEB, &condition);
        let answer = role.trusts_federation_without_subject(&HOME).answer();
        assert_eq!(answer, Answer::Yes, "{condition}");
    }
}
