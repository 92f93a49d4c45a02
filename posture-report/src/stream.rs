//! JSON that is written while it is made, since a report may hold a million findings. Characters that end a line, move
//! a cursor or turn the direction of text are written as escapes: a JSON parser decodes them,
//! and a person who reads the file sees that they are there.

use std::io::{self, Write};

use serde::{Serialize, Serializer};
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::text::is_unsafe;

/// Writes a value on a separate line.
pub(crate) fn line(value: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    write(value, &mut out, CompactFormatter)
}

/// Writes a value on many lines, indented.
///
/// # Errors
/// Those of the writer.
pub fn pretty(value: &impl Serialize, mut out: impl Write) -> io::Result<()> {
    write(value, &mut out, PrettyFormatter::new())
}

fn write(
    value: &impl Serialize,
    out: &mut impl Write,
    formatter: impl Formatter,
) -> io::Result<()> {
    let mut serializer = serde_json::Serializer::with_formatter(&mut *out, Visible(formatter));
    value.serialize(&mut serializer)?;
    writeln!(out)
}

type Made<'a, T> = Box<dyn Iterator<Item = T> + 'a>;

/// A list whose items are made one by one while it is written, and are not kept.
pub(crate) struct LazySeq<'a, T>(Box<dyn Fn() -> Made<'a, T> + 'a>);

impl<'a, T> LazySeq<'a, T> {
    /// The list of what `make` gives.
    pub(crate) fn new<I: Iterator<Item = T> + 'a>(make: impl Fn() -> I + 'a) -> Self {
        Self(Box::new(move || -> Made<'a, T> { Box::new(make()) }))
    }

    /// The same; none where it would be empty, for formats that allow no empty list.
    pub(crate) fn unless_empty<I: Iterator<Item = T> + 'a>(
        make: impl Fn() -> I + 'a,
    ) -> Option<Self> {
        make().next().is_some().then(|| Self::new(make))
    }
}

impl<T: Serialize> Serialize for LazySeq<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((self.0)())
    }
}

/// Writes as another formatter does, but for characters that would not be seen.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some((place, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            writer.write_all(&rest.as_bytes()[..place])?;
            for unit in c.encode_utf16(&mut [0; 2]) {
                write!(writer, "\\u{unit:04x}")?;
            }
            rest = &rest[place + c.len_utf8()..];
        }
        writer.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_array(writer)
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array(writer)
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_array_value(writer, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_array_value(writer)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object(writer)
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object(writer)
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.0.begin_object_key(writer, first)
    }

    fn end_object_key<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_key(writer)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.begin_object_value(writer)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.0.end_object_value(writer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_not_be_seen_is_escaped_and_stays_what_it_is() {
        let evil = "a\u{202e}b\u{85}c\u{2028}d\u{9b}2J\u{e0041}e\r\n\u{7f}é東";
        let mut out = Vec::new();
        line(&evil, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(text, "\"a\\u202eb\\u0085c\\u2028d\\u009b2J\\udb40\\udc41e\\r\\n\\u007fé東\"\n");
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), evil);
    }

    #[test]
    fn a_lazy_list_is_written_like_any_other() {
        let numbers = [1, 2, 3];
        let list = LazySeq::new(|| numbers.iter());
        for (written, expected) in [
            (to_text(|out| line(&list, out)), "[1,2,3]\n"),
            (to_text(|out| pretty(&list, out)), "[\n  1,\n  2,\n  3\n]\n"),
        ] {
            assert_eq!(written, expected);
        }
        assert!(LazySeq::<u8>::unless_empty(std::iter::empty).is_none());
    }

    fn to_text(write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut out).unwrap();
        String::from_utf8(out).unwrap()
    }
}
