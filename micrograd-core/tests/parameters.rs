//! The traversals of a value: its numbers as one sequence, and the seeds of its random parts.

use std::collections::VecDeque;
use std::rc::Rc;

use micrograd_core::parameters::{SeedVisitor, Visitor};
use micrograd_core::{
    Differentiable, Name, NoTangent, Parameters, check_gradient, check_rrule, differentiable,
    flatten,
};
use nalgebra::{DMatrix, dmatrix};

#[derive(Clone, Differentiable)]
struct Model {
    matrix: DMatrix<f64>,
    pair: (f64, Vec<f64>),
    name: &'static str,
    #[no_gradient]
    frozen: f64,
}

fn model() -> Model {
    Model {
        matrix: dmatrix![1.0, 2.0; 3.0, 4.0],
        pair: (5.0, vec![6.0, 7.0]),
        name: "model",
        frozen: 8.0,
    }
}

#[test]
fn numbers_come_in_the_order_of_the_fields_and_of_storage() {
    assert_eq!(flatten(&model()), [1.0, 3.0, 2.0, 4.0, 5.0, 6.0, 7.0]);
    assert!(flatten(&model().name).is_empty());
}

#[differentiable]
fn weighted(model: &Model) -> f64 {
    let numbers = flatten(model);
    let mut sum = model.pair.0 * model.frozen;
    for (i, x) in numbers.iter().enumerate() {
        sum += (i as f64 + 1.0) * x.sin();
    }
    sum
}

#[test]
fn cotangents_go_back_to_their_places() {
    check_gradient!(weighted, &model());
    check_rrule!(flatten::rrule(model()));
    let (numbers, back) = flatten::pullback(&[0.5_f32, 1.5]);
    assert_eq!(numbers, [0.5, 1.5]);
    assert_eq!(back(vec![2.0, 3.0]), ([2.0_f32, 3.0],));
}

/// A random part that is hidden in other types.
#[derive(Clone, Debug, Default, PartialEq)]
struct Random(Option<u64>);

micrograd_core::no_tangent!(Random);

impl Parameters for Random {
    fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        visit(&mut self.0);
    }
}

#[derive(Clone, Differentiable)]
struct Nested {
    number: f64,
    array: [Random; 2],
    list: Vec<(Random, usize)>,
    #[no_gradient]
    fixed: Random,
    either: Either,
}

#[derive(Clone, Differentiable)]
enum Either {
    One(Random),
    Two { boxed: Box<Random>, seed: f64 },
}

#[test]
fn every_seed_is_found_once_and_in_order() {
    let r = Random::default;
    let nested = |either| Nested {
        number: 1.0,
        array: [r(), r()],
        list: vec![(r(), 1)],
        fixed: r(),
        either,
    };
    let mut value = (
        nested(Either::One(r())),
        Some(Rc::new(r())),
        VecDeque::from([r()]),
        Ok::<_, String>(r()),
        None::<Random>,
        nested(Either::Two {
            boxed: Box::new(r()),
            seed: 2.0,
        }),
    );
    let mut next = 0;
    value.visit_seeds(&mut |seed| {
        *seed = Some(next);
        next += 1;
    });
    assert_eq!(next, 11);
    let (first, .., last) = &value;
    assert_eq!(first.array, [Random(Some(0)), Random(Some(1))]);
    assert_eq!(first.list[0].0, Random(Some(2)));
    assert_eq!(
        first.fixed,
        Random(None),
        "what is not trained is not random"
    );
    assert!(matches!(&first.either, Either::One(Random(Some(3)))));
    assert_eq!(value.1, Some(Rc::new(Random(Some(4)))));
    let Either::Two { boxed, seed } = &last.either else {
        panic!("the variant has changed");
    };
    assert_eq!(
        (&**boxed, *seed, last.number),
        (&Random(Some(10)), 2.0, 1.0)
    );
}
