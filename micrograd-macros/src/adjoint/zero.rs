//! What cotangents begin as: one for each value that matters, declared as zero where the reverse of its region begins.
//!
// In:   %2 = %0 * %1;  %4 = (%2, %3)
// Out:  let Δ%2 = 0;  let Δ%4 = a zero of the type of %4
//!
//! Most zeros take their shape from what is added first. Where parts of a value are added to one by one, its cotangent has
//! the whole shape from the beginning; where no rule tells the type, the forward sweep keeps it.

use super::{Context, Step, Zero};
use crate::ir::{Kind, Region, Value};

impl<'f> Context<'_, 'f> {
    /// The cotangents that begin with a region.
    pub(super) fn zeros(&mut self, region: &'f Region) -> Vec<Step<'f>> {
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
        let aggregate = op.filter(|op| op.kind.is_aggregate_or_read());
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
}
