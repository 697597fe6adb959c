//! The cost of one answer: a clean one, longer ones, and the slowest documents of 256 KiB.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use acceptance_ledger::{AnyCandidate, OwnerRequests, ResponseDocument, Surface, Surfaces};
use criterion::{Bencher, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use serde_json::{Map, Value, json};

// The allocator of the command-line tool.
#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const SURFACE: &str = "prometheus_rules:prometheus/alert.rules";
const DRAFT: &str =
    "examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json";

struct Case {
    surface: Surface,
    surfaces: Surfaces,
    clean: Map<String, Value>,
}

impl Case {
    fn read() -> Self {
        let requests = OwnerRequests::parse(&std::fs::read(DRAFT).unwrap()).unwrap();
        let mut surfaces = requests.surfaces().iter();
        let surface = surfaces.find(|surface| surface.surface_id() == SURFACE).unwrap().clone();
        let clean = std::fs::read_to_string("tests/labelled/clean.json").unwrap();
        let clean: Map<String, Value> = serde_json::from_str(&clean).unwrap();
        let clean = clean.get("rules").and_then(Value::as_object).unwrap().clone();
        Self { surface, surfaces: Surfaces::of(&requests), clean }
    }

    /// The answer with some fields replaced, as text.
    fn with(&self, members: impl IntoIterator<Item = (String, Value)>) -> String {
        let mut answer = self.clean.clone();
        answer.extend(members);
        Value::from(answer).to_string()
    }

    /// Triages the answer in a thread of its own, looks up the place of each finding as the command line does, and returns
    /// the time. A thread remembers texts that it has examined, and here no text may have been examined before.
    fn triage(&self, text: &str) -> Duration {
        let act = || {
            let start = Instant::now();
            let document = ResponseDocument::parse(text.as_bytes()).unwrap();
            let candidate = AnyCandidate::new(self.surface.clone());
            let candidate = AnyCandidate::from(candidate.receive(&self.surfaces, &document));
            for finding in candidate.findings() {
                let _ = black_box(document.place_of(finding.field()));
            }
            start.elapsed()
        };
        std::thread::scope(|scope| scope.spawn(act).join().unwrap())
    }

    /// Measures the triage of the answer.
    fn bench(&self, bencher: &mut Bencher<'_>, text: &str) {
        bencher.iter_custom(|turns| (0..turns).map(|_| self.triage(text)).sum());
    }
}

/// Pieces of texts that may be slow for some rule.
const PIECES: &[&str] = &[
    "a",
    " ",
    "[",
    "{",
    "{a: ",
    "- a: b\n",
    "a=",
    "a:",
    "QUJDREVG",
    "%41",
    "請",
    "please reload, ",
    "\"",
    "\n",
    "password ",
    "token: a, ",
    "kind: Secret ",
    "-----BEGIN ",
    "AAA=b\n",
    "a://b:",
    "&token=x",
    "a\u{200b}",
    "server { ",
    "status is ok 200 ",
    "it has been fully ",
    "&a *a ",
    "```\na: b\n",
    "curl ",
    "ssh -p 1 ",
    "kubectl -a b ",
    "please send the ",
    "\u{fdfa}",
    "a.",
    "prometheus_rules:prometheus/alert.rules ",
    "2026-11-23T10:00:00Z a\n",
    "\u{430}b ",
];

/// Builds documents of up to 256 KiB: one long text, as many long fields as fit, and as many short keys, items or
/// objects as fit.
fn worst(case: &Case) -> Vec<(String, String)> {
    const SIZE: usize = 256 * 1024;
    let escaped = |piece: &str| json!(piece).to_string().len() - 2;
    let room = SIZE - 4_096;
    let mut documents = Vec::new();
    for piece in PIECES {
        let count = room / escaped(piece);
        let text = json!(piece.repeat(count));
        documents.push((format!("one {piece:?}"), case.with([("decision_reason".into(), text)])));
        // A text counts only up to its 4,000th character.
        let count = (3_900 / piece.chars().count()).min(room / 64 / escaped(piece));
        let field = json!(piece.repeat(count));
        let fields = room / (count * escaped(piece) + 12);
        let members = (0..fields).map(|index| (format!("x{index}"), field.clone()));
        documents.push((format!("many {piece:?}"), case.with(members)));
    }
    let keys = (0..room / 12).map(|index| (format!("k{index:05}"), json!("")));
    documents.push(("keys".into(), case.with(keys)));
    let items: Vec<_> = (0..room / 4).map(|_| json!("a")).collect();
    documents.push(("items".into(), case.with([("redacted_evidence_refs".into(), json!(items))])));
    let items: Vec<_> = (0..room / 8).map(|_| json!({"a": 1})).collect();
    documents.push(("objects".into(), case.with([("rollback_owner".into(), json!(items))])));
    documents.retain(|(_, document)| document.len() <= SIZE);
    documents
}

fn triage(c: &mut Criterion) {
    let case = Case::read();
    // A rule is compiled for the first text that it could match, so the first answer takes longer.
    let time = case.triage(&case.with([]));
    println!("the first answer took {:.1} ms", time.as_secs_f64() * 1e3);

    let mut group = c.benchmark_group("triage");
    for kib in [3, 10, 20] {
        let reason =
            "The file matches the runbook, and the 平台組 read it back on Monday, 12 rules. ";
        // The text is spread over several fields, because a field may have at most 4,000 characters.
        let room = (kib << 10_usize) - case.with([]).len().min(kib << 10);
        let texts = 8_usize.max(room / 3_500);
        let members = (0..texts).map(|index| {
            let key = [
                "decision_reason",
                "reload_owner",
                "receiver_owner",
                "stale_alert_review",
                "silence_or_dedup_review",
                "false_green_risk_review",
                "rollback_owner",
                "validation_plan",
                "noise_budget_owner",
                "followup_owner",
                "maintenance_window",
                "route_smoke_plan",
                "post_reload_readback_plan",
                "owner_role_or_team",
            ]
            .get(index)
            .map_or_else(|| format!("x{index}"), |key| (*key).to_owned());
            // Each text is another one, because triage examines the same text only once.
            (key, json!(format!("{index} {}", reason.repeat(room / texts / reason.len()))))
        });
        let text = case.with(members);
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(BenchmarkId::new("clean", format!("{kib} KiB")), |bencher| {
            case.bench(bencher, &text);
        });
    }
    // A form that a person has filled in: YAML with the instructions as comments.
    let form = std::fs::read_to_string("examples/answers/alert-rules.yaml").unwrap();
    group.throughput(Throughput::Bytes(form.len() as u64));
    group.bench_function(
        BenchmarkId::new("form", format!("{} KiB", form.len() / 1024)),
        |bencher| {
            case.bench(bencher, &form);
        },
    );
    group.finish();

    let mut times: Vec<(Duration, Duration, String)> = worst(&case)
        .into_iter()
        .map(|(name, document)| {
            let read = || {
                let start = Instant::now();
                black_box(serde_json::from_str::<Value>(&document).is_ok());
                start.elapsed()
            };
            let (triaged, read) = (fastest(|| case.triage(&document)), fastest(read));
            (triaged, read, name)
        })
        .collect();
    times.sort();
    let ratio = |(triaged, read, _): &(Duration, Duration, String)| {
        triaged.as_secs_f64() / read.as_secs_f64()
    };
    let show = |row: &(Duration, Duration, String)| {
        let (triaged, read, name) = row;
        let [triaged, read] = [triaged, read].map(|time| time.as_secs_f64() * 1e3);
        println!(
            "  {triaged:6.1} ms   {:5.1} x reading it as JSON ({read:.2} ms)  {name}",
            ratio(row)
        );
    };
    println!("the worst of {} documents of 256 KiB:", times.len());
    times.iter().rev().take(8).for_each(show);
    times.sort_by(|one, other| ratio(one).total_cmp(&ratio(other)));
    println!("compared with reading them as JSON:");
    times.iter().rev().take(8).for_each(show);
}

/// Returns the shortest of nine times: other programs use the same cores.
fn fastest(act: impl Fn() -> Duration) -> Duration {
    (0..9).map(|_| act()).min().unwrap_or_default()
}

criterion_group!(benches, triage);
criterion_main!(benches);
