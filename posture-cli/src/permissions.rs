//! `posture permissions`: the least that an audit needs.

use std::io::Write;

use crate::config;
use crate::error::Result;
use crate::judging;
use crate::output::put;
use crate::providers::Permissions;
use crate::select::select;

pub(crate) fn print(of: &Permissions, out: &mut dyn Write) -> Result<()> {
    let config = config::load_for(of.selection())?;
    let selected = select(of.selection(), &config)?;
    // Exceptions distinguish resources by their tags, which have to be read then.
    let options = judging::options(&config);
    let wanted = |provider| options.wanted(&selected.controls, provider);
    let text = of.text(wanted);
    put(out, |out| writeln!(out, "{text}"))
}
