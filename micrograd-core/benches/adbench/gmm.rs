//! A Gaussian mixture: the negative log posterior of points, by the parameters of its components.

use micrograd_core::{differentiable, gradient};

/// π as the reference values have it.
const PI: f64 = 3.141_592_653_59;

/// The parameters of `k` components in `d` dimensions and the points, each row by row.
///
/// The inverse covariance of a component is `QᵀQ` with a lower triangular `Q`: `icf` holds for each
/// component the logarithms of its diagonal and then what is below it, column by column.
#[derive(Clone, Debug)]
pub struct Instance {
    pub d: usize,
    pub alphas: Vec<f64>,
    pub means: Vec<f64>,
    pub icf: Vec<f64>,
    pub points: Vec<f64>,
    pub wishart: Wishart,
}

/// The prior of the covariances.
#[derive(Clone, Copy, Debug)]
pub struct Wishart {
    pub gamma: f64,
    pub m: i32,
}

/// The gradient by the three groups of parameters.
#[derive(Clone, Debug, PartialEq)]
pub struct Gradient {
    pub alphas: Vec<f64>,
    pub means: Vec<f64>,
    pub icf: Vec<f64>,
}

impl Instance {
    pub fn value(&self) -> f64 {
        objective(
            &self.alphas,
            &self.means,
            &self.icf,
            &self.points,
            self.d,
            self.wishart,
        )
    }

    pub fn generated(&self) -> (f64, Gradient) {
        let (value, (alphas, means, icf, ..)) = gradient!(
            objective,
            &self.alphas,
            &self.means,
            &self.icf,
            &self.points,
            self.d,
            self.wishart
        );
        (value, Gradient { alphas, means, icf })
    }
}

/// `ln Σ exp(v)`, without overflow.
#[differentiable]
pub fn log_sum_exp(v: &[f64]) -> f64 {
    let mut max = v[0];
    for x in v {
        if *x > max {
            max = *x;
        }
    }
    let mut sum = 0.0;
    for x in v {
        sum += (x - max).exp();
    }
    max + sum.ln()
}

/// The log likelihood of one point, up to a constant.
#[differentiable(no_gradient(point))]
pub fn log_likelihood(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    exp_q: &[f64],
    sum_q: &[f64],
    point: &[f64],
) -> f64 {
    let (d, k) = (point.len(), alphas.len());
    let size = d * (d + 1) / 2;
    let mut centred = vec![0.0; d];
    let mut y = vec![0.0; d];
    let mut terms = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            centred[i] = point[i] - means[c * d + i];
            y[i] = exp_q[c * d + i] * centred[i];
        }
        let below = &icf[c * size + d..(c + 1) * size];
        let mut p = 0;
        for i in 0..d {
            let n = d - 1 - i;
            for j in 0..n {
                y[i + 1 + j] += below[p + j] * centred[i];
            }
            p += n;
        }
        let mut squares = 0.0;
        for i in 0..d {
            squares += y[i] * y[i];
        }
        terms[c] = alphas[c] + sum_q[c] - 0.5 * squares;
    }
    log_sum_exp(&terms)
}

/// The log prior of the covariances, up to a constant.
#[differentiable(no_gradient(wishart))]
pub fn log_prior(icf: &[f64], exp_q: &[f64], sum_q: &[f64], d: usize, wishart: Wishart) -> f64 {
    let size = d * (d + 1) / 2;
    let mut total = 0.0;
    for c in 0..sum_q.len() {
        let mut squares = 0.0;
        for i in 0..d {
            squares += exp_q[c * d + i] * exp_q[c * d + i];
        }
        for i in c * size + d..(c + 1) * size {
            squares += icf[i] * icf[i];
        }
        total += 0.5 * wishart.gamma * wishart.gamma * squares - wishart.m as f64 * sum_q[c];
    }
    total
}

#[differentiable(no_gradient(points, wishart))]
pub fn objective(
    alphas: &[f64],
    means: &[f64],
    icf: &[f64],
    points: &[f64],
    d: usize,
    wishart: Wishart,
) -> f64 {
    let (k, n) = (alphas.len(), points.len() / d);
    let size = d * (d + 1) / 2;
    let mut exp_q = vec![0.0; k * d];
    let mut sum_q = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            let q = icf[c * size + i];
            sum_q[c] += q;
            exp_q[c * d + i] = q.exp();
        }
    }
    let mut total = 0.0;
    for i in 0..n {
        let point = &points[i * d..(i + 1) * d];
        total += log_likelihood(alphas, means, icf, &exp_q, &sum_q, point);
    }
    total - n as f64 * log_sum_exp(alphas)
        + log_prior(icf, &exp_q, &sum_q, d, wishart)
        + constant(n, d, k, wishart)
}

