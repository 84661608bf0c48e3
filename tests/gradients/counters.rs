//! Integers that loops carry, which the reverse sweep counts back, and scratch memory that it finds by position.

use micrograd_core::{check_gradient, differentiable};

/// The rows of a triangle, one behind the other.
#[differentiable]
fn triangle(v: &[f64], n: usize) -> f64 {
    let mut at = 0;
    let mut total: f64 = 1.0;
    for i in 0..n {
        let mut row = 1.0;
        for j in 0..n - i {
            row *= v[at + j] * total.sin();
        }
        at += n - i;
        total += row;
    }
    total * v[at]
}

#[test]
fn a_position_moves_by_the_length_of_a_row() {
    let v: Vec<f64> = (0..11).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    check_gradient!(triangle, &v, 4);
    check_gradient!(triangle, &v, 0);
}

#[differentiable]
fn there_and_back(v: &[f64], from: i32, step: i32) -> f64 {
    let mut at = from;
    let mut steps = 0u8;
    let mut total = v[0];
    for i in 0..4 {
        total = (total * v[at as usize]).sin() + f64::from(steps);
        at = 2 + (at - step) - i as i32;
        steps += 1;
    }
    total * v[at as usize] * steps as f64
}

#[test]
fn several_counters_and_several_summands() {
    let v: Vec<f64> = (0..9).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    check_gradient!(there_and_back, &v, 5, 1);
    check_gradient!(there_and_back, &v, 8, 2);
}

#[differentiable]
fn by_another(v: &[f64]) -> f64 {
    let mut total: f64 = 1.0;
    let (mut a, mut b, mut c, mut d) = (1, 0, 7, 0);
    for i in 0..5 {
        total = (total * v[a % v.len()] + v[b % v.len()] * v[c] - v[d % v.len()]).cos();
        // Each of these depends on what is carried itself.
        a += a % 3;
        b += a;
        c -= c / 2;
        d = if v[i] > 0.5 { d + 1 } else { d };
    }
    total
}

#[test]
fn what_depends_on_itself_is_kept() {
    let v: Vec<f64> = (0..8).map(|i| 0.23 + 0.1 * f64::from(i)).collect();
    check_gradient!(by_another, &v);
}

#[differentiable]
fn nested(v: &[f64], n: usize) -> f64 {
    let mut total: f64 = 0.5;
    let mut outer = 0;
    for i in 0..n {
        let mut inner = outer;
        let mut last = 0;
        for j in i..n {
            let mut k = inner;
            for _ in 0..j {
                total = (total + v[k]).sin();
                k += 1;
            }
            inner += j - i;
            last = k;
        }
        total *= v[last % v.len()];
        outer += 1;
    }
    total
}

#[test]
fn counters_start_from_counters_around_them() {
    let v: Vec<f64> = (0..16).map(|i| 0.3 + 0.05 * f64::from(i)).collect();
    check_gradient!(nested, &v, 4);
}

#[differentiable]
fn until(v: &[f64], stride: usize) -> f64 {
    let mut at = 0;
    let mut total: f64 = 1.0;
    loop {
        total = (total * v[at]).sin();
        at += stride;
        if at >= v.len() {
            break;
        }
    }
    while at > stride {
        at -= stride;
        total += v[at] * total;
    }
    total
}

#[test]
fn loops_that_decide_themselves_count_back_too() {
    let v: Vec<f64> = (0..11).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    check_gradient!(until, &v, 3);
    check_gradient!(until, &v, 20);
}

/// A float is no integer: sums of it are rounded, so it is kept.
#[differentiable]
fn rounded(x: f64, n: usize) -> f64 {
    let mut time = 0.1;
    let mut total = 0.0;
    for i in 0..n {
        total += (x * time).sin();
        time += 0.1 * i as f64;
    }
    total
}

#[test]
fn floats_are_not_counted_back() {
    let (_, back) = pullback_rounded(0.7, 40);
    let mut expected = 0.0;
    let mut times = Vec::new();
    let mut time = 0.1;
    for i in 0..40 {
        times.push(time);
        time += 0.1 * f64::from(i);
    }
    for time in times.iter().rev() {
        expected += (0.7 * time).cos() * time;
    }
    assert_eq!(back(1.0).0, expected);
}

/// Scratch memory in nested loops, of which some runs make none.
#[differentiable]
fn scratch(v: &[f64], n: usize) -> f64 {
    let mut total: f64 = 0.1;
    for i in 0..n {
        let size = i % 3 + 1;
        let mut scratch = vec![0.0; size];
        if i != 2 {
            for j in 0..v.len() - size {
                for k in 0..size {
                    scratch[k] = (v[j + k] * total).sin();
                }
                for k in 0..size {
                    total += scratch[k] * scratch[0];
                }
            }
        }
        let mut other = vec![0.0; size];
        for _ in 0..i {
            for k in 0..size {
                other[k] = v[k] * total;
            }
            for k in 0..size {
                total = (total - other[k] * other[size - 1]).cos();
            }
        }
    }
    total
}

#[test]
fn copies_of_several_lengths_are_found_again() {
    let v: Vec<f64> = (0..6).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    check_gradient!(scratch, &v, 5);
}

