//! Loops that keep or replace what they carry, of which the reverse sweep runs the last replacement alone.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};
use nalgebra::DMatrix;

/// `n` numbers without an order.
pub fn numbers(n: u32) -> Vec<f64> {
    (0..n)
        .map(|i| (1.7 * f64::from(i) + 0.4).sin() * 2.0)
        .collect()
}

#[differentiable]
fn maximum(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = *x;
        }
    }
    max
}

#[test]
fn a_maximum_has_the_cotangent_of_one_element() {
    check_gradient!(maximum, &numbers(7));
    let (value, (dv,)) = gradient!(maximum, &[1.0, 5.0, 2.0, 5.0]);
    assert_eq!((value, dv), (5.0, vec![0.0, 1.0, 0.0, 0.0]));
    let (_, (dv,)) = gradient!(maximum, &[3.0]);
    assert_eq!(dv, [1.0]);
    let (_, (dv,)) = gradient!(maximum, &[4.0, 1.0, 2.0]);
    assert_eq!(dv, [1.0, 0.0, 0.0]);
}

#[test]
fn the_branch_that_was_taken_counts() {
    let (value, (dv,)) = gradient!(maximum, &[1.0, f64::NAN, 2.0, f64::NAN]);
    assert_eq!((value, dv), (2.0, vec![0.0, 0.0, 1.0, 0.0]));
    let (value, (dv,)) = gradient!(maximum, &[f64::NAN, 2.0]);
    assert!(value.is_nan());
    assert_eq!(dv, [1.0, 0.0]);
}

#[differentiable]
fn minimum_below(v: &[f64], bound: f64) -> f64 {
    let mut min = bound * bound;
    for i in 1..v.len() {
        min = if v[i] < min { v[i] } else { min };
    }
    min * min
}

#[test]
fn what_was_before_the_loop_has_the_cotangent_if_nothing_replaced_it() {
    let v = numbers(6);
    check_gradient!(minimum_below, &v, 1.5);
    let (_, (dv, dbound)) = gradient!(minimum_below, &[0.0, 7.0, 8.0], 2.0);
    assert_eq!((dv, dbound), (vec![0.0; 3], 32.0));
    let (_, (dv, dbound)) = gradient!(minimum_below, &[0.0], 2.0);
    assert_eq!((dv, dbound), (vec![0.0], 32.0));
}

#[differentiable]
fn with_position(v: &[f64], w: &[f64]) -> f64 {
    let (mut max, mut at, mut partner) = (f64::NEG_INFINITY, 0, 0.0);
    for (i, x) in v.iter().enumerate() {
        if *x >= max {
            max = *x;
            at = i;
            partner = w[i] * x;
        }
    }
    max * partner + v[at] * w[(at + 1) % w.len()]
}

#[test]
fn values_that_are_replaced_together() {
    check_gradient!(
        with_position,
        &numbers(8),
        &[0.3, 0.5, -0.2, 1.0, 0.7, 0.1, 0.9, 0.4]
    );
}

#[differentiable]
fn nearest(points: &[[f64; 2]], to: [f64; 2], power: f64) -> f64 {
    let mut best = 1e9;
    let mut angle = power;
    for p in points {
        let (dx, dy) = (p[0] - to[0], p[1] - to[1]);
        let distance = (dx * dx + dy * dy).powf(power);
        if distance < best {
            let turned = (dy / dx).atan();
            best = distance;
            angle = turned.sin() * p[1];
        }
    }
    best + angle
}

#[test]
fn a_round_computes_before_and_in_the_branch() {
    let points: Vec<[f64; 2]> = numbers(14).chunks(2).map(|p| [p[0], p[1]]).collect();
    check_gradient!(nearest, &points, [0.1, 0.2], 0.7);
    check_gradient!(nearest, &points[..0], [0.1, 0.2], 0.7);
}

#[differentiable]
fn furthest_from_zero(v: &[f64]) -> f64 {
    let mut far = 0.0;
    for x in v {
        if *x > far {
            far = *x;
        } else if -x > far {
            far = -2.0 * x;
        }
    }
    far
}

#[differentiable]
fn between(v: &[f64], low: f64, high: f64) -> f64 {
    let mut max = low;
    for x in v {
        if *x < high && *x > low {
            if *x > max {
                max = *x * high;
            }
        }
    }
    max
}

