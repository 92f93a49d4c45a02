//! The configuration of an image, and what it answers.
//!
//! The fields are those of the [OCI image configuration](https://github.com/opencontainers/image-spec/blob/main/config.md), with
//! `Healthcheck`, `OnBuild` and `Shell`, which only Docker's form has.

pub mod environment;
pub mod habits;
pub mod history;
mod shell;
pub mod user;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::digest::Digest;
use crate::json;
use crate::limits::Limits;
use crate::manifest::{Platform, strings};
use crate::text;
use crate::truth::{Cause, Gap, List};
use history::Step;

/// The configuration of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Config {
    /// The operating system and processor.
    pub platform: Option<Platform>,
    /// When it was built, as written. 1970-01-01 or the year 1 is a reproducible build, not an old image.
    pub created: Option<String>,
    /// The user, as written; empty for root.
    pub user: String,
    /// Environment variables, in order. One without `=` has an empty value.
    pub env: Vec<(String, String)>,
    /// The program that a container starts, and its arguments.
    pub entrypoint: Vec<String>,
    /// The default arguments, or the program if there is no entry point.
    pub cmd: Vec<String>,
    /// The ports that it declares. They are documentation: none is published by it.
    pub ports: List<Port>,
    /// Directories for which every container gets a volume.
    pub volumes: Vec<String>,
    /// Labels: free text of the author.
    pub labels: BTreeMap<String, String>,
    /// The health check.
    pub health: Health,
    /// Instructions that run when another image is built on this one.
    pub on_build: Vec<String>,
    /// The directory in which the program starts.
    pub working_dir: String,
    /// Who made it: free text.
    pub author: String,
    /// The shell of commands in shell form.
    pub shell: Vec<String>,
    /// The signal that stops a container.
    pub stop_signal: Option<String>,
    /// The steps of the build. They may be missing, shortened or wrong.
    pub history: List<Step>,
    /// The digests of the layers' contents, from the lowest.
    pub diff_ids: Vec<Digest>,
}

/// A port that an image declares.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Port {
    /// The first port.
    pub first: u16,
    /// The last port of a range; equal to the first for one port.
    pub last: u16,
    /// `tcp`, `udp` or `sctp`.
    pub protocol: String,
}

/// Ports over which machines are managed, with the name of the service.
pub const MANAGEMENT: [(u16, &str); 7] = [
    (21, "FTP"),
    (22, "SSH"),
    (23, "telnet"),
    (2375, "Docker API"),
    (2376, "Docker API"),
    (3389, "RDP"),
    (5900, "VNC"),
];

impl Port {
    /// Reads `port[-port][/protocol]`.
    pub fn parse(port: &str) -> Option<Self> {
        let (numbers, protocol) = port.split_once('/').unwrap_or((port, "tcp"));
        let (first, last) = numbers.split_once('-').unwrap_or((numbers, numbers));
        let number = |number: &str| {
            number.parse().ok().filter(|_| number.bytes().all(|byte| byte.is_ascii_digit()))
        };
        let (first, last): (u16, u16) = (number(first)?, number(last)?);
        let protocol = protocol.to_ascii_lowercase();
        let known = ["tcp", "udp", "sctp"].contains(&protocol.as_str());
        (known && first > 0 && first <= last).then_some(Self { first, last, protocol })
    }

    /// Whether only a privileged process could bind it on a host.
    pub const fn is_privileged(&self) -> bool {
        self.first < 1024
    }

    /// The management service that is usual on it.
    pub fn management(&self) -> Option<&'static str> {
        let inside = |(port, _): &&(u16, &str)| (self.first..=self.last).contains(port);
        MANAGEMENT.iter().find(inside).filter(|_| self.protocol == "tcp").map(|(_, name)| *name)
    }
}

impl std::fmt::Display for Port {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.first == self.last {
            write!(f, "{}/{}", self.first, self.protocol)
        } else {
            write!(f, "{}-{}/{}", self.first, self.last, self.protocol)
        }
    }
}

