//! Loss functions: values, gradients, extremes, and the message when shapes do not fit.

use micrograd_core::{Differentiable, check, check_gradient, differentiable, gradient};
use micrograd_nn::activation::{sigmoid, softmax, tanh};
use micrograd_nn::loss::{
    cross_entropy, hinge_loss, huber_loss, l2_penalty, label_smoothing, logit_binary_cross_entropy,
    logit_cross_entropy, mae, mse,
};
use micrograd_nn::{Chain, Dense, Loss};
use nalgebra::{DMatrix, dmatrix};

fn predictions() -> DMatrix<f64> {
    dmatrix![-0.5, 0.6, -1.0; 1.0, 0.3, 0.4]
}

fn targets() -> DMatrix<f64> {
    dmatrix![1.0, 0.0, 1.0; 0.0, 1.0, 0.0]
}

/// Equal up to rounding.
#[track_caller]
fn assert_close(actual: &DMatrix<f64>, expected: &DMatrix<f64>) {
    let error = (actual - expected).amax();
    assert!(error < 1e-12, "{actual} is not {expected}");
}

#[test]
fn logit_cross_entropy_has_the_published_value_and_gradients() {
    let (predictions, targets) = (predictions(), targets());
    let (loss, (dpredictions, dtargets)) = gradient!(logit_cross_entropy, &predictions, &targets);
    assert!((loss - 1.3920619774565768).abs() < 1e-15);
    assert_close(
        &dpredictions,
        &dmatrix![
            -0.2725248253978812, 0.19148083893721968, -0.2673946295195272;
            0.2725248253978812, -0.19148083893721962, 0.26739462951952725
        ],
    );
    assert_close(
        &dtargets,
        &dmatrix![
            0.5671377593275841, 0.184785081489509, 0.5401391366394835;
            0.06713775932758415, 0.284785081489509, 0.07347246997281694
        ],
    );
}

#[test]
fn losses_of_one_sample_have_the_published_values() {
    let (predictions, targets) = (
        dmatrix![4.0_f64; 2.0; -3.0; 1.5],
        dmatrix![6.0; -2.0; -1.0; 1.5],
    );
    let (loss, (dpredictions, dtargets)) = gradient!(mse, &predictions, &targets);
    assert_eq!(loss, 6.0);
    assert_eq!(dpredictions, dmatrix![-1.0; 2.0; -1.0; 0.0]);
    assert_eq!(dtargets, dmatrix![1.0; -2.0; 1.0; 0.0]);

    let (loss, (dpredictions, dtargets)) = gradient!(logit_cross_entropy, &predictions, &targets);
    assert!((loss + 6.3613271992582145).abs() < 1e-14);
    assert_close(
        &dpredictions,
        &dmatrix![-2.306426003013708; 2.4998708830375276; 1.003368103516293; -1.1968129835401118],
    );
    assert_close(
        &dtargets,
        &dmatrix![0.1974828446092856; 2.1974828446092856; 7.197482844609286; 2.6974828446092856],
    );
}

#[test]
fn cross_entropy_of_a_softmax_is_logit_cross_entropy() {
    let expected: f64 = logit_cross_entropy(&predictions(), &targets());
    let loss = cross_entropy(&softmax(predictions()), &targets());
    assert!((loss - expected).abs() < 1e-15);
}

#[test]
fn losses_are_means_so_repeated_samples_change_nothing() {
    let twice = |m: DMatrix<f64>| DMatrix::from_fn(2, 6, |i, j| m[(i, j % 3)]);
    fn same(loss: impl Loss, p: DMatrix<f64>, twice: impl Fn(DMatrix<f64>) -> DMatrix<f64>) {
        let once: f64 = loss.evaluate(&p, &targets());
        let again = loss.evaluate(&twice(p), &twice(targets()));
        assert!((once - again).abs() < 1e-14);
    }
    same(mse {}, predictions(), twice);
    same(mae {}, predictions(), twice);
    same(huber_loss {}, predictions(), twice);
    same(logit_binary_cross_entropy {}, predictions(), twice);
    same(cross_entropy {}, softmax(predictions()), twice);
    same(logit_cross_entropy {}, predictions(), twice);
    same(hinge_loss {}, predictions(), twice);
}

#[test]
fn every_loss_has_right_gradients_to_predictions_and_targets() {
    let (predictions, targets) = (predictions(), targets());
    check_gradient!(mse, &predictions, &targets);
    check_gradient!(mae, &predictions, &targets);
    check_gradient!(huber_loss, &(&predictions * 3.0), &targets);
    check_gradient!(logit_cross_entropy, &predictions, &targets);
    check_gradient!(logit_binary_cross_entropy, &predictions, &targets);
    check_gradient!(hinge_loss, &predictions, &targets);
    let (probabilities, soft) = (softmax(predictions), dmatrix![0.9, 0.2, 0.3; 0.1, 0.8, 0.7]);
    check_gradient!(cross_entropy, &probabilities, &targets);
    check_gradient!(cross_entropy, &probabilities, &soft);
}

