//! The signatures of a surface's latest answer and of its records.

use crate::edges::clock;
use crate::edges::journal::{Folder, SIGNATURE};
use crate::edges::signatures::{self, ALLOWED_SIGNERS, AllowedSigners, Namespace};
use crate::journal::{DocumentName, Event, History};
use crate::words::VerifyCode;

/// A code, the name of the file it is about, and what is wrong.
pub(super) type BadSignature = (VerifyCode, String, String);

pub(super) fn bad_signatures(
    signers: Option<&AllowedSigners>,
    history: &History,
    folder: &Folder,
) -> Vec<BadSignature> {
    let kept = history.since_the_answer().iter().filter_map(|event| {
        let name = event.document().filter(|name| history.keeps(*name))?;
        let (code, message) = if let Some(signers) = signers {
            problem_of(event, name, signers, folder)?
        } else {
            event.signer()?;
            let message = format!(
                "its event says that it is signed, and there is no {ALLOWED_SIGNERS} to check it with"
            );
            (VerifyCode::SignatureInvalid, message)
        };
        Some((code, format!("{name}{SIGNATURE}"), message))
    });
    kept.collect()
}

/// Why the document of an event is not signed as its event says and the list allows, if so.
fn problem_of(
    event: &Event,
    name: DocumentName,
    signers: &AllowedSigners,
    folder: &Folder,
) -> Option<(VerifyCode, String)> {
    let missing = |message: &str| Some((VerifyCode::SignatureMissing, message.to_owned()));
    let Some(signer) = event.signer() else { return missing("its event names no signer") };
    let Some(signature) = folder.signatures.get(&name) else {
        return missing("its signature is not there");
    };
    // A document that is missing is told as such.
    let document = folder.dossier.documents.get(&name)?;
    let at = clock::moment(event.recorded_at())?;
    let namespace =
        if name.is_review() { Namespace::ReviewerRecord } else { Namespace::OwnerResponse };
    let message =
        match signatures::verify(signers, namespace, signer.principal(), document, signature, at) {
            Ok(verified) if verified == *signer => return None,
            Ok(_) => "another key signed it than its event names".to_owned(),
            Err(problem) => problem.to_string(),
        };
    Some((VerifyCode::SignatureInvalid, message))
}
