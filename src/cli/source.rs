//! Compares the files in the work tree with the versions in the owner requests.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::inputs::Surface;
use crate::io::error::FileError;
use crate::io::files;
use crate::words::AcceptanceField;

use super::failure::Failure;

/// The result of comparing a surface's file with the version that its owner is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The file has the same bytes.
    Same,
    /// The file has other bytes.
    Differs,
    /// The file cannot be compared. The text says why.
    Missing(&'static str),
}

/// Refuses a document about a surface whose file is not the version that its owner was asked about.
///
/// The owner and the reviewer have not seen the version in the work tree.
pub(super) fn refuse_another_file(
    root: &Path,
    surface: &Surface,
    document: &Path,
    place: (usize, usize),
) -> Result<(), Failure> {
    let (message, next_step) = match Sources::new(root).compare(surface)? {
        Source::Same => return Ok(()),
        Source::Differs => (
            "the surface's file has changed since the owner request was made",
            "run `acceptance-ledger init`, then ask the owner to read the file and answer again",
        ),
        Source::Missing(why) => (
            why,
            "restore the file from git; if it was moved or deleted, run `acceptance-ledger init`",
        ),
    };
    Err(Failure::Refused {
        path: document.to_owned(),
        place: Some(place),
        message: message.to_owned(),
        next_step: next_step.to_owned(),
    })
}

/// The files of a work tree. Many surfaces can be in one file or folder, so each result is cached.
#[derive(Debug)]
pub(super) struct Sources {
    root: PathBuf,
    /// Folders that are known not to be symbolic links.
    folders: HashSet<PathBuf>,
    digests: HashMap<PathBuf, Digest>,
}

impl Sources {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), folders: HashSet::new(), digests: HashMap::new() }
    }

    /// Compares a surface's file with the sha256 in its owner request.
    pub(super) fn compare(&mut self, surface: &Surface) -> Result<Source, FileError> {
        let text = |field| surface.descriptor(field).and_then(|value| value.as_str());
        let Some(path) = text(AcceptanceField::RepoSourcePath) else {
            return Ok(Source::Missing("the owner request names no file"));
        };
        if !is_as_git_writes_it(path) {
            return Ok(Source::Missing(
                "the path is not written as git writes it: relative, without `.`, `..` or empty parts",
            ));
        }
        let digest = match self.digest_of(path)? {
            Ok(digest) => digest,
            Err(problem) => return Ok(Source::Missing(problem)),
        };
        let wanted = text(AcceptanceField::RepoSha256).unwrap_or_default();
        Ok(if digest.hex() == wanted.to_ascii_lowercase() { Source::Same } else { Source::Differs })
    }

    /// Returns the digest of a regular file, or the reason why it has none. A path with a symbolic link in it is not
    /// followed.
    fn digest_of(&mut self, path: &str) -> Result<Result<Digest, &'static str>, FileError> {
        let mut file = self.root.clone();
        let mut parts = path.split('/').peekable();
        while let Some(part) = parts.next() {
            file.push(part);
            let is_file = parts.peek().is_none();
            if !is_file && self.folders.contains(&file) {
                continue;
            }
            if let Some(digest) = self.digests.get(&file).filter(|_| is_file) {
                return Ok(Ok(*digest));
            }
            match files::metadata_if_exists(&file)? {
                None => return Ok(Err("the file is missing")),
                Some(found) if found.is_symlink() => {
                    return Ok(Err("the path contains a symbolic link"));
                }
                Some(found) if is_file && found.is_file() => {}
                Some(found) if !is_file && found.is_dir() => {
                    self.folders.insert(file.clone());
                }
                Some(_) => return Ok(Err("the path is not a regular file")),
            }
        }
        let digest = files::digest_of(&file)?;
        self.digests.insert(file, digest);
        Ok(Ok(digest))
    }
}

/// Whether a path is written as git lists it. With a second spelling, one file could pass for two files.
fn is_as_git_writes_it(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
