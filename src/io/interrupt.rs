//! Temporary files that are gone when a signal ends the process.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// The temporary files of this process.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Names a temporary file for as long as it is one.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    /// Makes a temporary file that a signal which ends the process removes first. No signal is heeded between the two.
    pub(crate) fn make<T>(
        make: impl FnOnce() -> io::Result<T>,
        path_of: impl FnOnce(&T) -> &Path,
    ) -> io::Result<(T, Self)> {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(|| {
            // Where no handler can be set, a signal leaves the file: it is no worse than without one. A hangup is
            // left alone, since `nohup` wants it ignored.
            if let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) {
                thread::spawn(move || signals.forever().for_each(end));
            }
        });
        let mut all = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
        let file = make()?;
        let path = path_of(&file).to_owned();
        all.push(path.clone());
        Ok((file, Self(path)))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let mut all = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| *other != self.0);
    }
}

/// Removes what is unfinished, and ends the process as the signal would have.
fn end(signal: i32) {
    // The lock is kept to the end, so that no file is made meanwhile.
    let all = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
    for path in all.iter() {
        // What is gone already need not be removed.
        let _ = std::fs::remove_file(path);
    }
    let _ = emulate_default_handler(signal);
}
