//! git, through its command line: the commit that is checked out, and files as they were at a revision.

use crate::io::error::FileError;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::io::Write as _;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use super::files;

/// Why git did not answer, in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GitError {
    #[error("this is not a git work tree, or git is not installed")]
    NoRepository,
    #[error(
        "a link or a submodule leads to the root, so that git would be asked about another history"
    )]
    Elsewhere,
    #[error("git finds no such revision")]
    NoRevision,
    #[error("the name is ambiguous: a tag or a branch has the name of another ref")]
    Ambiguous,
    #[error("git could not list or read the files")]
    Unreadable,
    #[error("git could not list the files that it tracks")]
    Unlisted,
}

/// git in a folder, with everything off by which a repository could run a program, and by which an environment could
/// lead git to another repository.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .args(["--no-pager", "--literal-pathspecs", "--no-replace-objects"])
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        // A bare repository that somebody committed into the tree is not the one around it.
        .args(["-c", "safe.bareRepository=explicit", "-c", "core.warnAmbiguousRefs=true"]);
    for (name, _) in std::env::vars_os() {
        if name.as_encoded_bytes().starts_with(b"GIT_") {
            command.env_remove(name);
        }
    }
    command
        // Nothing is fetched from anywhere.
        .env("GIT_NO_LAZY_FETCH", "1")
        // Its warnings are read.
        .env("LC_ALL", "C")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn output(mut command: Command) -> Option<Vec<u8>> {
    let output = command.output().ok()?;
    output.status.success().then_some(output.stdout)
}

/// The short HEAD of the repository around `root`; `None` where there is none to be had.
pub(crate) fn short_head(root: &Path) -> Option<String> {
    if !may_be_in_repository(root) {
        return None;
    }
    let mut command = git(root);
    command.args(["rev-parse", "--short", "HEAD"]);
    Some(String::from_utf8(output(command)?).ok()?.trim().to_owned())
}

