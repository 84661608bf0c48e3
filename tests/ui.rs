//! What `#[differentiable]` rejects, and what it says. `TRYBUILD=overwrite` writes the messages.
#![cfg(debug_assertions)]

/// The compiler whose words the expected messages quote; others word their part differently.
const COMPILER: &str = "rustc 1.95.";

#[test]
fn diagnostics_point_at_the_users_token_and_say_what_to_do() {
    let rustc = std::env::var("RUSTC").unwrap_or_else(|_| "rustc".into());
    let version = std::process::Command::new(rustc).arg("--version").output();
    let version = version.expect("cargo has run rustc before").stdout;
    if !String::from_utf8_lossy(&version).starts_with(COMPILER) {
        eprintln!("not compared: the messages are those of {COMPILER}x");
        return;
    }
    let cases = trybuild::TestCases::new();
    for topic in [
        "asynchronous",
        "attribute",
        "bodies",
        "calls",
        "data_flow",
        "derive",
        "operators",
        "several",
        "types",
        "unsafe_code",
    ] {
        cases.compile_fail(format!("tests/ui/{topic}/*.rs"));
    }
}
