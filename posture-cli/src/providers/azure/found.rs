//! Which credentials for Azure are there, as far as environment and files show.

use std::path::PathBuf;

use serde_json::Value;

use crate::input;
use crate::output::counted;
use crate::overview::{Credentials, Machine};

/// What is found.
pub(crate) fn credentials(machine: &Machine) -> Credentials {
    let mut sources = Vec::new();
    if machine.has(&["AZURE_CLIENT_SECRET"]) {
        let missing: Vec<&str> = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID"]
            .into_iter()
            .filter(|name| !machine.has(&[name]))
            .collect();
        sources.push(match missing.is_empty() {
            true => "application in the environment".to_owned(),
            false => format!("AZURE_CLIENT_SECRET, without {}", missing.join(" and ")),
        });
    }
    if machine.has(&["AZURE_FEDERATED_TOKEN_FILE"]) {
        sources.push("workload identity of AZURE_FEDERATED_TOKEN_FILE".to_owned());
    }
    if machine.has(&["IDENTITY_ENDPOINT"]) {
        sources.push("managed identity of IDENTITY_ENDPOINT".to_owned());
    }
    if let Some(subscriptions) = signed_in(machine) {
        let count = counted(subscriptions, "subscription", "subscriptions");
        sources.push(format!("`az login`, with {count}"));
    }
    let next = match sources.is_empty() {
        true => (String::new(), "`az login` signs in"),
        false => ("posture audit azure".to_owned(), "the tenant and its subscriptions"),
    };
    Credentials { cloud: "Azure", sources, next }
}

/// How many subscriptions the Azure command line [remembers](https://learn.microsoft.com/en-us/cli/azure/manage-azure-subscriptions-azure-cli)
/// for the user who is signed in; none if no user is, or if the program is missing, as it issues the tokens.
fn signed_in(machine: &Machine) -> Option<usize> {
    let folder = machine.variable("AZURE_CONFIG_DIR").map(PathBuf::from);
    let folder = folder.or_else(|| machine.home(".azure"))?;
    let text = input::text(&folder.join("azureProfile.json"), input::WRITTEN).ok()?;
    let count = remembered(&text)?;
    machine.has_program("az").then_some(count)
}

/// The file begins with a byte order mark.
fn remembered(text: &str) -> Option<usize> {
    let profile: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
    Some(profile.get("subscriptions")?.as_array()?.len()).filter(|count| *count > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(variable: fn(&str) -> Option<String>) -> Credentials {
        credentials(&Machine::with(variable))
    }

    #[test]
    fn applications_and_identities_are_found_and_no_secret_is_shown() {
        assert_eq!(found(|_| None).sources, Vec::<String>::new());
        let all = |name: &str| {
            let all = ["AZURE_TENANT_ID", "AZURE_CLIENT_ID", "AZURE_CLIENT_SECRET"];
            all.contains(&name).then(|| "canary".to_owned())
        };
        assert_eq!(found(all).sources, ["application in the environment"]);
        assert!(!format!("{:?}", found(all)).contains("canary"));
        let half = |name: &str| (name == "AZURE_CLIENT_SECRET").then(|| "canary".to_owned());
        assert_eq!(
            found(half).sources,
            ["AZURE_CLIENT_SECRET, without AZURE_TENANT_ID and AZURE_CLIENT_ID"]
        );
        let token = |name: &str| (name == "AZURE_FEDERATED_TOKEN_FILE").then(|| "/t".to_owned());
        let workload = found(token);
        assert_eq!(workload.sources, ["workload identity of AZURE_FEDERATED_TOKEN_FILE"]);
        assert_eq!(workload.next.0, "posture audit azure");
    }

    #[test]
    fn the_file_of_the_command_line_may_make_no_sense() {
        let text = "\u{feff}{\"subscriptions\": [{\"id\": \"1\"}, {\"id\": \"2\"}]}";
        assert_eq!(remembered(text), Some(2));
        for odd in ["", "{}", "[]", "{\"subscriptions\": []}", "{\"subscriptions\": 3}", "\u{feff}"]
        {
            assert_eq!(remembered(odd), None, "{odd}");
        }
    }
}
