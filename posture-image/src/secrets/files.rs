//! Files whose place or form tells what is in them.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::{Confidence, Form, Hit, generic, words};

const fn form(id: &'static str, name: &'static str) -> Form {
    Form { id, name, confidence: Confidence::High }
}

const REGISTRY: Form = form("registry-login", "login of a container registry");
const PACKAGE_LOGIN: Form = form("package-registry-login", "login of a package registry");
const NETRC: Form = form("netrc-password", "password of .netrc");
pub(super) const KUBECONFIG: Form = form("kubeconfig-credential", "credential of a kubeconfig");
pub(super) const AWS_SECRET: Form = form("aws-secret-key", "secret access key of AWS");
const PGPASS: Form = form("pgpass-password", "password of .pgpass");
const WORDPRESS: Form = form("wordpress-password", "database password of WordPress");
const TERRAFORM: Form = form("terraform-state", "credential in a Terraform state");

fn name_in(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or_default()
}

fn is_npmrc(name: &str) -> bool {
    name == "npmrc" || name.ends_with(".npmrc")
}

fn is_state(name: &str) -> bool {
    name.ends_with(".tfstate") || name.contains(".tfstate.")
}

/// Whether a file is one of those that usually hold credentials.
pub(crate) fn is_known(path: &[u8]) -> bool {
    let path = format!("/{}", String::from_utf8_lossy(path));
    let names = [
        ".dockercfg",
        ".dockerconfigjson",
        ".pypirc",
        ".netrc",
        "_netrc",
        ".pgpass",
        "pgpass.conf",
        "wp-config.php",
        "auth.json",
        ".yarnrc.yml",
    ];
    let places = ["/.docker/config.json", "/.aws/credentials", "/.aws/config", "/.kube/config"];
    let name = name_in(&path);
    names.contains(&name)
        || name.ends_with("kubeconfig")
        || is_npmrc(name)
        || is_state(name)
        || places.iter().any(|place| path.ends_with(place))
}

/// Whether the beginning of a file is that of one with credentials, whatever its name is: a Docker configuration, a kubeconfig, a
/// Terraform state.
pub(super) fn looks_known(head: &[u8]) -> bool {
    let head = head.get(..64 << 10).unwrap_or(head);
    let has = |part: &str| memchr::memmem::find(head, part.as_bytes()).is_some();
    has("\"auths\"")
        || has("\"terraform_version\"")
        || (has("kind") && has("Config") && has("clusters") && has("users"))
}

/// Credentials that only files of this name or form hold.
pub(super) fn hits(path: &[u8], content: &str) -> Vec<Hit> {
    let path = format!("/{}", String::from_utf8_lossy(path));
    let name = name_in(&path);
    if let Some(hits) = json(name, content) {
        return hits;
    }
    let ends = |end: &str| path.ends_with(end);
    let each = |reader: fn(&str) -> Option<(Form, &str)>| lines(content, reader);
    let is_kubeconfig = content.contains("kind: Config")
        || (content.contains("clusters:") && content.contains("users:"));
    match name {
        _ if is_npmrc(name) => each(|line| {
            let token = ["_authToken", "_auth", "_password"];
            let value = token.into_iter().find_map(|name| value(line, name))?;
            Some((PACKAGE_LOGIN, value))
        }),
        ".yarnrc.yml" => each(|line| {
            let token = ["npmAuthToken", "npmAuthIdent"];
            let value = token.into_iter().find_map(|name| value(line, name))?;
            Some((PACKAGE_LOGIN, value))
        }),
        ".pypirc" => each(|line| value(line, "password").map(|value| (PACKAGE_LOGIN, value))),
        ".netrc" | "_netrc" => netrc(content),
        ".pgpass" | "pgpass.conf" => each(|line| {
            let password = pgpass(line).filter(|_| !line.starts_with('#'))?;
            Some((PGPASS, password))
        }),
        "wp-config.php" => each(|line| {
            let rest = line.split_once("DB_PASSWORD")?.1;
            let mut parts = rest.split(['\'', '"']);
            // A function reads it from elsewhere.
            parts.next().filter(|between| between.trim().is_empty())?;
            parts.next().filter(|between| between.trim() == ",")?;
            Some((WORDPRESS, parts.next()?))
        }),
        _ if ends("/.aws/credentials") || ends("/.aws/config") => {
            each(|line| value(line, "aws_secret_access_key").map(|value| (AWS_SECRET, value)))
        }
        _ if ends("/.kube/config") || name.ends_with("kubeconfig") || is_kubeconfig => {
            each(|line| {
                let line = line.trim_start_matches("- ");
                let key = value(line, "client-key-data").filter(|data| is_pem(data));
                let token = || {
                    let named = KUBECONFIG_FIELDS.into_iter().find_map(|name| value(line, name))?;
                    Some(named).filter(|token| token.len() >= 8)
                };
                key.or_else(token).map(|value| (KUBECONFIG, value))
            })
        }
        _ => Vec::new(),
    }
}

/// The fields of a user of a kubeconfig that are credentials.
const KUBECONFIG_FIELDS: [&str; 5] =
    ["token", "password", "id-token", "refresh-token", "access-token"];

