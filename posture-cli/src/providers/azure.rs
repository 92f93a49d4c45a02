//! What the command knows about Azure: its arguments, its targets in `posture.toml`, permissions, simulator and errors.

pub(super) mod found;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use posture::azure::{self, ClientSecret, CollectError, Error, LoginError};
use posture::image;
use posture_azure::action::LIST_DESCENDANTS;
use posture_core::scope::Scope;
use posture_core::suggest::nearest;
use posture_core::wanted::Wanted;
use posture_sim::azure::{self as simulated, Client, Scenario, Server};
use serde_json::{Value, json};

use super::beside::{Beside, Newest};
use crate::args::{Common, Selection};
use crate::config::reader::{Reader, Table};
use crate::error::{Failure, Result, did_you_mean};
use crate::output::pretty;
use crate::sim::{cannot_listen, cannot_serve, read, serve, show};
use crate::typed::Words;

#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    login: Login,
    #[command(flatten)]
    beside: Beside,
    #[command(flatten)]
    newest: Newest,
    #[command(flatten)]
    pub(crate) common: Common,
}

impl Audit {
    /// The options that say what is read.
    pub(super) fn typed(&self, command: Words) -> Words {
        let Login {
            tenant,
            subscription,
            management_group,
            cloud,
            credential,
            client_id,
            simulator,
            simulated_secret: _,
        } = &self.login;
        let name = |value: &dyn Fn() -> Option<PossibleValue>| {
            value().map(|value| value.get_name().to_owned())
        };
        let cloud = Some(cloud).filter(|cloud| **cloud != Cloud::default());
        let command = command
            .each("tenant", tenant)
            .each("subscription", subscription)
            .each("management-group", management_group)
            .each("cloud", name(&|| cloud?.to_possible_value()))
            .each("credential", name(&|| credential.as_ref()?.to_possible_value()))
            .each("client-id", client_id)
            .each("simulator", simulator);
        self.images().typed(command)
    }

    fn images(&self) -> Beside {
        self.beside.of_newest(&self.newest)
    }

    pub(super) fn tenant(&self) -> Tenant {
        Tenant { login: self.login.clone(), beside: self.images() }
    }
}

