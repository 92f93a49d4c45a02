//! What encryption keys have in common.

use crate::control::Undecided;
use crate::prelude::*;

/// Why the provider cannot rotate a key automatically, if it cannot. One certain reason outranks what could not be read of
/// the others.
///
/// See [which keys rotate](https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html).
pub(crate) fn no_rotation(key: &Key) -> Result<Option<&'static str>, Undecided> {
    let state = key.state.map(|state| match state {
        KeyState::Enabled => None,
        KeyState::Disabled => Some("it is disabled"),
        KeyState::PendingDeletion => Some("it is pending deletion"),
        KeyState::Unavailable => Some("it cannot be used"),
    });
    let origin = key.origin.map(|origin| match origin {
        KeyOrigin::Service => None,
        KeyOrigin::Imported => {
            Some("its key material is imported and can only be rotated manually")
        }
        KeyOrigin::CustomStore => Some("it is in a custom key store"),
        KeyOrigin::Certificate => Some("it is renewed with its certificate"),
    });
    let symmetric = key
        .symmetric
        .map(|symmetric| (!symmetric).then_some("it is not a symmetric encryption key"));
    let replica = key
        .replica
        .map(|replica| replica.then_some("it is a replica and rotates with its primary key"));
    let all = [state, origin, symmetric, replica];
    if let Some(why) = all.iter().find_map(|fact| match fact {
        Known(why) => *why,
        NotOffered | Gap(_) => None,
    }) {
        return Ok(Some(why));
    }
    for fact in &all {
        // A provider without such keys has no such reason either.
        if *fact != NotOffered {
            fact.known()?;
        }
    }
    Ok(None)
}
