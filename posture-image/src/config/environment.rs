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
    /// `PATH` has an empty or relative entry: the working directory is searched.
    RelativePath,
    /// `PATH` has a directory that everybody may write.
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
            "LD_PRELOAD" if !value.is_empty() => add(EffectKind::Preload),
            "LD_LIBRARY_PATH" if !value.is_empty() => add(EffectKind::LibraryPath),
            "DOCKER_CONTENT_TRUST" if on => add(EffectKind::ContentTrust),
            "PATH" => {
                if value.split(':').any(|entry| !entry.starts_with('/')) {
                    list.items
                        .push(Effect { name: name.clone(), effect: EffectKind::RelativePath });
                }
                let mut writable = false;
                for entry in value.split(':').filter(|entry| entry.starts_with('/')) {
                    match tree.resolve(entry.as_bytes(), limits) {
                        Answer::Known((_, node)) => writable |= files::is_world_writable(&node),
                        Answer::Absent => {}
                        Answer::Unknown(gap) => list.lacks(gap),
                    }
                }
                if writable {
                    list.items
                        .push(Effect { name: name.clone(), effect: EffectKind::WritablePath });
                }
                if let Some(gap) = tree.gaps.first() {
                    let gap = Gap::new(
                        Cause::Incomplete,
                        "PATH",
                        format!("its directories are not certain: {gap}"),
                    );
                    list.lacks(gap);
                }
            }
            _ if name.to_ascii_lowercase().ends_with("_proxy") && has_userinfo(value) => {
                add(EffectKind::ProxyCredentials)
            }
            _ => {}
        }
    }
    list
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
