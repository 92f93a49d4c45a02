//! What the command knows about AWS: its arguments, its targets in `posture.toml`, permissions, simulator and errors.

pub(super) mod found;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, ValueEnum};
use posture::aws::{self, CollectError, Error, LoginError, Simulator};
use posture::image;
use posture_aws::action::{
    ASSUME_ROLE, IDENTITY_ACTIONS, LIST_ACCOUNTS, LIST_REGIONS, wanted_actions,
};
use posture_aws::registries;
use posture_core::gap::Reason;
use posture_core::scope::Scope;
use posture_core::suggest::nearest;
use posture_core::wanted::Wanted;
use posture_sim::aws::{self as simulated, World};
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
    regions: Regions,
    #[command(flatten)]
    beside: Beside,
    #[command(flatten)]
    newest: Newest,
    #[command(flatten)]
    pub(crate) common: Common,
}

impl Audit {
    /// The options that say what is read; none where one of them is a secret that the environment does not hold.
    pub(super) fn typed(&self, command: Words) -> Option<Words> {
        let Login {
            profile,
            role_arn,
            external_id,
            organization,
            role_name,
            exclude_account,
            allow_endpoint,
            simulator: _,
        } = &self.login;
        if external_id.is_some() && *external_id != std::env::var(EXTERNAL_ID).ok() {
            return None;
        }
        let words = command
            .each("profile", profile)
            .each("role-arn", role_arn)
            .flag("organization", *organization)
            .each("role-name", Some(role_name).filter(|name| *name != MEMBER_ROLE))
            .each("exclude-account", exclude_account)
            .each("allow-endpoint", allow_endpoint)
            .each("region", &self.regions.region)
            .each("exclude-region", &self.regions.exclude_region);
        Some(self.images().typed(words))
    }

    fn images(&self) -> Beside {
        self.beside.of_newest(&self.newest)
    }

    /// What to audit, if the configuration names these regions.
    pub(super) fn accounts(&self, regions: &[String], exclude_regions: &[String]) -> Accounts {
        let given = |first: &[String], second: &[String]| {
            if first.is_empty() { second.to_vec() } else { first.to_vec() }
        };
        Accounts {
            login: self.login.clone(),
            regions: given(&self.regions.region, regions),
            exclude_regions: given(&self.regions.exclude_region, exclude_regions),
            beside: self.images(),
        }
    }
}

/// Which accounts are read, and with which credentials.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(next_help_heading = "Accounts and credentials")]
pub(crate) struct Login {
    /// A profile of the shared AWS configuration, which goes before keys in the environment; may be repeated, one account
    /// each.
    #[arg(short, long, value_name = "NAME")]
    pub(crate) profile: Vec<String>,
    /// Role to assume; repeatable, one account each.
    #[arg(long, value_name = "ARN")]
    pub(crate) role_arn: Vec<String>,
    /// External ID that the role's trust policy requires.
    #[arg(long, value_name = "ID", env = EXTERNAL_ID, hide_env_values = true)]
    pub(crate) external_id: Option<String>,
    /// Read every account of the organization, by assuming the role of --role-name in each.
    #[arg(long, conflicts_with = "role_arn")]
    pub(crate) organization: bool,
    /// Role to assume in each account of the organization.
    #[arg(long, value_name = "NAME", default_value = MEMBER_ROLE)]
    pub(crate) role_name: String,
    /// Skip this account, for instance one of the organization that another team owns; repeatable.
    #[arg(long, value_name = "ID", value_parser = account)]
    pub(crate) exclude_account: Vec<String>,
    /// Host outside AWS that signed requests may be sent to, such as a private gateway; repeatable.
    #[arg(long, value_name = "HOST")]
    pub(crate) allow_endpoint: Vec<String>,
    /// A simulator that is called instead of AWS.
    #[arg(skip)]
    pub(crate) simulator: Option<Simulator>,
}

/// The variable that may hold the external ID of a role.
const EXTERNAL_ID: &str = "POSTURE_EXTERNAL_ID";

/// The role that AWS Organizations creates in new member accounts.
const MEMBER_ROLE: &str = "OrganizationAccountAccessRole";

