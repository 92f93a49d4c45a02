//! An image, read from end to end.

mod whole;

use std::cell::Cell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use crate::config::Config;
use crate::digest::Digest;
use crate::layer::tar::Member;
use crate::layer::{Held, Layer, Observer, Reading, Stated, Want};
use crate::limits::Limits;
use crate::manifest::{self, Descriptor, Document, Manifest, Platform};
use crate::packages::{self, binary};
use crate::secrets::{self, Finding, InFile, Scanner, Secrets};
use crate::source::{Blobs, Named, Root, checked, checked_manifest, digest_of_name};
use crate::text;
use crate::tree::{Content, Node, Tree};
use crate::truth::{Cause, Gap, List};
pub use whole::verify;

/// How an image is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The platform that is chosen from an index.
    pub platform: Platform,
    /// Bounds.
    pub limits: Limits,
    /// The key of the fingerprints of secrets: random, and one for a report.
    pub key: [u8; 32],
}

impl Options {
    /// `linux/amd64`, with the usual bounds.
    pub fn new(key: [u8; 32]) -> Self {
        let platform =
            Platform { os: "linux".to_owned(), architecture: "amd64".to_owned(), variant: None };
        Self { platform, limits: Limits::default(), key }
    }
}

/// The digests of an image. A running container shows one of the first two, and a signature may be on either.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// The digest of the index that the name leads to.
    pub index: Option<Digest>,
    /// The digest of the manifest for the platform. Archives of `docker save` have none.
    pub manifest: Option<Digest>,
    /// The digest of the configuration, which Docker calls the ID of the image.
    pub config: Option<Digest>,
}

/// The digests of an image as another program states them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Claimed {
    /// Of a manifest or an index.
    pub manifests: Vec<Digest>,
    /// Of a configuration.
    pub configs: Vec<Digest>,
    /// Of one of these.
    pub any: Vec<Digest>,
}

impl Identity {
    /// Whether another program's document is about this image. The digest of the configuration decides, where both have it: the
    /// one of the manifest changes when a registry or a daemon stores the image in another form.
    ///
    /// # Errors
    ///
    /// It is about another image, or states no digest that can be compared.
    pub fn check(&self, claimed: &Claimed, document: &str) -> Result<(), Gap> {
        let [index, manifest, config] =
            [&self.index, &self.manifest, &self.config].map(Option::as_ref);
        for (own, stated) in [
            (vec![config], &claimed.configs),
            (vec![manifest, index], &claimed.manifests),
            (vec![manifest, index, config], &claimed.any),
        ] {
            let own: Vec<&Digest> = own.into_iter().flatten().collect();
            let (Some(first), false) = (stated.first(), own.is_empty()) else { continue };
            if stated.iter().any(|digest| own.contains(&digest)) {
                return Ok(());
            }
            let detail = format!("it is about another image: {first}");
            return Err(Gap::new(Cause::Mismatch, document, detail));
        }
        Err(Gap::new(
            Cause::Missing,
            document,
            "it does not state by a digest which image it is about",
        ))
    }
}

/// The form of an image's configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Docker's, which may have a health check.
    Docker,
    /// OCI's, which has none.
    Oci,
}

/// An image that was read. What it lacks is in `gaps`; the lists and answers that follow from it repeat them.
#[derive(Debug)]
pub struct Image {
    /// The names that its source has for it.
    pub names: Vec<String>,
    /// Its digests.
    pub identity: Identity,
    /// The form of its configuration.
    pub form: Form,
    /// The configuration.
    pub config: Config,
    /// Annotations of the manifest: free text of the author.
    pub annotations: BTreeMap<String, String>,
    /// The layers, from the lowest.
    pub layers: Vec<Layer>,
    /// The files.
    pub tree: Tree,
    /// Credentials.
    pub secrets: Secrets,
    /// The distribution and packages.
    pub packages: packages::Inventory,
    /// Everything that is not certain about the image.
    pub gaps: Vec<Gap>,
}

impl Image {
    /// Whether all of it was read, and every program reads it in the same way.
    pub const fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }
}

