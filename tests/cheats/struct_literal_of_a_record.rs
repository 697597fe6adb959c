use acceptance_ledger::{Lane, ReviewerKind, ReviewerRecord};

fn main() {
    let _ = ReviewerRecord {
        reviewer: "me".to_owned(),
        kind: ReviewerKind::Person,
        outcome: Lane::OwnerReviewOnlyUpdate,
        verdicts: Default::default(),
    };
}
