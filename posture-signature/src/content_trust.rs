//! Recognizing reliance on Docker Content Trust, which ends.
//!
//! The Notary service of Docker (`notary.docker.io`) shuts down on 2026-12-08
//! ([Docker's documentation](https://docs.docker.com/engine/security/trust/), the
//! [announcement](https://www.docker.com/blog/docker-content-trust-retirement-and-migration-guidance/) with the dates of the
//! brownouts before). Azure Container Registry removes its support on 2028-03-31
//! ([Microsoft](https://learn.microsoft.com/azure/container-registry/container-registry-content-trust-deprecation)). Signatures of
//! it show nothing after that: pulls fail, or the variable is unset and nothing is verified.

use crate::text;

/// The day on which Docker's Notary service shuts down, `YYYY-MM-DD`.
pub const ENDS: &str = "2026-12-08";
/// The day on which Azure Container Registry removes Docker Content Trust, `YYYY-MM-DD`.
pub const ENDS_AZURE: &str = "2028-03-31";

/// Lines that are looked at. A pipeline has hundreds.
const LINES: usize = 200_000;
/// Bytes of a line that are looked at.
const LINE: usize = 16 << 10;
/// Uses that are listed of one text.
const USES: usize = 1000;

/// How something relies on Docker Content Trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Use {
    /// `DOCKER_CONTENT_TRUST` is on. Docker takes every value for "on" that is not empty and not one of `0`, `f`, `F`, `false`,
    /// `False` and `FALSE`
    /// ([source](https://github.com/docker/cli/blob/v28.0.0/cli/command/cli_options.go)).
    Enabled,
    /// `DOCKER_CONTENT_TRUST` is set to a variable, so that the value is not known.
    Variable,
    /// `--disable-content-trust=false`: on for one command.
    Flag,
    /// `DOCKER_CONTENT_TRUST_SERVER` names a Notary server.
    Server,
    /// A passphrase for keys of Docker Content Trust is set. Its value is never shown.
    Passphrase,
    /// `docker trust …`.
    Command,
    /// `notary …` with a server or a command.
    Notary,
    /// The address of Docker's Notary service.
    Address,
    /// `docker content trust …`, which is not a command of any version of Docker.
    NoSuchContentTrust,
    /// `docker security scan …`, which is not a command of any version of Docker.
    NoSuchScan,
}

impl Use {
    /// What to do instead.
    pub const fn instead(self) -> &'static str {
        match self {
            Self::Enabled | Self::Variable | Self::Flag => {
                "unset it, sign with cosign or Notation, and verify before images are used: `cosign verify --key cosign.pub IMAGE@DIGEST`, or an admission policy"
            }
            Self::Server | Self::Notary | Self::Address => {
                "remove the Notary server; cosign and Notation keep signatures in the registry, beside the image"
            }
            Self::Passphrase => {
                "delete the keys of Docker Content Trust and their passphrases; sign with `cosign sign` or `notation sign`"
            }
            Self::Command => {
                "`cosign sign` and `cosign verify`, or `notation sign` and `notation verify`"
            }
            Self::NoSuchContentTrust => {
                "who signed an image: `cosign verify --key cosign.pub IMAGE@DIGEST`, and `cosign tree IMAGE` for what is attached to it"
            }
            Self::NoSuchScan => {
                "what is vulnerable in an image: `posture audit image IMAGE`, or `docker scout cves IMAGE`"
            }
        }
    }
}

/// A place that relies on Docker Content Trust.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Found {
    /// How.
    pub what: Use,
    /// The line, from 1.
    pub line: usize,
    /// The words that show it, escaped. Never a value that may be secret.
    pub words: String,
}

