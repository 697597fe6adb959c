//! The files of a repository: those that git tracks, or outside git those that are not ignored.

use crate::io::error::FileError;
use std::ffi::OsStr;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Read as _, Seek as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use ignore::WalkBuilder;
use rustix::fs::OFlags;

use super::files;
use super::git::{self, GitError};

/// How many bytes of a file are read at most. Configurations are smaller by far, and two of this size fit into memory
/// with all that is read of them.
const MAX_FILE: u64 = 8 << 20;

/// How often a file is read again that changes while it is read.
const ATTEMPTS: usize = 5;

/// A file of the repository, or what stands in its place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ListedFile {
    /// A path as git writes it.
    File(String),
    /// A submodule, or a link out of the repository: it is not examined. (What a link within it leads to has a path of
    /// its own.)
    Elsewhere(String),
    /// A file whose name is no UTF-8, as far as it can be shown.
    Unnamable(String),
}

/// Why the files could not be listed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{0}")]
    Git(GitError),
    #[error("this is a bare repository: it has no files, only their history")]
    Bare,
}

/// The files below a root, sorted.
pub(crate) fn list(root: &Path) -> Result<Vec<ListedFile>, ListError> {
    if files::look_behind_links(root)?.is_none() {
        let missing = io::Error::from(io::ErrorKind::NotFound);
        return Err(FileError::new("list", root)(missing).into());
    }
    let mut entries = if git::is_in_repository(root)? {
        tracked(root)?
    } else if is_bare(root)? {
        return Err(ListError::Bare);
    } else {
        walk(root)?
    };
    entries.sort_unstable();
    entries.dedup();
    Ok(entries)
}

/// Whether a folder is what `git init --bare` makes.
fn is_bare(root: &Path) -> Result<bool, FileError> {
    for part in ["HEAD", "objects", "refs"] {
        if files::look(&root.join(part))?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

fn tracked(root: &Path) -> Result<Vec<ListedFile>, ListError> {
    let mut entries = Vec::new();
    for (mode, path) in git::tracked(root).map_err(ListError::Git)? {
        let Ok(name) = std::str::from_utf8(&path) else {
            entries.push(ListedFile::Unnamable(String::from_utf8_lossy(&path).into_owned()));
            continue;
        };
        entries.extend(match mode.as_str() {
            "160000" => Some(ListedFile::Elsewhere(name.to_owned())),
            "120000" => leads_out(root, name).then(|| ListedFile::Elsewhere(name.to_owned())),
            _ => Some(ListedFile::File(name.to_owned())),
        });
    }
    Ok(entries)
}

fn walk(root: &Path) -> Result<Vec<ListedFile>, ListError> {
    let walk = WalkBuilder::new(root)
        .hidden(false)
        .require_git(false)
        .git_global(false)
        .parents(false)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut entries = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            let cause = error.into_io_error().unwrap_or_else(|| io::Error::other("it is a circle"));
            FileError::new("list", root)(cause)
        })?;
        let Ok(below) = entry.path().strip_prefix(root) else { continue };
        let kind = entry.file_type();
        if below == Path::new("") || kind.is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        let Some(name) = below.to_str().map(str::to_owned) else {
            entries.push(ListedFile::Unnamable(below.to_string_lossy().into_owned()));
            continue;
        };
        entries.extend(match kind {
            Some(kind) if kind.is_file() => Some(ListedFile::File(name)),
            Some(kind) if kind.is_symlink() && !leads_out(root, &name) => None,
            _ => Some(ListedFile::Elsewhere(name)),
        });
    }
    Ok(entries)
}

/// Whether a link leads out of the repository, or nowhere that could be told.
fn leads_out(root: &Path, link: &str) -> bool {
    let target = root.canonicalize().and_then(|root| Ok((root.join(link).canonicalize()?, root)));
    !target.is_ok_and(|(target, root)| target.starts_with(root))
}

/// What reading a file gave.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    /// It is tracked and not there: who removed it changed the tree.
    Gone,
    /// It is larger than is read, or no regular file.
    NotExamined,
}

