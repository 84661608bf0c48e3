//! Parameters with references inside: options of slices, slices of slices, tuples of references.

use micrograd_core::{NoTangent, check_gradient, differentiable, gradient};

#[differentiable]
fn weighted(x: &[f64], weights: Option<&[f64]>) -> f64 {
    match weights {
        Some(weights) => x.iter().zip(weights).map(|(x, w)| x * w).sum(),
        None => x.iter().map(|x| x * x).sum(),
    }
}

#[test]
fn an_option_may_hold_a_slice() {
    let (x, w) = ([1.0, 2.0], [3.0, 4.0]);
    let (value, back) = pullback_weighted(&x, Some(&w));
    assert_eq!(
        (value, back(1.0)),
        (11.0, (vec![3.0, 4.0], Some(vec![1.0, 2.0])))
    );
    let (value, back) = pullback_weighted(&x, None);
    assert_eq!((value, back(1.0)), (5.0, (vec![2.0, 4.0], None)));
    let (_, (dx, dw)) = gradient!(weighted, &x, Some(&w));
    assert_eq!((dx, dw), (vec![3.0, 4.0], Some(vec![1.0, 2.0])));
}

#[differentiable]
fn of_rows(rows: &[&[f64]], w: &[f64]) -> f64 {
    let mut sum = 0.0;
    for row in rows {
        for (x, w) in row.iter().zip(w) {
            sum += x * x * w;
        }
    }
    sum * rows[0][0]
}

#[test]
fn a_slice_may_hold_slices() {
    let (a, b) = ([1.0, 2.0], [3.0]);
    let rows = [&a[..], &b];
    let (value, back) = pullback_of_rows(&rows, &[1.0, 0.5]);
    assert_eq!(value, of_rows(&rows, &[1.0, 0.5]));
    let (drows, dw) = back(1.0);
    // (1·1 + 4·½ + 9·1)·1
    assert_eq!(drows, [vec![2.0 + 12.0, 2.0], vec![6.0]]);
    assert_eq!(dw, [10.0, 4.0]);
}

#[differentiable]
fn of_pairs(pair: (&f64, &[f64]), name: Option<&str>, scale: Option<&f64>) -> f64 {
    let scale = match scale {
        Some(scale) => *scale,
        None => 1.0,
    };
    let sum: f64 = pair.1.iter().sum();
    if name.is_some() {
        pair.0 * sum * scale
    } else {
        sum
    }
}

#[test]
fn tuples_and_options_may_hold_references() {
    let (value, back) = pullback_of_pairs((&2.0, &[3.0, 4.0]), Some("x"), Some(&0.5));
    assert_eq!(value, 7.0);
    let ((dfactor, dpart), dname, dscale) = back(1.0);
    assert_eq!((dfactor, dpart), (3.5, vec![1.0, 1.0]));
    assert_eq!(dname, Some(NoTangent));
    assert_eq!(dscale, Some(14.0));
}

#[differentiable]
fn calls(x: &[f64], w: &[f64], k: &f64, some: bool) -> f64 {
    let given = if some {
        weighted(x, Some(w))
    } else {
        weighted(x, None)
    };
    given * of_pairs((k, w), None, Some(k)) * of_pairs((k, x), Some("x"), None)
}

#[test]
fn such_functions_may_be_called() {
    check_gradient!(calls, &[1.0, 2.0], &[0.3, 0.7], &0.8, true);
    check_gradient!(calls, &[1.0, 2.0], &[0.3, 0.7], &0.8, false);
}