/// Looks for reliance on Docker Content Trust in a script, a pipeline, a Dockerfile, a Compose file, or an environment with one
/// `NAME=value` a line. Comment lines do not count. A list without entries does not show that there is none: a script may be called
/// by another name, and the variable may be set elsewhere.
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    // The last line on which the value of `name: DOCKER_CONTENT_TRUST` may follow, as Kubernetes and task definitions write it.
    let mut named = 0;
    for (index, line) in text.lines().take(LINES).enumerate() {
        let line = line.get(..line.floor_char_boundary(LINE)).unwrap_or(line);
        if is_comment(line) || found.len() >= USES {
            continue;
        }
        let mut add = |what: Use, words: &str| {
            let here = Found { what, line: index + 1, words: text::clean(words, 120) };
            if !found.contains(&here) {
                found.push(here);
            }
        };
        if line.contains("DOCKER_CONTENT_TRUST") || named > index {
            variables(line, index, &mut named, &mut add);
        }
        if line.to_ascii_lowercase().contains("notary.docker.io") {
            add(Use::Address, "notary.docker.io");
        }
        commands(line, &mut add);
    }
    found.sort_by_key(|found| found.line);
    found
}

/// The variables of Docker Content Trust that a line sets.
fn variables(line: &str, index: usize, named: &mut usize, add: &mut impl FnMut(Use, &str)) {
    for place in places(line, "DOCKER_CONTENT_TRUST") {
        match place {
            Place::Set(value) => {
                if let Some(what) = enabled(value) {
                    add(what, &format!("DOCKER_CONTENT_TRUST={value}"));
                }
            }
            Place::Named => *named = index + 3,
        }
    }
    if *named > index {
        for place in places(line, "value") {
            if let Place::Set(value) = place {
                *named = 0;
                if let Some(what) = enabled(value) {
                    add(what, &format!("DOCKER_CONTENT_TRUST={value}"));
                }
            }
        }
    }
    for place in places(line, "DOCKER_CONTENT_TRUST_SERVER") {
        if let Place::Set(server) = place {
            add(Use::Server, &format!("DOCKER_CONTENT_TRUST_SERVER={}", without_login(server)));
        }
    }
    for name in
        ["DOCKER_CONTENT_TRUST_ROOT_PASSPHRASE", "DOCKER_CONTENT_TRUST_REPOSITORY_PASSPHRASE"]
    {
        if !places(line, name).is_empty() {
            add(Use::Passphrase, name);
        }
    }
}

/// The commands of Docker Content Trust in a line.
fn commands(line: &str, add: &mut impl FnMut(Use, &str)) {
    let words = words(line);
    for (at, word) in words.iter().enumerate() {
        let rest = words.get(at + 1..).unwrap_or_default();
        match *word {
            "docker" | "docker.exe" => match command(rest).as_slice() {
                ["trust", "sign" | "inspect" | "revoke" | "view" | "key" | "signer"] => {
                    add(
                        Use::Command,
                        &format!(
                            "docker trust {}",
                            command(rest).get(1).copied().unwrap_or_default()
                        ),
                    );
                }
                ["content", "trust"] => add(Use::NoSuchContentTrust, "docker content trust"),
                ["security", "scan"] => add(Use::NoSuchScan, "docker security scan"),
                _ => {}
            },
            "notary"
                if at == 0
                    || matches!(
                        words.get(at - 1),
                        Some(&("run:" | "sudo" | "&&" | "|" | ";" | "then" | "-" | "RUN"))
                    ) =>
            {
                if let Some(command) =
                    command(rest).first().filter(|command| NOTARY.contains(command))
                {
                    add(Use::Notary, &format!("notary {command}"));
                }
            }
            option => {
                let off = option.strip_prefix("--disable-content-trust=");
                if off
                    .is_some_and(|off| matches!(off, "0" | "f" | "F" | "false" | "False" | "FALSE"))
                {
                    add(Use::Flag, "--disable-content-trust=false");
                }
            }
        }
    }
}

/// How a line mentions a variable.
enum Place<'l> {
    /// It is set to this value, which is not empty.
    Set(&'l str),
    /// Its name is the value of a field `name`.
    Named,
}

