//! Files whose place tells what is in them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Confidence, Form, Hit, generic};

const fn form(id: &'static str, name: &'static str) -> Form {
    Form { id, name, confidence: Confidence::High }
}

const REGISTRY: Form = form("registry-login", "login of a container registry");
const PACKAGE_LOGIN: Form = form("package-registry-login", "login of a package registry");
const NETRC: Form = form("netrc-password", "password of .netrc");
const KUBECONFIG: Form = form("kubeconfig-credential", "credential of a kubeconfig");
const AWS_SECRET: Form = form("aws-secret-key", "secret access key of AWS");
const PGPASS: Form = form("pgpass-password", "password of .pgpass");
const WORDPRESS: Form = form("wordpress-password", "database password of WordPress");

/// Whether a file is one of those that usually hold credentials.
pub(crate) fn is_known(path: &[u8]) -> bool {
    let path = format!("/{}", String::from_utf8_lossy(path));
    let names = [".dockercfg", ".npmrc", ".pypirc", ".netrc", "_netrc", ".pgpass", "wp-config.php"];
    let places = ["/.docker/config.json", "/.aws/credentials", "/.kube/config"];
    path.rsplit('/')
        .next()
        .is_some_and(|name| names.contains(&name) || name.ends_with("kubeconfig"))
        || places.iter().any(|place| path.ends_with(place))
}

/// Credentials that only files of this name hold.
pub(super) fn hits(path: &[u8], content: &str) -> Vec<Hit> {
    let path = format!("/{}", String::from_utf8_lossy(path));
    let name = path.rsplit('/').next().unwrap_or_default();
    let ends = |end: &str| path.ends_with(end);
    let each = |reader: fn(&str) -> Option<(Form, &str)>| lines(content, reader);
    match name {
        _ if ends("/.docker/config.json") || name == ".dockercfg" => registry(content),
        ".npmrc" => each(|line| {
            value(line, "_authToken")
                .or_else(|| value(line, "_password"))
                .map(|value| (PACKAGE_LOGIN, value))
        }),
        ".pypirc" => each(|line| value(line, "password").map(|value| (PACKAGE_LOGIN, value))),
        ".netrc" | "_netrc" => netrc(content),
        ".pgpass" => each(|line| {
            let fields: Vec<&str> = line.split(':').collect();
            let password = fields.get(4).filter(|_| fields.len() == 5 && !line.starts_with('#'))?;
            Some((PGPASS, *password))
        }),
        "wp-config.php" => each(|line| {
            let rest = line.split_once("DB_PASSWORD")?.1;
            rest.split(['\'', '"']).nth(2).map(|value| (WORDPRESS, value))
        }),
        _ if ends("/.aws/credentials") => {
            each(|line| value(line, "aws_secret_access_key").map(|value| (AWS_SECRET, value)))
        }
        _ if ends("/.kube/config")
            || name.ends_with("kubeconfig")
            || content.contains("kind: Config") =>
        {
            each(|line| {
                let line = line.trim_start_matches("- ");
                let key = value(line, "client-key-data").filter(|data| {
                    STANDARD
                        .decode(data)
                        .is_ok_and(|key| memchr::memmem::find(&key, b"PRIVATE KEY-----").is_some())
                });
                key.or_else(|| value(line, "token").filter(|token| token.len() >= 20))
                    .map(|value| (KUBECONFIG, value))
            })
        }
        _ => Vec::new(),
    }
}

/// The value of `name = value` or `name: value`.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let at = line.find(name)?;
    let before = line.get(..at)?;
    let rest = line.get(at + name.len()..)?.trim_start();
    let rest = rest.strip_prefix(['=', ':'])?.trim().trim_matches(['"', '\'']);
    let inner = before.is_empty() || before.ends_with([':', '/', ' ', '\t']);
    (inner && !before.starts_with(['#', ';'])).then_some(rest)
}

fn lines(content: &str, reader: fn(&str) -> Option<(Form, &str)>) -> Vec<Hit> {
    let mut at = 0;
    let mut hits = Vec::new();
    for line in content.split_inclusive('\n') {
        if let Some((form, value)) = reader(line.trim()).filter(|(_, value)| is_literal(value)) {
            hits.push(Hit { form, at, value: value.as_bytes().to_vec() });
        }
        at += line.len();
    }
    hits
}

fn is_literal(value: &str) -> bool {
    value.len() >= 4
        && !value.starts_with('$')
        && !value.contains("${")
        && !value.contains("{{")
        && !generic::is_placeholder(value)
}

fn netrc(content: &str) -> Vec<Hit> {
    let mut words = content.split_whitespace();
    let mut hits = Vec::new();
    while let Some(word) = words.next() {
        if word == "password"
            && let Some(value) = words.next().filter(|value| is_literal(value))
        {
            let at = value.as_ptr() as usize - content.as_ptr() as usize;
            hits.push(Hit { form: NETRC, at, value: value.as_bytes().to_vec() });
        }
    }
    hits
}

/// `auth` of a Docker configuration is `user:password` in base64.
fn registry(content: &str) -> Vec<Hit> {
    let Ok(value) = serde_json::from_str::<serde_json::Value>(content) else { return Vec::new() };
    let entries = value.get("auths").unwrap_or(&value).as_object().cloned().unwrap_or_default();
    let login = |entry: &serde_json::Value| {
        let token = entry
            .get("identitytoken")
            .and_then(serde_json::Value::as_str)
            .filter(|token| is_literal(token));
        let auth = entry.get("auth").and_then(serde_json::Value::as_str)?;
        let decoded =
            STANDARD.decode(auth).ok().and_then(|decoded| String::from_utf8(decoded).ok());
        let (_, password) = decoded.as_deref().and_then(|decoded| decoded.split_once(':'))?;
        let used = token.unwrap_or(password);
        is_literal(used).then(|| Hit {
            form: REGISTRY,
            at: content.find(auth).unwrap_or_default(),
            value: used.as_bytes().to_vec(),
        })
    };
    entries.values().filter_map(login).collect()
}
