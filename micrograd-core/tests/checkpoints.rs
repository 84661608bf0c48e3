//! Where the blocks of a loop with `#[checkpoint]` begin.

use micrograd_core::emitted::Checkpoints;

/// The first iteration and the length of each block, in order.
fn blocks(mut checkpoints: Checkpoints<(), usize>, rounds: usize) -> Vec<(usize, usize)> {
    let mut left = 0;
    for round in 0..rounds {
        if left == 0 {
            left = checkpoints.keep(round);
        }
        left -= 1;
    }
    checkpoints.finish(left);
    let mut blocks = Vec::new();
    for (first, length, (), state) in checkpoints.blocks() {
        assert_eq!(first, *state);
        blocks.insert(0, (first, length));
    }
    blocks
}

#[test]
fn a_known_length_has_blocks_of_its_root() {
    assert_eq!(blocks(Checkpoints::over(&(0..0), ()), 0), []);
    assert_eq!(blocks(Checkpoints::over(&(0..1), ()), 1), [(0, 1)]);
    assert_eq!(
        blocks(Checkpoints::over(&(0..11), ()), 11),
        [(0, 4), (4, 4), (8, 3)]
    );
}

#[test]
fn blocks_grow_where_the_length_is_not_known() {
    assert_eq!(blocks(Checkpoints::growing(()), 0), []);
    assert_eq!(
        blocks(Checkpoints::growing(()), 8),
        [(0, 1), (1, 2), (3, 3), (6, 2)]
    );
    let even = (0..8).filter(|i| i % 2 == 0);
    assert_eq!(
        blocks(Checkpoints::over(&even, ()), 4),
        [(0, 1), (1, 2), (3, 1)]
    );
}
