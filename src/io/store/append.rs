//! Writes steps into the journal: documents first, then events, then withdrawals.
//!
//! Steps of different surfaces are written together. Each stage is on the disk before the next one begins, so that an
//! interruption leaves each step whole or not at all.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;

use crate::io::error::{FileError, shown};
use crate::io::file_system::FileSystem;
use crate::io::files::{self, sync_folder};
use crate::journal::{DocumentName, History, Step};
use crate::words::names::{ATTRIBUTES, EVENTS, SIGNATURE};

use super::{Folder, JournalStore, NO_CONVERSION, irregular, is_folder};

/// The temporary file with which a step replaces an events file that has a torn line.
const NEW_EVENTS: &str = "events.jsonl.new";

/// From this many steps on, the whole file system is synced and not each file. For fewer steps, it could take longer: it
/// also waits for what other programs wrote.
const MANY: usize = 8;

/// How many steps are written together if each file is synced. Each keeps up to three files open until it is written, and
/// the process may have many other files open.
const TOGETHER: usize = 16;

/// A step to write, and what has to be cleaned up before it.
#[derive(Debug)]
pub(crate) struct Addition<'s> {
    /// The name of the surface's folder.
    pub(crate) folder: &'s str,
    pub(crate) leftovers: &'s Leftovers,
    pub(crate) step: &'s Step,
    /// The signature of the document that the step stores.
    pub(crate) signature: Option<&'s [u8]>,
}

