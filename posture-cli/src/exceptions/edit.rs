//! `posture exceptions remove` and `renew`: edits of the files that people write.
//!
//! Only the text of the exception changes. Everything else, comments and order among it, stays byte for byte, which no writer
//! of TOML promises; what the edited file means is compared with what it should mean before it is written.

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use posture_core::exception::Exception;
use posture_report::described;
use posture_report::text::{NAME, safe};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{id, short, today};
use crate::args::Screen;
use crate::config;
use crate::error::{Failure, Result};
use crate::finding_id;
use crate::input;
use crate::output::{rewrite, say};

/// `posture exceptions remove`.
pub(super) fn remove(named: &str, config: Option<&Path>, screen: Screen) -> Result<ExitCode> {
    let edited = edit(named, config, |text, place, exceptions| {
        exceptions.remove(place);
        without(text, place)
    })?;
    finish(edited, "removed", screen)
}

/// `posture exceptions renew`.
pub(super) fn renew(
    named: &str,
    expires: jiff::civil::Date,
    config: Option<&Path>,
    screen: Screen,
) -> Result<ExitCode> {
    let end = config::end_of(expires)
        .ok_or_else(|| Failure::usage(format!("{expires} is not a day that can be")))?;
    let edited = edit(named, config, |text, place, exceptions| {
        if let Some(exception) = exceptions.get_mut(place) {
            exception.expires = end;
        }
        until(text, place, &expires.to_string())
    })?;
    if end <= today() {
        return Err(Failure::usage(format!("{expires} is in the past"))
            .help("--expires is the last day on which the exception is valid"));
    }
    finish(edited, &format!("renewed until {expires}:"), screen)
}

/// A file with its new text, and the exceptions that it is about.
struct Edited {
    path: PathBuf,
    text: String,
    about: Vec<Exception>,
    short: String,
}

