//! Policies at the edges of what the language allows: who is admitted where two readings are close together.

use super::answer::{Answer, Found};
use super::condition::Condition;
use super::document::{Document, Principal};
use super::escalation::WAYS;
use super::glob::Glob;
use super::identity::Entity;
use super::json::Json;
use super::outsider::{Who, fixes, reach, turned};
use super::patterns::Patterns;
use super::resource::Asked;
use super::{
    Caller, Context, Decision, Edges, Home, Identity, Layer, Layers, Leads, Membership, Request,
    Value, authorize,
};

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };

fn policy(statements: &[&str]) -> Document {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","));
    Document::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// A statement about one bucket, with its principal and condition.
fn about(effect: &str, principal: &str, action: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": "{action}", "Resource": "arn:aws:s3:::b/*", "Condition": {condition}}}"#
    )
}

fn written(statements: &[String]) -> Document {
    policy(&statements.iter().map(String::as_str).collect::<Vec<_>>())
}

fn undecided(found: &Found) -> Vec<&str> {
    found.undecided.iter().map(|maybe| maybe.what.as_str()).collect()
}

fn conditions(json: &str) -> Vec<Condition> {
    let json: Json = serde_json::from_str(json).unwrap();
    Condition::parse_all(json, true).unwrap()
}

#[track_caller]
fn assert_answer(answer: &Answer, expected: Option<bool>, case: &str) {
    match expected {
        Some(expected) => assert_eq!(*answer, Answer::from(expected), "{case}"),
        None => assert!(matches!(answer, Answer::Unknown(_)), "{case}: {answer:?}"),
    }
}

const ANYONE: &str = r#""Principal": "*""#;
const SNS: &str = r#""Principal": {"Service": "sns.amazonaws.com"}"#;
const CANONICAL: &str = r#""Principal": {"CanonicalUser": "abc"}"#;

#[test]
fn external_accounts_are_those_that_are_named_or_spared_where_strangers_may_come() {
    let spares = |key: &str, value: &str| {
        about("Deny", ANYONE, "s3:*", &format!(r#"{{"StringNotEquals": {{"{key}": "{value}"}}}}"#))
    };
    for (case, statements, certain, open) in [
        (
            "who is spared of a part is one of everyone",
            vec![
                about("Allow", ANYONE, "s3:*", "{}"),
                spares("aws:PrincipalAccount", "222222222222").replace("s3:*", "s3:Put*"),
            ],
            vec!["everyone"],
            vec![],
        ),
        (
            "a Deny that spares a canonical user lets it in nowhere",
            vec![
                about("Allow", r#""Principal": {"AWS": "111111111111"}"#, "s3:*", "{}"),
                about("Deny", &CANONICAL.replace("Principal", "NotPrincipal"), "s3:*", "{}"),
            ],
            vec![],
            vec![],
        ),
        (
            "the id of a role on a statement for a service lets nobody in",
            vec![about("Allow", SNS, "s3:*", r#"{"StringLike": {"aws:userid": "AROAEXAMPLE"}}"#)],
            vec![],
            vec![],
        ),
        (
            "an ARN in a key that says nothing of the caller names no account",
            vec![about(
                "Allow",
                ANYONE,
                "s3:*",
                r#"{"StringEquals": {"aws:Referer": "arn:aws:sns:eu-west-1:222222222222:t"}}"#,
            )],
            vec!["everyone"],
            vec![],
        ),
        (
            "the source that a Deny spares is none where no service is let in",
            vec![
                about("Allow", r#""Principal": {"AWS": "222222222222"}"#, "s3:*", "{}"),
                spares("aws:SourceAccount", "333333333333"),
            ],
            vec![],
            vec![],
        ),
        (
            "all but one account are services as well",
            vec![
                about("Allow", r#""NotPrincipal": {"AWS": "333333333333"}"#, "s3:*", "{}"),
                spares("aws:SourceAccount", "222222222222"),
            ],
            vec!["222222222222"],
            vec![],
        ),
        (
            "a canonical user that comes from one network may still be of another account",
            vec![about(
                "Allow",
                CANONICAL,
                "s3:*",
                r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            )],
            vec![],
            vec!["canonical user `abc`"],
        ),
    ] {
        let found = written(&statements).external_accounts(&HOME);
        assert_eq!(found.certain, certain, "{case}");
        assert_eq!(undecided(&found), open, "{case}");
    }
}

#[test]
fn who_proves_nothing_is_let_in_unless_a_condition_fixes_a_proof() {
    for (principal, condition, open) in [
        (CANONICAL, "{}", true),
        (CANONICAL, r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, false),
        (CANONICAL, r#"{"StringEquals": {"sts:ExternalId": "secret"}}"#, false),
        (CANONICAL, r#"{"StringLike": {"sts:ExternalId": "*"}}"#, true),
        (CANONICAL, r#"{"StringEqualsIfExists": {"sts:ExternalId": "secret"}}"#, true),
        (CANONICAL, r#"{"StringEquals": {"s3:x-amz-acl": "private"}}"#, true),
        // Membership of an organization is a proof on its own.
        (ANYONE, r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#, false),
    ] {
        let found = written(&[about("Allow", principal, "s3:*", condition)]).accounts(
            &HOME,
            &Asked::Any,
            true,
        );
        assert_eq!(found.certain, Vec::<String>::new(), "{principal} {condition}");
        assert_eq!(!found.undecided.is_empty(), open, "{principal} {condition}: {found:?}");
    }
}

/// No object can be read from a bucket's own ARN, whatever a Deny is about.
#[test]
fn an_allow_on_nothing_that_its_action_is_about_is_not_public() {
    let allow = |resource: &str| {
        about("Allow", ANYONE, "s3:GetObject", "{}").replace("arn:aws:s3:::b/*", resource)
    };
    let deny = about("Deny", ANYONE, "ec2:*", "{}").replace("arn:aws:s3:::b/*", "*");
    for (resource, expected) in [("arn:aws:s3:::b", false), ("arn:aws:s3:::b/*", true)] {
        for statements in [vec![allow(resource)], vec![allow(resource), deny.clone()]] {
            let found = written(&statements).public(&HOME, &[]);
            assert_eq!(found.answer(), Answer::from(expected), "{statements:?}");
        }
    }
}

#[test]
fn services_are_found_by_name_by_condition_and_by_what_a_deny_spares() {
    let not = |names: &str| format!(r#""NotPrincipal": {{"Service": {names}}}"#);
    let (sns, sqs) = ("sns.amazonaws.com", "sqs.amazonaws.com");
    for (case, statements, certain) in [
        (
            "all but one account, of which a condition picks one service",
            vec![about(
                "Allow",
                r#""NotPrincipal": {"AWS": "222222222222"}"#,
                "s3:*",
                r#"{"StringEquals": {"aws:PrincipalServiceName": "sns.amazonaws.com"}}"#,
            )],
            vec![sns],
        ),
        (
            "what an Allow leaves out is not let in by a Deny that spares it",
            vec![
                about("Allow", &not(r#""sns.amazonaws.com""#), "s3:*", "{}"),
                about(
                    "Deny",
                    ANYONE,
                    "s3:*",
                    r#"{"StringNotEquals": {"aws:PrincipalServiceName": ["sns.amazonaws.com", "sqs.amazonaws.com"]}}"#,
                ),
            ],
            vec![sqs],
        ),
        (
            "a Deny for all but one service takes the others",
            vec![
                about(
                    "Allow",
                    r#""Principal": {"Service": ["sns.amazonaws.com", "sqs.amazonaws.com"]}"#,
                    "s3:*",
                    "{}",
                ),
                about("Deny", &not(r#""SNS.amazonaws.com""#), "s3:*", "{}"),
            ],
            vec![sns],
        ),
        (
            "a Deny for all but everyone takes none",
            vec![
                about("Allow", SNS, "s3:*", "{}"),
                about("Deny", r#""NotPrincipal": "*""#, "s3:*", "{}"),
            ],
            vec![sns],
        ),
    ] {
        let found = written(&statements).services_without_source(&HOME);
        assert_eq!(found.certain, certain, "{case}");
        assert!(found.undecided.is_empty(), "{case}: {found:?}");
    }
}

#[test]
fn a_deny_keeps_guests_out_unless_it_spares_their_provider() {
    let allow = about(
        "Allow",
        r#""Principal": {"Federated": "cognito-identity.amazonaws.com"}"#,
        "sts:*",
        "{}",
    )
    .replace("arn:aws:s3:::b/*", "*");
    for (principal, expected) in [
        (ANYONE, false),
        (r#""Principal": {"Federated": "cognito-identity.amazonaws.com"}"#, false),
        (r#""Principal": {"Federated": "graph.facebook.com"}"#, true),
        (r#""NotPrincipal": "*""#, true),
        (r#""NotPrincipal": {"AWS": "111111111111"}"#, false),
        (r#""NotPrincipal": {"Federated": "graph.facebook.com"}"#, false),
        (r#""NotPrincipal": {"Federated": "cognito-identity.amazonaws.com"}"#, true),
    ] {
        let deny = about("Deny", principal, "sts:*", "{}").replace("arn:aws:s3:::b/*", "*");
        let document = written(&[allow.clone(), deny]);
        let statement = document.allows().next().unwrap();
        let answer = document.lets(statement, Who::Guest, &Asked::Any, &HOME);
        assert_eq!(answer, Answer::from(expected), "{principal}");
    }
}

#[test]
fn a_condition_on_the_resource_is_turned_only_where_its_value_is_the_callers() {
    for (json, key) in [
        (
            r#"{"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#,
            Some("aws:principalorgid"),
        ),
        (
            r#"{"StringEquals": {"aws:ResourceAccount": "${aws:SourceAccount}"}}"#,
            Some("aws:sourceaccount"),
        ),
        (r#"{"StringEqualsIfExists": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#, None),
        (r#"{"ForAnyValue:StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#, None),
        (r#"{"ForAllValues:StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#, None),
        (r#"{"StringEquals": {"aws:PrincipalTag/org": "${aws:PrincipalOrgID}"}}"#, None),
        (r#"{"StringEquals": {"aws:ResourceOrgID": "${aws:username}"}}"#, None),
        (r#"{"StringEquals": {"aws:ResourceOrgID": "o-a"}}"#, None),
        (r#"{"StringEquals": {"aws:ResourceOrgID": ["${aws:PrincipalOrgID}", "o-a"]}}"#, None),
        (r#"{"StringEquals": {"aws:ResourceOrgID": []}}"#, None),
    ] {
        let turned = turned(&conditions(json)[0]);
        assert_eq!(turned.as_ref().map(|one| one.key.as_str()), key, "{json}");
    }
}

#[test]
fn only_what_a_caller_has_to_bring_fixes_it() {
    for (json, expected) in [
        (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#, true),
        (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}"#, false),
        (r#"{"Null": {"aws:PrincipalOrgID": "false"}}"#, false),
        (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}}"#, false),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": ""}}"#, false),
        (r#"{"StringEquals": {"aws:PrincipalOrgID": []}}"#, false),
    ] {
        let all = conditions(json);
        assert_eq!(fixes(&all[0], &all), Answer::from(expected), "{json}");
    }
}

#[test]
fn each_kind_of_caller_has_what_it_can_choose_and_nothing_that_is_fixed() {
    let (service, organization) =
        (Who::ServiceOf("222222222222"), Who::ServiceOfOrganization("o-a"));
    for (who, json, may, must) in [
        // A guest has no account, ARN or organization.
        (
            Who::Guest,
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#,
            Some(false),
            Some(false),
        ),
        (Who::Guest, r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#, Some(false), Some(false)),
        (Who::Guest, r#"{"StringNotLike": {"aws:PrincipalOrgID": "o-*"}}"#, Some(true), Some(true)),
        (Who::Guest, r#"{"Bool": {"aws:SecureTransport": "true"}}"#, Some(true), Some(false)),
        (
            Who::Guest,
            r#"{"StringEquals": {"cognito-identity.amazonaws.com:aud": "eu-west-1:pool"}}"#,
            Some(true),
            Some(false),
        ),
        // An encryption context is free text, unless it is an ARN.
        (service, r#"{"StringEquals": {"kms:EncryptionContext:x": "y"}}"#, Some(true), Some(false)),
        (
            service,
            r#"{"StringEquals": {"s3:x-amz-copy-source": "arn:aws:s3:eu-west-1:333333333333:b"}}"#,
            Some(true),
            Some(false),
        ),
        (organization, r#"{"Bool": {"aws:SecureTransport": "true"}}"#, Some(true), Some(false)),
        // The service that is called does not prove who calls it.
        (
            Who::Service(None),
            r#"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#,
            Some(true),
            Some(false),
        ),
        (
            Who::Service(None),
            r#"{"Bool": {"aws:SecureTransport": "true"}}"#,
            Some(true),
            Some(false),
        ),
        // The past ends before the first of November 2026.
        (
            Who::Stranger,
            r#"{"DateLessThan": {"aws:TokenIssueTime": "2026-11-01T00:00:00Z"}}"#,
            Some(true),
            Some(false),
        ),
        (
            Who::Stranger,
            r#"{"DateLessThan": {"aws:TokenIssueTime": "2026-10-31T23:59:59Z"}}"#,
            Some(false),
            Some(false),
        ),
        // A literal star is not taken for a fixed value.
        (
            Who::Stranger,
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-${*}"}}"#,
            Some(true),
            Some(false),
        ),
        (
            Who::Stranger,
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-${?}"}}"#,
            Some(true),
            Some(false),
        ),
        // An account counts only in its place within an ARN.
        (
            Who::Stranger,
            r#"{"ArnLike": {"aws:SourceArn": "sns:123456789012:*"}}"#,
            Some(true),
            Some(false),
        ),
        // Only this key holds the id of a role.
        (Who::Stranger, r#"{"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#, None, Some(false)),
        (
            Who::Stranger,
            r#"{"StringLike": {"aws:userid": "*:AROAEXAMPLE"}}"#,
            Some(true),
            Some(false),
        ),
        (
            Who::Stranger,
            r#"{"StringLike": {"aws:PrincipalAccount": "AROAEXAMPLE:*"}}"#,
            Some(true),
            Some(false),
        ),
    ] {
        let reach = reach(&conditions(json), who, &HOME);
        let case = format!("{json} {who:?}");
        assert_answer(&reach.may, may, &case);
        assert_answer(&reach.must, must, &case);
    }
}

const ANN: Entity<'static> = Entity { arn: "arn:aws:iam::111111111111:user/ann", boundary: None };
const APP: Entity<'static> =
    Entity { arn: "arn:aws:iam::111111111111:role/path/app", boundary: None };

fn identity(document: &Document) -> Identity<'_> {
    Identity::new(HOME, vec![("", document)], None)
}

#[test]
fn the_keys_of_a_user_are_reached_by_what_applies_to_its_arn() {
    let bob = "arn:aws:iam::111111111111:user/bob";
    let allow =
        |rest: &str| format!(r#"{{"Effect": "Allow", "Action": "iam:CreateAccessKey"{rest}}}"#);
    let all = r#", "Resource": "*""#;
    let mfa = r#", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
    let deny = |rest: &str| allow(rest).replace("Allow", "Deny");
    let no_mfa = r#", "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#;
    for (statements, expected) in [
        (vec![allow(all)], true),
        // Without a resource, it is about everything.
        (vec![allow("")], true),
        (vec![allow(r#", "NotResource": []"#)], true),
        (vec![allow(r#", "Resource": []"#)], false),
        (vec![allow(r#", "NotResource": "arn:aws:iam::*:user/b*""#)], false),
        (vec![allow(r#", "Resource": "arn:aws:iam::*:user/${aws:username}""#)], false),
        // Who holds the right can sign in by a second factor.
        (vec![allow(&format!("{all}{mfa}"))], true),
        (vec![allow(all), deny(&format!("{all}{no_mfa}"))], true),
        (vec![allow(all), deny(all)], false),
        (vec![allow(all), deny(&format!(r#", "Resource": "{bob}""#))], false),
    ] {
        let document = written(&statements);
        let holder = identity(&document).held_by(ANN);
        let to = Answer::any(
            holder
                .edges()
                .iter()
                .filter(|edges| edges.leads == Leads::Credentials)
                .map(|edges| edges.to(bob)),
        );
        assert_eq!(to, Answer::from(expected), "{statements:?}");
    }
}

#[test]
fn a_half_of_a_path_is_not_a_path() {
    let passes = r#"{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}"#;
    let runs = r#"{"Effect": "Allow", "Action": ["lambda:CreateFunction", "lambda:InvokeFunction"], "Resource": "*"}"#;
    for (statements, expected) in
        [(vec![passes], false), (vec![runs], false), (vec![passes, runs], true)]
    {
        let document = policy(&statements);
        let edges = identity(&document).edges();
        let passed = edges.iter().any(|edges| matches!(edges.leads, Leads::Passed(_)));
        assert_eq!(passed, expected, "{statements:?}");
    }
}

#[test]
fn a_path_to_running_code_is_as_open_as_the_right_to_change_it() {
    for (condition, expected) in
        [("{}", Some(true)), (r#"{"StringEquals": {"new:Key": "x"}}"#, None)]
    {
        let document = policy(&[&format!(
            r#"{{"Effect": "Allow", "Action": "lambda:*", "Resource": "*", "Condition": {condition}}}"#
        )]);
        let running: Vec<Answer> = identity(&document)
            .edges()
            .iter()
            .filter(|edges| matches!(edges.leads, Leads::Running(_)))
            .map(Edges::rest)
            .collect();
        assert!(!running.is_empty(), "{condition}");
        for rest in running {
            assert_answer(&rest, expected, condition);
        }
    }
}

#[test]
fn a_policy_is_personal_by_a_variable_or_by_a_condition_on_the_principal() {
    let read = |resource: &str, condition: &str| {
        format!(
            r#"{{"Effect": "Allow", "Action": "s3:*", "Resource": "{resource}", "Condition": {condition}}}"#
        )
    };
    for (resource, condition, expected) in [
        ("*", "{}", false),
        ("*", r#"{"StringEquals": {"s3:prefix": "home"}}"#, false),
        ("*", r#"{"StringEquals": {"aws:PrincipalTag/team": "a"}}"#, true),
        ("*", r#"{"StringEquals": {"aws:username": "ann"}}"#, true),
        ("*", r#"{"StringLike": {"aws:userid": "AROAEXAMPLE:*"}}"#, true),
        ("*", r#"{"StringEquals": {"s3:prefix": "${aws:username}"}}"#, true),
        ("arn:aws:s3:::b/${aws:username}/*", "{}", true),
        ("arn:aws:s3:::b/${*}", "{}", false),
    ] {
        let document = written(&[read(resource, condition)]);
        assert_eq!(identity(&document).is_personal(), expected, "{resource} {condition}");
    }
}

fn trust(effect: &str, principal: &str, condition: &str) -> String {
    format!(
        r#"{{"Effect": "{effect}", {principal}, "Action": "sts:AssumeRole", "Condition": {condition}}}"#
    )
}

#[test]
fn a_trust_policy_names_whom_its_grants_are_for() {
    let own = r#""Principal": {"AWS": "111111111111"}"#;
    let mfa = r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#;
    for (statements, everyone, account, personal) in [
        (vec![trust("Allow", own, "{}")], false, true, false),
        (vec![trust("Allow", own, mfa)], false, true, true),
        (
            vec![trust("Allow", r#""Principal": {"AWS": "222222222222"}"#, "{}")],
            false,
            false,
            false,
        ),
        (vec![trust("Allow", ANYONE, "{}")], true, false, false),
        (
            vec![trust("Allow", r#""NotPrincipal": {"AWS": "222222222222"}"#, "{}")],
            true,
            false,
            false,
        ),
        (vec![trust("Deny", own, "{}")], false, false, true),
        (vec![trust("Allow", SNS, "{}")], false, false, false),
    ] {
        let names = written(&statements).trust_names(&HOME);
        assert_eq!(
            (names.everyone, names.account, names.personal),
            (everyone, account, personal),
            "{statements:?}"
        );
        assert!(names.arns.is_empty(), "{statements:?}");
    }
}

#[test]
fn a_trust_policy_admits_by_name_or_by_account() {
    let (yes, no) = (Some(true), Some(false));
    let role = r#""Principal": {"AWS": "arn:aws:iam::111111111111:role/other"}"#;
    let session = |account: &str, name: &str| {
        format!(r#""Principal": {{"AWS": "arn:aws:sts::{account}:assumed-role/{name}/s"}}"#)
    };
    let user_app = Entity { arn: "arn:aws:iam::111111111111:user/app", boundary: None };
    let not = |principal: &str| principal.replace("Principal", "NotPrincipal");
    for (entity, principal, named, account) in [
        (ANN, r#""Principal": {"AWS": "111111111111"}"#.to_owned(), no, yes),
        (ANN, r#""Principal": {"AWS": "222222222222"}"#.to_owned(), no, no),
        // Another role of the account is not the account.
        (ANN, role.to_owned(), no, no),
        (ANN, not(role), yes, no),
        (ANN, r#""NotPrincipal": {"AWS": "111111111111"}"#.to_owned(), no, no),
        (ANN, r#""NotPrincipal": {"AWS": "222222222222"}"#.to_owned(), yes, no),
        (
            ANN,
            r#""NotPrincipal": {"AWS": "arn:aws:iam::111111111111:user/ann"}"#.to_owned(),
            no,
            no,
        ),
        (ANN, ANYONE.to_owned(), yes, no),
        (ANN, SNS.to_owned(), no, no),
        // A session is one of a role of its name and its account, whatever the path.
        (APP, session("111111111111", "app"), yes, no),
        (APP, session("111111111111", "other"), no, no),
        (APP, session("222222222222", "app"), no, no),
        (user_app, session("111111111111", "app"), no, no),
        (APP, r#""Principal": {"AWS": "arn:aws:sts::111111111111:app"}"#.to_owned(), no, no),
    ] {
        let admits = written(&[trust("Allow", &principal, "{}")]).admits(&HOME, Some(&entity));
        let case = format!("{principal} {}", entity.arn);
        assert_answer(&admits.named, named, &case);
        assert_answer(&admits.account, account, &case);
    }
}

#[test]
fn a_deny_for_all_but_some_spares_a_user_only_with_its_account_and_no_role_for_certain() {
    let ann = r#""arn:aws:iam::111111111111:user/ann""#;
    let app = r#""arn:aws:iam::111111111111:role/path/app""#;
    let root = r#""arn:aws:iam::111111111111:root""#;
    let foreign = r#""222222222222""#;
    for (entity, spared, expected) in [
        (ANN, format!("{ann}, {root}"), Some(true)),
        (ANN, ann.to_owned(), None),
        (ANN, format!("{ann}, {foreign}"), None),
        (ANN, root.to_owned(), Some(false)),
        (ANN, app.to_owned(), Some(false)),
        (APP, format!("{app}, {root}"), None),
        (APP, app.to_owned(), None),
        (APP, root.to_owned(), Some(false)),
        (ANN, r#""*""#.to_owned(), Some(true)),
    ] {
        let document = written(&[
            trust("Allow", r#""Principal": {"AWS": "111111111111"}"#, "{}"),
            trust("Deny", &format!(r#""NotPrincipal": {{"AWS": [{spared}]}}"#), "{}"),
        ]);
        let admits = document.admits(&HOME, Some(&entity));
        assert_answer(&admits.account, expected, &format!("{spared} {}", entity.arn));
    }
}

#[test]
fn a_trust_policy_admits_a_service_that_acts_for_the_account() {
    let sns = "sns.amazonaws.com";
    let not_sns = SNS.replace("Principal", "NotPrincipal");
    for (principal, condition, expected) in [
        (SNS, "{}", Some(true)),
        (ANYONE, "{}", Some(true)),
        (r#""Principal": {"Service": "sqs.amazonaws.com"}"#, "{}", Some(false)),
        (r#""Principal": {"AWS": "111111111111"}"#, "{}", Some(false)),
        (not_sns.as_str(), "{}", Some(false)),
        (r#""NotPrincipal": {"Service": "sqs.amazonaws.com"}"#, "{}", Some(true)),
        // The account can make a resource of any name.
        (SNS, r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:111111111111:*"}}"#, Some(true)),
        (SNS, r#"{"StringEquals": {"sts:ExternalId": "x"}}"#, Some(true)),
        (SNS, r#"{"StringEquals": {"aws:SourceAccount": "111111111111"}}"#, Some(true)),
        (SNS, r#"{"StringEquals": {"aws:SourceAccount": "222222222222"}}"#, Some(false)),
        (SNS, r#"{"StringEquals": {"new:Key": "x"}}"#, None),
    ] {
        let answer = written(&[trust("Allow", principal, condition)]).admits_service(&HOME, sns);
        assert_answer(&answer, expected, &format!("{principal} {condition}"));
    }
}

fn decide(caller: Caller<'_>, action: &str, resource: &str, policy: Option<&Document>) -> Decision {
    let request = Request {
        caller,
        action,
        resource,
        resource_account: "111111111111",
        context: Context::complete(),
    };
    let layer = policy.map_or(Layer::Absent, |policy| Layer::Policies(vec![policy]));
    authorize(&request, &Layers { resource: layer, ..Layers::default() })
}

#[test]
fn the_root_user_needs_the_policy_of_a_key_and_of_nothing_else_at_home() {
    let key = "arn:aws:kms:eu-west-1:111111111111:key/k";
    let allow = policy(&[
        r#"{"Effect": "Allow", "Principal": {"AWS": "111111111111"}, "Action": "kms:*", "Resource": "*"}"#,
    ]);
    let empty = policy(&[]);
    let root = |account| Caller::Root { account };
    for (account, action, resource, document, expected) in [
        ("111111111111", "s3:GetObject", "arn:aws:s3:::b/x", None, Decision::Allowed),
        ("222222222222", "s3:GetObject", "arn:aws:s3:::b/x", None, Decision::NotAllowed),
        ("111111111111", "kms:Decrypt", key, Some(&allow), Decision::Allowed),
        ("111111111111", "kms:Decrypt", key, Some(&empty), Decision::NotAllowed),
        ("222222222222", "kms:Decrypt", key, Some(&allow), Decision::NotAllowed),
    ] {
        let decision = decide(root(account), action, resource, document);
        assert_eq!(decision, expected, "{account} {action} {document:?}");
    }
}

#[test]
fn an_identity_provider_is_known_by_its_own_name() {
    let document = policy(&[
        r#"{"Effect": "Allow", "Principal": {"Federated": "graph.facebook.com"}, "Action": "s3:*", "Resource": "*"}"#,
    ]);
    for (provider, expected) in
        [("graph.facebook.com", Decision::Allowed), ("accounts.google.com", Decision::NotAllowed)]
    {
        let decision = decide(
            Caller::Federated { provider },
            "s3:GetObject",
            "arn:aws:s3:::b/x",
            Some(&document),
        );
        assert_eq!(decision, expected, "{provider}");
    }
}

#[test]
fn an_action_names_a_service_and_a_principal_is_a_star_or_an_object() {
    for (action, principal, fine) in [
        ("s3:GetObject", r#""*""#, true),
        ("*:*", r#""*""#, true),
        (":GetObject", r#""*""#, false),
        ("s*:GetObject", r#""*""#, false),
        ("", r#""*""#, false),
        ("s3", r#""*""#, false),
        ("s3:GetObject", r#""111111111111""#, false),
        ("s3:GetObject", "null", false),
        ("s3:GetObject", r#"["*"]"#, false),
    ] {
        let text = format!(
            r#"{{"Statement": [{{"Effect": "Allow", "Principal": {principal}, "Action": "{action}", "Resource": "*"}}]}}"#
        );
        assert_eq!(Document::parse(&text).is_ok(), fine, "{text}");
    }
}

#[test]
fn an_owner_is_an_account_of_twelve_digits() {
    let aws = |name: &str| Principal::Aws(name.to_owned());
    let provider = |name: &str| Principal::Federated(name.to_owned());
    for (principal, owner) in [
        (aws("123456789012"), Some("123456789012")),
        (aws("AROAEXAMPLEX"), None),
        (aws("12345"), None),
        (provider("arn:aws:iam::123456789012:saml-provider/x"), Some("123456789012")),
        (provider("arn:aws:iam::abcdefghijkl:saml-provider/x"), None),
        (provider("arn:aws:iam::12345:saml-provider/x"), None),
        (provider("graph.facebook.com"), None),
    ] {
        assert_eq!(principal.owner(), owner, "{principal:?}");
    }
}

#[test]
fn what_is_undecided_depends_on_what_it_says() {
    let mut found = Found::default();
    found.add("x", Answer::needs("the organization"));
    assert!(found.depends_on("organization"));
    assert!(!found.depends_on("account"));
    assert!(!Found::default().depends_on("organization"));
    let both = Answer::needs("a").and(Answer::needs("b"));
    assert_eq!(both.clone().or(Answer::needs("b")).reason(), "a, b");
    assert_eq!(both.and(Answer::needs("b")).reason(), "a, b");
}

#[test]
fn a_user_or_a_role_is_denied_what_a_key_or_a_bucket_denies_to_all_but_others() {
    let (yes, no) = (Decision::Allowed, Decision::Forbidden);
    let ann = r#"{"AWS": ["arn:aws:iam::111111111111:user/ann"]}"#;
    let full = r#"{"AWS": ["arn:aws:iam::111111111111:user/ann", "111111111111"]}"#;
    let bob = r#"{"AWS": "arn:aws:iam::111111111111:user/bob"}"#;
    let everything = policy(&[r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#]);
    for (element, list, bounded, expected) in [
        // A Deny spares a user only with its account, and under a boundary not even then.
        ("NotPrincipal", full, false, yes.clone()),
        ("NotPrincipal", full, true, no.clone()),
        ("NotPrincipal", ann, false, no.clone()),
        ("NotPrincipal", r#"{"AWS": "111111111111"}"#, false, no.clone()),
        ("NotPrincipal", r#"{"AWS": "*"}"#, false, yes.clone()),
        ("NotPrincipal", bob, false, no.clone()),
        // A Deny that names others is not about it, with a boundary or without.
        ("Principal", bob, false, yes.clone()),
        ("Principal", bob, true, yes.clone()),
        ("Principal", ann, true, no.clone()),
    ] {
        let resource = policy(&[&format!(
            r#"{{"Effect": "Deny", "{element}": {list}, "Action": "s3:*", "Resource": "*"}}"#
        )]);
        let request = Request {
            caller: Caller::User { arn: ANN.arn },
            action: "s3:GetObject",
            resource: "arn:aws:s3:::b/x",
            resource_account: "111111111111",
            context: Context::complete(),
        };
        let layers = Layers {
            identity: Layer::Policies(vec![&everything]),
            boundary: if bounded { Layer::Policies(vec![&everything]) } else { Layer::Absent },
            resource: Layer::Policies(vec![&resource]),
            ..Layers::default()
        };
        assert_eq!(authorize(&request, &layers), expected, "{element} {list} {bounded}");
    }
}

#[test]
fn a_variable_of_several_values_means_none_of_them() {
    let context = Context::complete()
        .with("aws:TagKeys", Value::Is(vec!["a".into(), "b".into()]))
        .with("s3:Empty", Value::Is(Vec::new()))
        .is("s3:prefix", "ab")
        .is("s3:other", "home");
    for (json, expected) in [
        (r#"{"StringEquals": {"s3:prefix": "${aws:TagKeys}"}}"#, false),
        (r#"{"StringNotEquals": {"s3:prefix": "${aws:TagKeys}"}}"#, true),
        (r#"{"StringEquals": {"s3:other": "${aws:TagKeys, 'home'}"}}"#, true),
        (r#"{"StringEquals": {"s3:other": "${s3:other}"}}"#, true),
        // A key without values is a key that is missing.
        (r#"{"StringEquals": {"s3:Empty": "x"}}"#, false),
        (r#"{"StringEqualsIfExists": {"s3:Empty": "x"}}"#, true),
        (r#"{"ForAnyValue:StringEquals": {"s3:Empty": "x"}}"#, false),
        (r#"{"ForAnyValue:StringNotEquals": {"s3:Empty": "x"}}"#, false),
        (r#"{"ForAllValues:StringEquals": {"s3:Empty": "x"}}"#, true),
    ] {
        assert_eq!(conditions(json)[0].holds(&context), Answer::from(expected), "{json}");
    }
}

#[test]
fn all_but_some_texts_contain_what_does_not_overlap_them() {
    let but = |globs: &[&str]| Patterns::AllBut(globs.iter().map(|glob| Glob::new(glob)).collect());
    for (set, inner, expected) in [
        (but(&["s3:*"]), "ec2:*", true),
        (but(&["s3:*"]), "s3:get*", false),
        (but(&["s3:*"]), "*", false),
        (but(&["s3:*", "ec2:*"]), "ec2:run*", false),
        (but(&[]), "*", true),
        (but(&["*"]), "s3:*", false),
    ] {
        assert_eq!(set.contains(&Glob::new(inner)), Some(expected), "{set:?} {inner}");
    }
    assert_eq!(format!("{:?}", Glob::new("s3:?et*")), r#"Glob("s3:?et*")"#);
}

#[test]
fn all_resources_but_every_one_are_none() {
    let grant = |action: &str, rest: &str| {
        format!(r#"{{"Effect": "Allow", "Action": "{action}", {rest}}}"#)
    };
    for (resources, expected) in [
        (r#""NotResource": "*""#, false),
        (r#""NotResource": ["arn:aws:*:*:*:*"]"#, false),
        (r#""NotResource": "arn:aws:s3:::secret""#, true),
        (r#""Resource": "*""#, true),
    ] {
        let document = written(&[grant("*", resources)]);
        assert_eq!(
            identity(&document).full_admin().answer(),
            Answer::from(expected),
            "{resources}"
        );
        let document = written(&[grant("iam:AttachUserPolicy", resources)]);
        let paths = identity(&document).escalation_paths();
        assert_eq!(paths.answer(), Answer::from(expected), "{resources}");
    }
}

#[test]
fn a_statement_that_is_enough_alone_is_named_alone() {
    let all = r#"{"Effect": "Allow", "Action": "*", "Resource": "*"}"#;
    let part = r#"{"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::b"}"#;
    for statements in [[all, part], [part, all]] {
        let found = identity(&policy(&statements)).full_admin();
        assert_eq!(found.certain.len(), 1, "{statements:?} {found:?}");
        assert!(found.undecided.is_empty(), "{statements:?} {found:?}");
    }
}

#[test]
fn a_path_is_open_only_where_nothing_certain_grants_it() {
    let sure = r#"{"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*"}"#;
    let open = r#"{"Effect": "Allow", "Action": "iam:AttachUserPolicy", "Resource": "*", "Condition": {"StringEquals": {"new:Key": "x"}}}"#;
    for (statements, expected) in [
        (vec![sure], Some(true)),
        (vec![open], None),
        (vec![sure, open], Some(true)),
        (vec![open, sure], Some(true)),
        (vec![], Some(false)),
    ] {
        let paths = identity(&policy(&statements)).escalation_paths();
        assert_answer(&paths.answer(), expected, &format!("{statements:?}"));
    }
}

#[test]
fn a_document_as_large_as_the_limit_is_read_and_a_larger_one_is_not() {
    let text = r#"{"Statement": []}"#;
    for (size, fine) in [(199_999, true), (200_000, true), (200_001, false), (200_002, false)] {
        let padded = format!("{text}{}", " ".repeat(size - text.len()));
        assert_eq!(Document::parse(&padded).is_ok(), fine, "{size}");
    }
}

#[test]
fn a_path_that_needs_more_than_another_exceeds_it() {
    let needs = |name: &str| name.split(" + ").map(str::to_owned).collect::<Vec<_>>();
    let mut some = false;
    for one in WAYS.iter() {
        for other in WAYS.iter() {
            let (own, theirs) = (needs(&one.name()), needs(&other.name()));
            let more = own.len() > theirs.len() && theirs.iter().all(|need| own.contains(need));
            assert_eq!(one.exceeds(other), more, "{own:?} {theirs:?}");
            some |= more;
        }
    }
    assert!(some);
}

#[test]
fn a_subject_in_full_is_one_whatever_it_looks_like() {
    let issuer = "token.actions.githubusercontent.com";
    for (operator, subject, without) in [
        ("StringEquals", "octocat", false),
        // Under this operator a star is text.
        ("StringEquals", "repo:*", false),
        ("StringLike", "octocat", false),
        ("StringLike", "repo:owner/*", false),
        ("StringLike", "repo:*", true),
        ("StringLike", "*", true),
        ("StringLike", "?*", true),
        ("StringNotLike", "repo:owner/*", true),
        ("StringEqualsIfExists", "octocat", true),
    ] {
        let document = policy(&[&format!(
            r#"{{"Effect": "Allow", "Principal": {{"Federated": "arn:aws:iam::111111111111:oidc-provider/{issuer}"}}, "Action": "sts:AssumeRoleWithWebIdentity", "Condition": {{"{operator}": {{"{issuer}:sub": "{subject}"}}}}}}"#
        )]);
        let found = document.trusts_federation_without_subject(&HOME);
        assert_eq!(found.answer(), Answer::from(without), "{operator} {subject}");
    }
}
