//! How models print, as a line and as a table, and how their parameters are named.

use expect_test::{Expect, expect};
use micrograd_core::Differentiable;
use micrograd_nn::activation::{identity, relu, softmax};
use micrograd_nn::{
    Activation, Chain, Dense, Dropout, LayerNorm, SkipConnection, num_parameters, parameters,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(7)
}

#[track_caller]
fn check_text(actual: &str, expected: Expect) {
    expected.assert_eq(actual);
}

#[test]
fn models_print_themselves() {
    let rng = &mut rng();
    let hidden: Dense<relu> = Dense::new(16, 16, relu {}, rng);
    let model = Chain((
        Dense::<relu>::new(2, 16, relu {}, rng),
        Chain((hidden,)),
        Dense::<identity>::new(16, 2, identity {}, rng),
    ));
    assert_eq!(
        model.to_string(),
        "Chain(Dense(2 => 16, relu), Chain(Dense(16 => 16, relu)), Dense(16 => 2))"
    );
    assert_eq!(num_parameters(&model), 354);
    let names: Vec<_> = parameters(&model).into_iter().map(|p| p.name).collect();
    assert_eq!(
        names,
        [
            "layers.0.weight",
            "layers.0.bias",
            "layers.1.layers.0.weight",
            "layers.1.layers.0.bias",
            "layers.2.weight",
            "layers.2.bias"
        ]
    );
}

#[test]
fn models_print_as_a_table_of_their_layers() {
    let rng = &mut rng();
    let mut block = || {
        SkipConnection::new(Chain((
            LayerNorm::<f64>::new(16),
            Dense::<_, f64>::new(16, 16, relu {}, rng),
            Dropout::new(0.5),
        )))
    };
    let blocks = Chain(vec![block(), block()]);
    let model = Chain((
        Dense::<_, f64>::new(2, 16, relu {}, rng),
        blocks,
        Dense::<_, f64>::new(16, 2, softmax {}, rng),
    ));
    check_text(
        &format!("{model:#}\n"),
        expect![[r#"
        Chain(
          Dense(2 => 16, relu)                    48 = weight 16×2 + bias 16×1
          Chain(
            SkipConnection(
              Chain(
                LayerNorm(16)                     32 = scale 16×1 + bias 16×1
                Dense(16 => 16, relu)            272 = weight 16×16 + bias 16×1
                Dropout(0.5)                       0
              )                                  304 parameters
            )                                    304 parameters
            SkipConnection(
              Chain(
                LayerNorm(16)                     32 = scale 16×1 + bias 16×1
                Dense(16 => 16, relu)            272 = weight 16×16 + bias 16×1
                Dropout(0.5)                       0
              )                                  304 parameters
            )                                    304 parameters
          )                                      608 parameters
          Dense(16 => 2, softmax)                 34 = weight 2×16 + bias 2×1
        )                                        690 parameters
    "#]],
    );
    check_text(
        &format!("{:#20}\n", model.layers.1.layers[0]),
        expect![[r#"
            SkipConnection(
              Chain(
                LayerNorm(16)  32 = scale 16×1 + bias 16×1
                Dense(16 => 16, relu)  272 = weight 16×16 + bias 16×1
                Dropout(0.5)   0
              )              304 parameters
            )                304 parameters
        "#]],
    );
}

#[test]
fn a_table_of_no_layers_and_of_a_layer_of_the_users() {
    let empty: Chain<Vec<Dense>> = Chain(vec![]);
    check_text(
        &format!("{empty:#30}"),
        expect![[r#"
        Chain(
        )                            0 parameters"#]],
    );

    #[derive(Clone, Differentiable)]
    struct Scale {
        factor: f64,
        inner: (Vec<f64>, usize),
    }
    impl std::fmt::Display for Scale {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.pad("Scale of a name that is longer than the column")
        }
    }
    let scale = Scale {
        factor: 1.0,
        inner: (vec![1.0, 2.0], 3),
    };
    check_text(
        &format!("{:#30}", Chain((scale,))),
        expect![[r#"
        Chain(
          Scale of a name that is longer than the column  3 = factor 1 + inner.0 2
        )                            3 parameters"#]],
    );
}

#[test]
fn models_of_run_time_depth_print_and_name_their_parameters_alike() {
    let layer = |activation| Dense::<_, f64>::new(2, 2, activation, &mut rng());
    let model = Chain(vec![layer(Activation::Tanh), layer(Activation::Identity)]);
    assert_eq!(
        model.to_string(),
        "Chain(Dense(2 => 2, tanh), Dense(2 => 2))"
    );
    let names: Vec<_> = parameters(&model).into_iter().map(|p| p.name).collect();
    assert_eq!(
        names,
        [
            "layers.0.weight",
            "layers.0.bias",
            "layers.1.weight",
            "layers.1.bias"
        ]
    );
}
