//! Parsed arguments as the words that give them, for the hint that repeats a command.

use std::path::Path;

use posture_collect::text::shell;

use crate::args::{Collect, HistoryOptions, Selection};
use crate::output::word;

/// The words of a command, each as a shell takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Words(Vec<String>);

impl Words {
    /// A command without options.
    pub(crate) fn of(command: &str) -> Self {
        Self(vec![command.to_owned()])
    }

    /// An option for each of these values.
    #[must_use]
    pub(crate) fn each<V: AsRef<str>>(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values = values.into_iter();
        self.0.extend(values.map(|value| format!("--{name} {}", shell(value.as_ref()))));
        self
    }

    /// The same of paths.
    #[must_use]
    pub(crate) fn paths<'p>(
        mut self,
        name: &str,
        values: impl IntoIterator<Item = &'p Path>,
    ) -> Self {
        self.0.extend(values.into_iter().map(|value| format!("--{name} {}", word(value))));
        self
    }

    /// Paths that follow the command.
    #[must_use]
    pub(crate) fn operands<'p>(mut self, values: impl IntoIterator<Item = &'p Path>) -> Self {
        self.0.extend(values.into_iter().map(word));
        self
    }

    /// An option without a value, where it is given.
    #[must_use]
    pub(crate) fn flag(mut self, name: &str, given: bool) -> Self {
        if given {
            self.0.push(format!("--{name}"));
        }
        self
    }

    /// Which controls are run.
    #[must_use]
    pub(crate) fn selection(self, selection: &Selection) -> Self {
        let Selection { control, exclude_control, framework, control_files, severity, config } =
            selection;
        self.each("control", control)
            .each("exclude-control", exclude_control)
            .each("framework", framework)
            .paths("control-files", control_files.iter().map(AsRef::as_ref))
            .each("severity", severity.map(|severity| severity.id()))
            .paths("config", config.as_deref())
    }

    /// How fast accounts are read. Where a snapshot is kept is not repeated: what is read again would replace it.
    #[must_use]
    pub(crate) fn pace(self, collect: &Collect) -> Self {
        let Collect { concurrency, max_rate, timeout, .. } = collect;
        let concurrency = Some(*concurrency).filter(|given| *given != Collect::CONCURRENCY);
        let timeout =
            Some(timeout.as_secs_f64()).filter(|given| given.to_string() != Collect::TIMEOUT);
        self.each("concurrency", concurrency.map(|given| given.to_string()))
            .each("max-rate", max_rate.map(|given| given.to_string()))
            .each("timeout", timeout.map(|given| given.to_string()))
    }

    /// Where the runs of the history are, unless the environment names it.
    #[must_use]
    pub(crate) fn kept(self, kept: &HistoryOptions) -> Self {
        let history = kept.history.as_ref().filter(|_| !kept.is_from_environment());
        self.each("history", history).each("history-snapshots", &kept.history_snapshots)
    }
}

impl std::fmt::Display for Words {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use posture_core::control::Severity;

    use super::*;

    #[test]
    fn a_selection_is_repeated_as_it_was_typed() {
        let selection = Selection {
            control: vec!["storage".to_owned(), "a b".to_owned()],
            framework: vec!["csf".to_owned()],
            severity: Some(Severity::High),
            config: Some(PathBuf::from("its own.toml")),
            ..Selection::default()
        };
        let words = Words::of("posture demo").flag("x", false).selection(&selection);
        assert_eq!(
            words.to_string(),
            "posture demo --control storage --control 'a b' --framework csf --severity high --config 'its own.toml'"
        );
        let none = Words::of("posture demo").selection(&Selection::default());
        assert_eq!(none, Words::of("posture demo"));
    }
}
