//! Every adaptor of iterators, alone and in chains.

use micrograd_core::{Differentiable, check, check_gradient, differentiable};

const X: [f64; 6] = [0.5, 0.2, 0.9, 1.4, 0.1, 0.7];

#[differentiable]
fn doubled(x: &[f64], k: f64) -> f64 {
    let mut v = x.to_vec();
    for e in v.iter_mut() {
        *e *= k;
    }
    for e in &mut v {
        *e += *e * *e;
    }
    v.iter_mut().for_each(|e| *e = e.sin());
    v.iter_mut().enumerate().for_each(|(i, e)| *e *= i as f64);
    v.iter().sum()
}

#[differentiable]
fn axpy(x: &mut [f64], y: &[f64], a: f64) {
    for (xi, yi) in x.iter_mut().zip(y) {
        *xi += a * yi * *xi;
    }
}

#[differentiable]
fn through_axpy(x: &[f64], a: f64) -> f64 {
    let mut v = x.to_vec();
    axpy(&mut v, x, a);
    for (a, b) in v.iter_mut().zip(x.iter()).rev() {
        *a = *a * b + a.cos();
    }
    for e in v.iter_mut().skip(1).step_by(2) {
        *e *= 3.0;
    }
    v.iter().zip(x).map(|p| p.0 * p.1).sum()
}

#[differentiable]
fn exclusive_parameter(x: &mut [f64], k: f64) {
    for e in x {
        *e *= k;
    }
}

#[differentiable]
fn through_exclusive(x: &[f64], k: f64) -> f64 {
    let mut v = x.to_vec();
    exclusive_parameter(&mut v, k);
    v.iter().product()
}

