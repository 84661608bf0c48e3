//! Calls both of whose sweeps run at once, in loops whose rounds share the callee's memory: whatever the round before
//! left there, and however long it was.

use micrograd_core::{Scalar, check_gradient, differentiable, gradient};

fn numbers(n: usize) -> Vec<f64> {
    (0..n).map(|i| (1.7 * i as f64 + 0.4).sin()).collect()
}

/// Parts of one sequence of different lengths, longer and shorter in turn, one of them empty.
const PARTS: [(usize, usize); 7] = [(0, 3), (3, 5), (5, 10), (10, 10), (10, 11), (1, 9), (2, 4)];

over_parts! {
    each_round_has_memory_of_its_own;
    sum_of_sums of scratch_that_starts_as_it_is;
    sum_of_products of scratch_with_versions;
    sum_of_copies of scratch_that_is_copied;
    sum_of_powers of a_tape;
    sum_of_triangles of tapes_of_different_lengths;
    sum_of_branches of a_tape_of_branches;
    sum_of_collected of what_a_loop_collects;
    sum_of_grown of scratch_that_grows;
    sum_of_pushed of scratch_that_starts_empty;
    sum_of_rows of scratch_of_rows;
    sum_of_shrunk of scratch_that_shrinks;
    sum_of_swapped of scratch_that_is_exchanged;
    sum_of_assigned of scratch_that_is_assigned;
    sum_of_moved of scratch_that_is_moved;
    sum_of_lent of scratch_that_is_lent;
    sum_of_nested of a_call_of_a_call;
    sum_of_written of a_rule_that_is_written_by_hand;
    sum_of_generic of a_generic_function;
    sum_of_recursive of a_recursive_function;
    sum_of_checkpoints of a_checkpoint;
    sum_of_blocks of a_loop_in_blocks;
    sum_of_singles of scratch_of_another_type;
    sum_of_arrays of scratch_of_arrays;
}

#[differentiable]
fn scratch_that_starts_as_it_is(x: &[f64], w: f64) -> f64 {
    let mut y = vec![0.5; x.len() + 1];
    for i in 0..x.len() {
        y[i + 1] += x[i] * y[i] * w;
    }
    y[x.len()].sin() + y[0]
}

#[differentiable]
fn scratch_with_versions(x: &[f64], w: f64) -> f64 {
    let n = x.len();
    let mut y = vec![0.0; n];
    let mut product = w;
    for c in 0..3 {
        for i in 0..n {
            y[i] = x[i] * w + c as f64;
        }
        for i in 1..n {
            y[i] += y[i - 1] * x[i];
        }
        let mut squares = 0.0;
        for i in 0..n {
            squares += y[i] * y[i];
        }
        product *= (squares * w).sin();
    }
    product
}

#[differentiable]
fn scratch_that_is_copied(x: &[f64], w: f64) -> f64 {
    let mut y = vec![0.3; x.len()];
    let mut total = 1.0;
    for c in 0..4 {
        for i in c..x.len() {
            y[i] = y[i] * x[i] + w;
        }
        let mut squares = 0.0;
        for i in 0..x.len() {
            squares += y[i] * y[i];
        }
        total += (0.1 * squares + total).sin();
    }
    total
}

#[differentiable]
fn a_tape(x: &[f64], w: f64) -> f64 {
    let mut power = w;
    for v in x {
        power = (power * v).sin() + w;
    }
    power
}

#[differentiable]
fn tapes_of_different_lengths(x: &[f64], w: f64) -> f64 {
    let mut power = w;
    for i in 0..x.len() {
        for j in i..x.len() {
            power = (power * x[j]).cos();
        }
        power *= x[i];
    }
    power
}

#[differentiable]
fn a_tape_of_branches(x: &[f64], w: f64) -> f64 {
    let mut power = w;
    for v in x {
        if power * v > 0.1 {
            power = power.exp() * v;
        } else {
            let squared = power * power;
            power = (squared * v).tanh() + v;
        }
    }
    power
}

#[differentiable]
fn what_a_loop_collects(x: &[f64], w: f64) -> f64 {
    let waves: Vec<f64> = x.iter().map(|v| (v * w).sin()).collect();
    let mut product = 1.0;
    for wave in &waves {
        product = product * wave + w;
    }
    product
}

#[differentiable]
fn scratch_that_grows(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; 2];
    for v in x {
        let last = y[y.len() - 1];
        y.push(last * v + w);
    }
    y[y.len() - 1] * y[y.len() - 2]
}

#[differentiable]
fn scratch_that_starts_empty(x: &[f64], w: f64) -> f64 {
    let mut waves = Vec::new();
    let mut steps: Vec<f64> = Vec::with_capacity(x.len());
    for v in x {
        waves.push((v * w).sin());
        steps.push(waves[waves.len() - 1] * v);
    }
    let mut power = w;
    for i in 0..waves.len() {
        power = (power * waves[i]).cos() + steps[i] * steps[i];
    }
    power
}