impl JournalStore {
    /// Writes steps of different surfaces, in stages. Each stage is done for all steps before the next one begins:
    ///
    /// 1. Make the folders.
    /// 2. Remove files that no event keeps, and write the documents.
    /// 3. Sync the documents. Each event needs its document, so the document comes first.
    /// 4. Append the events, and then sync them.
    /// 5. Delete the documents that the steps withdraw.
    ///
    /// Returns a result for each step, in their order. If it is `Ok`, the step is on the disk. Adds to `notes` what was
    /// repaired or removed, also if a later stage fails.
    ///
    /// # Errors
    ///
    /// If a file of the step cannot be read, written or synced. Then the step did not happen, and the other steps go on.
    /// There are two exceptions: if only the deletion fails, the event is written; if a failed write cannot be undone,
    /// the event may still appear.
    pub(crate) fn append(
        &self,
        additions: &[Addition<'_>],
        notes: &mut Vec<String>,
    ) -> Vec<Result<(), FileError>> {
        // It is opened before the files are written, and so learns of all their errors.
        let file_system = (additions.len() >= MANY).then(|| FileSystem::of(&self.root)).flatten();
        let together = if file_system.is_some() { additions.len() } else { TOGETHER };
        let parts = additions.chunks(together);
        parts.flat_map(|part| self.append_together(part, file_system.as_ref(), notes)).collect()
    }

    /// As [`Self::append`], with one pass through the stages. Syncs the file system, if there is one, and otherwise each
    /// file.
    fn append_together(
        &self,
        additions: &[Addition<'_>],
        file_system: Option<&FileSystem>,
        notes: &mut Vec<String>,
    ) -> Vec<Result<(), FileError>> {
        let mut shared = Shared { journal: self, has_attributes: false, synced: BTreeSet::new() };
        let opened: Vec<_> = additions
            .iter()
            .map(|addition| shared.make_folder(addition, notes).map(|()| addition))
            .collect();
        let mut writings: Vec<_> =
            opened.into_iter().map(|addition| shared.write_document(addition?, notes)).collect();
        let open = || writings.iter().flatten();
        let has_all = |file_system: &&FileSystem| {
            open().all(|writing| file_system.has(writing.events.device)) && open().count() >= MANY
        };
        let file_system = file_system.filter(has_all);
        let is_synced = || file_system.is_some_and(FileSystem::sync);
        if !is_synced() {
            advance(&mut writings, Writing::sync_document);
        }
        advance(&mut writings, Writing::append_event);
        if !is_synced() {
            advance(&mut writings, Writing::sync_event);
        }
        advance(&mut writings, |writing| {
            writing.keep(notes);
            Ok(())
        });
        advance(&mut writings, |writing| match writing.addition.step.withdraws() {
            Some(name) => self.withdraw(writing.addition.folder, name),
            None => Ok(()),
        });
        writings.into_iter().map(|writing| writing.map(drop)).collect()
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

/// Takes each writing through a stage. One that fails goes no further. What it wrote is removed, unless its event is on the
/// disk, or may be.
fn advance<'s>(
    writings: &mut [Result<Writing<'s>, FileError>],
    mut stage: impl FnMut(&mut Writing<'s>) -> Result<(), FileError>,
) {
    for writing in writings {
        if let Some(error) = writing.as_mut().ok().and_then(|open| stage(open).err()) {
            *writing = Err(error);
        }
    }
}

/// What the steps of a batch have in common, so that it is done only once.
struct Shared<'j> {
    journal: &'j JournalStore,
    /// Whether the journal's `.gitattributes` was checked.
    has_attributes: bool,
    /// The folders above the surfaces' folders, and the `.gitattributes`, that were synced.
    synced: BTreeSet<PathBuf>,
}

impl Shared<'_> {
    /// Makes the folder of a surface, and the journal's `.gitattributes`.
    fn make_folder(
        &mut self,
        addition: &Addition<'_>,
        notes: &mut Vec<String>,
    ) -> Result<(), FileError> {
        let path = self.journal.path(addition.folder);
        if !is_folder(&path)? {
            // `sync_above` makes it safe: a surface without a folder has no event yet.
            fs::create_dir_all(&path).map_err(FileError::new("make the folder", &path))?;
        }
        if !self.has_attributes {
            notes.extend(self.journal.keep_from_conversion()?);
            self.has_attributes = true;
        }
        Ok(())
    }

    /// Removes the files that no event keeps, and writes the document of a step.
    fn write_document<'s>(
        &mut self,
        addition: &'s Addition<'s>,
        notes: &mut Vec<String>,
    ) -> Result<Writing<'s>, FileError> {
        let Addition { folder, leftovers, step, signature } = addition;
        let folder = self.journal.path(folder);
        let mut stored = Stored::default();
        let events = folder.join(EVENTS);
        if leftovers.whole_bytes == 0 {
            // This is the surface's first event. If the step fails, the new events file is removed, too.
            stored.0.push((events.clone(), None));
            self.sync_above(&folder)?;
        }
        let events = Events::open(&events, leftovers.whole_bytes)?;
        for orphan in &leftovers.orphans {
            let orphan = folder.join(orphan);
            remove(&orphan)?;
            notes.push(format!("removed {}: no event keeps it", shown(&orphan)));
        }
        if !leftovers.orphans.is_empty() {
            // Without this sync, a power cut could bring the orphans back beside the new document.
            sync_folder(&folder)?;
        }
        if let Some((name, document)) = step.stores() {
            stored.write(&folder.join(name.to_string()), document)?;
            if let Some(signature) = signature {
                stored.write(&folder.join(format!("{name}{SIGNATURE}")), signature)?;
            }
        }
        Ok(Writing { addition, folder, events, stored })
    }

    /// Syncs the folders above a surface's folder. An earlier step that was killed may have made them without a sync.
    fn sync_above(&mut self, folder: &Path) -> Result<(), FileError> {
        let root = &self.journal.root;
        let is_below = |folder: &&Path| folder.starts_with(root) || root == Path::new(".");
        for above in folder.ancestors().skip(1).take_while(is_below) {
            if !self.synced.contains(above) {
                sync_folder(above)?;
                self.synced.insert(above.to_owned());
            }
        }
        let attributes = self.journal.folder.join(ATTRIBUTES);
        if !self.synced.contains(&attributes) {
            let synced = File::open(&attributes).and_then(|file| file.sync_all());
            synced.map_err(FileError::new("sync", &attributes))?;
            self.synced.insert(attributes);
        }
        Ok(())
    }
}

/// A step whose document is written.
struct Writing<'s> {
    addition: &'s Addition<'s>,
    folder: PathBuf,
    events: Events,
    stored: Stored,
}

