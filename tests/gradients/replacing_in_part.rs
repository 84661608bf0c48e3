//! Loops that only look as if they kept or replaced what they carry: each round is reversed.

use super::replacing_loops::numbers;
use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn keeps_and_sums(v: &[f64]) -> f64 {
    let (mut max, mut sum) = (v[0], 0.0);
    for x in v {
        if *x > max {
            max = *x;
        } else {
            sum += x * x;
        }
    }
    max * sum
}

#[differentiable]
fn sums_of_maxima(v: &[f64]) -> f64 {
    let (mut max, mut sum) = (v[0], 0.0);
    for x in v {
        if *x > max {
            max = *x;
        }
        sum += max * x;
    }
    max * sum
}

#[differentiable]
fn mixes(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = 0.5 * max + x * x;
        }
    }
    max
}

#[differentiable]
fn row_by_row(m: &[Vec<f64>]) -> f64 {
    let mut max = 0.1;
    for row in m {
        let before = max;
        for x in row {
            if *x > max {
                max = x + 0.5 * before;
            }
        }
    }
    max
}

#[differentiable]
fn after_another(v: &[f64]) -> f64 {
    let mut max = 0.1;
    for x in v {
        if *x > max {
            max = x * 0.5;
        }
        if x * x > max {
            max = max * x;
        }
    }
    max
}

#[differentiable]
fn shrinks(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = *x;
        } else {
            max *= 0.9;
        }
    }
    max
}

#[differentiable]
fn two_largest(v: &[f64]) -> f64 {
    let (mut first, mut second) = (v[0], v[0]);
    for x in v {
        if *x > first {
            second = first;
            first = *x;
        } else if *x > second {
            second = *x;
        }
    }
    first * second
}

#[differentiable]
fn extremes(v: &[f64]) -> f64 {
    let (mut low, mut high) = (v[0], v[0]);
    for x in v {
        if *x < low {
            low = *x;
        }
        if *x > high {
            high = *x;
        }
    }
    low * high * high
}

#[differentiable]
fn one_of_two(v: &[f64]) -> f64 {
    let (mut a, mut b) = (v[0], v[1]);
    for x in v {
        (a, b) = if *x > a { (x * 2.0, b) } else { (a, b) };
        if *x > 0.0 {
            (a, b) = (b, a);
        }
    }
    a + b * b
}

#[differentiable]
fn running(v: &mut [f64]) {
    let mut max = v[0] * 0.5;
    for i in 0..v.len() {
        if v[i] > max {
            max = v[i];
        }
        v[i] = max;
    }
}

#[differentiable]
fn sum_of_running(w: &[f64]) -> f64 {
    let mut v = w.to_vec();
    running(&mut v);
    let mut sum = 0.0;
    for i in 0..v.len() {
        sum += v[i] * w[i];
    }
    sum
}

#[differentiable]
fn stores(v: &[f64], last: f64) -> f64 {
    let mut scratch = [0.0; 2];
    let mut max = last;
    for x in v {
        scratch[0] = x * x;
        scratch[1] += x;
        if *x > max {
            max = scratch[0] + scratch[1];
        }
    }
    max + scratch[0] * scratch[1]
}

#[differentiable]
fn collects(v: &[f64]) -> f64 {
    let mut maxima = Vec::new();
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = *x;
            maxima.push(max * max);
        }
    }
    let mut sum = max;
    for m in &maxima {
        sum += m;
    }
    sum
}

#[test]
fn loops_whose_other_rounds_matter() {
    let v = numbers(9);
    check_gradient!(keeps_and_sums, &v);
    check_gradient!(sums_of_maxima, &v);
    check_gradient!(mixes, &v);
    check_gradient!(row_by_row, &[v.clone(), numbers(12)]);
    check_gradient!(after_another, &v);
    check_gradient!(shrinks, &v);
    check_gradient!(two_largest, &v);
    check_gradient!(extremes, &v);
    check_gradient!(one_of_two, &v);
    check_gradient!(sum_of_running, &v);
    check_gradient!(stores, &v, -0.3);
    check_gradient!(collects, &v);
}
