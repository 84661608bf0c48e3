//! Jacobians: their rows against central differences and against a call of the pullback for each row.

use micrograd_core::{Differentiable, NoTangent, differentiable};
use nalgebra::{DVector, Vector2};

/// The rows of a Jacobian, or the numbers of a value, one behind the other.
trait Flat<R> {
    fn flat(self, into: &mut Vec<R>);
}

type Row = (Vec<f64>, f64);

macro_rules! leaf {
    ($($ty:ty),*) => {$(
        impl Flat<$ty> for $ty {
            fn flat(self, into: &mut Vec<$ty>) {
                into.push(self);
            }
        }
    )*};
}
leaf!(f64, Row);

impl<R, T: Flat<R>, const N: usize> Flat<R> for [T; N] {
    fn flat(self, into: &mut Vec<R>) {
        self.into_iter().for_each(|part| part.flat(into));
    }
}

impl<R, T: Flat<R>> Flat<R> for Vec<T> {
    fn flat(self, into: &mut Vec<R>) {
        self.into_iter().for_each(|part| part.flat(into));
    }
}

impl<R, A: Flat<R>, B: Flat<R>> Flat<R> for (A, B) {
    fn flat(self, into: &mut Vec<R>) {
        self.0.flat(into);
        self.1.flat(into);
    }
}

impl Flat<f64> for DVector<f64> {
    fn flat(self, into: &mut Vec<f64>) {
        into.extend(self.iter());
    }
}

impl Flat<f64> for usize {
    fn flat(self, _: &mut Vec<f64>) {}
}

impl Flat<Row> for NoTangent {
    fn flat(self, _: &mut Vec<Row>) {}
}

fn flat<R>(parts: impl Flat<R>) -> Vec<R> {
    let mut all = Vec::new();
    parts.flat(&mut all);
    all
}

fn close(left: f64, right: f64, tolerance: f64) -> bool {
    (left - right).abs() <= tolerance * (1.0 + left.abs().max(right.abs()))
}

/// For functions of numbers and a number.
macro_rules! rows_agree {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let (x, w) = (vec![0.7, -0.3, 1.9, 0.4, -1.2], 0.8);
            let (value, rows) = jacobian!(super::$name, &x, w);
            let rows: Vec<Row> = flat(rows);
            assert_eq!(flat::<f64>(value.clone()), flat::<f64>(super::$name(&x, w)));
            assert_eq!(rows.len(), value.count());

            let (_, back) = super::$name::pullback(&x, w);
            for (index, row) in rows.iter().enumerate() {
                let expected = back(value.unit(index));
                assert_eq!(row.0.len(), x.len(), "row {index}");
                for (of_row, of_back) in row.0.iter().zip(&expected.0) {
                    assert!(close(*of_row, *of_back, 1e-13), "row {index}: {row:?}, by pullback {expected:?}");
                }
                assert!(close(row.1, expected.1, 1e-13), "row {index}: {row:?}, by pullback {expected:?}");
            }

            const H: f64 = 1e-6;
            let column = |j: usize| {
                let moved = |h: f64| {
                    let (mut x, mut w) = (x.clone(), w);
                    match x.get_mut(j) {
                        Some(x) => *x += h,
                        None => w += h,
                    }
                    flat::<f64>(super::$name(&x, w))
                };
                let (above, below): (Vec<f64>, Vec<f64>) = (moved(H), moved(-H));
                let both = above.into_iter().zip(below);
                both.map(|(above, below)| (above - below) / (2.0 * H)).collect::<Vec<f64>>()
            };
            for j in 0..=x.len() {
                for (row, difference) in rows.iter().zip(column(j)) {
                    let derivative = row.0.get(j).copied().unwrap_or(row.1);
                    assert!(close(derivative, difference, 1e-7), "column {j}: {derivative}, by differences {difference}");
                }
            }
        }
    )*};
}

mod rows {
    use super::{Row, close, flat};
    use micrograd_core::{Coordinates, jacobian};

