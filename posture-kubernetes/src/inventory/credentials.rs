//! Credentials that are part of an object. Only what they are is returned, never the text.

use posture_model::dated::Dated;

/// A token with a form of its own.
#[derive(Clone, Copy, Debug)]
struct Form {
    what: &'static str,
    prefix: &'static str,
    /// How many characters follow at least.
    least: usize,
    /// The characters that follow.
    of: fn(u8) -> bool,
}

fn word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

fn plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

fn upper(byte: u8) -> bool {
    byte.is_ascii_uppercase() || byte.is_ascii_digit()
}

fn base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

fn dotted(byte: u8) -> bool {
    word(byte) || byte == b'.'
}

const fn form(what: &'static str, prefix: &'static str, least: usize, of: fn(u8) -> bool) -> Form {
    Form { what, prefix, least, of }
}

/// The forms of tokens.
static FORMS: Dated<Form> = Dated::new(
    &[
        "https://docs.github.com/en/code-security/secret-scanning/introduction/supported-secret-scanning-patterns",
        "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
        "https://docs.gitlab.com/security/tokens/",
    ],
    "2026-11-30",
    &[
        form("an AWS access key ID", "AKIA", 16, upper),
        form("an AWS access key ID", "ASIA", 16, upper),
        form("a GitHub token", "ghp_", 36, plain),
        form("a GitHub token", "gho_", 36, plain),
        form("a GitHub token", "ghu_", 36, plain),
        form("a GitHub token", "ghr_", 36, plain),
        form("a GitHub token", "ghs_", 36, word),
        form("a GitHub token", "github_pat_", 60, word),
        form("a GitLab token", "glpat-", 20, word),
        form("an npm token", "npm_", 36, plain),
        form("a PyPI token", "pypi-AgEIcHlwaS5vcmc", 16, word),
        form("a Slack token", "xoxb-", 20, word),
        form("a Slack token", "xoxp-", 20, word),
        form("a Slack token", "xoxa-", 20, word),
        form("a Slack token", "xoxr-", 20, word),
        form("a Slack token", "xoxs-", 20, word),
        form("a Stripe key", "sk_live_", 16, plain),
        form("a Stripe key", "rk_live_", 16, plain),
        form("a Google API key", "AIza", 35, word),
        form("a Hugging Face token", "hf_", 30, plain),
        form("a SendGrid key", "SG.", 40, dotted),
        form("a DigitalOcean token", "dop_v1_", 64, plain),
        form("an age key", "AGE-SECRET-KEY-1", 50, upper),
        form("a Vault token", "hvs.", 20, word),
        form("a key of Azure Storage", "AccountKey=", 80, base64),
    ],
);

/// A credential by its form, wherever it is in a text.
pub(super) fn in_text(text: &str) -> Option<&'static str> {
    if let Some((_, rest)) = text.split_once("-----BEGIN ")
        && let Some((label, _)) = rest.split_once("-----")
        && label.ends_with("PRIVATE KEY")
        && label != "ENCRYPTED PRIVATE KEY"
        && !rest.contains("Proc-Type: 4,ENCRYPTED")
    {
        return Some("a private key");
    }
    let bytes = text.as_bytes();
    for form in FORMS.items() {
        for (start, _) in text.match_indices(form.prefix) {
            let before = start.checked_sub(1).and_then(|place| bytes.get(place));
            if before.is_some_and(|byte| word(*byte)) {
                continue;
            }
            let rest = bytes.get(start + form.prefix.len()..).unwrap_or_default();
            let length = rest.iter().take_while(|byte| (form.of)(**byte)).count();
            let token = rest.get(..length).unwrap_or_default();
            // The keys of AWS have one length, and those in its documentation end so.
            let is_aws = form.prefix.len() == 4 && form.prefix.ends_with("IA");
            let fits = length >= form.least && (!is_aws || length == form.least);
            if fits && !token.ends_with(b"EXAMPLE") && !is_uniform(token) {
                return Some(form.what);
            }
        }
    }
    in_address(text)
}

