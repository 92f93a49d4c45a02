//! Whole accounts: a scene of `tests/cloud/seed.py`, and what the local server cannot hold of it.

use serde_json::{Value, json};

use crate::azure::Tenant;
use crate::complete::blocked;
use crate::{Cloud, Fault, Rule, Run};

/// An organization that the account manages, which the local server would give to every account at once.
pub fn manages_organization(cloud: &Cloud) {
    let account = cloud.account();
    cloud.answer(
        "organizations:DescribeOrganization",
        &json!({ "Organization": {
            "Id": "o-abcdefghij", "Arn": format!("arn:aws:organizations::{account}:organization/o-abcdefghij"),
            "FeatureSet": "ALL", "MasterAccountId": account,
            "MasterAccountArn": format!("arn:aws:organizations::{account}:account/o-abcdefghij/{account}")
        } }),
    );
    cloud.answer(
        "organizations:ListPolicies",
        &json!({ "Policies": [{ "Id": "p-12345678", "Name": "limits", "AwsManaged": false,
            "Type": "SERVICE_CONTROL_POLICY" }] }),
    );
    cloud.answer(
        "organizations:ListTargetsForPolicy",
        &json!({ "Targets": [{ "TargetId": "r-abcd", "Name": "Root", "Type": "ROOT" }] }),
    );
    cloud.answer(
        "organizations:ListDelegatedAdministrators",
        &json!({ "DelegatedAdministrators": [] }),
    );
}

/// An account in which every control that can be met is met: what the local server cannot hold is answered here.
pub fn clean(account: &str) -> Cloud {
    let cloud = Cloud::with(account, "clean");
    let analyzers = ["ACCOUNT", "ACCOUNT_UNUSED_ACCESS"].map(|kind| {
        json!({
            "arn": format!("arn:aws:access-analyzer:us-east-1:{account}:analyzer/{kind}"), "name": kind,
            "type": kind, "status": "ACTIVE", "createdAt": "2026-01-01T00:00:00Z"
        })
    });
    cloud.answer("access-analyzer:ListAnalyzers", &json!({ "analyzers": analyzers }));
    manages_organization(&cloud);
    cloud.answer(
        "organizations:ListDelegatedAdministrators",
        &json!({ "DelegatedAdministrators": [{ "Id": "999999999999" }] }),
    );
    let delegation = json!({ "Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::999999999999:root" },
        "Action": ["organizations:CreatePolicy", "organizations:UpdatePolicy"], "Resource": "*"
    } });
    cloud.answer(
        "organizations:DescribeResourcePolicy",
        &json!({ "ResourcePolicy": { "Content": delegation.to_string() } }),
    );
    has_features(&cloud, &["RootCredentialsManagement", "RootSessions"]);
    root_has_mfa(&cloud);
    cloud.rule(Rule::edit("s3:GetBucketVersioning", |versioning| {
        versioning.replace("</Status>", "</Status><MfaDelete>Enabled</MfaDelete>")
    }));
    delivers_to_log_groups(&cloud);
    cloud.answer("shield:GetSubscriptionState", &json!({ "SubscriptionState": "ACTIVE" }));
    let protection = json!({ "Id": "1", "ResourceArn": "arn:aws:route53:::hostedzone/Z1" });
    cloud.answer("shield:ListProtections", &json!({ "Protections": [protection] }));
    cloud.rule(blocked(true));
    cloud
}

/// What the trails record arrives in their log groups.
pub fn delivers_to_log_groups(cloud: &Cloud) {
    cloud.rule(Rule::edit("cloudtrail:GetTrailStatus", |status| {
        let mut status: Value = serde_json::from_str(&status).unwrap();
        status["LatestCloudWatchLogsDeliveryTime"] = status["LatestDeliveryTime"].clone();
        status.to_string()
    }));
}

/// Root has MFA.
pub fn root_has_mfa(cloud: &Cloud) {
    cloud.rule(Rule::replace(
        "iam:GetAccountSummary",
        "<key>AccountMFAEnabled</key><value>0<",
        "<key>AccountMFAEnabled</key><value>1<",
    ));
}

