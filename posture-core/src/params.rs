//! The thresholds of controls: typed, with a default, changeable in `posture.toml`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::control::{Context, Control};

/// A threshold.
#[derive(Clone, Copy, Debug)]
pub enum Param {
    /// A number of days.
    Days(&'static Days),
    /// A number of things.
    Count(&'static Count),
    /// Names.
    Names(&'static Names),
}

/// A threshold in days.
#[derive(Debug)]
pub struct Days {
    /// Its name within the control, such as `max-age-days`.
    pub name: &'static str,
    /// What it decides, and on which side the boundary lies.
    pub doc: &'static str,
    /// The value where none is set, and where it comes from is said in `doc`.
    pub default: u32,
}

/// A threshold that counts.
#[derive(Debug)]
pub struct Count {
    /// Its name within the control, such as `min-length`.
    pub name: &'static str,
    /// What it decides, and on which side the boundary lies.
    pub doc: &'static str,
    /// The value where none is set.
    pub default: u32,
}

/// A list of names.
#[derive(Debug)]
pub struct Names {
    /// Its name within the control, such as `tags`.
    pub name: &'static str,
    /// What it decides.
    pub doc: &'static str,
    /// The names where none are set.
    pub default: &'static [&'static str],
}

/// The value of a threshold, as in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Value {
    /// Days or things.
    Number(u32),
    /// Names.
    Names(Vec<String>),
}

impl std::fmt::Display for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            Self::Names(names) => f.write_str(&names.join(", ")),
        }
    }
}

impl Param {
    /// Its name within the control.
    pub fn name(self) -> &'static str {
        match self {
            Self::Days(p) => p.name,
            Self::Count(p) => p.name,
            Self::Names(p) => p.name,
        }
    }

    /// What it decides.
    pub fn doc(self) -> &'static str {
        match self {
            Self::Days(p) => p.doc,
            Self::Count(p) => p.doc,
            Self::Names(p) => p.doc,
        }
    }

    /// The value where none is set.
    pub fn default(self) -> Value {
        match self {
            Self::Days(p) => Value::Number(p.default),
            Self::Count(p) => Value::Number(p.default),
            Self::Names(p) => Value::Names(p.default.iter().map(|&name| name.to_owned()).collect()),
        }
    }

    /// What a value must be, in words.
    pub fn expects(self) -> &'static str {
        match self {
            Self::Days(_) => "a number of days",
            Self::Count(_) => "a whole number",
            Self::Names(_) => "a list of names",
        }
    }

    /// Whether a value is of the right type.
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Days(_) | Self::Count(_) => matches!(value, Value::Number(_)),
            Self::Names(_) => matches!(value, Value::Names(_)),
        }
    }
}

/// The value that a requirement names for a threshold: it is decided by this, whatever the threshold is set to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    name: &'static str,
    value: AskedValue,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AskedValue {
    Number(u32),
    Names(&'static [&'static str]),
}

impl Asked {
    /// The name of the threshold.
    pub fn name(self) -> &'static str {
        self.name
    }

    /// The value that the requirement names.
    pub fn value(self) -> Value {
        match self.value {
            AskedValue::Number(number) => Value::Number(number),
            AskedValue::Names(names) => {
                Value::Names(names.iter().map(|&name| name.to_owned()).collect())
            }
        }
    }
}

impl Days {
    /// That a requirement asks for this many days.
    pub const fn asked(&self, days: u32) -> Asked {
        Asked { name: self.name, value: AskedValue::Number(days) }
    }
}

impl Count {
    /// That a requirement asks for this many.
    pub const fn asked(&self, count: u32) -> Asked {
        Asked { name: self.name, value: AskedValue::Number(count) }
    }
}

impl Names {
    /// That a requirement asks for these names.
    pub const fn asked(&self, names: &'static [&'static str]) -> Asked {
        Asked { name: self.name, value: AskedValue::Names(names) }
    }
}

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

    /// Whether every threshold has its default.
    pub fn is_empty(&self) -> bool {
        self.changed.values().all(Vec::is_empty)
    }

    /// The thresholds of a control that differ from their defaults.
    pub fn of(&self, control: &Control) -> &[(&'static str, Value)] {
        self.changed.get(control.id).map_or(&[], Vec::as_slice)
    }
}

impl Context<'_> {
    /// The threshold in days.
    pub fn days(&self, param: &Days) -> u32 {
        self.number(param.name).unwrap_or(param.default)
    }

    /// The threshold that counts.
    pub fn count(&self, param: &Count) -> u32 {
        self.number(param.name).unwrap_or(param.default)
    }

    /// The names.
    pub fn names(&self, param: &Names) -> Vec<&str> {
        let changed = self.params.iter().find(|(name, _)| *name == param.name);
        match changed {
            Some((_, Value::Names(names))) => names.iter().map(String::as_str).collect(),
            Some((_, Value::Number(_))) | None => param.default.to_vec(),
        }
    }

    fn number(&self, param: &str) -> Option<u32> {
        self.params.iter().find_map(|(name, value)| match value {
            Value::Number(number) if *name == param => Some(*number),
            Value::Number(_) | Value::Names(_) => None,
        })
    }
}
