//! Why an answer stays open.

use std::collections::BTreeSet;
use std::fmt;

/// One thing that is not known, and on which an answer depends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Open {
    /// A label of a namespace that was not read.
    NamespaceLabel {
        /// The namespace; empty for objects whose manifest does not name one.
        namespace: String,
        /// The key of the label.
        key: String,
    },
    /// Whether an object whose manifest does not name a namespace is applied in this one.
    Namespace {
        /// The namespace.
        namespace: String,
    },
    /// A label that a controller may add to the pods of a template.
    PodLabel {
        /// The pod or the template.
        pod: String,
        /// The key of the label.
        key: String,
    },
    /// The addresses of a pod, which a rule compares with a block of addresses.
    Address {
        /// The pod or the template.
        pod: String,
    },
    /// A named port that does not decide which number is meant.
    NamedPort {
        /// The pod or the template that receives the connection.
        pod: String,
        /// The name.
        name: String,
        /// Why it does not decide.
        because: &'static str,
    },
    /// A pod in the network of its node, on which the meaning of network policies depends on the network plugin.
    HostNetwork {
        /// The pod or the template.
        pod: String,
    },
    /// A policy that is not modeled, or that could not be read.
    Policy {
        /// Its kind, namespace and name, or what could not be read.
        what: String,
        /// Why its rules are not known.
        because: String,
    },
    /// Whether the network plugin of the cluster enforces network policies.
    Enforcement {
        /// Why that is not known.
        because: String,
    },
}

/// Everything that an answer depends on and that is not known.
pub type Why = BTreeSet<Open>;

/// The namespace, in words: objects whose manifest does not name one share one that is not known.
pub(crate) fn namespace_in_words(namespace: &str) -> String {
    if namespace.is_empty() {
        "the namespace in which the manifests are applied".to_owned()
    } else {
        format!("namespace `{namespace}`")
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NamespaceLabel { namespace, key } => {
                write!(f, "label `{key}` of {} is not known", namespace_in_words(namespace))
            }
            Self::Namespace { namespace } => {
                write!(f, "manifests that do not name a namespace may be applied in `{namespace}`")
            }
            Self::PodLabel { pod, key } => {
                write!(f, "label `{key}` of the pods of {pod} is set by their controller")
            }
            Self::Address { pod } => write!(f, "the addresses of {pod} are not known"),
            Self::NamedPort { pod, name, because } => {
                write!(f, "the number of port `{name}` of {pod} is not certain: {because}")
            }
            Self::HostNetwork { pod } => write!(
                f,
                "{pod} uses the network of its node, for which the network plugin decides what policies mean"
            ),
            Self::Policy { what, because } => write!(f, "{what} may decide otherwise: {because}"),
            Self::Enforcement { because } => {
                write!(f, "whether the cluster enforces network policies is not known: {because}")
            }
        }
    }
}
