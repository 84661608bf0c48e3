//! Calls of the program's own functions, methods and closures.

use crate::code;
use crate::code::{Code, separated};
use crate::generate::Generator;
use crate::program::{Access, Failure, Function, Type, Variable};

impl Generator {
    /// A number from a call that changes nothing, or one in memory if nothing can be called.
    pub fn number_by_call(&mut self, depth: usize) -> Code {
        let in_closure = self.in_closure;
        let closures: Vec<(Variable, usize)> = (self.scope.visible().into_iter())
            .filter_map(|variable| match variable.ty {
                Type::Closure(arity) if !(variable.mutable && in_closure) => {
                    Some((variable, arity))
                }
                _ => None,
            })
            .collect();
        if !closures.is_empty() && self.dice.chance(50) {
            let (closure, arity) = self.dice.pick(&closures);
            // A closure that changes something is borrowed while its arguments are read.
            let mark = self.scope.mark();
            if closure.mutable {
                self.scope.hide(&closure.name);
            }
            let arguments = (0..arity).map(|_| self.real(depth.min(1))).collect();
            self.scope.release(mark);
            return code!("{}({})", &closure.name, separated(arguments, ", "));
        }
        if self.constructs.closure_parameters && self.nesting < 2 && self.dice.chance(20) {
            return self.call_with_closure(depth);
        }
        if let Some(call) = self.recursive_call() {
            return call;
        }
        self.call_of(Type::Real).unwrap_or_else(|| self.place())
    }

    /// `applied(|t| …, a)`
    fn call_with_closure(&mut self, depth: usize) -> Code {
        let name = self.fresh("t");
        let mark = self.scope.mark();
        let in_closure = std::mem::replace(&mut self.in_closure, true);
        self.nesting += 1;
        self.scope.declare(&name, Type::Real, Access::Owned, false);
        let body = self.bounded(depth);
        self.scope.reset(mark);
        self.nesting -= 1;
        self.in_closure = in_closure;
        code!(
            "applied(|{}: {}| {}, {})",
            name,
            Code::Real,
            body,
            self.atom(0)
        )
    }

    /// A call that changes nothing and cannot fail, for a value of this type.
    pub fn call_of(&mut self, ty: Type) -> Option<Code> {
        let fits = |function: &Function| {
            function.result == ty && function.failure == Failure::Never && !function.changes()
        };
        self.call_of_one(fits)
    }

    /// A call of one of the functions that fit.
    pub fn call_of_one(&mut self, fits: impl Fn(&Function) -> bool) -> Option<Code> {
        let functions: Vec<_> = self.functions.iter().filter(|f| fits(f)).cloned().collect();
        if functions.is_empty() {
            return None;
        }
        let function = self.dice.pick(&functions);
        self.call(&function, None)
    }

    /// The function calls itself, one level down.
    fn recursive_call(&mut self) -> Option<Code> {
        if self.in_loop() || self.in_closure || self.self_calls == 0 || self.dice.chance(50) {
            return None;
        }
        let function = self.current.clone().filter(|function| function.recursive)?;
        self.self_calls -= 1;
        self.call(&function, Some("level - 1"))
    }

    /// A call; nothing that an argument borrows exclusively is read by another one.
    fn call(&mut self, function: &Function, level: Option<&str>) -> Option<Code> {
        if self.nesting >= 2 {
            return None;
        }
        self.nesting += 1;
        let mark = self.scope.mark();
        let call = self.call_unmarked(function, level);
        self.scope.release(mark);
        self.nesting -= 1;
        call
    }

    fn call_unmarked(&mut self, function: &Function, level: Option<&str>) -> Option<Code> {
        let callee = match function.receiver {
            None => Code::from(&function.name),
            Some(access) => {
                let (receiver, root) = self.point_place(access == Access::Exclusive, true)?;
                match access {
                    Access::Exclusive => self.scope.hide(&root),
                    _ => self.scope.freeze(&root),
                }
                code!("{}.{}", receiver, &function.name)
            }
        };
        // Exclusive borrows first, so that no other argument reads what they borrow.
        let mut arguments = vec![None; function.parameters.len()];
        for exclusive in [true, false] {
            for (argument, (ty, access)) in arguments.iter_mut().zip(&function.parameters) {
                if (*access == Access::Exclusive) == exclusive {
                    let (code, root) = self.argument(*ty, *access)?;
                    if let Some(root) = root {
                        self.scope.hide(&root);
                    }
                    *argument = Some(code);
                }
            }
        }
        let mut arguments: Vec<Code> = arguments.into_iter().flatten().collect();
        if function.recursive {
            let level = level.map_or_else(|| self.dice.between(1, 3).into(), Code::from);
            *arguments.last_mut()? = level;
        }
        Some(code!("{}({})", callee, separated(arguments, ", ")))
    }

    /// How deep an expression may be as an argument.
    fn argument_depth(&mut self) -> usize {
        usize::from(self.nesting < 2 && self.dice.chance(35))
    }

