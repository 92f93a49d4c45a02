//! Lists that come page by page. One that leads back to a page before, or never ends, must not hold up an audit.

use std::collections::HashSet;

/// Pages of one list beyond which an endless list is suspected.
pub const MAX_PAGES: usize = 10_000;

/// Where a list continues from page to page.
#[derive(Debug, Default)]
pub struct Trail {
    seen: HashSet<String>,
    followed: usize,
}

/// Why the pages of a list are not followed any further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endless {
    /// It leads back to a page before.
    Repeats,
    /// There are too many pages.
    TooLong,
}

impl Trail {
    /// The trail of a list whose first page has an address as well.
    pub fn from(first: &str) -> Self {
        Self { seen: HashSet::from([first.to_owned()]), followed: 0 }
    }

    /// Follows the list to the page of a token, or of an address.
    ///
    /// # Errors
    /// Where that page was there before, or the list has more pages than any list has.
    pub fn follow(&mut self, next: &str) -> Result<(), Endless> {
        if !self.seen.insert(next.to_owned()) {
            return Err(Endless::Repeats);
        }
        self.followed += 1;
        if self.followed >= MAX_PAGES {
            return Err(Endless::TooLong);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_leads_back_ends() {
        let mut trail = Trail::default();
        assert_eq!(trail.follow("a"), Ok(()));
        assert_eq!(trail.follow("b"), Ok(()));
        assert_eq!(trail.follow("a"), Err(Endless::Repeats));
        assert_eq!(Trail::from("a").follow("a"), Err(Endless::Repeats));
    }

    #[test]
    fn a_list_that_always_has_another_page_ends() {
        for mut trail in [Trail::default(), Trail::from("first")] {
            let more = (0..).map(|n: usize| trail.follow(&n.to_string())).take_while(Result::is_ok);
            assert_eq!(more.count() + 1, MAX_PAGES);
            assert_eq!(trail.follow("x"), Err(Endless::TooLong));
        }
    }
}
