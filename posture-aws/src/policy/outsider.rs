//! What conditions mean for callers of a known kind: an outsider, a service, the holder of a policy.
//!
//! A condition answers two questions: whether such a caller may meet it (that decides about an Allow), and whether
//! such a caller must meet it (that decides about a Deny). Keys that fix who or where the caller is follow the
//! definition of a
//! [non-public policy](https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status),
//! keys that do not identify the caller do not matter, and any other key leaves the answer open.

use posture_model::dated::Dated;

use super::answer::Answer;
use super::automaton;
use super::condition::{
    Condition, Context, Operator, Order, SetOperator, Template, Value, instant, range,
};
use super::glob::{Glob, Token};
use super::{Home, Membership};

/// The callers in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who<'a> {
    /// Anyone: an anonymous caller, or a principal of any account.
    Stranger,
    /// A guest of an Amazon Cognito identity pool, who did not sign in.
    Guest,
    /// A principal of this account.
    Account(&'a str),
    /// A principal of this account that proves nothing more: it has no external id, is in no organization and comes from
    /// no network that a policy names.
    Unproven(&'a str),
    /// A principal of some account of this organization, but of none that a policy names.
    Organization(&'a str),
    /// A service, acting for any of its users. None if no service in particular is meant.
    Service(Option<&'a str>),
    /// A service that acts for this account.
    ServiceOf(&'a str),
    /// A service that acts for some account of this organization, but for none that a policy names.
    ServiceOfOrganization(&'a str),
}

impl Who<'_> {
    /// Whether it is a service of the provider.
    pub(super) fn is_service(self) -> bool {
        matches!(self, Self::Service(_) | Self::ServiceOf(_) | Self::ServiceOfOrganization(_))
    }
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

/// Keys that fix the account, the organization or the identity of a caller.
static PRINCIPAL_KEYS: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    ],
    "2026-11-29",
    &[
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:userid",
        "kms:calleraccount",
    ],
);

/// Keys that fix on whose behalf a service acts.
static SOURCE_KEYS: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"],
    "2026-11-29",
    &[
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
    ],
);

/// Keys that hold the account or the organization of a caller, or of the principal for which a service acts.
static OF_CALLERS: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"],
    "2026-11-30",
    &["aws:principalaccount", "aws:principalorgid", "aws:sourceaccount", "aws:sourceorgid"],
);

/// Keys that fix the network, or another attribute that only some callers have.
static PLACE_KEYS: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html",
    ],
    "2026-11-29",
    &[
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "s3:dataaccesspointaccount",
        "s3:dataaccesspointarn",
    ],
);

/// Keys that describe the request, which a caller can choose, and not the caller.
static CHOSEN_KEYS: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    ],
    "2026-11-29",
    &[
        // Any principal can call through a service, and none has to.
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
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
        "aws:viaawsservice",
        "kms:encryptioncontextkeys",
        "kms:grantisforawsresource",
        "kms:viaservice",
        "sns:endpoint",
        "sns:protocol",
        "sts:externalid",
        "sts:rolesessionname",
        "sts:sourceidentity",
    ],
);

/// Groups of such keys, by how they begin.
static CHOSEN_PREFIXES: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html",
        "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
    ],
    "2026-11-29",
    &[
        "aws:principaltag/",
        "aws:requesttag/",
        "aws:resourcetag/",
        "kms:encryptioncontext:",
        "s3:",
        "sts:requestcontext/",
        "sts:transitivetagkeys",
    ],
);

pub(super) fn is_place(key: &str) -> bool {
    PLACE_KEYS.contains(&key)
}

fn is_chosen(key: &str) -> bool {
    CHOSEN_KEYS.contains(&key) || CHOSEN_PREFIXES.iter().any(|prefix| key.starts_with(prefix))
}

