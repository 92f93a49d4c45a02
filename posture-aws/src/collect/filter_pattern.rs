//! [Filter patterns](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html) of CloudWatch
//! Logs for JSON records, and the classes for which they see every event.

use std::collections::BTreeSet;

use posture_model::resource::EventClass;
use posture_model::wildcard::Wildcard;
use regex_lite::Regex;

/// How deep parentheses may nest.
const MAX_DEPTH: usize = 64;

/// A condition on a JSON record.
#[derive(Clone, Debug)]
enum Pattern {
    /// The empty pattern.
    Everything,
    Or(Vec<Pattern>),
    And(Vec<Pattern>),
    Is {
        field: String,
        value: String,
        negated: bool,
    },
    /// A [regular expression](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html#regex-expressions)
    /// that is found anywhere in the value; none for one that is not understood.
    Matches {
        field: String,
        regex: Option<Regex>,
        negated: bool,
    },
    Exists {
        field: String,
        negated: bool,
    },
    /// A condition on a field that holds for some events and not for others.
    Narrow(String),
}

/// The classes for which a pattern sees every event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Of these it certainly sees every one.
    pub(crate) certain: BTreeSet<EventClass>,
    /// Of these it may see every one: the certain ones, and those for which the pattern is not understood in full.
    pub(crate) possible: BTreeSet<EventClass>,
}

/// The classes for which a pattern sees every event.
///
/// # Errors
/// Why the pattern cannot be understood.
pub(crate) fn classes(pattern: &str) -> Result<Seen, &'static str> {
    let pattern = parse(pattern)?;
    let mut seen = Seen::default();
    for class in EventClass::ALL.iter().copied() {
        let models = models(class);
        // A class that has no model is never seen in full.
        match models.iter().map(|event| pattern.holds(event)).reduce(Holds::and) {
            Some(Holds::Always) => {
                seen.certain.insert(class);
                seen.possible.insert(class);
            }
            Some(Holds::Unclear) => {
                seen.possible.insert(class);
            }
            Some(Holds::Never | Holds::Sometimes) | None => {}
        }
    }
    Ok(seen)
}

/// For which events of a model a condition holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Always,
    Never,
    /// For some and not for others.
    Sometimes,
    /// It is not known for which.
    Unclear,
}

impl Holds {
    /// For which events both hold, or one of two kinds of events and the other.
    fn and(self, other: Self) -> Self {
        use Holds::{Always, Never, Sometimes, Unclear};
        match (self, other) {
            (Never, _) | (_, Never) => Never,
            // Some events are left out, whatever the other says.
            (Sometimes, _) | (_, Sometimes) => Sometimes,
            (Unclear, _) | (_, Unclear) => Unclear,
            (Always, Always) => Always,
        }
    }

    /// For which events one of both holds.
    fn or(self, other: Self) -> Self {
        use Holds::{Always, Never, Sometimes, Unclear};
        match (self, other) {
            (Always, _) | (_, Always) => Always,
            (Unclear, _) | (_, Unclear) => Unclear,
            (Sometimes, _) | (_, Sometimes) => Sometimes,
            (Never, Never) => Never,
        }
    }

    fn of(certain: bool) -> Self {
        if certain { Self::Always } else { Self::Never }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Equal,
    NotEqual,
    /// An order of numbers.
    Order,
    Field(String),
    Word(String),
    Quoted(String),
    Regex(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, &'static str> {
    let mut tokens = Vec::new();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let mut twice = |second: char| rest.next_if_eq(&second).is_some();
        match c {
            c if c.is_whitespace() => {}
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '&' if twice('&') => tokens.push(Token::And),
            '|' if twice('|') => tokens.push(Token::Or),
            '!' if twice('=') => tokens.push(Token::NotEqual),
            '=' => tokens.push(Token::Equal),
            '<' | '>' => {
                twice('=');
                tokens.push(Token::Order);
            }
            '"' => {
                let mut word = String::new();
                loop {
                    match rest.next() {
                        None => return Err("a quote is not closed"),
                        Some('"') => break,
                        Some('\\') => word.push(rest.next().ok_or("a quote is not closed")?),
                        Some(c) => word.push(c),
                    }
                }
                tokens.push(Token::Quoted(word));
            }
            '%' => {
                let mut regex = String::new();
                loop {
                    match rest.next() {
                        None => return Err("a regular expression is not closed"),
                        Some('%') => break,
                        Some('\\') => {
                            regex.push('\\');
                            regex.extend(rest.next());
                        }
                        Some(c) => regex.push(c),
                    }
                }
                tokens.push(Token::Regex(regex));
            }
            '&' | '|' | '!' | '{' | '}' | '\'' | '`' => return Err("an unexpected character"),
            c => {
                let mut word = String::from(c);
                let plain = |c: &char| !c.is_whitespace() && !"()&|=!<>\"%{}".contains(*c);
                while let Some(c) = rest.next_if(plain) {
                    word.push(c);
                }
                match word.strip_prefix("$.") {
                    Some("") => return Err("a field without a name"),
                    Some(field) => tokens.push(Token::Field(field.to_owned())),
                    None if word.starts_with('$') => return Err("a field without a name"),
                    None => tokens.push(Token::Word(word)),
                }
            }
        }
    }
    Ok(tokens)
}

fn parse(text: &str) -> Result<Pattern, &'static str> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(Pattern::Everything);
    }
    let inner = text
        .strip_prefix('{')
        .and_then(|rest| rest.strip_suffix('}'))
        .ok_or("not a pattern for JSON records")?;
    let tokens = tokens(inner)?;
    let mut parser = Parser { tokens: &tokens, at: 0 };
    let pattern = parser.or(0)?;
    if parser.peek().is_some() { Err("something follows the pattern") } else { Ok(pattern) }
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
}

