//! YAML as a second parser reads it, and forms that are filled in and changed line by line.

use std::collections::BTreeSet;

use libyaml_safer::{EventData, Parser, ScalarStyle};
use serde_json::Value;

use crate::dice::{Dice, marker, quote};
use crate::plain::Plain;

/// Whether the crate parses these bytes as YAML: they do not begin with a brace.
pub fn is_yaml(bytes: &[u8]) -> bool {
    bytes.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{')
}

/// A mapping or list that is still open.
enum Open {
    List {
        is_empty: bool,
    },
    Mapping {
        keys: BTreeSet<String>,
        /// Whether the value of the last key comes next.
        has_key: bool,
    },
}

/// Converts a YAML document to JSON, as libyaml reads it, with the same values and the same order of keys. A text stays
/// a text. Blank, `null`, `true` and `false` become the JSON values. Returns `None` if libyaml cannot read the
/// document.
///
/// libyaml parses YAML 1.1, in which some characters are line breaks that are not line breaks in YAML 1.2. So a
/// document with one of these characters is not read.
pub fn to_json(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    if text.contains(['\u{85}', '\u{2028}', '\u{2029}', '\u{feff}']) {
        return None;
    }
    // This parser panics at some texts that end early. The fuzzer's panic hook would end the run.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let read = std::panic::catch_unwind(|| read(text));
    std::panic::set_hook(hook);
    read.ok().flatten()
}

fn read(text: &str) -> Option<String> {
    let mut rest = text.as_bytes();
    let mut parser = Parser::new();
    parser.set_input_string(&mut rest);
    let (mut json, mut open, mut documents) = (String::new(), Vec::new(), 0);
    for event in parser {
        match event.ok()?.data {
            EventData::DocumentStart { .. } => documents += 1,
            EventData::Alias { .. } => return None,
            EventData::MappingStart { anchor: None, tag: None, .. } => {
                begin_value(&mut open, &mut json)?;
                json.push('{');
                open.push(Open::Mapping { keys: BTreeSet::new(), has_key: false });
            }
            EventData::SequenceStart { anchor: None, tag: None, .. } => {
                begin_value(&mut open, &mut json)?;
                json.push('[');
                open.push(Open::List { is_empty: true });
            }
            EventData::MappingEnd => {
                open.pop();
                json.push('}');
            }
            EventData::SequenceEnd => {
                open.pop();
                json.push(']');
            }
            EventData::Scalar { anchor: None, tag: None, value, style, .. } => {
                if let Some(Open::Mapping { keys, has_key: has_key @ false }) = open.last_mut() {
                    *has_key = true;
                    json.push_str(if keys.is_empty() { "" } else { ", " });
                    json.push_str(&format!("{}: ", quote(&value, false)));
                    let is_merged = value == "<<" && style == ScalarStyle::Plain;
                    if is_merged || !keys.insert(value) {
                        return None;
                    }
                    continue;
                }
                begin_value(&mut open, &mut json)?;
                json.push_str(&match (style, value.as_str()) {
                    (ScalarStyle::Plain, "" | "null") => "null".to_owned(),
                    (ScalarStyle::Plain, "true" | "false") => value,
                    (ScalarStyle::Literal | ScalarStyle::Folded, text) => {
                        quote(text.trim_end_matches(['\n', '\r']), false)
                    }
                    (_, text) => quote(text, false),
                });
            }
            EventData::MappingStart { .. }
            | EventData::SequenceStart { .. }
            | EventData::Scalar { .. } => return None,
            _ => {}
        }
    }
    (documents == 1 && json.starts_with('{')).then_some(json)
}

/// Notes that a value begins. Returns `None` if no value is allowed here: a key must be a text.
fn begin_value(open: &mut [Open], json: &mut String) -> Option<()> {
    match open.last_mut() {
        None => {}
        Some(Open::List { is_empty }) => {
            json.push_str(if *is_empty { "" } else { ", " });
            *is_empty = false;
        }
        Some(Open::Mapping { has_key, .. }) => {
            if !std::mem::take(has_key) {
                return None;
            }
        }
    }
    Some(())
}

/// Returns a document as JSON. The second parser converts YAML.
pub fn as_json(bytes: &[u8]) -> Option<String> {
    if is_yaml(bytes) { to_json(bytes) } else { String::from_utf8(bytes.to_vec()).ok() }
}

/// Parses the result of [`as_json`].
pub fn value_of(bytes: &[u8]) -> Option<Value> {
    serde_json::from_str(&as_json(bytes)?).ok()
}

/// Writes a key as YAML.
fn key(name: &str) -> String {
    let is_plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "_$".contains(c);
    let is_word = !name.is_empty() && name.chars().all(is_plain);
    if is_word { name.to_owned() } else { quote(name, false) }
}

/// Writes a text as a scalar in one of the styles. The first style is what a person would write.
fn scalar(text: &str, pad: &str, dice: &mut Dice<'_>) -> String {
    let is_word = matches!(text, "" | "true" | "false" | "null" | "<<");
    let is_plain = !is_word
        && text.starts_with(|c: char| c.is_alphanumeric())
        && !text.contains(|c: char| c.is_control() || "#：\u{feff}\u{2028}\u{2029}".contains(c))
        && !text.contains(": ")
        && !text.ends_with([':', ' ']);
    let is_one_line = !text.contains(char::is_control);
    let is_block = !text.is_empty()
        && text.chars().all(|c| c == '\n' || !c.is_control())
        && text.lines().all(|line| !line.starts_with(' ') && !line.is_empty());
    let block = |sign: &str, between: &str| {
        let lines: Vec<_> = text.lines().map(|line| format!("{pad}  {line}")).collect();
        format!("{sign}\n{}", lines.join(between))
    };
    match dice.roll(7) {
        1 if is_one_line => format!("'{}'", text.replace('\'', "''")),
        2 => quote(text, false),
        3 if is_block => block("|", "\n"),
        4 if is_block => block(">-", "\n\n"),
        // A text on several lines, as an editor wraps it.
        5 if is_plain => text.replacen(' ', &format!("\n{pad}    "), 2),
        6 => text.to_owned(),
        _ if is_plain => text.to_owned(),
        _ if is_block && text.contains('\n') => block("|", "\n"),
        _ if is_one_line => format!("'{}'", text.replace('\'', "''")),
        _ => quote(text, false),
    }
}

/// Writes a member with its value.
fn write(out: &mut String, name: &str, value: &Plain, pad: &str, dice: &mut Dice<'_>) {
    out.push_str(&format!("{pad}{}:", key(name)));
    write_value(out, value, pad, dice);
}

/// Writes a value after a key or a dash.
fn write_value(out: &mut String, value: &Plain, pad: &str, dice: &mut Dice<'_>) {
    match value {
        Plain::Word(word) if word == "null" => out.push('\n'),
        Plain::Word(word) => out.push_str(&format!(" {word}\n")),
        Plain::Text(text) => out.push_str(&format!(" {}\n", scalar(text, pad, dice))),
        Plain::List(items) if items.is_empty() => out.push_str(" []\n"),
        Plain::Object(members) if members.is_empty() => out.push_str(" {}\n"),
        Plain::List(items) => {
            out.push('\n');
            for item in items {
                out.push_str(&format!("{pad}  -"));
                match item {
                    Plain::Object(members) if !members.is_empty() => {
                        let inner = format!("{pad}    ");
                        let mut text = String::new();
                        members
                            .iter()
                            .for_each(|(name, value)| write(&mut text, name, value, &inner, dice));
                        out.push_str(&format!(" {}", text.trim_start()));
                    }
                    item => write_value(out, item, &format!("{pad}  "), dice),
                }
            }
        }
        Plain::Object(members) => {
            out.push('\n');
            let inner = format!("{pad}  ");
            members.iter().for_each(|(name, value)| write(out, name, value, &inner, dice));
        }
    }
}

/// Writes a member, whose value is JSON, as YAML. A value that is not JSON is written unchanged.
fn member(name: &str, json: &str, pad: &str, dice: &mut Dice<'_>) -> String {
    let mut out = String::new();
    match Plain::read(json.as_bytes()) {
        Some(value) => write(&mut out, name, &value, pad, dice),
        None => out.push_str(&format!("{pad}{}: {json}\n", key(name))),
    }
    out
}

/// Writes the members as a YAML document without comments.
pub fn render(members: &[(String, String)], dice: &mut Dice<'_>) -> String {
    members.iter().map(|(name, json)| member(name, json, "", dice)).collect()
}

/// Fills these values into the blanks of a printed form. Its comments stay. Members without a blank are added at the
/// end.
pub fn fill_in(form: &str, members: &[(String, String)], dice: &mut Dice<'_>) -> String {
    let mut rest: Vec<_> = members.iter().collect();
    let mut checks: Option<Plain> = None;
    let (mut out, mut is_filled) = (String::new(), false);
    for line in form.lines() {
        let name = line.split(':').next().unwrap_or_default();
        let is_below = line.starts_with(' ') && !line.trim_start().starts_with('#');
        if let Some(checks) = checks.as_ref().filter(|_| is_below) {
            write(&mut out, name.trim(), &checks.member(name.trim()), "  ", dice);
        } else if is_below {
            // The lines below a key that was filled in belong to its empty value, so they are left out.
            out.push_str(&if is_filled { String::new() } else { format!("{line}\n") });
        } else if let Some(at) = rest.iter().position(|(key, _)| key == name) {
            let (_, json) = rest.remove(at);
            is_filled = true;
            if name == "checks" {
                checks = Plain::read(json.as_bytes());
                out.push_str("checks:\n");
            } else {
                out.push_str(&member(name, json, "", dice));
            }
        } else {
            is_filled &= line.is_empty() || line.starts_with('#');
            out.push_str(&format!("{line}\n"));
        }
    }
    for (name, json) in rest {
        out.push_str(&member(name, json, "", dice));
    }
    out
}

/// A text that is longer than this is not changed again.
const MAX_TEXT: usize = 256 * 1024;

/// Changes a few lines of a form.
pub fn edit_lines(text: &str, dice: &mut Dice<'_>) -> String {
    let mut text = text.to_owned();
    for _ in 0..dice.roll(8) {
        if text.len() > MAX_TEXT {
            break;
        }
        let mut lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
        if lines.is_empty() {
            break;
        }
        let at = dice.place(lines.len());
        change_line(&mut lines, at, dice);
        text = lines.concat();
        match dice.roll(16) {
            13 => text = text.replace('\n', "\r\n"),
            14 => text = text.replace('\n', "\r"),
            15 => text = text.trim_end().to_owned(),
            _ => {}
        }
    }
    text
}

/// Changes one line, or adds a line next to it.
fn change_line(lines: &mut Vec<String>, at: usize, dice: &mut Dice<'_>) {
    let line = lines[at].trim_end_matches(['\n', '\r']).to_owned();
    let indent = " ".repeat(line.len() - line.trim_start_matches(' ').len());
    let value = |dice: &mut Dice<'_>| match dice.roll(4) {
        0 => dice.pick(VALUES).to_owned(),
        1 => {
            let text = dice.text();
            scalar(&text, &indent, dice)
        }
        2 => dice.json(2),
        _ => dice.pick(VALUES).replace('x', &marker()),
    };
    lines[at] = match dice.roll(16) {
        0 => String::new(),
        1 => format!("{line}\n{line}\n"),
        2 => {
            let other = dice.place(lines.len());
            std::mem::replace(&mut lines[other], format!("{line}\n"))
        }
        3 => format!("{line}{}\n", value(dice)),
        4 => format!("{line} {}\n", value(dice)),
        5 => match line.split_once(':') {
            Some((key, _)) => format!("{key}: {}\n", value(dice)),
            None => format!("{}\n", value(dice)),
        },
        6 => {
            let mut line = line.clone();
            let places: Vec<_> =
                line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
            let place = places[dice.place(places.len())];
            line.insert_str(place, &dice.text());
            format!("{line}\n")
        }
        7 => format!(
            "{}{}\n",
            dice.pick(&["", " ", "  ", "    ", "\t", "- ", "\u{3000}"]),
            line.trim_start()
        ),
        8 => format!("{}{indent}{line}\n", dice.pick(&[" ", "  ", "\t", "- ", "? ", ": "])),
        9 => format!("{indent}# {}\n{line}\n", dice.text()),
        10 => format!("{indent}{}\n{line}\n", value(dice)),
        11 => format!("{}\n{line}\n", dice.pick(LINES)),
        12 => format!("{}\n{line}\n", dice.pick(LINES).replace('x', &marker())),
        13 => format!("{indent}{}: {}\n{line}\n", key(&dice.key()), value(dice)),
        14 => match line.split_once(": ") {
            Some((key, value)) => {
                let sign = dice.pick(&["|", ">", "|-", "|2", ">+", "'", "\"", "[", "{", "|\n\n"]);
                format!("{key}: {sign}\n{indent}  {value}\n")
            }
            None => format!("{indent}{line}\n"),
        },
        _ => format!("{line}{}\n", dice.pick(&["\r", "\u{85}", "\u{2028}", "\u{a0}", "\\", "  "])),
    };
}

