use micrograd_core::differentiable;

type Amount = usize;

mod with_fractions {
    pub type Price = f64;
}

mod shop {
    use super::with_fractions::Price as Amount;

    #[super::differentiable]
    fn total(price: Amount, number: super::Amount) -> f64 {
        price * number as f64
    }
}

fn main() {}
