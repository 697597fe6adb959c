//! Compares the files in the work tree with the versions in the owner requests.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::inputs::Surface;
use crate::io::error::FileError;
use crate::words::AcceptanceField;

use super::files;

/// The result of comparing a surface's file with the version that its owner is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The file has the same bytes.
    Same,
    /// The file has other bytes.
    Differs,
    /// The file cannot be compared. The text says why.
    Missing(&'static str),
}

/// The files of a work tree. Many surfaces can be in one file or folder, so each result is cached.
#[derive(Debug)]
pub(crate) struct Sources {
    root: PathBuf,
    /// Folders that are known not to be symbolic links.
    folders: HashSet<PathBuf>,
    digests: HashMap<PathBuf, Digest>,
}

impl Sources {
    pub(crate) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), folders: HashSet::new(), digests: HashMap::new() }
    }

    /// Compares a surface's file with the sha256 in its owner request.
    pub(crate) fn compare(&mut self, surface: &Surface) -> Result<Source, FileError> {
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
