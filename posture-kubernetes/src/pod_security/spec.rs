//! What the standards read of a pod.

use crate::read::{Invalid, Object, below};
use crate::workload::PodOf;

/// A value with the path of its field.
#[derive(Clone, Debug)]
pub(super) struct At<T> {
    pub(super) path: String,
    pub(super) value: T,
}

/// The fields of a security context, of a pod or of a container. A field that one of them does not have is absent.
#[derive(Clone, Debug, Default)]
pub(super) struct Security {
    pub(super) path: String,
    pub(super) run_as_non_root: Option<bool>,
    pub(super) run_as_user: Option<i64>,
    /// `user`, `role` and `type` of the options for SELinux.
    pub(super) se_linux: Vec<At<String>>,
    /// The type of the profile; empty if the profile has none.
    pub(super) seccomp: Option<At<String>>,
    pub(super) app_armor: Option<At<String>>,
    pub(super) host_process: Option<At<bool>>,
    pub(super) privileged: Option<bool>,
    pub(super) escalation: Option<bool>,
    pub(super) add: Vec<At<String>>,
    pub(super) drop: Vec<String>,
    pub(super) proc_mount: Option<String>,
}

#[derive(Clone, Debug)]
pub(super) struct Container {
    pub(super) name: String,
    pub(super) security: Security,
    pub(super) host_ports: Vec<At<i64>>,
    /// The ports without a port of the node, each with the path that it would have.
    pub(super) ports: Vec<At<i64>>,
    /// The hosts that probes and lifecycle hooks name.
    pub(super) hosts: Vec<At<String>>,
}

#[derive(Clone, Debug)]
pub(super) struct Volume {
    pub(super) path: String,
    pub(super) name: String,
    /// The names of its sources: one in what the server accepts.
    pub(super) sources: Vec<String>,
}

#[derive(Clone, Debug)]
pub(super) struct PodSpec {
    pub(super) path: String,
    /// The path of the annotations, and each of them.
    pub(super) annotations: (String, Vec<(String, String)>),
    pub(super) host_network: Option<bool>,
    pub(super) host_pid: Option<bool>,
    pub(super) host_ipc: Option<bool>,
    pub(super) host_users: Option<bool>,
    pub(super) windows: bool,
    pub(super) security: Security,
    pub(super) sysctls: Vec<At<String>>,
    pub(super) volumes: Vec<Volume>,
    pub(super) containers: Vec<Container>,
}

impl PodSpec {
    pub(super) fn read(pod: &PodOf<'_>) -> Result<Self, Invalid> {
        let mut fields = Object::of(pod.value, pod.path)?;
        let annotations = match fields.object("metadata")? {
            Some(mut metadata) => (metadata.at("annotations"), metadata.map("annotations")?),
            None => (String::new(), Vec::new()),
        };
        let empty = serde_json::Value::Object(serde_json::Map::new());
        let path = below(pod.path, "spec");
        let mut spec = match fields.object("spec")? {
            Some(spec) => spec,
            None => Object::of(&empty, path.clone())?,
        };
        let windows = match spec.object("os")? {
            Some(mut os) => os.text("name")? == Some("windows"),
            None => false,
        };
        let (security, sysctls) = match spec.object("securityContext")? {
            Some(mut context) => {
                let mut sysctls = Vec::new();
                for mut one in context.objects("sysctls")? {
                    let value = one.text("name")?.unwrap_or_default().to_owned();
                    sysctls.push(At { path: one.at("name"), value });
                }
                (security(context)?, sysctls)
            }
            None => (absent(below(&path, "securityContext")), Vec::new()),
        };
        let mut containers = Vec::new();
        for kind in ["initContainers", "containers", "ephemeralContainers"] {
            for one in spec.objects(kind)? {
                containers.push(container(one)?);
            }
        }
        let volumes = spec.objects("volumes")?.into_iter().map(volume).collect::<Result<_, _>>()?;
        Ok(Self {
            annotations,
            host_network: spec.boolean("hostNetwork")?,
            host_pid: spec.boolean("hostPID")?,
            host_ipc: spec.boolean("hostIPC")?,
            host_users: spec.boolean("hostUsers")?,
            windows,
            security,
            sysctls,
            volumes,
            containers,
            path,
        })
    }
}

