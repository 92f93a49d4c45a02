//! Azure Container Registry: which images it holds, newest first, for an identity of Entra ID.
//!
//! The registry [exchanges](https://azure.github.io/acr/AAD-OAuth.html) a token of Azure Resource Manager for a refresh token, and that
//! one for tokens that allow one thing each. Its lists are those of its own interface, which has times: that of the distribution protocol
//! has none. The forms are those that the [recordings](https://github.com/Azure/azure-sdk-for-js/tree/main/sdk/containerregistry) of the
//! SDK hold, read on 2026-12-01.

use posture_image::digest::Digest;
use posture_image::json;
use posture_image::reference::Reference;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::body;
use crate::client::{Client, error};
use crate::docker_config::Login;
use crate::error::{Error, Why};
use crate::link;
use crate::lists::is_helper_tag;
use crate::request::{Tries, answered, retry_after};
use crate::secret::Secret;
use crate::site::Site;

/// The most repositories of a registry.
const MOST_REPOSITORIES: usize = 1_000;

/// The manifests of a page, newest first. Most of them may be platforms of an index, which have no tag.
const PAGE: &str = "100";

/// The most pages of manifests of one repository, on which its newest images have to be.
const MOST_PAGES: usize = 10;

/// The types of the configuration of an image, where the registry states it.
const IMAGES: [&str; 2] =
    ["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"];

/// What a registry holds.
#[derive(Debug, Default)]
pub struct Held {
    /// The newest images of each repository that have a tag, as `HOST/REPOSITORY@DIGEST`.
    pub images: Vec<String>,
    /// What they are read with. It is for this registry alone.
    pub login: Option<Login>,
    /// What could not be read.
    pub errors: Vec<Error>,
}

impl Client {
    /// The newest images of each repository of a registry in Azure, for the holder of a token of Azure Resource Manager. The token goes to
    /// that host, over TLS, and to no other.
    pub async fn azure_images(&self, host: &str, token: &Secret, newest: usize) -> Held {
        let mut held = Held::default();
        let Ok(reference) = Reference::parse(&format!("{host}/any")) else { return held };
        let failed = |asked: &str, why: Why| error(&reference, asked, why);
        let site = match self.site(&reference) {
            Ok(site) => site,
            Err(why) => {
                held.errors.push(failed("its repositories", why));
                return held;
            }
        };
        let of = Azure { client: self, site: &site, host };
        let refresh = match of.exchange(token).await {
            Ok(refresh) => refresh,
            Err(why) => {
                held.errors.push(failed("a token", why));
                return held;
            }
        };
        let (mut names, why) = of.repositories(&refresh).await;
        held.errors.extend(why.map(|why| failed("its repositories", why)));
        if names.len() > MOST_REPOSITORIES {
            let why = Why::NotRequested(format!("more than {MOST_REPOSITORIES} repositories"));
            held.errors.push(failed("all of its repositories", why));
            names.truncate(MOST_REPOSITORIES);
        }
        for name in names {
            let (images, why) = of.images(&name, &refresh, newest).await;
            held.images.extend(images);
            held.errors.extend(why.map(|why| failed(&format!("the images of {name}"), why)));
        }
        held.login = Some(Login::Identity(refresh));
        held
    }
}

/// A registry.
#[derive(Clone, Copy)]
struct Azure<'a> {
    client: &'a Client,
    site: &'a Site,
    host: &'a str,
}

