//! Reads and writes the journal's folder. It has one folder per surface. Events are appended and never changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::io::error::{FileError, shown};
use crate::journal::{DocumentName, Dossier, History, Step};
use crate::words::names::{ATTRIBUTES, EVENTS, JOURNAL, SIGNATURE};

use super::files::{self, create_folder, sync_folder};

/// The temporary file with which a step replaces an events file that has a torn line.
const NEW_EVENTS: &str = "events.jsonl.new";

/// The content of the journal's `.gitattributes`. It turns off git's conversion of line endings, keywords, filters and
/// encodings on every platform, whatever git's configuration says.
const NO_CONVERSION: &str = "* -text -ident -filter -working-tree-encoding\n";

/// The size limit of a signature file, in bytes. A signature of an RSA key of 16,384 bits is shorter.
const MAX_SIGNATURE: usize = 16 * 1024;

/// The journal of a repository on disk.
#[derive(Clone, Debug)]
pub(crate) struct JournalStore {
    root: PathBuf,
    folder: PathBuf,
}

/// The contents of one surface's folder.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) dossier: Dossier,
    /// The signatures. The key is the document that each one signs.
    pub(crate) signatures: BTreeMap<DocumentName, Vec<u8>>,
    /// The names of files that do not belong in a journal.
    pub(crate) unknown_files: Vec<String>,
}

impl JournalStore {
    /// The journal of the repository at `root`. It may not exist yet.
    pub(crate) fn below(root: &Path) -> Self {
        let journal = Path::new(JOURNAL);
        // So that messages show `docs/...` and not `./docs/...`.
        let folder = if root == Path::new(".") { journal.to_owned() } else { root.join(journal) };
        Self { root: root.to_owned(), folder }
    }

    /// Fails if a part of the journal's path is a symbolic link. Such a journal may be in another repository, or in none.
    ///
    /// # Errors
    ///
    /// If there is a link, or if a part of the path cannot be read.
    pub(crate) fn check_path(&self) -> Result<(), FileError> {
        match files::first_link(&self.root, Path::new(JOURNAL))? {
            Some(link) => Err(irregular(&link)),
            None => Ok(()),
        }
    }

    /// Returns the path of a surface's folder.
    pub(crate) fn path(&self, folder: &str) -> PathBuf {
        self.folder.join(folder)
    }

    /// Lists the names of the surface folders, and the paths of all entries that do not belong in a journal.
    ///
    /// # Errors
    ///
    /// If the journal cannot be read, or if it has an entry that is neither a folder nor a regular file.
    pub(crate) fn folders(&self) -> Result<(BTreeSet<String>, Vec<PathBuf>), FileError> {
        let (mut folders, mut unknown_files) = (BTreeSet::new(), Vec::new());
        self.check_path()?;
        if !is_folder(&self.folder)? {
            return Ok((folders, unknown_files));
        }
        for (name, kind) in list(&self.folder)? {
            let path = self.folder.join(&name);
            match kind {
                FileKind::Folder if is_surface_folder(&name) => drop(folders.insert(name)),
                FileKind::File if name == ATTRIBUTES => {}
                FileKind::Folder | FileKind::File => unknown_files.push(path),
                FileKind::Irregular => return Err(irregular(&path)),
            }
        }
        Ok((folders, unknown_files))
    }

    /// Reads a surface's folder. If it does not exist, the result is empty.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, or if the folder has an entry that is not a regular file.
    pub(crate) fn read(&self, folder: &str) -> Result<Folder, FileError> {
        let path = self.path(folder);
        let mut read = Folder::default();
        if !is_folder(&self.folder)? || !is_folder(&path)? {
            return Ok(read);
        }
        for (name, kind) in list(&path)? {
            let file = path.join(&name);
            if kind != FileKind::File {
                return Err(irregular(&file));
            }
            if name == EVENTS {
                read.dossier.events = files::read(&file)?;
            } else if let Some(document) = DocumentName::parse(&name) {
                read.dossier.documents.insert(document, files::read_document(&file)?);
            } else if let Some(signed) = name.strip_suffix(SIGNATURE).and_then(DocumentName::parse)
            {
                read.signatures.insert(signed, read_signature(&file)?);
            } else {
                read.unknown_files.push(name);
            }
        }
        Ok(read)
    }

