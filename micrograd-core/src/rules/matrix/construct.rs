//! Rules for the constructors of matrices and vectors: `Vector3::new(x, y, z)`,
//! `DVector::from_vec(v)`, `DMatrix::from_row_slice(2, 3, &v)`.
//!
//! `Vector3::new(…)` becomes `Vector3::rrule_new(…)`, found by the type's dimensions. nalgebra gives a
//! constructor as many sizes as there are dimensions at run time, so there is a trait for each number.
#![expect(clippy::type_complexity, clippy::too_many_arguments)]

use nalgebra::{
    Const, DVector, DefaultAllocator, Dim, Dyn, OMatrix, OVector, RowDVector, RowOVector, SMatrix,
    Storage, U1, Vector, allocator::Allocator,
};

use super::tangent::accumulate_elements;
use crate::rules::convert::FromRule;
use crate::rules::scalar::Scalar;
use crate::{Accumulate, Differentiable, NoTangent};

/// Declares the trait of `new` with that many elements, for all shapes that hold as many.
macro_rules! new {
    ($($New:ident: $elements:tt for [$($shape:tt)*];)*) => {$(
        new!(@trait $New $elements);
        $(new!(@impl $New $shape $elements);)*
    )*};
    (@trait $New:ident ($($x:ident $dx:ident)*)) => {
        #[doc = concat!("The rule for `new(", stringify!($($x),*), ")`.")]
        pub trait $New<T: Scalar>: Differentiable<Tangent = Self> + Sized {
            /// The matrix of the elements, row after row. Each takes the cotangent at its place.
            fn rrule_new($($x: &T),*) -> (Self, impl Fn(&Self, $(new!(@ref $x T), new!(@mut $x T)),*) + use<Self, T>);
        }
    };
    (@impl $New:ident ($R:literal, $C:literal) ($($x:ident $dx:ident)*)) => {
        impl<T: Scalar> $New<T> for SMatrix<T, $R, $C> {
            #[inline(always)]
            fn rrule_new($($x: &T),*) -> (Self, impl Fn(&Self, $(new!(@ref $x T), new!(@mut $x T)),*) + use<T>) {
                (
                    Self::new($(*$x),*),
                    #[inline(always)]
                    |dz: &Self, $($x: &T, $dx: &mut T),*| {
                        let _ = ($($x,)*);
                        for (dx, dz) in [$($dx),*].into_iter().zip(dz.transpose().iter()) {
                            *dx += *dz;
                        }
                    },
                )
            }
        }
    };
    (@ref $x:ident $T:ident) => { &$T };
    (@mut $x:ident $T:ident) => { &mut $T };
}
new! {
    MatrixOf1: (a da) for [(1, 1)];
    MatrixOf2: (a da b db) for [(2, 1) (1, 2)];
    MatrixOf3: (a da b db c dc) for [(3, 1) (1, 3)];
    MatrixOf4: (a da b db c dc d dd) for [(4, 1) (1, 4) (2, 2)];
    MatrixOf5: (a da b db c dc d dd e de) for [(5, 1) (1, 5)];
    MatrixOf6: (a da b db c dc d dd e de f df) for [(6, 1) (1, 6) (2, 3) (3, 2)];
    MatrixOf8: (a da b db c dc d dd e de f df g dg h dh) for [(2, 4) (4, 2)];
    MatrixOf9: (a da b db c dc d dd e de f df g dg h dh i di) for [(3, 3)];
    MatrixOf12: (a da b db c dc d dd e de f df g dg h dh i di j dj k dk l dl) for [(3, 4) (4, 3)];
    MatrixOf16: (a da b db c dc d dd e de f df g dg h dh i di j dj k dk l dl m dm n dn o dp p dq) for [(4, 4)];
}

