//! Gradients of `#[differentiable]` functions against central differences, dual numbers and
//! analytic values. Each test names the claim it makes; the lints prove the emitted code clean.

#![deny(warnings)]
#![allow(
    clippy::all,
    reason = "the tests are written as users write, in every spelling"
)]
#![forbid(unsafe_code)]

#[macro_use]
mod parts;

mod assigning_blocks;
mod borrowing;
mod branches;
mod calls;
mod checkpoint_loops;
mod checkpoint_places;
mod checkpoint_types;
mod checkpoints;
mod clean;
mod closure_calls;
mod closure_captures;
mod closure_values;
mod closures_passed;
mod consecutive_elements;
mod control_flow;
mod conventions;
mod copies;
mod cost;
mod counted_along;
mod counters;
mod declared_types;
mod enums;
mod evaluation_order;
mod everyday_calls;
mod exits;
mod exits_in_operands;
mod failing_closures;
mod fallible;
mod findings;
mod function_arguments;
mod function_parameters;
mod function_values;
mod fused_loops;
mod fused_rules;
mod fused_scratch;
mod generic_impls;
mod generic_sequences;
mod generics;
mod growing_sequences;
mod hygiene;
mod inert;
mod iterator_adaptors;
mod iterator_collections;
mod iterator_combinations;
mod iterator_items;
mod iterator_reductions;
mod iterator_searches;
mod iterators;
mod iterators_over_slots;
mod jacobian_forms;
mod jacobians;
mod known_numbers;
mod linear_algebra;
mod loop_carries;
mod loop_ranges;
mod loops;
mod marker_types;
mod matrix_constructors;
mod matrix_methods;
mod matrix_mutation;
mod matrix_systems;
mod models;
mod mutable_arguments;
mod mutation;
mod mutation_in_loops;
mod options;
mod options_of_calls;
mod own_conversions;
mod own_index_bodies;
mod own_indices;
mod own_methods;
mod own_operators;
mod places;
mod real_sequences;
mod recorded_loops;
mod recursion;
mod recursive_types;
mod references;
mod references_inside;
mod registry;
mod replacing_branches;
mod replacing_in_part;
mod replacing_loops;
mod replacing_nests;
mod replacing_values;
mod rules_in_bodies;
mod sequences;
mod snapshots;
mod spellings;
mod straight_line;
mod structs;
mod traits;
mod typed_sums;
mod unused;
mod versions;
