//! Runs the `git` command: the commit that is checked out, the tracked files, and files at a revision.

use crate::io::error::FileError;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use sha1_checked::Sha1;
use sha2::{Digest as _, Sha256};

use super::files;

/// Why git gave no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GitError {
    #[error(
        "this is not a git work tree, git is not installed, or git refuses a repository of another user (safe.directory)"
    )]
    NoRepository,
    #[error(
        "a symbolic link or a submodule leads to the root, so git would read another repository's history"
    )]
    OtherRepository,
    #[error("git cannot find this revision")]
    NoRevision,
    #[error("the name is ambiguous: a tag or a branch has the same name as another ref")]
    Ambiguous,
    #[error("git cannot list or read the files")]
    Unreadable,
    #[error("this is a partial clone, and it lacks files of the revision")]
    PartialClone,
    #[error("git cannot list the files that it tracks")]
    Unlisted,
}

/// Returns a `git` command that runs in `folder`.
///
/// It must not run a program that the repository configures. It must not use another repository that the environment
/// names.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        // The paths are names, not patterns. Refs below `refs/replace` must not put other objects in place of history.
        .args(["--no-pager", "--literal-pathspecs", "--no-replace-objects"])
        // A repository can name programs in both settings.
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        // Somebody may have committed a bare repository into the tree. git must use the repository around it instead.
        // `resolve` needs the warning about ambiguous refs.
        .args(["-c", "safe.bareRepository=explicit", "-c", "core.warnAmbiguousRefs=true"]);
    // Variables such as `GIT_DIR` lead git to another repository.
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            command.env_remove(name);
        }
    }
    command
        // In a partial clone, git must not fetch missing objects from the network.
        .env("GIT_NO_LAZY_FETCH", "1")
        // `resolve` searches git's warnings, so they must be in English.
        .env("LC_ALL", "C")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// Runs a command, and returns its standard output; `None` if it fails.
