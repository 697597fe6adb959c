//! What a signature in the journal is worth.

use crate::io::signatures::{self, AllowedSigners, Namespace, Verified};
use crate::io::store::Folder;
use crate::journal::{Event, JournalLog};
use crate::signer::SignerRole;
use crate::words::VerifyCode;
use crate::words::names::{ALLOWED_SIGNERS, SIGNATURE};

use super::repository::Replay;

/// Whether the document of an event is signed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Signed {
    /// Its event names no signer, and nobody has to sign.
    No,
    /// The signature holds.
    Holds {
        /// Whether somebody touched a security key for it.
        is_touched: bool,
    },
    /// The document is no longer there, so that nothing can be checked.
    Unchecked,
    /// The signature is missing, or does not hold.
    Fails(VerifyCode, String),
}

/// Checks the signature of an event's document, as of the time of the event.
pub(super) fn check(
    event: &Event,
    log: &JournalLog,
    signers: Option<&AllowedSigners>,
    folder: &Folder,
) -> Signed {
    let Some(name) = event.document().filter(|name| log.keeps(*name)) else {
        return if event.signer().is_some() { Signed::Unchecked } else { Signed::No };
    };
    let missing = |message: &str| Signed::Fails(VerifyCode::SignatureMissing, message.to_owned());
    let (signers, signer) = match (signers, event.signer()) {
        (None, None) => return Signed::No,
        (None, Some(_)) => {
            let message = format!(
                "its event says that it is signed, and there is no {ALLOWED_SIGNERS} to check it with"
            );
            return Signed::Fails(VerifyCode::SignatureInvalid, message);
        }
        (Some(_), None) => return missing("its event names no signer"),
        (Some(signers), Some(signer)) => (signers, signer),
    };
    let Some(signature) = folder.signatures.get(&name) else {
        return missing("its signature is not there");
    };
    // A document that is missing is reported as such.
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
            return Signed::Holds { is_touched };
        }
        Ok(Verified { signer: verified, .. }) if verified.key() == signer.key() => format!(
            "its event says that its key signs as {}, and {ALLOWED_SIGNERS} says as {}",
            signer.role(),
            verified.role()
        ),
        Ok(_) => "another key signed it than its event names".to_owned(),
        Err(problem) => problem.to_string(),
    };
    Signed::Fails(VerifyCode::SignatureInvalid, message)
}

/// What is wrong with a signature.
#[derive(Debug)]
pub(super) struct SignatureFault {
    pub(super) code: VerifyCode,
    /// The name of the signature file in the folder of its surface.
    pub(super) file: String,
    pub(super) message: String,
}

/// The signatures of a surface's latest answer and of its records that are missing or do not hold.
pub(super) fn bad_signatures(
    log: &JournalLog,
    signers: Option<&AllowedSigners>,
    folder: &Folder,
) -> Vec<SignatureFault> {
    let bad = log.since_the_answer().iter().filter_map(|event| {
        let name = event.document()?;
        match check(event, log, signers, folder) {
            Signed::Fails(code, message) => {
                Some(SignatureFault { code, file: format!("{name}{SIGNATURE}"), message })
            }
            Signed::No | Signed::Holds { .. } | Signed::Unchecked => None,
        }
    });
    bad.collect()
}

/// An acceptance that stands, where acceptances are signed.
#[derive(Debug)]
pub(super) struct SignedAcceptance {
    pub(super) surface_id: String,
    pub(super) reviewer: String,
    /// Whether its signature holds, and somebody touched a security key for it.
    pub(super) is_touched: bool,
}

impl SignedAcceptance {
    /// The acceptance in which a surface stands, if it does.
    pub(super) fn of(
        replay: &Replay,
        signers: Option<&AllowedSigners>,
        folder: &Folder,
    ) -> Option<Self> {
        let history = replay.as_ref().ok().filter(|_| signers.is_some())?;
        let candidate = history.candidate();
        let record = candidate.record().filter(|record| !record.outcome().is_hold())?;
        // Whatever happened after the acceptance would have ended it.
        let event = history.log().events().last()?;
        let signed = check(event, history.log(), signers, folder);
        Some(Self {
            surface_id: candidate.surface().surface_id().to_owned(),
            reviewer: record.reviewer().to_owned(),
            is_touched: signed == Signed::Holds { is_touched: true },
        })
    }
}
