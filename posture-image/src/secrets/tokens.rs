//! Tokens with a structure of their own.
//!
//! Sources: [GitHub](https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/) (checksum; npm's
//! is the same), [GitLab](https://docs.gitlab.com/security/tokens/), [AWS](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html),
//! [Slack](https://api.slack.com/authentication/token-types), [Stripe](https://docs.stripe.com/keys), and the forms in the documentation
//! of the others.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use super::{Confidence, Form, Hit, fields, key, words};

/// A beginning, and what checks the rest.
pub(super) struct Rule {
    pub(super) begins: &'static str,
    pub(super) verify: fn(&[u8], usize) -> Option<Hit>,
}

const fn high(id: &'static str, name: &'static str) -> Form {
    Form { id, name, confidence: Confidence::High }
}

const AWS: Form = high("aws-access-key", "access key ID of AWS");
const GITHUB: Form = high("github-token", "token of GitHub");
const GITLAB: Form = high("gitlab-token", "personal access token of GitLab");
const NPM: Form = high("npm-token", "token of npm");
const PYPI: Form = high("pypi-token", "token of PyPI");
const SLACK: Form = high("slack-token", "token of Slack");
const SLACK_HOOK: Form = high("slack-webhook", "webhook of Slack");
const STRIPE: Form = high("stripe-key", "live key of Stripe");
const GOOGLE: Form = high("google-api-key", "API key of Google");
const AZURE_KEY: Form = high("azure-storage-key", "key of an Azure storage account");
const AZURE_SAS: Form = high("azure-sas", "shared access signature of Azure");
const HUGGING_FACE: Form = high("hugging-face-token", "token of Hugging Face");
const SENDGRID: Form = high("sendgrid-key", "API key of SendGrid");
const DIGITAL_OCEAN: Form = high("digitalocean-token", "token of DigitalOcean");
const AGE: Form = high("age-key", "private key of age");
const VAULT: Form = high("vault-token", "token of Vault");
const JWT: Form = Form { id: "jwt", name: "signed JSON web token", confidence: Confidence::Medium };
const JWT_UNSIGNED: Form = Form {
    id: "jwt-unsigned",
    name: "JSON web token without a signature",
    confidence: Confidence::Low,
};
const URL: Form =
    Form { id: "url-password", name: "password in a URL", confidence: Confidence::Medium };

/// All forms. The longest beginning at a place counts.
pub(super) const RULES: &[Rule] = &[
    Rule { begins: "AKIA", verify: aws },
    Rule { begins: "ASIA", verify: aws },
    Rule { begins: "ghp_", verify: github },
    Rule { begins: "gho_", verify: github },
    Rule { begins: "ghu_", verify: github },
    Rule { begins: "ghs_", verify: github },
    Rule { begins: "ghr_", verify: github },
    Rule { begins: "github_pat_", verify: github_pat },
    Rule {
        begins: "glpat-",
        verify: |bytes, at| long(bytes, at, "glpat-", 20, 300, dashed, GITLAB),
    },
    Rule { begins: "npm_", verify: |bytes, at| checksummed(bytes, at, NPM) },
    Rule {
        begins: "pypi-AgEIcHlwaS5vcmc",
        verify: |bytes, at| long(bytes, at, "pypi-", 70, 1_000, dashed, PYPI),
    },
    Rule { begins: "xoxa-", verify: slack },
    Rule { begins: "xoxb-", verify: slack },
    Rule { begins: "xoxe-", verify: slack },
    Rule { begins: "xoxp-", verify: slack },
    Rule { begins: "xoxr-", verify: slack },
    Rule { begins: "xoxs-", verify: slack },
    Rule { begins: "hooks.slack.com/services/", verify: slack_hook },
    Rule {
        begins: "sk_live_",
        verify: |bytes, at| long(bytes, at, "sk_live_", 24, 250, alphanumeric, STRIPE),
    },
    Rule {
        begins: "rk_live_",
        verify: |bytes, at| long(bytes, at, "rk_live_", 24, 250, alphanumeric, STRIPE),
    },
    Rule { begins: "AIza", verify: |bytes, at| long(bytes, at, "AIza", 35, 35, dashed, GOOGLE) },
    Rule { begins: "AccountKey=", verify: azure_key },
    Rule { begins: "sig=", verify: azure_sas },
    Rule {
        begins: "hf_",
        verify: |bytes, at| long(bytes, at, "hf_", 34, 34, alphabetic, HUGGING_FACE),
    },
    Rule { begins: "SG.", verify: sendgrid },
    Rule {
        begins: "dop_v1_",
        verify: |bytes, at| long(bytes, at, "dop_v1_", 64, 64, hexadecimal, DIGITAL_OCEAN),
    },
    Rule {
        begins: "AGE-SECRET-KEY-1",
        verify: |bytes, at| long(bytes, at, "AGE-SECRET-KEY-1", 58, 58, bech32, AGE),
    },
    Rule { begins: "hvs.", verify: |bytes, at| long(bytes, at, "hvs.", 90, 300, dashed, VAULT) },
    Rule { begins: "eyJ", verify: jwt },
    Rule { begins: "-----BEGIN ", verify: key::private_key },
    Rule { begins: "://", verify: url },
    Rule { begins: "aws_secret_access_key", verify: fields::aws_secret },
    Rule { begins: "AWS_SECRET_ACCESS_KEY", verify: fields::aws_secret },
    Rule { begins: "SecretAccessKey", verify: fields::aws_secret },
    Rule { begins: "client-key-data", verify: fields::client_key },
];

