//! What the fuzz targets may call: reading a file of allowed signers, and a signature file; and of the
//! inventory.

use crate::inputs::{ListedSurfaces, OwnerRequests};
use crate::inventory::{CodeOwners, Survey, Version, draft, examine};
use crate::json::DocumentError;
use crate::shape::Variables;
use crate::signer::Signer;
use crate::time::Time;
use crate::words::AcceptanceField;

use super::signatures::{self, AllowedSigners, Namespace};

/// A file of allowed signers that cannot be read: the line and the column, both from 1, and what is wrong.
pub type Unreadable = (usize, usize, String);

/// Reads a file of allowed signers, and shows what was read.
///
/// # Errors
///
/// What is wrong with it, and where.
pub fn allowed_signers(bytes: &[u8]) -> Result<String, Unreadable> {
    match AllowedSigners::parse(bytes) {
        Ok(signers) => Ok(format!("{signers:?}")),
        Err(fault) => Err((fault.line, fault.column, fault.problem.to_string())),
    }
}

/// The signer of `bytes`, if `signature` is theirs and `allowed_signers` let `principal` sign at the time: a reviewer
/// record, or else an owner response.
///
/// # Errors
///
/// Why the signature does not hold.
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

/// The inventory of a repository with this one file, and the owner requests that follow from it.
///
/// # Errors
///
/// Never: what is written can be read.
pub fn inventory(path: &str, bytes: &[u8]) -> Result<(String, String), DocumentError> {
    let mut survey = Survey::default();
    let examined = examine(path, bytes, Variables::new);
    survey.add(path, &Version::of(bytes), examined, None);
    let inventory = survey.into_text();
    let requests = draft(inventory.as_bytes())?.text;
    Ok((inventory, requests))
}

/// The owner that a CODEOWNERS file names for a path.
#[must_use]
pub fn code_owner(file: &str, path: &str) -> Option<String> {
    CodeOwners::parse(file).of(path)
}

/// The fields in which an inventory describes each surface otherwise than the requests do; `None` for a surface that it
/// does not list.
///
/// # Errors
///
/// What is wrong with the inventory.
pub fn list_differences(
    inventory: &[u8],
    requests: &OwnerRequests,
) -> Result<Vec<Option<Vec<AcceptanceField>>>, DocumentError> {
    let listed = ListedSurfaces::parse(inventory)?;
    Ok(requests.surfaces().iter().map(|surface| listed.differences(surface)).collect())
}
