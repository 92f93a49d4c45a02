//! What is found of the rights of a user, a role, a group or a policy.

use crate::prelude::*;

/// No full administration, be it by its own policies or by a path through others.
pub(crate) fn not_an_administrator(
    full_admin: (FactId, &Fact<Vec<String>>),
    admin_paths: (FactId, &Fact<Vec<String>>),
) -> Judged {
    for ((name, fact), expected) in
        [(full_admin, "no full administration"), (admin_paths, "no path to full administration")]
    {
        if let Known(found) = fact
            && !found.is_empty()
        {
            return fail(name, found.join("; "), expected);
        }
    }
    full_admin.1.known()?;
    admin_paths.1.known()?;
    pass()
}

/// No escalation path. An administrator has nothing more to gain, which is no merit: whether there may be one is judged
/// by the control that `elsewhere` names.
pub(crate) fn no_escalation(
    full_admin: &Fact<Vec<String>>,
    (fact, escalation_paths): (FactId, &Fact<Entries>),
    expected: &'static str,
    elsewhere: &'static str,
) -> Judged {
    // One certain path outranks what else is not decided.
    if escalation_paths.any() == Known(true) {
        let found = escalation_paths.known()?.evidence_with("; ");
        return fail(fact, found, expected);
    }
    if full_admin.any() == Known(true) {
        return not_applicable(elsewhere);
    }
    full_admin.known()?;
    escalation_paths.any().known()?;
    pass()
}
