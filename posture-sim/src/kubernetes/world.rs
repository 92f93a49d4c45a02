//! What a simulated cluster is: settings in TOML or JSON, and manifests.

use std::collections::BTreeSet;

use posture_kubernetes::manifest::{self, Content, Options};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::declared::{self, Error};
use crate::fault::Rule;
use crate::pace::{Latency, Quota};

/// A cluster, as declared.
///
/// Its objects are manifests, as `kubectl apply` takes them: [`World::add_manifests`] reads files strictly, so that one scene serves
/// both an audit of the files and one of the cluster. Objects in `objects` are served as they are, senseless ones included.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct World {
    /// Its name, which decides the uids of its objects, and so the identity of the cluster.
    pub name: String,
    /// What `/version` returns as `gitVersion`, such as `v1.33.2` or `v1.33.4-eks-0a1b2c3`. Its minor version decides what is served.
    pub version: String,
    /// The objects, each with `apiVersion` and `kind`. Of two with one identity the later one counts.
    pub objects: Vec<Value>,
    /// Who may sign in. By default the token `simulated-admin` of a user in `system:masters`.
    pub identities: Vec<Identity>,
    /// Whether requests without a token are those of `system:anonymous`; otherwise they are unauthorized.
    pub anonymous: bool,
    /// Whether it has what a new cluster has: its namespaces, default roles and their bindings, and the API services.
    pub bootstrap: bool,
    /// Whether the server and its controllers did their work: defaults of fields, the service account `default` of each namespace, the
    /// rules of aggregated roles, and the replica sets and pods of workloads that have none in the world. Admission rejects nothing.
    pub controllers: bool,
    /// The most items of a page, also if the client asks for more. A list without `limit` is whole.
    pub page_size: Option<usize>,
    /// How long a response takes.
    pub latency: Latency,
    /// How many calls are allowed: for each user.
    pub quotas: Vec<Quota>,
    /// By how many seconds the cluster's clock is ahead of this machine's.
    pub clock_ahead: i64,
    /// What goes wrong. The actions are verbs and resources: `list pods`, `list deployments.apps`, `get /version`, `* secrets`. The
    /// account of a rule is a user, the region a namespace.
    pub faults: Vec<Rule>,
    /// The seed of faults and latencies; equal seeds give equal sequences.
    pub seed: u64,
    /// Whether no log of the requests is kept, which grows without end.
    pub unlogged: bool,
}

impl Default for World {
    fn default() -> Self {
        Self {
            name: "simulated".to_owned(),
            version: "v1.35.2".to_owned(),
            objects: Vec::new(),
            identities: vec![Identity {
                token: "simulated-admin".to_owned(),
                user: "simulated-admin".to_owned(),
                groups: vec!["system:masters".to_owned()],
            }],
            anonymous: true,
            bootstrap: true,
            controllers: true,
            page_size: None,
            latency: Latency::default(),
            quotas: Vec::new(),
            clock_ahead: 0,
            faults: Vec::new(),
            seed: 0,
            unlogged: false,
        }
    }
}

/// Who may sign in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// The token of its requests.
    pub token: String,
    /// Its name. A service account is `system:serviceaccount:NAMESPACE:NAME`.
    pub user: String,
    /// Its groups, besides those that the server adds: `system:authenticated`, and those of service accounts.
    pub groups: Vec<String>,
}

impl Identity {
    /// A user without permissions of its own.
    pub fn new(token: &str, user: &str) -> Self {
        Self { token: token.to_owned(), user: user.to_owned(), groups: Vec::new() }
    }

    /// A service account.
    pub fn service_account(token: &str, namespace: &str, name: &str) -> Self {
        Self::new(token, &format!("system:serviceaccount:{namespace}:{name}"))
    }

    /// Who a request without a token comes from.
    pub(crate) fn anonymous() -> Self {
        Self::new("", "system:anonymous")
    }

    pub(crate) fn all_groups(&self) -> BTreeSet<String> {
        let mut groups: BTreeSet<String> = self.groups.iter().cloned().collect();
        if self.user == "system:anonymous" {
            groups.insert("system:unauthenticated".to_owned());
            return groups;
        }
        groups.insert("system:authenticated".to_owned());
        let account = self.user.strip_prefix("system:serviceaccount:");
        if let Some((namespace, _)) = account.and_then(|rest| rest.split_once(':')) {
            groups.insert("system:serviceaccounts".to_owned());
            groups.insert(format!("system:serviceaccounts:{namespace}"));
        }
        groups
    }
}

/// How many mistakes of a file are named.
const NAMED: usize = 5;

impl World {
    /// Reads settings and objects in TOML, or in JSON where the text begins with a brace, and fills in the times that are given as
    /// what has passed since.
    ///
    /// # Errors
    /// When it does not fit the form.
    pub fn parse(text: &str) -> Result<Self, Error> {
        declared::parse(text)
    }

    /// A cluster with the objects of a file of manifests, and the settings of a new one.
    ///
    /// # Errors
    /// As for [`World::add_manifests`].
    pub fn of_manifests(file: &str, text: &str) -> Result<Self, Error> {
        let mut world = Self::default();
        world.add_manifests(file, text)?;
        Ok(world)
    }

    /// Adds the objects of a file of manifests, read strictly for the version of the cluster. `file` names it in errors.
    ///
    /// # Errors
    /// If a document has a mistake or is not an object: then nothing is added.
    pub fn add_manifests(&mut self, file: &str, text: &str) -> Result<(), Error> {
        let options = Options { minor: self.minor()?, ..Options::default() };
        let (mut objects, mut wrong) = (Vec::new(), Vec::new());
        for document in manifest::read(text.as_bytes(), &options) {
            match document.content {
                Content::Object(manifest) => objects.push(manifest.object),
                Content::Custom { object, .. } => objects.push(object),
                Content::Invalid { mistakes, .. } => {
                    wrong.extend(mistakes.iter().map(|mistake| format!("{file}:{mistake}")));
                }
                Content::Other(why) => {
                    let place = document.place;
                    wrong.push(format!("{file}:{}:{}: {why}", place.line, place.column));
                }
            }
        }
        if wrong.is_empty() {
            self.objects.append(&mut objects);
            return Ok(());
        }
        let more = wrong.len().saturating_sub(NAMED);
        wrong.truncate(NAMED);
        let more = if more > 0 { format!("\nand {more} more") } else { String::new() };
        Err(Error::Objects(format!("{}{more}", wrong.join("\n"))))
    }

    /// The minor version.
    ///
    /// # Errors
    /// If the version does not have the form of one.
    pub(crate) fn minor(&self) -> Result<u16, Error> {
        let rest = self.version.strip_prefix("v1.");
        let digits = rest.and_then(|rest| rest.split(['.', '-', '+']).next());
        digits.and_then(|digits| digits.parse().ok()).ok_or_else(|| {
            let version = &self.version;
            Error::Malformed(format!("`{version}` is not a version such as `v1.35.2`"))
        })
    }
}
