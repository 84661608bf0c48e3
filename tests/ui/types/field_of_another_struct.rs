use micrograd_core::differentiable;
use micrograd_nn::Dense;

mod of_the_file {
    #[derive(micrograd_core::Differentiable)]
    pub struct Dense {
        pub weight: f64,
        #[no_gradient]
        pub bias: f64,
    }
}

#[differentiable]
fn first(layer: &Dense) -> f64 {
    2.0 * layer.bias[0]
}

fn main() {}
