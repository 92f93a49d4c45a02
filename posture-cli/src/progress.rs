//! Shows on standard error what is being read; nothing if that is not a terminal.

use std::collections::BTreeSet;
use std::io::IsTerminal;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use posture::Event;
use posture_report::text::safe;

use crate::args::Screen;

/// A line that shows what is under way.
pub(crate) struct Progress {
    bar: ProgressBar,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    done: usize,
    /// How many subscriptions are done, of how many.
    subscriptions: Option<(usize, usize)>,
    under_way: BTreeSet<(String, &'static str, String)>,
    /// What a reader of the result should know.
    notes: Vec<String>,
}

impl Progress {
    pub(crate) fn new(screen: Screen) -> Self {
        let shown = !screen.quiet && std::io::stderr().is_terminal();
        let bar = if shown { ProgressBar::new_spinner() } else { ProgressBar::hidden() };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed} {wide_msg}") {
            bar.set_style(style);
        }
        if shown {
            bar.enable_steady_tick(Duration::from_millis(120));
        }
        Self { bar, state: Arc::default() }
    }

    /// The observer of the events.
    pub(crate) fn observer(&self) -> impl Fn(Event) + Send + Sync + 'static {
        let (bar, state) = (self.bar.clone(), Arc::clone(&self.state));
        move |event| {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            match event {
                Event::Note { text } => state.notes.push(text),
                Event::Found { subscriptions } => {
                    let (done, all) = state.subscriptions.unwrap_or_default();
                    state.subscriptions = Some((done, all + subscriptions));
                }
                Event::Started { account, service, region, .. } => {
                    state.under_way.insert((account, service, region));
                }
                Event::Finished { account, service, region, .. } => {
                    state.done += 1;
                    state.under_way.remove(&(account, service, region));
                }
                Event::Done { .. } => {
                    if let Some((done, _)) = &mut state.subscriptions {
                        *done += 1;
                    }
                }
                _ => {}
            }
            bar.set_message(state.message());
        }
    }

    /// Says something else, such as which account comes next.
    pub(crate) fn say(&self, text: &str) {
        self.bar.set_message(safe(text, 200).into_owned());
    }

    /// Prints what was noted meanwhile, each note once.
    pub(crate) fn print_notes(&self, screen: Screen) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut seen = BTreeSet::new();
        for note in std::mem::take(&mut state.notes) {
            if !screen.quiet && seen.insert(note.clone()) {
                eprintln!("note: {}", safe(&note, 2_000));
            }
        }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl State {
    fn message(&self) -> String {
        let accounts: BTreeSet<&str> =
            self.under_way.iter().map(|(account, _, _)| account.as_str()).collect();
        let accounts = match accounts.len() {
            0 => String::new(),
            1 => accounts.iter().map(|account| format!("{account}: ")).collect(),
            n => format!("{n} accounts: "),
        };
        let mut work: Vec<String> = self
            .under_way
            .iter()
            .map(|(_, service, region)| format!("{service} {region}").trim().to_owned())
            .collect();
        work.sort_unstable();
        work.dedup();
        let subscriptions = match self.subscriptions {
            Some((done, all)) => format!("{done} of {all} subscriptions, "),
            None => String::new(),
        };
        format!("{accounts}{subscriptions}{} done, reading {}", self.done, work.join(", "))
    }
}
