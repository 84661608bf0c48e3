//! `#[checkpoint]` on a loop: the reverse sweep runs it again block by block.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};

/// A function with a loop, and the same with `#[checkpoint]` on the loop.
macro_rules! twins {
    (
        $plain:ident, $again:ident [$($head:tt)*] { $($before:tt)* }
        loop { $($loop:tt)* }
        then { $($after:tt)* }
    ) => {
        #[differentiable]
        fn $plain $($head)* {
            $($before)*
            $($loop)*
            $($after)*
        }

        #[differentiable]
        fn $again $($head)* {
            $($before)*
            #[checkpoint]
            $($loop)*
            $($after)*
        }
    };
}

/// Compares value and gradient of two functions to the bit.
macro_rules! check_same {
    ($plain:ident, $again:ident $(, $arg:expr)*) => {
        let (plain, again) = (gradient!($plain $(, $arg)*), gradient!($again $(, $arg)*));
        // The text of a number tells its bits.
        assert_eq!(format!("{again:?}"), format!("{plain:?}"));
    };
}

twins! {
    logistic, logistic_again [(x: f64, rate: f64, steps: usize) -> f64] {
        let mut x = x;
    }
    loop {
        for _ in 0..steps {
            x = rate * x * (1.0 - x);
        }
    }
    then { x }
}

#[test]
fn a_carried_number() {
    for steps in [0, 1, 2, 3, 10, 100] {
        check_same!(logistic, logistic_again, 0.3, 3.1, steps);
    }
    check_gradient!(logistic_again, 0.3, 3.1, 10usize);
}

twins! {
    simulate, simulate_again [(x0: &[f64], p: f64, n: usize) -> f64] {
        let mut x = x0.to_vec();
        let mut e = 0.0;
    }
    loop {
        for i in 0..n {
            let scale = p * (i as f64 * 0.1).cos();
            for j in 1..x.len() {
                x[j] += 0.1 * (scale * x[j - 1]).sin();
            }
            if i % 3 == 1 {
                e += x[i % x.len()].powi(2);
            } else {
                x[0] -= 0.01 * e * x[x.len() - 1];
            }
        }
    }
    then { e + x[0] }
}

#[test]
fn memory_that_the_loop_changes() {
    let x = [0.3, -0.2, 0.5, 0.1];
    for n in [0, 1, 2, 3, 10, 100] {
        check_same!(simulate, simulate_again, &x, 0.8, n);
    }
    check_gradient!(simulate_again, &x, 0.8, 10usize);
}

#[derive(Clone, Debug, Differentiable)]
struct Body {
    position: [f64; 2],
    velocity: Vec<f64>,
    mass: f64,
}

#[differentiable]
fn pulled(body: &Body, strength: f64) -> Vec<f64> {
    let mut pull = vec![0.0; 2];
    for i in 0..2 {
        let distance = body.position[i] - 0.3;
        pull[i] = -strength * distance.sin() / body.mass;
    }
    pull
}

twins! {
    orbit, orbit_again [(start: &Body, strength: f64, n: usize) -> f64] {
        let mut body = start.clone();
        let mut previous = start.clone();
    }
    loop {
        for _ in 0..n {
            let pull = pulled(&body, strength);
            let before = body.clone();
            for i in 0..2 {
                body.velocity[i] += 0.1 * pull[i] * previous.mass;
                body.position[i] += 0.1 * body.velocity[i] * previous.position[i].cos();
            }
            previous = before;
        }
    }
    then { body.position[0] * body.position[1] + previous.velocity[1] }
}

#[test]
fn structs_and_calls_with_records_of_their_own() {
    let body = Body {
        position: [1.0, -0.5],
        velocity: vec![0.2, 0.9],
        mass: 1.3,
    };
    for n in [0, 1, 2, 3, 10, 100] {
        check_same!(orbit, orbit_again, &body, 0.8, n);
    }
    check_gradient!(orbit_again, &body, 0.8, 10usize);
}

twins! {
    diffuse, diffuse_again [(u: &mut [f64], scratch: &mut Vec<f64>, body: &mut Body, k: f64, n: usize) -> f64] {
        let mut total = 0.0;
    }
    loop {
        for step in (0..n).rev() {
            for i in 1..u.len() - 1 {
                scratch[i] = u[i] + k * (u[i - 1] - 2.0 * u[i] + u[i + 1]) * u[i];
            }
            for i in 1..u.len() - 1 {
                u[i] = scratch[i] * body.mass;
            }
            body.mass *= 1.0 - 0.01 * u[step % u.len()];
            total += u[1] * body.mass;
        }
    }
    then { total + body.mass }
}

#[test]
fn exclusive_parameters() {
    for n in [0, 1, 2, 3, 10, 100] {
        let run = |again: bool| {
            let mut u = vec![0.1, 0.5, 0.9, -0.3, 0.2];
            let mut scratch = vec![0.0; 5];
            let mut body = Body {
                position: [1.0, -0.5],
                velocity: vec![0.2, 0.9],
                mass: 1.1,
            };
            let du = vec![0.3, -0.2, 0.1, 0.5, 1.0];
            let d_scratch = vec![0.1; 5];
            let d_body = BodyTangent {
                position: [0.0; 2],
                velocity: vec![0.0; 2],
                mass: 0.7,
            };
            if again {
                let (value, back) = pullback_diffuse_again(&mut u, &mut scratch, &mut body, 0.1, n);
                let once = back(1.0, du.clone(), d_scratch.clone(), d_body.clone());
                let twice = back(1.0, du, d_scratch, d_body);
                assert_eq!(format!("{once:?}"), format!("{twice:?}"));
                format!("{value} {once:?} {u:?} {scratch:?} {body:?}")
            } else {
                let (value, back) = pullback_diffuse(&mut u, &mut scratch, &mut body, 0.1, n);
                let once = back(1.0, du, d_scratch, d_body);
                format!("{value} {once:?} {u:?} {scratch:?} {body:?}")
            }
        };
        assert_eq!(run(true), run(false), "{n} steps");
    }
}