/// The health check of an image. Only Docker and Podman run it; Kubernetes ignores it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// The configuration has none. In OCI's form that is all that can be stated.
    #[default]
    Absent,
    /// `NONE`: one of the base image is switched off.
    Off,
    /// A command.
    Command(Vec<String>),
    /// It is malformed.
    Unknown(Gap),
}

/// The fields that are read, as the specification spells them.
const FIELDS: [&str; 26] = [
    "Cmd",
    "Entrypoint",
    "Env",
    "ExposedPorts",
    "Healthcheck",
    "Labels",
    "OnBuild",
    "Shell",
    "StopSignal",
    "Test",
    "User",
    "Volumes",
    "WorkingDir",
    "architecture",
    "author",
    "comment",
    "config",
    "created",
    "created_by",
    "diff_ids",
    "empty_layer",
    "history",
    "os",
    "rootfs",
    "type",
    "variant",
];

/// Directories of the system that should not be volumes.
const SENSITIVE: [&str; 12] = [
    "/", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/sbin", "/sys",
    "/usr",
];

/// Those of which no directory inside should be a volume either, and others that hold keys or the socket of an engine.
const SENSITIVE_INSIDE: [&str; 14] = [
    "/boot",
    "/dev",
    "/proc",
    "/root",
    "/sys",
    "/etc/ssh",
    "/etc/ssl/private",
    "/etc/pki",
    "/etc/kubernetes",
    "/run/containerd",
    "/run/docker.sock",
    "/var/run/docker.sock",
    "/var/lib/docker",
    "/var/lib/kubelet",
];

impl Config {
    /// Reads the bytes of a configuration.
    ///
    /// # Errors
    ///
    /// It is not JSON, or its fields have other types.
    pub fn read(bytes: &[u8], place: &str, limits: &Limits) -> Result<Self, Gap> {
        let malformed = |detail: String| Gap::new(Cause::Malformed, place, detail);
        let value = json::parse_fields(bytes, limits.json_depth, &FIELDS).map_err(&malformed)?;
        let object = |value: &Value| value.is_object() || value.is_null();
        if !value.is_object() || !value.get("config").is_none_or(object) {
            return Err(malformed("not the configuration of an image".to_owned()));
        }
        let outer = Fields { value: &value, place };
        let null = Value::Null;
        let inner = Fields { value: value.get("config").unwrap_or(&null), place };
        let rootfs = Fields { value: value.get("rootfs").unwrap_or(&null), place };
        let digest =
            |digest: &String| Digest::parse(digest).map_err(|error| malformed(error.to_string()));
        let diff_ids =
            rootfs.texts("diff_ids")?.iter().map(digest).collect::<Result<Vec<_>, _>>()?;
        let env = inner.texts("Env")?.into_iter().map(|entry| match entry.split_once('=') {
            Some((name, value)) => (name.to_owned(), value.to_owned()),
            None => (entry, String::new()),
        });
        let mut ports = List::default();
        for port in inner.keys("ExposedPorts")? {
            match Port::parse(&port) {
                Some(port) => ports.items.push(port),
                None => {
                    let detail = format!("not a port: {}", text::clip(port.as_bytes(), 60));
                    ports.lacks(Gap::new(Cause::Malformed, "ExposedPorts", detail));
                }
            }
        }
        ports.items.sort();
        let platform = match (outer.text("os")?, outer.text("architecture")?) {
            (Some(os), Some(architecture)) => {
                let variant = outer.text("variant")?.filter(|variant| !variant.is_empty());
                Some(Platform { os, architecture, variant })
            }
            _ => None,
        };
        if inner.value.get("Labels").is_some_and(|labels| !object(labels)) {
            return Err(malformed("`Labels` is not an object".to_owned()));
        }
        Ok(Self {
            platform,
            created: outer.text("created")?,
            user: inner.text("User")?.unwrap_or_default(),
            env: env.collect(),
            entrypoint: inner.texts("Entrypoint")?,
            cmd: inner.texts("Cmd")?,
            ports,
            volumes: inner.keys("Volumes")?,
            labels: strings(inner.value.get("Labels")),
            health: health(inner.value.get("Healthcheck")),
            on_build: inner.texts("OnBuild")?,
            working_dir: inner.text("WorkingDir")?.unwrap_or_default(),
            author: outer.text("author")?.unwrap_or_default(),
            shell: inner.texts("Shell")?,
            stop_signal: inner.text("StopSignal")?,
            history: history::read(value.get("history"), diff_ids.len()),
            diff_ids,
        })
    }

