//! The tables of frameworks, from the data in `posture-core/data/frameworks`.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::generate::Generated;
use crate::root;

/// A group or a requirement on its way into a table.
struct Group {
    id: String,
    title: String,
    parent: Option<String>,
}

#[derive(Default)]
struct Requirement {
    id: String,
    title: String,
    group: String,
    class: Option<(String, String)>,
    note: String,
    elsewhere: Vec<(&'static str, String)>,
}

struct Framework {
    table: &'static str,
    id: &'static str,
    aliases: &'static [&'static str],
    name: &'static str,
    version: &'static str,
    /// The variants of `Provider` that it is about, where it is not about all.
    providers: Option<&'static [&'static str]>,
    /// Whether its requirements are rows of a benchmark.
    benchmark: bool,
    groups: Vec<Group>,
    requirements: Vec<Requirement>,
}

/// The source of a catalogue, and its date.
#[derive(Deserialize)]
struct Source {
    as_of: String,
    source: String,
}

#[derive(Deserialize)]
struct Assessable {
    class: String,
    why: String,
}

#[derive(Deserialize)]
struct Csf {
    id: String,
    function: String,
    category: String,
    category_name: String,
    text: String,
}

#[derive(Deserialize)]
struct Ccm {
    id: String,
    domain: String,
    domain_name: String,
    title: String,
}

#[derive(Deserialize)]
struct Cis {
    id: String,
    title: String,
    /// Absent where the sources do not agree on it.
    assessment: Option<String>,
    level: Option<u32>,
}

#[derive(Deserialize)]
struct CisVersions {
    map: Vec<BTreeMap<String, Option<String>>>,
}

#[derive(Deserialize)]
struct Fsbp {
    id: String,
    title: String,
    severity: String,
}

#[derive(Deserialize)]
struct Titled {
    id: String,
    title: String,
}

#[derive(Deserialize)]
struct Nist {
    id: String,
    title: String,
    withdrawn: bool,
}

#[derive(Deserialize)]
struct CcmMove {
    from: Option<String>,
    to: Option<String>,
}

type Classes = BTreeMap<String, BTreeMap<String, Assessable>>;

fn read<T: DeserializeOwned>(name: &str) -> Result<T> {
    let path = root()?.join("posture-core/data/frameworks").join(name);
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    serde_json::from_str(&text).with_context(|| path.display().to_string())
}

/// Chapters in the order in which they first appear.
fn groups(pairs: impl IntoIterator<Item = (String, String, Option<String>)>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (id, title, parent) in pairs {
        if !groups.iter().any(|group| group.id == id) {
            groups.push(Group { id, title, parent });
        }
    }
    groups
}

fn class(classes: &Classes, framework: &str, id: &str) -> Result<Option<(String, String)>> {
    let found = classes
        .get(framework)
        .and_then(|classes| classes.get(id))
        .with_context(|| format!("{framework} {id} has no class"))?;
    Ok(Some((found.class.clone(), found.why.clone())))
}

fn csf(classes: &Classes) -> Result<Framework> {
    let function = |id: &str| -> Result<&'static str> {
        Ok(match id {
            "GV" => "Govern",
            "ID" => "Identify",
            "PR" => "Protect",
            "DE" => "Detect",
            "RS" => "Respond",
            "RC" => "Recover",
            _ => bail!("unknown function {id}"),
        })
    };
    let rows: Vec<Csf> = read("nist-csf-2.0.json")?;
    let mut chapters = Vec::new();
    for row in &rows {
        chapters.push((row.function.clone(), function(&row.function)?.to_owned(), None));
        chapters.push((
            row.category.clone(),
            row.category_name.clone(),
            Some(row.function.clone()),
        ));
    }
    let requirements: Result<Vec<Requirement>> = rows
        .into_iter()
        .map(|row| {
            Ok(Requirement {
                class: class(classes, "nist-csf-2.0", &row.id)?,
                id: row.id,
                title: row.text,
                group: row.category,
                ..Requirement::default()
            })
        })
        .collect();
    Ok(Framework {
        table: "CSF_2_0",
        id: "csf-2.0",
        aliases: &["csf", "nist-csf", "nist-csf-2.0"],
        name: "NIST Cybersecurity Framework",
        version: "2.0",
        providers: None,
        benchmark: false,
        groups: groups(chapters),
        requirements: requirements?,
    })
}

