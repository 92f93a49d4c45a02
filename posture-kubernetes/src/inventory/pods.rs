//! What workloads show beside the Pod Security Standards: images, resources, secrets, paths of the node, tokens.

use std::collections::{BTreeMap, BTreeSet};

use posture_collect::host_paths::{is_sensitive, is_system_directory, plain};
use posture_model::dated::Dated;
use serde_json::Value;

use super::credentials;
use super::shown::{List, Shown, Token};
use crate::read::{Invalid, Object, kind_of};
use crate::workload::PodOf;

/// The users that containers run as, as far as the object sets them.
#[derive(Debug, Default)]
pub(super) struct Users {
    of: BTreeMap<String, Option<i64>>,
}

impl Users {
    /// Whether a container runs as a user that is set and is not 0.
    pub(super) fn is_other(&self, container: &str) -> bool {
        matches!(self.of.get(container), Some(Some(user)) if *user != 0)
    }

    /// Whether all of them do.
    pub(super) fn are_all_others(&self) -> bool {
        !self.of.is_empty() && self.of.values().all(|user| user.is_some_and(|user| user != 0))
    }
}

/// The names of the lists of containers. Ephemeral containers have no resources.
const CONTAINERS: [&str; 3] = ["initContainers", "containers", "ephemeralContainers"];

/// Adds the credentials in the annotations of an object with a template.
pub(super) fn read_owner(object: &Value, shown: &mut Shown) -> Result<(), Invalid> {
    match Object::of(object, "")?.object("metadata")? {
        Some(metadata) => annotations(metadata, "its annotation", shown),
        None => Ok(()),
    }
}

fn annotations(mut of: Object<'_>, what: &str, shown: &mut Shown) -> Result<(), Invalid> {
    for (key, value) in of.map("annotations")? {
        if let Some(credential) = credentials::in_text(&value) {
            shown.add(List::LiteralCredentials, format!("{what} {key} holds {credential}"));
        }
    }
    Ok(())
}

/// Adds what a pod or a template shows.
pub(super) fn read(pod: &PodOf<'_>, is_live: bool, shown: &mut Shown) -> Result<Users, Invalid> {
    let mut fields = Object::of(pod.value, pod.path)?;
    if let Some(metadata) = fields.object("metadata")? {
        annotations(metadata, "annotation", shown)?;
    }
    let mut users = Users::default();
    let Some(mut spec) = fields.object("spec")? else { return Ok(users) };
    let windows = match spec.object("os")? {
        Some(mut os) => os.text("name")? == Some("windows"),
        None => false,
    };
    let user = match spec.object("securityContext")? {
        Some(mut context) => context.integer("runAsUser")?,
        None => None,
    };
    match spec.boolean("hostUsers")? {
        Some(false) => {}
        _ if windows => {}
        Some(true) => shown.add(List::HostUserNamespace, "hostUsers is true".to_owned()),
        None => shown.add(List::HostUserNamespace, "hostUsers is absent".to_owned()),
    }
    let whole = match spec.object("resources")? {
        Some(resources) => Resources::read(resources)?,
        None => Resources::default(),
    };
    for kind in CONTAINERS {
        for container in spec.objects(kind)? {
            let of = Of { whole, user, windows, ephemeral: kind == "ephemeralContainers" };
            container_of(container, of, shown, &mut users)?;
        }
    }
    let account = match spec.text("serviceAccountName")?.filter(|name| !name.is_empty()) {
        Some(name) => name,
        // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/pod-v1/: the older name of the field.
        None => match spec.text("serviceAccount")? {
            Some(name) if !name.is_empty() => name,
            _ => "default",
        },
    };
    let read_only = read_only_volumes(&mut spec)?;
    let mut mounted = false;
    for volume in spec.objects("volumes")? {
        mounted |= volume_of(volume, account, &read_only, shown)?;
    }
    if spec.boolean("automountServiceAccountToken")?.is_none() {
        let token = Token { account: account.to_owned(), mounted: is_live.then_some(mounted) };
        shown.undecided_tokens.insert(token);
    }
    Ok(users)
}

/// What the pod sets for a container.
#[derive(Clone, Copy)]
struct Of {
    whole: Resources,
    user: Option<i64>,
    windows: bool,
    ephemeral: bool,
}

/// Whether what a pod or a container asks for is bounded.
#[derive(Clone, Copy, Debug, Default)]
struct Resources {
    memory_limit: bool,
    cpu_request: bool,
}

impl Resources {
    fn read(mut resources: Object<'_>) -> Result<Self, Invalid> {
        let (mut memory, mut cpu) = (false, false);
        if let Some(mut limits) = resources.object("limits")? {
            memory = quantity(&mut limits, "memory")?;
            // The server takes a limit as the request where there is none.
            cpu = quantity(&mut limits, "cpu")?;
        }
        if let Some(mut requests) = resources.object("requests")? {
            let has = requests.get("cpu").is_some();
            let own = quantity(&mut requests, "cpu")?;
            cpu = if has { own } else { cpu };
        }
        Ok(Self { memory_limit: memory, cpu_request: cpu })
    }
}

