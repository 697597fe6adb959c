//! Classifies one file by its structure: which surfaces it contains.

use std::collections::BTreeMap;
use std::rc::Rc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use crate::shape::{
    self, Child, Matcher, Node, Reading, Recognized, TEXT_SHAPES, Value, Variables,
};
use crate::words::{InventoryRemark, SurfaceKind, WriteClass};

/// How deep documents may be nested in values of other documents. A dashboard in a `ConfigMap` has depth 1. A deeper
/// document is remarked as not examined.
const MAX_EMBEDDED: usize = 4;

/// How many levels of a document are searched for the configuration of another tool, as in Helm values.
const MAX_SEARCH: usize = 16;

/// How certain the classification of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Confidence {
    /// The file did not parse, so the outline of its lines decided.
    Text,
    /// The file was parsed, or it has lines that no other kind of file has.
    Parsed,
}

impl Confidence {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Parsed => "parsed",
        }
    }
}

/// A surface in a file, and the evidence for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    pub(crate) kind: SurfaceKind,
    pub(crate) write: WriteClass,
    pub(crate) confidence: Confidence,
    /// The paths of the shape that matched. They come from the table of shapes, so they repeat no text of the file.
    pub(crate) keys: Vec<&'static str>,
    /// The line of the evidence in the file, from 1.
    pub(crate) line: usize,
}

/// A remark on a file, and its line if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Remark {
    pub(crate) remark: InventoryRemark,
    pub(crate) line: Option<usize>,
}

/// The result for one file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Examined {
    /// The surfaces: each kind once, in the order of the kinds.
    pub(crate) surfaces: Vec<Found>,
    pub(crate) remarks: Vec<Remark>,
}

/// Examines a file. `variables` returns the variables for a Compose file. It is called only if the file can contain a
/// surface.
pub(crate) fn examine(path: &str, bytes: &[u8], variables: impl FnOnce() -> Variables) -> Examined {
    let name = path.rsplit('/').next().unwrap_or_default();
    // A text file has no NUL byte, so this file is binary. It is remarked only if its name says that it can be parsed.
    if bytes.contains(&0) {
        let remark = Remark { remark: InventoryRemark::NotExamined, line: None };
        let remarks = if is_named_as_a_tree(name) { vec![remark] } else { Vec::new() };
        return Examined { surfaces: Vec::new(), remarks };
    }
    let text = String::from_utf8_lossy(bytes);
    let is_lossy = matches!(text, std::borrow::Cow::Owned(_));
    let text = text.trim_start_matches('\u{feff}');
    if !shape::may_hold_a_surface(text) {
        return Examined::default();
    }
    let variables = variables();
    let mut search = Search {
        matcher: Matcher::new(&variables),
        found: BTreeMap::new(),
        remarks: Vec::new(),
        is_script: is_named_as_a_script(name),
    };
    search.text(text, None, 0);
    let Search { matcher, found, mut remarks, .. } = search;
    let is_exhausted = matcher.is_exhausted();
    let surfaces: Vec<_> = found.into_values().collect();
    if surfaces.is_empty() {
        // If a file is not a surface, its faults do not matter to the inventory.
        remarks.retain(|remark| remark.remark == InventoryRemark::NotExamined);
    } else if is_lossy {
        remarks.push(Remark { remark: InventoryRemark::NotUtf8, line: None });
    }
    if is_exhausted {
        remarks.push(Remark { remark: InventoryRemark::NotExamined, line: None });
    }
    remarks.sort_unstable();
    remarks.dedup();
    Examined { surfaces, remarks }
}

/// Returns the variables that an `.env` file sets.
pub(crate) fn variables(text: &str) -> Variables {
    let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
    let pairs = lines.filter_map(|line| line.trim_start_matches("export ").split_once('='));
    pairs
        .map(|(name, value)| {
            let value = value.trim().trim_matches(['"', '\'']);
            (name.trim().to_owned(), value.to_owned())
        })
        .collect()
}

/// Whether the name of a file says that it is YAML or JSON. If such a file cannot be examined, this is worth a remark.
fn is_named_as_a_tree(name: &str) -> bool {
    [".yml", ".yaml", ".json"].iter().any(|end| name.ends_with(end))
}