/// Reads a file as it is at one moment. One that changes each time it is read is an error.
pub(crate) fn read_at_once(root: &Path, path: &str) -> Result<Content, FileError> {
    let path = root.join(path);
    let error = || FileError::new("read", &path);
    for _ in 0..ATTEMPTS {
        // A link or a pipe that has taken the file's place is not followed, and not waited for.
        let flags = (OFlags::NOFOLLOW | OFlags::NONBLOCK).bits();
        let opened = OpenOptions::new().read(true).custom_flags(flags.cast_signed()).open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(cause) => {
                return match files::look(&path)? {
                    None => Ok(Content::Gone),
                    Some(found) if !found.is_file() => Ok(Content::NotExamined),
                    Some(_) => Err(error()(cause)),
                };
            }
        };
        let before = file.metadata().map_err(error())?;
        if !before.is_file() || before.len() > MAX_FILE {
            return Ok(Content::NotExamined);
        }
        let bytes = read_to_end(&mut file, &before).map_err(error())?;
        let after = file.metadata().map_err(error())?;
        let state = |found: &Metadata| (found.len(), found.mtime(), found.mtime_nsec());
        let is_still = state(&before) == state(&after) && bytes.len() as u64 == after.len();
        if is_still && (is_settled(&after) || is_same(&mut file, &bytes).map_err(error())?) {
            return Ok(Content::Bytes(bytes));
        }
    }
    Err(error()(io::Error::other("it changes while it is read")))
}

/// Whether a file was written so long ago that a write at the same time as our reading would show: the times of files
/// are as coarse as the system's clock ticks.
fn is_settled(found: &Metadata) -> bool {
    let age = found.modified().ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > Duration::from_secs(1))
}

/// Whether a file still holds these bytes.
fn is_same(file: &mut File, bytes: &[u8]) -> io::Result<bool> {
    file.rewind()?;
    let mut again = Vec::with_capacity(bytes.len() + 1);
    file.take(MAX_FILE + 1).read_to_end(&mut again)?;
    Ok(again == bytes)
}

fn read_to_end(file: &mut File, before: &Metadata) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or_default() + 1);
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The folder of a path that a link in the work tree leads to, where there is one: git would not have listed the file.
pub(crate) fn linked_folder(root: &Path, path: &str) -> Result<Option<PathBuf>, FileError> {
    let parent = Path::new(OsStr::from_bytes(path.as_bytes())).parent().unwrap_or(Path::new(""));
    files::first_link(root, parent)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn names(root: &Path) -> Vec<String> {
        let entries = list(root).unwrap().into_iter();
        entries.map(|entry| format!("{entry:?}")).collect()
    }

    #[test]
    fn outside_git_what_is_ignored_is_left_out() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        fs::create_dir_all(root.join("a/b")).unwrap();
        for (path, text) in
            [("a/b/x.yml", ""), (".hidden.yml", ""), ("a/no.yml", ""), (".gitignore", "no.yml")]
        {
            fs::write(root.join(path), text).unwrap();
        }
        symlink("..", root.join("a/circle")).unwrap();
        symlink("/etc/hostname", root.join("out.yml")).unwrap();
        assert_eq!(
            names(root),
            [
                "File(\".gitignore\")",
                "File(\".hidden.yml\")",
                "File(\"a/b/x.yml\")",
                "Elsewhere(\"out.yml\")"
            ]
        );
    }

    #[test]
    fn what_is_no_file_or_too_large_is_not_read() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let large = File::create(root.join("large.yml")).unwrap();
        large.set_len(1 << 30).unwrap();
        fs::create_dir(root.join("folder.yml")).unwrap();
        symlink("large.yml", root.join("link.yml")).unwrap();
        for path in ["large.yml", "folder.yml", "link.yml"] {
            assert_eq!(read_at_once(root, path).unwrap(), Content::NotExamined, "{path}");
        }
        assert_eq!(read_at_once(root, "none.yml").unwrap(), Content::Gone);
        // A file of no length that has bytes all the same, as one has that grows while it is read.
        let changing = read_at_once(Path::new("/proc/self"), "status").unwrap_err().to_string();
        assert!(changing.contains("it changes while it is read"), "{changing}");
        fs::write(root.join("a.yml"), "a: 1\n").unwrap();
        assert_eq!(read_at_once(root, "a.yml").unwrap(), Content::Bytes(b"a: 1\n".to_vec()));
    }
}
