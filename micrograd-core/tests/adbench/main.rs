//! The objectives of the AD benchmark suite: values and gradients against its reference values.

#![allow(
    clippy::needless_range_loop,
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "the objectives are written as numeric code is, with the constants of the suite"
)]

#[path = "../../benches/adbench/ba.rs"]
mod ba;
#[path = "../../benches/adbench/forward/mod.rs"]
mod forward;
#[path = "../../benches/adbench/gmm.rs"]
mod gmm;
#[path = "../../benches/adbench/hand.rs"]
mod hand;
#[path = "../../benches/adbench/input.rs"]
mod input;
#[path = "../../benches/adbench/jacobian.rs"]
mod jacobian;
#[path = "../../benches/adbench/lstm.rs"]
mod lstm;

mod hand_tracking;

#[track_caller]
fn assert_close(what: &str, ours: f64, reference: f64) {
    let scale = reference.abs().max(1e-12);
    assert!(
        (ours - reference).abs() <= 1e-9 * scale,
        "{what}: {ours} instead of {reference}"
    );
}

fn norm<'a>(values: impl IntoIterator<Item = &'a f64>) -> f64 {
    values.into_iter().map(|v| v * v).sum::<f64>().sqrt()
}

/// The first and last of a gradient, its norm and sum.
struct Reference {
    value: f64,
    norm: f64,
    sum: f64,
    first: [f64; 5],
    last: [f64; 5],
}

#[track_caller]
fn assert_gradient(value: f64, gradient: &[f64], reference: &Reference) {
    assert_close("value", value, reference.value);
    assert_close("norm", norm(gradient), reference.norm);
    let sum: f64 = gradient.iter().sum();
    assert!(
        (sum - reference.sum).abs() <= 1e-9 * reference.norm,
        "sum: {sum} instead of {}",
        reference.sum
    );
    let last = &gradient[gradient.len() - 5..];
    let ends = gradient.iter().zip(&reference.first);
    for (ours, reference) in ends.chain(last.iter().zip(&reference.last)) {
        assert_close("element", *ours, *reference);
    }
}

fn check_gmm(file: &str, reference: &Reference) {
    let instance = input::gmm(file);
    assert_close("objective", instance.value(), reference.value);
    let mut ways = vec![instance.generated(), gmm::by_hand(&instance)];
    // Many parameters are many passes.
    if instance.alphas.len() <= 5 {
        ways.push(forward::gmm::gradient(&instance));
    }
    for (value, gradient) in ways {
        let all = [gradient.alphas, gradient.means, gradient.icf].concat();
        assert_gradient(value, &all, reference);
    }
}

#[test]
fn gaussian_mixtures() {
    check_gmm(
        "gmm_test_d2_K3_n1.txt",
        &Reference {
            value: 8.073804080049758,
            norm: 6.689647462416591,
            sum: 12.473468230538145,
            first: [
                0.10866285550865246,
                -0.7412700395238985,
                0.6326071840152461,
                1.1169257653278701,
                0.16333301355145527,
            ],
            last: [
                5.418363627155952,
                -0.32149440967744647,
                1.7189230977500494,
                0.8600910907908669,
                -0.9946409304663227,
            ],
        },
    );
    check_gmm(
        "gmm_1k_d10_K5.txt",
        &Reference {
            value: -31302.540910910713,
            norm: 5668.087940168383,
            sum: -13717.759225757522,
            first: [
                38.54598010816808,
                -453.8257254432875,
                15.4988893650807,
                -30.469878428274477,
                430.25073439831453,
            ],
            last: [
                370.6323256294221,
                12.087008019815698,
                -190.5732400740794,
                350.976116185656,
                74.38182889822764,
            ],
        },
    );
    check_gmm(
        "gmm_1k_d10_K25.txt",
        &Reference {
            value: -25649.65262119762,
            norm: 2662.3986013124213,
            sum: -17695.995235195696,
            first: [
                48.34668341611052,
                -35.275500604705805,
                32.10390116044224,
                -5.5922947500192235,
                41.85307394437068,
            ],
            last: [
                -3.349737399095852,
                -15.367564649942436,
                3.7634032494321144,
                37.8778591445545,
                -6.026474121127507,
            ],
        },
    );
}

fn check_lstm(file: &str, reference: &Reference) {
    let instance = input::lstm(file);
    assert_close("objective", instance.value(), reference.value);
    for (value, main, extra) in [instance.generated(), lstm::by_hand(&instance)] {
        assert_gradient(value, &[main, extra].concat(), reference);
    }
}

