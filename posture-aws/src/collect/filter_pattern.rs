//! [Filter patterns](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html) of CloudWatch
//! Logs for JSON records, and of which classes of events they see every one.

use std::collections::BTreeSet;

use posture_core::resource::EventClass;

/// How deep parentheses may nest.
const MAX_DEPTH: usize = 64;

/// A condition on a JSON record.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    NotExists(String),
    /// Understood as far as its bounds; whether it holds for a record of ours is not known.
    Open,
}

/// The classes of events of which a pattern sees every one.
///
/// # Errors
/// Why the pattern cannot be understood.
pub(crate) fn classes(pattern: &str) -> Result<BTreeSet<EventClass>, &'static str> {
    let pattern = parse(pattern)?;
    Ok(EventClass::ALL
        .iter()
        .copied()
        .filter(|class| {
            let models = models(*class);
            !models.is_empty() && models.iter().all(|event| pattern.holds(event) == Some(true))
        })
        .collect())
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
    Regex,
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
                loop {
                    match rest.next() {
                        None => return Err("a regular expression is not closed"),
                        Some('%') => break,
                        Some('\\') => {
                            rest.next();
                        }
                        Some(_) => {}
                    }
                }
                tokens.push(Token::Regex);
            }
            '&' | '|' | '!' | '{' | '}' | '\'' | '`' => return Err("an unexpected sign"),
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
            Some(Token::Open) => Err("too deep"),
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
                    Some(Token::Regex) => Ok(Pattern::Open),
                    _ => Err("a value is missing"),
                }
            }
            Token::Order => match self.next() {
                Some(Token::Word(number)) if number.parse::<f64>().is_ok() => Ok(Pattern::Open),
                _ => Err("a number is missing"),
            },
            Token::Word(word) => {
                let Some(Token::Word(second)) = self.next() else {
                    return Err("an operator is missing");
                };
                match (word.to_ascii_uppercase().as_str(), second.to_ascii_uppercase().as_str()) {
                    ("NOT", "EXISTS") => Ok(Pattern::NotExists(field.to_owned())),
                    ("IS", "TRUE" | "FALSE" | "NULL") => Ok(Pattern::Open),
                    _ => Err("an operator is unknown"),
                }
            }
            _ => Err("an operator is missing"),
        }
    }
}

impl Pattern {
    /// Whether it holds for every event of this model; none where that depends on what the model leaves open.
    fn holds(&self, event: &Model) -> Option<bool> {
        match self {
            Self::Everything => Some(true),
            Self::Open => None,
            Self::Or(parts) => {
                let mut sum = Some(false);
                for part in parts {
                    match part.holds(event) {
                        Some(true) => return Some(true),
                        None => sum = None,
                        Some(false) => {}
                    }
                }
                sum
            }
            Self::And(parts) => {
                let mut product = Some(true);
                for part in parts {
                    match part.holds(event) {
                        Some(false) => return Some(false),
                        None => product = None,
                        Some(true) => {}
                    }
                }
                product
            }
            Self::NotExists(field) => match event.field(field)? {
                Content::Absent => Some(true),
                Content::Is(_) | Content::NoneOf(_) => Some(false),
            },
            Self::Is { field, value, negated } => match event.field(field)? {
                Content::Is(actual) => Some(matches(value, actual) != *negated),
                Content::NoneOf(others) => {
                    (others.contains(&value.as_str()) && !value.contains('*')).then_some(*negated)
                }
                // How the provider compares a field that is not there is not documented.
                Content::Absent => (!negated).then_some(false),
            },
        }
    }
}

/// Whether a value, in which `*` stands for any text, is this text. Case counts.
fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// What a field of a model holds.
#[derive(Clone, Copy, Debug)]
enum Content {
    Is(&'static str),
    /// Something, but none of these.
    NoneOf(&'static [&'static str]),
    Absent,
}

/// Events that are alike in the fields which make them what they are; every other field may hold anything.
#[derive(Debug)]
struct Model(Vec<(&'static str, Content)>);

impl Model {
    fn field(&self, name: &str) -> Option<Content> {
        self.0.iter().find(|(field, _)| *field == name).map(|(_, content)| *content)
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
/// and the CIS AWS Foundations Benchmark 7.0.0. The lists are the same but for `ModifySecurityGroupRules`, which the
/// benchmark added.
fn models(class: EventClass) -> Vec<Model> {
    use Content::{Absent, Is, NoneOf};
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
            // Federated users bring the MFA of their own provider, and the root user has a class of its own.
            ("userIdentity.type", Is("IAMUser")),
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
                // Edits a rule in place, and nothing else tells of it.
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
        classes(pattern).unwrap().into_iter().collect()
    }

    #[test]
    fn the_pattern_of_each_remedy_sees_its_class() {
        let mut remedies = 0;
        for control in posture_core::controls::ALL {
            let command = control.remedy(posture_core::provider::Provider::Aws).map(|r| r.command);
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

    /// Rules that are edited in place tell of it by an event that older patterns lack.
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
            r#"{ $.userIdentity.type = %Root% }"#,
            r#"{ $.eventName = "consolelogin" }"#,
            r#"{ $.eventName = "ConsoleLogin" && $.x > 3 }"#,
            r#"{ $.eventName = "ConsoleLogin" && $.x IS TRUE }"#,
        ] {
            assert_eq!(seen(pattern), [], "{pattern}");
        }
        // No pattern narrows nothing; a class that has no model here is never seen.
        let modelled: Vec<EventClass> =
            EventClass::ALL.iter().copied().filter(|class| !models(*class).is_empty()).collect();
        assert_eq!(seen(""), modelled);
        assert_eq!(modelled.len(), 15);
        assert_eq!(seen("{ $.eventSource = * }"), seen("{ $.eventSource = \"*\" }"));
        assert!(!seen("{ $.eventSource = * }").is_empty());
    }

    #[test]
    fn what_does_not_parse_is_said_so() {
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
        ] {
            assert_eq!(matches(pattern, text), expected, "{pattern} {text}");
        }
    }
}
