//! The clock.

use jiff::Timestamp;
use jiff::tz::{TimeZone, offset};

use crate::time::Time;

/// The ledger's times are given in the zone of its keepers.
const HOURS_EAST: i8 = 8;

/// The time now at +08:00, in seconds, as in `2026-01-01T08:00:00+08:00`.
pub(crate) fn now() -> String {
    show(Timestamp::now())
}

/// The time now as an event takes it; `None` where the clock is not between 1970 and 9999.
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
