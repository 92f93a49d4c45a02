use super::*;

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };
const UNKNOWN_ORG: Home<'static> = Home { organization: Membership::Unknown, ..HOME };

fn policy(statements: &[&str]) -> Document {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    Document::parse(&text).unwrap()
}

fn statement(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": {action}, "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}"#
    )
}

const ANYONE: &str = r#""Principal": "*""#;
const GET: &str = r#""s3:GetObject""#;

fn public(statements: &[String]) -> Answer {
    let list: Vec<&str> = statements.iter().map(String::as_str).collect();
    policy(&list).public(&HOME, &["s3:GetObject"]).answer()
}

#[test]
fn the_star_in_any_spelling_is_public_and_so_is_allow_with_not_principal() {
    for principal in [
        ANYONE,
        r#""Principal": {"AWS": "*"}"#,
        r#""Principal": {"AWS": ["111111111111", "*"]}"#,
        r#""NotPrincipal": {"AWS": "222222222222"}"#,
        r#""Principal": {"Federated": "graph.facebook.com"}"#,
    ] {
        assert_eq!(public(&[statement("Allow", principal, GET, "{}")]), Answer::Yes, "{principal}");
    }
    for principal in [
        r#""Principal": {"AWS": "222222222222"}"#,
        r#""Principal": {"AWS": []}"#,
        r#""Principal": {"Service": "s3.amazonaws.com"}"#,
        r#""NotPrincipal": "*""#,
        r#""Principal": {"Federated": "arn:aws:iam::111111111111:saml-provider/idp"}"#,
        r#""Principal": {"CanonicalUser": "abc"}"#,
    ] {
        assert_eq!(public(&[statement("Allow", principal, GET, "{}")]), Answer::No, "{principal}");
    }
}

