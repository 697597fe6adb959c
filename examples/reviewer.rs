//! A tool for reviewers: it shows each answer that waits for one, asks for a verdict on each check, and records the review.
//!
//! ```text
//! cargo run --no-default-features --features store --example reviewer -- ROOT NAME TICKET VALID_UNTIL NOW
//! ```

use std::io::{BufRead as _, stdin};
use std::time::Duration;

use acceptance_ledger::store::Journal;
use acceptance_ledger::{
    AnyCandidate, Lane, OwnerRequests, RecordBuilder, ReviewerCheck, ReviewerKind, Surfaces, Time,
    Verdict,
};

const REQUESTS: &str = "docs/security/monitoring-owner-request-draft.snapshot.json";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [root, name, ticket, valid_until, now] = args.as_slice() else {
        return Err("use: reviewer ROOT NAME TICKET VALID_UNTIL NOW".into());
    };
    let (valid_until, now): (Time, Time) = (valid_until.parse()?, now.parse()?);
    let requests = OwnerRequests::parse(&std::fs::read(format!("{root}/{REQUESTS}"))?)?;
    let surfaces = Surfaces::of(&requests);
    let journal = Journal::open(root)?;
    let mut answers = stdin().lock().lines();
    for surface in requests.surfaces() {
        let mut locked = journal.lock(Duration::from_secs(30))?;
        let history = locked.history(&surfaces, surface.surface_id())?;
        let (AnyCandidate::ReadyForReview(_), Some(mut record)) =
            (history.candidate(), RecordBuilder::new(&history))
        else {
            continue;
        };
        println!("{}", surface.surface_id());
        let mut failed = None;
        for check in ReviewerCheck::ALL {
            // The core says which verdicts are possible. The person chooses: a tool must not pass a check by itself.
            let possible = history.candidate().possible_verdicts(*check);
            println!("  {check}: {}", check.english());
            let said = answers.next().ok_or("a verdict is missing")??;
            let verdict: Verdict = said.trim().parse()?;
            if !possible.contains(&verdict) {
                return Err(format!("{check} cannot be {verdict}").into());
            }
            failed = failed.or((verdict == Verdict::Fail).then_some(*check));
            record = record.verdict(*check, verdict);
        }
        record = record.reviewer(name, ReviewerKind::Person, &now);
        record = record.reason("Each check was compared with the evidence.", ticket);
        let mildest = |check: ReviewerCheck| {
            let lanes =
                Lane::ALL.iter().copied().filter(|lane| lane.is_hold() && check.belongs_to(*lane));
            lanes.min_by_key(|lane| lane.strictness())
        };
        record = match failed.and_then(mildest) {
            Some(lane) => record.hold(lane),
            None => record.accept(&valid_until),
        };
        let document = record.build().map_err(|faults| format!("{faults:?}"))?;
        let recorded = locked.record_review(&surfaces, &document, None, now.clone())?;
        println!("  now in {}", recorded.candidate().lane());
    }
    Ok(())
}
