//! Operators of the user's own types, with `#[differentiable]` on their `impl`s.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient, jacobian};
use std::ops::{Add, AddAssign, Div, Mul, Neg, Rem, Sub};

#[derive(Clone, Copy, Debug, Differentiable, PartialEq)]
struct V2 {
    x: f64,
    y: f64,
}

#[differentiable]
impl Add for V2 {
    type Output = V2;

    fn add(self, other: V2) -> V2 {
        V2 {
            x: self.x + other.x,
            y: self.y + other.y,
        }
    }
}

#[differentiable]
impl Sub for V2 {
    type Output = Self;

    fn sub(self, Self { x, y }: Self) -> Self {
        Self {
            x: self.x - x,
            y: self.y - y,
        }
    }
}

#[differentiable]
impl Neg for V2 {
    type Output = V2;

    fn neg(mut self) -> Self::Output {
        self.x = -self.x;
        self.y = -self.y;
        self
    }
}

/// The product of complex numbers.
#[differentiable]
impl Mul for V2 {
    type Output = Self;

    fn mul(self, other: Self) -> Self::Output {
        let (x, y) = (
            self.x * other.x - self.y * other.y,
            self.x * other.y + self.y * other.x,
        );
        Self::Output { x, y }
    }
}

#[differentiable]
impl Mul<f64> for V2 {
    type Output = V2;

    fn mul(self, k: f64) -> V2 {
        V2 {
            x: self.x * k,
            y: self.y * k,
        }
    }
}

#[differentiable]
impl Mul<V2> for f64 {
    type Output = V2;

    fn mul(self, v: V2) -> V2 {
        v * self
    }
}

#[differentiable]
impl Div<f64> for V2 {
    type Output = V2;

    fn div(self, k: f64) -> V2 {
        assert!(k != 0.0, "{:?} divided by zero", self);
        V2 {
            x: self.x / k,
            y: self.y / k,
        }
    }
}

/// The cross product, a number.
#[differentiable]
impl Rem for V2 {
    type Output = f64;

    fn rem(self, other: V2) -> f64 {
        self.x * other.y - self.y * other.x
    }
}

impl AddAssign for V2 {
    fn add_assign(&mut self, other: V2) {
        *self = *self + other;
    }
}

// Lent operands share the rule of those that are handed over.
#[differentiable]
impl<'a> Add<&'a V2> for &'a V2 {
    type Output = V2;

    fn add(self, other: &V2) -> V2 {
        *self + *other
    }
}

#[differentiable]
fn of_all_operators(a: V2, b: V2, k: f64) -> f64 {
    let c = a * b + b / k - 2.0 * a;
    let mut d = -c * k;
    d += a;
    for _ in 0..3 {
        d = d * b - a;
    }
    let lent = &a + &d;
    (lent % d) * k + d.x
}

const A: V2 = V2 { x: 0.7, y: -0.4 };
const B: V2 = V2 { x: 0.3, y: 1.1 };

#[test]
fn every_operator_has_a_rule() {
    check_gradient!(of_all_operators, A, B, 0.8);
}

#[differentiable]
fn rotated(z: V2, w: f64) -> [f64; 2] {
    let spin = V2 {
        x: w.cos(),
        y: w.sin(),
    };
    let z = z * spin;
    [z.x, z.y]
}

#[test]
fn jacobians_go_through_operators() {
    let (_, rows) = jacobian!(rotated, A, 0.3);
    let (sin, cos) = 0.3_f64.sin_cos();
    assert_eq!((rows[0].0.x, rows[0].0.y), (cos, -sin));
    assert_eq!((rows[1].0.x, rows[1].0.y), (sin, cos));
}

#[derive(Clone, Debug, Differentiable)]
struct Polynomial {
    coefficients: Vec<f64>,
}

#[differentiable]
impl Add<&Polynomial> for &Polynomial {
    type Output = Polynomial;

