//! Writes again the seeds that depend on the form of an answer: forms and drafts that the crate prints, the same forms
//! and drafts filled in, and the first labelled answer of each group.
//!
//! Run `cargo run --example seeds` in the folder `fuzz`.

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;

use acceptance_ledger::{
    Decision, Dossier, Lane, OwnerRequests, ResponseDocument, TemplateFormat, TemplateOptions,
    response_template, strategies,
};
use acceptance_ledger_fuzz::yaml::fill_in;
use acceptance_ledger_fuzz::{
    Dice, accepted, draft, example, plausible_record, record_in_yaml, repair, replay,
};
use serde_json::Value;

fn main() -> Result<(), Box<dyn Error>> {
    let seeds = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    answers(&seeds.join("response"))?;
    labelled(&seeds.join("response"))?;
    records(&seeds.join("record"))
}

/// Writes printed forms, and answers in several styles.
fn answers(folder: &Path) -> Result<(), Box<dyn Error>> {
    let requests = include_bytes!(
        "../../examples/monitoring/docs/security/monitoring-owner-request-draft.snapshot.json"
    );
    let requests = OwnerRequests::parse(requests)?;
    let surface = &example(0).surface;
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text);
    let form = response_template(surface, &TemplateOptions::default());
    write("untouched.yaml", &form)?;
    let after_change = TemplateOptions {
        decision: Some(Decision::ConfirmAfterChange),
        schema: "monitoring_owner_response_v1.schema.json",
        ..TemplateOptions::default()
    };
    write("untouched-after-a-change.yaml", &response_template(surface, &after_change))?;
    if let Some(short) = requests.surfaces().iter().find(|surface| !surface.is_write_capable()) {
        write("untouched-short.yaml", &response_template(short, &TemplateOptions::default()))?;
    }
    let members: Vec<_> = strategies::clean_response(surface)
        .into_iter()
        .filter(|(key, _)| key != "$schema")
        .map(|(key, value)| (key, value.to_string()))
        .collect();
    write("filled.yaml", &fill_in(&form, &members, &mut Dice::new(b"")))?;
    for (name, dice) in [("single", b'A'), ("double", b'B'), ("folded", b'D'), ("wrapped", b'E')] {
        let dice = [dice; 256];
        write(&format!("filled-{name}.yaml"), &fill_in(&form, &members, &mut Dice::new(&dice)))?;
    }
    let half: Vec<_> = members.iter().take(members.len() / 2).cloned().collect();
    write("half.yaml", &fill_in(&form, &half, &mut Dice::new(b"")))?;
    let bare = acceptance_ledger_fuzz::yaml::render(&members, &mut Dice::new(b""));
    write("bare.yaml", &bare)?;
    write(
        "commented.yaml",
        &format!("# Asked on Monday.\n{bare}# See OPS-12.\n\n  # And below.\n"),
    )?;
    let found = "\
stale_alert_review:
  stale:
    - what: HighLatency, since Friday
      owner: Dana Lim
  pending: clear
  resolved_not_cleared: clear
  source_stopped: clear
silence_or_dedup_review:
  silence:
    - what: The batch silence
      owner: Dana Lim
      until: 2026-12-24
  mute: clear
  dedup: clear
  inhibit:
    - what: Critical inhibits warning
      owner: Dana Lim
      until: by_design
  maintenance: clear
";
    let is_review = |key: &str| ["stale_alert_review", "silence_or_dedup_review"].contains(&key);
    let rest: Vec<_> = members.iter().filter(|(key, _)| !is_review(key)).cloned().collect();
    let rest = acceptance_ledger_fuzz::yaml::render(&rest, &mut Dice::new(b""));
    write("entries.yaml", &format!("{rest}{found}"))?;
    write("carried-over.yaml", &{
        let document = ResponseDocument::parse(bare.as_bytes())?;
        let like = Some(&document);
        response_template(surface, &TemplateOptions { like, ..TemplateOptions::default() })
    })?;
    Ok(())
}

