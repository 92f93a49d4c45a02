//! [Conditions](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html):
//! operators, set operators, missing keys, policy variables.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::answer::Answer;
use super::document::{Malformed, malformed};
use super::glob::{Glob, Token};
use super::json::Json;

/// What is known of a request: its condition keys, in lower case.
#[derive(Clone, Debug, Default)]
pub struct Context {
    keys: BTreeMap<String, Value>,
    /// Whether a key that is not named here is missing from the request, rather than not known.
    complete: bool,
}

/// What is known of a condition key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// Its values; more than one for a multivalued key.
    Is(Vec<String>),
    /// The request does not hold it.
    Missing,
    /// It cannot be known here.
    Open,
}

impl Context {
    /// A context in which a key that is not named is not known.
    pub fn open() -> Self {
        Self::default()
    }

    /// A context in which a key that is not named is missing from the request.
    pub fn complete() -> Self {
        Self { complete: true, ..Self::default() }
    }

    /// With a key set.
    #[must_use]
    pub fn with(mut self, key: &str, value: Value) -> Self {
        self.keys.insert(key.to_ascii_lowercase(), value);
        self
    }

    /// With a key of one value.
    #[must_use]
    pub fn is(self, key: &str, value: &str) -> Self {
        self.with(key, Value::Is(vec![value.to_owned()]))
    }

    /// With a key set, unless something is known of it already.
    pub(super) fn fill(&mut self, key: &str, value: Value) {
        self.keys.entry(key.to_owned()).or_insert(value);
    }

    fn get(&self, key: &str) -> &Value {
        let other = if self.complete { &Value::Missing } else { &Value::Open };
        self.keys.get(key).unwrap_or(other)
    }
}

/// One key of a `Condition` element under one operator.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    pub(super) operator: Operator,
    pub(super) negated: bool,
    pub(super) set: Option<SetOperator>,
    pub(super) if_exists: bool,
    /// In lower case: keys are not case-sensitive.
    pub(super) key: String,
    pub(super) values: Vec<Template>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SetOperator {
    ForAll,
    ForAny,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    StringEquals,
    StringEqualsIgnoreCase,
    StringLike,
    Numeric(Order),
    Date(Order),
    Bool,
    Binary,
    IpAddress,
    Arn,
    Null,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// A value that may contain variables.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template(Vec<Piece>);

/// Represents a policy variable in a pattern: no request ever contains it, so that only a wildcard matches what the
/// variable would become.
pub(super) const VARIABLE: char = '\u{10fffd}';

/// Represents the name or the ID of the caller.
pub(super) const OWN: char = '\u{10fffc}';

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// A character that would otherwise be a wildcard or begin a variable.
    Plain(char),
    Variable {
        key: String,
        default: Option<String>,
    },
}

impl Template {
    /// Reads a value. Documents of the older version have no variables, and `${` is literal in them; see
    /// [policy variables](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html).
    pub(super) fn parse(text: &str, variables: bool) -> Self {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${").filter(|_| variables) {
            let Some(end) = rest[at..].find('}') else { break };
            if at > 0 {
                pieces.push(Piece::Text(rest[..at].to_owned()));
            }
            let inner = &rest[at + 2..at + end];
            pieces.push(match inner {
                "*" => Piece::Plain('*'),
                "?" => Piece::Plain('?'),
                "$" => Piece::Plain('$'),
                _ => {
                    let (key, default) = match inner.split_once(',') {
                        Some((key, default)) => {
                            (key, Some(default.trim().trim_matches('\'').to_owned()))
                        }
                        None => (inner, None),
                    };
                    Piece::Variable { key: key.trim().to_ascii_lowercase(), default }
                }
            });
            rest = &rest[at + end + 1..];
        }
        if !rest.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Self(pieces)
    }

