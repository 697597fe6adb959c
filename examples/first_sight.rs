//! Measures triage on labelled answers or texts, one JSON object a line, and prints a table with 95 % intervals.
//!
//! ```text
//! cargo run --release --example first_sight -- tests/labelled/round-1.jsonl
//! ```
//!
//! A line with `base` is a labelled answer, as in `tests/labelled`. A line with `text` is a single text: it stands in
//! an otherwise clean answer, and every finding and hint of that answer is counted. `--wrong` lists what is wrong.

use std::collections::BTreeMap;
use std::error::Error;

use acceptance_ledger::{
    AnyCandidate, Finding, Hint, OwnerRequests, Problem, ResponseDocument, Surfaces,
};
use serde_json::{Map, Value, json};

/// What triage found in one answer.
struct Judged {
    lane: String,
    problems: Vec<Problem>,
    hints: usize,
}

/// How many answers of a group there are, and how many of them are right.
#[derive(Clone, Copy, Default)]
struct Tally {
    right: usize,
    count: usize,
}

impl Tally {
    fn add(&mut self, is_right: bool) {
        self.count += 1;
        self.right += usize::from(is_right);
    }

    /// Returns the share in percent, with the bounds of Wilson's 95 % interval: it also holds for few answers and for
    /// shares near 100 %.
    #[expect(clippy::cast_precision_loss, reason = "no table has 2^52 rows")]
    fn percent(self) -> (f64, f64, f64) {
        /// The 97.5 % quantile of the normal distribution.
        const Z: f64 = 1.959_964;
        let count = self.count as f64;
        let share = self.right as f64 / count;
        let middle = share + Z * Z / (2.0 * count);
        let reach = Z * (share * (1.0 - share) / count + Z * Z / (4.0 * count * count)).sqrt();
        let divisor = 1.0 + Z * Z / count;
        (100.0 * share, 100.0 * (middle - reach) / divisor, 100.0 * (middle + reach) / divisor)
    }
}

/// The labelled answers' owner requests and clean answers.
struct Bench {
    requests: OwnerRequests,
    surfaces: Surfaces,
    clean: Map<String, Value>,
}

impl Bench {
    fn new() -> Result<Self, Box<dyn Error>> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/labelled");
        let requests = OwnerRequests::parse(&std::fs::read(format!("{folder}/requests.json"))?)?;
        let surfaces = Surfaces::of(&requests);
        let clean = serde_json::from_slice(&std::fs::read(format!("{folder}/clean.json"))?)?;
        Ok(Self { requests, surfaces, clean })
    }

    /// Triages the clean answer `base` with the fields of `set`, and without those of `remove`.
    fn judge(&self, base: &str, set: &Value, remove: &Value) -> Result<Judged, Box<dyn Error>> {
        let clean = self.clean.get(base).and_then(Value::as_object).ok_or("unknown base")?;
        let mut answer = clean.clone();
        answer.extend(set.as_object().cloned().unwrap_or_default());
        for name in remove.as_array().into_iter().flatten().filter_map(Value::as_str) {
            answer.remove(name);
        }
        let document = ResponseDocument::parse(Value::from(answer).to_string().as_bytes())?;
        let id = document.candidate_id().ok_or("no candidate id")?;
        let mut surfaces = self.requests.surfaces().iter();
        let surface = surfaces.find(|surface| surface.candidate_id() == id).ok_or("no surface")?;
        let candidate: AnyCandidate =
            AnyCandidate::new(surface.clone()).receive(&self.surfaces, &document).into();
        let hints: &[Hint] = candidate.response().map_or(&[], |response| response.hints());
        Ok(Judged {
            lane: candidate.lane().to_string(),
            problems: candidate.findings().iter().map(Finding::problem).collect(),
            hints: hints.len(),
        })
    }
}

/// The answer in which a single text stands: its field, and the value of that field.
fn with_text(field: &str, text: &Value) -> Value {
    match field {
        "route_smoke_plan" => json!({"route_smoke_plan": text}),
        "validation_plan" | "maintenance_window" => json!({"validation_plan": {
            "route": text, "receipt": "its message arrives within ten minutes", "alert_state": "nothing stays pending",
            "metrics": "failed notifications stay at zero", "stop_condition": "the state stays pending"}}),
        "post_reload_readback_plan" => json!({"post_reload_readback_plan": {
            "readback": text, "metrics": null, "receipt": null, "stop_condition": "stop on a difference"}}),
        "risks" => {
            json!({"false_green_risk_review": {"health_rests_on": ["receiver_receipt"], "risks": text}})
        }
        _ => json!({"decision_reason": text}),
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let bench = Bench::new()?;
    let mut tallies: BTreeMap<(String, String), Tally> = BTreeMap::new();
    let (mut problems, mut texts, mut hinted) = (BTreeMap::<String, usize>::new(), 0, 0);
    let (flags, files): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|argument| argument.starts_with("--"));
    let lists_wrong = flags.iter().any(|flag| flag == "--wrong");
    for file in files {
        for line in std::fs::read_to_string(&file)?.lines() {
            let row: Value = serde_json::from_str(line)?;
            let word =
                |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
            let value = |key: &str| row.get(key).unwrap_or(&Value::Null);
            if row.get("base").is_some() {
                let judged = bench.judge(&word("base"), value("set"), value("remove"))?;
                let is_right = judged.lane == word("lane");
                for group in [word("group"), "all".to_owned()] {
                    for language in [word("language"), "both".to_owned()] {
                        tallies.entry((group.clone(), language)).or_default().add(is_right);
                    }
                }
                if !is_right && lists_wrong {
                    eprintln!(
                        "{} {} {} {:?}",
                        word("id"),
                        word("group"),
                        judged.lane,
                        judged.problems
                    );
                }
            } else {
                let judged = bench.judge(
                    "board",
                    &with_text(&word("field"), value("text")),
                    &Value::Null,
                )?;
                texts += 1;
                hinted += usize::from(judged.hints > 0);
                let mut found = judged.problems.clone();
                found.dedup();
                for problem in &found {
                    *problems.entry(problem.to_string()).or_default() += 1;
                }
                if lists_wrong && !(found.is_empty() && judged.hints == 0) {
                    eprintln!("{} {found:?} {} hints", word("id"), judged.hints);
                }
            }
        }
    }
    if !tallies.is_empty() {
        println!("| group | language | right | share | 95 % interval |\n|---|---|---|---|---|");
    }
    for ((group, language), tally) in tallies {
        let (share, low, high) = tally.percent();
        let Tally { right, count } = tally;
        println!(
            "| {group} | {language} | {right} of {count} | {share:.1} % | {low:.1}–{high:.1} % |"
        );
    }
    if texts > 0 {
        println!("{texts} texts, {hinted} with a hint; with a finding: {problems:?}");
    }
    Ok(())
}
