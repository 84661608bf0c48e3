//! A progress bar, with the feature `progress`.

use super::Epoch;

/// Shows how far a training has come, if that is wished.
pub(super) struct Progress {
    #[cfg(feature = "progress")]
    bar: Option<indicatif::ProgressBar>,
}

#[cfg(feature = "progress")]
impl Progress {
    /// A bar of `steps` steps on stderr; indicatif draws it only if that is a terminal.
    pub(super) fn new(wished: bool, steps: usize) -> Progress {
        let bar = wished.then(|| {
            let style = indicatif::ProgressStyle::with_template(
                "{bar:32.cyan/dim} {pos}/{len} {eta:>4}  {msg}",
            );
            let style = style.expect("the template is valid").progress_chars("━╸━");
            indicatif::ProgressBar::new(steps as u64).with_style(style)
        });
        Progress { bar }
    }

    pub(super) fn advance(&self) {
        if let Some(bar) = &self.bar {
            bar.inc(1);
        }
    }

    pub(super) fn tell(&self, epoch: &Epoch) {
        if let Some(bar) = &self.bar {
            bar.set_message(epoch.to_string());
        }
    }
}

#[cfg(feature = "progress")]
impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(not(feature = "progress"))]
impl Progress {
    pub(super) fn new(_: bool, _: usize) -> Progress {
        Progress {}
    }
    pub(super) fn advance(&self) {}
    pub(super) fn tell(&self, _: &Epoch) {}
}
