//! Times the commands of the journal as whole processes: `replay` of many events, `verify` of a large baseline, and
//! `intake` next to the two syncs that it needs.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod made;
mod rival;

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use acceptance_ledger::{
    AcceptanceField, Answer, Digest, Dossier, DraftOptions, History, OwnerRequests, OwnerResponse,
    ResponseDocument, ReviewDocument, Step, Surface, Surfaces, TemplateFormat, Time,
    journal_folder, review_template, strategies,
};
use rival::Rival;
use serde_json::{Value, json};

const DOCS: &str = "docs/security";
const JOURNAL: &str = "docs/security/monitoring-owner-response-acceptance.journal";
const LEDGER: &str = "docs/security/monitoring-owner-response-acceptance.snapshot.json";
/// As the tool writes it: without this file, `verify` has a finding.
const ATTRIBUTES: &str = "* -text -ident -filter -working-tree-encoding\n";
const TIME: &str = "2026-11-01T08:00:00+08:00";

/// Creates a folder with generated inputs. Returns it with its owner requests.
fn repository(count: usize) -> (tempfile::TempDir, OwnerRequests) {
    let folder = tempfile::tempdir().unwrap();
    let [inventory, requests] = made::inputs(count);
    let docs = folder.path().join(DOCS);
    std::fs::create_dir_all(&docs).unwrap();
    std::fs::write(
        docs.join("monitoring-alerting-observability-inventory.snapshot.json"),
        inventory,
    )
    .unwrap();
    std::fs::write(docs.join("monitoring-owner-request-draft.snapshot.json"), &requests).unwrap();
    let requests = OwnerRequests::parse(requests.as_bytes()).unwrap();
    for surface in requests.surfaces() {
        let path = surface.descriptor(AcceptanceField::RepoSourcePath).unwrap().as_str().unwrap();
        let file = folder.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        // The requests have the digest of the path, so each file contains its own path.
        std::fs::write(file, path).unwrap();
    }
    (folder, requests)
}

/// Writes a clean answer, dated on this day of October.
fn answer(surface: &Surface, day: u32) -> String {
    let mut members = strategies::clean_response(surface);
    members.insert("responded_at".to_owned(), json!(format!("2026-10-{day:02}T10:00:00+08:00")));
    Value::from(members).to_string()
}

/// Writes a record in which all checks have this verdict, except those that do not apply.
fn record(history: &History, outcome: &str, verdict: &str) -> String {
    let options = DraftOptions { format: TemplateFormat::Json, ..DraftOptions::default() };
    let draft = review_template(history, &Dossier::default(), &options).unwrap();
    let mut record: Value = serde_json::from_str(&draft).unwrap();
    let answers = history.candidate().response().map(OwnerResponse::answers);
    let is_skipped = |check: &str| {
        let of_check =
            |field: &AcceptanceField| field.check().is_some_and(|other| other.as_str() == check);
        let mut fields = AcceptanceField::answers().filter(of_check).peekable();
        let answer = |field| answers.and_then(|answers| answers.answer(field));
        fields.peek().is_some()
            && fields.all(|field| matches!(answer(field), Some(Answer::NotApplicable(_)) | None))
    };
    for (check, value) in record["checks"].as_object_mut().unwrap() {
        let is_skipped = verdict == "pass" && is_skipped(check);
        *value = json!(if is_skipped { "not_applicable" } else { verdict });
    }
    for (key, value) in [
        ("reviewer", "Rex Reviewer"),
        ("reviewer_kind", "person"),
        ("reviewed_at", TIME),
        ("outcome", outcome),
        ("reason", "Compared with the readback."),
        ("record_ref", "ticket:OPS-13"),
    ] {
        record[key] = json!(value);
    }
    let is_acceptance = outcome == "owner_review_only_update";
    record["valid_until"] = json!(is_acceptance.then_some("2026-12-01T00:00:00Z"));
    record.to_string()
}

/// Builds a journal. Each cycle has five events: an answer, a hold, another answer, its acceptance, and its revocation.
fn journal_of(surface: &Surface, surfaces: &Surfaces, cycles: u32) -> Dossier {
    let mut dossier = Dossier::default();
    let store = |dossier: &mut Dossier, step: &Step| {
        let (name, bytes) = step.stores().unwrap();
        dossier.documents.insert(name, bytes.to_vec());
        dossier.events.extend(step.line().as_bytes());
    };
    let time: Time = TIME.parse().unwrap();
    let held = &[("request_supplement", "fail")][..];
    let accepted =
        &[("owner_review_only_update", "pass"), ("receiver_receipt_gap_required", "fail")];
    for day in 1..=2 * cycles {
        let text = answer(surface, day);
        let document = ResponseDocument::parse(text.as_bytes()).unwrap();
        let history = History::replay(surface.clone(), surfaces, &dossier).unwrap();
        let step = history.receive(&document, time.clone()).unwrap();
        store(&mut dossier, &step);
        let outcomes = if day % 2 == 1 { held } else { accepted };
        for (outcome, verdict) in outcomes {
            let history = History::replay(surface.clone(), surfaces, &dossier).unwrap();
            let text = record(&history, outcome, verdict);
            let record = ReviewDocument::parse(text.as_bytes()).unwrap().record().unwrap();
            let reviewed = history.review(record, time.clone());
            let step = reviewed.map_err(|refused| refused.reason).unwrap();
            store(&mut dossier, &step);
        }
    }
    dossier
}