    /// An argument, and the variable that it borrows exclusively.
    fn argument(&mut self, ty: Type, access: Access) -> Option<(Code, Option<String>)> {
        let exclusive = access == Access::Exclusive;
        match (ty, access) {
            (Type::Slice(least), _) => self.slice(least, exclusive),
            (Type::Real, Access::Exclusive) => {
                let (place, root) = self.changeable_number()?;
                Some((code!("&mut {}", place), Some(root)))
            }
            (Type::Real, Access::Shared) => {
                let reference = if self.dice.chance(50) {
                    self.place()
                } else {
                    self.atom(1)
                };
                Some((code!("&{}", reference), None))
            }
            (Type::Point, Access::Exclusive) => {
                let (place, root) = self.point_place(true, false)?;
                Some((code!("&mut {}", place), Some(root)))
            }
            (_, Access::Owned) => {
                let depth = self.argument_depth();
                Some((self.value(ty, depth), None))
            }
            (_, Access::Shared) => {
                let value = match self.variable_of(ty, false) {
                    Some(variable) => return Some((borrowed(&variable, "&"), None)),
                    None => self.value(ty, 0),
                };
                Some((code!("&{}", value), None))
            }
            (_, Access::Exclusive) => {
                let variable = self.variable_of(ty, true)?;
                Some((borrowed(&variable, "&mut "), Some(variable.name)))
            }
        }
    }

    /// A variable of a type.
    pub fn variable_of(&mut self, ty: Type, changed: bool) -> Option<Variable> {
        let mut variables = if changed {
            self.scope.changeable()
        } else {
            self.scope.visible()
        };
        variables.retain(|variable| match (variable.ty, ty) {
            (Type::Vector(has), Type::Vector(needs)) => has >= needs,
            (has, needs) => has == needs,
        });
        (!variables.is_empty()).then(|| self.dice.pick(&variables))
    }

    /// `&v`, `&mut a[1..]`, `w`: a slice of at least so many numbers.
    fn slice(&mut self, least: usize, exclusive: bool) -> Option<(Code, Option<String>)> {
        let lists = self.lists(exclusive);
        let lists: Vec<_> = lists
            .into_iter()
            .filter(|list| list.least >= least)
            .collect();
        if lists.is_empty() {
            if exclusive {
                return None;
            }
            return Some((code!("&{}", self.value(Type::Array(least), 0)), None));
        }
        let list = self.dice.pick(&lists);
        let prefix = if exclusive { "&mut " } else { "&" };
        let spare = list.least - least;
        let code = match self.dice.below(4) {
            0 if spare > 0 => code!(
                "{}{}[{}..]",
                prefix,
                &list.code,
                self.dice.between(1, spare)
            ),
            1 => code!("{}{}[..{}]", prefix, &list.code, least),
            _ if list.is_reference && !exclusive && !self.constructs.implicit_reborrows => {
                code!("&*{}", &list.code)
            }
            _ if list.is_reference => list.code.clone(),
            _ => code!("{}{}", prefix, &list.code),
        };
        Some((code, exclusive.then_some(list.root)))
    }

    /// The lists of numbers in scope.
    pub fn lists(&mut self, changed: bool) -> Vec<List> {
        let variables = if changed {
            self.scope.changeable()
        } else {
            self.scope.visible()
        };
        let mut lists = Vec::new();
        for variable in variables {
            let name = Code::from(&variable.name);
            let is_reference = variable.access != Access::Owned;
            let mut list = |code, least, is_reference| {
                let root = variable.name.clone();
                lists.push(List {
                    code,
                    root,
                    least,
                    is_reference,
                });
            };
            match variable.ty {
                Type::Array(n) | Type::Vector(n) | Type::Slice(n) => list(name, n, is_reference),
                Type::Matrix(rows, n) => {
                    list(code!("{}[{}]", name, self.dice.below(rows)), n, false);
                }
                Type::Bag => list(code!("{}.v", name), 2, false),
                _ => {}
            }
        }
        lists
    }

    /// A number that can be changed, and its variable.
    pub fn changeable_number(&mut self) -> Option<(Code, String)> {
        let mut variables = self.scope.changeable();
        variables.retain(|variable| {
            !matches!(
                variable.ty,
                Type::Count | Type::Maybe | Type::Shape | Type::Unit | Type::Closure(_)
            )
        });
        if variables.is_empty() {
            return None;
        }
        let variable = self.dice.pick(&variables);
        Some((self.element(&variable, true), variable.name))
    }

    /// A point in memory, as the receiver of a method or to be borrowed, and its variable.
    fn point_place(&mut self, changed: bool, receiver: bool) -> Option<(Code, String)> {
        let variables = if changed {
            self.scope.changeable()
        } else {
            self.scope.visible()
        };
        let points: Vec<(Code, String)> = (variables.into_iter())
            .filter_map(|variable| match variable.ty {
                Type::Point if receiver || variable.access == Access::Owned => {
                    Some((Code::from(&variable.name), variable.name))
                }
                Type::Point => Some((code!("*{}", &variable.name), variable.name)),
                Type::Bag => Some((code!("{}.p", &variable.name), variable.name)),
                _ => None,
            })
            .collect();
        (!points.is_empty()).then(|| self.dice.pick(&points))
    }
}

/// A list of numbers in memory.
#[derive(Clone)]
pub struct List {
    /// The list itself.
    pub code: Code,
    /// The variable it is in.
    pub root: String,
    /// How many elements it has at least.
    pub least: usize,
    /// Whether the code is a reference already, of the kind that was asked for.
    pub is_reference: bool,
}

/// The variable as an argument behind a reference.
fn borrowed(variable: &Variable, prefix: &str) -> Code {
    match variable.access {
        Access::Owned => code!("{}{}", prefix, &variable.name),
        _ if prefix == "&" && variable.access == Access::Exclusive => code!("&*{}", &variable.name),
        _ => Code::from(&variable.name),
    }
}
