//! Optimisers: three steps of each against its published formulas, clipping, and refusals.

use micrograd_core::{Differentiable, Tangent};
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::loss::logit_cross_entropy;
use micrograd_nn::optimise::{
    Adam, AdamW, Cosine, GradientDescent, Momentum, Nesterov, Optimiser, RmsProp, Schedule,
    StepDecay, StepError,
};
use micrograd_nn::{Chain, Dense, Training, accuracy, make_moons, onehot};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// Starts at 1.5 and takes steps with the gradients 0.5, -2.25 and 0.125 at the rate 0.1: in both
/// precisions, and beside other parameters, which change nothing.
///
/// The expected numbers come from tests/reference/optimisers.py, which has PyTorch's formulas.
#[track_caller]
fn check_steps(optimiser: impl Optimiser + Clone, expected: [f64; 3]) {
    let (mut single, mut double) = (optimiser.clone(), optimiser);
    let (mut p, mut q) = (1.5_f32, (dmatrix![7.0, 1.5], vec![1.5], 0_usize));
    for (gradient, expected) in [0.5, -2.25, 0.125].into_iter().zip(expected) {
        single.step(&mut p, gradient as f32).unwrap();
        let gradient = (dmatrix![0.3, gradient], vec![gradient], q.2.zero_tangent());
        double.step(&mut q, gradient).unwrap();
        assert!((p as f64 - expected).abs() < 1e-6, "{p} is not {expected}");
        for q in [q.0[1], q.1[0]] {
            assert!((q - expected).abs() < 1e-15, "{q} is not {expected}");
        }
    }
}

#[test]
fn three_steps_of_each_optimiser_are_those_of_the_published_formulas() {
    check_steps(GradientDescent::new(0.1), [1.45, 1.675, 1.6625]);
    check_steps(Momentum::new(0.1, 0.9), [1.45, 1.63, 1.7795]);
    check_steps(Nesterov::new(0.1, 0.9), [1.405, 1.792, 1.91405]);
    check_steps(
        RmsProp::new(0.1),
        [0.50000019999996, 1.4764169899832595, 1.4219791768759482],
    );
    check_steps(
        Adam::new(0.1),
        [1.4000000019999999, 1.4581147081182495, 1.4995103810905543],
    );
    check_steps(
        AdamW::new(0.1),
        [1.398500002, 1.4552162081162494, 1.4951566648804382],
    );
}

#[test]
fn every_coefficient_has_its_place_in_the_formula() {
    check_steps(
        RmsProp {
            alpha: 0.9,
            epsilon: 0.01,
            ..RmsProp::new(0.1)
        },
        [1.2025825642401227, 1.5078113454522688, 1.489978875680841],
    );
    check_steps(
        Adam {
            beta1: 0.8,
            beta2: 0.9,
            epsilon: 0.01,
            ..Adam::new(0.1)
        },
        [1.4019607843137254, 1.4632036120993894, 1.5047292329422222],
    );
    check_steps(
        AdamW {
            weight_decay: 0.5,
            ..AdamW::new(0.1)
        },
        [1.325000002, 1.3168647080182494, 1.2924171455896418],
    );
}

#[test]
fn adam_has_the_published_parameters_after_each_of_many_steps_of_one_sign() {
    // The corrected means of a constant gradient are the gradient and its square at every step.
    let mut optimiser = Adam::new(0.5);
    let mut w = 100.0;
    for step in 1..=50 {
        optimiser.step(&mut w, 4.0).unwrap();
        assert!((w - (100.0 - 0.5 * step as f64)).abs() < 1e-6);
    }
}

#[test]
fn the_rate_of_each_step_is_that_of_the_schedule() {
    let rate = StepDecay {
        initial: 1.0,
        factor: 0.5,
        every: 2,
    };
    let mut optimiser = GradientDescent::new(rate.warm_up(1)).clip_value(10.0);
    let mut w = 0.0;
    for (rate, sum) in [(0.5, 0.5), (1.0, 1.5), (1.0, 2.5), (0.5, 3.0), (0.5, 3.5)] {
        assert_eq!(optimiser.learning_rate(), rate);
        optimiser.step(&mut w, -1.0).unwrap();
        assert_eq!(w, sum);
    }
}

