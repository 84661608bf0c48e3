//! The rule for all numbers of a value as one sequence.

use crate::{Leaf, Name, Parameters, Tangent};

/// The numbers of a value, such as the parameters of a model, in the order in which
/// [`Parameters`] visits them; those of single precision are converted.
///
/// So a penalty on all parameters is ordinary differentiable code:
///
/// ```
/// use micrograd_core::{Differentiable, differentiable, flatten, gradient};
///
/// #[derive(Clone, Differentiable)]
/// struct Model {
///     weights: Vec<f64>,
///     bias: f64,
/// }
///
/// #[differentiable]
/// fn sum_of_squares(model: &Model) -> f64 {
///     let numbers = flatten(model);
///     numbers.iter().map(|p| p * p).sum()
/// }
///
/// let model = Model { weights: vec![1.0, 2.0], bias: 3.0 };
/// let (value, (dmodel,)) = gradient!(sum_of_squares, &model);
/// assert_eq!(value, 14.0);
/// assert_eq!((dmodel.weights, dmodel.bias), (vec![2.0, 4.0], 6.0));
/// ```
pub fn flatten<M: Parameters + Clone>(value: &M) -> Vec<f64> {
    let mut numbers = Vec::new();
    visit(value, &mut value.zero_tangent(), |leaf| match leaf {
        Leaf::F32(values, _) => numbers.extend(values.iter().map(|&x| f64::from(x))),
        Leaf::F64(values, _) => numbers.extend_from_slice(values),
    });
    numbers
}

crate::function_value! {
    /// The function [`flatten`](fn@flatten) as a value, and its rule.
    pub flatten
}

impl flatten {
    /// The value, and the rule: each number has the cotangent at its place.
    #[expect(clippy::type_complexity)]
    pub fn rrule<M: Parameters + Clone>(
        value: &M,
    ) -> (Vec<f64>, impl Fn(&Vec<f64>, &M, &mut M::Tangent) + use<M>) {
        let back = |dnumbers: &Vec<f64>, value: &M, dvalue: &mut M::Tangent| {
            if dnumbers.is_empty() {
                return;
            }
            let (mut tangent, mut rest) = (value.zero_tangent(), &dnumbers[..]);
            visit(value, &mut tangent, |leaf| match leaf {
                Leaf::F32(_, tangent) => {
                    let numbers = first(&mut rest, tangent.len());
                    for (place, dx) in tangent.iter_mut().zip(numbers) {
                        *place = *dx as f32;
                    }
                }
                Leaf::F64(_, tangent) => {
                    tangent.copy_from_slice(first(&mut rest, tangent.len()));
                }
            });
            dvalue.absorb(tangent);
        };
        (flatten(value), back)
    }

    /// The numbers, and the cotangent of the value by theirs.
    pub fn pullback<M: Parameters + Clone>(
        value: &M,
    ) -> (Vec<f64>, impl Fn(Vec<f64>) -> (M::Tangent,) + use<'_, M>) {
        let (numbers, back) = flatten::rrule(value);
        (numbers, move |dnumbers| {
            let mut dvalue = value.zero_tangent();
            back(&dnumbers, value, &mut dvalue);
            (dvalue,)
        })
    }
}

/// Visits the leaves of a value and its tangent. The traversal is a mutable one, therefore it visits
/// a clone.
fn visit<M: Parameters + Clone>(
    value: &M,
    tangent: &mut M::Tangent,
    mut visit: impl FnMut(Leaf<'_>),
) {
    let visit = &mut |_: &str, _: &[usize], leaf: Leaf<'_>| visit(leaf);
    value
        .clone()
        .visit_parameters(tangent, &mut Name::default(), visit);
}

/// Takes the first `count` numbers off a sequence.
fn first<'n>(numbers: &mut &'n [f64], count: usize) -> &'n [f64] {
    let (first, rest) = numbers.split_at(count);
    *numbers = rest;
    first
}
