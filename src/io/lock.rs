//! The lock of a journal: one process changes it at a time, and nobody reads it meanwhile.

use crate::io::error::FileError;
use std::fs::{File, TryLockError};
use std::io::{self, Write as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// How often a lock is tried that another process has. Short against a step, and a thousand tries a second cost
/// nothing that anybody would notice.
const PAUSE: Duration = Duration::from_millis(1);

/// After how long somebody at a terminal wonders what is going on.
const SILENCE: Duration = Duration::from_secs(1);

/// Keeps other processes from changing the journal, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _root: Option<File>,
}

/// How a lock is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patience<'a> {
    /// The file whose lock is the door to the journal's: who waits for the journal holds it, so that those who come
    /// later wait behind. Its absence only makes waiting less fair.
    pub(crate) door: &'a Path,
    /// After how long it gives up.
    pub(crate) wait: Duration,
}

#[derive(Clone, Copy, PartialEq)]
enum LockKind {
    Shared,
    Exclusive,
}

impl Lock {
    /// Waits until no other process reads or changes the journal of the repository at `root`.
    pub(crate) fn take(root: &Path, patience: Patience<'_>) -> Result<Self, FileError> {
        Self::of(root, patience, LockKind::Exclusive)
    }

    /// Waits until nobody is changing the journal, so as to read it; a file system without locks is read as it
    /// stands.
    pub(crate) fn share(root: &Path, patience: Patience<'_>) -> Result<Self, FileError> {
        Self::of(root, patience, LockKind::Shared)
    }

    fn of(root: &Path, patience: Patience<'_>, kind: LockKind) -> Result<Self, FileError> {
        // The root is there before the journal is, and stays when a journal is removed.
        let folder = File::open(root).map_err(FileError::new("open", root))?;
        let mut waiting = Waiting { since: Instant::now(), wait: patience.wait, is_told: false };
        let door = File::open(patience.door).ok();
        if let Some(door) = &door {
            // A door that cannot be locked is left open.
            match waiting.lock(door, kind) {
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

/// Waits for a lock, and says so.
struct Waiting {
    since: Instant,
    wait: Duration,
    is_told: bool,
}

impl Waiting {
    fn lock(&mut self, file: &File, kind: LockKind) -> io::Result<()> {
        loop {
            let tried = match kind {
                LockKind::Shared => file.try_lock_shared(),
                LockKind::Exclusive => file.try_lock(),
            };
            match tried {
                Ok(()) => return Ok(()),
                Err(TryLockError::Error(error)) => return Err(error),
                Err(TryLockError::WouldBlock) => {}
            }
            let waited = self.since.elapsed();
            if waited >= self.wait {
                let message = "another process has the journal's lock";
                return Err(io::Error::new(io::ErrorKind::TimedOut, message));
            }
            if waited >= SILENCE && !self.is_told {
                self.is_told = true;
                // Where nobody can be told, it waits all the same.
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
