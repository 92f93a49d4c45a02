//! A threshold of a control: its name, its type and its default.

use serde::{Deserialize, Serialize};

/// A threshold.
#[derive(Clone, Copy, Debug)]
pub enum Param {
    /// A number of days.
    Days(&'static Days),
    /// A count.
    Count(&'static Count),
    /// Names.
    Names(&'static Names),
    /// Names that have no default.
    Given(&'static Given),
}

/// A threshold in days.
#[derive(Debug)]
pub struct Days {
    /// Its name within the control, such as `max-age-days`.
    pub name: &'static str,
    /// What it decides, and on which side the boundary is.
    pub doc: &'static str,
    /// The default value; `doc` gives its source.
    pub default: u32,
}

/// A threshold that counts.
#[derive(Debug)]
pub struct Count {
    /// Its name within the control, such as `min-length`.
    pub name: &'static str,
    /// What it decides, and on which side the boundary is.
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

/// A list of names without a default, as only the user can know them. Until it is set, the control is not applicable, and
/// nothing is read for it.
#[derive(Debug)]
pub struct Given {
    /// Its name within the control, such as `permitted-regions`.
    pub name: &'static str,
    /// What it decides.
    pub doc: &'static str,
    /// The names by which the examples of the control are judged, and an example for the user.
    pub example: &'static [&'static str],
    /// Why the control is not applicable while no name is set, and how to set some.
    pub unset: &'static str,
}

/// The value of a threshold, as in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum Value {
    /// Days or a count.
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

fn names(all: &[&str]) -> Value {
    Value::Names(all.iter().map(|&name| name.to_owned()).collect())
}

impl Param {
    /// Its name within the control.
    pub fn name(self) -> &'static str {
        match self {
            Self::Days(p) => p.name,
            Self::Count(p) => p.name,
            Self::Names(p) => p.name,
            Self::Given(p) => p.name,
        }
    }

    /// What it decides.
    pub fn doc(self) -> &'static str {
        match self {
            Self::Days(p) => p.doc,
            Self::Count(p) => p.doc,
            Self::Names(p) => p.doc,
            Self::Given(p) => p.doc,
        }
    }

    /// The value where none is set; an empty list of what has no default.
    pub fn default(self) -> Value {
        match self {
            Self::Days(p) => Value::Number(p.default),
            Self::Count(p) => Value::Number(p.default),
            Self::Names(p) => names(p.default),
            Self::Given(_) => names(&[]),
        }
    }

    /// A value to start from, of what has no default.
    pub fn example(self) -> Option<Value> {
        match self {
            Self::Days(_) | Self::Count(_) | Self::Names(_) => None,
            Self::Given(p) => Some(names(p.example)),
        }
    }

    /// What a value must be, in words.
    pub fn expects(self) -> &'static str {
        match self {
            Self::Days(_) => "a number of days",
            Self::Count(_) => "a whole number",
            Self::Names(_) | Self::Given(_) => "a list of names",
        }
    }

    /// Whether a value is of the right type.
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::Days(_) | Self::Count(_) => matches!(value, Value::Number(_)),
            Self::Names(_) | Self::Given(_) => matches!(value, Value::Names(_)),
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
            AskedValue::Names(all) => names(all),
        }
    }
}

impl Days {
    /// That a requirement demands this many days.
    pub const fn asked(&self, days: u32) -> Asked {
        Asked { name: self.name, value: AskedValue::Number(days) }
    }
}

impl Count {
    /// That a requirement demands this count.
    pub const fn asked(&self, count: u32) -> Asked {
        Asked { name: self.name, value: AskedValue::Number(count) }
    }
}

impl Names {
    /// That a requirement demands these names.
    pub const fn asked(&self, names: &'static [&'static str]) -> Asked {
        Asked { name: self.name, value: AskedValue::Names(names) }
    }
}
