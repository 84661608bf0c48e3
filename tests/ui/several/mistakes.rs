use micrograd_core::differentiable;

macro_rules! square {
    ($x:expr) => {
        $x * $x
    };
}

static mut TOTAL: f64 = 0.0;

#[differentiable(no_gradient(z))]
async unsafe fn everything(x: f64) -> f64 {
    let a = square!(x);
    let b = unsafe { x * 2.0 };
    TOTAL = b;
    let c = async { a };
    a + b
}

fn main() {}
