//! What closures capture, read and change.

mod a_closure_that_calls_an_assigning_one {
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

mod an_assigning_closure_in_a_loop {
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

mod a_chain_of_assigning_closures {
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

mod a_closure_that_assigns_in_a_branch {
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

mod an_assigning_closure_in_a_match {
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

mod an_assigning_closure_in_a_condition {
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

mod an_assigning_closure_before_a_return {
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

mod a_captured_vector {
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

mod a_captured_vector_in_a_loop {
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

mod a_captured_vector_that_grows {
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

mod a_capture_that_ends_with_its_block {
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

mod a_mapped_closure_that_assigns {
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

mod a_closure_for_each_element {
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

mod a_capture_of_an_iteration {
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

mod a_capture_that_changes_between_closures {
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

mod a_moved_copy {
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

mod a_moved_copy_of_each_iteration {
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

mod a_moved_clone {
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
