//! Bills of materials (SBOM) of images, written.

use posture_core::time::Time;
use posture_core::wanted::Wanted;
use posture_image::image::{self, Options as Reading};
use posture_image::sbom::write;
use posture_image::time::Instant;
use posture_image_audit::read;
use posture_image_audit::registry::Access;

pub use posture_image::sbom::Format;

use super::{AccessError, Images, blocking};

/// How a bill of materials is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// CycloneDX 1.6 or SPDX 2.3, in JSON.
    pub format: Format,
    /// When it is made, in seconds since the beginning of 1970, as `SOURCE_DATE_EPOCH` has it. Without it, that is when the image was
    /// built, by its configuration.
    pub made: Option<i64>,
    /// Whether CycloneDX lists the files that each package of a distribution installed.
    pub files: bool,
    /// The name and version of the program that writes it.
    pub tool: (String, String),
}

/// A bill of materials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Materials {
    /// The document in JSON, with an end of line.
    pub text: String,
    /// What could not be read, so that packages may be missing. The document states it as well.
    pub gaps: Vec<String>,
}

/// Why no bill of materials is written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaterialsError {
    /// Registries cannot be read as the options say.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// There is not exactly one image.
    #[error("a bill of materials is about one image, and there are {0}")]
    Images(usize),
    /// The image cannot be read.
    #[error("{0}")]
    Unread(String),
    /// The document cannot be written, such as one of SPDX about an image without a time.
    #[error("{0}")]
    Unwritten(String),
}

/// Writes the bill of materials of an image. The same image and output give the same bytes, whenever and wherever they are written.
///
/// # Errors
/// [`MaterialsError`].
pub async fn sbom(images: &Images, output: &Output) -> Result<Materials, MaterialsError> {
    let now = || Time::from(jiff::Timestamp::now());
    let options = images.clone();
    let mut inputs = blocking(move || read::inputs(&options, now())).await;
    let references = &images.registries.references;
    let count = inputs.len() + references.len();
    let input = match (inputs.pop(), references.as_slice()) {
        (Some(input), []) if count == 1 => input,
        (None, [reference]) => {
            let of = images.registries.clone();
            let access = blocking(move || Access::open(&of)).await?;
            access.input(reference, &Wanted::default(), now()).await
        }
        _ => return Err(MaterialsError::Images(count)),
    };
    let input = input.map_err(|scope| {
        let why = scope.gaps.iter().find(|gap| !gap.action.is_empty());
        MaterialsError::Unread(why.map(|gap| gap.words()).unwrap_or_default())
    })?;
    let reading = Reading { platform: images.platform.clone(), ..Reading::new([0; 32]) };
    let output = output.clone();
    blocking(move || {
        let found = image::read(&*input.blobs, &input.named, &reading);
        let found = found.map_err(|open| MaterialsError::Unread(open.to_string()))?;
        of_image(&found, &output)
    })
    .await
}

fn of_image(image: &image::Image, output: &Output) -> Result<Materials, MaterialsError> {
    let unwritten = |why: &str| MaterialsError::Unwritten(why.to_owned());
    let made = match output.made {
        Some(seconds) => {
            let time = Time::from_unix(seconds).to_string();
            Some(Instant::parse(&time).ok_or_else(|| unwritten("the time is out of range"))?)
        }
        None => image.config.created.as_deref().and_then(Instant::parse),
    };
    if made.is_none() && output.format == Format::Spdx {
        return Err(unwritten(
            "the image does not state when it was built, and SPDX requires a time: set SOURCE_DATE_EPOCH",
        ));
    }
    let serial = write::serial(&image.identity, output.format);
    let serial = serial.ok_or_else(|| unwritten("the image has no digest"))?;
    let (name, version) = &output.tool;
    let written = write::write(
        image,
        &write::Output {
            format: output.format,
            timestamp: made,
            serial,
            tool: (name, version),
            files: output.files,
        },
    );
    let document = written.map_err(|open| MaterialsError::Unwritten(open.to_string()))?;
    Ok(Materials { text: format!("{document:#}\n"), gaps: write::gaps(image) })
}
