//! The decision of a reviewer, until when it counts, and the reasons why the core refuses one.

mod document;

use std::collections::BTreeMap;

use crate::detect::fold_name;
use crate::digest::Digest;
use crate::document::Notation;
use crate::inputs::Surface;
use crate::original::Original;
use crate::response::{Answers, OwnerResponse, Requirement, requirement};
use crate::signer::{Signer, SignerRole};
use crate::time::Time;
use crate::triage::Finding;
use crate::words::limits::{MAX_ACCEPTANCE_DAYS, MAX_MINUTES_AHEAD};
use crate::words::{AcceptanceField, Lane, RecordKey, ReviewerCheck};

pub(crate) use document::ACCEPT;
pub use document::ReviewDocument;

/// The kind of reviewer who made a record. Automation may only hold an answer back. Only a person moves it forward.
///
/// ```
/// use acceptance_ledger::ReviewerKind;
///
/// assert_ne!(ReviewerKind::Person, ReviewerKind::Automation);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum ReviewerKind {
    /// A human reviewer.
    Person,
    /// A program.
    Automation,
}

impl From<ReviewerKind> for SignerRole {
    /// Returns the role that the signer of such a reviewer's record must have.
    fn from(kind: ReviewerKind) -> Self {
        match kind {
            ReviewerKind::Person => Self::Person,
            ReviewerKind::Automation => Self::Automation,
        }
    }
}

/// A reviewer's verdict on one check.
///
/// ```
/// use acceptance_ledger::Verdict;
///
/// assert_eq!("not_applicable".parse(), Ok(Verdict::NotApplicable));
/// assert_eq!(Verdict::Pass.to_string(), "pass");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// The check is met.
    Pass,
    /// The check is not met.
    Fail,
    /// The check does not apply. Each of its fields is `not_applicable` and may be, or is blank and not required.
    NotApplicable,
}

/// A reviewer's decision about one answer. It comes from a valid [`ReviewDocument`] without findings, and it judges only
/// the answer that the document names.
///
/// ```
/// use acceptance_ledger::{Lane, ReviewDocument, ReviewerCheck, Verdict};
///
/// let record = b"schema_version: monitoring_reviewer_record_v1
/// acceptance_candidate_id: monitoring_owner_response_acceptance:prometheus_rules:rules/node.yml
/// response_event: sha256:0000000000000000000000000000000000000000000000000000000000000000
/// not_authorization: true
/// reviewer: Rex Reviewer
/// reviewer_kind: person
/// reviewed_at: 2026-12-01T10:00:00+08:00
/// outcome: request_supplement
/// reason: Nobody is named for a rollback.
/// record_ref: ticket:OPS-13
/// checks:
///   rollback_owner_present: fail
/// ";
/// let document = ReviewDocument::parse(record).unwrap();
/// let record = document.record().unwrap();
/// assert_eq!(record.outcome(), Lane::RequestSupplement);
/// assert_eq!(record.verdict(ReviewerCheck::RollbackOwnerPresent), Some(Verdict::Fail));
/// ```
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
#[must_use = "a record changes nothing until a candidate takes it"]
pub struct ReviewerRecord {
    /// The bytes and the digest of the document that the record comes from.
    pub(crate) original: Original,
    /// Whether that document is JSON or YAML.
    pub(crate) notation: Notation,
    pub(crate) candidate_id: String,
    /// The digest of the journal event of the judged answer.
    pub(crate) response_event: Digest,
    pub(crate) reviewer: String,
    pub(crate) kind: ReviewerKind,
    pub(crate) reviewed_at: Time,
    pub(crate) outcome: Lane,
    /// The time when the acceptance ends; `None` for a hold.
    pub(crate) valid_until: Option<Time>,
    /// The verdicts. A check without a verdict was not judged, so it did not pass.
    pub(crate) verdicts: BTreeMap<ReviewerCheck, Verdict>,
    pub(crate) signer: Option<Signer>,
}

impl ReviewerRecord {
    /// Returns who reviewed.
    #[must_use]
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// Returns whether the reviewer is a person. If the record is signed, the role of its key must be person, too.
    #[must_use]
    pub fn is_by_person(&self) -> bool {
        let is_person = |signer: &Signer| signer.role() == SignerRole::Person;
        self.kind == ReviewerKind::Person && self.signer.as_ref().is_none_or(is_person)
    }

    /// Returns the lane that the reviewer chooses for the answer.
    #[must_use]
    pub const fn outcome(&self) -> Lane {
        self.outcome
    }

