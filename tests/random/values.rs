//! Values of the types that are not numbers.

use crate::code;
use crate::code::{Code, separated};
use crate::generate::Generator;
use crate::program::{Access, Type};

impl Generator {
    /// A value of any type that can be owned.
    pub fn value(&mut self, ty: Type, depth: usize) -> Code {
        let same = (self.scope).of_type(|other| {
            other == ty || matches!((other, ty), (Type::Vector(a), Type::Vector(b)) if a >= b)
        });
        if !matches!(ty, Type::Real | Type::Count) && !same.is_empty() && self.dice.chance(40) {
            let variable = self.dice.pick(&same);
            return match variable.access {
                _ if !ty.is_copy() => code!("{}.clone()", &variable.name),
                Access::Owned => Code::from(&variable.name),
                _ => code!("*{}", &variable.name),
            };
        }
        let numbers = |this: &mut Self, n| (0..n).map(|_| this.real(depth)).collect();
        match ty {
            Type::Real => self.real(depth),
            Type::Count => self.count(),
            Type::Unit => "()".into(),
            Type::Pair => code!("({}, {})", self.real(depth), self.real(depth)),
            Type::Array(n) if self.dice.chance(15) => code!("[{}; {}]", self.real(depth), n),
            Type::Array(n) => code!("[{}]", separated(numbers(self, n), ", ")),
            Type::Matrix(rows, columns) => {
                let rows = (0..rows).map(|_| self.value(Type::Array(columns), depth));
                code!("[{}]", separated(rows.collect(), ", "))
            }
            Type::Vector(least) => self.vector(least, depth),
            Type::Point => self.point(depth),
            Type::Bag => {
                let (w, v, p) = (self.real(depth), self.vector(2, depth), self.point(depth));
                code!("Bag { w: {}, v: {}, p: {} }", w, v, p)
            }
            Type::Maybe if self.dice.chance(25) => "None".into(),
            Type::Maybe => code!("Some({})", self.real(depth)),
            Type::Shape => match self.dice.below(3) {
                0 => "Shape::Dot".into(),
                1 => code!("Shape::Disc({})", self.real(depth)),
                _ => code!(
                    "Shape::Rect { w: {}, h: {} }",
                    self.real(depth),
                    self.real(depth)
                ),
            },
            Type::Slice(_) | Type::Closure(_) => unreachable!("cannot be owned"),
        }
    }

    fn point(&mut self, depth: usize) -> Code {
        if let (true, Some(call)) = (self.dice.chance(40), self.call_of(Type::Point)) {
            return call;
        }
        code!("Point { x: {}, y: {} }", self.real(depth), self.real(depth))
    }

    fn vector(&mut self, least: usize, depth: usize) -> Code {
        if let (true, Some(collected)) = (self.dice.chance(40), self.collected(least)) {
            return collected;
        }
        let length = self.dice.between(least, least + 1);
        if self.dice.chance(25) {
            return code!("vec![{}; {}]", self.real(depth), length);
        }
        let numbers = (0..length).map(|_| self.real(depth)).collect();
        code!("vec![{}]", separated(numbers, ", "))
    }
}
