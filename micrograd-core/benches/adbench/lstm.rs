//! A character model: the loss of a diagonal LSTM over a text, by its parameters.

use micrograd_core::differentiable;

/// Layers, and characters of `width` bits.
#[derive(Clone, Debug)]
pub struct Instance {
    pub width: usize,
    /// For each layer the weights of the gates `f`, `i`, `o`, `g`, then their biases.
    pub main: Vec<f64>,
    /// The weights of the input and of the output, and the output's bias.
    pub extra: Vec<f64>,
    /// For each layer what is remembered at the start: hidden, then cell.
    pub state: Vec<f64>,
    /// The text.
    pub text: Vec<f64>,
}

impl Instance {
    pub fn value(&self) -> f64 {
        objective(&self.main, &self.extra, &self.state, &self.text, self.width)
    }

    pub fn generated(&self) -> (f64, Vec<f64>, Vec<f64>) {
        let (value, back) =
            pullback_objective(&self.main, &self.extra, &self.state, &self.text, self.width);
        let (main, extra, ..) = back(1.0);
        (value, main, extra)
    }
}

#[differentiable]
pub fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

#[differentiable(no_gradient(state, text))]
pub fn objective(main: &[f64], extra: &[f64], state: &[f64], text: &[f64], width: usize) -> f64 {
    let b = width;
    let layers = main.len() / (8 * b);
    let characters = text.len() / b;
    let mut state = state.to_vec();
    let mut input = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..characters - 1 {
        for j in 0..b {
            input[j] = text[t * b + j] * extra[j];
        }
        for layer in 0..layers {
            let (w, s) = (layer * 8 * b, layer * 2 * b);
            for j in 0..b {
                let hidden = state[s + j];
                let forget = sigmoid(input[j] * main[w + j] + main[w + 4 * b + j]);
                let ingate = sigmoid(hidden * main[w + b + j] + main[w + 5 * b + j]);
                let outgate = sigmoid(input[j] * main[w + 2 * b + j] + main[w + 6 * b + j]);
                let change = (hidden * main[w + 3 * b + j] + main[w + 7 * b + j]).tanh();
                let cell = state[s + b + j] * forget + ingate * change;
                state[s + b + j] = cell;
                state[s + j] = outgate * cell.tanh();
                input[j] = state[s + j];
            }
        }
        let mut sum = 2.0;
        let mut hits = 0.0;
        let mut bits = 0.0;
        for j in 0..b {
            let y = input[j] * extra[b + j] + extra[2 * b + j];
            let bit = text[(t + 1) * b + j];
            sum += y.exp();
            hits += bit * y;
            bits += bit;
        }
        total += hits - bits * sum.ln();
    }
    -total / ((characters - 1) * b) as f64
}

/// The gradient as one would write it by hand: the forward sweep keeps the gates and the hyperbolic
/// tangents, and nothing else.
pub fn by_hand(instance: &Instance) -> (f64, Vec<f64>, Vec<f64>) {
    let Instance {
        width: b,
        main,
        extra,
        state,
        text,
    } = instance;
    let b = *b;
    let layers = main.len() / (8 * b);
    let steps = text.len() / b - 1;
    const KEPT: usize = 7;
    let mut kept = vec![[0.0; KEPT]; steps * layers * b];
    let mut outputs = vec![0.0; steps * b];
    let mut sums = vec![0.0; steps];
    let mut state = state.clone();
    let mut input = vec![0.0; b];
    let mut total = 0.0;
    for t in 0..steps {
        for j in 0..b {
            input[j] = text[t * b + j] * extra[j];
        }
        for layer in 0..layers {
            let w = &main[layer * 8 * b..(layer + 1) * 8 * b];
            let (hidden, cell) = state[layer * 2 * b..(layer + 1) * 2 * b].split_at_mut(b);
            let kept = &mut kept[(t * layers + layer) * b..][..b];
            for j in 0..b {
                let forget = sigmoid(input[j] * w[j] + w[4 * b + j]);
                let ingate = sigmoid(hidden[j] * w[b + j] + w[5 * b + j]);
                let outgate = sigmoid(input[j] * w[2 * b + j] + w[6 * b + j]);
                let change = (hidden[j] * w[3 * b + j] + w[7 * b + j]).tanh();
                let before = (hidden[j], cell[j]);
                cell[j] = cell[j] * forget + ingate * change;
                let tanh = cell[j].tanh();
                kept[j] = [forget, ingate, outgate, change, tanh, before.0, before.1];
                hidden[j] = outgate * tanh;
                input[j] = hidden[j];
            }
        }
        let mut sum = 2.0;
        let (mut hits, mut bits) = (0.0, 0.0);
        for j in 0..b {
            let y = input[j] * extra[b + j] + extra[2 * b + j];
            let bit = text[(t + 1) * b + j];
            let exp = y.exp();
            outputs[t * b + j] = exp;
            sum += exp;
            hits += bit * y;
            bits += bit;
        }
        sums[t] = sum;
        total += hits - bits * sum.ln();
    }
    let scale = -1.0 / (steps * b) as f64;
    let mut dmain = vec![0.0; main.len()];
    let mut dextra = vec![0.0; extra.len()];
    let mut dstate = vec![0.0; state.len()];
    let mut dinput = vec![0.0; b];
    for t in (0..steps).rev() {
        let bits: f64 = text[(t + 1) * b..(t + 2) * b].iter().sum();
        let last = &kept[(t * layers + layers - 1) * b..][..b];
        let factor = scale * bits / sums[t];
        for j in 0..b {
            let dy = scale * text[(t + 1) * b + j] - factor * outputs[t * b + j];
            let output = last[j][2] * last[j][4];
            dextra[b + j] += dy * output;
            dextra[2 * b + j] += dy;
            dinput[j] = dy * extra[b + j];
        }
        for layer in (0..layers).rev() {
            let w = &main[layer * 8 * b..(layer + 1) * 8 * b];
            let dw = &mut dmain[layer * 8 * b..(layer + 1) * 8 * b];
            let (dhidden, dcell) = dstate[layer * 2 * b..(layer + 1) * 2 * b].split_at_mut(b);
            let here = &kept[(t * layers + layer) * b..][..b];
            let below = layer
                .checked_sub(1)
                .map(|below| &kept[(t * layers + below) * b..][..b]);
            for j in 0..b {
                let [forget, ingate, outgate, change, tanh, hidden, cell] = here[j];
                let input = match below {
                    Some(below) => below[j][2] * below[j][4],
                    None => text[t * b + j] * extra[j],
                };
                let dh = dhidden[j] + dinput[j];
                let dc = dcell[j] + dh * outgate * (1.0 - tanh * tanh);
                let da_out = dh * tanh * outgate * (1.0 - outgate);
                let da_forget = dc * cell * forget * (1.0 - forget);
                let da_in = dc * change * ingate * (1.0 - ingate);
                let da_change = dc * ingate * (1.0 - change * change);
                dw[j] += da_forget * input;
                dw[4 * b + j] += da_forget;
                dw[b + j] += da_in * hidden;
                dw[5 * b + j] += da_in;
                dw[2 * b + j] += da_out * input;
                dw[6 * b + j] += da_out;
                dw[3 * b + j] += da_change * hidden;
                dw[7 * b + j] += da_change;
                dcell[j] = dc * forget;
                dhidden[j] = da_in * w[b + j] + da_change * w[3 * b + j];
                dinput[j] = da_forget * w[j] + da_out * w[2 * b + j];
            }
        }
        for j in 0..b {
            dextra[j] += dinput[j] * text[t * b + j];
        }
    }
    (-total / (steps * b) as f64, dmain, dextra)
}
