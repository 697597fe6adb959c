//! Reads files as bytes, and replaces a file completely or not at all.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Component, Path, PathBuf};

use tempfile::NamedTempFile;

use crate::digest::Digest;
use crate::io::error::FileError;
use crate::json::MAX_DOCUMENT;

use super::interrupt::Temporary;
use super::sink::Sink;

/// The size of a piece for the digest, in bytes. A large file is never in memory as a whole.
const READ_AT_ONCE: usize = 1 << 20;

/// Returns the metadata of what is at a path; `None` if nothing is there. Does not follow a symbolic link.
///
/// # Errors
///
/// If the path cannot be read, for example without permission. This is not the same as a missing file.
pub(crate) fn metadata_if_exists(path: &Path) -> Result<Option<fs::Metadata>, FileError> {
    unless_absent(path.symlink_metadata()).map_err(FileError::new("read", path))
}

/// The same as [`metadata_if_exists`], but follows symbolic links.
pub(crate) fn metadata_following_links(path: &Path) -> Result<Option<fs::Metadata>, FileError> {
    unless_absent(path.metadata()).map_err(FileError::new("read", path))
}

/// Turns "not found" into `None`. A file in the place of a parent folder (`NotADirectory`) counts as not found, too.
fn unless_absent(found: io::Result<fs::Metadata>) -> io::Result<Option<fs::Metadata>> {
    match found {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
            _ => Err(error),
        },
    }
}

/// Returns the absolute path, with `.` and `..` removed from the text. Does not resolve symbolic links.
pub(crate) fn absolute(path: &Path) -> io::Result<PathBuf> {
    let mut whole = PathBuf::new();
    for part in std::path::absolute(path)?.components() {
        match part {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            part => whole.push(part),
        }
    }
    Ok(whole)
}

/// Returns the first part of the path `below` that is a symbolic link, as a path from `root`.
pub(crate) fn first_link(root: &Path, below: &Path) -> Result<Option<PathBuf>, FileError> {
    let mut path = root.to_owned();
    for part in below.components() {
        path.push(part);
        if metadata_if_exists(&path)?.is_some_and(|found| found.is_symlink()) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Reads a regular file; `None` if the path is missing or is not a regular file.
pub(crate) fn read_if_exists(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match metadata_if_exists(path)? {
        Some(metadata) if metadata.is_file() => read(path).map(Some),
        _ => Ok(None),
    }
}

/// The path that means standard input or standard output.
pub(crate) const STANDARD_STREAM: &str = "-";

/// Reads a document, up to one byte more than the size limit. That byte shows the parser that the file is too large.
pub(crate) fn read_document(path: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(path, MAX_DOCUMENT + 1)
}

/// Does the same as [`read_document`] for a path that a user gave: `-` is standard input.
pub(crate) fn read_given_document(path: &Path) -> Result<Vec<u8>, FileError> {
    if path != Path::new(STANDARD_STREAM) {
        return read_document(path);
    }
    let mut bytes = Vec::new();
    let input = io::stdin().lock().take(MAX_DOCUMENT as u64 + 1).read_to_end(&mut bytes);
    input.map_err(FileError::new("read", Path::new("standard input")))?;
    Ok(bytes)
}

/// Reads the first bytes of a file, at most `length`.
pub(crate) fn read_at_most(path: &Path, length: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(length as u64).read_to_end(&mut bytes))
        .map_err(FileError::new("read", path))?;
    Ok(bytes)
}

/// Returns the digest of a file of any size. Reads it in pieces.
pub(crate) fn digest_of(path: &Path) -> Result<Digest, FileError> {
    File::open(path)
        .and_then(|mut file| {
            Digest::of_pieces(|piece| {
                (&mut file).take(READ_AT_ONCE as u64).read_to_end(piece).map(drop)
            })
        })
        .map_err(FileError::new("read", path))
}

/// Reads a whole file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::new("read", path))
}

/// Reads the last bytes of a file, at most `length`.
pub(crate) fn read_tail(path: &Path, length: u64) -> Result<Vec<u8>, FileError> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path)?;
        let start = file.metadata()?.len().saturating_sub(length);
        file.seek(io::SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(FileError::new("read", path))
}

/// Whether a file has fewer bytes than `length`; false if its size is unknown.
pub(crate) fn is_shorter(path: &Path, length: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() < length)
}

/// Fails if something exists at the path.
pub(crate) fn check_absent(path: &Path) -> Result<(), FileError> {
    if metadata_if_exists(path)?.is_none() {
        return Ok(());
    }
    let error = io::Error::new(io::ErrorKind::AlreadyExists, "the file already exists");
    Err(FileError::new("write", path)(error))
}

/// Fails if the path is a symbolic link. Use this if the tool chose the path: the user did not name the link's target.
pub(crate) fn check_no_link(path: &Path) -> Result<(), FileError> {
    match metadata_if_exists(path)? {
        Some(found) if found.is_symlink() => {
            Err(FileError::new("use", path)(io::Error::other("it is a symbolic link")))
        }
        _ => Ok(()),
    }
}

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

/// Creates a folder and missing folders above it, and syncs them to the disk.
pub(crate) fn create_folder(path: &Path) -> Result<(), FileError> {
    let missing: Vec<_> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path).map_err(FileError::new("make the folder", path))?;
    // A new folder is an entry of its parent, so the parent is synced.
    for folder in missing {
        sync_folder(folder_of(folder))?;
    }
    Ok(())
}

/// Syncs a folder, so that new, removed and renamed entries survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> Result<(), FileError> {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    File::open(path).and_then(|folder| folder.sync_all()).map_err(FileError::new("sync", path))
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

/// Returns the folder of a path; `.` for a bare file name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// The permissions of a new file. The operating system removes the bits of the umask.
///
/// The default of `tempfile` lets only the owner read the file.
fn new_file_permissions() -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(0o666)
}
