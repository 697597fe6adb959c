//! What a command found, for people and for other programs: one file an output format. The text for people is each
//! command's own.

mod github;
pub(super) mod json;
mod sarif;

use serde_json::Value;

use crate::io::error::FileError;
use crate::io::stdout;

/// How findings are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ReportFormat {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
    /// As annotations in a pull request
    Github,
    /// As a SARIF 2.1.0 log
    Sarif,
}

/// How a state is written that is no list of findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum HumanOrJson {
    /// For people
    #[default]
    Human,
    /// For programs
    Json,
}

/// What a command found, in all formats.
pub(super) trait Report {
    /// The text for people; its colors are removed where nobody sees them.
    fn for_people(&self) -> String;

    fn to_json(&self) -> Value;

    fn notices(&self) -> Vec<Notice>;

    /// What the code of a notice means, in one English sentence.
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

/// One finding, ready to be shown.
#[derive(Debug)]
pub(super) struct Notice {
    /// Which kind of finding it is.
    pub(super) code: &'static str,
    pub(super) severity: Severity,
    pub(super) message: String,
    /// The file that it is about, as the user named it.
    pub(super) file: String,
    /// Line and column, both from 1.
    pub(super) place: Option<(usize, usize)>,
    /// Where in the document: a JSON pointer or path.
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
    /// A notice with signs that each format has to escape.
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