fn ccm(classes: &Classes, newer: bool) -> Result<Framework> {
    let key = if newer { "csa-ccm-4.1" } else { "csa-ccm-4" };
    let rows: Vec<Ccm> = read(&format!("{key}.json"))?;
    let chapters: Vec<_> =
        rows.iter().map(|row| (row.domain.clone(), row.domain_name.clone(), None)).collect();
    let requirements: Result<Vec<Requirement>> = rows
        .into_iter()
        .map(|row| {
            Ok(Requirement {
                class: class(classes, key, &row.id)?,
                id: row.id,
                title: row.title,
                group: row.domain,
                ..Requirement::default()
            })
        })
        .collect();
    Ok(Framework {
        table: if newer { "CCM_4_1" } else { "CCM_4_0" },
        id: if newer { "ccm-4.1" } else { "ccm-4.0" },
        aliases: if newer {
            &["ccm", "csa-ccm", "csa-ccm-4.1", "ccm-4.1.0"]
        } else {
            &["csa-ccm-4.0", "ccm-4.0.13"]
        },
        name: "CSA Cloud Controls Matrix",
        version: if newer { "4.1.0" } else { "4.0.13" },
        providers: None,
        benchmark: false,
        groups: groups(chapters),
        requirements: requirements?,
    })
}

/// A CIS benchmark: its file, the titles of its sections, and the older versions whose numbers are known, with their file.
struct Benchmark {
    file: &'static str,
    versions: Option<&'static str>,
    sections: &'static [(&'static str, &'static str)],
    older: &'static [&'static str],
}

const CIS_AWS: Benchmark = Benchmark {
    file: "cis-aws-7.0.0.json",
    versions: Some("cis-aws-versions.json"),
    sections: &[
        ("2", "Identity and access"),
        ("2.1", "Organization"),
        ("3", "Storage"),
        ("3.1", "Object storage"),
        ("3.2", "Relational databases"),
        ("3.3", "File systems"),
        ("4", "Logging"),
        ("5", "Monitoring"),
        ("6", "Networking"),
        ("6.1", "Compute"),
    ],
    older: &["6.0.0", "5.0.0"],
};

const CIS_AZURE: Benchmark = Benchmark {
    file: "cis-azure-6.0.0.json",
    versions: Some("cis-azure-versions.json"),
    sections: &[
        ("2", "Analytics"),
        ("2.1", "Databricks"),
        ("3", "Compute"),
        ("3.1", "Virtual machines"),
        ("5", "Identity"),
        ("5.1", "Sign-in"),
        ("5.3", "Reviews"),
        ("6", "Management and governance"),
        ("6.1", "Logging and monitoring"),
        ("6.1.1", "Diagnostic settings"),
        ("6.1.2", "Activity log alerts"),
        ("6.1.3", "Application Insights"),
        ("7", "Networking"),
        ("8", "Security"),
        ("8.1", "Defender for Cloud"),
        ("8.1.1", "Posture management"),
        ("8.1.2", "Interfaces"),
        ("8.1.3", "Servers"),
        ("8.1.4", "Containers"),
        ("8.1.5", "Storage"),
        ("8.1.6", "App Service"),
        ("8.1.7", "Databases"),
        ("8.1.8", "Key Vault"),
        ("8.1.9", "Resource Manager"),
        ("8.2", "Internet of things"),
        ("8.3", "Key Vault"),
        ("8.4", "Bastion"),
        ("9", "Storage"),
        ("9.1", "File shares"),
        ("9.2", "Blobs"),
        ("9.3", "Storage accounts"),
        ("9.3.1", "Keys"),
        ("9.3.2", "Network"),
        ("9.3.3", "Identity"),
    ],
    older: &["5.0.0"],
};

