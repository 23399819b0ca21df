//! CLONE of databases and schemas: everything in them is created once more; tables share their rows with the originals. And
//! of what is no more than its definition.
//!
//! <https://docs.snowflake.com/en/user-guide/object-clone>

use std::collections::HashMap;

use crate::catalog::def::{ConstraintRule, StageDef, StreamDef, TableDef};
use crate::catalog::{Grant, INFORMATION_SCHEMA, Kind, NewObject, Object, ObjectId, Target};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::statement::{Context, QueryResult};
use crate::task::TaskDef;

use super::point::Point;
use super::{Creation, already_exists};

/// What is cloned in a schema, in the order in which it is created.
const KINDS: [Kind; 11] = [
    Kind::Table,
    Kind::Sequence,
    Kind::FileFormat,
    Kind::Stage,
    Kind::Tag,
    Kind::View,
    Kind::Function,
    Kind::Procedure,
    Kind::Pipe,
    Kind::Stream,
    Kind::Task,
];

/// `CREATE SEQUENCE | STAGE | FILE FORMAT name CLONE original`; none when there is no CLONE behind the name.
pub(super) fn accept(
    cx: &Context<'_>,
    cursor: &mut Cursor<'_>,
    creation: &Creation,
    kind: Kind,
) -> Result<Option<QueryResult>> {
    let start = cursor.index();
    let (name, if_not_exists) = creation.name(cursor)?;
    if !cursor.accept_keyword("CLONE") {
        cursor.rewind(start);
        return Ok(None);
    }
    creation.refuse(&["OR ALTER", "TRANSIENT", "TEMPORARY", "SECURE"])?;
    let verb = format!("CREATE {kind}");
    let original = cx.object(kind, &cursor.object_name()?, &verb)?;
    cursor.expect_end()?;
    cx.require("USAGE", &original)?;
    if kind == Kind::Stage && original.definition::<StageDef>()?.url.is_none() {
        return Err(SqlError::compilation(
            2,
            "0A000",
            format_args!("Internal stage '{}' cannot be cloned; only external stages can.", original.name),
        ));
    }
    let schema = cx.schema_of(&name, &verb)?;
    if if_not_exists && cx.find_object(kind, &name, &verb)?.is_some() {
        return Ok(Some(already_exists(name.object())));
    }
    cx.require(&verb, &schema)?;
    let catalog = &cx.engine.catalog;
    let new = NewObject {
        comment: original.comment.clone(),
        definition: original.definition.clone(),
        tags: catalog.tags_set_on(original.id)?,
        ..NewObject::new(kind, Some(schema.id), name.object(), cx.role(), &())?
    };
    catalog.transaction(|catalog| {
        let (copy, result) = creation.finish(cx, new, false)?;
        catalog.copy_numbers(original.id, copy.id)?;
        Ok(Some(result))
    })
}

/// The database or schema that is cloned.
pub(super) struct Original {
    object: Object,
    /// As it was at this instant; as it is where there is none.
    at: Option<i64>,
}

impl Original {
    /// Reads `name [AT | BEFORE (...)]`.
    pub(super) fn read(cx: &mut Context<'_>, cursor: &mut Cursor<'_>, kind: Kind) -> Result<Self> {
        let name = cursor.object_name()?;
        let object = cx.object(kind, &name, &format!("CREATE {kind}"))?;
        cx.require("USAGE", &object)?;
        let at = match Point::accept(cursor)? {
            Some(point) if point.is_stream() => {
                return Err(SqlError::unsupported(format_args!("CLONE of a {kind} AT(STREAM => ...)")));
            }
            Some(point) => point.instant(cx)?,
            None => None,
        };
        if at.is_some_and(|at| at < object.created_at) {
            return Err(SqlError::compilation(
                707,
                "02000",
                format_args!(
                    "Time travel data is not available for {} {}. The requested time is either beyond the allowed time travel period or before the object creation time.",
                    kind.keyword().to_lowercase(),
                    object.name
                ),
            ));
        }
        Ok(Self { object, at })
    }

    /// Its identity.
    pub(super) fn id(&self) -> ObjectId {
        self.object.id
    }