/// A password in an address, as in `postgres://user:password@host`.
fn in_address(text: &str) -> Option<&'static str> {
    text.match_indices("://").find_map(|(place, _)| {
        let rest = text.get(place + 3..)?;
        let end = rest
            .find(|one: char| one.is_whitespace() || matches!(one, '/' | '?' | '#' | '"' | '\''));
        let (user, _) = rest.get(..end.unwrap_or(rest.len()))?.rsplit_once('@')?;
        let (_, password) = user.split_once(':')?;
        let is_literal = !password.is_empty() && !is_reference(password);
        (is_literal && !is_placeholder(password)).then_some("a password in an address")
    })
}

/// A credential in a variable of the environment.
pub(super) fn in_variable(name: &str, value: &str) -> Option<&'static str> {
    in_text(value).or_else(|| by_name(name, value))
}

/// A credential in an argument, or in the next one that belongs to it, such as `--password hunter2`.
pub(super) fn in_argument(argument: &str, next: Option<&str>) -> Option<&'static str> {
    if let Some(what) = in_text(argument) {
        return Some(what);
    }
    let words: Vec<&str> = argument.split(is_between).filter(|word| !word.is_empty()).collect();
    if words.len() > 1 {
        // A line for a shell, such as `mysql --password=… && export TOKEN=…`.
        let of_mysql = words.iter().any(|word| MYSQL.iter().any(|one| word.ends_with(one)));
        let each = words.iter().enumerate();
        return each.into_iter().find_map(|(place, word)| {
            let short = word.strip_prefix("-p").filter(|_| of_mysql);
            let short = short.and_then(|value| by_name("password", unquoted(value)));
            short.or_else(|| in_word(word, words.get(place + 1).copied()))
        });
    }
    in_word(argument, next)
}

/// What is between the words of a line for a shell.
fn is_between(one: char) -> bool {
    one.is_whitespace() || matches!(one, ';' | '&' | '|' | '(' | ')')
}

/// The programs that take a password directly after `-p`.
static MYSQL: Dated<&str> = Dated::new(
    &["https://dev.mysql.com/doc/refman/8.4/en/connection-options.html#option_general_password"],
    "2026-12-01",
    &["mysql", "mysqldump", "mysqladmin", "mariadb", "mariadb-dump"],
);

fn unquoted(text: &str) -> &str {
    text.trim_matches(|one| matches!(one, '"' | '\''))
}

/// `--name=value`, `name=value`, or `--name` before its value.
fn in_word(word: &str, next: Option<&str>) -> Option<&'static str> {
    let option = word.strip_prefix("--").or_else(|| word.strip_prefix('-'));
    let name = unquoted(option.unwrap_or(word));
    match name.split_once('=') {
        Some((name, value)) => by_name(name, unquoted(value)),
        None => {
            let next = next.filter(|next| option.is_some() && !next.starts_with('-'));
            next.and_then(|next| by_name(name, unquoted(next)))
        }
    }
}

/// A credential in a file of settings, line by line: `name=value` or `name: value`.
pub(super) fn in_file(name: &str, text: &str) -> Option<&'static str> {
    let lines = || text.lines().filter(|line| !line.trim_start().starts_with(['#', ';']));
    let pair = |line: &str| {
        let (name, value) = line.split_once('=').or_else(|| line.split_once(": "))?;
        by_name(name.trim(), unquoted(value.trim()))
    };
    in_variable(name, text).or_else(|| lines().find_map(pair))
}

/// A credential in a header of a request.
pub(super) fn in_header(name: &str, value: &str) -> Option<&'static str> {
    let scheme = value.split_once(' ').filter(|_| name.eq_ignore_ascii_case("Authorization"));
    let of_scheme = scheme.and_then(|(scheme, rest)| {
        let known = ["basic", "bearer", "token"].iter().any(|one| scheme.eq_ignore_ascii_case(one));
        let rest = rest.trim();
        let literal = rest.len() >= 8 && !is_reference(rest) && !is_placeholder(rest);
        (known && literal).then_some("what looks like a credential")
    });
    in_variable(name, value).or(of_scheme)
}

