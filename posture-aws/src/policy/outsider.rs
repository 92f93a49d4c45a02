//! What conditions mean for callers of whom only the kind is known: an outsider, a service, the holder of a policy.
//!
//! Of a condition two things can be asked: whether such a caller may meet it (that decides about an Allow), and whether
//! such a caller must meet it (that decides about a Deny). Keys that fix who or where the caller is follow the
//! definition of a
//! [non-public policy](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status),
//! keys that are known to say nothing of the caller do not matter, and any other key leaves the answer open.

use super::answer::Answer;
use super::condition::{Condition, Context, Operator, SetOperator, Template, Value, range};
use super::glob::Token;

/// Of whom it is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who<'a> {
    /// Anyone: nobody signed in, or somebody of any account.
    Stranger,
    /// Somebody of this account.
    Account(&'a str),
    /// A service, acting for whomever it is asked by.
    Service,
}

/// Whether a caller may meet conditions, and whether it always does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reach {
    pub(super) may: Answer,
    pub(super) must: Answer,
}

impl Reach {
    fn both(answer: Answer) -> Self {
        Self { may: answer.clone(), must: answer }
    }

    fn open(key: &str) -> Self {
        Self::both(Answer::needs(key))
    }

    /// The caller can have it either way.
    pub(super) const CHOICE: Self = Self { may: Answer::Yes, must: Answer::No };
}

/// Keys that fix the account, the organisation or the identity of a caller.
const PRINCIPAL_KEYS: &[&str] = &[
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:userid",
    "kms:calleraccount",
];

/// Keys that fix on whose behalf a service acts.
const SOURCE_KEYS: &[&str] = &[
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourceowner",
];

/// Keys that fix the network, or another thing only some have.
const PLACE_KEYS: &[&str] = &[
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpcarn",
    "aws:sourcevpce",
    "aws:vpceaccount",
    "aws:vpceorgid",
    "aws:vpceorgpaths",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];

/// Keys that say how or what is asked for, which a caller can choose, and nothing of who asks.
const CHOSEN_KEYS: &[&str] = &[
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:principaltype",
    "aws:referer",
    "aws:requestedregion",
    "aws:resourceaccount",
    "aws:resourceorgid",
    "aws:resourceorgpaths",
    "aws:securetransport",
    "aws:tagkeys",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:username",
    "kms:encryptioncontextkeys",
    "kms:grantisforawsresource",
    "kms:viaservice",
    "sns:endpoint",
    "sns:protocol",
    "sts:externalid",
    "sts:rolesessionname",
    "sts:sourceidentity",
];

/// Groups of such keys, by how they begin.
const CHOSEN_PREFIXES: &[&str] = &[
    "aws:principaltag/",
    "aws:requesttag/",
    "aws:resourcetag/",
    "kms:encryptioncontext:",
    "s3:",
    "sts:requestcontext/",
    "sts:transitivetagkeys",
];

pub(super) fn is_place(key: &str) -> bool {
    PLACE_KEYS.contains(&key)
}