    /// Whether the journal's `.gitattributes` exists with the right content, so that git does not convert the journal.
    pub(crate) fn has_valid_attributes(&self) -> Result<bool, FileError> {
        let attributes = files::read_if_exists(&self.folder.join(ATTRIBUTES))?;
        Ok(attributes.is_some_and(|text| text == NO_CONVERSION.as_bytes()))
    }

    /// Writes a step. First removes files that no event keeps, then stores the document, then appends the event, then
    /// deletes the document that the step withdraws. The document comes before its event, because each event needs its
    /// document.
    ///
    /// If this succeeds, the step is on the disk. Adds to `notes` what was repaired or removed, also if a later part fails.
    ///
    /// # Errors
    ///
    /// If a file cannot be read, written or synced. Then the step did not happen. There are two exceptions: if only the
    /// deletion fails, the event is written; if a failed write cannot be undone, the event may still appear.
    pub(crate) fn append(
        &self,
        folder: &str,
        leftovers: &Leftovers,
        step: &Step,
        signature: Option<&[u8]>,
        notes: &mut Vec<String>,
    ) -> Result<(), FileError> {
        let path = self.path(folder);
        if !is_folder(&path)? {
            create_folder(&path)?;
        }
        notes.extend(self.keep_from_conversion()?);
        let mut stored = Stored::default();
        let file = path.join(EVENTS);
        if leftovers.whole_bytes == 0 {
            // This is the surface's first event. If the step fails, the new events file is removed, too.
            stored.0.push(file.clone());
            // An earlier step that was killed may have created these folders without a sync.
            let is_below =
                |folder: &&Path| folder.starts_with(&self.root) || self.root == Path::new(".");
            for above in path.ancestors().skip(1).take_while(is_below) {
                sync_folder(above)?;
            }
            let attributes = self.folder.join(ATTRIBUTES);
            let synced = File::open(&attributes).and_then(|file| file.sync_all());
            synced.map_err(FileError::new("sync", &attributes))?;
        }
        let events = Events::open(&file, leftovers.whole_bytes)?;
        let is_torn = events.is_torn;
        for orphan in &leftovers.orphans {
            let orphan = path.join(orphan);
            remove(&orphan)?;
            notes.push(format!("removed {}: no event keeps it", shown(&orphan)));
        }
        if !leftovers.orphans.is_empty() {
            // Without this sync, a power cut could bring the orphans back beside the new document.
            sync_folder(&path)?;
        }
        if let Some((name, document)) = step.stores() {
            stored.write(&path.join(name.to_string()), document)?;
            if let Some(signature) = signature {
                stored.write(&path.join(format!("{name}{SIGNATURE}")), signature)?;
            }
        }
        // The document must be on the disk before its event.
        sync_folder(&path)?;
        match events.add(step.line()) {
            Ok(()) => {
                stored.keep();
                // Only now: the new line replaced the torn one.
                notes.extend(is_torn.then(|| format!("removed a torn line from {}", shown(&file))));
            }
            Err(NotAdded { error, is_undone }) => {
                if !is_undone {
                    // The line may still appear after a power cut. Then it needs its document.
                    stored.keep();
                }
                return Err(error);
            }
        }
        if let Some(name) = step.withdraws() {
            self.withdraw(folder, name)?;
        }
        Ok(())
    }

    /// Deletes a document that a reviewer withdrew, and its signature. Missing files are not an error.
    pub(crate) fn withdraw(&self, folder: &str, name: DocumentName) -> Result<(), FileError> {
        let path = self.path(folder);
        remove(&path.join(name.to_string()))?;
        remove(&path.join(format!("{name}{SIGNATURE}")))?;
        sync_folder(&path)
    }

