//! How long ago a time was, in words.

use std::fmt;

use crate::time::Time;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// The time between two moments, in seconds. It is never negative.
///
/// Its short form is `3d`. Its long form, with `{:#}`, is `3 days`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Age(i64);

impl Age {
    /// The time from `since` to `now`. A time in the future has the age 0, because clocks differ.
    pub(in crate::cli) fn between(since: &Time, now: &Time) -> Self {
        Self(since.seconds_to(now).max(0))
    }

    /// The number of whole days.
    pub(in crate::cli) const fn days(self) -> i64 {
        self.0 / DAY
    }
}

impl fmt::Display for Age {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (count, unit) = match self.0 {
            seconds @ DAY.. => (seconds / DAY, "day"),
            seconds @ HOUR.. => (seconds / HOUR, "hour"),
            seconds => (seconds / MINUTE, "minute"),
        };
        if f.alternate() {
            let plural = if count == 1 { "" } else { "s" };
            return write!(f, "{count} {unit}{plural}");
        }
        write!(f, "{count}{}", unit.get(..1).unwrap_or_default())
    }
}

/// The days from `now` until a time, rounded up: 1 on the last day, 0 or less when the time has come.
pub(in crate::cli) fn days_left(now: &Time, until: &Time) -> i64 {
    let left = now.seconds_to(until);
    left.div_euclid(DAY) + i64::from(left.rem_euclid(DAY) > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Time {
        text.parse().unwrap()
    }

    #[test]
    fn an_age_has_the_largest_unit_that_fits() {
        let since = time("2026-01-01T00:00:00Z");
        for (now, short, long) in [
            ("2025-12-31T00:00:00Z", "0m", "0 minutes"),
            ("2026-01-01T00:01:59Z", "1m", "1 minute"),
            ("2026-01-01T03:59:59Z", "3h", "3 hours"),
            ("2026-01-01T23:59:59Z", "23h", "23 hours"),
            ("2026-01-02T00:00:00Z", "1d", "1 day"),
            ("2026-07-21T00:00:00Z", "201d", "201 days"),
        ] {
            let age = Age::between(&since, &time(now));
            assert_eq!((age.to_string(), format!("{age:#}")), (short.to_owned(), long.to_owned()));
        }
    }

    #[test]
    fn days_are_rounded_up_until_the_end() {
        let until = time("2026-01-10T00:00:00Z");
        for (now, days) in [
            ("2026-01-09T23:59:59Z", 1),
            ("2026-01-09T00:00:00Z", 1),
            ("2026-01-08T23:59:59Z", 2),
            ("2026-01-10T00:00:00Z", 0),
            ("2026-01-10T00:00:01Z", 0),
            ("2026-01-11T00:00:00Z", -1),
        ] {
            assert_eq!(days_left(&time(now), &until), days, "{now}");
        }
    }
}
