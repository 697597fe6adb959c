//! SARIF 2.1.0, the format of code scanning tools.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::json::with;

use super::Notice;

/// Makes a SARIF 2.1.0 log. `describe` returns the meaning of a code.
pub(super) fn log(notices: &[Notice], describe: impl Fn(&str) -> &'static str) -> Value {
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
            // The columns of a notice count characters, not UTF-16 units.
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

/// Converts a path to a URI reference. SARIF does not allow a plain path here.
fn uri(path: &str) -> String {
    let mut uri = String::from(if Path::new(path).is_absolute() { "file://" } else { "" });
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_a_uri() {
        let log = log(&[Notice::sample()], |_| "What it means.");
        let run = &log["runs"][0];
        let location = &run["results"][0]["locations"][0]["physicalLocation"];
        assert_eq!(location["artifactLocation"]["uri"], "a%20b/c%2Cd%3Ae.json");
        assert_eq!(location["region"]["startLine"], 3);
        assert_eq!(run["tool"]["driver"]["rules"][0]["shortDescription"]["text"], "What it means.");
        assert_eq!(uri("/x/告"), "file:///x/%E5%91%8A");
    }
}
