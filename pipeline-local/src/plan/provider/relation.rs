//! Tables, views and streams by name.

use std::sync::Arc;

use datafusion::datasource::{ViewTable, provider_as_source};
use datafusion::logical_expr::{Expr as LogicalExpr, LogicalPlan, LogicalPlanBuilder, TableSource, col};

use super::super::error::Failure;
use super::super::tracked::Tracked;
use super::super::view_stream::Asked;
use super::stored::Stored;
use super::{Provider, StreamRead, rows, schema_of};
use crate::catalog::def::{TableDef, ViewDef};
use crate::catalog::{Kind, Object};
use crate::error::{Result, SqlError};
use crate::exec::{Binds, QueryResult};
use crate::parse::{self, Name};
use crate::storage::Seq;

impl Provider<'_, '_> {
    pub(in crate::plan) fn find(&self, name: &Name) -> Result<Object> {
        let cx = self.cx.borrow();
        let missing = || SqlError::does_not_exist("Object", name);
        match cx.find_relation(name, "SELECT")? {
            Some(object) => Ok(object),
            // The search path: the current schema, then PUBLIC.
            None if name.parts.len() == 1 && cx.schema() != Some("PUBLIC") => {
                let public = Name { parts: vec!["PUBLIC".to_owned(), name.object().to_owned()] };
                cx.find_relation(&public, "SELECT")?.ok_or_else(missing)
            }
            None => Err(missing()),
        }
    }

    pub(in crate::plan) fn resolve(&self, name: &Name) -> Result<Arc<dyn TableSource>> {
        if let Some(result) = self.information(name)? {
            return rows(&result);
        }
        let object = self.find(name)?;
        self.cx.borrow().require("SELECT", &object)?;
        match object.kind {
            Kind::Table if self.tracked.get() => Ok(Arc::new(Tracked::new(&object)?)),
            Kind::Table => self.table(&object, None),
            Kind::View => self.view(&object),
            Kind::Stream if self.tracked.get() => Err(SqlError::compilation(
                2,
                "0A000",
                format_args!("Change tracking is not supported on queries with streams, saw '{}'.", object.name),
            )),
            Kind::Stream => self.stream(&object),
            other => Err(SqlError::unsupported(format_args!("SELECT from a {other}"))),
        }
    }

    fn information(&self, name: &Name) -> Result<Option<QueryResult>> {
        let cx = self.cx.borrow();
        let schema = match name.schema() {
            Some(schema) => schema,
            None => cx.schema().unwrap_or_default(),
        };
        if schema != "INFORMATION_SCHEMA" {
            return Ok(None);
        }
        let database = match name.database() {
            Some(database) => cx.find_database(database)?,
            None => cx.current_database("SELECT")?,
        };
        match crate::statement::information_schema::view(&cx, &database, name.object())? {
            Some(result) => Ok(Some(result)),
            None => Err(SqlError::does_not_exist("Object", name)),
        }
    }

    pub(in crate::plan) fn table(&self, object: &Object, at: Option<Seq>) -> Result<Arc<dyn TableSource>> {
        let cx = self.cx.borrow();
        let def: TableDef = object.definition()?;
        let transaction = match at {
            Some(_) => None,
            None => cx.session.transactions.last().map(|open| &open.transaction),
        };
        let at = at.unwrap_or_else(|| cx.engine.storage.current_seq());
        let snapshot = cx.engine.storage.snapshot(object.id, at, transaction)?;
        Ok(Stored::source(schema_of(&def), move |columns| snapshot.read(&def, columns)))
    }