/// Declares the trait of constructors from one element, with that many sizes.
macro_rules! from_element {
    ($($Rules:ident: $sizes:tt for [$($shape:tt)*];)*) => {$(
        from_element!(@trait $Rules $sizes);
        $(from_element!(@impl $Rules $shape $sizes);)*
    )*};
    (@trait $Rules:ident ($($size:ident $N:ident)*)) => {
        #[doc = concat!("The rules for constructors from one element: `from_element(", $(stringify!($size), ", ",)* "x)`.")]
        pub trait $Rules<T: Scalar>: Differentiable<Tangent = Self> + Sized {
            /// Every element is `x`. `Δx = Σ Δcᵢⱼ`.
            fn rrule_from_element($($size: &usize,)* x: &T)
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &T, &mut T) + use<Self, T>);
            /// Every element is `x`. `Δx = Σ Δcᵢⱼ`.
            fn rrule_repeat($($size: &usize,)* x: &T)
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &T, &mut T) + use<Self, T>);
            /// Every element of the diagonal is `x`, the others are zero. `Δx = Σ Δcᵢᵢ`.
            fn rrule_from_diagonal_element($($size: &usize,)* x: &T)
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &T, &mut T) + use<Self, T>);
        }
    };
    (@impl $Rules:ident (($($D:ident)*) $R:ty, $C:ty) ($($size:ident $N:ident)*)) => {
        impl<T: Scalar, $(const $D: usize),*> $Rules<T> for OMatrix<T, $R, $C> {
            #[inline]
            fn rrule_from_element($($size: &usize,)* x: &T)
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &T, &mut T) + use<T, $($D),*>)
            {
                let back = |dz: &Self, $($size: &usize, _: &mut $N,)* _: &T, dx: &mut T| {
                    $(let _ = $size;)*
                    *dx += dz.sum();
                };
                (Self::from_element($(*$size,)* *x), back)
            }

            #[inline]
            fn rrule_repeat($($size: &usize,)* x: &T)
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &T, &mut T) + use<T, $($D),*>)
            {
                Self::rrule_from_element($($size,)* x)
            }

            #[inline]
            fn rrule_from_diagonal_element($($size: &usize,)* x: &T)
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &T, &mut T) + use<T, $($D),*>)
            {
                let back = |dz: &Self, $($size: &usize, _: &mut $N,)* _: &T, dx: &mut T| {
                    $(let _ = $size;)*
                    for i in 0..dz.nrows().min(dz.ncols()) {
                        *dx += dz[(i, i)];
                    }
                };
                (Self::from_diagonal_element($(*$size,)* *x), back)
            }
        }
    };
}
from_element! {
    FromElement: () for [((M N) Const<M>, Const<N>)];
    FromElementOfLength: (n NoTangent) for [((M) Const<M>, Dyn) ((N) Dyn, Const<N>)];
    FromElementOfShape: (rows NoTangent columns NoTangent) for [(() Dyn, Dyn)];
}

