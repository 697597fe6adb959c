//! Makes the inventory of a repository from the files in its work tree.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::inventory::{
    CODEOWNERS, CodeOwners, Examined, Listed, ListedRemark, Survey, Version, examine,
    owner_comment, variables,
};
use crate::io::error::shown;
use crate::io::listing::{self, Content, ListError, ListedFile};
use crate::shape::Variables;
use crate::words::names::{ALLOWED_SIGNERS, JOURNAL, LEDGER};
use crate::words::{InventoryRemark, SurfaceKind};

use super::failure::{Failure, Failures};
use super::inputs::InputArgs;
use super::progress::Progress;
use crate::io::workers::in_parallel;

/// How many files a thread takes at a time. The number is small, so that all threads end at about the same time.
const FILES_A_THREAD: usize = 16;

/// The result of a survey.
pub(super) struct Surveyed {
    /// The inventory document.
    pub(super) inventory: String,
    /// Whether the repository has a CODEOWNERS file.
    pub(super) has_owners: bool,
}

/// Examines every file of the repository, and makes the inventory.
pub(super) fn survey(inputs: &InputArgs, is_quiet: bool) -> Result<Surveyed, Failures> {
    let root = inputs.root();
    let entries = listing::list(root).map_err(|error| cannot_list(root, error))?;
    let mut survey = Survey::default();
    let mut paths = Vec::new();
    for entry in entries {
        match entry {
            ListedFile::File(path) if is_own(inputs, &path) => {}
            ListedFile::File(path) => paths.push(path),
            ListedFile::OutsideRepository(path) | ListedFile::NameNotUtf8(path) => {
                survey.remark(&path, InventoryRemark::NotExamined);
            }
        }
    }
    let owners = code_owners(root, &paths)?;
    let environments = Environments::of(root, &paths);
    let folders = linked_folders(root, &paths)?;
    let examine_one = |path: &String| -> Result<File, Failure> {
        if Path::new(path).parent().is_some_and(|folder| folders.contains(folder)) {
            return Ok(File::NotExamined);
        }
        Ok(match listing::read_consistent(root, path)? {
            Content::Gone => File::Gone,
            Content::NotExamined => File::NotExamined,
            Content::Bytes(bytes) => {
                let examined = examine(path, &bytes, || environments.beside(path));
                // A rule file can name its owner in a comment: `# pint file/owner NAME`.
                let is_rules = |kind| {
                    matches!(kind, SurfaceKind::PrometheusRules | SurfaceKind::K8sPrometheusRule)
                };
                let has_rules = examined.surfaces.iter().any(|found| is_rules(found.kind));
                let text = has_rules.then(|| String::from_utf8_lossy(&bytes));
                let named = text.as_deref().and_then(owner_comment).map(str::to_owned);
                let is_surface = !examined.surfaces.is_empty();
                let version = if is_surface { Version::of(&bytes) } else { Version::default() };
                File::Examined { version, examined, named }
            }
        })
    };
    let mut failures = Failures::default();
    let mut take = |path: &String, file: Result<File, Failure>| match file {
        Ok(File::Gone) => {}
        Ok(File::NotExamined) => survey.remark(path, InventoryRemark::NotExamined),
        Ok(File::Examined { version, examined, named }) => {
            let owner = named.or_else(|| owners.as_ref()?.of(path));
            survey.add(path, &version, examined, owner.as_deref());
        }
        Err(failure) => failures.push(failure),
    };
    let mut progress = Progress::new("files examined", Some(paths.len()), is_quiet);
    let files = in_parallel(&paths, FILES_A_THREAD, examine_one, |done| progress.show(done));
    drop(progress);
    paths.iter().zip(files).for_each(|(path, file)| take(path, file));
    if failures.is_empty() {
        Ok(Surveyed { inventory: survey.into_text(), has_owners: owners.is_some() })
    } else {
        Err(failures)
    }
}

