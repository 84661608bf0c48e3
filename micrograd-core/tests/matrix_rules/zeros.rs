//! Tangents and accumulators: zeros with and without a shape.

use super::{A, matrix, matrix32};
use micrograd_core::rules::matrix::ShapeRules;
use micrograd_core::rules::operator::{add, left, mul_left, mul_right};
use micrograd_core::{Accumulate, Differentiable, Leaf, Name, Parameters, Tangent};
use nalgebra::{DMatrix, DVector, Matrix2x3};

#[test]
fn the_tangent_is_an_owned_matrix_of_the_same_shape() {
    let a = matrix(3, 4);
    assert_eq!(a.zero_tangent(), DMatrix::zeros(3, 4));
    assert_eq!(a.view((0, 1), (2, 2)).zero_tangent(), DMatrix::zeros(2, 2));
    assert_eq!(a.column(1).zero_tangent(), DVector::zeros(3));
    assert_eq!(A.zero_tangent(), Matrix2x3::zeros());
    assert_eq!(a.accumulator().len(), 0);
    let mut accumulator = a.accumulator();
    a.fit(&mut accumulator);
    assert_eq!(accumulator, DMatrix::zeros(3, 4));
}

#[test]
fn a_shapeless_zero_is_the_identity_on_either_side() {
    let a = matrix(3, 4);
    let mut sum: DMatrix<f64> = Tangent::shapeless();
    sum.accumulate(&a);
    sum.accumulate(&<DMatrix<f64> as Tangent>::shapeless());
    assert_eq!(sum, a);
    sum.absorb(Tangent::shapeless());
    assert_eq!(sum, a);
    let mut sum: DMatrix<f64> = Tangent::shapeless();
    let moved = a.clone();
    let memory = moved.as_ptr();
    sum.absorb(moved);
    assert_eq!((sum.as_ptr(), sum), (memory, a));
}

#[test]
fn a_shapeless_cotangent_leaves_the_accumulator_alone() {
    let (a, b) = (matrix(2, 3), matrix(3, 2));
    let (mut da, mut db) = (a.accumulator(), b.accumulator());
    mul_left(&a, &b, &<DMatrix<f64> as Tangent>::shapeless(), &mut da);
    mul_right(&a, &b, &<DMatrix<f64> as Tangent>::shapeless(), &mut db);
    left(&add(&a, &a), &Tangent::shapeless(), &mut da);
    (a.rrule_transpose().1)(&Tangent::shapeless(), &a, &mut da);
    assert_eq!((da.len(), db.len()), (0, 0));
}

#[test]
fn empty_matrices_multiply() {
    let (a, b) = (DMatrix::<f64>::zeros(2, 0), DMatrix::zeros(0, 3));
    let (mut da, mut db) = (a.accumulator(), b.accumulator());
    mul_left(&a, &b, &matrix(2, 3), &mut da);
    mul_right(&a, &b, &matrix(2, 3), &mut db);
    assert_eq!((da.len(), db.len()), (0, 0));
}

#[test]
#[should_panic(expected = "cotangents of different shapes cannot be added: 2×3 and 3×2")]
fn different_shapes_are_not_added() {
    matrix(2, 3).accumulate(&matrix(3, 2));
}

#[test]
#[should_panic(expected = "cotangents of different shapes cannot be added: 4×4 and 2×3")]
fn an_accumulator_of_a_wrong_shape_is_not_accumulated_into() {
    let (a, b) = (matrix(2, 3), matrix(3, 2));
    mul_left(&a, &b, &matrix(2, 2), &mut matrix(4, 4));
}

#[test]
fn a_matrix_is_one_leaf_with_rows_and_columns() {
    let (mut a, mut b) = (matrix32(2, 3), A);
    let (mut da, mut db) = (a.accumulator(), b.zero_tangent());
    let mut seen = Vec::new();
    Name::default().within("weight", |name| {
        a.visit_parameters(&mut da, name, &mut |name, shape, leaf| {
            let Leaf::F32(values, tangents) = leaf else {
                panic!("f32")
            };
            assert_eq!(tangents.len(), values.len());
            seen.push((name.to_owned(), shape.to_vec(), f64::from(values[1])));
        });
        b.visit_parameters(&mut db, name, &mut |name, shape, leaf| {
            let Leaf::F64(values, _) = leaf else {
                panic!("f64")
            };
            seen.push((name.to_owned(), shape.to_vec(), values[1]));
        });
    });
    assert_eq!(
        seen[0],
        ("weight".to_owned(), vec![2, 3], f64::from(a[(1, 0)]))
    );
    assert_eq!(seen[1], ("weight".to_owned(), vec![2, 3], A[(1, 0)]));
}

#[test]
fn a_completed_tangent_has_the_shape_of_the_value() {
    let value = (
        matrix(3, 4),
        [vec![matrix(2, 2)], vec![]],
        (1.5_f64, Some(A)),
    );
    let mut tangent = value.accumulator();
    assert_eq!((tangent.0.len(), tangent.1[0][0].len()), (0, 0));
    tangent.1[0][0].accumulate(&matrix(2, 2));
    value.complete(&mut tangent);
    let mut expected = value.zero_tangent();
    expected.1[0][0] = matrix(2, 2);
    assert_eq!(tangent, expected);
    assert!(tangent.2.0.is_sign_positive());
}
