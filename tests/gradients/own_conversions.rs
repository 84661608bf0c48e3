//! Conversions into own types and out of them, with `#[differentiable]` on the `impl`s of `From`.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};

#[derive(Clone, Copy, Debug, Differentiable)]
struct V3 {
    x: f64,
    y: f64,
    z: f64,
}

#[differentiable]
impl From<[f64; 3]> for V3 {
    fn from(a: [f64; 3]) -> V3 {
        V3 {
            x: a[0],
            y: a[1] * a[1],
            z: a[2],
        }
    }
}

#[differentiable]
impl From<(f64, f64)> for V3 {
    fn from((x, y): (f64, f64)) -> Self {
        Self { x, y, z: x * y }
    }
}

#[differentiable]
impl From<&Vec<f64>> for V3 {
    fn from(numbers: &Vec<f64>) -> Self {
        let mut z = 0.0;
        for number in numbers {
            z += number.sin();
        }
        Self {
            x: numbers[0],
            y: numbers[1],
            z,
        }
    }
}

#[differentiable]
impl From<V3> for f64 {
    fn from(v: V3) -> f64 {
        v.x * v.y * v.z
    }
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Polar {
    radius: f64,
    angle: f64,
}

#[differentiable]
impl From<Polar> for V3 {
    fn from(polar: Polar) -> Self {
        Self::from([
            polar.radius * polar.angle.cos(),
            polar.radius * polar.angle.sin(),
            0.5,
        ])
    }
}

#[differentiable]
fn from_arrays(p: [f64; 3], polar: Polar) -> f64 {
    let (v, w) = (V3::from(p), V3::from(polar));
    v.x * w.y + v.y * w.x + v.z * w.z
}

#[differentiable]
fn into_what_is_declared(p: [f64; 3], q: f64) -> f64 {
    let v: V3 = p.into();
    let w: V3 = (p[0], q).into();
    let volume: f64 = w.into();
    v.x * w.z + v.y * volume
}

#[differentiable]
fn of_a_vector(numbers: &Vec<f64>, k: f64) -> f64 {
    let v = V3::from(numbers);
    let mut total = k;
    for i in 0..numbers.len() {
        let w = V3::from([numbers[i], v.y, k]);
        total = (total * w.x).sin() + w.y * w.z;
    }
    total * v.z
}

#[derive(Clone, Debug, Differentiable)]
struct Row<T> {
    items: Vec<T>,
    first: T,
}

#[differentiable]
impl<T: num_traits::Float> From<Vec<T>> for Row<T> {
    fn from(items: Vec<T>) -> Self {
        let first = items[0] * items[1];
        Row { items, first }
    }
}

#[differentiable]
fn of_any_type(numbers: Vec<f64>) -> f64 {
    let row = Row::from(numbers);
    row.first * row.items[1] + row.items[0].sin()
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Kelvin(f64);

#[differentiable(no_gradient(celsius))]
impl From<f64> for Kelvin {
    fn from(celsius: f64) -> Self {
        Kelvin(celsius + 273.15)
    }
}

#[differentiable]
fn warmth(celsius: f64, k: f64) -> f64 {
    Kelvin::from(celsius).0 * k
}

#[test]
fn a_conversion_has_the_derivative_of_its_body() {
    let polar = Polar {
        radius: 1.3,
        angle: 0.4,
    };
    check_gradient!(from_arrays, [0.5, 1.2, -0.7], polar);
    check_gradient!(into_what_is_declared, [0.5, 1.2, -0.7], 0.8);
    check_gradient!(of_a_vector, &vec![0.5, 1.2, -0.7, 0.3], 0.8);
    check_gradient!(of_any_type, vec![0.5, 1.2, -0.7]);
}

#[test]
fn what_is_excluded_in_a_conversion_has_no_derivative() {
    assert_eq!(gradient!(warmth, 20.0, 2.0), (2.0 * 293.15, (0.0, 293.15)));
}
