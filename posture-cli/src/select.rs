//! Which controls are judged, and which frameworks are printed in full.

use std::collections::HashSet;

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_core::frameworks::{self, Framework};
use posture_core::suggest::nearest_of;

use crate::args::Selection;
use crate::config::Config;
use crate::error::{Failure, Result, did_you_mean};
use crate::named;

/// What was selected.
pub(crate) struct Selected {
    pub(crate) controls: Vec<&'static Control>,
    /// The frameworks to be printed in full; none for the overview of the two main ones.
    pub(crate) frameworks: Vec<&'static Framework>,
    /// All that could have been selected.
    pub(crate) catalogue: Catalogue,
}

/// Applies the selection of the command line, and where that says nothing, the configuration's.
pub(crate) fn select(selection: &Selection, config: &Config) -> Result<Selected> {
    let frameworks = selection.framework.iter().map(|name| framework(name));
    let frameworks: Vec<&'static Framework> = frameworks.collect::<Result<_>>()?;
    let wanted = either(&selection.control, &config.controls);
    let unwanted = either(&selection.exclude_control, &config.exclude_controls);
    let named = |names: &[String]| -> Result<HashSet<&'static str>> {
        let mut ids = HashSet::new();
        for name in names {
            let found = named::controls(name, &config.catalogue);
            let found =
                found.map_err(|why| why.failure(name).help("`posture controls` lists them all"))?;
            ids.extend(found.iter().map(|control| control.id));
        }
        Ok(ids)
    };
    let (wanted, unwanted) = (named(wanted)?, named(unwanted)?);
    let severity = selection.severity.or(config.severity);
    let maps = |control: &Control| {
        frameworks.is_empty()
            || control.mappings().iter().any(|mapping| {
                frameworks.iter().any(|f| std::ptr::eq(*f, mapping.requirement.framework()))
            })
    };
    let all = config.catalogue.all().iter().copied();
    let selected: Vec<&'static Control> = all
        .filter(|control| wanted.is_empty() || wanted.contains(control.id))
        .filter(|control| !unwanted.contains(control.id))
        .filter(|control| severity.is_none_or(|least| control.severity >= least))
        .filter(|control| maps(control))
        .collect();
    if selected.is_empty() {
        return Err(Failure::usage("the selection leaves no controls to run")
            .help("widen the selection; `posture controls` lists them all"));
    }
    Ok(Selected { controls: selected, frameworks, catalogue: config.catalogue.clone() })
}

fn either<'a>(first: &'a [String], second: &'a [String]) -> &'a [String] {
    if first.is_empty() { second } else { first }
}

fn unknown_control(name: &str, catalogue: &Catalogue) -> Failure {
    let mut failure = Failure::usage(format!("unknown control `{name}`"));
    if let Some(guess) = did_you_mean(&catalogue.nearest(name)) {
        failure = failure.help(guess);
    }
    failure.help("`posture controls` lists them all")
}

/// The control of an id.
pub(crate) fn control(id: &str, catalogue: &Catalogue) -> Result<&'static Control> {
    catalogue.find(id).ok_or_else(|| unknown_control(id, catalogue))
}

/// The framework of an id or alias.
pub(crate) fn framework(name: &str) -> Result<&'static Framework> {
    frameworks::find(name).ok_or_else(|| {
        let names = |f: &&'static Framework| (f.id, f.aliases.iter().copied().chain([f.id]));
        let known = frameworks::all().iter().map(names);
        let mut failure = Failure::usage(format!("unknown framework `{name}`"));
        if let Some(guess) = did_you_mean(&nearest_of(name, known)) {
            failure = failure.help(guess);
        }
        let ids: Vec<&str> = frameworks::all().iter().map(|framework| framework.id).collect();
        failure.help(format!("available: {}", ids.join(", ")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(change: impl FnOnce(&mut Selection)) -> Result<Selected> {
        let mut selection = Selection::default();
        change(&mut selection);
        select(&selection, &Config::default())
    }

    #[test]
    fn an_area_an_id_and_a_severity_select() {
        let all = by(|_| {}).unwrap().controls.len();
        let storage = by(|s| s.control = vec!["storage".into()]).unwrap().controls;
        assert!(storage.iter().all(|control| control.area() == "storage"));
        let one = by(|s| s.control = vec!["storage.public-access".into()]).unwrap().controls;
        assert_eq!(one.len(), 1);
        let without = by(|s| s.exclude_control = vec!["storage.public-access".into()]);
        assert!(all == 1 || without.unwrap().controls.len() == all - 1);
        let critical = by(|s| s.severity = crate::args::severity("critical").ok()).unwrap();
        assert!(critical.controls.iter().all(|c| c.severity.id() == "critical"));
    }

    #[test]
    fn a_typo_is_answered_with_the_nearest_names() {
        let text = by(|s| s.control = vec!["storage.public-acces".into()]).err().unwrap();
        assert!(text.to_string().contains("did you mean `storage.public-access`"), "{text}");
        let text = by(|s| s.framework = vec!["cfs".into()]).err().unwrap();
        assert!(text.to_string().contains("csf"), "{text}");
    }
}
