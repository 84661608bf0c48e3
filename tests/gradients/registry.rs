//! What the registry of rules covers: the methods and types that numeric code is written with.

use micrograd_core::{Differentiable, NoTangent, check, check_gradient, differentiable};
use num_traits::{Float, FloatConst, FromPrimitive, ToPrimitive};
use std::cmp::Ordering;
use std::sync::Arc;

// Numbers.

#[differentiable]
fn by_path(x: f64, y: f64) -> f64 {
    let (s, c) = f64::sin_cos(x);
    f64::max(x, y) * f64::sqrt(x) + f64::powi(x, 2) - s * c * f64::hypot(x, y) + f64::EPSILON
}

#[differentiable]
fn through_references(x: &f64, y: &f64, z: f64) -> f64 {
    &x.sin() * y + x.max(*y) + (*x).cos() * *y - x * y + y.powf(*x).hypot(z) + f64::min(*x, z) + -x
}

#[differentiable]
fn with_constants(x: f64) -> f64 {
    x * std::f64::consts::PI
        + x.max(f64::NEG_INFINITY).min(f64::MAX) * core::f64::consts::E
        + x * f64::MIN_POSITIVE
}

#[differentiable]
fn converted(x: f64, i: i32, z: f32) -> f64 {
    x * f64::from(i)
        + f64::from(z) * x
        + f64::from(z.sin()) * z as f64
        + x * f64::from(u8::from(i > 2))
}

#[differentiable]
fn less_usual(x: f64, y: f64) -> f64 {
    x.midpoint(y) * x + y * x.round_ties_even() + x.div_euclid(y) * x
}

#[differentiable]
fn inert_questions(x: f64, y: f64) -> f64 {
    let mut s = x * y;
    if x.total_cmp(&y).is_lt() {
        s *= x;
    }
    match x.partial_cmp(&y).unwrap() {
        Ordering::Less => s += y,
        Ordering::Equal | Ordering::Greater => s -= y * y,
    }
    if x.is_sign_negative() || x.classify() == std::num::FpCategory::Zero || x.to_bits() == 0 {
        s *= 2.0;
    }
    if x.is_sign_positive() { s } else { s * 3.0 }
}

#[test]
fn methods_of_numbers_are_called_by_path() {
    check_gradient!(by_path, 0.7, 0.4);
    check_gradient!(by_path, 0.3, 0.4);
}

#[test]
fn methods_of_numbers_are_called_through_references() {
    check_gradient!(through_references, &0.7, &1.4, 0.3);
}

#[test]
fn constants_of_the_standard_library_are_constants() {
    check_gradient!(with_constants, 0.7);
}

#[test]
fn numbers_convert() {
    check_gradient!(converted, 0.7, 3, 0.4f32);
}

#[test]
fn rarer_methods_of_numbers_have_rules() {
    check_gradient!(less_usual, 0.7, 0.3);
}

#[test]
fn questions_about_numbers_carry_no_derivative() {
    check_gradient!(inert_questions, 0.7, 0.9);
    check_gradient!(inert_questions, -0.7, -0.9);
}

#[differentiable]
fn with_integers(x: f64, n: usize, m: i32) -> f64 {
    let k = n.abs_diff(3) + n.count_ones() as usize + n.isqrt() + n.trailing_zeros() as usize;
    let j = n.checked_sub(1).unwrap_or(0) + usize::try_from(m).unwrap() + n.clamp(1, 4).max(k);
    let l = std::cmp::min(n, 3) + n.wrapping_add(2) + n.next_power_of_two() + n.ilog2() as usize;
    if n.is_power_of_two() {
        x * (k + j) as f64
    } else {
        (x * i64::from(m) as f64).powi(i32::try_from(l).unwrap() % 3) * n.pow(2) as f64
    }
}

#[test]
fn integers_stand_beside_numbers() {
    check_gradient!(with_integers, 0.7, 4usize, 2);
    check_gradient!(with_integers, 0.7, 5usize, 2);
}

// Generic numbers.

