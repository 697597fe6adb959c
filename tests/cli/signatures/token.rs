//! A security key, made in software: it signs what a FIDO token signs, with whatever flags a test wants.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::{HashAlg, PrivateKey};

use super::parts::{Parts, armored, joined, string, strings};
use super::{ED25519, P256, key};
use crate::case::Case;

/// Somebody touched the key, and was recognized, by a PIN or a finger.
pub(super) const PRESENT: u8 = 1;
pub(super) const RECOGNIZED: u8 = 4;

/// The name of a kind, and the options with which ssh-keygen makes such a key without a token.
pub(super) type Kind = (&'static str, &'static [&'static str]);

/// A key that signs as a security key does.
#[derive(Clone)]
pub(super) struct Token {
    kind: &'static str,
    application: Vec<u8>,
    private: PrivateKey,
    /// The strings of its public half, without kind and application.
    public: Vec<Vec<u8>>,
}

/// What a token signs beside the bytes, and writes behind the signature.
#[derive(Clone, Copy)]
pub(super) struct Touch {
    pub(super) flags: u8,
    pub(super) counter: u32,
}

pub(super) const TOUCH: Touch = Touch { flags: PRESENT, counter: 0x0102_0304 };

impl Touch {
    fn bytes(self) -> Vec<u8> {
        [&[self.flags][..], &self.counter.to_be_bytes()].concat()
    }
}

/// A signature proper of a token.
#[derive(Clone)]
pub(super) struct Proper {
    pub(super) kind: &'static str,
    pub(super) bytes: Vec<u8>,
    /// Flags and counter.
    pub(super) trailer: Vec<u8>,
}

impl Proper {
    pub(super) fn written(&self) -> Vec<u8> {
        [joined(&[self.kind.as_bytes(), &self.bytes]), self.trailer.clone()].concat()
    }
}

impl Token {
    pub(super) const ED25519: &str = "sk-ssh-ed25519@openssh.com";
    pub(super) const P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com";
    pub(super) const KINDS: [Kind; 2] = [(Self::ED25519, ED25519), (Self::P256, P256)];

    /// Makes a key of ssh-keygen, and takes it for a token's.
    pub(super) fn new(case: &Case, name: &str, (kind, inner): Kind) -> Self {
        let public = key(case, name, inner);
        let blob = STANDARD.decode(public.split(' ').nth(1).unwrap()).unwrap();
        let private = PrivateKey::read_openssh_file(&case.path().join(name)).unwrap();
        let public = strings(&blob).split_off(1);
        Self { kind, application: b"ssh:".to_vec(), private, public }
    }

    /// The same key for another application, as no token would have it.
    pub(super) fn for_application(&self, application: &[u8]) -> Self {
        Self { application: application.to_vec(), ..self.clone() }
    }

    /// The public key.
    pub(super) fn blob(&self) -> Vec<u8> {
        let strings = [&[self.kind.as_bytes().to_vec()], &self.public[..]].concat();
        [joined(&strings), string(&self.application)].concat()
    }

    /// The key as a list of signers has it.
    pub(super) fn line(&self, principal: &str, namespace: &str) -> String {
        let digits = STANDARD.encode(self.blob());
        format!("{principal} namespaces=\"{namespace}\" {} {digits}\n", self.kind)
    }

    /// Signs a file as ssh-keygen does with a token: gives the signature proper, and the parts around it.
    pub(super) fn signed(
        &self,
        case: &Case,
        namespace: &str,
        file: &str,
        touch: Touch,
    ) -> (Parts, Proper) {
        fn sign(key: &impl ssh_key::SigningKey, bytes: &[u8]) -> ssh_key::Signature {
            key.try_sign(bytes).unwrap()
        }
        let digest = HashAlg::Sha512.digest(&std::fs::read(case.path().join(file)).unwrap());
        let fields = joined(&[namespace.as_bytes(), b"", b"sha512", &digest]);
        let message = [Parts::MAGIC, &fields].concat();
        let sha256 = |bytes: &[u8]| HashAlg::Sha256.digest(bytes);
        let signed = [sha256(&self.application), touch.bytes(), sha256(&message)].concat();
        let bytes = sign(&self.private, &signed).as_bytes().to_vec();
        let proper = Proper { kind: self.kind, bytes, trailer: touch.bytes() };
        let parts = Parts {
            version: 1,
            key: self.blob(),
            namespace: namespace.as_bytes().to_vec(),
            reserved: Vec::new(),
            hash: b"sha512".to_vec(),
            signature: proper.written(),
        };
        (parts, proper)
    }

    /// Signs a file, and writes the signature beside it.
    pub(super) fn sign(&self, case: &Case, namespace: &str, file: &str, touch: Touch) {
        let (parts, _) = self.signed(case, namespace, file, touch);
        case.write(&format!("{file}.sig"), armored(&parts.blob()));
    }
}
