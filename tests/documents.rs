//! The documents match the code, the files and the output of the tool.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use acceptance_ledger::{AcceptanceField, Digest, ResponseDocument, ReviewerCheck};
use serde_json::Value;

fn read(file: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// Returns the text and the target of each `[text](target)` in a document.
fn links(document: &str) -> impl Iterator<Item = (&str, &str)> {
    document.split('[').skip(1).filter_map(|rest| {
        let (text, rest) = rest.split_once("](")?;
        Some((text, rest.split_once(')')?.0))
    })
}

/// Counts the tests that the links of a document name. Each test must exist.
fn tests_named_in(document: &str) -> usize {
    let mut count = 0;
    for (text, target) in links(document) {
        let Some(test) = text.strip_prefix('`').and_then(|text| text.strip_suffix('`')) else {
            continue;
        };
        let source = read(target.strip_prefix("../").unwrap());
        let lines: Vec<_> = source.lines().map(str::trim_start).collect();
        let name = format!("fn {test}()");
        let is_test = |pair: &[&str]| matches!(pair, ["#[test]", line] if line.starts_with(&name));
        assert!(lines.windows(2).any(is_test), "{target} has no test {test}");
        count += 1;
    }
    count
}

#[test]
fn every_property_has_its_test() {
    let count = tests_named_in(&read("docs/properties.md"));
    assert!(count >= 14, "the table names only {count} tests");
}

#[test]
fn every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = std::fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path());
    let docs = docs.filter(|path| path.extension().is_some_and(|extension| extension == "md"));
    let top = ["README.md", "README.zh-TW.md", "CONTRIBUTING.md", "CHANGELOG.md", "SECURITY.md"];
    for file in docs.chain(top.map(|file| root.join(file))) {
        let document = std::fs::read_to_string(&file).unwrap();
        for (_, target) in links(&document).filter(|(_, target)| !target.starts_with("http")) {
            let path = file.parent().unwrap().join(target);
            assert!(path.exists(), "{} links to a missing file: {target}", file.to_string_lossy());
        }
    }
}

#[test]
fn every_dependency_has_its_reason() {
    let reasons = read("docs/dependencies.md");
    let manifest = read("Cargo.toml");
    let dependencies: Vec<_> = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .take_while(|line| !line.starts_with("[[") && !line.starts_with("[lints"))
        .filter_map(|line| line.split_once(" = ").map(|(name, _)| name))
        .collect();
    assert!(dependencies.len() >= 10);
    for name in dependencies {
        let is_named = reasons.lines().any(|line| {
            let cell = line.split('|').nth(1).unwrap_or_default();
            cell.split(',').any(|crates| crates.trim() == name)
        });
        assert!(is_named, "docs/dependencies.md does not say why {name} is there");
    }
}

/// Returns what the README shows below a command line.
fn shown_below(command: &str) -> String {
    let readme = read("README.md");
    let below = readme.split(&format!("$ {command}\n")).nth(1).unwrap();
    below.split("```").next().unwrap().to_owned()
}

/// Copies the example to the same place in a temporary folder.
fn copy_of_the_example() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for file in files(&root.join("examples/monitoring")) {
        let place = copy.path().join(file.strip_prefix(root).unwrap());
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::copy(&file, place).unwrap();
    }
    copy
}

/// The README shows what its first command prints, and the command changes no file.
#[test]
fn the_readme_shows_what_init_prints() {
    let command = "cargo run --release -q -- init --root examples/monitoring";
    let copy = copy_of_the_example();
    let all = || files(copy.path()).into_iter().map(|file| (std::fs::read(&file).unwrap(), file));
    let before: Vec<_> = all().collect();
    let output = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .args(command.split(" -- ").nth(1).unwrap().split(' '))
        .current_dir(copy.path())
        .output()
        .unwrap();
    assert!(output.status.success());
    assert_eq!(String::from_utf8(output.stdout).unwrap(), shown_below(command));
    assert_eq!(all().collect::<Vec<_>>(), before);
}

