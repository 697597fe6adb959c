//! The parts of a signature. Tests put them together in ways in which ssh-keygen would not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::case::Case;

/// Decodes the base64 text of a signature or key.
pub(super) fn blob_of(armored: &str) -> Vec<u8> {
    let digits: String = armored.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(digits).unwrap()
}

/// Writes a blob in the armor of ssh-keygen.
pub(super) fn armored(blob: &[u8]) -> String {
    let digits = STANDARD.encode(blob);
    let lines = digits.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap());
    let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{lines}-----END SSH SIGNATURE-----\n")
}

/// Encodes a string as SSH does: its length, then its bytes.
pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// Splits a blob into its strings.
pub(super) fn strings(mut blob: &[u8]) -> Vec<Vec<u8>> {
    let mut strings = Vec::new();
    while let Some((length, rest)) = blob.split_at_checked(4) {
        let length = u32::from_be_bytes(length.try_into().unwrap()).try_into().unwrap();
        let (string, rest) = rest.split_at(length);
        strings.push(string.to_vec());
        blob = rest;
    }
    strings
}

/// Encodes strings one after the other.
pub(super) fn joined(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    parts.iter().flat_map(|part| string(part.as_ref())).collect()
}

/// Encodes a string with a length that is too large by one.
pub(super) fn with_longer_length(bytes: &[u8]) -> Vec<u8> {
    let mut string = string(bytes);
    string[3] += 1;
    string
}

/// The parts of a signature.
#[derive(Clone)]
pub(super) struct Parts {
    pub(super) version: u32,
    pub(super) key: Vec<u8>,
    pub(super) namespace: Vec<u8>,
    pub(super) reserved: Vec<u8>,
    pub(super) hash: Vec<u8>,
    pub(super) signature: Vec<u8>,
}

impl Parts {
    pub(super) const MAGIC: &[u8] = b"SSHSIG";

    pub(super) fn of(case: &Case, file: &str) -> Self {
        let armored = std::fs::read_to_string(case.path().join(format!("{file}.sig"))).unwrap();
        let blob = blob_of(&armored);
        assert!(blob.starts_with(Self::MAGIC));
        let strings: [Vec<u8>; 5] = strings(&blob[10..]).try_into().unwrap();
        let [key, namespace, reserved, hash, signature] = strings;
        Self { version: 1, key, namespace, reserved, hash, signature }
    }

    pub(super) fn head(&self) -> Vec<u8> {
        [Self::MAGIC, &self.version.to_be_bytes()].concat()
    }

    pub(super) fn blob(&self) -> Vec<u8> {
        let Self { key, namespace, reserved, hash, signature, .. } = self;
        [self.head(), joined(&[key, namespace, reserved, hash, signature])].concat()
    }

    /// Changes the strings of a key, or of the inner signature (the algorithm and its bytes).
    pub(super) fn changed(part: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let mut strings = strings(part);
        change(&mut strings);
        joined(&strings)
    }

    /// Signs again, over the current values of the other fields.
    pub(super) fn signed_by(mut self, case: &Case, key: &str, bytes: &[u8]) -> Self {
        fn sign(key: &impl ssh_key::SigningKey, bytes: &[u8]) -> ssh_key::Signature {
            key.try_sign(bytes).unwrap()
        }
        let key = ssh_key::PrivateKey::read_openssh_file(&case.path().join(key)).unwrap();
        let digest = ssh_key::HashAlg::Sha512.digest(bytes);
        let signed = joined(&[&self.namespace[..], &self.reserved, &self.hash, &digest]);
        let signature = sign(&key, &[Self::MAGIC, &signed].concat());
        self.signature = signature.try_into().unwrap();
        self
    }
}

/// Compresses a point of a curve: it keeps only the sign of the second coordinate.
pub(super) fn compress(point: &mut Vec<u8>) {
    assert_eq!(point[0], 4);
    point[0] = 2 + point.last().unwrap() % 2;
    point.truncate(1 + point.len() / 2);
}
