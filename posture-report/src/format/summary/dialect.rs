//! The two notations of the summary: Markdown, and the text of messages for Slack.

use crate::format::markdown;
use crate::text::{NAME, safe};

/// How the summary is written.
#[derive(Clone, Copy)]
pub(super) enum Dialect {
    /// [GitHub-flavored Markdown](https://github.github.com/gfm/).
    Markdown,
    /// [Slack's](https://docs.slack.dev/messaging/formatting-message-text/).
    Slack,
}

impl Dialect {
    /// Text of any origin, of at most `limit` characters.
    pub(super) fn code(self, text: &str, limit: usize) -> String {
        match self {
            Self::Markdown => markdown::span(text, limit),
            Self::Slack => format!("`{}`", entities(&safe(text, limit).replace('`', "'"))),
        }
    }

    /// A sentence of posture.
    pub(super) fn prose(self, text: &str) -> String {
        match self {
            Self::Markdown => markdown::prose(text),
            Self::Slack => slack_text(text),
        }
    }

    /// A sentence of posture that stands out.
    pub(super) fn bold(self, text: &str) -> String {
        match self {
            Self::Markdown => format!("**{}**", self.prose(text)),
            Self::Slack => format!("*{}*", self.prose(text)),
        }
    }

    pub(super) fn heading(self, level: usize, text: &str) -> String {
        match self {
            Self::Markdown => format!("{} {}", "#".repeat(level), self.prose(text)),
            Self::Slack => self.bold(text),
        }
    }
}

/// Text that [Slack](https://docs.slack.dev/messaging/formatting-message-text/) shows as it is, of at most a few hundred
/// characters: it mentions no user, is not a link, and ends no code.
pub fn slack_text(text: &str) -> String {
    entities(&safe(text, NAME).replace('`', "'"))
}

fn entities(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
