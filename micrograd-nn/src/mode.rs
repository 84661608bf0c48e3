//! The two modes of a model: layers such as [`Dropout`](crate::Dropout) are random while it is
//! trained, and the same function for all when it is tested.
//!
//! A random layer draws nothing in `forward`, which has no generator and changes nothing. It holds
//! a [`Seed`], and its output is a function of the input, the parameters and that seed.

use micrograd_core::parameters::{SeedVisitor, Visitor};
use micrograd_core::{Name, NoTangent, Parameters, differentiable};
use rand::{Rng, RngExt};

/// Gives every random layer of a model, however deep it is nested, a new seed from `rng`.
///
/// A training loop calls it before each batch. Layers are visited in the order of the fields, so a
/// seeded generator reproduces a training. Nothing is drawn for a model without random layers. A
/// field marked `#[no_gradient]` is passed over, with all that is in it.
///
/// ```
/// use micrograd_nn::{Chain, Dense, Dropout, Layer, activation::relu, test_mode, train_mode};
/// use nalgebra::DMatrix;
/// use rand::SeedableRng;
///
/// let rng = &mut rand_chacha::ChaCha8Rng::seed_from_u64(42);
/// let mut model = Chain((Dense::new(2, 16, relu {}, rng), Dropout::new(0.5)));
/// let x = DMatrix::from_element(2, 100, 1.0);
/// let tested = model.forward(&x);
///
/// train_mode(&mut model, rng);
/// let trained = model.forward(&x);
/// assert_ne!(trained, tested);
/// assert_eq!(model.forward(&x), trained);
///
/// train_mode(&mut model, rng);
/// assert_ne!(model.forward(&x), trained);
///
/// test_mode(&mut model);
/// assert_eq!(model.forward(&x), tested);
/// ```
pub fn train_mode<M, R>(model: &mut M, rng: &mut R)
where
    M: Parameters,
    R: Rng + ?Sized,
{
    model.visit_seeds(&mut |seed| *seed = Some(rng.random()));
}

/// Takes the randomness out of every layer of a model, which is the state of a new one.
///
/// ```
/// let mut model = micrograd_nn::Dropout::new(0.5);
/// micrograd_nn::test_mode(&mut model);
/// assert_eq!(model, micrograd_nn::Dropout::new(0.5));
/// ```
pub fn test_mode<M: Parameters>(model: &mut M) {
    model.visit_seeds(&mut |seed| *seed = None);
}

/// The field that makes a layer random: [`train_mode`] and [`test_mode`] find and set it.
///
/// ```
/// use micrograd_core::{Differentiable, differentiable};
/// use micrograd_nn::{Layer, Seed, train_mode};
/// use nalgebra::{DMatrix, dmatrix};
/// use rand::SeedableRng;
///
/// /// Adds noise that is uniform in ±`width`, in training only.
/// #[derive(Differentiable)]
/// struct Noise {
///     #[no_gradient]
///     width: f64,
///     seed: Seed,
/// }
///
/// #[differentiable]
/// impl Layer for Noise {
///     fn forward(&self, x: &DMatrix<f64>) -> DMatrix<f64> {
///         let mut y = x.clone();
///         for i in 0..x.len() {
///             y[i] += self.width * (2.0 * self.seed.uniform(i).unwrap_or(0.5) - 1.0);
///         }
///         y
///     }
/// }
///
/// let mut noise = Noise { width: 0.1, seed: Seed::default() };
/// let x = dmatrix![1.0, 2.0, 3.0];
/// assert_eq!(noise.forward(&x), x);
/// train_mode(&mut noise, &mut rand_chacha::ChaCha8Rng::seed_from_u64(42));
/// assert_ne!(noise.forward(&x), x);
/// assert!((noise.forward(&x) - x).amax() <= 0.1);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seed(Option<u64>);

micrograd_core::no_tangent!(Seed);

impl Parameters for Seed {
    fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        visit(&mut self.0);
    }
}

#[differentiable]
impl Seed {
    /// The seed itself; `None` when the layer is tested.
    pub fn get(&self) -> Option<u64> {
        self.0
    }

    /// Number `index` of the sequence of this seed, uniform in [0, 1); `None` when the layer is
    /// tested. Every call with the same index gives the same number.
    ///
    /// ```
    /// assert_eq!(micrograd_nn::Seed::default().uniform(0), None);
    /// ```
    pub fn uniform(&self, index: usize) -> Option<f64> {
        let bits = split_mix(self.get()?, index as u64);
        // The upper 53 bits are as many as a float has.
        Some((bits >> 11) as f64 / (1_u64 << 53) as f64)
    }
}

/// Number `index` that the generator SplitMix64 gives from a seed.
///
/// Source: G. Steele, D. Lea and C. Flood, "Fast splittable pseudorandom number generators" (2014),
/// figure 16; the shifts and factors of mix64variant13.
#[differentiable]
fn split_mix(seed: u64, index: u64) -> u64 {
    let golden_gamma = 0x9e37_79b9_7f4a_7c15_u64;
    let z = seed.wrapping_add(golden_gamma.wrapping_mul(index.wrapping_add(1)));
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sequence_is_that_of_split_mix_64() {
        // Source: Rosetta Code, "Pseudo-random numbers/Splitmix64".
        let numbers: Vec<u64> = (0..5).map(|index| split_mix(1_234_567, index)).collect();
        assert_eq!(
            numbers,
            [
                6_457_827_717_110_365_317,
                3_203_168_211_198_807_973,
                9_817_491_932_198_370_423,
                4_593_380_528_125_082_431,
                16_408_922_859_458_223_821
            ]
        );
    }

    #[test]
    fn numbers_are_uniform_and_below_one() {
        let seed = Seed(Some(3));
        let numbers: Vec<f64> = (0..10_000).filter_map(|i| seed.uniform(i)).collect();
        assert_eq!(numbers.len(), 10_000);
        assert!(numbers.iter().all(|u| (0.0..1.0).contains(u)));
        let mean = numbers.iter().sum::<f64>() / 10_000.0;
        let square = numbers.iter().map(|u| u * u).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.01 && (square - 1.0 / 3.0).abs() < 0.01);
    }
}
