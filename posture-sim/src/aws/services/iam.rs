//! To come.

use super::unknown_operation;
use crate::aws::server::Ask;
use crate::aws::wire::Answer;

pub(super) fn answer(ask: &Ask<'_>) -> Answer {
    Err(unknown_operation(ask.call))
}
