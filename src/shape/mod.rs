//! The shapes of known documents. The inventory classifies files by them, and triage quarantines answers that contain
//! them.

#[cfg(feature = "cli")]
mod outline;
#[cfg(feature = "cli")]
mod prefilter;
mod table;
mod text;
mod tree;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::pattern;
use crate::words::{SurfaceKind, WriteClass};

#[cfg(feature = "cli")]
pub(crate) use outline::read as read_outline;
#[cfg(feature = "cli")]
pub(crate) use prefilter::may_hold_a_surface;
pub(crate) use table::{Of, SHAPES, Shape};
pub(crate) use text::{TEXT_SHAPES, TextShape};
pub(crate) use tree::{Child, Node, Value, read};
#[cfg(feature = "cli")]
pub(crate) use tree::{Reading, looks_like_json};

use table::{WRITES_WHERE, is_langfuse_image, is_monitoring_image};

/// How many values are examined in one document. A real document needs a thousandth of this. The limit stops the search
/// in a document that aliases make endless.
const MAX_STEPS: usize = 2_000_000;

/// The values of the variables of a Compose file, by name.
pub(crate) type Variables = BTreeMap<String, String>;

/// The segment of a path that stands for any key.
const ANY: &str = "*";

/// Searches one document for shapes.
#[derive(Debug)]
pub(crate) struct Matcher<'v> {
    variables: &'v Variables,
    steps: Cell<usize>,
}

/// A kind of surface that a document is, and how it was recognized.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Recognized {
    pub(crate) kind: SurfaceKind,
    pub(crate) write: WriteClass,
    /// The paths of the shape that matched.
    pub(crate) has: &'static [&'static str],
    /// The line of the first key of these paths.
    pub(crate) line: usize,
}

impl<'v> Matcher<'v> {
    pub(crate) const fn new(variables: &'v Variables) -> Self {
        Self { variables, steps: Cell::new(0) }
    }

    /// Whether the search stopped at the limit [`MAX_STEPS`].
    pub(crate) fn is_exhausted(&self) -> bool {
        self.steps.get() >= MAX_STEPS
    }

    /// Returns the kinds of surface that the document is, each kind once.
    pub(crate) fn recognize(&self, root: &Node) -> Vec<Recognized> {
        let mut found: Vec<Recognized> = Vec::new();
        for shape in SHAPES.iter().filter(|shape| shape.is_whole) {
            let Of::Surface(kind) = shape.of else { continue };
            if found.iter().any(|other| other.kind == kind) || !self.fits(shape, root) {
                continue;
            }
            found.push(Recognized {
                kind,
                write: self.write_class(kind, root),
                has: shape.has,
                line: line_of(root, shape),
            });
        }
        found
    }

    /// Whether the mapping or list has this shape.
    pub(crate) fn fits(&self, shape: &Shape, root: &Node) -> bool {
        shape.has.iter().all(|path| self.has(root, path))
            && !shape.lacks.iter().any(|path| self.has(root, path))
            && has_only(root, shape.only)
    }

    /// What a change of this surface can do: the class of its kind, or `Direct` if the document has a path that
    /// raises it.
    fn write_class(&self, kind: SurfaceKind, root: &Node) -> WriteClass {
        let paths = WRITES_WHERE.iter().filter(|(other, _)| *other == kind);
        let writes = paths.flat_map(|(_, paths)| *paths).any(|path| self.has(root, path));
        if writes { WriteClass::Direct } else { kind.write_class() }
    }

    /// Whether a value has this path. The module `table` describes the syntax of paths.
    pub(crate) fn has(&self, node: &Node, path: &str) -> bool {
        if self.steps.replace(self.steps.get() + 1) >= MAX_STEPS {
            return false;
        }
        let (segment, rest) = match split_segment(path) {
            Some((segment, rest)) => (segment, Some(rest)),
            None => (path, None),
        };
        let goes_on = |child: &Child| rest.is_none_or(|rest| self.has(&child.node, rest));
        match segment {
            "[]" => node.items().iter().any(goes_on),
            ANY => node.entries().iter().any(|(_, child)| goes_on(child)),
            _ => match Test::of(segment) {
                (name, None) => node.get(name).is_some_and(goes_on),
                (name, Some(test)) => node
                    .get(name)
                    .and_then(|child| child.node.text())
                    .is_some_and(|text| test.passes(text, self.variables)),
            },
        }
    }
}

