//! `posture db`: the local database of known vulnerabilities.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use posture::image::database::{self, Status};
use posture::image::fetch::{self, FetchError, Sources};
use posture::image::update::{self, Updated};
use posture_core::time::Time;
use posture_report::text::{NAME, safe};

use crate::args::{DiffFormat, Screen};
use crate::error::{Failure, Result};
use crate::output::{counted, pretty, print, put, say, word};
use crate::providers::image::place_of_database;

/// `posture db`.
#[derive(Debug, Subcommand)]
pub(crate) enum Db {
    /// Make the database of known vulnerabilities: fetch the dumps of ecosystems, or take those that were downloaded before.
    ///
    /// With names of ecosystems, such as Debian or PyPI, it fetches what OSV publishes for them, and the catalog of exploited
    /// vulnerabilities of CISA. Without any, it fetches those that the database holds again. With --from it fetches nothing: it takes
    /// zip archives of OSV, folders with their records, and known_exploited_vulnerabilities.json. The database holds these dumps
    /// alone. What was there is replaced once everything is complete, and stays as it is if anything fails.
    Update(Update),
    /// Show what the database holds, and how old it is.
    Status(Show),
}

/// `posture db update`.
#[derive(Debug, Args)]
pub(crate) struct Update {
    /// Ecosystem of OSV, such as Debian, Alpine, PyPI or npm [default: those of the database].
    #[arg(value_name = "ECOSYSTEM", conflicts_with = "from")]
    ecosystems: Vec<String>,
    /// Dump, folder with dumps, or catalog; can be given several times. Nothing is fetched.
    #[arg(long, value_name = "FILE|FOLDER")]
    from: Vec<PathBuf>,
    /// Mirror to fetch the dumps from, with the paths and hashes (x-goog-hash) of OSV's store.
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    mirror: Option<String>,
    /// Mirror to fetch the catalog of exploited vulnerabilities from.
    #[arg(long, value_name = "URL", conflicts_with_all = ["from", "no_exploited"])]
    exploited_mirror: Option<String>,
    /// Do not fetch the catalog of exploited vulnerabilities; the one that is there stays.
    #[arg(long, conflicts_with = "from")]
    no_exploited: bool,
    /// Day on which the files were downloaded or mirrored, such as 2027-01-31 [default: of what OSV serves, now; else when the last
    /// record of each dump was changed].
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
    let place = place(arguments.database.as_ref())?;
    let fetched = arguments.fetched.map(|day| format!("{day}T00:00:00Z").parse::<Time>());
    let fetched = fetched.transpose().map_err(|_| Failure::usage("`--fetched` is not a day"))?;
    let updated = match arguments.from.is_empty() {
        true => fetch(arguments, &place, fetched, screen)?,
        false => update::update(&arguments.from, &place, fetched)
            .map_err(|why| Failure::tool("cannot make the database").cause(why))?,
    };
    if !screen.quiet {
        shown(&updated);
        say!("wrote {}; see it with: posture db status", word(&place));
    }
    Ok(ExitCode::SUCCESS)
}

fn shown(updated: &Updated) {
    for (file, ecosystem, count) in &updated.dumps {
        let count = counted(*count, "record", "records");
        say!("{}: {}, {count}", safe(file, NAME), safe(ecosystem, NAME));
    }
    if let Some((file, count)) = &updated.exploited {
        let count = counted(*count, "exploited vulnerability", "exploited vulnerabilities");
        say!("{}: {count}", safe(file, NAME));
    }
}

/// Fetches the dumps that are named, or else those that the database holds.
fn fetch(
    arguments: &Update,
    place: &Path,
    fetched: Option<Time>,
    screen: Screen,
) -> Result<Updated> {
    let held = match place.exists() {
        true => fetch::held(place),
        false => Ok(Vec::new()),
    };
    let ecosystems = match arguments.ecosystems.as_slice() {
        [] => held.clone().map_err(|why| {
            Failure::tool("cannot read the ecosystems of the database")
                .cause(why)
                .help("name them: posture db update Debian")
        })?,
        named => named.to_vec(),
    };
    if ecosystems.is_empty() {
        return Err(Failure::usage(
            "no ecosystem is named, and there is no database that names any",
        )
        .help("name those of your images: posture db update Debian Alpine PyPI npm"));
    }
    let mirror = arguments.mirror.clone();
    if fetched.is_some() && mirror.is_none() {
        return Err(Failure::usage("`--fetched` is for files and for a mirror")
            .help("leave it out: what OSV serves is from now"));
    }
    let exploited = arguments.exploited_mirror.clone().unwrap_or_else(|| fetch::CISA.to_owned());
    let sources = Sources {
        dumps: mirror.unwrap_or_else(|| fetch::OSV.to_owned()),
        exploited: (!arguments.no_exploited).then_some(exploited),
        fetched,
        ..Sources::new(ecosystems.clone())
    };
    let is_left_out = |one: &&String| !ecosystems.iter().any(|name| name.eq_ignore_ascii_case(one));
    let dropped: Vec<String> =
        held.unwrap_or_default().iter().filter(is_left_out).cloned().collect();
    if !screen.quiet {
        say!("fetching {}", safe(&ecosystems.join(", "), NAME));
        if !dropped.is_empty() {
            let names = dropped.join(", ");
            let names = safe(&names, NAME);
            say!("note: the database will no longer hold {names}, which you did not name");
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime =
        runtime.map_err(|error| Failure::tool("cannot start the runtime").cause(error))?;
    let now = Time::from(jiff::Timestamp::now());
    let updated = runtime.block_on(fetch::update(&sources, place, now));
    updated.map_err(|error| match error {
        FetchError::Asked(why) => Failure::usage(why),
        failed => Failure::tool("cannot make the database")
            .cause(failed)
            .help("the database is as it was; files that you downloaded are taken with --from"),
    })
}

fn status(arguments: &Show, screen: Screen) -> Result<ExitCode> {
    let place = place(arguments.database.as_ref())?;
    if !place.exists() {
        return Err(Failure::tool(format!("there is no database at {}", word(&place)))
            .help("make one with: posture db update Debian"));
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
