//! Methods that change sequences: what they overwrite, cut off and rearrange.

use micrograd_core::{Differentiable, check_gradient, differentiable};

const X: [f64; 6] = [0.5, 0.2, 0.9, 1.4, 0.1, 0.7];

fn check_all<T>(mut check: impl FnMut(Vec<f64>) -> T) {
    for n in 0..=X.len() {
        check(X[..n].to_vec());
    }
}

#[differentiable]
fn stack(x: &[f64], k: f64) -> f64 {
    let mut stack = Vec::new();
    for v in x {
        stack.push(v * k);
        if *v > 0.8 {
            let top = stack.pop().unwrap();
            stack.push(top * top);
            stack.push(k);
        }
    }
    let mut s = k;
    if let Some(top) = stack.pop() {
        s += top * top;
    }
    stack.pop();
    match stack.pop() {
        Some(v) => s *= v,
        None => s -= 1.0,
    }
    s += stack.pop().unwrap_or(k * k);
    for v in &stack {
        s = s * 0.9 + v;
    }
    s
}

#[differentiable]
fn polish(x: f64, y: f64, program: &[usize]) -> f64 {
    let mut stack = vec![x, y];
    for op in program {
        let b = stack.pop().unwrap();
        let a = stack.pop().unwrap();
        match op {
            0 => stack.push(a + b),
            1 => stack.push(a * b),
            _ => {
                stack.push(a.sin());
                stack.push(b * b);
            }
        }
        stack.push(x);
    }
    stack.pop().unwrap() * stack.pop().unwrap()
}

#[test]
fn a_stack_is_pushed_and_popped() {
    check_all(|x| check_gradient!(stack, &x, 0.7));
    check_gradient!(polish, 0.5, 0.7, &vec![0, 1, 2, 1, 0]);
    check_gradient!(polish, 0.5, 0.7, &vec![]);
}

#[differentiable]
fn rows(x: &[f64], k: f64) -> f64 {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for (i, v) in x.iter().enumerate() {
        rows.push(vec![v * k; i]);
    }
    let last = rows.pop().unwrap_or_default();
    let mut s: f64 = last.iter().sum();
    if let Some(row) = rows.last_mut() {
        row.push(s);
        row.push(k);
        row.pop();
    }
    rows.truncate(4);
    rows.insert(0, vec![k, s]);
    let second = rows.remove(0);
    rows.retain(|row| row.len() != 2);
    for row in rows.iter_mut() {
        row.reverse();
        row.resize(2, k);
        row[0] *= s;
    }
    s += second[0] * second[1];
    s + rows.iter().flatten().map(|v| v * v).sum::<f64>()
}

#[test]
fn elements_may_be_vectors() {
    check_all(|x| check_gradient!(rows, &x, 0.7));
}

#[differentiable]
fn resized(x: &[f64], n: usize, k: f64) -> f64 {
    let mut v = x.to_vec();
    v.resize(n, k * k);
    for (i, e) in v.iter_mut().enumerate() {
        *e *= i as f64 * k;
    }
    v.truncate(4);
    let mut s: f64 = v.iter().map(|e| e.sin()).sum();
    v.clear();
    v.push(s * k);
    v.extend(x.iter().map(|e| e * k));
    v.extend_from_slice(x);
    v.extend(x);
    v.extend_from_slice(&x[x.len() / 2..]);
    let mut other = vec![s, k];
    v.append(&mut other);
    other.push(k);
    s += other[0] * v.len() as f64;
    let tail = v.split_off(v.len() / 2);
    s += tail.iter().zip(&v).map(|(a, b)| a * b).sum::<f64>();
    v.drain(..1);
    s * v.iter().enumerate().map(|(i, e)| e * i as f64).sum::<f64>()
}

#[test]
fn sequences_grow_and_shrink() {
    for n in [0, 2, 6, 9] {
        check_all(|x| check_gradient!(resized, &x, n as usize, 0.7));
    }
}

#[differentiable]
fn inserted(x: &[f64], k: f64) -> f64 {
    let mut v = Vec::with_capacity(8);
    for (i, e) in x.iter().enumerate() {
        v.insert(i / 2, e * k);
    }
    v.insert(0, k);
    let middle = v.remove(v.len() / 2);
    let mut s = middle * middle;
    if v.len() > 2 {
        s += v.swap_remove(0) * 3.0;
        v.swap(0, 1);
    }
    s + v
        .iter()
        .enumerate()
        .map(|(i, e)| e * (i + 1) as f64)
        .sum::<f64>()
}

#[test]
fn elements_are_inserted_and_removed() {
    check_all(|x| check_gradient!(inserted, &x, 0.7));
}

