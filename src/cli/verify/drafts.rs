//! The owner requests against the inventory and the files that they speak of.

use std::collections::{HashMap, HashSet};
use std::path::{Component, Path};

use crate::digest::Digest;
use crate::edges::files;
use crate::inputs::ListedSurfaces;
use crate::surface::Surface;
use crate::words::{AcceptanceField, VerifyCode};

use super::super::failure::Failures;
use super::super::repository::Repository;
use super::Args;
use super::findings::{Finding, Report};

pub(super) fn hold_against_inventory(
    args: &Args,
    repository: &Repository,
    listed: &ListedSurfaces,
    report: &mut Report,
) {
    let (inventory, drafts) = (args.inputs.inventory(), args.inputs.owner_requests());
    let surfaces = repository.requests.surfaces();
    let drafted: HashSet<&str> = surfaces.iter().map(Surface::surface_id).collect();
    for id in listed.ids().filter(|id| !drafted.contains(id)) {
        report.add(Finding::new(
            VerifyCode::UnlistedSurface,
            &inventory,
            format!("the surface {id:?} has no candidate"),
        ));
    }
    for index in listed.nameless() {
        report.add(Finding::new(
            VerifyCode::UnlistedSurface,
            &inventory,
            format!("$.surfaces[{index}] has no surface_id, and so no candidate"),
        ));
    }
    let lists_any = listed.ids().next().is_some();
    for (index, surface) in surfaces.iter().enumerate() {
        let differing = match listed.differences(surface) {
            None if lists_any => "it is not in the inventory".to_owned(),
            Some(fields) if !fields.is_empty() => {
                let names: Vec<_> = fields.iter().map(|field| field.as_str()).collect();
                format!("the inventory has another {}", names.join(", "))
            }
            _ => continue,
        };
        report.add(Finding::new(
            VerifyCode::DraftDiffersFromInventory,
            &drafts,
            format!("$.request_drafts[{index}]: {differing}"),
        ));
    }
    if surfaces.is_empty() && !lists_any && listed.nameless().is_empty() {
        let counts = repository.inventory.source().count();
        if *counts != 0.into() {
            report.add(Finding::new(
                VerifyCode::UnlistedSurface,
                &inventory,
                "it counts surfaces, lists none, and there is no candidate".to_owned(),
            ));
        }
    }
}

/// Holds each surface's file, where it is there, against the version that its owner is asked about.
pub(super) fn hold_sources_against(
    args: &Args,
    repository: &Repository,
    report: &mut Report,
) -> Result<(), Failures> {
    let drafts = args.inputs.owner_requests();
    // Most folders hold many files, and where one is not there, none of them is.
    let mut has_folder: HashMap<&Path, bool> = HashMap::new();
    for (index, surface) in repository.requests.surfaces().iter().enumerate() {
        let text = |field| surface.descriptor(field).and_then(|value| value.as_str());
        let source = text(AcceptanceField::RepoSourcePath).map(Path::new);
        let (Some(source), Some(sha256)) = (source, text(AcceptanceField::RepoSha256)) else {
            continue;
        };
        let folder = source.parent().unwrap_or(Path::new(""));
        let is_there = |folder: &Path| args.inputs.below_root(folder).is_dir();
        if !is_below(source)
            || !*has_folder
                .entry(folder)
                .or_insert_with(|| folder == Path::new("") || is_there(folder))
        {
            continue;
        }
        let file = args.inputs.below_root(source);
        if !file.is_file() {
            continue;
        }
        let digest = Digest::of(&files::read(&file)?);
        if digest.hex() != sha256.to_ascii_lowercase() {
            let message =
                format!("$.request_drafts[{index}]: {} has another sha256", file.display());
            report.add(Finding::new(VerifyCode::SourceDiffers, &drafts, message));
        }
    }
    Ok(())
}

/// Whether a path leads below the root, whatever stands there.
fn is_below(path: &Path) -> bool {
    path.components().all(|part| matches!(part, Component::Normal(_)))
}
