//! Methods of the user's that have the names of those of vectors.

use micrograd_core::{Differentiable, check_gradient, differentiable};

#[derive(Clone, Debug, Differentiable)]
struct Stack {
    items: Vec<f64>,
    total: f64,
}

#[differentiable]
impl Stack {
    fn new() -> Self {
        Stack {
            items: Vec::new(),
            total: 0.0,
        }
    }

    fn of(first: f64) -> Stack {
        let mut stack = Stack::new();
        stack.push(first);
        stack
    }

    fn push(&mut self, x: f64) {
        self.items.push(x);
        self.total += x * x;
    }

    fn pop(&mut self) -> Option<f64> {
        let x = self.items.pop()?;
        self.total -= x;
        Some(x)
    }

    fn clear(&mut self) {
        self.total *= 2.0;
    }

    fn insert(&mut self, position: usize, x: f64) {
        self.items.insert(position, x * 3.0);
    }

    fn extend(&mut self, x: f64) {
        self.push(x);
        self.push(2.0 * x);
    }

    fn sum(&self) -> f64 {
        self.items.iter().sum::<f64>() * self.total
    }
}

#[differentiable]
fn of_locals(x: f64, y: f64) -> f64 {
    let mut made = Stack::new();
    made.push(x);
    made.push(y);
    made.extend(x * y);
    made.insert(1, x);
    let popped = made.pop().unwrap();
    made.clear();
    let mut literal = Stack {
        items: vec![y],
        total: x,
    };
    literal.push(popped);
    let mut of = Stack::of(popped * y);
    of.extend(literal.total);
    made.sum() + literal.sum() * popped + of.sum()
}

#[test]
fn a_local_of_an_own_type_has_its_own_methods() {
    check_gradient!(of_locals, 0.4, 1.3);
}

#[derive(Clone, Debug, Differentiable)]
struct Stacks {
    one: Stack,
    boxed: Box<Stack>,
    many: Vec<Stack>,
    pair: [Stack; 2],
    plain: Vec<f64>,
}

#[differentiable]
fn of_fields(stacks: &mut Stacks, x: f64) -> f64 {
    stacks.one.push(x);
    stacks.boxed.push(x.sin());
    stacks.many[0].push(x * x);
    stacks.pair[1].extend(3.0 * x);
    (&mut stacks.pair[0]).push(x);
    // Those of a vector are beside them.
    stacks.plain.push(x);
    stacks.plain.extend([x, 2.0]);
    stacks.plain.insert(0, 0.5 * x);
    while let Some(last) = stacks.plain.pop() {
        stacks.one.push(last);
    }
    let pair = stacks.pair[0].sum() * stacks.pair[1].sum();
    stacks.one.sum() + stacks.boxed.sum() * stacks.many[0].sum() + pair
}

#[differentiable]
fn of_a_copy(stacks: &Stacks, x: f64) -> f64 {
    let mut copy = stacks.clone();
    of_fields(&mut copy, x)
}

#[test]
fn a_field_of_an_own_type_has_its_own_methods() {
    let stack = Stack {
        items: vec![0.3],
        total: 0.2,
    };
    let stacks = Stacks {
        one: stack.clone(),
        boxed: Box::new(stack.clone()),
        many: vec![stack.clone()],
        pair: [stack.clone(), stack],
        plain: vec![0.6],
    };
    check_gradient!(of_a_copy, &stacks, 0.7);
}

#[differentiable]
fn of_parameters(stack: &mut Stack, mut owned: Stack, x: f64) -> f64 {
    stack.push(x);
    owned.extend(x);
    for _ in 0..2 {
        let last = stack.pop().unwrap();
        owned.push(last * x);
    }
    owned.sum() * stack.total
}

#[differentiable]
fn lent_and_owned(stack: &Stack, x: f64) -> f64 {
    let mut lent = stack.clone();
    of_parameters(&mut lent, stack.clone(), x) + lent.total
}

#[test]
fn a_parameter_of_an_own_type_has_its_own_methods() {
    let stack = Stack {
        items: vec![0.3, 1.2],
        total: 0.2,
    };
    check_gradient!(lent_and_owned, &stack, 0.7);
}

mod named_alike {
    use micrograd_core::{Differentiable, differentiable};

    #[derive(Clone, Debug, Differentiable)]
    pub struct Row {
        pub x: f64,
    }

    #[differentiable]
    impl Row {
        pub fn push(&mut self, x: f64) {
            self.x *= x;
        }

        pub fn as_deref(&self) -> f64 {
            self.x * self.x
        }
    }

    pub mod of_vectors {
        pub type Row = Vec<f64>;
    }
}

#[differentiable]
fn of_an_alias(x: f64, mut row: named_alike::of_vectors::Row) -> f64 {
    row.push(x);
    row[0] * row[1]
}

#[differentiable]
fn of_an_own_as_deref(x: f64) -> f64 {
    let row = named_alike::Row { x };
    row.as_deref() * x
}

#[test]
fn types_and_methods_may_be_named_alike() {
    check_gradient!(of_an_alias, 0.7, vec![0.3]);
    check_gradient!(of_an_own_as_deref, 0.7);
}

fn two_of(x: f64) -> Stack {
    Stack {
        items: vec![x, 2.0],
        total: x,
    }
}

#[differentiable]
fn of_copies(stack: &Stack, x: f64) -> f64 {
    let mut copy = stack.clone();
    copy.push(x);
    let mut made = Stack::of(x);
    made.push(copy.total);
    copy.sum() * made.sum()
}

#[test]
fn a_copy_has_the_methods_of_its_type() {
    check_gradient!(of_copies, &two_of(0.4), 0.7);
}