fn output(mut command: Command) -> Option<Vec<u8>> {
    let output = command.output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// Returns the abbreviated commit of HEAD for the repository around `root`; `None` if git cannot give it.
pub(crate) fn short_head(root: &Path) -> Option<String> {
    head_as(root, &["rev-parse", "--short", "HEAD"])
}

/// Returns the full id of the commit of HEAD; `None` if git cannot give it.
pub(crate) fn head(root: &Path) -> Option<String> {
    head_as(root, &["rev-parse", "--verify", "HEAD"])
}

fn head_as(root: &Path, arguments: &[&str]) -> Option<String> {
    if !may_be_in_repository(root) {
        return None;
    }
    let mut command = git(root);
    command.args(arguments);
    Some(String::from_utf8(output(command)?).ok()?.trim().to_owned())
}

/// Resolves a revision to the full name of its commit. Call this once and use the commit: a ref may change meanwhile.
///
/// # Errors
///
/// If the revision does not exist, if `root` belongs to another repository, or if the name is ambiguous. A name is
/// ambiguous if more than one ref has it, or if a tag or branch has the name of a remote's branch. Otherwise somebody
/// who may push tags could replace `origin/main` with another history.
pub(crate) fn resolve(root: &Path, revision: &str) -> Result<String, GitError> {
    if leads_elsewhere(root)? {
        return Err(GitError::OtherRepository);
    }
    // The name of the ref without the steps that follow it: `origin/main` in `origin/main~2` or `origin/main@{1}`.
    let name = revision.split(['~', '^', ':']).next().unwrap_or_default();
    let name = name.split("@{").next().unwrap_or_default();
    // `for-each-ref` takes these characters for a pattern. git does not allow them in the name of a ref.
    if name.is_empty() || name.contains(['*', '?', '[', '\\']) {
        return Err(GitError::NoRevision);
    }
    if is_ambiguous(root, name)? {
        return Err(GitError::Ambiguous);
    }
    let mut resolve = git(root);
    // A revision that begins with a dash is not an option.
    resolve.args(["rev-parse", "--verify", "--end-of-options"]).stderr(Stdio::piped());
    resolve.arg(format!("{revision}^{{commit}}"));
    let answer = resolve.output().map_err(|_| GitError::NoRepository)?;
    if !answer.status.success() {
        return Err(GitError::NoRevision);
    }
    if String::from_utf8_lossy(&answer.stderr).contains("ambiguous") {
        return Err(GitError::Ambiguous);
    }
    let commit = String::from_utf8(answer.stdout).map_err(|_| GitError::Unreadable)?;
    Ok(commit.trim().to_owned())
}

/// Returns the commit where the checked-out branch and `commit` part; `None` if the branch contains `commit`, or if they
/// share no commit.
pub(crate) fn fork_point(root: &Path, commit: &str) -> Option<String> {
    let mut base = git(root);
    base.args(["merge-base", "--end-of-options", commit, "HEAD"]);
    let base = String::from_utf8(output(base)?).ok()?.trim().to_owned();
    (base != commit).then_some(base)
}

/// Whether the root belongs to another repository than its path says: it is a submodule, or a symbolic link in a work
/// tree leads to it.
fn leads_elsewhere(root: &Path) -> Result<bool, GitError> {
    let top = top_of(root).ok_or(GitError::NoRepository)?;
    let mut superproject = git(root);
    superproject.args(["rev-parse", "--show-superproject-working-tree"]);
    if !output(superproject).ok_or(GitError::Unreadable)?.is_empty() {
        return Ok(true);
    }
    // The root as the user wrote it, with its links: `top` is without links.
    let named = files::absolute(root).map_err(|_| GitError::Unreadable)?;
    let is_top = |folder: &Path| folder.canonicalize().is_ok_and(|folder| folder == top);
    let Some(named_top) = named.ancestors().filter(|folder| is_top(folder)).last() else {
        return Ok(true);
    };
    let below = named.strip_prefix(named_top).unwrap_or(Path::new(""));
    let has_link = files::first_link(named_top, below).map_err(|_| GitError::Unreadable)?.is_some();
    // The top may be a link that is in another work tree.
    let is_in_another = named_top.is_symlink()
        && named_top.parent().and_then(top_of).is_some_and(|other| other != top);
    Ok(has_link || is_in_another)
}

/// Returns the top folder of the work tree around `folder`, with links resolved.
fn top_of(folder: &Path) -> Option<PathBuf> {
    let mut top = git(folder);
    top.args(["rev-parse", "--show-toplevel"]);
    let bytes = output(top)?;
    let path = bytes.strip_suffix(b"\n")?;
    PathBuf::from(OsStr::from_bytes(path)).canonicalize().ok()
}

/// Whether a name means more than one commit or ref, or a tag or branch has the name of a remote's branch.
fn is_ambiguous(root: &Path, name: &str) -> Result<bool, GitError> {
    // The places where git looks for a name, in git's order; see gitrevisions(7).
    let mut places = vec![
        format!("refs/{name}"),
        format!("refs/tags/{name}"),
        format!("refs/heads/{name}"),
        format!("refs/remotes/{name}"),
        format!("refs/remotes/{name}/HEAD"),
    ];
    places.extend(name.starts_with("refs/").then(|| name.to_owned()));
    let mut list = git(root);
    list.args(["for-each-ref", "--format=%(refname)"]).args(&places);
    let refs = lines(list)?;
    let found: Vec<_> = refs.iter().filter(|found| places.contains(found)).collect();
    // git accepts 4 hexadecimal digits or more as an abbreviated commit.
    let is_digits = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    // `HEAD`, `FETCH_HEAD` and `@` are not below `refs/`, and hexadecimal digits may name a commit. The list above does
    // not show these meanings, so each counts as one more.
    let is_itself = is_digits || name == "@" || name.ends_with("HEAD") && !name.contains('/');
    if found.len() + usize::from(is_itself) > 1 {
        return Ok(true);
    }
    let mut list = git(root);
    list.arg("remote");
    let remotes = lines(list)?;
    // `origin` alone means `origin/HEAD`. Anybody who may push a branch named `HEAD` decides what it is.
    let is_expanded = found.iter().any(|found| found.ends_with(&format!("{name}/HEAD")));
    let is_of = |remote: &String| {
        let rest = name.strip_prefix(remote.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let looks_remote = remotes.iter().any(is_of);
    let is_remote = found.iter().any(|found| found.starts_with("refs/remotes/"));
    Ok(is_expanded || (looks_remote && !found.is_empty() && !is_remote))
}

/// Runs a command, and returns the lines of its standard output.
fn lines(command: Command) -> Result<Vec<String>, GitError> {
    let text = output(command).and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.ok_or(GitError::Unreadable)?.lines().map(str::to_owned).collect())
}

/// A file at a commit: the id of its content, and the size of its content in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    id: String,
    pub(crate) size: usize,
}

impl Object {
    /// Whether the object has exactly these bytes. The id says so, without a look at the object.
    ///
    /// False also if the bytes are part of an attack on SHA-1. Then the caller compares the bytes themselves.
    pub(crate) fn is_of(&self, bytes: &[u8]) -> bool {
        if self.size != bytes.len() {
            return false;
        }
        let header = format!("blob {}\0", bytes.len());
        // A repository has ids of SHA-1 or of SHA-256.
        if self.id.len() == SHA256_DIGITS {
            let hash = Sha256::new().chain_update(header).chain_update(bytes);
            return is_in_hex(&hash.finalize(), &self.id);
        }
        let result = Sha1::new().chain_update(header).chain_update(bytes).try_finalize();
        !result.has_collision() && is_in_hex(result.hash(), &self.id)
    }
}

/// Whether a text is a hash in hexadecimal digits.
fn is_in_hex(hash: &[u8], text: &str) -> bool {
    base16ct::lower::encode_string(hash) == text
}

/// How many digits an id has in a repository with SHA-256.
const SHA256_DIGITS: usize = 64;

/// Lists the files at or below `paths` at a commit. The key is the path from `root`.
///
/// # Errors
///
/// If git fails, or if a path is not UTF-8.
pub(crate) fn objects_at(
    root: &Path,
    commit: &str,
    paths: &[&str],
) -> Result<BTreeMap<String, Object>, GitError> {
    let mut list = git(root);
    list.args(["ls-tree", "-r", "-l", "-z", commit, "--"]).args(paths);
    let listed = output(list).ok_or_else(|| unreadable(root))?;
    let listed = String::from_utf8(listed).map_err(|_| GitError::Unreadable)?;
    // Each entry is `<mode> <type> <object> <size>\t<path>`. The size of a submodule is `-`.
    let object = |entry: &str| {
        let (facts, path) = entry.split_once('\t')?;
        let mut facts = facts.split_ascii_whitespace().skip(2);
        let (id, size) = (facts.next()?.to_owned(), facts.next()?.parse().ok()?);
        Some((path.to_owned(), Object { id, size }))
    };
    let objects = listed.split_terminator('\0').map(object);
    objects.collect::<Option<_>>().ok_or_else(|| unreadable(root))
}

/// Reads the contents of objects, in their order.
///
/// # Errors
///
/// If git fails.
pub(crate) fn contents_of<'o>(
    root: &Path,
    objects: impl IntoIterator<Item = &'o Object>,
) -> Result<Vec<Vec<u8>>, GitError> {
    let ids: Vec<&str> = objects.into_iter().map(|object| object.id.as_str()).collect();
    let asked = ids.iter().flat_map(|id| [id, "\n"]).collect();
    let batch = contents(root, asked).ok_or_else(|| unreadable(root))?;
    let mut rest = batch.as_slice();
    let mut read = Vec::with_capacity(ids.len());
    for _ in ids {
        let (bytes, after) = next_object(rest).ok_or_else(|| unreadable(root))?;
        read.push(bytes.to_vec());
        rest = after;
    }
    Ok(read)
}

