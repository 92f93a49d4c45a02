//! How scenarios are read.

use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::time;

/// Why a scenario cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It does not fit the form.
    #[error("the scenario is malformed: {0}")]
    Malformed(String),
    /// Its objects are not those of a cluster.
    #[error("the objects cannot be served: {0}")]
    Objects(String),
}

/// Reads a scenario in TOML, or in JSON where it begins with a brace, and fills in the times that are given as what has
/// passed since.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, Error> {
    let malformed = |error: &dyn std::fmt::Display| Error::Malformed(error.to_string());
    let mut value: Value = if text.trim_start().starts_with('{') {
        serde_json::from_str(text).map_err(|error| malformed(&error))?
    } else {
        toml::from_str(text).map_err(|error| malformed(&error))?
    };
    time::fill_in(&mut value);
    serde_json::from_value(value).map_err(|error| malformed(&error))
}