#[test]
fn losses_work_in_single_precision() {
    let (predictions, targets) = (predictions().cast::<f32>(), targets().cast::<f32>());
    check_gradient!(mse, &predictions, &targets);
    check_gradient!(mae, &predictions, &targets);
    check_gradient!(huber_loss, &predictions, &targets);
    check_gradient!(logit_cross_entropy, &predictions, &targets);
    check_gradient!(logit_binary_cross_entropy, &predictions, &targets);
    check_gradient!(hinge_loss, &predictions, &targets);
    let probabilities = softmax(predictions);
    check_gradient!(cross_entropy, &probabilities, &targets);
}

#[test]
fn a_loss_as_a_value_is_the_function() {
    fn check_value(loss: impl Loss, expected: f64) {
        let (predictions, targets) = (predictions(), targets());
        assert_eq!(loss.evaluate(&predictions, &targets), expected);
        check::gradient(
            &(predictions, targets),
            |(p, t)| loss.evaluate(p, t),
            |(p, t)| {
                let (value, back) = loss.pullback_evaluate(p, t);
                (value, move |dy| {
                    let (_, dp, dt) = back(dy);
                    (dp, dt)
                })
            },
        );
    }
    check_value(mse {}, mse(&predictions(), &targets()));
    check_value(mae {}, mae(&predictions(), &targets()));
    let expected = logit_binary_cross_entropy(&predictions(), &targets());
    check_value(logit_binary_cross_entropy {}, expected);
    check_value(hinge_loss {}, hinge_loss(&predictions(), &targets()));
    let expected = logit_cross_entropy(&predictions(), &targets());
    check_value(logit_cross_entropy {}, expected);
}

/// Logits of ±1000, once right and once wrong.
fn extreme() -> (DMatrix<f64>, DMatrix<f64>) {
    (
        dmatrix![1000.0, 1000.0; -1000.0, -1000.0],
        dmatrix![1.0, 0.0; 0.0, 1.0],
    )
}

#[test]
fn logit_cross_entropy_is_exact_at_logits_of_a_thousand() {
    let (logits, targets) = extreme();
    let (loss, (dlogits, dtargets)) = gradient!(logit_cross_entropy, &logits, &targets);
    assert_eq!(loss, 1000.0);
    assert_eq!(dlogits, dmatrix![0.0, 0.5; 0.0, -0.5]);
    assert_eq!(dtargets, dmatrix![0.0, 0.0; 1000.0, 1000.0]);
    let (logits, targets) = (logits.cast::<f32>(), targets.cast::<f32>());
    let (loss, (dlogits, _)) = gradient!(logit_cross_entropy, &logits, &targets);
    assert_eq!((loss, dlogits), (1000.0, dmatrix![0.0, 0.5; 0.0, -0.5]));
}

#[test]
fn cross_entropy_is_finite_at_probabilities_of_zero_and_one() {
    let (logits, targets) = extreme();
    let probabilities = softmax(logits);
    assert_eq!(probabilities, dmatrix![1.0, 1.0; 0.0, 0.0]);
    let (loss, (dprobabilities, dtargets)) = gradient!(cross_entropy, &probabilities, &targets);
    assert_eq!(loss, 50.0);
    assert_eq!(dprobabilities, dmatrix![-0.5, 0.0; 0.0, 0.0]);
    assert_eq!(dtargets, dmatrix![0.0, 0.0; 50.0, 50.0]);
}

#[test]
fn the_other_losses_are_exact_at_a_thousand() {
    let (predictions, _) = extreme();
    let targets = dmatrix![1.0, -1.0; -1.0, 1.0];
    let (loss, (dpredictions, _)) = gradient!(hinge_loss, &predictions, &targets);
    assert_eq!(loss, 500.5);
    assert_eq!(dpredictions, dmatrix![0.0, 0.25; 0.0, -0.25]);
    let (loss, (dpredictions, _)) = gradient!(mse, &predictions, &targets);
    assert_eq!(loss, 1_000_001.0);
    assert_eq!(dpredictions, dmatrix![499.5, 500.5; -499.5, -500.5]);
    let (loss, (dpredictions, _)) = gradient!(mae, &predictions, &targets);
    assert_eq!(loss, 1000.0);
    assert_eq!(dpredictions, dmatrix![0.25, 0.25; -0.25, -0.25]);
    let (loss, (dpredictions, _)) = gradient!(huber_loss, &predictions, &targets);
    assert_eq!(loss, 999.5);
    assert_eq!(dpredictions, dmatrix![0.25, 0.25; -0.25, -0.25]);
}

