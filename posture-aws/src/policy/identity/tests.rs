use super::*;
use crate::policy::Caller;

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };

fn policy(statements: &[&str]) -> Document {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    Document::parse(&text).unwrap()
}

fn identity<'a>(document: &'a Document) -> Identity<'a> {
    Identity::new(HOME, vec![("", document)], None)
}

const ALL: &str = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;

fn admin(statements: &[&str]) -> Answer {
    identity(&policy(statements)).full_admin().answer()
}

fn paths(statements: &[&str]) -> Found {
    identity(&policy(statements)).escalation_paths()
}

#[test]
fn full_administration_is_a_question_about_the_granted_set() {
    for statements in [
        vec![ALL],
        vec![r#"{"Effect": "Allow", "Action": ["*:*"], "Resource": ["*"]}"#],
        vec![r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*:*:*"}"#],
        vec![
            r#"{"Effect": "Allow", "Action": "*", "Resource": ["arn:aws:*:*:111111111111:*", "arn:aws:*:*::*"]}"#,
        ],
        // A NotAction that names a service that does not exist grants everything.
        vec![r#"{"Effect": "Allow", "NotAction": "nosuch:*", "Resource": "*"}"#],
        vec![r#"{"Effect": "Allow", "NotAction": "s3:DeleteBucket", "Resource": "*"}"#],
        vec![r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::secret"}"#],
        // The sum of statements.
        vec![
            r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#,
            r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#,
        ],
        vec![
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::*"}"#,
            r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::*"}"#,
        ],
        // A Deny that can be undone hides nothing.
        vec![ALL, r#"{"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}"#],
        vec![ALL, r#"{"Effect": "Deny", "Action": "iam:AttachUserPolicy", "Resource": "*"}"#],
        vec![
            ALL,
            r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "arn:aws:iam::111111111111:role/safe"}"#,
        ],
        // How the holder has to come is not how much it may do.
        vec![
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}"#,
        ],
        vec![
            ALL,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}"#,
        ],
        vec![
            ALL,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"DateLessThan": {"aws:TokenIssueTime": "2024-01-01T00:00:00Z"}}}"#,
        ],
        vec![
            ALL,
            r#"{"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#,
        ],
    ] {
        assert_eq!(admin(&statements), Answer::Yes, "{statements:?}");
    }
}

#[test]
fn what_is_less_than_everything_is_no_full_administration() {
    for statements in [
        vec![],
        vec![r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#],
        vec![r#"{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"}"#],
        vec![r#"{"Effect": "Allow", "NotAction": "*", "Resource": "*"}"#],
        vec![r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::*"}"#],
        vec![r#"{"Effect": "Allow", "Action": "*", "NotResource": "*"}"#],
        vec![r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws-cn:*:*:*:*"}"#],
        vec![
            r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:iam::111111111111:user/${aws:username}"}"#,
        ],
        vec![ALL, r#"{"Effect": "Deny", "Action": "*", "Resource": "*"}"#],
        vec![ALL, r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#],
        vec![
            ALL,
            r#"{"Effect": "Deny", "Action": ["iam:P*", "iam:A*", "iam:C*"], "Resource": "*"}"#,
        ],
        vec![r#"{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:iam::*:*"}"#],
        vec![ALL, r#"{"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}"#],
    ] {
        assert_eq!(admin(&statements), Answer::No, "{statements:?}");
    }
}

#[test]
fn administration_under_a_condition_that_nobody_knows_is_open() {
    for statements in [
        vec![
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/admin": "yes"}}}"#,
        ],
        vec![
            ALL,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#,
        ],
    ] {
        assert!(matches!(admin(&statements), Answer::Unknown(_)), "{statements:?}");
    }
}

#[test]
fn a_boundary_limits_an_administrator() {
    let all = policy(&[ALL]);
    let some = policy(&[r#"{"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"}"#]);
    let no_iam = policy(&[ALL, r#"{"Effect": "Deny", "Action": "iam:*", "Resource": "*"}"#]);
    for (boundary, expected) in [(&all, Answer::Yes), (&some, Answer::No), (&no_iam, Answer::No)] {
        let identity = Identity::new(HOME, vec![("policy `P`", &all)], Some(boundary));
        assert_eq!(identity.full_admin().answer(), expected, "{boundary:?}");
    }
    // Nor is there a way out of it.
    let identity = Identity::new(HOME, vec![("", &all)], Some(&some));
    assert_eq!(identity.escalation_paths().answer(), Answer::No);
}

#[test]
fn statements_are_named_with_their_policy() {
    let (one, two) = (
        policy(&[r#"{"Sid": "NotIam", "Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#]),
        policy(&[r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#]),
    );
    let identity = Identity::new(HOME, vec![("policy `A`", &one), ("policy `B`", &two)], None);
    assert_eq!(identity.full_admin().certain, ["policy `A`, statement `NotIam`"]);
}

#[test]
fn pass_role_alone_is_no_way_and_with_a_service_that_runs_code_it_is() {
    let allow =
        |actions: &str| format!(r#"{{"Effect": "Allow", "Action": [{actions}], "Resource": "*"}}"#);
    assert_eq!(paths(&[&allow(r#""iam:PassRole""#)]).answer(), Answer::No);
    assert_eq!(
        paths(&[&allow(r#""lambda:CreateFunction", "lambda:InvokeFunction""#)]).answer(),
        Answer::No
    );
    let lambda = allow(r#""iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction""#);
    assert_eq!(
        paths(&[&lambda]).certain,
        ["iam:PassRole + lambda:CreateFunction + lambda:InvokeFunction"]
    );
    assert_eq!(
        paths(&[&allow(r#""iam:Pass*", "ec2:RunInstances""#)]).certain,
        ["iam:PassRole + ec2:RunInstances"]
    );
    // A role that is passed to another service runs no code.
    let to = |service: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*", "Condition": {{"StringEquals": {{"iam:PassedToService": "{service}"}}}}}}"#
        )
    };
    let run = allow(r#""ec2:RunInstances""#);
    assert_eq!(paths(&[&to("ec2.amazonaws.com"), &run]).answer(), Answer::Yes);
    assert_eq!(paths(&[&to("monitoring.rds.amazonaws.com"), &run]).answer(), Answer::No);
    // With a role that is named, it depends on the role.
    let named = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "arn:aws:iam::111111111111:role/app"}"#;
    assert!(matches!(paths(&[named, &run]).answer(), Answer::Unknown(_)));
}

#[test]
fn each_write_of_rights_or_credentials_is_a_way() {
    for action in [
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "iam:AttachUserPolicy",
        "iam:AttachGroupPolicy",
        "iam:AttachRolePolicy",
        "iam:PutUserPolicy",
        "iam:PutGroupPolicy",
        "iam:PutRolePolicy",
        "iam:AddUserToGroup",
        "iam:UpdateAssumeRolePolicy",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
        "sts:AssumeRole",
        "lambda:UpdateFunctionCode",
    ] {
        let allow = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#);
        assert_eq!(paths(&[&allow]).certain, [action]);
        let deny = format!(r#"{{"Effect": "Deny", "Action": "{action}", "Resource": "*"}}"#);
        assert_eq!(paths(&[&allow, &deny]), Found::default(), "{action}");
        let maybe =
            deny.replace(r#""Resource""#, r#""Condition": {"Bool": {"x:y": "true"}}, "Resource""#);
        assert!(matches!(paths(&[&allow, &maybe]).answer(), Answer::Unknown(_)), "{action}");
        let elsewhere = allow.replace(r#""*"}"#, r#""arn:aws:s3:::b"}"#);
        assert_eq!(paths(&[&elsewhere]), Found::default(), "{action}");
    }
    assert_eq!(
        paths(&[
            r#"{"Effect": "Allow", "Action": ["iam:Get*", "iam:List*", "s3:*"], "Resource": "*"}"#
        ]),
        Found::default()
    );
}

#[test]
fn a_statement_limited_to_the_own_user_name_is_self_service() {
    let on = |action: &str, user: &str| {
        let allow = format!(
            r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "arn:aws:iam::*:user/{user}"}}"#
        );
        paths(&[&allow]).answer()
    };
    assert_eq!(on("iam:*AccessKey*", "${aws:username}"), Answer::No);
    assert_eq!(on("iam:UpdateLoginProfile", "${aws:username}"), Answer::No);
    assert_eq!(on("iam:CreateAccessKey", "*"), Answer::Yes);
    assert_eq!(on("iam:CreateAccessKey", "team/*"), Answer::Yes);
    // Whose user that is, the policy does not say.
    assert!(matches!(on("iam:CreateAccessKey", "bob"), Answer::Unknown(_)));
    assert!(matches!(on("iam:CreateAccessKey", "${aws:PrincipalTag/user}"), Answer::Unknown(_)));
    // Rights of one's own are more than self-service.
    assert_eq!(on("iam:PutUserPolicy", "${aws:username}"), Answer::Yes);
}

#[test]
fn roles_that_are_named_were_meant_to_be_taken_on() {
    let on = |role: &str| {
        paths(&[&format!(
            r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{role}"}}"#
        )])
        .answer()
    };
    assert_eq!(on("*"), Answer::Yes);
    assert_eq!(on("arn:aws:iam::*:role/*"), Answer::Yes);
    assert_eq!(on("arn:aws:iam::111111111111:role/deploy"), Answer::No);
}

#[test]
fn a_full_administrator_has_no_way_to_more() {
    assert_eq!(paths(&[ALL]), Found::default());
}

#[test]
fn decryption_with_every_key_is_found() {
    let on = |action: &str, resource: &str, rest: &str| {
        let allow = format!(
            r#"{{"Sid": "S", "Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#
        );
        let document = if rest.is_empty() { policy(&[&allow]) } else { policy(&[&allow, rest]) };
        identity(&document).decrypts_any_key().answer()
    };
    for (action, resource) in [
        ("kms:Decrypt", "*"),
        ("kms:*", "*"),
        ("*", "*"),
        ("kms:ReEncrypt*", "*"),
        ("kms:Decrypt", "arn:aws:kms:*:111111111111:key/*"),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/*"),
        ("kms:decrypt", "arn:aws:kms:*:*:*"),
    ] {
        assert_eq!(on(action, resource, ""), Answer::Yes, "{action} {resource}");
    }
    for (action, resource) in [
        ("kms:Encrypt", "*"),
        ("kms:Decrypt", "arn:aws:kms:eu-west-1:111111111111:key/k"),
        ("kms:Decrypt", "arn:aws:kms:*:111111111111:key/a*"),
        ("kms:Decrypt", "arn:aws:s3:::*"),
        ("kms:Decrypt", "arn:aws:kms:*:222222222222:key/*"),
    ] {
        assert_eq!(on(action, resource, ""), Answer::No, "{action} {resource}");
    }
    let deny = r#"{"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}"#;
    assert_eq!(on("kms:Decrypt", "*", deny), Answer::No);
}

#[test]
fn a_wildcard_for_a_service_is_found() {
    let services = |statements: &[&str]| identity(&policy(statements)).wildcard_services().certain;
    let s3 = r#"{"Effect": "Allow", "Action": ["S3:*", "ec2:Describe*"], "Resource": "*"}"#;
    assert_eq!(services(&[s3]), ["s3"]);
    assert_eq!(services(&[ALL]), ["every service"]);
    assert_eq!(
        services(&[r#"{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}"#]),
        ["every service but `iam:*`"]
    );
    let none: &[&str] = &[];
    assert_eq!(services(&[s3, r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#]), none);
    assert_eq!(
        services(&[s3, r#"{"Effect": "Deny", "Action": "s3:Put*", "Resource": "*"}"#]),
        ["s3"]
    );
}

#[test]
fn single_requests_are_judged() {
    let document =
        policy(&[r#"{"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::b/*"}"#]);
    let request = |action| Request {
        caller: Caller::User { arn: "arn:aws:iam::111111111111:user/u" },
        action,
        resource: "arn:aws:s3:::b/x",
        resource_account: "111111111111",
        context: Context::complete(),
    };
    assert_eq!(identity(&document).allows(&request("s3:GetObject")), Answer::Yes);
    assert_eq!(identity(&document).allows(&request("s3:PutObject")), Answer::No);
}
