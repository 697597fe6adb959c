use acceptance_ledger::{Candidate, OwnerReviewOnlyUpdate};

fn main() {
    let _: Candidate<OwnerReviewOnlyUpdate> = serde_json::from_str("{}").unwrap();
}
