//! The objectives of the AD benchmark suite: values and gradients against its reference values.

#![allow(
    clippy::needless_range_loop,
    clippy::approx_constant,
    clippy::excessive_precision,
    reason = "the objectives are written as numeric code is, with the constants of the suite"
)]

#[path = "../benches/adbench/ba.rs"]
mod ba;
#[path = "../benches/adbench/gmm.rs"]
mod gmm;
#[path = "../benches/adbench/hand.rs"]
mod hand;
#[path = "../benches/adbench/input.rs"]
mod input;
#[path = "../benches/adbench/lstm.rs"]
mod lstm;

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
    for (value, gradient) in [instance.generated(), gmm::by_hand(&instance)] {
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
    let ways: [Jacobian; 2] = [ba::Instance::generated, ba::Instance::by_hand];
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

struct Hand {
    residuals: f64,
    first: [f64; 5],
    loss: f64,
    theta: [f64; 26],
    places: Option<(f64, [f64; 6])>,
}

fn check_hand(file: &str, reference: &Hand) {
    let instance = input::hand(file, reference.places.is_some());
    let theta = &instance.theta;
    let residuals = match instance.places.as_slice() {
        [] => hand::residuals_of_vertices(theta, &instance),
        places => hand::residuals_of_places(theta, places, &instance),
    };
    let residuals = residuals.concat();
    assert_close("residuals", norm(&residuals), reference.residuals);
    for (ours, reference) in residuals.iter().zip(&reference.first) {
        assert_close("residual", *ours, *reference);
    }
    assert_close("objective", instance.value(), reference.loss);
    for gradient in [instance.generated(), hand::by_hand(&instance)] {
        check_hand_gradient(gradient, reference);
    }
}

fn check_hand_gradient(gradient: (f64, Vec<f64>, Vec<[f64; 2]>), reference: &Hand) {
    let (value, dtheta, dplaces) = gradient;
    assert_close("loss", value, reference.loss);
    let scale = norm(&reference.theta);
    for (ours, reference) in dtheta.iter().zip(&reference.theta) {
        let error = (ours - reference).abs();
        assert!(
            error <= 1e-9 * scale,
            "angle: {ours} instead of {reference}"
        );
    }
    if let Some((size, first)) = &reference.places {
        let dplaces = dplaces.concat();
        assert_close("places", norm(&dplaces), *size);
        for (ours, reference) in dplaces.iter().zip(first) {
            assert!((ours - reference).abs() <= 1e-9 * size);
        }
    }
}

#[test]
fn hand_tracking() {
    check_hand(
        "hand_simple_test_t26_c2.txt",
        &Hand {
            residuals: 0.3411318074905281,
            first: [
                0.16519314794161155,
                -0.1745427692727426,
                0.15475116162225344,
                -0.1256517497317936,
                -0.042510293535507504,
            ],
            loss: 0.058185455040877375,
            theta: [
                0.005066983694486467,
                -0.007065152396388301,
                0.01916538213061535,
                -0.039541398209817946,
                0.2170530628082501,
                -0.024085380489913266,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.003716185998213113,
                0.0023866583213298545,
                9.696311712336953e-05,
                -0.0001334635242611646,
                -0.01098349822307039,
                -0.0010444642412084039,
                -0.004730998761516305,
                -0.0009602499959202193,
            ],
            places: None,
        },
    );
    check_hand(
        "hand_simple_small_hand1_t26_c100.txt",
        &Hand {
            residuals: 1.7676933752602266,
            first: [
                0.19224339453588057,
                0.08247191593189719,
                -0.23651946654753214,
                0.001299682721511486,
                0.08386372018079233,
            ],
            loss: 1.562369934469446,
            theta: [
                0.025718550256040112,
                0.057110725214753834,
                0.04025793205401767,
                1.2427276602474384,
                -0.8957149307699422,
                0.777921863953833,
                -0.003827785368756215,
                -0.009639341573845859,
                0.0009230122529220381,
                -0.0020774314900421477,
                -0.01966619940463612,
                -0.0021823839998436597,
                -0.011338801157195441,
                0.0018844118280766683,
                -0.020504413367756935,
                0.050807402016037964,
                0.001994257740461176,
                0.0025425131977072388,
                -0.014566600352539615,
                -0.0075063941905712025,
                -0.003983047486781095,
                0.0026258202145477095,
                0.007729392247008751,
                -0.0015200416913910525,
                0.003067737103210111,
                2.455757385366028e-05,
            ],
            places: None,
        },
    );
    check_hand(
        "hand_complicated_test_t26_c2.txt",
        &Hand {
            residuals: 0.35415867982603444,
            first: [
                0.1561876616964637,
                -0.14930052600332222,
                0.17223808982645483,
                -0.09887704518495954,
                -0.016123803546210125,
            ],
            loss: 0.0627141852480598,
            theta: [
                -0.008074570508681992,
                -0.0052326659976035216,
                0.011854924858167224,
                -0.05731061651150415,
                0.16542432954953235,
                0.025348678639125044,
                -0.0003273258467023929,
                -0.0003595201177224296,
                0.0,
                0.0,
                0.0010402854980241067,
                -2.2515664549263648e-05,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                0.0,
                -0.0010790536041543198,
                -0.0006169313619440997,
                0.0,
                0.0,
            ],
            places: Some((
                0.0063017247018277755,
                [
                    0.002278108061331819,
                    0.004151057249580681,
                    0.0035009254094100803,
                    -0.0022437029364360764,
                    0.0,
                    0.0,
                ],
            )),
        },
    );
    check_hand(
        "hand_complicated_small_hand1_t26_c100.txt",
        &Hand {
            residuals: 1.7963894653914088,
            first: [
                -0.10689429462879463,
                -0.010055240144601019,
                0.00215333875426138,
                -0.07359201065643292,
                0.15122484281910287,
            ],
            loss: 1.6135075556846155,
            theta: [
                -0.007309908030485391,
                0.0693216038909831,
                -0.016552191092996948,
                -0.7168599169010696,
                -0.5268702917512075,
                0.4059314774113856,
                -0.014476896418884902,
                0.01224235903150872,
                -0.00794487383629653,
                0.0010200635567955982,
                0.006431248631373036,
                -0.01696699464771912,
                0.010584779594293367,
                0.001404062001206057,
                -0.03648717810655614,
                0.006792299846624341,
                -0.01713573450379544,
                -0.00407153311490481,
                -0.006772356265439508,
                0.0003705658523747009,
                -0.020759496584440904,
                -0.007542538403058698,
                0.01138922811619578,
                -0.015428749889485215,
                0.006469994935465817,
                0.0012738478283744067,
            ],
            places: Some((
                0.03294547399073976,
                [
                    3.2882552957123864e-05,
                    -0.00030265334827567013,
                    0.0003077844592273885,
                    0.0007583679040536594,
                    -0.0008408054266248741,
                    -0.001177010164984635,
                ],
            )),
        },
    );
}
