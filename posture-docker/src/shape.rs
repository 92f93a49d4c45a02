//! The parts of what a source shows of a container.

use posture_model::gap::GapId;

/// Whose namespace a container is in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// One of its own, or of a network.
    Own,
    /// That of the host.
    Host,
    /// That of another container, by its name or ID.
    Of(String),
    /// The default bridge, for a network.
    DefaultBridge,
}

/// A list, and why there may be more in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Many<T> {
    pub(crate) items: Vec<T>,
    pub(crate) open: Option<GapId>,
}

impl<T> Default for Many<T> {
    /// Nothing, and there is no more.
    fn default() -> Self {
        Self { items: Vec::new(), open: None }
    }
}

impl<T> Many<T> {
    pub(crate) fn unread(gap: GapId) -> Self {
        Self { items: Vec::new(), open: Some(gap) }
    }
}

/// A published port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Port {
    /// The first port of the host and the last one; none where the engine chooses.
    pub(crate) host: Option<(u16, u16)>,
    /// The address; none where the source gives none, and the daemon's `ip` decides.
    pub(crate) address: Option<String>,
    /// The port in the container, in words.
    pub(crate) container: String,
}

impl Port {
    /// The port in words.
    pub(crate) fn words(&self) -> String {
        let host = match self.host {
            Some((first, last)) if first == last => format!("port {first}"),
            Some((first, last)) => format!("ports {first}-{last}"),
            None => "a port that the engine chooses".to_owned(),
        };
        match &self.address {
            Some(address) => format!("{host} on {address} for {}", self.container),
            None => format!("{host} for {}", self.container),
        }
    }

    /// Whether it is below 1024.
    pub(crate) fn is_privileged(&self) -> bool {
        self.host.is_some_and(|(first, _)| first > 0 && first < 1024)
    }
}

/// Whether an address stands for all.
pub(crate) fn is_every(address: &str) -> bool {
    let address = address.trim_start_matches('[').trim_end_matches(']');
    matches!(address, "" | "0.0.0.0" | "::" | "0:0:0:0:0:0:0:0")
}

/// The names of settings in the source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Inspect,
    Compose,
}

impl Origin {
    /// The name in the source: that of Compose, or that of `docker inspect`.
    pub(crate) fn field(self, compose: &'static str, inspect: &'static str) -> &'static str {
        match self {
            Self::Compose => compose,
            Self::Inspect => inspect,
        }
    }
}
