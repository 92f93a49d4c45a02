//! What a service mounts: its volumes, the socket of the engine, and the files of secrets and configurations.

use posture_model::fact::{Fact, Gap as Open, Known};
use posture_model::gap::{Gap, GapId, Register};
use posture_yaml::{Data, Node, shown};

use super::mounts::{self, Entry};
use super::service::{Around, alias};
use super::value::View;
use super::variables::open;
use super::volume::{self, Device};
use crate::mounts::Mount;
use crate::settings::{Many, Settings};

/// Everything that a service mounts.
pub(super) fn all_mounts(all: &View<'_>, around: &Around<'_>) -> Many<Mount> {
    let mut found: Many<Mount> = Many::default();
    for entry in all.list("volumes") {
        match mounts::read(entry) {
            Ok(Entry::Mount(mount)) => {
                if let Some(why) = mount.source.as_deref().and_then(mounts::upward) {
                    found.open = Some(all.undetermined(&why));
                }
                found.items.push(mount);
            }
            Ok(Entry::Named { name, target, propagation }) => {
                let volume = around.volumes.and_then(|volumes| volumes.get(&name));
                let device = volume.map_or(Device::None, |volume| volume::read(&volume.value));
                let sources = match device {
                    Device::None => Vec::new(),
                    Device::Paths(paths) => paths,
                    Device::Open { field, variable } => {
                        found.open = Some(all.open(field, &variable));
                        Vec::new()
                    }
                    Device::Unknown(why) => {
                        let detail = format!("the volume `{}` {why}", shown(&name));
                        found.open = Some(all.undetermined(&detail));
                        Vec::new()
                    }
                };
                if let Some(why) = sources.iter().find_map(|source| mounts::upward(source)) {
                    found.open = Some(all.undetermined(&why));
                }
                let mount = Mount { source: None, target, propagation };
                if sources.is_empty() {
                    found.items.push(mount.clone());
                }
                let each = sources.into_iter();
                found
                    .items
                    .extend(each.map(|source| Mount { source: Some(source), ..mount.clone() }));
            }
            Ok(Entry::Open(variable)) => found.open = Some(all.open("volumes", &variable)),
            Err(problem) => found.open = Some(all.undetermined(&problem)),
        }
    }
    if let Some(variable) = all.get("volumes").and_then(open) {
        found.open = Some(all.open("volumes", variable));
    }
    match all.boolean("use_api_socket", false) {
        Known(true) => found.items.push(Mount {
            source: Some("/var/run/docker.sock".to_owned()),
            target: "/var/run/docker.sock".to_owned(),
            propagation: None,
        }),
        Open(gap) => found.open = Some(gap),
        Known(false) | Fact::NotOffered => {}
    }
    for (field, known) in [("secrets", around.secrets), ("configs", around.configs)] {
        if let Some(variable) = all.get(field).and_then(open) {
            found.open = Some(all.open(field, variable));
        }
        for item in all.list(field) {
            files(all, item, (field, known), &mut found);
        }
    }
    found
}

/// A file of the host that a secret or a configuration mounts.
fn files(all: &View<'_>, item: &Node, (field, known): (&str, Option<&Node>), to: &mut Many<Mount>) {
    let source = item.get("source").map(|source| &source.value);
    if let Some(variable) = open(item).or_else(|| source.and_then(open)) {
        to.open = Some(all.open(field, variable));
        return;
    }
    let name = match &item.data {
        Data::Text(name) => Some(name.as_str()),
        _ => item.text("source"),
    };
    let Some(declared) = name.and_then(|name| known?.get(name)) else { return };
    if let Some(variable) = open(&declared.value) {
        to.open = Some(all.open(field, variable));
    }
    let declared = View { node: &declared.value, ..*all };
    match declared.text("file") {
        Known(Some(file)) => {
            if let Some(why) = mounts::upward(&file) {
                to.open = Some(all.undetermined(&why));
            }
            let target = format!("/run/{field}/{}", name.unwrap_or_default());
            to.items.push(Mount { source: Some(file), target, propagation: None });
        }
        Open(gap) => to.open = Some(gap),
        _ => {}
    }
}

/// The services and containers whose volumes a service mounts as well.
pub(super) fn volumes_from(node: &Node, project: &str) -> Vec<String> {
    let Some(Data::List(items)) = node.get("volumes_from").map(|field| &field.value.data) else {
        return Vec::new();
    };
    let each = items.iter().filter_map(|item| match &item.data {
        Data::Text(text) => Some(match text.strip_prefix("container:") {
            Some(rest) => rest.split(':').next().unwrap_or(rest).to_owned(),
            None => alias(text.split(':').next().unwrap_or(text), project),
        }),
        _ => None,
    });
    each.collect()
}

/// Why the mounts of another container are not known.
pub(super) fn without(settings: &Settings, other: &str, gaps: &Register) -> GapId {
    let detail = format!("it mounts the volumes of `{}`, which was not given", shown(other));
    gaps.note(Gap::undetermined(crate::info::COMPOSE, &settings.id, &detail))
}
