//! Which scratch memory has a version for each round of a loop.

/// A loop that writes `scratch` and reads it.
fn function(before: &str, write: &str, behind: &str, after: &str) -> String {
    format!(
        "fn f(v: &[f64], n: usize) -> f64 {{
            let d = v.len();
            let mut scratch = vec![0.1; d];
            let mut total = 0.2;
            for i in 0..n {{
                {before}
                for j in 0..d {{ scratch[j] = {write}; }}
                for j in 0..d {{ total += scratch[j] * scratch[0]; }}
                {behind}
            }}
            total * {after}
        }}"
    )
}

fn has_versions(source: &str) -> bool {
    let emitted = super::expanded("", source).to_string();
    let copies = emitted.contains("all_scratch");
    assert!(!copies || emitted.contains("Copies :: none"), "{emitted}");
    assert!(
        !copies || !emitted.contains("Versions :: of"),
        "both a copy and a version: {emitted}"
    );
    emitted.contains("Versions :: of")
}

#[test]
fn what_is_written_before_it_is_read() {
    for source in [
        function("", "v[j] * total", "", "2.0"),
        function("", "v[j] * total", "", "d as f64"),
        function(
            "total *= v[i];",
            "v[j] * v[i]",
            "total = total.sin();",
            "2.0",
        ),
        function("", "v[j]", "", "2.0").replace("vec![0.1; d]", "vec![0.1; d]; let k = n + 1"),
        function("", "v[j]", "", "2.0").replace("let mut scratch", "let mut scratch: Vec<f64>"),
    ] {
        assert!(has_versions(&source), "{source}");
    }
}

#[test]
fn what_another_round_wrote_is_copied() {
    for source in [
        function("total *= scratch[0];", "v[j] * total", "", "2.0"),
        function("scratch[0] = total;", "v[j] * total", "", "2.0"),
        function("", "v[j] * scratch[d - 1 - j]", "", "2.0"),
        function("", "v[j] * total", "", "scratch[0]"),
        function("", "v[j] * total", "", "2.0").replace("for i in 0..n", "while total < 9.0"),
        function("", "v[j] * total", "if total > 9.0 { break; }", "2.0"),
        function("for k in 0..n {", "v[j] * total", "}", "2.0"),
    ] {
        assert!(!has_versions(&source), "{source}");
    }
}
