//! `#[checkpoint]` on loops that carry values of all kinds, in generic functions and in traits.

use micrograd_core::{Differentiable, Scalar, check_gradient, differentiable, gradient};

#[derive(Clone, Debug, Differentiable)]
enum Mode {
    Grow(f64),
    Shrink { by: f64, at: Vec<f64> },
    Rest,
}

macro_rules! modes {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name(p: f64, label: &str, n: usize) -> f64 {
            let mut mode = Mode::Grow(p);
            let mut grid = [[p; 3]; 2];
            let mut seen: Option<f64> = None;
            let mut log = String::new();
            let mut y = p;
            $(#[$checkpoint])?
            for i in 0..n {
                y = match &mode {
                    Mode::Grow(by) => y * by + 0.1,
                    Mode::Shrink { by, at } => y - by * at[0] * label.len() as f64,
                    Mode::Rest => y.sin(),
                };
                mode = match i % 3 {
                    0 => Mode::Shrink {
                        by: y,
                        at: vec![p * y, y],
                    },
                    1 => Mode::Rest,
                    _ => Mode::Grow(y.cos()),
                };
                grid[i % 2][i % 3] *= y;
                if let Some(v) = seen {
                    y += v * grid[1][2];
                }
                if i % 4 == 2 {
                    seen = Some(y * grid[0][1]);
                }
                if log.len() > 1000 {
                    panic!("{log} is too long");
                }
                log = format!("{label}{i}");
            }
            y + grid[0][0]
        }
    };
}

modes!(modes);
modes!(modes_again #[checkpoint]);

#[test]
fn enums_options_arrays_and_texts_are_carried() {
    for n in [0, 1, 2, 3, 10, 100] {
        let (plain, again) = (
            gradient!(modes, 0.7, "abc", n),
            gradient!(modes_again, 0.7, "abc", n),
        );
        assert_eq!(again, plain);
        let f = |p| modes(p, "abc", n);
        let slope = (f(0.7 + 1e-6) - f(0.7 - 1e-6)) / 2e-6;
        let (dp, ..) = again.1;
        assert!(
            (dp - slope).abs() < 1e-6 * (1.0 + slope.abs()),
            "{n}: {dp} and {slope}"
        );
    }
}

#[differentiable]
trait Dynamics {
    fn rate(&self, x: f64) -> f64;

    fn run(&self, x: f64, n: usize) -> f64;

    fn run_again(&self, x: f64, n: usize) -> f64;
}

#[derive(Clone, Debug, Differentiable)]
struct Springs<const N: usize> {
    stiffness: [f64; N],
}

#[differentiable]
impl<const N: usize> Dynamics for Springs<N> {
    fn rate(&self, x: f64) -> f64 {
        let mut rate = 0.0;
        for i in 0..N {
            rate += (self.stiffness[i] * x).sin();
        }
        rate
    }

    fn run(&self, x: f64, n: usize) -> f64 {
        let mut x = x;
        for _ in 0..n {
            x -= 0.1 * self.rate(x);
        }
        x
    }

    fn run_again(&self, x: f64, n: usize) -> f64 {
        let mut x = x;
        #[checkpoint]
        for _ in 0..n {
            x -= 0.1 * self.rate(x);
        }
        x
    }
}

#[test]
fn methods_of_traits_run_again() {
    let springs = Springs {
        stiffness: [0.4, 0.8],
    };
    assert_eq!(springs.run_again(0.3, 20), springs.run(0.3, 20));
    assert!(springs.rate(0.3) > 0.0);
    let (value, back) = springs.pullback_run(0.3, 20);
    let (again, back_again) = springs.pullback_run_again(0.3, 20);
    let ((d_springs, dx, _), (d_again, dx_again, _)) = (back(1.0), back_again(1.0));
    assert_eq!(
        (again, d_again.stiffness, dx_again),
        (value, d_springs.stiffness, dx)
    );
}

macro_rules! scalars {
    ($name:ident $(#[$checkpoint:ident])?) => {
        #[differentiable]
        fn $name<T: Scalar>(x: T, w: &[T], n: usize) -> T {
            let mut y = x;
            $(#[$checkpoint])?
            for i in 0..n {
                y = (y * w[i % w.len()]).sin() + T::one() / (y * y + T::one());
            }
            y
        }
    };
}

scalars!(scalars);
scalars!(scalars_again #[checkpoint]);

#[test]
fn functions_of_any_number_run_again() {
    for n in [0, 1, 2, 3, 10, 100] {
        let w = [0.2, 0.8];
        assert_eq!(
            gradient!(scalars_again, 0.3, &w, n),
            gradient!(scalars, 0.3, &w, n)
        );
        let w = [0.2_f32, 0.8];
        assert_eq!(
            gradient!(scalars_again, 0.3, &w, n),
            gradient!(scalars, 0.3, &w, n)
        );
    }
    check_gradient!(scalars_again, 0.3, &[0.2, 0.8], 10usize);
}
