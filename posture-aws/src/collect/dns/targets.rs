//! Where records of a zone lead, by their names alone.

use std::net::{IpAddr, Ipv4Addr};

use posture_model::dated::Dated;
use posture_model::network::Addresses;

use crate::hosts::is_aws;
use crate::wire::endpoint::PARTITIONS;

/// The domains below which AWS names the resources of customers, beside those of its partitions.
static DOMAINS: Dated<&str> = Dated::new(
    &[
        "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-values-alias-common.html",
        "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/distribution-web-values-returned.html",
        "https://docs.aws.amazon.com/apprunner/latest/dg/manage-custom-domains.html",
        "https://docs.aws.amazon.com/amplify/latest/userguide/custom-domains.html",
    ],
    "2026-12-01",
    &[
        "amplifyapp.com",
        "awsapprunner.com",
        "awsglobalaccelerator.com",
        "cloudfront.cn",
        "cloudfront.net",
        "elasticbeanstalk.com",
        "elasticbeanstalk.com.cn",
        "on.aws",
    ],
);

/// What a record leads to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    /// A bucket of S3 that answers for the name of the record.
    Bucket(Bucket),
    /// A resource of AWS with this domain name.
    Name(String),
    /// An address of the internet.
    Address(IpAddr),
}

/// A bucket as a domain name shows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::collect) struct Bucket {
    pub(in crate::collect) name: String,
    /// The region whose endpoint it is; none for that of all regions.
    pub(in crate::collect) region: Option<String>,
    /// The domain of its partition.
    pub(in crate::collect) domain: &'static str,
}

/// A domain name in one form: lower case, without the dot at its end.
pub(super) fn plain(name: &str) -> String {
    name.strip_suffix('.').unwrap_or(name).to_ascii_lowercase()
}

/// The name of a record as people write it. Route 53 answers with
/// [octal codes](https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html) for other characters than letters,
/// digits and a few more, such as `\052` for the asterisk.
pub(super) fn written(name: &str) -> String {
    plain(name).replace("\\052", "*")
}

/// What an address leads to; none for one that is not of the internet.
pub(super) fn of_address(address: IpAddr) -> Option<Target> {
    Addresses::internet().has(address).then_some(Target::Address(address))
}

/// What a domain name leads to from a record; none for one outside of AWS, or of an API of AWS itself.
pub(super) fn of_name(record: &str, name: &str) -> Option<Target> {
    let host = plain(name);
    let partition = below(&host, PARTITIONS.iter().flat_map(|one| one.domains()));
    if let Some((before, domain)) = partition {
        if let Some((_, region)) = s3(before) {
            let name = record.to_owned();
            // S3 reads the name of the bucket from the name that a client asks for, whatever bucket the record names:
            // https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html#VirtualHostingCustomURLs
            return Some(Target::Bucket(Bucket { name, region, domain }));
        }
        if let Some(address) = of_machine(before) {
            return of_address(address);
        }
        return (!is_aws(&host)).then(|| Target::Name(resource(&host)));
    }
    below(&host, DOMAINS.iter().copied()).map(|_| Target::Name(host.clone()))
}

/// The bucket that a domain name of S3 names as an origin; none for a name of something else. A website endpoint is not one.
pub(in crate::collect) fn bucket_of(name: &str) -> Option<Bucket> {
    let host = plain(name);
    let (before, domain) = below(&host, PARTITIONS.iter().flat_map(|one| one.domains()))?;
    let (bucket, region) = s3(before)?;
    let (name, is_website) = bucket?;
    (!is_website).then(|| Bucket { name: name.to_owned(), region, domain })
}

/// The part of a host before one of these domains.
fn below(
    host: &str,
    mut domains: impl Iterator<Item = &'static str>,
) -> Option<(&str, &'static str)> {
    domains.find_map(|domain| Some((host.strip_suffix(domain)?.strip_suffix('.')?, domain)))
}

/// The bucket of an endpoint of S3 if it names one, with whether it is a website, and the region if it names one.
type OfS3<'a> = (Option<(&'a str, bool)>, Option<String>);

