//! Iterator chains, and what consumes them.

use crate::code;
use crate::code::Code;
use crate::generate::Generator;
use crate::program::{Access, Type};

/// An iterator and what its items are.
pub struct Chain {
    /// The iterator.
    pub code: Code,
    /// The pattern of an item.
    pub pattern: String,
    /// The variables of the pattern.
    pub variables: Vec<(String, Type, Access)>,
    /// The variables that the iterator borrows.
    pub roots: Vec<String>,
    /// Whether closures in it borrow others.
    pub has_closures: bool,
    /// Whether it runs over a part of a variable.
    pub is_of_part: bool,
    /// Whether the number of items is known: it can be run backwards or be counted.
    pub exact: bool,
}

impl Generator {
    /// A chain over one of the lists in scope.
    pub fn chain(&mut self) -> Option<Chain> {
        if self.nesting >= 2 {
            return None;
        }
        let mut chain = self.source()?;
        for _ in 0..self.dice.below(3) {
            self.adapt(&mut chain);
        }
        Some(chain)
    }

    fn source(&mut self) -> Option<Chain> {
        let lists = self.lists(false);
        if lists.is_empty() {
            return None;
        }
        let list = self.dice.pick(&lists);
        let name = self.fresh("e");
        let (mut variable, mut template) =
            ((name.clone(), Type::Real, Access::Shared), "{}.iter()");
        let part = |weight| {
            if self.constructs.iterators_of_parts {
                weight
            } else {
                0
            }
        };
        let choices = [(10, 0), (part(2), 1), (part(1), 2), (part(1), 3), (2, 4)];
        match self.dice.weighted(&choices) {
            1 => {
                variable = (name.clone(), Type::Slice(2), Access::Shared);
                template = "{}.windows(2)";
            }
            2 => {
                variable = (name.clone(), Type::Slice(1), Access::Shared);
                template = "{}.chunks(2)";
            }
            3 => template = "{}[1..].iter()",
            4 => {
                variable = (name.clone(), Type::Real, Access::Owned);
                template = "{}.iter().copied()";
            }
            _ => {}
        }
        let is_of_part = !matches!(&list.code, Code::Text(name) if *name == list.root);
        Some(Chain {
            is_of_part,
            code: code!(template, list.code),
            pattern: name,
            variables: vec![variable],
            roots: vec![list.root],
            has_closures: false,
            exact: true,
        })
    }

    fn adapt(&mut self, chain: &mut Chain) {
        let code = chain.code.clone();
        match self
            .dice
            .below(if self.constructs.more_iterators { 9 } else { 8 })
        {
            0 if chain.exact => chain.code = code!("{}.rev()", code),
            1 => {
                let template = self
                    .dice
                    .pick(&["{}.skip(1)", "{}.take(2)", "{}.step_by(2)"]);
                if chain.exact {
                    chain.code = code!(template, code);
                }
            }
            2 if chain.exact => {
                let index = self.fresh("i");
                chain.code = code!("{}.enumerate()", code);
                chain.pattern = format!("({index}, {})", chain.pattern);
                (chain.variables).push((index, Type::Count, Access::Owned));
            }
            3 if chain.exact => {
                let Some(other) = self.source() else { return };
                chain.code = code!("{}.zip({})", code, other.code);
                chain.pattern = format!("({}, {})", chain.pattern, other.pattern);
                chain.variables.extend(other.variables);
                chain.roots.extend(other.roots);
                chain.is_of_part |= other.is_of_part;
            }
            4 if !chain.is_of_part || self.constructs.filters_of_parts => {
                let condition = self.with_items(chain, |this| this.condition(0));
                chain.code = code!("{}.filter(|&{}| {})", code, &chain.pattern, condition);
                (chain.exact, chain.has_closures) = (false, true);
            }
            8 if chain.exact && chain.pattern.starts_with('e') => {
                let [(_, Type::Real, Access::Shared)] = chain.variables[..] else {
                    return;
                };
                let lists = self.lists(false);
                let list = self.dice.pick(&lists);
                chain.code = code!("{}.chain({}.iter())", code, list.code);
                (chain.exact, chain.roots) =
                    (false, [chain.roots.clone(), vec![list.root]].concat());
            }
            _ => {
                let depth = self.dice.below(2);
                let value = self.with_items(chain, |this| this.real(depth));
                let name = self.fresh("e");
                chain.code = code!("{}.map(|{}| {})", code, &chain.pattern, value);
                chain.pattern.clone_from(&name);
                chain.variables = vec![(name, Type::Real, Access::Owned)];
                chain.has_closures = true;
            }
        }
    }

