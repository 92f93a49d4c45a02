//! The clusters of Amazon EKS, and their managed node groups.

use futures::future::join_all;
use posture_model::api_server::{host, issuer};
use posture_model::entries::Entries;
use posture_model::fact::{Fact, Known};
use posture_model::listing::Listing;
use posture_model::network::Addresses;
use posture_model::part::Part;
use posture_model::provider::Provider;
use posture_model::resource::{Cluster, Kind, NodePool};

use super::context::Audit;
use super::regional;
use super::regions;
use crate::ask::CallError;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::EKS;
use crate::wire::{Answer, Client, Constant, Operation, answers, words};

pub(crate) const CLUSTERS: Action = Action {
    name: "eks:ListClusters",
    per: Per::PLACE.at_least(),
    own: Holds::all(&["clusters"]),
    lists: &[Kind::Cluster, Kind::NodePool],
    fills: &[Cluster::PLATFORM],
    command: "aws eks list-clusters --region {region}",
};

pub(crate) const CLUSTER: Action = Action {
    name: "eks:DescribeCluster",
    per: Per::resource(Kind::Cluster),
    own: Holds::all(&["cluster"]),
    lists: &[],
    fills: &[
        Cluster::VERSION,
        Cluster::API_SERVERS,
        Cluster::PUBLIC_RANGES,
        Cluster::OTHER_SIGN_INS,
        Cluster::SECRETS_KEY,
        Cluster::AUDIT_OFF,
    ],
    command: "aws eks describe-cluster --name {name} --region {region}",
};

pub(crate) const SIGN_INS: Action = Action {
    name: "eks:ListIdentityProviderConfigs",
    per: Per::resource(Kind::Cluster).at_least(),
    own: Holds::all(&["identityProviderConfigs"]),
    lists: &[],
    fills: &[Cluster::OTHER_SIGN_INS],
    command: "aws eks list-identity-provider-configs --cluster-name {name} --region {region}",
};

pub(crate) const GROUPS: Action = Action {
    name: "eks:ListNodegroups",
    per: Per::resource(Kind::Cluster).at_least(),
    own: Holds::all(&["nodegroups"]),
    lists: &[Kind::NodePool],
    fills: &[],
    command: "aws eks list-nodegroups --cluster-name <cluster> --region {region}",
};

pub(crate) const GROUP: Action = Action {
    name: "eks:DescribeNodegroup",
    per: Per::resource(Kind::NodePool),
    own: Holds::all(&["nodegroup"]),
    lists: &[],
    fills: &[NodePool::VERSION, NodePool::OPEN_REMOTE_ACCESS],
    command: "aws eks describe-nodegroup --cluster-name <cluster> --nodegroup-name <node-group> --region {region}",
};

words! {
    /// By what a cluster decides which identities of IAM it admits.
    AuthenticationMode {
        Api = "API",
        ApiAndConfigMap = "API_AND_CONFIG_MAP",
        ConfigMap = "CONFIG_MAP",
    }
}

answers! {
    /// A page of the names of clusters.
    ListClusters {
        names: "clusters" optional texts,
    }

    DescribeCluster {
        cluster: "cluster" optional record(DescribedCluster),
    }

    DescribedCluster {
        version: "version" optional text,
        endpoint: "endpoint" optional text,
        network: "resourcesVpcConfig" optional record(ClusterNetwork),
        logging: "logging" optional record(ClusterLogging),
        encryption: "encryptionConfig" optional records(ClusterEncryption),
        access: "accessConfig" optional record(ClusterAccess),
        identity: "identity" optional record(ClusterIdentity),
    }

    ClusterIdentity {
        oidc: "oidc" optional record(ClusterOidc),
    }

    ClusterOidc {
        issuer: "issuer" optional text,
    }

    ClusterNetwork {
        public: "endpointPublicAccess" optional flag,
        ranges: "publicAccessCidrs" optional texts,
    }

    ClusterLogging {
        setups: "clusterLogging" optional records(LogSetup),
    }

    LogSetup {
        types: "types" optional texts,
        enabled: "enabled" optional flag,
    }

    ClusterEncryption {
        provider: "provider" optional record(EncryptionProvider),
    }

    EncryptionProvider {
        key: "keyArn" optional text,
    }

    ClusterAccess {
        mode: "authenticationMode" optional word(AuthenticationMode),
    }

    /// A page of identity providers.
    ListIdentityProviderConfigs {
        providers: "identityProviderConfigs" optional records(IdentityProvider),
    }

    IdentityProvider {
        kind: "type" required text,
        name: "name" required text,
    }

    /// A page of the names of node groups.
    ListNodegroups {
        names: "nodegroups" optional texts,
    }

    DescribeNodegroup {
        group: "nodegroup" optional record(DescribedGroup),
    }

    DescribedGroup {
        version: "version" optional text,
        image: "amiType" optional text,
        remote: "remoteAccess" optional record(RemoteAccess),
    }

    RemoteAccess {
        key: "ec2SshKey" optional text,
        sources: "sourceSecurityGroups" optional texts,
    }
}

