//! Panics on IR that was built wrongly; the user's mistakes are found in lowering.

use crate::adjoint::Step;
use crate::ir::{Function, Kind, Region, Value};
use std::collections::HashSet;

/// Checks the invariants of [`ir`](crate::ir).
pub fn verify(function: &Function) {
    let mut defined = HashSet::new();
    for param in &function.params {
        define(&mut defined, param.value, function);
    }
    region(&function.body, &mut defined, function);
    assert!(
        function.body.yields.len() <= 1,
        "a function has one result:\n{function}"
    );
}

fn define(defined: &mut HashSet<Value>, value: Value, function: &Function) {
    assert!(
        value.0 < function.definitions.len(),
        "{value:?} is not described:\n{function}"
    );
    assert!(
        defined.insert(value),
        "{value:?} is defined twice:\n{function}"
    );
}

fn region(region: &Region, defined: &mut HashSet<Value>, function: &Function) {
    for arg in &region.args {
        define(defined, *arg, function);
    }
    for op in &region.ops {
        for operand in op.kind.operands() {
            let value = operand.value;
            assert!(
                defined.contains(&value),
                "{value:?} is used before it is defined:\n{function}"
            );
        }
        for inner in op.kind.regions() {
            // What a region defines is not visible after it.
            let mut inside = defined.clone();
            self::region(inner, &mut inside, function);
        }
        match &op.kind {
            Kind::If {
                then, otherwise, ..
            } => {
                assert!(
                    then.args.is_empty() && otherwise.args.is_empty(),
                    "a branch has no arguments:\n{function}"
                );
                for branch in [then, otherwise]
                    .into_iter()
                    .filter(|branch| !branch.diverges)
                {
                    assert_eq!(
                        branch.yields.len(),
                        op.results.len(),
                        "a branch yields its results:\n{function}"
                    );
                }
            }
            Kind::For {
                inits,
                body,
                exits,
                collects,
                ..
            } => {
                let collected = usize::from(*collects);
                assert_eq!(
                    body.args.len(),
                    1 + inits.len(),
                    "a loop's body takes the item and what it carries:\n{function}"
                );
                assert!(
                    body.diverges
                        || body.yields.len() == inits.len() + usize::from(*exits) + collected,
                    "a loop's body yields what it carries:\n{function}"
                );
                assert_eq!(
                    op.results.len(),
                    inits.len() + collected,
                    "a loop's results are what it carries:\n{function}"
                );
            }
            Kind::Plain(_)
            | Kind::Store(..)
            | Kind::Push(..)
            | Kind::Truncate(..)
            | Kind::Swap(..)
            | Kind::Rearrange(..) => assert!(
                op.results.is_empty(),
                "an effect has no result:\n{function}"
            ),
            _ => assert_eq!(
                op.results.len(),
                1,
                "an operation has one result:\n{function}"
            ),
        }
        for result in &op.results {
            define(defined, *result, function);
        }
    }
    for operand in &region.yields {
        let value = operand.value;
        assert!(
            defined.contains(&value),
            "{value:?} is yielded before it is defined:\n{function}"
        );
    }
}

/// Checks that every cotangent goes somewhere: one that nobody reads would be a silent zero. Only
/// that of memory that starts as a constant ends where it began.
pub fn flows(steps: &[Step<'_>], ends: impl Fn(Value) -> bool) {
    let (mut declared, mut read) = (HashSet::new(), HashSet::new());
    follow(steps, &mut declared, &mut read);
    let lost = declared.difference(&read).filter(|value| !ends(**value));
    let lost: Vec<&Value> = lost.collect();
    assert!(lost.is_empty(), "the cotangents of {lost:?} are lost");
}

fn follow(steps: &[Step<'_>], declared: &mut HashSet<Value>, read: &mut HashSet<Value>) {
    for step in steps {
        read.extend(step.from());
        match step {
            Step::Zero(value, _) => {
                declared.insert(*value);
            }
            Step::Branch {
                op,
                then,
                otherwise,
            } => {
                // A result that neither branch varies has no cotangent to pass on.
                read.extend(&op.results);
                follow(then, declared, read);
                follow(otherwise, declared, read);
            }
            Step::Loop {
                op, steps, carried, ..
            } => {
                read.extend(carried.iter().map(|(_, arg)| *arg));
                read.extend(&op.results);
                follow(steps, declared, read);
            }
            _ => {}
        }
    }
}
