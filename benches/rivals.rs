//! Compares the whole process of `generate` with its rivals, in one run.
//!
//! `ACCEPTANCE_REFERENCE` names the Python generator. Without it, that rival is left out.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod made;
mod rival;

use std::path::Path;
use std::process::Command;

use rival::Rival;

const INVENTORY: &str = "docs/security/monitoring-alerting-observability-inventory.snapshot.json";
const OWNER_REQUESTS: &str = "docs/security/monitoring-owner-request-draft.snapshot.json";

fn main() {
    let reference = std::env::var("ACCEPTANCE_REFERENCE").ok();
    // Use the interpreter itself, because the wrapper of a version manager takes longer than a small ledger.
    let python =
        Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
    let python = String::from_utf8(python.stdout).unwrap().trim().to_owned();
    for (count, turns) in [(40, 21), (1_000, 11), (10_000, 5), (100_000, 5)] {
        compare(count, turns, reference.as_deref(), &python);
    }
}

fn compare(count: usize, turns: usize, reference: Option<&str>, python: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().to_owned();
    let inputs = made::inputs(count);
    let input_size: usize = inputs.iter().map(String::len).sum();
    std::fs::create_dir_all(root.join("docs/security")).unwrap();
    for (file, text) in [INVENTORY, OWNER_REQUESTS].into_iter().zip(inputs) {
        std::fs::write(root.join(file), text).unwrap();
    }
    let ledger = root.join("ledger.json");
    let generate = |mut command: Command, root: &Path, output: &Path| {
        command.arg("--root").arg(root).arg("--output").arg(output);
        command.args(["--generated-at", "2026-01-01T08:00:00+08:00"]);
        command
    };
    let mut rivals = Vec::new();
    let (our_root, our_output) = (root.clone(), ledger.clone());
    rivals.push(Rival::new("acceptance-ledger", move || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"));
        command.arg("generate");
        generate(command, &our_root, &our_output)
    }));
    let copy = root.join("copy.json");
    let original = ledger.clone();
    rivals.push(Rival::new("cp, then sync", move || {
        let mut command = Command::new("sh");
        command.args(["-c", "cp \"$0\" \"$1\" && sync \"$1\""]).arg(&original).arg(&copy);
        command
    }));
    if let Some(reference) = reference.map(str::to_owned) {
        let (their_root, their_output) = (root.clone(), root.join("reference.json"));
        let python = python.to_owned();
        rivals.push(Rival::new("the Python reference", move || {
            let mut command = Command::new(&python);
            command.arg(&reference);
            generate(command, &their_root, &their_output)
        }));
    }
    let (quick, slow) = rivals.split_at_mut(2);
    for _ in 0..turns {
        quick.iter_mut().for_each(Rival::turn);
    }
    // The reference runs last: it uses gigabytes of memory, which slows down the next program.
    for rival in slow {
        (0..turns.min(if count < 10_000 { turns } else { 3 })).for_each(|_| rival.turn());
    }
    if reference.is_some() {
        let [ours, theirs] =
            ["ledger.json", "reference.json"].map(|file| std::fs::read(root.join(file)).unwrap());
        assert!(ours == theirs, "the ledgers differ");
    }
    println!(
        "{count} surfaces, {} MiB of input, a ledger of {} MiB",
        input_size >> 20,
        ledger.metadata().unwrap().len() >> 20
    );
    let (ours, our_processor) = (rivals[0].median(), rivals[0].processor_median());
    for rival in &mut rivals {
        let (median, processor) = (rival.median(), rival.processor_median());
        // The processor time is counted in hundredths of a second, so a ratio of a few of them says nothing.
        let ratio = if our_processor < 0.1 {
            String::new()
        } else {
            format!("{:6.2} x ours", processor / our_processor)
        };
        println!(
            "  {:22} {:9.1} ms   {:6.2} x ours   processor {:9.1} ms   {ratio:13}   peak {:5} MiB",
            rival.name,
            median * 1e3,
            median / ours,
            processor * 1e3,
            rival.peak >> 10
        );
    }
}
