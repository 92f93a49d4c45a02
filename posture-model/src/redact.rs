//! Texts of errors without the secrets that some of them repeat.
//!
//! What a provider, a command line or a helper program writes into an error may hold a token, a key or a password: STS
//! repeats the signed headers, session token included, where a signature does not match. Errors go to screens, logs and
//! reports.

/// Replaces a secret.
const HIDDEN: &str = "***";

/// The least length of a run of characters that may be a secret without further signs: AWS secrets have 40 characters, those
/// of Entra ID as well, tokens hundreds.
const LONG: usize = 32;

/// The least length of what follows `Bearer`: "bearer token" is not a token.
const SHORTEST_TOKEN: usize = 6;

/// Names after which a value is a secret, whatever it looks like.
const NAMES: &[&str] = &[
    "accesskey",
    "accesstoken",
    "accountkey",
    "apikey",
    "assertion",
    "clientassertion",
    "clientsecret",
    "credential",
    "idtoken",
    "password",
    "passwd",
    "primarykey",
    "refreshtoken",
    "secondarykey",
    "secret",
    "secretaccesskey",
    "sessiontoken",
    "sharedaccesskey",
    "sharedaccesssignature",
    "sig",
    "signature",
    "token",
];

/// A text without secrets and control characters, and with no more than `most` characters.
pub fn redact(text: &str, most: usize) -> String {
    let mut out = String::new();
    let mut rest = text;
    let mut before = Before::Nothing;
    // `/…/Microsoft.Storage/…` is one path.
    let mut in_path = false;
    // The quotation mark around the value.
    let mut quote = None;
    while let Some(first) = rest.chars().next() {
        if matches!(before, Before::Assigned) {
            if !matches!(first, ' ' | '"' | '\'') {
                // A password can contain any character: the value extends to its end, and not to the end of a run.
                let (_, after) = rest.split_at(end_of_value(rest, quote));
                out.push_str(HIDDEN);
                (before, quote, rest) = (Before::Nothing, None, after);
                continue;
            }
            quote = Some(first).filter(|c| *c != ' ');
        }
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        if end == 0 {
            before = before.then(first);
            in_path &= first == '.';
            // A line of an error is one line.
            out.push(if first.is_control() { ' ' } else { first });
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
        } else {
            let (run, after) = rest.split_at(end);
            let assigned = is_assigned(run);
            let hide = match before {
                Before::Bearer => run.len() >= SHORTEST_TOKEN || is_secret(run, in_path),
                _ => is_secret(run, in_path),
            };
            in_path |= run.starts_with('/');
            out.push_str(if hide { HIDDEN } else { run });
            before = Before::word(run);
            rest = if assigned { after.split_at(end_of_value(after, None)).1 } else { after };
        }
        if out.len() > most.saturating_mul(4) {
            break;
        }
    }
    if let Some((end, _)) = out.char_indices().nth(most) {
        out.truncate(end);
        out.push('…');
    }
    out
}

/// What came before a run of characters.
#[derive(Clone, Copy)]
enum Before {
    Nothing,
    /// The name of a secret.
    Name,
    /// The name of a secret, and the quotation mark that ends it.
    Quoted,
    /// The name of a secret and a sign that its value follows.
    Assigned,
    /// The word before a token.
    Bearer,
}

impl Before {
    fn word(run: &str) -> Self {
        // `AWS_SECRET_ACCESS_KEY=…` and `x-amz-security-token:…` alike; base64 ends in `=`.
        let (run, assigned) = match run.strip_suffix('=') {
            Some(name) => (name, true),
            None => (run, false),
        };
        let lower = run.to_ascii_lowercase();
        let last = lower.rsplit(['_', '-']).next().unwrap_or_default();
        let is_name = NAMES.contains(&last)
            || NAMES.contains(&lower.replace(['_', '-'], "").as_str())
            || lower.ends_with("secret_access_key");
        match lower.as_str() {
            "bearer" | "basic" => Self::Bearer,
            _ if is_name && assigned => Self::Assigned,
            _ if is_name => Self::Name,
            _ => Self::Nothing,
        }
    }

    fn then(self, c: char) -> Self {
        match (self, c) {
            // `"secret": "x"`, `'token':'x'`; but "no token: it has expired".
            (Self::Name, '"' | '\'') => Self::Quoted,
            (Self::Quoted, ':') => Self::Assigned,
            (Self::Assigned, '"' | '\'' | ' ') => Self::Assigned,
            (Self::Bearer, ' ') => Self::Bearer,
            _ => Self::Nothing,
        }
    }
}

/// Whether a run of characters is the name of a secret with the begin of its value: `name=value`.
fn is_assigned(run: &str) -> bool {
    run.split_once('=').is_some_and(|(name, value)| {
        !value.is_empty() && matches!(Before::word(name), Before::Name)
    })
}

/// Where a value ends: at its quotation mark, or where the next one of a query, a header or a sentence may begin.
fn end_of_value(text: &str, quote: Option<char>) -> usize {
    let ends = |c: char| match quote {
        Some(quote) => c == quote,
        None => {
            c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ';' | ',' | '<' | '>' | ')' | '}')
        }
    };
    text.find(ends).unwrap_or(text.len())
}

/// Characters of keys and tokens. Points, colons and slashes also part names of hosts, resources and files.
fn is_part(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '_' | '-' | '=' | '~' | '%')
}

