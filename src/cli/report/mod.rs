//! Findings as other programs read them: GitHub annotations and SARIF.

use std::fmt::{self, Write as _};
use std::path::Path;

use serde_json::{Value, json};

use crate::escape;
use crate::json::with;

/// One finding, ready to be shown.
#[derive(Debug)]
pub(crate) struct Notice {
    /// Which kind of finding it is.
    pub(crate) code: &'static str,
    pub(crate) severity: Severity,
    pub(crate) message: String,
    /// The file that it is about, as the user named it.
    pub(crate) file: String,
    /// Line and column, both from 1.
    pub(crate) place: Option<(usize, usize)>,
    /// Where in the document: a JSON pointer or path.
    pub(crate) field: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Severity {
    Warning,
    Error,
}

impl Severity {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Workflow commands that GitHub shows beside the lines of a pull request.
pub(crate) fn github(notices: &[Notice]) -> String {
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

fn escaped(text: &str) -> String {
    // Line breaks are the format's own to show.
    let lines: Vec<_> = text.split('\n').map(escape::for_terminal).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    escaped(text).replace(':', "%3A").replace(',', "%2C")
}

/// A SARIF 2.1.0 log. `describe` says what a code means.
pub(crate) fn sarif(notices: &[Notice], describe: impl Fn(&str) -> String) -> Value {
    let mut codes: Vec<_> = notices.iter().map(|notice| notice.code).collect();
    codes.sort_unstable();
    codes.dedup();
    let rules: Vec<_> = codes
        .iter()
        .map(|code| json!({"id": code, "shortDescription": {"text": describe(code)}}))
        .collect();
    let results: Vec<_> = notices.iter().map(result).collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(notice: &Notice) -> Value {
    let mut physical = json!({"artifactLocation": {"uri": uri(&notice.file)}});
    if let Some((line, column)) = notice.place {
        physical = with(physical, "region", json!({"startLine": line, "startColumn": column}));
    }
    let mut location = json!({"physicalLocation": physical});
    if !notice.field.is_empty() {
        let names = json!([{"fullyQualifiedName": notice.field}]);
        location = with(location, "logicalLocations", names);
    }
    json!({
        "ruleId": notice.code,
        "level": notice.severity.as_str(),
        "message": {"text": notice.message},
        "locations": [location],
    })
}

/// A path as a URI reference.
fn uri(path: &str) -> String {
    let mut uri = String::from(if Path::new(path).is_absolute() { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notice() -> Notice {
        Notice {
            code: "not_a_ref",
            severity: Severity::Warning,
            message: "100 %\nof it".to_owned(),
            file: "a b/c,d:e.json".to_owned(),
            place: Some((3, 4)),
            field: "/decision".to_owned(),
        }
    }

    #[test]
    fn an_annotation_is_one_line() {
        assert_eq!(
            github(&[notice()]),
            "::warning file=a b/c%2Cd%3Ae.json,line=3,col=4,title=not_a_ref::/decision: 100 %25%0Aof it\n"
        );
    }

    #[test]
    fn a_path_is_a_uri() {
        let log = sarif(&[notice()], str::to_uppercase);
        let run = &log["runs"][0];
        let location = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "a%20b/c%2Cd%3Ae.json");
        assert_eq!(location["region"]["startLine"], 3);
        assert_eq!(run["tool"]["driver"]["rules"][0]["shortDescription"]["text"], "NOT_A_REF");
        assert_eq!(uri("/x/告"), "file:///x/%E5%91%8A");
    }
}
