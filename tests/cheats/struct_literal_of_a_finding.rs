use acceptance_ledger::{Finding, Problem, ReviewerCheck};

fn main() {
    let _ = Finding {
        problem: Problem::FieldMissing,
        check: ReviewerCheck::DecisionReasonPresent,
        field: String::new(),
        characters: None,
    };
}
