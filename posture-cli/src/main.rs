//! The `posture` command: arguments, configuration, progress, rendering, exit codes.
#![allow(clippy::print_stderr, reason = "a command talks to its user")]

mod args;
mod audit;
mod bundle;
mod catalogue;
mod cli;
mod config;
mod diff;
mod endpoints;
mod error;
mod exceptions;
mod history;
mod input;
mod judging;
mod log;
mod output;
mod permissions;
mod progress;
mod providers;
mod reach;
mod report;
mod schedule;
mod select;
mod sim;
mod what_if;

use std::process::ExitCode;

use clap::{CommandFactory, Parser};

use args::{LogFormat, LogLevel, Schedule};
use cli::{Audit, Cli, Command};
use error::Result;
use output::{print, put};

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
        Command::Audit { provider: Audit::One(arguments) } => audit::one(&arguments, screen),
        Command::Audit { provider: Audit::Targets(arguments) } => {
            audit::targets(&arguments, screen)
        }
        Command::Demo(arguments) => audit::demo(*arguments, screen),
        Command::Check(arguments) => report::check(&arguments, screen),
        Command::Report(arguments) => report::check(&arguments, screen),
        Command::Diff(arguments) => diff::run(&arguments, screen),
        Command::Reach(arguments) => reach::run(&arguments, screen),
        Command::History { command } => history::run(command, screen),
        Command::Schedule { command } => schedule::run(command, screen),
        Command::Bundle(arguments) => bundle::bundle(&arguments, screen),
        Command::Verify(arguments) => bundle::verify(&arguments, screen),
        Command::Exceptions { command } => exceptions::run(command, screen),
        Command::Controls { known, command } => catalogue::controls(&known, command, screen),
        Command::Frameworks { command } => {
            print(screen, |canvas, out| catalogue::frameworks(command, canvas, out))
        }
        Command::Permissions { provider } => {
            print(screen, |_, out| permissions::print(&provider, out))
        }
        Command::Sim { provider } => provider.run(),
        Command::Completions { shell } => print(screen, |_, out| {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "posture", &mut script);
            put(out, |out| out.write_all(&script))
        }),
    }
}
