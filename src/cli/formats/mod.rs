//! Reports of findings, in a format for people or for programs.
//!
//! Each format for programs has its own file here. Each command makes its own text for people.

mod github;
pub(super) mod json;
mod sarif;

use serde_json::Value;

use crate::io::error::FileError;
use crate::io::stdout;

/// The output format of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ReportFormat {
    /// Text for people
    #[default]
    Human,
    /// JSON for programs
    Json,
    /// Annotations for a GitHub pull request
    Github,
    /// A SARIF 2.1.0 log for code scanning
    Sarif,
}

/// The output format of a state. It has no `github` and `sarif`, since a state is not a list of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum HumanOrJson {
    /// Text for people
    #[default]
    Human,
    /// JSON for programs
    Json,
}

/// The findings of a command, in all formats.
pub(super) trait Report {
    /// The text for people. It contains colors, and [`Report::print`] removes them if the output does not show colors.
    fn for_people(&self) -> String;

    /// The JSON document for programs.
    fn to_json(&self) -> Value;

    /// The findings for the formats `github` and `sarif`.
    fn notices(&self) -> Vec<Notice>;

    /// Returns the meaning of a notice's code, in one English sentence.
    fn describe(code: &str) -> &'static str;

    /// Writes the report to standard output.
    fn print(&self, format: ReportFormat) -> Result<(), FileError> {
        let text = match format {
            ReportFormat::Human => return stdout::print_styled(&self.for_people()),
            ReportFormat::Json => json::document(&self.to_json()),
            ReportFormat::Github => github::annotations(&self.notices()),
            ReportFormat::Sarif => json::document(&sarif::log(&self.notices(), Self::describe)),
        };
        stdout::print_bytes(text.as_bytes())
    }
}

/// One finding as the formats `github` and `sarif` show it.
#[derive(Debug)]
pub(super) struct Notice {
    /// The kind of the finding, such as `not_a_ref`.
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) message: String,
    /// The path of the file, as the user gave it.
    pub(super) file: String,
    /// Line and column, both from 1. Only the start: `document` does not keep where a value ends.
    pub(super) place: Option<(usize, usize)>,
    /// The place in the document: a JSON pointer or path. It is empty if there is none.
    pub(super) field: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Severity {
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

#[cfg(test)]
impl Notice {
    /// A notice with characters that each format has to escape.
    fn sample() -> Self {
        Self {
            code: "not_a_ref",
            severity: Severity::Warning,
            message: "100 %\nof it".to_owned(),
            file: "a b/c,d:e.json".to_owned(),
            place: Some((3, 4)),
            field: "/decision".to_owned(),
        }
    }
}
