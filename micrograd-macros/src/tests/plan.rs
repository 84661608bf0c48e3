//! The text of a storage plan, in the names of the IR's text.

use crate::adjoint::Adjoint;
use crate::index::Index;
use crate::ir::{Kind, Names, Op, Region, Value};
use crate::store::Plan;
use std::collections::{HashMap, HashSet};

/// The plan of a function: a line for what the pullback captures, then two for each region.
pub fn plan(source: &str) -> String {
    let function = super::settled(source);
    let index = Index::of(&function);
    let activity = crate::analyse::analyse(&function);
    let adjoint = crate::adjoint::adjoint(&index, &activity);
    let plan = crate::store::plan(&index, &adjoint, &HashSet::new());
    let mut printer = Printer::new(&index, &adjoint, &plan);
    printer.captured();
    printer.regions(&function.body);
    printer.text
}

struct Printer<'p, 'f> {
    index: &'p Index<'f>,
    plan: &'p Plan,
    names: Names,
    /// The operation that each residual is kept of.
    residuals: HashMap<Value, &'f Op>,
    text: String,
}

impl<'p, 'f> Printer<'p, 'f> {
    fn new(index: &'p Index<'f>, adjoint: &Adjoint<'f>, plan: &'p Plan) -> Self {
        let mut residuals = HashMap::new();
        index.function.body.visit(&mut |op| {
            residuals.extend(adjoint.residual(op).map(|residual| (residual, op)));
        });
        let names = Names::of(index.function);
        let text = String::new();
        Printer {
            index,
            plan,
            names,
            residuals,
            text,
        }
    }

    fn name(&self, value: Value) -> String {
        let Some(op) = self.residuals.get(&value) else {
            return self.names.name(value).to_string();
        };
        let results = self.names.list(op.results.iter().copied());
        match &op.kind {
            Kind::If { condition, .. } => {
                format!("branch on {}", self.names.name(condition.value))
            }
            Kind::For { body, .. } if self.plan.is_checkpoint(self.index.id(body)) => {
                format!("blocks of the {}", self.loop_name(op))
            }
            Kind::For { body, .. } if self.plan.is_replacing(self.index.id(body)) => {
                format!("last replacement of the {}", self.loop_name(op))
            }
            Kind::For { .. } => format!("tape of the {}", self.loop_name(op)),
            Kind::Call(_) => format!("pullback of {results}"),
            _ => format!("residual of {results}"),
        }
    }

    /// What a loop runs over, or what it results in.
    fn loop_name(&self, op: &Op) -> String {
        match &op.kind {
            Kind::For {
                iterator: Some(iterator),
                ..
            } => format!("loop over {}", self.names.name(iterator.value)),
            _ => format!("loop of {}", self.names.list(op.results.iter().copied())),
        }
    }

    fn line(&mut self, label: &str, values: &[Value]) {
        if !values.is_empty() {
            let names: Vec<String> = values.iter().map(|value| self.name(*value)).collect();
            self.text += &format!("{label}: {}\n", names.join(", "));
        }
    }

    /// All that stands in the function's own region and is read by the reverse sweep, which does not make it again.
    fn captured(&mut self) {
        let count = self.index.function.definitions.len() + self.residuals.len();
        let is_own = |value: &Value| match self.residuals.get(value) {
            Some(op) => self.index.home_of(*op) == 0,
            None => {
                let is_part = self.index.is_place(*value) && !self.index.is_loaded(*value);
                self.index.home(*value) == 0
                    && self.index.constant(*value).is_none()
                    && !self.plan.is_recomputed(0, *value)
                    && !is_part
            }
        };
        let values: Vec<Value> = (0..count)
            .map(Value)
            .filter(|value| self.plan.is_needed(*value))
            .filter(is_own)
            .collect();
        self.line("captured", &values);
    }

    fn regions(&mut self, region: &'f Region) {
        for op in &region.ops {
            let labels = match &op.kind {
                Kind::If { condition, .. } => {
                    let condition = self.names.name(condition.value);
                    vec![
                        format!("then of {condition}"),
                        format!("else of {condition}"),
                    ]
                }
                Kind::For { .. } => vec![self.loop_name(op)],
                _ => Vec::new(),
            };
            for (label, inner) in labels.iter().zip(op.kind.regions()) {
                self.region(label, inner);
            }
        }
    }

    fn region(&mut self, label: &str, region: &'f Region) {
        let id = self.index.id(region);
        self.line(&format!("{label} saves"), &self.plan.saved(id));
        let appended: Vec<Value> = self.plan.in_sequence(id).collect();
        self.line(&format!("{label} appends"), &appended);
        let undone: Vec<Value> = self
            .plan
            .undone(id)
            .iter()
            .map(|undone| undone.arg)
            .collect();
        self.line(&format!("{label} undoes"), &undone);
        let counted = self.plan.counted(id).iter();
        let counted: Vec<Value> = counted.map(|counted| counted.arg).collect();
        self.line(&format!("{label} counts along"), &counted);
        let recomputed: Vec<Value> = (0..self.index.function.definitions.len())
            .map(Value)
            .filter(|value| self.plan.is_recomputed(id, *value))
            .collect();
        self.line(&format!("{label} recomputes"), &recomputed);
        self.regions(region);
    }
}