#[differentiable]
fn scratch_of_rows(x: &[f64], w: f64) -> f64 {
    let mut rows = Vec::new();
    let mut singles = Vec::<f32>::new();
    for v in x {
        rows.push([v * w, 1.0]);
        singles.push(0.5);
    }
    let mut power = w;
    for i in 0..rows.len() {
        power = power * rows[i][0] + rows[i][1] * singles[i] as f64;
    }
    power
}

#[differentiable]
fn scratch_that_shrinks(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len() + 2];
    for i in 0..x.len() {
        y[i] *= x[i];
    }
    y.truncate(x.len() / 2 + 1);
    let last = y.pop().unwrap();
    last * w
}

#[differentiable]
fn scratch_that_is_exchanged(x: &[f64], w: f64) -> f64 {
    let mut now = vec![w; x.len()];
    let mut next = vec![0.0; x.len()];
    for _ in 0..3 {
        for i in 0..x.len() {
            next[i] = now[i] * x[i] + now[(i + 1) % x.len()];
        }
        std::mem::swap(&mut now, &mut next);
    }
    let mut total = w;
    for i in 0..x.len() {
        total += now[i] * next[i];
    }
    total
}

#[differentiable]
fn scratch_that_is_assigned(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len()];
    for i in 0..x.len() {
        y[i] *= x[i];
    }
    if x.len() > 2 {
        y = vec![x[1]; 3];
    }
    let mut total = 0.0;
    for v in &y {
        total += v * v;
    }
    total.sin()
}

#[differentiable]
fn energy(y: Vec<f64>) -> f64 {
    let mut total = 0.0;
    for v in &y {
        total += v * v;
    }
    total
}

#[differentiable]
fn scratch_that_is_moved(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len()];
    for i in 0..x.len() {
        y[i] *= x[i] * y[i];
    }
    energy(y) * w
}

#[differentiable]
fn doubles(y: &mut [f64], w: f64) {
    for v in y.iter_mut() {
        *v *= 2.0 * w;
    }
}

#[differentiable]
fn scratch_that_is_lent(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len()];
    for i in 0..x.len() {
        y[i] += x[i];
    }
    doubles(&mut y, w);
    scratch_that_starts_as_it_is(&y, w)
}

#[differentiable]
fn a_call_of_a_call(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len()];
    for i in 0..x.len() {
        y[i] *= x[i];
    }
    scratch_with_versions(&y, w)
}

#[differentiable(rule = squared_rule)]
fn a_rule_that_is_written_by_hand(x: &[f64], w: f64) -> f64 {
    x.iter().map(|v| v * v).sum::<f64>() * w
}

fn squared_rule(x: &[f64], w: f64) -> (f64, impl Fn(f64) -> (Vec<f64>, f64)) {
    let squares: f64 = x.iter().map(|v| v * v).sum();
    let x = x.to_vec();
    let back = move |dy: f64| (x.iter().map(|v| 2.0 * v * w * dy).collect(), squares * dy);
    (squares * w, back)
}

#[differentiable]
fn a_generic_function<T: Scalar>(x: &[T], w: T) -> T {
    let mut power = w;
    for i in 0..x.len() {
        power = power * x[i] + w;
    }
    power
}

#[differentiable]
fn a_recursive_function(x: &[f64], w: f64) -> f64 {
    if x.len() == 0 {
        w
    } else {
        x[0] * a_recursive_function(&x[1..], w * w) + w
    }
}

#[differentiable(checkpoint)]
fn a_checkpoint(x: &[f64], w: f64) -> f64 {
    let mut power = w;
    for v in x {
        power = (power * v).sin() + w;
    }
    power
}

#[differentiable]
fn a_loop_in_blocks(x: &[f64], w: f64) -> f64 {
    let mut power = w;
    #[checkpoint]
    for v in x {
        power = (power * v).sin() + w;
    }
    power
}

#[differentiable]
fn scratch_of_another_type(x: &[f64], w: f64) -> f64 {
    let mut y: Vec<f32> = vec![0.25; x.len()];
    for i in 0..x.len() {
        y[i] *= 2.0;
    }
    let mut total = w;
    for i in 0..x.len() {
        total = (total * x[i]).sin() + y[i] as f64;
    }
    total
}

#[differentiable]
fn scratch_of_arrays(x: &[f64], w: f64) -> f64 {
    let mut y = vec![[w, 1.0]; x.len()];
    for i in 0..x.len() {
        y[i][0] *= x[i];
        y[i][1] += y[i][0];
    }
    let mut total = w;
    for i in 0..x.len() {
        total = (total * y[i][1]).sin();
    }
    total
}

const SHIFTS: [f64; 3] = [0.3, -0.2, 0.9];

#[differentiable]
fn weighted(x: &[f64], w: &[f64], n: usize) -> f64 {
    let mut total = 0.0;
    for i in 0..n {
        let m = i % 3 + 1;
        total += 2.0 * a_tape(&x[..m], w[i]) - scratch_with_versions(&x[i..], w[0]) / 3.0;
        total -= powers(&x[m..], i, &SHIFTS[..m], w[m] * w[m]);
    }
    total / n as f64
}

