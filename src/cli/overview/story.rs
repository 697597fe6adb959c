//! The story of one surface: what happened, where it stands, who has to act, and what is missing.

use std::collections::BTreeMap;

use crate::candidate::AnyCandidate;
use crate::cli::repository::{Replay, log_of};
use crate::cli::signed::{self, Signed};
use crate::digest::Digest;
use crate::inputs::Surface;
use crate::io::signatures::AllowedSigners;
use crate::io::store::Folder;
use crate::journal::{Event, History, JournalFault, JournalLog};
use crate::response::{Answer, Answers, Hint, ResponseDocument};
use crate::review::{ReviewDocument, ReviewerKind, ReviewerRecord, Verdict};
use crate::time::Time;
use crate::triage::{Finding, carries_anything_withheld};
use crate::words::{
    AcceptanceField, Lane, Problem, ProgressFlag, ResponseKey, ReviewerCheck, WaitingOn, What, Why,
};

/// What a story is told from.
pub(in crate::cli) struct Reading<'a> {
    pub(in crate::cli) replay: &'a Replay,
    pub(in crate::cli) folder: &'a Folder,
    pub(in crate::cli) signers: Option<&'a AllowedSigners>,
    /// The owner that the request suggests.
    pub(in crate::cli) owner: Option<&'a str>,
    pub(in crate::cli) as_of: &'a Time,
}

/// The story of one surface.
#[derive(Debug)]
pub(in crate::cli) struct Story {
    pub(in crate::cli) surface: Surface,
    /// The owner that the answer names; without an answer, the owner that the request suggests.
    pub(in crate::cli) owner: Option<String>,
    /// The latest answer, unless it is withheld or no longer counts.
    pub(in crate::cli) answers: Option<Answers>,
    /// `None` if the journal is broken.
    pub(in crate::cli) lane: Option<Lane>,
    pub(in crate::cli) why: Why,
    /// When the acceptance ends or ended.
    pub(in crate::cli) valid_until: Option<Time>,
    pub(in crate::cli) is_received: bool,
    pub(in crate::cli) told: Vec<Told>,
    /// The decision that holds or accepts the answer now.
    pub(in crate::cli) decision: Option<Decision>,
    /// What triage finds against the latest answer today.
    pub(in crate::cli) findings: Vec<Finding>,
    /// Places of the latest answer that a reviewer should look at.
    pub(in crate::cli) hints: Vec<Hint>,
    pub(in crate::cli) faults: Vec<JournalFault>,
    /// The journal line of the latest answer. A reviewer record names it.
    pub(in crate::cli) response_event: Option<Digest>,
    /// The time of the latest stored answer. The next answer must be later.
    pub(in crate::cli) last_answer: Option<Time>,
    /// Whether the latest answer is stored, so that a form can be filled from it.
    pub(in crate::cli) is_stored: bool,
}

/// One thing that happened.
#[derive(Debug)]
pub(in crate::cli) struct Told {
    /// The number of the event in the journal. `None` for the end of an acceptance, which has no event.
    pub(in crate::cli) sequence: Option<usize>,
    pub(in crate::cli) at: Time,
    pub(in crate::cli) what: What,
    /// The lane after it.
    pub(in crate::cli) lane: Lane,
    /// Who answered or reviewed.
    pub(in crate::cli) who: Option<String>,
    /// The reason that the reviewer gave.
    pub(in crate::cli) reason: Option<String>,
    /// Until when the reviewer accepted.
    pub(in crate::cli) valid_until: Option<Time>,
    pub(in crate::cli) findings: Vec<Finding>,
    pub(in crate::cli) hints: usize,
    pub(in crate::cli) signed: Signed,
    pub(in crate::cli) is_withdrawn: bool,
}

/// The decision of a reviewer that counts now.
#[derive(Debug)]
pub(in crate::cli) struct Decision {
    pub(in crate::cli) reviewer: String,
    pub(in crate::cli) kind: ReviewerKind,
    pub(in crate::cli) reviewed_at: Time,
    pub(in crate::cli) record_ref: String,
    pub(in crate::cli) reason: String,
    pub(in crate::cli) verdicts: BTreeMap<ReviewerCheck, Verdict>,
    /// The lines of each failed check in the stored answer.
    pub(in crate::cli) lines: BTreeMap<ReviewerCheck, Vec<usize>>,
}

