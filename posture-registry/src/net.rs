//! Which addresses a registry may lead to.
//!
//! A registry names other hosts: by redirects to its storage, and as its token service. A public one must not lead into the network
//! of the auditor, where an address may need no credentials to do harm (the metadata service of a cloud). So a host that a registry
//! names must have public addresses, or such of the same class as the registry: a registry in a private network has its storage
//! there, too. Behind a proxy, which resolves names itself, only addresses that are written as such are checked.

use std::collections::HashSet;
use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Where an address is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// In the internet.
    Public,
    /// In a private network.
    Private,
    /// On this machine.
    Loopback,
    /// Nowhere that a registry or its storage could be: link-local, multicast, metadata services.
    Never,
}

/// Metadata services outside of the link-local addresses: [Azure](https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16),
/// Oracle, Alibaba.
const METADATA: [Ipv4Addr; 3] = [
    Ipv4Addr::new(168, 63, 129, 16),
    Ipv4Addr::new(192, 0, 0, 192),
    Ipv4Addr::new(100, 100, 100, 200),
];

/// The [metadata service of AWS](https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html) over IPv6.
const METADATA_V6: Ipv6Addr = Ipv6Addr::new(0xfd00, 0x0ec2, 0, 0, 0, 0, 0, 0x0254);

/// By the registries of [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry/) and
/// [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry/).
pub(crate) fn class(address: IpAddr) -> Class {
    match address {
        IpAddr::V4(address) => class_v4(address),
        IpAddr::V6(address) => class_v6(address),
    }
}

fn class_v4(address: Ipv4Addr) -> Class {
    let [a, b, c, _] = address.octets();
    if METADATA.contains(&address) {
        Class::Never
    } else if address.is_loopback() {
        Class::Loopback
    } else if address.is_private() || (a == 100 && (64..128).contains(&b)) {
        Class::Private
    } else if a == 0
        || a >= 224
        || address.is_link_local()
        || address.is_documentation()
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (18..20).contains(&b))
    {
        Class::Never
    } else {
        Class::Public
    }
}

fn class_v6(address: Ipv6Addr) -> Class {
    let parts = address.segments();
    let v4 = |a: u16, b: u16| class_v4(Ipv4Addr::from((u32::from(a) << 16) | u32::from(b)));
    match parts {
        _ if address == METADATA_V6 => Class::Never,
        [0, 0, 0, 0, 0, 0, 0, 1] => Class::Loopback,
        // Written as IPv4, or translated to it; 6to4.
        [0, 0, 0, 0, 0, 0xffff, a, b] | [0x64, 0xff9b, 0, 0, 0, 0, a, b] => v4(a, b),
        [0x2002, a, b, ..] => v4(a, b),
        // Teredo, benchmarks, documentation.
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Class::Never,
        [first, ..] if first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfec0 => Class::Private,
        [first, ..] if first & 0xe000 == 0x2000 => Class::Public,
        _ => Class::Never,
    }
}

/// A client as everything that is read by its digest or hash needs it: it follows no redirect by itself, names no page that led to
/// it, and leaves bodies as they come. Over TLS unless the address is without it. Who calls decides about proxies and authorities.
pub fn client(of: &Url, connect_time: Duration) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("posture/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(connect_time)
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        // Digests are about the bytes as they come; and what expands has to be bounded.
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .https_only(of.scheme() == "https")
}

/// Whether a host is this machine by its name or address.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => is_localhost(name),
        Some(Host::Ipv4(address)) => class(address.into()) == Class::Loopback,
        Some(Host::Ipv6(address)) => class(address.into()) == Class::Loopback,
        None => false,
    }
}

fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.');
    name == "localhost" || name.ends_with(".localhost")
}

/// The class of a registry, as far as its name was resolved.
#[derive(Debug, Default)]
pub(crate) struct Home(AtomicU8);

