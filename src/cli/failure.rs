//! The errors that stop a command, and how they are printed.

use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};

use crate::io::error::{FileError, shown};
use crate::json::DocumentError;

use super::next_step::with_options;

/// The exit code of a command that did its work, or what stopped it.
pub(super) type CommandResult = Result<ExitCode, Failures>;

/// Every error that stopped a command. One run reports all of them, so that a user can fix them together.
#[derive(Debug, Default)]
pub(super) struct Failures(Vec<Failure>);

/// One error that stopped a command.
#[derive(Debug)]
pub(super) enum Failure {
    /// A file could not be read or written.
    File(FileError),
    /// A document is invalid.
    Document { path: PathBuf, error: DocumentError },
    /// A response or record names a candidate that does not exist.
    NoSuchCandidate { path: PathBuf, place: (usize, usize) },
    /// A response or record was read and then refused. Nothing was written.
    Refused { path: PathBuf, place: Option<(usize, usize)>, message: String, next_step: String },
    /// A line of a text file is invalid. The file is not a JSON or YAML document.
    Line { path: PathBuf, place: (usize, usize), message: &'static str, next_step: &'static str },
    /// The arguments are wrong, or the machine or the repository is not as the command needs it.
    Usage { message: String, next_step: String },
}

impl Failure {
    /// The clock of this machine shows a time that an event cannot have.
    pub(super) fn clock() -> Self {
        Self::Usage {
            message: "the clock of this machine is not between the years 1970 and 9999".to_owned(),
            next_step: "set the clock".to_owned(),
        }
    }

    /// The document at `path` is invalid.
    pub(super) fn document(path: &Path, error: DocumentError) -> Self {
        Self::Document { path: path.to_owned(), error }
    }

    fn fmt_document(f: &mut fmt::Formatter<'_>, path: &Path, error: &DocumentError) -> fmt::Result {
        write!(f, "{}:{}:{}: ", shown(path), error.line(), error.column())?;
        write!(f, "{}: {}\n  next: {}", error.path(), error.problem(), error.next_step())
    }
}

impl Failures {
    /// Returns both values, or the errors of both results.
    pub(super) fn join<A, B>(
        one: Result<A, Failure>,
        other: Result<B, Failure>,
    ) -> Result<(A, B), Self> {
        match (one, other) {
            (Ok(one), Ok(other)) => Ok((one, other)),
            (one, other) => Err(Self(one.err().into_iter().chain(other.err()).collect())),
        }
    }

    /// Splits results into the values and the errors.
    pub(super) fn partition<T>(
        results: impl IntoIterator<Item = Result<T, impl Into<Self>>>,
    ) -> (Vec<T>, Self) {
        let (mut values, mut failures) = (Vec::new(), Self::default());
        for result in results {
            match result {
                Ok(value) => values.push(value),
                Err(failure) => failures.extend(failure.into()),
            }
        }
        (values, failures)
    }

    /// Wraps the errors; `None` if there are none.
    pub(super) fn of(failures: Vec<Failure>) -> Option<Self> {
        (!failures.is_empty()).then_some(Self(failures))
    }

    pub(super) fn push(&mut self, failure: Failure) {
        self.0.push(failure);
    }

    /// Adds the errors of another step.
    pub(super) fn extend(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Adds the error of a step, if it failed. So an output that cannot be printed hides no earlier error.
    pub(super) fn extend_with<T>(&mut self, result: Result<T, impl Into<Failure>>) {
        if let Err(error) = result {
            self.push(error.into());
        }
    }

    /// The errors as one text, with `options` in each command that it suggests.
    pub(super) fn to_text(&self, options: &str) -> String {
        let texts = self.0.iter().map(|failure| with_options(&failure.to_string(), options));
        texts.collect::<Vec<_>>().join("\n")
    }

    /// Whether nothing stopped the command.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Prints every error to standard error, with `options` in each command that it suggests, and returns the exit code: 1 if documents were refused and nothing else
    /// went wrong, otherwise 2.
    ///
    /// If the reader of standard output closed it, as `head` does, nothing is printed and the exit code is 141.
    pub(super) fn report(&self, options: &str) -> ExitCode {
        let is_closed_pipe =
            |failure: &&Failure| matches!(failure, Failure::File(error) if error.is_closed_pipe());
        let failures: Vec<_> = self.0.iter().filter(|failure| !is_closed_pipe(failure)).collect();
        let red = Style::new().bold().fg_color(Some(AnsiColor::Red.into()));
        for failure in &failures {
            let text = with_options(&failure.to_string(), options);
            // If standard error is closed, the exit code still reports the failure.
            let _ = writeln!(anstream::stderr(), "{red}error:{red:#} {text}");
        }
        let is_refusal = |failure: &&Failure| matches!(failure, Failure::Refused { .. });
        ExitCode::from(match failures.as_slice() {
            [] if !self.0.is_empty() => CLOSED_PIPE,
            [] => 2,
            failures if failures.iter().all(is_refusal) => 1,
            _ => 2,
        })
    }
}

/// The exit code if the reader closed standard output: what a shell reports for a program that the signal SIGPIPE ends.
/// It is not 0, because the output is not complete.
const CLOSED_PIPE: u8 = 141;

impl<F: Into<Failure>> From<F> for Failures {
    fn from(failure: F) -> Self {
        Self(vec![failure.into()])
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        Self::File(error)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => {
                write!(f, "{error}\n  next: {}", error.next_step())
            }
            Self::Document { path, error } => {
                Self::fmt_document(f, path, error)?;
                for error in error.rest() {
                    f.write_str("\nerror: ")?;
                    Self::fmt_document(f, path, error)?;
                }
                match error.unlisted() {
                    0 => Ok(()),
                    more => write!(f, "\n… and {more} more errors in this file"),
                }
            }
            Self::NoSuchCandidate { path, place: (line, column) } => {
                write!(
                    f,
                    "{}:{line}:{column}: $.acceptance_candidate_id: no candidate has this id\n  next: copy \
                     the id from the form that `acceptance-ledger template SURFACE_ID` writes, or set --root to the right repository",
                    shown(path)
                )
            }
            Self::Refused { path, place, message, next_step } => {
                write!(f, "{}", shown(path))?;
                if let Some((line, column)) = place {
                    write!(f, ":{line}:{column}")?;
                }
                write!(f, ": {message}\n  next: {next_step}")
            }
            Self::Line { path, place: (line, column), message, next_step } => {
                write!(f, "{}:{line}:{column}: {message}\n  next: {next_step}", shown(path))
            }
            Self::Usage { message, next_step } => write!(f, "{message}\n  next: {next_step}"),
        }
    }
}
