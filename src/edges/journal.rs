//! The journal's folder: one folder a surface, whose events are only ever added to.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::journal::{DocumentName, Dossier, History, Step};

use super::files::{self, FileError};

/// Where the journal is, below the root of the repository.
pub(crate) const JOURNAL: &str = "docs/security/monitoring-owner-response-acceptance.journal";

/// The file of a surface's events, in its folder.
pub(crate) const EVENTS: &str = "events.jsonl";

/// What a signature's name has behind the name of what it signs.
pub(crate) const SIGNATURE: &str = ".sig";

/// The journal of a repository.
#[derive(Clone, Debug)]
pub(crate) struct Journal {
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

/// A document on its way into the journal.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Filed<'a> {
    pub(crate) document: &'a [u8],
    pub(crate) signature: Option<&'a [u8]>,
}

/// Keeps other processes from changing the journal, until it is dropped.
#[derive(Debug)]
pub(crate) struct Lock {
    _root: File,
}

impl Lock {
    /// Waits until no other process changes the journal of the repository at `root`.
    pub(crate) fn take(root: &Path) -> Result<Self, FileError> {
        // The root is there before the journal is, and stays when a journal is removed.
        let folder = File::open(root).map_err(FileError::new("open", root))?;
        folder.lock().map_err(FileError::new("lock", root))?;
        Ok(Self { _root: folder })
    }

    /// Waits until nobody is changing the journal, so as to read it; a file system without locks is read as it
    /// stands.
    pub(crate) fn share(root: &Path) -> Option<Self> {
        let folder = File::open(root).ok()?;
        folder.lock_shared().ok()?;
        Some(Self { _root: folder })
    }
}

impl Journal {
    pub(crate) fn below(root: &Path) -> Self {
        let journal = Path::new(JOURNAL);
        let folder = if root == Path::new(".") { journal.to_owned() } else { root.join(journal) };
        Self { folder }
    }

    /// The folder of a surface.
    pub(crate) fn path(&self, folder: &str) -> PathBuf {
        self.folder.join(folder)
    }

    /// The names of all folders. Files that stand beside them are strangers.
    pub(crate) fn folders(&self) -> Result<(BTreeSet<String>, Vec<PathBuf>), FileError> {
        let (mut folders, mut strangers) = (BTreeSet::new(), Vec::new());
        if !is_folder(&self.folder)? {
            return Ok((folders, strangers));
        }
        for (name, kind) in list(&self.folder)? {
            let path = self.folder.join(&name);
            match kind {
                Kind::Folder => drop(folders.insert(name)),
                Kind::File => strangers.push(path),
                Kind::Irregular => return Err(irregular(&path)),
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
            if kind != Kind::File {
                return Err(irregular(&file));
            }
            if name == EVENTS {
                read.dossier.events = files::read(&file)?;
            } else if let Some(document) = DocumentName::parse(&name) {
                read.dossier.documents.insert(document, files::read(&file)?);
            } else if let Some(signed) = name.strip_suffix(SIGNATURE).and_then(DocumentName::parse)
            {
                read.signatures.insert(signed, files::read(&file)?);
            } else {
                read.strangers.push(name);
            }
        }
        Ok(read)
    }

    /// Refuses a folder that holds what no journal has.
    pub(crate) fn look_through(&self, folder: &str) -> Result<(), FileError> {
        let path = self.path(folder);
        match list(&path)?.into_iter().find(|(_, kind)| *kind != Kind::File) {
            Some((name, _)) => Err(irregular(&path.join(name))),
            None => Ok(()),
        }
    }

    /// Takes a step: removes what no event keeps, stores the document, then adds the event, then deletes what the
    /// step withdraws. It is done when this returns, and not at all when it fails, but for the deletion.
    pub(crate) fn append(
        &self,
        folder: &str,
        leftovers: &Leftovers,
        step: &Step,
        filed: Filed<'_>,
    ) -> Result<(), FileError> {
        let path = self.path(folder);
        create_folder(&path)?;
        let mut stored = Stored::default();
        let file = path.join(EVENTS);
        if leftovers.whole_bytes == 0 {
            stored.0.push(file.clone());
        }
        let events = Events::open(&file, leftovers.whole_bytes)?;
        for orphan in &leftovers.orphans {
            remove(&path.join(orphan))?;
        }
        if let Some(name) = step.document() {
            stored.write(&path.join(name.to_string()), filed.document)?;
            if let Some(signature) = filed.signature {
                stored.write(&path.join(format!("{name}{SIGNATURE}")), signature)?;
            }
        }
        sync_folder(&path)?;
        events.add(step.line())?;
        stored.keep();
        if let Some(name) = step.withdraws() {
            remove(&path.join(name.to_string()))?;
            remove(&path.join(format!("{name}{SIGNATURE}")))?;
            sync_folder(&path)?;
        }
        Ok(())
    }
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
        let is_orphan = |name: DocumentName| !history.keeps(name);
        let orphans = documents
            .chain(signatures)
            .filter(|(name, _)| is_orphan(*name))
            .map(|(name, suffix)| format!("{name}{suffix}"));
        Self { whole_bytes: history.whole_bytes(), orphans: orphans.collect() }
    }
}