/// Parses an account ID.
fn account(text: &str) -> std::result::Result<String, String> {
    let text = text.trim();
    match text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        true => Ok(text.to_owned()),
        false => Err("expected a 12-digit account ID".to_owned()),
    }
}

impl Default for Login {
    fn default() -> Self {
        Self {
            profile: Vec::new(),
            role_arn: Vec::new(),
            external_id: None,
            organization: false,
            role_name: MEMBER_ROLE.to_owned(),
            exclude_account: Vec::new(),
            allow_endpoint: Vec::new(),
            simulator: None,
        }
    }
}

/// Which regions are read.
#[derive(Debug, Args)]
#[command(next_help_heading = "Accounts and credentials")]
pub(crate) struct Regions {
    /// Read only this region; repeatable.
    #[arg(long, value_name = "REGION")]
    pub(crate) region: Vec<String>,
    /// Skip this region; repeatable.
    #[arg(long, value_name = "REGION")]
    pub(crate) exclude_region: Vec<String>,
}

/// Accounts of AWS.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Accounts {
    pub(crate) login: Login,
    pub(crate) regions: Vec<String>,
    pub(crate) exclude_regions: Vec<String>,
    pub(crate) beside: Beside,
}

impl Accounts {
    /// Reads a `[[target]]` of `posture.toml`.
    pub(super) fn read(reader: &mut Reader<'_>, table: &Table<'_>) -> Self {
        const KEYS: &[&str] = &[
            "name",
            "provider",
            "profile",
            "role-arn",
            "external-id",
            "organization",
            "role-name",
            "exclude-accounts",
            "regions",
            "exclude-regions",
            "newest-images",
        ];
        let mut accounts = Self::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            let login = &mut accounts.login;
            match name {
                "name" | "provider" => {}
                "profile" => login.profile.extend(reader.owned(name, item)),
                "role-arn" => login.role_arn.extend(reader.owned(name, item)),
                "external-id" => login.external_id = reader.owned(name, item),
                "organization" => match item.get_ref().as_bool() {
                    Some(all) => login.organization = all,
                    None => reader.expected(item, name, "true or false"),
                },
                "role-name" => {
                    if let Some(role) = reader.owned(name, item) {
                        login.role_name = role;
                    }
                }
                "exclude-accounts" => {
                    for id in reader.texts(name, item) {
                        match account(&id) {
                            Ok(id) => accounts.login.exclude_account.push(id),
                            Err(expected) => {
                                let what = format!("`{name}`: `{id}`: {expected}");
                                reader.mistake(item.span().start, what);
                            }
                        }
                    }
                }
                "regions" => accounts.regions = reader.texts(name, item),
                "exclude-regions" => accounts.exclude_regions = reader.texts(name, item),
                "newest-images" => {
                    accounts.beside.newest = reader.count(name, item, "a number of images", 1);
                }
                _ if accounts.beside.read(reader, name, item) => {}
                _ => {
                    let known = [KEYS, Beside::KEYS].concat();
                    reader.unknown(key.span().start, "setting", name, &known);
                }
            }
        }
        accounts.beside.check(reader, table.get("provider").map_or(0, |item| item.span().start));
        accounts
    }

    /// How the images of the registries of the accounts are read, if they are. The registries return what they are read with.
    pub(super) fn images(&self) -> Option<image::Beside> {
        self.beside.to_read(true)
    }

    pub(super) fn to_read(&self) -> aws::Accounts {
        let login = &self.login;
        aws::Accounts {
            profiles: login.profile.clone(),
            roles: login.role_arn.clone(),
            external_id: login.external_id.clone(),
            organization: login.organization.then(|| login.role_name.clone()),
            excluded_accounts: login.exclude_account.clone(),
            regions: self.regions.clone(),
            excluded_regions: self.exclude_regions.clone(),
            allowed_hosts: login.allow_endpoint.clone(),
            simulator: login.simulator.clone(),
            ..aws::Accounts::default()
        }
    }

    /// What the target is, so that no audit resumes the snapshot of another.
    pub(super) fn mark(&self) -> String {
        let Self { login, regions, exclude_regions, beside } = self;
        let images = if beside.images { format!(" {beside:?}") } else { String::new() };
        let Login { profile, role_arn, organization, role_name, .. } = login;
        let exclude = &login.exclude_account;
        format!(
            "{profile:?} {role_arn:?} {organization} {role_name} {exclude:?} {regions:?} {exclude_regions:?}{images}"
        )
    }
}

