//! `posture.toml`: parsed strictly, and every mistake reported at once with its line.

pub(crate) mod job;
mod params;
pub(crate) mod reader;
mod tools;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use posture_core::catalogue::Catalogue;
use posture_core::control::Severity;
use posture_core::exception::{Exception, Pattern, Place};
use posture_core::frameworks;
use posture_core::params::Params;
use posture_core::provider::Provider;
use posture_core::suggest::Suggested;
use posture_core::time::Time;
use posture_core::tools::Tools;
use posture_history::{Policy, Store};
use posture_report::Format;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::args::{AllowUnknown, FailOn, Selection, allow_unknown, fail_on, format_of, severity};
use crate::error::{Failure, Result};
use crate::named;
use crate::output::counted;
use crate::providers::Target;
use job::{
    Delivery, Encryption, Job, Mail, Secret, Sink, Webhook, address, beside, is_link, unknown_part,
};
use reader::{Item, Reader, Table, integer};

/// The name that is looked for in the current folder.
const NAME: &str = "posture.toml";

/// The most files that one includes.
const MAX_INCLUDED: usize = 100;

/// What the configuration says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Config {
    /// The built-in controls, and those from files.
    pub(crate) catalogue: Catalogue,
    /// Files and folders of controls.
    control_files: Vec<String>,
    pub(crate) controls: Vec<String>,
    pub(crate) exclude_controls: Vec<String>,
    pub(crate) severity: Option<Severity>,
    pub(crate) regions: Vec<String>,
    pub(crate) exclude_regions: Vec<String>,
    pub(crate) fail_on: Option<FailOn>,
    pub(crate) allow_unknown: Option<AllowUnknown>,
    pub(crate) params: Params,
    pub(crate) exceptions: Vec<Exception>,
    /// The tools of other vendors.
    pub(crate) tools: Tools,
    /// The most days from now that an exception may hold.
    pub(crate) max_exception_days: Option<u32>,
    pub(crate) targets: Vec<Named>,
    pub(crate) history: History,
    pub(crate) jobs: Vec<Job>,
    pub(crate) mail: Option<Mail>,
    /// Where jobs write what monitoring wants to know.
    pub(crate) metrics: Option<String>,
    /// Files of exceptions, beside this one.
    include: Vec<String>,
    /// Whether the file was not named, but found in the working folder.
    found: bool,
}

impl Config {
    /// What a file that the user did not name removes from a report, or sends away, in words; none if it does neither. Otherwise
    /// a user who can write into the folder of a checkout could hide failures, or have the findings sent to another address.
    pub(crate) fn removes(&self) -> Option<String> {
        if !self.found {
            return None;
        }
        let count =
            |list: usize, one: &str, many: &str| (list > 0).then(|| counted(list, one, many));
        let set = |is: bool, name: &str| is.then(|| format!("`{name}`"));
        // Only the destination matters. No secret of an address is shown.
        let remote = |place: &Option<String>| {
            let url = url::Url::parse(place.as_deref()?).ok()?;
            let host = url.host_str().unwrap_or_default();
            Some(format!(
                "a history at {}://{}",
                url.scheme(),
                posture_report::text::safe(host, posture_report::text::NAME)
            ))
        };
        let parts = [
            set(!self.controls.is_empty(), "controls"),
            set(!self.exclude_controls.is_empty(), "exclude-controls"),
            set(self.severity.is_some(), "severity"),
            set(!self.regions.is_empty(), "regions"),
            set(!self.exclude_regions.is_empty(), "exclude-regions"),
            set(self.fail_on.is_some(), "fail-on"),
            set(self.allow_unknown.is_some(), "allow-unknown"),
            set(!self.params.is_empty(), "control parameters"),
            count(self.exceptions.len(), "exception", "exceptions"),
            count(self.tools.iter().count(), "declared tool", "declared tools"),
            remote(&self.history.store),
            remote(&self.history.snapshots),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        if parts.is_empty() {
            return None;
        }
        Some(format!("`{NAME}` in this folder sets {}", parts.join(", ")))
    }
}

/// A target and what it is called.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Named {
    pub(crate) name: Option<String>,
    pub(crate) target: Target,
}

/// Where runs are recorded, and for how long.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct History {
    pub(crate) store: Option<String>,
    pub(crate) snapshots: Option<String>,
    pub(crate) keep: Policy,
}

/// Reads what a selection names; see [`load`].
pub(crate) fn load_for(selection: &Selection) -> Result<Config> {
    load(selection.config.as_deref(), &selection.control_files)
}

/// The same, without the `posture.toml` of the current folder.
pub(crate) fn load_named(selection: &Selection) -> Result<Config> {
    match &selection.config {
        Some(_) => load_for(selection),
        None => defaults(&selection.control_files),
    }
}

/// No settings, and these files of controls.
fn defaults(control_files: &[PathBuf]) -> Result<Config> {
    let mut catalogue = Catalogue::default();
    for files in control_files {
        add_controls(&mut catalogue, files)?;
    }
    Ok(Config { catalogue, ..Config::default() })
}