#[test]
fn the_cosine_is_the_published_one() {
    // η = ηmin + (ηmax - ηmin) (1 + cos(π t / T)) / 2 at a third and two thirds of the way.
    let rate = Cosine {
        initial: 0.5,
        last: 0.1,
        steps: 30,
    };
    assert!((rate.at(10) - 0.4).abs() < 1e-15 && (rate.at(20) - 0.2).abs() < 1e-15);
}

#[test]
fn the_norm_is_that_of_all_parameters_together() {
    let clipped = |norm: f64| {
        let gradient = (vec![3.0_f32, 0.0], dmatrix![0.0, -4.0; 12.0, 0.0]); // of norm 13
        let mut model = (vec![0.0_f32; 2], DMatrix::zeros(2, 2));
        let mut optimiser = GradientDescent::new(1.0).clip_norm(norm);
        optimiser.step(&mut model, gradient).unwrap();
        (model.0[0], model.1[(0, 1)], model.1[(1, 0)])
    };
    assert_eq!(clipped(13.1), (-3.0, 4.0, -12.0));
    let scale = 6.5 / (13.0 + 1e-6);
    assert_eq!(
        clipped(6.5),
        ((-3.0 * scale) as f32, 4.0 * scale, -12.0 * scale)
    );
}

#[test]
fn the_first_clip_that_is_named_is_the_last_that_is_made() {
    let mut w = vec![0.0, 0.0];
    let mut optimiser = GradientDescent::new(1.0).clip_norm(1e9).clip_value(2.0);
    optimiser.step(&mut w, vec![300.0, -1.0]).unwrap();
    assert_eq!(w, [-2.0, 1.0]);
}

#[test]
#[should_panic(expected = "a gradient is clipped at a limit above 0, not at NaN")]
fn a_limit_that_is_no_number_is_refused() {
    let _ = GradientDescent::new(1.0).clip_norm(f64::NAN);
}

/// What a step that is refused leaves: nothing.
#[track_caller]
fn check_refusal(model: (f64, Vec<f64>), gradient: (f64, Vec<f64>), message: &str) {
    let mut optimiser = Adam::new(0.1);
    let mut fresh = model.clone();
    optimiser.step(&mut fresh, (1.0, vec![1.0; 2])).unwrap();
    let (mut after, mut used) = (fresh.clone(), optimiser.clone());
    let error = used.step(&mut after, gradient).unwrap_err();
    assert_eq!(error.to_string(), message);
    assert_eq!((after, used), (fresh, optimiser));
}

#[test]
fn a_gradient_of_another_length_is_refused_before_any_update() {
    check_refusal(
        (0.0, vec![1.0, 2.0]),
        (1.0, vec![1.0]),
        "the gradient of `1` has 1 numbers, the model has 2",
    );
}

#[test]
fn a_gradient_that_is_not_finite_is_refused_before_any_update() {
    check_refusal(
        (0.0, vec![1.0, 2.0]),
        (1.0, vec![1.0, f64::NEG_INFINITY]),
        "the gradient of `1` is not finite: its number 1 is -inf",
    );
    check_refusal(
        (0.0, vec![1.0, 2.0]),
        (f64::NAN, vec![f64::NAN, 1.0]),
        "the gradient of `0` is not finite: its number 0 is NaN",
    );
}

#[test]
fn a_gradient_whose_squares_overflow_is_clipped_like_any_other() {
    let mut w = vec![0.0_f64, 0.0];
    let mut optimiser = GradientDescent::new(1.0).clip_norm(1.0);
    optimiser.step(&mut w, vec![3e300, -4e300]).unwrap();
    assert!((w[0] + 0.6).abs() < 1e-15 && (w[1] - 0.8).abs() < 1e-15);
}