/// Parses an inventory that was just made.
pub(super) fn read_back(
    inputs: &InputArgs,
    text: &str,
) -> Result<(Vec<Listed>, Vec<ListedRemark>), Failures> {
    let parsed = Listed::parse(text.as_bytes());
    parsed.map_err(|error| Failure::document(&inputs.inventory(), error).into())
}

/// The result of examining one file.
enum File {
    /// It was deleted since the files were listed.
    Gone,
    NotExamined,
    /// `named` is the owner that a comment in the file names.
    Examined {
        version: Version,
        examined: Examined,
        named: Option<String>,
    },
}

/// The error if the files of a repository cannot be listed.
fn cannot_list(root: &Path, error: ListError) -> Failure {
    let next_step = match &error {
        ListError::File(_) => "check --root",
        ListError::Git(_) => {
            "run `git status` there and fix what it reports; outside git, --root can be any folder"
        }
        ListError::Bare => "clone it, and run the command in the clone",
    };
    match error {
        ListError::File(error) => Failure::File(error),
        error => Failure::Usage {
            message: format!("{}: {error}", shown(root)),
            next_step: next_step.to_owned(),
        },
    }
}

/// Whether this tool writes the file, or reads it as its own input. Such a file is not a surface.
fn is_own(inputs: &InputArgs, path: &str) -> bool {
    let path = Path::new(path);
    let is_input = |input: PathBuf| input == inputs.below_root(path);
    path.starts_with(JOURNAL)
        || path == Path::new(ALLOWED_SIGNERS)
        || path == Path::new(LEDGER)
        || is_input(inputs.inventory())
        || is_input(inputs.owner_requests())
}

/// Reads the first CODEOWNERS file in the order of [`CODEOWNERS`]; `None` if there is none.
fn code_owners(root: &Path, paths: &[String]) -> Result<Option<CodeOwners>, Failure> {
    let Some(place) = CODEOWNERS.iter().find(|place| paths.iter().any(|path| path == *place))
    else {
        return Ok(None);
    };
    match listing::read_consistent(root, place)? {
        Content::Bytes(bytes) => Ok(Some(CodeOwners::parse(&String::from_utf8_lossy(&bytes)))),
        Content::Gone | Content::NotExamined => Ok(None),
    }
}

/// The folders whose path contains a symbolic link. Their files are not examined.
fn linked_folders(root: &Path, paths: &[String]) -> Result<BTreeSet<PathBuf>, Failure> {
    let mut seen = BTreeSet::new();
    let mut linked = BTreeSet::new();
    for path in paths {
        let folder = Path::new(path).parent().unwrap_or(Path::new(""));
        if seen.insert(folder.to_owned()) && listing::linked_folder(root, path)?.is_some() {
            linked.insert(folder.to_owned());
        }
    }
    Ok(linked)
}

/// The listed `.env` files. Each gives the values of the variables in a Compose file beside it.
struct Environments<'a> {
    root: &'a Path,
    paths: BTreeSet<&'a str>,
    read: Mutex<HashMap<String, Variables>>,
}

impl<'a> Environments<'a> {
    fn of(root: &'a Path, paths: &'a [String]) -> Self {
        let is_environment = |path: &&str| *path == ".env" || path.ends_with("/.env");
        let paths = paths.iter().map(String::as_str).filter(is_environment).collect();
        Self { root, paths, read: Mutex::default() }
    }

    /// The variables of the `.env` file in the folder of `path`; empty if there is none or it cannot be read.
    fn beside(&self, path: &str) -> Variables {
        let folder =
            path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        let name = format!("{folder}.env");
        if !self.paths.contains(name.as_str()) {
            return Variables::new();
        }
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        let known = read.entry(name).or_insert_with_key(|name| {
            match listing::read_consistent(self.root, name) {
                Ok(Content::Bytes(bytes)) => variables(&String::from_utf8_lossy(&bytes)),
                _ => Variables::new(),
            }
        });
        known.clone()
    }
}
