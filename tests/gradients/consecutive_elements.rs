//! Loops along consecutive elements, whose bounds are checked once; and loops that look like these.

use micrograd_core::{check_gradient, differentiable, gradient};

const X: [f64; 5] = [0.3, -0.7, 1.1, 0.9, 0.2];

#[differentiable]
fn dot(x: &[f64], y: &[f64], from: usize, to: usize, shift: usize) -> f64 {
    let mut s = 0.0;
    for i in from..to {
        s += x[i] * y[shift + i + 1];
    }
    s * s
}

#[test]
fn a_shifted_loop_reads_its_own_elements() {
    check_gradient!(dot, &X, &X, 1usize, 4usize, 0usize);
    check_gradient!(dot, &X, &X, 0usize, 3usize, 1usize);
}

#[test]
fn a_loop_without_rounds_may_start_anywhere() {
    check_gradient!(dot, &X, &X, 9usize, 9usize, 7usize);
    check_gradient!(dot, &X, &X, 9usize, 2usize, 7usize);
}

#[test]
#[should_panic(expected = "out of")]
fn an_element_that_is_not_there_still_panics() {
    let _ = gradient!(dot, &X, &X, 1, 5, 0);
}

#[differentiable]
fn neighbours(x: &[f64]) -> f64 {
    let mut energy = 1.0;
    for i in 0..x.len() - 1 {
        energy *= 1.0 + (x[i + 1] - x[i] * x[i]).powi(2);
    }
    energy
}

#[test]
fn neighbours_share_a_cotangent() {
    check_gradient!(neighbours, &X);
}

#[differentiable]
fn in_place(x: &[f64], k: usize) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i].exp();
    }
    for i in 1..n {
        y[i] += y[i - 1] * x[i];
    }
    for i in 0..n - k {
        y[i + k] *= x[i];
    }
    for i in 0..n {
        y[i] = y[i] * y[i] + x[n - 1 - i];
    }
    let mut s = 0.0;
    for i in k..n {
        s += y[i].sin() * y[0];
    }
    s
}

#[test]
fn memory_is_changed_along_a_slice_and_across() {
    check_gradient!(in_place, &X, 2usize);
    check_gradient!(in_place, &X, 0usize);
}

#[differentiable]
fn rows(a: &[f64], x: &[f64], out: &mut [f64]) {
    let d = x.len();
    for r in 0..out.len() {
        let row = &a[r * d..(r + 1) * d];
        let mut s = 0.0;
        for j in 0..d {
            s += row[j] * x[j];
        }
        out[r] += s;
        for j in 0..r {
            out[j] -= a[r * d + j] * s;
        }
    }
}

#[differentiable]
fn through_rows(a: &[f64], x: &[f64]) -> f64 {
    let mut out = vec![0.5; 2];
    rows(a, x, &mut out);
    out[0] * out[1] + out[0].sin()
}

#[test]
fn rows_of_a_flat_matrix_are_walked_along() {
    check_gradient!(
        through_rows,
        &[0.1, 0.7, -0.3, 0.4, 0.9, 0.2],
        &[1.0, -0.5, 0.8]
    );
}

#[differentiable]
fn guarded(x: &[f64], n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        if i < x.len() {
            s += x[i] * x[i];
        }
    }
    for i in 0..n {
        let y = if i + 1 < x.len() { x[i + 1] } else { 0.5 };
        s *= 1.0 + y;
    }
    s
}

#[test]
fn what_a_branch_guards_is_not_reached_before() {
    check_gradient!(guarded, &X, 8usize);
}

#[differentiable]
fn stopped(x: &[f64], n: usize) -> f64 {
    let mut s = 1.0;
    for i in 0..n {
        if i == x.len() {
            break;
        }
        s *= 1.0 + x[i];
    }
    s
}

#[test]
fn what_a_loop_does_not_come_to_is_not_reached_before() {
    check_gradient!(stopped, &X, 8usize);
}

#[differentiable]
fn twice(x: &[f64], w: f64) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        let y = (x[i] * w).exp();
        s += y * x[i] + w * y;
    }
    s * w
}

#[test]
fn one_element_is_added_to_twice() {
    check_gradient!(twice, &X, 0.4);
}

#[differentiable]
fn overlapping(x: &[f64], w: &[f64]) -> f64 {
    let mut y = vec![0.1; x.len() + w.len()];
    for i in 0..x.len() {
        for j in 0..w.len() {
            y[i + j] += w[j] * x[i];
        }
    }
    let mut product = 1.0;
    for i in 0..x.len() {
        let mut sum = 0.5;
        for j in 0..w.len() {
            sum += w[j] * y[i + j];
        }
        product *= sum;
    }
    product
}

#[differentiable]
fn eliminated(l: &[f64], b: &[f64]) -> f64 {
    let n = b.len();
    let mut x = b.to_vec();
    for i in 0..n {
        let solved = x[i] / (2.0 + l[i * n + i]);
        x[i] = solved;
        for j in i + 1..n {
            x[j] -= l[i * n + j] * solved;
        }
    }
    x[n - 1] * x[0] + x[n / 2].sin()
}

fn waves(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i as f64).sin() / 3.0).collect()
}

#[test]
fn few_rounds_that_overlap_give_what_many_do() {
    for rounds in [0, 1, 2, 5, 6, 11, 12, 17] {
        check_gradient!(overlapping, &X, &waves(rounds));
    }
    check_gradient!(eliminated, &waves(15 * 15), &waves(15));
}

#[differentiable]
fn squashed(x: f64) -> f64 {
    assert!(x < 1.0, "{x} is too large");
    x / (1.0 + x * x)
}

#[differentiable]
fn filtered(x: &[f64], w: &[f64], shift: usize) -> f64 {
    let mut state = vec![0.25; w.len()];
    let mut energy = 0.0;
    for t in 0..3 {
        for j in 0..w.len() {
            let gate = squashed(x[shift + j] * w[j]);
            state[j] = gate * state[j] + squashed(w[j] - t as f64);
            energy += state[j] * gate;
        }
    }
    energy
}

#[test]
fn a_loop_that_calls_functions_walks_too() {
    let w = [0.4, -0.8, 0.9];
    check_gradient!(filtered, &X, &w, 0usize);
    check_gradient!(filtered, &X, &w, 2usize);
    check_gradient!(filtered, &X, &w[..0], 2usize);
}

/// What the function and its gradient say when they panic.
fn last_words(x: &[f64], w: &[f64], shift: usize) -> [String; 2] {
    let of = |run: &dyn Fn() -> f64| {
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_err();
        panic.downcast_ref::<String>().cloned().unwrap()
    };
    [
        of(&|| filtered(x, w, shift)),
        of(&|| pullback_filtered(x, w, shift).0),
    ]
}

#[test]
fn a_function_that_is_called_before_an_element_is_missing_is_called() {
    let w = [0.4, 0.8, 0.9];
    for (x, shift, words) in [
        (&[0.1, 9.0][..], 0, "7.2 is too large"),
        (&[9.0, 9.0], 1, "3.6 is too large"),
        (&X[..2], 0, "the len is 2 but the index is 2"),
        (&X, 3, "the len is 5 but the index is 5"),
        (&X, 7, "the len is 5 but the index is 7"),
    ] {
        let [function, gradient] = last_words(x, &w, shift);
        assert!(function.contains(words), "{function}");
        assert_eq!(gradient, function);
    }
}
