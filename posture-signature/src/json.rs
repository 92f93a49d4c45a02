//! JSON of signers and registries.

use serde::de::DeserializeOwned;

use crate::text;

/// Reads an object. What follows it, invalid UTF-8 anywhere, and a list in its place are malformed.
pub(crate) fn read<T: DeserializeOwned>(what: &str, json: &[u8]) -> Result<T, String> {
    let json = std::str::from_utf8(json).map_err(|error| format!("the {what}: {error}"))?;
    if !json.trim_start().starts_with('{') {
        return Err(format!("the {what} is not a JSON object"));
    }
    serde_json::from_str(json).map_err(|error| text::clean(&format!("the {what}: {error}"), 200))
}