/// The error for files of a commit that git cannot list or read. A partial clone lacks files that it has not needed
/// yet.
fn unreadable(root: &Path) -> GitError {
    let mut promised = git(root);
    promised.args(["config", "--get-regexp", r"^remote\..*\.promisor$"]);
    match output(promised) {
        Some(remotes) if !remotes.is_empty() => GitError::PartialClone,
        _ => GitError::Unreadable,
    }
}

/// Returns the output of `git cat-file --batch` for these objects, one a line.
fn contents(root: &Path, objects: String) -> Option<Vec<u8>> {
    let mut command = git(root);
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut input = child.stdin.take()?;
    // A thread writes the input. Otherwise both processes could wait for each other: git prints while it still reads.
    let asking = thread::spawn(move || input.write_all(objects.as_bytes()));
    let output = child.wait_with_output().ok()?;
    asking.join().ok()?.ok()?;
    output.status.success().then_some(output.stdout)
}

/// Returns the bytes of the first object of a batch, and the rest of the batch.
///
/// An object is `<object> <type> <size>`, a line break, the bytes and a line break.
fn next_object(batch: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = batch.iter().position(|byte| *byte == b'\n')?;
    let size = std::str::from_utf8(batch.get(..end)?).ok()?.rsplit(' ').next()?.parse().ok()?;
    let (bytes, rest) = batch.get(end + 1..)?.split_at_checked(size)?;
    Some((bytes, rest.strip_prefix(b"\n")?))
}

