//! The reverse sweep is as long as the function: nothing is written out more than once.

/// The lines of the reverse sweep and the tokens of the whole expansion.
fn sizes(source: &str) -> [usize; 2] {
    let tokens = super::expanded("", source).to_string();
    [
        super::adjoint(source).lines().count(),
        tokens.split_whitespace().count(),
    ]
}

/// Each further level costs the same: from depth 12 to 24 no more than from depth 0 to 12.
fn check_linear(source: impl Fn(usize) -> String) {
    let [shallow, middle, deep] = [0, 12, 24].map(|depth| sizes(&source(depth)));
    for measure in 0..2 {
        let (first, second) = (
            middle[measure] - shallow[measure],
            deep[measure] - middle[measure],
        );
        assert!(
            second <= first + first / 10,
            "12 levels add {first}, the next 12 add {second}"
        );
    }
}

/// `inner`, wrapped `depth` times.
fn nested(depth: usize, wrap: impl Fn(String) -> String) -> String {
    let inner = (0..depth).fold("y = y * x;".to_string(), |inner, _| wrap(inner));
    format!("fn f(x: f64, n: usize) -> f64 {{ let mut y = x; {inner} y }}")
}

#[test]
fn nested_ifs_cost_a_constant_a_level() {
    check_linear(|depth| nested(depth, |inner| format!("if y > x {{ y = y * x; {inner} }}")));
}

#[test]
fn nested_ifs_with_two_sides_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("if y > x {{ {inner} }} else {{ y = y.sin(); }}")
        })
    });
}

#[test]
fn nested_loops_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("for i in 0..n {{ y = y * x; {inner} }}")
        })
    });
}

#[test]
fn nested_while_loops_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("while y < x {{ y = y * x; {inner} }}")
        })
    });
}

#[test]
fn nested_matches_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("match n {{ 0 => {{ {inner} }} _ => y = y * x }}")
        })
    });
}

#[test]
fn early_returns_in_a_row_cost_a_constant_each() {
    check_linear(|depth| {
        let returns = "if y > x { return y * x; } y = y * x;".repeat(depth);
        format!("fn f(x: f64, n: usize) -> f64 {{ let mut y = x; {returns} y }}")
    });
}

#[test]
fn returns_out_of_loops_in_a_row_cost_a_constant_each() {
    check_linear(|depth| {
        let returns = "for i in 0..n { if y > x { return y * x; } y = y * x; }".repeat(depth);
        format!("fn f(x: f64, n: usize) -> f64 {{ let mut y = x; {returns} y }}")
    });
}

#[test]
fn a_value_that_is_used_twice_is_reversed_once() {
    check_linear(|depth| {
        let squares = "y = y * y;".repeat(depth);
        format!("fn f(x: f64) -> f64 {{ let mut y = x; {squares} y }}")
    });
}

#[test]
fn nine_squares_have_nine_multiplications_with_two_steps_each() {
    let squares = "y = y * y;".repeat(9);
    let adjoint = super::adjoint(&format!(
        "fn f(x: f64) -> f64 {{ let mut y = x; {squares} y }}"
    ));
    let steps = adjoint.lines().filter(|line| line.contains(" * ")).count();
    assert_eq!(steps, 18, "{adjoint}");
}

#[test]
fn branches_that_leave_in_part_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("if y > x {{ if y > 2.0 {{ return y; }} {inner} y = y * x; }} else {{ y = y.sin(); }} y = y * x;")
        })
    });
}

#[test]
fn returns_out_of_nested_loops_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("for i in 0..n {{ if y > 2.0 {{ return y; }} if y > 1.0 {{ continue; }} {inner} y = y * x; }}")
        })
    });
}

#[test]
fn matches_that_bind_parts_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("match smaller(y) {{ Some(v) if v > x => {{ y = y * v; {inner} }} Some(_) => return y, None => y = y * x }}")
        })
    });
}

#[test]
fn chained_conditions_cost_a_constant_a_level() {
    check_linear(|depth| {
        nested(depth, |inner| {
            format!("if y > x && let Some(v) = smaller(y) {{ y = y * v; {inner} }} else {{ y = y * x; }}")
        })
    });
}

/// Integers each of which is twice the one before, from `first` on; the last is that of this number.
fn doubled(first: &str, depth: usize) -> String {
    let double = |i: usize| format!("let a{} = a{i} + a{i};", i + 1);
    let doubled: String = (0..depth).map(double).collect();
    format!("let a0 = {first}; {doubled}")
}

#[test]
fn an_index_that_is_doubled_costs_a_constant_a_level() {
    check_linear(|depth| {
        // Fewer are seen through.
        let depth = depth + 8;
        let doubled = doubled("i", depth);
        format!("fn f(v: &[f64], n: usize) -> f64 {{ let mut s = 0.0; for k in 0..n {{ for i in 0..v.len() {{ {doubled} s += v[0] * v[a{depth} - a{depth} + i]; }} }} s }}")
    });
}

#[test]
fn a_start_that_is_doubled_costs_a_constant_a_level() {
    check_linear(|depth| {
        let doubled = doubled("k", depth);
        format!("fn f(v: &[f64], n: usize) -> f64 {{ let mut p = 1.0; for k in 0..n {{ {doubled} let mut at = a{depth}; let mut s = 0.0; for i in 0..v.len() {{ s += v[at % 7] * v[0] * p; at = at * 3 % 7; }} p = s.sin(); }} p }}")
    });
}
