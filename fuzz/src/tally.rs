use std::collections::BTreeMap;
use std::sync::Mutex;

static COUNTS: Mutex<BTreeMap<String, u64>> = Mutex::new(BTreeMap::new());

/// Counts an outcome, and writes the counts to the file that `FUZZ_COUNTS` names. Without this variable, nothing is
/// counted.
pub fn count(what: &str) {
    let Some(file) = std::env::var_os("FUZZ_COUNTS") else {
        return;
    };
    let Ok(mut counts) = COUNTS.lock() else { return };
    *counts.entry(what.to_owned()).or_default() += 1;
    let all: u64 = counts.values().sum();
    // The run is stopped from outside, so the counts must already be in the file. Later, only every 512th outcome is
    // followed by a write.
    if all < 4_096 || all.is_multiple_of(512) {
        let lines = counts.iter().map(|(what, count)| format!("{count:8} {what}\n"));
        let _ = std::fs::write(file, lines.collect::<String>());
    }
}