/// Reads the file that was named, or `posture.toml` where there is one, and the files that it includes; and more files of
/// controls.
pub(crate) fn load(named: Option<&Path>, control_files: &[PathBuf]) -> Result<Config> {
    let empty = defaults(control_files)?;
    let path = path(named);
    // A pipe in its place would be read without an end.
    if named.is_none() && std::fs::metadata(&path).is_ok_and(|found| !found.is_file()) {
        return Err(Failure::usage(format!("`{NAME}` in this folder is not a file"))
            .help("remove it, or pass another configuration with --config"));
    }
    if named.is_none() && !path.try_exists().unwrap_or(true) {
        return Ok(empty);
    }
    let mut config = one(&path, empty.catalogue)?;
    config.found = named.is_none();
    // What is not an address is a path beside the configuration.
    let History { store, snapshots, .. } = &mut config.history;
    for place in [store, snapshots, &mut config.metrics].into_iter().flatten() {
        if !place.contains("://") {
            *place = path.with_file_name("").join(&*place).to_string_lossy().into_owned();
        }
    }
    for named in &mut config.targets {
        named.target.beside(&path);
    }
    if let Some(mail) = &mut config.mail {
        if let Some(Secret::File(file)) = &mut mail.password {
            *file = beside(&path, &file.to_string_lossy()).into();
        }
        if let Some(file) = &mut mail.authorities {
            *file = beside(&path, &file.to_string_lossy()).into();
        }
    }
    for job in &mut config.jobs {
        for delivery in &mut job.deliveries {
            match &mut delivery.sink {
                Sink::File(file) => *file = beside(&path, file),
                Sink::Webhook(Webhook { url, key, .. }) => {
                    for secret in [Some(url), key.as_mut()].into_iter().flatten() {
                        if let Secret::File(file) = secret {
                            *file = beside(&path, &file.to_string_lossy()).into();
                        }
                    }
                }
                Sink::Mail(_) | Sink::Store(_) => {}
            }
        }
    }
    if config.include.len() > MAX_INCLUDED {
        return Err(Failure::usage(format!("`{}` includes too many files", path.display()))
            .cause(format!("it includes {}; the limit is {MAX_INCLUDED}", config.include.len())));
    }
    for included in config.included(&path).collect::<Vec<_>>() {
        let included_config = one(&included, config.catalogue.clone())?;
        let Config { exceptions, .. } = only_exceptions(&included, included_config)?;
        config.exceptions.extend(exceptions);
    }
    config.not_too_late(Time::from(jiff::Timestamp::now()))?;
    Ok(config)
}

impl Config {
    /// Whether every exception ends within `max-exception-days`.
    ///
    /// # Errors
    /// The first that does not.
    pub(crate) fn not_too_late(&self, now: Time) -> Result<()> {
        let Some(days) = self.max_exception_days else { return Ok(()) };
        for exception in &self.exceptions {
            // The day on which it is written counts as whole.
            if now.is_older_than_days(days.saturating_add(1), exception.expires) {
                return Err(Failure::usage("an exception expires too late")
                    .cause(format!(
                        "the exception to {} of {} expires on {}",
                        exception.controls.join(", "),
                        exception.owner,
                        exception.expires.day()
                    ))
                    .help(format!(
                        "`max-exception-days` allows {} from today",
                        counted(days, "day", "days")
                    )));
            }
        }
        Ok(())
    }

    /// The files of exceptions that it includes, if it is at `path`.
    pub(crate) fn included<'c>(&'c self, path: &'c Path) -> impl Iterator<Item = PathBuf> + 'c {
        self.include.iter().map(|name| path.with_file_name("").join(name))
    }
}

/// The file that was named, or the one that is looked for where none was.
pub(crate) fn path(named: Option<&Path>) -> PathBuf {
    named.map_or_else(|| PathBuf::from(NAME), Path::to_owned)
}

/// A file that is included holds exceptions and nothing else.
fn only_exceptions(path: &Path, config: Config) -> Result<Config> {
    let rest = Config { exceptions: Vec::new(), ..config.clone() };
    if rest != (Config { catalogue: config.catalogue.clone(), ..Config::default() }) {
        return Err(Failure::usage(format!("`{}` contains more than exceptions", path.display()))
            .help("an included file may contain only `[[exception]]`"));
    }
    Ok(config)
}

/// Adds controls from a file or folder.
fn add_controls(catalogue: &mut Catalogue, path: &Path) -> Result<()> {
    posture_cel::load(path, catalogue).map_err(wrong_controls)
}

/// Controls from files that cannot be used.
pub(crate) fn wrong_controls(error: posture_cel::Error) -> Failure {
    let what = error.to_string();
    match error {
        posture_cel::Error::Mistakes(mistakes) => {
            mistakes.into_iter().fold(Failure::usage(what), Failure::cause)
        }
        error => Failure::usage("cannot load controls from files").caused_by(&error),
    }
}

/// The files of controls that a configuration names: they have to be known before anything else is understood.
fn named_controls(text: &str) -> Vec<String> {
    let (table, _) = DeTable::parse_recoverable(text);
    let audit = table.get_ref().get("audit").and_then(|audit| audit.get_ref().as_table());
    let Some(DeValue::Array(list)) =
        audit.and_then(|audit| audit.get("control-files")).map(Spanned::get_ref)
    else {
        return Vec::new();
    };
    list.iter().filter_map(|item| item.get_ref().as_str().map(str::to_owned)).collect()
}

