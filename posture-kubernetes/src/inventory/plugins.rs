//! Network plugins, by the DaemonSets that run them. Whether a plugin enforces network policies, no API shows: its DaemonSet is a sign,
//! if it is where only administrators write or has the image of the plugin, and runs.

use posture_model::dated::Dated;
use posture_model::tri::Tri;

use super::objects::Observed;
use super::{Origin, View};
use crate::read::{Invalid, Object};
use crate::workload::PodOf;

/// A plugin that enforces network policies.
#[derive(Clone, Copy, Debug)]
struct Plugin {
    /// The name of its DaemonSet.
    name: &'static str,
    /// What the name of one of its images contains.
    image: &'static str,
    /// The namespaces beside `kube-system` that are made for it.
    namespaces: &'static [&'static str],
    /// The flags with which it does not enforce policies.
    off: &'static [(&'static str, &'static str)],
    /// Whether it enforces them only with this flag.
    only_with: Option<(&'static str, &'static str)>,
}

const fn plugin(
    name: &'static str,
    image: &'static str,
    namespaces: &'static [&'static str],
) -> Plugin {
    Plugin { name, image, namespaces, off: &[], only_with: None }
}

impl Plugin {
    const fn off(self, off: &'static [(&'static str, &'static str)]) -> Self {
        Self { off, ..self }
    }

    const fn only_with(self, flag: &'static str, value: &'static str) -> Self {
        Self { only_with: Some((flag, value)), ..self }
    }
}

/// The flags of Cilium that turn policies off.
const CILIUM: &[(&str, &str)] =
    &[("enable-policy", "never"), ("enable-k8s-networkpolicy", "false")];

/// The network plugins that enforce network policies. Those that are not here, or that run within another program, are not seen.
static ENFORCING: Dated<Plugin> = Dated::new(
    &[
        "https://kubernetes.io/docs/concepts/cluster-administration/addons/#networking-and-network-policy",
        "https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html",
        "https://docs.cilium.io/en/stable/cmdref/cilium-agent/",
        "https://www.kube-router.io/docs/user-guide/",
    ],
    "2026-12-01",
    &[
        plugin("anetd", "cilium", &[]).off(CILIUM),
        plugin("antrea-agent", "antrea", &[]),
        plugin("aws-node", "amazon-k8s-cni", &[]).only_with("enable-network-policy", "true"),
        plugin("azure-npm", "azure-npm", &[]),
        plugin("calico-node", "calico", &["calico-system"]),
        plugin("canal", "calico", &[]),
        plugin("cilium", "cilium", &["cilium", "cilium-system"]).off(CILIUM),
        plugin("kube-network-policies", "kube-network-policies", &[]),
        plugin("kube-router", "kube-router", &[]).off(&[("run-firewall", "false")]),
        plugin("ovnkube-node", "ovn", &["openshift-ovn-kubernetes", "ovn-kubernetes"]),
        plugin("rke2-canal", "calico", &[]),
        plugin("weave-net", "weave", &["weave"]),
    ],
);

/// The network plugins that were seen.
#[derive(Debug, Default)]
pub(super) struct Plugins {
    /// Whether one enforces policies, and one does not.
    enforcing: bool,
    other: bool,
    /// Why a DaemonSet with the name of one that does is not taken for it.
    doubtful: Option<String>,
}

/// What a DaemonSet shows of a plugin.
struct Shown {
    images: Vec<String>,
    words: Vec<String>,
    is_scheduled: Option<bool>,
}

impl Shown {
    fn of(of: &Observed<'_>) -> Result<Self, Invalid> {
        let (mut images, mut words) = (Vec::new(), Vec::new());
        if let Some(pod) = PodOf::find(of.object)?
            && let Some(mut spec) = Object::of(pod.value, pod.path)?.object("spec")?
        {
            for mut container in spec.objects("containers")? {
                images.extend(container.text("image")?.map(str::to_owned));
                for field in ["command", "args"] {
                    words.extend(container.texts(field)?.into_iter().map(str::to_owned));
                }
            }
        }
        let status = Object::of(of.object, "")?.object("status")?;
        let is_scheduled = match status {
            Some(mut status) => status.integer("currentNumberScheduled")?.map(|number| number > 0),
            None => None,
        };
        Ok(Self { images, words, is_scheduled })
    }

