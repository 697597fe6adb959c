//! Nothing is true unearned: checks which flags a verdict sets, for every check, verdict, requirement, kind of answer
//! and finding.

use std::collections::BTreeMap;

use super::event::answer;
use super::*;
use crate::document::Notation;
use crate::original::Original;
use crate::response::{Answers, Requirement, requirement};
use crate::review::ReviewerRecord;
use crate::triage::{Finding, Triage};
use crate::words::{AcceptanceField, AnswerShape, Problem};

/// The ways in which an owner can fill in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Blank,
    NotApplicable,
    Answered,
}

const KINDS: [Kind; 3] = [Kind::Blank, Kind::NotApplicable, Kind::Answered];

const NOT_APPLICABLE: &str = "not_applicable: no receiver exists";

fn set(answers: &mut Answers, field: AcceptanceField, kind: Kind) {
    let text = match (kind, field.answer_shape()) {
        (Kind::Blank, _) => return,
        (Kind::NotApplicable, _) => NOT_APPLICABLE,
        (Kind::Answered, Some(AnswerShape::Text)) => "the platform team",
        (Kind::Answered, _) => "ticket:OPS-1",
    };
    match field.answer_shape() {
        Some(AnswerShape::Refs) => answers.set_evidence_refs(vec![text.to_owned()]),
        _ => answers.set_text(field, text.to_owned()),
    }
}

fn fields_of(check: ReviewerCheck) -> Vec<AcceptanceField> {
    AcceptanceField::answers().filter(|field| field.check() == Some(check)).collect()
}

/// Returns every combination of kinds for these fields.
fn combinations(fields: &[AcceptanceField]) -> Vec<Vec<Kind>> {
    fields.iter().fold(vec![Vec::new()], |ways, _| {
        ways.iter().flat_map(|way| KINDS.map(|kind| [way.clone(), vec![kind]].concat())).collect()
    })
}

/// The four kinds of surface. Each comes twice: with a request for all fields, and with a request for no field.
fn requests() -> Vec<Surface> {
    let all: Vec<_> = AcceptanceField::answers().map(AcceptanceField::as_str).collect();
    let surface = |index: usize| {
        let (writes, live) = (index & 1 == 1, index & 2 == 2);
        let required = if index & 4 == 4 { all.clone() } else { Vec::new() };
        let draft = serde_json::json!({"required_owner_fields": [], "request_drafts": [{
            "request_id": "r", "surface_id": "s", "label": 1, "expected_scope": 1, "config_kind": 1,
            "observability_scope": 1, "control_tier": 1, "repo_source_path": 1, "repo_sha256": 1,
            "source_line_count": 1, "write_capable_surface": writes,
            "requires_live_evidence": live, "required_owner_fields": required,
        }]});
        OwnerRequests::parse(draft.to_string().as_bytes()).unwrap().surfaces()[0].clone()
    };
    (0..8).map(surface).collect()
}

/// The least strict finding against a check; `None` if no problem belongs to the check. A finding that withholds the
/// answer is left out, because then no field could be judged.
fn finding_against(check: ReviewerCheck) -> Option<Finding> {
    let fields = || AcceptanceField::answers().map(Some).chain([None]);
    let findings = Problem::ALL
        .iter()
        .flat_map(|problem| fields().map(|field| Finding::of(*problem, field)))
        .filter(|finding| !finding.lane().is_withheld() && finding.check() == check);
    findings.min_by_key(|finding| finding.lane().strictness())
}

