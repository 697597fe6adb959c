use std::borrow::Cow;

use crate::dice::{Dice, quote};
use crate::is_document;
use crate::yaml::{self, edit_lines, is_yaml};

/// Writes an object in one of many styles: as JSON, as YAML, or as a printed form that is filled in.
pub fn render(form: &str, members: &[(String, String)], dice: &mut Dice<'_>) -> String {
    let style = dice.roll(8);
    if style >= 6 {
        let text = if style == 6 {
            yaml::fill_in(form, members, dice)
        } else {
            yaml::render(members, dice)
        };
        return edit_lines(&text, dice);
    }
    let (before, between, after) = match style {
        0 => ("", "", ""),
        1 => ("\n  ", " ", "\n"),
        2 => ("\r\n\t", "\t", "\r\n"),
        3 => (" ", "\r\n", "\n\n\n"),
        4 => ("\r", "\n", " "),
        _ => ("\n", " ", ""),
    };
    let members = members
        .iter()
        .map(|(key, value)| format!("{before}{}:{between}{value}", quote(key, style == 5)));
    let tail = if style == 3 { "\n \t\r\n" } else { "" };
    format!("{{{}{after}}}{tail}", members.collect::<Vec<_>>().join(","))
}

/// Returns the ranges of the tokens of a JSON text: what is between blanks, commas, colons and brackets.
fn tokens(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < bytes.len() {
        let start = at;
        match bytes[at] {
            b'"' => {
                at += 1;
                while at < bytes.len() && bytes[at] != b'"' {
                    at += if bytes[at] == b'\\' { 2 } else { 1 };
                }
                at = (at + 1).min(bytes.len());
            }
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b':' | b'[' | b']' | b'{' | b'}' => {
                at += 1;
                continue;
            }
            _ => {
                while at < bytes.len() && !b" \t\r\n,:[]{}\"".contains(&bytes[at]) {
                    at += 1;
                }
            }
        }
        tokens.push(start..at);
    }
    tokens.retain(|token| text.get(token.clone()).is_some());
    tokens
}

/// A text that is longer than this is not changed again.
const MAX_TEXT: usize = 512 * 1024;

/// Returns the bytes if they begin like a document. Otherwise they are dice: they choose a sound document and change
/// it.
pub fn document<'a>(bytes: &'a [u8], sound: &[String]) -> Cow<'a, [u8]> {
    if is_document(bytes) {
        return Cow::Borrowed(bytes);
    }
    let mut dice = Dice::new(bytes);
    let sound = &sound[dice.roll(sound.len())];
    Cow::Owned(edit_document(sound, &mut dice))
}

/// Changes a few things in a sound document: tokens of JSON, or lines of YAML.
pub fn edit_document(text: &str, dice: &mut Dice<'_>) -> Vec<u8> {
    if is_yaml(text.as_bytes()) { edit_lines(text, dice).into_bytes() } else { edit(text, dice) }
}

/// Changes a few things in a sound JSON text.
pub fn edit(text: &str, dice: &mut Dice<'_>) -> Vec<u8> {
    let mut text = text.to_owned();
    for _ in 0..dice.roll(8) {
        if text.len() > MAX_TEXT {
            break;
        }
        let places = tokens(&text);
        let Some(token) = places.get(dice.place(places.len())).cloned() else { break };
        match dice.roll(8) {
            0 => text.replace_range(token, &dice.json(2)),
            1 => {
                let other = places[dice.place(places.len())].clone();
                let copy = text[other].to_owned();
                text.replace_range(token, &copy);
            }
            2 => {
                let flipped = match &text[token.clone()] {
                    "true" => "false",
                    "false" => "true",
                    "null" => "0",
                    _ => "true",
                };
                text.replace_range(token, flipped);
            }
            op @ (3..=5) => {
                let mut lines: Vec<_> = text.split_inclusive('\n').map(str::to_owned).collect();
                let at = dice.place(lines.len());
                match op {
                    3 => {
                        lines.remove(at);
                    }
                    4 => lines.insert(at, lines[at].clone()),
                    _ => {
                        let other = dice.place(lines.len());
                        lines.swap(at, other);
                    }
                }
                text = lines.concat();
            }
            6 => {
                let inside = quote(&dice.text(), dice.roll(2) == 1);
                text.replace_range(token, &inside);
            }
            _ => text.insert_str(
                token.start,
                dice.pick(&[" ", "\r\n", "\t", "\n\n", "\u{a0}", ",", "0", "\u{feff}"]),
            ),
        }
    }
    let mut bytes = text.into_bytes();
    if dice.roll(8) == 7 {
        let at = dice.place(bytes.len());
        let end = (at + dice.roll(8)).min(bytes.len());
        bytes.splice(at..end, dice.line());
    }
    bytes
}
