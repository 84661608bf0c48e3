//! Rules that take several cotangents at once.
//!
//! Emitted code asks a function for its batched rule. What has none (a function whose rule is written by hand, say) has the
//! ordinary one, whose pullback is called for one cotangent after the other:
//!
// Out:  let (y, back) = <f>::rrule_batched1::<LANES>(x).or_rule(|| <f>::rrule(x)).for_lanes1();
//       back(dy.each_mut(), x, dx.each_mut());

use crate::Coordinates;

/// What a function gives that has no batched rule.
#[derive(Debug)]
pub struct NoBatchedRule<const LANES: usize>;

impl<const LANES: usize> NoBatchedRule<LANES> {
    /// What the ordinary rule gives.
    #[inline(always)]
    pub fn or_rule<Y, B>(self, rule: impl FnOnce() -> (Y, B)) -> OrdinaryRule<LANES, Y, B> {
        let (value, back) = rule();
        OrdinaryRule(value, back)
    }
}

/// A value, and a pullback for one cotangent.
#[derive(Debug)]
pub struct OrdinaryRule<const LANES: usize, Y, B>(Y, B);

/// How one kind of memory is lent as another: a vector as a slice.
pub trait Lend<T: ?Sized> {
    /// `&mut self`.
    fn lend(&mut self) -> &mut T;
}

impl<T: ?Sized> Lend<T> for T {
    #[inline(always)]
    fn lend(&mut self) -> &mut T {
        self
    }
}

impl<T> Lend<[T]> for Vec<T> {
    #[inline(always)]
    fn lend(&mut self) -> &mut [T] {
        self
    }
}

impl<T, const N: usize> Lend<[T]> for [T; N] {
    #[inline(always)]
    fn lend(&mut self) -> &mut [T] {
        self
    }
}

/// For each number of arguments: a batched rule that is none, and what is had in its place.
macro_rules! batched {
    ($($rule:ident $for_lanes:ident($($A:ident $Da:ident $a:ident $da:ident),*);)*) => {
        /// What all functions have that have no batched rule of their own, which comes first.
        pub trait BatchedRule {
            $(
                /// No rule.
                #[allow(clippy::too_many_arguments, reason = "a function may have so many")]
                #[inline(always)]
                fn $rule<const LANES: usize>($($a: impl Sized),*) -> NoBatchedRule<LANES> {
                    $(let _ = $a;)*
                    NoBatchedRule
                }
            )*
        }
        impl<T: ?Sized> BatchedRule for T {}

        /// A value, and a pullback for several cotangents.
        pub trait Batched: Sized {
            /// Itself.
            #[inline(always)]
            fn or_rule<F>(self, _: F) -> Self {
                self
            }
            $(
                /// Itself.
                #[inline(always)]
                fn $for_lanes(self) -> Self {
                    self
                }
            )*
        }
        impl<Y, B> Batched for (Y, B) {}

        impl<const LANES: usize, Y, B> OrdinaryRule<LANES, Y, B> {
            $(
                /// The value, and a pullback that calls the ordinary one for each cotangent.
                #[inline(always)]
                pub fn $for_lanes<Dy, $($A: ?Sized, $Da: ?Sized),*>(
                    self,
                ) -> (Y, impl Fn([&mut Dy; LANES], $(&$A, [&mut $Da; LANES]),*))
                where
                    B: Fn(&mut Dy, $(&$A, &mut $Da),*),
                {
                    let OrdinaryRule(value, back) = self;
                    (
                        value,
                        #[inline(always)]
                        move |dy: [&mut Dy; LANES], $($a: &$A, $da: [&mut $Da; LANES]),*| {
                            for (lane, dy) in dy.into_iter().enumerate() {
                                back(dy, $($a, &mut *$da[lane]),*);
                            }
                        },
                    )
                }
            )*
        }
    };
}
batched! {
    rrule_batched1 for_lanes1(A Da a da);
    rrule_batched2 for_lanes2(A Da a da, P Db b db);
    rrule_batched3 for_lanes3(A Da a da, P Db b db, C Dc c dc);
    rrule_batched4 for_lanes4(A Da a da, P Db b db, C Dc c dc, D Dd d dd);
    rrule_batched5 for_lanes5(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de);
    rrule_batched6 for_lanes6(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df);
    rrule_batched7 for_lanes7(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df, H Dg g dg);
    rrule_batched8 for_lanes8(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df, H Dg g dg, I Dh h dh);
    rrule_batched9 for_lanes9(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df, H Dg g dg, I Dh h dh, J Di i di);
    rrule_batched10 for_lanes10(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df, H Dg g dg, I Dh h dh, J Di i di, K Dj j dj);
    rrule_batched11 for_lanes11(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df, H Dg g dg, I Dh h dh, J Di i di, K Dj j dj, L Dk k dk);
    rrule_batched12 for_lanes12(A Da a da, P Db b db, C Dc c dc, D Dd d dd, E De e de, G Df f df, H Dg g dg, I Dh h dh, J Di i di, K Dj j dj, L Dk k dk, M Dl l dl);
}

/// How many cotangents are taken at once for a Jacobian of so many rows; of 0 the number is not known.
pub const fn lanes(rows: usize) -> usize {
    const MOST: usize = 4;
    if rows == 0 {
        return MOST;
    }
    // As many in each batch, so that no lane runs empty without need.
    rows.div_ceil(rows.div_ceil(MOST))
}

/// `T: Same<Value>`: it is the same type.
pub trait Same<Value> {
    /// Itself.
    fn same(self) -> Value;
}

impl<T> Same<T> for T {
    #[inline(always)]
    fn same(self) -> T {
        self
    }
}

/// The rows of a Jacobian, each by a call of the pullback.
#[inline(always)]
pub fn rows_one_by_one<Y: Coordinates, R>(value: &Y, back: impl Fn(Y::Tangent) -> R) -> Y::Rows<R> {
    let mut next = 0;
    value.rows(&mut || {
        next += 1;
        back(value.unit(next - 1))
    })
}

/// The rows of a Jacobian, of which `batch` gives those for some cotangents.
#[inline(always)]
pub fn rows<Y: Coordinates, R, const LANES: usize>(
    value: &Y,
    mut batch: impl FnMut([Y::Tangent; LANES]) -> [R; LANES],
) -> Y::Rows<R> {
    let mut at =
        |start: usize| batch(std::array::from_fn(|lane| value.unit(start + lane))).into_iter();
    if const { matches!(Y::COUNT, Some(count) if count <= LANES) } {
        let mut ready = at(0);
        return value.rows(&mut || ready.next().expect("a row for each lane"));
    }
    let mut next = 0;
    let mut ready = None::<std::array::IntoIter<R, LANES>>;
    value.rows(&mut || {
        loop {
            if let Some(row) = ready.as_mut().and_then(Iterator::next) {
                return row;
            }
            ready = Some(at(next));
            next += LANES;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::lanes;

    #[test]
    fn batches_are_as_long_as_each_other() {
        let known = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13].map(lanes);
        assert_eq!(known, [1, 2, 3, 4, 3, 3, 4, 4, 3, 4, 4]);
        assert_eq!(lanes(0), 4, "the number of rows is not known");
    }
}
