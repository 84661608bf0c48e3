//! Recurrent cells: what a step computes, gradients through time, and what they refuse.

use micrograd_core::{Differentiable, Parameters, check, differentiable};
use micrograd_nn::activation::{identity, relu, tanh};
use micrograd_nn::loss::mse;
use micrograd_nn::{Dense, Lstm, LstmState, Rnn, minimise, num_parameters};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

fn matrix(rows: usize, columns: usize, shift: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 7 * j + 5 * shift) as f64 * 0.71 + 0.4).sin()
    })
}

/// A sequence of samples with `features` rows.
fn sequence(features: usize, samples: usize, length: usize) -> Vec<DMatrix<f64>> {
    (0..length).map(|t| matrix(features, samples, t)).collect()
}

fn rnn() -> Rnn {
    Rnn {
        bias: matrix(3, 1, 4) * 0.3,
        ..Rnn::new(2, 3, tanh {}, &mut rng())
    }
}

fn lstm() -> Lstm {
    Lstm {
        bias: matrix(12, 1, 4) * 0.3,
        ..Lstm::new(2, 3, &mut rng())
    }
}

#[test]
fn a_step_of_rnn_is_its_formula() {
    let (cell, x, h) = (rnn(), matrix(2, 4, 0), matrix(3, 4, 1));
    let next = cell.step(&x, &h);
    let z = &cell.input_weight * &x + &cell.hidden_weight * &h;
    for i in 0..3 {
        for j in 0..4 {
            let expected = (z[(i, j)] + cell.bias[i]).tanh();
            assert!((next[(i, j)] - expected).abs() < 1e-15);
        }
    }
}

#[test]
fn a_step_of_lstm_is_its_formula() {
    let (cell, x) = (lstm(), matrix(2, 4, 0));
    let state = LstmState {
        hidden: matrix(3, 4, 1),
        cell: matrix(3, 4, 2),
    };
    let next = cell.step(&x, &state);
    let z = &cell.input_weight * &x + &cell.hidden_weight * &state.hidden;
    let sigmoid = |z: f64| 1.0 / (1.0 + (-z).exp());
    for i in 0..3 {
        for j in 0..4 {
            let z = |gate: usize| z[(3 * gate + i, j)] + cell.bias[3 * gate + i];
            let c = sigmoid(z(1)) * state.cell[(i, j)] + sigmoid(z(0)) * z(2).tanh();
            let h = sigmoid(z(3)) * c.tanh();
            assert!((next.cell[(i, j)] - c).abs() < 1e-15);
            assert!((next.hidden[(i, j)] - h).abs() < 1e-15);
        }
    }
}

#[test]
fn steps_have_right_gradients() {
    check::gradient(
        &(rnn(), matrix(2, 4, 0), matrix(3, 4, 1)),
        |(cell, x, h)| cell.step(x, h),
        |(cell, x, h)| cell.pullback_step(x, h),
    );
    let state = LstmState {
        hidden: matrix(3, 4, 1),
        cell: matrix(3, 4, 2),
    };
    for output in [hidden, memory] {
        check::gradient(
            &(lstm(), matrix(2, 4, 0), state.clone()),
            |(cell, x, state)| output(&cell.step(x, state)).clone(),
            |(cell, x, state)| {
                let (next, back) = cell.pullback_step(x, state);
                let y = output(&next).clone();
                (y, move |dy| back(cotangent(&next, output, dy)))
            },
        );
    }
}

fn hidden(state: &LstmState) -> &DMatrix<f64> {
    &state.hidden
}

fn memory(state: &LstmState) -> &DMatrix<f64> {
    &state.cell
}

/// The cotangent of a state of which only one part is looked at.
fn cotangent(
    state: &LstmState,
    part: fn(&LstmState) -> &DMatrix<f64>,
    dy: DMatrix<f64>,
) -> <LstmState as Differentiable>::Tangent {
    let mut dstate = state.zero_tangent();
    if std::ptr::eq(part(state), &state.hidden) {
        dstate.hidden = dy;
    } else {
        dstate.cell = dy;
    }
    dstate
}

#[test]
fn gradients_through_time_are_right() {
    check::gradient(
        &(rnn(), sequence(2, 4, 6)),
        |(cell, xs)| cell.forward(xs),
        |(cell, xs)| cell.pullback_forward(xs),
    );
    check::gradient(
        &(lstm(), sequence(2, 4, 6)),
        |(cell, xs)| cell.forward(xs),
        |(cell, xs)| cell.pullback_forward(xs),
    );
}

#[test]
fn gradients_in_single_precision_are_right() {
    let xs: Vec<DMatrix<f32>> = sequence(2, 2, 3).into_iter().map(DMatrix::cast).collect();
    check::gradient(
        &(Rnn::<tanh, f32>::new(2, 3, tanh {}, &mut rng()), xs.clone()),
        |(cell, xs)| cell.forward(xs),
        |(cell, xs)| cell.pullback_forward(xs),
    );
    check::gradient(
        &(Lstm::<f32>::new(2, 3, &mut rng()), xs),
        |(cell, xs)| cell.forward(xs),
        |(cell, xs)| cell.pullback_forward(xs),
    );
}

