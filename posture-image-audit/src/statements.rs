//! What others state about vulnerabilities (VEX), and what of it counts.
//!
//! Statements of documents that the user named, and of attestations that a key or identity of the user signed, may excuse a
//! vulnerability: by the rules of [`vex::excuses`], each installed package has to be covered by "not affected", or by "fixed" for this
//! very version, and none of these authors may state that the image is affected or that this is under investigation. What else is
//! attached to an image is anyone's: it is shown, and excuses nothing.

use posture_image::image::Identity;
use posture_image::limits::Limits;
use posture_image::osv::audit::Vulnerability as Found;
use posture_image::packages::Inventory;
use posture_image::vex::{self, Coverage, Document};

use crate::documents::Given;
use crate::trust::Attached;

/// What is stated of a vulnerability.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stated {
    /// The statements that excuse it; none if they do not.
    pub(crate) excused: Option<String>,
    /// Every statement that covers it or a part of it.
    pub(crate) all: Vec<String>,
}

/// The documents with statements about an image.
#[derive(Debug, Default)]
pub(crate) struct Statements {
    /// Of authors that the user trusts.
    trusted: Vec<Document>,
    /// Of anyone who can write to the registry.
    claimed: Vec<Document>,
}

impl Statements {
    /// Those that are given, and those that are attached to the image. What is attached and cannot be read covers nothing.
    pub(crate) fn of(given: &Given, attached: &[Attached]) -> Self {
        let mut all = Self { trusted: given.vex.clone(), claimed: Vec::new() };
        for one in attached {
            let name = format!("attestation {}", one.at);
            let read = vex::read(&one.statement, &name, &given.sboms, &Limits::default());
            let Ok(document) = read else { continue };
            let list = if one.verified { &mut all.trusted } else { &mut all.claimed };
            list.push(document);
        }
        all
    }

    /// What is stated of each of these vulnerabilities, in their order.
    pub(crate) fn about(
        &self,
        found: &[Found],
        inventory: &Inventory,
        identity: &Identity,
        names: &[String],
        given: &Given,
    ) -> Vec<Stated> {
        let mut stated = vec![Stated::default(); found.len()];
        if !self.trusted.is_empty() {
            let mut covered = found.to_vec();
            let applied = vex::apply(&mut covered, inventory, identity, names, &self.trusted);
            given.applied(&applied);
            for (one, to) in covered.iter().zip(&mut stated) {
                one.vex.iter().for_each(|one| given.covers(&one.document, &one.place));
                to.all.extend(one.vex.iter().map(words));
                if vex::excuses(one, |_| true) {
                    to.excused = Some(one.vex.iter().map(words).collect::<Vec<_>>().join("; "));
                }
            }
        }
        // By themselves: one of another name for its author replaces nothing of the trusted ones.
        if !self.claimed.is_empty() {
            let mut covered = found.to_vec();
            vex::apply(&mut covered, inventory, identity, names, &self.claimed);
            for (one, to) in covered.iter().zip(&mut stated) {
                let shown = one.vex.iter().map(words);
                to.all.extend(
                    shown.map(|words| format!("{words} (not verified: it does not count)")),
                );
            }
        }
        stated
    }
}

/// The first characters of a text that is escaped already.
fn clip(text: &str) -> String {
    match text.char_indices().nth(200) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A statement with its author, its justification and its place.
fn words(of: &Coverage) -> String {
    let mut words = of.status.name().to_owned();
    if let Some(justification) = &of.justification {
        words.push_str(&format!(" ({})", clip(justification)));
    }
    // Without an author, the document stands for itself.
    if of.author != of.document {
        words.push_str(&format!(" by {}", clip(&of.author)));
    }
    words.push_str(&format!(" in {} at {}", clip(&of.document), of.place));
    if let Some(time) = of.time {
        let time = time.to_string();
        let (day, _) = time.split_once('T').unwrap_or((&time, ""));
        words.push_str(&format!(" of {day}"));
    }
    if let Some(text) = &of.text {
        words.push_str(&format!(": {}", clip(text)));
    }
    words
}
