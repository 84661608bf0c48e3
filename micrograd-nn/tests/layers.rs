//! Layers, chains of layers, and what their backward passes are derived from.

use std::cell::Cell;

use expect_test::{Expect, expect};
use micrograd_core::{Differentiable, Function, check, code_ir, code_pullback, differentiable};
use micrograd_nn::activation::{
    elu, gelu, identity, leaky_relu, logsoftmax, relu, sigmoid, silu, softmax, softplus, tanh,
};
use micrograd_nn::{Activation, Chain, Dense, Layer};
use nalgebra::{DMatrix, dmatrix};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

/// Numbers that are neither all positive nor round.
fn matrix(rows: usize, columns: usize) -> DMatrix<f64> {
    DMatrix::from_fn(rows, columns, |i, j| {
        ((3 * i + 7 * j) as f64 * 0.71 + 0.4).sin()
    })
}

fn dense<F>(inputs: usize, outputs: usize, activation: F) -> Dense<F> {
    Dense {
        weight: matrix(outputs, inputs),
        bias: matrix(outputs, 1) * 0.3,
        activation,
    }
}

/// Compares the derived gradient of a model and its input with central differences.
#[track_caller]
fn check_layer<M>(model: M, x: DMatrix<f64>)
where
    M: Layer + micrograd_core::Parameters + Clone,
{
    check::gradient(
        &(model, x),
        |(model, x)| model.forward(x),
        |(model, x)| model.pullback_forward(x),
    );
}

