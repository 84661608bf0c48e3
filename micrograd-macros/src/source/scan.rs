//! Where an item stands in the text of its file: what is open before it. Comments, texts and character literals
//! do not count.

/// The text before a position; lines and columns count from 1.
pub(super) fn before(text: &str, line: usize, column: usize) -> String {
    let mut lines = text.split_inclusive('\n');
    let mut found: String = lines.by_ref().take(line.saturating_sub(1)).collect();
    let rest = lines.next().unwrap_or_default();
    found.extend(rest.chars().take(column.saturating_sub(1)));
    found
}

/// Whether the innermost brace that a text leaves open is that of an `impl` or trait.
pub(super) fn opens_impl(text: &str) -> bool {
    let has = |head: &[String], keyword: &str| head.iter().any(|word| word == keyword);
    innermost(text)
        .is_some_and(|head| (has(&head, "impl") || has(&head, "trait")) && !has(&head, "fn"))
}

/// The words before the innermost brace that a text leaves open.
pub(super) fn innermost(text: &str) -> Option<Vec<String>> {
    open_braces(text).pop()
}

/// The names of the modules that a text leaves open, and whether nothing else is open.
pub(super) fn modules(text: &str) -> (Vec<String>, bool) {
    let (open, mut names) = (open_braces(text), Vec::new());
    for head in &open {
        if let [.., keyword, name] = head.as_slice() {
            names.extend((keyword == "mod").then(|| name.clone()));
        }
    }
    let is_all = names.len() == open.len();
    (names, is_all)
}

/// The words before each brace that a text leaves open.
fn open_braces(text: &str) -> Vec<Vec<String>> {
    let mut open: Vec<Vec<String>> = Vec::new();
    // The words since the last statement or brace, and how many brackets are open in them.
    let (mut words, mut word, mut brackets) = (Vec::new(), String::new(), 0_usize);
    let mut chars = Code(text.chars().collect(), 0);
    while let Some(c) = chars.next_char() {
        if c.is_alphanumeric() || c == '_' {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        match c {
            '{' => {
                open.push(std::mem::take(&mut words));
                brackets = 0;
            }
            '}' => {
                open.pop();
                words.clear();
                brackets = 0;
            }
            ';' if brackets == 0 => words.clear(),
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets = brackets.saturating_sub(1),
            _ => {}
        }
    }
    open
}

/// Characters without comments, texts and character literals.
pub(super) struct Code(pub Vec<char>, pub usize);

impl Code {
    fn peek(&self, ahead: usize) -> Option<char> {
        self.0.get(self.1 + ahead).copied()
    }

    /// Skips to behind the next place where `end` holds.
    fn skip_until(&mut self, end: impl Fn(&Self) -> Option<usize>) {
        while self.1 < self.0.len() {
            if let Some(length) = end(self) {
                self.1 += length;
                return;
            }
            self.1 += 1;
        }
    }

    pub fn next_char(&mut self) -> Option<char> {
        let c = self.peek(0)?;
        self.1 += 1;
        match (c, self.peek(0)) {
            ('/', Some('/')) => {
                self.skip_until(|this| (this.peek(0) == Some('\n')).then_some(1));
                Some('\n')
            }
            ('/', Some('*')) => {
                let mut depth = 0_usize;
                self.1 -= 1;
                while self.1 < self.0.len() {
                    match (self.peek(0), self.peek(1)) {
                        (Some('/'), Some('*')) => (depth, self.1) = (depth + 1, self.1 + 2),
                        (Some('*'), Some('/')) => (depth, self.1) = (depth - 1, self.1 + 2),
                        _ => self.1 += 1,
                    }
                    if depth == 0 {
                        break;
                    }
                }
                Some(' ')
            }
            ('r', Some('"' | '#')) => {
                let hashes = (0..).take_while(|&k| self.peek(k) == Some('#')).count();
                if self.peek(hashes) != Some('"') {
                    return Some(c);
                }
                self.1 += hashes + 1;
                self.skip_until(|this| {
                    let ends = this.peek(0) == Some('"')
                        && (1..=hashes).all(|k| this.peek(k) == Some('#'));
                    ends.then_some(hashes + 1)
                });
                Some(' ')
            }
            ('"', _) => {
                self.quoted('"');
                Some(' ')
            }
            // `'a'` and `'\n'`, but not the lifetime `'a`.
            ('\'', Some(next)) if next == '\\' || self.peek(1) == Some('\'') => {
                self.quoted('\'');
                Some(' ')
            }
            _ => Some(c),
        }
    }

    fn quoted(&mut self, quote: char) {
        while let Some(c) = self.peek(0) {
            self.1 += if c == '\\' { 2 } else { 1 };
            if c == quote {
                return;
            }
        }
    }
}

/// The name of the type whose `impl` the innermost brace opens, if that has no parameters.
pub(super) fn owner_in(text: &str) -> Option<String> {
    let head = innermost(text)?;
    let start = head.iter().position(|word| word == "impl")?;
    match &head[start + 1..] {
        [name] => Some(name.clone()),
        [.., word, name] if word == "for" => Some(name.clone()),
        _ => None,
    }
}
