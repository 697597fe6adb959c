//! A security key in software. It signs what a FIDO token signs, with any flags that a test wants.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ssh_key::{HashAlg, PrivateKey};

use super::parts::{Parts, armored, joined, string, strings};
use super::{ED25519, P256, key};
use crate::case::Case;

/// This flag says that somebody touched the key.
pub(super) const PRESENT: u8 = 1;

/// This flag says that the token recognized the person, by a PIN or a finger.
pub(super) const RECOGNIZED: u8 = 4;

/// The name of a kind of key, and the options with which ssh-keygen makes such a key without a token.
pub(super) type Kind = (&'static str, &'static [&'static str]);

/// A key that signs as a security key does.
#[derive(Clone)]
pub(super) struct Token {
    kind: &'static str,
    application: Vec<u8>,
    private: PrivateKey,
    /// The strings of the public key, without kind and application.
    public: Vec<Vec<u8>>,
}

/// What a token adds to a signature: it signs this together with the document, and writes it after the signature.
#[derive(Clone, Copy)]
pub(super) struct Touch {
    pub(super) flags: u8,
    pub(super) counter: u32,
}

/// A signature with a touch.
pub(super) const TOUCH: Touch = Touch { flags: PRESENT, counter: 0x0102_0304 };

impl Touch {
    fn bytes(self) -> Vec<u8> {
        [&[self.flags][..], &self.counter.to_be_bytes()].concat()
    }
}

/// The inner signature of a token: the algorithm and its bytes, then the trailer.
#[derive(Clone)]
pub(super) struct InnerSignature {
    pub(super) kind: &'static str,
    pub(super) bytes: Vec<u8>,
    /// The flags and the counter.
    pub(super) trailer: Vec<u8>,
}

impl InnerSignature {
    pub(super) fn written(&self) -> Vec<u8> {
        [joined(&[self.kind.as_bytes(), &self.bytes]), self.trailer.clone()].concat()
    }
}

impl Token {
    pub(super) const ED25519: &str = "sk-ssh-ed25519@openssh.com";
    pub(super) const P256: &str = "sk-ecdsa-sha2-nistp256@openssh.com";
    pub(super) const KINDS: [Kind; 2] = [(Self::ED25519, ED25519), (Self::P256, P256)];

    /// Makes an ordinary key with ssh-keygen, and uses it as the key of a token.
    pub(super) fn new(case: &Case, name: &str, (kind, options): Kind) -> Self {
        let public = key(case, name, options);
        let blob = STANDARD.decode(public.split(' ').nth(1).unwrap()).unwrap();
        let private = PrivateKey::read_openssh_file(&case.path().join(name)).unwrap();
        let public = strings(&blob).split_off(1);
        Self { kind, application: b"ssh:".to_vec(), private, public }
    }

    /// Returns the same key for another application. A real token never has the same key twice.
    pub(super) fn for_application(&self, application: &[u8]) -> Self {
        Self { application: application.to_vec(), ..self.clone() }
    }

    /// Returns the public key as a blob.
    pub(super) fn blob(&self) -> Vec<u8> {
        let strings = [&[self.kind.as_bytes().to_vec()], &self.public[..]].concat();
        [joined(&strings), string(&self.application)].concat()
    }

    /// Returns the line that lists this key in a list of signers.
    pub(super) fn line(&self, principal: &str, namespace: &str) -> String {
        let digits = STANDARD.encode(self.blob());
        format!("{principal} namespaces=\"{namespace}\" {} {digits}\n", self.kind)
    }

    /// Signs a file as ssh-keygen does with a token. Returns the parts of the signature, and its inner signature.
    pub(super) fn signed(
        &self,
        case: &Case,
        namespace: &str,
        file: &str,
        touch: Touch,
    ) -> (Parts, InnerSignature) {
        fn sign(key: &impl ssh_key::SigningKey, bytes: &[u8]) -> ssh_key::Signature {
            key.try_sign(bytes).unwrap()
        }
        let digest = HashAlg::Sha512.digest(&std::fs::read(case.path().join(file)).unwrap());
        let fields = joined(&[namespace.as_bytes(), b"", b"sha512", &digest]);
        let message = [Parts::MAGIC, &fields].concat();
        let sha256 = |bytes: &[u8]| HashAlg::Sha256.digest(bytes);
        let signed = [sha256(&self.application), touch.bytes(), sha256(&message)].concat();
        let bytes = sign(&self.private, &signed).as_bytes().to_vec();
        let inner = InnerSignature { kind: self.kind, bytes, trailer: touch.bytes() };
        let parts = Parts {
            version: 1,
            key: self.blob(),
            namespace: namespace.as_bytes().to_vec(),
            reserved: Vec::new(),
            hash: b"sha512".to_vec(),
            signature: inner.written(),
        };
        (parts, inner)
    }

    /// Signs a file, and writes the signature next to it.
    pub(super) fn sign(&self, case: &Case, namespace: &str, file: &str, touch: Touch) {
        let (parts, _) = self.signed(case, namespace, file, touch);
        case.write(&format!("{file}.sig"), armored(&parts.blob()));
    }
}
