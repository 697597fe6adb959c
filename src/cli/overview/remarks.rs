//! What is missing for a surface, and what a reader should know about it, in a few short lines.

use crate::time::Time;
use crate::words::{Lane, Why};

use super::{Story, date, days_left};

/// An acceptance that ends within this many days is pointed out.
const SOON_DAYS: i64 = 30;

/// How many fields or checks a line names. More would hide the next surfaces.
const MAX_NAMED: usize = 6;

/// The remarks about a surface. They can contain names from documents, so they must be escaped.
pub(in crate::cli) fn remarks(story: &Story, as_of: &Time) -> Vec<String> {
    let answered = story.answered_on().unwrap_or_default();
    match story.why {
        Why::NeverAnswered => Vec::new(),
        Why::SurfaceChanged => vec![format!("the surface changed after its answer of {answered}")],
        Why::Expired => {
            let ended = story.valid_until.as_ref().map(date).unwrap_or_default();
            vec![format!("the acceptance ended on {ended}")]
        }
        Why::Ready => {
            vec![format!("{}{}", Lane::ReadyForMonitoringReview, hints(story.hints.len()))]
        }
        Why::Accepted => {
            let left = story.valid_until.as_ref().map(|until| days_left(as_of, until));
            match left {
                Some(1) => vec!["expires in 1 day".to_owned()],
                Some(days @ ..=SOON_DAYS) => vec![format!("expires in {days} days")],
                _ => Vec::new(),
            }
        }
        Why::HeldByTriage | Why::HeldByReviewer => held(story),
        Why::JournalBroken => {
            let first = story.faults.iter().take(1);
            first.map(|fault| format!("{}: {fault}", fault.code())).collect()
        }
    }
}

/// How many hints there are, to follow a lane. Empty if there are none.
pub(in crate::cli) fn hints(count: usize) -> String {
    match count {
        0 => String::new(),
        1 => ", 1 hint".to_owned(),
        more => format!(", {more} hints"),
    }
}

/// The lane of a held answer, who recorded it, and what has to change.
fn held(story: &Story) -> Vec<String> {
    let Some(lane) = story.lane else { return Vec::new() };
    let by = story.decision.as_ref().map(|decision| format!(", recorded by {}", decision.reviewer));
    let first = format!("{lane}{}", by.unwrap_or_default());
    let failed: Vec<_> = story.failed_checks().iter().map(ToString::to_string).collect();
    let what = if !failed.is_empty() {
        format!("failed: {}", listed(&failed))
    } else if lane == Lane::QuarantineSecretOrRawPayload {
        format!("{}; rotate what was secret, answer again", listed(&story.problems()))
    } else if lane == Lane::RejectExecutionRequest {
        format!("{}; answer again without a request to act", listed(&story.problems()))
    } else {
        let fields: Vec<_> = story
            .fields_to_change()
            .into_iter()
            .map(|(field, parts)| match parts {
                0 => field,
                1 => format!("{field} (1 part)"),
                parts => format!("{field} ({parts} parts)"),
            })
            .collect();
        if fields.is_empty() {
            return vec![first];
        }
        format!("to change: {}", listed(&fields))
    };
    vec![first, what]
}

/// The first names of a list, and how many more there are.
fn listed(names: &[String]) -> String {
    let first: Vec<_> = names.iter().take(MAX_NAMED).map(String::as_str).collect();
    match names.len().saturating_sub(MAX_NAMED) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}
