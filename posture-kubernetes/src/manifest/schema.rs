//! The fields of every built-in kind.
//!
//! They are data: `data/schema.txt`, which `data/schema.py` writes from the OpenAPI documents of Kubernetes 1.33 to 1.37 as the
//! crate [`k8s-openapi`](https://docs.rs/k8s-openapi/0.29.0) 0.29.0 has them (Apache-2.0), read on 2026-11-30. The crate itself is not
//! a dependency: its types stop at the first mistake, drop unknown fields, and take minutes to compile.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static TEXT: &str = include_str!("../../data/schema.txt");

/// The fields of all built-in kinds, read once.
pub(super) static SCHEMA: LazyLock<Schema> = LazyLock::new(|| Schema::read(TEXT));

/// The versions of Kubernetes that have something: minor versions, where the data knows of an end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Span {
    /// The first, if older ones do not have it.
    pub(super) first: Option<u16>,
    /// The last, if newer ones do not have it.
    pub(super) last: Option<u16>,
}

/// What a value has to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Text,
    Boolean,
    Int32,
    Int64,
    Number,
    Bytes,
    /// A number or a string, such as a port.
    IntOrText,
    Quantity,
    Time,
    /// Anything: its form is not known here.
    Any,
    /// A list of these.
    List(&'static Self),
    /// An object whose fields are keys of the user's choice.
    Map(&'static Self),
    /// An object, by the place of its type.
    Object(usize),
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) of: Type,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) struct Object {
    /// The name without its package, such as `NetworkPolicyPeer`.
    pub(super) name: &'static str,
    pub(super) fields: BTreeMap<&'static str, Field>,
}

/// A kind of a version of an API.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) namespaced: bool,
    pub(super) object: usize,
    pub(super) span: Span,
}

#[derive(Debug, Default)]
pub(super) struct Schema {
    objects: Vec<Object>,
    /// By `apiVersion` and then `kind`.
    kinds: BTreeMap<&'static str, BTreeMap<&'static str, Kind>>,
}

fn span(words: &[&str]) -> Span {
    let Some(mark) = words.first() else { return Span::default() };
    let number = |sign: char| {
        let (_, rest) = mark.split_once(sign)?;
        let rest = rest.strip_prefix("1.")?;
        rest.split(['+', '-']).next()?.parse().ok()
    };
    Span { first: number('+'), last: number('-') }
}

impl Schema {
    fn read(text: &'static str) -> Self {
        let mut schema = Self::default();
        let lines = || text.lines().filter(|line| !line.starts_with('#'));
        let names = lines().filter_map(|line| line.strip_prefix(": "));
        let places: BTreeMap<&str, usize> =
            names.enumerate().map(|(place, name)| (name, place)).collect();
        for line in lines() {
            let words: Vec<&'static str> = line.split(' ').collect();
            match words.as_slice() {
                ["=", version, kind, scope, object, rest @ ..] => {
                    let Some(object) = places.get(object) else { continue };
                    let kind_of = Kind {
                        namespaced: *scope == "namespace",
                        object: *object,
                        span: span(rest),
                    };
                    schema.kinds.entry(version).or_default().insert(kind, kind_of);
                }
                [":", name] => {
                    let name = name.rsplit('.').next().unwrap_or(name);
                    schema.objects.push(Object { name, fields: BTreeMap::new() });
                }
                [name, of, rest @ ..] => {
                    let field = Field { of: type_of(of, &places), span: span(rest) };
                    if let Some(object) = schema.objects.last_mut() {
                        object.fields.insert(name, field);
                    }
                }
                _ => {}
            }
        }
        schema
    }

    pub(super) fn object(&self, place: usize) -> Option<&Object> {
        self.objects.get(place)
    }

    pub(super) fn kind(&self, api_version: &str, kind: &str) -> Option<&Kind> {
        self.kinds.get(api_version)?.get(kind)
    }

    /// Every version of an API with the kinds that it has.
    pub(super) fn kinds(&self) -> impl Iterator<Item = (&'static str, &'static str, &Kind)> {
        self.kinds
            .iter()
            .flat_map(|(version, kinds)| kinds.iter().map(|(name, kind)| (*version, *name, kind)))
    }

