//! Environment variables that weaken what runs in a container.

use super::Config;
use crate::files;
use crate::limits::Limits;
use crate::tree::Tree;
use crate::{Answer, Cause, Gap, List};

/// A variable with an effect on security. Its value is not kept: it may hold a credential.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Effect {
    /// The variable.
    pub name: String,
    /// What it does.
    pub effect: EffectKind,
}

/// What a variable does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EffectKind {
    /// Switches off the verification of TLS certificates.
    TlsVerificationOff,
    /// Loads code into every program.
    Preload,
    /// Changes where libraries are searched.
    LibraryPath,
    /// A list of directories has an empty or relative entry: the working directory is searched.
    RelativePath,
    /// A list of directories has one that everybody may write.
    WritablePath,
    /// Relies on Docker Content Trust, which ends on 2026-12-08.
    ContentTrust,
    /// A proxy with credentials.
    ProxyCredentials,
}

/// The variables with an effect.
pub fn effects(config: &Config, tree: &Tree, limits: &Limits) -> List<Effect> {
    let mut list = List::default();
    for (name, value) in &config.env {
        let mut add = |effect| list.items.push(Effect { name: name.clone(), effect });
        let on = !value.is_empty() && value != "0" && !value.eq_ignore_ascii_case("false");
        match name.as_str() {
            // Node.js disables it for exactly this value, Python for exactly that one.
            "NODE_TLS_REJECT_UNAUTHORIZED" | "PYTHONHTTPSVERIFY" if value == "0" => {
                add(EffectKind::TlsVerificationOff)
            }
            "GIT_SSL_NO_VERIFY" if on => add(EffectKind::TlsVerificationOff),
            "LD_PRELOAD" | "LD_AUDIT" if !value.is_empty() => add(EffectKind::Preload),
            "LD_LIBRARY_PATH" if !value.is_empty() => {
                add(EffectKind::LibraryPath);
                // The loader separates directories by semicolons too.
                searched(&mut list, name, &value.replace(';', ":"), tree, limits);
            }
            "DOCKER_CONTENT_TRUST" if on => add(EffectKind::ContentTrust),
            // The server and the passphrases.
            _ if name.starts_with("DOCKER_CONTENT_TRUST_") && !value.is_empty() => {
                add(EffectKind::ContentTrust)
            }
            "PATH" => searched(&mut list, name, value, tree, limits),
            _ if name.to_ascii_lowercase().ends_with("_proxy") && has_userinfo(value) => {
                add(EffectKind::ProxyCredentials)
            }
            _ => {}
        }
    }
    list
}

/// Directories in which programs or libraries are searched.
fn searched(list: &mut List<Effect>, name: &str, value: &str, tree: &Tree, limits: &Limits) {
    let mut add = |effect| list.items.push(Effect { name: name.to_owned(), effect });
    if value.split(':').any(|entry| !entry.starts_with('/')) {
        add(EffectKind::RelativePath);
    }
    let mut gaps = Vec::new();
    let mut open = |entry: &str| match is_open(entry.as_bytes(), tree, limits) {
        Ok(open) => open,
        Err(gap) => {
            gaps.push(gap);
            false
        }
    };
    if value.split(':').filter(|entry| entry.starts_with('/')).any(&mut open) {
        add(EffectKind::WritablePath);
    }
    for gap in gaps {
        list.lacks(gap);
    }
    if let Some(gap) = tree.gaps.first() {
        let detail = format!("its directories are not certain: {gap}");
        list.lacks(Gap::new(Cause::Incomplete, name, detail));
    }
}

/// Directories for temporary files, which every container and runtime opens to everybody.
const TEMPORARY: [&[u8]; 3] = [b"tmp", b"var/tmp", b"dev/shm"];

/// Whether everybody may add a file to a directory, or make the directory where it is not there. The sticky bit keeps from
/// deleting, not from adding.
fn is_open(path: &[u8], tree: &Tree, limits: &Limits) -> Result<bool, Gap> {
    let adds = |mode: u32| mode & 0o002 != 0;
    let mut path = path;
    loop {
        let end = path.len() - path.iter().rev().take_while(|byte| **byte == b'/').count();
        path = path.get(..end).unwrap_or_default();
        let start = path.iter().position(|byte| *byte != b'/').unwrap_or(path.len());
        if TEMPORARY.contains(&path.get(start..).unwrap_or_default()) {
            return Ok(true);
        }
        match tree.resolve(path, limits) {
            Answer::Known((found, node)) => {
                let above = found.iter().enumerate().filter(|(_, byte)| **byte == b'/');
                let replaced = above
                    .filter_map(|(end, _)| tree.at(found.get(..end)?))
                    .any(|node| files::is_world_writable(node));
                return Ok(replaced || adds(node.mode) || TEMPORARY.contains(&found.as_slice()));
            }
            Answer::Unknown(gap) => return Err(gap),
            // Who may write in the nearest directory that is there can make this one.
            Answer::Absent => match path.iter().rposition(|byte| *byte == b'/') {
                Some(at) if start < path.len() => path = path.get(..at).unwrap_or_default(),
                _ => return Ok(false),
            },
        }
    }
}

fn has_userinfo(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    authority.rsplit_once('@').is_some_and(|(userinfo, _)| userinfo.contains(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_with_an_effect_are_found_and_no_others() {
        let cases = [
            ("PATH", "/usr/bin:/bin", None),
            ("PATH", "/usr/bin:", Some(EffectKind::RelativePath)),
            ("PATH", "bin:/usr/bin", Some(EffectKind::RelativePath)),
            ("NODE_TLS_REJECT_UNAUTHORIZED", "0", Some(EffectKind::TlsVerificationOff)),
            ("NODE_TLS_REJECT_UNAUTHORIZED", "1", None),
            ("GIT_SSL_NO_VERIFY", "true", Some(EffectKind::TlsVerificationOff)),
            ("GIT_SSL_NO_VERIFY", "false", None),
            ("PATH", "/tmp:/usr/bin", Some(EffectKind::WritablePath)),
            ("PATH", "/usr/bin:/var/tmp//bin/", Some(EffectKind::WritablePath)),
            ("PATH", "/tmpfiles:/", None),
            ("LD_LIBRARY_PATH", "/usr/lib", Some(EffectKind::LibraryPath)),
            ("LD_AUDIT", "/x.so", Some(EffectKind::Preload)),
            ("DOCKER_CONTENT_TRUST_SERVER", "https://x", Some(EffectKind::ContentTrust)),
            ("LD_PRELOAD", "", None),
            ("LD_PRELOAD", "/x.so", Some(EffectKind::Preload)),
            ("DOCKER_CONTENT_TRUST", "1", Some(EffectKind::ContentTrust)),
            ("DOCKER_CONTENT_TRUST", "0", None),
            ("https_proxy", "http://u:p@proxy:3128", Some(EffectKind::ProxyCredentials)),
            ("HTTP_PROXY", "http://proxy:3128/a@b:c", None),
        ];
        for (name, value, expected) in cases {
            let config = Config { env: vec![(name.into(), value.into())], ..Config::default() };
            let found = effects(&config, &Tree::default(), &Limits::default());
            assert_eq!(found.items.first().map(|effect| effect.effect), expected, "{name}={value}");
        }
    }
}
