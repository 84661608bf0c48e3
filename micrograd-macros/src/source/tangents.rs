//! Which types of the file have a tangent. In comes the name of a struct or enum, out goes whether it derives one, whether it
//! has parameters or borrows, and whether `no_tangent!` or `#[no_gradient]` excludes it.

use super::file::Source;

impl Source {
    /// Whether what stands before `struct name` or `enum name` speaks of `Differentiable`.
    pub(super) fn derives_tangent(&self, name: &str) -> bool {
        let declared = |keyword: &str| self.declares(keyword, name);
        if !declared("struct") && !declared("enum") {
            return false;
        }
        ["struct", "enum"].iter().any(|keyword| {
            let head = format!("{keyword} {name}");
            self.code.match_indices(&head).any(|(at, _)| {
                let whole = !self.code[at + head.len()..]
                    .starts_with(|c: char| c.is_alphanumeric() || c == '_');
                let before = &self.code[..at];
                let start = before.rfind(['}', ';']).unwrap_or(0);
                whole && before[start..].contains("Differentiable")
            })
        })
    }

    /// Whether all structs and enums of this name have no parameters.
    pub(super) fn declares_plain_type(&self, name: &str) -> bool {
        let keywords = ["struct", "enum"].into_iter();
        let mut keywords = keywords
            .filter(|keyword| self.declares(keyword, name))
            .peekable();
        keywords.peek().is_some()
            && keywords.all(|keyword| {
                let head = format!("{keyword} {name}");
                let mut rest = self.code.split(&head).skip(1);
                rest.all(|rest| !rest.trim_start().starts_with('<'))
            })
    }

    /// Whether all structs of this name have a lifetime.
    pub(super) fn is_borrowing(&self, name: &str) -> bool {
        let head = format!("struct {name}");
        let mut heads = self.code.split(&head).skip(1).peekable();
        heads.peek().is_some() && heads.all(|rest| rest.trim_start().starts_with("<'"))
    }

    /// Whether `no_tangent!(…)` names this type.
    pub(super) fn has_no_tangent(&self, name: &str) -> bool {
        self.code.split("no_tangent!").skip(1).any(|rest| {
            let named = rest.trim_start().get(1..).unwrap_or_default();
            let named = named.split([')', ']', '}']).next().unwrap_or_default();
            named.split(',').any(|ty| ty.trim() == name)
        })
    }
}

/// Whether a field carries no derivative: it says so, or it is a marker of the standard library's.
pub fn excludes(field: &syn::Field) -> bool {
    let is_marker = match &field.ty {
        syn::Type::Path(path) => {
            let last = path.path.segments.last();
            last.is_some_and(|last| last.ident == "PhantomData")
        }
        _ => false,
    };
    let mut attributes = field.attrs.iter();
    is_marker || attributes.any(|attribute| attribute.path().is_ident("no_gradient"))
}
