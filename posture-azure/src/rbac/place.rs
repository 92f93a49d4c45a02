//! Scopes: where something applies, and what is below.

use super::answer::Answer;

/// A [scope](https://learn.microsoft.com/en-us/azure/role-based-access-control/scope-overview), in small letters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place(String);

/// How high a scope is, from the top.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Height {
    Root,
    ManagementGroup,
    Subscription,
    ResourceGroup,
    Resource,
}

const GROUPS: &str = "/providers/microsoft.management/managementgroups/";

impl Place {
    /// Above everything of the tenant.
    pub(crate) const ROOT: Self = Self(String::new());

    /// The scope of an ID. A trailing slash does not matter.
    pub(crate) fn new(id: &str) -> Self {
        let id = id.trim().trim_end_matches('/').to_ascii_lowercase();
        if id.is_empty() || id.starts_with('/') { Self(id) } else { Self(format!("/{id}")) }
    }

    /// The scope of an ID from a response; none if it is not the ID of a scope: the root, or something in a subscription or
    /// below a provider.
    pub(crate) fn read(id: &str) -> Option<Self> {
        let place = Self::new(id);
        let mut words = place.0.split('/').skip(1);
        let first = words.next();
        let fits = match first {
            None => id.trim().starts_with('/'),
            Some(word) => {
                id.trim().starts_with('/')
                    && ["subscriptions", "providers"].contains(&word)
                    && words.clone().next().is_some()
                    && words.all(|word| !word.is_empty() && !word.contains(char::is_whitespace))
            }
        };
        fits.then_some(place)
    }

    /// A subscription.
    pub(crate) fn subscription(id: &str) -> Self {
        Self::new(&format!("/subscriptions/{id}"))
    }

    /// The id of the scope in small letters; a slash for the root.
    pub(crate) fn text(&self) -> &str {
        if self.0.is_empty() { "/" } else { &self.0 }
    }

    pub(crate) fn height(&self) -> Height {
        let words: Vec<&str> = self.0.split('/').skip(1).collect();
        match words.as_slice() {
            [] => Height::Root,
            ["providers", "microsoft.management", "managementgroups", _] => Height::ManagementGroup,
            ["subscriptions", _] => Height::Subscription,
            ["subscriptions", _, "resourcegroups", _] => Height::ResourceGroup,
            _ => Height::Resource,
        }
    }

    /// The subscription that contains it.
    pub(crate) fn in_subscription(&self) -> Option<&str> {
        self.0.strip_prefix("/subscriptions/")?.split('/').next().filter(|id| !id.is_empty())
    }

    /// Whether it is above subscriptions.
    pub(crate) fn is_above(&self) -> bool {
        self.in_subscription().is_none()
    }

    /// Whether it is the other, or contains the other. What is below a management group cannot be derived
    /// from IDs: `above` returns whether a scope is known to be above the other.
    pub(crate) fn holds(&self, other: &Self, above: impl Fn(&Self) -> bool) -> Answer {
        if self == other || self.0.is_empty() {
            return Answer::Yes;
        }
        if self.0.starts_with(GROUPS) {
            return match other.height() {
                Height::Root => Answer::No,
                // Groups are in groups.
                Height::ManagementGroup => Answer::Unknown(()),
                _ => above(self).into(),
            };
        }
        other.0.strip_prefix(&self.0).is_some_and(|rest| rest.starts_with('/')).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_hold_downward_word_by_word_and_without_regard_to_case() {
        let group = "/providers/Microsoft.Management/managementGroups/top";
        for (outer, inner, expected) in [
            ("/", "/subscriptions/1", Answer::Yes),
            ("", "/", Answer::Yes),
            ("/", group, Answer::Yes),
            (group, "/", Answer::No),
            (group, "/subscriptions/1/resourceGroups/a", Answer::Yes),
            (
                "/providers/Microsoft.Management/managementGroups/other",
                "/subscriptions/1",
                Answer::No,
            ),
            ("/providers/Microsoft.Management/managementGroups/other", group, Answer::Unknown(())),
            ("/SUBSCRIPTIONS/1/", "/subscriptions/1/resourceGroups/a", Answer::Yes),
            ("/subscriptions/1", "/subscriptions/10", Answer::No),
            ("/subscriptions/1/resourceGroups/a", "/subscriptions/1", Answer::No),
            (
                "/subscriptions/1/resourceGroups/a",
                "/subscriptions/1/resourcegroups/A/providers/x/y/z",
                Answer::Yes,
            ),
            ("/subscriptions/1/resourceGroups/a", "/subscriptions/1/resourcegroups/ab", Answer::No),
        ] {
            let above = |place: &Place| *place == Place::new(group);
            let answer = Place::new(outer).holds(&Place::new(inner), above);
            assert_eq!(answer, expected, "{outer} {inner}");
        }
    }

    #[test]
    fn what_is_not_an_id_is_not_a_scope() {
        for id in [
            "/",
            "/subscriptions/1",
            "/Subscriptions/1/",
            "/subscriptions/1/resourceGroups/a/providers/x/y/z",
            "/providers/Microsoft.Management/managementGroups/top",
            "/providers/Microsoft.Capacity",
        ] {
            assert_eq!(Place::read(id), Some(Place::new(id)), "{id}");
        }
        for odd in [
            "",
            "x",
            "subscriptions/1",
            "/x/1",
            "/subscriptions",
            "/subscriptions/",
            "/subscriptions//a",
            "/providers",
            "everywhere",
            "/providers/ ",
        ] {
            assert_eq!(Place::read(odd), None, "{odd}");
        }
    }

    #[test]
    fn heights() {
        for (id, height) in [
            ("/", Height::Root),
            ("", Height::Root),
            ("/providers/Microsoft.Management/managementGroups/top", Height::ManagementGroup),
            ("/subscriptions/1", Height::Subscription),
            ("/subscriptions/1/resourceGroups/a", Height::ResourceGroup),
            ("/subscriptions/1/resourceGroups/a/providers/x/y/z", Height::Resource),
            ("/providers/Microsoft.Capacity/reservationOrders/1", Height::Resource),
        ] {
            assert_eq!(Place::new(id).height(), height, "{id}");
        }
        assert_eq!(Place::new("/subscriptions/A/x").in_subscription(), Some("a"));
        assert!(Place::ROOT.is_above() && !Place::subscription("1").is_above());
    }
}
