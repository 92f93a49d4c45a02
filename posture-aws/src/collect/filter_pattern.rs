//! What a metric filter on recorded events sees: its
//! [pattern](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html) is parsed, and asked
//! about model events, so that the order of clauses, quotes, brackets and line breaks make no difference, and a missing
//! or an added clause does.

use std::collections::BTreeSet;

use posture_core::resource::EventClass;

/// A pattern for JSON records.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Pattern(Expression);

#[derive(Clone, Debug, PartialEq)]
enum Expression {
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Test(String, Test),
}

#[derive(Clone, Debug, PartialEq)]
enum Test {
    /// Equal to a text in which `*` stands for anything.
    Is(String),
    IsNot(String),
    Exists(bool),
    /// Something else, whose result on an event we do not predict.
    Other,
}

/// What an event of a class is known to hold. What is not named may be anything.
struct Event<'e> {
    holds: &'e [(&'static str, &'e str)],
    lacks: &'static [&'static str],
}

impl Pattern {
    /// Reads a pattern; nothing where it is not for JSON or not understood.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let inner = text.trim().strip_prefix('{')?.strip_suffix('}')?;
        let mut parser = Parser { tokens: tokens(inner)?, at: 0, depth: 0 };
        let expression = parser.any()?;
        (parser.at == parser.tokens.len()).then_some(Self(expression))
    }

    /// The classes of events of which it matches every one.
    pub(crate) fn classes(&self) -> BTreeSet<EventClass> {
        EventClass::ALL.iter().copied().filter(|class| self.sees(*class)).collect()
    }

    fn sees(&self, class: EventClass) -> bool {
        let certain = |event: &Event<'_>| self.0.matches(event) == Some(true);
        let calls = |source: &str, names: &[&str]| {
            names.iter().all(|name| {
                certain(&Event {
                    holds: &[
                        ("eventSource", source),
                        ("eventName", name),
                        ("eventType", "AwsApiCall"),
                    ],
                    lacks: &[],
                })
            })
        };
        // The events are those that the CIS AWS Foundations Benchmark asks to be told of in its section on monitoring,
        // and AWS in https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html.
        match class {
            EventClass::UnauthorizedCalls => {
                ["Client.UnauthorizedOperation", "AccessDenied", "AccessDeniedException"]
                    .iter()
                    .all(|code| {
                        certain(&Event {
                            holds: &[
                                ("errorCode", code),
                                // Two kinds of noise that the benchmark leaves out on purpose.
                                ("sourceIPAddress", "198.51.100.7"),
                                ("eventName", "DescribeInstances"),
                            ],
                            lacks: &[],
                        })
                    })
            }
            EventClass::SignInWithoutMfa => certain(&Event {
                holds: &[
                    ("eventSource", "signin.amazonaws.com"),
                    ("eventName", "ConsoleLogin"),
                    ("eventType", "AwsConsoleSignIn"),
                    ("additionalEventData.MFAUsed", "No"),
                    ("userIdentity.type", "IAMUser"),
                    ("responseElements.ConsoleLogin", "Success"),
                ],
                lacks: &["errorCode", "errorMessage"],
            }),
            EventClass::RootUse => ["AwsApiCall", "AwsConsoleSignIn"].iter().all(|kind| {
                certain(&Event {
                    holds: &[("userIdentity.type", "Root"), ("eventType", kind)],
                    lacks: &["userIdentity.invokedBy"],
                })
            }),
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
            EventClass::FailedSignIn => certain(&Event {
                holds: &[
                    ("eventSource", "signin.amazonaws.com"),
                    ("eventName", "ConsoleLogin"),
                    ("eventType", "AwsConsoleSignIn"),
                    ("errorMessage", "Failed authentication"),
                    ("responseElements.ConsoleLogin", "Failure"),
                ],
                lacks: &[],
            }),
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
            // The benchmark also names the four calls about ClassicLink, which was shut down in 2022 and cannot be
            // called any more.
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
                    "UpdateOrganizationalUnit",
                    "UpdatePolicy",
                ],
            ),
            // A class that came later is seen by no filter until its events are named here.
            _ => false,
        }
    }
}

