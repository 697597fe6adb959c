//! A tool for reviewers: it shows each answer that waits for one, asks for a verdict on each check, and records the review.
//!
//! ```text
//! cargo run --no-default-features --features store --example reviewer -- ROOT NAME TICKET VALID_UNTIL NOW
//! ```

use std::io::{BufRead as _, stdin};
use std::time::Duration;

use acceptance_ledger::store::Journal;
use acceptance_ledger::{
    AnyCandidate, Lane, RecordBuilder, ReviewerCheck, ReviewerKind, Time, Verdict,
};

const WAIT: Duration = Duration::from_secs(30);

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [root, name, ticket, valid_until, now] = args.as_slice() else {
        return Err("use: reviewer ROOT NAME TICKET VALID_UNTIL NOW".into());
    };
    let (valid_until, now): (Time, Time) = (valid_until.parse()?, now.parse()?);
    let journal = Journal::of(root.as_str());
    let shared = journal.share(WAIT)?;
    let surfaces = shared.requests().surfaces().to_vec();
    drop(shared);
    let mut answers = stdin().lock().lines();
    for surface in surfaces {
        // Nothing is locked while the person thinks. If the answer changes meanwhile, the record is refused.
        let history = journal.share(WAIT)?.history(surface.surface_id())?;
        let (AnyCandidate::ReadyForReview(_), Some(mut record)) =
            (history.candidate(), RecordBuilder::new(&history))
        else {
            continue;
        };
        // `escape_debug`: a file name can have characters that control a terminal.
        println!("{}", surface.surface_id().escape_debug());
        let mut failed = None;
        for check in ReviewerCheck::ALL {
            // The core says which verdicts are possible. The person chooses: a tool must not pass a check by itself.
            println!("  {check}: {}", check.english());
            let said = answers.next().ok_or("a verdict is missing")??;
            let verdict: Verdict = said.trim().parse()?;
            if !history.candidate().possible_verdicts(*check).contains(&verdict) {
                return Err(format!("{check} cannot be {verdict}").into());
            }
            failed = failed.or((verdict == Verdict::Fail).then_some(*check));
            record = record.verdict(*check, verdict);
        }
        record = record.reviewer(name, ReviewerKind::Person, &now);
        record = record.reason("Each check was compared with the evidence.", ticket);
        let mildest = |check: ReviewerCheck| {
            let holds = Lane::ALL.iter().filter(|lane| lane.is_hold() && check.belongs_to(**lane));
            holds.min_by_key(|lane| lane.strictness())
        };
        record = match failed.and_then(mildest) {
            Some(lane) => record.hold(*lane),
            None => record.accept(&valid_until),
        };
        let document = record.build().map_err(|faults| format!("{faults:?}"))?;
        let mut locked = journal.lock(WAIT)?;
        let recorded = locked.record_review(&document, None);
        locked.notes().iter().for_each(|note| println!("  {note}"));
        println!("  now in {}", recorded?.candidate().lane());
    }
    Ok(())
}
