//! The findings of `verify`, and how they are shown.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::Path;

use anstyle::{AnsiColor, Style};
use serde_json::{Value, json};

use crate::cli::formats::{Notice, Report, ReportFormat, Severity};
use crate::cli::next_step::with_options;
use crate::escape;
use crate::io::error::FileError;
use crate::words::names::VERIFY_VERSION;
use crate::words::{LedgerKey, VerifyCode};

/// One finding.
#[derive(Debug)]
pub(super) struct VerifyFinding {
    code: VerifyCode,
    path: String,
    /// Line and column, both from 1.
    place: Option<(usize, usize)>,
    message: String,
}

impl VerifyFinding {
    pub(super) fn new(code: VerifyCode, path: &Path, message: String) -> Self {
        Self { code, path: path.to_string_lossy().into_owned(), place: None, message }
    }

    /// A finding whose message is the meaning of its code.
    pub(super) fn of(code: VerifyCode, path: &Path) -> Self {
        Self::new(code, path, code.english().to_owned())
    }

    /// The message and the next step in one text. The suggested commands have these options.
    fn sentence(&self, options: &str) -> String {
        let message = self.message.strip_suffix('.').unwrap_or(&self.message);
        format!("{message}. {}", with_options(&self.code.next_step_for(&self.path), options))
    }

    pub(super) fn at(self, place: Option<(usize, usize)>) -> Self {
        Self { place, ..self }
    }
}

/// All findings and notes of `verify`.
#[derive(Debug, Default)]
pub(super) struct Verification {
    findings: Vec<VerifyFinding>,
    notes: Vec<String>,
    /// How many candidates were verified.
    pub(super) candidates: usize,
    /// The options of the inputs, for the commands that are suggested.
    options: String,
}

impl Verification {
    pub(super) fn new(options: String) -> Self {
        Self { options, ..Self::default() }
    }

    pub(super) fn add(&mut self, finding: VerifyFinding) {
        self.findings.push(finding);
    }

    pub(super) fn note(&mut self, note: &str) {
        self.notes.push(note.to_owned());
    }

    /// Whether there is a finding with this code.
    pub(super) fn has(&self, code: VerifyCode) -> bool {
        self.findings.iter().any(|finding| finding.code == code)
    }

    pub(super) fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }

    /// Writes findings to standard output, and notes to standard error.
    pub(super) fn print_all(&self, format: ReportFormat, is_quiet: bool) -> Result<(), FileError> {
        if !is_quiet {
            for note in &self.notes {
                // If standard error is closed, the findings are still printed.
                let _ = writeln!(io::stderr(), "{}", escape::for_terminal(note));
            }
        }
        self.print(format)
    }
}

impl Report for Verification {
    fn for_people(&self) -> String {
        let mut text = String::new();
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        let green = Style::new().bold().fg_color(Some(AnsiColor::Green.into()));
        for finding in &self.findings {
            let VerifyFinding { code, path, place, message } = finding;
            let place =
                place.map_or_else(String::new, |(line, column)| format!(":{line}:{column}"));
            // Writing to a string cannot fail.
            let shown = escape::for_terminal(path);
            let _ = writeln!(text, "{red}{code}{red:#} at {shown}{place}");
            let message = escape::for_terminal(message);
            let _ = writeln!(
                text,
                "  {message}\n  next: {}\n",
                with_options(&code.next_step_for(path), &self.options)
            );
        }
        let _ = match self.findings.len() {
            0 => {
                writeln!(text, "{green}OK{green:#}: {} candidates, runtime_gate=0", self.candidates)
            }
            1 => writeln!(text, "1 finding"),
            count => writeln!(text, "{count} findings"),
        };
        text
    }

    fn to_json(&self) -> Value {
        let findings: Vec<_> = self
            .findings
            .iter()
            .map(|finding| {
                json!({"code": finding.code, "path": finding.path, "message": finding.sentence(&self.options)})
            })
            .collect();
        json!({
            LedgerKey::SchemaVersion.as_str(): VERIFY_VERSION,
            "ok": self.is_clean(),
            "findings": findings,
        })
    }

    fn notices(&self) -> Vec<Notice> {
        let notice = |finding: &VerifyFinding| Notice {
            code: finding.code.as_str(),
            severity: Severity::Error,
            message: finding.sentence(&self.options),
            file: finding.path.clone(),
            place: finding.place,
            field: String::new(),
        };
        self.findings.iter().map(notice).collect()
    }

    fn describe(code: &str) -> &'static str {
        code.parse().map_or("", VerifyCode::english)
    }
}
