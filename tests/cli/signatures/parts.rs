//! A signature taken apart, to be put together as ssh-keygen would not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::case::Case;

/// The blob of a signature or key: what its base64 says.
pub(super) fn blob_of(armored: &str) -> Vec<u8> {
    let digits: String = armored.lines().filter(|line| !line.starts_with('-')).collect();
    STANDARD.decode(digits).unwrap()
}

/// A blob in the armor of ssh-keygen.
pub(super) fn armored(blob: &[u8]) -> String {
    let digits = STANDARD.encode(blob);
    let lines = digits.as_bytes().chunks(70).map(|line| std::str::from_utf8(line).unwrap());
    let lines: String = lines.flat_map(|line| [line, "\n"]).collect();
    format!("-----BEGIN SSH SIGNATURE-----\n{lines}-----END SSH SIGNATURE-----\n")
}

/// A string as SSH encodes it: its length, and its bytes.
pub(super) fn string(bytes: &[u8]) -> Vec<u8> {
    [&u32::try_from(bytes.len()).unwrap().to_be_bytes(), bytes].concat()
}

/// The strings that a blob consists of.
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

pub(super) fn joined(parts: &[impl AsRef<[u8]>]) -> Vec<u8> {
    parts.iter().flat_map(|part| string(part.as_ref())).collect()
}

/// The same string with a length that says one more.
pub(super) fn with_longer_length(bytes: &[u8]) -> Vec<u8> {
    let mut string = string(bytes);
    string[3] += 1;
    string
}

/// A signature taken apart, to be put together as ssh-keygen would not.
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

    /// The strings of the key, or of the signature proper, changed.
    pub(super) fn changed(part: &[u8], change: impl FnOnce(&mut Vec<Vec<u8>>)) -> Vec<u8> {
        let mut strings = strings(part);
        change(&mut strings);
        joined(&strings)
    }

    /// Signs anew, with whatever stands in the other fields.
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

/// A point of a curve with only the sign of its second coordinate.
pub(super) fn compress(point: &mut Vec<u8>) {
    assert_eq!(point[0], 4);
    point[0] = 2 + point.last().unwrap() % 2;
    point.truncate(1 + point.len() / 2);
}
