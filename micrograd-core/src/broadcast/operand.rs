//! What can stand in a broadcast: numbers, matrices, and broadcasts themselves.
//!
//! A tree of operands is read one column at a time. An array that has a single row or column where
//! the result has more is read with stride 0, and its cotangent is written with stride 0 as well,
//! which sums over the stretched dimension.

use std::borrow::Cow;
use std::marker::PhantomData;

use nalgebra::{DefaultAllocator, Dim, Matrix, OMatrix, allocator::Allocator, zero};

use super::{Elementwise, Operation};
use crate::rules::matrix::Elements;
use crate::rules::scalar::Scalar;
use crate::{Differentiable, Function, NoTangent, Tangent};

/// Rows and columns.
pub type Shape = (usize, usize);

/// The type of an operand without the lifetimes of its borrows.
///
/// A pullback names only this type, so it does not borrow what the primal borrowed, and takes operands
/// back in this form. Numbers and owned matrices stand for themselves, broadcasts are described by
/// [`Unary`] and [`Binary`].
pub trait Operand: 'static {
    /// The type of one element.
    type Element: Scalar;
    /// The type of the cotangent.
    type Tangent: Tangent;
    /// The operand as it is held in a [`Broadcasted`].
    type Borrowed<'a>;

    /// The same with a shorter lifetime.
    fn reborrow<'a>(operand: &'a Self::Borrowed<'_>) -> Self::Borrowed<'a>;
    /// The zero tangent with its full shape.
    fn zero_tangent(operand: &Self::Borrowed<'_>) -> Self::Tangent;
    /// Gives every array of an accumulator its shape.
    fn fit(operand: &Self::Borrowed<'_>, tangent: &mut Self::Tangent);

    /// The shape, 1×1 for a number.
    ///
    /// # Panics
    /// If arrays within cannot be broadcast to a common shape.
    fn shape(operand: &Self::Borrowed<'_>) -> Shape;
    /// Whether no array has to be stretched to that shape.
    fn fills(operand: &Self::Borrowed<'_>, shape: Shape) -> bool;
    /// Whether no array has to be stretched to that number of rows.
    fn fills_rows(operand: &Self::Borrowed<'_>, rows: usize) -> bool;

    /// Column `j` of the operand, stretched to `rows` rows.
    fn column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        j: usize,
        rows: usize,
    ) -> impl Column<Self::Element>;
    /// Column `j` of the operand together with that of its cotangent.
    fn adjoint_column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        tangent: &mut Self::Tangent,
        j: usize,
        rows: usize,
    ) -> impl AdjointColumn<Self::Element>;
}

/// One column of an operand.
pub trait Column<T> {
    /// The element in row `i`.
    fn at(&self, i: usize) -> T;
}

/// One column of an operand and of its cotangent.
pub trait AdjointColumn<T> {
    /// Passes the element in row `i` on, and adds the cotangent that comes back for it.
    fn pull(&mut self, i: usize, rest: impl FnOnce(T) -> T);
    /// Ends the column.
    fn finish(self);
}

/// What can be handed to [`broadcasted`](super::broadcasted()), also behind references.
pub trait Broadcastable: Differentiable<Tangent = <Self::Operand as Operand>::Tangent> {
    /// The type of the operand without lifetimes.
    type Operand: Operand;
    /// Borrows the operand.
    fn operand(&self) -> <Self::Operand as Operand>::Borrowed<'_>;
}

impl<X: Broadcastable> Broadcastable for &X {
    type Operand = X::Operand;
    #[inline(always)]
    fn operand(&self) -> <X::Operand as Operand>::Borrowed<'_> {
        (**self).operand()
    }
}

// Numbers: the same in every row and column.

macro_rules! number {
    ($($float:ty),*) => {$(
        impl Broadcastable for $float {
            type Operand = $float;
            #[inline(always)]
            fn operand(&self) -> $float {
                *self
            }
        }

        impl Operand for $float {
            type Element = $float;
            type Tangent = $float;
            type Borrowed<'a> = $float;

            #[inline(always)]
            fn reborrow(operand: &$float) -> $float {
                *operand
            }
            #[inline(always)]
            fn zero_tangent(_: &$float) -> $float {
                0.0
            }
            #[inline(always)]
            fn fit(_: &$float, _: &mut $float) {}
            #[inline(always)]
            fn shape(_: &$float) -> Shape {
                (1, 1)
            }
            #[inline(always)]
            fn fills(_: &$float, _: Shape) -> bool {
                true
            }
            #[inline(always)]
            fn fills_rows(_: &$float, _: usize) -> bool {
                true
            }
            #[inline(always)]
            fn column<const STRETCHED: bool>(
                operand: &Self::Borrowed<'_>,
                _: usize,
                _: usize,
            ) -> impl Column<$float> {
                Constant(*operand)
            }
            #[inline(always)]
            fn adjoint_column<const STRETCHED: bool>(
                operand: &Self::Borrowed<'_>,
                tangent: &mut $float,
                _: usize,
                _: usize,
            ) -> impl AdjointColumn<$float> {
                ConstantAdjoint { value: *operand, sum: 0.0, tangent }
            }
        }
    )*};
}
number!(f32, f64);

struct Constant<T>(T);

impl<T: Copy> Column<T> for Constant<T> {
    #[inline(always)]
    fn at(&self, _: usize) -> T {
        self.0
    }
}

struct ConstantAdjoint<'a, T> {
    value: T,
    sum: T,
    tangent: &'a mut T,
}

