//! Clusters of Kubernetes, with their node groups and identity providers.

use serde_json::{Map, Value, json};

use super::{arn, filled, text, unknown_operation, without};
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};

/// What belongs to a cluster in a scenario, and is not part of its description.
const BESIDE: &[&str] = &["nodegroups", "identityProviderConfigs"];

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let here = ask.here(&ask.account.eks_clusters);
    let name = ask.call.word(1);
    let of = || {
        let found = here.iter().find(|item| text(&item.body, "name") == name);
        found.map(|item| &item.body).ok_or_else(missing)
    };
    let members = match ask.call.operation.as_str() {
        "ListClusters" => {
            let names: Vec<&str> = here.iter().map(|item| text(&item.body, "name")).collect();
            page(ask, "clusters", &names)?
        }
        "DescribeCluster" => json!({ "cluster": cluster(ask, of()?) }),
        "ListIdentityProviderConfigs" => {
            page(ask, "identityProviderConfigs", list(of()?, "identityProviderConfigs"))?
        }
        "ListNodegroups" => {
            let named = |group: &Value| group["nodegroupName"].as_str().map(str::to_owned);
            let names: Vec<_> = list(of()?, "nodegroups").iter().filter_map(named).collect();
            page(ask, "nodegroups", &names)?
        }
        "DescribeNodegroup" => {
            let wanted = ask.call.word(3);
            let mut groups = list(of()?, "nodegroups").iter();
            let found = groups.find(|group| group["nodegroupName"] == wanted);
            let group = found.and_then(Value::as_object).ok_or_else(missing)?;
            json!({ "nodegroup": node_group(ask, name, group) })
        }
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}

fn missing() -> Failure {
    Failure::new(404, "ResourceNotFoundException", "There is no such cluster, or nothing so in it.")
}

fn list<'a>(body: &'a Map<String, Value>, name: &str) -> &'a [Value] {
    body.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn page<T: serde::Serialize>(ask: &Ask<'_>, member: &str, all: &[T]) -> Result<Value, Failure> {
    let size = ask.call.number("maxResults").unwrap_or(100).clamp(1, 100);
    let message = "The token of the page is invalid.";
    let invalid = || Failure::new(400, "InvalidParameterException", message);
    let (page, next) = ask.page(all, ask.call.argument("nextToken"), size, &invalid)?;
    Ok(json!({ member: page, "nextToken": next }))
}

/// A cluster as it is where nothing else was chosen for it.
fn cluster(ask: &Ask<'_>, body: &Map<String, Value>) -> Value {
    let name = text(body, "name");
    let types = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
    let defaults = json!({
        "arn": arn(ask, "eks", &format!("cluster/{name}")), "createdAt": 1_704_067_200,
        "version": "1.35", "platformVersion": "eks.1", "status": "ACTIVE",
        "endpoint": format!("https://{name}.gr7.{}.eks.amazonaws.com", ask.call.region),
        "roleArn": format!("arn:aws:iam::{}:role/eks-{name}", ask.account.id),
        "resourcesVpcConfig": {
            "subnetIds": ["subnet-1", "subnet-2"], "securityGroupIds": [], "vpcId": "vpc-1",
            "endpointPublicAccess": true, "endpointPrivateAccess": false,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
        "logging": { "clusterLogging": [{ "types": types, "enabled": false }] },
        "accessConfig": { "authenticationMode": "API_AND_CONFIG_MAP" },
        "upgradePolicy": { "supportType": "EXTENDED" },
        "tags": {},
    });
    filled(without(body, BESIDE), defaults)
}

fn node_group(ask: &Ask<'_>, cluster: &str, body: &Map<String, Value>) -> Value {
    let name = text(body, "nodegroupName");
    let id = "1ac3d5f7-0000-4000-8000-000000000000";
    let defaults = json!({
        "nodegroupArn": arn(ask, "eks", &format!("nodegroup/{cluster}/{name}/{id}")),
        "clusterName": cluster, "version": "1.35", "releaseVersion": "1.35.1-20260901",
        "createdAt": 1_704_067_200, "status": "ACTIVE", "capacityType": "ON_DEMAND",
        "amiType": "AL2023_x86_64_STANDARD", "subnets": ["subnet-1", "subnet-2"], "tags": {},
    });
    filled(without(body, &[]), defaults)
}
