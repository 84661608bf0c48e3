//! The text of a reverse sweep, in the names of the IR's text.

use super::{Adjoint, Cotangent, Step};
use crate::index::Index;
use crate::ir::{Kind, Member, Names, Rearrangement, Value};
use std::collections::HashMap;
use syn::BinOp;

/// The reverse sweep of the function that `names` numbers.
pub fn text(adjoint: &Adjoint<'_>, index: &Index<'_>, names: &Names) -> String {
    let params = index.function.params.iter().map(|param| param.value);
    let mut printer = Printer {
        index,
        names,
        text: format!("1: (Δ, {})\n", names.list(params)),
        sums: HashMap::new(),
    };
    printer.steps(&adjoint.steps, 1);
    let cotangents: Vec<String> = (index.function.params.iter())
        .map(|param| format!("Δ{}", names.name(param.value)))
        .collect();
    printer.line(1, &format!("return {}", cotangents.join(", ")));
    printer.text
}

struct Printer<'p, 'f> {
    index: &'p Index<'f>,
    names: &'p Names,
    text: String,
    /// The places that sums are of.
    sums: HashMap<Value, Value>,
}

impl Printer<'_, '_> {
    fn line(&mut self, depth: usize, text: &str) {
        self.text
            .push_str(&format!("{}{text}\n", "  ".repeat(depth)));
    }

    fn own(&self, value: Value) -> String {
        if let Some(place) = self.sums.get(&value) {
            return format!("Σ{}", self.place(*place));
        }
        format!("Δ{}", self.names.name(value))
    }

    fn cotangent(&self, cotangent: &Cotangent) -> String {
        match cotangent {
            Cotangent::Own(value) => self.own(*value),
            Cotangent::Place(value) => self.place(*value),
        }
    }

    fn place(&self, value: Value) -> String {
        let Some(op) = self.index.definition(value) else {
            return self.own(value);
        };
        match &op.kind {
            Kind::Field(base, Member::Named(field)) => format!("{}.{field}", self.place(*base)),
            Kind::Field(base, Member::Unnamed(field)) => {
                format!("{}.{}", self.place(*base), field.index)
            }
            Kind::Index(base, at) => {
                format!("{}[{}]", self.place(*base), self.names.name(at.value))
            }
            Kind::Payload(base, variant) => {
                format!("{}.{}", self.place(*base), variant.name())
            }
            Kind::Deref(base) | Kind::Snapshot(base) => self.place(*base),
            Kind::Settled { memory, .. } => self.place(*memory),
            _ => self.own(value),
        }
    }