    /// The value as written, if it contains no variable.
    pub(super) fn fixed(&self) -> Option<String> {
        let mut text = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(part) => text.push_str(part),
                Piece::Plain(c) => text.push(*c),
                Piece::Variable { .. } => return None,
            }
        }
        Some(text)
    }

    /// The value as a pattern, with [`OWN`] and [`VARIABLE`] in place of variables.
    pub(super) fn outline(&self) -> Glob {
        let mut tokens = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => tokens.extend(Glob::new_tokens(text)),
                Piece::Plain(c) => tokens.push(Token::Char(*c)),
                Piece::Variable { key, .. } => {
                    let own = matches!(key.as_str(), "aws:username" | "aws:userid");
                    tokens.push(Token::Char(if own { OWN } else { VARIABLE }));
                }
            }
        }
        Glob::from_tokens(tokens)
    }

    /// The key of the variable that it is, where it is one and nothing else.
    pub(super) fn variable(&self) -> Option<&str> {
        match self.0.as_slice() {
            [Piece::Variable { key, default: None }] => Some(key),
            _ => None,
        }
    }

    /// The variable of a key.
    pub(super) fn of_variable(key: &str) -> Self {
        Self(vec![Piece::Variable { key: key.to_owned(), default: None }])
    }

    /// Whether it contains a variable.
    pub(super) fn is_open(&self) -> bool {
        self.0.iter().any(|piece| matches!(piece, Piece::Variable { .. }))
    }

    /// Whether it matches a text in a context, as a pattern whose wildcards cross colons and slashes.
    pub(super) fn covers(&self, text: &str, context: &Context) -> Answer {
        match self.resolve(context) {
            Err(key) => Answer::needs(key),
            Ok(None) => Answer::No,
            Ok(Some(tokens)) => Answer::from(Glob::from_tokens(tokens).matches(text)),
        }
    }

    /// The value in a context: nothing where a variable is missing, and the key where it is not known.
    fn resolve(&self, context: &Context) -> Result<Option<Vec<Token>>, String> {
        let mut tokens = Vec::new();
        for piece in &self.0 {
            match piece {
                Piece::Text(text) => tokens.extend(Glob::new_tokens(text)),
                Piece::Plain(c) => tokens.push(Token::Char(*c)),
                Piece::Variable { key, default } => match (context.get(key), default) {
                    (Value::Is(values), _) if values.len() == 1 => {
                        tokens.extend(values.iter().flat_map(|v| v.chars()).map(Token::Char));
                    }
                    (Value::Open, _) => return Err(key.clone()),
                    // A key of several values cannot replace a variable.
                    (Value::Missing | Value::Is(_), Some(default)) => {
                        tokens.extend(default.chars().map(Token::Char));
                    }
                    (Value::Missing | Value::Is(_), None) => return Ok(None),
                },
            }
        }
        Ok(Some(tokens))
    }
}

fn text(tokens: &[Token]) -> String {
    Glob::spell(tokens)
}

impl Condition {
    pub(super) fn parse_all(json: Json, variables: bool) -> Result<Vec<Self>, Malformed> {
        let Json::Object(operators) = json else {
            return malformed("a condition is not an object");
        };
        let mut all = Vec::new();
        for (name, keys) in operators {
            let Json::Object(keys) = keys else {
                return malformed("a condition operator without keys");
            };
            for (key, values) in keys {
                let values = values.texts()?;
                all.push(Self::parse(&name, &key, &values, variables)?);
            }
        }
        Ok(all)
    }

    fn parse(name: &str, key: &str, values: &[String], variables: bool) -> Result<Self, Malformed> {
        let lower = name.to_ascii_lowercase();
        let (set, rest) = match lower.split_once(':') {
            Some(("forallvalues", rest)) => (Some(SetOperator::ForAll), rest),
            Some(("foranyvalue", rest)) => (Some(SetOperator::ForAny), rest),
            Some(_) => return malformed(format!("unknown set operator in {name:?}")),
            None => (None, lower.as_str()),
        };
        let (rest, if_exists) = match rest.strip_suffix("ifexists") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        let order = |suffix: &str| {
            Some(match suffix {
                "equals" => (Order::Equal, false),
                "notequals" => (Order::Equal, true),
                "lessthan" => (Order::Less, false),
                "lessthanequals" => (Order::LessOrEqual, false),
                "greaterthan" => (Order::Greater, false),
                "greaterthanequals" => (Order::GreaterOrEqual, false),
                _ => return None,
            })
        };
        let (operator, negated) = match rest {
            "stringequals" => (Operator::StringEquals, false),
            "stringnotequals" => (Operator::StringEquals, true),
            "stringequalsignorecase" => (Operator::StringEqualsIgnoreCase, false),
            "stringnotequalsignorecase" => (Operator::StringEqualsIgnoreCase, true),
            "stringlike" => (Operator::StringLike, false),
            "stringnotlike" => (Operator::StringLike, true),
            "bool" => (Operator::Bool, false),
            "binaryequals" => (Operator::Binary, false),
            "ipaddress" => (Operator::IpAddress, false),
            "notipaddress" => (Operator::IpAddress, true),
            "arnequals" | "arnlike" => (Operator::Arn, false),
            "arnnotequals" | "arnnotlike" => (Operator::Arn, true),
            "null" => (Operator::Null, false),
            other => {
                let numeric = other.strip_prefix("numeric").and_then(order);
                let date = other.strip_prefix("date").and_then(order);
                match (numeric, date) {
                    (Some((order, negated)), _) => (Operator::Numeric(order), negated),
                    (_, Some((order, negated))) => (Operator::Date(order), negated),
                    (None, None) => return malformed(format!("unknown operator {name:?}")),
                }
            }
        };
        let values = values.iter().map(|value| Template::parse(value, variables)).collect();
        Ok(Self { operator, negated, set, if_exists, key: key.to_ascii_lowercase(), values })
    }

