use proptest::prelude::*;

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
fn what_is_less_than_everything_is_not_full_administration() {
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
fn administration_under_a_condition_that_is_not_known_is_open() {
    for statements in [
        vec![
            r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/admin": "yes"}}}"#,
        ],
        vec![
            ALL,
            r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalTag/team": "x"}}}"#,
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
    // Nor is there an escalation path out of it, but for those that it leaves open.
    let least = policy(&[r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#]);
    let identity = Identity::new(HOME, vec![("", &all)], Some(&least));
    assert_eq!(identity.escalation_paths().answer(), Answer::No);
    let identity = Identity::new(HOME, vec![("", &all)], Some(&some));
    let paths = identity.escalation_paths().certain;
    assert!(paths.iter().all(|path| path.starts_with("ec2:")) && !paths.is_empty(), "{paths:?}");
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
fn pass_role_alone_is_not_a_way_and_with_a_service_that_runs_code_it_is() {
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
    // A permission to write the principal's own permissions is more than self-service.
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

#[test]
fn an_administrator_of_one_region_or_through_one_service_is_one() {
    for condition in [
        r#"{"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}"#,
        r#"{"ForAnyValue:StringEquals": {"aws:CalledVia": "cloudformation.amazonaws.com"}}"#,
        r#"{"StringEquals": {"aws:CalledViaFirst": "cloudformation.amazonaws.com"}}"#,
        r#"{"Bool": {"aws:ViaAWSService": "true"}}"#,
    ] {
        let all = format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#
        );
        assert_eq!(admin(&[&all]), Answer::Yes, "{condition}");
    }
    let outside = r#"{"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}"#;
    assert_eq!(admin(&[ALL, outside]), Answer::Yes);
}

#[test]
fn administration_by_a_sum_of_which_no_part_is_enough() {
    let (one, two) = (
        policy(&[
            r#"{"Sid": "Regional", "Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*:111111111111:*"}"#,
        ]),
        policy(&[
            r#"{"Sid": "Global", "Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*::*"}"#,
        ]),
    );
    let of = |policies: Vec<(&'static str, &'static Document)>| {
        Identity::new(HOME, policies, None).full_admin()
    };
    let (one, two): (&'static Document, &'static Document) =
        (Box::leak(Box::new(one)), Box::leak(Box::new(two)));
    assert_eq!(of(vec![("policy `A`", one)]), Found::default());
    assert_eq!(of(vec![("policy `B`", two)]), Found::default());
    let both = ["policy `A`, statement `Regional`", "policy `B`, statement `Global`"];
    assert_eq!(of(vec![("policy `A`", one), ("policy `B`", two)]).certain, both);
    assert_eq!(of(vec![("policy `B`", two), ("policy `A`", one)]).certain, both);
    // A part that may hold makes the sum one that may be, and one that never holds makes it nothing.
    let under = |condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*::*", "Condition": {condition}}}"#
        )
    };
    let regional =
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*:111111111111:*"}"#;
    let open = under(r#"{"StringEquals": {"aws:PrincipalTag/x": "y"}}"#);
    let never = under(r#"{"StringEquals": {"aws:PrincipalAccount": "222222222222"}}"#);
    assert!(matches!(admin(&[regional, &open]), Answer::Unknown(_)));
    assert_eq!(admin(&[regional, &never]), Answer::No);
    // What is certain beside something open stays so.
    assert_eq!(admin(&[ALL, &open]), Answer::Yes);
    assert_eq!(admin(&[ALL, &never]), Answer::Yes);
    let global = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:*:*::*"}"#;
    assert_eq!(admin(&[regional, global, &open]), Answer::Yes);
    assert_eq!(admin(&[regional, global, &never]), Answer::Yes);
}

#[test]
fn every_action_is_wide_whatever_is_beside_it() {
    let with = |element: &str, actions: &str| {
        format!(r#"{{"Effect": "Allow", "{element}": {actions}, "Resource": "*"}}"#)
    };
    assert_eq!(admin(&[&with("Action", r#"["*", "s3:Get*"]"#)]), Answer::Yes);
    assert_eq!(admin(&[&with("Action", r#"["s3:Get*", "*:*"]"#)]), Answer::Yes);
    assert_eq!(admin(&[&with("NotAction", "[]")]), Answer::Yes);
    assert_eq!(admin(&[&with("NotAction", r#"["*", "s3:Get*"]"#)]), Answer::No);
    assert_eq!(admin(&[&with("NotAction", r#"["s3:Get*", "*"]"#)]), Answer::No);
    assert_eq!(admin(&[&with("Action", "[]")]), Answer::No);
}

#[test]
fn narrow_statements_of_a_boundary_do_not_add_up_to_everything() {
    let all = policy(&[ALL]);
    let narrow = policy(&[
        r#"{"Effect": "Allow", "Action": "iam:*", "Resource": "*"}"#,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::*"}"#,
    ]);
    let bounded = Identity::new(HOME, vec![("", &all)], Some(&narrow));
    assert_eq!(bounded.full_admin(), Found::default());
    // One that never applies does not hide one that may.
    let open = policy(&[
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/x": "y"}}}"#,
        r#"{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalAccount": "2"}}}"#,
    ]);
    let bounded = Identity::new(HOME, vec![("", &all)], Some(&open));
    assert!(matches!(bounded.full_admin().answer(), Answer::Unknown(_)));
}

#[test]
fn a_boundary_decides_about_decryption() {
    let decrypt = policy(&[r#"{"Effect": "Allow", "Action": "kms:*", "Resource": "*"}"#]);
    let within = |statements: &[&str]| {
        let boundary = policy(statements);
        Identity::new(HOME, vec![("", &decrypt)], Some(&boundary)).decrypts_any_key().answer()
    };
    let allows = r#"{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*"}"#;
    let reads = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    assert_eq!(within(&[allows]), Answer::Yes);
    assert_eq!(within(&[reads, allows]), Answer::Yes);
    assert_eq!(within(&[reads]), Answer::No);
    // Statements add up.
    let key = |pattern: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "{pattern}"}}"#)
    };
    let halves =
        [key("arn:aws:kms:*:111111111111:key/*"), key("arn:aws:kms:*:111111111111:alias/*")];
    assert_eq!(within(&[&halves[0], &halves[1]]), Answer::Yes);
    assert_eq!(
        within(&[
            &key("arn:aws:kms:*:111111111111:key/?*"),
            &key("arn:aws:kms:*:111111111111:key/")
        ]),
        Answer::Yes
    );
    assert_eq!(within(&[&key("arn:aws:kms:*:111111111111:key/a*")]), Answer::No);
    // A Deny of something else takes nothing away.
    let other = r#"{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}"#;
    assert_eq!(within(&[allows, other]), Answer::Yes);
    let this = r#"{"Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*"}"#;
    assert_eq!(within(&[allows, this]), Answer::No);
}

#[test]
fn decryption_under_conditions_and_in_regions() {
    let on = |resource: &str, condition: &str| {
        let allow = format!(
            r#"{{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "{resource}", "Condition": {condition}}}"#
        );
        identity(&policy(&[&allow])).decrypts_any_key().answer()
    };
    assert_eq!(on("*", r#"{"StringEquals": {"aws:PrincipalAccount": "2"}}"#), Answer::No);
    assert!(matches!(on("*", r#"{"StringEquals": {"x:y": "z"}}"#), Answer::Unknown(_)));
    assert_eq!(on("arn:aws:kms:eu-*:111111111111:key/*", "{}"), Answer::No);
    assert_eq!(on("arn:aws:kms::111111111111:key/*", "{}"), Answer::No);
}

#[test]
fn wildcards_of_services_come_with_their_statement_where_policies_have_names() {
    let document = policy(&[
        r#"{"Sid": "S", "Effect": "Allow", "Action": ["s3:*", "sqs:Send*"], "Resource": "*"}"#,
        r#"{"Sid": "N", "Effect": "Allow", "Action": "sns:*", "NotResource": "*"}"#,
        r#"{"Sid": "M", "Effect": "Allow", "NotAction": ["*", "s3:x"], "Resource": "*"}"#,
    ]);
    let named = Identity::new(HOME, vec![("inline policy `p`", &document)], None);
    assert_eq!(named.wildcard_services().certain, ["s3 (inline policy `p`, statement `S`)"]);
    assert_eq!(identity(&document).wildcard_services().certain, ["s3"]);
}

const ANN: &str = "arn:aws:iam::111111111111:user/ann";
const LIMIT: &str = "arn:aws:iam::111111111111:policy/limit";

fn bounded(rights: &[&str], boundary: &[&str], arn: &str, limit: &str) -> (Answer, Found) {
    let (rights, boundary) = (policy(rights), policy(boundary));
    let identity = Identity::new(HOME, vec![("", &rights)], Some(&boundary))
        .held_by(Entity { arn, boundary: Some(limit) });
    (identity.full_admin().answer(), identity.escalation_paths())
}

#[test]
fn a_boundary_that_its_holder_can_undo_does_not_limit() {
    let some = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let allow = |action: &str, resource: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "{resource}"}}"#)
    };
    let role = "arn:aws:iam::111111111111:role/ops";
    for (action, on, arn) in [
        ("iam:DeleteUserPermissionsBoundary", ANN, ANN),
        ("iam:PutUserPermissionsBoundary", ANN, ANN),
        ("iam:DeleteRolePermissionsBoundary", role, role),
        ("iam:PutRolePermissionsBoundary", role, role),
        ("iam:CreatePolicyVersion", LIMIT, ANN),
        ("iam:CreatePolicyVersion", LIMIT, role),
    ] {
        let undo = allow(action, on);
        let (admin, paths) = bounded(&[ALL], &[some, &undo], arn, LIMIT);
        assert_eq!(admin, Answer::Yes, "{action}");
        assert_eq!(paths, Found::default(), "{action}: an administrator has no path to more");
        // Of a holder who has less, it is an escalation path.
        let (admin, paths) = bounded(&[&undo], &[some, &undo], arn, LIMIT);
        assert_eq!(admin, Answer::No, "{action}");
        assert!(paths.certain.iter().any(|path| path == action), "{action}: {paths:?}");
        // It has to be allowed by the boundary as well, on what belongs to it, and not be denied.
        let elsewhere = allow(action, "arn:aws:iam::111111111111:user/bob");
        let deny = undo.replace("Allow", "Deny");
        for boundary in [vec![some], vec![some, &elsewhere], vec![some, &undo, &deny]] {
            let (admin, _) = bounded(&[ALL], &boundary, arn, LIMIT);
            assert_eq!(admin, Answer::No, "{action}: {boundary:?}");
        }
        assert_eq!(bounded(&[ALL, &deny], &[some, &undo], arn, LIMIT).0, Answer::No, "{action}");
    }
    // The one kind of principal does not undo the boundary of the other.
    let undo = allow("iam:DeleteRolePermissionsBoundary", "*");
    assert_eq!(bounded(&[ALL], &[some, &undo], ANN, LIMIT).0, Answer::No);
    // An AWS managed policy cannot be changed.
    let theirs = "arn:aws:iam::aws:policy/PowerUserAccess";
    let version = allow("iam:CreatePolicyVersion", "*");
    let (admin, _) = bounded(&[ALL], &[some, &version], ANN, theirs);
    assert_eq!(admin, Answer::No);
    // What an older version allows is not known.
    let default = allow("iam:SetDefaultPolicyVersion", LIMIT);
    assert!(matches!(bounded(&[ALL], &[some, &default], ANN, LIMIT).0, Answer::Unknown(_)));
}

#[test]
fn a_boundary_that_can_be_replaced_by_itself_only_limits() {
    let put = |boundary: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "iam:PutUserPermissionsBoundary", "Resource": "*", "Condition": {{"StringEquals": {{"iam:PermissionsBoundary": "{boundary}"}}}}}}"#
        )
    };
    let some = r#"{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}"#;
    let admin = |condition: &str| bounded(&[ALL], &[some, &put(condition)], ANN, LIMIT).0;
    assert_eq!(admin(LIMIT), Answer::No);
    assert!(matches!(admin("arn:aws:iam::111111111111:policy/other"), Answer::Unknown(_)));
    assert_eq!(admin("arn:aws:iam::aws:policy/AdministratorAccess"), Answer::Yes);
}

#[test]
fn every_resource_of_a_type_is_every_one_and_other_types_do_not_count() {
    let every = |action: &str, resource: &str| {
        paths(&[&format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": {resource}}}"#)])
    };
    for (action, resource) in [
        ("lambda:UpdateFunctionCode", r#""arn:aws:lambda:*:111111111111:function:*""#),
        ("lambda:UpdateFunctionCode", r#""arn:aws:lambda:*:*:function:*""#),
        ("lambda:UpdateFunctionCode", r#""arn:aws:lambda:eu-west-1:111111111111:function:*""#),
        ("ssm:StartSession", r#""arn:aws:ec2:*:*:instance/*""#),
        ("cloudformation:UpdateStack", r#""arn:aws:cloudformation:*:*:stack/*""#),
        ("cloudformation:UpdateStack", r#""arn:aws:cloudformation:*:*:stack/*/*""#),
    ] {
        let found = every(action, resource);
        assert_eq!(found.certain, [action], "{action} {resource}: {found:?}");
    }
    for (action, kind) in [
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:*:*:function:*"),
        ("ssm:StartSession", "arn:aws:ec2:*:*:instance/*"),
        ("cloudformation:UpdateStack", "arn:aws:cloudformation:*:*:stack/*"),
        ("codebuild:StartBuild", "arn:aws:codebuild:*:*:project/*"),
        ("iam:AttachRolePolicy", "arn:aws:iam::*:role/*"),
    ] {
        let allow = format!(r#"{{"Effect": "Allow", "Action": "{action}", "Resource": "*"}}"#);
        let deny = format!(r#"{{"Effect": "Deny", "Action": "{action}", "Resource": "{kind}"}}"#);
        assert_eq!(paths(&[&allow, &deny]), Found::default(), "{action}");
    }
    // A wildcard for buckets says nothing of users.
    let named =
        every("iam:CreateAccessKey", r#"["arn:aws:iam::111111111111:user/bob", "arn:aws:s3:::*"]"#);
    assert!(named.certain.is_empty() && !named.undecided.is_empty(), "{named:?}");
    let mixed = every(
        "iam:CreateAccessKey",
        r#"["arn:aws:iam::111111111111:user/${aws:username}", "arn:aws:iam::111111111111:role/*"]"#,
    );
    assert_eq!(mixed, Found::default());
}

#[test]
fn what_a_statement_leaves_out_is_not_granted_by_it() {
    let one = r#"{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "Resource": "arn:aws:lambda:eu-west-1:111111111111:function:one"}"#;
    let but = |pattern: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "lambda:UpdateFunctionCode", "NotResource": "{pattern}"}}"#
        )
    };
    for (pattern, every) in [
        ("arn:aws:lambda:*:*:function:*", false),
        ("arn:aws:lambda:*", false),
        ("arn:aws:s3:::*", true),
        ("arn:aws:lambda:*:*:function:safe", true),
    ] {
        let found = paths(&[one, &but(pattern)]);
        assert_eq!(!found.certain.is_empty(), every, "{pattern}: {found:?}");
        // The named one is left in any case.
        assert!(every || !found.undecided.is_empty(), "{pattern}");
    }
}

/// A permission on a named role is meant to be, and one on all of them under a condition that is not known is open.
#[test]
fn a_permission_that_may_reach_every_role_is_not_hidden_by_one_on_a_named_role() {
    let on = |resource: &str, condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "{resource}", "Condition": {condition}}}"#
        )
    };
    let named = on("arn:aws:iam::111111111111:role/deploy", "{}");
    let open = r#"{"StringEquals": {"aws:PrincipalTag/x": "y"}}"#;
    let never = r#"{"StringEquals": {"aws:PrincipalAccount": "222222222222"}}"#;
    assert_eq!(paths(&[&named]).answer(), Answer::No);
    assert!(matches!(paths(&[&on("*", open)]).answer(), Answer::Unknown(_)));
    assert!(matches!(paths(&[&named, &on("*", open)]).answer(), Answer::Unknown(_)));
    assert_eq!(paths(&[&named, &on("*", never)]).answer(), Answer::No);
    assert_eq!(paths(&[&named, &on("*", "{}")]).answer(), Answer::Yes);
    // The sum of both is every role, if the condition holds.
    let rest = on("arn:aws:iam::111111111111:role/?*", open);
    let first = on("arn:aws:iam::111111111111:role/", "{}");
    assert!(matches!(paths(&[&first, &rest]).answer(), Answer::Unknown(_)));
}

prop_compose! {
    fn statement()(
        allow in any::<bool>(),
        not in any::<(bool, bool)>(),
        action in prop::sample::select(vec![
            "*", "iam:*", "iam:PassRole", "ec2:*", "kms:Decrypt", "sts:AssumeRole", "lambda:Update*", "iam:Create*",
            "iam:DeleteUserPermissionsBoundary", "iam:PutUser*",
        ]),
        resource in prop::sample::select(vec![
            "*", "arn:aws:*:*:111111111111:*", "arn:aws:*:*::*", "arn:aws:iam::111111111111:role/a*",
            "arn:aws:iam::111111111111:user/ann", "arn:aws:iam::*:user/${aws:username}",
            "arn:aws:lambda:*:*:function:*", "arn:aws:kms:eu-west-1:111111111111:key/*",
        ]),
        condition in prop::sample::select(vec![
            "{}", "{}", "{}",
            r#"{"StringEquals": {"aws:PrincipalTag/a": "b"}}"#,
            r#"{"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}"#,
            r#"{"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}"#,
            r#"{"StringEquals": {"aws:username": "bob"}}"#,
        ]),
    ) -> (bool, String) {
        let (a, r) = (if not.0 { "Not" } else { "" }, if not.1 { "Not" } else { "" });
        let rest = format!(
            r#""{a}Action": "{action}", "{r}Resource": "{resource}", "Condition": {condition}"#
        );
        (allow, rest)
    }
}

fn written(list: &[(bool, String)]) -> Document {
    let statements: Vec<String> = list
        .iter()
        .map(|(allow, rest)| {
            format!(r#"{{"Effect": "{}", {rest}}}"#, if *allow { "Allow" } else { "Deny" })
        })
        .collect();
    policy(&statements.iter().map(String::as_str).collect::<Vec<_>>())
}

/// How wide the permissions are; escalation is not checked where administration is.
fn widths(rights: &Document, boundary: Option<&Document>) -> [u8; 3] {
    let rank = |found: &Found| match found.answer() {
        Answer::No => 0,
        Answer::Unknown(_) => 1,
        Answer::Yes => 2,
    };
    let identity = Identity::new(HOME, vec![("", rights)], boundary)
        .held_by(Entity { arn: ANN, boundary: boundary.map(|_| LIMIT) });
    let admin = rank(&identity.full_admin());
    let paths = rank(&identity.escalation_paths());
    [admin, admin.max(paths), rank(&identity.decrypts_any_key())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(crate::cases::cases(48)))]

    #[test]
    fn a_grant_never_narrows_and_a_deny_never_widens(
        list in prop::collection::vec(statement(), 0..4),
        limit in prop::option::of(prop::collection::vec(statement(), 1..4)),
        more in statement(),
    ) {
        let boundary = limit.map(|list| written(&list));
        let before = widths(&written(&list), boundary.as_ref());
        let mut after = list.clone();
        after.push((true, more.1.clone()));
        for (was, is) in before.into_iter().zip(widths(&written(&after), boundary.as_ref())) {
            prop_assert!(is >= was, "{list:?} and {more:?} within {boundary:?}");
        }
        let mut after = list.clone();
        after.push((false, more.1.clone()));
        for (was, is) in before.into_iter().zip(widths(&written(&after), boundary.as_ref())) {
            prop_assert!(is <= was, "{list:?} without {more:?} within {boundary:?}");
        }
    }
}
