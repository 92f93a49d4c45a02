//! Parsing policy documents.

use std::borrow::Cow;

use super::condition::{Condition, Template};
use super::glob::Glob;
use super::json::Json;
use super::patterns::Patterns;

/// More than the largest policy there is (a bucket's, 20 KiB, URL-encoded).
const SIZE: usize = 200_000;

/// Why a document cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub(super) String);

pub(super) fn malformed<T>(what: impl Into<String>) -> Result<T, Malformed> {
    Err(Malformed(what.into()))
}

/// A policy document.
#[derive(Clone, Debug)]
pub struct Document {
    pub(super) statements: Vec<Statement>,
}

/// Whether a statement grants or forbids.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    Allow,
    Deny,
}

#[derive(Clone, Debug)]
pub(super) struct Statement {
    /// How to call it: by its id, or by its place.
    pub(super) label: String,
    pub(super) effect: Effect,
    pub(super) principals: Principals,
    pub(super) actions: Patterns,
    pub(super) resources: Patterns,
    /// The resources again, with their variables.
    pub(super) templates: Vec<Template>,
    pub(super) conditions: Vec<Condition>,
}

/// Who a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Principals {
    /// It names no principal, as in identity policies.
    Unnamed,
    These(Vec<Principal>),
    AllBut(Vec<Principal>),
}

/// A principal that a policy names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Principal {
    /// `*`, whatever type it is written under.
    Anyone,
    /// An account, a user, a role, a session, or the id of one that was deleted.
    Aws(String),
    Service(String),
    Federated(String),
    Canonical(String),
}

impl Document {
    /// Reads a document, plain or URL-encoded as IAM returns it.
    ///
    /// # Errors
    /// When it is not JSON, names a key twice, or holds an element, version or operator that does not exist: what a
    /// service would make of it cannot be known.
    pub fn parse(text: &str) -> Result<Self, Malformed> {
        if text.len() > SIZE {
            return malformed("the policy is larger than any that AWS accepts");
        }
        let text = text.trim_start_matches('\u{feff}').trim();
        let text = if text.starts_with('%') { decode(text)? } else { Cow::Borrowed(text) };
        let text = text.trim_start_matches('\u{feff}').trim();
        let json: Json =
            serde_json::from_str(text).map_err(|error| Malformed(error.to_string()))?;
        let Json::Object(entries) = json else { return malformed("the policy is not an object") };
        let mut statements = None;
        let mut variables = false;
        for (key, value) in entries {
            match key.as_str() {
                "Version" => match value.text().as_deref() {
                    Some("2012-10-17") => variables = true,
                    Some("2008-10-17") => {}
                    other => return malformed(format!("unknown policy version {other:?}")),
                },
                "Id" => {}
                "Statement" => statements = Some(value),
                other => return malformed(format!("unknown element {other:?}")),
            }
        }
        let statements = match statements {
            Some(Json::List(list)) => list,
            Some(one @ Json::Object(_)) => vec![one],
            _ => return malformed("the policy has no statement"),
        };
        let statements = statements
            .into_iter()
            .enumerate()
            .map(|(place, statement)| Statement::parse(statement, place, variables))
            .collect::<Result<_, _>>()?;
        Ok(Self { statements })
    }

    pub(super) fn allows(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.effect == Effect::Allow)
    }

    pub(super) fn denies(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|statement| statement.effect == Effect::Deny)
    }
}