/// The parts of names that promise a credential.
const NAMES: [&str; 11] = [
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "encryptionkey",
    "signingkey",
    "credential",
];

/// The ends of names that promise a password.
const ENDS: [&str; 2] = ["pass", "pwd"];
/// Words that end so and promise none.
const WORDS: [&str; 3] = ["bypass", "compass", "oldpwd"];

/// The ends of names of what refers to a credential or describes it.
const NOT_NAMES: [&str; 16] = [
    "file", "path", "url", "uri", "name", "id", "dir", "ttl", "enabled", "length", "type",
    "issuer", "audience", "header", "ref", "endpoint",
];

/// A value that is not like a word, under a name that promises a credential.
fn by_name(name: &str, value: &str) -> Option<&'static str> {
    let name: String =
        name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let by_end = ENDS.iter().any(|end| name.ends_with(end))
        && !WORDS.iter().any(|word| name.ends_with(word));
    let promises = (by_end || NAMES.iter().any(|one| name.contains(one)))
        && !NOT_NAMES.iter().any(|end| name.ends_with(end));
    let value = value.trim();
    if !promises || value.len() < 8 || is_reference(value) || is_placeholder(value) {
        return None;
    }
    let hexadecimal = value.bytes().all(|byte| byte.is_ascii_hexdigit());
    let long = value.len() >= 20 && value.bytes().all(base64);
    // What people choose as a password: letters, digits and more.
    let of_password = by_end || name.contains("passw");
    let least = match (hexadecimal, long) {
        (true, _) => 3.0,
        (false, true) => 4.2,
        (false, false) if of_password && kinds(value) >= 3 => 2.5,
        (false, false) => 3.5,
    };
    (entropy(value) >= least).then_some("what looks like a credential")
}

/// How many of small letters, capital letters, digits and other characters a text has.
fn kinds(value: &str) -> usize {
    let has = |of: fn(u8) -> bool| usize::from(value.bytes().any(of));
    has(|byte| byte.is_ascii_lowercase())
        + has(|byte| byte.is_ascii_uppercase())
        + has(|byte| byte.is_ascii_digit())
        + has(|byte| !byte.is_ascii_alphanumeric())
}

/// A value that stands for another: a variable, a template, a file.
fn is_reference(value: &str) -> bool {
    value.starts_with('$')
        || value.contains("$(")
        || value.contains("${")
        || value.contains("{{")
        || value.starts_with('<')
        || value.starts_with("file:")
        || value.starts_with('/')
        || value.starts_with("vault:")
}

/// Texts of examples.
const PLACEHOLDERS: [&str; 8] =
    ["changeme", "change-me", "example", "xxxx", "your-", "your_", "placeholder", "redacted"];

fn is_placeholder(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    PLACEHOLDERS.iter().any(|one| value.contains(one)) || is_uniform(value.as_bytes())
}

fn is_uniform(value: &[u8]) -> bool {
    value.windows(2).all(|pair| matches!(pair, [one, other] if one == other))
}

