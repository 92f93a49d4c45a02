//! What is true for every policy, and how long the worst take.

use std::time::Duration;

use proptest::prelude::*;

use posture_model::fact::{Fact, Known};

use super::automaton;
use super::glob::Glob;
use super::{Access, Answer, Document, Found, Home, Identity, Membership};
use crate::cases::cases;
use crate::collect::resource_policy::parties;
use crate::fake::{asker, worked};

const HOME: Home<'static> =
    Home { account: "111111111111", partition: "aws", organization: Membership::Unknown };

fn document(statements: &[String]) -> String {
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, statements.join(","))
}

/// Every question about a policy.
fn everything(document: &Document) -> Vec<Found> {
    let identity = Identity::new(HOME, vec![("", document)], None);
    let bounded = Identity::new(HOME, vec![("", document)], Some(document));
    let tls = match document.forces_tls("arn:aws:s3:::b") {
        Answer::Yes => Found { certain: vec!["tls".to_owned()], undecided: Vec::new() },
        Answer::No => Found::default(),
        open @ Answer::Unknown(_) => {
            let maybe = super::Maybe { what: "tls".to_owned(), why: open.reason() };
            Found { certain: Vec::new(), undecided: vec![maybe] }
        }
    };
    vec![
        tls,
        document.public(&HOME, &["s3:GetObject"]),
        document.public(&HOME, &[]),
        document.public_storage(&HOME, Access::Read),
        document.public_storage(&HOME, Access::Write),
        document.external_accounts(&HOME),
        document.services_without_source(&HOME),
        document.trusts_anyone(&HOME),
        document.trusts_accounts(&HOME),
        document.trusts_accounts_unconditionally(&HOME),
        document.trusts_federation_without_audience(&HOME),
        document.trusts_federation_without_subject(&HOME),
        document.trusts_services_without_source(&HOME),
        identity.full_admin(),
        identity.escalation_paths(),
        identity.decrypts_any_key(),
        identity.wildcard_services(),
        bounded.full_admin(),
        bounded.escalation_paths(),
    ]
}

prop_compose! {
    fn statement()(
        sid in "[A-Z][a-z]{6}",
        effect in prop::sample::select(vec!["Allow", "Allow", "Deny"]),
        not in any::<(bool, bool)>(),
        principal in prop::sample::select(vec![
            r#""*""#,
            r#"{"AWS": "222222222222"}"#,
            r#"{"AWS": "arn:aws:iam::111111111111:root"}"#,
            r#"{"Service": "sns.amazonaws.com"}"#,
            r#"{"Federated": "cognito-identity.amazonaws.com"}"#,
        ]),
        action in prop::sample::select(vec![
            r#""*""#, r#""s3:*""#, r#""s3:Get*""#, r#"["s3:GetObject", "sts:*"]"#, r#""iam:*""#,
            r#"["iam:PassRole", "ec2:RunInstances"]"#, r#""kms:Decrypt""#, r#""iam:P*Policy""#,
        ]),
        resource in prop::sample::select(vec![
            r#""*""#, r#""arn:aws:s3:::b/*""#, r#"["arn:aws:s3:::b", "arn:aws:s3:::b/a?*"]"#,
            r#""arn:aws:iam::*:user/${aws:username}""#, r#""arn:aws:*:*:*:*""#,
        ]),
        condition in prop::sample::select(vec![
            "{}", "{}", "{}",
            r#"{"Bool": {"aws:SecureTransport": "false"}}"#,
            r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}"#,
            r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            r#"{"StringEquals": {"new:Key": "x"}}"#,
            r#"{"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}"#,
        ]),
    ) -> String {
        let (a, r) = (if not.0 { "Not" } else { "" }, if not.1 { "Not" } else { "" });
        format!(
            r#"{{"Sid": "{sid}", "Effect": "{effect}", "Principal": {principal}, "{a}Action": {action}, "{r}Resource": {resource}, "Condition": {condition}}}"#
        )
    }
}

