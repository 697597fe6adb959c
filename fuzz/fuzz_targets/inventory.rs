//! Any file of a repository. Its examination ends and never panics. The same bytes give the same inventory. The
//! inventory that is written becomes requests that can be read. The first line of the bytes names the file.

#![no_main]

use acceptance_ledger::OwnerRequests;
use acceptance_ledger::fuzz_hooks::{code_owner, inventory, list_differences};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (name, content) = bytes.split_at(end);
    let name = String::from_utf8_lossy(name);
    let path = if name.is_empty() { "a/b.yml" } else { name.as_ref() };
    let (document, requests) = inventory(path, content).expect("a written inventory can be read");
    assert_eq!(
        inventory(path, content).expect("the second run ends as the first one did").0,
        document
    );
    let requests =
        OwnerRequests::parse(requests.as_bytes()).expect("the drafts are valid requests");
    let differences = list_differences(document.as_bytes(), &requests);
    let differences = differences.expect("the inventory can be read");
    assert!(differences.iter().all(|fields| *fields == Some(Vec::new())));
    let _ = code_owner(&String::from_utf8_lossy(content), path);
});
