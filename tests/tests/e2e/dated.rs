//! What ages carries its day: a list of what a provider offers says where it was read, and when.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The code that decides by what it knows of a provider.
const DECIDES: &[&str] = &[
    "posture-aws/src",
    "posture-azure/src",
    "posture-core/src/checks",
    "posture-core/src/controls",
    "posture-docker/src",
    "posture-image-audit/src",
    "posture-kubernetes/src",
];

/// Lists that need no day, with the reason.
const NO_DAY: &[(&str, &str)] = &[
    ("posture-aws/src/action.rs: IDENTITY_ACTIONS", "our own calls"),
    ("posture-aws/src/registries.rs: ACTIONS", "our own calls"),
    ("posture-aws/src/registries.rs: PULL", "what our own calls need"),
    ("posture-azure/src/registries.rs: PERMISSIONS", "what our own calls need"),
    ("posture-kubernetes/src/inventory/running.rs: CONTAINERS", "the fields that we read"),
    ("posture-kubernetes/src/inventory/running.rs: LISTS", "our own lists"),
    ("posture-aws/src/always.rs: ALWAYS", "what we demand of answers: one that lacks it is a gap"),
    ("posture-aws/src/always.rs: ADDRESS", "part of the list beside it"),
    ("posture-aws/src/always.rs: INLINE", "part of the list beside it"),
    ("posture-aws/src/always.rs: PERMISSION", "part of the list beside it"),
    ("posture-aws/src/always.rs: TAG", "part of the list beside it"),
    ("posture-aws/src/always.rs: FORWARDS", "part of the list beside it"),
    ("posture-aws/src/collect/acm.rs: ISSUED", "parameters of our own calls"),
    ("posture-aws/src/collect/network_firewall/api.rs: PAGE", "a parameter of our own calls"),
    ("posture-aws/src/collect/waf.rs: CLOUD_FRONT", "parameters of our own calls"),
    ("posture-aws/src/collect/waf.rs: GONE", "an error of our own calls"),
    ("posture-aws/src/collect/waf.rs: REGIONAL", "parameters of our own calls"),
    ("posture-aws/src/policy/identity/duties.rs: STOPS_LOGS", "what we take for a duty"),
    ("posture-aws/src/collect/vpc/answers.rs: FULL", "a parameter of our own calls"),
    ("posture-aws/src/collect/vpc/balancers/answers.rs: FULL", "a parameter of our own calls"),
    ("posture-aws/src/collect/vpc/balancers/listing_tests.rs: ALB", "a small world of a test"),
    (
        "posture-aws/src/collect/vpc/balancers/tls.rs: SSLv2",
        "versions that were withdrawn; one that is not known here is a gap",
    ),
    ("posture-aws/src/collect/vpc/within.rs: 1", "numbers of protocols, which IANA never reuses"),
    ("posture-aws/src/network/balancer_oracle.rs: PREFIXES", "a small world of a test"),
    ("posture-aws/src/network/balancer_oracle.rs: SOURCES", "a small world of a test"),
    ("posture-aws/src/collect/vpc/answers.rs: HUNDRED", "a parameter of our own calls"),
    ("posture-aws/src/collect/vpc/answers.rs: MANAGED", "a parameter of our own calls"),
    ("posture-aws/src/collect/vpc/convert.rs: 1", "numbers of protocols, which IANA never reuses"),
    ("posture-aws/src/network/oracle.rs: PREFIXES", "a small world of a test"),
    ("posture-aws/src/network/oracle.rs: SOURCES", "a small world of a test"),
    ("posture-azure/src/entry.rs: REACH_TYPES", "the types that our own model reads"),
    ("posture-azure/src/network/read/networks.rs: SPACES", "members that our own reader takes"),
    ("posture-core/src/checks/opening.rs: ADMIN_PORTS", "our own choice, and a parameter"),
    (
        "posture-core/src/controls/network/acl_admin_ports.rs: LITERAL",
        "the wording of a row, whose catalogue has a day",
    ),
    (
        "posture-core/src/controls/network/group_admin_ports.rs: CIS",
        "the wording of a row, whose catalogue has a day",
    ),
    (
        "posture-core/src/controls/network/group_admin_ports.rs: HIGH_RISK",
        "the wording of a row, whose catalogue has a day",
    ),
    (
        "posture-aws/src/codes.rs: AccessDenied",
        "errors: one that is not on the list is a gap all the same",
    ),
    ("posture-aws/src/codes.rs: ExpiredToken", "errors, as above"),
    ("posture-aws/src/codes.rs: InternalError", "errors, as above"),
    ("posture-aws/src/collect/account.rs: NONE", "an error of one operation"),
    ("posture-aws/src/collect/filter_pattern.rs: ALIKE", "our own words"),
    ("posture-aws/src/collect/organization.rs: CANNOT_BE_ON", "errors of one operation"),
    ("posture-aws/src/collect/organization.rs: IN_NONE", "errors of one operation"),
    ("posture-aws/src/collect/regional.rs: GLOBAL", "the types of IAM, by AWS Config's own names"),
    ("posture-aws/src/collect/resource_policy.rs: ANY", "empty"),
    ("posture-aws/src/policy/key.rs: ADMINISTERS", "the actions in question"),
    ("posture-aws/src/policy/key.rs: DECRYPTS", "the actions in question"),
    ("posture-aws/src/policy/trust.rs: ASSUME", "the operations of one service"),
    ("posture-aws/src/policy/kinds.rs: KMS", "the source of the lists beside it"),
    ("posture-aws/src/policy/s3_actions.rs: SOURCE", "the source of the list beside it"),
    ("posture-aws/src/wire/shape.rs: KNOWN", "words of answers: another one is not known to us"),
    ("posture-aws/src/wire/shape.rs: MEMBERS", "what we read, held to the models of the services"),
    ("posture-azure/src/action.rs: ALWAYS", "our own calls"),
    (
        "posture-azure/src/client.rs: ABOVE",
        "errors: one that is not on the list is a gap all the same",
    ),
    ("posture-azure/src/client.rs: CODES", "errors, as above"),
    ("posture-azure/src/collect/access.rs: LOCKS", "the operations on one type"),
    ("posture-azure/src/collect/data_regions.rs: KINDS", "the types that we read"),
    ("posture-azure/src/collect/data_regions.rs: TYPES", "made of the list beside it"),
    ("posture-azure/src/collect/managed_hsm.rs: IDLE", "states: another one is unknown"),
    ("posture-azure/src/collect/managed_hsm.rs: WORKING", "states, as above"),
    (
        "posture-azure/src/collect/storage.rs: GRS",
        "a kind of replication that is not on the list is unknown",
    ),
    ("posture-azure/src/collect/sign_in/conditions.rs: LISTS", "the fields of one type"),
    ("posture-azure/src/collect/tiers.rs: KINDS", "the types that we read"),
    ("posture-azure/src/collect/vault/policies.rs: ADMINISTERS", "the permissions in question"),
    ("posture-azure/src/collect/vault/policies.rs: DECRYPTS", "the permissions in question"),
    ("posture-azure/src/entry.rs: ROWS", "the types that we read"),
    ("posture-azure/src/rbac/pattern.rs: VERBS", "how every operation ends"),
    (
        "posture-core/src/controls/workloads/sensitive_host_paths.rs: SYSTEM",
        "what the row of the benchmark names",
    ),
    (
        "posture-image-audit/src/facts.rs: ORIGIN",
        "the labels that our own control asks for, of a specification and its predecessor",
    ),
    (
        "posture-image-audit/src/files.rs: SYSTEM",
        "the folders of the Filesystem Hierarchy Standard",
    ),
    ("posture-docker/src/compose/check.rs: services", "the sections with names"),
    ("posture-docker/src/compose/hints.rs: Deploy", "hints of our own"),
    ("posture-docker/src/compose/hints.rs: OTHERS", "hints of our own"),
    (
        "posture-docker/src/compose/merge.rs: BY_TARGET",
        "the rules of the merge, which name no values",
    ),
    ("posture-docker/src/compose/hints.rs: PRIVATE", "what messages do not repeat"),
    ("posture-docker/src/compose/merge.rs: NAMES", "the rules of the merge, which name no values"),
    ("posture-docker/src/compose/merge.rs: PAIRS", "the rules of the merge, which name no values"),
    (
        "posture-docker/src/compose/merge.rs: REPLACED",
        "the rules of the merge, which name no values",
    ),
    ("posture-docker/src/compose/mounts.rs: PROPAGATIONS", "the modes of the kernel"),
    ("posture-docker/src/compose/project.rs: SECTIONS", "the sections that we read"),
    ("posture-docker/src/compose/size.rs: false", "how Compose writes truth values"),
    ("posture-docker/src/compose/size.rs: true", "how Compose writes truth values"),
    (
        "posture-docker/src/compose/volume.rs: ELSEWHERE",
        "file systems of the network and of memory; any other may be of the host",
    ),
    (
        "posture-docker/src/compose/volume.rs: OF_KERNEL",
        "file systems of the kernel; any other is unknown",
    ),
    ("posture-docker/src/daemon/keys.rs: SHORT", "part of the list beside it"),
    ("posture-docker/src/inspect.rs: ", "the spellings of Go's strconv.ParseBool"),
    ("posture-docker/src/mounts.rs: FOLDERS", "where the sockets beside it are"),
    ("posture-docker/src/mounts.rs: SOCKETS", "what we take for a socket of a runtime"),
    ("posture-docker/src/read/folder.rs: NAMES", "the files that are read, which users see"),
    ("posture-docker/src/read/folder.rs: OVERRIDES", "the files that are read, which users see"),
    ("posture-docker/src/security.rs: 0", "the spellings of Go's strconv.ParseBool"),
    ("posture-docker/src/security.rs: 1", "the spellings of Go's strconv.ParseBool"),
    (
        "posture-docker/src/security.rs: CONFINED",
        "another type counts as one that does not confine",
    ),
    ("posture-kubernetes/src/action.rs: ACTIONS", "our own calls"),
    ("posture-kubernetes/src/workload.rs: OF_JOBS", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/whole.rs: WRITE", "verbs that we ask for"),
    ("posture-kubernetes/src/rbac/whole.rs: CHANGE", "verbs that we ask for"),
    ("posture-kubernetes/src/rbac/rights.rs: CREATE_OR_CHANGE", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/inside.rs: CHANGE", "verbs that we ask for"),
    ("posture-kubernetes/src/pod_security/windows.rs: OF_POD", "the fields of one type"),
    ("posture-kubernetes/src/pod_security/windows.rs: OF_CONTEXT", "the fields of one type"),
    ("posture-kubernetes/src/pod_security/windows.rs: OF_CONTAINER", "the fields of one type"),
    ("posture-kubernetes/src/pod_security/windows.rs: HOST", "the fields of one type"),
    ("posture-kubernetes/src/manifest/required.rs: SELECTING", "kinds that we read"),
    ("posture-kubernetes/src/inventory/workloads/owners.rs: BETWEEN", "kinds that we read"),
    ("posture-kubernetes/src/inventory/plugins.rs: CILIUM", "part of the list beside it"),
    ("posture-kubernetes/src/inventory/mod.rs: Service", "kinds that we read"),
    ("posture-kubernetes/src/inventory/gateways.rs: PUBLISHING", "kinds that we read"),
    ("posture-kubernetes/src/inventory/gateways.rs: KINDS", "kinds that we read"),
    ("posture-kubernetes/src/inventory/gateways.rs: HTTPS", "protocols that we judge"),
    ("posture-kubernetes/src/inventory/engines.rs: FIELDS", "fields that we read"),
    ("posture-kubernetes/src/inventory/credentials.rs: WORDS", "our own choice of words"),
    ("posture-kubernetes/src/inventory/credentials.rs: ENDS", "our own choice of words"),
    ("posture-kubernetes/src/cluster/exec.rs: VERSIONS", "what we speak: another one is an error"),
    ("posture-kubernetes/src/flags.rs: 0", "the spellings of Go's strconv.ParseBool"),
    ("posture-kubernetes/src/flags.rs: 1", "the spellings of Go's strconv.ParseBool"),
    ("posture-kubernetes/src/flags.rs: BOOLEANS", "flags that our own rules ask for"),
    ("posture-kubernetes/src/inventory/control_plane/rules.rs: RULES", "our own rules"),
    ("posture-kubernetes/src/inventory/control_plane/rules.rs: false", "values in question"),
    ("posture-kubernetes/src/inventory/credentials.rs: NAMES", "our own choice of words"),
    ("posture-kubernetes/src/inventory/credentials.rs: NOT_NAMES", "our own choice of words"),
    ("posture-kubernetes/src/inventory/credentials.rs: PLACEHOLDERS", "our own choice of words"),
    ("posture-kubernetes/src/inventory/isolation.rs: DECIDING", "kinds that we read"),
    ("posture-kubernetes/src/inventory/mod.rs: BINDINGS", "kinds that we read"),
    ("posture-kubernetes/src/inventory/mod.rs: WEBHOOKS", "kinds that we read"),
    ("posture-kubernetes/src/inventory/namespaces.rs: ENGINE_KINDS", "kinds that we read"),
    ("posture-kubernetes/src/inventory/pods.rs: CONTAINERS", "the fields of one type"),
    ("posture-kubernetes/src/manifest/check.rs: ", "the suffixes of quantities"),
    ("posture-kubernetes/src/manifest/hints.rs: HOSTS", "words of a hint"),
    ("posture-kubernetes/src/manifests.rs: ENDINGS", "the files that are read, which users see"),
    ("posture-kubernetes/src/network/oracle.rs: STRANGERS", "a small world of a test"),
    ("posture-kubernetes/src/permissions.rs: KINDS", "what we print"),
    ("posture-kubernetes/src/pod_security/lists.rs: SOURCES", "the source of the lists beside it"),
    ("posture-kubernetes/src/rbac/defaults.rs: ALL", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/defaults.rs: READ", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/defaults.rs: WRITE", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/family_tests.rs: NAMES", "a small world of a test"),
    ("posture-kubernetes/src/rbac/rights.rs: ANY", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/rights.rs: CHANGE", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/rights.rs: CREATE", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/rights.rs: READ", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/rights.rs: WRITE", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/system.rs: ALL", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/system.rs: EVERYONE", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/system.rs: EVERYTHING", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/system.rs: READ", "part of the list beside it"),
    ("posture-kubernetes/src/rbac/system.rs: SIGNED_IN", "part of the list beside it"),
    ("posture-core/src/checks/alert.rs: AZURE_REFERENCES", "links"),
    ("posture-core/src/checks/alert.rs: REFERENCES", "links"),
    ("posture-core/src/controls/logging/directory_api_export.rs: CALLS", "the row's own category"),
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap()
}

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|ext| ext == "rs") {
            into.push(path);
        }
    }
}

