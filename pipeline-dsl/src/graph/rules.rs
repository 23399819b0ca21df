//! The rules about a whole pipeline, checked in constants: one function per rule.

use super::reach::{MAX_CIRCLE, MAX_OBJECTS, Reach};
use crate::check::Msg;
use crate::fragment::Fragment;
use crate::node::{Kind, NodeRef};
use crate::object::{Definition, TaskAction};
use crate::pipeline::PipelineDef;

/// Rule `pipeline-size`: what one pipeline reaches has a bound.
#[track_caller]
pub const fn check_size(reach: &Reach) {
    if reach.overflows {
        let mut msg = Msg::<512>::new();
        msg.push("pipeline ").name(reach.name).push(" reaches more than ").number(MAX_OBJECTS as u64).push(" objects");
        msg.rule("pipeline-size", "split it into several pipelines");
        panic!("{}", msg.as_str());
    }
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

/// Most procedures that call each other in one another, the first included. Snowflake: "Limits on stored procedures".
const MAX_CALLS: usize = 16;

/// Rule `stream-one-consumer`: of two that consume one stream, each would miss the rows that the other takes.
#[track_caller]
pub const fn check_consumers(reach: &Reach) {
    if reach.circle[0].is_some() {
        return;
    }
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
                // What a procedure calls consumes for it.
                let mut open = [procedure; MAX_CALLS];
                let mut next = [0; MAX_CALLS];
                let mut depth = 1;
                while depth > 0 {
                    let Definition::Procedure(called) = &open[depth - 1].get().definition else { break };
                    if next[depth - 1] == 0 {
                        let mut read = 0;
                        while read < called.consumes.len() {
                            consume(reach, &mut consumers, called.consumes[read], procedure);
                            read += 1;
                        }
                    }
                    let call = next[depth - 1];
                    next[depth - 1] += 1;
                    if call == called.calls.len() {
                        depth -= 1;
                    } else if depth == MAX_CALLS {
                        too_deep(reach, &open);
                    } else {
                        open[depth] = called.calls[call];
                        next[depth] = 0;
                        depth += 1;
                    }
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

/// Rule `procedure-depth`: how deeply procedures may call each other.
#[track_caller]
const fn too_deep(reach: &Reach, calls: &[NodeRef; MAX_CALLS]) {
    let (first, last) = (calls[0].get(), calls[MAX_CALLS - 1].get());
    let mut msg = Msg::<2048>::new();
    msg.push("pipeline ").name(reach.name).push(": procedure ").name(first.rust_name).push(" (").push(first.at);
    msg.push(") calls others in one another more than ").number(MAX_CALLS as u64).push(" deep, down to ");
    msg.name(last.rust_name);
    msg.rule("procedure-depth", "let one procedure do the work of several");
    panic!("{}", msg.as_str());
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