impl Statement {
    fn parse(json: Json, place: usize, variables: bool) -> Result<Self, Malformed> {
        let Json::Object(entries) = json else { return malformed("a statement is not an object") };
        let mut label = format!("statement {}", place + 1);
        let (mut effect, mut principals) = (None, None);
        let (mut actions, mut resources) = (None, None);
        let (mut conditions, mut templates) = (Vec::new(), Vec::new());
        for (key, value) in entries {
            let twice = |set: bool| {
                if set { malformed(format!("{key} and its negation together")) } else { Ok(()) }
            };
            match key.as_str() {
                "Sid" => {
                    if let Some(sid) = value.text().filter(|sid| !sid.is_empty()) {
                        label = format!("statement `{sid}`");
                    }
                }
                "Effect" => {
                    effect = Some(match value.text().as_deref() {
                        Some("Allow") => Effect::Allow,
                        Some("Deny") => Effect::Deny,
                        other => return malformed(format!("unknown effect {other:?}")),
                    });
                }
                "Principal" | "NotPrincipal" => {
                    twice(principals.is_some())?;
                    let named = parse_principals(value)?;
                    principals = Some(if key == "Principal" {
                        Principals::These(named)
                    } else {
                        Principals::AllBut(named)
                    });
                }
                "Action" | "NotAction" => {
                    twice(actions.is_some())?;
                    let globs = value.texts()?;
                    for action in &globs {
                        check_action(action)?;
                    }
                    let globs = globs.iter().map(|action| Glob::action(action)).collect();
                    actions = Some(if key == "Action" {
                        Patterns::These(globs)
                    } else {
                        Patterns::AllBut(globs)
                    });
                }
                "Resource" | "NotResource" => {
                    twice(resources.is_some())?;
                    templates = value
                        .texts()?
                        .iter()
                        .map(|resource| Template::parse(resource, variables))
                        .collect();
                    let globs = templates.iter().map(Template::outline).collect();
                    resources = Some(if key == "Resource" {
                        Patterns::These(globs)
                    } else {
                        Patterns::AllBut(globs)
                    });
                }
                "Condition" => conditions = Condition::parse_all(value, variables)?,
                other => return malformed(format!("unknown element {other:?} in a statement")),
            }
        }
        let Some(effect) = effect else { return malformed("a statement has no effect") };
        let Some(actions) = actions else { return malformed("a statement has no action") };
        Ok(Self {
            label,
            effect,
            principals: principals.unwrap_or(Principals::Unnamed),
            actions,
            // A trust policy names no resource: it is about the role that it is attached to.
            resources: resources.unwrap_or_else(Patterns::everything),
            templates,
            conditions,
        })
    }
}

/// `*` alone, or a service without wildcards, a colon, and a pattern.
fn check_action(action: &str) -> Result<(), Malformed> {
    let fine = match action.split_once(':') {
        None => action.chars().all(|c| c == '*') && !action.is_empty(),
        // `*:*` is accepted and means everything.
        Some((service, _)) => {
            service == "*" || (!service.is_empty() && !service.contains(['*', '?']))
        }
    };
    if fine { Ok(()) } else { malformed(format!("action {action:?} has no service prefix")) }
}

fn parse_principals(json: Json) -> Result<Vec<Principal>, Malformed> {
    let entries = match json {
        Json::Text(text) if text == "*" => return Ok(vec![Principal::Anyone]),
        Json::Object(entries) => entries,
        other @ (Json::Text(_) | Json::Null | Json::Scalar(_) | Json::List(_)) => {
            return malformed(format!("unknown principal {other:?}"));
        }
    };
    let mut all = Vec::new();
    for (kind, value) in entries {
        for name in value.texts()? {
            // Only `*` alone is accepted as a wildcard; should another ever be, it is as wide as it can be.
            if name.contains(['*', '?']) {
                all.push(Principal::Anyone);
                continue;
            }
            all.push(match kind.as_str() {
                "AWS" => Principal::Aws(name),
                "Service" => Principal::Service(name.to_ascii_lowercase()),
                "Federated" => Principal::Federated(name),
                "CanonicalUser" => Principal::Canonical(name),
                other => return malformed(format!("unknown kind of principal {other:?}")),
            });
        }
    }
    Ok(all)
}

