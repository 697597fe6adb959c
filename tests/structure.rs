//! Compares the code with its maps: a module uses only modules below it, and the maps name what exists.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::string_slice,
    reason = "a test fails by panicking"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Modules that only tests and fuzz targets run. They may use every other module.
const TEST_CODE: [&str; 5] = ["theorems", "tests", "differential", "strategies", "fuzz_hooks"];

/// The path of a module below the crate, in parts: `["candidate", "state"]`.
type Module = Vec<String>;

fn read(path: &str) -> String {
    fs::read_to_string(Path::new(ROOT).join(path)).unwrap()
}

/// Returns every Rust source file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Returns the module of a source file. A `mod.rs` is the module of its folder.
fn module_of(file: &Path) -> Module {
    let below = file.strip_prefix(Path::new(ROOT).join("src")).unwrap().with_extension("");
    let mut parts: Module = below.iter().map(|part| part.to_str().unwrap().to_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod") {
        parts.pop();
    }
    parts
}

/// Returns the modules of the crate with their code. Tests, comments and the crate roots are left out.
fn modules() -> BTreeMap<Module, String> {
    let mut modules = BTreeMap::new();
    for file in sources(&Path::new(ROOT).join("src")) {
        let module = module_of(&file);
        let is_root = module == ["lib"] || module == ["main"];
        if !is_root && !module.iter().any(|part| TEST_CODE.contains(&part.as_str())) {
            modules.insert(module, code_of(&fs::read_to_string(&file).unwrap()));
        }
    }
    modules
}

/// Returns the lines of a file that are neither comments nor tests.
fn code_of(text: &str) -> String {
    let (code, tests) = text.split_once("\nmod tests {").unwrap_or((text, ""));
    let after = tests.split_once("\n}\n").map_or("", |(_, after)| after);
    assert_eq!(after, "", "the module of tests must be the last item of its file");
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    code.lines().filter(is_code).flat_map(|line| [line, "\n"]).collect()
}

/// Returns the paths that code names: those of `use` statements, with their braces expanded, and those in other code. A
/// `pub use` does not count here: the module that uses the re-exported name depends on it.
fn paths_in(code: &str) -> Vec<String> {
    let (mut paths, mut rest) = (Vec::new(), String::new());
    let mut lines = code.lines();
    while let Some(first) = lines.next() {
        let first = first.trim_start();
        let is_reexport = first.starts_with("pub use ")
            || (first.starts_with("pub(") && first.contains(") use "));
        if !is_reexport && !first.starts_with("use ") {
            rest.push_str(first);
            rest.push('\n');
            continue;
        }
        let mut statement = first.to_owned();
        while !statement.trim_end().ends_with(';') {
            statement.push_str(lines.next().expect("a use statement ends with a semicolon"));
        }
        if !is_reexport {
            paths.extend(expand_braces(statement["use ".len()..].trim_end_matches(';')));
        }
    }
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    for start in ["crate::", "super::"] {
        for (at, _) in rest.match_indices(start).filter(|(at, _)| !rest[..*at].ends_with(is_path)) {
            let end = rest[at..].find(|c| !is_path(c)).map_or(rest.len(), |end| at + end);
            paths.push(rest[at..end].to_owned());
        }
    }
    paths
}