#[test]
fn character_models() {
    check_lstm(
        "lstm_l2_c16_first16chars_of_c1024.txt",
        &Reference {
            value: 0.5153306054159374,
            norm: 0.06521510463451606,
            sum: -0.0012203577526636717,
            first: [0.0; 5],
            last: [
                0.004233686629470574,
                -0.014720517544067006,
                -0.016813601208397224,
                -0.0223936683310625,
                -0.016329026197591755,
            ],
        },
    );
    check_lstm(
        "lstm_l2_c1024.txt",
        &Reference {
            value: 0.6666651795588522,
            norm: 0.09474138011446077,
            sum: -0.038195000973342094,
            first: [3.143870249961012e-06, 0.0, 0.0, 0.0, 0.0],
            last: [
                0.00446620942840667,
                -0.005236024060011362,
                -0.017931628523590423,
                -0.007731671064728006,
                -0.020022569089598066,
            ],
        },
    );
}

struct Projections {
    residuals: f64,
    weights: f64,
    first: [f64; 2],
    jacobian: f64,
    rows: [ba::Row; 2],
}

fn check_ba(file: &str, reference: &Projections) {
    let instance = input::ba(file);
    let mut residuals = vec![[0.0; 2]; instance.weights.len()];
    let mut weights = vec![0.0; instance.weights.len()];
    instance.residuals(&mut residuals, &mut weights);
    assert_close(
        "residuals",
        norm(residuals.iter().flatten()),
        reference.residuals,
    );
    assert_close("weights", norm(&weights), reference.weights);
    assert_close("residual", residuals[0][0], reference.first[0]);
    assert_close("residual", residuals[0][1], reference.first[1]);
    type Jacobian = fn(&ba::Instance, &mut [[ba::Row; 2]], &mut [f64]);
    let ways: [Jacobian; 3] = [
        ba::Instance::generated,
        ba::Instance::by_hand,
        forward::ba::jacobian,
    ];
    for jacobian in ways {
        let mut rows = vec![[[0.0; 15]; 2]; weights.len()];
        let mut slopes = vec![0.0; weights.len()];
        jacobian(&instance, &mut rows, &mut slopes);
        let elements = rows.iter().flatten().flatten().chain(&slopes);
        assert_close("Jacobian", norm(elements), reference.jacobian);
        assert_close("weight", slopes[0], -0.834044);
        for (ours, reference) in rows[0]
            .iter()
            .flatten()
            .zip(reference.rows.iter().flatten())
        {
            assert_close("element", *ours, *reference);
        }
    }
}

#[test]
fn bundle_adjustment() {
    check_ba(
        "ba_test_n2_m10_p10.txt",
        &Projections {
            residuals: 1.183040905950292,
            weights: 2.612334337118309,
            first: [-0.26904884923523686, 0.2599447926779137],
            jacobian: 4799.383025697728,
            rows: [
                [
                    228.8772022082468,
                    634.5748114955455,
                    -782.2228662593405,
                    2.4289261560715967,
                    -11.782807962801131,
                    2.541693124877435,
                    -1.036570849585181,
                    0.417022,
                    0.0,
                    -350.7395210960053,
                    -912.1077736680091,
                    -2.4289261560715967,
                    11.782807962801131,
                    -2.541693124877435,
                    -0.6451670397131011,
                ],
                [
                    -120.54243599499694,
                    -385.6732407664605,
                    97.54762914033277,
                    -1.7837210852957666,
                    4.154667994331262,
                    2.0402571802989886,
                    0.34917639743314605,
                    0.0,
                    0.417022,
                    118.14914770441455,
                    307.25010896034354,
                    1.7837210852957666,
                    -4.154667994331262,
                    -2.0402571802989886,
                    0.6233359215531493,
                ],
            ],
        },
    );
    check_ba(
        "ba1_n49_m7776_p31843.txt",
        &Projections {
            residuals: 21.873663359997614,
            weights: 147.41298735397774,
            first: [0.10133583791450886, -0.06896776592424401],
            jacobian: 473881.6614228469,
            rows: [
                [
                    -461.4463210015993,
                    178.8679280144455,
                    -19.423916472206248,
                    -3.0615983420410315,
                    6.392457556226442,
                    -3.340282281299017,
                    0.26476024920703156,
                    0.417022,
                    0.0,
                    243.62824566083003,
                    676.4867782658688,
                    3.0615983420410315,
                    -6.392457556226442,
                    3.340282281299017,
                    0.24299878163378708,
                ],
                [
                    -803.7436233648792,
                    -309.5954174234488,
                    604.7802846625028,
                    -15.049628170340545,
                    6.248486312079824,
                    3.2194799516049235,
                    0.8381960857313306,
                    0.0,
                    0.417022,
                    771.2949451366334,
                    2141.6680611599554,
                    15.049628170340545,
                    -6.248486312079824,
                    -3.2194799516049235,
                    -0.16538160078960118,
                ],
            ],
        },
    );
}
