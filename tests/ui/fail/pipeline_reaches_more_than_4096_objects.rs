use pipeline_dsl::node::{Granted, Kind, Node, NodeRef};
use pipeline_dsl::object::{DatabaseDef, Definition, RoleDef};
use pipeline_dsl::prelude::*;

#[role]
pub struct Owner;

/// Granted to this and two more, the pipeline's role and the database itself, that is one too many.
const READERS: usize = 4095;

/// What `#[role]` would make of as many structs, and `grant(..)` of them.
static ROLES: [Node; READERS] = {
    let mut roles = [const { Node { definition: Definition::Role(RoleDef {}), kind: Kind::Role, ..READ } }; READERS];
    let mut at = 0;
    while at < READERS {
        roles[at].id = at as u64;
        at += 1;
    }
    roles
};
static GRANTS: [Granted; READERS] = {
    let mut grants = [Granted { privilege: "USAGE", role: Owner::NODE }; READERS];
    let mut at = 0;
    while at < READERS {
        grants[at].role = NodeRef::new(&ROLES[at]);
        at += 1;
    }
    grants
};
const READ: Node = Node {
    kind: Kind::Database,
    rust_name: "Read",
    name: "READ",
    parent: None,
    id: 1 << 60,
    at: "here",
    comment: "",
    external: false,
    allows: &[],
    grants: &[],
    definition: Definition::Database(DatabaseDef::DEFAULT),
};

/// Read by many.
pub struct Read;

impl Object for Read {
    const NODE: NodeRef = {
        static NODE: Node = Node { grants: &GRANTS, ..READ };
        NodeRef::new(&NODE)
    };
}

pipeline! {
    /// A database that 4095 roles may use.
    pub Huge(role = Owner) [Read]
}

fn main() {}
// It compiles with `READERS: usize = 4094` instead of `READERS: usize = 4095`.
