//! Explains a word of the ledger: what it means, in Chinese and English, and what leads to it and follows from it.

use std::fmt;

use crate::candidate::review_leads_to;
use crate::forms::wrapped;
use crate::words::{
    AcceptanceField, BlockedAction, ControlTier, InventoryRemark, ItemFlag, Lane, Problem,
    ReviewerCheck, RuntimeGate, SurfaceKind, VerifyCode, WriteClass,
};
use crate::{detect, shape};

/// The explanation of one word.
///
/// ```
/// use acceptance_ledger::Explanation;
///
/// let lane = Explanation::of("receiver_receipt_gap_required").unwrap();
/// assert_eq!(lane.kind(), "lane");
/// assert!(lane.to_string().contains("receipt_missing"));
/// assert!(Explanation::of("no such word").is_none());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    id: &'static str,
    kind: &'static str,
    english: String,
    chinese: String,
    leads_in: Vec<String>,
    leads_out: Vec<String>,
}

impl Explanation {
    /// Explains a word: a lane, check, problem, blocked action, gate, finding code, surface kind, remark of an
    /// inventory, or field of an answer. Returns `None` if the word is none of these.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        // The order does not matter: no word is in two of these lists.
        id.parse()
            .map(of_lane)
            .or_else(|_| id.parse().map(of_check))
            .or_else(|_| id.parse().map(of_problem))
            .or_else(|_| id.parse().map(of_action))
            .or_else(|_| id.parse().map(of_gate))
            .or_else(|_| id.parse().map(of_code))
            .or_else(|_| id.parse().map(of_kind))
            .or_else(|_| id.parse().map(of_remark))
            .ok()
            .or_else(|| of_field(id.parse().ok()?))
    }

    /// Every word that has an explanation.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        let lanes = Lane::ALL.iter().map(|word| word.as_str());
        let checks = ReviewerCheck::ALL.iter().map(|word| word.as_str());
        let problems = Problem::ALL.iter().map(|word| word.as_str());
        let actions = BlockedAction::ALL.iter().map(|word| word.as_str());
        let gates = RuntimeGate::ALL.iter().map(|word| word.as_str());
        let codes = VerifyCode::ALL.iter().map(|word| word.as_str());
        let kinds = SurfaceKind::ALL.iter().map(|word| word.as_str());
        let remarks = InventoryRemark::ALL.iter().map(|word| word.as_str());
        let of_answers = lanes.chain(checks).chain(problems).chain(actions).chain(gates);
        let fields = AcceptanceField::answers().map(AcceptanceField::as_str);
        of_answers.chain(codes).chain(kinds).chain(remarks).chain(fields)
    }

    /// The word.
    #[must_use]
    pub const fn id(&self) -> &'static str {
        self.id
    }

    /// The name of the list that has the word, such as `lane`.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})\n", self.id, self.kind)?;
        for text in [&self.english, &self.chinese] {
            for line in wrapped("  ", "  ", text) {
                writeln!(f, "{line}")?;
            }
        }
        for (title, lines) in
            [("What leads to it", &self.leads_in), ("What follows from it", &self.leads_out)]
        {
            writeln!(f, "\n{title}:")?;
            for line in lines.iter().flat_map(|line| wrapped("  - ", "    ", line)) {
                writeln!(f, "{line}")?;
            }
        }
        Ok(())
    }
}

/// The outcomes that a reviewer record may have.
fn outcomes() -> impl Iterator<Item = Lane> {
    let holds = Lane::ALL.iter().copied().filter(|lane| lane.is_hold());
    std::iter::once(Lane::OwnerReviewOnlyUpdate).chain(holds)
}

