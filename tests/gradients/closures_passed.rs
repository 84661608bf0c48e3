//! Closures that are handed to differentiable functions.

use micrograd_core::{Differentiable, Scalar, check, check_gradient, differentiable};

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn integral(f: impl Fn(f64) -> f64, a: f64, b: f64, n: usize) -> f64 {
    let h = (b - a) / n as f64;
    let mut s = 0.5 * (f(a) + f(b));
    for i in 1..n {
        s += f(a + i as f64 * h);
    }
    s * h
}

#[differentiable]
fn bound_and_annotated(a: f64, b: f64) -> f64 {
    let g = |t: f64| -> f64 { (a * t).sin() + b };
    integral(g, a, b, 5) * 2.0
}

#[differentiable]
fn inline_and_plain(a: f64, b: f64) -> f64 {
    integral(|t| (a * t).sin() + b * t, 0.0, b, 5) * a
}

#[differentiable]
fn of_nothing(a: f64) -> f64 {
    integral(|t| t * t, 0.0, a, 5)
}

#[differentiable]
fn with_a_constant_captured(a: f64, n: usize) -> f64 {
    let k = n as f64 + 1.0;
    let start = a.powi(2);
    integral(move |t| t.powi(n as i32) * k + start, 0.0, a, n)
}

#[test]
fn a_closure_is_handed_to_a_function() {
    check_gradient!(bound_and_annotated, 0.4, 0.9);
    check_gradient!(inline_and_plain, 0.4, 0.9);
    check_gradient!(of_nothing, 0.4);
    check::gradient(
        &0.7,
        |x| with_a_constant_captured(*x, 3),
        |x| {
            let (value, back) = pullback_with_a_constant_captured(*x, 3);
            (value, move |dy| back(dy).0)
        },
    );
}

#[differentiable]
fn of_sequences(x: &[f64], w: Vec<f64>, c: f64) -> f64 {
    let scaled: Vec<f64> = x.iter().map(|v| v * c).collect();
    let pair = [c, c * c];
    integral(
        |t| {
            let mut s = 0.0;
            for i in 0..x.len() {
                s += x[i] * w[i] * t.powi(i as i32);
            }
            s + scaled[0] * t + pair[1] + w.iter().sum::<f64>()
        },
        0.0,
        c,
        4,
    )
}

#[test]
fn a_closure_captures_sequences() {
    check_gradient!(of_sequences, &[0.4, 0.9, -1.2], vec![1.3, 0.2, 0.7], 0.8);
}

#[derive(Clone, Differentiable)]
struct Spring {
    stiffness: f64,
    lengths: [f64; 2],
}

impl Spring {
    #[differentiable]
    fn force(&self, x: f64) -> f64 {
        -self.stiffness * (x - self.lengths[0])
    }

    #[differentiable]
    fn work(&self, x: f64) -> f64 {
        integral(|t| self.force(t) + self.lengths[1] * t, 0.0, x, 4)
    }

    #[differentiable]
    fn stretch(&mut self, x: f64) -> f64 {
        self.stiffness *= x;
        let y = integral(|t| self.stiffness * t + self.lengths[0], 0.0, x, 4);
        self.lengths[1] += y;
        y * integral(|t| (self.stiffness + self.lengths[1]) * t, 0.0, x, 4)
    }

    #[differentiable]
    fn weighted(&self, weight: impl Fn(f64, f64) -> f64, x: f64) -> f64 {
        self.stiffness * weight(x, self.lengths[1]) + weight(self.lengths[0], x)
    }

    #[differentiable]
    fn twice_weighted(&self, x: f64) -> f64 {
        self.weighted(|a, b| a * b.exp() + self.stiffness, x * x)
    }

    #[differentiable]
    fn mean<F>(f: F, x: f64) -> f64
    where
        F: Fn(Self) -> f64,
    {
        let springs = [0.5, 1.5].map(|k| Spring {
            stiffness: k * x,
            lengths: [x, k],
        });
        (f(springs[0].clone()) + f(springs[1].clone())) / 2.0
    }

    #[differentiable]
    fn mean_force(x: f64, y: f64) -> f64 {
        Self::mean(|spring| spring.force(y) * y, x) + Spring::mean(|s| s.stiffness * y, x)
    }
}

#[test]
fn closures_and_methods() {
    let spring = Spring {
        stiffness: 0.8,
        lengths: [0.3, 0.6],
    };
    check::gradient(
        &(spring.clone(), 0.9),
        |(s, x)| s.work(*x),
        |(s, x)| s.pullback_work(*x),
    );
    check::gradient(
        &(spring, 0.9),
        |(s, x)| s.twice_weighted(*x),
        |(s, x)| s.pullback_twice_weighted(*x),
    );
    check::gradient(
        &(0.7, 0.9),
        |(x, y)| Spring::mean_force(*x, *y),
        |(x, y)| Spring::pullback_mean_force(*x, *y),
    );
}

