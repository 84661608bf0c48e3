//! `&mut` arguments over several calls, and methods that change `self`.

mod a_slice_over_two_calls {
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

mod a_number_over_two_calls {
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

mod a_slice_over_recursive_calls {
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

mod an_array_lent_twice {
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

mod a_field_that_is_lent {
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

mod a_row_that_is_lent {
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

mod a_field_read_before_it_changes {
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

mod a_net_of_layers {
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

mod a_field_cloned_before_it_changes {
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

mod a_method_that_calls_another {
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