    /// Returns who signed the record; `None` if it is not signed.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// Returns when the reviewer decided, according to the record.
    #[must_use]
    pub const fn reviewed_at(&self) -> &Time {
        &self.reviewed_at
    }

    /// Returns the time when the acceptance ends; `None` for a hold.
    #[must_use]
    pub const fn valid_until(&self) -> Option<&Time> {
        self.valid_until.as_ref()
    }

    /// Returns whether the acceptance is valid at a time: only before its end. Without an end it is never valid.
    pub(crate) fn holds_at(&self, time: &Time) -> bool {
        self.valid_until.as_ref().is_some_and(|until| time.is_before(until))
    }

    /// Returns the verdict on `check`; `None` if the record does not judge it.
    #[must_use]
    pub fn verdict(&self, check: ReviewerCheck) -> Option<Verdict> {
        self.verdicts.get(&check).copied()
    }

    /// Returns the verdicts, in the ledger's order of the checks.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (ReviewerCheck, Verdict)> {
        ReviewerCheck::ALL.iter().filter_map(|check| Some((*check, self.verdict(*check)?)))
    }

    /// Checks that the times of the record fit the time at which it is recorded.
    ///
    /// # Errors
    ///
    /// If the review is ahead of the clock, or the acceptance is already over.
    pub(crate) fn check_times(&self, recorded_at: &Time) -> Result<(), Refusal> {
        if self.reviewed_at.is_ahead_of(recorded_at) {
            return Err(Refusal::AheadOfTheClock);
        }
        if self.valid_until.is_some() && !self.holds_at(recorded_at) {
            return Err(Refusal::AlreadyExpired);
        }
        Ok(())
    }

    /// Checks that the record judges this answer for this surface, and that the reviewer signed it, if it is signed.
    ///
    /// # Errors
    ///
    /// If the candidate, the answer, the signer or the role of the signer is another one.
    pub(crate) fn check_subject(
        &self,
        surface: &Surface,
        answer: Option<Digest>,
    ) -> Result<(), Refusal> {
        if !surface.is_candidate(&self.candidate_id) {
            return Err(Refusal::OtherCandidate);
        }
        if answer != Some(self.response_event) {
            return Err(Refusal::OtherAnswer);
        }
        match &self.signer {
            Some(signer) if signer.principal() != self.reviewer => Err(Refusal::NotTheSigner),
            Some(signer) if signer.role() != self.kind.into() => {
                Err(Refusal::OtherRole { kind: self.kind, role: signer.role() })
            }
            _ => Ok(()),
        }
    }

    /// Checks that the verdicts fit the findings of triage and the owner's answers.
    ///
    /// `answers` is `None` if nothing of the answer is kept. Then no field counts as answered, and no check may be
    /// `not_applicable`. A check may always fail.
    ///
    /// # Errors
    ///
    /// For the first verdict that does not fit.
    fn check_verdicts(
        &self,
        answers: Option<&Answers>,
        surface: &Surface,
        findings: &[Finding],
    ) -> Result<(), Refusal> {
        let may_be_not_applicable =
            |check| answers.is_some_and(|answers| is_not_applicable(check, answers, surface));
        for (check, verdict) in self.verdicts() {
            match verdict {
                Verdict::Pass if findings.iter().any(|finding| finding.check() == check) => {
                    return Err(Refusal::PassAgainstFinding(check));
                }
                Verdict::Pass if !is_answered(check, answers) => {
                    return Err(Refusal::PassUnanswered(check));
                }
                Verdict::NotApplicable if !may_be_not_applicable(check) => {
                    return Err(Refusal::NotApplicableUnearned(check));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Checks that the record may hold the answer in the lane of its outcome.
    ///
    /// # Errors
    ///
    /// If a verdict does not fit, or if no failed check belongs to that lane.
    pub(crate) fn check_hold(
        &self,
        answers: Option<&Answers>,
        surface: &Surface,
        findings: &[Finding],
    ) -> Result<(), Refusal> {
        self.check_verdicts(answers, surface, findings)?;
        let mut failed = self.verdicts().filter(|(_, verdict)| *verdict == Verdict::Fail);
        if failed.any(|(check, _)| check.belongs_to(self.outcome)) {
            Ok(())
        } else {
            Err(Refusal::NoFailedCheck(self.outcome))
        }
    }

    /// Checks that the record may accept the answer.
    ///
    /// # Errors
    ///
    /// If the reviewer is not a person or is the responder, the answer is not signed although the record is, a check failed
    /// or has no verdict, the acceptance ends too late or not at all, or a verdict does not fit.
    pub(crate) fn check_acceptance(
        &self,
        response: &OwnerResponse,
        surface: &Surface,
    ) -> Result<(), Refusal> {
        if !self.is_by_person() {
            return Err(Refusal::NotAPerson);
        }
        let is_same_key = match (&self.signer, &response.signer) {
            (Some(reviewer), Some(responder)) => reviewer.key() == responder.key(),
            // An unsigned responder is only a claim, so it cannot be shown that the reviewer is another person.
            (Some(_), None) => return Err(Refusal::AnswerUnsigned),
            _ => false,
        };
        if is_same_key || is_same_person(&self.reviewer, &response.responder) {
            return Err(Refusal::OwnAnswer);
        }
        for check in ReviewerCheck::ALL {
            match self.verdict(*check) {
                Some(Verdict::Fail) => return Err(Refusal::FailedCheck(*check)),
                None => return Err(Refusal::NotJudged(*check)),
                Some(Verdict::Pass | Verdict::NotApplicable) => {}
            }
        }
        let holds_for = self.valid_until.as_ref().map(|end| self.reviewed_at.seconds_to(end));
        if !holds_for.is_some_and(|seconds| (1..=MAX_VALIDITY).contains(&seconds)) {
            return Err(Refusal::ValidUntilOutOfRange);
        }
        // An answer that is ready for review has no findings.
        self.check_verdicts(Some(&response.answers), surface, &[])
    }
}

/// The maximum validity of an acceptance, in seconds.
const MAX_VALIDITY: i64 = MAX_ACCEPTANCE_DAYS * 24 * 60 * 60;

/// Returns the answer fields that a check is about; none if it is about the answer as a whole.
fn fields_of(check: ReviewerCheck) -> impl Iterator<Item = AcceptanceField> {
    AcceptanceField::answers().filter(move |field| field.check() == Some(check))
}

/// Returns whether a check can pass for these answers: it is about the answer as a whole, or one of its fields is
/// answered. Nothing is true unearned.
///
/// During replay, an answer may be unavailable because it was withdrawn or is not the latest. It counts as answered: no
/// state that it leads to stays.
pub(crate) fn is_answered(check: ReviewerCheck, answers: Option<&Answers>) -> bool {
    let mut fields = fields_of(check).peekable();
    fields.peek().is_none()
        || answers.is_some_and(|answers| {
            answers.are_unavailable() || fields.any(|field| answers.is_answered(field))
        })
}

/// Returns whether a check may be not applicable: it has fields, and each of them is answered with `not_applicable`, or
/// is not answered and not required.
pub(crate) fn is_not_applicable(
    check: ReviewerCheck,
    answers: &Answers,
    surface: &Surface,
) -> bool {
    let mut fields = fields_of(check).peekable();
    fields.peek().is_some()
        && (answers.are_unavailable()
            || fields.all(|field| match requirement(field, surface, answers) {
                Requirement::Optional => !answers.is_answered(field),
                Requirement::ByRequest => answers.is_not_applicable(field),
                Requirement::Demanded => false,
            }))
}

/// Returns whether two names mean the same person. Names are folded, because another spelling does not make another person.
fn is_same_person(one: &str, other: &str) -> bool {
    fold_name(one) == fold_name(other)
}

/// Why a reviewer record changes nothing.
///
/// ```
/// use acceptance_ledger::Refusal;
///
/// assert_eq!(Refusal::OwnAnswer.to_string(), "the reviewer is the responder; another person must review the answer");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No record leads from the candidate's lane to this outcome.
    #[error(
        "a review cannot change the lane from {from} to {outcome}; choose a hold that is equally strict or stricter, or wait for a new answer"
    )]
    NoSuchStep {
        /// The lane of the candidate.
        from: Lane,
        /// The outcome of the record.
        outcome: Lane,
    },
    /// The record is about another candidate.
    #[error("the record is about another candidate; use the template of this surface")]
    OtherCandidate,
    /// The record judges an answer that is not the latest one.
    #[error(
        "the record is not about the latest answer of this surface; read the latest answer, and copy its response_event from the draft that `template --review` writes"
    )]
    OtherAnswer,
    /// The signer of the record is not its reviewer.
    #[error("the signer of the record is not its reviewer; let the reviewer sign it")]
    NotTheSigner,
    /// The record says another kind of reviewer than the role of its key.
    #[error(
        "reviewer_kind is {kind}, but the key of the signature has the role {role}; correct reviewer_kind, or sign with another key"
    )]
    OtherRole {
        /// What the record says.
        kind: ReviewerKind,
        /// What the key says.
        role: SignerRole,
    },
    /// The record is signed and the answer is not. An unsigned responder is only a claim.
    #[error(
        "the record is signed, but the answer is not; the owner must answer again and sign the answer"
    )]
    AnswerUnsigned,
    /// The same record was filed before.
    #[error("this record is already in the journal; no action is needed")]
    FiledBefore,
    /// A program tried to accept.
    #[error("only a person can accept an answer; ask a person to review it, or hold the answer")]
    NotAPerson,
    /// The owner tried to accept their own answer.
    #[error("the reviewer is the responder; another person must review the answer")]
    OwnAnswer,
    /// An acceptance with a failed check.
    #[error("the check {0} failed; hold the answer, or correct the verdict")]
    FailedCheck(ReviewerCheck),
    /// An acceptance that does not judge a check.
    #[error("the check {0} has no verdict; to accept an answer, give all 23 checks a verdict")]
    NotJudged(ReviewerCheck),
    /// An acceptance that does not end after the review, or that ends too long after it.
    #[error(
        "valid_until must be later than reviewed_at, by at most {MAX_ACCEPTANCE_DAYS} days; correct it"
    )]
    ValidUntilOutOfRange,
    /// An acceptance whose end has passed.
    #[error("valid_until is in the past; give the acceptance a later end")]
    AlreadyExpired,
    /// A record that is dated in the future.
    #[error(
        "reviewed_at is more than {MAX_MINUTES_AHEAD} minutes ahead of the clock; give the time of the review"
    )]
    AheadOfTheClock,
    /// A check passed although triage has a finding against it.
    #[error("triage has a finding against the check {0}, so the check cannot pass; fail it")]
    PassAgainstFinding(ReviewerCheck),
    /// A check passed although none of its fields is answered.
    #[error(
        "no field of the check {0} is answered, so the check cannot pass; fail it, or write not_applicable if it does not apply"
    )]
    PassUnanswered(ReviewerCheck),
    /// A check was called not applicable although it applies.
    #[error(
        "the check {0} must not be not_applicable, because it applies to this answer; write pass if its field is answered, otherwise fail"
    )]
    NotApplicableUnearned(ReviewerCheck),
    /// An acceptance after a torn line, which may have revoked the last acceptance.
    #[error(
        "the last line of the journal is cut off, and it may have ended the acceptance; hold the answer, or ask the owner to answer again"
    )]
    AcceptanceSuspended,
    /// The event of the record cannot be read back after it is written.
    #[error(
        "the event of this record could not be parsed again, so nothing was written; report this as a bug"
    )]
    Unreadable,
    /// A hold without a failed check of its lane.
    #[error(
        "no check of the lane {0} failed; to hold the answer in this lane, fail a check that belongs to it"
    )]
    NoFailedCheck(Lane),
}