#[differentiable]
fn nested(a: f64, b: f64) -> f64 {
    integral(|t| integral(|s| s * t * a + b, 0.0, t, 3) + a, 0.0, b, 4)
}

#[differentiable]
fn of_closures(a: f64, b: f64) -> f64 {
    let line = |t: f64| a * t + b;
    let a = a * a;
    let bent = |t| line(t) * line(a) + a;
    integral(|t| bent(t) - line(1.0), 0.0, b, 3)
}

#[differentiable]
fn composed(f: impl Fn(f64) -> f64, g: impl Fn(f64) -> f64, x: f64) -> f64 {
    f(g(x)) * g(f(x))
}

#[differentiable]
fn several(a: f64, x: f64) -> f64 {
    composed(|t| t * a, |t| t.sin() + a, x)
        + composed(square, |t| t * a, x)
        + composed(|t| t / a, square, a)
}

#[differentiable]
fn shifted(f: impl Fn(f64) -> f64, by: f64) -> f64 {
    integral(|t| f(t + by) * by, 0.0, 1.0, 3)
}

#[differentiable]
fn handed_through(a: f64, b: f64) -> f64 {
    shifted(|t| t * t * a, b) + shifted(square, a * b)
}

#[test]
fn closures_within_closures() {
    check_gradient!(nested, 0.4, 0.9);
    check_gradient!(of_closures, 0.4, 0.9);
    check_gradient!(several, 0.4, 0.9);
    check_gradient!(handed_through, 0.4, 0.9);
}

#[differentiable]
fn in_a_loop(a: f64, n: usize) -> f64 {
    let mut x = a;
    let mut path = vec![a];
    for k in 0..n {
        let before = x;
        if k % 2 == 0 {
            x = integral(|t| t * before + path[k], 0.0, a, 3);
        } else {
            x += integral(|t| (t + k as f64).sin() * before, a, x, 2);
        }
        path.push(x);
    }
    x * path[0]
}

#[test]
fn closures_in_loops_and_branches() {
    check::gradient(
        &0.7,
        |x| in_a_loop(*x, 5),
        |x| {
            let (value, back) = pullback_in_a_loop(*x, 5);
            (value, move |dy| back(dy).0)
        },
    );
}

#[differentiable]
fn with_control(a: f64, b: f64) -> f64 {
    integral(
        |t| {
            if t > 1.1 * b {
                return a * t;
            }
            let mut y = t + 0.1;
            while y < 1.0 {
                y *= 1.5 + a;
            }
            match a < 0.5 {
                true => y * b,
                false => y,
            }
        },
        0.0,
        2.0 * b,
        6,
    )
}

#[test]
fn a_closure_may_contain_any_control_flow() {
    check_gradient!(with_control, 0.4, 0.83);
}

#[differentiable]
fn rosenbrock_of(f: impl Fn(&[f64]) -> f64, x: &[f64], h: f64) -> Vec<f64> {
    let mut gradient = vec![0.0; x.len()];
    for i in 0..x.len() {
        let mut y = x.to_vec();
        y[i] += h;
        gradient[i] = (f(&y) - f(x)) / h;
    }
    gradient
}

#[differentiable]
fn differences(x: &[f64], a: f64) -> f64 {
    let g = rosenbrock_of(
        |y: &[f64]| (a - y[0]).powi(2) + a * (y[1] - y[0] * y[0]).powi(2),
        x,
        0.1,
    );
    let h = rosenbrock_of(|y| y.iter().map(|v| v * v * a).sum::<f64>(), x, 0.2);
    g[0] * g[1] + h[1]
}

#[differentiable]
fn rk4(f: &dyn Fn(f64, &[f64]) -> Vec<f64>, y: &[f64], h: f64) -> Vec<f64> {
    let half =
        |k: &[f64], s: f64| -> Vec<f64> { y.iter().zip(k).map(|(y, k)| y + s * k).collect() };
    let k1 = f(0.0, y);
    let k2 = f(h / 2.0, &half(&k1, h / 2.0));
    let k3 = f(h / 2.0, &half(&k2, h / 2.0));
    let k4 = f(h, &half(&k3, h));
    (0..y.len())
        .map(|i| y[i] + h / 6.0 * (k1[i] + 2.0 * k2[i] + 2.0 * k3[i] + k4[i]))
        .collect()
}

