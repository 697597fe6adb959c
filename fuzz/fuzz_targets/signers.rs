//! A file of allowed signers. Parsing gives the same result every time. If the file is invalid, the error names a place
//! in it, and repeats nothing of its text.
//!
//! Bytes that begin with `@` are dice: they put a secret into lines. Other bytes are the file.

#![no_main]

use acceptance_ledger::fuzz_hooks::allowed_signers;
use acceptance_ledger_fuzz::{Dice, check_no_secret, marker};
use libfuzzer_sys::fuzz_target;

const SOUND: &str = include_str!("../seeds/signature/allowed-signers");

fn check(bytes: &[u8]) {
    let read = allowed_signers(bytes);
    assert_eq!(read, allowed_signers(bytes), "parsing gives the same result every time");
    let Err((line, column, problem)) = read else { return };
    check_no_secret(&problem);
    assert!(!problem.is_empty() && column >= 1);
    let line = line.checked_sub(1).and_then(|index| bytes.split(|byte| *byte == b'\n').nth(index));
    let line = String::from_utf8_lossy(line.expect("the line exists in the file"));
    assert!(column <= line.chars().count() + 1, "the column exists in the line");
}

/// Returns a line of a sound file with a few changes. The secret may be anywhere in it.
fn line(dice: &mut Dice<'_>) -> String {
    let sound: Vec<_> = SOUND.lines().collect();
    let mut line = dice.pick(&sound).to_owned();
    for _ in 0..dice.roll(5) {
        let boundaries: Vec<_> =
            line.char_indices().map(|(at, _)| at).chain([line.len()]).collect();
        let at = boundaries[dice.place(boundaries.len())];
        match dice.roll(6) {
            0 => line.insert_str(at, &marker()),
            1 => line.truncate(at),
            2 => line.insert_str(at, &String::from_utf8_lossy(&dice.line())),
            3 => line.insert_str(at, dice.pick(PIECES)),
            4 => {
                let time = dice.time().replace(['-', ':', 'T'], "");
                let option = dice.pick(&["valid-after", "valid-before"]);
                line = line.replacen(' ', &format!(" {option}=\"{time}\","), 1);
            }
            _ => {
                let from = dice.pick(&[" ", "\"", ",", "=", "ssh-", "AAAA", "@"]);
                line = line.replacen(from, dice.pick(PIECES), 1);
            }
        }
    }
    line
}

/// Texts that a change inserts into a line.
const PIECES: &[&str] = &[
    "",
    " ",
    "\t",
    "\"",
    ",",
    "=",
    "!",
    "*",
    "?",
    "#",
    "\r",
    "\u{a0}",
    "告",
    "\u{0}",
    "cert-authority ",
    "namespaces=\"git\" ",
    "NAMESPACES=\"a\",",
    "valid-after=\"20260101Z\" ",
    "valid-before=\"19691231Z\",",
    "verify-required ",
    "ssh-dss ",
    "ecdsa-sha2-nistp521 ",
    "sk-ssh-ed25519@openssh.com ",
    "namespaces=\"reviewer-automation@acceptance-ledger\" ",
    "ssh-ed25519-cert-v01@openssh.com ",
    "valid-after=\"00000000Z\",",
    "valid-before=\"99991231235960Z\" ",
];

fuzz_target!(|bytes: &[u8]| {
    match bytes.split_first() {
        Some((b'@', bytes)) => {
            let mut dice = Dice::new(bytes);
            let mut file = String::new();
            while !dice.is_over() {
                file.push_str(&line(&mut dice));
                file.push_str(dice.pick(&["\n", "\r\n", "\n\n", "\n# \n", ""]));
            }
            check(file.as_bytes());
        }
        _ => check(bytes),
    }
});
