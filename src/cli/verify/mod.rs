mod findings;
mod ledger;
mod since;

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::edges::clock;
use crate::edges::files;
use crate::edges::journal::{Folder, Lock, SIGNATURE};
use crate::edges::signatures::{self, ALLOWED_SIGNERS, AllowedSigners, Namespace};
use crate::inputs::{Inventory, ListedSurfaces};
use crate::journal::{DocumentName, History};
use crate::surface::Surface;
use crate::words::{AcceptanceField, VerifyCode};

use super::Outcome;
use super::inputs::{InputArgs, path};
use super::judged::Format;
use super::repository::{Replayed, Repository};
use findings::{Finding, Report};

/// Hold a committed ledger against its inputs and its journal
///
/// Reports everything that is wrong, and writes nothing. Exits with 0 when nothing is, and with 1 when something is.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    inputs: InputArgs,

    /// The committed ledger, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = "docs/security/monitoring-owner-response-acceptance.snapshot.json",
        value_parser = path()
    )]
    ledger: PathBuf,

    /// A git revision, such as `origin/main`: what the journal held there has to be there still
    #[arg(long, value_name = "REV")]
    since: Option<String>,

    /// How to write what was found
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(args: &Args, is_quiet: bool) -> Outcome {
    let lock = Lock::share(args.inputs.root());
    let both = |bytes: &[u8]| Ok((Inventory::parse(bytes)?, ListedSurfaces::parse(bytes)?));
    let ((inventory, listed), requests) = args.inputs.read_with(both)?;
    let mut repository = Repository::of(&args.inputs, inventory, requests)?;
    let mut report = Report::default();

    if let Some(revision) = &args.since {
        let at_revision = since::AtRevision::read(&repository, revision)?;
        if let Some(signers) = at_revision.allowed_signers()? {
            repository.signers = Some(signers);
        }
        at_revision.hold_against_today(&repository, &mut report)?;
    } else {
        report.note("history not checked: name a revision with --since, such as origin/main");
    }
    if repository.signers.is_none() {
        report.note(&format!(
            "signatures not checked: there is no {ALLOWED_SIGNERS}, and the names of responders and reviewers are claims"
        ));
    }
    hold_drafts_against_inventory(args, &repository, &listed, &mut report);
    drop(listed);
    hold_sources_against_drafts(args, &repository, &mut report)?;

    let signers = repository.signers.clone();
    let Replayed { candidates, seen, retired, strangers } =
        repository.replay(|history, folder| {
            let faults = history.faults().to_vec();
            (
                faults,
                strange_files(history, folder),
                bad_signatures(signers.as_ref(), history, folder),
            )
        })?;
    let mut is_broken = false;
    for (folder, (faults, strange, signed)) in seen {
        for fault in &faults {
            is_broken |= fault.code().breaks_replay();
            let path = repository.path_of(&folder, fault);
            report.add(
                Finding::new(fault.code(), &path, fault.to_string())
                    .at(fault.line().map(|line| (line, 1))),
            );
        }
        let file = |name: &str| repository.journal.path(&folder).join(name);
        for name in strange {
            report.add(Finding::of(VerifyCode::OrphanDocument, &file(&name)));
        }
        for (code, name, message) in signed {
            report.add(Finding::new(code, &file(&name), message));
        }
    }
    for path in strangers {
        report.add(Finding::of(VerifyCode::OrphanDocument, &path));
    }
    for folder in retired {
        let path = repository.journal.path(&folder);
        report.note(&format!("journal of a retired surface: {}", path.display()));
    }
    let count = candidates.len();
    let path = args.inputs.below_root(&args.ledger);
    ledger::hold_against_replay(&path, repository, candidates, is_broken, &mut report)?;
    drop(lock);

    report.print(args.format, is_quiet, count)?;
    Ok(ExitCode::from(u8::from(!report.is_clean())))
}

/// Files in a surface's folder that no event keeps and no document is.
fn strange_files(history: &History, folder: &Folder) -> Vec<String> {
    let is_signed = |name: DocumentName| {
        let mut events = history.events().iter();
        history.keeps(name)
            && events.any(|event| event.document() == Some(name) && event.signer().is_some())
    };
    let signatures = folder.signatures.keys().filter(|name| !is_signed(**name));
    let signatures = signatures.map(|name| format!("{name}{SIGNATURE}"));
    folder.strangers.iter().cloned().chain(signatures).collect()
}

/// What is wrong with the signatures of the latest answer and its records.
fn bad_signatures(
    signers: Option<&AllowedSigners>,
    history: &History,
    folder: &Folder,
) -> Vec<(VerifyCode, String, String)> {
    let mut bad = Vec::new();
    for event in history.since_the_answer() {
        let Some(name) = event.document().filter(|name| history.keeps(*name)) else { continue };
        let problem = match (signers, event.signer()) {
            (None, None) => continue,
            (None, Some(_)) => Some((
                VerifyCode::SignatureInvalid,
                format!(
                    "its event says that it is signed, and there is no {ALLOWED_SIGNERS} to check it with"
                ),
            )),
            (Some(_), None) => {
                Some((VerifyCode::SignatureMissing, "its event names no signer".to_owned()))
            }
            (Some(signers), Some(signer)) => {
                let namespace = if name.is_review() {
                    Namespace::ReviewerRecord
                } else {
                    Namespace::OwnerResponse
                };
                let parts = (folder.dossier.documents.get(&name), folder.signatures.get(&name));
                match (parts, clock::moment(event.recorded_at())) {
                    ((_, None), _) => Some((
                        VerifyCode::SignatureMissing,
                        "its signature is not there".to_owned(),
                    )),
                    ((Some(document), Some(signature)), Some(at)) => {
                        let principal = signer.principal();
                        let verified = signatures::verify(
                            signers, namespace, principal, document, signature, at,
                        );
                        match verified {
                            Ok(verified) if verified == *signer => None,
                            Ok(_) => Some((
                                VerifyCode::SignatureInvalid,
                                "another key signed it than its event names".to_owned(),
                            )),
                            Err(problem) => {
                                Some((VerifyCode::SignatureInvalid, problem.to_string()))
                            }
                        }
                    }
                    // A document that is missing is said to be.
                    _ => None,
                }
            }
        };
        bad.extend(problem.map(|(code, message)| (code, format!("{name}{SIGNATURE}"), message)));
    }
    bad
}

fn hold_drafts_against_inventory(
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
fn hold_sources_against_drafts(
    args: &Args,
    repository: &Repository,
    report: &mut Report,
) -> Result<(), super::failure::Failures> {
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
        let digest = crate::digest::Digest::of(&files::read(&file)?);
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
    path.components().all(|part| matches!(part, std::path::Component::Normal(_)))
}
