//! The newest images of the private registries of an account (Amazon ECR), and what they are pulled with.
//!
//! Nothing of this is a fact of the account: the images are audited as such. What could not be read comes as gaps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures::future::join_all;
use posture_model::dated::Dated;
use posture_model::gap::{Gap, Reason};
use posture_model::scope::Calls;
use tokio::sync::watch;

use crate::ask::{ApiClient, CallError};
use crate::entry::{REGISTRY_IMAGES, REGISTRY_REPOSITORIES, REGISTRY_TOKEN, holds_always};
use crate::meter::Meter;
use crate::session::Session;
use crate::wire::endpoint::partition_of;
use crate::wire::services::ECR;
use crate::wire::{Client, Constant, Operation, answers};

/// The actions that are called.
pub const ACTIONS: &[&str] = &[REGISTRY_IMAGES, REGISTRY_REPOSITORIES, REGISTRY_TOKEN];

/// The permissions that a registry checks before it hands out an image.
/// [Source](https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policy-examples.html), read on 2026-12-01.
pub const PULL: &[&str] = &["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];

/// The most repositories that are read in a region.
const MOST_REPOSITORIES: usize = 1_000;

/// The types of the configuration of an image. What has another one is a chart, a signature or another artifact.
static IMAGES: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_ImageDetail.html",
        "https://github.com/opencontainers/image-spec/blob/main/media-types.md",
    ],
    "2026-12-01",
    &["application/vnd.docker.container.image.v1+json", "application/vnd.oci.image.config.v1+json"],
);

answers! {
    /// A page of repositories.
    DescribeRepositories {
        repositories: "repositories" optional records(Repository),
    }

    Repository {
        name: "repositoryName" optional text,
        uri: "repositoryUri" optional text,
    }

    /// A page of images.
    DescribeImages {
        images: "imageDetails" optional records(ImageDetail),
    }

    ImageDetail {
        digest: "imageDigest" optional text,
        tags: "imageTags" optional texts,
        pushed: "imagePushedAt" optional number,
        artifact: "artifactMediaType" optional text,
    }

    GetAuthorizationToken {
        tokens: "authorizationData" optional records(AuthorizationData),
    }

    AuthorizationData {
        token: "authorizationToken" optional text,
        endpoint: "proxyEndpoint" optional text,
    }
}

pub(crate) static REPOSITORIES: Operation<0, DescribeRepositories<'_>> =
    Operation::new(&ECR, REGISTRY_REPOSITORIES, "DescribeRepositories")
        .given(&[("maxResults", Constant::Whole(1_000))])
        .pages("nextToken", "nextToken");

pub(crate) static DESCRIBE_IMAGES: Operation<1, DescribeImages<'_>> =
    Operation::new(&ECR, REGISTRY_IMAGES, "DescribeImages")
        .given(&[
            ("filter", Constant::Record(&[("tagStatus", Constant::Text("TAGGED"))])),
            ("maxResults", Constant::Whole(1_000)),
        ])
        .pages("nextToken", "nextToken")
        .takes(&["repositoryName"]);

pub(crate) static TOKEN: Operation<0, GetAuthorizationToken<'_>> =
    Operation::new(&ECR, REGISTRY_TOKEN, "GetAuthorizationToken");

/// What the registries of an account hold.
#[derive(Debug, Default)]
pub struct Registries {
    /// The newest images of each repository, as `HOST/REPOSITORY@DIGEST`.
    pub images: Vec<String>,
    /// What each registry is read with.
    pub logins: Vec<Login>,
    /// What could not be read, each with its region.
    pub gaps: Vec<Gap>,
    /// The calls that were made, by action.
    pub calls: BTreeMap<String, Calls>,
}

/// What one registry is read with, for twelve hours. Printing it shows no password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    /// The host of the registry. The password is for no other.
    pub host: String,
    /// The name of the user.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Login").field("host", &self.host).finish_non_exhaustive()
    }
}

/// Reads the registries of an account in these regions: of each repository the `newest` images that have a tag.
pub async fn read(
    session: &Session,
    regions: &[String],
    newest: usize,
    concurrency: usize,
    stop: watch::Receiver<bool>,
) -> Registries {
    let mut all = Registries::default();
    if session.is_simulated() {
        let mut gap = Gap::new(REGISTRY_REPOSITORIES, session.account(), Reason::Unsupported);
        gap.detail = Some("a simulator has no registry".to_owned());
        all.gaps.push(gap);
        return all;
    }
    let ask = ApiClient::new(concurrency, None, stop);
    read_by(session, &ask, regions, newest).await
}

async fn read_by(
    session: &Session,
    ask: &ApiClient,
    regions: &[String],
    newest: usize,
) -> Registries {
    let meter = session.meter_by(holds_always);
    let found = regions.iter().map(|region| region_of(session, ask, &meter, region, newest));
    let mut all = Registries::default();
    for Registries { images, logins, gaps, .. } in join_all(found).await {
        all.images.extend(images);
        all.logins.extend(logins);
        all.gaps.extend(gaps);
    }
    all.calls = meter.calls();
    all
}

