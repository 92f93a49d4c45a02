//! What takes the traffic of clients and spreads it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::declared::resource;
use crate::entries::Entries;
use crate::time::Time;

resource! {
    /// What spreads the traffic of clients over targets (AWS: an Application, Network, Gateway or Classic Load Balancer).
    LoadBalancer {
        /// What it is, which decides what else can be configured.
        [Aws] family: BalancerFamily,
        /// The domain name by which clients reach it, in lower case.
        [Aws] dns_name: String,
        /// The zones that it has a node in, by name.
        [Aws] zones: BTreeSet<String>,
        /// The listeners that take traffic without TLS or QUIC, as `HTTP 80`. What is behind a listener of TCP may have TLS
        /// itself.
        [Aws] plain_listeners: Entries,
        /// The HTTP listeners of an Application Load Balancer that do not redirect every request to HTTPS, with what they do
        /// instead, as `HTTP 80: forwards to web`; empty for other load balancers.
        [Aws] unredirected: Entries,
        /// The TLS listeners that accept versions of TLS before 1.2, as `HTTPS 443: TLSv1, TLSv1.1 by
        /// ELBSecurityPolicy-2016-08`.
        [Aws] old_tls: Entries,
        /// The security policies of its TLS listeners, as `HTTPS 443: ELBSecurityPolicy-TLS13-1-2-Res-2021-06`; a policy of
        /// a Classic Load Balancer by the predefined one that it refers to, a custom one by its own name.
        [Aws] security_policies: Entries,
        /// The certificates of TLS listeners of a Classic Load Balancer that AWS Certificate Manager does not manage, by
        /// ARN; empty for other load balancers.
        [Aws] unmanaged_certificates: Entries,
        /// The target groups to which it sends without TLS or QUIC, of a Classic Load Balancer the ports of instances, as
        /// `web: HTTP`.
        [Aws] plain_targets: Entries,
        /// The target groups whose health checks are not by HTTPS, in the same form; empty for a Classic Load Balancer.
        [Aws] plain_health_checks: Entries,
        /// Whether a firewall for web applications inspects requests (AWS: a web ACL of AWS WAF); none if none can.
        [Aws] inspected: Option<bool>,
        /// Whether requests are recorded in an access log; none if it has no such log.
        [Aws] logs_access: Option<bool>,
        /// Whether it cannot be deleted until this protection is off; none if it cannot be protected.
        [Aws] deletion_protected: Option<bool>,
        /// Whether it drops header fields with names that are not valid; none if that cannot be configured.
        [Aws] drops_invalid_headers: Option<bool>,
        /// How it treats requests that servers may read differently (`monitor`, `defensive`, `strictest`); none if that
        /// cannot be configured.
        [Aws] desync_mode: Option<String>,
        /// Whether requests in progress are completed when a target is removed; none if that is not a setting of the load
        /// balancer.
        [Aws] drains_connections: Option<bool>,
        /// Whether each of its nodes sends to targets in every zone; none if target groups may decide otherwise.
        [Aws] crosses_zones: Option<bool>,
        /// Its tags.
        [Aws] tags: BTreeMap<String, String>,
    }
}

resource! {
    /// What delivers content from places near the clients (AWS: a distribution of CloudFront).
    Distribution {
        /// The domain name that it has by itself, in lower case, such as `d111111abcdef8.cloudfront.net`.
        [Aws] dns_name: String,
        /// Whether a firewall for web applications inspects requests (AWS: a web ACL of AWS WAF).
        [Aws] inspected: bool,
        /// The origins that are S3 buckets which do not exist, as `shop: bucket shop`. Website endpoints of buckets are not
        /// among them.
        [Aws] missing_origins: Entries,
    }
}

resource! {
    /// A certificate with which services prove to clients who they are (AWS: one of Certificate Manager).
    TlsCertificate {
        /// When it expires.
        [Aws] expires: Time,
        /// The size of its key in bits, if that is one of RSA; none for another algorithm.
        [Aws] rsa_bits: Option<u32>,
    }
}

/// What a load balancer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum BalancerFamily {
    /// It reads requests of HTTP (AWS: an Application Load Balancer).
    Application,
    /// It spreads connections (AWS: a Network Load Balancer).
    Network,
    /// It sends packets through appliances (AWS: a Gateway Load Balancer).
    Gateway,
    /// AWS: a Classic Load Balancer.
    Classic,
}
