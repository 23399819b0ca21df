//! The rules about the task graphs of a pipeline, checked in constants: one function per rule.

use super::reach::{MAX_OBJECTS, Reach};
use crate::check::Msg;
use crate::node::{Node, NodeRef};
use crate::object::Definition;

/// Rule `task-one-finalizer`: a task graph has at most one.
#[track_caller]
pub const fn check_finalizers(reach: &Reach) {
    let mut finalizers: [Option<NodeRef>; MAX_OBJECTS] = [None; MAX_OBJECTS];
    let mut at = 0;
    while at < reach.count {
        if let Some(second) = reach.nodes[at]
            && let Some(root) = finalized(second.get())
            && let Some(place) = reach.find(root)
        {
            if let Some(first) = finalizers[place] {
                let (root, first, second) = (root.get(), first.get(), second.get());
                let mut msg = Msg::<2048>::new();
                msg.push("pipeline ").name(reach.name).push(": task ").name(root.rust_name);
                msg.push(" has two finalizers: ").name(first.rust_name).push(" (").push(first.at).push(") and ");
                msg.name(second.rust_name).push(" (").push(second.at).push(")");
                msg.rule("task-one-finalizer", "let one of them do the work of both");
                panic!("{}", msg.as_str());
            }
            finalizers[place] = Some(second);
        }
        at += 1;
    }
}

/// Most tasks that run after one task.
const MAX_CHILDREN: u32 = 100;
/// Most tasks in a graph.
const MAX_GRAPH: u32 = 1000;

/// Rules `task-children` and `task-graph-size`: at most 100 tasks run after one task, and 1000 form a graph.
#[track_caller]
pub const fn check_children(reach: &Reach) {
    if reach.circle[0].is_some() {
        return;
    }
    let mut children = [0_u32; MAX_OBJECTS];
    let mut sizes = [0_u32; MAX_OBJECTS];
    // The place of the root of each task, once it is known; 0 is not known yet.
    let mut roots = [0_u32; MAX_OBJECTS];
    let mut at = 0;
    while at < reach.count {
        if let Some(node) = reach.node(at)
            && let Definition::Task(task) = &node.definition
        {
            let mut parent = 0;
            while parent < task.after.len() {
                if let Some(place) = reach.find(task.after[parent]) {
                    children[place] += 1;
                    if children[place] > MAX_CHILDREN {
                        too_many(reach, task.after[parent].get(), "is followed by", "task-children", MAX_CHILDREN);
                    }
                }
                parent += 1;
            }
            let root = root_place(reach, &mut roots, at);
            sizes[root] += 1;
            if sizes[root] > MAX_GRAPH
                && let Some(root) = reach.node(root)
            {
                too_many(reach, root, "is the root of a graph of", "task-graph-size", MAX_GRAPH);
            }
        }
        at += 1;
    }
}

#[track_caller]
const fn too_many(reach: &Reach, node: &Node, what: &str, rule: &str, most: u32) {
    let mut msg = Msg::<2048>::new();
    msg.push("pipeline ").name(reach.name).push(": task ").name(node.rust_name).push(" (").push(node.at);
    msg.push(") ").push(what).push(" more than ").number(most as u64).push(" tasks");
    msg.rule(rule, "let one task do the work of several, or split the graph");
    panic!("{}", msg.as_str());
}

/// The place of the root above a task, which is remembered for all tasks on the way.
const fn root_place(reach: &Reach, roots: &mut [u32; MAX_OBJECTS], task: usize) -> usize {
    let mut at = task;
    while roots[at] == 0
        && let Some(node) = reach.node(at)
        && let Definition::Task(definition) = &node.definition
    {
        let above = match definition.finalize {
            Some(root) => root,
            None if definition.after.is_empty() => break,
            None => definition.after[0],
        };
        let Some(place) = reach.find(above) else { break };
        at = place;
    }
    let root = if roots[at] == 0 { at } else { roots[at] as usize - 1 };
    let mut at = task;
    while roots[at] == 0
        && let Some(node) = reach.node(at)
        && let Definition::Task(definition) = &node.definition
    {
        roots[at] = root as u32 + 1;
        let above = match definition.finalize {
            Some(root) => root,
            None if definition.after.is_empty() => break,
            None => definition.after[0],
        };
        let Some(place) = reach.find(above) else { break };
        at = place;
    }
    root
}

/// Rule `task-one-root`: all that a task runs after belongs to one graph.
#[track_caller]
pub const fn check_roots(reach: &Reach) {
    if reach.circle[0].is_some() {
        return;
    }
    let mut roots = [0_u32; MAX_OBJECTS];
    let mut at = 0;
    while at < reach.count {
        if let Some(node) = reach.node(at)
            && let Definition::Task(task) = &node.definition
        {
            let mut other = 1;
            while other < task.after.len() {
                let first = root_of(reach, &mut roots, task.after[0]);
                let second = root_of(reach, &mut roots, task.after[other]);
                if first.full_id() != second.full_id() {
                    let mut msg = Msg::<2048>::new();
                    msg.push("pipeline ")
                        .name(reach.name)
                        .push(": task ")
                        .name(node.rust_name)
                        .push(" (")
                        .push(node.at);
                    msg.push(") runs after tasks of two graphs, whose roots are ").name(first.rust_name).push(" (");
                    msg.push(first.at).push(") and ").name(second.rust_name).push(" (").push(second.at).push(")");
                    msg.rule("task-one-root", "let both graphs start with one root");
                    panic!("{}", msg.as_str());
                }
                other += 1;
            }
        }
        at += 1;
    }
}

/// The root above a task, by its first predecessors. Where those of one task differ, that task is reported.
const fn root_of(reach: &Reach, roots: &mut [u32; MAX_OBJECTS], task: NodeRef) -> &'static Node {
    if let Some(at) = reach.find(task)
        && let Some(root) = reach.node(root_place(reach, roots, at))
    {
        return root;
    }
    task.get()
}

const fn finalized(node: &Node) -> Option<NodeRef> {
    match &node.definition {
        Definition::Task(task) => task.finalize,
        _ => None,
    }
}
