//! What the page does not say, and what its words mean.

use std::io::{self, Write};

use super::look::{STATES, color, meaning};
use super::shell::part;

pub(super) fn limits(out: &mut impl Write) -> io::Result<()> {
    part("limits", out)?;
    writeln!(
        out,
        "<ul class=list><li>Configuration only, as the APIs of the providers returned it, at one point in time. No statement is made \
         about any other time, or about how well a control worked over a period.\
         <li>This is not an opinion, attestation, certification or legal advice. Whether a requirement is satisfied is for \
         an assessor to conclude, from this report and from what APIs cannot show.\
         <li>A pass means that what the control examines is as it should be. It does not mean that the system is secure.\
         <li>Anything that could not be read is unknown. It is listed, and never counted as a pass.\
         <li>Stored data, the inside of machines and code, people, documents, contracts and sites were not examined.\
         <li>An API may return a setting that is not yet in effect, or that behaves differently from its documentation; the returned value is \
         what was checked.\
         <li>The mapping of controls to requirements is an interpretation of the frameworks, which their publishers have not \
         approved.</ul></section>"
    )
}

/// What the words of the page mean.
pub(super) fn words(out: &mut impl Write) -> io::Result<()> {
    part("words", out)?;
    writeln!(
        out,
        "<h3>Outcome of a finding</h3><dl class=kv><dt>fail<dd>The objective is not met; evidence stands beside it.\
         <dt>excepted<dd>The objective is not met, and an exception with an owner and an expiry date covers it.\
         <dt>unknown<dd>It could not be decided, because something could not be read.\
         <dt>pass<dd>The objective is met, and all facts are known.\
         <dt>not applicable<dd>The objective does not apply to the resource, or there is no such resource.</dl>\
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
        "</dl><h3>Class of a requirement</h3><dl class=kv><dt>automated<dd>It is in substance a setting that APIs \
         show.<dt>partial<dd>APIs show a material part: a failure is proof, a pass is evidence only.\
         <dt>organizational<dd>APIs show nothing material.\
         <dt>node<dd>APIs show nothing: it is a setting in a file or a process of a machine.</dl>\
         <h3>Mapping of a control to a requirement</h3><dl class=kv><dt>full<dd>It decides the requirement, for what was \
         audited.<dt>partial<dd>It decides a part: a failure shows that the requirement is not met.\
         <dt>supporting<dd>It is evidence, and decides nothing.</dl>\
         <h3>Severity of a control</h3><dl class=kv><dt>critical<dd>Anyone can cause harm now.\
         <dt>high<dd>One more mistake away from harm.\
         <dt>medium<dd>Weakens another defense, or hides what happened.<dt>low<dd>Good to have.</dl></section>"
    )
}
