//! Lazy broadcasts: fused values and gradients, stretched dimensions, messages.

use micrograd_core::broadcast::{
    Add, Binary, Broadcasted, Div, Mul, Sub, broadcasted, broadcasted_function, copy, instantiate,
    materialize, unbroadcast,
};
use micrograd_core::rules::function::{relu, sigmoid};
use micrograd_core::{Differentiable, NoTangent, Tangent, check_rrule};
use nalgebra::{DMatrix, DVector, Matrix2x3, RowDVector, Vector2, dmatrix, dvector};

fn matrix(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 5 * j + 2 * i * j) as f64 * 0.7 + 0.3).sin() + 1.5
    })
}

/// A function of two operands and its rule: one broadcast, materialized.
macro_rules! pair {
    ($name:ident, $operation:expr, $A:ty, $B:ty, $T:ty) => {
        mod $name {
            use super::*;
            pub fn rrule(
                a: &$A,
                b: &$B,
            ) -> (
                DMatrix<$T>,
                impl Fn(
                    &mut DMatrix<$T>,
                    &$A,
                    &mut <$A as Differentiable>::Tangent,
                    &$B,
                    &mut <$B as Differentiable>::Tangent,
                ) + use<>,
            ) {
                // As emitted code has it: what is returned borrows neither operand.
                let (z, back_broadcasted) = broadcasted::rrule(&$operation, &a, b);
                let (y, back_materialize) = materialize::rrule(&&z);
                (y, move |dy, a, da, b, db| {
                    let z = broadcasted($operation, a, b);
                    let mut dz = z.accumulator();
                    back_materialize(dy, &z, &mut dz);
                    back_broadcasted(&mut dz, &$operation, &mut NoTangent, &a, da, &b, db);
                })
            }
        }
    };
}
pair!(add, Add, DMatrix<f64>, DMatrix<f64>, f64);
pair!(sub, Sub, DMatrix<f64>, DMatrix<f64>, f64);
pair!(mul, Mul, DMatrix<f64>, DMatrix<f64>, f64);
pair!(div, Div, DMatrix<f64>, DMatrix<f64>, f64);
pair!(matrix_vector, Mul, DMatrix<f64>, DVector<f64>, f64);
pair!(vector_row, Div, DVector<f64>, RowDVector<f64>, f64);
pair!(matrix_number, Mul, DMatrix<f64>, f64, f64);
pair!(number_matrix, Div, f64, DMatrix<f64>, f64);
pair!(statics, Mul, Matrix2x3<f64>, Vector2<f64>, f64);
pair!(single_precision, Mul, DMatrix<f32>, DVector<f32>, f32);

#[test]
fn operands_of_the_same_shape() {
    let (a, b) = (matrix(3, 4), matrix(3, 4).map(f64::exp));
    check_rrule!(add::rrule(a, b));
    check_rrule!(sub::rrule(a, b));
    check_rrule!(mul::rrule(a, b));
    check_rrule!(div::rrule(a, b));
}

#[test]
fn operands_stretched_on_either_side() {
    let shapes = [
        ((3, 4), (3, 1)),
        ((3, 4), (1, 4)),
        ((3, 4), (1, 1)),
        ((3, 1), (1, 4)),
    ];
    for (a, b) in shapes {
        let (a, b) = (matrix(a.0, a.1), matrix(b.0, b.1));
        check_rrule!(mul::rrule(a, b));
        check_rrule!(div::rrule(b, a));
    }
}

#[test]
fn vectors_numbers_and_static_matrices() {
    let (a, x, row) = (
        matrix(3, 4),
        dvector![0.5, -1.0, 2.0],
        RowDVector::from_vec(vec![2.0, 3.0]),
    );
    check_rrule!(matrix_vector::rrule(a, x));
    check_rrule!(vector_row::rrule(x, row));
    check_rrule!(matrix_number::rrule(a, 2.5));
    check_rrule!(number_matrix::rrule(2.5, a));
    let (a, x) = (
        Matrix2x3::new(0.3, -1.2, 0.8, 1.9, 0.4, -0.6),
        Vector2::new(0.7, -0.4),
    );
    check_rrule!(statics::rrule(a, x));
    let (a, x) = (matrix(3, 4).map(|x| x as f32), dvector![0.5, -1.0, 2.0]);
    check_rrule!(single_precision::rrule(a, x));
}

/// `sigmoid.((a .* b .+ c) ./ s .- a)`, with `a` used twice.
mod chain {
    use super::*;

    type Product = Binary<Mul, DMatrix<f64>, RowDVector<f64>>;
    type Sum = Binary<Add, Product, DVector<f64>>;
    type Quotient = Binary<Div, Sum, f64>;
    type Difference = Binary<Sub, Quotient, DMatrix<f64>>;

