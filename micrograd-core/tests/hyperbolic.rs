//! The hyperbolic tangent without branches: how far it is off, and where it is exact.

use micrograd_core::rules::activation::{BranchlessTanh, tanh};
use nalgebra::DMatrix;

/// By arithmetic of 200 bits: mpmath, `tanh(mpf(x))`.
#[expect(clippy::excessive_precision)]
const EXACT: [(f64, f64); 16] = [
    (1e-300, 1e-300),
    (1.1e-8, 1.09999999999999987939e-8),
    (1e-5, 0.00000999999999966666748471),
    (0.0123, 0.0122993797485351107773),
    (0.1, 0.0996679946249558226143),
    (0.2058141935592481, 0.202956542366477278556),
    (0.21764239711192204, 0.214269839725651671653),
    (0.3333333333333333, 0.321512737531634328128),
    (0.4897927656769752, 0.454051937923125923345),
    (0.5170809100831661, 0.47544391108347530402),
    (0.7, 0.604367777117163468121),
    (1.0, 0.761594155955764888119),
    (2.0, 0.964027580075816883946),
    (5.0, 0.999909204262595131211),
    (18.0, 0.999999999999999536095),
    (25.0, 1.0),
];

/// How many units in the last place of `exact` lie between.
fn units(value: f64, exact: f64) -> f64 {
    (value - exact).abs() / (exact.abs().next_up() - exact.abs())
}

#[test]
fn doubles_are_off_by_two_units_at_most() {
    for (x, exact) in EXACT {
        assert!(units(x.branchless_tanh(), exact) <= 2.0, "{x}");
    }
}

#[test]
fn doubles_are_near_the_library_s() {
    // Which is off by two units itself.
    for i in 0..200_000 {
        let fraction = f64::from(i) / 200_000.0;
        for x in [20.0 * fraction, fraction, (60.0 * fraction - 58.0).exp2()] {
            let (y, expected) = (x.branchless_tanh(), x.tanh());
            assert!(units(y, expected) <= 4.0, "{x}: {y}, not {expected}");
        }
    }
}

#[test]
fn singles_are_off_by_two_units_at_most() {
    let smallest = f64::from(f32::from_bits(1));
    for bits in (0..f32::INFINITY.to_bits()).step_by(4099) {
        let x = f32::from_bits(bits);
        let exact = f64::from(x).tanh();
        let unit = f64::from((exact as f32).next_up()) - f64::from(exact as f32);
        let error = (f64::from(x.branchless_tanh()) - exact).abs();
        assert!(error <= 2.0 * unit.max(smallest), "{x:e}");
    }
}

#[test]
fn signs_and_edges_are_exact() {
    macro_rules! check {
        ($float:ident) => {{
            let tanh = $float::branchless_tanh;
            assert_eq!(tanh(0.0).to_bits(), $float::to_bits(0.0));
            assert_eq!(tanh(-0.0).to_bits(), $float::to_bits(-0.0));
            for tiny in [
                $float::from_bits(1),
                $float::MIN_POSITIVE / 3.0,
                $float::MIN_POSITIVE,
            ] {
                assert_eq!((tanh(tiny), tanh(-tiny)), (tiny, -tiny));
            }
            for large in [50.0, $float::MAX, $float::INFINITY] {
                assert_eq!((tanh(large), tanh(-large)), (1.0, -1.0));
            }
            for nan in [
                $float::NAN,
                -$float::NAN,
                $float::from_bits($float::NAN.to_bits() | 0xfff),
            ] {
                assert!(tanh(nan).is_nan());
            }
            for i in 0..1000 {
                let x = i as $float * 0.03;
                assert_eq!(tanh(-x), -tanh(x));
                assert!(tanh(x) <= 1.0);
            }
        }};
    }
    check!(f32);
    check!(f64);
}

#[test]
fn a_matrix_has_the_bits_of_its_numbers() {
    // 7 rows and 5 columns, so that a vector of any length has a rest.
    let z = DMatrix::from_fn(7, 5, |i, j| (3.0 * i as f64 - 2.0 * j as f64).sin() * 9.0);
    let y = tanh(z.clone());
    assert_eq!(y, z.map(f64::branchless_tanh));
    assert_eq!(tanh::rrule(&z).0, y);
    let z = z.map(|z| z as f32);
    assert_eq!(tanh(z.clone()), z.map(f32::branchless_tanh));
}

/// In a vector or alone, optimised or not: it is the same arithmetic.
#[test]
fn every_profile_has_the_same_bits() {
    let z = DMatrix::from_fn(101, 97, |i, j| (i * 97 + j) as f64 * 0.0023 - 11.0);
    let mix = |sum: u64, bits: u64| (sum ^ bits).wrapping_mul(0x0000_0100_0000_01b3);
    let bits = tanh(z.clone())
        .iter()
        .fold(0, |sum, y| mix(sum, y.to_bits()));
    let singles = tanh(z.map(|z| z as f32));
    let bits32 = singles
        .iter()
        .fold(0, |sum, y| mix(sum, u64::from(y.to_bits())));
    assert_eq!(
        (bits, bits32),
        (0xdf59_6241_aa69_88e3, 0x1aa1_e34c_c288_4b12)
    );
}