/// Runs every command of the walkthrough, in order, in an empty folder. Each must print what the document shows.
#[test]
fn the_walkthrough_goes_as_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let bin = Path::new(env!("CARGO_BIN_EXE_acceptance-ledger")).parent().unwrap();
    let path = format!("{}:{}", bin.to_string_lossy(), std::env::var("PATH").unwrap());
    let document = read("docs/walkthrough.md");
    let blocks =
        document.split("```console\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let mut count = 0;
    for steps in blocks {
        for step in steps.split("$ ").skip(1) {
            // A backslash at the end of a line continues the command on the next line.
            let mut is_complete = false;
            let length = step.split_inclusive('\n').take_while(|line| {
                let is_of_command = !is_complete;
                is_complete |= !line.ends_with("\\\n");
                is_of_command
            });
            let (command, shown) = step.split_at(length.map(str::len).sum());
            let output = Command::new("sh")
                .args(["-c", command])
                .current_dir(folder.path())
                .env("PATH", &path)
                .env("REPOSITORY", env!("CARGO_MANIFEST_DIR"))
                .env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap())
                .envs([("GIT_AUTHOR_NAME", "Test"), ("GIT_AUTHOR_EMAIL", "test@example.com")])
                .envs([("GIT_COMMITTER_NAME", "Test"), ("GIT_COMMITTER_EMAIL", "test@example.com")])
                .output()
                .unwrap();
            let [out, err] =
                [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap());
            assert!(output.status.success(), "{command}: {out}{err}");
            assert_eq!(masked(&format!("{out}{err}")), masked(shown), "{command}");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}

/// Replaces what differs between runs: each commit by `COMMIT`, each time by `TIME`, each date by `DATE`, and each age by
/// `N`.
fn masked(text: &str) -> String {
    let is_commit = |word: &str| {
        word.len() == 40
            && word.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_lowercase())
    };
    let is_time = |word: &str| {
        word.len() == "2026-11-20T10:00:00+08:00".len() && {
            let digits = word.bytes().filter(u8::is_ascii_digit).count();
            digits == 18 && word.as_bytes().get(10) == Some(&b'T')
        }
    };
    let is_date = |word: &str| {
        let has_form = |(byte, form): (u8, u8)| {
            if form == b'0' { byte.is_ascii_digit() } else { byte == form }
        };
        word.len() == 10 && word.bytes().zip(*b"0000-00-00").all(has_form)
    };
    let words: Vec<_> = text.split_inclusive([' ', '\n']).collect();
    let masked = words.iter().enumerate().map(|(index, whole)| {
        let word = whole.trim_end_matches([' ', '\n', ',']);
        let units = ["day", "hour", "minute"];
        let is_unit = |next: &&str| units.iter().any(|unit| next.starts_with(unit));
        let is_of_days = words.get(index + 1).is_some_and(is_unit);
        // A short age, such as `3d`.
        let is_age = |word: &str| {
            let number = word.strip_suffix(['d', 'h', 'm']);
            number.is_some_and(|number| number.parse::<u32>().is_ok())
        };
        if is_commit(word) {
            whole.replace(word, "COMMIT")
        } else if is_time(word) {
            whole.replace(word, "TIME")
        } else if is_date(word) {
            whole.replace(word, "DATE")
        } else if is_age(word) || (is_of_days && word.parse::<u32>().is_ok()) {
            whole.replace(word, "N")
        } else {
            (*whole).to_owned()
        }
    });
    masked.collect()
}

/// Compares a table of a document, between its two markers, with the table of the code. `UPDATE_DOCS=1` writes it
/// instead.
fn check_table(file: &str, marker: &str, header: &str, rows: impl Iterator<Item = String>) {
    let document = read(file);
    let (begin, end) = (format!("<!-- {marker} -->\n"), format!("<!-- /{marker} -->"));
    let (before, rest) = document.split_once(&begin).unwrap();
    let (shown, after) = rest.split_once(&end).unwrap();
    let columns = header.matches(" | ").count() + 1;
    let line = "---|".repeat(columns);
    let table = format!("{header}\n|{line}\n{}", rows.collect::<Vec<_>>().concat());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        let text = format!("{before}{begin}{table}{end}{after}");
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(file), text).unwrap();
    } else {
        assert_eq!(
            shown, table,
            "{file} is out of date: run UPDATE_DOCS=1 cargo test --test documents"
        );
    }
}

#[test]
fn every_finding_code_is_documented() {
    let rows = acceptance_ledger::VerifyCode::ALL
        .iter()
        .map(|code| format!("| `{code}` | {} | {} |\n", code.english(), code.next_step()));
    check_table("docs/journal.md", "codes", "| code | what it means | what to do |", rows);
}

#[test]
fn every_surface_kind_is_documented() {
    let rows = acceptance_ledger::SurfaceKind::ALL
        .iter()
        .map(|kind| format!("| `{kind}` | {} | {} |\n", kind.english(), kind.write_class().tier()));
    check_table("docs/inventory.md", "kinds", "| kind | what it is | tier |", rows);
}

