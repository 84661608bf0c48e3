//! Type parameters, const generics, lifetimes and `impl Trait` arguments.

use micrograd_core::{Differentiable, Function, Scalar, check_gradient, differentiable};
use nalgebra::{DMatrix, dmatrix};

#[differentiable]
fn square<T: Scalar>(x: T) -> T {
    x * x
}

#[differentiable]
fn rosenbrock<T: Scalar>(v: &[T], a: T, b: T) -> T {
    let mut s = a - a;
    for i in 0..v.len() - 1 {
        let d = v[i + 1] - square(v[i]);
        let e = a - v[i];
        s += b * d * d + e * e;
    }
    s.sqrt()
}

#[test]
fn one_generic_function_serves_both_floats() {
    check_gradient!(rosenbrock, &vec![0.5, 0.3, -0.2], 1.0, 100.0);
    check_gradient!(rosenbrock, &vec![0.5f32, 0.3, -0.2], 1.0f32, 10.0f32);
}

#[differentiable]
fn with_where<T>(x: T, y: &T) -> T
where
    T: Scalar,
{
    x.sin() * *y + x.powi(3) / (*y + x)
}

#[test]
fn a_bound_may_stand_in_the_where_clause() {
    check_gradient!(with_where, 0.5, &0.7);
}

#[differentiable]
fn dot<const N: usize>(x: [f64; N], y: &[f64; N]) -> f64 {
    let mut s = 0.0;
    for i in 0..N {
        s += x[i] * y[i];
    }
    s / N as f64
}

#[test]
fn a_const_parameter_is_a_length() {
    check_gradient!(dot, [1.0, 2.0, 3.0], &[0.5, 0.6, 0.7]);
}

#[differentiable]
fn turbofish(x: [f64; 2]) -> f64 {
    dot::<2>(x, &[1.0, 2.0]) + square::<f64>(x[0])
}

#[test]
fn a_turbofish_is_kept() {
    check_gradient!(turbofish, [1.5, 2.5]);
}

#[differentiable]
fn matrix<T: Scalar, const R: usize, const C: usize>(m: &[[T; C]; R], x: [T; C]) -> [T; R] {
    let mut y = [x[0]; R];
    let mut s = x[0] - x[0];
    for i in 0..R {
        for j in 0..C {
            s += m[i][j] * x[j];
        }
        y = [s; R];
    }
    y
}

#[test]
fn two_const_parameters_and_a_type_parameter_mix() {
    check_gradient!(matrix, &[[1.0, 2.0, 3.0], [0.4, 0.5, 0.6]], [0.1, 0.2, 0.3]);
}

#[differentiable]
fn scaled<'a>(x: &'a [f64], y: &'a [f64], scale: f64) -> f64 {
    let v: &'a [f64] = x;
    v[0] * y[0] * scale
}

#[test]
fn lifetimes_may_be_named() {
    check_gradient!(scaled, &vec![1.0, 2.0], &vec![3.0], 0.5);
}

#[differentiable]
fn applied(f: impl Function<f64, Output = f64>, x: f64) -> f64 {
    f.call(x) * x
}

#[differentiable]
fn applied_twice(
    f: &impl Function<f64, Output = f64>,
    g: impl Function<f64, Output = f64> + Clone,
    x: f64,
) -> f64 {
    f.call(g.call(x)) + g.call(f.call(x))
}

#[differentiable]
fn with_impl_arguments(x: f64) -> f64 {
    applied(cube {}, x) + applied_twice(&cube {}, wave {}, x)
}

#[differentiable]
fn cube(x: f64) -> f64 {
    x * x * x
}

#[differentiable]
fn wave(x: f64) -> f64 {
    x.sin() + x
}

#[test]
fn impl_trait_arguments_take_functions() {
    check_gradient!(with_impl_arguments, 0.6);
}

#[differentiable]
fn moved_generic<T: Clone>(t: T, x: f64) -> (T, f64) {
    (t, x * x)
}

#[test]
fn a_type_parameter_without_numeric_bounds_is_carried() {
    check_gradient!(moved_generic, vec![1.0, 2.0], 3.0);
}

#[derive(Clone, Differentiable)]
struct Line<T> {
    slope: T,
    offset: T,
}

impl<T: Scalar> Line<T> {
    #[differentiable]
    fn at(&self, x: T) -> T {
        self.slope * x + self.offset
    }

    #[differentiable]
    fn through<S: Function<T, Output = T>>(&self, s: &S, x: T) -> T {
        s.call(self.at(x)) * self.at(s.call(x))
    }
}

#[differentiable]
fn along<T: Scalar>(line: &Line<T>, x: &[T]) -> T {
    let mut s = line.at(x[0]);
    for v in x {
        s += line.at(*v) * s + line.through(&square {}, *v);
    }
    s
}

#[test]
fn methods_of_a_generic_struct_are_called_generically() {
    let line = Line {
        slope: 0.5,
        offset: -0.2,
    };
    micrograd_core::check::gradient(
        &(line, vec![0.5, 0.7]),
        |(l, x)| along(l, x),
        |(l, x)| pullback_along(l, x),
    );
}

/// As optimisation test functions are written.
#[differentiable]
fn ackley<T>(param: &[T], a: T, b: T, c: T) -> T
where
    T: num_traits::Float + num_traits::FromPrimitive + std::iter::Sum,
{
    let n = T::from_usize(param.len()).unwrap();
    let e = T::from_f64(1f64.exp()).unwrap();
    -a * (-b * ((T::one() / n) * param.iter().map(|x| x.powi(2)).sum()).sqrt()).exp()
        - ((T::one() / n) * param.iter().map(|x| (c * *x).cos()).sum()).exp()
        + a
        + e
}