    /// Names the type: it has no parameter for any of the operands' lifetimes.
    pub fn difference<'a>(
        quotient: &'a Broadcasted<'_, Quotient>,
        a: &'a DMatrix<f64>,
    ) -> Broadcasted<'a, Difference> {
        broadcasted(Sub, quotient, a)
    }

    #[expect(clippy::type_complexity)]
    pub fn rrule(
        a: &DMatrix<f64>,
        b: &RowDVector<f64>,
        c: &DVector<f64>,
        s: &f64,
    ) -> (
        DMatrix<f64>,
        impl Fn(
            &mut DMatrix<f64>,
            &DMatrix<f64>,
            &mut DMatrix<f64>,
            &RowDVector<f64>,
            &mut RowDVector<f64>,
            &DVector<f64>,
            &mut DVector<f64>,
            &f64,
            &mut f64,
        ) + use<>,
    ) {
        let (product, back_product) = broadcasted::rrule(&Mul, a, b);
        let (sum, back_sum) = broadcasted::rrule(&Add, &product, c);
        let (quotient, back_quotient) = broadcasted::rrule(&Div, &sum, s);
        let (difference, back_difference) = broadcasted::rrule(&Sub, &quotient, a);
        let (activated, back_activated) = broadcasted_function::rrule(&sigmoid {}, &difference);
        let (y, back_materialize) = materialize::rrule(&activated);
        (y, move |dy, a, da, b, db, c, dc, s, ds| {
            let product = broadcasted(Mul, a, b);
            let sum = broadcasted(Add, &product, c);
            let quotient = broadcasted(Div, &sum, s);
            let difference = chain::difference(&quotient, a);
            let activated = broadcasted_function(sigmoid {}, &difference);
            let (mut dactivated, mut ddifference) = (Tangent::shapeless(), Tangent::shapeless());
            let (mut dquotient, mut dsum, mut dproduct) = (
                Tangent::shapeless(),
                Tangent::shapeless(),
                Tangent::shapeless(),
            );
            let none = &mut NoTangent;
            back_materialize(dy, &activated, &mut dactivated);
            back_activated(
                &mut dactivated,
                &sigmoid {},
                none,
                &difference,
                &mut ddifference,
            );
            back_difference(
                &mut ddifference,
                &Sub,
                none,
                &quotient,
                &mut dquotient,
                a,
                da,
            );
            back_quotient(&mut dquotient, &Div, none, &sum, &mut dsum, s, ds);
            back_sum(&mut dsum, &Add, none, &product, &mut dproduct, c, dc);
            back_product(&mut dproduct, &Mul, none, a, da, b, db);
        })
    }
}

#[test]
fn a_fused_chain_is_the_unfused_computation() {
    let (a, b) = (matrix(3, 4), RowDVector::from_fn(4, |_, j| j as f64 - 1.5));
    let (c, s) = (dvector![0.5, -1.0, 2.0], 2.5);
    let unfused = DMatrix::from_fn(3, 4, |i, j| {
        sigmoid((a[(i, j)] * b[j] + c[i]) / s - a[(i, j)])
    });
    assert_eq!(chain::rrule(&a, &b, &c, &s).0, unfused);
    check_rrule!(chain::rrule(a, b, c, s));
}

#[test]
fn a_pullback_gives_cotangents_in_the_shape_of_the_tree() {
    let (w, bias) = (matrix(2, 3), dvector![0.25, -7.0]);
    let sum = broadcasted(Add, &w, &bias);
    let activated = broadcasted_function(relu {}, &sum);
    let (y, back) = materialize::pullback(&activated);
    assert_eq!(y, DMatrix::from_fn(2, 3, |i, j| relu(w[(i, j)] + bias[i])));
    let dy = dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0];
    let expected = (dmatrix![1.0, 2.0, 3.0; 0.0, 0.0, 0.0], dvector![6.0, 0.0]);
    assert_eq!(back(dy.clone()), ((expected.clone(),),));
    assert_eq!(back(dy), ((expected,),));

    let (_, back) = broadcasted::pullback(Add, &w, &bias);
    assert_eq!(
        back((w.clone(), bias.clone())),
        (NoTangent, w.clone(), bias.clone())
    );
    let (_, back) = broadcasted_function::pullback(relu {}, &w);
    assert_eq!(back((w.clone(),)), (NoTangent, w.clone()));
}