    fn steps(&mut self, steps: &[Step<'_>], depth: usize) {
        for step in steps {
            self.step(step, depth);
        }
    }

    fn step(&mut self, step: &Step<'_>, depth: usize) {
        let name = |value: &Value| self.names.name(*value).to_string();
        let line = match step {
            Step::AddPlace {
                to,
                place,
                negative,
            } => {
                let sign = if *negative { "-" } else { "+" };
                format!("{} {sign}= {}", self.cotangent(to), self.cotangent(place))
            }
            Step::Zero(value, _) => format!("{} = 0", self.own(*value)),
            Step::Seed(to) => format!("{} += Δ", self.cotangent(to)),
            Step::Take {
                to: Some(to),
                place,
                ..
            } => {
                let place = self.cotangent(place);
                format!("{} += {place}; {place} = 0", self.cotangent(to))
            }
            Step::Take {
                to: None, place, ..
            } => format!("{} = 0", self.cotangent(place)),
            Step::Pop {
                to: Some(to),
                place,
            } => format!("{} += pop({})", self.cotangent(to), self.cotangent(place)),
            Step::Pop { to: None, place } => format!("pop({})", self.cotangent(place)),
            Step::PutBack { from, place, .. } => match from {
                Some(from) => format!("push({}, {})", self.cotangent(place), self.own(*from)),
                None => format!("push({}, 0)", self.cotangent(place)),
            },
            Step::Extend { place, .. } => format!("extend({}, 0)", self.cotangent(place)),
            Step::Swap { a, b } => format!("swap({}, {})", self.cotangent(a), self.cotangent(b)),
            Step::Rearrange {
                place,
                rearrangement,
            } => {
                let place = self.cotangent(place);
                match rearrangement {
                    Rearrangement::Reverse => format!("reverse({place})"),
                    Rearrangement::RotateLeft(n) => {
                        format!("rotate_right({place}, {})", name(&n.value))
                    }
                    Rearrangement::RotateRight(n) => {
                        format!("rotate_left({place}, {})", name(&n.value))
                    }
                    Rearrangement::Order(order) => {
                        format!("restore({place}, {})", name(&order.value))
                    }
                }
            }
            Step::Collected(to) => format!("{} += Δ of the element", self.cotangent(to)),
            Step::Add {
                to, from, negative, ..
            } => {
                let sign = if *negative { "-=" } else { "+=" };
                format!("{} {sign} {}", self.cotangent(to), self.cotangent(from))
            }
            Step::Scale { to, from, factor } => {
                format!(
                    "{} += {} * {}",
                    self.cotangent(to),
                    self.own(*from),
                    name(factor)
                )
            }
            Step::Divide { to, from, divisor } => {
                format!(
                    "{} += {} / {}",
                    self.cotangent(to),
                    self.own(*from),
                    name(divisor)
                )
            }
            Step::Reciprocal { to, from } => {
                let (to, quotient) = (self.cotangent(to), name(from));
                format!("{to} -= {} * {quotient}²", self.own(*from))
            }
            Step::FromResult { method, to, from } => {
                let (to, result) = (self.cotangent(to), name(from));
                format!(
                    "{to} += {} * slope of {method} at its result {result}",
                    self.own(*from)
                )
            }
            Step::DivideSquared {
                to,
                from,
                dividend,
                divisor,
            } => {
                let (a, b) = (name(dividend), name(divisor));
                format!("{} -= {} * {a} / {b}²", self.cotangent(to), self.own(*from))
            }
            Step::Operator {
                rule,
                a,
                b,
                to,
                from,
            } => {
                let (a, b) = (name(&a.value), name(&b.value));
                format!(
                    "{} += {rule}({a}, {b}, {})",
                    self.cotangent(to),
                    self.own(*from)
                )
            }
            Step::Residual { side, to, from, .. } => {
                let operator = self.index.definition(*from).map(|op| &op.kind);
                let minus = match operator {
                    Some(Kind::Binary(BinOp::Sub(_), ..)) => *side == "right",
                    Some(Kind::Neg(_)) => true,
                    _ => false,
                };
                let sign = if minus { "-=" } else { "+=" };
                format!("{} {sign} {}", self.cotangent(to), self.own(*from))
            }
            Step::Cast { to, from, .. } => {
                format!("{} += cast({})", self.cotangent(to), self.own(*from))
            }
            Step::Pullback {
                from, call, args, ..
            } => {
                let targets: Vec<String> = (args.iter())
                    .map(|arg| arg.to.as_ref().map_or("_".into(), |to| self.cotangent(to)))
                    .collect();
                let from = from.map_or("0".into(), |from| self.own(from));
                let call = self.names.list(call.results.iter().copied());
                format!("({}) += pullback of {call}({from})", targets.join(", "))
            }
            Step::Part {
                to, from, member, ..
            } => {
                let part = match member {
                    Member::Named(field) => field.to_string(),
                    Member::Unnamed(index) => index.index.to_string(),
                };
                format!("{} += {}.{part}", self.cotangent(to), self.own(*from))
            }
            Step::Rest { to, from, .. } => {
                format!("{} += rest of {}", self.cotangent(to), self.own(*from))
            }
            Step::Element { to, from, index } => {
                format!("{} += {}[{index}]", self.cotangent(to), self.own(*from))
            }
            Step::Sum { to, from } => format!("{} += sum({})", self.cotangent(to), self.own(*from)),
            Step::Present { to, from } => {
                format!("{} += unwrap({})", self.cotangent(to), self.own(*from))
            }
            Step::Unwrap { to, from } => {
                format!("{} += some({})", self.cotangent(to), self.own(*from))
            }
            Step::Branch {
                op,
                then,
                otherwise,
            } => {
                let Kind::If {
                    condition,
                    then: taken,
                    otherwise: other,
                } = &op.kind
                else {
                    unreachable!("a branch reverses an if")
                };
                if taken.diverges || other.diverges {
                    self.steps(then, depth);
                    return self.steps(otherwise, depth);
                }
                self.line(depth, &format!("if {}", self.names.name(condition.value)));
                self.steps(then, depth + 1);
                self.line(depth, "else");
                self.steps(otherwise, depth + 1);
                "end".into()
            }
            Step::Loop {
                op,
                steps,
                carried,
                sums,
            } => {
                let Kind::For {
                    iterator,
                    body,
                    checkpoint,
                    ..
                } = &op.kind
                else {
                    unreachable!("a loop reverses a for")
                };
                let mut over = match iterator {
                    Some(iterator) => format!(
                        "for {} in reverse({})",
                        name(&body.args[0]),
                        name(&iterator.value)
                    ),
                    None => "reverse loop".into(),
                };
                if *checkpoint {
                    over += " checkpoint";
                }
                self.line(depth, &over);
                self.sums.extend(sums.iter().copied());
                self.steps(steps, depth + 1);
                for (result, arg) in carried {
                    let text = format!("{} = {}", self.own(*result), self.own(*arg));
                    self.line(depth + 1, &text);
                }
                let added = sums.iter().map(|(_, place)| {
                    let place = self.place(*place);
                    format!("; {place} += Σ{place}")
                });
                format!("end{}", added.collect::<String>())
            }
        };
        self.line(depth, &line);
    }
}
