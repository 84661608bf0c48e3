//! A smaller program with the same finding: statements and items are taken away, and expressions are
//! replaced by a part of them, as long as the program is valid Rust and is still wrong.

use crate::batch::{self, Build};
use crate::code::{Block, Code};
use crate::compare::{self, Finding, Kind};
use crate::harness;
use crate::print::Spelling;
use crate::program::Program;

/// How many smaller programs are tried at once.
const CANDIDATES: usize = 40;

/// How often in a row none of them may be wrong.
const PATIENCE: usize = 8;

/// The smallest program found that is wrong in the same way.
pub fn shrink(program: &Program, finding: &Finding) -> Program {
    let mut smallest = program.clone();
    loop {
        let mut candidates: Vec<(usize, Program)> = (smaller(&smallest).into_iter())
            .map(|program| (size(&program), program))
            .filter(|(size_of_it, _)| *size_of_it < size(&smallest))
            .collect();
        candidates.sort_by_key(|(size, _)| *size);
        candidates.dedup_by_key(|(_, program)| harness::source(program, Spelling::Dual));
        let candidates: Vec<Program> = candidates.into_iter().map(|(_, program)| program).collect();
        let mut chunks = candidates.chunks(CANDIDATES).take(PATIENCE);
        match chunks.find_map(|chunk| first_wrong(chunk, finding)) {
            Some(program) => smallest = program,
            None => return smallest,
        }
        println!(
            "shrunk to:\n{}\n",
            harness::source(&smallest, Spelling::Differentiable)
        );
    }
}

fn size(program: &Program) -> usize {
    harness::source(program, Spelling::Differentiable).len()
}

/// The first of the programs with this finding; the smallest comes first.
fn first_wrong(programs: &[Program], finding: &Finding) -> Option<Program> {
    let rejected = batch::run(programs, Build::CheckDual).rejected;
    let valid: Vec<Program> = (programs.iter().enumerate())
        .filter(|(index, _)| !rejected.contains_key(index))
        .map(|(_, program)| program.clone())
        .collect();
    let build = match finding.kind {
        Kind::Compile => Build::Check,
        Kind::Profile => Build::Both,
        _ => Build::Debug,
    };
    let compared = compare::compare(&batch::run(&valid, build));
    let mut same = compared.findings.into_iter().filter(|other| {
        other.kind == finding.kind
            && (finding.kind != Kind::Compile || message(&other.text) == message(&finding.text))
    });
    same.next().map(|finding| valid[finding.program].clone())
}

/// The first error without its place.
fn message(text: &str) -> &str {
    let start = text.find("error").unwrap_or_default();
    let line = text[start..].lines().next().unwrap_or_default();
    line.split('`').next().unwrap_or_default()
}

/// All programs from which one thing is taken away.
fn smaller(program: &Program) -> Vec<Program> {
    let mut all = Vec::new();
    for index in 0..program.items.len() {
        let with = |item: Option<Code>| {
            let mut program = program.clone();
            program.items.splice(index..=index, item);
            program
        };
        if index + 1 < program.items.len() {
            all.push(with(None));
        }
        all.extend(
            reductions(&program.items[index])
                .into_iter()
                .map(|item| with(Some(item))),
        );
    }
    all
}

fn reductions(code: &Code) -> Vec<Code> {
    match code {
        Code::Text(_) | Code::Number(_) | Code::Real | Code::Differentiable(_) => Vec::new(),
        Code::Primal(inner) => {
            let inner = reductions(inner).into_iter();
            inner.map(|inner| Code::Primal(Box::new(inner))).collect()
        }
        Code::Cast(_) => vec![Code::Number(0.5)],
        Code::Compound(place, operator, value) => {
            let values = reductions(value).into_iter();
            let values =
                values.map(|value| Code::Compound(place.clone(), operator, Box::new(value)));
            values.collect()
        }
        Code::Join(parts) => {
            let is_part = |part: &&Code| match part {
                Code::Text(text) => text.chars().all(|c| c.is_ascii_alphanumeric()),
                _ => true,
            };
            let mut all: Vec<Code> = parts.iter().filter(is_part).cloned().collect();
            for (index, part) in parts.iter().enumerate() {
                for smaller in reductions(part) {
                    let mut parts = parts.clone();
                    parts[index] = smaller;
                    all.push(Code::Join(parts));
                }
            }
            all
        }
        Code::Block(block) => reduced_blocks(block).into_iter().map(Code::Block).collect(),
    }
}

fn reduced_blocks(block: &Block) -> Vec<Block> {
    let mut all = Vec::new();
    for index in 0..block.statements.len() {
        let with = |statement: Option<Code>| {
            let mut block = block.clone();
            block.statements.splice(index..=index, statement);
            block
        };
        all.push(with(None));
        let smaller = reductions(&block.statements[index]).into_iter();
        all.extend(smaller.map(|statement| with(Some(statement))));
    }
    for value in block.value.iter().flat_map(|value| reductions(value)) {
        all.push(block.clone().with(value));
    }
    all
}
