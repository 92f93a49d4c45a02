//! From files to services: `include`, `extends`, the merge of files, and what must fit together.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use posture_model::gap::{Gap, GapId, Reason, Register};
use posture_model::source::Source;
use posture_yaml::{Data, Field, Limits, Node, Place, Scalars, shown};

use super::fit::{join_volumes, misfit};
use super::merge::{is_reset, merge, without_reset};
use super::service::{self, Around};
use super::variables::{Variables, open};
use super::{check, mounted};
use crate::info::COMPOSE;
use crate::mistake::{Mistake, line};
use crate::settings::Settings;

/// How deep files include and extend others.
const DEPTH: usize = 32;

/// How many files a project may have, with those that it includes.
const FILES: usize = 1000;

/// Opens a file.
pub(crate) type Open<'o> = dyn Fn(&Path) -> io::Result<Vec<u8>> + 'o;

/// The services of a project.
#[derive(Debug, Default)]
pub(crate) struct Project {
    pub(crate) services: Vec<Settings>,
    /// Why there may be other services: files with mistakes, and files that were not read.
    pub(crate) missing: Vec<GapId>,
    /// What is not judged, in words.
    pub(crate) others: Vec<String>,
}

/// A service on its way through files.
#[derive(Clone, Debug)]
struct Service {
    node: Node,
    source: Source,
}

/// A document of a file, without its mistakes.
#[derive(Clone, Debug)]
struct Document {
    root: Node,
    file: String,
    folder: PathBuf,
    /// The services that have a mistake.
    invalid: BTreeSet<String>,
}

struct Loader<'l> {
    variables: &'l Variables,
    limits: &'l Limits,
    open: &'l Open<'l>,
    gaps: &'l Register,
    /// How a path is called in findings.
    called: &'l dyn Fn(&Path) -> String,
    missing: Vec<GapId>,
    files: usize,
}

/// What the files of a project declare together.
#[derive(Default)]
pub(super) struct Declared {
    services: BTreeMap<String, Service>,
    /// The services that have a mistake: they are not judged.
    invalid: BTreeSet<String>,
    pub(super) sections: BTreeMap<&'static str, Node>,
}

const SECTIONS: [&str; 4] = ["volumes", "networks", "secrets", "configs"];