#[differentiable]
fn of_floats<T: Float>(x: T, y: T) -> T {
    let (s, c) = x.sin_cos();
    let t = x.powi(2) + x.sqrt() * x.max(y) + T::zero() - T::one() * y.neg();
    let u = (x * y).tanh().mul_add(x, y).clamp(T::zero(), T::one()) + s * c.hypot(y).ln_1p();
    if t.is_nan() || t > T::infinity() {
        t
    } else {
        t * u + T::max(x, y) * T::sqrt(x) + x.abs_sub(y) + T::epsilon() + T::min_positive_value()
    }
}

#[differentiable]
fn of_float_literals<T: Float + FromPrimitive>(x: T, n: usize) -> T {
    let half = T::from(0.5).unwrap();
    let two = T::from_f64(2.0).unwrap();
    x * half + (x * two).exp() * T::from_usize(n).unwrap() / T::from_i32(3).unwrap()
}

#[differentiable]
fn from_double<T: Float + FromPrimitive + FloatConst>(x: f64, y: T) -> T {
    T::from(x).unwrap() * y + T::from_f64(x).unwrap() * T::from_f32(2.0).unwrap()
}

#[differentiable]
fn to_double<T: Float + ToPrimitive>(x: T) -> f64 {
    x.to_f64().unwrap() * 2.0 + x.sin().to_f64().unwrap() * f64::from(x.to_i32().unwrap())
}

#[differentiable]
fn from_literals<T: Float + From<f32>>(x: T) -> T {
    let two: T = 2.0.into();
    x * two
}

#[differentiable]
fn of_slices<T: Float>(x: &[T]) -> T {
    let mut s = T::zero();
    for &v in x {
        s = s + v.sin() / v.exp();
    }
    let largest = x.iter().fold(T::neg_infinity(), |a, &b| a.max(b));
    x.iter().fold(s, |a, &b| a + b * b) + largest
}

#[differentiable]
fn of_real_fields<T: nalgebra::RealField + Copy>(x: T, y: T) -> T {
    let two: T = nalgebra::convert(2.0);
    x.modulus() * y.modulus_squared()
        + x.scale(y) / y.unscale(x).conjugate().real().powf(two)
        + x.try_sqrt().unwrap()
        + T::pi() * x.atan2(y).recip()
}

#[test]
fn methods_of_float_have_rules_in_generic_code() {
    check_gradient!(of_floats, 0.7, 0.4);
    check_gradient!(of_floats, 0.7f32, 0.4f32);
    check_gradient!(of_float_literals, 0.7, 3usize);
    check_gradient!(from_literals, 0.7);
    check_gradient!(of_slices, &vec![0.7, 0.2, 0.4]);
    check_gradient!(of_real_fields, 0.7, 0.4);
    check_gradient!(of_real_fields, 0.7f32, 0.4f32);
}

#[test]
fn a_derivative_goes_through_a_change_of_type() {
    check_gradient!(from_double, 0.7, 0.4);
    check_gradient!(from_double, 0.7, 0.4f32);
    check_gradient!(to_double, 2.7);
    check_gradient!(to_double, 2.7f32);
}

// Options and results.

#[differentiable]
fn unwrapped(x: Option<f64>, y: Option<f64>, z: f64) -> f64 {
    x.unwrap() * y.unwrap_or(z) + x.expect("given") * y.unwrap_or_default() + x.or(y).unwrap() * z
}

#[differentiable]
fn paired(x: Option<f64>, y: Option<f64>) -> f64 {
    let (a, b) = x.zip(y).unwrap_or((2.0, 3.0));
    a * b
}

#[differentiable]
fn inverse(x: f64) -> Option<f64> {
    if x == 0.0 {
        return None;
    }
    Some(1.0 / x)
}

#[differentiable]
fn ends(x: &[f64], i: usize) -> f64 {
    let last = x.last().copied().unwrap_or(0.5);
    x.first().unwrap() * last + x.get(i).cloned().unwrap_or(last).sin()
}