    /// The volumes on directories of the system.
    pub fn sensitive_volumes(&self) -> Vec<&str> {
        let clean = |volume: &str| {
            let mut parts: Vec<&str> = Vec::new();
            for part in volume.split('/').filter(|part| !part.is_empty() && *part != ".") {
                match part {
                    ".." => drop(parts.pop()),
                    part => parts.push(part),
                }
            }
            format!("/{}", parts.join("/"))
        };
        let is_sensitive = |volume: &&str| {
            let volume = clean(volume);
            let inside = |directory: &&str| {
                volume
                    .strip_prefix(*directory)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            };
            SENSITIVE.contains(&volume.as_str())
                || SENSITIVE_INSIDE.iter().any(inside)
                || volume.ends_with("/.ssh")
        };
        self.volumes.iter().map(String::as_str).filter(is_sensitive).collect()
    }

    /// Whether the program is started through a shell.
    pub fn starts_shell(&self) -> bool {
        let command = if self.entrypoint.is_empty() { &self.cmd } else { &self.entrypoint };
        let shells = ["sh", "bash", "ash", "dash"];
        let first = command.first().and_then(|program| program.rsplit('/').next());
        first.is_some_and(|program| shells.contains(&program))
            && command.get(1).is_some_and(|option| option == "-c")
    }
}

/// The fields of an object, with their types.
struct Fields<'a> {
    value: &'a Value,
    place: &'a str,
}

impl Fields<'_> {
    fn wrong(&self, key: &str) -> Gap {
        Gap::new(Cause::Malformed, self.place, format!("`{key}` has another type"))
    }

    fn text(&self, key: &str) -> Result<Option<String>, Gap> {
        match self.value.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(_) => Err(self.wrong(key)),
        }
    }

    fn texts(&self, key: &str) -> Result<Vec<String>, Gap> {
        match self.value.get(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            // Docker accepts one text in the place of a list for commands.
            Some(Value::String(text)) if key == "Cmd" || key == "Entrypoint" => {
                Ok(vec![text.clone()])
            }
            Some(Value::Array(list)) => list
                .iter()
                .map(|entry| entry.as_str().map(str::to_owned).ok_or_else(|| self.wrong(key)))
                .collect(),
            Some(_) => Err(self.wrong(key)),
        }
    }

    fn keys(&self, key: &str) -> Result<Vec<String>, Gap> {
        match self.value.get(key) {
            None | Some(Value::Null) => Ok(Vec::new()),
            Some(Value::Object(map)) => Ok(map.keys().cloned().collect()),
            Some(_) => Err(self.wrong(key)),
        }
    }
}

fn health(value: Option<&Value>) -> Health {
    let Some(check) = value.filter(|value| !value.is_null()) else { return Health::Absent };
    let unknown = |detail: &str| Health::Unknown(Gap::new(Cause::Malformed, "Healthcheck", detail));
    let test = match check.get("Test") {
        None | Some(Value::Null) => return Health::Absent,
        Some(Value::Array(test)) => test,
        Some(_) => return unknown("`Test` is not a list"),
    };
    let test: Option<Vec<String>> =
        test.iter().map(|part| part.as_str().map(str::to_owned)).collect();
    match test.as_deref() {
        // Docker takes the one of the base image, which the build has resolved already.
        Some([]) => Health::Absent,
        Some([none]) if none == "NONE" => Health::Off,
        Some([form, command @ ..])
            if (form == "CMD" || form == "CMD-SHELL") && !command.is_empty() =>
        {
            Health::Command(command.to_vec())
        }
        _ => unknown("`Test` is neither NONE, CMD nor CMD-SHELL"),
    }
}

#[cfg(test)]
#[path = "config_tests.rs"]
mod tests;
