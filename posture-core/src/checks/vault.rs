//! What the keys and the secrets of vaults have in common.

use crate::control::Undecided;
use crate::prelude::*;

/// Why a key or secret is none that a control for vaults of one way of access judges, if it is none. One certain
/// reason outranks what could not be read of the other.
pub(crate) fn left_out(
    enabled: &Fact<bool>,
    access: &Fact<VaultAccess>,
    judged: VaultAccess,
) -> Result<Option<&'static str>, Undecided> {
    if *enabled == Known(false) {
        return Ok(Some("it is switched off"));
    }
    if let Known(access) = access
        && *access != judged
    {
        return Ok(Some(match access {
            VaultAccess::Roles => "access to its vault is granted by roles",
            VaultAccess::AccessPolicies => "access to its vault is granted by access policies",
        }));
    }
    enabled.known()?;
    access.known()?;
    Ok(None)
}