#[test]
fn forward_is_the_loop_over_the_steps() {
    let (cell, xs) = (lstm(), sequence(2, 4, 5));
    let mut state = cell.initial_state(4);
    let mut outputs = Vec::new();
    for x in &xs {
        state = cell.step(x, &state);
        outputs.push(state.hidden.clone());
    }
    assert_eq!(cell.forward(&xs), outputs);
}

#[test]
fn an_empty_sequence_has_no_outputs() {
    let cell = lstm();
    let (outputs, back) = cell.pullback_forward(&[]);
    assert!(outputs.is_empty());
    assert!(back(vec![]).1.is_empty());
    assert!(rnn().forward(&[]).is_empty());
}

#[test]
fn a_new_lstm_remembers() {
    let cell = Lstm::<f64>::new(2, 3, &mut rng());
    let expected = DMatrix::from_fn(12, 1, |i, _| if (3..6).contains(&i) { 1.0 } else { 0.0 });
    assert_eq!(cell.bias, expected);
}

/// A user's model: a cell, a time loop of the user's own, and a layer on the last state.
#[derive(Clone, Differentiable)]
struct Parity {
    cell: Lstm,
    answer: Dense<identity>,
}

impl Parity {
    #[differentiable]
    fn forward(&self, sequence: &[DMatrix<f64>]) -> DMatrix<f64> {
        let mut state = self.cell.initial_state(sequence[0].ncols());
        for x in sequence {
            state = self.cell.step(x, &state);
        }
        self.answer.forward(&state.hidden)
    }
}

#[differentiable(no_gradient(sequence, targets))]
fn loss(model: &Parity, sequence: &[DMatrix<f64>], targets: &DMatrix<f64>) -> f64 {
    mse(&model.forward(sequence), targets)
}

#[test]
fn an_lstm_learns_the_parity_of_three_bits() {
    // Column s of time t is bit t of s.
    let bits: Vec<DMatrix<f64>> = (0..3)
        .map(|t| DMatrix::from_fn(1, 8, |_, s| f64::from((s >> t) as u8 & 1)))
        .collect();
    let targets = DMatrix::from_fn(1, 8, |_, s| f64::from(s.count_ones() % 2));
    let rng = &mut rng();
    let mut model = Parity {
        cell: Lstm::new(1, 6, rng),
        answer: Dense::new(6, 1, identity {}, rng),
    };
    let history = minimise(
        &mut model,
        |model| {
            let (value, back) = pullback_loss(model, &bits, &targets);
            (value, back(1.0).0)
        },
        0.5,
        3000,
    );
    assert!(history[2999] < 0.01, "{}", history[2999]);
    let answers = model.forward(&bits).map(f64::round);
    assert_eq!(answers, targets);
}

#[test]
fn cells_print_themselves_and_have_named_parameters() {
    assert_eq!(rnn().to_string(), "Rnn(2 => 3, tanh)");
    assert_eq!(lstm().to_string(), "Lstm(2 => 3)");
    assert_eq!(
        Rnn::<relu>::new(2, 3, relu {}, &mut rng()).to_string(),
        "Rnn(2 => 3, relu)"
    );
    assert_eq!(num_parameters(&rnn()), 3 * (2 + 3 + 1));
    assert_eq!(num_parameters(&lstm()), 12 * (2 + 3 + 1));
    fn trainable<M: Parameters>(_: &M) {}
    trainable(&lstm());
}

#[test]
#[should_panic(expected = "Rnn(2 => 3) was given samples of 4 features")]
fn rnn_refuses_another_number_of_features() {
    rnn().forward(&sequence(4, 2, 1));
}

#[test]
#[should_panic(expected = "Rnn(2 => 3): for 4 samples the state is 3×4, it was given one of 3×5")]
fn rnn_refuses_a_state_of_other_samples() {
    rnn().step(&matrix(2, 4, 0), &matrix(3, 5, 0));
}

#[test]
#[should_panic(expected = "Lstm(2 => 3) was given samples of 4 features")]
fn lstm_refuses_another_number_of_features() {
    lstm().forward(&sequence(4, 2, 1));
}

#[test]
#[should_panic(
    expected = "Lstm(2 => 3): for 4 samples hidden and cell are 3×4, it was given 3×4 and 2×4"
)]
fn lstm_refuses_a_state_of_another_size() {
    let state = LstmState {
        hidden: matrix(3, 4, 0),
        cell: dmatrix![0.0, 0.0, 0.0, 0.0; 0.0, 0.0, 0.0, 0.0],
    };
    lstm().step(&matrix(2, 4, 0), &state);
}
