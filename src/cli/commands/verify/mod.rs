//! `verify`: runs all comparisons, and prints findings and notes. The checks of journal files, signatures and the clock
//! are in this file. The other comparisons are in the other files of this folder.

mod drafts;
mod findings;
mod ledger;
mod retired;
mod since;

use std::path::PathBuf;
use std::process::ExitCode;

use crate::cli::failure::{CommandResult, Failure, Failures};
use crate::cli::formats::ReportFormat;
use crate::cli::inputs::{InputArgs, path};
use crate::cli::repository::{Replay, Replayed, Repository, log_of};
use crate::cli::signed::{SignatureFault, SignedAcceptance, bad_signatures};
use crate::cli::wait_args::WaitArgs;
use crate::inputs::{Inventory, ListedSurfaces};
use crate::io::clock;
use crate::io::error::shown;
use crate::io::store::Folder;
use crate::journal::{DocumentName, Event, JournalLog};
use crate::time::Time;
use crate::words::VerifyCode;
use crate::words::names::{ALLOWED_SIGNERS, ATTRIBUTES, EVENTS, LEDGER, SIGNATURE};
use findings::{Verification, VerifyFinding};

/// Compare the committed ledger with its inputs and its journal
///
/// Reports everything that is wrong, and writes nothing. Exits with 0 if there are no findings, and with 1 if there are
/// findings.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) compared: Compared,

    #[command(flatten)]
    wait: WaitArgs,

    /// The output format
    #[arg(long, value_enum, default_value_t)]
    format: ReportFormat,
}

/// What is compared.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(in crate::cli) struct Compared {
    #[command(flatten)]
    pub(super) inputs: InputArgs,

    /// The committed ledger, relative to the root
    #[arg(
        long,
        value_name = "FILE",
        default_value = LEDGER,
        value_parser = path()
    )]
    ledger: PathBuf,

    /// A git revision, such as `origin/main`. Report what was in the journal at this revision and is not there today
    #[arg(long, value_name = "REV")]
    since: Option<String>,

    /// Report the acceptances that have expired at this time, in RFC 3339. By default, the current time
    #[arg(long, value_name = "TIME", value_parser = time)]
    as_of: Option<Time>,
}

/// Parses an RFC 3339 time.
fn time(text: &str) -> Result<Time, String> {
    text.parse().map_err(|error: crate::time::NotATime| error.to_string())
}

pub(super) fn run(args: &Args, is_quiet: bool) -> CommandResult {
    let lock = args.wait.share(&args.compared.inputs)?;
    let report = verification(&args.compared, is_quiet)?;
    drop(lock);
    report.print_all(args.format, is_quiet)?;
    Ok(ExitCode::from(u8::from(!report.is_clean())))
}

/// Whether the committed ledger of a repository has no findings at a time. The caller holds the lock.
pub(super) fn holds(inputs: &InputArgs, as_of: &Time, is_quiet: bool) -> Result<bool, Failures> {
    let compared = Compared {
        inputs: inputs.clone(),
        ledger: PathBuf::from(LEDGER),
        since: None,
        as_of: Some(as_of.clone()),
    };
    Ok(verification(&compared, is_quiet)?.is_clean())
}

/// What is seen in the journal of a surface while it is replayed.
struct Seen<'r> {
    /// The files that may have changed since the revision.
    doubtful: Vec<&'r str>,
    /// The lines of acceptances with a time in the future.
    ahead: Vec<usize>,
    /// The files that do not belong in the folder.
    strange: Vec<String>,
    signature_faults: Vec<SignatureFault>,
    acceptance: Option<SignedAcceptance>,
}

