//! What a statement is about, and whether that is in an image.

use crate::digest::Digest;
use crate::image::Identity;
use crate::packages::purl::{self, Purl};
use crate::packages::{Inventory, Package, os::Os};
use crate::reference::Reference;

/// What identifies a product, or a part of one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Component {
    /// Package URLs: other names of the same component.
    pub purls: Vec<Purl>,
    /// Digests of an image.
    pub digests: Vec<Digest>,
    /// What is not compared, if it is identified by nothing else.
    pub other: Option<&'static str>,
}

impl Component {
    pub(super) fn not_compared(what: &'static str) -> Self {
        Self { other: Some(what), ..Self::default() }
    }

    pub(super) fn purl(&mut self, text: &str) -> Result<(), &'static str> {
        let purl = Purl::parse(text)?;
        if !self.purls.contains(&purl) {
            self.purls.push(purl);
        }
        Ok(())
    }

    /// An identifier of any form.
    pub(super) fn identifier(&mut self, text: &str) -> Result<(), &'static str> {
        if text.get(..4).is_some_and(|scheme| scheme.eq_ignore_ascii_case("pkg:")) {
            return self.purl(text);
        }
        // `registry/repository@sha256:…` and the digest alone occur as well.
        let digest = text.rsplit_once('@').map_or(text, |(_, digest)| digest);
        match Digest::parse(digest) {
            Ok(digest) => self.digests.push(digest),
            Err(_) => self.other = Some("an identifier that is not a package URL"),
        }
        Ok(())
    }

    /// A digest beside the URL of a package is that of its file.
    fn is_image(&self) -> bool {
        self.purls.iter().any(is_image) || self.purls.is_empty() && !self.digests.is_empty()
    }
}

/// One thing that a statement is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// The product.
    pub product: Component,
    /// Its parts in which the vulnerability is; none if it is in the product itself.
    pub parts: Vec<Component>,
    /// The versions; none if the identifiers state them.
    pub versions: Vec<String>,
}

/// How closely a statement names what it covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Exact(pub(super) bool);

/// Why a statement does not cover a package.
pub(super) type Why = &'static str;

pub(super) const OTHER: Why = "it is about other packages";

/// A package of an image, with what is compared.
pub(super) struct Installed<'a> {
    pub(super) package: &'a Package,
    purl: Option<Purl>,
}

/// An image, with what is compared.
pub(super) struct Target<'a> {
    pub(super) identity: &'a Identity,
    names: Vec<Reference>,
    inventory: &'a Inventory,
    os: Option<&'a Os>,
}

impl<'a> Target<'a> {
    pub(super) fn new(identity: &'a Identity, names: &[String], inventory: &'a Inventory) -> Self {
        let names = names.iter().filter_map(|name| Reference::parse(name).ok()).collect();
        Self { identity, names, inventory, os: inventory.os.known() }
    }

