//! What a word of the ledger means, in Chinese and English, and what leads to it and from it.

use std::fmt;

use crate::candidate::review_leads_to;
use crate::words::{
    AcceptanceField, BlockedAction, ControlTier, InventoryRemark, ItemFlag, Lane, Problem,
    ReviewerCheck, RuntimeGate, SurfaceKind, VerifyCode, WriteClass,
};
use crate::{detect, shape};

/// What one word means.
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
    /// Explains a lane, check, problem, blocked action, gate, finding code, surface kind, remark of an inventory, or field
    /// of an answer.
    #[must_use]
    pub fn of(id: &str) -> Option<Self> {
        // The word `runtime_gate` is a gate, and no other list has a word of another.
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

    /// Which list the word belongs to.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        self.kind
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({})\n", self.id, self.kind)?;
        writeln!(f, "  {}\n  {}", self.english, self.chinese)?;
        for (title, lines) in
            [("What leads in", &self.leads_in), ("What leads out", &self.leads_out)]
        {
            writeln!(f, "\n{title}:")?;
            for line in lines {
                writeln!(f, "  - {line}")?;
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

fn list(words: impl IntoIterator<Item = &'static str>) -> String {
    words.into_iter().collect::<Vec<_>>().join(", ")
}

fn of_lane(lane: Lane) -> Explanation {
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
        leads_in.push("an answer that triage finds nothing against".to_owned());
    }
    if lane == Lane::WaitingOwnerResponse {
        leads_in.push("a new surface: nobody has answered yet".to_owned());
        leads_in.push("the surface's file is no longer the one that was answered for".to_owned());
        leads_in.push("the time until which an acceptance holds is over".to_owned());
    }
    for is_write_capable in [false, true] {
        let from = Lane::ALL.iter().filter(|from| {
            outcomes().any(|outcome| {
                !outcome.is_hold()
                    && review_leads_to(**from, outcome, is_write_capable) == Some(lane)
            })
        });
        for from in from {
            let surface = if is_write_capable { "can write" } else { "cannot write" };
            leads_in.push(format!(
                "from {from}, a person's reviewer record with the outcome {} and every check passed, where the surface {surface}",
                Lane::OwnerReviewOnlyUpdate
            ));
        }
    }
    if lane.is_hold() {
        let from = Lane::ALL
            .iter()
            .filter(|from| review_leads_to(**from, lane, false) == Some(lane))
            .map(|from| from.as_str());
        leads_in.push(format!("a reviewer record with this outcome, from {}", list(from)));
        let checks = ReviewerCheck::ALL.iter().filter(|check| check.belongs_to(lane));
        leads_in.push(format!(
            "for such a record, at least one of these checks has failed: {}",
            list(checks.map(|check| check.as_str()))
        ));
    }

    let mut leads_out =
        vec!["another answer of the owner, to the lane that triage finds".to_owned()];
    let stricter = outcomes()
        .filter(|outcome| outcome.is_hold() && *outcome != lane)
        .filter(|outcome| review_leads_to(lane, *outcome, false).is_some());
    let stricter = list(stricter.map(Lane::as_str));
    if !stricter.is_empty() {
        leads_out.push(format!("a reviewer record that holds it, to {stricter}"));
    }
    if lane == Lane::ReadyForMonitoringReview {
        leads_out.push(format!(
            "a person's reviewer record that accepts it, to {} or, where the surface can write, to {}",
            Lane::OwnerReviewOnlyUpdate,
            Lane::WaitingRuntimeGate
        ));
    }
    if lane != Lane::WaitingOwnerResponse {
        leads_out.push(format!("a changed file, to {}", Lane::WaitingOwnerResponse));
    }
    if matches!(lane, Lane::OwnerReviewOnlyUpdate | Lane::WaitingRuntimeGate) {
        leads_out.push(format!("the end of its valid_until, to {}", Lane::WaitingOwnerResponse));
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
        leads_in.push(format!("it judges {fields}"));
    }
    leads_in.extend(problems.map(|problem| {
        format!("{problem} speaks against it, and leads to {}", problem.lane_against(check))
    }));
    let mut leads_out =
        vec!["where triage found something against it, a reviewer cannot pass it".to_owned()];
    let lanes = Lane::ALL.iter().filter(|lane| check.belongs_to(**lane)).map(|lane| lane.as_str());
    leads_out.push(format!("failed, it lets a reviewer hold the answer in {}", list(lanes)));
    leads_out.extend(
        ItemFlag::ALL
            .iter()
            .filter(|flag| flag.check() == check)
            .map(|flag| format!("passed in a person's record, it makes {flag} true")),
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
    let against = if checks.len() > 3 {
        "the check of the field that it is found in".to_owned()
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
            format!("the answer is held in {}, or a stricter lane", problem.lane()),
            format!("it speaks against {against}"),
        ],
    }
}

fn of_action(action: BlockedAction) -> Explanation {
    let gates = RuntimeGate::ALL.iter().filter(|gate| gate.blocks() == action);
    let mut leads_in: Vec<_> =
        gates.map(|gate| format!("the gate {gate} stays shut against it")).collect();
    leads_in.push("no answer, no reviewer record and no lane permits it".to_owned());
    Explanation {
        id: action.as_str(),
        kind: "blocked action",
        english: format!("Nobody may do this on the strength of the ledger: {}", action.english()),
        chinese: format!("任何人都不得以本帳本為由：{}", action.chinese()),
        leads_in,
        leads_out: vec![
            "nothing in the ledger; it needs a change process of its own".to_owned(),
            format!("an answer that asks for it lands in {}", Lane::RejectExecutionRequest),
        ],
    }
}

fn of_gate(gate: RuntimeGate) -> Explanation {
    let action = gate.blocks();
    Explanation {
        id: gate.as_str(),
        kind: "runtime gate",
        english: format!("False for ever. {}", gate.english()),
        chinese: format!("永遠為 false。擋住的動作：{}", action.chinese()),
        leads_in: vec![format!("it stands against {action}"), "nothing makes it true".to_owned()],
        leads_out: vec![
            "no type, record or flag opens it; a ledger that says true is refused by name"
                .to_owned(),
        ],
    }
}

fn of_code(code: VerifyCode) -> Explanation {
    let replay = if code.breaks_replay() {
        "`replay` writes nothing, and nothing is added to the surface's journal, until it is mended"
    } else {
        "`replay` goes on"
    };
    Explanation {
        id: code.as_str(),
        kind: "finding code",
        english: code.english().to_owned(),
        chinese: code.chinese().to_owned(),
        leads_in: vec!["`verify` finds it, reports it, and exits with 1".to_owned()],
        leads_out: vec![format!("what to do: {}", code.next_step()), replay.to_owned()],
    }
}

fn of_kind(kind: SurfaceKind) -> Explanation {
    let mut leads_in: Vec<_> = shape::looked_for(kind)
        .map(|what| format!("a file, or a document in it, that has {what}"))
        .collect();
    leads_in.push("a text that could not be parsed and shows the same by its lines".to_owned());
    let class = match kind.write_class() {
        WriteClass::Direct => {
            "a change of it alters alerts, routes, receivers or the loading of rules"
        }
        WriteClass::Indirect => "a change of it alters the telemetry that alerts depend on",
        WriteClass::None => "a change of it alters no alert",
    };
    let mut leads_out = vec![format!("{class}: {}", kind.write_class().tier())];
    let raised = shape::raised_by(kind);
    if !raised.is_empty() {
        let paths = raised.join(", ");
        leads_out.push(format!("with one of {paths} it alters alerts: {}", ControlTier::C0));
    }
    let demanded = AcceptanceField::answers().filter(|field| kind.demands(*field));
    let demanded = list(demanded.map(AcceptanceField::as_str));
    leads_out.push(if demanded.is_empty() {
        "its owner is asked what its tier demands, and nothing more".to_owned()
    } else {
        format!("its owner is asked for {demanded}, beside what its tier demands")
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
            "correct the file where it should parse; a template is fine as it is"
        }
        InventoryRemark::DuplicateKey => "keep one of the two keys",
        InventoryRemark::NotUtf8 => "save the file as UTF-8",
        InventoryRemark::NotExamined => {
            "look at the file yourself: what it holds is not in the inventory"
        }
    };
    Explanation {
        id: remark.as_str(),
        kind: "remark of an inventory",
        english: remark.english().to_owned(),
        chinese: remark.chinese().to_owned(),
        leads_in: vec!["`inventory` and `init` found it in a file".to_owned()],
        leads_out: vec![format!("what to do: {next}")],
    }
}

/// A field that an owner answers.
fn of_field(field: AcceptanceField) -> Option<Explanation> {
    let form = field.form()?;
    let [english, chinese] = field.help();
    let mut leads_in = vec!["the request, the surface or the decision asks for it".to_owned()];
    leads_in.push(format!("where it is missing, triage finds {}", field.problem_where_missing()));
    let help = english.split('\n').map(str::trim).collect::<Vec<_>>().join(" ");
    let mut leads_out = vec![help, format!("it takes {}", form.english())];
    leads_out.extend(form.parts().iter().map(|part| format!("{}: {}", part.name, part.english())));
    leads_out.extend(field.check().map(|check| format!("the check {check} judges it")));
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

    #[test]
    fn a_lane_says_what_leads_in_and_out() {
        let text = Explanation::of("waiting_runtime_gate").unwrap().to_string();
        assert!(
            text.contains("from ready_for_monitoring_review, a person's reviewer record"),
            "{text}"
        );
        assert!(text.contains("where the surface can write"), "{text}");
        assert!(!text.contains("cannot write"), "{text}");
        let text = Explanation::of("request_supplement").unwrap().to_string();
        assert!(text.contains("triage finds not_a_ref"), "{text}");
        assert!(text.contains("a reviewer record that holds it, to quarantine_secret"), "{text}");
    }

    #[test]
    fn a_problem_lists_what_finds_it_and_a_check_its_flag() {
        let text = Explanation::of("secret_value").unwrap().to_string();
        assert!(text.to_lowercase().contains("telegram"), "{text}");
        let text = Explanation::of("rollback_owner_present").unwrap().to_string();
        assert!(text.contains("makes rollback_owner_accepted true"), "{text}");
        assert!(text.contains("it judges rollback_owner"), "{text}");
    }
}
