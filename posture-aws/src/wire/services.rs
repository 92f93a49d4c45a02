//! The services that are called through the client of this module.

use super::spec::{GovFips, Place, Protocol, Service};

/// IAM Access Analyzer.
pub(crate) static ACCESS_ANALYZER: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("AccessAnalyzer", "access-analyzer", Protocol::RestJson)
};

/// The interface to the account itself.
pub(crate) static ACCOUNT: Service =
    Service { place: Place::Partition, ..Service::new("Account", "account", Protocol::RestJson) };

/// AWS Certificate Manager.
pub(crate) static ACM: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    any_configured: true,
    ..Service::new("ACM", "acm", json("1.1", "CertificateManager"))
};

/// CloudFront.
pub(crate) static CLOUD_FRONT: Service = Service {
    place: Place::GlobalButChina,
    ..Service::new("CloudFront", "cloudfront", Protocol::RestXml)
};

/// CloudWatch, whose alarms are read.
pub(crate) static CLOUD_WATCH: Service = Service {
    gov_fips: GovFips::Plain,
    query_codes: true,
    ..Service::new("CloudWatch", "monitoring", json("1.0", "GraniteServiceVersion20100801"))
};

/// AWS Config.
pub(crate) static CONFIG: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("Config Service", "config", json("1.1", "StarlingDoveService"))
};

/// EC2, with its networks.
pub(crate) static EC2: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("EC2", "ec2", Protocol::Ec2 { version: "2016-11-15" })
};

/// The Elastic Container Registry.
pub(crate) static ECR: Service = Service {
    api_first: true,
    ..Service::new("ECR", "ecr", json("1.1", "AmazonEC2ContainerRegistry_V20150921"))
};

/// The Elastic Kubernetes Service.
pub(crate) static EKS: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    fips_first: true,
    ..Service::new("EKS", "eks", Protocol::RestJson)
};

/// Elastic Load Balancing for Classic Load Balancers.
pub(crate) static LOAD_BALANCING: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new(
        "Elastic Load Balancing",
        "elasticloadbalancing",
        Protocol::Query { version: "2012-06-01" },
    )
};

/// Elastic Load Balancing for every other load balancer.
pub(crate) static LOAD_BALANCING_V2: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new(
        "Elastic Load Balancing v2",
        "elasticloadbalancing",
        Protocol::Query { version: "2015-12-01" },
    )
};

/// GuardDuty.
pub(crate) static GUARD_DUTY: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("GuardDuty", "guardduty", Protocol::RestJson)
};

/// The Key Management Service.
pub(crate) static KMS: Service = Service::new("KMS", "kms", json("1.1", "TrentService"));

/// CloudWatch Logs.
pub(crate) static LOGS: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("CloudWatch Logs", "logs", json("1.1", "Logs_20140328"))
};

/// AWS Network Firewall.
pub(crate) static NETWORK_FIREWALL: Service =
    Service::new("Network Firewall", "network-firewall", json("1.0", "NetworkFirewall_20201112"));

/// AWS Organizations.
pub(crate) static ORGANIZATIONS: Service = Service {
    place: Place::Partition,
    gov_fips: GovFips::Plain,
    shared_quota: true,
    ..Service::new("Organizations", "organizations", json("1.1", "AWSOrganizationsV20161128"))
};

/// Route 53.
pub(crate) static ROUTE_53: Service = Service {
    place: Place::Global,
    gov_fips: GovFips::Plain,
    ..Service::new("Route 53", "route53", Protocol::RestXml)
};

/// The API of S3 for what belongs to an account and not to a bucket.
pub(crate) static S3_CONTROL: Service = Service {
    signs: "s3",
    account: Some("x-amz-account-id"),
    of_s3: true,
    ..Service::new("S3 Control", "s3-control", Protocol::RestXml)
};

/// Security Hub.
pub(crate) static SECURITY_HUB: Service =
    Service::new("SecurityHub", "securityhub", Protocol::RestJson);

/// Shield.
pub(crate) static SHIELD: Service = Service {
    place: Place::FirstPartition,
    ..Service::new("Shield", "shield", json("1.1", "AWSShield_20160616"))
};

/// The Simple Notification Service.
pub(crate) static SNS: Service = Service {
    gov_fips: GovFips::PlainUnlessDual,
    ..Service::new("SNS", "sns", Protocol::Query { version: "2010-03-31" })
};

/// AWS WAF.
pub(crate) static WAF: Service = Service::new("WAFV2", "wafv2", json("1.1", "AWSWAF_20190729"));

/// All of them.
pub(crate) static ALL: &[&Service] = &[
    &ACCESS_ANALYZER,
    &ACCOUNT,
    &ACM,
    &CLOUD_FRONT,
    &CLOUD_WATCH,
    &CONFIG,
    &EC2,
    &ECR,
    &EKS,
    &GUARD_DUTY,
    &KMS,
    &LOAD_BALANCING,
    &LOAD_BALANCING_V2,
    &LOGS,
    &NETWORK_FIREWALL,
    &ORGANIZATIONS,
    &ROUTE_53,
    &S3_CONTROL,
    &SECURITY_HUB,
    &SHIELD,
    &SNS,
    &WAF,
];

const fn json(version: &'static str, target: &'static str) -> Protocol {
    Protocol::Json { version, target }
}
