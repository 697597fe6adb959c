//! Lists the files of a repository, in git the tracked ones, otherwise those that are not ignored, and reads each up to a
//! size limit.

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

/// The size limit of a file, in bytes. A configuration is much smaller. Two files of this size fit into memory together
/// with their parsed contents.
const MAX_FILE: u64 = 8 << 20;

/// How often a file is read before the tool gives up because it changes each time.
const ATTEMPTS: usize = 5;

/// A path of the repository, and whether its file can be examined.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum ListedFile {
    /// A file to examine. The path is relative to the root, as git writes it.
    File(String),
    /// A submodule, a symbolic link out of the repository, or outside git anything that is not a regular file. It is
    /// not examined. (A link to a file in the repository is left out: that file is listed under its own path.)
    OutsideRepository(String),
    /// A file whose name is not UTF-8. The text shows each invalid byte as a replacement character.
    NameNotUtf8(String),
}

/// Why the files cannot be listed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error("{0}")]
    Git(GitError),
    #[error("this is a bare repository: it has no work tree, only the history")]
    Bare,
}

/// Lists the files below `root`, sorted and without duplicates.
///
/// # Errors
///
/// If `root` is missing or a bare repository, if a folder cannot be read, or if git fails.
pub(crate) fn list(root: &Path) -> Result<Vec<ListedFile>, ListError> {
    if files::metadata_following_links(root)?.is_none() {
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
    // During a merge conflict, git lists one path several times.
    entries.dedup();
    Ok(entries)
}

/// Whether a folder looks like a bare repository. `git init --bare` creates these three entries.
fn is_bare(root: &Path) -> Result<bool, FileError> {
    for part in ["HEAD", "objects", "refs"] {
        if files::metadata_if_exists(&root.join(part))?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Lists the files that git tracks.
fn tracked(root: &Path) -> Result<Vec<ListedFile>, ListError> {
    let mut entries = Vec::new();
    for (mode, path) in git::tracked(root).map_err(ListError::Git)? {
        let Ok(name) = std::str::from_utf8(&path) else {
            entries.push(ListedFile::NameNotUtf8(String::from_utf8_lossy(&path).into_owned()));
            continue;
        };
        entries.extend(match mode.as_str() {
            // Modes of git: 160000 is a submodule, 120000 a symbolic link.
            "160000" => Some(ListedFile::OutsideRepository(name.to_owned())),
            "120000" => {
                leads_out(root, name).then(|| ListedFile::OutsideRepository(name.to_owned()))
            }
            _ => Some(ListedFile::File(name.to_owned())),
        });
    }
    Ok(entries)
}

/// Lists the files below a folder that is not in git.
fn walk(root: &Path) -> Result<Vec<ListedFile>, ListError> {
    let walk = WalkBuilder::new(root)
        // Hidden files are listed, too.
        .hidden(false)
        // `.gitignore` counts although this is not a git repository.
        .require_git(false)
        // Only ignore files below the root count, so that the list does not depend on the machine.
        .git_global(false)
        .parents(false)
        .follow_links(false)
        .filter_entry(|entry| entry.file_name() != ".git")
        .build();
    let mut entries = Vec::new();
    for entry in walk {
        let entry = entry.map_err(|error| {
            // The only error of a walk without an I/O cause is a loop.
            let cause = error
                .into_io_error()
                .unwrap_or_else(|| io::Error::other("it contains a symbolic link loop"));
            FileError::new("list", root)(cause)
        })?;
        let Ok(below) = entry.path().strip_prefix(root) else { continue };
        let kind = entry.file_type();
        if below == Path::new("") || kind.is_some_and(|kind| kind.is_dir()) {
            continue;
        }
        let Some(name) = below.to_str().map(str::to_owned) else {
            entries.push(ListedFile::NameNotUtf8(below.to_string_lossy().into_owned()));
            continue;
        };
        entries.extend(match kind {
            Some(kind) if kind.is_file() => Some(ListedFile::File(name)),
            Some(kind) if kind.is_symlink() && !leads_out(root, &name) => None,
            _ => Some(ListedFile::OutsideRepository(name)),
        });
    }
    Ok(entries)
}

/// Whether a symbolic link leads out of the repository. Also true if its target is missing or cannot be read.
fn leads_out(root: &Path, link: &str) -> bool {
    let target = root.canonicalize().and_then(|root| Ok((root.join(link).canonicalize()?, root)));
    !target.is_ok_and(|(target, root)| target.starts_with(root))
}

/// The result of reading a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    Bytes(Vec<u8>),
    /// The file is listed and missing: somebody removed it from the work tree.
    Gone,
    /// The file is larger than the limit, or not a regular file.
    NotExamined,
}

/// Reads a file in a consistent state: its content at one moment, not a mix of an old and a new version.
///
/// # Errors
///
/// If the file cannot be read, or if it changes during each attempt.
pub(crate) fn read_consistent(root: &Path, path: &str) -> Result<Content, FileError> {
    let path = root.join(path);
    let error = || FileError::new("read", &path);
    for _ in 0..ATTEMPTS {
        // Somebody may have replaced the file by a link or a pipe since it was listed. Do not follow a link
        // (`NOFOLLOW`), and do not wait for a pipe (`NONBLOCK`).
        let flags = files::open_flags(OFlags::NOFOLLOW | OFlags::NONBLOCK);
        let opened = OpenOptions::new().read(true).custom_flags(flags).open(&path);
        let mut file = match opened {
            Ok(file) => file,
            Err(cause) => {
                return match files::metadata_if_exists(&path)? {
                    None => Ok(Content::Gone),
                    Some(found) if !found.is_file() => Ok(Content::NotExamined),
                    Some(_) => Err(error()(cause)),
                };
            }
        };
        // The file is unchanged if size and time are the same before and after reading.
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

/// Whether the last write is old enough for the file's time to prove that nothing changed.
///
/// The clock for file times is coarse: two writes within one tick of it have the same time. So after a recent write, an
/// equal time proves nothing, and the caller compares the bytes.
fn is_settled(found: &Metadata) -> bool {
    let age = found.modified().ok().and_then(|time| time.elapsed().ok());
    age.is_some_and(|age| age > Duration::from_secs(1))
}

/// Reads a file again, and returns whether it still has these bytes.
fn is_same(file: &mut File, bytes: &[u8]) -> io::Result<bool> {
    file.rewind()?;
    let mut again = Vec::with_capacity(bytes.len() + 1);
    file.take(MAX_FILE + 1).read_to_end(&mut again)?;
    Ok(again == bytes)
}

/// Reads a file up to one byte more than the limit. That byte shows that the file grew beyond it.
fn read_to_end(file: &mut File, before: &Metadata) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(before.len()).unwrap_or_default() + 1);
    file.take(MAX_FILE + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Returns the first folder of a path that is a symbolic link; `None` if there is none.
///
/// git lists the paths of its index. If a folder of such a path is a link now, the file at its target is another file.
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
                "OutsideRepository(\"out.yml\")"
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
            assert_eq!(read_consistent(root, path).unwrap(), Content::NotExamined, "{path}");
        }
        assert_eq!(read_consistent(root, "none.yml").unwrap(), Content::Gone);
        // This file reports the size 0 but has bytes. A file that grows while it is read looks the same.
        let changing = read_consistent(Path::new("/proc/self"), "status").unwrap_err().to_string();
        assert!(changing.contains("it changes while it is read"), "{changing}");
        fs::write(root.join("a.yml"), "a: 1\n").unwrap();
        assert_eq!(read_consistent(root, "a.yml").unwrap(), Content::Bytes(b"a: 1\n".to_vec()));
    }
}
