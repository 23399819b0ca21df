//! Time travel: points in time, tables as they were, changes between two points.

use datafusion::sql::sqlparser::ast::{Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, TableVersion};

use super::super::rewrite::Rewriter;
use super::super::view_stream::Asked;
use super::{Provider, memory};
use crate::catalog::Kind;
use crate::catalog::def::{StreamMode, TableDef};
use crate::error::{Result, SqlError};
use crate::parse::Name;
use crate::storage::Seq;

/// A point in time, and the version of the storage then.
pub(in crate::plan) struct Moment {
    seq: Seq,
    /// None for the offset of a stream.
    instant: Option<i64>,
}

impl Provider<'_, '_> {
    /// The version that `AT(...)` or `BEFORE(...)` means.
    pub(in crate::plan) fn version(&self, rewriter: &Rewriter<'_, '_, '_>, version: TableVersion) -> Result<Moment> {
        let TableVersion::Function(Expr::Function(function)) = version else {
            return Err(SqlError::unsupported("this form of time travel; use AT(...) or BEFORE(...)"));
        };
        self.point(rewriter, &function)
    }

    /// The version that `AT(...)`, `BEFORE(...)` or `END(...)` means.
    fn point(&self, rewriter: &Rewriter<'_, '_, '_>, function: &Function) -> Result<Moment> {
        let before = function.name.to_string().eq_ignore_ascii_case("BEFORE");
        let FunctionArguments::List(list) = &function.args else {
            return Err(SqlError::syntax("AT needs an argument"));
        };
        let [argument] = list.args.as_slice() else { return Err(SqlError::syntax("AT takes one argument")) };
        let (name, value) = self.argument(rewriter, argument)?;
        let cx = self.cx.borrow();
        let (instant, before) = match name.as_str() {
            "TIMESTAMP" => (crate::plan::instant_of(&value, cx.session.parameters.time_zone())?, before),
            "OFFSET" => match crate::plan::integer_of(&value) {
                Some(seconds) if seconds <= 0 => (cx.frame.now + seconds as i64 * 1_000_000, before),
                _ => {
                    let shown = crate::plan::text_of(&value).unwrap_or_default();
                    return Err(SqlError::compilation(
                        1003,
                        "42000",
                        format_args!("Invalid data type [{shown}] in AT(OFFSET => {shown})"),
                    ));
                }
            },
            "STATEMENT" => {
                let id = crate::plan::text_of(&value).unwrap_or_default();
                let record = cx.engine.history.get(&id);
                let record = record
                    .ok_or_else(|| SqlError::compilation(707, "02000", format_args!("Statement {id} not found")))?;
                if before { (record.started_at, true) } else { (record.ended_at().unwrap_or(record.started_at), false) }
            }
            "STREAM" => {
                let stream = crate::plan::text_of(&value).unwrap_or_default();
                return Ok(Moment { seq: crate::plan::stream::offset(&cx, &stream)?, instant: None });
            }
            other => return Err(SqlError::unsupported(format_args!("AT({other} => ...)"))),
        };
        let instant = if before { instant - 1 } else { instant };
        Ok(Moment { seq: cx.engine.storage.seq_at(instant)?, instant: Some(instant) })
    }

    /// A table as it was at a version, under a name of its own.
    pub(in crate::plan) fn at_version(&self, name: &Name, at: Moment) -> Result<String> {
        let object = self.find(name)?;
        if object.kind != Kind::Table {
            return Err(SqlError::unsupported(format_args!("time travel on {} {}", object.kind, object.name)));
        }
        if at.instant.is_some_and(|instant| instant < object.created_at) {
            return Err(crate::plan::stream::no_time_travel(&object.name));
        }
        let source = self.table(&object, Some(at.seq))?;
        Ok(self.put("AT", source))
    }

    /// `table CHANGES(INFORMATION => ...) AT(...) [END(...)]`, under a name of its own.
    pub(in crate::plan) fn changes(
        &self,
        rewriter: &Rewriter<'_, '_, '_>,
        name: &Name,
        [changes, at, end]: [Option<Expr>; 3],
    ) -> Result<String> {
        let mode = match information(changes.as_ref()).as_deref() {
            Some("DEFAULT") => StreamMode::Standard,
            Some("APPEND_ONLY") => StreamMode::AppendOnly,
            _ => return Err(SqlError::syntax("CHANGES takes INFORMATION => DEFAULT or INFORMATION => APPEND_ONLY.")),
        };
        let point = |expression: Option<Expr>| match expression {
            Some(Expr::Function(function)) => self.point(rewriter, &function).map(|moment| Some(moment.seq)),
            Some(other) => Err(SqlError::syntax(format_args!("'{other}' is no point in time"))),
            None => Ok(None),
        };
        let object = self.find(name)?;
        self.cx.borrow().require("SELECT", &object)?;
        let current = self.cx.borrow().engine.storage.current_seq();
        let from = point(at)?.unwrap_or(current);
        let to = point(end)?.unwrap_or(current).max(from);
        let (plan, bases) = match object.kind {
            Kind::Table => (None, vec![object.clone()]),
            Kind::View => {
                let plan = self.tracked_view(&object)?;
                let (bases, joins) = crate::plan::tracked::base_tables(&plan)?;
                (Some((plan, joins)), bases)
            }
            other => return Err(SqlError::unsupported(format_args!("CHANGES of a {other}"))),
        };
        let cx = self.cx.borrow();
        for base in &bases {
            let def: TableDef = base.definition()?;
            if def.changes_from.is_none_or(|since| from < since) {
                return Err(crate::plan::stream::not_tracked(&base.name));
            }
        }
        let storage = &cx.engine.storage;
        let source = match plan {
            Some((plan, joins)) => {
                crate::plan::view_stream::source(storage, &plan, joins, Asked { from, to, mode, initial: false })?
            }
            None => {
                let def: TableDef = object.definition()?;
                memory(crate::plan::stream::schema(&def), storage.changes(object.id, &def, from, to, mode)?)?
            }
        };
        Ok(self.put("CHANGES", source))
    }
}

/// The word of `CHANGES(INFORMATION => word)`.
fn information(changes: Option<&Expr>) -> Option<String> {
    let Some(Expr::Function(function)) = changes else { return None };
    let FunctionArguments::List(list) = &function.args else { return None };
    let (name, value) = match list.args.as_slice() {
        [FunctionArg::Named { name, arg: FunctionArgExpr::Expr(value), .. }] => (name, value),
        [FunctionArg::ExprNamed { name: Expr::Identifier(name), arg: FunctionArgExpr::Expr(value), .. }] => {
            (name, value)
        }
        _ => return None,
    };
    name.value.eq_ignore_ascii_case("INFORMATION").then(|| value.to_string().to_uppercase())
}
