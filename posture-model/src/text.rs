//! Text in the forms that several crates write.

use std::fmt::{Display, Write as _};

/// A count with its noun: "1 account", "2 accounts".
pub fn counted<N: Display + PartialEq + From<u8>>(count: N, one: &str, many: &str) -> String {
    let noun = if count == N::from(1) { one } else { many };
    format!("{count} {noun}")
}

/// Bytes in hexadecimal, in small letters.
pub fn hex(bytes: impl AsRef<[u8]>) -> String {
    bytes.as_ref().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// At most `limit` characters; if something is cut off, an ellipsis replaces the last.
pub fn clip(text: &str, limit: usize) -> String {
    match text.char_indices().nth(limit) {
        None => text.to_owned(),
        Some(_) => text.chars().take(limit.saturating_sub(1)).chain(['…']).take(limit).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_something_is_not_several() {
        let days = |count: i64| counted(count, "day", "days");
        assert_eq!([days(-1), days(0), days(1), days(2)], ["-1 days", "0 days", "1 day", "2 days"]);
        assert_eq!(
            counted(1_usize, "subscription was", "subscriptions were"),
            "1 subscription was"
        );
    }

    #[test]
    fn each_byte_has_two_digits() {
        assert_eq!(hex([0_u8, 10, 255]), "000aff");
        assert_eq!(hex(""), "");
    }

    #[test]
    fn a_text_that_is_cut_ends_with_an_ellipsis_within_the_limit() {
        for (text, limit, clipped) in [
            ("東京", 2, "東京"),
            ("東京都", 2, "東…"),
            ("東京", 1, "…"),
            ("東", 0, ""),
            ("", 5, ""),
        ] {
            assert_eq!(clip(text, limit), clipped, "{text} {limit}");
        }
    }
}
