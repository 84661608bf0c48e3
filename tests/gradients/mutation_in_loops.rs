//! Changes in part inside loops, branches and early exits.

mod an_elimination_with_pivots {
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

mod a_return_out_of_nested_loops {
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

mod a_break_between_changes {
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

mod a_question_mark_between_changes {
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

mod an_option_of_what_was_changed {
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

mod an_array_of_an_iteration {
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

mod a_condition_on_what_changes {
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

mod an_array_that_is_the_best_yet {
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

mod an_index_that_is_an_element {
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

mod an_index_that_is_stepped {
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

mod a_matrix_power_of_arrays {
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

mod a_copy_that_becomes_the_next {
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

mod a_lazy_condition_that_assigns {
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
