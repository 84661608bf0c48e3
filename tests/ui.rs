//! What `#[differentiable]` rejects, and what it says. `TRYBUILD=overwrite` writes the messages.

#[test]
fn diagnostics_point_at_the_users_token_and_say_what_to_do() {
    let cases = trybuild::TestCases::new();
    for topic in [
        "asynchronous",
        "attribute",
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