impl<T: Scalar> AdjointColumn<T> for ConstantAdjoint<'_, T> {
    #[inline(always)]
    fn pull(&mut self, _: usize, rest: impl FnOnce(T) -> T) {
        self.sum += rest(self.value);
    }
    #[inline(always)]
    fn finish(self) {
        *self.tangent += self.sum;
    }
}

// Matrices.

/// The elements and the shape of a matrix.
#[derive(Debug)]
pub struct Array<'a, T: Clone> {
    elements: Cow<'a, [T]>,
    rows: usize,
    columns: usize,
}

impl<T: Clone> Array<'_, T> {
    /// Where column `j` begins.
    #[inline(always)]
    fn start(&self, j: usize) -> usize {
        if self.columns == 1 { 0 } else { j * self.rows }
    }

    /// The number of elements of a column: known to be `rows` unless it may be stretched.
    #[inline(always)]
    fn height<const STRETCHED: bool>(&self, rows: usize) -> usize {
        if STRETCHED { self.rows } else { rows }
    }
}

impl<T, R, C, S> Broadcastable for Matrix<T, R, C, S>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    S: Elements<T, R, C>,
    DefaultAllocator: Allocator<R, C>,
{
    type Operand = OMatrix<T, R, C>;
    #[inline(always)]
    fn operand(&self) -> Array<'_, T> {
        Array { elements: S::elements(self), rows: self.nrows(), columns: self.ncols() }
    }
}

impl<T, R, C> Operand for OMatrix<T, R, C>
where
    T: Scalar,
    R: Dim,
    C: Dim,
    DefaultAllocator: Allocator<R, C>,
    OMatrix<T, R, C>: 'static,
{
    type Element = T;
    type Tangent = OMatrix<T, R, C>;
    type Borrowed<'a> = Array<'a, T>;

    #[inline(always)]
    fn reborrow<'a>(operand: &'a Array<'_, T>) -> Array<'a, T> {
        Array { elements: Cow::Borrowed(&operand.elements), ..*operand }
    }
    fn zero_tangent(operand: &Array<'_, T>) -> OMatrix<T, R, C> {
        OMatrix::zeros_generic(R::from_usize(operand.rows), C::from_usize(operand.columns))
    }
    #[inline]
    fn fit(operand: &Self::Borrowed<'_>, tangent: &mut OMatrix<T, R, C>) {
        if tangent.is_empty() {
            *tangent = <Self as Operand>::zero_tangent(operand);
        }
    }
    #[inline(always)]
    fn shape(operand: &Array<'_, T>) -> Shape {
        (operand.rows, operand.columns)
    }
    #[inline(always)]
    fn fills(operand: &Self::Borrowed<'_>, shape: Shape) -> bool {
        (operand.rows, operand.columns) == shape
    }
    #[inline(always)]
    fn fills_rows(operand: &Self::Borrowed<'_>, rows: usize) -> bool {
        operand.rows == rows
    }
    #[inline(always)]
    fn column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        j: usize,
        rows: usize,
    ) -> impl Column<T> {
        let height = operand.height::<STRETCHED>(rows);
        let elements = &operand.elements[operand.start(j)..][..height];
        Strided::<T, STRETCHED> { elements, single: height != rows }
    }
    #[inline(always)]
    fn adjoint_column<const STRETCHED: bool>(
        operand: &Self::Borrowed<'_>,
        tangent: &mut OMatrix<T, R, C>,
        j: usize,
        rows: usize,
    ) -> impl AdjointColumn<T> {
        let (start, height) = (operand.start(j), operand.height::<STRETCHED>(rows));
        StridedAdjoint::<T, STRETCHED> {
            elements: &operand.elements[start..][..height],
            tangent: &mut tangent.as_mut_slice()[start..][..height],
            single: height != rows,
            sum: zero(),
        }
    }
}

struct Strided<'a, T, const STRETCHED: bool> {
    elements: &'a [T],
    single: bool,
}

impl<T: Copy, const STRETCHED: bool> Column<T> for Strided<'_, T, STRETCHED> {
    #[inline(always)]
    fn at(&self, i: usize) -> T {
        self.elements[if STRETCHED && self.single { 0 } else { i }]
    }
}

struct StridedAdjoint<'e, 't, T, const STRETCHED: bool> {
    elements: &'e [T],
    tangent: &'t mut [T],
    single: bool,
    sum: T,
}

impl<T: Scalar, const STRETCHED: bool> AdjointColumn<T> for StridedAdjoint<'_, '_, T, STRETCHED> {
    #[inline(always)]
    fn pull(&mut self, i: usize, rest: impl FnOnce(T) -> T) {
        if STRETCHED && self.single {
            self.sum += rest(self.elements[0]);
        } else {
            self.tangent[i] += rest(self.elements[i]);
        }
    }
    #[inline(always)]
    fn finish(self) {
        if STRETCHED && self.single {
            self.tangent[0] += self.sum;
        }
    }
}

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
        (*f, A::adjoint_column::<STRETCHED>(a, &mut tangent.0, j, rows))
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
            let mut da = <T as Tangent>::zero();
            back(&rest(z), f, &mut NoTangent, &a, &mut da);
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
        (*f, A::column::<STRETCHED>(a, j, rows), B::column::<STRETCHED>(b, j, rows))
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
