//! Activation functions of whole matrices.

use micrograd_core::rules::activation::{
    BranchlessTanh, each, identity, logsoftmax, logsumexp, relu, sigmoid, softmax, softplus, tanh,
};
use micrograd_core::rules::function;
use micrograd_core::{Function, NoTangent, check_rrule};
use nalgebra::{DMatrix, DVector, Matrix2x3, RowDVector, dmatrix};

fn logits() -> DMatrix<f64> {
    DMatrix::from_fn(4, 3, |i, j| {
        ((3 * i + 5 * j) as f64 * 0.7 + 0.3).sin() * 2.0
    })
}

#[test]
fn rules_agree_with_central_differences() {
    let z = logits();
    check_rrule!(relu::rrule(z));
    check_rrule!(sigmoid::rrule(z));
    check_rrule!(softplus::rrule(z));
    check_rrule!(tanh::rrule(z));
    check_rrule!(identity::rrule(z));
    check_rrule!(each::rrule(function::softplus {}, z));
    check_rrule!(softmax::rrule(z));
    check_rrule!(logsoftmax::rrule(z));
    check_rrule!(logsumexp::rrule(z));
}

#[test]
fn vectors_static_matrices_and_single_precision() {
    let z = DVector::from_vec(vec![0.3, -1.2, 0.8]);
    check_rrule!(relu::rrule(z));
    check_rrule!(softmax::rrule(z));
    check_rrule!(logsumexp::rrule(z));
    let z = Matrix2x3::new(0.3, -1.2, 0.8, 1.9, 0.4, -0.6);
    check_rrule!(tanh::rrule(z));
    check_rrule!(logsoftmax::rrule(z));
    check_rrule!(logsumexp::rrule(z));
    let z = logits().map(|z| z as f32);
    check_rrule!(sigmoid::rrule(z));
    check_rrule!(softmax::rrule(z));
}

#[test]
fn values_are_those_of_the_scalar_functions() {
    let z = logits();
    assert_eq!(relu(z.clone()), z.map(function::relu));
    assert_eq!(sigmoid(z.clone()), z.map(function::sigmoid));
    assert_eq!(softplus(z.clone()), z.map(function::softplus));
    assert_eq!(tanh(z.clone()), z.map(f64::branchless_tanh));
    assert_eq!(each(function::sigmoid {}, z.clone()), sigmoid(z.clone()));
    assert_eq!(identity(z.clone()), z);
}

#[test]
fn the_rule_of_a_function_of_one_number_is_that_of_each_element() {
    let z = logits();
    let (y, back) = each::rrule(&function::softplus {}, &z);
    let (expected, expected_back) = softplus::rrule(&z);
    assert_eq!(y, expected);
    let (mut dz, mut expected_dz) = (DMatrix::zeros(0, 0), DMatrix::zeros(0, 0));
    back(
        &mut z.clone(),
        &function::softplus {},
        &mut NoTangent,
        &z,
        &mut dz,
    );
    expected_back(&mut z.clone(), &z, &mut expected_dz);
    assert_eq!(dz, expected_dz);
}

#[test]
fn relu_has_gradient_zero_at_zero() {
    let (_, back) = relu::pullback(dmatrix![-1.0, 0.0, -0.0, 1.0]);
    assert_eq!(
        back(dmatrix![1.0, 1.0, 1.0, 1.0]),
        (dmatrix![0.0, 0.0, 0.0, 1.0],)
    );
    // Not 0 · ∞.
    assert_eq!(back(dmatrix![f64::INFINITY, 1.0, 1.0, 1.0]).0[0], 0.0);
}

