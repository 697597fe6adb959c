//! `triage --ndjson`: checks millions of answers, one on each line, in constant memory. Engines such as Spark pipe their
//! rows through it.

use std::io::{BufRead, BufReader, Read as _};
use std::path::{Component, Path};
use std::process::ExitCode;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::cli::failure::{CommandResult, Failures};
use crate::cli::inputs::InputArgs;
use crate::cli::judged::{Judge, Judged};
use crate::escape;
use crate::io::error::FileError;
use crate::io::workers::in_parallel;
use crate::io::{files, stdout};
use crate::words::LedgerKey;
use crate::words::names::TRIAGE_LINE_VERSION;

/// How many lines are judged before their results are printed. More would need more memory, fewer would leave cores
/// without work.
const LINES: usize = 512;

/// How many bytes of lines are read before they are judged.
const BYTES: usize = 8 << 20;

/// The most bytes of a line. A response has at most 256 KiB, and JSON may escape each byte with six.
const MAX_LINE: usize = 2 << 20;

/// How many lines a thread takes at a time.
const LINES_A_THREAD: usize = 16;

/// Judges every line of a file. Exits with 0 if every answer is ready, with 1 if an answer is not, and with 2 if a line
/// could not be judged.
pub(super) fn run(file: &Path, inputs: &InputArgs, repos: Option<&Path>) -> CommandResult {
    let mut input =
        BufReader::with_capacity(1 << 20, files::open_given(file).map_err(Failures::from)?);
    let mut judges = Judges { inputs, repos, last: None };
    let (mut number, mut code) = (0, 0);
    loop {
        let lines = read_lines(&mut input, &mut number).map_err(FileError::new("read", file))?;
        if lines.is_empty() {
            return Ok(ExitCode::from(code));
        }
        let mut printed = Vec::new();
        for lines in lines.chunk_by(|one, other| one.repo() == other.repo()) {
            let judge = lines.first().and_then(Line::repo).map(|repo| judges.of(repo));
            let judge_one = |line: &Line| {
                let result = line.judge(judge.as_ref());
                let text = line.to_json(&result).to_string();
                (exit_code(&result), escape::for_json(&text))
            };
            for (code_of_line, text) in in_parallel(lines, LINES_A_THREAD, judge_one, |_| ()) {
                code = code.max(code_of_line);
                printed.extend_from_slice(text.as_bytes());
                printed.push(b'\n');
            }
        }
        stdout::print_bytes(&printed)?;
    }
}

/// One line: its number, from 1, and its content or what is wrong with it.
struct Line {
    number: usize,
    content: Result<Content, &'static str>,
}

/// The content of a line.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Content {
    repo: String,
    response: String,
}

impl Line {
    /// The repository that the line names, if it is a line.
    fn repo(&self) -> Option<&str> {
        self.content.as_ref().ok().map(|content| content.repo.as_str())
    }

    /// Judges the answer, or says why it cannot be judged.
    fn judge(&self, judge: Option<&Result<&RepositoryJudge, String>>) -> Result<Judged, String> {
        match (&self.content, judge) {
            (Err(problem), _) => Err((*problem).to_owned()),
            (Ok(content), Some(Ok(judge))) => {
                let name = format!("line {}", self.number);
                let judged = judge.judge.judge(Path::new(&name), content.response.as_bytes());
                judged.map_err(|failure| Failures::from(failure).to_text(&judge.options))
            }
            (Ok(_), Some(Err(problem))) => Err(problem.clone()),
            // Not reached: a line with content has a repository, and each repository has a judge or an error.
            (Ok(_), None) => Err("the repository is not read".to_owned()),
        }
    }

    /// What is printed for the line. Every line has the same keys, so that an engine needs only one schema.
    fn to_json(&self, result: &Result<Judged, String>) -> Value {
        let judged = result.as_ref().ok();
        json!({
            LedgerKey::SchemaVersion.as_str(): TRIAGE_LINE_VERSION,
            "line": self.number,
            "repo": self.repo(),
            "acceptance_candidate_id": judged.map(Judged::candidate_id),
            "lane": judged.map(Judged::lane),
            "hints": judged.map(Judged::hints_to_json).unwrap_or_default(),
            "findings": judged.map(Judged::findings_to_json).unwrap_or_default(),
            "error": result.as_ref().err(),
        })
    }
}

/// The exit code of a line: 0 if the answer is ready, 1 if it is not, and 2 if it was not judged.
fn exit_code(result: &Result<Judged, String>) -> u8 {
    result.as_ref().map_or(2, |judged| u8::from(!judged.is_ready()))
}

