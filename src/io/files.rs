//! Files: read as bytes, replaced whole or not at all.

use std::fmt;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Read as _, Seek as _, Write};
use std::os::fd::AsFd as _;
use std::path::{Component, Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

use rustix::fs::{OFlags, fcntl_getfl};
use tempfile::NamedTempFile;

use crate::digest::Digest;
use crate::escape;
use crate::json::MAX_DOCUMENT;

use super::interrupt::Temporary;

/// How many bytes go to the operating system at once.
const CHUNK: usize = 1 << 20;

/// How many bytes of a short text go to the operating system at once: memory that is used again needs
/// no new pages.
const PAGES: usize = 1 << 16;

/// How many chunks may wait to be written.
const CHUNKS: usize = 4;

/// After how many bytes the disk is asked to begin its work.
const SYNC_EVERY: usize = 64 << 20;

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
            Digest::of_pieces(|piece| (&mut file).take(CHUNK as u64).read_to_end(piece).map(drop))
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

/// Writes to standard output what the command is run for.
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

/// Whether standard output was closed when the process began. The runtime puts `/dev/null` in its place then, open to
/// read and write; a shell's `>/dev/null` is open to write alone.
fn is_closed(output: &File) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let device = |path: &str| fs::metadata(path).map(|metadata| metadata.rdev()).ok();
    let is_null = output.metadata().is_ok_and(|output| Some(output.rdev()) == device("/dev/null"));
    is_null && fcntl_getfl(output).is_ok_and(|flags| flags.contains(OFlags::RDWR))
}

/// Writes bytes to standard output.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), FileError> {
    let mut output = io::stdout().lock();
    output.write_all(bytes).and_then(|()| output.flush()).map_err(FileError::of_output)
}

/// Writes text with colors to standard output, which loses them where nobody sees them.
pub(crate) fn print_styled(text: &str) -> Result<(), FileError> {
    let mut output = anstream::stdout().lock();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(FileError::of_output)
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

/// Text on its way to a file. What is more than one chunk is written by a thread of its own while
/// the next text is formed; less is not worth a thread.
#[derive(Debug)]
pub(crate) struct Sink {
    chunk: Vec<u8>,
    output: Output,
}

#[derive(Debug)]
enum Output {
    /// So many bytes are written, too few to be worth a thread.
    Short(File, usize),
    Writing {
        full: SyncSender<Vec<u8>>,
        empty: Receiver<Vec<u8>>,
        writer: JoinHandle<io::Result<File>>,
    },
    /// Between the two.
    Starting,
    Failed(io::Error),
}

impl Sink {
    /// Writes all of it to `output`, which it gives back.
    fn fill<T>(
        output: File,
        write: impl FnOnce(&mut Self) -> Result<T, fmt::Error>,
    ) -> io::Result<(T, File)> {
        let mut sink = Self { chunk: Vec::new(), output: Output::Short(output, 0) };
        let written = write(&mut sink);
        let output = sink.finish()?;
        match written {
            Ok(written) => Ok((written, output)),
            Err(fmt::Error) => Err(io::Error::other("the text could not be formed")),
        }
    }

    fn push(&mut self, bytes: &[u8]) -> fmt::Result {
        self.chunk.extend_from_slice(bytes);
        match &mut self.output {
            Output::Short(file, written) if *written < CHUNK => {
                if self.chunk.len() >= PAGES {
                    *written += self.chunk.len();
                    if let Err(error) = file.write_all(&self.chunk) {
                        self.output = Output::Failed(error);
                        return Err(fmt::Error);
                    }
                    self.chunk.clear();
                }
                Ok(())
            }
            _ if self.chunk.len() < CHUNK => Ok(()),
            _ => self.pass_on(),
        }
    }

    /// Hands the chunk to the writer, and takes an empty one.
    fn pass_on(&mut self) -> fmt::Result {
        self.output = match std::mem::replace(&mut self.output, Output::Starting) {
            Output::Short(file, _) => {
                let (full, chunks) = sync_channel(CHUNKS);
                let (emptied, empty) = sync_channel(CHUNKS);
                let writer = thread::spawn(move || write_chunks(file, chunks, &emptied));
                Output::Writing { full, empty, writer }
            }
            started => started,
        };
        let Output::Writing { full, empty, .. } = &self.output else { return Err(fmt::Error) };
        let next = empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK));
        // A writer that no longer listens has failed, and says why when it is joined.
        full.send(std::mem::replace(&mut self.chunk, next)).map_err(|_| fmt::Error)
    }

    fn finish(mut self) -> io::Result<File> {
        if let Output::Writing { .. } = self.output {
            // What a failed writer does not take, it says why when it is joined.
            let _ = self.pass_on();
        }
        match self.output {
            Output::Short(mut file, _) => file.write_all(&self.chunk).map(|()| file),
            Output::Failed(error) => Err(error),
            Output::Writing { full, writer, .. } => {
                drop(full);
                // A panic of the writer is a panic of ours.
                writer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
            }
            Output::Starting => Err(io::Error::other("the writer did not start")),
        }
    }
}