impl Decision {
    /// The checks with a verdict.
    pub(in crate::cli) fn checks(
        &self,
        wanted: Verdict,
    ) -> impl Iterator<Item = ReviewerCheck> + '_ {
        let with = move |(check, verdict): (&ReviewerCheck, &Verdict)| {
            (*verdict == wanted).then_some(*check)
        };
        self.verdicts.iter().filter_map(with)
    }
}

impl Story {
    /// The story of a surface whose owner has not answered.
    pub(super) fn unanswered(surface: Surface, owner: Option<&str>) -> Self {
        Self {
            surface,
            owner: owner.map(str::to_owned),
            answers: None,
            lane: Some(Lane::WaitingOwnerResponse),
            why: Why::NeverAnswered,
            valid_until: None,
            is_received: false,
            told: Vec::new(),
            decision: None,
            findings: Vec::new(),
            hints: Vec::new(),
            faults: Vec::new(),
            response_event: None,
            last_answer: None,
            is_stored: false,
        }
    }

    pub(in crate::cli) fn of(reading: &Reading<'_>) -> Self {
        let log = log_of(reading.replay);
        let candidate = reading.replay.as_ref().ok().map(History::candidate);
        let surface = match reading.replay {
            Ok(history) => history.candidate().surface(),
            Err(broken) => broken.surface(),
        };
        let is_expired =
            candidate.is_some_and(|candidate| candidate.is_expired(Some(reading.as_of)));
        let lane = candidate.map(|candidate| match candidate.lane() {
            _ if is_expired => Lane::WaitingOwnerResponse,
            lane => lane,
        });
        let has_record = candidate.is_some_and(|candidate| candidate.record().is_some());
        let why = match lane {
            None => Why::JournalBroken,
            Some(Lane::WaitingOwnerResponse) if is_expired => Why::Expired,
            Some(Lane::WaitingOwnerResponse) if log.events().is_empty() => Why::NeverAnswered,
            // An answer that was given stops counting in one other way: the surface changed.
            Some(Lane::WaitingOwnerResponse) => Why::SurfaceChanged,
            Some(Lane::ReadyForMonitoringReview) => Why::Ready,
            Some(lane) if !lane.is_hold() => Why::Accepted,
            Some(_) if has_record => Why::HeldByReviewer,
            Some(_) => Why::HeldByTriage,
        };
        let is_withheld = lane.is_some_and(Lane::is_withheld);
        let answer = reading.latest_answer(log).filter(|_| !is_withheld);
        Self {
            surface: surface.clone(),
            owner: owner_in(candidate).or_else(|| reading.owner.map(str::to_owned)),
            answers: candidate
                .filter(|_| !is_expired)
                .and_then(AnyCandidate::response)
                .map(|response| response.answers().clone()),
            lane,
            why,
            valid_until: candidate.and_then(AnyCandidate::valid_until).cloned(),
            is_received: candidate.is_some_and(|candidate| {
                let entry = candidate.entry_as_of(Some(reading.as_of));
                entry.has(ProgressFlag::OwnerResponseReceived)
            }),
            told: reading.told(surface, log),
            decision: candidate
                .filter(|_| !is_expired)
                .and_then(AnyCandidate::record)
                .and_then(|record| Reading::decision(record, answer.as_ref())),
            findings: candidate.map(|one| one.findings().to_vec()).unwrap_or_default(),
            hints: log.since_the_answer().first().map_or_else(Vec::new, |one| one.hints().to_vec()),
            faults: log.faults().to_vec(),
            response_event: log.response_event(),
            last_answer: log.events().iter().rev().find_map(Event::responded_at).cloned(),
            is_stored: answer.is_some(),
        }
    }

    /// Who has to act next. `None` if the journal is broken: somebody has to repair it first.
    pub(in crate::cli) fn waiting_on(&self) -> Option<WaitingOn> {
        Some(match self.lane? {
            Lane::WaitingOwnerResponse => WaitingOn::Owner,
            Lane::ReadyForMonitoringReview => WaitingOn::Reviewer,
            lane if lane.is_hold() => WaitingOn::Owner,
            _ => WaitingOn::Nobody,
        })
    }