twins! {
    newton, newton_again [(a: f64, tolerance: f64, most: usize) -> f64] {
        let mut x = a;
        let mut steps = 0;
    }
    loop {
        while (x * x - a).abs() > tolerance && steps < most {
            x = 0.5 * (x + a / x);
            steps += 1;
        }
    }
    then { x * steps as f64 }
}

twins! {
    searched, searched_again [(x: &[f64], limit: f64) -> f64] {
        let mut product = 1.0;
        let mut sum = 0.0;
    }
    loop {
        'rows: for (i, v) in x.iter().enumerate() {
            if *v < 0.0 {
                continue;
            }
            for j in 0..=i {
                if product > limit {
                    break 'rows;
                }
                if product * sum > 1e6 {
                    return product - sum;
                }
                product *= 1.0 + v * x[j];
            }
            sum += product.ln();
        }
    }
    then { product * sum }
}

twins! {
    drained, drained_again [(start: &[f64], p: f64) -> f64] {
        let mut stack = start.to_vec();
        let mut seen = 0;
        let mut total = 0.0_f64;
        let mut order: Vec<usize> = Vec::new();
    }
    loop {
        while let Some(top) = stack.pop() {
            total += (top * p).sin() * total.cos();
            seen += 1;
            order.push(seen);
            if seen % 3 == 0 && seen < 20 {
                stack.push(top * 0.5);
                stack.push(total);
                stack.reverse();
            }
        }
    }
    then { total * order.len() as f64 }
}

twins! {
    endless, endless_again [(x: f64, n: usize) -> f64] {
        let mut a = x;
        let mut b = 1.0_f64;
        let mut i = 0;
    }
    loop {
        loop {
            if i == n {
                break;
            }
            (a, b) = (b, a * b.sin() + x);
            i += 1;
        }
    }
    then { a - b }
}

#[test]
fn loops_whose_end_is_not_known() {
    for most in [0, 1, 2, 3, 10, 100] {
        check_same!(newton, newton_again, 7.0, 1e-12, most);
        check_same!(endless, endless_again, 0.3, most);
    }
    check_gradient!(newton_again, 7.0, 1e-3, 10usize);
    let x: Vec<f64> = (0..40).map(|i| (f64::from(i) * 0.7).sin()).collect();
    for limit in [0.5, 2.0, 1e2, 1e4, 1e30] {
        check_same!(searched, searched_again, &x, limit);
        check_same!(searched, searched_again, &x[..7], limit);
    }
    check_gradient!(searched_again, &x, 1e4);
    check_same!(drained, drained_again, &x, 0.8);
    check_gradient!(drained_again, &x, 0.8);
    check_same!(drained, drained_again, &[], 0.8);
}

#[differentiable]
fn positive(x: f64) -> Result<f64, String> {
    if x > 0.0 {
        Ok(x.sqrt())
    } else {
        Err(format!("{x}"))
    }
}

twins! {
    failing, failing_again [(x: &[f64], p: f64) -> Result<f64, String>] {
        let mut y = p;
    }
    loop {
        for v in x {
            y = positive(y * v)? + p;
            if y > 100.0 {
                return Err("large".to_string());
            }
        }
    }
    then { Ok(y) }
}

twins! {
    maybe, maybe_again [(x: &[f64], p: f64) -> Option<f64>] {
        let mut y = p;
    }
    loop {
        for i in 0..x.len() {
            y = (y * x.get(i)?).sin() + positive(p).ok()?;
        }
    }
    then { Some(y) }
}

#[test]
fn failures_leave_the_loop() {
    let x = [0.5, 1.5, 0.9, 2.0, 1.1];
    let (value, back) = pullback_failing(&x, 0.7).unwrap();
    let (again, back_again) = pullback_failing_again(&x, 0.7).unwrap();
    assert_eq!((value, back(1.0)), (again, back_again(1.0)));
    assert_eq!(
        pullback_failing_again(&[-1.0], 0.7).err(),
        Some("-0.7".to_string())
    );
    assert_eq!(
        pullback_failing_again(&[1e9], 0.7).err(),
        Some("large".to_string())
    );
    let (value, back) = pullback_maybe(&x, 0.7).unwrap();
    let (again, back_again) = pullback_maybe_again(&x, 0.7).unwrap();
    assert_eq!((value, back(1.0)), (again, back_again(1.0)));
    assert!(pullback_maybe_again(&x, -0.7).is_none());
}

#[differentiable]
fn generic<T: num_traits::Float>(x: T, w: &[T], n: usize) -> T {
    let mut y = x;
    let mut memory = w.to_vec();
    #[checkpoint]
    for i in 0..n {
        let i = i % w.len();
        y = (y * memory[i]).sin() + w[i] * T::one();
        memory[i] = y * x;
    }
    y
}

#[test]
fn generic_functions() {
    check_gradient!(generic, 0.4, &[0.9, 1.3], 10usize);
    let (value, _) = gradient!(generic, 0.4f32, &[0.9f32, 1.3], 10);
    assert_eq!(value, generic(0.4f32, &[0.9, 1.3], 10));
}