    /// Creates everything it contains in the new container.
    pub(super) fn copy_into(&self, cx: &Context<'_>, copy: &Object) -> Result<()> {
        let mut copied = Copied { at: self.at, ids: HashMap::new(), objects: Vec::new() };
        if self.object.kind == Kind::Schema {
            copied.schema(cx, &self.object, copy)?;
        } else {
            let catalog = &cx.engine.catalog;
            for schema in catalog.list(Kind::Schema, Some(self.object.id))? {
                if schema.name == INFORMATION_SCHEMA {
                    continue;
                }
                // A new database has its PUBLIC already.
                let new = match catalog.find(Kind::Schema, Some(copy.id), &schema.name, "")? {
                    Some(existing) => existing,
                    None => copied.object(cx, &schema, copy.id)?,
                };
                copied.schema(cx, &schema, &new)?;
            }
        }
        copied.redirect(cx)
    }
}

/// What was copied so far.
struct Copied {
    at: Option<i64>,
    /// The copy of each original.
    ids: HashMap<ObjectId, ObjectId>,
    /// The copies.
    objects: Vec<Object>,
}

impl Copied {
    fn schema(&mut self, cx: &Context<'_>, original: &Object, copy: &Object) -> Result<()> {
        let catalog = &cx.engine.catalog;
        for kind in KINDS {
            let mut children = catalog.list(kind, Some(original.id))?;
            if let Some(at) = self.at {
                let dropped = catalog.list_dropped(kind, Some(original.id))?;
                children.extend(dropped.into_iter().filter(|(_, when)| *when > at).map(|(child, _)| child));
                children.retain(|child| child.created_at <= at);
            }
            for child in children {
                if child.session.is_none() {
                    self.object(cx, &child, copy.id)?;
                }
            }
        }
        Ok(())
    }

    /// Creates one object again with its grants.
    fn object(&mut self, cx: &Context<'_>, original: &Object, parent: ObjectId) -> Result<Object> {
        let (catalog, storage) = (&cx.engine.catalog, &cx.engine.storage);
        let new = NewObject {
            kind: original.kind,
            parent: Some(parent),
            name: original.name.clone(),
            signature: original.signature.clone(),
            session: None,
            owner: original.owner.clone(),
            comment: original.comment.clone(),
            definition: original.definition.clone(),
            tags: catalog.tags_set_on(original.id)?,
        };
        let copy = catalog.create(new)?;
        for grant in catalog.grants_on(Target::Object(original.id))? {
            catalog.grant(&Grant { on: Target::Object(copy.id), ..grant })?;
        }
        match original.kind {
            Kind::Table => {
                let at = match self.at {
                    Some(at) => storage.seq_at(at)?,
                    None => storage.current_seq(),
                };
                storage.clone_table(original.id, at, copy.id)?;
                catalog.copy_numbers(original.id, copy.id)?;
            }
            Kind::Sequence => catalog.copy_numbers(original.id, copy.id)?,
            _ => {}
        }
        self.ids.insert(original.id, copy.id);
        self.objects.push(copy.clone());
        Ok(copy)
    }

    /// Lets what referred to an original refer to its copy, where there is one.
    fn redirect(self, cx: &Context<'_>) -> Result<()> {
        let new = |id: ObjectId| self.ids.get(&id).copied().unwrap_or(id);
        let storage = &cx.engine.storage;
        // Later than the versions in which the copies got their rows.
        let now = storage.mark_version()?;
        for copy in &self.objects {
            let mut copy = copy.clone();
            match copy.kind {
                Kind::Table => {
                    let mut def: TableDef = copy.definition()?;
                    def.changes_from = def.changes_from.map(|_| now);
                    for constraint in &mut def.constraints {
                        if let ConstraintRule::ForeignKey { table, .. } = &mut constraint.rule {
                            *table = new(*table);
                        }
                    }
                    copy.set_definition(&def)?;
                }
                Kind::Stream => {
                    let mut def: StreamDef = copy.definition()?;
                    def.source = new(def.source);
                    def.base_tables.iter_mut().for_each(|base| *base = new(*base));
                    copy.set_definition(&def)?;
                    // What the original has not returned yet is not accessible in the clone.
                    storage.set_stream(copy.id, now, false)?;
                }
                Kind::Task => {
                    let mut def: TaskDef = copy.definition()?;
                    def.after.iter_mut().for_each(|task| *task = new(*task));
                    def.finalize = def.finalize.map(new);
                    def.uuid = uuid::Uuid::new_v4().to_string();
                    def.started = false;
                    def.last_committed_on = None;
                    def.last_suspended_on = None;
                    def.last_suspended_reason = None;
                    copy.set_definition(&def)?;
                }
                _ => continue,
            }
            cx.engine.catalog.update(&copy)?;
        }
        Ok(())
    }
}
