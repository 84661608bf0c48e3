//! The reverse sweep: every operation that matters, last first, as statements on cotangents.
//!
//! `Δ%3` is the cotangent of `%3`. Each value that matters has one, declared as zero where the
//! reverse of its region begins, and every use of the value adds to it. A value inside another one
//! (a place) has none of its own while it is borrowed: its cotangent is the same place inside that
//! of the other value.

pub mod display;
mod step;

pub use step::{loops, Cotangent, Handed, Step, Zero};

use crate::analyse::Activity;
use crate::index::Index;
use crate::ir::{
    carried, Call, Callee, Effect, Failure, Kind, Member, Mode, Op, Operand, Region, Sequence,
    Value, Variant,
};
use std::collections::{HashMap, HashSet};
use syn::{BinOp, Ident};

/// Methods of floats whose derivative is had from their result: those of `FromResult` in micrograd-core.
const FROM_RESULT: [&str; 7] = ["sqrt", "cbrt", "exp", "exp2", "tan", "tanh", "sin_cos"];

/// The reverse sweep of a function.
pub struct Adjoint<'f> {
    /// Its statements.
    pub steps: Vec<Step<'f>>,
    /// What the forward sweep keeps of an operation for its reverse: a pullback, an operator's
    /// residual, the trace of a branch or the tape of a loop.
    residuals: HashMap<*const Op, Value>,
}

impl<'f> Adjoint<'f> {
    /// What the forward sweep may keep of an operation.
    pub fn residual(&self, op: &Op) -> Option<Value> {
        self.residuals.get(&std::ptr::from_ref(op)).copied()
    }

    /// What is left of it where nothing is kept: methods are called through their rules all the same, which know what
    /// type they give. A function's rule gives what the function gives.
    pub fn of_rules(&self, index: &Index<'f>) -> Self {
        let mut residuals = HashMap::new();
        index.function.body.visit(&mut |op| {
            if let (Kind::Call(call), Some(residual)) = (&op.kind, self.residual(op)) {
                let is_plain = matches!(call.callee, Callee::Function(_));
                if !is_plain || matches!(call.failure, Failure::Kept) {
                    residuals.insert(std::ptr::from_ref(op), residual);
                }
            }
        });
        Adjoint {
            steps: Vec::new(),
            residuals,
        }
    }

    /// All residuals, with the operations they are kept of.
    pub fn residuals(&self) -> impl Iterator<Item = (*const Op, Value)> + '_ {
        self.residuals.iter().map(|(op, residual)| (*op, *residual))
    }
}

/// Reverses a function.
pub fn adjoint<'f>(index: &Index<'f>, activity: &Activity) -> Adjoint<'f> {
    let mut context = Context {
        index,
        activity,
        residuals: HashMap::new(),
        next: index.function.definitions.len(),
    };
    let body = &index.function.body;
    let mut steps = context.zeros(body);
    for yielded in &body.yields {
        if activity.matters(yielded.value) {
            steps.push(Step::Seed(context.cotangent(yielded)));
        }
    }
    context.ops(body, &mut steps);
    crate::verify::flows(&steps, |value| context.is_constant_slot(value));
    Adjoint {
        steps,
        residuals: context.residuals,
    }
}

struct Context<'i, 'f> {
    index: &'i Index<'f>,
    activity: &'i Activity,
    residuals: HashMap<*const Op, Value>,
    next: usize,
}

