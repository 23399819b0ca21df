//! The rules about a whole pipeline, checked in constants: one walk, then one function per rule.

use crate::check::{Msg, same};
use crate::fragment::Fragment;
use crate::node::{Kind, Node, NodeRef};
use crate::object::{Definition, TaskAction};
use crate::pipeline::PipelineDef;

/// Most objects in one pipeline.
const MAX_OBJECTS: usize = 4096;
/// A power of two, so that probing may wrap with a mask.
const SLOTS: usize = 2 * MAX_OBJECTS;
/// Most members of a circle that are named.
const MAX_CIRCLE: usize = 32;

/// Everything that a pipeline reaches.
#[derive(Clone, Copy)]
pub struct Reach {
    name: &'static str,
    nodes: [Option<NodeRef>; MAX_OBJECTS],
    count: usize,
    /// Places in `nodes` by full name; 0 is free, else one more than the place.
    slots: [u16; SLOTS],
    duplicate: Option<(NodeRef, NodeRef)>,
    circle: [Option<NodeRef>; MAX_CIRCLE],
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
            let mut msg = Msg::<512>::new();
            msg.push("pipeline ")
                .name(self.name)
                .push(" reaches more than ")
                .number(MAX_OBJECTS as u64)
                .push(" objects");
            msg.rule("pipeline-size", "split it into several pipelines");
            panic!("{}", msg.as_str());
        }
        self.slots[slot] = at as u16 + 1;
        self.nodes[at] = Some(object);
        self.count += 1;
        (at, true)
    }

    /// The place of a node that is known.
    const fn find(&self, object: NodeRef) -> Option<usize> {
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

    const fn node(&self, at: usize) -> Option<&'static Node> {
        match self.nodes[at] {
            Some(object) => Some(object.get()),
            None => None,
        }
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
            } else if open[found] && reach.circle[0].is_none() {
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

/// Rule `pipeline-cycle`: no object may depend on itself in a circle.
#[track_caller]
pub const fn check_cycle(reach: &Reach) {
    let Some(first) = reach.circle[0] else { return };
    let mut msg = Msg::<4096>::new();
    msg.push("the ").push(first.get().kind.noun()).push("s of pipeline ").name(reach.name).push(" form a cycle: ");
    let mut at = 0;
    while at < MAX_CIRCLE
        && let Some(object) = reach.circle[at]
    {
        msg.name(object.get().rust_name).push(" (").push(object.get().at).push(") -> ");
        at += 1;
    }
    msg.name(first.get().rust_name).push(" (`a -> b`: a needs b, or runs after it)");
    msg.rule("pipeline-cycle", "remove one of these references");
    panic!("{}", msg.as_str());
}

/// Rule `pipeline-names`: no two objects of one name space may have the same name.
#[track_caller]
pub const fn check_names(reach: &Reach) {
    let Some((first, second)) = reach.duplicate else { return };
    let (first, second) = (first.get(), second.get());
    let mut msg = Msg::<2048>::new();
    msg.push("pipeline ").name(reach.name).push(" has two objects called ").name(first.name).push(": ");
    msg.push(first.kind.noun()).push(" ").name(first.rust_name).push(" at ").push(first.at).push(" and ");
    msg.push(second.kind.noun()).push(" ").name(second.rust_name).push(" at ").push(second.at);
    msg.rule("pipeline-names", "rename one of them, or give it another name in SQL with `name = \"..\"`");
    panic!("{}", msg.as_str());
}

/// Rule `stream-one-consumer`: of two that consume one stream, each would miss the rows that the other takes.
#[track_caller]
pub const fn check_consumers(reach: &Reach) {
    let mut consumers: [Option<NodeRef>; MAX_OBJECTS] = [None; MAX_OBJECTS];
    let mut at = 0;
    while at < reach.count {
        let task = match reach.nodes[at] {
            Some(object) => object,
            None => return,
        };
        at += 1;
        let Definition::Task(definition) = &task.get().definition else { continue };
        match definition.action {
            TaskAction::Call { procedure, .. } => {
                let Definition::Procedure(called) = &procedure.get().definition else { continue };
                let mut read = 0;
                while read < called.reads.len() {
                    consume(reach, &mut consumers, called.reads[read], procedure);
                    read += 1;
                }
            }
            TaskAction::Sql(fragment) => {
                let mut piece = 0;
                while piece < fragment.piece_count() {
                    if let Some(object) = fragment.object(piece) {
                        consume(reach, &mut consumers, object, task);
                    }
                    piece += 1;
                }
            }
        }
    }
}

#[track_caller]
const fn consume(reach: &Reach, consumers: &mut [Option<NodeRef>; MAX_OBJECTS], stream: NodeRef, by: NodeRef) {
    if !matches!(stream.get().kind, Kind::Stream) {
        return;
    }
    let Some(at) = reach.find(stream) else { return };
    let Some(other) = consumers[at] else {
        consumers[at] = Some(by);
        return;
    };
    let (first, second) = (other.get(), by.get());
    if first.full_id() == second.full_id() {
        return;
    }
    let mut msg = Msg::<2048>::new();
    msg.push("pipeline ").name(reach.name).push(": stream ").name(stream.get().rust_name).push(" is consumed by ");
    msg.name(first.rust_name).push(" (").push(first.at).push(") and by ").name(second.rust_name).push(" (");
    msg.push(second.at).push("); each would miss the rows that the other takes");
    msg.rule("stream-one-consumer", "declare a stream for each consumer");
    panic!("{}", msg.as_str());
}

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

/// Rule `pipeline-fragment`: samples and scenarios may name only what belongs to the pipeline.
#[track_caller]
pub const fn check_fragments(reach: &Reach, pipeline: &PipelineDef) {
    check_list(reach, pipeline.samples);
    let mut at = 0;
    while at < pipeline.scenarios.len() {
        check_list(reach, pipeline.scenarios[at].steps);
        at += 1;
    }
}

#[track_caller]
const fn check_list(reach: &Reach, fragments: &[Fragment]) {
    let mut at = 0;
    while at < fragments.len() {
        let mut piece = 0;
        while piece < fragments[at].piece_count() {
            if let Some(object) = fragments[at].object(piece)
                && reach.find(object).is_none()
            {
                let mut msg = Msg::<2048>::new();
                msg.push("a statement of pipeline ").name(reach.name).push(" (").push(fragments[at].at);
                msg.push(") names ").push(object.get().kind.noun()).push(" ").name(object.get().rust_name);
                msg.push(" (").push(object.get().at).push("), which the pipeline does not reach");
                msg.rule("pipeline-fragment", "add the object to the pipeline's list");
                panic!("{}", msg.as_str());
            }
            piece += 1;
        }
        at += 1;
    }
}
