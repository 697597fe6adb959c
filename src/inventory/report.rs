//! Writes the inventory document from the surfaces that were found, and parses it again for drafts and comparisons.

use std::collections::BTreeMap;

use crate::digest::Digest;
use crate::json::{
    DocumentError, DocumentProblem, Fault, Json, Read, Reader, read_document, write_json,
};
use crate::words::names::INVENTORY_VERSION;
use crate::words::{
    AcceptanceField, ControlTier, InventoryRemark, LedgerKey, SurfaceKind, WriteClass,
};

use super::classify::{Examined, Found, Remark};

const STATUS: &str = "inventory_ready_no_runtime_action";

// Keys that only an inventory has. Drafts copy the last one.
const SURFACES: &str = "surfaces";
const REMARKS: &str = "remarks";
pub(super) const SUGGESTED_OWNER: &str = "suggested_owner";

/// What was found in the files of a repository so far: surfaces by their id, and remarks by path.
#[derive(Debug, Default)]
pub(crate) struct Survey {
    surfaces: BTreeMap<String, Json>,
    remarks: Vec<(String, Remark)>,
}

impl Survey {
    /// Adds the surfaces and remarks of a file, with its suggested owner.
    pub(crate) fn add(
        &mut self,
        path: &str,
        version: &Version,
        examined: Examined,
        owner: Option<&str>,
    ) {
        self.remarks.extend(examined.remarks.into_iter().map(|remark| (path.to_owned(), remark)));
        for found in examined.surfaces {
            let surface = surface(path, version, &found, owner);
            self.surfaces.insert(format!("{}:{path}", found.kind), surface);
        }
    }

    /// Adds a remark on a file that was not examined.
    pub(crate) fn remark(&mut self, path: &str, remark: InventoryRemark) {
        self.remarks.push((path.to_owned(), Remark { remark, line: None }));
    }

    /// Returns the inventory document. The same files give the same bytes.
    pub(crate) fn into_text(mut self) -> String {
        self.remarks.sort();
        let remarks = self.remarks.iter().map(|(path, Remark { remark, line })| {
            let line = line.map_or(Json::Null, Json::from);
            Json::object([
                ("line", line),
                ("path", path.as_str().into()),
                ("remark", remark.as_str().into()),
            ])
        });
        let remarks = Json::Array(remarks.collect());
        let count = self.surfaces.len();
        let document = Json::object([
            (LedgerKey::SchemaVersion.as_str(), Json::from(INVENTORY_VERSION)),
            (LedgerKey::Status.as_str(), STATUS.into()),
            (LedgerKey::Summary.as_str(), Json::object([("surface_count", Json::from(count))])),
            (SURFACES, Json::Array(self.surfaces.into_values().collect())),
            (REMARKS, remarks),
        ]);
        document_text(&document)
    }
}

/// Writes a document in the format of the inputs: the same JSON format as the ledger, with a line break at the end.
pub(super) fn document_text(document: &Json) -> String {
    let mut text = String::new();
    write_json(&mut text, document, 0);
    text.push('\n');
    text
}

/// The version of a file that was examined: its digest and its number of lines.
#[derive(Debug, Default)]
pub(crate) struct Version {
    digest: String,
    lines: usize,
}

impl Version {
    /// Returns the version of these bytes. A last line without a line break counts as a line.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let lines = bytes.split_inclusive(|byte| *byte == b'\n').count();
        Self { digest: Digest::of(bytes).hex(), lines }
    }
}

/// Returns the entry of a surface. Its scope is the top folder of the path, and its label is the file name.
fn surface(path: &str, version: &Version, found: &Found, owner: Option<&str>) -> Json {
    use AcceptanceField as Field;
    let (scope, label) = match path.split_once('/') {
        Some((top, rest)) => (top, rest.rsplit('/').next().unwrap_or(rest)),
        None => ("repository root", path),
    };
    let evidence = Json::object([
        ("confidence", Json::from(found.confidence.as_str())),
        ("keys", Json::strings(found.keys.iter().copied())),
        ("line", found.line.into()),
    ]);
    let fields = [
        (Field::ConfigKind, Json::from(found.kind.as_str())),
        (Field::ControlTier, found.write.tier().as_str().into()),
        (Field::ExpectedScope, scope.into()),
        (Field::Label, label.into()),
        (Field::ObservabilityScope, found.kind.observability_scope().into()),
        (Field::RepoSha256, version.digest.as_str().into()),
        (Field::RepoSourcePath, path.into()),
        (Field::RequiresLiveEvidence, Json::Bool(found.write != WriteClass::None)),
        (Field::SourceLineCount, version.lines.into()),
        (Field::SurfaceId, format!("{}:{path}", found.kind).as_str().into()),
        (Field::WriteCapableSurface, Json::Bool(found.write == WriteClass::Direct)),
    ];
    let owner = owner.map(|owner| (SUGGESTED_OWNER, Json::from(owner)));
    Json::object(
        fields
            .map(|(field, value)| (field.as_str(), value))
            .into_iter()
            .chain([("evidence", evidence)])
            .chain(owner),
    )
}

