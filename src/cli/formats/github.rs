//! GitHub workflow commands. GitHub shows them as annotations beside the lines of a pull request.

use std::fmt::{self, Write as _};

use crate::escape;

use super::Notice;

/// Writes one annotation per notice, one per line.
pub(super) fn annotations(notices: &[Notice]) -> String {
    let mut out = String::new();
    for notice in notices {
        // Writing to a string cannot fail.
        let _ = write_annotation(&mut out, notice);
    }
    out
}

fn write_annotation(out: &mut String, notice: &Notice) -> fmt::Result {
    let Notice { code, severity, message, file, place, field } = notice;
    write!(out, "::{} file={}", severity.as_str(), property(file))?;
    if let Some((line, column)) = place {
        write!(out, ",line={line},col={column}")?;
    }
    let text = if field.is_empty() { message.clone() } else { format!("{field}: {message}") };
    writeln!(out, ",title={}::{}", property(code), escaped(&text))
}

/// Escapes a message. A workflow command ends at a line break, and `%` begins its escapes.
fn escaped(text: &str) -> String {
    // Line breaks are kept here and then escaped as the format wants it.
    escape::lines_for_terminal(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes the value of a property. Colons and commas separate properties.
fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_annotation_is_one_line() {
        assert_eq!(
            annotations(&[Notice::sample()]),
            "::warning file=a b/c%2Cd%3Ae.json,line=3,col=4,title=not_a_ref::/decision: 100 %25%0Aof it\n"
        );
    }
}
