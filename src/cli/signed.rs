//! Checks the signatures in the journal, for `verify` and `status`.

use crate::io::signatures::{self, AllowedSigners, Namespace, Verified};
use crate::io::store::Folder;
use crate::journal::{Event, JournalLog};
use crate::signer::SignerRole;
use crate::words::VerifyCode;
use crate::words::names::{ALLOWED_SIGNERS, SIGNATURE};

use super::repository::Replay;

/// The result of checking the signature of an event's document.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// The event names no signer, and documents do not have to be signed.
    No,
    /// The signature is valid.
    Valid {
        /// Whether somebody touched a security key to make it.
        is_touched: bool,
    },
    /// The document no longer exists, so its signature cannot be checked.
    Unchecked,
    /// The signature is missing or invalid.
    Invalid(VerifyCode, String),
}

/// Checks the signature of an event's document. The key must be allowed at the time of the event.
pub(super) fn check(
    event: &Event,
    log: &JournalLog,
    signers: Option<&AllowedSigners>,
    folder: &Folder,
) -> Signed {
    let Some(name) = event.document().filter(|name| log.keeps(*name)) else {
        return if event.signer().is_some() { Signed::Unchecked } else { Signed::No };
    };
    let missing = |message: &str| Signed::Invalid(VerifyCode::SignatureMissing, message.to_owned());
    let (signers, signer) = match (signers, event.signer()) {
        (None, None) => return Signed::No,
        (None, Some(_)) => {
            let message = format!(
                "its event names a signer, but {ALLOWED_SIGNERS} is missing, so the signature cannot be checked"
            );
            return Signed::Invalid(VerifyCode::SignatureInvalid, message);
        }
        (Some(_), None) => return missing("its event names no signer"),
        (Some(signers), Some(signer)) => (signers, signer),
    };
    let Some(signature) = folder.signatures.get(&name) else {
        return missing("its signature file is missing");
    };
    // The replay already reports a missing document.
    let Some(document) = folder.dossier.documents.get(&name) else { return Signed::Unchecked };
    let at = event.recorded_at().moment();
    let namespace = match signer.role() {
        _ if !name.is_review() => Namespace::OwnerResponse,
        SignerRole::Automation => Namespace::ReviewerAutomation,
        SignerRole::Person | SignerRole::Owner => Namespace::ReviewerRecord,
    };
    let verified =
        signatures::verify(signers, namespace, signer.principal(), document, signature, at);
    let message = match verified {
        Ok(Verified { signer: verified, is_touched }) if verified == *signer => {
            return Signed::Valid { is_touched };
        }
        Ok(Verified { signer: verified, .. }) if verified.key() == signer.key() => format!(
            "its event says that its key signs as {}, but {ALLOWED_SIGNERS} lists it as {}",
            signer.role(),
            verified.role()
        ),
        Ok(_) => "its event names a different key than the one that signed it".to_owned(),
        Err(problem) => problem.to_string(),
    };
    Signed::Invalid(VerifyCode::SignatureInvalid, message)
}

/// A signature that is missing or invalid.
#[derive(Debug)]
pub(super) struct SignatureFault {
    pub(super) code: VerifyCode,
    /// The name of the signature file in the folder of its surface.
    pub(super) file: String,
    pub(super) message: String,
}

/// Lists the missing and invalid signatures of a surface's latest answer and of the records about it.
pub(super) fn bad_signatures(
    log: &JournalLog,
    signers: Option<&AllowedSigners>,
    folder: &Folder,
) -> Vec<SignatureFault> {
    let bad = log.since_the_answer().iter().filter_map(|event| {
        let name = event.document()?;
        match check(event, log, signers, folder) {
            Signed::Invalid(code, message) => {
                Some(SignatureFault { code, file: format!("{name}{SIGNATURE}"), message })
            }
            Signed::No | Signed::Valid { .. } | Signed::Unchecked => None,
        }
    });
    bad.collect()
}

/// A current acceptance in a repository in which documents must be signed.
#[derive(Debug)]
pub(super) struct SignedAcceptance {
    pub(super) surface_id: String,
    pub(super) reviewer: String,
    /// Whether its signature is valid and somebody touched a security key to make it.
    pub(super) is_touched: bool,
}

impl SignedAcceptance {
    /// The current acceptance of a surface; `None` if it is not accepted, or if documents do not have to be signed.
    pub(super) fn of(
        replay: &Replay,
        signers: Option<&AllowedSigners>,
        folder: &Folder,
    ) -> Option<Self> {
        let history = replay.as_ref().ok().filter(|_| signers.is_some())?;
        let candidate = history.candidate();
        let record = candidate.record().filter(|record| !record.outcome().is_hold())?;
        // The acceptance is the last event: any later event would have ended it.
        let event = history.log().events().last()?;
        let signed = check(event, history.log(), signers, folder);
        Some(Self {
            surface_id: candidate.surface().surface_id().to_owned(),
            reviewer: record.reviewer().to_owned(),
            is_touched: signed == Signed::Valid { is_touched: true },
        })
    }
}