    /// Whether a flag has a value. Of a flag that is repeated the last counts, and one without a value is true.
    fn has(&self, (flag, value): (&str, &str)) -> bool {
        let mut own = self.words.iter().enumerate().filter_map(|(place, word)| {
            let rest = word.strip_prefix("--")?.strip_prefix(flag)?;
            match rest.strip_prefix('=') {
                Some(own) => Some(own),
                None if rest.is_empty() => match self.words.get(place + 1) {
                    Some(next) if !next.starts_with('-') => Some(next.as_str()),
                    _ => Some("true"),
                },
                None => None,
            }
        });
        own.next_back().is_some_and(|own| own.eq_ignore_ascii_case(value))
    }

    fn has_image(&self, part: &str) -> bool {
        self.images.iter().any(|image| image.split('@').next().is_some_and(|it| it.contains(part)))
    }
}

impl Plugins {
    pub(super) fn extend(&mut self, other: Self) {
        let Self { enforcing, other, doubtful } = other;
        self.enforcing |= enforcing;
        self.other |= other;
        self.doubtful = self.doubtful.take().or(doubtful);
    }

    /// Takes a DaemonSet, which may be a network plugin.
    pub(super) fn take(&mut self, of: &Observed<'_>) -> Result<(), Invalid> {
        let name = of.name.as_str();
        let namespace = of.namespace.as_deref().unwrap_or_default();
        let known = ENFORCING.iter().find(|one| one.name == name);
        if known.is_none() && !name.contains("kube-flannel") {
            return Ok(());
        }
        let shown = Shown::of(of)?;
        let flannel = name.contains("kube-flannel")
            && (["kube-system", "kube-flannel"].contains(&namespace) || shown.has_image("flannel"));
        // https://github.com/flannel-io/flannel/blob/master/README.md: it is for networks, and leaves policies to a container beside
        // it, which its chart adds.
        if flannel {
            let beside = shown.has_image("kube-network-policies");
            self.enforcing |= beside && shown.is_scheduled != Some(false);
            self.other |= !beside;
        }
        let Some(plugin) = known else { return Ok(()) };
        let its_own = namespace == "kube-system" || plugin.namespaces.contains(&namespace);
        let lacks = plugin.only_with.is_some_and(|flag| !shown.has(flag));
        let is_off = lacks || plugin.off.iter().any(|flag| shown.has(*flag));
        if !its_own && !shown.has_image(plugin.image) {
            self.doubtful.get_or_insert_with(|| {
                format!("DaemonSet {namespace}/{name} has neither a namespace of the system nor an image of the network plugin of that name")
            });
        } else if is_off {
            self.other = true;
        } else if shown.is_scheduled == Some(false) {
            self.doubtful
                .get_or_insert_with(|| format!("DaemonSet {namespace}/{name} runs on no node"));
        } else {
            self.enforcing = true;
        }
        Ok(())
    }

    /// Whether the network plugin enforces network policies.
    pub(super) fn enforced(&self, view: &View<'_>) -> Tri<String> {
        let unread = !view.missing.of(["DaemonSet"]).is_empty();
        let none = "no network plugin was seen that is known to enforce them";
        match (view.origin, self.enforcing, self.other) {
            (Origin::Manifests, ..) => {
                Tri::Unknown("manifests do not show the network plugin of the cluster".to_owned())
            }
            (Origin::Cluster, true, _) => Tri::Yes,
            (Origin::Cluster, false, true) if !unread => Tri::No,
            (Origin::Cluster, false, _) => Tri::Unknown(match &self.doubtful {
                Some(why) => format!("{none}: {why}"),
                None => none.to_owned(),
            }),
        }
    }
}