#[differentiable]
fn oscillator(mass: f64, damping: f64, y: &[f64]) -> f64 {
    let rhs = |t: f64, y: &[f64]| vec![y[1], -(y[0] + damping * y[1]) / mass + t];
    let y = rk4(&rhs, y, 0.2);
    let y = rk4(&rhs, &y, 0.1);
    let z = rk4(&|t, y| vec![y[1] * mass, t * y[0]], &y, 0.3);
    y[0] * z[1]
}

#[test]
fn closures_may_take_slices() {
    check_gradient!(differences, &[0.7, 0.4], 1.3);
    check_gradient!(oscillator, 0.7, 0.4, &[1.0, 0.2]);
}

#[differentiable]
fn generic_integral<T: Scalar, F: Fn(T) -> T>(f: F, a: T, b: T) -> T {
    (f(a) + f(b)) * (b - a) * T::from_f64(0.5).unwrap()
}

#[differentiable]
fn of_floats(a: f64, b: f32) -> f64 {
    let single = generic_integral(|t| t * b, 0.5, b);
    generic_integral(|t| t * a * t, 0.0, a) + f64::from(single)
}

#[differentiable]
fn generic_through<T: Scalar>(x: T, y: T) -> T {
    generic_integral(|t| t * x + y, x, y)
}

#[test]
fn closures_in_generic_code() {
    check_gradient!(generic_through, 0.4, 0.9);
    let (value, back) = pullback_of_floats(3.0, 2.0);
    assert_eq!(value, of_floats(3.0, 2.0));
    let (da, db) = back(1.0);
    assert!((da - 54.0).abs() < 1e-12, "{da}");
    // (0.5 b + b²) (b - 0.5) / 2 = (b³ - b/4) / 2
    assert!((db - (3.0 * 4.0 - 0.25) / 2.0).abs() < 1e-5, "{db}");
}

#[differentiable]
fn root(f: impl Fn(f64) -> f64, start: f64) -> Result<f64, String> {
    let mut x = start;
    for _ in 0..20 {
        let y = f(x);
        if y.abs() < 1e-14 {
            break;
        }
        let slope = (f(x + 1e-6) - f(x - 1e-6)) / 2e-6;
        if slope == 0.0 {
            return Err("flat".to_string());
        }
        x -= y / slope;
    }
    Ok(x)
}

#[differentiable]
fn square_root(a: f64) -> Result<f64, String> {
    let x = root(|x| x * x - a, 1.0)?;
    let y = root(|x| x * a - 1.0, 1.0).unwrap();
    Ok(x * y)
}

#[test]
fn a_closure_is_handed_to_a_function_that_may_fail() {
    let (value, back) = pullback_square_root(2.0).unwrap();
    assert!((value - 0.5f64.sqrt()).abs() < 1e-9);
    assert!((back(1.0).0 + 0.5 * 2f64.powf(-1.5)).abs() < 1e-6);
}

#[differentiable]
trait Quadrature {
    fn nodes(&self) -> usize;

    fn apply(&self, f: impl Fn(f64) -> f64, x: f64) -> f64 {
        let n = self.nodes();
        let mut s = 0.0;
        for i in 0..n {
            s += f(x * i as f64);
        }
        s
    }
}

#[derive(Clone, Differentiable)]
struct Rule {
    n: usize,
}

#[differentiable]
impl Quadrature for Rule {
    fn nodes(&self) -> usize {
        self.n
    }
}

#[differentiable]
fn by_a_trait(rule: &Rule, a: f64) -> f64 {
    rule.apply(|t| t * t * a, a)
}

#[test]
fn a_closure_is_handed_to_a_method_of_a_trait() {
    check::gradient(
        &0.7,
        |a| by_a_trait(&Rule { n: 3 }, *a),
        |a| {
            let (value, back) = pullback_by_a_trait(&Rule { n: 3 }, *a);
            let slope = back(1.0).1;
            (value, move |dy: f64| dy * slope)
        },
    );
}

#[differentiable]
fn of_many(a: f64, b: &[f64]) -> f64 {
    let [c, d, e, f] = [a * 2.0, a * 3.0, a * 4.0, a * 5.0];
    let [g, h, i, j] = [b[0] * a, b[1] * 2.0, b[0] + a, b[1] - a];
    let [k, l, m, n] = [a.sin(), b[0].cos(), b[1].exp(), a + b[0]];
    integral(
        |t| a * c + d * e + f * g + h * i + j * k + l * m + n * t + b[0],
        0.0,
        1.0,
        2,
    )
}

#[test]
fn a_closure_may_capture_many_values() {
    check_gradient!(of_many, 0.4, &[0.7, 0.9]);
}