const fn alphanumeric(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

const fn alphabetic(byte: u8) -> bool {
    byte.is_ascii_alphabetic()
}

const fn hexadecimal(byte: u8) -> bool {
    byte.is_ascii_digit() || matches!(byte, b'a'..=b'f')
}

const fn dashed(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

const fn bech32(byte: u8) -> bool {
    (byte.is_ascii_uppercase() || byte.is_ascii_digit())
        && !matches!(byte, b'1' | b'B' | b'I' | b'O')
}

/// Whether a word begins at a place.
fn begins(bytes: &[u8], at: usize) -> bool {
    at.checked_sub(1).and_then(|before| bytes.get(before)).is_none_or(|before| !dashed(*before))
}

/// The characters of a kind from a place on, up to one more than `limit`.
pub(super) fn run(bytes: &[u8], at: usize, limit: usize, kind: fn(u8) -> bool) -> &[u8] {
    let rest = bytes.get(at..).unwrap_or_default();
    let rest = rest.get(..=limit).unwrap_or(rest);
    let end = rest.iter().position(|byte| !kind(*byte)).unwrap_or(rest.len());
    rest.get(..end).unwrap_or_default()
}

fn hit(form: Form, at: usize, value: &[u8]) -> Option<Hit> {
    Some(Hit { form, at, value: value.to_vec() })
}

/// A token whose length is in a range, and whose characters look random.
fn long(
    bytes: &[u8],
    at: usize,
    begins_with: &str,
    least: usize,
    most: usize,
    kind: fn(u8) -> bool,
    form: Form,
) -> Option<Hit> {
    let start = at + begins_with.len();
    let value = run(bytes, start, most, kind);
    let ends = bytes.get(start + value.len()).is_none_or(|after| !dashed(*after));
    let fits = (least..=most).contains(&value.len()) && ends && begins(bytes, at);
    let real = fits
        && words::entropy(value) >= 3.0
        && !words::is_placeholder(&String::from_utf8_lossy(value));
    real.then(|| hit(form, at, bytes.get(at..start + value.len())?)).flatten()
}

fn aws(bytes: &[u8], at: usize) -> Option<Hit> {
    let value =
        run(bytes, at + 4, 16, |byte| byte.is_ascii_uppercase() || matches!(byte, b'2'..=b'7'));
    let ends =
        bytes.get(at + 20).is_none_or(|after| !dashed(*after) && *after != b'/' && *after != b'+');
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let starts = before.is_none_or(|before| !dashed(*before) && *before != b'/' && *before != b'+');
    let varied = words::entropy(value) >= 2.5;
    let real = value.len() == 16 && !value.ends_with(b"EXAMPLE") && varied && starts && ends;
    real.then(|| hit(AWS, at, bytes.get(at..at + 20)?)).flatten()
}

/// 36 characters, of which the last six are the CRC-32 of the others in base 62.
fn checksummed(bytes: &[u8], at: usize, form: Form) -> Option<Hit> {
    let value = run(bytes, at + 4, 36, alphanumeric);
    if value.len() != 36
        || !begins(bytes, at)
        || bytes.get(at + 40).is_some_and(|after| dashed(*after))
    {
        return None;
    }
    let (random, sum) = value.split_at_checked(30)?;
    (base62(crc32fast::hash(random)) == sum)
        .then(|| hit(form, at, bytes.get(at..at + 40)?))
        .flatten()
}

/// Six digits of base 62: digits, capital letters, small letters.
pub(super) fn base62(mut number: u32) -> [u8; 6] {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut text = [b'0'; 6];
    for place in text.iter_mut().rev() {
        *place = DIGITS.get((number % 62) as usize).copied().unwrap_or(b'0');
        number /= 62;
    }
    text
}

fn github(bytes: &[u8], at: usize) -> Option<Hit> {
    checksummed(bytes, at, GITHUB)
}

fn github_pat(bytes: &[u8], at: usize) -> Option<Hit> {
    let value = run(bytes, at + 11, 82, |byte| alphanumeric(byte) || byte == b'_');
    let fits = value.len() == 82
        && value.iter().enumerate().all(|(index, byte)| (*byte == b'_') == (index == 22));
    (fits && begins(bytes, at) && words::entropy(value) >= 3.5)
        .then(|| hit(GITHUB, at, bytes.get(at..at + 93)?))
        .flatten()
}

fn slack(bytes: &[u8], at: usize) -> Option<Hit> {
    let value = run(bytes, at + 5, 200, |byte| alphanumeric(byte) || byte == b'-');
    let mut parts = value.split(|byte| *byte == b'-');
    let numbered =
        parts.next().is_some_and(|part| part.len() >= 10 && part.iter().all(u8::is_ascii_digit));
    let last = parts.next_back().unwrap_or_default();
    let real = numbered && last.len() >= 20 && words::entropy(last) >= 3.0 && begins(bytes, at);
    real.then(|| hit(SLACK, at, bytes.get(at..at + 5 + value.len())?)).flatten()
}

fn slack_hook(bytes: &[u8], at: usize) -> Option<Hit> {
    let start = at + "hooks.slack.com/services/".len();
    let value = run(bytes, start, 100, |byte| alphanumeric(byte) || byte == b'/');
    let parts: Vec<&[u8]> = value.split(|byte| *byte == b'/').collect();
    let [team, channel, token] = parts.as_slice() else { return None };
    let real = team.first() == Some(&b'T') && channel.first() == Some(&b'B') && token.len() == 24;
    (real && words::entropy(token) >= 3.5).then(|| hit(SLACK_HOOK, at, value)).flatten()
}

fn azure_key(bytes: &[u8], at: usize) -> Option<Hit> {
    let start = at + "AccountKey=".len();
    let value =
        run(bytes, start, 88, |byte| alphanumeric(byte) || matches!(byte, b'+' | b'/' | b'='));
    let real = value.len() == 88
        && STANDARD.decode(value).is_ok_and(|key| key.len() == 64)
        && words::entropy(value) >= 4.2;
    // The key of the storage emulator is the same everywhere.
    let emulator = value.starts_with(b"Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1");
    (real && !emulator).then(|| hit(AZURE_KEY, at, value)).flatten()
}

fn azure_sas(bytes: &[u8], at: usize) -> Option<Hit> {
    let query =
        |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
    let from = (at.saturating_sub(600)..at)
        .rev()
        .find(|index| bytes.get(*index).is_none_or(|byte| !query(*byte)));
    let start = from.map_or(at.saturating_sub(600), |index| index + 1);
    let value = run(bytes, at + 4, 120, |byte| {
        alphanumeric(byte) || matches!(byte, b'%' | b'+' | b'/' | b'=')
    });
    let rest = run(bytes, at, 600, query);
    let whole = [bytes.get(start..at)?, rest].concat();
    let has = |field: &[u8]| memchr::memmem::find(&whole, field).is_some();
    let real = (43..=120).contains(&value.len())
        && has(b"se=")
        && has(b"sv=")
        && words::entropy(value) >= 4.0;
    real.then(|| hit(AZURE_SAS, at, value)).flatten()
}

fn sendgrid(bytes: &[u8], at: usize) -> Option<Hit> {
    let first = run(bytes, at + 3, 22, dashed);
    let second = run(bytes, at + 26, 43, dashed);
    let dot = bytes.get(at + 25) == Some(&b'.');
    let real = first.len() == 22
        && dot
        && second.len() == 43
        && begins(bytes, at)
        && words::entropy(second) >= 3.5;
    real.then(|| hit(SENDGRID, at, bytes.get(at..at + 69)?)).flatten()
}

fn jwt(bytes: &[u8], at: usize) -> Option<Hit> {
    if !begins(bytes, at) {
        return None;
    }
    let header = run(bytes, at, 2_000, dashed);
    let payload = run(bytes, at + header.len() + 1, 8_000, dashed);
    let end = at + header.len() + 1 + payload.len();
    if bytes.get(at + header.len()) != Some(&b'.')
        || bytes.get(end) != Some(&b'.')
        || !payload.starts_with(b"eyJ")
    {
        return None;
    }
    let signature = run(bytes, end + 1, 2_000, dashed);
    let object = |part: &[u8]| -> Option<serde_json::Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?)
            .ok()
            .filter(serde_json::Value::is_object)
    };
    let algorithm = object(header)?.get("alg")?.as_str()?.to_ascii_lowercase();
    object(payload)?;
    let form = match (algorithm.as_str(), signature.len()) {
        ("none", _) | (_, 0) => JWT_UNSIGNED,
        (_, 20..) => JWT,
        _ => return None,
    };
    hit(form, at, bytes.get(at..end + 1 + signature.len())?)
}

