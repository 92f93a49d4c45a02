//! The clusters of Azure Kubernetes Service, and their agent pools.

use futures::future::join_all;
use posture_model::api_server::{host, issuer};
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::gap::Gap;
use posture_model::listing::Listing;
use posture_model::network::Addresses;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Cluster, FactId, Kind, NodePool};
use serde_json::Value;

use super::body::{Body, Misfit, Read, View, name_of, same, senseless, word};
use super::context::Subscription;
use super::diagnostics;
use super::presence::CLUSTERS;
use super::sweep::Rows;

/// What a cluster shows of itself and of its pools.
pub(crate) const SHOWS: &[FactId] = &[
    Cluster::VERSION,
    Cluster::PLATFORM,
    Cluster::LONG_TERM_SUPPORT,
    Cluster::API_SERVERS,
    Cluster::PUBLIC_RANGES,
    Cluster::OTHER_SIGN_INS,
    Cluster::PROVIDER_AUTHORIZES,
    Cluster::SECRETS_KEY,
    Cluster::POLICY_ENGINE,
    NodePool::VERSION,
    NodePool::LONG_TERM_SUPPORT,
    NodePool::PUBLIC_ADDRESSES,
];

pub(crate) const TYPE: &str = "microsoft.containerservice/managedclusters";

/// Reads what is wanted of clusters.
pub(crate) async fn collect(audit: &Subscription<'_>, rows: &Result<Rows, Gap>) -> Part {
    let mut part = Part::default();
    let (clusters, pools) = (audit.wanted.kind(Kind::Cluster), audit.wanted.kind(Kind::NodePool));
    if !clusters && !pools {
        return part;
    }
    let rows = match audit.rows(rows, TYPE, CLUSTERS.name) {
        Ok(rows) => rows,
        Err(gap) => {
            let gap = audit.ask.gap(gap);
            if clusters {
                part.clusters = Listing::unread(gap);
            }
            if pools {
                part.node_pools = Listing::unread(gap);
            }
            return part;
        }
    };
    if clusters {
        let read = rows.iter().map(|row| cluster(audit, row));
        part.clusters = Listing::complete(join_all(read).await);
    }
    if pools {
        part.node_pools = Listing::complete(Vec::new());
        for row in &rows {
            part.node_pools.merge(pools_of(audit, row));
        }
    }
    part
}

async fn cluster(audit: &Subscription<'_>, row: &Value) -> Cluster {
    let id = word(row, "id").unwrap_or_default();
    let cluster = Cluster::unread_on(Provider::Azure, id, name_of(row), word(row, "location"));
    let body = Body { ask: audit.ask, action: CLUSTERS.name, id, value: row };
    if !body.is_resource() {
        return audit.all_unknown(cluster, senseless(CLUSTERS.name, id));
    }
    let view = body.view();
    cluster
        .platform(Known("aks".to_owned()))
        .version(body.fact(version(view)))
        .long_term_support(long_term(&body))
        .api_servers(body.fact(api_servers(view)))
        .public_ranges(body.fact(public_ranges(view)))
        .other_sign_ins(body.fact(other_sign_ins(view)))
        .provider_authorizes(body.fact(provider_authorizes(view)))
        .secrets_key(body.fact(secrets_key(view)))
        .policy_engine(policy_engine(&body))
        .audit_off(audit_off(audit, id).await)
}

/// The version that runs. While an upgrade is in progress, the requested one is ahead of it.
fn version(cluster: View<'_>) -> Read<String> {
    let current = cluster.text("properties.currentKubernetesVersion")?;
    match current.filter(|version| !version.is_empty()) {
        Some(version) => Ok(version.to_owned()),
        None => cluster.need("properties.kubernetesVersion", View::text).map(str::to_owned),
    }
}

/// The [plan](https://learn.microsoft.com/en-us/azure/aks/long-term-support). What an absent one means is not documented.
fn long_term(body: &Body<'_>) -> Fact<bool> {
    body.need("properties.supportPlan", View::text).and_then(|plan| match *plan {
        plan if same(plan, "AKSLongTermSupport") => Known(true),
        plan if same(plan, "KubernetesOfficial") => Known(false),
        other => body.unsupported(other),
    })
}

