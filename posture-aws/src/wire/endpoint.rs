//! Where services are.
//!
//! Hosts follow one rule: service, region and the domain of the partition, each with its variants. The few that do not are
//! named with their [`Service`].

use posture_model::dated::Dated;

use super::spec::{GovFips, Place, Service};

/// A part of AWS with separate accounts, regions and domains.
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
            CHINA,
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
const CHINA: &str = "aws-cn";

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

/// From where a service is called, and what the settings require.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Settings<'a> {
    pub(crate) region: &'a str,
    pub(crate) fips: bool,
    pub(crate) dual_stack: bool,
    /// The endpoint that is configured for the service, or for all.
    pub(crate) url: Option<&'a str>,
}

/// The endpoint of a service, for requests about an account where their hosts begin with it.
///
/// # Errors
/// If the names of the region or the account cannot be part of a host, or the requirements do not fit the endpoint that is
/// configured.
pub(crate) fn endpoint(
    service: &Service,
    settings: Settings<'_>,
    account: Option<&str>,
) -> Result<Endpoint, String> {
    if settings.fips && service.of_s3 && partition_of(settings.region).id == CHINA {
        return Err("the partition has no endpoints for FIPS".to_owned());
    }
    let found = match settings.url {
        Some(url) if service.any_configured => {
            Endpoint { url: url.to_owned(), region: settings.region.to_owned() }
        }
        Some(_) if settings.fips && !service.of_s3 => {
            return Err("a configured endpoint cannot be one of FIPS".to_owned());
        }
        Some(_) if settings.dual_stack => {
            return Err("a configured endpoint cannot be one of dual stack".to_owned());
        }
        Some(url) => Endpoint { url: url.to_owned(), region: settings.region.to_owned() },
        None => own(service, settings)?,
    };
    let Some(account) = account else { return Ok(found) };
    if !is_label(account) {
        return Err("the number of the account is not one of a host".to_owned());
    }
    let (scheme, rest) = found.url.split_once("://").ok_or("the endpoint has no scheme")?;
    Ok(Endpoint { url: format!("{scheme}://{account}.{rest}"), ..found })
}

/// Whether a text can be a label of a host.
fn is_label(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

/// The service's own endpoint.
fn own(service: &Service, settings: Settings<'_>) -> Result<Endpoint, String> {
    let Settings { region, fips, dual_stack, .. } = settings;
    if !is_label(region) {
        return Err("the region name is not valid in a host name".to_owned());
    }
    let partition = partition_of(region);
    let region = match service.place {
        Place::Regions => region,
        // For dual stack it has the rule of other services.
        Place::FirstPartition if !partition.start.is_empty() || dual_stack => region,
        Place::Partition | Place::Global | Place::GlobalButChina | Place::FirstPartition => {
            partition.home
        }
    };
    let plain = partition.id == GOV
        && match service.gov_fips {
            GovFips::Usual => false,
            GovFips::PlainUnlessDual => !dual_stack,
            GovFips::Plain => true,
        };
    let first = service.fips_first && partition.start.is_empty() && !dual_stack;
    let (before, fips) = match fips && !plain {
        true if first => ("fips.", ""),
        true => ("", "-fips"),
        false => ("", ""),
    };
    let (label, domain) = match (dual_stack, service.of_s3) {
        (true, true) => (".dualstack", partition.domain),
        (true, false) => ("", partition.dual_stack),
        (false, _) => ("", partition.domain),
    };
    let url = match service.place {
        Place::GlobalButChina if partition.id != CHINA || dual_stack => {
            let part = if partition.id == "aws" && dual_stack { ".global" } else { "" };
            format!("https://{}{fips}{part}.{domain}", service.host)
        }
        Place::Regions | Place::Partition | Place::FirstPartition | Place::GlobalButChina => {
            let api = if service.api_first && !dual_stack { "api." } else { "" };
            format!("https://{before}{api}{}{fips}{label}.{region}.{domain}", service.host)
        }
        Place::Global => {
            let part = match partition.id {
                GOV => ".us-gov",
                "aws" if dual_stack => ".global",
                CHINA | "aws-eusc" if dual_stack && fips.is_empty() => ".global",
                _ => "",
            };
            format!("https://{}{fips}{part}.{domain}", service.host)
        }
    };
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
    fn a_name_that_is_not_a_region_is_not_a_part_of_a_host() {
        for region in ["", "evil.example/", "a.b", "a@b", "A", "a b"] {
            let settings = Settings { region, ..Settings::default() };
            assert!(endpoint(&services::SNS, settings, None).is_err(), "{region}");
        }
    }

    #[test]
    fn a_host_begins_with_an_account_and_nothing_else() {
        let url = Some("https://127.0.0.1:1/base");
        for settings in [
            Settings { region: "eu-west-1", ..Settings::default() },
            Settings { region: "eu-west-1", url, ..Settings::default() },
        ] {
            let of = |account| endpoint(&services::S3_CONTROL, settings, Some(account));
            let found = of("123456789012").unwrap();
            let plain = endpoint(&services::S3_CONTROL, settings, None).unwrap();
            let (_, rest) = plain.url.split_once("https://").unwrap();
            assert_eq!(found.url, format!("https://123456789012.{rest}"));
            for account in ["", "evil.example/", "a.b", "a@b", "a:1", "a b", "a?", "a#"] {
                assert!(of(account).is_err(), "{account}");
            }
        }
    }

    #[test]
    fn every_endpoint_is_one_that_requests_may_go_to() {
        for service in services::ALL {
            for partition in &PARTITIONS {
                for (fips, dual) in [(false, false), (true, false), (false, true), (true, true)] {
                    let region = partition.home;
                    let settings = Settings { region, fips, dual_stack: dual, url: None };
                    let account = service.account.map(|_| "123456789012");
                    if fips && service.of_s3 && partition.id == CHINA {
                        assert!(endpoint(service, settings, account).is_err());
                        continue;
                    }
                    let endpoint = endpoint(service, settings, account).unwrap();
                    let host = endpoint.url.strip_prefix("https://").unwrap();
                    assert!(is_aws(host), "{host}");
                }
            }
        }
    }
}
