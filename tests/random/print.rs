//! The two spellings of a program: with `f64` and `#[differentiable]`, and with dual numbers.

use crate::code::{Block, Code};

/// How a program is written.
#[derive(Clone, Copy, PartialEq)]
pub enum Spelling {
    /// Ordinary functions of `f64` with `#[differentiable]`.
    Differentiable,
    /// The same functions of dual numbers, which carry one derivative forward.
    Dual,
}

/// The text of a program.
pub fn print(code: &Code, spelling: Spelling) -> String {
    let mut text = String::new();
    write(code, spelling, 0, &mut text);
    text
}

fn write(code: &Code, spelling: Spelling, depth: usize, out: &mut String) {
    let dual = spelling == Spelling::Dual;
    match code {
        Code::Text(text) => out.push_str(text),
        Code::Number(number) if dual => out.push_str(&format!("c({number:?})")),
        Code::Number(number) => out.push_str(&format!("{number:?}")),
        Code::Real => out.push_str(if dual { "D" } else { "f64" }),
        Code::Primal(inner) => {
            write(inner, spelling, depth, out);
            if dual {
                out.push_str(".re");
            }
        }
        Code::Cast(inner) => {
            out.push_str(if dual { "c(" } else { "(" });
            write(inner, spelling, depth, out);
            out.push_str(" as f64)");
        }
        Code::Compound(place, operator, value) => {
            write(place, spelling, depth, out);
            if dual {
                out.push_str(" = ");
                write(place, spelling, depth, out);
                out.push_str(&format!(" {operator} ("));
            } else {
                out.push_str(&format!(" {operator}= "));
            }
            write(value, spelling, depth, out);
            out.push_str(if dual { ");" } else { ";" });
        }
        Code::Differentiable(text) if !dual => out.push_str(text),
        Code::Differentiable(_) => {}
        Code::Join(parts) => {
            for part in parts {
                write(part, spelling, depth, out);
            }
        }
        Code::Block(block) => write_block(block, spelling, depth, out),
    }
}

fn write_block(block: &Block, spelling: Spelling, depth: usize, out: &mut String) {
    out.push('{');
    for line in block.statements.iter().chain(block.value.as_deref()) {
        out.push('\n');
        out.push_str(&"    ".repeat(depth + 1));
        write(line, spelling, depth + 1, out);
    }
    out.push('\n');
    out.push_str(&"    ".repeat(depth));
    out.push('}');
}
