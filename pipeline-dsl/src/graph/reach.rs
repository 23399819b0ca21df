//! Everything that a pipeline reaches, walked in constants.

use crate::check::same;
use crate::node::{Node, NodeRef};
use crate::object::Definition;
use crate::pipeline::PipelineDef;

/// Most objects in one pipeline.
pub(super) const MAX_OBJECTS: usize = 4096;
/// A power of two, so that probing may wrap with a mask.
const SLOTS: usize = 2 * MAX_OBJECTS;
/// Most members of a circle that are named.
pub(super) const MAX_CIRCLE: usize = 32;

/// Everything that a pipeline reaches.
#[derive(Clone, Copy)]
pub struct Reach {
    pub(super) name: &'static str,
    pub(super) nodes: [Option<NodeRef>; MAX_OBJECTS],
    pub(super) count: usize,
    /// Whether there are more objects than fit.
    pub(super) overflows: bool,
    /// Places in `nodes` by full name; 0 is free, else one more than the place.
    slots: [u16; SLOTS],
    pub(super) duplicate: Option<(NodeRef, NodeRef)>,
    pub(super) circle: [Option<NodeRef>; MAX_CIRCLE],
}

impl Reach {
    /// The place of a node, and whether it is new.
    const fn insert(&mut self, object: NodeRef) -> (usize, bool) {
        let node = object.get();
        let id = node.full_id();
        let mut slot = id as usize & (SLOTS - 1);
        while self.slots[slot] != 0 {
            let at = self.slots[slot] as usize - 1;
            if let Some(known) = self.nodes[at]
                && known.get().full_id() == id
            {
                if !is_same(known.get(), node) && self.duplicate.is_none() {
                    self.duplicate = Some((known, object));
                }
                return (at, false);
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        let at = self.count;
        if at == MAX_OBJECTS {
            self.overflows = true;
            return (0, false);
        }
        self.slots[slot] = at as u16 + 1;
        self.nodes[at] = Some(object);
        self.count += 1;
        (at, true)
    }

    /// The place of a node that is known.
    pub(super) const fn find(&self, object: NodeRef) -> Option<usize> {
        let id = object.get().full_id();
        let mut slot = id as usize & (SLOTS - 1);
        while self.slots[slot] != 0 {
            let at = self.slots[slot] as usize - 1;
            if let Some(node) = self.node(at)
                && node.full_id() == id
            {
                return Some(at);
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
        None
    }

    pub(super) const fn node(&self, at: usize) -> Option<&'static Node> {
        match self.nodes[at] {
            Some(object) => Some(object.get()),
            None => None,
        }
    }

    /// Whether a task of the pipeline runs after `task`, or ends its graph.
    pub(crate) const fn has_follower(&self, task: NodeRef) -> bool {
        let id = task.get().full_id();
        let mut at = 0;
        while at < self.count {
            if let Some(node) = self.node(at)
                && let Definition::Task(other) = &node.definition
            {
                let mut follows = matches!(other.finalize, Some(root) if root.get().full_id() == id);
                let mut before = 0;
                while before < other.after.len() {
                    follows = follows || other.after[before].get().full_id() == id;
                    before += 1;
                }
                if follows {
                    return true;
                }
            }
            at += 1;
        }
        false
    }
}

/// Whether two nodes of the same name are one declaration. Constants cannot compare addresses.
const fn is_same(left: &Node, right: &Node) -> bool {
    same(left.at, right.at) && same(left.rust_name, right.rust_name)
}

/// Walks from the listed objects over all that they depend on, depth first, with a stack of its own: constants may
/// not call deeply.
pub const fn reach(pipeline: &PipelineDef) -> Reach {
    let mut reach = Reach {
        name: pipeline.name,
        nodes: [None; MAX_OBJECTS],
        count: 0,
        overflows: false,
        slots: [0; SLOTS],
        duplicate: None,
        circle: [None; MAX_CIRCLE],
    };
    let mut open = [false; MAX_OBJECTS];
    // Each entry is a place in `nodes` and the next dependency to look at.
    let mut stack = [(0_usize, 0_usize); MAX_OBJECTS];
    let mut listed = 0;
    while listed <= pipeline.objects.len() {
        let object = if listed == 0 { pipeline.role } else { pipeline.objects[listed - 1] };
        listed += 1;
        let (at, new) = reach.insert(object);
        if !new {
            continue;
        }
        stack[0] = (at, 0);
        open[at] = true;
        let mut depth = 1;
        while depth > 0 {
            let (at, next) = stack[depth - 1];
            let Some(node) = reach.node(at) else { break };
            if next == node.dependency_count() {
                open[at] = false;
                depth -= 1;
                continue;
            }
            stack[depth - 1].1 += 1;
            let Some(dependency) = node.dependency(next) else { continue };
            let (found, new) = reach.insert(dependency);
            if new {
                stack[depth] = (found, 0);
                open[found] = true;
                depth += 1;
            } else if open[found] && !reach.overflows && reach.circle[0].is_none() {
                let mut start = depth - 1;
                while stack[start].0 != found {
                    start -= 1;
                }
                let mut member = 0;
                while start + member < depth && member < MAX_CIRCLE {
                    reach.circle[member] = reach.nodes[stack[start + member].0];
                    member += 1;
                }
            }
        }
    }
    reach
}
