//! Who has duties at once that different people should have, and who reads or erases logs: what roles allow on a subscription,
//! its vaults and its workspaces. The actions are those of the references of
//! [Key Vault](https://learn.microsoft.com/azure/role-based-access-control/permissions/security#microsoftkeyvault) and
//! [Azure Monitor](https://learn.microsoft.com/azure/role-based-access-control/permissions/monitor#microsoftoperationalinsights),
//! as of 2026-11-30.

use posture_model::entries::Entries;
use posture_model::fact::{Fact, NotOffered};
use posture_model::gap::Gap;
use posture_model::resource::{Account, LogGroup, Vault, VaultAccess};
use posture_model::scope::Scope;

use super::context::Subscription;
use super::rights::{Duty, Rights};
use crate::rbac::{GIVES_ROLES, Place, Plane, Reach};

/// After it, keys and what they encrypt are lost.
const DELETES_KEYS: Duty = Duty {
    plane: Plane::Data,
    actions: &[
        "Microsoft.KeyVault/vaults/keys/delete",
        "Microsoft.KeyVault/vaults/keys/purge/action",
    ],
};

/// It yields data.
const DECRYPTS: Duty = Duty {
    plane: Plane::Data,
    actions: &[
        "Microsoft.KeyVault/vaults/keys/decrypt/action",
        "Microsoft.KeyVault/vaults/keys/unwrap/action",
    ],
};

const ASSIGNS_ROLES: Duty = Duty { plane: Plane::Control, actions: &[GIVES_ROLES] };

/// It changes the permission model and the access policies of vaults.
const ADMINISTERS_VAULTS: Duty =
    Duty { plane: Plane::Control, actions: &["Microsoft.KeyVault/vaults/write"] };

const STOPS_LOGS: Duty =
    Duty { plane: Plane::Control, actions: &["Microsoft.Insights/diagnosticSettings/delete"] };

/// A table of a workspace represents all: roles that allow one of them only are for applications.
const READS_LOGS: Duty = Duty {
    plane: Plane::Control,
    actions: &["Microsoft.OperationalInsights/workspaces/query/AzureActivity/read"],
};

const ERASES_LOGS: Duty = Duty {
    plane: Plane::Control,
    actions: &[
        "Microsoft.OperationalInsights/workspaces/delete",
        "Microsoft.OperationalInsights/workspaces/purge/action",
        "Microsoft.OperationalInsights/workspaces/tables/deleteData/action",
    ],
};

/// Adds what roles allow to the resources that were read.
pub(crate) fn add(audit: &Subscription<'_>, scope: &mut Scope, rights: Option<&Rights>) {
    let Some(rights) = rights else { return };
    let of = |id: &str, duties: &[Duty]| match Place::read(id) {
        Some(place) => rights.with_all(audit.ask, &place, duties, Reach::OnDemand),
        None => audit.ask.unknown(Gap::undetermined("", id, "its ID is not that of a resource")),
    };
    if audit.wanted.fact(Account::CONFLICTING_DUTIES) {
        let duties = [ASSIGNS_ROLES, ADMINISTERS_VAULTS, STOPS_LOGS];
        let at_once = rights.with_all(audit.ask, &rights.here, &duties, Reach::Now);
        scope.account.conflicting_duties = at_once;
    }
    if audit.wanted.fact(Vault::ROLE_HOLDERS_WHO_DECRYPT) {
        for vault in &mut scope.vaults.items {
            let id = vault.id.clone();
            vault.role_holders_who_decrypt = vault.access.and_then(|access| match access {
                VaultAccess::Roles => of(&id, &[DELETES_KEYS, DECRYPTS]),
                VaultAccess::AccessPolicies => NotOffered,
            });
        }
    }
    let wanted = |fact| audit.wanted.fact(fact);
    let of_log = |fact, id: &str, duty: Duty| -> Fact<Entries> {
        if wanted(fact) { of(id, &[duty]) } else { Fact::not_collected() }
    };
    for group in &mut scope.log_groups.items {
        group.readers = of_log(LogGroup::READERS, &group.id, READS_LOGS);
        group.erasers = of_log(LogGroup::ERASERS, &group.id, ERASES_LOGS);
    }
}

#[cfg(test)]
mod tests;
