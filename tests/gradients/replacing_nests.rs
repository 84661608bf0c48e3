//! Loops that keep or replace what they carry, around and inside of other loops, and block by block.

use super::replacing_loops::numbers;
use micrograd_core::{check_gradient, differentiable, gradient};

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
