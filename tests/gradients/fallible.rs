//! Functions that return `Result` or `Option`, and functions that panic.
use micrograd_core::{check, differentiable};

#[derive(Debug, PartialEq)]
enum DomainError {
    Negative(f64),
    Zero,
}

#[differentiable]
fn root(x: f64) -> Result<f64, DomainError> {
    if x < 0.0 {
        return Err(DomainError::Negative(x));
    }
    assert!(x < 1e6, "too large: {x} {}", x * 2.0);
    if x == 0.0 {
        Err(DomainError::Zero)
    } else {
        Ok(x.sqrt())
    }
}

#[differentiable]
fn twice(x: f64, y: f64) -> Result<f64, DomainError> {
    let mut s = 0.0;
    for i in 0..3 {
        let t = root(x * i as f64 + y)?;
        s += t * t * x;
    }
    root(s)
}

#[differentiable]
fn maybe(x: &[f64]) -> Option<f64> {
    if x.is_empty() {
        return None;
    }
    let mut best = x[0];
    for v in x {
        if *v > best {
            best = *v;
        }
    }
    Some(best * best)
}

#[differentiable]
fn norm(x: f64) -> f64 {
    if x < 0.0 {
        panic!("negative {x}");
    }
    x * x
}

#[test]
fn a_failure_leaves_the_pullback_too() {
    assert_eq!(pullback_root(-1.0).err(), Some(DomainError::Negative(-1.0)));
    assert!(pullback_maybe(&[]).is_none());
}

#[test]
fn a_success_is_differentiated() {
    let (v, back) = pullback_root(4.0).unwrap();
    assert_eq!((v, back(1.0)), (2.0, (0.25,)));
    check::gradient(
        &(0.5, 0.7),
        |&(x, y)| twice(x, y).unwrap(),
        |&(x, y)| pullback_twice(x, y).unwrap(),
    );
    check::gradient(
        &vec![0.5, 0.7, 0.2],
        |x| maybe(x).unwrap(),
        |x| {
            let (v, b) = pullback_maybe(x).unwrap();
            (v, move |d| b(d).0)
        },
    );
}

#[test]
fn a_branch_that_panics_is_passed_by() {
    micrograd_core::check_gradient!(norm, 0.5);
}

#[test]
#[should_panic(expected = "negative -1")]
fn a_panic_passes_through_the_pullback() {
    let _ = pullback_norm(-1.0);
}

#[derive(Clone, Copy)]
struct Limit(Option<u64>, f64);
micrograd_core::no_tangent!(Limit);

#[differentiable]
impl Limit {
    fn upper(&self) -> Option<f64> {
        Some(self.0? as f64)
    }

    fn within(&self, x: f64) -> Option<f64> {
        let limit = self.0? as f64 * self.1;
        Some(x * x * limit)
    }
}

#[differentiable]
fn below(limit: Limit, other: &Limit, x: f64) -> Option<f64> {
    let scale = limit.within(x)?;
    Some(scale * other.0? as f64 * limit.1)
}

#[test]
fn fields_of_a_type_without_a_tangent_may_be_absent() {
    let (limit, other) = (Limit(Some(3), 0.5), Limit(Some(2), 0.1));
    assert_eq!(limit.pullback_upper().unwrap().0, 3.0);
    assert!(Limit(None, 1.0).pullback_upper().is_none());
    let (value, back) = limit.pullback_within(0.5).unwrap();
    assert_eq!(
        (value, back(1.0)),
        (0.375, (micrograd_core::NoTangent, 1.5))
    );
    let (value, back) = pullback_below(limit, &other, 0.5).unwrap();
    // x² · 3 · ½ · 2 · ½
    assert_eq!((value, back(1.0).2), (0.375, 1.5));
    assert!(pullback_below(limit, &Limit(None, 0.1), 0.5).is_none());
}
