//! The macros of micrograd.
