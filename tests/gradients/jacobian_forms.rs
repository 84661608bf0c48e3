//! What may be asked for a Jacobian besides the bodies that its functions have: forms of arguments and results, names, failures.

use super::jacobians::{
    a_constant_row, by_hand, checked_root, crossed, doubled, kept_small, loops_that_write,
};
use micrograd_core::{Differentiable, NoTangent, differentiable, jacobian};
use nalgebra::Vector2;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Body {
    at: [f64; 2],
    mass: f64,
}

#[differentiable]
fn of_many(a: f64, b: &[f64; 2], c: (f64, f64), body: &Body, n: usize) -> [f64; 2] {
    let mut s = a * b[0] + c.1;
    for _ in 0..n {
        s = s * b[1] + body.mass * body.at[0];
    }
    [s, c.0 * body.at[1]]
}

#[test]
fn a_row_is_what_the_pullback_gives() {
    let body = Body {
        at: [0.3, -0.8],
        mass: 1.2,
    };
    let (value, rows) = jacobian!(of_many, 0.5, &[1.5, 0.25], (2.0, 3.0), &body, 4);
    let (same, back) = pullback_of_many(0.5, &[1.5, 0.25], (2.0, 3.0), &body, 4);
    assert_eq!(value, same);
    assert_eq!(format!("{:?}", rows[0]), format!("{:?}", back([1.0, 0.0])));
    assert_eq!(format!("{:?}", rows[1]), format!("{:?}", back([0.0, 1.0])));
}

#[differentiable]
fn single(x: f32, y: f32) -> [f32; 2] {
    [x * y, x / y]
}

#[test]
fn numbers_may_be_of_single_precision() {
    let (value, rows) = jacobian!(single, 3.0, 2.0);
    assert_eq!((value, rows), ([6.0, 1.5], [(2.0, 3.0), (0.5, -0.75)]));
}

#[differentiable(no_gradient(scale))]
fn excluded(x: f64, scale: &[f64; 2]) -> [f64; 2] {
    [x * scale[0], x * x * scale[1]]
}

#[test]
fn what_is_excluded_has_no_entry() {
    let (_, rows) = jacobian!(excluded, 3.0, &[2.0, 5.0]);
    assert_eq!(rows, [(2.0, NoTangent), (30.0, NoTangent)]);
}

#[test]
fn what_nothing_flows_to_is_zero() {
    let (_, rows) = jacobian!(a_constant_row, &[2.0, 1.0], 3.0);
    assert_eq!(
        format!("{rows:?}"),
        "[([3.0, 0.0], 2.0), ([0.0, 0.0], 0.0), ([0.0, 0.0], 0.0)]"
    );
}

#[test]
fn an_empty_value_has_no_rows() {
    let (value, rows) = jacobian!(loops_that_write, &[], 3.0);
    assert!(value.is_empty() && rows.is_empty());
}

const LANES: usize = 3;

#[derive(Clone, Copy, Debug, Differentiable)]
struct Value {
    a: f64,
}

#[differentiable]
fn with_names_of_emitted_code(x: [f64; LANES], value: Value, lane: f64) -> [f64; LANES] {
    let seeds = x[0] * value.a;
    let rows = lane * seeds;
    let elements = [rows, seeds, x[LANES - 1]];
    elements
}

#[test]
fn names_of_emitted_code_are_free() {
    let (_, rows) = jacobian!(
        with_names_of_emitted_code,
        [2.0, 0.0, 1.0],
        Value { a: 3.0 },
        5.0
    );
    let of_value = rows.clone().map(|row| row.1.a);
    let of_lane = rows.map(|row| row.2);
    assert_eq!((of_value, of_lane), ([10.0, 2.0, 0.0], [6.0, 0.0, 0.0]));
}

#[differentiable]
fn checked(x: f64, y: f64) -> Result<[f64; 2], String> {
    let root = checked_root(x).ok_or("x is negative")?;
    Ok([root * y, y])
}

