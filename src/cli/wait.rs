//! The lock that commands take which read or change the journal.

use std::time::Duration;

use crate::io::error::FileError;
use crate::io::lock::{Lock, Patience};

use super::inputs::InputArgs;

#[derive(Debug, clap::Args)]
pub(super) struct WaitArgs {
    /// How long to wait for another process that has the journal's lock
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

impl WaitArgs {
    /// The lock of a command that changes the journal.
    pub(super) fn take(&self, inputs: &InputArgs) -> Result<Lock, FileError> {
        let door = inputs.owner_requests();
        Lock::take(inputs.root(), Patience { door: &door, wait: self.duration() })
    }

    /// The lock of a command that reads it.
    pub(super) fn share(&self, inputs: &InputArgs) -> Result<Lock, FileError> {
        let door = inputs.owner_requests();
        Lock::share(inputs.root(), Patience { door: &door, wait: self.duration() })
    }

    const fn duration(&self) -> Duration {
        Duration::from_secs(self.wait)
    }
}