#[test]
fn columns_are_samples() {
    let z = logits();
    for (column, y) in softmax(z.clone()).column_iter().enumerate() {
        let exp = z.column(column).map(f64::exp);
        assert!((y - &exp / exp.sum()).norm() < 1e-15);
    }
    let sums = RowDVector::from_fn(3, |_, j| z.column(j).map(f64::exp).sum().ln());
    assert!((logsumexp(z.clone()) - sums).norm() < 1e-14);
    assert!((logsoftmax(z.clone()) - softmax(z).map(f64::ln)).norm() < 1e-14);
}

#[test]
fn everything_is_finite_at_a_thousand() {
    let z = dmatrix![1000.0, -1000.0, 1000.0; -1000.0, -1000.0, 1000.0];
    let ones = DMatrix::from_element(2, 3, 1.0);
    let (y, back) = softmax::pullback(z.clone());
    assert_eq!(y, dmatrix![1.0, 0.5, 0.5; 0.0, 0.5, 0.5]);
    assert_eq!(back(ones.clone()).0, DMatrix::zeros(2, 3));
    let (y, back) = logsoftmax::pullback(z.clone());
    let ln2 = std::f64::consts::LN_2;
    assert_eq!(y, dmatrix![0.0, -ln2, -ln2; -2000.0, -ln2, -ln2]);
    assert_eq!(
        back(ones.clone()).0,
        dmatrix![-1.0, 0.0, 0.0; 1.0, 0.0, 0.0]
    );
    let (y, back) = logsumexp::pullback(z.clone());
    assert_eq!(
        y,
        RowDVector::from_vec(vec![1000.0, ln2 - 1000.0, 1000.0 + ln2])
    );
    assert_eq!(
        back(RowDVector::from_element(3, 2.0)).0,
        dmatrix![2.0, 1.0, 1.0; 0.0, 1.0, 1.0]
    );
    for (y, dz) in [
        both(sigmoid::pullback(z.clone()), &ones),
        both(softplus::pullback(z.clone()), &ones),
        both(tanh::pullback(z.clone()), &ones),
    ] {
        assert!(y.iter().chain(&dz).all(|x| x.is_finite()), "{y} {dz}");
    }
}

fn both(
    (y, back): (DMatrix<f64>, impl Fn(DMatrix<f64>) -> (DMatrix<f64>,)),
    dy: &DMatrix<f64>,
) -> (DMatrix<f64>, DMatrix<f64>) {
    (y, back(dy.clone()).0)
}

#[test]
fn masked_logits_have_probability_zero() {
    let z = dmatrix![f64::NEG_INFINITY; 1.0];
    assert_eq!(softmax(z.clone()), dmatrix![0.0; 1.0]);
    assert_eq!(logsumexp(z)[0], 1.0);
    assert_eq!(logsumexp(dmatrix![f64::NEG_INFINITY])[0], f64::NEG_INFINITY);
}

#[test]
fn activations_are_function_values() {
    fn layer<F>(f: &F, z: &DMatrix<f64>) -> DMatrix<f64>
    where
        F: Function<DMatrix<f64>, Output = DMatrix<f64>, Tangent = NoTangent>,
    {
        let (y, back) = f.rrule_call(z);
        assert_eq!(y, f.call(z.clone()));
        let mut dz = DMatrix::zeros(0, 0);
        back(&mut y.clone(), f, &mut NoTangent, z, &mut dz);
        dz
    }
    let z = dmatrix![-1.0, 2.0];
    assert_eq!(layer(&relu {}, &z), dmatrix![0.0, 2.0]);
    assert_eq!(layer(&softmax {}, &z), dmatrix![0.0, 0.0]);
    assert_eq!(layer(&identity {}, &z), z);
}

#[test]
fn an_empty_matrix_has_no_columns_to_normalise() {
    assert_eq!(softmax(DMatrix::<f64>::zeros(0, 3)).shape(), (0, 3));
    assert_eq!(logsoftmax(DMatrix::<f64>::zeros(3, 0)).shape(), (3, 0));
    assert_eq!(logsumexp(DMatrix::<f64>::zeros(3, 0)).shape(), (1, 0));
}
