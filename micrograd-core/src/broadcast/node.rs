//! The nodes of a broadcast: a function or an operation over the operands below.
//!
//! The adjoint of an element is a walk down to the leaves and back up: each node hands the value of
//! its operand to the rest of the walk and gets that operand's cotangent from it. So each value is
//! computed once and kept in a register, however deep the tree.

use std::marker::PhantomData;

use nalgebra::{DMatrix, zero};

use super::operand::{AdjointColumn, Column, Operand, Shape};
use super::sweep::accumulate;
use super::{Elementwise, Operation};
use crate::rules::scalar::Scalar;
use crate::{Function, NoTangent, Tangent};

// Broadcasts of one operand.

/// Describes `f.(a)`.
#[derive(Debug)]
pub struct Unary<F, A>(PhantomData<(F, A)>);

impl<F, A> Unary<F, A> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Unary(PhantomData)
    }
}

impl<F, A> Operand for Unary<F, A>
where
    A: Operand,
    F: Elementwise<A::Element>,
{
    type Element = A::Element;
    type Tangent = (A::Tangent,);
    type Borrowed<'a> = (F, A::Borrowed<'a>);

    #[inline(always)]
    fn reborrow<'a>((f, a): &'a Self::Borrowed<'_>) -> Self::Borrowed<'a> {
        (*f, A::reborrow(a))
    }
    fn zero_tangent((_, a): &Self::Borrowed<'_>) -> Self::Tangent {
        (A::zero_tangent(a),)
    }
    #[inline(always)]
    fn fit((_, a): &Self::Borrowed<'_>, tangent: &mut Self::Tangent) {
        A::fit(a, &mut tangent.0);
    }
    #[inline]
    fn absorb(
        operand: &Self::Borrowed<'_>,
        dz: DMatrix<Self::Element>,
        tangent: &mut Self::Tangent,
    ) {
        accumulate::<Self>(&dz, operand, tangent);
    }
    #[inline(always)]
    fn shape((_, a): &Self::Borrowed<'_>) -> Shape {
        A::shape(a)
    }
    #[inline(always)]
    fn fills((_, a): &Self::Borrowed<'_>, shape: Shape) -> bool {
        A::fills(a, shape)
    }
    #[inline(always)]
    fn fills_rows((_, a): &Self::Borrowed<'_>, rows: usize) -> bool {
        A::fills_rows(a, rows)
    }
    #[inline(always)]
    fn column<const STRETCHED: bool>(
        (f, a): &Self::Borrowed<'_>,
        j: usize,
        rows: usize,
    ) -> impl Column<Self::Element> {
        (*f, A::column::<STRETCHED>(a, j, rows))
    }
    #[inline(always)]
    fn adjoint_column<const STRETCHED: bool>(
        (f, a): &Self::Borrowed<'_>,
        tangent: &mut Self::Tangent,
        j: usize,
        rows: usize,
    ) -> impl AdjointColumn<Self::Element> {
        (
            *f,
            A::adjoint_column::<STRETCHED>(a, &mut tangent.0, j, rows),
        )
    }
}

impl<T: Scalar, F: Function<T, Output = T>, A: Column<T>> Column<T> for (F, A) {
    #[inline(always)]
    fn at(&self, i: usize) -> T {
        self.0.call(self.1.at(i))
    }
}

impl<T, F, A> AdjointColumn<T> for (F, A)
where
    T: Scalar,
    F: Function<T, Output = T, Tangent = NoTangent>,
    A: AdjointColumn<T>,
{
    #[inline(always)]
    fn pull(&mut self, i: usize, rest: impl FnOnce(T) -> T) {
        let (f, a) = self;
        a.pull(i, |a| {
            let (z, back) = f.rrule_call(&a);
            let mut da = <T as Tangent>::shapeless();
            back(&mut rest(z), f, &mut NoTangent, &a, &mut da);
            da
        });
    }
    #[inline(always)]
    fn finish(self) {
        self.1.finish();
    }
}

// Broadcasts of two operands.

/// Describes `f.(a, b)`.
#[derive(Debug)]
pub struct Binary<F, A, B>(PhantomData<(F, A, B)>);

impl<F, A, B> Binary<F, A, B> {
    #[inline(always)]
    pub(super) fn new() -> Self {
        Binary(PhantomData)
    }
}