/// The chapters and items of a benchmark. An item `a.b.c` is in chapter `a.b`, and that in `a`. Items have classes where these are
/// given.
fn cis(
    benchmark: &Benchmark,
    version: &str,
    classes: Option<&Classes>,
) -> Result<(Vec<Group>, Vec<Requirement>)> {
    let rows: Vec<Cis> = read(benchmark.file)?;
    let versions: Option<CisVersions> = benchmark.versions.map(read).transpose()?;
    let mut chapters = Vec::new();
    let mut requirements = Vec::new();
    for row in rows {
        let mut group = String::new();
        for (place, _) in row.id.match_indices('.') {
            let id = row.id.get(..place).context("item without number")?;
            let (_, title) = benchmark
                .sections
                .iter()
                .find(|(section, _)| *section == id)
                .with_context(|| format!("unknown section {id}"))?;
            let parent = Some(std::mem::replace(&mut group, id.to_owned()));
            chapters.push((id.to_owned(), (*title).to_owned(), parent.filter(|p| !p.is_empty())));
        }
        let mut elsewhere = Vec::new();
        if let Some(versions) = &versions {
            let mut rows = versions.map.iter();
            let older = rows
                .find(|older| older.get(version).and_then(Option::as_ref) == Some(&row.id))
                .with_context(|| format!("{} is missing from the map of versions", row.id))?;
            let known = benchmark.older.iter();
            elsewhere.extend(known.filter_map(|known| Some((*known, older.get(*known)?.clone()?))));
        }
        let note = match (row.level, row.assessment) {
            (Some(level), Some(assessment)) => format!("level {level}, {assessment}"),
            (None, None) => String::new(),
            _ => bail!("{} has a level or a kind of assessment, and not both", row.id),
        };
        let class = match classes {
            Some(classes) => class(classes, benchmark.file.trim_end_matches(".json"), &row.id)?,
            None => None,
        };
        requirements.push(Requirement {
            id: row.id,
            title: row.title,
            group,
            class,
            note,
            elsewhere,
        });
    }
    Ok((groups(chapters), requirements))
}

fn cis_aws() -> Result<Framework> {
    let (groups, requirements) = cis(&CIS_AWS, "7.0.0", None)?;
    Ok(Framework {
        table: "CIS_AWS_7_0",
        id: "cis-aws-7.0",
        aliases: &["cis-aws", "cis-aws-7.0.0"],
        name: "CIS AWS Foundations Benchmark",
        version: "7.0.0",
        providers: Some(&["Aws"]),
        benchmark: true,
        groups,
        requirements,
    })
}

fn cis_azure() -> Result<Framework> {
    let (groups, requirements) = cis(&CIS_AZURE, "6.0.0", None)?;
    Ok(Framework {
        table: "CIS_AZURE_6_0",
        id: "cis-azure-6.0",
        aliases: &["cis-azure", "cis-azure-6.0.0"],
        name: "CIS Azure Foundations Benchmark",
        version: "6.0.0",
        providers: Some(&["Azure"]),
        benchmark: true,
        groups,
        requirements,
    })
}

const CIS_KUBERNETES: Benchmark = Benchmark {
    file: "cis-kubernetes-2.0.1.json",
    versions: Some("cis-kubernetes-versions.json"),
    sections: &[
        ("1", "Control plane"),
        ("1.1", "Files of control plane nodes"),
        ("1.2", "API server"),
        ("1.3", "Controller manager"),
        ("1.4", "Scheduler"),
        ("2", "etcd"),
        ("3", "Control plane configuration"),
        ("3.1", "Sign-in"),
        ("3.2", "Logging"),
        ("4", "Worker nodes"),
        ("4.1", "Files of worker nodes"),
        ("4.2", "Kubelet"),
        ("4.3", "kube-proxy"),
        ("5", "Policies"),
        ("5.1", "RBAC and service accounts"),
        ("5.2", "Pod security"),
        ("5.3", "Network policies"),
        ("5.4", "Secrets"),
        ("5.5", "Admission"),
        ("5.6", "Namespaces and security contexts"),
    ],
    older: &["1.12.0"],
};

