//! Text from a cloud on its way to a person: names, tags, policies and error messages may hold anything.

use std::borrow::Cow;
use std::fmt::Write as _;

use sha2::{Digest, Sha256};

/// How much of a name is shown in a table.
pub const NAME: usize = 200;

/// Text that cannot move the cursor, change colors, overwrite other text, or show in another order than it
/// was written in: every control, format and separator character becomes visible. Past `limit` characters it is cut,
/// and says so.
pub fn safe(text: &str, limit: usize) -> Cow<'_, str> {
    if text.chars().count() <= limit && !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::new();
    for (place, c) in text.chars().enumerate() {
        if place == limit {
            let _ = write!(out, "… ({} characters)", text.chars().count());
            break;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Whether a character is not seen, or does something to others.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            // Soft hyphen, Arabic letter mark, Mongolian vowel separator: there and not seen.
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            // Zero-width characters, direction marks and overrides, separators, invisible operators.
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
            // Tags, which spell invisible text, and variation selectors that carry data.
            | '\u{e0000}'..='\u{e0fff}')
}

/// The digest of what was hashed, as `sha256sum` prints it.
pub fn hex(hash: Sha256) -> String {
    posture_core::text::hex(hash.finalize())
}

/// A cell of a CSV file that no spreadsheet takes for a formula. What starts like one, also behind spaces or quotes or
/// in full-width form, gets an apostrophe before it; numbers stay numbers.
/// See [OWASP](https://owasp.org/www-community/attacks/CSV_Injection).
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    // Where a cell ends at a semicolon or a tab, a formula may begin behind one.
    let inside = text.split([';', '\t', '\n', '\r']).skip(1).any(begins_formula);
    let formula =
        inside || (begins_formula(text) && !text.parse::<f64>().is_ok_and(f64::is_finite));
    // CSV is also read on terminals. A cell may contain line breaks and tabs; these do no harm.
    let does_harm = |c: char| is_unsafe(c) && !matches!(c, '\n' | '\t');
    if !formula && !text.chars().any(does_harm) {
        return Cow::Borrowed(text);
    }
    let mut cell = String::from(if formula { "'" } else { "" });
    for c in text.chars() {
        match c {
            '\r' => cell.push_str("\\r"),
            c if does_harm(c) => {
                let _ = write!(cell, "\\u{{{:x}}}", u32::from(c));
            }
            c => cell.push(c),
        }
    }
    Cow::Owned(cell)
}

/// Whether a spreadsheet takes a cell that holds this for a formula.
fn begins_formula(text: &str) -> bool {
    // Blanks of whatever width before it may be dropped on the way in; a tab and an end of a line begin a cell.
    let blank = |c: char| {
        matches!(c, '"' | '\'') || (c.is_whitespace() && !matches!(c, '\t' | '\r' | '\n'))
    };
    let first = text.trim_start_matches(blank).chars().next();
    matches!(
        first,
        Some(
            '=' | '+'
                | '-'
                | '@'
                | '\t'
                | '\r'
                | '\n'
                | '\u{ff1d}'
                | '\u{ff0b}'
                | '\u{ff0d}'
                | '\u{ff20}'
        )
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_escape_reaches_the_screen() {
        assert_eq!(safe("\u{1b}]0;owned\u{7}", 100), "\\u{1b}]0;owned\\u{7}");
        assert_eq!(safe("a\rb\nc\td", 100), "a\\rb\\nc\\td");
        assert_eq!(safe("\u{9b}2J", 100), "\\u{9b}2J");
        assert_eq!(safe("abc\u{202e}fdp.exe", 100), "abc\\u{202e}fdp.exe");
        assert_eq!(safe("a\u{200b}b\u{2028}", 100), "a\\u{200b}b\\u{2028}");
        assert_eq!(safe("Zürich – 東京", 100), "Zürich – 東京");
        assert_eq!(safe(&"x".repeat(1_000_000), 5), "xxxxx… (1000000 characters)");
    }

    #[test]
    fn no_cell_is_a_formula() {
        for bad in
            ["=cmd|'/c calc'!A1", "+1+1", "-1+1", "@SUM(A1)", " =1", "\"=1", "\t=1", "＝1", "\r=1"]
        {
            assert!(csv_cell(bad).starts_with('\''), "{bad}");
        }
        for good in ["-5", "+3", "1.5", "arn:aws:s3:::a=b", "", "it's"] {
            assert_eq!(csv_cell(good), good);
        }
    }

    #[test]
    fn nothing_that_comes_before_a_formula_hides_it() {
        for bad in [
            "\u{ff0b}1",
            "\u{ff0d}1",
            "\u{ff20}SUM(A1)",
            "\u{a0}=1",
            "\u{3000}=1",
            "\u{2003}=1",
            "\u{2007}@x",
            "\u{205f}\u{1680}+A1",
            " \"'@x",
            "\n=1",
            "=",
            "-1;2",
            "+A1",
            "'=1",
            "-inf",
            "+nan",
            "a;=cmd",
            "a\t@x",
            "a\n-b",
        ] {
            assert!(csv_cell(bad).starts_with('\''), "{bad:?}");
            assert_eq!(&csv_cell(bad)[1..], bad, "what was written can be had back");
        }
        for plain in ["0", "-0.5", "+1e5", "007", "a;b", "one\ttwo", "a - b"] {
            assert_eq!(csv_cell(plain), plain);
        }
    }

    #[test]
    fn no_sequence_of_a_terminal_survives() {
        for (hostile, shown) in [
            ("\u{1b}[2J", r"\u{1b}[2J"),
            (
                "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{7}",
                r"\u{1b}]8;;https://evil.example\u{1b}\click\u{1b}]8;;\u{7}",
            ),
            ("\u{90}1$r\u{9c}", r"\u{90}1$r\u{9c}"),
            ("fail\r\u{1b}[1Apass", r"fail\r\u{1b}[1Apass"),
            ("\u{2066}a\u{2069}\u{61c}", r"\u{2066}a\u{2069}\u{61c}"),
            ("\u{85}\u{7f}\u{0}\u{2029}", r"\u{85}\u{7f}\u{0}\u{2029}"),
            ("\u{e0041}\u{feff}\u{ad}", r"\u{e0041}\u{feff}\u{ad}"),
        ] {
            assert_eq!(safe(hostile, 1_000), shown);
        }
    }
}
