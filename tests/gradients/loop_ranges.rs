//! What `for` loops run over: ranges of every kind, elements, rows, pairs.

use micrograd_core::{check_gradient, differentiable, stop_gradient};

#[differentiable]
fn over_elements(v: &[f64], w: &Vec<f64>, a: [f64; 3], b: &[f64; 2]) -> f64 {
    let mut s = 1.0;
    for x in v {
        s += x * x;
    }
    for &x in w {
        s *= x;
    }
    for x in &a {
        s += *x * s;
    }
    for x in b.iter() {
        s -= x.sin();
    }
    for x in b {
        s *= x + 1.0;
    }
    s
}

#[test]
fn loops_run_over_elements() {
    check_gradient!(
        over_elements,
        &vec![1.0, 2.0],
        &vec![0.5, 0.3],
        [0.1, 0.2, 0.3],
        &[0.4, 0.6]
    );
}

#[differentiable]
fn over_rows(rows: &[Vec<f64>], points: &[[f64; 3]]) -> f64 {
    let mut s = 0.0;
    for row in rows {
        let mut p = 1.0;
        for x in row {
            p *= x;
        }
        s += p;
    }
    for p in points {
        s += p[0] * p[1] - p[2] * s;
    }
    for [x, y, z] in points {
        s += x * y * z;
    }
    s
}

#[test]
fn loops_run_over_rows() {
    let rows = vec![vec![1.0, 2.0], vec![], vec![0.3, 0.2, 0.1]];
    check_gradient!(over_rows, &rows, &vec![[1.0, 2.0, 0.3], [0.5, 0.2, 0.7]]);
}

#[differentiable]
fn over_pairs(pairs: &[(f64, usize)], v: &[f64]) -> f64 {
    let mut s = 0.0;
    for &(weight, i) in pairs {
        s += weight * v[i];
    }
    for (weight, i) in pairs {
        s *= weight + v[*i];
    }
    s
}

#[test]
fn loops_run_over_pairs() {
    check_gradient!(over_pairs, &vec![(0.5, 1usize), (0.25, 0)], &vec![2.0, 3.0]);
}

#[differentiable]
fn out_of_order(v: &[f64], order: &[usize]) -> f64 {
    let mut s = 0.3;
    for &i in order {
        s = (s + v[i]) * v[i];
    }
    for at in order.iter() {
        s += v[*at];
    }
    s
}

#[test]
fn indices_may_come_from_a_slice() {
    check_gradient!(out_of_order, &vec![0.4, -0.3, -0.8], &vec![2usize, 0, 2, 1]);
}

#[differentiable]
fn single(v: &[f32], w: &[f64]) -> f32 {
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i] * w[i] as f32;
    }
    s
}

#[test]
fn a_literal_takes_the_type_of_its_loop() {
    check_gradient!(single, &vec![0.5f32, 0.25], &vec![2.0, 3.0]);
}

#[differentiable]
fn stepped(v: &[f64]) -> f64 {
    let mut s = 1.0;
    for i in (0..v.len()).step_by(2) {
        s = s * v[i] + 1.0;
    }
    for i in (1..v.len()).rev().step_by(2) {
        s = s * v[i] + v[i - 1];
    }
    for i in (1..=3).rev() {
        s /= i as f64;
    }
    s
}

#[test]
fn ranges_are_stepped_and_reversed() {
    check_gradient!(stepped, &vec![0.5, 0.2, -0.1, 0.9, 1.1]);
}

#[differentiable]
fn indexed_by_number(x: f64, n: i32) -> f64 {
    let mut s = 0.0;
    for i in -n..n {
        s += x.powi(i) * i as f64;
    }
    s
}

#[test]
fn a_loop_variable_may_be_negative() {
    check_gradient!(indexed_by_number, 1.2, 3i32);
}

#[differentiable]
fn wide_ranges(x: f64, n: u64, m: i64) -> f64 {
    let mut s = 0.0;
    for i in (0..n).step_by(2) {
        s += x * i as f64;
    }
    for i in (-m..m).rev() {
        s += s * x / (i as f64 + 10.0);
    }
    s
}

#[test]
fn wide_integers_are_stepped() {
    check_gradient!(wide_ranges, 0.4, 5u64, 2i64);
}

#[differentiable]
fn inclusive_steps(x: f64, n: usize) -> f64 {
    let mut s = x;
    for i in (1..=n).step_by(2) {
        s += s * x * i as f64;
    }
    s
}

#[test]
fn inclusive_ranges_are_stepped() {
    check_gradient!(inclusive_steps, 0.4, 5usize);
    check_gradient!(inclusive_steps, 0.4, 0usize);
}

#[differentiable]
fn letters(x: f64) -> f64 {
    let mut s = x;
    for c in 'a'..='c' {
        s *= x * (c as u32 - 96) as f64;
    }
    for k in 0..3u8 {
        s += k as f64 * x;
    }
    s
}

#[test]
fn ranges_of_letters_and_bytes_run() {
    check_gradient!(letters, 0.4);
}

#[differentiable]
fn a_range_in_a_variable(x: f64, n: usize) -> f64 {
    let range = 0..n;
    let mut s = x;
    for i in range {
        s += s * x * i as f64;
    }
    s
}

#[test]
fn a_range_may_be_a_variable() {
    check_gradient!(a_range_in_a_variable, 0.4, 3usize);
}

/// A stack that is emptied behind `&`.
struct Stack(std::cell::RefCell<Vec<i32>>);

impl Stack {
    fn len(&self) -> usize {
        self.0.borrow().len()
    }

    fn pop(&self) -> i32 {
        self.0.borrow_mut().pop().unwrap()
    }
}

#[differentiable(no_gradient(powers))]
fn popped(x: f64, powers: &Stack) -> f64 {
    let mut s = 1.0;
    for _ in 0..powers.len() {
        let power = stop_gradient(powers.pop());
        s = s * x + power as f64;
    }
    s
}

#[test]
fn the_length_of_a_type_of_ones_own_is_asked_once() {
    let powers = Stack(vec![1, 2, 3].into());
    let (value, back) = pullback_popped(2.0, &powers);
    assert_eq!((value, powers.len()), (25.0, 0));
    assert_eq!(back(1.0).0, 26.0);
}

#[differentiable]
fn over_a_range_that_is_handed_over(x: &[f64], range: std::ops::Range<usize>) -> f64 {
    let mut sum = 0.0;
    let length = range.len();
    for i in range.clone() {
        sum += x[i] * x[i];
    }
    for i in range.clone().rev() {
        sum *= x[i];
    }
    let part: f64 = x[range.clone()].iter().sum();
    for i in range {
        if i > 1 {
            sum += part;
            continue;
        }
        sum *= x[i] * part;
    }
    sum * length as f64
}

#[differentiable]
fn over_ranges(x: &[f64]) -> f64 {
    let all = 0..x.len();
    let mut product = 1.0;
    for i in all.clone().rev() {
        product *= product + x[i];
    }
    for i in all {
        product += x[i] * product;
    }
    product * over_a_range_that_is_handed_over(x, 1..x.len())
}

#[test]
fn a_range_may_be_a_parameter_and_be_copied() {
    check_gradient!(over_ranges, &[1.0, 2.0, 0.7]);
}
