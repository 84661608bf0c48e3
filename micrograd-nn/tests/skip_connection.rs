//! SkipConnection: the way around a layer.

use micrograd_core::check;
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::{Chain, Dense, Layer, LayerNorm, SkipConnection};
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn matrix(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin()
    })
}

type Block = SkipConnection<Chain<(LayerNorm, Dense<tanh>, Dense<identity>)>>;

fn block() -> Block {
    let rng = &mut ChaCha8Rng::seed_from_u64(7);
    SkipConnection::new(Chain((
        LayerNorm::new(3),
        Dense::new(3, 5, tanh {}, rng),
        Dense::new(5, 3, identity {}, rng),
    )))
}

#[test]
fn the_input_is_added_to_the_output_of_the_layer() {
    let (block, x) = (block(), matrix(3, 4));
    assert_eq!(block.forward(&x), &x + block.layer.forward(&x));
}

#[test]
fn its_gradient_is_right() {
    check::gradient(
        &(block(), matrix(3, 4)),
        |(block, x)| block.forward(x),
        |(block, x)| block.pullback_forward(x),
    );
}

#[test]
fn the_cotangent_passes_a_layer_that_does_nothing() {
    let zero = Dense {
        weight: DMatrix::<f64>::zeros(3, 3),
        bias: DMatrix::zeros(3, 1),
        activation: identity {},
    };
    let layer = SkipConnection::new(zero);
    let x = matrix(3, 4);
    let (y, back) = layer.pullback_forward(&x);
    assert_eq!(y, x);
    assert_eq!(back(x.clone()).1, x);
}

#[test]
fn connections_nest_in_chains_of_run_time_depth() {
    let model = Chain(vec![block(), block()]);
    check::gradient(
        &(model, matrix(3, 2)),
        |(model, x)| model.forward(x),
        |(model, x)| model.pullback_forward(x),
    );
}

#[test]
fn it_prints_what_it_goes_around() {
    assert_eq!(
        block().to_string(),
        "SkipConnection(Chain(LayerNorm(3), Dense(3 => 5, tanh), Dense(5 => 3)))"
    );
}

#[test]
#[should_panic(expected = "SkipConnection: the input is 3×4, the output of the layer 5×4")]
fn a_layer_with_another_number_of_outputs_is_refused() {
    let wide = Dense::new(3, 5, tanh {}, &mut ChaCha8Rng::seed_from_u64(7));
    SkipConnection::new(wide).forward(&matrix(3, 4));
}