#[test]
fn branches_inside_branches() {
    let v = numbers(9);
    check_gradient!(furthest_from_zero, &v);
    check_gradient!(furthest_from_zero, &[0.5, -1.0, 0.7]);
    check_gradient!(furthest_from_zero, &[-0.5, 1.1, 0.7]);
    check_gradient!(between, &v, -0.5, 1.5);
    check_gradient!(between, &v, 5.0, 7.0);
}

#[differentiable]
fn matched(v: &[f64]) -> f64 {
    let mut max = v[0] * 0.5;
    for x in v.iter().rev() {
        match x.partial_cmp(&max) {
            Some(std::cmp::Ordering::Greater) => max = x.exp(),
            Some(_) => {}
            None => panic!("not a number"),
        }
    }
    max
}

#[differentiable]
fn where_there_is_one(v: &[f64], at: &[Option<usize>]) -> f64 {
    let mut last = v[0];
    for i in 0..at.len() {
        if let Some(k) = at[i] {
            last = v[k] * v[i];
        }
    }
    last
}

#[test]
fn branches_of_patterns() {
    check_gradient!(matched, &numbers(5));
    check_gradient!(
        where_there_is_one,
        &numbers(5),
        &[Some(1), None, Some(3), Some(2), None]
    );
    check_gradient!(where_there_is_one, &numbers(5), &[None, None]);
}

#[differentiable]
fn until(v: &[f64], limit: f64) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x < -1.5 {
            continue;
        }
        if *x > max {
            max = x * x.abs();
        }
        if *x > limit {
            break;
        }
    }
    max
}

#[differentiable]
fn early(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = *x;
            if max > 1.2 {
                return max * 3.0;
            }
        }
    }
    max
}

#[differentiable]
fn while_it_grows(v: &[f64], step: usize) -> f64 {
    let mut max = v[0] * 2.0;
    let mut i = 0;
    while i < v.len() {
        if v[i].sin() > max {
            max = v[i].sin();
        }
        i += step;
    }
    max
}

#[test]
fn loops_that_end_early() {
    let v = numbers(9);
    for limit in [-3.0, 0.5, 1.8, 9.0] {
        check_gradient!(until, &v, limit);
    }
    check_gradient!(early, &v);
    check_gradient!(early, &[0.1, 0.3, -1.0, 0.7]);
    check_gradient!(while_it_grows, &v, 1);
    check_gradient!(while_it_grows, &v, 2);
}

#[differentiable]
fn maximin(m: &[f64], columns: usize) -> f64 {
    let mut best = -9.0;
    for r in 0..m.len() / columns {
        let mut min = m[r * columns];
        for c in 1..columns {
            let x = m[r * columns + c];
            if x < min {
                min = x;
            }
        }
        if min > best {
            best = min * min.abs();
        }
    }
    best
}

#[differentiable]
fn sum_of_maxima(m: &[f64], columns: usize, scale: f64) -> f64 {
    let mut sum = 0.0;
    for r in 0..m.len() / columns {
        let (mut max, mut at) = (scale, 0);
        for c in 0..columns {
            if m[r * columns + c] > max {
                max = m[r * columns + c];
                at = c;
            }
        }
        sum += (max * scale).sin() * m[at];
        for c in 0..columns {
            sum += (m[r * columns + c] - max).exp();
        }
    }
    sum
}

#[test]
fn loops_inside_loops() {
    let m = numbers(12);
    for columns in [1, 3, 4, 12] {
        check_gradient!(maximin, &m, columns);
        check_gradient!(sum_of_maxima, &m, columns, 0.3);
    }
}

#[differentiable]
fn maximum_of_rows(m: &[Vec<f64>], at_least: f64) -> f64 {
    let mut max = at_least;
    for row in m {
        for x in row {
            if *x > max {
                max = x * x.abs();
            }
        }
        if row[0] < -1.9 {
            break;
        }
    }
    max
}

#[differentiable]
fn maximum_of_some_rows(m: &[Vec<f64>], at_least: f64, all: bool) -> f64 {
    let mut max = at_least;
    if all || m.len() > 3 {
        for row in m {
            if row[0] > 0.0 {
                max = 0.3 * row[0];
                for x in row {
                    if *x > max {
                        max = *x * 2.0;
                    }
                }
            } else if all {
                for x in row {
                    if *x > max {
                        max = *x;
                    }
                }
            }
        }
    } else {
        max *= 2.0;
    }
    max
}

