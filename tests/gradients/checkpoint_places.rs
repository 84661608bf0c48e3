//! `#[checkpoint]` in all places where a loop may stand, and over all that it may run along.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};
use nalgebra::{DMatrix, DVector};

/// Compares value and gradient of a function with those of the same function with the attribute, to the bit.
macro_rules! check_same {
    ($plain:ident, $again:ident $(, $arg:expr)*) => {
        let (plain, again) = (gradient!($plain $(, $arg)*), gradient!($again $(, $arg)*));
        assert_eq!(format!("{again:?}"), format!("{plain:?}"));
    };
}

macro_rules! ranges {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: f64, n: usize) -> f64 {
            let mut y = x;
            $(#[$checkpoint])?
            for i in 0..=n {
                y = (y + i as f64).sin();
            }
            $(#[$checkpoint])?
            for i in (0..n).step_by(3) {
                y = (y * i as f64).cos() + x;
            }
            $(#[$checkpoint])?
            for i in (1..n as u32).step_by(2).rev() {
                y = (y / i as f64).exp() - x;
            }
            $(#[$checkpoint])?
            for i in -2..n as i64 {
                y = (y + i as f64 * x).sin();
            }
            y
        }
    };
}

ranges!(ranges);
ranges!(ranges_again #[checkpoint]);

macro_rules! chains {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: &[f64], w: &[f64], p: f64) -> f64 {
            let mut y = p;
            $(#[$checkpoint])?
            for (i, (a, b)) in x.iter().zip(w).enumerate().filter(|(i, _)| i % 4 != 1) {
                y = (y * a + b * i as f64).sin();
            }
            $(#[$checkpoint])?
            for v in x.iter().chain(w).rev() {
                y = (y * v).cos() * p;
            }
            $(#[$checkpoint])?
            for pair in w.windows(2).map(|pair| pair[0] * pair[1]) {
                y = (y + pair).sin();
            }
            $(#[$checkpoint])?
            for v in x.iter().flat_map(|v| w.iter().map(move |u| u * v)).take(30) {
                y = (y + v).sin();
            }
            $(#[$checkpoint])?
            for v in &x.to_vec() {
                y = (y - v).cos();
            }
            y
        }
    };
}

chains!(chains);
chains!(chains_again #[checkpoint]);

#[test]
fn ranges_and_chains() {
    for n in [0, 1, 2, 3, 10, 100] {
        check_same!(ranges, ranges_again, 0.7, n);
        let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        let w: Vec<f64> = (0..n).map(|i| (i as f64 * 0.3).cos()).collect();
        check_same!(chains, chains_again, &x, &w, 0.7);
    }
    check_gradient!(ranges_again, 0.7, 10usize);
    check_gradient!(chains_again, &[0.3, 0.8, -0.4], &[1.2, -0.7, 0.1], 0.7);
}

macro_rules! nested {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: &[f64], p: f64, n: usize) -> f64 {
            let mut state = x.to_vec();
            let mut energy = p;
            $(#[$checkpoint])?
            for i in 0..n {
                let mut local = vec![p; x.len()];
                $(#[$checkpoint])?
                for j in 0..n {
                    let k = (i + j) % x.len();
                    local[k] = (local[k] + energy * state[k]).sin();
                    energy += 0.1 * local[k] * state[k];
                }
                if i % 2 == 0 {
                    $(#[$checkpoint])?
                    for k in 0..x.len() {
                        state[k] = (state[k] + local[k]).cos();
                    }
                }
            }
            energy + state[0]
        }
    };
}

nested!(nested);
nested!(nested_again #[checkpoint]);

macro_rules! inside {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: &[f64], p: f64, n: usize) -> f64 {
            let mut table = Vec::new();
            for v in x {
                table.push(v * p);
            }
            let mut scratch = vec![0.0; x.len()];
            let mut total = 1.0;
            for round in 0..3 {
                for k in 0..x.len() {
                    scratch[k] = (table[k] * total).sin();
                }
                $(#[$checkpoint])?
                for i in 0..n {
                    let k = i % x.len();
                    total = (total * scratch[k] + table[(k + 1) % x.len()]).cos();
                }
                table[round % x.len()] = total * p;
                if total > 0.0 {
                    $(#[$checkpoint])?
                    for i in 0..n {
                        total += (table[i % x.len()] * total).sin();
                    }
                }
                table.push(total);
            }
            total + table[0]
        }
    };
}

inside!(inside);
inside!(inside_again #[checkpoint]);

macro_rules! settled {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: &[f64], p: f64, n: usize) -> f64 {
            let mut table = vec![0.0; x.len()];
            for k in 0..x.len() {
                table[k] = (x[k] * p).exp();
            }
            let row = &table[..x.len() / 2 + 1];
            let mut y = p;
            $(#[$checkpoint])?
            for i in 0..n {
                let v = row[i % row.len()] * table[i % table.len()];
                y = (y * v).sin();
            }
            y
        }
    };
}

settled!(settled);
settled!(settled_again #[checkpoint]);

#[test]
fn loops_in_loops_and_branches() {
    let x = [0.3, -0.2, 0.5, 0.1];
    for n in [0, 1, 2, 3, 10, 40] {
        check_same!(nested, nested_again, &x, 0.8, n);
        check_same!(inside, inside_again, &x, 0.8, n);
        check_same!(settled, settled_again, &x, 0.8, n);
    }
    check_gradient!(nested_again, &x, 0.8, 5usize);
    check_gradient!(inside_again, &x, 0.8, 5usize);
    check_gradient!(settled_again, &x, 0.8, 5usize);
}

#[differentiable]
fn twice(f: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(f(x))
}

macro_rules! closures {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: f64, p: f64, n: usize) -> f64 {
            let step = |mut y: f64| {
                $(#[$checkpoint])?
                for i in 0..n {
                    y = (y * p + i as f64).sin();
                }
                y
            };
            let y = step(x) * step(p);
            let mut z = twice(
                |t| {
                    let mut t = t;
                    $(#[$checkpoint])?
                    for _ in 0..n {
                        t = (t * p).cos() + x;
                    }
                    t
                },
                y,
            );
            $(#[$checkpoint])?
            for _ in 0..n {
                let scale = p * z;
                z = twice(|t| (t * scale).sin(), z);
            }
            z
        }
    };
}

closures!(closures);
closures!(closures_again #[checkpoint]);

#[test]
fn closures_and_function_values() {
    for n in [0, 1, 2, 3, 10, 100] {
        check_same!(closures, closures_again, 0.4, 0.8, n);
    }
    check_gradient!(closures_again, 0.4, 0.8, 10usize);
}

macro_rules! network {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(w: &DMatrix<f64>, b: &DVector<f64>, x: &DVector<f64>, n: usize) -> f64 {
            let mut h = x.clone();
            let mut last = None;
            let mut sum = DVector::zeros(x.len());
            $(#[$checkpoint])?
            for i in 0..n {
                let z = w * &h + b;
                if i % 2 == 0 {
                    h = z.map(|v| v.tanh());
                } else {
                    h[i % x.len()] = z[0];
                }
                sum += &h;
                last = Some(h.dot(x));
            }
            sum.norm_squared() + h.column(0).sum() + last.unwrap_or(0.0)
        }
    };
}

network!(network);
network!(network_again #[checkpoint]);

#[test]
fn matrices() {
    let w = DMatrix::from_fn(3, 3, |i, j| ((i * 3 + j) as f64).sin());
    let (b, x) = (
        DVector::from_vec(vec![0.1, -0.4, 0.2]),
        DVector::from_vec(vec![0.3, 0.5, -0.9]),
    );
    for n in [0, 1, 2, 3, 10, 100] {
        check_same!(network, network_again, &w, &b, &x, n);
    }
    check_gradient!(network_again, &w, &b, &x, 6usize);
}

#[derive(Clone, Debug, Differentiable)]
struct Filter {
    gain: f64,
    taps: Vec<f64>,
}

#[differentiable]
impl Filter {
    fn advance(&mut self, v: f64) -> f64 {
        for k in (1..self.taps.len()).rev() {
            self.taps[k] = self.taps[k - 1];
        }
        self.taps[0] = v;
        let mut sum = 0.0;
        for t in &self.taps {
            sum += t * self.gain;
        }
        sum.sin()
    }

    fn run(&mut self, x: &[f64]) -> f64 {
        let mut y = 0.0;
        for v in x {
            y = self.advance(v + y);
            self.gain *= 0.99;
        }
        y
    }

    fn run_again(&mut self, x: &[f64]) -> f64 {
        let mut y = 0.0;
        #[checkpoint]
        for v in x {
            y = self.advance(v + y);
            self.gain *= 0.99;
        }
        y
    }
}

#[test]
fn methods_that_change_self() {
    for n in [0, 1, 2, 3, 10, 100] {
        let x: Vec<f64> = (0..n).map(|i| (i as f64 * 0.7).sin()).collect();
        let filter = Filter {
            gain: 0.7,
            taps: vec![0.1, 0.2, 0.3],
        };
        let tangent = FilterTangent {
            gain: 0.2,
            taps: vec![0.5, 0.6, 0.7],
        };
        let (mut one, mut two) = (filter.clone(), filter);
        let (value, back) = one.pullback_run(&x);
        let (again, back_again) = two.pullback_run_again(&x);
        assert_eq!(
            format!("{value} {:?} ", back(1.0, tangent.clone())),
            format!("{again} {:?} ", back_again(1.0, tangent))
        );
        assert_eq!(format!("{one:?}"), format!("{two:?}"));
    }
}

macro_rules! sums {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(slope: f64, x: &[f64]) -> f64 {
            let mut total = 0.0;
            $(#[$checkpoint])?
            for v in x {
                let mut y = *v;
                $(#[$checkpoint])?
                for _ in 0..5 {
                    y = (slope * y).sin();
                }
                total += y * y;
            }
            total / x.len() as f64
        }
    };
}

sums!(sums);
sums!(sums_again #[checkpoint]);

#[test]
fn sums_that_are_reversed_one_by_one() {
    let x: Vec<f64> = (0..30).map(|i| f64::from(i) * 0.1).collect();
    check_same!(sums, sums_again, 0.7, &x);
    let ((value, back), (again, back_again)) =
        (pullback_sums(0.7, &x), pullback_sums_again(0.7, &x));
    assert_eq!((value, back(1.0)), (again, back_again(1.0)));
    check_gradient!(sums_again, 0.7, &x);
}

#[differentiable]
fn counted(x: f64, names: &[String]) -> f64 {
    let mut letters = 0;
    #[checkpoint]
    for name in names {
        letters += name.len();
    }
    let mut y = x;
    #[checkpoint]
    for (i, name) in names.iter().enumerate() {
        assert!(name.len() < 100, "{name} is too long");
        let label = name.to_string();
        y = if label.is_empty() {
            y
        } else {
            (y * i as f64).sin()
        };
    }
    y * letters as f64
}

#[test]
fn what_has_no_gradient() {
    let names = ["a", "", "bcd"].map(String::from);
    check_gradient!(counted, 0.7, &names);
    assert_eq!(gradient!(counted, 0.7, &names).0, counted(0.7, &names));
}

macro_rules! counters {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(packed: &[f64], x: f64, n: usize) -> f64 {
            let mut total = x;
            let mut at = 0;
            for round in 0..3 {
                let mut row = round;
                $(#[$checkpoint])?
                for i in 0..n {
                    let mut place = at;
                    for j in i..n {
                        total = (total * packed[(place + j - i) % packed.len()]).sin() + x;
                        place += j;
                    }
                    at += n - i;
                    row += i;
                    total += packed[(at + row) % packed.len()] * total;
                }
                at += row;
            }
            total
        }
    };
}

counters!(counters);
counters!(counters_again #[checkpoint]);

#[test]
fn counters_end_with_their_block() {
    let packed: Vec<f64> = (0..17).map(|i| f64::from(i).cos()).collect();
    for n in [0, 1, 2, 3, 10, 30] {
        check_same!(counters, counters_again, &packed, 0.3, n);
    }
    check_gradient!(counters_again, &packed, 0.3, 6usize);
}

macro_rules! chained {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: &[f64], p: f64) -> f64 {
            let mut stack = x.to_vec();
            let mut y = p;
            $(#[$checkpoint])?
            while y < 100.0
                && let Some(v) = stack.pop()
            {
                y = (y * v).sin() + v * y;
            }
            let z = $(#[$checkpoint])?
            loop {
                y = y.cos() + p;
                if y > 1.2 {
                    break y * p;
                }
                stack.push(y);
                if stack.len() > 20 {
                    break stack[3];
                }
            };
            z * y
        }
    };
}

chained!(chained);
chained!(chained_again #[checkpoint]);

#[test]
fn chains_of_conditions_and_breaks_with_a_value() {
    let x = [0.1, 0.7, 0.3, 0.5];
    for p in [-0.4, 0.3, 0.6] {
        check_same!(chained, chained_again, &x, p);
        check_gradient!(chained_again, &x, p);
    }
}

macro_rules! products {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(x: &[f64], p: f64) -> f64 {
            let mut total = p;
            $(#[$checkpoint])?
            for i in 1..x.len() {
                total += p * x[i - 1] * x[i];
            }
            let mut count = 0;
            $(#[$checkpoint])?
            for i in 1..x.len() {
                total -= p * x[count] * x[i];
                count += 1;
            }
            total
        }
    };
}

products!(products);
products!(products_again #[checkpoint]);

#[test]
fn loops_without_records_have_their_order() {
    let x: Vec<f64> = (0..100).map(|i| (f64::from(i) * 0.7).sin() / 3.0).collect();
    check_same!(products, products_again, &x, 0.3);
    check_gradient!(products_again, &x, 0.3);
}
