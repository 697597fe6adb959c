//! Reads and writes the journal's folder. It has one folder per surface. Events are appended and never changed.

mod append;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::journal::{DocumentName, Dossier};
use crate::words::names::{ATTRIBUTES, EVENTS, JOURNAL, SIGNATURE};

use super::error::FileError;
use super::files;

pub(crate) use append::{Addition, Leftovers};

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

/// The path of the signature of a document.
#[cfg(feature = "cli")]
pub(crate) fn signature_of(document: &Path) -> PathBuf {
    let mut name = document.as_os_str().to_owned();
    name.push(SIGNATURE);
    PathBuf::from(name)
}

/// Reads a signature file up to the size limit. The part of a larger file is not a valid signature.
pub(crate) fn read_signature(path: &Path) -> Result<Vec<u8>, FileError> {
    files::read_at_most(path, MAX_SIGNATURE)
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