/// Which tenant and subscriptions are read, and with which credentials.
#[derive(Clone, Debug, Default, PartialEq, Args)]
#[command(next_help_heading = "Tenant and credentials")]
pub(crate) struct Login {
    /// ID or domain of the tenant [default: the tenant of the credentials].
    #[arg(long, value_name = "ID")]
    pub(crate) tenant: Option<String>,
    /// Read only this subscription, given by ID or name; repeatable [default: all readable
    /// subscriptions].
    #[arg(long, value_name = "ID")]
    pub(crate) subscription: Vec<String>,
    /// Read the subscriptions under this management group; repeatable.
    #[arg(long, value_name = "ID")]
    pub(crate) management_group: Vec<String>,
    /// Azure cloud of the tenant.
    #[arg(long, value_enum, default_value_t = Cloud::Public, value_name = "CLOUD")]
    pub(crate) cloud: Cloud,
    /// Credential source [default: the first that works, in this order].
    #[arg(long, value_enum, value_name = "SOURCE")]
    pub(crate) credential: Option<Credential>,
    /// Client ID of an application or a managed identity.
    #[arg(long, value_name = "ID")]
    pub(crate) client_id: Option<String>,
    /// Send all requests to a simulator on this machine instead of Azure; `posture sim azure`
    /// starts one.
    #[arg(long, value_name = "URL", hide = true)]
    pub(crate) simulator: Option<String>,
    /// The secret of the simulator's application; a real one comes only from the environment.
    #[arg(skip)]
    pub(crate) simulated_secret: Option<ClientSecret>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Cloud {
    /// Azure public cloud.
    #[default]
    Public,
    /// Azure US Government.
    Usgovernment,
    /// Azure operated by 21Vianet (China).
    China,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Credential {
    /// Client secret from AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET.
    Environment,
    /// Workload identity with the token in AZURE_FEDERATED_TOKEN_FILE.
    WorkloadIdentity,
    /// Managed identity of this machine or service; by default tried only if IDENTITY_ENDPOINT is
    /// set.
    ManagedIdentity,
    /// Account signed in with `az login`.
    Cli,
    /// Account signed in with `azd auth login`.
    DeveloperCli,
}

/// A tenant of Azure.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Tenant {
    pub(crate) login: Login,
    pub(crate) beside: Beside,
}

impl Tenant {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        const KEYS: &[&str] = &[
            "name",
            "provider",
            "tenant",
            "subscriptions",
            "management-groups",
            "cloud",
            "credential",
            "client-id",
            "simulator",
            "newest-images",
        ];
        fn choice<T: ValueEnum>(text: &str) -> std::result::Result<T, String> {
            T::from_str(text, true).map_err(|_| {
                let known = T::value_variants().iter().filter_map(ValueEnum::to_possible_value);
                let known: Vec<String> = known.map(|value| value.get_name().to_owned()).collect();
                format!("expected one of {}", known.join(", "))
            })
        }
        let mut tenant = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            let login = &mut tenant.login;
            match name {
                "name" | "provider" => {}
                "tenant" => login.tenant = reader.owned(name, item),
                "subscriptions" => login.subscription = reader.texts(name, item),
                "management-groups" => login.management_group = reader.texts(name, item),
                "cloud" => login.cloud = reader.word(name, item, choice).unwrap_or_default(),
                "credential" => login.credential = reader.word(name, item, choice),
                "client-id" => login.client_id = reader.owned(name, item),
                "simulator" => login.simulator = reader.owned(name, item),
                "newest-images" => {
                    tenant.beside.newest = reader.count(name, item, "a number of images", 1);
                }
                _ if tenant.beside.read(reader, name, item) => {}
                _ => {
                    let known = [KEYS, Beside::KEYS].concat();
                    reader.unknown(key.span().start, "setting", name, &known);
                }
            }
        }
        tenant.beside.check(reader, table.get("provider").map_or(0, |item| item.span().start));
        tenant
    }

    /// How the images of the registries of the tenant are read, if they are. The registries issue what they are read with.
    pub(super) fn images(&self) -> Option<image::Beside> {
        self.beside.to_read(true)
    }

    pub(super) fn to_read(&self) -> azure::Tenant {
        let login = &self.login;
        azure::Tenant {
            cloud: match login.cloud {
                Cloud::Public => azure::Cloud::Public,
                Cloud::Usgovernment => azure::Cloud::UsGovernment,
                Cloud::China => azure::Cloud::China,
            },
            tenant: login.tenant.clone(),
            subscriptions: login.subscription.clone(),
            management_groups: login.management_group.clone(),
            source: login.credential.map(|source| match source {
                Credential::Environment => azure::Source::Environment,
                Credential::WorkloadIdentity => azure::Source::WorkloadIdentity,
                Credential::ManagedIdentity => azure::Source::ManagedIdentity,
                Credential::Cli => azure::Source::AzureCli,
                Credential::DeveloperCli => azure::Source::AzureDeveloperCli,
            }),
            client_id: login.client_id.clone(),
            client_secret: login.simulated_secret.clone(),
            simulator: login.simulator.clone(),
            // In the demo there is no other client to share the quota with.
            unpaced: login.simulated_secret.is_some(),
            ..azure::Tenant::default()
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(super) fn mark(&self) -> String {
        let login = &self.login;
        let images = match self.beside.images {
            true => format!(" {:?}", self.beside),
            false => String::new(),
        };
        let Login { tenant, subscription, management_group, .. } = login;
        format!("{tenant:?} {subscription:?} {management_group:?}{images}")
    }
}

/// Whether a scope of an interrupted audit need not be read again. What a tenant has above its subscriptions is found while
/// they are read, so that all of it is read again.
pub(super) fn is_whole(_: &Scope) -> bool {
    false
}

/// Why Azure cannot be audited.
pub(super) fn failure(what: String, error: Error) -> Failure {
    match error {
        Error::Login(error) => {
            let mut failure = Failure::tool(what).cause(&error);
            if let LoginError::Credentials { tried, .. } = &error {
                for attempt in tried {
                    failure = failure.cause(attempt);
                }
            }
            failure.help(error.help())
        }
        Error::Collect(CollectError::NoSuchSubscription { name, known }) => {
            let mut failure =
                Failure::usage(format!("these credentials cannot see a subscription `{name}`"));
            let names = known.iter().flat_map(|(id, name)| [id.as_str(), name.as_str()]);
            if let Some(guess) = did_you_mean(&nearest(&name, names)) {
                failure = failure.help(guess);
            }
            failure
        }
        Error::Collect(CollectError::Refused(gap)) => Failure::tool("cannot list subscriptions")
            .gap(&gap)
            .help("assign the Reader role to the identity on at least one subscription"),
        Error::Collect(_) => Failure::tool(what),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Permissions {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Output format.
    #[arg(long, value_enum, default_value_t = PermissionsFormat::Role, value_name = "FORMAT")]
    format: PermissionsFormat,
    /// Print what an audit of the subscriptions below a management group needs, as with
    /// `posture audit azure --management-group`: it also lists what is below the group.
    #[arg(long)]
    management_group: bool,
    /// Print what `posture audit azure --images` needs as well: it lists the repositories of registries and pulls images.
    #[arg(long)]
    images: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsFormat {
    /// Azure custom role, ready for `az role definition create`.
    Role,
    /// Microsoft Graph application permissions, each with its purpose.
    Graph,
    /// Terraform configuration of both.
    Terraform,
}

impl Permissions {
    /// The least that an audit by these controls needs, from the table of actions.
    pub(super) fn text(&self, wanted: &Wanted) -> String {
        let mut needed = posture_azure::action::permissions(wanted);
        if self.management_group {
            needed.actions.push(LIST_DESCENDANTS);
        }
        if self.images {
            needed.actions.extend(posture_azure::registries::PERMISSIONS);
        }
        needed.actions.sort_unstable();
        needed.actions.dedup();
        match self.format {
            PermissionsFormat::Role => pretty(&role(&needed.actions)),
            PermissionsFormat::Graph => pretty(&graph(&needed.graph)),
            PermissionsFormat::Terraform => terraform(&needed.actions, &needed.graph),
        }
    }
}

/// A [custom role](https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles). Where it may be
/// given is for the reader to fill in: a management group covers the subscriptions of tomorrow as well.
fn role(actions: &[&str]) -> Value {
    json!({
        "Name": "posture audit",
        "IsCustom": true,
        "Description": "Lets posture read configuration. It cannot change anything or read stored data.",
        "Actions": actions,
        "NotActions": [],
        "DataActions": [],
        "NotDataActions": [],
        "AssignableScopes": ["/providers/Microsoft.Management/managementGroups/<management-group>"]
    })
}

/// The application permissions, each with the paths that take it.
fn graph(permissions: &[(&'static str, Vec<&'static str>)]) -> Value {
    let one = |(permission, paths): &(&str, Vec<&str>)| json!({ "permission": permission, "type": "Application", "reads": paths });
    json!({
        "resourceAppId": GRAPH_APPLICATION,
        "permissions": permissions.iter().map(one).collect::<Vec<_>>()
    })
}

/// The id of [Microsoft Graph](https://learn.microsoft.com/en-us/graph/permissions-reference) in every tenant.
const GRAPH_APPLICATION: &str = "00000003-0000-0000-c000-000000000000";

fn terraform(actions: &[&str], permissions: &[(&'static str, Vec<&'static str>)]) -> String {
    let actions: Vec<String> = actions.iter().map(|action| format!("      {action:?},")).collect();
    let names: Vec<String> =
        permissions.iter().map(|(permission, _)| format!("    {permission:?},")).collect();
    format!(
        r#"# Role and permissions for posture to read a tenant. They cannot change anything or read stored data.
variable "management_group_id" {{
  description = "ID of the management group whose subscriptions are read"
  type        = string
}}

variable "principal_object_id" {{
  description = "Object ID of the service principal that posture uses"
  type        = string
}}

resource "azurerm_role_definition" "posture_audit" {{
  name  = "posture audit"
  scope = var.management_group_id
  permissions {{
    actions = [
{}
    ]
  }}
}}

resource "azurerm_role_assignment" "posture_audit" {{
  scope              = var.management_group_id
  role_definition_id = azurerm_role_definition.posture_audit.role_definition_resource_id
  principal_id       = var.principal_object_id
}}

data "azuread_service_principal" "graph" {{
  client_id = "{GRAPH_APPLICATION}"
}}

resource "azuread_app_role_assignment" "posture_audit" {{
  for_each = toset([
{}
  ])
  app_role_id         = data.azuread_service_principal.graph.app_role_ids[each.value]
  principal_object_id = var.principal_object_id
  resource_object_id  = data.azuread_service_principal.graph.object_id
}}"#,
        actions.join("\n"),
        names.join("\n")
    )
}

#[derive(Debug, Args)]
pub(crate) struct Sim {
    /// Scenario file with the tenant, in TOML or JSON.
    #[arg(long, value_name = "FILE", required_unless_present = "generate")]
    scenario: Option<PathBuf>,
    /// Generate a tenant with this many subscriptions, and this many storage accounts in each,
    /// such as 1000x20.
    #[arg(long, value_name = "SUBSCRIPTIONSxACCOUNTS", conflicts_with = "scenario", value_parser = size)]
    generate: Option<(usize, usize)>,
    /// Port to listen on [default: any free port].
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

/// Parses a number of subscriptions and a number of storage accounts.
fn size(text: &str) -> std::result::Result<(usize, usize), String> {
    let sizes = text.split_once('x').and_then(|(subscriptions, accounts)| {
        Some((subscriptions.parse().ok()?, accounts.parse().ok()?))
    });
    let sizes = sizes.ok_or("expected two numbers separated by x, such as 1000x20")?;
    // More would not fit into memory.
    if sizes.0 > 100_000 || sizes.1 > 100_000 || sizes.0 * sizes.1 > 1_000_000 {
        return Err("expected at most 100,000 subscriptions, 100,000 accounts each and a million accounts in all".to_owned());
    }
    Ok(sizes)
}

impl Sim {
    /// Serves a tenant until it is stopped.
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut tenant = match (self.scenario, self.generate) {
            (Some(path), _) => {
                Scenario::parse(&read(&path)?).map_err(|error| cannot_serve(&path, &error))?
            }
            (None, size) => {
                let (subscriptions, accounts) = size.unwrap_or_default();
                simulated::generate(subscriptions, accounts)
            }
        };
        serve(async {
            tenant.unlogged = true;
            let (id, client) = (tenant.tenant.clone(), tenant.client.clone());
            let cloud = tenant.cloud.clone();
            let server = Server::start(tenant, self.port).await.map_err(cannot_listen)?;
            show(|out| {
                writeln!(out, "Simulating Azure at {}. Audit it with:", server.url())?;
                writeln!(out)?;
                writeln!(out, "  AZURE_TENANT_ID={id} \\")?;
                writeln!(out, "  AZURE_CLIENT_ID={} \\", client.id)?;
                writeln!(out, "  AZURE_CLIENT_SECRET={} \\", client.secret)?;
                write!(out, "  posture audit azure --simulator {}", server.url())?;
                if cloud != "public" {
                    write!(out, " --cloud {cloud}")?;
                }
                writeln!(out)
            })?;
            server.join().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

const TENANT: &str = include_str!("../../../examples/tenant.toml");

/// The tenant of two subscriptions that `posture demo` audits, with good and bad in them.
pub(super) struct Demo {
    server: Server,
    tenant: String,
    client: Client,
}

impl Demo {
    /// Starts the simulator within the current runtime.
    pub(super) async fn start() -> std::result::Result<Self, String> {
        let mut scenario = Scenario::parse(TENANT).map_err(|error| error.to_string())?;
        scenario.impatient = true;
        let (tenant, client) = (scenario.tenant.clone(), scenario.client.clone());
        let server = Server::start(scenario, None).await.map_err(|error| error.to_string())?;
        Ok(Self { server, tenant, client })
    }

    pub(super) fn tenant(&self) -> Tenant {
        let login = Login {
            tenant: Some(self.tenant.clone()),
            credential: Some(Credential::Environment),
            client_id: Some(self.client.id.clone()),
            simulator: Some(self.server.url()),
            simulated_secret: Some(ClientSecret(self.client.secret.clone())),
            ..Login::default()
        };
        Tenant { login, ..Tenant::default() }
    }
}