    /// Writes the journal's `.gitattributes`, unless it has the right content. Returns a message if it replaced another
    /// content.
    fn keep_from_conversion(&self) -> Result<Option<String>, FileError> {
        if self.has_valid_attributes()? {
            return Ok(None);
        }
        let path = self.folder.join(ATTRIBUTES);
        let found = files::metadata_if_exists(&path)?;
        let is_new = found.is_none();
        if found.is_some_and(|found| !found.is_file()) {
            return Err(irregular(&path));
        }
        // This write may be interrupted. Then the next step finds the wrong content and writes the file again.
        let mut options = OpenOptions::new();
        let opened = options.write(true).create(true).truncate(true).custom_flags(no_link());
        let written = opened.open(&path).and_then(|mut file| {
            file.write_all(NO_CONVERSION.as_bytes()).and_then(|()| file.sync_all())
        });
        written.map_err(FileError::new("write", &path))?;
        sync_folder(&self.folder)?;
        let note = format!("wrote {}, which keeps git from converting the journal", shown(&path));
        Ok((!is_new).then_some(note))
    }
}

/// Whether a folder has a name as [`journal_folder`](crate::journal_folder) makes it: readable text, a dot and 32
/// hexadecimal digits.
fn is_surface_folder(name: &str) -> bool {
    let is_shown =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    name.split_once('.').is_some_and(|(shown, hex)| {
        shown.bytes().all(is_shown) && hex.len() == 32 && hex.bytes().all(is_hex)
    })
}

/// Reads a signature file up to the size limit. The part of a larger file is not a valid signature.
pub(crate) fn read_signature(path: &Path) -> Result<Vec<u8>, FileError> {
    files::read_at_most(path, MAX_SIGNATURE)
}

/// The remains of an interrupted step. The next step cleans them up before it writes its event.
#[derive(Debug)]
pub(crate) struct Leftovers {
    /// The length of the complete events, in bytes. A torn line begins there.
    whole_bytes: usize,
    /// The names of files that no event keeps.
    orphans: Vec<String>,
}

impl Leftovers {
    /// Finds the remains in a surface's folder.
    pub(crate) fn of(history: &History, folder: &Folder) -> Self {
        let documents = folder.dossier.documents.keys().map(|name| (*name, ""));
        let signatures = folder.signatures.keys().map(|name| (*name, SIGNATURE));
        let is_orphan = |name: DocumentName| !history.log().keeps(name);
        let orphans = documents
            .chain(signatures)
            .filter(|(name, _)| is_orphan(*name))
            .map(|(name, suffix)| format!("{name}{suffix}"));
        // A step that was killed while it replaced a torn line left this file.
        let unfinished = folder.unknown_files.iter().filter(|name| *name == NEW_EVENTS).cloned();
        let orphans = orphans.chain(unfinished);
        Self { whole_bytes: history.whole_bytes(), orphans: orphans.collect() }
    }
}

/// The events file, opened to append.
struct Events {
    file: File,
    path: PathBuf,
    /// The length of the complete events, in bytes.
    whole: u64,
    /// Whether a torn line follows the complete events.
    is_torn: bool,
}

/// A failed append.
struct NotAdded {
    error: FileError,
    /// Whether it is certain that the line is not in the file. If not, the line may still appear.
    is_undone: bool,
}