fn is_pem(data: &str) -> bool {
    STANDARD.decode(data).is_ok_and(|key| memchr::memmem::find(&key, b"PRIVATE KEY-----").is_some())
}

/// Files in JSON: none if it is not JSON, or not of a known form.
fn json(name: &str, content: &str) -> Option<Vec<Hit>> {
    if !content.trim_start_matches('\u{feff}').trim_start().starts_with('{') {
        return None;
    }
    let value =
        crate::json::parse_loose(content.trim_start_matches('\u{feff}').as_bytes(), 64).ok()?;
    let mut hits = Vec::new();
    let mut add = |form: Form, value: &str| {
        if is_literal(value) {
            let at = if hits.len() < 1_000 { generic::place_in(content, value) } else { 0 };
            hits.push(Hit { form, at, value: value.as_bytes().to_vec() });
        }
    };
    if value.get("auths").is_some() || name == ".dockercfg" {
        let entries = value.get("auths").unwrap_or(&value).as_object()?;
        for entry in entries.values() {
            registry(content, entry, &mut hits);
        }
    } else if is_state(name) || value.get("terraform_version").is_some() {
        generic::strings(&value, &mut |name, value| {
            if words::is_name(name) && !words::is_reference(value) {
                add(TERRAFORM, value);
            }
        });
        let outputs = value.get("outputs").and_then(Value::as_object).into_iter().flatten();
        for (_, output) in outputs {
            if output.get("sensitive") == Some(&Value::Bool(true)) {
                generic::strings(output, &mut |name, value| {
                    if name != "type" {
                        add(TERRAFORM, value);
                    }
                });
            }
        }
    } else if value.get("users").is_some_and(Value::is_array) && value.get("clusters").is_some() {
        generic::strings(value.get("users")?, &mut |name, value| {
            if KUBECONFIG_FIELDS.contains(&name) || (name == "client-key-data" && is_pem(value)) {
                add(KUBECONFIG, value);
            }
        });
    } else if name == "auth.json" {
        // Composer's: logins and tokens by host.
        for kind in ["http-basic", "github-oauth", "gitlab-oauth", "gitlab-token", "bearer"] {
            let Some(hosts) = value.get(kind) else { continue };
            generic::strings(hosts, &mut |name, value| {
                if name != "username" {
                    add(PACKAGE_LOGIN, value);
                }
            });
        }
    } else {
        return None;
    }
    Some(hits)
}

/// The value of `name = value` or `name: value`.
fn value<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    line.match_indices(name).find_map(|(at, _)| {
        let before = line.get(..at)?;
        let rest = line.get(at + name.len()..)?.trim_start_matches(['"', '\'']).trim_start();
        let rest = rest.strip_prefix(['=', ':'])?.trim();
        // Of a flow mapping, the next entry or its end follows.
        let flow = before.contains('{');
        let rest = if flow { rest.split([',', '}']).next().unwrap_or_default() } else { rest };
        let rest = rest.trim().trim_matches(['"', '\'']);
        let inner =
            before.is_empty() || before.ends_with([':', '/', ' ', '\t', '{', ',', '"', '\'']);
        (inner && !before.starts_with(['#', ';'])).then_some(rest)
    })
}

/// The password of a line of `.pgpass`: what follows the fourth colon without `\` in front
/// ([documentation](https://www.postgresql.org/docs/current/libpq-pgpass.html)).
fn pgpass(line: &str) -> Option<&str> {
    let (mut colons, mut escaped) = (0, false);
    for (at, character) in line.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            ':' => colons += 1,
            _ => {}
        }
        if colons == 4 {
            return line.get(at + 1..);
        }
    }
    None
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

/// A value in the place of a credential: neither a variable nor what a form shows.
fn is_literal(value: &str) -> bool {
    let variable = value.strip_prefix('$').is_some_and(|name| {
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
            && !name.starts_with(|first: char| first.is_ascii_digit())
    });
    let form = value.starts_with('<') && value.ends_with('>');
    !value.is_empty()
        && !variable
        && !form
        && !value.contains("${")
        && !value.contains("{{")
        && !words::is_stand_in(value)
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

/// A login of Docker's configuration: `auth` is `user:password` in base64, and the others are as they are
/// ([source](https://github.com/docker/cli/blob/master/cli/config/types/authconfig.go)). Nothing in it is a variable.
fn registry(content: &str, entry: &Value, hits: &mut Vec<Hit>) {
    let text = |key: &str| entry.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
    let decoded = text("auth").and_then(|auth| {
        let decoded = String::from_utf8(STANDARD.decode(auth.trim()).ok()?).ok()?;
        let password = decoded.split_once(':')?.1.trim_end_matches('\0').to_owned();
        Some((auth, password))
    });
    let plain = ["identitytoken", "registrytoken", "password"].into_iter();
    let plain = plain.filter_map(|key| text(key).map(|value| (value, value.to_owned())));
    for (shown, value) in decoded.into_iter().chain(plain) {
        if !value.is_empty() && !words::is_stand_in(&value) && !value.contains("${") {
            let at = generic::place_in(content, shown);
            hits.push(Hit { form: REGISTRY, at, value: value.into_bytes() });
        }
    }
}
