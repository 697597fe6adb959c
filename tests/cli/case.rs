//! A test repository in which an owner answers and a reviewer decides.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use acceptance_ledger::{AcceptanceField, OwnerRequests, ReviewerCheck};
use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::tool::{copy_of, example, names, stderr, stdout, tool, write};

pub(crate) const RULES: &str = "prometheus_rules:prometheus/alert.rules";
pub(crate) const RECEIVER: &str = "alertmanager_config:alertmanager/config.yml";
pub(crate) const DASHBOARD: &str =
    "grafana_dashboard:grafana/provisioning/dashboards/docker_host.json";
pub(crate) const JOURNAL: &str = "docs/security/monitoring-owner-response-acceptance.journal";
pub(crate) const LEDGER: &str = "docs/security/monitoring-owner-response-acceptance.snapshot.json";
pub(crate) const TIME: &str = "2026-11-24T10:00:00+08:00";

/// Prints the template of a surface, and fills it in as an owner would.
pub(crate) fn filled_in(root: &Path, surface: &str) -> Map<String, Value> {
    let output = tool(root).args(["template", surface, "--format", "json"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let mut members: Map<String, Value> = serde_json::from_str(stdout(&output)).unwrap();
    // The form asks for one of these fields only if live evidence is required or a change alters alerts.
    let health_depends_on_it =
        members.contains_key("live_config_hash_ref") || members.contains_key("reload_owner");
    for (key, value) in &mut members {
        fill_in(key, key, value, health_depends_on_it);
    }
    members
}

/// Fills in the blanks of a value. Texts differ from field to field, because triage reports a repeated text.
fn fill_in(field: &str, key: &str, value: &mut Value, health_depends_on_it: bool) {
    let answer = match (field, key) {
        ("responder", _) => json!("Ada Owner"),
        ("responded_at", _) => json!("2026-11-20T10:00:00+08:00"),
        ("decision", _) => json!("confirm_current_state"),
        ("decision_reason", _) => json!("平台組已於週一讀回並記錄。"),
        ("redacted_evidence_refs", _) => json!(["artifact:run-12/readback.json"]),
        ("live_config_hash_ref", _) => json!(format!("sha256:{}", "1b".repeat(32))),
        ("receiver_receipt_proof_ref" | "owner_response_ref", _)
        | ("alert_chain_health_ref", "rule" | "state" | "receiver") => json!("ticket:OPS-12"),
        ("route_smoke_plan", _) => json!("Watchdog is followed to its receipt."),
        ("maintenance_window", "per_change") => json!("the platform lead"),
        ("maintenance_window", "window" | "standing")
        | ("incident_context_ref" | "cross_project_notification_ref", "ref")
        | ("alert_chain_health_ref", "receipt") => return,
        ("stale_alert_review" | "silence_or_dedup_review", key) if key != field => json!("clear"),
        ("false_green_risk_review", "health_rests_on") if health_depends_on_it => {
            json!(["receiver_receipt"])
        }
        ("false_green_risk_review", "health_rests_on") => json!(["no_health_claimed"]),
        (_, "not_applicable" | "reason") if value.is_null() => json!("there was none"),
        _ if value.is_object() => {
            for (key, value) in value.as_object_mut().unwrap() {
                fill_in(field, key, value, health_depends_on_it);
            }
            return;
        }
        _ if !value.is_null() => return,
        (field, key) if field == key => json!("平台組值班"),
        (field, part) => json!(format!("{part}: the steps of {field} in the runbook")),
    };
    *value = answer;
}

/// Returns the time `before` seconds ago and the time `after` seconds from now, as records write them.
pub(crate) fn times_around_now(before: i64, after: i64) -> [String; 2] {
    times_around(jiff::Timestamp::now().as_second(), before, after)
}

fn times_around(now: i64, before: i64, after: i64) -> [String; 2] {
    [now - before, now + after]
        .map(|second| jiff::Timestamp::from_second(second).unwrap().to_string())
}

/// Writes an answer for a surface, dated on this day of October, with other values in some fields.
pub(crate) fn answer_of(surface: &str, day: u32, changes: &[(&str, Value)]) -> String {
    let mut answer = filled_in(&example(), surface);
    let time = format!("2026-10-{day:02}T10:00:00+08:00");
    answer.insert("responded_at".to_owned(), json!(time));
    for (key, value) in changes {
        answer.insert((*key).to_owned(), value.clone());
    }
    format!("{:#}\n", Value::from(answer))
}

/// Returns the ids of all surfaces of the example.
pub(crate) fn surface_ids() -> Vec<String> {
    let drafts = example().join("docs/security/monitoring-owner-request-draft.snapshot.json");
    let requests = OwnerRequests::parse(&std::fs::read(drafts).unwrap()).unwrap();
    requests.surfaces().iter().map(|surface| surface.surface_id().to_owned()).collect()
}

/// A day in seconds.
const DAY: i64 = 24 * 60 * 60;

/// Returns the names of the journal's folders below a root, one for each surface that has events.
pub(crate) fn folders(root: &Path) -> Vec<String> {
    let journal = root.join(JOURNAL);
    if !journal.exists() {
        return Vec::new();
    }
    let mut folders = names(&journal);
    folders.retain(|name| journal.join(name).is_dir());
    folders
}

/// A copy of the example repository, in which a test takes steps.
pub(crate) struct Case {
    folder: TempDir,
    /// When the case began, in seconds. It gives all records of one case the same times.
    began: i64,
}

impl Case {
    pub(crate) fn new() -> Self {
        let case = Self::of(&example());
        // A case writes its own ledger.
        std::fs::remove_file(case.path().join(LEDGER)).unwrap();
        case
    }

    /// Copies a repository without changes.
    pub(crate) fn of(root: &Path) -> Self {
        Self { folder: copy_of(root), began: jiff::Timestamp::now().as_second() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Output {
        tool(self.path()).args(args).output().unwrap()
    }

    /// Runs a command, checks its exit code, and returns its standard output and its standard error.
    pub(crate) fn run_to(&self, code: i32, args: &[&str]) -> (String, String) {
        let output = self.run(args);
        let (out, err) = (stdout(&output).to_owned(), stderr(&output).to_owned());
        assert_eq!(output.status.code(), Some(code), "{args:?}: {out}{err}");
        (out, err)
    }

    pub(crate) fn write(&self, file: &str, text: impl AsRef<[u8]>) -> PathBuf {
        write(self.path(), file, text)
    }

    /// Writes an answer for the rules, dated on this day of October, with other values in some fields.
    pub(crate) fn answer(&self, file: &str, day: u32, changes: &[(&str, Value)]) {
        self.answer_for(file, RULES, day, changes);
    }

    pub(crate) fn answer_for(
        &self,
        file: &str,
        surface: &str,
        day: u32,
        changes: &[(&str, Value)],
    ) {
        self.write(file, answer_of(surface, day, changes));
    }

    /// Writes a record for the latest answer. If `outcome` is a hold, the checks that belong to it fail.
    pub(crate) fn record(&self, file: &str, outcome: &str, changes: &[(&str, Value)]) {
        self.record_for(file, RULES, outcome, changes);
    }

    pub(crate) fn record_for(
        &self,
        file: &str,
        surface: &str,
        outcome: &str,
        changes: &[(&str, Value)],
    ) {
        let (template, _) = self.run_to(0, &["template", surface, "--review", "--format", "json"]);
        let answers = filled_in(&example(), surface);
        let mut record: Value = serde_json::from_str(&template).unwrap();
        let failing: &[&str] = match outcome {
            "quarantine_secret_or_raw_payload" => &["secret_value_absent"],
            "reject_execution_request" => &["no_runtime_request"],
            "receiver_receipt_gap_required" => &["receiver_receipt_proof_metadata_only"],
            "request_supplement" => &["rollback_owner_present"],
            _ => &[],
        };
        for (check, verdict) in record["checks"].as_object_mut().unwrap() {
            if *verdict != "fail" {
                let check: ReviewerCheck = check.parse().unwrap();
                let mut fields = AcceptanceField::answers()
                    .filter(|field| field.check() == Some(check))
                    .peekable();
                let is_answered = fields.peek().is_none()
                    || fields.any(|field| {
                        let answer = answers.get(field.as_str());
                        answer.is_some_and(|answer| {
                            answer.get("not_applicable").is_none_or(Value::is_null)
                                && !answer.to_string().contains("not_applicable: ")
                        })
                    });
                *verdict = json!(match check.as_str() {
                    check if failing.contains(&check) => "fail",
                    _ if is_answered => "pass",
                    _ => "not_applicable",
                });
            }
        }
        // An acceptance must stay valid while the tests run.
        let [reviewed_at, valid_until] = times_around(self.began, 60, 300 * DAY);
        let is_acceptance = ["owner_review_only_update", "accept"].contains(&outcome);
        for (key, value) in [
            ("reviewer", json!("Rex Reviewer")),
            ("reviewer_kind", json!("person")),
            ("reviewed_at", json!(reviewed_at)),
            ("valid_until", json!(is_acceptance.then_some(valid_until))),
            ("outcome", json!(outcome)),
            ("reason", json!("Compared with the readback.")),
            ("record_ref", json!("ticket:OPS-13")),
        ] {
            record[key] = value;
        }
        for (key, value) in changes {
            match key.strip_prefix("checks/") {
                Some(check) => record["checks"][check] = value.clone(),
                None => record[*key] = value.clone(),
            }
        }
        self.write(file, format!("{record:#}\n"));
    }

    /// Returns a case in which the owner of the rules has answered and a reviewer has accepted.
    pub(crate) fn accepted() -> Self {
        let case = Self::new();
        case.answer("answer.json", 20, &[]);
        case.run_to(0, &["intake", "answer.json"]);
        case.record("record.json", "owner_review_only_update", &[]);
        case.run_to(0, &["review", "record.json"]);
        case
    }

    /// Writes the current ledger to the place where `verify` looks for it.
    pub(crate) fn commit_ledger(&self) {
        self.run_to(0, &["replay", "--generated-at", TIME, "--output", LEDGER]);
    }

    /// Returns the current ledger, parsed as JSON.
    pub(crate) fn ledger(&self) -> Value {
        let (ledger, _) = self.run_to(0, &["replay", "--generated-at", TIME]);
        serde_json::from_str(&ledger).unwrap()
    }

    /// Returns the row of the rules in the ledger.
    pub(crate) fn row(&self) -> Value {
        let ledger = self.ledger();
        let mut rows = ledger["acceptance_candidates"].as_array().unwrap().iter();
        rows.find(|row| row["surface_id"] == RULES).unwrap().clone()
    }

    /// Runs `verify`. Returns the codes of its findings, in its order.
    pub(crate) fn codes(&self, args: &[&str]) -> Vec<String> {
        let output = self.run(&[&["verify", "--format", "json"], args].concat());
        let report: Value = serde_json::from_str(stdout(&output)).unwrap();
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(report["ok"], findings.is_empty());
        assert_eq!(output.status.code(), Some(i32::from(!findings.is_empty())));
        findings.iter().map(|finding| finding["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Returns the journal folder of the only surface that has one.
    pub(crate) fn surface_folder(&self) -> PathBuf {
        let folders = folders(self.path());
        assert_eq!(folders.len(), 1, "{folders:?}");
        self.path().join(JOURNAL).join(&folders[0])
    }

    pub(crate) fn events(&self) -> PathBuf {
        self.surface_folder().join("events.jsonl")
    }

    /// Returns the files of the surface's folder whose names end with `end`.
    pub(crate) fn files(&self, end: &str) -> Vec<PathBuf> {
        let folder = self.surface_folder();
        let names = names(&folder).into_iter().filter(|name| name.ends_with(end));
        names.map(|name| folder.join(name)).collect()
    }

    /// Runs git in the repository of this case.
    /// Runs git, and returns its standard output.
    pub(crate) fn git(&self, args: &[&str]) -> String {
        let output = Command::new("git")
            .current_dir(self.path())
            .args(["-c", "user.name=Test", "-c", "user.email=test@example.com"])
            .args(["-c", "commit.gpgsign=false", "-c", "init.defaultBranch=main"])
            .args(args)
            .output()
            .unwrap();
        assert!(output.status.success(), "{args:?}: {}", stderr(&output));
        stdout(&output).to_owned()
    }

    pub(crate) fn commit_all(&self) {
        self.git(&["init", "-q"]);
        self.git(&["add", "-A"]);
        self.git(&["commit", "-qm", "as it stands"]);
    }
}