/// The public name, and that of a [private cluster](https://learn.microsoft.com/en-us/azure/aks/private-clusters), which may have both.
/// A kubeconfig has either.
fn api_servers(cluster: View<'_>) -> Read<Vec<String>> {
    let mut hosts = Vec::new();
    for path in ["properties.fqdn", "properties.privateFQDN"] {
        if let Some(name) = cluster.text(path)?.filter(|name| !name.is_empty()) {
            hosts.push(host(name).ok_or_else(|| Misfit(path.to_owned()))?);
        }
    }
    hosts.sort();
    hosts.dedup();
    let of = cluster.text("properties.oidcIssuerProfile.issuerURL")?;
    hosts.extend(of.and_then(issuer));
    Ok(hosts)
}

/// The [ranges](https://learn.microsoft.com/en-us/azure/aks/api-server-authorized-ip-ranges) that are authorized: everyone, where none
/// are. A private cluster, and one whose public network access is disabled, has no public address.
fn public_ranges(cluster: View<'_>) -> Read<Entries> {
    const RANGES: &str = "properties.apiServerAccessProfile.authorizedIPRanges";
    let private = cluster.flag("properties.apiServerAccessProfile.enablePrivateCluster")?;
    let access = cluster.text("properties.publicNetworkAccess")?;
    let disabled = match access {
        Some(access) if same(access, "Disabled") => true,
        Some(access) if same(access, "Enabled") || same(access, "SecuredByPerimeter") => false,
        Some(_) => return Err(Misfit("properties.publicNetworkAccess".to_owned())),
        None => false,
    };
    if private == Some(true) || disabled {
        return Ok(Entries::none());
    }
    let mut ranges: Vec<String> = cluster.texts(RANGES)?.into_iter().map(str::to_owned).collect();
    if ranges.iter().any(|range| Addresses::parse(range).is_none()) {
        return Err(Misfit(RANGES.to_owned()));
    }
    if ranges.is_empty() {
        ranges.push("0.0.0.0/0".to_owned());
    }
    ranges.sort();
    Ok(ranges.into())
}

/// [Local accounts](https://learn.microsoft.com/en-us/azure/aks/manage-local-accounts-managed-azure-ad), which are enabled unless they are
/// disabled. Without the integration with Entra ID there is nothing else.
fn other_sign_ins(cluster: View<'_>) -> Read<Entries> {
    let disabled = cluster.flag("properties.disableLocalAccounts")? == Some(true);
    let local = (!disabled).then(|| "local accounts".to_owned());
    let entra = cluster.object("properties.aadProfile")?.is_some();
    let without =
        (!entra).then(|| "certificates, without the integration with Entra ID".to_owned());
    Ok(local.into_iter().chain(without).collect())
}

fn provider_authorizes(cluster: View<'_>) -> Read<bool> {
    Ok(cluster.flag("properties.aadProfile.enableAzureRBAC")? == Some(true))
}

/// The key of the [key management service](https://learn.microsoft.com/en-us/azure/aks/use-kms-etcd-encryption).
fn secrets_key(cluster: View<'_>) -> Read<Option<String>> {
    const KEY: &str = "properties.securityProfile.azureKeyVaultKms.keyId";
    if cluster.flag("properties.securityProfile.azureKeyVaultKms.enabled")? != Some(true) {
        return Ok(None);
    }
    let key = cluster.need(KEY, View::text)?;
    if key.is_empty() { Err(Misfit(KEY.to_owned())) } else { Ok(Some(key.to_owned())) }
}