/// Reads the image that a name leads to.
///
/// # Errors
///
/// The manifest or the configuration could not be read, or it is not an image. Layers that could not be read are gaps of the image.
pub fn read(blobs: &dyn Blobs, named: &Named, options: &Options) -> Result<Image, Gap> {
    let limits = &options.limits;
    let mut identity = Identity::default();
    let (config, form, manifest, files) = match &named.root {
        Root::Document(root) => {
            let manifest = resolve(blobs, root, options, &mut identity)?;
            if let Some(artifact) = &manifest.artifact {
                return Err(Gap::new(
                    Cause::Unsupported,
                    "manifest",
                    format!("not an image but an artifact: {artifact}"),
                ));
            }
            let config =
                checked(blobs, &manifest.config.digest, Some(manifest.config.size), limits.config)?;
            identity.config = Some(manifest.config.digest.clone());
            let docker = manifest.config.media_type.starts_with("application/vnd.docker.");
            (config, if docker { Form::Docker } else { Form::Oci }, Some(manifest), None)
        }
        Root::Files { config: name, layers } => {
            let bytes = crate::source::bounded(blobs.open_file(name)?, limits.config, name)?;
            let Some(digest) = digest_of_name(name) else {
                return Err(Gap::new(
                    Cause::Malformed,
                    "manifest.json",
                    "the name of the configuration is not its digest",
                ));
            };
            let found = Digest::of(digest.algorithm(), &bytes);
            if found != digest {
                return Err(Gap::new(
                    Cause::Mismatch,
                    digest.to_string(),
                    format!("the bytes have the digest {found}"),
                ));
            }
            identity.config = Some(digest);
            (bytes, Form::Docker, None, Some(layers))
        }
    };
    let config = Config::read(&config, "config", limits)?;
    let stated = match (&manifest, files) {
        (Some(manifest), _) => manifest.layers.len(),
        (None, files) => files.map_or(0, Vec::len),
    };
    let mut gaps = Vec::new();
    if stated != config.diff_ids.len() {
        let detail = format!(
            "{stated} layers, and the configuration has digests of {}",
            config.diff_ids.len()
        );
        gaps.push(Gap::new(Cause::Malformed, "config", detail));
    }
    if let Some(platform) = config.platform.as_ref().filter(|platform| platform.os != "linux") {
        gaps.push(Gap::new(
            Cause::Unsupported,
            "config",
            format!("an image for {}", text::clip(platform.to_string().as_bytes(), 60)),
        ));
    }
    let mut image = Image {
        names: named.names.clone(),
        identity,
        form,
        annotations: manifest
            .as_ref()
            .map(|manifest| manifest.annotations.clone())
            .unwrap_or_default(),
        layers: Vec::new(),
        tree: Tree::default(),
        secrets: Secrets::default(),
        packages: packages::Inventory::default(),
        gaps,
        config,
    };
    let layers = (0..stated).map(|index| match (&manifest, files) {
        (Some(manifest), _) => Source::Blob(manifest.layers.get(index)),
        (None, files) => Source::File(files.and_then(|files| files.get(index))),
    });
    read_layers(blobs, layers.collect(), options, &mut image);
    Ok(image)
}

