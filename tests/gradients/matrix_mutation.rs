//! nalgebra's matrices and vectors, changed in part.

mod a_matrix_with_a_changed_element {
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

mod a_vector_with_a_changed_element {
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

mod a_matrix_filled_in_a_loop {
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

mod a_vector_with_changed_components {
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

mod a_square_with_a_changed_element {
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

mod a_matrix_under_compound_assignment {
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

mod a_vector_replaced_in_a_loop {
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
