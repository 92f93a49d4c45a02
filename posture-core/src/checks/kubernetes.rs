//! What controls on Kubernetes have in common: which namespaces count, and the parts of the name of an image.

use posture_model::verdict::Undecided;

use crate::params::Asked;
use crate::prelude::*;

/// The namespaces of the system, whose workloads need what others must not have.
/// [Initial namespaces](https://kubernetes.io/docs/concepts/overview/working-with-objects/namespaces/#initial-namespaces).
pub(crate) static SYSTEM: Names = Names {
    name: "system-namespaces",
    doc: "The names of the namespaces of the system, which are not judged.",
    default: &["kube-system", "kube-public", "kube-node-lease"],
};

/// What rows about the namespaces of users ask.
pub(crate) static OF_USERS: Asked =
    SYSTEM.asked(&["kube-system", "kube-public", "kube-node-lease"]);

/// The namespaces in which a control is judged that few clusters can pass.
pub(crate) static JUDGED: Given = Given {
    name: "namespaces",
    doc: "The names of the namespaces in which it is judged; `*` stands for all.",
    example: &["*"],
    unset: "no namespace is selected: set `namespaces` for the control in posture.toml",
};

/// Whether a control that the user has to select is judged in a namespace.
pub(crate) fn is_judged(context: &Context<'_>, namespace: &str) -> bool {
    context.given(&JUDGED).iter().any(|name| *name == "*" || *name == namespace)
}

/// Why a namespace of the system is not judged.
pub(crate) fn of_the_system(namespace: &Namespace, context: &Context<'_>) -> Option<CheckResult> {
    let is_one = context.names(&SYSTEM).iter().any(|name| *name == namespace.name);
    is_one.then(|| not_applicable("the namespace is one of the system"))
}

/// The test of a namespace that is not one of the system: `of_namespace!(fact, found, expected)` for a fact that has to be true. With
/// `used`, a namespace without workloads is not judged.
macro_rules! of_namespace {
    ($fact:ident, $found:expr, $expected:expr) => {
        kubernetes::of_namespace!(@ $fact, $found, $expected, [], |_| Ok(true))
    };
    (used $fact:ident, $found:expr, $expected:expr) => {
        kubernetes::of_namespace!(
            @ $fact, $found, $expected, [Namespace::HAS_WORKLOADS],
            |namespace| namespace.has_workloads.known().copied()
        )
    };
    (@ $fact:ident, $found:expr, $expected:expr, [$($read:expr)?], $is_used:expr) => {
        pastey::paste! {
            Test {
                reads: &[Namespace::[<$fact:upper>], $($read)?],
                params: &[Param::Names(&kubernetes::SYSTEM)],
                check: Check::Namespace(|namespace, context| {
                    if let Some(exempt) = kubernetes::of_the_system(namespace, context) {
                        return exempt;
                    }
                    let is_used: fn(&Namespace) -> Result<bool, posture_model::verdict::Undecided> =
                        $is_used;
                    if !is_used(namespace)? {
                        return not_applicable("the namespace has no workloads");
                    }
                    if *namespace.$fact.known()? {
                        return pass();
                    }
                    fail(Namespace::[<$fact:upper>], $found, $expected)
                }),
                examples: Examples {
                    pass: |scope| scope.add(kubernetes::shop().$fact(Known(true))),
                    fail: |scope| scope.add(kubernetes::shop().$fact(Known(false))),
                },
            }
        }
    };
}
pub(crate) use of_namespace;

/// A namespace of users, with workloads.
pub(crate) fn shop() -> Namespace {
    Namespace::unread("Namespace/shop", "shop", None).has_workloads(Known(true))
}

/// A subject of RBAC, with nothing known of it yet.
pub(crate) fn subject(id: &str) -> RbacSubject {
    RbacSubject::unread(id, id, None)
}

/// Judges that a cluster has at least one of what is listed. Where the list may hold more, also the entries that are certain decide
/// nothing: the reader leaves nothing open where there is one.
pub(crate) fn at_least_one(
    (fact, found): (FactId, &Fact<Entries>),
    expected: &'static str,
) -> CheckResult {
    let found = found.known()?;
    if let Some(gap) = found.undecided() {
        return Err(Undecided::Unknown(gap));
    }
    if *found.any().known()? {
        return pass();
    }
    fail(fact, "none", expected)
}

