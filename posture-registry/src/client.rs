//! What can be read of registries: manifests, blobs, tags, referrers.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use posture_image::digest::{Algorithm, Digest};
use posture_image::manifest::{Descriptor, MEDIA_TYPES};
use posture_image::reference::Reference;
use posture_image::text;
use reqwest::{Method, Response};

use crate::body;
use crate::error::{Error, Why};
use crate::net::Names;
use crate::options::Options;
use crate::request::{Ask, Tries, header, send};
use crate::site::Site;

/// Reads registries. Clones share connections, credentials and tokens. A registry that never answered is not called again, so that each
/// audit needs its own client.
#[derive(Clone, Debug)]
pub struct Client(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    options: Options,
    names: Names,
    sites: Mutex<HashMap<String, Arc<Site>>>,
    /// Manifests that were read: their repositories can be.
    read: Mutex<HashSet<(String, String, Digest)>>,
}

/// The most manifests that are remembered as read.
const MOST_READ: usize = 10_000;

/// A manifest or index, checked against its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its media type, as the registry states it, its digest, and its size.
    pub descriptor: Descriptor,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Client {
    /// A client. Nothing is connected to, and no credential helper is run, before something is requested.
    pub fn new(options: Options) -> Self {
        Self::with(options, Names::default())
    }

    pub(crate) fn with(options: Options, names: Names) -> Self {
        let (sites, read) = (Mutex::default(), Mutex::default());
        Self(Arc::new(Inner { options, names, sites, read }))
    }

    /// How registries are read.
    pub fn options(&self) -> &Options {
        &self.0.options
    }

    /// Reads the manifest or index that a reference leads to. A digest of the reference decides, and is checked; else that of the tag
    /// is computed.
    ///
    /// # Errors
    ///
    /// It could not be read, or is another one.
    pub async fn manifest(&self, reference: &Reference) -> Result<Fetched, Error> {
        let of = reference.digest.as_ref().map(ToString::to_string);
        let of = of.or_else(|| reference.effective_tag().map(str::to_owned)).unwrap_or_default();
        self.manifest_at(reference, &of, reference.digest.as_ref()).await
    }

    /// Reads a manifest or index of the reference's repository by its digest.
    ///
    /// # Errors
    ///
    /// It could not be read, or is another one.
    pub async fn manifest_of(
        &self,
        reference: &Reference,
        digest: &Digest,
    ) -> Result<Fetched, Error> {
        self.manifest_at(reference, &digest.to_string(), Some(digest)).await
    }

    pub(crate) async fn manifest_at(
        &self,
        reference: &Reference,
        of: &str,
        digest: Option<&Digest>,
    ) -> Result<Fetched, Error> {
        let repository = &reference.repository;
        let sign = if digest.is_some() { '@' } else { ':' };
        let asked = format!("the manifest {repository}{sign}{of}");
        let work = async {
            let site = self.site(reference)?;
            let ask = Ask {
                method: Method::GET,
                url: site.url(repository, &format!("manifests/{of}")),
                repository: repository.clone(),
                accept: MEDIA_TYPES.join(", "),
                from: 0,
            };
            let (media_type, claim, bytes) =
                self.whole(&site, &ask, self.0.options.bounds.manifest).await?;
            let algorithm = digest.map_or(Algorithm::Sha256, Digest::algorithm);
            let found = Digest::of(algorithm, &bytes);
            // What the registry states for a tag shows whether the bytes are those that it sent.
            let claim = claim.and_then(|claim| Digest::parse(&claim).ok());
            let claim = claim.filter(|claim| digest.is_none() && claim.algorithm() == algorithm);
            if let Some(stated) = digest.or(claim.as_ref()).filter(|stated| **stated != found) {
                return Err(Why::Mismatch(format!(
                    "the bytes have the digest {found}, not {stated}"
                )));
            }
            let size = bytes.len() as u64;
            self.note_read(reference, &found);
            Ok(Fetched { descriptor: described(media_type, found, size), bytes })
        };
        work.await.map_err(|why| error(reference, asked, why))
    }

    /// Reads a small blob of the reference's repository, and checks it against the digest and size of its descriptor.
    ///
    /// # Errors
    ///
    /// It could not be read, is larger than `limit`, or is another one.
    pub async fn blob(
        &self,
        reference: &Reference,
        stated: &Descriptor,
        limit: u64,
    ) -> Result<Vec<u8>, Error> {
        let asked = format!("the blob {}@{}", reference.repository, stated.digest);
        let work = async {
            if stated.foreign {
                let why = "it is only at other addresses, which are never read";
                return Err(Why::NotRequested(why.to_owned()));
            }
            if stated.size > limit {
                return Err(Why::TooLarge(limit));
            }
            let site = self.site(reference)?;
            let ask = self.blob_ask(&site, reference, &stated.digest);
            let differs = |what: String| {
                Why::Mismatch(format!("{what}, not the {} that are stated", stated.size))
            };
            let (_, _, bytes) =
                self.whole(&site, &ask, stated.size).await.map_err(|why| match why {
                    Why::TooLarge(size) => differs(format!("more than {size} bytes")),
                    why => why,
                })?;
            if bytes.len() as u64 != stated.size {
                return Err(differs(format!("{} bytes", bytes.len())));
            }
            let found = Digest::of(stated.digest.algorithm(), &bytes);
            if found != stated.digest {
                return Err(Why::Mismatch(format!("the bytes have the digest {found}")));
            }
            Ok(bytes)
        };
        work.await.map_err(|why| error(reference, asked, why))
    }

    pub(crate) fn blob_ask(&self, site: &Site, reference: &Reference, digest: &Digest) -> Ask {
        Ask {
            method: Method::GET,
            url: site.url(&reference.repository, &format!("blobs/{digest}")),
            repository: reference.repository.clone(),
            accept: "*/*".to_owned(),
            from: 0,
        }
    }

    /// Whether a manifest is there, without reading it.
    pub(crate) async fn has_manifest(
        &self,
        reference: &Reference,
        digest: &Digest,
    ) -> Result<(), Why> {
        let key = (reference.registry.clone(), reference.repository.clone(), digest.clone());
        if self.0.read.lock().unwrap_or_else(PoisonError::into_inner).contains(&key) {
            return Ok(());
        }
        let site = self.site(reference)?;
        let ask = Ask {
            method: Method::HEAD,
            url: site.url(&reference.repository, &format!("manifests/{digest}")),
            repository: reference.repository.clone(),
            accept: MEDIA_TYPES.join(", "),
            from: 0,
        };
        self.answer(&site, &ask).await.map(drop)
    }

    fn note_read(&self, reference: &Reference, digest: &Digest) {
        let mut read = self.0.read.lock().unwrap_or_else(PoisonError::into_inner);
        if read.len() < MOST_READ {
            read.insert((reference.registry.clone(), reference.repository.clone(), digest.clone()));
        }
    }

    /// The response to a request, after as many attempts as are allowed.
    pub(crate) async fn answer(&self, site: &Site, ask: &Ask) -> Result<Response, Why> {
        let mut tries = Tries::new(&self.0.options);
        loop {
            match send(site, &self.0.options, ask).await {
                Ok(response) => return Ok(response),
                Err(why) => tries.again(site, why).await?,
            }
        }
    }

    /// A whole body with the media type and the digest that the registry states, after as many attempts as are allowed.
    pub(crate) async fn whole(
        &self,
        site: &Site,
        ask: &Ask,
        limit: u64,
    ) -> Result<(String, Option<String>, Vec<u8>), Why> {
        let mut tries = Tries::new(&self.0.options);
        loop {
            let read = async {
                let response = send(site, &self.0.options, ask).await?;
                let media_type = header(response.headers(), "content-type").unwrap_or_default();
                let media_type = media_type.split(';').next().unwrap_or_default().trim().to_owned();
                let claim = header(response.headers(), "docker-content-digest").map(str::to_owned);
                let bytes = body::whole(response, limit, &self.0.options).await?;
                Ok((media_type, claim, bytes))
            };
            match read.await {
                Ok(read) => return Ok(read),
                Err(why) => tries.again(site, why).await?,
            }
        }
    }

    pub(crate) fn site(&self, reference: &Reference) -> Result<Arc<Site>, Why> {
        let mut sites = self.0.sites.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(site) = sites.get(&reference.registry) {
            return site.gone.get().cloned().map_or_else(|| Ok(Arc::clone(site)), Err);
        }
        let site =
            Arc::new(Site::open(&reference.registry, &self.0.options, self.0.names.clone())?);
        sites.insert(reference.registry.clone(), Arc::clone(&site));
        Ok(site)
    }
}

pub(crate) fn error(reference: &Reference, asked: impl Into<String>, why: Why) -> Error {
    let registry = text::escape(reference.registry.as_bytes());
    Error { registry, asked: asked.into(), why }
}

fn described(media_type: String, digest: Digest, size: u64) -> Descriptor {
    Descriptor {
        media_type,
        digest,
        size,
        platform: None,
        annotations: std::collections::BTreeMap::new(),
        foreign: false,
        artifact_type: None,
    }
}
