//! The two inputs that every command about candidates takes, found as `generate` finds them.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::builder::{OsStringValueParser, TypedValueParser};

use crate::edges::files;
use crate::inputs::{Inventory, OwnerRequests};
use crate::json::DocumentError;

use super::failure::{Failure, Failures};

#[derive(Debug, clap::Args)]
pub(super) struct InputArgs {
    /// The root of the repository
    #[arg(long, value_name = "DIR", default_value = ".", value_parser = path())]
    root: PathBuf,

    /// The inventory, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/security/monitoring-alerting-observability-inventory.snapshot.json",
        value_parser = path()
    )]
    inventory_report: PathBuf,

    /// The owner requests, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/security/monitoring-owner-request-draft.snapshot.json",
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

    pub(super) fn owner_requests(&self) -> PathBuf {
        self.below_root(&self.owner_request_report)
    }

    /// A path that is given relative to the root.
    pub(super) fn below_root(&self, path: &Path) -> PathBuf {
        if self.root == Path::new(".") { path.to_owned() } else { self.root.join(path) }
    }

    /// Reads both. What is wrong with either is said of both.
    pub(super) fn read(&self) -> Result<(Inventory, OwnerRequests), Failures> {
        Failures::both(
            read(&self.inventory(), Inventory::parse),
            read(&self.owner_requests(), OwnerRequests::parse),
        )
    }
}

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