#[differentiable]
fn of_patterns(x: f64, y: f64) -> f64 {
    let (a, b) = (x * y, x + y);
    let sum = |(p, q): (f64, f64), r: f64| p * a + q * b + r;
    paired(sum, x) + paired(|pair, r| pair.0 * pair.1 * r + a, y)
}

#[differentiable]
fn paired(f: impl Fn((f64, f64), f64) -> f64, x: f64) -> f64 {
    f((x, x * x), 2.0 * x)
}

#[test]
fn a_closure_may_take_a_tuple() {
    check_gradient!(of_patterns, 0.4, 0.9);
}

#[differentiable]
fn counted(f: impl Fn(usize) -> f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        s += f(i);
    }
    s
}

#[differentiable]
fn of_counts(x: &[f64]) -> f64 {
    counted(|i| x[i] * (i + 1) as f64, x.len())
        + counted(|i: usize| x[i / 2] * i as f64, 2 * x.len())
}

#[test]
fn a_closure_may_take_an_index() {
    check_gradient!(of_counts, &[0.4, 0.9, 1.3]);
}

/// Not `Clone`.
#[derive(Differentiable)]
struct Orbit {
    axis: f64,
    shape: (f64, [f64; 2]),
    #[no_gradient]
    name: String,
}

impl Orbit {
    #[differentiable]
    fn period(&self, x: f64) -> f64 {
        let scaled = |t: f64| t * self.axis;
        let by = integral(
            |t| self.axis * t + self.shape.1[0] * t * t + scaled(t),
            0.0,
            x,
            4,
        );
        by + integral(
            |t| t * self.shape.0 + integral(|s| s * self.axis, 0.0, t, 2),
            0.0,
            x,
            3,
        )
    }
}

#[test]
fn a_closure_captures_the_fields_that_it_uses() {
    let orbit = |axis, offset| Orbit {
        axis,
        shape: (0.3, [offset, 0.2]),
        name: "ellipse".to_string(),
    };
    check::gradient(
        &(0.8, 0.6, 0.9),
        |(axis, offset, x)| orbit(*axis, *offset).period(*x),
        |(axis, offset, x)| {
            let orbit = orbit(*axis, *offset);
            assert_eq!(orbit.name, "ellipse");
            let (value, back) = orbit.pullback_period(*x);
            let (dorbit, dx) = back(1.0);
            let gradient = (dorbit.axis, dorbit.shape.1[0], dx);
            (value, move |dy: f64| {
                (dy * gradient.0, dy * gradient.1, dy * gradient.2)
            })
        },
    );
    check_gradient!(stretched, 0.9, 0.8);
}

#[differentiable]
fn stretched(x: f64, stiffness: f64) -> f64 {
    let mut spring = Spring {
        stiffness,
        lengths: [0.3, 0.6],
    };
    let y = spring.stretch(x);
    y + spring.lengths[1] * spring.stiffness
}

#[differentiable]
fn of_references(x: &f64, y: &mut f64, v: &mut [f64]) -> f64 {
    *y *= 2.0;
    v[0] += integral(|t| t * v[1] * *x + *y, 0.0, *x, 3);
    v[1] *= *y;
    let mut local = [v[0], v[1]];
    local[0] *= *x;
    integral(|t| t * local[0] + v[1..].len() as f64 * *y, 0.0, *y, 3) * local[1]
}

#[differentiable]
fn lends(x: f64, y: f64) -> f64 {
    let (mut y, mut v) = (y, vec![x, y]);
    of_references(&x, &mut y, &mut v) * v[0] + y
}

#[differentiable]
fn unneeded(f: impl Fn(f64) -> f64, x: f64, y: f64) -> f64 {
    // Only compared, so that no derivative is asked for.
    let a = if integral(|t| t * x, 0.0, y, 2) > 0.1 {
        x
    } else {
        y
    };
    let n = root(|t| t * x - 1.0, 2.0).is_ok();
    let m = if root(|t| t * t - y, 2.0).unwrap() > 0.1 {
        1.0
    } else {
        2.0
    };
    let b = if integral(&f, 0.0, 1.0, 2) > 0.0 {
        f(y)
    } else {
        y
    };
    if n {
        a * b + m * integral(f, a, b, 2)
    } else {
        0.0
    }
}

#[differentiable]
fn needless(x: f64, y: f64) -> f64 {
    unneeded(|t| t * x + 1.0, x, y) + unneeded(square, y, x)
}

#[test]
fn closures_and_references() {
    check_gradient!(lends, 0.8, 0.6);
    check_gradient!(needless, 0.8, 0.6);
}
