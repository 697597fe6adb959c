//! git, through its command line: the commit that is checked out, and files as they were at a revision.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;

/// Why git did not answer, in a few words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum GitError {
    #[error("this is no git repository, or git is not installed")]
    NoRepository,
    #[error("git knows no such revision")]
    NoRevision,
    #[error("git could not list or read the files of the revision")]
    Unreadable,
}

/// git in a folder, with everything off by which a repository could run a program.
fn git(folder: &Path) -> Command {
    let mut command = Command::new("git");
    command
        .args(["--no-pager", "--literal-pathspecs", "--no-replace-objects"])
        .args(["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"])
        // Nothing is fetched from anywhere.
        .env("GIT_NO_LAZY_FETCH", "1")
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

/// The files below some paths as they were at a revision, by their path from `root`.
pub(crate) fn files_at(
    root: &Path,
    revision: &str,
    paths: &[&str],
) -> Result<BTreeMap<String, Vec<u8>>, GitError> {
    let mut is_repository = git(root);
    is_repository.args(["rev-parse", "--git-dir"]);
    output(is_repository).ok_or(GitError::NoRepository)?;
    let mut resolve = git(root);
    resolve.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    resolve.arg(format!("{revision}^{{commit}}"));
    let commit = output(resolve).ok_or(GitError::NoRevision)?;
    let commit = String::from_utf8(commit).map_err(|_| GitError::Unreadable)?;

    let mut list = git(root);
    list.args(["ls-tree", "-r", "-z", commit.trim(), "--"]).args(paths);
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
    let is_repository = |folder: &Path| {
        folder.join(".git").exists()
            || (folder.join("HEAD").exists() && folder.join("objects").exists())
    };
    std::env::var_os("GIT_DIR").is_some()
        || root.canonicalize().is_ok_and(|root| root.ancestors().any(is_repository))
}
