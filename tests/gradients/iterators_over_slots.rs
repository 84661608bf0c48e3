//! Chains and loops over sequences that are changed before and between.

mod a_sequence_changed_by_its_own_sums {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let mut s = 0.0;
        for k in 0..3 {
            s += a.iter().zip(x.iter()).map(|(p, q)| p * q).sum::<f64>();
            for i in 0..a.len() {
                a[i] = a.iter().skip(i).take(2).map(|v| v * y).sum::<f64>();
            }
            s += a.windows(2).map(|w| w[0] * w[1]).sum::<f64>() * k as f64;
            let b: Vec<f64> = a.iter().rev().map(|v| v * s).collect();
            a = b;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        for n in 0..4 {
            let x: Vec<f64> = [0.5, 0.7, 0.2, 0.9, 1.1, 0.3, 0.4, 0.6][..n].to_vec();
            check_gradient!(f, &x, 0.3);
        }
    }
}

mod a_recurrence_over_a_list {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = vec![x, k];
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s = s * *v + k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_sum_over_a_list {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = vec![x, k];
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s += *v * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_recurrence_over_a_copy {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], k: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for v in a.iter() {
            s = s * *v + k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.2], 0.3);
    }
}

mod a_copied_element {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], k: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= k;
        a.iter().copied().map(|v| v * k).sum::<f64>()
            + a.iter().map(|&v| v * k).sum::<f64>()
            + a.iter().map(|v| *v * k).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.2], 0.3);
    }
}

mod a_method_of_an_element {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], k: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for v in &a {
            let w = *v;
            s += w.sin();
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.2], 0.3);
    }
}

mod an_element_that_is_lent {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(v: &f64) -> f64 {
        *v * *v
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] *= y;
        let mut s = 0.0;
        for v in &a {
            s += g(v);
        }
        for v in &a {
            if *v > 0.2 {
                s += 1.0;
            } else {
                s *= *v;
            }
        }
        s + g(&a[0])
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_sum_of_a_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut m = vec![vec![x, k], vec![k, x * k]];
        m[1][0] *= k;
        let c: Vec<f64> = m.iter().map(|r| r.iter().sum::<f64>()).collect();
        c[0] * c[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod an_element_of_a_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut m = vec![vec![x, k], vec![k, x * k]];
        m[1][0] *= k;
        let mut s = 0.0;
        for r in &m {
            s += r[0] * r[1];
        }
        s + m.iter().map(|r| r[0] * r[1]).sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_slice_that_is_lent {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: &[f64]) -> f64 {
        a.iter().map(|v| v * v).sum()
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let mut s = 0.0;
        for i in 0..a.len() {
            s += g(&a[i..]) * g(&a[..i]);
            a[i] *= y * s;
        }
        s + g(&a)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3], 0.3);
    }
}

mod a_struct_behind_a_reference {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Copy, Differentiable)]
    struct P {
        x: f64,
        y: f64,
    }
    #[differentiable]
    fn g(p: P) -> f64 {
        p.x * p.y
    }
    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut v = vec![P { x, y: k }, P { x: k, y: x }];
        v[0].x *= k;
        let mut s = 0.0;
        for p in v.iter() {
            s += g(*p) * p.x;
        }
        for p in &v {
            let q = *p;
            s += q.y;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_pair_of_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        a[0] *= y;
        let mut s = 0.0;
        for (i, (p, q)) in a.iter().zip(x.iter()).enumerate() {
            s += *p * *q * i as f64;
        }
        for (&p, &q) in a.iter().zip(x) {
            s += p * q;
        }
        for w in a.windows(2) {
            let [p, q] = [w[0], w[1]];
            s += p * q;
        }
        for c in a.chunks(2) {
            s += c.iter().map(|v| *v * y).sum::<f64>();
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.1], 0.3);
    }
}

mod a_mutable_parameter {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: &mut [f64], y: f64) -> f64 {
        a[0] *= y;
        let mut s = 0.0;
        for v in a.iter() {
            s += v * v;
        }
        s += a.iter().map(|v| v * y).sum::<f64>();
        for v in a.iter() {
            s += *v;
        }
        a[1] = s;
        s
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let s = g(&mut a, y);
        s * a[1] + a[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_method_that_pushes {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    impl A {
        #[differentiable]
        fn norm(&self) -> f64 {
            self.v.iter().map(|x| x * x).sum::<f64>() * self.b
        }
        #[differentiable]
        fn go(&mut self, k: usize) -> f64 {
            let mut s = 0.0;
            for _ in 0..k {
                s += self.norm();
                self.v.push(s);
            }
            s
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        let s = a.go(2);
        s * a.b + a.v[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_method_that_scales {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    impl A {
        #[differentiable]
        fn norm(&self) -> f64 {
            self.v.iter().map(|x| *x * self.b).sum::<f64>()
        }
        #[differentiable]
        fn step(&mut self) -> f64 {
            let n = self.norm();
            self.v[0] *= n;
            self.b *= n;
            let m = self.norm();
            m * n
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        a.step() + a.b * a.v[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