enum Source<'a> {
    Blob(Option<&'a Descriptor>),
    File(Option<&'a String>),
}

fn read_layers(blobs: &dyn Blobs, layers: Vec<Source<'_>>, options: &Options, image: &mut Image) {
    let limits = &options.limits;
    let scanner = Scanner::new(options.key);
    let mut collector = Collector {
        scanner: &scanner,
        limits,
        scan: secrets::FileScan::new(limits),
        found: Vec::new(),
        more: 0,
        gaps: Vec::new(),
    };
    let mut reading = Reading { limits, total: Rc::new(Cell::new(0)), held: Held::default() };
    for (index, source) in layers.into_iter().enumerate() {
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        let diff_id = image.config.diff_ids.get(index).cloned();
        let (stated, blob) = match source {
            Source::Blob(Some(layer)) => {
                let stated =
                    Stated { digest: Some(layer.digest.clone()), size: Some(layer.size), diff_id };
                let blob = if layer.foreign {
                    Err(Gap::new(
                        Cause::Unsupported,
                        layer.digest.to_string(),
                        "a foreign layer, which is never fetched",
                    ))
                } else if layer.size > limits.layer_compressed {
                    let detail = format!("more than {} compressed bytes", limits.layer_compressed);
                    Err(Gap::new(Cause::Incomplete, layer.digest.to_string(), detail))
                } else {
                    blobs.open_sized(&layer.digest, layer.size)
                };
                (stated, blob)
            }
            Source::File(Some(name)) => {
                (Stated { digest: None, size: None, diff_id }, blobs.open_file(name))
            }
            Source::Blob(None) | Source::File(None) => continue,
        };
        let found = collector.found.len();
        let (layer, upper) = reading.layer(blob, &stated, number, &image.tree, &mut collector);
        match upper {
            Some(upper) => {
                image.tree.apply(upper);
                secrets::mark_deleted(&mut collector.found, &image.tree, number);
            }
            // What a wrong blob holds is not part of the image.
            None => collector.found.truncate(found),
        }
        image.gaps.extend(layer.gaps.iter().cloned());
        image.layers.push(layer);
    }
    image.tree.gaps.clone_from(&image.gaps);
    secrets::mark_links(&mut collector.found, &image.tree);
    let more = collector.more + collector.scan.more;
    let found = std::mem::take(&mut collector.found);
    image.packages = packages::inventory(&image.tree, limits);
    let mut files = List::default();
    let mut published = Vec::new();
    for mut one in found {
        one.finding.package = image.packages.owners.of(&one.path, &image.tree).map(str::to_owned);
        let list = if one.finding.is_published() { &mut published } else { &mut files.items };
        list.push(one.finding);
    }
    for gap in image.gaps.iter().chain(&collector.gaps) {
        files.lacks(gap.clone());
    }
    if more > 0 {
        let detail = format!("{more} more than are listed");
        files.lacks(Gap::new(Cause::Incomplete, "secrets", detail));
    }
    let mut secrets = Secrets {
        files,
        published,
        configuration: secrets::in_configuration(&image.config, &image.annotations, &scanner),
        history: secrets::in_history(&image.config, &scanner),
    };
    for list in [&mut secrets.files, &mut secrets.configuration, &mut secrets.history] {
        if !scanner.works() {
            list.lacks(Gap::new(Cause::NotRead, "secrets", "the search could not be built"));
        }
        list.items.sort();
        list.items.dedup();
    }
    image.secrets = secrets;
}

/// From the root to the manifest for the platform.
fn resolve(
    blobs: &dyn Blobs,
    root: &Descriptor,
    options: &Options,
    identity: &mut Identity,
) -> Result<Manifest, Gap> {
    let limits = &options.limits;
    let mut descriptor = root.clone();
    // An index of indexes occurs; more levels do not.
    for level in 0..3 {
        let bytes = checked_manifest(blobs, &descriptor, limits.manifest)?;
        let place = descriptor.digest.to_string();
        match Document::read(&bytes, &descriptor.media_type, &place, limits)? {
            Document::Manifest(manifest) => {
                identity.manifest = Some(descriptor.digest);
                return Ok(*manifest);
            }
            Document::Index(entries) => {
                if level == 0 {
                    identity.index = Some(descriptor.digest.clone());
                }
                descriptor = manifest::choose(&entries, &options.platform, &place)?.clone();
            }
        }
    }
    Err(Gap::new(Cause::Malformed, descriptor.digest.to_string(), "indexes that refer to indexes"))
}

/// The most gaps of a search that are named.
const GAPS: usize = 100;

/// Decides what is kept of files, and searches them.
struct Collector<'a> {
    scanner: &'a Scanner,
    limits: &'a Limits,
    scan: secrets::FileScan,
    found: Vec<InFile>,
    more: usize,
    gaps: Vec<Gap>,
}

impl Observer for Collector<'_> {
    fn want(&mut self, path: &[u8], member: &Member, head: &[u8]) -> Want {
        self.scan.begin(path);
        packages::want(path, member, head, self.limits)
    }

    fn data(&mut self, bytes: &[u8]) {
        self.scan.data(self.scanner, bytes);
    }

    fn inspect(&mut self, path: &[u8], bytes: &[u8]) -> Content {
        match binary::inspect(path, bytes, self.limits) {
            Some(inspection) => Content::Inspected(Arc::new(inspection)),
            None => Content::None,
        }
    }

    fn end(&mut self, path: &[u8], node: &Arc<Node>) {
        for one in self.scan.end(self.scanner) {
            if self.found.len() >= self.limits.secrets {
                self.more += 1;
                continue;
            }
            let place = secrets::place(path, &one.inside, node.layer, one.line);
            let finding =
                Finding { form: one.form, place, fingerprint: one.fingerprint, package: None };
            self.found.push(InFile { finding, path: path.into(), node: Arc::clone(node) });
        }
        for (inside, gap) in std::mem::take(&mut self.scan.gaps) {
            // One leaves the list open; a hostile image has millions.
            if self.gaps.len() < GAPS {
                let place = match inside.as_slice() {
                    [] => text::path(path),
                    inside => format!("{}!{}", text::path(path), text::path(inside)),
                };
                self.gaps.push(Gap { place, ..gap });
            }
        }
    }
}
