//! What a long-running process says of its work: lines for people, or one JSON object a line for what collects logs.

use std::fmt::{self, Write as _};

use jiff::Timestamp;
use posture_report::text::safe;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;

use crate::args::{LogFormat, LogLevel, Screen};
use crate::error::Failure;
use crate::output::say;

/// How much is shown of a value.
const LONG: usize = 2_000;

/// Begins to write logs to standard error, of this program only: what libraries log may hold what was sent.
pub(crate) fn begin(screen: Screen, usual: LogLevel) {
    let level = match screen.log_level.unwrap_or(usual) {
        LogLevel::Off => LevelFilter::OFF,
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let ours = Targets::new().with_target("posture", level);
    let write = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let registry = tracing_subscriber::registry().with(ours);
    // It is begun once, at the beginning; a second time would change nothing.
    let _ = match screen.log_format {
        LogFormat::Json => {
            let json = write.json().flatten_event(true).with_current_span(false);
            registry.with(json.with_span_list(false).with_timer(Clock)).try_init()
        }
        LogFormat::Text => registry.with(write.event_format(Lines)).try_init(),
    };
}

/// Says why the program ends, in the form of the logs where a machine reads them.
pub(crate) fn failed(screen: Screen, failure: &Failure) {
    match screen.log_format {
        LogFormat::Json => tracing::error!(error = %failure.first(), "exiting with an error"),
        LogFormat::Text => say!("{failure}"),
    }
}

struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, to: &mut Writer<'_>) -> fmt::Result {
        write!(to, "{}", Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

/// `2026-01-31 09:30:00 UTC nightly: recorded run=12`, and an error on lines of its own.
struct Lines;

impl<S, N> FormatEvent<S, N> for Lines
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(
        &self,
        _: &FmtContext<'_, S, N>,
        mut to: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut words = Words::default();
        event.record(&mut words);
        write!(to, "{} ", Timestamp::now().strftime("%Y-%m-%d %H:%M:%S UTC"))?;
        if let Some(job) = &words.job {
            write!(to, "{job}: ")?;
        }
        write!(to, "{}{}", words.message, words.fields)?;
        for line in words.error.iter().flat_map(|error| error.lines()) {
            write!(to, "\n  {}", safe(line, LONG))?;
        }
        writeln!(to)
    }
}

#[derive(Default)]
struct Words {
    message: String,
    job: Option<String>,
    error: Option<String>,
    fields: String,
}

impl Visit for Words {
    fn record_str(&mut self, field: &Field, value: &str) {
        let shown = || safe(value, LONG).into_owned();
        match field.name() {
            "message" => self.message = shown(),
            "job" => self.job = Some(shown()),
            "error" => self.error = Some(value.to_owned()),
            name if value.is_empty() || value.contains([' ', '"', '=']) => {
                let _ = write!(self.fields, " {name}={:?}", shown());
            }
            name => {
                let _ = write!(self.fields, " {name}={}", shown());
            }
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.record_str(field, &format!("{value:?}"));
    }
}
