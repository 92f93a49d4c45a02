//! What Kubernetes is called, and how other tools identify its resources.

use posture_model::provider::Provider;
use posture_model::provider_info::{LevelInfo, Link, OcsfAccount, ProviderInfo};
use posture_model::scope::Level;
use posture_model::wanted::Wanted;

use crate::action::{self, wanted_actions};

/// OCSF has no type of account for clusters.
const OTHER: u8 = 99;

/// The description of Kubernetes.
pub static INFO: ProviderInfo = ProviderInfo {
    provider: Provider::Kubernetes,
    levels: &[
        LevelInfo {
            level: Level::Cluster,
            word: "cluster",
            ocsf_account: OcsfAccount { type_id: OTHER, name: "Kubernetes Cluster" },
        },
        LevelInfo {
            level: Level::Manifests,
            word: "manifests",
            ocsf_account: OcsfAccount { type_id: OTHER, name: "Kubernetes Manifests" },
        },
    ],
    usual_partition: PARTITION,
    accounts_in_tenant: false,
    known_by_name: true,
    commands: action::commands,
    actions: |wanted| wanted_actions(wanted).iter().map(|action| action.name).collect(),
    permissions: |wanted: &Wanted| {
        wanted_actions(wanted).iter().map(|action| action.name).collect()
    },
    // Security Hub takes findings about AWS only.
    asff: None,
    assurance: &[Link {
        title: "third-party security audits of Kubernetes",
        url: "https://github.com/kubernetes/sig-security/tree/main/sig-security-external-audit",
    }],
};

/// The only partition.
pub const PARTITION: &str = "kubernetes";
