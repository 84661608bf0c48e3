//! What the examples share: pictures and progress.
#![allow(dead_code)] // each example uses a part of it

pub mod plot;
pub mod progress;
