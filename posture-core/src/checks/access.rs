//! Who has access from outside.

use crate::entries::Entries;
use crate::fact::{Fact, Gap, Known, NotOffered};
use crate::resource::Organization;

/// How a list of accounts names what is open to everyone.
pub(crate) const EVERYONE: &str = "everyone";

/// The accounts that are not among those that are trusted. An organization or a canonical user is trusted by its id;
/// everyone never is.
pub(crate) fn untrusted(accounts: &Entries, trusted: &[&str]) -> Entries {
    accounts.without(|account| {
        let id = account.split('`').nth(1).unwrap_or(account);
        account != EVERYONE && (trusted.contains(&account) || trusted.contains(&id))
    })
}

/// The accounts except the management account of the organization itself. If that is unknown, a single account may be it.
pub(crate) fn but_management(
    accounts: &Entries,
    organization: &Fact<Option<Organization>>,
) -> Entries {
    let is_account = |entry: &str| entry.len() == 12 && entry.bytes().all(|b| b.is_ascii_digit());
    match organization {
        Known(Some(found)) => accounts.without(|account| account == found.management_account),
        Known(None) | NotOffered => accounts.clone(),
        Gap(gap) => match accounts.only() {
            Some(account) if is_account(account) => Entries::new(Vec::new(), Some(*gap)),
            _ => accounts.clone(),
        },
    }
}

/// The guests who are not among those that are trusted.
pub(crate) fn others<'a>(guests: &'a [String], trusted: &[&str]) -> Vec<&'a str> {
    guests.iter().map(String::as_str).filter(|guest| !trusted.contains(guest)).collect()
}

/// The users who are not among those that the customer named. Names with which people sign in compare without regard to
/// case.
pub(crate) fn unnamed<'a>(users: &'a [String], named: &[&str]) -> Vec<&'a str> {
    let is_named = |user: &&String| named.iter().any(|named| named.eq_ignore_ascii_case(user));
    users.iter().filter(|user| !is_named(user)).map(String::as_str).collect()
}

/// So many names with which people sign in, for examples.
pub(crate) fn people(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("user{n}@contoso.example")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_organizations_and_canonical_users_are_trusted_by_id_and_everyone_never_is() {
        let all = ["111111111111", "organization `o-a`", "canonical user `abc`", "everyone"];
        let left = |trusted: &[&str]| untrusted(&Entries::from(all), trusted);
        assert_eq!(left(&["111111111111", "o-a", "abc", "everyone"]), Entries::from(["everyone"]));
        assert_eq!(left(&["organization `o-a`"]), Entries::from([all[0], all[2], all[3]]));
        assert_eq!(left(&["o-"]), Entries::from(all));
    }

    #[test]
    fn only_a_single_account_may_be_the_management_account() {
        let gap = crate::gap::GapId::new(7);
        let left = |entry: &str| but_management(&Entries::from([entry]), &Gap(gap));
        assert_eq!(left("111111111111"), Entries::new(vec![], Some(gap)));
        // An alias of twelve letters is none, and neither is a number of another length.
        for other in ["everyone", "organization", "1111111111110", "11111111111", ""] {
            assert_eq!(left(other), Entries::from([other]), "{other}");
        }
    }
}
