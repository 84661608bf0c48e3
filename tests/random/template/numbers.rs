//! The numbers in a value, one after the other, and what a program hands out.

pub use num_dual::Dual64 as D;

/// Whether the function succeeded, and all numbers of its result and of what it changed.
pub type Outcome<N> = (bool, Vec<N>);

/// The same of a pullback, with the gradient of the weighted sum of these numbers, had twice.
pub struct Pulled {
    pub success: bool,
    pub numbers: Vec<f64>,
    pub gradient: Vec<f64>,
    pub again: Vec<f64>,
}

/// The weight of an output.
pub fn weight(index: usize) -> f64 {
    let sign = if index % 2 == 0 { 1.0 } else { -1.0 };
    sign * (0.5 + (index as f64 * 0.618_033_988_749_895).fract())
}

/// The sum of rows of so many numbers, each with the weight of its output.
pub fn weighted_sum(rows: &[f64], length: usize) -> Vec<f64> {
    let mut sum = vec![0.0; length];
    for (index, row) in rows.chunks_exact(length.max(1)).enumerate() {
        for (sum, slope) in sum.iter_mut().zip(row) {
            *sum += weight(index) * slope;
        }
    }
    sum
}

/// Compares the gradient by the pullback with one that was had in another way. Sums come in another order.
pub fn assert_same_gradient(gradient: &[f64], known: &[f64]) {
    let largest = gradient.iter().fold(0.0, |largest: f64, slope| largest.max(slope.abs()));
    if !largest.is_finite() {
        return;
    }
    assert_eq!(gradient.len(), known.len());
    for (slope, expected) in gradient.iter().zip(known) {
        let close = (slope - expected).abs() <= 1e-9 * largest;
        assert!(close || slope.is_nan(), "the other way gives {known:?}, the pullback {gradient:?}");
    }
}

/// Bits in hexadecimal.
pub fn bits(numbers: &[f64]) -> String {
    let words: Vec<String> = numbers.iter().map(|n| format!("{:x}", n.to_bits())).collect();
    words.join(" ")
}

/// A number of dual numbers that is constant.
pub fn c(number: f64) -> D {
    D::from_re(number)
}

/// A value made of numbers of type `N`.
pub trait Numbers<N> {
    fn visit(&mut self, each: &mut dyn FnMut(&mut N));
}

pub fn numbers<N: Copy>(value: &mut dyn Numbers<N>) -> Vec<N> {
    let mut all = Vec::new();
    value.visit(&mut |number| all.push(*number));
    all
}

/// Gives each number of a cotangent its weight.
pub fn weighted<T: Numbers<f64>>(mut cotangent: T, count: &mut usize) -> T {
    cotangent.visit(&mut |number| {
        *number = weight(*count);
        *count += 1;
    });
    cotangent
}

impl Numbers<f64> for f64 {
    fn visit(&mut self, each: &mut dyn FnMut(&mut f64)) {
        each(self);
    }
}
impl Numbers<D> for D {
    fn visit(&mut self, each: &mut dyn FnMut(&mut D)) {
        each(self);
    }
}
impl<N> Numbers<N> for usize {
    fn visit(&mut self, _: &mut dyn FnMut(&mut N)) {}
}
impl<N> Numbers<N> for () {
    fn visit(&mut self, _: &mut dyn FnMut(&mut N)) {}
}
impl Numbers<f64> for micrograd_core::NoTangent {
    fn visit(&mut self, _: &mut dyn FnMut(&mut f64)) {}
}
impl<N, T: Numbers<N>> Numbers<N> for Vec<T> {
    fn visit(&mut self, each: &mut dyn FnMut(&mut N)) {
        self.iter_mut().for_each(|value| value.visit(each));
    }
}
impl<N, T: Numbers<N>, const K: usize> Numbers<N> for [T; K] {
    fn visit(&mut self, each: &mut dyn FnMut(&mut N)) {
        self.iter_mut().for_each(|value| value.visit(each));
    }
}
impl<N, T: Numbers<N>> Numbers<N> for Option<T> {
    fn visit(&mut self, each: &mut dyn FnMut(&mut N)) {
        self.iter_mut().for_each(|value| value.visit(each));
    }
}
macro_rules! tuple {
    ($($T:ident)*) => {
        impl<N, $($T: Numbers<N>),*> Numbers<N> for ($($T,)*) {
            #[allow(non_snake_case)]
            fn visit(&mut self, each: &mut dyn FnMut(&mut N)) {
                let ($($T,)*) = self;
                $($T.visit(each);)*
            }
        }
    };
}
tuple!(A);
tuple!(A B);
tuple!(A B C);
tuple!(A B C E);
tuple!(A B C E F);

/// `fields!(f64: Point { x, y })`
#[macro_export]
macro_rules! fields {
    ($N:ty: $($S:ident { $($field:ident),* })*) => {$(
        impl $crate::numbers::Numbers<$N> for $S {
            fn visit(&mut self, each: &mut dyn FnMut(&mut $N)) {
                $($crate::numbers::Numbers::visit(&mut self.$field, each);)*
            }
        }
    )*};
}
