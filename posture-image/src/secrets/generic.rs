//! Values with a telling name: `password=…`, `API_KEY: …`.

use super::{Confidence, Form, Hit};

/// A literal value with the name of a credential.
const NAMED: Form = Form {
    id: "named-credential",
    name: "value with the name of a credential",
    confidence: Confidence::Medium,
};

/// The names, in small letters without separators.
const NAMES: [&str; 9] = [
    "password",
    "passwd",
    "secret",
    "token",
    "apikey",
    "accesskey",
    "privatekey",
    "passphrase",
    "credential",
];

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

/// Whether a value stands for one that is to be filled in.
pub(super) fn is_placeholder(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    let words = [
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
        "dummy",
        "redacted",
        "notreal",
        "not-a-",
        "insert",
        "replace",
        "todo",
        "_here",
        "-here",
        "*****",
        "......",
        "0123456789",
        "1234567890",
        "abcdef",
        "deadbeef",
        "undefined",
        "foobar",
        "fake",
        "sample",
        "mock",
        "lorem",
        "default",
        "test",
    ];
    let mut characters = value.chars();
    let first = characters.next();
    let same = characters.all(|character| Some(character) == first);
    let plain = [
        "null", "none", "true", "false", "password", "secret", "token", "enabled", "disabled",
        "required", "optional",
    ];
    same || words.iter().any(|word| lower.contains(word)) || plain.contains(&lower.as_str())
}

/// Whether a literal value may be a credential: long enough, and not like a word.
fn is_value(value: &str) -> bool {
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
fn is_name(name: &str) -> bool {
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
        && NAMES.iter().any(|word| joined.ends_with(word) || joined.ends_with(&format!("{word}s")))
}

/// A name and its value.
pub(super) fn pair(name: &str, value: &str) -> Option<Hit> {
    let value = value.trim().trim_matches(['"', '\'']);
    (is_name(name) && is_value(value)).then(|| Hit {
        form: NAMED,
        at: 0,
        value: value.as_bytes().to_vec(),
    })
}

/// `name=value`, `name: value` and `--name value` in a text.
pub(super) fn assignments(text: &str) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        let content = line.trim();
        let comment = content.starts_with(['#', ';']) || content.starts_with("//");
        if comment || line.len() > 2_000 {
            continue;
        }
        for (index, _) in line.match_indices(['=', ':']) {
            let (before, after) = line.split_at(index);
            let name = before.trim_end().trim_end_matches(['"', '\'']);
            let name_start = name.rfind(|character: char| {
                !(character.is_ascii_alphanumeric() || "_-.".contains(character))
            });
            let name = name
                .get(name_start.map_or(0, |at| at + 1)..)
                .unwrap_or_default()
                .trim_start_matches('-');
            let after = after.get(1..).unwrap_or_default();
            if after.starts_with(['=', ':']) || before.ends_with(['=', ':', '!', '<', '>']) {
                continue;
            }
            let value = after.trim_start();
            let value = match value.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let inner = value.get(1..).unwrap_or_default();
                    inner.split(quote).next().unwrap_or_default()
                }
                _ => value
                    .split([' ', '\t', '\n', '\r', ',', ';', '&', '"', '\'', ')'])
                    .next()
                    .unwrap_or_default(),
            };
            // A call or an expression is not a literal.
            if value.contains(['(', '[', '{']) {
                continue;
            }
            if let Some(hit) = pair(name, value) {
                hits.push(Hit { at: start + index, ..hit });
                break;
            }
        }
    }
    hits
}

/// Whether a file is one in which people configure programs. Source code has names and values that are none.
pub(super) fn is_configuration(path: &[u8]) -> bool {
    let path = String::from_utf8_lossy(path);
    let name = path.rsplit('/').next().unwrap_or_default();
    let system = [
        "usr/share/",
        "usr/lib/",
        "usr/include/",
        "usr/src/",
        "var/lib/dpkg/",
        "lib/",
        "proc/",
        "sys/",
    ];
    let modules = [
        "/node_modules/",
        "/site-packages/",
        "/dist-packages/",
        "/vendor/",
        "/gems/",
        "/.git/",
        "/i18n/",
        "/locale/",
        "/locales/",
    ];
    let ends = [
        ".conf",
        ".cfg",
        ".ini",
        ".properties",
        ".yml",
        ".yaml",
        ".toml",
        ".env",
        ".json",
        ".xml",
        ".sh",
        ".php",
        ".tfvars",
    ];
    let locks = [
        "package-lock.json",
        "composer.lock",
        "yarn.lock",
        "pnpm-lock.yaml",
        "package.json",
        "tsconfig.json",
    ];
    let named = name.starts_with(".env")
        || name == "Dockerfile"
        || ends.iter().any(|end| name.ends_with(end));
    named
        && !locks.contains(&name)
        && !system.iter().any(|start| path.starts_with(start))
        && !modules.iter().any(|part| format!("/{path}").contains(part))
}
