//! A list or an object as texts: what is taken apart into keys, items and values reads as a whole.

use crate::json::{Json, write_json};

/// Keys beside which a value is named, as in the environment of a container: `{"name": …, "value": …}`.
const NAMES: [&str; 4] = ["name", "key", "variable", "field"];
const VALUES: [&str; 4] = ["value", "val", "content", "data"];

/// Keys beside which a program and its arguments are named, as in a container's.
const PROGRAMS: [&str; 5] = ["command", "cmd", "program", "exec", "run"];
const ARGUMENTS: [&str; 4] = ["args", "arguments", "argv", "parameters"];

/// The value, with its key where it has one, in each way in which somebody could read it: as the document that it is, as
/// one line, as lines, and as assignments.
pub(super) fn readings(key: Option<&str>, value: &Json) -> Vec<String> {
    let mut document = String::new();
    match key {
        Some(key) => write_json(&mut document, &Json::object([(key, value.clone())]), 0),
        None => write_json(&mut document, value, 0),
    }
    let mut parts = Parts::default();
    parts.add(key.unwrap_or_default(), value);
    vec![document, parts.texts.join(" "), parts.texts.join("\n"), parts.assignments.join("\n")]
}

/// Whether all keys of the value, and of what it holds, are among `names`.
pub(super) fn has_only(value: &Json, names: &[&str]) -> bool {
    match value {
        Json::Object(members) => members
            .iter()
            .all(|(name, value)| names.contains(&name.as_str()) && has_only(value, names)),
        Json::Array(items) => items.iter().all(|item| has_only(item, names)),
        _ => true,
    }
}

/// Several texts, read as one line, and as lines.
pub(super) fn readings_of_texts(texts: &[&str]) -> Vec<String> {
    if texts.len() < 2 { Vec::new() } else { vec![texts.join(" "), texts.join("\n")] }
}

#[derive(Default)]
struct Parts {
    /// Keys and texts, in their order.
    texts: Vec<String>,
    /// Each value behind the nearest key.
    assignments: Vec<String>,
}

impl Parts {
    fn add(&mut self, key: &str, value: &Json) {
        match value {
            Json::Null | Json::Bool(_) => {}
            Json::String(text) => self.add_scalar(key, text),
            Json::Number(number) => self.add_scalar(key, number.as_str()),
            Json::Array(items) => items.iter().for_each(|item| self.add(key, item)),
            Json::Object(members) => {
                let text_in = |keys: &[&str]| {
                    let mut found = keys.iter().filter_map(|key| words(members.get(*key)?));
                    found.next()
                };
                if let Some((name, value)) = text_in(&NAMES).zip(text_in(&VALUES)) {
                    self.assignments.push(format!("{name}: {value}"));
                }
                if let Some((program, arguments)) = text_in(&PROGRAMS).zip(text_in(&ARGUMENTS)) {
                    self.assignments.push(format!("{program} {arguments}"));
                }
                for (below, value) in members {
                    self.texts.push(below.clone());
                    // A key may be the value of the one above it.
                    self.assignments.push(format!("{key}: {below}"));
                    self.add(below, value);
                }
            }
        }
    }

    fn add_scalar(&mut self, key: &str, text: &str) {
        self.texts.push(text.to_owned());
        if !key.is_empty() {
            self.assignments.push(format!("{key}: {text}"));
        }
    }
}

/// A scalar, or a list of them, as one line.
fn words(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.as_str().to_owned()),
        Json::Array(items) => {
            let words: Option<Vec<_>> = items.iter().map(words).collect();
            Some(words?.join(" "))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_and_its_value_are_read_as_one() {
        let of = |value: Json| {
            let pair = [("name", Json::from("smtp_auth_password")), ("value", value)];
            let texts = readings(None, &Json::object(pair));
            texts.last().cloned().unwrap_or_default()
        };
        assert!(of(Json::from("Xk39")).contains("smtp_auth_password: Xk39"));
        assert!(of(Json::from(8_837)).contains("smtp_auth_password: 8837"));
        assert!(of(Json::strings(["a", "b"])).contains("smtp_auth_password: a b"));
        assert!(!of(Json::Null).contains("smtp_auth_password: "));
    }
}
