//! Names from an image as text.

use std::fmt::Write as _;

/// Bytes as text that can be printed: what is not UTF-8 and what controls a terminal is escaped, also the marks that change the
/// direction of text. A backslash is escaped too, so that no two names look the same.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            let marks = matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}');
            if character == '\\' {
                text.push_str("\\\\");
            } else if character.is_control() || marks {
                let _ = write!(text, "\\u{{{:x}}}", u32::from(character));
            } else {
                text.push(character);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    text
}

/// At most `limit` characters of escaped text, for details.
pub fn clip(bytes: &[u8], limit: usize) -> String {
    let text = escape(bytes.get(..limit.saturating_mul(4)).unwrap_or(bytes));
    match text.char_indices().nth(limit) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Bytes in hexadecimal, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A path of the image with its root.
pub fn path(bytes: &[u8]) -> String {
    format!("/{}", escape(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_controls_a_terminal_is_left() {
        assert_eq!(escape(b"a\x1b[31mb\n"), "a\\u{1b}[31mb\\u{a}");
        assert_eq!(escape(b"caf\xc3\xa9 \xff\\"), "café \\xff\\\\");
        assert_eq!(escape("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(path(b"etc/passwd"), "/etc/passwd");
        assert_eq!(clip(b"abcdef", 3), "abc…");
        assert_eq!(hex(&[0, 255]), "00ff");
    }
}
