use acceptance_ledger::OwnerReviewOnlyUpdate;

fn main() {
    let _ = OwnerReviewOnlyUpdate::default();
}
