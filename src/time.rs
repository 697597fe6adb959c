//! Times in RFC 3339 with an offset, and how they compare. `words/limits.rs` says how far one may be ahead.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;

use crate::words::limits::MAX_MINUTES_AHEAD;

/// The maximum offset from UTC, in hours. RFC 3339 allows no more; `jiff` does.
const MAX_OFFSET_HOURS: u8 = 23;

/// A time in a document or an event: RFC 3339 with seconds and an offset, from 1970 to 9999.
///
/// It is shown as it was written. The years have limits, because some times outside them could not be parsed again after
/// they are written in UTC.
///
/// ```
/// use acceptance_ledger::Time;
///
/// let time: Time = "2026-11-20T12:00:00+08:00".parse()?;
/// assert_eq!(time.to_string(), "2026-11-20T12:00:00+08:00");
/// assert!("yesterday".parse::<Time>().is_err());
/// assert!("0000-01-01T00:00:00+23:59".parse::<Time>().is_err());
/// # Ok::<(), acceptance_ledger::NotATime>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Time {
    text: String,
    moment: Timestamp,
}

impl Time {
    /// Returns the time as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether this time is earlier than the other. Offsets are taken into account.
    ///
    /// ```
    /// use acceptance_ledger::Time;
    ///
    /// let [noon, later]: [Time; 2] = ["2026-11-20T12:00:00+08:00", "2026-11-20T12:00:00Z"].map(|text| text.parse().unwrap());
    /// assert!(noon.is_before(&later));
    /// ```
    #[must_use]
    pub fn is_before(&self, other: &Self) -> bool {
        self.moment < other.moment
    }

    /// Returns the seconds from this time to the other, rounded up. They are negative if the other time is earlier.
    pub(crate) fn seconds_to(&self, other: &Self) -> i64 {
        let nanoseconds = other.moment.as_nanosecond() - self.moment.as_nanosecond();
        let seconds = nanoseconds.div_euclid(1_000_000_000)
            + i128::from(nanoseconds.rem_euclid(1_000_000_000) > 0);
        i64::try_from(seconds).unwrap_or(i64::MAX)
    }

    /// Whether the time is so far ahead of a clock that a difference of clocks cannot explain it.
    pub(crate) fn is_ahead_of(&self, clock: &Self) -> bool {
        clock.seconds_to(self) > MAX_MINUTES_AHEAD * 60
    }

    #[cfg(any(test, feature = "store"))]
    pub(crate) const fn moment(&self) -> Timestamp {
        self.moment
    }

    /// Returns the same moment, written in UTC.
    pub(crate) fn in_utc(&self) -> Self {
        Self { text: self.moment.to_string(), moment: self.moment }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The error for a text that is not a time. It does not repeat the text, which may be a secret in the wrong place.
///
/// ```
/// use acceptance_ledger::Time;
///
/// let error = "2026-11-20".parse::<Time>().unwrap_err();
/// assert!(error.to_string().contains("RFC 3339"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid time: expected RFC 3339 with seconds and an offset, between 1970 and 9999")]
pub struct NotATime;

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let moment = moment_of(text).ok_or(NotATime)?;
        // No upper bound is needed: a `Timestamp` ends before the last day of 9999, so it fits in every offset.
        if moment < Timestamp::UNIX_EPOCH {
            return Err(NotATime);
        }
        Ok(Self { text: text.to_owned(), moment })
    }
}

/// Returns the moment of a text, or `None` if the text is not a date, a time with seconds and an offset.
///
/// `jiff` alone accepts more, such as a space for the `T`, a time without seconds, or a `[zone]` at the end.
fn moment_of(text: &str) -> Option<Timestamp> {
    let (form, offset) = match text.strip_suffix(['Z', 'z']) {
        Some(form) => (form, ""),
        None => text.split_at_checked(text.len().checked_sub("+00:00".len())?)?,
    };
    let (form, fraction) = form.split_once('.').unwrap_or((form, "0"));
    // In a form, `0` means any digit and `+` means either sign.
    let has_form = |text: &str, form: &str| {
        text.len() == form.len()
            && text.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                b'+' => b"+-".contains(&byte),
                form => byte.eq_ignore_ascii_case(&form),
            })
    };
    let hours = offset.get(1..3).map_or(Ok(0), str::parse::<u8>);
    let is_strict = has_form(form, "0000-00-00t00:00:00")
        && !fraction.is_empty()
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
        && (offset.is_empty() || has_form(offset, "+00:00"))
        && hours.is_ok_and(|hours| hours <= MAX_OFFSET_HOURS);
    text.parse().ok().filter(|_| is_strict)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Option<Timestamp> {
        text.parse::<Time>().ok().map(|time| time.moment())
    }

    #[test]
    fn the_first_moment_is_a_time_and_the_one_before_is_none() {
        assert!("1970-01-01T00:00:00Z".parse::<Time>().is_ok());
        assert!("1970-01-01T08:00:00+08:00".parse::<Time>().is_ok());
        assert_eq!("1969-12-31T23:59:59Z".parse::<Time>(), Err(NotATime));
        assert_eq!("1970-01-01T07:59:59+08:00".parse::<Time>(), Err(NotATime));
    }

    #[test]
    fn a_time_is_one_of_rfc_3339_and_nothing_more() {
        let noon = "2026-11-20T04:00:00Z".parse().ok();
        for text in [
            "2026-11-20T12:00:00+08:00",
            "2026-11-20t04:00:00z",
            "2026-11-20T04:00:00.000Z",
            "2026-11-19T23:30:00-04:30",
        ] {
            assert_eq!(moment(text), noon, "{text}");
            assert_eq!(text.parse::<Time>().unwrap().as_str(), text);
        }
        for text in [
            "",
            "Z",
            "2026-11-20",
            "2026-11-20T12:00:00",
            "2026-11-20T12:00+08:00",
            "2026-11-20 12:00:00+08:00",
            "20261120T120000+0800",
            "2026-11-20T12:00:00+08",
            "2026-11-20T12:00:00.+08:00",
            "2026-11-20T12:00:00,5+08:00",
            "2026-13-20T12:00:00+08:00",
            "+002026-11-20T12:00:00+08:00",
            "2026-11-20T12:00:00+08:00[Asia/Taipei]",
            "2026-11-20T12:00:00Z[hunter2]",
            " 2026-11-20T12:00:00Z",
            "2026-11-20T12:00:0告",
            "2026-11-20T12:00:00告0",
            "2026-11-20T12:00:00+24:00",
            "2026-11-20T12:00:00+25:59",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    /// Property 16 for times: a time that is parsed can be written in UTC and parsed again as the same moment.
    #[test]
    fn every_time_that_is_read_can_be_written_and_read_back() {
        let mut taken = 0;
        for year in ["0000", "0001", "1969", "1970", "2026", "9998", "9999"] {
            for day in ["01-01", "12-30", "12-31"] {
                for time in ["00:00:00", "23:59:59", "23:59:60", "21:59:59.999999999"] {
                    for offset in ["Z", "+00:00", "+23:59", "-23:59", "+14:00"] {
                        let text = format!("{year}-{day}T{time}{offset}");
                        let Ok(read) = text.parse::<Time>() else { continue };
                        let again: Time = read.in_utc().as_str().parse().unwrap();
                        assert_eq!(again.moment(), read.moment(), "{text}");
                        assert!(("1969".."9999~").contains(&year), "{text}");
                        taken += 1;
                    }
                }
            }
        }
        assert!(taken > 200, "{taken}");
        for text in ["0000-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z"] {
            assert_eq!(text.parse::<Time>(), Err(NotATime), "{text}");
        }
    }
}