/// The access point does not block public access.
pub fn opens_access_points(cloud: &Cloud) {
    cloud.rule(Rule::edit("s3:GetAccessPoint", |point| point.replace(">true<", ">false<")));
}

/// An event data store, as it should be or in everything wrong.
pub fn has_event_store(cloud: &Cloud, good: bool) {
    let store = format!("arn:aws:cloudtrail:us-east-1:{}:eventdatastore/1", cloud.account());
    let stores = json!({ "EventDataStores": [{ "EventDataStoreArn": store, "Name": "lake" }] });
    let stores = Rule::new("cloudtrail:ListEventDataStores", Fault::Answer(stores.to_string()));
    cloud.rule(stores.region("us-east-1"));
    cloud.answer(
        "cloudtrail:GetEventDataStore",
        &json!({
            "EventDataStoreArn": store, "Name": "lake", "Status": "ENABLED", "MultiRegionEnabled": good,
            "OrganizationEnabled": false, "RetentionPeriod": if good { 365 } else { 7 },
            "TerminationProtectionEnabled": good,
            "AdvancedEventSelectors": [{ "FieldSelectors": [{ "Field": "eventCategory", "Equals": ["Management"] }] }]
        }),
    );
}

/// The scene in which nearly everything is wrong, with something that is right beside it.
pub fn mixed(account: &str) -> Cloud {
    let cloud = Cloud::with(account, "wrong");
    cloud.add("right");
    delivers_to_log_groups(&cloud);
    manages_organization(&cloud);
    cloud
}

/// Which features iam:ListOrganizationsFeatures answers.
fn has_features(cloud: &Cloud, on: &[&str]) {
    let members: String = on.iter().map(|feature| format!("<member>{feature}</member>")).collect();
    let answer = format!(
        "<ListOrganizationsFeaturesResponse><ListOrganizationsFeaturesResult><OrganizationId>o-abcdefghij</OrganizationId>\
         <EnabledFeatures>{members}</EnabledFeatures></ListOrganizationsFeaturesResult></ListOrganizationsFeaturesResponse>"
    );
    cloud.rule(Rule::new("iam:ListOrganizationsFeatures", Fault::Answer(answer)));
}

/// A moment some days ahead, as responses in XML write it.
fn days_from_now(days: u64) -> String {
    let then = std::time::SystemTime::now() + std::time::Duration::from_secs(days * 24 * 60 * 60);
    let then = aws_smithy_types::DateTime::from(then);
    then.fmt(aws_smithy_types::date_time::Format::DateTime).unwrap()
}

/// A cluster of EKS in which everything is wrong. The local server does not know how users sign in to one.
pub fn has_bad_cluster(cloud: &Cloud) {
    let answers = [
        ("eks:ListClusters", json!({ "clusters": ["old"] })),
        (
            "eks:DescribeCluster",
            json!({ "cluster": {
                "name": "old", "version": "1.28",
                "endpoint": "https://A0DC.gr7.us-east-1.eks.amazonaws.com",
                "resourcesVpcConfig": { "endpointPublicAccess": true, "publicAccessCidrs": ["0.0.0.0/0"] },
                "logging": { "clusterLogging": [{ "types": ["audit"], "enabled": false }] },
                "accessConfig": { "authenticationMode": "CONFIG_MAP" },
            } }),
        ),
        ("eks:ListIdentityProviderConfigs", json!({ "identityProviderConfigs": [] })),
        ("eks:ListNodegroups", json!({ "nodegroups": ["workers"] })),
        (
            "eks:DescribeNodegroup",
            json!({ "nodegroup": {
                "nodegroupName": "workers", "version": "1.28", "amiType": "AL2023_x86_64_STANDARD",
                "remoteAccess": { "ec2SshKey": "admin" },
            } }),
        ),
    ];
    for (action, answer) in &answers {
        cloud.answer(action, answer);
    }
}