/// A surface in an inventory, with all facts that the request to its owner needs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Listed {
    pub(crate) surface_id: String,
    /// The values that describe it, by field. They include its id and the two traits.
    pub(crate) fields: BTreeMap<AcceptanceField, Json>,
    pub(crate) is_write_capable: bool,
    pub(crate) requires_live_evidence: bool,
    pub(crate) suggested_owner: Option<String>,
}

/// The fields that an inventory must have for each surface, besides those in [`TRAITS`].
const DESCRIBED: [AcceptanceField; 8] = crate::inputs::DESCRIPTORS;

impl Listed {
    /// Parses the surfaces and remarks of an inventory.
    ///
    /// # Errors
    ///
    /// Fails if the document is not a strict JSON object, if a key is missing, or if a value has the wrong type. The
    /// error lists all faults.
    pub(crate) fn parse(bytes: &[u8]) -> Result<(Vec<Self>, Vec<ListedRemark>), DocumentError> {
        read_document(bytes, is_inventory_key, |reader| {
            let offset = reader.offset()?;
            let (mut surfaces, mut remarks, mut has_surfaces) = (Vec::new(), Vec::new(), false);
            reader.object(
                |key| [SURFACES, REMARKS].into_iter().find(|known| *known == key),
                |reader, key| {
                    let read = if key == SURFACES {
                        has_surfaces = true;
                        reader.array(|reader, _| {
                            surfaces.extend(Self::read(reader)?);
                            Ok(())
                        })
                    } else {
                        reader.array(|reader, _| {
                            remarks.extend(ListedRemark::read(reader)?);
                            Ok(())
                        })
                    };
                    reader.note_if_recoverable(read).map(drop)
                },
            )?;
            if !has_surfaces {
                let problem = DocumentProblem::MissingKey(SURFACES.to_owned());
                reader.note(Fault { offset, problem });
            }
            Ok((surfaces, remarks))
        })
    }

    /// Reads a surface. Notes each fault in it, so that one run shows all faults.
    fn read(reader: &mut Reader<'_>) -> Read<Option<Self>> {
        let offset = reader.offset()?;
        let mut fields = BTreeMap::new();
        let mut owner = None;
        let read = reader.object(ListedKey::parse, |reader, key| {
            match key {
                ListedKey::Field(field) => {
                    let value = read_field(reader, field);
                    fields.insert(field, reader.note_if_recoverable(value)?.unwrap_or(Json::Null));
                }
                ListedKey::SuggestedOwner => {
                    let value = reader.string();
                    owner = reader.note_if_recoverable(value)?;
                }
            }
            Ok(())
        });
        if reader.note_if_recoverable(read)?.is_none() {
            return Ok(None);
        }
        let required = DESCRIBED.iter().chain(&TRAITS);
        for field in required.filter(|field| !fields.contains_key(field)) {
            let problem = DocumentProblem::MissingKey(field.to_string());
            reader.note(Fault { offset, problem });
        }
        let is_true = |field| fields.get(&field) == Some(&Json::Bool(true));
        let is_write_capable = is_true(AcceptanceField::WriteCapableSurface);
        let requires_live_evidence = is_true(AcceptanceField::RequiresLiveEvidence);
        let id = fields.get(&AcceptanceField::SurfaceId).and_then(Json::as_str);
        Ok(id.map(str::to_owned).map(|surface_id| Self {
            surface_id,
            is_write_capable,
            requires_live_evidence,
            fields,
            suggested_owner: owner.filter(|owner| !owner.is_empty()),
        }))
    }

    /// Returns the value of a field, if it is a string.
    fn text(&self, field: AcceptanceField) -> Option<&str> {
        self.fields.get(&field)?.as_str()
    }

    /// The kind of the surface; `None` if this release does not know it.
    pub(crate) fn kind(&self) -> Option<SurfaceKind> {
        self.text(AcceptanceField::ConfigKind)?.parse().ok()
    }

    /// The tier of the surface; `None` if this release does not know it.
    pub(crate) fn tier(&self) -> Option<ControlTier> {
        self.text(AcceptanceField::ControlTier)?.parse().ok()
    }

    /// The path of the file in the repository.
    pub(crate) fn path(&self) -> Option<&str> {
        self.text(AcceptanceField::RepoSourcePath)
    }

    /// The SHA-256 of the file that was examined, in hexadecimal.
    pub(crate) fn digest(&self) -> Option<&str> {
        self.text(AcceptanceField::RepoSha256)
    }
}

/// A remark in an inventory: a file that was not read as other files are, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ListedRemark {
    pub(crate) path: String,
    pub(crate) remark: InventoryRemark,
    pub(crate) line: Option<String>,
}

