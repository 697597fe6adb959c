use acceptance_ledger::{AcceptanceField, Candidate, ReadyForReview};

fn cheat(candidate: &mut Candidate<ReadyForReview>) {
    let mut answers = candidate.response().answers().clone();
    answers.set_text(AcceptanceField::Decision, "confirm_current_state".to_owned());
}

fn main() {}