/// The code of a file without its tests and comments.
fn code(text: &str) -> String {
    let code = text.split("\n#[cfg(test)]\nmod tests {").next().unwrap();
    let lines = code.lines().map(|line| match line.trim_start() {
        comment if comment.starts_with("//") => "",
        _ => line,
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The constants that hold a list of texts, or of things with several texts in them, and have no day; and the patterns of
/// many texts, by the first of them.
fn undated(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (place, word) in code.match_indices("const ").chain(code.match_indices("static ")) {
        let before = code[..place].chars().next_back();
        if before.is_some_and(|c| !c.is_whitespace() && c != '(') {
            continue;
        }
        let Some((name, rest)) = code[place + word.len()..].split_once(": ") else { continue };
        let constant =
            name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let Some((kind, value)) = rest.split_once(" =").filter(|_| constant) else { continue };
        let list = kind.contains('[') && !kind.contains("Dated<") && !kind.contains("FactId");
        if list && (kind.contains("str") || texts(value) >= MANY) {
            found.push(name.to_owned());
        }
    }
    found.extend(patterns(code));
    found
}

/// How many texts the value of a constant holds.
fn texts(value: &str) -> usize {
    let (mut depth, mut texts, mut within) = (0_i32, 0, false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if within => {
                chars.next();
            }
            '"' => {
                texts += usize::from(within);
                within = !within;
            }
            _ if within => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ';' if depth == 0 => break,
            _ => {}
        }
    }
    texts
}

/// How many texts a constant or a pattern needs to count as a list.
const MANY: usize = 4;

/// Patterns such as `"a" | "b" | "c" | "d"`, by their first text.
fn patterns(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    // Every second part is a text; between two parts of a pattern there is a single bar.
    let unescaped = code.replace("\\\\", "").replace("\\\"", "");
    let parts: Vec<&str> = unescaped.split('"').collect();
    let mut place = 1;
    while place < parts.len() {
        let first = parts[place];
        let mut count = 1;
        while place + 2 < parts.len() && parts[place + 1].trim() == "|" {
            place += 2;
            count += 1;
        }
        if count >= MANY {
            found.push(first.to_owned());
        }
        place += 2;
    }
    found
}

#[test]
fn lists_of_what_providers_offer_carry_source_and_day() {
    let mut files = Vec::new();
    for folder in DECIDES {
        sources(&root().join(folder), &mut files);
    }
    let mut found = BTreeSet::new();
    for path in &files {
        let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
        let whole_file_is_of_tests = name.ends_with("/tests.rs") || name.ends_with("/laws.rs");
        if !whole_file_is_of_tests {
            let text = std::fs::read_to_string(path).unwrap();
            found.extend(undated(&code(&text)).into_iter().map(|list| format!("{name}: {list}")));
        }
    }
    let exempt: BTreeSet<String> = NO_DAY.iter().map(|(list, _)| (*list).to_owned()).collect();
    assert_eq!(exempt.len(), NO_DAY.len(), "a list is exempt twice");
    let missing: Vec<&String> = found.difference(&exempt).collect();
    assert!(
        missing.is_empty(),
        "make each a `Dated`, or say in NO_DAY why it does not age: {missing:#?}"
    );
    let stale: Vec<&String> = exempt.difference(&found).collect();
    assert!(stale.is_empty(), "these are no longer lists without a day: {stale:#?}");
    for (list, why) in NO_DAY {
        assert!(!why.is_empty(), "{list}");
    }
}

#[test]
fn a_list_without_a_day_is_found() {
    let text = r##"
static DATED: Dated<&str> = Dated::new(&["https://a"], "2026-11-29", &["a"]);
const NAMES: &[&str] = &["a"];
// const COMMENT: &[&str] = &["a"];
    pub(crate) static PAIRS: [(Kind, &str); 1] = [(Kind::A, "b")];
const WAYS: &[Way] = ways![rights: need("a", X); others: [need("b;", Y)], [need("c"), need("d")]];
const FEW: &[Way] = &[need("a"), need("b")];
const TEXT: &str = "a";
const FACTS: &[FactId] = &[f("a"), f("b"), f("c"), f("d")];
fn f(code: &str) -> bool {
    matches!(code, "One" | "Two"
        | "Three" | "Four") || matches!(code, "Five" | "Six")
}

#[cfg(test)]
mod tests {
    const OF_TESTS: &[&str] = &["a"];
}
"##;
    assert_eq!(undated(&code(text)), ["NAMES", "WAYS", "PAIRS", "One"]);
}
