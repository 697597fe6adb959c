//! Files: read as bytes, replaced whole or not at all.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// How many bytes go to the operating system at once.
const BUFFER: usize = 1 << 20;

/// What could not be done with which file.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {cause}", path.display())]
pub(crate) struct FileError {
    action: &'static str,
    path: PathBuf,
    cause: io::Error,
}

impl FileError {
    fn new<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(io::Error) -> Self + 'a {
        move |cause| Self { action, path: path.to_owned(), cause }
    }

    /// Data that could not be written out.
    pub(crate) fn of_output(cause: io::Error) -> Self {
        Self::new("write", Path::new("standard output"))(cause)
    }
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::new("read", path))
}

/// Writes to standard output.
pub(crate) fn print<T>(
    write: impl FnOnce(&mut Sink<io::StdoutLock<'static>>) -> Result<T, fmt::Error>,
) -> Result<T, FileError> {
    Sink::fill(io::stdout().lock(), write).map(|(written, _)| written).map_err(FileError::of_output)
}

/// Writes bytes to standard output.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), FileError> {
    let mut output = io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(FileError::of_output)
}

/// Replaces the file at `path` whole, or leaves it as it is; folders above it are made.
///
/// A symbolic link is followed. What is no regular file, such as a pipe or `/dev/stdout`, is
/// written to as it stands: there is nothing to keep.
pub(crate) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut Sink<File>) -> Result<T, fmt::Error>,
) -> Result<T, FileError> {
    let error = || FileError::new("write", path);
    let existing = path.metadata().ok();
    if existing.as_ref().is_some_and(|existing| !existing.is_file() && !existing.is_dir()) {
        let file = OpenOptions::new().write(true).open(path).map_err(error())?;
        return Sink::fill(file, write).map(|(written, _)| written).map_err(error());
    }
    let target =
        if path.is_symlink() { path.canonicalize().map_err(error())? } else { path.to_owned() };
    let folder = match target.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    fs::create_dir_all(folder).map_err(FileError::new("make the folder", folder))?;
    let temporary = tempfile::Builder::new()
        .prefix(".acceptance-ledger-")
        .permissions(new_file_permissions())
        .tempfile_in(folder)
        .map_err(error())?;
    let (file, temporary) = temporary.into_parts();
    let (written, file) = Sink::fill(file, write).map_err(error())?;
    if let Some(existing) = existing.filter(fs::Metadata::is_file) {
        file.set_permissions(existing.permissions()).map_err(error())?;
    }
    file.sync_all().map_err(error())?;
    temporary.persist(&target).map_err(|failed| error()(failed.error))?;
    // The new name has to last as well. Not every file system can sync a folder.
    let _ = File::open(folder).and_then(|folder| folder.sync_all());
    Ok(written)
}

/// What a new file may be used for, less what the process's umask takes away.
fn new_file_permissions() -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(0o666)
}

/// Text on its way to a file: it keeps the error that [`fmt::Error`] cannot carry.
#[derive(Debug)]
pub(crate) struct Sink<W: Write> {
    inner: BufWriter<W>,
    failed: Option<io::Error>,
}

impl<W: Write> Sink<W> {
    /// Writes all of it to `inner`, and gives `inner` back.
    fn fill<T>(
        inner: W,
        write: impl FnOnce(&mut Self) -> Result<T, fmt::Error>,
    ) -> io::Result<(T, W)> {
        let mut sink = Self { inner: BufWriter::with_capacity(BUFFER, inner), failed: None };
        let written = write(&mut sink);
        match (written, sink.failed) {
            (Ok(written), None) => {
                let mut inner = sink.inner.into_inner().map_err(io::IntoInnerError::into_error)?;
                inner.flush()?;
                Ok((written, inner))
            }
            (_, Some(failed)) => Err(failed),
            (Err(fmt::Error), None) => Err(io::Error::other("the text could not be formed")),
        }
    }
}

impl<W: Write> fmt::Write for Sink<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.inner.write_all(text.as_bytes()).map_err(|error| {
            self.failed = Some(error);
            fmt::Error
        })
    }
}
