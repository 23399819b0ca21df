//! Which statements are being written around an expression, so that a query in a condition can name the row outside of it.
//!
//! The columns of a query's only source stand alone: `ID`. Within another query they need the name of their source, and there
//! no other source may have that name.

use std::cell::RefCell;

use super::Source;

thread_local! {
    /// The names of the sources of each query or statement around, the innermost last.
    static AROUND: RefCell<Vec<Vec<&'static str>>> = const { RefCell::new(vec![]) };
}

/// Writes an expression within a statement that reads from sources with these names.
pub(crate) fn within<R>(names: &[&'static str], write: impl FnOnce() -> R) -> R {
    struct Leave;
    impl Drop for Leave {
        fn drop(&mut self) {
            AROUND.with_borrow_mut(|around| drop(around.pop()));
        }
    }
    AROUND.with_borrow_mut(|around| around.push(names.to_vec()));
    let _leave = Leave;
    write()
}

/// How many statements are around.
pub(super) fn depth() -> usize {
    AROUND.with_borrow(Vec::len)
}

/// Whether a source of a statement around has the name.
pub(crate) fn is_taken(name: &str) -> bool {
    AROUND.with_borrow(|around| around.iter().flatten().any(|taken| taken.eq_ignore_ascii_case(name)))
}

/// Writes an expression about the rows of a statement's only source, which is called `name`.
pub(crate) fn alone<R>(name: &'static str, write: impl FnOnce(Source) -> R) -> R {
    let source = Source::alone(name, depth());
    within(&[name], || write(source))
}
