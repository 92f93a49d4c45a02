//! Live clusters: arguments, targets in `posture.toml`, permissions, and what errors mean.

use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use posture::image;
use posture::kubernetes::{self, Error, LoginError, Report, Server};
use posture_core::suggest::nearest;
use posture_core::wanted::Wanted;
use posture_kubernetes::permissions::{self, Account};
use serde_json::{Value, json};

use crate::args::{Common, Selection};
use crate::config::reader::{Reader, Table};
use crate::error::{Failure, did_you_mean};
use crate::output::pretty;
use crate::providers::beside::Beside;
use crate::typed::Words;

/// `posture audit kubernetes`.
#[derive(Debug, Args)]
pub(crate) struct AuditClusters {
    #[command(flatten)]
    clusters: Clusters,
    #[command(flatten)]
    pub(crate) common: Common,
}

/// Which clusters are read, and with which credentials.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Clusters and credentials")]
pub(crate) struct Clusters {
    /// Read the cluster of this context; repeatable [default: the current context, or in a pod without a kubeconfig the cluster of
    /// the pod].
    #[arg(long, value_name = "NAME")]
    pub(crate) context: Vec<String>,
    /// Kubeconfig file [default: the files in KUBECONFIG, or ~/.kube/config].
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
    /// Read the cluster of this pod with the pod's service account, even if there is a kubeconfig.
    #[arg(long, conflicts_with_all = ["context", "kubeconfig", "server"])]
    pub(crate) in_cluster: bool,
    /// Do not run credential plugins, nor with --images credential helpers of Docker's configuration. They are programs that the
    /// kubeconfig and that configuration name.
    #[arg(long)]
    pub(crate) no_exec: bool,
    /// Accept a kubeconfig that disables the verification of the server's certificate. Anyone in the network can then read the token
    /// and answer in the place of the cluster.
    #[arg(long)]
    pub(crate) insecure_skip_tls_verify: bool,
    /// Read the server at this address instead of one of a kubeconfig.
    #[arg(long, value_name = "URL", conflicts_with_all = ["context", "kubeconfig"])]
    pub(crate) server: Option<String>,
    /// File with the token for --server. It is read again every minute.
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(crate) token_file: Option<PathBuf>,
    /// File with the certificate authority of --server [default: those of the system].
    #[arg(long, value_name = "FILE", requires = "server")]
    pub(crate) certificate_authority: Option<PathBuf>,
    /// Report of kube-bench in JSON about the cluster of a context; can be given several times. What fails by it fails; it makes
    /// nothing pass.
    #[arg(long, value_name = "CONTEXT=FILE", value_parser = report)]
    pub(crate) report: Vec<Report>,
    #[command(flatten)]
    pub(crate) beside: Beside,
}

/// Parses `CONTEXT=FILE`.
fn report(text: &str) -> Result<Report, String> {
    match text.split_once('=') {
        Some((cluster, path)) if !cluster.is_empty() && !path.is_empty() => {
            Ok(Report { cluster: cluster.to_owned(), path: PathBuf::from(path) })
        }
        _ => Err(
            "expected the name of a context, `=`, and a file: a report does not name its cluster"
                .to_owned(),
        ),
    }
}

impl AuditClusters {
    /// The options that say what is read.
    pub(in crate::providers) fn typed(&self, command: Words) -> Words {
        let Clusters {
            context,
            kubeconfig,
            in_cluster,
            no_exec,
            insecure_skip_tls_verify,
            server,
            token_file,
            certificate_authority,
            report,
            beside,
        } = &self.clusters;
        let report = report.iter().map(|one| format!("{}={}", one.cluster, one.path.display()));
        let command = command
            .each("context", context)
            .paths("kubeconfig", kubeconfig.as_deref())
            .flag("in-cluster", *in_cluster)
            .flag("no-exec", *no_exec)
            .flag("insecure-skip-tls-verify", *insecure_skip_tls_verify)
            .each("server", server)
            .paths("token-file", token_file.as_deref())
            .paths("certificate-authority", certificate_authority.as_deref())
            .each("report", report);
        beside.typed(command)
    }

    pub(in crate::providers) fn clusters(&self) -> Clusters {
        self.clusters.clone()
    }
}

