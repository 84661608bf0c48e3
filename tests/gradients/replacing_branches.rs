//! Loops that keep or replace what they carry, by branches of all kinds: inside each other, of patterns, with ways out of the
//! loop, and one after another.

use super::replacing_loops::numbers;
use micrograd_core::{check_gradient, differentiable};

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
