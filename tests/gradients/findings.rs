//! What random programs and published code have found, each as small as it could be made.
use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};

#[differentiable]
fn part_in_a_condition(x: &[f64], y: f64) -> f64 {
    let mut s = y;
    if x[1..].iter().map(|e| e * y).sum::<f64>() > 0.1 {
        s *= y;
    }
    for e in x.windows(2) {
        let _dead = e.iter().map(|d| *d * y).sum::<f64>();
    }
    s
}

#[differentiable]
fn filtered_part(x: f64, y: f64) -> f64 {
    let c = [[x, y], [y, x]];
    c[0].iter()
        .filter(|&e| *e > 0.1)
        .map(|e| *e * y)
        .sum::<f64>()
}

#[differentiable]
fn any_reads_memory(x: &[f64], y: f64) -> f64 {
    let (mut s, mut t) = (y, x[0]);
    std::mem::swap(&mut s, &mut t);
    if x.iter().any(|e| s <= 0.3 * e) {
        s *= y;
    }
    if x.iter().map(|e| t / (e + y)).all(|e| e < 0.9) {
        s += t;
    }
    s
}

#[differentiable]
fn store_before_a_failure(x: f64, y: f64) -> Result<f64, usize> {
    let mut a = [x, y];
    if y > 0.7 {
        a[0] = y.exp();
        return Err(a[0] as usize);
    }
    Ok(x * a[1])
}

#[differentiable]
fn smaller(x: f64, y: f64) -> Option<f64> {
    if x > y {
        return None;
    }
    Some(x * y)
}

#[differentiable]
fn asks_a_call(x: f64) -> f64 {
    if let Some(a) = smaller(x, x) {
        return x * a;
    }
    x
}

#[differentiable]
fn returns_nothing(x: &mut f64, n: usize) {
    for i in 0..n {
        if i == 2 {
            *x *= 2.0;
            return;
        }
    }
    *x += 1.0;
}

#[differentiable]
fn typed_none(x: f64) -> f64 {
    let mut s = x;
    let b: Option<f64> = None;
    if let Some(a) = b {
        s *= a;
    }
    s
}

#[differentiable]
fn arms_that_return(v: f64, r: i32) -> f64 {
    match r {
        1 => return v * 2.0,
        2 | 3 => return v * v,
        _ => {}
    }
    let mut s = v;
    match r {
        4 => s += 1.0,
        5 => return s * s * s,
        _ => s *= 3.0,
    }
    s * v
}

enum Planet {
    Earth,
    Mars,
}
micrograd_core::no_tangent!(Planet);

#[differentiable]
fn diameter(planet: &Planet, x: f64) -> f64 {
    let s = match *planet {
        Planet::Earth => 2.0,
        Planet::Mars => 3.0,
    };
    let t = match planet {
        &Planet::Earth => x,
        &Planet::Mars => x * x,
    };
    s * x * t
}

#[differentiable]
fn checked(a: f64) -> Result<f64, String> {
    return if a < 0.0 {
        Err("negative".to_string())
    } else {
        Ok(a * a)
    };
}

#[differentiable]
fn mapped(a: f64) -> Result<f64, String> {
    checked(a).map(|x| x.exp())
}

#[differentiable]
fn chained(a: f64) -> Result<f64, String> {
    checked(a).and_then(|x| checked(x * a))
}

#[test]
fn parts_of_lists_are_summed_where_nothing_flows() {
    check_gradient!(part_in_a_condition, &vec![0.3, 0.7, -0.2], 0.9);
    check_gradient!(filtered_part, 0.4, 0.05);
    check_gradient!(any_reads_memory, &vec![0.4, 1.2], 0.8);
    check_gradient!(any_reads_memory, &vec![9.0, 1.2], 0.8);
}

#[test]
fn what_stands_before_a_failure_has_no_reverse() {
    let (value, back) = pullback_store_before_a_failure(2.0, 0.5).unwrap();
    assert_eq!((value, back(1.0)), (1.0, (0.5, 2.0)));
    assert!(pullback_store_before_a_failure(2.0, 0.8).is_err());
}

#[test]
fn calls_that_may_fail_are_asked_and_mapped() {
    assert_eq!(gradient!(asks_a_call, 3.0), (27.0, (27.0,)));
    let (value, back) = pullback_mapped(0.5).unwrap();
    assert_eq!((value, back(1.0).0), (0.25_f64.exp(), 0.25_f64.exp()));
    let (value, back) = pullback_chained(2.0).unwrap();
    // (a² · a)² = a⁶
    assert_eq!((value, back(1.0).0), (64.0, 192.0));
    assert!(pullback_mapped(-1.0).is_err() && pullback_chained(-1.0).is_err());
    assert_eq!(gradient!(typed_none, 3.0), (3.0, (1.0,)));
}

#[test]
fn some_arms_of_a_statement_return() {
    for (n, slope) in [(2, 1.0), (3, 2.0)] {
        let mut x = 5.0;
        let (_, back) = pullback_returns_nothing(&mut x, n);
        assert_eq!(back(1.0).0, slope);
    }
    for (r, value, slope) in [
        (1, 3.0, 2.0),
        (2, 2.25, 3.0),
        (4, 3.75, 4.0),
        (5, 3.375, 6.75),
        (6, 6.75, 9.0),
    ] {
        let (found, back) = pullback_arms_that_return(1.5, r);
        assert_eq!((found, back(1.0).0), (value, slope));
    }
}

