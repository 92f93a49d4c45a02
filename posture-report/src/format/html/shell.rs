//! What every page begins and ends with, and its parts.

use base64::Engine;
use std::io::{self, Write};

use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

pub(super) const STYLE: &str = include_str!("page.css");

pub(super) const SCRIPT: &str = include_str!("page.js");

/// The parts of the page, each with the name for links.
pub(super) const PARTS: [(&str, &str); 14] = [
    ("summary", "Summary"),
    ("scope", "Scope and time"),
    ("method", "Method"),
    ("completeness", "Completeness"),
    ("results", "Coverage and results"),
    ("trend", "Trend"),
    ("findings", "Findings"),
    ("requirements", "Requirements"),
    ("not-assessed", "Not assessed"),
    ("exceptions", "Exceptions"),
    ("evidence", "Evidence"),
    ("responsibility", "Shared responsibility"),
    ("limits", "Limitations"),
    ("words", "Glossary"),
];

/// Begins a page, up to its body.
pub(super) fn begin(title: &str, out: &mut impl Write) -> io::Result<()> {
    let (style, script) = (STYLE.replace("\r\n", "\n"), SCRIPT.replace("\r\n", "\n"));
    writeln!(out, "<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>")?;
    writeln!(
        out,
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; style-src '{}'; script-src '{}'; \
         base-uri 'none'; form-action 'none'\">",
        source(&style),
        source(&script)
    )?;
    writeln!(
        out,
        "<meta name=viewport content=\"width=device-width, initial-scale=1\">\
         <meta name=color-scheme content=\"light dark\"><meta name=referrer content=no-referrer>\
         <meta name=robots content=noindex>"
    )?;
    writeln!(out, "<title>{title}</title>")?;
    writeln!(out, "<style>{style}</style></head><body>")
}

/// Ends a page.
pub(super) fn end(out: &mut impl Write) -> io::Result<()> {
    let script = SCRIPT.replace("\r\n", "\n");
    writeln!(out, "</main><script>{script}</script></body></html>")
}

/// Begins a part.
pub(super) fn part(id: &str, out: &mut impl Write) -> io::Result<()> {
    let title = PARTS.iter().find(|(known, _)| *known == id).map_or("", |(_, title)| title);
    writeln!(out, "<section class=part id={id}><h2>{title}</h2>")
}

/// The digest of lines, as a content security policy wants it.
pub(super) fn source(text: &str) -> String {
    let digest: Vec<u8> = Sha256::digest(text.as_bytes()).iter().copied().collect();
    format!("sha256-{}", STANDARD.encode(digest))
}
