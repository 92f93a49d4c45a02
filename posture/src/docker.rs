//! Docker: containers, Compose files and daemons, without an engine.

use posture_core::plan::Plan;
use posture_core::provider::Provider;
use posture_core::scope::Scope;
use posture_core::wanted::Wanted;

pub use posture_docker::{Options as Docker, Tree};

use crate::{Audit, Event, Read, Settings, files};

impl Audit<Docker> {
    /// What a file shows: what `docker inspect` or `docker info` printed, a Compose file, a `daemon.json`, or a folder of Compose
    /// projects; `-` is standard input. Nothing is run.
    pub fn docker(path: impl Into<std::path::PathBuf>) -> Self {
        Self {
            target: Docker { paths: vec![path.into()], ..Docker::default() },
            settings: Settings::default(),
        }
    }

    /// Reads another file or folder as well. What a daemon shows decides about its containers.
    #[must_use]
    pub fn path(mut self, path: impl Into<std::path::PathBuf>) -> Self {
        self.target.paths.push(path.into());
        self
    }

    /// Compose files that are merged in this order, as by `docker compose --file`.
    #[must_use]
    pub fn compose_files<P: Into<std::path::PathBuf>>(
        mut self,
        files: impl IntoIterator<Item = P>,
    ) -> Self {
        self.target.files.extend(files.into_iter().map(Into::into));
        self
    }

    /// A running engine, by its socket, such as `/var/run/docker.sock`. It is read by GET requests alone.
    #[must_use]
    pub fn socket(mut self, socket: impl Into<std::path::PathBuf>) -> Self {
        self.target.socket = Some(socket.into());
        self
    }

    /// The name of the whole, which is part of the IDs of findings; without it, the paths are.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.target.name = Some(name.into());
        self
    }

    /// A file with the values of variables in Compose files. Without it, no variable has a known value.
    #[must_use]
    pub fn env_file(mut self, file: impl Into<std::path::PathBuf>) -> Self {
        self.target.env_file = Some(file.into());
        self
    }

    /// The flags of `dockerd`; empty if it has none. Without it, what `daemon.json` does not set is not known.
    #[must_use]
    pub fn dockerd_flags(mut self, flags: impl Into<String>) -> Self {
        self.target.dockerd_flags = Some(flags.into());
        self
    }
}

/// Which requests would be made: those to the socket. Files are read without a call.
pub(crate) fn plan(docker: &Docker) -> Vec<(String, Plan)> {
    let title = |path: &std::path::Path| format!("Docker at {}", path.display());
    let socket = docker.socket.as_deref();
    socket.map(|path| (title(path), posture_docker::socket::plan())).into_iter().collect()
}

/// Reads the files.
pub(crate) async fn read<E: Send>(
    docker: &Docker,
    settings: &Settings,
    take: &(impl Fn(Scope) -> Result<(), E> + Send + Sync),
) -> Result<(), Read<E>> {
    let provider = Provider::Docker;
    let options = docker.clone();
    let read = move |wanted: &Wanted| {
        let now = || jiff::Timestamp::now().into();
        posture_docker::read::read(&options, wanted, now)
    };
    let tree = files::read(provider, settings, read).await;
    let account = tree.scope.id.clone();
    files::note_others(settings, &tree.others, "more");
    if tree.is_empty() {
        // A report about nothing must not look like one about something good.
        settings.note(&format!("no container, service or daemon in {account}"));
    } else {
        take(tree.scope).map_err(Read::Take)?;
    }
    Event::Done { provider, account }.tell(settings.observer.as_ref());
    Ok(())
}
