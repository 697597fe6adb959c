//! The two inputs that every command about candidates takes, found as `generate` finds them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::thread;

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::escape;
use crate::inputs::{Inventory, OwnerRequests, Surface};
use crate::inventory::suggested_owners;
use crate::io::files;
use crate::json::DocumentError;
use crate::words::names;

use super::failure::{Failure, Failures};
use super::workers::finished;

#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// The root of the repository
    #[arg(long, value_name = "DIR", default_value = ".", value_parser = path())]
    root: PathBuf,

    /// The inventory, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = names::INVENTORY,
        value_parser = path()
    )]
    inventory_report: PathBuf,

    /// The owner requests, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = names::OWNER_REQUESTS,
        value_parser = path()
    )]
    owner_request_report: PathBuf,
}

impl InputArgs {
    /// The root of the repository; an empty path is the working directory.
    pub(super) fn root(&self) -> &Path {
        if self.root == Path::new("") { Path::new(".") } else { &self.root }
    }

    pub(super) fn inventory(&self) -> PathBuf {
        self.below_root(&self.inventory_report)
    }

    /// The owner requests as they were named: relative to the root.
    pub(super) fn owner_request_report(&self) -> &Path {
        &self.owner_request_report
    }

    pub(super) fn owner_requests(&self) -> PathBuf {
        self.below_root(&self.owner_request_report)
    }

    /// A path that is given relative to the root.
    pub(super) fn below_root(&self, path: &Path) -> PathBuf {
        if self.root == Path::new(".") { path.to_owned() } else { self.root.join(path) }
    }

    /// Whom the owner requests suggest as the owner of each surface.
    pub(super) fn suggested_owners(&self) -> Result<BTreeMap<String, String>, Failure> {
        read(&self.owner_requests(), suggested_owners)
    }

    /// Reads both. What is wrong with either is said of both.
    pub(super) fn read(&self) -> Result<(Inventory, OwnerRequests), Failures> {
        self.read_with(Inventory::parse)
    }

    /// As [`InputArgs::read`], with another reading of the inventory.
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

/// Inputs of fewer bytes are read sooner than threads are started for them.
pub(super) const BYTES_WORTH_A_THREAD: u64 = 1 << 19;

/// Reads and parses a file.
pub(super) fn read<T>(
    path: &Path,
    parse: impl FnOnce(&[u8]) -> Result<T, DocumentError>,
) -> Result<T, Failure> {
    parse(&files::read(path)?).map_err(|error| Failure::document(path, error))
}

/// A path as the reference takes it: an empty one is the working directory.
pub(super) fn path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(|path: OsString| PathBuf::from(path))
}

/// The surface of an id, or of a part of one that no other has; or what to do where there is none.
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
            "no surface has this id, or this part in it",
            format!("take a surface_id from the owner requests, such as {}", shown(first)),
        ),
        (several, _) => (
            "several surfaces have this part in their id",
            format!(
                "take one of {}",
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

/// How many surfaces are named where several are meant: more do not fit a screen.
const MAX_SUGGESTED: usize = 8;
