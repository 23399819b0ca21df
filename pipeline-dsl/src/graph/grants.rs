//! Least privilege: what the pipeline's role needs for what it owns and for what it only uses.

use std::collections::BTreeMap;

use crate::node::{Kind, Node, NodeRef};
use crate::object::{Compute, Definition, Privilege};

/// A privilege that the pipeline's role needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The GRANT statement, without a final semicolon.
    pub sql: String,
    /// The object it is on; nothing for the account.
    pub on: Option<NodeRef>,
}

/// The grants for `role`, ordered as the objects are.
pub(super) fn derive(role: NodeRef, objects: &[NodeRef]) -> Vec<Grant> {
    let to = role.get().qualified_name();
    let mut grants = Vec::new();
    let mut grant = |privileges: &str, target: String, on: Option<NodeRef>| {
        grants.push(Grant { sql: format!("GRANT {privileges} ON {target} TO ROLE {to}"), on });
    };
    let used = used_privileges(objects);
    for object in objects {
        let node = object.get();
        let name = node.qualified_name();
        match &node.definition {
            Definition::Database(_) => grant("USAGE", format!("DATABASE {name}"), Some(*object)),
            Definition::Schema(_) => {
                let mut privileges = vec!["USAGE".to_owned()];
                privileges.extend(created_in(node, objects).iter().map(|kind| format!("CREATE {}", kind.sql())));
                grant(&privileges.join(", "), format!("SCHEMA {name}"), Some(*object));
            }
            Definition::Warehouse(_) => grant("USAGE", format!("WAREHOUSE {name}"), Some(*object)),
            Definition::NotificationIntegration(_) => grant("USAGE", format!("INTEGRATION {name}"), Some(*object)),
            Definition::Procedure(procedure) if node.external => {
                grant("USAGE", format!("PROCEDURE {name}{}", procedure.signature()), Some(*object));
            }
            Definition::Task(_) if node.external => grant("MONITOR, OPERATE", format!("TASK {name}"), Some(*object)),
            Definition::Table(_) | Definition::Stream(_) | Definition::View(_) if node.external => {
                let privileges: Vec<_> =
                    used.get(&name).into_iter().flatten().map(|privilege| privilege.sql()).collect();
                grant(&privileges.join(", "), format!("{} {name}", node.kind.sql()), Some(*object));
            }
            _ => {}
        }
    }
    let own = objects.iter().map(|object| object.get()).filter(|node| !node.external);
    let tasks: Vec<_> = own
        .filter_map(|node| match &node.definition {
            Definition::Task(task) => Some(task),
            _ => None,
        })
        .collect();
    if !tasks.is_empty() {
        grant("EXECUTE TASK", "ACCOUNT".to_owned(), None);
    }
    if tasks.iter().any(|task| matches!(task.compute, Compute::Serverless(_))) {
        grant("EXECUTE MANAGED TASK", "ACCOUNT".to_owned(), None);
    }
    grants
}

/// What the objects' own `grant(..)` options ask for. Those on objects in schemas come with USAGE on schema and database,
/// and are separate: they can be granted only once the object is there.
pub(super) fn declared(objects: &[NodeRef]) -> (Vec<Grant>, Vec<Grant>) {
    let (mut early, mut late) = (Vec::<Grant>::new(), Vec::new());
    for object in objects {
        let node = object.get();
        for granted in node.grants {
            let role = granted.role.get().qualified_name();
            let kind = match node.kind {
                Kind::NotificationIntegration => "INTEGRATION",
                kind => kind.sql(),
            };
            let signature = match &node.definition {
                Definition::Procedure(procedure) => procedure.signature(),
                _ => String::new(),
            };
            let target = format!("{kind} {}{signature}", node.qualified_name());
            let grant =
                Grant { sql: format!("GRANT {} ON {target} TO ROLE {role}", granted.privilege), on: Some(*object) };
            if node.schema().is_none() {
                early.push(grant);
                continue;
            }
            late.push(grant);
            let mut parent = node.parent;
            let mut usage = Vec::new();
            while let Some(above) = parent {
                let (kind, name) = (above.get().kind.sql(), above.get().qualified_name());
                usage.push(Grant { sql: format!("GRANT USAGE ON {kind} {name} TO ROLE {role}"), on: Some(above) });
                parent = above.get().parent;
            }
            early.extend(usage.into_iter().rev());
        }
    }
    let mut seen = std::collections::HashSet::new();
    early.retain(|grant| seen.insert(grant.sql.clone()));
    (early, late)
}

/// The kinds of objects that the role creates in a schema.
fn created_in(schema: &Node, objects: &[NodeRef]) -> Vec<Kind> {
    let mut kinds: Vec<_> = objects
        .iter()
        .map(|object| object.get())
        .filter(|node| !node.external && node.schema().is_some_and(|parent| std::ptr::eq(parent, schema)))
        .map(|node| node.kind)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    kinds
}

/// What the pipeline does with each table, stream and view that it reads or writes, by qualified name.
fn used_privileges(objects: &[NodeRef]) -> BTreeMap<String, Vec<Privilege>> {
    let mut used = BTreeMap::<String, Vec<Privilege>>::new();
    let mut add = |object: NodeRef, privilege| {
        let privileges = used.entry(object.get().qualified_name()).or_default();
        if let Err(at) = privileges.binary_search(&privilege) {
            privileges.insert(at, privilege);
        }
    };
    for object in objects {
        let node = object.get();
        if node.external && node.kind != Kind::Stream {
            continue;
        }
        // Reading a stream needs SELECT on its source too; naming any of them needs at least SELECT.
        for dependency in node.depends_on() {
            if matches!(dependency.get().kind, Kind::Table | Kind::Stream | Kind::View) {
                let written = match &node.definition {
                    Definition::Procedure(procedure) => {
                        procedure.writes.iter().any(|access| access.object == dependency)
                            && !procedure.reads.contains(&dependency)
                    }
                    _ => false,
                };
                if !written {
                    add(dependency, Privilege::Select);
                }
            }
        }
        if let Definition::Procedure(procedure) = &node.definition {
            for access in procedure.writes {
                access.privileges.iter().for_each(|privilege| add(access.object, *privilege));
            }
        }
    }
    used
}