#[test]
fn logit_binary_cross_entropy_is_exact_at_logits_of_a_thousand() {
    let (logits, targets) = extreme();
    let (loss, (dlogits, dtargets)) = gradient!(logit_binary_cross_entropy, &logits, &targets);
    assert_eq!(loss, 500.0);
    assert_eq!(dlogits, dmatrix![0.0, 0.25; 0.0, -0.25]);
    assert_eq!(dtargets, dmatrix![-250.0, -250.0; 250.0, 250.0]);
}

#[test]
fn logit_binary_cross_entropy_keeps_the_digits_of_small_losses() {
    // ln(1 + e⁻⁵⁰) and its derivative are e⁻⁵⁰, up to a part in 10²¹.
    let tiny = (-50.0_f64).exp();
    for (logit, target, sign) in [(50.0, 1.0, -1.0), (-50.0, 0.0, 1.0)] {
        let (logits, targets) = (dmatrix![logit], dmatrix![target]);
        let (loss, (dlogits, _)) = gradient!(logit_binary_cross_entropy, &logits, &targets);
        assert!((loss / tiny - 1.0).abs() < 1e-14, "{loss}");
        assert!((dlogits[0] / tiny - sign).abs() < 1e-14, "{dlogits}");
    }
}

#[test]
fn logit_binary_cross_entropy_is_the_formula_of_its_sigmoid() {
    let targets = dmatrix![1.0, 0.2, 0.7; 0.0, 1.0, 0.5];
    let loss: f64 = logit_binary_cross_entropy(&predictions(), &targets);
    let probabilities = sigmoid(predictions());
    let terms = probabilities.zip_map(&targets, |p, y| -y * p.ln() - (1.0 - y) * (1.0 - p).ln());
    assert!((loss - terms.mean()).abs() < 1e-15);
    // And of logits of the two classes.
    let two = dmatrix![-0.5; 0.0];
    let expected: f64 = logit_cross_entropy(&two, &dmatrix![0.3; 0.7]);
    let loss = logit_binary_cross_entropy(&dmatrix![-0.5], &dmatrix![0.3]);
    assert!((loss - expected).abs() < 1e-15);
}

#[test]
fn mae_has_gradient_zero_where_nothing_is_wrong() {
    let (_, (dpredictions, _)) = gradient!(mae, &targets(), &targets());
    assert_eq!(dpredictions, DMatrix::zeros(2, 3));
}

#[test]
fn huber_loss_and_its_gradient_are_continuous() {
    let (below, above) = (dmatrix![1.0 - 1e-12, 1e-12 - 1.0], dmatrix![1.0, -1.0]);
    let zero = DMatrix::zeros(1, 2);
    let (inner, (dinner, _)) = gradient!(huber_loss, &below, &zero);
    let (outer, (douter, _)) = gradient!(huber_loss, &above, &zero);
    assert!(f64::abs(inner - outer) < 1e-11);
    assert_close(&dinner, &douter);
    assert_eq!((outer, douter), (0.5, dmatrix![0.5, -0.5]));
}

#[test]
fn smoothed_labels_are_probabilities_still() {
    let smoothed = label_smoothing(&targets(), 0.2);
    assert_close(&smoothed, &dmatrix![0.9, 0.1, 0.9; 0.1, 0.9, 0.1]);
    assert_eq!(label_smoothing(&targets(), 0.0), targets());
    assert_close(
        &label_smoothing(&dmatrix![1.0, 0.0], 0.2),
        &dmatrix![0.9, 0.1],
    );
    check_gradient!(label_smoothing, &targets(), 0.3);
    check_gradient!(label_smoothing, &targets().cast::<f32>(), 0.3_f32);
}

#[test]
fn the_penalty_is_half_the_squares_of_all_parameters() {
    let layer = |rows, columns| Dense {
        weight: DMatrix::from_fn(rows, columns, |i, j| (i as f64 - 1.5) * (j as f64 + 0.5)),
        bias: DMatrix::from_element(rows, 1, 0.5),
        activation: tanh {},
    };
    let model = Chain((layer(3, 2), Chain(vec![layer(2, 3)])));
    let (value, (dmodel,)) = gradient!(l2_penalty, &model);
    let (first, second) = (&model.layers.0, &model.layers.1.layers[0]);
    let squares = [&first.weight, &first.bias, &second.weight, &second.bias];
    let expected: f64 = squares.map(DMatrix::norm_squared).iter().sum::<f64>() / 2.0;
    assert!(f64::abs(value - expected) < 1e-14);
    assert_eq!(dmodel.layers.0.weight, first.weight);
    assert_eq!(dmodel.layers.1.layers[0].bias, second.bias);
}

