//! The `posture` command: arguments, configuration, progress, rendering, exit codes.

mod args;
mod audit;
mod bundle;
mod catalogue;
mod cli;
mod color;
mod comparison;
mod config;
mod connections;
mod db;
mod diff;
mod endpoints;
mod error;
mod exceptions;
mod explain;
mod facts;
mod filter;
mod finding_id;
mod help;
mod history;
mod image;
mod init;
mod input;
mod judging;
mod listing;
mod log;
mod manual;
mod named;
mod output;
mod overview;
mod permissions;
mod progress;
mod providers;
mod reach;
mod report;
mod schedule;
mod select;
mod sim;
mod trees;
mod typed;
mod what_if;

use std::ffi::OsString;
use std::io::IsTerminal;
use std::process::ExitCode;

use clap::CommandFactory;

use args::{LogFormat, LogLevel, Schedule};
use cli::{Audit, Cli, Command};
use error::Result;
use output::{print, put};

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    if arguments.len() <= 1 && std::io::stdout().is_terminal() {
        return overview::show();
    }
    let cli = match cli::parse(arguments) {
        Ok(cli) => cli,
        Err(code) => return code,
    };
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
        Command::Report(arguments) => report::render(&arguments, screen),
        Command::Diff(arguments) => diff::run(&arguments, screen),
        Command::Reach(arguments) => reach::run(&arguments, screen),
        Command::History { command } => history::run(command, screen),
        Command::Schedule { command } => schedule::run(command, screen),
        Command::Bundle(arguments) => bundle::bundle(&arguments, screen),
        Command::Verify(arguments) => bundle::verify(&arguments, screen),
        Command::Exceptions { command } => exceptions::run(command, screen),
        Command::Db { command } => db::run(command, screen),
        Command::Image { command } => image::run(command, screen),
        Command::Controls { known, command } => catalogue::controls(&known, command, screen),
        Command::Explain(arguments) => explain::run(&arguments, screen),
        Command::Frameworks { format, command } => {
            print(screen, |canvas, out| catalogue::frameworks(command, format, canvas, out))
        }
        Command::Facts(arguments) => facts::run(&arguments, screen),
        Command::Permissions { provider } => {
            print(screen, |_, out| permissions::print(&provider, out))
        }
        Command::Sim { provider } => provider.run(),
        Command::Completions { shell } => print(screen, |_, out| {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "posture", &mut script);
            put(out, |out| out.write_all(&script))
        }),
        Command::Manual { folder } => manual::write(folder.as_deref(), screen),
        Command::Init { output } => init::write(&output, screen),
        Command::Version => print(screen, |_, out| {
            put(out, |out| writeln!(out, "posture {}", env!("CARGO_PKG_VERSION")))
        }),
    }
}
