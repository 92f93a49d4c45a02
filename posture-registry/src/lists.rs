//! Lists of a repository: its tags, and what refers to a manifest.

use posture_image::digest::Digest;
use posture_image::limits::Limits;
use posture_image::manifest::{Descriptor, Document};
use posture_image::reference::Reference;
use posture_image::{Cause, Gap, List, json, text};
use reqwest::Method;
use tokio::time::{Instant, timeout_at};
use url::Url;

use crate::body;
use crate::client::{Client, error};
use crate::error::{Error, Why};
use crate::link;
use crate::request::{Ask, Tries, send};
use crate::site::Site;

/// The media type of an index, in which referrers are listed.
const INDEX: &str = "application/vnd.oci.image.index.v1+json";

/// The tags that are asked for at once.
const PAGE: &str = "1000";

impl Client {
    /// The tags of the reference's repository, as the registry lists them. A list that could not be read to its end has a gap.
    ///
    /// # Errors
    ///
    /// Nothing of the list could be read.
    pub async fn tags(&self, reference: &Reference) -> Result<List<String>, Error> {
        let asked = format!("the tags of {}", reference.repository);
        let work = async {
            let site = self.site(reference)?;
            let mut first = site.url(&reference.repository, "tags/list");
            first.query_pairs_mut().append_pair("n", PAGE);
            let most = self.options().bounds.tags;
            let mut tags = self
                .pages(reference, &site, first, "application/json", &asked, most, tags_of)
                .await?;
            tags.items.sort();
            tags.items.dedup();
            Ok(tags)
        };
        work.await.map_err(|why| error(reference, &asked, why))
    }

    /// What refers to a manifest: signatures, attestations, bills of materials. If the registry does not have the referrers API, the
    /// list is the index with the fallback tag. Nothing is filtered: what an entry states about its type is often wrong.
    ///
    /// By the [specification](https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#listing-referrers).
    ///
    /// # Errors
    ///
    /// Nothing of the list could be read. An empty list states that nothing refers to the manifest.
    pub async fn referrers(
        &self,
        reference: &Reference,
        digest: &Digest,
    ) -> Result<List<Descriptor>, Error> {
        let asked = format!("the referrers of {}@{digest}", reference.repository);
        let most = self.options().bounds.referrers;
        let native = async {
            let site = self.site(reference)?;
            let first = site.url(&reference.repository, &format!("referrers/{digest}"));
            self.pages(reference, &site, first, INDEX, &asked, most, entries_of).await
        };
        match native.await {
            // A registry that has the API answers an empty list. Older ones take the path for another one.
            Err(Why::Absent(_) | Why::Unexpected { status: 400 | 405 | 406, .. }) => {}
            other => return other.map_err(|why| error(reference, asked, why)),
        }
        let tag = fallback_tag(digest);
        // Whatever is there is asked for: registries answer 404 where they have another type.
        match self.manifest_at(reference, &tag, None).await {
            Ok(found) => {
                let entries =
                    entries_of(&found.bytes).map_err(|why| error(reference, &asked, why))?;
                let mut list = List::default();
                keep(&mut list, entries, most, reference, &asked);
                Ok(list)
            }
            // None, if it is not the repository that is absent or hidden.
            Err(Error { why: Why::Absent(_), .. }) => {
                match self.has_manifest(reference, digest).await {
                    Ok(()) => Ok(List::default()),
                    Err(why) => Err(error(reference, asked, why)),
                }
            }
            Err(failed) => Err(failed),
        }
    }

    /// Reads a list page by page.
    #[expect(clippy::too_many_arguments, reason = "the two lists differ in all of them")]
    async fn pages<T>(
        &self,
        reference: &Reference,
        site: &Site,
        first: Url,
        accept: &str,
        asked: &str,
        most: usize,
        items: fn(&[u8]) -> Result<Vec<T>, Why>,
    ) -> Result<List<T>, Why> {
        let bounds = &self.options().bounds;
        let mut list = List::default();
        let mut seen = vec![first];
        let until = Instant::now() + self.options().image_time;
        loop {
            let Some(url) = seen.last().cloned() else { return Ok(list) };
            let page = self.page(site, &reference.repository, &url, accept);
            let read = timeout_at(until, page).await.unwrap_or_else(|_| {
                let seconds = self.options().image_time.as_secs();
                Err(Why::TimedOut(format!("the list took longer than {seconds} seconds")))
            });
            let read = read.and_then(|(bytes, links)| Ok((items(&bytes)?, links)));
            let (found, links) = match read {
                Ok(read) => read,
                Err(why) if seen.len() == 1 => return Err(why),
                Err(why) => {
                    list.lacks(Gap::from(&error(reference, asked, why)));
                    return Ok(list);
                }
            };
            if !keep(&mut list, found, most, reference, asked) {
                return Ok(list);
            }
            let gap =
                |cause, why: &str| Gap::new(cause, &reference.registry, format!("{asked}: {why}"));
            match link::next_page(&links, &url) {
                Ok(None) => return Ok(list),
                Err(why) => list.lacks(gap(Cause::Malformed, why)),
                Ok(Some(next)) if seen.contains(&next) => {
                    list.lacks(gap(Cause::Malformed, "a page that leads back to an earlier one"));
                }
                Ok(Some(_)) if seen.len() >= bounds.pages => {
                    list.lacks(gap(
                        Cause::Incomplete,
                        &format!("more than {} pages", bounds.pages),
                    ));
                }
                Ok(Some(next)) => {
                    seen.push(next);
                    continue;
                }
            }
            return Ok(list);
        }
    }

