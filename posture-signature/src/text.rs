//! Text of signers and registries, which is hostile.

use std::fmt::Write as _;

/// Text that can be printed, of at most `limit` characters: what controls a terminal is escaped, also the marks that change the
/// direction of text.
pub(crate) fn clean(text: &str, limit: usize) -> String {
    let mut clean = String::new();
    for (count, character) in text.chars().enumerate() {
        if count == limit {
            clean.push('…');
            break;
        }
        let marks = matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
        if character.is_control() || marks {
            let _ = write!(clean, "\\u{{{:x}}}", u32::from(character));
        } else {
            clean.push(character);
        }
    }
    clean
}

/// A name, URI or digest.
pub(crate) fn name(text: &str) -> String {
    clean(text, 300)
}

/// Bytes in hexadecimal, in small letters.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_controls_a_terminal_is_left() {
        assert_eq!(clean("a\u{1b}[31m\n\u{202e}é", 40), "a\\u{1b}[31m\\u{a}\\u{202e}é");
        assert_eq!(clean("abcdef", 3), "abc…");
        assert_eq!(clean("abc", 3), "abc");
        assert_eq!(hex(&[0, 255]), "00ff");
    }
}
