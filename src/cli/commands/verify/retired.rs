//! Checks the journal of a surface without an owner request. The folder must contain only events and their documents.

use crate::digest::Digest;
use crate::io::error::FileError;
use crate::io::store::JournalStore;
use crate::journal::JournalSkim;
use crate::words::VerifyCode;
use crate::words::names::{EVENTS, SIGNATURE};

use super::findings::{Verification, VerifyFinding};

/// Checks the chain of events and the documents of one folder. Nothing is replayed, since the surface is unknown.
pub(super) fn check(
    journal: &JournalStore,
    folder: &str,
    report: &mut Verification,
) -> Result<(), FileError> {
    let held = journal.read(folder)?;
    let skim = JournalSkim::read(&held.dossier.events);
    let path = |name: &str| journal.path(folder).join(name);
    if let Some(fault) = &skim.fault {
        let place = fault.line().map(|line| (line, 1));
        report.add(VerifyFinding::new(fault.code(), &path(EVENTS), fault.to_string()).at(place));
    }
    for name in &skim.kept {
        if !held.dossier.documents.contains_key(name) {
            report.add(VerifyFinding::of(VerifyCode::DocumentMissing, &path(&name.to_string())));
        }
    }
    for (name, bytes) in &held.dossier.documents {
        let code = if !skim.kept.contains(name) {
            VerifyCode::OrphanDocument
        } else if Digest::of(bytes) != name.digest() {
            VerifyCode::DocumentAltered
        } else {
            continue;
        };
        report.add(VerifyFinding::of(code, &path(&name.to_string())));
    }
    let signatures = held.signatures.keys().filter(|name| !skim.kept.contains(name));
    let signatures = signatures.map(|name| format!("{name}{SIGNATURE}"));
    for name in held.unknown_files.iter().cloned().chain(signatures) {
        report.add(VerifyFinding::of(VerifyCode::OrphanDocument, &path(&name)));
    }
    Ok(())
}