/// What depends on no parameter.
pub fn constant(n: usize, d: usize, k: usize, wishart: Wishart) -> f64 {
    let degrees = d as i32 + wishart.m + 1;
    let dimension = d as f64;
    let log_gamma: f64 = 0.25 * dimension * (dimension - 1.0) * PI.ln()
        + (1..=d as i32)
            .map(|j| log_gamma_of_half(degrees + 1 - j))
            .sum::<f64>();
    let prior = f64::from(degrees) * dimension * (wishart.gamma.ln() - 0.5 * 2f64.ln()) - log_gamma;
    -(n as f64) * dimension * 0.5 * (2.0 * PI).ln() - k as f64 * prior
}

/// `ln Γ(n / 2)`
fn log_gamma_of_half(n: i32) -> f64 {
    match n {
        1 => 0.5 * std::f64::consts::PI.ln(),
        2 => 0.0,
        n => (f64::from(n) / 2.0 - 1.0).ln() + log_gamma_of_half(n - 2),
    }
}

/// The gradient as one would write it by hand: the reverse of a point follows its forward while everything
/// is at hand, and only the vectors `y` of one point are kept.
pub fn by_hand(instance: &Instance) -> (f64, Gradient) {
    let Instance {
        d,
        alphas,
        means,
        icf,
        points,
        wishart,
    } = instance;
    let (d, k, n) = (*d, alphas.len(), points.len() / d);
    let size = d * (d + 1) / 2;
    let mut exp_q = vec![0.0; k * d];
    let mut sum_q = vec![0.0; k];
    for c in 0..k {
        for i in 0..d {
            let q = icf[c * size + i];
            sum_q[c] += q;
            exp_q[c * d + i] = q.exp();
        }
    }
    let mut gradient = Gradient {
        alphas: vec![0.0; k],
        means: vec![0.0; k * d],
        icf: vec![0.0; k * size],
    };
    let (mut y, mut centred) = (vec![0.0; k * d], vec![0.0; k * d]);
    let (mut terms, mut dy, mut dc) = (vec![0.0; k], vec![0.0; d], vec![0.0; d]);
    let mut value = 0.0;
    for point in points.chunks_exact(d) {
        for c in 0..k {
            let range = c * d..(c + 1) * d;
            let (y, centred) = (&mut y[range.clone()], &mut centred[range.clone()]);
            let (mean, exp_q) = (&means[range.clone()], &exp_q[range]);
            for i in 0..d {
                centred[i] = point[i] - mean[i];
                y[i] = exp_q[i] * centred[i];
            }
            let mut below = &icf[c * size + d..(c + 1) * size];
            for i in 0..d {
                let (column, rest) = below.split_at(d - 1 - i);
                for (y, l) in y[i + 1..].iter_mut().zip(column) {
                    *y += l * centred[i];
                }
                below = rest;
            }
            let squares: f64 = y.iter().map(|y| y * y).sum();
            terms[c] = alphas[c] + sum_q[c] - 0.5 * squares;
        }
        let max = terms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let mut sum = 0.0;
        for term in &mut terms {
            *term = (*term - max).exp();
            sum += *term;
        }
        value += max + sum.ln();
        for c in 0..k {
            let weight = terms[c] / sum;
            gradient.alphas[c] += weight;
            let range = c * d..(c + 1) * d;
            let (y, centred) = (&y[range.clone()], &centred[range.clone()]);
            let (exp_q, dmean) = (&exp_q[range.clone()], &mut gradient.means[range]);
            let (dq, mut dbelow) = gradient.icf[c * size..(c + 1) * size].split_at_mut(d);
            for i in 0..d {
                dy[i] = -weight * y[i];
            }
            for i in 0..d {
                dc[i] = dy[i] * exp_q[i];
                dq[i] += weight + dc[i] * centred[i];
            }
            let mut below = &icf[c * size + d..(c + 1) * size];
            for i in 0..d {
                let (column, rest) = below.split_at(d - 1 - i);
                let (dcolumn, drest) = dbelow.split_at_mut(d - 1 - i);
                let mut sum = 0.0;
                for ((dl, l), dy) in dcolumn.iter_mut().zip(column).zip(&dy[i + 1..]) {
                    *dl += dy * centred[i];
                    sum += dy * l;
                }
                dc[i] += sum;
                (below, dbelow) = (rest, drest);
            }
            for i in 0..d {
                dmean[i] -= dc[i];
            }
        }
    }
    let log_sum = log_sum_exp(alphas);
    for (dalpha, alpha) in gradient.alphas.iter_mut().zip(alphas) {
        *dalpha -= n as f64 * (alpha - log_sum).exp();
    }
    let gamma = wishart.gamma * wishart.gamma;
    for c in 0..k {
        let (dq, dbelow) = gradient.icf[c * size..(c + 1) * size].split_at_mut(d);
        for i in 0..d {
            let exp_q = exp_q[c * d + i];
            dq[i] += gamma * exp_q * exp_q - f64::from(wishart.m);
        }
        for (dl, l) in dbelow.iter_mut().zip(&icf[c * size + d..(c + 1) * size]) {
            *dl += gamma * l;
        }
    }
    value += log_prior(icf, &exp_q, &sum_q, d, *wishart) - n as f64 * log_sum
        + constant(n, d, k, *wishart);
    (value, gradient)
}
