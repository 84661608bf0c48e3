//! The tree that a random program is: text in which everything is marked that differs between the
//! two spellings, and blocks, from which statements can be taken away.

/// A piece of a program.
#[derive(Clone, Debug)]
pub enum Code {
    /// The same in both spellings.
    Text(String),
    /// A literal: `0.5` or `c(0.5)`.
    Number(f64),
    /// The type of numbers: `f64` or `D`.
    Real,
    /// The value of a number, to compare it or to make an integer of it: `a` or `a.re`.
    Primal(Box<Code>),
    /// A number made of an integer: `(n as f64)` or `c(n as f64)`.
    Cast(Box<Code>),
    /// `place += value;`, or with dual numbers `place = place + (value);`: only for built-in numbers is
    /// the right side read before the left side is borrowed.
    Compound(Box<Code>, &'static str, Box<Code>),
    /// What only the differentiated spelling has: attributes.
    Differentiable(&'static str),
    /// One after the other.
    Join(Vec<Code>),
    /// `{ … }`
    Block(Block),
}

/// Statements and the value at their end.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Each ends itself, with `;` or `}`.
    pub statements: Vec<Code>,
    /// What stands at the end.
    pub value: Option<Box<Code>>,
}

impl Block {
    /// A block without a value.
    pub fn of(statements: Vec<Code>) -> Self {
        Block {
            statements,
            value: None,
        }
    }

    /// The block with a value at its end.
    pub fn with(mut self, value: Code) -> Self {
        self.value = Some(Box::new(value));
        self
    }
}

impl From<&str> for Code {
    fn from(text: &str) -> Self {
        Code::Text(text.to_owned())
    }
}

impl From<String> for Code {
    fn from(text: String) -> Self {
        Code::Text(text)
    }
}

impl From<&String> for Code {
    fn from(text: &String) -> Self {
        Code::Text(text.clone())
    }
}

impl From<usize> for Code {
    fn from(number: usize) -> Self {
        Code::Text(number.to_string())
    }
}

impl From<&Code> for Code {
    fn from(code: &Code) -> Self {
        code.clone()
    }
}

impl From<Block> for Code {
    fn from(block: Block) -> Self {
        Code::Block(block)
    }
}

/// `code!("{} + {}", a, b)`: the text, with a piece of code for each `{}`.
#[macro_export]
macro_rules! code {
    ($template:expr $(, $part:expr)* $(,)?) => {
        $crate::code::filled($template, vec![$($crate::code::Code::from($part)),*])
    };
}

/// The template with the parts in the place of each `{}`.
#[track_caller]
pub fn filled(template: &str, parts: Vec<Code>) -> Code {
    let mut texts = template.split("{}");
    let mut pieces = vec![Code::from(texts.next().unwrap_or_default())];
    let mut parts = parts.into_iter();
    for text in texts {
        pieces.push(parts.next().expect("a part for each place"));
        pieces.push(Code::from(text));
    }
    assert!(parts.next().is_none(), "a place for each part: {template}");
    Code::Join(pieces)
}

/// The pieces with a separator between them.
pub fn separated(pieces: Vec<Code>, separator: &str) -> Code {
    let mut joined = Vec::new();
    for (index, piece) in pieces.into_iter().enumerate() {
        if index > 0 {
            joined.push(Code::from(separator));
        }
        joined.push(piece);
    }
    Code::Join(joined)
}