#[test]
fn a_flag_is_true_only_over_an_answer() {
    let mut cases = [0, 0];
    let mut levels = std::collections::HashSet::new();
    for surface in requests() {
        for check in ReviewerCheck::ALL.iter().copied() {
            let fields = fields_of(check);
            for way in combinations(&fields) {
                let mut answers = Answers::default();
                for field in AcceptanceField::answers().filter(|field| !fields.contains(field)) {
                    set(&mut answers, field, Kind::Answered);
                }
                for (field, kind) in fields.iter().zip(&way) {
                    set(&mut answers, *field, *kind);
                }
                let levels_here =
                    fields.iter().map(|field| requirement(*field, &surface, &answers));
                levels.extend(levels_here.map(|level| level as usize));
                // The expected rule for each verdict, field by field.
                let is_answered = fields.is_empty() || way.contains(&Kind::Answered);
                let may_skip = !fields.is_empty()
                    && fields.iter().zip(&way).all(|(field, kind)| {
                        match (requirement(*field, &surface, &answers), kind) {
                            (_, Kind::Answered)
                            | (Requirement::Demanded, _)
                            | (Requirement::ByRequest, Kind::Blank) => false,
                            (Requirement::ByRequest | Requirement::Optional, _) => true,
                        }
                    });
                for finding in [None, finding_against(check)] {
                    let has_finding = finding.is_some();
                    for verdict in [Verdict::Pass, Verdict::Fail, Verdict::NotApplicable] {
                        let is_right = match verdict {
                            Verdict::Pass => is_answered && !has_finding,
                            Verdict::NotApplicable => may_skip,
                            Verdict::Fail => true,
                        };
                        let triage = Triage {
                            response: OwnerResponse {
                                responder: "Ada Owner".to_owned(),
                                answers: answers.clone(),
                                hints: Vec::new(),
                                signer: None,
                            },
                            findings: finding.clone().into_iter().collect(),
                        };
                        let candidate: AnyCandidate = AnyCandidate::new(surface.clone())
                            .receive_triaged(triage, Some(answer()))
                            .into();
                        let is_held = candidate.lane().is_hold();
                        let outcome =
                            if is_held { candidate.lane() } else { Lane::OwnerReviewOnlyUpdate };
                        // The other checks pass. To hold, one other check of the lane fails.
                        let failed = ReviewerCheck::ALL
                            .iter()
                            .copied()
                            .find(|other| is_held && *other != check && other.belongs_to(outcome));
                        let mut verdicts: BTreeMap<_, _> = ReviewerCheck::ALL
                            .iter()
                            .map(|other| (*other, Verdict::Pass))
                            .collect();
                        verdicts.extend(failed.map(|other| (other, Verdict::Fail)));
                        verdicts.insert(check, verdict);
                        let record = ReviewerRecord {
                            original: Original::new(b"a record"),
                            notation: Notation::Json,
                            reviewed_at: "2026-11-20T10:00:00Z".parse().unwrap(),
                            valid_until: (!is_held)
                                .then(|| "2027-11-20T10:00:00Z".parse().unwrap()),
                            candidate_id: surface.candidate_id(),
                            response_event: answer(),
                            reviewer: "Rex Reviewer".to_owned(),
                            kind: ReviewerKind::Person,
                            outcome,
                            verdicts,
                            signer: None,
                        };
                        let holds_for_a_reason = failed.is_some()
                            || (verdict == Verdict::Fail && check.belongs_to(outcome));
                        // To hold, a check of the lane must fail. To accept, no check may fail.
                        let is_taken = is_right
                            && if is_held { holds_for_a_reason } else { verdict != Verdict::Fail };
                        let about = format!("{check} {verdict} {way:?} {has_finding} {outcome}");
                        let after = candidate.review(record);
                        assert_eq!(after.is_ok(), is_taken, "{about}");
                        cases[usize::from(is_taken)] += 1;
                        let Ok(after) = after else { continue };
                        let entry = after.entry();
                        let earned = verdict == Verdict::Pass && is_answered;
                        for flag in ItemFlag::ALL.iter().filter(|flag| flag.check() == check) {
                            assert_eq!(entry.has_item(*flag), earned, "{flag} {about}");
                        }
                        if check == ReviewerCheck::LiveConfigHashMetadataOnly {
                            let has = entry.has(ProgressFlag::LiveEvidenceReceived);
                            assert_eq!(has, earned && surface.requires_live_evidence(), "{about}");
                        }
                        let (_, ledger) = ledger_of(&after);
                        assert!(LedgerDocument::parse(ledger.to_string().as_bytes()).is_ok());
                    }
                }
            }
        }
    }
    assert_eq!(levels.len(), 3, "every level of requirement occurs");
    assert!(cases.iter().all(|count| *count > 500), "{cases:?}");
}
