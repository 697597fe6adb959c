//! Checks where a command may write, writes a document there, and prints notes.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::io::error::{FileError, shown};
use crate::io::store::JournalStore;
use crate::io::{files, replace, stdout};
use crate::words::names::{ALLOWED_SIGNERS, LEDGER};

use super::failure::{Failure, Failures};
use super::inputs::{InputArgs, path};

/// Refuses an output that would overwrite an input, the journal or the list of signers.
///
/// It also refuses a path that begins in the repository and leaves it through a symbolic link. A committed link could
/// otherwise choose which file outside the repository is overwritten.
pub(super) fn check(inputs: &InputArgs, output: &Path) -> Result<(), Failure> {
    let resolve = |path: &Path| replace::destination(path).map_err(FileError::new("find", path));
    let refuse = |why: &str| Failure::Usage {
        message: format!("--output {} {why}", shown(output)),
        next_step: "name another file for --output".to_owned(),
    };
    let target = resolve(output)?;
    let root = inputs.root();
    let kept = [
        inputs.inventory(),
        inputs.owner_requests(),
        root.join(ALLOWED_SIGNERS),
        JournalStore::below(root).path(""),
    ];
    for source in kept {
        if target.starts_with(resolve(&source)?) {
            return Err(refuse("is an input of the ledger or a file of its journal"));
        }
    }
    let whole_root = resolve(root)?;
    let begins_inside = [files::absolute(root), Ok(whole_root.clone())]
        .into_iter()
        .flatten()
        .any(|root| files::absolute(output).is_ok_and(|output| output.starts_with(root)));
    if begins_inside && !target.starts_with(&whole_root) {
        return Err(refuse("goes through a symbolic link out of the repository"));
    }
    Ok(())
}

/// Refuses the committed ledger as the output of a command that does not write ledgers.
pub(super) fn check_not_ledger(inputs: &InputArgs, output: &Path) -> Result<(), Failure> {
    if is_same(output, &inputs.below_root(Path::new(LEDGER)))? {
        return Err(Failure::Usage {
            message: format!("--output {} is the ledger", shown(output)),
            next_step: "name another file for --output".to_owned(),
        });
    }
    Ok(())
}

/// Whether two paths lead to the same file.
fn is_same(one: &Path, other: &Path) -> Result<bool, Failure> {
    let resolve = |path: &Path| replace::destination(path).map_err(FileError::new("find", path));
    Ok(resolve(one)? == resolve(other)?)
}

/// The file that `--output` names; `None` for standard output, which is also the meaning of `-` and of an empty path.
///
/// The Python generator that `generate` replaces takes an empty path as absent.
pub(super) fn given(output: Option<&Path>) -> Option<&Path> {
    output.filter(|output| ![Path::new(""), Path::new(files::STANDARD_STREAM)].contains(output))
}

/// Prints what a command did, one line each, to standard error.
pub(super) fn print_notes(notes: &[String]) {
    for note in notes {
        // If standard error is closed, the journal still shows what was recorded.
        let _ = writeln!(io::stderr(), "{note}");
    }
}

/// Where a document goes.
#[derive(Debug, clap::Args)]
pub(super) struct OutputArgs {
    /// The file to write, relative to the working directory. By default, standard output
    #[arg(long, value_name = "FILE", value_parser = path())]
    output: Option<PathBuf>,
}

impl OutputArgs {
    /// Writes a document to the file, or to standard output.
    ///
    /// `own_place` is the usual path of this document. It may be overwritten, although it is an input of the ledger. Any
    /// other path must pass [`check`].
    pub(super) fn write(
        &self,
        inputs: &InputArgs,
        own_place: &Path,
        text: &str,
    ) -> Result<(), Failures> {
        match given(self.output.as_deref()) {
            None => stdout::print_bytes(text.as_bytes())?,
            Some(output) => {
                if !is_same(output, own_place)? {
                    check(inputs, output)?;
                }
                replace::replace_with(output, text.as_bytes())?;
            }
        }
        Ok(())
    }
}
