//! What images are called, and how other tools identify them.

use posture_model::provider::Provider;
use posture_model::provider_info::{LevelInfo, Link, OcsfAccount, ProviderInfo};
use posture_model::resource::{FactId, Kind, Subject, Vulnerability};
use posture_model::scope::Level;
use posture_model::wanted::Wanted;

/// OCSF has no type of account for images.
const OTHER: u8 = 99;

/// The only partition.
pub const PARTITION: &str = "image";

/// What shows the configuration of an image.
pub(crate) const CONFIGURATION: &str = "image configuration";
/// What shows the files of an image.
pub(crate) const LAYERS: &str = "image layers";
/// What shows who vouches for an image.
pub(crate) const SIGNATURES: &str = "image signatures";
/// What shows which vulnerabilities packages have.
pub(crate) const DATABASE: &str = "vulnerability database";
/// What shows which vulnerabilities are exploited.
pub(crate) const EXPLOITED: &str = "catalog of exploited vulnerabilities";

/// What shows what others state of an image: the files that the user names.
pub(crate) const DOCUMENT: &str = "given document";

/// The description of images.
pub static INFO: ProviderInfo = ProviderInfo {
    provider: Provider::Image,
    levels: &[LevelInfo {
        level: Level::Image,
        word: "image",
        ocsf_account: OcsfAccount { type_id: OTHER, name: "Container Image" },
    }],
    usual_partition: PARTITION,
    accounts_in_tenant: false,
    known_by_name: true,
    commands,
    actions,
    // The files are all that an audit needs.
    permissions: actions,
    // Security Hub takes findings about AWS only.
    asff: None,
    assurance: &[Link {
        title: "the specification of images",
        url: "https://github.com/opencontainers/image-spec",
    }],
};

/// The commands that show a fact to a person. What is in an archive, only the audit itself shows.
fn commands(_: FactId, _: &Subject<'_>) -> Vec<String> {
    Vec::new()
}

/// What shows the wanted facts.
fn actions(wanted: &Wanted) -> Vec<&'static str> {
    let mut all = Vec::new();
    if wanted.kind(Kind::ContainerImage) || wanted.kind(Kind::Vulnerability) {
        all.extend([CONFIGURATION, LAYERS]);
    }
    if wanted.any(crate::trust::FACTS) {
        all.push(SIGNATURES);
    }
    if wanted.kind(Kind::Vulnerability) {
        all.push(DATABASE);
    }
    if wanted.fact(Vulnerability::KNOWN_EXPLOITED) {
        all.push(EXPLOITED);
    }
    all
}

#[cfg(test)]
mod tests {
    use posture_model::resource::ContainerImage;

    use super::*;

    #[test]
    fn only_what_is_wanted_is_read() {
        assert!(actions(&Wanted::default()).is_empty());
        let user = Wanted::of(&[ContainerImage::ROOT_USER], &[]);
        assert_eq!(actions(&user), [CONFIGURATION, LAYERS]);
        let signed = Wanted::of(&[ContainerImage::SIGNED], &[]);
        assert_eq!(actions(&signed), [CONFIGURATION, LAYERS, SIGNATURES]);
        assert_eq!(actions(&Wanted::everything()).len(), 5);
    }
}
