//! Scratch memory that each round of a loop writes anew, and such that only looks like it.

use micrograd_core::{check_gradient, differentiable, gradient};

fn numbers(n: usize) -> Vec<f64> {
    (0..n).map(|i| 0.3 + 0.7 * (i as f64).sin()).collect()
}

/// `Σ ln |L (x - m)|²` by scratch memory, which is added to after it is written.
#[differentiable]
fn distances(m: &[f64], l: &[f64], x: &[f64], k: usize) -> f64 {
    let d = x.len();
    let mut centred = vec![0.0; d];
    let mut y: Vec<f64> = vec![0.0; d];
    let mut logs = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            centred[i] = x[i] - m[c * d + i];
            y[i] = l[i] * centred[i];
        }
        for i in 0..d {
            for j in 0..d - 1 - i {
                y[i + 1 + j] += l[d + j] * centred[i];
            }
        }
        let mut squares = 1.0;
        for i in 0..d {
            squares += y[i] * y[i] * (1.0 + centred[i] * centred[i]);
        }
        logs[c] = squares.ln();
    }
    let mut total = 0.0;
    for c in 0..k {
        total += logs[c] * logs[c];
    }
    total
}

#[test]
fn each_round_has_a_version() {
    for k in [0, 1, 3] {
        let (m, l, x) = (numbers(12), numbers(8), numbers(4));
        check_gradient!(distances, &m, &l, &x, k);
    }
    check_gradient!(distances, &[], &numbers(8), &[], 3);
    let (m, l, x) = (numbers(12), numbers(8), numbers(4));
    let (value, back) = pullback_distances(&m, &l, &x, 3);
    assert_eq!(value, distances(&m, &l, &x, 3));
    assert_eq!(back(1.0), back(1.0));
}

#[differentiable]
fn for_each_point(m: &[f64], l: &[f64], x: &[f64], d: usize, k: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() / d {
        total += distances(m, l, &x[i * d..(i + 1) * d], k);
    }
    total
}

#[test]
fn versions_in_a_loop_that_is_reversed_where_it_stands() {
    let (m, l, x) = (numbers(6), numbers(6), numbers(9));
    check_gradient!(for_each_point, &m, &l, &x, 3, 2);
    let (_, by) = gradient!(for_each_point, &m, &l, &x, 3, 2);
    let (_, back) = pullback_for_each_point(&m, &l, &x, 3, 2);
    for (one, other) in by.2.iter().zip(back(1.0).2) {
        assert!((one - other).abs() < 1e-12);
    }
}

