//! The option `--wait` of commands that use the journal. `io/lock.rs` has the lock itself.

use std::time::Duration;

use crate::io::error::FileError;
use crate::io::lock::{Lock, WaitPolicy};

use super::inputs::InputArgs;

#[derive(Debug, clap::Args)]
pub(super) struct WaitArgs {
    /// How many seconds to wait if another process has the lock of the journal
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    wait: u64,
}

impl WaitArgs {
    /// Takes the lock for a command that changes the journal. Fails after the timeout.
    pub(super) fn take(&self, inputs: &InputArgs) -> Result<Lock, FileError> {
        let queue = inputs.owner_requests();
        Lock::take(inputs.root(), WaitPolicy { queue: &queue, wait: self.duration() })
    }

    /// Takes the lock for a command that only reads the journal. Fails after the timeout.
    pub(super) fn share(&self, inputs: &InputArgs) -> Result<Lock, FileError> {
        let queue = inputs.owner_requests();
        Lock::share(inputs.root(), WaitPolicy { queue: &queue, wait: self.duration() })
    }

    const fn duration(&self) -> Duration {
        Duration::from_secs(self.wait)
    }
}
