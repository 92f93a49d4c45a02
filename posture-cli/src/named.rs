//! What a name on the command line or in the configuration selects: a control, an area, a requirement, a service.

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::filter::ServiceFilter;
use posture_core::frameworks::{self, Framework, Requirement, Strength};
use posture_core::provider::Provider;
use posture_core::services;
use posture_core::suggest::nearest;

use crate::error::{Failure, did_you_mean};

/// Why a name selects nothing.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Unnamed {
    /// Nothing is called so. These are called much like it.
    Unknown(Vec<String>),
    /// A framework has no such requirement. These are called much like it.
    NoRequirement(&'static str, Vec<String>),
    /// No control is mapped to the requirement.
    Unmapped(String),
    /// Several frameworks have such a requirement: these.
    Ambiguous(Vec<String>),
}

impl Unnamed {
    /// As a failure about a name.
    pub(crate) fn failure(&self, name: &str) -> Failure {
        let failure = Failure::usage(self.message(name));
        match self.guess() {
            Some(guess) => failure.help(guess),
            None => failure,
        }
    }

    /// What is wrong, in one line.
    pub(crate) fn message(&self, name: &str) -> String {
        match self {
            Self::Unknown(_) => format!("unknown control `{name}`"),
            Self::NoRequirement(framework, _) => format!("{framework} has no requirement `{name}`"),
            Self::Unmapped(requirement) => format!("no control is mapped to {requirement}"),
            Self::Ambiguous(_) => format!("`{name}` is a requirement of several frameworks"),
        }
    }

    /// What was meant, perhaps.
    pub(crate) fn guess(&self) -> Option<String> {
        match self {
            Self::Unknown(near) | Self::NoRequirement(_, near) => {
                did_you_mean(&near.iter().map(String::as_str).collect::<Vec<_>>())
            }
            Self::Ambiguous(all) => {
                let all: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
                Some(format!("use {}", all.join(" or ")))
            }
            Self::Unmapped(_) => None,
        }
    }
}

/// The controls that a name selects: the ID of a control or an area; else a requirement, as `S3.2`, `cis-aws:2.1.4` or
/// `cis-aws 2.1.4`; else a service or another keyword of controls.
///
/// # Errors
/// Where the name means nothing, or several things.
pub(crate) fn controls(
    name: &str,
    catalogue: &Catalogue,
) -> Result<Vec<&'static Control>, Unnamed> {
    if catalogue.knows(name) {
        return Ok(chosen(catalogue, |control| control.is_named(name)));
    }
    if let Some((framework, id)) = name.trim().split_once([':', ' '])
        && let Some(framework) = frameworks::find(framework)
    {
        let id = id.trim();
        return match framework.requirement(id) {
            Some(requirement) => mapped(framework, requirement, catalogue),
            None => {
                let known = framework.requirements.iter().map(|requirement| requirement.id);
                let near = nearest(id, known).into_iter();
                let near = near.map(|near| format!("{}:{near}", framework.id)).collect();
                Err(Unnamed::NoRequirement(framework.id, near))
            }
        };
    }
    let having = frameworks::all().iter().filter_map(|of| Some((*of, of.requirement(name)?)));
    match having.collect::<Vec<_>>().as_slice() {
        [] => {}
        [(framework, requirement)] => return mapped(framework, requirement, catalogue),
        several => {
            let name = |(framework, requirement): &(&Framework, &Requirement)| {
                format!("{}:{}", framework.id, requirement.id)
            };
            return Err(Unnamed::Ambiguous(several.iter().map(name).collect()));
        }
    }
    let service = services::plain(name);
    let known = known(&service, catalogue);
    let serves = |control: &Control| {
        Provider::ALL.iter().any(|provider| known(control, *provider, &service))
    };
    match chosen(catalogue, serves) {
        found if found.is_empty() || service.is_empty() => {
            let mut names = vocabulary(catalogue);
            let all = catalogue.all().iter();
            names.extend(all.flat_map(|control| [control.id, control.area()]).map(str::to_owned));
            Err(Unnamed::Unknown(near(name, names)))
        }
        found => Ok(found),
    }
}

