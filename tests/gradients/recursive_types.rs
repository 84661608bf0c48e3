//! Types that contain themselves: lists, trees with children that may be missing, and their tangents, which stand in a box.

use micrograd_core::{Differentiable, check_gradient, differentiable, gradient};

#[derive(Clone, Debug, Differentiable)]
struct Node {
    value: f64,
    next: Option<Box<Node>>,
}

fn list(values: &[f64]) -> Node {
    let next = values.get(1).map(|_| Box::new(list(&values[1..])));
    Node {
        value: values[0],
        next,
    }
}

#[differentiable]
fn horner(list: &Node, x: f64) -> f64 {
    match &list.next {
        Some(next) => list.value + x * horner(next, x),
        None => list.value,
    }
}

#[test]
fn the_tangent_of_a_list_is_a_list() {
    let coefficients = list(&[1.0, -2.0, 0.5]);
    check_gradient!(horner, &coefficients, 3.0);
    let (value, (dlist, dx)) = gradient!(horner, &coefficients, 3.0);
    assert_eq!((value, dx), (-0.5, 1.0));
    let second = dlist.next.expect("the value has one");
    let third = second.next.expect("the value has one");
    assert_eq!((dlist.value, second.value, third.value), (1.0, 3.0, 9.0));
    assert!(third.next.is_none());
}

#[test]
fn tangents_are_printed_as_values_are() {
    let (_, (dlist, _)) = gradient!(horner, &list(&[1.0, 2.0]), 3.0);
    let text = "NodeTangent { value: 1.0, next: Some(NodeTangent { value: 3.0, next: None }) }";
    assert_eq!(format!("{dlist:?}"), text);
}

#[derive(Clone, Debug, Differentiable)]
struct Branching {
    weight: f64,
    children: [Option<Box<Branching>>; 2],
    marked: (f64, Option<Box<Branching>>),
    rest: Vec<Branching>,
    #[no_gradient]
    parent: Option<Box<Branching>>,
}

impl Branching {
    fn leaf(weight: f64) -> Self {
        Branching {
            weight,
            children: [None, None],
            marked: (weight * 0.5, None),
            rest: vec![],
            parent: None,
        }
    }
}

#[differentiable]
impl Branching {
    fn flow(&self, x: f64) -> f64 {
        let mut sum = self.weight * x.sin() + self.marked.0 * x;
        for child in &self.children {
            if let Some(child) = child {
                sum += child.flow(x * self.weight);
            }
        }
        sum *= self
            .marked
            .1
            .as_deref()
            .map_or(1.0, |marked| marked.flow(x));
        for other in &self.rest {
            sum += other.flow(sum);
        }
        sum
    }
}

#[differentiable]
fn flow(root: &Branching, x: f64) -> f64 {
    root.flow(x)
}

#[test]
fn arrays_tuples_and_vectors_may_lead_back_to_the_type() {
    let mut root = Branching::leaf(0.7);
    root.children[1] = Some(Box::new(Branching::leaf(1.3)));
    root.marked.1 = Some(Box::new(Branching::leaf(-0.4)));
    root.rest = vec![Branching::leaf(0.2), root.clone()];
    root.parent = Some(Box::new(Branching::leaf(9.0)));
    check_gradient!(flow, &root, 0.8);
}

#[derive(Clone, Debug, Differentiable)]
enum Term<T: Clone> {
    Leaf(T),
    Join {
        left: Option<Box<Term<T>>>,
        right: Box<Term<T>>,
        factor: T,
    },
}

#[differentiable]
fn evaluated(term: &Term<f64>, x: f64) -> f64 {
    match term {
        Term::Leaf(leaf) => leaf * x,
        Term::Join {
            left,
            right,
            factor,
        } => {
            let left = match left {
                Some(left) => evaluated(left, x),
                None => 1.0,
            };
            left * factor + evaluated(right, x * left)
        }
    }
}

#[test]
fn variants_may_hold_themselves_in_an_option() {
    let leaf = |x| Box::new(Term::Leaf(x));
    let inner = Term::Join {
        left: None,
        right: leaf(0.3),
        factor: 2.0,
    };
    let term = Term::Join {
        left: Some(Box::new(inner)),
        right: leaf(-0.6),
        factor: 0.9,
    };
    check_gradient!(evaluated, &term, 1.1);
    let (_, (dterm, _)) = gradient!(evaluated, &Term::Leaf(2.0), 1.5);
    assert!(matches!(*dterm, TermTangent::Leaf(d) if d == 1.5));
}

#[derive(Clone, Debug, Differentiable)]
struct Tree {
    key: f64,
    left: Option<Box<Tree>>,
    right: Option<Box<Tree>>,
}

#[differentiable]
impl Tree {
    fn leaf(key: f64) -> Tree {
        Tree {
            key,
            left: None,
            right: None,
        }
    }

    fn insert(&mut self, key: f64) {
        if key < self.key {
            match &mut self.left {
                Some(child) => child.insert(key),
                None => self.left = Some(Box::new(Tree::leaf(key))),
            }
        } else {
            match &mut self.right {
                Some(child) => child.insert(key),
                None => self.right = Some(Box::new(Tree::leaf(key))),
            }
        }
    }

    fn depths(&self, depth: f64) -> f64 {
        let left = self.left.as_ref().map_or(0.0, |t| t.depths(depth + 1.0));
        let right = match self.right.as_deref() {
            Some(right) => right.depths(depth + 1.0),
            None => 0.0,
        };
        self.key * self.key * depth + left * right + left + 2.0 * right
    }
}

#[differentiable]
fn searched(keys: &[f64]) -> f64 {
    let mut tree = Tree::leaf(keys[0]);
    for key in &keys[1..] {
        tree.insert(*key);
    }
    tree.depths(1.0)
}

#[test]
fn a_tree_may_be_built_and_read() {
    check_gradient!(searched, &[0.5, 0.9, 0.2, 0.3, 0.7]);
}

mod elsewhere {
    use micrograd_core::Differentiable;

    #[derive(Clone, Debug, Differentiable)]
    pub struct Outer {
        pub x: f64,
    }
}

#[derive(Clone, Debug, Differentiable)]
struct Outer {
    inner: elsewhere::Outer,
    next: f64,
}

#[derive(Clone, Debug, Differentiable)]
struct Chain {
    x: f64,
    rest: Option<Box<Self>>,
}

#[differentiable]
fn product(chain: &Chain, outer: &Outer) -> f64 {
    let rest = match &chain.rest {
        Some(rest) => product(rest, outer),
        None => outer.inner.x * outer.next,
    };
    chain.x * rest
}

#[test]
fn a_type_of_the_same_name_elsewhere_is_another() {
    let chain = Chain {
        x: 2.0,
        rest: Some(Box::new(Chain { x: 3.0, rest: None })),
    };
    let outer = Outer {
        inner: elsewhere::Outer { x: 0.5 },
        next: 4.0,
    };
    check_gradient!(product, &chain, &outer);
    // The tangent of a type that does not contain itself is in no box.
    let (_, (_, OuterTangent { inner, next })) = gradient!(product, &chain, &outer);
    assert_eq!((inner.x, next), (24.0, 3.0));
}
