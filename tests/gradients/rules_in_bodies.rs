//! Where rules of the registry meet the code around them: `?` behind a method, bounds by operators,
//! conversions to a declared type, elements of matrices that are no parameters.
use std::ops::{Add, Div, Mul, Neg, Sub};

use micrograd_core::{check, check_gradient, differentiable};
use nalgebra::{DMatrix, DVector, Matrix2, Vector3};

#[differentiable]
fn present(x: Option<f64>) -> Result<f64, String> {
    let a = x.ok_or("missing".to_string())?;
    Ok(a * a)
}

#[differentiable]
fn solved(a: &DMatrix<f64>, b: &DVector<f64>) -> Option<f64> {
    let x = a.clone().lu().solve(b)?;
    Some(x.norm())
}

#[differentiable]
fn first(x: &[f64]) -> Option<f64> {
    let a = x.first()?;
    Some(a * 2.0)
}

#[differentiable]
fn product(x: &[f64]) -> Option<f64> {
    let mut s = 1.0;
    for i in 0..x.len() {
        s *= x.get(i)?;
    }
    let t = first(x)?;
    Some(s * 2.0 * t)
}

#[differentiable]
fn circle<T: num_traits::Float + num_traits::FloatConst>(x: T) -> T {
    x * T::PI() + T::E() * x
}

#[differentiable]
fn affine<T: Copy + Mul<Output = T> + Add<Output = T>>(x: T, y: T) -> T {
    x * y + x
}

#[differentiable]
fn dot<T>(a: &[T], b: &[T]) -> T
where
    T: Copy + Default + Mul<Output = T> + Add<Output = T>,
{
    let mut s = T::default();
    for (x, y) in a.iter().zip(b) {
        s = s + *x * *y;
    }
    s
}

#[differentiable]
fn quotient<T: Copy + Neg<Output = T> + Sub<Output = T> + Div<Output = T>>(a: [T; 2]) -> T {
    let d = a[0] - a[1];
    -d / a[1]
}

#[differentiable]
fn difference<M: Clone + Sub<Output = M> + Neg<Output = M>>(a: M, b: &M) -> M {
    -(a - b.clone())
}

#[differentiable]
fn converted(x: [f64; 3], y: f32) -> f64 {
    let v: Vector3<f64> = x.into();
    let z: f64 = y.into();
    v.norm() * z
}

#[differentiable]
fn ends<T: num_traits::Float>(x: &[T]) -> T {
    let a = *x.first().unwrap();
    a * *x.last().unwrap() + *x.get(1).unwrap() * x[0]
}

#[differentiable]
fn elements(a: &DVector<f64>, w: f64) -> f64 {
    let v = a * 2.0;
    let h = (w * v.clone()).map(|z| z.tanh());
    v[1].exp() + h[0].sin() * v[0].max(h[1])
}

#[test]
fn a_question_mark_follows_a_rule_that_gives_an_option() {
    let (value, back) = pullback_present(Some(3.0)).unwrap();
    assert_eq!((value, back(1.0)), (9.0, (Some(6.0),)));
    assert!(pullback_present(None).is_err());
    check::gradient(
        &vec![0.3, 0.4],
        |x| product(x).unwrap(),
        |x| {
            let (value, back) = pullback_product(x).unwrap();
            (value, move |dy| back(dy).0)
        },
    );
    let (a, b) = (
        DMatrix::<f64>::identity(2, 2) * 3.0,
        DVector::from_element(2, 0.4),
    );
    check::gradient(
        &(a, b),
        |(a, b)| solved(a, b).unwrap(),
        |(a, b)| pullback_solved(a, b).unwrap(),
    );
}

#[test]
fn operators_are_bounds() {
    check_gradient!(affine, 0.3, 0.4);
    check_gradient!(
        affine,
        Matrix2::new(1.0, 2.0, 3.0, 4.0),
        Matrix2::new(1.0, 2.0, 3.0, 4.0)
    );
    check_gradient!(dot, &vec![0.3, 0.4], &vec![0.4, 0.6]);
    check_gradient!(quotient, [0.3, 0.4]);
    check_gradient!(
        difference,
        DMatrix::<f64>::identity(2, 2),
        &DMatrix::<f64>::identity(2, 2)
    );
}

#[test]
fn constants_and_conversions_are_those_of_a_type() {
    check_gradient!(circle, 0.3);
    check_gradient!(converted, [0.3, 0.4, 0.5], 0.7f32);
    check_gradient!(ends, &vec![0.3, 0.4]);
}

#[test]
fn elements_of_any_matrix_are_lent_to_rules() {
    check_gradient!(elements, &DVector::from_vec(vec![0.3, 0.4]), 0.7);
}
