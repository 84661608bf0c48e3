//! What the forward sweep keeps of a loop with `#[checkpoint]`: what the loop carries where each of its blocks begins.

/// The beginnings of a loop's blocks.
///
/// With √n blocks of √n iterations there are as many of them as one block has records.
#[derive(Debug)]
pub struct Checkpoints<R, S> {
    /// What all blocks read.
    read: R,
    /// For each block, its first iteration and what is carried into it.
    blocks: Vec<(usize, S)>,
    /// Where the last block ends.
    end: usize,
    /// How long the next block is.
    length: usize,
    /// By how much each block is longer than the one before.
    growth: usize,
}

impl<R, S> Checkpoints<R, S> {
    /// Of a loop over all of `iterator`.
    pub fn over(iterator: &impl Iterator, read: R) -> Self {
        match iterator.size_hint() {
            (rounds, Some(most)) if rounds == most => {
                let length = root(rounds).max(1);
                Checkpoints {
                    blocks: Vec::with_capacity(rounds.div_ceil(length)),
                    length,
                    growth: 0,
                    ..Checkpoints::growing(read)
                }
            }
            _ => Checkpoints::growing(read),
        }
    }

    /// Of a loop whose end is not known: each block is one iteration longer than the one before, so that n
    /// iterations have √(2n) blocks of at most √(2n).
    pub fn growing(read: R) -> Self {
        Checkpoints {
            read,
            blocks: Vec::new(),
            end: 0,
            length: 1,
            growth: 1,
        }
    }

    /// Keeps what is carried into a block; how many iterations the block has.
    pub fn keep(&mut self, state: S) -> usize {
        let length = self.length;
        self.blocks.push((self.end, state));
        self.end += length;
        self.length += self.growth;
        length
    }

    /// The loop has ended, with iterations `left` in the last block.
    pub fn finish(&mut self, left: usize) {
        self.end -= left;
    }

    /// The blocks, last first: the first iteration, how many there are, what all blocks read, and what is carried into
    /// this one.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, usize, &R, &S)> {
        let mut end = self.end;
        self.blocks.iter().rev().map(move |(first, state)| {
            let length = end - first;
            end = *first;
            (*first, length, &self.read, state)
        })
    }
}

/// The iterations of a block.
#[inline(always)]
pub fn block<I: Iterator>(mut iterator: I, first: usize, length: usize) -> std::iter::Take<I> {
    if first > 0 {
        iterator.nth(first - 1);
    }
    iterator.take(length)
}

/// The least number whose square is `n` or more.
fn root(n: usize) -> usize {
    let root = n.isqrt();
    root + usize::from(root * root < n)
}
