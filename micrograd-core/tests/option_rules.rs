//! The rules of `Option`, `Result` and slices that hand on a part, and types of the standard library.

use std::collections::VecDeque;
use std::rc::Rc;

use micrograd_core::rules::convert::IntoRule;
use micrograd_core::rules::map::shaped_like;
use micrograd_core::rules::option::{
    BoolRules, OptionIntoRules, OptionRules, ResultIntoRules, ResultRules,
};
use micrograd_core::rules::slice::SliceRules;
use micrograd_core::{Accumulate, Differentiable, NoTangent, check_rrule};
use nalgebra::{DVector, Matrix2, Vector2, dvector};

#[test]
fn options() {
    let (x, none) = (Some(0.7), None::<f64>);
    check_rrule!(x.rrule_unwrap());
    check_rrule!(x.rrule_expect("a number".to_owned()));
    check_rrule!(x.rrule_unwrap_or(0.3));
    check_rrule!(none.rrule_unwrap_or(0.3));
    check_rrule!(x.rrule_unwrap_or_default());
    check_rrule!(none.rrule_unwrap_or_default());
    check_rrule!(x.rrule_copied());
    check_rrule!(x.rrule_cloned());
    check_rrule!(x.rrule_as_ref());
    check_rrule!(x.rrule_or(Some(0.2)));
    check_rrule!(none.rrule_or(Some(0.2)));
    check_rrule!(x.rrule_zip(Some(0.2)));
    check_rrule!(none.rrule_zip(Some(0.2)));
    let x = Some(dvector![1.0, 2.0]);
    check_rrule!(x.rrule_unwrap());
    check_rrule!(x.rrule_unwrap_or(dvector![3.0, 4.0]));
}

#[test]
fn an_option_made_of_a_condition() {
    let holds = true;
    check_rrule!(holds.rrule_then_some(0.7));
    check_rrule!(false.rrule_then_some(0.7));
}

#[test]
fn an_option_is_a_shape() {
    check_rrule!(shaped_like::rrule(&Some(1.0), &vec![0.7]));
    check_rrule!(shaped_like::rrule(&None::<f64>, &Vec::<f64>::new()));
}

#[test]
fn numbers_go_into_other_types() {
    let (v, back): (Vector2<f64>, _) = [0.3, 0.7].rrule_into();
    let (w, _): ([f64; 2], _) = v.rrule_into();
    let mut dx = [1.0, 1.0];
    back(&Vector2::new(3.0, 4.0), &w, &mut dx);
    assert_eq!((w, dx), ([0.3, 0.7], [4.0, 5.0]));
    let (m, back): (Matrix2<f64>, _) = [[0.3, 0.7], [0.1, 0.2]].rrule_into();
    let mut dx = [[0.0; 2]; 2];
    back(&m, &[[0.0; 2]; 2], &mut dx);
    assert_eq!(dx, [[0.3, 0.7], [0.1, 0.2]]);
    let (v, back): (DVector<f64>, _) = vec![0.3, 0.7].rrule_into();
    let mut dx = vec![0.0; 2];
    back(&v, &vec![0.0; 2], &mut dx);
    assert_eq!(dx, [0.3, 0.7]);
    let (y, back): (f64, _) = 0.5_f32.rrule_into();
    let mut dx = 0.0;
    back(&2.0, &0.5, &mut dx);
    assert_eq!((y, dx), (0.5, 2.0));
}

#[test]
fn results() {
    let (x, error): (Result<f64, String>, Result<f64, String>) = (Ok(0.7), Err("no".to_owned()));
    check_rrule!(x.rrule_unwrap());
    check_rrule!(x.rrule_unwrap_or(0.3));
    check_rrule!(error.rrule_unwrap_or(0.3));
    check_rrule!(error.rrule_unwrap_or_default());
    check_rrule!(x.rrule_as_ref());
    check_rrule!(x.rrule_ok());
    check_rrule!(error.rrule_ok());
    let some = Some(0.7);
    let (value, back) = some.rrule_ok_or(&"missing");
    let mut dx = None;
    back(&Some(2.0), &some, &mut dx, &"missing", &mut NoTangent);
    assert_eq!((value, dx), (Ok(0.7), Some(2.0)));
}

#[test]
#[should_panic(expected = "not given")]
fn nothing_is_not_unwrapped() {
    let _ = None::<f64>.rrule_expect("not given");
}

#[test]
fn elements_of_slices() {
    let x = vec![0.3, 0.7, 0.9];
    check_rrule!(x.rrule_first());
    check_rrule!(x.rrule_last());
    check_rrule!(x.rrule_get(1));
    check_rrule!(x.rrule_get(3));
}

#[test]
fn an_error_has_no_tangent() {
    let (x, error): (Result<f64, String>, Result<f64, String>) = (Ok(0.7), Err("no".to_owned()));
    assert_eq!((x.zero_tangent(), error.zero_tangent()), (Some(0.0), None));
}

#[test]
fn a_shared_value_has_the_tangent_of_the_value() {
    let x = Rc::new(dvector![1.0, 2.0]);
    let tangent: DVector<f64> = x.zero_tangent();
    assert_eq!(tangent, dvector![0.0, 0.0]);
    assert_eq!(x.base(), &dvector![1.0, 2.0]);
}

#[test]
fn a_queue_has_a_vector_as_tangent() {
    let x = VecDeque::from([1.0, 2.0]);
    let mut tangent = x.zero_tangent();
    tangent.accumulate(&vec![3.0, 4.0]);
    assert_eq!(tangent, [3.0, 4.0]);
}