#[test]
fn functions_that_may_fail_have_rows_where_they_do_not() {
    assert_eq!(
        jacobian!(checked, 4.0, 3.0),
        Ok(([6.0, 3.0], [(0.75, 2.0), (0.0, 1.0)]))
    );
    assert_eq!(jacobian!(checked, -4.0, 3.0), Err("x is negative".into()));
}

#[differentiable]
fn static_vectors(a: Vector2<f64>, s: f64) -> Vector2<f64> {
    a * s
}

#[test]
fn vectors_of_known_length_have_a_row_for_each_component() {
    let (_, rows) = jacobian!(static_vectors, Vector2::new(2.0, 5.0), 3.0);
    let [x, y] = [Vector2::new(3.0, 0.0), Vector2::new(0.0, 3.0)];
    assert_eq!(rows, [(x, 2.0), (y, 5.0)]);
}

#[test]
fn statics_may_have_names_of_emitted_code() {
    #[allow(non_upper_case_globals)]
    mod statics {
        use micrograd_core::differentiable;
        static lane: f64 = 2.0;
        static rows: f64 = 3.0;
        const seeds: f64 = 0.5;
        const cotangent: f64 = 4.0;
        const elements: f64 = 1.0;

        #[differentiable]
        pub fn scaled_by_them(x: f64) -> Vec<f64> {
            let scales = [lane, rows, seeds, cotangent, elements];
            scales.iter().map(|scale| x * scale).collect()
        }
    }
    use statics::scaled_by_them;
    let (_, rows) = jacobian!(scaled_by_them, 7.0);
    assert_eq!(rows, [(2.0,), (3.0,), (0.5,), (4.0,), (1.0,)]);
}

/// A trait of the user's with plain words for methods.
#[allow(dead_code)]
trait Plain: Sized {
    fn or(self, _: f64) -> f64 {
        0.0
    }
    fn each1(self) {}
    fn rows(self) {}
}
impl<T> Plain for T {}

#[differentiable]
fn beside_a_trait_of_all_types(x: f64, w: f64) -> [f64; 2] {
    let a = crossed([x, w], [w, x]);
    crossed(a, [x, x])
}

#[test]
fn traits_of_all_types_may_be_in_scope() {
    let (value, rows) = jacobian!(beside_a_trait_of_all_types, 2.0, 3.0);
    let (_, back) = pullback_beside_a_trait_of_all_types(2.0, 3.0);
    assert_eq!(value, beside_a_trait_of_all_types(2.0, 3.0));
    assert_eq!(rows, [back([1.0, 0.0]), back([0.0, 1.0])]);
}

#[differentiable]
fn of_seven(a: f64, b: f64, c: f64, d: f64, e: f64, f: f64, g: f64) -> [f64; 2] {
    [a * b + c * d, e * f + g * a]
}

#[differentiable]
fn calls_of_seven(a: f64, b: f64) -> [f64; 2] {
    of_seven(a, b, 2.0, a, b, 3.0, b)
}

#[test]
fn functions_of_many_arguments_have_rows() {
    let (_, rows) = jacobian!(of_seven, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0);
    let first = (2.0, 1.0, 4.0, 3.0, 0.0, 0.0, 0.0);
    assert_eq!(rows, [first, (7.0, 0.0, 0.0, 0.0, 6.0, 5.0, 1.0)]);
    let (_, rows) = jacobian!(calls_of_seven, 1.0, 2.0);
    assert_eq!(rows, [(4.0, 1.0), (2.0, 4.0)]);
}

#[test]
fn rules_by_hand_and_checkpoints_have_rows() {
    assert_eq!(
        jacobian!(by_hand, 2.0, 5.0),
        ([10.0, 7.0], [(5.0, 2.0), (1.0, 1.0)])
    );
    let (_, [_, exp]) = jacobian!(kept_small, [1.0, 0.5]);
    assert_eq!(exp, ([1f64.exp(), 0.0],));
}

#[test]
fn generic_functions_have_rows() {
    let (_, rows) = jacobian!(doubled, 2.0, 5.0);
    assert_eq!(rows, [(2.0, 0.0), (5.0, 2.0)]);
}
