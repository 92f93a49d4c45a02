//! Distinguishes how controls judge, from run to run.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::control::{Check, Control, Severity};
use crate::params::{Params, Value};
use crate::text::hex;

/// Distinguishes how a control judges from how it would with other parameters or another objective.
pub fn digest(control: &Control, params: &Params) -> String {
    let rule = rule(control);
    digest_of(control.title, control.severity, &params.in_force(control), rule.as_deref())
}

/// Distinguishes the rule of a control that is not built in from every other.
pub(crate) fn rule(control: &Control) -> Option<String> {
    let Check::Rule(rule) = control.test.check else { return None };
    Some(short(Sha256::digest(rule.source())))
}

/// Enough of a hash to distinguish values.
fn short(hash: impl AsRef<[u8]>) -> String {
    hex(hash.as_ref().get(..10).unwrap_or_default())
}

/// From no more than what the JSON report holds.
pub(crate) fn digest_of<K: AsRef<str>>(
    title: &str,
    severity: Severity,
    parameters: &BTreeMap<K, Value>,
    rule: Option<&str>,
) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text.as_bytes());
    };
    add(title);
    add(severity.id());
    for (name, value) in parameters {
        add(name.as_ref());
        match value {
            Value::Number(number) => add(&number.to_string()),
            Value::Names(names) => names.iter().for_each(|name| add(name)),
        }
        add("");
    }
    if let Some(rule) = rule {
        add(rule);
    }
    short(hash.finalize())
}