/// Returns how a surface of this kind is recognized: one line for each shape.
pub(crate) fn looked_for(kind: SurfaceKind) -> impl Iterator<Item = String> {
    let is_it = move |shape: &&Shape| shape.is_whole && shape.of == Of::Surface(kind);
    let by_structure = SHAPES.iter().filter(is_it).map(|shape| shape.has.join(", "));
    let by_text = TEXT_SHAPES.iter().filter(move |shape| shape.kind == kind);
    by_structure.chain(by_text.map(|shape| shape.what.to_owned()))
}

/// Returns the paths that raise the write class of this kind to `Direct`. One of them is enough.
pub(crate) fn raised_by(kind: SurfaceKind) -> Vec<&'static str> {
    let rows = WRITES_WHERE.iter().filter(|(other, _)| *other == kind);
    rows.flat_map(|(_, paths)| *paths).copied().collect()
}

/// Returns the keys of all shapes. A text without any of them has no shape.
pub(crate) fn keys() -> impl Iterator<Item = &'static str> {
    let segments = SHAPES.iter().flat_map(|shape| shape.has).flat_map(|path| segments(path));
    segments.map(|segment| Test::of(segment).0).filter(|name| !["[]", ANY].contains(name))
}

/// Whether a text contains a known shape, whole or in part. A text with a fault is examined up to the fault. If the
/// search stops at its limit, the result is `true`, so that triage does not let the text pass unexamined.
pub(crate) fn holds_any(text: &str) -> bool {
    fn search(matcher: &Matcher<'_>, node: &Node) -> bool {
        let fits = node.is_mapping() && may_fit(node).any(|shape| matcher.fits(shape, node));
        let children = node.entries().iter().map(|(_, child)| child).chain(node.items());
        // The value of an alias is examined at its anchor. Aliases that multiply would make this search endless.
        fits || children.filter(|child| !child.is_alias).any(|child| search(matcher, &child.node))
    }
    let variables = Variables::new();
    let matcher = Matcher::new(&variables);
    read(text).documents.iter().any(|root| search(&matcher, root)) || matcher.is_exhausted()
}

/// The shapes that a mapping can have: those whose first key it has, and those that begin with any key. A merge (`<<`) may
/// bring any key, so all shapes are possible then.
fn may_fit(mapping: &Node) -> impl Iterator<Item = &'static Shape> {
    static BY_FIRST_KEY: LazyLock<HashMap<&str, Vec<&Shape>>> = LazyLock::new(|| {
        let mut shapes: HashMap<_, Vec<_>> = HashMap::new();
        for shape in SHAPES {
            let first = shape.has.first().and_then(|path| segments(path).next()).unwrap_or(ANY);
            shapes.entry(Test::of(first).0).or_default().push(shape);
        }
        shapes
    });
    // As a set: a duplicate key must not cost a search for each of its places.
    let names: BTreeSet<&str> =
        mapping.entries().iter().filter_map(|(key, _)| key.name.as_deref()).chain([ANY]).collect();
    let (merged, own) = if names.contains("<<") { (SHAPES, None) } else { (&[][..], Some(names)) };
    let own = own.into_iter().flatten().filter_map(|name| BY_FIRST_KEY.get(name)).flatten();
    merged.iter().chain(own.copied())
}

/// Whether a text is a configuration in a language other than YAML and JSON, such as an INI file.
pub(crate) fn is_configuration_text(text: &str) -> bool {
    /// The words of these shapes. Most texts have none of them, and one search tells.
    static WORDS: LazyLock<AhoCorasick> = LazyLock::new(|| {
        pattern::keywords(None, payloads().flat_map(|shape| shape.words).copied())
    });
    fn payloads() -> impl Iterator<Item = &'static TextShape> {
        TEXT_SHAPES.iter().filter(|shape| shape.is_payload)
    }
    WORDS.is_match(text) && payloads().any(|shape| shape.recognize(text, false).is_some())
}

