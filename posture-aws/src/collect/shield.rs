//! Shield: whether the account has Shield Advanced, and what that protects.

use posture_model::fact::{Fact, Known};
use posture_model::part::Part;
use posture_model::resource::Account;

use super::context::Audit;
use crate::entry::{Action, Holds, Per};
use crate::wire::services::SHIELD;
use crate::wire::{Operation, answers, words};

pub(crate) const SUBSCRIPTION: Action = Action {
    name: "shield:GetSubscriptionState",
    per: Per::ONCE,
    own: Holds::all(&["@SubscriptionState"]),
    lists: &[],
    fills: &[Account::FLOOD_PROTECTED],
    command: "aws shield get-subscription-state --region us-east-1",
};

pub(crate) const PROTECTIONS: Action = Action {
    name: "shield:ListProtections",
    // Only with a subscription.
    per: Per::UNFORESEEN,
    own: Holds::all(&["Protections"]),
    lists: &[],
    fills: &[Account::FLOOD_PROTECTED],
    command: "aws shield list-protections --region us-east-1",
};

words! {
    SubscriptionState {
        Active = "ACTIVE",
        Inactive = "INACTIVE",
    }
}

answers! {
    GetSubscriptionState {
        state: "SubscriptionState" required word(SubscriptionState),
    }

    ListProtections {
        protections: "Protections" optional records(Protection),
    }

    Protection {
        of: "ResourceArn" optional text,
    }
}

pub(crate) static READ_SUBSCRIPTION: Operation<0, GetSubscriptionState<'_>> =
    Operation::new(&SHIELD, SUBSCRIPTION.name, "GetSubscriptionState");

pub(crate) static LIST_PROTECTIONS: Operation<0, ListProtections<'_>> =
    Operation::new(&SHIELD, PROTECTIONS.name, "ListProtections").pages("NextToken", "NextToken");

pub(super) async fn collect(audit: &Audit<'_>) -> Part {
    let protected = audit.observed("shield", "", protected(audit)).await;
    Part::account(|account| account.flood_protected(protected))
}

async fn protected(audit: &Audit<'_>) -> Fact<Option<Vec<String>>> {
    use SubscriptionState::{Active, Inactive, Other};
    if !audit.calls(&SUBSCRIPTION) {
        return Fact::not_collected();
    }
    let ask = audit.ask;
    let client = &audit.session.client(audit.session.home_region(), audit.meter);
    let state = match ask.read(client, &READ_SUBSCRIPTION, "", "", []).await {
        Ok(answer) => answer.read().state(),
        Err(refused) => return ask.unknown(refused.into_gap()),
    };
    match state {
        Inactive => return Known(None),
        Active => {}
        Other => return ask.unsupported(SUBSCRIPTION.name, "", "SubscriptionState"),
    }
    let (pages, refused) = ask.list(client, &LIST_PROTECTIONS, "", []).await;
    if let Some(refused) = refused {
        return ask.unknown(refused.into_gap());
    }
    let listed = pages.iter().flat_map(|page| page.read().protections());
    let all: Option<Vec<String>> =
        listed.map(|one| Some(one.of().filter(|arn| !arn.is_empty())?.to_owned())).collect();
    let Some(mut all) = all else {
        return ask.malformed(PROTECTIONS.name, "", "a protection names no resource");
    };
    all.sort();
    all.dedup();
    Known(Some(all))
}

#[cfg(test)]
mod tests;
