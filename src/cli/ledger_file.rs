//! The ledger file that is already there: its stamp, and whether a new ledger would differ from it.

use std::path::Path;

use crate::io::error::FileError;
use crate::io::{files, sink};
use crate::ledger::{Ledger, LedgerDocument, Stamp, Tally};

/// How many bytes at the end of a ledger are read to find its stamp. The stamp is usually there; if not, the whole
/// ledger is parsed.
const TAIL: u64 = 64 << 10;

/// The stamp of the ledger at `path`; `None` if it has none that can be read.
pub(super) fn stamp_of(path: &Path) -> Result<Option<Stamp>, FileError> {
    if let Some(stamp) = Stamp::in_tail(&files::read_tail(path, TAIL)?) {
        return Ok(Some(stamp));
    }
    let ledger = LedgerDocument::parse(&files::read(path)?);
    Ok(ledger.ok().map(|ledger| ledger.stamp().clone()))
}

/// Whether the ledger at `path` differs from `ledger` in nothing but its stamp. Then there is no need to write it, and
/// two branches that ran the same command do not conflict.
///
/// Returns the counts of the ledger. `ledger` has the stamp of the file then, and otherwise keeps its own.
pub(super) fn differs_only_in_stamp(
    ledger: &mut Ledger,
    path: &Path,
) -> Result<Option<Tally>, FileError> {
    if !files::metadata_following_links(path)?.is_some_and(|metadata| metadata.is_file()) {
        return Ok(None);
    }
    let Some(old) = stamp_of(path)?.filter(Stamp::is_valid) else { return Ok(None) };
    // If an acceptance ended between the two stamps, the old ledger shows an acceptance that no longer counts.
    if !ledger.counts_the_same_acceptances_at(&old) {
        return Ok(None);
    }
    let new = ledger.restamp(old);
    let mut tally = None;
    let difference = sink::first_difference(path, |sink| {
        tally = Some(ledger.write_to(sink)?);
        Ok(())
    })?;
    if difference.is_some() {
        ledger.restamp(new);
        return Ok(None);
    }
    Ok(tally)
}
