//! Names under which others look for a command.

use std::ffi::OsString;

/// What is meant by a command that there is not, where others call it so or it is a part of one.
pub(crate) fn meant(name: &OsString) -> Option<&'static str> {
    let name = name.to_str()?.to_ascii_lowercase();
    let (_, meant) = HINTS.iter().find(|(names, _)| names.contains(&name.as_str()))?;
    Some(meant)
}

/// Names, and the command that is meant by them.
pub(super) const HINTS: &[(&[&str], &str)] = &[
    (&["aws"], "posture audit aws"),
    (&["azure", "az", "entra"], "posture audit azure"),
    (&["kubernetes", "k8s", "kube", "cluster"], "posture audit kubernetes"),
    (&["manifest", "manifests"], "posture audit manifests k8s/"),
    (&["compose", "container", "containers", "dockerfile"], "posture audit docker compose.yaml"),
    (&["images", "oci", "trivy", "grype"], "posture audit image app.tar"),
    (&["sbom", "bom", "syft", "spdx", "cyclonedx"], "posture image sbom app.tar"),
    (&["vex", "openvex"], "posture audit image app.tar --vex app.vex.json"),
    (&["vulnerabilities", "cve", "osv", "database"], "posture db --help"),
    (&["organization", "org"], "posture audit aws --organization"),
    (&["scan", "run", "assess", "start"], "posture audit aws` or `posture audit azure"),
    (&["target", "targets"], "posture audit targets"),
    (&["rules", "rule", "checks", "policies"], "posture controls list"),
    (&["search", "list", "ls", "services"], "posture controls list"),
    (&["compliance", "benchmark", "benchmarks", "standards"], "posture frameworks list"),
    (&["snapshot", "save", "collect"], "posture audit aws --save account.json.zst"),
    (&["render", "export", "convert", "html"], "posture report SNAPSHOT --output report.html"),
    (&["compare", "changes"], "posture diff BEFORE AFTER"),
    (&["trend", "trends"], "posture history trend"),
    (&["runs"], "posture history list"),
    (&["cron", "jobs", "job", "daemon", "serve"], "posture schedule run"),
    (&["simulate", "simulator", "mock"], "posture sim aws --generate 10x5x5"),
    (&["iam", "role", "policy", "permission"], "posture permissions aws"),
    (&["accept", "suppress", "ignore", "mute", "waive", "exception"], "posture exceptions --help"),
    (&["config", "configure", "setup"], "posture init"),
    (&["man"], "posture manual"),
    (&["completion"], "posture completions bash"),
    (&["example", "try"], "posture demo"),
];