/// Reads what the round before wrote.
#[differentiable]
fn reads_before(v: &[f64], n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut total: f64 = 0.2;
    for i in 0..n {
        total *= scratch[i % d];
        for j in 0..d {
            scratch[j] = v[j] * total + 0.5;
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
    }
    total
}

/// Reads it while it writes.
#[differentiable]
fn reads_between(v: &[f64], n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut total: f64 = 0.2;
    for _ in 0..n {
        for j in 0..d {
            scratch[j] = v[j] * total + 0.5 * scratch[d - 1 - j];
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
    }
    total
}

/// Reads the last version behind the loop.
#[differentiable]
fn reads_behind(v: &[f64], n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut total: f64 = 0.2;
    for _ in 0..n {
        for j in 0..d {
            scratch[j] = v[j] * total;
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
    }
    total * scratch[1]
}

/// Writes some of it anew.
#[differentiable]
fn writes_some(v: &[f64], n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut total: f64 = 0.2;
    for i in 0..n {
        for j in 0..d {
            if j != i {
                scratch[j] = v[j] * total;
            }
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
    }
    total
}

/// Writes all of it in some rounds, and writes to it after it was read.
#[differentiable]
fn writes_in_some_rounds(v: &[f64], n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut total: f64 = 0.2;
    for i in 0..n {
        if i % 2 == 0 {
            for j in 0..d {
                scratch[j] = v[j] * total;
            }
            for j in 0..d {
                total = (total + scratch[j] * scratch[0]).sin();
            }
        }
        scratch[i % d] += total;
    }
    total + scratch[0]
}

/// A loop that stops early.
#[differentiable]
fn stops(v: &[f64], n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut total: f64 = 0.2;
    for i in 0..n {
        for j in 0..d {
            scratch[j] = v[j] * total;
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
        if i > 1 && total > 0.0 {
            break;
        }
    }
    total
}

/// Two loops that share the memory, a loop around, and memory of another length.
#[differentiable]
fn shared(v: &[f64], n: i32) -> f64 {
    let d = v.len();
    let mut scratch = vec![0.1; d];
    let mut small = vec![0.1; d - 1];
    let mut nested = vec![0.1; d];
    let mut total: f64 = 0.2;
    for _ in 1..=n {
        for j in 0..d {
            scratch[j] = v[j] * total;
        }
        for j in 0..d - 1 {
            small[j] = v[j + 1] * total;
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
        for j in 0..d - 1 {
            total += small[j] * small[0];
        }
        for i in 0..2 {
            for j in 0..d {
                nested[j] = v[j] * total;
            }
            for j in 0..d {
                total = (total - nested[j] * nested[i]).cos();
            }
        }
    }
    for _ in 0..n {
        for j in 0..d {
            scratch[j] = v[j] + total;
        }
        for j in 0..d {
            total = (total + scratch[j] * scratch[0]).sin();
        }
    }
    total
}

/// The length is asked for, the element is of the parameters.
#[differentiable]
fn length_and_element(v: &[f64], n: usize) -> f64 {
    let mut scratch = vec![v[0]; v.len()];
    let mut total: f64 = 0.2;
    for _ in 0..n {
        for j in 0..scratch.len() {
            scratch[j] = v[j] * total;
        }
        for j in 0..scratch.len() {
            total = (total + scratch[j] * scratch[0]).sin();
        }
    }
    total
}

#[test]
fn what_only_looks_like_versions() {
    let v = numbers(3);
    for n in [0, 1, 4] {
        check_gradient!(reads_before, &v, n);
        check_gradient!(reads_between, &v, n);
        check_gradient!(reads_behind, &v, n);
        check_gradient!(writes_some, &v, n);
        check_gradient!(writes_in_some_rounds, &v, n);
        check_gradient!(stops, &v, n);
        check_gradient!(shared, &v, n as i32);
        check_gradient!(length_and_element, &v, n);
    }
}

/// Numbers of which only the declared type tells what they are.
#[differentiable]
fn single(v: &[f32], n: usize) -> f32 {
    let mut scratch: Vec<f32> = vec![0.0; 3];
    let mut total = 0.0;
    for i in 0..n {
        for j in 0..3 {
            scratch[j] = v[j];
        }
        scratch[1] += 2.0;
        for j in 0..3 {
            total += scratch[j].sin() * scratch[j] * v[i];
        }
    }
    total
}

#[test]
fn versions_of_single_precision() {
    let v = [0.3f32, 0.5, 0.9];
    let (_, back) = pullback_single(&v, 2);
    let expected = |j: usize| {
        let x = |k: usize| v[k] + if k == 1 { 2.0 } else { 0.0 };
        let term = |k: usize| x(k).sin() * x(k);
        let slope = x(j).cos() * x(j) + x(j).sin();
        slope * (v[0] + v[1]) + if j < 2 { (0..3).map(term).sum() } else { 0.0 }
    };
    for (j, found) in back(1.0).0.iter().enumerate() {
        assert!(
            (found - expected(j)).abs() < 1e-5,
            "{found} {}",
            expected(j)
        );
    }
}

/// Begins with an element that has a cotangent, which is overwritten.
#[differentiable]
fn begins_with_a_parameter(v: &[f64], x: f64, n: usize) -> f64 {
    let d = v.len();
    let mut scratch = vec![x; d];
    let mut first = vec![v[0] * x; d];
    let mut total = x;
    for _ in 0..n {
        for i in 0..d {
            scratch[i] = v[i] * total;
            first[i] = scratch[i].sin();
        }
        let mut sum = 0.0;
        for i in 0..d {
            sum += scratch[i] * scratch[i] * first[i];
        }
        total = 0.5 * sum;
    }
    total
}

#[test]
fn what_is_there_first_may_have_a_cotangent() {
    for n in [0, 1, 3] {
        check_gradient!(begins_with_a_parameter, &numbers(3), 0.7, n);
    }
}