/// Loads a project of one file, or of several that are merged in their order.
pub(crate) fn load(
    files: &[(PathBuf, io::Result<Vec<u8>>)],
    (variables, limits): (&Variables, &Limits),
    (open, called): (&Open<'_>, &dyn Fn(&Path) -> String),
    gaps: &Register,
) -> Project {
    let mut loader =
        Loader { variables, limits, open, gaps, called, missing: Vec::new(), files: 0 };
    let mut declared = Declared::default();
    for (path, bytes) in files {
        let bytes = match bytes {
            Ok(bytes) => bytes,
            Err(error) => {
                loader.unread(&called(path), &error.to_string());
                continue;
            }
        };
        for document in loader.documents(path, bytes) {
            loader.take(document, &mut declared, 0);
        }
    }
    let project = files.first().map_or_else(String::new, |(path, _)| called(path));
    loader.finish(declared, &project)
}

impl Loader<'_> {
    fn miss(&mut self, gap: Gap) {
        let gap = self.gaps.note(gap);
        if !self.missing.contains(&gap) {
            self.missing.push(gap);
        }
    }

    fn unread(&mut self, file: &str, why: &str) {
        let gap = Gap::new(COMPOSE, format!("{file}:1:1"), Reason::InvalidFile);
        self.miss(Gap { detail: Some(shown(why)), ..gap });
    }

    fn mistake(&mut self, file: &str, mistake: Mistake) {
        self.miss(mistake.gap(COMPOSE, file));
    }

    /// The documents of a file, each checked by itself. One with an error of YAML is none.
    fn documents(&mut self, path: &Path, bytes: &[u8]) -> Vec<Document> {
        let file = (self.called)(path);
        self.files += 1;
        if self.files > FILES {
            self.unread(&file, &format!("the project has more than {FILES} files"));
            return Vec::new();
        }
        let text = match posture_yaml::decode(bytes, self.limits) {
            Ok(text) => text,
            Err(trouble) => {
                self.mistake(&file, (*trouble).into());
                return Vec::new();
            }
        };
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut all = Vec::new();
        for document in posture_yaml::documents(text, self.limits, Scalars::Yaml12) {
            for trouble in document.troubles {
                self.mistake(&file, trouble.into());
            }
            let Some(root) = document.root else { continue };
            let mut mistakes = Vec::new();
            let root = self.variables.fill(root, "", &mut mistakes);
            check::document(&root, &mut mistakes);
            if let Some(Data::Fields(services)) = root.get("services").map(|one| &one.value.data) {
                for service in services {
                    let path = posture_yaml::below("services", &service.name);
                    mistakes.extend(service::mistakes(&service.value, &path));
                }
            }
            mistakes.sort_by_key(|mistake| mistake.place);
            let mut invalid = BTreeSet::new();
            for mistake in mistakes {
                let name = mistake.path.strip_prefix("services.");
                let name = name.map(|rest| rest.split(['.', '[']).next().unwrap_or(rest));
                invalid.extend(name.map(str::to_owned));
                self.mistake(&file, mistake);
            }
            all.push(Document { root, file: file.clone(), folder: folder.clone(), invalid });
        }
        all
    }

    fn read(&mut self, path: &Path, from: (&str, Place)) -> Vec<Document> {
        match (self.open)(path) {
            Ok(bytes) => self.documents(path, &bytes),
            Err(error) => {
                let (file, place) = from;
                let problem = format!("`{}` cannot be read: {error}", (self.called)(path));
                self.mistake(file, Mistake::new(place, "", shown(&problem)));
                Vec::new()
            }
        }
    }

    /// Adds what a document declares to what was declared before it.
    fn take(&mut self, document: Document, declared: &mut Declared, depth: usize) {
        if depth > DEPTH {
            return self.unread(&document.file, "files include each other too deep");
        }
        self.include(&document, declared, depth);
        declared.invalid.extend(document.invalid.iter().cloned());
        if let Some(Data::Fields(services)) =
            document.root.get("services").map(|one| &one.value.data)
        {
            for field in services {
                if document.invalid.contains(&field.name) {
                    continue;
                }
                if is_reset(&field.value) {
                    declared.services.remove(&field.name);
                    continue;
                }
                if !matches!(field.value.data, Data::Fields(_)) {
                    // A service without fields, such as one that another file completes.
                    if field.value.data != Data::Null {
                        continue;
                    }
                }
                self.add(field, &document, declared);
            }
        }
        for section in SECTIONS {
            let Some(node) = document.root.get(section).map(|one| one.value.clone()) else {
                continue;
            };
            let merged = match declared.sections.remove(section) {
                Some(before) => merge(before, node, section_name(section)),
                None => node,
            };
            declared.sections.insert(section, without_reset(merged));
        }
    }

    fn add(&mut self, field: &Field, document: &Document, declared: &mut Declared) {
        let source = Source { file: document.file.clone(), line: line(field.place) };
        let mut seen = Vec::new();
        match self.extended(&field.name, &field.value, document, &mut seen) {
            Ok(node) => {
                let merged = match declared.services.remove(&field.name) {
                    Some(before) => Service { node: merge(before.node, node, ""), ..before },
                    None => Service { node, source },
                };
                let merged = Service { node: without_reset(merged.node), ..merged };
                declared.services.insert(field.name.clone(), merged);
            }
            Err(mistake) => {
                if let Some((file, mistake)) = mistake {
                    self.mistake(&file, mistake);
                }
                declared.invalid.insert(field.name.clone());
            }
        }
    }

    /// A service with what it extends. The error is a mistake, or none where the mistake was reported already.
    fn extended(
        &mut self,
        name: &str,
        node: &Node,
        document: &Document,
        seen: &mut Vec<(String, String)>,
    ) -> Result<Node, Option<(String, Mistake)>> {
        let extends = node.get("extends").filter(|extends| !is_reset(&extends.value));
        let Some(extends) = extends else { return Ok(node.clone()) };
        let path = format!("services.{name}.extends");
        let wrong = |problem: String| {
            Some((document.file.clone(), Mistake::new(extends.place, &path, problem)))
        };
        let key = (document.file.clone(), name.to_owned());
        if seen.contains(&key) || seen.len() > DEPTH {
            return Err(wrong("services extend each other in a circle".to_owned()));
        }
        seen.push(key);
        let value = &extends.value;
        let of = match &value.data {
            Data::Text(service) if open(value).is_none() => Some(service.as_str()),
            _ => value.text("service"),
        };
        let variable = ["service", "file"]
            .into_iter()
            .filter_map(|field| value.get(field))
            .find_map(|field| open(&field.value))
            .or_else(|| open(value));
        if let Some(variable) = variable {
            let problem = format!("the variable `{}` has no known value", shown(variable));
            return Err(wrong(problem));
        }
        let Some(of) = of else { return Err(wrong("`service` is missing".to_owned())) };
        let others = match value.text("file") {
            None => vec![document.clone()],
            Some(file) if is_remote(file) => {
                return Err(wrong("`file` is not a local file".to_owned()));
            }
            Some(file) => {
                let place = (document.file.as_str(), extends.place);
                self.read(&document.folder.join(file), place)
            }
        };
        let found = others.iter().find_map(|other| {
            let services = &other.root.get("services")?.value;
            Some((other, services.get(of)?))
        });
        let Some((other, base)) = found else {
            if others.is_empty() {
                return Err(None);
            }
            return Err(wrong(format!("there is no service `{}`", shown(of))));
        };
        if other.invalid.contains(of) {
            return Err(None);
        }
        let base = self.extended(of, &base.value.clone(), &other.clone(), seen)?;
        let merged = merge(base, without_extends(node), "");
        Ok(without_extends(&merged))
    }

    fn include(&mut self, document: &Document, declared: &mut Declared, depth: usize) {
        let Some(Data::List(items)) = document.root.get("include").map(|one| &one.value.data)
        else {
            return;
        };
        for item in items {
            let at = |problem: String| Mistake::new(item.place, "include", problem);
            let paths: Vec<&Node> = match &item.data {
                Data::Text(_) => vec![item],
                _ => match item.get("path").map(|path| &path.value) {
                    Some(Node { data: Data::List(paths), .. }) => paths.iter().collect(),
                    Some(path) => vec![path],
                    None => {
                        self.mistake(&document.file, at("`path` is missing".to_owned()));
                        continue;
                    }
                },
            };
            // Each include is a project of its own, whose services join this one.
            let mut own = Declared::default();
            for path in paths {
                let Data::Text(text) = &path.data else { continue };
                if let Some(variable) = open(path) {
                    let detail = format!(
                        "the variable `{}` in `include` has no known value: give a file of variables with `--env-file`",
                        shown(variable)
                    );
                    let target =
                        format!("{}:{}:{}", document.file, path.place.line, path.place.column);
                    self.miss(Gap::undetermined(COMPOSE, &target, &detail));
                    continue;
                }
                if is_remote(text) {
                    let target =
                        format!("{}:{}:{}", document.file, path.place.line, path.place.column);
                    // An address may hold a password.
                    let detail = "what it includes is not a local file, and nothing is fetched";
                    let gap = Gap::new(COMPOSE, target, Reason::Unsupported);
                    self.miss(Gap { detail: Some(detail.to_owned()), ..gap });
                    continue;
                }
                if depth >= DEPTH {
                    self.mistake(
                        &document.file,
                        at("files include each other too deep".to_owned()),
                    );
                    continue;
                }
                let from = (document.file.as_str(), path.place);
                for included in self.read(&document.folder.join(text), from) {
                    self.take(included, &mut own, depth + 1);
                }
            }
            declared.invalid.extend(own.invalid);
            for (name, service) in own.services {
                if declared.services.contains_key(&name) {
                    let problem =
                        format!("the service `{}` is declared by another file", shown(&name));
                    self.mistake(&document.file, at(problem));
                }
                declared.services.entry(name).or_insert(service);
            }
            for (section, node) in own.sections {
                let merged = match declared.sections.remove(section) {
                    Some(before) => merge(node, before, section_name(section)),
                    None => node,
                };
                declared.sections.insert(section, merged);
            }
        }
    }

    /// Reads what the services show, and reports what does not fit together.
    fn finish(mut self, declared: Declared, project: &str) -> Project {
        let section = |name: &str| declared.sections.get(name);
        let around = Around {
            project,
            volumes: section("volumes"),
            networks: section("networks"),
            secrets: section("secrets"),
            configs: section("configs"),
            gaps: self.gaps,
        };
        let mut found = Project::default();
        let mut from = Vec::new();
        for (name, Service { node, source }) in &declared.services {
            if declared.invalid.contains(name) {
                continue;
            }
            if node.get("provider").is_some() {
                let what = "a service of a provider, which is not a container";
                found.others.push(format!("{source}: `{}` is {what}", shown(name)));
                continue;
            }
            let file = source.file.clone();
            let misfit = misfit(name, node, &declared, source);
            if let Some(mistake) = misfit {
                self.mistake(&file, mistake);
                continue;
            }
            found.services.push(service::read(name, node, source.clone(), &around));
            from.push(mounted::volumes_from(node, project));
        }
        join_volumes(&mut found.services, &from, self.gaps);
        found.missing = self.missing;
        found
    }
}

/// The name by which the merge of a section is chosen: its fields are merged one by one.
fn section_name(section: &str) -> &str {
    match section {
        "networks" => "",
        other => other,
    }
}

fn is_remote(path: &str) -> bool {
    path.contains("://") || path.starts_with("git@") || path.starts_with("oci:")
}

fn without_extends(node: &Node) -> Node {
    let mut node = node.clone();
    if let Data::Fields(fields) = &mut node.data {
        fields.retain(|field| field.name != "extends");
    }
    node
}