/// Joins the words with commas.
fn list(words: impl IntoIterator<Item = &'static str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

fn of_lane(lane: Lane) -> Explanation {
    // The lane of `part_missing` depends on the field, so it can lead to several lanes.
    let has_missing_parts = |field: AcceptanceField| {
        field.check().is_some_and(|check| Problem::PartMissing.lane_against(check) == lane)
    };
    let found = Problem::ALL.iter().filter(|problem| {
        problem.lane() == lane
            || (**problem == Problem::PartMissing
                && AcceptanceField::answers().any(has_missing_parts))
    });
    let mut leads_in: Vec<_> =
        found.map(|problem| format!("triage finds {problem}: {}", problem.english())).collect();
    if lane == Lane::ReadyForMonitoringReview {
        leads_in.push("triage has no findings".to_owned());
    }
    if lane == Lane::WaitingOwnerResponse {
        leads_in.push("the surface is new, and no owner has answered yet".to_owned());
        leads_in.push("the request has changed since the owner answered, for example because the file changed".to_owned());
        leads_in.push("the valid_until of an acceptance has passed".to_owned());
    }
    for is_write_capable in [false, true] {
        let from = Lane::ALL.iter().filter(|from| {
            outcomes().any(|outcome| {
                !outcome.is_hold()
                    && review_leads_to(**from, outcome, is_write_capable) == Some(lane)
            })
        });
        for from in from {
            let surface =
                if is_write_capable { "is write-capable" } else { "is not write-capable" };
            leads_in.push(format!(
                "from {from}, if the surface {surface}: a person's reviewer record has the outcome {}, and every check is pass or not_applicable",
                Lane::OwnerReviewOnlyUpdate
            ));
        }
    }
    if lane.is_hold() {
        let from = Lane::ALL
            .iter()
            .filter(|from| review_leads_to(**from, lane, false) == Some(lane))
            .map(|from| from.as_str());
        leads_in.push(format!(
            "a reviewer record has this outcome, and the candidate is in one of these lanes: {}",
            list(from)
        ));
        let checks = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(lane));
        leads_in.push(format!(
            "such a record must fail at least one of these checks: {}",
            list(checks.map(|check| check.as_str()))
        ));
    }

    let mut leads_out =
        vec!["if the owner answers again: to the lane that triage finds".to_owned()];
    let stricter = outcomes()
        .filter(|outcome| outcome.is_hold() && *outcome != lane)
        .filter(|outcome| review_leads_to(lane, *outcome, false).is_some());
    let stricter = list(stricter.map(Lane::as_str));
    if !stricter.is_empty() {
        leads_out.push(format!("if a reviewer record holds the answer: to {stricter}"));
    }
    if lane == Lane::ReadyForMonitoringReview {
        leads_out.push(format!(
            "if a person's reviewer record accepts the answer: to {}, or to {} if the surface is write-capable",
            Lane::OwnerReviewOnlyUpdate,
            Lane::WaitingRuntimeGate
        ));
    }
    if lane != Lane::WaitingOwnerResponse {
        leads_out.push(format!(
            "if the request changes, for example because the file changed: to {}",
            Lane::WaitingOwnerResponse
        ));
    }
    if matches!(lane, Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate) {
        leads_out.push(format!(
            "if the valid_until of the acceptance passes: to {}",
            Lane::WaitingOwnerResponse
        ));
    }
    leads_out.push("no step opens a gate".to_owned());
    Explanation {
        id: lane.as_str(),
        kind: "lane",
        english: lane.english().to_owned(),
        chinese: lane.meaning().to_owned(),
        leads_in,
        leads_out,
    }
}

fn of_check(check: ReviewerCheck) -> Explanation {
    let fields = AcceptanceField::answers().filter(|field| field.check() == Some(check));
    let fields = list(fields.map(AcceptanceField::as_str));
    let problems = Problem::ALL.iter().filter(|problem| {
        problem.check(None) == check
            || AcceptanceField::answers().any(|field| {
                problem.check(field.check()) == check
                    && field.form().is_some_and(|form| problem.can_be_in(form))
            })
    });
    let mut leads_in = Vec::new();
    if !fields.is_empty() {
        leads_in.push(format!("with this check, a reviewer judges {fields}"));
    }
    leads_in.extend(problems.map(|problem| {
        format!(
            "if triage finds {problem}, the check cannot pass, and the answer goes to {}",
            problem.lane_against(check)
        )
    }));
    let mut leads_out = vec![
        "if triage found a problem that belongs to this check, a reviewer cannot choose pass"
            .to_owned(),
    ];
    let lanes = Lane::ALL.iter().filter(|lane| check.belongs_to(**lane)).map(|lane| lane.as_str());
    leads_out
        .push(format!("if a reviewer chooses fail, the answer can be held in {}", list(lanes)));
    leads_out.extend(
        ItemFlag::ALL.iter().filter(|flag| flag.check() == check).map(|flag| {
            format!("if a person's record has pass for this check, {flag} becomes true")
        }),
    );
    Explanation {
        id: check.as_str(),
        kind: "reviewer check",
        english: check.english().to_owned(),
        chinese: check.instruction().to_owned(),
        leads_in,
        leads_out,
    }
}

