//! What has to be collected for a selection of controls.

use crate::control::Control;
use crate::frameworks::{Mapping, ResourceType};
use crate::join;
use crate::provider::Provider;
use crate::resource::{Account, FactId};

pub use posture_model::wanted::Wanted;

/// What these controls read on a provider, of its scopes and of those that answer for others.
pub fn by(controls: &[&'static Control], provider: Provider) -> Wanted {
    let mut wanted = Wanted::default();
    for control in controls {
        let facts: Vec<FactId> = join::reads_of_sides(control, provider).collect();
        wanted = wanted.with(&facts, &[]).with(join::reads_of_images(control, provider), &[]);
    }
    for control in controls.iter().filter(|control| control.judges(provider)) {
        let elsewhere = join::reads(control, provider);
        wanted = wanted.with(control.test.reads, &control.kinds()).with(elsewhere, &[]);
        // On the existence of some resources depends what a requirement counts.
        for of in control.satisfies.iter().flat_map(Mapping::condition) {
            wanted = match of {
                ResourceType::Listed(kind) => wanted.with(&[], &[*kind]),
                ResourceType::Arm(_) => wanted.with(&[Account::RESOURCE_TYPES], &[]),
                ResourceType::Arn(..) => wanted,
            };
        }
    }
    wanted
}
