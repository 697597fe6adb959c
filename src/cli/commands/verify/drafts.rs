//! Compares the owner requests with the inventory, and with the files that they name.

use std::collections::HashSet;

use crate::inputs::{ListedSurfaces, Surface};
use crate::json::Json;
use crate::words::{AcceptanceField, VerifyCode};

use super::Compared;
use super::findings::{Verification, VerifyFinding};
use crate::cli::failure::Failures;
use crate::cli::repository::Repository;
use crate::io::sources::{Source, Sources};

/// Reports surfaces of the inventory that no owner is asked about, and requests that do not match the inventory.
pub(super) fn compare_with_inventory(
    args: &Compared,
    repository: &Repository,
    listed: &ListedSurfaces,
    report: &mut Verification,
) {
    let (inventory, drafts) = (args.inputs.inventory(), args.inputs.owner_requests());
    let surfaces = repository.requests.surfaces();
    let drafted: HashSet<&str> = surfaces.iter().map(Surface::surface_id).collect();
    for id in listed.ids().filter(|id| !drafted.contains(id)) {
        report.add(VerifyFinding::new(
            VerifyCode::UnlistedSurface,
            &inventory,
            format!("the surface {id:?} has no owner request"),
        ));
    }
    for index in listed.without_id() {
        report.add(VerifyFinding::new(
            VerifyCode::UnlistedSurface,
            &inventory,
            format!("$.surfaces[{index}] has no surface_id, so no owner request belongs to it"),
        ));
    }
    let lists_any = listed.ids().next().is_some();
    for (index, surface) in surfaces.iter().enumerate() {
        let differing = match listed.differences(surface) {
            None if lists_any => "the surface is not in the inventory".to_owned(),
            Some(fields) if !fields.is_empty() => {
                let names: Vec<_> = fields.iter().map(|field| field.as_str()).collect();
                format!("the inventory has other values for: {}", names.join(", "))
            }
            _ => continue,
        };
        report.add(VerifyFinding::new(
            VerifyCode::DraftDiffersFromInventory,
            &drafts,
            format!("$.request_drafts[{index}]: {differing}"),
        ));
    }
    if surfaces.is_empty() && !lists_any && listed.without_id().is_empty() {
        let counts = repository.inventory.source().count();
        if *counts != 0.into() {
            report.add(VerifyFinding::new(
                VerifyCode::UnlistedSurface,
                &inventory,
                "the inventory has a count of surfaces but no list of them, and there is no owner request".to_owned(),
            ));
        }
    }
}

/// Compares each surface's file with the version that its owner is asked about.
pub(super) fn compare_with_sources(
    args: &Compared,
    repository: &Repository,
    report: &mut Verification,
) -> Result<(), Failures> {
    let drafts = args.inputs.owner_requests();
    let mut sources = Sources::new(args.inputs.root());
    for (index, surface) in repository.requests.surfaces().iter().enumerate() {
        let (code, problem) = match sources.compare(surface)? {
            Source::Same => continue,
            Source::Differs => (VerifyCode::SourceDiffers, "the file has a different sha256"),
            Source::Missing(problem) => (VerifyCode::SourceMissing, problem),
        };
        let path = surface.descriptor(AcceptanceField::RepoSourcePath).and_then(Json::as_str);
        let message = format!("$.request_drafts[{index}]: {}: {problem}", path.unwrap_or_default());
        report.add(VerifyFinding::new(code, &drafts, message));
    }
    Ok(())
}