/// The commit that a revision names, in full. It is resolved once, so that nothing can change what it means while it is
/// used.
///
/// A name that more than one ref has is refused, and so is a tag or branch that has the name of a remote's branch:
/// whoever may push tags could put a history of their own in the place of `origin/main`.
pub(crate) fn resolve(root: &Path, revision: &str) -> Result<String, GitError> {
    if leads_elsewhere(root)? {
        return Err(GitError::Elsewhere);
    }
    // What stands before the first step away from the named commit, as in `origin/main~2`.
    let name = revision.split(['~', '^', ':']).next().unwrap_or_default();
    let name = name.split("@{").next().unwrap_or_default();
    if name.is_empty() || name.contains(['*', '?', '[', '\\']) {
        return Err(GitError::NoRevision);
    }
    if is_ambiguous(root, name)? {
        return Err(GitError::Ambiguous);
    }
    let mut resolve = git(root);
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

/// Whether a link or a submodule within a work tree leads to the root.
fn leads_elsewhere(root: &Path) -> Result<bool, GitError> {
    let top = top_of(root).ok_or(GitError::NoRepository)?;
    let mut superproject = git(root);
    superproject.args(["rev-parse", "--show-superproject-working-tree"]);
    if !output(superproject).ok_or(GitError::Unreadable)?.is_empty() {
        return Ok(true);
    }
    let named = files::absolute(root).map_err(|_| GitError::Unreadable)?;
    let is_top = |folder: &Path| folder.canonicalize().is_ok_and(|folder| folder == top);
    let Some(named_top) = named.ancestors().filter(|folder| is_top(folder)).last() else {
        return Ok(true);
    };
    let below = named.strip_prefix(named_top).unwrap_or(Path::new(""));
    let has_link = files::first_link(named_top, below).map_err(|_| GitError::Unreadable)?.is_some();
    // A link to the top of a work tree may itself stand in another one.
    let stands_in_another = named_top.is_symlink()
        && named_top.parent().and_then(top_of).is_some_and(|other| other != top);
    Ok(has_link || stands_in_another)
}

/// The top of the work tree around a folder, without links.
fn top_of(folder: &Path) -> Option<PathBuf> {
    let mut top = git(folder);
    top.args(["rev-parse", "--show-toplevel"]);
    let bytes = output(top)?;
    let path = bytes.strip_suffix(b"\n")?;
    PathBuf::from(OsStr::from_bytes(path)).canonicalize().ok()
}

/// Whether more than one thing has the name, or a tag or branch has that of a remote's branch.
fn is_ambiguous(root: &Path, name: &str) -> Result<bool, GitError> {
    // Where git looks for a name, in its order; see gitrevisions(7).
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
    let is_digits = name.len() >= 4 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
    // HEAD and its like are no refs, and a run of digits is a commit.
    let is_itself = is_digits || name == "@" || name.ends_with("HEAD") && !name.contains('/');
    if found.len() + usize::from(is_itself) > 1 {
        return Ok(true);
    }
    let mut list = git(root);
    list.arg("remote");
    let remotes = lines(list)?;
    // What a remote's HEAD is, whoever may push a branch of that name decides.
    let is_expanded = found.iter().any(|found| found.ends_with(&format!("{name}/HEAD")));
    let is_of = |remote: &String| {
        let rest = name.strip_prefix(remote.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let looks_remote = remotes.iter().any(is_of);
    let is_remote = found.iter().any(|found| found.starts_with("refs/remotes/"));
    Ok(is_expanded || (looks_remote && !found.is_empty() && !is_remote))
}

fn lines(command: Command) -> Result<Vec<String>, GitError> {
    let text = output(command).and_then(|bytes| String::from_utf8(bytes).ok());
    Ok(text.ok_or(GitError::Unreadable)?.lines().map(str::to_owned).collect())
}

/// The files below some paths as they were at a commit, by their path from `root`.
pub(crate) fn files_at(
    root: &Path,
    commit: &str,
    paths: &[&str],
) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
    let mut list = git(root);
    list.args(["ls-tree", "-r", "-z", commit, "--"]).args(paths);
    let listed = output(list).ok_or(GitError::Unreadable)?;
    let listed = String::from_utf8(listed).map_err(|_| GitError::Unreadable)?;
    // `<mode> <type> <object>\t<path>` each.
    let entries: Vec<(&str, &str)> = listed
        .split_terminator('\0')
        .filter_map(|entry| {
            let (facts, path) = entry.split_once('\t')?;
            Some((path, facts.rsplit(' ').next()?))
        })
        .collect();
    let objects: String = entries.iter().flat_map(|(_, object)| [object, "\n"]).collect();
    let contents = contents(root, objects).ok_or(GitError::Unreadable)?;
    let mut rest = contents.as_slice();
    let mut files = BTreeMap::new();
    for (path, _) in entries {
        let (bytes, after) = next_object(rest).ok_or(GitError::Unreadable)?;
        files.insert(path.to_owned(), bytes.to_vec());
        rest = after;
    }
    Ok(files)
}

/// What `git cat-file --batch` prints for these objects.
fn contents(root: &Path, objects: String) -> Option<Vec<u8>> {
    let mut command = git(root);
    command.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().ok()?;
    let mut input = child.stdin.take()?;
    // Its output fills while it is still asked.
    let asking = thread::spawn(move || input.write_all(objects.as_bytes()));
    let output = child.wait_with_output().ok()?;
    asking.join().ok()?.ok()?;
    output.status.success().then_some(output.stdout)
}

/// The first object of a batch: `<object> <type> <size>`, a line break, the bytes, a line break.
fn next_object(batch: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = batch.iter().position(|byte| *byte == b'\n')?;
    let size = std::str::from_utf8(batch.get(..end)?).ok()?.rsplit(' ').next()?.parse().ok()?;
    let (bytes, rest) = batch.get(end + 1..)?.split_at_checked(size)?;
    Some((bytes, rest.strip_prefix(b"\n")?))
}

/// Whether git could find a repository from `root`: asking it costs more than a small ledger.
fn may_be_in_repository(root: &Path) -> bool {
    is_in_repository(root).unwrap_or(true)
}

/// Whether a folder at or above `root` has a `.git`. What cannot be looked at is an error.
pub(crate) fn is_in_repository(root: &Path) -> Result<bool, FileError> {
    let whole = root.canonicalize().map_err(FileError::new("find", root))?;
    for folder in whole.ancestors() {
        if files::look_behind_links(&folder.join(".git"))?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The files that git tracks below `root`: their mode and their path from there.
pub(crate) fn tracked(root: &Path) -> Result<Vec<(String, Vec<u8>)>, GitError> {
    let mut list = git(root);
    list.args(["ls-files", "-z", "--stage", "--cached"]);
    let listed = output(list).ok_or(GitError::Unlisted)?;
    let entries = listed.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    entries
        .map(|entry| {
            // `<mode> <object> <stage>\t<path>` each.
            let tab = entry.iter().position(|byte| *byte == b'\t')?;
            let (facts, path) = entry.split_at_checked(tab)?;
            let mode = std::str::from_utf8(facts).ok()?.split(' ').next()?;
            Some((mode.to_owned(), path.get(1..)?.to_vec()))
        })
        .collect::<Option<_>>()
        .ok_or(GitError::Unlisted)
}
