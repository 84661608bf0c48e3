//! Recursion of functions and methods, mutual recursion, and sub-slices.
use micrograd_core::{Differentiable, check_gradient, differentiable};

#[differentiable]
fn power(x: f64, n: u32) -> f64 {
    if n == 0 {
        return 1.0;
    }
    power(x, n - 1) * x
}

#[differentiable]
fn pairwise(x: &[f64], k: f64) -> f64 {
    if x.len() < 3 {
        let mut s = 0.0;
        for v in x {
            s += v * v * k;
        }
        return s;
    }
    let half = x.len() / 2;
    pairwise(&x[..half], k) * 0.5 + pairwise(&x[half..], k).sin()
}

#[derive(Clone, Differentiable)]
struct Series {
    factor: f64,
    terms: u32,
}

impl Series {
    #[differentiable]
    fn sum(&self, x: f64, n: u32) -> f64 {
        if n >= self.terms {
            return 0.0;
        }
        x * self.factor + self.sum(x * self.factor, n + 1)
    }

    #[differentiable]
    fn fallible(&self, x: f64, n: u32) -> Result<f64, String> {
        if n >= self.terms {
            return Ok(x);
        }
        if x > 100.0 {
            return Err("diverges".into());
        }
        Ok(self.factor * self.fallible(x * self.factor, n + 1)?)
    }

    #[differentiable]
    fn chain(x: f64, n: u32) -> f64 {
        if n == 0 {
            x
        } else {
            Self::chain(x.sin(), n - 1) * x
        }
    }
}

#[differentiable]
fn evens(x: f64, n: u32) -> f64 {
    if n == 0 {
        x
    } else {
        odds(x * 0.9, n - 1) + x.cos()
    }
}

#[differentiable(recursive)]
fn odds(x: f64, n: u32) -> f64 {
    if n == 0 {
        x * x
    } else {
        evens(x.sin(), n - 1) * x
    }
}

#[differentiable]
trait Expression {
    fn value(&self, x: f64) -> f64;
}

#[derive(Clone, Differentiable)]
struct Leaf(f64);

#[derive(Clone, Differentiable)]
struct Product<A, B>(A, B);

#[differentiable]
impl Expression for Leaf {
    fn value(&self, x: f64) -> f64 {
        self.0 * x
    }
}

#[differentiable]
impl<A: Expression + Differentiable, B: Expression + Differentiable> Expression for Product<A, B> {
    fn value(&self, x: f64) -> f64 {
        self.0.value(x) * self.1.value(x)
    }
}

#[differentiable]
fn composed(a: f64, b: f64, x: f64) -> f64 {
    let tree = Product(Product(Leaf(a), Leaf(b)), Leaf(a * b));
    tree.value(x)
}

#[differentiable]
fn of_series(factor: f64, x: f64) -> f64 {
    let series = Series { factor, terms: 4 };
    series.sum(x, 0) * series.fallible(x, 1).unwrap_or(x) + Series::chain(x, 3)
}

#[test]
fn a_function_may_call_itself() {
    check_gradient!(power, 1.5, 5u32);
    check_gradient!(pairwise, &vec![0.5, 0.2, 0.9, 1.4, 0.1], 0.7);
}

#[test]
fn a_method_may_call_itself() {
    check_gradient!(of_series, 0.8, 1.1);
    check_gradient!(of_series, 20.0, 3.1);
    check_gradient!(composed, 0.8, 1.1, 2.0);
}

#[test]
fn functions_may_call_each_other() {
    check_gradient!(evens, 0.7, 5u32);
    check_gradient!(odds, 0.7, 4u32);
}

/// Nothing of what stands in it is supported, and nothing has to be.
#[differentiable]
fn count(x: &[f64], limit: f64) -> usize {
    let mut seen = std::collections::HashMap::new();
    for v in x {
        *seen.entry((v * limit) as i64).or_insert(0) += 1;
    }
    seen.len()
}

#[differentiable]
fn counted(x: &[f64], limit: f64) -> f64 {
    let n = count(x, limit);
    let mut s = limit;
    for i in 0..n {
        s += x[i] * limit;
    }
    s
}

#[test]
fn a_function_of_an_integer_value_has_no_derivative() {
    let (value, back) = pullback_count(&[1.1, 2.2, 1.2], 1.0);
    assert_eq!(
        (value, back(micrograd_core::NoTangent)),
        (2, (vec![0.0; 3], 0.0))
    );
    check_gradient!(counted, &vec![1.1, 2.2, 1.2], 1.0);
}

struct Pair(f64, f64);

#[differentiable]
impl Pair {
    #[differentiable(skip)]
    #[allow(dead_code)]
    fn parts(&self) -> impl Iterator<Item = f64> {
        [self.0, self.1].into_iter()
    }

    #[differentiable(no_gradient(weight))]
    fn weighted(a: f64, weight: f64) -> f64 {
        a * weight
    }
}

#[test]
fn methods_of_an_annotated_impl_have_arguments_of_their_own() {
    assert_eq!(Pair(1.0, 2.0).parts().count(), 2);
    let (value, back) = Pair::pullback_weighted(3.0, 2.0);
    assert_eq!((value, back(1.0)), (6.0, (2.0, micrograd_core::NoTangent)));
}

#[derive(Clone, Differentiable)]
enum Formula {
    X,
    Constant(f64),
    Sum(Box<Formula>, Box<Formula>),
    Product(Box<Formula>, Box<Formula>),
    Sine(Box<Formula>),
}

impl Formula {
    #[differentiable]
    fn at(&self, x: f64) -> f64 {
        match self {
            Formula::X => x,
            Formula::Constant(c) => *c,
            Formula::Sum(a, b) => a.at(x) + b.at(x),
            Formula::Product(a, b) => a.at(x) * b.at(x),
            Formula::Sine(a) => a.at(x).sin(),
        }
    }
}

#[test]
fn a_method_may_call_itself_on_the_parts_of_an_enum() {
    let x = || Box::new(Formula::X);
    let constant = Box::new(Formula::Constant(3.0));
    // sin(3x) · x + x
    let product = Formula::Product(
        Box::new(Formula::Sine(Box::new(Formula::Product(constant, x())))),
        x(),
    );
    let formula = Formula::Sum(Box::new(product), x());
    let (value, back) = formula.pullback_at(0.7);
    assert_eq!(value, formula.at(0.7));
    let (dformula, dx) = back(1.0);
    let angle = 3.0 * 0.7_f64;
    assert!((dx - (3.0 * angle.cos() * 0.7 + angle.sin() + 1.0)).abs() < 1e-12);
    let FormulaTangent::Sum(product, _) = dformula else {
        panic!("another variant")
    };
    let FormulaTangent::Product(sine, _) = *product else {
        panic!("another variant")
    };
    let FormulaTangent::Sine(inner) = *sine else {
        panic!("another variant")
    };
    assert!(
        matches!(*inner, FormulaTangent::Product(c, _) if matches!(*c, FormulaTangent::Constant(d) if (d - angle.cos() * 0.49).abs() < 1e-12))
    );
}