/// The controls on providers that are about a service.
///
/// # Errors
/// Where none is, with services that are called much like it.
pub(crate) fn service(name: &str, catalogue: &Catalogue) -> Result<ServiceFilter, Vec<String>> {
    let service = services::plain(name);
    let serves = known(&service, catalogue);
    let of = owners(&service, serves, catalogue);
    let all = catalogue.all().iter();
    let on = all.flat_map(|control| of.iter().map(move |of| (*of, *control)));
    let about = on.filter(|(provider, control)| serves(control, *provider, &service));
    let controls: Vec<_> = about.map(|(provider, control)| (provider, control.id)).collect();
    if controls.is_empty() || service.is_empty() {
        return Err(near(&service, vocabulary(catalogue)));
    }
    Ok(ServiceFilter { name: name.to_owned(), controls })
}

/// The providers that a service belongs to. A control for several providers has the words of all of them among its
/// keywords, and S3 is none of Azure: the word belongs where actions have it, else where controls for one provider use it,
/// else anywhere.
fn owners(
    service: &str,
    serves: fn(&Control, Provider, &str) -> bool,
    catalogue: &Catalogue,
) -> Vec<Provider> {
    let on = |has: &dyn Fn(&Control, Provider) -> bool| -> Vec<Provider> {
        let any = |of: &Provider| catalogue.all().iter().any(|control| has(control, *of));
        Provider::ALL.iter().copied().filter(any).collect()
    };
    let called = on(&|control, provider| {
        services::called(control, posture::provider_info(provider)).contains(service)
    });
    let alone = || {
        on(&|control, provider| {
            let judged = Provider::ALL.iter().filter(|of| control.judges(**of)).count();
            judged == 1 && serves(control, provider, service)
        })
    };
    let found = if called.is_empty() { alone() } else { called };
    if found.is_empty() { Provider::ALL.to_vec() } else { found }
}

/// Whether a control is about a service on a provider.
fn serves(control: &Control, provider: Provider, service: &str) -> bool {
    services::of(control, posture::provider_info(provider)).contains(service)
}

/// The same for what no control calls so: by the first word of a keyword.
fn begins(control: &Control, provider: Provider, service: &str) -> bool {
    control.judges(provider) && services::begins(control, service)
}

/// By which of the two a name is known.
fn known(service: &str, catalogue: &Catalogue) -> fn(&Control, Provider, &str) -> bool {
    let any = |control: &Control| {
        Provider::ALL.iter().any(|provider| serves(control, *provider, service))
    };
    if catalogue.all().iter().any(|control| any(control)) { serves } else { begins }
}

/// Every service and other keyword.
fn vocabulary(catalogue: &Catalogue) -> Vec<String> {
    let on = |provider: &Provider| {
        let info = posture::provider_info(*provider);
        catalogue.all().iter().flat_map(move |control| services::of(control, info))
    };
    Provider::ALL.iter().flat_map(on).collect()
}

fn near(name: &str, mut known: Vec<String>) -> Vec<String> {
    known.sort_unstable();
    known.dedup();
    nearest(name, known.iter().map(String::as_str)).into_iter().map(str::to_owned).collect()
}

fn chosen(catalogue: &Catalogue, wanted: impl Fn(&Control) -> bool) -> Vec<&'static Control> {
    catalogue.all().iter().copied().filter(|control| wanted(control)).collect()
}

