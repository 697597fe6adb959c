mod drafts;
mod findings;
mod ledger;
mod signed;
mod since;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::edges::journal::{Folder, Lock, SIGNATURE};
use crate::edges::signatures::ALLOWED_SIGNERS;
use crate::inputs::{Inventory, ListedSurfaces};
use crate::journal::{DocumentName, History};
use crate::words::VerifyCode;

use super::Outcome;
use super::inputs::{InputArgs, path};
use super::judged::Format;
use super::repository::{Replayed, Repository};
use findings::{Finding, Report};
use signed::bad_signatures;

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
    drafts::hold_against_inventory(args, &repository, &listed, &mut report);
    drop(listed);
    drafts::hold_sources_against(args, &repository, &mut report)?;

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
