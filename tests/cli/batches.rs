//! Many documents in one `intake` or `review`: each is recorded or refused by itself, and they are written together.

use serde_json::json;

use crate::case::{Case, DASHBOARD, JOURNAL, RECEIVER, RULES, folders};

/// A case with an answer for each of three surfaces, and the names of their files.
pub(crate) fn three_answers() -> (Case, [&'static str; 3]) {
    let case = Case::new();
    let files = ["rules.json", "dashboard.json", "receiver.json"];
    for (file, surface) in files.into_iter().zip([RULES, DASHBOARD, RECEIVER]) {
        case.answer_for(file, surface, 20, &[]);
    }
    (case, files)
}

/// Reads the events of the rules.
fn events_of_rules(case: &Case) -> String {
    let folders = folders(case.path()).into_iter();
    let [folder]: [String; 1] = folders
        .filter(|folder| folder.starts_with("prometheus_rules"))
        .collect::<Vec<_>>()
        .try_into()
        .unwrap();
    std::fs::read_to_string(case.path().join(JOURNAL).join(folder).join("events.jsonl")).unwrap()
}

#[test]
fn a_refused_answer_does_not_keep_the_others_from_being_recorded() {
    let (case, [rules, dashboard, receiver]) = three_answers();
    // Earlier than the answer before it, so it is refused.
    case.answer("earlier.json", 19, &[]);
    case.answer("later.json", 21, &[]);
    case.answer("lost.json", 22, &[("acceptance_candidate_id", json!("nobody"))]);
    let secret = json!("the SMTP password is hunter2x");
    case.answer_for(receiver, RECEIVER, 20, &[("decision_reason", secret)]);
    let files = [rules, "lost.json", dashboard, "earlier.json", receiver, "later.json"];
    let (out, err) = case.run_to(2, &[&["intake"], &files[..]].concat());
    // The results and the errors are in the order of the files, also where a surface has several answers.
    let shown: Vec<_> = out.lines().filter_map(|line| line.split_once(".json: ")).collect();
    assert_eq!(
        shown,
        [
            ("rules", "ready_for_monitoring_review"),
            ("dashboard", "ready_for_monitoring_review"),
            ("receiver", "quarantine_secret_or_raw_payload"),
            ("later", "ready_for_monitoring_review"),
        ]
    );
    let errors: Vec<_> = err.lines().filter(|line| line.starts_with("error: ")).collect();
    assert!(errors[0].contains("lost.json") && errors[1].contains("earlier.json"), "{err}");
    assert_eq!((errors.len(), err.matches("recorded in ").count()), (2, 4), "{err}");
    let events = events_of_rules(&case);
    assert_eq!(events.lines().count(), 2);
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}

#[test]
fn more_answers_than_are_written_at_once_are_all_recorded() {
    let (case, _) = three_answers();
    let files: Vec<_> = (1..=70).map(|minute| format!("{minute}.json")).collect();
    for (minute, file) in (1..).zip(&files) {
        let time = format!("2026-10-20T{:02}:{:02}:00Z", minute / 60, minute % 60);
        case.answer(file, 20, &[("responded_at", json!(time))]);
    }
    let mut args = vec!["intake", "dashboard.json"];
    args.extend(files.iter().map(String::as_str));
    let (_, err) = case.run_to(0, &args);
    assert_eq!(err.matches("recorded in ").count(), 71);
    let events = events_of_rules(&case);
    let times: Vec<_> = events.lines().map(|line| line.split("responded_at").nth(1)).collect();
    assert!(times.is_sorted() && times.len() == 70, "{events}");
    case.commit_ledger();
    assert_eq!(case.codes(&[]), [""; 0]);
}
