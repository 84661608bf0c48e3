//! Layers as structs, a trait of layers, and tuples of them.
use micrograd_core::rules::activation::tanh;
use micrograd_core::{
    Differentiable, Function, Scalar, broadcast, check, code_ir, code_pullback, differentiable,
};
use nalgebra::DMatrix;

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
        self.activation
            .call(broadcast!(&self.weight * x .+ &self.bias))
    }
}

#[differentiable]
impl<F: Function<DMatrix<f64>, Output = DMatrix<f64>>> Layer for Dense<F> {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self.activation
            .call(broadcast!(&self.weight * x .+ &self.bias))
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
fn a_tuple_of_layers_is_a_layer() {
    assert!(code_ir!(Dense::<tanh>::apply).contains("%7 = broadcasted(+, %5, %6)"));
    assert!(code_pullback!(Dense::<tanh>::apply).contains("Δ%1.weight += mul_left(%4, %2, Δ%5)"));
    let f =
        |r: usize, c: usize| DMatrix::from_fn(r, c, |i, j| ((i * 7 + j * 3) as f64 * 0.71).sin());
    let layer = |o, i| Dense {
        weight: f(o, i),
        bias: f(o, 1),
        activation: tanh {},
    };
    let model = (layer(3, 2), layer(2, 3));
    let x = f(2, 4);
    check::gradient(
        &(model, x),
        |(m, x)| loss(m, x),
        |(m, x)| pullback_loss(m, x),
    );
}

#[test]
fn a_generic_function_is_differentiated_for_each_number_type() {
    micrograd_core::check_gradient!(generic, 0.3, &vec![0.5, 0.2]);
    micrograd_core::check_gradient!(generic, 0.3_f32, &vec![0.5_f32, 0.2]);
}

#[test]
fn an_early_return_ends_the_function() {
    micrograd_core::check_gradient!(pick, 0.3, 0.5);
    micrograd_core::check_gradient!(pick, 0.3, 1.5);
    micrograd_core::check_gradient!(pick, -0.3, 1.5);
}