    pub(in crate::cli) fn is_accepted(&self) -> bool {
        self.waiting_on() == Some(WaitingOn::Nobody)
    }

    /// Since when the surface has waited like this. `None` if the owner never answered.
    pub(in crate::cli) fn since(&self) -> Option<&Time> {
        if self.why == Why::Expired {
            return self.valid_until.as_ref();
        }
        self.told.iter().rfind(|told| told.sequence.is_some()).map(|told| &told.at)
    }

    /// The date of the latest answer.
    pub(in crate::cli) fn answered_on(&self) -> Option<String> {
        let answered = self.told.iter().rfind(|told| told.what == What::Answered)?;
        Some(date(&answered.at))
    }

    /// The checks that the reviewer failed. The owner has to fix these.
    pub(in crate::cli) fn failed_checks(&self) -> Vec<ReviewerCheck> {
        let decision = self.decision.iter();
        decision.flat_map(|decision| decision.checks(Verdict::Fail)).collect()
    }

    /// The fields of the findings, each once, in the order of the findings. A field with parts counts its parts.
    pub(in crate::cli) fn fields_to_change(&self) -> Vec<(String, usize)> {
        let mut fields: Vec<(String, usize)> = Vec::new();
        for finding in &self.findings {
            let (name, is_part) = top_field(finding.field());
            match fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, parts)) => *parts += usize::from(is_part),
                None => fields.push((name, usize::from(is_part))),
            }
        }
        fields
    }

    /// The problems and their fields, such as `secret_value in decision_reason`, each once.
    pub(in crate::cli) fn problems(&self) -> Vec<String> {
        let mut problems: Vec<String> = Vec::new();
        for finding in &self.findings {
            let problem = format!("{} in {}", finding.problem(), top_field(finding.field()).0);
            if !problems.contains(&problem) {
                problems.push(problem);
            }
        }
        problems
    }

    /// The tier of the surface, such as `C0`.
    pub(in crate::cli) fn tier(&self) -> Option<&str> {
        self.surface.descriptor(AcceptanceField::ControlTier)?.as_str()
    }
}

/// The day of a time, as it is written.
pub(in crate::cli) fn date(time: &Time) -> String {
    time.as_str().chars().take("2026-01-31".len()).collect()
}

/// The name of the field that a pointer leads to, and whether it leads to a part of the field.
fn top_field(pointer: &str) -> (String, bool) {
    let mut steps = pointer.trim_start_matches('/').split('/');
    let name = match steps.next().unwrap_or_default() {
        "" => "the whole answer".to_owned(),
        // The name of an unknown key is not shown, because it may be a secret.
        name if name.starts_with('#') => format!("key {}", name.trim_start_matches('#')),
        name => name.to_owned(),
    };
    (name, steps.next().is_some())
}

/// Whether a finding is about a field, or about a part of it.
pub(in crate::cli) fn is_about(finding: &Finding, field: AcceptanceField) -> bool {
    finding.field().split('/').nth(1) == Some(field.as_str())
}

/// The owner that an answer names. `nobody` and the like name none, and triage has found that.
fn owner_in(candidate: Option<&AnyCandidate>) -> Option<String> {
    let candidate = candidate?;
    if candidate.findings().iter().any(|one| {
        one.problem() == Problem::OwnerNotNamed && is_about(one, AcceptanceField::OwnerRoleOrTeam)
    }) {
        return None;
    }
    let answers = candidate.response()?.answers();
    match answers.answer(AcceptanceField::OwnerRoleOrTeam)? {
        Answer::Text(text) => Some(text.clone()),
        _ => None,
    }
}

