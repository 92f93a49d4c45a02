//! Settings of an organization.

use crate::prelude::*;

/// Judges a setting that the management account of the organization knows. Where that account is read in the same run, its
/// members are not judged, and the finding exists once.
pub(crate) fn setting<T>(
    account: &Account,
    setting: &Fact<T>,
    judge: impl FnOnce(&T) -> CheckResult,
) -> CheckResult {
    let member = |organization: &Option<Organization>| {
        organization.as_ref().is_some_and(|organization| !organization.is_management)
    };
    if matches!(setting, NotOffered) && account.organization.map(member) == Known(true) {
        return not_applicable("checked on the management account of the organization");
    }
    judge(setting.known()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::control::Undecided;

    #[test]
    fn a_member_is_not_judged_where_its_management_account_answers() {
        let of = |is_management, setting: Fact<u32>| {
            let mut account = Account::unread("1", "1", None);
            account.organization = Known(Some(Organization {
                id: "o-1".to_owned(),
                management_account: "111111111111".to_owned(),
                is_management,
            }));
            super::setting(&account, &setting, |_| pass())
        };
        let answered = not_applicable("checked on the management account of the organization");
        assert_eq!(of(false, NotOffered), answered);
        assert_ne!(of(true, NotOffered), answered);
        // A member that was asked is judged by its answer.
        assert_eq!(of(false, Known(1)), pass());
        assert!(matches!(of(false, denied()), Err(Undecided::Unknown(_))));
    }
}