#[test]
fn every_field_of_an_answer_is_documented() {
    let forms = || AcceptanceField::answers().map(|field| (field, field.form().unwrap()));
    let fields =
        forms().map(|(field, form)| format!("| `{field}` | {} |\n", in_a_cell(&form.english())));
    check_table("docs/answers.md", "fields", "| field | what it takes |", fields);
    let parts = forms().flat_map(|(field, form)| {
        let rows = form.parts().iter();
        rows.map(move |part| {
            format!("| `{field}` | `{}` | {} |\n", part.name, in_a_cell(&part.english()))
        })
    });
    check_table("docs/answers.md", "parts", "| field | part | what it takes |", parts);
}

/// Escapes the bars of a text, so that none of them ends the cell of a table.
fn in_a_cell(text: &str) -> String {
    text.replace('|', "\\|")
}

/// Why each YAML document is refused, and the fix.
#[test]
fn what_is_refused_in_yaml_is_documented() {
    let rows = [
        ("`receipt: Watchdog: within 10m`", "receipt: Watchdog: within 10m"),
        ("`receipt: see # 4`", "receipt: see # 4"),
        ("`reload_owner: @on-call`", "reload_owner: @on-call"),
        ("`reload_owner: 'SRE`", "reload_owner: 'SRE"),
        ("`reload_owner：林怡君`", "reload_owner：林怡君"),
        ("a tab after `reload_owner:`", "reload_owner:\tSRE"),
        ("`reload_owner` twice", "reload_owner: SRE\nreload_owner: SRE"),
        ("`reload_owner: &team SRE`", "reload_owner: &team SRE"),
        ("`reload_owner: !!str SRE`", "reload_owner: !!str SRE"),
        ("`<<: {}`", "<<: {}"),
        ("`---` below the document", "---\nreload_owner: SRE"),
        ("`reload_owner` without a colon", "reload_owner\n"),
    ]
    .map(|(shown, line)| {
        let text = format!("schema_version: monitoring_owner_response_v1\n{line}\n");
        let error = ResponseDocument::parse(text.as_bytes()).unwrap_err();
        format!("| {shown} | {} | {} |\n", error.problem(), in_a_cell(error.next_step()))
    });
    check_table(
        "docs/answers.md",
        "yaml",
        "| what is written | what the error says | the fix |",
        rows.into_iter(),
    );
}

/// Each check has one row: its instruction, an answer from the examples, and a test.
#[test]
fn every_check_is_documented() {
    let document = read("docs/triage.md");
    let answers = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/answers"));
    let answers: Vec<_> =
        answers.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
    for check in ReviewerCheck::ALL {
        let begin = format!("| `{check}` | ");
        let rows: Vec<_> = document.lines().filter(|line| line.starts_with(&begin)).collect();
        let [row] = rows.as_slice() else { panic!("{check} has {} rows", rows.len()) };
        let cells: Vec<_> = row.split(" | ").collect();
        let [_, instruction, _, answer, test] = cells.as_slice() else { panic!("{row}") };
        assert_eq!(*instruction, check.english(), "{check}");
        let shown: Vec<_> = answer.split('`').skip(1).step_by(2).collect();
        assert!(!shown.is_empty(), "{check} shows no answer");
        for line in shown {
            let is_line = |text: &str| match line.strip_suffix('…') {
                Some(begin) => text.starts_with(begin),
                None => text == line,
            };
            let is_there = answers.iter().any(|text| text.lines().any(|text| is_line(text.trim())));
            assert!(is_there, "{check}: no example answers {line}");
        }
        assert!(tests_named_in(test) >= 1, "{check} names no test");
    }
}

#[test]
fn the_readme_shows_what_triage_says() {
    let command =
        "acceptance-ledger triage --root examples/monitoring examples/answers/looks-fine.json";
    let output = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"))
        .args(command.split(' ').skip(1))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), shown_below(command));
}

#[test]
fn the_readme_shows_what_the_example_prints() {
    // Cargo builds the examples before it runs tests, beside the folder of the tests.
    let this = std::env::current_exe().unwrap();
    let example = this.ancestors().nth(2).unwrap().join("examples/embed");
    let output = Command::new(example).output().unwrap();
    assert!(output.status.success());
    let shown = shown_below("cargo run -q --no-default-features --example embed");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), shown);
}