#[test]
fn elements_are_changed_through_iter_mut() {
    for n in 0..=X.len() {
        check_gradient!(doubled, &X[..n].to_vec(), 0.7);
        check_gradient!(through_axpy, &X[..n].to_vec(), 0.7);
        check_gradient!(through_exclusive, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn matrix(m: &[Vec<f64>], k: f64) -> f64 {
    let mut rows = m.to_vec();
    for row in rows.iter_mut() {
        for v in row.iter_mut() {
            *v *= k;
        }
        row[0] += k;
    }
    for row in rows.chunks_mut(2) {
        row[0][0] *= 2.0;
    }
    let mut s = 0.0;
    for row in rows.iter() {
        for v in row {
            s += v * v;
        }
    }
    s + rows.iter().flatten().sum::<f64>()
        + rows
            .iter()
            .flat_map(|row| row.iter())
            .map(|v| v.sin())
            .sum::<f64>()
        + rows
            .iter()
            .enumerate()
            .flat_map(|(i, row)| row.iter().map(move |v| v * i as f64))
            .fold(k, |a, b| a * 0.5 + b * k)
}

#[differentiable]
fn mutable_chunks(x: &[f64], k: f64) -> f64 {
    let mut v = x.to_vec();
    for (i, chunk) in v.chunks_mut(2).enumerate() {
        chunk[0] *= k;
        for e in chunk.iter_mut() {
            *e += i as f64 * k;
        }
    }
    for pair in v.chunks_exact_mut(2) {
        pair.swap(0, 1);
    }
    v.chunks_exact(2).map(|c| c[0] * c[0] * c[1]).sum()
}

#[test]
fn rows_and_chunks_are_changed() {
    let m = vec![vec![0.1, 0.2], vec![0.4, 0.9, 0.3], vec![0.7]];
    check_gradient!(matrix, &m, 0.7);
    check_gradient!(matrix, &vec![], 0.7);
    for n in 0..=X.len() {
        check_gradient!(mutable_chunks, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn chained(x: &[f64], y: &[f64], k: f64) -> f64 {
    let a: f64 = x.iter().chain(y).map(|v| v * v * k).sum();
    let b: f64 = x
        .iter()
        .chain(y.iter())
        .enumerate()
        .map(|(i, v)| v * i as f64)
        .sum();
    let c: f64 = x
        .iter()
        .map(|v| v * k)
        .chain(std::iter::once(k))
        .rev()
        .fold(1.0, |s, v| s * 0.5 + v);
    let d: Vec<f64> = x
        .iter()
        .filter(|v| **v > 0.3)
        .chain(y.iter().filter(|v| **v < 0.8))
        .map(|v| v.sin())
        .collect();
    let mut e = 0.0;
    for v in x.iter().chain(y).skip(2) {
        if *v > 1.0 {
            break;
        }
        e += v * k;
    }
    for v in x.iter().chain(y) {
        e = e * 0.9 + v * v;
    }
    let f: f64 = x.iter().zip(y.iter().chain(x)).map(|(a, b)| a * b).sum();
    a + b * c + d.iter().product::<f64>() + e * f
}

#[differentiable]
fn chained_changes(x: &[f64], k: f64) -> f64 {
    let mut a = x.to_vec();
    let mut b = vec![k; 2];
    for v in a.iter_mut().chain(b.iter_mut()) {
        *v *= *v + k;
    }
    a.iter().chain(&b).sum()
}

#[test]
fn a_chain_runs_both() {
    for n in 0..=X.len() {
        check_gradient!(chained, &X[..n].to_vec(), &X[n..].to_vec(), 0.7);
        check_gradient!(chained_changes, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn scanned(x: &[f64], k: f64) -> f64 {
    let sums: Vec<f64> = x
        .iter()
        .scan(k, |s, v| {
            *s += v * k;
            Some(*s)
        })
        .collect();
    let limited: f64 = x
        .iter()
        .scan(1.0, |p, &v| {
            *p *= v + k;
            if *p > 1.5 { None } else { Some(*p * v) }
        })
        .sum();
    let geometric: f64 = (0..4)
        .scan(k, |term, i| {
            let now = *term;
            *term = now * k;
            Some(now / (i + 1) as f64)
        })
        .sum();
    let mut total = 0.0;
    for (i, s) in sums
        .iter()
        .scan(0.0, |a, b| {
            *a += b;
            Some(*a)
        })
        .enumerate()
    {
        total += s * i as f64;
    }
    total * limited + geometric
}

#[test]
fn scan_carries_its_state() {
    for n in 0..=X.len() {
        check_gradient!(scanned, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn filtered(x: &[f64], k: f64) -> f64 {
    let kept: Vec<f64> = x.iter().filter(|v| **v > 0.3).map(|v| v * v).collect();
    let roots: Vec<f64> = x
        .iter()
        .filter_map(|v| {
            if *v > 0.3 {
                Some((v - 0.3).sqrt() * k)
            } else {
                None
            }
        })
        .collect();
    let numbered: f64 = x
        .iter()
        .filter(|v| **v < 1.0)
        .enumerate()
        .map(|(i, v)| v * i as f64)
        .sum();
    let zipped: f64 = x
        .iter()
        .filter(|v| **v > 0.15)
        .zip(x.iter().filter(|v| **v < 1.0))
        .map(|(a, b)| a * b)
        .sum();
    let other: f64 = x
        .iter()
        .zip(x.iter().filter(|v| **v > 0.3))
        .map(|(a, b)| a * b * b)
        .sum();
    let few: f64 = x
        .iter()
        .filter(|v| **v > 0.15)
        .skip(1)
        .take(2)
        .map(|v| v * k)
        .sum();
    let steps: f64 = x
        .iter()
        .filter(|v| **v > 0.15)
        .step_by(2)
        .fold(k, |s, v| s * 0.5 + v);
    let late: f64 = x.iter().filter_map(|v| (*v < 0.8).then(|| v * k)).sum();
    kept.iter().sum::<f64>() * roots.iter().sum::<f64>()
        + numbered * zipped
        + other
        + few * steps
        + late
}

#[differentiable]
fn whiles(x: &[f64], k: f64) -> f64 {
    let a: f64 = x.iter().take_while(|v| **v < 1.0).map(|v| v * k).sum();
    let b: f64 = x.iter().skip_while(|v| **v < 0.8).map(|v| v * v).sum();
    let c: Vec<f64> = x
        .iter()
        .map_while(|v| (*v < 1.2).then_some(v * k))
        .collect();
    let d: f64 = x
        .iter()
        .take_while(|v| **v < 1.0)
        .zip(x.iter().skip(1))
        .map(|(a, b)| a * b)
        .sum();
    let e: f64 = x
        .iter()
        .take_while(|v| **v < 1.0)
        .chain(x.iter().skip_while(|v| **v < 1.0))
        .enumerate()
        .map(|(i, v)| v * i as f64)
        .sum();
    a * b + c.iter().sum::<f64>() + d + e
}

#[test]
fn filters_may_stand_anywhere() {
    for n in 0..=X.len() {
        check_gradient!(filtered, &X[..n].to_vec(), 0.7);
        check_gradient!(whiles, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn ranges(x: &[f64], n: i32, k: f64) -> f64 {
    let a: f64 = (1..=n).zip(x).map(|(i, v)| v * i as f64).sum();
    let b: f64 = x.iter().zip(1..).map(|(v, i)| v * k.powi(i)).sum();
    let c: f64 = (0..n)
        .enumerate()
        .map(|(i, j)| k * i as f64 * j as f64)
        .sum();
    let d: f64 = (0..n as usize)
        .step_by(2)
        .rev()
        .map(|i| x[i] * k)
        .fold(1.0, |s, v| s * v + k);
    let e: f64 = (0..=n).rev().skip(1).take(2).map(|i| k.powi(i)).sum();
    let mut f = 0.0;
    for i in (0..n).rev().step_by(2) {
        f += k.powi(i) * x[i as usize];
    }
    for (i, v) in (-2..n).zip(x.iter().rev()) {
        f += v * i as f64;
    }
    for i in 0.. {
        if i >= n {
            break;
        }
        f += k * i as f64;
    }
    let g: f64 = x.iter().zip(std::iter::repeat(k)).map(|(a, b)| a * b).sum();
    a * b + c * d + e * f * g
}

#[test]
fn ranges_are_of_any_integer() {
    for n in 0..=X.len() {
        check_gradient!(ranges, &X[..n].to_vec(), n as i32, 0.7);
    }
}

#[differentiable]
fn named(x: &[f64], k: f64) -> f64 {
    let squares = x.iter().map(|v| v * v * k);
    let pairs = x.iter().zip(x.iter().skip(1));
    let mut s: f64 = squares.clone().sum();
    if k > 0.0 {
        s *= squares.fold(1.0, |a, b| a * (b + 1.0));
    }
    for (a, b) in pairs {
        s += a * b;
    }
    let mut seen = 0.0;
    let counted = x.iter().map(|v| {
        seen += v * k;
        v * 2.0
    });
    let total: f64 = counted.sum();
    let reversed = (0..x.len()).rev();
    for i in reversed {
        s = s * 0.9 + x[i];
    }
    s + total * seen
}

#[test]
fn an_iterator_may_have_a_name() {
    for n in 0..=X.len() {
        check_gradient!(named, &X[..n].to_vec(), 0.7);
    }
}

#[derive(Clone, Copy, Differentiable)]
struct Point {
    x: f64,
    y: f64,
}

#[differentiable]
impl Point {
    fn new(x: f64, y: f64) -> Self {
        Point { x, y }
    }

    fn norm(&self) -> f64 {
        (self.x * self.x + self.y * self.y).sqrt()
    }

    fn doubled(v: f64) -> f64 {
        v * 2.0
    }

    fn total(points: &[Point], k: f64) -> f64 {
        points
            .iter()
            .map(|p| p.x * k)
            .map(Self::doubled)
            .sum::<f64>()
            + points.iter().map(Point::norm).sum::<f64>()
            + points.iter().map(Self::norm).fold(0.0, f64::max)
    }
}

#[differentiable]
fn points(xs: &[f64], k: f64) -> f64 {
    let mut points: Vec<Point> = xs
        .iter()
        .zip(xs.iter().rev())
        .map(|(x, y)| Point::new(*x, y * k))
        .collect();
    for p in points.iter_mut() {
        p.x += p.y * k;
    }
    for Point { x, y } in &points {
        let _ = x * y;
    }
    let weighted = [(0.3, k), (0.7, k * k)];
    let mut s = 0.0;
    for (w, v) in weighted {
        s += w * v;
    }
    for (w, v) in weighted.iter() {
        s += w * v;
    }
    let tuples: Vec<(f64, f64)> = points.iter().map(|p| (p.x, p.y)).collect();
    s += tuples.iter().map(|&(a, b)| a * b).sum::<f64>();
    s += tuples.iter().map(|t| t.0 - t.1).sum::<f64>();
    Point::total(&points, k) * s
}

#[test]
fn elements_may_be_structs_and_tuples() {
    for n in 0..=X.len() {
        check_gradient!(points, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn paths(x: &[f64], k: f64) -> f64 {
    let largest = x.iter().cloned().fold(f64::NEG_INFINITY, f64::max);
    let smallest = x.iter().copied().fold(f64::MAX, f64::min);
    let roots: f64 = x.iter().copied().map(f64::sqrt).sum();
    let waves: f64 = x.iter().map(|v| v * k).map(f64::sin).sum();
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    let variance = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (x.len() - 1) as f64;
    largest * smallest + roots * waves + variance.sqrt()
}

#[test]
fn functions_are_callbacks_by_their_path() {
    for n in 2..=X.len() {
        check_gradient!(paths, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn parted(x: &[f64], k: f64) -> f64 {
    let (a, b): (Vec<f64>, Vec<f64>) = x.iter().map(|v| (v * k, v.sin())).unzip();
    let mut inspected = 0.0;
    let c: f64 = a
        .iter()
        .inspect(|v| inspected += **v * k)
        .zip(&b)
        .map(|(a, b)| a * b)
        .sum();
    c + a.iter().sum::<f64>() * inspected
}

#[test]
fn unzip_and_inspect() {
    for n in 0..=X.len() {
        check_gradient!(parted, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn effects(x: &[f64], k: f64) -> f64 {
    let mut seen = 0.0;
    let mut log = Vec::new();
    let a: f64 = x
        .iter()
        .map(|v| {
            seen = seen * 0.9 + v * k;
            v * 2.0
        })
        .skip(2)
        .sum();
    let b: f64 = x
        .iter()
        .map(|v| {
            log.push(v * seen);
            v * k
        })
        .step_by(2)
        .sum();
    let n = x.iter().inspect(|v| seen += **v).count();
    let last = x
        .iter()
        .rev()
        .map(|v| {
            seen = seen * k + v;
            seen
        })
        .last()
        .unwrap_or(k);
    a * b + seen * n as f64 + log.iter().sum::<f64>() + last
}

#[test]
fn closures_run_for_each_item_that_is_asked_for() {
    for n in 0..=X.len() {
        check_gradient!(effects, &X[..n].to_vec(), 0.7);
    }
}

#[differentiable]
fn of_triples<T: micrograd_core::Scalar>(x: &[T]) -> Vec<T> {
    let one = T::from_f64(1.0).unwrap();
    x.iter()
        .enumerate()
        .map(|(i, x)| (i, x, (*x - one) / (one + *x)))
        .map(|(i, &x, w)| {
            if i == 0 {
                w.cos() * x
            } else {
                (one + w).sin() * (x - one)
            }
        })
        .collect()
}

#[differentiable]
fn over_triples(x: &[f64], n: usize) -> f64 {
    let mut out = vec![0.0; x.len()];
    x.iter()
        .zip(out.iter_mut())
        .enumerate()
        .map(|(i, (x, o))| (i, x, x * x, o))
        .for_each(|(i, x, w, o)| *o = if i < n { x * w } else { *x });
    let triples = of_triples(x);
    let best = (0..x.len())
        .map(|i| (out[i], triples[i], i))
        .filter(|t| t.2 > 0)
        .fold(0.0, |s, (a, b, _)| s + a * b);
    best + out[0] * triples[0]
}

#[test]
fn tuples_go_through_chains() {
    check::gradient(
        &vec![0.4, 1.3, 0.8],
        |x| over_triples(x, 2),
        |x| {
            let (value, back) = pullback_over_triples(x, 2);
            let dx = back(1.0).0;
            (value, move |dy: f64| dx.iter().map(|d| d * dy).collect())
        },
    );
}
