fn main() {
    let _ = acceptance_ledger::candidate::review_leads_to;
}
