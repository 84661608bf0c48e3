//! Calls of functions: paths, renamed imports, aliasing arguments, visibility, lints.

use micrograd_core::{check_gradient, differentiable, gradient};

mod inner {
    use micrograd_core::differentiable;

    #[differentiable]
    pub fn g(x: f64, y: f64) -> f64 {
        x * x * y
    }

    #[differentiable]
    pub(crate) fn visible_in_the_crate(x: &f64) -> f64 {
        private(*x) + 1.0
    }

    #[differentiable]
    fn private(x: f64) -> f64 {
        x.exp()
    }

    pub mod deeper {
        use super::private;
        use micrograd_core::differentiable;

        #[differentiable]
        pub(super) fn restricted(x: f64) -> f64 {
            private(x) * x
        }

        #[differentiable]
        pub(in crate::calls) fn by_path(x: f64) -> f64 {
            restricted(x) + super::private(x) + crate::calls::inner::g(x, x)
        }
    }
}

mod reexported {
    pub use super::inner::g as renamed;
}

use inner::g as h;

#[differentiable]
fn by_paths(x: f64, y: f64) -> f64 {
    inner::g(x, y)
        + h(y, x)
        + reexported::renamed(x, 2.0)
        + self::inner::deeper::by_path(y)
        + inner::visible_in_the_crate(&x)
}

#[test]
fn paths_and_renamed_imports_are_called() {
    check_gradient!(by_paths, 0.5, 1.2);
}

#[test]
fn gradient_takes_paths() {
    assert_eq!(gradient!(inner::g, 2.0, 3.0), (12.0, (12.0, 4.0)));
    assert_eq!(gradient!(h, 2.0, 3.0), (12.0, (12.0, 4.0)));
    assert_eq!(
        gradient!(reexported::renamed, 2.0, 3.0),
        (12.0, (12.0, 4.0))
    );
}

#[differentiable]
fn twice_the_same(x: f64) -> f64 {
    h(x, x) * x.atan2(x + 1.0) + x.max(-x) + x.hypot(x)
}

#[test]
fn the_same_argument_passed_twice_accumulates() {
    check_gradient!(twice_the_same, 0.5);
}

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * y[i] * y[i];
    }
    s
}

#[differentiable]
fn with_itself(v: &[f64]) -> f64 {
    dot(v, v)
}

#[test]
fn the_same_slice_passed_twice_accumulates() {
    check_gradient!(with_itself, &vec![1.0, 2.0, 3.0]);
}

#[differentiable]
fn product(x: &f64, y: &f64) -> f64 {
    x * y * y
}

#[differentiable]
fn elements(v: &[f64], i: usize, j: usize) -> f64 {
    product(&v[0], &v[1]) + product(&v[i], &v[j]) + product(&v[i], &v[i])
}

#[test]
fn elements_of_one_slice_are_passed_by_reference() {
    check_gradient!(elements, &vec![1.0, 2.0, 3.0], 1usize, 2usize);
    check_gradient!(elements, &vec![1.0, 2.0, 3.0], 2usize, 2usize);
}

#[differentiable]
fn rows(m: &[Vec<f64>], i: usize, j: usize) -> f64 {
    let mut s = dot(&m[i], &m[j]);
    for k in 0..m.len() {
        s += dot(&m[k], &m[i]) * s;
    }
    s
}

#[test]
fn rows_of_one_matrix_are_passed_by_reference() {
    let m = vec![vec![0.1, 0.2], vec![0.3, 0.4], vec![0.5, 0.6]];
    check_gradient!(rows, &m, 0usize, 2usize);
    check_gradient!(rows, &m, 1usize, 1usize);
}

#[derive(Clone, micrograd_core::Differentiable)]
struct Pair {
    a: f64,
    b: Vec<f64>,
}

#[differentiable]
fn fields(s: &Pair) -> f64 {
    product(&s.a, &s.a) + product(&s.a, &s.b[0]) + dot(&s.b, &s.b)
}

#[differentiable]
fn whole_and_part(p: &Pair, a: &f64, b: &[f64]) -> f64 {
    p.a * a + p.b[0] * b[1]
}

#[differentiable]
fn overlapping(s: &Pair) -> f64 {
    whole_and_part(s, &s.a, &s.b)
}

#[test]
fn fields_of_one_struct_are_passed_by_reference() {
    let pair = Pair {
        a: 0.5,
        b: vec![0.3, 0.2],
    };
    micrograd_core::check::gradient(&(pair,), |(s,)| fields(s), |(s,)| pullback_fields(s));
}

#[test]
fn a_struct_and_its_parts_are_passed_together() {
    let pair = Pair {
        a: 0.5,
        b: vec![0.3, 0.2],
    };
    micrograd_core::check::gradient(
        &(pair,),
        |(s,)| overlapping(s),
        |(s,)| pullback_overlapping(s),
    );
}

#[differentiable]
fn array_by_value(v: [f64; 2], w: Vec<f64>) -> f64 {
    v[0] * w[1] + v[1]
}

#[differentiable]
fn passes_by_value(v: [f64; 2], w: Vec<f64>, x: f64) -> f64 {
    array_by_value(v, w.clone()) + array_by_value([x, v[0]], vec![x, w[0]]) * array_by_value(v, w)
}

#[test]
fn arrays_and_vectors_are_passed_by_value() {
    check_gradient!(passes_by_value, [1.0, 2.0], vec![3.0, 4.0], 0.5);
}

#[differentiable]
fn pair_of(x: f64, y: f64) -> (f64, f64) {
    (x * y, x - y)
}

#[differentiable]
fn takes_results_apart(x: f64, y: f64) -> f64 {
    let (p, d) = pair_of(x, y);
    let (_, e) = pair_of(p, d);
    let t = pair_of(e, x);
    p * d + pair_of(y, e).0 * t.1
}