/// An account in which every control fails somewhere.
pub fn wrong(account: &str) -> Cloud {
    let cloud = Cloud::with(account, "wrong");
    manages_organization(&cloud);
    cloud.answer("organizations:ListPolicies", &json!({ "Policies": [] }));
    has_features(&cloud, &[]);
    // The second region has no detector at all; the one of the first watches nothing of what it could.
    cloud.regions(&[("us-east-1", "ENABLED_BY_DEFAULT"), ("eu-central-1", "ENABLED")]);
    cloud.answer(
        "account:GetContactInformation",
        &json!({ "ContactInformation": {
            "FullName": "", "AddressLine1": "", "City": "", "PostalCode": "", "CountryCode": "", "PhoneNumber": ""
        } }),
    );
    // Root has a key and signed in a moment ago; everything else is from long ago and was never used.
    cloud.rule(Rule::replace(
        "iam:GetAccountSummary",
        "<key>AccountAccessKeysPresent</key><value>0<",
        "<key>AccountAccessKeysPresent</key><value>1<",
    ));
    cloud.rule(Rule::edit("iam:GetCredentialReport", |report| {
        let old = report.replace("202", "201");
        let now = days_from_now(0);
        old.replace("2016-01-01T00:00:00", now.get(..19).unwrap())
    }));
    cloud.rule(Rule::edit("iam:GetAccountAuthorizationDetails", |details| {
        details.replace("<CreateDate>202", "<CreateDate>201")
    }));
    cloud.rule(Rule::edit("cloudtrail:GetTrailStatus", |status| {
        let mut status: Value = serde_json::from_str(&status).unwrap();
        status["LatestDeliveryError"] = json!("AccessDenied");
        status["LatestCloudWatchLogsDeliveryError"] = json!("Role unusable");
        status.to_string()
    }));
    cloud.rule(Rule::edit("iam:ListServerCertificates", |certificates| {
        // The last one expires soon, the others long ago.
        let (before, last) = certificates.rsplit_once("<Expiration>").unwrap();
        let (_, after) = last.split_once("</Expiration>").unwrap();
        format!("{before}<Expiration>{}</Expiration>{after}", days_from_now(10))
    }));
    cloud.rule(Rule::edit("kms:GetKeyRotationStatus", |status| {
        status.replace('}', r#", "RotationPeriodInDays": 2560}"#)
    }));
    opens_access_points(&cloud);
    has_event_store(&cloud, false);
    has_bad_cluster(&cloud);
    cloud
}

/// The account and the tenant that the README shows.
pub struct Estate {
    account: Cloud,
    tenant: Tenant,
}

impl Estate {
    /// Fills both. The account's number is separate, as for every scene.
    pub fn new(account: &str) -> Self {
        let cloud = clean(account);
        cloud.add("flaws");
        cloud.regions(&[
            ("us-east-1", "ENABLED_BY_DEFAULT"),
            ("eu-central-1", "ENABLED"),
            ("ap-east-1", "DISABLED"),
        ]);
        cloud.rule(Rule::edit("sts:GetCallerIdentity", |answer| {
            answer.replace(":sts::", ":iam::").replace(":user/moto", ":user/auditor")
        }));
        // Not everything may be read.
        cloud.rule(Rule::deny("s3:GetBucketPolicy").about(&format!("invoices-{account}")));
        cloud.rule(Rule::deny("guardduty:ListDetectors").region("eu-central-1"));
        let mut scenario = crate::azure::example();
        let sandbox = scenario.subscriptions.last_mut().unwrap();
        sandbox.not_actions.push("Microsoft.KeyVault/vaults/secrets/read".to_owned());
        Self { account: cloud, tenant: Tenant::serve(scenario) }
    }

    /// Audits both as one `posture.toml` says.
    pub fn audit(&self, arguments: &[&str]) -> Run {
        let configuration = format!(
            "[[target]]\nprovider = \"aws\"\n\n[[target]]\nprovider = \"azure\"\nsimulator = \"{}\"\n",
            self.tenant.url()
        );
        let program = self.tenant.credentials(self.account.program());
        program
            .file("posture.toml", &configuration)
            .args(&["audit", "targets"])
            .args(arguments)
            .run()
    }
}
