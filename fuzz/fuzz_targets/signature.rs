//! A signature file. After any change, it no longer verifies. It never verifies for another name, document or purpose.
//!
//! Bytes that begin like an armor are the file. Other bytes are dice: they change the fields, the digits or the armor
//! of a sound file.

#![no_main]

use std::sync::LazyLock;

use acceptance_ledger::{Time, fuzz_hooks::verify};
use acceptance_ledger_fuzz::Dice;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use ssh_key::{LineEnding, SshSig};

const SIGNERS: &[u8] = include_bytes!("../seeds/signature/allowed-signers");
const DOCUMENT: &[u8] = include_bytes!("../seeds/signature/document.json");

const BEGIN: &str = "-----BEGIN SSH SIGNATURE-----\n";
const END: &str = "-----END SSH SIGNATURE-----\n";

struct Sound {
    file: &'static str,
    is_review: bool,
}

const SOUND: [Sound; 7] = [
    of_owner(include_str!("../seeds/signature/ed25519.sig")),
    of_owner(include_str!("../seeds/signature/p256.sig")),
    of_owner(include_str!("../seeds/signature/p384.sig")),
    of_owner(include_str!("../seeds/signature/rsa.sig")),
    Sound { file: include_str!("../seeds/signature/reviewer.sig"), is_review: true },
    of_owner(include_str!("../seeds/signature/sk-ed25519.sig")),
    of_owner(include_str!("../seeds/signature/sk-p256.sig")),
];

const fn of_owner(file: &'static str) -> Sound {
    Sound { file, is_review: false }
}

static NOON: LazyLock<Time> = LazyLock::new(|| "2026-11-24T12:00:00Z".parse().expect("a time"));

/// The files that verify: those that were made, and the twin of each ECDSA signature, which satisfies the same
/// equation. Anyone who has a signature can write its twin without the key. The twin is for the same key and the same
/// bytes.
static VALID: LazyLock<Vec<(String, bool)>> = LazyLock::new(|| {
    let twin = |sound: &Sound| {
        let mut fields = Fields::read(sound.file).expect("the file is sound");
        fields.negate();
        (fields.write(), sound.is_review)
    };
    SOUND.iter().flat_map(|sound| [(sound.file.to_owned(), sound.is_review), twin(sound)]).collect()
});

/// Writes a file again from what `ssh-key` parses in it. That parser accepts version 0, white space among the digits
/// and after the end, and lengths that are too large. The target does not report a file that differs from the new one
/// only in these.
fn as_made(file: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(file).ok()?;
    let body = text.strip_prefix(BEGIN)?.trim_end().strip_suffix(END.trim_end())?;
    let digits: String = body.chars().filter(|digit| !digit.is_ascii_whitespace()).collect();
    let read = SshSig::from_pem(armor(&STANDARD.decode(digits).ok()?)).ok()?;
    let key = read.public_key().clone();
    let made =
        SshSig::new(key, read.namespace(), read.hash_alg(), read.signature().clone()).ok()?;
    made.to_pem(LineEnding::LF).ok().map(String::into_bytes)
}

fn check(file: &[u8]) {
    let is_one_of = |is_review, file: &[u8]| {
        VALID.iter().any(|(other, of_review)| *of_review == is_review && other.as_bytes() == file)
    };
    let made = as_made(file);
    for (signer, is_review) in [("ada@example.com", false), ("rex@example.com", true)] {
        let verified = verify(SIGNERS, is_review, signer, DOCUMENT, file, &NOON);
        assert_eq!(
            verified.is_ok(),
            is_one_of(is_review, file)
                || (verified.is_ok()
                    && made.as_deref().is_some_and(|made| is_one_of(is_review, made))),
            "only a file that was made verifies: {verified:?}"
        );
        for (signer, is_review, document) in [
            (signer, !is_review, DOCUMENT),
            ("eve@example.com", is_review, DOCUMENT),
            (signer, is_review, &DOCUMENT[1..]),
        ] {
            assert!(verify(SIGNERS, is_review, signer, document, file, &NOON).is_err());
        }
    }
}