/// What conditions mean for the holder of a policy, who can call in any way: with MFA, over TLS, from the right network,
/// freshly signed in. `context` holds what is known besides.
///
/// A grant under such a condition restricts how its holder calls and not how much it may do, so that an administrator
/// who needs MFA is an administrator; and a Deny that asks for MFA takes nothing from a user who has it.
pub(super) fn reach_of_holder(conditions: &[Condition], context: &Context) -> Reach {
    let (mut may, mut must) = (Answer::Yes, Answer::Yes);
    for condition in conditions {
        let whole_internet =
            condition.operator == Operator::IpAddress && !narrow(&condition.values);
        let one = match condition.key.as_str() {
            "aws:sourceip" if whole_internet => {
                Reach { may: Answer::Yes, must: Answer::needs(&condition.key) }
            }
            key if HOLDER_KEYS.contains(&key) => past(condition).unwrap_or(Reach::CHOICE),
            _ => Reach::both(condition.holds(context)),
        };
        may = may.and(one.may);
        must = must.and(one.must);
    }
    Reach { may, must }
}

/// Keys that describe how a principal calls that already has permissions.
static HOLDER_KEYS: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html"],
    "2026-11-30",
    &[
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:securetransport",
        "aws:sourceip",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:viaawsservice",
        "aws:vpcsourceip",
    ],
);

/// What conditions mean for a kind of caller of a resource that is at home there.
pub(super) fn reach(conditions: &[Condition], who: Who<'_>, home: &Home<'_>) -> Reach {
    let resource = context_of(home);
    let (mut may, mut must) = (Answer::Yes, Answer::Yes);
    for condition in conditions {
        let one = reach_one(condition, conditions, who, &resource);
        may = may.and(one.may);
        must = must.and(one.must);
    }
    Reach { may, must }
}

/// What is known of the resource, for the variables that are about it.
fn context_of(home: &Home<'_>) -> Context {
    let organization = match home.organization {
        Membership::Of(id) => Value::Is(vec![id.to_owned()]),
        Membership::None => Value::Missing,
        Membership::Unknown => Value::Open,
    };
    Context::open().is("aws:resourceaccount", home.account).with("aws:resourceorgid", organization)
}

/// A condition on the resource's account or organization whose value is that of the caller, turned round.
///
/// `aws:ResourceOrgID` equals `${aws:PrincipalOrgID}` where `aws:PrincipalOrgID` equals `${aws:ResourceOrgID}`.
pub(super) fn turned(condition: &Condition) -> Option<Condition> {
    let ours = matches!(condition.key.as_str(), "aws:resourceorgid" | "aws:resourceaccount");
    if !ours || condition.if_exists || condition.set.is_some() {
        return None;
    }
    let [value] = condition.values.as_slice() else { return None };
    let caller = value.variable().filter(|key| OF_CALLERS.contains(key))?;
    Some(Condition {
        key: caller.to_owned(),
        values: vec![Template::of_variable(&condition.key)],
        ..condition.clone()
    })
}

