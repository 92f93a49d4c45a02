//! Where services are.
//!
//! Hosts follow one rule: service, region and the domain of the partition, each with its variants. The few that do not are
//! named with their [`Service`].

use posture_model::dated::Dated;

use super::spec::{GovFips, Place, Service};

/// A part of AWS with accounts, regions and domains of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Partition {
    /// As ARNs name it.
    pub(crate) id: &'static str,
    /// How the names of its regions begin; empty for the one that all others belong to.
    start: &'static str,
    domain: &'static str,
    /// The domain of hosts that are reached by both versions of the internet protocol.
    dual_stack: &'static str,
    /// Where services are that are in one region only.
    home: &'static str,
}

impl Partition {
    /// The domains of its hosts.
    pub(crate) fn domains(&self) -> [&'static str; 2] {
        [self.domain, self.dual_stack]
    }
}

const fn partition(
    id: &'static str,
    start: &'static str,
    domain: &'static str,
    dual_stack: &'static str,
    home: &'static str,
) -> Partition {
    Partition { id, start, domain, dual_stack, home }
}

/// Every partition; the first one is that of regions that no other has.
pub(crate) static PARTITIONS: Dated<Partition> = Dated::new(
    &["https://github.com/boto/botocore/blob/1.44.8/botocore/data/partitions.json"],
    "2026-11-30",
    &[
        partition("aws", "", "amazonaws.com", "api.aws", "us-east-1"),
        partition(
            "aws-cn",
            "cn-",
            "amazonaws.com.cn",
            "api.amazonwebservices.com.cn",
            "cn-northwest-1",
        ),
        partition(
            "aws-eusc",
            "eusc-",
            "amazonaws.eu",
            "api.amazonwebservices.eu",
            "eusc-de-east-1",
        ),
        partition("aws-iso", "us-iso-", "c2s.ic.gov", "api.aws.ic.gov", "us-iso-east-1"),
        partition("aws-iso-b", "us-isob-", "sc2s.sgov.gov", "api.aws.scloud", "us-isob-east-1"),
        partition(
            "aws-iso-e",
            "eu-isoe-",
            "cloud.adc-e.uk",
            "api.cloud-aws.adc-e.uk",
            "eu-isoe-west-1",
        ),
        partition(
            "aws-iso-f",
            "us-isof-",
            "csp.hci.ic.gov",
            "api.aws.hci.ic.gov",
            "us-isof-south-1",
        ),
        partition(GOV, "us-gov-", "amazonaws.com", "api.aws", "us-gov-west-1"),
    ],
);

const GOV: &str = "aws-us-gov";

/// The partition of a region.
pub(crate) fn partition_of(region: &str) -> &'static Partition {
    let mut others = PARTITIONS.items().iter().filter(|partition| !partition.start.is_empty());
    others.find(|other| region.starts_with(other.start)).unwrap_or(&PARTITIONS.items()[0])
}

/// Where a request goes, and the region that it is signed for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) url: String,
    pub(crate) region: String,
}

/// The endpoint of a service that is asked from a region.
///
/// # Errors
/// When the name of the region can be none.
pub(crate) fn endpoint(
    service: &Service,
    region: &str,
    fips: bool,
    dual_stack: bool,
) -> Result<Endpoint, String> {
    let is_label = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    if !is_label(region) {
        return Err("the name of the region is not one of a host".to_owned());
    }
    let partition = partition_of(region);
    let region = match service.place {
        Place::Regions => region,
        Place::Partition => partition.home,
    };
    let plain = partition.id == GOV
        && match service.gov_fips {
            GovFips::Usual => false,
            GovFips::PlainUnlessDual => !dual_stack,
            GovFips::Plain => true,
        };
    let fips = if fips && !plain { "-fips" } else { "" };
    let domain = if dual_stack { partition.dual_stack } else { partition.domain };
    let url = format!("https://{}{fips}.{region}.{domain}", service.host);
    Ok(Endpoint { url, region: region.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hosts::is_aws;
    use crate::wire::services;

    #[test]
    fn a_region_belongs_to_a_partition() {
        for (region, id) in [
            ("eu-central-1", "aws"),
            ("us-east-1", "aws"),
            ("us-isolated-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-east-1", "aws-us-gov"),
            ("us-iso-west-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("", "aws"),
        ] {
            assert_eq!(partition_of(region).id, id, "{region}");
        }
    }

    #[test]
    fn a_name_that_is_no_region_is_no_part_of_a_host() {
        for region in ["", "evil.example/", "a.b", "a@b", "A", "a b"] {
            assert!(endpoint(&services::SNS, region, false, false).is_err(), "{region}");
        }
    }

    #[test]
    fn every_endpoint_is_one_that_requests_may_go_to() {
        for service in services::ALL {
            for partition in &PARTITIONS {
                for (fips, dual) in [(false, false), (true, false), (false, true), (true, true)] {
                    let endpoint = endpoint(service, partition.home, fips, dual).unwrap();
                    let host = endpoint.url.strip_prefix("https://").unwrap();
                    assert!(is_aws(host), "{host}");
                }
            }
        }
    }
}
