//! Lists of what providers offer, which age.

use std::ops::Deref;
use std::slice::Iter;

/// A list that holds as of a day: roles, services, condition keys, record categories, escalation paths.
///
/// What is on the list today may not be all there is tomorrow, so it carries where it was read and when. Neither can be
/// left out: a list without them does not compile.
///
/// ```
/// use posture_model::dated::Dated;
///
/// static SMALL: Dated<&str> = Dated::new(
///     &["https://learn.microsoft.com/azure/azure-sql/database/service-tiers-dtu"],
///     "2026-11-29",
///     &["Basic", "Free"],
/// );
/// assert!(SMALL.contains(&"Basic"));
/// assert_eq!(SMALL.read(), "2026-11-29");
/// ```
///
/// ```compile_fail
/// use posture_model::dated::Dated;
///
/// static SMALL: Dated<&str> = Dated::new(&[], "2026-11-29", &["Basic"]);
/// ```
///
/// ```compile_fail
/// use posture_model::dated::Dated;
///
/// static SMALL: Dated<&str> = Dated::new(&["https://learn.microsoft.com"], "last year", &["Basic"]);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Dated<T: 'static> {
    sources: &'static [&'static str],
    read: &'static str,
    items: &'static [T],
}

impl<T> Dated<T> {
    /// A list, the addresses that it was read at, and the day on which it was, as `2026-11-29`.
    ///
    /// # Panics
    /// Where a source is missing or is not an address, or the day is not a day; in a `static` it does not compile.
    pub const fn new(
        sources: &'static [&'static str],
        read: &'static str,
        items: &'static [T],
    ) -> Self {
        assert!(!sources.is_empty(), "a list that ages needs a source");
        let mut place = 0;
        while place < sources.len() {
            assert!(is_address(sources[place]), "a source is an https address");
            place += 1;
        }
        assert!(is_day(read), "the day on which a list was read is written as 2026-11-29");
        Self { sources, read, items }
    }

    /// Where it was read.
    pub fn sources(&self) -> &'static [&'static str] {
        self.sources
    }

    /// The day on which it was read, as `2026-11-29`.
    pub fn read(&self) -> &'static str {
        self.read
    }

    /// What is on it.
    pub const fn items(&self) -> &'static [T] {
        self.items
    }
}

impl<T> Deref for Dated<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        self.items
    }
}

impl<T> IntoIterator for &Dated<T> {
    type Item = &'static T;
    type IntoIter = Iter<'static, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.iter()
    }
}

const fn is_address(text: &str) -> bool {
    let (text, scheme) = (text.as_bytes(), b"https://");
    let mut place = 0;
    while place < scheme.len() {
        if place >= text.len() || text[place] != scheme[place] {
            return false;
        }
        place += 1;
    }
    text.len() > scheme.len()
}

/// Whether a text is a day of the years since 2000, as `2026-11-29`.
pub const fn is_day(text: &str) -> bool {
    let text = text.as_bytes();
    if text.len() != 10 || text[4] != b'-' || text[7] != b'-' || text[0] != b'2' {
        return false;
    }
    let mut place = 0;
    while place < text.len() {
        if place != 4 && place != 7 && !text[place].is_ascii_digit() {
            return false;
        }
        place += 1;
    }
    let month = (text[5] - b'0') * 10 + (text[6] - b'0');
    let day = (text[8] - b'0') * 10 + (text[9] - b'0');
    matches!(month, 1..=12) && matches!(day, 1..=31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_addresses() {
        assert!(is_day("2026-11-29"));
        for no in [
            "",
            "2026-11",
            "2026-13-01",
            "2026-00-01",
            "2026-01-32",
            "26-01-01",
            "2026/01/01",
            "x026-01-01",
        ] {
            assert!(!is_day(no), "{no}");
        }
        assert!(is_address("https://a"));
        for no in ["", "https://", "http://a", "a"] {
            assert!(!is_address(no), "{no}");
        }
    }

    #[test]
    fn a_list_reads_like_a_slice() {
        static LIST: Dated<u8> = Dated::new(&["https://example.com"], "2026-11-29", &[1, 2]);
        assert_eq!((LIST.len(), LIST.contains(&2)), (2, true));
        assert_eq!((&LIST).into_iter().copied().collect::<Vec<u8>>(), LIST.items());
        assert_eq!((LIST.sources(), LIST.read()), (&["https://example.com"][..], "2026-11-29"));
    }
}
