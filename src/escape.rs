//! Escapes names and paths that come from other people, so that they are safe to show on a terminal, in a build log or
//! in a command to paste.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character shows nothing: Unicode's default ignorable code points.
pub(crate) const fn is_ignorable(character: char) -> bool {
    matches!(
        character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

/// Whether a person does not see the character but a program does: a character that shows nothing, or a control other
/// than a tab or a line break.
pub(crate) fn is_unseen(character: char) -> bool {
    // Most characters are ASCII, and the list of ignorable ones is long.
    (!character.is_ascii() && is_ignorable(character))
        || (character.is_control() && !matches!(character, '\t' | '\n' | '\r'))
}

/// Whether a text has only ASCII characters that a person sees, tabs and line breaks.
pub(crate) fn is_plain(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r'))
}

/// Whether a character controls a terminal, breaks a line or is invisible.
fn is_unprintable(character: char) -> bool {
    character.is_control()
        || is_ignorable(character)
        || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Escapes one line for a terminal and a build log. A character that controls either is shown by its code point.
///
/// A build server executes a line as a command if it begins with `::` or contains `##[`.
pub(crate) fn for_terminal(text: &str) -> Cow<'_, str> {
    let is_command = text.trim_start().starts_with("::") || text.contains("##[");
    if !is_command && !text.contains(is_unprintable) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 8);
    let mut rest = text;
    let mut is_at_start = true;
    while let Some(character) = rest.chars().next() {
        let begins_command = (is_at_start && rest.starts_with("::")) || rest.starts_with("##[");
        if begins_command || is_unprintable(character) {
            shown.extend(character.escape_unicode());
        } else {
            shown.push(character);
        }
        is_at_start &= character.is_whitespace();
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    Cow::Owned(shown)
}

/// As [`for_terminal`], for a text of several lines. Its line breaks stay.
#[cfg(feature = "cli")]
pub(crate) fn lines_for_terminal(text: &str) -> String {
    text.split('\n').map(for_terminal).collect::<Vec<_>>().join("\n")
}

/// Escapes a JSON text for a terminal. A character that controls a terminal can only be inside a string, so it becomes a
/// `\u` escape there, and the value stays the same.
#[cfg(feature = "cli")]
pub(crate) fn for_json(json: &str) -> String {
    let mut shown = String::with_capacity(json.len());
    for character in json.chars() {
        if is_unprintable(character) && character != '\n' {
            for unit in character.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(shown, "\\u{unit:04x}");
            }
        } else {
            shown.push(character);
        }
    }
    shown
}

/// Quotes a name of any bytes as one word of a shell's command line.
pub(crate) fn for_shell(name: &[u8]) -> String {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"_-./:@%+=,".contains(byte);
    // A command would read a word that begins with a dash as an option, even in quotes. So it gets a `./` below.
    if !name.is_empty() && name.iter().all(is_plain) && !name.starts_with(b"-") {
        return name.iter().copied().map(char::from).collect();
    }
    let dash = if name.starts_with(b"-") { "./" } else { "" };
    match std::str::from_utf8(name) {
        Ok(text) if !text.contains(is_unprintable) && !text.contains("##[") => {
            format!("{dash}'{}'", text.replace('\'', r"'\''"))
        }
        _ => {
            let mut quoted = format!("{dash}$'");
            for byte in name {
                // `#` is escaped too, so that the word never contains `##[`.
                let is_printable = byte.is_ascii_graphic() || *byte == b' ';
                if is_printable && !b"'\\#".contains(byte) {
                    quoted.push(char::from(*byte));
                } else {
                    // Writing to a string cannot fail.
                    let _ = write!(quoted, "\\x{byte:02x}");
                }
            }
            quoted.push('\'');
            quoted
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_steers_a_terminal_or_a_build_is_shown_by_its_number() {
        for (text, shown) in [
            ("prometheus_rules:rules/節點.yml", "prometheus_rules:rules/節點.yml"),
            ("a::b ok", "a::b ok"),
            ("red \u{1b}[31m", r"red \u{1b}[31m"),
            ("two\nlines\r", r"two\u{a}lines\u{d}"),
            ("::set-output name=x::y", r"\u{3a}:set-output name=x::y"),
            (" ::error::", r" \u{3a}:error::"),
            ("a ##[set-env]", r"a \u{23}#[set-env]"),
            ("evil\u{202e}gpj.exe", r"evil\u{202e}gpj.exe"),
            ("zero\u{200b}width\u{2028}", r"zero\u{200b}width\u{2028}"),
            ("c1 \u{9b}31m", r"c1 \u{9b}31m"),
        ] {
            assert_eq!(for_terminal(text), shown, "{text:?}");
        }
    }

    #[test]
    fn a_json_text_keeps_its_meaning_and_steers_nothing() {
        let value = serde_json::json!({"a\u{9b}": ["\u{202e}\u{e0041}\n", "警報"]});
        let shown = for_json(&format!("{value:#}"));
        assert!(
            !shown.contains(|c: char| is_unprintable(c) && c != '\n') && shown.contains("警報")
        );
        assert_eq!(serde_json::from_str::<serde_json::Value>(&shown).unwrap(), value);
    }

    /// A shell reads each quoted name as the original name.
    #[test]
    fn a_quoted_name_is_one_word_of_a_shell() {
        let names: [&[u8]; 13] = [
            b"rules/node.yml",
            b"prometheus_rules:rules/node.yml",
            b"",
            b"two words",
            b"$(touch pwned)",
            b"`touch pwned`; touch pwned",
            b"it's \"quoted\"",
            b"!history !! \\",
            "警報.yml".as_bytes(),
            b"esc\x1b[31m\nline",
            b"not utf-8 \xff\xfe",
            b"##[error] a",
            b"~root *",
        ];
        for name in names {
            let folder = tempfile::tempdir().unwrap();
            let quoted = for_shell(name);
            assert!(!quoted.contains(is_unprintable) && !quoted.contains("##["), "{quoted:?}");
            let output = std::process::Command::new("bash")
                .args(["-c", &format!("printf '<%s>' {quoted}")])
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert_eq!(output.stdout, [b"<", name, b">"].concat(), "{quoted}");
            assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
        }
        assert_eq!(for_shell(b"-rf"), "./'-rf'");
        // A plain name stays without quotes.
        assert_eq!(for_shell(b"rules/node.yml"), "rules/node.yml");
        assert_eq!(for_shell("警報 1.yml".as_bytes()), "'警報 1.yml'");
        assert_eq!(for_shell(b"a\x07b c"), r"$'a\x07b c'");
    }
}
