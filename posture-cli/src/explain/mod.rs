//! `posture explain`: a control or a finding in full.

mod accept;
pub(crate) mod control;
mod fill;
mod finding;
mod report;
mod source;

use std::io::{self, Write};
use std::process::ExitCode;

use posture_core::catalogue::Catalogue;
use posture_core::control::Control;
use posture_report::frameworks::wrap;
use posture_report::style::Canvas;
use posture_report::text::{NAME, safe};

use crate::args::{DiffFormat, Explain, Screen};
use crate::config;
use crate::error::{Failure, Result, did_you_mean};
use crate::listing;
use crate::output::{print, put};

/// `posture explain`.
pub(crate) fn run(arguments: &Explain, screen: Screen) -> Result<ExitCode> {
    let known = &arguments.known;
    let config = config::load(known.config.as_deref(), &known.control_files)?;
    let json = arguments.format == DiffFormat::Json;
    match target(&arguments.target, &config.catalogue)? {
        Target::Control(control) => print(screen, |canvas, out| {
            put(out, |out| match json {
                true => listing::controls_json(&[control], out),
                false => control::show(control, canvas, out),
            })
        }),
        Target::Finding(id) => {
            let found = source::find(&id, arguments, &config)?;
            print(screen, |canvas, out| {
                put(out, |out| match json {
                    true => finding::json(&found, &config.catalogue, out),
                    false => finding::show(&found, &config.catalogue, canvas, out),
                })
            })
        }
    }
}

/// What is to be explained.
enum Target {
    Control(&'static Control),
    /// A finding, by its id or the beginning of it, in lowercase.
    Finding(String),
}

/// Takes what was typed for a control, or for the id of a finding.
fn target(typed: &str, catalogue: &Catalogue) -> Result<Target> {
    if let Some(control) = catalogue.find(typed) {
        return Ok(Target::Control(control));
    }
    let id = typed.trim().to_ascii_lowercase();
    if !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(Target::Finding(id));
    }
    let failure = Failure::usage(format!("`{}` is not a control or a finding", safe(typed, NAME)));
    let failure = match did_you_mean(&catalogue.nearest_ids(typed)) {
        Some(guess) => failure.help(guess),
        None => failure,
    };
    Err(failure.help(
        "`posture controls search WORDS` finds controls; --details shows the IDs of findings",
    ))
}

/// Lines with a label before them.
pub(crate) struct Lines<'o> {
    canvas: Canvas,
    out: &'o mut dyn Write,
}

/// How wide labels are, with the blank behind them.
const LABEL: usize = 12;

impl<'o> Lines<'o> {
    pub(crate) fn new(canvas: Canvas, out: &'o mut dyn Write) -> Self {
        Self { canvas, out }
    }

    /// What the lines are written to.
    pub(crate) fn out(&mut self) -> &mut dyn Write {
        self.out
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A text that is wrapped.
    pub(crate) fn text(&mut self, label: &str, text: &str) -> io::Result<()> {
        self.texts(label, std::iter::once(text.to_owned()))
    }

    /// Texts that begin lines of their own; one that is wrapped goes on further in.
    pub(crate) fn texts(
        &mut self,
        label: &str,
        texts: impl Iterator<Item = String>,
    ) -> io::Result<()> {
        let room = usize::from(self.canvas.width).saturating_sub(LABEL);
        let mut label = label;
        for text in texts {
            // That of a control from a file may come from anyone.
            for line in wrap(&safe(&text, usize::MAX), u16::try_from(room).unwrap_or(u16::MAX)) {
                self.whole(label, &line)?;
                label = "";
            }
        }
        Ok(())
    }

    /// A line that is not broken, so that it can be copied.
    pub(crate) fn whole(&mut self, label: &str, text: &str) -> io::Result<()> {
        let label = self.canvas.dim(&format!("{label:<width$}", width = LABEL - 1));
        writeln!(self.out, "{label} {text}")
    }

    /// A line without a label, in bold.
    pub(crate) fn head(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{}", self.canvas.bold(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_a_control_and_one_of_a_finding_are_distinguished() {
        let catalogue = Catalogue::default();
        assert!(matches!(
            target("Storage.Public-Access", &catalogue),
            Ok(Target::Control(control)) if control.id == "storage.public-access"
        ));
        assert!(matches!(target("4C82c4", &catalogue), Ok(Target::Finding(id)) if id == "4c82c4"));
        let text = target("storage.public-acces", &catalogue).err().unwrap().to_string();
        assert!(text.contains("did you mean `storage.public-access`"), "{text}");
        assert!(target("", &catalogue).is_err());
    }
}