#[test]
fn a_type_need_not_be_copied_to_be_matched() {
    assert_eq!(pullback_diameter(&Planet::Earth, 2.0).1(1.0).1, 8.0);
    assert_eq!(pullback_diameter(&Planet::Mars, 2.0).1(1.0).1, 36.0);
}

/// A guard such as those of continued fractions: the partial by the tiny number overflows, but
/// nothing flows through it.
#[differentiable]
fn guarded_quotient(x: f64) -> f64 {
    let tiny = (x - x).max(1e-300);
    let d = x / tiny;
    if d > 1e250 { (-d * d).exp() + x } else { d }
}

#[differentiable]
fn through_f64<T: num_traits::Float + num_traits::FromPrimitive + Into<f64>>(x: T) -> T {
    let y: f64 = x.into();
    T::from_f64(y.sin() * y).unwrap()
}

#[test]
fn a_tiny_divisor_makes_no_nan() {
    let (value, back) = pullback_guarded_quotient(2.0);
    assert_eq!((value, back(1.0).0), (2.0, 1.0));
    check_gradient!(through_f64, 0.7);
    check_gradient!(through_f64, 0.7_f32);
}

#[differentiable]
fn shortened(v: &mut Vec<f64>, x: f64) -> f64 {
    v.push(x * x);
    v.pop();
    let last = v.pop().unwrap();
    v.truncate(1);
    v.swap(0, 0);
    v[0] * last
}

#[test]
fn a_vector_behind_a_parameter_is_shortened() {
    let mut v = vec![2.0, 3.0, 5.0];
    let (value, back) = pullback_shortened(&mut v, 7.0);
    assert_eq!((value, v), (10.0, vec![2.0]));
    assert_eq!(back(1.0, vec![100.0]), (vec![105.0, 0.0, 2.0], 0.0));
}

#[differentiable]
fn may_fail(p: &mut f64, k: f64) -> Result<f64, String> {
    *p *= k;
    if *p > 1.0 {
        return Err("big".into());
    }
    Ok(k)
}

#[differentiable]
fn leaves_with_it(x: f64, k: f64) -> Result<f64, String> {
    let mut p = x;
    let s = may_fail(&mut p, k)?;
    Ok(s * p)
}

#[derive(Clone, Differentiable)]
struct Pair {
    x: f64,
    y: f64,
}

impl Pair {
    #[differentiable]
    fn grow(&mut self, k: f64) {
        self.x *= k;
    }

    #[differentiable]
    fn chosen(&mut self, n: i32, k: f64) {
        match n {
            0 => self.grow(k),
            1 => {}
            _ => {
                self.y = k;
            }
        }
    }
}

#[derive(Clone, Differentiable)]
enum Either {
    A(f64),
    B { p: f64, q: f64 },
    N,
}

#[differentiable]
fn payload_method(x: f64, k: f64) -> f64 {
    let mut option = Some(Pair { x, y: k });
    if let Some(pair) = &mut option {
        pair.grow(k);
        pair.chosen(0, x);
        pair.chosen(7, x * k);
    }
    if let Some(Pair { x: a, .. }) = &mut option {
        *a *= x;
    }
    let pair = option.unwrap();
    pair.x * pair.y
}

#[differentiable]
fn either(v: &Either, x: f64) -> f64 {
    let s = if let Either::A(s) | Either::B { p: s, .. } = v {
        s * x
    } else {
        x
    };
    match v {
        Either::B { q, .. } => s * q,
        Either::N => s,
        _ => s * s,
    }
}

#[differentiable]
fn chained_while(x: f64, start: Option<f64>) -> f64 {
    let (mut s, mut next) = (x, start);
    while let Some(step) = next
        && s < 10.0
    {
        if step < 0.02 {
            break;
        }
        s += step * s;
        next = Some(step * 0.8);
    }
    s
}

#[test]
fn a_failure_leaves_with_what_it_changed() {
    let (value, back) = pullback_leaves_with_it(0.5, 1.5).unwrap();
    // k · x · k
    assert_eq!((value, back(1.0)), (1.125, (2.25, 1.5)));
    assert!(pullback_leaves_with_it(0.9, 1.5).is_err());
}

#[test]
fn methods_change_what_is_inside_an_option() {
    check_gradient!(payload_method, 1.2, 0.7);
    for v in [Either::A(2.0), Either::B { p: 2.0, q: 3.0 }, Either::N] {
        let (value, back) = pullback_either(&v, 0.5);
        assert_eq!(value, either(&v, 0.5));
        let h = 1e-6;
        let slope = (either(&v, 0.5 + h) - either(&v, 0.5 - h)) / (2.0 * h);
        assert!((back(1.0).1 - slope).abs() < 1e-8);
    }
    check_gradient!(chained_while, 1.2, Some(0.7));
    check_gradient!(chained_while, 1.2, Some(0.03));
}

#[differentiable]
fn scaled_back(x: f64) -> f64 {
    let huge = x * 1e170;
    let inverse = 1.0 / huge;
    inverse * (huge * x)
}

#[test]
fn a_huge_divisor_loses_nothing() {
    check_gradient!(scaled_back, 1.3);
}

#[differentiable]
fn large_root(x: f64) -> Option<f64> {
    if x < 0.5 { None } else { Some(x.sqrt()) }
}

#[differentiable]
fn roots(x: &[f64]) -> f64 {
    let a: f64 = x.iter().filter_map(|v| large_root(*v)).sum();
    let b: f64 = x.iter().copied().filter_map(large_root).product();
    a * b
}

#[test]
fn a_chain_leaves_out_what_fails() {
    check_gradient!(roots, &vec![0.7, 0.2, 1.4]);
}
