//! What goes wrong on purpose.

use std::sync::{Mutex, PoisonError};

use crate::reply::Reply;
use crate::scenario::Fault;

/// The faults of a scenario, and how often each still strikes.
#[derive(Debug)]
pub(crate) struct Faults(Mutex<Vec<Fault>>);

impl Faults {
    pub(crate) fn new(faults: &[Fault]) -> Self {
        Self(Mutex::new(faults.to_vec()))
    }

    /// The fault that strikes a request, where one does.
    pub(crate) fn strike(&self, path_and_query: &str) -> Option<Fault> {
        let target = path_and_query.to_ascii_lowercase();
        let mut faults = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let fault = faults.iter_mut().find(|fault| {
            fault.times != Some(0) && target.contains(&fault.path.to_ascii_lowercase())
        })?;
        if let Some(times) = &mut fault.times {
            *times -= 1;
        }
        Some(fault.clone())
    }
}

/// What a fault answers in place of the service; none where it only bends the answer.
pub(crate) fn answer(fault: &Fault) -> Option<Reply> {
    if fault.status == 0 && fault.body.is_none() {
        return None;
    }
    let status = if fault.status == 0 { 200 } else { fault.status };
    let mut reply = Reply::error(status, &fault.code, &fault.message);
    reply.raw.clone_from(&fault.body);
    Some(match fault.retry_after {
        Some(seconds) => reply.with("retry-after", seconds),
        None => reply,
    })
}
