use posture_core::entries::Entries;
use posture_core::fact::Fact;
use posture_core::resource::Workload;

use super::*;

fn digest(of: char) -> String {
    format!("sha256:{}", of.to_string().repeat(64))
}

/// A scope with one workload.
fn scope(images: &[&str], running: &[&str]) -> Scope {
    let mut scope = Scope::empty(Provider::Kubernetes, "cluster");
    let entries = |list: &[&str]| Fact::Known(list.iter().copied().collect::<Entries>());
    let web = Workload::unread("Deployment/shop/web", "web", Some("shop"));
    scope.workloads.items.push(web.images(entries(images)).running_images(entries(running)));
    scope
}

/// The names of what is read, of all scopes together.
fn chosen(scopes: &[Scope], most: usize) -> (Vec<String>, usize) {
    let named = Named::default();
    let how = Beside { most, ..Beside::default() };
    scopes.iter().for_each(|scope| named.add(&how, scope));
    let groups = named.groups.into_inner().unwrap();
    let (all, beyond) = groups[0].choose();
    (all.iter().map(|one| one.id(&how.reading)).collect(), beyond)
}

#[test]
fn what_runs_is_read_by_its_digest_and_the_rest_by_its_name() {
    let web = format!("app: r.example/web:1@{} (linux/amd64)", digest('a'));
    let old = format!("app: r.example/web@{} (linux/arm64)", digest('b'));
    let scope = scope(
        &["app: r.example/web:2", "set-up: nginx", "volume data: r.example/data:1"],
        &[&web, &old],
    );
    let (all, beyond) = chosen(&[scope], MOST);
    let expected = [
        format!("r.example/web@{}", digest('a')),
        format!("r.example/web@{} (linux/arm64)", digest('b')),
        "docker.io/library/nginx".to_owned(),
    ];
    let expected: BTreeSet<&str> = expected.iter().map(String::as_str).collect();
    let found: BTreeSet<&str> =
        all.iter().map(|name| name.strip_suffix(":latest").unwrap_or(name)).collect();
    assert_eq!((found, beyond), (expected, 0));
}

#[test]
fn the_digest_of_a_configuration_is_looked_for_under_the_name() {
    let running = format!("app: {} (linux/amd64)", digest('a'));
    let (all, _) =
        chosen(&[scope(&["app: r.example/web:1", "side: r.example/b:1"], &[&running])], 9);
    assert_eq!(all, ["r.example/b:1", "r.example/web:1"]);
}

#[test]
fn each_digest_counts_once_and_what_is_too_much_is_counted() {
    let entry = |of: char, host: &str| format!("app: {host}/web@{} (linux/amd64)", digest(of));
    let all = [entry('a', "r.example"), entry('a', "mirror.example"), entry('b', "r.example")];
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let scopes = [scope(&[], &all), scope(&["x: r.example/web:1"], &all)];
    let (names, beyond) = chosen(&scopes, MOST);
    assert_eq!((names.len(), beyond), (3, 0), "{names:?}");
    assert!(names[0].starts_with("mirror.example/"), "{names:?}");
    let (names, beyond) = chosen(&scopes, 1);
    assert_eq!((names.len(), beyond), (1, 2));
}

#[test]
fn what_is_not_read_is_a_scope_with_the_reason() {
    let named = Named::default();
    let how = Beside { most: 1, ..Beside::default() };
    named.add(&how, &scope(&["app: ${IMAGE}", "b: nginx:1", "c: nginx:2"], &[]));
    let groups = named.groups.into_inner().unwrap();
    let unread = groups[0].unread(1, 0);
    let text: Vec<String> = unread.iter().map(words).collect();
    assert_eq!(text.len(), 2, "{text:?}");
    assert!(text[0].contains("1 image more than 1, the most that are audited"), "{text:?}");
    assert!(text[1].contains("${IMAGE}: not the name of an image"), "{text:?}");
    assert!(unread.iter().all(|scope| scope.container_images.items.is_empty()));
}

#[test]
fn an_image_that_was_audited_is_known_by_digest_and_platform() {
    use posture_core::resource::ContainerImage;
    let named = Named::default();
    let mut scope = Scope::empty(Provider::Image, "r.example/web:1");
    let image = ContainerImage::unread("image", "image", None);
    let image = image.digests(Fact::Known(vec![digest('a'), digest('b')]));
    scope.container_images.items.push(image.platform(Fact::Known("linux/amd64".to_owned())));
    named.audited(&scope);
    assert!(named.is_audited(&digest('b'), "linux/amd64"));
    assert!(!named.is_audited(&digest('b'), "linux/arm64"));
    assert!(!named.is_audited(&digest('c'), "linux/amd64"));
}