/// Writes what comes, and gives the chunks back.
fn write_chunks(
    mut file: File,
    chunks: Receiver<Vec<u8>>,
    emptied: &SyncSender<Vec<u8>>,
) -> io::Result<File> {
    let mut unsynced = 0;
    for mut chunk in chunks {
        file.write_all(&chunk)?;
        unsynced += chunk.len();
        if unsynced >= SYNC_EVERY {
            unsynced = 0;
            // Most of the text is on the disk by the time that the last of it is written. A
            // failure shows again in the sync at the end; a pipe has none to wait for.
            if let Ok(file) = file.try_clone() {
                thread::spawn(move || file.sync_data());
            }
        }
        chunk.clear();
        // The last chunks find nobody who wants their memory back.
        let _ = emptied.try_send(chunk);
    }
    Ok(file)
}

impl fmt::Write for Sink {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.push(text.as_bytes())
    }
}

/// The offset of the first byte in which a file differs from the text that `write` forms; `None` where it is that
/// text. The file is read while the text is formed.
pub(crate) fn first_difference(
    path: &Path,
    write: impl FnOnce(&mut Comparison) -> fmt::Result,
) -> Result<Option<usize>, FileError> {
    let error = || FileError::new("read", path);
    let file = File::open(path).map_err(error())?;
    let (full, chunks) = sync_channel(CHUNKS);
    let (emptied, empty) = sync_channel(CHUNKS);
    let comparing = thread::spawn(move || compare(file, chunks, &emptied));
    let mut comparison = Comparison { chunk: Vec::with_capacity(CHUNK), full, empty };
    // The text is not formed to its end once a difference is found.
    if write(&mut comparison).is_ok() {
        let _ = comparison.pass_on();
    }
    drop(comparison);
    // A panic of the reader is a panic of ours.
    comparing.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)).map_err(error())
}

/// Text on its way to be compared with a file.
#[derive(Debug)]
pub(crate) struct Comparison {
    chunk: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
}

impl Comparison {
    fn pass_on(&mut self) -> fmt::Result {
        let next = self.empty.try_recv().unwrap_or_else(|_| Vec::with_capacity(CHUNK));
        self.full.send(std::mem::replace(&mut self.chunk, next)).map_err(|_| fmt::Error)
    }
}

impl fmt::Write for Comparison {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.chunk.extend_from_slice(text.as_bytes());
        if self.chunk.len() < CHUNK { Ok(()) } else { self.pass_on() }
    }
}

fn compare(
    mut file: File,
    chunks: Receiver<Vec<u8>>,
    emptied: &SyncSender<Vec<u8>>,
) -> io::Result<Option<usize>> {
    let mut offset = 0;
    let mut bytes = Vec::with_capacity(CHUNK);
    for mut chunk in chunks {
        bytes.clear();
        let length = u64::try_from(chunk.len()).unwrap_or(u64::MAX);
        (&mut file).take(length).read_to_end(&mut bytes)?;
        if bytes != chunk {
            let same = bytes.iter().zip(&chunk).take_while(|(one, other)| one == other).count();
            return Ok(Some(offset + same));
        }
        offset += chunk.len();
        chunk.clear();
        // The last chunks find nobody who wants their memory back.
        let _ = emptied.try_send(chunk);
    }
    let is_longer = file.read(&mut [0])? > 0;
    Ok(is_longer.then_some(offset))
}
