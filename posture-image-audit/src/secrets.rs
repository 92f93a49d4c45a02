//! Credentials: their places and types, never their values.

use std::collections::BTreeMap;

use posture_image::image::Image;
use posture_image::secrets::{Finding, Place};
use posture_image::text;
use posture_model::entries::Entries;
use posture_model::fact::Fact;
use posture_model::resource::ContainerImage;

use crate::gaps::Gaps;
use crate::info::{CONFIGURATION, LAYERS};

/// The facts about credentials.
pub(crate) fn fill(to: ContainerImage, image: &Image, gaps: &Gaps<'_>) -> ContainerImage {
    let secrets = &image.secrets;
    let files = |deleted: bool| -> Fact<Entries> {
        gaps.list(LAYERS, &secrets.files, |one| (is_deleted(one) == deleted).then(|| words(one)))
    };
    to.file_secrets(files(false))
        .deleted_file_secrets(files(true))
        .configuration_secrets(
            gaps.list(CONFIGURATION, &secrets.configuration, |one| Some(words(one))),
        )
        .history_secrets(gaps.list(CONFIGURATION, &secrets.history, |one| Some(words(one))))
}

/// The labels, without those that hold a credential.
pub(crate) fn labels(image: &Image) -> BTreeMap<String, String> {
    let secret = |label: &str| {
        let name = text::escape(label.as_bytes());
        let mut found = image.secrets.configuration.items.iter();
        found.any(|one| matches!(&one.place, Place::Label(of) if *of == name))
    };
    let labels = image.config.labels.iter().filter(|(label, _)| !secret(label));
    labels.map(|(label, value)| (label.clone(), value.clone())).collect()
}

/// Whether the file is in a lower layer alone. A hard link may still lead to it.
fn is_deleted(finding: &Finding) -> bool {
    matches!(&finding.place, Place::File { deleted_in: Some(_), still_at: None, .. })
}

fn words(finding: &Finding) -> String {
    let name = finding.form.name;
    match &finding.place {
        Place::File { path, layer, line, deleted_in, still_at } => {
            let mut more = format!("layer {}", layer + 1);
            if let Some(by) = deleted_in {
                more.push_str(&format!(", deleted or replaced in layer {}", by + 1));
            }
            if let Some(path) = still_at {
                more.push_str(&format!(", still at {path}"));
            }
            if let Some(package) = &finding.package {
                more.push_str(&format!(", of package {package}"));
            }
            format!("{path}: line {line}: {name} ({more})")
        }
        Place::Environment(variable) => format!("variable {variable}: {name}"),
        Place::Label(label) => format!("label {label}: {name}"),
        Place::Command(field) => format!("{field}: {name}"),
        Place::History { step, instruction, layer, argument } => {
            let argument =
                argument.as_ref().map_or(String::new(), |one| format!(", argument {one}"));
            let layer = layer.map_or(String::new(), |layer| format!(" (layer {})", layer + 1));
            format!("step {step} ({instruction}{argument}): {name}{layer}")
        }
    }
}
