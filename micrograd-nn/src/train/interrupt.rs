//! Ctrl-C, with the feature `ctrlc`.

use std::sync::atomic::{AtomicBool, Ordering};

/// A flag that is set when the user presses Ctrl-C, to be handed to
/// [`Training::stop_flag`](super::Training::stop_flag).
///
/// The training then ends after the current batch, and the program goes on. A second Ctrl-C ends
/// the program at once, with the exit code 130. The flag stays set; a further training needs
/// `flag.store(false, …)` before it.
///
/// # Errors
/// If the program handles Ctrl-C already, also by an earlier call of this function.
///
/// ```
/// use std::sync::atomic::Ordering;
///
/// let flag = micrograd_nn::train::on_ctrl_c().unwrap();
/// assert!(!flag.load(Ordering::Relaxed));
/// assert!(micrograd_nn::train::on_ctrl_c().is_err());
/// ```
pub fn on_ctrl_c() -> Result<&'static AtomicBool, ctrlc::Error> {
    static PRESSED: AtomicBool = AtomicBool::new(false);
    ctrlc::try_set_handler(|| {
        if PRESSED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    })?;
    Ok(&PRESSED)
}