impl<'f> Context<'_, 'f> {
    fn cotangent(&self, operand: &Operand) -> Cotangent {
        match operand.mode {
            Mode::Value => Cotangent::Own(operand.value),
            Mode::Reference | Mode::Exclusive => self.memory_cotangent(operand.value),
        }
    }

    /// The cotangent of a borrowed value.
    fn memory_cotangent(&self, value: Value) -> Cotangent {
        if self.index.is_place(value) {
            Cotangent::Place(value)
        } else {
            Cotangent::Own(value)
        }
    }

    /// The cotangent of an operand, if it matters.
    fn target(&self, operand: &Operand) -> Option<Cotangent> {
        self.activity
            .matters(operand.value)
            .then(|| self.cotangent(operand))
    }

    /// Whether a value is memory that starts as something without a cotangent.
    fn is_constant_slot(&self, value: Value) -> bool {
        match self.index.definition(value).map(|op| &op.kind) {
            Some(Kind::Slot(init)) => !self.activity.matters(init.value),
            _ => false,
        }
    }

    /// Names what the forward sweep keeps of an operation.
    fn residual(&mut self, op: &Op) -> Value {
        let value = Value(self.next);
        self.next += 1;
        self.residuals.insert(op, value);
        value
    }

    /// What the forward sweep keeps of an operation, named once.
    fn kept(&mut self, op: &Op) -> Value {
        match self.residuals.get(&std::ptr::from_ref(op)) {
            Some(residual) => *residual,
            None => self.residual(op),
        }
    }

    /// The cotangents that begin with a region.
    fn zeros(&mut self, region: &'f Region) -> Vec<Step<'f>> {
        let results = region.ops.iter().flat_map(|op| &op.results);
        let values: Vec<Value> = (region.args.iter().chain(results).copied())
            .filter(|value| self.activity.matters(*value))
            .filter(|value| !self.index.is_place(*value) || self.index.is_loaded(*value))
            .collect();
        values
            .into_iter()
            .map(|value| Step::Zero(value, self.typed_zero(value)))
            .collect()
    }

    /// No rule tells the type of the cotangent of an aggregate or of what is read from a place, so
    /// the forward sweep does.
    fn typed_zero(&mut self, value: Value) -> Zero {
        let zero = self.zero(value);
        let op = self.index.definition(value);
        let aggregate = op.filter(|op| {
            matches!(
                op.kind,
                Kind::Tuple(_)
                    | Kind::Array(..)
                    | Kind::Repeat(..)
                    | Kind::Struct { .. }
                    | Kind::Slot(_)
                    | Kind::Field(..)
                    | Kind::Index(..)
                    | Kind::Deref(_)
                    | Kind::Payload(..)
                    | Kind::Load(_)
                    | Kind::Snapshot(_)
                    | Kind::Settled { .. }
            )
        });
        match (zero, op) {
            (Zero::Shapeless | Zero::Shaped, Some(op)) if matches!(op.kind, Kind::Pop(_)) => {
                return Zero::Like(self.kept(op));
            }
            _ => {}
        }
        match (zero, aggregate) {
            (Zero::Shapeless, Some(op)) => Zero::Typed(self.residual(op)),
            (zero, _) => zero,
        }
    }

    fn zero(&self, value: Value) -> Zero {
        if self.index.is_number(value) {
            Zero::Number
        } else if self.index.zero_array(value).is_some() {
            Zero::Array
        } else if self.index.is_borrowed(value) || self.index.is_collected(value) {
            Zero::Shaped
        } else {
            Zero::Shapeless
        }
    }

    fn ops(&mut self, region: &'f Region, steps: &mut Vec<Step<'f>>) {
        let mut skipped: HashSet<Value> = HashSet::new();
        for (position, op) in region.ops.iter().enumerate().rev() {
            if !self.activity.is_reversed(op) || op.results.iter().any(|r| skipped.contains(r)) {
                continue;
            }
            match self.added(&region.ops[..position], op) {
                Some((step, values)) => {
                    steps.push(step);
                    skipped.extend(values);
                }
                None => self.op(op, steps),
            }
        }
        steps.retain(|step| !matches!(step, Step::Zero(value, _) if skipped.contains(value)));
    }

    /// What is added to a place: the place's cotangent is that of the sum and of both its parts, so that the sum and what
    /// was there before need none of their own.
    // In:   %1 = load(%p);  %2 = %1 + %0;  store(%p, %2)
    // Out:  Δ%0 += Δ%p
    fn added(&self, before: &'f [Op], op: &'f Op) -> Option<(Step<'f>, [Value; 2])> {
        let Kind::Store(place, sum) = &op.kind else {
            return None;
        };
        let index = self.index;
        let defined = |value: Value| index.definition(value).map(|op| &op.kind);
        let Some(Kind::Binary(operator, old, new)) = defined(sum.value) else {
            return None;
        };
        let negative = match operator {
            BinOp::Add(_) => false,
            BinOp::Sub(_) => true,
            _ => return None,
        };
        let is_old = matches!(defined(old.value), Some(Kind::Load(from)) if from == place);
        let numbers = [sum.value, old.value, new.value].map(|value| index.is_number(value));
        let once = [sum.value, old.value].map(|value| index.uses(value) == 1);
        if !is_old || numbers.contains(&false) || once.contains(&false) {
            return None;
        }
        // Nobody changes memory in between.
        let since = before
            .iter()
            .rposition(|op| op.results.first() == Some(&old.value))?;
        let still = (before[since..].iter()).all(|op| {
            crate::analyse::changed(&op.kind).next().is_none() && op.kind.regions().is_empty()
        });
        if !still {
            return None;
        }
        let step = Step::AddPlace {
            to: self.target(new)?,
            place: self.memory_cotangent(*place),
            negative,
        };
        Some((step, [sum.value, old.value]))
    }

    /// What all iterations of a loop add to one element is added up first, in a register.
    fn sums(&mut self, body: &'f Region, steps: &mut [Step<'f>]) -> Vec<(Value, Value)> {
        let mut inside: HashSet<Value> = body.args.iter().copied().collect();
        body.visit(&mut |op| inside.extend(&op.results));
        let changed = steps.iter().flat_map(Step::changed);
        let changed: HashSet<Value> = changed.map(|value| self.index.root(value).0).collect();
        let mut sums = Vec::new();
        for step in steps {
            let Step::Add {
                to: to @ Cotangent::Place(_),
                from: Cotangent::Own(from),
                ..
            } = step
            else {
                continue;
            };
            let Cotangent::Place(place) = *to else {
                continue;
            };
            let Some(Kind::Index(base, at)) = self.index.definition(place).map(|op| &op.kind)
            else {
                continue;
            };
            let is_outside = !inside.contains(base) && !inside.contains(&at.value);
            let root = self.index.root(place).0;
            let is_constant = self.index.constant(at.value).is_some() && !inside.contains(base);
            if (is_outside || is_constant)
                && self.index.is_number(*from)
                && !changed.contains(&root)
            {
                let sum = Value(self.next);
                self.next += 1;
                sums.push((sum, place));
                *to = Cotangent::Own(sum);
            }
        }
        sums
    }

    // In:   %2 = %0 * %1
    // Out:  Δ%0 += Δ%2 * %1;  Δ%1 += Δ%2 * %0
    fn op(&mut self, op: &'f Op, steps: &mut Vec<Step<'f>>) {
        match &op.kind {
            Kind::Store(place, a) => {
                let number = self.index.is_number(a.value);
                let shape = (!number).then(|| self.residual(op));
                let place = self.memory_cotangent(*place);
                return steps.push(Step::Take {
                    to: self.target(a),
                    place,
                    shape,
                });
            }
            Kind::Push(place, a) => {
                let place = self.memory_cotangent(*place);
                return steps.push(Step::Pop {
                    to: self.target(a),
                    place,
                });
            }
            // In:   %1 = pop(%v)
            // Out:  push(Δ%v, Δ%1)
            Kind::Pop(place) => {
                let result = op.results[0];
                let from = Some(result).filter(|result| self.activity.matters(*result));
                let shape = (!self.index.is_number(result)).then(|| self.kept(op));
                let place = self.memory_cotangent(*place);
                return steps.push(Step::PutBack { from, place, shape });
            }
            Kind::Truncate(place, _) => {
                let zeros = self.residual(op);
                let place = self.memory_cotangent(*place);
                return steps.push(Step::Extend { place, zeros });
            }
            Kind::Swap(a, b) => {
                let [a, b] = [a, b].map(|place| self.memory_cotangent(*place));
                return steps.push(Step::Swap { a, b });
            }
            Kind::Rearrange(place, rearrangement) => {
                let place = self.memory_cotangent(*place);
                return steps.push(Step::Rearrange {
                    place,
                    rearrangement,
                });
            }
            Kind::If {
                then, otherwise, ..
            } => {
                self.residual(op);
                let then = self.branch(op, then);
                let otherwise = self.branch(op, otherwise);
                return steps.push(Step::Branch {
                    op,
                    then,
                    otherwise,
                });
            }
            Kind::For {
                inits, body, exits, ..
            } => return self.for_loop(op, inits, body, *exits, steps),
            _ => {}
        }
        let from = op.results[0];
        match &op.kind {
            Kind::Load(place) => {
                let to = self.memory_cotangent(*place);
                let from = Cotangent::Own(from);
                steps.push(Step::Add {
                    to,
                    from,
                    negative: false,
                    last: true,
                });
            }
            Kind::Slot(a) => {
                if let Some(to) = self.target(a) {
                    steps.push(Step::Add {
                        to,
                        from: Cotangent::Own(from),
                        negative: false,
                        last: false,
                    });
                }
            }
            Kind::Neg(a) => {
                let Some(to) = self.target(a) else { return };
                if self.index.is_number(a.value) && self.index.is_number(from) {
                    steps.push(Step::Add {
                        to,
                        from: Cotangent::Own(from),
                        negative: true,
                        last: true,
                    });
                } else {
                    let residual = self.residual(op);
                    steps.push(Step::Residual {
                        side: "left",
                        residual,
                        to,
                        from,
                    });
                }
            }
            Kind::Binary(operator, a, b) => self.binary(op, operator, a, b, steps),
            Kind::Cast(a, ty) => {
                if let Some(to) = self.target(a) {
                    steps.push(Step::Cast {
                        a: *a,
                        ty,
                        to,
                        from,
                    });
                }
            }
            Kind::Field(..)
            | Kind::Index(..)
            | Kind::Deref(_)
            | Kind::Payload(..)
            | Kind::Snapshot(_)
            | Kind::Settled { .. } => {
                if self.index.is_loaded(from) {
                    let (to, from) = (Cotangent::Place(from), Cotangent::Own(from));
                    steps.push(Step::Add {
                        to,
                        from,
                        negative: false,
                        last: true,
                    });
                }
            }
            Kind::Tuple(elements) => {
                for (index, element) in elements.iter().enumerate() {
                    if let Some(to) = self.target(element) {
                        let index = syn::Index {
                            index: index as u32,
                            span: op.span,
                        };
                        steps.push(Step::Part {
                            to,
                            from,
                            member: Member::Unnamed(index),
                            variant: None,
                        });
                    }
                }
            }
            Kind::Array(elements, _) => {
                for (index, element) in elements.iter().enumerate() {
                    if let Some(to) = self.target(element) {
                        steps.push(Step::Element { to, from, index });
                    }
                }
            }
            Kind::Repeat(element, _, Sequence::Array | Sequence::Vec) => {
                if let Some(to) = self.target(element) {
                    steps.push(Step::Sum { to, from });
                }
            }
            Kind::Struct {
                path,
                fields,
                variant,
                rest,
                ..
            } => {
                if let Some(to) = rest.as_ref().and_then(|rest| self.target(rest)) {
                    let members = fields.iter().map(|(member, _)| member.clone());
                    steps.push(Step::Rest {
                        to,
                        from,
                        members: members.collect(),
                    });
                }
                for (member, operand) in fields {
                    if let Some(to) = self.target(operand) {
                        let part = Variant {
                            path: Some(path.clone()),
                            member: member.clone(),
                        };
                        steps.push(Step::Part {
                            to,
                            from,
                            member: member.clone(),
                            variant: variant.then(|| part.name()),
                        });
                    }
                }
            }
            Kind::Call(call) => self.call(op, call, steps),
            // A closure's cotangent is that of what it captures.
            Kind::Lambda(lambda) => {
                if let Some(to) = self.target(&lambda.captures) {
                    steps.push(Step::Add {
                        to,
                        from: Cotangent::Own(from),
                        negative: false,
                        last: true,
                    });
                }
            }
            Kind::Present(a) => {
                if let Some(to) = self.target(a) {
                    steps.push(Step::Present { to, from });
                }
            }
            Kind::Unwrap(a, _) => {
                if let Some(to) = self.target(a) {
                    steps.push(Step::Unwrap { to, from });
                }
            }
            Kind::Constant(_)
            | Kind::Not(_)
            | Kind::Range(..)
            | Kind::Plain(_)
            | Kind::PlainValue(_)
            | Kind::Matches(..) => {
                unreachable!("constants, predicates and effects never matter")
            }
            Kind::Store(..)
            | Kind::Push(..)
            | Kind::Pop(_)
            | Kind::Truncate(..)
            | Kind::Swap(..)
            | Kind::Rearrange(..)
            | Kind::If { .. }
            | Kind::For { .. } => {
                unreachable!("reversed above")
            }
        }
    }

    fn binary(
        &mut self,
        op: &'f Op,
        operator: &BinOp,
        a: &Operand,
        b: &Operand,
        steps: &mut Vec<Step<'f>>,
    ) {
        let from = op.results[0];
        let (left, right) = (self.target(a), self.target(b));
        let numbers = [a.value, b.value, from]
            .iter()
            .all(|value| self.index.is_number(*value));
        let own = Cotangent::Own(from);
        match operator {
            BinOp::Add(_) | BinOp::Sub(_) if numbers => {
                let minus = matches!(operator, BinOp::Sub(_));
                steps.extend(left.map(|to| Step::Add {
                    to,
                    from: own,
                    negative: false,
                    last: false,
                }));
                steps.extend(right.map(|to| Step::Add {
                    to,
                    from: own,
                    negative: minus,
                    last: false,
                }));
            }
            BinOp::Add(_) | BinOp::Sub(_) => {
                let residual = self.residual(op);
                steps.extend(left.map(|to| Step::Residual {
                    side: "left",
                    residual,
                    to,
                    from,
                }));
                steps.extend(right.map(|to| Step::Residual {
                    side: "right",
                    residual,
                    to,
                    from,
                }));
            }
            BinOp::Mul(_) if numbers => {
                steps.extend(left.map(|to| Step::Scale {
                    to,
                    from,
                    factor: b.value,
                }));
                steps.extend(right.map(|to| Step::Scale {
                    to,
                    from,
                    factor: a.value,
                }));
            }
            BinOp::Div(_) if numbers => {
                let (dividend, divisor) = (a.value, b.value);
                steps.extend(left.map(|to| Step::Divide { to, from, divisor }));
                let is_reciprocal = (self.index.constant(dividend))
                    .is_some_and(|tokens| tokens.to_string() == "1.0");
                steps.extend(right.map(|to| match is_reciprocal {
                    true => Step::Reciprocal { to, from },
                    false => Step::DivideSquared {
                        to,
                        from,
                        dividend,
                        divisor,
                    },
                }));
            }
            operator => {
                let (left_rule, right_rule) = match operator {
                    BinOp::Mul(_) => ("mul_left", "mul_right"),
                    BinOp::Div(_) => ("div_left", "div_right"),
                    _ => ("rem_left", "rem_right"),
                };
                let half = |to, rule| Step::Operator {
                    rule,
                    a: *a,
                    b: *b,
                    to,
                    from,
                };
                steps.extend(left.map(|to| half(to, left_rule)));
                steps.extend(right.map(|to| half(to, right_rule)));
            }
        }
    }

    fn call(&mut self, op: &'f Op, call: &'f Call, steps: &mut Vec<Step<'f>>) {
        assert!(
            call.effect != Effect::Inert,
            "the result of an inert call never matters"
        );
        if let Some(method) = self.own_slope(op, call) {
            let from = op.results[0];
            if let (Some(to), true) = (self.target(&call.args[0]), self.activity.matters(from)) {
                steps.push(Step::FromResult { method, to, from });
            }
            return;
        }
        let back = self.residual(op);
        let kept = matches!(call.failure, Failure::Kept);
        let mut args: Vec<Handed> = Vec::new();
        for operand in &call.args {
            let to = self.target(operand);
            let separate = to.is_some_and(|to| args.iter().any(|other| self.may_alias(to, other)));
            args.push(Handed {
                operand: *operand,
                to,
                separate,
            });
        }
        // A call may matter only for what it changes.
        let from = Some(op.results[0]).filter(|result| self.activity.matters(*result));
        steps.push(Step::Pullback {
            back,
            from,
            call: op,
            args,
            kept,
        });
    }

    /// The method of a number whose derivative is had from its result, which is then the only thing to keep.
    fn own_slope(&self, op: &Op, call: &'f Call) -> Option<&'f Ident> {
        let Callee::Method(method, None) = &call.callee else {
            return None;
        };
        let is_one = FROM_RESULT.contains(&method.to_string().as_str()) && call.args.len() == 1;
        let is_number = |value: Value| self.index.is_number(value);
        let is_result = method == "sin_cos" || is_number(op.results[0]);
        (is_one && is_number(call.args[0].value) && is_result).then_some(method)
    }

    /// Whether an argument's cotangent may share memory with that of an earlier one.
    fn may_alias(&self, to: Cotangent, other: &Handed) -> bool {
        let Some(other) = other.to.filter(|_| !other.separate) else {
            return false;
        };
        let ((root, path), (other_root, other_path)) = (self.memory(to), self.memory(other));
        if root != other_root {
            return false;
        }
        match (path, other_path) {
            (Some(path), Some(other)) => path.iter().zip(&other).all(|(a, b)| a == b),
            _ => true,
        }
    }

    fn memory(&self, cotangent: Cotangent) -> (Value, Option<Vec<&'f Member>>) {
        match cotangent {
            Cotangent::Own(value) => (value, Some(Vec::new())),
            Cotangent::Place(value) => self.index.root(value),
        }
    }

    // In:   %s = if c { yield %a } else { … }
    // Out:  if c { Δ%a += Δ%s; … } else { … }
    fn branch(&mut self, op: &'f Op, region: &'f Region) -> Vec<Step<'f>> {
        if region.diverges {
            return Vec::new();
        }
        let mut steps = self.zeros(region);
        for (result, yielded) in op.results.iter().zip(&region.yields) {
            // The other branch's value may matter alone.
            if let (true, Some(to)) = (self.activity.matters(*result), self.target(yielded)) {
                let last = !self.index.is_number(*result);
                steps.push(Step::Add {
                    to,
                    from: Cotangent::Own(*result),
                    negative: false,
                    last,
                });
            }
        }
        self.ops(region, &mut steps);
        steps
    }

    // In:   %s = for %i in r, %c = %a { … yield %b }
    // Out:  for %i in r reversed { Δ%c = 0; Δ%b += Δ%s; …; Δ%s = Δ%c };  Δ%a += Δ%s
    fn for_loop(
        &mut self,
        op: &'f Op,
        inits: &'f [Operand],
        body: &'f Region,
        exits: bool,
        steps: &mut Vec<Step<'f>>,
    ) {
        self.residual(op);
        let mut inner = self.zeros(body);
        let mut pairs = Vec::new();
        let yields = carried(&body.yields, exits);
        for ((result, arg), yielded) in op.results.iter().zip(&body.args[1..]).zip(yields) {
            if self.activity.matters(*result) {
                pairs.push((*result, *arg));
                let to = self.cotangent(yielded);
                if self.activity.matters(yielded.value) {
                    let from = Cotangent::Own(*result);
                    inner.push(Step::Add {
                        to,
                        from,
                        negative: false,
                        last: false,
                    });
                }
            }
        }
        if let (Kind::For { collects: true, .. }, Some(element)) = (&op.kind, body.yields.last()) {
            inner.extend(self.target(element).map(Step::Collected));
        }
        self.ops(body, &mut inner);
        let sums = self.sums(body, &mut inner);
        steps.push(Step::Loop {
            op,
            steps: inner,
            carried: pairs,
            sums,
        });
        for (result, init) in op.results.iter().zip(inits) {
            if let (true, Some(to)) = (self.activity.matters(*result), self.target(init)) {
                let from = Cotangent::Own(*result);
                steps.push(Step::Add {
                    to,
                    from,
                    negative: false,
                    last: true,
                });
            }
        }
    }
}
