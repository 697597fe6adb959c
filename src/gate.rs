//! The runtime gates. The type of their value has one value: shut.

use serde::de::{Error, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::json::Json;
use crate::words::RuntimeGate;

/// The only value of a runtime gate, an execution boundary or a never-flag.
///
/// It is not a `bool`, so that no other value exists. It serializes as `false`.
///
/// ```
/// use acceptance_ledger::Shut;
///
/// assert!(!Shut.is_open());
/// assert_eq!(serde_json::to_string(&Shut)?, "false");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shut;

impl Shut {
    /// Always `false`.
    #[must_use]
    pub const fn is_open(self) -> bool {
        false
    }
}

impl Serialize for Shut {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bool(self.is_open())
    }
}

impl From<Shut> for Json {
    fn from(shut: Shut) -> Self {
        Self::Bool(shut.is_open())
    }
}

/// The 25 runtime gates of a candidate, all [`Shut`].
///
/// It serializes as an object that has `false` for each gate. Any other value is rejected with an error that names the
/// gate.
///
/// ```
/// use acceptance_ledger::{Gates, RuntimeGate, Shut};
///
/// assert_eq!(Gates.get(RuntimeGate::SshWriteAuthorized), Shut);
///
/// let mut document = serde_json::to_value(Gates)?;
/// document["ssh_write_authorized"] = true.into();
/// let error = serde_json::from_value::<Gates>(document).unwrap_err();
/// assert!(error.to_string().contains("ssh_write_authorized must be false"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gates;

impl Gates {
    /// Returns the value of one gate.
    #[must_use]
    pub const fn get(self, _gate: RuntimeGate) -> Shut {
        Shut
    }
}

impl Serialize for Gates {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(RuntimeGate::ALL.len()))?;
        for gate in RuntimeGate::ALL {
            map.serialize_entry(gate, &self.get(*gate))?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Gates {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(GatesVisitor)
    }
}

struct GatesVisitor;

impl<'de> Visitor<'de> for GatesVisitor {
    type Value = Gates;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the 25 runtime gates, each false")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Gates, A::Error> {
        let mut missing = RuntimeGate::ALL.to_vec();
        while let Some(gate) = map.next_key::<RuntimeGate>()? {
            let position = missing.iter().position(|other| *other == gate);
            missing.swap_remove(position.ok_or_else(|| A::Error::duplicate_field(gate.as_str()))?);
            // The error of `next_value` is dropped, because it repeats the value, which may be a secret.
            if !matches!(map.next_value(), Ok(false)) {
                return Err(A::Error::custom(format_args!("{gate} must be false")));
            }
        }
        match missing.first() {
            None => Ok(Gates),
            Some(gate) => Err(A::Error::missing_field(gate.as_str())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_gate_refuses_anything_but_false_by_name() {
        for gate in RuntimeGate::ALL {
            for wrong in [true.into(), 0.into(), "false".into(), serde_json::Value::Null] {
                let mut document = serde_json::to_value(Gates).unwrap();
                document[gate.as_str()] = wrong;
                let error = serde_json::from_value::<Gates>(document).unwrap_err().to_string();
                assert!(error.starts_with(&format!("{gate} must be false")), "{error}");
            }
        }
    }

    #[test]
    fn all_gates_are_there_once() {
        let text = serde_json::to_string(&Gates).unwrap();
        assert_eq!(serde_json::from_str::<Gates>(&text).unwrap(), Gates);
        assert_eq!(text.matches(":false").count(), 25);

        let twice = text.replace('}', ",\"runtime_gate\":false}");
        assert!(
            serde_json::from_str::<Gates>(&twice).unwrap_err().to_string().contains("duplicate")
        );
        let short = text.replace("\"runtime_gate\":false,", "");
        assert!(
            serde_json::from_str::<Gates>(&short)
                .unwrap_err()
                .to_string()
                .contains("`runtime_gate`")
        );
        assert!(serde_json::from_str::<Gates>("true").is_err());
    }
}
