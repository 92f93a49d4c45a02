//! Which platform an image is for.

use posture_image::image::Image;
use posture_image::manifest::Platform;
use posture_image::text;
use posture_model::fact::{Fact, Gap, Known};

use crate::gaps::Gaps;
use crate::info::CONFIGURATION;

/// The platform of an image. Runtimes choose from an index by what the index states, whatever the configuration behind it states.
pub(crate) fn fact(image: &Image, chosen: &Platform, gaps: &Gaps<'_>) -> Fact<String> {
    let of_index = image.identity.index.as_ref().map(|_| chosen);
    match of_index.or(image.config.platform.as_ref()) {
        Some(platform) => Known(text::clip(platform.to_string().as_bytes(), 60)),
        None => {
            let detail = "the configuration does not state a platform";
            Gap(gaps.0.note(posture_model::gap::Gap::undetermined(CONFIGURATION, "", detail)))
        }
    }
}
