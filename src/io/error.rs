//! Errors of files, and paths as messages show them.

use std::io;
use std::path::{Path, PathBuf};

use crate::escape;

/// What could not be done with which file.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {cause}", shown(path))]
pub(crate) struct FileError {
    action: &'static str,
    path: PathBuf,
    cause: io::Error,
}

impl FileError {
    pub(crate) fn new<'a>(
        action: &'static str,
        path: &'a Path,
    ) -> impl FnOnce(io::Error) -> Self + 'a {
        move |cause| Self { action, path: path.to_owned(), cause }
    }

    /// What to do next.
    pub(crate) fn next_step(&self) -> &'static str {
        match (self.action, self.cause.kind()) {
            (_, io::ErrorKind::AlreadyExists) => "name another file: this one is not overwritten",
            ("lock", io::ErrorKind::TimedOut) => {
                "wait for the other process, or end it if it is stopped, and run the command again"
            }
            ("read", io::ErrorKind::NotFound)
                if self.path.to_string_lossy().ends_with(".snapshot.json") =>
            {
                "run `acceptance-ledger init`, which writes it; --root names the repository where it is not the working directory"
            }
            ("use", _) => "remove it, or take the regular file back from git",
            ("read" | "open" | "list", _) => {
                "check the path and its permissions; --root names the repository where it is not the working directory"
            }
            _ => "check the path, its permissions and the space left",
        }
    }

    /// Data that could not be written out.
    pub(crate) fn of_output(cause: io::Error) -> Self {
        Self::new("write", Path::new("standard output"))(cause)
    }
}

/// A path as it is safe to show.
pub(crate) fn shown(path: &Path) -> String {
    escape::for_terminal(&path.to_string_lossy()).into_owned()
}

/// A path as one word of a command line.
pub(crate) fn quoted(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt as _;
    escape::for_shell(path.as_os_str().as_bytes())
}
