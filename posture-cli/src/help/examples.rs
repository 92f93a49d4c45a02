//! The examples that help and manual pages show. A test runs each through the parser of the command line.

/// A command, and what it does.
pub(super) type Example = (&'static str, &'static str);

/// Examples by the command whose help shows them; those of the program itself first. The first few are for `-h`.
pub(super) const EXAMPLES: &[(&str, &[Example])] = &[
    (
        "",
        &[
            ("posture demo", "try it without credentials"),
            ("posture audit aws", "audit an AWS account"),
            ("posture audit azure", "audit an Azure tenant"),
            ("posture audit kubernetes", "audit a Kubernetes cluster"),
            ("posture audit manifests k8s/", "audit manifests, before they are applied"),
            ("posture audit aws --save prod.json.zst", "keep what was read"),
            ("posture check prod.json.zst --details", "every resource, with evidence"),
            ("posture check prod.json.zst --framework csf", "every requirement of NIST CSF 2.0"),
            ("posture audit targets", "all targets of posture.toml"),
            ("posture permissions aws > policy.json", "the permissions that an audit needs"),
        ],
    ),
    (
        "demo",
        &[
            ("posture demo", "the default report"),
            ("posture demo --details", "every resource, with evidence"),
            ("posture demo --output demo.html", "a page for the browser"),
        ],
    ),
    (
        "audit",
        &[
            ("posture audit aws", "the account of the default credentials"),
            ("posture audit azure", "the tenant of `az login`"),
            ("posture audit kubernetes", "the cluster of the current context"),
            ("posture audit manifests k8s/", "the manifests of a folder"),
            ("posture audit docker compose.yaml", "a Compose file"),
            ("posture audit image app.tar", "an image in an archive"),
            ("posture audit targets", "all targets of posture.toml"),
        ],
    ),
    (
        "audit aws",
        &[
            ("posture audit aws --profile prod", "the account of a profile"),
            ("posture audit aws --organization", "every account of the organization"),
            ("posture audit aws --plan", "the calls that would be made"),
            ("posture audit aws --images", "and the newest images of its ECR repositories"),
            ("posture audit aws --control storage", "one area only"),
            ("posture audit aws --framework cis-aws", "every requirement of CIS AWS"),
            ("posture audit aws --save prod.json.zst --output report.html", "keep and render it"),
            ("posture audit aws --fail-on high", "exit with 10 on severity high or above"),
        ],
    ),
    (
        "audit azure",
        &[
            ("posture audit azure", "every subscription that can be read"),
            ("posture audit azure --subscription prod", "one subscription"),
            ("posture audit azure --plan", "the calls that would be made"),
            ("posture audit azure --images", "and the newest images of its registries"),
            ("posture audit azure --framework cis-azure", "every requirement of CIS Azure"),
            ("posture audit azure --output report.html", "a page for the browser"),
        ],
    ),
    (
        "audit kubernetes",
        &[
            ("posture audit kubernetes", "the cluster of the current context"),
            (
                "posture audit kubernetes --context prod --context test",
                "two clusters, in one report",
            ),
            ("posture audit kubernetes --images", "and the images that it runs"),
            ("posture audit kubernetes --no-exec", "without credential plugins"),
            ("posture audit kubernetes --plan", "the calls that would be made"),
        ],
    ),
    (
        "audit manifests",
        &[
            ("posture audit manifests k8s/", "the manifests of a folder"),
            ("posture audit manifests -", "what comes from standard input, as of `helm template`"),
            ("posture audit manifests k8s/ --images", "and the images that they name"),
        ],
    ),
    (
        "audit image",
        &[
            ("posture audit image ghcr.io/example/web:1.2", "an image of a registry"),
            (
                "posture audit image ghcr.io/example/web:1.2 --key cosign.pub",
                "and whether this key signed it",
            ),
            ("posture audit image web.tar", "an archive of `docker save`, or an OCI layout"),
            ("posture audit image web.tar --ignore-unfixed", "without what no version fixes"),
            (
                "posture audit image web.tar --vex web.vex.json",
                "with statements about vulnerabilities",
            ),
            ("posture audit image --sbom web.cdx.json", "a bill of materials alone"),
            (
                "posture audit image web.tar --fail-on high",
                "exit with 10 on severity high or above",
            ),
            ("posture audit image web.tar --framework cis-docker", "every row of CIS Docker"),
        ],
    ),
    (
        "image",
        &[
            ("posture image sbom web.tar", "its bill of materials in CycloneDX"),
            (
                "posture image sbom web.tar --format spdx --output web.spdx.json",
                "in SPDX, to a file",
            ),
        ],
    ),
    (
        "image sbom",
        &[
            (
                "posture image sbom ghcr.io/example/web:1.2",
                "of an image of a registry, in CycloneDX",
            ),
            (
                "posture image sbom web.tar --format spdx --output web.spdx.json",
                "in SPDX, to a file",
            ),
        ],
    ),
    (
        "db",
        &[
            ("posture db update Debian PyPI", "fetch the records of ecosystems"),
            ("posture db update", "fetch those of the database again"),
            ("posture db update --from dumps", "take dumps that were downloaded"),
            ("posture db status", "what it holds, and its age"),
        ],
    ),
    (
        "audit targets",
        &[
            ("posture init", "write a posture.toml to begin with"),
            ("posture audit targets", "all targets of posture.toml"),
            ("posture audit targets --config team.toml", "those of another file"),
        ],
    ),
    (
        "check",
        &[
            ("posture check prod.json.zst", "the default report"),
            ("posture check prod.json.zst --details", "every resource, with evidence"),
            ("posture check prod.json.zst --control storage", "one area only"),
            ("posture check new.json.zst --baseline old.json.zst", "fail on new failures only"),
        ],
    ),
    (
        "report",
        &[
            ("posture report prod.json.zst --output report.html", "a page for the browser"),
            ("posture report last --output report.sarif", "the newest recorded run"),
            ("posture report last --format summary --since 7d", "the week on one page"),
        ],
    ),
    (
        "diff",
        &[
            ("posture diff old.json.zst new.json.zst", "two snapshots"),
            ("posture diff 12 last", "two runs of the history"),
            ("posture diff --since 7d", "the newest run and the one of a week before"),
        ],
    ),
    (
        "permissions",
        &[
            ("posture permissions aws", "an IAM policy"),
            ("posture permissions aws --format terraform", "a role with that policy"),
            ("posture permissions azure", "a custom role"),
            ("posture permissions kubernetes > role.yaml", "a ClusterRole"),
        ],
    ),
    (
        "controls",
        &[
            ("posture controls list", "every control"),
            ("posture controls show storage.public-access", "one in full"),
        ],
    ),
    ("frameworks", &[("posture frameworks show csf", "one in full")]),
    (
        "history",
        &[
            ("posture audit aws --history posture.db", "record a run"),
            ("posture history list --history posture.db", "the recorded runs"),
            ("posture history trend --history posture.db", "how findings change"),
        ],
    ),
    (
        "sim",
        &[
            ("posture sim aws --generate 100x20x20", "an organization of a hundred accounts"),
            ("posture sim kubernetes cluster.yaml --kubeconfig kubeconfig", "a cluster"),
        ],
    ),
    ("init", &[("posture init", "write posture.toml"), ("posture init --output -", "print it")]),
    (
        "completions",
        &[("posture completions bash > ~/.local/share/bash-completion/completions/posture", "")],
    ),
    (
        "manual",
        &[
            ("posture manual > posture.1", "the page of the program"),
            ("posture manual ~/.local/share/man/man1", "a page for each command"),
        ],
    ),
];