impl Writing<'_> {
    fn sync_document(&mut self) -> Result<(), FileError> {
        self.stored.sync()?;
        sync_folder(&self.folder)
    }

    fn append_event(&mut self) -> Result<(), FileError> {
        let appended = self.events.append(self.addition.step.line());
        self.keep_unless_undone(appended)
    }

    fn sync_event(&mut self) -> Result<(), FileError> {
        let synced = self.events.sync();
        self.keep_unless_undone(synced)
    }

    /// Keeps the files: the event is on the disk.
    fn keep(&mut self, notes: &mut Vec<String>) {
        self.stored.keep();
        // Only now: the new line replaced the torn one.
        let is_torn = self.events.is_torn;
        let note = || format!("removed a torn line from {}", shown(&self.events.path));
        notes.extend(is_torn.then(note));
    }

    /// Keeps the document if the line may still appear after a power cut: then the line needs it.
    fn keep_unless_undone(&mut self, added: Result<(), NotAdded>) -> Result<(), FileError> {
        added.map_err(|NotAdded { error, is_undone }| {
            if !is_undone {
                self.stored.keep();
            }
            error
        })
    }
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
    /// The number of the device with the file's file system.
    device: u64,
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
        let metadata = file.metadata().map_err(FileError::new("read", path))?;
        let is_torn = metadata.len() > whole;
        Ok(Self { file, path: path.to_owned(), device: metadata.dev(), whole, is_torn })
    }

    /// Appends a line completely or not at all. A torn line at the end is replaced.
    fn append(&mut self, line: &str) -> Result<(), NotAdded> {
        if self.is_torn {
            return self.replace_torn(line);
        }
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|cause| self.undo(cause))
    }

    /// Syncs the line. A line that replaced a torn one is synced already.
    fn sync(&mut self) -> Result<(), NotAdded> {
        if self.is_torn {
            return Ok(());
        }
        self.file.sync_all().map_err(|cause| self.undo(cause))
    }

    /// Cuts the file back to its complete events: a part of the line may be in it.
    fn undo(&self, cause: io::Error) -> NotAdded {
        let undone = self.file.set_len(self.whole).and_then(|()| self.file.sync_all());
        let error = FileError::new("write", &self.path)(cause);
        NotAdded { error, is_undone: undone.is_ok() }
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
///
/// A document stays open until it is synced or kept. If it were opened again for that, an error of its write could be lost.
#[derive(Default)]
struct Stored(Vec<(PathBuf, Option<File>)>);

impl Stored {
    /// Creates a file. Fails if it exists.
    fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        let written = File::create_new(path).and_then(|mut file| {
            let written = file.write_all(bytes);
            self.0.push((path.to_owned(), Some(file)));
            written
        });
        written.map_err(FileError::new("write", path))
    }

    /// Syncs the files, and closes them.
    fn sync(&mut self) -> Result<(), FileError> {
        for (path, file) in &mut self.0 {
            if let Some(file) = file.take() {
                file.sync_all().map_err(FileError::new("write", path))?;
            }
        }
        Ok(())
    }

    /// Keeps the files.
    fn keep(&mut self) {
        self.0.clear();
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        for (path, _) in &self.0 {
            // An error is ignored: the file is an orphan then, and the next step removes it.
            let _ = fs::remove_file(path);
        }
    }
}

/// The flag that makes opening a symbolic link fail. A check beforehand is not enough: a link may appear after it.
fn no_link() -> i32 {
    files::open_flags(OFlags::NOFOLLOW)
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