impl<F, A, B> Operand for Binary<F, A, B>
where
    A: Operand,
    B: Operand<Element = A::Element>,
    F: Operation<A::Element>,
{
    type Element = A::Element;
    type Tangent = (A::Tangent, B::Tangent);
    type Borrowed<'a> = (F, A::Borrowed<'a>, B::Borrowed<'a>);

    #[inline(always)]
    fn reborrow<'a>((f, a, b): &'a Self::Borrowed<'_>) -> Self::Borrowed<'a> {
        (*f, A::reborrow(a), B::reborrow(b))
    }
    fn zero_tangent((_, a, b): &Self::Borrowed<'_>) -> Self::Tangent {
        (A::zero_tangent(a), B::zero_tangent(b))
    }
    #[inline(always)]
    fn fit((_, a, b): &Self::Borrowed<'_>, tangent: &mut Self::Tangent) {
        A::fit(a, &mut tangent.0);
        B::fit(b, &mut tangent.1);
    }
    #[inline]
    fn absorb(
        operand: &Self::Borrowed<'_>,
        dz: DMatrix<Self::Element>,
        tangent: &mut Self::Tangent,
    ) {
        if !F::IS_SUM {
            return accumulate::<Self>(&dz, operand, tangent);
        }
        let ((_, a, b), (da, db)) = (operand, tangent);
        if A::fills(a, dz.shape()) {
            accumulate::<B>(&dz, b, db);
            A::absorb(a, dz, da);
        } else {
            accumulate::<A>(&dz, a, da);
            B::absorb(b, dz, db);
        }
    }
    #[inline(always)]
    fn shape((_, a, b): &Self::Borrowed<'_>) -> Shape {
        common_shape(A::shape(a), B::shape(b))
    }
    #[inline(always)]
    fn fills((_, a, b): &Self::Borrowed<'_>, shape: Shape) -> bool {
        A::fills(a, shape) && B::fills(b, shape)
    }
    #[inline(always)]
    fn fills_rows((_, a, b): &Self::Borrowed<'_>, rows: usize) -> bool {
        A::fills_rows(a, rows) && B::fills_rows(b, rows)
    }
    #[inline(always)]
    fn column<const STRETCHED: bool>(
        (f, a, b): &Self::Borrowed<'_>,
        j: usize,
        rows: usize,
    ) -> impl Column<Self::Element> {
        (
            *f,
            A::column::<STRETCHED>(a, j, rows),
            B::column::<STRETCHED>(b, j, rows),
        )
    }
    #[inline(always)]
    fn adjoint_column<const STRETCHED: bool>(
        (f, a, b): &Self::Borrowed<'_>,
        (da, db): &mut Self::Tangent,
        j: usize,
        rows: usize,
    ) -> impl AdjointColumn<Self::Element> {
        let a = A::adjoint_column::<STRETCHED>(a, da, j, rows);
        let b = B::adjoint_column::<STRETCHED>(b, db, j, rows);
        (*f, a, b)
    }
}

impl<T: Scalar, F: Operation<T>, A: Column<T>, B: Column<T>> Column<T> for (F, A, B) {
    #[inline(always)]
    fn at(&self, i: usize) -> T {
        self.0.apply(self.1.at(i), self.2.at(i))
    }
}

impl<T, F, A, B> AdjointColumn<T> for (F, A, B)
where
    T: Scalar,
    F: Operation<T>,
    A: AdjointColumn<T>,
    B: AdjointColumn<T>,
{
    #[inline(always)]
    fn pull(&mut self, i: usize, rest: impl FnOnce(T) -> T) {
        let (f, left, right) = self;
        left.pull(i, |a| {
            let mut da = zero();
            right.pull(i, |b| {
                let (left, right) = f.pull(a, b, rest(f.apply(a, b)));
                da = left;
                right
            });
            da
        });
    }
    #[inline(always)]
    fn finish(self) {
        self.1.finish();
        self.2.finish();
    }
}

/// The shape to which both shapes can be stretched.
#[track_caller]
fn common_shape(a: Shape, b: Shape) -> Shape {
    let common = |left: usize, right: usize| {
        assert!(
            left == right || left == 1 || right == 1,
            "DimensionMismatch: arrays could not be broadcast to a common size; got a dimension \
             with lengths {left} and {right} (shapes {}×{} and {}×{})",
            a.0,
            a.1,
            b.0,
            b.1
        );
        if left == 1 { right } else { left }
    };
    (common(a.0, b.0), common(a.1, b.1))
}