fn one(path: &Path, mut catalogue: Catalogue) -> Result<Config> {
    let text = read(path).map_err(|error| {
        Failure::usage(format!("cannot read `{}`", path.display())).cause(error)
    })?;
    for files in named_controls(&text) {
        add_controls(&mut catalogue, &path.with_file_name("").join(files))?;
    }
    parse(&text, catalogue).map_err(|mistakes| {
        let mut failure = Failure::usage(match mistakes.len() {
            1 => format!("`{}` has an error", path.display()),
            n => format!("`{}` has {n} errors", path.display()),
        });
        for mistake in mistakes {
            failure = failure.cause(format!("{}:{mistake}", path.display()));
        }
        failure
    })
}

fn read(path: &Path) -> std::io::Result<String> {
    crate::input::text(path, crate::input::WRITTEN)
}

/// Reads a configuration, or says everything that is wrong with it, each as "line: what".
pub(crate) fn parse(text: &str, catalogue: Catalogue) -> std::result::Result<Config, Vec<String>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut reader = Reader { text, catalogue, mistakes: Vec::new(), further: 0 };
    for error in errors {
        let place = error.span().map_or(0, |span| span.start);
        reader.mistake(place, error.message().to_owned());
    }
    let config = reader.config(table.get_ref());
    if reader.mistakes.is_empty() {
        return Ok(Config { catalogue: reader.catalogue, ..config });
    }
    reader.mistakes.sort();
    reader.mistakes.dedup();
    let (mut line, mut seen) = (1, 0);
    let mut lines: Vec<String> = Vec::new();
    let mut suggested = Suggested::default();
    for (place, what) in &reader.mistakes {
        let what = suggested.once(what);
        line += text.as_bytes()[seen..*place].iter().filter(|byte| **byte == b'\n').count();
        seen = *place;
        lines.push(format!("{line}: {}", posture_report::text::safe(what, 500)));
    }
    if reader.further > 0 {
        lines.push(format!("{line}: {}", counted(reader.further, "more error", "more errors")));
    }
    Err(lines)
}