#[test]
fn tuple_results_are_taken_apart() {
    check_gradient!(takes_results_apart, 0.7, 1.9);
}

#[differentiable]
fn vector_of(x: f64, n: usize) -> Vec<f64> {
    vec![x * x; n]
}

#[differentiable]
fn uses_vector(x: f64) -> f64 {
    let v = vector_of(x, 3);
    let mut s = 0.0;
    for y in &v {
        s += y * x;
    }
    s + dot(&v, &vector_of(s, 3)) + vector_of(x, 2)[1]
}

#[test]
fn a_result_that_is_a_vector_is_used() {
    check_gradient!(uses_vector, 0.7);
}

#[differentiable]
fn in_a_loop(x: f64, v: &[f64]) -> f64 {
    let mut s = x;
    for i in 0..v.len() {
        s = h(s, v[i]) + product(&s, &v[i]);
        if s > 1.0 {
            s = inner::deeper::by_path(-s);
        }
    }
    s
}

#[test]
fn calls_in_loops_and_branches_keep_their_pullbacks() {
    check_gradient!(in_a_loop, 0.7, &vec![0.9, 1.4, 0.3]);
}

#[differentiable]
fn nested_calls(x: f64) -> f64 {
    h(h(x, h(x, x)), product(&h(x, 2.0), &x))
}

#[test]
fn calls_nest_as_arguments() {
    check_gradient!(nested_calls, 0.7);
}

/// A documented function.
///
/// With an example that is not run: `annotated(1.0)`.
#[differentiable]
#[inline]
#[must_use = "it computes"]
#[allow(clippy::let_and_return)]
fn annotated(x: f64) -> f64 {
    let y = x * x;
    y
}

#[inline(always)]
#[must_use]
#[differentiable]
fn annotated_before(x: f64) -> f64 {
    annotated(x) * x
}

#[test]
fn attributes_are_kept() {
    check_gradient!(annotated_before, 1.5);
}

#[differentiable]
const fn constant(x: f64) -> f64 {
    x * x
}

#[differentiable]
fn calls_const(x: f64) -> f64 {
    constant(x) + x
}

#[test]
fn a_const_function_stays_const() {
    const NINE: f64 = constant(3.0);
    assert_eq!(NINE, 9.0);
    check_gradient!(calls_const, 1.5);
}

#[differentiable]
fn outer(x: f64) -> f64 {
    inner_item(x) * 2.0
}

#[differentiable]
fn inner_item(x: f64) -> f64 {
    x.tanh()
}

#[test]
fn a_function_may_be_declared_after_its_use() {
    check_gradient!(outer, 0.4);
}

fn safe_sqrt(x: f64) -> f64 {
    x.max(0.0).sqrt()
}

#[differentiable(rule = pullback_of_root)]
fn root(x: f64, n: usize) -> f64 {
    safe_sqrt(x) * n as f64
}

fn pullback_of_root(x: f64, n: usize) -> (f64, impl Fn(f64) -> (f64, micrograd_core::NoTangent)) {
    let y = safe_sqrt(x);
    let slope = if y == 0.0 { 0.0 } else { 0.5 / y * n as f64 };
    (y * n as f64, move |dy| {
        (dy * slope, micrograd_core::NoTangent)
    })
}

#[differentiable]
fn uses_rule(x: f64) -> f64 {
    root(x, 2) * x + root(x * x, 1)
}

#[test]
fn a_hand_written_rule_is_used() {
    check_gradient!(uses_rule, 0.4);
    check_gradient!(root, 0.4, 3usize);
    assert_eq!(gradient!(root, 0.0, 3).1.0, 0.0);
}

mod rules {
    pub fn scaled(v: &[f64], k: f64) -> (f64, impl Fn(f64) -> (Vec<f64>, f64)) {
        let n = v.len();
        let sum: f64 = v.iter().sum();
        (sum * k, move |d| (vec![d * k; n], d * sum))
    }
}

#[differentiable(rule = rules::scaled)]
fn scaled_sum(v: &[f64], k: f64) -> f64 {
    v.iter().sum::<f64>() * k
}

#[differentiable]
fn uses_slice_rule(v: &[f64], k: f64) -> f64 {
    scaled_sum(v, k) * scaled_sum(v, scaled_sum(v, 1.0))
}

#[test]
fn a_rule_by_path_may_take_slices() {
    check_gradient!(uses_slice_rule, &vec![1.0, 2.0], 0.3);
}

#[test]
fn a_borrowed_argument_is_free_to_read_while_the_pullback_lives() {
    let v = vec![1.0, 2.0, 3.0];
    let (value, back) = pullback_with_itself(&v);
    let sum: f64 = v.iter().sum();
    let first = back(1.0).0;
    assert_eq!((value, sum, first.len(), v.len()), (36.0, 6.0, 3, 3));
    drop(back);
    drop(v);
}

#[test]
fn an_owned_argument_moves_into_the_pullback() {
    let back = {
        let w = vec![3.0, 4.0];
        pullback_array_by_value([1.0, 2.0], w).1
    };
    assert_eq!(back(1.0), ([4.0, 1.0], vec![0.0, 1.0]));
}

#[test]
fn gradient_takes_references_to_temporaries() {
    assert_eq!(gradient!(with_itself, &vec![1.0, 2.0]).1.0, [3.0, 12.0]);
}

#[test]
fn rows_of_a_jacobian_share_one_primal_run() {
    let (_, back) = pullback_pair_of(3.0, 4.0);
    assert_eq!(
        (back((1.0, 0.0)), back((0.0, 1.0))),
        ((4.0, 3.0), (1.0, -1.0))
    );
}