/// A person who knows the system can write such answers. Each example is ready, except the one that only looks fine.
#[test]
fn every_example_answer_is_ready_but_the_one_that_looks_fine() {
    let answers = files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/answers"));
    assert!(answers.len() >= 4, "{answers:?}");
    for answer in answers {
        let output = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"))
            .args(["triage", "--root", "examples/monitoring"])
            .arg(&answer)
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        let said = String::from_utf8(output.stdout).unwrap();
        let looks_fine = answer.ends_with("looks-fine.json");
        let lane = if looks_fine {
            "no_false_green_supplement_required"
        } else {
            "ready_for_monitoring_review"
        };
        assert!(said.lines().next().unwrap().ends_with(lane), "{said}");
        assert_eq!(output.status.code(), Some(i32::from(looks_fine)), "{said}");
    }
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// The example contains only its CODEOWNERS, its documents and the files that they list.
#[test]
fn the_example_holds_no_other_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/monitoring");
    let requests = "docs/security/monitoring-owner-request-draft.snapshot.json";
    let inventory = "docs/security/monitoring-alerting-observability-inventory.snapshot.json";
    let ledger = "docs/security/monitoring-owner-response-acceptance.snapshot.json";
    let document: Value =
        serde_json::from_str(&read(&format!("examples/monitoring/{requests}"))).unwrap();
    let drafts = document["request_drafts"].as_array().unwrap().iter();
    let sources = drafts.map(|draft| draft["repo_source_path"].as_str().unwrap());
    let listed: BTreeSet<_> = sources
        .chain([requests, inventory, ledger, "CODEOWNERS"])
        .map(|file| root.join(file))
        .collect();
    assert_eq!(files(&root).into_iter().collect::<BTreeSet<_>>(), listed);
}

/// Each input of the example has the digest and the line count of every file. The clean answers have the same digests.
#[test]
fn the_example_matches_its_files() {
    let json = |file: &str| -> Value { serde_json::from_str(&read(file)).unwrap() };
    let mut hashes = BTreeMap::new();
    for (input, key) in [
        ("monitoring-alerting-observability-inventory", "surfaces"),
        ("monitoring-owner-request-draft", "request_drafts"),
    ] {
        let document = json(&format!("examples/monitoring/docs/security/{input}.snapshot.json"));
        let surfaces = document[key].as_array().unwrap();
        assert_eq!(surfaces.len(), 12, "{input}");
        for surface in surfaces {
            let source = surface["repo_source_path"].as_str().unwrap();
            let text = read(&format!("examples/monitoring/{source}"));
            let sha256 = Digest::of(text.as_bytes()).hex();
            let actual = (Value::from(sha256.as_str()), Value::from(text.lines().count()));
            let listed = (surface["repo_sha256"].clone(), surface["source_line_count"].clone());
            assert_eq!(listed, actual, "{input}: {source}");
            hashes.insert(surface["surface_id"].as_str().unwrap().to_owned(), sha256);
        }
    }
    let clean = json("tests/labelled/clean.json");
    let clean = clean.as_object().unwrap().values().cloned();
    for answer in clean.chain([json("examples/answers/looks-fine.json")]) {
        let surface = answer["surface_id"].as_str().unwrap();
        assert_eq!(answer["repo_sha256"], hashes[surface].as_str(), "an answer for {surface}");
    }
}

/// Each schema that the tool prints is committed, so that an editor or another tool can use it from a URL.
#[test]
fn the_committed_schemas_are_those_of_the_code() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schemas");
    let mut expected = BTreeSet::new();
    for schema in acceptance_ledger::Schema::ALL {
        let name = format!("{}.schema.json", schema.as_str());
        let text = format!("{:#}\n", schema.to_json());
        if std::env::var_os("UPDATE_DOCS").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(&name), &text).unwrap();
        }
        assert_eq!(
            std::fs::read_to_string(folder.join(&name)).unwrap_or_default(),
            text,
            "docs/schemas/{name} is out of date: run UPDATE_DOCS=1 cargo test --test documents"
        );
        expected.insert(name);
    }
    let found = std::fs::read_dir(&folder).unwrap();
    let found: BTreeSet<_> =
        found.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(found, expected);
}

/// The Chinese README has the same commands, the same output and the same links, in the same order.
#[test]
fn both_readmes_say_the_same() {
    let blocks = |document: &str| -> Vec<String> {
        document.split("```").skip(1).step_by(2).map(str::to_owned).collect()
    };
    let targets = |document: &str| -> Vec<String> {
        let targets = links(document).map(|(_, target)| target.to_owned());
        targets.filter(|target| !target.starts_with("README")).collect()
    };
    let headings = |document: &str| document.lines().filter(|line| line.starts_with('#')).count();
    let (english, chinese) = (read("README.md"), read("README.zh-TW.md"));
    assert_eq!(blocks(&english), blocks(&chinese));
    assert_eq!(targets(&english), targets(&chinese));
    assert_eq!(headings(&english), headings(&chinese));
    assert!(blocks(&english).len() >= 9);
}