#[track_caller]
fn check_text(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

#[test]
fn dense_reads_as_the_formula() {
    check_text(
        code_ir!(Dense::forward),
        expect![[r#"
            1: (%1, %2)
              %3 = getfield(%1, weight)
              %4 = check_features(%3, %2)
              %5 = getfield(%1, activation)
              %6 = getfield(%1, weight)
              %7 = %6 * %2
              %8 = getfield(%1, bias)
              %9 = broadcasted(+, %7, %8)
              %10 = materialize(%9)
              %11 = (%5)(%10)
              return %11
        "#]],
    );
}

#[test]
fn the_pullback_of_dense_is_derived_from_its_operations() {
    check_text(
        code_pullback!(Dense::forward),
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%7 = 0
              Δ%9 = 0
              Δ%10 = 0
              Δ%11 = 0
              Δ%11 += Δ
              (Δ%1.activation, Δ%10) += pullback of %11(Δ%11)
              (Δ%9) += pullback of %10(Δ%10)
              (_, Δ%7, Δ%1.bias) += pullback of %9(Δ%9)
              Δ%1.weight += mul_left(%6, %2, Δ%7)
              Δ%2 += mul_right(%6, %2, Δ%7)
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn a_chain_is_unrolled_through_getindex() {
    check_text(
        code_ir!(Chain::<(Dense, Dense, Dense)>::forward),
        expect![[r#"
            1: (%1, %2)
              %3 = getfield(%1, layers)
              %4 = getindex(%3, 0)
              %5 = forward(%4, %2)
              %6 = getfield(%1, layers)
              %7 = getindex(%6, 1)
              %8 = forward(%7, %5)
              %9 = getfield(%1, layers)
              %10 = getindex(%9, 2)
              %11 = forward(%10, %8)
              return %11
        "#]],
    );
}

#[test]
fn the_pullback_of_a_chain_is_that_of_its_layers_in_reverse() {
    check_text(
        code_pullback!(Chain::<(Dense, Dense, Dense)>::forward),
        expect![[r#"
            1: (Δ, %1, %2)
              Δ%5 = 0
              Δ%8 = 0
              Δ%11 = 0
              Δ%11 += Δ
              (Δ%1.layers.2, Δ%8) += pullback of %11(Δ%11)
              (Δ%1.layers.1, Δ%5) += pullback of %8(Δ%8)
              (Δ%1.layers.0, Δ%2) += pullback of %5(Δ%5)
              return Δ%1, Δ%2
        "#]],
    );
}

#[test]
fn dense_computes_the_formula_with_the_bias_on_every_column() {
    let layer = dense(3, 2, tanh {});
    let x = matrix(3, 4);
    let mut z = &layer.weight * &x;
    for mut column in z.column_iter_mut() {
        column += &layer.bias;
    }
    assert_eq!(layer.forward(&x), tanh(z));
}

#[test]
fn dense_has_a_right_gradient_with_every_activation() {
    check_layer(dense(3, 2, identity {}), matrix(3, 4));
    check_layer(dense(3, 2, elu {}), matrix(3, 4));
    check_layer(dense(3, 2, gelu {}), matrix(3, 4));
    check_layer(dense(3, 2, leaky_relu {}), matrix(3, 4));
    check_layer(dense(3, 2, silu {}), matrix(3, 4));
    check_layer(dense(3, 2, relu {}), matrix(3, 4));
    check_layer(dense(3, 2, sigmoid {}), matrix(3, 4));
    check_layer(dense(3, 2, softplus {}), matrix(3, 4));
    check_layer(dense(3, 2, tanh {}), matrix(3, 4));
    check_layer(dense(3, 2, softmax {}), matrix(3, 4));
    check_layer(dense(3, 2, logsoftmax {}), matrix(3, 4));
}

#[test]
fn an_activation_chosen_by_name_is_the_function_to_the_bit() {
    #[track_caller]
    fn same<F: Function<DMatrix<f64>, Output = DMatrix<f64>>>(name: &str, function: F) {
        let (x, seed) = (matrix(3, 4), matrix(2, 4));
        let chosen: Activation = name.parse().unwrap();
        let (chosen, fixed) = (dense(3, 2, chosen), dense(3, 2, function));
        let (chosen_value, chosen_back) = chosen.pullback_forward(&x);
        let (fixed_value, fixed_back) = fixed.pullback_forward(&x);
        assert_eq!(chosen_value, fixed_value);
        let (chosen, fixed) = (chosen_back(seed.clone()), fixed_back(seed));
        assert_eq!(chosen.0.weight, fixed.0.weight);
        assert_eq!(chosen.0.bias, fixed.0.bias);
        assert_eq!(chosen.1, fixed.1);
    }
    same("identity", identity {});
    same("elu", elu {});
    same("gelu", gelu {});
    same("leaky_relu", leaky_relu {});
    same("logsoftmax", logsoftmax {});
    same("relu", relu {});
    same("sigmoid", sigmoid {});
    same("silu", silu {});
    same("softmax", softmax {});
    same("softplus", softplus {});
    same("tanh", tanh {});
}

#[test]
fn an_unknown_activation_is_answered_with_the_known_ones() {
    assert_eq!(
        "rleu".parse::<Activation>().unwrap_err().to_string(),
        "there is no activation `rleu`; there are identity, elu, gelu, leaky_relu, \
         logsoftmax, relu, sigmoid, silu, softmax, softplus, tanh"
    );
}

#[test]
fn chains_of_one_to_twelve_layers_have_right_gradients() {
    macro_rules! chains {
        ($($layer:ident)*) => { chains!(@ [] $($layer)*) };
        (@ [$($done:ident)*]) => {};
        (@ [$($done:ident)*] $next:ident $($rest:ident)*) => {
            let chain = Chain(($(dense(2, 2, $done {}),)* dense(2, 2, $next {}),));
            let mut expected = matrix(2, 3);
            $(expected = dense(2, 2, $done {}).forward(&expected);)*
            expected = dense(2, 2, $next {}).forward(&expected);
            assert_eq!(chain.forward(&matrix(2, 3)), expected);
            check_layer(chain, matrix(2, 3));
            chains!(@ [$($done)* $next] $($rest)*);
        };
    }
    chains!(tanh sigmoid identity tanh softplus tanh identity sigmoid tanh softplus identity tanh);
}

#[test]
fn chains_nest() {
    let inner = Chain((dense(3, 4, tanh {}), Chain((dense(4, 2, relu {}),))));
    let outer = Chain((dense(2, 3, sigmoid {}), inner, dense(2, 2, identity {})));
    check_layer(outer, matrix(2, 5));
}

#[test]
fn a_chain_of_a_vector_is_that_of_a_tuple_to_the_bit() {
    let [a, b, c] = [(2, 3), (3, 4), (4, 2)].map(|(i, o)| dense(i, o, tanh {}));
    let listed = Chain(vec![a.clone(), b.clone(), c.clone()]);
    let fixed = Chain((a, b, c));
    let (x, seed) = (matrix(2, 5), matrix(2, 5));
    let (listed_value, listed_back) = listed.pullback_forward(&x);
    let (fixed_value, fixed_back) = fixed.pullback_forward(&x);
    assert_eq!(listed_value, fixed_value);
    let (listed_gradient, listed_dx) = listed_back(seed.clone());
    let (fixed_gradient, fixed_dx) = fixed_back(seed);
    let (layers, (da, db, dc)) = (listed_gradient.layers, fixed_gradient.layers);
    for (listed, fixed) in layers.iter().zip([&da, &db, &dc]) {
        assert_eq!(listed.weight, fixed.weight);
        assert_eq!(listed.bias, fixed.bias);
    }
    assert_eq!(listed_dx, fixed_dx);
    check_layer(listed.clone(), x.clone());
}

#[test]
fn no_layers_are_the_identity() {
    let model: Chain<Vec<Dense>> = Chain(vec![]);
    let x = matrix(2, 3);
    let (y, back) = model.pullback_forward(&x);
    assert_eq!((&y, &back(x.clone()).1), (&x, &x));
    assert_eq!(model.to_string(), "Chain()");
}

thread_local! {
    static FORWARD: Cell<usize> = const { Cell::new(0) };
    static BACKWARD: Cell<usize> = const { Cell::new(0) };
}

fn count(counter: &'static std::thread::LocalKey<Cell<usize>>) {
    counter.set(counter.get() + 1);
}

/// A layer that counts how often its two sweeps run.
#[derive(Clone, Copy, Differentiable)]
struct Counted {}

#[differentiable]
impl Layer for Counted {
    fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
        counted(x.clone())
    }
}

#[differentiable(rule = counted_pullback)]
fn counted(x: DMatrix<f64>) -> DMatrix<f64> {
    count(&FORWARD);
    x
}

fn counted_pullback(x: DMatrix<f64>) -> (DMatrix<f64>, impl Fn(DMatrix<f64>) -> (DMatrix<f64>,)) {
    count(&FORWARD);
    let back = |dy| {
        count(&BACKWARD);
        (dy,)
    };
    (x, back)
}

/// The number of forward and backward sweeps of layers that one gradient of `model` takes.
fn sweeps(model: impl Layer) -> (usize, usize) {
    FORWARD.set(0);
    BACKWARD.set(0);
    let x = matrix(2, 3);
    let (_, back) = model.pullback_forward(&x);
    assert_eq!(back(x.clone()).1, x);
    (FORWARD.get(), BACKWARD.get())
}

#[test]
fn the_cost_of_a_gradient_is_linear_in_the_depth() {
    const ONE: Counted = Counted {};
    assert_eq!(sweeps(Chain((ONE,))), (1, 1));
    assert_eq!(sweeps(Chain((ONE, ONE, ONE))), (3, 3));
    let twelve = (ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE, ONE);
    assert_eq!(sweeps(Chain(twelve)), (12, 12));
    for depth in [0, 10, 100] {
        assert_eq!(sweeps(Chain(vec![ONE; depth])), (depth, depth));
    }
}

#[test]
fn nine_levels_of_chains_cost_nine_steps() {
    macro_rules! nested {
        () => { Counted {} };
        ($level:tt $($rest:tt)*) => { Chain((Chain((Counted {},)), nested!($($rest)*))) };
    }
    assert_eq!(sweeps(nested!(1 2 3 4 5 6 7 8)), (9, 9));
}

#[test]
fn single_precision_works_throughout() {
    let mut rng = rng();
    let model: Chain<(Dense<tanh, f32>, Dense<identity, f32>)> = Chain((
        Dense::new(2, 3, tanh {}, &mut rng),
        Dense::new(3, 1, identity {}, &mut rng),
    ));
    let x = dmatrix![0.5_f32, -1.0; 2.0, 0.25];
    check::gradient(
        &model,
        |model| model.forward(&x),
        |model| {
            let (y, back) = model.pullback_forward(&x);
            (y, move |dy| back(dy).0)
        },
    );
}

#[test]
fn a_new_layer_is_reproduced_by_its_seed() {
    let layer = || Dense::<_, f64>::new(2, 16, relu {}, &mut rng());
    assert_eq!(layer(), layer());
    assert_eq!(layer().bias, DMatrix::zeros(16, 1));
}

#[test]
#[should_panic(expected = "Dense(3 => 2) was given samples of 4 features")]
fn data_with_another_number_of_features_is_refused() {
    Chain((dense(4, 4, tanh {}), dense(3, 2, tanh {}))).forward(&matrix(4, 5));
}

#[test]
#[should_panic(expected = "a dimension with lengths 2 and 3 (shapes 2×5 and 3×1)")]
fn a_bias_of_another_height_is_refused() {
    let bias = matrix(3, 1);
    Dense {
        bias,
        ..dense(3, 2, tanh {})
    }
    .forward(&matrix(3, 5));
}
