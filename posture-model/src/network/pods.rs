//! What decides the connections of pods, in the form that a snapshot keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Pods of one workload with the same labels and named ports, so that network policies distinguish them by their addresses alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PodGroup {
    /// Their labels.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// The ports that their containers name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<PodPort>,
    /// Whether they use the network of their node.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub host_network: bool,
    /// The pods, by name. None of the template of a workload: its pods are not known, and controllers add labels to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<PodPlace>,
}

/// A port of a container that has a name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PodPort {
    /// Its name.
    pub name: String,
    /// Its protocol: `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// Its number.
    pub number: u16,
    /// Whether it is of a container that starts before the others and keeps running.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sidecar: bool,
}

/// A pod, and where it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PodPlace {
    /// Its name.
    pub name: String,
    /// Its node, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<String>,
    /// Its addresses; empty if they are not known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub addresses: Vec<String>,
}

/// Where a Service leads: which of its ports become which ports of its pods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Forwarding {
    /// How clients find the pods.
    pub by: Forwarder,
    /// Its ports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ports: Vec<ServicePort>,
}

/// How clients of a Service find its pods.
///
/// Source: [Service](https://kubernetes.io/docs/concepts/services-networking/service/), read on 2026-12-01.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Forwarder {
    /// The cluster replaces the address and port of the Service by those of a pod.
    #[default]
    Address,
    /// It is headless: its name resolves to the addresses of the pods, and clients choose the port.
    Name,
    /// It is an alias of a name outside, and leads to no pod.
    Alias,
}

/// A port of a Service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ServicePort {
    /// Its name; empty if it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Its protocol: `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
    /// Its number.
    pub number: u16,
    /// The port of the pods.
    pub target: PortReference,
}

/// A port by its number or by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum PortReference {
    /// Its number.
    Number(u16),
    /// Its name.
    Name(String),
}

/// A Service that an Ingress leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Backend {
    /// The name of the Service, in the namespace of the Ingress.
    pub service: String,
    /// The port of the Service.
    pub port: PortReference,
}

/// A policy that may act on pods, and whose rules are not known.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct OtherPolicy {
    /// Its kind, namespace and name, or what could not be read.
    pub what: String,
    /// Why its rules are not known.
    pub because: String,
    /// What it may do.
    pub effect: PolicyEffect,
}

/// What a policy whose rules are not known may do to a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum PolicyEffect {
    /// It is a NetworkPolicy that could not be read: it may isolate pods, and allow them more.
    Unread,
    /// It may deny what network policies allow, and never allows more.
    Denies,
    /// It may deny and allow, whatever network policies do.
    Decides,
}