/// The clusters of EKS alone: clusters elsewhere that are only connected are not among them.
pub(crate) static LIST_CLUSTERS: Operation<0, ListClusters<'_>> =
    Operation::new(&EKS, CLUSTERS.name, "ListClusters")
        .at("GET", "/clusters")
        .given(&[("maxResults", Constant::Whole(100))])
        .pages("nextToken", "nextToken");

pub(crate) static DESCRIBE_CLUSTER: Operation<1, DescribeCluster<'_>> =
    Operation::new(&EKS, CLUSTER.name, "DescribeCluster")
        .at("GET", "/clusters/{name}")
        .takes(&["name"]);

pub(crate) static LIST_SIGN_INS: Operation<1, ListIdentityProviderConfigs<'_>> =
    Operation::new(&EKS, SIGN_INS.name, "ListIdentityProviderConfigs")
        .at("GET", "/clusters/{name}/identity-provider-configs")
        .given(&[("maxResults", Constant::Whole(100))])
        .pages("nextToken", "nextToken")
        .takes(&["name"]);

pub(crate) static LIST_GROUPS: Operation<1, ListNodegroups<'_>> =
    Operation::new(&EKS, GROUPS.name, "ListNodegroups")
        .at("GET", "/clusters/{name}/node-groups")
        .given(&[("maxResults", Constant::Whole(100))])
        .pages("nextToken", "nextToken")
        .takes(&["name"]);

pub(crate) static DESCRIBE_GROUP: Operation<2, DescribeNodegroup<'_>> =
    Operation::new(&EKS, GROUP.name, "DescribeNodegroup")
        .at("GET", "/clusters/{name}/node-groups/{nodegroupName}")
        .takes(&["name", "nodegroupName"]);

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    let found = regions::listing(audit, &CLUSTERS, "eks", |region| clusters_of(audit, region));
    let Listing { items, gaps } = found.await;
    let mut part = Part::default();
    part.clusters.gaps.clone_from(&gaps);
    part.node_pools = match audit.calls(&GROUPS) {
        // A cluster that was not listed may have node groups.
        true => Listing { items: Vec::new(), gaps },
        false => Listing::not_collected(),
    };
    for (cluster, groups) in items {
        part.clusters.items.push(cluster);
        part.node_pools.items.extend(groups.items);
        part.node_pools.gaps.extend(groups.gaps);
    }
    part
}

async fn clusters_of(audit: &Audit<'_>, region: &str) -> Listing<(Cluster, Listing<NodePool>)> {
    let client = audit.session.client(region, audit.meter);
    let (pages, refused) = audit.ask.list(&client, &LIST_CLUSTERS, region, []).await;
    let names = || pages.iter().flat_map(|page| page.read().names());
    let nameless = names().any(str::is_empty);
    let refused = CallError::or_nameless(refused, nameless, CLUSTERS.name, region);
    let of = Place { audit, client: &client, region };
    let found = names().filter(|name| !name.is_empty()).map(|name| async move {
        Box::pin(async { futures::join!(of.cluster(name), of.groups(name)) }).await
    });
    audit.ask.listing(join_all(found).await, refused)
}

/// Where clusters are, and what they are read with.
#[derive(Clone, Copy)]
struct Place<'a> {
    audit: &'a Audit<'a>,
    client: &'a Client,
    region: &'a str,
}

