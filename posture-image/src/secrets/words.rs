//! What names and values of credentials look like, and what only stands for one.

/// Ends of names, in small letters without separators.
const NAMES: [&str; 27] = [
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "passphrase",
    "credential",
    "secretkey",
    "secretkeybase",
    "signingkey",
    "encryptionkey",
    "masterkey",
    "authkey",
    "sharedkey",
    "appkey",
    "dbpass",
    "userpass",
    "rootpass",
    "adminpass",
    "mysqlpass",
    "smtppass",
    "mailpass",
    "dbpwd",
    "userpwd",
    "adminpwd",
];

/// Last parts of names, where the parts are separated: `DB_PASS`.
const LAST: [&str; 3] = ["pass", "pwd", "pw"];

/// Ends of names that hold something about a credential.
const ABOUT: [&str; 26] = [
    "file",
    "path",
    "url",
    "uri",
    "name",
    "id",
    "dir",
    "type",
    "length",
    "policy",
    "expiry",
    "expiration",
    "ttl",
    "timeout",
    "field",
    "header",
    "prefix",
    "endpoint",
    "version",
    "hash",
    "format",
    "algorithm",
    "issuer",
    "audience",
    "count",
    "min",
];

/// Shannon's entropy, in bits a character.
pub(super) fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in bytes {
        if let Some(count) = counts.get_mut(usize::from(*byte)) {
            *count += 1;
        }
    }
    let length = f64::from(u32::try_from(bytes.len().max(1)).unwrap_or(u32::MAX));
    let share = |count: u32| f64::from(count) / length;
    counts
        .iter()
        .filter(|count| **count > 0)
        .map(|count| -share(*count) * share(*count).log2())
        .sum()
}

/// Whether a value only names where another one comes from.
pub(super) fn is_reference(value: &str) -> bool {
    let value = value.trim();
    let inside = [
        "${",
        "$(",
        "{{",
        "}}",
        "<",
        ">",
        "%(",
        "#{",
        "$ENV",
        "@{",
        "process.env",
        "os.environ",
        "getenv",
        "secretKeyRef",
    ];
    let starts = [
        "$",
        "file:",
        "/run/secrets/",
        "/",
        "./",
        "vault:",
        "env:",
        "arn:",
        "ref+",
        "secretsmanager:",
        "ssm:",
        "%",
        "&",
        "!",
        "*",
    ];
    inside.iter().any(|part| value.contains(part))
        || starts.iter().any(|start| value.starts_with(start))
}

/// Words of values that are to be filled in, wherever they stand.
const TO_FILL_IN: [&str; 22] = [
    "changeme",
    "change-me",
    "change_me",
    "example",
    "placeholder",
    "xxxx",
    "your-",
    "your_",
    "yourp",
    "yours",
    "redacted",
    "notreal",
    "not-a-",
    "_here",
    "-here",
    "*****",
    "......",
    "0123456789",
    "1234567890",
    "abcdef",
    "deadbeef",
    "undefined",
];

/// Words that real values hold as well: `MyTest2024!k9`. They count where little else is there.
const WEAK: [&str; 19] = [
    "dummy", "insert", "replace", "todo", "foobar", "fake", "sample", "mock", "lorem", "default",
    "test", "password", "passwd", "secret", "token", "key", "this", "value", "user",
];

const PLAIN: [&str; 11] = [
    "null", "none", "true", "false", "password", "secret", "token", "enabled", "disabled",
    "required", "optional",
];

fn is_one_character(value: &str) -> bool {
    let mut characters = value.chars();
    let first = characters.next();
    characters.all(|character| Some(character) == first)
}

/// Whether a value stands for one that is to be filled in.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let weak = || {
        let found = WEAK.iter().take(11).any(|word| lower.contains(word));
        let rest = WEAK.iter().fold(lower.clone(), |rest, word| rest.replace(word, ""));
        let rest = rest.trim_matches(|character: char| !character.is_ascii_alphanumeric());
        found && rest.len() < 8
    };
    is_stand_in(value) || lower.contains("abcdef") || weak()
}

/// Whether a value in the place of a credential is none: one that a form shows, or a word alone. Such a place needs no randomness.
pub(super) fn is_stand_in(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    is_one_character(value)
        || TO_FILL_IN.iter().any(|word| lower.contains(word))
        || PLAIN.contains(&lower.as_str())
        || WEAK.contains(&lower.as_str())
}

/// Whether a literal value may be a credential: long enough, and not like a word.
pub(super) fn is_value(value: &str) -> bool {
    let clean =
        value.len() >= 8 && value.len() <= 500 && value.bytes().all(|byte| byte.is_ascii_graphic());
    if !clean || is_reference(value) || is_placeholder(value) {
        return false;
    }
    let bytes = value.as_bytes();
    let hex = bytes.iter().all(u8::is_ascii_hexdigit);
    let base64 = bytes.len() >= 20
        && bytes.iter().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(byte));
    let needed = match (hex, base64) {
        (true, _) => 3.0,
        (_, true) => 4.2,
        // A short value cannot have more than log2 of its length.
        _ => 3.5_f64.min(f64::from(u32::try_from(bytes.len()).unwrap_or(u32::MAX)).log2() * 0.9),
    };
    // Something that a person typed has at least two kinds of characters.
    let kinds = [
        u8::is_ascii_lowercase,
        u8::is_ascii_uppercase,
        u8::is_ascii_digit,
        u8::is_ascii_punctuation,
    ];
    let mixed = kinds.iter().filter(|kind| bytes.iter().any(kind)).count() >= 2;
    let words = bytes.iter().all(|byte| byte.is_ascii_lowercase() || b"-_.:/".contains(byte));
    let address = value.contains("://");
    entropy(bytes) >= needed && mixed && !words && !address
}

/// Whether a name is that of a credential.
pub(super) fn is_name(name: &str) -> bool {
    if name.len() < 2 {
        return false;
    }
    let lower = name.to_ascii_lowercase();
    let parts: Vec<&str> =
        lower.split(|character: char| !character.is_ascii_alphanumeric()).collect();
    let last = parts.iter().rev().find(|part| !part.is_empty()).copied().unwrap_or_default();
    let joined = lower.replace(['-', '_', '.', ' '], "");
    let about = ABOUT.contains(&last)
        || joined.contains("public")
        || joined.contains("keyword")
        || joined.contains("tokeniz");
    !about
        && (LAST.contains(&last)
            || NAMES
                .iter()
                .any(|word| joined.ends_with(word) || joined.ends_with(&format!("{word}s"))))
}
