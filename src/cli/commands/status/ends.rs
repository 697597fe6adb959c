//! Lists the acceptances that end soon.

use std::fmt;

use serde_json::{Value, json};

use crate::candidate::AnyCandidate;
use crate::escape;
use crate::escape::lines_for_terminal;
use crate::time::Time;

/// The acceptances that end within a number of days.
pub(super) struct Ends {
    days: u32,
    /// The surface id, the end, and the days until the end, rounded up. The earliest end is first.
    ends: Vec<(String, Time, i64)>,
}

const SECONDS_OF_A_DAY: i64 = 24 * 60 * 60;

impl Ends {
    /// Finds the acceptances that end within `days` from `now`, and those that have ended. `None` if `days` is `None`.
    pub(super) fn within(
        days: Option<u32>,
        candidates: &[AnyCandidate],
        now: &Time,
    ) -> Option<Self> {
        let days = days?;
        let end = |candidate: &AnyCandidate| {
            let until = candidate.valid_until()?;
            let left = now.seconds_to(until);
            let is_soon = left <= i64::from(days) * SECONDS_OF_A_DAY;
            let id = candidate.surface().surface_id().to_owned();
            is_soon.then(|| {
                (
                    id,
                    until.clone(),
                    left.div_euclid(SECONDS_OF_A_DAY)
                        + i64::from(left.rem_euclid(SECONDS_OF_A_DAY) > 0),
                )
            })
        };
        let mut ends: Vec<_> = candidates.iter().filter_map(end).collect();
        ends.sort_by_key(|(_, until, _)| now.seconds_to(until));
        Some(Self { days, ends })
    }

    pub(super) fn to_json(&self) -> Value {
        let ends = self.ends.iter().map(|(id, until, days)| {
            json!({"surface_id": id, "valid_until": until.as_str(), "days": days})
        });
        ends.collect()
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.ends.is_empty() {
            return writeln!(f, "\nNo acceptance ends within {} days.", self.days);
        }
        writeln!(f, "\nAcceptances that end within {} days:", self.days)?;
        for (id, until, days) in &self.ends {
            let when = match days {
                ..=0 => "expired".to_owned(),
                1 => "in 1 day".to_owned(),
                days => format!("in {days} days"),
            };
            writeln!(f, "  {}\n    until {until}, {when}", lines_for_terminal(id))?;
        }
        if let Some((id, ..)) = self.ends.first() {
            let id = escape::for_shell(id.as_bytes());
            writeln!(f, "next: acceptance-ledger template {id} --like last --output answer.yaml")?;
        }
        Ok(())
    }
}
