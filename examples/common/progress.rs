//! Progress on stderr: a bar in a terminal, otherwise a plain line each tenth of the way.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressStyle};

/// Follows a loop of a known number of steps.
pub struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
}

impl Progress {
    /// Starts with none of `total` steps done; says nothing if there are none.
    pub fn new(total: usize) -> Progress {
        let visible = total > 0 && std::io::stderr().is_terminal();
        let bar = visible.then(|| {
            let style = ProgressStyle::with_template("{bar:32.cyan/dim} {pos}/{len}  {msg}")
                .expect("the template is valid")
                .progress_chars("━╸━");
            ProgressBar::new(total as u64).with_style(style)
        });
        Progress { bar, total }
    }

    /// Reports that `done` steps are done; `message` is asked only for what is shown.
    pub fn report(&self, done: usize, message: impl FnOnce() -> String) {
        let tenths = |done: usize| done * 10 / self.total.max(1);
        if let Some(bar) = &self.bar {
            bar.set_position(done as u64);
            bar.set_message(message());
        } else if self.total > 0 && done > 0 && tenths(done) > tenths(done - 1) {
            eprintln!("{:3} %  {}", done * 100 / self.total, message());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