fn reach_one(condition: &Condition, all: &[Condition], who: Who<'_>, resource: &Context) -> Reach {
    let turned = turned(condition);
    let condition = turned.as_ref().unwrap_or(condition);
    let key = condition.key.as_str();
    let missing = || condition.holds(&resource.clone().with(key, Value::Missing));
    let is = |value: &str| condition.holds(&resource.clone().is(key, value));
    if key == "aws:principalisawsservice" {
        return Reach::both(is(if who.is_service() { "true" } else { "false" }));
    }
    if let Some(reach) = past(condition) {
        return reach;
    }
    match who {
        Who::Account(account) | Who::Unproven(account)
            if matches!(key, "aws:principalaccount" | "kms:calleraccount") =>
        {
            return Reach::both(is(account));
        }
        Who::Account(account) | Who::Unproven(account) if key == "aws:principalarn" => {
            return arns_of(condition, all, account);
        }
        Who::Organization(id) if key == "aws:principalorgid" => return Reach::both(is(id)),
        Who::Organization(id) if key == "aws:principalorgpaths" => {
            return paths_of(condition, all, id);
        }
        Who::Account(_) | Who::Unproven(_) | Who::Organization(_) if SOURCE_KEYS.contains(&key) => {
            // Only services bring these along.
            return Reach::both(missing().or(Answer::needs(key)));
        }
        Who::Account(_) if PRINCIPAL_KEYS.contains(&key) => return Reach::open(key),
        Who::Account(_) | Who::Organization(_) if is_place(key) => return Reach::CHOICE,
        // Who proves nothing has the name that it is asked for, and no external id.
        Who::Unproven(_) if key == "aws:userid" => return Reach::CHOICE,
        Who::Unproven(_) if key == "sts:externalid" => {}
        Who::Guest if key.ends_with(":amr") => return Reach::both(is("unauthenticated")),
        Who::Guest if key.ends_with(":sub") => {}
        Who::Guest if key.starts_with("cognito-identity") => return Reach::CHOICE,
        Who::Guest if PRINCIPAL_KEYS.contains(&key) => return Reach::both(missing()),
        Who::ServiceOf(account) if matches!(key, "aws:sourceaccount" | "aws:sourceowner") => {
            return Reach::both(is(account));
        }
        Who::ServiceOf(account)
            if key == "aws:sourcearn"
                || (key.starts_with("kms:encryptioncontext:") && are_arns(condition)) =>
        {
            return arns_of(condition, all, account);
        }
        Who::ServiceOf(_) if matches!(key, "aws:sourceorgid" | "aws:sourceorgpaths") => {
            return Reach::open(key);
        }
        Who::ServiceOfOrganization(id) if key == "aws:sourceorgid" => return Reach::both(is(id)),
        Who::ServiceOfOrganization(id) if key == "aws:sourceorgpaths" => {
            return paths_of(condition, all, id);
        }
        Who::Service(Some(name)) if key.starts_with("aws:principalservicename") => {
            return Reach::both(is(name));
        }
        // A service that no statement names.
        Who::Service(None) if key.starts_with("aws:principalservicename") => {}
        Who::ServiceOf(_) | Who::ServiceOfOrganization(_)
            if key.starts_with("aws:principalservicename") =>
        {
            return Reach::CHOICE;
        }
        _ if key.starts_with("aws:principalservicename") => return Reach::both(missing()),
        Who::Service(_) | Who::ServiceOf(_) | Who::ServiceOfOrganization(_)
            if key.starts_with("aws:principal") && PRINCIPAL_KEYS.contains(&key) =>
        {
            // A service principal has no account, ARN or organization.
            return Reach::both(missing());
        }
        Who::Service(_) | Who::ServiceOf(_) | Who::ServiceOfOrganization(_)
            if matches!(key, "kms:calleraccount") => {}
        // A service that no statement names is admitted by its own name only, and not by where it comes from.
        Who::Service(None) if is_place(key) => {}
        Who::Service(_) | Who::ServiceOf(_) | Who::ServiceOfOrganization(_)
            if is_place(key) || PRINCIPAL_KEYS.contains(&key) =>
        {
            return Reach::open(key);
        }
        // The trail or the log group is part of the encryption context, and its ARN holds the account.
        Who::Service(_)
            if key.starts_with("kms:encryptioncontext:")
                && fixes(condition, all) == Answer::Yes
                && are_arns(condition) => {}
        _ if PRINCIPAL_KEYS.contains(&key) || SOURCE_KEYS.contains(&key) || is_place(key) => {}
        _ if is_chosen(key) => return Reach::CHOICE,
        _ => return Reach::open(key),
    }
    if condition.operator == Operator::Null {
        return Reach::CHOICE;
    }
    by_fixed(condition, all, fixes_values(condition))
}

/// What a condition means for a caller that has none of the values that the policy's author fixed, if they are `fixed`.
fn by_fixed(condition: &Condition, all: &[Condition], fixed: Answer) -> Reach {
    if condition.negated {
        // Not in the fixed set, or without the key at all: that is everyone else.
        let every = condition.set != Some(SetOperator::ForAny) || condition.if_exists;
        return Reach { may: Answer::Yes, must: fixed.and(Answer::from(every)) };
    }
    let strict = Answer::from(needs_key(condition, all));
    Reach { may: fixed.and(strict).negate(), must: Answer::No }
}