impl Clusters {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(in crate::providers) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        const KEYS: &[&str] = &[
            "name",
            "provider",
            "manifests",
            "context",
            "contexts",
            "kubeconfig",
            "in-cluster",
            "no-exec",
            "server",
            "token-file",
            "certificate-authority",
            "reports",
        ];
        let mut clusters = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            let flag = |reader: &mut Reader<'_>| {
                let given = item.get_ref().as_bool();
                if given.is_none() {
                    reader.expected(item, name, "true or false");
                }
                given.unwrap_or(false)
            };
            match name {
                "name" | "provider" => {}
                "context" => clusters.context.extend(reader.owned(name, item)),
                "contexts" => clusters.context.extend(reader.texts(name, item)),
                "kubeconfig" => clusters.kubeconfig = reader.owned(name, item).map(PathBuf::from),
                "in-cluster" => clusters.in_cluster = flag(reader),
                "no-exec" => clusters.no_exec = flag(reader),
                "server" => clusters.server = reader.owned(name, item),
                "token-file" => clusters.token_file = reader.owned(name, item).map(PathBuf::from),
                "certificate-authority" => {
                    clusters.certificate_authority = reader.owned(name, item).map(PathBuf::from);
                }
                "reports" => {
                    for text in reader.texts(name, item) {
                        match report(&text) {
                            Ok(one) => clusters.report.push(one),
                            Err(_) => reader.expected(item, name, "a list of CONTEXT=FILE"),
                        }
                    }
                }
                _ if clusters.beside.read(reader, name, item) => {}
                _ => {
                    let known = [KEYS, Beside::KEYS].concat();
                    reader.unknown(key.span().start, "setting", name, &known);
                }
            }
        }
        let of_kubeconfig = !clusters.context.is_empty() || clusters.kubeconfig.is_some();
        let place = table.get("provider").map_or(0, |item| item.span().start);
        let several = [of_kubeconfig, clusters.in_cluster, clusters.server.is_some()];
        if several.into_iter().filter(|given| *given).count() > 1 {
            let what = "a target is one of: contexts of a kubeconfig, `in-cluster`, `server`";
            reader.mistake(place, what.to_owned());
        }
        let of_server = clusters.token_file.is_some() || clusters.certificate_authority.is_some();
        if of_server && clusters.server.is_none() {
            let what = "`token-file` and `certificate-authority` need `server`";
            reader.mistake(place, what.to_owned());
        }
        clusters.beside.check(reader, place);
        clusters
    }

    /// Makes paths that are relative to a configuration relative to the current folder.
    pub(in crate::providers) fn beside(&mut self, configuration: &Path) {
        let Self { kubeconfig, token_file, certificate_authority, report, .. } = self;
        let files = [kubeconfig, token_file, certificate_authority].into_iter().flatten();
        for path in files.chain(report.iter_mut().map(|one| &mut one.path)) {
            *path = configuration.with_file_name("").join(&*path);
        }
        self.beside.beside(configuration);
    }

    /// How the images are read that the clusters run, if they are.
    pub(in crate::providers) fn images(&self) -> Option<image::Beside> {
        self.beside.to_read(self.no_exec)
    }

    pub(in crate::providers) fn to_read(&self) -> kubernetes::Clusters {
        kubernetes::Clusters {
            kubeconfig: self.kubeconfig.clone(),
            contexts: self.context.clone(),
            in_cluster: self.in_cluster,
            server: self.server.clone().map(|url| Server {
                url,
                token_file: self.token_file.clone(),
                certificate_authority: self.certificate_authority.clone(),
            }),
            no_exec: self.no_exec,
            insecure: self.insecure_skip_tls_verify,
            unpaced: false,
            reports: self.report.clone(),
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(in crate::providers) fn mark(&self) -> String {
        let Self { context, kubeconfig, in_cluster, server, report, beside, .. } = self;
        let images = if beside.images { format!(" {beside:?}") } else { String::new() };
        format!("kubernetes {context:?} {kubeconfig:?} {in_cluster} {server:?} {report:?}{images}")
    }
}

/// Why no cluster can be read.
pub(in crate::providers) fn failure(what: String, error: Error) -> Failure {
    let Error::Login(error) = error;
    match &error {
        LoginError::NoSuchContext { name, known } => {
            let mut failure = Failure::usage(error.to_string());
            let near = nearest(name, known.iter().map(String::as_str));
            if let Some(guess) = did_you_mean(&near) {
                failure = failure.help(guess);
            } else if !known.is_empty() {
                let known: Vec<&str> = known.iter().take(10).map(String::as_str).collect();
                failure = failure.help(format!("the contexts are {}", known.join(", ")));
            }
            failure
        }
        _ => {
            let failure = Failure::tool(what).cause(&error);
            match error.help() {
                Some(help) => failure.help(help),
                None => failure,
            }
        }
    }
}

/// `posture permissions kubernetes`.
#[derive(Debug, Args)]
pub(crate) struct Permissions {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Output format.
    #[arg(long, value_enum, default_value_t = Format::Yaml, value_name = "FORMAT")]
    format: Format,
    /// Print this service account and a binding as well, as NAMESPACE:NAME.
    #[arg(long, value_name = "ACCOUNT", value_parser = account)]
    service_account: Option<Account>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// YAML, ready for `kubectl apply`.
    Yaml,
    /// JSON; with a service account, a list.
    Json,
}

/// Parses `NAMESPACE:NAME`, as [`kubectl create clusterrolebinding`](https://kubernetes.io/docs/reference/kubectl/generated/kubectl_create/kubectl_create_clusterrolebinding/)
/// takes it.
fn account(text: &str) -> Result<Account, String> {
    // https://kubernetes.io/docs/concepts/overview/working-with-objects/names/#dns-subdomain-names
    let is_name = |text: &str| {
        let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '.';
        let ends = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        (1..=253).contains(&text.len())
            && text.chars().all(inner)
            && text.starts_with(ends)
            && text.ends_with(ends)
    };
    match text.split_once(':') {
        Some((namespace, name)) if is_name(namespace) && is_name(name) => {
            Ok(Account { namespace: namespace.to_owned(), name: name.to_owned() })
        }
        _ => Err("expected NAMESPACE:NAME, such as posture:auditor".to_owned()),
    }
}

impl Permissions {
    /// The least that an audit by these controls needs, from the table of actions.
    pub(in crate::providers) fn text(&self, wanted: &Wanted) -> String {
        let mut objects = vec![permissions::role(wanted)];
        if let Some(account) = &self.service_account {
            objects.extend(permissions::binding(account));
        }
        match self.format {
            Format::Yaml => permissions::yaml(&objects).trim_end().to_owned(),
            Format::Json => pretty(&match objects.as_slice() {
                [role] => role.clone(),
                all => list(all),
            }),
        }
    }
}

fn list(objects: &[Value]) -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "items": objects })
}