impl Place<'_> {
    async fn cluster(self, name: &str) -> Cluster {
        let Self { audit, client, region } = self;
        let ask = audit.ask;
        let id = regional::id(audit, "eks", region, &format!("cluster/{name}"));
        let cluster = Cluster::unread_on(Provider::Aws, id.clone(), name, Some(region))
            .platform(Known("eks".to_owned()));
        if !audit.calls(&CLUSTER) {
            return cluster;
        }
        let described =
            async { ask.fact(ask.read(client, &DESCRIBE_CLUSTER, &id, region, [name]).await) };
        let (described, providers) = futures::join!(described, self.providers(name, &id));
        cluster
            .version(self.fact(&id, &described, version))
            .api_servers(self.fact(&id, &described, hosts))
            .public_ranges(self.fact(&id, &described, public_ranges))
            .audit_off(self.fact(&id, &described, audit_off))
            .secrets_key(self.fact(&id, &described, secrets_key))
            .other_sign_ins(Fact::together([&self.fact(&id, &described, config_map), &providers]))
    }

    /// A fact of a description.
    fn fact<T>(
        self,
        id: &str,
        described: &Fact<Answer<DescribeCluster<'static>>>,
        of: impl FnOnce(DescribedCluster<'_>) -> Result<T, &'static str>,
    ) -> Fact<T> {
        described.and_then(|answer| {
            let cluster = answer.read().cluster().ok_or("the response has no cluster");
            let found = cluster.and_then(of);
            found.map_or_else(|why| self.audit.ask.malformed(CLUSTER.name, id, why), Known)
        })
    }

    /// The identity providers that the cluster trusts beside IAM.
    async fn providers(self, name: &str, id: &str) -> Fact<Entries> {
        let Self { audit, client, region } = self;
        if !audit.calls(&SIGN_INS) {
            return Fact::not_collected();
        }
        let (pages, refused) = audit.ask.list(client, &LIST_SIGN_INS, region, [name]).await;
        let all = pages.iter().flat_map(|page| page.read().providers());
        let certain =
            all.map(|one| format!("{} identity provider `{}`", one.kind(), one.name())).collect();
        let gap = refused.map(|refused| {
            let mut gap = refused.into_gap();
            id.clone_into(&mut gap.target);
            audit.ask.gap(gap)
        });
        Entries::new(certain, gap).into_fact()
    }

    async fn groups(self, cluster: &str) -> Listing<NodePool> {
        let Self { audit, client, region } = self;
        if !audit.calls(&GROUPS) {
            return Listing::complete(Vec::new());
        }
        let (pages, refused) = audit.ask.list(client, &LIST_GROUPS, region, [cluster]).await;
        let names = || pages.iter().flat_map(|page| page.read().names());
        let nameless = names().any(str::is_empty);
        let refused = CallError::or_nameless(refused, nameless, GROUPS.name, region);
        let named = names().filter(|name| !name.is_empty());
        let groups = join_all(named.map(|name| self.group(cluster, name))).await;
        audit.ask.listing(groups, refused)
    }

    async fn group(self, cluster: &str, name: &str) -> NodePool {
        let Self { audit, client, region } = self;
        let ask = audit.ask;
        // Its ARN ends with an id that only its description shows.
        let id = regional::id(audit, "eks", region, &format!("nodegroup/{cluster}/{name}"));
        let name_of_both = format!("{cluster}/{name}");
        let pool = NodePool::unread_on(Provider::Aws, id.clone(), name_of_both, Some(region));
        if !audit.calls(&GROUP) {
            return pool;
        }
        let read = ask.read(client, &DESCRIBE_GROUP, &id, region, [cluster, name]).await;
        let described = ask.fact(read);
        let lacks = "the response has no node group";
        let open = described.and_then(|answer| {
            let group = answer.read().group().ok_or(lacks);
            group
                .and_then(open_remote_access)
                .map_or_else(|why| ask.malformed(GROUP.name, &id, why), Known)
        });
        let version = described.and_then(|answer| {
            let version = answer.read().group().ok_or(lacks).and_then(|group| {
                let version = group.version().filter(|version| !version.is_empty());
                version.map(str::to_owned).ok_or("the node group has no version")
            });
            version.map_or_else(|why| ask.malformed(GROUP.name, &id, why), Known)
        });
        pool.version(version).open_remote_access(open)
    }
}

