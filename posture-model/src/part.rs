//! What one reader found of a scope.

use crate::listing::Listing;
use crate::listings;
use crate::resource::*;
use crate::scope::Scope;

macro_rules! part {
    ($( $listing:ident: $name:ident, $id:literal, $one:literal, $many:literal, $levels:tt; )*) => {
        /// What one reader found in a scope: listings by kind, and facts of its single objects. What it did not read is
        /// not collected, and why something could not be read is among the gaps of the scope.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct Part {
            /// The name people know the account by, where it has one.
            pub name: Option<String>,
            /// Facts of the account.
            pub account: Account,
            /// Facts of the directory.
            pub directory: Directory,
            $(
                #[doc = concat!("The ", $many, ".")]
                pub $listing: Listing<$name>,
            )*
        }

        impl Default for Part {
            /// Nothing.
            fn default() -> Self {
                Self {
                    name: None,
                    account: Account::unread("", "", None),
                    directory: Directory::unread("", "", None),
                    $( $listing: Listing::not_collected(), )*
                }
            }
        }

        $(
            impl From<Listing<$name>> for Part {
                fn from(listing: Listing<$name>) -> Self {
                    Self { $listing: listing, ..Self::default() }
                }
            }
        )*

        impl Scope {
            /// Adds what a reader found. Lists of the same kind are put together; each fact of the account and of the directory
            /// has one reader.
            pub fn merge(&mut self, part: Part) {
                if let Some(name) = part.name {
                    self.account.name.clone_from(&name);
                    self.name = Some(name);
                }
                self.account.adopt(part.account);
                // The listings first, as the directory itself is one.
                $( merged(&mut self.$listing, part.$listing); )*
                if let [directory] = self.directories.items.as_mut_slice() {
                    directory.adopt(part.directory);
                }
            }
        }
    };
}
listings!(part);

fn merged<T>(all: &mut Listing<T>, more: Listing<T>) {
    if !all.is_collected() {
        *all = more;
    } else if more.is_collected() {
        all.merge(more);
    }
}

impl Part {
    /// Facts of the account.
    pub fn account(facts: impl FnOnce(Account) -> Account) -> Self {
        let nothing = Self::default();
        Self { account: facts(nothing.account), ..Self::default() }
    }

    /// Facts of the directory.
    pub fn directory(facts: impl FnOnce(Directory) -> Directory) -> Self {
        let nothing = Self::default();
        Self { directory: facts(nothing.directory), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::{Fact, Known};
    use crate::gap::{Gap, Reason};
    use crate::provider::Provider;
    use crate::time::Time;

    fn scope() -> Scope {
        Scope::unread(Provider::Aws, "1", "aws", Time::from_unix(0))
    }

    #[test]
    fn what_was_not_read_takes_nothing_away() {
        let mut scope = scope();
        scope.account.security_contact = Known(true);
        scope.keys = Listing::complete(vec![Key::unread("k", "k", None)]);
        let before = scope.clone();
        scope.merge(Part::default());
        assert_eq!(scope, before);
    }

    #[test]
    fn each_reader_adds_its_facts() {
        let mut scope = scope();
        let gap = scope.add_gap(Gap::new("a", "", Reason::Denied));
        scope.merge(Part::account(|account| account.security_contact(Known(false))));
        scope.merge(Part::account(|account| account.contact_details(Fact::Gap(gap))));
        assert_eq!(scope.account.security_contact, Known(false));
        assert_eq!(scope.account.contact_details, Fact::Gap(gap));
        assert_eq!((scope.account.id.as_str(), scope.account.name.as_str()), ("1", "1"));
        scope.merge(Part { name: Some("home".to_owned()), ..Part::default() });
        assert_eq!(scope.name.as_deref(), Some("home"));
        assert_eq!(scope.account.name, "home");
        assert_eq!(scope.account.security_contact, Known(false));
    }

    #[test]
    fn lists_of_a_kind_are_put_together_with_what_is_missing() {
        let mut scope = scope();
        let gap = scope.add_gap(Gap::new("a", "", Reason::Denied));
        let key = |id: &str| Key::unread(id, id, None);
        scope.merge(Listing::complete(vec![key("a")]).into());
        assert!(scope.keys.is_complete() && !scope.buckets.is_collected());
        scope.merge(Listing { items: vec![key("b")], gaps: vec![gap] }.into());
        assert_eq!((scope.keys.items.len(), scope.keys.gaps.as_slice()), (2, [gap].as_slice()));
        scope.merge(Listing::<Bucket>::unread(gap).into());
        assert_eq!(scope.buckets.gaps, [gap]);
    }

    #[test]
    fn facts_of_the_directory_go_to_the_one_that_there_is() {
        let mut scope = scope();
        let found = || Part::directory(|directory| directory.security_defaults(Known(true)));
        scope.merge(found());
        assert!(!scope.directories.is_collected());
        scope.merge(Listing::complete(vec![Directory::unread("t", "Entra ID", None)]).into());
        scope.merge(found());
        let directory = &scope.directories.items[0];
        assert_eq!((directory.id.as_str(), &directory.security_defaults), ("t", &Known(true)));
    }
}