const CIS_EKS: Benchmark = Benchmark {
    file: "cis-eks-1.8.json",
    versions: None,
    sections: &[
        ("2", "Control plane"),
        ("2.1", "Logging"),
        ("3", "Worker nodes"),
        ("3.1", "Files of worker nodes"),
        ("3.2", "Kubelet"),
        ("4", "Policies"),
        ("4.1", "RBAC and service accounts"),
        ("4.2", "Pod security"),
        ("4.3", "Network policies"),
        ("4.4", "Secrets"),
        ("4.5", "Namespaces"),
        ("5", "Managed services"),
        ("5.1", "Image registry"),
        ("5.2", "Identity"),
        ("5.3", "Keys"),
        ("5.4", "Network of the cluster"),
        ("5.5", "Sign-in"),
    ],
    older: &[],
};

const CIS_AKS: Benchmark = Benchmark {
    file: "cis-aks-1.8.json",
    versions: None,
    sections: &[
        ("2", "Control plane"),
        ("2.1", "Logging"),
        ("3", "Worker nodes"),
        ("3.1", "Files of worker nodes"),
        ("3.2", "Kubelet"),
        ("4", "Policies"),
        ("4.1", "RBAC and service accounts"),
        ("4.2", "Pod security"),
        ("4.4", "Network policies"),
        ("4.5", "Secrets"),
        ("4.6", "Namespaces and security contexts"),
        ("5", "Managed services"),
        ("5.1", "Image registry"),
        ("5.2", "Identity"),
        ("5.3", "Keys"),
        ("5.4", "Network of the cluster"),
        ("5.5", "Sign-in"),
    ],
    older: &[],
};

const CIS_DOCKER: Benchmark = Benchmark {
    file: "cis-docker-1.8.json",
    versions: None,
    sections: &[
        ("1", "Host"),
        ("1.1", "Partitions, users and audit rules"),
        ("1.2", "General"),
        ("2", "Daemon"),
        ("3", "Files of the daemon"),
        ("4", "Images and build files"),
        ("5", "Containers"),
        ("6", "Operations"),
        ("7", "Swarm"),
    ],
    older: &[],
};

fn cis_docker(classes: &Classes) -> Result<Framework> {
    let (groups, requirements) = cis(&CIS_DOCKER, "1.8.0", Some(classes))?;
    Ok(Framework {
        table: "CIS_DOCKER_1_8",
        id: "cis-docker-1.8",
        aliases: &["cis-docker", "cis-docker-1.8.0"],
        name: "CIS Docker Benchmark",
        version: "1.8.0",
        providers: Some(&["Docker", "Image"]),
        benchmark: true,
        groups,
        requirements,
    })
}

fn cis_kubernetes(classes: &Classes) -> Result<Framework> {
    let (groups, requirements) = cis(&CIS_KUBERNETES, "2.0.1", Some(classes))?;
    Ok(Framework {
        table: "CIS_KUBERNETES_2_0",
        id: "cis-kubernetes-2.0",
        aliases: &["cis-kubernetes", "cis-k8s", "cis-kubernetes-2.0.1"],
        name: "CIS Kubernetes Benchmark",
        version: "2.0.1",
        providers: Some(&["Kubernetes"]),
        benchmark: true,
        groups,
        requirements,
    })
}

fn cis_eks(classes: &Classes) -> Result<Framework> {
    let (groups, requirements) = cis(&CIS_EKS, "1.8", Some(classes))?;
    Ok(Framework {
        table: "CIS_EKS_1_8",
        id: "cis-eks-1.8",
        aliases: &["cis-eks", "cis-eks-1.8.0"],
        name: "CIS Amazon EKS Benchmark",
        version: "1.8",
        providers: Some(&["Aws", "Kubernetes"]),
        benchmark: true,
        groups,
        requirements,
    })
}

fn cis_aks(classes: &Classes) -> Result<Framework> {
    let (groups, requirements) = cis(&CIS_AKS, "1.8", Some(classes))?;
    Ok(Framework {
        table: "CIS_AKS_1_8",
        id: "cis-aks-1.8",
        aliases: &["cis-aks", "cis-aks-1.8.0"],
        name: "CIS AKS Benchmark",
        version: "1.8",
        providers: Some(&["Azure", "Kubernetes"]),
        benchmark: true,
        groups,
        requirements,
    })
}

