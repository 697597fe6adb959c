//! File errors, and how messages show a path.

use std::io;
use std::path::{Path, PathBuf};

use crate::escape;

/// The path of standard output in an error.
#[cfg(feature = "cli")]
const STANDARD_OUTPUT: &str = "standard output";

/// A file operation that failed: the operation, the path and the cause.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {cause}", shown(path))]
pub(crate) struct FileError {
    action: &'static str,
    path: PathBuf,
    cause: io::Error,
}

impl FileError {
    /// Returns a function that adds the operation and the path to an I/O error, for `map_err`.
    ///
    /// `action` follows "cannot" in the message. [`Self::next_step`] chooses its text by it.
    pub(crate) fn new<'a>(
        action: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |cause| Self { action, path: path.to_owned(), cause }
    }

    /// The next step for the user, as an imperative.
    pub(crate) fn next_step(&self) -> &'static str {
        match (self.action, self.cause.kind()) {
            (_, io::ErrorKind::AlreadyExists) => "name another file: this one is not overwritten",
            ("lock", io::ErrorKind::TimedOut) => {
                "wait for the other process, or end it if it hangs; then run the command again"
            }
            ("read", io::ErrorKind::NotFound)
                if self.path.to_string_lossy().ends_with(".snapshot.json") =>
            {
                // `init` writes the inventory, the owner requests and the ledger. Their names have this ending.
                "run `acceptance-ledger init` to write it; use --root if it is in another repository"
            }
            ("use", _) => "remove it, or restore the regular file from git",
            ("read" | "open" | "list", _) => {
                "check the path and its permissions; use --root if it is in another repository"
            }
            _ => "check the path, its permissions and the free disk space",
        }
    }

    /// Whether the reader of standard output closed it before the end.
    #[cfg(feature = "cli")]
    pub(crate) fn is_closed_pipe(&self) -> bool {
        self.path == Path::new(STANDARD_OUTPUT) && self.cause.kind() == io::ErrorKind::BrokenPipe
    }

    /// A failed write to standard output.
    #[cfg(feature = "cli")]
    pub(crate) fn of_output(cause: io::Error) -> Self {
        Self::new("write", Path::new(STANDARD_OUTPUT))(cause)
    }
}

/// The path as text that is safe on a terminal and in a build log.
pub(crate) fn shown(path: &Path) -> String {
    escape::for_terminal(&path.to_string_lossy()).into_owned()
}

/// The path as one word of a shell command, quoted if necessary.
#[cfg(feature = "cli")]
pub(crate) fn quoted(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    escape::for_shell(path.as_os_str().as_bytes())
}