impl Principal {
    /// The account that an AWS principal belongs to.
    pub(super) fn account(&self) -> Option<&str> {
        let Self::Aws(name) = self else { return None };
        let account = match name.strip_prefix("arn:") {
            Some(rest) => rest.split(':').nth(3)?,
            None => name,
        };
        (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit())).then_some(account)
    }

    /// The account that a principal of AWS or an identity provider belongs to.
    pub(super) fn owner(&self) -> Option<&str> {
        match self {
            Self::Aws(_) => self.account(),
            Self::Federated(provider) => {
                let account = provider.strip_prefix("arn:")?.split(':').nth(3)?;
                (account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit()))
                    .then_some(account)
            }
            Self::Anyone | Self::Service(_) | Self::Canonical(_) => None,
        }
    }

    /// Whether it means a whole account, whose administrators decide which of its principals may act.
    pub(super) fn is_account(&self) -> bool {
        let Self::Aws(name) = self else { return false };
        self.account()
            .is_some_and(|account| name == account || name.ends_with(&format!("::{account}:root")))
    }
}

/// Undoes URL encoding.
fn decode(text: &str) -> Result<Cow<'static, str>, Malformed> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let digit = |byte: Option<u8>| char::from(byte.unwrap_or(b' ')).to_digit(16);
        match (digit(rest.next()), digit(rest.next())) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return malformed("the URL encoding is broken"),
        }
    }
    String::from_utf8(bytes)
        .map(Cow::Owned)
        .or_else(|_| malformed("the URL encoding is not valid text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Document, Malformed> {
        Document::parse(text)
    }

    #[test]
    fn every_shape_that_aws_accepts_is_read() {
        for text in [
            r#"{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}"#,
            r#"{"Version": "2012-10-17", "Id": "x", "Statement": [{"Sid": "", "Effect": "Deny", "NotAction": ["s3:*"], "NotResource": "a", "NotPrincipal": {"AWS": ["123456789012"], "Service": "s3.amazonaws.com"}}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": [], "Condition": {"Bool": {"aws:SecureTransport": false}, "NumericLessThan": {"s3:max-keys": 10}}}]}"#,
            "\u{feff} {\"Statement\": []}",
            "%7B%22Statement%22%3A%20%5B%5D%7D",
        ] {
            parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }

    #[test]
    fn what_has_an_unknown_meaning_is_an_error() {
        for text in [
            "",
            "[]",
            "{}",
            r#"{"Statement": "x"}"#,
            r#"{"Version": "2030-01-01", "Statement": []}"#,
            r#"{"Statement": [], "Statement": []}"#,
            r#"{"Statement": [{"Effect": "allow", "Action": "*"}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Effect": "Deny", "Action": "*"}]}"#,
            r#"{"Statement": [{"Effect": "Allow"}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": "s?:x"}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "NotAction": "*"}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Condition": {"StringSounds": {"a": "b"}}}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": "*", "Principal": {"Everyone": "*", "X": "y"}}]}"#,
            r#"{"Statement": [{"Effect": "Allow", "Action": 3}], "New": 1}"#,
            "%7B%2",
            "%FF%FE",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        let deep = format!("{}{}", r#"{"Statement":"#.repeat(50_000), "}".repeat(50_000));
        assert!(parse(&deep[..SIZE.min(deep.len())]).is_err());
        assert!(parse(&"[".repeat(150_000)).is_err());
    }

    #[test]
    fn the_account_of_a_principal_is_found() {
        let aws = |name: &str| Principal::Aws(name.to_owned());
        assert_eq!(aws("123456789012").account(), Some("123456789012"));
        assert_eq!(aws("arn:aws:iam::123456789012:role/x").account(), Some("123456789012"));
        assert_eq!(
            aws("arn:aws:sts::123456789012:assumed-role/x/y").account(),
            Some("123456789012")
        );
        assert_eq!(aws("AROAEXAMPLE").account(), None);
        assert_eq!(aws("arn:aws:iam::cloudfront:user/x").account(), None);
        assert!(aws("arn:aws-cn:iam::123456789012:root").is_account());
        assert!(!aws("arn:aws:iam::123456789012:user/root").is_account());
    }
}
