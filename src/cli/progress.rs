//! The progress of long work. It is shown only on a terminal, and only if the work takes longer than a second.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long a command works before it shows its progress. Shorter work needs no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many times a second the progress is drawn. More would only flicker.
const DRAWS_A_SECOND: u8 = 4;

/// The progress of one piece of work. When it is dropped, its line is cleared.
#[derive(Debug)]
pub(super) struct Progress {
    what: &'static str,
    /// `None` if the number is not known before the end.
    total: Option<u64>,
    began: Instant,
    is_quiet: bool,
    bar: Option<ProgressBar>,
}

impl Progress {
    /// `what` names the items that are counted, such as "files examined". With `is_quiet`, nothing is ever shown.
    pub(super) fn new(what: &'static str, total: Option<usize>, is_quiet: bool) -> Self {
        let total = total.and_then(|total| u64::try_from(total).ok());
        Self { what, total, began: Instant::now(), is_quiet, bar: None }
    }

    /// Shows how many items are done.
    pub(super) fn show(&mut self, done: usize) {
        if self.is_quiet || self.began.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| {
            // If standard error is not a terminal, indicatif draws nothing.
            let target = ProgressDrawTarget::stderr_with_hz(DRAWS_A_SECOND);
            let bar = ProgressBar::with_draw_target(self.total, target);
            let layout = if self.total.is_some() {
                "{bar:20} {human_pos} of {human_len} {msg}, {eta} left"
            } else {
                "{human_pos} {msg}, {elapsed}"
            };
            let style = ProgressStyle::with_template(layout)
                .unwrap_or_else(|_| ProgressStyle::default_bar());
            bar.set_style(style.progress_chars("##-"));
            bar.set_message(self.what);
            bar
        });
        bar.set_position(u64::try_from(done).unwrap_or(u64::MAX));
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
