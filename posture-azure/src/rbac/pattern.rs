//! Patterns of actions.

use posture_model::wildcard::Wildcard;

/// What every action [ends in](https://learn.microsoft.com/en-us/azure/role-based-access-control/role-definitions#actions-format).
pub(super) const VERBS: &[&str] = &["read", "write", "delete", "action"];

/// A pattern of actions, in which `*` matches any text, also across `/`, ignoring case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    text: String,
    wildcard: Wildcard,
}

/// A character that no action has, to represent any text in a question about all actions of a form.
const ANYTHING: char = '\u{1}';

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        let text = text.trim().to_ascii_lowercase().replace(ANYTHING, "\u{fffd}");
        Self { wildcard: Wildcard::stars(&text), text }
    }

    /// The pattern in small letters.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it includes every action that ends in a verb. An action has a namespace, a type and a verb. Only a star
    /// fits a letter that no action has, and then it fits anything else in that place.
    pub(crate) fn covers_all(&self, verb: &str) -> bool {
        self.matches(&format!("{ANYTHING}/{ANYTHING}/{verb}"))
    }

    /// Whether it fits nothing but reading.
    pub(crate) fn is_read(&self) -> bool {
        self.text.ends_with("/read")
    }

    /// The namespace for which it includes every action.
    pub(crate) fn service(&self) -> Option<&str> {
        let (service, _) = self.text.split_once('/')?;
        let whole = |verb: &&&str| self.matches(&format!("{service}/{ANYTHING}/{verb}"));
        let all = VERBS.iter().filter(whole).count() == VERBS.len();
        (all && !service.contains('*')).then_some(service)
    }

    /// Whether an action matches. No pattern takes long, see [`Wildcard::matches`].
    pub(crate) fn matches(&self, action: &str) -> bool {
        self.wildcard.matches(&action.to_ascii_lowercase())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_globs_without_regard_to_case() {
        for (pattern, action, fits) in [
            ("*", "Microsoft.Storage/storageAccounts/read", true),
            ("*/read", "Microsoft.Storage/storageAccounts/READ", true),
            ("*/write", "Microsoft.Storage/storageAccounts/read", false),
            ("microsoft.storage/*", "Microsoft.Storage/storageAccounts/listKeys/action", true),
            (
                "Microsoft.Storage/*/read",
                "Microsoft.Storage/storageAccounts/blobServices/read",
                true,
            ),
            ("Microsoft.Storage/*/read", "Microsoft.Storage/read", false),
            (
                "Microsoft.Storage/storageAccounts/read",
                "Microsoft.Storage/storageAccounts/read",
                true,
            ),
            (
                "Microsoft.Storage/storageAccounts/read",
                "Microsoft.Storage/storageAccounts/read2",
                false,
            ),
            ("a*b*c", "aXbbXc", true),
            ("a*b*c", "acb", false),
            ("a*x*c", "abc", false),
            ("a*bb*b", "aXbb", false),
            ("a*bb*bb", "abb", false),
            ("a*bb*b", "abbb", true),
            // What is found for the middle may not be used again for the end.
            ("*/read*read", "x/read", false),
            ("", "x", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(action), fits, "{pattern} {action}");
        }
    }

    #[test]
    fn a_pattern_is_shown_in_small_letters_and_may_be_a_whole_service() {
        assert_eq!(
            Pattern::new(" Microsoft.Sql/Servers/READ ").text(),
            "microsoft.sql/servers/read"
        );
        for (pattern, service) in [
            ("Microsoft.Sql/*", Some("microsoft.sql")),
            ("Microsoft.Sql/*/*", Some("microsoft.sql")),
            ("*/*", None),
            ("Microsoft.*/*", None),
            ("*", None),
            ("Microsoft.Sql/*/read", None),
            ("Microsoft.Sql/servers/*", None),
        ] {
            assert_eq!(Pattern::new(pattern).service(), service, "{pattern}");
        }
    }

    #[test]
    fn a_hostile_pattern_takes_no_time() {
        let pattern = Pattern::new(&"a*".repeat(10_000));
        assert!(!pattern.matches(&"b".repeat(10_000)));
        assert!(!Pattern::new(&format!("{}b", "*a".repeat(2_000))).matches(&"a".repeat(4_000)));
    }

    #[test]
    fn a_question_about_all_actions_of_a_verb_takes_a_star_in_every_place() {
        for (pattern, verb, all) in [
            ("*", "read", true),
            ("*/read", "read", true),
            ("*/*/read", "read", true),
            ("*d", "read", true),
            ("*/read", "write", false),
            ("Microsoft.Sql/*", "read", false),
            // No action has the character that represents any text.
            ("\u{1}/\u{1}/read", "read", false),
        ] {
            assert_eq!(Pattern::new(pattern).covers_all(verb), all, "{pattern} {verb}");
        }
    }
}