#[differentiable]
fn largest_of_two(v: &[f64], w: &[f64]) -> f64 {
    let (mut max, mut other) = (0.1, v[0]);
    for i in 0..v.len() {
        if v[i] > max {
            max = v[i];
            other = v[i] * w[i];
        }
        if w[i] > max {
            max = w[i];
            other = w[i] - v[i];
        }
    }
    max * other
}

#[test]
fn replacements_one_after_another() {
    let m: Vec<Vec<f64>> = numbers(20).chunks(4).map(<[f64]>::to_vec).collect();
    for at_least in [-3.0, 1.9, 5.0] {
        check_gradient!(maximum_of_rows, &m, at_least);
        for some in [&m[..2], &m[..4], &m[1..], &m[2..3]] {
            check_gradient!(maximum_of_some_rows, &some.to_vec(), at_least, true);
            check_gradient!(maximum_of_some_rows, &some.to_vec(), at_least, false);
        }
    }
    let v = numbers(9);
    let w: Vec<f64> = numbers(13).iter().map(|x| 0.97 * x).collect();
    check_gradient!(largest_of_two, &v, &w[2..11]);
    check_gradient!(largest_of_two, &v[3..], &w[5..11]);
    check_gradient!(largest_of_two, &v[..2], &w[5..11]);
}

#[differentiable]
fn largest_product(m: &[f64], columns: usize) -> f64 {
    let mut best = 0.1;
    for r in 0..m.len() / columns {
        let mut product = 1.0;
        for c in 0..columns {
            product *= m[r * columns + c].exp();
        }
        let mut scratch = vec![0.0; columns];
        for c in 0..columns {
            scratch[c] = m[c] * product;
        }
        if product > best {
            best = product;
            for c in 0..columns {
                best *= scratch[c].cos();
            }
        }
    }
    best
}

#[differentiable]
fn largest_root(v: &[f64], exponent: i32) -> f64 {
    let mut best = 0.0;
    for x in v {
        let (a, mut root) = (x * x + 1.0, 1.0);
        let mut left = 20;
        while (root * root - a).abs() > 1e-12 && left > 0 {
            root = 0.5 * (root + a / root);
            left -= 1;
        }
        if root > best {
            best = root.powi(exponent);
            while best > 1.5 {
                best = best * 0.7 / root;
            }
        }
    }
    best
}

#[test]
fn a_round_with_loops_of_its_own() {
    check_gradient!(largest_root, &numbers(9), 1);
    check_gradient!(largest_root, &numbers(9), -1);
    check_gradient!(largest_product, &numbers(12), 3);
    check_gradient!(largest_product, &numbers(12), 4);
}

#[differentiable]
fn logarithm(x: f64) -> f64 {
    x.abs().ln()
}

#[differentiable]
fn through_a_call(v: &[f64]) -> f64 {
    let mut max = -100.0;
    for x in v {
        let y = logarithm(*x);
        if y > max {
            max = logarithm(y + 3.0);
        }
    }
    max
}

#[differentiable]
fn best_of_vectors(m: &[Vec<f64>], scale: f64) -> f64 {
    let mut best = vec![scale; 2];
    let mut norm = 0.1;
    for v in m {
        let square = v[0] * v[0] + v[1] * v[1];
        if square > norm {
            norm = square;
            best = v.iter().map(|x| x * scale).collect();
        }
    }
    best[0] * best[1] + norm
}

#[differentiable]
fn best_of_matrices(a: &DMatrix<f64>, v: &[f64]) -> f64 {
    let mut best = a.clone();
    for i in 0..v.len() {
        if v[i] > best[(0, 1)] {
            best = a * (v[i] * v[0]);
        }
    }
    (&best * &best).sum()
}

#[derive(Clone, Differentiable)]
struct Found {
    value: f64,
    weight: [f64; 2],
}

#[differentiable]
fn best_of_structs(v: &[f64]) -> f64 {
    let mut found = Found {
        value: v[0],
        weight: [v[1], 1.0],
    };
    for i in 1..v.len() {
        let candidate = Found {
            value: v[i] * v[0],
            weight: [v[i], v[i - 1]],
        };
        if candidate.value > found.value {
            found = candidate;
        }
    }
    found.value * found.weight[0] + found.weight[1]
}

#[differentiable]
fn perhaps(v: &[f64]) -> f64 {
    let mut best = None;
    for x in v {
        if *x > 0.3 {
            best = Some(x * x);
        }
    }
    match best {
        Some(x) => x * v[0],
        None => v[1],
    }
}

