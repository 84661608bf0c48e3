//! The objectives over dual numbers, for what forward mode costs: `N` columns of derivatives go through the
//! function at once.
//!
//! The same mathematics once more, since literals and types of the annotated functions are those of
//! `f64`, and so are the rules that the macro picks for them. That both say the same is tested by the reference
//! values. Numbers without a derivative cost no more than an `f64` and a look.

pub mod ba;
pub mod gmm;
pub mod hand;

use num_dual::DualSVec64;

/// A number and its derivatives by `N` parameters.
pub type Dual<const N: usize> = DualSVec64<N>;

/// The derivatives of a number, all zero for a constant.
pub fn derivatives<const N: usize>(x: &Dual<N>) -> [f64; N] {
    x.eps.0.map_or([0.0; N], |columns| columns.into())
}

/// The gradient by all elements of `x`, `N` of them a pass.
pub fn gradient<const N: usize>(x: &[f64], f: impl Fn(&[Dual<N>]) -> Dual<N>) -> (f64, Vec<f64>) {
    let constants: Vec<Dual<N>> = x.iter().copied().map(Dual::from_re).collect();
    let (mut value, mut gradient) = (0.0, Vec::with_capacity(x.len()));
    for start in (0..x.len()).step_by(N) {
        let columns = N.min(x.len() - start);
        let mut seeded = constants.clone();
        for column in 0..columns {
            seeded[start + column] = constants[start + column].derivative(column);
        }
        let y = f(&seeded);
        value = y.re;
        gradient.extend_from_slice(&derivatives(&y)[..columns]);
    }
    (value, gradient)
}