#[test]
fn a_learning_rate_that_is_no_step_size_is_refused() {
    let mut optimiser = Momentum::new(|step| 1.0 - step as f64, 0.9);
    let mut w = 0.0;
    optimiser.step(&mut w, 1.0).unwrap();
    optimiser.step(&mut w, 1.0).unwrap();
    let error = optimiser.step(&mut w, 1.0).unwrap_err();
    let (step, rate) = (2, -1.0);
    assert_eq!(error, StepError::LearningRate { step, rate });
    assert_eq!(error.to_string(), "the learning rate after 2 steps is -1");
    assert_eq!(w, -1.0);
}

#[test]
fn an_optimiser_follows_one_model() {
    let mut optimiser = Adam::new(0.1);
    optimiser
        .step(&mut vec![vec![1.0, 2.0], vec![3.0]], vec![])
        .unwrap();
    let mut refused = |mut model: Vec<Vec<f64>>| {
        let gradient = model.zero_tangent();
        let error = optimiser.step(&mut model, gradient).unwrap_err();
        error.to_string()
    };
    let tail = "; another model needs an optimiser of its own";
    assert_eq!(
        refused(vec![vec![1.0, 2.0], vec![3.0, 4.0]]),
        format!(
            "where the model had `1` of 1 f64 at this optimiser's first step, it has `1` of 2 f64{tail}"
        )
    );
    assert_eq!(
        refused(vec![vec![1.0, 2.0]]),
        format!(
            "where the model had `1` of 1 f64 at this optimiser's first step, it has no more parameters{tail}"
        )
    );
    assert_eq!(
        refused(vec![vec![1.0, 2.0], vec![3.0], vec![]]),
        format!(
            "where the model had no more parameters at this optimiser's first step, it has `2` of 0 f64{tail}"
        )
    );
    let error = optimiser.step(&mut vec![1.0_f32], vec![1.0]).unwrap_err();
    assert!(error.to_string().contains("it has `` of 1 f32"), "{error}");
}

#[test]
fn a_part_that_no_cotangent_reached_counts_as_zero() {
    let mut model = (dmatrix![1.0], vec![vec![1.0], vec![1.0]]);
    let mut optimiser = Momentum::new(1.0, 0.5);
    let gradient = (dmatrix![2.0], vec![vec![2.0], vec![2.0]]);
    optimiser.step(&mut model, gradient).unwrap();
    // The momentum of every parameter carries on: b = 0.5 · 2 + 0.
    let gradient = (Tangent::shapeless(), vec![]);
    optimiser.step(&mut model, gradient).unwrap();
    assert_eq!(model, (dmatrix![-2.0], vec![vec![-2.0], vec![-2.0]]));
}

#[test]
fn every_optimiser_trains_a_network() {
    let rng = &mut ChaCha8Rng::seed_from_u64(42);
    let (x, labels) = make_moons(60, 0.1, rng);
    let y = onehot(&labels, 2).unwrap();
    let start = Chain((
        Dense::new(2, 16, tanh {}, rng),
        Dense::new(16, 2, identity {}, rng),
    ));
    let optimisers: [Box<dyn Optimiser>; 7] = [
        Box::new(GradientDescent::new(0.5)),
        Box::new(Momentum::new(0.1, 0.9)),
        Box::new(Nesterov::new(0.1, 0.9)),
        Box::new(RmsProp::new(0.03)),
        Box::new(Adam::new(0.03)),
        Box::new(AdamW::new(0.03)),
        Box::new(Adam::new(0.03_f64.warm_up(20)).clip_norm(0.5)),
    ];
    for (index, optimiser) in optimisers.into_iter().enumerate() {
        let mut model = start.clone();
        let history = Training::new(logit_cross_entropy {}, optimiser)
            .batch_size(10)
            .epochs(150)
            .run(&mut model, &x, &y, rng)
            .unwrap();
        let accuracy = accuracy(&model.forward(&x), &labels);
        assert!(
            accuracy >= 0.95,
            "optimiser {index}: {accuracy}, {history:?}"
        );
    }
}
