//! How registries are read.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use crate::docker_config::{DockerConfig, Login};

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// How registries are read: credentials, bounds, and patience.
#[derive(Clone, Debug)]
pub struct Options {
    /// Credentials by registry, as references name it. They come before those of `config`.
    pub logins: BTreeMap<String, Login>,
    /// Docker's configuration with credentials; without it, other registries are read anonymously.
    pub config: Option<DockerConfig>,
    /// Runs no credential helper.
    pub no_exec: bool,
    /// How long a credential helper may take.
    pub helper_time: Duration,
    /// Reads registries on this machine (`localhost`, 127.0.0.0/8, `[::1]`) over plain HTTP. Others are always read over TLS.
    pub plain_loopback: bool,
    /// Certificates of authorities in PEM, by which registries are trusted beside those that the system trusts.
    pub authorities: Vec<u8>,
    /// Bounds.
    pub bounds: Bounds,
    /// How long a connection may take.
    pub connect_time: Duration,
    /// How long a response may take to begin, and how long a body may pause.
    pub idle_time: Duration,
    /// How long one manifest, one page of a list, or another small document may take.
    pub document_time: Duration,
    /// How long one image may take, from its manifest to its last layer; and one list.
    pub image_time: Duration,
    /// Attempts for one request, and continuations of one blob.
    pub attempts: u32,
    /// The wait before the second attempt; it doubles with each further one.
    pub backoff: Duration,
    /// The longest wait that `Retry-After` may ask for. If it asks for more, the request is given up.
    pub longest_wait: Duration,
    /// How to wait between attempts.
    pub pause: Pause,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            logins: BTreeMap::new(),
            config: None,
            no_exec: false,
            helper_time: Duration::from_secs(30),
            plain_loopback: false,
            authorities: Vec::new(),
            bounds: Bounds::default(),
            connect_time: Duration::from_secs(10),
            idle_time: Duration::from_secs(30),
            document_time: Duration::from_secs(5 * 60),
            image_time: Duration::from_secs(30 * 60),
            attempts: 4,
            backoff: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
            pause: Pause::default(),
        }
    }
}

/// How much is read at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of a manifest or index. Registries accept 4 MiB.
    pub manifest: u64,
    /// Bytes of a blob of which the size is not stated.
    pub blob: u64,
    /// Bytes of one page of a list.
    pub page: u64,
    /// Pages of a list.
    pub pages: usize,
    /// Tags of a repository.
    pub tags: usize,
    /// Referrers of a manifest.
    pub referrers: usize,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            manifest: 4 * MIB,
            blob: 10 * GIB,
            page: 4 * MIB,
            pages: 100,
            tags: 50_000,
            referrers: 1_000,
        }
    }
}

/// Waits between attempts: by Tokio's timer, unless the caller has its own pace.
#[derive(Clone)]
pub struct Pause(Arc<dyn Fn(Duration) -> Waiting + Send + Sync>);

/// A wait that goes on.
pub type Waiting = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Pause {
    /// Waits as the function says.
    pub fn new(pause: impl Fn(Duration) -> Waiting + Send + Sync + 'static) -> Self {
        Self(Arc::new(pause))
    }

    /// Waits.
    pub async fn wait(&self, time: Duration) {
        (self.0)(time).await;
    }
}

impl Default for Pause {
    fn default() -> Self {
        Self::new(|time| Box::pin(tokio::time::sleep(time)))
    }
}

impl fmt::Debug for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pause")
    }
}
