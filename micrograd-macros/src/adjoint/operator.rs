//! Operators. In comes `%2 = %0 * %1` or `%1 = -%0`, out goes a statement for each operand that matters.
//!
//! Of what are numbers for sure the rules are written here; all else goes through the rule of the operand's type. `*`, `/`
//! and `%` read their operands for that, `+` and `-` a residual that the forward sweep keeps.

use super::{Context, Cotangent, Step};
use crate::ir::{Op, Operand};
use syn::BinOp;

impl<'f> Context<'_, 'f> {
    // In:   %1 = -%0
    // Out:  Δ%0 -= Δ%1
    pub(super) fn neg(&mut self, op: &'f Op, a: &Operand, steps: &mut Vec<Step<'f>>) {
        let from = op.results[0];
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

    pub(super) fn binary(
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
}
