//! What looks for an item of a chain, and the options that it gives.

use micrograd_core::{check_gradient, differentiable};

const X: [f64; 6] = [0.5, 0.2, 0.9, 1.4, 0.1, 0.7];

#[differentiable]
fn extremes(x: &[f64], k: f64) -> f64 {
    let a = x.iter().max_by(|a, b| a.partial_cmp(b).unwrap()).unwrap();
    let b = x.iter().copied().min_by(|a, b| a.total_cmp(b)).unwrap();
    let (i, c) = x
        .iter()
        .enumerate()
        .max_by(|(_, a), (_, b)| a.partial_cmp(b).unwrap())
        .unwrap();
    let d = x
        .iter()
        .map(|v| (v - 0.62) * (v - 0.62) * k)
        .min_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal))
        .unwrap();
    let e = x.iter().copied().reduce(f64::max).unwrap();
    let f = x
        .iter()
        .filter(|v| **v < 0.6)
        .max_by(|a, b| a.total_cmp(b))
        .map(|v| v * k)
        .unwrap_or(k);
    let g = x
        .iter()
        .zip(x.iter().rev())
        .max_by(|p, q| (p.0 * p.1).total_cmp(&(q.0 * q.1)))
        .unwrap();
    let h = (0..x.len())
        .max_by(|&i, &j| x[i].partial_cmp(&x[j]).unwrap())
        .unwrap();
    let m = x.iter().max_by_key(|v| (**v * 10.0) as i64).unwrap();
    a * b + c * i as f64 + d + e * f + g.0 * g.1 + x[h] + m * k
}

