//! Writing to standard output.

use crate::io::error::FileError;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::fd::AsFd as _;

use rustix::fs::{OFlags, fcntl_getfl};

use super::sink::Sink;

/// Writes the command's result to standard output through a [`Sink`].
///
/// # Errors
///
/// If standard output is closed, or if a write fails.
pub(crate) fn print<T>(
    write: impl FnOnce(&mut Sink) -> Result<T, fmt::Error>,
) -> Result<T, FileError> {
    let output = io::stdout().as_fd().try_clone_to_owned().map_err(FileError::of_output)?;
    let output = File::from(output);
    if is_closed(&output) {
        return Err(FileError::of_output(io::Error::other("it is closed")));
    }
    Sink::fill(output, write).map(|(written, _)| written).map_err(FileError::of_output)
}

/// Whether standard output was closed when the process started.
///
/// Rust's runtime replaces a closed standard output with `/dev/null`, so that writes succeed and the text is lost. It
/// opens `/dev/null` to read and write. A shell's `>/dev/null` is opened only to write.
fn is_closed(output: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &str| fs::metadata(path).map(|metadata| metadata.rdev()).ok();
    let is_null = output.metadata().is_ok_and(|output| Some(output.rdev()) == device("/dev/null"));
    is_null && fcntl_getfl(output).is_ok_and(|flags| flags.contains(OFlags::RDWR))
}

/// Writes bytes to standard output as they are.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), FileError> {
    let mut output = io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(FileError::of_output)
}

/// Writes colored text to standard output. The colors are removed if it is not a terminal that shows colors.
pub(crate) fn print_styled(text: &str) -> Result<(), FileError> {
    let mut output = anstream::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(FileError::of_output)
}