/// Whether git may find a repository from `root`. True if this cannot be checked.
///
/// The check does not start git, because that costs more than writing a small ledger.
fn may_be_in_repository(root: &Path) -> bool {
    is_in_repository(root).unwrap_or(true)
}

/// Whether `root` or a folder above it has a `.git`.
///
/// # Errors
///
/// If a folder cannot be read. Then it is unknown whether there is a `.git`.
pub(crate) fn is_in_repository(root: &Path) -> Result<bool, FileError> {
    let whole = root.canonicalize().map_err(FileError::new("find", root))?;
    for folder in whole.ancestors() {
        if files::metadata_following_links(&folder.join(".git"))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Lists the files that git tracks below `root`: the mode, such as `100644`, and the path from `root`.
pub(crate) fn tracked(root: &Path) -> Result<Vec<(String, Vec<u8>)>, GitError> {
    let mut list = git(root);
    list.args(["ls-files", "-z", "--stage", "--cached"]);
    let listed = output(list).ok_or(GitError::Unlisted)?;
    let entries = listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            // Each entry is `<mode> <object> <stage>\t<path>`.
            let tab = entry.iter().position(|byte| *byte == b'\t')?;
            let (facts, path) = entry.split_at_checked(tab)?;
            let mode = std::str::from_utf8(facts).ok()?.split(' ').next()?;
            Some((mode.to_owned(), path.get(1..)?.to_vec()))
        })
        .collect::<Option<_>>()
        .ok_or(GitError::Unlisted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_that_of_exactly_these_bytes() {
        // What `git hash-object --stdin` prints for `hello` and a line break, in both kinds of repositories.
        for id in [
            "ce013625030ba8dba906f756967f9e9ca394464a",
            "2cf8d83d9ee29543b34a87727421fdecb7e3f3a183d337639025de576db9ebb4",
        ] {
            let object = Object { id: id.to_owned(), size: 6 };
            assert!(object.is_of(b"hello\n"), "{id}");
            assert!(!object.is_of(b"hullo\n") && !object.is_of(b"hello"), "{id}");
        }
    }
}