    /// One page, with its `Link` headers.
    async fn page(
        &self,
        site: &Site,
        repository: &str,
        url: &Url,
        accept: &str,
    ) -> Result<(Vec<u8>, String), Why> {
        let options = self.options();
        let ask = Ask {
            method: Method::GET,
            url: url.clone(),
            repository: repository.to_owned(),
            accept: accept.to_owned(),
            from: 0,
        };
        let mut tries = Tries::new(options);
        loop {
            let read = async {
                let response = send(site, options, &ask).await?;
                body::page(response, options).await
            };
            match read.await {
                Ok(read) => return Ok(read),
                Err(why) => tries.again(site, why).await?,
            }
        }
    }
}

/// Adds items up to a bound; false if it is reached.
fn keep<T>(
    list: &mut List<T>,
    found: Vec<T>,
    most: usize,
    reference: &Reference,
    asked: &str,
) -> bool {
    let room = most.saturating_sub(list.items.len());
    let fits = found.len() <= room;
    list.items.extend(found.into_iter().take(room));
    if !fits {
        let detail = format!("{asked}: more than {most}");
        list.lacks(Gap::new(Cause::Incomplete, &reference.registry, detail));
    }
    fits
}

pub(crate) fn tags_of(bytes: &[u8]) -> Result<Vec<String>, Why> {
    let malformed = |what: &str| Why::Malformed(what.to_owned());
    let value = json::parse(bytes, 8).map_err(|_| malformed("it is not JSON"))?;
    let tags = value.get("tags").ok_or_else(|| malformed("it has no `tags`"))?;
    if tags.is_null() {
        return Ok(Vec::new());
    }
    let tags = tags.as_array().ok_or_else(|| malformed("`tags` is not a list"))?;
    tags.iter()
        .map(|tag| match tag.as_str() {
            Some(tag) if is_tag(tag) => Ok(tag.to_owned()),
            Some(tag) => Err(malformed(&format!("not a tag: {}", text::clip(tag.as_bytes(), 60)))),
            None => Err(malformed("a tag that is not a text")),
        })
        .collect()
}

fn is_tag(tag: &str) -> bool {
    let reference = Reference::parse(&format!("registry.example/a:{tag}"));
    reference
        .is_ok_and(|reference| reference.tag.as_deref() == Some(tag) && reference.digest.is_none())
}

pub(crate) fn entries_of(bytes: &[u8]) -> Result<Vec<Descriptor>, Why> {
    match Document::read(bytes, INDEX, "referrers", &Limits::default()) {
        Ok(Document::Index(entries)) => Ok(entries),
        Ok(Document::Manifest(_)) => Err(Why::Malformed("it is not an index".to_owned())),
        Err(gap) => Err(Why::Malformed(gap.detail)),
    }
}

/// The tag under which an index lists what refers to a manifest, in registries without the referrers API.
/// [Source](https://github.com/opencontainers/distribution-spec/blob/v1.1.1/spec.md#referrers-tag-schema).
pub fn fallback_tag(digest: &Digest) -> String {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    format!("{}-{}", cut(digest.algorithm().name(), 32), cut(digest.hex(), 64))
}

/// Whether a tag is one of those that tools make for signatures and the like: `sha256-…`, with or without `.sig`, `.att`, `.sbom`.
/// It is not a name of an image.
pub fn is_helper_tag(tag: &str) -> bool {
    let hex =
        tag.strip_prefix("sha256-").or_else(|| tag.strip_prefix("sha512-")).unwrap_or_default();
    hex.len() >= 64 && hex.bytes().take(64).all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use posture_image::digest::Algorithm;

    #[test]
    fn the_fallback_tag_is_cut_to_the_length_of_a_tag() {
        let digest = Digest::of(Algorithm::Sha512, b"");
        let tag = fallback_tag(&digest);
        assert_eq!(tag, format!("sha512-{}", &digest.hex()[..64]));
        assert!(is_helper_tag(&tag) && is_helper_tag(&format!("{tag}.sig")) && is_tag(&tag));
        for name in ["1.2", "latest", "sha256-abc", "sha1-x"] {
            assert!(!is_helper_tag(name), "{name}");
        }
    }

    #[test]
    fn lists_of_tags_are_read_strictly() {
        assert_eq!(tags_of(br#"{"name":"a","tags":["b","1.2"]}"#).unwrap(), ["b", "1.2"]);
        assert_eq!(tags_of(br#"{"name":"a","tags":null}"#).unwrap(), Vec::<String>::new());
        for wrong in [
            "",
            "[]",
            "{}",
            r#"{"tags":{}}"#,
            r#"{"tags":[1]}"#,
            r#"{"tags":["a/b"]}"#,
            r#"{"tags":["a@sha256:0"]}"#,
        ] {
            assert!(matches!(tags_of(wrong.as_bytes()), Err(Why::Malformed(_))), "{wrong}");
        }
    }
}
