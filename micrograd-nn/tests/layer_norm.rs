//! LayerNorm: what it makes of a sample, its gradient, and what it refuses.

use micrograd_core::check;
use micrograd_nn::{Layer, LayerNorm, num_parameters};
use nalgebra::{DMatrix, dmatrix};

fn matrix(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin()
    })
}

fn layer(features: usize) -> LayerNorm {
    LayerNorm {
        scale: matrix(features, 1).add_scalar(1.5),
        bias: matrix(features, 1) * 0.3,
        ..LayerNorm::new(features)
    }
}

#[test]
fn every_sample_has_mean_zero_and_variance_one() {
    let y = LayerNorm::new(50).forward(&(matrix(50, 4) * 300.0).add_scalar(7.0));
    for sample in y.column_iter() {
        assert!(sample.mean().abs() < 1e-12);
        assert!((sample.variance() - 1.0).abs() < 1e-6);
    }
}

#[test]
fn it_computes_the_formula() {
    let (layer, x) = (layer(5), matrix(5, 3));
    let y = layer.forward(&x);
    for j in 0..3 {
        let mean = (0..5).map(|i| x[(i, j)]).sum::<f64>() / 5.0;
        let variance = (0..5).map(|i| (x[(i, j)] - mean).powi(2)).sum::<f64>() / 5.0;
        for i in 0..5 {
            let expected =
                layer.scale[i] * (x[(i, j)] - mean) / (variance + 1e-5).sqrt() + layer.bias[i];
            assert!((y[(i, j)] - expected).abs() < 1e-14);
        }
    }
}

#[test]
fn its_gradient_is_right_in_both_precisions() {
    check::gradient(
        &(layer(5), matrix(5, 3)),
        |(layer, x)| layer.forward(x),
        |(layer, x)| layer.pullback_forward(x),
    );
    let single = LayerNorm {
        scale: layer(3).scale.cast::<f32>(),
        bias: layer(3).bias.cast::<f32>(),
        epsilon: 1e-5,
    };
    check::gradient(
        &(single, matrix(3, 2).cast::<f32>()),
        |(layer, x)| layer.forward(x),
        |(layer, x)| layer.pullback_forward(x),
    );
}

#[test]
fn equal_features_are_no_division_by_zero() {
    let (layer, x) = (LayerNorm::new(3), dmatrix![5.0; 5.0; 5.0]);
    let (y, back) = layer.pullback_forward(&x);
    assert_eq!(y, dmatrix![0.0; 0.0; 0.0]);
    let (_, dx) = back(dmatrix![1.0; 0.0; 0.0]);
    assert!(dx.iter().all(|dx: &f64| dx.is_finite()));
}

#[test]
fn large_numbers_do_not_lose_the_variance() {
    // Σx²/n - mean² would be 0, or below.
    let y = LayerNorm::new(2).forward(&dmatrix![1e9 + 1.0; 1e9 - 1.0]);
    assert!((y - dmatrix![1.0; -1.0]).amax() < 1e-5);
}

#[test]
fn it_prints_itself_and_counts_two_numbers_a_feature() {
    assert_eq!(layer(16).to_string(), "LayerNorm(16)");
    assert_eq!(num_parameters(&layer(16)), 32);
}

#[test]
#[should_panic(expected = "LayerNorm(3) was given samples of 4 features")]
fn another_number_of_features_is_refused() {
    layer(3).forward(&matrix(4, 2));
}