/// `scheme://user:password@host`.
fn url(bytes: &[u8], at: usize) -> Option<Hit> {
    let scheme = at
        .checked_sub(1)
        .and_then(|before| bytes.get(before))
        .is_some_and(u8::is_ascii_alphanumeric);
    let stop = |byte: u8| {
        byte.is_ascii_graphic()
            && !matches!(
                byte,
                b'/' | b'?' | b'#' | b'"' | b'\'' | b'<' | b'>' | b'`' | b'\\' | b'|' | b'^'
            )
    };
    let authority = run(bytes, at + 3, 300, stop);
    let userinfo = authority.get(..authority.iter().rposition(|byte| *byte == b'@')?)?;
    let host = authority.get(userinfo.len() + 1..)?;
    let colon = userinfo.iter().position(|byte| *byte == b':')?;
    let (user, password) = (userinfo.get(..colon)?, userinfo.get(colon + 1..)?);
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b".-_:[]".contains(byte);
    let clean = !user.iter().any(|byte| b"{}$(),;@*".contains(byte))
        && host.first().is_some_and(u8::is_ascii_alphanumeric);
    let text = String::from_utf8_lossy(password);
    // What starts like a URL in prose or code is often a pattern.
    let host_text = String::from_utf8_lossy(host);
    let host_name = host_text.split(':').next().unwrap_or_default();
    let is_one = |name: &str| {
        host_name == name || host_name.strip_suffix(name).is_some_and(|rest| rest.ends_with('.'))
    };
    let reserved = ["example.com", "example.org", "example.net", "example"];
    // Names that documentation uses, and real networks as well.
    let vague = ["host", "hostname", "server"];
    let example = reserved.iter().any(|name| is_one(name))
        || (vague.contains(&host_name) && !words::is_value(&text));
    let plain_words = [
        "pass", "password", "passwd", "pw", "pwd", "user", "username", "secret", "token", "foo",
        "bar", "x", "xxx", "p",
    ];
    let real = scheme
        && clean
        && !example
        && host.iter().take_while(|byte| !b",)".contains(byte)).all(plain)
        && text.len() >= 4
        && !plain_words.contains(&text.to_ascii_lowercase().as_str())
        && !text.contains(['{', '}', '(', ')', '*', '[', ']', ','])
        && !words::is_reference(&text)
        && !words::is_placeholder(&text);
    real.then(|| hit(URL, at, password)).flatten()
}
