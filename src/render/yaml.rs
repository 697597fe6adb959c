//! Writes a template as YAML. The instruction of a field is a comment above it.

use std::fmt::Write as _;

use crate::escape;
use crate::forms::{Blank, FormLine};

/// Returns the template as YAML: the header, then each key with its comments.
pub(super) fn write(header: &[String], lines: &[FormLine]) -> String {
    let mut text = String::new();
    for comment in header {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "{comment}");
    }
    for line in lines {
        if line.begins_paragraph {
            text.push('\n');
        }
        for comment in &line.comments {
            if comment.is_empty() {
                text.push('\n');
            } else {
                let _ = writeln!(text, "{comment}");
            }
        }
        write_blank(&mut text, line.name, &line.blank, 0);
    }
    text
}

fn write_blank(text: &mut String, name: &str, blank: &Blank, indent: usize) {
    let pad = " ".repeat(indent);
    // Writing to a string cannot fail.
    let _ = match blank {
        Blank::True => writeln!(text, "{pad}{name}: true"),
        Blank::Open | Blank::MayStay => writeln!(text, "{pad}{name}:"),
        Blank::Block => writeln!(text, "{pad}{name}: |"),
        Blank::Items => writeln!(text, "{pad}{name}:\n{pad}  -"),
        Blank::Text(value) => writeln!(text, "{pad}{name}: {}", scalar(value)),
        Blank::List(items) => {
            let _ = writeln!(text, "{pad}{name}:");
            for item in items {
                let _ = writeln!(text, "{pad}  - {}", scalar(item));
            }
            Ok(())
        }
        Blank::Keys(keys) => {
            let _ = writeln!(text, "{pad}{name}:");
            for (name, blank) in keys {
                write_blank(text, name, blank, indent + 2);
            }
            Ok(())
        }
    };
}

/// Returns a text as a YAML scalar. It has quotes only if it needs them.
///
/// Plain text reads best, so the common cases stay plain. The rules are stricter than those of YAML.
pub(super) fn scalar(text: &str) -> String {
    let is_plain_start = |c: char| {
        c.is_alphanumeric() || "./_(+".contains(c) || (!c.is_ascii() && !c.is_whitespace())
    };
    // YAML reads these words as values, not as texts.
    let is_word = matches!(text, "true" | "false" | "null" | "~");
    // Characters that a terminal does not show as they are, such as controls, need an escape. Only double quotes have
    // escapes.
    let is_shown = escape::for_terminal(text) == text;
    // `: ` and a colon at the end make a key, ` #` begins a comment, and a space at the end gets lost.
    let is_plain = text.starts_with(is_plain_start)
        && !is_word
        && !text.contains(": ")
        && !text.contains(" #")
        && !text.ends_with([':', ' '])
        && !text.contains('：');
    match (is_shown, is_plain) {
        (true, true) => text.to_owned(),
        (true, false) => format!("'{}'", text.replace('\'', "''")),
        (false, _) => format!("\"{}\"", text.chars().map(escaped).collect::<String>()),
    }
}

/// Returns a character as it is written between double quotes. YAML has no surrogate pairs, so a character above
/// U+FFFF needs the long escape.
fn escaped(character: char) -> String {
    let text = character.to_string();
    match u32::from(character) {
        _ if character == '"' || character == '\\' => format!("\\{character}"),
        _ if escape::for_terminal(&text) == text => text,
        number @ 0x1_0000.. => format!("\\U{number:08x}"),
        number => format!("\\u{number:04x}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::document::Document;

    proptest! {
        #[test]
        fn every_text_reads_back(text in "\\PC{0,40}|[a-z:# '\"\\-\n\t：|>@&*!%]{1,20}") {
            let written = format!("a: {}\n", scalar(&text));
            let document = Document::read(written.as_bytes(), |_| true).unwrap();
            let read = document.get("a").unwrap();
            let shown = read.as_str().unwrap_or_default();
            prop_assert_eq!(shown, text);
        }
    }
}