#[test]
fn action_names_are_case_insensitive_globs() {
    for (action, expected) in [
        (r#""S3:getobject""#, Answer::Yes),
        (r#""s3:G*""#, Answer::Yes),
        (r#""s3:Get?bject""#, Answer::Yes),
        (r#""*""#, Answer::Yes),
        (r#""*:*""#, Answer::Yes),
        (r#"["ec2:*", "s3:*"]"#, Answer::Yes),
        (r#""s3:PutObject""#, Answer::No),
        (r#"[]"#, Answer::No),
    ] {
        assert_eq!(public(&[statement("Allow", ANYONE, action, "{}")]), expected, "{action}");
    }
    let but =
        |action: &str| statement("Allow", ANYONE, action, "{}").replace("Action", "NotAction");
    assert_eq!(public(&[but(r#""s3:PutObject""#)]), Answer::Yes);
    assert_eq!(public(&[but(r#""s3:get*""#)]), Answer::No);
}

#[test]
fn a_deny_subtracts_what_it_takes_from_every_stranger() {
    let open = || statement("Allow", ANYONE, GET, "{}");
    let deny = |condition: &str| statement("Deny", ANYONE, r#""s3:*""#, condition);
    for (condition, expected) in [
        ("{}", Some(Answer::No)),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-home"}}"#, Some(Answer::No)),
        (r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Some(Answer::No)),
        (
            r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-home"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#,
            Some(Answer::No),
        ),
        (r#"{"Bool": {"aws:SecureTransport": "false"}}"#, Some(Answer::Yes)),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-other"}}"#, Some(Answer::Yes)),
        (
            r#"{"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-home/"}}"#,
            Some(Answer::Yes),
        ),
        (r#"{"StringEquals": {"new:Key": "x"}}"#, None),
    ] {
        let answer = public(&[open(), deny(condition)]);
        match expected {
            Some(expected) => assert_eq!(answer, expected, "{condition}"),
            None => assert!(matches!(answer, Answer::Unknown(_)), "{condition}: {answer:?}"),
        }
    }
    // A Deny of a part leaves the rest.
    let part = deny("{}").replace("b/*", "b/secret/*");
    assert_eq!(public(&[open(), part.clone()]), Answer::Yes);
    assert_eq!(public(&[open().replace("b/*", "b/secret/a"), part]), Answer::No);
    let all_but = deny("{}").replace("\"Resource\"", "\"NotResource\"").replace("b/*", "b/site/*");
    assert_eq!(public(&[open(), all_but.clone()]), Answer::Yes);
    assert_eq!(public(&[open().replace("b/*", "b/secret/*"), all_but]), Answer::No);
    let one = statement("Deny", r#""Principal": {"AWS": "222222222222"}"#, r#""*""#, "{}");
    assert_eq!(public(&[open(), one]), Answer::Yes);
}

#[test]
fn any_action_at_all_is_asked_for_with_an_empty_list() {
    let any = |statements: &[String]| {
        let list: Vec<&str> = statements.iter().map(String::as_str).collect();
        policy(&list).public(&HOME, &[]).answer()
    };
    let open = statement("Allow", ANYONE, r#"["s3:Get*", "s3:List*"]"#, "{}");
    assert_eq!(any(std::slice::from_ref(&open)), Answer::Yes);
    let deny = |action: &str| statement("Deny", ANYONE, action, "{}");
    assert_eq!(any(&[open.clone(), deny(r#""s3:Get*""#)]), Answer::Yes);
    assert_eq!(any(&[open.clone(), deny(r#""s3:Get*""#), deny(r#""s3:L*""#)]), Answer::No);
    assert_eq!(any(&[open, deny(r#""*""#)]), Answer::No);
}

#[test]
fn a_public_statement_is_named_and_others_are_not() {
    let found = policy(&[
        r#"{"Sid": "Mine", "Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "s3:*", "Resource": "*"}"#,
        r#"{"Sid": "Everyone", "Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}"#,
    ])
    .public(&HOME, &["s3:GetObject"]);
    assert_eq!(found.certain, ["statement `Everyone`"]);
}

#[test]
fn accounts_outside_are_found_in_principals_and_in_conditions() {
    for (principal, condition, expected) in [
        (r#""Principal": {"AWS": "222222222222"}"#, "{}", vec!["222222222222"]),
        (r#""Principal": {"AWS": "arn:aws:iam::222222222222:root"}"#, "{}", vec!["222222222222"]),
        (
            r#""Principal": {"AWS": ["arn:aws:iam::333333333333:role/r", "arn:aws:sts::222222222222:assumed-role/r/s"]}"#,
            "{}",
            vec!["222222222222", "333333333333"],
        ),
        (r#""Principal": {"AWS": "arn:aws:iam::111111111111:user/u"}"#, "{}", vec![]),
        (r#""Principal": {"AWS": "AROAEXAMPLEDELETED"}"#, "{}", vec![]),
        (r#""Principal": {"Service": "s3.amazonaws.com"}"#, "{}", vec![]),
        (
            ANYONE,
            r#"{"StringEquals": {"aws:PrincipalAccount": ["111111111111", "222222222222"]}}"#,
            vec!["222222222222"],
        ),
        (
            ANYONE,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::222222222222:role/*"}}"#,
            vec!["222222222222"],
        ),
        (
            ANYONE,
            r#"{"StringEquals": {"kms:CallerAccount": "222222222222"}}"#,
            vec!["222222222222"],
        ),
        (ANYONE, r#"{"StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#, vec![]),
        (
            ANYONE,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-other"}}"#,
            vec!["organization `o-other`"],
        ),
        // The named account is not the caller's.
        (
            r#""Principal": {"AWS": "222222222222"}"#,
            r#"{"StringEquals": {"aws:PrincipalAccount": "333333333333"}}"#,
            vec![],
        ),
    ] {
        let found =
            policy(&[&statement("Allow", principal, GET, condition)]).external_accounts(&HOME);
        assert_eq!(found.certain, expected, "{principal} {condition}");
        assert!(found.undecided.is_empty(), "{principal} {condition}: {found:?}");
    }
    let org = statement("Allow", ANYONE, GET, r#"{"StringEquals": {"aws:PrincipalOrgID": "o-x"}}"#);
    let canonical = statement("Allow", r#""Principal": {"CanonicalUser": "abc"}"#, GET, "{}");
    for open in [org, canonical] {
        let found = policy(&[&open]).external_accounts(&UNKNOWN_ORG);
        assert!(matches!(found.answer(), Answer::Unknown(_)), "{open}: {found:?}");
    }
}

#[test]
fn a_deny_takes_an_account_out() {
    let allow = statement("Allow", r#""Principal": {"AWS": "222222222222"}"#, GET, "{}");
    for (deny, expected) in [
        (statement("Deny", ANYONE, r#""*""#, "{}"), Answer::No),
        (statement("Deny", r#""Principal": {"AWS": "222222222222"}"#, r#""*""#, "{}"), Answer::No),
        (statement("Deny", r#""Principal": {"AWS": "333333333333"}"#, r#""*""#, "{}"), Answer::Yes),
        (
            statement(
                "Deny",
                ANYONE,
                r#""*""#,
                r#"{"StringNotEquals": {"aws:PrincipalAccount": "111111111111"}}"#,
            ),
            Answer::No,
        ),
        (
            statement("Deny", ANYONE, r#""*""#, r#"{"Bool": {"aws:SecureTransport": "false"}}"#),
            Answer::Yes,
        ),
    ] {
        let found = policy(&[&allow, &deny]).external_accounts(&HOME);
        assert_eq!(found.answer(), expected, "{deny}");
    }
}

#[test]
fn a_service_without_source_is_a_confused_deputy() {
    let service = r#""Principal": {"Service": "sns.amazonaws.com"}"#;
    for (condition, expected) in [
        ("{}", Answer::Yes),
        (r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#, Answer::No),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111111111111:*"}}"#, Answer::No),
        (r#"{"StringEquals": {"aws:SourceOrgID": "o-home"}}"#, Answer::No),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}"#, Answer::Yes),
        (r#"{"StringEqualsIfExists": {"aws:SourceAccount": "111111111111"}}"#, Answer::Yes),
        (r#"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#, Answer::Yes),
    ] {
        let found =
            policy(&[&statement("Allow", service, GET, condition)]).services_without_source(&HOME);
        assert_eq!(found.answer(), expected, "{condition}");
        if expected.is_yes() {
            assert_eq!(found.certain, ["sns.amazonaws.com"]);
        }
    }
    let deny = r#"{"StringNotEquals": {"aws:SourceAccount": "111111111111"}, "Bool": {"aws:PrincipalIsAWSService": "true"}}"#;
    let both = policy(&[
        &statement("Allow", service, GET, "{}"),
        &statement("Deny", ANYONE, r#""s3:*""#, deny),
    ]);
    assert_eq!(both.services_without_source(&HOME).answer(), Answer::No);
    let any = statement("Allow", ANYONE, GET, r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#);
    assert_eq!(policy(&[&any]).services_without_source(&HOME).certain, ["every service"]);
}

/// Whoever writes can name any key, so that this tells nobody from anybody, although S3's own documentation once had it among
/// the conditions that make a policy non-public.
#[test]
fn a_condition_on_the_key_of_encryption_lets_anyone_in() {
    let condition = r#"{"StringEquals": {"s3:x-amz-server-side-encryption-aws-kms-key-id": "arn:aws:kms:eu-west-1:111111111111:key/k"}}"#;
    assert_eq!(public(&[statement("Allow", ANYONE, GET, condition)]), Answer::Yes);
}

/// The actions that only a star or nothing but `NotAction` grants are there, though no pattern names one of them.
#[test]
fn what_a_deny_leaves_of_every_action_is_public() {
    let any = |list: &[String]| {
        let list: Vec<&str> = list.iter().map(String::as_str).collect();
        policy(&list).public(&HOME, &[]).answer()
    };
    let all = |effect: &str, actions: &str| {
        format!(
            r#"{{"Effect": "{effect}", "Principal": "*", {actions}, "Resource": "*", "Condition": {{}}}}"#
        )
    };
    let deny = |action: &str| all("Deny", &format!(r#""Action": "{action}""#));
    for allow in [r#""Action": "*""#, r#""NotAction": "s3:*""#, r#""NotAction": "kms:Decrypt""#] {
        let allow = all("Allow", allow);
        assert_eq!(any(std::slice::from_ref(&allow)), Answer::Yes, "{allow}");
        assert_eq!(any(&[allow.clone(), deny("s3:*")]), Answer::Yes, "{allow}");
        assert_eq!(any(&[allow.clone(), deny("*")]), Answer::No, "{allow}");
        assert_eq!(any(&[allow.clone(), deny("*:*")]), Answer::No, "{allow}");
    }
}