/// Reads the part of a host before the domain as [an endpoint of S3](https://docs.aws.amazon.com/general/latest/gr/s3.html), or as
/// [one of websites](https://docs.aws.amazon.com/general/latest/gr/s3.html#s3_website_region_endpoints).
fn s3(before: &str) -> Option<OfS3<'_>> {
    let (rest, region) = match last(before) {
        (rest, label) if is_region(label) => (rest?, Some(label)),
        _ => (before, None),
    };
    let (rest, label) = match last(rest) {
        (Some(rest), "dualstack") if region.is_some() => last(rest),
        other => other,
    };
    let (service, region) = match label {
        "s3" | "s3-website" => (label, region),
        // With the region behind a hyphen.
        _ => {
            let mut services = ["s3-website-", "s3-"].into_iter();
            let found = services.find_map(|service| {
                let region = label.strip_prefix(service).filter(|region| is_region(region))?;
                Some((service.trim_end_matches('-'), region))
            });
            let (service, own) = found.filter(|_| region.is_none())?;
            (service, Some(own))
        }
    };
    let bucket = rest.map(|bucket| (bucket, service == "s3-website"));
    Some((bucket, region.map(str::to_owned)))
}

/// Whether a label names one region.
fn is_region(label: &str) -> bool {
    crate::hosts::is_region(label) && label.ends_with(|last: char| last.is_ascii_digit())
}

/// The last label, and what is before it.
fn last(labels: &str) -> (Option<&str>, &str) {
    labels.rsplit_once('.').map_or((None, labels), |(rest, last)| (Some(rest), last))
}

/// The address in the name that EC2 gives a machine: `ec2-203-0-113-7.eu-west-1.compute` or `ec2-203-0-113-7.compute-1`.
fn of_machine(before: &str) -> Option<IpAddr> {
    let (first, rest) = before.split_once('.')?;
    let of_ec2 = rest == "compute-1" || rest.strip_suffix(".compute").is_some_and(is_region);
    let numbers = first.strip_prefix("ec2-").filter(|_| of_ec2)?;
    numbers.replace('-', ".").parse::<Ipv4Addr>().ok().map(IpAddr::V4)
}