#[test]
fn views_are_operands() {
    let a = matrix(4, 5);
    let (block, column) = (a.view((1, 2), (2, 3)), a.column(0));
    let column = column.rows(1, 2);
    let (y, back) = {
        let product = broadcasted(Mul, &block, &column);
        let (y, _) = materialize::pullback(&product);
        (y, materialize::rrule(&product).1)
    };
    assert_eq!(
        y,
        DMatrix::from_fn(2, 3, |i, j| a[(1 + i, 2 + j)] * a[(1 + i, 0)])
    );
    let product = broadcasted(Mul, &block, &column);
    let mut tangent = product.accumulator();
    back(
        &mut DMatrix::from_element(2, 3, 1.0),
        &product,
        &mut tangent,
    );
    assert_eq!(tangent.0, DMatrix::from_fn(2, 3, |i, _| a[(1 + i, 0)]));
    assert_eq!(tangent.1, block.column_sum());
}

#[test]
fn zeros_of_a_broadcast() {
    let (a, x, s) = (matrix(2, 3), dvector![1.0, 2.0], 2.0);
    let scaled = broadcasted(Mul, &x, &s);
    let sum = broadcasted(Add, &a, &scaled);
    let zero = (DMatrix::zeros(2, 3), (DVector::zeros(2), 0.0));
    assert_eq!(sum.zero_tangent(), zero);
    let mut tangent = sum.accumulator();
    assert_eq!((tangent.0.len(), tangent.1.0.len()), (0, 0));
    materialize::rrule(&sum).1(
        &mut <DMatrix<f64> as Tangent>::shapeless(),
        &sum,
        &mut tangent,
    );
    assert_eq!((tangent.0.len(), tangent.1.0.len()), (0, 0));
    sum.fit(&mut tangent);
    assert_eq!(tangent, zero);
}

#[test]
fn numbers_alone_give_one_element() {
    let (y, back) = (broadcasted(Mul, &2.0, &3.0), 5.0);
    assert_eq!(materialize(&y), dmatrix![6.0]);
    assert_eq!(copy(&instantiate(&y)), dmatrix![6.0]);
    assert_eq!(materialize::pullback(&y).1(dmatrix![back]), ((15.0, 10.0),));
}

#[test]
fn empty_arrays_broadcast() {
    let (a, b) = (DMatrix::<f64>::zeros(0, 3), RowDVector::<f64>::zeros(3));
    assert_eq!(materialize(&broadcasted(Add, &a, &b)).shape(), (0, 3));
    let (a, b) = (DMatrix::<f64>::zeros(2, 0), DVector::<f64>::zeros(2));
    assert_eq!(materialize(&broadcasted(Add, &a, &b)).shape(), (2, 0));
}

#[test]
fn a_zero_cotangent_stays_zero_where_a_quotient_is_infinite() {
    let (a, b) = (dmatrix![1.0, 0.0], dmatrix![0.0, 0.0]);
    let quotient = broadcasted(Div, &a, &b);
    let (_, back) = materialize::pullback(&quotient);
    assert_eq!(
        back(dmatrix![0.0, 0.0]),
        ((dmatrix![0.0, 0.0], dmatrix![0.0, 0.0]),)
    );
}

#[test]
#[should_panic(
    expected = "DimensionMismatch: arrays could not be broadcast to a common size; got a dimension with lengths 3 and 4 (shapes 3×1 and 4×2)"
)]
fn rows_that_do_not_fit() {
    materialize(&broadcasted(Add, &matrix(3, 1), &matrix(4, 2)));
}

#[test]
#[should_panic(
    expected = "DimensionMismatch: arrays could not be broadcast to a common size; got a dimension with lengths 2 and 5 (shapes 3×2 and 1×5)"
)]
fn columns_that_do_not_fit_deep_in_a_chain() {
    let (a, b, c) = (matrix(3, 1), matrix(1, 2), matrix(1, 5));
    let sum = broadcasted(Add, &a, &b);
    instantiate(&broadcasted(Mul, &sum, &c));
}

#[test]
fn unbroadcast_sums_over_stretched_dimensions() {
    let dz = dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0];
    assert_eq!(unbroadcast(&dz, (2, 3)), dz);
    assert_eq!(unbroadcast(&dz, (2, 1)), dmatrix![6.0; 15.0]);
    assert_eq!(unbroadcast(&dz, (1, 3)), dmatrix![5.0, 7.0, 9.0]);
    assert_eq!(unbroadcast(&dz, (1, 1)), dmatrix![21.0]);
    assert_eq!(unbroadcast(&Vector2::new(1.0, 2.0), (1, 1)), dmatrix![3.0]);
}

#[test]
#[should_panic(
    expected = "DimensionMismatch: a cotangent of shape 2×3 does not come from an array of shape 3×1"
)]
fn unbroadcast_to_a_shape_that_does_not_fit() {
    unbroadcast(&dmatrix![1.0, 2.0, 3.0; 4.0, 5.0, 6.0], (3, 1));
}
