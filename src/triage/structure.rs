//! Joins the keys, items and values of a list or an object into texts. A secret, payload or command that is split over them
//! is then found in one text.

use crate::json::{Json, write_json};

/// Keys of a name and of its value, as in the environment of a container: `{"name": …, "value": …}`.
const NAMES: [&str; 4] = ["name", "key", "variable", "field"];
const VALUES: [&str; 4] = ["value", "val", "content", "data"];

/// Keys of a program and of its arguments, as in a container: `{"command": …, "args": …}`.
const PROGRAMS: [&str; 5] = ["command", "cmd", "program", "exec", "run"];
const ARGUMENTS: [&str; 4] = ["args", "arguments", "argv", "parameters"];

/// Returns the value, with its key if there is one, in each way that a person could read it: as a JSON document, as one
/// line, as one text per line, and as assignments `key: value`.
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

/// Returns whether all keys of the value, at every level, are in `names`.
pub(super) fn has_only(value: &Json, names: &[&str]) -> bool {
    match value {
        Json::Object(members) => members
            .iter()
            .all(|(name, value)| names.contains(&name.as_str()) && has_only(value, names)),
        Json::Array(items) => items.iter().all(|item| has_only(item, names)),
        _ => true,
    }
}

/// Returns several texts as one line, and as one text per line. A single text was examined already, so it gives nothing.
pub(super) fn readings_of_texts(texts: &[&str]) -> Vec<String> {
    if texts.len() < 2 { Vec::new() } else { vec![texts.join(" "), texts.join("\n")] }
}

/// The texts and assignments inside a value.
#[derive(Default)]
struct Parts {
    /// Keys and scalars, in order.
    texts: Vec<String>,
    /// Each scalar, with the nearest key before it.
    assignments: Vec<String>,
}

impl Parts {
    /// Adds a value. `key` is the nearest key above it, or empty.
    fn add(&mut self, key: &str, value: &Json) {
        match value {
            Json::Null | Json::Bool(_) => {}
            Json::String(text) => self.add_scalar(key, text),
            Json::Number(number) => self.add_scalar(key, number.as_str()),
            Json::Array(items) => items.iter().for_each(|item| self.add(key, item)),
            Json::Object(members) => {
                let text_in = |keys: &[&str]| {
                    let mut found = keys.iter().filter_map(|key| one_line(members.get(*key)?));
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
                    // The secret may be a key itself, as in `{"password": {"…": 1}}`.
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

/// Returns a scalar, or a list of scalars, as one line. Returns `None` for anything else.
fn one_line(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.as_str().to_owned()),
        Json::Array(items) => {
            let words: Option<Vec<_>> = items.iter().map(one_line).collect();
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