/// The file of events, open at the end of its last whole event.
struct Events {
    file: File,
    path: PathBuf,
    whole: u64,
}

impl Events {
    fn open(path: &Path, whole: usize) -> Result<Self, FileError> {
        let mut options = OpenOptions::new();
        let file =
            options.append(true).create(true).open(path).map_err(FileError::new("open", path))?;
        let whole = u64::try_from(whole).unwrap_or(u64::MAX);
        let length = file.metadata().map_err(FileError::new("read", path))?.len();
        if length > whole {
            file.set_len(whole).map_err(FileError::new("mend", path))?;
        }
        Ok(Self { file, path: path.to_owned(), whole })
    }

    /// Adds a line, whole or not at all.
    fn add(mut self, line: &str) -> Result<(), FileError> {
        let added = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        added.map_err(|cause| {
            // What cannot be cut off now is torn, and no event.
            let _ = self.file.set_len(self.whole);
            FileError::new("write", &self.path)(cause)
        })
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
enum Kind {
    File,
    Folder,
    Irregular,
}

/// The names in a folder, sorted, and what each is. Links are not followed.
fn list(folder: &Path) -> Result<Vec<(String, Kind)>, FileError> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
    let mut names = Vec::new();
    for entry in entries.map_err(FileError::new("list", folder))? {
        let kind = entry.file_type().map_err(FileError::new("list", folder))?;
        let kind = if kind.is_dir() {
            Kind::Folder
        } else if kind.is_file() {
            Kind::File
        } else {
            Kind::Irregular
        };
        match entry.file_name().into_string() {
            Ok(name) => names.push((name, kind)),
            Err(_) => return Err(irregular(folder)),
        }
    }
    names.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(names)
}

/// Whether there is a folder; what is there and is none is refused.
fn is_folder(path: &Path) -> Result<bool, FileError> {
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_dir() => Ok(true),
        Ok(_) => Err(irregular(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(FileError::new("read", path)(error)),
    }
}

fn irregular(path: &Path) -> FileError {
    let message = "a journal has folders and regular files with plain names, and no symbolic links";
    FileError::new("use", path)(io::Error::other(message))
}

/// Makes a folder and those above it, and has them on the disk.
fn create_folder(path: &Path) -> Result<(), FileError> {
    if is_folder(path)? {
        return Ok(());
    }
    let missing: Vec<_> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    fs::create_dir_all(path).map_err(FileError::new("make the folder", path))?;
    for folder in missing.into_iter().filter_map(Path::parent) {
        sync_folder(if folder == Path::new("") { Path::new(".") } else { folder })?;
    }
    Ok(())
}

fn sync_folder(path: &Path) -> Result<(), FileError> {
    File::open(path).and_then(|folder| folder.sync_all()).map_err(FileError::new("sync", path))
}

/// Removes a file, if it is there.
fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(FileError::new("remove", path)(error))
        }
        _ => Ok(()),
    }
}
