//! The products of the reverse sweep, which take different paths by their sizes.

use super::{approx, matrix};
use micrograd_core::rules::operator::{mul_left, mul_right};
use micrograd_core::{Accumulate, Tangent};
use nalgebra::{DMatrix, DVector, RowDVector};

/// `A Bᵀ` and `Aᵀ B` by their definition.
fn by_transposed(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.nrows(), b.nrows(), |i, j| a.row(i).dot(&b.row(j)))
}
fn transposed_by(a: &DMatrix<f64>, b: &DMatrix<f64>) -> DMatrix<f64> {
    DMatrix::from_fn(a.ncols(), b.ncols(), |i, j| a.column(i).dot(&b.column(j)))
}

#[test]
fn products_of_every_small_size() {
    let sizes = [1, 2, 4, 5, 6, 7, 9, 16];
    for (rows, inner) in sizes
        .into_iter()
        .flat_map(|rows| sizes.map(|inner| (rows, inner)))
    {
        for columns in sizes {
            let (a, b) = (matrix(rows, inner), matrix(inner, columns));
            let dc = matrix(rows, columns);
            let (da, db) = (by_transposed(&dc, &b), transposed_by(&a, &dc));
            let (mut left, mut right) = (Tangent::shapeless(), Tangent::shapeless());
            for times in [1.0, 2.0] {
                mul_left(&a, &b, &dc, &mut left);
                mul_right(&a, &b, &dc, &mut right);
                approx(&left, &(&da * times));
                approx(&right, &(&db * times));
            }
        }
    }
}

#[test]
fn products_of_views_and_vectors() {
    let (big, dc) = (matrix(12, 30), matrix(2, 20));
    let (a, b) = (big.view((1, 2), (2, 9)), big.view((2, 5), (9, 20)));
    let (mut left, mut right) = (Tangent::shapeless(), Tangent::shapeless());
    mul_left(&a, &b, &dc, &mut left);
    mul_right(&a, &b, &dc, &mut right);
    approx(&left, &by_transposed(&dc, &b.clone_owned()));
    approx(&right, &transposed_by(&a.clone_owned(), &dc));

    let (row, column) = (
        RowDVector::from_element(8, 0.5),
        DVector::from_element(7, 2.0),
    );
    let dc = matrix(7, 8);
    let (mut dcolumn, mut drow) = (DVector::zeros(0), RowDVector::zeros(0));
    mul_left(&column, &row, &dc, &mut dcolumn);
    mul_right(&column, &row, &dc, &mut drow);
    assert!((dcolumn - dc.column_sum() * 0.5).norm() < 1e-12);
    assert!((drow - dc.row_sum() * 2.0).norm() < 1e-12);
}

#[test]
fn what_nobody_reads_is_not_computed() {
    let (a, b) = (matrix(7, 8), matrix(8, 9));
    let (mut da, mut db): (DMatrix<f64>, DMatrix<f64>) = (Tangent::unread(), Tangent::unread());
    mul_left(&a, &b, &matrix(7, 9), &mut da);
    mul_right(&a, &b, &matrix(7, 9), &mut db);
    db.accumulate(&b);
    assert_eq!((da.len(), db.len()), (0, 0));

    let mut column: DVector<f64> = Tangent::unread();
    column.accumulate(&b.column(0).clone_owned());
    assert_eq!(column, b.column(0));
}