    pub(super) fn installed(&self, package: &'a Package) -> Installed<'a> {
        Installed { package, purl: Purl::parse(&purl::purl(package, self.os)).ok() }
    }

    /// Whether a subject covers a package of the image.
    pub(super) fn covers(
        &self,
        subject: &Subject,
        installed: &Installed<'_>,
    ) -> Result<Exact, Why> {
        let version = installed.package.version.as_str();
        let stated = |stated: &String| {
            stated == version
                || installed.purl.as_ref().is_some_and(|purl| purl.version.as_ref() == Some(stated))
        };
        if !subject.versions.is_empty() && !subject.versions.iter().any(stated) {
            return Err("it is about other versions");
        }
        let pinned = !subject.versions.is_empty();
        let part = |part: &Component| self.package(part, installed);
        let parts = || any(subject.parts.iter().map(part), OTHER);
        if subject.product.is_image() {
            let image = self.image(&subject.product)?;
            return if subject.parts.is_empty() {
                Ok(image)
            } else {
                parts().map(|part| Exact(image.0 && (part.0 || pinned)))
            };
        }
        if subject.parts.is_empty() {
            return self.package(&subject.product, installed).map(|exact| Exact(exact.0 || pinned));
        }
        // A package in another one: what the same file records belongs together.
        let found = parts()?;
        let same = |one: &&Package| {
            !one.manager.is_distribution()
                && one.evidence == installed.package.evidence
                && *one != installed.package
        };
        let mut around = self.inventory.packages.items.iter().filter(same);
        if around.any(|one| self.package(&subject.product, &self.installed(one)).is_ok()) {
            Ok(Exact(found.0 || pinned))
        } else {
            Err("it is about this package in another product")
        }
    }

    fn image(&self, component: &Component) -> Result<Exact, Why> {
        let versions = component
            .purls
            .iter()
            .filter(|purl| is_image(purl))
            .filter_map(|purl| purl.version.as_deref());
        let digests: Vec<Digest> = component
            .digests
            .iter()
            .cloned()
            .chain(versions.filter_map(|version| Digest::parse(version).ok()))
            .collect();
        if !digests.is_empty() {
            let own = [&self.identity.index, &self.identity.manifest, &self.identity.config];
            let is = |digest: &Digest| own.iter().any(|own| own.as_ref() == Some(digest));
            return if digests.iter().any(is) {
                Ok(Exact(true))
            } else {
                Err("it is about an image with another digest")
            };
        }
        let images = component.purls.iter().filter(|purl| is_image(purl));
        any(images.map(|purl| self.named(purl)), "it is about another image")
    }

    /// An image without a digest: its repository has to be named.
    fn named(&self, purl: &Purl) -> Result<Exact, Why> {
        let name = purl
            .namespace
            .as_ref()
            .map_or_else(|| purl.name.clone(), |namespace| format!("{namespace}/{}", purl.name));
        let url = purl
            .qualifier("repository_url")
            .map(|url| url.trim_start_matches("https://").trim_matches('/').to_owned());
        // Of the type `docker`, Docker Hub is the default, and the name is that of the repository.
        let candidates = match (purl.kind.as_str(), url) {
            (_, Some(url)) => vec![format!("{url}/{name}"), url],
            ("docker", None) => vec![name],
            _ => return Err("it names an image without a digest and a repository"),
        };
        let tag = purl.qualifier("tag").or(purl.version.as_deref());
        let parsed: Vec<Reference> =
            candidates.iter().filter_map(|text| Reference::parse(text).ok()).collect();
        let is = |own: &Reference| {
            let same = |other: &Reference| {
                own.registry == other.registry && own.repository == other.repository
            };
            parsed.iter().any(same)
                && tag.is_none_or(|tag| own.tag.as_deref().or(own.effective_tag()) == Some(tag))
        };
        if self.names.iter().any(is) { Ok(Exact(false)) } else { Err("it is about another image") }
    }

    fn package(&self, component: &Component, installed: &Installed<'_>) -> Result<Exact, Why> {
        if component.purls.is_empty() {
            return Err(match component.other {
                Some("a range of versions") => {
                    "it is about a range of versions, which is not evaluated"
                }
                Some("a component of another document") => {
                    "it is about a component of another document"
                }
                Some(_) => "it identifies its product by what is not compared",
                None => "it does not identify its product",
            });
        }
        let found = any(component.purls.iter().map(|purl| self.purl(purl, installed)), OTHER)?;
        // Digests of files are not compared, so that it may be about another build of the version.
        Ok(Exact(found.0 && component.digests.is_empty()))
    }

    fn purl(&self, stated: &Purl, installed: &Installed<'_>) -> Result<Exact, Why> {
        let package = installed.package;
        let Some(own) = &installed.purl else { return Err(OTHER) };
        let mut own = own.clone();
        let mut qualifiers = stated.qualifiers.clone();
        // A source package stands for everything that is built from it.
        if qualifiers.get("arch").is_some_and(|arch| matches!(arch.as_str(), "source" | "src"))
            && package.manager.is_distribution()
        {
            let (name, version) = crate::osv::ecosystem::known_as(package);
            own.name = name.to_owned();
            own.version = Some(version.to_owned());
            qualifiers.remove("arch");
        }
        if stated.key() != own.key() {
            return Err(OTHER);
        }
        let epoch = qualifiers.remove("epoch");
        if let Some(version) = &stated.version
            && full(stated, version, epoch.as_deref())
                != full(&own, own.version.as_deref().unwrap_or_default(), own.qualifier("epoch"))
        {
            return Err("it is about another version of the package");
        }
        let narrower = "it is about another architecture, distribution or variant of the package";
        // It names the source package, which follows from the package.
        qualifiers.remove("upstream");
        let distro = qualifiers.remove("distro");
        if distro.is_some_and(|distro| !self.is_distro(&distro, own.qualifier("distro")))
            || stated.subpath.is_some()
        {
            return Err(narrower);
        }
        for (key, value) in &qualifiers {
            let default =
                matches!((key.as_str(), value.as_str()), ("type", "jar") | ("platform", "ruby"));
            if !default && own.qualifier(key) != Some(value) {
                return Err(narrower);
            }
        }
        Ok(Exact(stated.version.is_some()))
    }

    /// `debian-12`, `debian-12.5`, `12`, `bookworm`: a part of the release stands for all of it, and a point release for its release.
    fn is_distro(&self, stated: &str, own: Option<&str>) -> bool {
        let inside = |one: &str, other: &str| {
            other.strip_prefix(one).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        let same = |one: &str, other: &str| inside(one, other) || inside(other, one);
        if self.os.and_then(|os| os.codename.as_deref()) == Some(stated) {
            return true;
        }
        let Some(own) = own else { return false };
        match own.rsplit_once('-') {
            Some((_, version)) if !stated.contains('-') => same(stated, version),
            Some(_) => same(stated, own),
            None => stated == own,
        }
    }
}

fn is_image(purl: &Purl) -> bool {
    matches!(purl.kind.as_str(), "oci" | "docker")
}

/// A version in the form in which it is compared: with its epoch, and of Go without its `v`.
fn full(purl: &Purl, version: &str, epoch: Option<&str>) -> String {
    match (purl.kind.as_str(), epoch) {
        ("golang", _) => version.strip_prefix('v').unwrap_or(version).to_owned(),
        ("deb" | "rpm", Some(epoch)) if epoch != "0" && !version.contains(':') => {
            format!("{epoch}:{version}")
        }
        ("deb" | "rpm", _) => version.strip_prefix("0:").unwrap_or(version).to_owned(),
        _ => version.to_owned(),
    }
}

/// The first that holds, the most exact one before others; else the last reason.
fn any(results: impl Iterator<Item = Result<Exact, Why>>, none: Why) -> Result<Exact, Why> {
    let mut best: Result<Exact, Why> = Err(none);
    for result in results {
        best = match (best, result) {
            (Ok(one), Ok(other)) => Ok(one.max(other)),
            (Ok(one), Err(_)) => Ok(one),
            (Err(_), result) => result,
        };
    }
    best
}