/// The guide numbers nothing: the ids are this project's, a letter for the chapter and a number for the section.
fn nsa_kubernetes(classes: &Classes) -> Result<Framework> {
    let chapter = |id: &str| -> Result<&'static str> {
        Ok(match id {
            "P" => "Pods",
            "N" => "Network separation and hardening",
            "A" => "Authentication and authorization",
            "L" => "Audit logging and threat detection",
            "U" => "Upgrades and application security",
            _ => bail!("unknown chapter {id}"),
        })
    };
    let rows: Vec<Titled> = read("nsa-kubernetes-1.2.json")?;
    let mut chapters = Vec::new();
    let mut requirements = Vec::new();
    for row in rows {
        let id = row.id.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned();
        chapters.push((id.clone(), chapter(&id)?.to_owned(), None));
        requirements.push(Requirement {
            class: class(classes, "nsa-kubernetes-1.2", &row.id)?,
            id: row.id,
            title: row.title,
            group: id,
            ..Requirement::default()
        });
    }
    Ok(Framework {
        table: "NSA_KUBERNETES_1_2",
        id: "nsa-kubernetes-1.2",
        aliases: &["nsa-kubernetes", "nsa-cisa", "nsa-cisa-kubernetes", "nsa-k8s"],
        name: "NSA and CISA Kubernetes Hardening Guide",
        version: "1.2",
        providers: Some(&["Kubernetes", "Image"]),
        benchmark: false,
        groups: groups(chapters),
        requirements,
    })
}

fn mcsb(classes: &Classes) -> Result<Framework> {
    let domain = |id: &str| -> Result<&'static str> {
        Ok(match id {
            "NS" => "Network security",
            "IM" => "Identity management",
            "PA" => "Privileged access",
            "DP" => "Data protection",
            "AM" => "Asset management",
            "LT" => "Logging and threat detection",
            "IR" => "Incident response",
            "PV" => "Posture and vulnerability management",
            "ES" => "Endpoint security",
            "BR" => "Backup and recovery",
            "DS" => "DevOps security",
            "GS" => "Governance and strategy",
            _ => bail!("unknown domain {id}"),
        })
    };
    let rows: Vec<Titled> = read("mcsb-1.json")?;
    let mut chapters = Vec::new();
    let mut requirements = Vec::new();
    for row in rows {
        let id = row.id.split('-').next().unwrap_or_default().to_owned();
        chapters.push((id.clone(), domain(&id)?.to_owned(), None));
        requirements.push(Requirement {
            class: class(classes, "mcsb-1", &row.id)?,
            id: row.id,
            title: row.title,
            group: id,
            ..Requirement::default()
        });
    }
    Ok(Framework {
        table: "MCSB_1",
        id: "mcsb-1",
        aliases: &["mcsb", "mcsb-v1"],
        name: "Microsoft cloud security benchmark",
        version: "1",
        providers: Some(&["Azure"]),
        benchmark: false,
        groups: groups(chapters),
        requirements,
    })
}

fn fsbp() -> Result<Framework> {
    let rows: Vec<Fsbp> = read("aws-fsbp.json")?;
    let service = |id: &str| {
        let service = id.split('.').next().unwrap_or(id);
        // Published in two spellings.
        if service == "Autoscaling" { "AutoScaling".to_owned() } else { service.to_owned() }
    };
    let chapters: Vec<_> =
        rows.iter().map(|row| (service(&row.id), service(&row.id), None)).collect();
    let requirements = rows
        .into_iter()
        .map(|row| Requirement {
            group: service(&row.id),
            id: row.id,
            title: row.title,
            note: row.severity,
            ..Requirement::default()
        })
        .collect();
    Ok(Framework {
        table: "FSBP",
        id: "aws-fsbp",
        aliases: &["fsbp"],
        name: "AWS Foundational Security Best Practices",
        version: "1.0.0",
        providers: Some(&["Aws"]),
        benchmark: true,
        groups: groups(chapters),
        requirements,
    })
}

