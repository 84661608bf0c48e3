//! Options and results: the rules of functions that may fail, and what is inside.

/// What the rule of a function that may fail returns, where the result is kept as an option. That of
/// a `#[differentiable]` function has a pullback only for a success; that of a method such as `first`
/// gives an option as it gives any value.
#[diagnostic::on_unimplemented(
    message = "this is matched or asked like an `Option` or `Result`, but its rule does not give one",
    label = "not an option or result"
)]
pub trait Kept {
    /// The function's own result.
    type Value;
    /// Its pullback.
    type Back;
    /// The result and the pullback.
    fn kept(self) -> (Self::Value, Self::Back);
}

/// A pullback that takes the cotangent of an option as a whole.
#[derive(Clone, Copy, Debug)]
pub struct OfOption<B>(B);

impl<T, B> Kept for Option<(T, B)> {
    type Value = Option<T>;
    type Back = Option<B>;
    #[inline(always)]
    fn kept(self) -> (Option<T>, Option<B>) {
        self.unzip()
    }
}

impl<T, B, E> Kept for Result<(T, B), E> {
    type Value = Result<T, E>;
    type Back = Option<B>;
    #[inline(always)]
    fn kept(self) -> (Result<T, E>, Option<B>) {
        match self {
            Ok((value, back)) => (Ok(value), Some(back)),
            Err(error) => (Err(error), None),
        }
    }
}

impl<T, B> Kept for (Option<T>, B) {
    type Value = Option<T>;
    type Back = OfOption<B>;
    #[inline(always)]
    fn kept(self) -> (Option<T>, OfOption<B>) {
        (self.0, OfOption(self.1))
    }
}

impl<T, E, B> Kept for (Result<T, E>, B) {
    type Value = Result<T, E>;
    type Back = OfOption<B>;
    #[inline(always)]
    fn kept(self) -> (Result<T, E>, OfOption<B>) {
        (self.0, OfOption(self.1))
    }
}

/// The pullback of a result that was kept as an option.
pub trait KeptBack {
    /// The pullback itself.
    type Back;
    /// What it takes where the success has the cotangent `D`.
    type Cotangent<D>;
    /// The pullback and its cotangent, if one has arrived.
    fn with_cotangent<'a, D>(
        &'a self,
        dy: &'a mut Option<D>,
    ) -> Option<(&'a Self::Back, &'a mut Self::Cotangent<D>)>;
}

impl<B> KeptBack for Option<B> {
    type Back = B;
    type Cotangent<D> = D;
    #[inline(always)]
    fn with_cotangent<'a, D>(&'a self, dy: &'a mut Option<D>) -> Option<(&'a B, &'a mut D)> {
        self.as_ref().zip(dy.as_mut())
    }
}

impl<B> KeptBack for OfOption<B> {
    type Back = B;
    type Cotangent<D> = Option<D>;
    #[inline(always)]
    fn with_cotangent<'a, D>(
        &'a self,
        dy: &'a mut Option<D>,
    ) -> Option<(&'a B, &'a mut Option<D>)> {
        Some((&self.0, dy))
    }
}

/// `Option` and `Result`, as far as they hold a value.
pub trait Optional {
    /// The value inside.
    type Inside;
    /// The value, if there is one.
    fn inside(&self) -> Option<&Self::Inside>;
    /// The value that a test has found.
    #[inline(always)]
    fn present(&self) -> &Self::Inside {
        self.inside().expect("tested before")
    }
}

impl<T> Optional for Option<T> {
    type Inside = T;
    #[inline(always)]
    fn inside(&self) -> Option<&T> {
        self.as_ref()
    }
}

impl<T, E> Optional for Result<T, E> {
    type Inside = T;
    #[inline(always)]
    fn inside(&self) -> Option<&T> {
        self.as_ref().ok()
    }
}

/// Whether an option or result holds a value.
#[inline(always)]
pub fn is_present(option: &impl Optional) -> bool {
    option.inside().is_some()
}

/// What a rule gives, of a function that may fail or not.
pub trait WithBack {
    /// What the function itself gives.
    type Value;

    /// Drops the pullback.
    fn value(self) -> Self::Value;
}

impl<Y, B> WithBack for (Y, B) {
    type Value = Y;

    #[inline(always)]
    fn value(self) -> Y {
        self.0
    }
}

impl<Y, B> WithBack for Option<(Y, B)> {
    type Value = Option<Y>;

    #[inline(always)]
    fn value(self) -> Option<Y> {
        self.map(|pair| pair.0)
    }
}

impl<Y, B, E> WithBack for Result<(Y, B), E> {
    type Value = Result<Y, E>;

    #[inline(always)]
    fn value(self) -> Result<Y, E> {
        self.map(|pair| pair.0)
    }
}