    fn add(self, other: &Polynomial) -> Polynomial {
        let pairs = self.coefficients.iter().zip(&other.coefficients);
        Polynomial {
            coefficients: pairs.map(|(a, b)| a + b).collect(),
        }
    }
}

#[differentiable]
impl Mul<&Polynomial> for &Polynomial {
    type Output = Polynomial;

    fn mul(self, other: &Polynomial) -> Polynomial {
        let (a, b) = (&self.coefficients, &other.coefficients);
        let mut coefficients = vec![0.0; a.len() + b.len() - 1];
        for i in 0..a.len() {
            for j in 0..b.len() {
                coefficients[i + j] += a[i] * b[j];
            }
        }
        Polynomial { coefficients }
    }
}

#[differentiable]
impl Polynomial {
    fn at(&self, x: f64) -> f64 {
        self.coefficients
            .iter()
            .rev()
            .fold(0.0, |sum, c| sum * x + c)
    }
}

#[differentiable]
fn of_polynomials(p: &Polynomial, q: &Polynomial, x: f64) -> f64 {
    let sum = p + q;
    let product = &sum * p;
    product.at(x) * (q * q).at(x)
}

#[test]
fn operators_of_lent_operands_have_rules() {
    let of = |coefficients: &[f64]| Polynomial {
        coefficients: coefficients.to_vec(),
    };
    check_gradient!(
        of_polynomials,
        &of(&[0.5, -1.0, 2.0]),
        &of(&[0.3, 0.8, -0.2]),
        0.9
    );
}

#[derive(Clone, Copy, Debug, Differentiable)]
struct Pair<T>(T, T);

#[differentiable]
impl<T: num_traits::Float> Mul<T> for Pair<T> {
    type Output = Pair<T>;

    fn mul(self, k: T) -> Self {
        Self(self.0 * k, self.1 / k)
    }
}

#[differentiable]
fn of_a_generic_type(x: f64, k: f64) -> f64 {
    let pair = Pair(x, x * x) * k;
    pair.0 * pair.1.sin()
}

#[test]
fn operators_of_generic_types_have_rules() {
    check_gradient!(of_a_generic_type, 0.6, 1.4);
    let (_, (dx, _)) = gradient!(of_a_generic_type, 0.0, 1.4);
    assert_eq!(dx, 0.0);
}

mod own_trait {
    use micrograd_core::differentiable;

    /// Not that of the standard library.
    #[differentiable]
    pub trait Index {
        fn index(&self, k: usize) -> f64;
    }
}

mod implemented_elsewhere {
    use super::V2;
    use super::own_trait::Index;
    use micrograd_core::differentiable;

    #[differentiable]
    impl Index for V2 {
        fn index(&self, k: usize) -> f64 {
            if k == 0 { self.x } else { self.y * self.y }
        }
    }

    #[differentiable]
    pub fn indexed(v: V2) -> f64 {
        v.index(0) * v.index(1)
    }
}

#[test]
fn own_traits_may_be_named_as_those_of_the_standard_library() {
    check_gradient!(implemented_elsewhere::indexed, A);
}

#[differentiable]
impl Mul<f64> for Polynomial {
    type Output = f64;

    fn mul(self, k: f64) -> f64 {
        self.coefficients[1] * k
    }
}

#[differentiable]
impl Sub for Polynomial {
    type Output = Polynomial;

    fn sub(self, other: Polynomial) -> Polynomial {
        let mut difference = self.clone();
        for (a, b) in difference.coefficients.iter_mut().zip(&other.coefficients) {
            *a -= b * b;
        }
        difference.coefficients.push(self.coefficients[0]);
        difference
    }
}

#[differentiable]
impl Neg for Polynomial {
    type Output = Polynomial;

    fn neg(self) -> Polynomial {
        let coefficients = self.coefficients.iter().map(|c| -c * c).collect();
        Polynomial { coefficients }
    }
}