fn of_problem(problem: Problem) -> Explanation {
    let mut leads_in: Vec<_> =
        detect::finders(problem).map(|(id, what)| format!("{id}: {what}")).collect();
    if leads_in.is_empty() {
        leads_in.push(problem.english().to_owned());
    }
    let checks: Vec<_> = ReviewerCheck::ALL
        .iter()
        .filter(|check| {
            problem.check(None) == **check
                || AcceptanceField::answers().any(|field| problem.check(field.check()) == **check)
        })
        .map(|check| check.as_str())
        .collect();
    // A problem that can be in any field belongs to many checks. Then a sentence says more than the list.
    let against = if checks.len() > 3 {
        "the check of the field that has the problem".to_owned()
    } else {
        list(checks)
    };
    Explanation {
        id: problem.as_str(),
        kind: "problem",
        english: problem.english().to_owned(),
        chinese: problem.chinese().to_owned(),
        leads_in,
        leads_out: vec![
            format!("what to do: {}", problem.next_step()),
            format!("the answer is held in {} or in a stricter lane", problem.lane()),
            format!("a reviewer cannot pass {against}"),
        ],
    }
}

fn of_action(action: BlockedAction) -> Explanation {
    let gates = RuntimeGate::ALL.iter().filter(|gate| gate.blocks() == action);
    let mut leads_in: Vec<_> = gates
        .map(|gate| format!("the gate {gate} blocks it, and this gate is always false"))
        .collect();
    leads_in.push("no answer, reviewer record or lane permits it".to_owned());
    Explanation {
        id: action.as_str(),
        kind: "blocked action",
        english: format!("The ledger does not permit this action: {}", action.english()),
        chinese: format!("任何人都不得以本帳本為由：{}", action.chinese()),
        leads_in,
        leads_out: vec![
            "nothing in the ledger: the action needs a separate change process".to_owned(),
            format!("an answer that asks for it goes to {}", Lane::RejectExecutionRequest),
        ],
    }
}

fn of_gate(gate: RuntimeGate) -> Explanation {
    let action = gate.blocks();
    Explanation {
        id: gate.as_str(),
        kind: "runtime gate",
        english: format!("Always false. {}", gate.english()),
        chinese: format!("永遠為 false。擋住的動作：{}", action.chinese()),
        leads_in: vec![format!("it blocks {action}"), "nothing makes it true".to_owned()],
        leads_out: vec![
            "no type, record or flag can open it; if a ledger has true here, the ledger is refused, and the error names this gate"
                .to_owned(),
        ],
    }
}

fn of_code(code: VerifyCode) -> Explanation {
    let replay = if code.breaks_replay() {
        "until it is fixed, `replay` writes nothing, and nothing can be added to the surface's journal"
    } else {
        "`replay` still writes the ledger"
    };
    Explanation {
        id: code.as_str(),
        kind: "finding code",
        english: code.english().to_owned(),
        chinese: code.chinese().to_owned(),
        leads_in: vec!["`verify` reports it and exits with 1".to_owned()],
        leads_out: vec![format!("what to do: {}", code.next_step()), replay.to_owned()],
    }
}