    rows_agree! {
        straight_line five_rows nine_rows nested_arrays a_pair a_pair_with_a_count branches early_returns
        loops_that_write loops_that_carry nested_loops a_loop_that_stops sums_to_one_place calls_of_arrays calls_of_numbers
        calls_with_parts calls_of_vectors calls_of_one_twice calls_without_rules_for_many recursive_calls
        a_checkpoint_is_called structs_inside options_inside exchanged pushed_and_popped replaced_in_branches what_is_collected
        closures_inside scratch_with_versions checkpoints_inside rows_of_rows a_matrix a_product_of_matrices a_constant_row
        collected_with_a_carry collected_by_branches collected_from_calls heat replaced_twice
        what_is_not_used generic_vectors mutable_arguments_inside blocks_of_vectors a_fallible_callee shifted in_reverse
        maps_of_the_registry zipped_vectors mapped_closures
    }
}

#[differentiable]
fn straight_line(x: &[f64], w: f64) -> [f64; 3] {
    let s = (x[0] * w).sin() + x[1];
    let (sin, cos) = x[2].sin_cos();
    [s * sin / x[3], cos * s.exp(), x[4].powi(3) - w / s]
}

#[differentiable]
fn five_rows(x: &[f64], w: f64) -> [f64; 5] {
    let t = x[0] * x[1];
    [t * w, t + x[2], t / (2.0 + x[3]), x[4] * t, w * w]
}

#[differentiable]
fn nine_rows(x: &[f64], w: f64) -> [[f64; 3]; 3] {
    [
        [x[0] * w, x[1] * w, x[2] * w],
        [x[0] * x[1], x[1] * x[2], x[2] * x[3]],
        [x[4].tanh(), w.sqrt(), x[0].abs()],
    ]
}

#[differentiable]
fn nested_arrays(x: &[f64], w: f64) -> [[f64; 2]; 2] {
    let mut m = [[x[0], x[1]], [x[2], w]];
    m[0][1] *= m[1][0];
    for i in 0..2 {
        for j in 0..2 {
            m[i][j] = m[i][j] * w + x[i + j];
        }
    }
    m
}

#[differentiable]
fn a_pair(x: &[f64], w: f64) -> (f64, [f64; 2]) {
    (x[0] * w, [x[1] / w, x[2] * x[3]])
}

#[differentiable]
fn a_pair_with_a_count(x: &[f64], w: f64) -> (usize, [f64; 2]) {
    (x.len(), [x[1] / w, x[2] * x[3]])
}

#[differentiable]
fn branches(x: &[f64], w: f64) -> [f64; 3] {
    let a = if x[0] > 0.5 { x[0] * w } else { x[1] };
    let b = if a < 0.0 {
        [a, x[2], w]
    } else if x[3] > 10.0 {
        [x[3], a, a]
    } else {
        [a * x[3], a.ln(), x[4] * a]
    };
    match b[0] > 0.0 {
        true => [b[1], b[0], b[2] * w],
        false => b,
    }
}

#[differentiable]
fn early_returns(x: &[f64], w: f64) -> [f64; 2] {
    if x[0] < 0.0 {
        return [x[1], x[2]];
    }
    let t = x[3] * w;
    if t > 0.1 {
        return [t * x[0], t / x[2]];
    }
    [w, t]
}

#[differentiable]
pub fn loops_that_write(x: &[f64], w: f64) -> Vec<f64> {
    let mut out = vec![0.0; x.len()];
    for i in 0..x.len() {
        out[i] = x[i] * w + x[x.len() - 1 - i] * x[i];
    }
    out
}

#[differentiable]
fn loops_that_carry(x: &[f64], w: f64) -> [f64; 3] {
    let (mut a, mut b) = (w, 1.0);
    for v in x {
        a = (a * v).cos() + b;
        b *= 1.0 + v * v * 0.1;
    }
    [a, b, a * b]
}

#[differentiable]
fn nested_loops(x: &[f64], w: f64) -> [f64; 4] {
    let mut out = [0.0; 4];
    for i in 0..4 {
        let mut p = w;
        for j in 0..x.len() - i {
            p = p * 0.5 + x[j] * x[j + i];
        }
        out[i] += p.sin();
    }
    out
}

#[differentiable]
fn a_loop_that_stops(x: &[f64], w: f64) -> [f64; 2] {
    let (mut s, mut i) = (w, 0);
    while i < x.len() {
        s += x[i] * s;
        if s > 2.0 {
            break;
        }
        i += 1;
    }
    [s, s * x[0]]
}

