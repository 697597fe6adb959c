//! Files: read as bytes, replaced whole or not at all.

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

/// How many bytes of a file are digested at once.
const READ_AT_ONCE: usize = 1 << 20;

/// What is at a path, links not followed; `None` where nothing is. What cannot be looked at is not absent.
pub(crate) fn look(path: &Path) -> Result<Option<fs::Metadata>, FileError> {
    unless_absent(path.symlink_metadata()).map_err(FileError::new("read", path))
}

/// As [`look`], at the end of links.
pub(crate) fn look_behind_links(path: &Path) -> Result<Option<fs::Metadata>, FileError> {
    unless_absent(path.metadata()).map_err(FileError::new("read", path))
}

fn unless_absent(found: io::Result<fs::Metadata>) -> io::Result<Option<fs::Metadata>> {
    match found {
        Ok(metadata) => Ok(Some(metadata)),
        Err(error) => match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Ok(None),
            _ => Err(error),
        },
    }
}

/// The path from the top, as it reads: without a look at links.
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

/// The first part of a path below `root` that is a link.
pub(crate) fn first_link(root: &Path, below: &Path) -> Result<Option<PathBuf>, FileError> {
    let mut path = root.to_owned();
    for part in below.components() {
        path.push(part);
        if look(&path)?.is_some_and(|found| found.is_symlink()) {
            return Ok(Some(path));
        }
    }
    Ok(None)
}

/// Reads a file; `None` where there is none.
pub(crate) fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FileError> {
    match look(path)? {
        Some(metadata) if metadata.is_file() => read(path).map(Some),
        _ => Ok(None),
    }
}

/// Reads a document that somebody wrote, or as much of a larger file as shows that it is too large.
pub(crate) fn read_document(path: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(path, MAX_DOCUMENT + 1)
}

/// Reads the first bytes of a file, `length` at the most.
pub(crate) fn read_at_most(path: &Path, length: usize) -> Result<Vec<u8>, FileError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(length as u64).read_to_end(&mut bytes))
        .map_err(FileError::new("read", path))?;
    Ok(bytes)
}

/// The digest of a file, however large it is.
pub(crate) fn digest_of(path: &Path) -> Result<Digest, FileError> {
    File::open(path)
        .and_then(|mut file| {
            Digest::of_pieces(|piece| {
                (&mut file).take(READ_AT_ONCE as u64).read_to_end(piece).map(drop)
            })
        })
        .map_err(FileError::new("read", path))
}

/// Reads a file.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::new("read", path))
}

/// Reads the last bytes of a file, `length` at the most.
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

/// Whether the file has fewer bytes than `length`.
pub(crate) fn is_shorter(path: &Path, length: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.len() < length)
}

/// Refuses a path at which something is already.
pub(crate) fn check_absent(path: &Path) -> Result<(), FileError> {
    if look(path)?.is_none() {
        return Ok(());
    }
    let error = io::Error::new(io::ErrorKind::AlreadyExists, "there is a file already");
    Err(FileError::new("write", path)(error))
}

/// Refuses a link where a file is written that nobody named.
pub(crate) fn check_no_link(path: &Path) -> Result<(), FileError> {
    match look(path)? {
        Some(found) if found.is_symlink() => {
            Err(FileError::new("use", path)(io::Error::other("it is a symbolic link")))
        }
        _ => Ok(()),
    }
}

/// Makes the file at `path`, which must not be there yet; folders above it are made.
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

/// Makes a folder and those above it, and has them on the disk.
pub(crate) fn create_folder(path: &Path) -> Result<(), FileError> {
    let missing: Vec<_> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path).map_err(FileError::new("make the folder", path))?;
    for folder in missing {
        sync_folder(folder_of(folder))?;
    }
    Ok(())
}

/// Has the names in a folder on the disk.
pub(crate) fn sync_folder(path: &Path) -> Result<(), FileError> {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    File::open(path).and_then(|folder| folder.sync_all()).map_err(FileError::new("sync", path))
}

/// Replaces the file at `path` with these bytes; see [`replace`].
pub(crate) fn replace_with(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    replace(path, |sink| {
        sink.push(bytes)?;
        Ok(Some(()))
    })
    .map(drop)
}

fn new_temporary(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new()
        .prefix(".acceptance-ledger-")
        .permissions(new_file_permissions())
        .tempfile_in(folder)
        // The temporary name says nothing to the user.
        .map_err(|failed| failed.kind().into())
}

/// Replaces the file at `path` whole, or leaves it as it is; folders above it are made.
///
/// A symbolic link is followed. What is no regular file, such as a pipe or `/dev/stdout`, is
/// written to as it stands: there is nothing to keep.
///
/// Where `write` gives up in the end, with `None`, the file stays as it is.
pub(crate) fn replace<T>(
    path: &Path,
    write: impl FnOnce(&mut Sink) -> Result<Option<T>, fmt::Error>,
) -> Result<Option<T>, FileError> {
    let error = || FileError::new("write", path);
    // A slash at the end names the same file.
    let path = &path.components().collect::<PathBuf>();
    let existing = look_behind_links(path)?;
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
    if let Some(existing) = existing.filter(fs::Metadata::is_file) {
        file.set_permissions(existing.permissions()).map_err(error())?;
    }
    file.sync_all().map_err(error())?;
    temporary.persist(&target).map_err(|failed| error()(failed.error))?;
    sync_folder(folder)?;
    Ok(written)
}

/// Whether the path leads to a pipe, a terminal or a device, or to an open file by its descriptor:
/// the file behind that one is another program's to replace. (`/dev/shm` has files like any other folder.)
fn is_written_in_place(path: &Path, existing: Option<&fs::Metadata>) -> bool {
    let descriptors = ["/proc", "/dev/fd", "/dev/stdin", "/dev/stdout", "/dev/stderr"];
    let is_descriptor = descriptors.iter().any(|name| path.starts_with(name));
    existing.is_some_and(|existing| !existing.is_dir() && (is_descriptor || !existing.is_file()))
}

/// Where a file at `path` really is, or would be: without links, as far as there are folders.
pub(crate) fn destination(path: &Path) -> io::Result<PathBuf> {
    let target = std::path::absolute(target_of(path)?)?;
    let mut missing = Vec::new();
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

/// The file that a path stands for: the end of its symbolic links, there or not.
fn target_of(path: &Path) -> io::Result<PathBuf> {
    /// As many as Linux follows.
    const MAX_LINKS: usize = 40;
    let mut target = path.to_owned();
    for _ in 0..MAX_LINKS {
        match fs::read_link(&target) {
            Ok(link) => target = folder_of(&target).join(link),
            // Not a link, or not there.
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

/// Whether a file at `path` can be replaced so that nothing shows of it until it is done.
pub(crate) fn is_replaceable_unseen(path: &Path) -> bool {
    let existing = path.metadata().ok();
    folder_of(path).is_dir()
        && !path.is_symlink()
        && existing.is_none_or(|existing| existing.is_file())
}

pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// What a new file may be used for, less what the process's umask takes away.
fn new_file_permissions() -> Permissions {
    use std::os::unix::fs::PermissionsExt;
    Permissions::from_mode(0o666)
}