impl Reader<'_> {
    fn config(&mut self, table: &Table<'_>) -> Config {
        let mut config = Config::default();
        for (key, item) in table {
            match (key.get_ref().as_ref(), item.get_ref()) {
                ("audit", DeValue::Table(table)) => self.audit(table, &mut config),
                ("control", DeValue::Table(table)) => self.params(table, &mut config.params),
                ("exception", DeValue::Array(list)) => {
                    for item in list {
                        match item.get_ref() {
                            DeValue::Table(table) => {
                                let exception = self.exception(table, item.span().start);
                                config.exceptions.extend(exception);
                            }
                            _ => self.expected(item, "exception", "a table"),
                        }
                    }
                }
                ("target", DeValue::Array(list)) => {
                    for item in list {
                        match item.get_ref() {
                            DeValue::Table(table) => {
                                let target = self.target(table, item.span().start);
                                config.targets.extend(target);
                            }
                            _ => self.expected(item, "target", "a table"),
                        }
                    }
                }
                ("history", DeValue::Table(table)) => self.history(table, &mut config.history),
                ("tools", DeValue::Table(table)) => self.tools(table, &mut config.tools),
                ("mail", DeValue::Table(table)) => {
                    config.mail = Some(self.mail(table, item.span().start));
                }
                ("metrics", DeValue::Table(table)) => {
                    for (key, item) in table {
                        match key.get_ref().as_ref() {
                            name @ "file" => config.metrics = self.owned(name, item),
                            name => self.unknown(key.span().start, "setting", name, &["file"]),
                        }
                    }
                }
                ("audit" | "control" | "history" | "mail" | "metrics" | "tools", _) => {
                    self.expected(item, key.get_ref(), "a table");
                }
                ("job", DeValue::Array(list)) => {
                    for item in list {
                        match item.get_ref() {
                            DeValue::Table(table) => {
                                let job = self.job(table, item.span().start);
                                config.jobs.extend(job);
                            }
                            _ => self.expected(item, "job", "a table"),
                        }
                    }
                }
                ("include", DeValue::Array(_)) => config.include = self.texts("include", item),
                ("include", _) => self.expected(item, "include", "a list of files"),
                (name @ ("exception" | "job" | "target"), _) => {
                    self.expected(item, name, "a list of tables");
                }
                (name, _) => {
                    let known = [
                        "audit",
                        "control",
                        "exception",
                        "history",
                        "include",
                        "job",
                        "mail",
                        "metrics",
                        "target",
                        "tools",
                    ];
                    self.unknown(key.span().start, "table", name, &known);
                }
            }
        }
        self.jobs(table, &config);
        config
    }

    /// What jobs need of the rest.
    fn jobs(&mut self, table: &Table<'_>, config: &Config) {
        let Some(place) = table.get("job").map(|item| item.span().start) else { return };
        if config.history.store.is_none() {
            self.mistake(
                place,
                "jobs need `store` in [history], where their runs are recorded".into(),
            );
        }
        let delivers = config.jobs.iter().any(|job| !job.deliveries.is_empty());
        if delivers && config.history.snapshots.is_none() {
            let what = "deliveries need `snapshots` in [history], because reports are rendered from snapshots";
            self.mistake(place, what.into());
        }
        if config.targets.is_empty() {
            self.mistake(place, "jobs need a `[[target]]`".into());
        }
        let mut all = config.jobs.iter().flat_map(|job| &job.deliveries);
        if config.mail.is_none() && all.any(|delivery| matches!(delivery.sink, Sink::Mail(_))) {
            self.mistake(place, "mail deliveries need [mail] with `server`".into());
        }
        let known: Vec<&str> =
            config.targets.iter().filter_map(|named| named.name.as_deref()).collect();
        for (number, job) in config.jobs.iter().enumerate() {
            for name in job.targets.iter().filter(|name| !known.contains(&name.as_str())) {
                self.unknown(place, "target", name, &known);
            }
            if config.jobs.iter().take(number).any(|other| other.name == job.name) {
                self.mistake(place, format!("two jobs have the name `{}`", job.name));
            }
        }
    }

    fn mail(&mut self, table: &Table<'_>, place: usize) -> Mail {
        const KEYS: &[&str] = &[
            "server",
            "port",
            "encryption",
            "from",
            "user",
            "password-env",
            "password-file",
            "authorities",
        ];
        let mut mail = Mail::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "server" => mail.server = self.owned(name, item).unwrap_or_default(),
                "port" => {
                    let port = self.count(name, item, "a port", 1);
                    mail.port = port.and_then(|port| u16::try_from(port).ok());
                }
                "encryption" => {
                    let read = |text: &str| {
                        Encryption::from_str(text, true)
                            .map_err(|_| "expected one of starttls, tls, none".to_owned())
                    };
                    mail.encryption = self.word(name, item, read).unwrap_or_default();
                }
                "from" => mail.from = self.owned(name, item).unwrap_or_default(),
                "user" => mail.user = self.owned(name, item),
                "password-env" => mail.password = self.owned(name, item).map(Secret::Variable),
                "password-file" => {
                    mail.password = self.owned(name, item).map(|file| Secret::File(file.into()));
                }
                "authorities" => mail.authorities = self.owned(name, item).map(Into::into),
                _ => self.unknown(key.span().start, "setting", name, KEYS),
            }
        }
        if mail.server.is_empty() {
            self.mistake(place, "[mail] needs `server`".into());
        }
        if let Err(why) = address(&mail.from) {
            self.mistake(place, format!("`from` of [mail]: {why}"));
        }
        let local = ["localhost", "127.0.0.1", "::1"].contains(&mail.server.as_str());
        if mail.encryption == Encryption::None && !local {
            let what = "mail without TLS is allowed to this machine only";
            self.mistake(place, what.into());
        }
        if mail.user.is_some() != mail.password.is_some() {
            let what = "[mail] needs `user` together with `password-env` or `password-file`, or none of them";
            self.mistake(place, what.into());
        }
        mail
    }

    fn job(&mut self, table: &Table<'_>, place: usize) -> Option<Job> {
        const KEYS: &[&str] =
            &["name", "cron", "time-zone", "jitter", "targets", "frameworks", "link", "deliver"];
        let mut job = Job::default();
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "name" => job.name = self.owned(name, item).unwrap_or_default(),
                "cron" => job.cron = self.owned(name, item).unwrap_or_default(),
                "time-zone" => job.time_zone = self.owned(name, item),
                "jitter" => {
                    job.jitter = self.count(name, item, "a number of seconds", 0).unwrap_or(0);
                }
                "targets" => job.targets = self.texts(name, item),
                "link" => {
                    job.link = self.owned(name, item);
                    let link = job.link.as_deref().unwrap_or_default();
                    if let Some(part) = unknown_part(link) {
                        let parts = ["job", "run", "date", "time"];
                        self.unknown(item.span().start, "part", part, &parts);
                    } else if !is_link(link) {
                        let what = "`link` must be the address of a page, such as \"https://…\"";
                        self.mistake(item.span().start, what.into());
                    }
                }
                "frameworks" => {
                    job.frameworks = self.texts(name, item);
                    for name in &job.frameworks {
                        if frameworks::find(name).is_none() {
                            let known: Vec<&str> =
                                frameworks::all().iter().map(|framework| framework.id).collect();
                            self.unknown(item.span().start, "framework", name, &known);
                        }
                    }
                }
                "deliver" => match item.get_ref() {
                    DeValue::Array(list) => {
                        for item in list {
                            match item.get_ref() {
                                DeValue::Table(table) => {
                                    let delivery = self.delivery(table, item.span().start);
                                    job.deliveries.extend(delivery);
                                }
                                _ => self.expected(item, name, "a table"),
                            }
                        }
                    }
                    _ => self.expected(item, name, "a list of tables"),
                },
                _ => self.unknown(key.span().start, "setting", name, KEYS),
            }
        }
        if job.name.trim().is_empty() {
            self.mistake(place, "a job needs `name`".into());
        }
        match table.get("cron") {
            None => self.mistake(place, "a job needs `cron`, such as \"0 3 * * *\"".into()),
            Some(item) => {
                if let Err(error) = job.schedule() {
                    self.mistake(item.span().start, error.to_string());
                }
            }
        }
        Some(job)
    }

    fn delivery(&mut self, table: &Table<'_>, place: usize) -> Option<Delivery> {
        const KEYS: &[&str] = &[
            "file",
            "mail",
            "object",
            "webhook",
            "webhook-env",
            "webhook-file",
            "slack",
            "key-env",
            "key-file",
            "private",
            "timeout",
            "format",
            "when",
        ];
        let flag = |reader: &mut Self, name: &str| match table.get(name) {
            None => false,
            Some(item) => item.get_ref().as_bool().unwrap_or_else(|| {
                reader.expected(item, name, "true or false");
                false
            }),
        };
        for (key, _) in table {
            if !KEYS.contains(&key.get_ref().as_ref()) {
                self.unknown(key.span().start, "setting", key.get_ref(), KEYS);
            }
        }
        let text = |reader: &mut Self, name: &str| reader.filled(table, name);
        let url =
            match (text(self, "webhook"), text(self, "webhook-env"), text(self, "webhook-file")) {
                (Some(url), _, _) => Some(Secret::Plain(url)),
                (_, Some(name), _) => Some(Secret::Variable(name)),
                (_, _, Some(path)) => Some(Secret::File(path.into())),
                _ => None,
            };
        let key = match (text(self, "key-env"), text(self, "key-file")) {
            (Some(name), _) => Some(Secret::Variable(name)),
            (_, Some(path)) => Some(Secret::File(path.into())),
            _ => None,
        };
        let sinks = [
            text(self, "file").map(Sink::File),
            table.get("mail").map(|item| {
                let to = self.texts("mail", item);
                for one in &to {
                    if let Err(why) = address(one) {
                        self.mistake(item.span().start, why);
                    }
                }
                if to.is_empty() {
                    self.mistake(item.span().start, "`mail` has no recipients".into());
                }
                Sink::Mail(to)
            }),
            text(self, "object").map(Sink::Store),
            url.map(|url| {
                let (slack, private) = (flag(self, "slack"), flag(self, "private"));
                let timeout = table.get("timeout").and_then(|item| {
                    self.count("timeout", item, "a number of seconds, at least 1", 1)
                });
                let timeout = timeout
                    .map_or(Webhook::TIMEOUT, |seconds: u32| Duration::from_secs(seconds.into()));
                Sink::Webhook(Webhook { url, slack, key, private, timeout })
            }),
        ];
        let mut sinks: Vec<Sink> = sinks.into_iter().flatten().collect();
        let (Some(sink), true) = (sinks.pop(), sinks.is_empty()) else {
            let what = "a delivery needs one of `file`, `mail`, `object`, `webhook`, `webhook-env`, `webhook-file`";
            self.mistake(place, what.into());
            return None;
        };
        if let Sink::File(path) | Sink::Store(path) = &sink
            && let Some(part) = unknown_part(path)
        {
            self.unknown(place, "part", part, &["job", "run", "date", "time"]);
        }
        let named = table.get("format").and_then(|item| {
            self.word("format", item, |text| {
                Format::find(text).ok_or_else(|| "expected a format name".into())
            })
        });
        let format = match (named, &sink) {
            (Some(format), _) => Some(format),
            (None, Sink::File(path) | Sink::Store(path)) => format_of(Path::new(path)),
            (None, Sink::Mail(_)) => Some(Format::Html),
            (None, Sink::Webhook(_)) => None,
        };
        if format.is_none() && !matches!(sink, Sink::Webhook(_)) {
            self.mistake(place, "cannot infer a format from the file name; set `format`".into());
        }
        if sink.is_slack() && format.is_some_and(|format| !format.compares()) {
            self.mistake(place, "`slack` takes no `format` but \"summary\"".into());
        }
        let when = text(self, "when");
        let only_if_changed = match when.as_deref() {
            None | Some("always") => false,
            Some("changed") => true,
            Some(other) => {
                self.unknown(place, "time", other, &["always", "changed"]);
                false
            }
        };
        Some(Delivery { sink, format, only_if_changed })
    }

    fn audit(&mut self, table: &Table<'_>, config: &mut Config) {
        const KEYS: &[&str] = &[
            "control-files",
            "controls",
            "exclude-controls",
            "severity",
            "regions",
            "exclude-regions",
            "fail-on",
            "allow-unknown",
            "max-exception-days",
        ];
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            match name {
                "max-exception-days" => match integer(item.get_ref()) {
                    Some(days) => config.max_exception_days = Some(days),
                    None => self.expected(item, name, "a number of days"),
                },
                "control-files" => config.control_files = self.texts(name, item),
                "controls" => config.controls = self.selected(name, item),
                "exclude-controls" => config.exclude_controls = self.selected(name, item),
                "regions" => config.regions = self.texts(name, item),
                "exclude-regions" => config.exclude_regions = self.texts(name, item),
                "severity" => config.severity = self.word(name, item, severity),
                "fail-on" => config.fail_on = self.word(name, item, fail_on),
                "allow-unknown" => config.allow_unknown = self.allow_unknown(name, item),
                _ => self.unknown(key.span().start, "setting", name, KEYS),
            }
        }
    }

    fn history(&mut self, table: &Table<'_>, history: &mut History) {
        const KEYS: &[&str] = &["store", "snapshots", "keep-runs", "keep-days", "keep-snapshots"];
        for (key, item) in table {
            let name = key.get_ref().as_ref();
            let keep = &mut history.keep;
            match name {
                "store" => {
                    history.store = self.owned(name, item);
                    match history.store.as_deref().map(str::parse::<Store>) {
                        Some(Ok(store)) if store.has_password() => self.mistake(
                            item.span().start,
                            "`store` contains a password; pass it in PGPASSWORD or PGPASSFILE"
                                .into(),
                        ),
                        Some(Err(error)) => self.mistake(item.span().start, error.to_string()),
                        _ => {}
                    }
                }
                "snapshots" => history.snapshots = self.owned(name, item),
                "keep-runs" => keep.runs = self.count(name, item, "a number of runs", 1),
                "keep-days" => keep.days = self.count(name, item, "a number of days", 0),
                "keep-snapshots" => keep.snapshots = self.count(name, item, "a number of runs", 0),
                _ => self.unknown(key.span().start, "setting", name, KEYS),
            }
        }
    }

    fn target(&mut self, table: &Table<'_>, place: usize) -> Option<Named> {
        let target = self.provided(table, place)?;
        Some(Named { name: self.filled(table, "name"), target })
    }

    fn provided(&mut self, table: &Table<'_>, place: usize) -> Option<Target> {
        let Some(provider) = table.get("provider") else {
            self.mistake(place, "a target needs `provider`, such as \"aws\"".to_owned());
            return None;
        };
        let name = self.text("provider", provider)?.to_owned();
        let Some(named) = Provider::ALL.iter().find(|one| one.id() == name) else {
            let known: Vec<&str> = Provider::ALL.iter().map(|one| one.id()).collect();
            self.unknown(provider.span().start, "provider", &name, &known);
            return None;
        };
        Some(Target::read(*named, self, table))
    }

    /// Names as `--control` takes them: IDs and areas, requirements, services.
    fn selected(&mut self, name: &str, item: &Item<'_>) -> Vec<String> {
        let DeValue::Array(list) = item.get_ref() else {
            self.expected(item, name, "a list of controls, areas, requirements or services");
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in list {
            let Some(text) = self.text(name, item).map(str::to_owned) else { continue };
            match named::controls(&text, &self.catalogue) {
                Ok(_) => names.push(text),
                Err(_) if self.is_full() => self.further(),
                Err(why) => {
                    let guess = why.guess().map_or(String::new(), |guess| format!("; {guess}"));
                    self.mistake(item.span().start, format!("{}{guess}", why.message(&text)));
                }
            }
        }
        names
    }

    fn controls(&mut self, name: &str, item: &Item<'_>) -> Vec<String> {
        let DeValue::Array(list) = item.get_ref() else {
            self.expected(item, name, "a list of controls or areas");
            return Vec::new();
        };
        let mut names = Vec::new();
        for item in list {
            if let Some(text) = self.text(name, item) {
                if self.catalogue.knows(text) {
                    // An exception goes by the id that the control has now.
                    let now = self.catalogue.find(text).map_or(text, |control| control.id);
                    names.push(now.to_owned());
                } else {
                    let near = |known: &Catalogue| known.nearest(text);
                    self.nearest(item.span().start, "control", text, near);
                }
            }
        }
        names
    }

    fn allow_unknown(&mut self, name: &str, item: &Item<'_>) -> Option<AllowUnknown> {
        if let Some(number) = integer(item.get_ref()) {
            return Some(AllowUnknown::Number(number as usize));
        }
        self.word(name, item, allow_unknown)
    }

    fn exception(&mut self, table: &Table<'_>, place: usize) -> Option<Exception> {
        const KEYS: &[&str] = &[
            "control",
            "controls",
            "provider",
            "scope",
            "region",
            "namespace",
            "resource",
            "container",
            "tag",
            "owner",
            "reason",
            "expires",
            "ticket",
            "compensating-control",
        ];
        let before = self.mistakes.len();
        for (key, _) in table {
            if !KEYS.contains(&key.get_ref().as_ref()) {
                self.unknown(key.span().start, "setting", key.get_ref(), KEYS);
            }
        }
        let mut needed = |key: &str| {
            if !table.contains_key(key) {
                self.mistake(place, format!("an exception needs `{key}`"));
            }
            self.filled(table, key).unwrap_or_default()
        };
        let (owner, reason) = (needed("owner"), needed("reason"));
        let expires = match table.get("expires") {
            None => {
                self.mistake(place, "an exception needs `expires`, such as 2027-01-31".to_owned());
                None
            }
            Some(item) => {
                let day = day(item.get_ref());
                if day.is_none() {
                    self.expected(item, "expires", "a date such as 2027-01-31");
                }
                day
            }
        };
        let exception = Exception {
            controls: self.excepted(table, place),
            place: self.place(table, place),
            owner,
            reason,
            expires: expires.unwrap_or(Time::from_unix(0)),
            ticket: self.filled(table, "ticket"),
            compensating_control: self.filled(table, "compensating-control"),
        };
        (self.mistakes.len() == before).then_some(exception)
    }

    /// The controls and areas that an exception is about.
    fn excepted(&mut self, table: &Table<'_>, place: usize) -> Vec<String> {
        match (table.get("control"), table.get("controls")) {
            (Some(item), None) => {
                let Some(name) = self.text("control", item).map(str::to_owned) else {
                    return Vec::new();
                };
                let Some(control) = self.catalogue.find_exact(&name) else {
                    let near = |known: &Catalogue| known.nearest_ids(&name);
                    self.nearest(item.span().start, "control", &name, near);
                    return vec![name];
                };
                vec![control.id.to_owned()]
            }
            (None, Some(item)) => {
                let names = self.controls("controls", item);
                names.iter().map(|name| name.trim_end_matches(".*").to_owned()).collect()
            }
            (None, None) => {
                self.mistake(place, "an exception needs `control` or `controls`".to_owned());
                Vec::new()
            }
            (Some(item), Some(_)) => {
                let what = "an exception has `control` or `controls`, not both";
                self.mistake(item.span().start, what.to_owned());
                Vec::new()
            }
        }
    }

    /// Where an exception applies. One that would apply everywhere hides what no user has seen yet.
    fn place(&mut self, table: &Table<'_>, place: usize) -> Place {
        let mut found = Place::default();
        if let Some(item) = table.get("provider")
            && let Some(name) = self.text("provider", item).map(str::to_owned)
        {
            found.provider = Provider::ALL.iter().copied().find(|provider| provider.id() == name);
            if found.provider.is_none() {
                let known: Vec<&str> = Provider::ALL.iter().map(|provider| provider.id()).collect();
                self.unknown(item.span().start, "provider", &name, &known);
            }
        }
        found.scope = self.filled(table, "scope").map(Pattern::new);
        found.region = self.filled(table, "region").map(Pattern::new);
        found.container = self.filled(table, "container").map(Pattern::new);
        let namespace = self.filled(table, "namespace").map(Pattern::new);
        if namespace.is_some() && found.region.is_some() {
            self.mistake(place, "an exception has `namespace` or `region`, not both".to_owned());
        }
        if namespace.is_some() || found.container.is_some() {
            if found.provider.is_some_and(|provider| provider != Provider::Kubernetes) {
                let what = "`namespace` and `container` are of Kubernetes, and `provider` is not";
                self.mistake(place, what.to_owned());
            }
            found.provider = Some(Provider::Kubernetes);
        }
        found.region = namespace.or(found.region);
        found.resource = self.filled(table, "resource").map(Pattern::new);
        if let Some(tag) = self.filled(table, "tag") {
            match tag.split_once('=') {
                Some((key, value)) if !key.is_empty() => {
                    found.tag = Some((key.to_owned(), Pattern::new(value)));
                }
                _ => {
                    let start = table.get("tag").map_or(place, |item| item.span().start);
                    self.mistake(
                        start,
                        "`tag` must be `key=value`, where `*` matches any text".to_owned(),
                    );
                }
            }
        }
        let narrow = |pattern: &Option<Pattern>| pattern.as_ref().is_some_and(|p| !p.is_anything());
        let places = [&found.scope, &found.region, &found.resource, &found.container];
        if !places.into_iter().any(narrow) && found.tag.is_none() {
            let what = "an exception needs `resource`, `container`, `namespace`, `region`, `scope` or `tag`; it cannot cover everything";
            self.mistake(place, what.to_owned());
        }
        found
    }
}