/// Whether the name of a file says that it is a script.
fn is_named_as_a_script(name: &str) -> bool {
    let end = name.rsplit_once('.').map_or("", |(_, end)| end);
    ["sh", "bash", "zsh", "py", "rb", "pl", "js", "mjs", "ts", "ps1"].contains(&end)
}

/// The search through one file, and what it found so far.
struct Search<'v> {
    matcher: Matcher<'v>,
    found: BTreeMap<SurfaceKind, Found>,
    remarks: Vec<Remark>,
    is_script: bool,
}

/// How the current document was read.
#[derive(Clone, Copy)]
struct Source {
    confidence: Confidence,
    is_json: bool,
    /// The line of the value that contains the document, if it is nested in another document.
    line: Option<usize>,
    /// How deep the document is nested in values of other documents; 0 for the file itself.
    depth: usize,
}

impl Search<'_> {
    /// Examines a text: the file, or a value in it.
    fn text(&mut self, text: &str, line: Option<usize>, depth: usize) {
        if depth > MAX_EMBEDDED {
            self.remarks.push(Remark { remark: InventoryRemark::NotExamined, line });
            return;
        }
        for shape in TEXT_SHAPES {
            let is_script = self.is_script && depth == 0;
            let Some((own, write)) = shape.recognize(text, is_script) else { continue };
            self.add(Found {
                kind: shape.kind,
                write,
                confidence: Confidence::Parsed,
                keys: Vec::new(),
                line: line.unwrap_or(own),
            });
        }
        let Reading { documents, stopped_at, duplicate_keys } = shape::read(text);
        let is_json = shape::looks_like_json(text);
        let mut source = Source { confidence: Confidence::Parsed, is_json, line, depth };
        let at = |own: usize| Some(line.unwrap_or(own));
        for own in duplicate_keys {
            self.remarks.push(Remark { remark: InventoryRemark::DuplicateKey, line: at(own) });
        }
        let Some(stopped_at) = stopped_at else {
            self.documents(&documents, source);
            return;
        };
        // Parsing stopped in the last document. The outline of the text may show what it is.
        let (whole, broken) = documents.split_at(documents.len().saturating_sub(1));
        self.documents(whole, source);
        source.confidence = Confidence::Text;
        let before = self.found.len();
        if is_json {
            self.documents(broken, source);
        } else {
            self.documents(&shape::read_outline(text), source);
        }
        if self.found.len() > before {
            let remark = InventoryRemark::ClassifiedByText;
            self.remarks.push(Remark { remark, line: at(stopped_at) });
        }
    }

    fn documents(&mut self, documents: &[Rc<Node>], source: Source) {
        for root in documents {
            self.document(root, source);
        }
    }

    /// Examines a document, or an item of a list of resources.
    fn document(&mut self, root: &Node, source: Source) {
        let recognized = self.matcher.recognize(root);
        let is_recognized = !recognized.is_empty();
        for Recognized { kind, write, has, line } in recognized {
            self.add(Found {
                kind,
                write,
                confidence: source.confidence,
                keys: has.to_vec(),
                line: source.line.unwrap_or(line),
            });
        }
        let kind = text_at(root, "kind");
        if root.get("apiVersion").is_some() && kind.is_some_and(|kind| kind.ends_with("Definition"))
        {
            // A definition, such as a `CustomResourceDefinition`, is a schema of resources and not a resource.
            return;
        }
        match kind {
            Some("ConfigMap" | "Secret") => return self.embedded(root, source),
            Some(kind) if kind.ends_with("List") || kind == "Template" => {
                let lists = ["items", "objects"].iter().filter_map(|name| root.get(name));
                for item in lists.flat_map(|list| list.node.items()) {
                    self.document(&item.node, source);
                }
                return;
            }
            _ => {}
        }
        // A document of a known kind contains nothing else. A Compose file is an exception: it can contain whole
        // configurations. JSON is not searched: Helm values and Compose files are YAML.
        let is_compose = self.matcher.has(root, "services/*/image");
        if !source.is_json && (!is_recognized || is_compose) {
            self.nested(root, source, 0);
        }
    }

    /// Examines the values of a `ConfigMap` or `Secret`. Some are encoded in base64.
    fn embedded(&mut self, root: &Node, source: Source) {
        let is_secret = text_at(root, "kind") == Some("Secret");
        for (name, is_encoded) in [("data", is_secret), ("stringData", false), ("binaryData", true)]
        {
            let Some(data) = root.get(name) else { continue };
            for (key, child) in data.node.entries() {
                let line = source.line.unwrap_or(key.line);
                match child.node.text() {
                    Some(text) if is_encoded => {
                        // Long base64 has line breaks, which the decoder does not accept.
                        let packed: String = text.split_whitespace().collect();
                        let bytes = BASE64_STANDARD.decode(packed).unwrap_or_default();
                        let text = String::from_utf8_lossy(&bytes);
                        self.text(&text, Some(line), source.depth + 1);
                    }
                    Some(text) => self.text(text, Some(line), source.depth + 1),
                    None => {}
                }
            }
        }
    }

    /// Searches a document for the configuration of another tool, as in the values of a Helm chart.
    fn nested(&mut self, node: &Node, source: Source, depth: usize) {
        if depth > MAX_SEARCH {
            return;
        }
        if depth > 0 && node.is_mapping() {
            for (kind, paths) in NESTED {
                if !paths.iter().all(|path| self.matcher.has(node, path)) {
                    continue;
                }
                let matching =
                    self.matcher.recognize(node).into_iter().find(|found| found.kind == *kind);
                self.add(Found {
                    kind: *kind,
                    write: matching.map_or(kind.write_class(), |found| found.write),
                    confidence: source.confidence,
                    keys: paths.to_vec(),
                    line: source.line.unwrap_or(node.line),
                });
            }
        }
        let children = node.entries().iter().map(|(_, child)| child).chain(node.items());
        // The value of an alias is examined at its anchor. Aliases that multiply would make this search endless.
        for Child { node, .. } in children.filter(|child| !child.is_alias) {
            match &node.value {
                Value::Scalar(text) if text.contains('\n') => {
                    if shape::may_hold_a_surface(text) {
                        self.text(text, Some(source.line.unwrap_or(node.line)), source.depth + 1);
                    }
                }
                Value::Scalar(_) => {}
                Value::Mapping(_) if is_resource(node) => self.document(node, source),
                _ => self.nested(node, source, depth + 1),
            }
        }
    }

    /// Adds a surface. If its kind was found before, the higher write class and the higher confidence win.
    fn add(&mut self, found: Found) {
        let known = self.found.entry(found.kind).or_insert_with(|| found.clone());
        known.write = known.write.max(found.write);
        if found.confidence > known.confidence {
            *known = Found { write: known.write, ..found };
        }
    }
}