/// Texts that may be a value, or follow a value. `x` is a place for the marker.
const VALUES: &[&str] = &[
    "",
    "x",
    "# x",
    " # x",
    "#x",
    "|",
    "| # x",
    ">2-",
    "'x'",
    "\"x\"",
    "'x' # x",
    "\"x\" x",
    "[x]",
    "[x, # x\n  x]",
    "{x: x}",
    "{x: x, # x\n x: x}",
    "&x x",
    "*x",
    "!x x",
    "!<x> x",
    "! x",
    "- x",
    "-",
    "? x",
    ": x",
    "x: x",
    "x：x",
    "~",
    "null",
    "True",
    "yes",
    "012",
    "2026-11-20",
    "@x",
    "`x`",
    "%x",
    "'x",
    "\"x",
    "\"\\x41x\"",
    "\"x\\\n  x\"",
    "|\n\n    x\n  x",
    "|\n  x\n # x\n  x",
    "|\n  a\n  # x",
    "|+\n  a\n\n\n# x",
    ">-\n  a\n  # x\n\n  x",
    "a\n  # x\n  b",
    "'a\n  # x\n  b'",
    "\"a\n\n  # x\n  b\"",
    "[a,\n  # x\n  b]",
    "\n  # x\n  a",
];

/// Lines that a printed form does not have. `x` is a place for the marker.
const LINES: &[&str] = &[
    "---",
    "--- x",
    "--- # x",
    "---\n# x\n---",
    "...",
    "... # x",
    "...\nx",
    "...\n# x",
    "%x",
    "%YAML 1.2\n---",
    "%YAML 1.2 # x\n---",
    "%TAG ! x\n---",
    "%x x\n---",
    "# x",
    "  # x",
    "\t# x",
    "\u{a0}# x",
    "\u{3000}# x",
    "\u{85}# x",
    "\r# x",
    "#x\r# x",
    "\t",
    "? x",
    "? x\n: x",
    "?\n# x\n: x",
    "&x x: x",
    "<<: x",
    "<<: {x: x}",
    "\"<<\": x",
    "- x",
    "- - x",
    "-\n  # x\n  x",
    "{x: x}",
    "x",
    "x:",
    "'x': x",
    "[x]: x",
    "x：x",
    "x:x",
    "}",
    "]",
    "\u{0}",
    "\u{feff}",
    "\u{feff}# x",
];

