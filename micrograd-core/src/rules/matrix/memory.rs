//! Memory of cotangents that is used again: a shapeless zero may own some, which its first contribution takes.

use std::any::Any;
use std::mem::take;

use nalgebra::{
    DMatrix, DVector, DefaultAllocator, Dim, Dyn, OMatrix, U1, VecStorage, allocator::Allocator,
    zero,
};

use super::tangent::zeros;
use crate::Tangent;
use crate::rules::scalar::Scalar;

/// Makes a cotangent a shapeless zero, which keeps the memory of a matrix or vector whose size is known at run time.
pub(super) fn clear<T, R, C>(cotangent: &mut OMatrix<T, R, C>)
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    let any: &mut dyn Any = cotangent;
    if let Some(matrix) = any.downcast_mut::<DMatrix<T>>() {
        let memory = cleared(take(&mut matrix.data).into());
        matrix.data = VecStorage::new(Dyn(0), Dyn(0), memory);
    } else if let Some(vector) = any.downcast_mut::<DVector<T>>() {
        let memory = cleared(take(&mut vector.data).into());
        vector.data = VecStorage::new(Dyn(0), U1, memory);
    } else {
        *cotangent = Tangent::shapeless();
    }
}

/// The memory that a shapeless zero owns, as a vector without elements.
#[inline]
pub(super) fn kept<T, R, C>(cotangent: &mut OMatrix<T, R, C>) -> Option<Vec<T>>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    let any: &mut dyn Any = cotangent;
    let memory: Vec<T> = if let Some(matrix) = any.downcast_mut::<DMatrix<T>>() {
        take(&mut matrix.data).into()
    } else if let Some(vector) = any.downcast_mut::<DVector<T>>() {
        take(&mut vector.data).into()
    } else {
        return None;
    };
    (memory.capacity() > 0).then(|| cleared(memory))
}

/// Gives a shapeless zero a shape, in the memory that it owns. `false` if it owns none.
pub(super) fn revive<T, R, C>(cotangent: &mut OMatrix<T, R, C>, (rows, columns): (R, C)) -> bool
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    let Some(mut memory) = kept(cotangent) else {
        return false;
    };
    memory.resize(rows.value() * columns.value(), zero());
    *cotangent = OMatrix::from_vec_generic(rows, columns, memory);
    true
}

/// Gives a shapeless zero a shape, in the memory that it owns if it owns any.
pub(crate) fn give_shape<T, R, C>(cotangent: &mut OMatrix<T, R, C>, shape: (R, C))
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
{
    if !revive(cotangent, shape) {
        *cotangent = zeros(shape.0, shape.1);
    }
}

fn cleared<T>(mut memory: Vec<T>) -> Vec<T> {
    memory.clear();
    memory
}