/// The shapes that are searched for inside other documents. Only shapes that no other document has are in this list.
const NESTED: &[(SurfaceKind, &[&str])] = &[
    (SurfaceKind::PrometheusRules, &["groups/[]/rules/[]/alert", "groups/[]/rules/[]/expr"]),
    (SurfaceKind::PrometheusRules, &["groups/[]/rules/[]/record", "groups/[]/rules/[]/expr"]),
    (SurfaceKind::AlertmanagerConfig, &["route/receiver", "receivers/[]/name"]),
    (SurfaceKind::PrometheusConfig, &["scrape_configs/[]/job_name", "global"]),
    (SurfaceKind::OtelCollectorConfig, &["service/pipelines", "exporters"]),
    (
        SurfaceKind::GrafanaDatasourceProvisioning,
        &["apiVersion", "datasources/[]/type", "datasources/[]/name"],
    ),
    (SurfaceKind::GrafanaDashboardProvisioning, &["apiVersion", "providers/[]/options/path"]),
    (SurfaceKind::GrafanaAlertingProvisioning, &["contactPoints/[]/receivers"]),
];

/// Whether a mapping is a Kubernetes resource.
fn is_resource(node: &Node) -> bool {
    ["apiVersion", "kind", "metadata"].iter().all(|key| node.get(key).is_some())
}