/// The [engine](https://learn.microsoft.com/en-us/azure/aks/use-network-policies) that is installed. A cluster that brings its own network
/// plugin may bring one for policies too.
fn policy_engine(body: &Body<'_>) -> Fact<Option<String>> {
    let own = body.text("properties.networkProfile.networkPlugin");
    let engine = body.text("properties.networkProfile.networkPolicy");
    let network = body.need("properties.networkProfile", View::object).map(|_| ());
    network.and_then(|()| {
        own.and_then(|own| {
            engine.and_then(|engine| {
                let set = engine.filter(|engine| !engine.is_empty() && !same(engine, "none"));
                match set {
                    Some(engine)
                        if ["azure", "calico", "cilium"]
                            .iter()
                            .any(|known| same(engine, known)) =>
                    {
                        Known(Some(engine.to_ascii_lowercase()))
                    }
                    Some(other) => body.unsupported(other),
                    None if own.is_some_and(|own| same(own, "none")) => {
                        let why = "the cluster brings its own network plugin";
                        body.ask.undetermined(CLUSTERS.name, body.id, why)
                    }
                    None => Known(None),
                }
            })
        })
    })
}

/// That no diagnostic setting delivers the [audit log](https://learn.microsoft.com/en-us/azure/aks/monitor-aks-reference#resource-logs): with
/// reads, or without.
async fn audit_off(audit: &Subscription<'_>, id: &str) -> Fact<Entries> {
    if !audit.wanted.fact(Cluster::AUDIT_OFF) {
        return Fact::not_collected();
    }
    diagnostics::of_resource(audit, id).await.map(|settings| {
        let delivers = |setting: &diagnostics::Setting| {
            let covers = |category: &&str| setting.covers(category, &["allLogs", "audit"]);
            setting.sink().is_some() && ["kube-audit", "kube-audit-admin"].iter().any(covers)
        };
        match settings.iter().any(delivers) {
            true => Entries::none(),
            false => {
                Entries::from(["no diagnostic setting delivers `kube-audit` or `kube-audit-admin`"])
            }
        }
    })
}

fn pools_of(audit: &Subscription<'_>, row: &Value) -> Listing<NodePool> {
    let id = word(row, "id").unwrap_or_default();
    let body = Body { ask: audit.ask, action: CLUSTERS.name, id, value: row };
    if !body.is_resource() {
        return Listing::unread(audit.ask.gap(senseless(CLUSTERS.name, id)));
    }
    // A cluster has one pool at least.
    let pools = body.fact(body.view().need("properties.agentPoolProfiles", View::listed));
    let pools = match pools {
        Known(pools) => pools,
        Fact::Gap(gap) => return Listing::unread(gap),
        Fact::NotOffered => return Listing::complete(Vec::new()),
    };
    let mut all = Listing::complete(Vec::new());
    for pool in pools {
        match pool.text("name") {
            Ok(Some(name)) if !name.is_empty() => all.items.push(node_pool(&body, pool.0, name)),
            _ => all.gaps.push(audit.ask.gap(senseless(CLUSTERS.name, id))),
        }
    }
    all
}

fn node_pool(cluster: &Body<'_>, value: &Value, name: &str) -> NodePool {
    let id = format!("{}/agentPools/{name}", cluster.id);
    let name = format!("{}/{name}", name_of(cluster.value));
    let pool = Body { ask: cluster.ask, action: CLUSTERS.name, id: &id, value };
    NodePool::unread_on(Provider::Azure, id.clone(), name, word(cluster.value, "location"))
        .version(pool.fact(pool_version(pool.view())))
        .long_term_support(long_term(cluster))
        .public_addresses(pool.fact(has_addresses(pool.view())))
}

fn pool_version(pool: View<'_>) -> Read<String> {
    let current = pool.text("currentOrchestratorVersion")?;
    match current.filter(|version| !version.is_empty()) {
        Some(version) => Ok(version.to_owned()),
        None => pool.need("orchestratorVersion", View::text).map(str::to_owned),
    }
}

/// Absent means [false](https://learn.microsoft.com/en-us/azure/templates/microsoft.containerservice/managedclusters#managedclusteragentpoolprofile).
fn has_addresses(pool: View<'_>) -> Read<bool> {
    Ok(pool.flag("enableNodePublicIP")? == Some(true))
}

#[cfg(test)]
mod tests;
