//! Sums over parts of a sequence, which `PARTS` lists, of functions that are called for each part.

/// For each function of a sequence the sum over its parts, and a test of all.
macro_rules! over_parts {
    ($test:ident; $($sum:ident of $part:ident;)*) => {
        $(
            #[differentiable]
            fn $sum(x: &[f64], w: f64) -> f64 {
                let mut total = 0.0;
                for p in 0..PARTS.len() {
                    let (from, to) = PARTS[p];
                    let value: f64 = $part(&x[from..to], w);
                    total += value;
                }
                total
            }
        )*

        #[test]
        fn $test() {
            let x = numbers(11);
            $(check_gradient!($sum, &x, 0.7);)*
        }
    };
}
