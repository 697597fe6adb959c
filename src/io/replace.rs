//! Replaces a file completely or not at all.

use std::fmt;
use std::fs::{self, OpenOptions, Permissions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::io::error::FileError;

use super::files::{create_folder, folder_of, metadata_following_links, sync_folder};
use super::interrupt::Temporary;
use super::sink::Sink;

/// Creates the file at `path`, and missing folders above it.
///
/// # Errors
///
/// If the file exists already, or if it cannot be written.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    let folder = folder_of(path);
    create_folder(folder)?;
    let made = Temporary::make(|| new_temporary(folder), NamedTempFile::path);
    let (mut temporary, _watched) = made.map_err(FileError::new("write", path))?;
    let written = temporary.write_all(bytes).and_then(|()| temporary.as_file().sync_all());
    written.map_err(FileError::new("write", path))?;
    let made = temporary.persist_noclobber(path);
    made.map_err(|failed| FileError::new("write", path)(failed.error))?;
    sync_folder(folder)
}

/// Replaces the content of the file at `path`; see [`replace`].
pub(crate) fn replace_with(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    replace(path, |sink| {
        sink.push(bytes)?;
        Ok(Some(()))
    })
    .map(drop)
}

/// Creates a temporary file in the folder of its target: a rename works only within one file system.
fn new_temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".acceptance-ledger-")
        .permissions(new_file_permissions())
        .tempfile_in(folder)
        // Keep only the kind: the message would show the temporary name, which the user does not know.
        .map_err(|failed| failed.kind().into())
}

/// Replaces the file at `path` completely, or leaves it unchanged. Creates missing folders above it.
///
/// Follows a symbolic link. Writes directly to anything that is not a regular file, such as a pipe or `/dev/stdout`:
/// it has no old content to protect.
///
/// If `write` returns `None`, the file stays unchanged.
///
/// # Errors
///
/// If `write` fails, or if the file cannot be written, synced or renamed.
pub(crate) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut Sink) -> Result<Option<T>, fmt::Error>,
) -> Result<Option<T>, FileError> {
    let error = || FileError::new("write", path);
    // Collecting the parts removes a slash at the end. The path with it would not name a file.
    let path = &path.components().collect::<PathBuf>();
    let existing = metadata_following_links(path)?;
    if is_written_in_place(path, existing.as_ref()) {
        let file = OpenOptions::new().write(true).open(path).map_err(error())?;
        return Sink::fill(file, write).map(|(written, _)| written).map_err(error());
    }
    let target = target_of(path).map_err(error())?;
    let folder = folder_of(&target);
    create_folder(folder)?;
    let made = Temporary::make(|| new_temporary(folder), NamedTempFile::path);
    let (temporary, _watched) = made.map_err(error())?;
    let (file, temporary) = temporary.into_parts();
    let (written, file) = Sink::fill(file, write).map_err(error())?;
    if written.is_none() {
        return Ok(None);
    }
    // The new file takes the permissions of the old one.
    if let Some(existing) = existing.filter(fs::Metadata::is_file) {
        file.set_permissions(existing.permissions()).map_err(error())?;
    }
    // Sync before the rename: otherwise a power cut could leave an empty file under the old name.
    file.sync_all().map_err(error())?;
    temporary.persist(&target).map_err(|failed| error()(failed.error))?;
    sync_folder(folder)?;
    Ok(written)
}

/// Whether a file is written directly instead of replaced. This is true for a pipe, a terminal or a device, and for the
/// descriptor of an open file: the file belongs to the program that opened it, and must not be replaced.
///
/// The list names single paths and not all of `/dev`, because `/dev/shm` has ordinary files.
fn is_written_in_place(path: &Path, existing: Option<&fs::Metadata>) -> bool {
    let descriptors = ["/proc", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"];
    let is_descriptor = descriptors.iter().any(|name| path.starts_with(name));
    existing.is_some_and(|existing| !existing.is_dir() && (is_descriptor || !existing.is_file()))
}

/// Returns the real path of a file that exists or will be created. Resolves the symbolic links in the part of the path
/// that exists.
///
/// # Errors
///
/// If a folder cannot be read, or if the path has too many symbolic links.
pub(crate) fn destination(path: &Path) -> io::Result<PathBuf> {
    let target = std::path::absolute(target_of(path)?)?;
    let mut missing = Vec::new();
    // `canonicalize` fails for a missing file. So remove names from the end until the rest exists.
    let mut there = target.as_path();
    loop {
        match there.canonicalize() {
            Ok(mut whole) => {
                whole.extend(missing.into_iter().rev());
                return Ok(whole);
            }
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
                ) =>
            {
                let (Some(folder), Some(name)) = (there.parent(), there.file_name()) else {
                    return Err(error);
                };
                missing.push(name);
                there = folder;
            }
            Err(error) => return Err(error),
        }
    }
}

/// Follows the symbolic links at `path` to the last target, which may be missing.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    /// Linux follows the same number.
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(link) => target = folder_of(&target).join(link),
            // Not a symbolic link, or missing.
            Err(error) => match error.kind() {
                io::ErrorKind::InvalidInput
                | io::ErrorKind::NotFound
                | io::ErrorKind::NotADirectory => return Ok(target),
                _ => return Err(error),
            },
        }
    }
    Err(io::Error::other("too many symbolic links"))
}

/// Whether [`replace`] can write a file at `path` without a visible change until it succeeds.
///
/// The folder must exist, and the path must be missing or a regular file, not a link.
pub(crate) fn can_replace_atomically(path: &Path) -> bool {
    let existing = path.metadata().ok();
    folder_of(path).is_dir()
        && !path.is_symlink()
        && existing.is_none_or(|existing| existing.is_file())
}

/// The permissions of a new file. The operating system removes the bits of the umask.
///
/// The default of `tempfile` lets only the owner read the file.
fn new_file_permissions() -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(0o666)
}