/// The controls that decide a requirement or a part of it. Where none does, those that support it.
fn mapped(
    framework: &'static Framework,
    requirement: &'static Requirement,
    catalogue: &Catalogue,
) -> Result<Vec<&'static Control>, Unnamed> {
    let by = |decides: bool| {
        chosen(catalogue, |control| {
            control.mappings().iter().any(|mapping| {
                std::ptr::eq(mapping.requirement.get(), requirement)
                    && (mapping.strength != Strength::Supporting) == decides
            })
        })
    };
    for found in [by(true), by(false)] {
        if !found.is_empty() {
            return Ok(found);
        }
    }
    Err(Unnamed::Unmapped(format!("{}:{}", framework.id, requirement.id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(name: &str) -> Vec<&'static str> {
        let found = controls(name, &Catalogue::default());
        found.unwrap_or_else(|why| panic!("{name}: {why:?}")).iter().map(|c| c.id).collect()
    }

    fn refused(name: &str) -> Unnamed {
        controls(name, &Catalogue::default()).unwrap_err()
    }

    #[test]
    fn a_requirement_selects_the_controls_that_decide_it() {
        assert_eq!(ids("S3.2"), ids("fsbp:s3.2"));
        assert!(ids("S3.2").contains(&"storage.public-access"), "{:?}", ids("S3.2"));
        let cis = ids("cis-aws 2.4");
        assert_eq!(cis, ids("cis-aws:2.4"));
        assert_eq!(cis, ids("cis-aws-7.0:2.4"));
        assert!(cis.iter().all(|id| id.starts_with("identity.")), "{cis:?}");
        // By the number alone it may be that of AWS, of Azure, or of the clusters of either.
        let Unnamed::Ambiguous(candidates) = refused("2.1.1") else { panic!() };
        assert_eq!(candidates.len(), 4, "{candidates:?}");
        for candidate in candidates {
            assert!(!matches!(refused_or_found(&candidate), Err(Unnamed::Ambiguous(_))));
        }
        let Unnamed::NoRequirement("cis-aws-7.0", near) = refused("cis-aws:2.1.99") else {
            panic!()
        };
        assert!(near.iter().all(|id| id.starts_with("cis-aws-7.0:")), "{near:?}");
        let text = refused("csf:GV.OC-01");
        assert_eq!(text, Unnamed::Unmapped("csf-2.0:GV.OC-01".to_owned()));
    }

    fn refused_or_found(name: &str) -> Result<Vec<&'static Control>, Unnamed> {
        controls(name, &Catalogue::default())
    }

    #[test]
    fn a_service_selects_the_controls_that_are_about_it() {
        for (name, other, id) in [
            ("s3", "Amazon S3", "storage.versioning"),
            ("kms", "AWS KMS", "keys.rotation"),
            ("iam", "IAM", "identity.access-key-age"),
            ("GuardDuty", "guard-duty", "detection.threat-detection"),
            ("key-vault", "Azure Key Vault", "vaults.public-network"),
        ] {
            assert_eq!(ids(name), ids(other), "{name}");
            let near = ids(name);
            let known = posture_core::controls::by_id(id).is_none() || near.contains(&id);
            assert!(known, "{name}: {near:?}");
        }
        // An area comes first.
        assert!(ids("storage").iter().all(|id| id.starts_with("storage.")));
        let near = refused("guarduty");
        assert!(
            matches!(&near, Unnamed::Unknown(near) if near.contains(&"guardduty".to_owned())),
            "{near:?}"
        );
        assert_eq!(refused(""), Unnamed::Unknown(refused_near("")));
    }

    fn refused_near(name: &str) -> Vec<String> {
        match refused(name) {
            Unnamed::Unknown(near) => near,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_control_is_about_some_service() {
        for control in posture_core::controls::ALL {
            for provider in Provider::ALL.iter().filter(|provider| control.judges(**provider)) {
                let all = services::of(control, posture::provider_info(*provider));
                assert!(!all.is_empty(), "{} on {provider}", control.id);
            }
        }
        let s3 = service("s3", &Catalogue::default()).unwrap();
        assert!(s3.controls.contains(&(Provider::Aws, "storage.versioning")));
        // A control for both clouds is about S3 on AWS only, and about storage accounts on Azure only.
        let on = |name: &str| -> Vec<Provider> {
            let of = service(name, &Catalogue::default()).unwrap().controls.into_iter();
            let mut on: Vec<Provider> = of.map(|(provider, _)| provider).collect();
            on.dedup();
            on.sort_unstable();
            on.dedup();
            on
        };
        for (name, provider) in [
            ("s3", Provider::Aws),
            ("bucket", Provider::Aws),
            ("storage account", Provider::Azure),
            ("key-vault", Provider::Azure),
            ("defender", Provider::Azure),
        ] {
            assert_eq!(on(name), [provider], "{name}");
        }
        assert!(service("s4x", &Catalogue::default()).is_err());
    }
}