/// Writes a journal for each surface, in two threads. Returns the number of events.
fn write_journal(root: &Path, requests: &OwnerRequests, cycles: u32) -> usize {
    let surfaces = Surfaces::of(requests);
    std::fs::create_dir_all(root.join(JOURNAL)).unwrap();
    std::fs::write(root.join(JOURNAL).join(".gitattributes"), ATTRIBUTES).unwrap();
    let write = |surface: &Surface| {
        let dossier = journal_of(surface, &surfaces, cycles);
        let folder = root.join(JOURNAL).join(journal_folder(surface.surface_id()));
        std::fs::create_dir_all(&folder).unwrap();
        let count = dossier.events.split_inclusive(|byte| *byte == b'\n').count();
        std::fs::write(folder.join("events.jsonl"), dossier.events).unwrap();
        for (name, bytes) in dossier.documents {
            std::fs::write(folder.join(name.to_string()), bytes).unwrap();
        }
        count
    };
    let surfaces = requests.surfaces();
    let (one, other) = surfaces.split_at(surfaces.len() / 2);
    std::thread::scope(|scope| {
        let first = scope.spawn(|| one.iter().map(write).sum::<usize>());
        other.iter().map(write).sum::<usize>() + first.join().unwrap()
    })
}

fn tool(root: &Path, args: &'static [&'static str]) -> impl Fn() -> Command + use<> {
    let root = root.to_owned();
    move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"));
        command.current_dir(&root).args(args);
        command
    }
}

/// Runs all rivals in turn, and prints each of them compared with the first one.
fn show(title: &str, turns: usize, mut rivals: Vec<Rival>) {
    for _ in 0..turns {
        rivals.iter_mut().for_each(Rival::turn);
    }
    println!("{title}");
    let first = rivals[0].median();
    for rival in &mut rivals {
        let (median, processor) = (rival.median(), rival.processor_median());
        println!(
            "  {:28} {:9.1} ms   {:6.2} x   {:+8.1} ms   processor {:9.1} ms   peak {:5} MiB",
            rival.name,
            median * 1e3,
            median / first,
            (median - first) * 1e3,
            processor * 1e3,
            rival.peak >> 10
        );
    }
}

/// Runs the parts that the command line names: `cargo bench ... -- many`. Without a name, runs all but `million`, which
/// takes half an hour and 6 GB of disk.
fn main() {
    let named: Vec<_> = std::env::args().skip(1).filter(|name| !name.starts_with('-')).collect();
    let parts: [(&str, fn()); 5] = [
        ("events", || events(10_000, 1, 5)),
        ("baseline", baseline),
        ("many", intake_of_many),
        ("one", intake),
        ("million", || events(100_000, 2, 1)),
    ];
    for (name, part) in parts {
        let is_due = if named.is_empty() {
            name != "million"
        } else {
            named.iter().any(|other| other == name)
        };
        if is_due {
            part();
        }
    }
}

/// Times the commands that replay many events: five for each cycle and surface.
fn events(count: usize, cycles: u32, turns: usize) {
    let (folder, requests) = repository(count);
    let events = write_journal(folder.path(), &requests, cycles);
    let generate = &["generate", "--output", "generated.json"];
    let replay = &["replay", "--output", LEDGER];
    assert!(tool(folder.path(), replay)().output().unwrap().status.success());
    commit(folder.path());
    let root = folder.path().to_owned();
    let git_status = move || {
        let mut command = Command::new("git");
        command.current_dir(&root).args(["status", "--short"]);
        command
    };
    let rivals = vec![
        Rival::new("generate", tool(folder.path(), generate)),
        Rival::new("replay", tool(folder.path(), &["replay", "--output", "replayed.json"])),
        Rival::new("verify", tool(folder.path(), &["verify"])),
        Rival::new("verify --since HEAD", tool(folder.path(), &["verify", "--since", "HEAD"])),
        Rival::new("git status", git_status),
    ];
    show(&format!("{count} surfaces with {events} events"), turns, rivals);
}

/// Times the commands on a large baseline without a journal.
fn baseline() {
    let (folder, requests) = repository(100_000);
    let generate = &["generate", "--output", "generated.json"];
    let output = tool(folder.path(), &["generate", "--output", LEDGER])().output().unwrap();
    assert!(output.status.success());
    let rivals = vec![
        Rival::new("generate", tool(folder.path(), generate)),
        Rival::new("verify", tool(folder.path(), &["verify"])),
        Rival::new(
            "generate, to /dev/null",
            tool(folder.path(), &["generate", "--output", "/dev/null"]),
        ),
        Rival::new("triage of one answer", tool(folder.path(), &["triage", "answer.json"])),
    ];
    std::fs::write(folder.path().join("answer.json"), answer(&requests.surfaces()[0], 1)).unwrap();
    show("the baseline of 100000 surfaces", 7, rivals);
}