impl<'a> Parser<'a> {
    fn peek(&self) -> Option<&'a Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens.get(self.at);
        self.at += 1;
        token
    }

    fn or(&mut self, depth: usize) -> Result<Pattern, &'static str> {
        let mut parts = vec![self.and(depth)?];
        while self.peek() == Some(&Token::Or) {
            self.at += 1;
            parts.push(self.and(depth)?);
        }
        Ok(Pattern::Or(parts))
    }

    /// Binds closer than "or".
    fn and(&mut self, depth: usize) -> Result<Pattern, &'static str> {
        let mut parts = vec![self.one(depth)?];
        while self.peek() == Some(&Token::And) {
            self.at += 1;
            parts.push(self.one(depth)?);
        }
        Ok(Pattern::And(parts))
    }

    fn one(&mut self, depth: usize) -> Result<Pattern, &'static str> {
        match self.next() {
            Some(Token::Open) if depth < MAX_DEPTH => {
                let inner = self.or(depth + 1)?;
                match self.next() {
                    Some(Token::Close) => Ok(inner),
                    _ => Err("a parenthesis is not closed"),
                }
            }
            Some(Token::Open) => Err("nested too deep"),
            Some(Token::Field(field)) => self.condition(field),
            _ => Err("a field is missing"),
        }
    }

    fn condition(&mut self, field: &str) -> Result<Pattern, &'static str> {
        let operator = self.next().ok_or("an operator is missing")?;
        match operator {
            Token::Equal | Token::NotEqual => {
                let negated = *operator == Token::NotEqual;
                match self.next() {
                    Some(Token::Word(value) | Token::Quoted(value)) => {
                        Ok(Pattern::Is { field: field.to_owned(), value: value.clone(), negated })
                    }
                    Some(Token::Regex(text)) => Ok(Pattern::Matches {
                        field: field.to_owned(),
                        regex: regex(text),
                        negated,
                    }),
                    _ => Err("a value is missing"),
                }
            }
            Token::Order => match self.next() {
                Some(Token::Word(number)) if number.parse::<f64>().is_ok() => {
                    Ok(Pattern::Narrow(field.to_owned()))
                }
                _ => Err("a number is missing"),
            },
            Token::Word(word) if word.eq_ignore_ascii_case("EXISTS") => {
                Ok(Pattern::Exists { field: field.to_owned(), negated: false })
            }
            Token::Word(word) => {
                let Some(Token::Word(second)) = self.next() else {
                    return Err("an operator is missing");
                };
                match (word.to_ascii_uppercase().as_str(), second.to_ascii_uppercase().as_str()) {
                    ("NOT", "EXISTS") => {
                        Ok(Pattern::Exists { field: field.to_owned(), negated: true })
                    }
                    ("IS", "TRUE" | "FALSE" | "NULL") => Ok(Pattern::Narrow(field.to_owned())),
                    _ => Err("an operator is unknown"),
                }
            }
            _ => Err("an operator is missing"),
        }
    }
}

/// A regular expression of CloudWatch Logs; none if it has what these do not support, or is too large.
fn regex(text: &str) -> Option<Regex> {
    const SIGNS: &str = "'_#=@/;,-^$?[]{}|\\*+.:";
    let known = |c: char| c.is_ascii_alphanumeric() || SIGNS.contains(c);
    text.chars().all(known).then(|| Regex::new(text).ok()).flatten()
}

