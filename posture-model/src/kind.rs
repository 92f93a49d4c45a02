//! The kinds of resource: which there are, what they are called, and at which levels providers have them.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::provider::Provider;

/// The kind of scope: an account, the tenant above accounts, a cluster, a host of containers, an image, or files.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// An account or a subscription.
    #[default]
    Account,
    /// The tenant above subscriptions, with its directory of identities.
    Tenant,
    /// A Kubernetes cluster.
    Cluster,
    /// Manifests of Kubernetes in files: what is to be applied to a cluster that is not known.
    Manifests,
    /// A host of containers, with its daemon.
    Host,
    /// Compose files: what is to run on a host that is not known.
    Compose,
    /// A container image.
    Image,
}

/// Calls a macro with every kind of resource that is listed, as `listing: Type, "id", "one", "many", [Provider: Level];`, with
/// the levels at which each provider has resources of the kind.
#[macro_export]
macro_rules! listings {
    ($macro:ident) => {
        $macro! {
            directories: Directory, "directory", "directory", "directories", [Azure: Tenant];
            users: User, "user", "user", "users", [Aws: Account, Azure: Tenant];
            access_keys: AccessKey, "access-key", "access key", "access keys", [Aws: Account];
            credentials: Credential, "credential", "credential", "credentials", [Azure: Tenant];
            federated_credentials: FederatedCredential, "federated-credential", "federated credential", "federated credentials", [Azure: Account, Azure: Tenant];
            groups: Group, "group", "group", "groups", [Aws: Account];
            roles: Role, "role", "role", "roles", [Aws: Account];
            policies: Policy, "policy", "policy", "policies", [Aws: Account, Azure: Account, Azure: Tenant];
            grants: Grant, "grant", "grant", "grants", [Azure: Account, Azure: Tenant];
            certificates: Certificate, "certificate", "certificate", "certificates", [Aws: Account];
            buckets: Bucket, "bucket", "bucket", "buckets", [Aws: Account, Azure: Account];
            access_points: AccessPoint, "access-point", "access point", "access points", [Aws: Account];
            audit_trails: AuditTrail, "audit-trail", "audit trail", "audit trails", [Aws: Account, Azure: Account];
            event_stores: EventStore, "event-store", "event store", "event stores", [Aws: Account];
            log_groups: LogGroup, "log-group", "log group", "log groups", [Aws: Account, Azure: Account];
            log_policies: LogPolicy, "log-policy", "log resource policy", "log resource policies", [Aws: Account];
            alerts: Alert, "alert", "alert", "alerts", [Aws: Account, Azure: Account];
            recorders: Recorder, "recorder", "recorder", "recorders", [Aws: Account];
            detectors: Detector, "detector", "detector", "detectors", [Aws: Account, Azure: Account];
            finding_hubs: FindingHub, "finding-hub", "finding hub", "finding hubs", [Aws: Account];
            analyzers: Analyzer, "analyzer", "analyzer", "analyzers", [Aws: Account];
            keys: Key, "key", "key", "keys", [Aws: Account, Azure: Account];
            secrets: Secret, "secret", "secret", "secrets", [Azure: Account];
            vaults: Vault, "vault", "vault", "vaults", [Azure: Account];
            networks: Network, "network", "network", "networks", [Aws: Account, Azure: Account];
            security_groups: SecurityGroup, "security-group", "security group", "security groups", [Aws: Account, Azure: Account];
            flow_logs: FlowLog, "flow-log", "flow log", "flow logs", [Azure: Account];
            network_interfaces: NetworkInterface, "network-interface", "network interface", "network interfaces", [Aws: Account, Azure: Account];
            machines: Machine, "machine", "virtual machine", "virtual machines", [Aws: Account, Azure: Account];
            public_addresses: PublicAddress, "public-address", "public IP address", "public IP addresses", [Azure: Account];
            firewalls: Firewall, "firewall", "firewall", "firewalls", [Aws: Account, Azure: Account];
            firewall_policies: FirewallPolicy, "firewall-policy", "firewall policy", "firewall policies", [Aws: Account];
            firewall_rule_groups: FirewallRuleGroup, "firewall-rule-group", "firewall rule group", "firewall rule groups", [Aws: Account];
            hosted_zones: HostedZone, "hosted-zone", "hosted zone", "hosted zones", [Aws: Account];
            web_acls: WebAcl, "web-acl", "web ACL", "web ACLs", [Aws: Account];
            web_rule_groups: WebRuleGroup, "web-rule-group", "web rule group", "web rule groups", [Aws: Account];
            vpn_gateways: VpnGateway, "vpn-gateway", "VPN gateway", "VPN gateways", [Azure: Account];
            subnets: Subnet, "subnet", "subnet", "subnets", [Aws: Account];
            network_acls: NetworkAcl, "network-acl", "network ACL", "network ACLs", [Aws: Account];
            internet_blocks: InternetBlock, "internet-block", "internet access block", "internet access blocks", [Aws: Account];
            transit_gateways: TransitGateway, "transit-gateway", "transit gateway", "transit gateways", [Aws: Account];
            vpn_connections: VpnConnection, "vpn-connection", "VPN connection", "VPN connections", [Aws: Account];
            tls_certificates: TlsCertificate, "tls-certificate", "TLS certificate", "TLS certificates", [Aws: Account];
            distributions: Distribution, "distribution", "distribution", "distributions", [Aws: Account];
            load_balancers: LoadBalancer, "load-balancer", "load balancer", "load balancers", [Aws: Account];
            clusters: Cluster, "cluster", "cluster", "clusters", [Kubernetes: Cluster, Aws: Account, Azure: Account];
            node_pools: NodePool, "node-pool", "node pool", "node pools", [Aws: Account, Azure: Account];
            namespaces: Namespace, "namespace", "namespace", "namespaces", [Kubernetes: Cluster, Kubernetes: Manifests];
            workloads: Workload, "workload", "workload", "workloads", [Kubernetes: Cluster, Kubernetes: Manifests, Docker: Host, Docker: Compose];
            service_accounts: ServiceAccount, "service-account", "service account", "service accounts", [Kubernetes: Cluster, Kubernetes: Manifests];
            rbac_subjects: RbacSubject, "rbac-subject", "RBAC subject", "RBAC subjects", [Kubernetes: Cluster, Kubernetes: Manifests];
            role_bindings: RoleBinding, "role-binding", "role binding", "role bindings", [Kubernetes: Cluster, Kubernetes: Manifests];
            network_policies: NetworkPolicy, "network-policy", "network policy", "network policies", [Kubernetes: Cluster, Kubernetes: Manifests];
            services: Service, "service", "service", "services", [Kubernetes: Cluster, Kubernetes: Manifests];
            ingresses: Ingress, "ingress", "ingress", "ingresses", [Kubernetes: Cluster, Kubernetes: Manifests];
            admission_webhooks: AdmissionWebhook, "admission-webhook", "admission webhook", "admission webhooks", [Kubernetes: Cluster, Kubernetes: Manifests];
            nodes: Node, "node", "node", "nodes", [Kubernetes: Cluster];
            beta_objects: BetaObject, "beta-object", "object in a beta version", "objects in beta versions", [Kubernetes: Cluster, Kubernetes: Manifests];
            secret_manifests: SecretManifest, "secret-manifest", "Secret in a manifest", "Secrets in manifests", [Kubernetes: Manifests];
            daemons: Daemon, "daemon", "Docker daemon", "Docker daemons", [Docker: Host];
            container_images: ContainerImage, "container-image", "container image", "container images", [Image: Image];
            vulnerabilities: Vulnerability, "vulnerability", "vulnerability", "vulnerabilities", [Image: Image];
        }
    };
}
macro_rules! kinds {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, [$($provider:ident: $level:ident),*]; )*) => {
        /// The kind of a resource.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "kebab-case")]
        pub enum Kind {
            /// The kind of accounts.
            Account,
            $(
                #[doc = concat!("The kind of ", $many, ".")]
                $name,
            )*
        }

        impl Kind {
            /// Every kind.
            pub const ALL: &'static [Self] = &[Self::Account, $( Self::$name, )*];

            /// The name as written in files.
            pub fn id(self) -> &'static str {
                match self {
                    Self::Account => "account",
                    $( Self::$name => $id, )*
                }
            }

            /// One of them, in words.
            pub fn one(self) -> &'static str {
                match self {
                    Self::Account => "account",
                    $( Self::$name => $one, )*
                }
            }

            /// Several of them, in words.
            pub fn many(self) -> &'static str {
                match self {
                    Self::Account => "accounts",
                    $( Self::$name => $many, )*
                }
            }

            /// Where providers have resources of this kind: in the account or subscription, or in the tenant above.
            pub fn levels(self) -> &'static [(Provider, Level)] {
                match self {
                    Self::Account => &[
                        (Provider::Aws, Level::Account),
                        (Provider::Azure, Level::Account),
                    ],
                    $( Self::$name => &[$( (Provider::$provider, Level::$level) ),*], )*
                }
            }

            /// Whether resources of this kind are flaws, so that a complete list without any is what a control asks for.
            pub fn is_flaw(self) -> bool {
                self == Self::Vulnerability
            }

            /// The kind of this name.
            pub fn find(id: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|kind| kind.id() == id)
            }
        }
    };
}
listings!(kinds);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.one())
    }
}

/// One fact of one kind of resource: the unit in which controls declare what they read and collectors what they fetch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FactId {
    /// The kind of resource.
    pub kind: Kind,
    /// The name of the fact, as in the snapshot.
    pub name: &'static str,
}

impl fmt::Display for FactId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.kind.id(), self.name)
    }
}

impl Level {
    /// The name as written in files.
    pub fn id(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Tenant => "tenant",
            Self::Cluster => "cluster",
            Self::Manifests => "manifests",
            Self::Host => "host",
            Self::Compose => "compose",
            Self::Image => "image",
        }
    }

    /// Whether this is where a provider has resources of a kind.
    pub fn holds(self, provider: Provider, kind: Kind) -> bool {
        kind.levels().contains(&(provider, self))
    }

    /// What a snapshot leaves out, as most scopes are of this level.
    pub(crate) fn is_account(&self) -> bool {
        *self == Self::Account
    }
}
