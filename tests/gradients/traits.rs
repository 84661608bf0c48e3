//! `#[differentiable]` on traits and their implementations.

use micrograd_core::{Differentiable, Scalar, check, differentiable};

#[differentiable]
trait Shape {
    fn area(&self) -> f64;
    fn scaled(&self, by: f64) -> f64;
    fn doubled(&self) -> f64 {
        self.area() * 2.0 + self.scaled(2.0)
    }
}

#[derive(Clone, Copy, Differentiable)]
struct Circle {
    radius: f64,
}

#[derive(Clone, Copy, Differentiable)]
struct Rectangle {
    width: f64,
    height: f64,
}

#[differentiable]
impl Shape for Circle {
    fn area(&self) -> f64 {
        std::f64::consts::PI * self.radius * self.radius
    }
    fn scaled(&self, by: f64) -> f64 {
        self.area() * by * by
    }
}

#[differentiable]
impl Shape for Rectangle {
    fn area(&self) -> f64 {
        self.width * self.height
    }
    fn scaled(&self, by: f64) -> f64 {
        let r = Rectangle {
            width: self.width * by,
            height: self.height * by,
        };
        r.area()
    }
    fn doubled(&self) -> f64 {
        (self.width + self.width) * (self.height + self.height)
    }
}

#[differentiable]
fn total<A: Shape, B: Shape>(a: &A, b: &B, by: f64) -> f64 {
    a.doubled() * b.scaled(by) + b.doubled() * a.area()
}

#[test]
fn generic_code_calls_trait_methods() {
    check::gradient(
        &(
            Circle { radius: 0.7 },
            Rectangle {
                width: 0.3,
                height: 2.0,
            },
            1.3,
        ),
        |(a, b, by)| total(a, b, *by),
        |(a, b, by)| pullback_total(a, b, *by),
    );
}

#[test]
fn a_provided_method_has_a_pullback() {
    check::gradient(
        &(Circle { radius: 0.7 },),
        |(a,)| a.doubled(),
        |(a,)| a.pullback_doubled(),
    );
}

#[differentiable]
impl<A: Shape, B: Shape> Shape for (A, B) {
    fn area(&self) -> f64 {
        self.0.area() + self.1.area()
    }
    fn scaled(&self, by: f64) -> f64 {
        self.0.scaled(by) * self.1.scaled(by)
    }
}

#[test]
fn a_tuple_of_shapes_is_a_shape() {
    let nested = (
        (
            Circle { radius: 0.7 },
            Rectangle {
                width: 0.3,
                height: 2.0,
            },
        ),
        Circle { radius: 0.2 },
    );
    check::gradient(
        &(nested, nested, 1.1),
        |(a, b, by)| total(a, b, *by),
        |(a, b, by)| pullback_total(a, b, *by),
    );
}

#[differentiable]
trait Curve<T: Scalar> {
    fn at(&self, t: T) -> T;
    fn combined(self, other: &Self, t: T) -> T;
}

#[derive(Clone, Copy, Differentiable)]
struct Parabola<T> {
    a: T,
}

#[differentiable]
impl<T: Scalar> Curve<T> for Parabola<T> {
    fn at(&self, t: T) -> T {
        self.a * t * t
    }
    fn combined(self, other: &Self, t: T) -> T {
        self.at(t) * other.at(t)
    }
}

#[differentiable]
fn on_curve<T: Scalar, C: Curve<T>>(c: &C, t: T) -> T {
    c.at(t) + c.at(c.at(t))
}

#[test]
fn a_trait_may_have_type_parameters() {
    check::gradient(
        &(Parabola { a: 0.7 }, 0.4),
        |(c, t)| on_curve(c, *t),
        |(c, t)| pullback_on_curve(c, *t),
    );
    check::gradient(
        &(Parabola { a: 0.7 }, Parabola { a: 0.2 }, 0.4),
        |(c, d, t)| c.combined(d, *t),
        |(c, d, t)| c.pullback_combined(d, *t),
    );
}

#[derive(Clone, Differentiable)]
struct Net {
    weights: Vec<f64>,
}

