//! How far an audit is, in one line on standard error while it reads; none where that is not a terminal.

mod line;

use std::collections::BTreeSet;
use std::fmt;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use posture::Event;
use posture_report::text::safe;

use crate::args::Screen;
use crate::output::say;
use line::State;

/// The line.
#[derive(Clone)]
pub(crate) struct Progress {
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
    quiet: bool,
}

impl Progress {
    pub(crate) fn new(screen: Screen) -> Self {
        let shown = !screen.quiet && std::io::stderr().is_terminal();
        let bar = if shown { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        let state: Arc<Mutex<State>> = Arc::default();
        let seen = Arc::clone(&state);
        // It is drawn at intervals only, so that an event costs no more than counting it.
        let line = move |bar: &ProgressState, out: &mut dyn fmt::Write| {
            let width = console::Term::stderr().size_checked().map_or(80, |(_, width)| width);
            let state = seen.lock().unwrap_or_else(PoisonError::into_inner);
            let _ = out.write_str(&state.line(usize::from(width), bar.elapsed()));
        };
        if let Ok(style) = ProgressStyle::with_template("{line}") {
            bar.set_style(style.with_key("line", line));
        }
        if shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar, state, quiet: screen.quiet }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// What takes the events of an audit.
    pub(crate) fn observer(&self) -> impl Fn(Event) + Send + Sync + 'static {
        let state = Arc::clone(&self.state);
        move |event| state.lock().unwrap_or_else(PoisonError::into_inner).take(event)
    }

    /// Shows that the audit ends early, and how it ends at once.
    pub(crate) fn interrupted(&self) {
        self.with(State::interrupt);
        if !self.quiet {
            self.bar.suspend(|| {
                say!("interrupted: reporting what was read so far; interrupt again to end at once");
            });
        }
    }

    /// Prints what was noted meanwhile, each note once.
    pub(crate) fn print_notes(&self) {
        let mut seen = BTreeSet::new();
        for note in self.with(State::notes) {
            if !self.quiet && seen.insert(note.clone()) {
                say!("note: {}", safe(&note, 2_000));
            }
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