#[differentiable]
fn sums_to_one_place(x: &[f64], w: f64) -> [f64; 2] {
    let mut out = [0.0; 2];
    for i in 0..x.len() {
        out[0] += x[i] * x[0];
        out[1] += x[i] * w * x[1];
    }
    out
}

#[differentiable]
fn rotated(v: [f64; 2], angle: f64) -> [f64; 2] {
    let (sin, cos) = angle.sin_cos();
    [v[0] * cos - v[1] * sin, v[0] * sin + v[1] * cos]
}

#[differentiable]
fn calls_of_arrays(x: &[f64], w: f64) -> [f64; 4] {
    let a = rotated([x[0], x[1]], w);
    let b = rotated(a, x[2] * w);
    let c = rotated([b[1], x[3]], a[0]);
    [c[0], c[1] * b[0], a[1], x[4]]
}

#[differentiable]
fn norm(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for a in v {
        s += a * a;
    }
    s.sqrt()
}

#[differentiable]
fn calls_of_numbers(x: &[f64], w: f64) -> [f64; 2] {
    let n = norm(x);
    [n * w, norm(&[n, w, x[0]])]
}

#[differentiable]
fn scaled(v: &[f64], by: f64) -> Vec<f64> {
    let mut scaled = v.to_vec();
    for i in 0..scaled.len() {
        scaled[i] *= by + v[0];
    }
    scaled
}

#[differentiable]
fn calls_with_parts(x: &[f64], w: f64) -> [f64; 4] {
    let left = scaled(&x[..3], w);
    let right = scaled(&x[2..], left[1]);
    [left[0], right[0], right[2], left[2] * right[1]]
}

#[differentiable]
fn calls_of_vectors(x: &[f64], w: f64) -> Vec<f64> {
    let own = vec![x[0] * w, x[1], w];
    let a = scaled(&own, x[2]);
    let b = scaled(&a, 0.3);
    let fixed = [b[0], b[1] * b[2]];
    scaled(&fixed, w)
}

#[differentiable]
pub fn crossed(a: [f64; 2], b: [f64; 2]) -> [f64; 2] {
    [a[0] * b[1], a[1] * b[0] + a[0]]
}

#[differentiable]
fn calls_of_one_twice(x: &[f64], w: f64) -> [f64; 2] {
    let v = [x[0], w];
    let twice = crossed(v, v);
    crossed(twice, twice)
}

fn multiplied_and_added(a: f64, b: f64) -> ([f64; 2], impl Fn([f64; 2]) -> (f64, f64)) {
    ([a * b, a + b], move |dy: [f64; 2]| {
        (dy[0] * b + dy[1], dy[0] * a + dy[1])
    })
}

#[differentiable(rule = multiplied_and_added)]
pub fn by_hand(a: f64, b: f64) -> [f64; 2] {
    [a * b, a + b]
}

#[differentiable]
pub fn doubled<T: num_traits::Float + micrograd_core::Scalar>(a: T, b: T) -> [T; 2] {
    [a + a, b * a]
}

#[differentiable]
fn calls_without_rules_for_many(x: &[f64], w: f64) -> [f64; 3] {
    let a = by_hand(x[0], w);
    let b = doubled(a[0], x[1]);
    let c = doubled::<f64>(b[1], a[1]);
    [a[1] * b[0], c[0], c[1]]
}

#[differentiable]
fn halved(v: [f64; 2], times: usize) -> [f64; 2] {
    if times == 0 {
        return v;
    }
    let half = halved([v[1], v[0] * 0.5], times - 1);
    [half[0] * v[0], half[1]]
}

#[differentiable]
fn recursive_calls(x: &[f64], w: f64) -> [f64; 2] {
    let v = halved([x[0], w], 3);
    [v[0] + x[2], v[1] * x[1]]
}

#[differentiable(checkpoint)]
pub fn kept_small(v: [f64; 2]) -> [f64; 2] {
    [(v[0] * v[1]).sin(), v[0].exp()]
}