/// What a condition on ARNs means for a principal or a resource of an account, if only the account is known.
fn arns_of(condition: &Condition, all: &[Condition], account: &str) -> Reach {
    if condition.operator == Operator::Null {
        return Reach::CHOICE;
    }
    let other =
        |value: &Template| !value.is_open() && !may_be_of(value, condition.operator, account);
    let none = !condition.values.is_empty() && condition.values.iter().all(other);
    by_fixed(condition, all, Answer::from(none))
}

/// Whether an ARN of an account may match a value.
fn may_be_of(value: &Template, operator: Operator, account: &str) -> bool {
    let pattern = value.outline();
    let tokens = pattern.tokens();
    let parts: Vec<&[Token]> = tokens.splitn(6, |token| *token == Token::Char(':')).collect();
    let literal = |part: &&[Token]| part.iter().all(|token| matches!(token, Token::Char(_)));
    match parts.as_slice() {
        [head @ .., _, part, _] if head.len() == 3 => {
            let same = Glob::from_tokens(part.iter().copied()).matches(account);
            // In a plain string comparison a wildcard of the head may match more than the part that it is in.
            same || (operator != Operator::Arn && !head.iter().all(literal))
        }
        _ => !pattern.is_literal(),
    }
}

/// What a condition on the paths of organizations means for an account somewhere in one.
fn paths_of(condition: &Condition, all: &[Condition], organization: &str) -> Reach {
    if condition.operator == Operator::Null {
        return Reach::CHOICE;
    }
    let within = Glob::new(&format!("{organization}/*"));
    let other =
        |value: &Template| !value.is_open() && !automaton::overlaps(&value.outline(), &within);
    let none = !condition.values.is_empty() && condition.values.iter().all(other);
    by_fixed(condition, all, Answer::from(none))
}

fn are_arns(condition: &Condition) -> bool {
    condition.values.iter().all(|value| fixed_text(value).starts_with("arn:"))
}

/// The meaning of a condition that requires a token which was issued before the past began: no token lives for so long
/// ([at most 36 hours](https://docs.aws.amazon.com/STS/latest/APIReference/API_GetFederationToken.html)), so that only
/// a caller without a token could meet it, where that counts.
fn past(condition: &Condition) -> Option<Reach> {
    let before = matches!(
        condition.operator,
        Operator::Date(Order::Less | Order::LessOrEqual | Order::Equal)
    );
    if condition.key != "aws:tokenissuetime" || !before || condition.negated {
        return None;
    }
    let over = |value: &Template| {
        value.fixed().and_then(|text| instant(&text)).is_some_and(|time| time < PAST)
    };
    if condition.values.is_empty() || !condition.values.iter().all(over) {
        return None;
    }
    let lax = condition.if_exists || condition.set == Some(SetOperator::ForAll);
    Some(Reach { may: Answer::from(lax), must: Answer::No })
}

/// The first of November 2026, in seconds since 1970: whenever this runs, a token from before has ended.
const PAST: f64 = 1_793_491_200.0;

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
    if let Some(own) = value.variable() {
        // The account or the organization of the resource itself.
        return Answer::from(is_own(key, own));
    }
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

/// Whether a variable is replaced by the value of a key of the resource's account.
pub(super) fn is_own(key: &str, variable: &str) -> bool {
    match variable {
        "aws:resourceorgid" => key.ends_with("orgid"),
        "aws:resourceaccount" => key.ends_with("account") || key == "aws:sourceowner",
        _ => false,
    }
}

fn is_account(part: &[Token]) -> bool {
    part.len() == 12 && part.iter().all(|token| matches!(token, Token::Char('0'..='9')))
}

