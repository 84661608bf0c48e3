//! The named traversal of the numbers a value is made of.

use crate::{Differentiable, NoTangent, Tangent};

/// One array of numbers inside a larger value, beside the same array of its tangent.
///
/// Elements are in the storage order of the value: columns first for matrices.
#[derive(Debug)]
pub enum Leaf<'a> {
    /// Numbers of type `f32`.
    F32(&'a mut [f32], &'a mut [f32]),
    /// Numbers of type `f64`.
    F64(&'a mut [f64], &'a mut [f64]),
}

/// Receives the leaves of a value in order.
///
/// `name` is the path of fields that leads to the leaf, such as `layers.0.weight`; `shape` is
/// empty for a number, one length for a sequence, rows and columns for a matrix.
pub type Visitor<'v> = dyn FnMut(&str, &[usize], Leaf<'_>) + 'v;

/// Receives the seeds of the random parts of a value in order.
pub type SeedVisitor<'v> = dyn FnMut(&mut Option<u64>) + 'v;

/// A value that can hand out every number it holds, by name.
///
/// `#[derive(Differentiable)]` implements it; a field marked `#[no_gradient]` is passed over. So
/// every part of a model is found without the model's help, its random parts included.
#[diagnostic::on_unimplemented(
    message = "the parameters of `{Self}` cannot be visited",
    label = "no traversal of its parameters",
    note = "mark the field `#[no_gradient]`, or add `#[derive(Differentiable)]` to the type"
)]
pub trait Parameters: Differentiable {
    /// Calls `visit` for each array of numbers in `self` together with that of `tangent`.
    ///
    /// `tangent` must have the shape of [`Differentiable::zero_tangent`].
    fn visit_parameters(
        &mut self,
        tangent: &mut Self::Tangent,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    );

    /// Calls `visit` for the seed of each random part of `self`, such as a dropout layer.
    ///
    /// A part without a seed is not random: that is the state in which models are tested. A part
    /// draws nothing itself, so that it is the same function whenever it has the same seed.
    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        let _ = visit;
    }

    /// Visits the leaves of a slice of values; floats are one leaf together. Values that have no
    /// tangent, because no cotangent has reached the slice, are visited with a shapeless one.
    #[doc(hidden)]
    fn visit_slice(
        values: &mut [Self],
        tangents: &mut [Self::Tangent],
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) where
        Self: Sized,
    {
        let mut tangents = tangents.iter_mut();
        for (index, value) in values.iter_mut().enumerate() {
            name.within(index, |name| match tangents.next() {
                Some(tangent) => value.visit_parameters(tangent, name, visit),
                None => value.visit_parameters(&mut Tangent::shapeless(), name, visit),
            });
        }
    }
}

/// The path of fields to the leaf that is being visited.
#[derive(Clone, Debug)]
pub struct Name(String);

impl Default for Name {
    /// The empty path, with room for a long one: a visit allocates once.
    fn default() -> Name {
        Name(String::with_capacity(64))
    }
}

impl Name {
    /// Runs `visit` with one more segment at the end of the path.
    pub fn within<R>(
        &mut self,
        segment: impl std::fmt::Display,
        visit: impl FnOnce(&mut Name) -> R,
    ) -> R {
        use std::fmt::Write;
        let length = self.0.len();
        let dot = if length == 0 { "" } else { "." };
        write!(self.0, "{dot}{segment}").expect("writing to a String does not fail");
        let result = visit(self);
        self.0.truncate(length);
        result
    }

    /// The path as text, segments joined by dots.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

macro_rules! float {
    ($($float:ty, $leaf:ident);*) => {$(
        impl Parameters for $float {
            fn visit_parameters(
                &mut self,
                tangent: &mut $float,
                name: &mut Name,
                visit: &mut Visitor<'_>,
            ) {
                let leaf = Leaf::$leaf(std::slice::from_mut(self), std::slice::from_mut(tangent));
                visit(name.as_str(), &[], leaf);
            }
            fn visit_slice(
                values: &mut [$float],
                tangents: &mut [$float],
                name: &mut Name,
                visit: &mut Visitor<'_>,
            ) {
                visit(name.as_str(), &[values.len()], Leaf::$leaf(values, tangents));
            }
        }
    )*};
}
float!(f32, F32; f64, F64);

macro_rules! without_leaves {
    ($($type:ty),*) => {$(
        impl Parameters for $type {
            fn visit_parameters(&mut self, _: &mut NoTangent, _: &mut Name, _: &mut Visitor<'_>) {}
        }
    )*};
}
without_leaves!(
    usize, u8, u16, u32, u64, u128, isize, i8, i16, i32, i64, i128
);
without_leaves!(bool, char, (), String, NoTangent);

impl<T: Parameters> Parameters for Vec<T> {
    fn visit_parameters(
        &mut self,
        tangent: &mut Vec<T::Tangent>,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        T::visit_slice(self, tangent, name, visit);
    }

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        for value in self {
            value.visit_seeds(visit);
        }
    }
}

impl<T: Parameters, const N: usize> Parameters for [T; N] {
    fn visit_parameters(
        &mut self,
        tangent: &mut [T::Tangent; N],
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        T::visit_slice(self, tangent, name, visit);
    }

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        for value in self {
            value.visit_seeds(visit);
        }
    }
}

impl<T: Parameters> Parameters for Box<T> {
    fn visit_parameters(
        &mut self,
        tangent: &mut T::Tangent,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        (**self).visit_parameters(tangent, name, visit);
    }

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        (**self).visit_seeds(visit);
    }
}

impl<T: Parameters> Parameters for Option<T> {
    fn visit_parameters(
        &mut self,
        tangent: &mut Option<T::Tangent>,
        name: &mut Name,
        visit: &mut Visitor<'_>,
    ) {
        if let Some(value) = self {
            value.visit_parameters(tangent.get_or_insert_with(Tangent::shapeless), name, visit);
        }
    }

    fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
        if let Some(value) = self {
            value.visit_seeds(visit);
        }
    }
}

macro_rules! tuple {
    ($($index:tt $T:ident),*) => {
        impl<$($T: Parameters),*> Parameters for ($($T,)*) {
            fn visit_parameters(
                &mut self,
                tangent: &mut Self::Tangent,
                name: &mut Name,
                visit: &mut Visitor<'_>,
            ) {
                $(name.within($index, |name| {
                    self.$index.visit_parameters(&mut tangent.$index, name, visit);
                });)*
            }

            fn visit_seeds(&mut self, visit: &mut SeedVisitor<'_>) {
                $(self.$index.visit_seeds(visit);)*
            }
        }
    };
}
tuple!(0 A);
tuple!(0 A, 1 B);
tuple!(0 A, 1 B, 2 C);
tuple!(0 A, 1 B, 2 C, 3 D);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J, 10 K);
tuple!(0 A, 1 B, 2 C, 3 D, 4 E, 5 F, 6 G, 7 H, 8 I, 9 J, 10 K, 11 L);
