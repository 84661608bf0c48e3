//! What a gradient keeps, in bytes at the peak.

use allocation_counter::measure;
use micrograd_core::{differentiable, gradient};
use std::hint::black_box;

#[differentiable]
fn logistic(x: f64, rate: f64, steps: usize) -> f64 {
    let mut x = x;
    for _ in 0..steps {
        x = rate * x * (1.0 - x);
    }
    x
}

#[test]
fn a_loop_keeps_what_it_carries_and_no_more() {
    let steps = 10_000;
    let used = measure(|| {
        let _ = gradient!(logistic, 0.3, 3.1, steps);
    });
    assert_eq!(used.bytes_max, 8 * steps as u64);
}

#[differentiable(checkpoint)]
fn some_steps(x: f64, rate: f64, steps: usize) -> f64 {
    logistic(x, rate, steps)
}

#[differentiable]
fn in_parts(x: f64, rate: f64, parts: usize, steps: usize) -> f64 {
    let mut x = x;
    for _ in 0..parts {
        x = some_steps(x, rate, steps);
    }
    x
}

#[test]
fn checkpoints_keep_a_root_of_the_steps() {
    let used = measure(|| {
        let _ = gradient!(in_parts, 0.3, 3.1, 100, 100);
    });
    // A number for each part, and one for each step of the part that is run again; a pullback holds nothing.
    assert!(used.bytes_max <= 8 * (100 + 100), "{}", used.bytes_max);
}

#[differentiable(no_gradient(x, y))]
fn squares(slope: f64, offset: f64, x: &[f64], y: &[f64]) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let residual = (slope * x[i]).exp() + offset - y[i];
        total += residual * residual;
    }
    total / x.len() as f64
}

#[test]
fn a_sum_whose_cotangent_is_known_keeps_nothing() {
    let x: Vec<f64> = (0..10_000).map(|i| f64::from(i) * 1e-4).collect();
    let used = measure(|| {
        let _ = gradient!(squares, 0.5, 0.1, &x, &x);
    });
    assert_eq!(used.bytes_max, 0);
}

#[differentiable]
fn polynomial(coefficients: &[f64], x: f64) -> f64 {
    let mut y = 0.0;
    for c in coefficients {
        y = y * x + c;
    }
    y
}

#[test]
fn what_is_only_read_is_not_copied() {
    let coefficients = vec![0.5; 10_000];
    let used = measure(|| {
        drop(black_box(gradient!(polynomial, &coefficients, 0.9)));
    });
    // The carried value of each step, and the gradient.
    assert_eq!(used.bytes_max, 2 * 8 * 10_000);
}

#[differentiable]
fn largest(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if x.sin() > max {
            max = x.sin();
        }
    }
    max
}

#[test]
fn a_maximum_keeps_the_round_that_found_it() {
    let v: Vec<f64> = (0..10_000).map(|i| f64::from(i) * 1e-4).collect();
    let used = measure(|| {
        let _ = pullback_largest(&v);
    });
    assert_eq!(used.bytes_max, 0);
}

#[differentiable]
fn turned(a: [f64; 2], b: &[f64]) -> f64 {
    (a[0] * b[1] - a[1] * b[0]).powi(3) * 0.5
}

#[test]
fn a_pullback_keeps_no_literals() {
    let b = vec![1.5, 2.5];
    let (_, back) = pullback_turned([2.0, 3.0], &b);
    // Two numbers, a slice and the difference.
    assert_eq!(size_of_val(&back), 2 * 8 + 16 + 8);
    assert_eq!(
        back(1.0),
        (
            [3.0 * 0.5 * 2.5 * 0.25, -3.0 * 0.5 * 1.5 * 0.25],
            vec![-4.5 * 0.25, 3.0 * 0.25]
        )
    );
}

#[differentiable]
fn product(a: &[[f64; 3]; 3], b: &[[f64; 3]; 3]) -> [[f64; 3]; 3] {
    let mut c = [[0.0; 3]; 3];
    for i in 0..3 {
        for j in 0..3 {
            for k in 0..3 {
                c[i][j] += a[i][k] * b[k][j];
            }
        }
    }
    c
}

#[test]
fn a_pullback_keeps_no_ranges_and_shapes() {
    let a = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [7.0, 8.0, 9.0]];
    let (_, back) = pullback_product(&a, &a);
    // A reference to each factor.
    assert_eq!(size_of_val(&back), 2 * 8);
    let (da, _) = back([[1.0, 0.0, 0.0], [0.0; 3], [0.0; 3]]);
    assert_eq!(da, [[1.0, 4.0, 7.0], [0.0; 3], [0.0; 3]]);
}

/// The sum of a packed triangle's columns times a vector, again and again; `at` counts through it.
macro_rules! triangle {
    ($name:ident, $total:literal $operator:tt) => {
        #[differentiable]
        fn $name(packed: &[f64], x: &[f64], rounds: usize) -> f64 {
            let n = x.len();
            let mut total = $total;
            for _ in 0..rounds {
                let mut at = 0;
                for i in 0..n {
                    for j in i..n {
                        total $operator packed[at + j - i] * x[i];
                    }
                    at += n - i;
                }
            }
            total
        }
    };
}

triangle!(sum_of_triangle, 0.0 +=);
triangle!(product_of_triangle, 1.0 *=);