/// Declares the trait of constructors from a sequence of elements, with that many sizes.
macro_rules! from_elements {
    ($($Rules:ident: $sizes:tt for [$($shape:tt)*];)*) => {$(
        from_elements!(@trait $Rules $sizes);
        $(from_elements!(@impl $Rules $shape $sizes);)*
    )*};
    (@trait $Rules:ident ($($size:ident $N:ident)*)) => {
        #[doc = concat!("The rules for constructors from many elements: `from_vec(", $(stringify!($size), ", ",)* "elements)`.")]
        pub trait $Rules<T: Scalar>: Differentiable<Tangent = Self> + Sized {
            /// The elements row after row. Each takes the cotangent at its place.
            fn rrule_from_row_slice($($size: &usize,)* elements: &[T])
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &[T], &mut [T]) + use<Self, T>);
            /// The elements column after column. Each takes the cotangent at its place.
            fn rrule_from_column_slice($($size: &usize,)* elements: &[T])
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &[T], &mut [T]) + use<Self, T>);
            /// The elements column after column. Each takes the cotangent at its place.
            fn rrule_from_vec($($size: &usize,)* elements: &[T])
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &[T], &mut [T]) + use<Self, T>);
        }
    };
    (@impl $Rules:ident (($($D:ident)*) $R:ty, $C:ty) ($($size:ident $N:ident)*)) => {
        impl<T: Scalar, $(const $D: usize),*> $Rules<T> for OMatrix<T, $R, $C> {
            #[inline]
            fn rrule_from_row_slice($($size: &usize,)* elements: &[T])
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &[T], &mut [T]) + use<T, $($D),*>)
            {
                let back = |dz: &Self, $($size: &usize, _: &mut $N,)* _: &[T], delements: &mut [T]| {
                    $(let _ = $size;)*
                    if !dz.is_empty() {
                        for (k, delement) in delements.iter_mut().enumerate() {
                            *delement += dz[(k / dz.ncols(), k % dz.ncols())];
                        }
                    }
                };
                (Self::from_row_slice($(*$size,)* elements), back)
            }

            #[inline]
            fn rrule_from_column_slice($($size: &usize,)* elements: &[T])
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &[T], &mut [T]) + use<T, $($D),*>)
            {
                let back = |dz: &Self, $($size: &usize, _: &mut $N,)* _: &[T], delements: &mut [T]| {
                    $(let _ = $size;)*
                    delements.accumulate(dz.as_slice());
                };
                (Self::from_column_slice($(*$size,)* elements), back)
            }

            #[inline]
            fn rrule_from_vec($($size: &usize,)* elements: &[T])
                -> (Self, impl Fn(&Self, $(&usize, &mut $N,)* &[T], &mut [T]) + use<T, $($D),*>)
            {
                Self::rrule_from_column_slice($($size,)* elements)
            }
        }
    };
}
from_elements! {
    FromElements: () for [((M N) Const<M>, Const<N>) ((M) Const<M>, Dyn) ((N) Dyn, Const<N>)];
    FromElementsOfShape: (rows NoTangent columns NoTangent) for [(() Dyn, Dyn)];
}

/// The rule for a matrix from its diagonal.
pub trait FromDiagonal<T: Scalar, D: Dim>: Differentiable<Tangent = Self> + Sized
where
    DefaultAllocator: Allocator<D>,
{
    /// `cᵢᵢ = dᵢ`, zero elsewhere. `Δdᵢ = Δcᵢᵢ`.
    fn rrule_from_diagonal<S: Storage<T, D>>(
        diagonal: &Vector<T, D, S>,
    ) -> (
        Self,
        impl Fn(&Self, &Vector<T, D, S>, &mut OVector<T, D>) + use<Self, T, D, S>,
    );
}

impl<T: Scalar, D: Dim> FromDiagonal<T, D> for OMatrix<T, D, D>
where
    DefaultAllocator: Allocator<D, D> + Allocator<D>,
{
    #[inline]
    fn rrule_from_diagonal<S: Storage<T, D>>(
        diagonal: &Vector<T, D, S>,
    ) -> (
        Self,
        impl Fn(&Self, &Vector<T, D, S>, &mut OVector<T, D>) + use<T, D, S>,
    ) {
        (
            Self::from_diagonal(diagonal),
            |dz: &Self, diagonal: &Vector<T, D, S>, ddiagonal: &mut OVector<T, D>| {
                if !dz.is_empty() {
                    let contributions = (0..dz.nrows()).map(|i| dz[(i, i)]);
                    accumulate_elements(ddiagonal, diagonal.shape_generic(), contributions);
                }
            },
        )
    }
}