    pub(in crate::plan) fn stream(&self, object: &Object) -> Result<Arc<dyn TableSource>> {
        let opened = {
            let cx = self.cx.borrow();
            let opened = crate::plan::stream::open(&cx, object)?;
            cx.require("SELECT", &opened.source)?;
            opened
        };
        let to = crate::plan::stream::upper(&self.cx.borrow(), &opened);
        let source = if opened.source.kind == Kind::View {
            let plan = self.tracked_view(&opened.source)?;
            let (bases, joins) = crate::plan::tracked::base_tables(&plan)?;
            let cx = self.cx.borrow();
            if bases.iter().any(|base| !opened.bases.iter().any(|known| known.id == base.id)) {
                // A name in the view leads to another table than it did when the stream was created.
                let gone = opened.bases.iter().find(|known| !bases.iter().any(|base| base.id == known.id));
                return Err(crate::plan::stream::dropped(&cx, object, gone.unwrap_or(&opened.source).id)?);
            }
            let asked = Asked { from: opened.state.offset, to, mode: opened.def.mode, initial: opened.state.initial };
            crate::plan::view_stream::source(&cx.engine.storage, &plan, joins, asked)?
        } else {
            let cx = self.cx.borrow();
            let def: TableDef = opened.source.definition()?;
            let (storage, schema) = (cx.engine.storage.clone(), crate::plan::stream::schema(&def));
            Stored::source(schema, move |columns| crate::plan::stream::rows(&storage, &opened, &def, to, columns))
        };
        let mut streams = self.streams.borrow_mut();
        if !streams.iter().any(|read| read.stream.id == object.id) {
            streams.push(StreamRead { stream: object.clone(), to });
        }
        Ok(source)
    }

    /// The query of a view over tables whose rows can be followed.
    pub(in crate::plan) fn tracked_view(&self, object: &Object) -> Result<LogicalPlan> {
        let before = self.tracked.replace(true);
        let plan = self.view_plan(object);
        self.tracked.set(before);
        plan
    }

    pub(in crate::plan) fn view(&self, object: &Object) -> Result<Arc<dyn TableSource>> {
        Ok(provider_as_source(Arc::new(ViewTable::new(self.view_plan(object)?, None))))
    }

    pub(in crate::plan) fn view_plan(&self, object: &Object) -> Result<LogicalPlan> {
        if self.views.borrow().contains(&object.id) {
            return Err(SqlError::compilation(2037, "42601", format_args!("View {} refers to itself.", object.name)));
        }
        let def: ViewDef = object.definition()?;
        let names: Vec<String> = def.columns.iter().map(|column| column.name.clone()).collect();
        let query = parse::query(&def.full_query(&object.name, &names))?;
        // A view sees what its owner sees, with names as in its own schema.
        let frame = {
            let mut cx = self.cx.borrow_mut();
            let (database, schema) = cx.engine.catalog.containers(object)?;
            let mut inner = cx.frame.clone();
            inner.role = Some(object.owner.clone());
            inner.schema = Some(schema.name);
            inner.database = Some(database.name);
            std::mem::replace(&mut cx.frame, inner)
        };
        self.views.borrow_mut().push(object.id);
        let planned = self.plan_with_aliases(&query, &Binds::none());
        self.views.borrow_mut().pop();
        self.cx.borrow_mut().frame = frame;
        let plan = planned.map_err(|failure| {
            let error = match failure {
                Failure::UnknownColumn(column) => SqlError::invalid_identifier(column.name),
                Failure::Other(error) => error,
            };
            SqlError { message: format!("{}\nin the definition of view {}", error.message, object.name), ..error }
        })?;
        renamed(plan, names, &object.name)
    }
}

fn renamed(plan: LogicalPlan, names: Vec<String>, view: &str) -> Result<LogicalPlan> {
    if names.is_empty() {
        return Ok(plan);
    }
    if names.len() != plan.schema().fields().len() {
        return Err(SqlError::compilation(
            2057,
            "42601",
            format_args!(
                "View definition for '{view}' declared {} column(s), but view query produces {} column(s).",
                names.len(),
                plan.schema().fields().len()
            ),
        ));
    }
    let columns: Vec<LogicalExpr> =
        plan.schema().columns().into_iter().zip(names).map(|(column, name)| col(column).alias(name)).collect();
    LogicalPlanBuilder::from(plan).project(columns).and_then(LogicalPlanBuilder::build).map_err(SqlError::internal)
}
