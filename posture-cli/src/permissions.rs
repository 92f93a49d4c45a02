//! `posture permissions`: the least that an audit needs, from the table of actions.

use std::io::Write;

use posture_aws::action::{IDENTITY_ACTIONS, LIST_REGIONS, wanted_actions};
use posture_core::control::Control;
use posture_core::exception;
use posture_core::provider::Provider;
use posture_core::wanted::{self, Wanted};
use serde_json::{Value, json};

use crate::args::{AzurePermissionsFormat, PermissionsFormat, Selection};
use crate::config::{self, Config};
use crate::error::Result;
use crate::output::put;
use crate::select::select;

pub(crate) fn aws(
    selection: &Selection,
    format: PermissionsFormat,
    out: &mut dyn Write,
) -> Result<()> {
    let config = config::load_for(selection)?;
    let selected = select(selection, &config)?;
    let wanted = needed(&config, &selected.controls, Provider::Aws);
    let mut actions: Vec<&str> = wanted_actions(&wanted).iter().map(|action| action.name).collect();
    actions.push(LIST_REGIONS);
    actions.extend(IDENTITY_ACTIONS);
    actions.sort_unstable();
    actions.dedup();
    let text = match format {
        PermissionsFormat::Policy => pretty(&policy(&actions)),
        PermissionsFormat::Cloudformation => pretty(&cloudformation(&actions)),
        PermissionsFormat::Terraform => terraform(&actions),
    };
    put(out, |out| writeln!(out, "{text}"))
}

pub(crate) fn azure(
    selection: &Selection,
    format: AzurePermissionsFormat,
    out: &mut dyn Write,
) -> Result<()> {
    let config = config::load_for(selection)?;
    let selected = select(selection, &config)?;
    let wanted = needed(&config, &selected.controls, Provider::Azure);
    let needed = posture_azure::action::permissions(&wanted);
    let text = match format {
        AzurePermissionsFormat::Role => pretty(&role(&needed.actions)),
        AzurePermissionsFormat::Graph => pretty(&graph(&needed.graph)),
        AzurePermissionsFormat::Terraform => azure_terraform(&needed.actions, &needed.graph),
    };
    put(out, |out| writeln!(out, "{text}"))
}

/// What the controls read, and the tags that the exceptions are told by.
fn needed(config: &Config, controls: &[&'static Control], provider: Provider) -> Wanted {
    wanted::by(controls, provider).and(&exception::tags_of(&config.exceptions, controls, provider))
}

/// A [custom role](https://learn.microsoft.com/en-us/azure/role-based-access-control/custom-roles). Where it may be
/// given is for the reader to fill in: a management group covers the subscriptions of tomorrow as well.
fn role(actions: &[&str]) -> Value {
    json!({
        "Name": "posture audit",
        "IsCustom": true,
        "Description": "Lets posture read configuration. It can change nothing and reads no stored data.",
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

fn azure_terraform(actions: &[&str], permissions: &[(&'static str, Vec<&'static str>)]) -> String {
    let actions: Vec<String> = actions.iter().map(|action| format!("      {action:?},")).collect();
    let names: Vec<String> =
        permissions.iter().map(|(permission, _)| format!("    {permission:?},")).collect();
    format!(
        r#"# A role and permissions with which posture reads a tenant. They can change nothing and read no stored data.
variable "management_group_id" {{
  description = "The id of the management group whose subscriptions are read"
  type        = string
}}

variable "principal_object_id" {{
  description = "The object id of the service principal that reads"
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

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// Listing and describing cannot be narrowed to resources that are not known yet, so that the resource is `*`.
fn policy(actions: &[&str]) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{ "Sid": "PostureAudit", "Effect": "Allow", "Action": actions, "Resource": "*" }]
    })
}

fn cloudformation(actions: &[&str]) -> Value {
    json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "A role with which posture reads this account. It can change nothing and reads no stored data.",
        "Parameters": {
            "TrustedPrincipal": { "Type": "String", "Description": "The ARN that may take on the role" },
            "ExternalId": { "Type": "String", "NoEcho": true, "MinLength": 16, "Description": "What it has to know" }
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
                    "Policies": [{ "PolicyName": "PostureAudit", "PolicyDocument": policy(actions) }]
                }
            }
        },
        "Outputs": { "RoleArn": { "Value": { "Fn::GetAtt": ["PostureAudit", "Arn"] } } }
    })
}

fn terraform(actions: &[&str]) -> String {
    let actions: Vec<String> = actions.iter().map(|action| format!("      {action:?},")).collect();
    format!(
        r#"# A role with which posture reads this account. It can change nothing and reads no stored data.
variable "trusted_principal" {{
  description = "The ARN that may take on the role"
  type        = string
}}

variable "external_id" {{
  description = "What it has to know"
  type        = string
  sensitive   = true
}}

data "aws_iam_policy_document" "posture_trust" {{
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
{}
    ]
  }}
}}

resource "aws_iam_role" "posture_audit" {{
  name               = "PostureAudit"
  assume_role_policy = data.aws_iam_policy_document.posture_trust.json
}}

resource "aws_iam_role_policy" "posture_audit" {{
  name   = "PostureAudit"
  role   = aws_iam_role.posture_audit.id
  policy = data.aws_iam_policy_document.posture_audit.json
}}"#,
        actions.join("\n")
    )
}