#[test]
fn what_is_inside_an_option_is_unwrapped() {
    for y in [Some(0.4), None] {
        check::gradient(
            &(Some(0.7), y, 0.3),
            |&(x, y, z)| unwrapped(x, y, z),
            |&(x, y, z)| pullback_unwrapped(x, y, z),
        );
        check::gradient(
            &(Some(0.7), y),
            |&(x, y)| paired(x, y),
            |&(x, y)| pullback_paired(x, y),
        );
    }
}

#[differentiable]
fn by_condition(x: f64, y: f64) -> f64 {
    (x > y).then_some(x * y).unwrap_or(y)
}

#[differentiable]
fn as_array(v: nalgebra::Vector3<f64>, s: f64) -> [f64; 3] {
    (v * s).into()
}

#[test]
fn an_option_is_made_of_a_condition() {
    check_gradient!(by_condition, 0.7, 0.4);
    check_gradient!(by_condition, 0.3, 0.4);
}

#[test]
fn a_vector_goes_into_an_array() {
    check_gradient!(as_array, nalgebra::Vector3::new(0.3, 0.7, 0.9), 2.0);
}

#[test]
fn elements_that_may_not_be_there() {
    check_gradient!(ends, &vec![0.3, 0.7, 0.9], 1usize);
    check_gradient!(ends, &vec![0.3, 0.7, 0.9], 3usize);
}

#[derive(Clone, Differentiable)]
struct Sensor {
    gain: Arc<f64>,
    offset: Result<f64, String>,
    window: std::ops::Range<usize>,
    kind: std::marker::PhantomData<u8>,
    interval: std::time::Duration,
    order: Ordering,
    name: &'static str,
}

#[differentiable]
fn reading(sensor: &Sensor, x: &[f64]) -> f64 {
    let mut s = sensor.offset.as_ref().unwrap() * 2.0;
    for i in sensor.window.start..sensor.window.end {
        s += *sensor.gain * x[i] * sensor.interval.as_secs_f64();
    }
    if sensor.order.is_lt() { s } else { s * s }
}

#[test]
fn types_of_the_standard_library_are_fields() {
    let sensor = Sensor {
        gain: Arc::new(1.5),
        offset: Ok(0.25),
        window: 1..3,
        kind: std::marker::PhantomData,
        interval: std::time::Duration::from_millis(500),
        order: Ordering::Greater,
        name: "sensor",
    };
    let zero = sensor.zero_tangent();
    assert_eq!((zero.gain, zero.offset), (0.0, Some(0.0)));
    assert_eq!(
        (zero.window, zero.kind, zero.name),
        (NoTangent, NoTangent, NoTangent)
    );
    check::gradient(
        &(sensor, vec![0.2, 0.3, 0.4]),
        |(s, x)| reading(s, x),
        |(s, x)| pullback_reading(s, x),
    );
}

#[differentiable]
fn converted_by_nalgebra<T: nalgebra::RealField + Copy>(x: f64, y: f32, a: T) -> T {
    let x: T = nalgebra::convert(x * x);
    let y = nalgebra::convert::<f32, T>(y);
    x * y * a
}

#[test]
fn numbers_convert_as_nalgebra_does() {
    check_gradient!(converted_by_nalgebra, 0.7, 0.4f32, 1.3);
    check_gradient!(converted_by_nalgebra, 0.7, 0.4f32, 1.3f32);
}

mod imported {
    use micrograd_core::{check_gradient, differentiable};
    use nalgebra::{self as na, RealField, convert};

    #[differentiable]
    fn converted<T: RealField + Copy>(x: f64, y: f32, a: T) -> T {
        let x: T = na::convert(x * x);
        x * convert(y) * convert::<f32, T>(y) + a
    }

    #[test]
    fn a_function_of_nalgebra_is_known_by_the_name_that_it_is_imported_by() {
        check_gradient!(converted, 0.7, 0.4f32, 1.3);
        check_gradient!(converted, 0.7, 0.4f32, 1.3f32);
    }
}
