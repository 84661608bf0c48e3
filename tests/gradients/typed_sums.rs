//! Sums and products of other types than numbers, where a declaration or the result says which.

use micrograd_core::{Differentiable, check_gradient, differentiable};
use nalgebra::{DVector, Matrix2, Vector3};
use std::iter::{Product, Sum};
use std::ops::{Add, Mul};

#[derive(Clone, Copy, Debug, Differentiable)]
struct Complex {
    re: f64,
    im: f64,
}

#[differentiable]
impl Add for Complex {
    type Output = Complex;
    fn add(self, other: Complex) -> Complex {
        Complex {
            re: self.re + other.re,
            im: self.im + other.im,
        }
    }
}

#[differentiable]
impl Mul for Complex {
    type Output = Complex;
    fn mul(self, other: Complex) -> Complex {
        Complex {
            re: self.re * other.re - self.im * other.im,
            im: self.re * other.im + self.im * other.re,
        }
    }
}

impl Sum for Complex {
    fn sum<I: Iterator<Item = Complex>>(items: I) -> Complex {
        items.fold(Complex { re: 0.0, im: 0.0 }, |a, b| a + b)
    }
}

impl Product for Complex {
    fn product<I: Iterator<Item = Complex>>(items: I) -> Complex {
        items.fold(Complex { re: 1.0, im: 0.0 }, |a, b| a * b)
    }
}

#[differentiable]
fn complex(re: f64, im: f64) -> Complex {
    Complex { re, im }
}

#[differentiable]
fn declared(x: &[f64], w: f64) -> f64 {
    let sum: Complex = x.iter().map(|x| complex(*x, w)).sum();
    let product: Complex = (x.iter().map(|x| complex(w * x, *x))).product();
    sum.re * sum.im + product.re * product.im
}

#[differentiable]
fn total(x: &[f64], w: f64) -> Complex {
    x.iter().map(|x| complex(*x * w, x.sin())).sum()
}

#[differentiable]
fn powers(x: &[f64], w: f64) -> Complex {
    if w > 1.0 {
        return x.iter().map(|x| complex(*x, w)).product();
    }
    match x.len() {
        0 => complex(w, 1.0),
        1 => {
            let once: Complex = x.iter().map(|x| complex(*x, *x)).sum();
            once
        }
        _ => x.iter().map(|x| complex(*x, w * w)).sum(),
    }
}

#[differentiable]
fn checked(x: &[f64], w: f64) -> Result<Complex, String> {
    if x.is_empty() {
        return Err("no numbers".to_string());
    }
    Ok(if w > 0.5 {
        x.iter().map(|x| complex(*x, w)).product()
    } else {
        x.iter().map(|x| complex(w, *x)).sum()
    })
}

#[differentiable]
fn results(x: &[f64], w: f64) -> f64 {
    let (a, b) = (total(x, w), powers(x, w));
    let norm = |v: &[f64]| {
        let s: f64 = v.iter().map(|v| v * v).sum();
        s.sqrt()
    };
    let c = checked(x, w).unwrap();
    a.re * b.im + a.im * b.re + c.re * c.im + norm(x)
}

#[differentiable]
fn of_matrices(points: &[Vector3<f64>], rows: &[DVector<f64>], w: f64) -> f64 {
    let centre: Vector3<f64> = points.iter().sum();
    let scaled: Vector3<f64> = points.iter().map(|p| p * w).sum();
    let turned: Matrix2<f64> = (points.iter())
        .map(|p| Matrix2::new(p.x, w, p.y, p.z))
        .product();
    let last = rows
        .iter()
        .map(|r| r * w)
        .fold(DVector::zeros(2), |a, b| a + b);
    centre.dot(&scaled) * turned.m12 + turned.m21 + last.norm()
}

type Length = f64;

#[differentiable]
fn of_an_alias(x: &[Length], w: Length) -> Length {
    let squares: Length = x.iter().map(|x| x * x * w).sum();
    let count: usize = x.iter().map(|_| 2).sum();
    squares / count as f64
}

#[test]
fn a_sum_begins_with_what_its_type_says() {
    let x = [0.4, 1.3, -0.7];
    check_gradient!(declared, &x, 0.8);
    for w in [0.3, 0.8, 1.2] {
        check_gradient!(results, &x, w);
        check_gradient!(results, &x[..1], w);
    }
    let points = [Vector3::new(0.3, 1.0, -0.4), Vector3::new(0.9, -0.2, 0.6)];
    let rows = [
        DVector::from_vec(vec![0.4, 1.2]),
        DVector::from_vec(vec![-0.3, 0.5]),
    ];
    check_gradient!(of_matrices, &points, &rows, 0.7);
    check_gradient!(of_an_alias, &x, 0.7);
}
