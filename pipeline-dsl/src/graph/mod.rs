//! The whole pipeline: what it reaches, in which order it is created, and what its role must be allowed to do.

mod grants;
mod reach;
mod rules;
mod task_rules;

pub use grants::Grant;
#[doc(hidden)]
pub use reach::{Reach, reach};
#[doc(hidden)]
pub use rules::{check_consumers, check_cycle, check_fragments, check_names, check_size};
#[doc(hidden)]
pub use task_rules::{check_children, check_finalizers, check_roots};

use std::collections::HashSet;

use crate::node::{Kind, Node, NodeRef};
use crate::object::{Definition, TaskDef};
use crate::pipeline::PipelineDef;

/// Everything that a pipeline consists of.
#[derive(Clone, Debug)]
pub struct Graph {
    /// Every object once, in creation order: by kind, and within a kind after the objects it depends on. External
    /// objects are among them.
    pub objects: Vec<NodeRef>,
    /// What the pipeline's role must be granted, and no more; then what objects of the account, schemas and databases grant
    /// to other roles.
    pub grants: Vec<Grant>,
    /// What objects in schemas grant to other roles.
    pub shared: Vec<Grant>,
}

impl Graph {
    /// The graph of a pipeline.
    pub fn of(pipeline: &PipelineDef) -> Self {
        let mut walk = Walk::default();
        walk.visit(pipeline.role);
        for object in pipeline.objects {
            walk.visit(*object);
        }
        let mut objects = walk.order;
        let followed: HashSet<NodeRef> = objects.iter().filter_map(|object| followed_view(*object)).collect();
        // A view that a stream follows must be there before the stream.
        objects.sort_by_key(|object| if followed.contains(object) { Kind::Table } else { object.get().kind });
        let mut grants = grants::derive(pipeline.role, &objects);
        let (early, shared) = grants::declared(&objects);
        grants.extend(early);
        Self { objects, grants, shared }
    }

    /// Whether a stream follows the view.
    pub(crate) fn is_followed(&self, view: &Node) -> bool {
        self.objects.iter().filter_map(|object| followed_view(*object)).any(|other| std::ptr::eq(other.get(), view))
    }

    /// The objects of one kind, in creation order.
    pub fn of_kind(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &'static Node> {
        self.objects.iter().map(|object| object.get()).filter(move |node| node.kind == kind)
    }

    /// The same without those that are external.
    pub fn own(&self, kind: Kind) -> impl DoubleEndedIterator<Item = &'static Node> {
        self.of_kind(kind).filter(|node| !node.external)
    }

    /// The tasks with their definitions, each after the tasks it follows.
    pub fn tasks(&self) -> impl DoubleEndedIterator<Item = (&'static Node, &'static TaskDef)> {
        self.of_kind(Kind::Task).filter_map(|node| match &node.definition {
            Definition::Task(task) => Some((node, task)),
            _ => None,
        })
    }

    /// The tasks of the pipeline in the order in which they are resumed: children and finalizers before their root.
    pub fn resume_order(&self) -> Vec<&'static Node> {
        let (mut order, mut roots) = (Vec::new(), Vec::new());
        for (node, task) in self.tasks().filter(|(node, _)| !node.external) {
            if task.is_root() { roots.push(node) } else { order.insert(0, node) }
        }
        order.extend(roots);
        order
    }
}

/// The view that an object follows, if it is a stream on one.
fn followed_view(object: NodeRef) -> Option<NodeRef> {
    match &object.get().definition {
        Definition::Stream(stream) if stream.source.get().kind == Kind::View => Some(stream.source),
        _ => None,
    }
}

#[derive(Default)]
struct Walk {
    seen: HashSet<NodeRef>,
    order: Vec<NodeRef>,
}

impl Walk {
    /// Adds an object after all that it depends on, where it lives last, so that a source and its schema come before
    /// what is made of it. A circle, which `pipeline!` has refused, would be cut.
    fn visit(&mut self, object: NodeRef) {
        if self.seen.insert(object) {
            let node = object.get();
            let mut dependencies = node.depends_on();
            if node.parent.is_some() {
                dependencies.rotate_left(1);
            }
            // What an external object needs is its owner's concern, except that who reads a stream reads its source.
            if node.external && node.kind != Kind::Stream {
                dependencies = node.parent.into_iter().collect();
            }
            for dependency in dependencies {
                self.visit(dependency);
            }
            // A temporary table is its procedure's own concern.
            if !matches!(&node.definition, Definition::Table(table) if table.temporary) {
                self.order.push(object);
            }
        }
    }
}
