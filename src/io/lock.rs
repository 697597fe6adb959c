//! The journal's lock. Either one process changes the journal, or any number of processes read it.

use crate::io::error::FileError;
use std::fs::File;
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

/// The pause between two attempts to lock. It is short compared with a step, and a thousand attempts a second cost
/// almost nothing.
const PAUSE: Duration = Duration::from_millis(1);

/// Waiting time without a message. After that, a user at a terminal wants to know why nothing happens.
const NOTICE_AFTER: Duration = Duration::from_secs(1);

/// The journal's lock. No other process changes the journal until this is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    /// The locked root folder; `None` if its file system has no locks.
    _root: Option<File>,
}

/// How to wait for a lock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct WaitPolicy<'a> {
    /// A file to lock before the journal. A process keeps this lock while it waits for the journal's lock, so that
    /// later processes queue and cannot overtake it. If the file is missing, waiting is only less fair.
    pub(crate) queue: &'a Path,
    /// The time after which waiting fails.
    pub(crate) wait: Duration,
}

#[derive(Clone, Copy, PartialEq)]
enum LockKind {
    Shared,
    Exclusive,
}

impl Lock {
    /// Locks the journal of the repository at `root` for a change. Waits until no other process reads or changes it.
    ///
    /// # Errors
    ///
    /// If `root` cannot be opened or locked, or if the wait is over.
    pub(crate) fn take(root: &Path, policy: WaitPolicy<'_>) -> Result<Self, FileError> {
        Self::acquire(root, policy, LockKind::Exclusive)
    }

    /// Locks the journal of the repository at `root` for reading. Waits until no other process changes it. If the file
    /// system has no locks, reading continues without one.
    ///
    /// # Errors
    ///
    /// If `root` cannot be opened, or if the wait is over.
    pub(crate) fn share(root: &Path, policy: WaitPolicy<'_>) -> Result<Self, FileError> {
        Self::acquire(root, policy, LockKind::Shared)
    }

    fn acquire(root: &Path, policy: WaitPolicy<'_>, kind: LockKind) -> Result<Self, FileError> {
        // The root is locked, not the journal's folder: the root exists before the journal and after its removal.
        let folder = File::open(root).map_err(FileError::new("open", root))?;
        let mut waiting = Waiting { since: Instant::now(), wait: policy.wait, is_reported: false };
        let queue = File::open(policy.queue).ok();
        if let Some(queue) = &queue {
            // The queue only makes waiting fair. If it cannot be locked, continue without it.
            match waiting.lock(queue, kind) {
                Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                    return Err(FileError::new("lock", root)(error));
                }
                _ => {}
            }
        }
        match waiting.lock(&folder, kind) {
            Ok(()) => Ok(Self { _root: Some(folder) }),
            Err(error) if kind == LockKind::Shared && error.kind() != io::ErrorKind::TimedOut => {
                Ok(Self { _root: None })
            }
            Err(error) => Err(FileError::new("lock", root)(error)),
        }
    }
}

/// One wait for locks, which prints a message if it takes long. The queue and the journal share its time limit.
struct Waiting {
    since: Instant,
    wait: Duration,
    is_reported: bool,
}

impl Waiting {
    fn lock(&mut self, file: &File, kind: LockKind) -> io::Result<()> {
        let operation = match kind {
            LockKind::Shared => FlockOperation::NonBlockingLockShared,
            LockKind::Exclusive => FlockOperation::NonBlockingLockExclusive,
        };
        loop {
            // `File::try_lock` makes the same system call, but only since Rust 1.89.
            match flock(file, operation) {
                Ok(()) => return Ok(()),
                Err(Errno::WOULDBLOCK) => {}
                Err(error) => return Err(error.into()),
            }
            let waited = self.since.elapsed();
            if waited >= self.wait {
                let message = "another process has the journal's lock";
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            if waited >= NOTICE_AFTER && !self.is_reported {
                self.is_reported = true;
                // If standard error cannot be written, wait without the message.
                let _ = writeln!(
                    io::stderr(),
                    "waiting for another process that has the journal's lock (up to {} s)",
                    self.wait.as_secs()
                );
            }
            thread::sleep(PAUSE);
        }
    }
}
