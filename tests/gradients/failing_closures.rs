//! `?` inside a closure, where `?` stands behind what the closure gives too: a failure leaves the function.

use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn root(x: f64) -> Option<f64> {
    if x < 0.0 { None } else { Some(x.sqrt()) }
}

#[differentiable]
fn known_root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        Err("negative".into())
    } else {
        Ok(x.sqrt())
    }
}

#[differentiable]
fn of_a_closure(x: f64) -> Option<f64> {
    let twice = |x: f64| Some(root(x)? * root(x + 1.0)?);
    twice(x)
}

#[differentiable]
fn of_several_calls(x: f64) -> Option<f64> {
    let twice = |x: f64| -> Option<f64> {
        let y = root(x)?;
        if y > 2.0 {
            return None;
        }
        Some(y * x)
    };
    Some(twice(x)? * x + twice(x * x)?)
}

#[differentiable]
fn collected(v: &[f64], k: f64) -> Result<f64, String> {
    let w = v
        .iter()
        .map(|x| {
            let y = known_root(*x)?;
            Ok(y * k)
        })
        .collect::<Result<Vec<f64>, String>>()?;
    Ok(w[0] * w[1])
}

#[differentiable]
fn folded(v: &[f64], k: f64) -> Result<f64, String> {
    v.iter().try_fold(1.0, |s, x| {
        if *x > 10.0 {
            Err("large".to_string())
        } else {
            Ok(s * known_root(*x)? * k)
        }
    })
}

#[differentiable]
fn summed(v: &[f64], k: f64) -> Option<f64> {
    let s = v.iter().map(|x| Some(root(*x)? * k)).sum::<Option<f64>>()?;
    let p: f64 = v.iter().map(|x| root(*x)).product::<Option<f64>>()?;
    Some(s * p)
}

#[differentiable]
fn bound_before(v: &[f64], k: f64) -> Option<f64> {
    let part = |x: &f64| {
        if *x > 1.0 {
            Some(root(*x)? * k)
        } else {
            Some(*x)
        }
    };
    let w = v.iter().map(part).collect::<Option<Vec<_>>>()?;
    root(w[0]).and_then(|y| Some(root(y)? * w[1]))
}

#[differentiable]
fn changing(v: &[f64], k: f64) -> Option<f64> {
    let mut n = 0.0;
    let mut part = |x: f64| -> Option<f64> {
        n += x;
        match root(x) {
            Some(y) if y > 1.0 => Some(y * root(k)?),
            Some(y) => {
                if n > 100.0 {
                    return Some(k);
                }
                Some(n * y)
            }
            None => None,
        }
    };
    let a = part(v[0])?;
    let b = part(v[1])?;
    Some(a * b + n)
}

#[differentiable]
fn all(v: &[f64], k: f64) -> f64 {
    let of_closures = of_a_closure(k).unwrap() + of_several_calls(k).unwrap();
    let of_chains = collected(v, k).unwrap() * folded(v, k).unwrap() * summed(v, k).unwrap();
    of_closures * bound_before(v, k).unwrap() + of_chains * changing(v, k).unwrap()
}

#[test]
fn what_closures_give_when_they_succeed_is_differentiated() {
    check_gradient!(all, &vec![0.7, 1.3], 0.4);
    check_gradient!(all, &vec![1.7, 0.3], 0.6);
}

#[test]
fn a_failure_in_a_closure_leaves_the_function() {
    assert!(pullback_of_a_closure(-0.5).is_none());
    assert!(pullback_of_several_calls(-1.0).is_none() && pullback_of_several_calls(5.0).is_none());
    let negative = Some("negative".to_string());
    assert_eq!(pullback_collected(&[1.0, -1.0], 1.0).err(), negative);
    assert_eq!(pullback_folded(&[1.0, -1.0], 1.0).err(), negative);
    assert_eq!(
        pullback_folded(&[1.0, 11.0, -1.0], 1.0).err(),
        Some("large".into())
    );
    assert!(pullback_summed(&[1.0, -1.0], 1.0).is_none());
    assert!(pullback_bound_before(&[1.0, -1.0], 1.0).is_some());
    assert!(pullback_changing(&[1.0, -1.0], 1.0).is_none());
    assert!(pullback_changing(&[1.0, 2.0], -1.0).is_none());
}
