//! The manifest for a platform behind an index, which has signatures of its own.

use posture_image::limits::Limits;
use posture_image::manifest::{Document, Platform, choose};
use posture_image::reference::Reference;
use posture_image::source::Root;
use posture_registry::{Client, Fetched, Remote};

/// The documents from a reference to a manifest: an index of indexes occurs, and more levels do not.
const LEVELS: usize = 3;

/// The manifest for a platform; none if the reference leads to a manifest and not to an index.
pub(super) async fn manifest(
    client: &Client,
    reference: &Reference,
    remote: &Remote,
    platform: &Platform,
) -> Option<Result<Fetched, String>> {
    let limits = Limits::default();
    let Root::Document(root) = &remote.named.root else { return None };
    let mut last = Fetched { descriptor: root.clone(), bytes: remote.manifest().to_vec() };
    for level in 0..LEVELS {
        let place = last.descriptor.digest.to_string();
        let read = Document::read(&last.bytes, &last.descriptor.media_type, &place, &limits);
        let entries = match read {
            Ok(Document::Manifest(_)) => return (level > 0).then_some(Ok(last)),
            Ok(Document::Index(entries)) => entries,
            Err(why) => return Some(Err(why.to_string())),
        };
        let chosen = match choose(&entries, platform, &place) {
            Ok(chosen) => chosen,
            Err(why) => return Some(Err(why.to_string())),
        };
        last = match client.manifest_of(reference, &chosen.digest).await {
            Ok(fetched) => fetched,
            Err(error) => return Some(Err(error.to_string())),
        };
    }
    Some(Err("indexes that refer to indexes".to_owned()))
}