/// Writes the first labelled answer of each group, changed to be for the surface of the example.
fn labelled(folder: &Path) -> Result<(), Box<dyn Error>> {
    let clean: Value = serde_json::from_str(include_str!("../../tests/labelled/clean.json"))?;
    let own = strategies::clean_response(&example(0).surface);
    for (language, lines) in [
        ("en", include_str!("../../tests/labelled/english.jsonl")),
        ("zh", include_str!("../../tests/labelled/chinese.jsonl")),
    ] {
        let mut written = BTreeSet::new();
        for line in lines.lines() {
            let line: Value = serde_json::from_str(line)?;
            let text = |key: &str| line[key].as_str().unwrap_or_default();
            if text("base") != "receiver" || !written.insert(text("group").to_owned()) {
                continue;
            }
            let mut document = clean[text("base")].as_object().cloned().unwrap_or_default();
            for key in line["remove"].as_array().into_iter().flatten().filter_map(Value::as_str) {
                document.remove(key);
            }
            for (key, value) in line["set"].as_object().into_iter().flatten() {
                document.insert(key.clone(), value.clone());
            }
            for key in ["acceptance_candidate_id", "request_id", "surface_id", "repo_sha256"] {
                document.insert(key.to_owned(), own[key].clone());
            }
            document.insert("affected_scope".to_owned(), own["affected_scope"].clone());
            let name = format!("{}-{language}.json", text("group"));
            std::fs::write(folder.join(name), serde_json::to_string_pretty(&document)?)?;
        }
    }
    Ok(())
}

/// Writes records for a journal whose answer waits for a reviewer. Zeros replace the digest of its event, because that
/// digest changes with every change of the example.
fn records(folder: &Path) -> Result<(), Box<dyn Error>> {
    let mut dossier: Dossier = accepted();
    let lines: Vec<_> = dossier.events.split_inclusive(|byte| *byte == b'\n').collect();
    dossier.events = lines[..3].concat();
    let history = || replay(example(0), &dossier).map_err(|_| "the journal is broken");
    let read = history()?;
    let mut dossier = dossier.clone();
    repair(&mut dossier, &read);
    let event = read.log().response_event().ok_or("there is no answer")?.to_string();
    let zeros = format!("sha256:{}", "0".repeat(64));
    let write =
        |name: &str, text: &str| std::fs::write(folder.join(name), text.replace(&event, &zeros));
    let printed = draft(&read, &dossier, TemplateFormat::Yaml).ok_or("there is no draft")?;
    write("untouched.yaml", &printed)?;
    for (name, outcome) in [
        ("acceptance.yaml", Lane::OwnerReviewOnlyUpdate),
        ("supplement.yaml", Lane::RequestSupplement),
        ("quarantine.yaml", Lane::QuarantineSecretOrRawPayload),
    ] {
        let record = plausible_record(&read, &dossier, outcome).ok_or("there is no draft")?;
        write(name, &record_in_yaml(&read, &dossier, &record, &mut Dice::new(b"")))?;
    }
    let outcome = Lane::RequestSupplement;
    let mut record = plausible_record(&read, &dossier, outcome).ok_or("there is no draft")?;
    let checks = record["checks"].as_object_mut().ok_or("the record lacks checks")?;
    checks.retain(|_, verdict| *verdict == "fail");
    write("one-check.yaml", &record_in_yaml(&read, &dossier, &record, &mut Dice::new(b"")))?;
    let outcome = Lane::OwnerReviewOnlyUpdate;
    let mut record = plausible_record(&read, &dossier, outcome).ok_or("there is no draft")?;
    record["valid_until"] = Value::from("2028-11-24T10:00:00+08:00");
    write("too-long.yaml", &record_in_yaml(&read, &dossier, &record, &mut Dice::new(b"")))?;
    Ok(())
}