/// The parts of the name of an image.
/// [Source](https://github.com/distribution/reference/blob/v0.6.0/normalize.go).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Image<'e> {
    name: &'e str,
    pub(crate) tag: Option<&'e str>,
    pub(crate) has_digest: bool,
}

impl<'e> Image<'e> {
    /// That of an entry of `Workload::IMAGES`, behind the name of the container.
    pub(crate) fn of(entry: &'e str) -> Self {
        let text = entry.split_once(": ").map_or(entry, |(_, image)| image);
        let (text, has_digest) = match text.split_once('@') {
            Some((name, digest)) => (name, digest.contains(':')),
            None => (text, false),
        };
        let path = text.rfind('/').map_or(0, |place| place + 1);
        let tag = text.get(path..).and_then(|last| last.find(':')).map(|place| path + place);
        let name = tag.and_then(|place| text.get(..place)).unwrap_or(text);
        let tag = tag.and_then(|place| text.get(place + 1..)).filter(|tag| !tag.is_empty());
        Self { name, tag, has_digest }
    }

    /// The registry and the repository in it: `docker.io/library/nginx` for `nginx`.
    pub(crate) fn repository(self) -> String {
        let name = self.name.strip_prefix("index.docker.io/").unwrap_or(self.name);
        let name = name.strip_prefix("docker.io/").unwrap_or(name);
        let is_registry = |part: &str| {
            part.contains(['.', ':']) || part == "localhost" || part.chars().any(char::is_uppercase)
        };
        match name.split_once('/') {
            Some((first, _)) if is_registry(first) => name.to_owned(),
            Some(_) => format!("docker.io/{name}"),
            None => format!("docker.io/library/{name}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::controls::namespaces::{pod_security_baseline, resource_quota};
    use crate::params::Value;

    #[test]
    fn an_image_has_a_registry_a_tag_and_a_digest() {
        for (entry, repository, tag, has_digest) in [
            ("app: nginx", "docker.io/library/nginx", None, false),
            ("app: nginx:1.27", "docker.io/library/nginx", Some("1.27"), false),
            ("app: nginx@sha256:00", "docker.io/library/nginx", None, true),
            ("app: nginx:1@sha256:00", "docker.io/library/nginx", Some("1"), true),
            ("app: example/web", "docker.io/example/web", None, false),
            ("app: docker.io/nginx", "docker.io/library/nginx", None, false),
            ("app: index.docker.io/library/nginx", "docker.io/library/nginx", None, false),
            ("app: localhost/web:2", "localhost/web", Some("2"), false),
            ("app: a.example:5000/web", "a.example:5000/web", None, false),
            ("app: a.example:5000/web:3", "a.example:5000/web", Some("3"), false),
            ("app: nginx:", "docker.io/library/nginx", None, false),
        ] {
            let image = Image::of(entry);
            assert_eq!(
                (image.repository().as_str(), image.tag, image.has_digest),
                (repository, tag, has_digest),
                "{entry}"
            );
        }
    }

    #[test]
    fn namespaces_of_the_system_are_named_by_the_user() {
        let control = &pod_security_baseline::CONTROL;
        let of = |name: &str| {
            let namespace = Namespace::unread(format!("Namespace/{name}"), name, None);
            world(|scope| scope.add(namespace.enforces_baseline(Known(false))))
        };
        assert!(matches!(
            &judged(control, &of("kube-system"))[..],
            [Ok(Verdict::NotApplicable(_))]
        ));
        assert!(matches!(&judged(control, &of("shop"))[..], [Ok(Verdict::Fail(_))]));
        let names = Value::Names(vec!["shop".to_owned()]);
        let set = [("system-namespaces", names)];
        assert!(matches!(
            &judged_with(control, &of("kube-system"), &set)[..],
            [Ok(Verdict::Fail(_))]
        ));
        assert!(matches!(
            &judged_with(control, &of("shop"), &set)[..],
            [Ok(Verdict::NotApplicable(_))]
        ));
    }

    #[test]
    fn a_namespace_without_workloads_needs_no_quota() {
        let control = &resource_quota::CONTROL;
        let empty = || shop().resource_quota(Known(false)).has_workloads(Known(false));
        assert_not_applicable(control, |scope| scope.add(empty()));
        assert_fails(control, |scope| scope.add(empty().has_workloads(Known(true))));
        assert_unknown(control, |scope| scope.add(empty().has_workloads(denied())));
        assert_unknown(control, |scope| scope.add(shop().resource_quota(denied())));
    }
}
