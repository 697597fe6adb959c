//! Labelled answers: measures how often triage finds the lane that a person chose.
//!
//! `UPDATE_DOCS=1 cargo test --test labelled` writes the table into `docs/triage.md`.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use acceptance_ledger::{
    AnyCandidate, Finding, Lane, OwnerRequests, Problem, ResponseDocument, Surfaces,
};
use serde_json::{Map, Value};

/// One labelled answer: a clean answer for a surface, in which some fields are set or removed.
#[derive(Debug)]
struct Labelled {
    id: String,
    group: String,
    lane: Lane,
    document: String,
}

fn repository(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(file)
}

fn read(file: &str) -> String {
    std::fs::read_to_string(repository(file)).unwrap()
}

/// Reads the labelled answers. No two of them may have the same id.
fn labelled() -> Vec<Labelled> {
    let clean: Map<String, Value> =
        serde_json::from_str(&read("tests/labelled/clean.json")).unwrap();
    // The model has learned from these rounds, but not from the last ones.
    let rounds = (1..=19).map(|round| format!("round-{round}"));
    let last = (20..=21).map(|round| format!("last/round-{round}"));
    let older = ["english", "chinese", "hard", "later", "terse"].map(str::to_owned);
    let names = older.into_iter().chain(rounds).chain(last);
    let answers: Vec<_> = names.map(|name| read(&format!("tests/labelled/{name}.jsonl"))).collect();
    let mut ids = BTreeSet::new();
    answers
        .iter()
        .flat_map(|answers| answers.lines())
        .map(|line| {
            let (answer, document) = answer_in(line, &clean);
            let text = |key: &str| answer.get(key).unwrap().as_str().unwrap().to_owned();
            assert!(ids.insert(text("id")), "duplicate id: {line}");
            Labelled {
                id: text("id"),
                group: text("group"),
                lane: text("lane").parse().unwrap(),
                document,
            }
        })
        .collect()
}

/// Parses a labelled line, and builds the document that it describes: a clean answer in which fields are set or
/// removed.
fn answer_in(line: &str, clean: &Map<String, Value>) -> (Map<String, Value>, String) {
    let answer: Map<String, Value> = serde_json::from_str(line).unwrap();
    let base = answer.get("base").unwrap().as_str().unwrap();
    let mut document = clean.get(base).unwrap().as_object().unwrap().clone();
    for key in answer.get("remove").and_then(Value::as_array).into_iter().flatten() {
        assert!(document.remove(key.as_str().unwrap()).is_some(), "{line}");
    }
    document.extend(answer.get("set").and_then(Value::as_object).cloned().unwrap_or_default());
    (answer, Value::from(document).to_string())
}

/// These answers fill in the form but say nothing. Triage must hold each of them, in any lane.
#[test]
fn no_vacuous_answer_is_ready() {
    let requests = OwnerRequests::parse(read("tests/labelled/requests.json").as_bytes()).unwrap();
    let surfaces = Surfaces::of(&requests);
    let clean: Map<String, Value> =
        serde_json::from_str(&read("tests/labelled/clean.json")).unwrap();
    let answers = read("tests/labelled/vacuous.jsonl");
    assert!(answers.lines().count() >= 60);
    for line in answers.lines() {
        let (answer, document) = answer_in(line, &clean);
        let (lane, _) = triage(&requests, &surfaces, &document);
        assert!(lane.is_hold(), "{}: {}", answer.get("id").unwrap(), answer.get("why").unwrap());
    }
}

/// Runs triage. Returns the lane and the problems that it finds.
fn triage(requests: &OwnerRequests, surfaces: &Surfaces, document: &str) -> (Lane, Vec<Problem>) {
    let document = ResponseDocument::parse(document.as_bytes()).unwrap();
    let id = document.candidate_id().unwrap();
    let surface =
        requests.surfaces().iter().find(|surface| surface.candidate_id() == id).unwrap().clone();
    let candidate: AnyCandidate = AnyCandidate::new(surface).receive(surfaces, &document).into();
    let problems = candidate.findings().iter().map(Finding::problem).collect();
    (candidate.lane(), problems)
}

#[test]
fn triage_finds_the_lane_that_a_person_would() {
    let requests = OwnerRequests::parse(
        // These requests ask for every field. The answers were labelled for them.
        read("tests/labelled/requests.json").as_bytes(),
    )
    .unwrap();
    let surfaces = Surfaces::of(&requests);
    let mut groups: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let mut confusion: BTreeMap<(Lane, Lane), usize> = BTreeMap::new();
    let mut clean_held_for_a_secret = Vec::new();
    let mut wrong = Vec::new();
    let all = labelled();
    for Labelled { id, group, lane, document } in &all {
        let (found, problems) = triage(&requests, &surfaces, document);
        *confusion.entry((*lane, found)).or_default() += 1;
        let (right, count) = groups.entry(group.clone()).or_default();
        *count += 1;
        if found == *lane {
            *right += 1;
        } else {
            wrong.push(format!("{id} ({group}): {found}, because of {problems:?}"));
        }
        let is_secret =
            |problem: &Problem| matches!(problem, Problem::SecretValue | Problem::PartialSecret);
        if *lane == Lane::ReadyForMonitoringReview && problems.iter().any(is_secret) {
            clean_held_for_a_secret.push(id);
        }
    }

    let table = table(&groups, &confusion);
    let document = read("docs/triage.md");
    let (before, rest) = document.split_once("<!-- labelled -->\n").unwrap();
    let (shown, after) = rest.split_once("<!-- /labelled -->").unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let text = format!("{before}<!-- labelled -->\n{table}<!-- /labelled -->{after}");
        std::fs::write(repository("docs/triage.md"), text).unwrap();
    } else {
        assert_eq!(
            shown, table,
            "docs/triage.md is out of date: run UPDATE_DOCS=1 cargo test --test labelled"
        );
    }

    println!("{}", wrong.join("\n"));
    assert!(all.len() >= 200, "expected at least 200 answers, found {}", all.len());
    assert!(
        clean_held_for_a_secret.is_empty(),
        "clean answers are held for a secret: {clean_held_for_a_secret:?}"
    );
    assert!(
        wrong.len() * 20 <= all.len(),
        "triage finds fewer than 95 % of the lanes:\n{}",
        wrong.join("\n")
    );
    for (group, (right, count)) in groups {
        assert!(
            right * 10 >= count * 9,
            "{group}: only {right} of {count} are right\n{}",
            wrong.join("\n")
        );
    }
}

/// Formats two Markdown tables: how many answers of each group are right, and which lane was found for each labelled
/// lane.
fn table(
    groups: &BTreeMap<String, (usize, usize)>,
    confusion: &BTreeMap<(Lane, Lane), usize>,
) -> String {
    let mut out = String::from("\n| group | answers | in the right lane |\n|---|---|---|\n");
    let mut sum = (0, 0);
    for (group, (right, count)) in groups {
        writeln!(out, "| {} | {count} | {right} |", group.replace('_', " ")).unwrap();
        sum = (sum.0 + right, sum.1 + count);
    }
    writeln!(out, "| **all** | {} | {} |", sum.1, sum.0).unwrap();
    out.push_str("\n| labelled | found | answers |\n|---|---|---|\n");
    for ((labelled, found), count) in confusion {
        writeln!(out, "| {labelled} | {found} | {count} |").unwrap();
    }
    out.push('\n');
    out
}