impl Pattern {
    /// For which events of this model it holds.
    fn holds(&self, event: &Model) -> Holds {
        match self {
            Self::Everything => Holds::Always,
            Self::Or(parts) => {
                parts.iter().map(|part| part.holds(event)).fold(Holds::Never, Holds::or)
            }
            Self::And(parts) => {
                parts.iter().map(|part| part.holds(event)).fold(Holds::Always, Holds::and)
            }
            Self::Narrow(field) => match event.field(field) {
                // What follows from values that we know but do not compare.
                Some(Content::Is(_) | Content::Something) => Holds::Unclear,
                Some(Content::Absent | Content::NoneOf(_)) => Holds::Sometimes,
                None => open(field),
            },
            Self::Exists { field, negated } => match event.field(field) {
                Some(Content::Absent) => Holds::of(*negated),
                Some(Content::Is(_) | Content::NoneOf(_) | Content::Something) => {
                    Holds::of(!negated)
                }
                None => open(field),
            },
            Self::Is { field, value, negated } => match event.field(field) {
                Some(Content::Is(actual)) => {
                    Holds::of(Wildcard::stars(value).matches(actual) != *negated)
                }
                Some(Content::NoneOf(others)) => {
                    if others.contains(&value.as_str()) && !value.contains('*') {
                        Holds::of(*negated)
                    } else if is_anything(value) {
                        Holds::of(!negated)
                    } else {
                        Holds::Sometimes
                    }
                }
                Some(Content::Something) if is_anything(value) => Holds::of(!negated),
                Some(Content::Something) => Holds::Unclear,
                // How the provider compares a field that is not there is not documented.
                Some(Content::Absent) if *negated => Holds::Unclear,
                Some(Content::Absent) => Holds::Never,
                None => open(field),
            },
            Self::Matches { field, regex, negated } => {
                let Some(regex) = regex else { return Holds::Unclear };
                match event.field(field) {
                    Some(Content::Is(actual)) => Holds::of(regex.is_match(actual) != *negated),
                    Some(Content::NoneOf(others)) => found(regex, field, *negated, others),
                    Some(Content::Something) => Holds::Unclear,
                    Some(Content::Absent) if *negated => Holds::Unclear,
                    Some(Content::Absent) => Holds::Never,
                    None => found(regex, field, *negated, &[]),
                }
            }
        }
    }
}

/// Whether a pattern with wildcards fits every text.
fn is_anything(value: &str) -> bool {
    !value.is_empty() && value.chars().all(|c| c == '*')
}

/// The events for which a condition holds on a field that the model does not describe.
fn open(field: &str) -> Holds {
    // The same in (nearly) all events of a trail, so that a condition on it need not leave any out.
    const ALIKE: &[&str] = &[
        "eventCategory",
        "eventVersion",
        "managementEvent",
        "readOnly",
        "recipientAccountId",
        "userIdentity.accountId",
    ];
    // A selector of several fields or items holds where any of them fits.
    let several = field.contains(['*', '[']);
    if several || ALIKE.contains(&field) { Holds::Unclear } else { Holds::Sometimes }
}

/// The events for which a regular expression is found, or is not, in a field that may hold many values, but none of `others`.
/// What it is not found in is shown by an example; what it is found in is not decided.
fn found(regex: &Regex, field: &str, negated: bool, others: &[&str]) -> Holds {
    let examples: &[&str] = match field {
        "eventName" => &["DescribeInstances", "PutObject", "AssumeRole", "DeleteTrail"],
        "eventSource" => &["ec2.amazonaws.com", "s3.amazonaws.com", "sts.amazonaws.com"],
        "awsRegion" => &["us-east-1", "eu-central-1", "ap-southeast-2"],
        "sourceIPAddress" => &["198.51.100.7", "203.0.113.200", "cloudformation.amazonaws.com"],
        "userIdentity.type" => &["IAMUser", "AssumedRole", "AWSService"],
        _ => &[],
    };
    let leaves_out =
        |example: &&str| !others.contains(example) && regex.is_match(example) == negated;
    if examples.iter().any(leaves_out) { Holds::Sometimes } else { Holds::Unclear }
}

/// What a field of a model holds.
#[derive(Clone, Copy, Debug)]
enum Content {
    Is(&'static str),
    /// Something, but none of these.
    NoneOf(&'static [&'static str]),
    /// Something, which is not known.
    Something,
    Absent,
}

/// Events that are alike in the fields which make them what they are; every other field may hold anything.
#[derive(Debug)]
struct Model(Vec<(&'static str, Content)>);

impl Model {
    fn field(&self, name: &str) -> Option<Content> {
        let is_it = |field: &str, content: Content| {
            // Within what is not there, there is nothing either.
            let within = name.strip_prefix(field).is_some_and(|rest| rest.starts_with('.'));
            field == name || within && matches!(content, Content::Absent)
        };
        self.0.iter().find(|(field, content)| is_it(field, *content)).map(|(_, content)| *content)
    }
}

fn calls(source: &'static str, names: &[&'static str]) -> Vec<Model> {
    let call = |name: &&'static str| {
        Model(vec![
            ("eventSource", Content::Is(source)),
            ("eventName", Content::Is(name)),
            ("eventType", Content::Is("AwsApiCall")),
        ])
    };
    names.iter().map(call).collect()
}

