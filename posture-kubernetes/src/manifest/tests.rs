//! Strict reading, case by case.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::cases::cases;

fn read(text: &str) -> Vec<Document> {
    super::read(text.as_bytes(), &Options::default())
}

/// The mistakes of a text, one in each line.
fn mistakes(text: &str) -> String {
    let all = read(text).into_iter().flat_map(|document| match document.content {
        Content::Invalid { mistakes, .. } => mistakes,
        _ => Vec::new(),
    });
    all.map(|mistake| mistake.to_string()).collect::<Vec<_>>().join("\n")
}

fn objects(text: &str) -> Vec<Value> {
    let all = read(text).into_iter();
    all.map(|document| match document.content {
        Content::Object(manifest) => manifest.object,
        other => panic!("{other:?}"),
    })
    .collect()
}

const HOSTS_FIX: &str = "a peer is `podSelector`, `namespaceSelector` or `ipBlock`: a NetworkPolicy compares labels and addresses, not host names; for these use a policy of the network plugin (`toFQDNs` of a CiliumNetworkPolicy) or, for egress, `domainNames` of a ClusterNetworkPolicy where the plugin supports it";

#[test]
fn the_policy_that_is_copied_widely_gets_three_answers_at_once() {
    let text = "\
apiVersion: networking.k8s.io/v1beta1
kind: NetworkPolicy
metadata:
  name: web
spec:
  podSelector:
    matchLabels:
      app: web
  ingress:
  - from:
    - host: www.example.com
  ports:
  - port: 443
";
    assert_eq!(
        mistakes(text),
        format!(
            "1:1: apiVersion: `networking.k8s.io/v1beta1` never had the kind NetworkPolicy: write `apiVersion: networking.k8s.io/v1`
11:7: spec.ingress[0].from[0].host: unknown field: {HOSTS_FIX}
12:3: spec.ports: unknown field: it belongs in `spec.egress[].ports` or `spec.ingress[].ports`"
        )
    );
    let inside = "\
apiVersion: networking.k8s.io/v1beta1
kind: NetworkPolicy
metadata: {name: web}
spec:
  ingress:
  - from:
    - host: www.example.com
      ports:
      - port: 443
";
    assert_eq!(
        mistakes(inside),
        format!(
            "1:1: apiVersion: `networking.k8s.io/v1beta1` never had the kind NetworkPolicy: write `apiVersion: networking.k8s.io/v1`
7:7: spec.ingress[0].from[0].host: unknown field: {HOSTS_FIX}
8:7: spec.ingress[0].from[0].ports: unknown field: it belongs in `spec.ingress[0].ports`"
        )
    );
    let identity = |document: &Document| match &document.content {
        Content::Invalid { identity, .. } => identity.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(identity(&read(inside)[0]).name, "web");
}

#[test]
fn what_a_server_rejects_in_a_policy_is_a_mistake_at_its_place() {
    let text = |peer: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p}}\nspec:\n  ingress:\n  - from:\n    - {peer}\n"
        )
    };
    assert_eq!(
        mistakes(&text("{}")),
        "7:7: spec.ingress[0].from[0]: the peer is empty: write `podSelector`, `namespaceSelector` or `ipBlock`, or omit the list of peers for everyone"
    );
    assert_eq!(
        mistakes(&text("ipBlock: {cidr: 10.0.0.0/33}")),
        "7:17: spec.ingress[0].from[0].ipBlock.cidr: not a block of addresses: `10.0.0.0/33`; write one such as `10.0.0.0/8`"
    );
    assert_eq!(mistakes(&text("podSelector: {}")), "");
}

const POD: &str = "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec:\n";

