//! Compares the committed ledger with a replay.

use std::path::Path;

use crate::candidate::AnyCandidate;
use crate::io::{files, sink};
use crate::ledger::{Ledger, Stamp, inspect, place_in_ledger};
use crate::time::Time;
use crate::words::VerifyCode;

use super::findings::{Verification, VerifyFinding};
use crate::cli::failure::Failures;
use crate::cli::ledger_file::stamp_of;
use crate::cli::repository::Repository;

/// Compares the ledger with the candidates that the journal makes; `candidates` is `None` if a journal is broken.
pub(super) fn compare_with_replay(
    path: &Path,
    repository: Repository,
    candidates: Option<Vec<AnyCandidate>>,
    as_of: &Time,
    report: &mut Verification,
) -> Result<(), Failures> {
    if !files::metadata_following_links(path)?.is_some_and(|metadata| metadata.is_file()) {
        report.add(VerifyFinding::of(VerifyCode::LedgerMissing, path));
        return Ok(());
    }
    let stamp = stamp_of(path)?;
    if stamp.as_ref().is_some_and(|stamp| !stamp.is_valid()) {
        report.add(VerifyFinding::of(VerifyCode::StampInvalid, path));
    }
    let Repository { inventory, requests, .. } = repository;
    // If a journal is broken, the bytes of the ledger cannot be compared. Its gates and counts are still inspected.
    let difference = match candidates {
        Some(candidates) => {
            let stamp = stamp.unwrap_or_else(|| Stamp::new("", ""));
            compare_acceptances(as_of, &stamp, &candidates, path, report);
            let ledger = Ledger::of(inventory, requests, stamp, candidates);
            let found = sink::first_difference(path, |sink| ledger.write_to(sink).map(drop))?;
            let Some(offset) = found else { return Ok(()) };
            Some(offset)
        }
        None => None,
    };

    let bytes = files::read(path)?;
    match inspect(&bytes) {
        Ok(faults) => {
            for (code, place) in faults {
                report.add(VerifyFinding::new(code, path, format!("{place}: {}", code.english())));
            }
        }
        Err(error) => report.add(
            VerifyFinding::new(
                VerifyCode::LedgerBytesDiffer,
                path,
                format!("{}: {}", error.path(), error.problem()),
            )
            .at(Some((error.line(), error.column()))),
        ),
    }
    if let Some(offset) = difference {
        let (line, column, place) = place_in_ledger(&bytes, offset);
        let message = format!("{place}: from here on, the ledger differs from the replay");
        report.add(
            VerifyFinding::new(VerifyCode::LedgerBytesDiffer, path, message)
                .at(Some((line, column))),
        );
    }
    Ok(())
}

/// Reports the acceptances that the ledger shows and that have expired at the time `as_of`.
fn compare_acceptances(
    as_of: &Time,
    stamp: &Stamp,
    candidates: &[AnyCandidate],
    path: &Path,
    report: &mut Verification,
) {
    let Some(generated_at) = stamp.time() else { return };
    for (index, candidate) in candidates.iter().enumerate() {
        let Some(until) = candidate.valid_until() else { continue };
        if !candidate.is_expired(Some(&generated_at)) && candidate.is_expired(Some(as_of)) {
            let id = candidate.surface().surface_id();
            let message =
                format!("$.acceptance_candidates[{index}]: {id} was accepted until {until}");
            report.add(VerifyFinding::new(VerifyCode::AcceptanceExpired, path, message));
        }
    }
}