/// The events that make up a class, after the
/// [controls of Security Hub for CloudWatch](https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html)
/// and the CIS AWS Foundations Benchmark 7.0.0. The lists are the same except for `ModifySecurityGroupRules`, which the
/// benchmark added.
fn models(class: EventClass) -> Vec<Model> {
    use Content::{Absent, Is, NoneOf, Something};
    let sign_in = |more: &[(&'static str, Content)]| {
        let mut fields = vec![
            ("eventSource", Is("signin.amazonaws.com")),
            ("eventName", Is("ConsoleLogin")),
            ("eventType", Is("AwsConsoleSignIn")),
        ];
        fields.extend_from_slice(more);
        Model(fields)
    };
    match class {
        EventClass::UnauthorizedCalls => ["Client.UnauthorizedOperation", "AccessDenied"]
            .iter()
            .chain(&["AccessDeniedException", "UnauthorizedOperation"])
            .map(|code| {
                Model(vec![
                    ("errorCode", Is(code)),
                    // Benchmarks leave these two out, as they come in masses and mean nothing.
                    ("sourceIPAddress", NoneOf(&["delivery.logs.amazonaws.com"])),
                    ("eventName", NoneOf(&["HeadBucket"])),
                ])
            })
            .collect(),
        EventClass::SignInWithoutMfa => vec![sign_in(&[
            ("additionalEventData.MFAUsed", Is("No")),
            // Federated users bring the MFA of their own provider, and the root user has a separate class.
            ("userIdentity.type", Is("IAMUser")),
            ("userIdentity.arn", Something),
            ("userIdentity.sessionContext.sessionIssuer", Absent),
            ("additionalEventData.SamlProviderArn", Absent),
            ("responseElements.ConsoleLogin", Is("Success")),
        ])],
        EventClass::RootUse => ["AwsApiCall", "AwsConsoleSignIn"]
            .iter()
            .map(|kind| {
                Model(vec![
                    ("userIdentity.type", Is("Root")),
                    ("userIdentity.invokedBy", Absent),
                    ("eventType", Is(kind)),
                ])
            })
            .collect(),
        EventClass::FailedSignIn => vec![sign_in(&[
            ("errorMessage", Is("Failed authentication")),
            ("responseElements.ConsoleLogin", Is("Failure")),
        ])],
        EventClass::IdentityPolicyChange => calls(
            "iam.amazonaws.com",
            &[
                "DeleteGroupPolicy",
                "DeleteRolePolicy",
                "DeleteUserPolicy",
                "PutGroupPolicy",
                "PutRolePolicy",
                "PutUserPolicy",
                "CreatePolicy",
                "DeletePolicy",
                "CreatePolicyVersion",
                "DeletePolicyVersion",
                "AttachRolePolicy",
                "DetachRolePolicy",
                "AttachUserPolicy",
                "DetachUserPolicy",
                "AttachGroupPolicy",
                "DetachGroupPolicy",
            ],
        ),
        EventClass::AuditTrailChange => calls(
            "cloudtrail.amazonaws.com",
            &["CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"],
        ),
        EventClass::KeyDisablement => {
            calls("kms.amazonaws.com", &["DisableKey", "ScheduleKeyDeletion"])
        }
        EventClass::StoragePolicyChange => calls(
            "s3.amazonaws.com",
            &[
                "PutBucketAcl",
                "PutBucketPolicy",
                "PutBucketCors",
                "PutBucketLifecycle",
                "PutBucketReplication",
                "DeleteBucketPolicy",
                "DeleteBucketCors",
                "DeleteBucketLifecycle",
                "DeleteBucketReplication",
            ],
        ),
        EventClass::RecorderChange => calls(
            "config.amazonaws.com",
            &[
                "StopConfigurationRecorder",
                "DeleteDeliveryChannel",
                "PutDeliveryChannel",
                "PutConfigurationRecorder",
            ],
        ),
        EventClass::SecurityGroupChange => calls(
            "ec2.amazonaws.com",
            &[
                "AuthorizeSecurityGroupIngress",
                "AuthorizeSecurityGroupEgress",
                "RevokeSecurityGroupIngress",
                "RevokeSecurityGroupEgress",
                "CreateSecurityGroup",
                "DeleteSecurityGroup",
                // Edits a rule in place, and nothing else records it.
                "ModifySecurityGroupRules",
            ],
        ),
        EventClass::NetworkAclChange => calls(
            "ec2.amazonaws.com",
            &[
                "CreateNetworkAcl",
                "CreateNetworkAclEntry",
                "DeleteNetworkAcl",
                "DeleteNetworkAclEntry",
                "ReplaceNetworkAclEntry",
                "ReplaceNetworkAclAssociation",
            ],
        ),
        EventClass::NetworkGatewayChange => calls(
            "ec2.amazonaws.com",
            &[
                "CreateCustomerGateway",
                "DeleteCustomerGateway",
                "AttachInternetGateway",
                "CreateInternetGateway",
                "DeleteInternetGateway",
                "DetachInternetGateway",
            ],
        ),
        EventClass::RouteChange => calls(
            "ec2.amazonaws.com",
            &[
                "CreateRoute",
                "CreateRouteTable",
                "ReplaceRoute",
                "ReplaceRouteTableAssociation",
                "DeleteRouteTable",
                "DeleteRoute",
                "DisassociateRouteTable",
            ],
        ),
        // The benchmark also names four calls about ClassicLink, which was shut down in 2022 and cannot be called any more.
        EventClass::NetworkChange => calls(
            "ec2.amazonaws.com",
            &[
                "CreateVpc",
                "DeleteVpc",
                "ModifyVpcAttribute",
                "AcceptVpcPeeringConnection",
                "CreateVpcPeeringConnection",
                "DeleteVpcPeeringConnection",
                "RejectVpcPeeringConnection",
            ],
        ),
        EventClass::OrganizationChange => calls(
            "organizations.amazonaws.com",
            &[
                "AcceptHandshake",
                "AttachPolicy",
                "CreateAccount",
                "CreateOrganizationalUnit",
                "CreatePolicy",
                "DeclineHandshake",
                "DeleteOrganization",
                "DeleteOrganizationalUnit",
                "DeletePolicy",
                "DetachPolicy",
                "DisablePolicyType",
                "EnablePolicyType",
                "InviteAccountToOrganization",
                "LeaveOrganization",
                "MoveAccount",
                "RemoveAccountFromOrganization",
                "UpdatePolicy",
                "UpdateOrganizationalUnit",
            ],
        ),
        // A class that we do not know is never seen in full.
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(pattern: &str) -> Vec<EventClass> {
        classes(pattern).unwrap().certain.into_iter().collect()
    }

    /// Whether a pattern sees every event of a class; none if that is undecided.
    fn sees(pattern: &str, class: EventClass) -> Option<bool> {
        let seen = classes(pattern).unwrap();
        assert!(seen.certain.is_subset(&seen.possible), "{pattern}");
        match (seen.certain.contains(&class), seen.possible.contains(&class)) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }

    #[test]
    fn the_pattern_of_each_remedy_sees_its_class() {
        let mut remedies = 0;
        for control in posture_core::controls::ALL {
            let remedy = control.remedy(posture_model::provider::Provider::Aws);
            let command = remedy.map(|remedy| remedy.command.line());
            let Some((_, rest)) = command.and_then(|c| c.split_once("--filter-pattern '")) else {
                continue;
            };
            let (pattern, _) = rest.split_once('\'').unwrap();
            let name = |class: &EventClass| {
                format!("logging.alert-{}", serde_json::to_value(class).unwrap().as_str().unwrap())
            };
            let seen: Vec<String> = seen(pattern).iter().map(name).collect();
            assert!(seen.iter().any(|class| class == control.id), "{}: {seen:?}", control.id);
            remedies += 1;
        }
        assert_eq!(remedies, 15);
    }

    /// Rules that are edited in place emit an event that older patterns lack.
    #[test]
    fn a_pattern_without_the_editing_of_rules_does_not_see_every_change() {
        let six = "{ ($.eventName = AuthorizeSecurityGroupIngress) || \
                   ($.eventName = AuthorizeSecurityGroupEgress) || \
                   ($.eventName = RevokeSecurityGroupIngress) || \
                   ($.eventName = RevokeSecurityGroupEgress) || \
                   ($.eventName = CreateSecurityGroup) || ($.eventName = DeleteSecurityGroup)";
        assert_eq!(seen(&format!("{six} }}")), []);
        let seven = format!("{six} || ($.eventName = ModifySecurityGroupRules) }}");
        assert_eq!(seen(&seven), [EventClass::SecurityGroupChange]);
    }

    #[test]
    fn patterns_of_the_benchmarks_see_their_class() {
        use EventClass::*;
        for (pattern, class) in [
            (
                r#"{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}"#,
                UnauthorizedCalls,
            ),
            (
                r#"{ ($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*") || ($.sourceIPAddress!="delivery.logs.amazonaws.com") || ($.eventName!="HeadBucket") }"#,
                UnauthorizedCalls,
            ),
            (
                r#"{ (($.errorCode = "*UnauthorizedOperation") || ($.errorCode = "AccessDenied*")) && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }"#,
                UnauthorizedCalls,
            ),
            (
                r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") }"#,
                SignInWithoutMfa,
            ),
            (
                r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }"#,
                SignInWithoutMfa,
            ),
            (
                r#"{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}"#,
                RootUse,
            ),
            (
                "{($.eventName=CreateTrail) || ($.eventName=UpdateTrail) || ($.eventName=DeleteTrail) || ($.eventName=StartLogging) || ($.eventName=StopLogging)}",
                AuditTrailChange,
            ),
            (
                r#"{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}"#,
                FailedSignIn,
            ),
            (
                "{($.eventSource=kms.amazonaws.com) && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}",
                KeyDisablement,
            ),
            (
                "{($.eventSource=config.amazonaws.com) && (($.eventName=StopConfigurationRecorder) || ($.eventName=DeleteDeliveryChannel) || ($.eventName=PutDeliveryChannel) || ($.eventName=PutConfigurationRecorder))}",
                RecorderChange,
            ),
            (
                "{($.eventName=CreateNetworkAcl) || ($.eventName=CreateNetworkAclEntry) || ($.eventName=DeleteNetworkAcl) || ($.eventName=DeleteNetworkAclEntry) || ($.eventName=ReplaceNetworkAclEntry) || ($.eventName=ReplaceNetworkAclAssociation)}",
                NetworkAclChange,
            ),
        ] {
            assert!(seen(pattern).contains(&class), "{pattern}: {:?}", seen(pattern));
        }
    }

    #[test]
    fn a_pattern_of_every_name_of_a_class_sees_it_and_one_name_less_does_not() {
        for class in EventClass::ALL {
            let names: Vec<&str> = models(*class)
                .iter()
                .filter_map(|model| match model.field("eventName") {
                    Some(Content::Is(name)) => Some(name),
                    _ => None,
                })
                .collect();
            if names.len() < 2 {
                continue;
            }
            let pattern = |names: &[&str]| {
                let clauses: Vec<String> =
                    names.iter().map(|name| format!("(\n $.eventName  = \"{name}\" )")).collect();
                format!("{{ {} }}", clauses.join(" ||\n"))
            };
            assert!(seen(&pattern(&names)).contains(class), "{class:?}");
            let reversed: Vec<&str> = names.iter().rev().copied().collect();
            assert!(seen(&pattern(&reversed)).contains(class), "{class:?}");
            assert!(!seen(&pattern(&names[1..])).contains(class), "{class:?}");
            let narrowed = pattern(&names).replace("{ ", "{ ($.sourceIPAddress != 10.*) && (");
            let narrowed = narrowed.replace(" }", ") }");
            assert!(!seen(&narrowed).contains(class), "{class:?}");
        }
    }

    #[test]
    fn narrowed_patterns_see_less() {
        for pattern in [
            // "and" binds closer, so that the first alternative is whole and the second is not.
            r#"{ $.errorCode = "AccessDenied*" && $.awsRegion = "eu-west-1" || $.errorCode = "*UnauthorizedOperation" }"#,
            r#"{ $.userIdentity.type = "Root" && $.eventName != "ConsoleLogin" }"#,
            r#"{ $.userIdentity.type = "root" }"#,
            r#"{ $.eventName = "consolelogin" }"#,
            r#"{ $.eventName = "ConsoleLogin" && $.x > 3 }"#,
            r#"{ $.eventName = "ConsoleLogin" && $.x IS TRUE }"#,
        ] {
            assert_eq!(seen(pattern), [], "{pattern}");
        }
        // No pattern narrows nothing; a class that has no model here is never seen.
        let modeled: Vec<EventClass> =
            EventClass::ALL.iter().copied().filter(|class| !models(*class).is_empty()).collect();
        assert_eq!(seen(""), modeled);
        assert_eq!(modeled.len(), 15);
        assert_eq!(seen("{ $.eventSource = * }"), seen("{ $.eventSource = \"*\" }"));
        assert!(!seen("{ $.eventSource = * }").is_empty());
    }

    #[test]
    fn what_does_not_parse_is_reported() {
        for pattern in [
            "ERROR",
            "[ip, user]",
            "{",
            "{}",
            "{ $.a }",
            "{ $.a = }",
            "{ ($.a = 1 }",
            "{ $.a = 1) }",
            "{ $.a = 1 & $.b = 2 }",
            "{ $.a = \"1 }",
            "{ $.a = 1 $.b = 2 }",
            "{ $ = 1 }",
            "{ $.a LIKE b }",
            "{ a = 1 }",
            "{ $.a < b }",
        ] {
            assert!(classes(pattern).is_err(), "{pattern}");
        }
        let deep = format!("{{ {}$.a = 1{} }}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(classes(&deep).is_err());
    }

    #[test]
    fn wildcards() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*", "abc", true),
            ("*c", "abc", true),
            ("a*c", "abc", true),
            ("ab*bc", "abc", false),
            ("*b*", "abc", true),
            ("abc", "abcd", false),
            ("", "a", false),
            ("*ö*", "aöb", true),
            // A part in the middle has to be there, after the one before it.
            ("*x*", "abc", false),
            ("a*x*c", "abc", false),
            ("*x*c", "abc", false),
            ("*ab*b*", "abc", false),
            ("*ab*c*", "abc", true),
            ("*aa*aa*", "aaa", false),
            ("*aa*aa*", "aaaa", true),
            ("a**c", "abc", true),
        ] {
            assert_eq!(Wildcard::stars(pattern).matches(text), expected, "{pattern} {text}");
        }
    }

    #[test]
    fn regular_expressions_are_decided_or_open_and_never_a_certain_no() {
        use EventClass::*;
        for (pattern, class, expected) in [
            // What the model fixes is decided. The expression may be found anywhere, and case counts.
            ("{ $.eventName = %Trail$|Logging$% }", AuditTrailChange, Some(true)),
            ("{ $.eventName = %Trail% }", AuditTrailChange, Some(false)),
            ("{ $.eventName = %trail|logging% }", AuditTrailChange, Some(false)),
            (
                "{ $.eventName = %^DisableKey$|^ScheduleKey[A-Z][a-z]+$% }",
                KeyDisablement,
                Some(true),
            ),
            ("{ $.eventName != %^Get|^List|^Describe% }", KeyDisablement, Some(true)),
            ("{ $.eventName != %Key% }", KeyDisablement, Some(false)),
            (
                r"{ $.eventSource = %^kms\.amazonaws\.com$% && $.eventName = %Key% }",
                KeyDisablement,
                Some(true),
            ),
            ("{ $.eventSource = %^iam% && $.eventName = %Key% }", KeyDisablement, Some(false)),
            (
                "{ $.userIdentity.type = %Root% && $.userIdentity.invokedBy NOT EXISTS }",
                RootUse,
                Some(true),
            ),
            ("{ $.errorCode = %Unauthorized|Denied% }", UnauthorizedCalls, Some(true)),
            ("{ $.errorCode = %Denied% }", UnauthorizedCalls, Some(false)),
            // What it leaves open is not: a part of the events may be left out, or none.
            ("{ $.eventName = %Key% && $.requestParameters.keyId = %a% }", KeyDisablement, None),
            ("{ $.eventName = %Key% && $.requestParameters.keyId != %a% }", KeyDisablement, None),
            (
                "{ $.eventName = %Key% || $.requestParameters.keyId = %a% }",
                KeyDisablement,
                Some(true),
            ),
            (
                "{ $.errorCode = %Unauthorized|Denied% && $.sourceIPAddress != %^delivery% }",
                UnauthorizedCalls,
                None,
            ),
            // Unless an example shows what is left out.
            ("{ $.eventName = %Key% && $.awsRegion = %^us-% }", KeyDisablement, Some(false)),
            ("{ $.eventName = %Key% && $.awsRegion != %^us-% }", KeyDisablement, Some(false)),
            (
                "{ $.eventName = %Key% && $.sourceIPAddress = %^10[.]% }",
                KeyDisablement,
                Some(false),
            ),
            ("{ $.eventName = %Trail% }", RootUse, Some(false)),
            (
                "{ $.eventName != %Head% && $.errorCode = %Unauthorized|Denied% }",
                UnauthorizedCalls,
                None,
            ),
            (
                "{ $.eventName != %^Delete% && $.errorCode = %Unauthorized|Denied% }",
                UnauthorizedCalls,
                Some(false),
            ),
            // What the service would not accept, or this program not read.
            ("{ $.eventName = %(Key)% }", KeyDisablement, None),
            ("{ $.eventName = %Kéy% }", KeyDisablement, None),
            ("{ $.eventName = %[% }", KeyDisablement, None),
            (r"{ $.eventName = %a\%b% }", KeyDisablement, None),
            // How a field is compared that is not there is not documented.
            ("{ $.userIdentity.invokedBy = %x% }", RootUse, Some(false)),
            ("{ $.userIdentity.type = Root && $.userIdentity.invokedBy != %x% }", RootUse, None),
        ] {
            assert_eq!(sees(pattern, class), expected, "{pattern}");
        }
    }

    #[test]
    fn sign_in_filters_that_leave_single_sign_on_out_see_the_users_of_the_account() {
        let base = r#"($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes")"#;
        for (more, expected) in [
            (r#"($.additionalEventData.SamlProviderArn NOT EXISTS)"#, Some(true)),
            (
                r#"($.responseElements.ConsoleLogin != "Failure") && ($.additionalEventData.SamlProviderArn NOT EXISTS)"#,
                Some(true),
            ),
            (r#"($.userIdentity.type != "AssumedRole")"#, Some(true)),
            (r#"($.userIdentity.sessionContext.sessionIssuer NOT EXISTS)"#, Some(true)),
            (r#"($.userIdentity.sessionContext.sessionIssuer.userName NOT EXISTS)"#, Some(true)),
            (r#"($.userIdentity.sessionContext.sessionIssuer.arn != "*sso.amazonaws.com*")"#, None),
            (r#"($.userIdentity.arn != "*AWSReservedSSO*")"#, None),
            (r#"($.userIdentity.arn != %AWSReservedSSO%)"#, None),
            (r#"($.userIdentity.arn EXISTS)"#, Some(true)),
            (r#"($.userIdentity.arn = "*")"#, Some(true)),
            (r#"($.userIdentity.arn != "*")"#, Some(false)),
            (r#"($.userIdentity.arn NOT EXISTS)"#, Some(false)),
            (r#"($.additionalEventData.SamlProviderArn EXISTS)"#, Some(false)),
            (r#"($.additionalEventData.SamlProviderArn = "*")"#, Some(false)),
            (r#"($.userIdentity.userName != "admin")"#, Some(false)),
        ] {
            let pattern = format!("{{ {base} && {more} }}");
            assert_eq!(sees(&pattern, EventClass::SignInWithoutMfa), expected, "{pattern}");
        }
    }

    #[test]
    fn what_a_condition_says_of_a_field_of_many_values() {
        use EventClass::{KeyDisablement as Keys, RootUse, UnauthorizedCalls as Calls};
        let refused = |more: &str| {
            format!(
                "{{ ($.errorCode = \"*UnauthorizedOperation\" || $.errorCode = \"AccessDenied*\") && {more} }}"
            )
        };
        for (more, expected) in [
            ("$.eventName != HeadBucket", Some(true)),
            // Other events are left out.
            ("$.eventName != ListBuckets", Some(false)),
            ("$.eventName != Head*", Some(false)),
            ("$.eventName = ListBuckets", Some(false)),
            ("$.eventName = HeadBucket", Some(false)),
            ("$.eventName = *", Some(true)),
            ("$.eventName != *", Some(false)),
            ("$.eventName EXISTS", Some(true)),
            ("$.eventName NOT EXISTS", Some(false)),
            ("$.eventName IS NULL", Some(false)),
            ("$.errorCode IS NULL", None),
            ("$.readOnly IS FALSE", None),
            ("$.eventCategory = Management", None),
            ("$.resources[0].ARN = x", None),
            ("$.resources[*].ARN = x", None),
            ("$.requestParameters.x EXISTS", Some(false)),
            ("$.requestParameters.x NOT EXISTS", Some(false)),
            ("$.requestParameters.x > 3", Some(false)),
        ] {
            assert_eq!(sees(&refused(more), Calls), expected, "{more}");
        }
        let root = |more: &str| format!("{{ $.userIdentity.type = Root && {more} }}");
        for (more, expected) in [
            ("$.userIdentity.invokedBy NOT EXISTS", Some(true)),
            ("$.userIdentity.invokedBy EXISTS", Some(false)),
            ("$.userIdentity.invokedBy.name NOT EXISTS", Some(true)),
            ("$.userIdentity.invokedByX NOT EXISTS", Some(false)),
            // A field that is not there is not equal to anything.
            ("$.userIdentity.invokedBy = x", Some(false)),
            ("$.userIdentity.invokedBy = *", Some(false)),
            ("$.userIdentity.invokedBy != x", None),
            ("$.userIdentity.type NOT EXISTS", Some(false)),
            ("$.userIdentity.type EXISTS", Some(true)),
            ("$.userIdentity.invokedBy > 3", Some(false)),
        ] {
            assert_eq!(sees(&root(more), RootUse), expected, "{more}");
        }
        // One alternative that is open leaves the whole open, unless another is whole.
        let both = "{ $.eventSource = kms* || $.readOnly IS TRUE }";
        assert_eq!(sees(both, Keys), Some(true));
        assert_eq!(sees("{ $.eventSource = iam* || $.readOnly IS TRUE }", Keys), None);
        assert_eq!(sees("{ $.eventSource = iam* && $.readOnly IS TRUE }", Keys), Some(false));
        assert_eq!(sees("{ $.awsRegion = x && $.readOnly IS TRUE }", Keys), Some(false));
        assert_eq!(sees("{ $.awsRegion = x || $.readOnly IS TRUE }", Keys), None);
    }

    #[test]
    fn tables_of_and_and_or() {
        use Holds::{Always, Never, Sometimes, Unclear};
        for (a, b, and, or) in [
            (Always, Always, Always, Always),
            (Always, Never, Never, Always),
            (Always, Sometimes, Sometimes, Always),
            (Always, Unclear, Unclear, Always),
            (Never, Never, Never, Never),
            (Never, Sometimes, Never, Sometimes),
            (Never, Unclear, Never, Unclear),
            (Sometimes, Sometimes, Sometimes, Sometimes),
            (Sometimes, Unclear, Sometimes, Unclear),
            (Unclear, Unclear, Unclear, Unclear),
        ] {
            assert_eq!((a.and(b), b.and(a)), (and, and), "{a:?} and {b:?}");
            assert_eq!((a.or(b), b.or(a)), (or, or), "{a:?} or {b:?}");
        }
    }
}
