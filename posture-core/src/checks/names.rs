//! What DNS records and distributions lead to, and which accounts of the run have it.

use std::collections::HashSet;
use std::net::IpAddr;

use crate::ask::{Ask, Counts, Key};
use crate::control::{CheckResult, Context, Undecided, pass};
use crate::fact::{Fact, Known};
use crate::gap::GapId;
use crate::listing::Listing;
use crate::scope::Scope;

/// How many of the targets that no account has are named.
const MOST_NAMED: usize = 50;

/// The names and addresses of the resources of a scope, and why there may be more.
#[derive(Debug, Default)]
pub(crate) struct Held {
    names: HashSet<String>,
    balancers: Option<GapId>,
    distributions: Option<GapId>,
    addresses: Option<GapId>,
    buckets: Option<GapId>,
}

/// The form in which an entry of a fact names a bucket.
fn bucket(name: &str) -> String {
    format!("bucket {name}")
}

/// The names that a fact of listed resources gives, and why there may be more.
fn names<'s, R, N: IntoIterator<Item = String>>(
    listing: &'s Listing<R>,
    all: &mut HashSet<String>,
    of: impl Fn(&'s R) -> Fact<N>,
) -> Option<GapId> {
    let mut open = listing.gaps.first().copied();
    for resource in &listing.items {
        match of(resource) {
            Known(found) => all.extend(found),
            Fact::Gap(gap) => open = open.or(Some(gap)),
            Fact::NotOffered => {}
        }
    }
    open
}

impl Held {
    pub(crate) fn of(scope: &Scope) -> Self {
        let mut all = HashSet::new();
        let balancers =
            names(&scope.load_balancers, &mut all, |one| one.dns_name.map(|name| [name.clone()]));
        let distributions =
            names(&scope.distributions, &mut all, |one| one.dns_name.map(|name| [name.clone()]));
        let addresses =
            names(&scope.network_interfaces, &mut all, |one| one.addresses.map(Vec::clone));
        let buckets = names(&scope.buckets, &mut all, |one| Known([bucket(&one.name)]));
        Self { names: all, balancers, distributions, addresses, buckets }
    }

    /// Every name, for the scopes that ask.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Why it is open whether the scope has a resource of a name that is not among its own.
    fn why_open(&self, name: &str) -> Option<GapId> {
        if name.starts_with("bucket ") {
            self.buckets
        } else if name.parse::<IpAddr>().is_ok() {
            self.addresses
        } else if name.contains(".elb.") {
            self.balancers
        } else if name.contains(".cloudfront.") {
            self.distributions
        } else {
            None
        }
    }
}

/// Judges entries such as `www.example.com to bucket shop` by whether an account of the run has what they lead to. `open` is the gap
/// behind those that the provider might have decided and did not.
pub(crate) fn held<'e>(
    context: &Context<'_>,
    entries: impl Iterator<Item = &'e str>,
    between: &str,
    open: Option<GapId>,
) -> CheckResult {
    let own = context.held();
    let mut missing: Vec<(&str, &str)> = entries
        .map(|entry| (entry.rsplit_once(between).map_or(entry, |(_, target)| target), entry))
        .filter(|(target, _)| !own.names.contains(*target))
        .collect();
    if missing.is_empty() {
        return pass();
    }
    missing.sort_unstable();
    let why = open.or_else(|| missing.iter().find_map(|(target, _)| own.why_open(target)));
    let partition = context.scope.partition.as_str();
    let about =
        missing.iter().map(|(target, _)| Key::resource_name(partition, target).into()).collect();
    let otherwise = Err(Undecided::Unknown(why.unwrap_or(GapId::OUTSIDE_SCOPE)));
    let names = missing.iter().map(|(_, entry)| (*entry).to_owned());
    let names = if missing.len() <= MOST_NAMED { names.collect() } else { Vec::new() };
    context.ask(Ask { names, ..Ask::new(about, otherwise, Counts::Every) })
}