#[cfg(test)]
mod tests {
    use posture_core::catalogue::Catalogue;

    use super::*;
    use crate::config;
    use crate::providers::Target;

    /// The targets of a configuration, or its mistakes in one text.
    fn targets(text: &str) -> Result<Vec<Target>, String> {
        let config = config::parse(
            &format!("[[target]]\nprovider = \"kubernetes\"\n{text}"),
            Catalogue::default(),
        );
        let config = config.map_err(|mistakes| mistakes.join("\n"))?;
        Ok(config.targets.into_iter().map(|named| named.target).collect())
    }

    #[test]
    fn a_target_is_a_cluster_unless_it_has_manifests() {
        let cluster = |text: &str| match targets(text).unwrap().remove(0) {
            Target::Kubernetes(clusters) => *clusters,
            other => panic!("{other:?}"),
        };
        assert_eq!(cluster(""), Clusters::default());
        let of = cluster(
            "context = \"a\"\ncontexts = [\"b\", \"c\"]\nkubeconfig = \"k\"\nno-exec = true",
        );
        assert_eq!((of.context.join(" "), of.no_exec), ("a b c".to_owned(), true));
        let mut of =
            cluster("server = \"https://s\"\ntoken-file = \"t\"\ncertificate-authority = \"/c\"");
        of.beside(Path::new("folder/posture.toml"));
        assert_eq!(of.token_file.as_deref(), Some(Path::new("folder/t")));
        assert_eq!(of.certificate_authority.as_deref(), Some(Path::new("/c")));
        assert!(cluster("in-cluster = true").to_read().in_cluster);
        let manifests = targets("manifests = [\"k8s\"]").unwrap().remove(0);
        assert!(matches!(manifests, Target::Manifests(_)));
    }

    #[test]
    fn a_target_that_makes_no_sense_is_a_mistake() {
        for (text, words) in [
            ("contxt = \"a\"", "context"),
            ("context = 3", "`context` must be text"),
            ("in-cluster = \"yes\"", "`in-cluster` must be true or false"),
            ("in-cluster = true\ncontext = \"a\"", "a target is one of"),
            ("token-file = \"t\"", "need `server`"),
        ] {
            let mistakes = targets(text).unwrap_err();
            assert!(mistakes.contains(words), "{text}: {mistakes}");
        }
    }

    #[test]
    fn an_unknown_context_is_shown_with_the_nearest() {
        let known = vec!["production".to_owned(), "test".to_owned()];
        let failed = |name: &str| {
            let known = known.clone();
            let error = LoginError::NoSuchContext { name: name.to_owned(), known };
            failure("x".to_owned(), Error::Login(error)).to_string()
        };
        assert!(failed("prodcution").contains("`production`"), "{}", failed("prodcution"));
        assert!(failed("zzz").contains("the contexts are production, test"), "{}", failed("zzz"));
    }

    #[test]
    fn an_account_is_a_namespace_and_a_name() {
        let expected = Account { namespace: "a-1".to_owned(), name: "b.c".to_owned() };
        assert_eq!(account("a-1:b.c"), Ok(expected));
        for wrong in ["", "a", ":b", "a:", "a:b:c", "A:b", "a/b", "a: b", "-a:b", "a:b-"] {
            assert!(account(wrong).is_err(), "{wrong}");
        }
    }
}
