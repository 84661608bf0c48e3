//! What chains collect, and what is changed in it.

mod a_collection_that_is_returned {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn sq(x: &[f64], k: f64) -> Vec<f64> {
        x.iter().map(|v| v * v * k).collect()
    }
    #[differentiable]
    fn pairs(x: &[f64]) -> Vec<(f64, f64)> {
        x.iter()
            .zip(x.iter().skip(1))
            .map(|(a, b)| (a * b, a + b))
            .collect()
    }
    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let v = sq(&sq(x, y), y);
        let p = pairs(&v);
        p.iter().map(|(a, b)| a * b).sum::<f64>() + p[0].0 * p[1].1
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod a_collection_that_is_indexed_at_once {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        x.iter().map(|v| v * y).collect::<Vec<f64>>()[1]
            + x.iter()
                .map(|v| v * y)
                .collect::<Vec<_>>()
                .iter()
                .sum::<f64>()
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7, 0.2], 0.3);
    }
}

mod a_collection_typed_at_the_call {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let b = x.iter().map(|v| v * y).collect::<Vec<_>>();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_collection_of_collections_that_is_changed {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a: Vec<f64> = x.iter().map(|v| v * y).collect();
        a[0] += a[1];
        a.push(y);
        let b = a.iter().map(|v| v * v).collect::<Vec<_>>();
        let mut m: Vec<Vec<f64>> = (0..3)
            .map(|i| x.iter().map(|v| v * i as f64 + y).collect())
            .collect();
        m[1][0] *= m[2][1];
        let c: Vec<f64> = m.iter().map(|r| r.iter().sum::<f64>()).collect();
        b[2] * a[0] + c[1] * c[2] * b[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_row_of_collected_rows {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut m: Vec<Vec<f64>> = (0..3)
            .map(|i| x.iter().map(|v| v * i as f64 + y).collect())
            .collect();
        m[1][0] *= m[2][1];
        m[1][0] * m[1][1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_collection_that_is_pushed_to {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a: Vec<f64> = x.iter().map(|v| v * y).collect();
        a[0] += a[1];
        a.push(y);
        let b = a.iter().map(|v| v * v).collect::<Vec<_>>();
        b[2] * a[0] + b[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_collection_of_a_changed_collection {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: &[f64], y: f64) -> f64 {
        let mut a: Vec<f64> = x.iter().map(|v| v * y).collect();
        a[0] += y;
        let b: Vec<f64> = a.iter().map(|v| v * y).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, &vec![0.5, 0.7], 0.3);
    }
}

mod a_collection_of_pushed_elements {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x];
        a.push(y);
        let b: Vec<f64> = a.iter().map(|v| v * y).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_collection_of_changed_products {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        let b: Vec<f64> = a.iter().map(|v| v * y).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_collection_of_changed_squares {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        let b: Vec<f64> = a.iter().map(|v| v * v).collect();
        b[0] * b[1]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}

mod a_collection_of_changed_squares_typed_at_the_call {
    use micrograd_core::{check_gradient, differentiable};

    #[differentiable]
    fn f(x: f64, y: f64) -> f64 {
        let mut a = vec![x, y];
        a[0] += a[1];
        let b = a.iter().map(|v| v * v).collect::<Vec<_>>();
        b[0] * b[1] + a[0]
    }
    #[test]
    fn is_differentiated() {
        check_gradient!(f, 0.5, 0.3);
    }
}
