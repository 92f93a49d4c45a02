use super::super::{Content, Options, read};

fn mistakes(text: &str) -> Vec<String> {
    let documents = read(text.as_bytes(), &Options::default());
    let mistakes = documents.into_iter().flat_map(|document| match document.content {
        Content::Invalid { mistakes, .. } => mistakes,
        _ => Vec::new(),
    });
    mistakes.map(|one| format!("{}: {}", one.path, one.problem)).collect()
}

fn pod(spec: &str) -> String {
    format!("apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\n{spec}\n")
}

fn deployment(spec: &str) -> String {
    format!("apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: d}}\n{spec}\n")
}

#[test]
fn a_workload_that_the_server_rejects_is_a_mistake() {
    const NONE: &str = "spec.containers: at least one container is needed";
    for (text, expected) in [
        (pod("spec: {containers: [{name: c}]}"), ""),
        (pod(""), NONE),
        (pod("spec: null"), NONE),
        (pod("spec: {containers: []}"), NONE),
        (pod("spec: {containers: [{image: i}]}"), "spec.containers[0].name: is missing"),
        (
            pod("spec: {containers: [{name: c}, {name: c}]}"),
            "spec.containers[1].name: another container has this name",
        ),
        (
            pod("spec: {containers: [{name: c}], initContainers: [{name: c}]}"),
            "spec.initContainers[0].name: another container has this name",
        ),
        (
            pod(
                "spec: {securityContext: {seccompProfile: {type: Localhost}}, containers: [{name: c}]}",
            ),
            "spec.securityContext.seccompProfile.localhostProfile: is missing, and the type is Localhost",
        ),
        (
            pod(
                "spec: {containers: [{name: c, securityContext: {appArmorProfile: {type: RuntimeDefault, localhostProfile: x}}}]}",
            ),
            "spec.containers[0].securityContext.appArmorProfile.localhostProfile: can be set for the type Localhost only",
        ),
        (
            pod("spec: {securityContext: {seccompProfile: {}}, containers: [{name: c}]}"),
            "spec.securityContext.seccompProfile.type: is missing",
        ),
        (
            pod(
                "spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80, hostPort: 81}]}]}",
            ),
            "spec.containers[0].ports[0].hostPort: is not containerPort, and hostNetwork is true",
        ),
        (
            pod(
                "spec: {hostNetwork: true, containers: [{name: c, ports: [{containerPort: 80, hostPort: 80}]}]}",
            ),
            "",
        ),
        (deployment(""), "spec.template: is missing"),
        (deployment("spec: {selector: {matchLabels: {a: b}}}"), "spec.template: is missing"),
        (
            deployment(
                "spec: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}}",
            ),
            "spec.selector: is missing, and is needed to find the pods",
        ),
        (
            deployment(
                "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: c}}, spec: {containers: [{name: c}]}}}",
            ),
            "spec.template.metadata.labels: spec.selector does not select these labels",
        ),
        (
            deployment(
                "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}}}",
            ),
            "spec.template.spec.containers: at least one container is needed",
        ),
        (
            deployment(
                "spec: {selector: {matchLabels: {a: b}}, template: {metadata: {labels: {a: b}}, spec: {containers: [{name: c}]}}}",
            ),
            "",
        ),
    ] {
        assert_eq!(mistakes(&text).join("; "), expected, "{text}");
    }
}

#[test]
fn a_pod_sets_only_what_its_operating_system_has() {
    let of = |os: &str, more: &str, context: &str| {
        mistakes(&pod(&format!(
            "spec: {{os: {{name: {os}}}, {more}containers: [{{name: c, securityContext: {{{context}}}}}]}}"
        )))
        .join("; ")
    };
    let words = "cannot be set in a pod for Windows";
    assert_eq!(of("windows", "hostPID: true, ", ""), format!("spec.hostPID: {words}"));
    assert_eq!(of("windows", "hostPID: false, hostNetwork: true, ", ""), "");
    assert_eq!(of("windows", "hostUsers: true, ", ""), format!("spec.hostUsers: {words}"));
    let context = "securityContext: {seccompProfile: {type: RuntimeDefault}}, ";
    let path = "spec.securityContext.seccompProfile";
    assert_eq!(of("windows", context, ""), format!("{path}: {words}"));
    assert_eq!(of("linux", context, ""), "");
    for (field, value) in [
        ("privileged", "false"),
        ("allowPrivilegeEscalation", "true"),
        ("capabilities", "{add: [SYS_ADMIN]}"),
        ("runAsUser", "0"),
    ] {
        let found = of("windows", "", &format!("{field}: {value}"));
        assert_eq!(found, format!("spec.containers[0].securityContext.{field}: {words}"));
    }
    assert_eq!(of("windows", "", "windowsOptions: {hostProcess: false}"), "");
    assert_eq!(
        of("linux", "", "windowsOptions: {hostProcess: false}"),
        "spec.containers[0].securityContext.windowsOptions: cannot be set in a pod for Linux"
    );
}

#[test]
fn what_only_looks_like_a_list_or_an_object_is_none() {
    let kinds = |text: &str| -> Vec<String> {
        let documents = read(text.as_bytes(), &Options::default());
        let kind = |content| match content {
            Content::Object(one) => one.identity.kind,
            Content::Custom { identity, .. } => format!("custom {}", identity.kind),
            Content::Invalid { mistakes, .. } => format!("invalid {}", mistakes[0]),
            Content::Other(why) => why.to_owned(),
        };
        documents.into_iter().map(|document| kind(document.content)).collect()
    };
    let of = |version: &str, kind: &str, rest: &str| {
        kinds(&format!("apiVersion: {version}\nkind: {kind}\nmetadata: {{name: a}}\n{rest}\n"))
    };
    assert!(of("v1", "List", "").is_empty());
    assert!(of("v1", "List", "items: null").is_empty());
    assert!(of("v1", "PodList", "items: []").is_empty());
    assert_eq!(of("example.com/v1", "AllowList", "items: [a, b]"), ["custom AllowList"]);
    assert_eq!(of("example.com/v1", "AllowList", "items: {a: b}"), ["custom AllowList"]);
    assert_eq!(
        of("example.com/v1", "ThingList", "items: [{metadata: {name: b}}]"),
        ["custom Thing"]
    );
    assert_eq!(
        kinds("apiVersion: v2\nname: x\nversion: 1.0.0\n"),
        ["it describes a chart of Helm: render it first, with `helm template`"]
    );
    assert_eq!(
        kinds("apiVersion: skaffold/v4beta1\nkind: Config\n"),
        ["it is the configuration of Skaffold"]
    );
}
