//! Memory that a function needs anew in each call, and that the calls of its fused rule share.
//!
// Out:  fn rrule_fused() { let mut room_y = Vec::new();  Fused::new(move |…| { let mut y = repeated_in(&mut room_y, 0.0, d); …; room_y = y; }) }
//!
//! In: a function, how its reverse sweep gets what it reads, and the regions each run of which is reversed before the
//! next. Out: for each of these regions the vectors that a run leaves to the next one.

use crate::adjoint::Adjoint;
use crate::analyse::Activity;
use crate::index::{Index, RegionId};
use crate::ir::{Call, Callee, Kind, Mode, Op, Operand, Region, Sequence, Value};
use crate::lower::is_float_method;
use crate::overwrite::is_written_first;
use crate::store::Plan;
use std::collections::{BTreeMap, HashMap, HashSet};

/// What a vector holds, by the value that names its variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Room {
    /// Scratch memory: the numbers of a slot.
    Memory(Value),
    /// Scratch memory of which each round of a loop has a version.
    Versions(Value),
    /// What a loop collects.
    Collected(Value),
    /// The cotangent of one of these.
    Cotangent(Value),
    /// The tape of a loop.
    Tape(Value),
    /// The tapes of a loop inside another one.
    Tapes(Value),
    /// Copies of memory that a loop changes.
    Copies(Value),
}

/// The vectors that are kept.
#[derive(Default)]
pub struct Rooms {
    of: BTreeMap<RegionId, Vec<Room>>,
    all: HashSet<Room>,
    /// For the vector that memory starts as, the memory.
    starts: HashMap<Value, Value>,
    /// The memory that each run writes anew before it reads it.
    anew: HashSet<Value>,
}

impl Rooms {
    /// Those of runs of a region.
    pub fn of(&self, region: RegionId) -> &[Room] {
        self.of.get(&region).map_or(&[], Vec::as_slice)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = Room> + '_ {
        self.of.values().flatten().copied()
    }

    /// Whether this vector is kept.
    pub fn has(&self, room: Room) -> bool {
        self.all.contains(&room)
    }

    /// Whether each run writes all of this memory before it reads it. What it was before does not matter then, and the reverse
    /// of those writes takes all of its cotangent.
    pub fn is_anew(&self, memory: Value) -> bool {
        self.anew.contains(&memory)
    }

    /// The memory that starts as this vector, if it is kept.
    pub fn starting(&self, value: Value) -> Option<Value> {
        self.starts.get(&value).copied()
    }
}

/// Finds the vectors that each run of `regions` makes anew, holds numbers in, and has when it ends.
pub fn rooms(
    index: &Index<'_>,
    activity: &Activity,
    adjoint: &Adjoint<'_>,
    plan: &Plan,
    regions: &HashSet<RegionId>,
) -> Rooms {
    if plan.has_checkpoints() {
        return Rooms::default();
    }
    let mut moved = HashSet::new();
    let mut owners = HashMap::new();
    let body = &index.function.body;
    moved.extend(body.yields.iter().map(|operand| operand.value));
    body.visit(&mut |op| {
        let yields = op
            .kind
            .regions()
            .into_iter()
            .flat_map(|region| &region.yields)
            .copied();
        let operands = op.kind.operands().into_iter().chain(yields);
        let by_value = operands.filter(|operand| operand.mode == Mode::Value);
        moved.extend(by_value.map(|operand| operand.value));
        if let Some(residual) = adjoint.residual(op) {
            owners.insert(residual, op);
        }
    });
    let mut finder = Finder {
        index,
        activity,
        adjoint,
        plan,
        moved,
        owners,
        rooms: Rooms::default(),
    };
    finder.region(body, regions);
    finder.rooms
}

struct Finder<'c, 'f> {
    index: &'c Index<'f>,
    activity: &'c Activity,
    adjoint: &'c Adjoint<'f>,
    plan: &'c Plan,
    /// What is used by value, and so may be somewhere else afterwards.
    moved: HashSet<Value>,
    /// The operations that residuals are kept of.
    owners: HashMap<Value, &'f Op>,
    rooms: Rooms,
}

