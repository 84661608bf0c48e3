//! Trainings that are saved and go on elsewhere: to the bit, or not at all.
#![cfg(feature = "safetensors")]

use micrograd_core::{Parameters, Scalar};
use micrograd_nn::activation::{identity, tanh};
use micrograd_nn::checkpoint::{self, CheckpointError, training_from_bytes, training_to_bytes};
use micrograd_nn::loss::mse;
use micrograd_nn::optimise::{
    Adam, AdamW, Cosine, GradientDescent, Leaves, Momentum, Nesterov, Optimiser, RmsProp, Schedule,
    StepError,
};
use micrograd_nn::{Chain, Dense, Dropout, Training};
use nalgebra::{DMatrix, convert, dmatrix};
use rand::SeedableRng;
use rand::distr::uniform::SampleUniform;
use rand_chacha::ChaCha8Rng;
use safetensors::SafeTensors;

type Network<T> = Chain<(Dense<tanh, T>, Dropout, Dense<identity, T>)>;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(5)
}

fn network<T: Scalar + SampleUniform>() -> Network<T> {
    let rng = &mut rng();
    Chain((
        Dense::new(2, 5, tanh {}, rng),
        Dropout::new(0.2),
        Dense::new(5, 1, identity {}, rng),
    ))
}

/// A run of some epochs of three batches.
fn train<T, O>(model: &mut Network<T>, optimiser: &mut O, epochs: usize, rng: &mut ChaCha8Rng)
where
    T: Scalar + SampleUniform,
    Network<T>: micrograd_nn::Layer<T> + Parameters + Clone,
    O: Optimiser,
{
    let x = DMatrix::from_fn(2, 10, |i, j| convert(((3 * i + j) as f64).sin()));
    let y = DMatrix::from_fn(1, 10, |_, j| x[(0, j)] * x[(1, j)]);
    Training::new(mse {}, optimiser)
        .batch_size(4)
        .epochs(epochs)
        .run(model, &x, &y, rng)
        .unwrap();
}

/// That a training of 9 epochs is one of 4, which is saved, and one of 5.
#[track_caller]
fn check_resumed<T>(optimiser: impl Fn() -> Box<dyn Optimiser>)
where
    T: Scalar + SampleUniform,
    Network<T>: micrograd_nn::Layer<T> + Parameters + Clone + PartialEq + std::fmt::Debug,
{
    let (mut whole, mut first) = (network::<T>(), network::<T>());
    train(&mut whole, &mut optimiser(), 9, &mut rng());

    let (mut before, rng) = (optimiser(), &mut rng());
    train(&mut first, &mut before, 4, rng);
    let bytes = training_to_bytes(&first, &before).unwrap();
    let (mut second, mut after) = (network::<T>(), optimiser());
    training_from_bytes(&mut second, &mut after, &bytes).unwrap();
    assert_eq!(second, first);
    assert_eq!(after.learning_rate(), before.learning_rate());
    train(&mut second, &mut after, 5, rng);
    assert_eq!(second, whole);

    // Without what the optimiser remembers it would be another training, or the test says nothing.
    let (steps, memory) = (before.memory().unwrap().steps(), optimiser().memory());
    assert_eq!((steps, memory.unwrap().steps()), (12, 0));
}

fn schedule() -> impl Schedule {
    let cosine = Cosine {
        initial: 0.1,
        last: 0.0,
        steps: 30,
    };
    cosine.warm_up(7)
}

#[test]
fn every_optimiser_goes_on_to_the_bit() {
    let optimisers: [fn() -> Box<dyn Optimiser>; 9] = [
        || Box::new(GradientDescent::new(schedule())),
        || Box::new(Momentum::new(0.1, 0.9)),
        || Box::new(Nesterov::new(schedule(), 0.9)),
        || Box::new(RmsProp::new(0.01)),
        || Box::new(Adam::new(0.03)),
        || Box::new(AdamW::new(schedule())),
        || Box::new(Adam::new(schedule()).clip_norm(0.5)),
        || Box::new(Momentum::new(0.1, 0.5).clip_value(0.1)),
        || Box::new(RmsProp::new(schedule()).weight_decay(0.01)),
    ];
    for optimiser in optimisers {
        check_resumed::<f64>(optimiser);
        check_resumed::<f32>(optimiser);
    }
}

