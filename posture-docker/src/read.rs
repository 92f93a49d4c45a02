//! From files to a scope: what each file is, and what all of them show together.
//!
//! Nothing is skipped silently. A file that cannot be read, or that the program that reads it would reject, is a gap with the reason
//! [`Reason::InvalidFile`]; what is read and not judged, such as an image, is counted.

mod folder;
mod listed;

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use posture_collect::files::{bounded, named, regular, shown};
use posture_model::fact::Gap as Open;
use posture_model::gap::{Gap, GapId, Reason, Register};
use posture_model::provider::Provider;
use posture_model::scope::{Calls, Level, Scope};
use posture_model::time::Time;
use posture_model::wanted::Wanted;
use posture_yaml::{Limits, Place};
use serde_json::Value;

use crate::compose::{Project, Variables, environment, load};
use crate::daemon::{self, Seen};
use crate::info::{COMPOSE, DAEMON_JSON, INFO_OUTPUT, INSPECT, PARTITION};
use crate::inspect;
use crate::mistake::Mistake;
use crate::settings::{Beside, Origin, Settings};
use crate::socket;
use listed::listed;

/// The most bytes of what an engine printed.
const OUTPUT: usize = 256 << 20;

/// What is read, and how.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Files and folders, each by itself; `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Compose files that are merged in this order, as by `docker compose --file`.
    pub files: Vec<PathBuf>,
    /// The socket of a running engine, such as `/var/run/docker.sock`. It is read by GET requests alone.
    pub socket: Option<PathBuf>,
    /// The name of the whole, which identifies it in findings; the paths if there is none.
    pub name: Option<String>,
    /// A file with the values of variables in Compose files. Without it, no variable has a known value.
    pub env_file: Option<PathBuf>,
    /// The flags of `dockerd`, as its unit or `ps` shows them; empty if it has none. Without it, they are not known.
    pub dockerd_flags: Option<String>,
}

/// What was read, and what was left out of the judgment.
#[derive(Debug)]
pub struct Tree {
    /// The containers, services and daemons, as facts.
    pub scope: Scope,
    /// What is not judged, each as `inspect.json: why`.
    pub others: Vec<String>,
}

impl Tree {
    /// Whether there is neither something to judge nor a file that may hold something.
    pub fn is_empty(&self) -> bool {
        let is_invalid = |gap: &Gap| gap.reason == Reason::InvalidFile;
        let Scope { workloads, daemons, gaps, .. } = &self.scope;
        workloads.items.is_empty()
            && daemons.items.is_empty()
            && workloads.gaps.iter().all(|gap| *gap == GapId::NOT_COLLECTED)
            && self.scope.calls.is_empty()
            && !gaps.iter().any(is_invalid)
    }
}

/// Reads what is wanted. The times are those at which the audit began and ended.
pub fn read(options: &Options, wanted: &Wanted, now: impl Fn() -> Time) -> Tree {
    let started = now();
    let name = options.name.clone().unwrap_or_else(|| {
        let all = options.paths.iter().chain(&options.files).chain(&options.socket);
        let all: Vec<PathBuf> = all.cloned().collect();
        named(&all)
    });
    let gaps = Register::default();
    let mut reading = Reading {
        gaps: &gaps,
        limits: Limits::default(),
        variables: Variables::default(),
        containers: Vec::new(),
        projects: Vec::new(),
        infos: Vec::new(),
        configs: Vec::new(),
        missing: Vec::new(),
        missing_daemons: Vec::new(),
        others: Vec::new(),
        shows_host: false,
        shows_containers: false,
    };
    reading.variables(options.env_file.as_deref());
    for path in &options.paths {
        reading.path(path);
    }
    if !options.files.is_empty() {
        let all = options.files.iter().map(|path| (path.clone(), reading.bytes(path)));
        let all: Vec<_> = all.collect();
        reading.project(&all);
    }
    let mut scope = Scope::unread(Provider::Docker, name.clone(), PARTITION, started);
    scope.name = Some(name);
    if let Some(path) = &options.socket {
        scope.calls = reading.socket(path);
    }
    let others = reading.finish(options.dockerd_flags.as_deref(), wanted, &mut scope);
    scope.gaps = gaps.into_list();
    scope.finished = now();
    scope.canonicalise();
    Tree { scope, others }
}

