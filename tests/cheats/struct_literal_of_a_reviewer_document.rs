use acceptance_ledger::{Digest, Lane, ReviewDocument, ReviewerKind};

fn main() {
    let _ = ReviewDocument {
        candidate_id: String::new(),
        response_event: Digest::of(b""),
        reviewer: "me".to_owned(),
        kind: ReviewerKind::Person,
        outcome: Lane::OwnerReviewOnlyUpdate,
        verdicts: Default::default(),
        reason: String::new(),
        record_ref: String::new(),
        offsets: Vec::new(),
    };
}
