//! Sequences that grow, are filled, and are replaced by others.

mod a_list_of_ragged_rows {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut m: Vec<Vec<f64>> = Vec::new();
        for (i, v) in x.iter().enumerate() {
            let mut row = Vec::new();
            for j in 0..i {
                row.push(v * y + j as f64);
            }
            m.push(row);
        }
        for i in 0..m.len() {
            m[i].push(y * i as f64);
        }
        let mut s = 0.0;
        for i in 0..m.len() {
            for j in 0..m[i].len() {
                s += m[i][j] * x[j];
            }
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 1.3);
        check_gradient!(f, &vec![], 1.3);
    }
}

mod a_row_replaced_by_a_longer_one {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, n: usize) -> f64 {
        let mut row = vec![x];
        for _ in 0..n {
            let mut next = vec![0.0; row.len() + 1];
            for i in 0..row.len() {
                next[i] += row[i] * x;
                next[i + 1] += row[i];
            }
            row = next;
        }
        let mut s = 0.0;
        for (i, v) in row.iter().enumerate() {
            s += v * i as f64;
        }
        s
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 4usize);
        check_gradient!(f, 0.5, 0usize);
    }
}

mod a_triangle_of_rows {
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

mod a_list_made_of_the_one_before {
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

mod a_history_of_copies {
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

mod a_history_of_clones {
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

mod an_element_made_of_the_last {
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

mod a_parameter_that_is_pushed_to {
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

mod a_vector_replaced_by_a_shorter_one {
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

mod a_row_of_another_length {
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

mod a_pair_of_swapped_vectors {
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

mod a_filled_slice {
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

mod drained {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn drained(p: &[f64]) -> f64 {
        let mut v = p.to_vec();
        let mut sum = 0.0;
        for x in v.drain(..2) {
            sum += x * x;
        }
        let middle: Vec<f64> = v.drain(1..=2).collect();
        v.push(sum * middle[1]);
        let rest: f64 = v
            .drain(..)
            .rev()
            .enumerate()
            .map(|(k, x)| x * x * (k + 1) as f64)
            .sum();
        middle[0] * rest + v.len() as f64
    }

    #[test]
    fn what_is_drained_may_be_iterated_over() {
        check_gradient!(drained, &[3.0, 2.0, 0.5, 0.7, -1.2, 0.4]);
    }
}
