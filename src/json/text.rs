//! Writes JSON with the layout of the ledger.

use super::Json;

/// Appends `text` as a JSON string. Only characters that JSON must escape are escaped.
pub(crate) fn write_string(out: &mut String, text: &str) {
    let must_escape = |byte: u8| byte < b' ' || byte == b'"' || byte == b'\\';
    // This tests every byte, because a loop that stops at the first match cannot test many bytes at a time.
    if text.bytes().fold(false, |found, byte| found | must_escape(byte)) {
        out.push_str(&serde_json::Value::from(text).to_string());
    } else {
        out.push('"');
        out.push_str(text);
        out.push('"');
    }
}

/// Appends `value` in the layout of Python's `indent=2`, `level` levels deep.
pub(crate) fn write_json(out: &mut String, value: &Json, level: usize) {
    match value {
        Json::Null => out.push_str("null"),
        Json::Bool(true) => out.push_str("true"),
        Json::Bool(false) => out.push_str("false"),
        Json::Number(number) => out.push_str(number.as_str()),
        Json::String(text) => write_string(out, text),
        Json::Array(items) => {
            write_array(out, items, level, |out, item| write_json(out, item, level + 1));
        }
        Json::Object(members) => {
            let members = members.iter().map(|(key, member)| (key.as_str(), member));
            write_object(out, members, level, |out, member| write_json(out, member, level + 1));
        }
    }
}

/// Appends an object of `members` in the given order, `level` levels deep. `write_value` writes each value.
pub(crate) fn write_object<'k, V>(
    out: &mut String,
    members: impl IntoIterator<Item = (&'k str, V)>,
    level: usize,
    mut write_value: impl FnMut(&mut String, V),
) {
    write_block(out, ['{', '}'], members, level, |out, (key, value)| {
        write_string(out, key);
        out.push_str(": ");
        write_value(out, value);
    });
}

/// Appends an array of `items`, `level` levels deep. `write_item` writes each item.
pub(crate) fn write_array<I: IntoIterator>(
    out: &mut String,
    items: I,
    level: usize,
    write_item: impl FnMut(&mut String, I::Item),
) {
    write_block(out, ['[', ']'], items, level, write_item);
}

/// Appends items between brackets, each on its own line. An empty block stays on one line, as Python writes it.
fn write_block<I: IntoIterator>(
    out: &mut String,
    [open, close]: [char; 2],
    items: I,
    level: usize,
    mut write_item: impl FnMut(&mut String, I::Item),
) {
    out.push(open);
    let mut is_empty = true;
    for item in items {
        if !is_empty {
            out.push(',');
        }
        is_empty = false;
        new_line(out, level + 1);
        write_item(out, item);
    }
    if !is_empty {
        new_line(out, level);
    }
    out.push(close);
}

/// Begins a new line that is indented by `level` levels.
pub(crate) fn new_line(out: &mut String, level: usize) {
    out.push('\n');
    for _ in 0..level {
        out.push_str("  ");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(value: &Json) -> String {
        let mut out = String::new();
        write_json(&mut out, value, 0);
        out
    }

    #[test]
    fn empty_blocks_stay_on_their_line() {
        assert_eq!(written(&Json::Array(vec![])), "[]");
        assert_eq!(written(&Json::object::<&str>([])), "{}");
    }

    #[test]
    fn blocks_are_indented_and_keys_sorted_by_code_point() {
        let value = Json::object([
            ("\u{1f600}", Json::Null),
            ("\u{ffff}", Json::Array(vec![Json::Bool(true), Json::Bool(false)])),
            ("a", Json::object([("b", Json::from(1))])),
        ]);
        assert_eq!(
            written(&value),
            "{\n  \"a\": {\n    \"b\": 1\n  },\n  \"\u{ffff}\": [\n    true,\n    false\n  ],\n  \"\u{1f600}\": null\n}"
        );
    }

    #[test]
    fn strings_escape_what_json_must_and_nothing_else() {
        let every: String = ('\0'..='\u{a0}').chain("告警\u{2028}\u{1f600}".chars()).collect();
        let text = written(&Json::String(every.clone()));
        assert!(text.starts_with(r#""\u0000\u0001"#) && text.contains(r"\b\t\n\u000b\f\r"));
        assert!(text.contains("~\u{7f}\u{80}") && text.ends_with("告警\u{2028}\u{1f600}\""));
        assert_eq!(serde_json::from_str::<String>(&text).unwrap(), every);
    }
}