/// Expands `a::{b, c::{d}}` to `a::b` and `a::c::d`.
fn expand_braces(used: &str) -> Vec<String> {
    let used = used.trim();
    let Some((prefix, braced)) = used.split_once('{') else {
        return vec![used.split(" as ").next().unwrap().trim().to_owned()];
    };
    let inner = braced.strip_suffix('}').unwrap_or(braced);
    let (mut depth, mut part, mut paths) = (0, String::new(), Vec::new());
    for c in inner.chars().chain([',']) {
        match c {
            ',' if depth == 0 => {
                if !part.trim().is_empty() {
                    paths.extend(expand_braces(&format!("{prefix}{}", part.trim())));
                }
                part.clear();
                continue;
            }
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        part.push(c);
    }
    paths
}

/// Returns the module of this crate that a path names, if there is one. `from` is the module in which the path is
/// written.
fn target(path: &str, from: &Module, modules: &BTreeMap<Module, String>) -> Option<Module> {
    let mut steps: Vec<&str> = path.split("::").collect();
    let mut base = match *steps.first()? {
        "crate" => {
            steps.remove(0);
            Module::new()
        }
        "super" | "self" => from.clone(),
        first => {
            let child: Module = from.iter().cloned().chain([first.to_owned()]).collect();
            modules.contains_key(&child).then(|| from.clone())?
        }
    };
    while let Some(step) = steps.first().filter(|step| ["super", "self"].contains(*step)) {
        if *step == "super" {
            base.pop();
        }
        steps.remove(0);
    }
    base.extend(steps.into_iter().map(str::to_owned));
    while !base.is_empty() && !modules.contains_key(&base) {
        base.pop();
    }
    (!base.is_empty() && base != *from).then_some(base)
}

/// Returns each pair of a module and another module that it uses.
fn dependencies() -> Vec<(Module, Module)> {
    let modules = modules();
    let mut dependencies = BTreeSet::new();
    for (module, code) in &modules {
        for path in paths_in(code) {
            dependencies
                .extend(target(&path, module, &modules).map(|target| (module.clone(), target)));
        }
    }
    dependencies.into_iter().collect()
}

/// Returns the second column of the map in `lib.rs`: the modules from the bottom to the top.
fn layers() -> Vec<String> {
    let rows = read("src/lib.rs");
    let rows = rows.lines().filter_map(|line| line.strip_prefix("//! | "));
    let cells = rows.filter_map(|row| row.split(" | ").nth(1));
    cells.filter_map(|cell| Some(cell.strip_prefix('`')?.strip_suffix('`')?.to_owned())).collect()
}

#[test]
fn the_map_names_every_module_once() {
    let mut named = layers();
    let count = named.len();
    named.sort();
    named.dedup();
    assert_eq!(named.len(), count, "the map names a module more than once");
    let existing: BTreeSet<String> =
        modules().into_keys().map(|module| module.first().unwrap().clone()).collect();
    assert_eq!(existing, named.into_iter().collect());
}

#[test]
fn no_module_uses_one_above_it() {
    let layers = layers();
    let layer = |module: &Module| layers.iter().position(|name| *name == module[0]).unwrap();
    let dependencies = dependencies();
    // If no dependencies were found, this test would check nothing.
    assert!(dependencies.len() > 200, "found only {} dependencies", dependencies.len());
    let upward: Vec<_> = dependencies
        .iter()
        .filter(|(from, to)| layer(from) < layer(to))
        .map(|(from, to)| format!("{} uses {}", from.join("::"), to.join("::")))
        .collect();
    assert!(upward.is_empty(), "modules use modules above them: {upward:#?}");
}

/// The files of one folder must not use each other in a circle, directly or through other files. They may all use the
/// folder's own module, which holds what they share.
#[test]
fn no_circle_is_within_a_folder() {
    let mut uses: BTreeMap<(Module, String), BTreeSet<String>> = BTreeMap::new();
    for (from, to) in dependencies() {
        let shared = from.iter().zip(&to).take_while(|(one, other)| one == other).count();
        if let (Some(one), Some(other)) = (from.get(shared), to.get(shared)) {
            let folder = from[..shared].to_vec();
            uses.entry((folder, one.clone())).or_default().insert(other.clone());
        }
    }
    let mut circles = Vec::new();
    for (folder, start) in uses.keys() {
        let (mut seen, mut open) = (BTreeSet::new(), vec![start.clone()]);
        while let Some(module) = open.pop() {
            for next in uses.get(&(folder.clone(), module)).into_iter().flatten() {
                if next == start {
                    circles.push(format!("{}::{start}", folder.join("::")));
                }
                if seen.insert(next.clone()) {
                    open.push(next.clone());
                }
            }
        }
    }
    circles.dedup();
    assert!(circles.is_empty(), "modules use each other in a circle: {circles:#?}");
}

/// Returns the paths in a text that begin with a folder of this repository.
fn paths_named_in(text: &str) -> BTreeSet<String> {
    let folders = [
        "src/",
        "tests/",
        "fuzz/",
        "benches/",
        "examples/",
        "docs/",
        ".ci/",
        "proptest-regressions/",
    ];
    let is_path = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    let words = text.split(|c: char| !is_path(c)).map(|word| word.trim_end_matches(['.', '/']));
    let words = words.filter(|word| folders.iter().any(|folder| word.starts_with(folder)));
    words.map(str::to_owned).collect()
}

#[test]
fn the_paths_that_contributing_names_are_there_and_name_every_folder() {
    let text = read("CONTRIBUTING.md");
    let named = paths_named_in(&text);
    let missing: Vec<_> =
        named.iter().filter(|path| !Path::new(ROOT).join(path).exists()).collect();
    assert!(missing.is_empty(), "CONTRIBUTING.md names paths that do not exist: {missing:#?}");
    let mut unnamed = layers();
    unnamed.retain(|module| {
        let is_named = |path: &String| {
            *path == format!("src/{module}.rs")
                || path.starts_with(&format!("src/{module}/"))
                || *path == format!("src/{module}")
        };
        !named.iter().any(is_named)
    });
    assert!(unnamed.is_empty(), "CONTRIBUTING.md names no file of {unnamed:?}");
}

/// A word in backticks counts as a type if it begins with a capital letter and contains a lowercase letter.
#[test]
fn every_type_that_the_design_names_is_in_the_code() {
    let code: String = sources(&Path::new(ROOT).join("src"))
        .iter()
        .map(|file| fs::read_to_string(file).unwrap())
        .collect();
    let text = read("docs/design.md");
    let names = text.split('`').skip(1).step_by(2).filter_map(|quoted| {
        let name = quoted.split(['<', ':', '(']).next()?;
        let is_type = name.starts_with(|c: char| c.is_ascii_uppercase())
            && name.contains(|c: char| c.is_ascii_lowercase())
            && name.chars().all(char::is_alphanumeric);
        is_type.then_some(name)
    });
    let names: BTreeSet<_> = names.collect();
    assert!(names.len() > 15, "found only these types: {names:?}");
    let is_declared = |name: &&str| {
        ["struct", "enum", "trait", "type"].iter().any(|keyword| {
            let declaration = format!("{keyword} {name}");
            code.match_indices(&declaration).any(|(at, _)| {
                !code[at + declaration.len()..].starts_with(|c: char| c.is_alphanumeric())
            })
        })
    };
    let missing: Vec<_> = names.into_iter().filter(|name| !is_declared(name)).collect();
    assert!(
        missing.is_empty(),
        "docs/design.md names types that the code does not declare: {missing:?}"
    );
}

/// The first sentence of a file's own documentation.
fn summary_of(text: &str) -> Option<String> {
    let lines = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let paragraph: Vec<_> = lines.take_while(|line| !line.is_empty()).collect();
    let paragraph = paragraph.join(" ");
    let end = paragraph.find(". ").map_or(paragraph.len(), |end| end + 1);
    Some(paragraph[..end].to_owned()).filter(|summary| !summary.is_empty())
}

/// `docs/map.md` has a row for each file of `src`, with what the file says about itself.
#[test]
fn the_map_of_files_is_complete() {
    let source = Path::new(ROOT).join("src");
    let mut files = sources(&source);
    files.sort();
    let mut map = String::from(
        "# Map of the source\n\nThis page lists each file of `src`, with the first sentence of its documentation. A test writes the page: \
         `UPDATE_DOCS=1 cargo test --test structure`.\n\n| file | what is in it |\n|---|---|\n",
    );
    for file in files {
        let below = file.strip_prefix(&source).unwrap().to_str().unwrap().to_owned();
        if below.contains("tests") {
            continue;
        }
        let summary = summary_of(&fs::read_to_string(&file).unwrap());
        let summary = summary.unwrap_or_else(|| panic!("src/{below} does not say what is in it"));
        let row =
            ["| [`", &below, "`](../src/", &below, ") | ", &summary.replace('|', "\\|"), " |\n"];
        map.push_str(&row.concat());
    }
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(Path::new(ROOT).join("docs/map.md"), &map).unwrap();
    }
    assert_eq!(
        read("docs/map.md"),
        map,
        "docs/map.md is out of date: run UPDATE_DOCS=1 cargo test --test structure"
    );
}
