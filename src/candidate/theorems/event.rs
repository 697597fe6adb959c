//! The abstract events that can happen to a candidate.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::digest::Digest;
use crate::document::Notation;
use crate::inputs::Surface;
use crate::original::Original;
use crate::response::{Answers, OwnerResponse};
use crate::review::{ReviewerKind, ReviewerRecord, Verdict};
use crate::time::Time;
use crate::triage::{Finding, Triage};
use crate::words::{AcceptanceField, Lane, Problem, ReviewerCheck};

/// The responder of every answer in these tests.
const RESPONDER: &str = "Ada Owner";

/// The digest of every answer's journal event in these tests.
pub(super) fn answer() -> Digest {
    Digest::of(b"an answer")
}

/// The check whose field is blank in every answer of these tests. No request asks for the field.
pub(super) const UNANSWERED: ReviewerCheck = ReviewerCheck::CrossProjectNotificationPresent;

#[derive(Clone, Debug)]
pub(super) enum Event {
    /// The owner answers, and triage has these findings.
    Answer(Vec<Finding>),
    Review(Record),
    SurfaceChanged,
    /// Somebody looks at the candidate at this time.
    AsOf(Moment),
}

/// A time relative to the end of an acceptance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moment {
    Before,
    AtTheEnd,
    After,
    /// The time is not known.
    Unknown,
}

impl Moment {
    pub(super) const ALL: [Self; 4] = [Self::Before, Self::AtTheEnd, Self::After, Self::Unknown];

    pub(super) fn time(self) -> Option<Time> {
        let text = match self {
            Self::Before => "2027-11-20T09:59:59Z",
            Self::AtTheEnd => VALID_UNTIL,
            Self::After => "2027-11-20T10:00:01Z",
            Self::Unknown => return None,
        };
        Some(text.parse().unwrap())
    }
}

/// The time of every review in these tests.
const REVIEWED_AT: &str = "2026-11-20T10:00:00Z";
/// The end of every acceptance in these tests. It is 10:00:00Z, written with another offset than the moments around it.
const VALID_UNTIL: &str = "2027-11-20T18:00:00+08:00";

#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) kind: ReviewerKind,
    pub(super) outcome: Lane,
    pub(super) is_by_responder: bool,
    /// The verdicts that differ from the expected ones. The expected verdict is `not_applicable` for [`UNANSWERED`] and
    /// `pass` for every other check. `None` means that the record does not judge the check.
    pub(super) exceptions: BTreeMap<ReviewerCheck, Option<Verdict>>,
}

impl Record {
    pub(super) fn verdict(&self, check: ReviewerCheck) -> Option<Verdict> {
        let expected_verdict =
            if check == UNANSWERED { Verdict::NotApplicable } else { Verdict::Pass };
        self.exceptions.get(&check).copied().unwrap_or(Some(expected_verdict))
    }

    pub(super) fn fails_a_check_of_its_lane(&self) -> bool {
        self.exceptions.iter().any(|(check, verdict)| {
            *verdict == Some(Verdict::Fail) && check.belongs_to(self.outcome)
        })
    }

    pub(super) fn to_reviewer_record(&self, surface: &Surface) -> ReviewerRecord {
        // The responder's name with a full-width, an invisible and a Cyrillic character: it is still the same person.
        let reviewer =
            if self.is_by_responder { " \u{ff21}da\u{200b}  OWN\u{415}R " } else { "Rex Reviewer" };
        ReviewerRecord {
            original: Original::new(b"a record"),
            notation: Notation::Yaml,
            reviewed_at: REVIEWED_AT.parse().unwrap(),
            valid_until: (self.outcome == Lane::OwnerReviewOnlyUpdate)
                .then(|| VALID_UNTIL.parse().unwrap()),
            candidate_id: surface.candidate_id(),
            response_event: answer(),
            signer: None,
            reviewer: reviewer.to_owned(),
            kind: self.kind,
            outcome: self.outcome,
            verdicts: ReviewerCheck::ALL
                .iter()
                .filter_map(|check| Some((*check, self.verdict(*check)?)))
                .collect(),
        }
    }
}

/// An answer that fills in every field except the notice to other projects, which is not required.
pub(super) fn triage(findings: &[Finding]) -> Triage {
    let mut answers = Answers::default();
    for field in AcceptanceField::answers() {
        match field {
            AcceptanceField::CrossProjectNotificationRef => {}
            AcceptanceField::RedactedEvidenceRefs => {
                answers.set_evidence_refs(vec!["ticket:OPS-1".to_owned()]);
            }
            _ => answers.set_text(field, format!("answer to {field}")),
        }
    }
    let response =
        OwnerResponse { responder: RESPONDER.to_owned(), answers, hints: Vec::new(), signer: None };
    Triage { response, findings: findings.to_vec() }
}

/// A finding that leads to `lane`.
pub(super) fn finding_in(lane: Lane) -> Finding {
    let problem = Problem::ALL.iter().copied().find(|problem| problem.lane() == lane).unwrap();
    Finding::of(problem, None)
}

/// Every abstract event once: a changed surface, every moment, an answer for every lane, and every
/// outcome by every kind of reviewer. A held answer comes alone and with a milder finding. An outcome
/// comes with each set of verdicts from `verdicts_for`, and once from the responder.
pub(super) fn every_event() -> Vec<Event> {
    let mut events = vec![Event::SurfaceChanged];
    events.extend(Moment::ALL.map(Event::AsOf));
    events.extend(every_answer());
    for kind in [ReviewerKind::Person, ReviewerKind::Automation] {
        for outcome in Lane::ALL.iter().copied() {
            for exceptions in verdicts_for(outcome) {
                events.push(Event::Review(Record {
                    kind,
                    outcome,
                    is_by_responder: false,
                    exceptions,
                }));
            }
            let exceptions = BTreeMap::new();
            events.push(Event::Review(Record { kind, outcome, is_by_responder: true, exceptions }));
        }
    }
    events
}

