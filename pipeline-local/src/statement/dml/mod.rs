//! INSERT, UPDATE, DELETE, MERGE, TRUNCATE.

mod change;
mod check;
mod coerce;
mod complete;
mod insert;
mod merge;
mod multi;

use std::time::Duration;

use datafusion::sql::sqlparser::ast::{ObjectName, Statement, TableFactor, TableWithJoins};

use super::{Binds, Context, QueryResult, Running, StatementType, transaction};
use crate::catalog::def::TableDef;
use crate::catalog::{Kind, Object, ObjectId};
use crate::error::{Result, SqlError};
use crate::parse::Cursor;
use crate::plan::{self, AUTOCOMMIT, Planned, Special, StreamRead};
use crate::session::ScopedTransaction;
use crate::storage::{LOCATION, ROW_ID, Transaction};

/// The name under which the plan of a DML statement finds the target with its rows' locations.
const TARGET: &str = "$TARGET";

/// Runs one DML statement: alone, or as part of the open transaction; when it fails, nothing of it stays.
pub(crate) fn run<'c>(
    cx: &'c mut Context<'_>,
    statement: &'c Statement,
    sql: &'c str,
    binds: &'c Binds,
    mut special: Special,
) -> Running<'c> {
    Box::pin(async move {
        let called = crate::procedure::select_from(cx, statement, sql, binds, &mut special).await?;
        let statement = called.as_ref().unwrap_or(statement);
        let own = open(cx);
        let savepoint = current(cx)?.savepoint();
        let result = match statement {
            Statement::Insert(insert) if insert.multi_table_insert_type.is_some() => {
                multi::run(cx, insert, sql, binds, special).await
            }
            Statement::Insert(insert) => insert::run(cx, insert, sql, binds, special).await,
            Statement::Update(update) => change::update(cx, update, sql, binds, special).await,
            Statement::Delete(delete) => change::delete(cx, delete, sql, binds, special).await,
            Statement::Merge(merge) => merge::run(cx, merge, sql, binds, special).await,
            other => Err(SqlError::unsupported(other.to_string().split(' ').next().unwrap_or("statement"))),
        };
        if own {
            close(cx, result.is_ok())?;
        } else if result.is_err() {
            current(cx)?.rollback_to(savepoint);
        }
        result.map_err(|error| plan::located(sql, error))
    })
}

/// TRUNCATE [TABLE] [IF EXISTS] name.
pub(crate) async fn truncate(cx: &mut Context<'_>, text: &str) -> Result<QueryResult> {
    let mut cursor = Cursor::new(text)?;
    cursor.expect_keywords("TRUNCATE")?;
    cursor.accept_keyword("TABLE");
    let if_exists = cursor.accept_keywords("IF EXISTS");
    let name = cursor.object_name()?;
    cursor.expect_end()?;
    let done = || Ok(QueryResult::status("Statement executed successfully."));
    let table = match cx.find_relation(&name, "TRUNCATE TABLE")? {
        Some(table) if table.kind == Kind::Table => table,
        None if if_exists => return done(),
        _ => return Err(SqlError::does_not_exist("Table", cx.full_name_of(&name))),
    };
    cx.require("TRUNCATE", &table)?;
    let def: TableDef = table.definition()?;
    let own = open(cx);
    let savepoint = current(cx)?.savepoint();
    let result = async {
        lock(cx, table.id).await?;
        current(cx)?.truncate(table.id, &def)
    }
    .await;
    if own {
        close(cx, result.is_ok())?;
    } else if result.is_err() {
        current(cx)?.rollback_to(savepoint);
    }
    result?;
    done()
}

/// Opens a transaction for one statement when none is open. With AUTOCOMMIT off it is one that stays.
fn open(cx: &mut Context<'_>) -> bool {
    if !cx.session.transactions.is_empty() {
        return false;
    }
    if !cx.session.parameters.boolean("AUTOCOMMIT") {
        transaction::begin(cx);
        return false;
    }
    let transaction = cx.engine.storage.begin();
    cx.session.transactions.push(ScopedTransaction {
        scope: AUTOCOMMIT,
        began_at: cx.frame.now,
        name: String::new(),
        transaction,
    });
    true
}

fn close(cx: &mut Context<'_>, commit: bool) -> Result<()> {
    let Some(open) = cx.session.transactions.pop() else { return Err(SqlError::internal("no transaction is open")) };
    if !commit {
        open.transaction.rollback();
        return Ok(());
    }
    open.transaction.commit()?;
    Ok(())
}

/// The transaction that the statement belongs to.
fn current<'c>(cx: &'c mut Context<'_>) -> Result<&'c mut Transaction> {
    match cx.session.transactions.last_mut() {
        Some(open) => Ok(&mut open.transaction),
        None => Err(SqlError::internal("no transaction is open")),
    }
}