#[test]
fn a_counter_of_rounds_in_any_order_is_not_kept() {
    let (n, rounds) = (40, 100);
    let (packed, x) = (vec![0.5; n * (n + 1) / 2], vec![0.1; n]);
    let (_, back) = pullback_sum_of_triangle(&packed, &x, rounds);
    let gradients = 8 * (packed.len() + n) as u64;
    let used = measure(|| {
        let _ = back(1.0);
    });
    assert_eq!(used.bytes_max, gradients);
    let used = measure(|| {
        let _ = pullback_sum_of_triangle(&packed, &x, rounds);
    });
    assert_eq!(used.bytes_max, 0);
}

#[test]
fn a_counter_is_kept_once_a_loop() {
    let (n, rounds) = (40, 100);
    let (packed, x) = (vec![0.5; n * (n + 1) / 2], vec![0.1; n]);
    let used = measure(|| {
        let _ = pullback_product_of_triangle(&packed, &x, rounds);
    });
    // There is room for rows as long as the first.
    let products = 8 * (rounds * n * n) as u64;
    assert_eq!(used.bytes_max, products + 8 * rounds as u64);
}

macro_rules! diffusion {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable(no_gradient(steps))]
        fn $name(start: &[f64], rate: f64, steps: usize) -> f64 {
            let mut u = start.to_vec();
            $(#[$checkpoint])?
            for _ in 0..steps {
                for i in 1..u.len() {
                    u[i] += rate * (u[i - 1] - u[i]) * u[i];
                }
            }
            u[u.len() - 1]
        }
    };
}

diffusion!(diffusion);
diffusion!(diffusion_again #[checkpoint]);

#[test]
fn a_loop_that_runs_again_keeps_a_root_of_its_iterations() {
    let (start, steps) = (vec![0.3; 100], 10_000);
    let state = 8 * start.len() as u64;
    let plain = measure(|| {
        let _ = gradient!(diffusion, &start, 0.1, steps);
    });
    let again = measure(|| {
        let _ = gradient!(diffusion_again, &start, 0.1, steps);
    });
    // A state for each of 100 blocks, and for each of 100 iterations three numbers an element.
    assert!(
        again.bytes_max <= (100 + 3 * 100 + 10) * state,
        "{}",
        again.bytes_max
    );
    assert!(
        plain.bytes_max >= 3 * 10_000 * state * 99 / 100,
        "{}",
        plain.bytes_max
    );
    let fewer = measure(|| {
        let _ = gradient!(diffusion_again, &start, 0.1, steps / 100);
    });
    assert!(fewer.bytes_max * 8 < again.bytes_max, "{}", fewer.bytes_max);
}

macro_rules! relaxation {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(target: f64, tolerance: f64) -> f64 {
            let mut x = target;
            $(#[$checkpoint])?
            while (x.sin() - x).abs() > tolerance {
                x = x.sin();
            }
            x
        }
    };
}

relaxation!(relaxation);
relaxation!(relaxation_again #[checkpoint]);

#[test]
fn a_loop_whose_end_is_not_known_keeps_a_root_as_well() {
    // x falls like √(3/n), so that x³/6 is this after 196 000 iterations: 626 blocks, of which the longest has 626.
    let tolerance = 1e-8;
    let plain = measure(|| {
        let _ = gradient!(relaxation, 1.0, tolerance);
    });
    let again = measure(|| {
        let _ = gradient!(relaxation_again, 1.0, tolerance);
    });
    // A number and an index for each block, a number and which way it went for each iteration.
    assert!(
        again.bytes_max <= 2 * 626 * (16 + 24),
        "{}",
        again.bytes_max
    );
    assert!(plain.bytes_max >= 196_000 * 16, "{}", plain.bytes_max);
}

#[differentiable]
fn chained(x: &[f64], w: f64) -> f64 {
    let mut y = vec![0.5; x.len()];
    let mut waves = vec![0.0; x.len()];
    let mut power = w;
    for c in 0..2 {
        for i in 0..x.len() {
            waves[i] = x[i] * w + c as f64;
        }
        for i in 1..x.len() {
            y[i] += waves[i] * y[i - 1];
            power = (power * y[i]).sin();
        }
    }
    power
}

#[differentiable]
fn averaged(x: &[f64], w: f64) -> f64 {
    let y: Vec<f64> = x.iter().map(|v| v * w).collect();
    let mut sums = Vec::new();
    let mut last = Vec::with_capacity(2);
    for v in &y {
        last.push(v.sin());
        sums.push(last[last.len() - 1] + v);
    }
    (chained(&y, w) - chained(&sums, w)) / w
}

#[differentiable]
fn sum_of_parts(x: &[f64], w: f64, parts: usize) -> f64 {
    let size = x.len() / parts;
    let mut total = 0.0;
    for p in 0..parts {
        total += averaged(&x[p * size..(p + 1) * size], w);
    }
    total / parts as f64
}

#[test]
fn calls_in_a_sum_share_their_memory() {
    let allocations = |parts: usize| {
        let x = vec![0.3; 8 * parts];
        measure(|| {
            let _ = gradient!(sum_of_parts, &x, 0.7, parts);
        })
        .count_total
    };
    assert!(allocations(1) > 5, "there is memory to share");
    assert_eq!(allocations(1), allocations(1000));
}