/// Splits off a string: returns the bytes after a length of four bytes, and the rest.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(usize::try_from(u32::from_be_bytes(*length)).ok()?)
}

/// Encodes a string: its length in four bytes, then its bytes.
fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u32::try_from(bytes.len()).expect("a short text");
    [&length.to_be_bytes()[..], bytes].concat()
}

/// The fields of a signature: the preamble, the version and six strings. The strings are the key, the namespace, the
/// reserved field, the hash, and the algorithm and the bytes of the inner signature. After these come the flags and the
/// counter of a security key.
struct Fields {
    preamble: Vec<u8>,
    version: u32,
    strings: Vec<Vec<u8>>,
    flags_and_counter: Vec<u8>,
    tail: Vec<u8>,
}

impl Fields {
    fn read(file: &str) -> Option<Self> {
        let armored = file.strip_prefix(BEGIN)?.strip_suffix(END)?.replace('\n', "");
        let bytes = STANDARD.decode(armored).ok()?;
        let (preamble, rest) = bytes.split_first_chunk::<6>()?;
        let (version, mut rest) = rest.split_first_chunk::<4>()?;
        let mut strings = Vec::new();
        for _ in 0..4 {
            let (string, after) = string(rest)?;
            strings.push(string.to_vec());
            rest = after;
        }
        let (signature, tail) = string(rest)?;
        let (algorithm, blob) = string(signature)?;
        let (blob, flags_and_counter) = string(blob)?;
        strings.extend([algorithm.to_vec(), blob.to_vec()]);
        Some(Self {
            preamble: preamble.to_vec(),
            version: u32::from_be_bytes(*version),
            strings,
            flags_and_counter: flags_and_counter.to_vec(),
            tail: tail.to_vec(),
        })
    }

    fn change(&mut self, dice: &mut Dice<'_>) {
        let at = dice.roll(self.strings.len());
        match dice.roll(12) {
            0 => self.version = dice.pick(&[0, 2, 1, u32::MAX, 1 << 24]),
            1 => self.strings[at] = dice.line(),
            2 => {
                let string = &mut self.strings[at];
                let byte = dice.place(string.len());
                if let Some(byte) = string.get_mut(byte) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
            3 => self.strings[at].insert(0, 0),
            4 => self.strings[at].extend(dice.line()),
            5 => {
                self.strings[3] =
                    dice.pick(&[&b"sha256"[..], b"sha512", b"SHA512", b"sha1"]).to_vec()
            }
            6 => {
                self.strings[4] = dice
                    .pick(&[
                        &b"rsa-sha2-256"[..],
                        b"rsa-sha2-512",
                        b"ssh-rsa",
                        b"ecdsa-sha2-nistp256",
                        b"ssh-ed25519",
                        b"sk-ssh-ed25519@openssh.com",
                        b"sk-ecdsa-sha2-nistp256@openssh.com",
                    ])
                    .to_vec();
            }
            7 => self.tail = dice.line(),
            8 => self.pad_integer(dice),
            9 => self.negate(),
            10 => self.flags_and_counter = dice.line(),
            _ => {
                let byte = dice.place(self.flags_and_counter.len());
                if let Some(byte) = self.flags_and_counter.get_mut(byte) {
                    *byte ^= 1 << dice.roll(8);
                }
            }
        }
    }

    /// Adds a leading zero to one of the two integers of an ECDSA signature.
    fn pad_integer(&mut self, dice: &mut Dice<'_>) {
        let Some((r, rest)) = string(&self.strings[5]) else { return };
        let Some((s, _)) = string(rest) else { return };
        let mut integers = [r.to_vec(), s.to_vec()];
        integers[dice.roll(2)].insert(0, 0);
        self.strings[5] = integers.iter().flat_map(|integer| with_length(integer)).collect();
    }

    /// Replaces `s` by the order of the curve minus `s`: this gives the other signature that satisfies the ECDSA
    /// equation.
    fn negate(&mut self) {
        let order = match &*self.strings[4] {
            b"ecdsa-sha2-nistp256" | b"sk-ecdsa-sha2-nistp256@openssh.com" => P256.to_vec(),
            b"ecdsa-sha2-nistp384" => P384.to_vec(),
            _ => return,
        };
        let Some((r, rest)) = string(&self.strings[5]) else { return };
        let Some((s, _)) = string(rest) else { return };
        let (mut s, r) = (s.to_vec(), r.to_vec());
        while s.first() == Some(&0) {
            s.remove(0);
        }
        if s.len() > order.len() {
            return;
        }
        let s = [vec![0; order.len() - s.len()], s].concat();
        let mut borrow = 0;
        let mut less: Vec<u8> = order
            .iter()
            .zip(&s)
            .rev()
            .map(|(order, s)| {
                let digit = i16::from(*order) - i16::from(*s) - borrow;
                borrow = i16::from(digit < 0);
                u8::try_from(digit.rem_euclid(256)).unwrap_or_default()
            })
            .collect();
        less.reverse();
        while less.first() == Some(&0) {
            less.remove(0);
        }
        if less.first().is_some_and(|byte| *byte >= 0x80) {
            less.insert(0, 0);
        }
        self.strings[5] = [with_length(&r), with_length(&less)].concat();
    }

    fn write(&self) -> String {
        let [key, namespace, reserved, hash, algorithm, blob] = &self.strings[..] else {
            return String::new();
        };
        let signature =
            [with_length(algorithm), with_length(blob), self.flags_and_counter.clone()].concat();
        let bytes = [
            self.preamble.clone(),
            self.version.to_be_bytes().to_vec(),
            with_length(key),
            with_length(namespace),
            with_length(reserved),
            with_length(hash),
            with_length(&signature),
            self.tail.clone(),
        ];
        armor(&bytes.concat())
    }
}

fn armor(bytes: &[u8]) -> String {
    let digits = STANDARD.encode(bytes);
    let lines = digits.as_bytes().chunks(70).map(|line| String::from_utf8_lossy(line) + "\n");
    format!("{BEGIN}{}{END}", lines.collect::<String>())
}

/// The order of the curve P-256.
const P256: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6,
    0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
];