async fn region_of(
    session: &Session,
    ask: &ApiClient,
    meter: &Meter,
    region: &str,
    newest: usize,
) -> Registries {
    let client = session.client(region, meter);
    let [domain, _] = partition_of(region).domains();
    let host = format!("{}.dkr.ecr.{region}.{domain}", session.account());
    let mut found = Registries::default();
    let (pages, refused) = ask.list(&client, &REPOSITORIES, region, []).await;
    found.gaps.extend(refused.map(CallError::into_gap));
    let mut names = BTreeSet::new();
    for repository in pages.iter().flat_map(|page| page.read().repositories()) {
        // An address elsewhere would be given the password.
        let name = repository.name().filter(|name| {
            is_repository(name) && repository.uri() == Some(&*format!("{host}/{name}"))
        });
        match name {
            Some(name) => drop(names.insert(name.to_owned())),
            None => {
                let what = "a repository has another address than the registry of the account";
                let gap = CallError::malformed(REGISTRY_REPOSITORIES, region, what).into_gap();
                found.gaps.push(gap);
            }
        }
    }
    if names.len() > MOST_REPOSITORIES {
        let mut gap = Gap::new(REGISTRY_REPOSITORIES, &host, Reason::Incomplete);
        gap.detail =
            Some(format!("{} repositories, of which {MOST_REPOSITORIES} are read", names.len()));
        found.gaps.push(gap);
    }
    let names = names.into_iter().take(MOST_REPOSITORIES);
    let images = names.map(|name| images_of(ask, &client, region, &host, name, newest));
    for (images, gaps) in join_all(images).await {
        found.images.extend(images);
        found.gaps.extend(gaps);
    }
    // Without an image, no password is needed.
    if !found.images.is_empty() {
        match login(ask, &client, region, &host).await {
            Ok(login) => found.logins.push(login),
            Err(gap) => found.gaps.push(gap),
        }
    }
    for gap in &mut found.gaps {
        gap.region.get_or_insert_with(|| region.to_owned());
    }
    found
}

/// The newest images of a repository.
async fn images_of(
    ask: &ApiClient,
    client: &Client,
    region: &str,
    host: &str,
    name: String,
    newest: usize,
) -> (Vec<String>, Vec<Gap>) {
    let (pages, refused) = ask.list(client, &DESCRIBE_IMAGES, region, [name.as_str()]).await;
    let mut gaps: Vec<Gap> = refused.map(CallError::into_gap).into_iter().collect();
    let mut images = Vec::new();
    for image in pages.iter().flat_map(|page| page.read().images()) {
        let is_image = image.artifact().is_none_or(|kind| IMAGES.items().contains(&kind));
        if !is_image || !image.tags().any(|tag| !is_helper(tag)) {
            continue;
        }
        match (image.digest().filter(|digest| is_digest(digest)), image.pushed()) {
            (Some(digest), Some(pushed)) => images.push((pushed, digest.to_owned())),
            _ => {
                let what = "an image has no digest or no time";
                gaps.push(CallError::malformed(REGISTRY_IMAGES, &name, what).into_gap());
            }
        }
    }
    for gap in &mut gaps {
        gap.target = format!("{host}/{name}");
    }
    images.sort_by(|(a, first), (b, second)| b.total_cmp(a).then_with(|| first.cmp(second)));
    images.dedup_by(|(_, a), (_, b)| a == b);
    images.truncate(newest);
    (images.into_iter().map(|(_, digest)| format!("{host}/{name}@{digest}")).collect(), gaps)
}

/// The password of the registry, if it is for that one.
async fn login(ask: &ApiClient, client: &Client, region: &str, host: &str) -> Result<Login, Gap> {
    let answer = ask.read(client, &TOKEN, host, region, []).await.map_err(CallError::into_gap)?;
    let wrong = |what: &str| CallError::malformed(REGISTRY_TOKEN, host, what).into_gap();
    let own = format!("https://{host}");
    let mut tokens = answer.read().tokens();
    let token = tokens.find(|token| token.endpoint() == Some(own.as_str()));
    let token = token.ok_or_else(|| wrong("no token is for the registry of the account"))?;
    let decoded = token.token().and_then(|token| BASE64_STANDARD.decode(token).ok());
    let text = decoded.and_then(|bytes| String::from_utf8(bytes).ok());
    let parts = text.as_deref().and_then(|text| text.split_once(':'));
    match parts {
        Some((user, password)) if !user.is_empty() && !password.is_empty() => Ok(Login {
            host: host.to_owned(),
            user: user.to_owned(),
            password: password.to_owned(),
        }),
        _ => Err(wrong("the token is not a name and a password")),
    }
}

/// [The names of repositories](https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_Repository.html).
fn is_repository(name: &str) -> bool {
    let is_part = |part: &str| {
        let inner = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
        !part.is_empty() && part.bytes().all(inner) && part != "." && part != ".."
    };
    name.len() <= 256 && name.split('/').all(is_part)
}

fn is_digest(digest: &str) -> bool {
    let hex = digest.strip_prefix("sha256:");
    hex.is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Whether a tag is that of a signature, an attestation or a bill of materials of another image.
fn is_helper(tag: &str) -> bool {
    tag.starts_with("sha256-")
}

#[cfg(test)]
#[path = "registries_tests.rs"]
mod tests;