    /// Whether the condition holds.
    pub(super) fn holds(&self, context: &Context) -> Answer {
        let value = context.get(&self.key);
        if self.operator == Operator::Null {
            return match value {
                Value::Open => Answer::needs(&self.key),
                Value::Missing | Value::Is(_) => {
                    let missing = *value == Value::Missing;
                    Answer::any(self.values.iter().map(|wanted| {
                        let wants = wanted.fixed().is_some_and(|w| w.eq_ignore_ascii_case("true"));
                        Answer::from(wants == missing)
                    }))
                }
            };
        }
        let values = match value {
            Value::Open => return Answer::needs(&self.key),
            Value::Missing => return self.on_missing(),
            Value::Is(values) if values.is_empty() => return self.on_missing(),
            Value::Is(values) => values,
        };
        let matches = |actual: &String| {
            Answer::any(self.values.iter().map(|wanted| self.matches(wanted, actual, context)))
                .negate_if(self.negated)
        };
        match (self.set, self.negated) {
            (Some(SetOperator::ForAll), _) | (None, true) => {
                Answer::all(values.iter().map(matches))
            }
            (Some(SetOperator::ForAny), _) | (None, false) => {
                Answer::any(values.iter().map(matches))
            }
        }
    }

    fn on_missing(&self) -> Answer {
        let holds = match self.set {
            Some(SetOperator::ForAll) => true,
            Some(SetOperator::ForAny) => self.if_exists,
            None => self.if_exists || self.negated,
        };
        Answer::from(holds)
    }

    fn matches(&self, wanted: &Template, actual: &str, context: &Context) -> Answer {
        let tokens = match wanted.resolve(context) {
            Err(key) => return Answer::needs(key),
            Ok(None) => return Answer::No,
            Ok(Some(tokens)) => tokens,
        };
        let equal = |a: &str, b: &str| Answer::from(a == b);
        match self.operator {
            Operator::StringEquals | Operator::Binary => equal(&text(&tokens), actual),
            Operator::StringEqualsIgnoreCase => {
                equal(&text(&tokens).to_lowercase(), &actual.to_lowercase())
            }
            Operator::Bool => Answer::from(text(&tokens).eq_ignore_ascii_case(actual)),
            Operator::StringLike => Answer::from(Glob::from_tokens(tokens).matches(actual)),
            Operator::Numeric(order) => compare(number(actual), number(&text(&tokens)), order),
            Operator::Date(order) => compare(instant(actual), instant(&text(&tokens)), order),
            Operator::IpAddress => Answer::from(within(actual, &text(&tokens))),
            Operator::Arn => {
                arn_matches(&tokens, actual).unwrap_or_else(|| Answer::needs(&self.key))
            }
            Operator::Null => Answer::No,
        }
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|n: &f64| n.is_finite())
}

/// Seconds since 1970, from ISO 8601 or from a number.
pub(super) fn instant(text: &str) -> Option<f64> {
    let text = text.trim();
    if let Ok(instant) = text.parse::<jiff::Timestamp>() {
        return Some(instant.as_second() as f64);
    }
    if let Ok(day) = text.parse::<jiff::civil::Date>() {
        return format!("{day}T00:00:00Z")
            .parse::<jiff::Timestamp>()
            .ok()
            .map(|t| t.as_second() as f64);
    }
    number(text)
}

fn compare(actual: Option<f64>, wanted: Option<f64>, order: Order) -> Answer {
    let (Some(actual), Some(wanted)) = (actual, wanted) else { return Answer::No };
    Answer::from(match order {
        Order::Equal => actual == wanted,
        Order::Less => actual < wanted,
        Order::LessOrEqual => actual <= wanted,
        Order::Greater => actual > wanted,
        Order::GreaterOrEqual => actual >= wanted,
    })
}

/// An address range; a single address is a range of one.
pub(super) fn range(text: &str) -> Option<ipnet::IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(ipnet::IpNet::from))
}

fn within(actual: &str, wanted: &str) -> bool {
    match (actual.parse::<IpAddr>(), range(wanted)) {
        (Ok(address), Some(range)) => range.contains(&address),
        _ => false,
    }
}

/// ARNs are compared part by part: a wildcard does not cross a colon, except in the last part, which may contain colons.
/// Nothing where the pattern has too few parts for that.
fn arn_matches(wanted: &[Token], actual: &str) -> Option<Answer> {
    if wanted == [Token::Many] {
        return Some(Answer::Yes);
    }
    let parts: Vec<&[Token]> = wanted.splitn(6, |token| *token == Token::Char(':')).collect();
    let actual: Vec<&str> = actual.splitn(6, ':').collect();
    if parts.len() != 6 {
        let wild = wanted.iter().any(|token| !matches!(token, Token::Char(_)));
        return if wild { None } else { Some(Answer::No) };
    }
    let same =
        |(part, actual): (&&[Token], &str)| Glob::from_tokens(part.iter().copied()).matches(actual);
    Some(Answer::from(actual.len() == 6 && parts.iter().zip(actual).all(same)))
}

#[cfg(test)]
mod tests;
