use micrograd_core::differentiable;

#[differentiable]
fn mantissa(x: f64) -> f64 {
    let bits = x.to_bits();
    f64::from_bits(bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
}

fn main() {}
