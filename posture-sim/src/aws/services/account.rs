//! Regions and contacts of an account.

use serde_json::{Value, json};

use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::{Answer, Failure, Output};
use crate::aws::world::{Account, HOME};

/// The regions of an account with their status.
pub(super) fn regions(account: &Account) -> Vec<(&str, &str)> {
    if account.regions.is_empty() {
        return vec![(HOME, "ENABLED_BY_DEFAULT")];
    }
    account.regions.iter().map(|(name, status)| (name.as_str(), status.as_str())).collect()
}

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    let missing =
        |what: &str| Failure::new(404, "ResourceNotFoundException", format!("There is no {what}."));
    let members = match ask.call.operation.as_str() {
        "ListRegions" => {
            let wanted = ask.call.list("RegionOptStatusContains");
            let fits = |status: &str| wanted.is_empty() || wanted.contains(&status);
            let all: Vec<Value> = regions(ask.account)
                .into_iter()
                .filter(|(_, status)| fits(status))
                .map(|(name, status)| json!({ "RegionName": name, "RegionOptStatus": status }))
                .collect();
            let size = ask.call.number("MaxResults").unwrap_or(50).clamp(1, 50);
            let invalid = || Failure::new(400, "ValidationException", "Invalid NextToken.");
            let (page, next) = ask.page(&all, ask.call.argument("NextToken"), size, &invalid)?;
            json!({ "Regions": page, "NextToken": next })
        }
        "GetContactInformation" => {
            let contact = ask.account.contact.as_ref();
            json!({ "ContactInformation": contact.ok_or_else(|| missing("contact information"))? })
        }
        "GetAlternateContact" => {
            let contact = ask.account.security_contact.as_ref();
            let contact =
                contact.filter(|_| ask.call.argument("AlternateContactType") == "SECURITY");
            json!({ "AlternateContact": contact.ok_or_else(|| missing("such contact"))? })
        }
        _ => return Err(unknown_operation(ask.call)),
    };
    Ok(Output::Members(members))
}