/// What was read so far.
struct Reading<'g> {
    gaps: &'g Register,
    limits: Limits,
    variables: Variables,
    containers: Vec<Settings>,
    projects: Vec<Project>,
    infos: Vec<daemon::Output>,
    /// Configurations, or why one is not known.
    configs: Vec<Result<daemon::Config, GapId>>,
    /// Why there may be other containers and services.
    missing: Vec<GapId>,
    /// Why there may be other daemons.
    missing_daemons: Vec<GapId>,
    others: Vec<String>,
    /// Whether something shows a host, and not only what is to run on one.
    shows_host: bool,
    /// Whether something shows containers or services, also that there are none.
    shows_containers: bool,
}

impl Reading<'_> {
    fn bytes(&self, path: &Path) -> io::Result<Vec<u8>> {
        if path.as_os_str() == "-" {
            return bounded(io::stdin().lock(), OUTPUT);
        }
        // What the user names may be a pipe, as a shell makes one of `<(docker inspect …)`.
        std::fs::File::open(path).and_then(|file| bounded(file, OUTPUT))
    }

    fn note(&mut self, gap: Gap) -> GapId {
        self.gaps.note(gap)
    }

    /// A file of which it is not known what it holds.
    fn unreadable(&mut self, file: &str, action: &str, mistake: Mistake) {
        let gap = self.note(mistake.gap(action, file));
        self.missing.push(gap);
        self.missing_daemons.push(gap);
    }

    fn variables(&mut self, file: Option<&Path>) {
        let Some(path) = file else { return };
        let place = |line| Place { line, column: 1 };
        let found = self.bytes(path).map_err(|error| (1, error.to_string())).and_then(|bytes| {
            let text =
                String::from_utf8(bytes).map_err(|_| (1, "the text is not UTF-8".to_owned()))?;
            environment(&text)
                .map_err(|line| (line, "not a variable such as `NAME=value`".to_owned()))
        });
        match found {
            Ok(values) => self.variables.values = Some(values),
            Err((line, problem)) => {
                let gap = Mistake::new(place(line), "", problem).gap(COMPOSE, &shown(path));
                let gap = self.note(gap);
                self.missing.push(gap);
            }
        }
    }

    fn path(&mut self, path: &Path) {
        if path.as_os_str() != "-" && path.is_dir() {
            return self.folder(path);
        }
        let bytes = self.bytes(path);
        let file = shown(path);
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                let mistake = Mistake::new(Place { line: 1, column: 1 }, "", error.to_string());
                return self.unreadable(&file, COMPOSE, mistake);
            }
        };
        let is_daemon = path.file_name().is_some_and(|name| name == DAEMON_JSON);
        let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
        match first {
            _ if is_daemon => self.config(&bytes, &file),
            Some(b'{' | b'[') => self.json(path, bytes, &file),
            _ => self.project(&[(path.to_owned(), Ok(bytes))]),
        }
    }

    /// A running engine. Its number of each request is returned.
    fn socket(&mut self, path: &Path) -> BTreeMap<String, Calls> {
        self.shows_host = true;
        self.shows_containers = true;
        let found = socket::read(path);
        let file = shown(path);
        for container in found.containers {
            self.value(container, &file);
        }
        if let Some(info) = found.info {
            match daemon::read_info(info) {
                Ok(info) => self.infos.push(info),
                Err(why) => {
                    let gap = Gap::new(socket::INFO, file.as_str(), Reason::Malformed);
                    let gap = self.note(Gap { detail: Some(posture_yaml::shown(&why)), ..gap });
                    self.missing_daemons.push(gap);
                }
            }
        }
        if let Some(gap) = found.no_info {
            let gap = self.note(gap);
            self.missing_daemons.push(gap);
        }
        for gap in found.missing {
            let gap = self.note(gap);
            self.missing.push(gap);
        }
        found.calls
    }

    /// The projects in a folder, and in those below it.
    fn folder(&mut self, path: &Path) {
        let folder::Found { projects, troubles, hidden } = folder::projects(path);
        let hidden = hidden.iter().map(|file| {
            format!("{}: in a hidden folder, which is not read unless it is named", shown(file))
        });
        self.others.extend(hidden);
        for (at, why) in troubles {
            let mistake = Mistake::new(Place { line: 1, column: 1 }, "", why);
            self.unreadable(&shown(&at), COMPOSE, mistake);
        }
        for files in projects {
            let all = files.into_iter().map(|file| {
                let bytes = regular(&file, self.limits.bytes);
                (file, bytes)
            });
            let all: Vec<_> = all.collect();
            self.project(&all);
        }
    }

    fn project(&mut self, files: &[(PathBuf, io::Result<Vec<u8>>)]) {
        self.shows_containers = true;
        let limit = self.limits.bytes;
        let open = |path: &Path| regular(path, limit);
        let project = load(files, (&self.variables, &self.limits), (&open, &shown), self.gaps);
        self.projects.push(project);
    }

    fn config(&mut self, bytes: &[u8], file: &str) {
        self.shows_host = true;
        match daemon::read_config(bytes, file, &self.limits) {
            Ok(config) => self.configs.push(Ok(config)),
            Err(mistakes) => {
                let mut first = None;
                for mistake in mistakes {
                    let gap = self.note(mistake.gap(DAEMON_JSON, file));
                    self.missing_daemons.push(gap);
                    first = first.or(Some(gap));
                }
                self.configs.extend(first.map(Err));
            }
        }
    }

    /// One value or several, one after the other, as a `--format` with one line for each prints them.
    fn json(&mut self, path: &Path, bytes: Vec<u8>, file: &str) {
        let mut values = Vec::new();
        for value in serde_json::Deserializer::from_slice(&bytes).into_iter::<Value>() {
            match value {
                Ok(value) => values.push(value),
                Err(_) if values.is_empty() && file.ends_with("ml") => {
                    // A Compose file in the flow style of YAML.
                    return self.project(&[(path.to_owned(), Ok(bytes))]);
                }
                Err(error) => {
                    let place = Place { line: error.line().max(1), column: error.column().max(1) };
                    let problem = if error.is_eof() {
                        "the file ends too early: it was truncated"
                    } else {
                        "not valid JSON"
                    };
                    self.shows_host = true;
                    self.unreadable(file, INSPECT, Mistake::new(place, "", problem));
                    break;
                }
            }
        }
        if let [one] = values.as_slice() {
            if one.get("services").is_some() {
                return self.project(&[(path.to_owned(), Ok(bytes))]);
            }
            if daemon::is_config(one) && !daemon::is_info(one) && !inspect::is_container(one) {
                return self.config(&bytes, file);
            }
        }
        for value in values {
            match value {
                Value::Array(items) => {
                    if items.is_empty() {
                        // A host without containers.
                        self.shows_containers = true;
                        self.others.push(format!("{file}: an empty list"));
                    }
                    for item in items {
                        self.value(item, file);
                    }
                }
                other => self.value(other, file),
            }
        }
    }

    fn value(&mut self, value: Value, file: &str) {
        if inspect::is_container(&value) {
            self.shows_host = true;
            self.shows_containers = true;
            self.containers.push(inspect::container(&value, self.gaps));
            return;
        }
        if daemon::is_info(&value) {
            self.shows_host = true;
            match daemon::read_info(value) {
                Ok(info) => self.infos.push(info),
                Err(why) => {
                    let gap = Gap::new(INFO_OUTPUT, file, Reason::Unreachable);
                    let gap = self.note(Gap { detail: Some(posture_yaml::shown(&why)), ..gap });
                    self.missing_daemons.push(gap);
                }
            }
            return;
        }
        let has = |field: &str| value.get(field).is_some();
        let what = if has("RepoTags") || has("RootFS") {
            "an image"
        } else if has("IPAM") {
            "a network"
        } else if has("Mountpoint") {
            "a volume"
        } else {
            "neither a container nor what `docker info` prints"
        };
        self.others.push(format!("{file}: {what}"));
    }

    fn flags(&mut self, flags: Option<&str>) -> Result<Option<daemon::Flags>, GapId> {
        let Some(line) = flags else { return Ok(None) };
        match daemon::read_flags(line) {
            Ok(flags) => Ok(Some(flags)),
            Err(mistakes) => {
                let mut first = GapId::NOT_COLLECTED;
                for mistake in mistakes.into_iter().rev() {
                    first = self.note(mistake.gap(DAEMON_JSON, "--dockerd-flags"));
                    self.missing_daemons.push(first);
                }
                Err(first)
            }
        }
    }

    /// The daemons: information, configuration and flags are of one, unless there are several.
    fn daemons(&mut self, flags: Option<&str>) -> Vec<daemon::Judged> {
        let flags = self.flags(flags);
        self.shows_host |= !matches!(flags, Ok(None));
        let (infos, configs) = (self.infos.clone(), self.configs.clone());
        let mut seen = Vec::new();
        if infos.len() <= 1 && configs.len() <= 1 {
            let (config, broken) = match configs.into_iter().next() {
                Some(Ok(config)) => (Some(config), None),
                Some(Err(gap)) => (None, Some(gap)),
                None => (None, None),
            };
            let (flags, wrong) = match flags {
                Ok(flags) => (flags, None),
                Err(gap) => (None, Some(gap)),
            };
            let mut clash = None;
            if let (Some(config), Some(flags)) = (&config, &flags) {
                for mistake in flags.conflicts(config) {
                    let gap = self.note(mistake.gap(DAEMON_JSON, "--dockerd-flags"));
                    self.missing_daemons.push(gap);
                    clash = clash.or(Some(gap));
                }
            }
            let info = infos.into_iter().next();
            let invalid = broken.or(wrong).or(clash);
            let one = Seen { info, config, flags, invalid };
            if one.info.is_some()
                || one.config.is_some()
                || one.flags.is_some()
                || invalid.is_some()
            {
                seen.push(one);
            }
        } else {
            seen.extend(infos.into_iter().map(|info| Seen { info: Some(info), ..Seen::default() }));
            seen.extend(configs.into_iter().map(|config| match config {
                Ok(config) => Seen { config: Some(config), ..Seen::default() },
                Err(gap) => Seen { invalid: Some(gap), ..Seen::default() },
            }));
        }
        seen.iter().map(|one| one.judge(self.gaps)).collect()
    }

    /// Fills the scope, and returns what is not judged.
    fn finish(mut self, flags: Option<&str>, wanted: &Wanted, scope: &mut Scope) -> Vec<String> {
        let daemons = self.daemons(flags);
        let mut all = std::mem::take(&mut self.containers);
        for project in std::mem::take(&mut self.projects) {
            all.extend(project.services);
            self.missing.extend(project.missing);
            self.others.extend(project.others);
        }
        scope.level = if self.shows_host { Level::Host } else { Level::Compose };
        let single = match daemons.as_slice() {
            [one] => Some(one),
            _ => None,
        };
        let names = all.iter().enumerate().flat_map(|(place, one)| {
            // The name of a service is not that of its container.
            let own = (one.origin == Origin::Inspect).then(|| one.name.clone());
            let names = one.aliases.iter().cloned().chain(own);
            names.map(move |name| (name, place))
        });
        let names = once(names, &all);
        let beside = Beside {
            gaps: self.gaps,
            daemon: single.map(|one| &one.daemon),
            address: single.map_or(Open(GapId::NOT_COLLECTED), |one| one.address.clone()),
            all: &names,
            settings: &all,
        };
        let workloads = all.iter().map(|one| one.workload(&beside)).collect();
        if self.shows_host && !self.shows_containers {
            let detail = "neither what `docker inspect` prints nor a Compose file was given";
            let gap = Gap::new(INSPECT, "", Reason::OutsideScope);
            let gap = self.gaps.note(Gap { detail: Some(detail.to_owned()), ..gap });
            self.missing.push(gap);
        }
        scope.workloads = listed(workloads, self.missing, wanted);
        let mut missing = self.missing_daemons;
        if daemons.is_empty() {
            let detail = "neither what `docker info` prints nor a daemon.json was given".to_owned();
            let gap = Gap::new(INFO_OUTPUT, "", Reason::OutsideScope);
            missing.push(self.gaps.note(Gap { detail: Some(detail), ..gap }));
        }
        let daemons = daemons.into_iter().map(|one| one.daemon).collect();
        if scope.level == Level::Host {
            scope.daemons = listed(daemons, missing, wanted);
        }
        self.others
    }
}

/// The names that stand for one container. A name that two have, such as a `container_name` of two projects, says nothing.
fn once(names: impl Iterator<Item = (String, usize)>, all: &[Settings]) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    let mut twice = BTreeSet::new();
    let key = |place: usize| all.get(place).map(|one| (&one.id, &one.source, &one.aliases));
    for (name, place) in names {
        let before = found.insert(name.clone(), place);
        // The same container may be given twice.
        if before.is_some_and(|before| key(before) != key(place)) {
            twice.insert(name);
        }
    }
    found.retain(|name, _| !twice.contains(name));
    found
}

#[cfg(test)]
#[path = "read_tests.rs"]
mod tests;
