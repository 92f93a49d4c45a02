//! The `posture` command: arguments, configuration, progress, rendering, exit codes.
#![allow(clippy::print_stderr, reason = "a command talks to its user")]

mod args;
mod audit;
mod bundle;
mod catalogue;
mod config;
mod diff;
mod endpoints;
mod error;
mod exceptions;
mod history;
mod input;
mod log;
mod permissions;
mod progress;
mod report;
mod schedule;
mod select;
mod sim;
mod what_if;

use std::io::{IsTerminal, Write};
use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{Audit, Cli, Command, LogFormat, LogLevel, Permissions, Schedule, Screen, Sim, When};
use error::{Failure, Result};
use posture_report::Canvas;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let screen = cli.screen;
    let usual = match &cli.command {
        Command::Schedule { command: Schedule::Run { .. } | Schedule::Once(_) } => LogLevel::Info,
        _ if screen.log_format == LogFormat::Json => LogLevel::Error,
        _ => LogLevel::Off,
    };
    log::begin(screen, usual);
    match run(cli) {
        Ok(code) => code,
        Err(failure) => {
            log::failed(screen, &failure);
            failure.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode> {
    let screen = cli.screen;
    match cli.command {
        Command::Audit { provider: Audit::Aws(arguments) } => audit::aws(&arguments, screen),
        Command::Audit { provider: Audit::Azure(arguments) } => audit::azure(&arguments, screen),
        Command::Audit { provider: Audit::Targets(arguments) } => {
            audit::targets(&arguments, screen)
        }
        Command::Demo(arguments) => audit::demo(*arguments, screen),
        Command::Check(arguments) => report::check(&arguments, screen),
        Command::Report(arguments) => report::check(&arguments, screen),
        Command::Diff(arguments) => diff::run(&arguments, screen),
        Command::History { command } => history::run(command, screen),
        Command::Schedule { command } => schedule::run(command, screen),
        Command::Bundle(arguments) => bundle::bundle(&arguments, screen),
        Command::Verify(arguments) => bundle::verify(&arguments, screen),
        Command::Exceptions { command } => exceptions::run(command, screen),
        Command::Controls { known, command } => catalogue::controls(&known, command, screen),
        Command::Frameworks { command } => {
            print(screen, |canvas, out| catalogue::frameworks(command, canvas, out))
        }
        Command::Permissions { provider: Permissions::Aws { selection, format } } => {
            print(screen, |_, out| permissions::aws(&selection, format, out))
        }
        Command::Permissions { provider: Permissions::Azure { selection, format } } => {
            print(screen, |_, out| permissions::azure(&selection, format, out))
        }
        Command::Sim { provider: Sim::Aws { scenario, generate, regions, latency, port } } => {
            let mut world = match (scenario, generate) {
                (Some(path), _) => sim::world(&path)?,
                (None, size) => {
                    let regions = usize::from(regions);
                    let size = posture_sim::aws::Size { regions, ..size.unwrap_or_default() };
                    posture_sim::aws::generate(size)
                }
            };
            world.latency.ms += latency;
            sim::aws(world, port)
        }
        Command::Sim { provider: Sim::Azure { scenario, generate, port } } => {
            let tenant = match (scenario, generate) {
                (Some(path), _) => sim::scenario(&path)?,
                (None, size) => {
                    let (subscriptions, accounts) = size.unwrap_or_default();
                    posture_sim::azure::generate(subscriptions, accounts)
                }
            };
            sim::azure(tenant, port)
        }
        Command::Completions { shell } => print(screen, |_, out| {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "posture", &mut script);
            put(out, |out| out.write_all(&script))
        }),
    }
}

/// Runs something that writes to standard output.
fn print(
    screen: Screen,
    work: impl FnOnce(Canvas, &mut dyn Write) -> Result<()>,
) -> Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    work(canvas(screen), &mut out)?;
    put(&mut out, |out| out.flush())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes; a reader that went away, such as `head`, is no failure.
fn put(
    out: &mut dyn Write,
    work: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Result<()> {
    match work(out) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::tool("cannot write the output").cause(error))
        }
        _ => Ok(()),
    }
}

/// Width and colour of standard output: the flag, then NO_COLOR, then FORCE_COLOR, then whether it is a terminal.
fn canvas(screen: Screen) -> Canvas {
    let set =
        |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
    let color = match screen.color {
        When::Always => true,
        When::Never => false,
        When::Auto if set("NO_COLOR") => false,
        When::Auto if set("FORCE_COLOR") => true,
        When::Auto => {
            std::io::stdout().is_terminal()
                && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
        }
    };
    let columns = || std::env::var("COLUMNS").ok()?.parse::<u16>().ok();
    let width = match console::Term::stdout().size_checked() {
        Some((_, width)) => width,
        None => columns().unwrap_or(80),
    };
    Canvas { width: width.clamp(60, 200), color }
}