/// Whether no range is wider than /8 (IPv4) or /32 (IPv6), except for private addresses, nor all together half of IPv4.
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

    const HOME: Home<'static> =
        Home { account: "111111111111", partition: "aws", organization: Membership::Of("o-home") };

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
            // Another key that is there, or one that is not, makes no condition strict.
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "Null": {"aws:userid": "false"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "Null": {"aws:PrincipalOrgID": "true"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "Null": {"aws:PrincipalOrgID": ["false", "true"]}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "Null": {"aws:PrincipalOrgID": []}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}, "StringEquals": {"aws:PrincipalTag/x": "false"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"ForAllValues:StringLike": {"aws:PrincipalOrgPaths": "o-a/*"}, "Null": {"aws:PrincipalOrgPaths": "FALSE"}}"#,
                Some(false),
                Some(false),
            ),
            // Patterns of ARNs that fix no account.
            (r#"{"ArnLike": {"aws:SourceArn": "*"}}"#, Some(true), Some(false)),
            (r#"{"ArnLike": {"aws:PrincipalArn": "*"}}"#, Some(true), Some(false)),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:*"}}"#, Some(true), Some(false)),
            (r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*"}}"#, Some(true), Some(false)),
            (
                r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::????????????:role/x"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::12345678901?:role/x"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::1234:role/*"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringLike": {"aws:PrincipalArn": "arn:a?s:iam::123456789012:role/*"}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"StringLike": {"aws:PrincipalArn": ["arn:aws:iam::123456789012:role/*", "*"]}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"StringLike": {"aws:PrincipalOrgPaths": "*/r-b/*"}}"#, Some(true), Some(false)),
            (r#"{"StringLike": {"aws:PrincipalAccount": "o-a/*"}}"#, Some(true), Some(false)),
            (r#"{"StringLike": {"aws:userid": "*"}}"#, Some(true), Some(false)),
            // A range that cannot be read, one wide one among narrow ones, and many that are half of all.
            (r#"{"IpAddress": {"aws:SourceIp": "everywhere"}}"#, Some(true), Some(false)),
            (
                r#"{"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "64.0.0.0/7"]}}"#,
                Some(true),
                Some(false),
            ),
            (
                r#"{"IpAddress": {"aws:SourceIp": ["64.0.0.0/7", "203.0.113.0/24"]}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"StringEquals": {"aws:SourceIp": "203.0.113.7"}}"#, None, Some(false)),
            // What is negated is met by everyone else, unless one value among several would do.
            (
                r#"{"ForAnyValue:StringNotEquals": {"aws:PrincipalOrgPaths": "o-a/"}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"StringNotEquals": {"aws:PrincipalOrgID": []}}"#, Some(true), Some(false)),
            (r#"{"Null": {"aws:PrincipalOrgID": "false"}}"#, Some(true), Some(false)),
            (r#"{"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}"#, None, None),
            (r#"{"StringEquals": {"new:Key": "x"}}"#, None, None),
        ] {
            let reach = reach(&conditions(json), Who::Stranger, &HOME);
            let expect = |answer: &Answer, expected: Option<bool>| match expected {
                Some(expected) => assert_eq!(*answer, Answer::from(expected), "{json}"),
                None => assert!(matches!(answer, Answer::Unknown(_)), "{json}: {answer:?}"),
            };
            expect(&reach.may, may);
            expect(&reach.must, must);
        }
    }

    /// Many ranges, each narrow, that are half of all addresses together.
    #[test]
    fn many_narrow_ranges_are_not_narrow() {
        let some = |count: u32| {
            let ranges: Vec<String> =
                (0..count).map(|n| format!("\"{}.0.0.0/8\"", 2 * n + 1)).collect();
            format!(r#"{{"IpAddress": {{"aws:SourceIp": [{}]}}}}"#, ranges.join(","))
        };
        for (count, may) in [(127, false), (128, true)] {
            let reach = reach(&conditions(&some(count)), Who::Stranger, &HOME);
            assert_eq!(reach.may, Answer::from(may), "{count}");
        }
    }

    /// What each kind of caller makes of a condition: whether it may meet it, and whether it must.
    #[track_caller]
    fn assert_reach(json: &str, who: Who<'_>, may: Option<bool>, must: Option<bool>) {
        let reach = reach(&conditions(json), who, &HOME);
        for (answer, expected) in [(reach.may, may), (reach.must, must)] {
            match expected {
                Some(expected) => assert_eq!(answer, Answer::from(expected), "{json} {who:?}"),
                None => assert!(matches!(answer, Answer::Unknown(_)), "{json} {who:?}: {answer:?}"),
            }
        }
    }

    #[test]
    fn a_principal_of_an_account_meets_what_its_account_does() {
        let (mine, theirs) = (Who::Account("222222222222"), Who::Account("333333333333"));
        let role = |operator: &str, arn: &str| {
            format!(r#"{{"{operator}": {{"aws:PrincipalArn": "{arn}"}}}}"#)
        };
        for key in ["aws:PrincipalAccount", "kms:CallerAccount"] {
            let is = format!(r#"{{"StringEquals": {{"{key}": "222222222222"}}}}"#);
            assert_reach(&is, mine, Some(true), Some(true));
            assert_reach(&is, theirs, Some(false), Some(false));
        }
        for arn in [
            "arn:aws:iam::222222222222:role/*",
            "arn:aws:iam::2222*:role/x",
            "arn:aws:iam::*:role/x",
        ] {
            for operator in ["ArnLike", "StringLike"] {
                assert_reach(&role(operator, arn), mine, Some(true), Some(false));
            }
            for operator in ["ArnNotLike", "StringNotLike"] {
                assert_reach(&role(operator, arn), mine, Some(true), Some(false));
            }
        }
        let fixed = "arn:aws:iam::222222222222:role/a:333333333333:b";
        assert_reach(&role("ArnLike", fixed), theirs, Some(false), Some(false));
        assert_reach(&role("StringLike", fixed), theirs, Some(false), Some(false));
        assert_reach(&role("ArnNotLike", fixed), theirs, Some(true), Some(true));
        assert_reach(&role("StringNotEquals", fixed), theirs, Some(true), Some(true));
        // Text may run on over colons, parts of an ARN do not.
        let wild = "arn:aws:*:222222222222:role/*";
        assert_reach(&role("StringLike", wild), theirs, Some(true), Some(false));
        let wild = "arn:aws:*::222222222222:role/*";
        assert_reach(&role("ArnLike", wild), theirs, Some(false), Some(false));
        assert_reach(&role("StringLike", wild), theirs, Some(true), Some(false));
        assert_reach(&role("ArnLike", "*"), theirs, Some(true), Some(false));
        assert_reach(&role("ArnEquals", "nonsense"), theirs, Some(false), Some(false));
        assert_reach(&role("ArnLike", "${aws:PrincipalTag/a}"), theirs, Some(true), Some(false));
        assert_reach(&role("Null", "false"), theirs, Some(true), Some(false));
        assert_reach(r#"{"ArnLike": {"aws:PrincipalArn": []}}"#, theirs, Some(true), Some(false));
        // Its organization is unknown here; only services bring a source; networks are a matter of choice.
        let org = r#"{"StringEquals": {"aws:PrincipalOrgID": "o-a"}}"#;
        assert_reach(org, mine, None, None);
        let source = r#"{"StringEquals": {"aws:SourceAccount": "222222222222"}}"#;
        assert_reach(source, mine, None, None);
        let source = r#"{"StringNotEquals": {"aws:SourceAccount": "222222222222"}}"#;
        assert_reach(source, mine, Some(true), Some(true));
        let place = r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#;
        assert_reach(place, mine, Some(true), Some(false));
    }

    #[test]
    fn a_member_of_an_organization_meets_what_its_organization_does() {
        let who = Who::Organization("o-a");
        for (json, may, must) in [
            (r#"{"StringEquals": {"aws:PrincipalOrgID": ["o-b", "o-a"]}}"#, true, true),
            (r#"{"StringEquals": {"aws:PrincipalOrgID": "o-b"}}"#, false, false),
            (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-b"}}"#, true, true),
            (r#"{"StringNotEquals": {"aws:PrincipalOrgID": "o-a"}}"#, false, false),
            (r#"{"StringLike": {"aws:PrincipalOrgPaths": "o-a/r-1/*"}}"#, true, false),
            (r#"{"StringLike": {"aws:PrincipalOrgPaths": "o-b/r-1/*"}}"#, false, false),
            (r#"{"StringNotLike": {"aws:PrincipalOrgPaths": "o-a/*"}}"#, true, false),
            (r#"{"StringNotLike": {"aws:PrincipalOrgPaths": "o-b/*"}}"#, true, true),
            (r#"{"Null": {"aws:PrincipalOrgPaths": "false"}}"#, true, false),
            (r#"{"StringLike": {"aws:PrincipalOrgPaths": []}}"#, true, false),
            (r#"{"StringEquals": {"aws:PrincipalAccount": "222222222222"}}"#, false, false),
            (r#"{"StringNotEquals": {"aws:PrincipalAccount": "222222222222"}}"#, true, true),
            (r#"{"StringNotLike": {"aws:PrincipalAccount": "2*"}}"#, true, false),
            (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, true, false),
        ] {
            assert_reach(json, who, Some(may), Some(must));
        }
        let own = r#"{"StringEquals": {"aws:PrincipalOrgID": "${aws:ResourceOrgID}"}}"#;
        assert_reach(own, who, Some(false), Some(false));
        assert_reach(own, Who::Organization("o-home"), Some(true), Some(true));
        let unknown = Home { organization: Membership::Unknown, ..HOME };
        assert!(matches!(reach(&conditions(own), who, &unknown).may, Answer::Unknown(_)));
        let none = Home { organization: Membership::None, ..HOME };
        assert_eq!(reach(&conditions(own), who, &none).may, Answer::No);
    }

    #[test]
    fn a_service_acts_for_an_account_or_an_organization() {
        let (mine, other) = (Who::ServiceOf("222222222222"), Who::ServiceOfOrganization("o-a"));
        for (json, may, must) in [
            (r#"{"StringEquals": {"aws:SourceAccount": "222222222222"}}"#, true, true),
            (r#"{"StringEquals": {"aws:SourceOwner": "222222222222"}}"#, true, true),
            (r#"{"StringNotEquals": {"aws:SourceAccount": "333333333333"}}"#, true, true),
            (r#"{"StringEquals": {"aws:SourceAccount": "333333333333"}}"#, false, false),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:222222222222:*"}}"#, true, false),
            (r#"{"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:333333333333:*"}}"#, false, false),
            (r#"{"ArnNotLike": {"aws:SourceArn": "arn:aws:sns:*:333333333333:*"}}"#, true, true),
            (
                r#"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:*:eu-west-1:333333333333:trail/*"}}"#,
                true,
                false,
            ),
            (
                r#"{"StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": "arn:aws:cloudtrail:*:333333333333:trail/*"}}"#,
                false,
                false,
            ),
            (r#"{"StringEquals": {"aws:PrincipalAccount": "222222222222"}}"#, false, false),
            (r#"{"StringNotEquals": {"aws:PrincipalAccount": "222222222222"}}"#, true, true),
            (r#"{"Bool": {"aws:PrincipalIsAWSService": "true"}}"#, true, true),
            (r#"{"StringEquals": {"aws:PrincipalServiceName": "x.amazonaws.com"}}"#, true, false),
        ] {
            assert_reach(json, mine, Some(may), Some(must));
        }
        let source = r#"{"StringEquals": {"aws:SourceOrgID": "o-a"}}"#;
        assert_reach(source, mine, None, None);
        for (json, may, must) in [
            (source, true, true),
            (r#"{"StringNotEquals": {"aws:SourceOrgID": "o-home"}}"#, true, true),
            (r#"{"StringLike": {"aws:SourceOrgPaths": "o-a/*"}}"#, true, false),
            (r#"{"StringLike": {"aws:SourceOrgPaths": "o-b/*"}}"#, false, false),
            (r#"{"StringEquals": {"aws:SourceAccount": "222222222222"}}"#, false, false),
            (r#"{"StringNotEquals": {"aws:SourceAccount": "222222222222"}}"#, true, true),
        ] {
            assert_reach(json, other, Some(may), Some(must));
        }
        let named = r#"{"StringEquals": {"aws:PrincipalServiceName": "x.amazonaws.com"}}"#;
        assert_reach(named, Who::Service(Some("x.amazonaws.com")), Some(true), Some(true));
        assert_reach(named, Who::Service(Some("y.amazonaws.com")), Some(false), Some(false));
        assert_reach(named, Who::Service(None), Some(false), Some(false));
        assert_reach(named, Who::Stranger, Some(false), Some(false));
        let not = named.replace("StringEquals", "StringNotEquals");
        assert_reach(&not, Who::Service(None), Some(true), Some(true));
        assert_reach(&not, Who::Stranger, Some(true), Some(true));
        let like = r#"{"StringLike": {"aws:PrincipalServiceName": "x*"}}"#;
        assert_reach(like, Who::Service(None), Some(true), Some(false));
    }

    /// Of a service that a statement names, where it comes from is not known, and what the caller chooses binds it to
    /// nothing.
    #[test]
    fn a_service_that_is_named_is_not_bound_by_a_network_a_tag_or_a_context() {
        let who = Who::Service(Some("sns.amazonaws.com"));
        for json in [
            r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#,
            r#"{"StringEquals": {"aws:SourceVpc": "vpc-1"}}"#,
            r#"{"StringEquals": {"aws:userid": "AROA:x"}}"#,
        ] {
            assert_reach(json, who, None, None);
            // Where none is named, the network is the customer's.
            if !json.contains("userid") {
                assert_reach(json, Who::Service(None), Some(false), Some(false));
            }
        }
        for json in [
            r#"{"StringEquals": {"aws:PrincipalTag/x": "y"}}"#,
            r#"{"StringEquals": {"aws:PrincipalTag/x": "arn:aws:sns:eu-west-1:123456789012:t"}}"#,
            r#"{"StringEquals": {"aws:PrincipalType": "Service"}}"#,
            r#"{"StringLike": {"kms:CallerAccount": "*"}}"#,
            r#"{"StringEquals": {"kms:EncryptionContext:x": "y"}}"#,
            r#"{"StringEquals": {"kms:EncryptionContext:x": ["arn:aws:sns:eu-west-1:123456789012:t", "y"]}}"#,
            r#"{"StringLike": {"kms:EncryptionContext:x": "arn:aws:sns:*:*:t"}}"#,
        ] {
            assert_reach(json, who, Some(true), Some(false));
        }
        assert_reach(
            r#"{"StringEquals": {"kms:CallerAccount": "123456789012"}}"#,
            who,
            Some(false),
            Some(false),
        );
    }

    #[test]
    fn a_holder_comes_from_anywhere_and_through_any_service() {
        let context = Context::open();
        for (json, may, must) in [
            (r#"{"Bool": {"aws:MultiFactorAuthPresent": "true"}}"#, Some(true), Some(false)),
            (r#"{"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Some(true), Some(false)),
            (r#"{"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}"#, Some(true), Some(false)),
            (r#"{"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}"#, Some(true), None),
            (r#"{"StringEquals": {"aws:SourceIp": "203.0.113.7"}}"#, Some(true), Some(false)),
            (r#"{"StringEquals": {"aws:SourceIp": "everywhere"}}"#, Some(true), Some(false)),
            (r#"{"StringEquals": {"aws:CalledViaFirst": "x"}}"#, Some(true), Some(false)),
            (r#"{"Bool": {"aws:ViaAWSService": "false"}}"#, Some(true), Some(false)),
            (
                r#"{"DateLessThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}"#,
                Some(false),
                Some(false),
            ),
            (
                r#"{"DateGreaterThan": {"aws:TokenIssueTime": "2020-01-01T00:00:00Z"}}"#,
                Some(true),
                Some(false),
            ),
            (r#"{"StringEquals": {"new:Key": "x"}}"#, None, None),
        ] {
            let reach = reach_of_holder(&conditions(json), &context);
            for (answer, expected) in [(reach.may, may), (reach.must, must)] {
                match expected {
                    Some(expected) => assert_eq!(answer, Answer::from(expected), "{json}"),
                    None => assert!(matches!(answer, Answer::Unknown(_)), "{json}: {answer:?}"),
                }
            }
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
            let answer =
                reach(&conditions(json), Who::Service(Some("sns.amazonaws.com")), &HOME).may;
            match may {
                Some(may) => assert_eq!(answer, Answer::from(may), "{json}"),
                None => assert!(matches!(answer, Answer::Unknown(_)), "{json}"),
            }
        }
    }
}