impl Reading<'_> {
    /// The latest answer; `None` if it is not stored.
    fn latest_answer(&self, log: &JournalLog) -> Option<ResponseDocument> {
        let name = log.since_the_answer().first()?.document()?;
        let bytes = self.folder.dossier.documents.get(&name).filter(|_| log.keeps(name))?;
        ResponseDocument::parse(bytes).ok()
    }

    /// The decision of a record; `None` if today's rules find something in its texts. Then they are not shown.
    fn decision(record: &ReviewerRecord, answer: Option<&ResponseDocument>) -> Option<Decision> {
        let document = ReviewDocument::parse(record.original.bytes()).ok();
        let document = document.filter(|document| document.record().is_ok())?;
        let verdicts: BTreeMap<_, _> = record.verdicts().collect();
        let failed = verdicts.iter().filter(|(_, verdict)| **verdict == Verdict::Fail);
        let lines = failed.map(|(check, _)| {
            let fields = AcceptanceField::answers().filter(|field| field.check() == Some(*check));
            let line = |field| answer?.line_of_key(ResponseKey::Field(field));
            (*check, fields.filter_map(line).collect())
        });
        Some(Decision {
            reviewer: document.reviewer().to_owned(),
            kind: document.reviewer_kind(),
            reviewed_at: document.reviewed_at().clone(),
            record_ref: document.record_ref().to_owned(),
            reason: document.reason().to_owned(),
            lines: lines.collect(),
            verdicts,
        })
    }

    /// Everything that happened, the oldest first. An acceptance that ended is told where it ended.
    fn told(&self, surface: &Surface, log: &JournalLog) -> Vec<Told> {
        let mut told = Vec::with_capacity(log.events().len());
        let mut ends: Option<Time> = None;
        for event in log.events() {
            let ended = ends.take().filter(|end| !event.recorded_at().is_before(end));
            told.extend(ended.map(Told::end_of_acceptance));
            let one = self.tell(surface, event, log);
            ends.clone_from(&one.valid_until);
            told.push(one);
        }
        let ended = ends.filter(|end| !self.as_of.is_before(end));
        told.extend(ended.map(Told::end_of_acceptance));
        told
    }

    fn tell(&self, surface: &Surface, event: &Event, log: &JournalLog) -> Told {
        let name = event.document();
        let is_withdrawn = name.is_some_and(|name| log.has_withdrawn(name));
        // The document of a withdrawn answer may still be there, after an interrupted step. It is not shown.
        let bytes = name
            .filter(|_| !is_withdrawn)
            .and_then(|name| self.folder.dossier.documents.get(&name));
        let (mut who, mut reason, mut valid_until) = (None, None, None);
        match (bytes, event.is_review()) {
            (Some(bytes), true) => {
                // If today's rules find something in the texts of a record, the texts are not shown.
                let document = ReviewDocument::parse(bytes).ok();
                let valid = document.and_then(|document| Some((document.record().ok()?, document)));
                if let Some((record, document)) = valid {
                    who = Some(document.reviewer().to_owned());
                    reason = Some(document.reason().to_owned());
                    valid_until =
                        record.valid_until().filter(|_| !record.outcome().is_hold()).cloned();
                }
            }
            (Some(bytes), false) => {
                let response = ResponseDocument::parse(bytes).ok();
                let responder =
                    response.and_then(|response| response.responder().map(str::to_owned));
                // The rules may have become stricter since intake, and a withheld text must not be shown.
                who = responder.filter(|name| !carries_anything_withheld(name));
            }
            (None, _) => {}
        }
        let lane = match event.lane() {
            Lane::OwnerReviewOnlyUpdate if surface.is_write_capable() => Lane::WaitingRuntimeGate,
            lane => lane,
        };
        Told {
            sequence: Some(event.sequence()),
            at: event.recorded_at().clone(),
            what: if event.is_review() { What::Reviewed } else { What::Answered },
            lane,
            who,
            reason,
            valid_until,
            findings: event.findings().to_vec(),
            hints: event.hints().len(),
            signed: signed::check(event, log, self.signers, self.folder),
            is_withdrawn,
        }
    }
}

impl Told {
    /// What to say about the signature, to follow a verb. Empty if documents do not have to be signed.
    pub(in crate::cli) const fn signature(&self) -> &'static str {
        match self.signed {
            Signed::Valid { .. } => ", signed",
            Signed::Unchecked => ", the signature can no longer be checked",
            Signed::Invalid(..) => ", the signature is missing or invalid",
            Signed::No => "",
        }
    }

    fn end_of_acceptance(at: Time) -> Self {
        Self {
            sequence: None,
            at,
            what: What::Expired,
            lane: Lane::WaitingOwnerResponse,
            who: None,
            reason: None,
            valid_until: None,
            findings: Vec::new(),
            hints: 0,
            signed: Signed::No,
            is_withdrawn: false,
        }
    }
}
