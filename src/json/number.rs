//! Numbers that keep their digits, as Python writes them.

use std::fmt::Write as _;

use super::DocumentProblem;

/// The maximum number of digits of an integer. Python refuses to convert more, so it could not read such a ledger.
const MAX_DIGITS: usize = 4_300;

/// A JSON number, stored as the text that Python prints for it.
///
/// ```
/// use acceptance_ledger::Number;
///
/// assert_eq!(Number::from(12).as_str(), "12");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Number(String);

impl Number {
    /// Returns the number as the ledger writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Parses a literal that is a JSON number.
    ///
    /// # Errors
    ///
    /// When Python cannot read the number back: the float overflows, or the integer has too many digits.
    pub(super) fn from_literal(literal: &str) -> Result<Self, DocumentProblem> {
        if literal.contains(['.', 'e', 'E']) {
            let float: f64 = literal.parse().map_err(|_| DocumentProblem::Syntax("a number"))?;
            if float.is_finite() {
                Ok(Self(python_repr(float)))
            } else {
                Err(DocumentProblem::FloatOverflow)
            }
        } else if literal.trim_start_matches('-').len() > MAX_DIGITS {
            Err(DocumentProblem::TooManyDigits)
        } else if literal == "-0" {
            // Python parses it as the integer zero, which has no sign.
            Ok(Self("0".to_owned()))
        } else {
            Ok(Self(literal.to_owned()))
        }
    }
}

impl From<usize> for Number {
    fn from(count: usize) -> Self {
        Self(count.to_string())
    }
}

/// Formats a finite float as Python's `repr` does: with the fewest digits that parse as the same float, and with an
/// exponent if the value is below 1e-4, or is 1e16 or more.
fn python_repr(float: f64) -> String {
    let scientific = fewest_digits(float);
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let mut repr = String::new();
    // The results of `write!` are ignored, because writing to a string cannot fail.
    if !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        let _ = write!(repr, "{mantissa}e{sign}{:02}", exponent.unsigned_abs());
        return repr;
    }
    let sign = if mantissa.starts_with('-') { "-" } else { "" };
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let leading = "0".repeat(usize::try_from(-exponent).unwrap_or_default());
    let point = usize::try_from(exponent).unwrap_or_default() + 1;
    let all = format!("{leading}{digits:0<point$}");
    let (whole, fraction) = all.split_at_checked(point).unwrap_or((&all, ""));
    let _ = write!(repr, "{sign}{whole}.{}", if fraction.is_empty() { "0" } else { fraction });
    repr
}

/// Returns the fewest digits that parse as the same float, in scientific notation.
///
/// If the float is exactly halfway between two such numbers, Python picks the even one, but Rust's shortest format picks
/// the larger one. Rust's format with a fixed number of digits picks the even one too, so it is tried first.
fn fewest_digits(float: f64) -> String {
    let shortest = format!("{float:e}");
    let digits =
        shortest.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let nearest = format!("{float:.*e}", digits.saturating_sub(1));
    if nearest.parse() == Ok(float) { nearest } else { shortest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(literal: &str) -> String {
        Number::from_literal(literal).unwrap().0
    }

    #[test]
    fn integers_keep_their_digits() {
        let widest = "9".repeat(MAX_DIGITS);
        for literal in ["0", "7", "-1", "123456789012345678901234567890", &widest] {
            assert_eq!(printed(literal), literal);
        }
        assert_eq!(printed(&format!("-{widest}")), format!("-{widest}"));
        assert_eq!(printed("-0"), "0");
        assert_eq!(
            Number::from_literal(&format!("{widest}9")),
            Err(DocumentProblem::TooManyDigits)
        );
    }

    /// The right column is what `CPython` 3.11 prints for `json.dumps(json.loads(left))`.
    #[test]
    fn floats_print_as_python_prints_them() {
        for (literal, python) in [
            ("0.0", "0.0"),
            ("-0.0", "-0.0"),
            ("-0e5", "-0.0"),
            ("1.0", "1.0"),
            ("1e5", "100000.0"),
            ("1E+15", "1000000000000000.0"),
            ("9999999999999998.0", "9999999999999998.0"),
            ("1e16", "1e+16"),
            ("1.5e300", "1.5e+300"),
            ("0.0001", "0.0001"),
            ("0.00001", "1e-05"),
            ("-0.000012345", "-1.2345e-05"),
            ("5e-324", "5e-324"),
            ("1e-400", "0.0"),
            ("0.1", "0.1"),
            ("1.7976931348623157e308", "1.7976931348623157e+308"),
            ("123456789012345678.5", "1.2345678901234568e+17"),
            ("78.03884887695312", "78.03884887695312"),
            ("537123088.1757812", "537123088.1757812"),
            ("2.9802322387695312e-08", "2.9802322387695312e-08"),
            ("1125899906842624.25", "1125899906842624.2"),
            ("-0.001", "-0.001"),
            ("9007199254740993.0", "9007199254740992.0"),
        ] {
            assert_eq!(printed(literal), python, "{literal}");
        }
        assert_eq!(Number::from_literal("1e309"), Err(DocumentProblem::FloatOverflow));
        assert_eq!(Number::from_literal("-1e309"), Err(DocumentProblem::FloatOverflow));
    }
}