/// Whether an account of an interrupted audit need not be read again: what was refused or stopped is tried once more.
pub(super) fn is_whole(scope: &Scope) -> bool {
    let stopped = scope.gaps.iter().any(|gap| gap.reason == Reason::Canceled);
    !scope.calls.is_empty() && !stopped
}

/// Why AWS cannot be audited.
pub(super) fn failure(what: String, error: Error) -> Failure {
    match error {
        Error::Login(error) => {
            let mut failure = match &error {
                LoginError::UnknownProfile { explicit: true, .. } => Failure::usage(what),
                _ => Failure::tool(what),
            };
            failure = failure.cause(&error);
            if let Some(why) = error.why() {
                failure = failure.cause(why);
            }
            failure.help(error.help())
        }
        Error::Organization(gap) => Failure::tool(what).gap(&gap)
            .help("use credentials of the organization's management account or of a delegated administrator"),
        Error::Collect(CollectError::NoSuchRegion { name, known }) => {
            let mut failure = Failure::usage(format!("this account has no region `{name}`"));
            if let Some(guess) = did_you_mean(&nearest(&name, known.iter().map(String::as_str))) {
                failure = failure.help(guess);
            }
            failure.help(format!("available: {}", known.join(", ")))
        }
        Error::Collect(_) => Failure::tool(what),
    }
}

#[derive(Debug, Args)]
pub(crate) struct Permissions {
    #[command(flatten)]
    pub(crate) selection: Selection,
    /// Output format.
    #[arg(long, value_enum, default_value_t = PermissionsFormat::Policy, value_name = "FORMAT")]
    format: PermissionsFormat,
    /// Print what the identity needs that runs `posture audit aws --organization`: it also lists the accounts, and assumes
    /// the role of --role-name in each. That role needs what is printed without this option.
    #[arg(long, conflicts_with = "role_arn")]
    organization: bool,
    /// Role to assume in each account of the organization.
    #[arg(long, value_name = "NAME", default_value = MEMBER_ROLE, requires = "organization")]
    role_name: String,
    /// Print what the identity needs that assumes this role, as with `posture audit aws --role-arn` or a profile with a
    /// `role_arn`; repeatable. The role needs what is printed without this option.
    #[arg(long, value_name = "ARN")]
    role_arn: Vec<String>,
    /// Print what `posture audit aws --images` needs as well: it lists the repositories of registries and pulls images.
    #[arg(long, conflicts_with = "role_arn")]
    images: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum PermissionsFormat {
    /// IAM policy.
    Policy,
    /// CloudFormation template of a role with that policy.
    Cloudformation,
    /// Terraform configuration of that role.
    Terraform,
}

impl Permissions {
    /// The least that an audit by these controls needs, from the table of actions.
    pub(super) fn text(&self, wanted: &Wanted) -> String {
        let mut actions: Vec<&str> = IDENTITY_ACTIONS.to_vec();
        // What is read with a role is read by the role alone.
        if self.role_arn.is_empty() {
            actions.extend(wanted_actions(wanted).iter().map(|action| action.name));
            actions.push(LIST_REGIONS);
        }
        if self.organization {
            actions.push(LIST_ACCOUNTS);
        }
        if self.images {
            actions.extend(registries::ACTIONS.iter().chain(registries::PULL));
        }
        actions.sort_unstable();
        actions.dedup();
        match self.format {
            PermissionsFormat::Policy => {
                let roles: Vec<Value> = self.roles("aws").into_iter().map(Value::from).collect();
                pretty(&policy(&actions, &roles))
            }
            PermissionsFormat::Cloudformation => {
                let roles = self.roles("${AWS::Partition}").into_iter();
                let roles: Vec<Value> = roles.map(|role| json!({ "Fn::Sub": role })).collect();
                pretty(&cloudformation(&actions, &roles))
            }
            PermissionsFormat::Terraform => {
                let partition = "${data.aws_partition.current.partition}";
                terraform(&actions, &self.roles(partition), self.organization)
            }
        }
    }

