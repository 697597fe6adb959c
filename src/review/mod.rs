//! What a reviewer decides, and when the core refuses it.

mod document;

use std::collections::BTreeMap;

use crate::detect::fold_name;
use crate::digest::{Digest, Original};
use crate::document::Notation;
use crate::inputs::Surface;
use crate::response::{Answers, OwnerResponse, Requirement, requirement};
use crate::signer::{Signer, SignerRole};
use crate::time::Time;
use crate::triage::Finding;
use crate::words::{AcceptanceField, Lane, RecordKey, ReviewerCheck};

pub(crate) use document::ACCEPT;
pub use document::ReviewDocument;

/// Who made a reviewer record. Automation may hold an answer back; only a person moves it forward.
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
    /// The role that the signer of such a reviewer's record has.
    fn from(kind: ReviewerKind) -> Self {
        match kind {
            ReviewerKind::Person => Self::Person,
            ReviewerKind::Automation => Self::Automation,
        }
    }
}

/// What a reviewer says of one check.
///
/// ```
/// use acceptance_ledger::{ReviewerCheck, ReviewerRecord, Verdict};
///
/// fn has_passed(record: &ReviewerRecord, check: ReviewerCheck) -> bool {
///     record.verdict(check) == Some(Verdict::Pass)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::Display, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// The check is met.
    Pass,
    /// It is not.
    Fail,
    /// It does not apply: the owner said so and may, or left blank what is not required.
    NotApplicable,
}

/// What a reviewer decided about one answer. It comes from a [`ReviewDocument`] that passes, and judges the
/// one answer that the document names.
///
/// ```
/// use acceptance_ledger::{Accepted, Candidate, ReadyForReview, Refused, ReviewerRecord};
///
/// fn file(candidate: Candidate<ReadyForReview>, record: ReviewerRecord) -> String {
///     match candidate.accept(record) {
///         Ok(Accepted::OwnerReviewOnlyUpdate(_)) => "the ledger says so, and no more".to_owned(),
///         Ok(Accepted::WaitingRuntimeGate(_)) => "the gate is still shut".to_owned(),
///         Err(Refused { reason, .. }) => format!("unchanged: {reason}"),
///     }
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[cfg_attr(test, derive(Clone))]
#[must_use = "a record changes nothing until a candidate takes it"]
pub struct ReviewerRecord {
    /// The document that the record comes from, and how it is written.
    pub(crate) original: Original,
    pub(crate) notation: Notation,
    pub(crate) candidate_id: String,
    /// The journal's event of the answer that was judged.
    pub(crate) response_event: Digest,
    pub(crate) reviewer: String,
    pub(crate) kind: ReviewerKind,
    pub(crate) reviewed_at: Time,
    pub(crate) outcome: Lane,
    /// Until when an acceptance holds.
    pub(crate) valid_until: Option<Time>,
    /// A check that is not there was not judged, and has not passed.
    pub(crate) verdicts: BTreeMap<ReviewerCheck, Verdict>,
    pub(crate) signer: Option<Signer>,
}

impl ReviewerRecord {
    /// Who reviewed.
    #[must_use]
    pub fn reviewer(&self) -> &str {
        &self.reviewer
    }

    /// Whether that is a person. Of a signed record its key decides, whatever the record says.
    #[must_use]
    pub fn is_by_person(&self) -> bool {
        let is_person = |signer: &Signer| signer.role() == SignerRole::Person;
        self.kind == ReviewerKind::Person && self.signer.as_ref().is_none_or(is_person)
    }

    /// The lane that the reviewer gives the answer.
    #[must_use]
    pub const fn outcome(&self) -> Lane {
        self.outcome
    }

    /// Who signed the record, where it is signed.
    #[must_use]
    pub const fn signer(&self) -> Option<&Signer> {
        self.signer.as_ref()
    }

    /// When the reviewer decided, as the record says.
    #[must_use]
    pub const fn reviewed_at(&self) -> &Time {
        &self.reviewed_at
    }

    /// Until when an acceptance holds; `None` for a hold.
    #[must_use]
    pub const fn valid_until(&self) -> Option<&Time> {
        self.valid_until.as_ref()
    }

