//! What a training asks of the system's allocator.

/// Has glibc's allocator keep the memory that a step frees, since the next step needs as much; elsewhere it does nothing.
///
/// [`Training`](super::Training) and [`gradient_descent`](super::gradient_descent) call it. A loop of one's own may:
/// where page faults show in a profile, steps become up to twice as fast. The process keeps up to 64 MB that are free.
///
/// By default glibc gives what is free at the end of its heap back to the system as soon as that is more than 128 KB, or
/// than twice the largest block that it ever got from the system on its own and gave back: mallopt(3), "dynamic mmap
/// threshold". Here it gets and gives back the largest block that counts, to which nobody writes.
///
/// ```
/// micrograd_nn::train::keep_freed_memory();
/// ```
pub fn keep_freed_memory() {
    if cfg!(all(target_os = "linux", target_env = "gnu")) {
        let mut block: Vec<u8> = Vec::new();
        // A system without as much address space to spare is left as it is.
        let _ = block.try_reserve_exact((32 << 20) - (64 << 10));
        // Else the compiler leaves out what is not used.
        std::hint::black_box(block);
    }
}