/// Bits of information for each character.
fn entropy(value: &str) -> f64 {
    let mut counts = std::collections::BTreeMap::<char, u32>::new();
    value.chars().for_each(|one| *counts.entry(one).or_default() += 1);
    let all = f64::from(counts.values().sum::<u32>());
    let bits = |count: &u32| {
        let share = f64::from(*count) / all;
        -share * share.log2()
    };
    counts.values().map(bits).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Put together here, so that no scanner takes this file for a leak.
    fn token(prefix: &str, rest: &str) -> String {
        format!("{prefix}{rest}")
    }

    #[test]
    fn tokens_are_known_by_their_form() {
        let access = token("AK", "IAQ3EGRZ7XWVB2NMKL");
        let github = token("gh", "p_0123456789abcdefghijABCDEFGHIJ012345");
        for (text, what) in [
            (access.as_str(), "an AWS access key ID"),
            (&format!("--key={access}"), "an AWS access key ID"),
            (&github, "a GitHub token"),
            ("postgres://shop:Tr0ub4dor@db/shop", "a password in an address"),
            ("-----BEGIN RSA PRIVATE KEY-----\nMII", "a private key"),
        ] {
            assert_eq!(in_text(text), Some(what), "{}", text.len());
        }
        for text in [
            "",
            "AKIAIOSFODNN7EXAMPLE",
            "AKIAXXXXXXXXXXXXXXXX",
            "AKIA",
            "xAKIAQ3EGRZ7XWVB2NMKL",
            "postgres://shop@db/shop",
            "postgres://shop:$(PASSWORD)@db/shop",
            "postgres://shop:changeme@db",
            "https://example.com/a:b@c",
            "-----BEGIN CERTIFICATE-----\nMII",
            "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMII",
        ] {
            assert_eq!(in_text(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_alone_is_not_a_credential() {
        let value = "q8Z!v2Lm#x0Kp4";
        assert!(by_name("DB_PASSWORD", value).is_some());
        assert!(by_name("api-key", value).is_some());
        for (name, value) in [
            ("DB_PASSWORD", "changeme-now"),
            ("DB_PASSWORD", "aaaaaaaaaaaa"),
            ("DB_PASSWORD", "short"),
            ("DB_PASSWORD", "$(OTHER_VARIABLE_9)"),
            ("DB_PASSWORD", "/run/secrets/database"),
            ("DB_PASSWORD_FILE", value),
            ("TOKEN_URL", value),
            ("DB_HOST", value),
        ] {
            assert_eq!(by_name(name, value), None, "{name}");
        }
        assert!(in_argument("--password", Some(value)).is_some());
        assert!(in_argument(&format!("--password={value}"), None).is_some());
        assert_eq!(in_argument("--password", Some("--other-option-9")), None);
        assert_eq!(in_argument("serve", Some(value)), None);
    }

    #[test]
    fn a_credential_is_found_in_lines_files_and_headers() {
        let line = "mysql -uroot -pq8Z_v2Lm_x0Kp4 shop";
        for line in [
            line,
            "run && export DB_PASSWORD=q8Z_v2Lm_x0Kp4",
            "curl --token q8Z_v2Lm_x0Kp4 example.com",
            "DB_PASSWORD='q8Z_v2Lm_x0Kp4' run",
            "password=q8Z!v2Lm#x0Kp4",
            "TOKEN=q8Z!v2Lm#x0Kp4",
        ] {
            assert!(in_argument(line, None).is_some(), "{line}");
        }
        for line in [
            "ssh -pq8Z_v2Lm_x0Kp4 host",
            "mysql -p$PASSWORD shop",
            "export DB_PASSWORD=$(cat /run/secrets/db)",
            "export DB_PASSWORD=${OTHER_VARIABLE}",
            "echo password expired; exit 1",
        ] {
            assert_eq!(in_argument(line, None), None, "{line}");
        }
        for (name, found) in [
            ("DB_PASS", true),
            ("MYSQL_PWD", true),
            ("SSH_PASSPHRASE", true),
            ("BYPASS", false),
            ("OLDPWD", false),
        ] {
            assert_eq!(by_name(name, "q8Z!v2Lm#x0Kp4").is_some(), found, "{name}");
        }
        assert!(by_name("PASSWORD", "P@ssw0rd").is_some());
        assert!(by_name("PASSWORD", "passwords").is_none());
        assert!(by_name("API_TOKEN", "pa$s8Zv2L!x0Kp4abc").is_some());
        assert!(in_file("app.conf", "# a\nhost=db\ndb.password = q8Z!v2Lm#x0Kp4\n").is_some());
        assert!(in_file("app.yaml", "db:\n  password: 'q8Z!v2Lm#x0Kp4'\n").is_some());
        assert_eq!(in_file("app.conf", "#password=q8Z!v2Lm#x0Kp4\nhost=db\n"), None);
        assert!(in_header("Authorization", "Basic c2hvcDpiYW5rZXI5").is_some());
        assert_eq!(in_header("Authorization", "Bearer $(TOKEN)"), None);
        assert_eq!(in_header("Accept", "text/html"), None);
    }
}