fn nist_800_53() -> Result<Framework> {
    let family = |id: &str| -> Result<&'static str> {
        Ok(match id {
            "AC" => "Access Control",
            "AT" => "Awareness and Training",
            "AU" => "Audit and Accountability",
            "CA" => "Assessment, Authorization, and Monitoring",
            "CM" => "Configuration Management",
            "CP" => "Contingency Planning",
            "IA" => "Identification and Authentication",
            "IR" => "Incident Response",
            "MA" => "Maintenance",
            "MP" => "Media Protection",
            "PE" => "Physical and Environmental Protection",
            "PL" => "Planning",
            "PM" => "Program Management",
            "PS" => "Personnel Security",
            "PT" => "Personally Identifiable Information Processing and Transparency",
            "RA" => "Risk Assessment",
            "SA" => "System and Services Acquisition",
            "SC" => "System and Communications Protection",
            "SI" => "System and Information Integrity",
            "SR" => "Supply Chain Risk Management",
            _ => bail!("unknown family {id}"),
        })
    };
    let mut chapters = Vec::new();
    let mut requirements = Vec::new();
    let rows: Vec<Nist> = read("nist-800-53-r5.json")?;
    // What was withdrawn asks nothing any more.
    for row in rows.into_iter().filter(|row| !row.withdrawn) {
        let id = row.id.split('-').next().unwrap_or_default().to_owned();
        chapters.push((id.clone(), family(&id)?.to_owned(), None));
        requirements.push(Requirement {
            id: row.id,
            title: row.title,
            group: id,
            ..Requirement::default()
        });
    }
    Ok(Framework {
        table: "NIST_800_53",
        id: "nist-800-53-r5",
        aliases: &["800-53", "nist-800-53", "nist-800-53-r5.2.0"],
        name: "NIST SP 800-53",
        version: "5.2.0",
        providers: None,
        benchmark: false,
        groups: groups(chapters),
        requirements,
    })
}

/// By CCM 4.1 control, the place of the 4.0 control that it was carried over from.
fn ccm_map(new: &Framework, old: &Framework) -> Result<Vec<Option<usize>>> {
    let moves: Vec<CcmMove> = read("csa-ccm-4.0-to-4.1.json")?;
    new.requirements
        .iter()
        .map(|requirement| {
            let row = moves
                .iter()
                .find(|row| row.to.as_ref() == Some(&requirement.id))
                .with_context(|| format!("CCM 4.1 {} is missing from the map", requirement.id))?;
            match &row.from {
                None => Ok(None),
                Some(from) => {
                    let place = old.requirements.iter().position(|r| r.id == *from);
                    Ok(Some(place.with_context(|| format!("CCM 4.0 has no {from}"))?))
                }
            }
        })
        .collect()
}

/// By CSF subcategory, the places of the SP 800-53 controls that NIST relates to it. The published list names three
/// whole families and a control that was withdrawn since; those relate to no requirement.
fn nist_map(csf: &Framework, nist: &Framework) -> Result<Vec<Vec<usize>>> {
    let crosswalk: HashMap<String, HashMap<String, Vec<String>>> =
        read("crosswalk-nist-csf-2.0.json")?;
    let places: HashMap<&str, usize> =
        nist.requirements.iter().enumerate().map(|(place, r)| (r.id.as_str(), place)).collect();
    Ok(csf
        .requirements
        .iter()
        .map(|requirement| {
            let related = crosswalk.get(&requirement.id).and_then(|m| m.get("nist-800-53-r5.2.0"));
            let mut related: Vec<usize> = related
                .into_iter()
                .flatten()
                .filter_map(|id| places.get(id.as_str()).copied())
                .collect();
            related.sort_unstable();
            related.dedup();
            related
        })
        .collect())
}

