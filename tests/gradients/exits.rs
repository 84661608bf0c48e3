//! Labels, `break` with a value, and `return` anywhere: what leaves more than the innermost block.
use micrograd_core::{check_gradient, differentiable};

#[differentiable]
fn labelled(x: &[f64], t: f64) -> f64 {
    let mut s = 0.0;
    'rows: for i in 0..x.len() {
        for j in 0..x.len() {
            if x[i] * x[j] > 6.0 {
                s += t;
                continue 'rows;
            }
            s += x[i] * x[j] * t;
            if s > 20.0 {
                break 'rows;
            }
            if j > i {
                break;
            }
        }
        s *= 1.1;
    }
    s * x.len() as f64
}

#[differentiable]
fn search(x: f64, limit: f64) -> f64 {
    let mut y = x;
    let root = loop {
        let next = 0.5 * (y + x / y);
        if (next - y).abs() < limit {
            break next * 2.0;
        }
        y = next;
    };
    root + y
}

#[differentiable]
fn from_the_outer_loop(x: f64) -> f64 {
    let mut total = x;
    let found = 'outer: loop {
        let mut k = 0;
        loop {
            k += 1;
            total += x * k as f64;
            if total > 40.0 {
                break 'outer total * x;
            }
            if k > 3 {
                break;
            }
        }
        total *= 1.5;
    };
    found - total
}

#[differentiable]
fn in_a_let(x: f64, y: f64) -> f64 {
    let scale = if x > 2.0 {
        return y * x;
    } else {
        x + 1.0
    };
    let shifted = match y {
        y if y > 3.0 => return scale * y,
        y if y > 1.0 => {
            if x < 0.0 {
                return -scale;
            }
            y * 2.0
        }
        _ => y + scale,
    };
    let mut last = 0.0;
    last = if scale > 1.8 {
        if y < 0.0 {
            return shifted;
        }
        shifted * last + x
    } else {
        scale
    };
    last * shifted
}

#[differentiable]
fn part_of_a_branch(x: f64, y: f64) -> f64 {
    let mut s = x;
    if x > 0.0 {
        s *= y;
        if s > 3.0 {
            return s * s;
        }
        s += 1.0;
    } else {
        s -= y;
        if y > 1.0 {
            s *= 2.0;
            if s < -4.0 {
                return s.sin();
            }
        }
    }
    s * x
}

#[differentiable]
fn part_of_a_match(x: f64, n: usize) -> f64 {
    let mut s = x;
    for k in 0..n {
        match k % 4 {
            0 => s += x,
            1 => {
                if s > 4.0 {
                    continue;
                }
                s *= x;
            }
            2 => {
                if s > 9.0 {
                    return s.sqrt();
                }
                s += 0.5;
            }
            _ => {
                if s > 30.0 {
                    break;
                }
                s *= 1.5;
            }
        }
        s += x * x;
    }
    s
}

#[differentiable]
fn three_loops(x: &[f64]) -> f64 {
    let mut product = 1.0;
    let mut i = 0;
    'a: while i < x.len() {
        i += 1;
        let mut j = 0;
        'b: loop {
            j += 1;
            for k in 0..4 {
                let term = x[i - 1] * k as f64;
                if term > 5.0 {
                    break 'b;
                }
                if term < -5.0 {
                    continue 'a;
                }
                product += term * term;
                if product > 300.0 {
                    return product * x[0];
                }
                if product > 150.0 {
                    break 'a;
                }
                if j == 2 {
                    continue 'b;
                }
                if j > 3 {
                    break 'b;
                }
            }
            if j > 5 {
                break;
            }
        }
        product *= 1.01;
    }
    product
}

#[differentiable]
fn labelled_block(x: f64, y: f64) -> f64 {
    let z = 'value: {
        if x > 1.0 {
            break 'value x * y;
        }
        let w = x.sin();
        if y > 2.0 {
            break 'value w * w;
        }
        w + y
    };
    let mut t = z;
    'effect: {
        t *= x;
        if t > 2.0 {
            break 'effect;
        }
        t += y;
    }
    t * z
}

#[differentiable]
fn endless(x: f64) -> f64 {
    let mut s = x;
    loop {
        s = s * 1.3 + 0.1;
        if s > 5.0 {
            return s * x;
        }
    }
}

#[differentiable]
fn nothing_returned(x: &mut [f64], limit: f64) {
    for i in 1..x.len() {
        if x[i] > limit {
            return;
        }
        x[i] *= x[i - 1] * limit;
    }
    x[0] += limit;
}

