//! Reads files as bytes, and makes folders.

use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _};
use std::path::{Component, Path, PathBuf};

use rustix::fs::OFlags;

use crate::digest::Digest;
use crate::io::error::FileError;
use crate::json::MAX_DOCUMENT;

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

/// Opens a file that a user gave, to read it in pieces: `-` is standard input.
pub(crate) fn open_given(path: &Path) -> Result<Box<dyn io::Read>, FileError> {
    if path == Path::new(STANDARD_STREAM) {
        return Ok(Box::new(io::stdin().lock()));
    }
    let file = File::open(path).map_err(FileError::new("read", path))?;
    Ok(Box::new(file))
}

/// Opens a regular file; `None` if the path leads to something else, such as a pipe, which can be read only once.
pub(crate) fn open_if_regular(path: &Path) -> Result<Option<File>, FileError> {
    // The check comes first: opening a pipe and closing it again would lose what its writer writes.
    let open = || if path.metadata()?.is_file() { File::open(path).map(Some) } else { Ok(None) };
    open().map_err(FileError::new("read", path))
}

/// Reads the first bytes of a file, at most `length`.
pub(crate) fn read_at_most(path: &Path, length: usize) -> Result<Vec<u8>, FileError> {
    /// Almost every answer and record is shorter. So one call reads the file and the next one finds its end, and no call
    /// asks for its size first: a replay reads very many small files.
    const MOST_FILES: usize = 8 * 1024;
    let read = || -> io::Result<Vec<u8>> {
        let mut bytes = Vec::with_capacity(MOST_FILES.min(length));
        File::open(path)?.take(length as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(FileError::new("read", path))
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

/// Whether a path leads to a regular file of at least `length` bytes.
pub(crate) fn is_regular_and_at_least(path: &Path, length: u64) -> bool {
    path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() >= length)
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

/// The flags of `open` as the number that the standard library wants.
pub(crate) const fn open_flags(flags: OFlags) -> i32 {
    // `u32::cast_signed` does the same, but only since Rust 1.87.
    i32::from_ne_bytes(flags.bits().to_ne_bytes())
}

/// Returns the folder of a path; `.` for a bare file name.
pub(crate) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}