/// The end of the day that a value names.
fn day(value: &DeValue<'_>) -> Option<Time> {
    let text = match value {
        DeValue::Datetime(date) => date.to_string(),
        other => other.as_str()?.to_owned(),
    };
    end_of(text.parse().ok()?)
}

/// The end of a day, in UTC.
pub(crate) fn end_of(day: jiff::civil::Date) -> Option<Time> {
    format!("{day}T23:59:59Z").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> std::result::Result<Config, Vec<String>> {
        parse(text, Catalogue::default())
    }

    #[test]
    fn a_whole_configuration_is_understood() {
        let config = parsed(
            r#"
            [audit]
            controls = ["storage"]
            severity = "medium"
            regions = ["eu-west-1"]
            fail-on = "never"
            allow-unknown = "5%"

            [[exception]]
            control = "storage.public-access"
            resource = "arn:aws:s3:::website"
            owner = "web team"
            reason = "public by design"
            expires = 2027-01-31
            "#,
        )
        .unwrap();
        assert_eq!(config.fail_on, Some(FailOn::Never));
        assert_eq!(config.allow_unknown, Some(AllowUnknown::Share(5)));
        assert_eq!(config.exceptions[0].expires.day(), "2027-01-31");
        assert_eq!(config.regions, ["eu-west-1"]);
    }

    #[test]
    fn the_example_of_the_page_is_understood() {
        let page = include_str!("../../../docs/configuration.md");
        let example = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
        let config = parsed(example).unwrap();
        assert_eq!((config.exclude_regions.len(), config.exceptions.len()), (1, 2));
    }

    #[test]
    fn every_mistake_is_reported_with_its_line() {
        let mistakes = parsed(
            "[audit]\ncontrols = [\"xyzzy\"]\nseverty = \"high\"\nfail-on = \"hihg\"\nregions = 3\n\
             [control.\"storage.public-acces\"]\nx = 1\n[[exception]]\ncontrol = \"storage.public-access\"\n\
             resource = \"*\"\n[typo]\n",
        )
        .unwrap_err();
        insta::assert_snapshot!(mistakes.join("\n"), @r"
        2: unknown control `xyzzy`
        3: unknown setting `severty`; did you mean `severity`?
        4: `fail-on`: expected one of low, medium, high, critical, never
        5: `regions` must be a list of strings, not integer
        6: unknown control `storage.public-acces`; did you mean `storage.public-access`, `storage.public-access-block` or `storage.public-write`?
        8: an exception needs `expires`, such as 2027-01-31
        8: an exception needs `owner`
        8: an exception needs `reason`
        8: an exception needs `resource`, `container`, `namespace`, `region`, `scope` or `tag`; it cannot cover everything
        11: unknown table `typo`; expected one of audit, control, exception, history, include, job, mail, metrics, target, tools
        ");
    }

    #[test]
    fn an_exception_says_where_it_holds() {
        let exception = |lines: &str| {
            let text = format!(
                "[[exception]]\nowner = \"a\"\nreason = \"b\"\nexpires = 2027-01-31\n{lines}\n"
            );
            parsed(&text).map(|config| config.exceptions[0].clone())
        };
        let all = "controls = [\"storage.*\", \"keys.rotation\"]\nprovider = \"azure\"\nscope = \"prod-*\"\n\
                   tag = \"team=web*\"\nticket = \"SEC-1\"\ncompensating-control = \"a proxy\"";
        let read = exception(all).unwrap();
        assert_eq!(read.controls, ["storage", "keys.rotation"]);
        assert_eq!(read.place.provider, Some(Provider::Azure));
        assert_eq!(read.place.scope, Some(Pattern::new("prod-*")));
        assert_eq!(read.place.tag, Some(("team".to_owned(), Pattern::new("web*"))));
        assert_eq!(read.ticket.as_deref(), Some("SEC-1"));
        assert_eq!(read.compensating_control.as_deref(), Some("a proxy"));
        let region = exception("control = \"keys.rotation\"\nregion = \"ap-*\"").unwrap();
        assert_eq!(region.place.region, Some(Pattern::new("ap-*")));
        assert_eq!(posture_report::described(&region.place), "in region `ap-*`");
        let inside = "control = \"workloads.privileged-containers\"\nnamespace = \"shop\"\ncontainer = \"istio-*\"";
        let inside = exception(inside).unwrap().place;
        assert_eq!(
            posture_report::described(&inside),
            "in container `istio-*` in namespace `shop` on Kubernetes"
        );
        for (wrong, what) in [
            ("control = \"keys.rotation\"", "8: an exception needs `resource`"),
            (
                "control = \"keys.rotation\"\nnamespace = \"a\"\nprovider = \"aws\"",
                "are of Kubernetes",
            ),
            ("control = \"keys.rotation\"\nnamespace = \"a\"\nregion = \"b\"", "not both"),
            ("control = \"keys.rotation\"\ncontainer = \"*\"", "it cannot cover everything"),
            ("control = \"keys.rotation\"\nresource = \"**\"", "it cannot cover everything"),
            ("control = \"keys.rotation\"\nscope = \"*\"", "it cannot cover everything"),
            ("control = \"keys.rotation\"\nregion = \"*\"", "it cannot cover everything"),
            ("control = \"keys.rotation\"\nregion = \"\"", "`region` is empty"),
            ("control = \"keys.rotation\"\ntag = \"team\"", "`tag` must be `key=value`"),
            ("control = \"keys.rotatio\"\nresource = \"x\"", "did you mean `keys.rotation`"),
            ("controls = [\"keyz\"]\nresource = \"x\"", "unknown control `keyz`"),
            ("resource = \"x\"", "needs `control` or `controls`"),
            (
                "control = \"keys.rotation\"\nresource = \"x\"\nprovider = \"gcp\"",
                "unknown provider",
            ),
            ("control = \"keys.rotation\"\nresource = \"x\"\nticket = \" \"", "`ticket` is empty"),
        ] {
            let mistakes = exception(wrong).unwrap_err().join("\n");
            let what = what.trim_start_matches("8: ");
            assert!(mistakes.contains(what), "{wrong}: {mistakes}");
        }
    }

    #[test]
    fn accounts_to_leave_out_are_numbers() {
        let target = |accounts: &str| {
            let head = "[[target]]\nprovider = \"aws\"\norganization = true\n";
            parsed(&format!("{head}exclude-accounts = {accounts}\n"))
        };
        let config = target("[\"111111111111\"]").unwrap();
        let Target::Aws(accounts) = &config.targets[0].target else { panic!() };
        assert_eq!(accounts.login.exclude_account, ["111111111111"]);
        for wrong in ["[\"12\"]", "[\"abcdefghijkl\"]"] {
            let mistakes = target(wrong).unwrap_err();
            assert!(mistakes[0].contains("12-digit account ID"), "{mistakes:?}");
        }
    }

    #[test]
    fn broken_toml_names_the_line() {
        let mistakes = parsed("[audit]\nseverity = \n").unwrap_err();
        assert!(mistakes[0].starts_with("2: "), "{mistakes:?}");
    }

    #[test]
    fn a_file_that_was_not_named_reports_what_it_removes_and_sends_away() {
        let removes = |text: &str, found| {
            let config = Config { found, ..parsed(text).unwrap() };
            config.removes()
        };
        let hostile = "[audit]\nfail-on = \"critical\"\n[history]\n\
                       store = \"postgres://user@evil.example/canary\"\n\
                       snapshots = \"s3://theirs/canary\"\n";
        let message = removes(hostile, true).unwrap();
        for part in ["`fail-on`", "postgres://evil.example", "s3://theirs"] {
            assert!(message.contains(part), "{message}");
        }
        assert!(!message.contains("canary"), "{message}");
        assert_eq!(removes(hostile, false), None);
        assert_eq!(removes("[history]\nstore = \"a.db\"\nsnapshots = \"kept\"\n", true), None);
    }

    #[test]
    fn a_file_includes_no_more_than_it_may() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("posture.toml");
        // Itself, too, which is not a file of exceptions.
        for (times, message) in [(1, "exception"), (101, "too many"), (50_000, "too many")] {
            let list = vec!["\"posture.toml\""; times].join(",");
            std::fs::write(&path, format!("include = [{list}]\n")).unwrap();
            let error = load(Some(&path), &[]).unwrap_err().to_string();
            assert!(error.contains(message), "{times}: {error}");
        }
    }

    #[test]
    fn nesting_without_end_is_a_mistake() {
        let deep = format!("[audit]\nregions = {}{}\n", "[".repeat(50_000), "]".repeat(50_000));
        assert!(parsed(&deep).is_err());
        assert!(parsed(&format!("{}x = 1\n", "a.".repeat(50_000))).is_err());
    }
}
