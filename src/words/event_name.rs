//! The names of the events of a journal.

use serde::{Deserialize, Serialize};

/// What an event records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum EventName {
    /// An owner's answer was recorded.
    ResponseReceived,
    /// A reviewer's record was recorded.
    ReviewRecorded,
}