#[test]
fn values_of_other_types() {
    let v = numbers(6);
    check_gradient!(through_a_call, &v);
    let m: Vec<Vec<f64>> = v.chunks(2).map(<[f64]>::to_vec).collect();
    check_gradient!(best_of_vectors, &m, 0.7);
    let a = DMatrix::from_fn(2, 2, |i, j| 0.3 + 0.2 * i as f64 - 0.1 * j as f64);
    check_gradient!(best_of_matrices, &a, &v);
    check_gradient!(best_of_structs, &v);
    check_gradient!(perhaps, &v);
    check_gradient!(perhaps, &[0.1, 0.2]);
}

#[differentiable]
fn generic<T: num_traits::Float>(v: &[T], least: T) -> T {
    let mut max = least;
    for x in v {
        if *x * *x > max {
            max = *x * *x * least;
        }
    }
    max
}

#[differentiable]
fn largest_by(v: &[f64], key: impl Fn(f64) -> f64) -> f64 {
    let mut max = key(v[0]);
    for x in v {
        let y = key(*x);
        if y > max {
            max = key(y);
        }
    }
    max
}

#[differentiable]
fn by_a_closure(v: &[f64], a: f64) -> f64 {
    largest_by(v, |x| {
        let mut max = a * x;
        for y in v {
            if y.sin() > max {
                max = y.sin() * a;
            }
        }
        max * x
    })
}

#[test]
fn generic_functions_and_closures() {
    let v = numbers(6);
    check_gradient!(generic, &v, 0.7);
    check_gradient!(by_a_closure, &v, 0.3);
}

#[differentiable]
fn into_an_argument(max: &mut f64, v: &[f64]) {
    for x in v {
        if *x > *max {
            *max = x * x;
        }
    }
}

#[differentiable]
fn through_an_argument(v: &[f64], least: f64) -> f64 {
    let mut max = least * least;
    into_an_argument(&mut max, v);
    max * v[0]
}

#[differentiable]
fn from_changing_memory(v: &mut [f64], w: &[f64]) -> f64 {
    let mut max = w[0];
    let mut seen = vec![0; w.len()];
    for i in 0..w.len() {
        seen[i] = i * 2 % w.len();
        let scratch = [v[i] * w[i], w[seen[i]]];
        if scratch[0] > max {
            max = scratch[0] * scratch[1];
        }
    }
    for i in 0..w.len() {
        v[i] *= max;
    }
    max
}

#[differentiable]
fn read_from_changing_memory(w: &[f64]) -> f64 {
    let mut v = w.to_vec();
    from_changing_memory(&mut v, w) + v[0] * v[1]
}

#[test]
fn memory_that_the_loop_only_reads() {
    check_gradient!(read_from_changing_memory, &numbers(7));
    check_gradient!(through_an_argument, &numbers(7), 0.3);
    check_gradient!(through_an_argument, &numbers(7), 3.0);
}

#[differentiable]
fn maximum_again(v: &[f64]) -> f64 {
    let mut max = v[0];
    #[checkpoint]
    for x in v {
        if x.exp() > max {
            max = x.exp();
        }
    }
    max
}

macro_rules! maxima {
    ($name:ident, $($again:tt)*) => {
        #[differentiable]
        fn $name(m: &[f64], columns: usize) -> f64 {
            let mut total = 1.0;
            $($again)*
            for r in 0..m.len() / columns {
                let mut max = total;
                for c in 0..columns {
                    if m[r * columns + c] > max {
                        max = m[r * columns + c] * total;
                    }
                }
                total = (total * max).sin();
            }
            total
        }
    };
}
maxima!(maxima_plain,);
maxima!(maxima_again, #[checkpoint]);

#[differentiable]
fn product_again(m: &[f64], columns: usize) -> f64 {
    let mut best = 0.1;
    #[checkpoint]
    for r in 0..m.len() / columns {
        let mut product = 1.0;
        for c in 0..columns {
            product *= m[r * columns + c].exp();
        }
        if product > best {
            best = product;
        }
    }
    best
}

#[test]
fn loops_that_run_again() {
    let m = numbers(12);
    check_gradient!(maximum_again, &m);
    for columns in [1, 3, 4] {
        check_gradient!(maxima_again, &m, columns);
        check_gradient!(product_again, &m, columns);
        assert_eq!(
            gradient!(maxima_again, &m, columns),
            gradient!(maxima_plain, &m, columns)
        );
    }
}