fn version(cluster: DescribedCluster<'_>) -> Result<String, &'static str> {
    let version = cluster.version().filter(|version| !version.is_empty());
    version.map(str::to_owned).ok_or("the cluster has no version")
}

/// The host of an address such as `https://A0DC.gr7.eu-central-1.eks.amazonaws.com`. A cluster that is being created has none.
fn hosts(cluster: DescribedCluster<'_>) -> Result<Vec<String>, &'static str> {
    let mut hosts = Vec::new();
    if let Some(endpoint) = cluster.endpoint().filter(|endpoint| !endpoint.is_empty()) {
        hosts.push(host(endpoint).ok_or("the endpoint has no host")?);
    }
    let of = cluster.identity().and_then(|identity| identity.oidc());
    hosts.extend(of.and_then(|oidc| oidc.issuer()).and_then(issuer));
    Ok(hosts)
}

/// The ranges of the [public endpoint](https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html). Where it is off,
/// those that were set for it mean nothing.
fn public_ranges(cluster: DescribedCluster<'_>) -> Result<Entries, &'static str> {
    let network = cluster.network().ok_or("the cluster has no network settings")?;
    if !network.public().ok_or("whether the endpoint is public is missing")? {
        return Ok(Entries::none());
    }
    let mut ranges: Vec<String> = network.ranges().map(str::to_owned).collect();
    if ranges.is_empty() {
        return Err("the public endpoint comes without its ranges");
    }
    if ranges.iter().any(|range| Addresses::parse(range).is_none()) {
        return Err("a range of the public endpoint is not one of addresses");
    }
    ranges.sort();
    Ok(ranges.into())
}

/// That the [audit log](https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html) is not delivered.
fn audit_off(cluster: DescribedCluster<'_>) -> Result<Entries, &'static str> {
    let logging = cluster.logging().ok_or("the cluster has no log settings")?;
    let (mut on, mut off) = (false, false);
    for setup in logging.setups() {
        if setup.types().any(|kind| kind == "audit") {
            let enabled = setup.enabled().ok_or("whether a log is delivered is missing")?;
            (on, off) = (on || enabled, off || !enabled);
        }
    }
    match (on, off) {
        (true, false) => Ok(Entries::none()),
        (false, true) => Ok(Entries::from(["control plane log `audit` is off"])),
        _ => Err("whether the audit log is delivered is missing"),
    }
}

/// The [key](https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html) that was chosen for the cluster; otherwise it
/// is one that AWS owns.
fn secrets_key(cluster: DescribedCluster<'_>) -> Result<Option<String>, &'static str> {
    let mut found = None;
    for encryption in cluster.encryption() {
        let key = encryption.provider().and_then(EncryptionProvider::key);
        let key = key.filter(|key| !key.is_empty()).ok_or("the encryption has no key")?;
        found.get_or_insert(key.to_owned());
    }
    Ok(found)
}

/// Whether the config map `aws-auth` admits identities, see
/// [access entries](https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html).
fn config_map(cluster: DescribedCluster<'_>) -> Result<Entries, &'static str> {
    use AuthenticationMode as Mode;
    let access = cluster.access().ok_or("the cluster has no access settings")?;
    match access.mode().ok_or("the authentication mode is missing")? {
        Mode::Api => Ok(Entries::none()),
        Mode::ApiAndConfigMap | Mode::ConfigMap => Ok(Entries::from(["config map `aws-auth`"])),
        Mode::Other => Err("the authentication mode is not known here"),
    }
}

/// What the remote access of a node group opens: everything, where it has a key and no source, see
/// [RemoteAccessConfig](https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html).
fn open_remote_access(group: DescribedGroup<'_>) -> Result<Entries, &'static str> {
    let Some(remote) = group.remote() else { return Ok(Entries::none()) };
    if remote.key().is_none_or(str::is_empty) {
        return Err("the remote access has no key");
    }
    if remote.sources().any(str::is_empty) {
        return Err("a source of the remote access has no name");
    }
    if remote.sources().len() > 0 {
        return Ok(Entries::none());
    }
    let image = group.image().ok_or("the node group has no image type")?;
    let port = if image.starts_with("WINDOWS") { 3389 } else { 22 };
    Ok([format!("port {port} from 0.0.0.0/0")].into_iter().collect())
}

#[cfg(test)]
mod tests;