#[differentiable]
fn norms<T: num_traits::Float + std::iter::Sum + std::iter::Product>(x: &[T]) -> T {
    let one = x.iter().map(|x| x.abs()).sum::<T>();
    let p: T = x.iter().copied().product();
    one + p * x.iter().map(|&x| x * x).sum::<T>().sqrt()
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

impl std::ops::Add for Point {
    type Output = Point;
    fn add(self, other: Point) -> Point {
        Point {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}

impl std::iter::Sum for Point {
    fn sum<I: Iterator<Item = Point>>(points: I) -> Point {
        points.fold(Point { x: 0.0, y: 0.0 }, |a, b| a + b)
    }
}

impl micrograd_core::rules::operator::AddRule for Point {
    type Output = PointTangent;
    type Residual = Whole;
    fn residual(&self, _: &Point) -> Whole {
        Whole
    }
}

struct Whole;

impl micrograd_core::rules::operator::Residual<PointTangent, PointTangent, PointTangent> for Whole {
    fn left(&self, dz: &PointTangent, da: &mut PointTangent) {
        micrograd_core::Accumulate::accumulate(da, dz);
    }
    fn right(&self, dz: &PointTangent, db: &mut PointTangent) {
        micrograd_core::Accumulate::accumulate(db, dz);
    }
}

#[differentiable]
fn centre(x: &[f64], scale: f64) -> f64 {
    let sum = x
        .iter()
        .map(|v| Point {
            x: v * scale,
            y: v * v,
        })
        .sum::<Point>();
    sum.x * sum.y
}

#[test]
fn sums_in_generic_code_find_their_type() {
    check_gradient!(ackley, &vec![0.3, -0.7, 1.1], 20.0, 0.2, 6.0);
    check_gradient!(norms, &vec![0.3, -0.7, 1.1]);
    let (value, back) = pullback_norms(&[0.5_f32, -2.0]);
    assert_eq!(value, norms(&[0.5_f32, -2.0]));
    assert!(back(1.0).0[0].is_finite());
    check_gradient!(centre, &vec![0.3, -0.7, 1.1], 2.0);
}

/// A number, a copy of several, and a matrix are asserted as they are passed: by value.
#[differentiable]
fn asserted<T: Scalar>(x: T, y: T, ends: Ends, m: DMatrix<T>) -> T {
    assert!(
        x >= T::zero() && y <= T::one(),
        "{x} or {y} is out of range"
    );
    assert_eq!(ends, Ends { low: 0, high: 1 });
    debug_assert!(m.nrows() > ends.low && m[(0, 0)] == x, "{m}");
    x * y * m.sum()
}

#[derive(Clone, Copy, Debug, PartialEq, Differentiable)]
struct Ends {
    low: usize,
    high: usize,
}

#[test]
fn assertions_compare_parameters_of_any_type_by_value() {
    let (ends, m) = (Ends { low: 0, high: 1 }, dmatrix![0.5, -2.0; 3.0, 0.25]);
    let (value, back) = pullback_asserted(0.5, 0.25, ends, m.clone());
    assert_eq!(value, asserted(0.5, 0.25, ends, m));
    let (dx, dy, _, dm) = back(2.0);
    assert_eq!((dx, dy), (0.875, 1.75));
    assert_eq!(dm, DMatrix::from_element(2, 2, 0.25));
}

#[test]
#[should_panic(expected = "-0.5 or 0.25 is out of range")]
fn assertions_of_parameters_fail_with_their_message() {
    let _ = pullback_asserted(-0.5, 0.25, Ends { low: 0, high: 1 }, dmatrix![-0.5]);
}

#[differentiable]
fn of_any_type<T: Scalar>(x: f64) -> T {
    T::from_f64(x).unwrap()
}

#[differentiable]
fn list_of_any_type<T: Scalar>(x: f64) -> Vec<T> {
    vec![of_any_type(x), of_any_type(x * x)]
}

#[differentiable]
fn asks_for_numbers(x: f64) -> f64 {
    let y: f64 = of_any_type(x);
    let z: Vec<f64> = list_of_any_type(y);
    2.0 * z[1] * y
}

#[differentiable]
fn asks_for_a_parameter<T: Scalar>(x: f64, a: T) -> T {
    let y: T = of_any_type(x);
    y * a
}

#[test]
fn a_written_type_decides_what_a_generic_function_gives() {
    check_gradient!(asks_for_numbers, 1.3);
    check_gradient!(asks_for_a_parameter, 1.3, 0.7);
    check_gradient!(asks_for_a_parameter, 1.3, 0.7f32);
}

#[differentiable]
fn copies<T: Clone>(x: &T, list: &[T]) -> (T, T) {
    let kept = x.clone();
    let first = list[0].clone();
    (kept.clone(), first)
}

#[differentiable]
fn copies_of_all(a: f64, v: &[f64]) -> f64 {
    let (x, y) = copies(&a, v);
    let (rows, row) = copies(&v.to_vec(), &[vec![a, x], vec![y]]);
    let (point, _) = copies(&(a, v[1]), &[(x, y)]);
    x * y * rows[1] + row[1] * row[0] * point.0 * point.1
}

#[test]
fn values_of_any_type_are_cloned() {
    check_gradient!(copies_of_all, 0.7, &vec![1.3, 0.4]);
}

#[differentiable]
fn assigned(x: f64, y: f64) -> f64 {
    let mut z = x;
    z = of_any_type(z * y);
    let s = z;
    z = of_any_type(y * s);
    z = z * z;
    z * s
}

#[test]
fn a_variable_decides_what_a_generic_function_gives() {
    check_gradient!(assigned, 0.7, 1.3);
}
