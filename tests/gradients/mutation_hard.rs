//! Hard cases of variables that are changed in part.

mod lu {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(a: &[Vec<f64>], b: &[f64]) -> f64 {
        let n = b.len();
        let mut m = a.to_vec();
        let mut x = b.to_vec();
        for k in 0..n {
            let mut p = k;
            for i in k + 1..n {
                if m[i][k].abs() > m[p][k].abs() {
                    p = i;
                }
            }
            m.swap(k, p);
            x.swap(k, p);
            for i in k + 1..n {
                let l = m[i][k] / m[k][k];
                for j in k..n {
                    m[i][j] -= l * m[k][j];
                }
                x[i] -= l * x[k];
            }
        }
        for i in (0..n).rev() {
            let mut s = x[i];
            for j in i + 1..n {
                s -= m[i][j] * x[j];
            }
            x[i] = s / m[i][i];
        }
        let mut d = 0.0;
        for i in 0..n {
            d += x[i] * (i as f64 + 1.0);
        }
        d
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(
            f,
            &vec![
                vec![0.1, 0.7, 2.0],
                vec![1.0, 0.3, 0.5],
                vec![0.4, 2.0, 0.3]
            ],
            &vec![1.0, 2.0, 0.5]
        );
    }
}

mod early_return_nested {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        for i in 0..a.len() {
            for j in 0..a.len() {
                a[j] = a[j] * y + a[i];
                if a[j] > 3.0 {
                    a[0] *= 2.0;
                    return a[0] * a[j] + y;
                }
            }
            a[i] += 0.1 * y;
        }
        a[0] + a[1] * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 1.3);
        check_gradient!(f, &vec![0.1, 0.1], 0.3);
        check_gradient!(f, &vec![3.1, 0.1], 1.3);
    }
}

