//! The function that examines a resource, of whatever kind.

use posture_model::resource::{Facts, Subject};
use posture_model::verdict::CheckResult;

use crate::context::Context;
use crate::resource::*;
use crate::scope::Scope;

macro_rules! check {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, $levels:tt; )*) => {
        /// The function that examines a resource. The variant is the kind, so that the two cannot disagree.
        #[derive(Clone, Copy, Debug)]
        pub enum Check {
            /// Examines the account.
            Account(fn(&Account, &Context<'_>) -> CheckResult),
            $(
                #[doc = concat!("Examines each of the ", $many, ".")]
                $name(fn(&$name, &Context<'_>) -> CheckResult),
            )*
            /// Examines each resource of a kind, by the names of its facts.
            Rule(&'static dyn Rule),
        }

        impl Check {
            /// The kind of resource it examines.
            pub fn kind(self) -> Kind {
                match self {
                    Self::Account(_) => Kind::Account,
                    $( Self::$name(_) => Kind::$name, )*
                    Self::Rule(rule) => rule.kind(),
                }
            }

            /// Examines every resource of the scope.
            pub(crate) fn run<'s>(self, context: &Context<'s>, mut each: impl FnMut(Subject<'s>, CheckResult)) {
                match self {
                    Self::Account(check) => each(Subject::of(&context.scope.account), check(&context.scope.account, context)),
                    $(
                        Self::$name(check) => {
                            for resource in &context.scope.$listing.items {
                                each(Subject::of(resource), check(resource, context));
                            }
                        }
                    )*
                    Self::Rule(rule) => match rule.kind() {
                        Kind::Account => {
                            let account = &context.scope.account;
                            each(Subject::of(account), rule.examine(account, context));
                        }
                        $(
                            Kind::$name => {
                                for resource in &context.scope.$listing.items {
                                    each(Subject::of(resource), rule.examine(resource, context));
                                }
                            }
                        )*
                    },
                }
            }
        }
    };
}
posture_model::listings!(check);

/// A check that was made while the program ran, such as one that was read from a file. It sees facts by their names.
///
/// The same law holds for it as for every check: what is neither known nor needless is unknown.
pub trait Rule: std::fmt::Debug + Send + Sync {
    /// The kind of resource it examines.
    fn kind(&self) -> Kind;
    /// Examines a resource.
    fn examine(&self, resource: &dyn Facts, context: &Context<'_>) -> CheckResult;
    /// By what it decides, in words: where this is the same, so are its verdicts.
    fn source(&self) -> &str;
    /// Fills a world in which it passes, or one in which it fails.
    fn example(&self, passes: bool, scope: &mut Scope);
}

/// Why a control is not applicable where the provider has no such setting, or none for a resource: no object of the API of Kubernetes
/// changes a static pod.
pub(crate) const NOT_OFFERED: &str = "the provider's API offers no such setting for this resource";
