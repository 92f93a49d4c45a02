//! `posture db`: the local database of known vulnerabilities.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};
use posture::image::database::{self, Status};
use posture::image::update;
use posture_core::time::Time;
use posture_report::text::{NAME, safe};

use crate::args::{DiffFormat, Screen};
use crate::error::{Failure, Result};
use crate::output::{counted, pretty, print, put, say, word};
use crate::providers::image::place_of_database;

/// `posture db`.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Make the database from dumps of OSV and the catalog of CISA, which were downloaded before.
    ///
    /// Takes the zip archives that OSV publishes for an ecosystem, folders with their records, and
    /// known_exploited_vulnerabilities.json. The database holds these dumps alone: what it held before is replaced.
    Update(Update),
    /// Show what the database holds, and how old it is.
    Status(Show),
}

/// `posture db update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Dump, folder with dumps, or catalog; can be given several times.
    #[arg(long, value_name = "FILE|FOLDER")]
    from: Vec<PathBuf>,
    /// Day on which the files were downloaded, such as 2027-01-31 [default: when the last record of each dump was changed].
    #[arg(long, value_name = "DAY", value_parser = crate::args::day)]
    fetched: Option<jiff::civil::Date>,
    /// Database to write.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
}

/// `posture db status`.
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Database to read.
    #[arg(long, value_name = "FILE")]
    database: Option<PathBuf>,
    /// Output format.
    #[arg(long, value_enum, default_value_t = DiffFormat::Table, value_name = "FORMAT")]
    format: DiffFormat,
}

pub(crate) fn run(command: Db, screen: Screen) -> Result<ExitCode> {
    match command {
        Db::Update(arguments) => update(&arguments, screen),
        Db::Status(arguments) => status(&arguments, screen),
    }
}

fn place(named: Option<&PathBuf>) -> Result<PathBuf> {
    named.cloned().or_else(place_of_database).ok_or_else(|| {
        Failure::usage(
            "there is no folder for the database: neither XDG_CACHE_HOME nor HOME is set",
        )
        .help("name the database with --database FILE")
    })
}

fn update(arguments: &Update, screen: Screen) -> Result<ExitCode> {
    if arguments.from.is_empty() {
        return Err(Failure::usage("posture downloads no dumps itself").help(
            "download those of the ecosystems that you need, such as \
             https://osv-vulnerabilities.storage.googleapis.com/Debian/all.zip, and name them with --from FILE",
        ));
    }
    let place = place(arguments.database.as_ref())?;
    let fetched = arguments.fetched.map(|day| format!("{day}T00:00:00Z").parse::<Time>());
    let fetched = fetched.transpose().map_err(|_| Failure::usage("`--fetched` is not a day"))?;
    let updated = update::update(&arguments.from, &place, fetched)
        .map_err(|why| Failure::tool("cannot make the database").cause(why))?;
    if !screen.quiet {
        for (file, ecosystem, count) in &updated.dumps {
            let count = counted(*count, "record", "records");
            say!("{}: {}, {count}", safe(file, NAME), safe(ecosystem, NAME));
        }
        if let Some((file, count)) = &updated.exploited {
            say!(
                "{}: {}",
                safe(file, NAME),
                counted(*count, "exploited vulnerability", "exploited vulnerabilities")
            );
        }
        say!("wrote {}; see it with: posture db status", word(&place));
    }
    Ok(ExitCode::SUCCESS)
}

fn status(arguments: &Show, screen: Screen) -> Result<ExitCode> {
    let place = place(arguments.database.as_ref())?;
    if !place.exists() {
        return Err(Failure::tool(format!("there is no database at {}", word(&place)))
            .help("make one with: posture db update --from FILE"));
    }
    let status = database::status(&place)
        .map_err(|why| Failure::tool("cannot read the database").cause(why))?;
    let now = Time::from(jiff::Timestamp::now());
    print(screen, |_, out| {
        put(out, |out| match arguments.format {
            DiffFormat::Json => writeln!(out, "{}", pretty(&json(&status, now))),
            DiffFormat::Table => {
                for line in lines(&status, now) {
                    writeln!(out, "{line}")?;
                }
                Ok(())
            }
        })
    })
}

/// How old something is, and whether an audit accepts that.
fn aged(at: Option<Time>, now: Time) -> String {
    let Some(at) = at else { return "of unknown age: an audit takes it as too old".to_owned() };
    let days = usize::try_from(at.days_before(now)).unwrap_or(0);
    let age = format!("from {}, {} old", at.day(), counted(days, "day", "days"));
    match database::age(Some(at), now, database::MAX_AGE_DAYS) {
        None => age,
        Some(_) => format!("{age}: too old for an audit, which allows {}", database::MAX_AGE_DAYS),
    }
}

fn lines(status: &Status, now: Time) -> Vec<String> {
    let records = usize::try_from(status.records).unwrap_or(usize::MAX);
    let ecosystems = counted(status.ecosystems.len(), "ecosystem", "ecosystems");
    let mut all = vec![format!("{} of {ecosystems}", counted(records, "record", "records"))];
    for one in &status.ecosystems {
        let count = usize::try_from(one.records).unwrap_or(usize::MAX);
        let count = counted(count, "record", "records");
        all.push(format!("{}: {count}, {}", safe(&one.name, NAME), aged(one.changed, now)));
        if !one.releases.is_empty() {
            all.push(format!("  releases: {}", safe(&one.releases.join(", "), 2_000)));
        }
        if one.damaged > 0 {
            all.push(format!(
                "  {} could not be read: an audit takes the ecosystem as incomplete",
                counted(usize::try_from(one.damaged).unwrap_or(usize::MAX), "record", "records")
            ));
        }
    }
    all.push(match &status.exploited {
        None => "exploited vulnerabilities: no catalog".to_owned(),
        Some(Err(why)) => format!("exploited vulnerabilities: {}", safe(why, 500)),
        Some(Ok((at, count))) => {
            format!("exploited vulnerabilities: {count}, {}", aged(Some(*at), now))
        }
    });
    all
}

fn json(status: &Status, now: Time) -> serde_json::Value {
    let is_stale = |at: Option<Time>| database::age(at, now, database::MAX_AGE_DAYS).is_some();
    let ecosystems = status.ecosystems.iter().map(|one| {
        serde_json::json!({
            "name": one.name,
            "releases": one.releases,
            "records": one.records,
            "damaged": one.damaged,
            "from": one.changed.map(|at| at.to_string()),
            "too-old": is_stale(one.changed),
        })
    });
    let exploited = match &status.exploited {
        None => serde_json::Value::Null,
        Some(Err(why)) => serde_json::json!({ "unreadable": why }),
        Some(Ok((at, count))) => serde_json::json!({
            "count": count,
            "from": at.to_string(),
            "too-old": is_stale(Some(*at)),
        }),
    };
    serde_json::json!({
        "records": status.records,
        "ecosystems": ecosystems.collect::<Vec<_>>(),
        "exploited": exploited,
    })
}