impl Refusal {
    /// Returns the JSON pointer of the value that the refusal is about; empty for the record as a whole.
    #[must_use]
    pub fn pointer(self) -> String {
        let key = match self {
            Self::OtherCandidate => RecordKey::AcceptanceCandidateId,
            Self::OtherAnswer => RecordKey::ResponseEvent,
            Self::NotAPerson | Self::OtherRole { .. } => RecordKey::ReviewerKind,
            Self::OwnAnswer | Self::NotTheSigner | Self::AnswerUnsigned => RecordKey::Reviewer,
            Self::NoSuchStep { .. } | Self::AcceptanceSuspended | Self::NoFailedCheck(_) => {
                RecordKey::Outcome
            }
            Self::ValidUntilOutOfRange | Self::AlreadyExpired => RecordKey::ValidUntil,
            Self::AheadOfTheClock => RecordKey::ReviewedAt,
            Self::FailedCheck(check)
            | Self::PassAgainstFinding(check)
            | Self::PassUnanswered(check)
            | Self::NotApplicableUnearned(check) => {
                return format!("{}/{check}", RecordKey::Checks.pointer());
            }
            Self::NotJudged(_) => RecordKey::Checks,
            Self::FiledBefore | Self::Unreadable => return String::new(),
        };
        key.pointer()
    }
}