impl<'f> Finder<'_, 'f> {
    fn region(&mut self, region: &'f Region, regions: &HashSet<RegionId>) {
        let id = self.index.id(region);
        if regions.contains(&id) && !region.diverges {
            for room in self.found(region) {
                self.rooms.all.insert(room);
                self.rooms.of.entry(id).or_default().push(room);
            }
        }
        for inner in region.ops.iter().flat_map(|op| op.kind.regions()) {
            self.region(inner, regions);
        }
    }

    fn found(&mut self, region: &'f Region) -> Vec<Room> {
        let mut found = Vec::new();
        for op in &region.ops {
            match &op.kind {
                Kind::Slot(init) => self.memory(region, op.results[0], init.value, &mut found),
                Kind::For { body, collects, .. } => {
                    let tape = self.adjoint.residual(op);
                    let tape = tape.filter(|tape| self.plan.is_needed(*tape));
                    let own = tape.filter(|tape| {
                        !self.plan.is_flat(*tape)
                            && !self.plan.is_replacing(self.index.id(body))
                            && self.holds_numbers(body)
                    });
                    found.extend(own.map(Room::Tape));
                    let vector = op.results.last().filter(|_| *collects);
                    let element = body.yields.last().map(|element| element.value);
                    let of_numbers = element.is_some_and(|element| self.index.is_number(element));
                    let kept = vector.filter(|vector| of_numbers && !self.moved.contains(vector));
                    if let Some(vector) = kept {
                        found.push(Room::Collected(*vector));
                        found.extend(self.cotangent(*vector));
                    }
                }
                _ => {}
            }
        }
        for value in self.plan.flat_in(self.index.id(region)) {
            if self.plan.version_of(value).is_some() {
                continue;
            }
            if self.plan.is_copied(value) {
                found.extend(
                    self.index
                        .is_number_vector(value)
                        .then_some(Room::Copies(value)),
                );
            } else if let Some(Kind::For { body, .. }) = self.owners.get(&value).map(|op| &op.kind)
            {
                found.extend(self.holds_numbers(body).then_some(Room::Tapes(value)));
            }
        }
        found
    }

    fn memory(&mut self, region: &Region, memory: Value, init: Value, found: &mut Vec<Room>) {
        let index = self.index;
        if !index.is_number_vector(memory) && !self.grows_by_numbers(memory, init) {
            return;
        }
        let cotangent = self.cotangent(memory);
        if self.plan.has_versions(memory) {
            found.push(Room::Versions(memory));
            found.extend(cotangent);
            return;
        }
        let Some(op) = index.definition(init) else {
            return;
        };
        let is_made_here = (matches!(op.kind, Kind::Repeat(_, _, Sequence::Vec)) || is_empty(op))
            && index.uses(init) == 1
            && index.home(init) == index.home(memory)
            && !self.plan.is_needed(init);
        if is_made_here {
            if let Kind::Repeat(_, length, Sequence::Vec) = &op.kind {
                let is_anew = self.adjoint.residual(op).is_none()
                    && is_written_first(region, memory, length.value);
                self.rooms.anew.extend(is_anew.then_some(memory));
            }
            self.rooms.starts.insert(init, memory);
            found.push(Room::Memory(memory));
            found.extend(cotangent);
        }
    }

    /// Whether memory starts as an empty vector, to which nothing but numbers are pushed.
    fn grows_by_numbers(&self, memory: Value, init: Value) -> bool {
        let (mut pushed, mut others) = (false, false);
        self.index.function.body.visit(&mut |op| match &op.kind {
            Kind::Push(place, number) if *place == memory => {
                pushed = true;
                others |= !self.index.is_number(number.value);
            }
            Kind::Slot(_)
            | Kind::Index(..)
            | Kind::Load(_)
            | Kind::Settled { .. }
            | Kind::Snapshot(_)
            | Kind::Pop(_)
            | Kind::Truncate(..)
            | Kind::Rearrange(..) => {}
            Kind::Call(Call { args, changes, .. }) => {
                let is_lent = |arg: &Operand| arg.value == memory && arg.mode == Mode::Exclusive;
                others |= *changes == Some(memory) || args.iter().any(is_lent);
            }
            kind => {
                others |= kind
                    .operands()
                    .iter()
                    .any(|operand| operand.value == memory)
            }
        });
        let starts_empty = self.index.definition(init).is_some_and(is_empty);
        starts_empty && pushed && !others
    }

    fn cotangent(&self, value: Value) -> Option<Room> {
        let matters = self.activity.matters(value);
        matters.then_some(Room::Cotangent(value))
    }

    /// Whether the records of a region are of numbers alone, so that they borrow nothing of the call.
    fn holds_numbers(&self, region: &Region) -> bool {
        let saved = self.plan.saved(self.index.id(region));
        saved.into_iter().all(|value| {
            let owner = self.owners.get(&value).map(|op| &op.kind);
            match owner {
                Some(Kind::If { .. } | Kind::For { .. }) => {
                    let owner = owner.map_or_else(Vec::new, Kind::regions);
                    owner.into_iter().all(|region| self.holds_numbers(region))
                }
                // What the pullback of a method of numbers keeps is numbers.
                Some(Kind::Call(Call {
                    callee: Callee::Method(method, _),
                    args,
                    ..
                })) => {
                    let on_numbers = args.iter().all(|arg| self.index.is_number(arg.value));
                    on_numbers && is_float_method(&method.to_string())
                }
                Some(_) => false,
                None => self.index.is_number(value),
            }
        })
    }
}

/// Whether an operation makes an empty vector: `Vec::new()` or `Vec::with_capacity(n)`.
fn is_empty(op: &Op) -> bool {
    let Kind::Call(Call {
        callee: Callee::Associated(path),
        ..
    }) = &op.kind
    else {
        return false;
    };
    // The user's arguments say what it holds.
    if path
        .segments
        .iter()
        .any(|segment| !segment.arguments.is_none())
    {
        return false;
    }
    let names: Vec<String> = (path.segments.iter())
        .map(|segment| segment.ident.to_string())
        .collect();
    matches!(names.as_slice(), [.., ty, function] if ty == "Vec" && ["new", "with_capacity"].contains(&function.as_str()))
}
