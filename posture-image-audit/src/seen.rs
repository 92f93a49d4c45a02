//! What an audit needs of an image, once its files were read: read now, or kept from before.

use std::path::Path;

use posture_image::Gap as Open;
use posture_image::image::{self, Identity, Image, Options as Reading};
use posture_image::packages::Inventory;
use posture_model::gap::{Gap, Register};
use posture_model::resource::ContainerImage;

use crate::cache::{Cache, Key};
use crate::facts;
use crate::gaps::Gaps;
use crate::platform;
use crate::read::Input;

/// An image without its files. It is the same whether it was read or kept: what depends on the day, on the database, on names and on
/// signatures is not part of it.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    /// The digests.
    pub(crate) identity: Identity,
    /// The facts that the image shows by itself.
    pub(crate) image: ContainerImage,
    /// What leaves them open, by number.
    pub(crate) gaps: Vec<Gap>,
    /// What is installed. What was kept does not have the owners of files.
    pub(crate) packages: Inventory,
}

impl Seen {
    pub(crate) fn new(found: Image, reading: &Reading) -> Self {
        let register = Register::default();
        let gaps = Gaps(&register);
        let mut image = facts::image(&found, &reading.limits, &gaps);
        image.platform = platform::fact(&found, &reading.platform, &gaps);
        let Image { identity, packages, .. } = found;
        Self { identity, image, gaps: register.into_list(), packages }
    }

    /// The facts with those that are known from outside. Nothing else may be noted in the register yet.
    pub(crate) fn facts(&self, input: &Input, register: &Register) -> ContainerImage {
        for gap in &self.gaps {
            register.note(gap.clone());
        }
        let image = facts::named(self.image.clone(), &input.named.names);
        input.trust.fill(image, register)
    }
}

/// Reads an image, or takes what was kept of it. What was not read completely is not kept: another time it may be.
pub(crate) fn of(input: &Input, reading: &Reading, cache: Option<&Path>) -> Result<Seen, Open> {
    let kept = cache.and_then(|folder| {
        let key = Key::of(&input.named, &reading.platform)?;
        Some((Cache::new(folder), key))
    });
    if let Some((cache, key)) = &kept
        && let Some(seen) = cache.get(key)
        // A file may hold other bytes than its first document states.
        && (input.blobs.is_addressed_by_digest()
            || image::verify(&*input.blobs, &input.named, reading).is_ok())
    {
        return Ok(seen);
    }
    let found = image::read(&*input.blobs, &input.named, reading)?;
    let is_complete = found.is_complete();
    let seen = Seen::new(found, reading);
    if let Some((cache, key)) = kept.filter(|_| is_complete) {
        // Without room or rights, the next audit reads the image again.
        let _ = cache.put(&key, &seen);
    }
    Ok(seen)
}