fn text_at<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key)?.node.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(path: &str, text: &str) -> Vec<(&'static str, Confidence, usize)> {
        let examined = examine(path, text.as_bytes(), Variables::new);
        let surfaces = examined.surfaces.iter();
        surfaces.map(|found| (found.kind.as_str(), found.confidence, found.line)).collect()
    }

    #[test]
    fn what_is_embedded_is_found_with_its_line() {
        let rules = "groups:\n    - name: a\n      rules:\n      - alert: b\n        expr: up\n";
        let map = format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n  a.yml: |\n    {rules}"
        );
        let expected = [("prometheus_rules", Confidence::Parsed, 5)];
        assert_eq!(kinds("a.yaml", &map), expected);
        let list = format!("kind: List\napiVersion: v1\nitems:\n- {}", map.replace('\n', "\n  "));
        assert_eq!(kinds("a.yaml", &list), [("prometheus_rules", Confidence::Parsed, 8)]);
        let encoded = BASE64_STANDARD.encode("route: {receiver: a}\nreceivers: [{name: a}]\n");
        let secret =
            format!("apiVersion: v1\nkind: Secret\ndata:\n  alertmanager.yaml: {encoded}\n");
        assert_eq!(kinds("a.yaml", &secret), [("alertmanager_config", Confidence::Parsed, 4)]);
    }

    #[test]
    fn helm_values_are_searched_and_schemas_are_not() {
        let values = "alertmanager:\n  config:\n    route:\n      receiver: a\n    receivers:\n    - name: a\n";
        assert_eq!(kinds("values.yaml", values), [("alertmanager_config", Confidence::Parsed, 3)]);
        let schema = format!(
            "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec:\n  {}",
            values.replace('\n', "\n  ")
        );
        assert_eq!(kinds("crd.yaml", &schema), []);
    }

    #[test]
    fn what_does_not_parse_is_told_by_its_text() {
        let template = "{{ if .Values.on }}\napiVersion: monitoring.coreos.com/v1\nkind: ServiceMonitor\nmetadata:\n  labels: {{ include \"x\" . | nindent 4 }}\n{{ end }}\n";
        assert_eq!(kinds("t/sm.yaml", template), [("k8s_service_monitor", Confidence::Text, 2)]);
        let examined = examine("a.yaml", template.as_bytes(), Variables::new);
        assert_eq!(examined.remarks[0].remark, InventoryRemark::ClassifiedByText);
        // Prose that contains an example is not a configuration.
        let guide = "# Guide\n\nPut this into prometheus.yml, then reload it:\n\n```yaml\nscrape_configs:\n  - job_name: a\n```\n\nThat is all there is to do.\nNow look at the page.\n";
        assert_eq!(kinds("README.md", guide), []);
        let source = "package a\n\nconst config = `\nroute:\n  receiver: a\nreceivers:\n- name: a\n`\n\nfunc f() int {\n\treturn 1\n}\n";
        assert_eq!(kinds("a_test.go", source), []);
    }

    #[test]
    fn a_file_is_named_once_a_kind_by_what_writes_most() {
        let text = "global: {scrape_interval: 1m}\nscrape_configs: [{job_name: a}]\n---\nglobal: {scrape_interval: 1m}\nrule_files: [a]\n";
        let examined = examine("a.yml", text.as_bytes(), Variables::new);
        assert_eq!(examined.surfaces.len(), 1);
        assert_eq!(examined.surfaces[0].write, WriteClass::Direct);
    }

    #[test]
    fn faults_of_a_surface_are_remarked_and_binary_files_are_named() {
        let twice = "route: {receiver: a}\nreceivers: [{name: a}]\nroute: {receiver: b}\n";
        let examined = examine("a.yml", twice.as_bytes(), Variables::new);
        assert_eq!(
            examined.remarks,
            [Remark { remark: InventoryRemark::DuplicateKey, line: Some(3) }]
        );
        let examined = examine("a.yml", b"route:\0", Variables::new);
        assert_eq!(examined.remarks, [Remark { remark: InventoryRemark::NotExamined, line: None }]);
        assert_eq!(examine("a.png", b"\x89PNG\0", Variables::new), Examined::default());
        let latin = b"route: {receiver: a}\nreceivers: [{name: a}] # \xe9\n";
        let examined = examine("a.yml", latin, Variables::new);
        assert_eq!(examined.surfaces.len(), 1);
        assert_eq!(examined.remarks[0].remark, InventoryRemark::NotUtf8);
    }
}