    /// Whether a group is one of Kubernetes itself.
    pub(super) fn has_group(&self, group: &str) -> bool {
        self.kinds.keys().any(|version| group_of(version) == group)
    }
}

/// The group of an `apiVersion`; empty for the core.
pub(super) fn group_of(api_version: &str) -> &str {
    api_version.rsplit_once('/').map_or("", |(group, _)| group)
}

/// The types of elements are a few, and live as long as the program.
fn type_of(text: &str, places: &BTreeMap<&str, usize>) -> Type {
    let inner = |text: &str| -> &'static Type { Box::leak(Box::new(type_of(text, places))) };
    if let Some(text) = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')) {
        return Type::List(inner(text));
    }
    if let Some(text) = text.strip_prefix('{').and_then(|text| text.strip_suffix('}')) {
        return Type::Map(inner(text));
    }
    match text {
        "string" => Type::Text,
        "bool" => Type::Boolean,
        "int32" => Type::Int32,
        "int64" => Type::Int64,
        "number" => Type::Number,
        "bytes" => Type::Bytes,
        "intstr" => Type::IntOrText,
        "quantity" => Type::Quantity,
        "time" => Type::Time,
        _ => places.get(text).map_or(Type::Any, |place| Type::Object(*place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_is_complete() {
        let schema = &*SCHEMA;
        assert_eq!(
            schema.kinds().count(),
            TEXT.lines().filter(|line| line.starts_with("= ")).count()
        );
        assert_eq!(
            schema.objects.len(),
            TEXT.lines().filter(|line| line.starts_with(": ")).count()
        );
        // A type that is not known would be taken for anything.
        for line in TEXT.lines().filter(|line| !line.starts_with(['#', '=', ':'])) {
            let of = line.split(' ').nth(1).unwrap().trim_matches(['[', ']', '{', '}']);
            let places = schema.objects.iter().map(|object| object.name);
            let known = of == "any"
                || !matches!(type_of(of, &BTreeMap::new()), Type::Any)
                || places.into_iter().any(|name| of.ends_with(name));
            assert!(known, "{line}");
        }
        for (version, kind) in [
            ("v1", "Pod"),
            ("v1", "Secret"),
            ("apps/v1", "Deployment"),
            ("batch/v1", "CronJob"),
            ("networking.k8s.io/v1", "NetworkPolicy"),
            ("rbac.authorization.k8s.io/v1", "ClusterRole"),
            ("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
            ("apiregistration.k8s.io/v1", "APIService"),
        ] {
            let kind = schema.kind(version, kind).unwrap();
            assert!(schema.object(kind.object).unwrap().fields.contains_key("metadata"));
        }
        assert!(schema.has_group("apps") && schema.has_group("") && !schema.has_group("app"));
    }

    #[test]
    fn a_field_has_its_type_and_its_versions() {
        let schema = &*SCHEMA;
        let field = |object: &str, field: &str| {
            let of = schema.objects.iter().find(|one| one.name == object).unwrap();
            let found = &of.fields[field];
            (found.of, found.span)
        };
        assert_eq!(field("Container", "image"), (Type::Text, Span::default()));
        assert_eq!(field("NetworkPolicyPort", "port").0, Type::IntOrText);
        assert!(matches!(field("NetworkPolicySpec", "policyTypes").0, Type::List(Type::Text)));
        assert!(matches!(field("ObjectMeta", "labels").0, Type::Map(Type::Text)));
        assert!(matches!(field("ResourceRequirements", "limits").0, Type::Map(Type::Quantity)));
        assert_eq!(span(&["+1.35-1.36"]), Span { first: Some(35), last: Some(36) });
        assert_eq!(span(&["-1.34"]), Span { first: None, last: Some(34) });
        let removed = schema.kind("networking.k8s.io/v1beta1", "IPAddress").unwrap();
        assert_eq!(removed.span, Span { first: None, last: Some(36) });
    }
}
