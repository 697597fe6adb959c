//! Trains the model that tells requests and claims, and writes its weights into `src/detect/model/weights.bin`.
//!
//! ```text
//! cargo run --release --features train --example train            # writes the weights
//! cargo run --release --features train --example train -- --check # fails if they would change
//! ```
//!
//! The texts are in `tests/labelled/texts` and in the rounds in `tests/labelled`. The last rounds are in `tests/labelled/last`:
//! they measured exactly these weights, so those must not learn from them. `docs/triage.md` says how the texts were written.

use std::error::Error;
use std::path::Path;

use acceptance_ledger::train::{Trained, train};

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in ["tests/labelled/texts", "tests/labelled"] {
        for entry in std::fs::read_dir(root.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "jsonl") {
                files.push(path);
            }
        }
    }
    // The order of the files is a part of the result.
    files.sort();
    let texts = files.iter().map(std::fs::read_to_string).collect::<Result<Vec<_>, _>>()?;
    let Trained { weights, report } = train(&texts)?;
    print!("{report}");
    let path = root.join("src/detect/model/weights.bin");
    if !std::env::args().any(|argument| argument == "--check") {
        std::fs::write(path, weights)?;
    } else if std::fs::read(path)? != weights {
        return Err("the weights differ from those that the texts give; train again".into());
    }
    Ok(())
}
