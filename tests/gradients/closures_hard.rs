//! Hard cases of closures.

mod closure_calls_assigning_closure {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut s = y;
        let mut add = |v: f64| s += v * x;
        let mut twice = |v: f64| {
            add(v);
            add(v * v);
        };
        twice(x);
        twice(y);
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_calls_assigning_in_loop {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut s = 1.0;
        let mut add = |v: f64| s += v * x;
        let mut twice = |v: f64| {
            add(v);
            add(v * v);
        };
        for i in 0..n {
            twice(x * i as f64);
        }
        s * s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 3usize);
        check_gradient!(f, 0.7, 0usize);
    }
}

mod move_copy_var {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut k = x;
        let g = move |v: f64| v * k;
        k *= y;
        g(y) + k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod captured_slot_written {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = vec![0.0; 3];
        let mut put = |i: usize, v: f64| {
            a[i] += v * y;
            a[i] * v
        };
        let p = put(0, x[0]);
        let q = put(0, x[1]);
        let r = put(2, p * q);
        r + a[0] * a[2] + a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 1.3);
    }
}

mod captured_slot_in_loop {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = vec![y; 3];
        let mut put = |i: usize, v: f64| {
            a[i % 3] *= v * y;
        };
        for (i, v) in x.iter().enumerate() {
            if *v > 0.1 {
                put(i, *v);
            } else {
                put(i + 1, v * v);
            }
        }
        a[0] + a[1] * a[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05, -0.3, 0.9, 1.2], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod closure_in_while_cond {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64) -> f64 {
        let mut s = x;
        let sq = |v: f64| v * v;
        while sq(s) < 20.0 {
            s = s * 1.5 + sq(x);
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7);
    }
}

mod assigning_closure_in_while_cond {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64) -> f64 {
        let mut s = x;
        let mut n = 0;
        let mut step = || {
            s = s * s + 0.5;
            s
        };
        while step() < 20.0 {
            n += 1;
        }
        s * n as f64
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7);
    }
}

mod closure_branch_assign {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut best = x;
        let mut see = |v: f64| {
            if v > best {
                best = v
            }
        };
        see(y);
        see(y * y);
        see(0.1);
        best * x
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
        check_gradient!(f, 2.7, 1.3);
    }
}

mod closure_loop_inside {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let horner = |c: &[f64], t: f64| {
            let mut s = 0.0;
            for v in c.iter().rev() {
                s = s * t + v;
            }
            s
        };
        let c = [x, 1.0, x * x];
        let mut r = 0.0;
        for i in 0..n {
            r += horner(&c, x + i as f64);
        }
        r + horner(&[x], 2.0)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 3usize);
    }
}

mod closure_param_shadows {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |y: f64| {
            let x = y * x;
            x * y
        };
        let x = y;
        g(x) + x
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_mut_param {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |mut v: f64| {
            v *= y;
            v += x;
            v * v
        };
        g(x) + g(y) * x
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_mut_param_same_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut v = x * 2.0;
        let g = |mut v: f64| {
            v *= y;
            v += x;
            v * v
        };
        let a = g(x);
        v += a;
        v + g(v)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_local_same_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut s = x;
        let g = |v: f64| {
            let mut s = v;
            for _ in 0..3 {
                s = s * y;
            }
            s
        };
        let a = g(x);
        s += a * g(y);
        s * g(s)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_local_slot_same_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let g = |v: f64| {
            let mut a = [v, v * v];
            a[0] *= y;
            a[0] + a[1]
        };
        let p = g(x);
        a[0] = p * a[1];
        a[0] * g(a[0]) + a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod mut_ref_param_closure {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let add = |s: &mut f64, v: f64| *s += v * y;
        let mut s = x;
        add(&mut s, x);
        add(&mut s, y);
        s * s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod mut_slice_param_closure {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let scale = |s: &mut [f64], v: f64| {
            for i in 0..s.len() {
                s[i] *= v;
            }
        };
        let mut s = [x, y, x * y];
        scale(&mut s, x);
        scale(&mut s, y);
        s[0] * s[1] + s[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_as_function_arg {
    use micrograd_core::{check_gradient, differentiable};

    fn ap<F: Fn(f64) -> f64>(g: F, v: f64) -> f64 {
        g(v)
    }
    #[differentiable]
    fn f(x: f64) -> f64 {
        let g = |v: f64| v * 2.0;
        let _ = g;
        g(x)
    }
    #[test]
    fn is_differentiated() {
        let _ = ap(|v| v, 1.0);
        check_gradient!(f, 0.7);
    }
}

mod map_mutates_capture {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut run = y;
        let c: Vec<f64> = x
            .iter()
            .map(|v| {
                run = run * v + y;
                run
            })
            .collect();
        let mut t = 0.0;
        for (i, v) in c.iter().enumerate() {
            t += v * x[i];
        }
        t * run
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05, -0.3], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod for_each_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut h = vec![0.0; 3];
        x.iter().enumerate().for_each(|(i, v)| h[i % 3] += v * y);
        (0..3).for_each(|i| h[i] *= h[(i + 1) % 3] + 1.0);
        h[0] * h[1] + h[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05, -0.3, 0.9], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod closure_in_match {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: usize) -> f64 {
        let mut s = x;
        let mut bump = |v: f64| {
            s *= v;
            s
        };
        let r = match k {
            0 => bump(2.0),
            1 => {
                bump(x);
                bump(x)
            }
            _ => x,
        };
        r + s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 0usize);
        check_gradient!(f, 0.7, 1usize);
        check_gradient!(f, 0.7, 2usize);
    }
}

mod fold_with_closure_name {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let step = |acc: f64, v: &f64| acc * y + v;
        x.iter().fold(y, step) + x.iter().rev().fold(0.0, step)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05, -0.3, 0.9], 1.3);
    }
}