fn absent(path: String) -> Security {
    Security { path, ..Security::default() }
}

fn profile(context: &mut Object<'_>, field: &'static str) -> Result<Option<At<String>>, Invalid> {
    let Some(mut profile) = context.object(field)? else { return Ok(None) };
    let value = profile.text("type")?.unwrap_or_default().to_owned();
    Ok(Some(At { path: profile.at("type"), value }))
}

fn security(mut context: Object<'_>) -> Result<Security, Invalid> {
    let mut security = absent(context.path().to_owned());
    security.run_as_non_root = context.boolean("runAsNonRoot")?;
    security.run_as_user = context.integer("runAsUser")?;
    security.seccomp = profile(&mut context, "seccompProfile")?;
    security.app_armor = profile(&mut context, "appArmorProfile")?;
    if let Some(mut options) = context.object("seLinuxOptions")? {
        for field in ["type", "user", "role"] {
            if let Some(value) = options.text(field)? {
                security.se_linux.push(At { path: options.at(field), value: value.to_owned() });
            }
        }
    }
    if let Some(mut options) = context.object("windowsOptions")?
        && let Some(value) = options.boolean("hostProcess")?
    {
        security.host_process = Some(At { path: options.at("hostProcess"), value });
    }
    security.privileged = context.boolean("privileged")?;
    security.escalation = context.boolean("allowPrivilegeEscalation")?;
    security.proc_mount = context.text("procMount")?.map(str::to_owned);
    if let Some(mut capabilities) = context.object("capabilities")? {
        let added = capabilities.texts("add")?.into_iter().enumerate();
        let path = |place| capabilities.at(&format!("add[{place}]"));
        security.add =
            added.map(|(place, one)| At { path: path(place), value: one.to_owned() }).collect();
        security.drop = capabilities.texts("drop")?.into_iter().map(str::to_owned).collect();
    }
    Ok(security)
}

fn container(mut container: Object<'_>) -> Result<Container, Invalid> {
    let name = container.text("name")?.unwrap_or_default().to_owned();
    let security = match container.object("securityContext")? {
        Some(context) => security(context)?,
        None => absent(container.at("securityContext")),
    };
    let (mut host_ports, mut ports) = (Vec::new(), Vec::new());
    for mut port in container.objects("ports")? {
        let path = port.at("hostPort");
        let own = port.integer("containerPort")?.unwrap_or_default();
        match port.integer("hostPort")? {
            None | Some(0) => ports.push(At { path, value: own }),
            Some(value) => host_ports.push(At { path, value }),
        }
    }
    let mut hosts = Vec::new();
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = container.object(probe)? {
            handler(probe, &mut hosts)?;
        }
    }
    if let Some(mut lifecycle) = container.object("lifecycle")? {
        for hook in ["postStart", "preStop"] {
            if let Some(hook) = lifecycle.object(hook)? {
                handler(hook, &mut hosts)?;
            }
        }
    }
    Ok(Container { name, security, host_ports, ports, hosts })
}

fn handler(mut handler: Object<'_>, hosts: &mut Vec<At<String>>) -> Result<(), Invalid> {
    for action in ["httpGet", "tcpSocket"] {
        if let Some(mut action) = handler.object(action)?
            && let Some(host) = action.text("host")?
        {
            hosts.push(At { path: action.at("host"), value: host.to_owned() });
        }
    }
    Ok(())
}

fn volume(mut volume: Object<'_>) -> Result<Volume, Invalid> {
    let name = volume.text("name")?.unwrap_or_default().to_owned();
    let sources = volume.names().filter(|field| *field != "name").map(str::to_owned).collect();
    Ok(Volume { path: volume.path().to_owned(), name, sources })
}
