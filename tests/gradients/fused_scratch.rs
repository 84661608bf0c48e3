//! Scratch memory of functions whose calls share it: memory that each call writes anew keeps what the call before left there,
//! values and the zeros of its cotangent alike; all other memory begins as the function says.

use micrograd_core::{check_gradient, differentiable};

fn numbers(n: usize) -> Vec<f64> {
    (0..n).map(|i| (1.3 * i as f64 + 0.2).sin()).collect()
}

/// Parts of one sequence of different lengths, longer and shorter in turn.
const PARTS: [(usize, usize); 7] = [(0, 3), (3, 5), (5, 10), (4, 9), (10, 11), (1, 9), (2, 4)];

over_parts! {
    each_call_finds_its_memory_as_it_should;
    sum_of_written of written_anew;
    sum_of_lent of written_anew_and_lent;
    sum_of_repeated of written_anew_over_a_number;
    sum_of_two of one_written_of_the_other;
    sum_of_singles of written_anew_in_single_precision;
    sum_of_constants of written_with_what_has_no_derivative;
    sum_of_too_few of written_but_for_the_last;
    sum_of_later of written_from_the_second;
    sum_of_read of read_while_it_is_written;
    sum_of_before of read_before_it_is_written;
    sum_of_lent_inside of lent_while_it_is_written;
    sum_of_rotated of rotated_while_it_is_written;
    sum_of_swapped of swapped_while_it_is_written;
    sum_of_checked of checked_while_it_is_written;
    sum_of_some of written_here_and_there;
    sum_of_stopped of written_until_it_stops;
    sum_of_grown of grows_when_it_is_written;
    sum_of_shrunk of shrinks_when_it_is_written;
    sum_of_assigned of assigned_when_it_is_written;
    sum_of_changed of changed_by_a_call_when_it_is_written;
    sum_of_turned of turned_when_it_is_written;
    sum_of_twice of written_twice;
    sum_of_scattered of written_elsewhere;
    sum_of_rounds of written_anew_in_each_round;
}

#[differentiable]
fn smooth_maximum(y: &[f64]) -> f64 {
    let mut sum = 0.0;
    for v in y {
        sum += v.exp();
    }
    sum.ln()
}

#[differentiable]
fn written_anew(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    for i in 1..n {
        y[i] += y[i - 1] * x[i];
    }
    let mut product = w;
    for i in 0..n {
        product *= y[i] + 1.5;
    }
    product
}

#[differentiable]
fn written_anew_and_lent(x: &[f64], w: f64) -> f64 {
    let mut y = vec![0.0; x.len()];
    for i in 0..x.len() {
        let square = x[i] * x[i];
        y[i] = square * w + x[0];
    }
    smooth_maximum(&y) * y[0]
}

#[differentiable]
fn written_anew_over_a_number(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![w * w; n];
    for i in 0..n {
        y[i] = (x[i] * w).sin();
    }
    smooth_maximum(&y) + w
}

#[differentiable]
fn one_written_of_the_other(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    let mut z = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    for i in 0..n {
        z[i] = y[i] * y[n - 1 - i];
    }
    for i in 0..n {
        y[i] = z[i] - y[i] * z[0];
    }
    smooth_maximum(&y) * smooth_maximum(&z)
}

#[differentiable]
fn written_anew_in_single_precision(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0f32; n];
    for i in 0..n {
        y[i] = i as f32 + 0.5;
    }
    let mut total = w;
    for i in 0..n {
        total = (total * x[i]).sin() + f64::from(y[i]) * w;
    }
    total
}

#[differentiable]
fn written_with_what_has_no_derivative(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    let mut z = vec![0.0; n];
    for i in 0..n {
        y[i] = 0.1 * i as f64;
        z[i] = 0.5;
    }
    for i in 0..n {
        y[i] += x[i] * w;
        z[i] *= y[i];
    }
    smooth_maximum(&y) * smooth_maximum(&z)
}

#[differentiable]
fn written_but_for_the_last(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n - 1 {
        y[i] = x[i] * w;
    }
    y[n - 1] *= x[n - 1];
    smooth_maximum(&y)
}

#[differentiable]
fn written_from_the_second(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 1..n {
        y[i] = x[i] * w;
    }
    y[0] += x[0] * w;
    smooth_maximum(&y)
}

#[differentiable]
fn read_while_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n {
        y[i] = x[i] * w + y[n - 1 - i];
    }
    smooth_maximum(&y)
}

#[differentiable]
fn read_before_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    let before = smooth_maximum(&y) * w;
    for i in 0..n {
        y[i] = x[i] * w;
    }
    smooth_maximum(&y) * before
}

#[differentiable]
fn smooths(y: &mut [f64]) {
    let n = y.len();
    y[0] = (y[0] + y[n - 1]) * 0.5;
}

#[differentiable]
fn lent_while_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.5; n];
    for i in 0..n {
        y[i] = x[i] * w;
        smooths(&mut y);
    }
    y[0] * y[n - 1]
}

#[differentiable]
fn rotated_while_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n {
        y.rotate_left(1);
        y[i] = x[i] * w;
    }
    smooth_maximum(&y)
}

#[differentiable]
fn swapped_while_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    let mut z = vec![0.2; n];
    for i in 0..n {
        std::mem::swap(&mut y, &mut z);
        y[i] = x[i] * w;
    }
    smooth_maximum(&y) + smooth_maximum(&z) * w
}

#[differentiable]
fn checked_while_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n {
        assert!(y[i..].iter().all(|v| *v == 0.3));
        y[i] = x[i] * w;
    }
    smooth_maximum(&y)
}

#[differentiable]
fn written_here_and_there(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n {
        if x[i] > 0.1 {
            y[i] = x[i] * w;
        }
    }
    smooth_maximum(&y)
}

#[differentiable]
fn written_until_it_stops(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n {
        if x[i] < -0.5 {
            break;
        }
        y[i] = x[i] * w;
    }
    smooth_maximum(&y)
}

#[differentiable]
fn grows_when_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    y.push(w);
    y.push(x[0] * y[0]);
    smooth_maximum(&y)
}

#[differentiable]
fn shrinks_when_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    y.truncate(n / 2 + 1);
    smooth_maximum(&y)
}

#[differentiable]
fn assigned_when_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    let first = smooth_maximum(&y);
    y = vec![first; n + 1];
    y[n] += w;
    smooth_maximum(&y)
}

#[differentiable]
fn appends(y: &mut Vec<f64>, w: f64) {
    y.push(w * y[0]);
}

#[differentiable]
fn changed_by_a_call_when_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    appends(&mut y, w);
    smooth_maximum(&y)
}

#[differentiable]
fn turned_when_it_is_written(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    y.rotate_left(1);
    y.swap(0, n - 1);
    let mut total = w;
    for i in 0..n {
        total = (total * y[i]).sin() + x[i];
    }
    total
}

#[differentiable]
fn written_twice(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    for i in 0..n {
        y[i] = x[i] * w;
    }
    let first = smooth_maximum(&y);
    for i in 0..n {
        y[i] = y[i] * first;
    }
    for i in 0..n {
        y[i] = x[i] - y[i] * w;
    }
    smooth_maximum(&y)
}

#[differentiable]
fn written_elsewhere(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.3; n];
    for i in 0..n {
        y[i / 2] = x[i] * w;
    }
    smooth_maximum(&y)
}

#[differentiable]
fn written_anew_in_each_round(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for c in 1..4 {
        let mut y = vec![0.0; x.len()];
        for i in 0..x.len() {
            y[i] = x[i] * w * c as f64;
        }
        total += smooth_maximum(&y) * x[0];
    }
    total
}