fn of_kind(kind: SurfaceKind) -> Explanation {
    let mut leads_in: Vec<_> = shape::looked_for(kind)
        .map(|what| format!("a file, or a document in it, has {what}"))
        .collect();
    leads_in.push("a file cannot be parsed, but its lines have the same keys".to_owned());
    let class = match kind.write_class() {
        WriteClass::Direct => {
            "a change to it changes alerts, routes, receivers or the loading of rules"
        }
        WriteClass::Indirect => "a change to it changes the telemetry that alerts depend on",
        WriteClass::None => "a change to it changes no alert",
    };
    let mut leads_out = vec![format!("{class}, so its tier is {}", kind.write_class().tier())];
    let raised = shape::raised_by(kind);
    if !raised.is_empty() {
        let paths = raised.join(", ");
        leads_out.push(format!(
            "if it has one of {paths}, a change to it changes alerts, so its tier is {}",
            ControlTier::C0
        ));
    }
    let demanded = AcceptanceField::answers().filter(|field| kind.requires(*field));
    let demanded = list(demanded.map(AcceptanceField::as_str));
    leads_out.push(if demanded.is_empty() {
        "the owner is asked only for the fields that the tier needs".to_owned()
    } else {
        format!("the owner is asked for {demanded}, and for the fields that the tier needs")
    });
    Explanation {
        id: kind.as_str(),
        kind: "surface kind",
        english: kind.english().to_owned(),
        chinese: kind.chinese().to_owned(),
        leads_in,
        leads_out,
    }
}

fn of_remark(remark: InventoryRemark) -> Explanation {
    let next = match remark {
        InventoryRemark::ClassifiedByText => {
            "correct the file if it should parse; a template can stay as it is"
        }
        InventoryRemark::DuplicateKey => "keep one of the two keys",
        InventoryRemark::NotUtf8 => "save the file as UTF-8",
        InventoryRemark::NotExamined => {
            "look at the file yourself: its content is not in the inventory"
        }
    };
    Explanation {
        id: remark.as_str(),
        kind: "remark of an inventory",
        english: remark.english().to_owned(),
        chinese: remark.chinese().to_owned(),
        leads_in: vec!["`inventory` and `init` report it for a file".to_owned()],
        leads_out: vec![format!("what to do: {next}")],
    }
}

/// Explains a field that an owner answers. Returns `None` for a field that an owner does not answer.
fn of_field(field: AcceptanceField) -> Option<Explanation> {
    let form = field.form()?;
    let [english, chinese] = field.help();
    let mut leads_in = vec!["the request, the surface or the decision asks for it".to_owned()];
    leads_in.push(format!("if it is missing, triage finds {}", field.problem_if_missing()));
    let help = english.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
    let mut leads_out = vec![help, format!("expected: {}", form.english())];
    leads_out.extend(form.parts().iter().map(|part| format!("{}: {}", part.name, part.english())));
    leads_out
        .extend(field.check().map(|check| format!("a reviewer judges it with the check {check}")));
    Some(Explanation {
        id: field.as_str(),
        kind: "field of an answer",
        english: field.english().to_owned(),
        chinese: chinese.to_owned(),
        leads_in,
        leads_out,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_explained_in_both_languages() {
        let mut count = 0;
        for id in Explanation::ids() {
            let explanation = Explanation::of(id).unwrap();
            assert_eq!(explanation.id(), id);
            assert!(!explanation.chinese.is_ascii(), "{id} has no Chinese");
            assert!(explanation.english.ends_with('.'), "{id}");
            assert!(!explanation.leads_in.is_empty() && !explanation.leads_out.is_empty(), "{id}");
            count += 1;
        }
        assert_eq!(count, 12 + 23 + 35 + 34 + 25 + 22 + 48 + 4 + 23);
    }

    /// The explanation of a word, in one line.
    fn explained(id: &str) -> String {
        let text = Explanation::of(id).unwrap().to_string();
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_lane_says_what_leads_in_and_out() {
        let text = explained("waiting_runtime_gate");
        assert!(
            text.contains("from ready_for_monitoring_review, if the surface is write-capable: a person's reviewer record"),
            "{text}"
        );
        assert!(text.contains("if the surface is write-capable"), "{text}");
        assert!(!text.contains("is not write-capable"), "{text}");
        let text = explained("request_supplement");
        assert!(text.contains("triage finds not_a_ref"), "{text}");
        assert!(
            text.contains("a reviewer record holds the answer: to quarantine_secret"),
            "{text}"
        );
    }

    #[test]
    fn a_problem_lists_what_finds_it_and_a_check_its_flag() {
        let text = explained("secret_value");
        assert!(text.to_lowercase().contains("telegram"), "{text}");
        let text = explained("rollback_owner_present");
        assert!(text.contains("rollback_owner_accepted becomes true"), "{text}");
        assert!(text.contains("a reviewer judges rollback_owner"), "{text}");
    }
}
