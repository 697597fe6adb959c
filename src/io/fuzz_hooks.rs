//! Functions for the fuzz targets: they call internal parsers of allowed signers, signatures and the inventory.

use crate::inputs::{ListedSurfaces, OwnerRequests};
use crate::inventory::{CodeOwners, Survey, Version, draft, examine};
use crate::json::DocumentError;
use crate::shape::Variables;
use crate::signer::Signer;
use crate::time::Time;
use crate::words::AcceptanceField;

use super::signatures::{self, AllowedSigners, Namespace};

/// Why an allowed-signers file cannot be parsed: line and column, both from 1, and the problem.
pub type Unreadable = (usize, usize, String);

/// Parses an allowed-signers file, and returns the result in its `Debug` form.
///
/// # Errors
///
/// If a line of the file is invalid.
pub fn allowed_signers(bytes: &[u8]) -> Result<String, Unreadable> {
    match AllowedSigners::parse(bytes) {
        Ok(signers) => Ok(format!("{signers:?}")),
        Err(fault) => Err((fault.line, fault.column, fault.problem.to_string())),
    }
}

/// Checks a signature over `bytes`, and returns the signer. `bytes` is a reviewer record if `is_review` is true,
/// otherwise an owner response.
///
/// # Errors
///
/// If `allowed_signers` cannot be parsed, if the signature is invalid, or if `principal` may not sign this at the time
/// `at`.
pub fn verify(
    allowed_signers: &[u8],
    is_review: bool,
    principal: &str,
    bytes: &[u8],
    signature: &[u8],
    at: &Time,
) -> Result<Signer, String> {
    let signers =
        AllowedSigners::parse(allowed_signers).map_err(|fault| fault.problem.to_string())?;
    let namespace = if is_review { Namespace::ReviewerRecord } else { Namespace::OwnerResponse };
    signatures::verify(&signers, namespace, principal, bytes, signature, at.moment())
        .map(|verified| verified.signer)
        .map_err(|problem| problem.to_string())
}

/// Returns the inventory of a repository that has only this file, and the owner requests drafted from it.
///
/// # Errors
///
/// If the inventory cannot be parsed again. That is a bug: the tool must be able to read what it writes.
pub fn inventory(path: &str, bytes: &[u8]) -> Result<(String, String), DocumentError> {
    let mut survey = Survey::default();
    let examined = examine(path, bytes, Variables::new);
    survey.add(path, &Version::of(bytes), examined, None);
    let inventory = survey.into_text();
    let requests = draft(inventory.as_bytes())?.text;
    Ok((inventory, requests))
}

/// Returns the owner that a CODEOWNERS file names for a path.
#[must_use]
pub fn code_owner(file: &str, path: &str) -> Option<String> {
    CodeOwners::parse(file).of(path)
}

/// Returns, for each surface of the requests, the fields that the inventory describes differently; `None` for a surface
/// that the inventory does not list.
///
/// # Errors
///
/// If the inventory is invalid.
pub fn list_differences(
    inventory: &[u8],
    requests: &OwnerRequests,
) -> Result<Vec<Option<Vec<AcceptanceField>>>, DocumentError> {
    let listed = ListedSurfaces::parse(inventory)?;
    Ok(requests.surfaces().iter().map(|surface| listed.differences(surface)).collect())
}