    /// Whether the acceptance holds at a time: before its end, and never without one.
    pub(crate) fn holds_at(&self, time: &Time) -> bool {
        self.valid_until.as_ref().is_some_and(|until| time.is_before(until))
    }

    /// What the reviewer says of `check`; `None` where the record does not judge it.
    #[must_use]
    pub fn verdict(&self, check: ReviewerCheck) -> Option<Verdict> {
        self.verdicts.get(&check).copied()
    }

    /// The verdicts, in the ledger's order of the checks.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = (ReviewerCheck, Verdict)> {
        ReviewerCheck::ALL.iter().filter_map(|check| Some((*check, self.verdict(*check)?)))
    }

    /// Whether the record can be one of the time at which it is recorded.
    pub(crate) fn fits_in_time(&self, recorded_at: &Time) -> Result<(), Refusal> {
        if self.reviewed_at.is_ahead_of(recorded_at) {
            return Err(Refusal::AheadOfTheClock);
        }
        if self.valid_until.as_ref().is_some_and(|end| !recorded_at.is_before(end)) {
            return Err(Refusal::OverAlready);
        }
        Ok(())
    }

    /// Whether the record judges this answer of this surface, and is the reviewer's own.
    pub(crate) fn is_about(
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

    /// Whether the verdicts fit what triage found and what the owner answered.
    ///
    /// Where the answer is no longer there, no field of it is answered, and nothing can be called not applicable to
    /// it. A check may fail in any case.
    fn judges(
        &self,
        answers: Option<&Answers>,
        surface: &Surface,
        findings: &[Finding],
    ) -> Result<(), Refusal> {
        let is_skippable =
            |check| answers.is_some_and(|answers| is_not_applicable(check, answers, surface));
        for (check, verdict) in self.verdicts() {
            match verdict {
                Verdict::Pass if findings.iter().any(|finding| finding.check() == check) => {
                    return Err(Refusal::PassAgainstFinding(check));
                }
                Verdict::Pass if !is_answered(check, answers) => {
                    return Err(Refusal::PassUnanswered(check));
                }
                Verdict::NotApplicable if !is_skippable(check) => {
                    return Err(Refusal::NotApplicableUnearned(check));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Whether the record may hold the answer in its outcome's lane.
    pub(crate) fn holds(
        &self,
        answers: Option<&Answers>,
        surface: &Surface,
        findings: &[Finding],
    ) -> Result<(), Refusal> {
        self.judges(answers, surface, findings)?;
        let mut failed = self.verdicts().filter(|(_, verdict)| *verdict == Verdict::Fail);
        if failed.any(|(check, _)| check.belongs_to(self.outcome)) {
            Ok(())
        } else {
            Err(Refusal::NoFailedCheck(self.outcome))
        }
    }

    /// Whether the record may accept the answer.
    pub(crate) fn accepts(
        &self,
        response: &OwnerResponse,
        surface: &Surface,
    ) -> Result<(), Refusal> {
        if !self.is_by_person() {
            return Err(Refusal::NotAPerson);
        }
        let is_same_key = match (&self.signer, &response.signer) {
            (Some(reviewer), Some(responder)) => reviewer.key() == responder.key(),
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
            return Err(Refusal::NotWithinAYear);
        }
        self.judges(Some(&response.answers), surface, &[])
    }
}

/// How long an acceptance may hold, in seconds: 366 days, so that a yearly review comes in time in a leap year, too.
const MAX_VALIDITY: i64 = 366 * 24 * 60 * 60;

/// The fields of the answer that a check is about; none where it is about the answer at large.
fn fields_of(check: ReviewerCheck) -> impl Iterator<Item = AcceptanceField> {
    AcceptanceField::answers().filter(move |field| field.check() == Some(check))
}

/// Whether a check can pass over these answers: it is about the answer at large, or one of its fields is
/// answered. Nothing is true unearned.
pub(crate) fn is_answered(check: ReviewerCheck, answers: Option<&Answers>) -> bool {
    let mut fields = fields_of(check).peekable();
    fields.peek().is_none()
        || answers.is_some_and(|answers| {
            answers.are_unavailable() || fields.any(|field| answers.is_answered(field))
        })
}

/// A check may be not applicable where it has fields, and each was answered so, or is blank and
/// not required.
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

/// Unsigned names are a claim; spelling one differently makes no other person of it.
fn is_same_person(one: &str, other: &str) -> bool {
    fold_name(one) == fold_name(other)
}

/// Why a reviewer record changes nothing.
///
/// ```
/// use acceptance_ledger::Refusal;
///
/// assert_eq!(Refusal::OwnAnswer.to_string(), "the reviewer is the responder; another person has to review");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// No record leads from the candidate's lane to this outcome.
    #[error(
        "no review leads from {from} to {outcome}; hold it as strictly as it stands or stricter, or wait for another answer"
    )]
    NoSuchStep {
        /// The lane that the candidate stands in.
        from: Lane,
        /// The outcome of the record.
        outcome: Lane,
    },
    /// The record is about another candidate.
    #[error("the record is about another candidate; take the template of this surface")]
    OtherCandidate,
    /// The record judges another answer than the latest one.
    #[error(
        "the record judges another answer than the surface's latest; look at that one, and take its response_event from `template --review`"
    )]
    OtherAnswer,
    /// The signature is another's than the reviewer's.
    #[error("another principal than the reviewer signed the record; the reviewer has to sign it")]
    NotTheSigner,
    /// The record says that its reviewer is of another kind than its signer.
    #[error(
        "reviewer_kind says {kind}, and the key that signed the record signs as {role}; the two have to agree"
    )]
    OtherRole {
        /// What the record says.
        kind: ReviewerKind,
        /// What the key says.
        role: SignerRole,
    },
    /// The record is signed and the answer is not: the responder is only a claim.
    #[error(
        "the answer is not signed; where records are signed, the owner has to answer anew and sign"
    )]
    AnswerUnsigned,
    /// The same record was filed before.
    #[error("this record was filed before; nothing is to be done")]
    FiledBefore,
    /// A program tried to accept.
    #[error("only a person can accept an answer")]
    NotAPerson,
    /// The owner tried to accept their own answer.
    #[error("the reviewer is the responder; another person has to review")]
    OwnAnswer,
    /// An acceptance with a failed check.
    #[error("the check {0} failed; hold the answer, or pass the check")]
    FailedCheck(ReviewerCheck),
    /// An acceptance that does not judge a check.
    #[error("the check {0} has no verdict; to accept an answer, judge all 23")]
    NotJudged(ReviewerCheck),
    /// An acceptance that ends before it begins, or too late.
    #[error("valid_until has to be later than reviewed_at, by 366 days at most")]
    NotWithinAYear,
    /// An acceptance that is over already.
    #[error("valid_until is over already; give the acceptance a later end")]
    OverAlready,
    /// A record of the future.
    #[error(
        "reviewed_at is more than five minutes ahead of the clock; give the time of the review"
    )]
    AheadOfTheClock,
    /// A check was passed that triage found something against.
    #[error("triage found something against the check {0}; it cannot be passed")]
    PassAgainstFinding(ReviewerCheck),
    /// A check was passed over a field that nobody answered.
    #[error("no field of the check {0} is answered; it cannot be passed")]
    PassUnanswered(ReviewerCheck),
    /// A check was called not applicable that does apply.
    #[error("the check {0} is applicable; pass it where its field is answered, or fail it")]
    NotApplicableUnearned(ReviewerCheck),
    /// An acceptance while a torn line may have revoked the last one.
    #[error(
        "the last line of the journal is torn: it may have revoked the acceptance; hold the answer, or have the owner answer again"
    )]
    AcceptanceSuspended,
    /// The event would not read back.
    #[error("its event could not be read back, so it is not written; please report this")]
    Unreadable,
    /// A hold without a reason.
    #[error("to hold an answer in {0}, fail a check that belongs to that lane")]
    NoFailedCheck(Lane),
}

impl Refusal {
    /// The JSON pointer of the value that the refusal is about; empty for the record as a whole.
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
            Self::NotWithinAYear | Self::OverAlready => RecordKey::ValidUntil,
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
