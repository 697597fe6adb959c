//! Removes temporary files when a signal ends the process.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, PoisonError};
use std::thread;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;

/// The temporary files that this process has now.
static TEMPORARY: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// An entry in [`TEMPORARY`]. It is removed when this is dropped.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    /// Creates a temporary file with `make`. If SIGINT or SIGTERM ends the process, the file is removed first.
    ///
    /// The list stays locked while the file is created and added. A signal waits for that, so it cannot miss the file.
    ///
    /// # Errors
    ///
    /// If `make` fails.
    pub(crate) fn make<T>(
        make: impl FnOnce() -> io::Result<T>,
        path_of: impl FnOnce(&T) -> &Path,
    ) -> io::Result<(T, Self)> {
        static HANDLER: Once = Once::new();
        HANDLER.call_once(|| {
            // If no handler can be set, a signal leaves the file behind, as it would without this code. SIGHUP has no
            // handler, because `nohup` wants it ignored.
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

/// Removes all temporary files, then ends the process as the signal does without a handler.
fn end(signal: i32) {
    // Keep the lock until the process ends, so that no other thread creates a file meanwhile.
    let all = TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner);
    for path in all.iter() {
        // An error is ignored: the file may already be gone, and the process must end anyway.
        let _ = std::fs::remove_file(path);
    }
    let _ = emulate_default_handler(signal);
}
