//! What has to be collected for a selection of controls.

use crate::control::Control;
use crate::frameworks::{Mapping, ResourceType};
use crate::join;
use crate::provider::Provider;
use crate::resource::Account;

pub use posture_model::wanted::Wanted;

/// What these controls read on a provider, of its scopes and of those that answer for others.
pub fn by(controls: &[&'static Control], provider: Provider) -> Wanted {
    let mut wanted = Wanted::default();
    for control in controls.iter().filter(|control| control.judges(provider)) {
        let elsewhere = join::reads(control, provider);
        wanted = wanted.with(control.test.reads, &control.kinds()).with(elsewhere, &[]);
        let conditions = control.satisfies.iter().flat_map(Mapping::condition);
        if conditions.into_iter().any(|of| matches!(of, ResourceType::Arm(_))) {
            wanted = wanted.with(&[Account::RESOURCE_TYPES], &[]);
        }
    }
    wanted
}
