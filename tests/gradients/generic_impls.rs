//! Methods of generic types: what the derivative needs of the type parameters is asked of the pullbacks alone.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};
use num_traits::Float;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Point<T> {
    x: T,
    y: T,
}

#[differentiable]
impl<T: Float> Point<T> {
    fn new(x: T, y: T) -> Self {
        Point { x, y }
    }

    fn norm(self) -> T {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    fn scaled(&self, k: T) -> Self {
        Self::new(self.x * k, self.y * k)
    }

    fn swap(&mut self) {
        let x = self.x;
        self.x = self.y;
        self.y = x.sin();
    }

    fn folded<const N: usize>(&self, factors: [T; N]) -> T {
        let mut sum = T::zero();
        for factor in factors {
            sum = sum + self.scaled(factor).norm();
        }
        sum
    }
}

/// Not annotated: the methods themselves are those of any float.
fn plain<T: Float>(x: T) -> T {
    Point::new(x, x).norm()
}

#[differentiable]
fn of_a_float<T: Float>(p: Point<T>, k: T) -> T {
    let mut q = p.scaled(k);
    q.swap();
    q.norm() * p.x.powi(2) + q.folded([k, T::one()])
}

#[differentiable]
fn of_a_point(p: Point<f64>, k: f64) -> f64 {
    of_a_float(p, k) + p.norm()
}

#[test]
fn methods_of_generic_types_have_pullbacks() {
    assert_eq!(plain(0.0_f32), 0.0);
    check_gradient!(of_a_point, Point { x: 0.6, y: -0.8 }, 1.7);
    let (value, back) = Point::pullback_norm(Point { x: 3.0_f32, y: 4.0 });
    let (d,) = back(1.0);
    assert_eq!((value, d.x, d.y), (5.0, 0.6, 0.8));
}

#[derive(Clone, Debug, Differentiable)]
struct Table<const D: usize> {
    #[no_gradient]
    knots: Vec<f64>,
    values: [f64; D],
}

#[differentiable]
fn basis(k: usize, t: f64, knots: &[f64]) -> f64 {
    if k == 0 {
        return t - knots[0];
    }
    t * knots[k]
}

#[differentiable]
impl<const D: usize> Table<D> {
    fn at(&self, t: f64) -> f64 {
        self.values[D - 1] * basis(1, t, &self.knots)
    }
}

#[differentiable]
fn twice<const D: usize>(table: &Table<D>, t: f64) -> f64 {
    table.at(t) * table.values[0] * basis(0, t, &table.knots)
}

#[test]
fn excluded_fields_of_generic_types_carry_no_derivative() {
    let table = Table {
        knots: vec![0.2, 1.5],
        values: [0.7, -0.4],
    };
    check_gradient!(twice, &table, 0.3);
}

/// The textbook's, for any dimension.
#[differentiable]
fn euler<const N: usize>(f: impl Fn(f64, &[f64; N]) -> [f64; N], y: [f64; N], h: f64) -> [f64; N] {
    let slope = f(0.0, &y);
    std::array::from_fn(|i| y[i] + h * slope[i])
}

#[differentiable]
fn stepped(x: f64) -> f64 {
    let y = euler(|_t, y: &[f64; 2]| [y[1] * x, -y[0]], [x, 1.0], 0.1);
    y[0] * y[1]
}

#[test]
fn lengths_may_be_parameters() {
    check_gradient!(stepped, 0.7);
    let (_, (dx,)) = gradient!(stepped, 0.7);
    assert!(dx != 0.0);
}

#[differentiable]
trait Limiter {
    fn limited(ratio: f64) -> f64;
}

#[derive(Clone, Differentiable)]
struct MinMod;

#[differentiable]
impl Limiter for MinMod {
    fn limited(ratio: f64) -> f64 {
        ratio.min(1.0).max(0.0) * ratio
    }
}

#[differentiable]
fn slope<L: Limiter>(a: f64, b: f64) -> f64 {
    L::limited(a / b) * b
}

#[differentiable]
fn power<const N: usize>(x: f64) -> f64 {
    let mut y = 1.0;
    for _ in 0..N {
        y *= x;
    }
    y
}

#[differentiable]
fn powers<const N: usize>(x: f64) -> [f64; N] {
    std::array::from_fn(|i| x.powi(i as i32))
}

#[differentiable]
impl<const D: usize> Table<D> {
    fn raised<const N: usize>(&self) -> f64 {
        power::<N>(self.values[0])
    }
}

#[differentiable]
fn of_what_only_the_caller_knows(a: f64, b: f64, table: &Table<2>) -> f64 {
    let p: [f64; 3] = powers(b);
    slope::<MinMod>(a, b) * power::<3>(a) + p[2] * p[1] + powers::<2>(a)[1] + table.raised::<3>()
}

#[test]
fn parameters_need_not_stand_in_the_arguments() {
    let table = Table {
        knots: vec![0.2],
        values: [0.7, -0.4],
    };
    check_gradient!(of_what_only_the_caller_knows, 0.5, 2.0, &table);
    let (value, back) = pullback_power::<3>(2.0);
    assert_eq!((value, back(1.0)), (8.0, (12.0,)));
}