#[test]
fn a_misplaced_field_names_the_place_where_it_belongs() {
    for (spec, expected) in [
        (
            "  privileged: true\n",
            "5:3: spec.privileged: unknown field: it belongs in `spec.containers[].securityContext.privileged`",
        ),
        (
            "  securityContext: {allowPrivilegeEscalation: false}\n",
            "5:21: spec.securityContext.allowPrivilegeEscalation: unknown field: it belongs in `spec.containers[].securityContext.allowPrivilegeEscalation`",
        ),
        (
            "  runAsNonRoot: true\n",
            "5:3: spec.runAsNonRoot: unknown field: it belongs in `spec.securityContext.runAsNonRoot`",
        ),
        (
            "  containers: [{name: c, runAsNonRoot: true}]\n",
            "5:26: spec.containers[0].runAsNonRoot: unknown field: it belongs in `spec.containers[0].securityContext.runAsNonRoot`",
        ),
        (
            "  containers: [{name: c, hostNetwork: true}]\n",
            "5:26: spec.containers[0].hostNetwork: unknown field: it belongs in `spec.hostNetwork`",
        ),
        (
            "  containers: [{name: c, securityContext: {Privileged: true}}]\n",
            "5:44: spec.containers[0].securityContext.Privileged: unknown field: write `privileged`",
        ),
        ("  host_network: true\n", "5:3: spec.host_network: unknown field: write `hostNetwork`"),
        ("  contaners: []\n", "5:3: spec.contaners: unknown field: did you mean `containers`"),
    ] {
        let found = mistakes(&format!("{POD}{spec}"));
        assert!(found.starts_with(expected), "{found}");
    }
}

#[test]
fn a_value_of_the_wrong_type_is_a_mistake_and_says_how_to_write_it() {
    for (spec, expected) in [
        (
            "  hostNetwork: \"true\"\n",
            "5:16: spec.hostNetwork: a boolean is expected, not a string: write `true` without quotes",
        ),
        ("  hostNetwork: yes\n  containers: [{name: c, image: i}]\n", ""),
        (
            "  nodeSelector: {a: on}\n",
            "5:21: spec.nodeSelector[a]: a string is expected, not a boolean: put it in quotes, as YAML reads it as true",
        ),
        (
            "  nodeSelector: {a: 1.0}\n",
            "5:21: spec.nodeSelector[a]: a string is expected, not a number: put it in quotes, as YAML reads it as the number 1",
        ),
        ("  nodeSelector: {on: \"1\"}\n  containers: [{name: c, image: i}]\n", ""),
        (
            "  containers: {name: c}\n",
            "5:15: spec.containers: a list is expected, not an object: begin each item with `- `",
        ),
        (
            "  securityContext: [{runAsUser: 1}]\n",
            "5:20: spec.securityContext: an object is expected, not a list: write its fields without `- `",
        ),
        (
            "  securityContext: {runAsUser: \"1\"}\n",
            "5:32: spec.securityContext.runAsUser: an integer is expected, not a string: write `1` without quotes",
        ),
        (
            "  securityContext: {runAsUser: 1.5}\n",
            "5:32: spec.securityContext.runAsUser: 1.5 is not an integer of 64 bits",
        ),
        (
            "  priority: 3000000000\n",
            "5:13: spec.priority: 3000000000 is not an integer of 32 bits",
        ),
        (
            "  containers: [{name: c, resources: {limits: {memory: 1GB, cpu: 1}}}]\n",
            "5:55: spec.containers[0].resources.limits[memory]: `1GB` is not a quantity such as `500m` or `1Gi`",
        ),
        ("  hostNetwork: null\n  nodeSelector:\n  containers: [{name: c, image: i}]\n", ""),
        (
            "  hostNetwork: false\n  hostNetwork: true\n",
            "6:3: spec.hostNetwork: the field is already on line 5: keep one of them",
        ),
    ] {
        assert_eq!(mistakes(&format!("{POD}{spec}")), expected, "{spec}");
    }
    assert_eq!(
        mistakes("apiVersion: v1\nkind: Secret\nmetadata: {name: s}\ndata: {a: b!}\n"),
        "4:11: data[a]: not base64: write plain text in `stringData`"
    );
    // All mistakes are collected.
    assert_eq!(mistakes(&format!("{POD}  a: 1\n  b: 2\n  hostPID: 1\n")).lines().count(), 3);
}