fn every_answer() -> impl Iterator<Item = Event> {
    let holds = Lane::ALL.iter().copied().filter(|lane| lane.is_hold());
    let held = holds.flat_map(|lane| {
        let finding = finding_in(lane);
        [vec![finding.clone()], vec![finding_in(Lane::RequestSupplement), finding]]
    });
    held.chain([Vec::new()]).map(Event::Answer)
}

/// The events that lead to every state: waiting, ready, accepted, and held. A hold comes without a
/// record, and with a record by each kind of reviewer.
pub(super) fn path_to_every_state() -> Vec<Vec<Event>> {
    let accepted = Record {
        kind: ReviewerKind::Person,
        outcome: Lane::OwnerReviewOnlyUpdate,
        is_by_responder: false,
        exceptions: BTreeMap::new(),
    };
    let ready = Event::Answer(vec![]);
    let mut paths = vec![vec![], vec![ready.clone()], vec![ready, Event::Review(accepted)]];
    for lane in Lane::ALL.iter().copied().filter(|lane| lane.is_hold()) {
        let answer = Event::Answer(vec![finding_in(lane)]);
        paths.push(vec![answer.clone()]);
        for kind in [ReviewerKind::Person, ReviewerKind::Automation] {
            // A withheld answer has no fields, so a check about fields cannot pass. It fails instead.
            let exceptions =
                failed(|check| check.belongs_to(lane) || (lane.is_withheld() && has_fields(check)));
            let record = Record { kind, outcome: lane, is_by_responder: false, exceptions };
            paths.push(vec![answer.clone(), Event::Review(record.clone())]);
            paths.push(vec![Event::Answer(vec![]), Event::Review(record)]);
        }
    }
    paths
}

type Verdicts = BTreeMap<ReviewerCheck, Option<Verdict>>;

fn failed(is_failed: impl Fn(ReviewerCheck) -> bool) -> Verdicts {
    let checks = ReviewerCheck::ALL.iter().copied().filter(|check| is_failed(*check));
    checks.map(|check| (check, Some(Verdict::Fail))).collect()
}

/// Verdicts that fail the checks of a lane and do not judge the others.
fn only_failed(outcome: Lane) -> Verdicts {
    let verdict = |check: ReviewerCheck| check.belongs_to(outcome).then_some(Verdict::Fail);
    ReviewerCheck::ALL.iter().map(|check| (*check, verdict(*check))).collect()
}

/// Whether a check is about fields of the answer.
pub(super) fn has_fields(check: ReviewerCheck) -> bool {
    AcceptanceField::answers().any(|field| field.check() == Some(check))
}

fn verdicts_for(outcome: Lane) -> Vec<Verdicts> {
    let skipped = |check| BTreeMap::from([(check, Some(Verdict::NotApplicable))]);
    vec![
        BTreeMap::new(),
        failed(|check| check.belongs_to(outcome)),
        failed(|check| !check.belongs_to(outcome)),
        failed(|_| true),
        failed(|check| has_fields(check) || check.belongs_to(outcome)),
        BTreeMap::from([(UNANSWERED, Some(Verdict::Pass))]),
        only_failed(outcome),
        BTreeMap::from([(ReviewerCheck::SecretValueAbsent, None)]),
        BTreeMap::from([(ReviewerCheck::RollbackOwnerPresent, None)]),
        failed(|check| check == UNANSWERED),
        skipped(ReviewerCheck::SecretValueAbsent),
        skipped(ReviewerCheck::RollbackOwnerPresent),
    ]
}

pub(super) fn any_event() -> impl Strategy<Value = Event> {
    prop_oneof![
        4 => any_findings().prop_map(Event::Answer),
        6 => any_record().prop_map(Event::Review),
        1 => Just(Event::SurfaceChanged),
        2 => select(&Moment::ALL[..]).prop_map(Event::AsOf),
    ]
}

fn any_findings() -> impl Strategy<Value = Vec<Finding>> {
    let answers: Vec<_> = AcceptanceField::answers().collect();
    let finding = (select(Problem::ALL), proptest::option::of(select(answers)))
        .prop_map(|(problem, field)| Finding::of(problem, field));
    prop_oneof![Just(Vec::new()), proptest::collection::vec(finding, 1..4)]
}

fn any_record() -> impl Strategy<Value = Record> {
    let kind = select(&[ReviewerKind::Person, ReviewerKind::Person, ReviewerKind::Automation][..]);
    let failed = prop_oneof![
        Just(Vec::new()),
        subsequence(ReviewerCheck::ALL, 0..=ReviewerCheck::ALL.len()),
        Just(ReviewerCheck::ALL.to_vec()),
    ];
    let skipped = proptest::option::weighted(0.2, select(ReviewerCheck::ALL));
    let left_out = prop_oneof![
        4 => Just(Vec::new()),
        1 => subsequence(ReviewerCheck::ALL, 1..=ReviewerCheck::ALL.len()),
    ];
    (kind, select(Lane::ALL), proptest::bool::weighted(0.2), failed, skipped, left_out).prop_map(
        |(kind, outcome, is_by_responder, failed, skipped, left_out)| {
            let left_out = left_out.into_iter().map(|check| (check, None));
            let failed = failed.into_iter().map(|check| (check, Some(Verdict::Fail)));
            let skipped = skipped.map(|check| (check, Some(Verdict::NotApplicable)));
            let exceptions = left_out.chain(failed).chain(skipped).collect();
            Record { kind, outcome, is_by_responder, exceptions }
        },
    )
}
