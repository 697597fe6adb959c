//! The errors for a document that the journal did not take: its place in the document, and the next step.

use std::path::Path;

use crate::candidate::{AnyCandidate, review_leads_to};
use crate::escape;
use crate::io::error::quoted;
use crate::io::signatures::{Namespace, SignatureError};
use crate::io::sources::Source;
use crate::io::store::signature_of;
use crate::journal::IntakeRefusal;
use crate::review::Refusal;
use crate::store::{BadSignature, FileError, StoreError, Submission};
use crate::triage::Finding;
use crate::words::names::ALLOWED_SIGNERS;
use crate::words::{AcceptanceField, Lane, RecordKey, ResponseKey, ReviewerCheck};

use super::failure::{Failure, Failures};
use super::repository::Repository;

/// The errors for a document that the journal did not take.
pub(super) fn refused(
    repository: &Repository,
    file: &Path,
    document: Submission<'_>,
    error: StoreError,
) -> Failures {
    let namespace = document.namespace();
    let place_of = |pointer: &str| match document {
        Submission::Response(response) => response.place_of(pointer),
        Submission::Review(review) => review.place_of(pointer),
    };
    let at = |pointer: &str, message: String, next_step: String| Failure::Refused {
        path: file.to_owned(),
        place: Some(place_of(pointer)),
        message,
        next_step,
    };
    match error {
        StoreError::File(FileError(error)) => error.into(),
        StoreError::Broken(broken) => repository.failures_of_broken(&broken),
        StoreError::NoSuchCandidate => {
            let place = place_of(&RecordKey::AcceptanceCandidateId.pointer());
            Failure::NoSuchCandidate { path: file.to_owned(), place }.into()
        }
        StoreError::OtherFile(other) => {
            let pointer = match namespace {
                Namespace::OwnerResponse => {
                    ResponseKey::Field(AcceptanceField::RepoSha256).pointer()
                }
                _ => RecordKey::Outcome.pointer(),
            };
            let next_step = match other.0 {
                Source::Missing(_) => {
                    "restore the file from git; if it was moved or deleted, run `acceptance-ledger init`"
                }
                Source::Same | Source::Differs => {
                    "run `acceptance-ledger init`, then ask the owner to read the file and answer again"
                }
            };
            at(&pointer, other.to_string(), next_step.to_owned()).into()
        }
        StoreError::Unsigned | StoreError::Signature(_) => Failure::Refused {
            path: signature_of(file),
            place: None,
            message: error.to_string(),
            next_step: sign_again(&error, file, namespace),
        }
        .into(),
        StoreError::Response(refusal) => {
            let field = match refusal {
                IntakeRefusal::NotTheSigner => ResponseKey::Responder,
                _ => ResponseKey::RespondedAt,
            };
            at(&field.pointer(), refusal.to_string(), refusal.next_step().to_owned()).into()
        }
        StoreError::Texts(findings) => {
            let refused = |finding: &Finding| {
                let message = format!("{}: {}", finding.field(), finding.problem().english());
                at(finding.field(), message, finding.next_step())
            };
            Failures::of(findings.iter().map(refused).collect()).unwrap_or_default()
        }
        StoreError::Review { candidate, reason } => {
            at(&reason.pointer(), reason.to_string(), next_step_after(&candidate, reason)).into()
        }
        StoreError::Clock => Failure::clock().into(),
        StoreError::Requests(_) | StoreError::Signers { .. } | StoreError::Unreplayable => {
            Failure::Refused {
                path: file.to_owned(),
                place: None,
                message: error.to_string(),
                next_step: "report this as a bug: an earlier check should have refused the step"
                    .to_owned(),
            }
            .into()
        }
    }
}

/// The next step for a document without a valid signature.
fn sign_again(error: &StoreError, file: &Path, namespace: Namespace) -> String {
    let sign_it = format!("ssh-keygen -Y sign -n {} -f KEY {}", namespace.as_str(), quoted(file));
    let StoreError::Signature(BadSignature(problem)) = error else {
        return format!("sign it: {sign_it}");
    };
    match problem {
        SignatureError::OtherNamespace(Namespace::OwnerResponse) => {
            format!("sign it in that namespace: {sign_it}")
        }
        SignatureError::OtherNamespace(_) => {
            format!("sign it in that namespace: {sign_it}; or correct reviewer_kind")
        }
        SignatureError::NotTouched => {
            format!("sign it again, and touch the key when it asks for that: {sign_it}")
        }
        _ => format!("ask its author to sign it with a key that {ALLOWED_SIGNERS} lists for them"),
    }
}

/// The next step of a reviewer whose record was refused.
fn next_step_after(candidate: &AnyCandidate, reason: Refusal) -> String {
    let lane = candidate.lane();
    let id = escape::for_shell(candidate.surface().surface_id().as_bytes());
    let list = |words: Vec<&str>| words.join(", ");
    match reason {
        Refusal::NoSuchStep { .. } if lane == Lane::WaitingOwnerResponse => {
            format!(
                "the owner must answer first; to write a form, run acceptance-ledger template {id}"
            )
        }
        Refusal::NoSuchStep { .. } => {
            let is_write_capable = candidate.surface().is_write_capable();
            let leads_on =
                |outcome: &&Lane| review_leads_to(lane, **outcome, is_write_capable).is_some();
            let outcomes = Lane::ALL.iter().filter(leads_on).map(|lane| lane.as_str()).collect();
            format!("the candidate is in {lane}; use one of these outcomes: {}", list(outcomes))
        }
        Refusal::NoFailedCheck(outcome) => {
            let checks = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(outcome));
            format!(
                "set one of these checks to fail: {}",
                list(checks.map(|check| check.as_str()).collect())
            )
        }
        Refusal::OtherRole { .. } => format!(
            "have a person sign the record with a key that {ALLOWED_SIGNERS} does not list for automation; or hold the \
             answer as automation: set reviewer_kind to automation and sign in {}",
            Namespace::ReviewerAutomation.as_str()
        ),
        _ => format!(
            "the candidate is now in {lane}; to see its history, run acceptance-ledger status {id}"
        ),
    }
}
