//! Text on its way into the page.

use std::fmt;

use posture_core::exception::Exception;
use posture_core::frameworks::{Framework, Requirement};
use posture_core::time::Time;

use crate::text::{NAME, safe};

/// How much is shown of a text that is no name: a fact, an answer, an id of Azure.
pub(super) const LONG: usize = 600;

/// Text of any origin on its way into the page, as content or inside a quoted attribute: what would not be seen is spelt
/// out, what is too long is cut, and no character ends what it stands in.
pub(super) struct Text<'a>(pub(super) &'a str, pub(super) usize);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = safe(self.0, self.1);
        let mut rest: &str = &text;
        while let Some(place) = rest.find(['&', '<', '>', '"', '\'']) {
            f.write_str(&rest[..place])?;
            f.write_str(match rest.as_bytes()[place] {
                b'&' => "&amp;",
                b'<' => "&lt;",
                b'>' => "&gt;",
                b'"' => "&quot;",
                _ => "&#39;",
            })?;
            rest = &rest[place + 1..];
        }
        f.write_str(rest)
    }
}

/// A text of any origin as content of a page of HTML.
pub fn text(text: &str) -> String {
    name(text).to_string()
}

/// A name, from wherever it comes.
pub(super) fn name(text: &str) -> Text<'_> {
    Text(text, NAME)
}

/// A longer text, from wherever it comes.
pub(super) fn long(text: &str) -> Text<'_> {
    Text(text, LONG)
}

/// A text of our own catalogues, in full; what stands between backticks is code.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl fmt::Display for Prose<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = Text(self.0, usize::MAX);
        if self.0.matches('`').count() % 2 == 1 {
            return write!(f, "{whole}");
        }
        for (place, part) in self.0.split('`').enumerate() {
            let part = Text(part, usize::MAX);
            if place % 2 == 1 {
                write!(f, "<code>{part}</code>")?;
            } else {
                write!(f, "{part}")?;
            }
        }
        Ok(())
    }
}

/// A link, where it leads to a page on the web in the safe way; else its text.
pub(super) struct Link<'a>(pub(super) &'a str, pub(super) &'a str);

impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(url, words) = self;
        let plain = |c: char| c.is_ascii_graphic() && !"\"'<>`\\".contains(c);
        if url.starts_with("https://") && url.chars().all(plain) {
            let (url, words) = (Text(url, usize::MAX), long(words));
            write!(f, "<a rel=noreferrer href=\"{url}\">{words}</a>")
        } else {
            write!(f, "{}", long(words))
        }
    }
}

/// By what links find a requirement. Ids hold nothing that a link could not, but for an ampersand.
pub(super) struct Anchor<'a>(pub(super) &'a Framework, pub(super) &'a Requirement);

impl fmt::Display for Anchor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |c: char| c.is_ascii_alphanumeric() || "-._()".contains(c);
        let id = |text: &str| -> String {
            text.chars().map(|c| if plain(c) { c } else { '_' }).collect()
        };
        write!(f, "r-{}.{}", id(self.0.id), id(self.1.id))
    }
}

/// Day and second. The clock of a cloud is right to no more.
pub(super) fn second(time: Time) -> String {
    let text = time.to_string();
    match text.get(..19) {
        Some(head) if text.ends_with('Z') && !text.starts_with('-') => {
            format!("{} UTC", head.replace('T', " "))
        }
        _ => text,
    }
}

/// One, or several.
/// A framework with its version, as text of the page.
pub(super) fn titled(framework: &Framework) -> String {
    format!("{} {}", long(framework.name), name(framework.version))
}

/// Words of code in a row.
pub(super) fn codes(words: &[&str]) -> String {
    let codes: Vec<String> =
        words.iter().map(|word| format!("<code>{}</code>", name(word))).collect();
    codes.join(", ")
}

/// The chapter of a requirement with those around it, as text of the page.
pub(super) fn chapter(framework: &Framework, id: &str) -> String {
    let mut names = Vec::new();
    let mut at = framework.group(id);
    while let Some(group) = at {
        names.push(if group.id == group.title {
            name(group.id).to_string()
        } else {
            format!("{} {}", name(group.id), long(group.title))
        });
        at = group.parent.and_then(|parent| framework.group(parent));
    }
    names.reverse();
    names.join(" › ")
}

/// Who accepted a failure, until when, why, and what is done instead, as text of the page.
pub(super) fn accepted(exception: &Exception) -> String {
    let mut text = format!(
        "accepted by {} until {}: {}",
        name(&exception.owner),
        exception.expires.day(),
        long(&exception.reason)
    );
    if let Some(instead) = &exception.compensating_control {
        text.push_str(&format!("; compensating control: {}", long(instead)));
    }
    if let Some(ticket) = &exception.ticket {
        text.push_str(&format!("; see {}", Link(ticket, ticket)));
    }
    text
}
