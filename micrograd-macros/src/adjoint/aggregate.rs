//! Tuples, sequences and structs. In comes an aggregate of values, out goes a statement for each of its parts that matters.

use super::{Context, Step};
use crate::ir::{Member, Op, Operand, Variant};
use syn::Path;

impl<'f> Context<'_, 'f> {
    // In:   %2 = (%0, %1)
    // Out:  Δ%0 += Δ%2.0;  Δ%1 += Δ%2.1
    pub(super) fn tuple(&self, op: &'f Op, elements: &[Operand], steps: &mut Vec<Step<'f>>) {
        let from = op.results[0];
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

    // In:   %2 = [%0, %1]
    // Out:  Δ%0 += Δ%2[0];  Δ%1 += Δ%2[1]
    pub(super) fn array(&self, op: &'f Op, elements: &[Operand], steps: &mut Vec<Step<'f>>) {
        let from = op.results[0];
        for (index, element) in elements.iter().enumerate() {
            if let Some(to) = self.target(element) {
                steps.push(Step::Element { to, from, index });
            }
        }
    }

    // In:   %2 = S { a: %0, ..%1 }
    // Out:  Δ%1 += Δ%2 but for a;  Δ%0 += Δ%2.a
    pub(super) fn structure(
        &self,
        op: &'f Op,
        variant: Option<&Path>,
        fields: &[(Member, Operand)],
        rest: Option<&Operand>,
        steps: &mut Vec<Step<'f>>,
    ) {
        let from = op.results[0];
        if let Some(to) = rest.and_then(|rest| self.target(rest)) {
            let members = fields.iter().map(|(member, _)| member.clone());
            steps.push(Step::Rest {
                to,
                from,
                members: members.collect(),
            });
        }
        for (member, operand) in fields {
            if let Some(to) = self.target(operand) {
                let part = |path: &Path| Variant {
                    path: Some(path.clone()),
                    member: member.clone(),
                };
                steps.push(Step::Part {
                    to,
                    from,
                    member: member.clone(),
                    variant: variant.map(|path| part(path).name()),
                });
            }
        }
    }
}