impl Events {
    /// Opens the events file, and creates it if it is missing. `whole` is the length of its complete events.
    fn open(path: &Path, whole: usize) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).append(true).create(true).custom_flags(no_link());
        let file = options.open(path).map_err(FileError::new("open", path))?;
        let whole = whole as u64;
        let length = file.metadata().map_err(FileError::new("read", path))?.len();
        Ok(Self { file, path: path.to_owned(), whole, is_torn: length > whole })
    }

    /// Appends a line completely or not at all. A torn line at the end is replaced.
    fn add(mut self, line: &str) -> Result<(), NotAdded> {
        if self.is_torn {
            return self.replace_torn(line);
        }
        let added = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        added.map_err(|cause| {
            // Part of the line may be in the file. Cut the file back to its complete events.
            let undone = self.file.set_len(self.whole).and_then(|()| self.file.sync_all());
            let error = FileError::new("write", &self.path)(cause);
            NotAdded { error, is_undone: undone.is_ok() }
        })
    }

    /// Replaces the torn line with a new line in one rename. The torn line may have revoked an acceptance. If it were
    /// removed first and the step then failed, that acceptance would count again.
    fn replace_torn(&mut self, line: &str) -> Result<(), NotAdded> {
        let new = self.path.with_file_name(NEW_EVENTS);
        let mut replace = || -> io::Result<()> {
            let mut events = Vec::new();
            self.file.rewind()?;
            (&self.file).take(self.whole).read_to_end(&mut events)?;
            events.extend_from_slice(line.as_bytes());
            remove_if_there(&new)?;
            let mut file = File::create_new(&new)?;
            file.write_all(&events)?;
            file.sync_all()?;
            fs::rename(&new, &self.path)
        };
        if let Err(cause) = replace() {
            // An error is ignored: the next step removes the file.
            let _ = fs::remove_file(&new);
            let error = FileError::new("write", &self.path)(cause);
            return Err(NotAdded { error, is_undone: true });
        }
        // The rename is done, so the line may be on the disk even if the sync fails.
        let synced = sync_folder(files::folder_of(&self.path));
        synced.map_err(|error| NotAdded { error, is_undone: false })
    }
}

/// The files that a step created. They are deleted when this is dropped, unless [`Self::keep`] is called.
#[derive(Default)]
struct Stored(Vec<PathBuf>);

impl Stored {
    /// Creates a file, and syncs it. Fails if it exists.
    fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        let written = File::create_new(path).and_then(|mut file| {
            self.0.push(path.to_owned());
            file.write_all(bytes).and_then(|()| file.sync_all())
        });
        written.map_err(FileError::new("write", path))
    }

    /// Keeps the files.
    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        for path in &self.0 {
            // An error is ignored: the file is an orphan then, and the next step removes it.
            let _ = fs::remove_file(path);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    File,
    Folder,
    /// Anything else, such as a symbolic link or a pipe.
    Irregular,
}

/// Lists the entries of a folder, sorted by name, with the kind of each. Does not follow symbolic links.
///
/// # Errors
///
/// If the folder cannot be read, or if a name is not UTF-8.
fn list(folder: &Path) -> Result<Vec<(String, FileKind)>, FileError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut names = Vec::new();
    for entry in entries.map_err(FileError::new("list", folder))? {
        let kind = entry.file_type().map_err(FileError::new("list", folder))?;
        let kind = if kind.is_dir() {
            FileKind::Folder
        } else if kind.is_file() {
            FileKind::File
        } else {
            FileKind::Irregular
        };
        match entry.file_name().into_string() {
            Ok(name) => names.push((name, kind)),
            Err(_) => return Err(irregular(folder)),
        }
    }
    names.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(names)
}

/// The flag that makes opening a symbolic link fail. A check beforehand is not enough: a link may appear after it.
fn no_link() -> i32 {
    files::open_flags(OFlags::NOFOLLOW)
}

/// Whether a folder exists at the path.
///
/// # Errors
///
/// If something else is at the path, or if it cannot be read.
fn is_folder(path: &Path) -> Result<bool, FileError> {
    match files::metadata_if_exists(path)? {
        Some(metadata) if metadata.is_dir() => Ok(true),
        Some(_) => Err(irregular(path)),
        None => Ok(false),
    }
}

/// The error for a path that does not belong in a journal by its kind or name.
fn irregular(path: &Path) -> FileError {
    let message =
        "a journal may only have folders and regular files with UTF-8 names, and no symbolic links";
    FileError::new("use", path)(io::Error::other(message))
}

/// Removes a file. A missing file is not an error.
fn remove(path: &Path) -> Result<(), FileError> {
    remove_if_there(path).map_err(FileError::new("remove", path))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
