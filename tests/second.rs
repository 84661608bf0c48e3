//! Structs and traits.
use micrograd_core::{Differentiable, Function, Scalar, broadcast, check, code_ir, code_pullback, differentiable};
use nalgebra::DMatrix;
use micrograd_core::rules::activation::tanh;

#[derive(Clone, Differentiable)]
struct Dense<F> {
    weight: DMatrix<f64>,
    bias: DMatrix<f64>,
    activation: F,
}

#[differentiable]
trait Layer {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64>;
}

impl<F: Function<DMatrix<f64>, Output = DMatrix<f64>>> Dense<F> {
    #[differentiable]
    fn apply(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self.activation.call(broadcast!(&self.weight * x .+ &self.bias))
    }
}

#[differentiable]
impl<F: Function<DMatrix<f64>, Output = DMatrix<f64>>> Layer for Dense<F> {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self.activation.call(broadcast!(&self.weight * x .+ &self.bias))
    }
}

#[differentiable]
impl<A: Layer, B: Layer> Layer for (A, B) {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        let x = self.0.forward(x);
        let x = self.1.forward(&x);
        x
    }
}

#[differentiable]
fn loss<L: Layer>(model: &L, x: &DMatrix<f64>) -> f64 {
    let y = model.forward(x);
    y.norm_squared()
}

#[differentiable]
fn generic<T: Scalar>(x: T, y: &[T]) -> T {
    let mut s = x;
    for v in y {
        s = s * *v + x.sin();
    }
    s
}

#[differentiable]
fn pick(x: f64, y: f64) -> f64 {
    if x < 0.0 {
        return -x * y;
    }
    let (a, b) = (x * y, x / y);
    if a > b && y > 0.0 { a } else { b * b }
}

#[test]
fn second() {
    println!("{}\n{}", code_ir!(Dense::<tanh>::apply), code_pullback!(Dense::<tanh>::apply));
    let f = |r: usize, c: usize| DMatrix::from_fn(r, c, |i, j| ((i * 7 + j * 3) as f64 * 0.71).sin());
    let layer = |o, i| Dense { weight: f(o, i), bias: f(o, 1), activation: tanh {} };
    let model = (layer(3, 2), layer(2, 3));
    let x = f(2, 4);
    check::gradient(&(model, x), |(m, x)| loss(m, x), |(m, x)| pullback_loss(m, x));
    micrograd_core::check_gradient!(generic, 0.3, &vec![0.5, 0.2]);
    micrograd_core::check_gradient!(pick, 0.3, 0.5);
    micrograd_core::check_gradient!(pick, 0.3, 1.5);
    micrograd_core::check_gradient!(pick, -0.3, 1.5);
}