    /// The ARNs of the roles that are assumed; those of an organization are in every account of a partition.
    fn roles(&self, partition: &str) -> Vec<String> {
        match self.organization {
            true => vec![format!("arn:{partition}:iam::*:role/{}", self.role_name)],
            false => self.role_arn.clone(),
        }
    }
}

/// Listing and describing cannot be narrowed to resources that are not known yet, so that the resource is `*`.
fn policy(actions: &[&str], roles: &[Value]) -> Value {
    let mut statements = vec![
        json!({ "Sid": "PostureAudit", "Effect": "Allow", "Action": actions, "Resource": "*" }),
    ];
    if !roles.is_empty() {
        statements.push(json!({
            "Sid": "PostureAssumeRole", "Effect": "Allow", "Action": ASSUME_ROLE, "Resource": roles
        }));
    }
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn cloudformation(actions: &[&str], roles: &[Value]) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Role for posture to read this account. It cannot change anything or read stored data.",
        "Parameters": {
            "TrustedPrincipal": { "Type": "String", "Description": "ARN of the principal that may assume the role" },
            "ExternalId": { "Type": "String", "NoEcho": true, "MinLength": 16, "Description": "External ID that the principal must pass" }
        },
        "Resources": {
            "PostureAudit": {
                "Type": "AWS::IAM::Role",
                "Properties": {
                    "RoleName": "PostureAudit",
                    "AssumeRolePolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [{
                            "Effect": "Allow",
                            "Principal": { "AWS": { "Ref": "TrustedPrincipal" } },
                            "Action": "sts:AssumeRole",
                            "Condition": { "StringEquals": { "sts:ExternalId": { "Ref": "ExternalId" } } }
                        }]
                    },
                    "Policies": [{ "PolicyName": "PostureAudit", "PolicyDocument": policy(actions, roles) }]
                }
            }
        },
        "Outputs": { "RoleArn": { "Value": { "Fn::GetAtt": ["PostureAudit", "Arn"] } } }
    })
}

fn terraform(actions: &[&str], roles: &[String], organization: bool) -> String {
    let listed = |all: &mut dyn Iterator<Item = &str>| {
        all.map(|one| format!("      \"{one}\",")).collect::<Vec<_>>().join("\n")
    };
    let actions = listed(&mut actions.iter().copied());
    let partition = if organization { "data \"aws_partition\" \"current\" {}\n\n" } else { "" };
    let assume = match roles {
        [] => String::new(),
        roles => format!(
            r#"
  statement {{
    sid       = "PostureAssumeRole"
    actions   = ["{ASSUME_ROLE}"]
    resources = [
{}
    ]
  }}"#,
            listed(&mut roles.iter().map(String::as_str))
        ),
    };
    format!(
        r#"# Role for posture to read this account. It cannot change anything or read stored data.
variable "trusted_principal" {{
  description = "ARN of the principal that may assume the role"
  type        = string
}}

variable "external_id" {{
  description = "External ID that the principal must pass"
  type        = string
  sensitive   = true
}}

{partition}data "aws_iam_policy_document" "posture_trust" {{
  statement {{
    actions = ["sts:AssumeRole"]
    principals {{
      type        = "AWS"
      identifiers = [var.trusted_principal]
    }}
    condition {{
      test     = "StringEquals"
      variable = "sts:ExternalId"
      values   = [var.external_id]
    }}
  }}
}}

data "aws_iam_policy_document" "posture_audit" {{
  statement {{
    sid       = "PostureAudit"
    resources = ["*"]
    actions = [
{actions}
    ]
  }}{assume}
}}

resource "aws_iam_role" "posture_audit" {{
  name               = "PostureAudit"
  assume_role_policy = data.aws_iam_policy_document.posture_trust.json
}}

resource "aws_iam_role_policy" "posture_audit" {{
  name   = "PostureAudit"
  role   = aws_iam_role.posture_audit.id
  policy = data.aws_iam_policy_document.posture_audit.json
}}"#
    )
}