/// Times one `intake` of many answers, each for a surface of its own, next to their `triage` and to the writing and
/// syncing of as many files and folders.
fn intake_of_many() {
    const ANSWERS: usize = 10_000;
    let (folder, requests) = repository(ANSWERS);
    let root = folder.path().to_owned();
    let files: Vec<_> = (0..ANSWERS).map(|index| format!("{index}.json")).collect();
    for (file, surface) in files.iter().zip(requests.surfaces()) {
        std::fs::write(root.join(file), answer(surface, 1)).unwrap();
    }
    // What a run left is moved away, not deleted: in a folder whose files were just deleted, ext4 makes new ones slowly.
    let make_way = |path: std::path::PathBuf| {
        let runs = std::cell::Cell::new(0);
        move || {
            runs.set(runs.get() + 1);
            let _ = std::fs::rename(&path, path.with_extension(format!("run{}", runs.get())));
        }
    };
    let run = |command: &'static str| {
        let (root, files) = (root.clone(), files.clone());
        let make_way = make_way(root.join(JOURNAL));
        move || {
            make_way();
            let mut process = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"));
            process.current_dir(&root).arg(command).args(&files);
            process
        }
    };
    // A shell's own loop would take more time than the files. Python starts quickly and has `fsync`.
    let written = root.join("written");
    let make_way_for_files = make_way(written.clone());
    let written_and_synced = move || {
        make_way_for_files();
        let mut process = Command::new("python3");
        process.arg("-c").arg(WRITE_AND_SYNC).arg(&written).arg(ANSWERS.to_string());
        process
    };
    let rivals = vec![
        Rival::new("triage", run("triage")),
        Rival::new("intake", run("intake")),
        Rival::new("as many files, synced", written_and_synced),
    ];
    show(&format!("{ANSWERS} answers in one command"), 3, rivals);
}

/// Writes as many folders, documents and events as an intake, and syncs each.
const WRITE_AND_SYNC: &str = "
import os, sys
root, count = sys.argv[1], int(sys.argv[2])
os.mkdir(root)
def sync(path, flags, data=None):
    file = os.open(path, flags)
    if data: os.write(file, data)
    os.fsync(file)
    os.close(file)
for index in range(count):
    folder = f'{root}/{index}'
    os.mkdir(folder)
    sync(folder + '/document', os.O_CREAT | os.O_WRONLY, b'x' * 3000)
    sync(folder, os.O_RDONLY)
    sync(folder + '/events', os.O_CREAT | os.O_WRONLY, b'x' * 600)
";

/// Commits everything, so that git knows the journal. Packs the objects, as in a clone.
fn commit(root: &Path) {
    let commands = [
        &["init", "-q"][..],
        &["add", "-A"],
        &["commit", "-qm", "as it stands"],
        &["repack", "-adq"],
    ];
    for args in commands {
        let status = Command::new("git")
            .current_dir(root)
            .args([
                "-c",
                "user.name=Bench",
                "-c",
                "user.email=bench@example.com",
                "-c",
                "commit.gpgsign=false",
                // Otherwise git packs its objects in the background, while the commands are timed.
                "-c",
                "gc.auto=0",
                "-c",
                "maintenance.auto=false",
            ])
            .args(args)
            .status();
        assert!(status.unwrap().success());
    }
}

/// Times `intake` of one answer. `triage` shows the cost of the process without the journal. Two files that are written
/// and synced show the cost of the disk.
fn intake() {
    const TURNS: u32 = 40;
    let (folder, requests) = repository(40);
    let root = folder.path();
    let time = |mut act: Box<dyn FnMut(u32)>| {
        let mut times: Vec<_> = (0..TURNS)
            .map(|turn| {
                let start = Instant::now();
                act(turn);
                start.elapsed()
            })
            .collect();
        times.sort();
        times[times.len() / 2].as_secs_f64() * 1e3
    };
    let surfaces: Vec<_> = requests.surfaces().to_vec();
    for (index, surface) in surfaces.iter().enumerate() {
        std::fs::write(root.join(format!("{index}.json")), answer(surface, 1)).unwrap();
    }
    let run = |args: Vec<String>| {
        let output = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"))
            .current_dir(root)
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    let triage = time(Box::new(|turn| run(vec!["triage".into(), format!("{turn}.json")])));
    let intake = time(Box::new(|turn| run(vec!["intake".into(), format!("{turn}.json")])));
    let bytes = answer(&surfaces[0], 1);
    let syncs = time(Box::new(|turn| {
        for part in ["document", "event"] {
            let name = Digest::of(format!("{turn}{part}").as_bytes()).hex();
            let mut file = File::create_new(root.join(name)).unwrap();
            file.write_all(bytes.as_bytes()).unwrap();
            file.sync_all().unwrap();
        }
    }));
    println!("one answer of {} bytes", bytes.len());
    println!("  triage                       {triage:9.1} ms");
    println!("  intake                       {intake:9.1} ms   {:+8.1} ms", intake - triage);
    println!("  two files, each synced       {syncs:9.1} ms");
}
