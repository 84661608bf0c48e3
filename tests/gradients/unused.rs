//! What is computed or passed and not used.

use micrograd_core::{NoTangent, check_gradient, differentiable, gradient};

#[differentiable]
fn ignores(x: f64, _y: f64, _v: &[f64], _n: usize) -> f64 {
    x * x
}

#[test]
fn an_unused_parameter_has_a_zero_cotangent_of_its_shape() {
    assert_eq!(
        gradient!(ignores, 3.0, 1.0, &[1.0, 2.0], 7),
        (9.0, (6.0, 0.0, vec![0.0, 0.0], NoTangent))
    );
}

#[differentiable]
fn constant(_x: f64, _v: Vec<f64>) -> f64 {
    42.0
}

#[test]
fn a_constant_function_has_a_zero_gradient() {
    assert_eq!(
        gradient!(constant, 3.0, vec![1.0]),
        (42.0, (0.0, vec![0.0]))
    );
}

#[differentiable]
fn dead_code(x: f64, v: &[f64]) -> f64 {
    let _a = x.ln() * v[0];
    let _b = square(x) / 0.0;
    let mut _c = x.sqrt();
    _c *= v[1];
    x * 2.0
}

#[differentiable]
fn square(x: f64) -> f64 {
    x * x
}

#[test]
fn dead_code_contributes_nothing_even_where_it_is_infinite() {
    assert_eq!(
        gradient!(dead_code, 0.0, &[1.0, 2.0]),
        (0.0, (2.0, vec![0.0, 0.0]))
    );
}

#[differentiable]
#[allow(unused_must_use)]
fn unused_result(x: f64, v: &[f64]) -> f64 {
    square(x);
    let _ = total(v);
    x.sin();
    let (_, kept) = both(x, v);
    kept
}

#[differentiable]
fn total(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for x in v {
        s += x;
    }
    s
}

#[differentiable]
fn both(x: f64, v: &[f64]) -> (Vec<f64>, f64) {
    (vec![x; 2], x * v[0])
}

#[test]
fn an_unused_result_of_a_call_contributes_nothing() {
    check_gradient!(unused_result, 2.0, &vec![3.0, 4.0]);
}

#[differentiable]
fn half_of_a_tuple(x: f64, y: f64) -> (f64, f64) {
    (x * y, y.ln())
}

#[differentiable]
fn uses_half(x: f64, y: f64) -> f64 {
    half_of_a_tuple(x, y).0
}

#[test]
fn an_unused_part_of_a_result_is_a_zero_cotangent() {
    assert_eq!(gradient!(uses_half, 3.0, 0.0), (0.0, (0.0, 3.0)));
}

#[differentiable]
fn empty(_x: f64) {}

#[test]
fn a_function_without_a_value_has_a_pullback() {
    let ((), back) = pullback_empty(2.0);
    assert_eq!(back(NoTangent), (0.0,));
}

#[differentiable]
fn checks_only(x: f64) {
    let y = x * x;
    assert!(y >= 0.0);
}

#[differentiable]
fn calls_for_effect(x: f64) -> f64 {
    checks_only(x);
    x * 3.0
}

#[test]
fn a_call_for_its_effect_contributes_nothing() {
    check_gradient!(calls_for_effect, 2.0);
}

#[differentiable]
fn no_parameters() -> f64 {
    let x = 2.0;
    x * x
}

#[differentiable]
fn calls_no_parameters(x: f64) -> f64 {
    no_parameters() * x
}

#[test]
fn a_function_without_parameters_may_be_called() {
    let (value, back) = pullback_no_parameters();
    let () = back(1.0);
    assert_eq!(value, 4.0);
    check_gradient!(calls_no_parameters, 2.0);
}

#[differentiable]
fn only_integers(n: usize, k: i32) -> usize {
    n * 2 + k as usize
}

#[differentiable]
fn uses_integers(x: f64, n: usize) -> f64 {
    x * only_integers(n, 3) as f64
}

#[test]
fn a_function_of_integers_may_be_called() {
    check_gradient!(uses_integers, 2.0, 3usize);
}

#[differentiable]
fn predicate(x: f64, y: f64) -> bool {
    x > y
}

#[differentiable]
fn uses_predicate(x: f64, y: f64) -> f64 {
    if predicate(x, y) { x } else { y * y }
}