#[test]
fn the_derivative_flows_through_the_extreme() {
    for n in 1..=X.len() {
        check_gradient!(extremes, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn found(x: &[f64], k: f64) -> f64 {
    let mut s = k;
    if let Some(v) = x.iter().find(|v| **v > 0.6) {
        s += v * k;
    }
    if let Some(i) = x.iter().position(|v| *v > 0.6) {
        s += x[i] * i as f64;
    }
    match x.iter().max_by(|a, b| a.total_cmp(b)) {
        Some(v) => s *= v,
        None => s *= 2.0,
    }
    s += x
        .iter()
        .find_map(|v| if *v > 0.8 { Some(v * v) } else { None })
        .unwrap_or(k * k);
    s += x
        .iter()
        .filter(|v| **v < 0.3)
        .next()
        .copied()
        .unwrap_or(0.0)
        * k;
    s += x.iter().nth(2).map_or(k, |v| v.sin());
    s += x.iter().last().copied().unwrap_or_default() * 3.0;
    s += x.iter().skip(1).last().unwrap_or(&0.25);
    s
}

#[differentiable]
fn decided(x: &[f64], k: f64) -> f64 {
    let limit = k;
    let above = |v: f64| v > limit;
    let mut s = 0.0;
    if x.iter().any(|v| above(*v)) {
        s += k * k;
    }
    if x.iter().all(|&v| v < 1.0) {
        s += k.sin();
    }
    if x.iter().filter(|v| above(**v)).count() > 1 {
        s += k.exp();
    }
    if x.iter().map(|v| v * k).all(|v| v > 0.0)
        && x.iter().enumerate().any(|(i, v)| i > 2 && *v > 1.0)
    {
        s += x.iter().sum::<f64>();
    }
    s * x.iter().count() as f64 + (0..x.len()).map(|i| i * 2).max().unwrap_or(0) as f64 * k
}

#[test]
fn searches_give_options() {
    for n in 0..=X.len() {
        check_gradient!(found, &X[..n].to_vec(), 0.65);
        check_gradient!(decided, &X[..n].to_vec(), 0.65);
    }
}

#[differentiable]
fn ends(x: &[f64], k: f64) -> f64 {
    let mut s = x.first().copied().unwrap_or(k) * 2.0;
    s += x.last().unwrap_or(&k) * k;
    s += x.get(1).copied().unwrap_or(0.0) * 3.0;
    if let Some(v) = x.get(2) {
        s += v * v;
    }
    if !x.is_empty() {
        s *= x.last().unwrap() + x.first().unwrap();
    }
    let mut v = x.to_vec();
    if let Some(last) = v.last_mut() {
        *last *= k;
    }
    if let Some(first) = v.first_mut() {
        *first += s;
    }
    if let Some(e) = v.get_mut(3) {
        *e = *e * *e;
    }
    if !v.is_empty() {
        *v.last_mut().unwrap() += k;
    }
    s + v.iter().sum::<f64>()
}

#[test]
fn elements_that_may_not_be_there() {
    for n in 0..=X.len() {
        check_gradient!(ends, &X[..n].to_vec(), 0.65);
    }
}

#[test]
#[should_panic(expected = "called `Option::unwrap()` on a `None` value")]
fn an_unwrapped_none_panics() {
    let _ = pullback_extremes(&[], 0.5);
}

#[differentiable]
fn ratio(x: &[f64]) -> Option<f64> {
    let last = x.last()?;
    let largest = x.iter().copied().reduce(f64::max)?;
    Some(last * last / largest)
}

#[differentiable]
fn root(x: f64) -> Result<f64, String> {
    if x < 0.0 {
        return Err("negative".to_string());
    }
    Ok(x.sqrt())
}

#[differentiable]
fn roots(x: &[f64]) -> Result<f64, String> {
    let first = x.first().ok_or("empty")?;
    let roots = x
        .iter()
        .map(|v| root(*v))
        .collect::<Result<Vec<f64>, String>>()?;
    Ok(roots.iter().sum::<f64>() * first)
}

#[test]
fn what_is_not_there_leaves_the_function() {
    assert!(pullback_ratio(&[]).is_none());
    let (value, back) = pullback_ratio(&[2.0, 4.0, 3.0]).unwrap();
    assert_eq!((value, back(16.0)), (2.25, (vec![0.0, -9.0, 24.0],)));
    assert_eq!(pullback_roots(&[]).err().unwrap(), "empty");
    assert_eq!(pullback_roots(&[1.0, -1.0]).err().unwrap(), "negative");
    let (value, back) = pullback_roots(&[4.0, 1.0]).unwrap();
    assert_eq!((value, back(1.0)), (12.0, (vec![4.0, 2.0],)));
}

#[differentiable]
fn parts_of_what_is_found(p: &[f64], v: &[(f64, f64)]) -> f64 {
    let by = |a: &f64, b: &f64| a.partial_cmp(b).unwrap();
    let k = p.iter().enumerate().max_by(|a, b| by(a.1, b.1)).unwrap().0;
    let largest = p.iter().enumerate().max_by(|a, b| by(a.1, b.1)).unwrap().1;
    let j = p
        .iter()
        .enumerate()
        .max_by_key(|(_, x)| (*x * 1000.0) as i64)
        .unwrap()
        .0;
    let pairs = p.iter().zip(p.iter().skip(1)).map(|(a, b)| (a * b, a - b));
    let difference = pairs.min_by(|a, b| a.0.total_cmp(&b.0)).unwrap().1;
    let best = v.iter().max_by(|a, b| by(&a.0, &b.0)).unwrap().1;
    let ends = v.first().unwrap().0 * v.last().copied().unwrap().1;
    let nested = v
        .iter()
        .enumerate()
        .min_by(|a, b| by(&a.1.1, &b.1.1))
        .expect("some")
        .1
        .0;
    p[k] * p[0] * largest + difference * p[j] + best * ends + v.get(1).unwrap().0 * nested
}

#[test]
fn a_part_of_what_is_found_may_be_taken_at_once() {
    check_gradient!(
        parts_of_what_is_found,
        &[3.0, 2.0, 4.0, 3.5],
        &vec![(1.0, 2.0), (3.0, 1.5)]
    );
}
