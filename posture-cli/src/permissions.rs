//! `posture permissions`: the least that an audit needs.

use std::io::Write;

use crate::config;
use crate::error::Result;
use crate::output::put;
use crate::providers::Permissions;
use crate::select::select;

pub(crate) fn print(of: &Permissions, out: &mut dyn Write) -> Result<()> {
    let config = config::load_for(of.selection())?;
    let selected = select(of.selection(), &config)?;
    let text = of.text(&selected.controls);
    put(out, |out| writeln!(out, "{text}"))
}
