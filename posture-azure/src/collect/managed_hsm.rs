//! The Managed HSMs of a subscription: the vaults whose keys stay in dedicated hardware.

use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::part::Part;
use posture_model::resource::Account;

use super::body::{Body, View, name_of, same, word};
use super::context::Subscription;
use super::sweep::Rows;
use crate::entry::{Action, ROW};

pub(crate) const READ: Action = Action {
    name: "Microsoft.KeyVault/managedHSMs/read",
    own: &[],
    per: ROW,
    lists: &[],
    fills: &[Account::MANAGED_HSMS],
    command: "az resource list --resource-type Microsoft.KeyVault/managedHSMs",
};

const TYPE: &str = "microsoft.keyvault/managedhsms";

/// The states of an HSM that has keys, see the
/// [reference](https://learn.microsoft.com/en-us/rest/api/keyvault/managedhsm/managed-hsms/get).
const WORKING: &[&str] = &["Activated", "Restoring", "Succeeded", "Updating"];

/// The states of an HSM that has none yet, or none any more.
const IDLE: &[&str] = &["Deleting", "Failed", "Provisioning", "SecurityDomainRestore"];

/// Reads those that work. One that does counts, whatever could not be read of others.
pub(crate) fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    if !audit.wanted.fact(Account::MANAGED_HSMS) {
        return Part::default();
    }
    let (mut names, mut gap) = (Vec::new(), None);
    match audit.rows(rows, TYPE, READ.name) {
        Err(why) => gap = Some(audit.ask.gap(why)),
        Ok(rows) => {
            for row in &rows {
                let id = word(row, "id").unwrap_or_default();
                match works(&Body { ask: audit.ask, action: READ.name, id, value: row }) {
                    Known(true) => names.push(name_of(row).to_owned()),
                    Known(false) | Fact::NotOffered => {}
                    Fact::Gap(unknown) => gap = gap.or(Some(unknown)),
                }
            }
        }
    }
    names.sort_unstable();
    let names = match gap {
        Some(gap) if names.is_empty() => Fact::Gap(gap),
        _ => Known(names),
    };
    Part::account(|account| account.managed_hsms(names))
}

/// Whether keys can be in it: it is provisioned, and its security domain is activated.
fn works(body: &Body<'_>) -> Fact<bool> {
    let is = |state: &str, names: &[&str]| names.iter().any(|name| same(name, state));
    let activation = "properties.securityDomainProperties.activationStatus";
    body.need("properties.provisioningState", View::text).and_then(|state| match *state {
        state if is(state, IDLE) => Known(false),
        state if is(state, WORKING) => body.text(activation).and_then(|status| match *status {
            None => Known(true),
            Some(status) if same(status, "Active") => Known(true),
            Some(status) if is(status, &["Failed", "NotActivated"]) => Known(false),
            Some(other) => body.unsupported(other),
        }),
        other => body.unsupported(other),
    })
}

#[cfg(test)]
mod tests {
    use posture_model::resource::Kind;
    use serde_json::{Value, json};

    use super::super::answers::value_of;
    use super::super::recorded::scopes;
    use super::*;

    /// The Managed HSMs found in a subscription with those that have these properties.
    fn read(all: &[Value]) -> Value {
        let hsm = |(n, properties): (usize, &Value)| {
            json!({ "type": "Microsoft.KeyVault/managedHSMs", "name": format!("h{n}"), "group": "g",
                "properties": properties })
        };
        let resources: Vec<Value> = all.iter().enumerate().map(hsm).collect();
        let id = "aaaaaaaa-0000-4000-8000-000000000001";
        let scenario =
            json!({ "subscriptions": [{ "id": id, "name": "s", "resources": resources }] });
        let scopes = scopes(&scenario, &[Account::MANAGED_HSMS], &[Kind::Account]);
        value_of(&scopes.iter().find(|scope| scope.id == id).unwrap().account, "managed_hsms")
    }

    #[test]
    fn one_that_is_provisioned_and_activated_counts() {
        let state = |state: &str| json!({ "provisioningState": state });
        let activated = |status: &str| json!({ "provisioningState": "Succeeded", "securityDomainProperties": { "activationStatus": status } });
        assert_eq!(read(&[]), json!([]));
        for good in [state("succeeded"), state("Activated"), state("Updating"), activated("Active")]
        {
            assert_eq!(read(std::slice::from_ref(&good)), json!(["h0"]), "{good}");
        }
        for bad in [
            state("Provisioning"),
            state("Deleting"),
            state("SecurityDomainRestore"),
            activated("NotActivated"),
        ] {
            assert_eq!(read(std::slice::from_ref(&bad)), json!([]), "{bad}");
        }
        for open in
            [json!({}), state("Asleep"), activated("Unknown"), json!({ "provisioningState": 3 })]
        {
            assert_eq!(read(std::slice::from_ref(&open)), json!("gap"), "{open}");
            assert_eq!(read(&[open.clone(), state("Succeeded")]), json!(["h1"]), "{open}");
        }
    }
}