/// Splits a path after its first segment. A segment that compares a value is always the last one, because the value may
/// contain a slash.
fn split_segment(path: &str) -> Option<(&str, &str)> {
    let (segment, rest) = path.split_once('/')?;
    (!segment.contains(['=', '~'])).then_some((segment, rest))
}

/// Returns the segments of a path, from the first.
fn segments(path: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let path = rest?;
        let (segment, next) = split_segment(path).unzip();
        rest = next;
        Some(segment.unwrap_or(path))
    })
}

/// The test that a value has to pass.
enum Test<'p> {
    OneOf(&'p str),
    BeginsWith(&'p str),
    MonitoringImage,
    LangfuseImage,
}

impl<'p> Test<'p> {
    /// Returns the key that a segment names, and the test for its value.
    fn of(segment: &'p str) -> (&'p str, Option<Self>) {
        if let Some((name, starts)) = segment.split_once("^=") {
            (name, Some(Self::BeginsWith(starts)))
        } else if let Some((name, values)) = segment.split_once('=') {
            (name, Some(Self::OneOf(values)))
        } else if let Some((name, image)) = segment.split_once('~') {
            let is_langfuse = image == "langfuse";
            (name, Some(if is_langfuse { Self::LangfuseImage } else { Self::MonitoringImage }))
        } else {
            (segment, None)
        }
    }

    fn passes(&self, text: &str, variables: &Variables) -> bool {
        match self {
            Self::OneOf(values) => values.split('|').any(|value| value == text),
            Self::BeginsWith(starts) => starts.split('|').any(|start| text.starts_with(start)),
            Self::MonitoringImage => is_monitoring_image(&expanded(text, variables)),
            Self::LangfuseImage => is_langfuse_image(&expanded(text, variables)),
        }
    }
}

/// Replaces the variables in a text: `$NAME`, `${NAME}` and `${NAME:-default}`. If a variable is missing, its default
/// is used, or nothing.
fn expanded(text: &str, variables: &Variables) -> String {
    let mut result = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        result.push_str(before);
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let name_end = |text: &str| text.find(|c| !is_name(c)).unwrap_or(text.len());
        let braced = after.strip_prefix('{').and_then(|inside| inside.split_once('}'));
        let (name, default, after) = if let Some((inside, after)) = braced {
            let (name, default) = inside.split_at(name_end(inside));
            (name, default.trim_start_matches([':', '-', '=']), after)
        } else {
            let (name, after) = after.split_at(name_end(after));
            (name, "", after)
        };
        result.push_str(variables.get(name).map_or(default, String::as_str));
        rest = after;
    }
    result.push_str(rest);
    result
}

/// Whether a mapping, or each item of a list, has only these keys. If `keys` is empty, every key is allowed.
fn has_only(root: &Node, keys: &[&str]) -> bool {
    let is_one = |name: Option<&str>| name.is_some_and(|name| keys.contains(&name));
    let has_only = |node: &Node| {
        !node.entries().is_empty()
            && node.entries().iter().all(|(key, _)| is_one(key.name.as_deref()))
    };
    match &root.value {
        _ if keys.is_empty() => true,
        Value::Sequence(items) => items.iter().all(|item| has_only(&item.node)),
        _ => has_only(root),
    }
}

