//! Sums, norms, extremes and other numbers that all elements give.

use super::{A, B, matrix, matrix32, vector};
use micrograd_core::check_rrule;
use micrograd_core::rules::matrix::ReduceRules;
use nalgebra::dvector;

#[test]
fn reductions() {
    let (a, b, x, y) = (matrix(3, 4), matrix(3, 4), vector(5), vector(5));
    check_rrule!(a.rrule_dot(b));
    check_rrule!(x.rrule_dot(y));
    check_rrule!(A.rrule_dot(B));
    check_rrule!(a.rrule_sum());
    check_rrule!(a.rrule_mean());
    check_rrule!(a.rrule_row_sum());
    check_rrule!(a.rrule_row_mean());
    check_rrule!(a.rrule_column_sum());
    check_rrule!(a.rrule_column_mean());
    check_rrule!(a.rrule_norm());
    check_rrule!(a.rrule_norm_squared());
    check_rrule!(a.rrule_max());
    check_rrule!(a.rrule_min());
    check_rrule!(x.rrule_sum());
    check_rrule!(x.rrule_norm());
    check_rrule!(A.rrule_sum());
    check_rrule!(A.rrule_mean());
    check_rrule!(A.rrule_row_sum());
    check_rrule!(A.rrule_column_mean());
    check_rrule!(A.rrule_norm());
    check_rrule!(A.rrule_max());
    let a = matrix32(2, 3);
    check_rrule!(a.rrule_norm());
}

#[test]
fn reductions_by_magnitude_and_of_all_elements() {
    let a = matrix(3, 4);
    check_rrule!(a.rrule_amax());
    check_rrule!(a.rrule_amin());
    check_rrule!(a.rrule_product());
    check_rrule!(a.rrule_variance());
    check_rrule!(a.rrule_magnitude());
    check_rrule!(a.rrule_magnitude_squared());
    check_rrule!(A.rrule_amax());
    check_rrule!(A.rrule_product());
    let with_zero = dvector![2.0, 0.0, 3.0];
    check_rrule!(with_zero.rrule_product());
}
