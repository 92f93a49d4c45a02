//! Which versions of TLS listeners accept, by their security policies.

use posture_model::gap::Gap;

use super::Behind;
use super::actions::*;
use super::answers::*;
use super::classic::{classic_name, is_tls};
use super::listing::{Shown, name_of, read_of};

/// The type of the policies of a Classic Load Balancer that decide about TLS.
const NEGOTIATION: &str = "SSLNegotiationPolicyType";

/// Which of some versions are before TLS 1.2.
///
/// # Errors
/// The version that is not known here.
fn old_of<'a>(versions: impl Iterator<Item = &'a str>) -> Result<Vec<&'a str>, &'a str> {
    let mut old = Vec::new();
    for version in versions {
        match version {
            "TLSv1.2" | "TLSv1.3" => {}
            "SSLv2" | "SSLv3" | "TLSv1" | "TLSv1.0" | "TLSv1.1" => old.push(version),
            unknown => return Err(unknown),
        }
    }
    Ok(old)
}

fn shown(name: &str, old: &[&str], policy: &str) -> Option<String> {
    (!old.is_empty()).then(|| format!("{name}: {} by {policy}", old.join(", ")))
}

/// The listener with its security policy, where it has TLS. QUIC has no policy that can be chosen.
///
/// # Errors
/// If that is not known.
fn with_policy(listener: ListedListener<'_>) -> Result<Option<(String, &str)>, Gap> {
    let (name, protocol) = name_of(listener)?;
    if !matches!(protocol, Protocol::Https | Protocol::Tls) {
        return Ok(None);
    }
    let arn = listener.arn().unwrap_or_default();
    let lacks = || Gap::undetermined(LISTENERS.name, arn, "its security policy is not known");
    Ok(Some((name, listener.policy().ok_or_else(lacks)?)))
}

/// Whether a listener has a policy that decides about TLS.
pub(super) fn has_policy(listener: ListedListener<'_>) -> bool {
    with_policy(listener).is_ok_and(|found| found.is_some())
}

/// The security policy of a listener.
pub(super) fn policy(listener: ListedListener<'_>) -> Shown {
    Ok(with_policy(listener)?.map(|(name, policy)| format!("{name}: {policy}")))
}

/// The old versions that a listener accepts.
pub(super) fn old(listener: ListedListener<'_>, behind: &Behind) -> Shown {
    let Some((name, policy)) = with_policy(listener)? else { return Ok(None) };
    let read = behind.ssl_policies.as_ref().ok_or_else(Gap::not_collected)?;
    let unclear = |detail: &str| Gap::undetermined(SSL_POLICIES.name, policy, detail);
    let mut all = read.pages().flat_map(DescribeSslPolicies::policies);
    let Some(found) = all.find(|one| one.name() == Some(policy)) else {
        let lost = || unclear("the list does not hold this policy");
        return Err(read.missing.clone().unwrap_or_else(lost));
    };
    if found.versions().len() == 0 {
        return Err(unclear("it names no version of TLS"));
    }
    let old = old_of(found.versions());
    let old =
        old.map_err(|version| unclear(&format!("the version {version:?} is not known here")))?;
    Ok(shown(&name, &old, policy))
}

/// Whether a Classic Load Balancer has a listener with TLS.
pub(super) fn classic_has_policy(balancer: ListedClassic<'_>) -> bool {
    let name = balancer.name().unwrap_or_default();
    let mut ports = balancer.listeners().filter_map(ClassicListener::listener);
    ports.any(|ports| is_tls(name, ports.protocol()) == Ok(true))
}

/// The policy of a listener of a Classic Load Balancer, where it has TLS.
///
/// # Errors
/// If that is not known.
fn classic<'a>(
    balancer: &str,
    listener: ClassicListener<'_>,
    ports: ClassicPorts<'_>,
    behind: &'a Behind,
) -> Result<Option<ClassicPolicy<'a>>, Gap> {
    if !is_tls(balancer, ports.protocol())? {
        return Ok(None);
    }
    let read = read_of(&behind.policies, balancer)?;
    let mut all = read.pages().flat_map(DescribeLoadBalancerPolicies::policies);
    let found = all.find(|policy| {
        let name = policy.name();
        policy.kind() == Some(NEGOTIATION) && listener.policies().any(|own| Some(own) == name)
    });
    let detail = "a listener has no policy in the list that decides about TLS";
    found.map(Some).ok_or_else(|| Gap::undetermined(POLICIES.name, balancer, detail))
}

/// What a policy is: the predefined one that it refers to, or itself.
fn reference<'a>(policy: ClassicPolicy<'a>) -> &'a str {
    let mut all = policy.attributes();
    let referred = all.find(|one| one.name() == Some("Reference-Security-Policy"));
    let referred = referred.and_then(PolicyAttribute::value).filter(|name| !name.is_empty());
    referred.or(policy.name()).unwrap_or("?")
}

/// The security policy of a listener of a Classic Load Balancer.
pub(super) fn classic_policy(
    balancer: &str,
    listener: ClassicListener<'_>,
    ports: ClassicPorts<'_>,
    behind: &Behind,
) -> Shown {
    let found = classic(balancer, listener, ports, behind)?;
    Ok(found.map(|policy| format!("{}: {}", classic_name(ports), reference(policy))))
}

/// The old versions that a listener of a Classic Load Balancer accepts.
pub(super) fn classic_old(
    balancer: &str,
    listener: ClassicListener<'_>,
    ports: ClassicPorts<'_>,
    behind: &Behind,
) -> Shown {
    let Some(policy) = classic(balancer, listener, ports, behind)? else { return Ok(None) };
    let unclear = |detail: &str| Gap::undetermined(POLICIES.name, balancer, detail);
    let mut accepted = Vec::new();
    let mut named = false;
    for attribute in policy.attributes() {
        let version = attribute.name().and_then(|name| name.strip_prefix("Protocol-"));
        let Some(version) = version else { continue };
        named = true;
        match attribute.value() {
            Some("true") => accepted.push(version),
            Some("false") => {}
            _ => return Err(unclear("whether a listener accepts a version of TLS is not known")),
        }
    }
    if !named {
        return Err(unclear("the policy of a listener names no version of TLS"));
    }
    let old = old_of(accepted.into_iter());
    let old =
        old.map_err(|version| unclear(&format!("the version {version:?} is not known here")))?;
    Ok(shown(&classic_name(ports), &old, reference(policy)))
}