#[test]
fn a_predicate_may_be_called() {
    check_gradient!(uses_predicate, 2.0, 3.0);
    check_gradient!(uses_predicate, 4.0, 3.0);
}

#[differentiable]
fn identity(x: f64) -> f64 {
    x
}

#[differentiable]
fn identity_of_vector(v: Vec<f64>) -> Vec<f64> {
    v
}

#[differentiable]
fn copied(v: &[f64]) -> Vec<f64> {
    v.to_vec()
}

#[differentiable]
fn duplicated(x: f64) -> (f64, f64) {
    (x, x)
}

#[test]
fn an_argument_may_be_the_value() {
    check_gradient!(identity, 2.0);
    check_gradient!(identity_of_vector, vec![2.0, 3.0]);
    check_gradient!(copied, &vec![2.0, 3.0]);
    check_gradient!(duplicated, 2.0);
}

#[differentiable]
fn text(name: &str, x: f64, letter: char) -> f64 {
    if letter == 'a' {
        x * name.len() as f64
    } else {
        x
    }
}

#[test]
fn text_carries_no_gradient() {
    assert_eq!(
        gradient!(text, "abc", 2.0, 'a'),
        (6.0, (NoTangent, 3.0, NoTangent))
    );
}

#[differentiable(no_gradient(config))]
fn foreign(x: f64, config: &Config) -> f64 {
    if config.square {
        x * x
    } else {
        x * config.scale
    }
}

/// A type without a tangent.
struct Config {
    square: bool,
    scale: f64,
}

#[test]
fn an_excluded_parameter_needs_no_tangent_type() {
    assert_eq!(
        gradient!(
            foreign,
            2.0,
            &Config {
                square: true,
                scale: 3.0
            }
        )
        .1
        .0,
        4.0
    );
    assert_eq!(
        gradient!(
            foreign,
            2.0,
            &Config {
                square: false,
                scale: 3.0
            }
        )
        .1
        .0,
        3.0
    );
}

#[differentiable]
fn calls_foreign(x: f64, n: usize) -> f64 {
    excluding(x, x, n)
}

#[differentiable(no_gradient(y))]
fn excluding(x: f64, y: f64, n: usize) -> f64 {
    x * y * n as f64
}

#[test]
fn a_call_respects_the_excluded_parameter() {
    assert_eq!(gradient!(calls_foreign, 2.0, 3), (12.0, (6.0, NoTangent)));
}

#[differentiable(no_gradient(v, w, p))]
fn excluded_data(x: f64, v: &[f64], w: Vec<f64>, p: (f64, [f64; 2])) -> f64 {
    let mut s = x * p.0;
    for i in 0..v.len() {
        s += x * v[i] * w[i] + p.1[0].sin() * s;
    }
    for y in v {
        s *= y + x;
    }
    s
}

#[test]
fn excluded_data_are_used_like_constants() {
    let (v, w) = (vec![0.3, 0.4], vec![0.5, 0.6]);
    let f = |x: f64| excluded_data(x, &v, w.clone(), (0.7, [0.8, 0.9]));
    let (value, back) = pullback_excluded_data(0.2, &v, w.clone(), (0.7, [0.8, 0.9]));
    let (dx, NoTangent, NoTangent, NoTangent) = back(1.0);
    let estimate = (f(0.2 + 1e-6) - f(0.2 - 1e-6)) / 2e-6;
    assert_eq!(value, f(0.2));
    assert!((dx - estimate).abs() < 1e-8, "{dx} {estimate}");
}

#[differentiable]
fn stops_in_a_loop(x: f64, v: &[f64]) -> f64 {
    let mut s = x;
    for y in v {
        s = micrograd_core::stop_gradient(s) * y + x;
    }
    s
}

#[test]
fn stop_gradient_cuts_a_carried_value() {
    assert_eq!(
        gradient!(stops_in_a_loop, 2.0, &[3.0, 4.0]),
        (34.0, (1.0, vec![0.0, 8.0]))
    );
}

struct Machine {
    gain: f64,
}

impl Machine {
    #[differentiable(no_gradient(self))]
    fn run(&self, x: f64) -> f64 {
        x * x * self.gain
    }
}

#[test]
fn self_may_be_excluded() {
    let machine = Machine { gain: 2.0 };
    let (value, back) = machine.pullback_run(3.0);
    assert_eq!((value, back(1.0)), (18.0, (NoTangent, 12.0)));
}