impl Home {
    /// The class. A registry that was not resolved, or that had addresses of several classes, counts as public.
    pub(crate) fn class(&self) -> Class {
        match self.0.load(Ordering::Acquire) {
            2 => Class::Private,
            3 => Class::Loopback,
            _ => Class::Public,
        }
    }

    pub(crate) fn note(&self, class: Class) {
        let seen = match class {
            Class::Private => 2,
            Class::Loopback => 3,
            Class::Public | Class::Never => 1,
        };
        let known = self.0.compare_exchange(0, seen, Ordering::AcqRel, Ordering::Acquire);
        if known.is_err_and(|known| known != seen) {
            self.0.store(1, Ordering::Release);
        }
    }

    /// Whether the registry may lead to an address of a class.
    pub(crate) fn allows(&self, class: Class) -> bool {
        class == Class::Public || (class != Class::Never && class == self.class())
    }
}

/// Whether a registry may lead to an address, as far as it can be seen without resolving names; else why not.
pub(crate) fn check(
    target: &Url,
    home: &Home,
    plain: bool,
    names: &Names,
) -> Result<(), &'static str> {
    match target.scheme() {
        "https" => {}
        "http" if (plain && is_loopback(target)) || names.pretends_tls(target) => {}
        "http" => return Err("it is without TLS"),
        _ => return Err("it is not an address of HTTP"),
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err("its address has credentials");
    }
    let class = match target.host() {
        Some(Host::Domain(name)) if is_localhost(name) => Class::Loopback,
        // The resolver checks the others.
        Some(Host::Domain(_)) => return Ok(()),
        Some(Host::Ipv4(address)) => class(address.into()),
        Some(Host::Ipv6(address)) => class(address.into()),
        None => return Err("it has no host"),
    };
    if home.allows(class) { Ok(()) } else { Err("it is not a public address") }
}

/// A name was resolved to addresses that are not connected to.
#[derive(Debug)]
pub(crate) struct Forbidden;

impl fmt::Display for Forbidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it has no address that is connected to")
    }
}

impl std::error::Error for Forbidden {}