#[test]
fn fields_that_contradict_each_other_are_a_mistake() {
    for (spec, expected) in [
        (
            "  containers: [{name: c, securityContext: {privileged: true, allowPrivilegeEscalation: false}}]\n",
            "5:62: spec.containers[0].securityContext.allowPrivilegeEscalation: cannot be false in a privileged container",
        ),
        (
            "  containers: [{name: c, securityContext: {capabilities: {add: [CAP_SYS_ADMIN]}, allowPrivilegeEscalation: false}}]\n",
            "5:82: spec.containers[0].securityContext.allowPrivilegeEscalation: cannot be false where the capability CAP_SYS_ADMIN is added",
        ),
        (
            "  containers: [{name: c, securityContext: {procMount: Unmasked}}]\n",
            "5:44: spec.containers[0].securityContext.procMount: `hostUsers` of the pod must be false for Unmasked",
        ),
        (
            "  hostUsers: false\n  containers: [{name: c, securityContext: {procMount: Unmasked}}]\n",
            "",
        ),
        (
            "  hostUsers: false\n  hostPID: true\n",
            "5:3: spec.hostUsers: cannot be false for a pod that shares a namespace of its node",
        ),
        (
            "  containers: [{name: c, ports: [{name: http, containerPort: 70000}]}]\n",
            "5:47: spec.containers[0].ports[0].containerPort: not a port from 1 to 65535",
        ),
    ] {
        assert_eq!(mistakes(&format!("{POD}{spec}")), expected, "{spec}");
    }
    let binding = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRoleBinding\nmetadata: {name: b}\nroleRef: {kind: ClusterRole, name: r, apiGroup: rbac.authorization.k8s.io}\nsubjects: [{kind: ServiceAccount, name: a}]\n";
    assert_eq!(mistakes(binding), "5:12: subjects[0].namespace: a service account requires it");
}

#[test]
fn scalars_have_the_meaning_that_the_server_gives_them() {
    let volume = |mode: &str| {
        let text = format!(
            "{POD}  containers: [{{name: c}}]\n  volumes: [{{name: v, secret: {{secretName: s, defaultMode: {mode}}}}}]\n"
        );
        objects(&text)[0]["spec"]["volumes"][0]["secret"]["defaultMode"].clone()
    };
    for (mode, value) in [("0644", 420), ("0o644", 420), ("0x1A4", 420), ("420", 420)] {
        assert_eq!(volume(mode), json!(value), "{mode}");
    }
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata: {a: 'on', b: \"1\", c: !!str 5, d: 2001-12-14, 1: x, true: 'y'}\n";
    assert_eq!(
        objects(text)[0]["data"],
        json!({"a": "on", "b": "1", "c": "5", "d": "2001-12-14", "1": "x", "true": "y"})
    );
}

#[test]
fn every_document_of_a_file_gives_an_answer() {
    let text = "\
# a comment alone
---
# Source: shop/templates/ns.yaml
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
---
replicas: 3
---
apiVersion: cilium.io/v2
kind: CiliumNetworkPolicy
metadata: {name: c, namespace: shop}
spec: {whatever: [1]}
---
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
---
apiVersion: v1
kind: Pod
metadata: {name: p
---
apiVersion: v1
metadata: {name: x}
...
";
    let all = read(text);
    let lines: Vec<usize> = all.iter().map(|document| document.place.line).collect();
    assert_eq!(all[0].source.as_deref(), Some("shop/templates/ns.yaml"));
    assert_eq!(all[1].source, None);
    let words: Vec<String> = all
        .iter()
        .map(|document| match &document.content {
            Content::Object(manifest) => {
                format!("{} {}", manifest.identity.kind, manifest.namespaced)
            }
            Content::Custom { identity, .. } => {
                format!("custom {}/{}", identity.namespace, identity.name)
            }
            Content::Invalid { mistakes, .. } => mistakes[0].problem.clone(),
            Content::Other(why) => (*why).to_owned(),
        })
        .collect();
    assert_eq!(words[0], "Namespace false");
    assert_eq!(words[1], "it has neither `apiVersion` nor `kind`");
    assert_eq!(words[2], "custom shop/c");
    assert!(words[3].contains("kustomize"), "{words:?}");
    assert!(words[4].starts_with("not valid YAML"), "{words:?}");
    assert_eq!(words[5], "is missing");
    assert_eq!(words.len(), 6);
    assert_eq!(&lines[..4], [4, 10, 12, 17]);
}

#[test]
fn the_items_of_a_list_are_read_one_by_one() {
    let text = "\
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata: {name: a}
- apiVersion: v1
  kind: List
  items:
  - apiVersion: apps/v1
    kind: Deployment
    metadata: {name: d}
    spec: {replica: 1}
- 5
";
    let all = read(text);
    assert_eq!(all.len(), 3);
    assert!(
        matches!(&all[0].content, Content::Object(manifest) if manifest.identity.kind == "ServiceAccount")
    );
    assert_eq!(
        mistakes(text),
        "13:12: items[1].items[0].spec.replica: unknown field: did you mean `replicas`?
14:3: items[2]: an object is expected, not a number
14:3: items[2].apiVersion: is missing"
            .lines()
            .take(2)
            .collect::<Vec<_>>()
            .join("\n")
    );
    // What a server lists does not name the kind of each item.
    let pods = objects(
        "apiVersion: v1\nkind: PodList\nmetadata: {resourceVersion: '1'}\nitems: [{metadata: {name: p}, spec: {containers: [{name: c}]}}]\n",
    );
    let spec = json!({"containers": [{"name": "c"}]});
    assert_eq!(
        pods,
        [json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "spec": spec})]
    );
    assert!(mistakes("apiVersion: v1\nkind: List\nitems: {}\n").contains("a list is expected"));
}