fn is_chosen(key: &str) -> bool {
    CHOSEN_KEYS.contains(&key) || CHOSEN_PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

/// What conditions mean for the holder of a policy, who comes as it likes: with MFA, over TLS, from the right network,
/// freshly signed in. `context` says what is known besides.
///
/// A grant under such a condition says how its holder has to come and not how much it may do, so that an administrator
/// who needs MFA is an administrator; and a Deny that asks for MFA takes nothing from whoever has it.
pub(super) fn reach_of_holder(conditions: &[Condition], context: &Context) -> Reach {
    let (mut may, mut must) = (Answer::Yes, Answer::Yes);
    for condition in conditions {
        let whole_internet =
            condition.operator == Operator::IpAddress && !narrow(&condition.values);
        let one = match condition.key.as_str() {
            "aws:sourceip" if whole_internet => {
                Reach { may: Answer::Yes, must: Answer::needs(&condition.key) }
            }
            key if HOLDER_KEYS.contains(&key) => Reach::CHOICE,
            _ => Reach::both(condition.holds(context)),
        };
        may = may.and(one.may);
        must = must.and(one.must);
    }
    Reach { may, must }
}

/// Keys that say how somebody comes who has rights already.
const HOLDER_KEYS: &[&str] = &[
    "aws:multifactorauthage",
    "aws:multifactorauthpresent",
    "aws:securetransport",
    "aws:sourceip",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:tokenissuetime",
    "aws:useragent",
    "aws:vpcsourceip",
];

/// What conditions mean for a kind of caller.
pub(super) fn reach(conditions: &[Condition], who: Who<'_>) -> Reach {
    let (mut may, mut must) = (Answer::Yes, Answer::Yes);
    for condition in conditions {
        let one = reach_one(condition, conditions, who);
        may = may.and(one.may);
        must = must.and(one.must);
    }
    Reach { may, must }
}

fn reach_one(condition: &Condition, all: &[Condition], who: Who<'_>) -> Reach {
    let key = condition.key.as_str();
    if matches!(key, "aws:principalisawsservice" | "aws:viaawsservice") {
        // Whoever calls through a service could also call without, but not the other way round.
        let service = matches!(who, Who::Service) && key == "aws:principalisawsservice";
        let context = Context::open().is(key, if service { "true" } else { "false" });
        let answer = condition.holds(&context);
        return if key == "aws:viaawsservice" {
            Reach { may: answer.or(Answer::needs(key)), must: Answer::needs(key) }
        } else {
            Reach::both(answer)
        };
    }
    match who {
        Who::Account(account) if matches!(key, "aws:principalaccount" | "kms:calleraccount") => {
            return Reach::both(condition.holds(&Context::open().is(key, account)));
        }
        Who::Account(_) if SOURCE_KEYS.contains(&key) => {
            // Only services bring these along.
            return Reach::both(
                condition.holds(&Context::open().with(key, Value::Missing)).or(Answer::needs(key)),
            );
        }
        Who::Account(_) if PRINCIPAL_KEYS.contains(&key) => return Reach::open(key),
        Who::Service if key.starts_with("aws:principal") && PRINCIPAL_KEYS.contains(&key) => {
            // A service principal has no account, ARN or organisation of its own.
            return Reach::both(condition.holds(&Context::open().with(key, Value::Missing)));
        }
        Who::Service if matches!(key, "kms:calleraccount") => {}
        Who::Service if is_place(key) || PRINCIPAL_KEYS.contains(&key) => return Reach::open(key),
        // The trail or the log group is part of the encryption context, and its ARN holds the account.
        Who::Service
            if key.starts_with("kms:encryptioncontext:")
                && fixes(condition, all) == Answer::Yes
                && condition.values.iter().all(|v| fixed_text(v).starts_with("arn:")) => {}
        Who::Account(_) if is_place(key) => return Reach::CHOICE,
        Who::Stranger | Who::Account(_) | Who::Service
            if PRINCIPAL_KEYS.contains(&key) || SOURCE_KEYS.contains(&key) || is_place(key) => {}
        Who::Stranger | Who::Account(_) | Who::Service if is_chosen(key) => return Reach::CHOICE,
        Who::Stranger | Who::Account(_) | Who::Service => return Reach::open(key),
    }
    if condition.operator == Operator::Null {
        return Reach::CHOICE;
    }
    let fixed = fixes_values(condition);
    if condition.negated {
        // Not in the fixed set, or without the key at all: that is everybody else.
        let every = condition.set != Some(SetOperator::ForAny) || condition.if_exists;
        return Reach { may: Answer::Yes, must: fixed.and(Answer::from(every)) };
    }
    let strict = Answer::from(needs_key(condition, all));
    Reach { may: fixed.and(strict).negate(), must: Answer::No }
}

/// Whether a condition holds only for callers that the policy's author fixed.
pub(super) fn fixes(condition: &Condition, all: &[Condition]) -> Answer {
    if condition.negated || condition.operator == Operator::Null {
        return Answer::No;
    }
    Answer::from(needs_key(condition, all)).and(fixes_values(condition))
}

/// Whether a condition that is not negated fails when the key is missing.
fn needs_key(condition: &Condition, all: &[Condition]) -> bool {
    let lax = condition.if_exists || condition.set == Some(SetOperator::ForAll);
    !lax || all.iter().any(|other| {
        other.key == condition.key
            && other.operator == Operator::Null
            && other.values.iter().all(|value| fixed_text(value).eq_ignore_ascii_case("false"))
            && !other.values.is_empty()
    })
}

fn fixed_text(value: &Template) -> String {
    value.fixed().unwrap_or_default()
}

/// Whether every value is fixed: no wildcard, no variable, no range that is half the Internet.
fn fixes_values(condition: &Condition) -> Answer {
    let key = condition.key.as_str();
    if condition.values.is_empty() {
        return Answer::No;
    }
    if key == "aws:sourceip" {
        return if condition.operator == Operator::IpAddress {
            Answer::from(narrow(&condition.values))
        } else {
            Answer::needs(key)
        };
    }
    match condition.operator {
        Operator::StringEquals
        | Operator::StringEqualsIgnoreCase
        | Operator::StringLike
        | Operator::Arn => {}
        Operator::Numeric(_)
        | Operator::Date(_)
        | Operator::Bool
        | Operator::Binary
        | Operator::IpAddress
        | Operator::Null => return Answer::needs(key),
    }
    Answer::all(condition.values.iter().map(|value| fixed_value(key, value, condition.operator)))
}

fn fixed_value(key: &str, value: &Template, operator: Operator) -> Answer {
    if value.is_open() {
        return Answer::No;
    }
    let pattern = value.outline();
    let wild = |c: char| c == '*' || c == '?';
    let text = fixed_text(value);
    if pattern.is_literal() && !text.contains(wild) {
        return Answer::from(!text.is_empty());
    }
    let prefix = pattern.prefix();
    if key.ends_with("arn") || key.starts_with("kms:encryptioncontext:") {
        // A wildcard elsewhere still leaves one account. In a plain text comparison it may cross colons, so that there
        // only the region may be open: no name that a stranger can choose then holds the account in its place.
        let tokens = pattern.tokens();
        let parts: Vec<&[Token]> = tokens.splitn(6, |token| *token == Token::Char(':')).collect();
        let literal = |part: &&[Token]| part.iter().all(|token| matches!(token, Token::Char(_)));
        let fixed = match parts.as_slice() {
            [head @ .., _, account, _] if head.len() == 3 => {
                is_account(account) && (operator == Operator::Arn || head.iter().all(literal))
            }
            _ => false,
        };
        return Answer::from(fixed);
    }
    if key.ends_with("orgpaths") {
        let org = prefix.split_once('/').map_or("", |(org, _)| org);
        return Answer::from(org.starts_with("o-"));
    }
    if key == "aws:userid" {
        // The sessions of one role. AWS counts the pattern as public, yet no stranger has the role.
        let role = prefix.split_once(':').map_or("", |(role, _)| role);
        return if role.starts_with("AROA") { Answer::needs(key) } else { Answer::No };
    }
    Answer::No
}

fn is_account(part: &[Token]) -> bool {
    part.len() == 12 && part.iter().all(|token| matches!(token, Token::Char('0'..='9')))
}

/// Whether no range is wider than /8 (IPv4) or /32 (IPv6), but for private addresses, nor all together half of IPv4.
fn narrow(values: &[Template]) -> bool {
    let mut ranges = Vec::new();
    for value in values {
        let Some(range) = value.fixed().and_then(|text| range(&text)) else { return false };
        ranges.push(range);
    }
    let private = |range: &ipnet::IpNet| {
        ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"]
            .iter()
            .any(|net| net.parse::<ipnet::IpNet>().is_ok_and(|net| net.contains(range)))
    };
    let mut addresses: u64 = 0;
    for range in ipnet::IpNet::aggregate(&ranges) {
        if let ipnet::IpNet::V4(net) = range {
            addresses += 1_u64 << (32 - net.prefix_len());
        }
    }
    // Many small ranges can be half the Internet as well.
    addresses < 1 << 31
        && ranges.iter().all(|range| {
            private(range)
                || match range {
                    ipnet::IpNet::V4(net) => net.prefix_len() >= 8,
                    ipnet::IpNet::V6(net) => net.prefix_len() >= 32,
                }
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::json::Json;

    fn conditions(json: &str) -> Vec<Condition> {
        let json: Json = serde_json::from_str(json).unwrap();
        Condition::parse_all(json, true).unwrap()
    }

    #[test]
    fn a_condition_narrows_only_if_its_key_fixes_the_caller() {
        // (condition, may a stranger meet it, must it)
        for (json, may, must) in [
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#, Some(false), Some(false)),
            (
                r#"{"StringEquals": {"aws:principalorgid": ["o-a", "o-b"]}}"#,
                Some(false),
                Some(false),
            ),
            (r#"{"StringLike": {"aws:PrincipalOrgID": "o-*"}}"#, Some(true), Some(false)),
            (r#"{"StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, Some(false), Some(false)),
            (
                r#"{"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a/r-b/*"}}"#,
                Some(false),
                Some(false),
            ),
            (
                r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}}"#, Some(true), Some(false)),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "Null": {"aws:PrincipalOrgID": "false"}}"#,
                Some(false),
                Some(false),
            ),
            (r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#, Some(false), Some(false)),
            (r#"{"StringLike": {"aws:SourceVpc": "vpc-*"}}"#, Some(true), Some(false)),
            (r#"{"StringEquals": {"aws:SourceVpc": "${aws:username}"}}"#, Some(true), Some(false)),
            (r#"{"StringEquals": {"aws:SourceVpce": []}}"#, Some(true), Some(false)),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::bucket"}}"#, Some(false), Some(false)),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:s3:::*"}}"#, Some(true), Some(false)),
            (
                r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}}"#,
                Some(false),
                Some(false),
            ),
            (
                r#"{"StringLike": {"aws:SourceArn": "arn:aws:sns:*:123456789012:*"}}"#,
                Some(false),
                Some(false),
            ),
            (
                r#"{"StringLike": {"aws:SourceArn": "arn:aws:*:*:123456789012:*"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringLike": {"s3:DataAccessPointArn": "arn:aws:s3:us-west-2:123456789012:accesspoint/*"}}"#,
                Some(false),
                Some(false),
            ),
            (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Some(false), Some(false)),
            (r#"{"IpAddress": {"aws:SourceIp": "11.0.0.0/8"}}"#, Some(false), Some(false)),
            (r#"{"IpAddress": {"aws:SourceIp": "10.0.0.0/7"}}"#, Some(true), Some(false)),
            (
                r#"{"IpAddress": {"aws:SourceIp": ["12.0.0.0/8", "13.0.0.0/8"]}}"#,
                Some(false),
                Some(false),
            ),
            (
                r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.1", "0.0.0.0/0"]}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"IpAddress": {"aws:SourceIp": "2001:db8::/32"}}"#, Some(false), Some(false)),
            (r#"{"IpAddress": {"aws:SourceIp": "2001::/31"}}"#, Some(true), Some(false)),
            (r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Some(true), Some(true)),
            (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}"#, Some(true), Some(true)),
            (
                r#"{"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}}"#,
                Some(true),
                Some(true),
            ),
            (r#"{"StringNotLike": {"aws:PrincipalOrgID": "*"}}"#, Some(true), Some(false)),
            (r#"{"Bool": {"aws:SecureTransport": "true"}}"#, Some(true), Some(false)),
            (r#"{"Bool": {"aws:SecureTransport": "false"}}"#, Some(true), Some(false)),
            (
                r#"{"StringEquals": {"aws:ResourceAccount": "123456789012"}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"StringEquals": {"s3:x-amz-acl": "private"}}"#, Some(true), Some(false)),
            (
                r#"{"StringEquals": {"aws:Referer": "https://example.org"}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"Bool": {"aws:PrincipalIsAWSService": true}}"#, Some(false), Some(false)),
            (r#"{"Bool": {"aws:PrincipalIsAWSService": "false"}}"#, Some(true), Some(true)),
            (r#"{"Null": {"aws:PrincipalOrgID": "true"}}"#, Some(true), Some(false)),
            (r#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#, None, None),
            (r#"{"StringEquals": {"new:Key": "x"}}"#, None, None),
        ] {
            let reach = reach(&conditions(json), Who::Stranger);
            let expect = |answer: &Answer, expected: Option<bool>| match expected {
                Some(expected) => assert_eq!(*answer, Answer::from(expected), "{json}"),
                None => assert!(matches!(answer, Answer::Unknown(_)), "{json}: {answer:?}"),
            };
            expect(&reach.may, may);
            expect(&reach.must, must);
        }
    }

    #[test]
    fn a_service_is_bound_by_the_source_and_not_by_the_principal() {
        for (json, may) in [
            (r#"{"StringEquals": {"aws:SourceAccount": "123456789012"}}"#, Some(false)),
            (r#"{"StringLike": {"aws:SourceAccount": "*"}}"#, Some(true)),
            (
                r#"{"ArnLike": {"aws:SourceArn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}"#,
                Some(false),
            ),
            (r#"{"StringEqualsIfExists": {"aws:SourceAccount": "123456789012"}}"#, Some(true)),
            (r#"{"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}"#, Some(true)),
            (
                r#"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:123456789012:trail/*"}}"#,
                Some(false),
            ),
            (
                r#"{"ArnLike": {"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:eu-west-1:123456789012:*"}}"#,
                Some(false),
            ),
        ] {
            let answer = reach(&conditions(json), Who::Service).may;
            match may {
                Some(may) => assert_eq!(answer, Answer::from(may), "{json}"),
                None => assert!(matches!(answer, Answer::Unknown(_)), "{json}"),
            }
        }
    }
}
