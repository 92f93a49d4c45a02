//! What went wrong, and what to do about it.

use posture_core::gap::Gap;
use posture_report::text::safe;
use std::fmt;
use std::process::ExitCode;

pub(crate) use posture_core::suggest::did_you_mean;

/// Why the command stops: in one line, with its cause and with what to do.
#[derive(Debug)]
pub(crate) struct Failure {
    code: u8,
    what: String,
    causes: Vec<String>,
    help: Vec<String>,
}

pub(crate) type Result<T> = std::result::Result<T, Failure>;

impl Failure {
    /// The tool failed.
    pub(crate) fn tool(what: impl Into<String>) -> Self {
        Self { code: 1, what: what.into(), causes: Vec::new(), help: Vec::new() }
    }

    /// What was asked for makes no sense.
    pub(crate) fn usage(what: impl Into<String>) -> Self {
        Self { code: 2, ..Self::tool(what) }
    }

    pub(crate) fn cause(mut self, cause: impl fmt::Display) -> Self {
        self.causes.push(cause.to_string());
        self
    }

    /// An error with all that caused it.
    pub(crate) fn caused_by(mut self, error: &dyn std::error::Error) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            let text = error.to_string();
            // Some errors repeat in their words what caused them.
            if self.causes.last().is_none_or(|last| !last.contains(&text)) {
                self.causes.push(text);
            }
            next = error.source();
        }
        self
    }

    /// A call that was refused.
    pub(crate) fn gap(self, gap: &Gap) -> Self {
        let detail = gap.detail.as_deref().map_or(String::new(), |detail| format!(": {detail}"));
        self.cause(format!("{} {}{detail}", gap.action, gap.reason))
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        let help = help.into();
        if !self.help.contains(&help) {
            self.help.push(help);
        }
        self
    }

    /// What went wrong and why, in one line.
    pub(crate) fn first(&self) -> String {
        let mut words = vec![self.what.as_str()];
        words.extend(self.causes.iter().map(String::as_str));
        words.join(": ")
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", safe(&self.what, 2_000))?;
        for cause in &self.causes {
            for (place, line) in cause.lines().enumerate() {
                let head = if place == 0 { "\n  cause: " } else { "\n         " };
                write!(f, "{head}{}", safe(line, 2_000))?;
            }
        }
        for help in &self.help {
            write!(f, "\n  help: {}", safe(help, 2_000))?;
        }
        Ok(())
    }
}