#[differentiable]
impl Net {
    fn forward(&self, x: f64) -> f64 {
        let mut y = x;
        for w in &self.weights {
            y = Self::activated(y * w);
        }
        y
    }

    fn activated(x: f64) -> f64 {
        x.tanh()
    }

    pub fn loss(&self, x: f64, y: f64) -> f64 {
        let e = self.forward(x) - y;
        e * e
    }
}

#[test]
fn a_whole_inherent_impl_is_differentiable() {
    check::gradient(
        &(
            Net {
                weights: vec![0.5, 1.5, -0.7],
            },
            0.6,
            0.1,
        ),
        |(n, x, y)| n.loss(*x, *y),
        |(n, x, y)| n.pullback_loss(*x, *y),
    );
}

#[differentiable]
trait Extension {
    fn squared(self) -> f64;
    fn plus(&self, other: f64) -> f64;
}

#[differentiable]
impl Extension for f64 {
    fn squared(self) -> f64 {
        self * self
    }
    fn plus(&self, other: f64) -> f64 {
        self + other
    }
}

#[differentiable]
fn extended(x: f64) -> f64 {
    x.squared().plus(x) * (x + 1.0).squared()
}

#[test]
fn an_extension_trait_of_numbers_is_called() {
    micrograd_core::check_gradient!(extended, 0.4);
}

#[differentiable]
impl Shape for Box<Circle> {
    fn area(&self) -> f64 {
        self.radius
    }
    fn scaled(&self, by: f64) -> f64 {
        self.radius * by
    }
}

#[test]
fn a_trait_is_implemented_for_a_box() {
    let circle = Box::new(Circle { radius: 2.0 });
    let (value, back) = circle.pullback_scaled(3.0);
    assert_eq!((value, back(1.0).1), (6.0, 2.0));
}

#[differentiable]
trait Elevation {
    fn height(&self, x: f64, y: f64) -> f64;
}

#[derive(Clone, Differentiable)]
struct Ramp {
    a: f64,
}

#[differentiable]
impl Elevation for Ramp {
    fn height(&self, x: f64, y: f64) -> f64 {
        self.a * x * x + y
    }
}

#[derive(Clone, Differentiable)]
struct Level(f64);

impl Level {
    #[differentiable]
    fn height(&self, x: f64) -> f64 {
        self.0 * x
    }
}

#[differentiable]
fn heights<C: Elevation>(curve: &C, level: &Level, x: f64) -> f64 {
    let below = curve.height(x, 1.0);
    curve.height(x, below) * level.height(x) * (&level).height(below)
}

#[test]
fn a_method_of_a_bound_is_found_beside_another_of_its_name() {
    micrograd_core::check_gradient!(heights, &Ramp { a: 0.7 }, &Level(1.3), 0.4);
}

#[derive(Clone, Differentiable)]
struct Slope(f64);

impl Slope {
    #[differentiable]
    fn height(&self) -> f64 {
        self.0.sin()
    }

    fn count(&self) -> usize {
        7
    }
}

#[differentiable]
trait Counted: Elevation {
    fn count(&self, x: f64) -> usize;
    fn counted(&self, x: f64) -> f64 {
        self.count(x) as f64 * self.height(x, x)
    }
}

#[differentiable]
impl Elevation for Slope {
    fn height(&self, x: f64, y: f64) -> f64 {
        self.0 * x * y
    }
}

#[differentiable]
impl Counted for Slope {
    fn count(&self, x: f64) -> usize {
        self.count() + x as usize
    }
}

#[differentiable]
fn both_heights(slope: &Slope, x: f64) -> f64 {
    let counted = slope.counted(x);
    slope.height() * x + counted
}

#[test]
fn a_type_has_an_inherent_method_and_one_of_a_trait_by_one_name() {
    micrograd_core::check_gradient!(both_heights, &Slope(0.7), 1.3);
    let (value, back) = Elevation::pullback_height(&Slope(0.7), 2.0, 3.0);
    let (slope, dx, dy) = back(1.0);
    assert_eq!(
        (value, slope.0, dx, dy),
        (0.7 * 2.0 * 3.0, 6.0, 0.7 * 3.0, 0.7 * 2.0)
    );
}