#[test]
fn json_is_read_as_well() {
    let text = "{\n\t\"apiVersion\": \"v1\",\n\t\"kind\": \"Pod\",\n\t\"metadata\": {\"name\": \"\\ud83d\\ude00\\/x\"},\n\t\"spec\": {\"hostPID\": true, \"nodeName\": 5}\n}\n";
    assert_eq!(
        mistakes(text),
        "5:40: spec.nodeName: a string is expected, not a number: put it in quotes, as YAML reads it as the number 5"
    );
    let good = text.replace("5}", "\"five\", \"containers\": [{\"name\": \"c\"}]}");
    assert_eq!(objects(&good)[0]["metadata"]["name"], json!("\u{1f600}/x"));
    let twice = "{\"apiVersion\": \"v1\", \"kind\": \"Pod\", \"kind\": \"Pod\"}";
    assert_eq!(mistakes(twice), "1:37: kind: the field is already on line 1: keep one of them");
}

#[test]
fn anchors_and_merges_are_resolved() {
    let text = "\
apiVersion: v1
kind: ConfigMap
metadata: {name: c, labels: &l {a: one, b: two}}
data:
  <<: *l
  b: own
---
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers:
  - &c {name: a, image: i}
  - <<: [*c, {image: other, tty: true}]
    name: b
";
    let all = objects(text);
    assert_eq!(all[0]["data"], json!({"a": "one", "b": "own"}));
    assert_eq!(all[1]["spec"]["containers"][1], json!({"name": "b", "image": "i", "tty": true}));
    assert!(mistakes("a: &a [*a]\n").contains("alias"));
    assert!(mistakes("a: *none\n").contains("not valid YAML"));
}

#[test]
fn a_template_is_to_be_rendered_first() {
    for text in [
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: {{ .Values.name }}\n",
        "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n",
    ] {
        assert!(
            mistakes(text).contains("render it first, with `helm template`"),
            "{}",
            mistakes(text)
        );
    }
    // In a text it is a text.
    assert_eq!(
        mistakes(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: |\n    {{ x }}\n  b: \"{{ y }}\"\n"
        ),
        ""
    );
}

#[test]
fn what_is_too_large_is_a_mistake_and_not_read() {
    // The alias bomb: nine levels of nine aliases are 387 million values.
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..10 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        bomb.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert!(mistakes(&bomb).contains("more than 1000000 values"), "{}", mistakes(&bomb));
    let texts = format!("a: &a {}\nb: [{}]\n", "x".repeat(100_000), vec!["*a"; 100].join(", "));
    assert!(mistakes(&texts).contains("aliases repeat more than"));
    let deep = format!("{}{}", "[".repeat(150), "]".repeat(150));
    assert!(mistakes(&deep).contains("deeper than 100 levels"), "{}", mistakes(&deep));
    let block: String = (0..150).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
    assert!(mistakes(&block).contains("deeper than 100 levels"));
    let options = Options {
        limits: Limits { documents: 3, bytes: 60, ..Limits::default() },
        ..Options::default()
    };
    let all = super::read("a: 1\n---\na: 1\n---\na: 1\n---\na: 1\n".as_bytes(), &options);
    assert_eq!(all.len(), 4);
    assert!(
        matches!(&all[3].content, Content::Invalid { mistakes, .. } if mistakes[0].problem.contains("more than 3 documents"))
    );
    let all = super::read(&[b'a'; 61], &options);
    assert!(
        matches!(&all[0].content, Content::Invalid { mistakes, .. } if mistakes[0].problem.contains("more than 60 bytes"))
    );
}