#[differentiable]
fn of_temporaries(p: &Polynomial, k: f64) -> f64 {
    let mut q = -p.clone() - p.clone();
    for _ in 0..2 {
        q = q - p.clone();
    }
    q.clone() * k + p.clone() * (-q * k)
}

#[test]
fn operands_may_be_temporaries_with_vectors() {
    let p = Polynomial {
        coefficients: vec![0.5, -1.0, 2.0],
    };
    check_gradient!(of_temporaries, &p, 0.7);
}

/// Each level asks both operands of the level below.
#[derive(Clone, Copy, Debug, Differentiable)]
struct Nested {
    x: f64,
    depth: usize,
}

#[differentiable]
impl Rem for Nested {
    type Output = Nested;

    fn rem(self, other: Nested) -> Nested {
        if self.depth == 0 {
            let x = self.x * other.x + 0.1;
            return Nested { x, depth: 0 };
        }
        let depth = self.depth - 1;
        let (a, b) = (Nested { x: self.x, depth }, Nested { x: other.x, depth });
        let below = a % b;
        Nested {
            x: below.x * 0.5 + self.x,
            depth,
        }
    }
}

#[differentiable]
fn deep(x: f64, y: f64, depth: usize) -> f64 {
    (Nested { x, depth } % Nested { x: y, depth }).x
}

#[test]
fn the_reverse_of_nested_operators_is_linear_in_their_depth() {
    check_gradient!(deep, 0.4, 0.7, 3);
    // Twice the work for each level would not end.
    let (value, (dx, _, _)) = gradient!(deep, 0.4, 0.7, 200);
    assert!(value.is_finite() && dx.is_finite());
}

mod with_other_names {
    use micrograd_core::{Differentiable, differentiable};
    use std::ops::{Add, Mul};

    #[derive(Clone, Copy, Debug, Differentiable)]
    pub struct V2 {
        pub z: f64,
    }

    #[differentiable]
    impl Add for V2
    where
        Self: Copy,
    {
        type Output = V2;

        fn add(self, other: V2) -> V2 {
            assert!(self.z.is_finite(), "{self:?} is not finite");
            let itself = self::doubled(self.z);
            V2 {
                z: itself * other.z,
            }
        }
    }

    #[differentiable]
    pub fn doubled(x: f64) -> f64 {
        2.0 * x
    }

    #[derive(Clone, Copy, Debug, Differentiable)]
    pub struct View<'v> {
        pub values: &'v [f64],
    }

    #[differentiable]
    impl<'v> Mul<View<'v>> for View<'v> {
        type Output = f64;

        fn mul(self, other: View<'v>) -> f64 {
            let pairs = self.values.iter().zip(other.values);
            pairs.map(|(a, b)| a * b).sum()
        }
    }

    #[differentiable]
    #[allow(clippy::extra_unused_lifetimes)]
    impl Mul<f64> for View<'_> {
        type Output = f64;

        fn mul(self, k: f64) -> f64 {
            self.values[0] * k
        }
    }

    #[differentiable]
    pub fn of_views(v: View<'_>, w: View<'_>, k: f64) -> f64 {
        (v * w) * k + v * k
    }
}

#[differentiable]
fn of_another_module(x: f64) -> f64 {
    let v = with_other_names::V2 { z: x };
    (v + v).z
}

#[test]
fn operators_of_types_of_one_name_are_told_apart() {
    check_gradient!(of_another_module, 0.7);
}

#[test]
fn operands_may_borrow() {
    use with_other_names::{View, pullback_of_views};
    let (a, b) = ([1.0, 2.0], [0.5, -1.0]);
    let (v, w) = (View { values: &a }, View { values: &b });
    let (value, back) = pullback_of_views(v, w, 3.0);
    let (dv, dw, dk) = back(1.0);
    assert_eq!((value, dk), (-1.5, -0.5));
    assert_eq!((dv.values, dw.values), (vec![4.5, -3.0], vec![3.0, 6.0]));
}