prop_compose! {
    /// A statement with every way of naming callers.
    fn grant()(
        sid in "[A-Z][a-z]{6}",
        effect in prop::sample::select(vec!["Allow", "Allow", "Deny"]),
        principal in prop::sample::select(vec![
            r#""Principal": "*""#,
            r#""Principal": {"AWS": "*"}"#,
            r#""Principal": {"AWS": "222222222222"}"#,
            r#""Principal": {"AWS": ["111111111111", "arn:aws:iam::333333333333:role/r"]}"#,
            r#""Principal": {"Service": ["sns.amazonaws.com", "ec2.amazonaws.com"]}"#,
            r#""Principal": {"Federated": "cognito-identity.amazonaws.com"}"#,
            r#""Principal": {"CanonicalUser": "abc"}"#,
            r#""NotPrincipal": {"AWS": ["111111111111", "222222222222"]}"#,
            r#""NotPrincipal": {"AWS": "arn:aws:iam::333333333333:role/r"}"#,
            r#""NotPrincipal": {"Service": "sns.amazonaws.com"}"#,
        ]),
        action in prop::sample::select(vec![
            r#""*""#, r#""s3:*""#, r#""s3:GetObject""#, r#""s3:Put*""#, r#""sts:Assume*""#, r#""s3:New""#,
        ]),
        resource in prop::sample::select(vec![r#""*""#, r#""arn:aws:s3:::b/*""#, r#""arn:aws:s3:::b/x""#]),
        condition in prop::sample::select(vec![
            "{}",
            "{}",
            r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#,
            r#"{"StringNotEquals": {"aws:PrincipalOrgID": ["o-a", "o-b"]}}"#,
            r#"{"StringNotEquals": {"aws:PrincipalAccount": ["111111111111", "222222222222"]}}"#,
            r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::333333333333:role/*"}}"#,
            r#"{"StringNotEquals": {"aws:SourceAccount": ["111111111111", "333333333333"]}}"#,
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
            r#"{"StringEquals": {"sts:ExternalId": "x"}}"#,
            r#"{"StringNotEquals": {"sts:ExternalId": "x"}}"#,
            r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#,
            r#"{"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}"#,
            r#"{"StringEquals": {"new:Key": "x"}}"#,
        ]),
    ) -> String {
        format!(
            r#"{{"Sid": "{sid}", "Effect": "{effect}", {principal}, "Action": {action}, "Resource": {resource}, "Condition": {condition}}}"#
        )
    }
}

/// Keys that name an account, each with an operator and the form of its values.
const KEYS: &[(&str, &str, &str)] = &[
    ("aws:PrincipalAccount", "StringEquals", "ID"),
    ("aws:PrincipalAccount", "StringLike", "ID"),
    ("kms:CallerAccount", "StringEquals", "ID"),
    ("aws:PrincipalArn", "ArnLike", "arn:aws:iam::ID:role/*"),
    ("aws:PrincipalArn", "ArnEquals", "arn:aws:iam::ID:user/u"),
    ("aws:PrincipalArn", "StringLike", "arn:aws:sts::ID:assumed-role/r/*"),
    ("aws:PrincipalOrgID", "StringEquals", "o-ID"),
    ("aws:PrincipalOrgPaths", "StringLike", "o-ID/r-1/*"),
    ("aws:VpceAccount", "StringEquals", "ID"),
    ("aws:VpceOrgID", "StringEquals", "o-ID"),
    ("aws:SourceVpcArn", "ArnLike", "arn:aws:ec2:*:ID:vpc/*"),
    ("s3:DataAccessPointAccount", "StringEquals", "ID"),
    ("aws:SourceAccount", "StringEquals", "ID"),
    ("aws:SourceArn", "ArnLike", "arn:aws:sns:*:ID:*"),
    ("aws:SourceOrgID", "StringEquals", "o-ID"),
];

/// The questions about other accounts.
const ACCOUNTS: [fn(&Document, &Home<'_>) -> Found; 2] =
    [Document::external_accounts, Document::trusts_accounts];

/// Every question that controls ask about the policy of a resource or of a role.
fn grants(document: &Document, home: &Home<'_>) -> Vec<Found> {
    vec![
        document.public(home, &[]),
        document.public(home, &["s3:GetObject"]),
        document.public_storage(home, Access::Read),
        document.public_storage(home, Access::Write),
        document.external_accounts(home),
        document.services_without_source(home),
        document.trusts_anyone(home),
        document.trusts_accounts(home),
        document.trusts_accounts_unconditionally(home),
        document.trusts_federation_without_audience(home),
        document.trusts_federation_without_subject(home),
        document.trusts_services_without_source(home),
    ]
}

/// What a control makes of the entries that are not trusted: 0 for a pass, 1 for unknown, 2 for a failure.
fn verdict(found: &Found, trusted: &[&str]) -> u8 {
    let fact = parties(&asker(), ("s3:GetBucketPolicy", "b"), &Known(None), found);
    match fact.map(|list| list.without(|entry| trusted.contains(&entry))).any() {
        Known(false) => 0,
        Known(true) => 2,
        Fact::Gap(_) | Fact::NotOffered => 1,
    }
}

#[test]
fn who_is_trusted_does_not_matter_where_that_is_not_decided_either() {
    let of = |principal: &str| {
        let statements = ["Allow", "Deny"].map(|effect| {
            format!(
                r#"{{"Effect": "{effect}", "Principal": {principal}, "Action": "s3:*", "Resource": "*", "Condition": {}}}"#,
                if effect == "Deny" { r#"{"StringEquals": {"new:Key": "x"}}"# } else { "{}" }
            )
        });
        Document::parse(&document(&statements)).unwrap().external_accounts(&HOME)
    };
    let account = of(r#"{"AWS": "222222222222"}"#);
    assert_eq!(verdict(&account, &[]), 1);
    assert_eq!(verdict(&account, &["222222222222"]), 0);
    assert_eq!(verdict(&account, &["333333333333"]), 1);
    // Any principal that meets the condition, if it is not everyone.
    let anyone = of(r#""*""#);
    assert_eq!(verdict(&anyone, &["everyone", "222222222222"]), 1);
}

fn encode(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// A grant to everyone beside one to everyone but a role of another account, with a Deny that spares two accounts.
#[test]
fn a_grant_to_everyone_does_not_hide_whom_a_deny_spares() {
    let deny = r#"{"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:PrincipalAccount": ["111111111111", "222222222222"]}}}"#;
    let but = r#"{"Sid": "B", "Effect": "Allow", "NotPrincipal": {"AWS": "arn:aws:iam::333333333333:role/r"}, "Action": "*", "Resource": "*", "Condition": {"StringEquals": {"aws:ResourceOrgID": "${aws:PrincipalOrgID}"}}}"#;
    let more = r#"{"Sid": "C", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {"aws:SourceAccount": ["111111111111", "333333333333"]}}}"#;
    let home = Home { organization: Membership::Of("o-a"), ..HOME };
    let of = |list: &[&str]| {
        let list: Vec<String> = list.iter().map(|one| (*one).to_owned()).collect();
        grants(&Document::parse(&document(&list)).unwrap(), &home)
    };
    for (before, after) in of(&[deny, but]).into_iter().zip(of(&[deny, but, more])) {
        for maybe in &before.undecided {
            let still = after.undecided.iter().any(|other| other.what == maybe.what);
            assert!(
                still || after.certain.contains(&maybe.what),
                "{maybe}: {:?} {:?} became {:?} {:?}",
                before.certain,
                before.undecided,
                after.certain,
                after.undecided
            );
        }
        for trusted in [&[][..], &["222222222222"], &["222222222222", "organization `o-a`"]] {
            assert!(
                verdict(&before, trusted) <= verdict(&after, trusted),
                "{trusted:?}: {:?} {:?} became {:?} {:?}",
                before.certain,
                before.undecided,
                after.certain,
                after.undecided
            );
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(48)))]

    #[test]
    fn the_order_of_statements_never_matters(mut list in prop::collection::vec(statement(), 1..5)) {
        let before = everything(&Document::parse(&document(&list)).unwrap());
        list.reverse();
        prop_assert_eq!(before, everything(&Document::parse(&document(&list)).unwrap()));
    }

    #[test]
    fn a_url_encoded_document_is_the_plain_one(list in prop::collection::vec(statement(), 1..3)) {
        let text = document(&list);
        let plain = everything(&Document::parse(&text).unwrap());
        prop_assert_eq!(plain, everything(&Document::parse(&encode(&text)).unwrap()));
    }

    #[test]
    fn another_deny_never_widens(
        list in prop::collection::vec(statement(), 1..4),
        deny in statement(),
    ) {
        let before = Document::parse(&document(&list)).unwrap();
        let mut list = list;
        list.push(deny.replace(r#""Effect": "Allow""#, r#""Effect": "Deny""#));
        let after = Document::parse(&document(&list)).unwrap();
        let rank = |found: &Found| match found.answer() {
            Answer::No => 0,
            Answer::Unknown(_) => 1,
            Answer::Yes => 2,
        };
        // Escalation is not checked where administration is, so that both are checked together.
        // A principal that is exempted by name is listed, which does not widen anything: the policy admitted it before.
        let spares = deny.contains("PrincipalOrgID");
        let widths = |document: &Document| {
            let accounts = |found: Found| if spares { 0 } else { rank(&found) };
            let identity = Identity::new(HOME, vec![("", document)], None);
            let ways = rank(&identity.full_admin()).max(rank(&identity.escalation_paths()));
            [
                rank(&document.public(&HOME, &["s3:GetObject"])),
                rank(&document.public(&HOME, &[])),
                accounts(document.external_accounts(&HOME)),
                rank(&document.services_without_source(&HOME)),
                rank(&document.trusts_anyone(&HOME)),
                accounts(document.trusts_accounts_unconditionally(&HOME)),
                rank(&identity.full_admin()),
                ways,
                rank(&identity.decrypts_any_key()),
                rank(&identity.wildcard_services()),
            ]
        };
        for (before, after) in widths(&before).into_iter().zip(widths(&after)) {
            prop_assert!(after <= before, "{list:?}");
        }
    }

    #[test]
    fn another_grant_never_improves_a_verdict(
        list in prop::collection::vec(grant(), 1..4),
        more in grant(),
        unknown in any::<bool>(),
    ) {
        let home = if unknown { HOME } else { Home { organization: Membership::Of("o-a"), ..HOME } };
        let before = Document::parse(&document(&list)).unwrap();
        let mut list = list;
        list.push(more.replace(r#""Effect": "Deny""#, r#""Effect": "Allow""#));
        let after = Document::parse(&document(&list)).unwrap();
        for (before, after) in grants(&before, &home).into_iter().zip(grants(&after, &home)) {
            for entry in &before.certain {
                prop_assert!(after.certain.contains(entry), "{entry} of {list:?}");
            }
            for maybe in &before.undecided {
                let still = after.undecided.iter().any(|other| other.what == maybe.what);
                prop_assert!(still || after.certain.contains(&maybe.what), "{maybe} of {list:?}");
            }
            // Whatever accounts are trusted.
            for trusted in [&[][..], &["222222222222"], &["222222222222", "organization `o-a`"]] {
                prop_assert!(verdict(&before, trusted) <= verdict(&after, trusted), "{list:?}");
            }
        }
    }

    /// A principal that a Deny exempts by a key is listed like one that an Allow names by it.
    #[test]
    fn whom_a_deny_spares_is_listed_like_whom_an_allow_names(
        key in prop::sample::select(KEYS.to_vec()),
        accounts in prop::collection::btree_set("[2-9]{12}", 1..4),
        if_exists in any::<bool>(),
        unknown in any::<bool>(),
        other in grant(),
        before in any::<bool>(),
    ) {
        let home = if unknown { HOME } else { Home { organization: Membership::Of("o-a"), ..HOME } };
        let (key, operator, form) = key;
        let mut values: Vec<String> =
            accounts.iter().map(|id| format!("\"{}\"", form.replace("ID", id))).collect();
        values.push(format!("\"{}\"", form.replace("ID", HOME.account)));
        let values = values.join(",");
        let lax = if if_exists { "IfExists" } else { "" };
        let statement = |effect: &str, condition: &str| format!(
            r#"{{"Effect": "{effect}", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*", "Condition": {condition}}}"#
        );
        let named = statement("Allow", &format!(r#"{{"{operator}": {{"{key}": [{values}]}}}}"#));
        let not = operator.replace("Equals", "NotEquals").replace("Like", "NotLike");
        let mut spared = vec![
            statement("Allow", "{}"),
            statement("Deny", &format!(r#"{{"{not}{lax}": {{"{key}": [{values}]}}}}"#)),
        ];
        let named = Document::parse(&document(&[named])).unwrap();
        let both = Document::parse(&document(&spared)).unwrap();
        for (question, ask) in ACCOUNTS.iter().enumerate() {
            let (named, spared) = (ask(&named, &home), ask(&both, &home));
            prop_assert_eq!(&named.certain, &spared.certain, "{} {}", question, key);
            let what = |found: &Found| -> Vec<String> {
                found.undecided.iter().map(|maybe| maybe.what.clone()).collect()
            };
            prop_assert_eq!(what(&named), what(&spared), "{} {}", question, key);
            prop_assert!(!named.answer().is_no(), "{}", key);
        }
        // Another Allow hides none of them.
        let more = other.replace(r#""Effect": "Deny""#, r#""Effect": "Allow""#);
        spared.insert(if before { 0 } else { 2 }, more);
        let three = Document::parse(&document(&spared)).unwrap();
        for ask in ACCOUNTS {
            for entry in ask(&both, &home).certain {
                prop_assert!(ask(&three, &home).certain.contains(&entry), "{entry} of {spared:?}");
            }
        }
    }

    #[test]
    fn the_matcher_agrees_with_the_automaton(pattern in "[ab*?]{0,8}", text in "[ab]{0,8}") {
        let glob = Glob::new(&pattern);
        let literal = Glob::literal(&text);
        prop_assert_eq!(glob.matches(&text), automaton::overlaps(&glob, &literal));
        let classes = automaton::classes(&[glob.clone(), literal]).unwrap();
        prop_assert_eq!(glob.matches(&text), classes.iter().any(|(matched, _)| *matched == [true, true]));
    }

    #[test]
    fn containment_is_what_the_matcher_says(a in "[ab*?]{0,6}", b in "[ab*?]{0,6}", text in "[abc]{0,6}") {
        let (inner, outer) = (Glob::new(&a), Glob::new(&b));
        if inner.matches(&text) && automaton::contains(std::slice::from_ref(&outer), &inner) == Some(true) {
            prop_assert!(outer.matches(&text));
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = Document::parse(&text);
        let _ = Document::parse(&format!("%{text}"));
    }

    #[test]
    fn no_policy_makes_it_panic(
        words in prop::collection::vec("[a-zA-Z0-9:*?${}/,'.%-]{0,24}", 6),
        operator in prop::sample::select(vec![
            "StringLike", "ForAllValues:StringNotLike", "ArnLike", "IpAddress", "NotIpAddress", "Null",
            "NumericLessThanIfExists", "DateGreaterThan", "Bool", "ForAnyValue:ArnNotEquals",
        ]),
        key in prop::sample::select(vec![
            "aws:SourceIp", "aws:SourceArn", "aws:PrincipalOrgPaths", "s3:TlsVersion", "aws:userid", "x:y",
            "cognito-identity.amazonaws.com:sub", "aws:PrincipalIsAWSService",
        ]),
    ) {
        for (effect, kind) in [("Allow", "AWS"), ("Deny", "AWS"), ("Allow", "Federated")] {
            let text = serde_json::json!({
                "Version": "2012-10-17",
                "Statement": [
                    {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"},
                    {
                        "Effect": effect,
                        "Principal": {kind: words[0]},
                        "Action": format!("s3:{}", words[1]),
                        "Resource": [words[2], words[3]],
                        "Condition": {operator: {key: [words[4], words[5]]}},
                    },
                ],
            });
            if let Ok(document) = Document::parse(&text.to_string()) {
                everything(&document);
            }
        }
    }
}

/// Answers every question within a time that an audit can afford, also without optimization.
fn soon(text: &str) {
    let begin = worked();
    if let Ok(document) = Document::parse(text) {
        everything(&document);
    }
    let work = worked() - begin;
    assert!(work < Duration::from_secs(20), "{work:?}");
}

#[test]
fn patterns_made_of_stars_end_quickly() {
    for pattern in [
        "*".repeat(10_000),
        "*a".repeat(5_000),
        "?*".repeat(5_000),
        format!("*a{}b", "?".repeat(60)),
    ] {
        soon(&document(&[
            format!(
                r#"{{"Effect": "Allow", "Principal": "*", "Action": "s3:{pattern}", "Resource": "{pattern}"}}"#
            ),
            format!(
                r#"{{"Effect": "Deny", "Principal": "*", "Action": "s3:{pattern}x", "Resource": "{pattern}x"}}"#
            ),
        ]));
    }
}

#[test]
fn the_largest_policies_end_quickly() {
    let list = |what: &dyn Fn(usize) -> String| {
        let items: Vec<String> = (0..150).map(|i| format!("\"{}\"", what(i))).collect();
        format!("[{}]", items.join(","))
    };
    let actions = list(&|i| format!("s3:*a{i}*b?c{}*", i * 7));
    let resources = list(&|i| format!("arn:aws:s3:::*{i}*x?{}*", i * 3));
    let text = document(&[
        format!(
            r#"{{"Effect": "Allow", "Principal": "*", "Action": {actions}, "Resource": {resources}}}"#
        ),
        format!(
            r#"{{"Effect": "Deny", "Principal": "*", "NotAction": {actions}, "NotResource": {resources}}}"#
        ),
        r#"{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "arn:aws:*:*:*?:*"}"#
            .to_owned(),
    ]);
    soon(&text);
}

#[test]
fn deep_nesting_is_refused() {
    for text in ["[".repeat(100_000), r#"{"Statement":"#.repeat(10_000), "%5B".repeat(60_000)] {
        assert!(Document::parse(&text).is_err());
    }
}