/// Whether a run of characters cannot be a name chosen by a person or a program: long, and letters of both cases mixed with
/// digits.
fn is_secret(run: &str, in_path: bool) -> bool {
    // So begins every JSON that is written in base64, such as a token.
    if run.starts_with("eyJ") && run.len() >= SHORTEST_TOKEN {
        return true;
    }
    if is_assigned(run) {
        return true;
    }
    let mixed = |part: &str| {
        part.len() >= LONG
            && part.bytes().any(|b| b.is_ascii_uppercase())
            && part.bytes().any(|b| b.is_ascii_lowercase())
            && part.bytes().any(|b| b.is_ascii_digit())
    };
    // A path is recognized by its start; its parts may still be secrets.
    if in_path || run.starts_with('/') { run.split('/').any(mixed) } else { mixed(run) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY1";
    const TOKEN: &str =
        "IQoJb3JpZ2luX2VjEIP//////////wEaCXVzLWVhc3QtMSJHMEUCIQDcanary0123456789abcdefABCDEF==";
    const JWT: &str = "eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.eyJ0aWQiOiJjYW5hcnktMDEyMzQ1Njc4OSIsImEiOjF9.c2lnbmF0dXJlLWNhbmFyeS0wMTIzNDU2Nzg5QUJD";

    #[test]
    fn secrets_are_hidden_wherever_they_are() {
        for (text, secret) in [
            (
                format!("The Canonical String should have been 'x-amz-security-token:{TOKEN}'"),
                TOKEN,
            ),
            (format!("the secret {SECRET} is wrong"), SECRET),
            (format!("Authorization: Bearer {JWT}"), "eyJ"),
            ("Authorization: Bearer opaque".to_owned(), "opaque"),
            ("client_secret=hunter2&grant_type=x".to_owned(), "hunter2"),
            ("AWS_SECRET_ACCESS_KEY=hunter2".to_owned(), "hunter2"),
            (r#"{"SecretAccessKey": "hunter2"}"#.to_owned(), "hunter2"),
            (r#"{"password":"hunter2"}"#.to_owned(), "hunter2"),
            ("https://x/y?sig=hunter2".to_owned(), "hunter2"),
            ("AccountName=x;AccountKey=hunter2;EndpointSuffix=y".to_owned(), "hunter2"),
            ("SharedAccessKey=hunter2".to_owned(), "hunter2"),
            ("parsing of eyJhbGciOiJub25lIn0.eyJhIjoxfQ. failed".to_owned(), "eyJ"),
            (
                format!("/subscriptions/1/providers/Microsoft.X/{}", TOKEN.replace('/', "")),
                "canary",
            ),
            ("secret abc8Q~0123456789abcdefghijABCDEFGHIJ0123".to_owned(), "abc8Q~"),
            // What a value is made of does not end it.
            ("refresh_token=0.hunter2 is of no use".to_owned(), "hunter2"),
            ("client_secret=!hunter2".to_owned(), "hunter2"),
            ("client_secret=a.b:hunter2&grant_type=x".to_owned(), "hunter2"),
            (r#"{"password":"$ a hunter2","x":1}"#.to_owned(), "hunter2"),
            (r#"{"password": "a.hunter2"}"#.to_owned(), "hunter2"),
            ("password='it is hunter2'".to_owned(), "hunter2"),
        ] {
            let clean = redact(&text, 300);
            assert!(!clean.contains(secret), "{clean}");
            assert!(clean.contains(HIDDEN), "{clean}");
        }
    }

    #[test]
    fn what_follows_a_secret_stays() {
        for (text, clean) in [
            ("client_secret=hunter.2&grant_type=x y", "***&grant_type=x y"),
            (r#"{"password":"hunter 2","user":"anna"}"#, r#"{"password":"***","user":"anna"}"#),
            ("AccountKey=hunter2;EndpointSuffix=y", "***;EndpointSuffix=y"),
            ("token=a.b, which is old", "***, which is old"),
            ("password=", "password="),
        ] {
            assert_eq!(redact(text, 300), clean);
        }
    }

    #[test]
    fn what_is_not_a_secret_stays() {
        for text in [
            "User: arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin/anna is not authorized",
            "the security token included in the request is expired",
            "InvalidClientTokenId: The security token included in the request is invalid.",
            "failed to read `/home/anna/.aws/sso/cache/d033e22ae348aeb5660fc2140aec35850c4da997.json`",
            "cannot reach portal.sso.eu-central-1.amazonaws.com",
            "AADSTS7000222: Trace ID: 11111111-2222-3333-4444-555555555555 Timestamp: 2026-11-29 10:00:00Z",
            "the token is not valid",
            "over scope '/subscriptions/1/providers/Microsoft.Storage/storageAccounts/Records01/blobServices'",
            "cannot load the token: it expired",
            "a bearer token is needed",
        ] {
            assert_eq!(redact(text, 300), text);
        }
    }

    #[test]
    fn a_text_is_one_line_and_no_longer_than_asked() {
        assert_eq!(redact("a\nb\u{1b}[31mc", 300), "a b [31mc");
        assert_eq!(redact(&"ä".repeat(400), 300).chars().count(), 301);
        assert_eq!(redact(&"x ".repeat(1 << 20), 10), "x x x x x …");
    }
}
