//! The two inputs of every command about candidates: the inventory and the owner requests.
//!
//! All commands find them by the same arguments as `generate`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread;

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::escape;
use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::inventory::suggested_owners;
use crate::io::error::{FileError, quoted};
use crate::io::{files, root};
use crate::json::DocumentError;
use crate::words::names;

use super::failure::{Failure, Failures};
use crate::io::workers::finished;

#[derive(Clone, Debug, clap::Args)]
pub(super) struct InputArgs {
    /// The root folder of the repository. By default, the nearest folder above with both inputs, or the git work tree
    #[arg(long, value_name = "DIR", value_parser = path())]
    root: Option<PathBuf>,

    /// The root that was found, if none was given.
    #[arg(skip)]
    found_root: OnceLock<PathBuf>,

    /// The inventory file, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = names::INVENTORY,
        value_parser = path()
    )]
    inventory_report: PathBuf,

    /// The file with the owner requests, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = names::OWNER_REQUESTS,
        value_parser = path()
    )]
    owner_request_report: PathBuf,
}

impl InputArgs {
    /// The root of the repository. An empty path means the working directory.
    pub(super) fn root(&self) -> &Path {
        match &self.root {
            Some(root) if root == Path::new("") => Path::new("."),
            Some(root) => root,
            None => self.found_root.get_or_init(|| {
                root::nearest([&self.inventory_report, &self.owner_request_report])
            }),
        }
    }

    /// The same inputs in the repository at another root.
    pub(super) fn at(&self, root: PathBuf) -> Self {
        Self { root: Some(root), ..self.clone() }
    }

    /// The options that say where the inputs are, as a user would write them after a command. Empty if all have their
    /// defaults.
    pub(super) fn options(&self) -> String {
        let root = self.root.as_deref().map_or(Path::new("."), |_| self.root());
        let given = [
            ("--root", root, "."),
            ("--inventory-report", &self.inventory_report, names::INVENTORY),
            ("--owner-request-report", &self.owner_request_report, names::OWNER_REQUESTS),
        ];
        let given = given.into_iter().filter(|(_, path, default)| *path != Path::new(default));
        given.map(|(option, path, _)| [" ", option, " ", &quoted(path)].concat()).collect()
    }

    /// The next step after steps were recorded in the journal. `None` if there were none.
    pub(super) fn next_after_recording(&self, steps: usize) -> Option<String> {
        let ledger = quoted(&self.below_root(Path::new(names::LEDGER)));
        let options = self.options();
        (steps > 0).then(|| format!(
            "the ledger does not show this yet; next: acceptance-ledger replay{options} --output {ledger}"
        ))
    }

    /// The path of the inventory.
    pub(super) fn inventory(&self) -> PathBuf {
        self.below_root(&self.inventory_report)
    }

    /// The path of the owner requests as the user gave it: relative to the root.
    pub(super) fn owner_request_report(&self) -> &Path {
        &self.owner_request_report
    }

    /// The path of the owner requests.
    pub(super) fn owner_requests(&self) -> PathBuf {
        self.below_root(&self.owner_request_report)
    }

    /// Resolves a path that is relative to the root. The default root adds no `./`, so that messages show short paths.
    pub(super) fn below_root(&self, path: &Path) -> PathBuf {
        let root = self.root();
        if root == Path::new(".") { path.to_owned() } else { root.join(path) }
    }

    /// The suggested owner of each surface, by surface id, from the owner requests.
    pub(super) fn suggested_owners(&self) -> Result<BTreeMap<String, String>, Failure> {
        read(&self.owner_requests(), suggested_owners)
    }

    /// Reads both inputs. If both are invalid, the errors of both are reported.
    pub(super) fn read(&self) -> Result<(Inventory, OwnerRequests), Failures> {
        self.read_with(Inventory::parse)
    }

    /// Does the same as [`InputArgs::read`], but parses the inventory with `parse`.
    pub(super) fn read_with<T: Send>(
        &self,
        parse: impl FnOnce(&[u8]) -> Result<T, DocumentError> + Send,
    ) -> Result<(T, OwnerRequests), Failures> {
        let [inventory, requests] = [self.inventory(), self.owner_requests()];
        let are_short = [&inventory, &requests]
            .into_iter()
            .all(|input| files::is_shorter(input, BYTES_WORTH_A_THREAD));
        if are_short {
            let inventory = read(&inventory, parse);
            return Failures::join(inventory, read(&requests, OwnerRequests::parse));
        }
        thread::scope(|scope| {
            let inventory = scope.spawn(move || read(&inventory, parse));
            let requests = read(&requests, OwnerRequests::parse);
            Failures::join(finished(inventory), requests)
        })
    }
}

/// Inputs shorter than this many bytes are read without extra threads: starting a thread would take longer than the
/// reading.
pub(super) const BYTES_WORTH_A_THREAD: u64 = 1 << 19;

/// Reads and parses a file. Fails if the file cannot be read or is invalid.
pub(super) fn read<T>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, DocumentError>,
) -> Result<T, Failure> {
    parse(&files::read(path)?).map_err(|error| Failure::document(path, error))
}

/// Parses an argument as a path. The path may be empty, as in the Python generator that `generate` replaces; clap's own
/// parser refuses an empty path.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(|path: OsString| PathBuf::from(path))
}

/// Reads and parses a file in pieces, so that the memory does not grow with the file. The result is `None` if the file may
/// have a fault, or is not a regular file, such as a pipe. Then the caller reads it as a whole.
pub(super) fn read_in_pieces<T>(
    path: &Path,
    parse: impl FnOnce(&mut dyn FnMut(&mut Vec<u8>, usize) -> io::Result<()>) -> io::Result<Option<T>>,
) -> Result<Option<T>, Failure> {
    let Some(mut file) = files::open_if_regular(path)? else { return Ok(None) };
    let mut more = |buffer: &mut Vec<u8>, length: usize| {
        (&mut file).take(length as u64).read_to_end(buffer).map(drop)
    };
    Ok(parse(&mut more).map_err(FileError::new("read", path))?)
}

/// Finds a surface by its id, or by a part of its id that no other id contains.
///
/// If no surface or several surfaces match, the error says what to do.
pub(super) fn find_surface<'a>(surfaces: &'a [Surface], id: &str) -> Result<&'a Surface, Failure> {
    if let Some(surface) = surfaces.iter().find(|surface| surface.surface_id() == id) {
        return Ok(surface);
    }
    let has_part = |surface: &&Surface| !id.is_empty() && surface.surface_id().contains(id);
    let near: Vec<_> = surfaces.iter().filter(has_part).collect();
    let shown = |surface: &Surface| escape::for_shell(surface.surface_id().as_bytes());
    let (message, next_step) = match (near.as_slice(), surfaces) {
        ([surface], _) => return Ok(surface),
        ([], []) => (
            "no surface has this id",
            "run `acceptance-ledger init`: the owner requests are empty".to_owned(),
        ),
        ([], [first, ..]) => (
            "no surface_id is or contains this text",
            format!("use a surface_id from the owner requests, such as {}", shown(first)),
        ),
        (several, _) => (
            "several surface_ids contain this text",
            format!(
                "use one of {}",
                several
                    .iter()
                    .take(MAX_SUGGESTED)
                    .map(|surface| shown(surface))
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
        ),
    };
    Err(Failure::Usage { message: message.to_owned(), next_step })
}

/// How many surfaces an error names if several match: more do not fit on a screen.
const MAX_SUGGESTED: usize = 8;
