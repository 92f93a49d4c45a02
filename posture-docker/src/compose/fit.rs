//! What must fit together after all files of a project were merged.

use std::collections::{BTreeMap, BTreeSet};

use posture_model::gap::Register;
use posture_model::source::Source;
use posture_yaml::{Data, Node, Place, shown};

use super::project::Declared;
use super::variables::open;
use super::{mounted, mounts};
use crate::mistake::Mistake;
use crate::settings::{Origin, Settings};

/// What Compose refuses in a service after all files were merged.
pub(super) fn misfit(
    name: &str,
    node: &Node,
    declared: &Declared,
    source: &Source,
) -> Option<Mistake> {
    let place = Place { line: source.line as usize, column: 1 };
    let path = format!("services.{name}");
    let wrong = |problem: String| Some(Mistake::new(place, &path, problem));
    if node.get("image").is_none() && node.get("build").is_none() {
        return wrong("the service has neither `image` nor `build`".to_owned());
    }
    let has = |section: &str, name: &str| {
        declared.sections.get(section).is_some_and(|all| match &all.data {
            Data::Fields(fields) => fields.iter().any(|field| field.name == name),
            _ => false,
        })
    };
    if let Some(Data::List(volumes)) = node.get("volumes").map(|one| &one.value.data) {
        for volume in volumes {
            if let Ok(mounts::Entry::Named { name, .. }) = mounts::read(volume)
                && !has("volumes", &name)
            {
                let problem = format!("there is no volume `{}`", shown(&name));
                let fix = "declare it under `volumes`, or begin a path with `./` or `/`";
                return wrong(problem).map(|mistake| mistake.fix(fix));
            }
        }
    }
    let names: Vec<String> = match node.get("networks").map(|one| &one.value.data) {
        Some(Data::List(items)) => {
            let text = |item: &Node| match &item.data {
                Data::Text(text) if open(item).is_none() => Some(text.clone()),
                _ => None,
            };
            items.iter().filter_map(text).collect()
        }
        Some(Data::Fields(fields)) => fields.iter().map(|field| field.name.clone()).collect(),
        _ => Vec::new(),
    };
    let missing = names.iter().find(|name| *name != "default" && !has("networks", name));
    if let Some(network) = missing {
        let problem = format!("there is no network `{}`", shown(network));
        return wrong(problem).map(|mistake| mistake.fix("declare it under `networks`"));
    }
    None
}

/// Adds the mounts of other services to those that use them.
pub(super) fn join_volumes(services: &mut [Settings], from: &[Vec<String>], gaps: &Register) {
    let known: BTreeMap<String, usize> = services
        .iter()
        .enumerate()
        .flat_map(|(place, one)| one.aliases.iter().map(move |alias| (alias.clone(), place)))
        .collect();
    let own: Vec<_> = services.iter().map(|one| one.mounts.clone()).collect();
    for (place, service) in services.iter_mut().enumerate() {
        // A service may take those of one that takes others.
        let mut open = from.get(place).cloned().unwrap_or_default();
        let mut seen = BTreeSet::new();
        while let Some(other) = open.pop() {
            if !seen.insert(other.clone()) {
                continue;
            }
            match known.get(&other) {
                Some(at) => {
                    if let Some(mounts) = own.get(*at) {
                        service.mounts.items.extend(mounts.items.iter().cloned());
                        service.mounts.open = service.mounts.open.or(mounts.open);
                    }
                    open.extend(from.get(*at).cloned().unwrap_or_default());
                }
                None => {
                    debug_assert_eq!(service.origin, Origin::Compose);
                    let gap = mounted::without(service, &other, gaps);
                    service.mounts.open = Some(gap);
                }
            }
        }
    }
}
