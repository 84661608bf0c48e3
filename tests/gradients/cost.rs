//! The reverse sweep costs as much as the forward sweep, whatever is indexed. What is quadratic
//! would take hours here.

use micrograd_core::{Differentiable, differentiable, gradient};

const N: usize = 200_000;

#[differentiable]
fn sum(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        s += v[i] * v[i];
    }
    s
}

#[test]
fn an_element_of_a_slice_costs_one_step() {
    let v = vec![1.0; N];
    assert_eq!(gradient!(sum, &v).1.0[N - 1], 2.0);
}

#[derive(Clone, Differentiable)]
struct Cloud {
    points: Vec<(f64, f64)>,
    rows: Vec<Vec<f64>>,
}

fn cloud() -> Cloud {
    Cloud {
        points: vec![(1.0, 2.0); N],
        rows: vec![vec![1.0; N]; 2],
    }
}

#[differentiable]
fn nested(c: &Cloud) -> f64 {
    let mut s = 0.0;
    for i in 0..c.points.len() {
        s += c.points[i].0 * c.points[i].1 * c.rows[1][i];
    }
    s
}

#[test]
fn an_element_inside_a_struct_costs_one_step() {
    let cloud = cloud();
    let (value, (d,)) = gradient!(nested, &cloud);
    assert_eq!(
        (value, d.points[7], d.rows[1][N - 1]),
        (2.0 * N as f64, (2.0, 1.0), 2.0)
    );
}

#[differentiable]
fn local(x: f64, n: usize) -> f64 {
    let v = vec![x; n];
    let mut s = 0.0;
    for i in 0..n {
        s += v[i] * x;
    }
    s
}

#[test]
fn an_element_of_a_local_vector_costs_one_step() {
    assert_eq!(gradient!(local, 1.0, N).1.0, 2.0 * N as f64);
}

#[differentiable]
fn made(x: f64, n: usize) -> Vec<f64> {
    let v: Vec<f64> = vec![x; n];
    v
}

#[differentiable]
fn of_a_result(x: f64, n: usize) -> f64 {
    let v = made(x, n);
    let mut s = 0.0;
    for i in 0..n {
        if v[i] > 0.0 {
            s += v[i] * x;
        }
    }
    s
}

#[test]
fn an_element_of_a_result_costs_one_step() {
    assert_eq!(gradient!(of_a_result, 1.0, N).1.0, 2.0 * N as f64);
}

#[differentiable]
fn element(v: &[f64], i: usize) -> f64 {
    v[i] * v[i]
}

#[differentiable]
fn by_calls(v: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        s += element(v, i);
    }
    s
}

#[test]
fn handing_a_slice_to_a_function_costs_one_step() {
    let v = vec![1.0; N];
    assert_eq!(gradient!(by_calls, &v).1.0[N - 1], 2.0);
}

impl Cloud {
    #[differentiable]
    fn at(&self, i: usize) -> f64 {
        self.points[i].0 * 3.0
    }

    #[differentiable]
    fn total(&self) -> f64 {
        let mut s = 0.0;
        for i in 0..self.points.len() {
            s += self.at(i);
        }
        s
    }
}

#[test]
fn calling_a_method_of_a_large_struct_costs_one_step() {
    let cloud = cloud();
    let (_, back) = cloud.pullback_total();
    assert_eq!(back(1.0).0.points[N - 1], (3.0, 0.0));
}

#[differentiable]
fn either(v: &[f64], w: &[f64]) -> f64 {
    let mut s = 0.0;
    for i in 0..v.len() {
        let x = if i % 2 == 0 { v[i] } else { w[i] };
        s += x * x;
    }
    s
}

#[test]
fn an_element_chosen_by_a_branch_costs_one_step() {
    let (v, w) = (vec![1.0; N], vec![2.0; N]);
    let (_, (dv, dw)) = gradient!(either, &v, &w);
    assert_eq!((dv[0], dv[1], dw[0], dw[1]), (2.0, 0.0, 0.0, 4.0));
}

#[differentiable]
fn carried(v: Vec<f64>, n: usize) -> f64 {
    let mut s = 0.0;
    let mut w = v;
    for i in 0..n {
        if i == 3 {
            w = vec![s; 5];
        }
        s += w[i % 5];
    }
    s
}

#[test]
fn a_carried_vector_that_seldom_changes_costs_one_step() {
    let (_, (d, _)) = gradient!(carried, vec![1.0, 2.0, 3.0, 0.0, 0.0], 1000);
    assert_eq!(d[..3], [1.0 + 997.0, 998.0, 998.0]);
}
