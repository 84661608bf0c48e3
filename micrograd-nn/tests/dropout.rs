//! Dropout, and the modes of models that contain it.

use std::collections::VecDeque;
use std::rc::Rc;

use micrograd_core::{Differentiable, check, differentiable};
use micrograd_nn::activation::tanh;
use micrograd_nn::{Chain, Dense, Dropout, Layer, num_parameters, test_mode, train_mode};
use nalgebra::DMatrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

/// Numbers of both signs, none of them zero.
fn matrix(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin()
    })
}

fn trained(probability: f64) -> Dropout {
    let mut layer = Dropout::new(probability);
    train_mode(&mut layer, &mut rng());
    layer
}

#[test]
fn the_fraction_that_is_dropped_is_the_probability() {
    for probability in [0.0, 0.1, 0.5, 0.9] {
        let y = trained(probability).forward(&DMatrix::from_element(100, 200, 1.0));
        let dropped = y.iter().filter(|&&y| y == 0.0).count() as f64 / 20_000.0;
        // Four standard deviations of a binomial distribution.
        let tolerance = 4.0 * (probability * (1.0 - probability) / 20_000.0).sqrt();
        assert!(
            (dropped - probability).abs() <= tolerance,
            "{dropped} instead of {probability}"
        );
    }
}

#[test]
fn values_that_stay_are_scaled_so_that_the_mean_stays() {
    let x = matrix(20, 30);
    let y = trained(0.2).forward(&x);
    let kept = y.iter().zip(&x).filter(|(y, _)| **y != 0.0);
    assert!(kept.clone().count() > 400);
    assert!(kept.into_iter().all(|(y, x)| *y == x * 1.25));
}

#[test]
fn the_gradient_flows_through_what_stays() {
    let layer = trained(0.4);
    let x = matrix(4, 5);
    check::gradient(
        &x,
        |x| layer.forward(x),
        |x| {
            let (y, back) = layer.pullback_forward(x);
            (y, move |dy| back(dy).1)
        },
    );
    let (y, back) = layer.pullback_forward(&x);
    let (_, dx) = back(DMatrix::from_element(4, 5, 1.0));
    assert!(dx.iter().zip(&y).all(|(dx, y)| (*dx == 0.0) == (*y == 0.0)));
}

#[test]
fn single_precision_drops_the_same_values() {
    let layer = trained(0.5);
    let single: DMatrix<f32> = layer.forward(&matrix(6, 7).cast());
    assert_eq!(
        single.cast::<f64>(),
        layer.forward(&matrix(6, 7).cast::<f32>().cast::<f64>())
    );
    let x = matrix(2, 3).cast::<f32>();
    check::gradient(
        &x,
        |x| layer.forward(x),
        |x| {
            let (y, back) = layer.pullback_forward(x);
            (y, move |dy| back(dy).1)
        },
    );
}

#[test]
fn a_model_has_a_right_gradient_while_values_are_dropped() {
    let rng = &mut rng();
    let mut model = Chain((
        Dense::new(3, 4, tanh {}, rng),
        Dropout::new(0.5),
        Dense::new(4, 2, tanh {}, rng),
    ));
    train_mode(&mut model, rng);
    check::gradient(
        &(model, matrix(3, 5)),
        |(model, x)| model.forward(x),
        |(model, x)| model.pullback_forward(x),
    );
}

#[test]
fn each_layer_and_each_batch_drops_other_values() {
    let mut layers = [Dropout::new(0.5); 2];
    let rng = &mut rng();
    train_mode(&mut layers, rng);
    let first = layers;
    train_mode(&mut layers, rng);
    let ones = DMatrix::from_element(10, 10, 1.0_f64);
    let masks = [first[0], first[1], layers[0], layers[1]].map(|layer| layer.forward(&ones));
    for i in 0..4 {
        for j in 0..i {
            assert_ne!(masks[i], masks[j]);
        }
    }
}

/// A user's model; its dropout is found without a line of code.
#[derive(Clone, Differentiable)]
struct Block {
    first: Dense<tanh>,
    dropout: Dropout,
}

#[differentiable]
impl Layer for Block {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        self.dropout.forward(&self.first.forward(x))
    }
}

#[derive(Differentiable)]
enum Choice {
    #[expect(dead_code, reason = "a variant without fields")]
    Nothing,
    One(Dropout),
    Two {
        a: Dropout,
        b: Box<Dropout>,
    },
}

#[test]
fn the_modes_reach_every_layer_however_it_is_nested() {
    let dropout = || Dropout::new(0.5);
    let block = Block {
        first: Dense::new(2, 2, tanh {}, &mut rng()),
        dropout: dropout(),
    };
    let mut model = Chain((
        block,
        Chain(vec![dropout(), dropout()]),
        ([dropout()], Some(dropout()), Rc::new(dropout())),
        VecDeque::from([dropout()]),
        (
            Choice::One(dropout()),
            Choice::Two {
                a: dropout(),
                b: Box::new(dropout()),
            },
        ),
    ));
    train_mode(&mut model, &mut rng());
    let mut seeds = Vec::new();
    micrograd_core::Parameters::visit_seeds(&mut model, &mut |seed| seeds.extend(*seed));
    assert_eq!(seeds.len(), 10);
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), 10, "each has a seed of its own");

    test_mode(&mut model);
    micrograd_core::Parameters::visit_seeds(&mut model, &mut |seed| assert_eq!(*seed, None));
}

#[test]
fn a_users_model_is_the_same_function_in_test_mode_only() {
    let mut block = Block {
        first: Dense::new(2, 50, tanh {}, &mut rng()),
        dropout: Dropout::new(0.5),
    };
    let x = matrix(2, 3);
    let without = block.first.forward(&x);
    assert_eq!(block.forward(&x), without);
    train_mode(&mut block, &mut rng());
    assert_ne!(block.forward(&x), without);
    test_mode(&mut block);
    assert_eq!(block.forward(&x), without);
}

#[test]
fn dropout_has_no_parameters_and_prints_its_probability() {
    assert_eq!(num_parameters(&Dropout::new(0.5)), 0);
    assert_eq!(
        Chain((Dropout::new(0.25),)).to_string(),
        "Chain(Dropout(0.25))"
    );
}

#[test]
#[should_panic(expected = "the probability of dropping a value is in [0, 1), it cannot be 1")]
fn everything_cannot_be_dropped() {
    Dropout::new(1.0);
}

#[test]
#[should_panic(expected = "it cannot be NaN")]
fn a_probability_is_a_number() {
    Dropout::new(f64::NAN);
}
