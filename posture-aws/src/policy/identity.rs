//! What a user, a group or a role may do by its policies.

use super::{Answer, Document, Found, Home, Request, answer::Maybe};

/// All policies in force for a user, a group or a role.
#[derive(Clone, Debug)]
pub struct Identity<'a> {
    home: Home<'a>,
    policies: Vec<(&'a str, &'a Document)>,
    boundary: Option<&'a Document>,
}

fn open() -> Found {
    Found {
        certain: vec![],
        undecided: vec![Maybe { what: "policy".into(), why: "not judged".into() }],
    }
}

impl<'a> Identity<'a> {
    /// An identity with all of its policies, each under the name by which findings are to mention it (such as
    /// ``policy `Ops` ``; empty for a policy judged by itself), and its permissions boundary.
    pub fn new(
        home: Home<'a>,
        policies: Vec<(&'a str, &'a Document)>,
        boundary: Option<&'a Document>,
    ) -> Self {
        Self { home, policies, boundary }
    }
    /// The statements that together give it every action on every resource.
    pub fn full_admin(&self) -> Found {
        let _ = (&self.home, &self.policies, &self.boundary);
        open()
    }
    /// The ways in which it could give itself more rights than it has; none for a full administrator.
    pub fn escalation_paths(&self) -> Found {
        open()
    }
    /// The statements that let it decrypt with every key.
    pub fn decrypts_any_key(&self) -> Found {
        open()
    }
    /// The services of which it is given every action.
    pub fn wildcard_services(&self) -> Found {
        open()
    }
    /// Whether its policies and its boundary allow a request.
    pub fn allows(&self, _request: &Request<'_>) -> Answer {
        Answer::needs("not judged")
    }
}