impl Expression {
    /// Whether it matches; nothing where that depends on what is not known of the event.
    fn matches(&self, event: &Event<'_>) -> Option<bool> {
        match self {
            Self::All(parts) => {
                let mut sum = Some(true);
                for part in parts {
                    match part.matches(event) {
                        Some(false) => return Some(false),
                        None => sum = None,
                        Some(true) => {}
                    }
                }
                sum
            }
            Self::Any(parts) => {
                let mut sum = Some(false);
                for part in parts {
                    match part.matches(event) {
                        Some(true) => return Some(true),
                        None => sum = None,
                        Some(false) => {}
                    }
                }
                sum
            }
            Self::Test(field, test) => {
                let held = event.holds.iter().find(|(name, _)| name == field).map(|(_, v)| *v);
                match (test, held) {
                    (Test::Is(pattern), Some(value)) => Some(glob(pattern, value)),
                    (Test::IsNot(pattern), Some(value)) => Some(!glob(pattern, value)),
                    (Test::Exists(wanted), Some(_)) => Some(*wanted),
                    (Test::Exists(wanted), None) if event.lacks.contains(&field.as_str()) => {
                        Some(!wanted)
                    }
                    (Test::Is(_), None) if event.lacks.contains(&field.as_str()) => Some(false),
                    _ => None,
                }
            }
        }
    }
}

/// Whether a text matches a pattern in which `*` stands for anything.
fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Operator(&'static str),
    /// A field of the record, without the leading `$.`.
    Field(String),
    Word(String),
    Quoted(String),
}

fn tokens(text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let symbols = [
            ("&&", Token::And),
            ("||", Token::Or),
            ("!=", Token::Operator("!=")),
            ("<=", Token::Operator("<")),
            (">=", Token::Operator(">")),
            ("=", Token::Operator("=")),
            ("<", Token::Operator("<")),
            (">", Token::Operator(">")),
            ("(", Token::Open),
            (")", Token::Close),
        ];
        if let Some((symbol, token)) = symbols.iter().find(|(symbol, _)| rest.starts_with(symbol)) {
            tokens.push(token.clone());
            rest = &rest[symbol.len()..];
        } else if first == '"' {
            let (value, after) = quoted(&rest[1..])?;
            tokens.push(Token::Quoted(value));
            rest = after;
        } else {
            let end = rest
                .find(|c: char| c.is_whitespace() || "()=<>!\"".contains(c))
                .into_iter()
                .chain(rest.find("&&"))
                .chain(rest.find("||"))
                .min()
                .unwrap_or(rest.len());
            if end == 0 {
                return None;
            }
            let word = &rest[..end];
            tokens.push(match word.strip_prefix('$') {
                Some(path) => Token::Field(field(path)?),
                None => Token::Word(word.to_owned()),
            });
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Some(tokens)
}

/// A quoted text, and what follows it.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(chars.next()?.1),
            c => value.push(c),
        }
    }
    None
}

