//! The file that is being expanded, read once for all the functions in it. In comes the place of the macro's call, out go the
//! text and what it declares: which names, by which keyword, and the heads of functions.

use super::scan::{opens_impl, Code};
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::SystemTime;

/// A source file, read once for all the functions in it.
pub(super) struct Source {
    path: PathBuf,
    modified: Option<SystemTime>,
    pub(super) text: String,
    /// The text without comments and quoted texts.
    pub(super) code: String,
    /// The words that stand behind each keyword that declares something.
    declared: HashMap<&'static str, HashSet<String>>,
    /// What functions return, of those that were asked for.
    returned: RefCell<HashMap<String, Option<String>>>,
}

thread_local! {
    static LAST: RefCell<Option<Rc<Source>>> = const { RefCell::new(None) };
}

impl Source {
    /// The file that is being expanded. Outside a compiler, as in unit tests, there is none.
    pub(super) fn current() -> Option<Rc<Source>> {
        if !proc_macro::is_available() {
            return None;
        }
        let path = proc_macro::Span::call_site().local_file()?;
        let modified = std::fs::metadata(&path)
            .and_then(|data| data.modified())
            .ok();
        LAST.with_borrow_mut(|last| {
            let known = last
                .as_ref()
                .filter(|last| last.path == path && last.modified == modified);
            if known.is_none() {
                let text = std::fs::read_to_string(&path).ok()?;
                *last = Some(Rc::new(Source::new(path, modified, text)));
            }
            last.clone()
        })
    }

    pub(super) fn new(path: PathBuf, modified: Option<SystemTime>, text: String) -> Self {
        let mut chars = Code(text.chars().collect(), 0);
        let code: String = std::iter::from_fn(|| chars.next_char()).collect();
        let mut declared: HashMap<&'static str, HashSet<String>> = HashMap::new();
        let words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
        let mut before = None;
        for word in words.filter(|word| !word.is_empty()) {
            if let Some(keyword) = before {
                declared
                    .entry(keyword)
                    .or_default()
                    .insert(word.to_string());
            }
            before = [
                "fn", "const", "static", "mut", "type", "struct", "enum", "trait",
            ]
            .into_iter()
            .find(|keyword| *keyword == word);
        }
        Source {
            path,
            modified,
            text,
            code,
            declared,
            returned: RefCell::default(),
        }
    }

    /// Whether `name` is declared by this keyword.
    pub(super) fn declares(&self, keyword: &str, name: &str) -> bool {
        self.declared
            .get(keyword)
            .is_some_and(|names| names.contains(name))
    }

    /// Where `keyword name` stands, but for what belongs to a type or trait.
    pub(super) fn declarations<'s>(
        &'s self,
        keyword: &str,
        name: &str,
    ) -> impl Iterator<Item = usize> + 's {
        let head = format!("{keyword} {name}");
        let length = head.len();
        let starts: Vec<usize> = self.code.match_indices(&head).map(|(at, _)| at).collect();
        starts.into_iter().filter(move |at| {
            let goes_on = |c: char| c.is_alphanumeric() || c == '_';
            !self.code[at + length..].starts_with(goes_on) && !opens_impl(&self.code[..*at])
        })
    }

    /// The heads of the functions of this name.
    fn signatures(&self, name: &str) -> Vec<syn::Signature> {
        let start = format!("fn {name}");
        let found = self.code.match_indices(&start).filter_map(|(index, _)| {
            let rest = &self.code[index..];
            let is_name = rest[start.len()..].starts_with(['<', '(']);
            let head = end_of(rest, "{;").filter(|_| is_name)?;
            syn::parse_str(&rest[..head]).ok()
        });
        found.collect()
    }

    /// The name of the type that all functions of this name return, without parameters.
    pub(super) fn returned_name(&self, name: &str) -> Option<String> {
        if !self.declares("fn", name) {
            return None;
        }
        let mut returned = self.returned.borrow_mut();
        let known = returned.entry(name.to_string());
        known
            .or_insert_with(|| self.read_returned_name(name))
            .clone()
    }

    fn read_returned_name(&self, name: &str) -> Option<String> {
        let mut names = self
            .signatures(name)
            .into_iter()
            .map(|head| match head.output {
                syn::ReturnType::Type(_, ty) => match *ty {
                    syn::Type::Path(path) => Some(path.path.segments.last()?.ident.to_string()),
                    _ => None,
                },
                syn::ReturnType::Default => None,
            });
        let first = names.next()??;
        names
            .all(|name| name.as_ref() == Some(&first))
            .then_some(first)
    }

    /// Whether all functions of this name take a shared reference at `position`.
    pub(super) fn borrows(&self, name: &str, position: usize) -> bool {
        let found = self.signatures(name);
        !found.is_empty() && found.iter().all(|head| is_shared(head, position))
    }

    /// Whether all functions of this name take `&mut self`.
    pub(super) fn changes_receiver(&self, name: &str) -> bool {
        let found = self.signatures(name);
        let changes = |head: &syn::Signature| {
            let kind = head.receiver().map(|receiver| &receiver.kind);
            matches!(kind, Some(syn::ReceiverKind::Reference(_, _, Some(_))))
        };
        !found.is_empty() && found.iter().all(changes)
    }

    /// Whether a trait of this name declares a method.
    pub(super) fn trait_declares(&self, name: &str, method: &str) -> bool {
        let is_whole = |rest: &str| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_');
        let (head, declared) = (format!("trait {name}"), format!("fn {method}"));
        let declares = |body: &str| body.split(&declared).skip(1).any(is_whole);
        let mut found = self.code.split(&head).skip(1);
        found.any(|rest| is_whole(rest) && block(rest).is_some_and(declares))
    }
}

/// Where the first of these characters stands outside of brackets.
pub(super) fn end_of(text: &str, ends: &str) -> Option<usize> {
    let mut brackets = 0_i32;
    text.find(|c: char| {
        brackets += i32::from("([".contains(c)) - i32::from(")]".contains(c));
        brackets == 0 && ends.contains(c)
    })
}

/// What stands inside the first braces.
fn block(text: &str) -> Option<&str> {
    let inside = &text[text.find('{')? + 1..];
    let mut braces = 1_i32;
    let end = inside.find(|c: char| {
        braces += i32::from(c == '{') - i32::from(c == '}');
        braces == 0
    });
    Some(&inside[..end?])
}

fn is_shared(head: &syn::Signature, position: usize) -> bool {
    match head.inputs.iter().nth(position) {
        Some(syn::FnArg::Typed(typed)) => {
            matches!(&*typed.ty, syn::Type::Reference(reference) if reference.mutability.is_none())
        }
        _ => false,
    }
}
