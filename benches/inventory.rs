//! Compares `inventory` of a repository of 10,000 files with `git grep -c .` over the same tree.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a benchmark fails by panicking")]

mod rival;

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use rival::Rival;

/// The number of files. A fifth of them are YAML or JSON, and a fifth of those are surfaces.
const FILES: usize = 10_000;

/// How often each program runs.
const TURNS: usize = 15;

fn source(index: usize) -> String {
    let mut text = format!("//! Module {index}.\n\n");
    for line in 0..40 + index % 120 {
        writeln!(
            text,
            "pub fn step_{line}(input: &Input) -> Result<Output> {{ input.apply({index}, {line}) }}"
        )
        .unwrap();
    }
    text
}

fn deployment(index: usize) -> String {
    let mut text = format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: app-{index}\nspec:\n  replicas: 2\n  template:\n    spec:\n      containers:\n      - name: app\n        image: registry.example.com/app-{index}:1.2\n        env:\n"
    );
    for variable in 0..20 + index % 20 {
        writeln!(text, "        - name: SETTING_{variable}\n          value: \"{index}\"").unwrap();
    }
    text
}

fn package(index: usize) -> String {
    let entries: Vec<_> =
        (0..60).map(|at| format!("    \"package-{at}\": \"^{index}.{at}.0\"")).collect();
    format!(
        "{{\n  \"name\": \"part-{index}\",\n  \"dependencies\": {{\n{}\n  }}\n}}\n",
        entries.join(",\n")
    )
}

fn rules(index: usize) -> String {
    let mut text = format!("groups:\n- name: group-{index}\n  rules:\n");
    for rule in 0..20 {
        writeln!(text, "  - alert: Alert{rule}\n    expr: |\n      sum(rate(requests_{index}_total[5m])) by (job) > {rule}\n    for: 10m\n    labels:\n      severity: page\n    annotations:\n      summary: It is {rule}.").unwrap();
    }
    text
}

fn dashboard(index: usize) -> String {
    let panels: Vec<_> = (0..20)
        .map(|panel| format!("    {{\"id\": {panel}, \"type\": \"timeseries\", \"title\": \"Panel {panel}\", \"gridPos\": {{\"h\": 8, \"w\": 12, \"x\": 0, \"y\": {panel}}}, \"targets\": [{{\"expr\": \"rate(requests_{index}_total[5m])\", \"refId\": \"A\"}}]}}"))
        .collect();
    format!(
        "{{\n  \"title\": \"Dashboard {index}\",\n  \"schemaVersion\": 39,\n  \"panels\": [\n{}\n  ]\n}}\n",
        panels.join(",\n")
    )
}

fn write(root: &Path, name: &str, text: &str) {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("repository");
    for index in 0..FILES {
        let folder = format!("part-{}", index % 97);
        let (name, text) = match index % 25 {
            0 | 1 => (format!("deploy-{index}.yaml"), deployment(index)),
            2 | 3 => (format!("package-{index}.json"), package(index)),
            4 if index % 2 == 0 => (format!("rules-{index}.yml"), rules(index)),
            4 => (format!("dashboard-{index}.json"), dashboard(index)),
            _ => (format!("step-{index}.rs"), source(index)),
        };
        write(&root, &format!("{folder}/{name}"), &text);
    }
    for args in [&["init", "-q"][..], &["add", "-A"]] {
        assert!(Command::new("git").args(args).current_dir(&root).status().unwrap().success());
    }
    let [our_root, their_root] = [root.clone(), root];
    let mut rivals = [
        Rival::new("acceptance-ledger", move || {
            let mut command = Command::new(env!("CARGO_BIN_EXE_acceptance-ledger"));
            command.args(["inventory", "--quiet", "--root"]).arg(&our_root);
            command
        }),
        Rival::new("git grep -c .", move || {
            let mut command = Command::new("git");
            command.args(["grep", "-c", "."]).current_dir(&their_root);
            command
        }),
    ];
    for _ in 0..TURNS {
        rivals.iter_mut().for_each(Rival::turn);
    }
    let [ours, theirs] = rivals.each_mut().map(Rival::median);
    println!("{FILES} files, {} of them YAML or JSON, {} surfaces", FILES / 5, FILES / 25);
    for (rival, median) in rivals.iter_mut().zip([ours, theirs]) {
        let processor = rival.processor_median();
        println!(
            "  {:22} {:9.1} ms   {:6.2} x git grep   processor {:9.1} ms   peak {:5} MiB",
            rival.name,
            median * 1e3,
            median / theirs,
            processor * 1e3,
            rival.peak >> 10
        );
    }
}
