//! Where expressions live while a body is being built.
//!
//! [`Expr`](super::Expr) has to be `Copy`, or a name used twice in a procedure would be a moved value. So it is a number,
//! and the tree is kept here, per thread, until the outermost [`scope`] ends.

use std::cell::RefCell;

use super::ast::Node;

#[derive(Default)]
struct Arena {
    nodes: Vec<Node>,
    /// Counts the scopes that have ended: a handle of an earlier one must not be taken for a new expression.
    generation: u32,
    depth: u32,
}

thread_local! {
    static ARENA: RefCell<Arena> = RefCell::default();
}

#[derive(Clone, Copy)]
pub(crate) struct Handle {
    index: u32,
    generation: u32,
}

pub(crate) fn store(node: Node) -> Handle {
    ARENA.with_borrow_mut(|arena| {
        let index = u32::try_from(arena.nodes.len()).expect("fewer than 2^32 expressions in one body");
        arena.nodes.push(node);
        Handle { index, generation: arena.generation }
    })
}

pub(crate) fn load(handle: Handle) -> Node {
    ARENA.with_borrow(|arena| {
        assert!(
            handle.generation == arena.generation,
            "a SQL expression was used after the procedure, view or query that it was made for had been built"
        );
        arena.nodes[handle.index as usize].clone()
    })
}

struct Leave;

impl Drop for Leave {
    fn drop(&mut self) {
        ARENA.with_borrow_mut(|arena| {
            arena.depth -= 1;
            if arena.depth == 0 {
                arena.nodes.clear();
                arena.generation = arena.generation.wrapping_add(1);
            }
        });
    }
}

/// Runs `build`; when the outermost scope ends, all expressions made in it are freed.
pub(crate) fn scope<R>(build: impl FnOnce() -> R) -> R {
    ARENA.with_borrow_mut(|arena| arena.depth += 1);
    let _leave = Leave;
    build()
}
