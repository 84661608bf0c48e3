//! Blocks that assign in unusual places, deep places, temporaries, unusual ranges.

use micrograd_core::{Differentiable, check, check_gradient, differentiable};

#[differentiable]
fn in_an_array(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..n {
        let t = [
            {
                a *= x;
                a
            },
            a * 2.0,
        ];
        s += t[0] * t[1];
    }
    s * a
}

#[test]
fn an_assignment_inside_an_array_is_carried() {
    check_gradient!(in_an_array, 0.9, 3usize);
}

#[derive(Clone, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
fn in_a_struct(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..n {
        let p = Point {
            x: {
                a = a.sin();
                a
            },
            y: x,
        };
        s += p.x * p.y;
    }
    s * a
}

#[test]
fn an_assignment_inside_a_struct_literal_is_carried() {
    check_gradient!(in_a_struct, 0.9, 3usize);
}

#[differentiable]
fn in_an_index(v: &[f64], n: usize) -> f64 {
    let mut i = 0;
    let mut s = 1.0;
    for _ in 0..n {
        s *= v[{
            i += 1;
            i
        }];
    }
    s * v[i]
}

#[test]
fn an_assignment_inside_an_index_is_carried() {
    check_gradient!(in_an_index, &vec![0.5, 0.6, 0.7, 0.8], 3usize);
}

#[differentiable]
fn in_a_reference(x: f64, flag: bool) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    if flag {
        s += square(&{
            a *= 2.0;
            a
        });
    }
    s * a
}

#[differentiable]
fn square(x: &f64) -> f64 {
    x * x
}

#[test]
fn an_assignment_inside_a_reference_is_carried() {
    check_gradient!(in_a_reference, 0.9, true);
    check_gradient!(in_a_reference, 0.9, false);
}

#[differentiable]
fn in_a_macro(x: f64, flag: bool) -> f64 {
    let mut a = x;
    if flag {
        a *= 2.0;
        let v = vec![a, {
            a *= x;
            a
        }];
        a += v[0];
    }
    a * a
}

#[test]
fn an_assignment_inside_a_macro_is_carried() {
    check_gradient!(in_a_macro, 0.9, true);
    check_gradient!(in_a_macro, 0.9, false);
}

#[differentiable]
fn in_a_condition(x: f64, n: usize) -> f64 {
    let mut a = x;
    let mut s = 0.0;
    for _ in 0..n {
        if {
            a *= 0.5;
            a > 0.2
        } && {
            s += a;
            s > 0.3
        } {
            s += a * x;
        }
    }
    s
}

#[test]
fn an_assignment_inside_a_condition_is_carried() {
    check_gradient!(in_a_condition, 0.9, 4usize);
}

#[differentiable]
fn in_a_field(x: f64, n: usize) -> f64 {
    let mut a = x;
    for _ in 0..n {
        let y = {
            a = a * x + 1.0;
            (a, x)
        }
        .0;
        a += y;
    }
    a
}

#[test]
fn an_assignment_before_a_field_is_carried() {
    check_gradient!(in_a_field, 0.9, 2usize);
}

#[differentiable]
fn reads_before_writes(x: f64) -> f64 {
    let mut a = x;
    let t = a + {
        a = a * x;
        a
    } * a;
    a += {
        a = 3.0 * x;
        a * x
    };
    t * a
}

#[test]
fn operands_are_read_in_order() {
    check_gradient!(reads_before_writes, 0.9);
}

#[differentiable]
fn shadowed_in_the_body(x: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for i in 0..n {
        let x = x + s;
        let x = x * (i as f64 + 1.0);
        s += x.sin();
    }
    s + x
}

#[test]
fn a_name_shadowed_in_a_loop_body_starts_afresh() {
    check_gradient!(shadowed_in_the_body, 0.4, 3usize);
}

#[differentiable]
fn mutable_loop_variable(x: f64, n: usize) -> f64 {
    let mut s = 0.0;
    for mut i in 0..n {
        i *= 2;
        s += x * i as f64;
    }
    s
}

#[test]
fn a_loop_variable_may_be_changed() {
    check_gradient!(mutable_loop_variable, 0.4, 3usize);
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
fn wide_ranges(x: f64, n: u64, m: i64) -> f64 {
    let mut s = 0.0;
    for i in (0..n).step_by(2) {
        s += x * i as f64;
    }
    for i in (-m..m).rev() {
        s += s * x / (i as f64 + 10.0);
    }
    s
}

#[test]
fn wide_integers_are_stepped() {
    check_gradient!(wide_ranges, 0.4, 5u64, 2i64);
}

#[differentiable]
fn inclusive_steps(x: f64, n: usize) -> f64 {
    let mut s = x;
    for i in (1..=n).step_by(2) {
        s += s * x * i as f64;
    }
    s
}

#[test]
fn inclusive_ranges_are_stepped() {
    check_gradient!(inclusive_steps, 0.4, 5usize);
    check_gradient!(inclusive_steps, 0.4, 0usize);
}

#[differentiable]
fn letters(x: f64) -> f64 {
    let mut s = x;
    for c in 'a'..='c' {
        s *= x * (c as u32 - 96) as f64;
    }
    for k in 0..3u8 {
        s += k as f64 * x;
    }
    s
}

#[test]
fn ranges_of_letters_and_bytes_run() {
    check_gradient!(letters, 0.4);
}

#[differentiable]
fn a_range_in_a_variable(x: f64, n: usize) -> f64 {
    let range = 0..n;
    let mut s = x;
    for i in range {
        s += s * x * i as f64;
    }
    s
}

#[test]
fn a_range_may_be_a_variable() {
    check_gradient!(a_range_in_a_variable, 0.4, 3usize);
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
fn assigned_in_one_branch(x: f64) -> f64 {
    let mut s = x;
    let y;
    if x > 0.0 {
        y = x * x;
        s += y;
    }
    s
}

#[test]
fn a_variable_may_be_assigned_in_one_branch_only() {
    check_gradient!(assigned_in_one_branch, 0.4);
    check_gradient!(assigned_in_one_branch, -0.4);
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

#[differentiable]
fn value_of_a_statement(x: f64, y: f64) -> f64 {
    let mut s = x;
    if x > y {
        s * x
    } else {
        s * y
    };
    s += {
        let t = s * y;
        t * t
    };
    s
}

#[test]
fn a_value_may_be_dropped() {
    check_gradient!(value_of_a_statement, 0.4, 0.7);
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
fn lazily(x: f64, y: f64) -> f64 {
    let mut a = x;
    let both = a > 0.0 && {
        a *= y;
        a > 0.1
    };
    if both { a * a } else { a }
}

#[test]
fn an_assignment_on_the_right_of_a_lazy_operator_is_carried() {
    check_gradient!(lazily, 0.5, 0.7);
    check_gradient!(lazily, 0.5, 0.1);
    check_gradient!(lazily, -0.5, 0.1);
}

#[differentiable]
fn in_arguments(x: f64, flag: bool) -> f64 {
    let mut a = x;
    if flag {
        let t = (
            {
                a *= 2.0;
                a
            },
            a.max({
                a += 1.0;
                a
            }),
        );
        a += t.0 * t.1;
    }
    for _ in 0..2 {
        let r = -{
            a *= x;
            a
        };
        let q = ({
            a += r;
            a
        }) as f32 as f64;
        a += q * 0.0;
    }
    a
}

#[test]
fn an_assignment_inside_an_argument_is_carried() {
    check_gradient!(in_arguments, 0.5, true);
    check_gradient!(in_arguments, 0.5, false);
}
