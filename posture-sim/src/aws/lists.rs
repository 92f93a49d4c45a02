//! What is only listed, page by page, as its service answers: a line for each such action, and no code.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::call::Call;
use super::server::Ask;
use super::services::document;
use super::wire::{Answer, Failure, Output};
use super::world::Item;

/// An action that lists, in a JSON protocol.
struct List {
    action: &'static str,
    /// The member of the answer that holds the list.
    member: &'static str,
    /// The members of an item that are a policy as text; a world may write it as an object.
    documents: &'static [&'static str],
    /// The member of the request that holds the token of the page before, and that of the answer which holds the next.
    tokens: (&'static str, &'static str),
    /// The member of the request that sets the page size, and its maximum.
    size: (&'static str, usize),
    /// The code of the error for a token that was not handed out.
    invalid: &'static str,
}

/// All of them.
static LISTS: &[List] = &[List {
    action: "logs:DescribeResourcePolicies",
    member: "resourcePolicies",
    documents: &["policyDocument"],
    tokens: ("nextToken", "nextToken"),
    size: ("limit", 50),
    invalid: "InvalidParameterException",
}];

/// Answers a call that only lists.
pub(super) fn answer(ask: &Ask<'_>) -> Option<Answer> {
    Some(of(ask.call)?.answer(ask))
}

fn of(call: &Call) -> Option<&'static List> {
    LISTS.iter().find(|list| list.action == call.action)
}

/// Reads what a world lists by action. An action that is not simulated so would list nothing.
pub(super) fn declared<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<BTreeMap<String, Vec<Item>>, D::Error> {
    let lists = BTreeMap::<String, Vec<Item>>::deserialize(reader)?;
    match lists.keys().find(|action| !LISTS.iter().any(|list| list.action == action.as_str())) {
        Some(unknown) => Err(D::Error::custom(format!("`{unknown}` is not an action of `lists`"))),
        None => Ok(lists),
    }
}

impl List {
    fn answer(&self, ask: &Ask<'_>) -> Answer {
        let all = ask.account.lists.get(self.action).map_or(&[][..], Vec::as_slice);
        let here = ask.here(all);
        let (member, most) = self.size;
        let size = ask.call.number(member).unwrap_or(most).clamp(1, most);
        let message = "The token of the page is invalid.";
        let invalid = || Failure::new(400, self.invalid, message);
        let (page, next) = ask.page(&here, ask.call.argument(self.tokens.0), size, &invalid)?;
        let items = page.iter().map(|item| self.item(&item.body));
        let mut members = Map::new();
        members.insert(self.member.to_owned(), items.collect());
        members.insert(self.tokens.1.to_owned(), next.into());
        Ok(Output::Members(Value::Object(members)))
    }

    fn item(&self, body: &Map<String, Value>) -> Value {
        let member = |(name, value): (&String, &Value)| {
            let text = self.documents.contains(&name.as_str());
            (name.clone(), if text { document(value).into() } else { value.clone() })
        };
        Value::Object(body.iter().map(member).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::super::world::World;

    #[test]
    fn only_what_is_simulated_so_is_listed() {
        let world = |action: &str| {
            let text = format!(
                "[[accounts]]\nid = \"1\"\n[[accounts.lists.\"{action}\"]]\nregion = \"x\""
            );
            World::parse(&text).map_err(|error| error.to_string())
        };
        let known = world("logs:DescribeResourcePolicies").unwrap();
        let listed = &known.accounts[0].lists["logs:DescribeResourcePolicies"];
        assert_eq!(listed[0].region(), "x");
        let unknown = world("logs:DescribeNothing").unwrap_err();
        assert!(unknown.contains("`logs:DescribeNothing`"), "{unknown}");
    }
}