/// The judge of the last repository. Only this one is kept, so that any number of repositories needs the same memory.
struct Judges<'a> {
    inputs: &'a InputArgs,
    repos: Option<&'a Path>,
    last: Option<(String, Result<RepositoryJudge, String>)>,
}

/// The judge of one repository, and the options for the commands that its messages suggest.
struct RepositoryJudge {
    judge: Judge,
    options: String,
}

impl Judges<'_> {
    /// Returns the judge of a repository, or why its inputs cannot be read.
    fn of(&mut self, repo: &str) -> Result<&RepositoryJudge, String> {
        // Without `--repos`, there is one repository, whatever the lines call it.
        let is_read = |last: &(String, _)| self.repos.is_none() || last.0 == repo;
        let last = match self.last.take().filter(is_read) {
            Some(last) => last,
            None => (repo.to_owned(), self.read(repo)),
        };
        let (_, judge) = self.last.insert(last);
        judge.as_ref().map_err(Clone::clone)
    }

    fn read(&self, repo: &str) -> Result<RepositoryJudge, String> {
        let read = |inputs: &InputArgs| match inputs.read() {
            Ok((_, requests)) => {
                Ok(RepositoryJudge { judge: Judge::new(&requests), options: inputs.options() })
            }
            Err(failures) => Err(failures.to_text(&inputs.options())),
        };
        let Some(repos) = self.repos else { return read(self.inputs) };
        let is_below =
            Path::new(repo).components().all(|part| matches!(part, Component::Normal(_)));
        if !is_below || repo.is_empty() {
            return Err("`repo` must be a folder below --repos, without `..`".to_owned());
        }
        read(&self.inputs.at(repos.join(repo)))
    }
}

/// Reads the next lines; none at the end of the input.
fn read_lines(input: &mut impl BufRead, number: &mut usize) -> std::io::Result<Vec<Line>> {
    let (mut lines, mut bytes, mut line) = (Vec::new(), 0, Vec::new());
    while lines.len() < LINES && bytes < BYTES {
        line.clear();
        let length = input.by_ref().take(MAX_LINE as u64 + 1).read_until(b'\n', &mut line)?;
        if length == 0 {
            break;
        }
        *number += 1;
        bytes += length;
        let content = if line.len() > MAX_LINE && !line.ends_with(b"\n") {
            input.skip_until(b'\n')?;
            Err("the line has more than 2 MiB; a response has at most 256 KiB")
        } else {
            // serde also takes a list for an object. The error of the parser is not shown: it could repeat a secret.
            let is_object = line.trim_ascii_start().starts_with(b"{");
            let content = if is_object { serde_json::from_slice(&line).ok() } else { None };
            content.ok_or(
                "expected a JSON object with the texts `repo` and `response`, and no other key",
            )
        };
        lines.push(Line { number: *number, content });
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads all lines: the number of each, and whether it has content.
    fn read(text: &[u8]) -> Vec<(usize, bool)> {
        let (mut input, mut number) = (text, 0);
        let mut read = Vec::new();
        loop {
            let lines = read_lines(&mut input, &mut number).unwrap();
            if lines.is_empty() {
                return read;
            }
            assert!(lines.len() <= LINES);
            read.extend(lines.iter().map(|line| (line.number, line.content.is_ok())));
        }
    }

    #[test]
    fn each_line_has_its_number_and_the_last_needs_no_line_break() {
        let line = r#"{"repo": "a", "response": "b"}"#;
        let text = [line, "", "{\"repo\": \"a\"}", "[\"a\", \"b\"]", line].join("\n");
        let expected = [(1, true), (2, false), (3, false), (4, false), (5, true)];
        assert_eq!(read(text.as_bytes()), expected);
        let many = format!("{line}\n").repeat(LINES + 1);
        assert_eq!(read(many.as_bytes()).last(), Some(&(LINES + 1, true)));
        assert_eq!(read(b""), []);
    }

    #[test]
    fn a_line_that_is_too_long_is_skipped_to_its_end() {
        let line = r#"{"repo": "a", "response": "b"}"#;
        let padded = |length: usize| format!("{line}{}\n", " ".repeat(length - line.len() - 1));
        assert_eq!(read(padded(MAX_LINE).as_bytes()), [(1, true)]);
        let text = format!("{}{line}\n", padded(MAX_LINE + 2));
        assert_eq!(read(text.as_bytes()), [(1, false), (2, true)]);
    }
}