#[test]
fn what_is_remembered_is_needed() {
    let (mut whole, mut first) = (network::<f64>(), network::<f64>());
    train(&mut whole, &mut Adam::new(0.03), 9, &mut rng());
    let rng = &mut rng();
    train(&mut first, &mut Adam::new(0.03), 4, rng);
    train(&mut first, &mut Adam::new(0.03), 5, rng);
    assert_ne!(first, whole);
}

#[test]
fn names_and_shapes_in_the_file_are_those_of_the_parameters() {
    let (mut model, mut optimiser) = (network::<f32>(), Adam::new(0.1));
    train(&mut model, &mut optimiser, 1, &mut rng());
    let bytes = training_to_bytes(&model, &optimiser).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let mut arrays: Vec<String> = file
        .iter()
        .map(|(name, array)| format!("{name} {:?} {}", array.shape(), array.dtype()))
        .collect();
    arrays.sort();
    assert_eq!(
        arrays,
        [
            "model.layers.0.bias [5] F32",
            "model.layers.0.weight [5, 2] F32",
            "model.layers.2.bias [1] F32",
            "model.layers.2.weight [1, 5] F32",
            "optimiser.mean.layers.0.bias [5] F32",
            "optimiser.mean.layers.0.weight [5, 2] F32",
            "optimiser.mean.layers.2.bias [1] F32",
            "optimiser.mean.layers.2.weight [1, 5] F32",
            "optimiser.mean_square.layers.0.bias [5] F32",
            "optimiser.mean_square.layers.0.weight [5, 2] F32",
            "optimiser.mean_square.layers.2.bias [1] F32",
            "optimiser.mean_square.layers.2.weight [1, 5] F32",
            "optimiser.steps [] F64",
        ]
    );
}

#[test]
fn arrays_are_in_their_places() {
    let (mut model, mut optimiser) = (dmatrix![1.0, 2.0; 3.0, 4.0], Momentum::new(0.0, 0.5));
    optimiser
        .step(&mut model, dmatrix![5.0, 6.0; 7.0, 8.0])
        .unwrap();
    let bytes = training_to_bytes(&model, &optimiser).unwrap();
    let file = SafeTensors::deserialize(&bytes).unwrap();
    let numbers = |name| -> Vec<f64> {
        let (numbers, _) = file.tensor(name).unwrap().data().as_chunks();
        numbers
            .iter()
            .map(|bytes| f64::from_le_bytes(*bytes))
            .collect()
    };
    assert_eq!(numbers("model"), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(numbers("optimiser.momentum"), [5.0, 6.0, 7.0, 8.0]);
    assert_eq!(numbers("optimiser.steps"), [1.0]);
}

#[test]
fn a_training_is_saved_before_its_first_step_too() {
    let (model, fresh) = (network::<f64>(), AdamW::new(0.1));
    let bytes = training_to_bytes(&model, &fresh).unwrap();
    let (mut other, mut used) = (network::<f64>(), AdamW::new(0.1));
    train(&mut other, &mut used, 2, &mut rng());
    training_from_bytes(&mut other, &mut used, &bytes).unwrap();
    assert_eq!((&other, used.memory.steps()), (&model, 0));
    let (mut model, mut fresh) = (model, fresh);
    train(&mut model, &mut fresh, 2, &mut rng());
    train(&mut other, &mut used, 2, &mut rng());
    assert_eq!(model, other);
}

/// A model and an optimiser that have made a step.
fn stepped() -> (Vec<f64>, Adam) {
    let (mut model, mut optimiser) = (vec![1.0, 2.0, 3.0], Adam::new(0.1));
    optimiser.step(&mut model, vec![1.0, -1.0, 0.5]).unwrap();
    (model, optimiser)
}

/// That bytes are refused, and that model and optimiser are then as they were.
#[track_caller]
fn check_refusal(bytes: &[u8], expected: &str) {
    let (mut model, mut optimiser) = stepped();
    let error = training_from_bytes(&mut model, &mut optimiser, bytes).unwrap_err();
    assert_eq!(error.to_string(), expected);
    assert_eq!((model, optimiser), stepped());
}

#[test]
fn what_differs_is_told_with_both_sides() {
    let model = vec![1.0, 2.0];
    check_refusal(
        &training_to_bytes(&model, &Adam::new(0.1)).unwrap(),
        "model is [2], this model needs [3]; optimiser.mean is [2], this model needs [3]; \
         optimiser.mean_square is [2], this model needs [3]",
    );
    check_refusal(
        &training_to_bytes(&stepped().0, &Momentum::new(0.1, 0.9)).unwrap(),
        "optimiser.mean is missing, this model needs [3]; \
         optimiser.mean_square is missing, this model needs [3]; \
         optimiser.momentum is [3], this model has no such parameter",
    );
    check_refusal(
        &training_to_bytes(&vec![1.0_f32, 2.0, 3.0], &Adam::new(0.1)).unwrap(),
        "model is F32, this model needs F64; optimiser.mean is F32, this model needs F64; \
         optimiser.mean_square is F32, this model needs F64",
    );
    check_refusal(
        &checkpoint::to_bytes(&(1.0, 2.0)).unwrap(),
        "model is missing, this model needs [3]; optimiser.steps is missing, this model needs []; \
         optimiser.mean is missing, this model needs [3]; \
         optimiser.mean_square is missing, this model needs [3]; \
         0 is [], this model has no such parameter; 1 is [], this model has no such parameter",
    );
}

#[test]
fn a_number_of_steps_that_is_none_is_refused() {
    let (model, optimiser) = stepped();
    let bytes = training_to_bytes(&model, &optimiser).unwrap();
    let step = 1.0_f64.to_le_bytes();
    let place = bytes.windows(8).rposition(|window| window == step).unwrap();
    for steps in [f64::NAN, f64::INFINITY, -1.0, 0.5, 1e300] {
        let mut bytes = bytes.clone();
        bytes[place..place + 8].copy_from_slice(&steps.to_le_bytes());
        check_refusal(
            &bytes,
            &format!("optimiser.steps is {steps}, which is no number of steps"),
        );
    }
}

#[test]
fn a_file_that_is_cut_off_or_changed_leaves_everything_or_loads() {
    let (model, optimiser) = stepped();
    let bytes = training_to_bytes(&model, &optimiser).unwrap();
    for length in 0..bytes.len() {
        let (mut model, mut optimiser) = stepped();
        let error = training_from_bytes(&mut model, &mut optimiser, &bytes[..length]).unwrap_err();
        assert!(matches!(error, CheckpointError::Format(_)), "{error}");
        assert_eq!((model, optimiser), stepped());
    }
    for index in 0..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[index] ^= 0x41;
        let (mut model, mut optimiser) = stepped();
        if training_from_bytes(&mut model, &mut optimiser, &bytes).is_err() {
            assert_eq!((model, optimiser), stepped());
        }
    }
}