#[derive(Debug, Args)]
pub(crate) struct Sim {
    /// Scenario file with the accounts, in TOML or JSON.
    #[arg(long, value_name = "FILE", required_unless_present = "generate")]
    scenario: Option<PathBuf>,
    /// Generate this many accounts, with this many users and buckets each, such as 1000x20x20.
    /// Several accounts form an organization, whose management account is the first.
    #[arg(long, value_name = "ACCOUNTSxUSERSxBUCKETS", conflicts_with = "scenario", value_parser = size)]
    generate: Option<simulated::Size>,
    /// Number of regions in each generated account.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=17), requires = "generate")]
    regions: u8,
    /// Latency of each response, in milliseconds.
    #[arg(long, value_name = "MS", default_value_t = 0)]
    latency: u64,
    /// Port to listen on [default: any free port].
    #[arg(long, value_name = "PORT")]
    port: Option<u16>,
}

/// Parses the size of generated accounts.
fn size(text: &str) -> std::result::Result<simulated::Size, String> {
    let numbers: Option<Vec<usize>> = text.split('x').map(|n| n.parse().ok()).collect();
    let Some([accounts, users, buckets]) = numbers.as_deref() else {
        return Err("expected three numbers separated by x, such as 1000x20x20".to_owned());
    };
    let (accounts, users, buckets) = (*accounts, *users, *buckets);
    // More would not fit into memory.
    let most = |n: usize| n <= 1_000_000 / accounts.clamp(1, 1_000_000);
    if accounts == 0 || accounts > 100_000 || !most(users) || !most(buckets) {
        return Err(
            "expected 1 to 100,000 accounts, and at most a million users or buckets in all"
                .to_owned(),
        );
    }
    Ok(simulated::Size { accounts, users, buckets, ..simulated::Size::default() })
}

impl Sim {
    /// Serves accounts until it is stopped.
    pub(super) fn run(self) -> Result<ExitCode> {
        let mut world = match (self.scenario, self.generate) {
            (Some(path), _) => {
                World::parse(&read(&path)?).map_err(|error| cannot_serve(&path, &error))?
            }
            (None, size) => {
                let regions = usize::from(self.regions);
                simulated::generate(simulated::Size { regions, ..size.unwrap_or_default() })
            }
        };
        world.latency.ms += self.latency;
        let key = world.accounts.first().map(simulated::Account::key);
        let key = key.ok_or_else(|| Failure::usage("the scenario has no accounts"))?;
        let organization = world.organization.is_some();
        // The log is not needed.
        world.unlogged = true;
        serve(async {
            let server = simulated::Server::start(world, self.port).await.map_err(cannot_listen)?;
            show(|out| {
                writeln!(out, "Simulating AWS at {}. Audit it with:", server.url())?;
                writeln!(out)?;
                writeln!(out, "  AWS_ENDPOINT_URL={} \\", server.url())?;
                writeln!(out, "  AWS_ACCESS_KEY_ID={key} \\")?;
                writeln!(out, "  AWS_SECRET_ACCESS_KEY=simulated AWS_REGION=us-east-1 \\")?;
                let members = if organization { " --organization" } else { "" };
                writeln!(out, "  posture audit aws{members}")
            })?;
            server.join().await;
            Ok(ExitCode::SUCCESS)
        })
    }
}

const ORGANIZATION: &str = include_str!("../../../examples/organization.toml");

/// The organization of three accounts that `posture demo` audits, with good and bad in them.
pub(super) struct Demo {
    server: simulated::Server,
    key: String,
}

impl Demo {
    /// Starts the simulator within the current runtime. The API server at this address is that of its cluster.
    pub(super) async fn start(api_server: &str) -> std::result::Result<Self, String> {
        let mut world = World::parse(ORGANIZATION).map_err(|error| error.to_string())?;
        for cluster in world.accounts.iter_mut().flat_map(|one| &mut one.eks_clusters) {
            cluster.body.insert("endpoint".to_owned(), api_server.into());
        }
        let key = world.accounts.first().map(simulated::Account::key).unwrap_or_default();
        let server = simulated::Server::start(world, None).await;
        Ok(Self { server: server.map_err(|error| error.to_string())?, key })
    }

    pub(super) fn accounts(&self) -> Accounts {
        let login = Login {
            organization: true,
            simulator: Some(Simulator {
                url: self.server.url(),
                key: self.key.clone(),
                secret: "simulated".to_owned(),
            }),
            ..Login::default()
        };
        Accounts { login, ..Accounts::default() }
    }
}
