//! Structs, methods and derived tangents.

#[allow(unused_imports)]
use micrograd_core::{Differentiable, NoTangent, check, check_gradient, code_ir, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[derive(Clone, Differentiable)]
struct Body {
    at: Point,
    speed: (f64, f64),
    masses: Vec<f64>,
    grid: [[f64; 2]; 2],
    #[no_gradient]
    name: String,
    #[no_gradient]
    exact: f64,
    steps: usize,
}

#[derive(Clone, Copy, Differentiable)]
struct Metres(f64);

#[derive(Clone, Differentiable)]
struct Pair<A, B>(A, #[no_gradient] u8, B);

#[derive(Clone, Differentiable)]
struct Fixed<const N: usize> {
    coefficients: [f64; N],
}

#[derive(Clone, Differentiable)]
struct Unit;

fn point() -> Point {
    Point { x: 0.7, y: -1.2 }
}

fn body() -> Body {
    Body {
        at: point(),
        speed: (0.3, 0.4),
        masses: vec![1.0, 2.0, 3.0],
        grid: [[0.1, 0.2], [0.3, 0.4]],
        name: "moon".to_owned(),
        exact: 2.5,
        steps: 2,
    }
}

impl Point {
    #[differentiable]
    fn norm(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    #[differentiable]
    fn scaled(&self, by: f64) -> Point {
        Point {
            x: self.x * by,
            y: self.y * by,
        }
    }

    #[differentiable]
    fn consumed(self) -> f64 {
        let Point { x, y } = self;
        x * y * x
    }

    #[differentiable]
    fn plus(&self, other: &Point) -> Self {
        Self {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }

    #[differentiable]
    fn chained(&self, by: f64) -> f64 {
        self.scaled(by).plus(self).scaled(2.0).norm() + self.plus(&self.scaled(by)).consumed()
    }

    #[differentiable]
    fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    #[differentiable]
    fn on_axis(x: f64) -> Self {
        Point::new(x, 2.0 * x)
    }

    #[differentiable]
    fn from_polar(r: f64, angle: f64) -> Self {
        let (sin, cos) = angle.sin_cos();
        Point::new(r * cos, r * sin)
    }

    #[differentiable]
    fn with_self(&self, angle: f64) -> f64 {
        let other = Self::new(self.y, angle);
        other.norm() * Point::norm(self) * Self::norm(&other)
    }
}

#[test]
fn a_method_reads_fields_through_a_reference() {
    check::gradient(&(point(),), |(p,)| p.norm(), |(p,)| p.pullback_norm());
}

#[test]
fn a_method_returns_a_struct() {
    check::gradient(
        &(point(), 1.7),
        |(p, by)| p.scaled(*by),
        |(p, by)| p.pullback_scaled(*by),
    );
}

#[test]
fn a_method_takes_self_by_value() {
    check::gradient(
        &(point(),),
        |(p,)| p.clone().consumed(),
        |(p,)| p.clone().pullback_consumed(),
    );
}

#[test]
fn methods_chain() {
    check::gradient(
        &(point(), 0.6),
        |(p, by)| p.chained(*by),
        |(p, by)| p.pullback_chained(*by),
    );
}

#[test]
fn associated_functions_build_structs() {
    check::gradient(
        &(1.3, 0.6),
        |(r, a)| Point::from_polar(*r, *a),
        |(r, a)| Point::pullback_from_polar(*r, *a),
    );
}

#[test]
fn an_associated_function_need_not_mention_self() {
    check::gradient(
        &(1.3,),
        |(x,)| Point::on_axis(*x),
        |(x,)| Point::pullback_on_axis(*x),
    );
}

#[test]
fn methods_are_called_by_path() {
    check::gradient(
        &(point(), 0.6),
        |(p, a)| p.with_self(*a),
        |(p, a)| p.pullback_with_self(*a),
    );
}

#[test]
fn a_method_has_a_text() {
    assert!(code_ir!(Point::norm).contains("getfield"));
}

#[differentiable]
fn energy(body: &Body, gravity: f64) -> f64 {
    let mut kinetic = 0.0;
    for m in &body.masses {
        kinetic += 0.5 * m * (body.speed.0 * body.speed.0 + body.speed.1 * body.speed.1);
    }
    let mut s = kinetic + gravity * body.at.y * body.masses[0] * body.exact;
    for _ in 0..body.steps {
        s *= body.grid[0][1] + body.grid[1][0] * body.at.norm();
    }
    s + body.name.len() as f64
}

#[test]
fn nested_fields_carry_and_excluded_fields_do_not() {
    let body = body();
    let (_, back) = pullback_energy(&body, 9.81);
    let _: NoTangent = back(1.0).0.exact;
    check::gradient(
        &(body.clone(), 9.81),
        |(b, g)| energy(b, *g),
        |(b, g)| pullback_energy(b, *g),
    );
}

#[differentiable]
fn moved(body: Body, t: f64) -> Body {
    let at = Point {
        x: body.at.x + body.speed.0 * t,
        y: body.at.y + body.speed.1 * t,
    };
    let speed = (body.speed.0 * 0.9, body.speed.1 - t);
    Body {
        at,
        speed,
        masses: body.masses,
        grid: body.grid,
        name: body.name,
        exact: body.exact,
        steps: body.steps + 1,
    }
}

#[test]
fn a_struct_is_taken_and_given_by_value() {
    check::gradient(
        &(body(), 0.1),
        |(b, t)| moved(b.clone(), *t),
        |(b, t)| pullback_moved(b.clone(), *t),
    );
}

#[differentiable]
fn newtype(a: Metres, b: &Metres) -> Metres {
    let Metres(inner) = a;
    Metres(inner * b.0 + a.0)
}

#[test]
fn a_tuple_struct_is_built_and_taken_apart() {
    check::gradient(
        &(Metres(2.0), Metres(3.0)),
        |(a, b)| newtype(*a, b),
        |(a, b)| pullback_newtype(*a, b),
    );
}

#[differentiable]
fn generic_pair(p: &Pair<f64, Vec<f64>>) -> f64 {
    p.0 * p.2[0] * p.2[1] * p.1 as f64
}

#[test]
fn a_generic_tuple_struct_has_a_tangent() {
    check::gradient(
        &(Pair(0.5, 3, vec![2.0, 3.0]),),
        |(p,)| generic_pair(p),
        |(p,)| pullback_generic_pair(p),
    );
}

impl<const N: usize> Fixed<N> {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        let mut y = 0.0;
        for i in (0..N).rev() {
            y = y * x + self.coefficients[i];
        }
        y
    }
}

#[test]
fn a_method_of_a_const_generic_struct_differentiates() {
    let polynomial = Fixed {
        coefficients: [1.0, -2.0, 3.0],
    };
    check::gradient(
        &(polynomial, 0.4),
        |(p, x)| p.at(*x),
        |(p, x)| p.pullback_at(*x),
    );
}

#[differentiable]
fn with_unit(u: Unit, x: f64) -> f64 {
    let _ = u;
    x * x
}

#[test]
fn a_unit_struct_has_a_tangent() {
    check::gradient(
        &(Unit, 0.4),
        |(_, x)| with_unit(Unit, *x),
        |(_, x)| pullback_with_unit(Unit, *x),
    );
}

#[differentiable]
fn struct_array(points: &[Point]) -> f64 {
    let mut s = 0.0;
    for p in points {
        s += p.x * p.norm();
    }
    for i in 1..points.len() {
        s *= points[i].y - points[i - 1].x;
    }
    s
}

#[test]
fn a_slice_of_structs_differentiates() {
    let points = vec![point(), Point { x: 2.0, y: 0.5 }, Point { x: -1.0, y: 0.1 }];
    check::gradient(
        &(points,),
        |(p,)| struct_array(p),
        |(p,)| pullback_struct_array(p),
    );
}

#[differentiable]
fn carried_struct(p: Point, n: usize) -> Point {
    let mut q = p;
    for i in 0..n {
        q = Point {
            x: q.y * q.x,
            y: q.x + i as f64,
        };
    }
    q
}

#[test]
fn a_struct_is_carried_through_a_loop() {
    check::gradient(
        &(point(),),
        |(p,)| carried_struct(p.clone(), 3),
        |(p,)| {
            let (value, back) = pullback_carried_struct(p.clone(), 3);
            (value, move |d| (back(d).0,))
        },
    );
}

#[differentiable]
fn projected_twice(p: &Point) -> f64 {
    let x = p.x;
    let q = p;
    x * p.x * q.x + q.y
}

#[test]
fn a_projection_used_twice_accumulates() {
    check::gradient(
        &(point(),),
        |(p,)| projected_twice(p),
        |(p,)| pullback_projected_twice(p),
    );
}

#[differentiable]
fn boxed(b: Box<f64>, v: &Box<Point>) -> f64 {
    *b * v.x + v.norm()
}

#[test]
fn boxes_are_seen_through() {
    let point = Box::new(Point { x: 3.0, y: 4.0 });
    let (value, back) = pullback_boxed(Box::new(2.0), &point);
    let (db, dp) = back(1.0);
    assert_eq!((value, db), (11.0, 3.0));
    assert!((dp.x - 2.6).abs() < 1e-12 && (dp.y - 0.8).abs() < 1e-12);
}

/// A type whose methods have the names of rules and of inert methods.
#[derive(Clone, Copy, Differentiable)]
struct Wave {
    amplitude: f64,
}

impl Wave {
    #[differentiable]
    fn sin(&self) -> f64 {
        self.amplitude * self.amplitude
    }

    #[differentiable]
    fn len(&self) -> f64 {
        self.amplitude * 3.0
    }
}

#[differentiable]
fn own_sin(w: Wave) -> f64 {
    w.sin() * 2.0
}

#[test]
fn a_users_own_sin_wins() {
    check::gradient(
        &(Wave { amplitude: 0.7 },),
        |(w,)| own_sin(*w),
        |(w,)| pullback_own_sin(*w),
    );
}

struct Orbit;

/// What a brace in a comment `{` does not change.
impl Orbit {
    #[differentiable]
    fn anomaly(mean: f64, eccentricity: f64) -> f64 {
        let mut e = mean;
        for _ in 0..8 {
            e -= (e - eccentricity * e.sin() - mean) / (1.0 - eccentricity * e.cos());
        }
        e
    }

    #[differentiable]
    fn radius(mean: f64, eccentricity: f64) -> f64 {
        1.0 - eccentricity * Orbit::anomaly(mean, eccentricity).cos()
    }
}

#[test]
fn an_associated_function_needs_no_self() {
    let (value, back) = Orbit::pullback_radius(0.8, 0.3);
    assert_eq!(value, Orbit::radius(0.8, 0.3));
    let (dmean, de) = back(1.0);
    let h = 1e-6;
    let slope = (Orbit::radius(0.8 + h, 0.3) - Orbit::radius(0.8 - h, 0.3)) / (2.0 * h);
    assert!((dmean - slope).abs() < 1e-8);
    let slope = (Orbit::radius(0.8, 0.3 + h) - Orbit::radius(0.8, 0.3 - h)) / (2.0 * h);
    assert!((de - slope).abs() < 1e-8);
}

#[derive(Clone, Debug, Default, Differentiable)]
struct Settings {
    gain: f64,
    offsets: Vec<f64>,
    limits: (f64, f64),
    #[no_gradient]
    _name: String,
}

impl Settings {
    #[differentiable]
    fn tuned(&self, gain: f64) -> Settings {
        Settings {
            gain: gain * self.gain,
            ..self.clone()
        }
    }

    #[differentiable]
    fn applied(mut self, x: f64) -> f64 {
        self.gain += x;
        self.limits.0 *= x;
        self.offsets[0] = self.gain * self.limits.1;
        self.offsets.iter().sum::<f64>() * self.gain + self.limits.0
    }
}

#[differentiable]
fn tuned(gain: f64, x: f64) -> f64 {
    let base = Settings {
        gain: x,
        offsets: vec![gain, x * x],
        ..Default::default()
    };
    let other = Settings {
        limits: (gain, x),
        ..base
    };
    other.tuned(x).applied(gain) + other.limits.0
}

#[test]
fn a_struct_is_updated_from_another() {
    check_gradient!(tuned, 0.7, 1.3);
    let (settings, back) = Settings {
        gain: 2.0,
        offsets: vec![1.0],
        limits: (0.0, 1.0),
        _name: "a".into(),
    }
    .pullback_applied(3.0);
    assert_eq!(settings, 5.0 * 5.0);
    assert_eq!(back(1.0).1, 10.0);
}

mod formulas {
    use micrograd_core::differentiable;

    /// Doc comments and other attributes stay.
    #[inline]
    #[must_use]
    #[differentiable]
    pub const fn halved(x: f64) -> f64 {
        x * 0.5
    }

    pub mod inner {
        pub use super::halved as half;
    }
}

use formulas::inner::half as renamed;

#[differentiable]
fn through_names(x: f64) -> f64 {
    const HALF: f64 = formulas::halved(1.0);
    renamed(x) * formulas::inner::half(x * x) + HALF * x
}

#[test]
fn one_use_brings_the_derivative_under_any_name() {
    check_gradient!(through_names, 0.7);
}

#[derive(Clone, Differentiable)]
struct Ring {
    elements: Vec<f64>,
}

impl std::ops::Index<usize> for Ring {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.elements[i % self.elements.len()]
    }
}

impl std::ops::Index<usize> for RingTangent {
    type Output = f64;
    fn index(&self, i: usize) -> &f64 {
        &self.elements[i % self.elements.len()]
    }
}

impl std::ops::IndexMut<usize> for RingTangent {
    fn index_mut(&mut self, i: usize) -> &mut f64 {
        let length = self.elements.len();
        &mut self.elements[i % length]
    }
}

#[differentiable]
fn around(ring: &Ring, x: f64) -> f64 {
    let mut s = x;
    for i in 0..5 {
        s += ring[i] * ring[i + 1] * x;
    }
    s
}

#[test]
fn a_tangent_that_is_indexed_as_its_type_gives_the_rule() {
    let ring = Ring {
        elements: vec![0.7, 1.3, -0.4],
    };
    check_gradient!(around, &ring, 0.8);
}
