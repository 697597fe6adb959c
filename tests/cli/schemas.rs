//! The JSON Schemas fit what the tool reads, stores and prints. A changed document does not fit.

use serde_json::{Value, json};

use crate::case::{Case, RULES};

/// The validator of a schema, as `schema NAME` prints it.
fn validator(case: &Case, name: &str) -> jsonschema::Validator {
    let (schema, _) = case.run_to(0, &["schema", name]);
    let schema: Value = serde_json::from_str(&schema).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::options().should_validate_formats(true).build(&schema).unwrap()
}

/// Every object in a value, as a JSON pointer.
fn objects(value: &Value, pointer: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            found.push(pointer.to_owned());
            for (key, value) in members {
                objects(value, &format!("{pointer}/{key}"), found);
            }
        }
        Value::Array(items) => {
            for (index, value) in items.iter().enumerate() {
                objects(value, &format!("{pointer}/{index}"), found);
            }
        }
        _ => {}
    }
}

/// The value fits. With an unknown key in any object, or with another schema version, it does not.
pub(crate) fn fits_exactly(case: &Case, name: &str, value: &Value) {
    let validator = validator(case, name);
    let errors: Vec<_> = validator
        .iter_errors(value)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, [""; 0], "{name}");
    let mut found = Vec::new();
    objects(value, "", &mut found);
    assert!(!found.is_empty(), "{name} has no object");
    for pointer in found {
        let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| {
            let mut changed = value.clone();
            change(changed.pointer_mut(&pointer).unwrap().as_object_mut().unwrap());
            changed
        };
        let unknown = changed(&|object| drop(object.insert("no_such_key".to_owned(), json!(1))));
        assert!(!validator.is_valid(&unknown), "{name}: an unknown key at {pointer}");
        let newer = changed(&|object| {
            if let Some(version) = object.get_mut("schema_version") {
                *version = json!("another_v9");
            }
        });
        assert!(newer == *value || !validator.is_valid(&newer), "{name}: version at {pointer}");
    }
    assert!(value.to_string().contains("schema_version"), "{name} has no version");
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn each_json_output_fits_its_schema() {
    let case = Case::new();
    case.answer("held.json", 20, &[("rollback_owner", json!("TBD"))]);
    case.answer("answer.json", 21, &[]);
    let (out, _) = case.run_to(1, &["triage", "held.json", "answer.json", "--format", "json"]);
    fits_exactly(&case, "triage-output", &parsed(&out));
    let (out, _) = case.run_to(1, &["verify", "--format", "json"]);
    fits_exactly(&case, "verify-output", &parsed(&out));
    case.run_to(0, &["intake", "answer.json"]);
    case.record("record.json", "owner_review_only_update", &[]);
    let (out, _) = case.run_to(0, &["review", "record.json", "--format", "json"]);
    fits_exactly(&case, "review-output", &parsed(&out));
    for args in [&["status"][..], &["status", "--lane", "waiting_runtime_gate"]] {
        let (out, _) = case.run_to(0, &[args, &["--format", "json"]].concat());
        fits_exactly(&case, "status-output", &parsed(&out));
    }
    let (out, _) = case.run_to(0, &["status", RULES, "--format", "json"]);
    fits_exactly(&case, "surface-status-output", &parsed(&out));
    std::fs::write(case.events(), "{}\n").unwrap();
    for (args, schema) in
        [(&["status"][..], "status-output"), (&["status", RULES], "surface-status-output")]
    {
        let (out, _) = case.run_to(1, &[args, &["--format", "json"]].concat());
        fits_exactly(&case, schema, &parsed(&out));
    }
}

#[test]
fn each_event_fits_its_schema() {
    let case = Case::accepted();
    case.answer("secret.json", 22, &[("decision_reason", json!("password: Zx81hunter2Qp"))]);
    case.run_to(1, &["intake", "secret.json"]);
    let events = std::fs::read_to_string(case.events()).unwrap();
    assert_eq!(events.lines().count(), 3);
    for line in events.lines() {
        fits_exactly(&case, "event", &parsed(line));
    }
    // A review has no findings, and an answer has them.
    let validator = validator(&case, "event");
    let mut lines = events.lines().map(parsed);
    let (mut answer, mut review) = (lines.next().unwrap(), lines.next().unwrap());
    review["findings"] = json!([]);
    answer.as_object_mut().unwrap().remove("findings");
    assert!(!validator.is_valid(&review) && !validator.is_valid(&answer));
}

#[test]
fn a_record_fits_its_schema() {
    let case = Case::accepted();
    let record = parsed(&std::fs::read_to_string(case.path().join("record.json")).unwrap());
    fits_exactly(&case, "reviewer-record", &record);
    let answer = parsed(&std::fs::read_to_string(case.path().join("answer.json")).unwrap());
    fits_exactly(&case, "response", &answer);
}
