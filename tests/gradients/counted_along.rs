//! Values that loops carry and the reverse sweep counts along again, where it may run the rounds first to last, and loops
//! whose rounds it must run last to first.

use micrograd_core::{check_gradient, differentiable, gradient};

fn numbers(n: u32) -> Vec<f64> {
    (0..n).map(|i| (1.7 * f64::from(i) + 0.4).sin()).collect()
}

/// Triangles one behind the other, times vectors.
macro_rules! triangles {
    ($name:ident, $(#[$outer:ident])?, $(#[$middle:ident])?) => {
        #[differentiable]
        fn $name(packed: &[f64], x: &[f64], d: usize) -> f64 {
            let size = d * (d - 1) / 2;
            let mut y = vec![0.0; d];
            let mut centred = vec![0.0; d];
            let mut total = 0.0;
            $(#[$outer])?
            for c in 0..x.len() / d {
                for i in 0..d {
                    centred[i] = x[c * d + i] * x[0];
                    y[i] = centred[i] * x[1];
                }
                let below = &packed[c * size..(c + 1) * size];
                let mut p = 0;
                $(#[$middle])?
                for i in 0..d {
                    let n = d - 1 - i;
                    for j in 0..n {
                        y[i + 1 + j] += below[p + j] * centred[i];
                    }
                    p += n;
                }
                for i in 0..d {
                    total += y[i] * y[i] * centred[i];
                }
            }
            total
        }
    };
}

triangles!(triangles, ,);
triangles!(triangles_again, #[checkpoint],);
triangles!(triangle_again, , #[checkpoint]);
triangles!(all_again, #[checkpoint], #[checkpoint]);

#[test]
fn a_position_in_packed_memory() {
    for d in [1, 2, 3, 4] {
        let (packed, x) = (numbers(18), numbers(12));
        check_gradient!(triangles, &packed, &x, d);
        let plain = gradient!(triangles, &packed, &x, d);
        assert_eq!(gradient!(triangles_again, &packed, &x, d), plain);
        assert_eq!(gradient!(triangle_again, &packed, &x, d), plain);
        assert_eq!(gradient!(all_again, &packed, &x, d), plain);
    }
}

#[differentiable]
fn wanders(v: &[f64], w: &[f64], seed: usize) -> f64 {
    let mut at = seed;
    let mut y = [0.0; 3];
    for i in 0..w.len() {
        y[i % 3] += v[at] * w[i];
        at = (at * 3 + i) % v.len();
    }
    y[0] * y[1] + y[2].sin()
}

#[differentiable]
fn wanders_on(v: &[f64], w: &[f64], seed: usize) -> f64 {
    let mut total = 0.0;
    for k in 1..4 {
        let mut at = (seed * k) % v.len();
        let mut twice = at;
        for x in w.iter().rev() {
            total += v[at] * x * v[twice];
            at = (at * 3 + k) % v.len();
            twice = 2 * at % v.len();
        }
        total += v[twice].exp();
    }
    total
}

#[test]
fn a_position_that_cannot_be_counted_back() {
    check_gradient!(wanders, &numbers(7), &numbers(9), 2);
    check_gradient!(wanders_on, &numbers(7), &numbers(5), 2);
    check_gradient!(wanders_on, &numbers(7), &[], 2);
}

#[differentiable(no_gradient(step, lengths))]
fn steps(v: &[f64], step: f64, lengths: &[usize]) -> f64 {
    let mut time = 0.5;
    let mut at = v.len();
    let mut y = vec![0.0; lengths.len()];
    for (i, length) in lengths.iter().enumerate() {
        at -= length;
        for j in 0..*length {
            y[i] += v[at + j] * time * v[0];
        }
        time += step;
        time *= 1.1;
    }
    let mut product = 1.0;
    for i in 0..y.len() {
        product *= y[i];
    }
    product * time
}

#[test]
fn floats_and_lengths() {
    check_gradient!(steps, &numbers(9), 0.3, &[2, 1, 4]);
    check_gradient!(steps, &numbers(9), 0.3, &[]);
}

fn start(c: usize) -> usize {
    c * 2 % 3
}

#[differentiable]
fn from_elsewhere(v: &[f64], n: usize) -> f64 {
    let mut y = [0.0; 2];
    for c in 0..n {
        let (mut back, mut along) = (start(c), start(c + 1));
        for i in 0..n {
            y[0] += v[back] * v[i];
            back += i;
        }
        for i in 0..n {
            y[1] += v[along] * v[i] * y[0];
            along = (along + i) * 2 % v.len();
        }
        y[0] *= 0.5;
    }
    y[0] * y[1]
}

#[test]
fn what_it_was_before_may_be_kept() {
    check_gradient!(from_elsewhere, &numbers(12), 4);
}

#[differentiable]
fn carried_through(v: &[f64], n: usize) -> f64 {
    let mut at = 1;
    let mut total = 0.0;
    let mut y = vec![0.0; n];
    for i in 0..n {
        for j in (0..i).step_by(2) {
            y[j] += v[at] * v[i];
            total -= v[at + 1];
            at += 1;
        }
        at += i % 2;
    }
    for x in &y {
        total += x * x;
    }
    total
}

#[test]
fn a_position_that_loops_inside_move() {
    check_gradient!(carried_through, &numbers(16), 6);
}

// The rounds of what follows depend on each other.

#[differentiable]
fn recurrence(v: &[f64], n: usize) -> f64 {
    let mut y = vec![v[0]; n + 1];
    let mut at = 0;
    for i in 0..n {
        y[i + 1] += v[at] * y[i] * y[i];
        at = (at * 2 + 1) % v.len();
    }
    y[n]
}

#[differentiable]
fn overwrites(v: &[f64], n: usize) -> f64 {
    let mut y = vec![v[0]; 2];
    let mut at = 0;
    for i in 0..n {
        y[i % 2] = v[at] * v[i];
        y[1] -= v[at];
        at += 2;
    }
    y[0] * y[1]
}

#[differentiable]
fn multiplies(v: &[f64], n: usize) -> f64 {
    let mut product = v[0];
    let mut at = 0;
    for i in 0..n {
        product *= v[at] + v[i];
        at = (at + i * 3) % v.len();
    }
    product
}

#[differentiable]
fn adds_to_what_it_reads(v: &[f64], n: usize) -> f64 {
    let (mut a, mut b) = (vec![v[1]; n + 1], vec![v[2]; n + 1]);
    let mut at = 1;
    for i in 0..n {
        a[i] += v[at] * b[i + 1];
        b[i] += a[i] * v[at + 1];
        at += 1;
    }
    a[0] * b[0] + a[n - 1] * b[1]
}

#[differentiable]
fn put(y: &mut [f64], at: usize, x: f64) {
    y[at] = y[at] * x + x;
}

#[differentiable]
fn hands_on(v: &[f64], n: usize) -> f64 {
    let mut y = vec![v[0]; 3];
    let mut at = 1;
    for i in 0..n {
        put(&mut y, at % 3, v[i] * v[at]);
        at = (at + i * 5) % v.len();
    }
    y[0] * y[1] * y[2]
}

#[differentiable]
fn some_of_them(v: &[f64], n: usize) -> f64 {
    let mut y = [0.0; 2];
    let mut at = 0;
    for i in 0..n {
        if v[i] > 0.0 {
            y[0] += v[at] * v[i];
            at += 1;
        } else if i > 7 {
            break;
        }
        y[1] += v[at].exp() * v[i];
    }
    y[0] * y[1]
}

#[test]
fn rounds_that_depend_on_each_other() {
    let v = numbers(12);
    for n in [1, 3, 5] {
        check_gradient!(recurrence, &v, n);
        check_gradient!(overwrites, &v, n);
        check_gradient!(multiplies, &v, n);
        check_gradient!(adds_to_what_it_reads, &v, n);
        check_gradient!(hands_on, &v, n);
    }
    check_gradient!(some_of_them, &v, 12);
}
