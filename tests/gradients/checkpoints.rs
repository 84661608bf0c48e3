//! `#[differentiable(checkpoint)]`: the pullback keeps nothing and runs the function again.

use micrograd_core::{Differentiable, check, check_gradient, differentiable};

#[differentiable]
fn relaxed(mut u: Vec<f64>, drive: f64, steps: usize) -> Vec<f64> {
    for _ in 0..steps {
        for i in 1..u.len() {
            u[i] += 0.1 * (drive * u[i - 1]).sin();
        }
    }
    u
}

#[differentiable(checkpoint)]
fn some_steps(u: Vec<f64>, drive: f64, steps: usize) -> Vec<f64> {
    relaxed(u, drive, steps)
}

#[differentiable]
fn in_parts(u: Vec<f64>, drive: f64, parts: usize, steps: usize) -> f64 {
    let mut u = u;
    for _ in 0..parts {
        u = some_steps(u, drive, steps);
    }
    u[u.len() - 1]
}

#[differentiable]
fn at_once(u: Vec<f64>, drive: f64, steps: usize) -> f64 {
    let u = relaxed(u, drive, steps);
    u[u.len() - 1]
}

#[test]
fn running_again_gives_the_same_gradient() {
    let u = vec![0.3, -0.2, 0.5, 0.1];
    check_gradient!(in_parts, u.clone(), 0.8, 3usize, 4usize);
    let (value, back) = pullback_in_parts(u.clone(), 0.8, 3, 4);
    let (expected, whole) = pullback_at_once(u, 0.8, 12);
    let (du, drive, ..) = back(1.0);
    assert_eq!((value, du, drive), {
        let (du, drive, _) = whole(1.0);
        (expected, du, drive)
    });
}

#[derive(Clone, Debug, Differentiable)]
struct Decay {
    rate: f64,
}

impl Decay {
    #[differentiable(checkpoint)]
    fn after(&self, x: f64, steps: usize) -> Option<f64> {
        let mut x = x;
        for _ in 0..steps {
            x -= self.rate * x.sin();
            if x < 0.0 {
                return None;
            }
        }
        Some(x)
    }

    #[differentiable]
    fn twice(&self, x: f64) -> Option<f64> {
        let x = self.after(x, 3)?;
        self.after(x * x, 2)
    }
}

#[test]
fn methods_and_failures_are_run_again() {
    let decay = Decay { rate: 0.2 };
    check::gradient(
        &(decay.clone(), 0.9),
        |(decay, x)| decay.twice(*x).unwrap(),
        |(decay, x)| decay.pullback_twice(*x).unwrap(),
    );
    assert!(Decay { rate: 4.0 }.pullback_twice(0.9).is_none());
}

#[differentiable(checkpoint)]
fn generic<T: num_traits::Float>(x: T, w: &[T]) -> T {
    let mut y = x;
    for v in w {
        y = (y * *v).sin();
    }
    y
}

#[test]
fn generic_functions_are_run_again() {
    check_gradient!(generic, 0.4, &[0.9, 1.3]);
}

struct Settings {
    steps: usize,
}

#[differentiable(checkpoint, no_gradient(settings, offsets))]
fn with_settings(x: f64, settings: &Settings, offsets: &[f64]) -> f64 {
    let mut x = x;
    for i in 0..settings.steps {
        x = (x + offsets[i]).sin();
    }
    x * x
}

#[test]
fn what_is_excluded_stays_so() {
    let (x, offsets) = (0.4, [0.2, -0.5]);
    let settings = Settings { steps: 2 };
    let (value, back) = pullback_with_settings(x, &settings, &offsets);
    assert_eq!(value, with_settings(x, &settings, &offsets));
    let f = |x| with_settings(x, &settings, &offsets);
    assert!((back(1.0).0 - (f(x + 1e-6) - f(x - 1e-6)) / 2e-6).abs() < 1e-9);
}

#[differentiable(checkpoint)]
impl Decay {
    fn twice_again(&self, x: f64) -> f64 {
        x.sin() * self.rate * x
    }
}

#[test]
fn an_impl_hands_it_to_its_methods() {
    check::gradient(
        &(Decay { rate: 0.2 }, 0.9),
        |(decay, x)| decay.twice_again(*x),
        |(decay, x)| decay.pullback_twice_again(*x),
    );
    let _ = Decay::rrule_recorded_twice_again;
}