impl ListedRemark {
    /// Reads a remark. Returns `None` if it has no path, or if this release does not know the remark.
    fn read(reader: &mut Reader<'_>) -> Read<Option<Self>> {
        let Json::Object(members) = reader.value()? else { return Ok(None) };
        let text = |key: &str| members.get(key).and_then(Json::as_str);
        let line = match members.get("line") {
            Some(Json::Number(line)) => Some(line.as_str().to_owned()),
            _ => None,
        };
        let remark = text("remark").and_then(|remark| remark.parse().ok());
        Ok(text("path").zip(remark).map(|(path, remark)| Self {
            path: path.to_owned(),
            remark,
            line,
        }))
    }
}

/// The id of a surface, and what a change of it can do.
const TRAITS: [AcceptanceField; 3] = [
    AcceptanceField::SurfaceId,
    AcceptanceField::WriteCapableSurface,
    AcceptanceField::RequiresLiveEvidence,
];

/// A key of a surface in an inventory that is read; other keys are skipped.
#[derive(Clone, Copy, PartialEq)]
enum ListedKey {
    Field(AcceptanceField),
    SuggestedOwner,
}

impl ListedKey {
    fn parse(key: &str) -> Option<Self> {
        if key == SUGGESTED_OWNER {
            return Some(Self::SuggestedOwner);
        }
        let field = key.parse().ok()?;
        let is_known = DESCRIBED.contains(&field) || TRAITS.contains(&field);
        is_known.then_some(Self::Field(field))
    }
}

/// Reads the value of a field. Only an id and a trait must have a certain type.
fn read_field(reader: &mut Reader<'_>, field: AcceptanceField) -> Read<Json> {
    let offset = reader.offset()?;
    match field {
        AcceptanceField::SurfaceId => {
            let id = reader.string()?;
            if id.is_empty() {
                return Err(Fault { offset, problem: DocumentProblem::EmptyId });
            }
            Ok(Json::String(id))
        }
        AcceptanceField::WriteCapableSurface | AcceptanceField::RequiresLiveEvidence => {
            reader.boolean().map(Json::Bool)
        }
        _ => reader.value(),
    }
}

/// Whether an error path may name this key. Another key may be a secret.
fn is_inventory_key(key: &str) -> bool {
    [SURFACES, REMARKS, SUGGESTED_OWNER].contains(&key) || key.parse::<AcceptanceField>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inputs::{Inventory, ListedSurfaces, OwnerRequests};
    use crate::inventory::{draft, examine};
    use crate::shape::Variables;

    fn survey() -> String {
        let mut survey = Survey::default();
        for (path, text) in [
            ("z.yml", "route: {receiver: a}\nreceivers: [{name: a}]"),
            ("a/b/rules.yml", "groups: [{name: a, rules: [{alert: b, expr: up}]}]\n# end\n"),
            ("a/none.yml", "a: 1"),
        ] {
            let examined = examine(path, text.as_bytes(), Variables::new);
            survey.add(path, &Version::of(text.as_bytes()), examined, Some("@sre"));
        }
        survey.remark("sub", InventoryRemark::NotExamined);
        survey.into_text()
    }

    #[test]
    fn what_is_written_reads_back_and_becomes_a_request() {
        let text = survey();
        assert!(Inventory::parse(text.as_bytes()).is_ok());
        let (listed, told) = Listed::parse(text.as_bytes()).unwrap();
        let ids: Vec<_> = listed.iter().map(|listed| listed.surface_id.as_str()).collect();
        assert_eq!(ids, ["alertmanager_config:z.yml", "prometheus_rules:a/b/rules.yml"]);
        assert_eq!(listed[1].fields[&AcceptanceField::SourceLineCount], Json::from(2));
        assert_eq!(listed[0].fields[&AcceptanceField::SourceLineCount], Json::from(2));
        assert_eq!(listed[0].suggested_owner.as_deref(), Some("@sre"));
        assert_eq!(told.len(), 1);
        let requests =
            OwnerRequests::parse(draft(text.as_bytes()).unwrap().text.as_bytes()).unwrap();
        let known = ListedSurfaces::parse(text.as_bytes()).unwrap();
        for surface in requests.surfaces() {
            assert_eq!(known.differences(surface), Some(vec![]), "{}", surface.surface_id());
        }
        assert_eq!(requests.surfaces().len(), 2);
    }

    #[test]
    fn every_fault_of_an_inventory_is_told() {
        let text = br#"{"surfaces": [{"surface_id": ""}, 7, {"surface_id": 1, "write_capable_surface": "no"}]}"#;
        let error = Listed::parse(text).unwrap_err();
        assert_eq!(error.rest().len() + 1, 1 + 10 + 1 + 2 + 9);
        assert_eq!(
            Listed::parse(b"{}").unwrap_err().problem(),
            &DocumentProblem::MissingKey("surfaces".to_owned())
        );
    }
}