/// `.a.b` and `['a'].b` as `a.b`.
fn field(path: &str) -> Option<String> {
    let plain = path.replace("['", ".").replace("[\"", ".").replace("']", "").replace("\"]", "");
    let plain = plain.strip_prefix('.')?;
    (!plain.is_empty()).then(|| plain.to_owned())
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn any(&mut self) -> Option<Expression> {
        let mut parts = vec![self.all()?];
        while self.peek() == Some(&Token::Or) {
            self.at += 1;
            parts.push(self.all()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::Any(parts) })
    }

    fn all(&mut self) -> Option<Expression> {
        let mut parts = vec![self.one()?];
        while self.peek() == Some(&Token::And) {
            self.at += 1;
            parts.push(self.one()?);
        }
        Some(if parts.len() == 1 { parts.remove(0) } else { Expression::All(parts) })
    }

    fn one(&mut self) -> Option<Expression> {
        // A pattern has at most 1024 characters; brackets nest no deeper than that, and we no deeper than this.
        const DEPTH: usize = 64;
        match self.next()? {
            Token::Open => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return None;
                }
                let inner = self.any()?;
                self.depth -= 1;
                (self.next()? == Token::Close).then_some(inner)
            }
            Token::Field(field) => {
                let test = self.test()?;
                Some(Expression::Test(field, test))
            }
            _ => None,
        }
    }

    fn test(&mut self) -> Option<Test> {
        match self.next()? {
            Token::Operator(operator) => {
                let value = match self.next()? {
                    Token::Quoted(value) => value,
                    Token::Word(value) if value.starts_with('%') => return Some(Test::Other),
                    Token::Word(value) => value,
                    _ => return None,
                };
                Some(match operator {
                    "=" => Test::Is(value),
                    "!=" => Test::IsNot(value),
                    _ => Test::Other,
                })
            }
            Token::Word(word) if word.eq_ignore_ascii_case("NOT") => match self.next()? {
                Token::Word(word) if word.eq_ignore_ascii_case("EXISTS") => {
                    Some(Test::Exists(false))
                }
                _ => None,
            },
            Token::Word(word) if word.eq_ignore_ascii_case("EXISTS") => Some(Test::Exists(true)),
            Token::Word(word) if word.eq_ignore_ascii_case("IS") => match self.next()? {
                Token::Word(_) => Some(Test::Other),
                _ => None,
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The classes that a pattern sees, or nothing where it is not understood.
    fn sees(pattern: &str) -> Option<Vec<EventClass>> {
        Pattern::parse(pattern).map(|pattern| pattern.classes().into_iter().collect())
    }

    fn only(class: EventClass) -> Option<Vec<EventClass>> {
        Some(vec![class])
    }

    #[test]
    fn the_patterns_of_the_benchmark_see_their_class() {
        for (pattern, class) in [
            (
                r#"{ ($.errorCode ="*UnauthorizedOperation") || ($.errorCode ="AccessDenied*") && ($.sourceIPAddress!="delivery.logs.amazonaws.com") && ($.eventName!="HeadBucket") }"#,
                EventClass::UnauthorizedCalls,
            ),
            (
                r#"{ ($.eventName = "ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success") }"#,
                EventClass::SignInWithoutMfa,
            ),
            (
                r#"{ $.userIdentity.type = "Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType != "AwsServiceEvent" }"#,
                EventClass::RootUse,
            ),
            (
                "{($.eventName=CreateTrail)||($.eventName=UpdateTrail)||($.eventName=DeleteTrail)||($.eventName=StartLogging)||($.eventName=StopLogging)}",
                EventClass::AuditTrailChange,
            ),
            (
                r#"{ ($.eventName = ConsoleLogin) && ($.errorMessage = "Failed authentication") }"#,
                EventClass::FailedSignIn,
            ),
            (
                "{($.eventSource = kms.amazonaws.com) && (($.eventName=DisableKey)||($.eventName=ScheduleKeyDeletion)) }",
                EventClass::KeyDisablement,
            ),
            (
                "{($.eventSource = config.amazonaws.com) && (($.eventName=StopConfigurationRecorder)||($.eventName=DeleteDeliveryChannel)||($.eventName=PutDeliveryChannel)||($.eventName=PutConfigurationRecorder))}",
                EventClass::RecorderChange,
            ),
            (
                "{ ($.eventName = CreateCustomerGateway) || ($.eventName = DeleteCustomerGateway) || ($.eventName = AttachInternetGateway) || ($.eventName = CreateInternetGateway) || ($.eventName = DeleteInternetGateway) || ($.eventName = DetachInternetGateway) }",
                EventClass::NetworkGatewayChange,
            ),
        ] {
            assert_eq!(sees(pattern), only(class), "{pattern}");
        }
    }

    #[test]
    fn form_makes_no_difference_and_meaning_does() {
        let keys = only(EventClass::KeyDisablement);
        for same in [
            r#"{ (($.eventName="ScheduleKeyDeletion") || ($.eventName="DisableKey")) && $.eventSource="kms.amazonaws.com" }"#,
            "{\n  ($.eventSource = kms.amazonaws.com) &&\n  (($.eventName = DisableKey) ||\n ($.eventName = ScheduleKeyDeletion))\n}",
            "{ $.eventSource = kms.* && ($.eventName = Disable* || $.eventName = *Deletion) }",
            "{ ($['eventSource'] = \"kms.amazonaws.com\" && $.eventName = DisableKey) || $.eventName = ScheduleKeyDeletion }",
            "{ $.eventSource = kms.amazonaws.com && $.eventName EXISTS }",
        ] {
            assert_eq!(sees(same), keys, "{same}");
        }
        for less in [
            // One call is missing.
            "{ $.eventSource = kms.amazonaws.com && $.eventName = DisableKey }",
            // A clause narrows it to some events of the class.
            "{ $.eventSource = kms.amazonaws.com && ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) && $.sourceIPAddress != 192.0.2.1 }",
            "{ $.eventSource = kms.amazonaws.com && ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) && $.awsRegion = eu-west-1 }",
            "{ $.eventSource = s3.amazonaws.com && ($.eventName = DisableKey || $.eventName = ScheduleKeyDeletion) }",
            "{ $.eventname = DisableKey || $.eventname = ScheduleKeyDeletion }",
        ] {
            assert_eq!(sees(less), Some(vec![]), "{less}");
        }
    }

    #[test]
    fn a_pattern_may_see_several_classes() {
        let everything = sees("{ $.eventType EXISTS }").unwrap();
        assert!(everything.contains(&EventClass::RootUse));
        assert!(everything.contains(&EventClass::OrganizationChange));
    }

    #[test]
    fn what_is_no_json_pattern_is_not_understood() {
        for pattern in [
            "",
            "ERROR",
            "[ip, user, timestamp]",
            "{",
            "{}",
            "{ $.a }",
            "{ $.a = }",
            "{ ($.a = b }",
            "{ $.a = b } x",
            "{ $.a = \"b }",
            "{ $.a = b $.c = d }",
        ] {
            assert_eq!(sees(pattern), None, "{pattern}");
        }
        assert_eq!(sees(&format!("{{{}$.a=b{}}}", "(".repeat(9_000), ")".repeat(9_000))), None);
    }
}
