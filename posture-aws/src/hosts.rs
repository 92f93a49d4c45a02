//! The hosts of AWS's own interfaces.
//!
//! Much below AWS's domains belongs to customers: an API gateway, a load balancer, a machine. A signed request to one of these
//! hands a stranger what it signs. So the list names services and the form of their hosts, and not domains.

use posture_model::dated::Dated;

use crate::wire::endpoint::PARTITIONS;

/// The services that are called, as [their endpoints](https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html)
/// name them, and those that hand out credentials.
static SERVICES: Dated<&str> = Dated::new(
    &["https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html"],
    "2026-11-29",
    &[
        "access-analyzer",
        "account",
        "acm",
        "cloudfront",
        "cloudtrail",
        "config",
        "ec2",
        "ecr",
        "eks",
        "elasticloadbalancing",
        "guardduty",
        "iam",
        "kms",
        "logs",
        "monitoring",
        "network-firewall",
        "oidc",
        "organizations",
        "route53",
        "s3",
        "s3-control",
        "securityhub",
        "shield",
        "signin",
        "sns",
        "sso",
        "sts",
        "wafv2",
    ],
);

/// Whether a host is one of an AWS API that this crate uses: `SERVICE.REGION.DOMAIN` with the variants that endpoints
/// have.
pub fn is_aws(host: &str) -> bool {
    let host = host.to_ascii_lowercase();
    let mut domains = PARTITIONS.iter().flat_map(|partition| partition.domains());
    domains.any(|domain| {
        let rest = host.strip_suffix(domain).and_then(|rest| rest.strip_suffix('.'));
        rest.is_some_and(is_service)
    })
}

/// Whether the part before the domain is a service of AWS.
fn is_service(before: &str) -> bool {
    let mut labels: Vec<&str> = before.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return false;
    }
    // An interface endpoint in a network of the caller: `vpce-1a2b-3c4d.sts.eu-west-1.vpce`.
    let private = labels.last() == Some(&"vpce");
    if private {
        labels.pop();
    }
    let regional = labels.last().is_some_and(|label| is_region(label));
    if regional {
        labels.pop();
    }
    if labels.last() == Some(&"dualstack") {
        labels.pop();
    }
    let Some(service) = labels.pop() else { return false };
    // Before S3 had endpoints like the others: `s3-eu-west-1`.
    let legacy = service.strip_prefix("s3-").is_some_and(is_region) && !regional && !private;
    let service = if legacy { "s3" } else { service.strip_suffix("-fips").unwrap_or(service) };
    if !SERVICES.contains(&service) {
        return false;
    }
    if private {
        let endpoint = labels.last().is_some_and(|label| label.starts_with("vpce-"));
        // S3 has a label more there: `bucket` or `control`.
        return regional && (endpoint || (service == "s3" && is_s3_private(&labels)));
    }
    match service {
        // The labels of a bucket's name.
        "s3" => true,
        "s3-control" => labels.is_empty() || matches!(labels.as_slice(), [one] if is_account(one)),
        "sso" => labels.is_empty() || labels == ["portal"],
        // Its plain hosts.
        "ecr" => labels.is_empty() || labels == ["api"],
        // Its hosts for FIPS.
        "eks" => labels.is_empty() || labels == ["fips"],
        _ => labels.is_empty(),
    }
}

/// `bucket.vpce-1a2b-3c4d.s3.eu-west-1.vpce`, `NAME.bucket.vpce-…` and `ACCOUNT.control.vpce-…`.
fn is_s3_private(labels: &[&str]) -> bool {
    labels.iter().any(|label| label.starts_with("vpce-"))
}

/// Such as `eu-west-1` or `us-gov-east-1`; `global` and `us-gov` of services that have no regions.
pub(crate) fn is_region(label: &str) -> bool {
    let parts: Vec<&str> = label.split('-').collect();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return false };
    let letters = |part: &&str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase());
    matches!(label, "global" | "us-gov")
        || (parts.len() >= 3
            && (2..=4).contains(&first.len())
            && parts[..parts.len() - 1].iter().all(letters)
            && !last.is_empty()
            && last.bytes().all(|b| b.is_ascii_digit()))
}

fn is_account(label: &str) -> bool {
    label.len() == 12 && label.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interfaces_of_services_are_aws() {
        for host in [
            "iam.amazonaws.com",
            "IAM.AmazonAWS.com",
            "iam.us-gov.amazonaws.com",
            "iam.cn-north-1.amazonaws.com.cn",
            "iam.global.api.aws",
            "sts.eu-west-1.amazonaws.com",
            "sts-fips.us-east-1.amazonaws.com",
            "sts.us-gov-west-1.amazonaws.com",
            "organizations.us-east-1.amazonaws.com",
            "monitoring.eusc-de-east-1.amazonaws.eu",
            "logs.us-east-1.api.aws",
            "logs-fips.us-gov-east-1.api.aws",
            "s3.amazonaws.com",
            "s3.eu-west-1.amazonaws.com",
            "s3-eu-west-1.amazonaws.com",
            "s3-fips.dualstack.us-east-1.amazonaws.com",
            "s3.dualstack.eu-west-1.amazonaws.com",
            "bucket.s3.eu-west-1.amazonaws.com",
            "a.dotted.bucket.s3.amazonaws.com",
            "123456789012.s3-control.eu-west-1.amazonaws.com",
            "123456789012.s3-control-fips.dualstack.us-east-1.amazonaws.com",
            "portal.sso.eu-west-1.amazonaws.com",
            "oidc.eu-west-1.amazonaws.com",
            "vpce-0a1b-2c3d.sts.eu-west-1.vpce.amazonaws.com",
            "bucket.vpce-0a1b-2c3d.s3.eu-west-1.vpce.amazonaws.com",
        ] {
            assert!(is_aws(host), "{host}");
        }
    }

    #[test]
    fn what_customers_own_below_the_domains_is_not() {
        for host in [
            "amazonaws.com",
            "x1y2z3.execute-api.us-east-1.amazonaws.com",
            "sts.execute-api.us-east-1.amazonaws.com",
            "name-123.us-east-1.elb.amazonaws.com",
            "sts.us-east-1.elb.amazonaws.com",
            "ec2-203-0-113-7.us-west-2.compute.amazonaws.com",
            "ec2-203-0-113-7.compute-1.amazonaws.com",
            "bucket.s3-website-us-east-1.amazonaws.com",
            "bucket.s3-website.eu-central-1.amazonaws.com",
            "point-123456789012.s3-object-lambda.us-east-1.amazonaws.com",
            "domain.us-east-1.es.amazonaws.com",
            "host.db.us-east-1.rds.amazonaws.com",
            "vpce-0a1b.vpce-svc-0c1d.us-east-1.vpce.amazonaws.com",
            "vpce-svc-0c1d.us-east-1.vpce.amazonaws.com",
            "sts.us-east-1.vpce.amazonaws.com",
            "x.sts.us-east-1.amazonaws.com",
            "x.iam.amazonaws.com",
            "sts..amazonaws.com",
            ".sts.amazonaws.com",
            "stsxamazonaws.com",
            "sts.amazonaws.com.evil.example",
            "evil.s3-control.us-east-1.amazonaws.com",
            "id.lambda-url.us-east-1.on.aws",
        ] {
            assert!(!is_aws(host), "{host}");
        }
    }
}
