//! What AWS is called, and how other tools identify its resources.

use posture_model::provider::Provider;
use posture_model::provider_info::{Asff, LevelInfo, Link, OcsfAccount, ProviderInfo};
use posture_model::resource::Kind;
use posture_model::scope::Level;
use posture_model::wanted::Wanted;

use crate::action::{self, wanted_actions};

/// The description of AWS.
pub static INFO: ProviderInfo = ProviderInfo {
    provider: Provider::Aws,
    levels: &[LevelInfo {
        level: Level::Account,
        word: "account",
        ocsf_account: OcsfAccount { type_id: 10, name: "AWS Account" },
    }],
    usual_partition: "aws",
    accounts_in_tenant: false,
    known_by_name: false,
    commands: action::commands,
    actions,
    // A permission of IAM has the name of its action.
    permissions: actions,
    asff: Some(Asff {
        account_type: "AwsAccount",
        account_prefix: "AWS::::Account:",
        resource_type,
        home_region,
        documentation: "https://docs.aws.amazon.com/",
    }),
    assurance: &[
        Link {
            title: "AWS Artifact: SOC 2 Type II report, ISO/IEC 27001, 27017 and 27018 certificates",
            url: "https://aws.amazon.com/artifact/",
        },
        Link {
            title: "shared responsibility model of AWS",
            url: "https://aws.amazon.com/compliance/shared-responsibility-model/",
        },
    ],
};

fn actions(wanted: &Wanted) -> Vec<&'static str> {
    wanted_actions(wanted).iter().map(|action| action.name).collect()
}

fn home_region(partition: &str) -> &'static str {
    match partition {
        "aws-cn" => "cn-north-1",
        "aws-us-gov" => "us-gov-west-1",
        _ => "us-east-1",
    }
}

/// What Security Hub calls a kind of resource; it has no name for some.
fn resource_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Account => "AwsAccount",
        Kind::User => "AwsIamUser",
        Kind::AccessKey => "AwsIamAccessKey",
        Kind::Group => "AwsIamGroup",
        Kind::Role => "AwsIamRole",
        Kind::Policy => "AwsIamPolicy",
        Kind::Bucket => "AwsS3Bucket",
        Kind::AccessPoint => "AwsS3AccessPoint",
        Kind::AuditTrail => "AwsCloudTrailTrail",
        Kind::Detector => "AwsGuardDutyDetector",
        Kind::Key => "AwsKmsKey",
        Kind::Secret => "AwsSecretsManagerSecret",
        Kind::Network => "AwsEc2Vpc",
        Kind::SecurityGroup => "AwsEc2SecurityGroup",
        Kind::NetworkInterface => "AwsEc2NetworkInterface",
        Kind::Machine => "AwsEc2Instance",
        Kind::Subnet => "AwsEc2Subnet",
        Kind::NetworkAcl => "AwsEc2NetworkAcl",
        Kind::TransitGateway => "AwsEc2TransitGateway",
        Kind::Cluster => "AwsEksCluster",
        Kind::TlsCertificate => "AwsCertificateManagerCertificate",
        Kind::Firewall => "AwsNetworkFirewallFirewall",
        Kind::FirewallPolicy => "AwsNetworkFirewallFirewallPolicy",
        Kind::FirewallRuleGroup => "AwsNetworkFirewallRuleGroup",
        Kind::Distribution => "AwsCloudFrontDistribution",
        Kind::WebAcl => "AwsWafv2WebAcl",
        Kind::WebRuleGroup => "AwsWafv2RuleGroup",
        Kind::Directory
        | Kind::Credential
        | Kind::FederatedCredential
        | Kind::Grant
        | Kind::Certificate
        | Kind::EventStore
        | Kind::LogGroup
        | Kind::LogPolicy
        | Kind::Alert
        | Kind::Recorder
        | Kind::FindingHub
        | Kind::Analyzer
        | Kind::Vault
        | Kind::FlowLog
        | Kind::InternetBlock
        | Kind::HostedZone
        | Kind::PublicAddress
        | Kind::VpnGateway
        | Kind::VpnConnection
        | Kind::Namespace
        | Kind::Workload
        | Kind::ServiceAccount
        | Kind::RbacSubject
        | Kind::RoleBinding
        | Kind::NetworkPolicy
        | Kind::Service
        | Kind::Ingress
        | Kind::AdmissionWebhook
        | Kind::Node
        | Kind::NodePool
        | Kind::BetaObject
        | Kind::SecretManifest
        | Kind::Daemon
        | Kind::ContainerImage
        | Kind::Vulnerability
        // It has one name for Classic Load Balancers and another for the rest.
        | Kind::LoadBalancer => "Other",
    }
}