#[differentiable]
fn a_checkpoint_is_called(x: &[f64], w: f64) -> [f64; 2] {
    let v = kept_small([x[0] * w, x[1]]);
    kept_small(v)
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Body {
    at: [f64; 2],
    mass: f64,
}

#[differentiable]
fn moved(body: &Body, by: f64) -> Body {
    Body {
        at: rotated(body.at, by * body.mass),
        mass: body.mass * 1.5,
    }
}

#[differentiable]
fn structs_inside(x: &[f64], w: f64) -> [f64; 4] {
    let mut body = Body {
        at: [x[0], x[1]],
        mass: w,
    };
    body.at[1] += body.mass * x[2];
    for v in x {
        body = moved(&body, *v);
    }
    let other = Body { mass: x[3], ..body };
    [body.at[0], other.at[1], body.mass, other.mass]
}

#[differentiable]
fn options_inside(x: &[f64], w: f64) -> [f64; 2] {
    let first = x.first().copied();
    let some = if w > 0.0 { Some(w * x[1]) } else { None };
    let a = some.unwrap_or(x[2]);
    if let Some(first) = first {
        return [first * a, a];
    }
    [a, w]
}

#[differentiable]
fn exchanged(x: &[f64], w: f64) -> [f64; 3] {
    let mut v = [x[0] * w, x[1], x[2]];
    v.swap(0, 2);
    let mut a = v[1] * 2.0;
    let mut b = v[0] * v[2];
    std::mem::swap(&mut a, &mut b);
    v.reverse();
    [a, b * v[0], v[2]]
}

#[differentiable]
fn pushed_and_popped(x: &[f64], w: f64) -> Vec<f64> {
    let mut v = Vec::new();
    for a in x {
        v.push(a * w);
    }
    let last = v.pop().unwrap();
    v[1] *= last;
    v.truncate(3);
    v.push(last * last);
    v
}

#[differentiable]
fn replaced_in_branches(x: &[f64], w: f64) -> [f64; 2] {
    let mut best = x[0] * w;
    for i in 0..x.len() {
        let c = x[i] * x[i];
        if c > best {
            best = c * w;
        }
    }
    [best, best * w]
}

#[differentiable]
fn what_is_collected(x: &[f64], w: f64) -> Vec<f64> {
    x.iter().map(|v| v * w + v.sin()).collect()
}

#[differentiable]
fn collected_with_a_carry(x: &[f64], w: f64) -> (Vec<f64>, f64) {
    let mut c = w;
    let mut all = Vec::new();
    for v in x {
        c = (c * v).sin() + w;
        all.push(c * v);
    }
    (all, c)
}

#[differentiable]
fn collected_by_branches(x: &[f64], w: f64) -> Vec<f64> {
    let part: Vec<f64> = x
        .iter()
        .map(|v| if *v > 0.0 { v.ln() * w } else { v.exp() })
        .collect();
    let whole: Vec<f64> = (0..3).map(|i| part[i] * part[i + 1]).collect();
    whole
}

#[differentiable]
fn collected_from_calls(x: &[f64], w: f64) -> Vec<[f64; 2]> {
    (0..4).map(|i| rotated([x[i], x[i + 1]], w)).collect()
}

#[differentiable]
fn heat(x: &[f64], w: f64) -> Vec<f64> {
    let n = x.len();
    let mut u = x.to_vec();
    for _ in 0..4 {
        let mut next = vec![0.0; n];
        for i in 0..n {
            let left = if i > 0 { u[i - 1] } else { 0.0 };
            next[i] = u[i] + 0.1 * w * (left - u[i]) * u[i];
        }
        u = next;
    }
    u
}

#[differentiable]
fn replaced_twice(x: &[f64], w: f64) -> [f64; 2] {
    let (mut least, mut most) = (x[0] * w, x[0]);
    for i in 0..x.len() {
        for j in 0..2 {
            let c = x[i] * w + j as f64;
            if c < least {
                least = c * c;
            }
        }
        most = most.max(x[i] * x[i]);
    }
    [least, most * w]
}

#[differentiable]
fn closures_inside(x: &[f64], w: f64) -> [f64; 2] {
    let f = |a: f64| a * w + x[0];
    [f(x[1]), f(f(x[2]))]
}

#[differentiable]
fn scratch_with_versions(x: &[f64], w: f64) -> [f64; 2] {
    let mut u = x.to_vec();
    for _ in 0..3 {
        for i in 1..u.len() {
            u[i] = u[i] * u[i - 1] * w + u[i];
        }
    }
    [u[1], u[u.len() - 1]]
}

#[differentiable]
fn checkpoints_inside(x: &[f64], w: f64) -> [f64; 2] {
    let mut s = w;
    #[checkpoint]
    for v in x {
        s = (s * v).sin() + v;
    }
    [s, s * s]
}

#[differentiable]
fn rows_of_rows(x: &[f64], w: f64) -> Vec<Vec<f64>> {
    let mut rows = vec![vec![0.0; 2]; 3];
    for i in 0..3 {
        rows[i][0] = x[i] * w;
        rows[i][1] = x[i + 1] * x[i];
    }
    let first = scaled(&rows[1], w);
    rows[0][1] += first[0];
    rows
}

#[differentiable]
fn a_matrix(x: &[f64], w: f64) -> DVector<f64> {
    let v = DVector::from_vec(vec![x[0], x[1] * w, x[2]]);
    &v * w + &v
}

#[differentiable]
fn a_product_of_matrices(x: &[f64], w: f64) -> [f64; 2] {
    let v = Vector2::new(x[0] * w, x[1]);
    let u = Vector2::new(x[2], w);
    let s = v + u * x[3];
    [s.dot(&v), s[0] * u[1]]
}

#[differentiable]
pub fn a_constant_row(x: &[f64], w: f64) -> [f64; 3] {
    [x[0] * w, 3.0, 0.0]
}

#[differentiable]
fn what_is_not_used(x: &[f64], _w: f64) -> [f64; 2] {
    let _unused = x[1].exp();
    [x[0], x[0] * x[0]]
}

#[differentiable]
fn generic_vectors(x: &[f64], w: f64) -> [f64; 2] {
    let [a, b] = doubled(x[0] * w, x[1]);
    [a * b, b]
}

#[differentiable]
fn add_to(v: &mut [f64], by: f64) {
    for i in 0..v.len() {
        v[i] += by * v[0];
    }
}

#[differentiable]
fn mutable_arguments_inside(x: &[f64], w: f64) -> Vec<f64> {
    let mut v = x.to_vec();
    add_to(&mut v, w);
    add_to(&mut v[1..3], x[0]);
    v
}

#[differentiable]
fn blocks_of_vectors(x: &[f64], w: f64) -> Vec<f64> {
    let mut out = vec![0.0; 4];
    for i in 0..2 {
        let part = rotated([x[i], x[i + 1]], w);
        out[2 * i] = part[0];
        out[2 * i + 1] = part[1] * out[2 * i];
    }
    out
}

#[differentiable]
pub fn checked_root(a: f64) -> Option<f64> {
    if a < 0.0 {
        return None;
    }
    Some(a.sqrt())
}

#[differentiable]
fn a_fallible_callee(x: &[f64], w: f64) -> [f64; 2] {
    let a = checked_root(x[0] * w).unwrap();
    let b = checked_root(x[1]).unwrap_or(w * x[2]);
    [a * b, b]
}

#[differentiable]
fn shifted(x: &[f64], w: f64) -> Vec<f64> {
    let mut v = x.to_vec();
    v.rotate_left(2);
    v[0] *= w;
    v.rotate_right(1);
    v[0] *= v[1];
    v
}

#[differentiable]
fn in_reverse(x: &[f64], w: f64) -> [f64; 2] {
    let mut out = [w, 1.0];
    for (i, v) in x.iter().enumerate().rev() {
        out[i % 2] = out[i % 2] * v + out[(i + 1) % 2];
    }
    out
}

#[differentiable]
fn maps_of_the_registry(x: &[f64], w: f64) -> [f64; 3] {
    let a = [x[0], x[1], w].map(|v| v.exp() * w);
    a.map(f64::sin)
}

#[differentiable]
fn zipped_vectors(x: &[f64], w: f64) -> (f64, f64) {
    let a = Vector2::new(x[0], w).map(|v| v.tanh());
    let b = a.zip_map(&Vector2::new(x[1], x[2]), |p, q| p * q + w);
    (b[0] * b[1], b.norm())
}

#[differentiable]
fn mapped_closures(x: &[f64], w: f64) -> Vec<f64> {
    let scaled = |v: f64| v * w;
    [x[3], x[4]].map(scaled).to_vec()
}