/// Who resolves names.
#[derive(Clone, Debug, Default)]
pub(crate) enum Names {
    #[default]
    System,
    /// Hosts that are on the loopback in truth, with the class that they pretend to have. They are called without TLS.
    #[cfg(test)]
    Fixed(Vec<(&'static str, Class)>),
}

impl Names {
    /// Whether a host of a test counts as one with TLS.
    #[cfg_attr(not(test), expect(clippy::unused_self, reason = "only tests have such names"))]
    pub(crate) fn pretends_tls(&self, _target: &Url) -> bool {
        #[cfg(test)]
        if let Self::Fixed(hosts) = self {
            return hosts.iter().any(|(host, _)| _target.host_str() == Some(*host));
        }
        false
    }

    async fn lookup(&self, name: &str) -> std::io::Result<Vec<(SocketAddr, Class)>> {
        match self {
            Self::System => {
                let found = tokio::net::lookup_host((name, 0)).await?;
                Ok(found.map(|address| (address, class(address.ip()))).collect())
            }
            #[cfg(test)]
            Self::Fixed(hosts) => {
                let found = hosts.iter().filter(|(host, _)| *host == name);
                Ok(found.map(|(_, class)| (([127, 0, 0, 1], 0).into(), *class)).collect())
            }
        }
    }
}

/// Resolves names to the addresses that may be connected to.
#[derive(Debug)]
pub(crate) struct Guard {
    /// The host of the registry.
    pub(crate) host: String,
    pub(crate) home: Arc<Home>,
    /// The hosts that the registry named. Any other name is that of a proxy.
    pub(crate) named: Named,
    /// Whether the registry is called without TLS, and so only on this machine.
    pub(crate) plain: bool,
    pub(crate) names: Names,
}

/// Hosts that a registry named.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named(Arc<Mutex<HashSet<String>>>);

impl Named {
    pub(crate) fn add(&self, target: &Url) {
        if let Some(host) = target.host_str() {
            self.lock().insert(host.to_owned());
        }
    }

    fn has(&self, host: &str) -> bool {
        self.lock().contains(host)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (home, names, plain) = (Arc::clone(&self.home), self.names.clone(), self.plain);
        let is_home = name.as_str() == self.host;
        let is_named = self.named.has(name.as_str());
        Box::pin(async move {
            let found = names.lookup(name.as_str()).await?;
            if is_home {
                found.iter().for_each(|(_, class)| home.note(*class));
            }
            let allowed = |class: Class| match (is_home, is_named) {
                (true, _) if plain => class == Class::Loopback,
                (true, _) => class != Class::Never,
                (false, true) => home.allows(class),
                (false, false) => true,
            };
            // A name that leads there at times leads there the next time.
            if found.is_empty() || !found.iter().all(|(_, class)| allowed(*class)) {
                return Err(Forbidden.into());
            }
            let addresses: Addrs = Box::new(found.into_iter().map(|(address, _)| address));
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_their_classes() {
        for (address, expected) in [
            ("1.1.1.1", Class::Public),
            ("10.0.0.1", Class::Private),
            ("172.31.0.1", Class::Private),
            ("192.168.1.1", Class::Private),
            ("100.64.0.1", Class::Private),
            ("127.8.8.8", Class::Loopback),
            ("169.254.169.254", Class::Never),
            ("168.63.129.16", Class::Never),
            ("100.100.100.200", Class::Never),
            ("0.0.0.0", Class::Never),
            ("224.0.0.1", Class::Never),
            ("255.255.255.255", Class::Never),
            ("::1", Class::Loopback),
            ("::", Class::Never),
            ("::ffff:127.0.0.1", Class::Loopback),
            ("::ffff:169.254.169.254", Class::Never),
            ("64:ff9b::10.0.0.1", Class::Private),
            ("2002:7f00:1::", Class::Loopback),
            ("2606:4700::1", Class::Public),
            ("fd12::1", Class::Private),
            ("fd00:ec2::254", Class::Never),
            ("fe80::1", Class::Never),
            ("ff02::1", Class::Never),
            ("2001:db8::1", Class::Never),
        ] {
            assert_eq!(class(address.parse().unwrap()), expected, "{address}");
        }
    }

    #[test]
    fn a_registry_leads_to_the_internet_or_to_its_own_network() {
        let home = Home::default();
        assert!(home.allows(Class::Public) && !home.allows(Class::Private));
        home.note(Class::Private);
        assert!(home.allows(Class::Private) && !home.allows(Class::Loopback));
        assert!(!home.allows(Class::Never));
        home.note(Class::Public);
        assert!(!home.allows(Class::Private), "an address of another class makes it public");
        home.note(Class::Private);
        assert!(!home.allows(Class::Private));
    }

    #[test]
    fn targets_are_checked_as_they_are_written() {
        let (public, local) = (Home::default(), Home::default());
        local.note(Class::Loopback);
        let check = |target: &str, home: &Home, plain| {
            super::check(&Url::parse(target).unwrap(), home, plain, &Names::System).is_ok()
        };
        for good in ["https://cdn.example/x?sig=1", "https://8.8.8.8/"] {
            assert!(check(good, &public, false), "{good}");
        }
        for bad in [
            "http://cdn.example/x",
            "ftp://cdn.example/",
            "https://user:pw@cdn.example/",
            "https://127.0.0.1/",
            "https://0x7f.1/",
            "https://2130706433/",
            "https://[::ffff:10.0.0.1]/",
            "https://169.254.169.254/latest",
            "https://localhost/",
            "https://a.localhost./",
            "http://localhost/",
        ] {
            assert!(!check(bad, &public, false), "{bad}");
        }
        assert!(check("http://127.0.0.1:5000/", &local, true));
        assert!(!check("http://127.0.0.1:5000/", &local, false), "TLS is not dropped");
        assert!(!check("http://10.0.0.1/", &local, true));
    }
}