/// Returns the line of the first key that the shape names.
fn line_of(root: &Node, shape: &Shape) -> usize {
    let first = |path: &&str| Test::of(path.split('/').next().unwrap_or_default()).0.to_owned();
    let names: Vec<_> = shape.has.iter().map(first).collect();
    let lines = root.entries().iter().filter_map(|(key, _)| {
        let name = key.name.as_ref()?;
        names.contains(name).then_some(key.line)
    });
    lines.min().unwrap_or(root.line)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As [`holds_any`], but compares each mapping with all shapes.
    fn holds_any_slowly(text: &str) -> bool {
        fn search(matcher: &Matcher<'_>, node: &Node) -> bool {
            let children = node.entries().iter().map(|(_, child)| child).chain(node.items());
            node.is_mapping() && SHAPES.iter().any(|shape| matcher.fits(shape, node))
                || children.filter(|child| !child.is_alias).any(|c| search(matcher, &c.node))
        }
        let variables = Variables::new();
        let matcher = Matcher::new(&variables);
        read(text).documents.iter().any(|root| search(&matcher, root))
    }

    #[test]
    fn no_shape_is_left_out_before_it_is_compared() {
        for merged in [
            "x: &x {alert: Down}\ny: {<<: *x, expr: up}",
            "a: &x {image: nginx}\nb: {<<: *x, restart: always}",
            "a: &x {job_name: n}\nb: {<<: *x, scheme: https}",
        ] {
            assert!(holds_any(merged) && holds_any_slowly(merged), "{merged}");
        }
        // Each shape, with a value for each of its paths.
        let mut found = 0;
        for shape in SHAPES {
            let members: Vec<_> = shape.has.iter().map(|path| member(path)).collect();
            let text = format!("{{{}}}", members.join(", "));
            found += usize::from(holds_any(&text));
            assert_eq!(holds_any(&text), holds_any_slowly(&text), "{text}");
        }
        assert!(found > SHAPES.len() / 2, "{found} of {}", SHAPES.len());
    }

    /// A member that has this path, as YAML.
    fn member(path: &str) -> String {
        let mut text = String::from("a");
        for segment in segments(path).collect::<Vec<_>>().into_iter().rev() {
            text = match Test::of(segment) {
                ("[]", _) => format!("[{{{text}}}]"),
                (ANY, _) => format!("any: {{{text}}}"),
                (name, Some(Test::OneOf(values) | Test::BeginsWith(values))) => {
                    format!("{name}: {}", values.split('|').next().unwrap_or_default())
                }
                (name, Some(_)) => format!("{name}: prom/prometheus"),
                (name, None) if text == "a" => format!("{name}: a"),
                (name, None) if text.starts_with('[') => format!("{name}: {text}"),
                (name, None) => format!("{name}: {{{text}}}"),
            };
        }
        text
    }

    pub(super) fn kinds(text: &str) -> Vec<(&'static str, WriteClass)> {
        let variables = Variables::new();
        let reading = read(text);
        let found = reading
            .documents
            .iter()
            .flat_map(|root| Matcher::new(&variables).recognize(root))
            .map(|found| (found.kind.as_str(), found.write))
            .collect::<Vec<_>>();
        assert!(found.is_empty() || may_hold_a_surface(text), "{text}");
        found
    }

    #[test]
    fn a_document_is_told_by_its_structure() {
        use WriteClass::{Direct, Indirect, None};
        for (text, expected) in [
            (
                "global: {scrape_interval: 15s}\nscrape_configs: [{job_name: a}]",
                vec![("prometheus_config", Indirect)],
            ),
            (
                "global: {scrape_interval: 15s}\nrule_files: [a.yml]",
                vec![("prometheus_config", Direct)],
            ),
            (
                "positions: {filename: a}\nclients: [{url: b}]\nscrape_configs: [{job_name: a}]",
                vec![("promtail_config", Indirect)],
            ),
            (
                "groups:\n- name: a\n  rules:\n  - alert: b\n    expr: up == 0",
                vec![("prometheus_rules", Direct)],
            ),
            ("groups:\n- name: a\n  rules: []", vec![("prometheus_rules", Direct)]),
            (
                "groups: [{orgId: 1, folder: f, rules: [{uid: a, title: b, condition: A, data: []}]}]\napiVersion: 1",
                vec![("grafana_alerting_provisioning", Direct)],
            ),
            ("rule_files: [a.yml]\ntests: [{interval: 1m}]", vec![("prometheus_rule_test", None)]),
            ("route: {receiver: a}\nreceivers: [{name: a}]", vec![("alertmanager_config", Direct)]),
            (
                "receivers: {otlp: {protocols: {grpc: }}}\nexporters: {debug: }\nservice: {pipelines: {traces: {receivers: [otlp]}}}",
                vec![("otel_collector_config", Indirect)],
            ),
            (
                "{\"title\": \"a\", \"rows\": [], \"schemaversion\": 12}",
                vec![("grafana_dashboard", None)],
            ),
            (
                "{\"title\": \"a\", \"panels\": [{\"gridPos\": {}, \"alert\": {}}], \"schemaVersion\": 12}",
                vec![("grafana_dashboard", Direct)],
            ),
            (
                "apiVersion: 1\nproviders: [{name: a, type: file}]",
                vec![("grafana_dashboard_provisioning", None)],
            ),
            (
                "- targets: ['a:9100']\n  labels: {job: a}\n- targets: ['b']",
                vec![("prometheus_file_sd", Indirect)],
            ),
            ("- targets: ['a:9100']\n  name: a", vec![]),
            ("static_configs: [{targets: ['a:9093']}]", vec![("vmalert_notifier_config", Direct)]),
            ("static_configs: [{targets: ['a:9093']}]\njob_name: a", vec![]),
            (
                "services: {a: {image: 'quay.io/prometheus/prometheus:v3'}}",
                vec![("monitoring_compose", Indirect)],
            ),
            ("services: {a: {image: 'nginx:1'}}", vec![]),
            ("services: {a: {image: 'me/prometheus_demo_service'}}", vec![]),
            (
                "services: {a: {image: 'me/node_exporter:v1'}, b: {image: 'bitnami/thanos'}}",
                vec![("monitoring_compose", Indirect)],
            ),
            ("services: {a: {image: '${REG:-grafana}/x'}}", vec![("monitoring_compose", Indirect)]),
            (
                "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule",
                vec![("k8s_prometheus_rule", Direct)],
            ),
            ("apiVersion: v1\nkind: PrometheusRule", vec![]),
            (
                "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nspec: {names: {kind: PrometheusRule}}",
                vec![],
            ),
            ("schema_config: {configs: [{schema: v13}]}\nruler: {}", vec![("loki_config", Direct)]),
            ("modules: {http_2xx: {prober: http}}", vec![("blackbox_config", Indirect)]),
            (
                "pg_up: {query: select 1, metrics: [{up: {usage: GAUGE}}]}",
                vec![("exporter_config", Indirect)],
            ),
            ("a: 1", vec![]),
        ] {
            assert_eq!(kinds(text), expected, "{text}");
        }
    }

    #[test]
    fn variables_are_expanded_as_compose_does() {
        let variables = Variables::from([("A".to_owned(), "prom".to_owned())]);
        for (text, expected) in [
            ("$A/b", "prom/b"),
            ("${A}/b:${TAG:-1}", "prom/b:1"),
            ("${B-x}", "x"),
            ("${B}", ""),
            ("a$", "a"),
            ("${A", "prom"),
        ] {
            // A brace that is not closed is not a reference, so the rest is kept.
            let expected = if text == "${A" { "{A" } else { expected };
            assert_eq!(expanded(text, &variables), expected, "{text}");
        }
    }

    #[test]
    fn an_alias_bomb_ends() {
        let levels = (1..40).map(|level| {
            let item = format!("*a{}", level - 1);
            format!("a{level}: &a{level} [{}]\n", [item.as_str(); 9].join(","))
        });
        let levels = levels.collect::<Vec<_>>().concat();
        let text = format!("a0: &a0 [{{alert: x}}]\n{levels}groups: *a39\n");
        assert_eq!(kinds(&text), []);
    }

    #[test]
    fn every_row_of_the_table_is_read_as_it_is_meant() {
        for shape in SHAPES {
            for path in shape.has.iter().chain(shape.lacks) {
                assert!(segments(path).all(|segment| !segment.is_empty()), "{path}");
            }
        }
    }
}
