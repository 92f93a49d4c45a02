//! The packages of an SBOM in the form in which those of an image are listed.

use std::collections::BTreeSet;

use super::{Component, Sbom};
use crate::document::{At, shown};
use crate::packages::os::Os;
use crate::packages::purl::Purl;
use crate::packages::{Inventory, Manager, Ownership, Package, language, purl, rpm};
use crate::truth::{Answer, Cause, Gap, List};

/// Adds a component, and what it lacks.
pub(super) fn add(at: &At<'_>, component: Component, list: &mut List<Component>) {
    let stated = component.version.is_some()
        || component.purl.as_ref().is_some_and(|purl| purl.version.is_some());
    if !stated {
        list.lacks(at.gap(Cause::Missing, format!("{} has no version", component.name)));
    }
    match &component.purl {
        None => {
            list.lacks(at.gap(Cause::Missing, format!("{} has no package URL", component.name)))
        }
        Some(purl) => {
            let own = purl.version.as_deref().map(|version| version.trim_start_matches('v'));
            // Epochs and releases are written in different ways; of the others, the two must be equal.
            let plain = !matches!(purl.kind.as_str(), "deb" | "rpm" | "apk");
            let other = component.version.as_deref().map(|version| version.trim_start_matches('v'));
            if plain && own.is_some_and(|own| other.is_some_and(|other| shown(own) != other)) {
                list.lacks(at.gap(
                    Cause::Ambiguous,
                    format!("{} has another version in its package URL", component.name),
                ));
            }
        }
    }
    list.items.push(component);
}

/// The source package by the qualifier that Syft writes: `NAME` or `NAME@VERSION`, and of rpm the name of its file.
pub(super) fn upstream(purl: Option<&Purl>) -> Option<(String, Option<String>)> {
    let purl = purl?;
    let upstream = purl.qualifier("upstream")?;
    if purl.kind == Manager::Rpm.purl_type()
        && let Some((name, version)) = rpm::source(upstream)
    {
        return Some((shown(&name), Some(shown(&version))));
    }
    Some(match upstream.split_once('@') {
        Some((name, version)) => (shown(name), Some(shown(version))),
        None => (shown(upstream), None),
    })
}

impl Sbom {
    /// The packages as an inventory, which [`audit`](crate::osv::audit()) takes. Each states the SBOM as its source. What the SBOM does not
    /// state is a gap: which packages of a distribution are built from which source, and whether a distribution installed a
    /// package of a language.
    pub fn inventory(&self) -> Inventory {
        let mut list = List { items: Vec::new(), gaps: self.components.gaps.clone() };
        let place = |component: &Component| format!("{}: {}", self.name, component.place);
        let is_distribution = |component: &Component| {
            component.purl.as_ref().and_then(manager).is_some_and(Manager::is_distribution)
        };
        let distributed = self.components.items.iter().any(is_distribution);
        for component in &self.components.items {
            let Some(purl) = &component.purl else { continue };
            let Some(manager) = manager(purl) else {
                let detail = format!("packages of the type {} are not matched", shown(&purl.kind));
                list.lacks(Gap::new(Cause::Unsupported, place(component), detail));
                continue;
            };
            let Some(version) = purl.version.clone().or_else(|| component.version.clone()) else {
                continue;
            };
            let version = version_of(manager, purl, version);
            let source = component
                .source
                .clone()
                .map(|(name, source)| (name, source.unwrap_or_else(|| version.clone())));
            if manager.is_distribution() && source.is_none() {
                let detail = "it does not state the source package, by which distributions report vulnerabilities";
                list.lacks(Gap::new(Cause::Missing, &self.name, detail));
            }
            let ownership = match component.owner.as_deref() {
                _ if manager.is_distribution() || !distributed => Ownership::Own,
                Some("") => Ownership::Own,
                Some(owner) => Ownership::Distribution(owner.to_owned()),
                None => Ownership::Unknown(Gap::new(
                    Cause::Missing,
                    &self.name,
                    "it does not state which files a package installed",
                )),
            };
            list.items.push(Package {
                manager,
                name: name_of(manager, purl, &component.name),
                version,
                architecture: purl.qualifier("arch").map(str::to_owned),
                source,
                evidence: place(component),
                layer: 0,
                ownership,
                guessed: component.guessed,
                license: Some(component.licenses.join(" AND "))
                    .filter(|license| !license.is_empty()),
                stated_by: Some(self.name.clone()),
                module: purl.qualifier("rpmmod").map(str::to_owned),
            });
        }
        rpm::source_epochs(&mut list.items);
        list.items.sort();
        list.items.dedup();
        let os = self.os();
        if os.known().is_some() && !distributed {
            let detail = "it states a distribution and none of its packages";
            list.lacks(Gap::new(Cause::Missing, &self.name, detail));
        }
        Inventory { os, packages: list, ..Inventory::default() }
    }