/// The order of the curve P-384.
const P384: [u8; 48] = [
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xc7, 0x63, 0x4d, 0x81, 0xf4, 0x37, 0x2d, 0xdf,
    0x58, 0x1a, 0x0d, 0xb2, 0x48, 0xb0, 0xa7, 0x7a, 0xec, 0xec, 0x19, 0x6a, 0xcc, 0xc5, 0x29, 0x73,
];

/// Changes the text of a signature file.
fn change_armor(file: &mut String, dice: &mut Dice<'_>) {
    let at = dice.place(file.len() + 1);
    if !file.is_char_boundary(at) {
        return;
    }
    match dice.roll(6) {
        0 => file.insert_str(
            at,
            dice.pick(&["\n", " ", "\r", "\t", "\u{a0}", "=", "\u{feff}", "-", "A"]),
        ),
        1 => *file = file.replace('\n', "\r\n"),
        2 => file.push_str(dice.pick(&["\n", " ", "\u{3000}", "\u{0}", "x", END, BEGIN])),
        3 => {
            *file =
                [BEGIN, &file[BEGIN.len().min(file.len())..].replacen('\n', "", 1 + dice.roll(4))]
                    .concat()
        }
        4 => file.truncate(at),
        _ => {
            // Another last digit. Its unused bits are not zero.
            if let Some(at) = file
                .find('=')
                .and_then(|at| at.checked_sub(1))
                .filter(|at| file.is_char_boundary(*at))
            {
                let digit = dice.pick(&["h", "B", "/", "x", "R", "9"]);
                file.replace_range(at..=at, digit);
            }
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"-----") {
        return check(bytes);
    }
    let mut dice = Dice::new(bytes);
    let sound = &SOUND[dice.roll(SOUND.len())];
    let mut file = sound.file.to_owned();
    let changes = dice.roll(4);
    if let Some(mut fields) = Fields::read(sound.file).filter(|_| changes > 0) {
        for _ in 0..changes {
            fields.change(&mut dice);
        }
        file = fields.write();
    }
    for _ in 0..dice.roll(3) {
        change_armor(&mut file, &mut dice);
    }
    check(file.as_bytes());
});
