//! The committed ledger against a replay.

use std::path::Path;

use crate::candidate::AnyCandidate;
use crate::edges::files;
use crate::ledger::{Ledger, LedgerDocument, Stamp, inspect, place_in_ledger};
use crate::words::VerifyCode;

use super::super::failure::Failures;
use super::super::repository::Repository;
use super::findings::{Finding, Report};

/// How many bytes at its end show when a ledger was made, unless its inputs say much of themselves.
const TAIL: u64 = 64 << 10;

pub(super) fn hold_against_replay(
    path: &Path,
    repository: Repository,
    candidates: Vec<AnyCandidate>,
    is_broken: bool,
    report: &mut Report,
) -> Result<(), Failures> {
    if !path.is_file() {
        report.add(Finding::of(VerifyCode::LedgerMissing, path));
        return Ok(());
    }
    let stamp = match Stamp::in_tail(&files::read_tail(path, TAIL)?) {
        Some(stamp) => stamp,
        None => LedgerDocument::parse(&files::read(path)?)
            .map_or_else(|_| Stamp::new("", ""), |ledger| ledger.stamp().clone()),
    };
    let Repository { inventory, requests, .. } = repository;
    let ledger = Ledger::of(inventory, requests, stamp, candidates);
    let difference = files::first_difference(path, |sink| ledger.write_to(sink).map(drop))?;
    let Some(offset) = difference else { return Ok(()) };
    drop(ledger);

    let bytes = files::read(path)?;
    match inspect(&bytes) {
        Ok(faults) => {
            for (code, place) in faults {
                report.add(Finding::new(code, path, format!("{place}: {}", code.english())));
            }
        }
        Err(error) => report.add(
            Finding::new(
                VerifyCode::LedgerBytesDiffer,
                path,
                format!("{}: {}", error.path(), error.problem()),
            )
            .at(Some((error.line(), error.column()))),
        ),
    }
    // What a broken journal would make is not known.
    if !is_broken {
        let (line, column, place) = place_in_ledger(&bytes, offset);
        let message = format!("{place}: the replay has something else here");
        report.add(
            Finding::new(VerifyCode::LedgerBytesDiffer, path, message).at(Some((line, column))),
        );
    }
    Ok(())
}
