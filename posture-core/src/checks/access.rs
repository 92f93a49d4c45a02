//! Who is let in from outside.

/// The accounts that are not among those that are trusted.
pub(crate) fn untrusted<'a>(accounts: &'a [String], trusted: &[&str]) -> Vec<&'a str> {
    let foreign = |account: &&str| !trusted.contains(account);
    accounts.iter().map(String::as_str).filter(foreign).collect()
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