mod closure_called_in_index_and_branch {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let at = |i: usize| x[i % x.len()];
        let mut s = 0.0;
        for i in 0..5 {
            if at(i) > 0.2 {
                s += at(i + 1) * y;
            } else {
                s -= at(i + 2) * s;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.05], 1.3);
    }
}

mod closure_redefined {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |v: f64| v * x;
        let g = |v: f64| g(v) + g(y);
        let x = g(x);
        let g = |v: f64| g(v * x);
        g(y)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_tuple {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let rot = |a: f64, b: f64| (a * x.cos() - b * x.sin(), a * x.sin() + b * x.cos());
        let (p, q) = rot(x, y);
        let (p, q) = rot(p, q);
        p * q
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_tuple_pat {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let g = |(a, b): (f64, f64), [c, d]: [f64; 2]| a * c - b * d * x;
        g((x, y), [y, 2.0]) + g((1.0, x), [x, x])
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_array_mut {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut hist = Vec::new();
        let mut rec = |v: f64| {
            hist.push(v * y);
            v + y
        };
        let a = rec(x);
        let b = rec(a);
        let c = rec(b * a);
        let mut s = c;
        for h in &hist {
            s += h * h;
        }
        s + hist.len() as f64
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod closure_block_scope_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        {
            let mut set = |i: usize| a[i] = a[1 - i] * x;
            set(0);
            set(1);
            set(0);
        }
        let g = |i: usize| a[i] * a[i];
        g(0) + g(1) * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 1.3);
    }
}

mod capture_loop_var {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut s = 0.0;
        for i in 0..n {
            let w = x * i as f64;
            let g = |v: f64| v * w + s;
            let t = g(x) + g(2.0);
            s = t * 0.5;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7, 4usize);
    }
}

mod capture_by_ref_after_end {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64) -> f64 {
        let mut s = x;
        let g = |v: f64| v * s;
        let a = g(2.0);
        s = a * x;
        let h = |v: f64| v * s;
        let b = h(3.0);
        s += b;
        s * a
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.7);
    }
}

mod assigning_closure_nested_loop_return {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut s = x;
        let mut bump = |v: f64| {
            s += v;
            s > 2.0
        };
        for i in 0..n {
            for j in 0..i {
                if bump(x * j as f64) {
                    return s * x;
                }
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 5usize);
        check_gradient!(f, 0.5, 2usize);
    }
}

mod closure_chain_assign {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut s = x;
        let k = y;
        let g = |v: f64| v * k;
        let mut a = |v: f64| {
            s += g(v);
            s
        };
        let mut b = |v: f64| {
            let k = 3.0;
            a(v * k) + k
        };
        let r = b(x) * b(y);
        r + s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod move_scalar_loop {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut k = x;
        let mut s = 0.0;
        for i in 0..n {
            let g = move |v: f64| v * k + i as f64;
            k = g(k) * 0.5;
            s += g(x) * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 4usize);
    }
}

mod closure_second_capture_of_vec_move {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        let b = a.clone();
        let g = move |i: usize| b[i] * y;
        a[0] = g(1);
        a[0] * g(0)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod store_order_index_side {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut i = 0;
        let mut a = [x, y, 1.0];
        let mut next = || {
            i += 1;
            i - 1
        };
        let p = next();
        a[p] = a[next()] * x;
        let q = next();
        a[q] += a[0];
        a[0] * a[1] + a[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
