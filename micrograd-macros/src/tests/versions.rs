//! Which scratch memory has a version for each round of a loop, and which is left to the next call as it is.

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

/// Whether a call leaves scratch memory to the next call as it is.
fn is_left(writes: &str) -> bool {
    let source = format!(
        "fn f(v: &[f64], w: f64) -> f64 {{
            let n = v.len();
            let mut scratch = vec![0.1; n];
            {writes}
            let mut total = w;
            for i in 0..n {{ total = (total * scratch[i]).sin(); }}
            total
        }}"
    );
    let emitted = super::expanded("", &source).to_string();
    let (is_left, zeros) = (
        emitted.contains("resized_in"),
        emitted.contains("zeros_left_in"),
    );
    assert_eq!(is_left, zeros, "{emitted}");
    assert!(is_left || emitted.contains("repeated_in"), "{emitted}");
    is_left
}

#[test]
fn what_a_call_writes_before_it_reads_it_is_left_to_the_next() {
    for writes in [
        "for i in 0..n { scratch[i] = v[i] * w; }",
        "for i in 0..n { let t = v[i] * w; scratch[i] = t.sin(); } scratch[0] += w;",
    ] {
        assert!(is_left(writes), "{writes}");
    }
    for writes in [
        "for i in 1..n { scratch[i] = v[i] * w; }",
        "for i in 0..n - 1 { scratch[i] = v[i] * w; }",
        "for i in 0..n { scratch[i] += v[i] * w; }",
        "for i in 0..n { scratch[i] = v[i] * scratch[0]; }",
        "for i in 0..n { if v[i] > 0.0 { scratch[i] = v[i] * w; } }",
        "for i in 0..n { if v[i] > 9.0 { break; } scratch[i] = v[i] * w; }",
        "scratch[0] *= w; for i in 0..n { scratch[i] = v[i] * w; }",
        "for i in 0..n { scratch[n - 1 - i] = v[i] * w; }",
        "for i in 0..n { scratch[i] = v[i] * w; scratch.reverse(); }",
        "for i in 0..n { scratch[i] = v[i] * w; g(&mut scratch); }",
        "for i in 0..n { assert!(scratch[i] > 0.0); scratch[i] = v[i] * w; }",
        "let mut z = vec![0.2; n]; for i in 0..n { scratch[i] = v[i] * w; std::mem::swap(&mut scratch, &mut z); }",
    ] {
        assert!(!is_left(writes), "{writes}");
    }
}

#[test]
fn a_pair_of_cotangents_is_taken_one_at_a_time() {
    let reversed = |statement: &str| {
        let source = format!(
            "fn f(v: &mut [f64], x: &[f64], w: f64) {{ for i in 0..x.len() {{ {statement} }} }}"
        );
        let emitted = super::expanded("", &source).to_string();
        emitted.contains("if rounds < 4") && emitted.contains("one_at_a_time")
    };
    assert!(reversed("v[i] = x[i] * w;"));
    assert!(!reversed("v[0] = x[i] * w;"));
}
