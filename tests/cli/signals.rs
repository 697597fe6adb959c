//! If a signal ends a command, no part of its new output is left.

use std::io::Write as _;
use std::os::unix::process::ExitStatusExt as _;

use crate::crash::output::many_drafts;
use crate::crash::scratch_of;
use crate::lock::{make_pipe, open_pipe, send, started, until};
use crate::tool::{INVENTORY, OWNER_REQUESTS, example, names, stderr, tool, write};

#[test]
fn a_signal_in_the_middle_of_a_large_output_leaves_the_old_one_and_nothing_else() {
    let folder = scratch_of(&example());
    let path = folder.path();
    write(path, OWNER_REQUESTS, many_drafts(2_000));
    write(path, "out/ledger.json", "before");
    let inventory = std::fs::read(path.join(INVENTORY)).unwrap();
    make_pipe(&path.join("pipe"));
    let args = ["generate", "--inventory-report", "pipe", "--output", "out/ledger.json"];
    for (signal, number) in [("INT", Some(2)), ("TERM", Some(15)), ("CONT", None)] {
        let generate = started(tool(path).args(args));
        // Nothing is written to the pipe, so the inventory never arrives and the output stays incomplete.
        let mut pipe = open_pipe(&path.join("pipe"));
        let is_large = |name: &String| {
            path.join("out").join(name).metadata().is_ok_and(|file| file.len() > 1 << 20)
        };
        until("more than 1 MiB is written", || names(&path.join("out")).iter().any(is_large));
        // The old output and the temporary file of the new one.
        assert_eq!(names(&path.join("out")).len(), 2);
        send(signal, generate.id());
        if number.is_none() {
            // This signal does not end the command, so it must finish its output.
            pipe.write_all(&inventory).unwrap();
            drop(pipe);
        }
        let output = generate.wait_with_output().unwrap();
        assert_eq!(output.status.signal(), number, "{signal}: {}", stderr(&output));
        assert_eq!(names(&path.join("out")), ["ledger.json"], "{signal}");
        let ledger = std::fs::read(path.join("out/ledger.json")).unwrap();
        assert_eq!(ledger == b"before", number.is_some(), "{signal}");
    }
    let ledger = std::fs::read(path.join("out/ledger.json")).unwrap();
    assert!(ledger.len() > 3 << 20 && ledger.ends_with(b"}\n"));
}