/// A model of a user, in both precisions, and with what is no parameter.
#[derive(Clone, Differentiable)]
struct Mixed {
    double: Vec<f64>,
    name: String,
    single: [f32; 2],
    #[no_gradient]
    frozen: f64,
}

#[differentiable]
fn penalised(model: &Mixed) -> f64 {
    model.double[0] * model.frozen + 0.1 * l2_penalty(model)
}

#[test]
fn the_penalty_reaches_every_parameter_and_nothing_else() {
    let model = Mixed {
        double: vec![1.0, -2.0],
        name: "mixed".to_owned(),
        single: [0.5, 4.0],
        frozen: 3.0,
    };
    let (value, (dmodel,)) = gradient!(penalised, &model);
    assert!((value - (3.0 + 0.05 * 21.25)).abs() < 1e-15);
    assert_eq!(dmodel.double, [3.1, -0.2]);
    assert_eq!(dmodel.single, [0.05, 0.4]);
    assert_eq!(model.name, "mixed");
}

#[test]
fn a_perfect_fit_costs_nothing_and_has_no_sign() {
    let (logits, targets) = (dmatrix![1000.0; -1000.0], dmatrix![1.0; 0.0]);
    let signless = |loss: f64| assert_eq!(loss.to_bits(), 0.0_f64.to_bits());
    signless(logit_cross_entropy(&logits, &targets));
    signless(cross_entropy(&targets, &targets));
    signless(mse(&targets, &targets));
    signless(mae(&targets, &targets));
    signless(huber_loss(&targets, &targets));
    signless(logit_binary_cross_entropy(&logits, &targets));
}

#[test]
fn a_prediction_that_is_no_number_is_not_hidden() {
    let (predictions, targets) = (dmatrix![f64::NAN; 0.5], dmatrix![1.0; 0.0]);
    assert!(mse(&predictions, &targets).is_nan());
    assert!(mae(&predictions, &targets).is_nan());
    assert!(huber_loss(&predictions, &targets).is_nan());
    assert!(logit_binary_cross_entropy(&predictions, &targets).is_nan());
    assert!(cross_entropy(&predictions, &targets).is_nan());
    assert!(logit_cross_entropy(&predictions, &targets).is_nan());
    assert!(hinge_loss(&predictions, &targets).is_nan());
}

#[test]
#[should_panic(expected = "mse: the predictions are 2×3, the targets 1×3")]
fn mse_refuses_other_shapes() {
    mse(&predictions(), &dmatrix![1.0, 2.0, 3.0]);
}

#[test]
#[should_panic(expected = "cross_entropy: the predictions are 2×3, the targets 2×2")]
fn cross_entropy_refuses_other_shapes() {
    cross_entropy(&predictions(), &dmatrix![1.0, 2.0; 3.0, 4.0]);
}

#[test]
#[should_panic(expected = "logit_cross_entropy: the predictions are 2×3, the targets 3×2")]
fn logit_cross_entropy_refuses_other_shapes() {
    let _ = logit_cross_entropy::pullback(&predictions(), &targets().transpose());
}

#[test]
#[should_panic(expected = "hinge_loss: the predictions are 2×3, the targets 1×1")]
fn hinge_loss_refuses_other_shapes() {
    hinge_loss(&predictions(), &dmatrix![1.0]);
}

#[test]
#[should_panic(expected = "mae: the predictions are 2×3, the targets 2×1")]
fn mae_refuses_other_shapes() {
    mae(&predictions(), &dmatrix![1.0; 2.0]);
}

#[test]
#[should_panic(expected = "huber_loss: the predictions are 2×3, the targets 3×2")]
fn huber_loss_refuses_other_shapes() {
    huber_loss(&predictions(), &targets().transpose());
}

#[test]
#[should_panic(expected = "logit_binary_cross_entropy: the predictions are 2×3, the targets 1×3")]
fn logit_binary_cross_entropy_refuses_other_shapes() {
    logit_binary_cross_entropy(&predictions(), &dmatrix![1.0, 0.0, 1.0]);
}

#[test]
#[should_panic(expected = "labels are smoothed by an amount in [0, 1], it cannot be 1.5")]
fn label_smoothing_refuses_an_amount_above_one() {
    label_smoothing(&targets(), 1.5);
}