#[differentiable]
fn from_an_else(x: f64, values: &[f64]) -> f64 {
    let mut best: Option<f64> = None;
    for v in values {
        let Some(b) = best else {
            best = Some(*v * x);
            continue;
        };
        if *v > b {
            best = Some(*v);
        }
    }
    let Some(b) = best else {
        return x * x;
    };
    b * x
}

#[differentiable]
fn while_some(x: f64, start: Option<f64>) -> f64 {
    let mut s = x;
    let mut next = start;
    while let Some(step) = next {
        s += step * s;
        next = if step > 0.1 { Some(step * 0.5) } else { None };
    }
    s
}

#[differentiable]
fn chained(x: f64, a: Option<f64>, b: Option<f64>) -> f64 {
    let mut s = x;
    if x > 0.0
        && let Some(a) = a
        && a > 0.5
        && let Some(b) = b
    {
        s += a * b;
    } else {
        s *= 2.0;
    }
    let t = if let Some(a) = a
        && s > a
    {
        s * a
    } else {
        s
    };
    if let Some(b) = b
        && b > t
    {
        return b * b;
    }
    t
}

#[differentiable]
fn in_a_closure(x: f64, y: f64) -> f64 {
    let soft = |v: f64| {
        if v > 2.0 {
            return v.sqrt() * y;
        }
        for k in 0..4 {
            if v * k as f64 > 3.0 {
                return v * k as f64;
            }
        }
        v * v
    };
    soft(x) + soft(x * y) * soft(y)
}

/// The success and its pullback, or the failure.
#[differentiable]
fn failing(x: f64, y: f64) -> Result<f64, String> {
    let a = if x > 0.0 {
        x.ln()
    } else {
        return Err("not positive".into());
    };
    let b = match y {
        y if y > 4.0 => return Ok(a * y),
        y if y < -4.0 => return Err("too small".into()),
        _ => y * a,
    };
    for k in 0..3 {
        if b * k as f64 > 2.5 {
            return Ok(b * b);
        }
        if b * k as f64 > 2.0 {
            return Err("unlucky".into());
        }
    }
    Ok(b)
}

#[test]
fn labels_leave_outer_loops() {
    for t in [0.3, 1.0, 4.0] {
        check_gradient!(labelled, &vec![1.0, 2.0, 3.5], t);
        check_gradient!(labelled, &vec![0.1, 0.2, 0.3, 0.4], t);
    }
    for x in [
        vec![0.5, 1.0, 2.0],
        vec![-3.0, 1.0, 4.0],
        vec![1.1, 1.2, 1.3, 1.4, 1.5],
        vec![6.5, 1.5],
    ] {
        check_gradient!(three_loops, &x);
    }
    check_gradient!(from_the_outer_loop, 0.7);
    check_gradient!(from_the_outer_loop, 3.0);
}

#[test]
fn a_loop_has_the_value_of_its_break() {
    check_gradient!(search, 7.0, 1e-2);
    check_gradient!(search, 0.2, 1e-3);
    check_gradient!(endless, 0.2);
    check_gradient!(endless, 9.0);
}

#[test]
fn a_return_may_stand_in_a_let() {
    for (x, y) in [
        (3.0, 2.1),
        (0.5, 4.1),
        (0.5, 2.1),
        (-0.5, 2.1),
        (0.9, -1.0),
        (0.9, 0.5),
        (0.2, 0.5),
    ] {
        check_gradient!(in_a_let, x, y);
        check_gradient!(part_of_a_branch, x, y);
        check_gradient!(part_of_a_branch, -x, y);
        check_gradient!(part_of_a_branch, -4.0 * x, y + 1.5);
        check_gradient!(labelled_block, x, y);
    }
    for (x, y) in [(1.3, 1.7), (0.53, 0.9), (3.3, 0.4), (2.3, 2.6)] {
        check_gradient!(in_a_closure, x, y);
    }
}

#[test]
fn some_arms_may_leave() {
    for n in 0..14 {
        for x in [0.3, 1.1, 1.9] {
            let (value, back) = pullback_part_of_a_match(x, n);
            assert_eq!(value, part_of_a_match(x, n));
            let h = 1e-6;
            let slope = (part_of_a_match(x + h, n) - part_of_a_match(x - h, n)) / (2.0 * h);
            assert!(
                (back(1.0).0 - slope).abs() < 1e-6 * (1.0 + slope.abs()),
                "{x} {n}"
            );
        }
    }
}

