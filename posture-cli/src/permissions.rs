//! `posture permissions`: the least that an audit needs.

use std::io::Write;

use posture_core::exception;
use posture_core::wanted;

use crate::config;
use crate::error::Result;
use crate::output::put;
use crate::providers::Permissions;
use crate::select::select;

pub(crate) fn print(of: &Permissions, out: &mut dyn Write) -> Result<()> {
    let config = config::load_for(of.selection())?;
    let selected = select(of.selection(), &config)?;
    // Exceptions tell resources apart by their tags, which have to be read then.
    let wanted = |provider| {
        let controls = &selected.controls;
        let tags = exception::tags_of(&config.exceptions, controls, provider);
        wanted::by(controls, provider).and(&tags)
    };
    let text = of.text(wanted);
    put(out, |out| writeln!(out, "{text}"))
}
