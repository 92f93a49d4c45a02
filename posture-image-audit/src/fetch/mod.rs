//! Fetches what a database is made of: the dumps that [OSV](https://google.github.io/osv.dev/data/#data-dumps) publishes for
//! ecosystems, and the catalog of exploited vulnerabilities of CISA.
//!
//! An audit fetches nothing; only [`update()`] does, which a person or a timer runs. All or nothing: if one file cannot be fetched or is
//! not what it should be, the database and the catalog that were there stay as they are.
//!
//! Each dump has to have the hash that its store states, and to be that of the ecosystem that was asked for. CISA states no hash; its
//! catalog states how many vulnerabilities it has, and a part of it is not JSON.

mod ecosystems;
mod hash;
mod http;
#[cfg(test)]
mod tests;

use std::path::Path;

use posture_image::osv::{Builder, Database};
use posture_image::text;
use posture_model::time::Time;
use url::Url;

pub use ecosystems::ECOSYSTEMS;
pub use http::Patience;

use crate::exploited::Catalog;
use crate::update::{self, CatalogFile, DUMP, RECORD, Updated};
use http::{Ask, Why};

/// Where OSV publishes a folder for each ecosystem, with `all.zip` in it.
pub const OSV: &str = "https://osv-vulnerabilities.storage.googleapis.com/";
/// Where [CISA](https://www.cisa.gov/known-exploited-vulnerabilities-catalog) publishes its catalog.
pub const CISA: &str =
    "https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json";

/// What is fetched, and from where.
#[derive(Clone, Debug)]
pub struct Sources {
    /// Ecosystems of OSV, such as `Debian`, in any capitalization.
    pub ecosystems: Vec<String>,
    /// Where the dumps are: [`OSV`], or a mirror that keeps its paths and the header with hashes.
    pub dumps: String,
    /// Where the catalog of exploited vulnerabilities is; none to leave the one that is there.
    pub exploited: Option<String>,
    /// When the dumps were as they are, if their place does not show that. Of OSV itself it is the time at which they are fetched, and
    /// of a mirror, which may be an old copy, the last change of a record.
    pub fetched: Option<Time>,
    /// How long is waited.
    pub patience: Patience,
}

impl Sources {
    /// These ecosystems from OSV, and the catalog from CISA.
    pub fn new(ecosystems: Vec<String>) -> Self {
        Self {
            ecosystems,
            dumps: OSV.to_owned(),
            exploited: Some(CISA.to_owned()),
            fetched: None,
            patience: Patience::default(),
        }
    }
}

/// Why no database was made. The one that was there is unchanged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// What is asked for cannot be fetched.
    #[error("{0}")]
    Asked(String),
    /// A file was not fetched.
    #[error("cannot fetch {url}: {why}")]
    Failed {
        /// Its address.
        url: String,
        /// What happened.
        why: String,
    },
    /// What was fetched makes no database, or it cannot be written.
    #[error("{0}")]
    Made(String),
}

/// The ecosystems of a database, to fetch them again.
///
/// # Errors
/// It cannot be read, or is damaged.
pub fn held(database: &Path) -> Result<Vec<String>, String> {
    let database = Database::open(database).map_err(|open| open.to_string())?;
    Ok(database.description().dumps.keys().cloned().collect())
}

/// Fetches dumps and the catalog, and replaces the database and the catalog beside it.
///
/// # Errors
/// An ecosystem is not known, a file cannot be fetched or is not what it should be, or the database cannot be written.
pub async fn update(sources: &Sources, to: &Path, now: Time) -> Result<Updated, FetchError> {
    let mut names = Vec::new();
    for name in &sources.ecosystems {
        let name = ecosystems::spelled(name).map_err(FetchError::Asked)?;
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let dumps = address(&sources.dumps)?;
    let exploited = sources.exploited.as_deref().map(address).transpose()?;
    if names.is_empty() && exploited.is_none() {
        return Err(FetchError::Asked("nothing to fetch".to_owned()));
    }
    let patience = &sources.patience;
    let mut builder = Builder::default();
    let mut read = Vec::new();
    if !names.is_empty() {
        let client = http::client(&dumps, patience).map_err(|why| failed(&dumps, &why))?;
        for name in names {
            let url = dump(&dumps, name);
            let ask = Ask { url: &url, most: DUMP, hashed: true };
            let bytes = http::get(&client, ask, patience).await.map_err(|why| match why {
                Why::Absent => {
                    let near = ecosystems::near(name);
                    let why = format!("the server has no dump of `{name}` (status 404){near}");
                    FetchError::Failed { url: shown(&url), why }
                }
                why => failed(&url, &why),
            })?;
            let (made, found) = blocking(move || {
                let found = builder.add_dump(name, &bytes);
                (builder, found)
            })
            .await;
            builder = made;
            let (of, count) = found.map_err(|gap| unusable(&url, &gap.detail))?;
            if of != name {
                let of = text::clip(of.as_bytes(), 60);
                return Err(unusable(&url, &format!("it is the dump of `{of}`")));
            }
            read.push((shown(&url), of, count));
        }
    }
    let catalog = match &exploited {
        None => None,
        Some(url) => {
            let client = http::client(url, patience).map_err(|why| failed(url, &why))?;
            let ask = Ask { url, most: RECORD, hashed: false };
            let bytes = http::get(&client, ask, patience).await.map_err(|why| failed(url, &why))?;
            let catalog = Catalog::parse(&bytes).map_err(|why| unusable(url, &why))?;
            Some(CatalogFile { name: shown(url), bytes, count: catalog.ids.len() })
        }
    };
    let is_published = sources.dumps == OSV;
    let fetched = sources.fetched.or_else(|| is_published.then_some(now));
    let to = to.to_owned();
    let written = blocking(move || update::write(builder, read, catalog, &to, fetched)).await;
    written.map_err(FetchError::Made)
}

/// An address that files are fetched from: over TLS, and without it on this machine only.
fn address(text: &str) -> Result<Url, FetchError> {
    let words = text::clip(text.as_bytes(), 200);
    let refused = |why: &str| FetchError::Asked(format!("`{words}`: {why}"));
    let url = Url::parse(text).map_err(|_| refused("not the address of a server"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(FetchError::Asked("an address with credentials is not used".to_owned()));
    }
    match url.scheme() {
        "https" => Ok(url),
        "http" if http::is_local(&url) => Ok(url),
        _ => Err(refused("files are fetched over https only, except from this machine")),
    }
}

/// The address of a dump, below that of the store.
fn dump(store: &Url, name: &str) -> Url {
    let mut url = store.clone();
    if let Ok(mut path) = url.path_segments_mut() {
        path.pop_if_empty().extend([name, "all.zip"]);
    }
    url
}

fn shown(url: &Url) -> String {
    text::clip(url.as_str().as_bytes(), 300)
}

fn failed(url: &Url, why: &Why) -> FetchError {
    FetchError::Failed { url: shown(url), why: why.to_string() }
}

fn unusable(url: &Url, why: &str) -> FetchError {
    FetchError::Failed { url: shown(url), why: text::clip(why.as_bytes(), 300) }
}

/// Makes the database beside the runtime, which it would block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(work).await {
        Ok(done) => done,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}