/// Whether a quantity is set to more than nothing.
fn quantity(of: &mut Object<'_>, field: &'static str) -> Result<bool, Invalid> {
    match of.get(field) {
        None => Ok(false),
        Some(Value::Number(number)) => Ok(number.as_f64().is_some_and(|number| number > 0.0)),
        Some(Value::String(text)) => {
            // What follows a letter is an exponent: `0e3` is nothing.
            let digits = text.bytes().take_while(|byte| !byte.is_ascii_alphabetic());
            Ok(digits.into_iter().any(|byte| (b'1'..=b'9').contains(&byte)))
        }
        Some(other) => Err(of.error(field, format!("not a quantity but {}", kind_of(other)))),
    }
}

fn container_of(
    mut container: Object<'_>,
    of: Of,
    shown: &mut Shown,
    users: &mut Users,
) -> Result<(), Invalid> {
    let name = container.text("name")?.unwrap_or_default().to_owned();
    match container.text("image")?.filter(|image| !image.is_empty()) {
        Some(image) => shown.add(List::Images, format!("{name}: {image}")),
        None => {
            shown.without_image.insert(name.clone());
        }
    }
    let (mut user, mut read_only) = (of.user, None);
    if let Some(mut context) = container.object("securityContext")? {
        user = context.integer("runAsUser")?.or(user);
        read_only = context.boolean("readOnlyRootFilesystem")?;
    }
    users.of.insert(name.clone(), user);
    // The field is for Linux only: the server rejects it in a pod for Windows.
    if read_only != Some(true) && !of.windows {
        let value = if read_only.is_some() { "false" } else { "absent" };
        let entry = format!("{name}: securityContext.readOnlyRootFilesystem is {value}");
        shown.add(List::WritableRootFilesystems, entry);
    }
    if !of.ephemeral {
        let own = match container.object("resources")? {
            Some(resources) => Resources::read(resources)?,
            None => Resources::default(),
        };
        if !own.memory_limit && !of.whole.memory_limit {
            let entry = format!("{name}: resources.limits.memory is absent");
            shown.add(List::WithoutMemoryLimit, entry);
        }
        if !own.cpu_request && !of.whole.cpu_request {
            let entry = format!("{name}: resources.requests.cpu is absent");
            shown.add(List::WithoutCpuRequest, entry);
        }
    }
    environment(&name, &mut container, shown)?;
    for field in ["command", "args"] {
        words(&mut container, field, &format!("{name}: {field}"), shown)?;
    }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(handler) = container.object(probe)? {
            handler_of(handler, &format!("{name}: {probe}"), shown)?;
        }
    }
    if let Some(mut lifecycle) = container.object("lifecycle")? {
        for hook in ["postStart", "preStop"] {
            if let Some(handler) = lifecycle.object(hook)? {
                handler_of(handler, &format!("{name}: lifecycle.{hook}"), shown)?;
            }
        }
    }
    Ok(())
}

/// Adds the credentials in the words of a command.
fn words(
    of: &mut Object<'_>,
    field: &'static str,
    place: &str,
    shown: &mut Shown,
) -> Result<(), Invalid> {
    let words = of.texts(field)?;
    for (number, word) in words.iter().enumerate() {
        let next = words.get(number + 1).copied();
        if let Some(what) = credentials::in_argument(word, next) {
            shown.add(List::LiteralCredentials, format!("{place}[{number}] holds {what}"));
        }
    }
    Ok(())
}

/// Adds the credentials in a probe or a hook.
fn handler_of(mut handler: Object<'_>, place: &str, shown: &mut Shown) -> Result<(), Invalid> {
    if let Some(mut exec) = handler.object("exec")? {
        words(&mut exec, "command", &format!("{place}.exec.command"), shown)?;
    }
    if let Some(mut request) = handler.object("httpGet")? {
        for mut header in request.objects("httpHeaders")? {
            let name = header.text("name")?.unwrap_or_default();
            let value = header.text("value")?.unwrap_or_default();
            if let Some(what) = credentials::in_header(name, value) {
                let entry = format!("{place}.httpGet: header {name} holds {what}");
                shown.add(List::LiteralCredentials, entry);
            }
        }
        if let Some(what) = request.text("path")?.and_then(credentials::in_text) {
            shown.add(List::LiteralCredentials, format!("{place}.httpGet.path holds {what}"));
        }
    }
    Ok(())
}