/// `posture-core/src/frameworks/catalogue.rs`.
pub(crate) fn catalogue() -> Result<Generated> {
    let classes: Classes = read("assessable.json")?;
    let sources: BTreeMap<String, Source> = read("sources.json")?;
    let all = [
        csf(&classes)?,
        ccm(&classes, true)?,
        ccm(&classes, false)?,
        cis_aws()?,
        fsbp()?,
        cis_azure()?,
        mcsb(&classes)?,
        cis_kubernetes(&classes)?,
        cis_eks(&classes)?,
        cis_aks(&classes)?,
        cis_docker(&classes)?,
        nsa_kubernetes(&classes)?,
        nist_800_53()?,
    ];
    let [csf, ccm_new, ccm_old, .., nist] = &all;
    let mut text = String::from(
        "//! Written by `cargo xtask generate` from `posture-core/data/frameworks`; not to be edited.\n\n\
         use super::table::Class::{Automated, Node, Organizational, Partial};\n\
         use super::table::{Class, Framework, Group, Requirement};\n\
         use crate::provider::Provider;\n\n\
         type Elsewhere = &'static [(&'static str, &'static str)];\n\n\
         const fn g(id: &'static str, title: &'static str, parent: Option<&'static str>) -> Group {\n    \
             Group { id, title, parent }\n}\n\n\
         const fn r(\n    \
             id: &'static str,\n    group: &'static str,\n    title: &'static str,\n    class: Option<Class>,\n    \
             why: &'static str,\n    note: &'static str,\n    elsewhere: Elsewhere,\n\
         ) -> Requirement {\n    Requirement { id, title, group, class, why, note, elsewhere }\n}\n\n",
    );
    text.push_str("pub(super) static ALL: &[&Framework] = &[\n");
    for framework in &all {
        let _ = writeln!(text, "    &{}_FRAMEWORK,", framework.table);
    }
    text.push_str("];\n\n/// The places of the frameworks in `ALL`.\npub(super) mod index {\n");
    for (place, framework) in all.iter().enumerate() {
        let _ = writeln!(text, "    pub(crate) const {}: u8 = {place};", framework.table);
    }
    text.push_str("}\n\n");
    for framework in &all {
        let source = sources
            .get(framework.id)
            .with_context(|| format!("sources.json says nothing of {}", framework.id))?;
        write_framework(&mut text, framework, source);
    }
    text.push_str("pub(super) static CCM_4_1_TO_4_0: &[Option<u16>] = &[\n");
    for (new, old) in ccm_new.requirements.iter().zip(ccm_map(ccm_new, ccm_old)?) {
        let _ = match old {
            None => writeln!(text, "    None, // {} is new", new.id),
            Some(place) => writeln!(
                text,
                "    Some({place}), // {} was {}",
                new.id, ccm_old.requirements[place].id
            ),
        };
    }
    text.push_str("];\n\npub(super) static CSF_2_0_TO_NIST_800_53: &[&[u16]] = &[\n");
    for (subcategory, related) in csf.requirements.iter().zip(nist_map(csf, nist)?) {
        let _ = writeln!(text, "    &{related:?}, // {}", subcategory.id);
    }
    text.push_str("];\n");
    Ok(Generated { path: "posture-core/src/frameworks/catalogue.rs".to_owned(), text })
}

fn write_framework(text: &mut String, framework: &Framework, source: &Source) {
    let Framework { table, id, aliases, name, version, providers, benchmark, .. } = framework;
    let Framework { groups, requirements, .. } = framework;
    let Source { as_of, source } = source;
    let providers = match providers {
        None => "None".to_owned(),
        Some(providers) => {
            let all: Vec<String> =
                providers.iter().map(|provider| format!("Provider::{provider}")).collect();
            format!("Some(&[{}])", all.join(", "))
        }
    };
    let _ = writeln!(
        text,
        "static {table}_FRAMEWORK: Framework = Framework {{\n    id: {id:?},\n    aliases: &{aliases:?},\n    \
         name: {name:?},\n    version: {version:?},\n    source: {source:?},\n    \
         as_of: {as_of:?},\n    \
         providers: {providers},\n    benchmark: {benchmark},\n    groups: &["
    );
    for Group { id, title, parent } in groups {
        let _ = writeln!(text, "        g({id:?}, {title:?}, {parent:?}),");
    }
    let _ = writeln!(text, "    ],\n    requirements: {table},\n}};\n");
    let _ = writeln!(text, "pub(super) const {table}: &[Requirement] = &[");
    for Requirement { id, title, group, class, note, elsewhere } in requirements {
        let (class, why) = match class {
            None => ("None".to_owned(), ""),
            Some((class, why)) => {
                let (first, rest) = class.split_at(1);
                (format!("Some({}{rest})", first.to_uppercase()), why.as_str())
            }
        };
        let _ = writeln!(
            text,
            "    r({id:?}, {group:?}, {title:?}, {class}, {why:?}, {note:?}, &{elsewhere:?}),"
        );
    }
    text.push_str("];\n\n");
}
