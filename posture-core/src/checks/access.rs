//! Who is let in from outside.

/// The accounts that are not among those that are trusted.
pub(crate) fn untrusted<'a>(accounts: &'a [String], trusted: &[&str]) -> Vec<&'a str> {
    let foreign = |account: &&str| !trusted.contains(account);
    accounts.iter().map(String::as_str).filter(foreign).collect()
}