impl Azure<'_> {
    fn url(self, path: &str) -> Url {
        let mut url = self.site.base.clone();
        url.set_path(path);
        url
    }

    async fn exchange(self, token: &Secret) -> Result<Secret, Why> {
        let fields = [
            ("grant_type", "access_token"),
            ("service", self.host),
            ("access_token", token.expose()),
        ];
        self.issued("oauth2/exchange", &fields, "refresh_token").await
    }

    /// A token that allows one thing.
    async fn token(self, refresh: &Secret, scope: &str) -> Result<Secret, Why> {
        let fields = [
            ("grant_type", "refresh_token"),
            ("service", self.host),
            ("scope", scope),
            ("refresh_token", refresh.expose()),
        ];
        self.issued("oauth2/token", &fields, "access_token").await
    }

    async fn issued(self, path: &str, fields: &[(&str, &str)], name: &str) -> Result<Secret, Why> {
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let make = || {
            let post = self.site.http.post(self.url(path));
            post.header("content-type", "application/x-www-form-urlencoded").body(form.clone())
        };
        let (value, _) = self.document(make).await?;
        let token = value.get(name).and_then(Value::as_str).filter(|token| !token.is_empty());
        let malformed = || Why::Malformed(format!("the response has no {name}"));
        token.map(Secret::new).ok_or_else(malformed)
    }

    /// The names of the repositories, and why there may be more.
    async fn repositories(self, refresh: &Secret) -> (Vec<String>, Option<Why>) {
        let mut first = self.url("acr/v1/_catalog");
        first.query_pairs_mut().append_pair("n", "1000");
        let most = MOST_REPOSITORIES / 1_000 + 1;
        let mut names = Vec::new();
        let why = self
            .pages(refresh, "registry:catalog:*", first, most, |page| {
                let list = page.get("repositories").filter(|list| !list.is_null());
                for name in list.map_or(Ok(&[][..]), array)? {
                    let name = name.as_str().ok_or("a repository that is not a text")?;
                    let text = format!("{}/{name}", self.host);
                    let parsed = Reference::parse(&text).ok();
                    let own = parsed.filter(|one| one.repository == name && one.tag.is_none());
                    own.ok_or("a repository whose name is none")?;
                    names.push(name.to_owned());
                }
                Ok(true)
            })
            .await;
        (names, why)
    }

    /// The newest images of a repository, and why there may be others.
    async fn images(
        self,
        name: &str,
        refresh: &Secret,
        newest: usize,
    ) -> (Vec<String>, Option<Why>) {
        let mut first = self.url("");
        if let Ok(mut path) = first.path_segments_mut() {
            path.clear().extend(["acr", "v1", name, "_manifests"]);
        }
        first.query_pairs_mut().append_pair("orderby", "timedesc").append_pair("n", PAGE);
        let scope = format!("repository:{name}:metadata_read");
        let mut images = Vec::new();
        let why = self
            .pages(refresh, &scope, first, MOST_PAGES, |page| {
                let list = page.get("manifests").filter(|list| !list.is_null());
                for manifest in list.map_or(Ok(&[][..]), array)? {
                    if !is_image(manifest)? {
                        continue;
                    }
                    let digest = manifest.get("digest").and_then(Value::as_str);
                    let digest = digest.and_then(|digest| Digest::parse(digest).ok());
                    let digest = digest.ok_or("an image without a digest")?;
                    if images.len() < newest {
                        images.push(format!("{}/{name}@{digest}", self.host));
                    }
                }
                Ok(images.len() < newest)
            })
            .await;
        (images, why)
    }

    /// Reads a list, page by page, as long as more is wanted. What is wrong ends it.
    async fn pages(
        self,
        refresh: &Secret,
        scope: &str,
        first: Url,
        most: usize,
        mut take: impl FnMut(&Value) -> Result<bool, &'static str>,
    ) -> Option<Why> {
        let token = match self.token(refresh, scope).await {
            Ok(token) => token,
            Err(why) => return Some(why),
        };
        let mut seen = vec![first];
        loop {
            let url = seen.last().cloned()?;
            let make = || self.site.http.get(url.clone()).bearer_auth(token.expose());
            let (page, links) = match self.document(make).await {
                Ok(page) => page,
                Err(why) => return Some(why),
            };
            match take(&page) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(what) => return Some(Why::Malformed(format!("the list has {what}"))),
            }
            match link::next_page(&links, &url) {
                Ok(None) => return None,
                Ok(Some(next)) if seen.contains(&next) => {
                    return Some(Why::Malformed("the list returns to an earlier page".to_owned()));
                }
                Ok(Some(_)) if seen.len() >= most => {
                    return Some(Why::NotRequested(format!("it has more than {most} pages")));
                }
                Ok(Some(next)) => seen.push(next),
                Err(why) => return Some(Why::Malformed(why.to_owned())),
            }
        }
    }

    /// A small document in JSON, with its `Link` headers. Errors repeat nothing of the response: it may hold what was sent.
    async fn document(self, make: impl Fn() -> RequestBuilder) -> Result<(Value, String), Why> {
        let options = self.client.options();
        let mut tries = Tries::new(options);
        loop {
            let read = async {
                let request = make().header("accept", "application/json");
                let response = answered(request.header("accept-encoding", "identity"), options);
                let response = accepted(response.await?)?;
                let (bytes, links) = body::page(response, options).await?;
                let value = json::parse(&bytes, 16);
                let value = value.map_err(|_| Why::Malformed("it is not JSON".to_owned()))?;
                Ok((value, links))
            };
            match read.await {
                Ok(read) => return Ok(read),
                Err(why) => tries.again(self.site, why).await?,
            }
        }
    }
}

/// The response, if it is one of success.
fn accepted(response: Response) -> Result<Response, Why> {
    let detail = String::new();
    Err(match response.status().as_u16() {
        200 => return Ok(response),
        401 => Why::SignIn("it rejects the token".to_owned()),
        403 => Why::Denied(detail),
        404 => Why::Absent(detail),
        429 => Why::Throttled { wait: retry_after(response.headers()), detail },
        status @ 500.. => Why::Server { status, detail },
        status @ 300..=399 => {
            Why::Unexpected { status, detail: ", a redirect, which is not followed".to_owned() }
        }
        status => Why::Unexpected { status, detail },
    })
}

fn array(value: &Value) -> Result<&[Value], &'static str> {
    value.as_array().map(Vec::as_slice).ok_or("what is not a list")
}

/// Whether a manifest is an image that has a tag of its own.
fn is_image(manifest: &Value) -> Result<bool, &'static str> {
    let kind = manifest.get("configMediaType").and_then(Value::as_str);
    let tags = manifest.get("tags").filter(|tags| !tags.is_null());
    let mut named = false;
    for tag in tags.map_or(Ok(&[][..]), array)? {
        named |= !is_helper_tag(tag.as_str().ok_or("a tag that is not a text")?);
    }
    Ok(named && kind.is_none_or(|kind| IMAGES.contains(&kind)))
}