/// The name of a resource without what a console puts before that of a load balancer to ask for a version of the internet protocol.
fn resource(host: &str) -> String {
    let plain = ["dualstack.", "ipv6."].iter().find_map(|before| host.strip_prefix(before));
    plain.filter(|rest| rest.contains(".elb.")).unwrap_or(host).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(name: &str, region: Option<&str>) -> Option<Target> {
        let (name, region) = (name.to_owned(), region.map(str::to_owned));
        Some(Target::Bucket(Bucket { name, region, domain: "amazonaws.com" }))
    }

    #[test]
    fn an_endpoint_of_s3_leads_to_the_bucket_of_the_record() {
        for (host, region) in [
            ("s3-website-us-east-1.amazonaws.com.", Some("us-east-1")),
            ("S3-Website.EU-Central-1.amazonaws.com", Some("eu-central-1")),
            ("www.example.com.s3-website-eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("www.example.com.s3-website.eu-central-1.amazonaws.com", Some("eu-central-1")),
            ("other-bucket.s3-website.eu-central-1.amazonaws.com", Some("eu-central-1")),
            ("www.example.com.s3.amazonaws.com", None),
            ("s3.amazonaws.com", None),
            ("www.example.com.s3.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("www.example.com.s3.dualstack.eu-west-1.amazonaws.com", Some("eu-west-1")),
            ("www.example.com.s3-eu-west-1.amazonaws.com", Some("eu-west-1")),
        ] {
            assert_eq!(
                of_name("www.example.com", host),
                bucket("www.example.com", region),
                "{host}"
            );
        }
        let china = of_name("a.cn", "a.cn.s3-website.cn-north-1.amazonaws.com.cn");
        assert!(matches!(china, Some(Target::Bucket(found)) if found.domain == "amazonaws.com.cn"));
    }

    #[test]
    fn an_origin_names_its_bucket_itself() {
        let of = |host| bucket_of(host).map(|found| (found.name, found.region));
        let known =
            |name: &str, region: Option<&str>| Some((name.to_owned(), region.map(str::to_owned)));
        assert_eq!(of("shop.s3.amazonaws.com"), known("shop", None));
        assert_eq!(of("shop.s3.eu-west-1.amazonaws.com"), known("shop", Some("eu-west-1")));
        assert_eq!(of("a.shop.s3-eu-west-1.amazonaws.com"), known("a.shop", Some("eu-west-1")));
        for other in [
            "s3.amazonaws.com",
            "shop.s3-website-us-east-1.amazonaws.com",
            "shop.s3-website.eu-central-1.amazonaws.com",
            "app-1.eu-west-1.elb.amazonaws.com",
            "shop.s3.eu-west-1.example.com",
            "point-123456789012.s3-accesspoint.eu-west-1.amazonaws.com",
            "shop.mys3.amazonaws.com",
            "s3.us-east-1.example.amazonaws.com",
        ] {
            assert_eq!(of(other), None, "{other}");
        }
    }

    #[test]
    fn other_names_of_aws_are_resources() {
        for (host, expected) in [
            ("App-1.eu-west-1.elb.amazonaws.com.", "app-1.eu-west-1.elb.amazonaws.com"),
            ("dualstack.app-1.eu-west-1.elb.amazonaws.com", "app-1.eu-west-1.elb.amazonaws.com"),
            ("ipv6.app-1.us-east-1.elb.amazonaws.com", "app-1.us-east-1.elb.amazonaws.com"),
            ("net-1.elb.eu-west-1.amazonaws.com", "net-1.elb.eu-west-1.amazonaws.com"),
            ("d111.cloudfront.net", "d111.cloudfront.net"),
            ("shop.eu-west-1.elasticbeanstalk.com", "shop.eu-west-1.elasticbeanstalk.com"),
            ("x1.execute-api.us-east-1.amazonaws.com", "x1.execute-api.us-east-1.amazonaws.com"),
            ("dualstack.cloudfront.net", "dualstack.cloudfront.net"),
            ("id.lambda-url.us-east-1.on.aws", "id.lambda-url.us-east-1.on.aws"),
        ] {
            assert_eq!(
                of_name("a.example", host),
                Some(Target::Name(expected.to_owned())),
                "{host}"
            );
        }
        for other in [
            "shop.example",
            "amazonaws.com",
            "xamazonaws.com",
            "a.amazonaws.com.evil.example",
            "kms.eu-west-1.amazonaws.com",
            "_x.acm-validations.aws",
            "x.dkim.amazonses.com",
            "",
        ] {
            assert_eq!(of_name("a.example", other), None, "{other}");
        }
    }

    #[test]
    fn the_name_of_a_machine_is_its_address() {
        let address = |text: &str| Some(Target::Address(text.parse().unwrap()));
        for host in [
            "ec2-52-1-2-3.compute-1.amazonaws.com",
            "ec2-52-1-2-3.eu-west-1.compute.amazonaws.com.",
        ] {
            assert_eq!(of_name("a.example", host), address("52.1.2.3"), "{host}");
        }
        // What looks like one and is none is the name of something.
        for host in ["ec2-52-1-2.compute-1.amazonaws.com", "ec2-52-1-2-3.other.amazonaws.com"] {
            assert_eq!(of_name("a.example", host), Some(Target::Name(host.to_owned())));
        }
        assert_eq!(of_address("10.1.2.3".parse().unwrap()), None);
        assert_eq!(of_address("fd00::1".parse().unwrap()), None);
        assert_eq!(of_address("2a05:d018::1".parse().unwrap()), address("2a05:d018::1"));
    }

    #[test]
    fn names_are_written_as_people_do() {
        assert_eq!(written("\\052.Shop.example."), "*.shop.example");
        assert_eq!(written("a"), "a");
    }
}
