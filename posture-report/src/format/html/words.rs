//! What the page does not say, and what its words mean.

use std::io::{self, Write};

use super::look::{STATES, color, meaning};
use super::shell::part;

pub(super) fn limits(out: &mut impl Write) -> io::Result<()> {
    part("limits", out)?;
    writeln!(
        out,
        "<ul class=list><li>Configuration only, as the interfaces of the providers showed it, at one moment. Nothing is said \
         of any other time, nor of how well a control worked over a period.\
         <li>No opinion, no attestation, no certification, and no legal advice. Whether a requirement is satisfied is for \
         an assessor to conclude, from this and from what no interface shows.\
         <li>A pass says that what the control examines is as it should be. It does not say that the system is secure.\
         <li>What could not be read is unknown. It is listed, and nowhere counted as a pass.\
         <li>Stored data, the inside of machines and code, people, documents, contracts and sites were not examined.\
         <li>An interface may show a setting that does not yet act, or acts otherwise than documented; what it showed is \
         what was judged.\
         <li>How controls relate to requirements is a reading of the frameworks, not one that their publishers have \
         approved.</ul></section>"
    )
}

/// What the words of the page mean.
pub(super) fn words(out: &mut impl Write) -> io::Result<()> {
    part("words", out)?;
    writeln!(
        out,
        "<h3>Outcome of a finding</h3><dl class=kv><dt>fail<dd>The objective is not met; evidence stands beside it.\
         <dt>excepted<dd>The objective is not met, and an exception with an owner and an end covers it.\
         <dt>unknown<dd>It could not be decided, since something could not be read.\
         <dt>pass<dd>The objective is met, by facts that are all known.\
         <dt>not applicable<dd>The objective does not concern the resource, or there is no such resource.</dl>\
         <h3>State of a requirement</h3><dl class=kv>"
    )?;
    for state in STATES {
        writeln!(
            out,
            "<dt><span class=\"st k-{}\">{state}</span><dd>{}",
            color(state),
            meaning(state)
        )?;
    }
    writeln!(
        out,
        "</dl><h3>Class of a requirement</h3><dl class=kv><dt>automated<dd>It is in substance a setting that interfaces \
         show.<dt>partial<dd>They show a material part: a failure is proof, a pass is evidence only.\
         <dt>organisational<dd>They show nothing material.</dl>\
         <h3>How a control bears on a requirement</h3><dl class=kv><dt>full<dd>It decides the requirement, for what was \
         audited.<dt>partial<dd>It decides a part: a failure shows that the requirement is not met.\
         <dt>supporting<dd>It is evidence, and decides nothing.</dl>\
         <h3>Severity of a control</h3><dl class=kv><dt>critical<dd>Anyone can do harm now.\
         <dt>high<dd>One more mistake away from harm.\
         <dt>medium<dd>Weakens another defence, or hides what happened.<dt>low<dd>Good to have.</dl></section>"
    )
}