    /// What stands in a closure that takes an item.
    fn with_items(&mut self, chain: &Chain, make: impl FnOnce(&mut Self) -> Code) -> Code {
        let mark = self.scope.mark();
        let outer = std::mem::replace(&mut self.in_closure, true);
        for (name, ty, access) in &chain.variables {
            self.scope.declare(name, *ty, *access, false);
        }
        self.nesting += 1;
        let code = make(self);
        self.nesting -= 1;
        self.in_closure = outer;
        self.scope.reset(mark);
        code
    }

    /// The sum, the product or a fold of a chain.
    pub fn number_by_iterator(&mut self, depth: usize) -> Code {
        let Some(chain) = self.chain() else {
            return self.place();
        };
        match self.dice.weighted(&[(4, 0), (1, 1), (2, 2)]) {
            choice @ (0 | 1) => {
                let value = self.with_items(&chain, |this| {
                    if choice == 0 {
                        this.real(depth)
                    } else {
                        this.bounded(depth)
                    }
                });
                let template = [
                    "{}.map(|{}| {}).sum::<{}>()",
                    "{}.map(|{}| {}).product::<{}>()",
                ];
                code!(
                    template[choice],
                    chain.code,
                    &chain.pattern,
                    value,
                    Code::Real
                )
            }
            _ => {
                let start = self.place();
                let sum = self.fresh("t");
                let value = self.with_items(&chain, |this| {
                    this.scope.declare(&sum, Type::Real, Access::Owned, false);
                    this.bounded(depth)
                });
                let pattern = format!("|{sum}, {}|", chain.pattern);
                let value = code!("{} * {} + {}", &sum, Code::Number(0.7), value);
                code!("{}.fold({}, {} {})", chain.code, start, pattern, value)
            }
        }
    }

    /// A condition on all items, or on any.
    pub fn condition_by_iterator(&mut self) -> Code {
        let Some(chain) = self.chain() else {
            return "true".into();
        };
        let condition = self.with_items(&chain, |this| this.condition(0));
        let template = self.dice.pick(&["{}.all(|{}| {})", "{}.any(|{}| {})"]);
        code!(template, chain.code, &chain.pattern, condition)
    }

    /// A vector of at least so many items of a chain, which keeps its length.
    pub fn collected(&mut self, least: usize) -> Option<Code> {
        if self.nesting >= 2 {
            return None;
        }
        let lists = self.lists(false);
        let lists: Vec<_> = lists
            .into_iter()
            .filter(|list| list.least >= least)
            .collect();
        if lists.is_empty() {
            return None;
        }
        let list = self.dice.pick(&lists);
        let (name, template) = (
            self.fresh("e"),
            self.dice.pick(&["{}.iter()", "{}.iter().rev()"]),
        );
        let mut chain = Chain {
            is_of_part: false,
            code: code!(template, list.code),
            pattern: name.clone(),
            variables: vec![(name, Type::Real, Access::Shared)],
            roots: vec![list.root],
            has_closures: false,
            exact: true,
        };
        if self.dice.chance(40) {
            let index = self.fresh("i");
            chain.code = code!("{}.enumerate()", chain.code);
            chain.pattern = format!("({index}, {})", chain.pattern);
            (chain.variables).push((index, Type::Count, Access::Owned));
        }
        let value = self.with_items(&chain, |this| this.real(1));
        let (code, pattern) = (chain.code, chain.pattern);
        Some(code!(
            "{}.map(|{}| {}).collect::<Vec<{}>>()",
            code,
            pattern,
            value,
            Code::Real
        ))
    }
}
