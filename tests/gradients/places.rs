//! Deep places, temporaries, what is moved, and what names stand for.

use micrograd_core::{Differentiable, check, check_gradient, differentiable};

#[derive(Clone, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn square(x: &f64) -> f64 {
    x * x
}

#[derive(Clone, Differentiable)]
struct Scene {
    points: Vec<Point>,
    pairs: [(Point, f64); 2],
    scale: f64,
}

impl Scene {
    #[differentiable]
    fn deep(&self, i: usize) -> f64 {
        let mut s = self.pairs[1].0.x * self.pairs[i].1;
        for p in &self.points {
            s += p.x * self.scale + self.points[i].y;
        }
        for (p, w) in &self.pairs {
            s *= p.x + w;
        }
        for k in 0..self.points.len() {
            let Point { x, y } = &self.points[k];
            s += x * y * self.first().y;
        }
        s
    }

    #[differentiable]
    fn first(&self) -> Point {
        let p: Point = self.points[0].clone();
        p
    }
}

#[test]
fn deep_places_carry() {
    let p = |x: f64| Point {
        x,
        y: x * 0.5 + 0.1,
    };
    let scene = Scene {
        points: vec![p(0.1), p(0.2), p(0.3)],
        pairs: [(p(0.4), 0.5), (p(0.6), 0.7)],
        scale: 0.8,
    };
    check::gradient(
        &(scene,),
        |(s,)| s.deep(1),
        |(s,)| {
            let (value, back) = s.pullback_deep(1);
            (value, move |d| (back(d).0,))
        },
    );
}

#[differentiable]
fn dot(x: &[f64], y: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..x.len() {
        s += x[i] * y[i];
    }
    s
}

#[differentiable]
fn temporaries(x: f64, y: f64) -> f64 {
    let a = dot(&[x, y], &[1.0, x]);
    let b = dot(&vec![x * y, a], &[y; 2]);
    let v = vec![a, b];
    dot(&v, &[x, y]) + square(&(x * y)) + square(&x.sin()) + dot(&v, &v)
}

#[test]
fn references_to_temporaries_are_passed() {
    check_gradient!(temporaries, 0.4, 0.7);
}

#[differentiable]
fn moved_twice(v: Vec<f64>, w: &[f64]) -> f64 {
    let a = v.clone();
    let b = v;
    let c = w.to_vec();
    let d = &c;
    a[0] * b[0] * d[1] + c[0]
}

#[test]
fn clones_and_moves_accumulate() {
    check_gradient!(moved_twice, vec![0.4], &vec![0.3, 0.7]);
}

#[derive(Differentiable)]
struct NotClone {
    x: f64,
}

#[differentiable]
fn unwraps(n: NotClone) -> f64 {
    n.x * n.x
}

#[differentiable]
fn passes_on(n: NotClone) -> f64 {
    unwraps(n)
}

#[test]
fn a_struct_by_value_need_not_be_clone() {
    let (value, back) = pullback_passes_on(NotClone { x: 3.0 });
    assert_eq!((value, back(1.0).0.x), (9.0, 6.0));
}

#[differentiable]
fn mixed_tuple(x: f64, n: usize) -> (f64, usize, bool) {
    let t: (f64, usize, bool) = (x * n as f64, n + 1, x > 0.0);
    t
}

#[differentiable]
fn uses_mixed_tuple(x: f64) -> f64 {
    let (y, n, flag) = mixed_tuple(x, 3);
    if flag { y * n as f64 } else { x }
}

#[test]
fn a_tuple_may_hold_integers() {
    check_gradient!(uses_mixed_tuple, 0.4);
}

#[differentiable]
fn mutable_parameter(mut x: f64, mut n: usize) -> f64 {
    x *= 2.0;
    n += 1;
    for _ in 0..n {
        x = x.sin() * x;
    }
    x * n as f64
}

#[test]
fn a_parameter_may_be_changed() {
    check_gradient!(mutable_parameter, 0.4, 2usize);
}

#[differentiable]
#[allow(clippy::too_many_arguments)]
fn thirteen(
    a: f64,
    b: f64,
    c: f64,
    d: f64,
    e: f64,
    f: f64,
    g: f64,
    h: f64,
    i: f64,
    j: f64,
    k: f64,
    l: f64,
    m: f64,
) -> f64 {
    a * b + c * d + e * f + g * h + i * j + k * l + m
}

#[test]
fn a_function_may_have_thirteen_parameters() {
    let (_, back) = pullback_thirteen(
        1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0, 11.0, 12.0, 13.0,
    );
    assert_eq!((back(1.0).0, back(1.0).11, back(1.0).12), (2.0, 11.0, 1.0));
}

type Alias = Point;

#[differentiable]
fn aliased(x: f64) -> f64 {
    let p = Alias { x, y: x * x };
    p.x * p.y
}

#[test]
fn a_type_may_have_an_alias() {
    check_gradient!(aliased, 0.4);
}

struct Constants;

impl Constants {
    const GRAVITY: f64 = 9.81;
    const STEPS: usize = 2;

    #[differentiable]
    fn fall(x: f64, _of: &Self) -> f64 {
        let mut s = x;
        for _ in 0..Self::STEPS {
            s *= Self::GRAVITY * x;
        }
        s + Constants::GRAVITY
    }
}

micrograd_core::no_tangent!(Constants);

#[test]
fn associated_constants_are_read() {
    let (value, back) = Constants::pullback_fall(2.0, &Constants);
    assert_eq!(value, Constants::fall(2.0, &Constants));
    assert!((back(1.0).0 - 9.81 * 9.81 * 12.0).abs() < 1e-9);
}

#[differentiable]
fn bits(x: f64, k: u32, v: &[f64]) -> f64 {
    let n = (1 << k) - 1;
    let even = n & 1 == 0;
    let sign = (x > 0.0) as i32 as f64;
    let m = (n ^ 2) % 3;
    if even || !(m == 1) {
        x * n as f64 + sign * v[m as usize]
    } else {
        x
    }
}

#[test]
fn integers_have_their_operators() {
    check_gradient!(bits, 0.4, 3u32, &vec![1.0, 2.0, 3.0]);
}

#[differentiable]
fn by_path(x: f64, y: f64) -> f64 {
    f64::max(x, y) * f64::sqrt(x)
        + f64::powi(y, 2)
        + 2f64.powf(x)
        + f64::EPSILON * x
        + usize::min(2, 3) as f64 * y
}

#[test]
fn methods_of_numbers_are_called_by_path() {
    check_gradient!(by_path, 0.4, 0.7);
}