#[test]
fn files_are_read_and_written() {
    let path = std::env::temp_dir().join(format!("micrograd-resume-{}", std::process::id()));
    let (model, optimiser) = stepped();
    checkpoint::save_training(&model, &optimiser, &path).unwrap();
    let (mut other, mut fresh) = (vec![0.0; 3], Adam::new(0.1));
    checkpoint::load_training(&mut other, &mut fresh, &path).unwrap();
    assert_eq!((other, fresh), (model, optimiser));
    std::fs::remove_file(&path).unwrap();
    let (mut model, mut optimiser) = stepped();
    let error = checkpoint::load_training(&mut model, &mut optimiser, &path).unwrap_err();
    assert!(error.to_string().starts_with("cannot read "), "{error}");
}

#[test]
fn an_optimiser_of_another_model_is_not_saved_with_this_one() {
    let (_, optimiser) = stepped();
    let error = training_to_bytes(&vec![1.0, 2.0], &optimiser).unwrap_err();
    assert!(matches!(error, CheckpointError::OtherModel(_)));
    let message = error.to_string();
    assert!(message.contains("it has `` of 2 f64"), "{message}");
}

/// An optimiser of the user's, which does not tell.
struct Silent;

impl Optimiser for Silent {
    fn learning_rate(&self) -> f64 {
        1.0
    }
    fn update(&mut self, _: &mut Leaves<'_>) -> Result<(), StepError> {
        Ok(())
    }
}

#[test]
fn an_optimiser_that_does_not_tell_is_not_saved() {
    let error = training_to_bytes(&vec![1.0], &Silent).unwrap_err();
    assert_eq!(
        error.to_string(),
        "this optimiser does not tell what it remembers"
    );
    let bytes = training_to_bytes(&vec![1.0], &GradientDescent::new(0.1)).unwrap();
    let error = training_from_bytes(&mut vec![2.0], &mut Silent, &bytes).unwrap_err();
    assert!(matches!(error, CheckpointError::NoMemory));
}