#[test]
fn many_mistakes_are_bounded() {
    let fields: String = (0..500).map(|number| format!("  field{number}: 1\n")).collect();
    let found = mistakes(&format!("{POD}{fields}"));
    assert_eq!(found.lines().count(), 101);
    assert!(found.ends_with("the document has more mistakes, which are not listed"));
    let twice: String = (0..500).map(|_| "  hostPID: true\n").collect();
    assert_eq!(mistakes(&format!("{POD}{twice}")).lines().count(), 101);
    // A long name does not cost its length for each value below it.
    let items = "- x\n".repeat(1000);
    let found =
        mistakes(&format!("apiVersion: v1\nkind: Pod\n? {}\n: \n{items}", "n".repeat(5000)));
    assert!(found.len() < 1000, "{found}");
}

#[test]
fn texts_of_a_file_cannot_control_a_terminal() {
    let text = format!("{POD}  \"\\e[31mred\\n\": true\n");
    let found = mistakes(&text);
    assert!(!found.is_empty() && found.chars().all(|one| !one.is_control()), "{found:?}");
    assert!(
        mistakes("apiVersion: v1\nkind: \"\\e[1mPod\"\n")
            .chars()
            .all(|one| !one.is_control() || one == '\n')
    );
    assert!(super::read(b"a: \xff\n", &Options::default()).len() == 1);
}

#[test]
fn the_asked_version_decides_about_versions_and_fields() {
    let text = "apiVersion: networking.k8s.io/v1beta1\nkind: IPAddress\nmetadata: {name: 10.0.0.1}\nspec: {parentRef: {resource: services, name: s}}\n";
    let at = |minor: u16| {
        let options = Options { minor, ..Options::default() };
        super::read(text.as_bytes(), &options)
    };
    assert!(matches!(at(36)[0].content, Content::Object(_)));
    assert!(matches!(at(37)[0].content, Content::Invalid { .. }));
}

/// Texts that are nearly manifests.
fn nearly() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "apiVersion: v1\n",
        "kind: Pod\n",
        "kind: NetworkPolicy\n",
        "apiVersion: networking.k8s.io/v1\n",
        "spec:\n",
        "  ",
        "- ",
        "containers:\n",
        "ingress:\n",
        "from:\n",
        "name: a\n",
        "metadata: {name: b}\n",
        "---\n",
        "...\n",
        "&a ",
        "*a\n",
        "<<: *a\n",
        "{",
        "}",
        "[",
        "]",
        ", ",
        ": ",
        "\"",
        "'",
        "|\n",
        ">\n",
        "# x\n",
        "!!str ",
        "!!binary ",
        "0644",
        "~",
        "\t",
        "é",
        "\u{1}",
        "{{ x }}",
        "items:\n",
        "kind: List\n",
        "? ",
        "podSelector: {}\n",
        "%YAML 1.2\n",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases(512)))]

    #[test]
    fn no_text_breaks_the_reader(text in nearly()) {
        let all = read(&text);
        let lines = text.lines().count() + 1;
        for document in &all {
            prop_assert!(document.place.line <= lines);
            if let Content::Invalid { mistakes, .. } = &document.content {
                prop_assert!(!mistakes.is_empty());
                for mistake in mistakes {
                    prop_assert!(mistake.place.line <= lines, "{mistake}");
                    prop_assert!(mistake.to_string().chars().all(|one| !one.is_control()), "{mistake:?}");
                }
            }
        }
        prop_assert_eq!(read(&text), all);
    }

    #[test]
    fn no_bytes_break_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
        super::read(&bytes, &Options::default());
    }
}