#[differentiable]
fn sorted(x: &[f64], k: f64) -> f64 {
    let mut v: Vec<f64> = x.iter().map(|e| (e - 0.57) * (e - 0.57) * k).collect();
    v.sort_by(|a, b| a.partial_cmp(b).unwrap());
    let mut s: f64 = v.iter().enumerate().map(|(i, e)| e * i as f64).sum();
    v.sort_by(|a, b| b.total_cmp(a));
    v[0] *= k;
    s += v
        .iter()
        .enumerate()
        .map(|(i, e)| e * e * i as f64)
        .sum::<f64>();
    v.sort_unstable_by(f64::total_cmp);
    let median = v[v.len() / 2];
    let descending = |a: &f64, b: &f64| b.partial_cmp(a).unwrap();
    v.sort_by(descending);
    let mut pairs: Vec<(usize, f64)> = x.iter().map(|e| e * k).enumerate().collect();
    pairs.sort_by(|a, b| b.1.partial_cmp(&a.1).unwrap());
    for (i, e) in pairs.iter().take(3) {
        s += e * *i as f64;
    }
    pairs.sort_by_key(|p| std::cmp::Reverse(p.0));
    s * median + v[0] + pairs[0].1
}

#[differentiable]
fn in_place(x: &mut [f64], k: f64) {
    let shift = k;
    x[1..].sort_by(|a, b| (b - shift).abs().total_cmp(&(a - shift).abs()));
    x.rotate_left(1);
    x[0] *= k;
    x.reverse();
    x[..2].rotate_right(1);
}

#[differentiable]
fn through_in_place(x: &[f64], k: f64) -> f64 {
    let mut v = x.to_vec();
    in_place(&mut v, k);
    v.iter()
        .enumerate()
        .map(|(i, e)| e * e * (i + 1) as f64)
        .sum()
}

#[test]
fn a_sort_is_undone_by_the_order_that_it_found() {
    for n in 1..=X.len() {
        check_gradient!(sorted, &X[..n].to_vec(), 0.7);
    }
    for n in 2..=X.len() {
        check_gradient!(through_in_place, &X[..n].to_vec(), 0.3);
    }
}

#[differentiable]
fn copied(x: &[f64], k: f64) -> f64 {
    let mut v = vec![k; x.len()];
    v.copy_from_slice(x);
    let mut w = v.clone();
    w.fill(k);
    let half = x.len() / 2;
    w[..half].clone_from_slice(&v[..half]);
    w[half..].fill(k * k);
    v.retain(|e| *e > 0.3);
    let (a, b) = w.split_at_mut(half);
    for (p, q) in a.iter_mut().zip(b.iter_mut()) {
        *p *= *q;
        *q += *p;
    }
    if !a.is_empty() {
        a[0] *= 2.0;
    }
    let (left, right) = x.split_at(half);
    let s: f64 = left.iter().zip(right).map(|(p, q)| p * q).sum();
    s + w.iter().sum::<f64>() * k + v.iter().product::<f64>()
}

#[test]
fn an_overwritten_cotangent_is_gone() {
    check_all(|x| check_gradient!(copied, &x, 0.7));
}

#[differentiable]
fn buffers(x: &[f64], n: usize, k: f64) -> f64 {
    let mut now = x.to_vec();
    let mut next = vec![0.0; x.len()];
    for _ in 0..n {
        for i in 1..x.len() {
            next[i] = now[i] + k * (now[i - 1] - now[i]);
        }
        std::mem::swap(&mut now, &mut next);
    }
    now.iter().zip(&next).map(|(a, b)| a * b).sum()
}

#[derive(Clone, Differentiable)]
struct State {
    now: Vec<f64>,
    next: Vec<f64>,
}

#[differentiable]
fn advance(state: &mut State, k: f64) {
    for (a, b) in state.next.iter_mut().zip(&state.now) {
        *a = b * k + b * b;
    }
    std::mem::swap(&mut state.now, &mut state.next);
    state.next.swap(0, 1);
}

#[differentiable]
fn advanced(x: &[f64], k: f64) -> f64 {
    let mut state = State {
        now: x.to_vec(),
        next: vec![0.0; x.len()],
    };
    for _ in 0..3 {
        advance(&mut state, k);
    }
    state
        .now
        .iter()
        .zip(state.next.iter())
        .map(|(a, b)| a * b)
        .sum()
}

#[differentiable]
fn swap_parameters(a: &mut Vec<f64>, b: &mut Vec<f64>) {
    a.push(b[0]);
    std::mem::swap(a, b);
    a[0] *= b[0];
}

#[differentiable]
fn through_swap(x: &[f64], k: f64) -> f64 {
    let (mut a, mut b) = (x.to_vec(), vec![k]);
    swap_parameters(&mut a, &mut b);
    a.iter().sum::<f64>() * b.iter().product::<f64>()
}

#[test]
fn buffers_change_places() {
    check_all(|x| check_gradient!(buffers, &x, 3usize, 0.3));
    for n in 2..=X.len() {
        check_gradient!(advanced, &X[..n].to_vec(), 0.3);
        check_gradient!(through_swap, &X[..n].to_vec(), 0.3);
    }
}

#[test]
#[should_panic(expected = "does not match destination slice length")]
fn lengths_of_copies_must_agree() {
    #[differentiable]
    fn f(x: &[f64]) -> f64 {
        let mut v = vec![0.0; 2];
        v.copy_from_slice(x);
        v[0]
    }
    let _ = f::pullback(&[1.0, 2.0, 3.0]);
}