/// Takes a lock that the transaction holds until it ends.
async fn lock(cx: &mut Context<'_>, object: ObjectId) -> Result<()> {
    let seconds = cx.session.parameters.number("LOCK_TIMEOUT").max(0) as u64;
    let engine = cx.engine.clone();
    engine.storage.locks().table(object, current(cx)?, Duration::from_secs(seconds)).await
}

/// Plans a query whose streams the statement consumes: they are locked, then read once more.
async fn plan_consuming(
    cx: &mut Context<'_>,
    query: &datafusion::sql::sqlparser::ast::Query,
    sql: &str,
    binds: &Binds,
    special: Special,
) -> Result<Planned> {
    let planned = plan::plan(cx, query, sql, binds, special.clone())?;
    if planned.streams.is_empty() {
        return Ok(planned);
    }
    for read in &planned.streams {
        lock(cx, read.stream.id).await?;
    }
    plan::plan(cx, query, sql, binds, special)
}

/// Moves the streams that a statement read when its transaction commits.
fn consume(cx: &mut Context<'_>, streams: &[StreamRead]) -> Result<()> {
    for read in streams {
        current(cx)?.consume(read.stream.id, read.to)?;
    }
    Ok(())
}

/// A table that a statement changes.
struct Target {
    object: Object,
    def: TableDef,
}

impl Target {
    /// Finds the table.
    ///
    /// # Errors
    /// 002003 when there is none, 003001 without one of the privileges, or that it is not a table.
    fn find(cx: &mut Context<'_>, name: &ObjectName, verb: &str, privileges: &[&str], binds: &Binds) -> Result<Self> {
        let name = plan::table_name(cx, name, binds)?;
        let object = cx.find_relation(&name, verb)?.ok_or_else(|| SqlError::does_not_exist("Object", &name))?;
        if object.kind != Kind::Table {
            return Err(SqlError::unsupported(format_args!("{verb} on {} {}", object.kind, object.name)));
        }
        for privilege in privileges {
            cx.require(privilege, &object)?;
        }
        let def = object.definition()?;
        Ok(Self { object, def })
    }

    /// The table with the location and identity of every row, as it is now, as a relation.
    fn located(&self, cx: &Context<'_>) -> Result<std::sync::Arc<dyn datafusion::logical_expr::TableSource>> {
        let storage = &cx.engine.storage;
        let transaction = cx.session.transactions.last().map(|open| &open.transaction);
        let batches = storage.scan(self.object.id, &self.def, storage.current_seq(), transaction, true)?;
        let mut fields: Vec<_> = plan::schema_of(&self.def).fields().iter().cloned().collect();
        for name in [LOCATION, ROW_ID] {
            fields.push(std::sync::Arc::new(datafusion::arrow::datatypes::Field::new(
                name,
                datafusion::arrow::datatypes::DataType::UInt64,
                false,
            )));
        }
        plan::memory(std::sync::Arc::new(datafusion::arrow::datatypes::Schema::new(fields)), batches)
    }

    /// The place of a column that a statement gives a value.
    ///
    /// # Errors
    /// When there is none of the name, or it is a virtual column.
    fn column(&self, name: &str) -> Result<usize> {
        let index = self.def.columns.iter().position(|column| column.name == name);
        let index = index.ok_or_else(|| SqlError::invalid_identifier(name))?;
        match &self.def.columns[index].expression {
            None => Ok(index),
            Some(expression) => Err(SqlError::compilation(
                2,
                "0A000",
                format_args!(
                    "Virtual column '{name}' of table '{}' cannot be given a value; it is computed AS ({expression}).",
                    self.object.name
                ),
            )),
        }
    }

    /// The columns that a statement without a list of columns gives values: all but the virtual ones.
    fn written(&self) -> Vec<usize> {
        (0..self.def.columns.len()).filter(|index| self.def.columns[*index].expression.is_none()).collect()
    }
}

/// The table that a `FROM` or target position names: its name and alias.
fn single_table(relation: &TableWithJoins) -> Result<(&ObjectName, Option<String>)> {
    match &relation.relation {
        TableFactor::Table { name, alias, version: None, args: None, sample: None, .. }
            if relation.joins.is_empty() =>
        {
            Ok((name, alias.as_ref().map(|alias| alias.name.value.clone())))
        }
        other => Err(SqlError::unsupported(format_args!("{other} as a target"))),
    }
}

fn counts(statement_type: StatementType, counts: &[(&str, u64)], stats: super::DmlStats) -> QueryResult {
    QueryResult::counts(statement_type, counts, stats)
}
