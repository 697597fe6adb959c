//! The system clock: the time of a ledger and of an event.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use crate::time::Time;

/// The UTC offset, in hours, of the times that the tool writes. It is the time zone of the ledger's keepers.
const HOURS_EAST: i8 = 8;

/// Returns the current time at +08:00 in whole seconds, such as `2026-01-01T08:00:00+08:00`.
pub(crate) fn now() -> String {
    show(Timestamp::now())
}

/// Returns the current time for an event; `None` if the clock is not between 1970 and 9999.
pub(crate) fn event_time() -> Option<Time> {
    now().parse().ok()
}

fn show(time: Timestamp) -> String {
    let zoned = time.to_zoned(TimeZone::fixed(offset(HOURS_EAST)));
    zoned.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_shown_at_eight_hours_east_in_seconds() {
        let time = "2025-12-31T23:59:59.999Z".parse().unwrap();
        assert_eq!(show(time), "2026-01-01T07:59:59+08:00");
    }
}
