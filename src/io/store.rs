//! The journal's folder: one folder a surface, whose events are only ever added to.

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

/// The file of events with which a step replaces one that is torn.
const EVENTS_TO_COME: &str = "events.jsonl.new";

/// What it says: no line endings, keywords, filters or encodings, on any platform and under any configuration.
const NO_CONVERSION: &str = "* -text -ident -filter -working-tree-encoding\n";

/// How many bytes of a signature file are read: one of an RSA key of 16,384 bits has fewer.
const MAX_SIGNATURE: usize = 16 * 1024;

/// The journal of a repository.
#[derive(Clone, Debug)]
pub(crate) struct JournalStore {
    root: PathBuf,
    folder: PathBuf,
}

/// What the folder of one surface holds.
#[derive(Debug, Default)]
pub(crate) struct Folder {
    pub(crate) dossier: Dossier,
    /// The signatures by what they sign.
    pub(crate) signatures: BTreeMap<DocumentName, Vec<u8>>,
    /// Files that no journal has.
    pub(crate) strangers: Vec<String>,
}

impl JournalStore {
    pub(crate) fn below(root: &Path) -> Self {
        let journal = Path::new(JOURNAL);
        let folder = if root == Path::new(".") { journal.to_owned() } else { root.join(journal) };
        Self { root: root.to_owned(), folder }
    }

    /// Refuses a journal that a link leads to: it would be another repository's, or nobody's.
    pub(crate) fn check_path(&self) -> Result<(), FileError> {
        match files::first_link(&self.root, Path::new(JOURNAL))? {
            Some(link) => Err(irregular(&link)),
            None => Ok(()),
        }
    }

    /// The folder of a surface.
    pub(crate) fn path(&self, folder: &str) -> PathBuf {
        self.folder.join(folder)
    }

    /// The names of all folders of surfaces. What else stands beside them is a stranger.
    pub(crate) fn folders(&self) -> Result<(BTreeSet<String>, Vec<PathBuf>), FileError> {
        let (mut folders, mut strangers) = (BTreeSet::new(), Vec::new());
        self.check_path()?;
        if !is_folder(&self.folder)? {
            return Ok((folders, strangers));
        }
        for (name, kind) in list(&self.folder)? {
            let path = self.folder.join(&name);
            match kind {
                FileKind::Folder if is_surface_folder(&name) => drop(folders.insert(name)),
                FileKind::File if name == ATTRIBUTES => {}
                FileKind::Folder | FileKind::File => strangers.push(path),
                FileKind::Irregular => return Err(irregular(&path)),
            }
        }
        Ok((folders, strangers))
    }

    /// What the folder of a surface holds; nothing where there is none.
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
                read.strangers.push(name);
            }
        }
        Ok(read)
    }

    /// Whether git is kept from converting the journal's bytes.
    pub(crate) fn is_kept_from_conversion(&self) -> Result<bool, FileError> {
        let attributes = files::read_if_there(&self.folder.join(ATTRIBUTES))?;
        Ok(attributes.is_some_and(|text| text == NO_CONVERSION.as_bytes()))
    }

    /// Takes a step: removes what no event keeps, stores the document, then adds the event, then deletes what the
    /// step withdraws. It is done when this returns, and not at all when it fails, but for the deletion.
    ///
    /// Says what it did beside the step.
    pub(crate) fn append(
        &self,
        folder: &str,
        leftovers: &Leftovers,
        step: &Step,
        signature: Option<&[u8]>,
    ) -> Result<Vec<String>, FileError> {
        let path = self.path(folder);
        if !is_folder(&path)? {
            create_folder(&path)?;
        }
        let mut notes = self.keep_from_conversion()?;
        let mut stored = Stored::default();
        let file = path.join(EVENTS);
        if leftovers.whole_bytes == 0 {
            stored.0.push(file.clone());
            // A step that was killed may have made these folders, and have synced none of them.
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
        if events.is_torn {
            notes.push(format!("removed a torn line from {}", shown(&file)));
        }
        for orphan in &leftovers.orphans {
            let orphan = path.join(orphan);
            remove(&orphan)?;
            notes.push(format!("removed {}, which no event keeps", shown(&orphan)));
        }
        if !leftovers.orphans.is_empty() {
            // Otherwise a power cut could bring them back beside what this step stores.
            sync_folder(&path)?;
        }
        if let Some((name, document)) = step.stores() {
            stored.write(&path.join(name.to_string()), document)?;
            if let Some(signature) = signature {
                stored.write(&path.join(format!("{name}{SIGNATURE}")), signature)?;
            }
        }
        sync_folder(&path)?;
        match events.add(step.line()) {
            Ok(()) => stored.keep(),
            Err(NotAdded { error, is_undone }) => {
                if !is_undone {
                    // A line that may still come back needs its document.
                    stored.keep();
                }
                return Err(error);
            }
        }
        if let Some(name) = step.withdraws() {
            self.withdraw(folder, name)?;
        }
        Ok(notes)
    }

    /// Deletes a document that a reviewer withdrew, and its signature.
    pub(crate) fn withdraw(&self, folder: &str, name: DocumentName) -> Result<(), FileError> {
        let path = self.path(folder);
        remove(&path.join(name.to_string()))?;
        remove(&path.join(format!("{name}{SIGNATURE}")))?;
        sync_folder(&path)
    }

    /// Writes the file of attributes, unless it is there as it should be.
    fn keep_from_conversion(&self) -> Result<Vec<String>, FileError> {
        if self.is_kept_from_conversion()? {
            return Ok(Vec::new());
        }
        let path = self.folder.join(ATTRIBUTES);
        let found = files::look(&path)?;
        let is_new = found.is_none();
        if found.is_some_and(|found| !found.is_file()) {
            return Err(irregular(&path));
        }
        // A write that is cut off here is seen, and done again by the next step.
        let mut options = OpenOptions::new();
        let opened = options.write(true).create(true).truncate(true).custom_flags(no_link());
        let written = opened.open(&path).and_then(|mut file| {
            file.write_all(NO_CONVERSION.as_bytes()).and_then(|()| file.sync_all())
        });
        written.map_err(FileError::new("write", &path))?;
        sync_folder(&self.folder)?;
        let note = format!("wrote {}, which keeps git from converting the journal", shown(&path));
        Ok(if is_new { Vec::new() } else { vec![note] })
    }
}