/// Where a line sets a variable: `NAME=value`, `NAME: value`, and without either after `ENV`, `setenv` or `set -x`. Reading it, as
/// `$NAME` does, is not among them.
fn places<'l>(line: &'l str, name: &str) -> Vec<Place<'l>> {
    let mut places = Vec::new();
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    for (at, _) in line.match_indices(name) {
        let (before, after) =
            (line.get(..at).unwrap_or_default(), line.get(at + name.len()..).unwrap_or_default());
        if before.ends_with(|c: char| part(c) || matches!(c, '$' | '{' | '%' | '!'))
            && !before.ends_with("{{")
            || after.starts_with(part)
        {
            continue;
        }
        let quote = |c: char| matches!(c, '"' | '\'' | '`');
        let after = after.trim_start_matches(quote).trim_start();
        let value = match after.strip_prefix(['=', ':']) {
            Some(value) if !value.starts_with(['=', ':']) => value,
            _ => {
                let before = before.trim_end_matches(quote).trim_end();
                let field = before.trim_end_matches(['=', ':']).trim_end().trim_end_matches(quote);
                let named =
                    field.len() < before.len() && field.to_ascii_lowercase().ends_with("name");
                if named {
                    places.push(Place::Named);
                }
                let word = before.rsplit(char::is_whitespace).next().unwrap_or_default();
                if !matches!(word, "ENV" | "env" | "setenv" | "-x" | "-gx" | "-Ux" | "-xg") {
                    continue;
                }
                after
            }
        };
        let value = value.trim_start().trim_start_matches(quote);
        let end = |c: char| {
            c.is_whitespace() || quote(c) || matches!(c, ',' | ';' | '&' | '|' | ')' | ']' | '}')
        };
        let value = value.split(end).next().unwrap_or_default();
        if !value.is_empty() {
            places.push(Place::Set(value));
        }
    }
    places
}

/// The commands of the client of Notary ([documentation](https://github.com/notaryproject/notary/blob/master/docs/command_reference.md)).
const NOTARY: &[&str] = &[
    "add",
    "addhash",
    "delegation",
    "delete",
    "init",
    "key",
    "list",
    "lookup",
    "publish",
    "remove",
    "reset",
    "status",
    "verify",
    "witness",
];

fn is_comment(line: &str) -> bool {
    let line = line.trim_start();
    let word = |start: &str| {
        line.get(..start.len()).is_some_and(|found| found.eq_ignore_ascii_case(start))
    };
    line.starts_with('#') || line.starts_with("//") || line.starts_with("::") || word("rem ")
}

/// The words of a line, without quotes and without a comment at its end. Operators of a shell are words.
fn words(line: &str) -> Vec<&str> {
    let line = line.split_once(" #").map_or(line, |(code, _)| code);
    let mut words = Vec::new();
    for word in line.split(|c: char| {
        c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | '(' | ')' | '[' | ']' | '{' | '}')
    }) {
        let bare = word.trim_end_matches(';');
        words.push(bare);
        if bare.len() < word.len() {
            words.push(";");
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What a value of `DOCKER_CONTENT_TRUST` means.
fn enabled(value: &str) -> Option<Use> {
    match value {
        "" | "0" | "f" | "F" | "false" | "False" | "FALSE" => None,
        value if value.starts_with(['$', '%']) => Some(Use::Variable),
        _ => Some(Use::Enabled),
    }
}

/// The first words of a command line that are not options or values of options that take one.
fn command<'w>(words: &[&'w str]) -> Vec<&'w str> {
    let mut command = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "-H" | "--host" | "-c" | "--context" | "--config" | "-l" | "--log-level" | "-s"
            | "--server" | "-d" | "--trustDir" => {
                words.next();
            }
            option if option.starts_with('-') => {}
            "|" | "||" | "&" | "&&" | ";" | ">" => break,
            word => command.push(word),
        }
        if command.len() == 2 {
            break;
        }
    }
    command
}

/// A URL without a password.
fn without_login(url: &str) -> String {
    match url.split_once("://") {
        Some((scheme, rest)) => match rest.split_once('@') {
            Some((_, host)) => format!("{scheme}://{host}"),
            None => url.to_owned(),
        },
        None => url.rsplit_once('@').map_or(url, |(_, host)| host).to_owned(),
    }
}

#[cfg(test)]
mod tests;
