//! What a virtual machine refers to: its interfaces and its identities.

use crate::collect::body::{Misfit, Read, View};
use crate::network::read::plain;

/// The interfaces of a machine by id.
pub(super) fn cards(machine: View<'_>) -> Read<Vec<String>> {
    let cards = machine.need("properties.networkProfile.networkInterfaces", View::listed)?;
    cards.into_iter().map(|card| Ok(plain(card.need("id", View::text)?))).collect()
}

/// The [managed identities](https://learn.microsoft.com/en-us/entra/identity/managed-identities-azure-resources/overview) of a
/// machine by the ids of their principals. Resource Graph gives every row the column, which is `null` where there are none.
pub(super) fn identities(machine: View<'_>) -> Read<Vec<String>> {
    const USERS: &str = "identity.userAssignedIdentities";
    const TYPE: &str = "identity.type";
    if machine.nullable("identity", View::object)?.is_none() {
        return Ok(Vec::new());
    }
    let (mut all, mut odd) = (Vec::new(), false);
    for kind in machine.need(TYPE, View::text)?.split(',').map(str::trim) {
        match kind.to_ascii_lowercase().as_str() {
            "none" => {}
            "systemassigned" => {
                all.push(machine.need("identity.principalId", View::text)?.to_ascii_lowercase());
            }
            "userassigned" => {
                let users = machine.need(USERS, View::object)?;
                // The type says that there is at least one.
                if users.is_empty() {
                    return Err(Misfit(USERS.to_owned()));
                }
                for identity in users.values() {
                    let id = View(identity).need("principalId", View::text);
                    let id = id.map_err(|_| Misfit(USERS.to_owned()))?;
                    all.push(id.to_ascii_lowercase());
                }
            }
            _ => odd = true,
        }
    }
    if odd {
        return Err(Misfit(TYPE.to_owned()));
    }
    all.sort_unstable();
    Ok(all)
}