fn environment(name: &str, container: &mut Object<'_>, shown: &mut Shown) -> Result<(), Invalid> {
    for mut variable in container.objects("env")? {
        let key = variable.text("name")?.unwrap_or_default();
        if let Some(value) = variable.text("value")?
            && let Some(what) = credentials::in_variable(key, value)
        {
            let entry = format!("{name}: variable {key} holds {what}");
            shown.add(List::LiteralCredentials, entry);
        }
        if let Some(mut from) = variable.object("valueFrom")?
            && let Some(mut secret) = from.object("secretKeyRef")?
        {
            let secret = secret.text("name")?.unwrap_or_default();
            let entry = format!("{name}: variable {key} is from Secret {secret}");
            shown.add(List::SecretsInEnvironment, entry);
        }
        if let Some(mut from) = variable.object("valueFrom")?
            && let Some(mut map) = from.object("configMapKeyRef")?
        {
            let of = map.text("name")?.unwrap_or_default().to_owned();
            shown.config_maps.insert((of, map.text("key")?.map(str::to_owned)));
        }
    }
    for mut from in container.objects("envFrom")? {
        if let Some(mut map) = from.object("configMapRef")? {
            shown.config_maps.insert((map.text("name")?.unwrap_or_default().to_owned(), None));
        }
        if let Some(mut secret) = from.object("secretRef")? {
            let secret = secret.text("name")?.unwrap_or_default();
            let entry = format!("{name}: all of Secret {secret} is in variables");
            shown.add(List::SecretsInEnvironment, entry);
        }
    }
    Ok(())
}

/// How the server names the volume with the token that it adds to a pod.
/// [Source](https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-token-volume).
const TOKEN: &str = "kube-api-access-";

/// How Kubernetes names the secret with the token of an account, which a server before 1.22 adds to a pod: the pod has it as long as it
/// runs.
/// [Source](https://github.com/kubernetes/kubernetes/blob/v1.20.2/pkg/controller/serviceaccount/tokens_controller.go), read on
/// 2026-12-01; a longer name is
/// [cut](https://github.com/kubernetes/kubernetes/blob/v1.20.2/staging/src/k8s.io/apiserver/pkg/storage/names/generate.go).
fn is_secret_of(account: &str, secret: &str) -> bool {
    const LONGEST: usize = 58;
    let start = format!("{account}-token-");
    secret.starts_with(start.get(..LONGEST).unwrap_or(&start))
}

/// The directories of logs that the kubelet serves. A process that writes there makes links to any file of the node.
static LOGS: Dated<&str> = Dated::new(
    &[
        "https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/kubelet_server_journal.go",
        "https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Writable%20hostPath%20mount/",
    ],
    "2026-12-01",
    &["/var/log", "/var/log/containers", "/var/log/pods"],
);

/// The volumes that containers mount, all of them for reading only.
fn read_only_volumes(spec: &mut Object<'_>) -> Result<BTreeSet<String>, Invalid> {
    let (mut read_only, mut writable) = (BTreeSet::new(), BTreeSet::new());
    for kind in CONTAINERS {
        for mut container in spec.objects(kind)? {
            for mut mount in container.objects("volumeMounts")? {
                let name = mount.text("name")?.map(str::to_owned);
                match mount.boolean("readOnly")? {
                    Some(true) => read_only.extend(name),
                    _ => writable.extend(name),
                }
            }
        }
    }
    Ok(&read_only - &writable)
}

/// Adds the config maps of a volume.
fn config_maps_of(volume: &mut Object<'_>, shown: &mut Shown) -> Result<(), Invalid> {
    let mut maps: Vec<Object<'_>> = volume.object("configMap")?.into_iter().collect();
    if let Some(mut projected) = volume.object("projected")? {
        for mut source in projected.objects("sources")? {
            maps.extend(source.object("configMap")?);
        }
    }
    for mut map in maps {
        shown.config_maps.insert((map.text("name")?.unwrap_or_default().to_owned(), None));
    }
    Ok(())
}

/// Adds what a volume of a pod of an account shows, and returns whether it holds the token that the server adds.
fn volume_of(
    mut volume: Object<'_>,
    account: &str,
    read_only: &BTreeSet<String>,
    shown: &mut Shown,
) -> Result<bool, Invalid> {
    let name = volume.text("name")?.unwrap_or_default();
    if let Some(mut image) = volume.object("image")?
        && let Some(reference) = image.text("reference")?.filter(|text| !text.is_empty())
    {
        shown.add(List::Images, format!("volume {name}: {reference}"));
    }
    config_maps_of(&mut volume, shown)?;
    if let Some(mut source) = volume.object("hostPath")? {
        let path = source.text("path")?.unwrap_or_default();
        let logs = LOGS.items().contains(&plain(path).as_str()) && !read_only.contains(name);
        if is_sensitive(path) || is_system_directory(path) || logs {
            let entry = format!("volume {name} is hostPath {path}");
            shown.add(List::SensitiveHostPaths, entry);
        }
    }
    if let Some(mut source) = volume.object("secret")? {
        return Ok(is_secret_of(account, source.text("secretName")?.unwrap_or_default()));
    }
    Ok(name.starts_with(TOKEN) && volume.object("projected")?.is_some())
}
