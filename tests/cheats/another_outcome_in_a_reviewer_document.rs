use acceptance_ledger::{Lane, ReviewDocument};

fn forge(document: &mut ReviewDocument) {
    document.outcome = Lane::OwnerReviewOnlyUpdate;
}

fn main() {}
