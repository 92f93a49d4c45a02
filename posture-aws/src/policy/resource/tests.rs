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

/// A caller can send any value of this key, so that it distinguishes no one, although S3's documentation once had it among
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

fn external(statements: &[String], home: &Home<'_>) -> Found {
    let list: Vec<&str> = statements.iter().map(String::as_str).collect();
    policy(&list).external_accounts(home)
}

/// A principal that a Deny exempts is listed like one that an Allow names, by each key that names callers.
#[test]
fn whom_a_deny_for_everyone_else_spares_is_listed() {
    let open = statement("Allow", ANYONE, GET, "{}");
    let every = r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}}"#;
    for (operator, key, own, other, listed) in [
        ("StringNotEquals", "aws:PrincipalAccount", "111111111111", "999999999999", "999999999999"),
        ("StringNotLike", "aws:PrincipalAccount", "111111111111", "999999999999", "999999999999"),
        ("StringNotEquals", "kms:CallerAccount", "111111111111", "999999999999", "999999999999"),
        (
            "ArnNotLike",
            "aws:PrincipalArn",
            "arn:aws:iam::111111111111:role/*",
            "arn:aws:iam::999999999999:role/x",
            "999999999999",
        ),
        (
            "StringNotLikeIfExists",
            "aws:PrincipalArn",
            "arn:aws:iam::111111111111:role/*",
            "arn:aws:iam::999999999999:role/*",
            "999999999999",
        ),
        ("StringNotEquals", "aws:PrincipalOrgID", "o-home", "o-other", "organization `o-other`"),
        (
            "ForAllValues:StringNotLike",
            "aws:PrincipalOrgPaths",
            "o-home/*",
            "o-other/r-1/*",
            "organization `o-other`",
        ),
        ("StringNotEquals", "aws:VpceAccount", "111111111111", "999999999999", "999999999999"),
        ("StringNotEquals", "aws:VpceOrgID", "o-home", "o-other", "organization `o-other`"),
        (
            "StringNotEquals",
            "s3:DataAccessPointAccount",
            "111111111111",
            "999999999999",
            "999999999999",
        ),
        ("StringNotEquals", "aws:userid", "111111111111", "999999999999", "999999999999"),
    ] {
        let deny = |values: &str| {
            let condition = format!(r#"{{"{operator}": {{"{key}": {values}}}}}"#);
            statement("Deny", ANYONE, r#""*""#, &condition)
        };
        let both = deny(&format!(r#"["{own}", "{other}"]"#));
        let found = external(&[open.clone(), both], &HOME);
        if key == "aws:userid" {
            // Whether other keys of the account have this ID is unknown here.
            assert!(!found.answer().is_no(), "{key}");
        } else {
            assert_eq!(found.certain, [listed], "{key}");
        }
        let mine = external(&[open.clone(), deny(&format!(r#""{own}""#))], &HOME);
        assert_eq!(mine.answer(), Answer::No, "{key}: {mine:?}");
        // A second Deny may take it out again.
        let closed = statement("Deny", ANYONE, r#""*""#, every);
        let found =
            external(&[open.clone(), deny(&format!(r#"["{own}", "{other}"]"#)), closed], &HOME);
        assert_eq!(found.answer(), Answer::No, "{key}");
    }
}

#[test]
fn whom_not_principal_spares_is_listed() {
    let open = statement("Allow", ANYONE, GET, "{}");
    let deny =
        |list: &str| statement("Deny", &format!(r#""NotPrincipal": {list}"#), r#""*""#, "{}");
    for (list, expected) in [
        (r#"{"AWS": "111111111111"}"#, vec![]),
        (r#"{"AWS": ["111111111111", "999999999999"]}"#, vec!["999999999999"]),
        (r#"{"AWS": "arn:aws:iam::999999999999:root"}"#, vec!["999999999999"]),
        (r#"{"AWS": "arn:aws:iam::999999999999:role/x"}"#, vec!["999999999999"]),
        (r#"{"Federated": "arn:aws:iam::999999999999:saml-provider/x"}"#, vec!["999999999999"]),
        (r#"{"Federated": "arn:aws:iam::111111111111:saml-provider/x"}"#, vec![]),
        (r#"{"Service": "sns.amazonaws.com"}"#, vec![]),
        (r#""*""#, vec!["everyone"]),
    ] {
        let found = external(&[open.clone(), deny(list)], &HOME);
        assert_eq!(found.certain, expected, "{list}");
        assert!(found.undecided.is_empty(), "{list}: {found:?}");
    }
    let canonical = external(&[open.clone(), deny(r#"{"CanonicalUser": "abc"}"#)], &HOME);
    assert!(matches!(canonical.answer(), Answer::Unknown(_)));
    // An account that an Allow names comes in if a Deny spares it, and only then.
    let named = statement("Allow", r#""Principal": {"AWS": "222222222222"}"#, GET, "{}");
    let found = external(&[named.clone(), deny(r#"{"AWS": "222222222222"}"#)], &HOME);
    assert_eq!(found.certain, ["222222222222"]);
    let found = external(&[named.clone(), deny(r#"{"AWS": "999999999999"}"#)], &HOME);
    assert_eq!(found.answer(), Answer::No);
    let found = external(&[named.clone(), deny(r#""*""#)], &HOME);
    assert_eq!(found.certain, ["222222222222"]);
    // A Deny of no particular principal, of a service, a federation or a canonical user excludes no stranger.
    for principal in [
        r#""Principal": {"AWS": []}"#,
        r#""Principal": {"Service": "sns.amazonaws.com"}"#,
        r#""Principal": {"Federated": "graph.facebook.com"}"#,
        r#""Principal": {"CanonicalUser": "abc"}"#,
        r#""NotPrincipal": "*""#,
    ] {
        let deny = statement("Deny", principal, r#""*""#, "{}");
        assert_eq!(public(&[open.clone(), deny.clone()]), Answer::Yes, "{principal}");
        let found = external(&[named.clone(), deny], &HOME);
        assert_eq!(found.certain, ["222222222222"], "{principal}");
    }
}

#[test]
fn an_allow_with_not_principal_lists_whom_its_conditions_fix() {
    let but = |list: &str, condition: &str| {
        statement("Allow", &format!(r#""NotPrincipal": {list}"#), GET, condition)
    };
    let other = r#"{"StringEquals": {"aws:PrincipalAccount": "999999999999"}}"#;
    let list = |statement: String| external(&[statement], &HOME).certain;
    assert_eq!(list(but(r#"{"AWS": "222222222222"}"#, other)), ["999999999999"]);
    assert_eq!(
        list(but(r#"{"AWS": "arn:aws:iam::999999999999:role/x"}"#, other)),
        ["999999999999"]
    );
    assert_eq!(list(but(r#"{"AWS": "999999999999"}"#, other)), [""; 0]);
    assert_eq!(list(but(r#""*""#, other)), [""; 0]);
    assert_eq!(list(but(r#"{"AWS": "222222222222"}"#, "{}")), ["everyone"]);
}

#[test]
fn what_is_open_to_everyone_is_open_to_other_accounts_and_services() {
    let open = statement("Allow", ANYONE, GET, "{}");
    assert_eq!(external(std::slice::from_ref(&open), &HOME).certain, ["everyone"]);
    let services = policy(&[&open]).services_without_source(&HOME);
    assert_eq!(services.certain, ["every service"]);
    let maybe = statement("Allow", ANYONE, GET, r#"{"StringEquals": {"new:Key": "x"}}"#);
    assert!(matches!(external(&[maybe], &HOME).answer(), Answer::Unknown(_)));
    for condition in [
        r#"{"StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#,
        r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
        r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
        r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#,
        r#"{"StringEquals": {"kms:CallerAccount": "111111111111"}}"#,
        r#"{"StringEquals": {"s3:DataAccessPointAccount": "111111111111"}}"#,
        r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}, "StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#,
    ] {
        let closed = statement("Allow", ANYONE, GET, condition);
        let (services, accounts) =
            (policy(&[&closed]).services_without_source(&HOME), external(&[closed], &HOME));
        assert_eq!(services.answer(), Answer::No, "{condition}");
        assert_eq!(accounts.answer(), Answer::No, "{condition}");
    }
}

#[test]
fn a_service_that_acts_for_another_account_lets_that_account_in() {
    let service = r#""Principal": {"Service": "sns.amazonaws.com"}"#;
    for (condition, expected) in [
        (r#"{"StringEquals": {"aws:SourceAccount": "999999999999"}}"#, vec!["999999999999"]),
        (r#"{"StringEquals": {"aws:SourceOwner": "999999999999"}}"#, vec!["999999999999"]),
        (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:999999999999:*"}}"#, vec!["999999999999"]),
        (r#"{"StringEquals": {"aws:SourceOrgID": "o-other"}}"#, vec!["organization `o-other`"]),
        (r#"{"StringLike": {"aws:SourceOrgPaths": "o-other/*"}}"#, vec!["organization `o-other`"]),
        (
            r#"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:999999999999:trail/*"}}"#,
            vec!["999999999999"],
        ),
        (r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#, vec![]),
        (r#"{"StringEquals": {"aws:SourceAccount": "${aws:ResourceAccount}"}}"#, vec![]),
        (r#"{"StringEquals": {"aws:SourceOrgID": "o-home"}}"#, vec![]),
        (
            r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}, "ArnLike": {"aws:SourceArn": "arn:aws:s3:::b"}}"#,
            vec![],
        ),
        ("{}", vec![]),
    ] {
        let found = external(&[statement("Allow", service, GET, condition)], &HOME);
        assert_eq!(found.certain, expected, "{condition}");
        assert!(found.undecided.is_empty(), "{condition}: {found:?}");
    }
    let bucket = r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::theirs"}}"#;
    let found = external(&[statement("Allow", service, GET, bucket)], &HOME);
    assert!(matches!(found.answer(), Answer::Unknown(_)), "{found:?}");
    // Principals that a Deny exempts count here as well.
    let open = statement("Allow", service, GET, "{}");
    let deny = statement(
        "Deny",
        ANYONE,
        r#""*""#,
        r#"{"StringNotEquals": {"aws:SourceAccount": ["111111111111", "999999999999"]}}"#,
    );
    assert_eq!(external(&[open.clone(), deny], &HOME).certain, ["999999999999"]);
    let unknown = r#"{"StringEquals": {"aws:SourceOrgID": "o-other"}}"#;
    let found = external(&[statement("Allow", service, GET, unknown)], &UNKNOWN_ORG);
    assert!(found.depends_on(OWN_ORGANIZATION));
}

#[test]
fn a_service_that_a_deny_spares_is_listed() {
    let open = statement("Allow", ANYONE, GET, "{}");
    let services = |statements: &[&str]| policy(statements).services_without_source(&HOME);
    let deny = |principal: &str, condition: &str| statement("Deny", principal, r#""*""#, condition);
    // Everyone but the organization and services.
    let both = r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-home"}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}"#;
    assert_eq!(services(&[&open, &deny(ANYONE, both)]).certain, ["every service"]);
    let org = r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-home"}}"#;
    assert_eq!(services(&[&open, &deny(ANYONE, org)]).answer(), Answer::No);
    let name = r#"{"StringNotEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}}"#;
    assert_eq!(services(&[&open, &deny(ANYONE, name)]).certain, ["sns.amazonaws.com"]);
    let but = |list: &str| format!(r#""NotPrincipal": {list}"#);
    let spared = but(r#"{"Service": "SNS.amazonaws.com"}"#);
    let found = services(&[&open, &deny(&spared, "{}")]);
    assert_eq!(found.certain, ["sns.amazonaws.com"]);
    let none = but(r#"{"AWS": "111111111111"}"#);
    assert_eq!(services(&[&open, &deny(&none, "{}")]).answer(), Answer::No);
    // A service that an Allow names.
    let named = statement("Allow", r#""Principal": {"Service": "sns.amazonaws.com"}"#, GET, "{}");
    assert_eq!(services(&[&named, &deny(&spared, "{}")]).certain, ["sns.amazonaws.com"]);
    let other = but(r#"{"Service": "sqs.amazonaws.com"}"#);
    assert_eq!(services(&[&named, &deny(&other, "{}")]).answer(), Answer::No);
    assert_eq!(services(&[&named, &deny(&but(r#""*""#), "{}")]).certain, ["sns.amazonaws.com"]);
    let it = r#""Principal": {"Service": "sns.amazonaws.com"}"#;
    assert_eq!(services(&[&named, &deny(it, "{}")]).answer(), Answer::No);
    let it = r#""Principal": {"Service": "sqs.amazonaws.com"}"#;
    assert_eq!(services(&[&named, &deny(it, "{}")]).certain, ["sns.amazonaws.com"]);
    // Names in conditions on everyone.
    for (condition, expected) in [
        (
            r#"{"StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}}"#,
            "sns.amazonaws.com",
        ),
        (r#"{"StringLike": {"aws:PrincipalServiceName": "s*"}}"#, "every service"),
        (
            r#"{"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": "sns.amazonaws.com"}}"#,
            "sns.amazonaws.com",
        ),
    ] {
        let statement = statement("Allow", ANYONE, GET, condition);
        assert_eq!(services(&[&statement]).certain, [expected], "{condition}");
    }
}

/// Each action is sorted: no grant to everyone is neither a reading nor a writing one.
#[test]
fn every_action_of_storage_is_read_or_write() {
    for (action, read, write) in [
        ("s3:GetObject", true, false),
        ("s3:ListBucketMultipartUploads", true, false),
        ("s3:GetBucketPolicy", true, false),
        ("s3:PutLifecycleConfiguration", false, true),
        ("s3:PutObjectVersionAcl", false, true),
        ("s3:PutBucketTagging", false, true),
        ("s3:BypassGovernanceRetention", false, true),
        ("s3:NewAction", true, true),
        ("s3:*", true, true),
        ("*", true, true),
        ("s3:*Object", true, true),
        ("s3:*Acl", true, true),
    ] {
        let open = on("Allow", &format!("\"{action}\""), BUCKET_AND_OBJECTS);
        let document = policy(&[&open]);
        for (access, expected) in [(Access::Read, read), (Access::Write, write)] {
            let answer = document.public_storage(&HOME, access).answer();
            assert_eq!(answer, Answer::from(expected), "{action} {access:?}");
        }
        assert_eq!(document.public(&HOME, &[]).answer(), Answer::Yes, "{action}");
        let deny = on("Deny", &format!("\"{action}\""), BUCKET_AND_OBJECTS);
        let closed = policy(&[&open, &deny]);
        for access in [Access::Read, Access::Write] {
            assert_eq!(closed.public_storage(&HOME, access).answer(), Answer::No, "{action}");
        }
    }
    let all = statement("Allow", ANYONE, r#""s3:*""#, "{}");
    let gets = statement("Deny", ANYONE, r#"["s3:Get*", "s3:List*"]"#, "{}");
    let both = policy(&[&all, &gets]);
    assert_eq!(both.public_storage(&HOME, Access::Write).answer(), Answer::Yes);
}

/// A statement that grants nothing admits no one.
#[test]
fn an_allow_of_nothing_is_not_public() {
    let any = |element: &str| {
        let text = format!(r#"{{"Effect": "Allow", "Principal": "*", {element}}}"#);
        policy(&[&text]).public(&HOME, &[]).answer()
    };
    for (element, expected) in [
        (r#""Action": [], "Resource": "*""#, Answer::No),
        (r#""Action": "s3:*", "Resource": []"#, Answer::No),
        (r#""NotAction": ["*", "s3:Get*"], "Resource": "*""#, Answer::No),
        (r#""Action": "s3:*", "NotResource": ["*", "arn:aws:s3:::b"]"#, Answer::No),
        (r#""NotAction": "s3:Get*", "Resource": "*""#, Answer::Yes),
        (r#""Action": "s3:*", "NotResource": "arn:aws:s3:::b""#, Answer::Yes),
        (r#""Action": "s3:*", "Resource": ["arn:aws:s3:::a", "arn:aws:s3:::b"]"#, Answer::Yes),
    ] {
        assert_eq!(any(element), expected, "{element}");
    }
    // One of several resources is left.
    let allow = r#"{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::b/x", "arn:aws:s3:::b/y"]}"#;
    let deny = r#"{"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/x"}"#;
    assert_eq!(policy(&[allow, deny]).public(&HOME, &["s3:GetObject"]).answer(), Answer::Yes);
}

#[test]
fn what_is_not_an_account_is_not_listed_as_one() {
    for condition in [
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::aws:role/x"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::11111111111:role/x"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::11111111111x:role/x"}}"#,
        r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/x"}}"#,
        r#"{"StringNotEquals": {"aws:PrincipalAccount": "999999999999"}, "StringEquals": {"aws:PrincipalOrgID": "o-home"}}"#,
    ] {
        let found = external(&[statement("Allow", ANYONE, GET, condition)], &HOME);
        assert_eq!(found.answer(), Answer::No, "{condition}: {found:?}");
    }
    let provider = r#""Principal": {"Federated": "arn:aws:iam::999999999999:saml-provider/x"}"#;
    let found = external(&[statement("Allow", provider, GET, "{}")], &HOME);
    assert_eq!(found.certain, ["999999999999"]);
    let role = r#"{"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#;
    assert!(!external(&[statement("Allow", ANYONE, GET, role)], &HOME).answer().is_no());
}

fn on(effect: &str, action: &str, resource: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", "Principal": "*", "Action": {action}, "Resource": {resource}}}"#
    )
}

const BUCKET: &str = r#""arn:aws:s3:::b""#;
const OBJECTS: &str = r#""arn:aws:s3:::b/*""#;
const BUCKET_AND_OBJECTS: &str = r#"["arn:aws:s3:::b", "arn:aws:s3:::b/*"]"#;

#[test]
fn an_action_is_granted_on_resources_of_its_kind_only() {
    let key = r#""arn:aws:kms:eu-west-1:111111111111:key/k""#;
    let alias = r#""arn:aws:kms:eu-west-1:111111111111:alias/a""#;
    let point = r#""arn:aws:s3:eu-west-1:111111111111:accesspoint/p""#;
    let behind = r#""arn:aws:s3:eu-west-1:111111111111:accesspoint/p/object/*""#;
    for (action, resource, expected) in [
        (GET, OBJECTS, true),
        (GET, BUCKET, false),
        (GET, r#""*""#, true),
        (GET, r#""arn:aws:s3:::b*""#, true),
        (GET, point, false),
        (GET, behind, true),
        (r#""s3:GetObject*""#, BUCKET, false),
        (r#""s3:ListBucket""#, OBJECTS, false),
        (r#""s3:ListBucket""#, BUCKET, true),
        (r#""s3:ListBucket""#, point, true),
        (r#""s3:List*""#, OBJECTS, true),
        (r#""s3:*""#, BUCKET, true),
        (r#""s3:*""#, OBJECTS, true),
        // What is not known counts for whatever is named.
        (r#""s3:FlyToTheMoon""#, OBJECTS, true),
        (r#""s3:FlyToTheMoon""#, BUCKET, true),
        (r#""*""#, BUCKET, true),
        (r#""kms:Decrypt""#, key, true),
        (r#""kms:Decrypt""#, alias, false),
        (r#""kms:ListKeys""#, r#""*""#, false),
        (r#""kms:*""#, r#""*""#, true),
    ] {
        let policy = policy(&[&on("Allow", action, resource)]);
        let found = policy.public(&HOME, &[]).answer();
        assert_eq!(found, Answer::from(expected), "{action} on {resource}");
    }
}

#[test]
fn a_deny_on_the_objects_leaves_an_action_on_objects_nothing() {
    for (action, deny, denied, expected) in [
        (GET, GET, OBJECTS, false),
        (GET, GET, BUCKET, true),
        (r#""s3:GetObject*""#, r#""s3:Get*""#, OBJECTS, false),
        // The bucket is left.
        (r#""s3:*""#, r#""s3:*""#, OBJECTS, true),
        (r#""s3:*""#, r#""s3:*""#, BUCKET, true),
        (r#""s3:*""#, r#""s3:*""#, BUCKET_AND_OBJECTS, false),
        (r#"["s3:GetObject", "s3:ListBucket"]"#, r#""s3:*""#, OBJECTS, true),
        (r#"["s3:GetObject", "s3:ListBucket"]"#, r#""s3:*""#, BUCKET, true),
    ] {
        let policy = policy(&[&on("Allow", action, BUCKET_AND_OBJECTS), &on("Deny", deny, denied)]);
        for found in [policy.public(&HOME, &[]), policy.public_storage(&HOME, Access::Read)] {
            assert_eq!(found.answer(), Answer::from(expected), "{action} less {deny} on {denied}");
        }
    }
}

/// Known actions represent the unknown ones of their own service, and of no other.
#[test]
fn a_deny_on_the_resources_of_one_service_leaves_those_of_another() {
    let topic = r#""arn:aws:sns:eu-west-1:111111111111:t""#;
    let both = r#"["arn:aws:sns:eu-west-1:111111111111:t", "arn:aws:s3:::b/*"]"#;
    for (action, denied, expected) in [
        (r#"["sns:Publish", "s3:GetObject"]"#, OBJECTS, true),
        (r#"["sns:*", "s3:GetObject"]"#, OBJECTS, true),
        (r#"["sns:Publish", "s3:GetObject"]"#, topic, true),
        (r#""s3:GetObject""#, OBJECTS, false),
        // What it is about is not known: the objects as well.
        (r#""sns:Publish""#, topic, true),
        (r#""sns:Publish""#, both, false),
        (r#"["sns:Publish", "s3:GetObject"]"#, both, false),
    ] {
        let policy = policy(&[&on("Allow", action, both), &on("Deny", r#""*""#, denied)]);
        let found = policy.public(&HOME, &[]).answer();
        assert_eq!(found.is_yes(), expected, "{action} less {denied}: {found:?}");
    }
}

#[test]
fn an_action_that_no_deny_is_about_is_public_however_complex_the_deny_is() {
    let evil = format!(r#""kms:*a{}b""#, "?".repeat(40));
    let any = |allowed: &str| {
        let policy = policy(&[&on("Allow", allowed, r#""*""#), &on("Deny", &evil, r#""*""#)]);
        policy.public(&HOME, &[]).answer()
    };
    assert_eq!(any(GET), Answer::Yes);
    assert_eq!(any(r#"["sns:Publish", "kms:*a"]"#), Answer::Yes);
}

#[test]
fn more_kinds_of_actions_than_are_looked_at_leave_it_open() {
    let list = |letters: &str| {
        let all: Vec<String> = letters.chars().map(|c| format!(r#""sns:*{c}*""#)).collect();
        format!("[{}]", all.join(", "))
    };
    let any = |letters: &str| {
        let all = list(letters);
        let policy = policy(&[&on("Allow", &all, r#""*""#), &on("Deny", &all, r#""*""#)]);
        policy.public(&HOME, &[]).answer()
    };
    assert_eq!(any("abcd"), Answer::No);
    assert!(matches!(any("abcdefghijk"), Answer::Unknown(_)));
}

/// If a request for a known action can reach something, the answer includes it; if none can, it does not.
#[test]
fn the_kinds_of_resources_hide_no_grant() {
    let actions = [
        r#""*""#,
        r#""s3:*""#,
        r#""s3:Get*""#,
        r#""s3:*Bucket*""#,
        r#""s3:GetObject*""#,
        r#""s3:ListBucket*""#,
        r#"["s3:GetObject", "s3:ListBucket"]"#,
        r#""s3:DeleteObject""#,
    ];
    let resources = [
        BUCKET,
        OBJECTS,
        BUCKET_AND_OBJECTS,
        r#""*""#,
        r#""arn:aws:s3:::b*""#,
        r#""arn:aws:s3:::?/x*""#,
    ];
    let concrete = [("arn:aws:s3:::b", Kind::Buckets), ("arn:aws:s3:::b/x", Kind::Objects)];
    let of_kind = |action: &str, access: Access| {
        s3_actions::granted(&Patterns::These(vec![Glob::action(action)]), access).len() == 1
    };
    for allowed in actions {
        for on_what in resources {
            for denied in actions {
                for not_on in resources {
                    let policy =
                        policy(&[&on("Allow", allowed, on_what), &on("Deny", denied, not_on)]);
                    let [allow, deny] = &policy.statements[..] else { panic!() };
                    let reached = |counts: &dyn Fn(&str) -> bool| {
                        kinds::known().filter(|action| counts(action)).any(|action| {
                            concrete.iter().any(|(arn, kind)| {
                                Kind::of(&action) == *kind
                                    && allow.actions.matches(&action)
                                    && allow.resources.matches(arn)
                                    && !(deny.actions.matches(&action)
                                        && deny.resources.matches(arn))
                            })
                        })
                    };
                    for (found, counts) in [
                        (policy.public(&HOME, &[]), None),
                        (policy.public_storage(&HOME, Access::Read), Some(Access::Read)),
                        (policy.public_storage(&HOME, Access::Write), Some(Access::Write)),
                    ] {
                        let real =
                            reached(&|action| counts.is_none_or(|access| of_kind(action, access)));
                        if real {
                            assert!(
                                found.answer().is_yes(),
                                "{allowed} on {on_what} less {denied} on {not_on}: {counts:?}"
                            );
                        }
                    }
                }
            }
        }
    }
}