    /// The distribution: by the component, else by what all package URLs name.
    fn os(&self) -> Answer<Os> {
        let gap = |cause, detail: &str| Answer::Unknown(Gap::new(cause, &self.name, detail));
        let purls = self.components.items.iter().filter_map(|component| component.purl.as_ref());
        // `debian-12`, or of Trivy for Alpine only `3.20.3`, with the distribution as the namespace.
        let distribution = |purl: &Purl| -> Option<String> {
            let distro = purl.qualifier("distro")?;
            let number = distro.starts_with(|first: char| first.is_ascii_digit());
            let namespace = purl.namespace.as_ref().filter(|_| number && !distro.contains('-'));
            Some(
                namespace
                    .map_or_else(|| distro.to_owned(), |namespace| format!("{namespace}-{distro}")),
            )
        };
        let named: BTreeSet<String> = purls
            .filter(|purl| manager(purl).is_some_and(Manager::is_distribution))
            .filter_map(distribution)
            .collect();
        let of = |id: &str, version: Option<&str>| {
            // Point releases of Debian are not releases.
            let version = version.map(|version| match (id, version.split_once('.')) {
                ("debian", Some((major, _))) => major.to_owned(),
                _ => version.to_owned(),
            });
            Answer::Known(Os { id: id.to_owned(), version, ..Os::default() })
        };
        if let Some((name, version)) = &self.os {
            return of(&name.to_ascii_lowercase(), version.as_deref());
        }
        let mut named = named.into_iter();
        match (named.next(), named.next()) {
            (Some(distro), None) => match distro.rsplit_once('-') {
                Some((id, version)) => of(id, Some(version)),
                None => gap(
                    Cause::Ambiguous,
                    "the package URLs name a distribution without its release",
                ),
            },
            (Some(_), Some(_)) => {
                gap(Cause::Ambiguous, "the package URLs name several distributions")
            }
            (None, _) if self.components.is_complete() => Answer::Absent,
            (None, _) => gap(Cause::Missing, "it does not state a distribution"),
        }
    }
}

fn manager(purl: &Purl) -> Option<Manager> {
    Manager::ALL.into_iter().find(|manager| manager.purl_type() == purl.kind)
}

/// The name by which records know the package.
fn name_of(manager: Manager, purl: &Purl, stated: &str) -> String {
    let path = |separator: &str| {
        purl.namespace.as_ref().map_or_else(
            || purl.name.clone(),
            |namespace| format!("{namespace}{separator}{}", purl.name),
        )
    };
    match manager {
        Manager::Maven => path(":"),
        Manager::Npm | Manager::Composer => path("/"),
        // The package URL is in small letters, the module is not.
        Manager::Go => Some(path("/"))
            .filter(|path| !path.eq_ignore_ascii_case(stated))
            .unwrap_or_else(|| stated.to_owned()),
        Manager::Python => language::normalize(&purl.name),
        _ => purl.name.clone(),
    }
}

/// The version as the package's own record has it.
fn version_of(manager: Manager, purl: &Purl, version: String) -> String {
    match (manager, purl.qualifier("epoch")) {
        (Manager::Rpm | Manager::Dpkg, Some(epoch)) if epoch != "0" && !version.contains(':') => {
            format!("{epoch}:{version}")
        }
        (Manager::Go, _) => version
            .strip_prefix('v')
            .or_else(|| version.strip_prefix("go"))
            .unwrap_or(&version)
            .to_owned(),
        _ => version,
    }
}

/// What only one side has: package URLs without their qualifiers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Packages that only the SBOM lists.
    pub only_stated: Vec<String>,
    /// Packages that only the image has.
    pub only_found: Vec<String>,
}

/// Compares the packages of an SBOM with those that were found in the image. Gaps of either side may explain a difference.
pub fn compare(sbom: &Inventory, found: &Inventory) -> Difference {
    let keys = |inventory: &Inventory| -> BTreeSet<String> {
        let key = |package: &Package| {
            let text = purl::purl(package, inventory.os.known());
            text.split_once('?').map_or(text.clone(), |(before, _)| before.to_owned())
        };
        inventory.packages.items.iter().map(key).collect()
    };
    let (stated, found) = (keys(sbom), keys(found));
    Difference {
        only_stated: stated.difference(&found).cloned().collect(),
        only_found: found.difference(&stated).cloned().collect(),
    }
}
