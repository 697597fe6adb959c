use acceptance_ledger::{AcceptanceField, Answer, Answers};

fn cheat(answers: &mut Answers) {
    answers.give(AcceptanceField::RollbackOwner, Answer::Text("the platform team".to_owned()));
}

fn main() {}
