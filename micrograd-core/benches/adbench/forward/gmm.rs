//! The Gaussian mixture over dual numbers.

use super::Dual;
use crate::gmm::{Gradient, Instance, constant};
use num_dual::DualNum;

/// The gradient, 15 columns a pass.
pub fn gradient(instance: &Instance) -> (f64, Gradient) {
    let Instance { alphas, means, .. } = instance;
    let x = [alphas.as_slice(), means, &instance.icf].concat();
    let (value, mut alphas_and_rest) = super::gradient::<15>(&x, |x| {
        let (alphas, rest) = x.split_at(alphas.len());
        let (means, icf) = rest.split_at(means.len());
        objective(alphas, means, icf, instance)
    });
    let mut rest = alphas_and_rest.split_off(alphas.len());
    let icf = rest.split_off(means.len());
    let gradient = Gradient {
        alphas: alphas_and_rest,
        means: rest,
        icf,
    };
    (value, gradient)
}

fn objective<const N: usize>(
    alphas: &[Dual<N>],
    means: &[Dual<N>],
    icf: &[Dual<N>],
    Instance {
        d, points, wishart, ..
    }: &Instance,
) -> Dual<N> {
    let (d, k, n) = (*d, alphas.len(), points.len() / d);
    let size = d * (d + 1) / 2;
    let mut exp_q = Vec::with_capacity(k * d);
    let mut sum_q = vec![Dual::from_re(0.0); k];
    let mut total = Dual::from_re(constant(n, d, k, *wishart));
    for c in 0..k {
        let (q, below) = icf[c * size..(c + 1) * size].split_at(d);
        let mut squares = Dual::from_re(0.0);
        for q in q {
            sum_q[c] += *q;
            exp_q.push(q.exp());
            squares += q.exp() * q.exp();
        }
        for l in below {
            squares += *l * *l;
        }
        total += squares * (0.5 * wishart.gamma * wishart.gamma) - sum_q[c] * wishart.m as f64;
    }
    let (mut y, mut terms) = (vec![Dual::from_re(0.0); d], sum_q.clone());
    for point in points.chunks_exact(d) {
        for c in 0..k {
            let (mean, exp_q) = (&means[c * d..(c + 1) * d], &exp_q[c * d..(c + 1) * d]);
            for i in 0..d {
                y[i] = exp_q[i] * (-mean[i] + point[i]);
            }
            let mut below = icf[c * size + d..(c + 1) * size].iter();
            for i in 0..d {
                let centred = -mean[i] + point[i];
                for y in &mut y[i + 1..] {
                    *y += *below.next().expect("a triangle") * centred;
                }
            }
            let mut squares = Dual::from_re(0.0);
            for y in &y {
                squares += *y * *y;
            }
            terms[c] = alphas[c] + sum_q[c] - squares * 0.5;
        }
        total += log_sum_exp(&terms);
    }
    total - log_sum_exp(alphas) * n as f64
}

fn log_sum_exp<const N: usize>(v: &[Dual<N>]) -> Dual<N> {
    let max = v.iter().map(|x| x.re).fold(f64::NEG_INFINITY, f64::max);
    let mut sum = Dual::from_re(0.0);
    for x in v {
        sum += (*x - max).exp();
    }
    sum.ln() + max
}
