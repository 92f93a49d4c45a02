//! The thresholds of controls: typed, with a default, changeable in `posture.toml`.

use std::collections::BTreeMap;

use crate::control::Control;
use crate::frameworks::Mapping;

pub use crate::threshold::{Asked, Count, Days, Given, Names, Param, Value};

/// The thresholds that differ from their defaults, by control.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    changed: BTreeMap<&'static str, Vec<(&'static str, Value)>>,
}

/// Why a threshold could not be set.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The control has no such threshold.
    #[error("`{control}` has no parameter `{name}`")]
    Unknown {
        /// The control's id.
        control: &'static str,
        /// The name as given.
        name: String,
    },
    /// The value is of another type.
    #[error("`{name}` of `{control}` must be {expected}")]
    Type {
        /// The control's id.
        control: &'static str,
        /// The threshold's name.
        name: &'static str,
        /// What it must be.
        expected: &'static str,
    },
}

impl Params {
    /// Sets a threshold of a control.
    ///
    /// # Errors
    /// When the control has none of that name, or of another type.
    pub fn set(
        &mut self,
        control: &'static Control,
        name: &str,
        value: Value,
    ) -> Result<(), Error> {
        let Some(param) = control.test.params.iter().find(|p| p.name() == name) else {
            return Err(Error::Unknown { control: control.id, name: name.to_owned() });
        };
        if !param.accepts(&value) {
            return Err(Error::Type {
                control: control.id,
                name: param.name(),
                expected: param.expects(),
            });
        }
        let set = self.changed.entry(control.id).or_default();
        set.retain(|(known, _)| *known != param.name());
        set.push((param.name(), value));
        Ok(())
    }

    /// Every threshold of a control as it is applied.
    pub fn in_force(&self, control: &Control) -> BTreeMap<&'static str, Value> {
        let changed = self.of(control);
        let value = |param: &Param| {
            let changed = changed.iter().find(|(name, _)| *name == param.name());
            changed.map_or_else(|| param.default(), |(_, value)| value.clone())
        };
        control.test.params.iter().map(|param| (param.name(), value(param))).collect()
    }

    /// The examples of what has no default, so that every one of these controls applies.
    pub fn examples(controls: &[&'static Control]) -> Self {
        let mut params = Self::default();
        for control in controls {
            let given = control.test.params.iter().filter_map(|param| {
                let example = param.example()?;
                Some((param.name(), example))
            });
            params.changed.entry(control.id).or_default().extend(given);
        }
        params
    }

    /// What a control lacks to be applicable: a list of names without a default that is not set.
    pub fn unset(&self, control: &Control) -> Option<&'static Given> {
        let changed = self.of(control);
        control.test.params.iter().find_map(|param| {
            let Param::Given(given) = param else { return None };
            let set = changed.iter().any(|(name, value)| {
                let some = matches!(value, Value::Names(names) if !names.is_empty());
                *name == given.name && some
            });
            (!set).then_some(*given)
        })
    }

    /// The controls that lack nothing to be applicable: what the others read need not be collected.
    pub fn applicable(&self, controls: &[&'static Control]) -> Vec<&'static Control> {
        controls.iter().copied().filter(|control| self.unset(control).is_none()).collect()
    }

    /// Whether every threshold has its default.
    pub fn is_empty(&self) -> bool {
        self.changed.values().all(Vec::is_empty)
    }

    /// The thresholds of a control that differ from their defaults.
    pub fn of(&self, control: &Control) -> &[(&'static str, Value)] {
        self.changed.get(control.id).map_or(&[], Vec::as_slice)
    }

    /// The thresholds by which the requirement has to be judged apart from the control; none if the outcome of the
    /// control is the outcome of the requirement.
    pub(crate) fn apart(
        &self,
        control: &Control,
        mapping: &Mapping,
    ) -> Option<Vec<(&'static str, Value)>> {
        let same = mapping.check().is_none() && mapping.asked().next().is_none();
        if same || self.unset(control).is_some() {
            return None;
        }
        let in_force = self.in_force(control);
        let differs = |asked: Asked| in_force.get(asked.name()) != Some(&asked.value());
        if mapping.check().is_none() && !mapping.asked().any(differs) {
            return None;
        }
        let asked = |name: &str| mapping.asked().find(|asked| asked.name() == name);
        let value = |(name, value)| (name, asked(name).map_or(value, Asked::value));
        Some(in_force.into_iter().map(value).collect())
    }
}