/// Each method whose slope is had from its result.
#[differentiable]
fn from_results(x: f64, v: &[f64]) -> f64 {
    let mut total = x.sqrt() + x.cbrt() * x.exp2() + x.tan();
    for a in v {
        total = (total * a).tanh() + a.exp() * total.abs().sqrt();
    }
    total
}

#[test]
fn slopes_are_had_from_results() {
    check_gradient!(from_results, 0.7, &[0.3, 0.5, 0.9]);
}

#[differentiable]
fn at_the_edge(x: f64, y: f64) -> f64 {
    x.sqrt() * y + (x * 1e4).exp() * 0.0
}

#[test]
fn a_zero_cotangent_stays_zero_at_the_edge() {
    let (_, back) = pullback_at_the_edge(0.0, 0.0);
    assert_eq!(back(1.0), (0.0, 0.0));
}

#[differentiable]
fn reads_again(v: &[f64], n: usize) -> f64 {
    let mut memory = v.to_vec();
    let mut total = 0.0;
    for i in 1..n {
        let before = memory[i - 1] * memory[i - 1] + memory[i];
        memory[i] = before.sin() * memory[i];
        total += memory[i] * memory[i - 1];
        memory[i - 1] = total;
        total += memory[i - 1] * memory[i];
    }
    total + memory[n - 1]
}

#[test]
fn what_is_read_again_is_what_stands_there() {
    check_gradient!(reads_again, &[0.3, 0.7, 0.2, 0.9], 4);
}

/// The same literals, added as `usize`, `i32` and `u8`.
#[differentiable]
fn sums_of_literals(v: &[f64], n: i32) -> f64 {
    let mut total = v[1 + 2] * v[2 * 2];
    for i in 1 + 2..n {
        total += f64::from(i) * v[1 + 2];
    }
    for i in 2 * 2..n as u8 {
        total += f64::from(i) * v[2 * 2].sin();
    }
    total
}

#[test]
fn literals_have_the_types_of_where_they_stand() {
    check_gradient!(sums_of_literals, &[0.3, 0.7, 0.2, 0.9, 0.4], 6);
}

/// Changes the steps that it takes.
#[differentiable]
fn steps_that_grow(v: &[f64], steps: &mut [usize]) -> f64 {
    let (mut at, mut total) = (0, 0.3);
    for i in 0..3 {
        total = (total * v[at]).sin();
        at += steps[i];
        steps[i] += 1;
    }
    total * v[at]
}

#[differentiable]
fn lends_steps(v: &[f64]) -> f64 {
    let mut steps = vec![1_usize, 0, 2];
    steps_that_grow(v, &mut steps) + steps_that_grow(v, &mut steps)
}

#[test]
fn vectors_of_integers_have_no_cotangent() {
    let v: Vec<f64> = (0..7).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    check_gradient!(lends_steps, &v);
}

/// Of such a range nobody could make room for a record each.
#[differentiable]
fn until_small(v: &[f64], most: u64) -> f64 {
    let mut total: f64 = 3.0;
    for i in 0..most {
        for x in v {
            total = (total * x).sin() + 0.1;
        }
        if total < 0.3 || i > 20 {
            break;
        }
    }
    total
}

#[test]
fn a_loop_that_stops_early_has_room_for_what_it_does() {
    check_gradient!(until_small, &[0.9, 0.8], 1 << 60);
}

/// Where only a condition reads what was computed, nothing flows back to it.
#[differentiable]
fn part_in_a_condition(x: f64, v: &mut Vec<f64>) -> f64 {
    let a = v[1].sin_cos().1 + v[0].tanh() + v[0].sqrt().exp();
    if x > a {
        return x;
    }
    v[1] * v[0].sin_cos().0
}

#[differentiable]
fn calls_it(x: f64, v: &[f64]) -> f64 {
    let mut v = v.to_vec();
    part_in_a_condition(x, &mut v) * x
}

#[test]
fn what_a_condition_reads_takes_nothing() {
    check_gradient!(calls_it, 0.3, &[0.2, 0.4]);
    check_gradient!(calls_it, 5.0, &[0.2, 0.4]);
}

/// Steps that do not add up.
#[derive(Clone, Copy)]
struct Doubling;

impl std::ops::Add<Doubling> for usize {
    type Output = usize;
    fn add(self, _: Doubling) -> usize {
        2 * self
    }
}

#[differentiable(no_gradient(step))]
fn by_own_sum(v: &[f64], step: Doubling) -> f64 {
    let mut total: f64 = 0.4;
    let mut at = 1usize;
    for _ in 0..3 {
        total = (total * v[at]).sin();
        at = at + step;
    }
    total * v[at]
}

#[test]
fn a_sum_of_ones_own_is_not_counted_back() {
    let v: Vec<f64> = (0..9).map(|i| 0.3 + 0.1 * f64::from(i)).collect();
    let (value, back) = pullback_by_own_sum(&v, Doubling);
    let dv = back(1.0).0;
    for i in 0..v.len() {
        let moved = |h: f64| {
            let mut v = v.clone();
            v[i] += h;
            by_own_sum(&v, Doubling)
        };
        let slope = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        assert!((dv[i] - slope).abs() < 1e-8, "{i}: {} {slope}", dv[i]);
    }
    assert_eq!(value, by_own_sum(&v, Doubling));
}