#[test]
fn a_function_without_a_value_may_return_early() {
    for limit in [0.5, 3.0, 9.0] {
        let start = [2.0, 1.5, 4.0, 0.7];
        let mut x = start;
        let (_, back) = pullback_nothing_returned(&mut x, limit);
        let mut plain = start;
        nothing_returned(&mut plain, limit);
        assert_eq!(x, plain);
        let weights = vec![1.0, -2.0, 0.5, 3.0];
        let (dx, dlimit) = back(weights.clone());
        let objective = |x: &[f64; 4], limit: f64| {
            let mut x = *x;
            nothing_returned(&mut x, limit);
            x.iter().zip(&weights).map(|(x, w)| x * w).sum::<f64>()
        };
        let h = 1e-6;
        let slope = (objective(&start, limit + h) - objective(&start, limit - h)) / (2.0 * h);
        assert!(
            (dlimit - slope).abs() < 1e-6 * (1.0 + slope.abs()),
            "{dlimit} {slope}"
        );
        for i in 0..4 {
            let (mut up, mut down) = (start, start);
            up[i] += h;
            down[i] -= h;
            let slope = (objective(&up, limit) - objective(&down, limit)) / (2.0 * h);
            assert!(
                (dx[i] - slope).abs() < 1e-6 * (1.0 + slope.abs()),
                "{i}: {} {slope}",
                dx[i]
            );
        }
    }
}

#[test]
fn the_else_of_a_let_may_leave_a_loop() {
    check_gradient!(from_an_else, 2.0, &vec![]);
    check_gradient!(from_an_else, 2.0, &vec![1.0]);
    check_gradient!(from_an_else, 2.0, &vec![1.0, 3.0, 2.5]);
}

#[test]
fn a_while_loop_may_match() {
    check_gradient!(while_some, 2.0, Some(3.0));
    check_gradient!(while_some, 2.0, Some(0.01));
}

#[test]
fn conditions_may_be_chained_with_patterns() {
    check_gradient!(chained, 1.0, Some(0.7), Some(2.0));
    check_gradient!(chained, 1.0, Some(0.3), Some(0.2));
    check_gradient!(chained, -1.0, Some(0.7), Some(9.0));
}

#[test]
fn a_failure_may_stand_in_a_let() {
    for (x, y) in [(2.0, 5.0), (2.0, 1.0), (6.0, 0.9), (9.0, 0.4)] {
        let (value, back) = pullback_failing(x, y).unwrap();
        assert_eq!(Ok(value), failing(x, y));
        let (dx, dy) = back(1.0);
        let h = 1e-6;
        let at = |x, y| failing(x, y).unwrap();
        assert!((dx - (at(x + h, y) - at(x - h, y)) / (2.0 * h)).abs() < 1e-6);
        assert!((dy - (at(x, y + h) - at(x, y - h)) / (2.0 * h)).abs() < 1e-6);
    }
    for (x, y) in [(-1.0, 2.0), (2.0, -5.0), (3.0, 1.0)] {
        assert_eq!(
            pullback_failing(x, y).map(|_| ()),
            failing(x, y).map(|_| ())
        );
    }
}

#[differentiable]
fn assigned_in_a_loop(x: f64, c: f64) -> f64 {
    let mut p = x;
    let mut next;
    let mut k = 0;
    loop {
        next = p * 0.5 + c;
        k += 1;
        if k > 3 {
            break;
        }
        p = next;
    }
    next * p
}

#[differentiable]
fn assigned_in_nested_loops(x: f64, c: f64) -> f64 {
    let mut p = x;
    let mut next;
    let mut step;
    for _ in 0..3 {
        step = c;
        loop {
            next = p - step;
            if next > 0.0 {
                if next < 10.0 {
                    break;
                }
            }
            step /= 3.0;
        }
        if next == p {
            break;
        }
        p = next + step * step;
    }
    p
}

#[differentiable]
fn found_in_a_loop(x: f64, c: f64) -> f64 {
    let best;
    let mut pair: Vec<f64>;
    let mut k = 0;
    loop {
        pair = vec![x, c * k as f64];
        if pair[1] > x {
            best = pair[0] * pair[1];
            break;
        }
        k += 1;
    }
    best * pair[1]
}

#[test]
fn a_variable_may_get_its_first_value_in_a_loop() {
    check_gradient!(assigned_in_a_loop, 1.4, 0.7);
    check_gradient!(assigned_in_nested_loops, 1.4, 0.37);
    check_gradient!(found_in_a_loop, 1.4, 0.5);
}