/// Writes what was edited.
fn finish(edited: Vec<Edited>, done: &str, screen: Screen) -> Result<ExitCode> {
    for Edited { path, text, about, short } in edited {
        rewrite(&path, text.as_bytes())?;
        if screen.quiet {
            continue;
        }
        for exception in about {
            let what = format!("{} {}", exception.controls.join(", "), described(&exception.place));
            let path = path.to_string_lossy();
            say!("{done} {short} in `{}`: {}", safe(&path, 2_000), safe(&what, 2_000));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Edits every exception of an ID, in the configuration and the files that it includes. Nothing is written yet.
fn edit(
    named: &str,
    config: Option<&Path>,
    change: impl Fn(&str, usize, &mut Vec<Exception>) -> Option<String>,
) -> Result<Vec<Edited>> {
    let whole = config::load(config, &[])?;
    let all: Vec<String> = whole.exceptions.iter().map(id).collect();
    let wanted = chosen(named, &all)?;
    let main = config::path(config);
    let mut edited = Vec::new();
    for path in std::iter::once(main.clone()).chain(whole.included(&main)) {
        let cannot = |why: &str| {
            Failure::tool(format!("cannot edit `{}`", path.display()))
                .cause(why)
                .help("change the exception in the file by hand")
        };
        let mut text =
            input::text(&path, input::WRITTEN).map_err(|error| cannot(&error.to_string()))?;
        let parse = |text: &str| config::parse(text, whole.catalogue.clone()).ok();
        let before = parse(&text).ok_or_else(|| cannot("it changed meanwhile"))?;
        let mut exceptions = before.exceptions.clone();
        let mut about = Vec::new();
        // From the last to the first, so that the places of those that are still to be edited stay.
        for place in (0..before.exceptions.len()).rev() {
            if id(&before.exceptions[place]) != wanted {
                continue;
            }
            let counted = exceptions.len();
            text = change(&text, place, &mut exceptions)
                .ok_or_else(|| cannot("the exception is not written as a table `[[exception]]`"))?;
            let now = if exceptions.len() == counted { &exceptions } else { &before.exceptions };
            about.extend(now.get(place).cloned());
        }
        if about.is_empty() {
            continue;
        }
        let mut meant = before;
        meant.exceptions = exceptions;
        if parse(&text).as_ref() != Some(&meant) {
            return Err(cannot("the edited file would mean something else"));
        }
        meant.max_exception_days = whole.max_exception_days;
        meant.not_too_late(today())?;
        edited.push(Edited { path, text, about, short: short(&wanted, &all) });
    }
    Ok(edited)
}

/// The ID that its beginning identifies.
fn chosen(named: &str, all: &[String]) -> Result<String> {
    let wanted = finding_id::wanted(named, "an exception")?;
    let mut fitting: Vec<&String> = all.iter().filter(|id| id.starts_with(&wanted)).collect();
    fitting.sort_unstable();
    fitting.dedup();
    match fitting.as_slice() {
        [one] => Ok((*one).clone()),
        [] => Err(Failure::usage(format!("there is no exception `{}`", safe(named, NAME)))
            .help("`posture exceptions list` shows the IDs; the first characters are enough")),
        several => {
            let failure =
                Failure::usage(format!("{} exception IDs begin with `{wanted}`", several.len()));
            Err(several.iter().fold(failure, |failure, id| failure.help(format!("`{id}`"))))
        }
    }
}

/// The text without its exception at a place, and without the comment directly above it. None where the exception is not a
/// table of its own.
fn without(text: &str, place: usize) -> Option<String> {
    let Range { start, end } = table(text, place)?;
    if !text[start..].starts_with("[[") {
        return None;
    }
    let line_start = |at: usize| text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let mut start = line_start(start);
    while start > 0 {
        let above = line_start(start - 1);
        if !text[above..start].trim_start().starts_with('#') {
            break;
        }
        start = above;
    }
    let mut end = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
    // Of the blank lines around it, those above stay; at the beginning and at the end of the file none do.
    while let Some(length) = blank(&text[end..]) {
        end += length;
    }
    let mut before = &text[..start];
    if end == text.len() {
        let kept = before.trim_end();
        before = &before[..(kept.len() + 1).min(before.len())];
    }
    Some(format!("{}{}", if before.trim().is_empty() { "" } else { before }, &text[end..]))
}

/// The length of the line, if it is blank.
fn blank(text: &str) -> Option<usize> {
    let (line, _) = text.split_once('\n')?;
    line.trim().is_empty().then_some(line.len() + 1)
}

/// The text in which the exception at a place ends on another day.
fn until(text: &str, place: usize, day: &str) -> Option<String> {
    let (document, _) = DeTable::parse_recoverable(text);
    let table = exception(&document, place)?.get_ref().as_table()?;
    let Range { start, end } = table.get("expires")?.span();
    Some(format!("{}{day}{}", text.get(..start)?, text.get(end..)?))
}

/// Where the exception at a place is written, from its head to the end of its last value.
fn table(text: &str, place: usize) -> Option<Range<usize>> {
    let (document, _) = DeTable::parse_recoverable(text);
    let item = exception(&document, place)?;
    let ends = item.get_ref().as_table()?.iter().map(|(_, value)| value.span().end);
    let Range { start, end } = item.span();
    let end = ends.max().map_or(end, |last| last.max(end));
    (text.is_char_boundary(start) && text.is_char_boundary(end)).then_some(start..end)
}

fn exception<'d, 't>(
    document: &'d Spanned<DeTable<'t>>,
    place: usize,
) -> Option<&'d Spanned<DeValue<'t>>> {
    match document.get_ref().get("exception")?.get_ref() {
        DeValue::Array(list) => list.get(place),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# posture, for the web team\n\n[audit]\nseverity = \"low\" # all\n\n\
        # Reviewed with Ann\n# every quarter\n[[exception]]\ncontrol = \"a\"\nreason = \"\"\"two\nlines # no comment\"\"\"\n\
        expires = 2027-01-31 # the end\n\n# Second\n[[exception]]\nexpires = \"2027-02-28\"\n  [[exception]]\nexpires = 2027-03-31";

    #[test]
    fn what_is_removed_goes_with_its_comment_and_the_rest_stays() {
        let first = "# posture, for the web team\n\n[audit]\nseverity = \"low\" # all\n\n\
            # Second\n[[exception]]\nexpires = \"2027-02-28\"\n  [[exception]]\nexpires = 2027-03-31";
        assert_eq!(without(FILE, 0).unwrap(), first);
        let second = "expires = 2027-01-31 # the end\n\n  [[exception]]\nexpires = 2027-03-31";
        assert!(without(FILE, 1).unwrap().ends_with(second), "{:?}", without(FILE, 1));
        let last = "# Second\n[[exception]]\nexpires = \"2027-02-28\"\n";
        assert!(without(FILE, 2).unwrap().ends_with(last), "{:?}", without(FILE, 2));
        assert_eq!(without(FILE, 3), None);
        assert_eq!(without("[[exception]]\nexpires = 2027-01-31\n\n", 0).unwrap(), "");
        let windows =
            "[a]\r\nb = 1\r\n\r\n# c\r\n[[exception]]\r\nexpires = 2027-01-31\r\n\r\n[d]\r\n";
        assert_eq!(without(windows, 0).unwrap(), "[a]\r\nb = 1\r\n\r\n[d]\r\n");
        // In a list it has no lines of its own.
        assert_eq!(without("exception = [{ expires = 2027-01-31 }]\n", 0), None);
    }

    #[test]
    fn a_new_day_takes_the_place_of_the_old_one_and_nothing_else_changes() {
        for (place, from) in [(0, "2027-01-31"), (1, "\"2027-02-28\""), (2, "2027-03-31")] {
            assert_eq!(until(FILE, place, "2028-02-29").unwrap(), FILE.replace(from, "2028-02-29"));
        }
        let list = "exception = [{ expires = 2027-01-31 }]\n";
        assert_eq!(until(list, 0, "2028-02-29").unwrap(), list.replace("2027-01-31", "2028-02-29"));
        assert_eq!(until(FILE, 3, "2028-02-29"), None);
        assert_eq!(until("[[exception]]\n", 0, "2028-02-29"), None);
    }

    #[test]
    fn an_id_is_chosen_by_its_beginning() {
        let all = ["abcdef0123456789", "abcdef9876543210", "abcdef9876543210", "ffffffffffffffff"];
        let all = all.map(str::to_owned);
        assert_eq!(chosen("ABCDEF9", &all).unwrap(), all[1]);
        assert_eq!(chosen(" ffff", &all).unwrap(), all[3]);
        assert!(chosen("abcdef", &all).unwrap_err().to_string().contains("2 exception IDs"));
        for (wrong, why) in [("", "too short"), ("fff", "too short"), ("0000", "no exception")] {
            let text = chosen(wrong, &all).unwrap_err().to_string();
            assert!(text.contains(why), "{wrong}: {text}");
        }
        assert_eq!([short(&all[0], &all), short(&all[3], &all)], ["abcdef0", "ffffff"]);
    }
}