/// Runs all comparisons.
fn verification(args: &Compared, is_quiet: bool) -> Result<Verification, Failures> {
    let parse_inventory =
        |bytes: &[u8]| Ok((Inventory::parse(bytes)?, ListedSurfaces::parse(bytes)?));
    let ((inventory, listed), requests) = args.inputs.read_with(parse_inventory)?;
    let mut repository = Repository::of(&args.inputs, inventory, requests)?;
    let mut report = Verification::new(args.inputs.options());

    let read = |revision| since::AtRevision::read(args, &repository, revision);
    let before = args.since.as_deref().map(read).transpose()?;
    if let Some(before) = &before {
        if let Some(signers) = before.allowed_signers()? {
            repository.signers = Some(signers);
        }
        before.note(&mut report);
        before.find_vanished(args, &repository, &mut report)?;
    } else {
        report.note("history not checked: name a revision with --since, such as origin/main");
    }
    if repository.signers.is_none() {
        report.note(&format!(
            "signatures not checked: {ALLOWED_SIGNERS} does not exist, so the names of responders and reviewers are only claims"
        ));
    }
    drafts::compare_with_inventory(args, &repository, &listed, &mut report);
    drop(listed);
    drafts::compare_with_sources(args, &repository, &mut report)?;

    let now = clock::event_time().ok_or_else(Failure::clock)?;
    let signers = repository.signers.clone();
    let seen_in = |name: &str, replay: &Replay, folder: &Folder| {
        let log = log_of(replay);
        let signers = signers.as_ref();
        let doubtful = before.as_ref().map(|before| before.doubtful_in(name, folder, log));
        Seen {
            doubtful: doubtful.unwrap_or_default(),
            ahead: acceptances_ahead(log, &now),
            strange: strange_files(log, folder),
            signature_faults: bad_signatures(log, signers, folder),
            acceptance: SignedAcceptance::of(replay, signers, folder),
        }
    };
    let replayed = repository.replay(seen_in, is_quiet)?;
    let is_broken = replayed.is_broken();
    let Replayed { candidates, journals, retired, unknown_files } = replayed;
    report.candidates = candidates.len();
    let has_journal = !journals.is_empty() || !retired.is_empty();
    if has_journal && !repository.journal.has_valid_attributes()? {
        let path = repository.journal.path(ATTRIBUTES);
        report.add(VerifyFinding::of(VerifyCode::AttributesDiffer, &path));
    }
    if let Some(before) = &before {
        let compared = journals.iter().map(|journal| journal.folder.as_str()).collect();
        let doubtful = journals.iter().flat_map(|journal| journal.seen.doubtful.iter().copied());
        let doubtful = doubtful.collect();
        before.compare_with_today(&repository, &compared, doubtful, &mut report)?;
    }
    let mut acceptances = Vec::new();
    for journal in journals {
        for fault in &journal.faults {
            let path = repository.path_of(&journal.folder, fault);
            report.add(
                VerifyFinding::new(fault.code(), &path, fault.to_string())
                    .at(fault.line().map(|line| (line, 1))),
            );
        }
        let file = |name: &str| repository.journal.path(&journal.folder).join(name);
        let Seen { ahead, strange, signature_faults, acceptance, doubtful: _ } = journal.seen;
        for line in ahead {
            let message = "the event of the acceptance has a time in the future".to_owned();
            report.add(
                VerifyFinding::new(VerifyCode::IllegalStep, &file(EVENTS), message)
                    .at(Some((line, 1))),
            );
        }
        acceptances.extend(acceptance);
        for name in strange {
            report.add(VerifyFinding::of(VerifyCode::OrphanDocument, &file(&name)));
        }
        for SignatureFault { code, file: name, message } in signature_faults {
            report.add(VerifyFinding::new(code, &file(&name), message));
        }
    }
    note_touches(&acceptances, &mut report);
    for path in unknown_files {
        report.add(VerifyFinding::of(VerifyCode::OrphanDocument, &path));
    }
    for folder in retired {
        let path = repository.journal.path(&folder);
        report.note(&format!(
            "this journal belongs to a surface without an owner request: {}",
            shown(&path)
        ));
        retired::check(&repository.journal, &folder, &mut report)?;
    }
    let path = args.inputs.below_root(&args.ledger);
    let candidates = (!is_broken).then_some(candidates);
    let as_of = match &args.as_of {
        Some(time) => time.clone(),
        None => now,
    };
    ledger::compare_with_replay(&path, repository, candidates, &as_of, &mut report)?;
    Ok(report)
}

/// Notes which acceptances were signed with a touch of a security key.
fn note_touches(acceptances: &[SignedAcceptance], report: &mut Verification) {
    let touched: Vec<_> = acceptances.iter().filter(|acceptance| acceptance.is_touched).collect();
    if !acceptances.is_empty() {
        let (count, all) = (touched.len(), acceptances.len());
        report.note(&format!(
            "{count} of {all} acceptances were signed with a touch of a security key"
        ));
    }
    for SignedAcceptance { surface_id, reviewer, .. } in touched {
        report.note(&format!("accepted with a touch: {surface_id}, by {reviewer}"));
    }
}

/// Returns the lines of acceptances that were recorded at a time in the future.
///
/// With such a time, an acceptance could last longer than it may. A clock that once ran ahead does no harm to an answer
/// or a hold, so those are not reported.
fn acceptances_ahead(log: &JournalLog, now: &Time) -> Vec<usize> {
    let is_ahead = |event: &&Event| {
        event.is_review() && !event.lane().is_hold() && event.recorded_at().is_ahead_of(now)
    };
    log.events().iter().filter(is_ahead).map(Event::sequence).collect()
}

/// Lists the files in a surface's folder that are neither documents nor signatures of documents that an event keeps.
fn strange_files(log: &JournalLog, folder: &Folder) -> Vec<String> {
    let is_signed = |name: DocumentName| {
        let mut events = log.events().iter();
        log.keeps(name)
            && events.any(|event| event.document() == Some(name) && event.signer().is_some())
    };
    let signatures = folder.signatures.keys().filter(|name| !is_signed(**name));
    let signatures = signatures.map(|name| format!("{name}{SIGNATURE}"));
    folder.unknown_files.iter().cloned().chain(signatures).collect()
}