/// The rules for a matrix from its rows or columns.
pub trait FromParts<T: Scalar, R: Dim, C: Dim>: Differentiable<Tangent = Self> + Sized
where
    DefaultAllocator: Allocator<R, C> + Allocator<R> + Allocator<U1, C>,
{
    /// Row i of C is rᵢ. `Δrᵢ` is row i of `ΔC`.
    fn rrule_from_rows(
        rows: &[RowOVector<T, C>],
    ) -> (
        Self,
        impl Fn(&Self, &[RowOVector<T, C>], &mut [RowOVector<T, C>]) + use<Self, T, R, C>,
    );

    /// Column j of C is cⱼ. `Δcⱼ` is column j of `ΔC`.
    fn rrule_from_columns(
        columns: &[OVector<T, R>],
    ) -> (
        Self,
        impl Fn(&Self, &[OVector<T, R>], &mut [OVector<T, R>]) + use<Self, T, R, C>,
    );
}

impl<T: Scalar, R: Dim, C: Dim> FromParts<T, R, C> for OMatrix<T, R, C>
where
    DefaultAllocator: Allocator<R, C> + Allocator<R> + Allocator<U1, C>,
{
    fn rrule_from_rows(
        rows: &[RowOVector<T, C>],
    ) -> (
        Self,
        impl Fn(&Self, &[RowOVector<T, C>], &mut [RowOVector<T, C>]) + use<T, R, C>,
    ) {
        (
            Self::from_rows(rows),
            |dz: &Self, rows: &[RowOVector<T, C>], drows: &mut [RowOVector<T, C>]| {
                if !dz.is_empty() {
                    for (i, (row, drow)) in rows.iter().zip(drows).enumerate() {
                        accumulate_elements(drow, row.shape_generic(), dz.row(i).iter().copied());
                    }
                }
            },
        )
    }

    fn rrule_from_columns(
        columns: &[OVector<T, R>],
    ) -> (
        Self,
        impl Fn(&Self, &[OVector<T, R>], &mut [OVector<T, R>]) + use<T, R, C>,
    ) {
        (
            Self::from_columns(columns),
            |dz: &Self, columns: &[OVector<T, R>], dcolumns: &mut [OVector<T, R>]| {
                if !dz.is_empty() {
                    for (j, (column, dcolumn)) in columns.iter().zip(dcolumns).enumerate() {
                        let contributions = dz.column(j);
                        let contributions = contributions.iter().copied();
                        accumulate_elements(dcolumn, column.shape_generic(), contributions);
                    }
                }
            },
        )
    }
}

impl<T: Scalar, const N: usize> FromRule<[T; N]> for SMatrix<T, N, 1> {
    #[inline(always)]
    fn rrule_from(elements: &[T; N]) -> (Self, impl Fn(&Self, &[T; N], &mut [T; N]) + use<T, N>) {
        (
            Self::from(*elements),
            #[inline(always)]
            |dz: &Self, _: &[T; N], delements: &mut [T; N]| {
                delements[..].accumulate(dz.as_slice());
            },
        )
    }
}

impl<T: Scalar, const R: usize, const C: usize> FromRule<[[T; R]; C]> for SMatrix<T, R, C> {
    #[inline(always)]
    fn rrule_from(
        columns: &[[T; R]; C],
    ) -> (
        Self,
        impl Fn(&Self, &[[T; R]; C], &mut [[T; R]; C]) + use<T, R, C>,
    ) {
        (
            Self::from(*columns),
            #[inline(always)]
            |dz: &Self, _: &[[T; R]; C], dcolumns: &mut [[T; R]; C]| {
                dcolumns.as_flattened_mut().accumulate(dz.as_slice());
            },
        )
    }
}

macro_rules! from_vec {
    ($($Vector:ident),*) => {$(
        impl<T: Scalar> FromRule<Vec<T>> for $Vector<T> {
            #[inline]
            fn rrule_from(
                elements: &Vec<T>,
            ) -> (Self, impl Fn(&Self, &Vec<T>, &mut Vec<T>) + use<T>) {
                (
                    Self::from(elements.clone()),
                    |dz: &Self, _: &Vec<T>, delements: &mut Vec<T>| {
                        delements.accumulate(dz.as_slice());
                    },
                )
            }
        }
    )*};
}
from_vec!(DVector, RowDVector);