#[differentiable(no_gradient(shift))]
fn powers(x: &[f64], n: usize, shift: &[f64], w: f64) -> f64 {
    let mut y = vec![w; n + 1];
    for i in 0..n {
        y[i + 1] = y[i] * x[i % x.len()] + shift[i % shift.len()];
    }
    y[n]
}

#[test]
fn several_calls_in_a_round_with_factors() {
    for n in [1, 2, 5] {
        check_gradient!(weighted, &numbers(7), &numbers(6), n);
    }
    let none = gradient!(weighted, &numbers(7), &numbers(6), 0);
    assert!(none.0.is_nan());
    assert_eq!(none.1.0, vec![0.0; 7]);
}

#[differentiable]
fn waits(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        let value = a_tape(&x[i..], w);
        total += value * value;
    }
    total
}

#[differentiable]
fn changes(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len()];
    let mut total = 0.0;
    for i in 0..x.len() {
        let value: f64 = a_tape(&y, w);
        y[i] = value * x[i];
        total += value;
    }
    total
}

#[differentiable]
fn ends_with_a_call(x: &[f64], w: f64) -> f64 {
    let mut y = vec![w; x.len()];
    for i in 0..x.len() {
        y[i] = (y[i] * x[i]).sin();
    }
    let value = a_tape(&y, w);
    y[0] = value * w;
    value - scratch_that_starts_as_it_is(&y, y[0])
}

#[test]
fn a_call_waits_for_a_cotangent_that_is_not_known() {
    check_gradient!(waits, &numbers(5), 0.8);
    check_gradient!(changes, &numbers(5), 0.8);
    check_gradient!(ends_with_a_call, &numbers(5), 0.8);
}

#[differentiable]
fn scratch_in_the_loop(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for p in 0..PARTS.len() {
        let (from, to) = PARTS[p];
        let part = &x[from..to];
        let mut y = vec![0.5; part.len()];
        let mut z = vec![0.0; part.len()];
        let waves: Vec<f64> = part.iter().map(|v| (v * w).sin()).collect();
        for c in 0..2 {
            for i in 0..part.len() {
                z[i] = y[i] * part[i] + c as f64;
            }
            for i in 0..part.len() {
                y[i] += z[i] * z[i] * waves[i];
            }
        }
        let mut product = 1.0;
        for i in 0..part.len() {
            product *= y[i] + w;
        }
        total += product;
    }
    total
}

#[test]
fn scratch_memory_of_the_loop_itself() {
    check_gradient!(scratch_in_the_loop, &numbers(11), 0.7);
}

#[differentiable]
fn may_stop(x: &[f64], w: f64) -> f64 {
    let mut power = w;
    for v in x {
        if power > 1.2 {
            break;
        }
        power = power * v + 1.0;
    }
    power
}

#[differentiable]
fn stops(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for p in 0..PARTS.len() {
        if p == 6 {
            break;
        }
        if p == 2 {
            continue;
        }
        let (from, to) = PARTS[p];
        let value: f64 = may_stop(&x[from..to], w);
        total += value;
    }
    total
}

#[test]
fn loops_that_stop() {
    check_gradient!(stops, &numbers(11), 0.7);
}

#[differentiable]
fn called_once(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        total += scratch_that_starts_as_it_is(&x[i..], w);
    }
    total
}

#[differentiable]
fn called_often(x: &[f64], w: f64) -> f64 {
    let mut total = 0.0;
    for i in 0..x.len() {
        total += scratch_that_starts_as_it_is(&x[i..], w);
        total -= 0.5 * scratch_that_starts_as_it_is(&x[..i], w * w);
        for j in 0..i {
            total += scratch_that_starts_as_it_is(&x[j..i], x[j]);
        }
    }
    total
}

#[test]
fn the_calls_of_one_function_share_its_memory() {
    check_gradient!(called_once, &numbers(5), 0.8);
    check_gradient!(called_often, &numbers(5), 0.8);
    // Else the memory of a function would double with each function that calls the one before it twice.
    let once = size_of_val(&called_once::rrule_fused());
    assert!(once > 0);
    assert_eq!(size_of_val(&called_often::rrule_fused()), once);
}

#[differentiable]
fn distance(point: &[f64], scale: f64) -> f64 {
    let mut sum = 1.0;
    for i in 0..point.len() {
        sum += (scale * point[i]).powi(2);
    }
    sum.sqrt()
}

/// The callee would have the derivative in the points, which nobody asks for.
#[differentiable(no_gradient(x))]
fn distances(x: &[f64], scale: f64) -> f64 {
    let mut total = 0.0;
    for p in 0..PARTS.len() {
        let (from, to) = PARTS[p];
        total += distance(&x[from..to], scale);
    }
    total
}

#[test]
fn what_nobody_reads_fits_each_round() {
    let x = numbers(11);
    let (value, (_, scale)) = gradient!(distances, &x, 0.7);
    let of_parts = PARTS.map(|(from, to)| gradient!(distance, &x[from..to], 0.7));
    assert_eq!(value, of_parts.iter().map(|part| part.0).sum::<f64>());
    let expected: f64 = of_parts.iter().map(|part| part.1.1).sum();
    assert!((scale - expected).abs() < 1e-14, "{scale} {expected}");
}
