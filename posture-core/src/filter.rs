//! Which findings a report shows.
//!
//! A filter narrows what is listed, never what was judged: the states of requirements and the exit code come from
//! everything that was audited. See [`Report::keep`](crate::report::Report::keep).

use crate::exception::{Pattern, Tagged};
use crate::judge::Finding;
use crate::provider::Provider;
use crate::record::FindingStatus;

/// Which findings are shown: those that fit every part that names something.
///
/// The values of one part are alternatives. Tags are alternatives for one key, and all keys have to fit, as in
/// [`GetResources`](https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html) of AWS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// How they came out.
    pub status: Vec<FindingStatus>,
    /// The services that their controls are about.
    pub services: Vec<ServiceFilter>,
    /// The tags of their resources.
    pub tags: Vec<TagFilter>,
    /// Their resources, by id or name. What is about a list of resources has none.
    pub resources: Vec<Pattern>,
    /// Their accounts, subscriptions or tenants, by id or name.
    pub accounts: Vec<Pattern>,
}

/// A service, and the controls that are about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceFilter {
    /// What it was called.
    pub name: String,
    /// The ids of the controls that are about it, each on a provider.
    pub controls: Vec<(Provider, &'static str)>,
}

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagFilter {
    /// Its key.
    pub key: String,
    /// Its value; any where there is none.
    pub value: Option<Pattern>,
}

/// Whether a finding is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fits {
    Yes,
    No,
    /// It would be if its resource has a tag that could not be read.
    Unknown,
}

impl Filter {
    /// Whether it shows everything.
    pub fn is_empty(&self) -> bool {
        let Self { status, services, tags, resources, accounts } = self;
        status.is_empty()
            && services.is_empty()
            && tags.is_empty()
            && resources.is_empty()
            && accounts.is_empty()
    }

    /// Whether findings of a status are shown at all.
    pub fn shows(&self, status: FindingStatus) -> bool {
        self.status.is_empty() || self.status.contains(&status)
    }

    /// The keys of the tags that it asks for, each once.
    pub fn tag_keys(&self) -> Vec<String> {
        let mut keys: Vec<String> = self.tags.iter().map(|tag| tag.key.clone()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Whether a finding is shown, whose resource has the tags that `tag` gives by their keys.
    pub(crate) fn fits(&self, finding: &Finding<'_>, tag: impl Fn(&str) -> Tagged) -> Fits {
        let (scope, provider) = (finding.scope, finding.scope.provider);
        let named = |patterns: &[Pattern], id: &str, name: &str| {
            let fits = |of: &Pattern| of.fits(provider, id) || of.fits(provider, name);
            patterns.is_empty() || patterns.iter().any(fits)
        };
        let serves =
            |service: &ServiceFilter| service.controls.contains(&(provider, finding.control.id));
        let of_resource = || match finding.subject {
            Some(subject) => named(&self.resources, subject.id, subject.name),
            None => self.resources.is_empty(),
        };
        let fits = self.shows(FindingStatus::of(finding))
            && (self.services.is_empty() || self.services.iter().any(serves))
            && named(&self.accounts, &scope.id, scope.name.as_deref().unwrap_or_default())
            && of_resource();
        if !fits {
            return Fits::No;
        }
        self.tagged(tag)
    }

    fn tagged(&self, tag: impl Fn(&str) -> Tagged) -> Fits {
        let mut all = Fits::Yes;
        for key in self.tag_keys() {
            let wanted = self.tags.iter().filter(|tag| tag.key == key);
            let accepts = |value: &str| {
                let mut values = wanted.map(|tag| tag.value.as_ref());
                values.any(|pattern| pattern.is_none_or(|pattern| pattern.matches(value)))
            };
            match tag(&key) {
                Tagged::Value(value) if accepts(&value) => {}
                Tagged::Value(_) | Tagged::Absent => return Fits::No,
                Tagged::Unknown => all = Fits::Unknown,
            }
        }
        all
    }

    /// The options of the command line that make it, without their hyphens, each with its value.
    pub fn arguments(&self) -> impl Iterator<Item = (&'static str, String)> {
        let status: Vec<&str> = self.status.iter().map(|status| status.id()).collect();
        let status = (!status.is_empty()).then(|| ("status", status.join(",")));
        let services = self.services.iter().map(|of| ("service", of.name.clone()));
        let tags = self.tags.iter().map(|tag| ("tag", tag.words()));
        let texts = |name: &'static str, of: &'_ [Pattern]| {
            of.iter().map(|pattern| (name, pattern.text().to_owned())).collect::<Vec<_>>()
        };
        let resources = texts("resource", &self.resources);
        let accounts = texts("account", &self.accounts);
        status.into_iter().chain(services).chain(tags).chain(resources).chain(accounts)
    }

    /// As on the command line: `--status fail,unknown --service s3`.
    pub fn words(&self) -> String {
        let words = self.arguments().map(|(name, value)| format!("--{name} {value}"));
        words.collect::<Vec<_>>().join(" ")
    }
}

impl TagFilter {
    /// As on the command line: a key, or `KEY=VALUE`.
    pub fn words(&self) -> String {
        match &self.value {
            Some(value) => format!("{}={}", self.key, value.text()),
            None => self.key.clone(),
        }
    }
}

#[cfg(test)]
mod tests;