/// Whether a folder is named as that of a surface is, see [`journal_folder`](crate::journal_folder).
fn is_surface_folder(name: &str) -> bool {
    let is_shown =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
    let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    name.split_once('.').is_some_and(|(shown, hex)| {
        shown.bytes().all(is_shown) && hex.len() == 32 && hex.bytes().all(is_hex)
    })
}

/// Reads a signature file, or as much of a larger one as shows that it is none.
pub(crate) fn read_signature(path: &Path) -> Result<Vec<u8>, FileError> {
    files::read_at_most(path, MAX_SIGNATURE)
}

/// What has to be mended before the next event: what an interrupted step left behind.
#[derive(Debug)]
pub(crate) struct Leftovers {
    whole_bytes: usize,
    orphans: Vec<String>,
}

impl Leftovers {
    pub(crate) fn of(history: &History, folder: &Folder) -> Self {
        let documents = folder.dossier.documents.keys().map(|name| (*name, ""));
        let signatures = folder.signatures.keys().map(|name| (*name, SIGNATURE));
        let is_orphan = |name: DocumentName| !history.log().keeps(name);
        let orphans = documents
            .chain(signatures)
            .filter(|(name, _)| is_orphan(*name))
            .map(|(name, suffix)| format!("{name}{suffix}"));
        // What a step left that was killed while it replaced a torn line.
        let to_come = folder.strangers.iter().filter(|name| *name == EVENTS_TO_COME).cloned();
        let orphans = orphans.chain(to_come);
        Self { whole_bytes: history.whole_bytes(), orphans: orphans.collect() }
    }
}

/// The file of events, open at the end of its last whole event.
struct Events {
    file: File,
    path: PathBuf,
    whole: u64,
    is_torn: bool,
}

/// Why a line was not added.
struct NotAdded {
    error: FileError,
    /// Whether it is certain that nothing of it is left.
    is_undone: bool,
}

impl Events {
    fn open(path: &Path, whole: usize) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        let options = options.read(true).append(true).create(true).custom_flags(no_link());
        let file = options.open(path).map_err(FileError::new("open", path))?;
        let whole = whole as u64;
        let length = file.metadata().map_err(FileError::new("read", path))?.len();
        Ok(Self { file, path: path.to_owned(), whole, is_torn: length > whole })
    }

    /// Adds a line, whole or not at all.
    fn add(mut self, line: &str) -> Result<(), NotAdded> {
        if self.is_torn {
            return self.replace_torn(line);
        }
        let added = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        added.map_err(|cause| {
            let undone = self.file.set_len(self.whole).and_then(|()| self.file.sync_all());
            let error = FileError::new("write", &self.path)(cause);
            NotAdded { error, is_undone: undone.is_ok() }
        })
    }

    /// Puts a line in the place of what is torn, at once: if that were cut off before, an acceptance that it may have
    /// revoked would count again.
    fn replace_torn(&mut self, line: &str) -> Result<(), NotAdded> {
        let new = self.path.with_file_name(EVENTS_TO_COME);
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
            // What stays is removed by the next step.
            let _ = fs::remove_file(&new);
            let error = FileError::new("write", &self.path)(cause);
            return Err(NotAdded { error, is_undone: true });
        }
        // The line is in its place: from here on it may stay.
        let synced = sync_folder(files::folder_of(&self.path));
        synced.map_err(|error| NotAdded { error, is_undone: false })
    }
}

/// Files that go again unless they are kept.
#[derive(Default)]
struct Stored(Vec<PathBuf>);

impl Stored {
    fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), FileError> {
        let written = File::create_new(path).and_then(|mut file| {
            self.0.push(path.to_owned());
            file.write_all(bytes).and_then(|()| file.sync_all())
        });
        written.map_err(FileError::new("write", path))
    }

    fn keep(mut self) {
        self.0.clear();
    }
}

impl Drop for Stored {
    fn drop(&mut self) {
        for path in &self.0 {
            // What stays is an orphan, which the next step removes.
            let _ = fs::remove_file(path);
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FileKind {
    File,
    Folder,
    Irregular,
}

/// The names in a folder, sorted, and what each is. Links are not followed.
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

/// The flag with which a file is not opened through a link, even if one came there since it was looked at.
fn no_link() -> i32 {
    i32::try_from(OFlags::NOFOLLOW.bits()).unwrap_or_default()
}

/// Whether there is a folder; what is there and is no folder is refused.
fn is_folder(path: &Path) -> Result<bool, FileError> {
    match files::look(path)? {
        Some(metadata) if metadata.is_dir() => Ok(true),
        Some(_) => Err(irregular(path)),
        None => Ok(false),
    }
}

fn irregular(path: &Path) -> FileError {
    let message = "a journal has folders and regular files with plain names, and no symbolic links";
    FileError::new("use", path)(io::Error::other(message))
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> Result<(), FileError> {
    remove_if_there(path).map_err(FileError::new("remove", path))
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
