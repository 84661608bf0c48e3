//! Runs the programs and prints the bits of their values and derivatives.

mod dual;
mod numbers;

use numbers::{D, Outcome, Pulled, bits, weight};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How many points each program is evaluated at.
const POINTS: usize = 3;

/// The numbers that a program starts from: between ±0.2 and ±1.4.
fn input(seed: u64, point: usize, index: usize) -> f64 {
    let place = seed as f64 * 0.754_877_666 + point as f64 * 0.569_840_291 + index as f64 * 0.618_033_989;
    let unit = place.fract();
    let size = 0.2 + 1.2 * (unit * 7.0).fract();
    if unit < 0.4 { -size } else { size }
}

fn attempt<T>(program: usize, point: usize, what: &str, run: impl FnOnce() -> T) -> Option<T> {
    let result = catch_unwind(AssertUnwindSafe(run));
    if let Err(panic) = &result {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| text.to_string()));
        let text = text.unwrap_or_default().replace('\n', " ");
        println!("{program} {point} panic {what}: {text}");
    }
    result.ok()
}

fn run(
    program: usize,
    seed: u64,
    plain: fn(&mut dyn FnMut() -> f64, usize) -> Outcome<f64>,
    pulled: fn(&mut dyn FnMut() -> f64, usize) -> Pulled,
    dual: fn(&mut dyn FnMut() -> D, usize) -> Outcome<D>,
) {
    for point in 0..POINTS {
        let mut count = 0;
        let outcome = attempt(program, point, "plain", || {
            plain(&mut || (input(seed, point, count), count += 1).0, point)
        });
        if let Some((success, numbers)) = outcome {
            println!("{program} {point} plain {success} {}", bits(&numbers));
        }
        let inputs = count;
        let mut count = 0;
        let outcome = attempt(program, point, "pullback", || {
            pulled(&mut || (input(seed, point, count), count += 1).0, point)
        });
        if let Some(pulled) = outcome {
            let Pulled { success, numbers, gradient, again } = pulled;
            println!("{program} {point} pullback {success} {}", bits(&numbers));
            println!("{program} {point} gradient {success} {}", bits(&gradient));
            println!("{program} {point} again {success} {}", bits(&again));
        }
        let (mut derivatives, mut values) = (Vec::new(), Vec::new());
        for direction in 0..inputs {
            let mut count = 0;
            let outcome = attempt(program, point, "dual", || {
                let mut next = || {
                    let eps = if count == direction { 1.0 } else { 0.0 };
                    count += 1;
                    D::new(input(seed, point, count - 1), eps)
                };
                dual(&mut next, point)
            });
            let Some((success, numbers)) = outcome else { return };
            values = vec![if success { 1.0 } else { 0.0 }];
            values.extend(numbers.iter().map(|number| number.re));
            let terms = numbers.iter().enumerate().map(|(index, number)| weight(index) * number.eps);
            derivatives.push(terms.sum());
        }
        println!("{program} {point} real true {}", bits(&values));
        println!("{program} {point} forward true {}", bits(&derivatives));
    }
}

fn main() {
    std::panic::set_hook(Box::new(|_| {}));
    programs();
}
