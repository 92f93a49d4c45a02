//! `posture manual`: manual pages, made of the same texts as help.

use std::path::Path;
use std::process::ExitCode;

use clap_mangen::Man;

use crate::args::Screen;
use crate::error::{Failure, Result};
use crate::help;
use crate::output::{print, put, word};

/// Prints the page of the program, or writes a page for each command to a folder.
pub(crate) fn write(folder: Option<&Path>, screen: Screen) -> Result<ExitCode> {
    let command = help::of_manual();
    let Some(folder) = folder else {
        return print(screen, |_, out| put(out, |mut out| Man::new(command).render(&mut out)));
    };
    // The pages hold no secret, and are for every user of the machine.
    let written =
        std::fs::create_dir_all(folder).and_then(|()| clap_mangen::generate_to(command, folder));
    written.map_err(|error| {
        Failure::tool(format!("cannot write manual pages to `{}`", folder.display())).cause(error)
    })?;
    print(screen, |_, out| {
        if screen.quiet {
            return Ok(());
        }
        put(out, |out| writeln!(out, "wrote the manual pages to {}", word(folder)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_with_its_options() {
        let folder = tempfile::tempdir().unwrap();
        clap_mangen::generate_to(help::of_manual(), folder.path()).unwrap();
        let page = |name: &str| std::fs::read_to_string(folder.path().join(format!("{name}.1")));
        for (name, words) in [
            ("posture", "audit"),
            ("posture", "Exit codes"),
            ("posture-audit-aws", "\\-\\-organization"),
            ("posture-audit-aws", "posture audit aws \\-\\-profile prod"),
            ("posture-history-trend", "\\-\\-limit"),
            ("posture-manual", "FOLDER"),
        ] {
            let page = page(name).unwrap();
            assert!(page.contains(words), "{name}: {page}");
            assert!(page.contains(".SH NAME") && page.contains(".SH SYNOPSIS"), "{name}");
            assert!(!page.contains('\u{1b}'), "{name}");
        }
        assert!(page("posture-version").is_err() && page("posture-help").is_err());
    }
}