/// Returns two variants of a document, each with a secret in, before or after one line, as a text or as a comment. The
/// bytes of the document decide which lines.
pub fn poisoned(bytes: &[u8]) -> Vec<Vec<u8>> {
    // FNV-1a, so that the same document always has the same variants.
    let seed = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    });
    let lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let secret = marker();
    let put = |number: u64| {
        let at = usize::try_from((seed >> (16 * number)) & 0xffff).unwrap_or(0) % lines.len();
        let line = lines[at];
        let end = line.len() - line.iter().rev().take_while(|byte| b"\r\n".contains(byte)).count();
        let (text, line_break) = line.split_at(end);
        let indent = &text[..text.iter().take_while(|byte| **byte == b' ').count()];
        let changed = match (seed >> (48 + 3 * number)) % 8 {
            0 => [text, b" # ", secret.as_bytes(), line_break].concat(),
            1 => [text, b" ", secret.as_bytes(), line_break].concat(),
            2 => [indent, b"# ", secret.as_bytes(), b"\n", line].concat(),
            3 => [b"#".as_slice(), secret.as_bytes(), b"\n", line].concat(),
            4 => [indent, secret.as_bytes(), b"\n", line].concat(),
            5 => [indent, secret.as_bytes(), b": x\n", line].concat(),
            6 => [indent, b"  # ", secret.as_bytes(), b"\n", line].concat(),
            _ => [text, b"\n", indent, b"  ", secret.as_bytes(), line_break].concat(),
        };
        [lines[..at].concat(), changed, lines[at + 1..].concat()].concat()
    };
    if lines.is_empty() { Vec::new() } else { (0..2).map(put).collect() }
}
