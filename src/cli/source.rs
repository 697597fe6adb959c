//! The files that owners are asked about, in the work tree.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use crate::digest::Digest;
use crate::inputs::Surface;
use crate::io::error::FileError;
use crate::io::files;
use crate::words::AcceptanceField;

use super::failure::Failure;

/// How a surface's file stands to what the owner is asked about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// It is the very file.
    Same,
    /// It is another version.
    Differs,
    /// It cannot be compared: why.
    Missing(&'static str),
}

/// Refuses a document about a surface whose file is not the one that its owner was asked about: nobody looked at what is
/// there now.
pub(super) fn refuse_another_file(
    root: &Path,
    surface: &Surface,
    document: &Path,
    place: (usize, usize),
) -> Result<(), Failure> {
    let (message, next_step) = match Sources::new(root).compare(surface)? {
        Source::Same => return Ok(()),
        Source::Differs => (
            "the surface's file is no longer the one that was asked about",
            "run `acceptance-ledger init`, then have the owner look at the file and answer again",
        ),
        Source::Missing(why) => (
            why,
            "take the file back from git; where it moved or is gone, run `acceptance-ledger init`",
        ),
    };
    Err(Failure::Refused {
        path: document.to_owned(),
        place: Some(place),
        message: message.to_owned(),
        next_step: next_step.to_owned(),
    })
}

/// The files of a work tree. Many surfaces can be in one file or folder: each is looked at once.
#[derive(Debug)]
pub(super) struct Sources {
    root: PathBuf,
    folders: HashSet<PathBuf>,
    digests: HashMap<PathBuf, Digest>,
}

impl Sources {
    pub(super) fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), folders: HashSet::new(), digests: HashMap::new() }
    }

    /// Compares a surface's file with the digest that the request names.
    pub(super) fn compare(&mut self, surface: &Surface) -> Result<Source, FileError> {
        let text = |field| surface.descriptor(field).and_then(|value| value.as_str());
        let Some(path) = text(AcceptanceField::RepoSourcePath) else {
            return Ok(Source::Missing("the request names no file"));
        };
        if !is_as_git_writes_it(path) {
            return Ok(Source::Missing(
                "the path is not as git writes it: relative, with no `.`, `..` or empty part",
            ));
        }
        let digest = match self.digest_of(path)? {
            Ok(digest) => digest,
            Err(problem) => return Ok(Source::Missing(problem)),
        };
        let wanted = text(AcceptanceField::RepoSha256).unwrap_or_default();
        Ok(if digest.hex() == wanted.to_ascii_lowercase() { Source::Same } else { Source::Differs })
    }

    /// The digest of a file that no link leads to.
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
            match files::look(&file)? {
                None => return Ok(Err("the file is not there")),
                Some(found) if found.is_symlink() => return Ok(Err("a link leads to the file")),
                Some(found) if is_file && found.is_file() => {}
                Some(found) if !is_file && found.is_dir() => {
                    self.folders.insert(file.clone());
                }
                Some(_) => return Ok(Err("it is not a regular file")),
            }
        }
        let digest = files::digest_of(&file)?;
        self.digests.insert(file, digest);
        Ok(Ok(digest))
    }
}

/// Whether a path is written as git lists it: two spellings of one file would be two files to whoever compares them.
fn is_as_git_writes_it(path: &str) -> bool {
    !path.contains('\0') && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