mod break_continue_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = [0.0; 4];
        let mut k = 0;
        loop {
            if k >= x.len() {
                break;
            }
            a[k % 4] += x[k] * y;
            k += 1;
            if k % 3 == 0 {
                a[1] *= a[0];
                continue;
            }
            a[3] -= a[k % 4] * x[k - 1];
            if a[0] > 2.0 {
                a[2] = a[0] * a[0];
                break;
            }
            a[2] = a[2] + a[3] * 0.5;
        }
        a[0] + a[1] * a[2] + a[3]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2, 0.3, 1.4, 0.5, 0.6, 0.8, 0.2], 1.3);
        check_gradient!(f, &vec![2.0, 0.1, 0.3], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod question_in_loop {
    use micrograd_core::{check, differentiable};

    #[differentiable]
    fn root(v: f64) -> Result<f64, String> {
        if v < 0.0 {
            return Err("neg".to_string());
        }
        Ok(v.sqrt())
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> Result<f64, String> {
        let mut a = x.to_vec();
        for i in 1..a.len() {
            a[i] = root(a[i] + a[i - 1] * y)?;
            a[i - 1] *= a[i];
        }
        Ok(a[0] * a[a.len() - 1] + y)
    }
    #[test]
    fn is_differentiated() {
        check::gradient(
            &(vec![0.5, 0.7, 0.2], 1.3),
            |(x, y)| f(x, *y).unwrap(),
            |(x, y)| f::pullback(x, *y).unwrap(),
        );
        assert!(f::pullback(&[0.5, -3.0], 1.0).is_err());
    }
}

mod two_levels {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn inner(a: &mut [f64], i: usize, k: f64) {
        a[i] = a[i] * k + a[0];
    }
    #[differentiable]
    fn outer(a: &mut [f64], k: f64) -> f64 {
        let before = a[1];
        for i in 0..a.len() {
            inner(a, i, k);
        }
        inner(a, 1, before);
        inner(&mut a[1..], 0, k);
        before * a[1]
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let t = outer(&mut a, y);
        let u = outer(&mut a[1..], t);
        let mut b = [x[0], y, t];
        let w = outer(&mut b, x[1]);
        t * u + a[0] * a[1] + a[2] + b[1] * w
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod two_levels_scalar {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn inner(x: &mut f64, k: f64) {
        *x *= k;
        *x += *x * k;
    }
    #[differentiable]
    fn outer(x: &mut f64, k: f64) -> f64 {
        let old = *x;
        inner(x, k);
        inner(&mut *x, old);
        old * *x
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = x;
        let t = outer(&mut a, y);
        let mut b = [a, t];
        let u = outer(&mut b[1], a);
        inner(&mut b[0], u);
        t * u + a + b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod struct_vec_mut {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Debug, Differentiable)]
    struct Net {
        w: Vec<f64>,
        b: f64,
        layers: Vec<Layer>,
    }
    #[derive(Clone, Debug, Differentiable)]
    struct Layer {
        k: [f64; 2],
        c: f64,
    }
    impl Layer {
        #[differentiable]
        fn bump(&mut self, d: f64) -> f64 {
            self.k[0] += d * self.c;
            self.c *= self.k[1];
            self.c
        }
    }
    impl Net {
        #[differentiable]
        fn update(&mut self, d: f64) {
            for i in 0..self.w.len() {
                self.w[i] -= d * self.w[i] * self.b;
            }
            self.b += self.w[0];
        }
        #[differentiable]
        fn twice(&mut self, d: f64) -> f64 {
            let old = self.b;
            self.update(d);
            self.update(old);
            let mut t = 0.0;
            for i in 0..self.layers.len() {
                t += self.layers[i].bump(d * self.b);
                self.layers[i].k[1] *= t;
            }
            old * self.b + t
        }
    }
    #[differentiable]
    fn train(n: &mut Net, d: f64, steps: usize) -> f64 {
        let mut l = 0.0;
        for _ in 0..steps {
            l += n.twice(d) * 0.1;
            n.w[0] = l;
        }
        l
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut n = Net {
            w: vec![x, y],
            b: x * y,
            layers: vec![Layer { k: [x, 1.0], c: y }, Layer { k: [0.3, y], c: x }],
        };
        let l = train(&mut n, 0.1, 2);
        n.layers[1] = Layer {
            k: [l, x],
            c: n.layers[0].c,
        };
        let m = n.layers[1].bump(y);
        l + n.w[0] * n.w[1] + n.b + n.layers[0].k[1] * n.layers[1].k[0] + m
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod fill_sub {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y, x, y];
        let s = a[0] * a[1];
        a.fill(s);
        a[2] *= x;
        a[1..3].fill(y);
        a[1] *= x;
        let mut b = [[x; 2]; 3];
        b[1].fill(a[1]);
        a[0] * a[1] + a[2] * a[3] + b[1][0] * b[0][1] * b[2][0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod slot_in_loop {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut total = 0.0;
        for i in 0..x.len() {
            let mut a = [x[i], y];
            for _ in 0..i {
                a[0] *= a[1];
                a[1] += x[i];
            }
            let mut b = a;
            if a[0] > 0.2 {
                b[0] = a[1] * a[1];
                b = [b[0], a[0]];
            } else {
                a = [y, y];
            }
            total += a[0] * b[1] + b[0];
        }
        total
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2, 0.1], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod rec_slots {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn fft(a: &mut [f64], k: f64) {
        if a.len() < 2 {
            a[0] *= k;
            return;
        }
        let h = a.len() / 2;
        fft(&mut a[..h], k);
        fft(&mut a[h..], k * 0.5);
        for i in 0..h {
            let t = a[i];
            a[i] = t + a[i + h] * t;
            a[i + h] = t - a[i + h];
        }
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        fft(&mut a, y);
        let mut s = 0.0;
        for v in a {
            s += v * v;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2, 0.1], 1.3);
    }
}

mod alias_args {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: &[f64], b: &[f64], c: &f64) -> f64 {
        a[0] * b[1] * c + a[1]
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let t = g(&a, &a, &a[0]);
        a[0] += t * a[1];
        let u = g(&a, &[t, a[0]], &t);
        a[1] = g(&a, &a, &a[1]);
        u * a[1] + t
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod index_of_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut p = vec![0usize; 3];
        for i in 0..3 {
            p[i] = (i + 1) % 3;
        }
        let mut a = x.to_vec();
        for i in 0..3 {
            a[p[i]] += a[i] * y;
            p[i] = p[p[i]];
            a[p[i]] *= 1.1;
        }
        let mut k = 0;
        let mut s = 0.0;
        while k < 3 {
            s += a[p[k]] * x[k];
            k += 1;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod index_side {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a = x.to_vec();
        let mut i = 0;
        while i + 1 < a.len() {
            a[i] *= y;
            i += 1;
            a[i] += a[i - 1];
        }
        a[i] * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod mut_param_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(mut a: Vec<f64>, mut b: [f64; 2], y: f64) -> f64 {
        for i in 0..a.len() {
            a[i] *= b[i % 2];
            b[1] += a[i] * y;
        }
        a.push(b[0]);
        a[0] * a[a.len() - 1] + b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, vec![0.5, 0.7, 0.2], [0.3, 0.4], 0.9);
    }
}

mod tuple_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut t = (x, [y, x], (y, 2.0));
        t.0 *= t.1[0];
        t.1[1] += t.2.0 * t.0;
        (t.0, t.2.1) = (t.1[1], t.0);
        let (a, b, (c, d)) = t;
        a * b[0] + c * d + b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod return_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn mk(x: f64, n: usize) -> Vec<f64> {
        let mut v = vec![x; n];
        for i in 1..n {
            v[i] = v[i - 1] * x;
        }
        if n > 3 {
            return v;
        }
        v[0] = 2.0;
        v
    }
    #[differentiable]
    fn mk2(x: f64) -> [[f64; 2]; 2] {
        let mut m = [[0.0; 2]; 2];
        m[0][1] = x;
        m[1] = [x * x, m[0][1]];
        m[1][1] *= x;
        m
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let v = mk(x, 5);
        let mut w = mk(y, 3);
        w[1] += v[4];
        let m = mk2(w[1]);
        m[1][0] * m[1][1] * v[2] + w[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod while_slot_cond {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        while a[0] * a[0] + a[1] < 10.0 {
            a[0] += a[1] * y;
            a[1] *= 1.5;
        }
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
        check_gradient!(f, 50.5, 0.3);
    }
}

mod opassign_rhs_call_mut {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn bump(a: &mut [f64], k: f64) -> f64 {
        a[0] *= k;
        a[0] + a[1]
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let mut s = x;
        s += bump(&mut a, y);
        s = s * bump(&mut a, x) + a[0];
        let z = a[0] + bump(&mut a, s) * a[0];
        a[1] = bump(&mut a, z);
        a[0] += a[1] * z;
        s * a[0] + z
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod push_copy_of_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut p = [x, y];
        let mut hist = Vec::new();
        for _ in 0..3 {
            hist.push(p);
            p[0] += p[1] * y;
            p[1] *= x;
        }
        hist[0][0] * hist[1][0] + hist[2][1] * p[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod push_clone_of_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut p = vec![x, y];
        let mut hist = vec![p.clone()];
        for _ in 0..3 {
            p[0] += p[1] * y;
            p[1] *= x;
            hist.push(p.clone());
        }
        hist[0][0] * hist[1][0] + hist[2][1] * p[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod tuple_of_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut p = [x, y];
        let t = (p, p[0]);
        p[0] *= y;
        let q = [p, t.0];
        p[1] *= x;
        t.0[0] * p[0] + q[0][1] * q[1][0] * t.1 + p[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod pass_slot_by_value {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn g(a: [f64; 2], k: f64) -> f64 {
        a[0] * a[1] * k
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut p = [x, y];
        let t = g(p, y);
        p[0] *= t;
        t * g(p, x)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod replace_vec_shorter {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        let s = a[0] * a[1];
        a = vec![s];
        a[0] * x
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod swap_same_lengths {
    use micrograd_core::{check_gradient, differentiable};
    use std::mem;

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        let mut b = vec![y, 1.0];
        mem::swap(&mut a, &mut b);
        a[0] * b[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod row_replaced_other_len {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut m = vec![vec![x, y], vec![y]];
        let s = m[0][0] * m[0][1];
        m[0] = vec![s, y, x * s];
        m[0][2] *= m[1][0];
        m[0][2] + m[0][0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod nested_for_param {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(m: &[Vec<f64>]) -> f64 {
        let mut s = 0.0;
        for r in m {
            for v in r {
                s += v * v;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![vec![0.5], vec![], vec![0.3, 0.4]]);
    }
}

mod push_reads_self {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut v = vec![x];
        let n = v.len();
        v.push(v[n - 1] * y);
        v[0] * v[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod gen1 {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        a[0] + a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
        check_gradient!(f, &vec![0.5f32, 0.7, 0.2], 0.3f32);
    }
}

mod gen2 {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
    #[differentiable]
    fn f<T: Scalar>(s: T, k: T) -> T {
        let mut t = [s, k];
        t[0] *= t[1];
        t.swap(0, 1);
        t[1] - t[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5f64, 0.3f64);
        check_gradient!(f, 0.5f32, 0.3f32);
    }
}

mod dm2 {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::{DMatrix, DVector};
    #[differentiable]
    fn f(a: &DMatrix<f64>, v: &DVector<f64>) -> f64 {
        let mut m = a.clone();
        m[(0, 1)] *= m[(0, 0)];
        let u = &m * v;
        u[0] * u[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(
            f,
            &DMatrix::from_vec(2, 2, vec![0.1, 0.2, 0.5, 0.9]),
            &DVector::from_vec(vec![0.5, 0.7])
        );
    }
}

mod dm3 {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::DVector;
    #[differentiable]
    fn f(v: &DVector<f64>) -> f64 {
        let mut w = v.clone();
        w[0] += w[1] * w[0];
        w.dot(v)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &DVector::from_vec(vec![0.5, 0.7]));
    }
}

mod dm5 {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::{DMatrix, DVector};
    #[differentiable]
    fn f(a: &DMatrix<f64>, v: &DVector<f64>) -> f64 {
        let mut m = DMatrix::zeros(2, 2);
        let mut w = DVector::zeros(2);
        for i in 0..2 {
            for j in 0..2 {
                m[(i, j)] = a[(j, i)] * v[i];
            }
            w[i] = m[(i, 0)];
        }
        (&m * &w).dot(v)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(
            f,
            &DMatrix::from_vec(2, 2, vec![0.1, 0.2, 0.5, 0.9]),
            &DVector::from_vec(vec![0.5, 0.7])
        );
    }
}

mod sm1 {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::Vector3;
    #[differentiable]
    fn f(v: Vector3<f64>) -> f64 {
        let mut w = v;
        w.y += w.x * w.z;
        w[0] *= w[1];
        w.dot(&v)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, Vector3::new(0.5, 0.7, 0.2));
    }
}

mod sm2 {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::Matrix3;
    #[differentiable]
    fn f(a: Matrix3<f64>) -> f64 {
        let mut m = a;
        m = m * m;
        m[(1, 1)] = a[(0, 0)] * m[(0, 1)];
        m = m * a;
        m.trace()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, Matrix3::new(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9));
    }
}

mod sm3 {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::Matrix3;
    #[differentiable]
    fn f(a: Matrix3<f64>) -> f64 {
        let mut m = a;
        m[(0, 0)] *= m[(0, 1)];
        m = m * m;
        m += a;
        m *= 2.0;
        m.trace()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, Matrix3::new(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9));
    }
}

mod iter_slot_gen_c {
    use micrograd_core::{check_gradient, differentiable};

    use micrograd_core::Scalar;
    #[differentiable]
    fn f<T: Scalar>(x: &[T], k: T) -> T {
        let mut a = x.to_vec();
        a[0] *= k;
        let mut s = k;
        for i in 0..a.len() {
            s = s + a[i] * k;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5f64, 0.7, 0.2], 0.3f64);
    }
}

mod iter_slot_deref_sin {
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

mod deref_ref_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = [x, k];
        a[0] *= k;
        let r = &a[0];
        *r * k + *r
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod c2c {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for w in x.windows(3).rev().step_by(2) {
            s += w[0] * w[2] * s;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3, 0.1], 0.3);
    }
}

mod c2e {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut s = y;
        for c in x.chunks_exact(2).rev() {
            s += c[0] / (1.0 + c[1]);
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.3, 0.1, 0.2], 0.3);
    }
}

mod swap_lists_stack {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut cur = vec![x];
        let mut next = Vec::new();
        for _ in 0..n {
            for i in 0..cur.len() {
                next.push(cur[i] * x);
                next.push(cur[i] + x);
            }
            cur = next;
            next = Vec::new();
        }
        let mut s = 0.0;
        for v in &cur {
            s += v;
        }
        s + next.len() as f64
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 3usize);
    }
}

mod fn_returns_slot_field2 {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        s: f64,
    }
    #[differentiable]
    fn mk(x: f64) -> A {
        let mut a = A {
            v: vec![x; 2],
            s: 0.0,
        };
        a.v[0] *= x;
        a.s += a.v[0];
        a
    }
    #[differentiable]
    fn vecs(x: f64) -> Vec<f64> {
        let mut a = mk(x);
        a.v[1] += a.s;
        a.v.push(x);
        a.v
    }
    #[differentiable]
    fn f(x: f64) -> f64 {
        let a = mk(x);
        let b = vecs(a.v[1]);
        b[2] * b[1] + a.s * a.v[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5);
    }
}

mod min_arr_loop_carry {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut best = [x, 0.0];
        let mut cur = [x, 1.0];
        for i in 0..n {
            cur[0] = cur[0] * cur[0] + x;
            cur[1] += i as f64 * x;
            if cur[0] > best[0] {
                best = cur;
            }
        }
        best[0] * best[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.8, 4usize);
        check_gradient!(f, 0.1, 4usize);
    }
}

mod option_slot {
    use micrograd_core::{check, differentiable};

    #[differentiable]
    fn f(x: &[f64]) -> Option<f64> {
        let mut a = x.to_vec();
        for i in 0..a.len() {
            if a[i] < 0.0 {
                return None;
            }
            a[i] *= a[0];
        }
        if a.len() < 2 {
            return None;
        }
        a[1] += 1.0;
        Some(a[0] * a[1])
    }
    #[test]
    fn is_differentiated() {
        check::gradient(
            &vec![0.7, 0.9],
            |x| f(x).unwrap(),
            |x| {
                let (v, b) = f::pullback(x).unwrap();
                (v, move |d| b(d).0)
            },
        );
        assert!(f::pullback(&[0.1]).is_none());
    }
}

mod assign_expr_block {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: usize) -> f64 {
        let mut a = [x, 2.0 * x, 1.0];
        a[k] = {
            a[0] *= x;
            a[0] + a[2]
        };
        a[{
            a[2] += x;
            1
        }] *= if k > 1 { a[2] } else { a[0] };
        a[2] = match k {
            0 => a[1],
            _ => {
                a[0] = x;
                a[1] * a[0]
            }
        };
        a[0] + a[1] * a[2]
    }
    #[test]
    fn is_differentiated() {
        for k in 0..3usize {
            check_gradient!(f, 0.5, k);
        }
    }
}

mod mutref_struct_fields {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        p: [f64; 2],
        v: Vec<f64>,
    }
    #[differentiable]
    fn kick(p: &mut [f64; 2], v: &[f64]) {
        p[0] += v[0] * p[1];
        p[1] *= v[1];
    }
    #[differentiable]
    fn scale(v: &mut [f64], k: &f64) {
        for i in 0..v.len() {
            v[i] *= k;
        }
    }
    #[differentiable]
    fn step(a: &mut A) -> f64 {
        kick(&mut a.p, &a.v);
        scale(&mut a.v, &a.p[0]);
        let t = a.p[0];
        scale(&mut a.v[1..], &t);
        scale(&mut a.p, &2.0);
        a.v[0]
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            p: [x, y],
            v: vec![y, x],
        };
        let u = step(&mut a) + step(&mut a);
        u * a.v[1] + a.p[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod mutref_rows {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn scale(v: &mut [f64], k: f64) {
        for i in 0..v.len() {
            v[i] *= k;
        }
    }
    #[differentiable]
    fn all(m: &mut Vec<Vec<f64>>, k: f64) {
        for i in 0..m.len() {
            scale(&mut m[i], k);
            m[i][0] += k;
        }
    }
    #[differentiable]
    fn all2(m: &mut [Vec<f64>], k: f64) {
        let n = m.len();
        for i in 0..n {
            scale(&mut m[n - 1 - i], k);
        }
        m.swap(0, 1);
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut m = vec![vec![x, y], vec![y, x]];
        all(&mut m, y);
        all2(&mut m, x);
        m[0][0] * m[1][1] + m[0][1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod let_mutref {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let r = &mut a;
        r[0] *= y;
        r[1] += r[0];
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod let_mutref_scalar {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = x;
        let r = &mut a;
        *r *= y;
        *r += 1.0;
        a * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod let_mut_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut m = vec![vec![x, y], vec![y, x]];
        for i in 0..2 {
            let row = &mut m[i];
            row[0] *= y;
            row[1] += row[0];
        }
        m[0][0] * m[1][1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod split_shared {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut m = vec![vec![x, y], vec![y, x]];
        for i in 0..2 {
            let row = &m[i];
            let t = row[0] * row[1];
            m[1 - i][0] *= t;
        }
        let last = &m[1];
        let k = last[0];
        last[1] * m[0][0] * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod deref_slot_element {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = [x, k];
        a[0] *= k;
        let r = &a[0];
        *r * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod deref_slot_scalar {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut a = x;
        let m = &mut a;
        *m *= k;
        let r = &a;
        *r * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod deref_var_ref {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let a = [x, k];
        let r = &a[0];
        *r * k
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod deref_slot_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, k: f64) -> f64 {
        let mut m = [[x, k], [k, 1.0]];
        m[0][0] *= k;
        let r = &m[0];
        let q = *r;
        q[0] * r[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod first_slot_ref_arg {
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

mod dm_shape_change {
    use micrograd_core::{check_gradient, differentiable};

    use nalgebra::{DMatrix, DVector};
    #[differentiable]
    fn f(a: &DMatrix<f64>, v: &DVector<f64>) -> f64 {
        let mut h = v.clone();
        for _ in 0..2 {
            h = a * &h;
            h[0] += v[1];
        }
        h.dot(&h)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(
            f,
            &DMatrix::from_vec(2, 2, vec![0.1, 0.2, 0.5, 0.9]),
            &DVector::from_vec(vec![0.5, 0.7])
        );
    }
}

mod slice_norm_div {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn norm(v: &[f64]) -> f64 {
        v[0] * v[0] + v[1]
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut v = vec![x, y];
        let n = norm(&v);
        for i in 0..v.len() {
            v[i] /= n;
        }
        v[0] * v[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod load_then_store {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let n = a[1];
        for i in 0..2 {
            a[i] /= n;
        }
        a[1] = n * n;
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod load_field_then_store {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        let n = a.b;
        a.b = n * n * x;
        let m = a.v[0];
        a.v[0] = m * n;
        a.v[0] * a.b * m
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod load_in_mutref {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    #[differentiable]
    fn g(a: &mut A, x: f64) -> f64 {
        let n = a.b;
        a.b = n * n * x;
        let m = a.v[0];
        a.v[0] = m * n;
        a.v[0] * a.b * m
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        g(&mut a, x) * g(&mut a, y)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod load_ref_self_field {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: Vec<f64>,
        b: f64,
    }
    impl A {
        #[differentiable]
        fn go(&mut self, x: f64) -> f64 {
            let Self { v, b } = self.clone();
            self.b *= x;
            v[0] * b * self.b
        }
        #[differentiable]
        fn take(&mut self) -> Vec<f64> {
            let v = self.v.clone();
            self.v[0] *= self.b;
            v
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A {
            v: vec![x, y],
            b: y,
        };
        let u = a.take();
        a.go(x) * u[0] * a.v[0] * a.b
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod other_name_in_mut_self {
    use micrograd_core::{Differentiable, check_gradient, differentiable};

    #[derive(Clone, Differentiable)]
    struct A {
        v: f64,
    }
    impl A {
        #[differentiable]
        fn grow(&mut self, k: f64) {
            self.v *= k;
        }
        #[differentiable]
        fn go(&mut self, y: f64) -> f64 {
            self.grow(y);
            self.v * y
        }
    }
    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = A { v: x };
        a.go(y)
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod sum_direct_dot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let v = (a[0], a[1]);
        a[0] *= y;
        v.0 * a[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod compound_order {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut i = 0;
        let mut a = [x, y, 1.0];
        a[i] += {
            i += 1;
            a[i] * x
        };
        a[i] *= y;
        a[0] * a[1] + a[2]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod shadow_slot {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        a[0] *= y;
        let mut a = [a[1], a[0] * a[0]];
        a[1] += x;
        {
            let mut a = vec![x];
            a[0] *= 3.0;
            a.push(y);
        }
        let a = a[0] * a[1];
        a * y
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod shadow_self_init {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        for _ in 0..3 {
            let mut b = a.clone();
            b[0] = a[1] * y;
            b[1] += a[0];
            a = b;
        }
        a[0] * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod nested_vec_push_row {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut t: Vec<Vec<f64>> = vec![vec![1.0]];
        for i in 1..n {
            let prev = t[i - 1].clone();
            let mut row = vec![x];
            for j in 1..i {
                row.push(prev[j - 1] * x + prev[j]);
            }
            row.push(1.0);
            t.push(row);
            t[i - 1][0] *= x;
        }
        let mut s = 0.0;
        for i in 0..t.len() {
            for j in 0..t[i].len() {
                s += t[i][j] * (i + j) as f64;
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 5usize);
        check_gradient!(f, 0.5, 0usize);
    }
}

mod arr_copy_2d {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut m = [[x, 1.0], [1.0, 0.0]];
        let mut r = [[1.0, 0.0], [0.0, 1.0]];
        for _ in 0..n {
            let mut t = [[0.0; 2]; 2];
            for i in 0..2 {
                for j in 0..2 {
                    for k in 0..2 {
                        t[i][j] += r[i][k] * m[k][j];
                    }
                }
            }
            r = t;
            m[0][1] *= 0.9;
        }
        r[0][1] * r[1][0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 3usize);
    }
}

mod bool_short {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = [x, y];
        let mut s = 0.0;
        for i in 0..4 {
            if i > 0 && {
                a[0] += y;
                a[0] > 0.9
            } || i == 3
            {
                s += a[0] * a[1];
                a[1] *= x;
            } else if a[1] > 0.2 {
                a[1] -= s + 0.01 * x;
            }
        }
        s * a[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
