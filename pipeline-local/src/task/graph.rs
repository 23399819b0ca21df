//! Task graphs: who precedes whom.

use std::collections::{BTreeMap, BTreeSet};

use super::def::TaskDef;
use crate::Result;
use crate::catalog::{Catalog, Kind, Object, ObjectId};

/// A task with its definition.
#[derive(Debug, Clone)]
pub(super) struct Task {
    pub(super) object: Object,
    pub(super) def: TaskDef,
}

impl Task {
    pub(super) fn of(object: Object) -> Result<Self> {
        Ok(Self { def: object.definition()?, object })
    }
}

/// All tasks of one schema: graphs never cross schemas.
#[derive(Debug, Clone, Default)]
pub(super) struct Tasks(BTreeMap<ObjectId, Task>);

impl Tasks {
    pub(super) fn load(catalog: &Catalog, schema: ObjectId) -> Result<Self> {
        let tasks =
            catalog.list(Kind::Task, Some(schema))?.into_iter().map(|object| Ok((object.id, Task::of(object)?)));
        Ok(Self(tasks.collect::<Result<_>>()?))
    }

    pub(super) fn get(&self, id: ObjectId) -> Option<&Task> {
        self.0.get(&id)
    }

    pub(super) fn by_name(&self, name: &str) -> Option<&Task> {
        self.0.values().find(|task| task.object.name == name)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Task> {
        self.0.values()
    }

    /// The tasks that name this one in AFTER.
    pub(super) fn children(&self, id: ObjectId) -> impl Iterator<Item = &Task> {
        self.0.values().filter(move |task| task.def.after.contains(&id))
    }

    /// The finalizer of a root.
    pub(super) fn finalizer(&self, root: ObjectId) -> Option<&Task> {
        self.0.values().find(|task| task.def.finalize == Some(root))
    }

    /// The predecessors that still exist.
    pub(super) fn predecessors<'a>(&'a self, def: &'a TaskDef) -> impl Iterator<Item = &'a Task> {
        def.after.iter().filter_map(|id| self.0.get(id))
    }

    /// The roots above a task; itself when it is one.
    pub(super) fn roots(&self, id: ObjectId) -> BTreeSet<ObjectId> {
        let mut roots = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            let Some(task) = self.0.get(&id).filter(|_| seen.insert(id)) else { continue };
            if let Some(root) = task.def.finalize {
                open.push(root);
                continue;
            }
            let above: Vec<_> = self.predecessors(&task.def).map(|task| task.object.id).collect();
            if above.is_empty() {
                roots.insert(id);
            }
            open.extend(above);
        }
        roots
    }

    /// A task and everything below it, in an order where predecessors come first; the finalizer of a root comes last.
    pub(super) fn below(&self, id: ObjectId) -> Vec<&Task> {
        let top = id;
        let mut reached = BTreeSet::from([id]);
        let mut open = vec![id];
        while let Some(id) = open.pop() {
            for child in self.children(id) {
                if reached.insert(child.object.id) {
                    open.push(child.object.id);
                }
            }
        }
        let mut order: Vec<&Task> = Vec::with_capacity(reached.len());
        let mut placed = BTreeSet::new();
        while placed.len() < reached.len() {
            let before = placed.len();
            for id in &reached {
                let Some(task) = self.0.get(id) else {
                    placed.insert(*id);
                    continue;
                };
                // What precedes the top does not count.
                let waits = |above: &ObjectId| reached.contains(above) && !placed.contains(above);
                let ready = *id == top || !task.def.after.iter().any(waits);
                if ready && placed.insert(*id) {
                    order.push(task);
                }
            }
            if placed.len() == before {
                break;
            }
        }
        order.extend(self.finalizer(id));
        order
    }

    /// Whether `id` can be reached from `from` by going to predecessors.
    pub(super) fn precedes(&self, id: ObjectId, from: ObjectId) -> bool {
        let mut seen = BTreeSet::new();
        let mut open = vec![from];
        while let Some(at) = open.pop() {
            if at == id {
                return true;
            }
            if let Some(task) = self.0.get(&at).filter(|_| seen.insert(at)) {
                open.extend(task.def.after.iter().copied());
            }
        }
        false
    }
}
