//! What Docker is called, and how other tools identify its resources.

use posture_model::provider::Provider;
use posture_model::provider_info::{LevelInfo, Link, OcsfAccount, ProviderInfo};
use posture_model::resource::{FactId, Kind, Subject};
use posture_model::scope::Level;
use posture_model::wanted::Wanted;

/// OCSF has no type of account for hosts.
const OTHER: u8 = 99;

/// The only partition.
pub const PARTITION: &str = "docker";

/// What shows a container.
pub(crate) const INSPECT: &str = "docker inspect";
/// What shows a daemon.
pub(crate) const INFO_OUTPUT: &str = "docker info";
/// What shows a service.
pub(crate) const COMPOSE: &str = "compose";
/// What configures a daemon.
pub(crate) const DAEMON_JSON: &str = "daemon.json";

/// The description of Docker.
pub static INFO: ProviderInfo = ProviderInfo {
    provider: Provider::Docker,
    levels: &[
        LevelInfo {
            level: Level::Host,
            word: "host",
            ocsf_account: OcsfAccount { type_id: OTHER, name: "Docker Host" },
        },
        LevelInfo {
            level: Level::Compose,
            word: "Compose files",
            ocsf_account: OcsfAccount { type_id: OTHER, name: "Compose Files" },
        },
    ],
    usual_partition: PARTITION,
    accounts_in_tenant: false,
    known_by_name: true,
    commands,
    actions,
    // Their output is all that an audit needs.
    permissions: actions,
    // Security Hub takes findings about AWS only.
    asff: None,
    assurance: &[Link {
        title: "compliance of Docker",
        url: "https://www.docker.com/trust/compliance/",
    }],
};

/// The commands that show a fact to a person.
fn commands(fact: FactId, subject: &Subject<'_>) -> Vec<String> {
    match fact.kind {
        Kind::Workload => match subject.source {
            Some(source) if subject.id.starts_with("service/") => {
                vec![format!("docker compose --file {} config", quoted(&source.file))]
            }
            _ => vec![format!("docker inspect {}", quoted(subject.name))],
        },
        Kind::Daemon => vec!["docker info --format '{{json .}}'".to_owned()],
        _ => Vec::new(),
    }
}

/// A word of a command line, in quotes where the shell would read it otherwise.
fn quoted(word: &str) -> String {
    let is_plain = |one: char| one.is_ascii_alphanumeric() || "-_./:@".contains(one);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', "'\\''"))
}

/// What shows the wanted facts.
fn actions(wanted: &Wanted) -> Vec<&'static str> {
    let mut all = Vec::new();
    if wanted.kind(Kind::Workload) {
        all.extend([INSPECT, COMPOSE]);
    }
    if wanted.kind(Kind::Daemon) {
        all.extend([INFO_OUTPUT, DAEMON_JSON]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_a_command_cannot_end_it() {
        assert_eq!(quoted("web-1"), "web-1");
        assert_eq!(quoted("a; rm -r ~"), "'a; rm -r ~'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
    }
}
